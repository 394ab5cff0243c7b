"""`dealrun why`: the chain from a clause's text to its state on a day."""

from argparse import Namespace
from datetime import date

import dealrun
from dealrun.cli.commands.common import evaluate, load_contract, today_or, told
from dealrun.cli.errors import UsageError


def run(arguments: Namespace) -> int:
    """0; of a payment, 1 where there is none, or the ledger is refused."""
    if arguments.period is not None:
        from dealrun.cli.commands import settle  # noqa: PLC0415 - the state of a day needs none of it

        return settle.why(arguments)
    day, today = today_or(arguments.on)
    contract = load_contract(arguments.files, arguments)
    timeline = evaluate(contract, arguments)
    told(_answer(contract, timeline, arguments.label, day), arguments, today)
    return 0


def _answer(
    contract: dealrun.Contract, timeline: dealrun.Timeline, name: str, day: date
) -> dealrun.Explanation | dealrun.About:
    """Of a clause or a term its chain; of another name what is known of it."""
    try:
        return timeline.why(name, day)
    except dealrun.UnknownNameError as error:
        try:
            return timeline.about(name, day)
        except dealrun.UnknownNameError as other:
            of_clause = name in contract.labels or "did you mean" in str(error) or " has no term " in str(error)
            raise UsageError(str(error if of_clause else other)) from None
