"""`dealrun diff`: two days of one contract, or two versions of it."""

import sys
from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import day_option, evaluate, load_contract, told
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write


def _as_amendment(arguments: Namespace) -> int:
    """Print the amendment; 1 where something differs, or no amendment does it."""
    if len(arguments.files) != 2 or arguments.on or arguments.against:
        raise UsageError("--as-amendment takes two versions: diff OLD NEW --as-amendment")
    if arguments.known or arguments.assume or arguments.bind or arguments.scenario or arguments.reading:
        raise UsageError("--as-amendment takes no --known, --assume, --set, --scenario or --reading: it is a text")
    if arguments.format == "json" or arguments.markdown:
        raise UsageError("an amendment is text: leave out `--format json` and `--markdown`")
    effective, signed = day_option(arguments.effective, "--effective"), day_option(arguments.signed, "--signed")
    old, new = (load_contract([path], arguments) for path in arguments.files)
    try:
        text = old.difference(
            new,
            effective=effective,
            signed=signed,
            name=arguments.name,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    except dealrun.DifferenceError as error:
        print(f"dealrun: {error}", file=sys.stderr)
        return 1
    write(text or "# no difference\n", arguments.output, arguments.inputs)
    return int(bool(text))


def run(arguments: Namespace) -> int:
    """1 where something differs."""
    if arguments.as_amendment:
        return _as_amendment(arguments)
    if arguments.effective or arguments.signed or arguments.name != "amendment":
        raise UsageError("--effective, --signed and --name go with --as-amendment")
    on, against = day_option(arguments.on, "--on"), day_option(arguments.against, "--against")
    if against is not None:
        if on is None:
            raise UsageError("--against needs --on")
        changes = evaluate(load_contract(arguments.files, arguments), arguments).between(on, against)
    else:
        if len(arguments.files) != 2:
            raise UsageError("compare two days (--on A --against B), or two versions (diff OLD NEW)")
        old, new = (load_contract([path], arguments) for path in arguments.files)
        # Both as known on one day, so that only what is written differs.
        last = max((day for day in (old.known, new.known) if day is not None), default=None)
        first, second = evaluate(old, arguments, last), evaluate(new, arguments, last)
        changes = first.against(second, on, names=(arguments.files[0], arguments.files[1]))
    told(changes, arguments)
    return int(bool(changes))
