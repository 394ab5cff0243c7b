"""`dealrun calendar`: what falls on which day, who must act, and what follows if nobody does."""

from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import day_option, evaluate, load_contract, today_or, told
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write


def run(arguments: Namespace) -> int:
    """0."""
    start, today = today_or(arguments.start, "--from")
    end = day_option(arguments.end, "--to")
    if end is not None and end < start:
        raise UsageError(f"--to: {end} is before {start}")
    contract = load_contract(arguments.files, arguments)
    timeline = evaluate(contract, arguments)
    try:
        found = contract.agenda(timeline, start, end, party=arguments.party)
    except (dealrun.UnknownNameError, dealrun.ArgumentError) as error:
        raise UsageError(str(error)) from None
    if arguments.format == "ics":
        write(found.to_ical(), arguments.output, arguments.inputs)
    else:
        told(found, arguments, today)
    return 0
