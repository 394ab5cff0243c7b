"""Lines into statements: what continues what, and what belongs to whose block (docs/language.md#lines).

In: the tokens of a file. Out: `Piece` values, each a statement's tokens by index with the pieces of its block.
Guaranteed: every token but the line ends lies in exactly one piece; indentation that fits nothing is reported.
"""

from typing import NamedTuple

from dealrun.diagnostics import Fix, Report
from dealrun.source import Span
from dealrun.syntax.lexer import NEWLINE, Tokens

BLOCK_HEADS = frozenset({"amend", "scenario", "reading"})
"""Words that open a block."""

HEADER_WORDS = frozenset({"retroactive", "parties"})
"""Bare words that can begin a continuation line of a header; any other bare word begins the block."""


class Piece(NamedTuple):
    """Token indices of one statement, ascending, and the pieces of its block."""

    tokens: list[int]
    block: "list[Piece]"


def lay_out(tokens: Tokens, report: Report) -> list[Piece]:
    """Group the tokens of a file into statements."""
    source, kinds, starts, ends, _ = tokens
    text = source.text
    pieces: list[Piece] = []
    opener = False
    block_indent = 0
    current: list[int] = []
    line_start = 0
    fresh = True
    for index, kind in enumerate(kinds):
        if kind == NEWLINE:
            line_start = ends[index]
            fresh = True
            continue
        if not fresh:
            current.append(index)
            continue
        fresh = False
        indent = starts[index] - line_start
        if not indent:
            current = [index]
            pieces.append(Piece(current, []))
            opener = text[starts[index] : ends[index]] in BLOCK_HEADS
            block_indent = 0
            continue
        if "\t" in text[line_start : starts[index]]:
            span = Span(source, line_start, starts[index])
            report.add(
                "DR104",
                "a tab in the indentation",
                span,
                help="indent with spaces",
                fix=Fix(span, text[line_start : starts[index]].replace("\t", "    ")),
            )
            indent = len(text[line_start : starts[index]].expandtabs(4))
        if not pieces:
            current = [index]
            pieces.append(Piece(current, []))
            report.add(
                "DR105",
                "the first statement of a file is indented",
                Span(source, line_start, starts[index]),
                help="begin statements at the left margin; an indented line continues the one above",
            )
            continue
        if opener:
            if not block_indent and kind == "NAME" and text[starts[index] : ends[index]] not in HEADER_WORDS:
                block_indent = indent
            if block_indent and indent <= block_indent:
                if indent < block_indent:
                    report.add(
                        "DR105",
                        "this line is indented less than its block, but not at the margin",
                        Span(source, line_start, starts[index]),
                        help=f"indent it by {block_indent} spaces, as the first line of the block is",
                    )
                current = [index]
                pieces[-1].block.append(Piece(current, []))
                continue
        current.append(index)
    return pieces
