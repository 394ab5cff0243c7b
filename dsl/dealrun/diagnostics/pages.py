"""The pages that explain diagnostics, and the specification.

In: a code. Out: its page, in Markdown; UnknownNameError where there is none.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from dealrun.diagnostics.catalog import CATALOG
from dealrun.diagnostics.diagnostic import Severity
from dealrun.diagnostics.suggest import did_you_mean
from dealrun.errors import UnknownNameError

CODES: Final[Mapping[str, tuple[Severity, str]]] = {
    code: (Severity(entry.severity), entry.title) for code, entry in sorted(CATALOG.items())
}
"""Every code of a diagnostic, with its severity and its title."""


def page(code: str) -> str:
    """The page of a diagnostic, in Markdown: its meaning, and what to do. UnknownNameError for an unknown code."""
    wanted = code.upper()
    if wanted not in CATALOG:
        hint = did_you_mean(wanted, CATALOG)
        raise UnknownNameError(f"no code `{code}`" + (f"; {hint}" if hint else ""))
    return (_pages() / f"{wanted}.md").read_text(encoding="utf-8")


@cache
def specification() -> str:
    """The specification of the language, in Markdown."""
    pages = _pages()
    path = pages / "language.md"
    return (path if path.is_file() else pages.parent / "language.md").read_text(encoding="utf-8")


def _pages() -> Path:
    """Where the pages lie: in the installed package, or in the docs of a checkout."""
    inside = Path(__file__).parents[1] / "pages"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "docs" / "diagnostics"
