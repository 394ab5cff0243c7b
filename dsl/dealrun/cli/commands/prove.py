"""`dealrun prove`: whether a claim holds in every course of events."""

import shlex
from argparse import Namespace
from pathlib import Path

import dealrun
from dealrun.cli.commands.common import day_option, load_contract, pairs, told
from dealrun.cli.errors import UsageError

CODES = {"holds": 0, "holds vacuously": 0, "does not hold": 1, "not decided": 3}


def run(arguments: Namespace) -> int:
    """0 where it holds, 1 where it does not, 3 where that is not decided."""
    words = list(arguments.words)
    behind = len(words) > 1 and (words[0] == "-" or Path(words[0]).exists())
    claim = words.pop(-1 if behind else 0)
    on, through = day_option(arguments.on, "--on"), day_option(arguments.through, "--through")
    since = day_option(arguments.start, "--from")
    if (on is None) == (through is None) or (on is not None and since is not None):
        raise UsageError("say on which day (--on), or through which (--through, and --from)")
    contract = load_contract(words, arguments)
    try:
        found = contract.prove(
            claim, on=on, since=since, through=through, known=day_option(arguments.known, "--known"),
            assume=pairs(arguments.assume, "--assume"), bind=pairs(arguments.bind, "--set"),
            scenario=arguments.scenario, reading=arguments.reading, by=arguments.by, keeps=arguments.keeps,
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise UsageError(str(error.args[0])) from None
    told(found, arguments, behind=_replay(found, words, arguments))
    return CODES[found.verdict]


def _replay(found: dealrun.Proof, files: list[str], arguments: Namespace) -> str:
    """The command that shows the course of a counterexample; nothing where there is none."""
    if found.replay is None:
        return ""
    words = [
        "dealrun state",
        *map(shlex.quote, files),
        *(each.label for each in found.differs),
        f"--on {found.fails_on}",
    ]
    words += [f"--known {found.known}"] if arguments.known else []
    words += ["--nothing-else", found.replay.options]
    for option, values in (("--assume", arguments.assume), ("--set", arguments.bind), ("--reading", arguments.reading)):
        words += [f"{option} {shlex.quote(value)}" for value in values]
    words += [f"--scenario {arguments.scenario}"] if arguments.scenario else []
    return f"To see it: {' '.join(words)}"
