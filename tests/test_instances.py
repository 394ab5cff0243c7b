"""Clauses with `each`: they are as their instances are, and obligations of occurrences have one story."""

from datetime import date, timedelta

import pytest

import dealrun
from below import below
from dealrun.agenda.entries import agenda
from either import either

HEAD = """\
deal d "D" signed 2024-01-01 currency USD
party A "A"
party B "B"
event N "a notice of infringement" recurring
event R "the review" every 1 year from 2025-06-01 until 2027
"""


load, holds = below(HEAD)


PEN = "pen: forbid A->B each N for 1 year\n"


def test_a_clause_is_as_its_instances_are() -> None:
    holds("""
        pen: forbid A->B "sue" each N for 1 year
        other: permit A "laugh" while pen
        again: permit B "sue again" when end of pen
        record N on 2024-06-10
        expect on 2024-06-09 known 2026-12-31: pen not yet, other dormant
        expect on 2024-06-10 known 2026-12-31: pen in force, pen in force in 2024-06, other in force
        expect on 2025-06-09 known 2026-12-31: pen in force
        expect on 2025-06-10 known 2026-12-31: pen dormant, pen ended in 2024-06, other dormant, again not yet
        expect on 2027-01-01 known 2026-12-31: pen contingent on N
        expect on 2024-05-01: pen contingent on N
    """)


def test_a_clause_with_instances_ends_with_the_last_that_can_come() -> None:
    holds("""
        look: permit B "look" each R for 30 days
        done: permit B "leave" when end of look
        expect on 2025-05-31: look not yet
        expect on 2025-06-01: look in force
        expect on 2025-07-01: look dormant
        expect on 2027-06-30: look in force, done not yet
        expect on 2027-07-01: look ended, done in force
    """)


def test_the_instances_are_told() -> None:
    contract = load('look: permit B "look" each R for 30 days\n')
    timeline = contract.timeline()
    state = timeline.on("2026-07-01")["look"]
    assert [(each.occurrence, each.status, each.until) for each in state.instances] == [
        (date(2025, 6, 1), "ended", date(2025, 6, 30)),
        (date(2026, 6, 1), "ended", date(2026, 6, 30)),
    ]
    changes = [(c.on, c.after) for c in timeline.changes("2025-01-01", "2026-12-31") if c.label == "look"]
    assert changes == [
        (date(2025, 6, 1), "in force"), (date(2025, 7, 1), "dormant"), (date(2026, 6, 1), "in force"),
        (date(2026, 7, 1), "dormant"),
    ]  # fmt: skip
    ends = [each.day for each in agenda(timeline, *days("2025-01-01", "2026-12-31")) if each.kind == "ends"]
    assert ends == [date(2025, 6, 30), date(2026, 6, 30)]


def days(first: str, last: str) -> tuple[int, int]:
    """Two days by their texts."""
    return date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()


def test_starts_and_ends_of_instances_recur() -> None:
    holds("""
        look: permit B "look" each R for 30 days
        bill: fee A->B 100 USD each end of look
        greet: require A "greet" each start of look within 5 days
        expect on 2025-07-01 known 2025-12-31: bill in force
        expect on 2025-06-30 known 2025-12-31: bill not yet, greet unrecorded in 2025-06
        expect paid in Q3 2025: bill 100 USD
        expect paid through 2026-12-31: bill 200 USD
    """)


def test_what_happens_once_makes_no_instances() -> None:
    for words in ("each start of p", "each end of p", "each due of q"):
        found = either(f'{HEAD}p: permit A "x"\nq: require A "y" by 2025\nz: permit B "z" {words}\n')
        assert isinstance(found, dealrun.Diagnostics)
        assert [d.code for d in found] == ["DR203"]


def test_a_duty_before_a_recurring_day_is_one_obligation_with_one_story() -> None:
    """Fault 29: it is due 60 days before each review, stands before the review comes, and its breach is the duty's."""
    text = 'n: require A->B "give notice" each R by 60 days before R\nexit: terminate B when default of n\nbooks\n'
    timeline = load(text).timeline(known="2025-12-31")
    standing = [(day, [(d.number, d.status) for d in timeline.on(day)["n"].duties]) for day in (
        "2024-06-01", "2025-04-02", "2025-04-03", "2025-06-02",
    )]  # fmt: skip
    assert standing == [
        ("2024-06-01", [("2025-06-01", "not yet due")]),
        ("2025-04-02", [("2025-06-01", "due")]),
        ("2025-04-03", [("2025-06-01", "breached")]),
        ("2025-06-02", [("2025-06-01", "breached"), ("2026-06-01", "not yet due")]),
    ]
    assert [each.day for each in agenda(timeline, *days("2025-01-01", "2025-12-31")) if each.kind == "due"] == [
        date(2025, 4, 2)
    ]
    assert timeline.on("2025-04-03")["exit"].status == "in force"
    done = load(f"{text}record performance of n on 2025-03-01\n").timeline(known="2025-12-31")
    assert [d.status for d in done.on("2025-12-31")["n"].duties] == ["performed", "not yet due"]


def test_a_due_day_on_the_occurrence_can_be_met_before_it() -> None:
    holds("""
        books
        answer: require A "answer" each N by N
        record N on 2024-05-10
        expect on 2024-06-01 known 2024-12-31 given performance of answer on 2024-05-08: answer performed in 2024-05
        expect on 2024-06-01 known 2024-12-31: answer breached in 2024-05
    """)


@pytest.mark.parametrize(
    ("performed", "standing"),
    [([], ["breached"]), (["2024-06-01"], ["performed"]), (["2024-06-01", "2024-07-01"], ["performed", "not yet due"])],
)
def test_a_performance_does_not_satisfy_the_duty_that_it_creates(performed: list[str], standing: list[str]) -> None:
    """Fault 26: a deposit within six months of each deposit."""
    text = "books\ndeposit: escrow A->B of N2 each performance of deposit within 6 months of performance of deposit\n"
    text = text.replace("N2", '"code"') + "".join(
        f"d{n}: record performance of deposit on {day}\n" for n, day in enumerate(["2024-02-01", *performed])
    )  # fmt: skip
    timeline = load(text).timeline(known="2024-12-31")
    found = [d.status for d in timeline.on("2024-12-31")["deposit"].duties]
    assert found[: len(standing)][0] == standing[0]


def test_a_performance_sets_no_due_day_that_it_meets() -> None:
    holds("""
        books
        again: require A "report again" by 30 days after performance of again
        first: record performance of again on 2024-03-01
        expect on 2024-03-31 known 2024-12-31: again due
        expect on 2024-04-01 known 2024-12-31: again breached
        expect on 2024-04-30 known 2024-12-31: again breached
    """)


def test_a_performance_before_the_obligation_opens_does_not_count() -> None:
    """Fault 25."""
    text = 'books\nplan: require A "show a plan" from 2025-12-18 by 2026-01-17\nrecord performance of plan on {}\n'
    for day, status in (("2025-12-17", "breached"), ("2025-12-18", "performed"), ("2026-01-18", "performed late")):
        contract = load(text.format(day))
        assert contract.timeline(known="2026-12-31").on("2026-06-01")["plan"].duties[0].status == status
        assert [d.code for d in contract.diagnostics] == (["DR508"] if day == "2025-12-17" else [])


def test_an_end_that_came_stays() -> None:
    """An amendment that lengthens the time of instances brings none back that has ended."""
    holds("""
        pen: forbid A->B "sue" each N for 30 days
        amend one "One" signed 2024-08-01
          set pen for 1 year
        record N on 2024-03-01
        record N on 2024-07-15
        expect on 2024-07-31 known 2024-12-31: pen in force
        expect on 2024-09-01 known 2024-12-31: pen in force, pen ended in 2024-03, pen in force in 2024-07
    """)


def test_what_is_sold_between_instances_is_not_taken() -> None:
    contract = load("""
        stream sales "sales"
        promo: royalty A->B 10% of sales each N for 30 days paid quarterly
        record N on 2024-02-01
    """)
    rows = "date,stream,amount\n2024-01-15,sales,1000\n2024-02-15,sales,1000\n2024-03-15,sales,1000\n"
    assert [str(p.amount) for p in contract.settle({"sales.csv": rows}).of("promo")] == ["100.00 USD"]


def test_a_duty_that_is_due_before_the_occurrence_before_its_own_falls_due() -> None:
    """It was never due: each instance would have begun after its own due day."""
    holds("""
        event D "a delivery" recurring
        n: require A->B "announce" each D by 10 days before D
        books
        record D on 2024-03-01
        record D on 2024-03-04
        record D on 2024-03-04
        record D on 2024-05-01
        record performance of n on 2024-02-22
        expect on 2024-02-21 known 2024-12-31: n breached by A in 2024-03-01
        expect on 2024-02-22 known 2024-12-31: n performed in 2024-03-04
        expect on 2024-03-05 known 2024-12-31: n not yet due in 2024-05-01
    """)


def test_occurrences_on_days_that_follow_each_other_each_have_an_obligation() -> None:
    days = 'event D "a day" every 1 day from 2024-03-01 until 2024-03-20\n'
    timeline = load(days + 'n: require A->B "announce" each D by 10 days before D\nbooks\n').timeline(
        known="2024-12-31"
    )
    found = timeline.on("2024-03-20")["n"].duties
    assert [(duty.number, duty.due) for duty in found] == [
        (f"2024-03-{day:02}", date(2024, 3, day) - timedelta(10)) for day in range(1, 21)
    ]


def test_a_clause_that_ends_and_never_starts_says_so() -> None:
    """The message said that it starts on never."""
    (found,) = load('p: permit A "x" each N until 2023-01-01').diagnostics
    assert (found.code, found.message) == ("DR312", "`p` ends on 2023-01-01, and never starts")
