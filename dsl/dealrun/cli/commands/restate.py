"""`dealrun restate`: the consolidated agreement of a day, as a new file."""

import sys
from argparse import Namespace

from dealrun.algebra.same import RestateError
from dealrun.cli.commands.common import day_option, load_contract, pairs, today_or
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write
from dealrun.time import iso


def run(arguments: Namespace) -> int:
    """0, or 1 where no text agrees with the chain."""
    day, today = today_or(arguments.on)
    known = day_option(arguments.known, "--known")
    so_far = pairs(arguments.so_far, "--so-far")
    arguments.format = "text"
    contract = load_contract(arguments.files, arguments)
    try:
        text = contract.restate(
            iso(day), known=None if known is None else iso(known), reading=arguments.reading, so_far=so_far
        )
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    except RestateError as error:
        print(f"dealrun: {error}", file=sys.stderr)
        return 1
    if today and not arguments.quiet:
        print(f"on: today, {iso(day)}", file=sys.stderr)
    write(text, arguments.output, arguments.inputs)
    return 0
