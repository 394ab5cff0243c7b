"""The engine agrees with a second evaluator, naive and day by day, over whole horizons.

`tests/naive.py` was written from docs/language.md alone and shares nothing with the engine but the resolved model.
"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dealrun
from conftest import ROOT
from dealrun.model import show
from naive import Naive
from strategies import FIRST, LABELS, LAST, Case, cases, probes

Horizon = tuple[int, int]


def horizon(first: int, last: int) -> Horizon:
    """From the first day of a year to the last of another."""
    return date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()


def compare(contract: dealrun.Contract, known: date, days: list[int], within: Horizon) -> None:
    """Same status and same possible terms on every day, and what the naive one hangs an answer on, the engine does."""
    timeline = contract.timeline(known=known)
    naive = Naive(contract.model, known.toordinal(), horizon=within)
    for label in timeline.labels:
        for day in (day for day in days if within[0] <= day <= within[1]):
            ours, theirs = timeline.clause(label, day), naive.state(label, day)
            where = (label, str(date.fromordinal(day)), str(known))
            assert theirs is not None, where
            assert ours.status == theirs.status, where
            if ours.status == "contingent":
                assert theirs.hangs_on & set(ours.contingent_on), where
            if not any(fact.subject == f"breach of {label}" for fact in contract.model.facts):
                compare_duties(ours, {duty.number: duty.status for duty in naive.duties(label, day)}, where)
            for name, view in ours.terms.items():
                said = {"none" if value is None else show.show(value) for value in view.options}
                assert said == set(theirs.terms[name].values), (name, *where)


def compare_duties(ours: dealrun.ClauseState, theirs: dict[str, str], where: object) -> None:
    """Same standing of every obligation. What is to come is listed by what stands that day, or by what will stand."""
    told = {duty.number: duty.status for duty in ours.duties}
    for number in {*told, *theirs}:
        there = {statuses[number] for statuses in (told, theirs) if number in statuses}
        if number in told and number in theirs:
            assert told[number] == theirs[number], (number, where)
        else:
            assert there <= {"not yet due", "ended"}, (number, there, where)


@settings(max_examples=120)
@given(cases(most=2), st.integers(0, 10**6))
def test_the_engine_agrees_with_the_naive_evaluator(case: Case, seed: int) -> None:
    contract = case.load()
    timeline = contract.timeline(known=case.known)
    days = probes(timeline)
    # Beside every day on which the engine sees a change, days on which it sees none.
    days += [FIRST.toordinal() + (seed * 7919 + 97 * n) % (LAST - FIRST).days for n in range(15)]
    compare(contract, case.known, days, horizon(2019, 2029))
    assert set(timeline.labels) >= {label for label in LABELS if f"\n{label}: " in case.text()}


@pytest.mark.parametrize("known", ["2019-06-30", "2024-12-31", "2026-01-15", "2026-04-27"])
def test_the_engine_agrees_on_the_real_contracts(known: str) -> None:
    contract = dealrun.load(ROOT / "contracts" / "openai-microsoft")
    days = [date(2018, 12, 31).toordinal() + 61 * n for n in range(95)]
    compare(contract, date.fromisoformat(known), days, horizon(2018, 2036))
