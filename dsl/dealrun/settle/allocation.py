"""Payments back to what earned them: each divided among the groups of rows that were booked in its period.

In: the payments of a settlement, and which groups each clause took. Out: minor units by payment and group, and what no
rows stand behind. Guaranteed: for every payment, all of it is there.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

import attrs

from dealrun.settle.ledger.sums import Group
from dealrun.settle.rounding import apportion
from dealrun.settle.statement import DayRange, Payment, as_dates, as_days
from dealrun.time.days import Day

EARNED: Final = frozenset({"share", "correction"})
"""Kinds of lines that rows earn."""


@attrs.frozen
class Take:
    """A group of rows that a clause took, in the payment period in which it is booked."""

    label: str
    payer: str
    period: tuple[Day, Day]
    group: Group
    weight: Fraction
    """What it adds to the base: money, or units where they are what is priced; below nothing for a deduction."""
    by_units: bool


@attrs.frozen
class Allocation:
    """A part of a payment: of a group of rows, or, where `group` is None, of none."""

    label: str
    period: tuple[Day, Day]
    group: Group | None
    cents: int
    currency: str
    by_units: bool = False


def allocate(payments: Iterable[Payment], takes: Sequence[Take]) -> list[Allocation]:
    """Every payment that is known, divided: among the parts of its lines by their amounts, then among the rows of each
    part by what they add to its base."""
    by_period: dict[tuple[str, str, DayRange], list[Take]] = defaultdict(list)
    for take in takes:
        by_period[take.label, take.payer, as_dates(take.period)].append(take)
    found = []
    for payment in payments:
        if payment.amount.exact and payment.amount.minor_least:
            found += _payment(payment, by_period.get((payment.label, payment.payer, payment.period), ()))
    return found


def _payment(payment: Payment, takes: Sequence[Take]) -> list[Allocation]:
    total, accrued = payment.amount.minor_least or 0, payment.accrued.minor_least or 0
    parts = [(part, line.kind, part.amount.minor_least or 0) for line in payment.lines for part in line.parts]
    whole = Allocation(payment.label, as_days(payment.period), None, total, payment.currency)
    if not accrued or sum(amount for _, _, amount in parts) != accrued:
        return [whole]
    shares = apportion(total, [Fraction(total * amount, accrued) for _, _, amount in parts])
    found = []
    for (part, kind, _), cents in zip(parts, shares, strict=True):
        first, last = as_days((part.first, part.last))
        mine = [take for take in takes if first <= take.group.day <= last]
        base = sum((take.weight for take in mine), Fraction(0))
        if not cents:
            continue
        if not base or kind not in EARNED:
            found.append(attrs.evolve(whole, cents=cents))
            continue
        divided = apportion(cents, [cents * take.weight / base for take in mine])
        found += [
            attrs.evolve(whole, group=take.group, cents=each, by_units=take.by_units)
            for take, each in zip(mine, divided, strict=True)
            if each
        ]
    return found
