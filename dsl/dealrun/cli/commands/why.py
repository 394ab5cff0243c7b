"""`dealrun why`: the chain from a clause's text to its state on a day."""

from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import evaluate, load_contract, today_or, told
from dealrun.cli.errors import UsageError


def run(arguments: Namespace) -> int:
    """0; of a payment, 1 where there is none, or the ledger is refused."""
    if arguments.period is not None:
        from dealrun.cli.commands import settle  # noqa: PLC0415 - the state of a day needs none of it

        return settle.why(arguments)
    day, today = today_or(arguments.on)
    timeline = evaluate(load_contract(arguments.files, arguments), arguments)
    try:
        explanation = timeline.why(arguments.label, day)
    except dealrun.UnknownNameError as error:
        raise UsageError(str(error)) from None
    told(explanation, arguments, today)
    return 0
