"""`dealrun restate`: the consolidated agreement of a day, as a new file."""

import sys
from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import day_option, load_contract, pairs, today_or
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write


def run(arguments: Namespace) -> int:
    """0, or 1 where no text agrees with the chain."""
    day, today = today_or(arguments.on)
    known = day_option(arguments.known, "--known")
    so_far = pairs(arguments.so_far, "--so-far")
    arguments.format = "text"
    contract = load_contract(arguments.files, arguments)
    try:
        text = contract.restate(day, known=known, reading=arguments.reading, so_far=so_far)
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    except dealrun.RestateError as error:
        print(f"dealrun: {error}", file=sys.stderr)
        return 1
    if today and not arguments.quiet:
        print(f"on: today, {day}", file=sys.stderr)
    write(text, arguments.output, arguments.inputs)
    return 0
