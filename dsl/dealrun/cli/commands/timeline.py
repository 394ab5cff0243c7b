"""`dealrun timeline`: everything that changes, day by day."""

from argparse import Namespace

from dealrun.cli.commands.common import day_option, evaluate, load_contract, print_blocks, print_json
from dealrun.render import states
from dealrun.time import to_date


def run(arguments: Namespace) -> int:
    """0."""
    start, end = day_option(arguments.start, "--from"), day_option(arguments.end, "--to")
    contract = load_contract(arguments.files, arguments)
    timeline, supposed = evaluate(contract, arguments)
    before = None if start is None else to_date(start)
    found = timeline.changes(None, end)
    changes = tuple(each for each in found if before is None or (each.on is not None and each.on >= before))
    if arguments.format == "json":
        from dealrun.api import jsonio  # noqa: PLC0415 - text needs none of it

        head = {"from": arguments.start, "to": arguments.end, "known": jsonio.day(timeline.known), **supposed}
        print_json(jsonio.changes_json("timeline", changes, head))
        return 0
    above = [] if arguments.quiet else states.heading(contract, "", timeline.known, supposed)
    print_blocks([*above, *states.changes(changes)])
    return 0
