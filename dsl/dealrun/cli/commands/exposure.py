"""`dealrun exposure`: what can end rights, duties and payments, suspend them or make them worse, and in whose hand."""

from argparse import Namespace

import dealrun
from dealrun.cli.commands.common import day_option, load_contract, pairs, report, told, unreadable
from dealrun.cli.errors import ReportedError, UsageError
from dealrun.cli.output import write, write_bytes


def run(arguments: Namespace) -> int:
    """0."""
    if arguments.format == "xlsx" and not arguments.output:
        raise UsageError("--format xlsx needs a file: -o FILE")
    if arguments.draft is not None and arguments.against is not None:
        raise UsageError("--against and --draft: one of both")
    if arguments.signed is not None and arguments.draft is None:
        raise UsageError("--signed is the day of a draft: name it (--draft)")
    contract = load_contract(arguments.files, arguments)
    known = _known(contract, arguments.known, "--known")
    against = _known(contract, arguments.against, "--against")

    def asked(day: str | None, contract: dealrun.Contract = contract) -> dealrun.Exposure:
        return contract.exposure(
            party=arguments.party, label=arguments.label, through=day_option(arguments.through, "--through"), known=day,
            assume=pairs(arguments.assume, "--assume"), bind=pairs(arguments.bind, "--set"),
            scenario=arguments.scenario, reading=arguments.reading, policy=arguments.policy,
        )  # fmt: skip

    try:
        found: dealrun.Exposure | dealrun.ExposureComparison = asked(known)
        if against is not None and isinstance(found, dealrun.Exposure):
            found = found.against(asked(against))
        elif arguments.draft is not None and isinstance(found, dealrun.Exposure):
            later = _signed(contract, arguments)
            found = found.against(asked(None if later.known is None else later.known.isoformat(), later))
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    match arguments.format:
        case "csv":
            write(found.to_csv(), arguments.output, arguments.inputs)
        case "xlsx":
            write_bytes(found.to_xlsx(), arguments.output, arguments.inputs)
        case _:
            arguments.markdown = arguments.format == "md"
            told(found, arguments)
    return 0


def _signed(contract: dealrun.Contract, arguments: Namespace) -> dealrun.Contract:
    """The contract if its draft were signed."""
    try:
        return dealrun.sign(contract, arguments.draft, signed=day_option(arguments.signed, "--signed"))
    except dealrun.LoadError as error:
        unreadable(error.diagnostics)
        report(error.diagnostics, arguments)
        raise ReportedError from None


def _known(contract: dealrun.Contract, value: str | None, option: str) -> str | None:
    """A day of knowledge: the day, or that on which an instrument was signed."""
    signed = {name: day for day, name in contract.signings}
    if value in signed:
        return signed[value].isoformat()
    if value is None:
        return None
    try:
        found = day_option(value, option)
    except UsageError as error:
        names = ", ".join(signed)
        raise UsageError(f"{error}, or an instrument: {names}") from None
    return None if found is None else found.isoformat()
