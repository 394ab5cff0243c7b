"""The library: what loading gives, what can be asked of it, and what it never does.

Loading and evaluating are hermetic: no clock, no chance, no file but those that are loaded. One contract serves many
timelines and many threads, and none of them changes another.
"""

import os
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import dealrun
from conftest import ROOT
from dealrun.diagnostics import Severity
from dealrun.state.standing import days_of_change
from either import either, either_of
from strategies import said

FOLDER = ROOT / "contracts" / "openai-microsoft"
SMALL = """\
deal d "D" signed 2024-01-01
party A "A"
party B "B"
event SALE "the company is sold"
condition OPEN "the shop is open"
unknown TOTAL amount "the cap" between 1m USD and 9m USD
unknown CLOSING date "the closing" between 2025 and 2026
unknown DISCLOSED truth "whether it was disclosed"
sing: permit A "sing" until SALE
share: revshare A->B 20% until CLOSING cap TOTAL
hum: permit B "hum" while OPEN
tell: require A->B "tell" unless DISCLOSED
quiet: forbid A->B "shout" when breach of sing unless "it is loud"
"""


def contract(text: str = SMALL) -> dealrun.Contract:
    """The contract of a text without errors."""
    return dealrun.loads(text)


def real() -> dealrun.Contract:
    """The contract of OpenAI and Microsoft."""
    return dealrun.load(FOLDER)


def statuses(timeline: dealrun.Timeline, day: date | str) -> dict[str, str]:
    """The status of every clause on a day."""
    return {label: clause.status for label, clause in timeline.on(day).items()}


def everything(timeline: dealrun.Timeline) -> list[object]:
    """All that a timeline says, on every day on which it says something new."""
    days = {
        day + near for label in timeline.labels for day in days_of_change(timeline.answers, label) for near in (-1, 0)
    }
    found: list[object] = [timeline.known, timeline.labels, timeline.declared]
    for day in sorted(days):
        state = timeline.on(day)
        found.append([(label, said(clause)) for label, clause in state.items()])
        found.append([(unknown.name, unknown.affects) for unknown in state.unknowns])
        found.append([(p.label, p.ends.earliest, p.ends.latest, p.may_change) for p in timeline.prospects(day)])
    found.append(timeline.changes("1900-01-02", "2199-12-31"))
    return found


# --- loading ----------------------------------------------------------------------------------------------------------


def test_a_contract_is_true_and_says_its_deals() -> None:
    loaded = contract()
    assert loaded
    assert repr(loaded) == "Contract(d)"
    assert loaded.diagnostics.items == ()


def test_diagnostics_are_a_sequence_and_their_text_is_the_report() -> None:
    loaded = either('party A "A"\npermit B "sing"\nfee A->A 5\n', name="wrong.deal")
    assert isinstance(loaded, dealrun.Diagnostics)
    assert len(loaded) == len(list(loaded)) >= 2
    assert all(isinstance(found, dealrun.Diagnostic) for found in loaded)
    assert {found.severity for found in loaded} == {Severity.ERROR}
    assert "error[DR201]" in str(loaded)
    assert "wrong.deal:2:8" in str(loaded)
    assert f"{len(loaded)} errors" in str(loaded)


def test_notes_and_warnings_make_no_diagnostics_of_a_contract() -> None:
    loaded = contract(SMALL + "amend draft\n  set sing until 2030\n")
    assert {found.code for found in loaded.diagnostics} == {"DR401"}
    assert statuses(loaded.timeline(), "2031-01-01")["sing"] == "contingent"


def test_paths_may_be_texts_paths_and_lists_of_both() -> None:
    files = sorted(FOLDER.glob("*.deal"))
    ways: list[Any] = [
        FOLDER,
        str(FOLDER),
        [FOLDER],
        files,
        [str(file) for file in files],
        tuple(files),
        [*files, FOLDER],
    ]
    found = []
    for way in ways:
        loaded = dealrun.load(way)
        found.append(everything(loaded.timeline()))
    assert all(each == found[0] for each in found)


def test_a_folder_is_one_deal_of_its_own_deal_files_only(tmp_path: Path) -> None:
    (tmp_path / "a.deal").write_text(SMALL, encoding="utf-8")
    (tmp_path / "b.deal").write_text("amend one signed 2024-02-01\n  set sing until 2030\n", encoding="utf-8")
    (tmp_path / "c.txt").write_text("no deal\n", encoding="utf-8")
    (tmp_path / ".d.deal").write_text("no deal )\n", encoding="utf-8")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "e.deal").write_text("no deal )\n", encoding="utf-8")
    loaded = dealrun.load(tmp_path)
    assert [deal.name for deal in loaded.model.deals] == ["d"]
    assert statuses(loaded.timeline(), "2030-12-31")["sing"] == "in force"
    assert statuses(loaded.timeline(), "2031-01-01")["sing"] == "ended"


def test_the_order_of_files_does_not_matter() -> None:
    files = sorted(FOLDER.glob("*.deal"))
    forward, backward = dealrun.load(files), dealrun.load(files[::-1])
    assert isinstance(forward, dealrun.Contract)
    assert isinstance(backward, dealrun.Contract), str(backward)
    for day in ("2019-06-01", "2025-10-28", "2027-01-01", "2033-01-01"):
        left, right = forward.timeline().on(day), backward.timeline().on(day)
        assert {k: said(v) for k, v in left.items()} == {k: said(v) for k, v in right.items()}


def test_what_cannot_be_read_is_a_diagnostic(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.deal", tmp_path, tmp_path / "a.deal" / "b.deal"):
        loaded = either_of(path)
        assert isinstance(loaded, dealrun.Diagnostics)
        assert [found.code for found in loaded] == ["DR906"]


def test_what_is_no_path_is_a_diagnostic() -> None:
    assert codes(either_of("a\0b.deal")) == ["DR906"]


def test_what_is_public_is_named() -> None:
    for name in dealrun.__all__:
        assert getattr(dealrun, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        dealrun.nothing  # noqa: B018 - the look-up is the test


# --- include ----------------------------------------------------------------------------------------------------------


def write(folder: Path, **files: str) -> None:
    """Write files, a double underscore standing for a folder."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.deal"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def codes(loaded: dealrun.Contract | dealrun.Diagnostics) -> list[str]:
    """The codes of what was found."""
    return [found.code for found in (loaded if isinstance(loaded, dealrun.Diagnostics) else loaded.diagnostics)]


def test_include_reads_files_below_the_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        top='deal d "D" signed 2024-01-01\ninclude "terms/names.deal"\ninclude "terms/rights.deal"\n',
        terms__names='party A "A"\n',
        terms__rights='include "more/songs.deal"\ninclude "../last.deal"\n',
        terms__more__songs='sing: permit A "sing"\n',
        last='hum: permit A "hum"\n',
    )
    loaded = dealrun.load(tmp_path / "top.deal")
    assert set(loaded.timeline().labels) == {"sing", "hum"}
    assert loaded.timeline().on("2025-01-01")["sing"].span.place.file.endswith("terms/more/songs.deal")


def test_a_file_that_is_included_twice_counts_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        top='include "a.deal"\ninclude "a.deal"\ninclude "./b.deal"\ndeal d "D" signed 2024-01-01\n',
        a='party A "A"\n',
        b='include "a.deal"\nsing: permit A "sing"\n',
    )
    assert codes(either_of(tmp_path / "top.deal")) == []
    assert codes(either_of(tmp_path)) == []
    assert codes(either_of([tmp_path / "a.deal", tmp_path / "top.deal", tmp_path / "a.deal"])) == []


@pytest.mark.parametrize(
    "path", ["../outside.deal", "/etc/hostname", "sub/../../outside.deal", "link.deal", "linked/x.deal"]
)
def test_include_never_leaves_the_folder(tmp_path: Path, path: str) -> None:
    inside = tmp_path / "inside"
    write(tmp_path, outside='party A "A"\n', elsewhere__x='party A "A"\n', inside__sub__y="")
    (inside / "link.deal").symlink_to(tmp_path / "outside.deal")
    (inside / "linked").symlink_to(tmp_path / "elsewhere")
    write(inside, top=f'include "{path}"\n')
    assert codes(either_of(inside / "top.deal")) == ["DR910"]


def test_a_folder_that_is_a_link_itself_is_read(tmp_path: Path) -> None:
    write(tmp_path, real__top='include "names.deal"\npermit A "sing"\n', real__names='party A "A"\n')
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert codes(either_of(tmp_path / "link" / "top.deal")) == []


@pytest.mark.parametrize("files", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "b"}])
def test_include_in_a_circle_is_refused_and_ends(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, **{name: f'include "{other}.deal"\nparty {name} "x"\n' for name, other in files.items()})
    assert codes(either_of(tmp_path / "a.deal")) == ["DR910"]


@pytest.mark.parametrize(
    "line",
    [
        "include",
        "include x",
        'include "a.deal" 2024',
        'include ""',
        pytest.param(
            'include "a.deal", "b.deal"',
        ),
    ],
)
def test_include_takes_one_path(tmp_path: Path, line: str) -> None:
    write(tmp_path, top=line + "\n", a="", b="")
    assert set(codes(either_of(tmp_path / "top.deal"))) <= {"DR910", "DR906"}
    assert codes(either_of(tmp_path / "top.deal"))


def test_a_text_includes_nothing() -> None:
    assert codes(either(f'include "{FOLDER}/2026-amendment.deal"\n')) == ["DR910"]


# --- hermetic ---------------------------------------------------------------------------------------------------------

OPENED: list[str] = []
WATCHING = False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if WATCHING and event == "open" and isinstance(arguments[0], int):
        return  # a file that is open already
    if WATCHING and event.partition(".")[0] in {"open", "socket", "subprocess", "os", "shutil", "urllib"}:
        OPENED.append(f"{event} {arguments[0]}" if event != "open" else str(arguments[0]))


sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Everything that is opened, listed or run meanwhile."""
    global WATCHING  # noqa: PLW0603 - an audit hook cannot be taken away again
    OPENED.clear()
    WATCHING = True
    try:
        yield OPENED
    finally:
        WATCHING = False


@contextmanager
def called() -> Iterator[set[str]]:
    """The functions of the clock and of chance that are called meanwhile."""
    found: set[str] = set()

    def profile(frame: FrameType, event: str, function: Any) -> None:
        # hypothesis times the garbage collector, whoever makes it run
        if event == "c_call" and "hypothesis" not in frame.f_code.co_filename:
            name, module = getattr(function, "__name__", ""), getattr(function, "__module__", "") or ""
            if module in {"time", "_random", "posix"} or name in {"today", "now", "utcnow", "urandom", "getrandbits"}:
                found.add(f"{module}.{name}")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield found
    finally:
        sys.setprofile(before)


def test_a_delay_behind_paid_gives_no_one_due_day() -> None:
    """`paid quarterly within 45 days` counts from each quarter; without `paid` the delay counts from the start."""
    head = 'deal d "D" signed 2024-01-01\nparty A "A"\nparty B "B"\n'
    text = head + "often: fee A->B 5 USD paid quarterly within 45 days\nonce: fee A->B 5 USD within 45 days\n"
    loaded = dealrun.loads(text)
    timeline = loaded.timeline()
    due = {prospect.label: prospect.due for prospect in timeline.prospects("2024-01-02")}
    assert due == {"often": None, "once": date(2024, 2, 15)}
    state = timeline.on("2024-01-02")
    assert state["often"].terms["due"].day is None
    assert state["once"].terms["due"].day == date(2024, 2, 15)


def evaluated(loaded: dealrun.Contract) -> None:
    """Ask for everything."""
    timeline = loaded.timeline(assume={"AGI": "2028-05-01"}, bind={"TOTAL": "38bn USD"})
    for state in (timeline.on("2027-01-01"), timeline.on("2033-01-01")):
        for clause in state.values():
            clause.why()
    timeline.prospects("2027-01-01")
    timeline.changes("2019-01-01", "2033-01-01")
    loaded.test()


def test_evaluation_reads_no_clock_no_chance_and_no_file() -> None:
    loaded = real()
    evaluated(loaded)  # what is imported late is imported now
    with called() as functions, watched() as opened:
        evaluated(loaded)
    assert functions == set()
    assert opened == []


def test_the_watchers_see_what_they_watch_for(tmp_path: Path) -> None:
    with called() as functions, watched() as opened:
        date.today()  # noqa: DTZ011 - a call to be seen
        (tmp_path / "x").write_text("x", encoding="utf-8")
        os.listdir(tmp_path)
    assert any(name.endswith("today") for name in functions)
    assert opened == [str(tmp_path / "x"), f"os.listdir {tmp_path}"]


def test_loading_opens_the_files_that_are_loaded_and_no_other() -> None:
    real()
    with called() as functions, watched() as opened:
        real()
    assert sorted(opened) == sorted([f"os.listdir {FOLDER}", *(str(path) for path in FOLDER.glob("*.deal"))])
    assert {name for name in functions if not name.startswith("posix.")} == set()
    dealrun.loads(SMALL)
    with watched() as opened:
        dealrun.loads(SMALL)
    assert opened == []


# --- days of a timeline -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(2025, 6, 1), "2025-06-01", date(2025, 6, 1).toordinal()])
def test_a_day_is_a_date_or_its_text(day: date | str | int) -> None:
    timeline = contract().timeline()
    state = timeline.on(day)
    assert state.on == date(2025, 6, 1)
    assert {label: said(clause) for label, clause in state.items()} == {
        label: said(clause) for label, clause in timeline.on("2025-06-01").items()
    }
    assert [p.label for p in timeline.prospects(day)] == [p.label for p in timeline.prospects("2025-06-01")]
    assert timeline.why("sing", day) == timeline.why("sing", "2025-06-01")
    assert timeline.changes("2023-01-01", day) == timeline.changes(date(2023, 1, 1), "2025-06-01")
    as_known: Any = day
    assert contract().timeline(known=as_known).known == date(2025, 6, 1)


@pytest.mark.parametrize(
    "day",
    ["", "2025", "2025-6-1", "2025-02-30", "1899-12-31", "2200-01-01", date(1899, 12, 31), date(2200, 1, 1), "today"],
)
def test_a_day_that_is_none_is_refused(day: date | str) -> None:
    asked: list[Callable[[], object]] = [
        lambda: contract().timeline().on(day),
        lambda: contract().timeline(known=day),
        lambda: contract().timeline(assume={"SALE": day}),
        lambda: contract().timeline().changes(day, "2025-01-01"),
        lambda: contract().timeline().prospects(day),
        lambda: contract().timeline().why("sing", day),
    ]
    for question in asked:
        with pytest.raises(ValueError, match="`"):
            question()


@pytest.mark.parametrize("day", [-5, 10**9])
def test_a_number_that_is_no_day_is_refused(day: int) -> None:
    with pytest.raises(ValueError, match="horizon"):
        contract().timeline().on(day)


def test_a_state_is_a_mapping_of_labels() -> None:
    state = contract().timeline().on("2024-06-01")
    assert list(state) == ["sing", "share", "hum", "tell", "quiet"]
    assert len(state) == 5
    assert "sing" in state
    assert "dance" not in state
    assert state["sing"].in_force is False
    assert state["sing"].status == "contingent"
    assert state.get("dance") is None
    assert [label for label, clause in state.items() if clause.label == label] == list(state)
    with pytest.raises(KeyError, match="dance"):
        state["dance"]
    with pytest.raises(KeyError, match="dance"):
        contract().timeline().why("dance", "2024-06-01")
    with pytest.raises(KeyError, match="dance"):
        contract().timeline().clause("dance", date(2024, 6, 1).toordinal())


def test_why_tells_the_same_state() -> None:
    for label, clause in real().timeline().on("2027-01-01").items():
        explanation = clause.why()
        assert explanation.state == clause
        assert explanation.on == date(2027, 1, 1)
        assert explanation.steps[0].quote
        assert explanation.steps == real().timeline().why(label, "2027-01-01").steps


def test_changes_are_what_differs_from_day_to_day() -> None:
    certain = real().timeline()
    start, end = date(2025, 10, 1), date(2026, 6, 1)
    changes = certain.changes(start, end)
    timeline = certain.presumed
    assert changes == tuple(sorted(changes, key=lambda change: change.on or date.min))
    # On 2025-10-27 `HELD_SINCE` is past, whatever it is; `WOUND_DOWN` is open from 2026-04-28 on.
    dates = {str(change.on) for change in changes}
    assert dates == {"2025-10-27", "2025-10-28", "2026-04-27", "2026-04-28"}
    status = {(change.on, change.label): change.after for change in changes if change.term is None}
    day = start
    while day < end:
        before, after = timeline.on(day), timeline.on(day + timedelta(days=1))
        for label in timeline.labels:
            same = (before[label].status, before[label].contingent_on) == (
                after[label].status,
                after[label].contingent_on,
            )
            assert same is ((after.on, label) not in status)
        day += timedelta(days=1)
    assert timeline.changes(end, start) == ()
    assert timeline.changes("2026-04-27", "2026-04-27") == ()
    assert timeline.changes("2026-04-26", "2026-04-27") == tuple(c for c in changes if c.on == date(2026, 4, 27))


# --- knowledge and suppositions ---------------------------------------------------------------------------------------


def test_knowledge_is_of_the_last_day_in_the_files() -> None:
    assert contract().known == date(2024, 1, 1)
    later = SMALL + "record SALE on 2025-03-01 known 2025-04-01\n"
    assert contract(later).known == date(2025, 4, 1)
    assert contract(later + "retract SALE known 2025-05-01\n").known == date(2025, 5, 1)
    assert contract(SMALL + "scenario s\n  record SALE on 2030-01-01\n").known == date(2024, 1, 1)
    assert contract('permit A "sing"\n').known is None
    assert contract().timeline().known == date(2024, 1, 1)


def test_knowledge_hides_what_came_later() -> None:
    loaded = real()
    assert loaded.timeline(known="2018-12-31").labels == ()
    assert len(loaded.timeline(known="2018-12-31").on("2027-01-01")) == 0
    assert "ip" in loaded.timeline(known="2019-12-31").labels
    assert "guardrails" not in loaded.timeline(known="2025-10-27").labels
    assert "guardrails" in loaded.timeline(known="2025-10-28").labels
    assert statuses(loaded.timeline(known="2026-01-01"), "2027-01-01")["azure"] == "contingent"
    assert statuses(loaded.timeline(known="2026-04-27"), "2027-01-01")["azure"] == "ended"


def test_events_conditions_and_truths_are_assumed() -> None:
    loaded = contract()
    day = "2025-06-01"
    assert statuses(loaded.timeline(), day) == {
        "sing": "contingent", "share": "contingent", "hum": "contingent", "tell": "contingent", "quiet": "contingent",
    }  # fmt: skip
    assert statuses(loaded.timeline(assume={"SALE": date(2025, 6, 1)}), day)["sing"] == "ended"
    assert statuses(loaded.timeline(assume={"SALE": "2025-06-02"}), day)["sing"] == "in force"
    assert statuses(loaded.timeline(assume={"OPEN": day}), day)["hum"] == "in force"
    assert statuses(loaded.timeline(assume={"OPEN": day}), "2025-05-31")["hum"] == "contingent"
    assert statuses(loaded.timeline(assume={"DISCLOSED": "2024-01-01"}), day)["tell"] == "dormant"
    loud = {"breach of sing": "2024-05-01", '"it is loud"': "2025-01-01"}
    assert statuses(loaded.timeline(assume=loud), day)["quiet"] == "dormant"
    assert statuses(loaded.timeline(assume={**loud, "it is loud": "2025-07-01"}), day)["quiet"] in {
        "contingent",
        "dormant",
    }


def test_unknowns_are_bound() -> None:
    loaded = contract()
    timeline = loaded.timeline(bind={"CLOSING": "2025-05-31", "TOTAL": "2m USD", "DISCLOSED": "yes"})
    assert statuses(timeline, "2025-05-31")["share"] == "in force"
    assert statuses(timeline, "2025-06-01")["share"] == "ended"
    assert statuses(timeline, "2025-06-01")["tell"] == "dormant"
    assert statuses(loaded.timeline(bind={"DISCLOSED": "no"}), "2025-06-01")["tell"] == "in force"
    view = timeline.on("2025-05-31")["share"].terms["cap"]
    assert view.least == 2_000_000
    assert (view.unit, view.contingent_on) == ("USD", ())


@pytest.mark.parametrize(
    ("assume", "bind", "hint"),
    [
        ({"SALES": "2025-01-01"}, {}, "did you mean `SALE`"),
        ({"opne": "2025-01-01"}, {}, "did you mean `OPEN`"),
        ({"breach of sin": "2025-01-01"}, {}, "did you mean `breach of sing`"),
        ({"it was loud": "2025-01-01"}, {}, "the contract has no"),
        ({}, {"TOTALS": "5m USD"}, "did you mean `TOTAL`"),
        ({}, {"nothing at all": "5m USD"}, "the contract has no"),
        ({"": "2025-01-01"}, {}, "the contract has no"),
    ],
)
def test_a_name_that_the_contract_does_not_have_is_a_key_error(
    assume: dict[str, str], bind: dict[str, str], hint: str
) -> None:
    with pytest.raises(KeyError, match=hint):
        contract().timeline(assume=assume, bind=bind)


@pytest.mark.parametrize(
    ("assume", "bind", "hint"),
    [
        ({"TOTAL": "2025-01-01"}, {}, "--set TOTAL"),
        ({"CLOSING": "2025-01-01"}, {}, "--set CLOSING"),
        ({}, {"SALE": "2025-01-01"}, "--assume SALE"),
        ({}, {"OPEN": "yes"}, "--assume OPEN"),
        ({}, {"TOTAL": "5"}, "TOTAL"),
        ({}, {"TOTAL": "much"}, "TOTAL"),
        ({}, {"CLOSING": "5m USD"}, "CLOSING"),
        ({}, {"DISCLOSED": "perhaps"}, "DISCLOSED"),
        ({"SALE": "soon"}, {}, "soon"),
    ],
)
def test_a_value_that_does_not_fit_is_a_value_error(assume: dict[str, str], bind: dict[str, str], hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        contract().timeline(assume=assume, bind=bind)


def test_an_assumption_stands_in_the_place_of_what_was_recorded() -> None:
    loaded = contract(SMALL + "record SALE on 2024-06-01\n")
    assert statuses(loaded.timeline(), "2024-06-01")["sing"] == "ended"
    assert statuses(loaded.timeline(assume={"SALE": "2027-01-01"}), "2024-06-01")["sing"] == "in force"
    assert statuses(loaded.timeline(known="2024-01-01", assume={"SALE": "2024-03-01"}), "2024-06-01")["sing"] == "ended"


def test_a_scenario_supposes_what_it_records() -> None:
    scenario = 'scenario early "It comes early"\n  record SALE on 2025-01-01\n  record TOTAL = 2m USD\n'
    loaded = contract(SMALL + scenario)
    assert loaded.scenarios == ("early",)
    timeline = loaded.timeline(scenario="early")
    assert statuses(timeline, "2025-01-01")["sing"] == "ended"
    assert timeline.on("2024-06-01")["share"].terms["cap"].contingent_on == ()
    assert statuses(loaded.timeline(), "2025-01-01")["sing"] == "contingent"
    with pytest.raises(KeyError, match="early"):
        loaded.timeline(scenario="late")
    with pytest.raises(KeyError, match="none"):
        contract().timeline(scenario="early")


def test_what_was_recorded_can_be_retracted_and_corrected() -> None:
    text = SMALL + (
        "first: record SALE on 2024-06-01 known 2024-07-01\nretract first known 2024-09-01\n"
        "record SALE on 2025-02-01 known 2025-03-01\nrecord SALE on 2025-01-15 known 2025-04-01\n"
    )
    loaded = contract(text)
    days = {
        "2024-06-15": ("contingent", "contingent", "contingent"),
        "2024-08-01": ("ended", "ended", "ended"),
        "2024-12-01": ("in force", "contingent", "contingent"),
        "2025-03-15": ("in force", "in force", "ended"),
        "2025-04-01": ("in force", "ended", "ended"),
    }
    for _ in range(2):  # the same again, whatever was asked in between
        for known, expected in days.items():
            timeline = loaded.timeline(known=known)
            found = tuple(statuses(timeline, day)["sing"] for day in ("2024-10-01", "2025-01-15", "2025-02-01"))
            assert found == expected, known


def test_an_each_clause_has_an_instance_for_every_occurrence() -> None:
    loaded = contract(
        SMALL + 'event delivery "a delivery" recurring\n'
        'check: require B "inspect the goods" each delivery within 10 days of delivery\n'
        "record delivery on 2024-03-01\nrecord delivery on 2024-05-01\nrecord delivery on 2024-05-01\n"
    )
    instances = loaded.timeline().on("2024-06-01")["check"].instances
    assert [(i.number, i.occurrence, i.due) for i in instances] == [
        (number, date.fromisoformat(day), date.fromisoformat(day) + timedelta(days=10))
        for number, day in ((1, "2024-03-01"), (2, "2024-05-01"))
    ]
    assert len(loaded.timeline().on("2024-04-01")["check"].instances) == 1
    assert loaded.timeline().on("2024-02-01")["check"].instances == ()
    assert len(loaded.timeline(known="2024-03-15").on("2024-06-01")["check"].instances) == 1


# --- sharing ----------------------------------------------------------------------------------------------------------


def test_what_ifs_never_touch_one_another() -> None:
    loaded = real()
    baseline = loaded.timeline()
    before = everything(baseline)
    for day in ("2026-06-01", "2028-05-01", "2031-01-01"):
        other = loaded.timeline(known="2026-01-15", assume={"AGI": day}, bind={"THRESHOLDS": "5m USD"})
        everything(other)
        everything(loaded.timeline(bind={"TOTAL": "38bn USD", "WOUND_DOWN": "2028-12-31"}))
    assert everything(baseline) == before
    assert everything(loaded.timeline()) == before
    assert everything(real().timeline()) == before


def test_threads_share_a_contract() -> None:
    loaded, alone = real(), real()
    asked: list[dict[str, Any]] = [
        {}, {"known": "2026-01-15"}, {"known": "2026-01-15", "assume": {"AGI": "2028-05-01"}},
        {"bind": {"TOTAL": "38bn USD"}}, {"known": "2019-06-01"},
    ]  # fmt: skip
    expected = [everything(alone.timeline(**how)) for how in asked]

    def run(number: int) -> bool:
        return everything(loaded.timeline(**asked[number % len(asked)])) == expected[number % len(asked)]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(run, range(40)))
    shared = loaded.timeline()
    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected[0] for found in pool.map(lambda _: everything(shared), range(8)))


def test_loading_in_threads_gives_the_same() -> None:
    expected = everything(real().timeline())
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: everything(real().timeline()) == expected, range(16)))


# --- several deals ----------------------------------------------------------------------------------------------------


def test_several_deals_have_their_names_before_their_labels(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path, **{name: SMALL.replace("deal d", f"deal {name}")})
    write(tmp_path, three="amend first of two signed 2024-03-01\n  set sing until 2026\n")
    loaded = dealrun.load(tmp_path)
    assert repr(loaded) == "Contract(one, two)"
    timeline = loaded.timeline(assume={"one.SALE": "2025-01-01"}, bind={"two.TOTAL": "2m USD"})
    state = timeline.on("2025-06-01")
    assert (state["one.sing"].status, state["two.sing"].status) == ("ended", "in force")
    assert (state["one.sing"].deal, state["two.sing"].deal) == ("one", "two")
    assert state["two.share"].parties == {"payer": ("two.A",), "payee": ("two.B",)}
    assert state["one.share"].terms["cap"].contingent_on == ("one.TOTAL",)
    assert state["two.share"].terms["cap"].contingent_on == ()
    with pytest.raises(KeyError, match="SALE"):
        loaded.timeline(assume={"SALE": "2025-01-01"})
    with pytest.raises(dealrun.LoadError):
        dealrun.load([tmp_path / "one.deal", tmp_path / "three.deal"])


def test_a_deal_alone_may_also_be_named_in_full() -> None:
    """One deal: its labels stand for themselves."""
    assert list(contract().timeline().on("2024-06-01"))[0] == "sing"  # noqa: RUF015 - the whole list is the answer


# --- sketches ---------------------------------------------------------------------------------------------------------


def test_a_sketch_lists_what_it_assumed() -> None:
    loaded = contract("revshare OAI->MSFT 20% until EARLY cap TOTAL\n")
    assert [(assumed.name, assumed.kind) for assumed in loaded.model.assumed] == [
        ("OAI", "party"), ("MSFT", "party"), ("EARLY", "event"), ("TOTAL", "unknown amount"),
    ]  # fmt: skip
    (note,) = loaded.diagnostics
    assert note.code == "DR211"
    assert note.severity is Severity.NOTE
    for name in ("OAI", "MSFT", "EARLY", "TOTAL"):
        assert name in note.message
    assert loaded.known is None
    assert loaded.timeline().on("1950-01-01")["revshare.OAI.MSFT"].contingent_on == ("EARLY",)
    assert statuses(loaded.timeline(assume={"EARLY": "2030-01-01"}), "1950-01-01") == {"revshare.OAI.MSFT": "in force"}
    bound = loaded.timeline(bind={"TOTAL": "38bn USD"}).on("1950-01-01")["revshare.OAI.MSFT"]
    assert bound.terms["cap"].contingent_on == ()


def test_a_redacted_amount_is_bound_by_its_label_and_term() -> None:
    loaded = contract('unit FTE "x"\nstaff: fee A->B *** USD per FTE\n')
    assert loaded.timeline().on("2030-01-01")["staff"].terms["amount"].contingent_on == ("staff.amount",)
    timeline = loaded.timeline(bind={"staff.amount": "5m USD"})
    assert timeline.on("2030-01-01")["staff"].terms["amount"].least == 5_000_000


OURS: Any = dealrun
"""The library, as a program without types sees it."""

# --- wrong arguments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [
    lambda _c: OURS.load(5), lambda _c: OURS.load([5]), lambda _c: OURS.loads(None),
    lambda c: c.timeline(known=1.5), lambda c: c.timeline(known=True), lambda c: c.timeline(assume=["AGI"]),
    lambda c: c.timeline(assume={"AGI": None}), lambda c: c.timeline(bind={"TOTAL": 5}),
    lambda c: c.timeline(scenario=1),
    lambda c: c.timeline(reading=5), lambda c: c.timeline(reading=[5]), lambda c: c.timeline().on(None),
    lambda c: c.timeline().on(b"2025-01-01"), lambda c: c.restate(None), lambda c: c.restate("2025-01-01", so_far="x"),
    lambda c: c.changes(instrument=5), lambda c: c.history(5), lambda c: c.history(None),
    lambda c: c.compare(readings=5),
    lambda c: c.settle(5), lambda c: c.settle([5]), lambda c: c.settle(period=5), lambda c: c.settle(columns=["a"]),
    lambda c: c.settle(rates=5), lambda c: c.settle(detail=5), lambda c: c.settle(progress="x'; drop table y"),
    lambda c: c.settle(forecast=5), lambda c: c.verb(5), lambda _c: OURS.portfolio(5),
    lambda c: c.settle(through=[]),
    lambda c: c.agenda(c.timeline(), 1.5, "2025-01-01"), lambda c: c.timeline().why("sing", object()),
    lambda c: c.timeline().changes([], None),
])  # fmt: skip
def test_a_wrong_type_is_an_error_of_ours(call: Callable[[Any], object]) -> None:
    """It is told at the call, and is a TypeError too."""
    with pytest.raises(dealrun.ArgumentTypeError) as raised:
        call(contract())
    assert isinstance(raised.value, dealrun.DealError)
    assert isinstance(raised.value, TypeError)


@pytest.mark.parametrize(("call", "kind"), [
    (lambda c: c.timeline(known="soon"), ValueError), (lambda c: c.timeline(assume={"NONE": "2025-01-01"}), KeyError),
    (lambda c: c.timeline(scenario="none"), KeyError), (lambda c: c.timeline(reading="none"), KeyError),
    (lambda c: c.history("none"), KeyError), (lambda c: c.changes(instrument="none"), KeyError),
    (lambda c: c.settle(period="X"), ValueError), (lambda c: c.settle("none.csv"), dealrun.LedgerError),
    (lambda c: c.verb("none"), KeyError), (lambda c: c.timeline().clause("none", 739000), KeyError),
    (lambda _c: OURS.portfolio("/none"), dealrun.UnreadableError), (lambda c: c.compare(), ValueError),
])  # fmt: skip
def test_what_a_caller_can_cause_is_a_deal_error(call: Callable[[Any], object], kind: type[Exception]) -> None:
    """With a message, and of the kind that Python has a word for."""
    with pytest.raises(kind) as raised:
        call(contract())
    assert isinstance(raised.value, dealrun.DealError)
    assert str(raised.value).strip()


def test_answers_and_errors_can_be_pickled() -> None:
    """A state goes to another process and back, with the questions that are answered when they are asked."""
    state = contract().timeline().on("2025-06-01")
    again = pickle.loads(pickle.dumps(state))  # noqa: S301 - our own bytes
    assert again == state
    for label, clause in again.items():
        assert (clause.why(), clause.duties, clause.instances) == (
            state[label].why(), state[label].duties, state[label].instances,
        )  # fmt: skip
    for error in (dealrun.LimitError("takes long", "make it short", "c"), dealrun.UnknownNameError("no clause `c`"),
                  dealrun.MissingExtraError("duckdb"), dealrun.LedgerError(())):  # fmt: skip
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert (type(copy), str(copy)) == (type(error), str(error))
