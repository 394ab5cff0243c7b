"""`dealrun calendar`: what falls on which day, who must act, and what follows if nobody does."""

from argparse import Namespace

from dealrun.agenda.entries import AgendaItem
from dealrun.cli.commands.common import day_option, evaluate, load_contract, print_json, today_or
from dealrun.cli.errors import UsageError
from dealrun.cli.output import write
from dealrun.cli.terminal import terminal_width
from dealrun.diagnostics import did_you_mean
from dealrun.render import states
from dealrun.render.tables import table
from dealrun.time import add, iso


def run(arguments: Namespace) -> int:
    """0."""
    start, today = today_or(arguments.start, "--from")
    last = day_option(arguments.end, "--to")
    end = add(start, 1, "year") - 1 if last is None else last
    if end < start:
        raise UsageError(f"--to: {iso(end)} is before {iso(start)}")
    contract = load_contract(arguments.files, arguments)
    timeline, supposed = evaluate(contract, arguments)
    if arguments.party is not None:
        parties = {member for entry in timeline.labels for names in timeline.clause(entry, start).parties.values()
                   for member in names}  # fmt: skip
        if arguments.party not in parties:
            hint = did_you_mean(arguments.party, parties)
            raise UsageError(f"no party `{arguments.party}`" + (f"; {hint}" if hint else ""))
    found = contract.agenda(timeline, iso(start), iso(end), party=arguments.party)
    if arguments.format == "ics":
        from dealrun.agenda.ical import calendar  # noqa: PLC0415 - an extra

        write(calendar(found, timeline.known, contract.identities).decode(), arguments.output, arguments.inputs)
        return 0
    if arguments.format == "json":
        from dealrun.api import jsonio  # noqa: PLC0415 - text needs none of it

        told = jsonio.calendar_json(found, start, end, timeline.known, supposed)
        print_json(told, arguments.output, arguments.inputs)
        return 0
    width = terminal_width()
    lines: list[str] = []
    if not arguments.quiet:
        span = f" from {iso(start)}{' (today)' * today} to {iso(end)}"
        lines = states.heading(contract, span, timeline.known, supposed, terminal_width())
    write("\n".join([*lines, *_tables(found, width)]) + "\n", arguments.output, arguments.inputs)
    return 0


def _tables(found: tuple[AgendaItem, ...], width: int) -> list[str]:
    dated = [
        [iso(e.day), e.label, _kind(e), e.party, e.otherwise or e.rule, states.cites(e.cites)] for e in found if e.day
    ]
    hanging = [[e.label, e.kind, e.party, e.rule, " and ".join(e.contingent_on)] for e in found if not e.day]
    lines = table(["day", "clause", "what", "who acts", "otherwise, or by", "source"], dated, width)
    if hanging:
        lines += [*([""] if lines else []),
                  *table(["clause", "what", "who acts", "when", "hangs on"], hanging, width)]  # fmt: skip
    return lines or ["nothing"]


def _kind(entry: AgendaItem) -> str:
    return f"{entry.kind} ({entry.number})" if entry.number and entry.kind != "renews" else entry.kind
