"""Ledgers on the command line: their options, and how a refused one is reported.

In: parsed arguments, or what is wrong with a ledger. Out: what `Contract.settle` takes; text or JSON. Guaranteed: every
kind of wrong row is listed, with how many there are.
"""

import sys
from argparse import Namespace
from typing import Any

from dealrun import LedgerError
from dealrun.api import Contract, settling
from dealrun.cli.commands.common import pairs, print_json
from dealrun.cli.errors import UsageError
from dealrun.model.vocabulary import LEDGER_ROLES


def books_of(arguments: Namespace, *, sources_only: bool = False) -> dict[str, Any]:
    """What the options say of ledgers, periods and days."""
    found: dict[str, Any] = {
        "ledger": arguments.ledger or None,
        "forecast": arguments.forecast or None,
        "columns": columns(arguments.map),
        "rates": arguments.rates,
    }
    if not sources_only:
        found |= {"period": arguments.period, "through": arguments.through, "known": arguments.known}
    return found


def files_of(contract: Contract, arguments: Namespace) -> list[str]:
    """The files that a settlement reads beside the contract."""
    found = settling.books(
        contract, arguments.ledger or None, arguments.forecast or None, columns(arguments.map), arguments.rates
    )
    return settling.files(found)


def no_ledgers(files: list[str]) -> None:
    """A ledger among the files of the deal is a missing `--ledger`."""
    for name in files:
        if name.partition("::")[0].lower().endswith((".csv", ".parquet", ".duckdb")):
            raise UsageError(f"`{name}` is a ledger, not a .deal file; give it with --ledger {name}")


def columns(values: list[str]) -> dict[str, str]:
    """The columns of `--map ROLE=COLUMN,ROLE=COLUMN`."""
    found = pairs([part for value in values for part in value.split(",") if part.strip()], "--map")
    for role in found:
        if role not in LEDGER_ROLES:
            raise UsageError(f"--map: a ledger has no `{role}`; its columns are {', '.join(LEDGER_ROLES)}")
    return found


def refused(error: LedgerError, arguments: Namespace) -> None:
    """Report a refused ledger: as JSON where the answer would have been, else on standard error."""
    if arguments.format == "json":
        print_json(error.to_dict())
        return
    sys.stderr.write(error.to_text(sys.maxsize) + "\n")
