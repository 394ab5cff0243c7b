"""`dealrun completion`: a script for a shell; and the names that the script asks for."""

import sys
from argparse import Namespace

import dealrun
from dealrun.cli.arguments import SCHEMAS, SHELLS, build
from dealrun.cli.commands.common import HERE
from dealrun.cli.completion import script
from dealrun.cli.errors import UsageError

KINDS = "labels", "parties", "scenarios", "readings", "instruments", "words", "schemas", "shells"


def run(arguments: Namespace) -> int:
    """0; also where there is no contract to take names from."""
    if arguments.list is not None:
        if arguments.list not in KINDS:
            raise UsageError(f"--list: no names `{arguments.list}`; there are: {', '.join(KINDS)}")
        # What stands first is a shell elsewhere, and a file here.
        files = [*([arguments.shell] if arguments.shell else []), *arguments.files]
        print(*_names(arguments.list, files), sep="\n")
        return 0
    if arguments.shell not in SHELLS:
        raise UsageError(f"completion: name a shell: {', '.join(SHELLS)}")
    sys.stdout.write(script(build(), arguments.shell))
    return 0


def _names(kind: str, files: list[str]) -> list[str]:
    """Names of one kind, those of the files, or of the current folder."""
    if kind in {"schemas", "shells"}:
        return SCHEMAS.split(", ") if kind == "schemas" else [*SHELLS]
    if kind == "words":
        return [*dealrun.CODES, *dealrun.words()]
    try:
        contract = dealrun.load(files or HERE)
    except (dealrun.LoadError, OSError, ValueError):
        return []
    timeline = contract.timeline()
    found: dict[str, tuple[str, ...]] = {
        "labels": contract.labels, "parties": timeline.parties, "scenarios": contract.scenarios,
        "readings": contract.readings, "instruments": tuple(name for _, name in contract.signings),
    }  # fmt: skip
    return [name for name in found[kind] if name not in {"each", "other"}]
