"""How instruments apply: each test is a small contract, what amends it, and what must hold on given days.

Every rule of docs/language.md#how-amendments-apply and #amendments stands here by example, on the last day before it
applies and on the first day on which it does. The expectations of a text are evaluated as known on the signing day of
the instrument above them, unless they say otherwise.
"""

from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import dealrun
from dealrun.state.amend import chain
from dealrun.state.amend.terms import FoldedTerms, Prefix
from dealrun.state.views import ClauseState, TermView
from dealrun.time import NO, YES, StepFunction, to_day
from dealrun.time.moment import NEVER_COMES
from either import either, either_of

BASE = """\
deal d "D" signed 2024-01-01
party A "A"
party B "B"
source msa "Master agreement"
source side "Side letter"
asset models "models"
asset hardware "hardware"
asset data "data"
event SALE "the company is sold"
event MERGER "the company is merged"
condition OPEN "the shop is open"
unknown CLOSING date "the closing" between 2025 and 2026
share: revshare A->B 20% [msa 1]
sing: permit A "sing" [msa 2]
ip: license A->B to models exclusive [msa 3]
audit: permit B "audit the books" [msa 4]
"""


def contract(text: str, base: str = BASE) -> dealrun.Contract:
    """The contract of a text without errors, below the base."""
    return dealrun.loads(base + dedent(text))


def holds(text: str, base: str = BASE) -> dealrun.Contract:
    """The contract of a text, all of whose expectations hold."""
    loaded = contract(text, base)
    outcomes = loaded.test()
    assert outcomes
    failed = [outcome.diagnostic().message for outcome in outcomes if not outcome.passed]
    assert not failed, "\n".join(failed)
    return loaded


def clause(loaded: dealrun.Contract, label: str, day: str, known: str | None = None) -> ClauseState:
    """A clause on a day."""
    return loaded.timeline(known=known).on(day)[label]


def term(loaded: dealrun.Contract, name: str, day: str, known: str | None = None) -> TermView:
    """A term on a day: `label.term`."""
    label, _, which = name.rpartition(".")
    return clause(loaded, label, day, known).terms[which]


def said_by(view: TermView | ClauseState) -> tuple[str, list[str]]:
    """Which instrument gave it, and what that cites."""
    return view.instrument, [str(cite) for cite in view.cites]


def done(loaded: dealrun.Contract, label: str) -> list[tuple[str, str]]:
    """What each instrument did to a clause, in the order in which it applies, as `why` tells it."""
    names = {instrument.name for instrument in loaded.model.instruments}
    steps = loaded.timeline().why(label, "2030-01-01").steps
    return [(step.about, step.text.partition(", signed")[0]) for step in steps if step.about in names]


# --- set and unset ----------------------------------------------------------------------------------------------------


def test_set_gives_a_term_a_new_value_from_the_effective_day_on() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set share 15%
        expect on 2024-05-31: share rate 20%
        expect on 2024-06-01: share rate 15%
        expect on 2030-01-01: share rate 15%
    """)


def test_set_gives_a_term_that_was_not_there_and_leaves_the_others() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set share quarterly cap 5m USD
        expect on 2024-05-31: share no paid, share no cap
        expect on 2024-06-01: share paid quarterly, share cap 5m USD, share rate 20%
    """)


def test_unset_leaves_terms_without_a_value() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set share quarterly cap 5m USD
        amend two "Two" signed 2024-09-01
          unset share paid cap
        expect on 2024-08-31: share paid quarterly, share cap 5m USD
        expect on 2024-09-01: share no paid, share no cap, share rate 20%
    """)


def test_a_term_is_set_to_a_schedule_which_runs_by_its_own_days() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set share 15% until 2024 then 12% until 2025-06-30 then 10%
        expect on 2024-05-31: share rate 20%
        expect on 2024-06-01: share rate 15%
        expect on 2024-12-31: share rate 15%
        expect on 2025-01-01: share rate 12%
        expect on 2025-06-30: share rate 12%
        expect on 2025-07-01: share rate 10%
    """)


def test_of_a_schedule_only_what_is_still_to_come_counts_on_the_effective_day() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set share 15% until 2024-03-31 then 12% until 2024-06-01 then 10%
        expect on 2024-05-31: share rate 20%
        expect on 2024-06-01: share rate 12%
        expect on 2024-06-02: share rate 10%
    """)


def test_a_schedule_can_change_with_an_event_and_before_a_day() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set share 15% until SALE then 10%
          set audit act "audit" before 2025 then "inspect"
        expect on 2024-06-01: share rate 15%
        expect on 2024-06-02: share rate contingent on SALE
        expect on 2025-06-01 given SALE on 2025-06-02: share rate 15%
        expect on 2025-06-02 given SALE on 2025-06-02: share rate 10%
        expect on 2024-12-31: audit act "audit"
        expect on 2025-01-01: audit act "inspect"
    """)
    assert term(loaded, "share.rate", "2025-06-01").text == "15% or 10%"


def test_a_pending_schedule_is_overwritten_with_all_that_was_to_come() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set share 15% until 2025 then 10%
        amend two "Two" signed 2024-09-01 effective 2025-03-01
          set share 18%
        expect on 2025-02-28: share rate 15%
        expect on 2025-03-01: share rate 18%
        expect on 2026-01-01: share rate 18%
    """)


def test_of_a_term_that_one_instrument_sets_twice_the_last_counts() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 when SALE
          set share 15% quarterly [side 1]
          set share 12% cap 5m USD [side 2]
        amend two "Two" signed 2024-07-01 when MERGER
          set sing "hum"
          set sing "whistle"
        expect on 2025-01-01 given SALE on 2024-12-01: share rate 12%, share paid quarterly, share cap 5m USD
        expect on 2025-01-01: share rate contingent on SALE, sing act contingent on MERGER
    """)
    assert term(loaded, "share.rate", "2025-01-01").text == "20% or 12%"
    assert term(loaded, "sing.act", "2025-01-01").text == '"sing" or "whistle"'
    later = loaded.timeline(assume={"SALE": "2024-12-01"}).on("2025-01-01")["share"].terms
    assert said_by(later["rate"]) == ("one", ["side 2"])
    assert said_by(later["paid"]) == ("one", ["side 1"])
    assert done(loaded, "share") == [("d", "writes it"), ("one", "sets paid"), ("one", "sets rate, cap")]
    assert done(loaded, "sing") == [("d", "writes it"), ("two", "sets act")]


def test_between_two_settings_of_a_term_one_instrument_may_change_its_members() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set ip except hardware
          add ip except data
          set ip except models
        amend two "Two" signed 2024-06-02
          add ip except data
        expect on 2024-06-01: ip except models
        expect on 2024-06-02: ip except models and data
    """)
    assert done(loaded, "ip") == [
        ("d", "writes it"), ("one", "sets except"), ("two", "adds to except: data"),
    ]  # fmt: skip


def test_a_term_that_one_instrument_unsets_and_sets_is_set() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set share quarterly cap 5m USD
        amend two "Two" signed 2024-07-01 when SALE
          unset share paid cap
          set share monthly
        expect on 2024-08-01: share paid contingent on SALE
    """)
    assert term(loaded, "share.paid", "2024-08-01").text == "quarterly or monthly"
    assert term(loaded, "share.cap", "2024-08-01").text == "5m USD or none"


def test_a_declaration_is_amended_like_a_clause() -> None:
    loaded = contract("""
        amend one "One" signed 2024-06-01 [side]
          set party A "A and successors" [2]
          set event SALE declared by B
    """)
    before = loaded.timeline().on("2024-05-31").declarations
    after = loaded.timeline().on("2024-06-01").declarations
    assert before["party", "A"].terms["name"].text == '"A"'
    assert after["party", "A"].terms["name"].text == '"A and successors"'
    assert said_by(after["party", "A"].terms["name"]) == ("one", ["side 2"])
    assert "declared by" not in before["event", "SALE"].terms
    assert after["event", "SALE"].terms["declared by"].text == "B"


def test_a_text_may_be_written_with_a_schedule_and_replaced_by_one() -> None:
    holds("""
        rent: fee A->B 1m USD until 2024 then 2m USD until SALE then 3m USD
        amend one "One" signed 2024-06-01 effective 2025-06-01
          replace rent: fee A->B 4m USD until 2025 then 5m USD
        expect on 2024-12-31: rent amount 1m USD
        expect on 2025-01-01 known 2025-01-01: rent amount 2m USD
        expect on 2025-01-01: rent amount contingent on SALE
        expect on 2025-02-01 given SALE on 2025-02-01: rent amount 3m USD
        expect on 2025-06-01: rent amount 4m USD
        expect on 2026-01-01: rent amount 5m USD
    """)


def test_a_term_that_two_instruments_write_from_one_day_on_changes_once() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend two "Two" signed 2024-07-01 effective 2025-01-01
          set share 18%
        expect on 2025-01-01: share rate 18%
    """)
    starts = loaded.timeline().evaluator.episodes("share")[0].terms["rate"].starts
    assert len(starts) == len(set(starts)) == 2


# --- replace ----------------------------------------------------------------------------------------------------------


def test_replace_gives_a_clause_a_new_text_and_what_it_leaves_out_is_unset() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set share quarterly cap 5m USD
        amend two "Two" signed 2024-09-01 [side 9]
          replace share: revshare A->B 15% floor 1m USD [side 7]
        expect on 2024-08-31: share rate 20%, share paid quarterly, share cap 5m USD, share no floor
        expect on 2024-09-01: share rate 15%, share no paid, share no cap, share floor 1m USD
    """)
    now, then = clause(loaded, "share", "2024-09-01"), clause(loaded, "share", "2024-08-31")
    assert now.since == then.since is not None
    assert said_by(now.terms["rate"]) == ("two", ["side 7"])
    assert said_by(then.terms["cap"]) == ("one", [])
    assert said_by(then.terms["rate"]) == ("d", ["msa 1"])


def test_what_a_replacing_text_does_not_cite_is_cited_from_its_instrument() -> None:
    loaded = contract("""
        amend two "Two" signed 2024-09-01 [side 9]
          set share cap 5m USD
          replace sing: permit A "hum"
          add extra: fee A->B 1m USD
          set audit "inspect"
          set ip nonexclusive [side 3]
    """)
    assert said_by(term(loaded, "sing.act", "2024-09-01")) == ("two", ["side 9"])
    assert said_by(term(loaded, "extra.amount", "2024-09-01")) == ("two", ["side 9"])
    assert said_by(term(loaded, "share.cap", "2024-09-01")) == ("two", ["side 9"])
    assert said_by(term(loaded, "audit.act", "2024-09-01")) == ("two", ["side 9"])
    assert said_by(term(loaded, "ip.exclusivity", "2024-09-01")) == ("two", ["side 3"])
    assert said_by(clause(loaded, "extra", "2024-09-01")) == ("two", ["side 9"])
    assert term(loaded, "ip.exclusivity", "2024-09-01").span.text == "set ip nonexclusive [side 3]"


def test_a_replacing_text_with_another_verb_is_a_new_life() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          replace sing: forbid A "sing aloud"
        expect on 2024-05-31: sing in force, sing "sing"
        expect on 2024-06-01: sing in force, sing "sing aloud"
    """)
    assert clause(loaded, "sing", "2024-05-31").kind == "permit"
    assert clause(loaded, "sing", "2024-06-01").kind == "forbid"
    assert loaded.timeline().evaluator.episodes("sing")[0].word == "permit"
    assert len(loaded.timeline().evaluator.episodes("sing")) == 2


def test_a_text_replaced_twice_is_one_life_as_long_as_the_verb_stays() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          replace sing: permit A "hum" until 2030
        amend two "Two" signed 2024-07-01
          replace sing: permit A "whistle"
        expect on 2024-06-01: sing "hum", sing until 2030
        expect on 2024-07-01: sing "whistle", sing no until
        expect on 2031-01-01: sing in force
    """)
    assert len(loaded.timeline().evaluator.episodes("sing")) == 1


def test_where_it_is_open_whether_a_text_is_replaced_both_texts_stay_possible() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set share quarterly
        amend two "Two" signed 2024-09-01 when SALE
          replace share: revshare A->B 15% floor 1m USD
        expect on 2025-01-01: share rate contingent on SALE, share paid contingent on SALE
        expect on 2025-01-01: share floor contingent on SALE, share in force
        expect on 2025-01-01 given SALE on 2025-01-02: share rate 20%, share paid quarterly, share no floor
        expect on 2025-01-02 given SALE on 2025-01-02: share rate 15%, share no paid, share floor 1m USD
    """)
    assert term(loaded, "share.rate", "2025-01-01").text == "20% or 15%"
    assert term(loaded, "share.paid", "2025-01-01").text == "quarterly or none"
    assert term(loaded, "share.floor", "2025-01-01").text == "none or 1m USD"


def test_where_it_is_open_whether_a_verb_is_replaced_both_lives_stay_possible() -> None:
    holds("""
        amend one "One" signed 2024-06-01 when SALE
          replace sing: forbid A "sing" until 2025
        expect on 2024-06-01: sing in force
        expect on 2026-01-01: sing contingent on SALE, sing until contingent on SALE
        expect on 2024-12-31 given SALE on 2024-12-01: sing in force, sing until 2025
        expect on 2026-01-01 given SALE on 2025-01-01: sing ended by 2025
    """)


# --- members of lists -------------------------------------------------------------------------------------------------


def test_members_are_added_to_a_list_and_dropped_from_it() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          add ip to hardware, data [side 4]
          add ip except hardware
        amend two "Two" signed 2024-07-01 [side 5]
          drop ip to models, data
        expect on 2024-05-31: ip scope models, ip no except
        expect on 2024-06-01: ip scope models and hardware and data, ip except hardware
        expect on 2024-07-01: ip scope hardware
    """)
    assert said_by(term(loaded, "ip.scope", "2024-05-31")) == ("d", ["msa 3"])
    assert said_by(term(loaded, "ip.scope", "2024-06-01")) == ("one", ["side 4"])
    assert said_by(term(loaded, "ip.scope", "2024-07-01")) == ("two", ["side 5"])
    assert term(loaded, "ip.scope", "2024-06-01").text == "models, hardware, data"


def test_a_list_without_members_is_no_term() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          add ip except hardware
        amend two "Two" signed 2024-07-01
          drop ip except hardware
        amend three "Three" signed 2024-08-01
          add ip except data
        expect on 2024-06-30: ip except hardware
        expect on 2024-07-01: ip no except
        expect on 2024-08-01: ip except data
    """)
    assert "except" not in clause(loaded, "ip", "2024-07-01").terms


def test_members_join_the_list_that_is_there_and_the_list_that_is_to_come() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2026-01-01
          set ip to hardware
        amend two "Two" signed 2024-07-01
          add ip to data
        expect on 2024-06-30: ip scope models
        expect on 2024-07-01: ip scope models and data
        expect on 2026-01-01: ip scope hardware and data
    """)


def test_where_it_is_open_whether_members_are_added_both_lists_stay_possible() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 when SALE
          add ip to hardware
          add ip except data
        expect on 2025-01-01: ip scope contingent on SALE, ip except contingent on SALE
        expect on 2025-01-01 given SALE on 2025-01-01: ip scope models and hardware, ip except data
    """)
    assert term(loaded, "ip.scope", "2025-01-01").text == "models or models, hardware"
    assert term(loaded, "ip.except", "2025-01-01").text == "none or data"


def test_a_member_joins_every_possible_list() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          add ip to hardware
        amend two "Two" signed 2024-07-01 when SALE
          drop ip to models
        amend three "Three" signed 2024-08-01 effective 2025-01-01
          add ip to data
        amend four "Four" signed 2024-09-01 effective 2025-02-01 [side 6]
          drop ip to hardware
        expect on 2025-01-31: ip scope contingent on SALE
        expect on 2025-01-31 given SALE on 2025-01-31: ip scope hardware and data
        expect on 2025-02-01 given SALE on 2025-01-31: ip scope data
    """)
    assert term(loaded, "ip.scope", "2024-12-31").text == "models, hardware or hardware"
    assert term(loaded, "ip.scope", "2025-01-31").text == "models, hardware, data or hardware, data"
    assert term(loaded, "ip.scope", "2025-02-01").text == "models, data or data"
    assert said_by(term(loaded, "ip.scope", "2025-02-01")) == ("four", ["side 6"])


# --- effective days ---------------------------------------------------------------------------------------------------


def test_an_amendment_has_effect_from_its_last_signature_unless_it_says_otherwise() -> None:
    holds("""
        amend one "One" signed 2024-06-01 by A, 2024-06-04 by B
          set share 15%
        amend two "Two" signed 2024-07-01 effective 2024-09
          set share 12%
        amend three "Three" signed 2024-10-01 effective 2024-04-01 retroactive
          set share 10%
        expect on 2024-06-03 known 2024-09-30: share rate 20%
        expect on 2024-06-04 known 2024-09-30: share rate 15%
        expect on 2024-08-31 known 2024-09-30: share rate 15%
        expect on 2024-09-01 known 2024-09-30: share rate 12%
        expect on 2024-03-31: share rate 20%
        expect on 2024-04-01: share rate 10%
        expect on 2024-09-01: share rate 10%
    """)


def test_what_was_signed_after_the_day_of_knowledge_is_not_there() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set share 15%
          add fee: fee A->B 1m USD
        expect on 2024-06-01 known 2024-05-31: share rate 20%
        expect on 2024-06-01 known 2024-06-01: share rate 15%, fee in force
    """)
    assert "fee" not in loaded.timeline(known="2024-05-31").on("2024-06-01")
    assert clause(loaded, "fee", "2024-05-31").status == "not yet"


def test_a_draft_changes_nothing() -> None:
    holds("""
        amend one "One"
          set share 15%
        amend two "Two" signed 2024-06-01
          set sing "hum"
        expect on 2024-06-01: share rate 20%, sing "hum"
    """)


def test_a_sketch_holds_from_always() -> None:
    loaded = contract("share: revshare A->B 20% until CLOSING cap TOTAL\n", base="")
    assert clause(loaded, "share", "1900-01-02").contingent_on == ("CLOSING",)
    assert term(loaded, "share.cap", "2024-01-01").contingent_on == ("TOTAL",)
    steps = {step.about for step in loaded.timeline().why("share", "2024-01-01").steps}
    assert {"hangs on CLOSING", "hangs on TOTAL"} <= steps
    dated = contract("share: revshare A->B 20% until 2025\n", base="")
    assert clause(dated, "share", "1900-01-01").status == "in force"


def test_an_agreement_has_effect_from_its_effective_day() -> None:
    holds(
        """
        deal d "D" signed 2024-01-01 effective 2024-03-01
        party A "A"
        sing: permit A "sing"
        hum: permit A "hum" from 2024-02-01
        expect on 2024-01-31: sing not yet, hum not yet
        expect on 2024-02-01: sing not yet, hum in force
        expect on 2024-03-01: sing in force
        """,
        base="",
    )


def test_where_the_effective_day_hangs_on_an_event_both_courses_stay_possible() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 when SALE
          set share 15%
        expect on 2024-06-01: share rate 20%
        expect on 2024-06-02: share rate contingent on SALE
        expect on 2024-06-02 known 2024-06-02: share rate 20%
        expect on 2024-09-30 given SALE on 2024-10-01: share rate 20%
        expect on 2024-10-01 given SALE on 2024-10-01: share rate 15%
    """)
    assert term(loaded, "share.rate", "2024-06-02").text == "20% or 15%"


def test_an_event_recorded_within_a_month_leaves_the_month_open() -> None:
    holds("""
        amend one "One" signed 2024-06-01 when SALE
          set share 15%
        record SALE on 2025-03 known 2025-04-15
        expect on 2025-02-28 known 2025-04-15: share rate 20%
        expect on 2025-03-01 known 2025-04-15: share rate contingent on SALE
        expect on 2025-03-30 known 2025-04-15: share rate contingent on SALE
        expect on 2025-03-31 known 2025-04-15: share rate 15%
        expect on 2025-03-01 known 2025-04-14: share rate 20%
    """)


def test_what_takes_effect_when_a_condition_holds_stays_when_it_holds_no_more() -> None:
    holds("""
        amend one "One" signed 2024-06-01 when OPEN and not SALE
          set share 15%
        record OPEN holds from 2025-02-01 until 2025-02-28 known 2025-12-31
        expect on 2025-01-31 known 2025-12-31: share rate 20%
        expect on 2025-02-01 known 2025-12-31: share rate 15%
        expect on 2025-03-01 known 2025-12-31: share rate 15%
    """)


def test_an_amendment_has_effect_from_the_later_of_its_effective_day_and_its_event() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2024-09-01 when SALE
          set share 15%
        amend two "Two" signed 2024-06-02 when SALE
          set audit "inspect"
        expect on 2024-08-31 given SALE on 2024-07-01: share rate 20%
        expect on 2024-09-01 given SALE on 2024-07-01: share rate 15%
        expect on 2024-10-01 given SALE on 2024-10-02: share rate 20%
        expect on 2024-10-02 given SALE on 2024-10-02: share rate 15%
        expect on 2024-06-01 given SALE on 2024-02-01: audit act "audit the books"
        expect on 2024-06-02 given SALE on 2024-02-01: audit act "inspect"
    """)


def test_an_effective_day_can_be_an_event_an_unknown_or_counted_from_either() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 30 days after SALE
          set share 15%
        amend two "Two" signed 2024-06-02 effective CLOSING
          set audit "inspect"
        expect on 2025-01-30 given SALE on 2025-01-01: share rate 20%
        expect on 2025-01-31 given SALE on 2025-01-01: share rate 15%
        expect on 2024-12-31: audit act "audit the books"
        expect on 2025-01-01: audit act contingent on CLOSING
        expect on 2026-12-31: audit act "inspect"
        expect on 2025-07-01 given CLOSING = 2025-07-01: audit act "inspect"
    """)


def test_a_signing_day_within_a_month_leaves_the_month_open() -> None:
    holds("""
        amend one "One" signed 2024-06
          set share 15%
          drop sing
          add fee: fee A->B 1m USD
          waive audit
        expect on 2024-05-31: share rate 20%, sing in force, fee not yet, audit in force
        expect on 2024-06-01: share rate contingent on one.signed, sing contingent on one.signed
        expect on 2024-06-29: fee contingent on one.signed, audit contingent on one.signed
        expect on 2024-06-30: share rate 15%, sing ended by one, fee in force, audit waived
        expect on 2024-06-30 known 2024-06-01: share rate 15%
        expect on 2024-06-30 known 2024-05-31: share rate 20%
    """)


def test_an_effective_day_makes_no_difference_to_a_signing_day_that_is_not_known() -> None:
    holds("""
        amend one "One" signed 2024-06 effective 2024-08-01
          set share 15%
        expect on 2024-07-31: share rate 20%
        expect on 2024-08-01: share rate 15%
    """)


def test_two_open_events_leave_all_values_possible() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 when SALE
          set share 15%
        amend two "Two" signed 2024-07-01 when MERGER
          set share 10%
        expect on 2024-07-01 known 2024-06-30: share rate contingent on SALE
        expect on 2025-01-01: share rate contingent on MERGER and SALE
        expect on 2025-01-01 given MERGER on 2025-01-01: share rate 10%
        expect on 2025-01-01 given SALE on 2025-01-01: share rate contingent on MERGER
    """)
    assert term(loaded, "share.rate", "2025-01-01").text == "20% or 15% or 10%"


def test_a_value_that_every_course_gives_is_certain() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 when SALE
          set share 20% quarterly
          set ip nonexclusive
        amend two "Two" signed 2024-07-01 when MERGER
          set ip exclusive
        expect on 2025-01-01: share rate 20%, share paid contingent on SALE
        expect on 2025-01-01: ip exclusivity contingent on MERGER and SALE
        expect on 2025-01-01 given MERGER on 2025-01-01: ip exclusive
    """)
    assert term(loaded, "ip.exclusivity", "2025-01-01").text == "nonexclusive or exclusive"
    assert said_by(term(loaded, "share.rate", "2025-01-01")) == ("one", [])


def test_an_open_amendment_and_a_later_certain_one() -> None:
    holds("""
        amend one "One" signed 2024-06-01 when SALE
          set share 15%
        amend two "Two" signed 2024-07-01 effective 2025-01-01
          set share 10%
        expect on 2024-12-31: share rate contingent on SALE
        expect on 2025-01-01: share rate 10%
        expect on 2030-01-01: share rate 10%
    """)


def test_a_schedule_that_is_set_on_an_open_day_runs_by_its_own_days() -> None:
    loaded = contract("""
        amend one "One" signed 2024-06-01 effective CLOSING
          set share 15% until 2025-06-30 then 12% until 2027-06-30 then 10%
    """)
    assert [term(loaded, "share.rate", day).text for day in (
        "2024-12-31", "2025-01-01", "2025-06-30", "2025-07-01", "2026-12-30", "2026-12-31", "2027-06-30", "2027-07-01",
    )] == ["20%", "20% or 15%", "20% or 15%", "20% or 12%", "20% or 12%", "12%", "12%", "10%"]  # fmt: skip


# --- order ------------------------------------------------------------------------------------------------------------


def test_changes_already_pending_are_overwritten() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2026-01-01
          set share 15%
        amend two "Two" signed 2024-07-01 effective 2025-01-01
          set share 18%
        expect on 2026-01-01 known 2024-06-30: share rate 15%
        expect on 2024-12-31: share rate 20%
        expect on 2025-01-01: share rate 18%
        expect on 2026-01-01: share rate 18%
    """)


def test_instruments_apply_in_the_order_of_their_signing_not_of_the_file() -> None:
    holds("""
        amend two "Two" signed 2024-07-01 effective 2025-01-01
          set share 18%
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        expect on 2025-01-01 known 2024-07-01: share rate 18%
        expect on 2025-01-01 known 2024-06-30: share rate 15%
    """)


def test_on_one_signing_day_after_says_which_comes_first() -> None:
    holds("""
        amend two "Two" signed 2024-06-01 after one
          set share 18%
        amend one "One" signed 2024-06-01
          set share 15%
        expect on 2024-06-01: share rate 18%
    """)


def test_what_is_subject_to_another_instrument_yields_in_whatever_both_write() -> None:
    loaded = holds("""
        amend frame "Frame" signed 2024-06-01
          set share 15% cap 5m USD
        amend order "Order" signed 2024-09-01 subject to frame [side 1]
          set share 18% quarterly
        expect on 2024-05-31: share rate 20%
        expect on 2024-09-01: share rate 15%, share paid quarterly, share cap 5m USD
    """)
    assert said_by(term(loaded, "share.rate", "2024-09-01")) == ("frame", [])
    assert said_by(term(loaded, "share.paid", "2024-09-01")) == ("order", ["side 1"])
    assert done(loaded, "share") == [
        ("d", "writes it"), ("order", "sets rate"), ("frame", "sets rate, cap"), ("order", "sets paid"),
    ]  # fmt: skip


def test_what_yields_holds_until_what_prevails_takes_effect() -> None:
    loaded = holds("""
        amend frame "Frame" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend order "Order" signed 2024-09-01 subject to frame
          set share 18%
        amend later "Later" signed 2024-10-01 effective 2026-01-01 subject to frame
          set share 19%
        expect on 2024-08-31: share rate 20%
        expect on 2024-09-01: share rate 18%
        expect on 2025-01-01: share rate 15%
        expect on 2026-01-01: share rate 15%
    """)
    assert done(loaded, "share") == [
        ("d", "writes it"), ("order", "sets rate"), ("later", "sets rate"), ("frame", "sets rate"),
    ]  # fmt: skip


def test_what_yields_to_one_instrument_prevails_over_the_others() -> None:
    holds("""
        amend other "Other" signed 2024-05-01
          set share 12% cap 7m USD
        amend frame "Frame" signed 2024-06-01
          set share cap 5m USD
        amend order "Order" signed 2024-09-01 subject to frame
          set share 18% cap 9m USD
          set audit "inspect"
        amend last "Last" signed 2024-10-01
          set share 19% cap 8m USD
        expect on 2024-09-01 known 2024-09-01: share rate 18%, share cap 5m USD, audit act "inspect"
        expect on 2024-10-01: share rate 19%, share cap 8m USD
    """)


def test_what_yields_to_several_statements_of_an_instrument_yields_to_the_one_that_writes_its_term() -> None:
    holds("""
        amend frame "Frame" signed 2024-06-01
          set share cap 5m USD
          set share 15%
          set share quarterly
        amend order "Order" signed 2024-09-01 subject to frame
          set share 18%
        expect on 2024-09-01: share rate 15%, share cap 5m USD, share paid quarterly
    """)


def test_who_yields_may_have_to_be_yielded_to() -> None:
    holds("""
        amend one "One" signed 2024-05-01 effective 2026-01-01
          set share 15%
        amend frame "Frame" signed 2024-06-01 subject to one
          set amend one effective 2025-03-01
          set share 12%
        amend order "Order" signed 2024-09-01 subject to frame
          set amend one effective 2025-02-01 until 2027-12-31
          set share 18%
        expect on 2025-02-28: share rate 12%
        expect on 2025-03-01: share rate 15%
        expect on 2027-12-31: share rate 15%
        expect on 2028-01-01: share rate 12%
    """)


def test_what_is_notwithstanding_another_instrument_prevails_whichever_was_signed_first() -> None:
    holds("""
        amend two "Two" signed 2024-06-01 notwithstanding one
          set share 18%
        amend one "One" signed 2024-06-01
          set share 15%
        expect on 2024-06-01: share rate 18%
    """)


def test_a_reinstatement_that_yields_to_a_waiver_ends_none() -> None:
    holds("""
        amend early "Early" signed 2024-05-01
          waive sing
        amend frame "Frame" signed 2024-06-01
          waive sing
        amend order "Order" signed 2024-09-01 subject to frame
          reinstate sing
        expect on 2024-09-01: sing waived
    """)


def test_what_yields_to_a_new_text_yields_in_every_term() -> None:
    holds("""
        amend frame "Frame" signed 2024-06-01
          replace share: revshare A->B 15%
        amend order "Order" signed 2024-09-01 subject to frame
          set share 18% quarterly
        expect on 2024-09-01: share rate 15%, share no paid
    """)


def test_a_clause_that_the_prevailing_instrument_adds_can_be_changed_all_the_same() -> None:
    holds("""
        amend frame "Frame" signed 2024-06-01
          add fee: fee A->B 1m USD
        amend order "Order" signed 2024-09-01 subject to frame
          set fee 2m USD
        expect on 2024-08-31: fee amount 1m USD
        expect on 2024-09-01: fee amount 2m USD
    """)


def test_members_yield_like_terms() -> None:
    holds("""
        amend frame "Frame" signed 2024-06-01
          set ip to hardware
          add audit to models
        amend order "Order" signed 2024-09-01 subject to frame
          add ip to data except data
          set audit to hardware in data
        expect on 2024-09-01: ip scope hardware, ip except data
        expect on 2024-09-01: audit scope hardware and models, audit territory data
    """)


def test_readings_of_an_instrument_that_yields_yield_too() -> None:
    holds("""
        amend frame "Frame" signed 2024-06-01
          set share 15%
        amend order "Order" signed 2024-09-01 subject to frame
          set share quarterly
        reading wide "it sets the rate, too" of order
          set share 18% monthly
        expect on 2024-09-01 under wide: share paid monthly
    """)


def test_files_of_one_signing_day_that_touch_different_terms_need_no_order(tmp_path: Path) -> None:
    (tmp_path / "0.deal").write_text(BASE)
    (tmp_path / "1.deal").write_text('amend one "One" signed 2024-06-01\n  set share 15%\n  add ip to hardware\n')
    second = 'amend two "Two" signed 2024-06-01\n  set share quarterly\n  set ip nonexclusive\n  add audit to data\n'
    (tmp_path / "2.deal").write_text(second)
    loaded = dealrun.load(tmp_path)
    assert clause(loaded, "share", "2024-06-01").terms["paid"].text == "quarterly"
    (tmp_path / "2.deal").write_text(second + "  set share 10%\n  add ip to data\n  waive share\n")
    refused = either_of(tmp_path)
    assert isinstance(refused, dealrun.Diagnostics)
    places = [(found.code, found.span.text if found.span else "") for found in refused]
    assert sorted(places) == [
        ("DR403", "add ip to data"), ("DR403", "set share 10%"), ("DR403", "waive share"),
    ]  # fmt: skip


# --- waivers ----------------------------------------------------------------------------------------------------------


def test_a_waiver_suspends_a_clause_until_its_end() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          waive share until 2024-12-31
          waive sing from 2024-09-01 until 2024-12-31
          waive audit
        expect on 2024-05-31: share in force, audit in force
        expect on 2024-06-01: share waived, sing in force, audit waived
        expect on 2024-08-31: sing in force
        expect on 2024-09-01: sing waived
        expect on 2024-12-31: share waived, sing waived
        expect on 2025-01-01: share in force, sing in force, audit waived
    """)


def test_a_waiver_suspends_nothing_before_the_effective_day() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2024-07-01
          waive share from 2024-05-01
        expect on 2024-06-30: share in force
        expect on 2024-07-01: share waived
    """)


def test_a_waiver_can_start_and_end_with_events() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          waive share from SALE until MERGER
        expect on 2024-06-01: share in force
        expect on 2024-07-01: share contingent on MERGER and SALE
        expect on 2024-07-01 given SALE on 2024-07-01: share contingent on MERGER
        expect on 2024-07-01 given SALE on 2024-07-02: share in force
    """)
    both = loaded.timeline(assume={"SALE": "2024-07-02", "MERGER": "2024-07-04"})
    assert [both.on(day)["share"].status for day in ("2024-07-01", "2024-07-02", "2024-07-03", "2024-07-04")] == [
        "in force", "waived", "waived", "in force",
    ]  # fmt: skip


def test_one_waiver_after_another_suspends_on_the_days_of_both() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          waive share until 2024-06-30
        amend two "Two" signed 2024-06-15 effective 2024-08-01
          waive share until 2024-08-31
        expect on 2024-06-30: share waived
        expect on 2024-07-01: share in force
        expect on 2024-08-01: share waived
        expect on 2024-09-01: share in force
    """)


def test_reinstating_ends_every_waiver_from_its_effective_day_on() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          waive share
          waive audit until 2024-12-31
          waive sing
        amend two "Two" signed 2024-07-01 effective 2024-09-01
          reinstate share
          reinstate audit
        amend three "Three" signed 2024-08-01 when SALE
          reinstate sing
        amend four "Four" signed 2024-10-01
          waive share
        expect on 2024-08-31: share waived, audit waived
        expect on 2024-09-01: share in force, audit in force
        expect on 2024-10-01: share waived, audit in force, sing waived
        expect on 2024-10-02: sing contingent on SALE
        expect on 2024-11-01 given SALE on 2024-11-01: sing in force
    """)


# --- drop, and add again ----------------------------------------------------------------------------------------------


def test_a_clause_that_is_dropped_ends_on_the_effective_day() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 effective 2024-09-01
          drop sing
          drop event MERGER
        expect on 2024-08-31: sing in force
        expect on 2024-09-01: sing ended by one
    """)
    assert loaded.timeline().on("2024-08-31").declarations["event", "MERGER"].declared
    assert not loaded.timeline().on("2024-09-01").declarations["event", "MERGER"].declared


def test_where_it_is_open_whether_a_clause_is_dropped_it_is_contingent() -> None:
    holds("""
        amend one "One" signed 2024-06-01 when SALE
          drop sing
        expect on 2024-06-02: sing contingent on SALE
        expect on 2025-01-01 given SALE on 2025-01-02: sing in force
        expect on 2025-01-02 given SALE on 2025-01-02: sing ended by one
    """)


def test_of_two_drops_the_earlier_ends_the_clause() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-06-01
          drop sing
        amend two "Two" signed 2024-07-01 effective 2025-01-01
          drop sing
        expect on 2024-12-31: sing in force
        expect on 2025-01-01: sing ended by two
        expect on 2025-06-01: sing ended by two
    """)


def test_a_clause_that_is_dropped_and_added_again_has_a_new_life() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set sing "hum" until 2030
          waive sing
        amend two "Two" signed 2024-07-01
          drop sing
        amend three "Three" signed 2024-09-01
          add sing: permit A "dance"
        amend four "Four" signed 2024-10-01
          set sing "whistle"
        expect on 2024-06-30: sing waived, sing "hum", sing until 2030
        expect on 2024-07-01: sing ended by two
        expect on 2024-08-31: sing ended by two
        expect on 2024-09-01: sing in force, sing "dance", sing no until
        expect on 2024-10-01: sing "whistle", sing in force
    """)
    assert clause(loaded, "sing", "2024-06-30").since == clause(loaded, "audit", "2024-06-30").since
    assert said_by(clause(loaded, "sing", "2024-08-31"))[0] == "one"
    assert said_by(clause(loaded, "sing", "2024-09-30"))[0] == "three"


def test_a_clause_dropped_and_added_by_one_instrument_has_a_new_life() -> None:
    loaded = contract("""
        amend one "One" signed 2024-06-01
          drop share
          add share: fee A->B 1m USD
    """)
    before, after = clause(loaded, "share", "2024-05-31"), clause(loaded, "share", "2024-06-01")
    assert (before.kind, before.status, before.terms["rate"].text) == ("revshare", "in force", "20%")
    assert (after.kind, after.status, after.terms["amount"].text) == ("fee", "in force", "1m USD")
    assert "rate" not in after.terms


def test_a_clause_that_an_amendment_adds_starts_on_its_effective_day_or_later() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 effective 2024-07-01
          add hum: permit A "hum"
          add fee: fee A->B 1m USD from 2024-09-01
          add dance: permit A "dance" from 2024-09-01 for 3 months
          add jump: permit A "jump" after 2024-09
          add run: permit A "run" after SALE
        expect on 2024-06-30: hum not yet
        expect on 2024-07-01: hum in force, fee not yet
        expect on 2024-08-31: fee not yet, dance not yet
        expect on 2024-09-01: fee in force, dance in force, jump not yet
        expect on 2024-09-30: jump not yet
        expect on 2024-10-01: jump in force
        expect on 2024-11-30: dance in force
        expect on 2024-12-01: dance ended
        expect on 2024-12-01 given SALE on 2024-12-01: run in force
        expect on 2024-12-01 given SALE on 2024-12-02: run not yet
    """)
    assert [clause(loaded, label, "2024-12-01").since for label in ("hum", "fee", "jump", "run")] == [
        date(2024, 7, 1), date(2024, 9, 1), date(2024, 10, 1), None,
    ]  # fmt: skip


def test_an_amendment_that_comes_with_an_event_starts_nothing_before_it() -> None:
    holds("""
        amend one "One" signed 2024-06-01 when SALE
          add hum: permit A "hum" from 2024-09-01
        expect on 2024-08-31 given SALE on 2024-07-01: hum not yet
        expect on 2024-09-01 given SALE on 2024-07-01: hum in force
        expect on 2024-10-31 given SALE on 2024-11-01: hum not yet
        expect on 2024-11-01 given SALE on 2024-11-01: hum in force
    """)


def test_the_start_of_a_clause_can_be_moved_while_it_is_to_come() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          add fee: fee A->B 1m USD from 2025-01-01 for 2 months
          add hum: permit A "hum" from 2025-01-01
        amend two "Two" signed 2024-09-01
          set fee from 2025-03-01
        amend three "Three" signed 2024-10-01 effective 2025-02-01
          unset hum from
        expect on 2025-01-01 known 2024-08-31: fee in force
        expect on 2025-02-28: fee not yet
        expect on 2025-03-01: fee in force
        expect on 2025-04-30: fee in force
        expect on 2025-05-01: fee ended
        expect on 2025-01-01: hum in force
    """)


def test_before_the_agreement_is_signed_what_amends_it_changes_nothing() -> None:
    loaded = holds("""
        amend early "Signed before the agreement" signed 2023-06-01
          add hum: permit A "hum"
        amend one "One" signed 2024-06-01
          set share 15%
        expect on 2024-06-01 known 2023-06-01: hum in force
    """)
    assert loaded.timeline(known="2023-06-01").labels == ("hum",)
    assert not loaded.timeline(known="2023-05-31").on("2024-06-01")


# --- for a time: side letters -----------------------------------------------------------------------------------------


def test_an_amendment_with_an_end_holds_until_then_and_leaves_what_would_be_without_it() -> None:
    loaded = holds("""
        amend letter "Side letter" signed 2024-06-01 until 2024-12-31 [side 1]
          set share 15% quarterly
          add ip to hardware
          replace audit: permit B "inspect" until 2030
          drop sing
          add fee: fee A->B 1m USD
        expect on 2024-05-31: share rate 20%, share no paid, sing in force, fee not yet
        expect on 2024-06-01: share rate 15%, share paid quarterly, ip scope models and hardware, sing waived
        expect on 2024-06-01: audit act "inspect", audit until 2030, fee in force
        expect on 2024-12-31: share rate 15%, share paid quarterly, ip scope models and hardware, sing waived
        expect on 2024-12-31: audit act "inspect", audit until 2030, fee in force
        expect on 2025-01-01: share rate 20%, share no paid, ip scope models, sing in force
        expect on 2025-01-01: audit act "audit the books", audit no until, fee ended by 2024-12-31
    """)
    assert said_by(term(loaded, "share.rate", "2024-12-31")) == ("letter", ["side 1"])
    assert said_by(term(loaded, "share.rate", "2025-01-01")) == ("d", ["msa 1"])
    assert loaded.timeline().evaluator.episodes("share")[0].terms["paid"].values[-1].options[0].source.instrument == "d"


def test_an_end_can_be_a_duration_from_the_effective_day_or_a_day_before_which_it_holds() -> None:
    holds("""
        amend letter "Side letter" signed 2024-06-01 effective 2024-07-15 for 2 months
          set share 15%
        amend other "Other letter" signed 2024-06-02 before 2024-12-31
          set audit "inspect"
          waive sing
          add fee: fee A->B 1m USD
        expect on 2024-07-14: share rate 20%
        expect on 2024-07-15: share rate 15%
        expect on 2024-09-14: share rate 15%
        expect on 2024-09-15: share rate 20%
        expect on 2024-12-30: audit act "inspect", sing waived, fee in force
        expect on 2024-12-31: audit act "audit the books", sing in force, fee ended by 2024-12-31
    """)


def test_an_end_that_hangs_on_an_event_leaves_both_courses_possible() -> None:
    loaded = holds("""
        amend letter "Side letter" signed 2024-06-01 until SALE
          set share 15%
          set ip except data
          drop sing
          waive audit
          add fee: fee A->B 1m USD
        expect on 2024-06-01: share rate 15%, sing waived, audit waived, fee in force
        expect on 2024-06-02: share rate contingent on SALE, sing contingent on SALE, audit contingent on SALE
        expect on 2024-06-02: fee contingent on SALE, ip except contingent on SALE
        expect on 2025-01-01 given SALE on 2025-01-02: share rate 15%, sing waived, audit waived, fee in force
        expect on 2025-01-02 given SALE on 2025-01-02: share rate 20%, sing in force, audit in force
        expect on 2025-01-02 given SALE on 2025-01-02: fee ended by SALE, ip no except
    """)
    assert term(loaded, "share.rate", "2024-06-02").text == "15% or 20%"
    assert term(loaded, "ip.except", "2024-06-02").text == "data or none"


def test_where_a_letter_lapses_what_earlier_instruments_brought_comes_back() -> None:
    holds("""
        amend one "One" signed 2024-05-01 effective 2024-10-01
          set share 18%
        amend letter "Side letter" signed 2024-06-01 until 2024-12-31
          set share 15%
        expect on 2024-10-01: share rate 15%
        expect on 2025-01-01: share rate 18%
    """)


def test_what_is_changed_while_a_letter_holds_stays_when_it_lapses() -> None:
    holds("""
        amend letter "Side letter" signed 2024-06-01 until 2024-12-31
          set share 15% quarterly
          drop sing
          waive audit
          waive ip
        amend one "One" signed 2024-09-01
          set share 18%
          reinstate audit
        expect on 2024-09-01: share rate 18%, share paid quarterly, audit in force, sing waived, ip waived
        expect on 2025-01-01: share rate 18%, share no paid, audit in force, sing in force, ip in force
    """)


def test_a_letter_that_reinstates_does_so_for_its_time_only() -> None:
    holds("""
        amend one "One" signed 2024-05-01
          waive share
        amend letter "Side letter" signed 2024-06-01 until 2024-12-31
          reinstate share
        expect on 2024-05-31: share waived
        expect on 2024-06-01: share in force
        expect on 2024-12-31: share in force
        expect on 2025-01-01: share waived
    """)


def test_a_waiver_of_a_letter_ends_with_its_own_end_or_with_the_letter() -> None:
    holds("""
        amend letter "Side letter" signed 2024-06-01 until 2024-12-31
          waive share until 2024-09-30
          waive sing until 2025-03-31
        expect on 2024-09-30: share waived, sing waived
        expect on 2024-10-01: share in force, sing waived
        expect on 2024-12-31: share in force, sing waived
        expect on 2025-01-01: share in force, sing in force
    """)


def test_two_letters_may_suspend_one_clause_each_for_its_time() -> None:
    holds("""
        amend one "One" signed 2024-06-01 until 2024-08-31
          drop sing
          waive audit
        amend two "Two" signed 2024-07-01 effective 2024-10-01 until 2024-12-31
          drop sing
          waive audit
        expect on 2024-08-31: sing waived, audit waived
        expect on 2024-09-01: sing in force, audit in force
        expect on 2024-10-01: sing waived, audit waived
        expect on 2025-01-01: sing in force, audit in force
    """)


def test_what_a_letter_adds_and_another_drops_ends_on_the_earlier_day() -> None:
    holds("""
        amend letter "Side letter" signed 2024-06-01 until 2024-12-31
          add fee: fee A->B 1m USD
          add hum: permit A "hum"
        amend two "Two" signed 2024-09-01
          drop fee
        expect on 2024-08-31: fee in force
        expect on 2024-09-01: fee ended by two
        expect on 2024-12-31: hum in force
        expect on 2025-01-01: hum ended by 2024-12-31
    """)


def test_what_a_letter_added_can_be_added_again_when_it_has_lapsed() -> None:
    holds("""
        amend letter "Side letter" signed 2024-06-01 until 2024-12-31
          add fee: fee A->B 1m USD
        amend two "Two" signed 2025-02-01
          add fee: fee A->B 2m USD
        expect on 2025-01-31: fee ended by 2024-12-31
        expect on 2025-02-01: fee in force, fee amount 2m USD
    """)


# --- amendments of amendments -----------------------------------------------------------------------------------------


def test_the_effective_day_of_an_amendment_that_is_to_come_can_be_moved() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend two "Two" signed 2024-09-01
          set amend one effective 2025-07-01
        amend three "Three" signed 2024-10-01
          set amend one effective 2025-03-01
        expect on 2025-01-01 known 2024-08-31: share rate 15%
        expect on 2025-06-30 known 2024-09-30: share rate 20%
        expect on 2025-07-01 known 2024-09-30: share rate 15%
        expect on 2025-02-28: share rate 20%
        expect on 2025-03-01: share rate 15%
    """)


def test_an_effective_day_is_not_moved_to_before_the_amendment_that_moves_it_unless_retroactive() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend two "Two" signed 2024-06-02 effective 2025-01-01
          set audit "inspect"
        amend three "Three" signed 2024-09-01
          set amend one effective 2024-07-01
        amend four "Four" signed 2024-09-02 effective 2024-07-01 retroactive
          set amend two effective 2024-08-01
        expect on 2024-08-31: share rate 20%
        expect on 2024-09-01: share rate 15%
        expect on 2024-07-31: audit act "audit the books"
        expect on 2024-08-01: audit act "inspect"
    """)


def test_an_effective_day_that_an_open_amendment_moves_is_open() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend two "Two" signed 2024-09-01 when SALE
          set amend one effective 2025-07-01
        expect on 2024-12-31: share rate 20%
        expect on 2025-01-01: share rate contingent on SALE
        expect on 2025-01-01 given SALE on 2024-12-31: share rate 20%
        expect on 2025-01-01 given SALE on 2025-01-02: share rate 15%
        expect on 2025-06-30 given SALE on 2025-01-02: share rate 15%
    """)
    assert term(loaded, "share.rate", "2025-01-01").text == "20% or 15%"


def test_an_effective_day_can_be_moved_to_an_event() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend two "Two" signed 2024-09-01
          set amend one effective SALE
        expect on 2025-01-01: share rate contingent on SALE
        expect on 2024-09-01 given SALE on 2024-08-01: share rate 15%
        expect on 2024-08-31 given SALE on 2024-08-01: share rate 20%
        expect on 2025-01-01 given SALE on 2025-02-01: share rate 20%
        expect on 2025-02-01 given SALE on 2025-02-01: share rate 15%
    """)


def test_what_was_signed_later_than_known_moves_no_day() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01 until 2025-12-31
          set share 15%
        amend two "Two" signed 2024-09-01
          set amend one effective 2025-07-01
          set amend one until 2025-09-30
        amend three "Three" signed 2024-10-01 effective 2025-08-01
          drop amend one
        expect on 2025-01-01 known 2024-08-31: share rate 15%
        expect on 2025-12-31 known 2024-08-31: share rate 15%
        expect on 2025-06-30 known 2024-09-01: share rate 20%
        expect on 2025-09-30 known 2024-09-01: share rate 15%
        expect on 2025-10-01 known 2024-09-01: share rate 20%
        expect on 2025-07-31: share rate 15%
        expect on 2025-08-01: share rate 20%
    """)


def test_an_amendment_can_be_given_an_end_another_end_or_none() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set share 15%
          add fee: fee A->B 1m USD
        amend letter "Side letter" signed 2024-06-02 until 2024-12-31
          set audit "inspect"
        amend open "Open letter" signed 2024-06-03 until 2024-12-31
          set sing "hum"
        amend two "Two" signed 2024-09-01
          set amend one until 2025-06-30
          set amend letter until 2025-03-31
          unset amend open until
        expect on 2025-06-30: share rate 15%, fee in force
        expect on 2025-07-01: share rate 20%, fee ended by 2025-06-30
        expect on 2025-07-01 known 2024-08-31: share rate 15%, fee in force
        expect on 2025-03-31: audit act "inspect"
        expect on 2025-04-01: audit act "audit the books"
        expect on 2199-01-01: sing "hum"
    """)


def test_an_end_that_is_a_duration_counts_from_the_effective_day_of_what_ends() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
          add fee: fee A->B 1m USD
        amend two "Two" signed 2024-09-01
          set amend one for 6 months
        expect on 2025-06-30: share rate 15%, fee in force
        expect on 2025-07-01: share rate 20%, fee ended
    """)


def test_an_end_is_not_moved_to_before_the_amendment_that_moves_it_unless_retroactive() -> None:
    holds("""
        amend one "One" signed 2024-06-01 until 2025-12-31
          set share 15%
          add fee: fee A->B 1m USD
        amend two "Two" signed 2024-06-02
          set audit "inspect"
          add hum: permit A "hum"
        amend three "Three" signed 2024-09-01
          set amend one until 2024-07-31
        amend four "Four" signed 2024-09-02 effective 2024-07-01 retroactive
          set amend two until 2024-07-31
        expect on 2024-08-31: share rate 15%, fee in force
        expect on 2024-09-01: share rate 20%, fee ended by 2024-07-31
        expect on 2024-07-31: audit act "inspect", hum in force
        expect on 2024-08-01: audit act "audit the books", hum ended by 2024-07-31
    """)


def test_what_an_amendment_that_is_rescinded_did_lapses_from_then_on() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set share 15%
          add fee: fee A->B 1m USD
          waive audit
        amend two "Two" signed 2024-09-01 effective 2024-10-01
          drop amend one
        expect on 2024-09-30: share rate 15%, fee in force, audit waived
        expect on 2024-10-01: share rate 20%, fee ended by two, audit in force
    """)
    assert said_by(term(loaded, "share.rate", "2024-10-01")) == ("d", ["msa 1"])


def test_what_an_amendment_dropped_before_it_was_rescinded_stays_dropped() -> None:
    holds("""
        life: term until 2025
        amend one "One" signed 2024-06-01
          drop sing
          drop life
        amend two "Two" signed 2024-07-01 effective 2025-01-01
          drop ip
          drop audit
        amend three "Three" signed 2024-09-01 when SALE
          drop amend two
        amend four "Four" signed 2026-06-01
          drop amend one
        expect on 2024-05-31 known 2026-06-01: sing in force
        expect on 2024-06-01 known 2026-06-01: sing ended by one
        expect on 2026-06-01 known 2026-06-01: sing ended by one, share in force
        expect on 2024-12-31 known 2024-09-01: ip in force, audit in force
        expect on 2025-01-01 known 2024-09-01: ip contingent on SALE
        expect on 2025-01-01 known 2024-09-01 given SALE on 2025-01-01: ip in force
        expect on 2025-01-01 known 2024-09-01 given SALE on 2025-01-02: ip ended by two
        expect on 2025-01-02 known 2024-09-01 given SALE on 2025-01-02: ip ended by two
    """)


def test_an_amendment_that_is_given_an_end_drops_for_good() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          drop sing
          set share 15%
        amend letter "Side letter" signed 2024-06-02 until 2024-12-31
          drop audit
        amend two "Two" signed 2024-09-01
          set amend one until 2025-06-30
          drop amend letter
        expect on 2025-06-30: share rate 15%, sing ended by one
        expect on 2025-07-01: share rate 20%, sing ended by one
        expect on 2024-08-31: audit waived
        expect on 2024-09-01: audit in force
    """)


def test_what_is_rescinded_before_it_takes_effect_does_nothing() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
          add fee: fee A->B 1m USD
        amend two "Two" signed 2024-09-01
          drop amend one
        expect on 2025-01-01: share rate 20%, fee ended by two
        expect on 2025-01-01 known 2024-08-31: share rate 15%, fee in force
    """)


def test_of_an_end_and_a_rescission_the_earlier_counts() -> None:
    holds("""
        amend one "One" signed 2024-06-01 until 2024-12-31
          add fee: fee A->B 1m USD
        amend two "Two" signed 2024-06-02 until 2024-12-31
          add hum: permit A "hum"
        amend four "Four" signed 2024-09-02 effective 2024-10-01
          drop amend one
        amend five "Five" signed 2024-09-03 when SALE
          drop amend two
        expect on 2024-10-01: fee ended by four
        expect on 2024-12-31 given SALE on 2025-01-15: hum in force
        expect on 2025-01-01 given SALE on 2025-01-15: hum ended by 2024-12-31
        expect on 2024-12-01 given SALE on 2024-12-01: hum ended by five
        expect on 2024-12-01: hum contingent on SALE
    """)


def test_an_amendment_is_changed_more_than_once() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
          add fee: fee A->B 1m USD
        amend two "Two" signed 2024-07-01
          set amend one effective 2025-02-01 until 2025-12-31
        amend three "Three" signed 2024-08-01
          set amend one until 2025-10-31
        amend four "Four" signed 2024-09-01 effective 2025-06-01
          set amend one until 2025-11-30
        expect on 2025-01-31: share rate 20%
        expect on 2025-02-01: share rate 15%
        expect on 2025-10-31 known 2024-08-31: share rate 15%
        expect on 2025-11-01 known 2024-08-31: share rate 20%, fee ended by 2025-10-31
        expect on 2025-11-30: share rate 15%, fee in force
        expect on 2025-12-01: share rate 20%, fee ended by 2025-11-30
    """)


def test_an_amendment_can_be_rescinded_on_an_open_day() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set share 15%
        amend two "Two" signed 2024-09-01 when SALE
          drop amend one
        expect on 2024-09-01: share rate 15%
        expect on 2024-10-01: share rate contingent on SALE
        expect on 2024-10-01 given SALE on 2024-10-01: share rate 20%
    """)


def test_where_an_amendment_was_moved_on_an_open_day_retroactively_what_every_course_gives_is_certain() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend letter "Side letter" signed 2024-06-02 until 2024-12-31
          set audit "inspect"
        amend two "Two" signed 2024-09-01 when SALE retroactive
          set amend one effective 2025-07-01
          set amend letter until 2025-06-30
        expect on 2025-01-01: share rate contingent on SALE, audit act contingent on SALE
        expect on 2025-07-01: share rate 15%, audit act "audit the books"
    """)


def test_what_comes_too_late_to_move_an_end_leaves_it_and_its_name() -> None:
    holds("""
        amend letter "Side letter" signed 2024-06-02 until 2024-12-31
          add fee: fee A->B 1m USD
        amend two "Two" signed 2024-09-01 when SALE
          set amend letter until 2025-06-30
        expect on 2025-01-01: fee contingent on SALE
        expect on 2025-02-01 given SALE on 2025-01-15: fee ended by 2024-12-31
        expect on 2025-02-01 given SALE on 2024-12-31: fee in force
        expect on 2025-07-01 given SALE on 2024-12-31: fee ended by 2025-06-30
    """)


def test_an_instrument_that_may_be_signed_by_the_day_of_knowledge_counts_behind_one_that_is_not() -> None:
    holds("""
        amend one "One" signed 2024-05-01
          set share 15%
        amend two "Two" signed 2024-06-20
          set amend one until 2024-09-30
          set share quarterly
        amend three "Three" signed 2024-06
          set amend one until 2024-12-31
          set share cap 5m USD
        expect on 2024-07-01 known 2024-06-10: share cap 5m USD, share no paid
        expect on 2025-01-01 known 2024-06-10: share rate 20%
        expect on 2024-12-31 known 2024-06-10: share rate 15%
        expect on 2024-07-01 known 2024-06-20: share cap 5m USD, share paid quarterly
    """)


def test_an_instrument_changes_neither_itself_nor_one_that_is_not_signed() -> None:
    for operation in ("set amend one until 2025", "drop amend one", "drop amend draft", "drop amend two"):
        loaded = either(
            BASE
            + f'amend one "One" signed 2024-06-01\n  {operation}\n'
            + 'amend draft "Draft"\n  set share 15%\n'
            + 'amend two "Two" signed 2024-07-01\n  set share 15%\n'
        )
        assert isinstance(loaded, dealrun.Diagnostics)
        assert {found.code for found in loaded} == {"DR401", "DR415"}


# --- readings, several deals, restatement -----------------------------------------------------------------------------


def test_a_reading_of_an_amendment_applies_right_after_it_and_with_it() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01 until 2025-12-31 [side 1]
          set share cap 5m USD
        amend two "Two" signed 2024-09-01
          set share cap 3m USD floor 1m USD
        reading narrow "the cap is a lower one, and audits are suspended" of one
          set share 15% cap 1m USD
          waive audit
        expect on 2024-12-31 under narrow: share rate 20%, audit in force, share cap 3m USD
        expect on 2025-01-01 under narrow: share rate 15%, audit waived, share cap 3m USD
        expect on 2025-06-01: share rate 20%, audit in force
        expect on 2025-12-31 under narrow: share rate 15%, audit waived
        expect on 2026-01-01 under narrow: share rate 20%, audit in force
        expect on 2025-01-01 known 2024-06-01 under narrow: share cap 1m USD
        expect on 2025-01-01 known 2024-05-31 under narrow: share rate 20%, audit in force
    """)
    read = loaded.timeline(reading=["narrow"]).on("2025-06-01")
    assert said_by(read["share"].terms["rate"]) == ("narrow", ["side 1"])


def test_a_reading_of_the_agreement_is_read_into_its_text_from_the_beginning() -> None:
    holds(
        """
        deal d "D" signed 2024 effective 2024-03-01
        party A "A"
        party B "B"
        share: revshare A->B 20% cap 5m USD
        sing: permit A "sing"
        amend one "One" signed 2025-01-01
          set share 10%
        reading half "the share was half of that, and uncapped" of d
          set share 10%
          unset share cap
          set sing from 2024-02-01
          add hum: permit A "hum"
        expect on 2024-02-01 under half: sing in force, share rate 10%, hum not yet
        expect on 2024-02-01: sing not yet
        expect on 2025-01-01 under half: share no cap, share rate 10%, hum in force
        expect on 2025-01-01: share cap 5m USD
        """,
        base="",
    )


def test_a_reading_of_what_was_signed_on_a_day_that_is_not_known_hangs_on_that_day() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06
          set share cap 5m USD
        reading wide "it sets the rate, too" of one
          set share 15%
        expect on 2024-06-15 under wide: share rate contingent on one.signed, share cap contingent on one.signed
        expect on 2024-06-30 under wide: share rate 15%
    """)
    names = [unknown.name for unknown in loaded.timeline(reading=["wide"]).on("2024-06-15").unknowns]
    assert "one.signed" in names


def test_a_reading_of_an_amendment_that_was_moved_or_rescinded_goes_with_it() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share cap 5m USD
        amend two "Two" signed 2024-09-01
          set amend one effective 2025-07-01
        amend three "Three" signed 2024-10-01 effective 2026-01-01
          drop amend one
        reading wide "it sets the rate, too" of one
          set share 15%
        expect on 2025-06-30 known 2024-10-01 under wide: share rate 20%
        expect on 2025-07-01 known 2024-10-01 under wide: share rate 15%
        expect on 2025-12-31 known 2024-10-01 under wide: share rate 15%
        expect on 2026-01-01 known 2024-10-01 under wide: share rate 20%
        expect on 2025-01-01 known 2024-06-01 under wide: share rate 15%
    """)


def test_a_reading_of_an_amendment_can_move_another_one() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend two "Two" signed 2024-09-01
          set audit "inspect"
        reading soon "it brings the first amendment forward" of two
          set amend one effective 2024-10-01
        expect on 2024-10-01: share rate 20%
        expect on 2024-09-30 under soon: share rate 20%
        expect on 2024-10-01 under soon: share rate 15%
    """)


TWO = """deal supply "Supply agreement" signed 2024-01-01
party A "A"
party B "B"
goods: require A->B "deliver"
life: term until 2030
keep: forbid A->B "tell"
rest: survive keep
deal licence "Licence" signed 2024-02-01
party A "A"
party B "B"
goods: license A->B exclusive
life: term until 2028
"""


def test_one_instrument_amends_several_deals_each_in_its_own_part() -> None:
    holds(
        """
        amend both "Both" of supply, licence signed 2025-01-01
          drop goods
          set licence.goods nonexclusive
          add licence.audit: permit A "audit the books"
          add audit: permit B "audit the books"
        expect on 2024-01-31: licence.goods not yet, supply.goods in force
        expect on 2024-12-31: supply.goods in force, licence.goods exclusive
        expect on 2025-01-01: supply.goods ended by both, licence.goods nonexclusive
        expect on 2025-01-01: licence.audit in force, supply.audit in force
        expect on 2029-01-01: licence.audit ended by licence.life, supply.audit in force
        expect on 2031-01-01: supply.audit ended by supply.life, supply.keep in force
        """,
        base=TWO,
    )


def test_a_term_and_a_survival_may_come_with_an_amendment() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          add life: term until 2025
          add exit: terminate A convenience
          add rest: survive audit
        amend two "Two" signed 2024-07-01
          set life until 2026
        expect on 2027-01-01 known 2024-05-31: sing in force
        expect on 2026-01-01 known 2024-06-30: sing ended by life or exit, audit in force
        expect on 2026-12-31 known 2026-12-31: sing in force
        expect on 2027-01-01: audit in force
        expect on 2026-05-01 given notice of exit on 2026-05-01: sing ended by exit, audit in force
    """)


def test_the_end_of_a_deal_follows_the_words_of_a_clause_whatever_its_verb_was_before() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          replace sing: terminate A convenience
          replace audit: survive ip
        amend two "Two" signed 2024-07-01 effective 2025-01-01
          replace sing: term until 2026
        expect on 2024-09-01 given notice of sing on 2024-09-01: share ended by sing, ip in force
        expect on 2026-12-31 known 2026-12-31: share in force
        expect on 2027-01-01 known 2026-12-31: share ended by sing, ip in force
    """)


def test_what_is_dropped_before_it_ends_the_deal_does_not_end_it() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          add life: term until 2025
          add rest: survive audit
        amend two "Two" signed 2024-07-01 effective 2025-06-01
          drop life
          drop rest
        amend three "Three" signed 2024-08-01 effective 2025-09-01
          add life: term until 2027
        expect on 2026-01-01: sing in force
        expect on 2027-12-31: audit in force
        expect on 2028-01-01: sing ended by life, audit ended by life
    """)


def test_a_restatement_replaces_what_it_adds_and_drops_every_other_clause() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set share quarterly
          waive sing
        amend whole "Amended and restated" signed 2024-09-01 [side 9]
          restate
          add share: revshare A->B 15%
          add sing: permit A "sing and hum"
          add fee: fee A->B 1m USD
        expect on 2024-08-31: share rate 20%, share paid quarterly, audit in force, fee not yet
        expect on 2024-09-01: share rate 15%, share no paid, audit ended by whole, ip ended by whole, fee in force
        expect on 2024-09-01: sing "sing and hum"
    """)
    assert clause(loaded, "share", "2024-09-01").since == clause(loaded, "share", "2024-01-01").since
    assert said_by(term(loaded, "share.rate", "2024-09-01")) == ("whole", ["side 9"])


# --- starts, ends and conditions as they are amended ------------------------------------------------------------------


def test_an_end_is_taken_as_its_term_stands_from_day_to_day() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set sing until 2024
          set audit until SALE
          set ip for 2 years
        amend two "Two" signed 2024-09-01
          set sing until 2025
          set audit until MERGER
          unset ip until
        expect on 2025-01-01 known 2024-08-31: sing ended by 2024
        expect on 2025-12-31: sing in force
        expect on 2026-01-01: sing ended by 2025, ip in force
        expect on 2026-01-01 known 2024-08-31: ip ended
        expect on 2025-12-31 known 2024-08-31: ip in force
        expect on 2025-01-01 given SALE on 2024-12-01: audit contingent on MERGER
        expect on 2024-08-01 given SALE on 2024-08-01: audit ended by SALE
        expect on 2024-08-01 given SALE on 2024-05-01: audit ended by SALE
        expect on 2025-01-01 given MERGER on 2025-01-01: audit ended by MERGER
    """)


def test_where_it_is_open_which_end_stands_the_clause_is_certain_only_where_both_agree() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          set sing until 2024
        amend two "Two" signed 2024-07-01 when SALE
          set sing until 2025
        amend three "Three" signed 2024-07-02 when MERGER
          set audit perpetual
        expect on 2024-12-31: sing in force, audit in force
        expect on 2025-01-01: sing contingent on SALE
        expect on 2026-01-01: sing ended
    """)


def test_conditions_hold_a_clause_to_their_days_as_they_stand() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          set sing while OPEN
          set audit unless SALE or "it is late"
          set ip while not OPEN unless MERGER
        amend two "Two" signed 2024-09-01
          unset sing while
          set audit unless MERGER
        record OPEN holds from 2024-07-01 until 2024-07-31 known 2024-12-31
        record SALE on 2024-08-01 known 2024-12-31
        expect on 2024-05-31 known 2024-12-31: sing in force, audit in force
        expect on 2024-06-01 known 2024-12-31: sing dormant, audit in force, ip in force
        expect on 2024-07-01 known 2024-12-31: sing in force, ip dormant
        expect on 2024-08-01 known 2024-12-31: sing dormant, audit dormant, ip in force
        expect on 2024-09-01 known 2024-12-31: sing in force, audit in force
        expect on 2025-01-01 known 2024-12-31: audit contingent on MERGER
        expect on 2024-08-02 known 2024-12-31 given MERGER on 2024-08-02: ip dormant
    """)
    assert clause(loaded, "ip", "2025-01-02").contingent_on == ("MERGER", "OPEN")


def test_a_trigger_starts_a_clause_for_good_and_can_be_set_and_unset() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          add hum: permit A "hum" when OPEN
          add fee: fee A->B 1m USD from 2024-08-01 when SALE
        amend two "Two" signed 2024-07-01 effective 2025-01-01
          unset hum when
        record OPEN holds from 2024-09-01 until 2024-09-30 known 2024-12-31
        expect on 2024-08-31 known 2024-12-31: hum not yet
        expect on 2024-09-01 known 2024-12-31: hum in force
        expect on 2024-10-01 known 2024-12-31: hum in force
        expect on 2025-01-01 known 2024-08-01: hum in force
        expect on 2024-12-31 known 2024-08-01: hum contingent on OPEN
        expect on 2024-07-31 given SALE on 2024-07-01: fee not yet
        expect on 2024-08-01 given SALE on 2024-07-01: fee in force
        expect on 2024-08-31 given SALE on 2024-09-01: fee not yet
        expect on 2024-09-01 given SALE on 2024-09-01: fee in force
        expect on 2024-09-01: fee contingent on SALE
    """)


def test_a_clause_that_waits_for_another_to_be_in_force_starts_with_it() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          add hum: permit A "hum" from 2024-08-01 until 2024-09-30
          add dance: permit A "dance" when hum
          add jump: permit A "jump" while hum
        expect on 2024-07-31: dance not yet, jump dormant
        expect on 2024-08-01: dance in force, jump in force
        expect on 2024-10-01: dance in force, jump dormant
    """)


def test_in_a_clause_for_each_event_times_that_name_it_belong_to_the_instances() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          add event delivery "a delivery" recurring
          add check: require B "inspect" each delivery within 10 days of delivery
          add hold: permit B "hold back" each delivery for 30 days
          add claim: permit B "claim" each delivery from 5 days after delivery until 30 days after delivery
          add late: permit B "ask" each delivery from later of delivery, SALE until earlier of delivery, SALE
          add own: permit B "call" each delivery from 2024-08-01 until 2024-12-31
          add plain: permit B "write" each delivery from SALE until MERGER
        record delivery on 2024-06-10
        record delivery on 2024-09-01
        expect on 2024-06-09 known 2024-12-31: check not yet, hold not yet, claim not yet, own not yet
        expect on 2024-06-10 known 2024-12-31: check in force, hold in force, claim not yet, late not yet, own not yet
        expect on 2024-06-15 known 2024-12-31: claim in force
        expect on 2024-07-10 known 2024-12-31: check in force, hold dormant, claim in force
        expect on 2024-07-11 known 2024-12-31: claim dormant
        expect on 2024-09-01 known 2024-12-31: hold in force, own in force
        expect on 2024-09-30 known 2024-12-31: hold in force in 2024-09, hold ended in 2024-06
        expect on 2024-10-01 known 2024-12-31: hold dormant
        expect on 2025-01-01 known 2024-12-31: own ended by 2024-12-31, hold contingent on delivery
        expect on 2025-01-01 known 2024-12-31 given SALE on 2024-08-01: plain contingent on MERGER
        expect on 2025-01-01 given MERGER on 2024-12-01: plain ended by MERGER
    """)


def test_an_amendment_can_make_a_clause_one_for_each_event() -> None:
    holds(
        """
        amend one "One" signed 2024-06-01
          set audit each delivery for 30 days
        record delivery on 2024-06-10
        expect on 2024-05-31: audit in force
        expect on 2024-06-09 known 2024-12-31: audit dormant
        expect on 2024-07-09 known 2024-12-31: audit in force
        expect on 2024-07-10 known 2024-12-31: audit dormant
        """,
        base=BASE + 'event delivery "a delivery" recurring\n',
    )


def test_a_start_within_a_period_and_behind_it() -> None:
    holds(
        """
        deal d "D" signed 2024-01-01
        party A "A"
        event SALE "SALE"
        from_: permit A "a" from Q2 2024
        after_: permit A "b" after Q2 2024
        offset_: permit A "c" after 2 days after 2024-03-01
        both_: permit A "d" from later of 2024-05, SALE
        expect on 2024-03-31: from_ not yet, after_ not yet
        expect on 2024-04-01: from_ in force
        expect on 2024-06-30: after_ not yet
        expect on 2024-07-01: after_ in force
        expect on 2024-03-03: offset_ not yet
        expect on 2024-03-04: offset_ in force
        expect on 2024-04-30 given SALE on 2024-02-01: both_ not yet
        expect on 2024-05-01 given SALE on 2024-02-01: both_ in force
        expect on 2024-06-01 given SALE on 2024-06-02: both_ not yet
        expect on 2024-06-02 given SALE on 2024-06-02: both_ in force
        """,
        base="",
    )


# --- provenance -------------------------------------------------------------------------------------------------------


def test_who_says_nothing_of_a_term_that_may_be_absent_is_told_all_the_same() -> None:
    loaded = contract("""
        amend one "One" signed 2024-06-01 when SALE [side 1]
          set share quarterly
          add ip except data
    """)
    assert said_by(term(loaded, "share.paid", "2024-07-01"))[0] == "d"
    assert said_by(term(loaded, "ip.except", "2024-07-01")) == ("d", ["msa 3"])


def test_every_value_and_every_absence_tells_who_gave_it_and_where() -> None:
    loaded = contract("""
        rent: fee A->B 1m USD until 2024 then 2m USD
        amend one "One" signed 2024-06-01 when SALE [side 1]
          set share quarterly
          add ip except data
          replace audit: permit B "inspect" to models
          replace sing: forbid A "sing" until 2030
        amend two "Two" signed 2024-07-01 until 2024-12-31
          set share cap 5m USD
          drop ip to models
          replace rent: fee A->B 3m USD annually
          add hum: permit A "hum" while OPEN
        amend three "Three" signed 2024-08-01 effective 2025-03-01
          replace share: revshare A->B 10%
          replace rent: fee A->B 3m USD
    """)
    timeline = loaded.timeline()
    names = {instrument.name for instrument in loaded.model.instruments}
    for label in timeline.labels:
        for episode in timeline.evaluator.episodes(label):
            for name, steps in episode.terms.items():
                for option in (option for state in steps.values for option in state.options):
                    assert option.source.instrument in names, (label, name)
                    assert option.source.span.text, (label, name)
    absent = timeline.evaluator.episodes("rent")[0].terms["paid"].values[-1].options[0]
    assert (absent.value, absent.source.instrument) == (None, "three")
    before = timeline.evaluator.episodes("share")[0].terms["cap"].values[0].options[0]
    assert (before.value, before.source.instrument) == (None, "d")


def test_what_is_subject_to_another_yields_to_all_that_it_writes() -> None:
    holds("""
        amend frame "Frame" signed 2024-06-01
          set share 15%
          set share quarterly
        amend order "Order" signed 2024-09-01 subject to frame
          set share 18% monthly cap 5m USD
        expect on 2024-09-01: share rate 15%, share paid quarterly, share cap 5m USD
    """)


def test_one_instrument_yields_to_several() -> None:
    holds("""
        amend frame "Frame" signed 2024-06-01
          set share 15%
        amend other "Other" signed 2024-06-02
          set share quarterly
        amend order "Order" signed 2024-09-01 subject to frame, other
          set share 18% monthly
        expect on 2024-09-01: share rate 15%, share paid quarterly
    """)


@pytest.mark.parametrize("operation", ["set amend one effective 2025-07-01", "drop amend one"])
def test_a_reading_does_not_change_the_instrument_that_it_reads(operation: str) -> None:
    one = 'amend one "One" signed 2024-06-01 effective 2025-01-01\n  set share 15%\n'
    loaded = either(f'{BASE}{one}reading r "r" of one\n  {operation}\n')
    assert isinstance(loaded, dealrun.Diagnostics)
    assert {diagnostic.code for diagnostic in loaded} == {"DR415"}


def test_lists_that_are_equal_in_every_course_are_one_and_hang_on_nothing() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01
          add ip to hardware
        amend two "Two" signed 2024-07-01 when SALE
          drop ip to hardware
        amend three "Three" signed 2024-08-01 effective 2025-01-01
          add ip to hardware, data
        expect on 2025-01-01: ip scope models and hardware and data
    """)
    assert loaded.timeline().on("2025-01-01")["ip"].terms["scope"].contingent_on == ()


def test_an_effective_day_that_may_be_moved_to_a_day_stands_on_that_day() -> None:
    holds("""
        amend one "One" signed 2024-06-01 effective 2025-01-01
          set share 15%
        amend two "Two" signed 2024-09-01 when SALE
          set amend one effective 2025-07-01
        expect on 2025-07-01: share rate 15%
    """)


def test_a_restatement_brings_back_what_was_dropped() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          drop share
        amend whole "Amended and restated" signed 2025-01-01
          restate
          add share: revshare B->A 12%
        expect on 2024-12-31: share ended by one
        expect on 2025-01-01: share in force, share rate 12%, ip ended by whole
    """)


def test_of_what_one_instrument_says_twice_the_last_counts_whatever_stands_between() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 when SALE
          set share 15%
          waive share until 2025
          set share 12% quarterly
        expect on 2024-07-01 given SALE on 2024-07-01: share waived, share rate 12%, share paid quarterly
        expect on 2026-07-01 given SALE on 2026-07-01: share in force
    """)
    rate = loaded.timeline().on("2026-01-01")["share"].terms["rate"]
    assert rate.text == "20% or 12%"


def test_setting_a_list_undoes_what_the_same_instrument_did_to_its_members_and_nothing_else() -> None:
    holds("""
        amend one "One" signed 2024-06-01
          add ip except data
          set ip nonexclusive
          set ip except hardware
        amend two "Two" signed 2024-07-01
          add ip to data
          set ip exclusive
        expect on 2024-06-01: ip nonexclusive, ip except hardware
        expect on 2024-07-01: ip exclusive, ip scope models and data
    """)


def test_a_new_text_undoes_what_the_same_instrument_set_before() -> None:
    loaded = holds("""
        amend one "One" signed 2024-06-01 when SALE
          add ip except data
          set ip sole
          waive ip until 2024-12-31
          replace ip: license A->B to hardware nonexclusive
        expect on 2024-07-01 given SALE on 2024-07-01: ip waived, ip nonexclusive, ip scope hardware, ip no except
    """)
    terms = loaded.timeline().on("2025-01-01")["ip"].terms
    assert terms["exclusivity"].text == "exclusive or nonexclusive"
    assert terms["scope"].text == "models or hardware"
    assert "except" not in terms


# --- what is folded once for all --------------------------------------------------------------------------------------


def test_of_a_chain_the_operations_in_common_are_folded_once() -> None:
    """What has been folded is that of the same operations in the same order, and of no others."""
    steps = (
        contract("""
        amend one "One" signed 2024-06-01
          set share 15%
        amend two "Two" signed 2024-07-01
          set share 10%
        amend three "Three" signed 2024-08-01
          set share 5%
    """)
        .timeline()
        .index.histories["share"]
    )
    add, one, two, three = steps
    after = [FoldedTerms({}, NEVER_COMES, StepFunction.always(truth)) for truth in (NO, YES, NO, YES)]
    prefix = Prefix()
    assert prefix.common(steps) == 0
    prefix.extend([add, one, two], 2, after[1])  # the first comes first
    assert prefix.folded == []
    for count, folded in enumerate(after[:3], 1):
        prefix.extend([add, one, two], count, folded)
        prefix.extend([add, one, two], count, after[3])  # what is there stays
    assert (prefix.steps, prefix.folded) == ([add, one, two], after[:3])
    assert [prefix.common(steps[:count]) for count in range(5)] == [0, 1, 2, 3, 3]
    assert prefix.common([add, one, three]) == 1
    assert prefix.common([add, two]) == 1
    assert prefix.common([two]) == 0
    prefix.extend([add, two, one, three], 4, after[3])  # after other operations
    assert (prefix.steps, prefix.folded) == ([add, one, two], after[:3])
    prefix.extend(steps, 4, after[3])
    assert (prefix.steps, prefix.folded) == (steps, after)


def test_a_chain_costs_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain that is looked at after each of its twenty amendments folds each of its operations once; what hangs on
    an event, and what comes behind it, is folded for each question."""
    folds: list[str] = []
    folded = chain._folded

    def counted(*arguments: Any) -> FoldedTerms:
        folds.append(arguments[4].name)
        return folded(*arguments)

    monkeypatch.setattr(chain, "_folded", counted)
    text = "".join(f'amend a{n} "A" signed 2024-06-{n:02}\n  set share {n}%\n' for n in range(1, 21))
    loaded = contract(text)
    for n in (*range(20, 0, -1), *range(1, 21)):
        assert term(loaded, "share.rate", "2025-01-01", known=f"2024-06-{n:02}").text == f"{n}%"
    assert sorted(folds) == sorted(f"a{n}" for n in range(1, 21))
    loaded = contract(text.replace("signed 2024-06-03", "signed 2024-06-03 effective SALE"))
    folds.clear()
    assert term(loaded, "share.rate", "2025-01-01", known="2024-06-02").text == "2%"
    for n in (20, 10, 4):
        assert term(loaded, "share.rate", "2025-01-01", known=f"2024-06-{n:02}").text == f"{n}%"
    assert (folds.count("a1"), folds.count("a2"), folds.count("a4")) == (0, 0, 3)


@pytest.mark.parametrize(
    "head",
    [
        "signed 2024-06-01 effective SALE", "signed 2024-06-01 when SALE", "signed 2024-06-01 until SALE",
        "signed 2024-06",
    ],
)  # fmt: skip
def test_what_hangs_on_an_event_or_a_day_is_not_shared_between_worlds(head: str) -> None:
    """The same contract with other facts gives other terms, whichever is asked first."""
    text = f'amend one "One" {head}\n  set share 15%\namend two "Two" signed 2024-12-01\n  set sing "dance"\n'
    for known, day in (("2024-12-31", "2024-08-01"), ("2024-06-15", "2024-06-20")):
        for assumed in ({}, {"SALE": "2024-06-16"}):
            alone = contract(text).timeline(known=known, assume=assumed).on(day)["share"]
            loaded = contract(text)
            for before in ("2024-06-10", "2024-12-31"):
                for other in ({"SALE": "2024-12-01"}, {}, {"SALE": "2024-07-01"}):
                    loaded.timeline(known=before, assume=other).on(day)["share"]
            assert loaded.timeline(known=known, assume=assumed).on(day)["share"].terms == alone.terms


@pytest.mark.parametrize(
    "text",
    [
        """
        amend one "One" signed 2024-06-01
          set share 15%
          drop sing
        amend two "Two" signed 2024-07-01
          add sing: permit A "sing again"
          replace ip: permit A "use models"
        amend three "Three" signed 2024-08-01
          set sing "hum"
          drop share
          add share: revshare A->B 1%
        """,
        """
        amend frame "Frame" signed 2024-06-01
          set share 15%
        amend order "Order" signed 2024-09-01 subject to frame
          set share 10%
          set share paid quarterly
        amend last "Last" signed 2024-10-01
          set share paid monthly
        """,
    ],
)
def test_the_first_instruments_of_a_chain_make_what_they_make_alone(text: str) -> None:
    """An entry is split into its episodes as the first so many instruments split it, in whatever order they
    yield."""
    index = contract(text).timeline().index
    for key in [*index.histories, "nothing"]:
        for count in range(6):
            alone = index.episodes(key, lambda instrument, count=count: index.place[instrument.name] < count)  # type: ignore[misc]
            assert index.first_episodes(key, count) == alone, (key, count)


def test_what_was_perhaps_signed_later_has_no_place_in_the_order_of_days() -> None:
    """The first days on which instruments may have been signed, where they ascend; two of one day do."""
    day = to_day("2024-06-01")
    same = 'amend one "One" signed 2024-06-01\n  set share 15%\namend two "Two" signed 2024-06-01\n  set share 10%\n'
    assert contract(same).timeline().index.signing_days == [to_day("2024-01-01"), day, day]


def test_what_ends_a_deal_hangs_on_what_it_names() -> None:
    """Upstream of the end are the clauses that end the deal or say what outlives it, the events and clauses that these
    hang on, and the duties that they follow from, through any number of steps."""
    index = (
        contract("""
        c: require A->B "deliver" by 2024-06-30 otherwise exit
        exit: terminate B cause when breach of late or "the shop closes"
        reports: require A->B "report" quarterly
        late: require A->B "pay" by 2024-05-31
        rest: survive audit
        other: require A->B "report" by 2024-06-30
        amend one "One" signed 2024-02-01
          set other by 2024-07-31
    """)
        .timeline()
        .index
    )
    assert index.upstream == {"c", "exit", "late", "rest"}
    assert index.consequence_of("exit") == ["c"]
    assert index.consequence_of("audit") == []
    assert index.falls_due("c")
    assert index.falls_due("reports")
    assert index.falls_due("other")
    assert not index.falls_due("exit")


def test_a_reading_of_an_amendment_below_its_deal() -> None:
    """Of two loaded deals: an amendment that stands below the deal that it amends is read, without `of DEAL`."""
    text = """
        deal one signed 2024-01-01
        party A "A"
        party B "B"
        share: revshare A->B 10%
        amend first signed 2024-06-01
          set share 12%
        reading higher of first
          set share 15%
    """
    other = 'deal two signed 2024-01-01\nparty C "C"\nparty D "D"\nfee C->D 5 USD\n'
    loaded = dealrun.loads(dedent(text) + other)
    assert loaded.timeline(reading="higher").on("2025-01-01")["one.share"].terms["rate"].text == "15%"


def test_a_list_without_a_word_of_its_own_gains_and_loses_members_by_name() -> None:
    text = """\
deal d "D" signed 2024-01-01
party A "A"
party B "B"
term until 2025
a: permit A "a"
b: permit A "b"
c: permit A "c"
survivors: survive a, b
kept: books a, b
amend one "One" signed 2024-06-01
  {}
"""
    deal = dealrun.loads(text.format("drop survivors b\n  add survivors c\n  drop kept a"))
    later = deal.timeline().on("2026-01-01")
    assert [later[label].status for label in "abc"] == ["in force", "ended", "in force"]
    lists = [later[label].terms["clauses"].text for label in ("survivors", "kept")]
    assert lists == ["a, c", "b"]
    for wrong, code in (
        ("drop survivors c", "DR411"), ("add survivors b", "DR411"), ("add survivors x", "DR205"),
        ("add a b", "DR106"), ("add survivers c", "DR106"),
    ):  # fmt: skip
        found = either(text.format(wrong))
        assert code in [each.code for each in (found if isinstance(found, dealrun.Diagnostics) else ())], wrong


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("add survivors survivors", "DR322"), ("add survivors term", "DR322"), ("add survivors b, b", "DR303"),
        ("drop survivors a", "DR411"), ("drop kept a", "DR411"), ("add kept b\n  drop kept a", None),
    ],
)  # fmt: skip
def test_a_list_of_clauses_is_never_empty_and_names_nothing_in_vain(operation: str, code: str | None) -> None:
    """Books without a clause would be of the whole deal."""
    found = either(f"""\
deal d "D" signed 2024-01-01
party A "A"
party B "B"
term until 2025
a: permit A "a"
b: permit B "b"
survivors: survive a
kept: books a
amend one "One" signed 2024-06-01
  {operation}
""")
    told = found if isinstance(found, dealrun.Diagnostics) else found.diagnostics
    assert [each.code for each in told] == ([] if code is None else [code])
