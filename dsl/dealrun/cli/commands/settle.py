"""`dealrun settle`: who pays whom how much, for which period, due when."""

import re
import sys
from argparse import Namespace

from dealrun import LedgerError, Settlement
from dealrun.api import Contract
from dealrun.cli.commands.common import day_option, load_contract, pairs, print_blocks, print_json
from dealrun.cli.errors import ReportedError, UsageError
from dealrun.cli.ledgers import books_of, files_of, no_ledgers, refused
from dealrun.cli.output import apart, write, write_bytes
from dealrun.diagnostics import no_clause
from dealrun.model.resolve import literals
from dealrun.model.values import OnDate
from dealrun.model.vocabulary import FORMS
from dealrun.render import statements, states
from dealrun.render.blocks import Block
from dealrun.source.writing import WriteError
from dealrun.time import Day, iso

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
            marks = [(i.signed[0], i.name) for i in contract.model.instruments if i.amends and i.signed]
            write(found.to_svg(marks, title=_title(contract)), arguments.plot, arguments.inputs)
        _print(found, contract, arguments)
    except (ValueError, ImportError) as error:
        raise UsageError(str(error)) from None
    return 1 if found.unsettled else 0


def settled(contract: Contract, arguments: Namespace) -> Settlement:
    """The statement that the options ask for."""
    supposed = {
        "assume": pairs(arguments.assume, "--assume"),
        "bind": pairs(arguments.bind, "--set"),
        "scenario": arguments.scenario,
        "reading": arguments.reading,
    }
    try:
        arguments.inputs += files_of(contract, arguments)
        return contract.settle(**books_of(arguments), **supposed, detail=getattr(arguments, "detail", None),
                               progress=sys.stderr.isatty())  # fmt: skip
    except LedgerError as error:
        refused(error, arguments)
        raise ReportedError from None
    except (KeyError, ValueError, ImportError) as error:
        raise UsageError(str(error.args[0])) from None
    except WriteError as error:
        raise UsageError(str(error)) from None


def _against(found: Settlement, contract: Contract, arguments: Namespace) -> int:
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
    told = found.against(versions)
    if arguments.format == "json":
        print_json(told.to_dict(), arguments.output, arguments.inputs)
        return 0
    head = [] if arguments.quiet else heading(found)
    print_blocks([*head, *statements.against(told.statements)], arguments.output, arguments.inputs)
    return 0


def why(arguments: Namespace) -> int:
    """`dealrun why LABEL --period P`: a payment from the ledger to the cent; 1 where there is none."""
    first, last = period_option(arguments.period)
    no_ledgers(arguments.files)
    contract = load_contract(arguments.files, arguments)
    if arguments.label not in contract.labels:
        raise UsageError(str(no_clause(arguments.label, contract.labels)))
    if FORMS[contract.verb(arguments.label)].family != "money":
        raise UsageError(f"nothing is paid under `{arguments.label}`; --period explains payments, --on a day")
    arguments.period = "Q"
    arguments.through = arguments.through or iso(last)
    found = settled(contract, arguments)
    told = found.why(arguments.label, first, last)
    if not told.payments and not found.sources and not arguments.quiet:
        print("dealrun: give a ledger with --ledger", file=sys.stderr)
    if arguments.format == "json":
        print_json(told.to_dict())
    else:
        print_blocks(statements.reasons(told))
    return 0 if told.payments else 1


def period_option(text: str) -> tuple[Day, Day]:
    """The days of `2027Q2`, `2027-04`, `2027` or a date."""
    quarter = re.fullmatch(r"(\d{4})-?Q(\d)", text)
    kind = "QUARTER" if quarter else {4: "YEAR", 7: "MONTH"}.get(len(text), "DATE")
    if quarter or re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        found = literals.calendar_date(kind, f"Q{quarter[2]} {quarter[1]}" if quarter else text)
        if isinstance(found, OnDate):
            return found.first, found.last
    raise UsageError(f"--period: `{text}` is no period; write 2027Q2, 2027-04, 2027 or 2027-04-30")


def _print(found: Settlement, contract: Contract, arguments: Namespace) -> None:
    match arguments.format:
        case "json":
            print_json(found.to_dict(), arguments.output, arguments.inputs)
        case "csv":
            write(found.to_csv(), arguments.output, arguments.inputs)
        case "parquet":
            write_bytes(found.to_parquet(), arguments.output, arguments.inputs)
        case "xlsx":
            write_bytes(found.to_xlsx(title=_title(contract)), arguments.output, arguments.inputs)
        case _:
            head = [] if arguments.quiet else heading(found)
            blocks = [*head, *statements.statement(found, quiet=arguments.quiet)]
            print_blocks(blocks, arguments.output, arguments.inputs)


def _title(contract: Contract) -> str:
    return "; ".join(deal.title or deal.name for deal in contract.model.deals)


def heading(found: Settlement) -> list[Block]:
    """The line above a statement."""
    return states.heading(found.basis, f" through {iso(found.through)}", found.known)
