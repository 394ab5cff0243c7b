"""Text and bytes to standard output or to a file, whole or not at all."""

import os
import sys
from collections.abc import Iterable

import dealrun
from dealrun.cli.errors import UsageError

Paths = Iterable[str | os.PathLike[str]]


def write(text: str, path: str | None, inputs: Paths = ()) -> None:
    """Write a text, to a file where one is named. UsageError where that fails, or the file is one of the inputs."""
    if path is None or path == "-":
        sys.stdout.write(dealrun.printable(text, lines=True))
        return
    write_bytes(text, path, inputs)


def write_bytes(data: str | bytes, path: str, inputs: Paths = ()) -> None:
    """Write a file. UsageError where that fails, or where the file is one of the inputs."""
    try:
        dealrun.write_file(path, data, inputs)
    except dealrun.WriteError as error:
        raise UsageError(dealrun.printable(str(error))) from None


def apart(*paths: str | None) -> None:
    """UsageError where two outputs are one file."""
    found: set[str] = set()
    for path in paths:
        if path is not None and path != "-":
            real = os.path.realpath(path)
            if real in found:
                raise UsageError(f"`{dealrun.printable(path)}` is the file of two outputs; name another")
            found.add(real)
