"""What a reader sees of a whole day: every clause and declaration, what can end a deal early, what is unknown.

In: the states of clauses and declarations. Out: the types of an answer about a day. Guaranteed: state (status and
terms of the day) and prospects (what is coming, as known) are kept apart; days are dates, and `None` stands for what
hangs on something or never comes.
"""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import attrs

from dealrun.answer import TableAnswer
from dealrun.diagnostics import did_you_mean, no_clause
from dealrun.errors import UnknownNameError
from dealrun.state.basis import Basis
from dealrun.state.views import ClauseState, DeclarationState
from dealrun.time.days import DateLike

if TYPE_CHECKING:
    pass


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
    settled: tuple[str, ...] = ()
    """Of an exact state: the labels, and the `label.term`, that are certain only because every course agrees."""
    undecided: tuple[str, ...] = ()
    """Of an exact state: those of which it was not decided whether every course agrees."""

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
