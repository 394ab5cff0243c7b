"""What the commands share: loading, evaluating, printing.

In: parsed arguments. Out: contracts and timelines, or a `UsageError` or `ReportedError`. Guaranteed: text for people
and JSON for machines say the same.
"""

import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import date

import dealrun
from dealrun.cli import days
from dealrun.cli.errors import ReportedError, UsageError
from dealrun.cli.output import write
from dealrun.cli.terminal import colour_wanted, terminal_width

HERE = ["."]
"""What is loaded where no file is named."""


def told(answer: dealrun.Answer, arguments: Namespace, today: date | None = None, behind: str = "") -> None:
    """Print an answer as JSON, or as text as wide as the terminal, with a line `behind` it; to a file where one is
    named."""
    path, inputs = getattr(arguments, "output", None), arguments.inputs
    if arguments.format == "json":
        write(answer.to_json() + "\n", path, inputs)
        return
    if getattr(arguments, "markdown", False):
        write(answer.to_markdown(), path, inputs)
        return
    colour = path is None and colour_wanted()
    brief = getattr(arguments, "brief", False)
    text = answer.to_text(terminal_width(), colour=colour, heading=not arguments.quiet, today=today, brief=brief)
    text = f"{text}\n" if text else ""
    text += f"\n{behind}\n" if behind else ""
    if colour:  # which is control characters; what an answer quotes has none
        sys.stdout.write(text)
    else:
        write(text, path, inputs)


def day_option(value: str | None, option: str) -> date | None:
    """The day of an option."""
    if value is None:
        return None
    try:
        return dealrun.day(value)
    except ValueError as error:
        raise UsageError(f"{option}: {error}; a day is {days.FORMS}") from None


def today_or(value: str | None, option: str = "--on") -> tuple[date, date | None]:
    """The day of an option, or today; and today, where that is it."""
    day = day_option(value, option)
    today = days.today()
    return (today, today) if day in {None, today} else (day or today, None)


def pairs(values: Sequence[str], option: str) -> dict[str, str]:
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


def unreadable(found: dealrun.Diagnostics) -> None:
    """UsageError where nothing is wrong but that files cannot be read."""
    if found.errors and all(d.code == "DR906" and d.span is None for d in found.errors):
        raise UsageError("; ".join(d.message for d in found.errors))


def load_contract(paths: list[str], arguments: Namespace) -> dealrun.Contract:
    """Load files that must make a contract; otherwise report why they do not, and ReportedError."""
    try:
        loaded = dealrun.load([*(paths or HERE)])
    except dealrun.LoadError as error:
        unreadable(error.diagnostics)
        report(error.diagnostics, arguments)
        raise ReportedError from None
    arguments.inputs += loaded.files
    if not arguments.quiet and arguments.format == "text":
        notes = [d for d in loaded.diagnostics if d.severity is not dealrun.Severity.NOTE or d.code == "DR211"]
        complain(dealrun.Diagnostics(tuple(notes)))
    return loaded


def complain(found: dealrun.Diagnostics) -> None:
    """Print findings on standard error."""
    if found.items:
        text = found.to_text(terminal_width(), colour=sys.stderr.isatty() and colour_wanted())
        sys.stderr.write(f"{text}\n")


def report(found: dealrun.Diagnostics, arguments: Namespace) -> None:
    """Print errors: as JSON where the answer would have been, else on standard error."""
    if getattr(arguments, "format", None) == "json":
        write(found.to_json() + "\n", None)
    else:
        complain(found)


def evaluate(contract: dealrun.Contract, arguments: Namespace, known: date | None = None) -> dealrun.Timeline:
    """The timeline that the options ask for."""
    assume, bind = pairs(arguments.assume, "--assume"), pairs(arguments.bind, "--set")
    given = day_option(arguments.known, "--known")
    try:
        return contract.timeline(
            known=known if given is None else given,
            assume=assume,
            bind=bind,
            scenario=arguments.scenario,
            reading=arguments.reading,
            nothing_else=getattr(arguments, "nothing_else", False),
        )
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
