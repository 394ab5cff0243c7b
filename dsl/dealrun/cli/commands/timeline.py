"""`dealrun timeline`: everything that changes, day by day."""

from argparse import Namespace
from datetime import timedelta

from dealrun.cli.commands.common import day_option, evaluate, load_contract, told


def run(arguments: Namespace) -> int:
    """0."""
    start, end = day_option(arguments.start, "--from"), day_option(arguments.end, "--to")
    contract = load_contract(arguments.files, arguments)
    timeline = evaluate(contract, arguments)
    told(timeline.changes(None if start is None else start - timedelta(days=1), end), arguments)
    return 0
