"""Text and bytes to standard output or to a file, whole or not at all."""

import os
import sys
from collections.abc import Iterable

from dealrun.cli.errors import UsageError
from dealrun.source.plain import for_file, safe
from dealrun.source.writing import WriteError, write_file

Paths = Iterable[str | os.PathLike[str]]


def write(text: str, path: str | None, inputs: Paths = ()) -> None:
    """Write a text; to a file by `write_file`. UsageError where that fails, or where the file is one of the inputs."""
    text = for_file(text)
    if path is None or path == "-":
        sys.stdout.write(text)
        return
    write_bytes(text.encode("utf-8", "backslashreplace"), path, inputs)


def write_bytes(data: bytes, path: str, inputs: Paths = ()) -> None:
    """Write bytes to a file by `write_file`. UsageError where that fails, or where the file is one of the inputs."""
    try:
        write_file(path, data, inputs)
    except WriteError as error:
        raise UsageError(safe(str(error))) from None


def apart(*paths: str | None) -> None:
    """UsageError where two outputs are one file."""
    found: set[str] = set()
    for path in paths:
        if path is not None and path != "-":
            real = os.path.realpath(path)
            if real in found:
                raise UsageError(f"`{safe(path)}` is the file of two outputs; name another")
            found.add(real)
