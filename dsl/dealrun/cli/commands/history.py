"""`dealrun history`: what held when, as known when, of one clause."""

from argparse import Namespace

from dealrun.cli.commands.common import load_contract, told
from dealrun.cli.errors import UsageError


def run(arguments: Namespace) -> int:
    """0."""
    contract = load_contract(arguments.files, arguments)
    try:
        found = contract.history(arguments.label, scenario=arguments.scenario, reading=arguments.reading)
    except (KeyError, ValueError) as error:
        raise UsageError(str(error)) from None
    told(found, arguments)
    return 0
