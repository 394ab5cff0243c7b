"""The summary of a run, and the files of its failures.

In: what the parent counted. Out: lines of text; a folder for each kind of failure. Guaranteed: what is written of a
failure is enough to play it again.
"""

import collections
from pathlib import Path
from typing import Final

import attrs

from dealrun.diagnostics.catalog import CATALOG
from fuzz import commands
from fuzz.cases import Case

TEXTS: Final = ("text", "questions", "corpus")
PAIRS: Final = ("facts", "files", "forms")


@attrs.define
class Tally:
    """What came of the cases of a run."""

    seed: int
    counts: collections.Counter[str] = attrs.field(factory=collections.Counter)
    """By kind and exit code."""
    commands: collections.Counter[str] = attrs.field(factory=collections.Counter)
    codes: set[str] = attrs.field(factory=set)
    failures: dict[str, list[tuple[Case, str]]] = attrs.field(factory=dict)
    """Cases and their faults, by signature."""
    failed: set[int] = attrs.field(factory=set)
    slow: list[tuple[float, int, str]] = attrs.field(factory=list)
    compared: int = 0
    noisy: int = 0
    peak: int = 0

    def summary(self, seconds: float) -> list[str]:
        """The lines at the end of a run."""
        total = sum(self.counts.values())
        kinds: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        for key, count in self.counts.items():
            kind, _, code = key.partition(" ")
            kinds[kind][code] += count
        lines = [
            f"{total:,} cases in {seconds:,.0f} s, {total / max(seconds, 0.001):,.0f} cases/s, seed {self.seed}",
            "kind          cases   share   exit 0   exit 1   exit 2",
        ]
        for kind, codes in sorted(kinds.items(), key=lambda each: -each[1].total()):
            number = codes.total()
            shares = "".join(f"{codes[code] / number:9.1%}" for code in "012")
            lines.append(f"{kind:<10} {number:8,} {number / max(total, 1):7.1%}{shares}")
        texts = sum(kinds[kind].total() for kind in TEXTS)
        loaded = sum(kinds[kind]["0"] for kind in TEXTS)
        equal = sum(kinds[kind].total() for kind in PAIRS)
        unseen = ", ".join(sorted(CATALOG.keys() - self.codes)) or "none"
        names = {*commands.NAMES, "explain", "schema", "completion"}
        seen = ", ".join(f"{name} {count:,}" for name, count in sorted(self.commands.items()) if name in names)
        slow = ", ".join(f"{self.seed}:{number} ({kind}) {took:.2f} s" for took, number, kind in reversed(self.slow))
        lines += [
            f"contracts that load without an error: {loaded / max(texts, 1):.1%}",
            f"diagnostics seen: {len(self.codes & CATALOG.keys())} of {len(CATALOG)}; not seen: {unseen}",
            f"commands seen: {seen}",
            f"slowest: {slow}",
            f"peak memory: {self.peak:,} MB; too slow once, but not by itself: {self.noisy}",
            f"equalities compared: {equal:,} of two versions, {self.compared:,} of two environments",
        ]
        for sort, found in sorted(self.failures.items(), key=lambda each: -len(each[1])):
            lines.append(f"failed: {len(found):,} x {sort}, as in {found[0][0].id}")
        return [*lines, f"{total - len(self.failed):,} passed, {len(self.failed):,} failed"]


def described(case: Case, fault: str) -> str:
    """A case for people: how to replay it, what is wrong, its files and its command line."""
    parts = [
        f"replay: python tests/fuzz/run.py --replay {case.id}",
        f"wrong: {fault}",
        f"arguments: {list(case.argv)!r}",
        f"questions: {list(case.questions)!r}",
        f"standard input: {case.stdin!r}",
        *(f"--- {f.name!r} {f.form}\n{f.data.decode('utf-8', 'backslashreplace')}" for f in (*case.files, *case.other)),
    ]
    return "\n".join(parts) + "\n"


def write(folder: Path, name: str, case: Case, fault: str) -> None:
    """A case as JSON, to be replayed, and as text, to be read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(case.dump(), encoding="utf-8")
    (folder / f"{name}.txt").write_text(described(case, fault), encoding="utf-8", errors="backslashreplace")
