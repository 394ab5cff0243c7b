"""`dealrun state`: what is in force on a day unless something happens, what is coming, and what is not known."""

import re
import sys
from argparse import Namespace
from pathlib import Path

import dealrun
from dealrun.cli.commands.common import evaluate, load_contract, today_or, told
from dealrun.cli.errors import UsageError

_LABEL = re.compile(r"[^\W\d][\w.-]*")


def run(arguments: Namespace) -> int:
    """0."""
    day, today = today_or(arguments.on)
    labels, files = _apart(arguments.files)
    contract = load_contract(files, arguments)
    found = evaluate(contract, arguments).on(day)
    try:
        if arguments.party:
            found = found.of_party(arguments.party)
        if labels:
            found = found.only(*labels)
    except dealrun.UnknownNameError as error:
        text = str(error)
        if labels and not arguments.party:
            text += "; there is no file or folder of that name either"
        raise UsageError(text) from None
    if arguments.exact:
        found = contract.exact(found)
    told(found, arguments, today)
    if arguments.format == "json" and today and not arguments.quiet:
        print(f"on: today, {day}", file=sys.stderr)
    return 0


def _apart(names: list[str]) -> tuple[list[str], list[str]]:
    """The labels and the files among what stands behind the command: a label is no file, and has the form of a name."""
    labels = [
        name for name in names
        if _LABEL.fullmatch(name) and not name.endswith(".deal") and not Path(name).exists()
    ]  # fmt: skip
    files = [name for name in names if name not in labels]
    if not files and not any(Path().glob("*.deal")):  # there is nothing here of which it could be a clause
        return [], names
    return labels, files
