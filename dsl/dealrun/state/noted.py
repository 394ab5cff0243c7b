"""The world as an evaluation sees it: every question to it is noted.

In: what is known. Out: the same, and for each answer of the evaluation the names on which it depends. Guaranteed: what
is not asked for here cannot decide an answer.
"""

from dealrun.model.values import Amount, Value
from dealrun.state.answers import Knowledge, Performance
from dealrun.state.records import AnswerKey, note
from dealrun.time import Day, Moment, StepFunction, Truth


class Noted:
    """A world of which every question is noted."""

    def __init__(self, world: Knowledge) -> None:
        self._world = world

    @property
    def known(self) -> Day | None:
        """See `Known.known`."""
        note(("known", ""))
        return self._world.known

    @property
    def first_open(self) -> Day:
        """See `Known.first_open`."""
        note(("first_open", ""))
        return self._world.first_open

    def happened(self, subject: str) -> Moment:
        """See `Known.happened`."""
        note(("happened", subject))
        return self._world.happened(subject)

    def is_recorded(self, subject: str) -> bool:
        """See `Known.is_recorded`."""
        note(("is_recorded", subject))
        return self._world.is_recorded(subject)

    def occurrences(self, subject: str) -> tuple[Moment, ...]:
        """See `Known.occurrences`."""
        note(("occurrences", subject))
        return self._world.occurrences(subject)

    def performances(self, label: str) -> tuple[Performance, ...]:
        """See `Known.performances`."""
        note(("performances", label))
        return self._world.performances(label)

    def payments(self, label: str) -> tuple[tuple[Day, Amount], ...]:
        """See `Known.payments`."""
        note(("payments", label))
        return self._world.payments(label)

    def more(self, subject: str) -> Moment | None:
        """See `Known.more`."""
        note(("more", subject))
        return self._world.more(subject)

    def through(self, subject: str) -> Day:
        """See `Known.through`."""
        note(("through", subject))
        return self._world.through(subject)

    def holds(self, subject: str) -> StepFunction[Truth]:
        """See `Known.holds`."""
        note(("holds", subject))
        return self._world.holds(subject)

    def has(self, subject: str) -> bool:
        """See `Known.has`."""
        note(("has", subject))
        return self._world.has(subject)

    def value(self, name: str) -> Value | bool | None:
        """See `Known.value`."""
        note(("value", name))
        return self._world.value(name)

    def boxed(self, subject: str) -> bool:
        """See `Known.boxed`."""
        note(("boxed", subject))
        return self._world.boxed(subject)

    def in_time(self, label: str) -> bool:
        """See `Known.in_time`."""
        note(("in_time", label))
        return self._world.in_time(label)

    def single(self, performance: str) -> Moment | None:
        """See `Known.single`."""
        note(("single", performance))
        return self._world.single(performance)

    def cut(self, deal: str) -> Moment | None:
        """See `Known.cut`."""
        note(("cut", deal))
        return self._world.cut(deal)

    def supposed(self, subject: str) -> bool:
        """See `Known.supposed`."""
        note(("supposed", subject))
        return self._world.supposed(subject)

    def performs_from(self) -> Day | None:
        """See `Known.performs_from`."""
        note(("performs_from", ""))
        return self._world.performs_from()


def ask(world: Knowledge, node: AnswerKey) -> object:
    """What a world answers to a question that was noted."""
    kind, key = node
    found = getattr(world, kind)
    return found(key) if key else found() if callable(found) else found
