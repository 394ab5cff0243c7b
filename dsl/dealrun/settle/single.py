"""Amounts that are due once: fees, investments, advances and milestones.

In: an account on one side of what is not known. Out: raw payments, one for each time that something falls due.
Guaranteed: what has not certainly come due is not paid; a milestone on a threshold is paid once, in the period in
which the base first reaches it (docs/language.md#fees-milestones-investments).
"""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

import attrs

from dealrun.budget import spend
from dealrun.model import show
from dealrun.model.behaviour import Behaviour
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.values import Amount, Quantity
from dealrun.settle.account import Account, CountingWindow
from dealrun.settle.accrue import RawLine, RawPayment, Taken, UnboundedError
from dealrun.settle.caps import RawLimit, counted_before
from dealrun.settle.rounding import floor_minor, to_minor
from dealrun.settle.statement import LineKind, exact_text
from dealrun.settle.terms import CannotSettleError, Side
from dealrun.settle.tiers import NOTHING
from dealrun.time.days import Day, iso

KINDS: Mapping[Behaviour, LineKind] = {
    Behaviour.FEE: "fee",
    Behaviour.INVESTMENT: "investment",
    Behaviour.ADVANCE: "advance",
    Behaviour.SINGLE: "milestone",
}


def is_single(account: Account) -> bool:
    """Whether an account's amount falls due once rather than by the passing of time or by sales."""
    if account.does in {Behaviour.ADVANCE, Behaviour.SINGLE}:
        return True
    if account.does not in {Behaviour.FEE, Behaviour.INVESTMENT}:
        return False
    stretch = next(stretch for stretch in account.stretches if stretch.level)
    amount = stretch.amount("amount")
    if amount is None or amount.over is not None or amount.tiers is not None:
        return False
    return (
        not account.is_rate(amount)
        and amount.per is None
        and amount.per_unit is None
        and stretch.word("paid") in {"", "once"}
    )


@attrs.frozen
class Single:
    """Runs one account on one side."""

    account: Account
    side: Side
    currency: str
    taken: Taken

    def run(self) -> list[RawPayment]:
        """The payments, in order, as far as a cap lets them."""
        if any(stretch.view("reaching") is not None for stretch in self.account.stretches):
            found = self._reached()
        else:
            found = [self._payment(-1 - index, day, (day, day)) for index, day in enumerate(self._days())]
        paid: dict[CountingWindow, tuple[int, int]] = {}
        return [self._limited(payment, paid) for payment in found]

    def _limited(self, payment: RawPayment, paid: dict[CountingWindow, tuple[int, int]]) -> RawPayment:
        """P(t) = min(A(t), max(C(t), P(t-1))) of the window of a cap; `paid` is (A, P) so far."""
        day = payment.lines[0].period[1] if payment.period < 0 else self.account.periods[payment.period][1]
        day = min(day, self.account.over or day)
        stretch = self.account.stretch(day)
        key = self.account.key(stretch, "cap", day)
        chosen = self.side.best(stretch, "cap", day, None if key is None else max(key.first, key.epoch))
        if key is None or chosen is None or day < key.epoch:
            return payment
        begun = to_minor(counted_before(self.side, stretch, "cap", key), self.currency, "half-even")
        accrued, before = paid.get(key, (begun, begun))
        accrued += payment.payable
        room = accrued if chosen[1] is None else max(floor_minor(chosen[1], self.currency), before)
        now = min(accrued, room)
        paid[key] = (accrued, now)
        limit = RawLimit(key, show.expression(chosen[0].expression), chosen[1], accrued, before, now)
        return attrs.evolve(payment, limits=(limit,), payable=now - before)

    def _days(self) -> list[Day]:
        """The days on which it falls due: its start, or each occurrence of what it is for."""
        account = self.account
        live = [s for s in account.stretches if s.level == 2]
        if not live:
            return []
        if live[-1].view("each") is not None:
            state = account.timeline.clause(account.label, account.through)
            days = (each.occurrence.toordinal() for each in state.instances if each.occurrence is not None)
            return [day for day in days if day <= account.through]
        return [live[0].first]

    def _payment(self, period: int, day: Day, span: tuple[Day, Day], figures: tuple[tuple[str, str], ...] = (),
                 *, forecast: bool = False) -> RawPayment:  # fmt: skip
        spend(50)
        stretch = self.account.stretch(day)
        due = stretch.view("due")
        when = day if due is None or due.day is None else max(due.day.toordinal(), day)
        found = self.side.best(stretch, "amount", when)
        if found is None:
            raise CannotSettleError("it states no amount")
        if found[1] is None:
            raise UnboundedError
        amount = to_minor(found[1], self.currency, self.account.deal.rounding)
        line = RawLine(KINDS[self.account.does], span, (), amount, figures)
        return RawPayment(period, (line,), (), amount, forecast)

    def _reached(self) -> list[RawPayment]:
        """The payment of a milestone on a threshold: in the period by whose end a day had reached it, as booked."""
        account = self.account
        days: dict[Day, Fraction] = defaultdict(lambda: NOTHING)
        forecast = False
        for period in range(account.complete()):
            for cell in self.taken.cells.get(period, ()):
                stretch = account.stretch(cell.day)
                goal = stretch.amount("reaching")
                if goal is not None and stretch.level >= (1 if self.side.high else 2):
                    amount = self.taken.units(cell.units) if _in_units(goal) else self.taken.money(cell.amount)
                    days[cell.day] += cell.sign * amount
                    forecast |= cell.forecast
            found = self._first(days)
            if found is not None:
                day, total, goal = found
                unit = goal.expression.unit if isinstance(goal.expression, Quantity) else self.currency
                figures = (("reached", exact_text(total, unit)), ("on", iso(day)), ("threshold", show.show(goal)))
                span = account.periods[period]
                return [self._payment(period, min(day, account.over or day), span, figures, forecast=forecast)]
        return []

    def _first(self, days: Mapping[Day, Fraction]) -> tuple[Day, Fraction, Amount] | None:
        """The first day at whose end the base of a window has come up to the threshold."""
        account = self.account
        totals: dict[CountingWindow, Fraction] = {}
        opposite = attrs.evolve(self.side, high=not self.side.high)  # the lower the threshold, the sooner it is reached
        for day in sorted(days):
            spend()
            stretch = account.stretch(day)
            goal = stretch.amount("reaching")
            key = account.key(stretch, "reaching", day)
            if goal is None or key is None or day < key.epoch:
                continue
            if key not in totals:
                begun = key.first <= key.epoch <= key.last and goal.so_far is not None
                totals[key] = (self.side.figure(goal.so_far, day) or NOTHING) if begun and goal.so_far else NOTHING
            totals[key] += days[day]
            threshold = opposite.figure(goal.expression, day)
            if threshold is not None and totals[key] >= threshold:
                return day, totals[key], goal
        return None


def _in_units(goal: Amount) -> bool:
    return isinstance(goal.expression, Quantity) and goal.expression.unit not in MINOR_DIGITS
