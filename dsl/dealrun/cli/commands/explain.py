"""`dealrun explain`: what a diagnostic means, and what to do."""

import sys
from argparse import Namespace
from pathlib import Path

from dealrun.cli.errors import UsageError
from dealrun.diagnostics import did_you_mean
from dealrun.diagnostics.catalog import CATALOG


def pages() -> Path:
    """Where the pages lie: in the installed package, or in the docs of a checkout."""
    inside = Path(__file__).parents[2] / "pages"
    return inside if inside.is_dir() else Path(__file__).parents[4] / "docs" / "diagnostics"


def run(arguments: Namespace) -> int:
    """0."""
    if arguments.code is None:
        for code, entry in sorted(CATALOG.items()):
            print(f"{code}  {entry.severity:<7}  {entry.title}")
        return 0
    code = arguments.code.upper()
    if code not in CATALOG:
        hint = did_you_mean(code, CATALOG)
        raise UsageError(
            f"no code `{arguments.code}`" + (f"; {hint}" if hint else "") + "; `dealrun explain` lists all"
        )
    sys.stdout.write((pages() / f"{code}.md").read_text(encoding="utf-8"))
    return 0
