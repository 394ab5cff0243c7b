"""Contracts as a library sees them.

In: a model that was read and checked (`reading.py`). Out: a `Contract`, evaluated often.
Guaranteed: hermetic (no clock, no file but those loaded), immutable, and safe to share between threads.
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from dealrun.api.bindings import binding
from dealrun.api.supposing import check_obligations, signed_on, suppositions
from dealrun.arguments import checked
from dealrun.budget import counts
from dealrun.diagnostics import Diagnostic, did_you_mean, no_clause
from dealrun.diagnostics.found import Diagnostics
from dealrun.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from dealrun.model.contract import Fact, Model, last_known, under
from dealrun.model.values import Value
from dealrun.model.vocabulary import FORMS
from dealrun.source import SourceText
from dealrun.state.amend.index import Index
from dealrun.state.basis import Basis
from dealrun.state.knowledge import make_world
from dealrun.state.order import walk
from dealrun.state.timeline import Timeline, resting_on
from dealrun.time import DateLike, Day, add, iso, to_day

if TYPE_CHECKING:
    from dealrun.agenda.entries import Agenda
    from dealrun.algebra.comparison import Comparison
    from dealrun.algebra.consequences import Amendments
    from dealrun.algebra.history import History
    from dealrun.proof.exposure import Exposure
    from dealrun.proof.proof import Proof
    from dealrun.settle.ledger.given import LedgerSource, RatesSource
    from dealrun.settle.statement import Settlement
    from dealrun.state.day import State
    from dealrun.state.expect import Outcomes


MOST_KEPT = 64
"""Evaluations that a contract keeps, so that questions about one day of knowledge share one."""


class Contract:
    """A loaded contract without errors: one deal or several, with their instruments and facts.

    >>> deal, deal.known, deal.labels[:3]
    (Contract(openai-microsoft), datetime.date(2026, 4, 27), ('seed', 'growth', 'azure'))
    >>> deal.verb("ip"), deal.family("ip")
    ('license', 'right')
    >>> deal.scenarios, deal.readings, deal.signings[-1]
    ((), ('annual_cap', 'either_excuse', 'licence_remains'), (datetime.date(2026, 4, 27), 'apr2026'))
    >>> deal.timeline(known="2026-01-15").on("2028-01-01")["ip"].terms["until"].text
    'until 2032'
    >>> deal.prove("ip in force", through="2032-12-31")
    Proof('ip in force': holds)
    >>> deal.exact(state).settled
    ()
    >>> deal.exposure(party="MSFT")
    Exposure(MSFT: 2 grounds)
    >>> deal.changes(), deal.history("ip")
    (Amendments(oracle2024, oct2025, apr2026), History('ip', 3 days of knowledge))
    >>> deal.compare(all_readings=True), deal.conflicts(), deal.test()
    (Comparison(8 versions, 5 partings), Diagnostics(), Outcomes(74 of 74 hold))
    >>> deal.agenda(timeline, "2030-01-01", "2033-01-31"), book.settle()
    (Agenda(2030-01-01 to 2033-01-31, 5 entries), Settlement(through=2026-01-31, 12 payments))
    >>> dealrun.loads(deal.restate("2026-05-01")).labels[:3]
    ('seed', 'growth', 'buy')
    >>> deal.difference(deal)
    ''
    """

    def __init__(
        self,
        model: Model,
        index: Index,
        notes: tuple[Diagnostic, ...],
        files: tuple[str, ...] = (),
        texts: tuple[SourceText, ...] = (),
    ) -> None:
        self.model = model
        self.files = files
        """The files that were read, links resolved."""
        self.texts = texts
        """The texts that it was made from, in their order."""
        self.diagnostics = Diagnostics(notes)
        """Warnings and notes; errors there are none."""
        self._index = index
        self._plain: dict[tuple[Day | None, int], Timeline] = {}
        """Evaluations without suppositions, by day of knowledge and index (which `_indices` keeps alive)."""
        self._indices: dict[frozenset[str], Index] = {frozenset(): index}

    def __repr__(self) -> str:
        return f"Contract({', '.join(deal.name for deal in self.model.deals)})"

    @cached_property
    def known(self) -> date | None:
        """The day of knowledge if none is given: the last signing or known day in the files; None without one."""
        day = last_known(self.model)
        return None if day is None else date.fromordinal(day)

    @checked
    @counts
    def timeline(
        self,
        *,
        known: DateLike | None = None,
        assume: Mapping[str, DateLike] | None = None,
        bind: Mapping[str, str] | None = None,
        scenario: str | None = None,
        reading: Collection[str] = (),
        nothing_else: bool = False,
    ) -> Timeline:
        """Evaluate the contract once.

        `known` hides what was signed or became known after it. `assume` supposes that an event happens on a day, or on
        several (`"2026-05-01, 2027-05-01"`); that a condition holds from a day on, or until another (`"2026-05-01 until
        2026-12-31"`); or that it never comes (`"never"`). `bind` gives unknowns a value as it would be written (`"38bn
        USD"`, `"2028-12-31"`, `"yes"`), `scenario` takes both from a scenario of the files, `reading` names the
        readings that apply. With `nothing_else`, nothing more happens after the day of knowledge than is supposed and
        the calendar brings. KeyError for a name that the contract does not have, ValueError for a value that does not
        fit it.
        """
        day = last_known(self.model) if known is None else to_day(known)
        facts: list[Fact] = []
        if scenario is not None:
            found = next((s for s in self.model.scenarios if s.name == scenario), None)
            if found is None:
                raise UnknownNameError(f"no scenario `{scenario}`; there are: {', '.join(self.scenarios) or 'none'}")
            facts.extend(found.facts)
        supposed = suppositions(self.model, assume or {})
        facts.extend(supposed.facts)
        values = dict(binding(self.model, name, text) for name, text in (bind or {}).items())
        timeline = self._timeline(day, facts, values, self._under(reading, supposed.signed))
        check_obligations(timeline, supposed.said)
        basis = self._basis(supposed.said, bind or {}, scenario, reading)
        if nothing_else:
            return resting_on(timeline.presumed, attrs.evolve(basis, nothing_else=True))
        return resting_on(timeline, basis)

    def _basis(
        self, assume: Mapping[str, str], bind: Mapping[str, str], scenario: str | None, reading: Collection[str]
    ) -> Basis:
        deals = tuple((deal.name, deal.title) for deal in self.model.deals)
        return Basis(deals, dict(assume), dict(bind), scenario, tuple(reading))

    def _timeline(
        self,
        known: Day | None,
        assumed: Iterable[Fact],
        values: Mapping[str, Value | bool],
        index: Index | None = None,
    ) -> Timeline:
        chosen = index or self._index
        base = self._plain.get((known, id(chosen)))
        if base is None:
            base = Timeline(chosen, make_world(chosen.recorded, known, (), {}))
            if len(self._plain) < MOST_KEPT and any(each is chosen for each in self._indices.values()):
                self._plain[known, id(chosen)] = base
        supposed = list(assumed)
        if not supposed and not values:
            return base
        return Timeline(chosen, make_world(chosen.recorded, known, supposed, values), base)

    def _under(self, readings: Collection[str], signed: Mapping[str, Day] | None = None) -> Index:
        """The index under readings, made once for each set of them; where the days of signings are supposed, anew."""
        chosen = frozenset([readings] if isinstance(readings, str) else readings)
        for name in sorted(chosen):
            if name not in self.readings:
                raise UnknownNameError(f"no reading `{name}`; there are: {', '.join(self.readings) or 'none'}")
        found = None if signed else self._indices.get(chosen)
        if found is None:
            found = Index(under(signed_on(self.model, signed or {}), chosen))
            if len(chosen) > 1 and walk(found.edges)[0] is not None:  # each by itself was checked
                raise ArgumentError(
                    f"under {' and '.join(sorted(chosen))} together, clauses hang on one another in a circle"
                )
            if not signed:
                self._indices[chosen] = found
        return found

    @property
    def _identities(self) -> dict[str, str]:
        """By deal what tells it from another of its name: its title, its signing, its parties as they were first."""
        signed = {i.name: i.signed for i in self.model.instruments if not i.amends}
        parties = [
            entry.span.text for key in self._index.declarations if key.word == "party"
            if (entry := self._index.first_entry(key)) is not None
        ]  # fmt: skip
        return {deal.name: "\0".join([deal.title or "", str(signed.get(deal.name)), *parties])
                for deal in self.model.deals}  # fmt: skip

    @property
    def readings(self) -> tuple[str, ...]:
        """Names of the readings."""
        return tuple(reading.name for reading in self.model.readings)

    # --- whole contracts --------------------------------------------------------------------------------------------

    @checked
    @counts
    def restate(
        self,
        on: DateLike,
        *,
        known: DateLike | None = None,
        reading: Collection[str] = (),
        so_far: Mapping[str, str] | None = None,
    ) -> str:
        """The consolidated agreement of a day as a new `.deal` file, which has the chain's states from that day on.

        `so_far` gives what the cap or floor of a clause has counted before, by label (`{"share": "60m USD"}`).
        """
        from dealrun.api import algebra  # noqa: PLC0415 - most questions need none of it

        return algebra.restated(self, on, known=known, reading=reading, so_far=so_far)

    @checked
    @counts
    def changes(
        self, *, known: DateLike | None = None, reading: Collection[str] = (), instrument: str | None = None
    ) -> "Amendments":
        """What each amendment did, and what follows from it for whom."""
        from dealrun.api import algebra  # noqa: PLC0415 - most questions need none of it

        return algebra.changes(self, known=known, reading=reading, instrument=instrument)

    @checked
    @counts
    def history(self, label: str, *, scenario: str | None = None, reading: Collection[str] = ()) -> "History":
        """What held when, as known when, of one clause."""
        from dealrun.api import algebra  # noqa: PLC0415 - most questions need none of it

        return algebra.clause_history(self, label, scenario=scenario, reading=reading)

    @checked
    @counts
    def prove(
        self, claim: str, *, on: DateLike | None = None, since: DateLike | None = None, through: DateLike | None = None,
        known: DateLike | None = None, assume: Mapping[str, DateLike] | None = None,
        bind: Mapping[str, str] | None = None, scenario: str | None = None, reading: Collection[str] = (),
        by: Collection[str] = (), keeps: Collection[str] = (),
    ) -> "Proof":  # fmt: skip
        """Whether a claim holds in every course of events, on a day or on every day of a period.

        A claim says what an expectation can say (`ip in force`, `ip exclusivity exclusive`), joined with `and`, `or`,
        `not` and `->`. `since` is the day after the day of knowledge where it is left out. The rest is as in
        `timeline`. With `by`, only what one of these parties has in hand happens, beside the calendar; `keeps` do
        everything in time. ArgumentError for a claim that cannot be read (docs/proof.md).
        """
        from dealrun.api import proving  # noqa: PLC0415 - most questions need none of it

        last = on if on is not None else through
        if last is None or (on is not None and (since is not None or through is not None)):
            raise ArgumentError("prove: say `on` which day, or `through` which (and `since`)")
        first = on if on is not None else since
        timeline = self.timeline(known=known, assume=assume, bind=bind, scenario=scenario, reading=reading)
        begin = None if first is None else to_day(first)

        def supposing(assumed: Mapping[str, str], bound: Mapping[str, str]) -> Timeline:
            return self.timeline(
                known=known, assume={**(assume or {}), **assumed}, bind={**(bind or {}), **bound}, scenario=scenario,
                reading=reading,
            )  # fmt: skip

        return proving.prove(
            self.texts, timeline, claim, begin, to_day(last), one_day=on is not None, by=by, keeps=keeps,
            supposing=supposing,
        )  # fmt: skip

    @checked
    @counts
    def exact(self, state: "State") -> "State":
        """A state of this contract in which a status or a term is certain where every course of events agrees.

        Intervals treat unknowns as independent of one another, so that an answer can be contingent although every
        course agrees. `settled` are the answers that this adds, `undecided` those beyond the budget (docs/proof.md).
        """
        from dealrun.proof.exact import exact  # noqa: PLC0415 - most questions need none of it
        from dealrun.state.day import State  # noqa: PLC0415 - likewise

        if not isinstance(state, State):
            raise ArgumentTypeError(f"exact: a State is needed, not {type(state).__name__}")
        return exact(state)

    @checked
    @counts
    def exposure(
        self, *, party: str | None = None, label: str | None = None, through: DateLike | None = None,
        known: DateLike | None = None, assume: Mapping[str, DateLike] | None = None,
        bind: Mapping[str, str] | None = None, scenario: str | None = None, reading: Collection[str] = (),
        policy: str | os.PathLike[str] | None = None,
    ) -> "Exposure":  # fmt: skip
        """What can end a clause, suspend it or make it worse before it ends presumptively, and who has that in hand.

        Of all clauses, of those that a party gains by, or of one; through a day, by default ten years after the day of
        knowledge. `policy` is a TOML file that says how severe each ground is. The rest is as in `timeline`.
        UnknownNameError for a name that there is not (docs/proof.md#exposure).
        """
        from dealrun.api import exposing  # noqa: PLC0415 - most questions need none of it

        timeline = self.timeline(known=known, assume=assume, bind=bind, scenario=scenario, reading=reading)
        last = None if through is None else to_day(through)
        return exposing.exposure(timeline, party or "", label or "", last, policy)

    @checked
    @counts
    def compare(
        self,
        *,
        known: DateLike | None = None,
        scenarios: Sequence[str] = (),
        readings: Sequence[str] = (),
        all_readings: bool = False,
    ) -> "Comparison":
        """Scenarios and readings side by side: only where the answers part."""
        from dealrun.api import algebra  # noqa: PLC0415 - most questions need none of it

        return algebra.compare(self, known=known, scenarios=scenarios, readings=readings, all_readings=all_readings)

    @checked
    @counts
    def difference(
        self,
        new: "Contract",
        *,
        effective: DateLike | None = None,
        signed: DateLike | None = None,
        name: str = "amendment",
    ) -> str:
        """The amendment that turns this contract into another; empty where nothing differs."""
        from dealrun.api import algebra  # noqa: PLC0415 - most questions need none of it

        return algebra.difference(self, new, effective=effective, signed=signed, name=name)

    @checked
    @counts
    def agenda(
        self, timeline: Timeline, start: DateLike, end: DateLike | None = None, *, party: str | None = None
    ) -> "Agenda":
        """What falls on which day, from one through another, in the presumptive course of a timeline of this contract.

        What fell due before and is overdue, unrecorded or not known to be done stands before it; what has no day yet
        stands behind. Without an end, a year. `party` leaves what concerns others alone out. ArgumentError where the
        last day is before the first; UnknownNameError for a party that no clause names.
        """
        last = add(to_day(start), 1, "year") - 1 if end is None else to_day(end)
        if last < to_day(start):
            raise ArgumentError(f"agenda: the last day, {iso(last)}, is before the first, {iso(to_day(start))}")
        if party is not None and party not in (named := timeline.parties) and not _declared(timeline, party):
            hint = did_you_mean(party, named)
            raise UnknownNameError(f"no clause names a party `{party}`" + (f"; {hint}" if hint else ""))
        from dealrun.agenda.entries import Agenda, agenda  # noqa: PLC0415 - most questions need none of it

        found = Agenda(agenda(timeline, to_day(start), last, party))
        found.start, found.end = date.fromordinal(to_day(start)), date.fromordinal(last)
        found.identities = self._identities
        found.known, found.basis = timeline.known, timeline.basis
        return found

    @checked
    @counts
    def settle(
        self,
        ledger: "LedgerSource | Sequence[LedgerSource] | None" = None,
        *,
        forecast: "LedgerSource | Sequence[LedgerSource] | None" = None,
        columns: Mapping[str, str] | None = None,
        rates: "RatesSource | None" = None,
        period: str = "Q",
        through: DateLike | None = None,
        known: DateLike | None = None,
        assume: Mapping[str, DateLike] | None = None,
        bind: Mapping[str, str] | None = None,
        scenario: str | None = None,
        reading: Collection[str] = (),
        detail: str | os.PathLike[str] | None = None,
        progress: bool = False,
    ) -> "Settlement":
        """The statement of a ledger: what is payable under each clause about money, by period.

        `ledger` and `forecast` are paths (CSV, Parquet, `file.duckdb::table`), open files, contents by name
        (`{"q1.csv": "..."}`) or Arrow tables, one or several; without `ledger`, those that the deals declare. `columns`
        maps roles (`amount`) to columns, `rates` is a table of exchange rates, given likewise. `period` (`W M Q H Y`)
        is for clauses that state no payment period. `through` is the last day (default: the end of the last month in
        the ledger); `known`, `assume`, `bind`, `scenario` and `reading` are as in `timeline`, but the day of knowledge
        is at least the last month booked. `detail` is a file (`.csv`, `.parquet`) that says what each row of the ledger
        earned; `progress` shows on a terminal how far reading is. Amounts are whole minor units.

        LedgerError for a ledger that is refused, KeyError and ValueError as in `timeline`, MissingExtraError where
        DuckDB is needed and not installed.
        """
        from dealrun.api import settling  # noqa: PLC0415 - most questions need none of it

        return settling.settled(
            self, ledger, forecast=forecast, columns=columns, rates=rates, period=period, through=through, known=known,
            assume=assume, bind=bind, scenario=scenario, reading=reading, detail=detail, progress=progress,
        )  # fmt: skip

    @checked
    def verb(self, label: str) -> str:
        """The verb of a clause, as it was first added; KeyError for a label that the contract does not have."""
        entry = self._index.first_entry(label) if label in self._index.histories else None
        if entry is None:
            raise no_clause(label, self.labels)
        return entry.word

    def family(self, label: str) -> str:
        """What a clause is about; KeyError for a label that the contract does not have."""
        return FORMS[self.verb(label)].family

    @property
    def signings(self) -> tuple[tuple[date, str], ...]:
        """The day on which each amendment was signed, and its name."""
        return tuple(
            (date.fromordinal(each.signed[0]), each.name)
            for each in self.model.instruments if each.amends and each.signed is not None
        )  # fmt: skip

    def conflicts(self) -> Diagnostics:
        """What cannot both be kept, and what can never be: findings DR312 and DR801 to DR810, by place.

        They hold in the course of events in which nothing else happens than is known and everybody does what falls due
        (docs/language.md#conflicts).
        """
        from dealrun.check.conflicts import conflicts  # noqa: PLC0415 - most questions need none of it

        return Diagnostics(conflicts([(self.model, self._index)]))

    @property
    def index(self) -> Index:
        """Which operations touch which entry."""
        return self._index

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of all clauses, whenever they were added."""
        return self._index.labels

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios."""
        return tuple(scenario.name for scenario in self.model.scenarios)

    def supposing(self, known: Day | None, given: Iterable[Fact], names: Collection[str]) -> Timeline:
        """The evaluation under facts that are given, and under scenarios and readings by name."""
        facts = list(given)
        for scenario in self.model.scenarios:
            facts.extend(scenario.facts if scenario.name in names else ())
        return self._timeline(known, facts, {}, self._under([name for name in names if name in self.readings]))

    @checked
    @counts
    def test(self) -> "Outcomes":
        """Evaluate every expectation, as known on its instrument's signing day unless it says otherwise; of one that is
        not signed, on the default day of knowledge."""
        from dealrun.proof import expected  # noqa: PLC0415 - no other question needs it
        from dealrun.state import expect  # noqa: PLC0415 - likewise

        outcomes: list[expect.Outcome] = []
        latest = last_known(self.model)
        for stated in self.model.expectations:
            expectation = stated if stated.known is not None else attrs.evolve(stated, known=latest)
            timeline = self.supposing(expectation.known, expectation.given, expectation.under)
            outcomes.extend(expected.evaluate(expectation, timeline))
        if self.model.payments:
            from dealrun.api import settling  # noqa: PLC0415 - few contracts need it

            outcomes.extend(settling.outcomes(self))
        return expect.Outcomes(outcomes)


def _declared(timeline: Timeline, party: str) -> bool:
    deals = [deal.name for deal in timeline.index.model.deals]
    names = {party, *(f"{deal}.{party}" for deal in deals)}
    return any(key.word in {"party", "person"} and key.name in names for key in timeline.declared)
