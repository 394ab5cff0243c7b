"""The state of a day in words: what holds unless something happens, on as few lines as people read."""

import re
from datetime import date
from pathlib import Path

import pytest

import dealrun
from below import below
from conftest import ROOT
from dealrun.cli.main import main
from long_agreement import long_agreement

DEAL = ROOT / "contracts" / "openai-microsoft"

load, _ = below("""deal d "Supply agreement" signed 2024-01-01 currency USD
party A "Alpha Ltd"
party B "Beta Inc"
event SALE "the sale"
condition RAIN "it rains"
unknown CLOSING date "the closing" between 2025-01-01 and 2026-12-31
""")


def shown(text: str, on: str = "2024-03-01") -> str:
    """What the state of a day says."""
    return load(text).timeline().on(on).to_text(120)


def row(text: str, label: str) -> str:
    """The line of a clause, as one text."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if re.match(rf"{label}( ~)?  ", line))
    rest = next((n for n, line in enumerate(lines[start + 1 :], start + 1) if not line.startswith("  ")), len(lines))
    return " ".join(" ".join(lines[start:rest]).split())


@pytest.mark.parametrize(("width", "most"), [(80, 70), (120, 50)])
def test_the_first_contract_fits_a_page(width: int, most: int) -> None:
    text = dealrun.load(DEAL).timeline().on("2027-01-01").to_text(width)
    assert len(text.splitlines()) <= most
    assert all(len(line) <= width for line in text.splitlines())


def test_a_long_agreement_fits_a_few_pages() -> None:
    found = dealrun.loads(long_agreement()).timeline().on("2025-03-01")
    assert len(found) == 86 + 1
    text = found.to_text(120)
    assert len(text.splitlines()) <= 260
    assert len(found.to_text(120, brief=True).splitlines()) <= 86 + 40
    assert "contingent" not in text


def test_at_twenty_columns_it_stacks() -> None:
    text = dealrun.load(DEAL).timeline().on("2027-01-01").to_text(20)
    assert all(len(line) <= 20 for line in text.splitlines())
    assert "  until: 2032-12-31" in text


def test_a_status_that_is_not_certain_is_marked_and_says_unless_what() -> None:
    text = shown("""
        sing: permit A "sing" until earlier of SALE, 2030
        stay: permit A "stay" unless RAIN
        hum: permit A "hum"
        dance: permit A "dance" when breach of work
        work: require A->B "work"
    """)
    assert "Clauses: 4 in force, 1 not yet; 3 of these not certain (~)" in text
    assert row(text, "stay") == 'stay ~ permit A "stay"; unless RAIN 2024-01-01'
    assert row(text, "sing") == 'sing ~ permit A "sing"; unless SALE 2024-01-01 2030-12-31'
    assert row(text, "hum") == 'hum permit A "hum" 2024-01-01'
    assert "dance ~" in text.split("NOT YET")[1]


def test_what_only_is_not_disclosed_stays_unknown() -> None:
    text = shown('study: permit A "study" until CLOSING\n', "2025-06-01")
    assert "Clauses: 1 not known" in text
    assert row(text, "study") == 'study permit A "study"; hangs on CLOSING 2024-01-01 CLOSING'
    assert re.search(r"CLOSING +the closing \(date\) +study, study.until", text)


def test_what_can_end_the_deal_is_said_once() -> None:
    text = shown("""
        term until 2025 renews 1 year notice 60 days
        exit: terminate A convenience notice 30 days
        auto: terminate A automatic when SALE
        sing: permit A "sing"
        stay: permit A "stay" while sing
    """)
    assert text.count("use of") == 0
    head = text.split("CAN END THE DEAL EARLY")[1].split("IN FORCE")[0]
    assert [" ".join(line.split()) for line in head.strip().splitlines()[1:]] == [
        "auto when SALE; by itself 2024-03-01",
        "exit A 30 days notice 2024-03-01",
        "term a party 60 days notice 2025-12-31",
    ]
    assert row(text, "stay") == 'stay ~ permit A "stay"; while sing 2024-01-01'


def test_a_term_says_what_could_change_it_and_not_what_could_end_the_deal() -> None:
    text = shown("""
        asset x "x"
        exit: terminate A convenience notice 30 days
        marks: license A->B to x exclusive until SALE then nonexclusive
    """)
    assert "exclusive (unless SALE)" in row(text, "marks")
    assert "exit" not in row(text, "marks")


def test_the_summary_says_what_comes_and_what_is_behind() -> None:
    text = shown(
        """
        books late
        late: require A->B "report" by 2024-02-15
        quiet: require A->B "tell" by 2024-02-20
        soon: require A->B "pay" by 2024-04-01
        far: require A->B "pay" by 2025-04-01
        sing: permit A "sing" until 2024-05-01
        record SALE on 2024-02-25
        """
    )
    assert "Next 90 days: 2024-04-01 soon due; 2024-05-01 sing ends" in text
    assert "Overdue: late (2024-02-15)" in text
    assert "Unrecorded: quiet (2024-02-20)" in text
    assert "A is Alpha Ltd; B is Beta Inc" in text
    later = shown('quiet: require A->B "tell" by 2024-02-20\n')
    assert "Due, not known: quiet (2024-02-20)" in later


def test_a_clause_in_full_and_a_brief_state(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["state", "ip", "share", str(DEAL), "--on", "2027-01-01", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("ip: in force until 2032-12-31\n")
    assert "\nshare: in force until 2030-12-31\n" in out
    assert "licensee MSFT; licensor OAI" in out
    assert main(["state", str(DEAL), "--on", "2027-01-01", "--brief", "--quiet"]) == 0
    brief = capsys.readouterr().out
    assert len(brief.splitlines()) < 40
    assert re.search(r"ship ~ +first OAI->MSFT +in force, unless ", brief)
    assert main(["state", "nothing", str(DEAL)]) == 2
    assert "there is no file or folder of that name either" in capsys.readouterr().err


def test_colours_are_for_terminals_alone() -> None:
    found = load('sing: permit A "sing"\n').timeline().on("2024-03-01")
    plain, coloured = found.to_text(80), found.to_text(80, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[01]m", "", coloured) == plain
    assert "\x1b[1mClauses:\x1b[0m" in coloured


def test_an_early_end_in_the_library() -> None:
    found = load('exit: terminate A convenience notice 30 days\nsing: permit A "sing"\n').timeline().on("2024-03-01")
    (end,) = found.early_ends
    assert (end.label, end.by, end.notice, end.earliest) == ("exit", ("A",), "30 days", date(2024, 3, 1))
    assert found["sing"].status == "contingent"
    assert found["sing"].presumed.in_force
    assert found["sing"].could_change == ()
    assert found.presumed["sing"].presumed == found.presumed["sing"]


# --- days on a command line -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [("today", "{today}"), ("2027", "2027-01-01"), ("2027Q2", "2027-04-01"), ("2027-02", "2027-02-01"),
     ("2027-02-03", "2027-02-03")],
)  # fmt: skip
def test_days_as_people_type_them(text: str, day: str, capsys: pytest.CaptureFixture[str]) -> None:
    today = date.today().isoformat()  # noqa: DTZ011 - a calendar day
    assert main(["state", str(DEAL), "--on", text, "--format", "json"]) == 0
    assert f'"on": "{day.format(today=today)}"' in capsys.readouterr().out


def test_days_counted_from_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["calendar", str(DEAL), "--from", "2027-01-31", "--to", "+1m", "--known", "-0d", "--format", "json"]) == 0
    )
    out = capsys.readouterr().out
    today = date.today().isoformat()  # noqa: DTZ011 - a calendar day
    assert '"to": "2027-02-28"' in out
    assert f'"known": "{today}"' in out
    assert main(["timeline", str(DEAL), "--to", "2026", "--known", "2026", "--format", "json"]) == 0
    out = capsys.readouterr().out
    assert '"to": "2026-12-31"' in out
    assert '"known": "2026-12-31"' in out
    assert main(["state", str(DEAL), "--on", "in March"]) == 2
    assert "a day is YYYY-MM-DD, `today`, a day before or after today" in capsys.readouterr().err


# --- found by trying to break it --------------------------------------------------------------------------------------


def test_what_is_waived_excused_or_over_is_not_due() -> None:
    text = """
        rep: require A->B "r" quarterly within 30 days
        sit: require A->B "sit" by 2024-12-31 unless RAIN
        end: require A->B "end" by 2024-12-31 until 2024-06-30
        record RAIN holds from 2024-02-01
        amend one "One" signed 2024-02-01
          waive rep
    """
    contract = load(text)
    timeline = contract.timeline(known="2024-10-01")
    assert [each.label for each in contract.agenda(timeline, "2024-07-01", "2025-03-31") if each.kind != "ends"] == []
    told = timeline.on("2025-01-02").to_text(120)
    assert "Unrecorded" not in told
    assert "Due, not known" not in told


def test_a_payment_that_waits_for_an_event_is_not_overdue() -> None:
    told = shown("books\npay: fee B->A 100 USD within 10 days of SALE\n", "2024-07-01")
    assert "Overdue" not in told
    assert (
        load("pay: fee B->A 100 USD within 10 days of SALE\n").timeline().presumed.clause("pay", "2024-07-01").in_force
    )


def test_a_term_that_renews_shows_no_last_day() -> None:
    text = 'term until 2024 renews 1 year\nnda: forbid each->other "tell"\nsurvive nda for 3 years\n'
    rows = shown(text, "2026-02-01").split("IN FORCE")[1]
    assert "2024-12-31" not in row(rows, "term")
    assert row(rows, "survive.nda").endswith("for 3 years")
    assert "notice by its end" in shown(text, "2026-02-01")


def test_an_obligation_is_told_alike_wherever_it_stands() -> None:
    text = 'rep: require A->B "r" by 2024-06-30\nexit: terminate A convenience notice 5 days\n'
    before = load(text).timeline().on("2024-02-01")
    assert "not yet due: 2024-06-30" in row(before.to_text(120), "rep")
    assert "not yet due: 2024-06-30" in before["rep"].to_text(120)
    today = load(text).timeline().on("2024-06-30")
    assert "due: 2024-06-30" in row(today.to_text(120), "rep")
    assert "performed" not in row(today.to_text(120), "rep")


def test_what_comes_again_and_again_is_told_once() -> None:
    told = shown('note: require A->B "note" daily\n')
    assert re.search(r"Next 90 days: note due 9\d times from 2024-03-01", told)


MINIMUM = """
term: term until 2026
minimum: require B->A "buy 100 copies" annually within 60 days
grant: license A->B exclusive until breach of minimum then nonexclusive
spare: fee B->A 5 USD by 2024-06-30 unless breach of minimum
extra: fee B->A 5 USD when breach of minimum
amend one signed 2025-06-30
  add hum: permit A "hum" for 3 years
"""


def test_what_is_not_done_is_told_as_the_breach_that_it_is() -> None:
    text = shown(MINIMUM, "2025-06-30")
    assert "exclusive (unless breach of minimum)" in row(text, "grant")
    assert "performance of minimum" not in text
    found = load(MINIMUM)
    hanging = [entry for entry in found.agenda(found.timeline(), "2025-07-01", "2026-12-31") if entry.label == "grant"]
    assert [entry.contingent_on for entry in hanging if entry.kind == "changes"] == [("breach of minimum",)]


def test_what_follows_from_a_breach_is_not_what_it_takes_away() -> None:
    found = load(MINIMUM)
    due = next(entry for entry in found.agenda(found.timeline(), "2025-07-01", "2026-12-31")
               if entry.label == "minimum" and entry.kind == "due")  # fmt: skip
    assert due.otherwise == "breach; then extra"


def test_a_clause_in_full_says_what_could_change_its_terms() -> None:
    found = load(MINIMUM + "exit: terminate A convenience\nip: license A->B exclusive until SALE then nonexclusive\n")
    text = found.timeline().on("2025-07-01")["ip"].to_text(120)
    assert "exclusive (unless SALE)" in text
    assert "unless use of exit" not in text


def test_the_end_of_a_deal_is_told_once_and_first() -> None:
    text = shown(MINIMUM.replace("2026", "2025") + 'short: permit A "x" until 2025-12-31\n', "2025-11-01")
    (line,) = re.findall(r"Next 90 days: (.*)", " ".join(text.split()).replace("IN FORCE", "\n"))
    assert line.startswith("2025-12-31 the deal ends (term), and with it ")
    assert "ends;" not in line


def test_durations_read_as_durations() -> None:
    timeline = load(MINIMUM).timeline()
    assert "in force until 2026-12-31" in timeline.on("2025-07-01").to_text(120, brief=True)
    open_ = load('hum: permit A "hum" from SALE for 3 years\n').timeline(assume={"SALE": "2024-02-01"})
    assert "until for" not in open_.on("2024-07-01").to_text(120, brief=True)
    early = load('hum: permit A "hum" for 1 year\n').timeline()
    assert [change.after for change in early.changes() if change.label == "hum"][-1] == "ended after 1 year"
    assert [change.after for change in early.changes() if change.label == "SALE"] == ["defined"]


def test_what_a_draft_breaks_names_no_command_that_does_not_know_the_draft() -> None:
    deal = load('hum: permit A "hum"\nexpect on 2025-01-01: hum in force\n')
    told = dealrun.what_if(deal, {"a.deal": "amend draft\n  drop hum\n"}, signed="2024-06-01")
    assert told.broken
    assert "dealrun why" not in told.to_text(120)


def test_an_obligation_that_was_waived_on_its_due_day_is_not_due() -> None:
    text = shown(
        """
        books
        show: require A->B "show" by 2025-02-19
        amend one signed 2024-06-01
          waive show by B from 2025-01 until 2025-06
    """,
        "2025-02-25",
    )
    assert "due since" not in row(text, "show")


def test_what_is_still_to_fall_due_is_not_due_since() -> None:
    timeline = load("""
        books
        exit: terminate B convenience notice 30 days
        rep: require A->B "rep" quarterly
    """).timeline()
    assert "Q2 2024 not yet due: 2024-06-30" in str(timeline.why("rep", "2024-05-15"))
