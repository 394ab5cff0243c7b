"""`dealrun check`: every error, warning and note of the files, and their conflicts; of one contract, or of many."""

import sys
from argparse import Namespace

from dealrun.api import Diagnostics
from dealrun.cli.commands.common import print_json, read_files
from dealrun.cli.errors import UsageError
from dealrun.cli.terminal import colour_wanted
from dealrun.diagnostics import Diagnostic, Report, Severity
from dealrun.diagnostics.render import render_all
from dealrun.source.files import UnreadableError


def _one(arguments: Namespace) -> tuple[Diagnostic, ...]:
    """Everything about one contract."""
    found = read_files(arguments.files)
    if found.contract is None:
        return found.diagnostics.items
    report = Report([*found.diagnostics, *found.contract.conflicts()])
    return report.sorted()


def _portfolio(arguments: Namespace) -> tuple[Diagnostic, ...]:
    """Everything about the contracts of a folder."""
    from dealrun.api.portfolio import portfolio  # noqa: PLC0415 - one contract needs none of it

    if arguments.files:
        raise UsageError("--portfolio takes a folder of contracts in the place of FILES")
    try:
        return portfolio(arguments.portfolio).diagnostics
    except UnreadableError as error:
        raise UsageError(str(error)) from None


def run(arguments: Namespace) -> int:
    """1 where there is an error or a warning."""
    found = _portfolio(arguments) if arguments.portfolio else _one(arguments)
    if arguments.format == "json":
        print_json(Diagnostics(found).to_dict())
    elif not arguments.quiet:
        sys.stdout.write(render_all(found, colour=colour_wanted()) or "no findings\n")
    return int(any(d.severity is not Severity.NOTE for d in found))
