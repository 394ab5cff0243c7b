"""What accrued becomes payments: recouped, divided, due.

In: the combined periods of all accounts, in the order in which they end. Out: payments. Guaranteed: what is paid is
what is received, remainders included; advances are recouped to their amount and no further.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs

from dealrun.model.values import Due, Duration, Quantity, Shares
from dealrun.settle.account import Account
from dealrun.settle.combine import Combined
from dealrun.settle.rounding import split
from dealrun.settle.statement import Money, Payment
from dealrun.time.calendars import Calendar
from dealrun.time.days import Day


@attrs.define
class Advance:
    """An advance: the clauses against which it was paid, and what of it has come back, on each side."""

    against: tuple[str, ...]
    paid: list[int] = attrs.field(factory=lambda: [0, 0])
    recouped: list[int] = attrs.field(factory=lambda: [0, 0])
    by_label: dict[str, list[int]] = attrs.field(factory=lambda: defaultdict(lambda: [0, 0]))


@attrs.define
class Payments:
    """Makes payments one after another, and keeps what they leave."""

    calendars: dict[str, Calendar]
    advances: dict[str, Advance] = attrs.field(factory=dict)
    recouped: dict[tuple[str, str], Money] = attrs.field(factory=dict)
    """So far, by clause and payer."""

    def make(self, combined: Iterable[Combined]) -> list[Payment]:
        """Every payment, in order of period and clause."""
        found = []
        for each in combined:
            if each.account.verb == "advance":
                self._advance(each)
            recouped = self._recoup(each)
            amount = each.payable + -recouped if recouped.exact or each.payable.exact else each.payable
            key = (each.account.label, each.account.payer)
            kept = self.recouped.get(key, Money.of(0, each.currency)) + recouped
            self.recouped[key] = kept
            found.append(self._payment(each, recouped, amount, each.so_far + -kept))
        return found

    def _payment(self, each: Combined, recouped: Money, amount: Money, total: Money) -> Payment:
        account = each.account
        state = account.stretch(min(each.day, account.over or each.day)).state
        due, text = self.due(account, each.period, each.day)
        return Payment(
            account.label, account.deal.name, account.verb, account.payer, account.payees, each.period, each.lines,
            each.accrued, each.limits, each.withheld,
            recouped, amount, self._split(account, amount, each.day), due, text, total, each.forecast, each.hangs_on,
            state.instrument, state.cites,
        )  # fmt: skip

    # --- advances -----------------------------------------------------------------------------------------------------

    def _advance(self, each: Combined) -> None:
        stretch = each.account.stretch(each.day)
        found = self.advances.setdefault(each.account.label, Advance(stretch.names("against")))
        found.paid[0] += each.payable.least or 0
        found.paid[1] += each.payable.most or 0

    def _recoup(self, each: Combined) -> Money:
        """What goes against advances; what a credit takes back, it gives back to them first."""
        label = each.account.label
        ends = [0, 0]
        for side, payable in enumerate((each.payable.least, each.payable.most)):
            left = payable or 0
            for advance in self.advances.values():
                if label not in advance.against:
                    continue
                mine = advance.by_label[label]
                open_ = advance.paid[side] - advance.recouped[side]
                taken = min(left, open_) if left >= 0 else -min(-left, mine[side])
                advance.recouped[side] += taken
                mine[side] += taken
                left -= taken
                ends[side] += taken
        return Money(min(ends), max(ends), each.currency)

    # --- payees and days ----------------------------------------------------------------------------------------------

    def _split(self, account: Account, amount: Money, day: Day) -> tuple[tuple[str, Money], ...]:
        payees = account.payees or ("",)
        if len(payees) == 1:
            return ((payees[0], amount),)
        stretch = account.stretch(min(day, account.over or day))
        shares = _shares(stretch.view("split"), len(payees))
        named = stretch.names("remainder")
        remainder = payees.index(named[0]) if named and named[0] in payees else 0
        low = None if amount.least is None else split(amount.least, shares, remainder)
        high = None if amount.most is None else split(amount.most, shares, remainder)
        return tuple(
            (payee, Money(low[index] if low else None, high[index] if high else None, amount.currency))
            for index, payee in enumerate(payees)
        )

    def due(self, account: Account, period: tuple[Day, Day], day: Day) -> tuple[Day | None, str]:
        """The due day of a period, and as the clause says it; None where it says none."""
        state = account.timeline.clause(account.label, min(day, account.over or day))
        view = state.terms.get("due")
        value = view.possible[0] if view is not None and view.possible else None
        calendar = self.calendars[account.deal.name]
        single = period[0] == period[1] == day and account.verb in {"fee", "invest", "advance", "milestone"}
        anchor = max(period[0], account.since) if "prepaid" in state.terms else day
        found: Day | None = anchor if single or "prepaid" in state.terms else None
        instance = next((each for each in state.instances if each.occurrence == day), None)
        if instance is not None and instance.due is not None:
            found = instance.due
        elif isinstance(value, Due) and isinstance(value.time, Duration):
            found = calendar.add(anchor, value.time.count, value.time.unit)
        elif isinstance(value, Due) and view is not None:
            found = view.day
        roll = state.terms.get("roll")
        if found is not None and roll is not None:
            found = calendar.roll(found, roll.text)
        return found, view.text if view is not None else ""


def _shares(view: object, count: int) -> Sequence[Fraction]:
    possible = getattr(view, "possible", ())
    value = possible[0] if possible else None
    if isinstance(value, Shares) and len(value.parts) == count:
        return [part.number for part in value.parts if isinstance(part, Quantity)]
    return [Fraction(1, count)] * count
