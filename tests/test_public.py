"""What is public: its names, its parameters, its documentation, and the examples of the documents."""

import ast
import contextlib
import doctest
import functools
import inspect
import io
import json
import os
import pydoc
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dealrun
from conftest import ROOT, golden
from dealrun.answer import Answer, Listed, TableAnswer

LIBRARY = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "docs" / "library.md", ROOT / "docs" / "tutorial-settlement.md"]


def test_the_names_are_stated_once() -> None:
    """What type checkers see, what is imported when it is asked for, and what `*` gives are the same."""
    tree = ast.parse((ROOT / "dsl" / "dealrun" / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == dealrun._HOMES
    assert {*seen, "__version__"} == {*dealrun.__all__}
    assert sorted(dealrun.__all__) == dir(dealrun)
    assert all(getattr(dealrun, name) is not None for name in dealrun.__all__)


INTERNAL = {
    "Contract": {"index", "supposing"}, "Timeline": {"answers"}, "Changes": {"of"}, "Diagnostics": {"of_limit"},
    "Diagnostic": {"sort_key"}, "LimitError": {"of"}, "Money": {"of"}, "Settlement": {"of"},
    "Outcome": {"diagnostic"}, "Budget": {"look", "take"},
}  # fmt: skip
"""What is there for the package itself, and may change."""


def members(owner: type) -> list[tuple[str, Any]]:
    """The public methods and properties that a class of ours defines or inherits from another of ours."""
    return [
        (name, value)
        for name, value in inspect.getmembers_static(owner)
        if not name.startswith("_")
        and name not in INTERNAL.get(owner.__name__, set())
        and (isinstance(value, property | staticmethod | classmethod) or inspect.isfunction(value))
    ]


def public() -> list[str]:
    """A line for each name: functions with their parameters, classes with their fields and members."""
    lines = []
    for name in sorted(set(dealrun.__all__) - {"__version__"}):
        value = getattr(dealrun, name)
        if inspect.isclass(value):
            bases = [base.__name__ for base in value.__mro__[1:] if base.__name__ in dealrun.__all__]
            lines.append(f"class {name}({', '.join(bases)})" if bases else f"class {name}")
            fields = [field.name for field in getattr(value, "__attrs_attrs__", ()) if not field.name.startswith("_")]
            lines += [f"    {field}" for field in fields]
            for each, member in members(value):
                if each in fields:
                    continue
                function = getattr(member, "__func__", member)
                shown = "" if isinstance(member, property) else str(inspect.signature(function))
                lines.append(f"    {each}{shown}")
        elif callable(value):
            lines.append(f"{name}{inspect.signature(value)}")
        else:
            lines.append(name)
    return lines


def test_the_public_face_is_the_reviewed_one(rewrite: bool) -> None:
    text = "\n".join(public()) + "\n"
    golden(
        ROOT / "tests" / "public.txt",
        re.sub(r"<object object at 0x\w+>", "<object>", text),
        rewrite=rewrite,
    )


EXAMPLES = """\
import dealrun

deal = dealrun.load("contracts/openai-microsoft")
book = dealrun.load("contracts/book-royalty")
timeline = deal.timeline()
supposed = deal.timeline(assume={"AGI": "2028-05-01"})
state = timeline.on("2027-01-01")
statement = book.settle()
capped = deal.settle(forecast="contracts/openai-microsoft/forecast.csv", bind={"TOTAL": "38bn USD"})
services = dealrun.load("contracts/tutorial/services").timeline().on("2025-09-01")
"""
"""What stands before every example of a docstring."""


def told(value: Any) -> str:
    """A docstring, its example as a block."""
    text, arrow, example = (inspect.getdoc(value) or "").partition(">>> ")
    return text.rstrip() + (f"\n\n```pycon\n{arrow}{example}\n```" if arrow else "")


def signature(value: Any) -> str:
    """The parameters of a function, without `self`."""
    text = re.sub(r"\bdealrun(?:\.\w+)*\.(\w+)", r"\1", str(inspect.signature(value)))
    return re.sub(r"\(self(?:, )?", "(", text).replace("'", "").replace("typing.", "").replace("collections.abc.", "")


def api_page() -> str:
    """Every public name with its docstring, functions first."""
    lines = [
        "# API", "",
        "Made from the docstrings; [library.md](library.md) says how to use it. Days are `datetime.date`; where one is",
        "asked for, its text will do (`DateLike`). Each example begins with", "",
        "```python", EXAMPLES.rstrip(), "```", "",
    ]  # fmt: skip
    names = sorted(set(dealrun.__all__) - {"__version__"})
    classes = [name for name in names if inspect.isclass(getattr(dealrun, name))]
    for name in (name for name in names if inspect.isroutine(getattr(dealrun, name))):
        value = getattr(dealrun, name)
        lines += [f"## {name}", "", f"`{name}{signature(value)}`", "", told(value), ""]
    for name in classes:
        value = getattr(dealrun, name)
        lines += [f"## {name}", "", told(value), ""]
        shown = [
            f"- `{each}{'' if isinstance(member, property) else signature(getattr(member, '__func__', member))}`: "
            + " ".join(told(getattr(member, "__func__", member)).split("\n\n")[0].split())
            for each, member in members(value)
            if not any(each in vars(base) for base in (Answer, TableAnswer, Listed) if base is not value)
        ]
        lines += [*shown, ""] if shown else []
    return "\n".join(lines).rstrip() + "\n"


def test_the_page_of_the_api_is_made_from_the_docstrings(rewrite: bool) -> None:
    golden(ROOT / "docs" / "api.md", api_page(), rewrite=rewrite)


@functools.cache
def prepared() -> dict[str, Any]:
    """The names that every example may use."""
    space: dict[str, Any] = {}
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        exec(EXAMPLES, space)  # noqa: S102 - our own
    finally:
        os.chdir(here)
    return space


DOCUMENTED = sorted(
    set(dealrun.__all__) - {"__version__", "CODES", "SCHEMAS", "DateLike", "TermValue"}
)  # which are no classes or functions


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_example_of_a_docstring_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    value = getattr(dealrun, name)
    example = doctest.DocTestParser().get_doctest(inspect.getdoc(value) or "", {**prepared()}, name, None, None)
    assert example.examples, f"{name} has no example"
    told: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert told == []
    if inspect.isclass(value):
        shown = "".join(each.source for each in example.examples)
        own = {each for each, _ in members(value)}
        own = {each for each in own if not any(each in vars(base) for base in (Answer, TableAnswer, Listed))}
        assert {each for each in own if f".{each}" not in shown} == set(), "members without an example"


def test_everything_public_is_documented() -> None:
    missing = []
    for name in dealrun.__all__:
        value = getattr(dealrun, name)
        if inspect.isclass(value):
            missing += [name] if not value.__doc__ else []
            for each, member in members(value):
                document = inspect.getdoc(getattr(member, "__func__", member))
                missing += [f"{name}.{each}"] if not document else []
        elif callable(value) and not value.__doc__:
            missing.append(name)
    assert missing == []


def test_help_shows_the_whole_face() -> None:
    text = pydoc.plain(pydoc.render_doc(dealrun))
    assert all(f"class {name}" in text for name in ("Contract", "Timeline", "State", "Settlement", "LoadError"))
    for name in ("load", "loads", "read", "reads", "what_if", "portfolio"):
        assert re.search(rf"^    {name}\(", text, re.MULTILINE), name


def examples() -> list[Any]:
    """The Python blocks of the documents."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            line = text[: match.start()].count("\n") + 1
            found.append(pytest.param(match[1], id=f"{page.name}:{line}"))
    return found


@pytest.mark.parametrize("code", examples())
def test_an_example_says_what_stands_beside_it(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example runs; an expression with a value in the comment behind it has that value."""
    monkeypatch.chdir(ROOT)
    space: dict[str, Any] = {}
    lines = code.split("\n")
    for node in ast.parse(code).body:
        source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        comment = lines[(node.end_lineno or 1) - 1][node.end_col_offset :].strip()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            if not isinstance(node, ast.Expr):
                exec(compile(source, "<example>", "exec"), space)  # noqa: S102 - our own documents
                wanted_lines = re.findall(r"^ +print\(.*\)  # (.*)$", source, re.MULTILINE)
                assert not wanted_lines or printed.getvalue().splitlines() == wanted_lines
                continue
            value = eval(source[: len(source)].split("  #")[0], space)  # noqa: S307 - our own documents
        wanted = comment.removeprefix("#").strip()
        if re.match(r"['(\[{]|Decimal|datetime|\d|True|False|None", wanted):
            assert repr(value) == wanted


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The examples of the documents, each a file."""
    folder = tmp_path_factory.mktemp("examples")
    codes = {f"example_{number}": example.values[0] for number, example in enumerate(examples())}
    for number, example in enumerate(re.finditer(r"^```python \w+\n(.*?)^```", LIBRARY, re.MULTILINE | re.DOTALL)):
        codes[f"service_{number}"] = example[1]
    assert len(codes) > 10
    for name, code in codes.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    return [str(folder / f"{name}.py") for name in codes]


def test_the_examples_pass_mypy(written: list[str], tmp_path: Path) -> None:
    options = ["--strict", f"--config-file={os.devnull}", f"--cache-dir={tmp_path}/cache"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *written],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT / "dsl")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_examples_pass_pyright(written: list[str], tmp_path: Path) -> None:
    """As strict as it can be, but that an example shows a value by an expression alone."""
    settings = {
        "include": [str(Path(written[0]).parent)], "extraPaths": [str(ROOT / "dsl")], "typeCheckingMode": "strict",
        "pythonVersion": "3.11", "reportUnusedExpression": False,
    }  # fmt: skip
    config = tmp_path / "pyrightconfig.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--project", str(config), "--pythonpath", sys.executable],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 errors, 0 warnings" in done.stdout, done.stdout
