"""How an entry stands: a clause's status, the days on which an entry changes, and where two timelines part.

In: what was evaluated. Out: statuses and days.
"""

from typing import Protocol

from dealrun.model.keys import DeclarationKey, EntryKey, Label
from dealrun.state.amend.index import Index
from dealrun.state.answers import Answers, Life
from dealrun.state.day import EarlyEnd
from dealrun.state.views import ClauseState, DeclarationState, Status
from dealrun.time import ALWAYS, NEVER, Day, both, negate


def status_of(life: Life, day: Day) -> tuple[Status, frozenset[str]]:
    """A clause's status on a day, in three-valued logic, and what it is contingent on."""
    episode = life.episode
    started = episode.started.at(day)
    ended = life.end.come.at(day)
    if ended.level == 2:
        return "ended", frozenset()
    if started.level == 0:
        return "not yet", frozenset()
    waived, holds = episode.waived.at(day), episode.holds.at(day)
    if started.level == 2 and waived.level == 2:
        return "waived", frozenset()
    if started.level == 2 and holds.level == 0:
        return "dormant", frozenset()
    whole = both(both(started, negate(ended)), both(negate(waived), holds))
    if whole.level == 2:
        return "in force", frozenset()
    return "contingent", whole.hangs_on or started.hangs_on


def days_of_change(answers: Answers, key: EntryKey) -> set[Day]:
    """Every day on which something of an entry changes."""
    found: set[Day] = set()
    if isinstance(key, DeclarationKey):
        for episode in answers.episodes(key):
            found.update((*episode.born.come.starts, *episode.dropped.come.starts))
            for steps in episode.terms.values():
                found.update(steps.starts)
    else:
        for life in answers.lives(key):
            episode = life.episode
            found.update((*episode.born.come.starts, *life.end.come.starts))
            found.update(episode.started.starts, episode.waived.starts, episode.holds.starts)
            for steps in episode.terms.values():
                found.update(steps.starts)
    return {day for day in found if ALWAYS < day < NEVER}


class Version(Protocol):
    """A timeline, as far as two are held against each other."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """See `Timeline.labels`."""

    @property
    def declared(self) -> tuple[DeclarationKey, ...]:
        """See `Timeline.declared`."""

    @property
    def index(self) -> Index:
        """See `Timeline.index`."""

    @property
    def answers(self) -> Answers:
        """See `Timeline.answers`."""

    def clause(self, key: Label, date: Day) -> ClauseState:
        """See `Timeline.clause`."""

    def declaration(self, key: DeclarationKey, date: Day) -> DeclarationState:
        """See `Timeline.declaration`."""

    def early_ends(self, date: Day) -> tuple[EarlyEnd, ...]:
        """See `Timeline.early_ends`."""


def parts_from(mine: Version, other: Version, key: EntryKey) -> Day:
    """A day before which an entry has the same state in both; `ALWAYS` where none is certain."""
    ours, theirs = mine.answers.episodes(key), other.answers.episodes(key)
    if len(ours) != len(theirs) or not mine.index.stands_alone(key) or not other.index.stands_alone(key):
        return ALWAYS
    found = NEVER
    for one, two in zip(ours, theirs, strict=True):
        if one.adding is not two.adding or one.terms.keys() != two.terms.keys():
            return ALWAYS
        pairs = [(one.born.come, two.born.come), (one.started, two.started), (one.waived, two.waived)]
        pairs += [(one.holds, two.holds), (one.dropped.come, two.dropped.come)]
        found = min(found, *(a.parts_from(b) for a, b in pairs))
        found = min(found, *(steps.parts_from(two.terms[name]) for name, steps in one.terms.items()), NEVER)
    if not isinstance(key, DeclarationKey):
        lives = zip(mine.answers.lives(key), other.answers.lives(key), strict=True)
        # The last day in force and its cause are told on every day.
        if any(a.end != b.end or a.episode.born != b.episode.born for a, b in lives):
            return ALWAYS
    return found


def is_shared(mine: Version, other: Version, key: EntryKey) -> bool:
    """Whether an entry is evaluated once for both."""
    return mine is other or mine.answers.shares(other.answers, ("basis", key))
