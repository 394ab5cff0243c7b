"""`dealrun test`: run the expectations that stand in the files."""

import sys
from argparse import Namespace

from dealrun.cli.commands.common import load_contract, print_json, print_lines
from dealrun.cli.terminal import colour_wanted
from dealrun.diagnostics.render import render_all


def run(arguments: Namespace) -> int:
    """1 where one does not hold."""
    outcomes = load_contract(arguments.files, arguments).test()
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if arguments.format == "json":
        print_json(outcomes.to_dict())
        return int(bool(failed))
    sys.stdout.write(render_all([outcome.diagnostic() for outcome in failed], colour=colour_wanted()))
    if not arguments.quiet:
        print_lines([f"{len(outcomes) - len(failed)} of {len(outcomes)} expectations hold"])
    return int(bool(failed))
