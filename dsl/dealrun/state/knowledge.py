"""What is known: the facts that count for one evaluation.

In: the facts of a model, the day of knowledge, assumptions and bindings. Out: `World`, which answers for each event,
condition and unknown what is known of it. Guaranteed: what became known after the day of knowledge has no influence;
the world is closed through that day and open after it (docs/language.md#knowledge); the order of facts never matters.
"""

from collections.abc import Iterable, Mapping

import attrs

from dealrun.model.contract import Fact
from dealrun.model.values import Value
from dealrun.time import ALWAYS, NEVER, NO, YES, Day, Moment, Steps, Truth, maybe
from dealrun.time.days import LAST


@attrs.frozen
class World:
    """`known` is None where nothing was ever signed or recorded: then no day is closed."""

    known: Day | None
    facts: Mapping[str, tuple[Fact, ...]]
    """By subject, those that count, in an order that depends on the set alone."""
    values: Mapping[str, Value | bool]
    """Unknowns that are known, or bound."""
    open_from: Day | None = None
    """The first day of which not everything is known, where it is not the one after the day of knowledge."""
    performs_from: Day | None = None
    """From which day on everybody does what falls due, on the last day for it; None where that is open."""

    @property
    def first_open(self) -> Day:
        """The first day of which not everything is known."""
        if self.open_from is not None:
            return self.open_from
        return ALWAYS if self.known is None else self.known + 1

    def happened(self, subject: str) -> Moment:
        """The day of an event that happens once: recorded, or open from the first open day to never."""
        facts = [fact for fact in self.facts.get(subject, ()) if fact.kind == "happened"]
        if not facts:
            return Moment.between(self.first_open, NEVER, subject)
        fact = facts[0]
        if fact.day == fact.last:
            return Moment.on(fact.day, subject)
        return Moment.between(fact.day, fact.last, subject)

    def recorded(self, subject: str) -> Fact | None:
        """The fact that an event that happens once rests on."""
        return next((fact for fact in self.facts.get(subject, ()) if fact.kind == "happened"), None)

    def supposed(self, subject: str) -> bool:
        """Whether an event is supposed rather than recorded."""
        return any(fact.known is None for fact in self.facts.get(subject, ()))

    def occurrences(self, subject: str) -> tuple[Moment, ...]:
        """The recorded days of an event that happens more than once, ascending, each once."""
        days = {(fact.day, fact.last) for fact in self.facts.get(subject, ()) if fact.kind == "happened"}
        return tuple(Moment.between(lo, hi, subject) for lo, hi in sorted(days))

    def times(self, subject: str) -> tuple[Moment, ...]:
        """The recorded days of what can happen twice on one day, ascending; records of one name and day are one."""
        records = {(fact.day, fact.last, fact.id) for fact in self.facts.get(subject, ()) if fact.kind == "happened"}
        return tuple(Moment.between(lo, hi, subject) for lo, hi, _ in sorted(records))

    def holds(self, subject: str) -> Steps[Truth]:
        """Whether a condition holds: as recorded; else not, through the day of knowledge, and open after it."""
        open_ = maybe({subject})
        steps: Steps[Truth] = Steps(((ALWAYS, NO), (self.first_open, open_)))
        for fact in self.facts.get(subject, ()):
            if fact.kind != "holds":
                continue
            if fact.end is not None:
                end, after = fact.end, steps
            elif fact.known is None:
                end, after = NEVER, steps
            else:
                end, after = max(self.first_open, fact.day + 1), Steps.always(open_)
            pieces = [(d, v) for d, v in steps if d < fact.day]
            pieces.append((fact.day, YES))
            if end < NEVER:
                pieces.append((end, after.at(end)))
                pieces.extend((d, v) for d, v in after if d > end)
            steps = Steps(pieces)
        return steps


def make_world(
    facts: Iterable[Fact],
    known: Day | None,
    assumed: Iterable[Fact],
    values: Mapping[str, Value | bool],
) -> World:
    """The world as known on a day; an assumption stands for every record of its subject."""
    suppositions = list(assumed)
    supposed = {fact.subject for fact in suppositions}
    counting = [
        fact
        for fact in facts
        if fact.subject not in supposed
        and (fact.known is None or (known is not None and fact.known <= known))
        and (fact.retracted is None or known is None or fact.retracted > known)
    ]
    found: dict[str, list[Fact]] = {}
    bound: dict[str, Value | bool] = {}
    # What became known last comes first and corrects what was known before; the rest of the key makes ties the same
    # in whatever order the facts were loaded.
    for fact in sorted([*counting, *suppositions], key=_precedence):
        found.setdefault(fact.subject, []).append(fact)
        if fact.kind == "value" and fact.value is not None:
            bound.setdefault(fact.subject, fact.value)
    for subject in list(found):
        if found[subject][0].kind == "holds":
            found[subject].reverse()
    return World(known, {subject: tuple(each) for subject, each in found.items()}, {**bound, **values})


def onward(facts: Iterable[Fact], known: Day | None) -> World:
    """The course of events in which nothing else ever happens than is known, and everybody does what falls due."""
    world = make_world(facts, LAST, (), {})
    return attrs.evolve(world, performs_from=ALWAYS if known is None else known + 1)


def unwritten() -> World:
    """The world in which every instrument is signed, nothing has happened, and everything may."""
    return World(LAST, {}, {}, open_from=ALWAYS)


def _precedence(fact: Fact) -> tuple[int, int, int, int, str, str]:
    return (
        -NEVER if fact.known is None else -fact.known,
        fact.day,
        fact.last,
        fact.end or NEVER,
        fact.id,
        repr(fact.value),
    )
