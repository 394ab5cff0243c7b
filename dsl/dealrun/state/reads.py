"""What the answers of a timeline rest on, for who asks more than the state of a day.

In: a timeline, and clauses. Out: the lives that may be a clause's on a day; the entries whose text the answers read;
the days of what falls due.
Guaranteed: nothing is evaluated but what is asked for.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import cast

from dealrun.model.keys import EntryKey, Label
from dealrun.state.answers import Life
from dealrun.state.clauses import possible
from dealrun.state.falling_due import expected
from dealrun.state.knowledge import PERFORMANCE_OF, World
from dealrun.state.presumption import Presumption
from dealrun.state.records import AnswerKey
from dealrun.state.timeline import Timeline
from dealrun.time import Day


def lives_on(timeline: Timeline, key: Label, day: Day) -> tuple[list[Life], frozenset[str]]:
    """The lives that may be a clause's on a day, the likeliest first, and what that hangs on."""
    return possible(timeline.evaluator, key, day)


def entries_read(timeline: Timeline, labels: Iterable[Label]) -> list[EntryKey]:
    """The entries whose text the answers about some clauses read, in an order that depends on nothing else."""
    return sorted({cast("EntryKey", node[1]) for node in _read(timeline, labels) if node[0] == "history"}, key=str)


def performances_read(timeline: Timeline, labels: Iterable[Label]) -> list[Label]:
    """The clauses of whose performances the answers about some clauses ask."""
    found: set[Label] = set()
    for kind, key in _read(timeline, labels):
        if kind in {"occurrences", "happened", "more"} and str(key).startswith(PERFORMANCE_OF):
            found.add(str(key).removeprefix(PERFORMANCE_OF))
        elif kind == "performances":
            found.add(str(key))
    return sorted(found)


def _read(timeline: Timeline, labels: Iterable[Label]) -> Iterator[AnswerKey]:
    """The questions that are asked for the answers about some clauses, those to the world and the chain included."""
    evaluator = timeline.evaluator
    todo: list[AnswerKey] = [(kind, label) for label in labels if evaluator.episodes(label)
                             for kind in ("life", "basis")]  # fmt: skip
    seen = set(todo)
    while todo:
        node = todo.pop()
        yield node
        if node[0] in evaluator.WORLD or node[0] in evaluator.CHAIN:
            continue
        new = [read for read in evaluator.answer(node).read if read not in seen]
        seen.update(new)
        todo.extend(new)


def presumed_beside(timeline: Timeline, beside: Timeline, awaited: Collection[Label]) -> Timeline:
    """The presumptive course of a timeline, which takes over what it can from another one. What is done by its due day
    is planned of the awaited clauses alone: for answers that ask of no other performances."""

    def make(world: World, base: Timeline) -> Timeline:
        return Timeline(timeline.index, world, base)

    return Presumption(timeline, beside, make, awaited).timeline


def days_of_obligations(timeline: Timeline, key: Label, through: Day) -> Iterator[tuple[str, Day, set[Day]]]:
    """What a clause asks for, through a day: which of several it is, its due day, and the days on which it opens,
    arises, is counted and falls due."""
    ev = timeline.evaluator
    for life in ev.lives(key):
        for each in expected(ev, key, life.episode, life.end, through):
            around = {day for moment in (each.counted, each.opens, each.arises, each.due)
                      for day in (moment.lo, moment.hi)}  # fmt: skip
            yield each.number, each.due.hi, around | (set(each.owed) if isinstance(each.owed, tuple) else set())
