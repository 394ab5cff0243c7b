"""Commitments, and amounts that are due once (docs/language.md#commitments, #fees-milestones-investments)."""

import pytest

from settling import HEAD, Row, figures, limits, lines, paid, shown, span, statement, unsettled

YEARLY = "f: commit A->B 100 USD per year of s1 shortfall 100%"


def bought(*amounts: str, first: int = 2024) -> list[Row]:
    """One purchase in the middle of each year."""
    return [Row(f"{first + index}-06-15", amount) for index, amount in enumerate(amounts)]


# --- commitments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "expected"), [("shortfall 100%", "40.00 USD"), ("shortfall 50%", "20.00 USD"), ("shortfall 0%", None)]
)
def test_a_part_of_what_is_missing_is_paid(part: str, expected: str | None) -> None:
    """100 USD were promised, 60 bought, 40 are missing; `shortfall` says which part of that is paid."""
    found = statement(f"f: commit A->B 100 USD per year of s1 {part}\n", *bought("60"))
    assert [amount for _, amount in paid(found, "f") if expected] == ([expected] if expected else [])


def test_a_commitment_that_is_met_owes_nothing() -> None:
    """Purchases burn the commitment down; what is more than that is no credit, and without `shortfall` nothing is paid
    at all."""
    assert paid(statement(YEARLY + "\n", *bought("100")), "f") == [("2024-12-31", "0.00 USD")]
    assert paid(statement(YEARLY + "\n", *bought("130")), "f") == [("2024-12-31", "0.00 USD")]
    assert statement("f: commit A->B 100 USD per year of s1\n", *bought("60")).of("f") == ()


def test_a_line_says_what_the_window_came_to() -> None:
    """The line of a window: its days, what was promised, bought and missing; what is moved and carried, where anything
    is. 2024: 100 promised, 60 bought, 40 missing, 25 (a quarter of the promise) moved on, 15 paid. 2025: 25 moved here,
    of 125 USD 45 bought, 80 missing, 25 moved on, 55 paid."""
    found = statement(f"{YEARLY} rollover 25%\n", *bought("60", "45"), through="2025-12-31")
    assert lines(found, "f") == [
        ("2024-12-31", "shortfall", "2024-01-01 2024-12-31", "15.00 USD"),
        ("2025-12-31", "shortfall", "2025-01-01 2025-12-31", "55.00 USD"),
    ]
    first, second = (payment.lines[0] for payment in found.of("f"))
    assert first.figures == (
        ("commitment", "100.00 USD"), ("purchases", "60.00 USD"), ("missing", "40.00 USD"), ("moved on", "25.00 USD"),
    )  # fmt: skip
    assert second.figures == (
        ("commitment", "100.00 USD"), ("moved here", "25.00 USD"), ("purchases", "45.00 USD"),
        ("missing", "80.00 USD"), ("moved on", "25.00 USD"),
    )  # fmt: skip
    (part,) = first.parts
    assert shown(span((part.first, part.last)), part.base, part.units, part.deducted, part.tiers) == (
        "2024-01-01 2024-12-31", 0, 0, 0, (),
    )  # fmt: skip
    assert shown(part.share, str(part.amount), part.rate, part.instrument) == (
        (15, 15),
        "15.00 USD",
        "100 USD per year",
        "d",
    )


def test_less_than_may_be_moved_is_moved_whole_and_the_last_window_moves_nothing() -> None:
    """2024: 10 of 100 are missing, less than 25, so that all of it moves. 2025 is the last window (the clause ends with
    it): 100 and the 10, less 70 bought, are 40, all of which is paid."""
    found = statement(f"{YEARLY} rollover 25% until 2025-12-31\n", *bought("90", "70"), through="2026-12-31")
    assert paid(found, "f") == [("2024-12-31", "0.00 USD"), ("2025-12-31", "40.00 USD")]
    cut = statement(f"{YEARLY} rollover 25% until 2025-06-30\n", *bought("90", "70"), through="2026-12-31")
    assert paid(cut, "f") == [("2024-12-31", "0.00 USD"), ("2025-12-31", "40.00 USD")]
    assert lines(cut, "f")[1][2] == "2025-01-01 2025-06-30"


def test_an_excess_is_carried_and_can_be_an_excess_again() -> None:
    """2024: 180 bought, 80 too many, half of which counts towards 2025. 2025: 100 less 40 less 100 bought leaves an
    excess of 40, half of which counts towards 2026. 2026: 100 less 20 less 50 are missing: 30."""
    text = f"{YEARLY} carry-forward 50%\n"
    found = statement(text, *bought("180", "100", "50"), through="2026-12-31")
    assert paid(found, "f") == [
        ("2024-12-31", "0.00 USD"), ("2025-12-31", "0.00 USD"), ("2026-12-31", "30.00 USD"),
    ]  # fmt: skip
    assert [dict(payment.lines[0].figures).get("carried on") for payment in found.of("f")] == [
        "40.00 USD",
        "20.00 USD",
        None,
    ]
    assert [dict(payment.lines[0].figures).get("carried here") for payment in found.of("f")] == [
        None,
        "40.00 USD",
        "20.00 USD",
    ]


def test_a_late_purchase_changes_what_was_missing() -> None:
    """40 USD were missing in 2024 and paid; 30 of the purchases of 2024 are booked in 2025, and come back, as a line
    for 2024 behind the line of 2025 itself, where 100 are missing."""
    rows = [*bought("60"), Row("2024-11-30", "30", booked="2025-02-01")]
    found = statement(f"{YEARLY}\n", *rows, through="2025-12-31")
    assert lines(found, "f") == [
        ("2024-12-31", "shortfall", "2024-01-01 2024-12-31", "40.00 USD"),
        ("2025-12-31", "shortfall", "2025-01-01 2025-12-31", "100.00 USD"),
        ("2025-12-31", "shortfall", "2024-01-01 2024-12-31", "-30.00 USD"),
    ]
    assert paid(found, "f")[1] == ("2025-12-31", "70.00 USD")


def test_a_late_purchase_changes_what_was_carried() -> None:
    """2024 as booked by its end: 100 bought, nothing to carry. In 2026 another 50 are booked for 2024, which all count
    towards 2025, where 70 were missing and paid: 50 come back, next to the 100 that are missing in 2026."""
    rows = [*bought("100", "30"), Row("2024-11-30", "50", booked="2026-02-01")]
    found = statement(f"{YEARLY} carry-forward 100%\n", *rows, through="2026-12-31")
    assert lines(found, "f") == [
        ("2024-12-31", "shortfall", "2024-01-01 2024-12-31", "0.00 USD"),
        ("2025-12-31", "shortfall", "2025-01-01 2025-12-31", "70.00 USD"),
        ("2026-12-31", "shortfall", "2026-01-01 2026-12-31", "100.00 USD"),
        ("2026-12-31", "shortfall", "2025-01-01 2025-12-31", "-50.00 USD"),
    ]


def test_a_window_cut_short_keeps_the_commitment_unless_it_is_prorated() -> None:
    """366 USD per year, a dollar a day in 2024. From 2024-07-01 (184 days) the window of the calendar year keeps the
    whole commitment, or 184 USD where it is `prorated`; likewise through 2024-06-30 (182 days)."""
    text = "f: commit A->B 366 USD per year of s1 shortfall 100%{} {}\n"
    for when, cut in (("from 2024-07-01", "184.00 USD"), ("until 2024-06-30", "182.00 USD")):
        assert [a for _, a in paid(statement(text.format("", when)), "f")] == ["366.00 USD"]
        assert [a for _, a in paid(statement(text.format(" prorated", when)), "f")] == [cut]


def test_the_commitment_is_the_one_of_the_last_day() -> None:
    """A ramp is a schedule: 2024 ends with 732 USD; prorated, 182 days of 366 USD a year and 184 days of 732 are
    182 + 368 USD. In the same way the percentages are those of the last day: half of what is missing."""
    text = "f: commit A->B 366 USD per year until 2024-06-30 then 732 USD per year of s1 shortfall 100%{}\n"
    assert paid(statement(text.format("")), "f") == [("2024-12-31", "732.00 USD")]
    assert paid(statement(text.format(" prorated")), "f") == [("2024-12-31", "550.00 USD")]
    half = 'amend a "a" signed 2024-10-01\n  set f shortfall 50%\n'
    assert paid(statement(text.format("") + half), "f") == [("2024-12-31", "366.00 USD")]


def test_windows_within_a_payment_period_are_lines_of_one_payment() -> None:
    """Quarterly commitments paid annually: four windows, of 100 USD each, less 70 bought in the second and 130 in the
    third."""
    rows = [Row("2024-04-01", "30"), Row("2024-06-30", "40"), Row("2024-07-01", "130")]
    found = statement("f: commit A->B 100 USD per quarter of s1 shortfall 100% paid annually\n", *rows)
    assert lines(found, "f") == [
        ("2024-12-31", "shortfall", "2024-01-01 2024-03-31", "100.00 USD"),
        ("2024-12-31", "shortfall", "2024-04-01 2024-06-30", "30.00 USD"),
        ("2024-12-31", "shortfall", "2024-07-01 2024-09-30", "0.00 USD"),
        ("2024-12-31", "shortfall", "2024-10-01 2024-12-31", "100.00 USD"),
    ]
    assert paid(found, "f") == [("2024-12-31", "230.00 USD")]


def test_what_is_left_of_the_window_that_runs() -> None:
    """On 2025-06-30, 30 of the 100 USD of 2025 are bought; the balance carries the 70 that are left, and counts what
    2024 had moved on."""
    yearly = f"{YEARLY} paid monthly"
    found = statement(f"{yearly}\n", *bought("100", "30"), through="2025-06-30")
    assert figures(found, "f") == {"commitment left": "70.00"}
    moved = statement(f"{yearly} rollover 25%\n", *bought("90", "30"), through="2025-06-30")
    assert figures(moved, "f") == {"commitment left": "80.00"}


def test_what_is_deducted_and_what_is_waived_is_not_bought() -> None:
    """Returns are in a stream of their own (`net of`): 60 less 5 bought, 45 missing. What is bought while the clause
    is waived does not count: 60 of it leave 100 missing."""
    text = "f: commit A->B 100 USD per year of s1 net of s2 shortfall 100%\n"
    assert paid(statement(text, Row("2024-06-15", "60"), Row("2024-06-16", "5", "s2")), "f") == [
        ("2024-12-31", "45.00 USD")
    ]
    waived = 'amend w "w" signed 2024-06-01\n  waive f until 2024-06-30\n'
    found = statement(f"{YEARLY}\n{waived}", Row("2024-05-31", "10"), Row("2024-06-15", "60"), Row("2024-07-01", "5"))
    assert paid(found, "f") == [("2024-12-31", "85.00 USD")]


def test_a_purchase_that_is_expected_marks_the_payment() -> None:
    """Every payment that depends on a forecast is marked; one before it is not."""
    rows = [*bought("60"), Row("2025-06-15", "10", forecast=True)]
    found = statement(f"{YEARLY}\n", *rows, through="2025-12-31")
    assert [payment.forecast for payment in found.of("f")] == [False, True]
    assert paid(found, "f") == [("2024-12-31", "40.00 USD"), ("2025-12-31", "90.00 USD")]


def test_a_shortfall_is_rounded_once_by_the_rule_of_the_deal() -> None:
    """A third of 100 USD is missing each year; the running total is rounded where the deal says so: 33.33, 33.34,
    33.33, which are 66.67 after two years and 100 after three."""
    rows = bought("66.666667", "66.666667", "66.666666")
    text = "f: commit A->B 100 USD per year of s1 shortfall 100%\n"
    plain = statement(text, *rows, through="2026-12-31")
    assert [a for _, a in paid(plain, "f")] == ["33.33 USD", "33.33 USD", "33.33 USD"]
    head = HEAD.replace("currency USD", "currency USD rounding half-up, running")
    running = statement(text, *rows, through="2026-12-31", head=head)
    assert [a for _, a in paid(running, "f")] == ["33.33 USD", "33.34 USD", "33.33 USD"]


def test_a_shortfall_has_the_digits_of_its_currency() -> None:
    """1/8 of a dinar is missing: 0.125."""
    found = statement(
        "f: commit A->B 1 KWD per year of s1 shortfall 100%\n", *bought("0.875"), head=HEAD.replace("USD", "KWD")
    )
    assert paid(found, "f") == [("2024-12-31", "0.125 KWD")]


def test_purchases_outside_all_windows_count_for_none() -> None:
    """Counting begins on 2024-07-01: what was bought before is no part of the window that ends with 2025-06-30."""
    text = f"{YEARLY.replace('per year', 'per year counting from 2024-07-01')}\n"
    rows = [Row("2024-02-01", "70"), Row("2024-07-01", "20"), Row("2025-06-30", "10")]
    assert lines(statement(text, *rows, through="2025-12-31"), "f") == [
        ("2025-06-30", "shortfall", "2024-07-01 2025-06-30", "70.00 USD")
    ]


def test_an_expected_purchase_marks_the_payment_whatever_else_was_bought() -> None:
    """A forecast of June and a sale of July in one window: the payment depends on the forecast."""
    rows = [Row("2024-06-15", "10", forecast=True), Row("2024-07-15", "10")]
    assert [payment.forecast for payment in statement(f"{YEARLY}\n", *rows).of("f")] == [True]


def test_a_line_shows_what_was_promised_bought_and_missing_even_if_nothing() -> None:
    """Nothing promised in 2024, nothing bought in 2025, nothing missing in 2026; the last window carries nothing on."""
    text = (
        "f: commit A->B 0 USD per year until 2024-12-31 then 100 USD per year of s1 shortfall 100% carry-forward 50%\n"
    )
    found = statement(f"{text.strip()} until 2026-12-31\n", Row("2026-06-01", "180"), through="2026-12-31")
    assert [payment.lines[0].figures for payment in found.of("f")] == [
        (("commitment", "0.00 USD"), ("purchases", "0.00 USD"), ("missing", "0.00 USD")),
        (("commitment", "100.00 USD"), ("purchases", "0.00 USD"), ("missing", "100.00 USD")),
        (("commitment", "100.00 USD"), ("purchases", "180.00 USD"), ("missing", "0.00 USD")),
    ]


@pytest.mark.parametrize(
    "clause", ["commit A->B 100 USD per year of s1 shortfall 100%", "milestone A->B 5 USD reaching 1 USD of s1"]
)
def test_what_may_not_be_in_force_has_no_bounds(clause: str) -> None:
    """Whether T holds is not known, and with it whether anything is owed: the clause is left out, and named with T."""
    found = statement(f'unknown T truth "t"\nf: {clause} while T\n', *bought("60"))
    assert unsettled(found) == {"f": "it hangs on T in a way that no bounds hold; `--set` or `--assume` settles it"}


def test_an_unknown_commitment_is_not_settled() -> None:
    """No bounds hold for what carries from window to window, so that the clause is named with what it hangs on."""
    for text in ('unknown X amount "x"\nf: commit A->B X per year of s1 shortfall 100%\n',
                 'unknown X percentage "x"\nf: commit A->B 100 USD per year of s1 shortfall X\n'):  # fmt: skip
        found = statement(text, *bought("60"))
        assert unsettled(found) == {"f": "it hangs on X in a way that no bounds hold; `--set` or `--assume` settles it"}
        assert found.of("f") == ()
    text = 'unknown X amount "x"\nf: commit A->B X per year of s1 shortfall 100%\n'
    assert paid(statement(text, *bought("60"), bind={"X": "90 USD"}), "f") == [("2024-12-31", "30.00 USD")]


# --- what is due once -------------------------------------------------------------------------------------------------

EACH = 'event E "it happens" recurring\n'


def happens(*days: str) -> str:
    """Facts."""
    return "".join(f"record E on {day}\n" for day in days)


@pytest.mark.parametrize(
    ("verb", "kind"),
    [("fee", "fee"), ("damages", "fee"), ("invest", "investment"), ("milestone", "milestone"), ("advance", "advance")],
)
def test_an_amount_is_due_once_on_its_start(verb: str, kind: str) -> None:
    """The payment period of what is due once is the one day on which it starts, and that day is its due day."""
    text = f"f: {verb} A->B 100 USD{' against g' if verb == 'advance' else ''} from 2024-03-05\n"
    found = statement(f"g: royalty A->B 10% of s1\n{text}")
    assert lines(found, "f") == [("2024-03-05", kind, "2024-03-05 2024-03-05", "100.00 USD")]
    (payment,) = found.of("f")
    assert (payment.verb, payment.due, payment.due_text) == (verb, payment.period[0], "")


def test_each_time_is_a_payment() -> None:
    """`each E` is due every day that E happens, through the last day of the statement."""
    text = f"{EACH}f: fee A->B 100 USD each E\n{happens('2024-02-01', '2024-05-01', '2024-12-31')}"
    assert paid(statement(text, through="2024-12-31"), "f") == [
        ("2024-02-01", "100.00 USD"), ("2024-05-01", "100.00 USD"), ("2024-12-31", "100.00 USD"),
    ]  # fmt: skip
    assert len(statement(text, through="2024-12-30").of("f")) == 2
    assert statement(f"{EACH}f: fee A->B 100 USD each E\n").of("f") == ()


def test_a_cap_on_what_is_due_each_time() -> None:
    """A cap of 250 USD a year lets through 100, 100 and 50 USD, then nothing; the next year begins anew."""
    days = ("2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01", "2025-02-01")
    text = f"{EACH}f: fee A->B 100 USD each E cap 250 USD per year\n{happens(*days)}"
    found = statement(text, through="2025-12-31")
    assert [(str(p.accrued), str(p.withheld), str(p.amount)) for p in found.of("f")] == [
        ("100.00 USD", "0.00 USD", "100.00 USD"),
        ("100.00 USD", "0.00 USD", "100.00 USD"),
        ("100.00 USD", "50.00 USD", "50.00 USD"),
        ("100.00 USD", "100.00 USD", "0.00 USD"),
        ("100.00 USD", "0.00 USD", "100.00 USD"),
    ]
    assert [limits(payment) for payment in found.of("f")] == [
        [("2024-01-01 2024-12-31", "100.00 USD", "0.00 USD", "100.00 USD")],
        [("2024-01-01 2024-12-31", "200.00 USD", "100.00 USD", "200.00 USD")],
        [("2024-01-01 2024-12-31", "300.00 USD", "200.00 USD", "250.00 USD")],
        [("2024-01-01 2024-12-31", "400.00 USD", "250.00 USD", "250.00 USD")],
        [("2025-01-01 2025-12-31", "100.00 USD", "0.00 USD", "100.00 USD")],
    ]
    assert [limit.cap for limit in found.of("f")[0].limits] == ["250 USD"]
    assert [shown(*limit.value) for limit in found.of("f")[0].limits] == [(250, 250)]


def test_a_lowered_cap_claws_nothing_back_of_what_is_due_each_time() -> None:
    """P(t) = min(A(t), max(C(t), P(t-1))): 200 USD were paid of 300 when the cap is lowered to 100; the next payment is
    nothing, and raised to 350 it releases 150."""
    text = f"{EACH}f: fee A->B 100 USD each E cap 200 USD\n{happens('2024-02-01', '2024-03-01', '2024-04-01')}"
    text += happens("2024-06-01", "2024-08-01")
    text += 'amend low "low" signed 2024-05-01\n  set f cap 100 USD counting from 2024-01-01\n'
    text += 'amend high "high" signed 2024-07-01\n  set f cap 350 USD counting from 2024-01-01\n'
    assert [amount for _, amount in paid(statement(text), "f")] == [
        "100.00 USD", "100.00 USD", "0.00 USD", "0.00 USD", "150.00 USD",
    ]  # fmt: skip


def test_what_was_counted_before_uses_up_a_cap() -> None:
    """`so far 60 USD` has been counted before, in the window in which counting begins: of the 100 that the cap allows,
    40 are left in 2024, and all in 2025."""
    text = f"{EACH}f: fee A->B 30 USD each E cap 100 USD per year so far 60 USD\n"
    text += happens("2024-02-01", "2024-03-01", "2025-03-01")
    found = statement(text, through="2025-12-31")
    assert [amount for _, amount in paid(found, "f")] == ["30.00 USD", "10.00 USD", "30.00 USD"]
    assert [limits(payment)[0][1:] for payment in found.of("f")] == [
        ("90.00 USD", "60.00 USD", "90.00 USD"),
        ("120.00 USD", "90.00 USD", "100.00 USD"),
        ("30.00 USD", "0.00 USD", "30.00 USD"),
    ]


def test_a_cap_has_the_digits_of_its_currency() -> None:
    """0.125 of 1.5 dinars have been counted before: of two fees of one dinar, 1 and 0.375 are paid."""
    text = f"{EACH}f: fee A->B 1 KWD each E cap 1.5 KWD so far 0.125 KWD\n{happens('2024-02-01', '2024-03-01')}"
    found = statement(text, head=HEAD.replace("USD", "KWD"))
    assert [amount for _, amount in paid(found, "f")] == ["1.000 KWD", "0.375 KWD"]


def test_what_happens_behind_the_last_day_is_not_paid() -> None:
    """A statement goes through its last day, whatever is known to happen later."""
    text = f"{EACH}f: fee A->B 100 USD each E\n{happens('2024-02-01', '2024-05-01')}"
    found = statement(text, through="2024-04-30", known="2024-12-31")
    assert paid(found, "f") == [("2024-02-01", "100.00 USD")]


def test_what_is_due_once_is_rounded_by_the_rule_of_the_deal() -> None:
    """A third of 100 USD: 33.33, or 33.34 where amounts are rounded up. `paid once` changes nothing."""
    for rule, expected in (("half-even", "33.33 USD"), ("up", "33.34 USD")):
        head = HEAD.replace("currency USD", f"currency USD rounding {rule}")
        for once in ("", " paid once"):
            found = statement(f"f: fee A->B 1/3 * 100 USD{once}\n", head=head)
            assert paid(found, "f") == [("2024-01-01", expected)]


def test_what_is_spread_is_not_due_once() -> None:
    """365 USD over 365 days accrue with the days, quarter by quarter, though the clause says no frequency."""
    found = statement("f: fee A->B 365 USD over 365 days\n", through="2024-06-30")
    assert paid(found, "f") == [("2024-03-31", "91.00 USD"), ("2024-06-30", "91.00 USD")]


def test_a_cap_that_counts_from_a_day_leaves_what_was_before() -> None:
    """What lies before the day from which a cap is counted is not limited by it."""
    text = f"{EACH}f: fee A->B 100 USD each E cap 150 USD counting from 2024-03-01\n"
    text += happens("2024-02-01", "2024-02-29", "2024-03-01", "2024-04-01")
    assert [amount for _, amount in paid(statement(text), "f")] == [
        "100.00 USD", "100.00 USD", "100.00 USD", "50.00 USD",
    ]  # fmt: skip


# --- milestones -------------------------------------------------------------------------------------------------------

GOAL = "f: milestone A->B 500 USD reaching 1,000 USD"


def test_a_milestone_is_due_once_in_the_period_that_reaches_it() -> None:
    """999 USD by the end of Q1 are not enough; the dollar of 2024-05-05 reaches the threshold, and what is sold behind
    it pays nothing more."""
    rows = [Row("2024-02-01", "999"), Row("2024-05-05", "1"), Row("2024-08-01", "5000")]
    found = statement(f"{GOAL} of s1\n", *rows)
    assert lines(found, "f") == [("2024-06-30", "milestone", "2024-04-01 2024-06-30", "500.00 USD")]
    (line,) = found.of("f")[0].lines
    assert line.figures == (("reached", "1,000.00 USD"), ("on", "2024-05-05"), ("threshold", "1,000 USD"))
    assert found.of("f")[0].contingent_on == ()
    assert statement(f"{GOAL} of s1\n", *rows[:1]).of("f") == ()


def test_a_milestone_counts_by_days_of_sale_as_they_are_booked() -> None:
    """600 USD of February are booked in May; with the 500 of March they reach 1,000 USD on 2024-03-10, which is known
    in the second quarter."""
    rows = [Row("2024-02-01", "600", booked="2024-05-01"), Row("2024-03-10", "500"), Row("2024-03-11", "7")]
    found = statement(f"{GOAL} of s1\n", *rows)
    assert [end for end, _ in paid(found, "f")] == ["2024-06-30"]
    assert dict(found.of("f")[0].lines[0].figures)["on"] == "2024-03-10"
    assert dict(found.of("f")[0].lines[0].figures)["reached"] == "1,100.00 USD"


def test_a_milestone_counts_by_window() -> None:
    """`per year`: 900 in 2024 and 900 in 2025 reach nothing; 1,000 in 2026 do."""
    rows = [Row("2024-06-01", "900"), Row("2025-06-01", "900"), Row("2026-06-01", "1000")]
    found = statement(f"{GOAL} per year of s1\n", *rows, through="2026-12-31")
    assert paid(found, "f") == [("2026-06-30", "500.00 USD")]


def test_a_milestone_counts_what_was_before_and_from_a_day() -> None:
    """`so far 400` is counted before; `counting from` leaves what lies before that day."""
    rows = [Row("2024-02-01", "600"), Row("2024-05-01", "600"), Row("2024-08-01", "400")]
    assert [end for end, _ in paid(statement(f"{GOAL} so far 400 USD of s1\n", *rows), "f")] == ["2024-03-31"]
    assert [end for end, _ in paid(statement(f"{GOAL} so far 399 USD of s1\n", *rows), "f")] == ["2024-06-30"]
    assert [end for end, _ in paid(statement(f"{GOAL} counting from 2024-05-01 of s1\n", *rows), "f")] == ["2024-09-30"]
    assert [end for end, _ in paid(statement(f"{GOAL} counting from 2024-02-01 of s1\n", *rows), "f")] == ["2024-06-30"]
    by_day = f"{GOAL} per day so far 400 USD of s1\n"
    assert [end for end, _ in paid(statement(by_day, Row("2024-01-01", "600")), "f")] == ["2024-03-31"]
    first = f"{GOAL} per year so far 400 USD of s1\n"  # in the window in which counting begins, and in no other
    later = [Row("2024-02-01", "599"), Row("2025-05-01", "600")]
    assert statement(first, *later, through="2025-12-31").of("f") == ()


def test_a_milestone_on_units_and_returns() -> None:
    """Ten copies are the threshold; a return takes back, and so does a stream that is deducted."""
    text = "f: milestone A->B 500 USD reaching 10 copies of s1 net of s2\n"
    rows = [Row("2024-02-01", "0", units="12"), Row("2024-02-01", "0", units="-2"), Row("2024-03-01", "9", "s2", "1")]
    found = statement(text, *rows)
    assert paid(found, "f") == [("2024-03-31", "500.00 USD")]
    assert dict(found.of("f")[0].lines[0].figures) == {
        "reached": "10 copies",
        "on": "2024-02-01",
        "threshold": "10 copies",
    }
    deducted = [
        Row("2024-02-01", "0", units="10"),
        Row("2024-02-01", "0", "s2", "1"),
        Row("2024-05-01", "0", units="1"),
    ]
    assert [end for end, _ in paid(statement(text, *deducted), "f")] == ["2024-06-30"]


def test_a_milestone_that_hangs_on_a_forecast_is_marked() -> None:
    """Every payment that depends on what is expected is marked."""
    assert statement(f"{GOAL} of s1\n", Row("2024-02-01", "1000")).of("f")[0].forecast is False
    assert statement(f"{GOAL} of s1\n", Row("2024-02-01", "1000", forecast=True)).of("f")[0].forecast is True
    rows = [Row("2024-02-01", "500", forecast=True), Row("2024-02-02", "500")]
    assert statement(f"{GOAL} of s1\n", *rows).of("f")[0].forecast is True


def test_a_milestone_takes_the_sales_of_its_days() -> None:
    """Sales before the clause starts, or behind its end, do not count."""
    rows = [Row("2024-02-29", "900"), Row("2024-03-01", "500"), Row("2024-06-30", "500"), Row("2024-07-01", "900")]
    found = statement(f"{GOAL} of s1 from 2024-03-01 until 2024-06-30\n", *rows)
    assert [dict(p.lines[0].figures)["on"] for p in found.of("f")] == ["2024-06-30"]
    assert statement(f"{GOAL} of s1 from 2024-03-01 until 2024-06-29\n", *rows).of("f") == ()
