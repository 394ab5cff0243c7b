"""The resolved model: a contract as it is meant, every name resolved and every date exact.

In: nothing. Out: the types that `dealrun.model.resolve` builds and every later step reads. Guaranteed: immutable;
nothing refers back to the written tree except by span.

An *entry* is whatever can be amended: a clause (by label) or a declaration (by kind and name). Both are a form with
terms, so that one mechanism serves both.
"""

from collections.abc import Collection, Mapping
from typing import Final, Literal

import attrs

from dealrun.model.claim import WrittenClaim
from dealrun.model.keys import DeclarationKey, EntryKey, name_of
from dealrun.model.names import NameTable
from dealrun.model.values import Condition, End, Names, Quantity, Schedule, Time, Value
from dealrun.source import Span
from dealrun.time.days import Day


@attrs.frozen
class Cite:
    """A citation: the declared source and the locator in it, either of which may be empty.

    >>> state["ip"].cites[0]
    Cite(source='decoder2026', locator='')
    """

    source: str
    locator: str

    def __str__(self) -> str:
        return f"{self.source} {self.locator}".strip()


@attrs.frozen
class TermText:
    """A term as written: its meaning, and where."""

    value: Schedule
    span: Span = attrs.field(eq=False, repr=False)


@attrs.frozen
class Entry:
    """A clause or declaration as an instrument writes it."""

    key: EntryKey
    word: str
    """The verb or declaration word, a key of `FORMS`."""
    terms: Mapping[str, TermText]
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)
    deal: str = ""

    @property
    def is_clause(self) -> bool:
        """Whether it is a clause rather than a declaration."""
        return not isinstance(self.key, DeclarationKey)

    @property
    def name(self) -> str:
        """The label, or the declared name."""
        return name_of(self.key)


# --- operations ---------------------------------------------------------------------------------------------------


@attrs.frozen
class Operation:
    """What all operations have: the entry they touch, what they cite, and where they stand."""

    key: EntryKey
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)


@attrs.frozen
class Add(Operation):
    """Adds an entry; with `replacing`, gives one that is there a new text from the effective day on."""

    entry: Entry
    replacing: bool = False


@attrs.frozen
class Drop(Operation):
    """Ends an entry."""


@attrs.frozen
class SetTerms(Operation):
    """Gives terms a new whole value; None unsets one."""

    terms: Mapping[str, TermText | None]


@attrs.frozen
class ChangeMembers(Operation):
    """Adds members to a list term, or drops them from it."""

    term: str
    members: Names
    adding: bool


@attrs.frozen
class Waive(Operation):
    """Suspends a clause from the effective day (or `start`) until `end`."""

    start: Time | None
    end: Value | None
    by: str | None
    to: str | None


@attrs.frozen
class Reinstate(Operation):
    """Ends every waiver of a clause from the effective day on."""


# --- instruments, facts, expectations -----------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Instrument:
    """An agreement or an amendment: when it was signed, when it takes effect, and what it does."""

    name: str
    title: str
    deal: str
    signed: tuple[Day, Day] | None
    """First and last day on which the last signature can have been given; None for a draft or a sketch."""
    signatures: tuple[tuple[str, Day, Day], ...]
    effective: Time | None
    when: Condition | None
    after: tuple[str, ...]
    retroactive: bool
    operations: tuple[Operation, ...]
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)
    amends: bool = True
    draft: bool = False
    """Whether no signing day is given at all."""
    deals: tuple[str, ...] = ()
    """The deals that it amends, the first of them `deal`."""
    parties: tuple[str, ...] = ()
    """Who is party to it, where it says so itself."""
    until: End | None = None
    """When what it does lapses: of a side letter, or a change for a time."""
    restates: bool = False
    """Whether what it adds replaces everything that was there."""
    prevails_over: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    restated: tuple[Day, Day] | None = None
    """Of a consolidated text: the day as of which it stands, and the day of knowledge, which stands in for `signed`."""
    reads: str = ""
    """Of a reading that is applied: the instrument whose text it reads."""
    effective_span: Span | None = attrs.field(default=None, eq=False, repr=False)
    after_span: Span | None = attrs.field(default=None, eq=False, repr=False)


PAID_UNDER: Final = "paid under "
"""How the subject of a payment begins."""


@attrs.frozen
class Fact:
    """Something recorded: that an event happened, that a condition held, or what an unknown is; of an assumption also
    that something never happens.

    `subject` is an event (`AGI`, `breach of delivery`), a condition, a quoted truth with its quotes, an unknown, or,
    of a payment, `paid under LABEL`.
    """

    id: str
    kind: Literal["happened", "holds", "value", "paid", "never"]
    subject: str
    day: Day
    last: Day
    """The last day on which it can have happened: `day` itself unless only a month or a year is recorded."""
    end: Day | None
    """For a condition: the first day on which it no longer holds; None where that is not recorded."""
    value: Value | bool | None
    known: Day | None
    """The day it became known; None for an assumption, which is known always."""
    by: str | None
    span: Span = attrs.field(eq=False, repr=False)
    retracted: Day | None = None
    """The day from which it is known to be wrong."""
    within: tuple[Day, Day] | None = None
    """Of a performance: the days of the obligation that it is of, the first and the last; None where it names none."""


@attrs.frozen(eq=False)
class Assertion:
    """What an expectation says of an entry."""

    key: EntryKey
    status: str | None
    term: str | None
    value: Value | None
    contingent_on: tuple[str, ...] | None
    ended_by: str | None
    absent: bool
    span: Span = attrs.field(eq=False, repr=False)
    text: str = attrs.field(eq=False, default="")
    duty: "DutyAssertion | None" = None
    within: tuple[Day, Day] | None = None
    """Of a status: the days in which the occurrence lies whose instance is meant."""
    claim: "StatedClaim | None" = None
    """What is said of several clauses; then nothing else is said, and `key` is the first of them."""


@attrs.frozen(eq=False)
class StatedClaim:
    """A claim about every course of events, as it is written, and each of its sayings by its text."""

    written: WrittenClaim
    said: Mapping[str, Assertion]


@attrs.frozen(eq=False)
class DutyAssertion:
    """How a duty is expected to stand, who breached it, and which of several it is (by the days in which it falls)."""

    status: str
    by: tuple[str, ...] = ()
    within: tuple[Day, Day] | None = None
    contingent_on: tuple[str, ...] | None = None


@attrs.frozen(eq=False)
class Expectation:
    """A test of the contract."""

    on: Day
    known: Day | None
    """None where the instrument it stands in was never signed."""
    given: tuple[Fact, ...]
    under: tuple[str, ...]
    """Scenarios and readings to evaluate under."""
    assertions: tuple[Assertion, ...]
    span: Span = attrs.field(eq=False, repr=False)
    presumed: bool = False
    """Whether it asks for the presumptive answer."""
    course: Literal["", "always", "never", "possible"] = ""
    """Whether it is about every course of events: from `first` (the day after `known` where that is None) to `on`."""
    first: Day | None = None


@attrs.frozen(eq=False)
class PaidAssertion:
    """What is expected to be payable under a clause: in all or to one payee, and when it is due; or what accrues."""

    key: EntryKey
    payee: str | None
    amount: Quantity | None
    due: Day | None
    contingent_on: tuple[str, ...] | None
    span: Span = attrs.field(eq=False, repr=False)
    text: str = attrs.field(eq=False, default="")
    accrued: bool = False
    """Whether the amount is what accrues, before anything is withheld or recouped."""


@attrs.frozen(eq=False)
class PaidExpectation:
    """A test of the payments for the periods that end from one day (None: from the beginning) through another."""

    first: Day | None
    last: Day
    known: Day | None
    """None where it says none: as known by the last day in the files and the ledger."""
    given: tuple[Fact, ...]
    under: tuple[str, ...]
    assertions: tuple[PaidAssertion, ...]
    deal: str
    span: Span = attrs.field(eq=False, repr=False)


@attrs.frozen(eq=False)
class Scenario:
    """Facts and values to evaluate under."""

    name: str
    title: str
    facts: tuple[Fact, ...]
    span: Span = attrs.field(eq=False, repr=False)


@attrs.frozen(eq=False)
class Reading:
    """A competing interpretation of an instrument: operations that apply right after that instrument's own."""

    name: str
    title: str
    of: str
    operations: tuple[Operation, ...]
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)


@attrs.frozen(eq=False)
class Deal:
    """What the `deal` statement says of itself."""

    name: str
    title: str
    parties: tuple[str, ...]
    currency: str | None
    rounding: str
    fiscal_year: str
    calendar: tuple[str, ...]
    """`weekdays`, or whose holidays count: a country, a part of one, an exchange."""
    sketch: bool
    span: Span | None = attrs.field(eq=False, repr=False)
    running: bool = False
    """Whether it is the running total that is rounded, not each line."""


@attrs.frozen(eq=False)
class Assumed:
    """A name that a sketch uses without declaring it, and what it was taken for."""

    name: str
    kind: str
    span: Span = attrs.field(eq=False, repr=False)


@attrs.frozen(eq=False)
class Model:
    """Everything that was loaded, resolved; instruments in signing order."""

    deals: tuple[Deal, ...]
    instruments: tuple[Instrument, ...]
    facts: tuple[Fact, ...]
    scenarios: tuple[Scenario, ...]
    expectations: tuple[Expectation, ...]
    assumed: tuple[Assumed, ...]
    readings: tuple[Reading, ...] = ()
    payments: tuple[PaidExpectation, ...] = ()
    drafts: tuple[Instrument, ...] = ()
    """Amendments that nobody has signed, as written; they change nothing."""
    names: NameTable = attrs.field(factory=NameTable, repr=False)
    """Where names are declared and used."""


def under(model: Model, readings: Collection[str]) -> Model:
    """The model under readings: each applied right after the instrument that it reads, in the order of the files."""
    applied = [reading for reading in model.readings if reading.name in readings]
    if not applied:
        return model
    instruments: list[Instrument] = []
    for instrument in model.instruments:
        instruments.append(instrument)
        instruments.extend(
            attrs.evolve(instrument, name=reading.name, title=reading.title, operations=reading.operations,
                         cites=reading.cites or instrument.cites, span=reading.span, reads=instrument.name)
            for reading in applied
            if reading.of == instrument.name
        )  # fmt: skip
    return attrs.evolve(model, instruments=tuple(instruments))


def last_known(model: Model) -> Day | None:
    """The last day on which something was signed or became known."""
    days = [instrument.signed[1] for instrument in model.instruments if instrument.signed]
    days += [fact.known for fact in model.facts if fact.known is not None]
    days += [fact.retracted for fact in model.facts if fact.retracted is not None]
    return max(days, default=None)
