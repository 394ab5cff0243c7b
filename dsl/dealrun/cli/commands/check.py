"""`dealrun check`: every error, warning and note of the files."""

import sys
from argparse import Namespace

from dealrun.api import Diagnostics
from dealrun.cli.commands.common import load_any, print_json
from dealrun.cli.tables import colour_wanted
from dealrun.diagnostics import Severity
from dealrun.diagnostics.render import render_all
from dealrun.limits import MAX_ERRORS


def run(arguments: Namespace) -> int:
    """1 where there is an error or a warning."""
    loaded = load_any(arguments.files)
    found = loaded.items if isinstance(loaded, Diagnostics) else loaded.diagnostics
    if arguments.format == "json":
        from dealrun.api import jsonio  # noqa: PLC0415 - text needs none of it

        print_json(jsonio.check_json(found, MAX_ERRORS))
    elif not arguments.quiet:
        sys.stdout.write(render_all(found, colour=colour_wanted()) or "no findings\n")
    return int(any(d.severity is not Severity.NOTE for d in found))
