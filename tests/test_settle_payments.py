"""Payments: advances, due days, payees, and what a clause takes from a ledger (docs/language.md#advances,
#payment-periods-due-days-and-parts, #rounding-and-splits, #what-a-clause-takes)."""

import pytest

import dealrun
from dealrun.settle.statement import Settlement
from dealrun.time import iso
from settling import HEAD, Row, balance, figures, paid, span, statement, totals

SHARE = "f: royalty A->B 10% of s1\n"


def quarterly(*amounts: str, stream: str = "s1") -> list[Row]:
    """Sales in the middle of each quarter of 2024."""
    return [Row(f"2024-{3 * index + 2:02}-15", amount, stream) for index, amount in enumerate(amounts)]


def recouped(found: Settlement, label: str = "f") -> list[tuple[str, str]]:
    """What of each payment goes against advances, and what is paid."""
    return [(str(p.recouped).removesuffix(" USD"), str(p.amount).removesuffix(" USD")) for p in found.of(label)]


# --- advances ---------------------------------------------------------------------------------------------------------


def test_an_advance_is_recouped_until_all_of_it_is() -> None:
    """50 USD paid; of 30 all is kept back, of 40 the 20 that are still open, of 10 nothing. The balance of the advance
    falls to nothing; the share is payable for what is left of it."""
    text = f"adv: advance A->B 50 USD against f\n{SHARE}"
    found = statement(text, *quarterly("300", "400", "100"))
    assert recouped(found) == [("30.00", "0.00"), ("20.00", "20.00"), ("0.00", "10.00")]
    assert [str(p.total) for p in found.of("f")] == ["0.00 USD", "20.00 USD", "30.00 USD"]
    assert recouped(found, "adv") == [("0.00", "50.00")]
    assert figures(found, "adv") == {"not recouped": "0.00 USD"}
    assert balance(found, "f") == ("30.00 USD", "0.00 USD", "30.00 USD", "0.00 USD")
    assert totals(found) == {"A": ("80.00 USD", "0.00 USD"), "B": ("0.00 USD", "80.00 USD")}
    assert figures(statement(text, *quarterly("300")), "adv") == {"not recouped": "20.00 USD"}


def test_a_credit_first_restores_what_its_clause_had_recouped() -> None:
    """30 are recouped in Q1. A credit of 50 in Q2 gives the 30 back to the advance, and 20 are owed by the payee. In Q3
    all 50 are open again, and are kept back from 60."""
    found = statement(f"adv: advance A->B 50 USD against f\n{SHARE}", *quarterly("300", "-500", "600"))
    assert recouped(found) == [("30.00", "0.00"), ("-30.00", "-20.00"), ("50.00", "10.00")]
    part = statement(f"adv: advance A->B 50 USD against f\n{SHARE}", *quarterly("300", "-100", "600"))
    assert recouped(part) == [("30.00", "0.00"), ("-10.00", "0.00"), ("30.00", "30.00")]


def test_a_clause_gives_back_only_what_it_had_recouped_itself() -> None:
    """`f` had recouped 30 in Q1, `g` nothing: a credit of `g` in Q2 is one that the payee owes."""
    text = f"adv: advance A->B 50 USD against f, g\n{SHARE}g: royalty A->B 10% of s2\n"
    found = statement(text, *quarterly("300"), Row("2024-05-15", "-100", "s2"))
    assert recouped(found) == [("30.00", "0.00")]
    assert recouped(found, "g") == [("0.00", "-10.00")]


def test_clauses_go_in_the_order_of_the_file_and_advances_too() -> None:
    """Two advances of 20 USD and two clauses of 15 in each quarter: in Q1 `g`, which comes first in the file, takes 15
    of the first advance; `f` the 5 that are left, and 10 of the second. In Q2 `g` takes the last 10."""
    text = "g: royalty A->B 10% of s2\n" + SHARE
    text += "one: advance A->B 20 USD against f, g\ntwo: advance A->B 20 USD against f, g\n"
    found = statement(text, *quarterly("150", "150"), *quarterly("150", "150", stream="s2"))
    assert recouped(found, "g") == [("15.00", "0.00"), ("10.00", "5.00")]
    assert recouped(found) == [("15.00", "0.00"), ("0.00", "15.00")]
    first = statement(text, *quarterly("150"), *quarterly("150", stream="s2"))
    assert figures(first, "one") == {"not recouped": "0.00 USD"}
    assert figures(first, "two") == {"not recouped": "10.00 USD"}


def test_an_advance_is_there_from_its_start_whenever_it_is_due() -> None:
    """Paid from 2024-04-01 on, due by 2024-12-31: what ended before it started is paid, what ends behind it is kept
    back."""
    text = f"{SHARE}adv: advance A->B 50 USD against f from 2024-04-01 by 2024-12-31\n"
    found = statement(text, *quarterly("300", "300", "300"))
    assert recouped(found) == [("0.00", "30.00"), ("30.00", "0.00"), ("20.00", "10.00")]
    assert [iso(p.due or 0) for p in found.of("adv")] == ["2024-12-31"]


@pytest.mark.parametrize(
    ("clause", "kept"),
    [
        ("f: royalty A->B 10% of s1", "30.00"),
        ("f: royalty A->C 10% of s1", "0.00"),
        ("f: royalty A->B, C 10% of s1", "0.00"),
        ("f: royalty C->B 10% of s1", "0.00"),
        ("f: fee A->B 30 EUR paid quarterly until 2024-03-31", "0.00"),
        ("f: fee A->B 30 USD paid quarterly until 2024-03-31", "30.00"),
    ],
)
def test_an_advance_is_recouped_between_its_parties_in_its_currency(clause: str, kept: str) -> None:
    """What is payable under the clauses that it names, between the same parties, in its currency. Where that does not
    hold, the statement says so."""
    found = statement(f"adv: advance A->B 50 USD against f\n{clause}\n", *quarterly("300"))
    assert [str(p.recouped).partition(" ")[0] for p in found.of("f")] == [kept]
    currency = found.of("f")[0].currency
    note = f"adv is not recouped from f, which is between others, or in {currency}"
    assert found.notes == (() if kept != "0.00" else (note,))


def test_an_advance_to_several_is_recouped_from_any_of_them() -> None:
    """An advance to B and C is recouped from what either of them gets; a clause that it does not name goes without."""
    text = f"adv: advance A->B, C 50 USD against f\n{SHARE}g: royalty A->C 10% of s2\n"
    found = statement(text, *quarterly("300"), *quarterly("70", stream="s2"))
    assert recouped(found) == [("30.00", "0.00")]
    assert recouped(found, "g") == [("0.00", "7.00")]
    assert found.notes == ()


def test_a_credit_restores_what_was_recouped_in_all() -> None:
    """30 and 10 are recouped in Q1 and Q2; a credit of 50 gives all 40 back, and 10 are owed by the payee."""
    found = statement(f"adv: advance A->B 50 USD against f\n{SHARE}", *quarterly("300", "100", "-500"))
    assert recouped(found) == [("30.00", "0.00"), ("10.00", "0.00"), ("-40.00", "-10.00")]


def test_of_two_advances_the_one_between_the_parties_is_recouped() -> None:
    """The first advance went to C, and says so; the second goes against the share of B. An advance of nothing keeps
    nothing back."""
    text = f"one: advance A->C 50 USD against f\ntwo: advance A->B 20 USD against f\n{SHARE}"
    found = statement(text, *quarterly("300"))
    assert recouped(found) == [("20.00", "10.00")]
    assert found.notes == ("one is not recouped from f, which is between others, or in USD",)
    assert recouped(statement(f"adv: advance A->B 0 USD against f\n{SHARE}", *quarterly("300"))) == [("0.00", "30.00")]


def test_a_second_advance_of_a_clause_adds_to_what_is_open() -> None:
    """50 USD in January, of which 30 are recouped in Q1; 50 more in May leave 70 open for Q2, where 80 are payable."""
    text = 'event E "it happens" recurring\nadv: advance A->B 50 USD against f each E\n' + SHARE
    found = statement(text + "record E on 2024-01-10\nrecord E on 2024-05-10\n", *quarterly("300", "800"))
    assert recouped(found) == [("30.00", "0.00"), ("70.00", "10.00")]
    assert figures(found, "adv") == {"not recouped": "0.00 USD"}


def test_an_advance_paid_several_times_is_one_balance() -> None:
    """50 USD each time that E happens: 50 are recouped of the first 80, and 20 of the second 50 from the next."""
    text = 'event E "it happens" recurring\nadv: advance A->B 50 USD against f each E\n' + SHARE
    text += "record E on 2024-01-10\nrecord E on 2024-05-10\n"
    found = statement(text, *quarterly("800", "200"))
    assert recouped(found) == [("50.00", "30.00"), ("20.00", "0.00")]
    assert figures(found, "adv") == {"not recouped": "30.00 USD"}


def test_what_is_recouped_of_what_is_not_known_lies_between() -> None:
    """Between 10 and 30 USD are payable in Q1 (1% to 3% of 1,000), 50 are advanced: nothing is certainly kept back, at
    most all 30; nothing at least, and at most 30, are paid. The advance is open with 20 to 50."""
    text = 'unknown R percentage "r" between 1% and 3%\nadv: advance A->B 50 USD against f\nf: royalty A->B R of s1\n'
    found = statement(text, *quarterly("1000"))
    assert recouped(found) == [("0.00 to 30.00", "0.00 to 30.00")]
    assert found.of("f")[0].contingent_on == ("R",)
    assert figures(found, "adv") == {"not recouped": "20.00 to 50.00 USD"}
    assert str(found.of("f")[0].total) == "0.00 to 30.00 USD"


def test_an_advance_whose_amount_is_not_known() -> None:
    """Between 20 and 40 USD are advanced: of 30 that are payable, up to 30 may be kept back; of the next 30, up to the
    40 that can be open at most."""
    text = f'unknown X amount "x" between 20 USD and 40 USD\nadv: advance A->B X against f\n{SHARE}'
    found = statement(text, *quarterly("300"))
    assert recouped(found) == [("0.00 to 30.00", "0.00 to 30.00")]
    assert figures(found, "adv") == {"not recouped": "0.00 to 40.00 USD"}
    without_end = statement(text.replace(" between 20 USD and 40 USD", ""), *quarterly("300"))
    assert recouped(without_end) == [("0.00 to 30.00", "0.00 to 30.00")]
    big = statement(text, *quarterly("900"))
    assert recouped(big) == [("0.00 to 40.00", "50.00 to 90.00")]


def test_what_is_recouped_of_a_share_that_may_be_nothing() -> None:
    """Between nothing and 30 USD are payable (at most 3% of 1,000): up to 30 are kept back, and up to 30 paid. Without
    a limit, up to the 50 that are open; where 30 were kept back before, up to the other 20."""
    text = 'unknown R percentage "r"{}\nadv: advance A->B 50 USD against f\nf: royalty A->B {}R of s1\n'
    found = statement(text.format(" at most 3%", ""), *quarterly("1000"))
    assert recouped(found) == [("0.00 to 30.00", "0.00 to 30.00")]
    found = statement(text.format("", ""), *quarterly("1000"))
    assert recouped(found) == [("0.00 to 50.00", "0.00 to unknown")]
    found = statement(text.format(" at most 90%", "10% until 2024-03-31 then "), *quarterly("300", "1000"))
    assert recouped(found) == [("30.00", "0.00"), ("0.00 to 20.00", "0.00 to 900.00")]


def test_what_may_be_a_credit_is_recouped_no_further_than_is_open() -> None:
    """Between -50 and 100 USD are payable, 50 are open: no more than those can be kept back; each of two payees has a
    share of what is left, whatever it is. Of an advance of which nothing is known any amount can be kept back."""
    text = 'unknown X amount "x" between 50 USD and 200 USD\nunknown Y amount "y"\nadv: advance A->B, C {} against f\n'
    text += "f: fee A->B, C X - 100 USD paid quarterly until 2024-03-31\n"
    for advance, most in (("50 USD", 5000), ("Y", None)):
        (payment,) = statement(text.format(advance)).of("f")
        assert (payment.recouped.minor_most, [payee for payee, _ in payment.split]) == (most, ["B", "C"])


# --- due days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "due"),
    [
        ("royalty A->B 10% of s1", None),
        ("royalty A->B 10% of s1 within 45 days", "2024-05-15"),
        ("royalty A->B 10% of s1 within 1 month", "2024-04-30"),
        ("royalty A->B 10% of s1 within 5 business days", "2024-04-05"),
        ("royalty A->B 10% of s1 by 2024-06-29", "2024-06-29"),
        ("royalty A->B 10% of s1 by 2024-06-29 roll following", "2024-07-01"),
        ("royalty A->B 10% of s1 by 2024-06-29 roll preceding", "2024-06-28"),
        ("royalty A->B 10% of s1 by 2024-06-29 roll modified-following", "2024-06-28"),
        ("royalty A->B 10% of s1 within 6 days roll following", "2024-04-08"),
        ("fee A->B 90 USD per quarter", None),
        ("fee A->B 90 USD per quarter prepaid", "2024-01-01"),
        ("fee A->B 90 USD per quarter prepaid within 10 days", "2024-01-11"),
        ("fee A->B 90 USD per quarter prepaid from 2024-02-01", "2024-02-01"),
        ("fee A->B 90 USD per quarter within 10 days from 2024-02-01", "2024-04-10"),
        ("fee A->B 90 USD per quarter until 2024-02-20 within 10 days", "2024-04-10"),
        ("fee A->B 90 USD", "2024-01-01"),
        ("fee A->B 90 USD within 30 days", "2024-01-31"),
        ("fee A->B 90 USD by 2024-03-05", "2024-03-05"),
        ("fee A->B 90 USD by 2024-03-03 roll following", "2024-03-04"),
    ],
)
def test_due_days(clause: str, due: str | None) -> None:
    """`within` counts from the end of the period (of what is due once, from its day; of what is prepaid, from the first
    day of the period or of the clause), `by` states a day, `roll` moves one that is no business day. Where nothing is
    said, what is due once is due on its day, what is prepaid on the first day; other payments say none.

    2024-03-31 and 2024-06-29 are a Sunday and a Saturday, 2024-04-06 and 2024-03-03 a Saturday and a Sunday."""
    payment = statement(f"f: {clause}\n", *quarterly("100"), head=HEAD).of("f")[0]
    assert (None if payment.due is None else iso(payment.due)) == due
    said = [word for word in ("within", "by") if f" {word} " in clause]
    assert payment.due_text.split()[:1] == said


def test_business_days_are_those_of_the_deal() -> None:
    """Ten business days from 2024-03-31 by the calendar of the deal: 2024-04-01, Easter Monday, is a holiday in England
    and not in Scotland."""
    for calendar, due in (("weekdays", "2024-04-12"), ("GB-ENG", "2024-04-15"), ("GB-SCT", "2024-04-12")):
        head = HEAD.replace("currency USD", f"currency USD calendar {calendar}")
        found = statement("f: royalty A->B 10% of s1 within 10 business days\n", *quarterly("100"), head=head)
        assert iso(found.of("f")[0].due or 0) == due


def test_each_payment_has_its_due_day() -> None:
    """Of what is due each time, each is due so long after its day; of periods, each after its end."""
    text = 'event E "it happens" recurring\nf: fee A->B 90 USD each E within 10 days\n'
    text += "record E on 2024-01-10\nrecord E on 2024-05-10\n"
    assert [iso(p.due or 0) for p in statement(text).of("f")] == ["2024-01-20", "2024-05-20"]
    found = statement("f: royalty A->B 10% of s1 within 10 days\n", *quarterly("1", "1"))
    assert [iso(p.due or 0) for p in found.of("f")] == ["2024-04-10", "2024-07-10"]


# --- payees -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("", ["33.34", "33.33", "33.33"]),
        ("remainder C", ["33.33", "33.33", "33.34"]),
        ("split 50%, 30%, 20%", ["50.00", "30.00", "20.00"]),
        ("split 33.335%, 33.335%, 33.33%", ["33.34", "33.33", "33.33"]),
        ("split 33.335%, 33.335%, 33.33% remainder A", ["33.33", "33.34", "33.33"]),
    ],
)
def test_a_payment_is_divided_among_its_payees(terms: str, expected: list[str]) -> None:
    """Equally, or as `split` says, in their order; shares are rounded towards zero, and what is left goes to the first,
    or to the one that `remainder` names."""
    text = f'party D "D"\nf: fee D->B, A, C 100 USD {terms}\n'
    (payment,) = statement(text).of("f")
    assert [(payee, str(money)) for payee, money in payment.split] == [
        (payee, f"{amount} USD") for payee, amount in zip("BAC", expected, strict=True)
    ]
    assert (payment.payees, payment.deal) == (("B", "A", "C"), "d")


def test_totals_of_divided_payments_are_the_sums_of_their_parts() -> None:
    """10 and 20 USD in halves: A pays 30, B and C receive 15 each."""
    found = statement("f: royalty A->B, C 10% of s1\n", *quarterly("100", "200"))
    assert totals(found) == {
        "A": ("30.00 USD", "0.00 USD"), "B": ("0.00 USD", "15.00 USD"), "C": ("0.00 USD", "15.00 USD"),
    }  # fmt: skip


def test_a_payment_cites_the_words_that_it_rests_on() -> None:
    """A payment and its parts cite the clause, as it stands at the end of the period: since the amendment, both."""
    text = f'source MSA "the agreement"\nsource AM "the amendment"\n{SHARE.strip()} [MSA 4.2]\n'
    text += 'amend a "a" signed 2024-04-01 [AM 1]\n  set f 20% [AM 2]\n'
    one, other = statement(text, *quarterly("100", "100")).of("f")
    assert [str(cite) for cite in one.cites] == ["MSA 4.2"]
    assert [str(cite) for cite in one.lines[0].parts[0].cites] == ["MSA 4.2"]
    assert "AM 2" in [str(cite) for cite in (*other.cites, *other.lines[0].parts[0].cites)]
    assert (one.instrument, other.instrument) == ("d", "a")


def test_what_is_not_known_is_divided_on_both_sides() -> None:
    """Between 10 and 31 USD in halves: 5 to 15.50 each; without a limit, each gets nothing or more."""
    text = 'unknown X amount "x"{}\nf: fee A->B, C X\n'
    (payment,) = statement(text.format(" between 10 USD and 31 USD")).of("f")
    assert [str(money) for _, money in payment.split] == ["5.00 to 15.50 USD"] * 2
    (payment,) = statement(text.format("")).of("f")
    assert [str(money) for _, money in payment.split] == ["0.00 to unknown USD"] * 2


def test_each_pair_of_parties_has_its_own_account_of_its_days() -> None:
    """From 2024-05-01 on C gets the share: April is B's, May and June are C's, and a sale of February that is booked in
    Q3 is B's still. Each has its own running total."""
    text = f'{SHARE}amend a "a" signed 2024-05-01\n  replace f: royalty A->C 10% of s1\n'
    rows = [Row("2024-02-01", "100"), Row("2024-04-30", "200"), Row("2024-05-01", "400"),
            Row("2024-02-02", "800", booked="2024-07-01"), Row("2024-07-02", "1600")]  # fmt: skip
    found = statement(text, *rows)
    assert [(iso(p.period[1]), p.payees, str(p.amount), str(p.total)) for p in found.of("f")] == [
        ("2024-03-31", ("B",), "10.00 USD", "10.00 USD"),
        ("2024-06-30", ("B",), "20.00 USD", "30.00 USD"),
        ("2024-06-30", ("C",), "40.00 USD", "40.00 USD"),
        ("2024-09-30", ("B",), "80.00 USD", "110.00 USD"),
        ("2024-09-30", ("C",), "160.00 USD", "200.00 USD"),
    ]
    assert totals(found) == {
        "A": ("310.00 USD", "0.00 USD"), "B": ("0.00 USD", "110.00 USD"), "C": ("0.00 USD", "200.00 USD"),
    }  # fmt: skip
    assert balance(found, "f") == ("310.00 USD", "0.00 USD", "310.00 USD", "0.00 USD")


# --- payment periods --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "periods"),
    [
        ("paid weekly", ["2024-02-12 2024-02-18", "2024-05-13 2024-05-19"]),
        ("paid monthly", ["2024-02-01 2024-02-29", "2024-05-01 2024-05-31"]),
        ("paid quarterly", ["2024-01-01 2024-03-31", "2024-04-01 2024-06-30"]),
        ("paid semiannually", ["2024-01-01 2024-06-30"]),
        ("paid annually", ["2024-01-01 2024-12-31"]),
        ("paid fiscal-quarterly", ["2024-02-01 2024-04-30", "2024-05-01 2024-07-31"]),
        ("paid fiscal-annually", ["2023-11-01 2024-10-31"]),
        ("paid contract-annually from 2024-02-10", ["2024-02-10 2025-02-09"]),
        ("paid once until 2024-09-30", ["2024-01-01 2024-09-30"]),
        ("", ["2024-01-01 2024-03-31", "2024-04-01 2024-06-30"]),
    ],
)
def test_payment_periods(terms: str, periods: list[str]) -> None:
    """One payment for each period of the frequency in which something accrues; quarterly where nothing is said. The
    fiscal year begins in November."""
    head = HEAD.replace("currency USD", "currency USD fiscal-year November")
    found = statement(f"f: royalty A->B 10% of s1 {terms}\n", *quarterly("10", "20"), head=head, through="2025-03-31")
    assert [span(payment.period) for payment in found.of("f")] == periods


def test_the_default_period_is_asked_for() -> None:
    """Where a clause says no frequency, `--period` says it; a fee has that of its window."""
    text = f"{SHARE}g: fee A->B 12 USD per month until 2024-01-31\n"
    found = statement(text, *quarterly("10"), default="month")
    assert [span(payment.period) for payment in found.of("f")] == ["2024-02-01 2024-02-29"]
    found = statement(text, *quarterly("10"), default="year")
    assert [span(payment.period) for payment in found.of("f")] == ["2024-01-01 2024-12-31"]
    assert [span(payment.period) for payment in found.of("g")] == ["2024-01-01 2024-01-31"]


def test_a_change_of_the_frequency_cuts_a_period() -> None:
    """Annually until 2024-05-01, then monthly: the year is cut on 2024-04-30."""
    text = 'f: royalty A->B 10% of s1 paid annually\namend a "a" signed 2024-05-01\n  set f paid monthly\n'
    rows = [Row("2024-02-01", "10"), Row("2024-04-30", "20"), Row("2024-05-01", "40"), Row("2024-07-01", "80")]
    found = statement(text, *rows)
    assert [(span(p.period), str(p.amount)) for p in found.of("f")] == [
        ("2024-01-01 2024-04-30", "3.00 USD"), ("2024-05-01 2024-05-31", "4.00 USD"),
        ("2024-07-01 2024-07-31", "8.00 USD"),
    ]  # fmt: skip


def test_a_period_is_settled_when_it_has_ended() -> None:
    """Through the day before the end of a period nothing of it is settled, and its rows are later ones."""
    rows = quarterly("10", "20")
    for day, count, later in (("2024-03-30", 0, 2), ("2024-03-31", 1, 1), ("2024-06-29", 1, 1), ("2024-06-30", 2, 0)):
        found = statement(SHARE, *rows, through=day)
        assert (len(found.of("f")), found.later_rows, found.rows) == (count, later, 2)


# --- what a clause takes ----------------------------------------------------------------------------------------------

NAMES = """stream direct "direct sales" in s1
stream partner "partner sales" in direct
asset book "the book"
asset second "the second edition" in book
"""


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("of s1", 119),
        ("of direct", 6),
        ("of partner", 4),
        ("of s1 except direct", 113),
        ("of s1 except partner", 115),
        ("of s1, s2", 127),
        ("", 127),
        ("net of s2", 111),
        ("of s1 net of direct", 107),
        ("of book", 48),
        ("of second", 32),
        ("of s1, book", 48),
        ('in "US"', 64),
        ('of s1 except "US"', 55),
        ("of s1 except second", 87),
    ],
)
def test_what_a_clause_takes(terms: str, expected: int) -> None:
    """`of` streams with what lies in them (all of the deal where none is named), of an asset the rows of that product
    and of what lies in it; `net of` deducts, `in` takes the rows of a territory, `except` leaves out. The rows are 1 of
    s1, 2 of direct, 4 of partner, 8 of s2, 16 of the book, 32 of its second edition, 64 in the US, all three in s1."""
    rows = [Row("2024-02-01", "1"), Row("2024-02-01", "2", "direct"), Row("2024-02-01", "4", "partner"),
            Row("2024-02-01", "8", "s2"), Row("2024-02-01", "16", product="book"),
            Row("2024-02-01", "32", product="second"), Row("2024-02-01", "64", territory="US")]  # fmt: skip
    found = statement(f"{NAMES}f: royalty A->B 100% {terms}\n", *rows)
    assert [amount for _, amount in paid(found, "f")] == [f"{expected}.00 USD"]


def test_a_row_counts_for_the_clauses_of_its_payer() -> None:
    """Where a row names a payer, it counts for clauses of that payer; where it names none, for all."""
    text = f"{SHARE}g: royalty C->B 10% of s1\n"
    rows = [Row("2024-02-01", "10"), Row("2024-02-01", "20", payer="A"), Row("2024-02-01", "40", payer="C")]
    found = statement(text, *rows)
    assert (paid(found, "f"), paid(found, "g")) == ([("2024-03-31", "3.00 USD")], [("2024-03-31", "5.00 USD")])


def test_rows_that_no_clause_takes_are_counted_and_named() -> None:
    """A row that no clause takes, and one that lies outside the life of every clause that would, each with its reason,
    summed by what they are; rows behind the last day are later ones, whoever takes them."""
    text = "f: royalty A->B 10% of s1 from 2024-02-01\n"
    rows = [Row("2024-02-01", "1"), Row("2024-01-31", "2"), Row("2024-01-30", "3"), Row("2024-02-02", "4", "s2"),
            Row("2024-02-03", "5.5", "s2"), Row("2024-02-03", "6", "s2", product="book", territory="US", payer="C"),
            Row("2025-01-01", "7"), Row("2025-01-01", "8", "s2"), Row("2024-12-01", "9", booked="2025-01-01"),
            Row("2024-12-31", "10", "s2", currency="EUR")]  # fmt: skip
    found = statement(text, *rows)
    assert [
        (u.stream, u.product, u.territory, u.payer, u.reason, u.rows, str(u.amount), u.currency)
        for u in found.unclaimed
    ] == [
        ("s1", "", "", "", "no clause that takes it is in force that day", 2, "5", ""),
        ("s2", "", "", "", "no clause takes it", 2, "19/2", ""),
        ("s2", "", "", "", "no clause takes it", 1, "10", "EUR"),
        ("s2", "book", "US", "C", "no clause takes it", 1, "6", ""),
    ]
    assert (found.later_rows, found.rows) == (3, 10)


def test_days_on_which_a_clause_is_waived_or_dormant_are_not_taken() -> None:
    """A clause takes the sales of the days on which it is in force; those of days on which it is waived it never
    takes."""
    text = f'{SHARE}amend w "w" signed 2024-02-01\n  waive f until 2024-02-29\n'
    found = statement(
        text, Row("2024-01-31", "10"), Row("2024-02-01", "20"), Row("2024-02-29", "40"), Row("2024-03-01", "80")
    )
    assert [amount for _, amount in paid(found, "f")] == ["9.00 USD"]
    assert [(each.reason, each.rows) for each in found.unclaimed] == [
        ("no clause that takes it is in force that day", 2)
    ]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("in Q1 2024: rent accrued 910 USD", None),
        ("in Q1 2024: rent accrued 900 USD", "910.00 USD"),
        ("through 2024-06-30: rent accrued 1,820 USD", None),
        ("in 2024-02: rent accrued 910 USD", "no payment period ends in it"),
    ],
)
def test_what_accrues_can_be_expected(expected: str, found: str | None) -> None:
    deal = dealrun.loads(
        'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\n'
        f"rent: fee A->B 910 USD per quarter within 10 days\nexpect paid {expected}\n"
    )
    assert [outcome.found for outcome in deal.test()] == [found]


def test_what_accrues_is_an_amount_of_all_payees() -> None:
    for wrong in ("rent accrued", "rent to B accrued 910 USD", "rent accrued due 2024-04-10"):
        with pytest.raises(dealrun.LoadError):
            dealrun.loads(
                'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\n'
                f"rent: fee A->B 910 USD per quarter within 10 days\nexpect paid in Q1 2024: {wrong}\n"
            )


def test_a_period_of_one_day_has_no_due_day_of_its_own() -> None:
    """A fee by period falls due as its clause says; only an amount that is due once is due on its day."""
    text = (
        'w: fee A->B 7 USD per week\nfee1: fee A->B 9 USD\namend a1 "1" of d signed 2024-01-02\n  set w paid annually\n'
    )
    found = dealrun.loads(HEAD + text).settle([], through="2024-12-31")
    assert [each.due for each in found.of("w")] == [None, None]
    assert [each.due for each in found.of("fee1")] != [None]


def test_a_correction_of_nothing_pays_nothing_of_a_running_total() -> None:
    """What a running total still owes is no correction of a period in which nothing changed."""
    contract = dealrun.loads(
        'deal d "D" signed 2024-01-01 currency USD rounding half-up, running\nparty A "A"\nparty B "B"\n'
        'stream s1 "s"\nunit copies "copies"\n'
        "r: royalty A->B 0.005 USD per copies of s1 floor 3 USD per year paid quarterly until 2024-12-31\n"
    )
    rows = "date,amount,units,unit,stream,currency,booked\n2024-11-01,-1,-1,copies,s1,USD,2024-11-01\n"
    ledger = {"l.csv": rows + "2024-08-01,5,0,copies,s1,USD,2025-02-01\n"}
    lines = [[(line.kind, str(line.amount)) for line in payment.lines]
             for payment in contract.settle(ledger, through="2025-03-31").of("r")]  # fmt: skip
    assert lines == [[("share", "-0.01 USD"), ("true-up", "3.01 USD")], [("correction", "0.00 USD")]]
