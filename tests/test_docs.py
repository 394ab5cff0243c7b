"""What the documents show is what the program does.

Every `deal` block of the specification loads, or is refused with the code that it names, and its expectations hold.
Every `console` block of README and the tutorial is run, and prints what stands there. Generated tables are held to
what they are generated from.
"""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import dealrun
from conftest import ROOT
from dealrun import limits
from dealrun.cli.main import main
from dealrun.diagnostics import Report
from dealrun.model.carried import CARRIED
from dealrun.model.kinds import Kind
from dealrun.model.vocabulary import FORMS, TARGET, THRESHOLD, Term, ValueKind
from dealrun.source import SourceText
from dealrun.syntax.format import format_source
from either import either

DOCS = ROOT / "docs"
LANGUAGE = DOCS / "language.md"


class Block(NamedTuple):
    """A fenced block: where it stands, the words behind its fence, and its text."""

    line: int
    info: list[str]
    text: str


def blocks(path: Path, kind: str) -> list[Block]:
    """The fenced blocks of a kind."""
    text = path.read_text(encoding="utf-8")
    return [
        Block(text[: match.start()].count("\n") + 1, match[2].split(), match[3])
        for match in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        if match[1] == kind
    ]


@pytest.mark.parametrize("block", blocks(LANGUAGE, "deal"), ids=lambda block: f"line {block.line}")
def test_every_example_of_the_specification_holds(block: Block) -> None:
    loaded = either(block.text)
    if block.info:
        assert isinstance(loaded, dealrun.Diagnostics)
        assert {diagnostic.code for diagnostic in loaded} <= {*block.info, "DR211"}
        assert set(block.info) <= {diagnostic.code for diagnostic in loaded}
        return
    assert isinstance(loaded, dealrun.Contract), str(loaded)
    failed = [outcome for outcome in loaded.test() if not outcome.passed]
    assert not failed, failed[0].diagnostic().message


@pytest.mark.parametrize("page", sorted((DOCS / "diagnostics").glob("DR*.md")), ids=lambda page: page.stem)
def test_the_last_example_of_a_page_is_not_refused_with_its_code(page: Path) -> None:
    last = blocks(page, "deal")[-1]
    loaded = either(last.text)
    found = list(loaded) if isinstance(loaded, dealrun.Diagnostics) else list(loaded.diagnostics)
    if isinstance(loaded, dealrun.Contract):
        found += loaded.conflicts()
    if page.stem != "DR910":  # an `include` needs files around it
        assert page.stem not in {diagnostic.code for diagnostic in found}


LAYOUT = {"DR104", "DR105"}
"""Pages about indentation, whose examples show a layout of their own."""


@pytest.mark.parametrize(
    "path",
    [ROOT / "README.md", *(path for path in sorted(DOCS.rglob("*.md")) if path.stem not in LAYOUT)],
    ids=lambda path: path.name,
)
def test_the_examples_of_the_documents_are_formatted(path: Path) -> None:
    for block in blocks(path, "deal"):
        text = format_source(SourceText(path.name, block.text), Report())
        assert text in {block.text, None}, f"line {block.line}"  # None: it is there to show what is refused


# --- generated tables -------------------------------------------------------------------------------------------------


def _term(term: Term) -> str:
    parts = [f"`{modifier}`" for modifier in term.modifiers]
    if term.bare:
        parts.append("bare")
    parts += [f"*{word}*" for word in term.words if term.words != (term.name,)]
    return f"{term.name}" + (f" ({', '.join(parts)})" if parts else "")


def vocabulary_table() -> str:
    """The table of every word and its terms."""
    lines = ["| word | says | parties | terms |", "|---|---|---|---|"]
    common = {"from", "until", "when", "while", "unless", "except", "each", "subject to", "notwithstanding"}
    for form in FORMS.values():
        roles = form.roles
        parties = "" if not roles else roles[0] if len(set(roles)) == 1 else f"{roles[0]}; {roles[1]}->{roles[2]}"
        own = [t for t in form.terms.values() if t.name not in roles]
        if form.family != "declaration":
            own = [t for t in own if t.name not in common]
        lines.append(f"| `{form.word}` | {form.about} | {parties} | {', '.join(map(_term, own))} |")
    return "\n".join(lines)


def carried_table() -> str:
    """The table of the terms that decide nothing but what is shown."""
    words: dict[str, list[str]] = {}
    for form in FORMS.values():
        for name in form.terms:
            if name in form.carried:
                words.setdefault(name, []).append(f"`{form.word}`")
    reasons: dict[str, list[str]] = {}
    for name, reason in CARRIED.items():
        reasons.setdefault(reason, []).append(name)
    lines = ["| term | of | why it is carried |", "|---|---|---|"]
    lines += [f"| {name} | {', '.join(words[name])} | {why} |" for why, names in reasons.items() for name in names]
    return "\n".join([*lines, "", f"{sum(map(len, words.values()))} pairs of word and term are carried."])


def kinds_table() -> str:
    """The table of the kinds that each term takes, and of its window; verbs whose term is the same share a row."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    terms = [(form, term) for form in FORMS.values() for term in form.terms.values()]
    for form, term in [*terms, *((form, THRESHOLD) for form in FORMS.values() if "tiers" in form.terms)]:
        if term.kind is ValueKind.AMOUNT:
            kinds = "any" if term.takes == frozenset(Kind) else ", ".join(k.value for k in Kind if k in term.takes)
            window = "of money" if term.window_of_money and not term.takes <= TARGET else term.window.value
            rows.setdefault((term.name, kinds, window), []).append(f"`{form.word}`")
    lines = ["| term | of | kinds | window |", "|---|---|---|---|"]
    lines += [f"| {name} | {', '.join(words)} | {kinds} | {window} |" for (name, kinds, window), words in rows.items()]
    return "\n".join(lines)


def limits_table() -> str:
    """The table of every limit."""
    lines = ["| constant | value |", "|---|---|"]
    names = [name for name in vars(limits) if name.isupper()]
    lines += [f"| `{name}` | {getattr(limits, name)} |" for name in names]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("mark", "table"),
    [
        ("vocabulary", vocabulary_table),
        ("carried", carried_table),
        ("kinds", kinds_table),
        ("limits", limits_table),
    ],
)
def test_generated_tables_are_up_to_date(mark: str, table: Callable[[], str], rewrite: bool) -> None:
    text = LANGUAGE.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    wanted = pattern.sub(lambda match: f"{match[1]}{table()}\n{match[2]}", text)
    if rewrite:
        LANGUAGE.write_text(wanted, encoding="utf-8")
    assert LANGUAGE.read_text(encoding="utf-8") == wanted


# --- console blocks ---------------------------------------------------------------------------------------------------


def _run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    piped = re.fullmatch(r"(.*?)(?: \| (head|tail) -(\d+))?", command)
    assert piped is not None
    words = shlex.split(piped[1])
    assert words[0] == "dealrun", command
    main(words[1:])
    captured = capsys.readouterr()
    lines = (captured.out + captured.err).splitlines(keepends=True)
    count = int(piped[3] or len(lines))
    return "".join(lines[-count:] if piped[2] == "tail" else lines[:count])


@pytest.mark.usefixtures("in_root")
@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted(DOCS.glob("tutorial*.md"))], ids=lambda path: path.name)
def test_every_command_of_a_document_prints_what_stands_there(
    path: Path, capsys: pytest.CaptureFixture[str], rewrite: bool
) -> None:
    text = path.read_text(encoding="utf-8")

    def replaced(match: re.Match[str]) -> str:
        # Files that the document writes stand in the block before, named by their fence: ```deal file=NAME
        parts = re.split(r"^\$ (.*)\n", match[1], flags=re.MULTILINE)[1:]
        return "```console\n" + "".join(f"$ {c}\n{_run(c, capsys)}" for c in parts[::2]) + "```"

    for name, body in re.findall(r"^```deal file=(\S+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        assert (ROOT / name).read_text(encoding="utf-8") == body, f"{name} differs from the document"
    wanted = re.sub(r"^```console\n(.*?)^```", replaced, text, flags=re.MULTILINE | re.DOTALL)
    if rewrite:
        path.write_text(wanted, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == wanted


def test_documents_name_no_machine_and_every_link_leads_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md")]:
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_promise_of_the_security_page_has_its_test() -> None:
    """The tests that docs/security.md names are there, in the file that it names or in tests/test_security.py."""
    rows = [line for line in (DOCS / "security.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    named = [name for row in rows for name in re.findall(r"`(test_\w+)`", row)]
    assert len(named) > 25
    assert [name for name in named if f"def {name}(" not in told] == []
    assert all("`test" in row or "`tests/" in row for row in rows if row != "| promise | test |")
