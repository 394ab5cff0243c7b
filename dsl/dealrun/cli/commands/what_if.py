"""`dealrun what-if`: a draft amendment against the chain, before anyone signs."""

from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import day_option, load_contract, report, told, unreadable
from dealrun.cli.errors import ReportedError, UsageError


def run(arguments: Namespace) -> int:
    """1 where the draft breaks something."""
    signed = day_option(arguments.signed, "--signed")
    contract = load_contract(arguments.files, arguments)
    try:
        found = dealrun.what_if(contract, arguments.amend, signed=signed, reading=arguments.reading)
    except dealrun.LoadError as error:
        unreadable(error.diagnostics)
        report(error.diagnostics, arguments)
        raise ReportedError from None
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    told(found, arguments)
    return int(found.breaks)
