"""Ledgers on the command line: their options, and how a refused one is reported.

In: parsed arguments, or what is wrong with a ledger. Out: what `Contract.settle` takes; text or JSON. Guaranteed: every
kind of wrong row is listed, with how many there are.
"""

import sys
from argparse import Namespace
from typing import Any

from dealrun import LedgerError, Problem
from dealrun.api import Contract, settling
from dealrun.cli.commands.common import pairs, print_json
from dealrun.cli.errors import UsageError
from dealrun.model.vocabulary import LEDGER_ROLES
from dealrun.source.plain import safe


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


def problem_lines(problem: Problem) -> list[str]:
    """One kind of mistake, as a diagnostic is shown."""
    lines = [f"error[{problem.code}]: {safe(problem.source)}: {safe(problem.message)}"]
    lines += [f"  row {row:,}: {safe(text)}" for row, text in problem.rows]
    if problem.count > len(problem.rows) and problem.rows:
        lines.append(f"  and {problem.count - len(problem.rows):,} more")
    if problem.help:
        lines.append(f"  help: {safe(problem.help)}")
    return lines


def refused(error: LedgerError, arguments: Namespace) -> None:
    """Report a refused ledger: as JSON where the answer would have been, else on standard error."""
    if arguments.format == "json":
        from dealrun.api import settle_json  # noqa: PLC0415 - text needs none of it

        print_json(settle_json.refused_json(error))
        return
    for problem in error.problems:
        sys.stderr.write("\n".join(problem_lines(problem)) + "\n")
    sys.stderr.write("the ledger is refused as a whole\n")
