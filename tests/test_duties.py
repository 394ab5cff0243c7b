"""Duties: what falls due when, how it stands, and what comes of it; each rule as a contract and what it must show."""

import json
import re
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

import dealrun
from below import below
from dealrun.cli.main import main
from either import either

BASE = """
deal d "D" signed 2024-01-01 parties A, B
party A "A"
party B "B"
condition flood "the works are flooded"
event sale "a sale" recurring
event closing "the closing"
books
"""


load, holds = below(BASE)


def standing(text: str, day: str, known: str = "2030-12-31", label: str = "c", **assume: str) -> list[str]:
    """How the obligations of a clause stand on a day."""
    timeline = load(text).timeline(known=known, assume=assume)
    clause = timeline.clause(label, date.fromisoformat(day).toordinal())
    return [f"{duty.number} {duty.status}".strip() for duty in clause.duties]


# --- due days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "day", "number", "due"),
    [
        ("monthly within 1 month", "2024-01-31", "2024-01", "2024-02-29"),
        ("monthly within 1 month", "2024-02-29", "2024-02", "2024-03-29"),
        ("monthly within 1 month", "2025-01-31", "2025-01", "2025-02-28"),
        ("monthly", "2024-02-01", "2024-02", "2024-02-29"),
        ("monthly", "2025-02-01", "2025-02", "2025-02-28"),
        ("monthly within 0 days", "2024-04-01", "2024-04", "2024-04-30"),
        ("quarterly within 45 days", "2024-01-01", "Q1 2024", "2024-05-15"),
        ("quarterly within 60 days", "2024-10-01", "Q4 2024", "2025-03-01"),
        ("quarterly within 60 days", "2023-10-01", "", ""),
        ("semiannually within 2 months", "2024-07-01", "H2 2024", "2025-02-28"),
        ("annually within 2 months", "2024-01-01", "2024", "2025-02-28"),
        ("annually within 2 months", "2027-01-01", "2027", "2028-02-29"),
        ("weekly within 1 day", "2024-01-01", "2024-01-01 to 2024-01-07", "2024-01-08"),
        ("daily", "2024-02-29", "2024-02-29", "2024-02-29"),
        ("monthly within 5 business days", "2024-03-01", "2024-03", "2024-04-05"),
        ("monthly within 1 business day", "2024-05-01", "2024-05", "2024-06-03"),
        ("monthly following", "2024-03-01", "2024-03", "2024-04-01"),
        ("monthly modified-following", "2024-03-01", "2024-03", "2024-03-29"),
        ("monthly preceding", "2024-06-01", "2024-06", "2024-06-28"),
        ("contract-annually within 10 days", "2024-06-01", "2024", "2025-01-10"),
    ],
)
def test_the_due_day_of_a_period(words: str, day: str, number: str, due: str) -> None:
    timeline = load(f'c: require A "act" {words}').timeline(known="2040-12-31")
    at = date.fromisoformat(day).toordinal()
    found = {duty.number: duty.due for duty in timeline.clause("c", at).duties}
    if not number:
        assert found == {}
        return
    assert str(found[number]) == due


@pytest.mark.parametrize(
    ("words", "given", "due"),
    [
        ("by 2024-02-29", {}, "2024-02-29"),
        ("by 2024-02", {}, "2024-02-29"),
        ("by Q1 2024", {}, "2024-03-31"),
        ("within 1 month", {}, "2024-02-01"),
        ("within 1 month from 2024-01-31", {}, "2024-02-29"),
        ("within 1 year from 2024-02-29", {}, "2025-02-28"),
        ("within 10 business days", {}, "2024-01-15"),
        ("within 30 days of closing", {"closing": "2024-01-31"}, "2024-03-01"),
        ("by 10 days before 2024-03-01", {}, "2024-02-20"),
        ("by earlier of closing, 2024-06-30", {"closing": "2024-05-05"}, "2024-05-05"),
        ("by earlier of closing, 2024-06-30", {"closing": "2024-07-05"}, "2024-06-30"),
        ("by 2024-06-30 following", {}, "2024-07-01"),
        ("by 2024-06-30 preceding", {}, "2024-06-28"),
        ("within 10 days when closing", {"closing": "2024-02-25"}, "2024-03-06"),
    ],
)
def test_the_due_day_of_what_falls_due_once(words: str, given: dict[str, str], due: str) -> None:
    text = f'c: require A "act" {words}'
    last = date.fromisoformat(due)
    for back, wanted in ((1, "not yet due"), (0, "due"), (-1, "breached")):
        day = date.fromordinal(last.toordinal() - back).isoformat()
        assert standing(text, day, **given) == [wanted], (words, day)


# --- how they stand ---------------------------------------------------------------------------------------------------

DELIVER = 'c: require A->B "deliver" by 2024-06-30 '


@pytest.mark.parametrize(
    ("more", "day", "known", "assume", "wanted"),
    [
        ("", "2024-06-29", "2024-12-31", {}, "not yet due"),
        ("", "2024-06-30", "2024-12-31", {}, "due"),
        ("", "2024-07-01", "2024-12-31", {}, "breached"),
        ("", "2024-12-31", "2024-12-31", {}, "breached"),
        ("", "2025-01-01", "2024-12-31", {}, "contingent"),
        ("", "2024-07-01", "2024-05-31", {}, "contingent"),
        ("", "2024-06-30", "2024-05-31", {}, "contingent"),
        ("", "2024-03-01", "2024-12-31", {"performance of c": "2024-02-01"}, "performed"),
        ("", "2024-01-31", "2024-12-31", {"performance of c": "2024-02-01"}, "not yet due"),
        ("", "2024-07-01", "2024-12-31", {"performance of c": "2024-06-30"}, "performed"),
        ("", "2024-07-01", "2024-12-31", {"performance of c": "2024-07-01"}, "performed late"),
        ("", "2024-07-01", "2024-12-31", {"performance of c": "2024-07-02"}, "breached"),
        ("cure 30 days", "2024-07-31", "2024-12-31", {"performance of c": "2024-07-31"}, "cured"),
        ("cure 30 days", "2024-08-01", "2024-12-31", {"performance of c": "2024-07-31"}, "cured"),
        ("cure 30 days", "2024-08-01", "2024-12-31", {"performance of c": "2024-08-01"}, "performed late"),
        ("cure 1 month", "2024-08-01", "2024-12-31", {"performance of c": "2024-08-01"}, "cured"),
        ("cure 10 business days", "2024-07-15", "2024-12-31", {"performance of c": "2024-07-15"}, "cured"),
        ("cure 10 business days", "2024-07-16", "2024-12-31", {"performance of c": "2024-07-16"}, "performed late"),
        ("cure within 10 days of notice of c", "2024-12-01", "2024-12-31", {"performance of c": "2024-12-01"}, "cured"),
        (
            "cure within 10 days of notice of c", "2024-09-12", "2024-12-31",
            {"notice of c": "2024-09-01", "performance of c": "2024-09-12"}, "performed late",
        ),
        (
            "cure within 10 days of notice of c", "2024-09-12", "2024-12-31",
            {"notice of c": "2024-09-01", "performance of c": "2024-09-11"}, "cured",
        ),
        ("unless flood", "2024-07-01", "2024-12-31", {"flood": "2024-06-30"}, "excused"),
        ("unless flood", "2024-07-01", "2024-12-31", {"flood": "2024-07-01"}, "breached"),
        ("until 2024-06-30", "2024-07-01", "2024-12-31", {}, "breached"),
        ("until 2024-06-29", "2024-07-01", "2024-12-31", {}, "ended"),
        ("from 2024-07-01", "2024-08-01", "2024-12-31", {}, "ended"),
        ("", "2024-05-05", "2024-12-31", {"breach of c": "2024-05-05"}, "breached"),
    ],
)  # fmt: skip
def test_how_an_obligation_stands(more: str, day: str, known: str, assume: dict[str, str], wanted: str) -> None:
    assert standing(DELIVER + more, day, known, **assume) == [wanted]


def test_a_waiver_on_the_due_day_releases() -> None:
    text = f"""
        {DELIVER}
        amend one "One" signed 2024-06-01
          waive c by B until 2024-06-30
    """
    assert standing(text, "2024-07-01") == ["waived"]
    assert standing(text.replace("2024-06-30\n    ", "2024-06-29\n    "), "2024-07-01") == ["breached"]


def test_an_amendment_brings_nothing_back() -> None:
    text = f"""
        {DELIVER}
        amend early "Early" signed 2024-06-01
          set c by 2024-09-30
    """
    assert standing(text, "2024-07-01") == ["not yet due"]
    assert standing(text, "2024-10-01") == ["breached"]
    late = text.replace("2024-06-01", "2024-08-01")
    assert standing(late, "2024-07-15") == ["breached"]
    assert standing(late, "2024-10-01") == ["breached"]


def test_what_is_due_once_and_then_every_year() -> None:
    text = f"""
        {DELIVER}
        amend one "One" signed 2025-01-01
          unset c due
          set c annually
    """
    assert standing(text, "2024-07-01") == ["breached"]
    assert standing(text, "2025-06-30") == ["breached", "2025 not yet due"]
    assert standing(text, "2026-01-01") == ["breached", "2025 breached", "2026 not yet due"]


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        ([], ["Q1 2024 breached", "Q2 2024 breached", "Q3 2024 not yet due"]),
        (["2024-04-10"], ["Q1 2024 performed", "Q2 2024 breached", "Q3 2024 not yet due"]),
        (["2024-07-20"], ["Q1 2024 breached", "Q2 2024 performed", "Q3 2024 not yet due"]),
        (["2024-05-20"], ["Q1 2024 performed late", "Q2 2024 breached", "Q3 2024 not yet due"]),
        (["2024-02-20"], ["Q1 2024 performed", "Q2 2024 breached", "Q3 2024 not yet due"]),
        (["2024-04-10", "2024-07-10"], ["Q1 2024 performed", "Q2 2024 performed", "Q3 2024 not yet due"]),
        (["2024-07-10", "2024-07-20"], ["Q1 2024 performed late", "Q2 2024 performed", "Q3 2024 not yet due"]),
        (["2024-04-10", "2024-04-11"], ["Q1 2024 performed", "Q2 2024 performed", "Q3 2024 not yet due"]),
        (["2024-08-20", "2024-08-21"], ["Q1 2024 performed late", "Q2 2024 performed late", "Q3 2024 not yet due"]),
    ],
)
def test_a_performance_belongs_to_the_earliest_in_time_then_to_the_earliest_overdue(
    days: list[str], wanted: list[str]
) -> None:
    text = 'c: require A "report" quarterly within 45 days\n'
    text += "".join(f"f{n}: record performance of c on {day}\n" for n, day in enumerate(days))
    assert standing(text, "2024-09-30", "2024-12-31") == wanted


def test_each_occurrence_has_its_own() -> None:
    text = """
        c: require A "inspect" each sale within 10 days of sale cure 5 days
        record sale on 2024-03-01
        record sale on 2024-05-01
        record sale on 2024-05-10
        record performance of c on 2024-03-05
        record performance of c on 2024-05-12
    """
    # What was done on 12 May could still be in time for the sale of the tenth, so it was that one's.
    assert standing(text, "2024-05-20") == ["2024-03-01 performed", "2024-05-01 breached", "2024-05-10 performed"]


def test_a_period_that_the_end_cuts_is_still_owed_and_one_behind_it_is_not() -> None:
    text = 'c: require A "report" quarterly within 45 days until 2024-08-15'
    assert standing(text, "2024-12-01") == ["Q1 2024 breached", "Q2 2024 breached", "Q3 2024 breached"]


# --- what comes of it -------------------------------------------------------------------------------------------------


def test_consequences() -> None:
    holds("""
        c: require A->B "deliver" by 2024-06-30 cure 30 days otherwise late, exit
        late: damages A->B 1m USD
        exit: terminate B cause notice 10 days
        marks: license A->B exclusive until default of c then nonexclusive
        interest_: damages A->B 10 USD when breach of c
        work: require B->A "pay on time"
        expect on 2024-06-30 known 2024-12-31: late not yet, exit not yet, marks exclusive, interest_ not yet
        expect on 2024-07-01 known 2024-12-31: late not yet, interest_ in force, c breached by A
        expect on 2024-07-31 known 2024-12-31: late not yet, exit not yet, marks exclusive
        expect on 2024-08-01 known 2024-12-31: late in force, exit in force, marks nonexclusive
        expect on 2024-08-12 known 2024-12-31 given notice of exit on 2024-08-01: work ended by exit
        expect on 2024-08-11 known 2024-12-31 given notice of exit on 2024-07-31: work in force
        expect on 2024-08-01 known 2024-12-31 given performance of c on 2024-07-31: late not yet, marks exclusive
        expect on 2024-08-01 known 2024-06-30: late contingent on performance of c
        expect on 2024-07-01 known 2024-12-31 given breach of c on 2024-04-01: late in force, c breached
    """)


def test_a_duty_can_end_its_own_deal() -> None:
    holds("""
        c: require A->B "deliver" by 2024-06-30
        later: require A->B "deliver more" by 2024-09-30 otherwise late
        late: damages A->B 1m USD
        survive late
        exit: terminate B automatic when breach of c
        expect on 2024-06-30 known 2024-12-31: later in force
        expect on 2024-07-01 known 2024-12-31: later ended by exit, c ended
        expect on 2024-10-01 known 2024-12-31: late not yet
        expect on 2024-10-01 known 2024-12-31 given performance of c on 2024-06-30: late in force
    """)


def test_an_amendment_names_what_follows() -> None:
    holds("""
        c: require A->B "deliver" by 2024-06-30
        late: damages A->B 1m USD
        amend one "One" signed 2024-03-01
          set c otherwise late
        amend two "Two" signed 2024-09-01
          unset c otherwise
        expect on 2024-02-01 known 2024-12-31: late in force
        expect on 2024-06-30 known 2024-12-31: late not yet
        expect on 2024-07-01 known 2024-12-31: late in force
        expect on 2024-09-01 known 2024-12-31 given performance of c on 2024-06-01: late in force
        expect on 2024-08-31 known 2024-12-31 given performance of c on 2024-06-01: late not yet
    """)


def test_a_duty_that_comes_later_holds_back_what_follows_from_it_only_then() -> None:
    """Until the amendment that brings the duty takes effect, nobody names the clause, and it is in force."""
    holds("""
        late: damages A->B 1m USD
        amend one "One" signed 2024-02-01 effective 2024-03-01
          add c: require A->B "deliver" by 2024-06-30 otherwise late
        expect on 2024-02-29 known 2024-12-31: late in force
        expect on 2024-03-01 known 2024-12-31: late not yet
        expect on 2024-06-30 known 2024-12-31: late not yet
        expect on 2024-07-01 known 2024-12-31: late in force
        expect on 2024-07-01 known 2024-12-31 given performance of c on 2024-06-30: late not yet
    """)


def test_a_recorded_breach_of_what_has_no_due_day() -> None:
    holds("""
        c: forbid A->B "sing" cure 10 days otherwise late
        late: damages A->B 1m USD
        record breach of c on 2024-05-01
        expect on 2024-05-10 known 2024-12-31: c breached by A, late not yet
        expect on 2024-05-12 known 2024-12-31: late in force
        expect on 2024-05-12 known 2024-12-31 given cure of c on 2024-05-11: c cured, late not yet
        expect on 2024-05-13 known 2024-12-31 given cure of c on 2024-05-12: c performed late, late in force
        expect on 2024-04-30 known 2024-12-31: late not yet
    """)


def test_damages_for_each_default_are_settled() -> None:
    holds("""
        c: require A->B "report" quarterly within 10 days cure 5 days
        late: damages A->B 100 USD each default of c
        record performance of c on 2024-07-14
        expect paid in 2024 known 2024-12-31: late 300 USD
        expect paid in Q2 2024 known 2024-12-31: late 100 USD, late due 2024-04-17
    """)


@pytest.mark.parametrize(
    ("words", "given", "day", "wanted"),
    [
        ("cure 30 days", {"notice of exit": "2024-03-01"}, "2024-03-31", "in force"),
        ("cure 30 days", {"notice of exit": "2024-03-01"}, "2024-04-01", "ended"),
        ("cure 30 days", {"notice of exit": "2024-03-01", "cure of exit": "2024-03-31"}, "2024-04-01", "in force"),
        ("cure 30 days", {"notice of exit": "2024-03-01", "cure of exit": "2024-04-01"}, "2024-04-01", "ended"),
        ("cure 30 days", {"notice of exit": "2024-03-01", "cure of exit": "2024-02-01"}, "2024-04-01", "ended"),
        ("cure 1 month notice 10 days", {"exercise of exit": "2024-01-31"}, "2024-02-29", "in force"),
        ("cure 1 month notice 10 days", {"exercise of exit": "2024-01-31"}, "2024-03-01", "ended"),
        ("cure 5 days notice 1 month", {"notice of exit": "2024-01-31"}, "2024-02-29", "in force"),
        ("cure 5 days notice 1 month", {"notice of exit": "2024-01-31"}, "2024-03-01", "ended"),
    ],
)
def test_a_termination_for_cause_waits_for_the_cure(words: str, given: dict[str, str], day: str, wanted: str) -> None:
    timeline = load(f'exit: terminate B cause {words}\nwork: require A "work"').timeline(
        known="2024-12-31", assume=given
    )
    assert timeline.clause("work", date.fromisoformat(day).toordinal()).status == wanted


def test_the_window_of_an_option() -> None:
    holds(
        """
        one: option A->B first-refusal "buy" 30 days when closing
        every: option A->B first-offer "buy" 10 days each sale
        each_time: option A->B first-offer "buy" 10 days
        record sale on 2024-03-01
        expect on 2024-01-01 known 2024-12-31: one not yet, each_time in force
        expect on 2024-03-31 known 2024-12-31 given closing on 2024-03-01: one in force
        expect on 2024-04-01 known 2024-12-31 given closing on 2024-03-01: one ended
        expect on 2024-12-31 known 2024-12-31: each_time in force
    """
    )
    opened = load('one: option A->B first-refusal "buy" 30 days when closing\n')
    one = opened.timeline(known="2024-12-31", assume={"closing": "2024-03-01"}).on("2024-05-01")["one"]
    assert one.ended_by == ("the window of 30 days",)
    timeline = load('c: option A->B first-offer "buy" 10 days each sale\nrecord sale on 2024-03-01\n').timeline()
    for day, status in (("2024-03-11", "in force"), ("2024-03-12", "ended")):
        (instance,) = timeline.clause("c", date.fromisoformat(day).toordinal()).instances
        assert instance.status == status


def test_perpetual_and_irrevocable() -> None:
    holds("""
        term until 2025
        exit: terminate B convenience
        plain: license A->B to "plain"
        firm: license A->B to "firm" irrevocable
        forever: license A->B to "forever" perpetual
        amended: license A->B to "amended"
        amend one "One" signed 2024-02-01
          set amended perpetual
        expect on 2024-06-01 known 2024-12-31 given notice of exit on 2024-06-01: plain ended by exit, firm in force,
          forever in force, amended in force
        expect on 2026-01-01 known 2026-12-31: plain ended by term, firm ended by term, forever in force,
          amended in force
    """)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (DELIVER + "\nrecord cure of c on 2024-07-15", "DR504"),
        (DELIVER + "\nrecord default of c on 2024-07-15", "DR504"),
        ('c: require A "report" quarterly by 2024-06-30', "DR301"),
        ("exit: terminate A automatic", "DR318"),
        ("fee A->A 10 USD", "DR317"),
        ("fee A->B, B 10 USD", "DR317"),
        (DELIVER + "\nexpect on 2024-01-01: c duty sung", "DR602"),
        (DELIVER + "otherwise damages_", "DR205"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    loaded = either(BASE + text + "\n")
    assert isinstance(loaded, dealrun.Diagnostics)
    assert [diagnostic.code for diagnostic in loaded] == [code]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("c performed", "c breached by A since 2024-07-01"),
        ("c breached by B", "c breached by A since 2024-07-01"),
        ("c breached in Q1 2024", "nothing of c falls due then"),
        ("work performed", "nothing of work falls due"),
        ("c duty contingent", "c breached by A since 2024-07-01"),
    ],
)
def test_an_expectation_that_does_not_hold_says_how_it_stands(expected: str, found: str) -> None:
    contract = load(f'{DELIVER}\nwork: require A "work"\nexpect on 2024-07-01 known 2024-12-31: {expected}\n')
    (outcome,) = contract.test()
    assert outcome.found == found


# --- what a reader sees -----------------------------------------------------------------------------------------------


def write(folder: Path, text: str) -> str:
    """A contract as a file."""
    path = folder / "c.deal"
    path.write_text(BASE + text, encoding="utf-8")
    return str(path)


def test_an_obligation_in_json_and_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, DELIVER + "cure 30 days\nrecord performance of c on 2024-07-20 by A\n")
    assert main(["state", path, "--on", "2024-07-25", "--format", "json"]) == 0
    _, clause = json.loads(capsys.readouterr().out)["clauses"]
    assert clause["duties"] == [
        {"number": "", "of": "2024-06-30", "status": "cured", "by": ["A"], "due": "2024-06-30",
         "performed": "2024-07-20", "breached": "2024-07-01", "cure_by": "2024-07-31", "default": None,
         "contingent_on": [], "may_be_done": True}
    ]  # fmt: skip
    main(["state", path, "--on", "2024-07-25"])
    assert "cured on 2024-07-20" in capsys.readouterr().out
    main(["why", "c", path, "--on", "2024-07-25"])
    out_ = capsys.readouterr().out
    assert "duty: cured on 2024-07-20" in out_
    assert "performance of c: recorded on 2024-07-20 by A" in out_


def test_many_obligations_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    done = "".join(f"p{n}: record performance of c on 2024-{n:02d}-15\n" for n in range(1, 8))
    path = write(tmp_path, 'c: require A "report" monthly\n' + done)
    main(["state", path, "--on", "2024-07-31", "--known", "2024-12-31"])
    assert "7 performed" in capsys.readouterr().out
    main(["state", path, "--on", "2024-12-31", "--known", "2024-12-31"])
    text = " ".join(capsys.readouterr().out.split())
    assert "7 performed; 2024-08 breached by A since 2024-09-01" in text
    assert re.search(r"since 2024-11-01; \d more; 2024-12 ", text)


def test_the_calendar_tells_what_is_left_to_do() -> None:
    loaded = load("""
        c: require A->B "report" quarterly within 10 days cure 5 days otherwise late
        late: damages A->B 100 USD
        o: option A->B purchase "buy" from 2024-05-01 until 2024-06-30
        record performance of c on 2024-04-08
    """)
    found = loaded.agenda(loaded.timeline(known="2024-12-31"), "2024-01-01", "2024-12-31")
    told = [(entry.kind, entry.number, str(entry.day), entry.party) for entry in found
            if entry.label in {"c", "o"} and entry.kind != "starts"]  # fmt: skip
    assert told == [
        ("opens", "", "2024-05-01", ""),
        ("lapses", "", "2024-06-30", ""),
        ("due", "Q2 2024", "2024-07-10", "A"),
        ("last day to cure", "Q2 2024", "2024-07-16", "A"),
        ("due", "Q3 2024", "2024-10-10", "A"),
        ("last day to cure", "Q3 2024", "2024-10-16", "A"),
    ]
    assert {entry.otherwise for entry in found if entry.kind == "due"} == {"breach; then late"}
    assert {entry.otherwise for entry in found if entry.kind == "last day to cure"} == {"default; then late"}


def test_what_nothing_falls_due_under_needs_no_end_of_the_deal() -> None:
    holds("""
        base: license A->B exclusive
        c: require A->B "deliver" by 2024-06-30 from default of base
        exit: terminate A cause when breach of c notice 30 days
        expect on 2024-08-01 known 2024-12-31 given breach of base on 2024-02-01: exit in force, c breached
    """)


def test_a_circle_by_way_of_the_deal_is_told_at_its_clauses() -> None:
    loaded = either(
        BASE
        + dedent("""
        first: fee A->B 10 USD until 2025
        c: require A->B "deliver" within 30 days from end of first
        exit: terminate A cause when breach of c
    """)
    )
    assert isinstance(loaded, dealrun.Diagnostics)
    (found,) = loaded
    assert found.code == "DR208"
    assert found.span is not None


# --- what a tester broke ----------------------------------------------------------------------------------------------


def test_a_frequency_that_is_taken_away_asks_for_no_running_period() -> None:
    text = """
        c: require A->B "report" quarterly within 10 days
        amend one "One" signed 2024-05-01
          unset c frequency due
    """
    assert standing(text, "2024-08-01") == ["Q1 2024 breached"]


def test_an_extension_reaches_a_period_that_is_still_to_fall_due() -> None:
    text = """
        c: require A->B "report" quarterly within 10 days cure 20 days
        amend one "One" signed 2024-04-05
          set c within 30 days
        amend two "Two" signed 2024-05-10
          set c cure 40 days
    """
    assert standing(text, "2024-04-30") == ["Q1 2024 due", "Q2 2024 not yet due"]
    timeline = load(text).timeline(known="2024-12-31")
    duty = timeline.clause("c", date(2024, 6, 1).toordinal()).duties[0]
    assert (duty.status, str(duty.due)) == ("breached", "2024-04-30")
    assert str(duty.cure_by) == "2024-06-10"


@pytest.mark.parametrize("more", ["waive c until 2024-04-05", "set c unless flood"], ids=["waived", "excused"])
def test_what_was_released_takes_no_performance_from_the_next(more: str) -> None:
    text = f"""
        c: require A->B "report" monthly
        amend one "One" signed 2024-03-15
          {more}
        record flood holds from 2024-03-20 until 2024-04-05
        f1: record performance of c on 2024-01-31
        f2: record performance of c on 2024-02-29
        f3: record performance of c on 2024-04-20
    """
    wanted = "waived" if "waive" in more else "excused"
    assert standing(text, "2024-05-01")[:4] == [
        "2024-01 performed", "2024-02 performed", f"2024-03 {wanted}", "2024-04 performed",
    ]  # fmt: skip


def test_after_one_breach_another_stays_open() -> None:
    holds("""
        c: forbid A->B "sing" cure 10 days
        late: damages A->B 1m USD when default of c
        record breach of c on 2024-03-11
        record cure of c on 2024-03-15
        expect on 2024-12-31 known 2024-12-31: late not yet
        expect on 2025-06-01 known 2024-12-31: late contingent
    """)


def test_a_ladder_of_consequences() -> None:
    holds("""
        c: require A->B "pay" by 2024-03-31 otherwise more
        more: require A->B "pay with interest" by 2024-05-31 otherwise exit
        exit: terminate B cause
        work: require B->A "work"
        expect on 2024-04-01 known 2024-12-31: more in force, exit not yet
        expect on 2024-06-01 known 2024-12-31: exit in force
        expect on 2024-06-02 known 2024-12-31 given notice of exit on 2024-06-02: work ended by exit
    """)


def test_restating_does_not_rewrite_what_fell_due() -> None:
    contract = load("""
        c: require A->B "report" monthly within 20 days
        late: damages A->B 1,000 USD each breach of c
        f1: record performance of c on 2024-02-15
        f2: record performance of c on 2024-03-15
        amend one "One" signed 2024-03-20
          set c within 5 days
    """)
    restated = dealrun.loads(contract.restate("2024-04-01", known="2024-06-30"))
    for day in range(date(2024, 4, 1).toordinal(), date(2024, 8, 1).toordinal(), 7):
        one, other = (each.timeline(known="2024-06-30").clause("c", day) for each in (contract, restated))
        assert [(d.number, d.status) for d in one.duties] == [(d.number, d.status) for d in other.duties]
    settled = [each.settle(known="2024-06-30", through="2024-06-30") for each in (contract, restated)]
    paid = [[(each.label, each.period, each.amount.value) for each in found.payments] for found in settled]
    assert paid[0] == paid[1]
    assert paid[0]


def test_a_sketch_has_no_day_on_which_anything_was_always_due() -> None:
    loaded = dealrun.loads('r: require A->B "x" within 30 days\nz: damages B->A 1m USD each breach of r\n')
    timeline = loaded.timeline(known="2024-05-01")
    assert timeline.clause("r", date(2024, 6, 1).toordinal()).duties == ()
    assert timeline.clause("z", date(2024, 6, 1).toordinal()).instances == ()
    assert loaded.settle(through="2024-12-31", known="2024-12-31").payments == ()


def test_a_clause_that_becomes_a_payment_is_settled_from_then_on() -> None:
    contract = load("""
        c: require A "do it" by 2024-03-31
        d2: survive c
        amend one "One" signed 2024-06-01
          replace d2: fee A->B 5 USD per month paid monthly
    """)
    assert contract.agenda(contract.timeline(), "2024-01-01", "2025-01-01")
    found = contract.settle(through="2024-12-31", known="2024-12-31")
    assert [str(payment.amount.value) for payment in found.of("d2")] == ["5.00"] * 7


def test_the_entry_of_an_occurrence_keeps_its_number() -> None:
    base = 'o: option A->B first-refusal "buy" 30 days each sale\nrecord sale on 2024-03-01\n'
    numbers = []
    for text in (base, base + "record sale on 2024-02-01\n"):
        loaded = load(text)
        found = loaded.agenda(loaded.timeline(known="2024-12-31"), "2024-01-01", "2024-12-31")
        numbers.append({entry.day: entry.number for entry in found if entry.kind == "lapses"})
    day = date(2024, 3, 31)
    assert numbers[0][day] == numbers[1][day] == "2024-03-01"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('c: require A "report" each sale quarterly within 10 days', "DR301"),
        (DELIVER + "\nexpect on 2024-07-15 given cure of c on 2024-07-10: c breached", "DR504"),
        (DELIVER + "\nscenario s\n  record cure of c on 2024-07-10", "DR504"),
    ],
)
def test_what_is_refused_in_every_place(text: str, code: str) -> None:
    loaded = either(BASE + text + "\n")
    assert isinstance(loaded, dealrun.Diagnostics)
    assert [diagnostic.code for diagnostic in loaded] == [code]


def test_a_cure_of_what_falls_due_is_not_supposed() -> None:
    with pytest.raises(ValueError, match="performance of c"):
        load(DELIVER).timeline(assume={"cure of c": "2024-07-10"})


def test_a_list_of_labels_can_be_expected() -> None:
    holds("""
        c: require A->B "deliver" by 2024-06-30 otherwise one, two
        one: damages A->B 1m USD
        two: damages A->B 2m USD subject to one, c
        expect on 2024-02-01: c otherwise one and two, two subject to c and one
    """)


def test_a_window_counts_only_where_something_opens_it() -> None:
    holds("""
        o: option A->B purchase "buy" 10 days
        amend one "One" signed 2024-06-01
          replace o: option A->B purchase "buy" 2 years when closing
        expect on 2024-05-31 known 2024-12-31: o in force
        expect on 2024-07-01 known 2024-12-31: o not yet
    """)


def test_what_is_insured_is_shown_every_year() -> None:
    assert standing('c: insure A->B "fire" at least 1m USD annually within 30 days', "2025-01-31") == [
        "2024 breached", "2025 not yet due",
    ]  # fmt: skip
