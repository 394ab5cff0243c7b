"""`dealrun changes`: what each instrument changed, and what follows for each party."""

from argparse import Namespace

from dealrun.cli.commands.common import day_option, load_contract, told
from dealrun.cli.errors import UsageError


def run(arguments: Namespace) -> int:
    """0."""
    known = day_option(arguments.known, "--known")
    contract = load_contract(arguments.files, arguments)
    try:
        found = contract.changes(known=known, reading=arguments.reading, instrument=arguments.instrument)
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    told(found, arguments)
    return 0
