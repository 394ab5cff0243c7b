"""The entry point: parse the options, run the command, give its exit code.

Guaranteed: a user's mistake is one clear message and exit code 2, a finding 1; never a traceback for either.
"""

import gc
import os
import sys
from importlib import import_module
from io import TextIOWrapper

from dealrun.cli.arguments import build, in_order
from dealrun.cli.errors import LoadError, UsageError


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code: 0 clean, 1 findings or failed expectations, 2 usage."""
    parser = build()
    arguments = parser.parse_args(in_order(parser, sys.argv[1:] if argv is None else argv))
    if arguments.command is None:
        parser.print_help()
        return 2
    # Each command is a module of its own, so that a run imports only what it needs.
    command = import_module(f"dealrun.cli.commands.{arguments.command.replace('-', '_')}")
    try:
        code: int = command.run(arguments)
    except UsageError as error:
        from dealrun.diagnostics.render import safe  # noqa: PLC0415 - an error, and its text may be a file's

        print(f"dealrun: {safe(str(error))}", file=sys.stderr)
        return 2
    except LoadError:
        return 1
    except ImportError as error:
        from dealrun.extras import MissingExtraError  # noqa: PLC0415 - an error

        if not isinstance(error, MissingExtraError):
            raise
        print(f"dealrun: {error}", file=sys.stderr)
        return 2
    return code


def entry() -> None:
    """The console script: like `main`, and quiet where the reader of a pipe goes away."""
    gc.disable()  # one short run allocates much and frees nothing
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # whatever the encoding, no character is worth a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain again when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    except OSError as error:
        print(f"dealrun: cannot write: {error.strerror}", file=sys.stderr)
        code = 2
    sys.stderr.flush()
    os._exit(code)  # at once: freeing object by object what vanishes anyway is a fifth of a long run


if __name__ == "__main__":
    entry()
