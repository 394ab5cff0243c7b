"""Books: what nobody wrote down is neither performed nor breached, unless books are kept. Money is a duty too."""

from datetime import date

import pytest

import dealrun
from below import below
from dealrun.agenda.entries import agenda

HEAD = """\
deal d "D" signed 2024-01-01 currency USD
party A "A"
party B "B"
event SALE "the business is sold"
stream sales "sales"
"""


load, holds = below(HEAD)


REPORT = """
q: require A->B "report" quarterly
exit: terminate B when default of q
record SALE on 2025-05-01
"""


def test_bookkeeping_that_nobody_keeps_breaches_nothing() -> None:
    """Fault 52: one unrelated record does not put a whole deal in breach."""
    timeline = load(REPORT).timeline()
    state = timeline.on("2025-05-01")
    assert {duty.status for duty in state["q"].duties[:-1]} == {"unrecorded"}
    assert state["exit"].contingent_on == ("performance of q",)
    assert state["exit"].status == "contingent"


def test_where_books_are_kept_what_is_not_recorded_is_breached() -> None:
    state = load(REPORT + "books\n").timeline().on("2025-05-01")
    assert {duty.status for duty in state["q"].duties[:-1]} == {"breached"}
    assert state["exit"].status == "in force"


@pytest.mark.parametrize(
    ("books", "standings"),
    [
        ("books q", "bbbb"), ("books other", "uuuu"), ("books from 2024-06-30", "ubbb"), ("books from 2024-07", "uubb"),
        ("books until 2024-06-29", "buuu"), ("books while SALE", "uuuu"), ("books other\nmore: books q", "bbbb"),
    ],
)  # fmt: skip
def test_of_what_and_since_when_books_are_kept(books: str, standings: str) -> None:
    """Of an obligation they are kept if they are on its due day."""
    contract = load(f'{REPORT}other: require A "x"\n{books}\n')
    duties = contract.timeline().on("2025-01-15")["q"].duties[:4]
    assert "".join(duty.status[0] for duty in duties) == standings


def test_books_are_amended_like_everything_else() -> None:
    holds("""
        q: require A->B "report" quarterly
        kept: books
        amend one "One" signed 2024-07-15
          drop kept
        amend two "Two" signed 2025-01-15
          add again: books q
        expect on 2025-06-01 known 2025-06-01: q breached in Q1 2024, q breached in Q2 2024, q unrecorded in Q3 2024,
          q unrecorded in Q4 2024, q breached in Q1 2025
    """)


def test_books_outlive_the_deal() -> None:
    holds("""
        term until 2024
        last: require A->B "hand over" by 2025-01-31
        survive last
        books
        expect on 2025-02-01 known 2025-12-31: last breached by A
    """)


def test_a_performance_counts_for_the_next_due_day_or_for_what_it_names() -> None:
    holds("""
        q: require A->B "report" quarterly within 15 days
        record performance of q on 2024-04-20
        expect on 2024-06-01 known 2025-12-31: q unrecorded in Q1 2024, q performed in Q2 2024
        expect on 2024-12-31 known 2025-12-31 given performance of q on 2024-04-10: q performed in Q1 2024
    """)
    named = load('q: require A->B "r" quarterly\nrecord performance of q for Q1 2024 on 2024-06-20\n').timeline()
    assert [d.status for d in named.on("2024-06-20")["q"].duties] == ["performed late", "not yet due"]


def test_where_none_is_to_come_a_performance_counts_for_the_last() -> None:
    holds("""
        event N "n" recurring
        answer: require A "answer" each N within 10 days
        record N on 2024-02-01
        record N on 2024-03-01
        record performance of answer on 2024-04-01
        expect on 2024-06-01 known 2024-12-31: answer unrecorded in 2024-02, answer performed late in 2024-03
    """)


def test_with_books_the_earliest_that_is_overdue_comes_first() -> None:
    holds("""
        books
        q: require A->B "report" quarterly within 15 days
        record performance of q on 2024-04-20
        expect on 2024-06-01 known 2025-12-31: q performed late in Q1 2024, q not yet due in Q2 2024
    """)


def test_a_record_that_names_no_obligation_is_told() -> None:
    contract = load('q: require A->B "r" quarterly\nrecord performance of q for Q3 2023 on 2024-06-20\n')
    assert [d.code for d in contract.diagnostics] == ["DR508"]
    both = load(
        'p: require A "x" by 2024-05\nf: record performance of p on 2024-03-01\nrecord performance of p on 2024-04-01\n'
    )
    assert both.timeline().on("2024-06-01")["p"].duties[0].performed == date(2024, 3, 1)


def test_a_recorded_breach_and_a_late_performance_need_no_books() -> None:
    holds("""
        goods: require A->B "deliver" by 2024-06-30
        pay: damages A->B 100 USD when breach of goods
        expect on 2024-07-02 known 2024-12-31 given breach of goods on 2024-07-02: pay in force
        expect on 2024-07-10 known 2024-12-31 given performance of goods on 2024-07-10: pay in force,
          goods performed late
        expect on 2024-07-10 known 2024-12-31: pay contingent on performance of goods, goods unrecorded
        expect on 2024-07-10 known 2024-12-31 given performance of goods on 2024-06-10: pay not yet, goods performed
    """)


@pytest.mark.parametrize(
    ("recorded", "eve", "before"),
    [("2024-07-01", "2024-06-30", "due"), ("2024-07-02", "2024-07-01", "unrecorded"),
     ("2024-06-10", "2024-06-09", "not yet due")],
)  # fmt: skip
def test_what_fell_due_is_breached_from_the_day_of_a_breach_that_is_recorded(
    recorded: str, eve: str, before: str
) -> None:
    holds(f"""
        price: fee A->B 100 USD by 2024-06-30
        plan: require A->B "show a plan" by 2024-06-30
        out: terminate B cause when breach of price notice 30 days
        record breach of price on {recorded}
        record breach of plan on {recorded}
        record notice of out on 2024-07-05
        expect on {eve} known 2024-07-05: price {before}, plan {before}
        expect on {recorded} known 2024-07-05: price breached by A, plan breached by A, out in force
    """)


def test_what_waits_for_a_performance_hangs_on_it_where_nobody_keeps_books() -> None:
    holds("""
        pay: require B->A "pay the price" by 2024-06-30
        title: own B when performance of pay
        expect on 2024-03-01 known 2024-12-31: title contingent on performance of pay
        expect on 2024-03-01 known 2024-12-31 given performance of pay on 2024-02-01: title in force
    """)
    holds("""
        books
        pay: require B->A "pay the price" by 2024-06-30
        title: own B when performance of pay
        expect on 2024-03-01 known 2024-12-31: title not yet
    """)


def test_a_cure_that_nobody_recorded_is_open_without_books() -> None:
    text = 'exit: terminate B cause cure 30 days\nwork: require A "work"\n{}record notice of exit on 2024-03-01\n'
    known = "2024-12-31"
    assert load(text.format("")).timeline(known=known).on("2024-06-01")["work"].contingent_on == ("cure of exit",)
    assert load(text.format("books\n")).timeline(known=known).on("2024-06-01")["work"].status == "ended"


def test_what_fell_due_after_the_day_of_knowledge_is_told_as_not_known() -> None:
    timeline = load('q: require A->B "report" quarterly\np: require A "plan" by 2024-08-15\n').timeline(
        known="2024-04-30"
    )
    found = [(str(each.day), each.label, each.kind, each.number) for each in agenda(
        timeline, date(2024, 10, 15).toordinal(), date(2025, 1, 31).toordinal()
    )]  # fmt: skip
    assert found == [
        ("2024-03-31", "q", "unrecorded", "Q1 2024"),
        ("2024-06-30", "q", "due, not known", "Q2 2024"),
        ("2024-08-15", "p", "due, not known", ""),
        ("2024-09-30", "q", "due, not known", "Q3 2024"),
        ("2024-12-31", "q", "due", "Q4 2024"),
    ]


# --- money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "exit_", "fee"),
    [
        ("", "contingent", "unrecorded"),
        ("books\n", "in force", "breached"),
        ("books\nrecord paid 100 USD under f on 2024-03-01\n", "not yet", "performed"),
        (
            "books\nrecord paid 60 USD under f on 2024-02-01\nrecord paid 40 USD under f on 2024-03-06\n",
            "not yet",
            "cured",
        ),
        ("books\nrecord paid 60 USD under f on 2024-02-01\n", "in force", "breached"),
        ("books\nrecord performance of f on 2024-02-15\n", "not yet", "performed"),
        ("record paid 100 USD under f on 2024-04-01\n", "in force", "performed late"),
    ],
)
def test_money_that_is_due_is_a_duty(records: str, exit_: str, fee: str) -> None:
    """Fault 3."""
    contract = load(f"f: fee A->B 100 USD by 2024-03-01 cure 5 days otherwise exit\nexit: terminate B cause\n{records}")
    state = contract.timeline(known="2024-12-31").on("2024-06-01")
    assert state["exit"].status == exit_
    assert [duty.status for duty in state["f"].duties] == [fee]


def test_the_statement_tells_the_same_story() -> None:
    """Fault 51: what is recorded as performed is paid; without books what is not recorded is not overdue."""
    text = "seed: invest A->B 1bn USD by 2024-03-01\nlate: interest A->B 10% per year on seed\n{}"
    for records, overdue, unrecorded, paid in (
        ("", "0.00 USD", "1,000,000,000.00 USD", "0.00 USD"),
        ("books\n", "1,000,000,000.00 USD", "0.00 USD", "0.00 USD"),
        ("record performance of seed on 2024-03-01\n", "0.00 USD", "0.00 USD", "1,000,000,000.00 USD"),
    ):
        found = load(text.format(records)).settle(through="2024-12-31")
        (balance, *more) = found.balances
        assert (str(balance.overdue), str(balance.unrecorded), str(balance.paid)) == (overdue, unrecorded, paid)
        names = [figure.name for each in more for figure in each.figures]
        assert names == {"": ["if unpaid"], "books\n": ["accruing on what is overdue"]}.get(records, [])


@pytest.mark.parametrize(
    "money",
    [
        "royalty A->B 10% of sales paid quarterly within 30 days",
        "fee A->B 100 USD per quarter within 30 days",
        "commit A->B 1m USD per quarter of sales shortfall 100% within 30 days",
        "fee A->B 2% of sales paid quarterly within 30 days",
    ],
)
def test_where_a_ledger_decides_what_waits_for_a_breach_hangs_on_it_by_name(money: str) -> None:
    contract = load(f"books\nm: {money}\nstop: permit B when breach of m\nexit: terminate B when default of m\n")
    timeline = contract.timeline(known="2024-12-31")
    assert timeline.on("2024-04-30")["stop"].status == "not yet"
    for label in ("stop", "exit"):
        assert timeline.on("2024-05-01")[label].contingent_on == ("performance of m",)


def test_each_payment_of_a_fixed_sum_falls_due_by_itself() -> None:
    holds("""
        books
        event N "n" recurring
        f: fee A->B 100 USD each N within 10 days
        exit: terminate B when default of f
        record N on 2024-02-01
        record N on 2024-03-01
        record paid 150 USD under f on 2024-02-11
        expect on 2024-03-11 known 2024-12-31: exit not yet
        expect on 2024-03-12 known 2024-12-31: exit in force
    """)


def test_books_that_hang_on_a_right_to_end_the_deal_are_a_circle() -> None:
    """A cure that nobody recorded may stand against a termination, so its time to cure reads whether books are kept."""
    text = """
        right: option B->A renewal act "renew"
        books when right
        out: terminate A->B cause {}
    """
    assert load(text.format("")).timeline().on("2024-01-01")["out"].status == "in force"
    with pytest.raises(dealrun.LoadError, match="hang on"):
        load(text.format("cure 1 day"))
