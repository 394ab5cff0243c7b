"""`dealrun schema`: the JSON Schema of an output."""

from argparse import Namespace

from dealrun.api.wire import schema
from dealrun.cli.commands.common import print_json
from dealrun.cli.errors import UsageError


def run(arguments: Namespace) -> int:
    """0."""
    if arguments.name not in schema.NAMES:
        raise UsageError(f"no schema `{arguments.name}`; there are: {', '.join(schema.NAMES)}")
    print_json(schema.schema(arguments.name))
    return 0
