"""Both sides of a payment into one.

In: the raw payments of an account, at the least and at the greatest of what is not known. Out: the lines, limits and
amounts of a statement. Guaranteed: what both sides agree on is exact; what they do not is a range that holds it.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

import attrs

from dealrun.budget import spend
from dealrun.model.windows import DayRange
from dealrun.settle.account import Account
from dealrun.settle.accrue import RawLine, RawPayment, RawSegment
from dealrun.settle.caps import RawLimit
from dealrun.settle.statement import Between, Figure, Limit, Line, Money, Part, as_date, as_dates, figure
from dealrun.time.days import Day


@attrs.frozen
class Combined:
    """A payment period of one account, both sides."""

    account: Account
    currency: str
    period: DayRange
    lines: tuple[Line, ...]
    limits: tuple[Limit, ...]
    accrued: Money
    payable: Money
    withheld: Money
    so_far: Money
    """Payable for all periods through this one; no wider than its sides, though a single period may be."""
    forecast: bool
    hangs_on: tuple[str, ...]
    day: Day
    """The day from which its due day is counted."""


@attrs.frozen(slots=False)
class Sides:
    """What an account comes to on each side; `high` is None where nothing bounds it, `exact` where both are one."""

    account: Account
    currency: str
    low: Sequence[RawPayment]
    high: Sequence[RawPayment] | None
    exact: bool
    open: frozenset[str]
    begins: Day
    """The first day of which anything is taken."""

    @cached_property
    def cap_only(self) -> bool:
        """Whether only caps are not known: what accrues is the same on both sides."""
        return self.high is not None and [_accrued(raw) for raw in self.low] == [_accrued(raw) for raw in self.high]

    @cached_property
    def capped(self) -> bool:
        """Whether a cap governs anything of it."""
        return any(raw.limits for raw in (*self.low, *(self.high or ())))


def _accrued(raw: RawPayment) -> tuple[object, ...]:
    return raw.period, [(line.kind, line.period, line.amount) for line in raw.lines]


def combine(sides: Sides) -> list[Combined]:
    """Every payment period of an account, in order."""
    low = {raw.period: raw for raw in sides.low}
    high = {raw.period: raw for raw in sides.high or ()}
    found = []
    before = [0, 0]
    accrued_before = 0
    for period in sorted({*low, *high}, key=lambda p: (_days(sides.account, low.get(p) or high[p])[1], p)):
        spend(100)
        one, other = low.get(period), high.get(period)
        span = _days(sides.account, one or high[period])
        lines = _lines(sides, one, other)
        accrued = Money.of(0, sides.currency)
        for line in lines:
            accrued += line.amount
        payable = _payable(sides, one, other, before, accrued, accrued_before)
        before = [before[0] + (one.payable if one else 0), before[1] + (other.payable if other else 0)]
        accrued_before += (accrued.minor_most or 0) - (payable.minor_least or 0)
        hangs: set[str] = set()
        if not (accrued.exact and payable.exact):
            hangs = set(sides.open)
            spend(len(sides.account.stretches))
            for stretch in sides.account.stretches:
                if stretch.first <= span[1] and stretch.last >= sides.begins and stretch.level == 1:
                    hangs |= set(stretch.state.contingent_on)
        found.append(Combined(
            sides.account, sides.currency, span, lines, _limits(sides, one, other), accrued, payable,
            _withheld(sides, accrued, payable), _money(sides, before[0], before[1]),
            any(raw.forecast for raw in (one, other) if raw), tuple(sorted(hangs)), span[1],
        ))  # fmt: skip
    return found


def _days(account: Account, raw: RawPayment) -> DayRange:
    return raw.lines[0].period if raw.period < 0 else account.periods[raw.period]


def _payable(
    sides: Sides, one: RawPayment | None, other: RawPayment | None, before: list[int], accrued: Money, kept: int
) -> Money:
    """What is payable for a period.

    What was paid until the end of it lies between both sides; so does what was paid before, so that the difference is
    no more certain than that. Where only caps are not known, a payment moves one way with the cap, and both sides are
    its bounds.
    """
    low, high = (one.payable if one else 0), (other.payable if other else 0)
    if sides.exact:
        return Money.of(low, sides.currency)
    capped = bool((one and one.limits) or (other and other.limits))
    if sides.high is None:
        return Money(None if capped else min(low, 0), None, sides.currency)
    if not capped:
        return accrued
    if sides.cap_only and sum(stretch.view("cap") is not None for stretch in sides.account.caps(1)) == 1:
        return _by_window(sides, one, other, low, high)
    least = before[0] + low - before[1] - 0
    most = before[1] + high - before[0]
    if accrued.minor_least is not None and accrued.minor_least >= 0:
        least = max(least, 0)
    if accrued.minor_most is not None:
        most = min(most, accrued.minor_most + kept)
    return Money(min(least, low, high), max(most, low, high), sides.currency)


def _by_window(sides: Sides, one: RawPayment | None, other: RawPayment | None, low: int, high: int) -> Money:
    """Bounds of a payment under one cap: in each window it moves one way with the cap, up or down."""
    lows = {limit.key: limit.paid - limit.before for limit in (one.limits if one else ())}
    highs = {limit.key: limit.paid - limit.before for limit in (other.limits if other else ())}
    pairs = [(lows.get(key, 0), highs.get(key, 0)) for key in {*lows, *highs}]
    least = low - sum(lows.values()) + sum(min(pair) for pair in pairs)
    most = high - sum(highs.values()) + sum(max(pair) for pair in pairs)
    return Money(least, most, sides.currency)


def _withheld(sides: Sides, accrued: Money, payable: Money) -> Money:
    """What caps keep back: what accrues, less what is payable."""
    unbounded = sides.high is None and any(stretch.view("cap") is not None for stretch in sides.account.stretches)
    if not sides.capped and not unbounded:
        return Money.of(0, sides.currency)
    return accrued + -payable


def _lines(sides: Sides, one: RawPayment | None, other: RawPayment | None) -> tuple[Line, ...]:
    lows = {(line.kind, line.period): line for line in (one.lines if one else ())}
    highs = {(line.kind, line.period): line for line in (other.lines if other else ())}
    return tuple(_line(sides, lows.get(key), highs.get(key)) for key in dict.fromkeys([*lows, *highs]))


def _line(sides: Sides, low: RawLine | None, high: RawLine | None) -> Line:
    raw = high or low
    assert raw is not None
    money = _money(sides, low.amount if low else 0, high.amount if high else 0)
    lows = {part.part.first: part for part in (low.parts if low else ())}
    highs = {part.part.first: part for part in (high.parts if high else ())}
    parts = tuple(_part(sides, lows.get(first), highs.get(first)) for first in sorted({*lows, *highs}))
    return Line(
        raw.kind,
        as_dates(raw.period),
        parts,
        money,
        tuple(Figure(*each) for each in raw.figures),
        any(part.forecast for part in parts),
    )


def _part(sides: Sides, low: RawSegment | None, high: RawSegment | None) -> Part:
    raw = high or low
    assert raw is not None
    view = raw.part.stretch.view(sides.account.main)
    least = low.share if low else Fraction(0)
    most = high.share if high else Fraction(0)
    shares = Between(min(least, most), max(least, most))
    if sides.exact:
        shares = Between(least, least)
    elif sides.high is None:
        shares = Between(min(least, Fraction(0)), None)
    return Part(
        as_date(raw.part.first), as_date(raw.last), raw.base, raw.units, raw.deducted,
        view.text if view is not None else "",
        raw.tiers, shares, _money(sides, low.amount if low else 0, high.amount if high else 0),
        view.instrument if view is not None else "", view.cites if view is not None else (), raw.part.forecast,
        raw.part.stretch.state.contingent_on,
    )  # fmt: skip


def _money(sides: Sides, low: int, high: int) -> Money:
    if sides.exact:
        return Money.of(low, sides.currency)
    if sides.high is None:
        return Money(min(low, 0), None, sides.currency)
    return Money(min(low, high), max(low, high), sides.currency)


def _limits(sides: Sides, one: RawPayment | None, other: RawPayment | None) -> tuple[Limit, ...]:
    lows = {limit.key: limit for limit in (one.limits if one else ())}
    highs = {limit.key: limit for limit in (other.limits if other else ())}
    return tuple(_limit(sides, lows.get(key), highs.get(key)) for key in dict.fromkeys([*lows, *highs]))


def _limit(sides: Sides, low: RawLimit | None, high: RawLimit | None) -> Limit:
    raw = high or low
    assert raw is not None
    low, high = low or raw, (low or raw) if sides.exact else (high or raw)
    accrued = _money(sides, low.accrued, high.accrued)
    paid = _money(sides, low.paid, high.paid)
    known = low.value is not None and low.value == high.value
    text = str(paid)
    if not known and accrued.exact:
        text = f"min({figure(accrued.minor_least or 0, sides.currency)} {sides.currency}, {raw.text})"
    span = (max(raw.key.first, raw.key.epoch), raw.key.last)
    return Limit(
        as_dates(span),
        raw.text,
        Between(low.value, high.value),
        accrued,
        _money(sides, low.before, high.before),
        paid,
        text,
    )
