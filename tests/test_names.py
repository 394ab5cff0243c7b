"""Names: every use is known by its place and by what it names; a wrong statement takes no name away."""

from collections import Counter
from pathlib import Path

import pytest

from conftest import ROOT
from dealrun.diagnostics import Report, Severity
from dealrun.model.keys import name_of
from dealrun.model.vocabulary import FORMS
from dealrun.source import SourceText, Span
from dealrun.syntax import Leaf, Statement, parse, walk
from renaming import loaded, plain, renamed

ALONE = {"cuad", "tutorial"}
"""Folders whose files are deals of their own."""

REAL = sorted(path for path in (ROOT / "contracts").iterdir() if path.is_dir() and path.name not in ALONE)
CLAUSES = sorted(
    path for name in ALONE for path in (ROOT / "contracts" / name).glob("*.deal") if path.stem != "draft"
)  # it amends the deal of another file


def texts_of(path: Path) -> dict[str, str]:
    """The texts of a file or a folder, by name."""
    files = sorted(path.glob("*.deal")) if path.is_dir() else [path]
    return {file.name: file.read_text(encoding="utf-8") for file in files}


@pytest.mark.parametrize("path", [*REAL, *CLAUSES], ids=lambda path: path.stem)
def test_everything_can_be_renamed_by_its_uses(path: Path) -> None:
    """Every name of a contract at once gets another one: it resolves as before, use by use."""
    texts = texts_of(path)
    model, report = loaded(texts)
    assert not report.has_errors
    again, new = renamed(texts, model)
    other, found = loaded(again)
    assert not found.has_errors, [each.message for each in found.found][:5]
    assert len(other.names.declared) == len(model.names.declared)
    assert [name_of(use.key).rpartition(".")[2] for use in other.names.uses if use.key in other.names.declared] == [
        new.get(use.key, name_of(use.key)).rpartition(".")[2]
        for use in model.names.uses
        if use.key in model.names.declared
    ]


@pytest.mark.parametrize("path", [*REAL, *CLAUSES], ids=lambda path: path.stem)
def test_a_name_that_is_written_is_a_declaration_or_a_use(path: Path) -> None:
    """No word of a contract that is spelled like a name of it is unknown to the table, unless it is a word of the
    language where it stands."""
    texts = texts_of(path)
    model = loaded(texts)[0]
    known = {(span.source.name, span.start) for span in model.names.declared.values()}
    known |= {(use.source.name, use.start) for use in model.names.uses}
    names = {plain(key, model) for key in model.names.declared}
    unknown: Counter[str] = Counter()
    for name, text in texts.items():
        for node in walk(parse(SourceText(name, text), Report())):
            if (
                isinstance(node, Leaf)
                and node.kind == "NAME"
                and node.text in names
                and (name, node.start) not in known
            ):
                unknown[node.text] += 1
    assert not {word for word, count in unknown.items() if count} - FORMS.keys() - WORDS, unknown


WORDS = {word for form in FORMS.values() for term in form.terms.values() for word in (*term.words, term.name)}


def statements(texts: dict[str, str]) -> list[tuple[str, Statement]]:
    """Every statement of some texts, those of blocks included, with the name of its text."""
    found = [
        (name, each) for name, text in texts.items() for each in parse(SourceText(name, text), Report()).statements
    ]
    return found + [(name, child) for name, each in found for child in each.block]


def broken(texts: dict[str, str], name: str, place: int, what: str) -> list[tuple[str, str, int]]:
    """The errors after something is written into a text: code, text and line of each."""
    wrong = {**texts, name: texts[name][:place] + what + texts[name][place:]}
    found = [each for each in loaded(wrong)[1].found if each.severity is Severity.ERROR]
    places = [(each.code, each.span.source.name, each.span.place.line) for each in found if each.span is not None]
    assert len(places) == len(found)
    return places


def within(errors: list[tuple[str, str, int]], name: str, statement: Statement) -> bool:
    """Whether some error is told, and each lies in a statement."""
    place = Span(statement.source, statement.start, statement.end).place
    return bool(errors) and all(file == name and place.line <= line <= place.end_line for _, file, line in errors)


@pytest.mark.no_cover
@pytest.mark.parametrize("folder", REAL, ids=lambda path: path.stem)
def test_a_statement_that_cannot_be_read_takes_no_name_away(folder: Path) -> None:
    """One statement after the other gets a bracket too many: nothing is told of any other."""
    texts = texts_of(folder)
    for name, statement in statements(texts):
        end = texts[name].find("\n", statement.start)
        comment = texts[name].find("#", statement.start, end)
        place = comment if comment >= 0 else end
        errors = broken(texts, name, place, " )")
        assert within(errors, name, statement), (statement.span.text[:80], errors)
        assert len(errors) == 1, errors


@pytest.mark.no_cover
@pytest.mark.parametrize("folder", REAL, ids=lambda path: path.stem)
def test_a_misspelt_word_takes_no_name_away(folder: Path) -> None:
    """One statement after the other begins with a word that is none: nothing is told of any other."""
    texts = texts_of(folder)
    for name, statement in statements(texts):
        head = statement.head
        inner = statement.items[0].values[0] if head.text in {"add", "replace"} and statement.items else head
        if head.text in {"deal", "amend", "reading", "scenario"}:
            continue  # what stands in its block then stands in none
        if head.text == "term" and statement.label is None:
            continue  # its label is its word
        errors = broken(texts, name, inner.start, "xx")
        assert within(errors, name, statement), (statement.span.text[:80], errors)
