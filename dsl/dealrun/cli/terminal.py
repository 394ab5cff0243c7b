"""The terminal: how wide it is, and whether it shows colours.

In: the environment. Out: what the renderers are told. Guaranteed: nothing else of an answer depends on the terminal.
"""

import os
import shutil
import sys

FALLBACK = 100
NARROWEST = 20
"""Columns below which no text is of use."""


def terminal_width() -> int:
    """Columns of the terminal; `COLUMNS` decides, then the terminal, then 100."""
    return max(NARROWEST, shutil.get_terminal_size((FALLBACK, 24)).columns)


def colour_wanted() -> bool:
    """Whether to colour: on a terminal, unless `NO_COLOR` is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
