"""`dealrun calendar`: what falls on which day, who must act, and what follows if nobody does."""

import re
from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import day_option, evaluate, load_contract, today_or, told
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write, write_bytes


def run(arguments: Namespace) -> int:
    """0."""
    start, today = today_or(arguments.start, "--from")
    end = day_option(arguments.end, "--to")
    if end is not None and end < start:
        raise UsageError(f"--to: {end} is before {start}")
    alarms = _alarms(arguments.alarm)
    if alarms is not None and arguments.format != "ics":
        raise UsageError("--alarm goes with --format ics")
    if arguments.format == "xlsx" and not arguments.output:
        raise UsageError("--format xlsx needs a file: -o FILE")
    contract = load_contract(arguments.files, arguments)
    timeline = evaluate(contract, arguments)
    try:
        found = contract.agenda(timeline, start, end, party=arguments.party)
    except (dealrun.UnknownNameError, dealrun.ArgumentError) as error:
        raise UsageError(str(error)) from None
    match arguments.format:
        case "ics":
            write(found.to_ical(alarms=alarms), arguments.output, arguments.inputs)
        case "csv":
            write(found.to_csv(), arguments.output, arguments.inputs)
        case "xlsx":
            write_bytes(found.to_xlsx(), arguments.output, arguments.inputs)
        case _:
            told(found, arguments, today)
    return 0


def _alarms(text: str | None) -> tuple[int, ...] | None:
    """`30d,7d` as days; None where the usual ones are meant."""
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(re.fullmatch(r"\d{1,4}d?", part) for part in parts):
        raise UsageError(f"--alarm: `{text}` is no list of days; write 30d,7d")
    return tuple(int(part.rstrip("d")) for part in parts)
