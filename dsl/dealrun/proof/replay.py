"""The course of a counterexample as suppositions, so that everybody can ask of it what they like.

In: a search and a course of single days. Out: a `Replay`, as `Contract.timeline` and the options `--assume` and `--set`
take it. Guaranteed: what is recorded of a name stands in its supposition, which replaces it.
"""

import shlex
from collections.abc import Iterable, Mapping

import attrs

from dealrun.proof.boxes import Box, label_of
from dealrun.proof.search import Search
from dealrun.time import NEVER, YES, Day, iso
from dealrun.time.days import FIRST


@attrs.frozen
class Replay:
    """A course of events as suppositions; in it, nothing else happens (`Timeline.presumed`).

    >>> failed = deal.prove("ip in force", known="2025-01-01", through="2032-12-31")
    >>> failed.replay.assume, failed.replay.bind, failed.replay.options
    ({'AGI': '2025-01-02'}, {}, '--assume AGI=2025-01-02')
    >>> course = deal.timeline(known="2025-01-01", assume=failed.replay.assume, nothing_else=True)
    >>> course.on(failed.fails_on)["ip"].status
    'ended'
    """

    assume: Mapping[str, str]
    """What `Contract.timeline(assume=...)` takes."""
    bind: Mapping[str, str]
    """What `Contract.timeline(bind=...)` takes."""

    @property
    def options(self) -> str:
        """The same as options of the command line."""
        assumed = [f"--assume {shlex.quote(f'{name}={days}')}" for name, days in self.assume.items()]
        return " ".join([*assumed, *(f"--set {shlex.quote(f'{name}={value}')}" for name, value in self.bind.items())])


def replay_of(search: Search, point: Box, *, noticed: bool = False) -> Replay | None:
    """The suppositions of a course; None for an unknown date that never comes, which none of them can say.

    A use of a right is its exercise, and with `noticed` its notice, too.
    """
    assume: dict[str, str] = {}
    bind: dict[str, str] = {}
    switched: dict[str, list[Day]] = {}
    for name, (day, _) in sorted(point.items()):
        kind = search.kind_of(name)
        if " switch " in name:
            switched.setdefault(name.rpartition(" switch ")[0], []).append(day)
        elif kind == "truth":
            bind[name] = "yes" if day else "no"
        elif kind == "date":
            if day >= NEVER:
                return None
            bind[name] = _iso(day)
        elif kind == "use":
            for word in ("exercise", "notice") if noticed else ("exercise",):
                assume[f"{word} of {label_of(name)}"] = _days(search, f"{word} of {label_of(name)}", day)
        elif kind == "performance" and " for " in name:
            assume[name] = "never" if day >= NEVER else _iso(day)
        elif kind is not None:
            assume[name] = _days(search, name, day)
    for condition, days in sorted(switched.items()):
        if min(days) >= NEVER:  # it goes on as it is
            continue
        assume[condition] = _periods(search, condition, days)
    return Replay(assume, bind)


def _days(search: Search, name: str, day: Day) -> str:
    """The recorded days of something, and one more; never, where there is neither."""
    recorded = {each.lo for each in search.base.world.occurrences(name)} if _again(search, name) else set()
    return _told(sorted(_iso(each) for each in {*recorded, *([day] if day < NEVER else [])}))


def _again(search: Search, name: str) -> bool:
    """Whether something may happen several times."""
    return " of " in name or search.recurs(name)


def _periods(search: Search, condition: str, days: Iterable[Day]) -> str:
    """The periods in which a condition holds: as known, then as its switches turn it."""
    world = search.base.world
    opens = world.first_open
    turns = [(start, truth.level == YES.level) for start, truth in world.holds(condition) if start < opens]
    holds = turns[-1][1] if turns else False
    for day in sorted(day for day in days if day < NEVER):
        holds = not holds
        turns.append((day, holds))
    found: list[str] = []
    begun: Day | None = None
    for day, on in turns:
        if on and begun is None:
            begun = day
        elif not on and begun is not None:
            if begun < day:
                found.append(f"{_iso(begun)} until {iso(day - 1)}")
            begun = None
    if begun is not None:
        found.append(_iso(begun))
    return _told(found)


def _iso(day: Day) -> str:
    """A day as it is written; what always was came by the first that can be written."""
    return iso(max(day, FIRST))


def _told(days: list[str]) -> str:
    return ", ".join(days) or "never"
