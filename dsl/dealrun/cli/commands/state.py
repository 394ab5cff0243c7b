"""`dealrun state`: what is in force on a day, what is coming, and what is not known."""

import sys
from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import evaluate, load_contract, today_or, told
from dealrun.cli.errors import UsageError


def run(arguments: Namespace) -> int:
    """0."""
    day, today = today_or(arguments.on)
    contract = load_contract(arguments.files, arguments)
    found = evaluate(contract, arguments).on(day)
    if arguments.party:
        try:
            found = found.of_party(arguments.party)
        except dealrun.UnknownNameError as error:
            raise UsageError(str(error)) from None
    told(found, arguments, today)
    if arguments.format == "json" and today and not arguments.quiet:
        print(f"on: today, {day}", file=sys.stderr)
    return 0
