"""What is known: the facts that count for one evaluation.

In: the facts of a model, the day of knowledge, assumptions and bindings. Out: `World`, which answers for each event,
condition and unknown what is known of it. Guaranteed: what became known after the day of knowledge has no influence;
the world is closed through that day and open after it (docs/language.md#knowledge); the order of facts never matters.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from dealrun.budget import spend
from dealrun.model.contract import PAID_UNDER, Fact
from dealrun.model.values import Amount, Value
from dealrun.state.answers import Performance
from dealrun.time import ALWAYS, NEVER, NO, YES, Day, Moment, StepFunction, Truth, maybe
from dealrun.time.days import LAST
from dealrun.time.moment import NEVER_COMES

V = TypeVar("V")

PERFORMANCE_OF = "performance of "
HAPPENS = frozenset({"happened", "never"})
"""The kinds of facts that say when an event comes."""


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
    performing: Day | None = None
    """From which day on everybody does what falls due, on the last day for it; None where that is open."""
    planned: Mapping[str, tuple[Moment, ...]] = attrs.field(factory=dict)
    """By clause the performances that are not recorded, where everybody does what falls due."""
    performed: frozenset[str] = frozenset()
    """The clauses of whose performances it is supposed when they come, or that they never do."""
    _occurrences: dict[str, tuple[Moment, ...]] = attrs.field(init=False, factory=dict, eq=False, repr=False)
    """By subject, once they were asked for."""

    @property
    def first_open(self) -> Day:
        """The first day of which not everything is known."""
        if self.open_from is not None:
            return self.open_from
        return ALWAYS if self.known is None else self.known + 1

    def happened(self, subject: str) -> Moment:
        """The day of an event that happens once: recorded, or open from the first open day to never."""
        facts = [fact for fact in self.facts.get(subject, ()) if fact.kind in HAPPENS]
        return _moment(facts[0], subject) if facts else Moment.between(self.first_open, NEVER, subject)

    def is_recorded(self, subject: str) -> bool:
        """Whether an event that happens once is recorded, or supposed never to come."""
        return any(fact.kind in HAPPENS for fact in self.facts.get(subject, ()))

    def has(self, subject: str) -> bool:
        """Whether anything is recorded of a name."""
        return subject in self.facts

    def value(self, name: str) -> Value | bool | None:
        """The value of an unknown, None where it is not known."""
        return self.values.get(name)

    def more(self, subject: str) -> Moment | None:
        """When more of it happens than is recorded: open from the first open day; None where all of it is supposed."""
        return None if self.supposed(subject) else Moment.between(self.first_open, NEVER, subject)

    def through(self, subject: str) -> Day:
        """The day through which it is decided by what is recorded and falls due whether something happened."""
        if self.supposed(subject) or subject.partition(" of ")[2] in self.performed:
            return LAST
        return self.first_open if self.performing is None else self.performing  # what falls due later is done

    def performs_from(self) -> Day | None:
        """From which day on everybody does what falls due, on the last day for it; None where that is open."""
        return self.performing

    def boxed(self, subject: str) -> bool:
        """Whether it is said of one of several performances when it comes; in the worlds of a proof, of anything."""
        return " for " in subject and self.supposed(subject)

    def in_time(self, label: str) -> bool:  # noqa: ARG002 - of the worlds of a proof
        """Whether whoever has to do what a clause asks for does it in time, whatever else happens."""
        return False

    def single(self, performance: str) -> Moment | None:
        """When one of several obligations is performed (`performance of L for Q1 2030`), where that is supposed."""
        facts = self.facts.get(performance, ()) if self.performed else ()
        return _moment(facts[0], performance) if facts else None

    def cut(self, deal: str) -> Moment | None:  # noqa: ARG002 - likewise
        """When a deal ends, where that is said of it whatever ends it; of no world but those of a proof."""
        return None

    def supposed(self, subject: str) -> bool:
        """Whether an event is supposed rather than recorded."""
        return any(fact.known is None for fact in self.facts.get(subject, ()))

    def occurrences(self, subject: str) -> tuple[Moment, ...]:
        """The recorded days of an event that happens more than once, ascending, each once."""
        found = self._occurrences.get(subject)
        if found is None:
            days = {(fact.day, fact.last) for fact in self.facts.get(subject, ()) if fact.kind == "happened"}
            found = tuple(Moment.between(lo, hi, subject) for lo, hi in sorted(days))
            planned = self.planned.get(subject.removeprefix(PERFORMANCE_OF), ()) if self.planned else ()
            if planned and subject.startswith(PERFORMANCE_OF):
                more = [moment for moment in planned if (moment.lo, moment.hi) not in days]
                found = tuple(sorted((*found, *more), key=lambda moment: (moment.lo, moment.hi)))
            self._occurrences[subject] = found
        return found

    def performances(self, label: str) -> tuple[Performance, ...]:
        """The recorded performances of a clause, by day; records of one name, day and obligation are one."""
        subject = f"{PERFORMANCE_OF}{label}"
        facts = [fact for fact in self.facts.get(subject, ()) if fact.kind == "happened"]
        records = {(fact.day, fact.last, fact.id, fact.within or ()): fact.within for fact in facts}
        return tuple(Performance(Moment.between(lo, hi, subject), records[lo, hi, name, within])
                     for lo, hi, name, within in sorted(records))  # fmt: skip

    def payments(self, label: str) -> tuple[tuple[Day, Amount], ...]:
        """The recorded payments under a clause, by day."""
        facts = [fact for fact in self.facts.get(f"{PAID_UNDER}{label}", ()) if isinstance(fact.value, Amount)]
        records = {(fact.day, fact.id, repr(fact.value)): fact.value for fact in facts}
        return tuple((key[0], value) for key, value in sorted(records.items(), key=lambda each: each[0])
                     if isinstance(value, Amount))  # fmt: skip

    def holds(self, subject: str) -> StepFunction[Truth]:
        """Whether a condition holds: as recorded; else not, through the day of knowledge, and open after it."""
        open_ = maybe({subject})
        pieces = [(ALWAYS, NO), (self.first_open, open_)]
        steps = StepFunction(pieces if self.first_open < NEVER else pieces[:1])
        for fact in self.facts.get(subject, ()):
            if fact.kind == "never":
                return StepFunction.always(NO)
            if fact.kind != "holds":
                continue
            if fact.end is not None:
                end, after = fact.end, steps
            elif fact.known is None:
                end, after = NEVER, steps
            else:
                end, after = max(self.first_open, fact.day + 1), StepFunction.always(open_)
            pieces = [(d, v) for d, v in steps if d < fact.day]
            pieces.append((fact.day, YES))
            if end < NEVER:
                pieces.append((end, after.at(end)))
                pieces.extend((d, v) for d, v in after if d > end)
            steps = StepFunction(pieces)
        return steps


def _moment(fact: Fact, subject: str) -> Moment:
    """When something happens of which there is a fact."""
    return NEVER_COMES if fact.kind == "never" else Moment.between(fact.day, fact.last, subject)


class Recorded:
    """The facts of a model by subject, each subject's in an order that depends on the set alone; shared by all worlds.

    What became known last comes first and corrects what was known before; the rest of the order makes ties the same
    in whatever order the facts were loaded.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.by_subject: dict[str, list[Fact]] = {}
        for fact in facts:
            self.by_subject.setdefault(fact.subject, []).append(fact)
        for each in self.by_subject.values():
            each.sort(key=_precedence)


class _Subjects(Mapping[str, V]):
    """What is known of each subject, found when it is first asked for."""

    def __init__(self, subjects: Callable[[], Iterable[str]], find: Callable[[str], V | None]) -> None:
        self._subjects = subjects
        self._find = find
        self._found: dict[str, V | None] = {}

    def __getitem__(self, subject: str) -> V:
        found: V | None = self.get(subject)
        if found is None:
            raise KeyError(subject)
        return found

    def get(self, subject: str, default: Any = None) -> Any:
        """What is known of a subject."""
        if subject not in self._found:
            self._found[subject] = self._find(subject)
        found = self._found[subject]
        return default if found is None else found

    def __iter__(self) -> Iterator[str]:
        return (subject for subject in self._subjects() if self.get(subject) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, subject: object) -> bool:
        return self.get(str(subject)) is not None

    def __reduce__(self) -> tuple[object, ...]:
        return dict, (dict(self),)


def make_world(
    recorded: Recorded,
    known: Day | None,
    assumed: Iterable[Fact],
    values: Mapping[str, Value | bool],
) -> World:
    """The world as known on a day; an assumption stands for every record of its subject."""
    supposed = Recorded(assumed).by_subject

    def facts_of(subject: str) -> tuple[Fact, ...] | None:
        found = supposed.get(subject)
        if found is None:
            recorded_ = recorded.by_subject.get(subject, ())
            spend(len(recorded_) // 16)
            found = [fact for fact in recorded_ if _counts(fact, known)]
        if found and found[0].kind == "holds":
            found = found[::-1]
        return tuple(found) or None

    facts = _Subjects(lambda: {**recorded.by_subject, **supposed}, facts_of)

    def value_of(subject: str) -> Value | bool | None:
        if subject in values:
            return values[subject]
        found = facts.get(subject, ())
        return next((fact.value for fact in found if fact.kind == "value" and fact.value is not None), None)

    performed = frozenset(
        subject.removeprefix(PERFORMANCE_OF).partition(" for ")[0]
        for subject in supposed if subject.startswith(PERFORMANCE_OF)
    )  # fmt: skip
    return World(known, facts, _Subjects(lambda: {**facts, **values}, value_of), performed=performed)


def _counts(fact: Fact, known: Day | None) -> bool:
    """Whether a fact is known on a day, and not retracted by then."""
    return (fact.known is None or (known is not None and fact.known <= known)) and (
        fact.retracted is None or known is None or fact.retracted > known
    )


def as_planned(recorded: Recorded, known: Day | None) -> World:
    """The course of events in which nothing else ever happens than is known, and everybody does what falls due."""
    world = make_world(recorded, LAST, (), {})
    return attrs.evolve(world, performing=ALWAYS if known is None else known + 1)


def presumed(world: World) -> World:
    """The course of events in which nothing happens after the day of knowledge but what the calendar brings: what falls
    due is done on its due day, a breach is not cured, a condition goes on as it is."""
    return attrs.evolve(world, open_from=NEVER, performing=world.first_open)


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
