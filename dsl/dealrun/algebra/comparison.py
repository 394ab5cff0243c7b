"""Several versions of a contract side by side: only where their answers part, and from which day.

In: timelines under different readings, scenarios or suppositions. Out: `Parting` values. Guaranteed: what all versions
answer alike is left out; a difference is told once, from its first day, and again only when it becomes another one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

import attrs

from dealrun.answer import Answer
from dealrun.model.keys import DeclarationKey, EntryKey, name_of
from dealrun.state.changes import status_text, term_text
from dealrun.state.standing import days_of_change, is_shared
from dealrun.state.timeline import Timeline
from dealrun.time import ALWAYS, Day, StepFunction, to_date

MOST_COMBINED = 4
"""Readings up to which all combinations are compared: 15 of them."""


@attrs.frozen
class Parting:
    """What several versions answer from `on` through `through` (None for no bound); `term` is None for a status.

    >>> parting = deal.compare(all_readings=True).partings[0]
    >>> parting.on, parting.label, parting.term, parting.answers[:2]
    (datetime.date(2026, 4, 27), 'ip', 'until', ('until 2032', 'until 2032'))
    """

    on: date | None
    through: date | None
    label: str
    kind: str
    term: str | None
    answers: tuple[str, ...]


@attrs.frozen(repr=False)
class Comparison(Answer):
    """Versions side by side: their names, in the order of the answers, and where the answers part.

    >>> compared = deal.compare(all_readings=True)
    >>> compared, compared.versions[:2]
    (Comparison(8 versions, 5 partings), ('as it stands', 'annual_cap'))
    """

    known: date | None
    versions: tuple[str, ...]
    partings: tuple[Parting, ...]
    left_out: tuple[str, ...] = ()
    """Combinations of readings under which clauses would hang on one another in a circle."""

    def __repr__(self) -> str:
        return f"Comparison({len(self.versions)} versions, {len(self.partings)} partings)"


def combined(readings: Sequence[str]) -> list[tuple[str, ...]]:
    """No reading, each by itself, and up to four of them in all combinations."""
    sizes = range(len(readings) + 1) if len(readings) <= MOST_COMBINED else range(2)
    return [chosen for size in sizes for chosen in combinations(readings, size)]


def partings(timelines: Sequence[Timeline]) -> tuple[Parting, ...]:
    """Where the presumptive answers of the timelines part, and what an event would bring to a term."""
    presumed = [timeline.presumed for timeline in timelines]
    keys: dict[EntryKey, None] = {}
    for timeline in presumed:
        keys |= dict.fromkeys([*timeline.labels]) | dict.fromkeys([*timeline.declared])
    found = [parting for key in keys for parting in _with_own(timelines, presumed, key)]
    return tuple(sorted(found, key=lambda each: (each.on or date.min, each.label, each.term or "")))


def _with_own(timelines: Sequence[Timeline], presumed: Sequence[Timeline], key: EntryKey) -> list[Parting]:
    """Where the presumptive answers about an entry part, and where those parts of it that an event would change do."""
    found = [] if _shared(presumed, key) else [*_of_entry(presumed, key)]
    if _shared(timelines, key):
        return found
    told = {None, *(parting.term for parting in found)}
    for parting in _of_entry(timelines, key):  # of each further term the first
        if parting.term not in told:
            told.add(parting.term)
            found.append(parting)
    return found


def _shared(timelines: Sequence[Timeline], key: EntryKey) -> bool:
    """Whether the versions share the evaluation of an entry, so that they cannot part."""
    first = timelines[0].answers.episodes(key)
    return bool(first) and all(is_shared(each, timelines[0], key) for each in timelines[1:])


def _of_entry(timelines: Sequence[Timeline], key: EntryKey) -> Iterator[Parting]:
    steps = [_steps(timeline, key) for timeline in timelines]
    days = sorted({day for each in steps for day in each.starts})
    told: dict[str | None, Parting] = {}
    for day in days:
        answers = [each.at(day) for each in steps]
        if any(len(each) == 1 for each in answers):  # one has ended, or is not there: the rest follows from that
            answers = [{None: each[None]} for each in answers]
        terms: Iterable[str | None] = dict.fromkeys(term for each in answers for term in each)
        parted = {term: row for term in terms if len(set(row := tuple(each.get(term, "none") for each in answers))) > 1}
        for term in list(told):
            if parted.get(term) != told[term].answers:
                yield attrs.evolve(told.pop(term), through=to_date(day - 1))
        for term, row in parted.items():
            if term not in told:
                word = key.word if isinstance(key, DeclarationKey) else key
                told[term] = Parting(to_date(day), None, name_of(key), word, term, row)
    yield from told.values()


def _steps(timeline: Timeline, key: EntryKey) -> "StepFunction[dict[str | None, str]]":
    """What a version answers, over time."""
    days = days_of_change(timeline.answers, key) if timeline.answers.episodes(key) else ()
    return StepFunction((day, _answers(timeline, key, max(day, 1))) for day in sorted({ALWAYS, *days}))


def _answers(timeline: Timeline, key: EntryKey, day: Day) -> dict[str | None, str]:
    if not timeline.answers.episodes(key):
        return {None: "not there"}
    answers: dict[str | None, str]
    if isinstance(key, DeclarationKey):
        declared = timeline.declaration(key, day)
        answers = {None: "defined" if declared.declared else "not defined"}
        return answers | {name: term_text(view) for name, view in declared.terms.items()}
    state = timeline.clause(key, day)
    answers = {None: status_text(state)}
    if state.status != "ended":
        answers |= {role: ", ".join(names) for role, names in state.parties.items()}
        answers |= {name: term_text(view) for name, view in state.terms.items()}
    return answers
