"""The entry point: parse the options, run the command, give its exit code.

Guaranteed: a user's mistake is one clear message and exit code 2, a finding 1; never a traceback for either.
"""

import gc
import os
import signal
import sys
from importlib import import_module
from io import TextIOWrapper
from types import FrameType
from typing import Final

import dealrun
from dealrun.cli import days
from dealrun.cli.arguments import build, choose_format, in_order
from dealrun.cli.errors import ReportedError, UsageError


def main(argv: list[str] | None = None, kept: list[object] | None = None) -> int:
    """Run one command; the exit code: 0 clean, 1 findings or failed expectations, 2 usage.

    `kept` takes what the command has read, so that it is not freed before the program ends.
    """
    parser = build()
    arguments = parser.parse_args(in_order(parser, sys.argv[1:] if argv is None else argv))
    if arguments.command is None:
        parser.print_help()
        return 2
    choose_format(arguments)
    days.resolve(arguments)
    if kept is not None:
        kept.append(arguments)
    arguments.inputs = []  # what is read, and must not be overwritten
    # Each command is a module of its own, so that a run imports only what it needs.
    command = import_module(f"dealrun.cli.commands.{arguments.command.replace('-', '_')}")
    try:
        with dealrun.one_question():
            code: int = command.run(arguments)
    except UsageError as error:
        print(f"dealrun: {dealrun.printable(str(error))}", file=sys.stderr)  # its text may be a file's
        return 2
    except ReportedError:
        return 1
    except dealrun.LimitError as error:
        from dealrun.cli.commands.common import report  # noqa: PLC0415 - an error

        report(dealrun.Diagnostics.of_limit(error), arguments)
        return 1
    except ImportError as error:
        if not isinstance(error, dealrun.MissingExtraError):
            raise
        print(f"dealrun: {error}", file=sys.stderr)
        return 2
    return code


ENDING: Final = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_ended = 0
"""The signal that ended the program, which cleans up as after Ctrl-C."""


def _end(number: int, _: FrameType | None) -> None:
    global _ended  # noqa: PLW0603 - a handler has nowhere else to say it
    _ended = number
    raise KeyboardInterrupt


def entry() -> None:
    """The console script: like `main`, and quiet where the reader of a pipe goes away."""
    gc.disable()  # one short run allocates much and frees nothing
    kept: list[object] = []
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the end
    if sys.stdout is None:
        print("dealrun: standard output is closed", file=sys.stderr)
        os._exit(2)
    for number in ENDING:
        signal.signal(number, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # whatever the encoding, no character is worth a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main(kept=kept)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain again when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 128 + (_ended or signal.SIGINT)
    except OSError as error:
        print(f"dealrun: cannot write: {error.strerror}", file=sys.stderr)
        code = 2
    sys.stderr.flush()
    os._exit(code)  # at once: freeing object by object what vanishes anyway is a fifth of a long run


if __name__ == "__main__":
    entry()
