"""What is supposed: days, periods, never, the day of a signing, one obligation of several; and that nothing else is."""

import pytest

import dealrun

TEXT = """deal d "D" signed 2023-12-01
party A "A"
party B "B"
books
event E "e"
event fair "a fair" recurring
condition rain "rain"
record rain holds from 2023-06-01
record fair on 2023-12-15 known 2023-12-15
l: license B->A while not rain
s: permit A "sell" until E
report: require A->B "report" quarterly within 30 days until 2030
angry: permit B "be angry" from breach of report
stand: permit A "stand" for 2 days each fair
amend one "One" signed 2024-03
  add gift: permit A "take a gift" from signed
"""
KNOWN = "2024-01-01"


def contract() -> dealrun.Contract:
    """A contract with something of everything that can be supposed."""
    return dealrun.loads(TEXT.replace(" from signed", ""))


def status(label: str, day: str, **assume: str) -> str:
    """How a clause stands on a day if nothing happens but what is supposed."""
    return contract().timeline(known=KNOWN, assume=assume, nothing_else=True).on(day)[label].status


def test_an_event_never_comes() -> None:
    timeline = contract().timeline(known=KNOWN, assume={"E": "never"})
    state = timeline.on("2100-01-01")["s"]
    assert (state.status, state.contingent_on) == ("in force", ())
    assert "assuming no E" in timeline.on("2100-01-01").to_text()


@pytest.mark.parametrize(
    ("days", "day", "expected"),
    [
        ("never", "2024-06-01", "in force"),
        ("never", "2023-12-02", "in force"),  # a supposition replaces what is recorded
        ("2024-06-01", "2024-05-31", "in force"),
        ("2024-06-01", "2024-06-01", "dormant"),
        ("2024-06-01 until 2024-06-30", "2024-06-30", "dormant"),
        ("2024-06-01 until 2024-06-30", "2024-07-01", "in force"),
        ("2024-06-01 until 2024-06-30, 2025-01-01", "2024-07-01", "in force"),
        ("2024-06-01 until 2024-06-30, 2025-01-01", "2025-01-01", "dormant"),
        ("2025-01-01, 2024-06-01 until 2024-06-30", "2024-06-30", "dormant"),
    ],
)
def test_a_condition_holds_in_periods(days: str, day: str, expected: str) -> None:
    assert status("l", day, rain=days) == expected


def test_after_its_last_period_a_condition_is_open_unless_nothing_else_happens() -> None:
    timeline = contract().timeline(known=KNOWN, assume={"rain": "2024-06-01 until 2024-06-30"})
    assert timeline.clause("l", "2024-07-01").status == "contingent"
    assert timeline.presumed.clause("l", "2024-07-01").status == "in force"


def test_one_obligation_of_several_is_not_performed() -> None:
    supposed = {"performance of report for Q2 2024": "never"}
    course = contract().timeline(known=KNOWN, assume=supposed, nothing_else=True)
    duties = {duty.number: duty for duty in course.on("2024-12-01")["report"].duties}
    assert (duties["Q1 2024"].status, duties["Q2 2024"].status) == ("performed", "breached")
    assert not duties["Q2 2024"].may_be_done
    assert course.on("2024-07-30")["angry"].status == "not yet"
    assert course.on("2024-07-31")["angry"].status == "in force"
    open_ = contract().timeline(known=KNOWN, assume=supposed)
    assert open_.clause("report", "2024-12-01").duties[1].status == "contingent"  # Q1 2024: nobody knows
    assert open_.clause("report", "2024-12-01").duties[2].status == "breached"
    assert open_.clause("angry", "2024-07-31").status == "in force"


def test_one_obligation_is_performed_late() -> None:
    course = contract().timeline(
        known=KNOWN, assume={"performance of report for Q2 2024": "2024-08-15"}, nothing_else=True
    )
    duties = {duty.number: duty.status for duty in course.on("2024-12-01")["report"].duties}
    assert (duties["Q2 2024"], duties["Q3 2024"]) == ("performed late", "performed")


def test_no_performance_at_all() -> None:
    course = contract().timeline(known=KNOWN, assume={"performance of report": "never"}, nothing_else=True)
    assert {duty.status for duty in course.on("2024-12-01")["report"].duties} == {"breached", "not yet due"}


def test_a_recurring_event_comes_on_several_days() -> None:
    days = "2024-05-01, 2024-06-01"
    found = [status("stand", day, fair=days) for day in ("2024-05-01", "2024-05-03", "2024-06-02", "2023-12-15")]
    assert found == ["in force", "dormant", "in force", "not yet"]


def test_the_day_of_a_signing() -> None:
    for day, expected in (("2024-03-05", "in force"), ("2024-03-06", "not yet")):
        timeline = contract().timeline(assume={"one.signed": day})
        assert timeline.on("2024-03-05")["gift"].status == expected
    assert contract().timeline().on("2024-03-05")["gift"].status == "contingent"


@pytest.mark.parametrize(
    ("name", "days", "message"),
    [
        ("E", "2024-02-02, 2024-03-03", "happens once; give one day"),
        ("E", "2024-02-02 until 2024-03-03", "is an event; it happens on a day"),
        ("E", "nevr", "`nevr` is not a date"),
        ("rain", "2025-01-01 until 2024-01-01", "before it begins"),
        ("performance of report for Q9 2024", "never", "has no obligation for Q9 2024; it has: Q4 2023, Q1 2024"),
        ("performance of report for Q1 2024", "2024-02-01, 2024-03-01", "happens once"),
        ("performance of l for Q1 2024", "never", "has no obligation for Q1 2024; it has: none of several"),
        ("one.signed", "2024-04-01", "is a day between 2024-03-01 and 2024-03-31"),
        ("one.signed", "never", "is a day between 2024-03-01 and 2024-03-31"),
        ("d.signed", "2024-04-01", "is a day on 2023-12-01"),
        ("two.signed", "2024-04-01", "no instrument was signed of which `two.signed` is the day"),
        ("nobody", "never", "the contract has no `nobody`"),
        ("breach of report", "never", "follows: what falls due is not breached by whoever does it"),
    ],
)
def test_what_cannot_be_supposed_is_told(name: str, days: str, message: str) -> None:
    with pytest.raises((ValueError, KeyError), match=message):
        contract().timeline(known="2024-04-30", assume={name: days})


def test_a_supposition_is_written_out() -> None:
    timeline = contract().timeline(assume={"rain": "2024-06-01 until 2024-06-30 , 2025-01-01", "E": "never"})
    assert timeline.basis.assume == {"rain": "2024-06-01 until 2024-06-30, 2025-01-01", "E": "never"}
