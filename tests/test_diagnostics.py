"""Every code has a failing file, its rendered snapshot, and a page; and only the code it is named after."""

from pathlib import Path

import pytest

import dealrun
from conftest import ROOT, golden
from dealrun.diagnostics.catalog import CATALOG
from dealrun.diagnostics.render import render_all
from either import either_of

CASES = Path(__file__).parent / "diagnostics"
PAGES = ROOT / "docs" / "diagnostics"

LIMITS = {"DR901", "DR902", "DR903", "DR904", "DR905", "DR906", "DR907", "DR908", "DR909"}
"""Codes whose failing input is made by tests/test_limits.py, as it would fill the repository."""


def case(code: str) -> Path | None:
    """The failing file, or folder, of a code."""
    return next((path for path in (CASES / f"{code}.deal", CASES / code) if path.exists()), None)


@pytest.mark.usefixtures("in_root")
@pytest.mark.parametrize("code", sorted(CATALOG))
def test_every_code_has_a_failing_file_and_its_snapshot(code: str, rewrite: bool) -> None:
    path = case(code)
    if path is None:
        assert code in LIMITS, f"no failing file for {code}"
        return
    loaded = either_of(path.relative_to(ROOT))
    if code.startswith("DR7"):
        refused_ledger(loaded, code, rewrite=rewrite)
        return
    found = list(loaded) if isinstance(loaded, dealrun.Diagnostics) else list(loaded.diagnostics)
    if isinstance(loaded, dealrun.Contract):
        found += [outcome.diagnostic() for outcome in loaded.test() if not outcome.passed]
        found += [diagnostic for diagnostic in loaded.conflicts() if diagnostic not in found]
    codes = {diagnostic.code for diagnostic in found}
    assert code in codes
    assert codes <= {code, "DR211", *(["DR601"] if code == "DR603" else [])}, "a failing file shows its own code alone"
    golden(CASES / f"{code}.txt", render_all(found), rewrite=rewrite)


def refused_ledger(loaded: dealrun.Contract | dealrun.Diagnostics, code: str, *, rewrite: bool) -> None:
    """A ledger that is wrong in one way is refused for it alone."""
    assert isinstance(loaded, dealrun.Contract), str(loaded)
    with pytest.raises(dealrun.LedgerError) as refused:
        loaded.settle()
    problems = refused.value.problems
    assert {problem.code for problem in problems} == {code}
    lines = refused.value.to_text(10_000).split("\n")
    golden(CASES / f"{code}.txt", "\n".join(lines[:-1]) + "\n", rewrite=rewrite)


@pytest.mark.parametrize("code", sorted(CATALOG))
def test_every_code_has_a_page(code: str) -> None:
    page = PAGES / f"{code}.md"
    assert page.is_file(), f"no page for {code}"
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {code}: {CATALOG[code].title}\n")
    assert "\n## What to do\n" in text


def test_no_page_and_no_case_without_a_code() -> None:
    assert {path.stem for path in PAGES.glob("DR*.md")} == set(CATALOG)
    assert {path.stem for path in CASES.glob("DR*")} <= set(CATALOG)
