"""`dealrun history`: what held when, as known when, of one clause."""

from argparse import Namespace

from dealrun.cli.commands.common import load_contract, print_blocks, print_json
from dealrun.cli.errors import UsageError
from dealrun.render import amendments


def run(arguments: Namespace) -> int:
    """0."""
    contract = load_contract(arguments.files, arguments)
    try:
        found = contract.history(arguments.label, scenario=arguments.scenario, reading=arguments.reading)
    except (KeyError, ValueError) as error:
        raise UsageError(str(error)) from None
    if arguments.format == "json":
        print_json(found.to_dict())
        return 0
    print_blocks(amendments.history(arguments.label, found))
    return 0
