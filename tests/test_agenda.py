"""The agenda: every entry is a day on which the state changes, and iCalendar is safe and stable."""

import csv
import io
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings

import dealrun
from dealrun.agenda.entries import agenda
from dealrun.agenda.ical import calendar, uid
from dealrun.agenda.items import AgendaItem
from dealrun.cli.main import main
from dealrun.time import iso, parse_day
from strategies import Case, cases

RENEWS = """deal d "D" signed 2024-01-01 parties A, B
party A "A"
party B "B"
term 2 years renews 1 year renewals 3 notice 90 days
work: require A->B "work"
"""


def of(text: str, start: str = "2024-01-01", end: str = "2040-12-31", **options: str) -> tuple[AgendaItem, ...]:
    """The agenda of a text."""
    loaded = dealrun.loads(text)
    return tuple(loaded.agenda(loaded.timeline(), start, end, **options))


def days(found: tuple[AgendaItem, ...], kind: str, label: str) -> list[str]:
    """The days of some entries."""
    return [iso(entry.day) for entry in found if entry.day and (entry.kind, entry.label) == (kind, label)]


def test_renewals_and_the_last_days_for_notice() -> None:
    found = of(RENEWS)
    assert days(found, "renews", "term") == ["2026-01-01", "2027-01-01", "2028-01-01"]
    assert days(found, "last day for notice", "term") == ["2025-10-02", "2026-10-02", "2027-10-02"]
    notice = next(entry for entry in found if entry.kind == "last day for notice")
    assert (notice.party, notice.otherwise) == ("A or B", "it goes on until 2026-12-31")


@pytest.mark.parametrize(
    ("last", "month"), [("2024-02-29", 12), ("2023-08-31", 6), ("2024-12-31", 1), ("2023-02-28", 1)]
)
@pytest.mark.parametrize("notice", ["90 days", "3 months", "1 month", "10 business days"])
def test_a_notice_on_the_last_day_ends_the_term_and_a_day_later_does_not(last: str, month: int, notice: str) -> None:
    text = RENEWS.replace("2 years renews 1 year renewals 3", f"until {last} renews {month} months")
    text = text.replace("90 days", notice).replace("2024-01-01", "2022-01-01")
    loaded = dealrun.loads(text)
    found = [e for e in of(text, "2022-01-01", "2027-12-31") if e.kind == "last day for notice"]
    assert len(found) >= 2
    for entry in found[:3]:
        assert entry.day is not None
        end = parse_day(entry.number)
        for late, status in ((0, "ended"), (1, "in force")):
            given_ = {"notice of term": iso(entry.day + timedelta(days=late))}
            state = loaded.timeline(known="2030-12-31", assume=given_).clause("work", end + 1)
            assert state.status == status, (iso(entry.day), late, iso(end))
            assert loaded.timeline(known="2030-12-31", assume=given_).clause("work", end).status == "in force"


def test_without_a_time_for_notice_there_is_no_last_day_for_it() -> None:
    found = of(RENEWS.replace(" notice 90 days", ""))
    assert days(found, "last day for notice", "term") == []
    assert days(found, "renews", "term") == ["2026-01-01", "2027-01-01", "2028-01-01"]


def test_due_days_and_what_follows_from_a_breach() -> None:
    text = """deal d "D" signed 2024-01-01 parties A, B
party A "A"
party B "B"
event sale "a sale" recurring
delivery: require A->B "deliver" by 2024-06-30
done: require A->B "sign" by 2024-02-01
report: require A->B "report" each sale within 10 days of sale
late_fee: fee A->B 1m USD when breach of delivery
rent: fee A->B 10 USD per month paid quarterly within 10 days
record performance of done on 2024-01-15
record sale on 2024-03-01
record sale on 2024-05-01
"""
    found = of(text, "2024-01-01", "2024-12-31")
    assert days(found, "due", "delivery") == ["2024-06-30"]
    assert days(found, "due", "done") == []
    assert days(found, "due", "report") == ["2024-03-11", "2024-05-11"]
    assert days(found, "payment due", "rent") == ["2024-04-10", "2024-07-10", "2024-10-10"]
    assert next(entry for entry in found if entry.label == "delivery" and entry.kind == "due").otherwise == (
        "breach; then late_fee"
    )
    hanging = [(entry.label, entry.kind, entry.contingent_on) for entry in found if entry.day is None]
    assert ("late_fee", "starts", ("breach of delivery",)) in hanging
    assert {entry.label for entry in of(text, party="A")} == {entry.label for entry in found} - set()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_every_entry_is_a_change_of_the_state(case: Case) -> None:
    loaded = dealrun.loads(case.text())
    certain = loaded.timeline()
    timeline = certain.presumed
    for entry in agenda(certain, parse_day("2019-01-01"), parse_day("2035-12-31")):
        if entry.day is None:
            assert entry.contingent_on, entry
        elif entry.kind == "starts" and not entry.number:
            day = entry.day.toordinal()
            before, after = (timeline.clause(entry.label, at).status for at in (day - 1, day))
            assert before != after or after in {"ended", "waived", "dormant", "contingent"}, entry
        elif entry.kind == "ends" and not entry.number and len(timeline.evaluator.lives(entry.label)) == 1:
            day = entry.day.toordinal()
            assert timeline.clause(entry.label, day).status != "ended", entry
            assert timeline.clause(entry.label, day + 1).status == "ended", entry


# --- iCalendar --------------------------------------------------------------------------------------------------------

HOSTILE = "x\\r\\nEND:VEVENT; SUMMARY:evil, \\\\n BEGIN:VALARM"


def events(data: bytes) -> list[Any]:
    """The events that a client reads."""
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def test_a_client_reads_what_the_agenda_says() -> None:
    found = of(RENEWS, end="2028-12-31")
    read = events(calendar(found, date(2024, 1, 1)))
    dated = [entry for entry in found if entry.day is not None]
    assert len(read) == len(dated)
    for event, entry in zip(read, dated, strict=True):
        assert event["uid"] == uid(entry)
        assert event.decoded("dtstart") == entry.day
        assert str(event["summary"]) == f"D: {entry.label}, {entry.kind}"
        assert entry.what in str(event["description"])
        assert len(event.walk("VALARM")) == (entry.kind != "starts")
    assert len({event["uid"] for event in read}) == len(read)


def test_no_text_leaves_its_field() -> None:
    text = f'deal d "D" signed 2024-01-01\nparty A "A"\nact: require A "{HOSTILE}" by 2024-06-30\n'
    found = of(text)
    data = calendar(found, None)
    read = events(data)
    assert len(read) == len([entry for entry in found if entry.day is not None])
    assert all(HOSTILE in str(event["description"]) for event in read)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert data == calendar(of(text), None)


def test_a_changed_contract_updates_the_same_events() -> None:
    def read(text: str, known: date) -> dict[str, Any]:
        return {str(event["uid"]): event for event in events(calendar(of(text, end="2030-12-31"), known))}

    text = 'deal d "D" signed 2024-01-01\nparty A "A"\nact: require A "act" by 2024-06-30 until 2025\n'
    amended = text + 'amend one "One" signed 2024-03-01\n  set act by 2024-09-30 until 2026\n'
    before, after = read(text, date(2024, 1, 1)), read(amended, date(2024, 3, 1))
    assert set(before) == set(after)
    moved = {uid_: (before[uid_].decoded("dtstart"), after[uid_].decoded("dtstart")) for uid_ in before}
    assert (date(2024, 6, 30), date(2024, 9, 30)) in moved.values()
    assert (date(2025, 12, 31), date(2026, 12, 31)) in moved.values()
    assert all(after[uid_]["sequence"] > before[uid_]["sequence"] for uid_ in before)


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(dealrun.MissingExtraError, match=r"pip install 'dealrun\[ical\]'"):
        calendar((), None)


def test_a_term_that_renews_so_often_ends_for_good() -> None:
    """Where the signing day is not known, the last renewal still bounds the end, whether notice is given or not."""
    contract = dealrun.loads(
        'deal d "D" signed 2020\nparty A "A"\nparty B "B"\nc0: license A->B to "goods"\n'
        "term 18 months renews 1 year renewals 2\n"
        "expect on 2023-06-30: c0 contingent\nexpect on 2024-07-01: c0 ended by term\n"
    )
    assert isinstance(contract, dealrun.Contract)
    assert all(outcome.passed for outcome in contract.test())


# --- the presumptive course -------------------------------------------------------------------------------------------

HEAD = """deal d "Supply agreement" signed 2024-01-01 currency USD
party A "Alpha Ltd"
party B "Beta Inc"
event SALE "the sale"
asset x "x"
"""


def told(text: str, start: str = "2024-01-02", end: str = "2026-12-31", **options: str) -> list[str]:
    """The entries below a head: day, kind, label."""
    known = options.pop("known", None)
    loaded = dealrun.loads(HEAD + text)
    found = loaded.agenda(loaded.timeline(known=known), start, end, **options)
    return [f"{entry.day} {entry.kind} {entry.label}" for entry in found]


def test_a_notice_that_was_given_ends_the_term() -> None:
    text = "term until 2024 renews 1 year notice 60 days\nrecord notice of term on 2024-09-01\n"
    assert told(text) == ["2024-12-31 ends term"]


def test_a_last_day_stays_where_the_deal_may_end_early() -> None:
    text = 'term until 2026-12-31\nexit: terminate A convenience notice 30 days\nwork: require A "work"\n'
    assert told(text) == ["2026-12-31 ends exit", "2026-12-31 ends term", "2026-12-31 ends work", "None ends exit"]


def test_a_payment_without_a_due_day_is_due_when_it_starts() -> None:
    assert told("f: fee A->B 50 USD from 2024-06-01\n") == ["2024-06-01 starts f", "2024-06-01 payment due f"]


def test_what_was_dropped_is_not_listed() -> None:
    text = 'work: require A->B "work" monthly\namend one "One" signed 2024-03-15\n  drop work\n'
    assert told(text, "2024-04-01") == []


def test_a_term_that_becomes_another_is_listed() -> None:
    text = "l: license A->B to x exclusive until 2025 then nonexclusive\n"
    assert told(text) == ["2026-01-01 changes l"]


def test_with_a_party_mutual_duties_and_notices_are_listed() -> None:
    text = 's: require each->other "report" by 2024-06-30\nterm until 2024 renews 1 year notice 60 days\n'
    assert told(text, end="2024-12-31", party="A") == [
        "2024-06-30 due s", "2024-11-01 last day for notice term", "None ends term",
    ]  # fmt: skip
    loaded = dealrun.loads(HEAD + text)
    assert list(loaded.timeline().on("2024-06-01").of_party("A")) == ["s"]
    due = loaded.agenda(loaded.timeline(), "2024-01-02", "2024-12-31")[0]
    assert (due.party, due.party_title, due.deal_title) == ("A and B", "Alpha Ltd and Beta Inc", "Supply agreement")


def test_what_is_behind_stands_on_top() -> None:
    text = """books late
late: require A->B "report" by 2024-02-15 cure 60 days
quiet: require A->B "tell" by 2024-02-20
soon: require A->B "ask" by 2024-03-20
next: require A->B "pay" by 2024-05-01
record SALE on 2024-03-01
"""
    assert told(text, "2024-04-01", "2024-12-31") == [
        "2024-02-15 overdue late", "2024-02-20 unrecorded quiet", "2024-03-20 due, not known soon",
        "2024-04-16 last day to cure late", "2024-05-01 due next",
    ]  # fmt: skip


def test_what_could_change_a_day_is_named() -> None:
    loaded = dealrun.loads(HEAD + 's: permit A "sing" until earlier of SALE, 2025\nw: permit A "hum" until SALE\n')
    found = loaded.agenda(loaded.timeline(), "2024-01-02", "2025-12-31")
    assert [(str(e.day), e.label, e.rule, e.contingent_on) for e in found] == [
        ("2025-12-31", "s", "2025", ("SALE",)), ("None", "w", "SALE", ("SALE",)),
    ]  # fmt: skip


def test_what_is_done_by_plan_sets_other_days() -> None:
    text = """pay: fee A->B 100 USD by 2024-06-30
title: own A->B of x when performance of pay
move: require B->A "hand over" within 10 days of performance of pay
"""
    assert told(text) == ["2024-06-30 starts title", "2024-06-30 payment due pay", "2024-07-10 due move"]


def test_a_table_and_alarms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.deal"
    path.write_text(HEAD + 'soon: require A->B "=ask" by 2024-03-20\n', encoding="utf-8")
    run = ["calendar", str(path), "--from", "2024-01-02", "--to", "2024-12-31"]
    assert main([*run, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["day"], row["deal_title"], row["party_title"]) for row in rows] == [
        ("2024-03-20", "Supply agreement", "Alpha Ltd")
    ]
    out = tmp_path / "calendar.xlsx"
    assert main([*run, "-o", str(out)]) == 0
    book = openpyxl.load_workbook(out)
    assert [cell.value for cell in book["Entries"][5]][:3] == [datetime(2024, 3, 20), "due", "soon"]  # noqa: DTZ001
    assert main([*run, "--format", "ics", "--alarm", "30d,7"]) == 0
    (event,) = events(capsys.readouterr().out.encode())
    assert [alarm.decoded("trigger").days for alarm in event.walk("VALARM")] == [-30, -7]
    assert str(event["summary"]) == "Supply agreement: soon, due"
    assert main([*run, "--alarm", "7d"]) == 2
    assert main([*run, "--format", "ics", "--alarm", "soon"]) == 2
    assert "write 30d,7d" in capsys.readouterr().err


def test_what_waits_again_by_an_amendment_starts_on_no_day_yet_and_does_not_end() -> None:
    found = of(
        'deal d "D" signed 2024-01-01 parties A, B\nparty A "A"\nparty B "B"\nevent SALE "the business is sold"\n'
        'term until 2030\nip: license A->B exclusive\n'
        'amend one "One" signed 2024-06-01\n  replace ip: license A->B exclusive when SALE\n',
        "2024-06-01",
    )  # fmt: skip
    assert [(entry.day, entry.kind) for entry in found if entry.label == "ip"] == [(None, "starts")]


def test_what_could_only_have_come_before_is_not_listed_without_a_day() -> None:
    """The signing day is known by its month alone; the fee was due on it."""
    text = ('deal d "D" signed 2024-02 parties A, B currency USD\nparty A "A"\nparty B "B"\nterm until 2024-12-31\n'
            "price: fee A->B 5 USD\n")  # fmt: skip
    assert [entry.kind for entry in of(text, "2024-02-01") if entry.label == "price" and entry.day is None]
    assert not [entry for entry in of(text, "2024-06-01") if entry.label == "price" and entry.day is None]


PRICED = """deal d "D" signed 2024-01-01 parties A, B currency USD
party A "A"
party B "B"
unknown X amount "the price"
"""


def test_a_payment_whose_amount_is_not_disclosed_stays_due() -> None:
    def behind(rest: str) -> list[tuple[str, str]]:
        found = of(PRICED + rest, "2024-08-01")
        return [(entry.kind, entry.label) for entry in found if entry.day == date(2024, 6, 30)]

    price = "price: fee A->B X by 2024-06-30\n"
    late = 's: permit A "s"\namend one signed 2024-07-01\n  add t: permit A "t"\n'
    assert behind(price) == [("due, not known", "price")]
    assert behind(price.replace("X", "***")) == [("due, not known", "price")]
    assert behind(price + late) == [("unrecorded", "price")]
    assert behind(price + late + "books\n") == [("overdue", "price")]
    assert behind(price + late + "record paid 5 USD under price on 2024-06-01\n") == []
    assert behind(price + late + "record performance of price on 2024-06-01\n") == []
    assert behind(price.replace("by", 'while "it rains" by')) == []


def test_the_time_to_cure_of_a_notice_is_told() -> None:
    text = PRICED + (
        'deliver: require A->B "deliver" by 2024-03-31\nbooks\nterm until 2026\n'
        "exit: terminate B cause when breach of deliver cure 30 days notice 10 days\n"
        "record notice of exit on 2024-04-05\n"
    )  # fmt: skip
    found = [entry for entry in of(text, "2024-04-06") if entry.kind == "last day to cure"]
    assert [(iso(entry.day or date.min), entry.label, entry.party, entry.otherwise) for entry in found] == [
        ("2024-05-05", "exit", "A", "it ends the deal")
    ]
    assert not [entry for entry in of(text + "record cure of exit on 2024-04-20\n", "2024-04-21")
                if entry.kind == "last day to cure"]  # fmt: skip


CHANGING = """deal d "D" signed 2024-01-01 parties A, B currency USD
party A "A"
party B "B"
event SALE "the business is sold"
term until 2030
exit: terminate A convenience notice 30 days
ip: license A->B exclusive until SALE then nonexclusive
price: fee A->B 100 USD per year
audit: permit B "audit the books"
amend off "Waiver" signed 2024-03-01
  waive audit by B from 2024-06-01 until 2024-12-31
amend higher "Higher" signed 2024-03-02 when SALE
  set price 200 USD per year
"""


def test_a_term_that_an_event_would_change_is_told_with_the_event() -> None:
    found = [entry for entry in of(CHANGING, "2024-03-03", "2025-12-31") if entry.kind == "changes"]
    assert [(entry.label, entry.rule, entry.contingent_on) for entry in found if entry.day is None] == [
        ("ip", "exclusivity: exclusive becomes nonexclusive", ("SALE",)),
        ("price", "amount: 100 USD per year becomes 200 USD per year (higher)", ("SALE",)),
    ]


def test_a_waiver_is_told_with_its_instrument() -> None:
    found = [entry for entry in of(CHANGING, "2024-03-03", "2025-12-31") if entry.label == "audit"]
    assert [(iso(entry.day), entry.rule) for entry in found if entry.day and entry.kind == "changes"] == [
        ("2024-06-01", "waived (off)"), ("2025-01-01", "the waiver ends"),
    ]  # fmt: skip
    timeline = dealrun.loads(CHANGING).timeline()
    waived = next(change for change in timeline.changes("2024-03-03", "2024-07-01") if change.label == "audit")
    assert (waived.after, waived.cause) == ("waived", "off")


def test_whoever_broke_a_mutual_duty_is_named() -> None:
    deal = dealrun.loads(
        PRICED
        + """quiet: require each->other "keep quiet" by 2024-03-31
record breach of quiet on 2024-04-01 by A
expect on 2024-04-02 known 2024-04-02: quiet breached by A
"""
    )
    assert [outcome.found for outcome in deal.test()] == [None]


def test_an_amendment_that_waits_says_for_what() -> None:
    deal = dealrun.loads(CHANGING)
    assert [each.condition for each in deal.changes()] == ["", "SALE"]
    assert "effective when SALE, 2024-03-03 at the earliest" in str(deal.changes()[1])


def test_what_is_waived_for_a_whole_period_is_not_paid() -> None:
    found = of(PRICED + "rent: fee B->A 100 USD per month paid monthly within 5 days\n"
               "amend one signed 2024-06-01\n  waive rent from 2024-10 until 2024-11\n",
               "2024-10-01", "2025-01-31")  # fmt: skip
    assert days(found, "payment due", "rent") == ["2024-10-05", "2025-01-05"]


def test_what_an_event_changes_is_told_also_where_the_event_touches_a_right_to_terminate() -> None:
    found = of(PRICED + 'event SALE "the sale"\nexit: terminate B convenience notice 30 days\n'
               "lic: license A->B exclusive until SALE then nonexclusive\n"
               'opt: option A->B purchase "buy" 30 days when SALE\nrent: fee B->A 100 USD per month\n'
               "amend two signed 2024-09-01 when SALE\n  set rent 80 USD per month\n  drop exit\n",
               "2024-11-01", "2028-12-31")  # fmt: skip
    assert {(entry.label, entry.kind) for entry in found if entry.day is None} >= {
        ("lic", "changes"), ("opt", "opens"), ("rent", "changes"),
    }  # fmt: skip
