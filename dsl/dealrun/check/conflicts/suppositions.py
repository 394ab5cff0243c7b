"""What may come of an event: the claims of a contract, supposing that something happens that clauses hang on.

In: a contract's timeline as everything goes on. Out: its claims in other courses of events, each with one event more.
Guaranteed: a supposition has the claims of every clause that the event can reach, so that nothing is compared
across two suppositions.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import attrs

from dealrun.check.conflicts.claims import Claim, Reader
from dealrun.check.conflicts.names import Things
from dealrun.model.contract import Fact, TermText
from dealrun.model.keys import DeclarationKey, Label
from dealrun.model.values import Holds, OnEvent
from dealrun.source import Span
from dealrun.state.knowledge import World
from dealrun.state.standing import is_shared
from dealrun.state.timeline import Timeline
from dealrun.time import Day

MOST_SUPPOSITIONS = 40
"""So many events of a contract are supposed; each costs what the clauses cost that hang on it."""


How: TypeAlias = Literal["happened", "holds"]


@attrs.frozen
class Supposition:
    """An event that is supposed, and the clauses that it can reach."""

    name: str
    reaches: frozenset[Label]


def suppositions(
    contract: int, timeline: Timeline, things: Things, words: frozenset[str], labels: Sequence[Label], day: Day
) -> Iterator[tuple[Supposition, list[Claim]]]:
    """The claims of some clauses if one of the events happens, or one of the conditions holds, that they name."""
    if not labels:
        return
    entry = timeline.index.first_entry(labels[0])
    assert entry is not None
    span = entry.span
    for subject, kind in list(_named(timeline, labels))[:MOST_SUPPOSITIONS]:
        other = Timeline(timeline.index, _supposing(timeline, subject, kind, day, span), timeline)
        reached = [label for label in labels if not is_shared(other, timeline, label)]
        found = Reader(contract, other, things).claims(words, reached)
        yield Supposition(subject, frozenset(reached)), [attrs.evolve(claim, supposing=subject) for claim in found]


def _named(timeline: Timeline, labels: Sequence[Label]) -> Iterator[tuple[str, How]]:
    """What clauses hang on and nothing is recorded of: events, conditions, uses of rights, breaches."""
    index, world = timeline.index, timeline.world
    found: dict[tuple[str, How], None] = {}
    for label in labels:
        for duty in index.consequence_of(label):
            found[f"breach of {duty}", "happened"] = None
        for _, operation in index.histories[label]:
            for value in _parts(operation):
                match value:
                    case OnEvent(event, None) if not _computed(timeline, DeclarationKey("event", event)):
                        found[event, "happened"] = None
                    case OnEvent("breach" | "default" | "cure", of) if of is not None:
                        found[f"breach of {of}", "happened"] = None
                    case OnEvent("performance" | "notice" | "exercise" as event, of) if of is not None:
                        found[f"{event} of {of}", "happened"] = None
                    case Holds(name, kind):
                        found[f'"{name}"' if kind == "quoted" else name, "holds"] = None
                    case _:
                        pass
    yield from (each for each in found if each[0] not in world.facts and each[0] not in world.values)


def _parts(value: object) -> Iterator[object]:
    """Everything that an operation consists of."""
    if isinstance(value, OnEvent | Holds):
        yield value
    elif isinstance(value, TermText):
        yield from _parts(value.value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _parts(part)
    elif not isinstance(value, Span):
        for field in getattr(type(value), "__attrs_attrs__", ()):
            yield from _parts(getattr(value, field.name))


def _computed(timeline: Timeline, key: DeclarationKey) -> bool:
    """Whether an event recurs by itself, so that there is nothing to suppose."""
    entry = timeline.index.first_entry(key)
    return entry is not None and "every" in entry.terms


def _supposing(timeline: Timeline, subject: str, kind: How, day: Day, span: Span) -> World:
    fact = Fact(subject, kind, subject, day, day, None, None, None, None, span)
    return attrs.evolve(timeline.world, facts={**timeline.world.facts, subject: (fact,)})
