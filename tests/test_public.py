"""What is public: its names, its parameters, its documentation, and the examples of the documents."""

import ast
import contextlib
import gc
import inspect
import io
import json
import os
import pydoc
import re
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import dealrun
from conftest import ROOT, golden
from dealrun.answer import Answer, Listed, TableAnswer
from dealrun.source import SourceText

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


def members(owner: type) -> list[tuple[str, Any]]:
    """The public methods and properties that a class of ours defines or inherits from another of ours."""
    return [
        (name, value)
        for name, value in inspect.getmembers_static(owner)
        if (not name.startswith("_") and isinstance(value, property | staticmethod | classmethod))
        or (inspect.isfunction(value) and not name.startswith("_"))
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


def told(value: Any) -> str:
    """A docstring, its lines joined where the text goes on."""
    return inspect.getdoc(value) or ""


def signature(value: Any) -> str:
    """The parameters of a function, without `self`."""
    text = re.sub(r"\bdealrun(?:\.\w+)*\.(\w+)", r"\1", str(inspect.signature(value)))
    return re.sub(r"\(self(?:, )?", "(", text).replace("'", "").replace("typing.", "").replace("collections.abc.", "")


def api_page() -> str:
    """Every public name with its docstring, functions first."""
    lines = [
        "# API", "",
        "Made from the docstrings; [library.md](library.md) says how to use it. Days are `datetime.date`; where one is",
        "asked for, its text will do (`DateLike`).", "",
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
        with contextlib.redirect_stdout(io.StringIO()):
            if not isinstance(node, ast.Expr):
                exec(compile(source, "<example>", "exec"), space)  # noqa: S102 - our own documents
                continue
            value = eval(source[: len(source)].split("  #")[0], space)  # noqa: S307 - our own documents
        wanted = comment.removeprefix("#").strip()
        if re.match(r"['(\[{]|Decimal|datetime|\d|True|False|None", wanted):
            assert repr(value) == wanted


def test_the_examples_pass_a_strict_type_checker(tmp_path: Path) -> None:
    paths = []
    for number, example in enumerate(examples()):
        path = tmp_path / f"example_{number}.py"
        path.write_text(example.values[0], encoding="utf-8")
        paths.append(str(path))
    assert len(paths) > 5
    (service,) = re.findall(
        r"^```python service\n(.*?)^```", PAGES[1].read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "service.py").write_text(service, encoding="utf-8")
    paths.append(str(tmp_path / "service.py"))
    options = ["--strict", f"--config-file={os.devnull}", f"--cache-dir={tmp_path}/cache"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *paths],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT / "dsl")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def service() -> str:
    """The service of the documents."""
    text = PAGES[1].read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python service\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return str(code)


def test_the_service_of_the_documents_answers_a_real_client(tmp_path: Path) -> None:
    """Several clients at once, over real sockets; a question that is none gets an error, and the next an answer."""
    (code,) = re.findall(
        r"^```python service\n(.*?)^```", PAGES[1].read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    script = tmp_path / "service.py"
    script.write_text(code, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = str(ROOT / "contracts" / "openai-microsoft")
    path = os.pathsep.join([str(ROOT / "dsl"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen([sys.executable, str(script), folder, str(port)], env=environment) as process:
        try:
            clients = [_connected(port) for _ in range(3)]
            for number, client in enumerate(clients):
                client.sendall(f'{{"on": "{2027 + number}-01-01"}}\nnonsense\n{{"on": "2026-13-01"}}\n'.encode())
            for number, client in enumerate(clients):
                with client.makefile() as lines:
                    told = [json.loads(next(lines)) for _ in range(3)]
                wanted = dealrun.load(folder).timeline().on(f"{2027 + number}-01-01").to_dict()
                assert told[0] == json.loads(json.dumps(wanted))
                assert "error" in told[1]
                assert "2026-13-01" in told[2]["error"]
                client.close()
        finally:
            process.terminate()


def _connected(port: int) -> socket.socket:
    """A connection, once the service is there."""
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the service does not answer")


Question = Callable[[dealrun.Contract, dealrun.Timeline], str]


def test_ten_threads_share_one_contract() -> None:
    """Every thread gets what one alone gets, whatever the others ask meanwhile of the contract and of one timeline."""
    folder = ROOT / "contracts" / "openai-microsoft"
    days = [f"{year}-01-01" for year in range(2019, 2039)]
    asked: list[Question] = [
        *(lambda contract, _, day=day: contract.timeline(assume={"AGI": day}).on(day).to_json() for day in days),
        *(lambda _, timeline, day=day: timeline.on(day).to_json() for day in days),
        lambda contract, _: contract.changes().to_json(),
        lambda contract, timeline: contract.agenda(timeline, "2025-01-01", "2033-01-01").to_json(),
        lambda contract, _: contract.restate("2026-05-01"),
        lambda _, timeline: timeline.why("share", "2027-01-01").to_json(),
    ]

    def alone(ask: Question) -> str:
        contract = dealrun.load(folder)
        return ask(contract, contract.timeline())

    expected = [alone(ask) for ask in asked]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that they meet in the middle of what they do
    try:
        for _ in range(5):
            contract = dealrun.load(folder)
            timeline = contract.timeline()
            with ThreadPoolExecutor(10) as pool:
                futures = [pool.submit(ask, contract, timeline) for ask in asked]
            found = [future.result() for future in futures]
            assert found == expected
    finally:
        sys.setswitchinterval(usual)


def test_threads_share_the_places_of_a_text() -> None:
    """Lines are counted when the first asks; a second that asks meanwhile gets no line of half a count."""
    lines = 20_000
    for _ in range(60):
        source = SourceText("a.deal", "x\n" * lines)
        start = threading.Barrier(4)

        def ask(source: SourceText = source, start: threading.Barrier = start) -> int:
            start.wait()
            return source.position(2 * lines - 1)[0]

        with ThreadPoolExecutor(4) as pool:
            assert [each.result() for each in [pool.submit(ask) for _ in range(4)]] == [lines] * 4


def test_loading_again_and_again_keeps_nothing() -> None:
    """2,000 loads: what is kept after the first hundred is kept after all (shapes of statements are bounded)."""
    text = (ROOT / "contracts" / "tutorial" / "new.deal").read_text(encoding="utf-8")
    kept: list[int] = []
    tracemalloc.start()
    try:
        for number in range(2000):
            dealrun.loads(text.replace("deal ", f"# {number}\ndeal ", 1)).timeline().on("2024-01-01")
            if number % 950 == 99:
                gc.collect()
                kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert max(kept) - kept[0] < 1_000_000, kept
