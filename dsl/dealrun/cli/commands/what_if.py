"""`dealrun what-if`: a draft amendment against the chain, before anyone signs."""

from argparse import Namespace

from dealrun.api import Diagnostics
from dealrun.api.algebra import what_if
from dealrun.cli.commands.common import HERE, day_option, load_contract, print_blocks, print_json, report
from dealrun.cli.errors import LoadError, UsageError
from dealrun.render import amendments
from dealrun.time import iso


def run(arguments: Namespace) -> int:
    """1 where the draft breaks something."""
    signed = day_option(arguments.signed, "--signed")
    contract = load_contract(arguments.files, arguments)
    try:
        found = what_if(
            contract,
            arguments.files or HERE,
            arguments.amend,
            signed=None if signed is None else iso(signed),
            reading=arguments.reading,
        )
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    if isinstance(found, Diagnostics):
        if all(d.code == "DR906" and d.span is None for d in found):
            raise UsageError("; ".join(d.message for d in found))
        report(found.items, arguments)
        raise LoadError
    if arguments.format == "json":
        from dealrun.api import algebra_json  # noqa: PLC0415 - text needs none of it

        print_json(algebra_json.what_if_json(found, arguments.reading))
    else:
        print_blocks(amendments.what_if(found, quiet=arguments.quiet))
    return int(found.breaks)
