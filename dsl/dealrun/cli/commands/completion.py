"""`dealrun completion`: a script for a shell."""

import sys
from argparse import Namespace

from dealrun.cli.arguments import build
from dealrun.cli.completion import script


def run(arguments: Namespace) -> int:
    """0."""
    sys.stdout.write(script(build(), arguments.shell))
    return 0
