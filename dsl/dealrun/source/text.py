"""A source text and exact places in it.

In: the name and the text of a file. Out: `SourceText`, which turns offsets into lines and columns, and `Span`, a
half-open range of offsets. Guaranteed: every span lies within its text; lines and columns count from 1, columns in
Unicode code points.
"""

from bisect import bisect_right
from functools import cached_property

import attrs


@attrs.frozen(eq=False)
class SourceText:
    r"""One file's name, as it is to be shown, and its text, with line ends as `\n`."""

    name: str
    text: str = attrs.field(repr=False)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Offsets at which lines begin, ascending. Made whole before it is kept: threads share a text."""
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return tuple(starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its line end; empty past the end."""
        starts = self.line_starts
        if number > len(starts):
            return ""
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end]


@attrs.frozen
class Place:
    """A span as people read it: lines and columns from 1, the end column exclusive.

    >>> place = state["ip"].span.place
    >>> str(place), place.line, place.column
    ('contracts/openai-microsoft/2019-partnership.deal:41:1', 41, 1)
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@attrs.frozen(repr=False)
class Span:
    """The text from `start` up to `end` of a source, by offset.

    >>> span = state["ip"].span
    >>> span.text, span.place.line
    ('ip: license OAI->MSFT to technology exclusive until AGI [decoder2026; ft2026; nyt2024]', 41)
    """

    source: SourceText
    start: int
    end: int

    def __repr__(self) -> str:
        return f"Span({str(self.place)!r})"

    @property
    def text(self) -> str:
        """The text that the span covers."""
        return self.source.text[self.start : self.end]

    @property
    def place(self) -> Place:
        """The span in lines and columns."""
        line, column = self.source.position(self.start)
        end_line, end_column = self.source.position(self.end)
        return Place(self.source.name, line, column, end_line, end_column)
