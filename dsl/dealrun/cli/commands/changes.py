"""`dealrun changes`: what each instrument changed, and what follows for each party."""

from argparse import Namespace

from dealrun.cli.commands.common import day_option, load_contract, print_blocks, print_json
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write
from dealrun.render import amendments
from dealrun.render.markup import markdown
from dealrun.time import iso


def run(arguments: Namespace) -> int:
    """0."""
    known = day_option(arguments.known, "--known")
    contract = load_contract(arguments.files, arguments)
    try:
        found = contract.changes(
            known=None if known is None else iso(known), reading=arguments.reading, instrument=arguments.instrument
        )
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    if arguments.format == "json":
        print_json(found.to_dict(), arguments.output, arguments.inputs)
    elif arguments.markdown:
        write(markdown(amendments.changes_page(found.deals, found)), arguments.output, arguments.inputs)
    else:
        print_blocks(amendments.changes(found), arguments.output, arguments.inputs)
    return 0
