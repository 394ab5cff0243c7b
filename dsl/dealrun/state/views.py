"""What a reader sees of a day: the state of clauses and their prospects, as plain immutable values.

In: nothing. Out: the types of an answer. Guaranteed: state (status and terms of the day) and prospects (what is
coming, as known) are kept apart; days are dates, and `None` stands for what hangs on something or never comes.
"""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import attrs

from dealrun.answer import Answer, TableAnswer
from dealrun.diagnostics import did_you_mean, no_clause
from dealrun.errors import UnknownNameError
from dealrun.model import show
from dealrun.model.contract import Cite
from dealrun.model.values import Value
from dealrun.model.vocabulary import FORMS, ValueKind
from dealrun.source import Place, Span
from dealrun.state.basis import Basis
from dealrun.time.days import DateLike, Day

if TYPE_CHECKING:
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
    day after that; None for what is
    not known or never comes.

    >>> duty = services["report"].duties[0]
    >>> duty.number, duty.due, duty.status, duty.breached, duty.by
    ('Q1 2025', datetime.date(2025, 4, 14), 'performed', None, ('HOST',))
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


@attrs.frozen
class UnknownState:
    """Something undisclosed or not settled, and the answers that hang on it: `label` or `label.term`.

    >>> unknown = state.unknowns[0]
    >>> unknown.name, unknown.kind, unknown.affects
    ('"Microsoft cannot support the necessary capabilities"', 'condition', ('ship',))
    """

    name: str
    kind: str
    meaning: str
    affects: tuple[str, ...]
    least: Fraction | None = None
    most: Fraction | None = None


@attrs.frozen
class Ends:
    """Between which days something ends, both included, and by what; None where there is no such day.

    >>> supposed.prospects("2027-01-01")[3].ends
    Ends(earliest=datetime.date(2032, 12, 31), latest=datetime.date(2032, 12, 31), by=('2032',))
    """

    earliest: date | None
    latest: date | None
    by: tuple[str, ...]


@attrs.frozen
class Prospect:
    """What is coming for a clause, as known: days are inclusive, None where unbounded.

    >>> prospect = supposed.prospects("2027-01-01")[3]
    >>> prospect.label, prospect.ends.latest, prospect.next_change
    ('ip', datetime.date(2032, 12, 31), datetime.date(2033, 1, 1))
    """

    label: str
    ends: Ends
    starts_latest: date | None
    next_change: date | None
    due: date | None
    may_change: tuple[str, ...]


@attrs.frozen
class EarlyEnd:
    """A way in which a whole deal can end before its presumptive end, as known.

    >>> end = services.early_ends[0]
    >>> end.label, end.by, end.trigger, end.notice, end.earliest
    ('term', ('HOST', 'SHOP'), '', '3 months', datetime.date(2026, 12, 31))
    """

    deal: str
    label: str
    """The right to terminate, or the term."""
    by: tuple[str, ...]
    """Who has it in hand; empty where nobody does."""
    trigger: str
    """What has to happen first, or besides, in words of the clause; empty where a notice is enough."""
    notice: str
    """How long a notice runs, in words of the clause; empty where none is needed."""
    earliest: date | None
    """The last day of the deal, if it came to it at once, not before the day that is asked; None where that is no
    day."""
    names: tuple[str, ...]
    """The events, uses, breaches and conditions on which it hangs."""
    renews: bool = False
    """Whether it is a term, which ends where it does not renew."""


class Asked(Protocol):
    """The evaluation behind the state of a day."""

    @property
    def presumed(self) -> "Asked":
        """The one of the presumptive course."""

    def on(self, date: DateLike) -> "State":
        """The state of a day."""

    @property
    def basis(self) -> Basis:
        """What it rests on."""

    def prospects(self, date: DateLike) -> "tuple[Prospect, ...]":
        """What is coming."""

    def early_ends(self, date: DateLike) -> "tuple[EarlyEnd, ...]":
        """What can end a deal early."""


@attrs.frozen(repr=False, hash=False)
class State(TableAnswer):
    """All clauses on a day, by label: indexed, iterated and counted like a dictionary.

    It is no `Mapping`, because libraries of tables take that for columns before they ask for Arrow.

    >>> state, state["ip"].until, list(state)[:3], state.get("none")
    (State(on=2027-01-01, known=2026-04-27, 25 clauses), datetime.date(2032, 12, 31), ['seed', 'growth', 'azure'], None)
    >>> state.of_party("MSFT"), [each.status for each in state.values()][:2]
    (State(on=2027-01-01, known=2026-04-27, 18 clauses), ['in force', 'in force'])
    >>> len(state.prospects), len(state.items()), len(state.keys()), state.basis.reading
    (20, 25, 25, ())
    >>> state.presumed["ship"].status, state.early_ends, len(services.early_ends)
    ('in force', (), 1)
    >>> print(state.only("ip").to_text(heading=False).splitlines()[0], state.full, list(state.with_labels(["ip"])))
    ip: in force until 2032-12-31 False ['ip']
    """

    on: date
    known: date | None
    clauses: Mapping[str, ClauseState]
    declarations: Mapping[tuple[str, str], DeclarationState]
    """By word and name: `declarations["event", "AGI"]`."""
    unknowns: tuple[UnknownState, ...]
    timeline: Asked = attrs.field(eq=False)
    """The evaluation that says so."""
    full: bool = attrs.field(default=False, eq=False)
    """Whether each clause is told in full."""

    @property
    def basis(self) -> Basis:
        """What the answer rests on beside its days."""
        return self.timeline.basis

    @property
    def prospects(self) -> "tuple[Prospect, ...]":
        """What is coming for the clauses that have not ended, as known."""
        return tuple(each for each in self.timeline.prospects(self.on) if each.label in self.clauses)

    @property
    def presumed(self) -> "State":
        """The state in the course of events in which nothing more happens than the calendar brings."""
        found = self.timeline.presumed.on(self.on)
        return found if len(found) == len(self) else found.with_labels(self.clauses)

    @property
    def early_ends(self) -> "tuple[EarlyEnd, ...]":
        """What can end each deal before its presumptive end, as known, the earliest first."""
        return self.timeline.early_ends(self.on)

    def __repr__(self) -> str:
        known = f", known={self.known}" if self.known is not None else ""
        return f"State(on={self.on}{known}, {len(self.clauses)} clauses)"

    def __hash__(self) -> int:
        return hash((self.on, self.known, tuple(self.clauses)))

    def __getitem__(self, label: str) -> ClauseState:
        """The clause of a label; UnknownNameError, which offers one that is near, where there is none."""
        found = self.clauses.get(label)
        if found is None:
            raise no_clause(label, self.clauses)
        return found

    def __reversed__(self) -> Iterator[str]:
        return reversed(tuple(self.clauses))

    def __iter__(self) -> Iterator[str]:
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def __contains__(self, label: object) -> bool:
        return label in self.clauses

    def keys(self) -> KeysView[str]:
        """The labels."""
        return self.clauses.keys()

    def values(self) -> ValuesView[ClauseState]:
        """The clauses."""
        return self.clauses.values()

    def items(self) -> ItemsView[str, ClauseState]:
        """The clauses with their labels."""
        return self.clauses.items()

    def of_party(self, party: str) -> "State":
        """The state with the clauses that concern one party: those that name it, and those of its deal between `each`
        and `other`; UnknownNameError where none does."""
        declared = [(name, each.deal) for (word, name), each in self.declarations.items()
                    if word == "party" and party in {name, name.removeprefix(f"{each.deal}.")}]  # fmt: skip
        deals, meant = {deal for _, deal in declared}, {party, *(name for name, _ in declared)}
        kept = []
        for label, clause in self.clauses.items():
            named = {name for names in clause.parties.values() for name in names}
            if named & meant or (clause.deal in deals and "each" in named):
                kept.append(label)
        if not kept:
            every = {name for clause in self.clauses.values() for names in clause.parties.values() for name in names}
            hint = did_you_mean(party, every - {"each", "other"})
            raise UnknownNameError(f"no clause names `{party}`" + (f"; {hint}" if hint else ""))
        return self.with_labels(kept)

    def only(self, *labels: str) -> "State":
        """The state with some clauses only; UnknownNameError where one is not there."""
        return attrs.evolve(self.with_labels([self[label].label for label in labels]), full=True)

    def with_labels(self, labels: Iterable[str]) -> "State":
        """The state with some clauses only, and the unknowns that they hang on."""
        kept = {label: self.clauses[label] for label in labels}
        unknowns = tuple(
            attrs.evolve(unknown, affects=hit)
            for unknown in self.unknowns
            if (hit := tuple(a for a in unknown.affects if a in kept or a.rpartition(".")[0] in kept))
        )
        return attrs.evolve(self, clauses=kept, unknowns=unknowns)

    def get(self, label: str) -> ClauseState | None:
        """A clause; None where it is not there."""
        return self.clauses.get(label)


@attrs.frozen
class Step:
    """One step: what it is about, what it says, where, and which source says so.

    >>> step = timeline.why("ip", "2028-01-01").steps[0]
    >>> step.about, step.text, step.place.line
    ('openai-microsoft', 'writes it, signed and effective between 2019-01-01 and 2019-12-31', 41)
    """

    about: str
    text: str
    place: Place | None = None
    cites: tuple[Cite, ...] = ()
    quote: str = ""
    later: bool = False
    """Whether it takes effect only after the day that is asked about."""


@attrs.frozen(repr=False, hash=False)
class Explanation(Answer):
    """The steps that lead to the state of a clause on a day.

    >>> told = timeline.why("ip", "2028-01-01")
    >>> told, told.known, told.state.status
    (Explanation('ip', on=2028-01-01, 18 steps), datetime.date(2026, 4, 27), 'in force')
    >>> print(told.steps[0].text)
    writes it, signed and effective between 2019-01-01 and 2019-12-31
    """

    state: ClauseState
    on: date
    known: date | None
    steps: tuple[Step, ...]
    basis: Basis = attrs.field(factory=Basis, eq=False)
    term: str = ""
    """The term that is asked about; empty for the whole clause."""

    def __repr__(self) -> str:
        return f"Explanation({self.state.label!r}, on={self.on}, {len(self.steps)} steps)"

    def __hash__(self) -> int:
        return hash((self.state.label, self.on, self.known, len(self.steps)))


@attrs.frozen(repr=False, hash=False)
class About(Answer):
    """What is known of a name on a day: how it came, what is recorded of it, and what hangs on it.

    >>> told = timeline.about("TOTAL", "2027-01-01")
    >>> told, [step.about for step in told.steps]
    (About('TOTAL', unknown, on=2027-01-01), ['apr2026', 'record', 'named in', 'source ms2026'])
    >>> told.name, told.kind, told.on, told.known
    ('TOTAL', 'unknown', datetime.date(2027, 1, 1), datetime.date(2026, 4, 27))
    """

    name: str
    kind: str
    on: date
    known: date | None
    steps: tuple[Step, ...]
    basis: Basis = attrs.field(factory=Basis, eq=False)

    def __repr__(self) -> str:
        return f"About({self.name!r}, {self.kind}, on={self.on})"

    def __hash__(self) -> int:
        return hash((self.name, self.kind, self.on, self.known, len(self.steps)))
