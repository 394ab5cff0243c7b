"""What all tests share: the flag that rewrites goldens, and the places of things."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, print_blob=True
)
settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--rewrite`."""
    parser.addoption("--rewrite", action="store_true", help="rewrite golden outputs and generated tables")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show how hard the generated cases were."""
    laws = sys.modules.get("test_laws")
    if laws is not None and laws.SHARES.total:
        terminalreporter.section("shares of hard cases among those generated")
        terminalreporter.write_line(f"{laws.SHARES.total} cases\n{laws.SHARES.table()}")
    conflicts = sys.modules.get("test_conflicts")
    if conflicts is not None and conflicts.FOUND:
        terminalreporter.section("conflicts in generated portfolios")
        terminalreporter.write_line(conflicts.recall_and_precision())


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
