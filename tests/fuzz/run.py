"""The runner: many cases in a few processes, watched; a summary; and every failure with what reproduces it.

    python tests/fuzz/run.py [--seconds N] [--cases N] [--seed S] [--workers W] [--failures DIR] [--replay CASE]

A case is decided by the seed and its number; `--replay 7:1262` plays that case alone, and `--replay FILE` one that was
written to the folder of failures.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz import cases
from fuzz.parent import Parent, Watched


def options() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description="Fuzz dealrun.")
    parser.add_argument("--seconds", type=float, default=60, help="stop after so long (default: 60)")
    parser.add_argument("--cases", type=int, default=None, help="stop after so many cases, however long that takes")
    parser.add_argument("--seed", type=int, default=1, help="the seed (default: 1)")
    parser.add_argument("--start", type=int, default=0, help="the number of the first case (default: 0)")
    parser.add_argument("--workers", type=int, default=1, help="processes, beside the one of the second environment")
    parser.add_argument("--budget", type=float, default=10, help="seconds that a case may take (default: 10)")
    parser.add_argument("--memory", type=int, default=1500, help="megabytes that a case may use (default: 1500)")
    parser.add_argument("--failures", type=Path, default=None, help="the folder for failures")
    parser.add_argument("--replay", metavar="CASE", help="play one case: SEED:NUMBER, or the file of a case")
    return parser.parse_args()


def replay(asked: argparse.Namespace) -> int:
    """One case, with everything that came of it; 1 where it fails."""
    path = Path(asked.replay)
    if path.is_file():
        case = cases.loaded(path.read_text(encoding="utf-8"))
    else:
        seed, _, number = asked.replay.partition(":")
        case = cases.make(int(seed), int(number))
    print(f"case {case.id} ({case.kind})")
    for file in (*case.files, *case.other):
        print(f"--- {file.name!r} {file.form}\n{file.data.decode('utf-8', 'backslashreplace')}")
    print(f"--- argv {case.argv}\n--- questions {case.questions}")
    sys.stdout.flush()
    worker = Watched(0, asked)
    try:
        began = time.monotonic()
        answer = worker.alone(case)
    finally:
        worker.close()
    print(
        f"--- exit code {answer.get('code')}, {time.monotonic() - began:.2f} s\n"
        f"{answer.get('out', '')}{answer.get('err', '')}"
    )
    for fault in answer["faults"]:
        print(f"--- fault\n{fault}")
    return int(bool(answer["faults"]))


def main() -> int:
    """0, or 1 where a case failed."""
    asked = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that workers and their folders go too
    return replay(asked) if asked.replay else Parent(asked).run()


if __name__ == "__main__":
    sys.exit(main())
