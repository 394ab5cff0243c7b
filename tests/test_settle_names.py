"""Names of streams and things, and terms over time: what settlement reads of a contract
(docs/language.md#ledgers, #what-a-clause-takes, #payment-periods-due-days-and-parts)."""

import pytest

from settling import HEAD, Row, lines, paid, shown, span, statement, unsettled

SALE = Row("2024-02-15", "1000")
TWO = """deal d "D" signed 2024-01-01 parties A, B currency USD
party A "A"
party B "B"
stream s1 "sales"
f: royalty A->B 10% of s1
deal e "E" signed 2024-01-01 parties A, B currency USD
stream s1 "sales"
stream s3 "more sales"
g: royalty A->B 20% of s1
h: royalty A->B 50%
i: royalty A->B 40% net of s3
"""


def test_a_row_may_say_which_deal_its_stream_is_of() -> None:
    """Two deals declare `s1`: a row of `d.s1` is the one's, of `e.s1` the other's, and plain `s1` is neither's. `s3` is
    of one deal alone, and needs no more. A clause that names no stream takes those of its deal, without those it
    deducts."""
    rows = [SALE, Row("2024-02-15", "100", "d.s1"), Row("2024-02-15", "300", "e.s1"), Row("2024-02-15", "70", "s3")]
    found = statement("", *rows, head=TWO)
    assert {payment.label: str(payment.amount) for payment in found.payments} == {
        "d.f": "10.00 USD",
        "e.g": "60.00 USD",
        "e.h": "185.00 USD",
        "e.i": "92.00 USD",
    }
    assert [shown(each.stream, each.reason, each.amount) for each in found.unclaimed] == [
        ("s1", "no clause takes it", 1000)
    ]
    qualified = statement("", Row("2024-02-15", "70", "e.s3"), head=TWO)
    assert [str(payment.amount) for payment in qualified.of("e.h")] == ["35.00 USD"]


def test_a_sketch_takes_its_streams_as_they_come() -> None:
    """A deal that declares no party is a sketch: `sales` needs no declaration, and a stream of another name is
    nobody's. Its clause counts from the first row on: 10 USD per two months from 2024-01-15 let through 10 of 15 by
    03-14, and the 7 of 03-15, which begins the next window."""
    rows = [Row("2024-01-15", "100", "sales"), Row("2024-03-14", "50", "sales"), Row("2024-03-15", "70", "sales"),
            Row("2024-03-16", "1", "other")]  # fmt: skip
    found = statement("f: royalty A->B 10% of sales cap 10 USD per 2 months\n", *rows, head="")
    assert paid(found, "f") == [("2024-03-31", "17.00 USD")]
    assert [(each.stream, each.reason) for each in found.unclaimed] == [("other", "no clause takes it")]


def test_a_sketch_is_one_deal() -> None:
    """A clause that names no stream takes all of them, those that another clause made known. A cap that an amendment
    gives in April counts from then on, also behind a later amendment: 8 of 10 USD in Q2, 2 in Q3."""
    text = "f: royalty A->B 10% of sales\ng: royalty A->B 5%\n"
    text += 'amend a "a" signed 2024-04-01\n  set f cap 10 USD\namend b "b" signed 2024-07-01\n  set f 20%\n'
    rows = [Row("2024-02-15", "100", "sales"), Row("2024-05-15", "80", "sales"), Row("2024-08-15", "100", "sales")]
    found = statement(text, *rows, head="")
    assert [amount for _, amount in paid(found, "f")] == ["10.00 USD", "8.00 USD", "2.00 USD"]
    assert [amount for _, amount in paid(found, "g")] == ["5.00 USD", "4.00 USD", "5.00 USD"]


def test_what_lies_in_another_may_be_declared_first() -> None:
    """The order of declarations says nothing."""
    text = 'asset second "the second" in book\nasset book "the book"\nf: royalty A->B 10% of book\n'
    rows = [Row("2024-02-15", "100", product="second"), Row("2024-02-15", "200", product="book")]
    assert paid(statement(text, *rows), "f") == [("2024-03-31", "30.00 USD")]


def test_a_quoted_name_is_the_text_in_its_quotes() -> None:
    """Territories and products are compared as texts, without the quotes and with all their letters."""
    rows = [Row("2024-02-15", "100", territory="XX"), Row("2024-02-15", "200", territory="X")]
    assert paid(statement('f: royalty A->B 10% of s1 in "XX"\n', *rows), "f") == [("2024-03-31", "10.00 USD")]


def test_a_commitment_names_what_is_bought() -> None:
    """`of s1`: purchases of another stream do not burn it down."""
    rows = [Row("2024-02-15", "60"), Row("2024-02-15", "30", "s2")]
    found = statement("f: commit A->B 100 USD per year of s1 shortfall 100%\n", *rows)
    assert paid(found, "f") == [("2024-12-31", "40.00 USD")]


# --- terms over time --------------------------------------------------------------------------------------------------


def test_a_change_of_the_due_day_cuts_no_period() -> None:
    """What changes neither an amount nor what it is counted over leaves the days as one part; later changes do cut."""
    text = 'f: royalty A->B 10% of s1\namend a "a" signed 2024-02-20\n  set f within 10 days\n'
    found = statement(text, SALE, Row("2024-03-15", "100"))
    (part,) = found.of("f")[0].lines[0].parts
    assert (span((part.first, part.last)), str(part.amount)) == ("2024-01-01 2024-03-31", "110.00 USD")
    found = statement(text + 'amend b "b" signed 2024-03-01\n  set f 20%\n', SALE, Row("2024-03-15", "100"))
    assert [span((part.first, part.last)) for part in found.of("f")[0].lines[0].parts] == [
        "2024-01-01 2024-02-29", "2024-03-01 2024-03-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        (("10%", "20%"), "100.00 to 200.00 USD"),
        (("20%", "10%"), "100.00 to 200.00 USD"),
        (("0%", "5%"), "0.00 to 50.00 USD"),
        (("5%", "0%"), "0.00 to 50.00 USD"),
        (("10%", "30%", "20%"), "100.00 to 300.00 USD"),
        (("20%", "5%", "10%"), "50.00 to 200.00 USD"),
    ],
)
def test_a_term_that_may_have_several_values_is_the_least_and_the_greatest(
    rates: tuple[str, ...], expected: str
) -> None:
    """Amendments that take effect when E or F happens: until that is known, each rate is possible."""
    text = f'event E "e"\nevent F "f"\nf: royalty A->B {rates[0]} of s1\n'
    for index, rate in enumerate(rates[1:]):
        text += f'amend a{index} "a" signed 2024-01-0{index + 1} when {"EF"[index]}\n  set f {rate}\n'
    (payment,) = statement(text, SALE, known="2024-01-02").of("f")
    assert str(payment.amount) == expected
    assert payment.contingent_on == (("E",) if len(rates) == 2 else ("E", "F"))


def test_a_term_that_may_be_an_unknown_without_a_bound_has_none() -> None:
    """10%, or when E happens a rate of which nothing is known: no limit above."""
    text = 'event E "e"\nunknown R percentage "r"\nf: royalty A->B 10% of s1\namend a "a" signed 2024-01-01 when E\n'
    (payment,) = statement(text + "  set f R\n", SALE, known="2024-01-01").of("f")
    assert (payment.amount.minor_most, payment.contingent_on) == (None, ("E", "R"))


def test_about_is_said_even_where_the_rest_is_exact() -> None:
    """An amount said as `about` is flagged, whatever else the clause computes with."""
    found = statement("f: fee A->B about 100 USD per month escalation 3% per year\n", through="2024-01-31")
    assert found.notes == ("f has an amount said as `about`; it is computed as if it were exact",)


def test_an_amount_in_another_currency_is_named() -> None:
    """An unknown that is in euros cannot be an amount of a clause in dollars."""
    found = statement('unknown X amount "x" between 1 EUR and 2 EUR\nf: fee A->B X\n')
    assert unsettled(found) == {"f": "an amount of it is in EUR, the others in USD"}


def test_a_milestone_without_an_amount_is_named() -> None:
    """What states no amount cannot be paid."""
    assert unsettled(statement("f: milestone A->B reaching 10 USD of s1\n", SALE)) == {"f": "it states no amount"}


def test_a_clause_that_is_dropped_and_added_again_has_a_new_life() -> None:
    """Its cap counts anew: 10 USD of 100 in each life; what lies between is not taken."""
    text = 'f: royalty A->B 10% of s1 cap 10 USD\namend a "a" signed 2024-04-01\n  drop f\n'
    text += 'amend b "b" signed 2024-07-01\n  add f: royalty A->B 10% of s1 cap 10 USD\n'
    found = statement(text, SALE, Row("2024-05-15", "1000"), Row("2024-08-15", "1000"))
    assert paid(found, "f") == [("2024-03-31", "10.00 USD"), ("2024-09-30", "10.00 USD")]
    assert [each.rows for each in found.unclaimed] == [1]


def test_parts_follow_one_another_by_month_of_the_fiscal_year() -> None:
    """Windows of the fiscal year, which begins in July: 5 USD a fiscal quarter let through 5 of 10 in each quarter, 5 a
    fiscal year 5 by June and 5 from July on."""
    head = HEAD.replace("currency USD", "currency USD fiscal-year July")
    rows = [Row(f"2024-{month}-15", "100") for month in ("02", "05", "08", "11")]
    for per, expected in (("fiscal-quarter", ["5.00"] * 4), ("fiscal-year", ["5.00", "0.00", "5.00", "0.00"])):
        found = statement(f"f: royalty A->B 10% of s1 cap 5 USD per {per}\n", *rows, head=head)
        assert [amount for _, amount in paid(found, "f")] == [f"{each} USD" for each in expected]


@pytest.mark.parametrize(
    ("per", "expected"),
    [
        ("month", "5 5 5 5"), ("quarter", "5 5 5 5"), ("year", "5 0 0 0"), ("contract-year", "5 0 0 0"),
        ("week", "5 5 5 5"), ("day", "5 5 5 5"), ("life", "5 0 0 0"), ("6 months", "5 0 5 0"),
    ],
)  # fmt: skip
def test_windows_of_a_cap(per: str, expected: str) -> None:
    """5 USD per window of 10 USD in the middle of each quarter."""
    rows = [Row(f"2024-{month}-15", "100") for month in ("02", "05", "08", "11")]
    found = statement(f"f: royalty A->B 10% of s1 cap 5 USD per {per}\n", *rows)
    assert [amount for _, amount in paid(found, "f")] == [f"{each}.00 USD" for each in expected.split()]


def test_contract_years_count_from_the_start_of_the_clause() -> None:
    """From 2024-05-15 on: 5 USD of what is sold through 2025-05-14, 5 of what is sold from then on."""
    rows = [Row("2024-06-15", "100"), Row("2025-05-14", "100"), Row("2025-05-15", "100")]
    text = "f: royalty A->B 10% of s1 cap 5 USD per contract-year from 2024-05-15\n"
    assert [amount for _, amount in paid(statement(text, *rows, through="2025-06-30"), "f")] == ["5.00 USD", "5.00 USD"]


def test_a_line_of_a_life_that_ends_late() -> None:
    """`paid once`: one payment when the clause ends; what is booked for it later never falls into a period."""
    text = "f: royalty A->B 10% of s1 paid once until 2024-06-30\n"
    rows = [SALE, Row("2024-06-30", "100", booked="2024-09-01")]
    found = statement(text, *rows)
    assert lines(found, "f") == [("2024-06-30", "share", "2024-01-01 2024-06-30", "100.00 USD")]
    assert found.later_rows == 1
