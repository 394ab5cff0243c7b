"""What a picture of a statement shows, before anything is drawn: bars, running totals, caps, ticks.

In: a `Settlement`. Out: exact values, by day. Guaranteed: no binary float.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Final, TypeAlias

import attrs

from dealrun.settle.export.sheets import units
from dealrun.settle.statement import Money, Payment, Settlement, as_days
from dealrun.time.days import Day, iso

MOST_SERIES: Final = 6
"""Clauses that are told apart; the smaller ones beyond are drawn as one."""

Bounds: TypeAlias = tuple[Fraction | None, Fraction | None]
"""The least and the most; None where there is no bound."""


@attrs.frozen
class Bar:
    """What falls due under one clause for the payment periods that end on one day."""

    series: int
    first: Day
    last: Day
    value: Bounds
    forecast: bool


@attrs.frozen
class Point:
    """Where a running total stands after a period."""

    first: Day
    last: Day
    total: Bounds
    accrued: Bounds | None = None
    """What has accrued in the window, and the cap; None where no cap counts."""
    cap: Bounds | None = None


@attrs.frozen
class Curve:
    """A running total: the runs of it that nothing interrupts, of a cap one for each of its windows."""

    name: str
    series: int
    runs: tuple[tuple[Point, ...], ...]
    capped: bool


@attrs.frozen
class Panel:
    """One currency."""

    currency: str
    names: tuple[str, ...]
    """Of the series."""
    bars: tuple[Bar, ...]
    curves: tuple[Curve, ...]
    forecast: Day | None
    """The first day from which only what is expected is shown."""


def _bounds(money: Money) -> Bounds:
    least, most = (
        None if bound is None else units(bound, money.currency) for bound in (money.minor_least, money.minor_most)
    )
    return least, most


def _size(payments: Iterable[Payment]) -> int:
    """How much a clause moves, to choose the clauses that are told apart."""
    return sum(max(abs(payment.amount.minor_least or 0), abs(payment.amount.minor_most or 0)) for payment in payments)


def _series(payments: Sequence[Payment]) -> tuple[tuple[str, ...], dict[str, int]]:
    """The names of the series, and which one each clause belongs to: those with caps first, then the larger ones."""
    labels = list(dict.fromkeys(payment.label for payment in payments))
    if len(labels) <= MOST_SERIES:
        return tuple(labels), {label: index for index, label in enumerate(labels)}
    of = {label: [payment for payment in payments if payment.label == label] for label in labels}
    capped = {label for label in labels if any(payment.limits for payment in of[label])}
    kept = sorted(labels, key=lambda label: (label not in capped, -_size(of[label])))[: MOST_SERIES - 1]
    names = [label for label in labels if label in kept]
    others = f"{len(labels) - len(names)} other clauses"
    return (*names, others), {label: names.index(label) if label in kept else len(names) for label in labels}


def _first(payment: Payment) -> Day:
    return payment.period[0].toordinal()


def _last(payment: Payment) -> Day:
    return payment.period[1].toordinal()


def _bars(payments: Sequence[Payment], series: dict[str, int]) -> Iterable[Bar]:
    """Periods that end on one day are stacked; none begins before the one that ended before it."""
    before: Day | None = None
    for last in sorted({_last(payment) for payment in payments}):
        here = [payment for payment in payments if _last(payment) == last]
        first = min(_first(payment) for payment in here)
        first = first if before is None else max(first, before + 1)
        for index in sorted({series[payment.label] for payment in here}):
            mine = [payment for payment in here if series[payment.label] == index]
            total = reduce(add, (payment.amount for payment in mine))
            yield Bar(index, first, last, _bounds(total), any(payment.forecast for payment in mine))
        before = last


def _capped(name: str, index: int, payments: Sequence[Payment]) -> Curve:
    runs: dict[tuple[Day, Day], list[Point]] = {}
    for payment in payments:
        for limit in payment.limits:
            window = as_days(limit.window)
            first, last = max(window[0], _first(payment)), min(window[1], _last(payment))
            point = Point(first, max(first, last), _bounds(limit.paid), _bounds(limit.accrued), limit.value)
            runs.setdefault(window, []).append(point)
    return Curve(
        name, index, tuple(tuple(sorted(run, key=lambda point: point.last)) for run in runs.values()), capped=True
    )


def _together(payments: Sequence[Payment]) -> Curve:
    """The running total of all clauses together."""
    labels = list(dict.fromkeys(payment.label for payment in payments))
    total = Money.of(0, payments[0].currency)
    points: list[Point] = []
    for payment in sorted(payments, key=lambda payment: payment.period[1]):
        total += payment.amount
        point = Point(_first(payment), _last(payment), _bounds(total))
        if points and points[-1].last == point.last:
            points.pop()
        points.append(point)
    name = labels[0] if len(labels) == 1 else "all clauses"
    return Curve(name, 0 if len(labels) == 1 else MOST_SERIES, (tuple(points),), capped=False)


def _panel(currency: str, payments: Sequence[Payment]) -> Panel:
    names, series = _series(payments)
    of = {label: [payment for payment in payments if payment.label == label] for label in series}
    # Beside a cap, what has none would only set the scale.
    curves = [
        _capped(label, series[label], found) for label, found in of.items() if any(payment.limits for payment in found)
    ] or [_together(payments)]
    settled = max((_last(payment) for payment in payments if not payment.forecast), default=0)
    expected = [_first(payment) for payment in payments if payment.forecast and _last(payment) > settled]
    start = max(min(expected), settled + 1) if expected else None
    return Panel(currency, names, tuple(_bars(payments, series)), tuple(curves), start)


def panels(settlement: Settlement) -> tuple[Panel, ...]:
    """What is to be drawn, by currency."""
    currencies = dict.fromkeys(payment.currency for payment in settlement.payments)
    return tuple(
        _panel(currency, [payment for payment in settlement.payments if payment.currency == currency])
        for currency in currencies
    )


def ticks(first: Day, last: Day) -> list[tuple[Day, str]]:
    """Days for an axis: at most a dozen, on first days of months where those are close enough."""
    if last - first < 62:
        step = max(1, (last - first) // 8)
        return [(day, iso(day)) for day in range(first, last + 1, step)]
    start, end = date.fromordinal(first), date.fromordinal(last)
    months = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    steps = (1, 3, 6, 12, 24, 60, 120, 600)
    step = next(step for step in steps if sum(month % step == 0 for month in months) <= 12)
    found = [month for month in months if month % step == 0]
    days = [(date(month // 12, month % 12 + 1, 1).toordinal(), month) for month in found]
    return [
        (day, str(month // 12) if step >= 12 else f"{month // 12}-{month % 12 + 1:02}")
        for day, month in days
        if first <= day <= last
    ]
