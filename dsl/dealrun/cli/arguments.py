"""The options of the command line.

In: nothing. Out: an argument parser. Guaranteed: importing this imports nothing of the language, so that `--help`
costs little more than Python itself.
"""

import argparse
from typing import NoReturn

from dealrun import __version__

EPILOG = """exit codes: 0 clean, 1 findings or failed expectations, 2 usage
FILES are .deal files, folders (one folder is one deal: the agreement and its instruments) and - for standard input;
without any, the current folder."""

SHELLS = ("bash", "zsh", "fish")


class Parser(argparse.ArgumentParser):
    """Exits with 2 on a usage error, and says how to get help."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave."""
        self.exit(2, f"dealrun: {message}\ntry `{self.prog} --help`\n")


def _command(commands: "argparse._SubParsersAction[Parser]", name: str, text: str) -> Parser:
    return commands.add_parser(
        name, help=text, description=text, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )  # fmt: skip


def _files(parser: Parser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILES", help="files, folders, or - for standard input")


def _output(parser: Parser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    parser.add_argument("--quiet", action="store_true", help="print the answer alone, without headings and notes")


def _evaluation(parser: Parser) -> None:
    parser.add_argument("--known", metavar="DATE", help="the day of knowledge (default: the last day in the files)")
    parser.add_argument(
        "--assume", metavar="EVENT=DATE", action="append", default=[],
        help="suppose that an event happens, or a condition holds from a day on; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="bind",
        help="give an unknown a value, as in TOTAL='38bn USD'; may be repeated",
    )  # fmt: skip
    parser.add_argument("--scenario", metavar="NAME", help="evaluate under a scenario of the files")


def in_order(parser: Parser, argv: list[str]) -> list[str]:
    """The arguments with the options of a command before its files, so that they can stand among them."""
    commands = next(a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001
    if not argv or argv[0] not in commands:
        return argv
    takes = {o for a in commands[argv[0]]._actions if a.nargs != 0 for o in a.option_strings}  # noqa: SLF001
    options: list[str] = []
    others: list[str] = []
    rest = iter(argv[1:])
    for word in rest:
        if word == "--":
            others.extend(rest)
        elif word.startswith("-") and word != "-":
            options.append(word)
            if word in takes:
                options.extend(value for value in (next(rest, None),) if value is not None)
        else:
            others.append(word)
    return [argv[0], *options, "--", *others] if others else [argv[0], *options]


def build() -> Parser:
    """The parser of the whole command line."""
    parser = Parser(
        prog="dealrun",
        description="Run the terms of commercial agreements, written as text.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dealrun {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    check = _command(commands, "check", "report every error, warning and note")
    _files(check)
    _output(check)

    state = _command(commands, "state", "what is in force on a day, and what is not known")
    _files(state)
    state.add_argument("--on", metavar="DATE", help="the day (default: today)")
    state.add_argument("--party", metavar="NAME", help="only the clauses of a party")
    _evaluation(state)
    _output(state)

    timeline = _command(commands, "timeline", "everything that changes, day by day")
    _files(timeline)
    timeline.add_argument("--from", metavar="DATE", dest="start", help="only changes from this day on")
    timeline.add_argument("--to", metavar="DATE", dest="end", help="only changes through this day")
    _evaluation(timeline)
    _output(timeline)

    why = _command(commands, "why", "the chain from a clause's text to its state on a day")
    why.add_argument("label", metavar="LABEL", help="the clause")
    _files(why)
    why.add_argument("--on", metavar="DATE", help="the day (default: today)")
    _evaluation(why)
    _output(why)

    diff = _command(
        commands,
        "diff",
        "what differs between two days (--on A --against B), or between two versions (diff OLD NEW)",
    )
    _files(diff)
    diff.add_argument("--on", metavar="DATE", help="the first day; of two versions, the one day to compare")
    diff.add_argument("--against", metavar="DATE", help="the second day")
    _evaluation(diff)
    _output(diff)

    test = _command(commands, "test", "run the expectations that stand in the files")
    _files(test)
    _output(test)

    explain = _command(commands, "explain", "what a diagnostic means, and what to do")
    explain.add_argument("code", metavar="CODE", nargs="?", help="as in DR304; without one, all codes are listed")

    schema = _command(commands, "schema", "the JSON Schema of an output")
    schema.add_argument("name", metavar="NAME", help="state, timeline, why, diff, test or check")

    completion = _command(commands, "completion", "print a completion script for a shell")
    completion.add_argument("shell", choices=SHELLS)
    return parser
