"""`dealrun compare`: scenarios or readings side by side, where their answers part."""

from argparse import Namespace

from dealrun.cli.commands.common import day_option, load_contract, told
from dealrun.cli.errors import UsageError


def run(arguments: Namespace) -> int:
    """0."""
    known = day_option(arguments.known, "--known")
    contract = load_contract(arguments.files, arguments)
    if arguments.readings and not contract.readings:
        raise UsageError("the files hold no reading")
    try:
        found = contract.compare(
            known=known, scenarios=arguments.scenario, readings=arguments.reading, all_readings=arguments.readings
        )
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    told(found, arguments)
    return 0
