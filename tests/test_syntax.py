"""From text to the written tree: the table, the lexer, the driver, spans and comments, and files that are wrong.

Each part is held against what it stands for: the table against the grammar, the driver against Lark's own parser, the
lexer against trying the terminals one by one, and a file with errors against the same file without them.
"""

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree, UnexpectedToken

import dealrun
from conftest import ROOT
from dealrun.diagnostics import Report
from dealrun.model.vocabulary import CLAUSES, DECLARATIONS, FORMS, OPERATIONS, OTHERS
from dealrun.source import SourceText
from dealrun.syntax import Comment, File, Leaf, Statement, parse
from dealrun.syntax.driver import END, Derivation, Derived, Refused, derive
from dealrun.syntax.layout import Piece, lay_out
from dealrun.syntax.lexer import BAD, NEWLINE, UNCLOSED, WORD_TERMINALS, table, tokenize
from dealrun.syntax.table import GRAMMAR, TABLE, ParseTable, build, load
from dealrun.syntax.tree import Node
from either import either, either_of

GRAMMAR_TEXT = (ROOT / "grammar" / GRAMMAR).read_text(encoding="utf-8")
LANGUAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
CONTRACTS = sorted((ROOT / "contracts").glob("*/*.deal"))
BLOCKS = re.findall(r"^```deal[^\n]*\n(.*?)^```", LANGUAGE, re.DOTALL | re.MULTILINE)
REAL_DEAL = sorted((ROOT / "contracts/openai-microsoft").glob("*.deal"))
WHOLE = "\n".join(path.read_text(encoding="utf-8") for path in REAL_DEAL)
TEXTS = {**{path.name: path.read_text(encoding="utf-8") for path in CONTRACTS},
         **{f"language.md {number}": block for number, block in enumerate(BLOCKS)}}  # fmt: skip

REAL = st.sampled_from(list(TEXTS.values()))


# --- the table --------------------------------------------------------------------------------------------------------


def numbered(parser: ParseTable) -> tuple[object, ...]:
    """A table with its states numbered as they are reached, and its rules in full instead of by number."""
    order = {parser.start: 0}
    todo = [parser.start]
    rows: list[dict[str, object]] = []
    for state in todo:
        row: dict[str, object] = {}
        for kind, action in sorted(parser.states[state].items()):
            if action >= 0 and action not in order:
                order[action] = len(order)
                todo.append(action)
            row[kind] = order[action] if action >= 0 else parser.rules[-1 - action]
        rows.append(row)
    return parser.terminals, sorted(parser.rules), rows, order[parser.end], len(parser.states)


def test_the_shipped_table_is_that_of_the_grammar() -> None:
    assert numbered(load()) == numbered(build(GRAMMAR_TEXT)), "run `make grammar`"


def test_the_table_is_made_byte_for_byte_alike() -> None:
    script = "from dealrun.syntax.table import *; import sys; print(to_json(build(sys.stdin.read())), end='')"
    shipped = (ROOT / "grammar" / TABLE).read_text(encoding="utf-8")
    for seed in ("1", "2"):
        made = subprocess.run(
            [sys.executable, "-c", script], input=GRAMMAR_TEXT, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed}, encoding="utf-8",
        )  # fmt: skip
        assert made.stdout == shipped


def words_of(regex: str) -> set[str]:
    """The words that a terminal of words matches, one blank between two."""
    body = re.sub(r"\[ (?:\t|\\t)\]\+", " ", regex.partition(r"\b")[0])
    parts = [part.split("|") for part in re.findall(r"\(\?:([^()]*)\)|([^()]+)", body) for part in part if part]
    return {"".join(words) for words in product(*parts)}


def reserved() -> set[str]:
    """The words that no name can be: those of every terminal of words but the ones that need a name beside them."""
    names = WORD_TERMINALS - {"NAME", "QUARTER", "BOTH_WAYS", "EVENT_OF", "PAID_UNDER", "STATUS"}
    return {word for name, regex in table().terminals if name in names for word in words_of(regex)}


def test_words_are_read_off_the_terminals() -> None:
    assert words_of(r"(?:so[ \t]+far|to)\b(?![.-]\w)") == {"so far", "to"}
    assert words_of(r"(?:earlier|later)[ \t]+of\b(?![.-]\w)") == {"earlier of", "later of"}
    assert words_of(r"of\b(?![.-]\w)") == {"of"}
    assert {"until", "subject to", "of", "or", "about", "lower of", "signed"} <= reserved()


def test_the_specification_lists_the_reserved_words() -> None:
    section = LANGUAGE.partition("Only the modifiers are reserved")[2].partition("`for` takes")[0]
    assert set(re.findall("`([^`]+)`", section)) == reserved()


@pytest.mark.parametrize("word", sorted(word for word in reserved() if " " not in word))
def test_a_reserved_word_is_no_name(word: str) -> None:
    assert isinstance(either(f'permit {word} "sing"\n'), dealrun.Diagnostics)


def no_units() -> set[str]:
    """The words that QUANTITY does not take for a unit."""
    listed = re.search(r"\(\?!\(\?:([a-z|-]+)\)\\b", dict(table().terminals)["QUANTITY"])
    assert listed
    return set(listed[1].split("|"))


def test_no_number_takes_a_reserved_word_for_its_unit() -> None:
    assert {word.split()[0] for word in reserved()} <= no_units()


def test_a_word_that_is_no_unit_is_reserved_or_the_name_of_a_term() -> None:
    terms = {name for form in FORMS.values() for name in form.terms}
    assert no_units() <= {word.split()[0] for word in reserved()} | terms


def test_a_window_may_follow_a_bare_factor() -> None:
    dealrun.loads("fee A->B 10m USD * 2 so far 5m USD per year\n")


# --- the lexer --------------------------------------------------------------------------------------------------------


@cache
def ranked() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every terminal in the order of its rank, then what is not closed, and what fits nothing."""
    plain = [(name, re.compile(regex)) for name, regex in table().terminals]
    return (*plain, (UNCLOSED, re.compile(r"\"[^\n]*")), (BAD, re.compile(r".", re.DOTALL)))


def cut(text: str) -> Iterator[tuple[str, int, int]]:
    """Tokens and comments by trying the terminals one by one."""
    at = 0
    while at < len(text):
        if text[at] in " \t\r":
            at += 1
            continue
        if text[at] == "\n":
            yield NEWLINE, at, at + 1
            at += 1
            continue
        name, match = next((name, match) for name, regex in ranked() if (match := regex.match(text, at)))
        yield name, at, match.end()
        at = match.end()


def cut_alike(text: str) -> None:
    """The lexer cuts as the plain one does, and leaves out nothing but blanks."""
    tokens = tokenize(SourceText("x", text))
    found = [*zip(tokens.kinds, tokens.starts, tokens.ends, strict=True), *(("COMMENT", *c) for c in tokens.comments)]
    assert sorted(found, key=lambda token: token[1]) == list(cut(text))
    covered = set().union(*(range(start, end) for _, start, end in found))
    assert all(text[at] in " \t\r" for at in set(range(len(text))) - covered)


pieces = st.sampled_from([
    *'abZé_x9 0 1 5 20 \t\n\r#"[]()*%$€£¥->=:,+./²٣Ωÿ\u2028\u00a0\x00\x1b',
    *sorted(reserved()), " ", " ", "\n", "->", "each->other", "each -> other", "in force", "not yet", "paid under",
    "start of", "end of", "Q3 2026", "Q9 2026", "2026", "2026-04", "2026-04-27", "2026-4-7", "2026.5", "2199", "2200",
    "38bn USD", "1,000.50 EUR", "1,00", "$10", "$10m", "$ 5", "20%", "20 %", "1/3", "1/3/4", "12 FTE", "45 days",
    "10 business days", "3 months-x", "***", "[***]", "*** USD", "***%", "[era2025 B2]", '"quoted"', '"open',
    "license.OAI.MSFT", "non-compete", "until-x", "until.x", "untilx", "of-x", "2026k", "5m", "5k USD", "5 mUSD",
])  # fmt: skip


@settings(max_examples=600)
@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=14).map("".join)))
def test_the_guarded_lexer_cuts_as_plain_rank_order_does(text: str) -> None:
    cut_alike(text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_guarded_lexer_cuts_real_files_as_plain_rank_order_does(text: str) -> None:
    cut_alike(text)


# --- the driver -------------------------------------------------------------------------------------------------------


@cache
def lark() -> Lark:
    """Lark's own parser of the grammar, fed with tokens."""
    return Lark(GRAMMAR_TEXT, parser="lalr", lexer="basic", start="start", keep_all_tokens=True)


def larks(kinds: list[str]) -> Derivation | tuple[int, frozenset[str]]:
    """What Lark makes of kinds: its tree in the form of a derivation, or where it breaks off and what would go on."""
    parser: Any = lark().parse_interactive()
    for index, kind in enumerate(kinds):
        try:
            parser.feed_token(Token(kind, str(index)))
        except UnexpectedToken:
            return index, frozenset(parser.accepts())
    try:
        return derived(parser.feed_eof())
    except UnexpectedToken:
        return len(kinds), frozenset(parser.accepts())


def derived(node: Tree[Any] | Token) -> Derivation:
    """A tree of Lark's as a derivation."""
    if isinstance(node, Token):
        return int(node)
    return Derived(str(node.data), tuple(derived(child) for child in node.children))


def derived_alike(kinds: list[str]) -> None:
    """The driver and Lark make the same of kinds."""
    ours, theirs = derive(table(), kinds), larks(kinds)
    assert (tuple(ours) if isinstance(ours, Refused) else ours) == theirs


def shapes(text: str) -> Iterator[list[str]]:
    """The kinds of every statement of a text."""
    tokens = tokenize(SourceText("x", text))
    todo: list[Piece] = lay_out(tokens, Report())
    while todo:
        piece = todo.pop()
        yield [tokens.kinds[index] for index in piece.tokens]
        todo.extend(piece.block)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_driver_derives_real_statements_as_lark_does(text: str) -> None:
    for kinds in shapes(text):
        derived_alike(kinds)


KINDS = [name for name, _ in table().terminals if name != "COMMENT"]


@st.composite
def walks(draw: st.DrawFn) -> list[str]:
    """Kinds that the grammar lets follow one another, now and then one that it may not."""
    kinds = ["NAME"]
    for _ in range(draw(st.integers(0, 18))):
        refused = derive(table(), [*kinds, BAD])
        assert isinstance(refused, Refused)
        fitting = sorted(refused.accepts - {END}) if refused.at == len(kinds) else []
        stray = not fitting or draw(st.integers(0, 24)) == 0
        kinds.append(draw(st.sampled_from(KINDS if stray else fitting)))
    return kinds


@settings(max_examples=500)
@given(walks())
def test_the_driver_derives_and_refuses_as_lark_does(kinds: list[str]) -> None:
    derived_alike(kinds)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(KINDS), max_size=8))
def test_the_driver_refuses_any_kinds_as_lark_does(kinds: list[str]) -> None:
    derived_alike(kinds)


def test_walks_are_accepted_and_refused() -> None:
    """Both sides of the comparison are there: a walk is not refused at its first step."""
    found = [derive(table(), kinds) for text in TEXTS.values() for kinds in shapes(text)]
    assert sum(isinstance(each, Derived) for each in found) > 200
    assert isinstance(derive(table(), ["NAME", "LPAR"]), Refused)
    assert isinstance(derive(table(), []), Refused)


# --- spans and comments -----------------------------------------------------------------------------------------------


def nodes(node: Node) -> Iterator[Node]:
    """A node's own children: those of its block lie below it, not in it."""
    for field in attrs.fields(type(node)):
        value = getattr(node, field.name)
        if field.name != "block":
            yield from (each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, Node))


def spans_fit(file: File) -> int:
    """Every span lies within its parent's and covers what the node says; how many nodes there are."""
    text = file.source.text
    todo: list[Node] = []
    last = 0
    statements = list(file.statements)
    while statements:
        statement = statements.pop(0)
        assert statement.start >= last, "statements follow one another"
        last = statement.end
        statements = [*statement.block, *statements]
        todo.append(statement)
    count = 0
    while todo:
        node = todo.pop()
        count += 1
        assert 0 <= node.start < node.end <= len(text)
        assert node.span.text == text[node.start : node.end]
        assert node.span.text == node.span.text.strip()
        if isinstance(node, Leaf):
            assert node.span.text == (f'"{node.text}"' if node.kind == "STRING" else node.text)
        for child in nodes(node):
            assert node.start <= child.start < child.end <= node.end
            todo.append(child)
    return count


def comments_are_kept(file: File) -> None:
    """The file's comments are those of its text, each at its place."""
    expected = [(start, end) for kind, start, end in cut(file.source.text) if kind == "COMMENT"]
    assert [(comment.start, comment.end) for comment in file.comments] == expected
    for comment in file.comments:
        assert comment.text == comment.span.text
        assert comment.text.startswith("#")
        assert comment.end == len(file.source.text) or file.source.text[comment.end] == "\n"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_spans_are_exact_and_comments_are_kept(text: str) -> None:
    file = parse(SourceText("x", text), Report())
    assert spans_fit(file)
    comments_are_kept(file)


@settings(max_examples=300)
@given(st.lists(pieces, max_size=25).map(" ".join))
def test_spans_are_exact_and_comments_are_kept_in_any_text(text: str) -> None:
    file = parse(SourceText("x", text), Report())
    spans_fit(file)
    comments_are_kept(file)


def test_a_number_sign_in_a_quote_is_no_comment() -> None:
    file = parse(SourceText("x", 'permit A "sing #1" # one\n  until 2030 # two\n# three\n'), Report())
    assert [comment.text for comment in file.comments] == ["# one", "# two", "# three"]
    assert file.comments[0] == Comment(file.source, 0, 0, "# one"), "equality looks at what is said"
    assert file.statements[0].span.text == 'permit A "sing #1" # one\n  until 2030'


def test_lines_and_columns_count_from_one_in_code_points() -> None:
    loaded = either('party A "𝔸é"\n\nparty B "x" %\n', name="x.deal")
    assert isinstance(loaded, dealrun.Diagnostics)
    assert [str(found.span.place) for found in loaded if found.span] == ["x.deal:3:13"]
    second = either('party 𝔸 "𝔸é" %\n', name="x.deal")
    assert isinstance(second, dealrun.Diagnostics)
    assert [str(found.span.place) for found in second if found.span] == ["x.deal:1:14"]


# --- several errors of one run ----------------------------------------------------------------------------------------


def test_one_wrong_statement_hides_no_other() -> None:
    text = 'party A "A"\npermit A ->\nparty B "B"\nrequire ( A\nfee A->B 5m USD\n'
    report = Report()
    file = parse(SourceText("x", text), report)
    assert [found.span.place.line for found in report.sorted() if found.span] == [2, 4]
    right = [statement for statement in file.statements if not statement.wrong]
    assert [statement.head.text for statement in right] == ["party", "party", "fee"]
    assert [statement.span.place.line for statement in right] == [1, 3, 5]
    wrong = [(each.head.text, each.items[0].span.text if each.items else "") for each in file.statements if each.wrong]
    assert wrong == [("permit", "A"), ("require", "")]


def test_a_wrong_operation_hides_no_other() -> None:
    text = "amend one signed 2024-01-01\n  drop sing %\n  drop hum\n  set ( dance\n  drop shout\npermit A )\n"
    report = Report()
    file = parse(SourceText("x", text), report)
    assert [found.span.place.line for found in report.sorted() if found.span] == [2, 4, 6]
    block = file.statements[0].block
    assert [statement.items[0].span.text for statement in block if not statement.wrong] == ["hum", "shout"]


def test_errors_of_syntax_and_of_meaning_come_together() -> None:
    text = 'party A "A"\npermit A "sing" until until\npermit B "sing"\nfee A->C 5\n'
    loaded = either(text)
    assert isinstance(loaded, dealrun.Diagnostics)
    lines = {found.span.place.line for found in loaded if found.span}
    assert lines == {2, 3, 4}


@settings(max_examples=60)
@given(st.sampled_from(BLOCKS), st.integers(0, 10**6))
def test_a_wrong_line_takes_away_its_own_statement_alone(text: str, seed: int) -> None:
    """A stray sign at the end of a one-line statement: one error more, and every other statement as it was."""
    before = parse(SourceText("x", text), Report())
    lines = text.splitlines()
    heads = {statement.start for statement in before.statements}
    plain = [
        statement.span.place.line
        for statement in before.statements
        if not statement.block and statement.span.place.line == statement.span.place.end_line and heads
    ]
    if not plain:
        return
    number = random.Random(seed).choice(plain)
    lines[number - 1] = lines[number - 1].partition("#")[0].rstrip() + " )"
    report = Report()
    after = parse(SourceText("x", "\n".join(lines) + "\n"), report)
    assert number in {found.span.place.line for found in report.found if found.span}
    kept = [statement for statement in before.statements if statement.span.place.line != number]
    assert [statement for statement in after.statements if not statement.wrong] == kept
    assert [statement.span.place.line for statement in after.statements if statement.wrong] == [number]


# --- any text ---------------------------------------------------------------------------------------------------------

DAY = "2026-06-01"


def asked(loaded: dealrun.Contract | dealrun.Diagnostics) -> None:
    """Whatever a load gives answers everything that can be asked of it."""
    if isinstance(loaded, dealrun.Diagnostics):
        assert list(loaded)
        assert str(loaded)
        return
    timeline = loaded.timeline()
    assert len(timeline.on(DAY)) == len(timeline.labels)
    timeline.changes("2019-01-01", "2034-01-01")
    timeline.prospects(DAY)
    for label in timeline.labels:
        assert timeline.why(label, DAY).steps
    for outcome in loaded.test():
        assert outcome.passed or outcome.diagnostic()


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=120), st.lists(pieces, max_size=40).map(" ".join)))
def test_any_text_gives_a_contract_or_diagnostics(text: str) -> None:
    asked(either(text))


VOCABULARY = [
    *sorted({*CLAUSES, *DECLARATIONS, *OPERATIONS, *OTHERS}), "A", "B", "A->B", "x:", "y:", "E", "recurring",
    "retroactive", "notice", "renews", "nonexclusive", "perpetual", "2026", "2026-04-27", "3 months", "5m USD", "20%",
    '"act"',
]  # fmt: skip
statements = st.lists(st.one_of(st.sampled_from(VOCABULARY), pieces), min_size=1, max_size=9).map(" ".join)


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(["", "", "", "  "]), statements).map("".join), max_size=6).map("\n".join))
def test_any_statements_give_a_contract_or_diagnostics(text: str) -> None:
    asked(either(text))


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=80), st.text(max_size=40).map(lambda text: text.encode("utf-16"))))
def test_any_bytes_give_a_contract_or_diagnostics(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.deal"
    path.write_bytes(data)
    found = dealrun.read(path)
    asked(found.contract or found.diagnostics)


@st.composite
def mutations(draw: st.DrawFn, text: str) -> str:
    """A text with a few tokens or characters left out, doubled, swapped or put in."""
    for _ in range(draw(st.integers(1, 3))):
        tokens = tokenize(SourceText("x", text))
        spans = list(zip(tokens.starts, tokens.ends, strict=True)) or [(0, 0)]
        if draw(st.booleans()):
            at = draw(st.integers(0, len(text)))
            spans = [(at, min(at + 1, len(text)))]
        start, end = draw(st.sampled_from(spans))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = f"{text[:end]} {text[start:end]}{text[end:]}"
        elif kind == 2:
            other, to = sorted([(start, end), draw(st.sampled_from(spans))])
            text = (
                text[: other[0]] + text[slice(*to)] + text[other[1] : to[0]] + text[slice(*other)] + text[to[1] :]
                if other[1] <= to[0]
                else text
            )
        elif kind == 3:
            text = f"{text[:start]} {draw(pieces)} {text[end:]}"
        else:
            text = text[:start] + draw(pieces) + text[start:]
    return text


@settings(max_examples=250)
@given(st.sampled_from(BLOCKS).flatmap(mutations))
def test_examples_that_were_changed_give_a_contract_or_diagnostics(text: str) -> None:
    asked(either(text))


def test_the_contracts_load_as_one_text() -> None:
    loaded = dealrun.loads(WHOLE)
    assert all(outcome.passed for outcome in loaded.test())


@settings(max_examples=60)
@given(mutations(WHOLE))
def test_contracts_that_were_changed_give_a_contract_or_diagnostics(text: str) -> None:
    asked(either(text))


def test_a_file_is_read_whatever_its_line_ends(tmp_path: Path) -> None:
    heads = set()
    for number, end in enumerate(("\n", "\r\n")):
        path = tmp_path / f"{number}.deal"
        path.write_bytes(('\ufeffparty A "A" # one' + end + 'permit A "sing"' + end + "  until 2030" + end).encode())
        loaded = either_of(path)
        assert isinstance(loaded, dealrun.Contract), str(loaded)
        heads.add(str(loaded.timeline().on(DAY)["permit.A"].terms["until"].text))
    assert heads == {"until 2030"}


def test_an_empty_text_is_a_contract_without_clauses() -> None:
    for text in ("", "\n\n", "# only a comment\n", "   \n\t\n"):
        loaded = either(text)
        assert isinstance(loaded, dealrun.Contract), text
        assert not loaded.timeline().labels


def test_a_statement_knows_its_parts() -> None:
    file = parse(SourceText("x", "add ip: license A->B to x, y until 2030 [msa 2.1]\n"), Report())
    (statement,) = file.statements
    assert isinstance(statement, Statement)
    assert statement.operation is not None
    assert statement.label is not None
    assert (statement.operation.text, statement.label.text, statement.head.text) == ("add", "ip", "license")
    assert [item.modifier for item in statement.items] == [None, "to", "until"]
    assert [len(item.values) for item in statement.items] == [1, 2, 1]
    assert [leaf.text for leaf in statement.cites] == ["[msa 2.1]"]
