"""Rounding, once, and dividing what was rounded.

In: exact rationals. Out: whole minor units. Guaranteed: nothing is lost: what is divided adds up.
"""

from collections.abc import Sequence
from fractions import Fraction

import attrs

from dealrun.model.currencies import minor_units


def to_minor(value: Fraction, currency: str, rule: str) -> int:
    """An amount in minor units, by the deal's rule; a half, and `down` and `up`, look at the absolute value."""
    scaled = abs(value) * minor_units(currency)
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest - scaled.denominator
    match rule:
        case "down":
            up = False
        case "up":
            up = rest > 0
        case "half-up":
            up = twice >= 0
        case _:
            up = twice > 0 or (twice == 0 and whole % 2 == 1)
    return (whole + up) * (-1 if value < 0 else 1)


@attrs.define
class Rounder:
    """Rounds the lines of one clause: each by itself, or the running total of them."""

    currency: str
    rule: str
    running: bool
    exact: Fraction = Fraction(0)
    rounded: int = 0

    def line(self, exact: Fraction) -> int:
        """The next line in minor units."""
        if not self.running:
            return to_minor(exact, self.currency, self.rule)
        self.exact += exact
        line = to_minor(self.exact, self.currency, self.rule) - self.rounded
        self.rounded += line
        return line

    def count(self, exact: Fraction, line: int) -> None:
        """Count a line that was rounded by itself in the running total."""
        self.exact += exact
        self.rounded += line


def floor_minor(value: Fraction, currency: str) -> int:
    """A limit in minor units: never more than it."""
    scaled = value * minor_units(currency)
    return scaled.numerator // scaled.denominator


def apportion(total: int, exact: Sequence[Fraction]) -> list[int]:
    """What was rounded, divided among its parts: each exact part rounded down, then one more for each of the largest
    remainders, earlier ones first among equals; where too much was given, one less for each of the smallest. A part
    that is nothing gets nothing, unless all are."""
    found = [part.numerator // part.denominator for part in exact]
    earning = [index for index, part in enumerate(exact) if part] or list(range(len(exact)))
    order = sorted(earning, key=lambda index: (found[index] - exact[index], index))
    left = total - sum(found)
    step = 1 if left > 0 else -1
    for number in range(abs(left)):
        found[order[number % len(order) if step > 0 else -1 - number % len(order)]] += step
    return found


def split(total: int, shares: Sequence[Fraction], remainder: int) -> list[int]:
    """A payment among payees: each share rounded towards zero, what is left to one of them."""
    sign = -1 if total < 0 else 1
    parts = [sign * (abs(total) * share.numerator // share.denominator) for share in shares]
    parts[remainder] += total - sum(parts)
    return parts
