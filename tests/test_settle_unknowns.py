"""Amounts that are not known: ranges, what they hang on, and what is left out (docs/language.md#what-is-not-known)."""

import pytest

import dealrun
from dealrun.settle.statement import Settlement
from dealrun.time import iso
from settling import HEAD, Row, limits, paid, shown, statement, totals, unsettled

SALES = (Row("2024-02-15", "1000"), Row("2024-05-15", "500"))
NO_BOUNDS = "in a way that no bounds hold; `--set` or `--assume` settles it"


def ranges(found: Settlement, label: str = "f") -> list[tuple[str, str, str, str]]:
    """What accrues, what is withheld, what is payable, and that so far."""
    return [
        tuple(str(each).removesuffix(" USD") for each in (p.accrued, p.withheld, p.amount, p.total))  # type: ignore[misc]
        for p in found.of(label)
    ]


# --- shares and fees --------------------------------------------------------------------------------------------------


def test_an_unknown_share_is_a_range() -> None:
    """Between 10% and 20% of 1,000 and of 500 USD, and of both so far. Every amount says what it hangs on."""
    text = 'unknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1\n'
    found = statement(text, *SALES)
    assert ranges(found) == [
        ("100.00 to 200.00", "0.00", "100.00 to 200.00", "100.00 to 200.00"),
        ("50.00 to 100.00", "0.00", "50.00 to 100.00", "150.00 to 300.00"),
    ]
    assert [payment.contingent_on for payment in found.of("f")] == [("R",), ("R",)]
    (line,) = found.of("f")[0].lines
    (part,) = line.parts
    assert shown(str(line.amount), str(part.amount), part.share, part.base, part.rate) == (
        "100.00 to 200.00 USD", "100.00 to 200.00 USD", (100, 200), 1000, "R",
    )  # fmt: skip
    assert totals(found)["B"] == ("0.00 USD", "150.00 to 300.00 USD")
    known = statement(text, *SALES, bind={"R": "15%"})
    assert [amount for _, amount in paid(known, "f")] == ["150.00 USD", "75.00 USD"]
    assert [payment.contingent_on for payment in known.of("f")] == [(), ()]


def test_an_unknown_without_a_bound_is_nothing_or_more() -> None:
    """Nothing is known of the share: nothing at least, and no limit."""
    found = statement('unknown R percentage "r"\nf: royalty A->B R of s1\n', *SALES)
    assert ranges(found) == [("0.00 to unknown", "0.00", "0.00 to unknown", "0.00 to unknown")] * 2
    part = found.of("f")[0].lines[0].parts[0]
    assert shown(part.share, str(part.amount)) == ((0, None), "0.00 to unknown USD")
    at_most = statement('unknown R percentage "r" at most 20%\nf: royalty A->B R of s1\n', *SALES)
    assert [amount for _, amount in paid(at_most, "f")] == ["0.00 to 200.00 USD", "0.00 to 100.00 USD"]


def test_what_does_not_hang_on_the_unknown_is_exact() -> None:
    """10% through March, an unknown share from April on: Q1 is exact and hangs on nothing."""
    text = 'unknown R percentage "r" between 10% and 20%\nf: royalty A->B 10% until 2024-03-31 then R of s1\n'
    found = statement(text, *SALES)
    assert [(str(p.amount), p.contingent_on) for p in found.of("f")] == [
        ("100.00 USD", ()), ("50.00 to 100.00 USD", ("R",)),
    ]  # fmt: skip


def test_an_unknown_fee_and_what_is_computed_from_it() -> None:
    """Between 100 and 300 USD, once; twice that; what it leaves of 400 USD, which is least where it is greatest."""
    text = (
        'unknown X amount "x" between 100 USD and 300 USD\nf: fee A->B X\ng: fee A->B 2 * X\nh: fee A->B 400 USD - X\n'
    )
    found = statement(text)
    assert [str(found.of(label)[0].amount) for label in "fgh"] == [
        "100.00 to 300.00 USD", "200.00 to 600.00 USD", "100.00 to 300.00 USD",
    ]  # fmt: skip
    monthly = 'unknown X amount "x" between 100 USD and 300 USD\nf: fee A->B X per month\n'
    assert paid(statement(monthly, through="2024-01-31"), "f") == [("2024-01-31", "100.00 to 300.00 USD")]


def test_an_escalation_that_is_not_known() -> None:
    """Between 0% and 10% a year on 100 USD a month: exact in the first year, a range in the second."""
    text = 'unknown R percentage "r" between 0% and 10%\n'
    text += "f: fee A->B 100 USD per month escalation R per year paid annually\n"
    found = statement(text, through="2025-12-31")
    assert [amount for _, amount in paid(found, "f")] == ["1,200.00 USD", "1,200.00 to 1,320.00 USD"]
    open_ = statement(text.replace(" between 0% and 10%", ""), through="2025-12-31")
    assert [amount for _, amount in paid(open_, "f")] == ["0.00 to unknown USD"] * 2


# --- unknown caps -----------------------------------------------------------------------------------------------------


def test_under_an_unknown_cap_the_running_total_is_the_lower_of_both() -> None:
    """60, 60 and 60 accrue under a cap between 100 and 150 USD: 60 are under it whatever it is; 40 to 60 of the second;
    of the third 0 to 50, since what is left of the cap is not more than 150 - 120 when the second was paid whole, and
    nothing where it was 100. So far 60, 100 to 120, 100 to 150."""
    text = 'unknown X amount "x" between 100 USD and 150 USD\nf: royalty A->B 10% of s1 cap X\n'
    found = statement(text, *(Row(f"2024-{month}-15", "600") for month in ("02", "05", "08")))
    assert [p[0] for p in ranges(found)] == ["60.00"] * 3
    assert [(p[2], p[3]) for p in ranges(found)] == [
        ("60.00", "60.00"), ("40.00 to 60.00", "100.00 to 120.00"), ("0.00 to 30.00", "100.00 to 150.00"),
    ]  # fmt: skip
    assert [p[1] for p in ranges(found)] == ["0.00", "0.00 to 20.00", "30.00 to 60.00"]
    assert [payment.contingent_on for payment in found.of("f")] == [(), ("X",), ("X",)]
    (limit,) = found.of("f")[2].limits
    assert shown(limit.cap, limit.value, str(limit.accrued), str(limit.before), str(limit.paid), limit.running) == (
        "X", (100, 150), "180.00 USD", "100.00 to 120.00 USD", "100.00 to 150.00 USD", "min(180.00 USD, X)",
    )  # fmt: skip


def test_an_unknown_cap_without_a_bound() -> None:
    """Nothing is known of the cap: between nothing and all that accrues is paid; the running total is min(A, X)."""
    text = 'unknown X amount "x"\nf: royalty A->B 10% of s1 cap X\n'
    found = statement(text, *SALES)
    assert ranges(found) == [
        ("100.00", "0.00 to 100.00", "0.00 to 100.00", "0.00 to 100.00"),
        ("50.00", "0.00 to 50.00", "0.00 to 50.00", "0.00 to 150.00"),
    ]
    assert [limit.running for p in found.of("f") for limit in p.limits] == ["min(100.00 USD, X)", "min(150.00 USD, X)"]
    assert [shown(*limit.value) for p in found.of("f") for limit in p.limits] == [(0, None)] * 2
    assert totals(found)["A"] == ("0.00 to 150.00 USD", "0.00 USD")


def test_an_unknown_share_under_a_cap() -> None:
    """10% to 20% of 1,000 and 500 USD under 150 USD: 100 to 150 of the first; so far 150 at the end of the second,
    since even 10% reach the cap: 0 to 50 of it."""
    text = 'unknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1 cap 150 USD\n'
    found = statement(text, *SALES)
    assert [(p[0], p[2], p[3]) for p in ranges(found)] == [
        ("100.00 to 200.00", "100.00 to 150.00", "100.00 to 150.00"),
        ("50.00 to 100.00", "0.00 to 50.00", "150.00"),
    ]
    assert [limit[1:] for limit in limits(found.of("f")[1])] == [
        ("150.00 to 300.00 USD", "100.00 to 150.00 USD", "150.00 USD")
    ]
    assert totals(found) == {"A": ("150.00 USD", "0.00 USD"), "B": ("0.00 USD", "150.00 USD")}


def test_a_payment_is_no_more_certain_than_what_was_paid_before_and_after_it() -> None:
    """10% to 20% of 800, 100 and 100 USD under 170 USD. By the end of the quarters 80 to 160, 90 to 170 and 100 to 170
    are paid (a tenth of it, or a fifth up to the cap). The payment of a quarter is the difference of two such totals,
    and where nothing is returned not below nothing: at most 170 - 80 and 170 - 90."""
    text = 'unknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1 cap 170 USD\n'
    rows = [Row("2024-02-15", "800"), Row("2024-05-15", "100"), Row("2024-08-15", "100")]
    assert [p[2:] for p in ranges(statement(text, *rows))] == [
        ("80.00 to 160.00", "80.00 to 160.00"),
        ("0.00 to 90.00", "90.00 to 170.00"),
        ("0.00 to 80.00", "100.00 to 170.00"),
    ]
    at_most = statement(text.replace("between 10% and 20%", "at most 20%"), *rows)
    assert [p[2:] for p in ranges(at_most)][:2] == [
        ("0.00 to 160.00", "0.00 to 160.00"),
        ("0.00 to 170.00", "0.00 to 170.00"),
    ]
    rows = [Row("2024-02-15", "500"), Row("2024-05-15", "600")]  # 50 to 100, then 110 to 170
    assert [p[2:] for p in ranges(statement(text, *rows))][1] == ("10.00 to 120.00", "110.00 to 170.00")


def test_an_unknown_cap_that_grows() -> None:
    """100 USD accrue in Q1. The cap is between nothing and 100 USD, and what `g` has paid: 40 each quarter. At least
    40, 80, 100 are paid by the end of the quarters, at most 100 from the first on; the payment of a quarter is the
    difference of two such totals. A cap that is an unknown part of what `g` has paid releases nothing or all of it."""
    rows = [SALES[0], *(Row(f"2024-{month}-15", "400", "s2") for month in ("02", "05", "08"))]
    text = 'unknown X amount "x" between 0 USD and 100 USD\nf: royalty A->B 10% of s1 cap X + paid under g\n'
    found = statement(text + "g: royalty A->B 10% of s2\n", *rows)
    assert [p[2:] for p in ranges(found)] == [
        ("40.00 to 100.00", "40.00 to 100.00"), ("0.00 to 60.00", "80.00 to 100.00"), ("0.00 to 20.00", "100.00"),
    ]  # fmt: skip
    text = 'unknown R percentage "r" between 0% and 100%\nf: royalty A->B 10% of s1 cap R * paid under g\n'
    found = statement(text + "g: royalty A->B 10% of s2\n", *rows)
    assert [p[2:] for p in ranges(found)] == [
        ("0.00 to 40.00", "0.00 to 40.00"), ("0.00 to 80.00", "0.00 to 80.00"), ("0.00 to 100.00", "0.00 to 100.00"),
    ]  # fmt: skip


def test_a_return_under_an_unknown_cap() -> None:
    """120 accrue and 100 to 120 are paid; a return takes 30 back: 90 are under any of the caps, so that 10 to 30 are
    owed back, the most where the most was paid."""
    text = 'unknown X amount "x" between 100 USD and 150 USD\nf: royalty A->B 10% of s1 cap X\n'
    found = statement(text, Row("2024-02-15", "1200"), Row("2024-05-15", "-300"))
    assert [p[2:] for p in ranges(found)] == [("100.00 to 120.00", "100.00 to 120.00"), ("-30.00 to -10.00", "90.00")]


def test_a_day_that_may_not_count_is_named_to_the_day() -> None:
    """Nothing is known after 2024-03-29, so that the clause may have ended when the last day of Q1 comes; a condition
    that is dropped on the day after the first sale decides that sale."""
    text = 'event E "it happens"\nunknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1 until E\n'
    (payment,) = statement(text, Row("2024-03-31", "100"), known="2024-03-29", through="2024-03-31").of("f")
    assert payment.contingent_on == ("E", "R")
    text = 'unknown T truth "t"\nf: royalty A->B 10% of s1 while T\namend a "a" signed 2024-02-02\n  unset f while\n'
    (payment,) = statement(text, Row("2024-02-01", "100"), Row("2024-03-01", "200")).of("f")
    assert (str(payment.amount), payment.contingent_on) == ("20.00 to 30.00 USD", ("T",))


def test_the_formula_of_a_running_total() -> None:
    """In the digits of its currency; and of nothing, where a return took all of it back."""
    text = 'unknown X amount "x"\nf: royalty A->B 10% of s1 cap X\n'
    (payment,) = statement(text, SALES[0], head=HEAD.replace("USD", "JPY")).of("f")
    assert payment.limits[0].running == "min(100 JPY, X)"
    found = statement(text, SALES[0], Row("2024-05-15", "-1000"))
    assert found.of("f")[1].limits[0].running == "min(0.00 USD, X)"


def test_a_cap_that_is_there_or_not() -> None:
    """An event that may happen takes the cap of 60 USD away: at least 60 of 100 are paid, at most all of it."""
    text = 'event E "it happens"\nf: royalty A->B 10% of s1 cap 60 USD\n'
    text += 'amend a "a" signed 2024-01-01 when E\n  unset f cap\n'
    found = statement(text, *SALES, known="2024-01-01")
    assert ranges(found)[0] == ("100.00", "0.00 to 40.00", "60.00 to 100.00", "60.00 to 100.00")


def test_everything_that_an_amount_hangs_on_is_named() -> None:
    """The share and whether there is a cap: both decide what is payable."""
    text = 'event E "it happens"\nunknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1 cap 60 USD\n'
    found = statement(text + 'amend a "a" signed 2024-01-01 when E\n  unset f cap\n', *SALES, known="2024-01-01")
    assert found.of("f")[0].contingent_on == ("E", "R")
    assert ranges(found)[0][2] == "60.00 to 200.00"


def test_a_cap_of_a_clause_that_may_be_in_force() -> None:
    """Nothing where T does not hold, at most the cap of 60 USD where it does."""
    found = statement('unknown T truth "t"\nf: royalty A->B 10% of s1 cap 60 USD while T\n', *SALES)
    assert ranges(found)[0][2] == "0.00 to 60.00"
    assert [p[3] for p in ranges(found)] == ["0.00 to 60.00"] * 2


def test_a_cap_of_days_that_may_not_count() -> None:
    """60 of 100 are paid in Q1. From July on the cap is 200 USD, counted from 2024-01-01, if the clause is in force at
    all: the 40 are released or not."""
    text = 'unknown T truth "t"\nf: royalty A->B 10% of s1 cap 60 USD\n'
    text += 'amend a "a" signed 2024-07-01\n  set f cap 200 USD counting from 2024-01-01 while T\n'
    found = statement(text, SALES[0])
    assert paid(found, "f") == [("2024-03-31", "60.00 USD"), ("2024-09-30", "0.00 to 40.00 USD")]


def test_an_unknown_cap_on_what_is_due_each_time() -> None:
    """100 USD on each of three days under a cap between 150 and 250: 100; 50 to 100; 0 to 50."""
    text = 'unknown X amount "x" between 150 USD and 250 USD\nevent E "it happens" recurring\n'
    text += "f: fee A->B 100 USD each E cap X\nrecord E on 2024-02-01\nrecord E on 2024-03-01\nrecord E on 2024-04-01\n"
    found = statement(text)
    assert [p[3] for p in ranges(found)] == ["100.00", "150.00 to 200.00", "150.00 to 250.00"]
    assert [p[2] for p in ranges(found)] == ["100.00", "50.00 to 100.00", "0.00 to 50.00"]


def test_a_cap_without_a_bound_on_what_is_due_each_time() -> None:
    """Nothing is known of the cap: each of two fees of 100 USD is paid or not, 200 USD at most."""
    text = 'unknown X amount "x"\nevent E "it happens" recurring\nf: fee A->B 100 USD each E cap X\n'
    found = statement(text + "record E on 2024-02-01\nrecord E on 2024-03-01\n")
    assert [(p[0], p[2], p[3]) for p in ranges(found)] == [
        ("100.00", "0.00 to 100.00", "0.00 to 100.00"),
        ("100.00", "0.00 to 100.00", "0.00 to 200.00"),
    ]


# --- clauses of which it is not known whether they are in force -------------------------------------------------------


def test_a_clause_that_may_be_in_force_earns_nothing_or_all() -> None:
    """Whether T holds is not known: the share of every period is nothing, or 10%, and hangs on T."""
    found = statement('unknown T truth "t"\nf: royalty A->B 10% of s1 while T\n', *SALES)
    assert [amount for _, amount in paid(found, "f")] == ["0.00 to 100.00 USD", "0.00 to 50.00 USD"]
    assert [payment.contingent_on for payment in found.of("f")] == [("T",), ("T",)]
    assert found.of("f")[0].lines[0].parts[0].contingent_on == ("T",)
    assert str(found.of("f")[0].lines[0].parts[0].amount) == "0.00 to 100.00 USD"
    assert shown(*found.of("f")[0].lines[0].parts[0].share) == (0, 100)


def test_a_clause_that_is_certain_for_some_days() -> None:
    """In force until E, which may happen after 2024-03-31: Q1 is certain, of Q2 nothing or all."""
    found = statement('event E "it happens"\nf: royalty A->B 10% of s1 until E\n', *SALES, known="2024-03-31")
    assert [(str(p.amount), p.contingent_on) for p in found.of("f")] == [
        ("100.00 USD", ()),
        ("0.00 to 50.00 USD", ("E",)),
    ]
    both = 'event E "it happens"\nunknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1 until E\n'
    found = statement(both, *SALES, known="2024-03-31")
    assert [payment.contingent_on for payment in found.of("f")] == [("R",), ("E", "R")]
    text = 'unknown T truth "t"\nf: royalty A->B 10% of s1 while T\namend a "a" signed 2024-02-15\n  unset f while\n'
    rows = [Row("2024-02-01", "100"), Row("2024-03-01", "200")]
    assert [amount for _, amount in paid(statement(text, *rows), "f")] == ["20.00 to 30.00 USD"]


def test_a_fee_that_has_not_certainly_come_due_is_named() -> None:
    """What hangs on an event that may still happen is not paid, and named with the event."""
    found = statement('event E "it happens"\nf: fee A->B 500 USD when E\n', known="2024-01-01")
    assert (found.of("f"), unsettled(found)) == ((), {"f": "it hangs on E"})
    happened = statement('event E "it happens"\nf: fee A->B 500 USD when E\nrecord E on 2024-03-05\n')
    assert (paid(happened, "f"), unsettled(happened)) == ([("2024-03-05", "500.00 USD")], {})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('unknown X amount "x"\nf: royalty A->B 10% of s1 floor X per year\n', "X"),
        ('unknown X amount "x"\nf: royalty A->B 10% of s1 floor X per year prorated\n', "X"),
        ('unknown X amount "x"\nf: royalty A->B 10% up to X then 20% of s1\n', "X"),
        ('unknown R percentage "r" between 10% and 20%\nf: royalty A->B 5% up to 100 USD then R of s1\n', "R"),
        ('unknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1 floor 10 USD per year\n', "R"),
        ('unknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1 net of s2\n', "R"),
        ('unknown X amount "x"\nf: milestone A->B 5 USD reaching X of s1\n', "X"),
        ('unknown X amount "x" between 1 USD and 2 USD\nf: fee A->B X cap 5 USD\n', "X"),
        (
            'unknown T truth "t"\nunknown R percentage "r"\nf: royalty A->B R of s1 floor 1 USD per year while T\n',
            "R, T",
        ),
    ],
)
def test_where_no_bounds_would_hold_a_clause_is_named(text: str, names: str) -> None:
    """An unknown floor, threshold or commitment, a share with a floor or with deductions, an amount due once under a
    cap: what lies between least and greatest need not lie between the amounts, and the clause is left out and named."""
    found = statement(text, *SALES, Row("2024-02-16", "100", "s2"))
    assert (found.of("f"), unsettled(found)) == ((), {"f": f"it hangs on {names} {NO_BOUNDS}"})


def test_a_return_under_an_unknown_share_has_no_bounds() -> None:
    """With returns, a greater share can be less: the clause is left out; without them it is a range."""
    text = 'unknown R percentage "r" between 10% and 20%\nf: royalty A->B R of s1\n'
    found = statement(text, *SALES, Row("2024-02-16", "-100"))
    assert unsettled(found) == {"f": f"it hangs on R {NO_BOUNDS}"}
    units = text.replace("between 10% and 20%", "").replace("percentage", "amount").replace("R of", "R per copies of")
    assert unsettled(statement(units, Row("2024-02-16", "0", units="-1"))) == {"f": f"it hangs on R {NO_BOUNDS}"}
    assert unsettled(statement(units, Row("2024-02-16", "0", units="1"))) == {}


def test_bounds_that_meet_are_a_value() -> None:
    """Where nothing was sold, an unknown floor of a window that has not ended decides nothing; where both bounds are
    one number, the amount is known and hangs on nothing."""
    text = 'unknown R percentage "r" between 10% and 10%\nf: royalty A->B R of s1\n'
    found = statement(text, *SALES)
    assert [(str(p.amount), p.contingent_on) for p in found.of("f")] == [("100.00 USD", ()), ("50.00 USD", ())]
    floor = 'unknown X amount "x"\nf: royalty A->B 10% of s1 floor X per year\n'
    assert [amount for _, amount in paid(statement(floor, *SALES, through="2024-06-30"), "f")] == [
        "100.00 USD",
        "50.00 USD",
    ]


# --- amounts that cannot be settled -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("f: fee A->B 10 EUR per month cap 5 USD\n", "its amounts are in EUR and USD"),
        ("f: royalty A->B 10% of s1 floor 5 EUR cap 9 USD\n", "its amounts are in USD and EUR"),
        ("f: royalty A->B 10% up to 5 EUR then 20% of s1 cap 9 USD\n", "its amounts are in EUR and USD"),
    ],
)
def test_a_clause_has_one_currency(text: str, reason: str) -> None:
    """Amounts of a clause in two currencies: the clause is left out, with the reason."""
    assert unsettled(statement(text, *SALES)) == {"f": reason}


def test_the_currency_of_a_clause() -> None:
    """That of its amounts; else that of the deal; else that of its rows, which must be one; else dollars."""
    sale = Row("2024-02-15", "1000", currency="EUR")
    none = HEAD.replace(" currency USD", "")
    assert paid(statement("f: royalty A->B 10% of s1 cap 50 EUR\n", sale), "f") == [("2024-03-31", "50.00 EUR")]
    assert paid(statement("f: royalty A->B 10% of s1\n", sale, head=none), "f") == [("2024-03-31", "100.00 EUR")]
    other = Row("2024-02-16", "1", currency="GBP")
    found = statement("f: royalty A->B 10% of s1\n", sale, other, head=none)
    assert unsettled(found) == {"f": "its rows are in EUR and GBP, and the deal names no currency"}
    bare = Row("2024-02-15", "1000")
    assert paid(statement("f: royalty A->B 10% of s1\n", bare, head=none), "f") == [("2024-03-31", "100.00 USD")]


def test_amounts_that_hang_on_each_other_are_named() -> None:
    """Each is what the other paid: neither can be first. A third that hangs on neither is settled."""
    text = "f: fee A->B 5 USD + paid under g\ng: fee A->B 5 USD + paid under f\nh: fee A->B 7 USD\n"
    found = statement(text)
    assert unsettled(found) == dict.fromkeys("fg", "its amount and another's hang on each other")
    assert paid(found, "h") == [("2024-01-01", "7.00 USD")]


def test_what_was_paid_under_another_clause_is_counted_by_its_day() -> None:
    """`paid under g` on a day: what is payable under it for the periods that have ended by then. 100 of Q1 on
    2024-04-30; 150 through Q2, of which the last day counts."""
    for day, expected in (
        ("2024-03-30", "1,000.00"),
        ("2024-03-31", "900.00"),
        ("2024-04-30", "900.00"),
        ("2024-06-30", "850.00"),
    ):
        text = f"f: fee A->B 1,000 USD - paid under g by {day}\ng: royalty A->B 10% of s1\n"
        assert [amount for _, amount in paid(statement(text, *SALES), "f")] == [f"{expected} USD"]


def test_what_was_paid_under_another_clause_may_not_be_known() -> None:
    """`g` pays between 100 and 200 USD: what it leaves of 1,000 is between 800 and 900, and hangs on that."""
    text = 'unknown R percentage "r" between 10% and 20%\nf: fee A->B 1,000 USD - paid under g by 2024-03-31\n'
    found = statement(f"{text}g: royalty A->B R of s1\n", *SALES)
    assert [amount for _, amount in paid(found, "f")] == ["800.00 to 900.00 USD"]
    assert found.of("f")[0].contingent_on == ("paid under g",)


def test_notes_say_what_was_taken_for_granted() -> None:
    """An amount said as `about` is computed as if it were exact; a payment that is made over a time has due days that
    do not show it; without a ledger the clauses are named that would take its rows."""
    text = "f: fee A->B about 100 USD\ng: royalty A->B 10% of s1 over 3 months\nh: royalty A->B 10% of s1\n"
    assert statement(text).notes == (
        "f has an amount said as `about`; it is computed as if it were exact",
        "g is paid over 3 months; the due days do not show that",
        "no ledger is given: g, h would take its rows",
    )
    assert len(statement(text, *SALES).notes) == 2


def test_a_clause_that_runs_both_ways_needs_two_parties() -> None:
    """`each->other` is two clauses, one for each of two parties that the deal names; each takes the rows of its payer,
    and rows that name none are nobody's."""
    rows = [Row("2024-02-15", "1000", payer="A"), Row("2024-02-15", "500", payer="B"), Row("2024-02-15", "70")]
    found = statement("f: royalty each->other 10% of s1\n", *rows)
    assert [(p.payer, p.payees, str(p.amount), str(p.total)) for p in found.of("f")] == [
        ("A", ("B",), "100.00 USD", "100.00 USD"), ("B", ("A",), "50.00 USD", "50.00 USD"),
    ]  # fmt: skip
    assert [shown(each.reason, each.amount) for each in found.unclaimed] == [("no clause takes it", 70)]
    three = HEAD.replace("parties A, B", "parties A, B, C")
    assert unsettled(statement("f: royalty each->other 10% of s1\n", *rows, head=three)) == {
        "f": "it runs both ways, and the deal does not name two parties (`parties A, B`)"
    }


def test_a_time_that_is_not_known_is_never_taken_for_the_life_of_a_clause() -> None:
    """An amount spread over an unknown time is named; a time beside a window is said not to show in the due days."""
    loaded = dealrun.loads(
        'deal d "D" signed 2024-01-01 parties A, B currency USD\nparty A "A"\nparty B "B"\n'
        'unknown LONGER amount "a time that is not disclosed"\n'
        "spread: fee B->A 2,400 USD over LONGER\nyearly: fee B->A 2,400 USD per year over LONGER\n"
        "once: fee B->A over 2 years 2,400 USD\n"
    )
    assert isinstance(loaded, dealrun.Contract), str(loaded)
    statement = loaded.settle(through="2024-12-31")
    assert [(each.label, each.reason) for each in statement.unsettled] == [
        ("spread", "an amount of it is counted over LONGER, a time that is not known")
    ]
    assert [note for note in statement.notes if "paid over" in note] == [
        "yearly is paid over LONGER; the due days do not show that",
        "once is paid over 2 years; the due days do not show that",
    ]


def test_what_a_cap_keeps_of_an_amount_without_a_bound_is_not_known() -> None:
    """At the least nothing accrues, so that no cap is met there; how much more it is, nobody knows."""
    clause = "f: royalty A->B R of s1 cap 5 USD per year until 2024-07-20 then 10 USD per year\n"
    rows = Row("2024-05-01", "100"), Row("2024-08-01", "100")
    found = statement('unknown R percentage "r"\n' + clause, *rows)
    assert {str(payment.withheld) for payment in found.of("f") if payment.accrued.minor_most is None} == {
        "unknown to unknown USD"
    }
    real = statement(clause.replace("R of", "20% of"), *rows)
    assert [str(payment.withheld) for payment in real.of("f")] == ["15.00 USD", "15.00 USD"]


@pytest.mark.parametrize("amount", ["X per quarter", "*** per quarter", "2 * X per quarter"])
def test_a_fee_by_period_that_nobody_disclosed_is_payable_of_an_amount_that_is_not_known(amount: str) -> None:
    """It is nothing at least, and was told as nothing at all."""
    found = dealrun.loads(
        'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\nunknown X amount "x"\n'
        f"rent: fee A->B {amount}\n"
    ).settle(through="2024-06-30")
    assert [(iso(each.period.last), str(each.amount)) for each in found.payments] == [
        ("2024-03-31", "0.00 to unknown USD"), ("2024-06-30", "0.00 to unknown USD"),
    ]  # fmt: skip
    assert all(each.contingent_on for each in found.payments)
