"""The presumptive answer: what holds unless something happens after the day of knowledge.

The engine's is held to the second evaluator of `tests/naive.py`, asked for the course of events in which nothing more
happens, and to the certain answer, which it never contradicts. Below these are contracts written by hand, by the
bullets of docs/language.md#the-presumptive-answer; each is asked of both evaluators.
"""

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dealrun
from below import below
from conftest import ROOT
from dealrun.model import show
from naive import Naive
from strategies import DECLARATIONS, FIRST, LAST, Amendment, Case, cases, days, probes, repaired
from test_naive import Horizon, horizon

BEHIND = 2
"""How many years the naive evaluator walks on behind the last day that is compared: what is to come decides too."""

EARLIER = {"not yet": {"ended"}, "waived": {"ended"}, "dormant": {"ended", "waived"}}
"""Statuses are tested in the order ended, not yet, waived, dormant: what is certain leaves those before it open."""

TALLY: Counter[str] = Counter()
"""How many generated cases had an answer that was contingent, and how many one that became definite."""


def presumed_by(contract: dealrun.Contract, known: date, within: Horizon) -> Naive:
    """The second evaluator, asked for the presumptive answer."""
    return Naive(contract.model, known.toordinal(), horizon=within, presumed=True)


def compare(contract: dealrun.Contract, known: date, compared: list[int], within: Horizon) -> None:
    """Same status and same possible terms on every day, and what the naive one hangs an answer on, the engine does."""
    timeline = contract.timeline(known=known).presumed
    naive = presumed_by(contract, known, within)
    for label in timeline.labels:
        for day in compared:
            ours, theirs = timeline.clause(label, day), naive.state(label, day)
            where = (label, str(date.fromordinal(day)), str(known))
            assert theirs is not None, where
            assert ours.status == theirs.status, where
            if ours.status == "contingent":
                assert theirs.hangs_on & set(ours.contingent_on), where
            for name, view in ours.terms.items():
                told = {"none" if value is None else show.show(value) for value in view.options}
                assert told == set(theirs.terms[name].values), (name, *where)


def of_both(contract: dealrun.Contract, known: date, seed: int, count: int) -> list[int]:
    """The days on which one of the answers changes, the days beside them, and a count of others, in order."""
    timeline = contract.timeline(known=known)
    found = {*probes(timeline, timeline.presumed)}
    found |= {FIRST.toordinal() + (seed * 7919 + 97 * n) % (LAST - FIRST).days for n in range(count)}
    return sorted(day for day in found if horizon(2019, 2019)[0] <= day <= LAST.toordinal())


# --- generated contracts ----------------------------------------------------------------------------------------------

OWN = ("by {day}", "by {day}", "within 30 days", "within 1 year", "quarterly", "annually within 1 month",
       "quarterly within 10 days roll following", "each stocktaking within 10 days", "each visit within 10 days",
       "within 10 days of E1")  # fmt: skip
AFTER = ("within 30 days of performance of {prior}", "by {day} until performance of {prior}",
         "by {day} from performance of {prior}", "each performance of {prior} within 10 days",
         "within 30 days when performance of {prior}", "by {day} unless breach of {prior}",
         "annually until performance of {prior}", "within 20 days of breach of {prior}", "by {day} while {prior}",
         "by {day} when default of {prior}", "by 10 days before performance of {prior}",
         "quarterly unless performance of {prior}")  # fmt: skip
LIVES = ("", "", "", " until {day}", " from {day}", " until E1", " when E1", " while OPEN", " unless OPEN")
CURES = ("", "", " cure 30 days", " cure 1 year", " cure within 30 days of notice of {label}")
KEPT = ("", "", "", "books", "books", "books a", "books b, c", "books until 2022", "books from 2022",
        "books while OPEN")  # fmt: skip
RECORDED = ("performance of {label}", "performance of {label}", "breach of {label}", "cure of {label}",
            "notice of {label}", "E1", "visit", "visit", "paid 1m USD under {label}",
            "paid 500k USD under {label}")  # fmt: skip
CHANGED = ("waive {label}", "waive {label} from 2022 until 2023", "set {label} until {day}", "set {label} by {day}",
           "set {label} cure 60 days")  # fmt: skip
SIGNED = date(2021, 6, 1)


@st.composite
def duties(draw: st.DrawFn) -> Case:
    """A contract of up to three duties that hang on each other, and of clauses that hang on what comes of each."""

    def one_of(*texts: str, label: str, prior: str = "") -> str:
        return draw(st.sampled_from(texts)).format(day=draw(days), label=label, prior=prior)

    labels = ("a", "b", "c")[: draw(st.integers(1, 3))]
    clauses: list[str] = []
    for place, label in enumerate(labels):
        after = draw(st.integers(0, 3)) if place else 0
        due = one_of(*(AFTER if after else OWN), label=label, prior=labels[draw(st.integers(0, max(0, place - 1)))])
        money = draw(st.integers(0, 3)) == 0 and not re.search(r"quarterly|annually", due)
        life = "" if re.search(r"until|from|when|while|unless", due) else one_of(*LIVES, label=label)
        what = "fee A->B 1m USD" if money else f'require A->B "{label}"'
        clauses.append(f"{label}: {what} {due}{one_of(*CURES, label=label)}{life}")
    for label in labels:
        clauses += [f'{event[0]}_{label}: permit A "wait" when {event} of {label}'
                    for event in ("performance", "breach", "default")]  # fmt: skip
        clauses.append(f'each_{label}: permit A "wait" each performance of {label} for 20 days')
    clauses.append(draw(st.sampled_from(KEPT)))
    recorded = [
        f"f{number}: record {one_of(*RECORDED, label=draw(st.sampled_from(labels)))} on {draw(days)}"
        for number in range(draw(st.integers(0, 4)))
    ]
    if draw(st.integers(0, 3)) == 0:
        recorded.append(f"f9: record OPEN holds from {draw(days)}")
    changes: tuple[Amendment, ...] = ()
    if draw(st.integers(0, 3)) == 0:
        header = draw(st.sampled_from(("", "effective 2020-12-01 retroactive", "effective 2022-03-01")))
        changes = (Amendment("a0", SIGNED, header, (one_of(*CHANGED, label=draw(st.sampled_from(labels))),)),)
    return repaired(Case("2020-01-15", DECLARATIONS, tuple(filter(None, clauses)), tuple(recorded), changes,
                         draw(days)))  # fmt: skip


@settings(max_examples=80)
@given(cases(most=2), st.integers(0, 10**6))
def test_the_engine_agrees_with_the_naive_evaluator(case: Case, seed: int) -> None:
    contract = case.load()
    compare(contract, case.known, of_both(contract, case.known, seed, 10), horizon(2019, LAST.year + BEHIND))


@settings(max_examples=80)
@given(duties(), st.integers(0, 10**6))
def test_the_engine_agrees_on_what_hangs_on_a_duty(case: Case, seed: int) -> None:
    contract = case.load()
    compare(contract, case.known, of_both(contract, case.known, seed, 5), horizon(2019, LAST.year + BEHIND))


@pytest.mark.parametrize("known", ["2019-06-30", "2024-12-31", "2026-01-15", "2026-04-27"])
def test_the_engine_agrees_on_the_real_contracts(known: str) -> None:
    contract = dealrun.load(ROOT / "contracts" / "openai-microsoft")
    first, last = horizon(2018, 2034)
    compare(contract, date.fromisoformat(known), [*range(first, last, 61)], horizon(2018, 2034 + BEHIND))


def refines(contract: dealrun.Contract, known: date, seed: int) -> None:
    """What is not contingent is presumed, too: a status, and a term of which the text is certain.

    A clause that is certainly not in force can have ended in the course that is presumed (`EARLIER`).
    """
    certain = contract.timeline(known=known)
    presumed = certain.presumed
    found: set[str] = set()
    for label in certain.labels:
        for day in of_both(contract, known, seed, 5):
            one, other = certain.clause(label, day), presumed.clause(label, day)
            where = (label, str(date.fromordinal(day)), str(known))
            if one.status == "contingent":
                found |= {"contingent"} if other.status == "contingent" else {"contingent", "definite"}
                continue
            assert other.status in {one.status, *EARLIER.get(one.status, ())}, (one.status, other.status, *where)
            for name, view in one.terms.items():
                if view.written is not None:
                    assert other.terms[name].written == view.written, (name, *where)
    TALLY.update(("all", *found))


@settings(max_examples=120)
@given(cases(), st.integers(0, 10**6))
def test_what_is_certain_is_presumed(case: Case, seed: int) -> None:
    refines(case.load(), case.known, seed)


@settings(max_examples=120)
@given(duties(), st.integers(0, 10**6))
def test_what_is_certain_of_a_duty_is_presumed(case: Case, seed: int) -> None:
    refines(case.load(), case.known, seed)


def test_the_presumptive_answer_says_more() -> None:
    """Nearly every case has a contingent answer, and most of these one that becomes definite."""
    print(f"of {TALLY['all']} cases, {TALLY['contingent']} were contingent, {TALLY['definite']} became definite")
    assert TALLY["all"] > 100, "run the whole file"
    assert TALLY["contingent"] >= TALLY["all"] * 4 / 5
    assert TALLY["definite"] >= TALLY["contingent"] * 3 / 4


# --- by hand, bullet by bullet ----------------------------------------------------------------------------------------

PARTS = """\
party A "A"
party B "B"
event SALE "the business is sold"
event visit "a visit" recurring
event fair "the fair" every 1 year from 2024-06-01
condition RAIN "it rains"
unknown TOTAL amount "the cap"
unknown CLOSING date "the closing" between 2025-03-01 and 2025-09-30
unknown SOLVENT truth "whether A is solvent"
unit copies "copies"
stream sales "sales"
stream sold "copies sold"
"""
load, _ = below('deal d "D" signed 2024-01-01 currency USD\n' + PARTS)
of_a_month, _ = below('deal d "D" signed 2024-02 currency USD\n' + PARTS)
sketch, _ = below(PARTS)


def agree(contract: dealrun.Contract, first: int = 2023, last: int = 2032) -> None:
    """Every expectation holds, and of those that ask for a status the second evaluator says the same."""
    within = horizon(first, last)
    for expected in contract.model.expectations:
        naive = Naive(contract.model, expected.known, expected.given, horizon=within, presumed=expected.presumed)
        for assertion in expected.assertions:
            theirs = naive.state(str(assertion.key), expected.on)
            assert theirs is not None
            assert assertion.status in {None, theirs.status}, (assertion.text, str(date.fromordinal(expected.on)))
            assert assertion.status is None or theirs.hangs_on >= set(assertion.contingent_on or ())
    outcomes = contract.test()
    assert outcomes
    assert [outcome.diagnostic().message for outcome in outcomes if not outcome.passed] == []


def holds(text: str) -> None:
    agree(load(text))


def test_nobody_does_anything_after_the_day_of_knowledge() -> None:
    holds("""
        term until 2025 renews 1 year notice 60 days
        exit: terminate A convenience notice 30 days
        call: option A->B purchase "buy the plant" until exercise of call
        deed: own A->B of "the plant" when exercise of call
        sing: permit A "sing" until SALE
        quiet: forbid A->B "sue" cure 10 days otherwise stop
        stop: permit B "stop deliveries"
        wait: permit B "wait" when breach of quiet
        wonder: permit A "wonder" when notice of term
        thank: permit B "thank" when cure of quiet
        expect on 2028-01-01: term contingent, exit contingent, call contingent, deed contingent, sing contingent
        expect presumed on 2028-01-01: term in force, exit in force, call in force, deed not yet, sing in force,
          quiet in force, stop not yet, wait not yet, wonder not yet, thank not yet
    """)


def test_what_recurs_goes_on_and_what_is_recorded_does_not_come_again() -> None:
    holds("""
        stand: permit A "build a stand" each fair for 5 days
        plan: require A "announce the stand" each fair by 10 days before fair
        room: permit B "stay" each visit for 5 days
        cake: permit B "eat" when fair and visit
        record visit on 2024-03-01
        expect presumed on 2024-03-06 known 2024-02-29: room not yet, cake not yet
        expect presumed on 2024-03-05 known 2024-03-01: room in force
        expect presumed on 2024-03-06 known 2024-03-01: room ended
        expect presumed on 2024-06-01 known 2024-03-01: cake in force
        expect presumed on 2028-06-05 known 2024-03-01: stand in force
        expect presumed on 2028-06-06 known 2024-03-01: stand dormant
    """)


def test_a_condition_goes_on_as_it_is() -> None:
    holds("""
        stay: permit A "stay inside" while RAIN
        walk: permit A "walk" unless RAIN
        swim: permit B "swim" when RAIN
        shop: permit A "sell" while "the shop is open"
        close: permit A "close" unless "the shop is open"
        record RAIN holds from 2024-03-01
        record "the shop is open" holds from 2024-01-01 until 2024-06-30
        expect on 2024-03-02 known 2024-03-01: stay contingent on RAIN, walk contingent on RAIN
        expect presumed on 2030-01-01 known 2024-03-01: stay in force, walk dormant, swim in force
        expect presumed on 2030-01-01 known 2024-02-29: stay dormant, walk in force, swim not yet
        expect presumed on 2024-06-30 known 2024-02-29: shop in force, close dormant
        expect presumed on 2024-07-01 known 2024-02-29: shop dormant, close in force
    """)


def test_what_falls_due_is_performed_on_its_due_day() -> None:
    holds("""
        price: fee A->B 100 USD by 2024-06-30
        title: own A->B of "the plant" when performance of price
        keys: require B->A "hand over the keys" within 30 days of performance of price otherwise stop
        move: permit A "move in" when performance of keys
        report: require A->B "report" quarterly within 10 days otherwise stop
        read: permit B "read" each performance of report for 5 days
        stop: permit B "stop"
        visit_it: require A "visit" each fair within 10 days of fair
        tell: permit A "tell" each performance of visit_it for 2 days
        expect presumed on 2024-06-29: title not yet, move not yet
        expect presumed on 2024-06-30: title in force, move not yet
        expect presumed on 2024-07-29: move not yet
        expect presumed on 2024-07-30: move in force
        expect presumed on 2024-04-09: read not yet
        expect presumed on 2024-04-10: read in force
        expect presumed on 2028-01-14: read in force, tell dormant
        expect presumed on 2028-01-15: read dormant
        expect presumed on 2028-06-11: tell in force
        expect presumed on 2030-01-01: stop not yet
    """)


@pytest.mark.parametrize(
    ("kept", "title", "stop"),
    [
        ("", "in force", "not yet"), ("books", "not yet", "in force"), ("books other", "in force", "not yet"),
        ("books until 2024-06-29", "in force", "not yet"), ("books while RAIN", "in force", "not yet"),
        ("books plan from 2024-06-30", "not yet", "in force"),
    ],
)  # fmt: skip
def test_what_is_unrecorded_is_performed_where_no_books_are_kept(kept: str, title: str, stop: str) -> None:
    holds(f"""
        plan: require A->B "show a plan" by 2024-06-30
        title: own A->B of "the plant" when performance of plan
        stop: permit B "stop" when breach of plan
        other: require A->B "show another" by 2025-06-30
        more: own A->B of "the land" when performance of other
        {kept}
        expect presumed on 2024-06-29 known 2024-12-31: title not yet
        expect presumed on 2024-06-30 known 2024-12-31: title {title}
        expect presumed on 2024-07-01 known 2024-12-31: title {title}, stop {stop}
        expect presumed on 2025-06-29 known 2024-12-31: more not yet
        expect presumed on 2025-06-30 known 2024-12-31: more in force
        expect presumed on 2024-07-01 known 2024-06-29: title in force, stop not yet
    """)


def test_a_breach_that_is_known_is_not_cured() -> None:
    holds("""
        books
        goods: require A->B "deliver" by 2024-03-31 cure 60 days otherwise damages
        damages: damages A->B 1m USD
        price: require B->A "pay" by 2024-03-31 cure within 30 days of notice of price otherwise exit
        exit: terminate A cause
        quiet: forbid A->B "sue" cure 10 days otherwise stop
        stop: permit B "stop"
        record breach of quiet on 2024-04-10
        expect presumed on 2024-05-31 known 2024-04-15: damages not yet
        expect presumed on 2024-06-01 known 2024-04-15: damages in force
        expect presumed on 2024-06-01 known 2024-03-30: damages not yet
        expect presumed on 2024-04-20 known 2024-04-15: stop not yet
        expect presumed on 2024-04-21 known 2024-04-15: stop in force
        expect presumed on 2030-01-01 known 2024-04-09: stop not yet
        expect presumed on 2030-01-01 known 2024-04-15: exit not yet
    """)


def test_a_notice_that_was_given_runs_out() -> None:
    holds("""
        term until 2025 renews 1 year notice 60 days
        exit: terminate B cause cure 30 days notice 60 days
        work: require A->B "work"
        record notice of exit on 2024-05-01
        record notice of term on 2025-10-01
        expect on 2024-07-01 known 2024-05-01: work contingent on cure of exit
        expect presumed on 2024-06-30 known 2024-05-01: work in force
        expect presumed on 2024-07-01 known 2024-05-01: work ended by exit
        expect presumed on 2030-01-01 known 2024-04-30: work in force
        expect presumed on 2025-12-31 known 2025-10-01 given notice of exit on 2026-02-01: work in force
        expect presumed on 2026-01-01 known 2025-10-01 given notice of exit on 2026-02-01: work ended by term
    """)


def test_no_ledger_reaches_a_threshold() -> None:
    holds("""
        bonus: milestone A->B 1m USD reaching 5m USD of sales
        party: permit B "celebrate" when performance of bonus
        dated: milestone A->B 1m USD reaching 5m USD of sales by 2024-06-30 otherwise stop
        cake: permit B "eat" when performance of dated
        stop: permit B "stop"
        share: royalty A->B 10% of sales paid quarterly within 30 days otherwise stop
        wait: permit B "wait" when performance of share
        expect presumed on 2030-01-01: party not yet, cake not yet, stop not yet
        expect presumed on 2024-04-30: wait not yet
    """)


def test_what_is_unknown_stays_unknown() -> None:
    holds("""
        share: revshare A->B 20% cap TOTAL until CLOSING
        sing: permit A "sing" while SOLVENT
        hum: permit A "hum" when not SOLVENT until SALE
        expect presumed on 2025-02-28: share in force, share cap contingent on TOTAL
        expect presumed on 2025-06-01: share contingent on CLOSING, sing contingent on SOLVENT,
          hum contingent on SOLVENT
        expect presumed on 2025-10-01: share ended by CLOSING
        expect presumed on 2025-06-01 given CLOSING = 2025-05-31: share ended by CLOSING
    """)
    agree(
        of_a_month("""
        sing: permit A "sing" until SALE
        hum: permit A "hum" for 1 year
        expect presumed on 2024-02-10: sing contingent on d.signed
        expect presumed on 2025-01-31: sing in force, hum in force
        expect presumed on 2025-02-10: hum contingent on d.signed
        expect presumed on 2025-02-28: hum ended
    """)
    )


def test_an_assumption_replaces_what_the_course_would_bring() -> None:
    holds("""
        sing: permit A "sing" until SALE
        stay: permit A "stay inside" while RAIN
        price: fee A->B 100 USD by 2024-06-30
        title: own A->B of "the plant" when performance of price
        cease: forbid A "sell" when breach of price
        stop: permit B "stop" when default of quiet
        quiet: forbid A->B "sue" cure 10 days
        expect presumed on 2026-01-01 given SALE on 2026-01-01: sing ended by SALE
        expect presumed on 2026-01-01 given RAIN holds from 2025-01-01: stay in force
        expect presumed on 2026-01-01 given RAIN holds from 2025-01-01 until 2025-12-31: stay dormant
        expect presumed on 2024-07-31 given performance of price on 2024-08-01: title not yet, cease in force
        expect presumed on 2024-08-01 given performance of price on 2024-08-01: title in force, cease in force
        expect presumed on 2024-05-01 given performance of price on 2024-05-01: title in force, cease not yet
        expect presumed on 2026-01-12 given breach of quiet on 2026-01-01: stop in force
        expect presumed on 2026-01-12 given breach of quiet on 2026-01-01 given cure of quiet on 2026-01-05:
          stop not yet
    """)


def test_an_amendment_that_is_signed_takes_its_course() -> None:
    """What is to come of it hangs on nothing that happens but the calendar."""
    holds("""
        share: revshare A->B 20%
        sing: permit A "sing"
        amend one "One" signed 2024-02-01 effective 2025-01-01
          set share 15%
        amend two "Two" signed 2024-02-02 when SALE
          set share 5%
        amend three "Three" signed 2024-02-03 until SALE
          waive sing
        expect on 2026-01-01 known 2024-03-01: share rate contingent on SALE, sing contingent on SALE
        expect presumed on 2024-12-31 known 2024-03-01: share rate 20%, sing waived
        expect presumed on 2026-01-01 known 2024-03-01: share rate 15%, sing waived
    """)


# --- what the second evaluator found ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "clause",
    [
        "until 2024-03", "unless not RAIN", "while RAIN", "when RAIN", "from 2025", "when RAIN for 2 years",
    ],
)  # fmt: skip
def test_what_is_not_owed_is_not_performed(clause: str) -> None:
    """It has ended, or not started, or is excused, on its due day, and can no longer be performed."""
    holds(f"""
        work: require A->B "work" by 2024-06-30 {clause}
        thank: permit B "thank" when performance of work
        expect presumed on 2024-07-01: thank not yet
        expect presumed on 2024-07-01 known 2024-12-31: thank not yet
    """)


def test_what_is_waived_is_not_performed() -> None:
    holds("""
        work: require A->B "work" by 2024-06-30
        price: fee B->A 100 USD by 2024-06-30
        thank: permit B "thank" when performance of work or performance of price
        amend one "One" signed 2024-03-01
          waive work
          waive price
        expect presumed on 2024-07-01 known 2024-02-29: thank in force
        expect presumed on 2024-07-01 known 2024-03-01: thank not yet
    """)


def test_what_has_no_instance_is_not_performed() -> None:
    holds("""
        build: require A->B "build" each fair within 10 days of fair until 2026
        thank: permit B "thank" each performance of build for 5 days
        expect presumed on 2026-06-11: thank in force
        expect presumed on 2027-06-11: thank ended
    """)


def test_what_is_not_known_to_be_owed_is_not_known_to_be_performed() -> None:
    """An unknown truth stays unknown."""
    holds("""
        work: require A->B "work" by 2024-06-30 while SOLVENT
        thank: permit B "thank" when performance of work
        expect presumed on 2024-07-01: thank contingent on SOLVENT
    """)


def test_what_falls_due_on_an_unknown_day_is_not_breached() -> None:
    """Whichever day it is, it is performed on it."""
    holds("""
        price: fee A->B 100 USD by CLOSING
        title: own A->B of "the plant" when performance of price
        stop: permit B "stop" when breach of price
        expect presumed on 2025-06-01: title contingent on CLOSING, stop not yet
        expect presumed on 2026-01-01: title in force, stop not yet
    """)


def test_where_it_is_not_known_whether_books_are_kept() -> None:
    holds("""
        books while SOLVENT
        work: require A->B "work" by 2024-06-30
        thank: permit B "thank" when performance of work
        stop: permit B "stop" when breach of work
        expect presumed on 2024-07-01 known 2024-12-31: thank contingent on SOLVENT, stop contingent on SOLVENT
    """)


def test_a_breach_that_is_recorded_of_what_is_overdue_stays() -> None:
    """Certainly so; and so it is presumed."""
    holds("""
        work: require A->B "work" by 2024-03-15
        stop: permit B "stop" when breach of work
        record breach of work on 2024-06-01
        expect on 2024-06-01 known 2024-12-31: stop in force
        expect presumed on 2024-06-01 known 2024-12-31: stop in force
    """)


def test_a_breach_that_is_recorded_before_the_due_day_is_not_cured() -> None:
    """Neither by a performance by plan while the time to cure runs."""
    holds("""
        work: require A->B "work" by 2024-06-30 cure 1 year otherwise stop
        stop: permit B "stop"
        record breach of work on 2024-03-01
        expect presumed on 2025-03-01 known 2024-03-15: stop not yet
        expect presumed on 2025-03-02 known 2024-03-15: stop in force
    """)


def test_what_only_a_ledger_tells_is_not_performed_against_the_books() -> None:
    """Certainly not; and so it is presumed."""
    holds("""
        books
        share: royalty A->B 10% of sales paid quarterly within 30 days
        wait: permit B "wait" when performance of share
        expect on 2024-04-30 known 2024-12-31: wait not yet
        expect presumed on 2024-04-30 known 2024-12-31: wait not yet
        expect presumed on 2025-01-30 known 2024-12-31: wait not yet
    """)


def test_money_that_never_falls_due_is_neither_paid_nor_breached() -> None:
    """Its due day hangs on an event that does not come; with books it is certainly not breached."""
    holds("""
        books
        price: fee A->B 100 USD within 10 days of SALE
        title: own A->B of "the plant" when performance of price
        stop: permit B "stop" when breach of price
        expect on 2024-02-01 known 2024-02-29: stop not yet
        expect presumed on 2024-02-01 known 2024-02-29: title not yet, stop not yet
        expect presumed on 2030-01-01 known 2024-02-29: title not yet, stop not yet
    """)


def test_a_payment_is_no_performance_against_the_books() -> None:
    """Certainly not; and so it is presumed."""
    holds("""
        books
        price: fee A->B 100 USD by 2024-07-01
        title: own A->B of "the plant" when performance of price
        record paid 100 USD under price on 2024-06-01
        expect on 2024-06-01 known 2024-12-31: title not yet
        expect presumed on 2024-06-01 known 2024-12-31: title not yet
    """)


@pytest.mark.no_cover
def test_a_performance_that_asks_for_the_next_one_goes_on() -> None:
    holds("""
        echo: require A->B "repeat" each performance of echo within 30 days of performance of echo
        thank: permit B "thank" each performance of echo for 1 day
        record performance of echo on 2024-12-20
        expect presumed on 2024-12-20 known 2024-12-31: thank in force
        expect presumed on 2025-01-19 known 2024-12-31: thank in force
        expect presumed on 2025-02-18 known 2024-12-31: thank in force
        expect presumed on 2025-03-20 known 2024-12-31: thank in force
        expect presumed on 2025-03-21 known 2024-12-31: thank dormant
    """)


def test_a_performance_ends_its_own_clause() -> None:
    holds("""
        report: require A->B "report" monthly until performance of report
        read: permit B "read" each performance of report for 2 days
        stop: permit B "stop" when breach of report
        expect presumed on 2024-01-30: report in force, read not yet
        expect presumed on 2024-01-31: report ended, read in force
        expect presumed on 2024-02-29: read ended, stop not yet
    """)


def test_one_performance_excuses_another() -> None:
    """The earlier one is performed, and so the later one never is."""
    holds("""
        paint: require A->B "paint" by 2024-06-30 unless performance of sand
        sand: require A->B "sand" by 2024-05-31 unless performance of paint
        wait: permit B "wait" when performance of paint
        look: permit B "look" when performance of sand
        expect presumed on 2024-05-31: look in force, paint dormant
        expect presumed on 2025-01-01: look in force, wait not yet, sand in force, paint dormant
    """)


def test_performances_are_planned_for_25_years() -> None:
    """After the day of knowledge, or the start of the clause."""
    text = """
        near: require A->B "work" by 2049-01-01
        far: require A->B "work" by 2049-01-02
        late: require A->B "work" by 2049-06-30 from 2026
        well: permit B "thank" when performance of near
        ill: permit B "thank" when performance of far
        stop: permit B "stop" when breach of far
        fine: permit B "thank" when performance of late
        expect presumed on 2049-01-01: well in force
        expect presumed on 2049-07-01: ill not yet, stop not yet, fine in force
    """
    agree(load(text), 2023, 2050)


def test_in_a_sketch_the_course_begins_with_the_first_day() -> None:
    agree(
        sketch("""
        sing: permit A "sing" until SALE
        stay: permit A "stay inside" while RAIN
        walk: permit A "walk" unless RAIN
        work: require A->B "work" by 2024-06-30
        thank: permit B "thank" when performance of work
        stop: permit B "stop" when breach of work
        expect on 2024-07-01: sing contingent, stay contingent, walk contingent, thank contingent, stop contingent
        expect presumed on 2024-07-01: sing in force, stay dormant, walk in force, thank not yet, stop not yet
        expect presumed on 2024-07-01 given SALE on 2024-01-01: sing ended by SALE
    """)
    )
