"""Kinds of quantities: money, a ratio, a number of a unit, a price per unit, each with or without a window.

In: the dimension of an amount as it is written. Out: the kinds that it may be. Guaranteed: every term of the vocabulary
says which kinds it takes; the table of the specification is made from it (docs/language.md#kinds-of-quantities).
"""

from enum import Enum
from functools import lru_cache
from typing import Final

import attrs

from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.values import Amount, Quantity, Tiers


class Kind(Enum):
    """A kind of quantity, as the specification calls it."""

    MONEY = "money"
    RATIO = "ratio"
    NUMBER = "number"
    PRICE = "price"


class Windowed(Enum):
    """Whether an amount of a term has a window."""

    NEVER = "no"
    MAY = "yes"
    RATE = "per a period"
    """A rate of a period, which may be left out."""
    MUST = "per a period, required"


MONEY_LIKE: Final = frozenset({Kind.MONEY, Kind.PRICE})
ANY: Final = frozenset(Kind)

EXAMPLES: Final = {
    Kind.MONEY: "`5,000 USD`", Kind.RATIO: "`5%`", Kind.NUMBER: "`100 UNIT`", Kind.PRICE: "`5 USD per UNIT`",
}  # fmt: skip
"""How each kind is written."""

Dimension = str
"""A currency, `%`, a declared unit, `number` for a bare factor, or one of the dimensions that leave something open."""

OPEN: Final = "?"
"""A redacted value: of any kind."""
UNKNOWN: Final = "unknown amount"
"""An unknown of the kind `amount`: money, or a number of a unit."""
RECEIPTS: Final = "money"
"""Money of a currency that the text does not say: `paid under L`, a stream."""
FACTOR: Final = "number"
"""A number without a unit, by which something is multiplied."""


def described(dimension: Dimension) -> str:
    """A dimension in words."""
    if dimension in MINOR_DIGITS:
        return f"money in {dimension}"
    return {
        "%": "a percentage", OPEN: "a redacted value", UNKNOWN: "an unknown amount", RECEIPTS: "money",
        FACTOR: "a number without a unit",
    }.get(dimension, f"a number of {dimension}")  # fmt: skip


def joined(one: Dimension, other: Dimension) -> Dimension | None:
    """The dimension of two amounts that are added or compared; None where they do not combine."""
    if other in {one, OPEN}:
        return one
    if one == OPEN:
        return other
    open_, closed = (one, other) if one in {UNKNOWN, RECEIPTS} else (other, one)
    if open_ == UNKNOWN and closed not in {"%", FACTOR}:
        return closed
    if open_ == RECEIPTS and (closed in MINOR_DIGITS or closed == UNKNOWN):
        return RECEIPTS if closed == UNKNOWN else closed
    return None


def lost_window(old: Amount, new: Amount) -> tuple[str, Amount] | None:
    """The window that an amount of money or of units has and its successor has not, and the successor with it; None
    where none is lost. The whole life of a clause is the window of what states none."""
    if new.per_unit is None and not _is_ratio(new) and _lost(old, new):
        return _window(old), attrs.evolve(new, per=old.per, over=old.over)
    if old.tiers is not None and new.tiers is not None and _lost(old.tiers, new.tiers):
        tiers = attrs.evolve(new.tiers, per=old.tiers.per, over=old.tiers.over)
        return _window(old.tiers), attrs.evolve(new, tiers=tiers)
    return None


def _lost(old: Amount | Tiers, new: Amount | Tiers) -> bool:
    return (old.per not in {None, "life"} or old.over is not None) and new.per is None and new.over is None


def _window(of: Amount | Tiers) -> str:
    return f"per {of.per}" if of.per else f"over {of.over}"


def _is_ratio(amount: Amount) -> bool:
    return isinstance(amount.expression, Quantity) and amount.expression.unit == "%"


@lru_cache(maxsize=1024)
def kinds_of(dimension: Dimension, *, per_unit: bool) -> frozenset[Kind]:
    """The kinds that an amount of a dimension may be; with `per_unit`, an amount for each unit."""
    if per_unit:
        money = dimension in {OPEN, UNKNOWN, RECEIPTS} or dimension in MINOR_DIGITS
        return frozenset({Kind.PRICE}) if money else frozenset()
    if dimension == OPEN:
        return ANY
    if dimension == UNKNOWN:
        return frozenset({Kind.MONEY, Kind.NUMBER})
    if dimension == "%":
        return frozenset({Kind.RATIO})
    if dimension == RECEIPTS or dimension in MINOR_DIGITS:
        return frozenset({Kind.MONEY})
    return frozenset({Kind.NUMBER}) if dimension != FACTOR else frozenset()
