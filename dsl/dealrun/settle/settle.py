"""A settlement from end to end.

In: a timeline, the sums of a ledger, and what the user asks for. Out: a `Settlement`. Guaranteed: every money clause
is settled or named with the reason; every row is claimed, unclaimed with the reason, or later than the last day; what
parties pay is what they receive (docs/language.md#settlement).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final, TypeAlias

import attrs

from dealrun.budget import spend
from dealrun.errors import LimitError
from dealrun.model.behaviour import PAYMENTS, Behaviour
from dealrun.model.contract import Deal
from dealrun.model.keys import DeclarationKey
from dealrun.model.values import Amount
from dealrun.model.vocabulary import behaviour
from dealrun.settle.account import Account, by_parties, currency_of, is_per_unit, make
from dealrun.settle.accrue import Accrual, DaySum, RawPayment, Taken, UnboundedError
from dealrun.settle.allocation import Take
from dealrun.settle.base import Claims, Filter, LedgerNames
from dealrun.settle.closing import Closing, totals
from dealrun.settle.combine import Combined, Sides, combine
from dealrun.settle.commitments import Commitment
from dealrun.settle.ledger.sums import Group, LedgerError, Problem, Sums
from dealrun.settle.payments import Payments
from dealrun.settle.single import Single, is_single
from dealrun.settle.statement import (
    Money,
    Payment,
    Settlement,
    Unsettled,
    as_date,
)
from dealrun.settle.terms import CannotSettleError, Side
from dealrun.state.amounts import Range
from dealrun.state.references import of_value
from dealrun.state.timeline import Timeline
from dealrun.state.views import TermView
from dealrun.time.calendars import Calendar
from dealrun.time.days import Day

Convert = Callable[[str, str, Day], Fraction]
"""(from, to, day) to the rate of exchange; KeyError where there is none."""

SettlementRule: TypeAlias = type[Accrual] | type[Single] | type[Commitment]


def _once_or_by_days(account: Account) -> SettlementRule:
    return Single if is_single(account) else Accrual


RULES: Final[Mapping[Behaviour, Callable[[Account], SettlementRule]]] = {
    Behaviour.SHARE: lambda _: Accrual,
    Behaviour.FEE: _once_or_by_days,
    Behaviour.INVESTMENT: _once_or_by_days,
    Behaviour.SINGLE: lambda _: Single,
    Behaviour.ADVANCE: lambda _: Single,
    Behaviour.COMMITMENT: lambda _: Commitment,
}
"""By which rule the payments of a clause are computed. Interest follows from the others' payments (`closing.py`)."""

if unknown := PAYMENTS - {*RULES, Behaviour.INTEREST}:
    raise TypeError(f"settlement has no rule for {', '.join(sorted(each.value for each in unknown))}")


@attrs.define
class _Settling:
    """One settlement under way."""

    timeline: Timeline
    sums: Sums
    through: Day
    default: str
    convert: Convert | None
    deals: Mapping[str, Deal]
    names: LedgerNames = attrs.field(init=False)
    claims: Claims = attrs.field(init=False)
    unsettled: list[Unsettled] = attrs.field(factory=list)
    problems: dict[tuple[str, str, str], int] = attrs.field(factory=dict)
    paid: dict[str, list[tuple[Day, Money]]] = attrs.field(factory=dict)
    """What was settled under a clause, by end of period, for clauses whose amounts name it."""
    settled: list[bool] = attrs.field(init=False)
    left: dict[str, str] = attrs.field(factory=dict)
    notes: list[str] = attrs.field(factory=list)
    tracing: bool = False
    takes: list[Take] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.names = LedgerNames.of(self.timeline, self.through)
        self.claims = Claims(self.sums, self.names)
        self.settled = [False] * len(self.sums.groups)

    # --- clauses ------------------------------------------------------------------------------------------------------

    def labels(self) -> list[str]:
        """The money clauses, those whose amounts name another behind it."""
        found = [key for key in self.timeline.labels if behaviour(self._verb(key)) in PAYMENTS]
        needs = {label: self._needs(label) - {label} for label in found}
        ordered: list[str] = []
        while found:
            spend(len(found))
            left = set(found)
            ready = [label for label in found if not needs[label] & left]
            if not ready:
                self.unsettled += [Unsettled(label, "its amount and another's hang on each other") for label in found]
                break
            ordered += ready
            found = [label for label in found if needs[label] & left]
        return ordered

    def _verb(self, label: str) -> str:
        episodes = self.timeline.answers.episodes(label)
        return episodes[-1].word

    def _needs(self, label: str) -> set[str]:
        found: set[str] = set()
        for episode in self.timeline.answers.episodes(label):
            for steps in episode.terms.values():
                for state in steps.values:
                    for option in state.options:
                        if isinstance(option.value, Amount):
                            found |= _paid_under(option.value)
        return found

    def accounts(self, label: str) -> list[Account]:
        """The account of a clause: one, or one for each direction of a clause that runs both ways."""
        deal = self.deals[self.timeline.answers.episodes(label)[0].adding.entry.deal]
        begins = min((group.day for group in self.sums.groups), default=self.through)
        account = make(self.timeline, label, deal, self.through, self.default, begins)
        if account is None:
            return []
        if account.payer != "each":
            return by_parties(account)
        if len(deal.parties) != 2:
            raise CannotSettleError("it runs both ways, and the deal does not name two parties (`parties A, B`)")
        one, other = deal.parties
        return [attrs.evolve(account, payer=a, payees=(b,)) for a, b in ((one, other), (other, one))]

    # --- the ledger ---------------------------------------------------------------------------------------------------

    def cells(self, account: Account) -> tuple[str, Taken]:
        """The currency of an account, and what it takes from the ledger, by the period in which it is booked."""
        both_ways = len(account.stretches[0].state.parties) > 1 and "each" in next(
            iter(account.stretches[0].state.parties.values())
        )
        filters: dict[int, Filter] = {}
        taken: list[tuple[int, Group, int]] = []
        spend(len(self.sums.groups))
        for number, group in enumerate(self.sums.groups):
            stream = self.names.streams.get(group.stream)
            if stream is None or (both_ways and not group.payer):
                continue
            stretch = account.stretch(group.day)
            if not account.takes_rows(stretch):
                continue
            if id(stretch) not in filters:
                filters[id(stretch)] = Filter.of(stretch, self.names, account.payer)
            sign = filters[id(stretch)].sign(group, stream)
            if not sign:
                continue
            self.claims.outside[number] = True
            if stretch.level and stretch.first <= group.day <= stretch.last:
                taken.append((number, group, sign))
        currency = self._currency(account, [group for _, group, _ in taken])
        self._without_units(account, [group for _, group, _ in taken])
        complete = account.complete()
        found: dict[int, list[DaySum]] = defaultdict(list)
        for number, group, sign in taken:
            period = account.period_of(max(group.booked, group.day))
            self.claims.taken[number] = True
            if max(group.booked, group.day) > account.periods[-1][1] or period >= complete:
                continue
            self.settled[number] = True
            rate = self._rate(account, group, currency)
            if self.tracing:
                self.takes.append(_take(account, period, group, sign * rate))
            amount = group.amount if rate == 1 else group.amount * rate
            found[period].append(DaySum(group.day, amount, group.units, sign, group.forecast))
        return currency, Taken(found, 10**self.sums.scale, 10**self.sums.unit_scale)

    def _currency(self, account: Account, groups: list[Group]) -> str:
        """The one currency of a clause: of its amounts, of its deal, or of all its rows."""
        said = dict.fromkeys(
            found
            for stretch in account.stretches
            if not stretch.others
            for name in (account.main, "cap", "floor", "shortfall")
            for amount in stretch.amounts(name)
            for part in (amount.expression, *(t for t, _ in (amount.tiers.steps if amount.tiers is not None else ())))
            if (found := currency_of(part))
        )
        if len(said) > 1:
            raise CannotSettleError(f"its amounts are in {' and '.join(said)}")
        if said:
            return next(iter(said))
        if account.deal.currency is not None:
            return account.deal.currency
        booked = sorted({group.currency for group in groups if group.currency})
        if len(booked) > 1:
            raise CannotSettleError(f"its rows are in {' and '.join(booked)}, and the deal names no currency")
        return booked[0] if booked else "USD"

    def _rate(self, account: Account, group: Group, currency: str) -> Fraction:
        booked = group.currency or account.deal.currency or currency
        if booked == currency:
            return Fraction(1)
        if self.convert is not None:
            try:
                return self.convert(booked, currency, group.day)
            except KeyError:
                pass
        key = (account.label, booked, currency)
        self.problems[key] = self.problems.get(key, 0) + group.rows
        return Fraction(0)

    # --- running ------------------------------------------------------------------------------------------------------

    def run(self, account: Account) -> list[Combined]:
        """An account on both sides of what is not known."""
        currency, taken = self.cells(account)
        low, low_side = self._side(account, currency, taken, high=False)
        assert low is not None
        if low_side.about:
            self.notes.append(f"{account.label} has an amount said as `about`; it is computed as if it were exact")
        contingent = any(stretch.level == 1 for stretch in account.stretches)
        if not low_side.open and not contingent:
            return combine(Sides(account, currency, low, (), exact=True, open=frozenset(), begins=account.since))
        high, high_side = self._side(account, currency, taken, high=True)
        opened = low_side.open | high_side.open
        same = high is not None and low == high
        if not same and not _bounded(account, low, high, taken):
            names = opened.union(*(s.state.contingent_on for s in account.stretches if s.level == 1))
            raise CannotSettleError(
                f"it hangs on {', '.join(sorted(names))} in a way that no bounds hold; `--set` or `--assume` settles it"
            )
        begins = min((cell.day for cells in taken.cells.values() for cell in cells), default=account.since)
        return combine(Sides(account, currency, low, high, same, frozenset(opened), begins))

    def _side(
        self, account: Account, currency: str, taken: Taken, *, high: bool
    ) -> tuple[list[RawPayment] | None, Side]:
        side = Side(self.timeline, high, self._paid_under, currency)
        try:
            runner = RULES[account.does](account)(account, side, currency, taken)
            found = runner.run()
        except UnboundedError:
            return None, side
        if isinstance(runner, Commitment) and runner.left is not None:
            self.left[account.label] = runner.left_text
        return found, side

    def _paid_under(self, label: str, day: Day, begin: Day | None) -> Range:
        """What is payable under a clause for the periods that have ended by a day, from a day on."""
        least: Fraction | None = Fraction(0)
        most: Fraction | None = Fraction(0)
        spend(len(self.paid.get(label, ())))
        for end, money in self.paid.get(label, ()):
            if end <= day and (begin is None or end >= begin):
                least = None if least is None or money.least is None else least + Fraction(money.least)
                most = None if most is None or money.most is None else most + Fraction(money.most)
        hangs = frozenset() if least is not None and least == most else frozenset({f"paid under {label}"})
        unit = next((money.currency for _, money in self.paid.get(label, ())), "")
        return Range(least, most, unit, hangs)

    # --- the whole ----------------------------------------------------------------------------------------------------

    def settle(self) -> Settlement:
        """Everything, in order."""
        combined: list[Combined] = []
        interest: list[Account] = []
        need_rows: dict[str, None] = {}
        order: dict[str, int] = {label: index for index, label in enumerate(self.timeline.labels)}
        for label in self.labels():
            try:
                for account in self.accounts(label):
                    if account.does is Behaviour.INTEREST:
                        interest.append(account)
                        continue
                    found = self.run(account)
                    if not any(stretch.amounts(account.main) for stretch in account.stretches if stretch.level):
                        self.notes.append(f"{label} states no {account.main}, so nothing is paid under it")
                    if any(stretch.level and account.takes_rows(stretch) for stretch in account.stretches):
                        need_rows[label] = None
                    self._spread(account)
                    combined += found
                    self.paid.setdefault(label, []).extend((each.period[1], each.payable) for each in found)
                    if not found and is_single(account):
                        self._not_due(account)
            except CannotSettleError as reason:
                self.unsettled.append(Unsettled(label, str(reason)))
            except LimitError as error:
                raise error.of(label, self.timeline.index.span_of(label)) from None
        if self.problems:
            raise LedgerError(tuple(self._wrong_currency(key, rows) for key, rows in self.problems.items()))
        if need_rows and not self.sums.sources:
            self.notes.append(f"no ledger is given: {', '.join(need_rows)} would take its rows")
        combined.sort(key=lambda each: (each.day, order[each.account.label]))
        calendars = {name: Calendar(deal.calendar) for name, deal in self.deals.items()}
        maker = Payments(calendars)
        payments = maker.make(combined)
        closing = Closing(self.timeline, self.through, self._paid_under, self.unsettled)
        late: list[Payment] = []
        for account in interest:
            try:
                late += closing.interest(account, payments)
            except CannotSettleError as reason:
                self.unsettled.append(Unsettled(account.label, str(reason)))
        payments = sorted([*payments, *late], key=lambda p: (order[p.label], p.period, p.payer))
        unclaimed, later = self.claims.unclaimed(self.through)
        later += sum(
            group.rows for group, taken, settled in zip(self.sums.groups, self.claims.taken, self.settled, strict=True)
            if taken and not settled and max(group.day, group.booked) <= self.through
        )  # fmt: skip
        balances = closing.balances(payments, maker.advances, self.left)
        return Settlement(
            as_date(self.through), self.timeline.known, tuple(payments), balances, totals(payments), unclaimed,
            tuple(self.unsettled), self.sums.rows, later, self.sums.sources,
            tuple(dict.fromkeys([*self.notes, *maker.notes, *(c.version for c in calendars.values() if c.version)])),
        )  # fmt: skip

    def _without_units(self, account: Account, rows: list[Group]) -> None:
        """Say where a clause counts units, and no row that it takes has any: a ledger may lack their column."""
        live = [stretch for stretch in account.stretches if stretch.level]
        amounts = [a for s in live for name in (account.main, "cap", "floor", "shortfall") for a in s.amounts(name)]
        priced = any(amount.per_unit is not None for amount in amounts)
        if priced and any(group.amount for group in rows) and not any(group.units for group in rows):
            self.notes.append(f"{account.label} counts units, and no row that it takes has any; is a column missing?")

    def _spread(self, account: Account) -> None:
        """Say where payments are made over a time, which decides when, not how much."""
        for stretch in (s for s in reversed(account.stretches) if s.level):
            view, amount = stretch.view("over"), stretch.amount(account.main)
            over = view.text if view is not None else amount.over if amount is not None and amount.per else None
            if over:
                self.notes.append(f"{account.label} is paid over {over}; the due days do not show that")
                return

    def _not_due(self, account: Account) -> None:
        hangs = dict.fromkeys(name for stretch in account.stretches for name in stretch.state.contingent_on)
        if hangs:
            self.unsettled.append(Unsettled(account.label, f"it hangs on {', '.join(hangs)}"))

    @staticmethod
    def _wrong_currency(key: tuple[str, str, str], rows: int) -> Problem:
        label, booked, currency = key
        return Problem(
            "DR705", f"{rows:,} rows in {booked} count for `{label}`, which is in {currency}", "the ledger", (), rows,
            'a clause has one currency; declare a table of rates (`rates NAME "file.csv"`) to convert',
        )  # fmt: skip


def _paid_under(amount: Amount) -> set[str]:
    named = (reference.key for reference in of_value(amount) if reference.kind == "name")
    return {key for key in named if not isinstance(key, DeclarationKey)}


def _bounded(account: Account, low: list[RawPayment], high: list[RawPayment] | None, taken: Taken) -> bool:
    """Whether the two sides of what is not known are bounds of everything between them.

    They are where only caps are not known, and where a share or a fee is larger wherever what it hangs on is: without
    floors, tiers, credits, and of what falls due once, only its amount.
    """
    if account.does in {Behaviour.COMMITMENT, Behaviour.SINGLE}:
        return False
    live = [stretch for stretch in account.stretches if stretch.level]
    if any(_is_open_price(stretch.view(name)) for stretch in live for name in ("cap", "floor")):
        return False  # returns turn a higher price into a lower limit
    if high is not None and [_accrued(raw) for raw in low] == [_accrued(raw) for raw in high]:
        return True
    if is_single(account) and any(stretch.view("cap") for stretch in live):
        return False
    if any(stretch.view("floor") or (amount := stretch.amount(account.main)) is None or amount.tiers is not None
           for stretch in live):  # fmt: skip
        return False
    return not any(
        cell.amount < 0 or cell.sign < 0 or cell.units < 0 for cells in taken.cells.values() for cell in cells
    )


def _is_open_price(view: TermView | None) -> bool:
    """Whether a limit is a price per unit that is not known."""
    if view is None or (view.least is not None and view.least == view.most):
        return False
    return any(isinstance(value, Amount) and value.per_unit is not None for value in view.options)


def _accrued(raw: RawPayment) -> tuple[object, ...]:
    return raw.period, [(line.kind, line.period, line.amount) for line in raw.lines]


def _take(account: Account, period: int, group: Group, factor: Fraction) -> Take:
    amount = account.stretch(group.day).amount(account.main)
    by_units = amount is not None and is_per_unit(amount)
    weight = factor * (group.units if by_units else group.amount)
    return Take(account.label, account.payer, account.periods[period], group, weight, by_units)


def settle(
    timeline: Timeline, sums: Sums, through: Day, *, default: str = "quarter", convert: Convert | None = None
) -> Settlement:
    """The statement of a timeline's money clauses through a day; `default` is the payment period where none is stated.

    LedgerError where rows are in a currency that cannot be converted.
    """
    deals = {deal.name: deal for deal in timeline.index.model.deals}
    return _Settling(timeline, sums, through, default, convert, deals).settle()


def settle_and_trace(
    timeline: Timeline, sums: Sums, through: Day, *, default: str = "quarter", convert: Convert | None = None
) -> tuple[Settlement, tuple[Take, ...]]:
    """As `settle`, and which groups of rows each clause took, for `allocate`."""
    deals = {deal.name: deal for deal in timeline.index.model.deals}
    settling = _Settling(timeline, sums, through, default, convert, deals, tracing=True)
    return settling.settle(), tuple(settling.takes)
