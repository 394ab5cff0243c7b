"""`dealrun diff`: two days of one contract, or two versions of it."""

import sys
from argparse import Namespace

from dealrun.algebra.difference import DifferenceError
from dealrun.cli.commands.common import day_option, evaluate, load_contract, print_blocks, print_json
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write
from dealrun.render import states
from dealrun.render.blocks import GAP, Block, Heading, Paragraph
from dealrun.state.versions import between, compare, compare_on
from dealrun.state.views import Changes
from dealrun.time import iso, to_date


def _as_amendment(arguments: Namespace) -> int:
    """Print the amendment; 1 where something differs, or no amendment does it."""
    if len(arguments.files) != 2 or arguments.on or arguments.against:
        raise UsageError("--as-amendment takes two versions: diff OLD NEW --as-amendment")
    if arguments.known or arguments.assume or arguments.bind or arguments.scenario or arguments.reading:
        raise UsageError("--as-amendment takes no --known, --assume, --set, --scenario or --reading: it is a text")
    if arguments.format == "json":
        raise UsageError("an amendment is text: leave out `--format json`")
    effective, signed = day_option(arguments.effective, "--effective"), day_option(arguments.signed, "--signed")
    old, new = (load_contract([path], arguments) for path in arguments.files)
    try:
        text = old.difference(
            new,
            effective=None if effective is None else iso(effective),
            signed=None if signed is None else iso(signed),
            name=arguments.name,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    except DifferenceError as error:
        print(f"dealrun: {error}", file=sys.stderr)
        return 1
    write(text or "# no difference\n", arguments.output, arguments.inputs)
    return int(bool(text))


def run(arguments: Namespace) -> int:
    """1 where something differs."""
    if arguments.as_amendment:
        return _as_amendment(arguments)
    if arguments.effective or arguments.signed or arguments.output or arguments.name != "amendment":
        raise UsageError("--effective, --signed, --name and -o go with --as-amendment")
    on, against = day_option(arguments.on, "--on"), day_option(arguments.against, "--against")
    if against is not None:
        if on is None:
            raise UsageError("--against needs --on")
        timeline = evaluate(load_contract(arguments.files, arguments), arguments)
        changes = between(timeline, on, against)
        title = f"from {iso(on)} to {iso(against)}"
        known = timeline.known
    else:
        if len(arguments.files) != 2:
            raise UsageError("compare two days (--on A --against B), or two versions (diff OLD NEW)")
        old, new = (load_contract([path], arguments) for path in arguments.files)
        # Both as known on one day, so that only what is written differs.
        last = max((day.toordinal() for day in (old.known, new.known) if day is not None), default=None)
        first = timeline = evaluate(old, arguments, last)
        second = evaluate(new, arguments, last)
        known = first.known
        changes = compare(first, second) if on is None else compare_on(first, second, on)
        title = f"from {arguments.files[0]} to {arguments.files[1]}" + (f" on {iso(on)}" if on else "")
    if arguments.format == "json":
        head = (("on", to_date(on)), ("against", to_date(against)))
        print_json(Changes.of(changes, "diff", head, known, timeline.basis).to_dict())
    else:
        rest = states.suppositions(known, timeline.basis)
        above: list[Block] = [] if arguments.quiet else [Heading(title + rest), GAP]
        print_blocks([*above, *(states.changes(changes) or [Paragraph("no difference")])])
    return int(bool(changes))
