"""The fuzz harness itself: its corpus, some hundred of its cases, and that a case can be played again.

The million cases are `make fuzz`; these are the few that every run of the tests can afford.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from conftest import ROOT
from fuzz import cases, commands, judge, mutate, play
from fuzz.cases import Case, File
from fuzz.shrink import Shrinker

SEED = 20
CASES = 300
BUDGET = 20
"""Seconds that a case may take here, where other tests run beside it."""
SEEDS = sorted(mutate.CORPUS.glob("*.deal"))


class Late(Exception):  # noqa: N818 - it is no error of the operating system, as `TimeoutError` is
    """A case that takes too long."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder, a trap for accidents, and an end to what hangs."""

    def late(number: int, frame: FrameType | None) -> None:
        raise Late(f"a case takes more than {BUDGET} seconds")

    case = tmp_path / "case"
    case.mkdir()
    monkeypatch.chdir(case)
    monkeypatch.setenv("COLUMNS", "100")
    before = signal.signal(signal.SIGALRM, late)
    remove = play.watch_usage_errors()
    play.quick_parser(quick=True)
    yield case
    play.quick_parser(quick=False)
    remove()
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def faults_of(case: Case, number: int = 0) -> list[str]:
    signal.alarm(BUDGET)
    _, faults = judge.judge(case, number)
    signal.alarm(0)
    return [f"{case.id}: {fault}" for fault in faults]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_seed_of_the_corpus_keeps_every_promise(path: Path, folder: Path) -> None:
    file = File("a.deal", path.read_bytes())
    asked = tuple((name, "2025-06-01", "2025-12-31") for name in cases.ASKED)
    faults = faults_of(Case(path.stem, "text", (file,), questions=asked))
    for name in commands.NAMES:
        day = {"state": ("--on",), "restate": ("--on",), "calendar": ("--from",)}.get(name, ())
        argv = (
            name,
            *(("term",) if name in {"why", "history"} else ()),
            *(word for d in day for word in (d, "2025-06-01")),
        )
        faults += faults_of(Case(path.stem, "command", (file,), (*argv, "a.deal")))
    assert not faults, "\n".join(faults)


def test_generated_cases_keep_every_promise(folder: Path) -> None:
    faults = [fault for n in range(CASES) for fault in faults_of(cases.make(SEED, n), n)]
    assert not faults, "\n".join(faults)


def test_every_kind_of_case_is_made_and_enough_contracts_load(folder: Path) -> None:
    made = [cases.make(SEED, n) for n in range(CASES)]
    assert {case.kind for case in made} >= {"text", "questions", "corpus", "command", "arguments", "facts"}
    texts = [case for case in made if case.kind == "text"]
    loaded = sum(judge.judge(case, 1)[0].code == 0 for case in texts)
    assert loaded >= 0.4 * len(texts), f"{loaded} of {len(texts)} contracts load"


def test_a_seed_and_a_number_make_the_same_case_whatever_the_hashes() -> None:
    script = (
        "import sys; sys.path.insert(0, 'tests'); from fuzz import cases; import hashlib; "
        f"print(hashlib.sha256(''.join(cases.make({SEED}, n).dump() for n in range(200)).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(digests) == 1
    assert all(cases.loaded(case.dump()) == case for case in (cases.make(SEED, n) for n in range(200)))


def test_the_judge_sees_what_must_not_be(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(argv: list[str]) -> int:
        Path("left.txt").write_text("", encoding="utf-8")
        Path("a.deal").write_text("", encoding="utf-8")
        print("\x1b[31m")
        return {"state": 7}[argv[0]]

    monkeypatch.setattr("dealrun.cli.main.main", broken)
    file = File("a.deal", b'party A "A"\n')
    sorts = {judge.sort_of(f.partition(": ")[2]) for f in faults_of(Case("x", "command", (file,), ("state", "a.deal")))}
    assert sorts == {
        "exit code of state", "control character in standard output of state", "file left by state",
        "input changed by state",
    }  # fmt: skip
    (fault, *_) = faults_of(Case("x", "command", (file,), ("check", "a.deal")))
    assert "KeyError" in fault


def test_a_failure_shrinks_to_what_makes_it_fail() -> None:
    text = "".join(f'c{n}: permit A "x"\n' for n in range(20)) + "bad: fee A 1 USD over 0 years\n"
    case = Case("x", "text", (File("a.deal", text.encode()),), questions=(("state", "2025-01-01"), ("test",)))
    small = Shrinker(lambda c: "over" in c.text and "0" in c.text, case).run()
    assert len(small.text) < 10
    assert not small.questions


def test_a_run_ends_with_its_sum(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "tests/fuzz/run.py",
        "--cases",
        "60",
        "--seed",
        str(SEED),
        "--failures",
        str(tmp_path / "f"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "60 passed, 0 failed"
    assert not (tmp_path / "f").exists()
    again = subprocess.run(
        [sys.executable, "tests/fuzz/run.py", "--replay", f"{SEED}:5"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert again.returncode == 0, again.stdout + again.stderr
