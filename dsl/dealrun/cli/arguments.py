"""The options of the command line.

In: nothing. Out: an argument parser. Guaranteed: importing this imports nothing of the language, so that `--help`
costs little more than Python itself.
"""

import argparse
from difflib import get_close_matches
from typing import NoReturn

import dealrun

EPILOG = """exit codes: 0 clean, 1 findings or failed expectations, 2 usage, 3 not decided; 130 after Ctrl-C,
143 after `kill`
FILES are .deal files, folders (one folder is one deal: the agreement and its instruments) and - for standard input;
without any, the current folder."""

SHELLS = ("bash", "zsh", "fish")
SCHEMAS = (
    "state, timeline, calendar, why, about, diff, changes, what-if, history, compare, prove, exposure, "
    "exposure-against, settle, settle-against, why-payment, ledger, test, check"
)


class Parser(argparse.ArgumentParser):
    """Exits with 2 on a usage error, and says how to get help."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave."""
        self.exit(2, f"dealrun: {dealrun.printable(message)}\ntry `{self.prog} --help`\n")


def _file(text: str) -> str:
    """The name of a file to write."""
    if not text:
        raise argparse.ArgumentTypeError("the name of a file is empty")
    return text


def _command(commands: "argparse._SubParsersAction[Parser]", name: str, text: str) -> Parser:
    return commands.add_parser(
        name, help=text, description=text, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )  # fmt: skip


def _files(parser: Parser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILES", help="files, folders, or - for standard input")


def _output(parser: Parser, *more: str, to_file: bool = False) -> None:
    default = "what the name of the output ends in, else text" if to_file else "text"
    parser.add_argument("--format", choices=("text", "json", *more), help=f"how to print (default: {default})")
    parser.add_argument("--quiet", action="store_true", help="print the answer alone, without headings and notes")
    parser.set_defaults(endings=("json", *more))
    if to_file:
        _to_file(parser)


def choose_format(arguments: argparse.Namespace) -> None:
    """Where `--format` is not given, what the name of the output ends in, if the command prints that, or text."""
    if getattr(arguments, "format", "") is None:
        ending = (getattr(arguments, "output", None) or "").rpartition(".")[2].lower()
        arguments.format = ending if ending in arguments.endings else "text"


def _evaluation(parser: Parser) -> None:
    parser.add_argument("--known", metavar="DATE", help="the day of knowledge (default: the last day in the files)")
    parser.add_argument(
        "--assume", metavar="EVENT=DATE", action="append", default=[],
        help="suppose that an event happens, or a condition holds from a day on (or between two: 'A until B'), or "
        "that it never comes (EVENT=never); may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="bind",
        help="give an unknown a value, as in TOTAL='38bn USD'; may be repeated",
    )  # fmt: skip
    parser.add_argument("--scenario", metavar="NAME", help="evaluate under a scenario of the files")
    _reading(parser)


def _nothing_else(parser: Parser) -> None:
    parser.add_argument(
        "--nothing-else", action="store_true",
        help="nothing happens after the day of knowledge but what is supposed and the calendar brings",
    )  # fmt: skip


def _reading(parser: Parser) -> None:
    parser.add_argument(
        "--reading", metavar="NAME", action="append", default=[],
        help="evaluate under a reading of the files; may be repeated",
    )  # fmt: skip


def _ledgers(parser: Parser) -> None:
    parser.add_argument(
        "--ledger", metavar="SOURCE", action="append", default=[],
        help="a ledger: CSV, Parquet, or FILE.duckdb::TABLE (default: those that the deal declares); may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--forecast", metavar="SOURCE", action="append", default=[],
        help="a ledger of what is expected; what depends on it is marked",
    )  # fmt: skip
    parser.add_argument(
        "--map", metavar="ROLE=COLUMN", action="append", default=[],
        help="which column is the date, stream, amount, currency, units, payer, product, territory, booked, id",
    )  # fmt: skip
    parser.add_argument("--rates", metavar="FILE", help="a table of exchange rates: date, from, to, rate")
    parser.add_argument(
        "--through", metavar="DATE", help="the last day (default: the end of the last month in the ledger)"
    )


def _to_file(parser: Parser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", type=_file, help="write to a file (default: standard output)")


def in_order(parser: Parser, argv: list[str]) -> list[str]:
    """The arguments with the options of a command before its files, so that they can stand among them."""
    commands = next(a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction))  # noqa: SLF001
    if argv and argv[0] not in commands and not argv[0].startswith("-"):
        near = get_close_matches(argv[0], commands, 1)
        hint = f"; did you mean `{near[0]}`?" if near else f"; there are: {', '.join(commands)}"
        parser.error(f"there is no command `{argv[0]}`{hint}")
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
            value = next(rest, None) if word in takes else None
            if value is not None and value[:1] == "-" and value[1:2].isdigit() and word.startswith("--"):
                options.append(f"{word}={value}")  # as in `--known -1y`
            else:
                options += [word] if value is None else [word, value]
        else:
            others.append(word)
    return [argv[0], *options, "--", *others] if others else [argv[0], *options]


def build() -> Parser:  # noqa: PLR0915 - a list of commands and options is long and flat
    """The parser of the whole command line."""
    parser = Parser(
        prog="dealrun",
        description="Run the terms of commercial agreements, written as text.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dealrun {dealrun.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    check = _command(commands, "check", "report every error, warning and note, and what cannot both be kept")
    _files(check)
    check.add_argument(
        "--portfolio", metavar="DIR", help="check every contract in a folder, and the contracts against one another"
    )
    _output(check)

    state = _command(commands, "state", "what is in force on a day unless something happens, and what is not known")
    state.add_argument(
        "files", nargs="*", metavar="LABEL | FILES",
        help="labels of clauses to show in full; files, folders, or - for standard input",
    )  # fmt: skip
    state.add_argument("--brief", action="store_true", help="a summary, and a line for each clause")
    state.add_argument("--on", metavar="DATE", help="the day (default: today)")
    state.add_argument("--exact", action="store_true", help="prove what is certain in every course of events")
    state.add_argument("--party", metavar="NAME", help="only the clauses of a party")
    _evaluation(state)
    _nothing_else(state)
    _output(state)

    timeline = _command(commands, "timeline", "everything that changes, day by day")
    _files(timeline)
    timeline.add_argument("--from", metavar="DATE", dest="start", help="only changes from this day on")
    timeline.add_argument("--to", metavar="DATE", dest="end", help="only changes through this day")
    _evaluation(timeline)
    _nothing_else(timeline)
    _output(timeline)

    calendar = _command(commands, "calendar", "what falls on which day, who must act, and what follows if nobody does")
    _files(calendar)
    calendar.add_argument("--from", metavar="DATE", dest="start", help="the first day (default: today)")
    calendar.add_argument("--to", metavar="DATE", dest="end", help="the last day (default: a year later)")
    calendar.add_argument("--party", metavar="NAME", help="only the clauses of a party")
    _evaluation(calendar)
    calendar.add_argument(
        "--alarm", metavar="DAYS", help="with --format ics: how long before an entry its alarms are, as in 30d,7d",
    )  # fmt: skip
    _output(calendar, "ics", "csv", "xlsx", to_file=True)

    why = _command(commands, "why", "the chain from a clause's text to its state on a day")
    why.add_argument(
        "label", metavar="NAME", help="a clause, a term (ip.cap), or any name that an answer shows: TOTAL, apr2026",
    )  # fmt: skip
    _files(why)
    why.add_argument("--on", metavar="DATE", help="the day (default: today)")
    why.add_argument(
        "--period", metavar="PERIOD", help="explain the payment for a period instead: 'Q2 2027', 2027Q2, 2027-04, 2027"
    )
    _ledgers(why)
    _evaluation(why)
    _nothing_else(why)
    _output(why)

    diff = _command(
        commands,
        "diff",
        "what differs between two days (--on A --against B), or between two versions (diff OLD NEW)",
    )
    _files(diff)
    diff.add_argument("--on", metavar="DATE", help="the first day; of two versions, the one day to compare")
    diff.add_argument("--against", metavar="DATE", help="the second day")
    diff.add_argument("--as-amendment", action="store_true", help="print the amendment that turns OLD into NEW")
    diff.add_argument("--effective", metavar="DATE", help="the amendment's effective day (default: its signing day)")
    diff.add_argument("--signed", metavar="DATE", help="its signing day (default: the last day known in either)")
    diff.add_argument("--name", metavar="NAME", default="amendment", help="its name (default: amendment)")
    diff.add_argument("--markdown", action="store_true", help="print a page in Markdown, to send")
    _evaluation(diff)
    _output(diff, to_file=True)

    changes = _command(commands, "changes", "what each instrument changed, and what follows for each party")
    _files(changes)
    changes.add_argument("--instrument", metavar="NAME", help="only this instrument")
    changes.add_argument("--known", metavar="DATE", help="as known on a day (default: each on its own signing day)")
    _reading(changes)
    changes.add_argument("--markdown", action="store_true", help="print a page in Markdown")
    _output(changes, to_file=True)

    what_if = _command(commands, "what-if", "a draft amendment against the chain: what follows, and what it breaks")
    _files(what_if)
    what_if.add_argument(
        "--amend", metavar="DRAFT", action="append", default=[], required=True, help="the file of the draft"
    )
    what_if.add_argument(
        "--signed",
        metavar="DATE",
        help="the day on which the draft is signed (default: the day after the last in the files)",
    )
    _reading(what_if)
    what_if.add_argument("--markdown", action="store_true", help="print a page in Markdown, to send")
    _output(what_if, to_file=True)

    restate = _command(commands, "restate", "the consolidated agreement of a day, as a new .deal file")
    _files(restate)
    restate.add_argument("--on", metavar="DATE", help="the day (default: today)")
    restate.add_argument("--known", metavar="DATE", help="the day of knowledge (default: the last day in the files)")
    restate.add_argument(
        "--so-far", metavar="LABEL=AMOUNT", action="append", default=[], dest="so_far",
        help="what a cap or floor has counted before that day; may be repeated",
    )  # fmt: skip
    _reading(restate)
    restate.add_argument("--quiet", action="store_true", help="print the answer alone, without notes")
    _to_file(restate)

    history = _command(commands, "history", "what held when, as known when, of one clause")
    history.add_argument("label", metavar="LABEL", help="the clause")
    _files(history)
    history.add_argument("--scenario", metavar="NAME", help="evaluate under a scenario of the files")
    _reading(history)
    _output(history)

    compare = _command(commands, "compare", "scenarios or readings side by side: where the answers part, from when")
    _files(compare)
    compare.add_argument("--readings", action="store_true", help="every reading, and all combinations up to four")
    compare.add_argument("--known", metavar="DATE", help="the day of knowledge (default: the last day in the files)")
    compare.add_argument("--scenario", metavar="NAME", action="append", default=[], help="one column; may be repeated")
    compare.add_argument("--reading", metavar="NAME", action="append", default=[], help="one column; may be repeated")
    _output(compare)

    prove = _command(commands, "prove", "whether a claim holds whatever happens, and if not, what must happen for it")
    prove.add_argument(
        "words", nargs="+", metavar="CLAIM | FILES",
        help="the claim, as an expectation says it: 'ip in force', with and, or, not, ->; and files, before or behind",
    )  # fmt: skip
    prove.add_argument("--on", metavar="DATE", help="the one day that the claim is about")
    prove.add_argument("--from", metavar="DATE", dest="start", help="the first day (default: the day after --known)")
    prove.add_argument("--through", metavar="DATE", help="the last day")
    prove.add_argument(
        "--by", metavar="PARTY", action="append", default=[],
        help="beside the calendar, only what this party has in hand happens; may be repeated",
    )  # fmt: skip
    prove.add_argument(
        "--keeps", metavar="PARTY", action="append", default=[],
        help="this party does everything in time; may be repeated",
    )  # fmt: skip
    _evaluation(prove)
    _output(prove)

    text = "what can end clauses, suspend them or make them worse, and in whose hand it is"
    exposure = _command(commands, "exposure", text)
    _files(exposure)
    exposure.add_argument("--party", metavar="NAME", help="only what this party gains by")
    exposure.add_argument("--label", metavar="LABEL", help="only this clause")
    exposure.add_argument("--through", metavar="DATE", help="the last day (default: ten years after --known)")
    exposure.add_argument(
        "--against", metavar="DATE | INSTRUMENT",
        help="what is gone and what is new as known on this day, or when this instrument was signed",
    )  # fmt: skip
    exposure.add_argument(
        "--draft", metavar="NAME | FILE", help="what would be gone and what new if this draft amendment were signed"
    )
    exposure.add_argument("--signed", metavar="DATE", help="when --draft is signed (default: the day after the last)")
    exposure.add_argument("--policy", metavar="FILE", help="a TOML file that says how severe each ground is")
    _evaluation(exposure)
    _output(exposure, "md", "csv", "xlsx", to_file=True)

    settle = _command(commands, "settle", "who pays whom how much, for which period, due when: statements from ledgers")
    _files(settle)
    _ledgers(settle)
    settle.add_argument(
        "--period", choices=("W", "M", "Q", "H", "Y"), default="Q",
        help="the payment period of clauses that state none: week, month, quarter, half-year, year (default: Q)",
    )  # fmt: skip
    _evaluation(settle)
    _output(settle, "csv", "parquet", "xlsx", to_file=True)
    settle.add_argument(
        "--against", metavar="NAME", action="append", default=[],
        help="show the payments beside those under a reading or a scenario of the files; may be repeated",
    )  # fmt: skip
    settle.add_argument("--plot", metavar="FILE", type=_file, help="also draw the payments, as SVG")
    settle.add_argument(
        "--detail", metavar="FILE", type=_file, help="also allocate each payment to ledger rows, .csv or .parquet"
    )

    fmt = _command(commands, "fmt", "print or rewrite files in canonical form")
    _files(fmt)
    fmt.add_argument("--check", action="store_true", help="write nothing; exit code 1 where a file is not canonical")
    fmt.add_argument("--diff", action="store_true", help="write nothing; print what would change")

    test = _command(commands, "test", "run the expectations that stand in the files")
    _files(test)
    _output(test)

    explain = _command(commands, "explain", "what a word of the language, a status or a diagnostic means")
    explain.add_argument(
        "code",
        metavar="CODE | WORD",
        nargs="*",
        help="as in DR304, license, in force; without one, all codes are listed",
    )

    schema = _command(commands, "schema", "the JSON Schema of an output")
    schema.add_argument(
        "name",
        metavar="NAME",
        help=f"one of: {SCHEMAS}",
    )

    completion = _command(commands, "completion", "print a completion script for a shell")
    completion.add_argument("shell", metavar="SHELL", nargs="?", help=f"one of: {', '.join(SHELLS)}")
    completion.add_argument("files", nargs="*", metavar="FILES", help="with --list: where the names come from")
    completion.add_argument(
        "--list", metavar="KIND", help="print names instead: labels, parties, scenarios, readings, ..."
    )
    return parser
