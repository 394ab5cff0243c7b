"""The canonical form of files, and the command that gives it to them.

Every rule has an example. What holds of any file (the tree stays equal, comments keep their place, twice is once) is
held on generated contracts whose blanks and line ends are mangled, on walks through the grammar, and on junk.
"""

import io
import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from dealrun.cli.commands import fmt
from dealrun.cli.main import main
from dealrun.diagnostics import Report
from dealrun.diagnostics.render import width_of
from dealrun.source import SourceText
from dealrun.source.files import normal
from dealrun.syntax import File, Statement, parse
from dealrun.syntax import format as form
from dealrun.syntax.driver import END, Refused, derive
from dealrun.syntax.format import COLUMNS, format_source
from dealrun.syntax.layout import BLOCK_HEADS, HEADER_WORDS, lay_out
from dealrun.syntax.lexer import BAD, NEWLINE, Tokens, table, tokenize
from strategies import Case, cases
from test_syntax import TEXTS, pieces, statements

LONG = 'require A->B "' + "x" * 80 + '"'
"""Ninety-five columns of a statement."""


def read(text: str) -> File:
    """The tree of a text without errors."""
    report = Report()
    file = parse(SourceText("x", text), report)
    assert not report.found, f"{text}\n{report.found}"
    return file


def formatted(text: str) -> str:
    """The canonical form of a text without errors."""
    report = Report()
    found = format_source(SourceText("x", text), report)
    assert found is not None, f"{text}\n{report.found}"
    return found


# --- what holds of any file -------------------------------------------------------------------------------------------


def remarks(file: File) -> list[str]:
    """The comments of a file without the blanks behind them."""
    return [comment.text.rstrip() for comment in file.comments]


def neighbours(file: File) -> list[tuple[int, str]]:
    """Every comment with the number of tokens before it."""
    tokens = tokenize(file.source)
    starts = [start for kind, start in zip(tokens.kinds, tokens.starts, strict=True) if kind != "NEWLINE"]
    return [(sum(start < comment.start for start in starts), comment.text.rstrip()) for comment in file.comments]


def all_statements(file: File) -> Iterator[tuple[Statement, bool]]:
    """Every statement, and whether its continuation lines are a header's."""
    for statement in file.statements:
        yield statement, statement.span.text.split()[0] in BLOCK_HEADS
        for inner in statement.block:
            yield inner, False


def breaks_of(statement: Statement, tokens: Tokens, *, header: bool) -> set[int]:
    """Offsets at which a line of a statement may begin."""
    asserted = [item for assertion in statement.assertions for item in assertion.items]
    found = {node.start for node in (*statement.items, *statement.cites, *statement.assertions, *asserted)}
    inside = [i for i, start in enumerate(tokens.starts) if statement.start < start < statement.end]
    for i in inside:
        if tokens.kinds[i - 1] == "COMMA" or tokens.kinds[i] in {"AND", "OR", "PLUS", "MINUS", "STAR"}:
            found.add(tokens.starts[i])
    text = tokens.source.text
    for i in inside:
        word = text[tokens.starts[i] : tokens.ends[i]]
        if text[tokens.starts[i] - 1] != " " or (header and tokens.kinds[i] == "NAME" and word not in HEADER_WORDS):
            found.discard(tokens.starts[i])
    return found


def words_of(text: str) -> list[str]:
    """The tokens of a text, line ends left out."""
    tokens = tokenize(SourceText("x", text))
    spans = zip(tokens.kinds, tokens.starts, tokens.ends, strict=True)
    return [text[start:end] for kind, start, end in spans if kind != NEWLINE]


def lines_fit(text: str) -> None:
    """A line longer than it may be cannot be broken, and a statement of several lines does not fit on one."""
    file = read(text)
    tokens = tokenize(file.source)
    ends = {text.rfind("\n", 0, comment.start) + 1: comment.start for comment in file.comments}
    for statement, header in all_statements(file):
        start = text.rfind("\n", 0, statement.start) + 1
        lines: list[str] = []
        line_starts: list[int] = []
        for line in text[start : statement.end].split("\n"):
            code = text[start : ends.get(start, start + len(line))].rstrip()
            lines.append(code)
            line_starts.append(start)
            if width_of(code) > COLUMNS:
                inside = range(start + len(code) - len(code.lstrip()) + 1, start + len(code))
                assert not breaks_of(statement, tokens, header=header) & set(inside), code
            start += len(line) + 1
        joined = " ".join([lines[0], *(line.strip() for line in lines[1:])])
        if "\n" in statement.span.text and width_of(joined) <= COLUMNS:
            assert any(start in ends for start in line_starts) or words_of(joined) != words_of("\n".join(lines)), lines


def blanks_fit(text: str) -> None:
    """No blanks at the ends of lines, no two blank lines, none at either end of the file."""
    assert text == "" or (text.endswith("\n") and not text.startswith("\n"))
    assert "\n\n\n" not in text
    assert not text.endswith("\n\n")
    assert all(line == line.rstrip() for line in text.split("\n"))


def holds(text: str) -> str:
    """Everything that formatting guarantees, of one text without errors; its canonical form."""
    once = formatted(text)
    before, after = read(normal(text)), read(once)
    assert after.statements == before.statements
    assert neighbours(after) == neighbours(before)
    assert formatted(once) == once
    blanks_fit(once)
    return once


def refuses(text: str) -> bool:
    """Whether a text has errors."""
    report = Report()
    parse(SourceText("x", normal(text)), report)
    return report.has_errors


# --- examples ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ('permit   A\t"sing"\n', 'permit A "sing"\n'),
        ('nda :forbid  A -> B "sing"\n', 'nda: forbid A->B "sing"\n'),
        ("fee A ->\tB 5m USD\n", "fee A->B 5m USD\n"),
        ("survive a ,b,c , d\n", "survive a, b, c, d\n"),
        ("permit A when ( B or( C and D ) )\n", "permit A when (B or (C and D))\n"),
        ("expect on 2026 :a in force ,b no until\n", "expect on 2026: a in force, b no until\n"),
        ("record X=5m USD\n", "record X = 5m USD\n"),
        ("fee A->B 20%*5m USD+1m USD - paid   under x\n", "fee A->B 20% * 5m USD + 1m USD - paid under x\n"),
        ("permit A subject\tto  B until end   of C\n", "permit A subject to B until end of C\n"),
        ("permit A from earlier  of B,C\n", "permit A from earlier of B, C\n"),
        ('permit A "two  blanks"[a  1]\n', 'permit A "two  blanks" [a  1]\n'),
        ("fee A->B $5 at least***\n", "fee A->B $5 at least ***\n"),
    ],
)  # fmt: skip
def test_one_blank_between_tokens_and_none_where_none_belongs(written: str, canonical: str) -> None:
    assert holds(written) == canonical


def test_blanks_that_are_part_of_the_tree_are_kept() -> None:
    """Until the tree says otherwise, `10   days` is another leaf than `10 days`."""
    text = "permit A from 10   days after B\n"
    holds(text)


def test_a_statement_that_fits_stands_on_one_line() -> None:
    assert holds('permit A\n\n    "sing"\n  until 2032\n         [a 1]\n') == 'permit A "sing" until 2032 [a 1]\n'
    fitting = LONG + " until 2026 unless abcdef" + "\n"
    assert len(fitting) == COLUMNS + 1
    assert holds(fitting) == fitting
    assert holds(fitting.replace("abcdef", "abcdefg")).count("\n") == 2


def test_a_comment_does_not_count() -> None:
    text = LONG + " until 2026 unless abcdef  # and a remark\n"
    assert holds(text) == text


def test_wide_characters_count_as_a_terminal_shows_them() -> None:
    assert holds('permit A "' + "漢" * 54 + '"\n').count("\n") == 1
    assert holds('permit A "' + "漢" * 55 + '"\n').count("\n") == 2


def test_lines_are_filled_with_items_and_indented() -> None:
    text = f"{LONG} [a 1] until 2026 unless abcdefgh\nparty B\n"
    assert holds(text) == f"{LONG} [a 1] until 2026\n  unless abcdefgh\nparty B\n"
    block = f"amend x\n  add y: {LONG} until 2026 unless abcdefgh\n  drop z\n"
    assert holds(block) == f"amend x\n  add y: {LONG} until 2026\n    unless abcdefgh\n  drop z\n"


def test_an_expectation_breaks_before_its_assertions() -> None:
    parts = [f"label_{number} contingent on something_{number}" for number in range(6)]
    assert holds(f"expect on 2026: {', '.join(parts)}\n") == (
        f"expect on 2026: {', '.join(parts[:3])},\n  {', '.join(parts[3:])}\n"
    )


def test_an_item_too_long_for_a_line_breaks_at_commas_and_operators() -> None:
    names = [f"clause_number_{number}" for number in range(12)]
    assert holds(f"survive {', '.join(names)} for 1 year\n") == (
        f"survive\n  {', '.join(names[:7])},\n  {', '.join(names[7:])} for 1 year\n"
    )
    text = holds(f"permit A while {' or '.join(names)} until 2026\n")
    lines = text.splitlines()
    assert lines[0] == "permit A"
    assert lines[1].startswith("  while clause_number_0 or ")
    assert lines[2].startswith("  or clause_number_")
    assert lines[3] == "  until 2026"
    amounts = holds(f"fee A->B {' - '.join(f'paid under {name}' for name in names)}\n").splitlines()
    assert amounts[0] == "fee A->B"
    assert all(line.startswith("  - paid under ") for line in amounts[2:])


def test_a_value_stays_with_the_name_of_its_term() -> None:
    text = f'license OAI->MSFT to models, products, research, compute, services field "{"x" * 70}" until 2032\n'
    assert holds(text).splitlines()[1].startswith('  field "xxx')


def test_an_item_is_broken_where_it_does_not_fit_on_a_line_of_its_own() -> None:
    first, second = "a" * 10, "b" * 98
    assert len(f"  while {first} or {second}") == COLUMNS
    assert holds(f"permit A while {first} or {second} until C\n") == (
        f"permit A\n  while {first} or {second}\n  until C\n"
    )
    assert holds(f"permit A while {first} or {second}b until C\n") == (
        f"permit A\n  while {first}\n  or {second}b until C\n"
    )


def test_a_value_leaves_the_name_of_its_term_where_both_do_not_fit() -> None:
    assert holds(f'license A field "{"x" * 114}"\n') == f'license A\n  field\n  "{"x" * 114}"\n'


def test_what_cannot_be_broken_is_left_long() -> None:
    assert holds(f'permit A "{"x" * 200}" until 2026\n') == f'permit A\n  "{"x" * 200}"\n  until 2026\n'


def test_a_header_never_breaks_before_a_name() -> None:
    """Such a line would be the first of the block."""
    text = f'amend x "{"t" * 45}" of the_deal signed 2025-03-01 by A, 2025-03-04 by B foo retroactive bar\n'
    head = f'amend x "{"t" * 45}" of the_deal signed 2025-03-01 by A, 2025-03-04 by B foo\n    retroactive bar\n'
    assert holds(text) == head
    assert holds(text + "  drop a\n") == head + "  drop a\n"
    bare = "amend x " + " ".join(f"name_{number}" for number in range(40)) + "\n"
    assert holds(bare) == bare
    late = f'amend x "{"t" * 90}" of supply signed 2025-03-01 retroactive\n  drop a\n'
    assert holds(late) == f'amend x "{"t" * 90}" of supply\n    signed 2025-03-01 retroactive\n  drop a\n'


def test_blocks_are_indented_by_two() -> None:
    text = "amend x\n        signed 2025\n   drop a\n     until 2026\n   drop b\nscenario y\n record E\n"
    assert holds(text) == "amend x signed 2025\n  drop a until 2026\n  drop b\nscenario y\n  record E\n"


def test_gaps_that_part_tokens_are_kept() -> None:
    """`3` and `days` are two tokens on two lines, and one on one; the form is that of the tokens there are."""
    assert holds("fee   A 3\n    days\n") == "fee A 3\n  days\n"
    assert holds("permit A\n  in\n  force\n") == "permit A in\n  force\n"
    assert holds("x 10\n  business\n  days\n") == "x 10\n  business days\n"
    assert holds("fee A   2026-5\n") == "fee A 2026-5\n"
    assert holds("fee A   2026,5 ,6\n") == "fee A 2026,5, 6\n"
    assert holds("x 2024-01-01\n  -> B\n") == "x 2024-01-01 ->B\n"
    assert holds("x" + " 3\n  days" * 200 + "\n") == "x" + " 3\n  days" * 200 + "\n"


def test_gaps_that_cannot_be_settled_are_all_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form, "_PASSES", 1)
    assert holds("fee A  ->\tB 2026-5 \n   until  C\n") == "fee A -> B 2026-5\n  until C\n"


# --- comments ---------------------------------------------------------------------------------------------------------


def test_comments_stay_at_their_lines() -> None:
    text = "#first   \n\n  # second\nparty A # of A\n    # third\nparty B# of B\n #last\n"
    assert holds(text) == "#first\n\n# second\nparty A  # of A\n# third\nparty B  # of B\n#last\n"


def test_comments_in_blocks_are_indented_with_them() -> None:
    text = "amend x # of x\n# before a\n    # before a too\n    drop a # of a\n# before b\n    drop b\n"
    assert holds(text) == "amend x  # of x\n  # before a\n  # before a too\n  drop a  # of a\n  # before b\n  drop b\n"


def test_comments_behind_a_block_stay_where_they_were_written() -> None:
    text = "amend x\n    drop a\n    # of the block\n# of B\n\n  # again of the block\nparty B\n  # of C\nparty C\n"
    assert holds(text) == (
        "amend x\n  drop a\n  # of the block\n# of B\n\n  # again of the block\nparty B\n# of C\nparty C\n"
    )
    assert holds("amend x\n  drop a\n   # inside\n# outside") == "amend x\n  drop a\n  # inside\n# outside\n"
    assert holds("amend x\n   # nothing yet\nparty A\n") == "amend x\n  # nothing yet\nparty A\n"
    assert holds("party A\n   # the end\n") == "party A\n# the end\n"


def test_comments_within_a_statement_keep_their_place() -> None:
    text = 'permit A # who\n     "sing" # what\n\n   # how long\n# it lasts\n  until 2026 # all\n'
    assert holds(text) == 'permit A  # who\n  "sing"  # what\n  # how long\n  # it lasts\n  until 2026  # all\n'
    block = "amend x # one\n         signed 2025\n # two\n         retroactive\n  drop a # three\n     until 2026\n"
    assert holds(block) == (
        "amend x  # one\n    signed 2025\n    # two\n    retroactive\n  drop a  # three\n    until 2026\n"
    )
    group = "permit A when ( # one\n  B # two\n  or C # three\n  ) # four\n"
    assert holds(group) == "permit A when (  # one\n  B  # two\n  or C  # three\n  )  # four\n"
    arrow = "fee A # from\n  -> # to\n  B\n"
    assert holds(arrow) == "fee A  # from\n  ->  # to\n  B\n"


def test_a_comment_is_no_reason_to_break_elsewhere() -> None:
    text = f"{LONG} # why\n  until 2026 unless abcdef\n"
    assert holds(text) == f"{LONG}  # why\n  until 2026 unless abcdef\n"


# --- lines ------------------------------------------------------------------------------------------------------------


def test_blank_lines_are_kept_one_at_a_time() -> None:
    text = "\n \n# a\n\n\t\n\nparty A\n\n\namend x\n\n\n  drop a\n\n\n  # b\n\n  drop b\n\n\n"
    assert holds(text) == "# a\n\nparty A\n\namend x\n\n  drop a\n\n  # b\n\n  drop b\n"


@pytest.mark.parametrize("text", ["", "\n", "  \n\n\t\n"])
def test_an_empty_file_stays_empty(text: str) -> None:
    assert holds(text) == ""


def test_a_file_ends_with_its_last_line() -> None:
    assert holds("party A") == "party A\n"
    assert holds("# a") == "# a\n"


def test_line_ends_and_byte_order_marks_are_undone() -> None:
    assert holds("\ufeffparty A # a\r\n\r\nparty B\r\n  until 2026\r") == "party A  # a\n\nparty B until 2026\n"


def test_errors_give_no_text_and_are_reported() -> None:
    report = Report()
    assert format_source(SourceText("x", "party A\npermit A ->\nparty  B )\n"), report) is None
    assert [found.span.place.line for found in report.sorted() if found.span] == [2, 3]
    before = list(report.found)
    assert format_source(SourceText("y", "party  A\n"), report) == "party A\n", (
        "the errors of another file do not count"
    )
    assert report.found == before


def test_what_loads_is_not_made_into_what_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "survive a,b,c\n"
    monkeypatch.setattr("dealrun.syntax.format.MAX_FILE_BYTES", len(text) + 1)
    report = Report()
    assert format_source(SourceText("x", text), report) is None
    assert [found.code for found in report.found] == ["DR907"]
    monkeypatch.setattr("dealrun.syntax.format.MAX_FILE_BYTES", len(text) + 2)
    assert format_source(SourceText("x", text), Report()) == "survive a, b, c\n"
    long = LONG * 2 + "\n"
    monkeypatch.undo()
    monkeypatch.setattr("dealrun.syntax.format.MAX_TOKENS", len(tokenize(SourceText("x", long)).kinds))
    report = Report()
    assert format_source(SourceText("x", long), report) is None
    assert [found.code for found in report.found] == ["DR901"]


# --- any file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [text for text in TEXTS.values() if not refuses(text)])
def test_real_files(text: str) -> None:
    lines_fit(holds(text))


@attrs.define
class Mangler:
    """Writes the statements of a text anew: other blanks, line ends and indentation, and comments; the same tokens."""

    random: random.Random
    quiet: bool = False
    """Whether there are no comments, and no blanks that are part of the tree."""
    comments: int = 0

    def text(self, source: SourceText) -> str:
        """The whole text."""
        tokens = tokenize(source)
        out: list[str] = []
        for piece in lay_out(tokens, Report()):
            out += [self.between(), self.statement(tokens, piece.tokens, 0)]
            depth = self.random.randint(1, 5)
            for inner in piece.block:
                out += [self.between(), " " * depth, self.statement(tokens, inner.tokens, depth)]
        return "".join([*out, self.between()])

    def comment(self) -> str:
        """A comment like no other."""
        if self.quiet:
            return ""
        self.comments += 1
        return f"#{self.random.choice(['', ' ', '#'])}{self.comments}{self.random.choice(['', ' ', chr(9), '  x'])}"

    def commented(self, lines: str) -> str:
        """Lines with a comment at every number sign, now and then indented."""
        return re.sub("#", lambda _: " " * self.random.choice([0, 0, 1, 3, 8]) + self.comment(), lines)

    def between(self) -> str:
        """What stands between two statements."""
        return self.commented(
            "".join(self.random.choices(["\n", "  \n", "#\n"], k=self.random.choice([0, 0, 0, 1, 2, 4])))
        )

    def statement(self, tokens: Tokens, indices: list[int], depth: int) -> str:
        """One statement."""
        words = [tokens.source.text[tokens.starts[index] : tokens.ends[index]] for index in indices]
        opens = not depth and words[0] in BLOCK_HEADS
        parts: list[str] = []
        for place, index in enumerate(indices):
            if place:
                name = tokens.kinds[index] == "NAME" and words[place] not in HEADER_WORDS
                parts.append(self.gap(tokens, indices[place - 1], index, 0 if opens and name else depth + 1))
            stretched = {"MODIFIER", "EVENT_OF", "LIMB_OF"} | (set() if self.quiet else {"DURATION", "STATUS"})
            blanks = self.random.choice([" ", " ", "  ", "\t"]) if tokens.kinds[index] in stretched else " "
            parts.append(words[place].replace(" ", blanks))
        return self.commented("".join([*parts, self.random.choice(["", "", "  ", " #"]), "\n"]))

    def gap(self, tokens: Tokens, left: int, right: int, depth: int) -> str:
        """What stands between two tokens; a line end only with a depth."""
        if depth and self.random.random() < 0.15:
            lines = self.random.choice(["\n", "\n\n", " #\n", "\n#\n", " #\n\n#\n", "\n#\n \n#\n"])
            return lines + " " * (depth + self.random.randint(0, 5))
        digit = tokens.source.text[tokens.starts[right]].isdigit()
        tight = {tokens.kinds[left], tokens.kinds[right]} & {"COMMA", "COLON", "ARROW", "LPAR", "RPAR", "STRING"}
        if tight and not digit and self.random.random() < 0.4:
            return ""
        return self.random.choice([" ", " ", "  ", "\t", "   "])


@settings(max_examples=150)
@given(cases(), st.integers(0, 10**9))
def test_a_mangled_contract_keeps_its_tree_and_its_comments(case: Case, seed: int) -> None:
    mangler = Mangler(random.Random(seed))
    mangled = mangler.text(SourceText("x", case.text()))
    assert len(read(mangled).comments) == mangler.comments
    lines_fit(holds(mangled))


@settings(max_examples=100)
@given(cases(), st.integers(0, 10**9))
def test_however_a_contract_is_mangled_its_form_is_one(case: Case, seed: int) -> None:
    mangled = Mangler(random.Random(seed), quiet=True).text(SourceText("x", case.text()))
    assert holds(mangled).replace("\n\n", "\n") == holds(case.text())


SPELT = {
    "NAME": ["A", "days", "USD", "business", "force", "other", "retroactive", "Q3", "of-x", "a.b", "start", "n" * 30],
    "STRING": ['"x"', '"a  b"', '"#no"', f'"{"y" * 40}"', '"漢字"'],
    "REDACTED": ["***", "[***]", "*** USD", "***%"],
    "REDACTED_DURATION": ["*** days", "[***]  business days"],
    "CITE": ["[a b]", "[  x ; y ]"],
    "DATE": ["2024-01-01", "2024-1-1"],
    "MONTH": ["2024-01"],
    "QUARTER": ["Q3 2026", "Q3   2026"],
    "DURATION": ["10 days", "10  business   days"],
    "PERCENT": ["20%", "20 %"],
    "FRACTION": ["1/3"],
    "YEAR": ["2026"],
    "MONEY": ["$10", "$ 5m"],
    "QUANTITY": ["5 USD", "5m   USD"],
    "NUMBER": ["5", "2026k", "3", "2026", "1.5", "1,000", "01"],
    "BOTH_WAYS": ["each->other", "each -> other"],
    "EVENT_OF": ["start of", "end   of"],
    "LIMB_OF": ["earlier of", "lower  of"],
    "PAID_UNDER": ["paid  under"],
    "STATUS": ["in force", "not  yet"],
    "MODIFIER": ["subject  to", "until", "in", "per", "paid", "at", "so far", "each", "then"],
    "ARROW": ["->"], "EQUALS": ["="], "COLON": [":"], "COMMA": [","], "PLUS": ["+"], "MINUS": ["-"], "STAR": ["*"],
    "LPAR": ["("], "RPAR": [")"],
}  # fmt: skip
"""Words of every kind; two of them side by side may well read as one."""


def walk(chance: random.Random, begin: str) -> Iterator[str]:
    """A statement along the grammar, in words and the blanks between them."""
    kinds = ["NAME"]
    yield begin
    size = chance.choice([3, 6, 12, 30])
    while len(kinds) < size + 20:
        refused = derive(table(), [*kinds, BAD])
        assert isinstance(refused, Refused)
        if len(kinds) >= size and END in refused.accepts:
            return
        kinds.append(chance.choice(sorted(refused.accepts - {END})))
        blanks = ["  ", "\t", "", *(["\n  ", "\n\n    ", " #\n  ", "\n#\n   "] if chance.random() < 0.4 else [])]
        yield " " if chance.random() < 0.7 else chance.choice(blanks).replace("#", f"#{len(kinds)}")
        yield chance.choice(SPELT.get(kinds[-1], [kinds[-1].lower()]))


def walked(chance: random.Random) -> Iterator[str]:
    """A few statements along the grammar."""
    for _ in range(chance.randint(1, 3)):
        begin = chance.choice(["x", "x", "amend", "scenario"])
        yield chance.choice(["", "", "\n\n", "# margin\n", "  # indented\n"])
        statement = "".join(walk(chance, begin))
        yield re.sub(r"\n +(?=\w)", "\n      ", statement) + chance.choice(["\n", " # behind\n"])
        for _ in range(chance.randint(0, 2) if begin != "x" else 0):
            yield chance.choice(["", "", "# margin\n", "  # indented\n"])
            yield "   " + "".join(walk(chance, "drop")).replace("\n", "\n   ") + "\n"


def test_walks_along_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements that nobody would write: tokens that are two side by side and one together, and long items."""
    kept: list[int] = []

    def keep(gaps: list[str], written: list[str], index: int) -> int | None:
        found = differing(gaps, written, index)
        kept.extend(() if found is None else [found])
        return found

    differing = form._differing
    monkeypatch.setattr(form, "_differing", keep)
    right = long = 0
    for seed in range(600):
        text = "".join(walked(random.Random(seed)))
        if refuses(text):
            report = Report()
            assert format_source(SourceText("x", text), report) is None
            assert report.has_errors
            continue
        once = holds(text)
        lines_fit(once)
        right += 1
        long += any(width_of(line) > COLUMNS - 20 for line in once.splitlines())
    assert right > 200
    assert long > 30
    assert len(kept) > 30


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=80), st.lists(pieces, max_size=40).map(" ".join)))
def test_junk_is_formatted_or_refused(text: str) -> None:
    report = Report()
    found = format_source(SourceText("x", text), report)
    assert (found is None) == report.has_errors
    if found is not None:
        holds(text)


@settings(max_examples=400)
@given(
    st.lists(st.tuples(st.sampled_from(["", "", "  ", "   # "]), statements).map("".join), max_size=6).map("\n".join)
)
def test_statements_of_the_vocabulary_are_formatted_or_refused(text: str) -> None:
    if not refuses(text):
        lines_fit(holds(text))


def test_a_large_file_takes_linear_time() -> None:
    lines = ["x" + " 3\n  days" * 900, "y a" + ",a" * 990, f"{LONG} -> B # c", "z" + " a # c\n" * 900 + " b"]
    for line in lines:
        spent = []
        for count in (5, 20):
            begun = time.process_time()
            format_source(SourceText("x", f"{line}\n" * count), Report())
            spent.append(time.process_time() - begun)
        assert spent[1] < 10 * max(spent[0], 0.1)


# --- the command ------------------------------------------------------------------------------------------------------

Capture = pytest.CaptureFixture[str]

CANONICAL = 'party A "A"\n'
OTHERWISE = 'party   A "A"\n'
WRONG = 'party   A "A"\npermit A ->\n'


@attrs.frozen
class Result:
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str


def run(capsys: Capture, *arguments: str) -> Result:
    """Run `dealrun fmt` in this process."""
    code = main(["fmt", *arguments])
    printed = capsys.readouterr()
    return Result(code, printed.out, printed.err)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str | bytes) -> Path:
    """A file of the current folder."""
    path = Path(name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def given_input(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """Put a text on standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))


@pytest.mark.usefixtures("folder")
def test_files_are_rewritten_in_place(capsys: Capture) -> None:
    path, other = write("a.deal", OTHERWISE), write("b.deal", CANONICAL)
    before = (other.stat().st_ino, other.stat().st_mtime_ns)
    assert run(capsys, "a.deal", "b.deal") == Result(0, "formatted a.deal\n", "")
    assert path.read_bytes() == CANONICAL.encode()
    assert (other.stat().st_ino, other.stat().st_mtime_ns) == before, "what is canonical is not written"
    assert run(capsys, "a.deal", "b.deal") == Result(0, "", "")
    assert sorted(os.listdir()) == ["a.deal", "b.deal"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "text", [CANONICAL.replace("\n", "\r\n"), "\ufeff" + CANONICAL, CANONICAL[:-1], CANONICAL + "\n"]
)
def test_line_ends_and_marks_alone_make_a_file_not_canonical(capsys: Capture, text: str) -> None:
    path = write("a.deal", text)
    assert run(capsys, "--check", "a.deal").code == 1
    assert run(capsys, "--diff", "a.deal").code == 1
    assert run(capsys, "a.deal").code == 0
    assert path.read_bytes() == CANONICAL.encode()


@pytest.mark.usefixtures("folder")
def test_check_names_what_is_not_canonical_and_writes_nothing(capsys: Capture) -> None:
    path = write("a.deal", OTHERWISE)
    write("b.deal", CANONICAL)
    assert run(capsys, "--check", "a.deal", "b.deal") == Result(1, "a.deal\n", "")
    assert path.read_bytes() == OTHERWISE.encode()
    assert run(capsys, "--check", "b.deal") == Result(0, "", "")


@pytest.mark.usefixtures("folder")
def test_diff_shows_what_would_change_and_writes_nothing(capsys: Capture) -> None:
    path = write("a.deal", "# a\n# b\n# c\n# d\n" + OTHERWISE + "# e\n")
    before = path.read_bytes()
    assert run(capsys, "--diff", "a.deal") == Result(
        1,
        '--- a.deal\n+++ a.deal\n@@ -2,5 +2,5 @@\n # b\n # c\n # d\n-party   A "A"\n+party A "A"\n # e\n',
        "",
    )
    assert run(capsys, "--diff", "--check", "a.deal").out.startswith("--- a.deal\n")
    assert path.read_bytes() == before
    write("a.deal", CANONICAL)
    assert run(capsys, "--diff", "a.deal") == Result(0, "", "")


@pytest.mark.usefixtures("folder")
def test_errors_leave_a_file_as_it_is_and_others_are_done(capsys: Capture) -> None:
    first, wrong, last = write("a.deal", OTHERWISE), write("b.deal", WRONG), write("c.deal", OTHERWISE)
    result = run(capsys, "a.deal", "b.deal", "c.deal")
    assert result.code == 1
    assert result.out == "formatted a.deal\nformatted c.deal\n"
    assert "error[DR101]" in result.err
    assert "--> b.deal:2:12" in result.err
    assert wrong.read_bytes() == WRONG.encode()
    assert first.read_bytes() == last.read_bytes() == CANONICAL.encode()
    for option in ("--check", "--diff"):
        result = run(capsys, option, "a.deal", "b.deal")
        assert (result.code, result.out) == (1, "")
        assert "error[DR101]" in result.err


def test_folders_stand_for_their_files(capsys: Capture, folder: Path) -> None:
    (folder / "deal").mkdir()
    write("deal/b.deal", OTHERWISE)
    write("deal/a.deal", OTHERWISE)
    write("deal/c.txt", OTHERWISE)
    write("here.deal", OTHERWISE)
    assert run(capsys, "--check", "deal", "deal/a.deal") == Result(1, "deal/a.deal\ndeal/b.deal\n", "")
    assert run(capsys, "deal").out == "formatted deal/a.deal\nformatted deal/b.deal\n"
    assert (folder / "deal/c.txt").read_text(encoding="utf-8") == OTHERWISE
    assert run(capsys) == Result(0, "formatted ./here.deal\n", "")


def test_standard_input_is_formatted_to_standard_output(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'party   A "é漢"\r\n'.encode()
    given_input(monkeypatch, text)
    assert run(capsys, "-") == Result(0, 'party A "é漢"\n', "")
    given_input(monkeypatch, CANONICAL.encode())
    assert run(capsys, "-") == Result(0, CANONICAL, "")
    given_input(monkeypatch, text)
    assert run(capsys, "--check", "-") == Result(1, "<stdin>\n", "")
    given_input(monkeypatch, text)
    assert run(capsys, "--diff", "-").out.startswith("--- <stdin>\n+++ <stdin>\n@@ -1,1 +1,1 @@\n-party")
    given_input(monkeypatch, WRONG.encode())
    result = run(capsys, "-")
    assert (result.code, result.out) == (1, "")
    assert "<stdin>:2:12" in result.err
    given_input(monkeypatch, b"\xff")
    result = run(capsys, "-")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("dealrun: `<stdin>` is not UTF-8")


def one_line(result: Result, said: str) -> None:
    """A usage error: one line on standard error."""
    assert result.code == 2
    assert result.err.startswith("dealrun: ")
    assert said in result.err
    assert result.err.count("\n") == 1


def test_what_cannot_be_read_is_a_usage_error(capsys: Capture, folder: Path) -> None:
    write("a.deal", OTHERWISE)
    write("latin.deal", b'party A "\xe9"\n')
    os.mkfifo("pipe.deal")
    (folder / "empty").mkdir()
    one_line(run(capsys, "missing.deal"), "`missing.deal` cannot be read")
    one_line(run(capsys, "empty"), "no .deal file in the folder")
    one_line(run(capsys, "pipe.deal"), "`pipe.deal` cannot be read: it is no regular file")
    one_line(run(capsys, "nul\0.deal"), "is not a path")
    result = run(capsys, "missing.deal", "latin.deal", "a.deal")
    one_line(result, "`latin.deal` is not UTF-8")
    assert "missing.deal" in result.err
    assert result.out == "formatted a.deal\n", "the others are done"


def test_a_folder_that_cannot_be_listed_is_a_usage_error(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> list[str]:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.listdir", refuse)
    one_line(run(capsys, "."), "`.` cannot be read: permission denied")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("what", ["os.fchmod", "os.link", "pathlib.Path.replace", "named os.fchmod", "named os.open"])
def test_what_cannot_be_written_is_a_usage_error_and_leaves_no_trace(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Whether the file has a name while it is written, or none."""

    def refuse(*arguments: Any, **_: object) -> Any:
        if what == "named os.open" and not str(arguments[0]).endswith(".tmp"):
            return opened(*arguments)
        raise PermissionError(13, "Permission denied")

    opened = os.open
    path = write("a.deal", OTHERWISE)
    with monkeypatch.context() as patch:
        if what.startswith("named"):
            patch.setattr("dealrun.source.writing.NAMELESS", 0)
        patch.setattr(what.removeprefix("named "), refuse)
        result = run(capsys, "a.deal")
    one_line(result, "`a.deal` cannot be written: permission denied")
    assert result.out == ""
    assert path.read_bytes() == OTHERWISE.encode()
    assert os.listdir() == ["a.deal"]


def test_an_unwritable_folder_or_file_is_a_usage_error(capsys: Capture, folder: Path) -> None:
    """The operating system's own word; the superuser may write everywhere, and does."""
    path = write("a.deal", OTHERWISE)
    free = os.geteuid() == 0
    for place, mode in ((folder, 0o500), (path, 0o400)):
        usual = place.stat().st_mode
        place.chmod(mode)
        result = run(capsys, "a.deal")
        place.chmod(usual)
        if not free:
            one_line(result, "`a.deal` cannot be written: permission denied")
        assert path.read_text(encoding="utf-8") == (CANONICAL if free else OTHERWISE)


@pytest.mark.usefixtures("folder")
def test_the_mode_of_a_file_is_kept(capsys: Capture) -> None:
    for mode in (0o640, 0o664, 0o755, 0o600):
        path = write("a.deal", OTHERWISE)
        path.chmod(mode)
        assert run(capsys, "a.deal").code == 0
        assert path.stat().st_mode & 0o7777 == mode


def test_a_symbolic_link_stays_one(capsys: Capture, folder: Path) -> None:
    (folder / "far").mkdir()
    path = write("far/a.deal", OTHERWISE)
    link = folder / "link.deal"
    link.symlink_to("far/a.deal")
    assert run(capsys, "link.deal", "far/a.deal") == Result(0, "formatted link.deal\n", "")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == CANONICAL
    assert os.listdir("far") == ["a.deal"]


HOSTILE = "\x1b[31m\u202e"


@pytest.mark.usefixtures("folder")
def test_no_control_character_reaches_the_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"a{HOSTILE}.deal"
    text = f'party   A "{HOSTILE}" # {HOSTILE}\n'
    for arguments in (["--check", name], ["--diff", name], [f"missing{HOSTILE}"], [f"nul\0{HOSTILE}"], [name], [name]):
        write(name, WRONG + text if arguments == [name] and Path(name).read_bytes() == b"" else text)
        result = run(capsys, *arguments)
        assert not re.search("[\x1b\u202e]", result.out + result.err)
    assert HOSTILE in Path(name).read_text(encoding="utf-8")
    write(name, WRONG + text)
    assert not re.search("[\x1b\u202e]", run(capsys, name).err)
    given_input(monkeypatch, text.encode())
    assert HOSTILE in run(capsys, "-").out, "a pipe gets the text as it is"
    given_input(monkeypatch, text.encode())
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert not re.search("[\x1b\u202e]", run(capsys, "-").out)


# --- diffs ------------------------------------------------------------------------------------------------------------


def applied(diff: str, old: str) -> str:
    """A text with a unified diff applied to it."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", old)
    out: list[str] = []
    at = 0
    for hunk in re.split(r"^(?=@@ )", diff, flags=re.MULTILINE)[1:]:
        head, *rows = re.findall(r"[^\n]*\n", hunk)
        sizes = re.fullmatch(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@\n", head)
        assert sizes
        start, left, to, right = map(int, sizes.groups())
        out += lines[at : start - (left > 0)]
        at = start - (left > 0)
        assert len(out) == to - (right > 0)
        ended = [
            row.removesuffix("\n") if after.startswith("\\") else row
            for row, after in zip(rows, [*rows[1:], ""], strict=True)
        ]
        ended = [row for row in ended if not row.startswith("\\")]
        assert [row[1:] for row in ended if row[0] in " -"] == lines[at : at + left]
        added = [row[1:] for row in ended if row[0] in " +"]
        assert len(added) == right
        out += added
        at += left
    return "".join(out + lines[at:])


@settings(max_examples=100)
@given(cases(), st.integers(0, 10**9), st.booleans())
def test_a_diff_turns_a_file_into_its_form(case: Case, seed: int, ended: bool) -> None:
    text = Mangler(random.Random(seed)).text(SourceText("x", case.text()))
    text = text if ended else text.rstrip("\n")
    assert applied(fmt._diff("x", text, formatted(text)), text) == formatted(text)


def test_a_diff_shows_no_more_than_three_lines_around_a_change() -> None:
    lines = [f"# {number}\n" for number in range(40)]
    for changed in ([0], [39], [5, 12], [5, 13], [0, 20, 39]):
        old = "".join(line.replace("\n", "  \n") if number in changed else line for number, line in enumerate(lines))
        diff = fmt._diff("x", old, "".join(lines))
        assert applied(diff, old) == "".join(lines)
        assert diff.count("@@ -") == (1 if changed == [5, 12] else len(changed))
        shown = {number for number in range(40) if any(abs(number - at) <= 3 for at in changed)}
        assert {int(found) for found in re.findall(r"^.# (\d+)", diff, re.MULTILINE)} == shown


def test_a_diff_of_a_large_file_takes_linear_time() -> None:
    old = "".join(f"party  P{number}\nparty Q{number}\n" for number in range(20_000))
    begun = time.process_time()
    diff = fmt._diff("x", old, old.replace("  ", " "))
    assert time.process_time() - begun < 10
    assert diff.count("\n-party") == 20_000


def test_the_projects_own_contracts_have_no_errors() -> None:
    paths = sorted((ROOT / "contracts").rglob("*.deal"))
    assert paths
    for path in paths:
        formatted(path.read_text(encoding="utf-8"))
