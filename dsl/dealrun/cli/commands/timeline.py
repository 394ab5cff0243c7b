"""`dealrun timeline`: everything that changes, day by day."""

from argparse import Namespace

from dealrun.cli.commands.common import day_option, evaluate, load_contract, print_blocks, print_json
from dealrun.render import states
from dealrun.state.views import Changes
from dealrun.time import to_date


def run(arguments: Namespace) -> int:
    """0."""
    start, end = day_option(arguments.start, "--from"), day_option(arguments.end, "--to")
    contract = load_contract(arguments.files, arguments)
    timeline = evaluate(contract, arguments)
    before = None if start is None else to_date(start)
    found = timeline.changes(None, end)
    kept = (each for each in found if before is None or (each.on is not None and each.on >= before))
    told = Changes.of(kept, "timeline", (("from", before), ("to", to_date(end))), timeline.known, timeline.basis)
    if arguments.format == "json":
        print_json(told.to_dict())
        return 0
    above = [] if arguments.quiet else states.heading(timeline.basis, "", timeline.known)
    print_blocks([*above, *states.changes(told)])
    return 0
