"""`dealrun fmt`: files in canonical form, rewritten in place; or what would change.

In: paths. Out: exit code 1 where a file has errors, or with `--check` or `--diff` is not canonical. Guaranteed: a file
is replaced whole or left as it was, and one with errors is left as it was; no file keeps another from its turn.
"""

import os
import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from itertools import accumulate

import dealrun
from dealrun.cli.commands.common import HERE, complain
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write_bytes

CONTEXT = 3
"""Lines that a diff shows around a change."""

BOM = "\ufeff"


def run(arguments: Namespace) -> int:
    """1 where a file has errors, or is not canonical and only looked at."""
    try:
        names = dealrun.deal_files(arguments.files or HERE)
    except dealrun.UnreadableError as error:
        raise UsageError(dealrun.printable(str(error))) from None
    wrong: list[dealrun.Diagnostic] = []
    failed: list[str] = []
    code = 0
    for name in names:
        try:
            found = dealrun.format_file(name)
            wrong += found.diagnostics
            code |= _one(os.fspath(name), found, arguments)
        except dealrun.UnreadableError as error:
            failed.append(dealrun.printable(str(error)))
        except UsageError as error:
            failed.append(str(error))
    complain(dealrun.Diagnostics(tuple(sorted(wrong, key=dealrun.Diagnostic.sort_key))))
    if failed:
        raise UsageError("; ".join(failed))
    return code


def _one(path: str, found: dealrun.Formatted, arguments: Namespace) -> int:
    """Write the canonical form of a file, or say what would change."""
    text = found.text
    if text is None:
        return 1
    if path == "-" and not (arguments.check or arguments.diff):
        _print(text)
    elif text.encode() == found.before:
        return 0
    elif arguments.diff:
        sys.stdout.write(_diff(found.name, found.before.decode(), text))
        return 1
    elif arguments.check:
        sys.stdout.write(f"{dealrun.printable(found.name)}\n")
        return 1
    else:
        write_bytes(text.encode(), path)
        sys.stdout.write(f"formatted {dealrun.printable(path)}\n")
    return 0


def _print(text: str) -> None:
    """The text as it is for a file or a program; on a terminal, what it cannot be made to obey."""
    if sys.stdout.isatty():
        sys.stdout.write("".join(f"{_shown(line)}\n" for line in _lines(text)))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())


# --- what would change ------------------------------------------------------------------------------------------------


def _diff(name: str, old: str, new: str) -> str:
    """A unified diff. The texts differ in blanks alone, so that aligning them is linear, as no general diff is."""
    rows = list(_rows(_lines(old), _lines(new)))
    olds = [0, *accumulate(mark != "+" for mark, _ in rows)]
    news = [0, *accumulate(mark != "-" for mark, _ in rows)]
    parts = [f"--- {dealrun.printable(name)}\n+++ {dealrun.printable(name)}\n"]
    for first, last in _hunks([mark for mark, _ in rows]):
        before, after = _range(olds[first], olds[last]), _range(news[first], news[last])
        parts.append(f"@@ -{before} +{after} @@\n")
        parts += [f"{mark}{_shown(line)}\n" for mark, line in rows[first:last]]
    return "".join(parts)


def _lines(text: str) -> list[str]:
    """Lines with their line ends."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _shown(line: str) -> str:
    r"""A line without its end, as a terminal may have it; tabs are kept, because they may be what changes."""
    text = "\t".join(dealrun.printable(part) for part in line.removesuffix("\n").split("\t"))
    return text if line.endswith("\n") else f"{text}\n\\ No newline at end of file"


def _range(first: int, last: int) -> str:
    return f"{first + (last > first)},{last - first}"


def _hunks(marks: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of rows that lie near a change."""
    first = last = -1
    for at, mark in enumerate(marks):
        if mark != " ":
            if last < at - CONTEXT or last < 0:
                if last >= 0:
                    yield first, last
                first = max(0, at - CONTEXT)
            last = min(len(marks), at + CONTEXT + 1)
    if last >= 0:
        yield first, last


def _rows(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Lines that stay, go and come."""
    gone: list[str] = []
    come: list[str] = []
    for left, right in _matched(old, new):
        if left != right:
            gone += left
            come += right
            continue
        yield from _changed(gone, come)
        gone, come = [], []
        yield from ((" ", line) for line in left)
    yield from _changed(gone, come)


def _changed(gone: list[str], come: list[str]) -> Iterator[tuple[str, str]]:
    yield from (("-", line) for line in gone)
    yield from (("+", line) for line in come)


def _matched(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The shortest runs of lines that hold the same but for blanks."""
    i = j = 0
    while i < len(old) or j < len(new):
        first, second = i, j
        blank = (i < len(old) and not _weight(old[i]), j < len(new) and not _weight(new[j]))
        if any(blank):
            i, j = i + blank[0], j + blank[1]
        else:
            ahead = _weight(old[i]) - _weight(new[j])
            i, j = i + 1, j + 1
            while ahead:
                if ahead < 0:
                    ahead += _weight(old[i])
                    i += 1
                else:
                    ahead -= _weight(new[j])
                    j += 1
        yield old[first:i], new[second:j]


def _weight(line: str) -> int:
    """Characters of a line that no formatting adds or takes away."""
    return len("".join(line.replace(BOM, "").split()))
