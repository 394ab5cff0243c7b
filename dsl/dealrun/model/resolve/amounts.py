"""Amounts as terms: with their windows, in tiers, in shares.

In: what was found in the place of an amount. Out: an amount of the model, or None after reporting what is
wrong. Guaranteed: an amount has one window; tiers ascend and compare; shares add up to one.
"""

import re
from fractions import Fraction
from itertools import pairwise

import attrs

from dealrun.diagnostics import Note
from dealrun.model import kinds
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.read_statement import ReadStatement
from dealrun.model.show import decimal
from dealrun.model.show import duration as show_duration
from dealrun.model.values import (
    Amount,
    Duration,
    Expression,
    Extreme,
    PaidUnder,
    Product,
    Quantity,
    Shares,
    Sum,
    Tiers,
    Time,
)
from dealrun.model.vocabulary import Term
from dealrun.model.windows import is_window
from dealrun.source import Span
from dealrun.syntax import Expr, Item, Leaf

PERIODS = frozenset(
    {"day", "week", "month", "quarter", "year", "fiscal-year", "fiscal-quarter", "contract-year", "life"}
)


ARE = {
    kinds.Kind.MONEY: "an amount of money", kinds.Kind.RATIO: "a percentage", kinds.Kind.NUMBER: "a number of a unit",
    kinds.Kind.PRICE: "a price per unit",
}  # fmt: skip
"""What each kind is, in messages."""


def amount(reader: ReadStatement, term: Term, expr: Expr, windows: tuple[Item, ...]) -> Amount | None:
    """An amount with the windows behind it."""
    amounts = ex.Amounts(reader.scope, f"{reader.symbol}.{term.name}")
    if term.name == "over" and isinstance(expr, Leaf) and expr.kind == "DURATION":
        length = _length(reader, expr, "over")
        return Amount(Quantity(Fraction(length.count), length.unit)) if length else None
    resolved = amounts.resolve(expr)
    if resolved is None:
        return None
    amount = Amount(resolved[0])
    given: dict[str, Item] = {}
    for window in windows:
        if is_for_life(window):
            whole = _for_life(resolved[0])
            if whole == resolved[0]:
                reader.fail("DR302", "`for life` belongs to `paid under LABEL`, and none stands before it", window.span)
                return None
            amount = attrs.evolve(amount, expression=whole)
            continue
        if len(window.values) != 1:
            reader.fail("DR301", f"`{window.modifier}` takes one value", window.span)
            return None
        value = window.values[0]
        field, found = _part(reader, amounts, window.modifier or "", value)
        if found is None:
            return None
        if field in given:
            reader.fail(
                "DR303", f"`{window.modifier}` again: `{window.span.text}`", window.span,
                [Note("first given here", given[field].span)],
                "an amount has one window, and is the price of one unit",
            )  # fmt: skip
            return None
        given[field] = window
        amount = attrs.evolve(amount, **{field: found})  # type: ignore[arg-type]
    return amount if _fits(reader, term, expr, amount, resolved[1], given) else None


def is_for_life(item: Item) -> bool:
    """Whether an item says that what is paid under a clause counts from the beginning."""
    value = item.values[0] if len(item.values) == 1 else None
    return item.modifier == "for" and isinstance(value, Leaf) and value.kind == "NAME" and value.text == "life"


def _for_life(expression: Expression) -> Expression:
    """An amount in which every `paid under` counts from the beginning."""
    match expression:
        case PaidUnder(label):
            return PaidUnder(label, for_life=True)
        case Sum(parts):
            return Sum(tuple((sign, _for_life(part)) for sign, part in parts))
        case Product(parts):
            return Product(tuple(_for_life(part) for part in parts))
        case Extreme(lower, parts):
            return Extreme(lower, tuple(_for_life(part) for part in parts))
        case _:
            return expression


def _part(
    reader: ReadStatement, amounts: ex.Amounts, modifier: str, value: Expr
) -> tuple[str, Expression | Time | str | None]:
    """What a modifier behind an amount says of it: the field of `Amount`, and its value; None after an error."""
    match modifier:
        case "counting from":
            return "counting_from", ex.time(value, reader.scope)
        case "so far":
            opening = amounts.resolve(value)
            return "so_far", None if opening is None else opening[0]
        case "per":
            text = _window(reader, value, modifier)
            return "per" if text is None or is_window(text) else "per_unit", text
        case _:
            return "over", _window(reader, value, modifier)


def _fits(
    reader: ReadStatement, term: Term, expr: Expr, amount: Amount, dimension: kinds.Dimension, given: dict[str, Item]
) -> bool:
    """Whether an amount is of a kind that its term takes, and has a window where it may or must."""
    found = kinds.kinds_of(dimension, per_unit=amount.per_unit is not None)
    if found & term.takes:
        allowed = term.window
        if term.window_of_money and found <= _EARNED:
            allowed = kinds.Windowed.NEVER
        if allowed is kinds.Windowed.MAY:
            return True
        rate = allowed in {kinds.Windowed.MUST, kinds.Windowed.RATE}
        windows = [item for field, item in given.items() if field != "per_unit" and not (rate and field == "per")]
        if not windows and (allowed is not kinds.Windowed.MUST or "per" in given):
            return True
    else:
        windows = []
    whose = f"the `{re.sub(r'-[0-9]+$', '', term.name)}` of `{reader.form.word}`"
    said = Span(expr.span.source, expr.span.start, max([expr.span.end, *(item.span.end for item in given.values())]))
    if not found & term.takes:
        wanted = [kind for kind in kinds.Kind if kind in term.takes]
        what = kinds.described(dimension)
        if amount.per_unit is not None:
            what = f"{what} per {amount.per_unit}"
        are = " or ".join(ARE[kind] for kind in wanted)
        write = " or ".join(kinds.EXAMPLES[kind] for kind in wanted)
        reader.fail("DR320", f"`{said.text}` is {what}; {whose} is {are}", said, help_=f"write {write}")
    elif windows and term.window in {kinds.Windowed.MUST, kinds.Windowed.RATE}:
        reader.fail("DR320", f"{whose} is stated per a period, not `{windows[0].span.text}`", windows[0].span,
                    help_="write `per year`")  # fmt: skip
    elif windows:
        reader.fail("DR320", f"{whose} has no window: `{windows[0].span.text}`", windows[0].span, help_=term.instead)
    else:
        reader.fail("DR320", f"{whose} needs its window", said, help_=f"write `{said.text} per year`")
    return False


_EARNED = frozenset({kinds.Kind.PRICE, kinds.Kind.RATIO})
"""What is earned by what is sold."""


def _length(reader: ReadStatement, value: Leaf, word: str) -> Duration | None:
    """The length of a window, which is longer than none."""
    length = ex.duration(value, reader.scope)
    if length and not length.count:
        reader.fail("DR305", f"`{word}` needs a duration longer than none", value.span)
        return None
    return length


def _window(reader: ReadStatement, value: Expr, modifier: str) -> str | None:
    if isinstance(value, Leaf):
        if value.kind == "DURATION":
            length = _length(reader, value, modifier)
            return show_duration(length) if length else None
        if value.kind == "NAME" and value.text in PERIODS:
            return value.text
        if value.kind == "NAME" and (modifier == "over" or reader.scope.find(value.text) or reader.scope.sketch):
            resolved = reader.scope.name(value, ("unit",) if modifier == "per" else (), "unit")
            return resolved[0] if resolved else None
    reader.fail(
        "DR301",
        f"{ex.found(value)} is not a period or a unit",
        value.span,
        help_=f"one of {', '.join(sorted(PERIODS))}, a duration, or a declared unit",
    )
    return None


def tiers(reader: ReadStatement, first: Amount, steps: list[tuple[Amount, Amount]], spans: list[Span]) -> Amount | None:
    """Tiers of one window, with ascending thresholds of one unit, and rates of one unit and price."""
    rates = [first, *(rate for _, rate in steps)]
    windows = [(t.per, t.over, t.counting_from, t.so_far) for t, _ in steps]
    said = [window for window in windows if any(window)]
    known = [t.expression for t, _ in steps if isinstance(t.expression, Quantity)]
    units = {bound.unit for bound in known}
    sorts = {rate.expression.unit for rate in rates if isinstance(rate.expression, Quantity)}
    wrong = None
    if any(window != said[0] for window in said):
        wrong = "the thresholds of tiers are counted in one window"
    elif len(units) > 1:
        wrong = f"thresholds in {' and '.join(sorted(units))} do not compare"
    elif any(low.number >= high.number for low, high in pairwise(known)):
        wrong = "thresholds must ascend"
    elif units & {"%", ""}:
        wrong = "a threshold is an amount of money or of units"
    elif len(sorts) > 1 or len({rate.per_unit for rate in rates if rate.per_unit} | {rates[0].per_unit}) > 1:
        wrong = "the rates of tiers are all percentages, or all prices of one unit"
    elif any(rate.over or rate.counting_from or rate.so_far or rate.per for rate in rates):
        wrong = "the window of tiers stands behind a threshold: `10% up to 1m USD per year then 12%`"
    if wrong is not None:
        reader.fail("DR315", wrong, Span(spans[0].source, spans[0].start, spans[-1].end))
        return None
    per, over, counting, so_far = said[0] if said else (None, None, None, None)
    found = Tiers(tuple((t.expression, rate.expression) for t, rate in steps), per, over, counting, so_far)
    return attrs.evolve(first, tiers=found)


def shares(reader: ReadStatement, term: Term, values: tuple[Expr, ...]) -> Shares | None:
    """Percentages that add up to one."""
    amounts = ex.Amounts(reader.scope, f"{reader.symbol}.{term.name}")
    found = [amounts.resolve(value) for value in values]
    parts = [part[0] for part in found if part is not None]
    if len(parts) < len(values):
        return None
    total = Fraction(0)
    for part, value in zip(parts, values, strict=True):
        if not isinstance(part, Quantity) or part.unit != "%" or part.number < 0:
            reader.fail("DR316", f"{ex.found(value)} is not a share", value.span,
                       help_="write percentages or fractions: `split 50%, 30%, 20%`")  # fmt: skip
            return None
        total += part.number
    if total != 1:
        span = Span(values[0].span.source, values[0].span.start, values[-1].span.end)
        reader.fail("DR316", f"the shares add up to {decimal(total * 100)}%, not to 100%", span)
        return None
    return Shares(tuple(parts))
