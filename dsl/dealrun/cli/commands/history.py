"""`dealrun history`: what held when, as known when, of one clause."""

from argparse import Namespace

from dealrun.cli import tell
from dealrun.cli.commands.common import load_contract, print_json, print_lines
from dealrun.cli.errors import UsageError
from dealrun.cli.tables import terminal_width
from dealrun.diagnostics import did_you_mean


def run(arguments: Namespace) -> int:
    """0."""
    contract = load_contract(arguments.files, arguments)
    try:
        found = contract.history(arguments.label, scenario=arguments.scenario, reading=arguments.reading)
    except KeyError as error:
        if error.args[0] != f"no clause `{arguments.label}`":
            raise UsageError(str(error.args[0])) from None
        qualified = [label for label in contract.labels if label.endswith(f".{arguments.label}")]
        hint = did_you_mean(arguments.label, contract.labels)
        if qualified:
            hint = f"did you mean {' or '.join(f'`{label}`' for label in qualified)}?"
        raise UsageError(f"no clause `{arguments.label}`" + (f"; {hint}" if hint else "")) from None
    except ValueError as error:
        raise UsageError(str(error)) from None
    if arguments.format == "json":
        from dealrun.api import algebra_json  # noqa: PLC0415 - text needs none of it

        supposed = {"scenario": arguments.scenario, "reading": arguments.reading}
        print_json(algebra_json.history_json(arguments.label, found, supposed))
        return 0
    print_lines(tell.history(arguments.label, found, terminal_width()))
    return 0
