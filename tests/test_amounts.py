"""Amounts as ranges, each against the amounts that it stands for: every choice of its unknowns within their bounds.

A range holds the amount of every choice; where it is one number, every choice gives that number.
"""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dealrun
from dealrun.model.values import Expression, Extreme, PaidUnder, Product, Quantity, Sum, Symbol
from dealrun.state.amounts import Range, evaluate

NAMES = ("X", "Y", "Z")
UNBOUNDED = 1000
"""How far a choice of an unbounded unknown goes, to either side."""

numbers = st.one_of(st.integers(-6, 9).map(Fraction), st.fractions(-5, 5, max_denominator=7))


@st.composite
def ranges(draw: st.DrawFn, name: str) -> Range:
    """Known, bounded, bounded to one side, or not at all."""
    low, high = sorted((draw(numbers), draw(numbers)))
    kind = draw(st.integers(0, 5))
    if kind == 0 or low == high:
        return Range(low, low, "USD")
    if kind < 4:
        return Range(low, high, "USD", frozenset({name}))
    return Range(low if kind == 4 else None, high if kind == 5 else None, "USD", frozenset({name}))


def _deeper(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    some = st.lists(parts, min_size=1, max_size=3).map(tuple)
    signed = st.lists(st.tuples(st.sampled_from([1, -1]), parts), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        signed.map(Sum), some.map(Product), st.tuples(st.booleans(), some).map(lambda found: Extreme(*found))
    )


leaves: st.SearchStrategy[Expression] = st.one_of(
    numbers.map(lambda number: Quantity(number, "USD")),
    st.sampled_from(NAMES).map(lambda name: Symbol(name, "unknown")),
)
expressions = st.recursive(leaves, _deeper, max_leaves=6)


def value(expression: Expression, chosen: Mapping[str, Fraction]) -> Fraction:
    """What an expression comes to for one choice of its unknowns."""
    match expression:
        case Quantity(number):
            return number
        case Symbol(name):
            return chosen[name]
        case Sum(parts):
            return sum((sign * value(part, chosen) for sign, part in parts), Fraction())
        case Product(parts):
            return reduce(operator.mul, (value(part, chosen) for part in parts))
        case Extreme(lower, parts):
            return (min if lower else max)(value(part, chosen) for part in parts)
        case PaidUnder():
            raise AssertionError


def choices(found: Range) -> list[Fraction]:
    """Amounts within a range: its ends and some between them, far ones where it has no end."""
    low = found.least if found.least is not None else (found.most or Fraction()) - UNBOUNDED
    high = found.most if found.most is not None else (found.least or Fraction()) + UNBOUNDED
    return sorted({low, high, (low + high) / 2, *(zero for zero in (Fraction(), Fraction(1)) if low <= zero <= high)})


def looked_up(known: Mapping[str, Range]) -> Callable[[Symbol | PaidUnder], Range]:
    """A look-up of names."""
    return lambda symbol: known[symbol.name] if isinstance(symbol, Symbol) else Range(None, None)


unknowns = st.fixed_dictionaries({name: ranges(name) for name in NAMES})


@settings(max_examples=400)
@given(expressions, unknowns)
def test_a_range_holds_the_amount_of_every_choice(expression: Expression, known: dict[str, Range]) -> None:
    found = evaluate(expression, looked_up(known))
    for chosen in product(*(choices(known[name]) for name in NAMES)):
        amount = value(expression, dict(zip(NAMES, chosen, strict=True)))
        assert found.least is None or found.least <= amount
        assert found.most is None or amount <= found.most
        assert not found.exact or amount == found.least


@settings(max_examples=200)
@given(expressions, st.fixed_dictionaries(dict.fromkeys(NAMES, numbers)))
def test_an_amount_without_unknowns_is_exact(expression: Expression, chosen: dict[str, Fraction]) -> None:
    found = evaluate(expression, looked_up({name: Range(n, n, "USD") for name, n in chosen.items()}))
    assert found.exact
    assert found.least == value(expression, chosen)
    assert not found.hangs_on


@settings(max_examples=200)
@given(expressions, unknowns)
def test_an_amount_hangs_on_unknowns_that_stand_in_it_or_on_nothing(
    expression: Expression, known: dict[str, Range]
) -> None:
    found = evaluate(expression, looked_up(known))
    assert found.hangs_on <= {name for name in NAMES if f"name='{name}'" in repr(expression)}
    assert bool(found.hangs_on) is not found.exact
    if found.least is not None and found.most is not None:
        assert found.least <= found.most


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, -1]), st.sampled_from(NAMES)), min_size=1, max_size=3, unique_by=lambda p: p[1]
    ),
    unknowns,
)
def test_the_bounds_of_a_sum_of_different_unknowns_are_reached(
    parts: list[tuple[int, str]], known: dict[str, Range]
) -> None:
    found = evaluate(Sum(tuple((sign, Symbol(name, "unknown")) for sign, name in parts)), looked_up(known))
    ends = [(sign, known[name]) for sign, name in parts]
    low = [r.least if sign > 0 else r.most for sign, r in ends]
    high = [r.most if sign > 0 else r.least for sign, r in ends]
    signs = [sign for sign, _ in ends]
    assert (found.least is None) is (None in low)
    assert (found.most is None) is (None in high)
    if found.least is not None:
        assert found.least == sum(s * n for s, n in zip(signs, low, strict=True) if n is not None)
    if found.most is not None:
        assert found.most == sum(s * n for s, n in zip(signs, high, strict=True) if n is not None)


# --- one side open ----------------------------------------------------------------------------------------------------

FIVE = Quantity(Fraction(5), "USD")
X = Symbol("X", "unknown")


@pytest.mark.parametrize(
    ("expression", "low", "high", "least", "most"),
    [
        (Extreme(True, (FIVE, X)), None, None, None, 5),
        (Extreme(False, (FIVE, X)), None, None, 5, None),
        (Extreme(True, (FIVE, X)), 1, None, 1, 5),
        (Extreme(True, (FIVE, X)), 7, None, 5, 5),
        (Extreme(True, (FIVE, X)), None, 3, None, 3),
        (Extreme(False, (FIVE, X)), None, 3, 5, 5),
        (Extreme(False, (FIVE, X)), None, 9, 5, 9),
        (Extreme(False, (FIVE, X)), 7, None, 7, None),
        (Sum(((1, FIVE), (1, X))), 1, None, 6, None),
        (Sum(((1, FIVE), (-1, X))), 1, None, None, 4),
        (Sum(((1, X), (-1, FIVE))), None, 2, None, -3),
        (Product((FIVE, X)), 1, 3, 5, 15),
        (Product((Quantity(Fraction(-2), ""), X)), 1, 3, -6, -2),
        (Product((Quantity(Fraction(0), ""), X)), None, None, 0, 0),
        (Product((FIVE, X)), 1, None, 5, None),
    ],
)  # fmt: skip
def test_a_side_that_is_open_opens_only_what_hangs_on_it(
    expression: Expression, low: int | None, high: int | None, least: int | None, most: int | None
) -> None:
    known = Range(
        None if low is None else Fraction(low), None if high is None else Fraction(high), "USD", frozenset("X")
    )
    found = evaluate(expression, lambda _: known)
    assert (found.least, found.most) == (least, most)
    assert found.hangs_on == (frozenset() if least is not None and least == most else frozenset("X"))


def test_units_and_about_are_carried() -> None:
    share = Product((Quantity(Fraction(1, 5), "%"), Quantity(Fraction(50), "EUR", about=True)))
    found = evaluate(share, lambda _: Range(None, None))
    assert (found.least, found.unit, found.about) == (Fraction(10), "EUR", True)
    half = Product((Quantity(Fraction(1, 5), "%"), Quantity(Fraction(1, 2), "%")))
    assert evaluate(half, lambda _: Range(None, None)).unit == "%"
    twice = Product((Quantity(Fraction(2), ""), FIVE))
    assert evaluate(twice, lambda _: Range(None, None)) == Range(Fraction(10), Fraction(10), "USD")
    paid = Sum(((1, FIVE), (-1, PaidUnder("base"))))
    found = evaluate(paid, lambda _: Range(None, None, "", frozenset({"paid under base"})))
    assert found == Range(None, None, "USD", frozenset({"paid under base"}))


# --- through the public face ------------------------------------------------------------------------------------------

TEXT = """\
deal d "D" signed 2024-01-01
party A "A"
party B "B"
unknown TOTAL amount "the cap" between 10bn USD and 40bn USD
unknown LEAST amount "the least" at least 1m USD
unknown FREE amount "nothing is known of it"
unknown PART percentage "a share" between 10% and 20%
share: revshare A->B 20% cap TOTAL
half: fee A->B 1/2 * TOTAL
low: fee A->B lower of TOTAL, 15bn USD
high: fee A->B greater of FREE, 15bn USD
open: fee A->B LEAST + 1m USD
rest: fee A->B 50bn USD - TOTAL
fixed: fee A->B lower of 5bn USD, TOTAL
part: fee A->B PART * 100m USD
"""
DAY = "2025-01-01"


def loaded() -> dealrun.Contract:
    """The contract of the text."""
    return dealrun.loads(TEXT)


@pytest.mark.parametrize(
    ("label", "term", "least", "most", "names"),
    [
        ("share", "cap", 10 * 10**9, 40 * 10**9, ("TOTAL",)),
        ("half", "amount", 5 * 10**9, 20 * 10**9, ("TOTAL",)),
        ("low", "amount", 10 * 10**9, 15 * 10**9, ("TOTAL",)),
        ("high", "amount", 15 * 10**9, None, ("FREE",)),
        ("open", "amount", 2 * 10**6, None, ("LEAST",)),
        ("rest", "amount", 10 * 10**9, 40 * 10**9, ("TOTAL",)),
        ("fixed", "amount", 5 * 10**9, 5 * 10**9, ()),
        ("part", "amount", 10 * 10**6, 20 * 10**6, ("PART",)),
    ],
)
def test_the_bounds_of_unknowns_reach_the_terms(
    label: str, term: str, least: int, most: int | None, names: tuple[str, ...]
) -> None:
    view = loaded().timeline().on(DAY)[label].terms[term]
    assert view.least == least
    assert view.most == most
    assert (view.unit, view.contingent_on) == ("USD", names)
    assert (view.value is None) is bool(names)


@pytest.mark.parametrize(
    ("bound", "label", "term", "exact"),
    [
        ({"TOTAL": "38bn USD"}, "share", "cap", 38 * 10**9),
        ({"TOTAL": "38bn USD"}, "half", "amount", 19 * 10**9),
        ({"TOTAL": "38bn USD"}, "low", "amount", 15 * 10**9),
        ({"TOTAL": "12bn USD"}, "low", "amount", 12 * 10**9),
        ({"TOTAL": "12bn USD"}, "rest", "amount", 38 * 10**9),
        ({"FREE": "$20,000,000,000.50"}, "high", "amount", Fraction("20000000000.5")),
        ({"LEAST": "1m USD"}, "open", "amount", 2 * 10**6),
        ({"PART": "15%"}, "part", "amount", 15 * 10**6),
        ({"PART": "1/7"}, "part", "amount", Fraction(100 * 10**6, 7)),
    ],
)
def test_a_bound_value_makes_the_amount_exact(
    bound: dict[str, str], label: str, term: str, exact: Fraction | int
) -> None:
    view = loaded().timeline(bind=bound).on(DAY)[label].terms[term]
    assert view.least == view.most == exact
    assert view.contingent_on == ()
    assert view.value is not None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TOTAL", "38"),
        ("TOTAL", "2030-01-01"),
        ("TOTAL", ""),
        ("TOTAL", "5m Quatloos"),
        ("TOTAL", '"x"'),
        pytest.param(
            "TOTAL",
            "20bn USD\nparty X",
        ),
        ("PART", "yes"),
    ],
)
def test_a_text_that_is_no_such_amount_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=name):
        loaded().timeline(bind={name: text})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TOTAL", "5bn USD"),
        ("TOTAL", "41bn USD"),
        ("PART", "50%"),
        ("TOTAL", "20bn EUR"),
        ("TOTAL", "20%"),
        ("PART", "5m USD"),
    ],
)
def test_a_value_outside_the_declared_bounds_or_in_another_unit_is_refused(name: str, text: str) -> None:
    """As DR505 refuses it where a file records it."""
    with pytest.raises(ValueError, match=name):
        loaded().timeline(bind={name: text})


def test_the_unknowns_of_a_day_say_their_bounds_and_what_hangs_on_them() -> None:
    unknowns_ = {unknown.name: unknown for unknown in loaded().timeline().on(DAY).unknowns}
    bounds = {name: (unknown.least, unknown.most) for name, unknown in unknowns_.items()}
    assert bounds == {
        "TOTAL": (Fraction(10 * 10**9), Fraction(40 * 10**9)),
        "LEAST": (Fraction(10**6), None),
        "FREE": (None, None),
        "PART": (Fraction(1, 10), Fraction(1, 5)),
    }
    assert set(unknowns_["TOTAL"].affects) == {"share.cap", "half.amount", "low.amount", "rest.amount"}
    settled = loaded().timeline(bind={"TOTAL": "38bn USD"}).on(DAY).unknowns
    assert "TOTAL" not in {unknown.name for unknown in settled}


def test_a_bound_by_another_unknown_is_as_wide_as_that() -> None:
    text = TEXT + 'unknown UPPER amount "the upper" at most TOTAL\ntop: fee A->B UPPER\n'
    contract = dealrun.loads(text)
    view = contract.timeline().on(DAY)["top"].terms["amount"]
    assert view.least is None
    assert view.most == 40 * 10**9
    bound = contract.timeline(bind={"TOTAL": "12bn USD"}).on(DAY)["top"].terms["amount"]
    assert bound.most == 12 * 10**9
