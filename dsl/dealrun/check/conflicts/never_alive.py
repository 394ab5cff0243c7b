"""Clauses that no course of events brings to life, although each of their parts can be.

In: a contract's timelines. Out: findings DR810. Guaranteed: only what is proved is told; only clauses that turn on one
name in two ways are tried, because of all others the checks of single clauses find it; within a budget of evaluations.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice

from dealrun.diagnostics import Report
from dealrun.model.contract import Instrument, Operation
from dealrun.model.keys import DeclarationKey, EntryKey, Label
from dealrun.proof.claims import Not, OneOf
from dealrun.proof.search import Search
from dealrun.state.amend.index import Index, texts_of
from dealrun.state.knowledge import unwritten
from dealrun.state.references import Reference, of_instrument, of_schedule
from dealrun.state.standing import days_of_change
from dealrun.state.timeline import Timeline
from dealrun.time import Day, add, iso, to_day
from dealrun.time.days import FIRST, LAST

EACH, ALL = 40, 120
"""So many evaluations are made for one clause, and for all of a contract."""
DEEP, MOST = 4, 200
"""Names are followed through so many clauses, and so many of them."""
YEARS = 25
"""So many years after the day of knowledge are looked at."""
SKETCHED = to_day("2025-01-01")
"""Stands for the day of knowledge where nothing is signed."""

LIFE = frozenset({"from", "until", "when", "while", "unless", "each"})
"""The terms that say when a clause is in force; `for` names nothing that happens."""
_HAPPENS = frozenset({"event", "condition"})
_DOES = frozenset({"breach", "use", "done"})


def check(as_planned: Timeline, known: Day | None, told: Collection[Label], report: Report) -> None:
    """Every clause that is not told already."""
    index = as_planned.index
    tried = (label for label in index.labels if label not in told and _turns_twice(index, label))
    labels = [label for label in tried if not _ever_in_force(as_planned, label)]
    if not labels:
        return
    base = Timeline(index, unwritten())
    last = min(add(SKETCHED if known is None else known, YEARS, "year"), LAST)
    left = ALL
    for label in labels:
        if left <= 0 or not base.answers.episodes(label):
            continue
        found = Search(base, Not(OneOf(label, frozenset({"in force"}))), FIRST, last, min(EACH, left)).run()
        left -= found.evaluations
        if found.holds:
            report.add(
                "DR810", f"`{label}` is in force in no course of events through {iso(last)}", index.span_of(label),
                help="what it waits for ends it, or cannot come together; `dealrun prove` shows it claim by claim",
            )  # fmt: skip


def _ever_in_force(timeline: Timeline, label: Label) -> bool:
    """Whether a clause is in force on any day; true of one that nothing visible adds."""
    answers = timeline.answers
    if not answers.episodes(label):
        return True
    return any(timeline.clause(label, day).status == "in force" for day in {FIRST, *days_of_change(answers, label)}
               if FIRST <= day <= LAST)  # fmt: skip


def _turns_twice(index: Index, label: Label) -> bool:
    """Whether the life of a clause turns on one name in two ways."""
    return any(count > 1 for count in Counter(islice(_turns_on(index, label, DEEP), MOST)).values())


def _turns_on(index: Index, key: EntryKey, deep: int) -> Iterator[tuple[str, EntryKey]]:
    """What may happen of what a clause turns on, through the clauses that it names."""
    for instrument, operation in index.histories.get(key, ()):
        for reference in _references(instrument, operation):
            if isinstance(reference.key, DeclarationKey):
                if reference.key.word in _HAPPENS:
                    yield reference.kind, reference.key
            elif reference.kind in _DOES:
                yield reference.kind, reference.key
            elif deep and reference.key != key:
                yield from _turns_on(index, reference.key, deep - 1)


def _references(instrument: Instrument, operation: Operation) -> Iterator[Reference]:
    """What the life of a clause refers to, as an operation writes it."""
    for name, term in texts_of(operation).items():
        if name in LIFE and term is not None:
            yield from of_schedule(term.value)
    yield from of_instrument(instrument)
