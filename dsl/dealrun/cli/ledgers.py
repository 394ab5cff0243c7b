"""Ledgers on the command line: their options, and how a refused one is reported.

In: parsed arguments, or what is wrong with a ledger. Out: what `Contract.settle` takes; text or JSON. Guaranteed: every
kind of wrong row is listed, with how many there are.
"""

import sys
from argparse import Namespace
from typing import Any

import dealrun
from dealrun.cli.commands.common import pairs
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write


def books_of(arguments: Namespace) -> dict[str, Any]:
    """What the options say of ledgers, periods and days."""
    return {
        "ledger": arguments.ledger or None,
        "forecast": arguments.forecast or None,
        "columns": pairs([part for value in arguments.map for part in value.split(",") if part.strip()], "--map"),
        "rates": arguments.rates,
        "period": arguments.period,
        "through": arguments.through,
        "known": arguments.known,
    }


def no_ledgers(files: list[str]) -> None:
    """A ledger among the files of the deal is a missing `--ledger`."""
    for name in files:
        if name.partition("::")[0].lower().endswith((".csv", ".parquet", ".duckdb")):
            raise UsageError(f"`{name}` is a ledger, not a .deal file; give it with --ledger {name}")


def refused(error: dealrun.LedgerError, arguments: Namespace) -> None:
    """Report a refused ledger: as JSON where the answer would have been, else on standard error."""
    if arguments.format == "json":
        write(error.to_json() + "\n", None)
    else:
        sys.stderr.write(error.to_text(sys.maxsize) + "\n")
