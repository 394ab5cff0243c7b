"""Blocks as lines of text.

In: blocks and a width. Out: lines no wider than asked, but for figures, which are never broken.
"""

from collections.abc import Iterable

from dealrun.diagnostics.render import render_all
from dealrun.render.blocks import Block, Findings, Gap, Heading, Paragraph, Table
from dealrun.render.tables import bold, table, wrap

STEP = 2
"""Columns of one step to the right."""
ROOMY = 100
"""From so many columns on, a table shows those of its columns that can be spared."""


def lines(blocks: Iterable[Block], width: int, *, colour: bool = False) -> list[str]:
    """The lines of an answer."""
    found: list[str] = []
    for block in blocks:
        match block:
            case Heading(text):
                found += [bold(line) if colour else line for line in wrap(text, width)]
            case Paragraph(text, indent, code, strong):
                told = wrap(f"{code}{strong}{text}", width - STEP * indent)
                if colour and strong and not code and told[0].startswith(strong.rstrip()):
                    told[0] = bold(strong.rstrip()) + told[0][len(strong.rstrip()) :]
                found += [" " * (STEP * indent) + line for line in told]
            case Table():
                fitting = block if width >= ROOMY else block.without_spare()
                found += table(fitting.header, fitting.rows, width, fitting.figures, names=fitting.names, colour=colour)
            case Findings(diagnostics):
                found += render_all(list(diagnostics), colour=colour).rstrip("\n").split("\n")
            case Gap():
                found.append("")
    return found
