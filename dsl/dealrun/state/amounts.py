"""Amounts as ranges: interval arithmetic over what is known.

In: an expression of the model, and the ranges of its unknowns. Out: `Range`, the least and the greatest it can be and
the names it hangs on. Guaranteed: exact rationals; a bound that is not known is None; never a binary float.
"""

from collections.abc import Callable
from fractions import Fraction

import attrs

from dealrun.budget import bounded
from dealrun.model.values import Amount, Expression, Extreme, PaidUnder, Product, Quantity, Sum, Symbol


@attrs.frozen
class Range:
    """From `least` to `most`, None where unbounded; `unit` is empty while it is not known."""

    least: Fraction | None
    most: Fraction | None
    unit: str = ""
    hangs_on: frozenset[str] = frozenset()
    about: bool = False

    @property
    def exact(self) -> bool:
        """Whether the amount is known."""
        return self.least is not None and self.least == self.most


def evaluate(expression: Expression, lookup: Callable[[Symbol | PaidUnder], Range]) -> Range:
    """The range of an expression."""
    match expression:
        case Quantity(number, unit, about):
            return Range(number, number, unit, frozenset(), about)
        case Symbol() | PaidUnder():
            return lookup(expression)
        case Sum(parts):
            ranges = [_signed(sign, evaluate(part, lookup)) for sign, part in parts]
            return _combine(ranges, _total([r.least for r in ranges]), _total([r.most for r in ranges]))
        case Product(parts):
            result = evaluate(parts[0], lookup)
            for part in parts[1:]:
                result = _times(result, evaluate(part, lookup))
            return result
        case Extreme(lower, parts):
            ranges = [evaluate(part, lookup) for part in parts]
            pick = min if lower else max
            known_least = [r.least for r in ranges if r.least is not None]
            known_most = [r.most for r in ranges if r.most is not None]
            # The lower of several is at most each of them, whatever the others are; and the other way round.
            least = pick(known_least) if known_least and (not lower or len(known_least) == len(ranges)) else None
            most = pick(known_most) if known_most and (lower or len(known_most) == len(ranges)) else None
            return _combine(ranges, least, most)


def whole(amount: Amount, lookup: Callable[[Symbol | PaidUnder], Range]) -> Range:
    """The range of an amount as a term: of one with tiers, of all its rates; it hangs on its thresholds too."""
    if amount.tiers is None:
        return evaluate(amount.expression, lookup)
    rates = [evaluate(amount.expression, lookup), *(evaluate(rate, lookup) for _, rate in amount.tiers.steps)]
    names = [evaluate(threshold, lookup).hangs_on for threshold, _ in amount.tiers.steps]
    lows, highs = [rate.least for rate in rates], [rate.most for rate in rates]
    return Range(
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
        next((rate.unit for rate in rates if rate.unit), ""),
        frozenset().union(*names, *(rate.hangs_on for rate in rates)),
        any(rate.about for rate in rates),
    )


def _signed(sign: int, value: Range) -> Range:
    if sign > 0:
        return value
    flip = (None if value.most is None else -value.most, None if value.least is None else -value.least)
    return attrs.evolve(value, least=flip[0], most=flip[1])


def _total(bounds: list[Fraction | None]) -> Fraction | None:
    total = Fraction(0)
    for bound in bounds:
        if bound is None:
            return None
        total += bound
    return bounded(total)


def _combine(ranges: list[Range], least: Fraction | None, most: Fraction | None) -> Range:
    exact = least is not None and least == most
    names: frozenset[str] = frozenset() if exact else frozenset().union(*(r.hangs_on for r in ranges))
    unit = next((r.unit for r in ranges if r.unit), "")
    return Range(least, most, unit, names, any(r.about for r in ranges))


def _times(left: Range, right: Range) -> Range:
    units = [r.unit for r in (left, right) if r.unit not in {"", "%"}]
    unit = units[0] if units else "%" if "%" in {left.unit, right.unit} else ""
    corners = [
        None if a is None or b is None else bounded(a * b)
        for a in (left.least, left.most)
        for b in (right.least, right.most)
    ]
    known = [corner for corner in corners if corner is not None]
    zero = any(r.exact and r.least == 0 for r in (left, right))
    if zero:
        least: Fraction | None = Fraction(0)
        most: Fraction | None = Fraction(0)
    elif len(known) == 4:
        least, most = min(known), max(known)
    elif left.least is not None and right.least is not None and left.least >= 0 and right.least >= 0:
        least = bounded(left.least * right.least)
        most = None if left.most is None or right.most is None else left.most * right.most
    else:
        least = most = None
    return _combine([attrs.evolve(left, unit=unit), right], least, most)
