"""Who refers to whom: the entries that a value, an operation or an instrument names.

In: values of the model. Out: the references in them, each with what it is needed for.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dealrun.model.contract import Add, ChangeMembers, Instrument, Operation, SetTerms, Waive
from dealrun.model.keys import DeclarationKey, EntryKey, name_of
from dealrun.model.values import (
    AllOf,
    Amount,
    AnyOf,
    Due,
    Duration,
    End,
    Expression,
    Extreme,
    Happened,
    Holds,
    InForce,
    Limb,
    Names,
    Negation,
    Offset,
    OnDate,
    OnEvent,
    OnUnknown,
    PaidUnder,
    Product,
    Schedule,
    Shares,
    Start,
    Sum,
    Symbol,
    Time,
    Value,
)

EVALUATED = frozenset({"own", "due", "life", "event", "bounds", "breach", "use", "done"})


class Reference(NamedTuple):
    """A name in a value, and what it is needed for: `kind` is own, due, life (end, in force), breach, use, done
    (performance), event or bounds; or name, redacted (an amount) or length, for which nothing is evaluated first.

    In the graph there is no breach, use or done: they are what they need, the clause's own words, mostly also its life,
    and the clauses that say of what books are kept.
    """

    kind: str
    key: EntryKey


def of_value(value: Value) -> Iterator[Reference]:  # noqa: C901, PLR0912 - a case for each kind of value
    """The references of a value; lists of names excepted, whose members are told by `Names`."""
    match value:
        case Start(_, time):
            yield from of_time(time)
        case End(_, time) | Due(_, time):
            if isinstance(time, Duration):
                yield from of_duration(time)
            elif time is not None:
                yield from of_time(time)
        case Duration():
            yield from of_duration(value)
        case Happened(event):
            yield from of_time(event)
        case InForce(label):
            yield Reference("life", label)
        case Holds(name, "quoted"):
            yield Reference("name", f'"{name}"')
        case Holds(name, "condition"):
            yield Reference("name", DeclarationKey("condition", name))
        case Holds(name, "unknown"):
            yield Reference("name", DeclarationKey("unknown", name))
        case Negation(part):
            yield from of_value(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from of_value(part)
        case Amount(expression=expression, counting_from=counting, tiers=tiers):
            yield from of_expression(expression)
            if counting is not None:
                yield from of_time(counting)
            if tiers is not None:
                for threshold, rate in tiers.steps:
                    yield from of_expression(threshold)
                    yield from of_expression(rate)
                if tiers.counting_from is not None:
                    yield from of_time(tiers.counting_from)
        case Shares(shares):
            for share in shares:
                yield from of_expression(share)
        case Names(members):
            for member in members:
                yield Reference("name", member)
        case _:
            pass


_OF_LABEL = {"end": "life", "start": "own", "due": "due", "breach": "breach", "default": "breach", "cure": "breach",
             "notice": "use", "exercise": "use", "performance": "done"}  # fmt: skip


def of_time(time: Time) -> Iterator[Reference]:
    """The references of a time."""
    match time:
        case OnEvent(event, None):
            yield Reference("event", DeclarationKey("event", event))
        case OnEvent(event, label) if label is not None:
            yield Reference(_OF_LABEL.get(event, "name"), label)
        case OnUnknown(name):
            yield Reference("bounds", DeclarationKey("unknown", name))
        case Offset(length, _, base):
            yield from of_duration(length)
            yield from of_time(base)
        case Limb(_, parts):
            for part in parts:
                yield from of_time(part)
        case OnDate() | OnEvent():
            pass


def of_duration(length: Duration) -> Iterator[Reference]:
    """The references of a duration."""
    if length.redacted is not None:
        yield Reference("length", length.redacted.name)


def of_expression(expression: Expression) -> Iterator[Reference]:
    """The references of an amount."""
    match expression:
        case Symbol(name, "unknown"):
            yield Reference("bounds", DeclarationKey("unknown", name))
        case Symbol(name, "redacted"):
            yield Reference("redacted", name)
        case Symbol(name, "stream"):
            yield Reference("name", DeclarationKey("stream", name))
        case PaidUnder(label):
            yield Reference("name", label)
        case Sum(parts):
            for _, part in parts:
                yield from of_expression(part)
        case Product(parts) | Extreme(_, parts):
            for part in parts:
                yield from of_expression(part)
        case _:
            pass


def of_schedule(schedule: Schedule) -> Iterator[Reference]:
    """The references of a term as written."""
    for value, end in schedule.limbs:
        yield from of_value(value)
        if end is not None:
            yield from of_value(end)


def of_operation(operation: Operation) -> Iterator[Reference]:
    """The references that an operation writes."""
    match operation:
        case Add(entry=entry):
            for term in entry.terms.values():
                yield from of_schedule(term.value)
        case SetTerms(terms=terms):
            for written in terms.values():
                if written is not None:
                    yield from of_schedule(written.value)
        case ChangeMembers(members=members, adding=True):
            yield from of_value(members)
        case Waive(start=start, end=end):
            if start is not None:
                yield from of_time(start)
            if end is not None:
                yield from of_value(end)
        case _:
            pass


def of_instrument(instrument: Instrument) -> Iterator[Reference]:
    """What an instrument's effective day refers to."""
    if instrument.effective is not None:
        yield from of_time(instrument.effective)
    if instrument.when is not None:
        yield from of_value(instrument.when)
    if instrument.until is not None:
        yield from of_value(instrument.until)


_BLANKS = {"redacted": "amount", "bounds": "date", "length": "duration"}
"""What is blacked out, by the kind of the reference."""


def blanks(operations: Iterable[Operation]) -> dict[str, str]:
    """What is redacted in terms, by name (`label.term`): an amount, a date or a duration."""
    return {
        name_of(reference.key): _BLANKS[reference.kind]
        for operation in operations
        for reference in of_operation(operation)
        if reference.kind in _BLANKS and (reference.kind != "bounds" or "." in name_of(reference.key))
    }


def declares_at_signing(key: EntryKey, instrument: Instrument) -> bool:
    """Whether a declaration counts from the signing of its agreement, because what the agreement waits for is among
    them."""
    waits = any(reference.kind in EVALUATED for reference in of_instrument(instrument))
    return isinstance(key, DeclarationKey) and not instrument.amends and not instrument.reads and waits


def node_kind(key: EntryKey) -> str:
    """The kind of the node that an entry is."""
    return _OF_WORD.get(key.word, "own") if isinstance(key, DeclarationKey) else "own"


_OF_WORD = {"event": "event", "unknown": "bounds"}
