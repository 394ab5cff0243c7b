"""`dealrun test`: run the expectations that stand in the files."""

from argparse import Namespace

from dealrun.cli.commands.common import load_contract, told


def run(arguments: Namespace) -> int:
    """1 where one does not hold."""
    outcomes = load_contract(arguments.files, arguments).test()
    told(outcomes, arguments)
    return int(bool(outcomes.failed))
