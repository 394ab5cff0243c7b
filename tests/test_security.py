"""What an untrusted contract, ledger, table of rates or file name may not do; docs/security.md names these tests."""

import gzip
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import dealrun
from conftest import ROOT
from dealrun.source import opening

HIDDEN = "hidden-9731"
HEAD = 'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\nstream sales "sales"\n'
ROYALTY = "r: royalty B->A 10% of sales paid quarterly\n"
ROWS = "date,stream,amount\n2024-02-01,sales,100.00\n"


class Run(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it printed."""
        return self.out + self.err


def environment(**more: str) -> dict[str, str]:
    """The variables of a command: those of the tests, and some more."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "dsl"), **more}


def run(*arguments: str | bytes, cwd: Path, env: dict[str, str] | None = None, seconds: float = 20) -> Run:
    """Run a command as a user does, within seconds."""
    done = subprocess.run(
        [sys.executable, "-m", "dealrun", *arguments], cwd=cwd, capture_output=True, timeout=seconds, check=False,
        stdin=subprocess.DEVNULL, env=environment(**(env or {})),
    )  # fmt: skip
    out, err = (text.decode("utf-8", "surrogateescape") for text in (done.stdout, done.stderr))
    assert "Traceback" not in out + err, err
    return Run(done.returncode, out, err)


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    """A deal's folder, beside one with what it must not read."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "x.csv").write_text(ROWS + f"{HIDDEN},sales,1\n", encoding="utf-8")
    (tmp_path / "private" / "x.deal").write_text(f'party {HIDDEN.replace("-", "")} "x\n', encoding="utf-8")
    (tmp_path / "private" / "rates.csv").write_text(f"date,from,to,rate\n{HIDDEN},EUR,USD,1\n", encoding="utf-8")
    folder = tmp_path / "deal"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "here.csv").write_text(ROWS, encoding="utf-8")
    return folder


def settled(folder: Path, declared: str, *options: str) -> Run:
    """Settle a deal that declares something."""
    (folder / "a.deal").write_text(HEAD + declared + ROYALTY, encoding="utf-8")
    return run("settle", ".", *options, cwd=folder)


# --- a contract reads below its folder alone --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "../private/x.csv", "[s::]ub/../../private/x.csv", "x::/../../private/x.csv", "link.csv", "lin*.csv",
        "linked/x.csv", "*/../../private/x.csv", "linked/../x.csv", "**/x.csv", "/etc/passwd",
        "sub/../../private/x.csv",        "../private/*.csv", "./sub/./../../private/x.csv",
        "linked", "x.duckdb::/../../private/x.csv",
    ],
)  # fmt: skip
@pytest.mark.parametrize("word", ["ledger", "rates"])
def test_a_declared_file_lies_below_the_deals_folder(deal: Path, word: str, path: str) -> None:
    """However its path, its links or its pattern lead there, nothing outside is read, and nothing of it is shown."""
    (deal / "link.csv").symlink_to(deal.parent / "private" / ("x.csv" if word == "ledger" else "rates.csv"))
    (deal / "linked").symlink_to(deal.parent / "private")
    found = settled(deal, f'{word} all "{path}"\n', *(["--ledger", "sub/here.csv"] if word == "rates" else []))
    assert HIDDEN not in found.said
    assert "root:" not in found.said
    assert (found.code, "error[DR701]" in found.err) == (1, True)


@pytest.mark.parametrize("path", ["sub/here.csv", "sub/*.csv", "*/here.csv", "sub/../sub/here.csv", "inner.csv"])
def test_what_lies_below_is_read(deal: Path, path: str) -> None:
    """A link within the folder is no harm."""
    (deal / "inner.csv").symlink_to("sub/here.csv")
    found = settled(deal, f'ledger all "{path}"\n', "--through", "2024-03-31")
    assert (found.code, "10.00" in found.out) == (0, True)


@pytest.mark.parametrize("how", ["include", "link", "linked folder"])
def test_an_include_or_a_link_leads_nowhere_else(deal: Path, how: str) -> None:
    """Neither does an `include` read outside, nor a `.deal` file of a folder that is a link."""
    text = HEAD
    if how == "include":
        text += 'include "../private/x.deal"\n'
    elif how == "link":
        (deal / "x.deal").symlink_to(deal.parent / "private" / "x.deal")
    else:
        (deal / "linked").symlink_to(deal.parent / "private")
        text += 'include "linked/x.deal"\n'
    (deal / "a.deal").write_text(text, encoding="utf-8")
    found = run("check", ".", cwd=deal)
    assert found.code in {1, 2}
    assert "lies outside the folder of the deal" in found.said
    assert HIDDEN.replace("-", "") not in found.said


DUCKDB = {
    "view": "create view v as select * from read_csv('{secret}')",
    "macro": "create macro m() as table select * from read_csv('{secret}'); create view v as from m()",
    "recursive": "create view v as with recursive t(i) as (select 1 union all select i + 1 from t) select * from t",
}


@pytest.mark.parametrize("kind", DUCKDB)
def test_a_view_of_a_database_is_refused(deal: Path, kind: str) -> None:
    """A view may read other files, or never end."""
    duckdb: Any = pytest.importorskip("duckdb")
    with duckdb.connect(deal / "x.duckdb") as connection:
        for statement in DUCKDB[kind].format(secret=deal.parent / "private" / "x.csv").split("; "):
            connection.execute(statement)
    found = settled(deal, 'ledger all "x.duckdb::v"\n')
    assert (found.code, HIDDEN in found.said) == (1, False)
    assert "only tables are read" in found.err


def test_a_computed_column_of_a_database_is_refused(deal: Path) -> None:
    """A column that is computed as it is read never ends, or does what a view does."""
    duckdb: Any = pytest.importorskip("duckdb")
    with duckdb.connect(deal / "x.duckdb") as connection:
        connection.execute("CREATE TABLE v (date DATE, stream VARCHAR, amount DECIMAL(18, 2), more AS (amount * 2))")
    found = settled(deal, 'ledger all "x.duckdb::v"\n')
    assert found.code == 1
    assert "DR701" in found.err
    assert "comput" in found.err or "generated" in found.err


def test_a_pattern_outside_the_folder_is_refused_before_anything_is_looked_at(
    deal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pattern that begins at the root of the machine would look at every file of it."""
    looked: list[str] = []
    real = os.listdir

    def listdir(path: Any = ".") -> Any:
        looked.append(os.path.realpath(path))
        return real(path)

    monkeypatch.setattr(os, "listdir", listdir)
    with pytest.raises(opening.UnreadableError):
        opening.matching("/**/*.zzz", str(deal))
    assert looked == []


@pytest.mark.parametrize("spare", [0, -1])
def test_a_pattern_looks_at_so_many_files_and_no_more(deal: Path, monkeypatch: pytest.MonkeyPatch, spare: int) -> None:
    """The limit is exact."""
    folder = deal / "many"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.csv").write_text(ROWS)
    monkeypatch.setattr(opening, "MAX_ENTRIES", 5 + spare)
    pattern = str(deal / "many" / "*.csv")
    if spare:
        with pytest.raises(opening.UnreadableError, match="more than 4 files"):
            opening.matching(pattern, str(deal))
    else:
        assert len(opening.matching(pattern, str(deal))) == 5


def test_a_file_that_is_replaced_meanwhile_is_refused(deal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at a path and its opening, a link may take the file's place."""
    path = deal / "sub" / "here.csv"
    real = os.open

    def swap(*arguments: Any, **more: Any) -> int:
        path.unlink()
        path.symlink_to(deal.parent / "private" / "x.csv")
        return real(*arguments, **more)

    monkeypatch.setattr(os, "open", swap)
    with pytest.raises(opening.UnreadableError):
        opening.open_file(str(path), str(deal))


# --- files that are none ----------------------------------------------------------------------------------------------


@pytest.fixture
def pipe(deal: Path) -> str:
    """A pipe that nobody writes to."""
    os.mkfifo(deal / "pipe.deal")
    os.mkfifo(deal / "pipe.csv")
    return "pipe.deal"


@pytest.mark.parametrize("arguments", [
    ["check", "pipe.deal"], ["check", "."], ["check", "x.deal"], ["check", "/dev/zero"], ["fmt", "pipe.deal"],
    ["settle", "a.deal", "--ledger", "pipe.csv"], ["settle", "a.deal", "--ledger", "/dev/zero"],
    ["settle", "a.deal", "--rates", "pipe.csv"], ["settle", "a.deal", "--rates", "/dev/zero"],
    ["settle", "a.deal", "--rates", "sub"], ["check", "--portfolio", "."], ["state", "pipe.deal"],
])  # fmt: skip
@pytest.mark.usefixtures("pipe")
def test_what_is_no_file_is_refused(deal: Path, arguments: list[str]) -> None:
    """A pipe, a device or a folder is never waited for, nor read without end."""
    (deal / "a.deal").write_text(HEAD + ROYALTY, encoding="utf-8")
    (deal / "x.deal").mkdir()
    found = run(*arguments, cwd=deal)
    assert found.code in {1, 2}
    assert found.err or "DR906" in found.out


def test_endless_standard_input_is_cut(deal: Path) -> None:
    """Of standard input no more is read than a file may have."""
    with Path("/dev/zero").open("rb") as endless:
        done = subprocess.run(
            [sys.executable, "-m", "dealrun", "check", "-"], stdin=endless, capture_output=True, timeout=20,
            check=False, cwd=deal, env=environment(),
        )  # fmt: skip
    assert done.returncode == 2
    assert b"the limit" in done.stderr


@pytest.mark.parametrize(("shell", "code"), [
    ("check - <&-", 2), ("fmt - <&-", 2), ("check a.deal >&-", 2), ("check a.deal 2>&-", 0),
    ("state a.deal >&- 2>&-", 2),
    ("check a.deal > /dev/full", 2), ("settle a.deal <&-", 0),
])  # fmt: skip
def test_a_stream_that_is_closed_is_told(deal: Path, shell: str, code: int) -> None:
    """Closed or full standard streams end in exit code 2, not in a traceback."""
    (deal / "a.deal").write_text(HEAD + ROYALTY, encoding="utf-8")
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m dealrun {shell}"], capture_output=True, timeout=20, check=False, cwd=deal,
        env=environment(),
    )  # fmt: skip
    assert b"Traceback" not in done.stdout + done.stderr
    assert done.returncode == code, done


def test_a_ledger_that_unpacks_without_end_is_read_in_little_memory(deal: Path) -> None:
    """A small archive that holds much is read as a stream."""
    row = b"2024-02-01,sales,1.00\n"
    (deal / "bomb.csv.gz").write_bytes(gzip.compress(b"date,stream,amount\n" + row * 2_000_000, mtime=0))
    found = settled(deal, 'ledger all "bomb.csv.gz"\n', "--through", "2024-03-31")
    assert (found.code, "200,000.00" in found.out) == (0, True)


# --- what is printed --------------------------------------------------------------------------------------------------

CONTROLS = "\x1b[31m\x07\x0b\x0c\x7f\x9b\u202e\u2066\u2028"


@pytest.mark.parametrize("arguments", [
    ["settle", "a.deal", "--ledger", "l.csv"], ["settle", "a.deal", "--ledger", "l.csv", "--format", "csv"],
    ["settle", "a.deal", "--ledger", "l.csv", "--format", "json"], ["settle", "a.deal", "--ledger", CONTROLS],
    ["settle", "a.deal", "--ledger", "l.csv", "--detail", "out.csv"], ["check", CONTROLS], ["explain", CONTROLS],
    ["state", "a.deal", "--party", CONTROLS], ["settle", "a.deal", "--no-such", CONTROLS], [CONTROLS],
    ["why", CONTROLS, "a.deal"], ["restate", "a.deal", "--so-far", f"{CONTROLS}=1 USD"], ["check", "bad.deal"],
    ["fmt", "--diff", "bad.deal"], ["check", "bad.deal", "--format", "json"], ["settle", "a.deal", "--map", CONTROLS],
    ["state", "a.deal", "--set", f"{CONTROLS}=1"], ["calendar", "a.deal", "--from", CONTROLS], ["fmt", CONTROLS],
    ["check", "a.deal"], ["state", "a.deal", "--on", "2025-01-01"], ["restate", "a.deal", "--on", "2025-01-01"],
    ["calendar", "a.deal", "--from", "2024-01-01", "--format", "ics"], ["calendar", "a.deal", "--from", "2024-01-01"],
    ["changes", "a.deal", "--markdown"], ["changes", "a.deal"], ["why", "q", "a.deal", "--on", "2025-01-01"],
    ["diff", "a.deal", "--on", "2024-01-01", "--against", "2025-01-01"], ["history", "q", "a.deal"],
    ["timeline", "a.deal"], ["test", "a.deal"], ["diff", "a.deal", "b.deal", "--as-amendment"],
    ["what-if", "a.deal", "--amend", "b.deal"], ["settle", "a.deal", "--ledger", "l.csv", "--plot", "out.svg"],
])  # fmt: skip
@pytest.mark.parametrize("how", ["printed", "written"])
def test_no_control_character_reaches_an_output(deal: Path, arguments: list[str], how: str) -> None:
    """Neither a terminal nor another program is made to obey what a contract, a ledger or an argument holds."""
    text = HEAD.replace('"D"', f'"D {CONTROLS}"') + f'q: require A->B "act {CONTROLS}" by 2024-06-01 [src x]\n'
    text += f'source src "title {CONTROLS}"\nexpect on 2024-03-01: q "other {CONTROLS}"\n'
    text += f'amend one "One {CONTROLS}" signed 2024-07-01\n  add p: permit A "sing {CONTROLS}"\n'
    (deal / "a.deal").write_text(text + ROYALTY, encoding="utf-8")
    (deal / "b.deal").write_text(text.replace("act", f"do {CONTROLS}") + ROYALTY, encoding="utf-8")
    (deal / "bad.deal").write_text(
        HEAD + f'q: require A->B "{CONTROLS}" by x{CONTROLS} # {CONTROLS}\n', encoding="utf-8"
    )
    rows = f"date,stream,amount,payer,{CONTROLS}\n2024-02-01,sales,1.00,B,{CONTROLS}\n"
    rows += f"2024-02-02,sales,1.00,{CONTROLS},\n"
    (deal / "l.csv").write_text(rows, encoding="utf-8")
    if how == "written":
        arguments = [*arguments, "-o", "out.txt"]
    found = run(*arguments, cwd=deal)
    outputs = [path for path in deal.iterdir() if path.name.startswith("out.")]
    written = "".join(path.read_text(encoding="utf-8") for path in outputs)
    assert found.said or written
    for character in CONTROLS:
        if not character.isprintable():
            assert character not in found.said + written, f"{character!r} of {arguments}"


@pytest.mark.parametrize("arguments", [
    ["restate", "a.deal", "--on", "2025-01-01"], ["calendar", "a.deal", "--from", "2024-01-01", "--format", "ics"],
])  # fmt: skip
def test_a_zero_byte_is_replaced_too(deal: Path, arguments: list[str]) -> None:
    """Few programs expect NUL in a text."""
    (deal / "a.deal").write_text(HEAD + 'q: require A->B "act \x00" by 2024-06-01\n', encoding="utf-8")
    found = run(*arguments, cwd=deal)
    assert (found.code, "\x00" in found.said, "\ufffd" in found.out) == (0, False, True)


@pytest.mark.parametrize("value", ["=1+1", "@SUM(1)", "+1+1", "-1+1", "\t=1", "\r=1"])
def test_a_spreadsheet_computes_no_cell_of_a_ledger(deal: Path, value: str) -> None:
    """What a spreadsheet would take for a formula is text there: cells and headers of `--detail`."""
    pytest.importorskip("duckdb")
    quoted = f'"{value}"'
    (deal / "l.csv").write_text(f"date,stream,amount,payer,{quoted}\n2024-02-01,sales,1.00,{quoted},{quoted}\n",
                                encoding="utf-8", newline="")  # fmt: skip
    found = settled(deal, "", "--ledger", "l.csv", "--detail", "out.csv")
    assert found.code == 0, found
    for cell in (deal / "out.csv").read_text(encoding="utf-8").replace("\n", ",").split(","):
        assert cell.strip('"')[:1] not in {"=", "@", "+", "\t", "\r"}, cell
        assert not cell.strip('"').startswith("-1+"), cell


# --- outputs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [
    ["settle", "a.deal", "--ledger", "l.csv", "-o", "l.csv"],
    ["restate", "a.deal", "--on", "2025-01-01", "-o", "a.deal"],
    ["settle", "a.deal", "--ledger", "l.csv", "--detail", "l.csv"], ["settle", "a.deal", "-o", "./a.deal"],
    ["settle", "a.deal", "--ledger", "l.csv", "--rates", "r.csv", "-o", "r.csv"],
    ["settle", "a.deal", "--ledger", "l.csv", "--detail", "r.csv", "--rates", "r.csv"],
    ["settle", "a.deal", "--ledger", "l.csv", "-o", "x.csv", "--detail", "x.csv"],
    ["settle", "a.deal", "--ledger", "l.*", "-o", "l.csv"], ["calendar", "a.deal", "-o", "link.deal"],
    ["settle", "a.deal", "--ledger", "l.csv", "--plot", "x.svg", "-o", "./x.svg"],
    ["diff", "a.deal", "b.deal", "--as-amendment", "-o", "b.deal"],
])  # fmt: skip
def test_no_output_overwrites_an_input_or_another_output(deal: Path, arguments: list[str]) -> None:
    """By whatever name, a file that is read is not written, and a file is written once."""
    (deal / "a.deal").write_text(HEAD + ROYALTY, encoding="utf-8")
    (deal / "b.deal").write_text(HEAD + ROYALTY.replace("10%", "11%"), encoding="utf-8")
    (deal / "l.csv").write_text(ROWS, encoding="utf-8")
    (deal / "r.csv").write_text("date,from,to,rate\n2024-01-01,EUR,USD,1.1\n", encoding="utf-8")
    (deal / "link.deal").symlink_to("a.deal")
    before = {path.name: path.read_bytes() for path in deal.iterdir() if path.is_file()}
    found = run(*arguments, cwd=deal)
    assert (found.code, "file" in found.err) == (2, True), found
    assert {path.name: path.read_bytes() for path in deal.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("option", ["-o", "--detail"])
def test_a_link_stays_a_link_and_a_mode_a_mode(deal: Path, option: str) -> None:
    """What is written by way of a link goes to its target, whose mode stays."""
    pytest.importorskip("duckdb")
    (deal / "l.csv").write_text(ROWS, encoding="utf-8")
    target = deal / "sub" / "out.csv"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o600)
    (deal / "link.csv").symlink_to("sub/out.csv")
    found = settled(deal, "", "--ledger", "l.csv", "--format", "csv", option, "link.csv")
    assert found.code == 0, found
    assert (deal / "link.csv").is_symlink()
    assert target.read_text(encoding="utf-8").startswith(("date", "row"))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in deal.rglob("*") if path.name.endswith((".tmp", ".part"))) == []


def test_writers_of_one_file_do_not_disturb_one_another(deal: Path) -> None:
    """Six threads write one file of detail; each succeeds, and the file is whole."""
    pytest.importorskip("duckdb")
    (deal / "l.csv").write_text(ROWS, encoding="utf-8")
    contract = dealrun.loads(HEAD + ROYALTY)
    failed: list[BaseException] = []

    def write() -> None:
        try:
            contract.settle(str(deal / "l.csv"), detail=str(deal / "out.csv"), through="2024-03-31")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len((deal / "out.csv").read_text(encoding="utf-8").splitlines()) == 2
    assert sorted(path.name for path in deal.iterdir()) == ["l.csv", "out.csv", "sub"]


def temporary(folder: Path) -> Iterator[Path]:
    """What is left in a folder for temporary files."""
    return folder.iterdir()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind_when_the_program_is_ended(deal: Path, number: signal.Signals) -> None:
    """Ctrl-C, `kill` and `kill -9` leave the old output, and no temporary file beside it."""
    pytest.importorskip("duckdb")
    rows = "".join(f"2024-02-{day % 28 + 1:02},sales,{day}.00\n" for day in range(300_000))
    (deal / "l.csv").write_text("date,stream,amount\n" + rows, encoding="utf-8")
    (deal / "a.deal").write_text(HEAD + ROYALTY, encoding="utf-8")
    (deal / "out.csv").write_text("old", encoding="utf-8")
    (deal / "tmp").mkdir()
    env = environment(TMPDIR=str(deal / "tmp"))
    child = subprocess.Popen(
        [sys.executable, "-m", "dealrun", "settle", "a.deal", "--ledger", "l.csv", "--detail", "out.csv"], cwd=deal,
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(0.45)
    child.send_signal(number)
    _, err = child.communicate(timeout=20)
    assert b"Traceback" not in err
    assert child.returncode in {0, 130, 143, -signal.SIGKILL}
    if child.returncode:
        assert (deal / "out.csv").read_text(encoding="utf-8") == "old"
    left = [path.name for path in deal.iterdir()] + [path.name for path in temporary(deal / "tmp")]
    assert sorted(left) == ["a.deal", "l.csv", "out.csv", "sub", "tmp"]


def test_a_settlement_leaves_no_folder_in_the_temporary_one(deal: Path) -> None:
    """Nor does one that is refused."""
    pytest.importorskip("duckdb")
    (deal / "tmp").mkdir()
    for text in (ROWS, "date,stream,amount\nx,sales,1\n"):
        (deal / "l.csv").write_text(text, encoding="utf-8")
        (deal / "a.deal").write_text(HEAD + ROYALTY, encoding="utf-8")
        run("settle", "a.deal", "--ledger", "l.csv", cwd=deal, env={"TMPDIR": str(deal / "tmp")})
        assert list((deal / "tmp").iterdir()) == []
    assert tempfile.gettempdir()


# --- names and words --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every file name is text")
@pytest.mark.parametrize("option", ["file", "--ledger", "--detail", "-o", "--rates"])
def test_a_file_name_that_is_no_text_is_a_name(deal: Path, option: str) -> None:
    """A name that is not UTF-8 is used as it is, and printed so that a terminal can bear it."""
    pytest.importorskip("duckdb")
    name = b"caf\xe9"
    suffix = b".deal" if option == "file" else b".csv"
    path = os.path.join(os.fsencode(deal), name + suffix)
    (deal / "a.deal").write_text(HEAD + ROYALTY, encoding="utf-8")
    (deal / "l.csv").write_text(ROWS, encoding="utf-8")
    content = {"file": HEAD + ROYALTY, "--ledger": ROWS, "--rates": "date,from,to,rate\n2024-01-01,EUR,USD,1.1\n"}
    if option in content:
        Path(os.fsdecode(path)).write_text(content[option], encoding="utf-8")
    arguments: list[str | bytes] = ["settle", name + suffix] if option == "file" else ["settle", "a.deal"]
    if option != "--ledger":
        arguments += ["--ledger", "l.csv"]
    if option != "file":
        arguments += [option, name + suffix]
    found = run(*arguments, cwd=deal)
    assert found.code in {0, 1, 2}
    if option in {"file", "--rates"}:
        assert found.code == 0, found
    if option in {"-o", "--detail"} and found.code == 0:
        assert Path(os.fsdecode(path)).exists()


def test_a_word_beyond_ascii_is_told_in_any_locale(deal: Path) -> None:
    """`why fée` under LC_ALL=C says that there is no such name."""
    (deal / "a.deal").write_text(HEAD + ROYALTY, encoding="utf-8")
    found = run("why", "fée", "a.deal", cwd=deal, env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert found.code == 2
    assert "no answer shows a name" in found.err
