"""An answer as blocks: what a terminal, a page and a notebook show, each in its own way.

In: nothing. Out: the blocks. Guaranteed: a block holds what is said, not how wide or in which letters; `text.py` makes
lines of it, `markup.py` Markdown and HTML.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import attrs

from dealrun.diagnostics import Diagnostic


@attrs.frozen
class Heading:
    """What the blocks below it are about."""

    text: str
    level: int = 1


@attrs.frozen
class Paragraph:
    """A sentence or a few, `indent` steps to the right; a name as in a file, or strong words, may lead them."""

    text: str
    indent: int = 0
    code: str = ""
    strong: str = ""


@attrs.frozen
class Table:
    """A table of text; the columns of figures are flush right, spare ones are left out where there is little room, and
    those of names give way to those of words."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...] = ()
    spare: tuple[int, ...] = ()
    names: tuple[int, ...] = ()

    @staticmethod
    def of(
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        figures: Iterable[int] = (),
        spare: Iterable[int] = (),
        names: Iterable[int] = (),
    ) -> "Table":
        """A table of any sequences."""
        return Table(tuple(header), tuple(tuple(row) for row in rows), tuple(figures), tuple(spare), tuple(names))

    def without_empty(self) -> "Table":
        """The table without the columns that hold nothing."""
        return self._with([index for index in range(len(self.header)) if any(row[index] for row in self.rows)])

    def without_spare(self) -> "Table":
        """The table without the columns that can be spared."""
        return self._with([index for index in range(len(self.header)) if index not in self.spare])

    def _with(self, kept: Sequence[int]) -> "Table":
        return Table.of(
            [self.header[index] for index in kept],
            ([row[index] for index in kept] for row in self.rows),
            (number for number, index in enumerate(kept) if index in self.figures),
            (number for number, index in enumerate(kept) if index in self.spare),
            (number for number, index in enumerate(kept) if index in self.names),
        )


@attrs.frozen
class Findings:
    """What the checker says."""

    found: tuple[Diagnostic, ...]


@attrs.frozen
class Gap:
    """An empty line of text; what has headings and paragraphs of its own needs none."""


Block: TypeAlias = Heading | Paragraph | Table | Findings | Gap

GAP = Gap()


def spaced(blocks: Iterable[Block]) -> list[Block]:
    """Blocks without gaps before the first and behind the last."""
    found = list(blocks)
    while found and isinstance(found[-1], Gap):
        found.pop()
    while found and isinstance(found[0], Gap):
        found.pop(0)
    return found
