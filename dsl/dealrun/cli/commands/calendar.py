"""`dealrun calendar`: what falls on which day, who must act, and what follows if nobody does."""

from argparse import Namespace

from dealrun.cli.commands.common import day_option, evaluate, load_contract, print_blocks, print_json, today_or
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write
from dealrun.errors import UnknownNameError
from dealrun.render import agenda as render
from dealrun.render import states
from dealrun.render.blocks import Block
from dealrun.time import add, iso


def run(arguments: Namespace) -> int:
    """0."""
    start, today = today_or(arguments.start, "--from")
    last = day_option(arguments.end, "--to")
    end = add(start, 1, "year") - 1 if last is None else last
    if end < start:
        raise UsageError(f"--to: {iso(end)} is before {iso(start)}")
    contract = load_contract(arguments.files, arguments)
    timeline = evaluate(contract, arguments)
    try:
        found = contract.agenda(timeline, iso(start), iso(end), party=arguments.party)
    except UnknownNameError as error:
        raise UsageError(str(error)) from None
    if arguments.format == "ics":
        from dealrun.agenda.ical import calendar  # noqa: PLC0415 - an extra

        write(calendar(found, timeline.known, contract.identities).decode(), arguments.output, arguments.inputs)
        return 0
    if arguments.format == "json":
        print_json(found.to_dict(), arguments.output, arguments.inputs)
        return 0
    blocks: list[Block] = []
    if not arguments.quiet:
        span = f" from {iso(start)}{' (today)' * today} to {iso(end)}"
        blocks = states.heading(timeline.basis, span, timeline.known)
    print_blocks([*blocks, *render.agenda(found)], arguments.output, arguments.inputs)
    return 0
