"""`dealrun state`: what is in force on a day, what is coming, and what is not known."""

import sys
from argparse import Namespace

from dealrun.cli.commands.common import evaluate, load_contract, print_blocks, print_json, today_or
from dealrun.cli.errors import UsageError
from dealrun.diagnostics import did_you_mean
from dealrun.render import states
from dealrun.time import iso


def run(arguments: Namespace) -> int:
    """0."""
    day, today = today_or(arguments.on)
    contract = load_contract(arguments.files, arguments)
    timeline = evaluate(contract, arguments)
    found = timeline.on(day)
    if arguments.party:
        named = {p for clause in found.values() for names in clause.parties.values() for p in names}
        if arguments.party not in named:
            hint = did_you_mean(arguments.party, named)
            raise UsageError(f"no clause names `{arguments.party}`" + (f"; {hint}" if hint else ""))
        found = states.of_party(found, arguments.party)
    if arguments.format == "json":
        print_json(found.to_dict())
        if today and not arguments.quiet:
            print(f"on: today, {iso(day)}", file=sys.stderr)
        return 0
    when = states.on_day(day, today=today)
    head = [] if arguments.quiet else states.heading(timeline.basis, when, timeline.known)
    print_blocks([*head, *states.state(found, found.prospects)])
    return 0
