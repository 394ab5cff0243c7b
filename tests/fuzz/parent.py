"""The parent: starts workers, hands out ranges of cases, ends what hangs, and sums up.

In: the options of the runner. Out: a summary, files of failures, an exit code. Guaranteed: a case that takes longer
than the budget is played once more by itself before it counts; every process that is ended was started here.
"""

import argparse
import contextlib
import json
import mmap
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from fuzz import cases, judge
from fuzz.cases import Case
from fuzz.report import Tally, write
from fuzz.shrink import Shrinker
from fuzz.worker import HEARTBEAT

BATCH: Final = 100
TWINS: Final = 40
RECYCLED: Final = 30_000
"""Cases after which a worker is replaced, so that what the library keeps does not pile up."""
SHRUNK: Final = 12
"""Kinds of failures that are shrunk; of more there are only the cases."""
SHRINKING: Final = 60
"""Seconds after which no other failure is shrunk."""
KEPT: Final = 3
"""Cases that are written of one kind of failure."""
SECOND: Final = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"}
"""What is different in the second environment, beside the clock."""
FIRST: Final = {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}


def memory_folder() -> Path:
    """A folder in memory where there is one, else one for temporary files."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else Path(tempfile.gettempdir())


class Watched:
    """A worker process and the folder that it works in."""

    def __init__(self, number: int, asked: argparse.Namespace, *, twin: bool = False) -> None:
        self.asked, self.twin, self.number = asked, twin, number
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory_folder()))
        self.busy: dict[str, Any] | None = None
        self.done = 0
        for name in ("case", "tmp"):
            (self.folder / name).mkdir()
        (self.folder / "heartbeat").write_bytes(HEARTBEAT.pack(-1, 0))
        with (self.folder / "heartbeat").open("r+b") as file:
            self.heartbeat = mmap.mmap(file.fileno(), HEARTBEAT.size)
        self.start()

    def start(self) -> None:
        """A new process; the folder is empty."""
        for name in ("case", "tmp"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir()
        self.heartbeat[:] = HEARTBEAT.pack(-1, 0)
        words = [sys.executable, str(Path(__file__).parent / "worker.py"), str(self.folder), str(self.asked.seed)]
        self.process = subprocess.Popen(
            [*words, *(["twin"] if self.twin else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8", env={**os.environ, **(SECOND if self.twin else FIRST)}, start_new_session=True,
        )  # fmt: skip

    def send(self, request: dict[str, Any]) -> None:
        """A request, to which an answer will come."""
        assert self.process.stdin is not None
        self.busy = request
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any] | None:
        """The answer; None where the process has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.busy = None
        return json.loads(line) if line.endswith("\n") else None

    def running(self) -> tuple[int, float]:
        """The case that runs (or -1), and for how long."""
        number, since = HEARTBEAT.unpack(self.heartbeat[:])
        return number, time.monotonic() - since

    def resident(self) -> int:
        """Megabytes of memory in use."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            return (
                int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
            )
        return 0

    def kill(self) -> str:
        """The end of the process; where in the code it was."""
        stack = self.folder / "stack"
        with contextlib.suppress(OSError):
            self.process.send_signal(signal.SIGUSR1)
            time.sleep(0.2)
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
        self.busy = None
        return stack.read_text(encoding="utf-8", errors="replace")[:3000] if stack.is_file() else ""

    def excess(self) -> str:
        """What the case that runs uses too much of; empty where it does not."""
        number, seconds = self.running()
        if number >= 0 and seconds > self.asked.budget:
            return "time"
        return "memory" if self.resident() > self.asked.memory else ""

    def alone(self, case: Case) -> dict[str, Any]:
        """A case by itself, within the budget."""
        self.send({"case": case.dump()})
        return self.wait()

    def wait(self) -> dict[str, Any]:
        """The answer to a request about one case; an excess is a fault."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not selector.select(0.1):
                if excess := self.excess():
                    stack = self.kill()
                    self.start()
                    return {"faults": [f"too much {excess}{_place(stack)}: {stack}"]}
        code = self.process.poll()
        answer = self.receive()
        if answer is None:
            self.kill()
            self.start()
            return {"faults": [f"the process ended: {code}"]}
        return answer

    def close(self) -> None:
        """The end of the process and of its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _place(stack: str) -> str:
    """The innermost function of the library in a stack, as part of a signature."""
    for line in stack.splitlines():
        file, quote, rest = line.partition("/dealrun/")[2].partition('"')
        if quote:
            return f" in {file}:{rest.rpartition(' in ')[2]}"
    return ""


class Parent:
    """A run."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.next = asked.start
        self.again: list[tuple[int, int]] = []
        self.tally = Tally(asked.seed)
        self.digests: dict[int, str] = {}
        self.unlike: list[int] = []
        """Cases that gave other answers in the second environment."""
        self.began = time.monotonic()

    # --- running ------------------------------------------------------------------------------------------------------

    def run(self) -> int:
        """All cases; 1 where one failed."""
        workers = [Watched(n, self.asked) for n in range(max(1, self.asked.workers))]
        twin = Watched(len(workers), self.asked, twin=True)
        try:
            self._loop(workers, twin)
            seconds = time.monotonic() - self.began
            self._settle_unlike(workers[0], twin)
            self._report(workers[0])
        finally:
            for worker in (*workers, twin):
                worker.close()
        print("\n".join(self.tally.summary(seconds)))
        return int(bool(self.tally.failed))

    def _more(self) -> bool:
        if self.again:
            return True
        if self.asked.cases is not None:
            return bool(self.next < self.asked.start + self.asked.cases)
        return bool(time.monotonic() - self.began < self.asked.seconds)

    def _loop(self, workers: list[Watched], twin: Watched) -> None:
        everyone = [*workers, twin]
        while True:
            for worker in workers:
                if worker.busy is None and self._more():
                    self._hand_out(worker)
            rest = not any(worker.busy for worker in workers)
            if twin.busy is None and self.digests and (len(self.digests) >= TWINS or rest):
                twin.send({"numbers": list(self.digests)[:TWINS]})
            busy = [worker for worker in everyone if worker.busy]
            if not busy:
                return
            with selectors.DefaultSelector() as selector:
                for worker in busy:
                    assert worker.process.stdout is not None
                    selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
                ready = [key.data for key, _ in selector.select(0.25)]
            for worker in busy:
                self._attend(worker, ready=worker in ready)

    def _hand_out(self, worker: Watched) -> None:
        if worker.done > RECYCLED:
            worker.kill()
            worker.start()
            worker.done = 0
        if self.again:
            start, stop = self.again.pop()
        else:
            start, stop = self.next, self.next + BATCH
            if self.asked.cases is not None:
                stop = min(stop, self.asked.start + self.asked.cases)
            self.next = stop
        worker.send({"range": [start, stop]})

    def _attend(self, worker: Watched, *, ready: bool) -> None:
        """What a worker says, or does too much of."""
        request = worker.busy or {}
        excess = "" if ready else worker.excess()
        if not ready and not excess:
            return
        number, _ = worker.running()
        answer = worker.receive() if ready else None
        if answer is not None:
            self._count(worker, answer)
            return
        what = f"too much {excess}" if excess else "the process ended"
        worker.kill()
        worker.start()
        if number < 0:
            self.again += [tuple(request["range"])] if "range" in request else []
            return
        if "range" in request:
            start, stop = request["range"]
            self.again += [(a, b) for a, b in ((start, number), (number + 1, stop)) if a < b]
        else:
            self.digests = {n: d for n, d in self.digests.items() if n != number}
        self._once_more(worker, number, what)

    def _once_more(self, worker: Watched, number: int, what: str) -> None:
        """A case that took too long is played by itself, because the machine may have been busy."""
        case = cases.make(self.asked.seed, number)
        answer = worker.alone(case)
        if answer["faults"]:
            self._fail(number, case, answer["faults"])
        else:
            self.tally.noisy += 1
            print(f"{case.id}: {what}, but not by itself", file=sys.stderr)
        self.tally.counts[f"{case.kind} {answer.get('code', 'ended')}"] += 1

    def _count(self, worker: Watched, answer: dict[str, Any]) -> None:
        self.tally.peak = max(self.tally.peak, answer["peak"])
        if worker.twin:
            for text, digest in answer["digests"].items():
                self.tally.compared += 1
                if self.digests.pop(int(text)) != digest:
                    self.unlike.append(int(text))
                    self.tally.failed.add(int(text))
            return
        worker.done += answer["done"]
        self.tally.counts.update(answer["counts"])
        self.tally.commands.update(answer["commands"])
        self.tally.codes |= set(answer["codes"])
        self.digests |= {int(number): digest for number, digest in answer["digests"].items()}
        self.tally.slow = sorted([*self.tally.slow, *map(tuple, answer["slow"])])[-5:]
        for number, faults in answer["failures"]:
            self._fail(number, cases.make(self.asked.seed, number), faults)

    def _fail(self, number: int, case: Case, faults: list[str]) -> None:
        self.tally.failed.add(number)
        for fault in faults:
            sort = judge.sort_of(fault)
            known = self.tally.failures.setdefault(sort, [])
            known.append((case, fault))
            if len(known) == 1:
                print(f"FAILED {case.id} ({case.kind}): {sort}", file=sys.stderr, flush=True)

    def _settle_unlike(self, worker: Watched, twin: Watched) -> None:
        """Why answers differ: because of the environment, or of what was played before in the same process."""
        for number in self.unlike:
            case = cases.make(self.asked.seed, number)
            answers = []
            for each in (worker, twin):
                each.kill()
                each.start()
                each.send({"number": number})
                answers.append(each.wait().get("digest"))
            why = "on the cases before" if answers[0] == answers[1] else "on the environment"
            self._fail(number, case, [f"answers depend {why}: {case.argv or case.questions}"])

    # --- reporting ----------------------------------------------------------------------------------------------------

    def _report(self, worker: Watched) -> None:
        """Every kind of failure, shrunk, in the folder of failures."""
        if self.asked.failures is None:
            return
        end = time.monotonic() + SHRINKING
        for count, (sort, found) in enumerate(sorted(self.tally.failures.items(), key=lambda each: -len(each[1]))):
            folder = self.asked.failures / "".join(c if c.isalnum() else "-" for c in sort)[:80].strip("-")
            found.sort(key=lambda each: sum(len(file.data) for file in each[0].files))
            for case, fault in found[:KEPT]:
                write(folder, case.id.replace(":", "-"), case, fault)
            if count < SHRUNK and time.monotonic() < end:
                self._shrink(worker, sort, found[0][0], folder)

    def _shrink(self, worker: Watched, sort: str, case: Case, folder: Path) -> None:
        def fails(smaller: Case) -> bool:
            return any(judge.sort_of(fault) == sort for fault in worker.alone(smaller)["faults"])

        slow = sort.startswith("too much")
        small = Shrinker(fails, case, 4 if slow else 300).run()
        fault = next((f for f in worker.alone(small)["faults"] if judge.sort_of(f) == sort), sort)
        write(folder, "small", small, fault)
