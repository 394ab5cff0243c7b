"""`dealrun settle`: who pays whom how much, for which period, due when."""

import sys
from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import day_option, load_contract, pairs, told
from dealrun.cli.errors import ReportedError, UsageError
from dealrun.cli.ledgers import books_of, no_ledgers, refused
from dealrun.cli.output import apart, write, write_bytes

NEED_FILE = frozenset({"parquet", "xlsx"})
"""Formats that are no text."""


def run(arguments: Namespace) -> int:
    """0, or 1 where the ledger is refused or a clause cannot be settled."""
    if arguments.format in NEED_FILE and not arguments.output:
        raise UsageError(f"--format {arguments.format} needs a file: -o FILE")
    for option in ("through", "known"):
        day_option(getattr(arguments, option), f"--{option}")
    no_ledgers(arguments.files)
    apart(arguments.output, arguments.plot, arguments.detail)
    contract = load_contract(arguments.files, arguments)
    if arguments.plot and not arguments.plot.endswith(".svg"):
        raise UsageError(f"--plot: `{arguments.plot}` is no file for a picture: its name ends in .svg")
    found = settled(contract, arguments)
    if arguments.against:
        return _against(found, contract, arguments)
    try:
        if arguments.plot:
            write(found.to_svg(contract.signings), arguments.plot, arguments.inputs)
        _print(found, arguments)
    except (ValueError, ImportError) as error:
        raise UsageError(str(error)) from None
    return 1 if found.unsettled else 0


def settled(contract: dealrun.Contract, arguments: Namespace) -> dealrun.Settlement:
    """The statement that the options ask for."""
    supposed = {
        "assume": pairs(arguments.assume, "--assume"),
        "bind": pairs(arguments.bind, "--set"),
        "scenario": arguments.scenario,
        "reading": arguments.reading,
    }
    try:
        found = contract.settle(**books_of(arguments), **supposed, detail=getattr(arguments, "detail", None),
                                progress=sys.stderr.isatty())  # fmt: skip
    except dealrun.LedgerError as error:
        refused(error, arguments)
        raise ReportedError from None
    except (KeyError, ValueError, ImportError) as error:
        raise UsageError(str(error.args[0])) from None
    except dealrun.WriteError as error:
        raise UsageError(str(error)) from None
    arguments.inputs += found.files
    return found


def _against(found: dealrun.Settlement, contract: dealrun.Contract, arguments: Namespace) -> int:
    """The payments of a period beside those under readings and scenarios."""
    if arguments.format not in {"text", "json"} or arguments.plot or arguments.detail:
        raise UsageError("--against prints text or JSON, and draws and allocates nothing")
    versions = {}
    for name in arguments.against:
        if name not in {*contract.readings, *contract.scenarios}:
            known = ", ".join([*contract.readings, *contract.scenarios]) or "none"
            raise UsageError(f"--against: no reading or scenario `{name}`; there are: {known}")
        other = Namespace(**vars(arguments))
        if name in contract.readings:
            other.reading = [*arguments.reading, name]
        else:
            other.scenario = name
        versions[name] = settled(contract, other)
    told(found.against(versions), arguments)
    return 0


def why(arguments: Namespace) -> int:
    """`dealrun why LABEL --period P`: a payment from the ledger to the cent; 1 where there is none."""
    try:
        first, last = dealrun.days_of(arguments.period)
    except ValueError as error:
        raise UsageError(f"--period: {error}") from None
    no_ledgers(arguments.files)
    contract = load_contract(arguments.files, arguments)
    try:
        if contract.family(arguments.label) != "money":
            raise UsageError(f"nothing is paid under `{arguments.label}`; --period explains payments, --on a day")
    except dealrun.UnknownNameError as error:
        raise UsageError(str(error)) from None
    arguments.period = "Q"
    arguments.through = arguments.through or str(last)
    found = settled(contract, arguments)
    reasons = found.why(arguments.label, first, last)
    if not reasons.payments and not found.sources and not arguments.quiet:
        print("dealrun: give a ledger with --ledger", file=sys.stderr)
    told(reasons, arguments)
    return 0 if reasons.payments else 1


def _print(found: dealrun.Settlement, arguments: Namespace) -> None:
    match arguments.format:
        case "csv":
            write(found.to_csv(), arguments.output, arguments.inputs)
        case "parquet":
            write_bytes(found.to_parquet(), arguments.output, arguments.inputs)
        case "xlsx":
            write_bytes(found.to_xlsx(), arguments.output, arguments.inputs)
        case _:
            told(found, arguments)
