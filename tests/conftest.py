"""What all tests share: the flag that rewrites goldens, and the places of things."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).parent.parent

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, print_blob=True
)
settings.register_profile("explore", settings.get_profile("default"), derandomize=False)
# While working: a failure as it was found, at once; shrinking one takes up to five minutes.
settings.register_profile("found", settings.get_profile("default"), phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--rewrite`."""
    parser.addoption("--rewrite", action="store_true", help="rewrite golden outputs and generated tables")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count no coverage in generated cases: it takes them two and a half times as long, and says less.

    What only a generated case reaches, no test asks for by name.
    """
    for item in items:
        function = getattr(item, "obj", None)
        if getattr(function, "is_hypothesis_test", False) or "hypothesis" in item.keywords:
            item.add_marker("no_cover")


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Trace nothing in what counts no coverage: in the processes of xdist, pytest-cov does not pause."""
    trace = sys.gettrace() if item.get_closest_marker("no_cover") else None
    if trace is None:
        yield
        return
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)


TOLD: list[tuple[str, str]] = []
"""What generated cases were like: a heading and lines, of the processes that ran them."""


def _shares() -> list[tuple[str, str]]:
    """What the generated cases of this process were like."""
    found = []
    laws = sys.modules.get("test_laws")
    if laws is not None and laws.SHARES.total:
        text = f"{laws.SHARES.total} cases\n{laws.SHARES.table()}"
        found.append(("shares of hard cases among those generated", text))
    conflicts = sys.modules.get("test_conflicts")
    if conflicts is not None and conflicts.FOUND:
        found.append(("conflicts in generated portfolios", conflicts.recall_and_precision()))
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker has seen to the process that prints; where nothing may be skipped, fail if something was."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["told"] = _shares()
        return
    TOLD.extend(_shares())
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("NO_SKIPPED_TESTS") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        TOLD.append(("tests were skipped, and none may be", "\n".join(report.nodeid for report in skipped)))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker has seen."""
    TOLD.extend(map(tuple, getattr(node, "workeroutput", {}).get("told", ())))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show how hard the generated cases were."""
    for heading, text in TOLD:
        terminalreporter.section(heading)
        terminalreporter.write_line(text)


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A width and colours that do not depend on the terminal, nor on how many workers run the tests."""
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are rewritten instead of compared."""
    return bool(request.config.getoption("--rewrite"))


def golden(path: Path, text: str, *, rewrite: bool) -> None:
    """Compare a text with its golden file, or write it."""
    if rewrite:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"{path.relative_to(ROOT)} is missing; write it with `pytest --rewrite`"
    assert text == path.read_text(encoding="utf-8"), f"{path.relative_to(ROOT)} differs"


@pytest.fixture
def in_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the project's folder, so that places are the same on every machine."""
    monkeypatch.chdir(ROOT)
