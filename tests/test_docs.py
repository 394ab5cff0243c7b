"""What the documents show is what the program does.

Every `deal` block of the specification loads, or is refused with the code that it names, and its expectations hold.
The `csv NAME` blocks directly before a `deal` block are the files of that example.
Every `console` block of README and the tutorial is run, and prints what stands there. Generated tables are held to
what they are generated from.
"""

import re
import shlex
import textwrap
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

import dealrun
from conftest import ROOT
from dealrun import limits
from dealrun.cli import days
from dealrun.cli.main import main
from dealrun.diagnostics import Report
from dealrun.model.carried import CARRIED
from dealrun.model.kinds import Kind
from dealrun.model.vocabulary import FORMS, TARGET, THRESHOLD, Form, Term, ValueKind
from dealrun.source import SourceText
from dealrun.syntax.format import format_source
from either import either, either_of

DOCS = ROOT / "docs"
LANGUAGE = DOCS / "language.md"


class Block(NamedTuple):
    """A fenced block: its line, the words after its fence, its text, and the `csv` blocks directly before it."""

    line: int
    info: list[str]
    text: str
    files: dict[str, str]


FENCED = re.compile(r"((?:^```csv [^`]+```\n\n?)*)^```(\w+)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CSV = re.compile(r"^```csv (\S+)\n([^`]*)```", re.MULTILINE)


def blocks(path: Path, kind: str) -> list[Block]:
    """The fenced blocks of a kind."""
    text = path.read_text(encoding="utf-8")
    return [
        Block(text[: match.start(2)].count("\n") + 1, match[3].split(), match[4], dict(CSV.findall(match[1])))
        for match in FENCED.finditer(text)
        if match[2] == kind
    ]


def refusals(loaded: dealrun.Contract | dealrun.Diagnostics) -> set[str]:
    """The codes with which a text is refused, or the ledgers that it declares."""
    if isinstance(loaded, dealrun.Diagnostics):
        return {diagnostic.code for diagnostic in loaded}
    with pytest.raises(dealrun.LedgerError) as refused:
        loaded.settle()
    return {problem.code for problem in refused.value.problems}


@pytest.mark.parametrize("block", blocks(LANGUAGE, "deal"), ids=lambda block: f"line {block.line}")
def test_every_example_of_the_specification_holds(block: Block, tmp_path: Path) -> None:
    for name, text in {**block.files, "example.deal": block.text}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    loaded = either_of(tmp_path) if block.files else either(block.text)
    if block.info:
        assert set(block.info) <= refusals(loaded) <= {*block.info, "DR211"}
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


GROUPS = {
    "subject": ("scope", "territory", "field"),
    "bounds": ("at least", "at most"),
    "deadline": ("due", "frequency", "roll"),
    "remedies": ("cure", "otherwise"),
    "receipts": ("base", "net of", "territory"),
    "limits": ("cap", "floor", "prorated"),
    "payment": ("paid", "due", "roll", "over"),
    "division": ("split", "remainder"),
}
"""Terms that several verbs have together, by the name that the tables give them."""

FAMILIES = {
    "right": "Rights", "duty": "Duties", "money": "Money", "life": "Life of the deal", "declaration": "Declarations",
}  # fmt: skip
"""The heading of the table of each family."""

COMMON = {"from", "until", "when", "while", "unless", "except", "each", "subject to", "notwithstanding"}
"""The terms of every clause, which the text describes."""


def _terms(form: Form) -> list[Term]:
    common = COMMON if form.family != "declaration" else set()
    return [term for term in form.terms.values() if term.name not in common and term.name not in form.roles]


def _written(term: Term) -> str:
    """How a term is written, other than with its name."""
    parts = ["bare"] if term.bare else []
    parts += [f"`{modifier}`" for modifier in sorted(term.modifiers) if modifier != term.name]
    parts += [f"*{word}*" for word in term.words if term.words != (term.name,)]
    return ", ".join(parts)


def _users() -> dict[str, dict[str, list[str]]]:
    """By the name of a term and how it is written, the words that have it."""
    users: dict[str, dict[str, list[str]]] = {}
    for form in FORMS.values():
        for term in _terms(form):
            users.setdefault(term.name, {}).setdefault(_written(term), []).append(form.word)
    return users


def _grouped(names: list[str]) -> list[str]:
    """Names of terms, with the name of a group in the place of its terms."""
    for group, members in GROUPS.items():
        if set(members) <= set(names):
            named = [f"**{group}**" if name == members[0] else name for name in names]
            names = [name for name in named if name not in members]
    return names


def _table(*rows: tuple[str, ...]) -> list[str]:
    """A table of a head and rows; columns that are empty in every row are left out."""
    kept = [column for column in range(len(rows[0])) if any(row[column] for row in rows[1:])]
    lines = [f"| {' | '.join(row[column] for column in kept)} |" for row in rows]
    return [lines[0], "|---" * len(kept) + "|", *lines[1:], ""]


def vocabulary_table() -> str:
    """The tables of every word and its terms: one of each family, after those of what the words share."""
    users = _users()
    flags = {t.name for form in FORMS.values() for t in form.terms.values() if t.words == (t.name,)}

    def cell(names: Iterable[str]) -> str:
        return ", ".join(f"*{name}*" if name in flags else name for name in names)

    lines = ["**Groups of shared terms**", ""]
    lines += _table(("group", "terms"), *((f"**{group}**", cell(members)) for group, members in GROUPS.items()))
    rows: list[tuple[str, ...]] = [
        (f"{name} of `{words[0]}`" if len(ways) > 1 and len(words) == 1 else name, line)
        for name, ways in users.items()
        if set(ways) != {""}
        for way, words in ways.items()
        for line in textwrap.wrap(way or "with its name", 60, break_on_hyphens=False)
    ]
    lines += ["**Modifiers and words of terms**", "", *_table(("term", "written"), *rows)]
    for family, heading in FAMILIES.items():
        rows = []
        for form in (form for form in FORMS.values() if form.family == family):
            roles = form.roles
            parties = "" if not roles else roles[0] if len(set(roles)) == 1 else f"{roles[0]}; {roles[1]}->{roles[2]}"
            own: dict[bool, list[str]] = {True: [], False: []}
            for term in _terms(form):
                own[users[term.name][_written(term)] == [form.word]].append(term.name)
            rows.append((f"`{form.word}`", form.about, parties, *(cell(_grouped(own[key])) for key in (True, False))))
        lines += [f"**{heading}**", "", *_table(("word", "meaning", "parties", "own terms", "shared terms"), *rows)]
    return "\n".join(lines[:-1])


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
@pytest.mark.parametrize(
    "path",
    [ROOT / "README.md", *sorted(DOCS.glob("tutorial*.md")), DOCS / "reading-answers.md"],
    ids=lambda path: path.name,
)
def test_every_command_of_a_document_prints_what_stands_there(
    path: Path, capsys: pytest.CaptureFixture[str], rewrite: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "today", lambda: date(1999, 1, 1))  # no day of a document is ever today
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
