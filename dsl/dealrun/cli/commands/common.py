"""What the commands share: loading, evaluating, printing.

In: parsed arguments. Out: contracts and timelines, or a `UsageError` or `ReportedError`. Guaranteed: text for people
and JSON for machines say the same.
"""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from dealrun.api import Contract, Diagnostics, ReadResult, read
from dealrun.cli.errors import ReportedError, UsageError
from dealrun.cli.output import write
from dealrun.cli.terminal import colour_wanted, terminal_width
from dealrun.diagnostics import Diagnostic, Severity
from dealrun.diagnostics.render import render_all
from dealrun.render.blocks import Block
from dealrun.render.text import lines
from dealrun.source.plain import for_json
from dealrun.state.timeline import Timeline
from dealrun.time import Day, iso, parse_day

HERE = ["."]
"""What is loaded where no file is named."""


def print_lines(lines: list[str]) -> None:
    """Print lines, or nothing."""
    write("\n".join(lines) + "\n" if lines else "", None)


def print_blocks(blocks: Iterable[Block], path: str | None = None, inputs: Sequence[str] = ()) -> None:
    """Print an answer as text as wide as the terminal; to a file where one is named, none of the inputs."""
    found = lines(blocks, terminal_width(), colour=path is None and colour_wanted())
    write("\n".join(found) + "\n" if found else "", path, inputs)


def print_json(data: dict[str, Any], path: str | None = None, inputs: Sequence[str] = ()) -> None:
    """Print JSON, indented, keys in the order of the schema; to a file where one is named, none of the inputs."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    write(for_json(text) + "\n", path, inputs)


def day_option(value: str | None, option: str) -> Day | None:
    """The day of an option."""
    if value is None:
        return None
    try:
        return parse_day(value)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None


def today_or(value: str | None, option: str = "--on") -> tuple[Day, bool]:
    """The day of an option, or today, and whether it is."""
    day = day_option(value, option)
    return (date.today().toordinal(), True) if day is None else (day, False)  # noqa: DTZ011 - a calendar day


def pairs(values: list[str], option: str) -> dict[str, str]:
    """NAME=VALUE options by name; UsageError for what is not of that form, or is given twice."""
    found: dict[str, str] = {}
    for value in values:
        name, equals, rest = value.partition("=")
        if not equals or not name.strip() or not rest.strip():
            raise UsageError(f"{option}: expected NAME=VALUE, found `{value}`")
        if name.strip() in found:
            raise UsageError(f"{option}: `{name.strip()}` is given twice")
        found[name.strip()] = rest.strip()
    return found


def read_files(paths: list[str]) -> ReadResult:
    """Read files; UsageError where a path that was given cannot be read."""
    found = read([*(paths or HERE)])
    if found.contract is None:
        unreadable(found.diagnostics)
    return found


def unreadable(found: Diagnostics) -> None:
    """UsageError where nothing is wrong but that files cannot be read."""
    if all(d.code == "DR906" and d.span is None for d in found.errors):
        raise UsageError("; ".join(d.message for d in found.errors))


def load_contract(paths: list[str], arguments: Namespace) -> Contract:
    """Load files that must make a contract; otherwise report why they do not, and ReportedError."""
    found = read_files(paths)
    loaded = found.contract
    if loaded is None:
        report(found.diagnostics.items, arguments)
        raise ReportedError
    arguments.inputs += loaded.files
    if not arguments.quiet and arguments.format == "text":
        said = [d for d in loaded.diagnostics if d.severity is not Severity.NOTE or d.code == "DR211"]
        sys.stderr.write(render_all(said, colour=sys.stderr.isatty() and colour_wanted()))
    return loaded


def report(found: tuple[Diagnostic, ...], arguments: Namespace) -> None:
    """Print errors: as JSON where the answer would have been, else on standard error."""
    if getattr(arguments, "format", None) == "json":
        print_json(Diagnostics(found).to_dict())
    else:
        sys.stderr.write(render_all(found, colour=sys.stderr.isatty() and colour_wanted()))


def evaluate(contract: Contract, arguments: Namespace, known: Day | None = None) -> Timeline:
    """The timeline that the options ask for."""
    assume, bind = pairs(arguments.assume, "--assume"), pairs(arguments.bind, "--set")
    given = day_option(arguments.known, "--known")
    day = given if given is not None else known
    try:
        return contract.timeline(
            known=None if day is None else iso(day),
            assume=assume,
            bind=bind,
            scenario=arguments.scenario,
            reading=arguments.reading,
        )
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
