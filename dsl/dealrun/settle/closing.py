"""What a statement closes with: interest, balances, and what each party pays and receives.

In: the payments of all clauses, and what was recorded as paid. Out: payments of interest, balances and totals.
Guaranteed: payments made settle what fell due first; what parties pay is what they receive.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import attrs

from dealrun.budget import spend
from dealrun.model.contract import PAID_UNDER, Deal
from dealrun.model.currencies import minor_units
from dealrun.model.values import Amount, Quantity
from dealrun.settle.account import Account
from dealrun.settle.interest import Late, Outstanding, accrued, performed, settle_due
from dealrun.settle.payments import Advance
from dealrun.settle.rounding import to_minor
from dealrun.settle.statement import Balance, Figure, Line, Money, Payment, Share, Total, Unsettled, as_dates, figure
from dealrun.settle.terms import CannotSettleError, Side, Stretch
from dealrun.state.amounts import Range
from dealrun.state.timeline import Timeline
from dealrun.time import YES
from dealrun.time.days import Day, iso

UNNAMED = "(not named)"
"""Who receives what a clause gives to nobody."""


@attrs.frozen
class Closing:
    """Closes one statement."""

    timeline: Timeline
    through: Day
    paid_under: Callable[[str, Day, Day | None], Range]
    unsettled: list[Unsettled]
    """Gains what cannot be counted."""
    accruing: dict[tuple[str, str, bool], int] = attrs.field(factory=dict)
    """Interest on what is still unpaid, by clause and currency, and whether books tell that it is."""

    @property
    def deals(self) -> dict[str, Deal]:
        """The deals by name."""
        return {deal.name: deal for deal in self.timeline.index.model.deals}

    def _booked(self, label: str) -> Callable[[Day], bool]:
        """Whether books are kept of what falls due under a clause on a day."""
        kept = self.timeline.answers.kept(label)
        return lambda day: kept.at(day).level == YES.level

    def _settle(self, label: str, mine: Sequence[Payment], currency: str) -> tuple[Outstanding, int]:
        """How the payments of a clause stand, and what was paid in all."""
        made = self._made(label, currency)
        done = performed(mine, self.timeline.world.performances(label))
        made = sorted([*made, *(each for each in done if each[0] <= self.through)])
        return settle_due(mine, made, self.through, self._booked(label)), sum(amount for _, amount in made)

    def _made(self, label: str, currency: str) -> list[tuple[Day, int]]:
        """The payments that were made under a clause, as recorded."""
        found = []
        for fact in self.timeline.world.facts.get(f"{PAID_UNDER}{label}", ()):
            value = fact.value
            if fact.kind == "paid" and isinstance(value, Amount) and isinstance(value.expression, Quantity):
                if value.expression.unit != currency:
                    self.unsettled.append(
                        Unsettled(label, f"a payment of {iso(fact.day)} in {value.expression.unit} is not counted")
                    )
                    continue
                found.append((fact.day, to_minor(value.expression.number, currency, "half-even")))
        return [each for each in sorted(found) if each[0] <= self.through]

    def interest(self, account: Account, payments: Sequence[Payment]) -> list[Payment]:
        """Interest on what was paid late under the clauses that an interest clause names, or all between its parties;
        on what is still unpaid it accrues, and stands with the balance."""
        found: list[Payment] = []
        of = {label for stretch in account.stretches for label in stretch.names("on")}
        chosen = [
            p for p in payments
            if p.payer == account.payer and (p.label in of if of else set(p.payees) <= set(account.payees))
        ]  # fmt: skip
        for label, mine in by_label(chosen).items():
            currency = mine[0].currency
            settled, _ = self._settle(label, mine, currency)
            for each in settled.late:
                amount = self._interest_on(account, each, currency)
                if each.open:
                    key = (account.label, currency, each.booked)
                    self.accruing[key] = self.accruing.get(key, 0) + amount
                elif amount:
                    found.append(_interest_line(account, each, amount, currency))
        found.sort(key=lambda payment: payment.period)
        total = 0
        for index, payment in enumerate(found):
            total += payment.amount.minor_least or 0
            found[index] = attrs.evolve(payment, total=Money.of(total, payment.currency))
        return found

    def _yearly(self, stretch: Stretch, figure_: Fraction) -> Fraction:
        """A rate of interest for a year."""
        amount = stretch.amount("rate")
        per = (amount.per if amount is not None else None) or "year"
        times = {"year": 1, "quarter": 4, "month": 12, "week": 52, "day": 365}.get(per)
        if times is None:
            raise CannotSettleError(
                f"interest per {per} is not defined; write it per year, quarter, month, week or day"
            )
        return figure_ * times

    def _interest_on(self, account: Account, late: Late, currency: str) -> int:
        side = Side(self.timeline, high=False, paid_under=self.paid_under)
        rates = []
        for stretch in account.stretches:
            if not stretch.level or stretch.last < late.since or stretch.first > late.through:
                continue
            found = side.best(stretch, "rate", stretch.first)
            hangs = side.open if stretch.level == 2 else {*side.open, *stretch.state.contingent_on}
            if hangs:
                raise CannotSettleError(f"it hangs on {', '.join(sorted(hangs))}; `--set` or `--assume` settles it")
            if found is not None:
                rates.append((stretch.first, stretch.last, self._yearly(stretch, found[1] or Fraction(0))))
        spend(len(account.stretches))
        count = account.stretch(late.through).word("day count") or "actual-365"
        amount = Fraction(late.amount, minor_units(currency))
        total = accrued(amount, late.since, late.through, rates, count)
        return to_minor(total, currency, account.deal.rounding)

    def balances(
        self, payments: Sequence[Payment], advances: Mapping[str, Advance], left: Mapping[str, str]
    ) -> tuple[Balance, ...]:
        """Where each clause stands; `left` is what is left of commitments."""
        beside: dict[str, list[tuple[str, str]]] = {}
        for label, text in left.items():
            beside.setdefault(label, []).append(("commitment left", text))
        for (label, currency, booked), amount in self.accruing.items():
            if amount:
                text = f"{figure(amount, currency)} {currency}"
                beside.setdefault(label, []).append(("accruing on what is overdue" if booked else "if unpaid", text))
        mine = by_label(payments)
        return tuple(
            self._balance(label, mine.get(label, []), advances.get(label), beside.get(label, []))
            for label in dict.fromkeys([*mine, *beside])
        )

    def _balance(
        self, label: str, mine: Sequence[Payment], advance: Advance | None, beside: Sequence[tuple[str, str]]
    ) -> Balance:
        deal = self.deals[self.timeline.answers.episodes(label)[0].adding.entry.deal]
        currency = mine[0].currency if mine else deal.currency or "USD"
        payable = Money.of(0, currency)
        for last in {(payment.payer, payment.payees): payment for payment in mine}.values():
            payable += last.total
        settled, made = self._settle(label, mine, currency)
        paid = Money.of(made, currency)
        figures = [Figure(*each) for each in beside]
        if advance is not None:
            open_ = advance.paid + -advance.recouped
            if not open_.exact and open_.minor_least is not None:
                open_ = Money(max(open_.minor_least, 0), open_.minor_most, currency)
            figures.append(Figure("not recouped", str(open_)))
        exact = all(payment.amount.exact for payment in mine)
        left = Money.of(settled.outstanding, currency) if exact else payable + -paid
        late, untold = Money.of(settled.overdue, currency), Money.of(settled.unrecorded, currency)
        booked = self._booked(label)
        for payment in mine:  # of what is not known, all may be overdue
            if not payment.amount.exact and payment.due is not None and payment.due.toordinal() <= self.through:
                if booked(payment.due.toordinal()):
                    late = _at_most(late, payment.amount)
                else:
                    untold = _at_most(untold, payment.amount)
        return Balance(label, payable, paid, left, late, untold, tuple(figures))


def _at_most(money: Money, more: Money) -> Money:
    """An amount to which another, which is not known, may be added."""
    most = None if more.minor_most is None or money.minor_most is None else money.minor_most + max(more.minor_most, 0)
    return Money(money.minor_least, most, money.currency)


def by_label(payments: Sequence[Payment]) -> dict[str, list[Payment]]:
    """The payments of each clause, in order."""
    found: dict[str, list[Payment]] = {}
    for payment in payments:
        found.setdefault(payment.label, []).append(payment)
    return found


def _interest_line(account: Account, late: Late, amount: int, currency: str) -> Payment:
    """The interest on a part of a payment that was late."""
    days = as_dates((late.since, late.through))
    figures = (
        Figure("late under", late.payment.label),
        Figure("due", iso(late.since - 1)),
        Figure("overdue", f"{figure(late.amount, currency)} {currency}"),
        Figure("days", str(late.through - late.since + 1)),
    )
    money, nothing = Money.of(amount, currency), Money.of(0, currency)
    state = account.stretch(late.through).state
    payees = late.payment.payees
    return Payment(
        account.label, account.deal.name, "interest", account.payer, payees, days,
        (Line("interest", days, (), money, figures),), money, (), nothing, nothing, money,
        (Share(payees[0] if payees else "", money),), None, "", money, late.payment.forecast, (), state.instrument,
        state.cites,
    )  # fmt: skip


def totals(payments: Sequence[Payment]) -> tuple[Total, ...]:
    """What each party pays and receives in each currency."""
    pays: dict[tuple[str, str], Money] = {}
    receives: dict[tuple[str, str], Money] = {}
    last = {(payment.label, payment.payer, payment.payees): payment for payment in payments}
    for payment in payments:
        # Where one payee gets all, the running total at the end says it all, and no wider than it must be.
        whole = len(payment.split) == 1
        if whole and payment is not last[payment.label, payment.payer, payment.payees]:
            continue
        key = (payment.payer, payment.currency)
        pays[key] = pays.get(key, Money.of(0, payment.currency)) + (payment.total if whole else payment.amount)
        for payee, money in payment.split:
            key = (payee or UNNAMED, payment.currency)
            share = payment.total if whole else money
            receives[key] = receives.get(key, Money.of(0, payment.currency)) + share
    return tuple(
        Total(
            party,
            pays.get((party, currency), Money.of(0, currency)),
            receives.get((party, currency), Money.of(0, currency)),
        )
        for party, currency in sorted({*pays, *receives})
    )
