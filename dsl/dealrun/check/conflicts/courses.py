"""What may come of an event: the claims of a contract, supposing that something happens that clauses hang on.

In: a contract's timeline as everything goes on. Out: its claims in other courses of events, each with one event more.
Guaranteed: a course has the claims of every clause that the event can reach, so that nothing is compared across two
courses.
"""

from collections.abc import Iterator, Sequence

import attrs

from dealrun.check.conflicts.claims import Claim, Reader
from dealrun.check.conflicts.names import Things
from dealrun.model.contract import Fact, Key
from dealrun.state.knowledge import World
from dealrun.state.references import of_operation
from dealrun.state.timeline import Timeline
from dealrun.time import Day

MOST_COURSES = 40
"""So many events of a contract are supposed; each costs what the clauses cost that hang on it."""


@attrs.frozen
class Course:
    """An event that is supposed, and the clauses that it can reach."""

    name: str
    reaches: frozenset[Key]


def courses(
    contract: int, timeline: Timeline, things: Things, words: frozenset[str], labels: Sequence[Key], day: Day
) -> Iterator[tuple[Course, list[Claim]]]:
    """The claims of some clauses if one of the events happens, or one of the conditions holds, that they name."""
    for subject, kind in list(_named(timeline, labels))[:MOST_COURSES]:
        other = Timeline(timeline.index, _supposing(timeline, subject, kind, day), timeline)
        reaches = frozenset(other.evaluator.affected)
        found = Reader(contract, other, things).claims(words, [label for label in labels if label in reaches])
        yield Course(subject, reaches), [attrs.evolve(claim, course=subject) for claim in found]


def _named(timeline: Timeline, labels: Sequence[Key]) -> Iterator[tuple[str, str]]:
    """The declared events and conditions that clauses name and nothing is recorded of."""
    index, world = timeline.index, timeline.world
    found: dict[tuple[str, str], None] = {}
    for label in labels:
        for _, operation in index.histories[label]:
            for reference in of_operation(operation):
                kind, _, name = reference.key.partition(" ")
                if (
                    kind in {"event", "condition"}
                    and name
                    and name not in world.facts
                    and _once(timeline, reference.key)
                ):
                    found[name, kind] = None
    yield from found


def _once(timeline: Timeline, key: Key) -> bool:
    entry = timeline.index.first_entry(key)
    return entry is not None and not {"recurring", "every"} & set(entry.terms)


def _supposing(timeline: Timeline, subject: str, kind: str, day: Day) -> World:
    entry = timeline.index.first_entry(f"{kind} {subject}")
    assert entry is not None
    fact = Fact(
        subject, "happened" if kind == "event" else "holds", subject, day, day, None, None, None, None, entry.span
    )
    return attrs.evolve(timeline.world, facts={**timeline.world.facts, subject: (fact,)})
