"""Tables that fit a width.

In: a header and rows of text. Out: lines no wider than asked, long cells wrapped. Guaranteed: wide and combining
characters are measured as a terminal shows them; control characters never reach it.
"""

import re
from collections.abc import Callable, Collection, Sequence

from dealrun.diagnostics.render import width_of
from dealrun.source.plain import safe

GAP = "  "
LEAST = 10
"""Columns that a cell needs to be readable."""
PARTS = frozenset("._/,;>")
"""What a part of a long name ends in."""
TALL = 2
"""How many times as long as the stacked form a table of words may be, before it is stacked."""
NAME = 22
"""Columns in which names are read that would leave other words no room."""
WORD = 16
"""Columns of a word that is not broken, as long as another column can give way."""
NARROW = 80
"""Below this, a table of figures is stacked too."""


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines: at spaces, else within a name where a part of it ends, else anywhere."""
    lines: list[str] = []
    line = ""
    for word in safe(text).split(" "):
        rest = word
        while True:
            candidate = f"{line} {rest}" if line else rest
            if width_of(candidate) <= width:
                line = candidate
                break
            if line:
                lines.append(line)
                line = ""
                continue
            cut = _cut(rest, width)
            lines.append(rest[:cut])
            rest = rest[cut:]
    lines.append(line)
    return lines


def _cut(word: str, width: int) -> int:
    """How much of a word that is too long stands on a line: at least one character, through a part of a name."""
    most = width
    while width_of(word[:most]) > width:
        most -= 1
    ends = (at for at in range(most, most // 3, -1) if word[at - 1] in PARTS)
    return max(1, next(ends, most))


def bold(line: str) -> str:
    """A line in bold, on a terminal that shows colours."""
    return f"\x1b[1m{line}\x1b[0m" if line else line


def _plain(line: str) -> str:
    return line


def _stacked(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int, strong: Callable[[str], str] = _plain
) -> list[str]:
    """Where columns have no room: each row's cells below one another."""
    lines = [strong(line) for line in wrap(header[0].upper(), width)]
    for row in rows:
        lines += wrap(row[0], width)
        for name, cell in zip(header[1:], row[1:], strict=True):
            if cell:
                lines += [f"  {part}" for part in wrap(f"{name}: {cell}", width - 2)]
    return lines


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int, figures: Collection[int] = (), *,
    names: Collection[int] = (), colour: bool = False,
) -> list[str]:  # fmt: skip
    """Lines of a table; the columns share what room there is, the narrow ones keeping what they need; those of names
    give way first.

    Columns of figures are flush right, and never broken: a statement may be wider than asked, so that it stays a table.
    """
    if not rows:
        return []
    strong = bold if colour else _plain
    columns = len(header)
    natural = [max(width_of(safe(row[i])) for row in (header, *rows)) for i in range(columns)]
    room = width - len(GAP) * (columns - 1)
    kept = sum(natural[i] for i in figures)
    others = [i for i in range(columns) if i not in figures]
    if room < columns * LEAST and (not figures or width < NARROW):
        return _stacked(header, rows, width, strong)
    widths = list(natural)
    room = max(room, kept + sum(min(natural[i], LEAST) for i in others))
    for index in names:
        if sum(widths) > room:
            widths[index] = max(min(widths[index], NAME), widths[index] - (sum(widths) - room))
    words = [min(WORD, max(_longest(safe(row[i])) for row in (header, *rows))) for i in range(columns)]
    while sum(widths) > room:  # a column whose words would break gives way last
        widths[max(others, key=lambda i: (widths[i] > words[i], widths[i]))] -= 1
    lines = []
    for number, row in enumerate(([cell.upper() for cell in header], *rows)):
        cells = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
        for index in range(max(len(cell) for cell in cells)):
            parts = [_placed(cell[index] if index < len(cell) else "", size, right=column in figures)
                     for column, (cell, size) in enumerate(zip(cells, widths, strict=True))]  # fmt: skip
            line = GAP.join(parts).rstrip()
            lines.append(line if number else strong(line))
    stacked = [] if figures else _stacked(header, rows, width, strong)
    return stacked if stacked and len(lines) > TALL * len(stacked) else lines


def _longest(text: str) -> int:
    """The width of the longest word, or part of a name."""
    return max(map(width_of, re.split(r"(?<=[._/,;>])|\s", text)), default=0)


def _placed(text: str, size: int, *, right: bool) -> str:
    blank = " " * (size - width_of(text))
    return blank + text if right else text + blank
