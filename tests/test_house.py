"""How the code is laid out: what imports what."""

import ast
from pathlib import Path

from conftest import ROOT

PACKAGE = ROOT / "dsl" / "dealrun"


def modules() -> dict[str, Path]:
    """Every module of the package, by its dotted name."""
    return {
        ".".join(("dealrun", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def imports(path: Path, known: set[str]) -> set[str]:
    """The modules of the package that a module imports, wherever in it, those for types alone included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {inner if (inner := f"{node.module}.{each.name}") in known else node.module for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found & known


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """Everything that a module imports, through any number of steps."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for each in graph[todo.pop()]:
            if each not in found:
                found.add(each)
                todo.append(each)
    return found


def test_no_circle_of_imports_has_more_than_two_files() -> None:
    """Where two modules import one another, they are two halves of one thing; more of them would be a knot."""
    known = modules()
    graph = {name: imports(path, set(known)) - {name} for name, path in known.items()}
    behind = {name: reached(graph, name) for name in graph}
    circles = {frozenset({name, *(each for each in behind[name] if name in behind[each])}) for name in graph}
    knots = [sorted(circle) for circle in circles if len(circle) > 2]
    assert knots == []


ENGINE = frozenset({"evaluator", "events", "times", "instruments", "records", "noted"})
"""The modules that are the evaluation itself; everything else asks it through `Timeline.answers`."""


def test_nothing_reaches_into_the_engine() -> None:
    """Outside of its folder, nobody imports a part of the engine, or takes it from a timeline."""
    inside = PACKAGE / "state"
    known = modules()
    engine = {f"dealrun.state.{name}" for name in ENGINE}
    found = [
        str(path.relative_to(PACKAGE))
        for path in known.values() if inside not in path.parents
        if imports(path, engine) or ".evaluator" in path.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert found == []


def test_the_command_line_settles_through_the_library() -> None:
    """No command imports a part of settlement: what it needs is public."""
    known = modules()
    settling = {name for name in known if name.startswith("dealrun.settle")}
    commands = [path for name, path in known.items() if name.startswith("dealrun.cli")]
    assert [str(path.relative_to(PACKAGE)) for path in commands if imports(path, settling)] == []


def test_a_name_has_one_meaning() -> None:
    """No class, and no name of a type, is defined in two places; a leading underscore makes no other name."""
    homes: dict[str, list[str]] = {}
    for name, path in modules().items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name.lstrip("_"), []).append(name)
            elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
                homes.setdefault(ast.unparse(node.target).lstrip("_"), []).append(name)
    assert len(homes) > 250
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
