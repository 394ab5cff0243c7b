"""Amounts as terms: with their windows, in tiers, in shares.

In: what a `TermReader` found in the place of an amount. Out: an amount of the model, or None after reporting what is
wrong. Guaranteed: an amount has one window; tiers ascend and compare; shares add up to one.
"""

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from dealrun.diagnostics import Note
from dealrun.model.resolve import expressions as ex
from dealrun.model.show import decimal
from dealrun.model.show import duration as show_duration
from dealrun.model.values import Amount, Duration, Quantity, Shares, Tiers
from dealrun.model.vocabulary import Term
from dealrun.source import Span
from dealrun.syntax import Expr, Item, Leaf

if TYPE_CHECKING:
    from dealrun.model.resolve.terms import TermReader

PERIODS = frozenset(
    {"day", "week", "month", "quarter", "year", "fiscal-year", "fiscal-quarter", "contract-year", "life"}
)


def amount(reader: "TermReader", term: Term, expr: Expr, windows: tuple[Item, ...]) -> Amount | None:
    """An amount with the windows behind it."""
    amounts = ex.Amounts(reader.scope, f"{reader.symbol}.{term.name}")
    if term.name == "over" and isinstance(expr, Leaf) and expr.kind == "DURATION":
        length = _length(reader, expr, "over")
        return Amount(Quantity(Fraction(length.count), length.unit)) if length else None
    resolved = amounts.resolve(expr)
    if resolved is None:
        return None
    amount = Amount(resolved[0])
    for index, window in enumerate(windows):
        earlier = next((each for each in windows[:index] if each.modifier == window.modifier), None)
        if earlier is not None:
            reader.fail(
                "DR303", f"`{window.modifier}` again: `{window.span.text}`", window.span,
                [Note("first given here", earlier.span)],
                "an amount has one window; declare a unit for the rest: `unit FTE_year`",
            )  # fmt: skip
            return None
        if len(window.values) != 1:
            reader.fail("DR301", f"`{window.modifier}` takes one value", window.span)
            return None
        value = window.values[0]
        if window.modifier == "counting from":
            at = ex.time(value, reader.scope)
            if at is None:
                return None
            amount = attrs.evolve(amount, counting_from=at)
        elif window.modifier == "so far":
            opening = amounts.resolve(value)
            if opening is None:
                return None
            amount = attrs.evolve(amount, so_far=opening[0])
        else:
            text = _window(reader, value, window)
            if text is None:
                return None
            amount = attrs.evolve(amount, per=text) if window.modifier == "per" else attrs.evolve(amount, over=text)
    return amount


def _length(reader: "TermReader", value: Leaf, word: str) -> Duration | None:
    """The length of a window, which is longer than none."""
    length = ex.duration(value, reader.scope)
    if length and not length.count:
        reader.fail("DR305", f"`{word}` needs a duration longer than none", value.span)
        return None
    return length


def _window(reader: "TermReader", value: Expr, window: Item) -> str | None:
    if isinstance(value, Leaf):
        if value.kind == "DURATION":
            length = _length(reader, value, window.modifier or "per")
            return show_duration(length) if length else None
        if value.kind == "NAME" and value.text in PERIODS:
            return value.text
        if value.kind == "NAME" and (window.modifier == "over" or reader.scope.find(value.text) or reader.scope.sketch):
            resolved = reader.scope.name(value, (), "unit")
            return resolved[0] if resolved else None
    reader.fail(
        "DR301",
        f"{ex.found(value)} is not a period or a unit",
        value.span,
        help_=f"one of {', '.join(sorted(PERIODS))}, a duration, or a declared unit",
    )
    return None


def tiers(reader: "TermReader", first: Amount, steps: list[tuple[Amount, Amount]], spans: list[Span]) -> Amount | None:
    """Tiers of one window, with ascending thresholds of one unit, and rates of one unit and price."""
    rates = [first, *(rate for _, rate in steps)]
    windows = [(t.per, t.over, t.counting_from, t.so_far) for t, _ in steps]
    said = [window for window in windows if any(window)]
    known = [t.expression for t, _ in steps if isinstance(t.expression, Quantity)]
    units = {bound.unit for bound in known}
    kinds = {rate.expression.unit for rate in rates if isinstance(rate.expression, Quantity)}
    wrong = None
    if any(window != said[0] for window in said):
        wrong = "the thresholds of tiers are counted in one window"
    elif len(units) > 1:
        wrong = f"thresholds in {' and '.join(sorted(units))} do not compare"
    elif any(low.number >= high.number for low, high in pairwise(known)):
        wrong = "thresholds must ascend"
    elif units & {"%", ""}:
        wrong = "a threshold is an amount of money or of units"
    elif len(kinds) > 1 or len({rate.per for rate in rates if rate.per} | {rates[0].per}) > 1:
        wrong = "the rates of tiers are all percentages, or all prices of one unit"
    elif any(rate.over or rate.counting_from or rate.so_far or _is_window(rate.per) for rate in rates):
        wrong = "the window of tiers stands behind a threshold: `10% up to 1m USD per year then 12%`"
    if wrong is not None:
        reader.fail("DR315", wrong, Span(spans[0].source, spans[0].start, spans[-1].end))
        return None
    per, over, counting, so_far = said[0] if said else (None, None, None, None)
    found = Tiers(tuple((t.expression, rate.expression) for t, rate in steps), per, over, counting, so_far)
    return attrs.evolve(first, tiers=found)


def _is_window(per: str | None) -> bool:
    return per is not None and (per in PERIODS or per[:1].isdigit())


def shares(reader: "TermReader", term: Term, values: tuple[Expr, ...]) -> Shares | None:
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
