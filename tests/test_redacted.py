"""What is blacked out: an unknown of its kind, wherever a value can stand (docs/language.md#values)."""

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import dealrun
from either import either
from strategies import Case, cases, probes, standing

HEAD = 'deal d "D" signed 2024-01-01\nparty A "A"\nparty B "B"\nevent E "an event"\nbooks\n'

DURATION = re.compile(r"\b(\d+ (?:business days?|days?|weeks?|months?|quarters?|years?))\b")


def loaded(text: str) -> dealrun.Contract:
    """A contract that has no error."""
    found = either(HEAD + text)
    assert isinstance(found, dealrun.Contract), found
    return found


# --- durations --------------------------------------------------------------------------------------------------------

STATED = {
    "x.notice": ("x: terminate A convenience notice 30 days\nrecord notice of x on 2024-03-01\n", "30 days"),
    "x.cure": (
        ("x: terminate A cause when E notice 5 days cure 3 weeks\n"
        "record E on 2024-02-01\nrecord notice of x on 2024-03-01\n"),
        "3 weeks",
    ),
    "term.duration": ("term 2 years\n", "2 years"),
    "term.renews": ("term 2 years renews 6 months notice 1 month\nrecord notice of term on 2026-10-01\n", "6 months"),
    "term.notice": ("term 2 years renews 1 year notice 3 months\nrecord notice of term on 2025-11-20\n", "3 months"),
    "l.until": ("l: license A->B for 18 months\n", "18 months"),
    "r.due": ('r: require A->B "do" within 10 business days\n', "10 business days"),
    "q.due": ('q: require A->B "do" quarterly within 45 days\n', "45 days"),
    "c.cure": ('c: require A->B "do" by 2024-02-01 cure 20 days\n', "20 days"),
    "o.window": ("o: option B 90 days when E\nrecord E on 2024-02-01\n", "90 days"),
    "w.due": ('w: require A->B "do" by 30 days after E\nrecord E on 2024-02-01\n', "30 days"),
    "b.until": ('b: permit A "do" until 30 days before E\nrecord E on 2024-06-01\n', "30 days"),
}  # fmt: skip


def blacked_out(name: str, *, unit: bool) -> tuple[dealrun.Contract, dealrun.Contract, str]:
    """A contract, the same with its duration blacked out, and the duration."""
    text, length = STATED[name]
    blank = "*** " + length.split(" ", 1)[1] if unit else "***"
    return loaded(text), loaded(text.replace(length, blank, 1)), length


def answers(
    contract: dealrun.Contract, known: str, **supposed: str
) -> list[list[tuple[str, str, tuple[str, ...], tuple[Any, ...]]]]:
    """How every clause stands on the first day of each month."""
    timeline = contract.timeline(known=known, bind={name.replace("_", "."): text for name, text in supposed.items()})
    found: list[list[tuple[str, str, tuple[str, ...], tuple[Any, ...]]]] = []
    for month in range(1, 49):
        day = date(2024 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        state = timeline.on(day)
        found.append([(label, state[label].status, state[label].contingent_on, standing(state[label]))
                      for label in contract.labels])  # fmt: skip
    return found


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("name", STATED)
def test_a_supposed_duration_says_what_a_written_one_does(name: str, unit: bool) -> None:
    written, blank, length = blacked_out(name, unit=unit)
    for known in ("2024-01-15", "2027-01-01"):
        assert answers(blank, known, **{name.replace(".", "_"): length}) == answers(written, known)


@pytest.mark.parametrize("name", STATED)
def test_a_recorded_duration_counts_from_the_day_it_is_known(name: str) -> None:
    written, blank, length = blacked_out(name, unit=False)
    text = "".join(each.text for each in blank.texts) + f"record {name} = {length} known 2027-01-01\n"
    recorded = dealrun.loads(text)
    assert answers(recorded, "2027-01-01") == answers(written, "2027-01-01")
    assert answers(recorded, "2026-12-31") == answers(blank, "2026-12-31")


@pytest.mark.parametrize("name", STATED)
def test_what_is_certain_of_a_redacted_duration_holds_whatever_it_is(name: str) -> None:
    _, blank, _ = blacked_out(name, unit=False)
    open_ = answers(blank, "2027-01-01")
    assert any(name in hangs for month in open_ for _, _, hangs, _ in month) or any(
        name in duty[2] for month in open_ for *_, duties in month for duty in duties
    ), "nothing hangs on it"
    for length in ("1 day", "17 days", "2 months", "40 years"):
        for month, of_value in zip(
            open_, answers(blank, "2027-01-01", **{name.replace(".", "_"): length}), strict=True
        ):
            for mine, theirs in zip(month, of_value, strict=True):
                assert mine[1] in {"contingent", theirs[1]}, (name, length, mine, theirs)


@st.composite
def blanked(draw: st.DrawFn) -> tuple[dealrun.Contract, dealrun.Contract, str, str, Case]:
    """A generated contract, the same with one duration blacked out, the name of the unknown, and the duration."""
    case = draw(cases(most=2))
    text = case.text()
    places = [each for each in DURATION.finditer(text) if "every" not in text[: each.start()].splitlines()[-1]]
    assume(places)
    place = draw(st.sampled_from(places))
    changed = text[: place.start()] + "***" + text[place.end() :]
    found = either(changed)
    assume(isinstance(found, dealrun.Contract))
    assert isinstance(found, dealrun.Contract)
    names = sorted(dealrun_blanks(found))
    assume(len(names) == 1)
    return case.load(), found, names[0], place.group(1), case


def dealrun_blanks(contract: dealrun.Contract) -> dict[str, str]:
    """What is blacked out in a contract."""
    from dealrun.state.references import blanks  # noqa: PLC0415 - of the engine

    return blanks(op for instrument in contract.model.instruments for op in instrument.operations)


SEEN: Counter[str] = Counter()


@settings(max_examples=150, deadline=None)
@given(blanked(), st.sampled_from(["1 day", "3 weeks", "5 months", "30 years"]))
def test_generated_contracts_say_the_same_with_the_duration_supposed(
    drawn: tuple[dealrun.Contract, dealrun.Contract, str, str, Case], other: str
) -> None:
    written, blank, name, length, case = drawn
    SEEN[name.partition(".")[2]] += 1
    ours = written.timeline(known=case.known)
    theirs = blank.timeline(known=case.known, bind={name: length})
    open_ = blank.timeline(known=case.known)
    another = blank.timeline(known=case.known, bind={name: other})
    for day in probes(ours)[::2]:
        for label in ours.labels:
            mine, supposed = ours.clause(label, day), theirs.clause(label, day)
            where = (label, date.fromordinal(day), name, length, case.text())
            assert (mine.status, mine.contingent_on, standing(mine)) == (
                supposed.status, supposed.contingent_on, standing(supposed),
            ), where  # fmt: skip
            of_none = open_.clause(label, day)
            for each in (supposed, another.clause(label, day)):
                # What ends before it starts is "ended" on every day; while the end is open it is "not yet".
                same = {of_none.status, each.status} <= {"not yet", "ended"}
                assert same or of_none.status in {"contingent", each.status}, (*where, of_none.status, each.status)


@pytest.mark.no_cover
def test_durations_of_each_kind_were_blacked_out(capsys: pytest.CaptureFixture[str]) -> None:
    test_generated_contracts_say_the_same_with_the_duration_supposed()
    with capsys.disabled():
        print("\nblacked out:", ", ".join(f"{name} {count}" for name, count in sorted(SEEN.items())))
    assert {"until", "due", "cure", "notice"} <= SEEN.keys()


def test_a_term_of_which_nothing_is_known_goes_on_until_notice_is_given() -> None:
    """Nobody knows how long it renews, nor when notice is due; but without a notice it does not end."""
    contract = loaded("term 1 year renews *** notice ***\nl: license A->B\n")
    state = contract.timeline(known="2029-06-01").on("2029-06-01")
    assert state["l"].status == "in force"
    later = contract.timeline(known="2029-06-01").on("2029-09-01")
    assert later["l"].status == "contingent"
    assert later["l"].contingent_on == ("notice of term", "term.notice", "term.renews")
    limited = loaded("term 1 year renews 1 year renewals 2 notice ***\nl: license A->B\n")
    assert limited.timeline(known="2029-06-01").on("2027-01-01")["l"].status == "ended"


def test_two_blanks_of_a_term_are_two_unknowns() -> None:
    contract = loaded("l: license A->B until earlier of *** days after E, ***\nrecord E on 2024-02-01\n")
    assert contract.timeline(known="2025-01-01").on("2025-01-01")["l"].contingent_on == ("l.until", "l.until-2")
    known = contract.timeline(known="2025-01-01", bind={"l.until": "10 days", "l.until-2": "2026"})
    assert known.on("2024-02-12")["l"].status == "ended"
    with pytest.raises(ValueError, match="unknown date"):
        contract.timeline(bind={"l.until-2": "10 days"})


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("x.notice = 2024-02-01", "the redacted `x.notice` is a duration"),
        ("x.notice = 5 USD", "the redacted `x.notice` is a duration"),
        ("l.until = 5 days", "the redacted `l.until` is a day"),
        ("f.amount = 5 days", "the redacted `f.amount` is an amount"),
    ],
)
def test_a_value_of_another_kind_is_an_error(record: str, message: str) -> None:
    text = "x: terminate A convenience notice ***\nl: license A->B until ***\nf: fee A->B *** USD\n"
    found = either(f"{HEAD}{text}record {record} known 2024-02-01\n")
    assert isinstance(found, dealrun.Diagnostics)
    assert [(each.code, each.message) for each in found.errors] == [("DR320", message)]


def test_a_renewal_is_longer_than_none() -> None:
    contract = loaded("term 1 year renews ***\n")
    with pytest.raises(ValueError, match="longer than none"):
        contract.timeline(bind={"term.renews": "0 days"})
    assert isinstance(either(f"{HEAD}term 1 year renews ***\nrecord term.renews = 0 days known 2025\n"),
                      dealrun.Diagnostics)  # fmt: skip


def test_the_state_tells_a_supposed_duration() -> None:
    contract = loaded("x: terminate A convenience notice ***\n")
    view = contract.timeline().on("2024-02-01")["x"].terms["notice"]
    assert (view.text, view.value, view.contingent_on) == ("***", None, ("x.notice",))
    view = contract.timeline(bind={"x.notice": "30 days"}).on("2024-02-01")["x"].terms["notice"]
    assert (view.text, view.value) == ("*** = 30 days", dealrun.DurationValue(30, "day"))


def test_a_redacted_due_day_of_a_payment_has_no_date() -> None:
    text = "f: fee A->B 100 USD per month paid quarterly within ***\n"
    contract = dealrun.loads(HEAD.replace("2024-01-01", "2024-01-01 currency USD") + text)
    payment = contract.settle([], through="2024-03-31").payments[0]
    assert (payment.amount.minor_least, payment.due) == (30000, None)
    supposed = contract.settle([], through="2024-03-31", bind={"f.due": "30 days"}).payments[0]
    assert supposed.due == date(2024, 3, 31) + timedelta(days=30)


# --- names and texts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["to", "in", "field", "except"])
def test_a_name_can_be_blacked_out(term: str) -> None:
    """It may be anything: two are not the same, and what is blacked out meets nothing for certain."""
    clause = f"license A->B exclusive to models {term} ***" if term != "to" else "license A->B exclusive to ***"
    contract = loaded(f'asset models "models"\nl: {clause}\nm: {clause.replace("A->B", "A->C")}\nparty C "C"\n')
    view = contract.timeline().on("2024-02-01")["l"].terms
    assert any(each.text.startswith('"***"') for each in view.values())
    if term == "except":
        return
    assert not [each for each in contract.conflicts() if each.code.startswith("DR80")]
    again = dealrun.loads(contract.restate("2025-01-01"))
    assert (
        again.timeline().on("2025-02-01")["l"].terms["scope"].text
        == contract.timeline().on("2025-02-01")["l"].terms["scope"].text
    )


def test_an_act_can_be_blacked_out() -> None:
    contract = loaded("r: require A->B *** by 2025\n")
    assert contract.timeline().on("2024-02-01")["r"].terms["act"].value == dealrun.TextValue("***")


@pytest.mark.parametrize(
    ("clause", "hint"),
    [
        ("license ***->B", "declare who it is"),
        ("permit A when ***", "in quotes"),
        ("fee A->B 5 USD per ***", "a period or a unit"),
        ("survive ***", "leave it out"),
        ("require A->B weekly when E each ***", "declare it"),
    ],
)
def test_what_cannot_be_blacked_out_is_told_with_the_way_out(clause: str, hint: str) -> None:
    found = either(f"{HEAD}x: {clause}\n".replace("x: survive", "survive"))
    assert isinstance(found, dealrun.Diagnostics)
    assert any(hint in f"{each.message} {each.help}" for each in found.errors), found
