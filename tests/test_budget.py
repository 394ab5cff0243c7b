"""The work of an evaluation is counted: what would not end is told, and what is long costs what it is long.

Growth is shown by the function calls that Python makes, never by a clock.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import dealrun
from conftest import ROOT
from dealrun import budget, limits
from dealrun.api.portfolio import between
from dealrun.api.portfolio import portfolio as dealrun_portfolio
from dealrun.cli.main import main
from either import either

HEAD = 'deal d "D" signed 2000-01-01 currency USD\nparty A "A"\nparty B "B"\n'


def contract(text: str) -> dealrun.Contract:
    """The contract of a text."""
    return dealrun.loads(text)


def chain(count: int) -> str:
    """A fee that is amended so many times, on as many days."""
    days = [date(2000, 1, 2) + timedelta(number) for number in range(count)]
    return f"{HEAD}f: fee A->B 100 USD per month paid monthly\n" + "".join(
        f'amend a{number} "a" of d signed {day}\n  set f {101 + number} USD per month\n'
        for number, day in enumerate(days)
    )


def occurring(count: int, clause: str) -> str:
    """A clause for each of so many recorded occurrences."""
    days = [date(2000, 1, 2) + timedelta(number) for number in range(count)]
    return f'{HEAD}event E "e" recurring\n{clause}\n' + "".join(f"record E on {day}\n" for day in days)


def calls(function: Callable[[], object]) -> int:
    """How many functions are called, of Python and of C."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def steps(function: Callable[[], object]) -> int:
    """How many steps are counted."""
    enough = 10**12
    with budget.counted(enough):
        function()
        count = budget._current.get()
    assert count is not None
    return count.used


# --- what never ended -------------------------------------------------------------------------------------------------


def test_a_term_that_renews_from_a_day_nobody_wrote_ends_within_a_period() -> None:
    """Without a signing day, a notice ends the deal at the first end that it is in time for, whenever that is."""
    found = contract('party A "A"\nlife: term 2 years renews 1 year\nrecord notice of life on 2026-11-01\n')
    timeline = found.timeline()
    assert [timeline.clause("life", (timeline.world.known or 0) + 1).status] == ["contingent"]
    states = {day: timeline.on(day)["life"] for day in ("2026-11-01", "2026-11-02", "2027-11-01", "2027-11-02")}
    assert {day: state.status for day, state in states.items()} == {
        "2026-11-01": "in force", "2026-11-02": "contingent", "2027-11-01": "contingent", "2027-11-02": "ended",
    }  # fmt: skip
    assert states["2027-11-01"].contingent_on == ("start of life",)


@pytest.mark.parametrize("line", [
    "term 1 year renews 5 business days",
    'event visit "v" every 5 business days from 2001-01-01\nfee A->B 1 USD each visit',
    "f: fee A->B 1 USD per day escalation 3.141592653589793238462643% per year paid monthly",
    "f: fee A->B 1 USD per day escalation 0.1% per 1 day paid daily",
    "commit B->A 5 USD per day shortfall 50%",
    "term 1 year renews 1 day notice 1 day\nrecord notice of term on 2150-01-01",
])  # fmt: skip
def test_what_repeats_without_end_is_answered_or_told(line: str, tmp_path: Path) -> None:
    """Whatever is asked, an answer comes or DR912 names the clause; what would take hours takes seconds."""
    (tmp_path / "a.deal").write_text(HEAD.replace("\n", "\n  calendar GB\n", 1) + line + "\n", encoding="utf-8")
    for arguments in (
        ["check"], ["timeline"], ["calendar", "--from", "2100-01-01"], ["settle", "--through", "2199-12-31"],
    ):  # fmt: skip
        assert main([*arguments, str(tmp_path / "a.deal")]) in {0, 1}


# --- the limit --------------------------------------------------------------------------------------------------------


def test_the_limit_is_exact_and_names_the_clause() -> None:
    """As many steps as an answer takes are enough, and one less is too few."""
    text = chain(60)
    needed = steps(lambda: contract(text))
    with budget.counted(needed):
        contract(text)
    for few in (needed - 1, needed // 2):
        with budget.counted(few):
            found = either(text)
        assert isinstance(found, dealrun.Diagnostics)
        (diagnostic,) = (each for each in found if each.code == "DR912")
        assert f"takes more than {few:,} steps" in diagnostic.message
    assert diagnostic.message.startswith("`f` ")
    assert diagnostic.span is not None


def test_the_count_is_the_same_every_time() -> None:
    """It depends on the text alone, so that the same files give the same answer on every machine."""
    text = chain(100)
    assert steps(lambda: contract(text).changes()) == steps(lambda: contract(text).changes())


def test_a_question_within_another_is_counted_with_it() -> None:
    """A budget covers everything that is asked inside it."""
    found = contract(chain(50))
    with budget.counted(1), pytest.raises(dealrun.LimitError) as raised:
        found.timeline().changes()
    assert raised.value.label == "f"
    assert raised.value.span is not None
    assert str(raised.value).startswith("`f` takes more than")
    assert found.timeline().changes()


def test_a_number_of_too_many_digits_is_told() -> None:
    """MAX_NUMBER_DIGITS, above and below the line of a fraction."""
    most = 10**limits.MAX_NUMBER_DIGITS
    for number in (Fraction(most // 10), Fraction(1, most // 10)):
        assert budget.bounded(number) == number
    for number in (Fraction(most * 10), Fraction(1, most * 10)):
        with pytest.raises(dealrun.LimitError, match="more than 1,000 digits"):
            budget.bounded(number)


@pytest.mark.parametrize("how", ["product", "sum", "set"])
def test_an_amount_of_many_factors_is_told(how: str) -> None:
    """144 factors or summands of 30 digits, written or given, are refused with the clause's name."""
    part = "1.00000000000000000000000000001"
    text = {"product": " * ".join(["1 USD", *[part] * 144]), "sum": " + ".join([f"{part} USD"] * 144),
            "set": " * ".join(["X", *[part] * 20])}[how]  # fmt: skip
    unknown = 'unknown X amount "x"\n' if how == "set" else ""
    found = contract(f"{HEAD}{unknown}c: fee A->B {text}\n")
    if how == "sum":  # whose denominators are one
        assert found.timeline().on("2001-01-01")["c"].terms["amount"].least == 144 * Fraction(part)
        return
    if how == "set":
        assert found.timeline(bind={"X": "1 USD"}).on("2001-01-01")["c"].terms["amount"].least is not None
        return
    with pytest.raises(dealrun.LimitError, match="`c` comes to a number of more than"):
        found.timeline().on("2001-01-01")


def test_conflicts_that_grow_with_pairs_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many grants that all overlap, the first conflicts are told, and that there are more."""
    grants = "".join(f'party P{n} "p{n}"\nl{n}: license A->P{n} to "x" exclusive\n' for n in range(200))
    found = contract(HEAD + grants)
    with budget.counted(600_000):
        diagnostics = between([found])
    codes = [diagnostic.code for diagnostic in diagnostics]
    assert codes.count("DR912") == 1
    assert codes.count("DR801") > 10


def test_contracts_of_a_portfolio_are_counted_apart(tmp_path: Path) -> None:
    """What one contract takes is not taken from another, and their comparison has a budget for each of them."""
    for number in range(3):
        (tmp_path / f"d{number}").mkdir()
        for part in (ROOT / "contracts" / "cargill-bioamber").glob("*.deal"):
            (tmp_path / f"d{number}" / part.name).write_text(part.read_text())
    with budget.counted(1):
        found = dealrun_portfolio(tmp_path)
    assert len(found.contracts) == 3
    assert [diagnostic.code for diagnostic in found.diagnostics if diagnostic.code == "DR912"] == []


# --- growth -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["load", "state", "changes", "history", "restate", "prospects"])
def test_a_chain_costs_its_length(question: str) -> None:
    """Eight times as many amendments of one clause cost at most twelve times as much."""

    def cost(count: int) -> int:
        text = chain(count)
        if question == "load":
            return calls(lambda: dealrun.loads(text))
        found = contract(text)
        asked: dict[str, Callable[[], object]] = {
            "state": lambda: found.timeline().on("2020-01-01"), "changes": found.changes,
            "history": lambda: found.history("f"), "restate": lambda: found.restate("2020-01-01"),
            "prospects": lambda: found.timeline().prospects("2020-01-01"),
        }  # fmt: skip
        return calls(asked[question])

    assert cost(400) <= 12 * cost(50)


@pytest.mark.parametrize("question", ["settle", "state", "agenda", "check"])
@pytest.mark.parametrize("clause", [
    "pen: fee A->B 1 USD each E within 30 days of E", 'q: require A->B "act" each E within 3 days of E cure 5 days',
])  # fmt: skip
def test_occurrences_cost_their_number(question: str, clause: str) -> None:
    """Eight times as many occurrences cost at most twelve times as much."""

    def cost(count: int) -> int:
        text = occurring(count, clause)
        if question == "check":
            return calls(lambda: dealrun.loads(text))
        found = contract(text)
        timeline = found.timeline()
        asked: dict[str, Callable[[], object]] = {
            "settle": lambda: found.settle(through="2010-12-31"),
            "state": lambda: [(s.instances, s.duties) for s in timeline.on("2010-01-01").clauses.values()],
            "agenda": lambda: found.agenda(timeline, "2000-01-01", "2010-12-31"),
        }  # fmt: skip
        return calls(asked[question])

    assert cost(800) <= 12 * cost(100)


@pytest.mark.no_cover
def test_performances_cost_their_number() -> None:
    """Each performance finds its obligation without a look at all the others."""

    def cost(count: int) -> int:
        days = [date(2000, 1, 2) + timedelta(number) for number in range(count)]
        text = f'{HEAD}q: require A->B "report" daily within 2 days\n'
        text += "".join(f"record performance of q on {day}\n" for day in days)
        found = contract(text).timeline()
        return calls(lambda: found.on("2003-01-01")["q"].duties)

    assert cost(800) <= 12 * cost(100)


# --- names that were meant --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spare", [0, -1])
def test_names_are_compared_up_to_a_limit(spare: int) -> None:
    """Past it a message comes without a suggestion: help that comes late is none."""
    with budget.seeking(10 + spare):
        assert (budget.seek(4), budget.seek(6)) == (True, not spare)


def test_many_unknown_names_are_all_told() -> None:
    """Each name that nothing declares is compared with every name that is declared, and that is a product."""
    names = "".join(f'party P{number}{"x" * 60} "P{number}"\n' for number in range(300))
    unknown = "".join(f"license Q{number}{'y' * 60} nonexclusive\n" for number in range(300))
    found = dealrun.reads('deal d "D" signed 2024\n' + names + unknown).diagnostics
    assert [diagnostic.code for diagnostic in found] == ["DR201"] * len(found)
    assert len(found) == 300
