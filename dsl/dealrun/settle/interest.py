"""Interest on what is paid late, and what of a clause is still to be paid.

In: payments with their due days, and the payments made. Out: payments of interest, and what is outstanding. Guaranteed:
payments made settle what fell due first; simple interest, by the stated day count, rounded once for each payment
(docs/language.md#payments-made-and-interest).
"""

from calendar import isleap
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

import attrs

from dealrun.settle.statement import Payment
from dealrun.state.answers import Performance
from dealrun.state.matching import Open, match
from dealrun.time import ALWAYS, NEVER, YES, StepFunction
from dealrun.time.days import Day


@attrs.frozen
class Late:
    """A part of a payment that was, or is, paid after its due day."""

    payment: Payment
    amount: int
    since: Day
    """The first day of interest: the day after the due day."""
    through: Day
    """The day of payment, or the last day of the statement."""
    open: bool
    booked: bool = True
    """Whether books would tell of its payment; else it may have been paid in time."""


def _due(payment: Payment) -> Day:
    """Its due day, or the end of its period."""
    return (payment.period[1] if payment.due is None else payment.due).toordinal()


@attrs.frozen
class Outstanding:
    """What of the payments of a clause was late, and what is outstanding. Of that, `overdue` was due by the last day;
    `unrecorded` too, but no books would tell of its payment."""

    late: tuple[Late, ...]
    outstanding: int
    overdue: int
    unrecorded: int


def settle_due(
    payments: Sequence[Payment], made: Sequence[tuple[Day, int]], through: Day, booked: Callable[[Day], bool]
) -> Outstanding:
    """How payments stand on a day; `booked` says whether books are kept of what falls due on a day.

    Credits count as payments made on their due day (or the end of their period).
    """
    owed = sorted(
        ((_due(p), index, p, p.amount.minor_least or 0)
         for index, p in enumerate(payments) if p.amount.exact and (p.amount.minor_least or 0) > 0),
        key=lambda item: item[:2],
    )  # fmt: skip
    credit = [(_due(p), -(p.amount.minor_least or 0))
              for p in payments if p.amount.exact and (p.amount.minor_least or 0) < 0]  # fmt: skip
    funds = sorted([*made, *credit])
    late: list[Late] = []
    outstanding = overdue = unrecorded = 0
    position, left = 0, funds[0][1] if funds else 0
    for due, _, payment, amount in owed:
        rest = amount
        while rest and position < len(funds):
            taken = min(rest, left)
            if taken and payment.due is not None and funds[position][0] > due:
                late.append(Late(payment, taken, due + 1, funds[position][0], open=False))
            rest -= taken
            left -= taken
            if not left:
                position += 1
                left = funds[position][1] if position < len(funds) else 0
        outstanding += rest
        if rest and payment.due is not None and due <= through:
            told = booked(due)
            overdue += rest if told else 0
            unrecorded += 0 if told else rest
            if due < through:
                late.append(Late(payment, rest, due + 1, through, open=True, booked=told))
    surplus = left + sum(amount for _, amount in funds[position + 1 :])
    return Outstanding(tuple(late), outstanding - surplus, overdue, unrecorded)


def performed(payments: Sequence[Payment], performances: Sequence[Performance]) -> list[tuple[Day, int]]:
    """The payments that recorded performances say were made: each is one payment in full."""
    owed = sorted((p for p in payments if p.amount.exact and (p.amount.minor_least or 0) > 0), key=_due)
    claims = [
        Open(ALWAYS, p.period[0].toordinal(), _due(p), True, StepFunction.always(YES), p.period[1].toordinal())
        for p in owed
    ]  # fmt: skip
    found = []
    for performance, place in zip(performances, match(claims, performances), strict=True):
        if place is not None and performance.moment.hi < NEVER:  # by the last day on which it can have been
            found.append((performance.moment.hi, owed[place].amount.minor_least or 0))
    return found


def accrued(
    amount: Fraction, since: Day, through: Day, rates: Sequence[tuple[Day, Day, Fraction]], count: str
) -> Fraction:
    """Simple interest from one day through another, both counted; `rates` are those of successive days."""
    total = Fraction(0)
    for begins, ends, rate in rates:
        first, end = max(begins, since), min(ends, through)
        while first <= end:
            year_end = date(_year(first), 12, 31).toordinal()
            last = min(end, year_end) if count == "actual-actual" else end
            total += amount * rate * fraction(first, last, count)
            first = last + 1
    return total


def fraction(first: Day, last: Day, count: str) -> Fraction:
    """The part of a year from one day through another, both counted, by a day count."""
    days = last - first + 1
    match count:
        case "actual-360":
            return Fraction(days, 360)
        case "thirty-360":
            return Fraction(_thirty(last) - _thirty(first - 1), 360)
        case "actual-actual":
            return Fraction(days, 366 if isleap(_year(first)) else 365)
        case _:
            return Fraction(days, 365)


def _thirty(day: Day) -> int:
    at = date.fromordinal(day)
    return at.year * 360 + at.month * 30 + min(at.day, 30)


def _year(day: Day) -> int:
    return date.fromordinal(day).year
