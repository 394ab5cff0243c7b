"""Generated quantities of every kind in every term: what fits is taken, what clashes is an error.

The oracle is the specification alone: its table of kinds (docs/language.md#kinds-of-quantities), and the rules of
addition, multiplication and windows that stand beside it.
"""

import re
from collections import Counter
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dealrun
from conftest import ROOT
from either import either

HEAD = """deal d "D" signed 2024-01-01 currency USD
party A "A"
party B "B"
stream sales "sales"
unit copies "copies"
unit seats "seats"
unknown X amount "an amount"
unknown P percentage "a percentage"
books
other: fee A->B 5 USD
"""


class Row(NamedTuple):
    """What the table of the specification says of a term."""

    kinds: frozenset[str]
    window: str


def table() -> dict[tuple[str, str], Row]:
    """The table of kinds, by word and term."""
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    rows = re.search(r"<!-- kinds -->\n(.*?)<!-- /kinds -->", text, re.DOTALL)
    assert rows is not None
    found = {}
    for line in rows[1].splitlines()[2:]:
        term, words, kinds, window = (cell.strip() for cell in line.strip("|").split("|"))
        of_any = {"money", "ratio", "number", "price"} if kinds == "any" else set(kinds.split(", "))
        for word in re.findall(r"`([^`]+)`", words):
            found[word, term] = Row(frozenset(of_any), window)
    return found


TABLE = table()

PLACES: dict[tuple[str, str], str] = {
    ("permit", "at least"): 'permit A "use" at least {}',
    ("license", "at most"): "license A->B at most {}",
    ("permit", "worth"): 'permit A "use" worth {}',
    ("option", "price"): "option A->B purchase price {}",
    ("stake", "share"): "stake A {} of B",
    ("liability", "cap"): "liability A->B cap {}",
    ("royalty", "rate"): "royalty A->B {} of sales",
    ("revshare", "rate"): "revshare A->B {} of sales",
    ("royalty", "cap"): "royalty A->B 10% of sales cap {}",
    ("royalty", "floor"): "royalty A->B 10% of sales floor {}",
    ("fee", "cap"): "fee A->B 2 USD per copies of sales cap {}",
    ("fee", "amount"): "fee A->B {} of sales",
    ("damages", "amount"): "damages A->B {}",
    ("fee", "escalation"): "fee A->B 100 USD per month escalation {}",
    ("milestone", "amount"): "milestone A->B {}",
    ("milestone", "reaching"): "milestone A->B 5 USD reaching {} of sales",
    ("advance", "amount"): "advance A->B {}",
    ("invest", "amount"): "invest A->B {}",
    ("commit", "amount"): "commit A->B {} of sales",
    ("commit", "rollover"): "commit A->B 10 USD per year of sales shortfall 100% rollover {}",
    ("interest", "rate"): "interest A->B {}",
    ("royalty", "threshold"): "royalty A->B 10% up to {} then 12% of sales",
}
"""A clause for each term, with a place for its amount."""


class Amount(NamedTuple):
    """An amount as it is written, what it may be by the rules of the specification (nothing, where it is none), and
    whether its dimension is left open."""

    text: str
    kinds: frozenset[str]
    unit: str


NONE: frozenset[str] = frozenset()
LITERALS = [
    Amount("5,000 USD", frozenset({"money"}), "USD"),
    Amount("70 EUR", frozenset({"money"}), "EUR"),
    Amount("5%", frozenset({"ratio"}), "%"),
    Amount("1/3", frozenset({"ratio"}), "%"),
    Amount("100 copies", frozenset({"number"}), "copies"),
    Amount("30 seats", frozenset({"number"}), "seats"),
    Amount("X", frozenset({"money", "number"}), "X"),
    Amount("P", frozenset({"ratio"}), "%"),
    Amount("paid under other", frozenset({"money"}), "paid"),
]
SCALARS = ["2", "10%", "1/2", "P"]


def sums_to(one: Amount, other: Amount) -> tuple[frozenset[str], str]:
    """What two amounts have in common that are added or compared: one kind, one currency, one unit."""
    if one.unit == other.unit:
        return one.kinds, one.unit
    both = {one.unit, other.unit}
    if "X" in both and "%" not in both:  # money or a number: what the other is
        known = other if one.unit == "X" else one
        return known.kinds, known.unit
    if "paid" in both and both & {"USD", "EUR"}:
        return frozenset({"money"}), (both - {"paid"}).pop()
    return NONE, ""


@st.composite
def amounts(draw: st.DrawFn) -> Amount:
    """An amount: a literal, a sum, a product, or the lower of two."""
    one = draw(st.sampled_from(LITERALS))
    how = draw(st.sampled_from(["plain", "plain", "plain", "sum", "product", "scaled", "limb"]))
    other = draw(st.sampled_from(LITERALS))
    if how == "sum":
        return Amount(f"{one.text} + {other.text}", *sums_to(one, other))
    if how == "limb":
        return Amount(f"lower of {one.text}, {other.text}", *sums_to(one, other))
    if how == "scaled":
        return Amount(f"{draw(st.sampled_from(SCALARS))} * {one.text}", one.kinds, one.unit)
    if how == "product":
        scalars = [each for each in (one, other) if each.unit == "%"]
        rest = [each for each in (one, other) if each.unit != "%"]
        found = rest[0] if len(rest) == 1 else scalars[0] if not rest else Amount("", NONE, "")
        return Amount(f"{one.text} * {other.text}", found.kinds, found.unit)
    return one


def fits(row: Row, amount: Amount, per: str, window: str) -> bool:
    """Whether a term takes an amount, with its price and its window."""
    kinds = amount.kinds
    if per:
        kinds = frozenset({"price"}) if "money" in kinds else NONE
    if not kinds & row.kinds:
        return False
    if not window:
        return "required" not in row.window
    if row.window == "no":
        return False
    return row.window != "of money" or (kinds == {"money"} or (not per and "money" in kinds))


SEEN: Counter[str] = Counter()


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(sorted(PLACES)), amounts(), st.sampled_from(["", "", " per copies"]),
       st.sampled_from(["", "", " per year"]))  # fmt: skip
def test_what_fits_is_taken_and_what_clashes_is_an_error(
    place: tuple[str, str], amount: Amount, per: str, window: str
) -> None:
    row = TABLE[place]
    wanted = fits(row, amount, per, window)
    SEEN["fits" if wanted else "clashes"] += 1
    SEEN["clashing within the amount"] += not amount.kinds
    SEEN[f"of {' or '.join(sorted(amount.kinds)) or 'no kind'}"] += 1
    clause = PLACES[place].format(f"{amount.text}{per}{window}")
    found = either(f"{HEAD}x: {clause}\n")
    codes = {each.code for each in found.errors} if isinstance(found, dealrun.Diagnostics) else set()
    assert (not codes) == wanted, (clause, sorted(codes), amount)
    assert codes <= {"DR309", "DR320"}, (clause, codes)


@pytest.mark.parametrize("amount", ["10 USD", "10 copies"])
@pytest.mark.parametrize("shortfall", ["100%", "5 USD per copies", "5 USD per seats", "5 USD", "5 copies"])
def test_a_shortfall_is_of_the_kind_of_its_commitment(amount: str, shortfall: str) -> None:
    """A percentage of money, or a price of the unit that is committed."""
    clause = f"commit A->B {amount} per year of sales shortfall {shortfall}"
    wanted = (amount, shortfall) in {("10 USD", "100%"), ("10 copies", "5 USD per copies")}
    found = either(f"{HEAD}x: {clause}\n")
    codes = [each.code for each in found.errors] if isinstance(found, dealrun.Diagnostics) else []
    assert codes == ([] if wanted else ["DR320"])


def test_every_term_of_the_table_has_its_place() -> None:
    """One word for each row of the table; the bounds of an unknown, times and shortfalls are tested by hand."""
    left_out = {"over", "shortfall", "carry-forward"}
    rows = {(term, row) for (word, term), row in TABLE.items() if term not in left_out and word != "unknown"}
    assert {(term, TABLE[word, term]) for word, term in PLACES} == rows


def test_clashes_are_among_the_generated(capsys: pytest.CaptureFixture[str]) -> None:
    if not SEEN:
        test_what_fits_is_taken_and_what_clashes_is_an_error()
    total = SEEN["fits"] + SEEN["clashes"]
    with capsys.disabled():
        print(
            f"\n{total} quantities:", ", ".join(f"{name} {count / total:.0%}" for name, count in sorted(SEEN.items()))
        )
    assert SEEN["clashes"] > total / 4
    assert SEEN["fits"] > total / 6
