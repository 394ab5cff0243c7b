"""Text into the written tree, with all syntax errors of one run.

In: a source text. Out: its `File`. Guaranteed: one wrong statement hides no other; the tree holds every statement and
every comment; of a statement that is reported as wrong it holds what other statements need: its label, its head, the
name that it declares, what it says to be of, and its block.
"""

import unicodedata
from typing import TypeAlias

import attrs

from dealrun.budget import watch
from dealrun.diagnostics import Report
from dealrun.limits import MAX_DEPTH, MAX_STATEMENT_TOKENS, MAX_TOKENS
from dealrun.source import SourceText, Span
from dealrun.syntax.build import Builder, Positions, compile_shape, depth
from dealrun.syntax.driver import END, Derived, Refused, derive
from dealrun.syntax.layout import lay_out
from dealrun.syntax.lexer import BAD, UNCLOSED, Tokens, table, tokenize
from dealrun.syntax.tree import Comment, File, Item, Leaf, Statement

Shape: TypeAlias = tuple[str, ...]

_MAX_SHAPES = 20_000
_shapes: dict[Shape, Builder | Refused] = {}
"""Builders by shape. Sharing between threads is safe: a shape's entry is written once, whole, and is always equal."""

EXPECTED = {
    "NAME": "a name",
    "STRING": "a quoted text",
    "QUANTITY": "an amount",
    "MONEY": "an amount",
    "PERCENT": "a percentage",
    "FRACTION": "a percentage",
    "DATE": "a date",
    "MONTH": "a date",
    "QUARTER": "a date",
    "YEAR": "a date",
    "DURATION": "a duration",
    "ARROW": "`->`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "RPAR": "`)`",
    "LPAR": "`(`",
    "CITE": "a citation",
    END: "the end of the line",
}


def parse(source: SourceText, report: Report) -> File:
    """Parse one file; errors go to the report."""
    tokens = tokenize(source)
    if len(tokens.kinds) > MAX_TOKENS:
        span = Span(source, tokens.starts[MAX_TOKENS], tokens.ends[MAX_TOKENS])
        report.add("DR901", f"more than {MAX_TOKENS:,} tokens in one file", span, help="split the file")
        return File(source, (), ())
    statements: list[Statement] = []
    for piece in lay_out(tokens, report):
        watch()
        statement = _statement(tokens, piece.tokens, report)
        children = [_statement(tokens, child.tokens, report) for child in piece.block]
        if statement is not None and children:
            statement = attrs.evolve(statement, block=tuple(child for child in children if child))
        if statement is not None:
            statements.append(statement)
    comments = [Comment(source, start, end, source.text[start:end]) for start, end in tokens.comments]
    return File(source, tuple(statements), tuple(comments))


def _statement(tokens: Tokens, indices: list[int], report: Report) -> Statement | None:
    source, kinds, starts, ends, _ = tokens
    first, last = indices[0], indices[-1]
    if last - first + 1 == len(indices):  # one line: slices instead of picking
        shape = tuple(kinds[first : last + 1])
        at, to = starts[first : last + 1], ends[first : last + 1]
    else:
        shape = tuple([kinds[index] for index in indices])
        at, to = [starts[index] for index in indices], [ends[index] for index in indices]
    builder = _shapes.get(shape)
    if builder is None:
        if len(shape) > MAX_STATEMENT_TOKENS:
            span = Span(source, at[MAX_STATEMENT_TOKENS], to[MAX_STATEMENT_TOKENS])
            report.add("DR901", f"more than {MAX_STATEMENT_TOKENS:,} tokens in one statement", span)
            return _remains(source, shape, at, to)
        builder = _compile(shape)
        if len(_shapes) < _MAX_SHAPES:
            _shapes[shape] = builder
    if isinstance(builder, Refused):
        _report_refusal(source, builder, shape, at, to, report)
        return _remains(source, shape, at, to)
    if shape.count("STRING") > 1 and (inner := _quote_within(shape, at, to)) is not None:
        report.add("DR102", "a text in quotes holds a quotation mark", Span(source, at[inner], to[inner + 1]),
                   help="write `“` and `”`, or `'`, inside a text")  # fmt: skip
        return _remains(source, shape, at, to)
    statement: Statement = builder(source, at, to)
    return statement


def _quote_within(shape: Shape, at: Positions, to: Positions) -> int | None:
    """The place of a text on which another follows without a blank, as a doubled quotation mark would have it."""
    return next((n for n in range(len(shape) - 1)
                 if shape[n] == shape[n + 1] == "STRING" and to[n] == at[n + 1]), None)  # fmt: skip


def _remains(source: SourceText, shape: Shape, at: list[int], to: list[int]) -> Statement | None:
    """What other statements need of one that is wrong; None where not even its head can be told."""

    def leaf(index: int) -> Leaf:
        return Leaf(source, at[index], to[index], "NAME", source.text[at[index] : to[index]])

    if shape[:1] != ("NAME",):
        return None
    labelled = next((n for n in (1, 2) if shape[: n + 2] == (*("NAME",) * n, "COLON", "NAME")), 0)
    operation = leaf(0) if labelled == 2 else None
    head = labelled + 1 if labelled else 0
    items: list[Item] = []
    index = head + 1
    while index < len(shape) and shape[index] == "NAME":
        items.append(Item(source, at[index], to[index], None, (leaf(index),), ()))
        index += 1
    belongs = next((n for n in range(index, len(shape) - 1) if shape[n : n + 2] == ("OF", "NAME")), None)
    if belongs is not None:
        names = [leaf(belongs + 1)]
        while shape[belongs + 2 * len(names) : belongs + 2 * len(names) + 2] == ("COMMA", "NAME"):
            names.append(leaf(belongs + 2 * len(names) + 1))
        items.append(Item(source, at[belongs], names[-1].end, "of", tuple(names), ()))
    cites = [attrs.evolve(leaf(index), kind="CITE") for index, kind in enumerate(shape) if kind == "CITE"]
    return Statement(
        source, at[0], to[-1], operation, leaf(labelled - 1) if labelled else None, leaf(head), tuple(items), (),
        tuple(cites), wrong=True,
    )  # fmt: skip


def _compile(shape: Shape) -> Builder | Refused:
    derived = derive(table(), shape)
    if isinstance(derived, Derived):
        if depth(derived) > MAX_DEPTH:
            return Refused(-1, frozenset())
        return compile_shape(derived, shape)
    return derived


def _report_refusal(
    source: SourceText, refused: Refused, shape: Shape, at: list[int], to: list[int], report: Report
) -> None:
    index = refused.at
    if index < 0:
        report.add(
            "DR902",
            f"more than {MAX_DEPTH} levels of nesting in one statement",
            Span(source, at[0], to[-1]),
            help="declare an `event` or an `unknown` for a part and name it",
        )
        return
    ended = index == len(shape)
    span = Span(source, to[-1], to[-1]) if ended else Span(source, at[index], to[index])
    kind = END if ended else shape[index]
    if kind == UNCLOSED:
        report.add("DR102", "this quote is not closed on its line", span, help='end the text with `"`')
        return
    if kind == BAD:
        _report_bad(span, report)
        return
    wanted = sorted({EXPECTED[kind] for kind in refused.accepts if kind in EXPECTED})
    if shape[0] != "NAME":
        wanted = ["a word that begins a statement"]
    found = "the end of the line" if ended else f"`{span.text}`"
    message = f"expected {' or '.join(_few(wanted))}, found {found}" if wanted else f"{found} does not fit here"
    hint = (
        "only the words of the list of modifiers are reserved; another name is needed"
        if (
            kind in {"MODIFIER", "OF", "AFTER", "BEFORE", "BY", "OR", "AND", "NOT", "ABOUT"}
            and "NAME" in refused.accepts
        )
        else None
    )
    report.add("DR101", message, span, help=hint)


def _few(wanted: list[str]) -> list[str]:
    """The expectations that help: not every one of a dozen."""
    if len(wanted) <= 4:
        return wanted
    return [word for word in wanted if word in {"a name", "an amount", "a date", "a quoted text"}] or wanted[:4]


def _report_bad(span: Span, report: Report) -> None:
    character = span.text
    if character in "“”‘’«»„'`":
        report.add("DR103", f"`{character}` is not a quote of the language", span, help='quote texts with `"`')
    elif character in "–—−→":
        report.add("DR103", f"`{character}` is not a sign of the language", span, help="write `->` or `-`")
    elif character in {"[", "]"}:
        report.add(
            "DR102",
            f"`{character}` has no partner on its line",
            span,
            help="a citation is `[source locator]`",
        )
    elif unicodedata.category(character) == "Zs":
        named = _article(unicodedata.name(character).lower())
        report.add("DR103", f"U+{ord(character):04X}, {named}, is not a blank", span, help="write a blank instead")
    elif not character.isprintable():
        named = unicodedata.name(character, "a control character").lower()
        named = named if named.startswith("a ") else _article(named)
        report.add("DR103", f"U+{ord(character):04X}, {named}, cannot be seen", span, help="delete it")
    else:
        help_ = f"a name is made of letters, digits, `_`, and `.` or `-` between them; {_QUOTED}"
        report.add("DR103", f"`{character}` means nothing in the language", span, help=help_)


_QUOTED = "a text in quotes may hold it"


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
