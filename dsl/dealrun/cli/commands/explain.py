"""`dealrun explain`: what a word of the language, a status or a diagnostic means, and what to do."""

import sys
from argparse import Namespace

import dealrun
from dealrun.cli.errors import UsageError


def run(arguments: Namespace) -> int:
    """0."""
    if not arguments.code:
        for code, (severity, title) in dealrun.CODES.items():
            print(f"{code}  {severity.value:<7}  {title}")
        return 0
    try:
        sys.stdout.write(dealrun.explain(" ".join(arguments.code)))
    except dealrun.UnknownNameError as error:
        raise UsageError(f"{error}; `dealrun explain` lists all codes") from None
    return 0
