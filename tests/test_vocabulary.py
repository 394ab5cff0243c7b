"""What a verb does stands in its row of the vocabulary, and nowhere else."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dealrun
import deciding
import pairs
from conftest import ROOT
from dealrun.model.behaviour import PAYMENTS, Behaviour
from dealrun.model.carried import CARRIED
from dealrun.model.reading import recorded
from dealrun.model.vocabulary import CLAUSES, DECLARATIONS, FORMS
from dealrun.settle.settle import RULES
from either import either

PACKAGE = ROOT / "dsl" / "dealrun"
CASE = ROOT / "tests" / "vocabulary"

TWIN = {word: f"{word[:-1]}q" for word in CLAUSES}
"""A verb of another name for each verb, as long as the verb, so that tables have the same columns."""

ROWS = "FORMS: Final = {form.word: form for form in _ROWS}"
"""The line of the vocabulary in front of which the copy gets its rows."""


# --- a copy of the vocabulary -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with a second row of every verb, under another name."""
    folder = tmp_path_factory.mktemp("copied")
    shutil.copytree(PACKAGE, folder / "dealrun", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "grammar", folder / "dealrun" / "grammar", dirs_exist_ok=True)
    path = folder / "dealrun" / "model" / "vocabulary.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(ROWS) == 1
    more = (
        f"_ROWS = (*_ROWS, *(attrs.evolve(form, word={TWIN!r}[form.word]) for form in _ROWS if form.word in {TWIN!r}))"
    )
    path.write_text(text.replace(ROWS, f"{more}\n{ROWS}"), encoding="utf-8")
    return folder


def ask(package: Path, folder: Path, *words: str) -> str:
    """What a command prints, with the package of a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "dealrun", *words],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(package), "COLUMNS": "100"}, capture_output=True, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def renamed(text: str) -> str:
    """The same clauses, each of the other verb."""
    return re.sub(
        rf"(?m)^(\s*(?:add )?[\w.]+: )({'|'.join(TWIN)})\b", lambda found: found[1] + TWIN[found[2]], text
    )  # fmt: skip


BACK = re.compile(rf"\b({'|'.join(TWIN.values())})\b")
WORDS = {twin: word for word, twin in TWIN.items()}

ON = ("--on", "2024-09-01")
THROUGH = ("--through", "2025-06-30")
YEARS = ("--from", "2023-01-01", "--to", "2026-12-31")
JSON = ("--format", "json")
DRAFT = "amend two signed 2024-01-01\n  set ruled rate 7%\n  set report within 5 days\n  drop shared\n"
QUESTIONS = (
    ("check", "all"), ("state", "all", *ON), ("state", "all", *ON, *JSON), ("timeline", "all"), ("test", "all"),
    ("calendar", "all", *YEARS), ("calendar", "all", *YEARS, "--party", "A"), ("history", "ruled", "all"),
    ("changes", "all"), ("changes", "all", *JSON), ("compare", "all", "--readings"), ("fmt", "all", "--diff"),
    ("settle", "all", *THROUGH), ("settle", "all", *THROUGH, *JSON), ("settle", "all", *THROUGH, "--against", "strict"),
    *(("why", label, "all", *ON) for label in ("term", "report", "ruled", "once", "choice", "fine", "quit")),
    ("diff", "all", "--on", "2023-02-01", "--against", "2024-02-01"), ("diff", "all", "new"),
    ("diff", "all", "new", "--as-amendment", "--signed", "2024-02-01"), ("what-if", "--amend", "draft.deal", "all"),
    ("restate", "all", "--on", "2024-02-01"),
)  # fmt: skip


def test_the_contract_has_every_verb() -> None:
    """Each verb stands in the contract, and each twin in the renamed one."""
    text = (CASE / "all.deal").read_text(encoding="utf-8")
    found = set(re.findall(r"(?m)^\s*(?:add )?[\w.]+: (\w+)\b", text))
    assert found >= CLAUSES
    assert set(re.findall(r"(?m)^\s*(?:add )?[\w.]+: (\w+)\b", renamed(text))) >= set(TWIN.values())
    assert not set(TWIN.values()) & set(FORMS)


@pytest.mark.parametrize("words", QUESTIONS, ids=" ".join)
def test_every_command_treats_a_new_verb_as_its_kind(words: tuple[str, ...], copied: Path, tmp_path: Path) -> None:
    """With rows that differ in their name alone, every answer differs in that name alone."""
    text = (CASE / "all.deal").read_text(encoding="utf-8")
    answers = []
    for package, contract in ((ROOT / "dsl", text), (copied, renamed(text))):
        folder = tmp_path / package.name
        for name, written in (("all", contract), ("new", contract.replace("floor 1,000", "floor 900"))):
            (folder / name).mkdir(parents=True)
            (folder / name / "all.deal").write_text(written, encoding="utf-8")
            shutil.copy(CASE / "ledger.csv", folder / name)
        (folder / "draft.deal").write_text(DRAFT, encoding="utf-8")
        answers.append(ask(package, folder, *words))
    assert BACK.sub(lambda found: WORDS[found[0]], answers[1]) == answers[0]


# --- what is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", sorted(CLAUSES))
def test_every_term_of_a_verb_is_read_or_carried(word: str) -> None:
    """Of a clause that has a term, the term is looked up to answer something, unless the vocabulary says it is not."""
    read: set[tuple[str, str]] = set()
    for verb, name in pairs.pairs():
        if verb == word:
            with recorded() as found:
                contract = dealrun.loads(pairs.contract_with(verb, name))
                pairs.ask(contract)
            read |= found
    terms = {name for verb, name in pairs.pairs() if verb == word}
    assert {name for name in terms if (word, name) not in read} == FORMS[word].carried


@pytest.mark.parametrize("word", sorted(word for word in CLAUSES if FORMS[word].carried))
def test_a_carried_term_decides_nothing(word: str) -> None:
    """Without a term that is carried, everything that is decided is the same."""
    for name in sorted(FORMS[word].carried):
        plain = pairs.without(word, name)
        if plain is not None:
            texts = (pairs.contract_with(word, name), plain)
            contracts = [loaded for text in texts if isinstance(loaded := dealrun.loads(text), dealrun.Contract)]
            assert len(contracts) == 2, name
            assert pairs.decided(contracts[0]) == pairs.decided(contracts[1]), name


@pytest.mark.parametrize("word", sorted(DECLARATIONS))
def test_every_term_of_a_declaration_is_read_or_carried(word: str, tmp_path: Path) -> None:
    for name, text in {"a.deal": pairs.DECLARED, **pairs.FILES}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with recorded() as read:
        contract = dealrun.load(tmp_path)
        pairs.ask(contract, None)
    assert {name for name in FORMS[word].terms if (word, name) not in read} == FORMS[word].carried


def test_every_carried_term_has_a_reason() -> None:
    carried = {name for form in FORMS.values() for name in form.carried}
    assert carried == CARRIED.keys()
    assert all(form.carried <= form.terms.keys() for form in FORMS.values())


def test_no_term_becomes_carried_without_a_word() -> None:
    """The newest number of carried pairs in the changelog is that of the vocabulary."""
    count = sum(len(form.carried) for form in FORMS.values())
    told = re.search(r"(\d+) pairs of word and term are carried", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert told is not None
    assert int(told[1]) == count


@pytest.mark.parametrize("word", sorted(CLAUSES))
def test_every_term_that_is_not_carried_decides_an_answer(word: str) -> None:
    """Of every such pair of a verb and a term, two contracts that differ in it alone give two answers."""
    form = FORMS[word]
    names = [name for name in form.terms if name not in form.carried and name not in form.roles]
    silent = [name for name in names if not any(_differ(*pair) for pair in deciding.candidates(word, name))]
    print(f"{word}: {len(names)} terms decide an answer, {len(form.carried)} are carried")
    assert silent == []


def _differ(around: str, one: str, other: str) -> bool:
    """Whether a clause in two ways makes two contracts that give two answers."""
    first, second = (either(f"{around}c: {text}\n") for text in (one, other))
    if not isinstance(first, dealrun.Contract) or not isinstance(second, dealrun.Contract):
        return False  # a candidate for other verbs
    return deciding.answers(first) != deciding.answers(second)


# --- one place --------------------------------------------------------------------------------------------------------


def test_settlement_has_a_rule_for_every_payment() -> None:
    assert {*RULES, Behaviour.INTEREST} == PAYMENTS


def test_a_payment_that_settlement_does_not_know_is_an_error_at_import(tmp_path: Path) -> None:
    """A new behaviour of money, which has no rule yet, stops the program instead of leaving a statement empty."""
    shutil.copytree(PACKAGE, tmp_path / "dealrun", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "dealrun" / "model" / "behaviour.py"
    text = path.read_text(encoding="utf-8")
    text = text.replace('    HOLDING = "holding"\n', '    BONUS = "bonus"\n    HOLDING = "holding"\n')
    path.write_text(text.replace("Behaviour.HOLDING,", "Behaviour.HOLDING, Behaviour.BONUS,"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "import dealrun.settle.settle"], env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "settlement has no rule for bonus" in done.stderr


def test_no_module_but_the_vocabulary_names_a_verb() -> None:
    """Nothing is compared with a verb, looked up by one, or matched with one, outside of the vocabulary."""
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {word}"
        for path in sorted(PACKAGE.rglob("*.py")) if path.name != "vocabulary.py"
        for line, word in _verbs(ast.parse(path.read_text(encoding="utf-8")))
    ]  # fmt: skip
    assert found == []


HOLDS_A_VERB = frozenset({"word", "verb", "kind"})
"""The names of fields that hold a verb, in one class or another."""


def _verbs(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=[right]) if _holds(left) and not _reference(left):
                compared: list[ast.AST] = [right]
            case ast.Match(subject=subject, cases=cases) if _holds(subject) and not _reference(subject):
                compared = [case.pattern for case in cases]
            case ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]) if _holds(key):
                compared = [node.func]
            case _:
                continue
        for part in compared:
            for constant in ast.walk(part):
                if isinstance(constant, ast.Constant) and constant.value in CLAUSES:
                    yield constant.lineno, str(constant.value)


def _reference(node: ast.AST) -> bool:
    """Whether it is the kind of a reference, among which is what a clause owns by itself."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"reference", "needed"}
    )


def _holds(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute | ast.Name) and getattr(node, "attr", getattr(node, "id", "")) in HOLDS_A_VERB
