"""`dealrun check`: every error, warning and note of the files, and their conflicts; of one contract, or of many."""

from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import HERE, told, unreadable
from dealrun.cli.errors import UsageError


def _portfolio(arguments: Namespace) -> dealrun.Diagnostics:
    """Everything about the contracts of a folder."""
    if arguments.files:
        raise UsageError("--portfolio takes a folder of contracts in the place of FILES")
    try:
        return dealrun.portfolio(arguments.portfolio).diagnostics
    except dealrun.UnreadableError as error:
        raise UsageError(str(error)) from None


def run(arguments: Namespace) -> int:
    """1 where there is an error or a warning."""
    if arguments.portfolio:
        found = _portfolio(arguments)
    else:
        arguments.kept = dealrun.read([*(arguments.files or HERE)])
        found = arguments.kept.findings()
        unreadable(found)
    if arguments.format == "json" or not arguments.quiet:
        told(found, arguments)
    return int(found.found)
