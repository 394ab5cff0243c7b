"""`dealrun schema`: the JSON Schema of an output."""

import json
from argparse import Namespace

import dealrun
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write


def run(arguments: Namespace) -> int:
    """0."""
    try:
        found = dealrun.schema(arguments.name)
    except dealrun.UnknownNameError as error:
        raise UsageError(str(error)) from None
    write(json.dumps(found, indent=2, ensure_ascii=False) + "\n", None)
    return 0
