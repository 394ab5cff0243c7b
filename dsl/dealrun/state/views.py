"""What a reader sees of a clause or a declaration on a day, as plain immutable values.

In: nothing. Out: the types of an answer. Guaranteed: days are dates, and `None` stands for what hangs on something or
never comes.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import attrs

from dealrun.answer import Answer
from dealrun.model import show
from dealrun.model.contract import Cite
from dealrun.model.values import Value
from dealrun.model.vocabulary import FORMS, ValueKind
from dealrun.source import Span
from dealrun.time.days import DateLike, Day

if TYPE_CHECKING:
    from dealrun.state.explained import Explanation
    from dealrun.state.term_values import TermValue

Status: TypeAlias = Literal["not yet", "in force", "waived", "dormant", "ended", "contingent"]


@attrs.frozen
class AmountBounds:
    r"""The bounds of an amount, both included; None where there is no bound. Rates are fractions, without a unit.

    >>> head = 'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\n'
    >>> rent = dealrun.loads(head + 'unknown X amount "x" between 2m USD and 3m USD\nf: fee A->B X per year\n')
    >>> rent.timeline().on("2025-01-01")["f"].terms["amount"].bounds
    AmountBounds(least=Fraction(2000000, 1), most=Fraction(3000000, 1), unit='USD')
    """

    least: Fraction | None
    most: Fraction | None
    unit: str = ""


@attrs.frozen(repr=False)
class TermView:
    """A term on a day, and who gave it.

    `text` is how it is written. `day` is the resolved day of a start, an end or a due day; `least` and `most` bound an
    amount, equal where it is known: in `unit`, of a rate as a fraction.

    >>> term = state["ip"].terms["exclusivity"]
    >>> term.text, term.value, term.possible, term.bounds, term.instrument
    ('nonexclusive', WordValue(word='nonexclusive'), (), None, 'apr2026')
    """

    name: str
    kind: ValueKind | None = attrs.field(repr=False)
    """What sort of value it has."""
    written: Value | None = attrs.field(repr=False)
    """Its value in the model; None while it is contingent."""
    text: str
    contingent_on: tuple[str, ...]
    options: tuple[Value | None, ...] = attrs.field(repr=False)
    """The values in the model that it may have; one where it is certain."""
    instrument: str
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)
    day: date | None = None
    least: Fraction | None = None
    most: Fraction | None = None
    unit: str = ""
    about: bool = False

    def __repr__(self) -> str:
        contingent = f", contingent on {', '.join(self.contingent_on)}" if self.contingent_on else ""
        return f"TermView({self.name!r}, {self.text!r}{contingent})"

    @property
    def value(self) -> "TermValue | None":
        """Its value, by kind; None while it is contingent."""
        from dealrun.state.term_values import term_value  # noqa: PLC0415 - what is printed needs none of it

        return term_value(self.written, self.kind, self.day, (self.least, self.unit))

    @property
    def possible(self) -> tuple[str, ...]:
        """The values that it may have, where there are several, as they are written."""
        if len(self.options) < 2:
            return ()
        return tuple("none" if value is None else show.show(value) for value in self.options)

    @property
    def bounds(self) -> AmountBounds | None:
        """What is known of an amount that is not known; None of another, and where nothing is."""
        if self.written is not None or (self.least is None and self.most is None):
            return None
        return AmountBounds(self.least, self.most, "" if self.unit == "%" else self.unit)


DutyStatus: TypeAlias = Literal[
    "not yet due",
    "due",
    "performed",
    "performed late",
    "unrecorded",
    "breached",
    "cured",
    "waived",
    "excused",
    "ended",
    "contingent",
]


@attrs.frozen
class Duty:
    """How an obligation stands on a day.

    `number` says which of several it is (a period, or the day of an occurrence), `of` the day by which it is counted:
    the last of the period, the occurrence, or of the only one the due day. `by` are those who have to act. `due` is the
    last day for it, `breached` the first day after that without it, `cure_by` the last day to make good, `default` the
    day after that; None for what is not known or never comes. `may_be_done` says whether it was performed, or may be.

    >>> duty = services["report"].duties[0]
    >>> duty.number, duty.due, duty.status, duty.breached, duty.by, duty.may_be_done
    ('Q1 2025', datetime.date(2025, 4, 14), 'performed', None, ('HOST',), True)
    """

    number: str
    of: date | None
    status: DutyStatus
    by: tuple[str, ...]
    due: date | None
    performed: date | None
    breached: date | None
    cure_by: date | None
    default: date | None
    contingent_on: tuple[str, ...]
    may_be_done: bool


@attrs.frozen
class Instance:
    """One instance of an `each` clause: the occurrence that makes it, and its own life.

    >>> instance = services["credit"].instances[0]
    >>> instance.number, instance.occurrence, instance.status
    (1, datetime.date(2025, 7, 26), 'in force')
    """

    number: int
    occurrence: date | None
    status: Status
    until: date | None
    due: date | None
    contingent_on: tuple[str, ...]


class OnDemand(Protocol):
    """The evaluation behind the state of a clause on a day."""

    @property
    def day(self) -> Day:
        """The day."""

    @property
    def known(self) -> date | None:
        """The day of knowledge."""

    def instances(self) -> tuple[Instance, ...]:
        """See `ClauseState.instances`."""

    def instance_due(self, occurrence: DateLike) -> date | None:
        """See `ClauseState.instance_due`."""

    def duties(self, by: tuple[str, ...]) -> tuple[Duty, ...]:
        """See `ClauseState.duties`."""

    def why(self) -> "Explanation":
        """See `ClauseState.why`."""

    def presumed(self) -> "ClauseState":
        """See `ClauseState.presumed`."""

    def could_change(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """See `ClauseState.could_change`."""


def _instances_of(source: OnDemand) -> tuple[Instance, ...]:
    return source.instances()


@attrs.frozen(repr=False, hash=False)
class ClauseState(Answer):
    """A clause on a day. `since` is its first day, `until` its last day in force; None where that hangs or never is.

    >>> clause = state["ip"]
    >>> clause, clause.kind, clause.parties["licensee"], clause.in_force, clause.until
    (ClauseState('ip', 'in force', until=2032-12-31), 'license', ('MSFT',), True, datetime.date(2032, 12, 31))
    >>> clause.terms["exclusivity"], clause.cites[0].source
    (TermView('exclusivity', 'nonexclusive'), 'decoder2026')
    >>> clause.why().steps[0].text
    'writes it, signed and effective between 2019-01-01 and 2019-12-31'
    >>> state["azure"].ended_text, state["sell"].obligors
    ('apr2026', ('OAI',))
    >>> credit = services["credit"]
    >>> credit.instances[0].occurrence, credit.instance_due("2025-07-26") is None
    (datetime.date(2025, 7, 26), True)
    >>> services["report"].duties[1].status
    'performed late'
    >>> ship = state["ship"]
    >>> ship.status, ship.presumed.status, ship.could_change[0]
    ('contingent', 'in force', '"Microsoft cannot support the necessary capabilities"')
    >>> ship.on, ship.known
    (datetime.date(2027, 1, 1), datetime.date(2026, 4, 27))
    """

    label: str
    kind: str
    deal: str
    parties: Mapping[str, tuple[str, ...]]
    status: Status
    since: date | None
    until: date | None
    ended_by: tuple[str, ...]
    contingent_on: tuple[str, ...]
    terms: Mapping[str, TermView]
    instrument: str
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)
    source: "OnDemand" = attrs.field(eq=_instances_of, repr=False)
    """The evaluation, asked for what takes time and few readers want."""

    def __repr__(self) -> str:
        until = f", until={self.until}" if self.until is not None else ""
        return f"ClauseState({self.label!r}, {self.status!r}{until})"

    def __hash__(self) -> int:
        return hash((self.label, self.status, self.since, self.until))

    def why(self) -> "Explanation":
        """The chain from the clause's text through each instrument to this answer."""
        return self.source.why()

    @property
    def on(self) -> date:
        """The day that it is about."""
        return date.fromordinal(self.source.day)

    @property
    def known(self) -> date | None:
        """The day of knowledge; None where nothing was ever signed or recorded."""
        return self.source.known

    @property
    def presumed(self) -> "ClauseState":
        """The clause in the course of events in which nothing more happens than the calendar brings; itself, where that
        is what it is asked of."""
        return self.source.presumed()

    @property
    def could_change(self) -> tuple[str, ...]:
        """What could make its status another than the presumptive one, apart from what can end its whole deal early
        (`State.early_ends`): names of events, uses, breaches, performances and conditions."""
        return self.source.could_change(self.contingent_on)

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The instances of an `each` clause that have begun; computed when asked for."""
        return self.source.instances()

    def instance_due(self, occurrence: DateLike) -> date | None:
        """The due day of the instance that an occurrence made; None where there is none, or it has no due day."""
        return self.source.instance_due(occurrence)

    @property
    def duties(self) -> tuple[Duty, ...]:
        """How each of its obligations stands: those that have arisen, and the one that comes next."""
        return self.source.duties(self.obligors)

    @property
    def obligors(self) -> tuple[str, ...]:
        """Who has to do what the clause asks for."""
        roles = FORMS[self.kind].roles
        return next((self.parties[role] for role in (*roles[1:2], *roles) if role in self.parties), ())

    @property
    def ended_text(self) -> str:
        """What ended it: all limbs of a tie with `and`; with `or` where it is not known which."""
        return (" or " if self.until is None else " and ").join(self.ended_by)

    @property
    def in_force(self) -> bool:
        """Whether the clause is certainly in force."""
        return self.status == "in force"


@attrs.frozen
class DeclarationState:
    """A declaration on a day: a party's name, an event's declarer, an unknown's bounds.

    >>> party = next(each for each in state.declarations.values() if each.kind == "party")
    >>> party.name, party.terms["name"].text
    ('MSFT', '"Microsoft"')
    """

    name: str
    kind: str
    deal: str
    declared: bool
    terms: Mapping[str, TermView]
    instrument: str
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)
