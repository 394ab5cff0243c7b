"""What accrued becomes payments: recouped, divided, due.

In: the combined periods of all accounts, in the order in which they end. Out: payments. Guaranteed: what is paid is
what is received, remainders included; advances are recouped to their amount and no further.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs

from dealrun.budget import spend
from dealrun.model.behaviour import Behaviour
from dealrun.model.values import Due, Duration, Quantity, Shares
from dealrun.settle.account import Account
from dealrun.settle.combine import Combined
from dealrun.settle.rounding import split
from dealrun.settle.single import is_single
from dealrun.settle.statement import Money, Payment, Share, as_dates
from dealrun.time import to_date
from dealrun.time.calendars import Calendar
from dealrun.time.days import Day


@attrs.define
class Advance:
    """An advance: the clauses against which it was paid, between whom, and what of it has come back."""

    against: tuple[str, ...]
    payer: str
    payees: frozenset[str]
    paid: Money
    recouped: Money
    by_label: dict[str, int] = attrs.field(factory=lambda: defaultdict(int))

    def meets(self, each: Combined) -> bool:
        """Whether it is recouped from a payment: of a clause that it names, between its parties, in its currency."""
        account = each.account
        return (
            account.label in self.against
            and account.does is not Behaviour.ADVANCE
            and account.payer == self.payer
            and set(account.payees) <= self.payees
            and each.currency == self.paid.currency
        )


@attrs.define
class Payments:
    """Makes payments one after another, and keeps what they leave."""

    calendars: dict[str, Calendar]
    advances: dict[str, Advance] = attrs.field(factory=dict)
    totals: dict[tuple[str, str, tuple[str, ...]], Money] = attrs.field(factory=dict)
    """Payable so far, by clause and parties."""
    notes: list[str] = attrs.field(factory=list)

    def make(self, combined: Iterable[Combined]) -> list[Payment]:
        """Every payment, in order of period and clause."""
        found = []
        for each in combined:
            if each.account.does is Behaviour.ADVANCE:
                self._advance(each)
            recouped = self._recoup(each)
            amount = each.payable + -recouped
            if not amount.exact and each.payable.minor_least is not None and each.payable.minor_least >= 0:
                # What is recouped is never more than what is payable, so that nothing less than nothing remains.
                amount = Money(max(amount.minor_least or 0, 0), each.payable.minor_most, each.currency)
            key = (each.account.label, each.account.payer, each.account.payees)
            total = self.totals.get(key, Money.of(0, each.currency)) + amount
            if not any(advance.meets(each) for advance in self.advances.values()):
                total = each.so_far
            self.totals[key] = total
            found.append(self._payment(each, recouped, amount, total))
        return found

    def _payment(self, each: Combined, recouped: Money, amount: Money, total: Money) -> Payment:
        account = each.account
        state = account.stretch(min(each.day, account.over or each.day)).state
        due, text = self.due(account, each.period, each.day)
        return Payment(
            account.label, account.deal.name, account.verb, account.payer, account.payees, as_dates(each.period),
            each.lines,
            each.accrued, each.limits, each.withheld,
            recouped, amount, self._split(account, amount, each.day), to_date(due), text, total, each.forecast,
            each.hangs_on,
            state.instrument, state.cites,
        )  # fmt: skip

    # --- advances -----------------------------------------------------------------------------------------------------

    def _advance(self, each: Combined) -> None:
        account = each.account
        stretch = account.stretch(each.day)
        nothing = Money.of(0, each.currency)
        found = self.advances.get(account.label)
        if found is None:
            found = Advance(stretch.names("against"), account.payer, frozenset(account.payees), nothing, nothing)
            self.advances[account.label] = found
        found.paid += each.payable

    def _recoup(self, each: Combined) -> Money:
        """What goes against advances; what a credit takes back, it gives back to them first."""
        total = Money.of(0, each.currency)
        left = each.payable
        spend(len(self.advances))
        for name, advance in self.advances.items():
            if not advance.meets(each):
                if each.account.label in advance.against and each.account.does is not Behaviour.ADVANCE:
                    why = f"which is between others, or in {each.currency}"
                    self.notes.append(f"{name} is not recouped from {each.account.label}, {why}")
                continue
            taken = _taken(advance, left, each.account.label)
            advance.recouped += taken
            left += -taken
            total += taken
        return total

    # --- payees and days ----------------------------------------------------------------------------------------------

    def _split(self, account: Account, amount: Money, day: Day) -> tuple[Share, ...]:
        payees = account.payees or ("",)
        if len(payees) == 1:
            return (Share(payees[0], amount),)
        stretch = account.stretch(min(day, account.over or day))
        shares = _shares(stretch.view("split"), len(payees))
        named = stretch.names("remainder")
        remainder = payees.index(named[0]) if named and named[0] in payees else 0
        low = None if amount.minor_least is None else split(amount.minor_least, shares, remainder)
        high = None if amount.minor_most is None else split(amount.minor_most, shares, remainder)
        return tuple(
            Share(payee, Money(low[index] if low else None, high[index] if high else None, amount.currency))
            for index, payee in enumerate(payees)
        )

    def due(self, account: Account, period: tuple[Day, Day], day: Day) -> tuple[Day | None, str]:
        """The due day of a period, and as the clause says it; None where it says none."""
        state = account.timeline.clause(account.label, min(day, account.over or day))
        view = state.terms.get("due")
        value = view.options[0] if view is not None and view.options else None
        calendar = self.calendars[account.deal.name]
        single = period[0] == period[1] == day and is_single(account)
        anchor = max(period[0], account.since) if "prepaid" in state.terms else day
        found: Day | None = anchor if single or "prepaid" in state.terms else None
        occurrence = state.instance_due(day)
        if occurrence is not None:
            found = occurrence.toordinal()
        elif isinstance(value, Due) and isinstance(value.time, Duration):
            length = account.timeline.answers.length(value.time)
            found = None if length is None else calendar.add(anchor, length.count, length.unit)
        elif isinstance(value, Due) and view is not None:
            found = None if view.day is None else view.day.toordinal()
        roll = state.terms.get("roll")
        if found is not None and roll is not None:
            found = calendar.roll(found, roll.text)
        return found, view.text if view is not None else ""


def _taken(advance: Advance, payable: Money, label: str) -> Money:
    """What of a payment goes against an advance: all of it, as far as that is open; or what a credit gives back."""
    currency = payable.currency
    if payable.exact and advance.paid.exact and advance.recouped.exact:
        open_ = (advance.paid.minor_least or 0) - (advance.recouped.minor_least or 0)
        due = payable.minor_least or 0
        taken = min(due, open_) if due >= 0 else -min(-due, advance.by_label[label])
        advance.by_label[label] += taken
        return Money.of(taken, currency)
    # Between nothing and all that can be open; a credit whose amount is not known gives back at most all.
    paid, most = advance.paid.minor_most, payable.minor_most
    most_open = None if paid is None else paid - (advance.recouped.minor_least or 0)
    if payable.minor_least is None or payable.minor_least < 0:
        return Money(None, most_open, currency)
    return Money(0, min((each for each in (most, most_open) if each is not None), default=None), currency)


def _shares(view: object, count: int) -> Sequence[Fraction]:
    possible = getattr(view, "options", ())
    value = possible[0] if possible else None
    if isinstance(value, Shares) and len(value.parts) == count:
        return [part.number for part in value.parts if isinstance(part, Quantity)]
    return [Fraction(1, count)] * count
