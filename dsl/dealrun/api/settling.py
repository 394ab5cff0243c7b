"""Settling a contract: which ledger, through which day, as known when.

In: a contract, and what the user gives beside it. Out: a `Settlement`. Guaranteed: a ledger that a deal names lies
below its folder; without options the answer depends on the files and the ledger alone.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import attrs

from dealrun.arguments import checked
from dealrun.diagnostics import did_you_mean
from dealrun.errors import ArgumentError
from dealrun.model.behaviour import PAYMENTS, Behaviour
from dealrun.model.contract import Add, Entry, Fact, Model, PaidAssertion, PaidExpectation, last_known
from dealrun.model.currencies import MINOR_DIGITS, minor_units
from dealrun.model.keys import name_of
from dealrun.model.values import Amount, Names, Quantity, Text
from dealrun.model.vocabulary import FORMS, LEDGER_ROLES, behaviour
from dealrun.settle.account import currency_of
from dealrun.settle.allocation import allocate
from dealrun.settle.ledger.given import HeldFile, Ledger, LedgerSource, RatesSource, held, ledgers
from dealrun.settle.ledger.sums import LedgerError, Sums
from dealrun.settle.settle import Convert, settle, settle_and_trace
from dealrun.settle.statement import Money, Settlement, figure
from dealrun.source.opening import Below
from dealrun.state.expect import Outcome
from dealrun.state.timeline import Timeline
from dealrun.time import DateLike, Day, iso, to_day
from dealrun.time.days import LAST, month_end

PERIODS = {"W": "week", "M": "month", "Q": "quarter", "H": "half-year", "Y": "year"}
"""What `--period` takes: the payment period of clauses that state none."""


class Settled(Protocol):
    """What a settlement needs of a contract; see `Contract`."""

    @property
    def model(self) -> Model:
        """The resolved model."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it was read from."""

    def timeline(
        self,
        *,
        known: DateLike | None = None,
        assume: Mapping[str, DateLike] | None = None,
        bind: Mapping[str, str] | None = None,
        scenario: str | None = None,
        reading: Collection[str] = (),
    ) -> Timeline:
        """An evaluation."""

    def supposing(self, known: Day | None, given: Iterable[Fact], names: Collection[str]) -> Timeline:
        """An evaluation under suppositions."""


@attrs.frozen
class Books:
    """The ledgers of a settlement: what happened and what is expected, and which column is which."""

    actual: tuple[Ledger, ...]
    forecast: tuple[Ledger, ...]
    columns: Mapping[str, str]
    rates: str | os.PathLike[str] | HeldFile | None


def books(
    contract: Settled,
    ledger: LedgerSource | Sequence[LedgerSource] | None,
    forecast: LedgerSource | Sequence[LedgerSource] | None,
    columns: Mapping[str, str] | None,
    rates: RatesSource | None,
) -> Books:
    """What to read: as given, else as the deals declare; ArgumentError for columns of what no ledger has."""
    for role in columns or {}:
        if role not in LEDGER_ROLES:
            known = did_you_mean(role, LEDGER_ROLES) or f"its columns are {', '.join(LEDGER_ROLES)}"
            raise ArgumentError(f"`columns`: a ledger has no `{role}`; {known}")
    declared = [entry for entry in _declared(contract, "ledger") if "file" in entry.terms]
    every = _declared(contract, "ledger")
    mapping = {role: _text(entry, role) for entry in every[:1] for role in LEDGER_ROLES if role in entry.terms}
    actual = ledgers(ledger)
    if ledger is None:
        actual = tuple(_path(entry) for entry in declared)
        mappings = {tuple(sorted((r, _text(e, r)) for r in LEDGER_ROLES if r in e.terms)) for e in declared}
        if len(mappings) > 1:
            raise ArgumentError("the ledgers that the deals declare have different columns; name one with its columns")
    tables = [_path(entry) for entry in _declared(contract, "rates") if "file" in entry.terms]
    table = next(iter(tables), None) if rates is None else _rates(rates)
    return Books(actual, ledgers(forecast), {**mapping, **(columns or {})}, table)


def _rates(source: RatesSource) -> str | os.PathLike[str] | HeldFile:
    """A table of rates, with its content where it lies on no disk; ArgumentError where there are several."""
    if isinstance(source, str | os.PathLike):
        return source
    found = held(source)
    if len(found) != 1:
        raise ArgumentError(f"settle: `rates` takes one table, not {len(found)}")
    return found[0]


def files(found: Books) -> list[str]:
    """The files of the books, those that a pattern matches or a folder holds one by one."""
    from dealrun.settle.ledger.sources import files_of  # noqa: PLC0415 - few questions need it

    named = [source for source in (*found.actual, *found.forecast) if isinstance(source, str | os.PathLike)]
    return [
        *(file for source in named for file in files_of(source)),
        *([os.fspath(found.rates)] if isinstance(found.rates, str | os.PathLike) else []),
    ]


def _declared(contract: Settled, word: str) -> list[Entry]:
    return [
        operation.entry
        for instrument in contract.model.instruments
        for operation in instrument.operations
        if isinstance(operation, Add) and operation.entry.word == word
    ]


def _text(entry: Entry, name: str) -> str:
    value = entry.terms[name].value.limbs[0][0]
    return value.text if isinstance(value, Text) else ""


def _path(entry: Entry) -> Below:
    """The file that a declaration names, which must lie below the folder of the file that holds it."""
    folder = str(Path(entry.span.source.name).parent)
    return Below(os.path.join(folder, _text(entry, "file")), folder)


def read_sums(contract: Settled, found: Books, *, progress: bool = False) -> Sums:
    """The sums of the ledgers; LedgerError where they are refused."""
    if not found.actual and not found.forecast:
        return Sums((), 0, 0, 0, None, ())
    from dealrun.settle.ledger.read import read  # noqa: PLC0415 - DuckDB is an extra, and slow to import

    return read(found.actual, found.forecast, **_asked(contract, found), progress=progress)


def _asked(contract: Settled, found: Books) -> dict[str, Any]:
    """What the deals say of their ledgers, in the words of `read`."""
    entries = [
        operation.entry
        for instrument in contract.model.instruments
        for operation in instrument.operations
        if isinstance(operation, Add)
    ]
    streams = {entry.name for entry in entries if entry.word == "stream"}
    streams |= {assumed.name for assumed in contract.model.assumed if assumed.kind == "stream"}
    if len(contract.model.deals) > 1:  # without its deal, where no other deal has a stream of that name
        plain = Counter(name.rpartition(".")[2] for name in streams)
        streams |= {name for name, count in plain.items() if count == 1}
    named = {deal.currency for deal in contract.model.deals if deal.currency}
    said = {c for entry in entries for term in entry.terms.values() for value, _ in term.value.limbs
            if isinstance(value, Amount) and (c := currency_of(value.expression))}  # fmt: skip
    currencies = (named | said) if (named or said) and found.rates is None else set(MINOR_DIGITS)
    return {
        "mapping": found.columns,
        "streams": streams,
        "default_stream": next(iter(streams)) if len(streams) == 1 else None,
        "currencies": currencies,
        "default_currency": next(iter(named)) if len(named) == 1 else "",
        "keys": _keys(entries),
        "need_units": False,
        "need_amount": any(_of_money(entry) for entry in entries),
    }


def _keys(entries: Sequence[Entry]) -> frozenset[str]:
    """By what else the sums must be kept apart: what clauses tell apart."""
    found = {"payer"}
    streams = {entry.name for entry in entries if entry.word == "stream"}
    for entry in entries:
        if behaviour(entry.word) not in PAYMENTS:
            continue
        for name, term in entry.terms.items():
            members = {m for value, _ in term.value.limbs if isinstance(value, Names) for m in value.members}
            if name == "territory":
                found.add("territory")
            elif name == "except":
                found |= {"territory", "product"}
            elif name in {"base", "of"} and members - streams:
                found.add("product")
    return frozenset(found)


def _of_money(entry: Entry) -> bool:
    """Whether a clause counts the money of rows: a share that is no price, a commitment that is of no units."""
    if behaviour(entry.word) not in {Behaviour.SHARE, Behaviour.COMMITMENT}:
        return False
    written = entry.terms.get(FORMS[entry.word].main)
    limbs = [value for value, _ in written.value.limbs] if written is not None else []
    return not limbs or any(isinstance(value, Amount) and not _of_units(value) for value in limbs)


def _of_units(amount: Amount) -> bool:
    """Whether an amount is a price per unit, or a number of units; tiers may count either."""
    unit = amount.expression.unit if isinstance(amount.expression, Quantity) else ""
    return amount.tiers is None and (bool(amount.per_unit) or bool(unit and unit != "%" and unit not in MINOR_DIGITS))


def month_closing(day: Day) -> Day:
    """The last day of the month of a day."""
    at = date.fromordinal(day)
    return month_end(at.year, at.month)


@checked
def settled(
    contract: Settled,
    ledger: LedgerSource | Sequence[LedgerSource] | None = None,
    *,
    forecast: LedgerSource | Sequence[LedgerSource] | None = None,
    columns: Mapping[str, str] | None = None,
    rates: RatesSource | None = None,
    period: str = "Q",
    through: DateLike | None = None,
    known: DateLike | None = None,
    assume: Mapping[str, DateLike] | None = None,
    bind: Mapping[str, str] | None = None,
    scenario: str | None = None,
    reading: Collection[str] = (),
    detail: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Settlement:
    """See `Contract.settle`."""
    found = books(contract, ledger, forecast, columns, rates)
    sums = read_sums(contract, found, progress=progress)
    last, day = days(contract, sums, through, known)
    timeline = contract.timeline(
        known=None if day is None else iso(day), assume=assume, bind=bind, scenario=scenario, reading=reading
    )
    if detail is not None:
        told = _detailed(contract, timeline, sums, found, last, period, os.fspath(detail))
    else:
        told = statement(timeline, sums, found, last, period)
    return attrs.evolve(told, basis=timeline.basis, files=tuple(files(found)))


def _detailed(
    contract: Settled, timeline: Timeline, sums: Sums, found: Books, last: Day, period: str, path: str
) -> Settlement:
    """The statement, and a file with what each row of the ledger earned; a note says what no row did."""
    from dealrun.settle.ledger.columns import LedgerTerms  # noqa: PLC0415 - DuckDB is an extra, and slow to import
    from dealrun.settle.ledger.detail import RowAllocation, write_detail  # noqa: PLC0415 - likewise

    form = {".csv": "csv", ".parquet": "parquet"}.get(Path(path).suffix)
    if form is None:
        raise ArgumentError(f"`{path}` is no file for detail: its name ends in .csv or .parquet")
    settlement, takes = settle_and_trace(timeline, sums, last, default=_default(period), convert=_convert(found))
    allocated = allocate(settlement.payments, takes)
    rows = write_detail(
        found.actual,
        found.forecast,
        LedgerTerms(**_asked(contract, found)),
        [
            RowAllocation(each.group, each.label, each.period, each.cents, each.currency, by_units=each.by_units)
            for each in allocated
            if each.group is not None
        ],
        path,
        format="csv" if form == "csv" else "parquet",
        inputs=[*contract.files, *files(found)],
    )
    rest: dict[tuple[str, str], int] = {}
    for each in allocated:
        if each.group is None:
            rest[each.label, each.currency] = rest.get((each.label, each.currency), 0) + each.cents
    notes = [f"{path}: {rows:,} rows; what no row of the ledger earned is not in it"] + [
        f"{path} leaves out {figure(cents, currency)} {currency} under {label}"
        for (label, currency), cents in rest.items()
    ]
    return attrs.evolve(settlement, notes=(*settlement.notes, *notes))


def days(contract: Settled, sums: Sums, through: DateLike | None, known: DateLike | None) -> tuple[Day, Day | None]:
    """The last day of a statement, and the day of knowledge: books close with the month of the last booking."""
    files = last_known(contract.model)
    closed = None if sums.last_booked is None else month_closing(sums.last_booked)
    expected = max((max(group.day, group.booked) for group in sums.groups), default=None)
    if through is not None:
        last = to_day(through)
    elif expected is not None:
        last = month_closing(expected)
    elif files is not None:
        last = files
    else:
        raise ArgumentError("say through which day to settle: the files and the ledger hold none")
    if known is not None:
        return min(last, LAST), to_day(known)
    has_forecast = any(group.forecast for group in sums.groups)
    booked = closed if has_forecast or closed is None else max(closed, last) if through is not None else closed
    knows = [day for day in (files, booked) if day is not None]
    if through is not None and not sums.groups:
        knows.append(last)
    return min(last, LAST), max(knows, default=None)


def outcomes(contract: Settled) -> list[Outcome]:
    """Every assertion about payments, held against the ledgers that the deals declare."""
    try:
        found = books(contract, None, None, None, None)
        sums = read_sums(contract, found)
        _convert(found)
    except (LedgerError, ValueError) as error:
        return [Outcome(e, a, str(error)) for e in contract.model.payments for a in e.assertions]
    done: dict[object, Settlement] = {}
    listed: list[Outcome] = []
    for expectation in contract.model.payments:
        # Where neither the files nor the ledger hold a day, nothing is known.
        undated = not sums.groups and last_known(contract.model) is None
        last, known = (expectation.last, None) if undated else days(contract, sums, None, None)
        last = max(last, expectation.last)
        if expectation.known is not None:
            known = expectation.known
        elif known is not None:
            known = max(known, min(expectation.last, last))
        key = (last, known, expectation.given, expectation.under)
        if key not in done:
            timeline = contract.supposing(known, expectation.given, expectation.under)
            done[key] = statement(timeline, sums, found, last, "Q")
        listed += [Outcome(expectation, each, _found(each, expectation, done[key])) for each in expectation.assertions]
    return listed


def _found(assertion: PaidAssertion, expectation: PaidExpectation, settlement: Settlement) -> str | None:
    """What is found instead of what is expected; None where it holds."""
    first = expectation.first
    mine = [
        payment for payment in settlement.of(name_of(assertion.key))
        if (first or 0) <= payment.period[1].toordinal() <= expectation.last
    ]  # fmt: skip
    unsettled = next((u for u in settlement.unsettled if u.label == assertion.key), None)
    if unsettled is not None and not mine:
        return f"{assertion.key} is not settled: {unsettled.reason}"
    if assertion.due is not None:
        dues = [payment.due.toordinal() for payment in mine if payment.due is not None]
        if assertion.due not in dues:
            return f"due {', '.join(iso(due) for due in dues) or 'on no day'}"
    amounts = [money for payment in mine for payee, money in payment.split
               if assertion.payee is None or payee == assertion.payee]  # fmt: skip
    if assertion.contingent_on is not None:
        names = {name for payment in mine for name in payment.contingent_on}
        if not names or (assertion.contingent_on and names != set(assertion.contingent_on)):
            return f"contingent on {' and '.join(sorted(names))}" if names else _sum(amounts)
        return None
    if assertion.amount is None:
        return None
    if assertion.accrued:
        if not mine:
            return "no payment period ends in it"
        amounts = [payment.accrued for payment in mine]
    currency = assertion.amount.unit
    total = Money.of(0, currency)
    for money in amounts:
        if money.currency != currency:
            return str(money)
        total += money
    wanted = assertion.amount.number * minor_units(currency)
    return None if total.exact and total.minor_least == wanted else str(total)


def _sum(amounts: list[Money]) -> str:
    total = amounts[0] if amounts else None
    for money in amounts[1:]:
        total = total + money if total is not None else money
    return str(total) if total is not None else "nothing"


def statement(timeline: Timeline, sums: Sums, found: Books, last: Day, period: str) -> Settlement:
    """The statement of a timeline, from sums that are read."""
    return settle(timeline, sums, last, default=_default(period), convert=_convert(found))


def _default(period: str) -> str:
    if period not in PERIODS:
        raise ArgumentError(f"`{period}` is no period; one of {', '.join(PERIODS)}")
    return PERIODS[period]


def _convert(found: Books) -> Convert | None:
    if found.rates is None:
        return None
    from dealrun.settle.exchange import table  # noqa: PLC0415 - few deals need it

    return table(found.rates)
