"""Asking back: every name that an answer prints can be asked for, as printed."""

import re
from pathlib import Path

import pytest

import dealrun
from below import below
from conftest import ROOT
from dealrun.cli.main import main

DEAL = ROOT / "contracts" / "openai-microsoft"

load, _ = below("""deal d "D" signed 2024-01-01 currency USD
party A "Alpha Ltd"
party B "Beta Inc"
source memo "The memo" on 2024-02-01
event SALE "the sale"
unknown TOTAL amount "the cap" between 1m USD and 2m USD
""")


def steps(found: dealrun.About | dealrun.Explanation) -> dict[str, str]:
    """The texts of the steps, by what they are about."""
    return {step.about: step.text for step in found.steps}


def test_every_name_in_the_tables_of_an_answer_can_be_asked() -> None:
    timeline = dealrun.load(DEAL).timeline()
    state = timeline.on("2027-01-01")
    names = {*state, *(unknown.name for unknown in state.unknowns)}
    names |= {affected for unknown in state.unknowns for affected in unknown.affects}
    names |= {clause.instrument for clause in state.values()}
    names |= {name for clause in state.values() for name in clause.contingent_on}
    names |= {cite.source for clause in state.values() for cite in clause.cites}
    names |= {name for clause in state.values() for names in clause.parties.values() for name in names}
    assert len(names) > 40
    for name in sorted(names):
        label, _, term = name.rpartition(".")
        if name in state or (label in state and term):
            assert timeline.why(name, "2027-01-01").steps, name
        else:
            assert timeline.about(name, "2027-01-01").steps, name


def test_an_event_says_what_is_recorded_and_what_names_it() -> None:
    timeline = load("""
        sing: permit A "sing" until SALE
        marks: license A->B exclusive until SALE then nonexclusive
        record SALE on 2024-05-01 known 2024-06-01
    """).timeline()
    told = timeline.about("SALE", "2024-07-01")
    assert told.kind == "event"
    assert steps(told)["recorded"] == "on 2024-05-01, known since 2024-06-01"
    assert steps(told)["named in"] == "sing, marks"
    open_ = load('sing: permit A "sing" until SALE\n').timeline().about("SALE", "2024-07-01")
    assert "not recorded by 2024-01-01" in steps(open_)["record"]


def test_a_use_a_performance_and_a_quoted_condition() -> None:
    timeline = load("""
        exit: terminate A convenience notice 30 days
        pay: fee A->B 100 USD by 2024-03-01
        title: own A->B of "the plant" when performance of pay
        stay: permit A "stay" unless "it rains"
        record notice of exit on 2024-02-01
    """).timeline()
    assert steps(timeline.about("notice of exit", "2024-03-01"))["recorded"] == "on 2024-02-01"
    assert steps(timeline.about("performance of pay", "2024-03-01"))["named in"] == "title"
    for name in ("it rains", '"it rains"'):
        told = timeline.about(name, "2024-03-01")
        assert (told.kind, steps(told)["named in"]) == ("condition", "stay")


def test_an_instrument_says_what_it_touches_and_a_source_who_cites_it() -> None:
    timeline = load("""
        sing: permit A "sing" [memo 3]
        amend one "First amendment" signed 2024-06-01 [memo]
          set sing until 2026
          add hum: permit A "hum"
    """).timeline()
    told = steps(timeline.about("one", "2024-07-01"))
    assert told["one"] == '"First amendment", signed and effective 2024-06-01'
    assert (told["adds"], told["sets"]) == ("hum", "sing")
    assert told["source memo"] == '"The memo", 2024-02-01'
    assert steps(timeline.about("memo", "2024-07-01"))["cited by"].startswith("sing")


def test_a_term_and_what_came_later() -> None:
    timeline = load("""
        share: revshare A->B 20% cap TOTAL
        amend one signed 2024-06-01
          set share 15%
        amend two signed 2024-09-01
          set share cap 3m USD
    """).timeline()
    rate = timeline.why("share.rate", "2024-07-01")
    assert [step.about for step in rate.steps] == ["d", "one", "rate"]
    cap = timeline.why("share.cap", "2024-07-01")
    assert [(step.about, step.later) for step in cap.steps][-1] == ("two", True)
    assert "What came later:" in cap.to_text()
    assert "hangs on TOTAL" in steps(cap)
    assert cap.to_dict()["term"] == "cap"
    with pytest.raises(dealrun.UnknownNameError, match="has no term `cop`; did you mean `cap`"):
        timeline.why("share.cop", "2024-07-01")


def test_the_presumptive_status_stands_beside_the_certain_one() -> None:
    told = load('sing: permit A "sing" until SALE\n').timeline().why("sing", "2024-07-01")
    assert steps(told)["status"] == "contingent on SALE"
    assert steps(told)["unless something happens"] == "in force"


def test_what_nobody_shows_is_refused_with_what_is_near(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["why", "TOTL", str(DEAL), "--on", "2027"]) == 2
    assert "did you mean `TOTAL`?" in capsys.readouterr().err
    assert main(["why", "ipp", str(DEAL), "--on", "2027"]) == 2
    assert "did you mean `ip`?" in capsys.readouterr().err


def test_a_period_as_a_statement_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    split = str(ROOT / "contracts" / "three-way-split")
    assert main(["why", "participation", split, "--period", "Q3 2023", "--format", "json"]) == 0
    assert re.search(r'"first": "2023-07-01"', capsys.readouterr().out)
    assert dealrun.days_of("Q3 2023") == dealrun.days_of("2023Q3")


def test_an_event_that_follows_from_its_clause_says_when_it_comes() -> None:
    timeline = load("""
        books
        report: require A->B "report" by 2024-03-31 cure 10 days otherwise pen
        pen: damages A->B 1 USD
        exit: terminate A convenience notice 30 days
    """).timeline(known="2024-06-30")
    assert steps(timeline.about("breach of report", "2024-07-01"))["comes"].startswith("2024-04-01;")
    assert steps(timeline.about("default of report", "2024-07-01"))["comes"].startswith("2024-04-12;")
    assert steps(timeline.about("start of pen", "2024-07-01"))["comes"].startswith("2024-04-12;")
    assert timeline.about("use of exit", "2024-07-01").kind == "event"


def test_of_several_deals_a_name_may_stand_without_its_deal() -> None:
    one = 'deal one "One" signed 2024-01-01\nparty A "Alpha"\nparty B "Beta"\nsing: permit A->B "sing"\n'
    two = 'deal two "Two" signed 2024-01-01\nparty A "Alpha"\nparty C "Gamma"\nhum: require A->C "hum" by 2024-06-30\n'
    contract = dealrun.load({"1.deal": one, "2.deal": two})
    timeline = contract.timeline()
    assert timeline.about("C", "2024-02-01").kind == "party"
    with pytest.raises(dealrun.UnknownNameError, match=r"write `one.A` or `two.A`"):
        timeline.about("A", "2024-02-01")
    assert list(timeline.on("2024-02-01").of_party("A")) == ["one.sing", "two.hum"]
    assert [each.label for each in contract.agenda(timeline, "2024-02-01", "2024-12-31", party="C")] == ["two.hum"]


def test_what_names_a_name_stands_apart_from_what_named_it() -> None:
    timeline = load("""
        sing: permit A "sing" until SALE
        marks: license A->B exclusive until SALE then nonexclusive
        hum: permit A "hum"
        amend one signed 2024-06-01
          set marks exclusive
          set hum until SALE
    """).timeline()
    assert steps(timeline.about("SALE", "2024-03-01"))["named in"] == "sing, marks"
    assert steps(timeline.about("SALE", "2024-03-01"))["named in at another time"] == "hum"
    assert steps(timeline.about("SALE", "2024-07-01"))["named in"] == "sing, hum"
    assert steps(timeline.about("SALE", "2024-07-01"))["named in at another time"] == "marks"
