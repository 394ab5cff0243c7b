"""`dealrun what-if`: a draft amendment against the chain, before anyone signs."""

from argparse import Namespace

from dealrun.api import LoadError
from dealrun.api.algebra import what_if
from dealrun.cli.commands.common import day_option, load_contract, print_blocks, print_json, report, unreadable
from dealrun.cli.errors import ReportedError, UsageError
from dealrun.render import amendments
from dealrun.time import iso


def run(arguments: Namespace) -> int:
    """1 where the draft breaks something."""
    signed = day_option(arguments.signed, "--signed")
    contract = load_contract(arguments.files, arguments)
    try:
        found = what_if(
            contract,
            arguments.amend,
            signed=None if signed is None else iso(signed),
            reading=arguments.reading,
        )
    except LoadError as error:
        unreadable(error.diagnostics)
        report(error.diagnostics.items, arguments)
        raise ReportedError from None
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    if arguments.format == "json":
        print_json(found.to_dict())
    else:
        print_blocks(amendments.what_if(found, quiet=arguments.quiet))
    return int(found.breaks)
