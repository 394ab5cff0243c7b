"""Uses of rights: when a notice or an exercise counts, and what renews a term."""

from datetime import date

import pytest

import dealrun
from below import below
from either import either

HEAD = """\
deal d "D" signed 2024-01-01 currency USD
party A "A"
party B "B"
asset plant "the plant"
event OFFER "an offer"
event C "a cause"
"""


load, holds = below(HEAD)


def told(text: str) -> list[str]:
    """What the checker says of records that have no effect."""
    return [d.message + (f" ({d.help})" if d.help else "") for d in load(text).diagnostics if d.code == "DR508"]


REFUSAL = """
refusal: option A->B first-refusal "buy" 30 days when OFFER
title: own A->B of plant when exercise of refusal
record OFFER on 2024-03-01
"""


@pytest.mark.parametrize(
    ("day", "status"),
    [("2024-02-29", "not yet"), ("2024-03-01", "in force"), ("2024-03-31", "in force"), ("2024-04-01", "not yet")],
)
def test_an_exercise_counts_while_the_option_is_open(day: str, status: str) -> None:
    contract = load(f"{REFUSAL}record exercise of refusal on {day} known 2024-12-31\n")
    assert contract.timeline(known="2024-12-31").on("2024-12-31")["title"].status == status


def test_a_use_outside_is_told_with_the_days_on_which_it_would_have_counted() -> None:
    assert told(f"{REFUSAL}record exercise of refusal on 2024-06-01\n") == [
        (
            "`exercise of refusal` on 2024-06-01 has no effect: `refusal` was not in force "
            "(it counts from 2024-03-01 through 2024-03-31)"
        )
    ]
    assert told(f"{REFUSAL}record exercise of refusal on 2024-03-31\n") == []


def test_a_use_does_not_end_the_right_before_it_counts() -> None:
    """The exercise ends the option and counts; a second one, or one after the end, does not."""
    holds("""
        opt: option A->B purchase "buy" until earlier of exercise of opt, 2026
        title: own A->B of plant when exercise of opt
        each_time: fee B->A 1 USD each exercise of opt
        expect on 2025-01-01 known 2027-12-31 given exercise of opt on 2025-01-01: opt ended, title in force
        expect on 2027-12-31 known 2027-12-31 given exercise of opt on 2027-01-01: opt ended by 2026, title not yet
        expect on 2025-01-01: title contingent on exercise of opt
        expect on 2027-12-31 known 2027-12-31: title not yet
    """)
    twice = load("""
        opt: option A->B purchase "buy" until earlier of exercise of opt, 2026
        each_time: fee B->A 1 USD each exercise of opt
        record exercise of opt on 2025-01-01
        record exercise of opt on 2025-06-01
    """)
    assert len(twice.timeline().on("2026-01-01")["each_time"].instances) == 1
    assert [d.code for d in twice.diagnostics] == ["DR508"]


def test_a_right_that_ends_by_way_of_another_clause_counts_what_ends_it() -> None:
    holds("""
        opt: option A->B purchase "buy" until start of title
        title: own A->B of plant when exercise of opt
        expect on 2024-06-01 known 2024-12-31 given exercise of opt on 2024-06-01: title in force, opt ended
        expect on 2024-12-31 known 2024-12-31: title not yet, opt in force
    """)


def test_a_use_that_ends_the_deal_counts() -> None:
    holds("""
        opt: option A->B purchase "buy"
        sold: terminate B automatic when exercise of opt
        title: own A->B of plant when exercise of opt
        survive title
        expect on 2024-06-01 known 2024-12-31 given exercise of opt on 2024-06-01: opt ended by sold, title in force
    """)


def test_a_notice_after_the_right_has_lapsed_brings_nothing_about() -> None:
    text = """
        exit: terminate A cause when C until 6 months after C
        pay: damages B->A 100 USD when notice of exit
        survive pay
        record C on 2024-02-01
        record notice of exit on {day} known 2025-12-31
    """
    late = load(text.format(day="2025-03-01")).timeline(known="2025-12-31").on("2025-12-31")
    assert (late["pay"].status, late["exit"].status) == ("not yet", "ended")
    timely = load(text.format(day="2024-08-01")).timeline(known="2025-12-31").on("2025-12-31")
    assert (timely["pay"].status, timely["exit"].ended_by) == ("in force", ("exit",))


def test_it_is_contingent_whether_a_use_counts_where_the_right_is() -> None:
    holds("""
        opt: option A->B purchase "buy" while "the plant is empty"
        title: own A->B of plant when exercise of opt
        expect on 2024-07-01 known 2024-03-01 given exercise of opt on 2024-06-01:
          title contingent on "the plant is empty"
        expect on 2024-07-01 known 2024-12-31 given exercise of opt on 2024-06-01: title not yet
        expect on 2024-07-01 known 2024-12-31 given exercise of opt on 2024-06-01
          given "the plant is empty" holds from 2024-05-01: title in force
    """)


def test_a_waived_right_is_not_used() -> None:
    holds("""
        opt: option A->B purchase "buy"
        title: own A->B of plant when exercise of opt
        amend one "One" signed 2024-03-01
          waive opt until 2024-06
        expect on 2024-12-31 known 2024-12-31 given exercise of opt on 2024-06-30: title not yet
        expect on 2024-12-31 known 2024-12-31 given exercise of opt on 2024-07-01: title in force
    """)


def test_a_notice_under_a_duty_counts_after_it_has_ended() -> None:
    holds("""
        books
        goods: require A->B "deliver" by 2024-03-31 until 2024-03-31 cure within 10 days of notice of goods
          otherwise pay
        pay: damages A->B 100 USD
        expect on 2024-05-11 known 2024-12-31 given notice of goods on 2024-05-01: pay not yet
        expect on 2024-05-12 known 2024-12-31 given notice of goods on 2024-05-01: pay in force
    """)


def test_rights_that_hang_on_each_other_are_judged_by_their_days() -> None:
    """Whoever uses the right first ends that of the other."""
    holds("""
        call: option A->B purchase "buy" until exercise of put
        put: option B->A "sell" until exercise of call
        title: own A->B of plant when exercise of call
        back: own B->A of plant when exercise of put
        expect on 2025-01-01 known 2025-12-31 given exercise of call on 2024-06-01 given exercise of put on 2024-07-01:
          title in force, back not yet
        expect on 2025-01-01 known 2025-12-31 given exercise of call on 2024-08-01 given exercise of put on 2024-07-01:
          title not yet, back in force
    """)


def test_too_many_rights_that_hang_on_one_another_are_refused() -> None:
    text = "".join(
        f'r{n}: option A->B "x{n}" until exercise of r{(n + 1) % 6}\n' for n in range(6)
    )  # fmt: skip
    found = either(HEAD + text)
    assert isinstance(found, dealrun.Diagnostics)
    assert "DR208" in {d.code for d in found}


# --- terms ------------------------------------------------------------------------------------------------------------


def test_a_term_renews_when_the_option_is_exercised_in_time() -> None:
    holds("""
        more: option A->B renewal "renew"
        term until 2025 renews 1 year notice 30 days when exercise of more
        work: require A->B "work"
        expect on 2025-12-31 known 2028-12-31: work in force
        expect on 2026-01-01 known 2028-12-31: work ended by term
        expect on 2026-12-31 known 2028-12-31 given exercise of more on 2025-12-01: work in force
        expect on 2027-01-01 known 2028-12-31 given exercise of more on 2025-12-01: work ended by term
        expect on 2026-01-01 known 2028-12-31 given exercise of more on 2025-12-02: work ended by term
        expect on 2026-01-01 known 2028-12-31 given exercise of more on 2025-12-01 given notice of term on 2025-12-01:
          work ended by term
    """)


def test_a_term_renews_again_with_each_exercise() -> None:
    contract = load("""
        more: option A->B renewal "renew"
        term until 2025 renews 1 year when exercise of more
        record exercise of more on 2025-06-01
        record exercise of more on 2026-06-01
    """)
    assert contract.timeline(known="2030-12-31").on("2028-01-01")["term"].until == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("words", "open_", "until"),
    [
        ("while C", "", date(2025, 12, 31)),
        ("while C", "record C on 2025-12-31\n", None),
        ("while C", "record C on 2026-01-01\n", date(2025, 12, 31)),
        ("unless C", "record C on 2027-06-30\n", date(2027, 12, 31)),
        ("when C", "record C on 2024-06-30\n", date(2026, 12, 31)),
        ("notice 2 months while C", "record C on 2025-11-01\n", date(2025, 12, 31)),
        ("notice 2 months while C", "record C on 2025-10-31\n", None),
        ("renewals 2 while C", "record C on 2024-10-31\n", date(2027, 12, 31)),
    ],
)
def test_the_conditions_of_a_term_say_whether_it_renews(words: str, open_: str, until: date | None) -> None:
    """Known long after, so that nothing is open; a condition that goes on renews without an end."""
    contract = load(f"term until 2025 renews 1 year {words}\n{open_}")
    term = contract.timeline(known="2190-12-31").on("2025-06-01")["term"]
    assert (term.status, term.until if until else None) == ("in force", until)


def test_each_renews_once_for_each_occurrence() -> None:
    contract = load("""
        event ORDER "an order" recurring
        term until 2025 renews 1 year each ORDER
        record ORDER on 2024-03-01
        record ORDER on 2024-04-01
    """)
    assert contract.timeline(known="2040-12-31").on("2025-06-01")["term"].until == date(2027, 12, 31)


def test_a_condition_of_a_term_that_does_not_renew_is_refused() -> None:
    for words in ("while C", "unless C", "each exercise of x"):
        found = either(f'{HEAD}x: option A "x"\nterm until 2025 {words}\n')
        assert isinstance(found, dealrun.Diagnostics)
        assert [d.code for d in found] == ["DR302"]
    assert isinstance(either(f"{HEAD}term 2 years when C\n"), dealrun.Contract)


def test_a_notice_of_a_term_that_comes_too_late_is_told() -> None:
    text = "term until 2024 renews 1 year notice 60 days\nrecord notice of term on {}\n"
    assert told(text.format("2024-11-01")) == []
    assert told(text.format("2024-11-02")) == [
        (
            "`notice of term` on 2024-11-02 comes too late for 2024-12-31, the end of the term (the last day for it "
            "was 2024-11-01; it counts for the end after that)"
        )
    ]
    assert told("term until 2024\nrecord notice of term on 2024-06-01\n")[0].startswith(
        "`notice of term` on 2024-06-01 has no effect: `term` does not renew"
    )


def test_what_a_renewal_hangs_on_is_restated() -> None:
    contract = load("""
        more: option A->B renewal "renew"
        term until 2025 renews 1 year when exercise of more
        work: require A->B "work"
    """)
    again = dealrun.loads(contract.restate("2024-06-01"))
    for known, day in (("2024-12-31", "2026-06-01"), ("2027-12-31", "2026-06-01")):
        for assume in ({}, {"exercise of more": "2025-06-01"}):
            one, two = (c.timeline(known=known, assume=assume).on(day)["work"].status for c in (contract, again))
            assert one == two, (known, assume)


def test_a_termination_that_fires_is_no_finding() -> None:
    contract = load("exit: terminate A automatic when C\nrecord C on 2024-06-01\n")
    assert [d.code for d in (*contract.diagnostics, *contract.conflicts())] == []
    assert contract.timeline().on("2024-06-01")["exit"].ended_by == ("exit",)


def test_a_deal_can_wait_for_an_event_of_its_own() -> None:
    contract = dealrun.loads("""\
deal d "D" signed 2024-01-01 effective CLOSING
party A "A"
event CLOSING "the closing"
sing: permit A "sing"
expect on 2024-06-01: sing contingent on CLOSING
expect on 2024-06-01 given CLOSING on 2024-06-01: sing in force
expect on 2024-05-31 given CLOSING on 2024-06-01: sing not yet
""")
    assert [o.diagnostic().message for o in contract.test() if not o.passed] == []


@pytest.mark.parametrize(
    "operation",
    ["set r when r through notice of r", "set r from exercise of r while r", "set r while r until notice of r"],
)
def test_a_right_that_hangs_on_itself_is_refused_whatever_its_uses(operation: str) -> None:
    """Found by fuzzing: the use of a right hid a circle that is one without it."""
    found = either(f'{HEAD}r: option A->B "x"\namend a "a" signed 2024-06-01\n  {operation}\n')
    assert isinstance(found, dealrun.Diagnostics)
    assert "DR208" in {d.code for d in found}


@pytest.mark.parametrize(
    ("clause", "record", "later"),
    [
        (
            'n: require A->B "notice" each D by 10 days before D\nbooks\n',
            "record performance of n on 2024-02-18\n",
            "record D on 2024-03-01\n",
        ),
        (
            'r: option A->B first-refusal "buy" 30 days when OFFER\n',
            "record exercise of r on 2024-05-01\n",
            "record OFFER on 2024-04-10 known 2024-06-01\n",
        ),
    ],
)
def test_a_record_to_which_a_later_record_gives_its_effect_is_no_finding(clause: str, record: str, later: str) -> None:
    """The checker said that it has none, while the state showed it."""
    text = 'event D "a visit" recurring\n' + clause + record
    assert told(text + later) == []
    assert len(told(text)) == 1


def test_a_performance_of_what_never_falls_due_is_told() -> None:
    text = 'q: require A->B "report"\nrecord performance of q on 2024-03-01\n'
    (found,) = told(text)
    assert found.startswith("`performance of q` on 2024-03-01 has no effect: nothing of `q` falls due (say when")
    assert told(text + 'p: permit A "cheer" when performance of q\n') == []
    (found,) = told('w: forbid A "sue"\nrecord breach of w on 2024-02-01\nrecord performance of w on 2024-03-01\n')
    assert "`w` is no duty (name the duty that was performed; a breach is made good by `record cure of w`" in found


def test_a_use_of_what_is_no_right_is_told() -> None:
    text = 'q: require A->B "report" by 2024-06-30{}\nrecord notice of q on 2024-07-05\n'
    (found,) = told(text.format(""))
    assert "`q` is no right, and nothing waits for it" in found
    assert told(text.format(" cure within 30 days of notice of q")) == []


def test_a_second_record_of_one_day_is_told() -> None:
    """A fee for each delivery was owed once for two, and nobody was told."""
    text = 'event D "delivery" recurring\nprice: fee A->B 100 USD each D within 10 days of D\nrecord D on 2024-02-01\n'
    assert told(text) == []
    (found,) = told(text + "two: record D on 2024-02-01\n")
    assert found.startswith("`D` on 2024-02-01 has no effect: it is recorded already")
    paid = "record performance of q on 2024-03-01\n"
    duty = 'q: require A->B "report" monthly\n' + paid
    (found,) = told(duty + paid)
    assert "label them" in found
    assert told(duty + "second: " + paid) == []
    assert told(duty + paid.replace("of q", "of q for 2024-01")) == []
