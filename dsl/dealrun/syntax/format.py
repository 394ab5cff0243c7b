"""A file in canonical form: its tokens and comments as they stand, its blanks and line ends as everybody writes them.

In: a source text. Out: the text in canonical form, or None where it has errors. Guaranteed: the tree stays equal, no
comment is lost or moved past a token, formatting twice changes nothing more, and what loads still loads; linear time.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import attrs

from dealrun.diagnostics import Report
from dealrun.diagnostics.render import width_of
from dealrun.limits import MAX_FILE_BYTES, MAX_TOKENS
from dealrun.source import SourceText
from dealrun.source.files import normal
from dealrun.syntax.layout import BLOCK_HEADS, HEADER_WORDS, Piece, lay_out
from dealrun.syntax.lexer import NEWLINE, Tokens, tokenize
from dealrun.syntax.parser import parse
from dealrun.syntax.tree import Expr, Leaf, Statement

COLUMNS = 120
"""What a line may take, comments not counted."""

BLOCK = "  "
"""Indentation of a block, and of what continues a statement at the margin."""

DEEP = "    "
"""Indentation of what continues a header, or a statement of a block."""

NOTE_GAP = "  "

TIGHT_BEFORE = frozenset({"COMMA", "COLON", "RPAR", "ARROW"})
TIGHT_AFTER = frozenset({"LPAR", "ARROW"})
OPERATORS = frozenset({"AND", "OR", "PLUS", "MINUS", "STAR"})
"""Before these an item that is too long for a line can be broken."""

ONE_BLANK = frozenset({"MODIFIER", "EVENT_OF", "LIMB_OF", "PAID_UNDER"})
"""Tokens whose blanks are no part of the tree; in the others they are."""

_REACH = 4
"""Gaps behind a token that can decide how it is read."""

_PASSES = 8


def format_source(source: SourceText, report: Report) -> str | None:
    """The text in canonical form; None where it has errors, which go to the report."""
    source = SourceText(source.name, normal(source.text))
    found = Report()
    file = parse(source, found)
    report.found.extend(found.found)
    if found.has_errors:
        return None
    tokens = tokenize(source)
    lines = _Writer(tokens).write(_placed(lay_out(tokens, Report()), file.statements))
    text = "".join([f"{line}\n" for line in lines])
    # A contract that says something else than before would be worse than none; the tree follows from this.
    assert _said(tokenize(SourceText(source.name, text))) == _said(tokens), f"{source.name} says something else"
    return _bounded(text, len(lines), tokens, report)


def _said(tokens: Tokens) -> tuple[list[list[list[tuple[str, str]]]], list[str]]:
    """Kinds and texts of the tokens, by statement and block, and the comments."""
    source, kinds, starts, ends, comments = tokens
    text = source.text
    statements = [
        [
            [(kinds[index], _spelt(kinds[index], text[starts[index] : ends[index]])) for index in indices]
            for indices in (piece.tokens, *(below.tokens for below in piece.block))
        ]
        for piece in lay_out(tokens, Report())
    ]
    return statements, [text[start:end].rstrip() for start, end in comments]


def _spelt(kind: str, text: str) -> str:
    """A token as it is written in canonical form."""
    return " ".join(text.split()) if kind in ONE_BLANK and not text.isalpha() else text


def _bounded(text: str, lines: int, tokens: Tokens, report: Report) -> str | None:
    """The text, unless it has grown past a limit: what loads is not to be made into what does not."""
    name = tokens.source.name
    size = len(text.encode(errors="replace"))
    if size > MAX_FILE_BYTES:
        message = f"`{name}` would have {size:,} bytes in canonical form; {MAX_FILE_BYTES:,} is the limit"
        report.add("DR907", message, help="split the file")
        return None
    if len(tokens.kinds) - tokens.kinds.count(NEWLINE) + lines > MAX_TOKENS:
        message = f"`{name}` would have more than {MAX_TOKENS:,} tokens in canonical form, line ends included"
        report.add("DR901", message, help="split the file")
        return None
    return text


class Placed(NamedTuple):
    """A statement's tokens, its tree, and whether it stands in a block."""

    tokens: list[int]
    tree: Statement
    inside: bool


def _placed(pieces: list[Piece], statements: Sequence[Statement]) -> Iterator[Placed]:
    """All statements in the order of the file, those of blocks among them."""
    for piece, statement in zip(pieces, statements, strict=True):
        yield Placed(piece.tokens, statement, inside=False)
        for below, inner in zip(piece.block, statement.block, strict=True):
            yield Placed(below.tokens, inner, inside=True)


class Remark(NamedTuple):
    """A comment, and whether it has a line of its own."""

    text: str
    alone: bool


@attrs.define
class _StatementTokens:
    """A statement's tokens as texts, with what stands in the gap behind each of them.

    A gap is nothing, a blank, or a line end that has to stay; `remarks` are the comments in a gap.
    """

    kinds: list[str]
    texts: list[str]
    starts: list[int]
    gaps: list[str]
    remarks: dict[int, list[Remark]]

    def text(self, first: int, last: int) -> str:
        """The tokens from `first` up to `last`, on one line."""
        parts = [text + gap for text, gap in zip(self.texts[first : last - 1], self.gaps[first:last], strict=False)]
        return "".join([*parts, self.texts[last - 1]])


@attrs.define
class _Writer:
    """Writes the statements of a file one after the other, with the comments between them."""

    tokens: Tokens
    lines: list[str] = attrs.field(factory=list)
    end: int = 0
    """Up to where the source is written."""
    comment: int = 0
    """The first comment that is not written."""

    def write(self, statements: Iterator[Placed]) -> list[str]:
        """The lines of the file."""
        block = False
        for placed in statements:
            self._comments_before(self.tokens.starts[placed.tokens[0]], BLOCK if placed.inside else None, block=block)
            words = self._words(placed.tokens)
            opens = words.texts[0] in BLOCK_HEADS
            block = opens or placed.inside
            self._skip_to(words.starts[0])
            self._statement(words, placed, opens=opens and not placed.inside)
            self.end = self.tokens.ends[placed.tokens[-1]]
            self._trailing()
        self._comments_before(len(self.tokens.source.text), None, block=block)
        return self.lines

    def _skip_to(self, start: int) -> None:
        """Keep one of the blank lines before what is written next."""
        if self.lines and self.tokens.source.text.count("\n", self.end, start) > 1:
            self.lines.append("")

    def _comments_before(self, limit: int, indent: str | None, *, block: bool) -> None:
        """Comments on lines of their own; without an indent, those that stand indented below a block belong to it."""
        text, comments = self.tokens.source.text, self.tokens.comments
        while self.comment < len(comments) and comments[self.comment][0] < limit:
            start, end = comments[self.comment]
            indented = start > 0 and text[start - 1] != "\n"
            self._skip_to(start)
            self.lines.append((indent or (BLOCK if block and indented else "")) + text[start:end].rstrip())
            self.comment += 1
            self.end = end

    def _trailing(self) -> None:
        """The comment behind a statement, on its last line."""
        text, comments = self.tokens.source.text, self.tokens.comments
        if self.comment < len(comments):
            start, end = comments[self.comment]
            if "\n" not in text[self.end : start]:
                self.lines[-1] += NOTE_GAP + text[start:end].rstrip()
                self.comment += 1
                self.end = end

    def _words(self, indices: list[int]) -> _StatementTokens:
        source, kinds, starts, ends, _ = self.tokens
        chosen = [kinds[index] for index in indices]
        texts = [_spelt(kinds[index], source.text[starts[index] : ends[index]]) for index in indices]
        gaps = ["" if right in TIGHT_BEFORE or left in TIGHT_AFTER else " " for left, right in pairwise(chosen)]
        words = _StatementTokens(chosen, texts, [starts[index] for index in indices], gaps, {})
        self._remarks(words, indices)
        if words.remarks or not source.text.startswith(words.text(0, len(texts)), words.starts[0]):
            _settle(words, [_written(source.text[ends[a] : starts[b]]) for a, b in pairwise(indices)])
        return words

    def _remarks(self, words: _StatementTokens, indices: list[int]) -> None:
        """Take the comments between the tokens of a statement; each makes its gap a line end."""
        _, _, starts, ends, comments = self.tokens
        text, gap = self.tokens.source.text, 0
        while self.comment < len(comments) and comments[self.comment][0] < starts[indices[-1]]:
            start, end = comments[self.comment]
            while starts[indices[gap + 1]] < start:
                gap += 1
            before = comments[self.comment - 1][1] if self.comment else 0
            alone = text.find("\n", max(before, ends[indices[gap]]), start) >= 0
            words.remarks.setdefault(gap, []).append(Remark(text[start:end].rstrip(), alone))
            words.gaps[gap] = "\n"
            self.comment += 1

    def _statement(self, words: _StatementTokens, placed: Placed, *, opens: bool) -> None:
        indent = BLOCK if placed.inside else ""
        more = DEEP if opens or placed.inside else BLOCK
        whole = "" if "\n" in words.gaps else indent + words.text(0, len(words.texts))
        if whole and width_of(whole) <= COLUMNS:
            self.lines.append(whole)
            return
        line = indent
        for first, last, fresh in _chunks(words, placed.tree, COLUMNS - len(more), opens=opens):
            part = words.text(first, last)
            gap = words.gaps[first - 1] if first else ""
            if first and (fresh or gap == "\n" or width_of(line) + len(gap) + width_of(part) > COLUMNS):
                self._end_line(line, words.remarks.get(first - 1, ()), more)
                line = more + part
            else:
                line += gap + part
        self.lines.append(line)

    def _end_line(self, line: str, remarks: Sequence[Remark], more: str) -> None:
        for remark in remarks:
            if remark.alone:
                self.lines.append(line)
                line = more + remark.text
            else:
                line += NOTE_GAP + remark.text
        self.lines.append(line)


def _written(gap: str) -> str:
    """What is written between two tokens, as a gap."""
    return "\n" if "\n" in gap else " " if gap else ""


def _settle(words: _StatementTokens, written: list[str]) -> None:
    """Keep a gap as it is written where the canonical one would join or part tokens.

    `3` and `days` on two lines are two tokens, and `2026-5` is a difference that `2026 - 5` is not.
    """
    wrong: list[int] = []
    for _ in range(_PASSES):
        wrong = _misread(words)
        kept = [gap for index in wrong for gap in (_differing(words.gaps, written, index),) if gap is not None]
        if not kept:
            break
        for gap in kept:
            words.gaps[gap] = written[gap] if words.gaps[gap] else " "  # a blank is often enough
    if wrong:
        words.gaps[:] = written


def _differing(gaps: list[str], written: list[str], index: int) -> int | None:
    return next((gap for gap in range(index, min(index + _REACH, len(gaps))) if gaps[gap] != written[gap]), None)


def _misread(words: _StatementTokens) -> list[int]:
    """Tokens that the lexer begins where it should, and reads as something else."""
    text = words.text(0, len(words.texts))
    again = tokenize(SourceText("", text))
    found = {start: (end, kind) for kind, start, end in zip(again.kinds, again.starts, again.ends, strict=True)}
    wrong, at = [], 0
    for index, part in enumerate(words.texts):
        end = at + len(part)
        if found.get(at, (end, words.kinds[index])) != (end, words.kinds[index]):
            wrong.append(index)
        at = end + (len(words.gaps[index]) if index < len(words.gaps) else 0)
    return wrong


def _chunks(words: _StatementTokens, tree: Statement, room: int, *, opens: bool) -> Iterator[tuple[int, int, bool]]:
    """What stays on one line, as (first, last, whether it begins one): the items, and the parts of those too long."""
    held = _behind_names(tree)
    outer = {node.start for node in (*tree.items, *tree.assertions, *tree.cites)} - held
    inner = {item.start for assertion in tree.assertions for item in assertion.items} | held
    size = len(words.texts)
    breakable = [index for index in range(1, size) if _breakable(words, index, opens=opens)]
    items = [index for index in breakable if words.gaps[index - 1] == "\n" or words.starts[index] in outer]
    parts = iter([index for index in breakable if _begins_part(words, index) or words.starts[index] in inner])
    part = next(parts, size)
    for first, last in pairwise([0, *items, size]):
        within = [first]
        while part < last:
            if part > first:
                within.append(part)
            part = next(parts, size)
        if width_of(words.text(first, last)) <= room:
            within = [first]
        for begin, end in pairwise([*within, last]):
            yield begin, end, begin == first and len(within) > 1


def _behind_names(tree: Statement) -> set[int]:
    """Where a value stands right behind a bare name, which may be that of its term, as in `field "software"`."""
    return {
        value.start
        for name, value in pairwise(tree.items[1:])
        if not (name.modifier or name.receivers or value.modifier or value.receivers)
        if all(map(_is_name, name.values)) and not any(map(_is_name, value.values))
    }


def _is_name(expr: Expr) -> bool:
    return isinstance(expr, Leaf) and expr.kind == "NAME"


def _breakable(words: _StatementTokens, index: int, *, opens: bool) -> bool:
    """Whether a line can begin with a token; in a header a name would begin the block."""
    if opens and words.kinds[index] == "NAME" and words.texts[index] not in HEADER_WORDS:
        return False
    return bool(words.gaps[index - 1])


def _begins_part(words: _StatementTokens, index: int) -> bool:
    return words.kinds[index - 1] == "COMMA" or words.kinds[index] in OPERATORS
