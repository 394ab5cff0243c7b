"""`dealrun why`: the chain from a clause's text to its state on a day."""

from argparse import Namespace

from dealrun.cli.commands.common import evaluate, load_contract, print_blocks, print_json, today_or
from dealrun.cli.errors import UsageError
from dealrun.diagnostics import no_clause
from dealrun.render import states
from dealrun.time import iso


def run(arguments: Namespace) -> int:
    """0; of a payment, 1 where there is none, or the ledger is refused."""
    if arguments.period is not None:
        from dealrun.cli.commands import settle  # noqa: PLC0415 - the state of a day needs none of it

        return settle.why(arguments)
    day, today = today_or(arguments.on)
    contract = load_contract(arguments.files, arguments)
    timeline = evaluate(contract, arguments)
    if arguments.label not in timeline.labels:
        known = "" if timeline.known is None else f" as known on {iso(timeline.known)}"
        raise UsageError(str(no_clause(arguments.label, timeline.labels, known)))
    explanation = timeline.why(arguments.label, day)
    if arguments.format == "json":
        print_json(explanation.to_dict())
        return 0
    when = states.on_day(day, today=today)
    head = [] if arguments.quiet else states.heading(timeline.basis, when, timeline.known)
    print_blocks([*head, *states.why(explanation)])
    return 0
