"""A worker: plays cases one after another in this process, and reports about them.

In: lines of JSON, each a range of numbers or a case. Out: a line of JSON for each. Guaranteed: the parent can tell at
any time which case runs since when, from a small file in shared memory; what a case prints does not reach the parent.
"""

import collections
import contextlib
import datetime as dt
import faulthandler
import gc
import importlib
import json
import mmap
import os
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, Final

HEARTBEAT: Final = struct.Struct("qd")
"""The number of the case that runs (or -1), and since when."""
SHIFT: Final = dt.timedelta(days=401, hours=7)
"""How far the clock of the second environment is ahead."""
TWINNED: Final = 25
"""One case in so many is played in a second environment as well."""
REAL_PARSER: Final = 50
"""One command line in so many makes a parser of its own, as every run does."""
ADDRESS_SPACE: Final = 6 << 30
"""Bytes of address space, as a last resort; the parent looks at what is used."""


def shift_clock() -> None:
    """The clock is ahead from now on."""
    seconds = SHIFT.total_seconds()
    true_time = time.time

    class Kind(type):
        """A type of which every date or time of the true type is an instance."""

        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, cls.__mro__[1])

    true_date = dt.date

    class Date(dt.date, metaclass=Kind):
        """Makes dates of the true type; but today is another day."""

        def __new__(cls, year: int, month: int, day: int) -> Any:
            return true_date(year, month, day)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(true_time() + seconds)

    class DateTime(dt.datetime, metaclass=Kind):
        """A time whose now is another time."""

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "DateTime":
            return cls.fromtimestamp(true_time() + seconds, tz)

    dt.date, dt.datetime = Date, DateTime  # type: ignore[misc, assignment]
    time.time = lambda: true_time() + seconds


class Worker:
    """A process that plays cases; `twin` is one in the second environment."""

    def __init__(self, folder: Path, seed: int, *, twin: bool) -> None:
        from fuzz import play  # noqa: PLC0415 - the clock is shifted before the library is imported

        self.seed, self.twin = seed, twin
        self.answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with (folder / "heartbeat").open("r+b") as file:
            self.heartbeat = mmap.mmap(file.fileno(), HEARTBEAT.size)
        # A handle that stays open: the place at which a case hangs is written to it when the parent asks.
        self.stacks = (folder / "stack").open("w")
        faulthandler.register(signal.SIGUSR1, self.stacks, all_threads=True)
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder / "tmp")
        os.chdir(folder / "case")
        self.temporary = folder / "tmp"
        play.watch_usage_errors()
        play.quick_parser(quick=True)
        gc.freeze()

    def beat(self, number: int) -> None:
        """The parent sees that a case begins."""
        self.heartbeat[:] = HEARTBEAT.pack(number, time.monotonic())

    def play(self, case: Any, number: int) -> tuple[Any, list[str]]:
        """A case, with what it leaves in the folder for temporary files."""
        from fuzz import asking, judge, play  # noqa: PLC0415 - as above

        asking.EXACT["answers"] = not number % TWINNED
        if not number % REAL_PARSER:
            play.quick_parser(quick=False)
        try:
            found, faults = judge.judge(case, number)
        except Exception:  # noqa: BLE001 - a defect of the harness must not end the run
            play.clear()
            found, faults = play.Played(-1), [f"the harness itself: {traceback.format_exc()}"]
        if not number % REAL_PARSER:
            play.quick_parser(quick=True)
        if left := os.listdir(self.temporary):
            faults.append(f"temporary files left by {case.kind}: {left}")
            for name in left:
                with contextlib.suppress(OSError):
                    (self.temporary / name).unlink()
        return found, faults

    def one(self, case: Any, number: int = 1) -> dict[str, Any]:
        """A case by itself: its faults, its exit code and its digest."""
        from fuzz import judge  # noqa: PLC0415 - as above

        self.beat(number)
        found, faults = self.play(case, number)
        self.beat(-1)
        return {"faults": faults, "code": found.code, "digest": judge.digest(found), "out": found.out, "err": found.err}

    def digests(self, numbers: list[int]) -> dict[str, Any]:
        """The digests of some cases."""
        from fuzz import cases, judge  # noqa: PLC0415 - as above

        found = {}
        for number in numbers:
            self.beat(number)
            found[number] = judge.digest(self.play(cases.make(self.seed, number), number)[0])
        self.beat(-1)
        return {"digests": found, "peak": peak()}

    def cases(self, start: int, stop: int) -> dict[str, Any]:
        """The cases of a range, counted."""
        from fuzz import cases, judge  # noqa: PLC0415 - as above

        counts: collections.Counter[str] = collections.Counter()
        commands: collections.Counter[str] = collections.Counter()
        codes: set[str] = set()
        failures: list[tuple[int, list[str]]] = []
        slow: list[tuple[float, int, str]] = []
        digests: dict[int, str] = {}
        for number in range(start, stop):
            self.beat(number)
            began = time.perf_counter()
            case = cases.make(self.seed, number)
            before = peak()
            found, faults = self.play(case, number)
            slow.append((time.perf_counter() - began, number, case.kind))
            grown = peak() - before
            if grown > 300:
                faults.append(f"{grown} MB more memory: {case.kind}")
            counts[f"{case.kind} {found.code}"] += 1
            if case.argv:
                commands[case.argv[0]] += 1
            codes |= found.codes
            if faults:
                failures.append((number, faults))
            elif not number % TWINNED and not case.other:
                digests[number] = judge.digest(found)
        self.beat(-1)
        slow = sorted(slow)[-5:]
        return {
            "counts": counts, "commands": commands, "codes": sorted(codes), "failures": failures, "slow": slow,
            "digests": digests, "peak": peak(), "done": stop - start,
        }  # fmt: skip

    def serve(self) -> None:
        """The requests of the parent, until it closes its end."""
        from fuzz import cases  # noqa: PLC0415 - as above

        for line in os.fdopen(os.dup(0), encoding="utf-8"):
            request = json.loads(line)
            if "range" in request:
                answer = self.cases(*request["range"])
            elif "numbers" in request:
                answer = self.digests(request["numbers"])
            elif "number" in request:
                answer = self.one(cases.make(self.seed, request["number"]), request["number"])
            else:
                answer = self.one(cases.loaded(request["case"]))
            self.answers.write(json.dumps(answer) + "\n")
            self.answers.flush()


def peak() -> int:
    """Megabytes of memory that this process has used at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main() -> None:
    """A worker in a folder, for a seed: `worker.py FOLDER SEED [twin]`."""
    twin = "twin" in sys.argv[3:]
    if twin:
        for name in (
            "pyarrow.parquet",
            "pyarrow.dataset",
            "duckdb",
            "pandas",
        ):  # what is compiled is imported before the clock is shifted
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        shift_clock()
    sys.path.insert(0, str(Path(__file__).parents[1]))
    Worker(Path(sys.argv[1]), int(sys.argv[2]), twin=twin).serve()


if __name__ == "__main__":
    main()
