"""The command line: what every command prints, as text and as JSON, its exit codes, and what it never prints.

What it prints about contracts/openai-microsoft is kept under tests/goldens; `pytest --rewrite` writes it anew.
"""

import io
import json
import os
import pty
import re
import shutil
import stat
import subprocess
import sys
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

from conftest import ROOT, golden
from dealrun.api.wire import schema
from dealrun.cli import days as cli_days
from dealrun.cli.main import main
from dealrun.diagnostics.catalog import CATALOG
from dealrun.render.tables import table, wrap

GOLDENS = Path(__file__).parent / "goldens"
DEAL = "contracts/openai-microsoft"
DRAFT = "tests/algebra/draft.deal"
FORECAST = ("--forecast", "contracts/openai-microsoft/forecast.csv")
SPLIT = "contracts/three-way-split"
AGI = ("--known", "2026-01-15", "--assume", "AGI=2028-05-01")


@attrs.frozen
class Result:
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything, as in a transcript."""
        said = f"[standard error]\n{self.err}" if self.err else ""
        return f"{self.out}{said}[exit code {self.code}]\n"

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *arguments: str) -> Result:
    """Run a command in this process."""
    try:
        code = main(list(arguments))
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    printed = capsys.readouterr()
    return Result(code, printed.out, printed.err)


def spawn(*arguments: str, env: dict[str, str] | None = None, given: bytes = b"", cwd: Path = ROOT) -> Result:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "dealrun", *arguments], input=given, capture_output=True, check=False, cwd=cwd,
        env={**os.environ, "COLUMNS": "100", **(env or {})},
    )  # fmt: skip
    return Result(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


@pytest.fixture(autouse=True)
def place(in_root: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the project's folder, on a terminal of a hundred columns."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(cli_days, "today", lambda: date(1999, 1, 1))  # no day of a test is ever today
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions of the contract, `old` and `new`, in the current folder."""
    shutil.copytree(DEAL, tmp_path / "old")
    shutil.copytree(DEAL, tmp_path / "new")
    changed = {
        "2025-definitive-agreement.deal": [(r"\n  add weights: [^\n]*", "")],
        "2026-amendment.deal": [
            (r"set share 20% until 2030", "set share 18% until 2031"),
            (r"\n\n# C8", '\n  add newsletter: require OAI->MSFT "send a newsletter" from 2027 [C1]\n\n# C8'),
        ],
    }
    for name, changes in changed.items():
        path = tmp_path / "new" / name
        text = path.read_text(encoding="utf-8")
        for pattern, replacement in changes:
            text, count = re.subn(pattern, lambda _, r=replacement: r, text)  # type: ignore[misc]
            assert count == 1, pattern
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


# --- goldens ----------------------------------------------------------------------------------------------------------

ANSWERS = {
    "check": (0, "check", DEAL),
    "check-portfolio": (1, "check", "--portfolio", "contracts/tutorial/portfolio"),
    "state-duties": (0, "state", "contracts/tutorial/services", "--on", "2025-12-31"),
    "why-duty": (0, "why", "report", "contracts/tutorial/services", "--on", "2025-12-31"),
    "calendar-duties": (
        0, "calendar", "contracts/tutorial/services", "--from", "2025-06-01", "--to", "2026-12-31",
        "--known", "2025-06-30",
    ),
    "state": (0, "state", DEAL, "--on", "2027-01-01"),
    "state-known-assume": (0, "state", DEAL, "--on", "2028-05-01", *AGI),
    "state-set": (0, "state", DEAL, "--on", "2029-01-01", "--set", "TOTAL=38bn USD", "--set", "WOUND_DOWN=2028-12-31"),
    "state-party": (0, "state", DEAL, "--on", "2027-01-01", "--party", "MSFT"),
    "state-early": (0, "state", DEAL, "--on", "2019-06-01", "--known", "2019-12-31"),
    "timeline": (0, "timeline", DEAL),
    "timeline-part": (0, "timeline", DEAL, "--from", "2025-10-28", "--to", "2026-04-27", "--known", "2026-05-01"),
    "why-unknown": (0, "why", "TOTAL", DEAL, "--on", "2027-01-01"),
    "why-instrument": (0, "why", "apr2026", DEAL, "--on", "2026-01-01"),
    "why-term": (0, "why", "share.cap", DEAL, "--on", "2027-01-01"),
    "why-ip": (0, "why", "ip", DEAL, "--on", "2028-05-01", *AGI),
    "why-share": (0, "why", "share", DEAL, "--on", "2027-01-01"),
    "why-ended": (0, "why", "azure", DEAL, "--on", "2027-01-01"),
    "diff-days": (1, "diff", DEAL, "--on", "2026-04-26", "--against", "2026-04-27"),
    "test": (0, "test", DEAL),
    "changes": (0, "changes", DEAL),
    "history": (0, "history", "share", DEAL),
    "history-corrected": (0, "history", "ip", DEAL, "--reading", "licence_remains"),
    "compare": (0, "compare", DEAL, "--readings"),
    "compare-one": (0, "compare", DEAL, "--reading", "annual_cap", "--known", "2026-05-01"),
    "what-if": (1, "what-if", DEAL, "--amend", DRAFT),
    "prove": (1, "prove", "ip in force", DEAL, "--known", "2025-01-01", "--through", "2032-12-31"),
    "exposure": (0, "exposure", DEAL, "--known", "2026-01-15"),
    "exposure-against": (0, "exposure", DEAL, "--label", "ip", "--known", "2025-01-01", "--against", "oct2025"),
    "calendar": (0, "calendar", DEAL, "--from", "2026-04-27", "--to", "2033-01-31"),
    "calendar-party": (
        0, "calendar", "contracts/pharma-royalty", "--from", "2025-04-01", "--to", "2026-03-31", "--party", "LICENSEE",
    ),
    "settle": (0, "settle", DEAL, *FORECAST),
    "settle-split": (0, "settle", SPLIT),
    "settle-monthly": (
        0, "settle", DEAL, *FORECAST, "--period", "M", "--through", "2026-07-31", "--set", "TOTAL=1bn USD",
    ),
}  # fmt: skip

VERSIONS = {
    "diff-versions": (1, "diff", "old", "new"),
    "diff-versions-on": (1, "diff", "old", "new", "--on", "2031-06-01", "--set", "TOTAL=38bn USD"),
}

OTHERS = {
    "explain": (0, "explain"),
    "explain-DR304": (0, "explain", "DR304"),
    "restate": (0, "restate", DEAL, "--on", "2026-05-01"),
    "restate-so-far": (0, "restate", DEAL, "--on", "2028-01-01", "--known", "2026-04-27", "--so-far", "share=9bn USD"),
    "changes-markdown": (0, "changes", DEAL, "--markdown"),
    "settle-against": (0, "settle", DEAL, *FORECAST, "--set", "TOTAL=38bn USD", "--against", "annual_cap"),
    "settle-refused": (1, "settle", "tests/diagnostics/DR702"),
    "why-payment": (0, "why", "participation", SPLIT, "--period", "2024Q3"),
    "why-payment-open": (0, "why", "share", DEAL, *FORECAST, "--period", "2030Q1"),
    "why-no-payment": (1, "why", "participation", SPLIT, "--period", "2023-01"),
    **{f"schema-{name}": (0, "schema", name) for name in schema.SCHEMAS},
    **{f"completion-{shell}": (0, "completion", shell) for shell in ("bash", "zsh", "fish")},
}


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of an output, formats checked."""
    return Draft202012Validator(schema.schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER)


def valid(data: Any) -> Any:
    """The data, once it is of the shape that its `schema` names."""
    name = data["schema"].split("/")[1]
    errors = [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(data)]
    assert errors == []
    return data


@pytest.mark.parametrize("name", [*ANSWERS, *OTHERS])
def test_a_command_prints_what_it_printed(name: str, capsys: Capture, rewrite: bool) -> None:
    code, *arguments = {**ANSWERS, **OTHERS}[name]
    result = run(capsys, *map(str, arguments))
    golden(GOLDENS / f"{name}.txt", result.text, rewrite=rewrite)
    assert result.code == code


@pytest.mark.parametrize("name", ANSWERS)
def test_a_command_prints_json_of_its_schema(name: str, capsys: Capture, rewrite: bool) -> None:
    code, *arguments = ANSWERS[name]
    result = run(capsys, *map(str, arguments), "--format", "json")
    golden(GOLDENS / f"{name}.json", result.out, rewrite=rewrite)
    assert (result.code, result.err) == (code, "")
    output = {"why-unknown": "about", "why-instrument": "about", "exposure-against": name}.get(name, str(arguments[0]))
    assert valid(result.json)["schema"] == schema.schema_id(schema.OUTPUTS[output])


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize("name", VERSIONS)
def test_two_versions_are_compared(name: str, capsys: Capture, rewrite: bool) -> None:
    code, *arguments = VERSIONS[name]
    result = run(capsys, *map(str, arguments))
    golden(GOLDENS / f"{name}.txt", result.text, rewrite=rewrite)
    data = run(capsys, *map(str, arguments), "--format", "json")
    golden(GOLDENS / f"{name}.json", data.out, rewrite=rewrite)
    assert (result.code, data.code) == (code, code)
    touched = {change["label"] for change in valid(data.json)["changes"]}
    assert touched == {"share", "weights", "newsletter"}


@pytest.mark.usefixtures("versions")
def test_versions_without_a_difference_are_clean(capsys: Capture) -> None:
    same = run(capsys, "diff", "old", "old")
    assert (same.code, same.out.splitlines()[-1]) == (0, "no difference")
    assert run(capsys, "diff", "old", "old", "--format", "json").json["changes"] == []
    early = run(capsys, "diff", "old", "new", "--on", "2025-01-01", "--quiet")
    assert {line.split()[1] for line in early.out.splitlines()[1:] if line.startswith("always")} <= {
        "weights",
        "newsletter",
    }


def test_a_table_of_words_that_grows_tall_is_stacked() -> None:
    """A long list in a narrow column makes a table of many lines; below one another, its cells take few."""
    words = ", ".join(f"development.CARGILL_{n}" for n in range(40))
    rows = [["2012-01-01", "development.work", "2010-04-15", "2014-04-15", words]]
    lines = table(["from", "clause", "since", "until", "terms"], rows, 80)
    assert lines[:3] == ["FROM", "2012-01-01", "  clause: development.work"]
    assert len(lines) < 20
    assert table(["from", "clause", "since", "until", "terms"], [[*rows[0][:4], "20%"]], 80)[0].startswith("FROM   ")


def test_no_golden_is_left_over() -> None:
    expected = {f"{name}.txt" for name in (*ANSWERS, *OTHERS, *VERSIONS)} | {f"{n}.json" for n in (*ANSWERS, *VERSIONS)}
    assert {path.name for path in GOLDENS.iterdir() if path.is_file()} == expected


def test_text_and_json_say_the_same(capsys: Capture) -> None:
    state = run(capsys, *map(str, ANSWERS["state"][1:]), "--format", "json").json
    shown = run(capsys, *map(str, ANSWERS["state"][1:]))
    ended = next(line for line in shown.out.splitlines() if line.startswith("Ended: "))
    for clause in state["clauses"]:
        if clause["presumed"]["status"] == "ended":
            assert clause["label"] in ended
            continue
        (line,) = [line for line in shown.out.splitlines() if line.split("  ")[0].removesuffix(" ~") == clause["label"]]
        for day in (clause["presumed"]["since"], clause["presumed"]["until"]):
            assert day is None or day in line
    changes = run(capsys, "timeline", DEAL, "--format", "json").json["changes"]
    rows = run(capsys, "timeline", DEAL, "--quiet").out.splitlines()
    assert [change["on"] for change in changes] == [row[:10] for row in rows[1:] if row[:1] == "2"]


# --- schemas ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", schema.SCHEMAS)
def test_a_schema_is_one_and_refuses_what_is_not_of_it(name: str, capsys: Capture) -> None:
    printed = run(capsys, "schema", name).json
    Draft202012Validator.check_schema(printed)
    assert printed == schema.schema(name)
    good = {
        **ANSWERS,
        "diff": ANSWERS["diff-days"],
        "why": ANSWERS["why-ip"],
        "about": ANSWERS["why-unknown"],
        "settle-against": OTHERS["settle-against"],
        "why-payment": OTHERS["why-payment"],
        "ledger": OTHERS["settle-refused"],
    }[name]
    data = run(capsys, *map(str, good[1:]), "--format", "json").json
    check = Draft202012Validator(printed, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert check.is_valid(data)
    assert not check.is_valid({**data, "more": 1})
    assert not check.is_valid({**data, "schema": "dealrun/other/1"})
    for key in data:
        assert not check.is_valid({k: v for k, v in data.items() if k != key}), key
        assert not check.is_valid({**data, key: {"x": 3}})
    if "known" in data:
        assert not check.is_valid({**data, "known": "2026-02-30"})


BROKEN = """\
party A "A"
permit A "sing" until %
permit B "hum"
fee A->A 10m USD + 5m EUR
license A until 2030 for 2 years
"""


def test_the_diagnostics_of_a_broken_file_are_json_too(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "broken.deal"
    path.write_text(BROKEN, encoding="utf-8")
    checked = run(capsys, "check", str(path), "--format", "json")
    data = valid(checked.json)
    assert (checked.code, checked.err) == (1, "")
    assert data["count"] == len(data["diagnostics"]) >= 4
    assert [found["span"]["line"] for found in data["diagnostics"]] == sorted(
        f["span"]["line"] for f in data["diagnostics"]
    )
    assert {found["code"] for found in data["diagnostics"]} <= set(CATALOG)
    for command in (["state"], ["timeline"], ["test"], ["why", "sing"]):
        other = run(capsys, *command, str(path), "--format", "json")
        assert (other.code, other.err, other.out) == (1, "", checked.out)


def test_the_diagnostics_of_a_broken_file_are_text_on_standard_error(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "broken.deal"
    path.write_text(BROKEN, encoding="utf-8")
    checked = run(capsys, "check", str(path))
    assert (checked.code, checked.err) == (1, "")
    assert checked.out.count("error[") >= 4
    for command in (["state"], ["timeline"], ["test"], ["why", "sing"], ["diff", str(path)]):
        other = run(capsys, *command, str(path))
        assert (other.code, other.out) == (1, "")
        assert other.err == checked.out


# --- exit codes -------------------------------------------------------------------------------------------------------

SKETCH = "license MSFT nonexclusive until 2032\n"
CODES = {
    "a sketch": (0, "check", "{sketch}"),
    "a warning": (1, "check", "{draft}"),
    "an error": (1, "check", "{broken}"),
    "a note": (0, "check", DEAL),
    "expectations that hold": (0, "test", DEAL),
    "an expectation that fails": (1, "test", "{failing}"),
    "no difference": (0, "diff", DEAL, "--on", "2027-01-01", "--against", "2027-01-01"),
    "a difference": (1, "diff", DEAL, "--on", "2025-01-01", "--against", "2027-01-01"),
    "a state of a broken file": (1, "state", "{broken}", "--on", "2027-01-01"),
    "a lower-case code": (0, "explain", "dr304"),
    "options first": (0, "state", "--on", "2027-01-01", DEAL),
    "an option with =": (0, "state", DEAL, "--on=2027-01-01", "--assume=AGI=2028-05-01"),
    "a scenario": (0, "state", "{scenario}", "--on", "2027-01-01", "--scenario", "early"),
    "no command": (2,),
    "an unknown command": (2, "sate", DEAL),
    "an unknown option": (2, "state", DEAL, "--onn", "2027-01-01"),
    "half an option": (2, "state", DEAL, "--kno", "2027-01-01"),
    "an unknown format": (2, "state", DEAL, "--format", "yaml"),
    "an option without its value": (2, "state", DEAL, "--on"),
    "a bad day": (2, "state", DEAL, "--on", "2027-02-30"),
    "half a day": (2, "state", DEAL, "--on", "2027-1"),
    "two dashes for a day": (2, "state", DEAL, "--on", "--"),
    "a day that is too far away": (2, "state", DEAL, "--on", "+999999y"),
    "a bad day of knowledge": (2, "state", DEAL, "--on", "2027-01-01", "--known", "yesterday"),
    "a day past the horizon": (2, "why", "ip", DEAL, "--on", "2200-01-01"),
    "a bad first day": (2, "timeline", DEAL, "--from", "2027-13-01"),
    "a bad last day": (2, "timeline", DEAL, "--to", "x"),
    "a missing file": (2, "state", "missing.deal", "--on", "2027-01-01"),
    "a missing file to check": (2, "check", "missing.deal"),
    "a missing file beside one": (2, "check", DEAL, "missing.deal"),
    "a folder without deals": (2, "check", "{empty}"),
    "an unknown label": (2, "why", "ipp", DEAL, "--on", "2027-01-01"),
    "a label that is not known yet": (2, "why", "guardrails", DEAL, "--on", "2027-01-01", "--known", "2025-01-01"),
    "no label": (2, "why"),
    "an unknown party": (2, "state", DEAL, "--on", "2027-01-01", "--party", "MSF"),
    "an unknown scenario": (2, "state", "{scenario}", "--on", "2027-01-01", "--scenario", "erly"),
    "an unknown code": (2, "explain", "DR999"),
    "no code": (2, "explain", "sing"),
    "an unknown schema": (2, "schema", "sate"),
    "no schema": (2, "schema"),
    "an unknown shell": (2, "completion", "tcsh"),
    "an assumption without =": (2, "state", DEAL, "--on", "2027-01-01", "--assume", "AGI"),
    "an assumption without a name": (2, "state", DEAL, "--on", "2027-01-01", "--assume", "=2028-05-01"),
    "an assumption without a day": (2, "state", DEAL, "--on", "2027-01-01", "--assume", "AGI="),
    "an assumption twice": (2, "state", DEAL, "--on", "2027-01-01", *["--assume", "AGI=2028-05-01"] * 2),
    "an assumption of no day": (2, "state", DEAL, "--on", "2027-01-01", "--assume", "AGI=soon"),
    "an assumption of what is not there": (2, "state", DEAL, "--on", "2027-01-01", "--assume", "AGU=2028-05-01"),
    "an assumption of an unknown": (2, "state", DEAL, "--on", "2027-01-01", "--assume", "TOTAL=2028-05-01"),
    "a value without =": (2, "state", DEAL, "--on", "2027-01-01", "--set", "TOTAL"),
    "a value that is none": (2, "state", DEAL, "--on", "2027-01-01", "--set", "TOTAL=38"),
    "a value of what is not there": (2, "state", DEAL, "--on", "2027-01-01", "--set", "TOTALS=38bn USD"),
    "a value of an event": (2, "state", DEAL, "--on", "2027-01-01", "--set", "AGI=2028-05-01"),
    "a second day without a first": (2, "diff", DEAL, "--against", "2027-01-01"),
    "one version": (2, "diff", DEAL),
    "three versions": (2, "diff", DEAL, DEAL, DEAL),
    "one version on a day": (2, "diff", DEAL, "--on", "2027-01-01"),
    "a calendar that ends before it begins": (2, "calendar", DEAL, "--from", "2027-01-01", "--to", "2026-12-31"),
    "a portfolio and files": (2, "check", DEAL, "--portfolio", "contracts"),
    "a portfolio that is not there": (2, "check", "--portfolio", "nowhere"),
    "a portfolio without a contract": (2, "check", "--portfolio", "docs"),
    "a calendar of no party": (2, "calendar", DEAL, "--from", "2027-01-01", "--party", "MSF"),
    "a ledger that is not there": (1, "settle", DEAL, "--ledger", "missing.csv"),
    "a workbook on the terminal": (2, "settle", SPLIT, "--format", "xlsx"),
    "a ledger's column that is none": (2, "settle", SPLIT, "--map", "price=net"),
    "a bad last day of a statement": (2, "settle", SPLIT, "--through", "20244"),
    "a period that is none": (2, "settle", SPLIT, "--period", "D"),
    "a reading that is not there": (2, "settle", DEAL, *FORECAST, "--against", "anual_cap"),
    "versions as a workbook": (2, "settle", DEAL, *FORECAST, "--against", "annual_cap", "--format", "csv"),
    "detail of no form": (2, "settle", SPLIT, "--detail", "rows.txt"),
    "rates that are not there": (1, "settle", SPLIT, "--rates", "missing.csv"),
    "why of no period": (2, "why", "participation", SPLIT, "--period", "soon"),
    "why of no clause": (2, "why", "participatio", SPLIT, "--period", "2024Q3"),
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Files for every exit code, by what they are."""
    deal = 'deal d "D" signed 2024-01-01\nparty A "A"\nevent E "e"\nsing: permit A "sing" until E\n'
    texts = {
        "sketch": SKETCH,
        "draft": deal + "amend draft\n  set sing until 2030\n",
        "broken": BROKEN,
        "failing": deal + "expect on 2024-06-01: sing ended\nexpect on 2023-12-31: sing not yet\n",
        "scenario": deal + "scenario early\n  record E on 2026-01-01\n",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.deal").write_text(text, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    return {name: str(tmp_path / f"{name}.deal") for name in texts} | {"empty": str(tmp_path / "empty")}


@pytest.mark.parametrize("what", CODES)
def test_exit_codes(what: str, capsys: Capture, files: dict[str, str]) -> None:
    code, *arguments = CODES[what]
    result = run(capsys, *(str(argument).format(**files) for argument in arguments))
    assert result.code == code, result.text
    assert "Traceback" not in result.text
    if code == 2 and arguments:
        assert result.out == ""
        assert result.err.startswith("dealrun: ")
        assert result.err.splitlines()[1:] in ([], [f"try `dealrun {arguments[0]} --help`"], ["try `dealrun --help`"])
    if code == 0 and what != "a sketch":
        assert result.err == ""


@pytest.mark.parametrize(
    ("what", "hint"),
    [
        ("an unknown label", "did you mean `ip`?"),
        ("a label that is not known yet", "as known on 2025-01-01"),
        ("an unknown party", "did you mean `MSFT`?"),
        ("an unknown scenario", "there are: early"),
        (
            "an unknown schema",
            "there are: state, timeline, why, about, diff, test, changes, what-if, history, compare, calendar",
        ),
        ("an assumption of what is not there", "did you mean `AGI`?"),
        ("an assumption of an unknown", "--set TOTAL="),
        ("a value of what is not there", "did you mean `TOTAL`?"),
        ("a value of an event", "--assume AGI="),
        ("a bad day", "--on: `2027-02-30` is a date that does not exist"),
        ("a bad day of knowledge", "--known: `yesterday` is not a date of the form YYYY-MM-DD"),
        ("a missing file", "`missing.deal` cannot be read: no such file or directory"),
        ("a second day without a first", "--against needs --on"),
        ("an assumption twice", "`AGI` is given twice"),
    ],
)
def test_a_usage_error_says_what_would_fit(what: str, hint: str, capsys: Capture, files: dict[str, str]) -> None:
    result = run(capsys, *(str(argument).format(**files) for argument in CODES[what][1:]))
    assert hint in result.err


@pytest.mark.parametrize(
    ("command", "name", "begins"),
    [
        (["settle", "book-royalty"], "x.csv", b"row,"),
        (["settle", "book-royalty"], "x.JSON", b"{"),
        (["settle", "book-royalty"], "x.xlsx", b"PK"),
        (["settle", "book-royalty"], "x.parquet", b"PAR1"),
        (["settle", "book-royalty"], "x.ics", b"book-royalty ("),
        (["settle", "book-royalty", "--format", "text"], "x.csv", b"book-royalty ("),
        (["calendar", "openai-microsoft"], "x.ics", b"BEGIN:VCALENDAR"),
        (["changes", "openai-microsoft"], "x.json", b"{"),
        (["changes", "openai-microsoft"], "x.csv", b"oracle2024 ("),
    ],
)
def test_the_name_of_the_output_chooses_the_format(
    command: list[str], name: str, begins: bytes, tmp_path: Path, capsys: Capture
) -> None:
    """Where the command prints such files, and `--format` does not say otherwise."""
    path = tmp_path / name
    assert run(capsys, command[0], str(ROOT / "contracts" / command[1]), *command[2:], "-o", str(path)).code == 0
    assert path.read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("commercial.grant", 12, ["commercial.", "grant"]),
        ("commercial.CARGILL->commercial.BIOAMBER", 14, ["commercial.", "CARGILL->", "commercial.", "BIOAMBER"]),
        ("scale_up_project", 10, ["scale_up_", "project"]),
        ("incomprehensibilities", 10, ["incomprehe", "nsibilitie", "s"]),
        ("a.bcdefghijklmnop", 10, ["a.bcdefghi", "jklmnop"]),
    ],
)
def test_a_long_name_is_broken_where_a_part_of_it_ends(text: str, width: int, lines: list[str]) -> None:
    """Unless that would leave most of the line empty."""
    assert wrap(text, width) == lines


def test_a_folder_of_contracts_is_none(capsys: Capture, tmp_path: Path) -> None:
    """It names the folders that hold contracts; a folder that holds none of those is told as before."""
    result = run(capsys, "state", str(ROOT / "contracts"))
    assert (result.code, result.out) == (2, "")
    assert "more hold some: name one, or check them all with `check --portfolio" in result.err
    assert run(capsys, "state", str(tmp_path)).err == f"dealrun: no .deal file in the folder `{tmp_path}`\n"


@pytest.mark.parametrize("command", [["why"], ["history"], ["why", "--period", "2024-Q1"]])
def test_a_label_without_its_deal_names_the_clauses_that_are_meant(command: list[str], capsys: Capture) -> None:
    """In every command alike."""
    result = run(capsys, command[0], "grant", *command[1:], str(ROOT / "contracts" / "cargill-bioamber"))
    assert result.code == 2
    assert "did you mean `commercial.grant`?" in result.err


def test_the_days_of_a_calendar_follow_all_its_deals(capsys: Capture) -> None:
    """A heading names every deal before it says for which days."""
    where = str(ROOT / "contracts" / "cargill-bioamber")
    out = run(capsys, "calendar", "--from", "2012-01-01", "--to", "2012-02-01", where).out
    heading = " ".join(out.partition("\n\n")[0].split())
    assert "development (Development Agreement) from 2012-01-01 to 2012-02-01, as known on" in heading


@pytest.mark.parametrize("option", ["-o", "--detail", "--plot"])
def test_the_name_of_a_file_to_write_is_not_empty(option: str, capsys: Capture) -> None:
    """A name that a script left empty is told, and nothing goes elsewhere."""
    result = run(capsys, "settle", option, "", DEAL)
    assert (result.code, result.out) == (2, "")
    assert "the name of a file is empty" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["why", "ip", "--on", "2027-01-01", DEAL],
        ["diff", DEAL, "--on", "2027-01-01", DEAL],
        ["check", f"{DEAL}/2019-partnership.deal", "--quiet", f"{DEAL}/2026-amendment.deal"],
    ],
)
def test_options_may_stand_anywhere(arguments: list[str], capsys: Capture) -> None:
    assert run(capsys, *arguments).code != 2


def test_help_says_the_exit_codes_and_every_command(capsys: Capture) -> None:
    top = run(capsys, "--help")
    assert top.code == 0
    assert "exit codes: 0 clean, 1 findings or failed expectations, 2 usage" in top.out
    for name in ("check", "state", "timeline", "why", "diff", "test", "explain", "schema", "completion"):
        assert re.search(rf"^    {name}\b", top.out, re.MULTILINE)
        assert run(capsys, name, "--help").code == 0
    assert run(capsys, "--version").out == "dealrun 0.1.0\n"


def test_every_code_is_explained(capsys: Capture) -> None:
    for code in CATALOG:
        result = run(capsys, "explain", code)
        assert (result.code, result.out.splitlines()[0]) == (0, f"# {code}: {CATALOG[code].title}")


# --- today, quiet, notes ----------------------------------------------------------------------------------------------


def test_today_is_said(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_days, "today", lambda: date(2026, 12, 1))
    text = run(capsys, "state", DEAL)
    data = run(capsys, "state", DEAL, "--format", "json")
    chain = run(capsys, "why", "ip", DEAL)
    quiet = run(capsys, "state", DEAL, "--quiet", "--format", "json")
    assert "on 2026-12-01 (today), as known on 2026-04-27" in text.out.splitlines()[0]
    assert "on 2026-12-01 (today), as known on 2026-04-27" in chain.out.splitlines()[0]
    assert data.err == "on: today, 2026-12-01\n"
    assert data.json["on"] == "2026-12-01"
    assert quiet.err == ""
    assert "today" not in run(capsys, "state", DEAL, "--on", "2027-01-01").out


def test_a_heading_says_what_an_answer_rests_on(capsys: Capture, files: dict[str, str]) -> None:
    out = run(capsys, "state", DEAL, "--on", "2028-05-01", *AGI, "--set", "THRESHOLDS=5m USD").out
    first = " ".join(out.partition("\n\n")[0].split())
    assert "on 2028-05-01, as known on 2026-01-15, assuming AGI on 2028-05-01, with THRESHOLDS = 5m USD" in first
    sketch = run(capsys, "state", files["sketch"], "--on", "2027-01-01").out.splitlines()[0]
    assert "nothing closed by knowledge" in sketch
    scenario = run(capsys, "state", files["scenario"], "--on", "2027-01-01", "--scenario", "early").out.splitlines()[0]
    assert "under early" in scenario


def test_quiet_prints_the_answer_alone(capsys: Capture, files: dict[str, str]) -> None:
    for arguments in (ANSWERS["state"], ANSWERS["timeline"], ANSWERS["why-ip"], ANSWERS["diff-days"]):
        loud, quiet = (run(capsys, *map(str, arguments[1:]), *more) for more in ((), ("--quiet",)))
        assert loud.out.partition("\n\n")[2] == quiet.out
        assert loud.code == quiet.code
    assert run(capsys, "check", DEAL, "--quiet") == Result(0, "", "")
    assert run(capsys, "check", files["broken"], "--quiet") == Result(1, "", "")
    assert run(capsys, "test", DEAL, "--quiet") == Result(0, "", "")
    failing = run(capsys, "test", files["failing"], "--quiet")
    assert "error[DR601]" in failing.out
    assert "expectations hold" not in failing.out
    assert run(capsys, "state", files["sketch"], "--on", "2027-01-01", "--quiet").err == ""


def test_a_sketch_says_what_it_assumed_beside_the_answer(capsys: Capture, files: dict[str, str]) -> None:
    text = run(capsys, "state", files["sketch"], "--on", "2027-01-01")
    assert text.code == 0
    assert "note[DR211]" in text.err
    assert "MSFT (party)" in text.err
    assert "DR211" not in text.out
    data = run(capsys, "state", files["sketch"], "--on", "2027-01-01", "--format", "json")
    assert (data.code, data.err) == (0, "")
    assert valid(data.json)["known"] is None
    found = valid(run(capsys, "check", files["sketch"], "--format", "json").json)
    assert [each["code"] for each in found["diagnostics"]] == ["DR211"]


def test_a_failed_expectation_says_what_was_found(capsys: Capture, files: dict[str, str]) -> None:
    result = run(capsys, "test", files["failing"])
    assert "error[DR601]: on 2024-06-01, expected `sing ended`; found: sing contingent on E" in result.out
    assert re.search(r"`dealrun why sing --on 2024-06-01 --known 20\d\d-\d\d-\d\d` says why", result.out)
    assert result.out.splitlines()[-1] == "1 of 2 expectations hold"
    data = valid(run(capsys, "test", files["failing"], "--format", "json").json)
    assert (data["passed"], data["failed"]) == (1, 1)
    assert [outcome["passed"] for outcome in data["outcomes"]] == [False, True]


def test_the_current_folder_is_loaded_where_no_file_is_named(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEAL)
    result = run(capsys, "test")
    assert (result.code, result.err) == (0, "")
    assert "expectations hold" in result.out
    assert run(capsys, "why", "ip", "--on", "2027-01-01").code == 0


# --- tables -----------------------------------------------------------------------------------------------------------


def columns(text: str) -> int:
    """The columns that a line takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


WIDE_TEXT = """\
deal wide "微软与开放人工智能的合作伙伴关系" signed 2024-01-01
party MSFT "微软"
party OAI "开放人工智能"
asset models "模型"
unknown 总额 amount "收入分成的上限，没有任何来源说明是多少"
sing: permit OAI->MSFT "通过云服务销售开放人工智能的技术通过云服务销售开放人工智能的技术" of models until 2030
hum: permit MSFT "e\u0301e\u0301e\u0301 a\u0308o\u0308u\u0308 combining e\u0301\u0323 marks e\u0301e\u0301e\u0301"
share: revshare OAI->MSFT 20% cap 总额
很长的标签很长的标签很长的标签: require OAI "averylongwordwithoutanyspaceinitthatmustbebrokensomewhereinthemiddleofit"
"""


@pytest.mark.parametrize("width", [pytest.param(40), 80, 200])
@pytest.mark.parametrize("text", ["real", "wide"])
def test_a_table_is_never_wider_than_the_terminal(
    width: int, text: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    path = tmp_path / "wide.deal"
    path.write_text(WIDE_TEXT, encoding="utf-8")
    deal, label = (DEAL, "ip") if text == "real" else (str(path), "sing")
    for arguments in (
        ["state", deal, "--on", "2027-01-01"],
        ["timeline", deal],
        ["diff", deal, "--on", "2023-01-01", "--against", "2031-06-01"],
        ["why", label, deal, "--on", "2027-01-01"],
    ):
        lines = run(capsys, *arguments, "--quiet").out.splitlines()
        assert lines
        assert [line for line in lines if columns(line) > width] == []


def test_a_heading_is_never_wider_than_the_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert all(columns(line) <= 60 for line in run(capsys, "timeline", DEAL).out.splitlines())


@pytest.mark.parametrize("width", range(20, 121, 10))
@pytest.mark.parametrize(
    "cell", ["", "x" * 200, "ab " * 60, "漢字" * 50, "e\u0301" * 90, "a\u0301\u0302\u0303 " * 40, "漢a" * 40, " a  b "]
)
def test_wide_and_combining_characters_are_measured(width: int, cell: str) -> None:
    lines = table(("one", "two"), [("label", cell), (cell, "x")], width)
    assert all(columns(line) <= width for line in lines)
    broken = wrap(cell, width)
    assert all(columns(line) <= width for line in broken)
    assert "".join(broken).replace(" ", "") == cell.replace(" ", "")


def test_columns_stand_below_one_another() -> None:
    lines = table(("a", "b"), [("漢字", "x"), ("e\u0301", "y"), ("abcd", "z")], 40)
    assert lines == ["A     B", "漢字  x", "e\u0301     y", "abcd  z"]
    assert table(("a", "b"), [], 40) == []


# --- what never reaches a terminal ------------------------------------------------------------------------------------

ESCAPE, BIDI, C1 = "\x1b[2J", "\u202e", "\x9b2J"
HOSTILE = f"{ESCAPE}{BIDI}{C1}\u2066\x07\x08\u200f"
SPEAKING = f"""\
deal d "D" signed 2024-01-01
party A "A {HOSTILE}"
event E "an {HOSTILE} event"
unknown U date "when {HOSTILE}" between 2025 and 2026
source src "a {HOSTILE} source"
sing: permit A "sing {HOSTILE} loud" until E
hum: permit A "hum" to "some {HOSTILE} thing" while "it {HOSTILE} rains" [src {BIDI}7\x07]
tell: require A "tell" until U
scenario early "early {HOSTILE}"
  record E on 2025-01-01
expect on 2024-06-01: sing "other {HOSTILE}"
amend one "One {HOSTILE}" signed 2024-07-01
  set sing "sing {HOSTILE} low"
"""
WRONG = f'party A "A {HOSTILE}" %\npermit {ESCAPE} "x"\n# {HOSTILE}\nfee A->B{BIDI} 5 {C1}\nparty A "{HOSTILE}\n'

SHOWN = {
    "check": (0, "check", "{file}"),
    "state": (0, "state", "{file}", "--on", "2024-06-01"),
    "open": (0, "state", "{file}", "--on", "2025-06-01", "--party", "A"),
    "scenario": (0, "state", "{file}", "--on", "2025-06-01", "--scenario", "early"),
    "timeline": (0, "timeline", "{file}"),
    "why": (0, "why", "hum", "{file}", "--on", "2024-06-01"),
    "days": (1, "diff", "{file}", "--on", "2024-06-01", "--against", "2025-06-01"),
    "versions": (1, "diff", "{file}", "{other}"),
    "test": (1, "test", "{file}"),
    "errors": (1, "check", "{wrong}"),
    "errors elsewhere": (1, "state", "{wrong}"),
}


def hostile(text: str) -> list[str]:
    """The lines in which something could move the cursor or reorder the text."""
    return [line for line in text.split("\n") if any(unicodedata.category(c) in {"Cc", "Cf"} for c in line)]


def strings(data: Any) -> list[str]:
    """Every string in JSON."""
    if isinstance(data, dict):
        data = list(data.values())
    return [text for each in data for text in strings(each)] if isinstance(data, list) else [str(data)]


@pytest.fixture
def speaking(tmp_path: Path) -> dict[str, str]:
    """Files that hold what must not be printed."""
    texts = {
        "file": SPEAKING,
        "other": SPEAKING.replace("loud", "softly").replace('hum"', 'hum along"'),
        "titled": SPEAKING.replace('deal d "D"', f'deal d "D {HOSTILE}"'),
        "wrong": WRONG,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.deal").write_text(text, encoding="utf-8")
    return {name: str(tmp_path / f"{name}.deal") for name in texts}


@pytest.mark.parametrize("what", SHOWN)
def test_escapes_and_bidi_controls_never_reach_the_output(what: str, capsys: Capture, speaking: dict[str, str]) -> None:
    code, *arguments = SHOWN[what]
    result = run(capsys, *(str(argument).format(**speaking) for argument in arguments))
    assert result.code == code, result.text
    assert ("error[" in result.text) is (what in {"test", "errors", "errors elsewhere"})
    assert ("\N{REPLACEMENT CHARACTER}" in result.text) is (what != "check")
    assert hostile(result.out) == []
    assert hostile(result.err) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["state", "{titled}", "--on", "2024-06-01"],
        ["timeline", "{titled}"],
        ["why", "sing", "{titled}", "--on", "2024-08-01"],
        ["why", "hum", "{file}", "--on", "2025-06-01"],
    ],
)
def test_escapes_and_bidi_controls_never_reach_a_heading(
    arguments: list[str], capsys: Capture, speaking: dict[str, str]
) -> None:
    result = run(capsys, *(argument.format(**speaking) for argument in arguments))
    assert result.code == 0
    assert hostile(result.out) == []


def test_escapes_in_the_name_of_a_file_never_reach_the_output(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / f"a{ESCAPE}.deal").write_text(WRONG, encoding="utf-8")
    assert hostile(run(capsys, "check", str(tmp_path)).out) == []


@pytest.mark.parametrize("what", ["state", "timeline", "why", "test"])
def test_json_holds_escapes_and_bidi_controls_as_escapes(what: str, capsys: Capture, speaking: dict[str, str]) -> None:
    code, *arguments = SHOWN[what]
    result = run(capsys, *(str(argument).format(**speaking) for argument in arguments), "--format", "json")
    assert result.code == code
    assert any(HOSTILE in text for text in strings(valid(result.json)))
    assert hostile(result.out) == []


def test_what_is_underlined_is_what_is_shown(tmp_path: Path, capsys: Capture) -> None:
    """Wide, combining and replaced characters before the place do not move the underline."""
    path = tmp_path / "x.deal"
    for name in ("漢字", "e\u0301e\u0301", f"{ESCAPE}{BIDI}", "abc"):
        path.write_text(f'party A "{name}" %\n', encoding="utf-8")
        lines = run(capsys, "check", str(path)).out.splitlines()
        shown, under = lines[2], lines[3]
        assert columns(shown[: shown.index("%")]) == columns(under[: under.index("^")])


# --- processes --------------------------------------------------------------------------------------------------------


def test_standard_input_is_a_file() -> None:
    result = spawn("state", "-", "--on", "2030-01-01", given=SKETCH.encode())
    assert result.code == 0
    assert "license MSFT" in result.out
    assert "note[DR211]" in result.err
    wrong = spawn("check", "-", given=BROKEN.encode())
    assert wrong.code == 1
    assert "<stdin>:2:" in wrong.out
    latin = spawn("check", "-", given='party A "é"\n'.encode("latin-1"))
    assert latin.code == 2
    assert "<stdin>" in latin.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", DEAL], 0),
        (["test", DEAL], 0),
        (["diff", DEAL, "--on", "2025-01-01", "--against", "2027-01-01"], 1),
        (["state", "missing.deal"], 2),
        (["state", "--nothing"], 2),
        ([], 2),
    ],
)
def test_a_process_leaves_with_the_exit_code(arguments: list[str], code: int) -> None:
    result = spawn(*arguments)
    assert result.code == code
    assert "Traceback" not in result.err


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dealrun", "timeline", DEAL, "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), error) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_output_that_cannot_be_written_is_one_message() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dealrun", "test", DEAL], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    assert done.returncode not in {0, 1}
    assert b"Traceback" not in done.stderr


def on_a_terminal(*arguments: str, env: dict[str, str]) -> str:
    """What a command prints where standard output is a terminal."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    with subprocess.Popen(
        [sys.executable, "-m", "dealrun", *arguments], stdout=theirs, stderr=subprocess.PIPE, cwd=ROOT,
        env={**kept, "TERM": "xterm", **env},
    ):  # fmt: skip
        os.close(theirs)
        found = b""
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            found += data
    os.close(ours)
    return found.decode()


def test_colours_are_safes_that_want_them(files: dict[str, str]) -> None:
    coloured = on_a_terminal("check", files["broken"], env={})
    assert "\x1b[31merror" in coloured
    plain = on_a_terminal("check", files["broken"], env={"NO_COLOR": "1"})
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
    piped = spawn("check", files["broken"])
    assert "\x1b" not in piped.out
    assert piped.out == plain.replace("\r\n", "\n")


LOCALES = [
    pytest.param({"LC_ALL": "C"}, id="C"),
    pytest.param({"LC_ALL": "POSIX", "LANG": "C"}, id="POSIX"),
    *(
        pytest.param(env, id=str(env))
        for env in ({"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"})
    ),
]


@pytest.mark.parametrize("env", LOCALES)
def test_any_locale_gets_its_output(env: dict[str, str], tmp_path: Path) -> None:
    """What the locale cannot show is shown in another way, never as a traceback."""
    path = tmp_path / "accents.deal"
    path.write_text('deal d "D — é" signed 2024-01-01\nparty A "漢字"\nsing: permit A "sing — é"\n', encoding="utf-8")
    for arguments in (
        ["state", str(path), "--on", "2024-06-01"],
        ["state", str(path), "--on", "2024-06-01", "--format", "json"],
    ):
        result = spawn(*arguments, env=env)
        assert "Traceback" not in result.err
        assert result.code == 0
        assert "sing" in result.out


SURROUNDINGS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/Los_Angeles", "LC_ALL": "POSIX", "LANGUAGE": "de"},
]


@pytest.mark.parametrize("name", ["check", "state", "timeline", "why-share", "diff-days"])
def test_the_same_bytes_whatever_the_surroundings(name: str, rewrite: bool) -> None:
    if rewrite:
        pytest.skip("goldens are being written")
    code, *arguments = ANSWERS[name]
    for env in SURROUNDINGS:
        text = spawn(*map(str, arguments), env=env)
        assert text.text == (GOLDENS / f"{name}.txt").read_text(encoding="utf-8"), env
        data = spawn(*map(str, arguments), "--format", "json", env=env)
        assert (data.code, data.out) == (code, (GOLDENS / f"{name}.json").read_text(encoding="utf-8")), env


def test_little_is_imported_for_little() -> None:
    script = """
import sys
from dealrun.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""
    imported = {}
    for arguments in (["--help"], ["state", DEAL, "--on", "2027-01-01"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, cwd=ROOT,
            encoding="utf-8",
        )  # fmt: skip
        imported[arguments[0]] = set(done.stderr.split())
    ours = {name for name in imported["--help"] if name.startswith("dealrun")}
    assert ours <= {"dealrun", "dealrun.cli", "dealrun.cli.main", "dealrun.cli.arguments", "dealrun.cli.days",
                    "dealrun.cli.errors", "dealrun.budget", "dealrun.errors", "dealrun.limits"}  # fmt: skip
    assert not {"lark", "jsonschema", "hypothesis"} & imported["state"]


# --- completion -------------------------------------------------------------------------------------------------------


def complete(*words: str, capsys: Capture) -> set[str]:
    """What bash offers for the last of some words."""
    script = run(capsys, "completion", "bash").out
    typed = " ".join(f"'{word}'" for word in words)
    asked = f"COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; _dealrun; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", f"{script}\n{asked}"], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_options_and_files(capsys: Capture) -> None:
    assert complete("dealrun", "", capsys=capsys) == {
        "check", "state", "timeline", "calendar", "why", "diff", "changes", "what-if", "restate", "history", "compare",
        "prove", "exposure", "settle", "fmt", "test", "explain", "schema", "completion",
    }  # fmt: skip
    assert complete("dealrun", "st", capsys=capsys) == {"state"}
    assert complete("dealrun", "state", "--", capsys=capsys) >= {"--on", "--known", "--assume", "--set", "--format"}
    assert "--party" not in complete("dealrun", "diff", "--", capsys=capsys)
    assert complete("dealrun", "check", "contr", capsys=capsys) == {"contracts"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_read_their_scripts(shell: str, capsys: Capture) -> None:
    found = shutil.which(shell)
    script = run(capsys, "completion", shell).out
    for command in ("check", "completion"):
        assert command in script
    if found is not None:
        subprocess.run([found, "-n"], input=script, text=True, check=True)


def test_output_needs_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output may be a plain stream, as for those who call `main` themselves."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    assert main(["test", DEAL]) == 0
    assert "expectations hold" in stream.getvalue()


def test_a_day_of_knowledge_before_all_says_that_no_clause_is_there(capsys: Capture) -> None:
    out = run(capsys, "state", DEAL, "--on", "2027-01-01", "--known", "2010-01-01", "--quiet").out
    assert out == "no clause is there, as known on 2010-01-01\n"


def test_a_device_is_written_to_and_never_replaced(tmp_path: Path, capsys: Capture) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run(capsys, "restate", DEAL, "--on", "2027-01-01", "--quiet", "-o", str(pipe)).code == 0
        assert os.read(reader, 100).startswith(b"deal openai-microsoft")
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        (["state", "DEAL", "--party", ""], {"MSFT", "OAI"}),
        (["state", "DEAL", "--reading", "an"], {"annual_cap"}),
        (["changes", "DEAL", "--instrument", "apr"], {"apr2026"}),
        (["calendar", "DEAL", "--format", ""], {"text", "json", "ics", "csv", "xlsx"}),
        (["explain", "unrec"], {"unrecorded"}),
        (["explain", "DR50"], {"DR501", "DR502", "DR503", "DR504", "DR505", "DR506", "DR507", "DR508"}),
        (["schema", "wha"], {"what-if"}),
        (["completion", ""], {"bash", "zsh", "fish"}),
        (["state", "DEAL", "--bri"], {"--brief"}),
        (["sta"], {"state"}),
    ],
)
def test_a_shell_completes_values(line: list[str], offered: set[str], tmp_path: Path, capsys: Capture) -> None:
    program = tmp_path / "dealrun"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dealrun "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    words = " ".join(f"'{word}'" for word in ["dealrun", *(str(DEAL) if word == "DEAL" else word for word in line)])
    script = run(capsys, "completion", "bash").out
    ask = f'\nCOMP_WORDS=({words}); COMP_CWORD={len(line)}; _dealrun; printf "%s\\n" "${{COMPREPLY[@]}}"\n'
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script + ask], capture_output=True, text=True, check=True, cwd=ROOT, encoding="utf-8",
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    found = set(done.stdout.split())
    assert offered <= found
    if line[0] not in {"completion", "explain", "schema"}:
        assert found == offered
