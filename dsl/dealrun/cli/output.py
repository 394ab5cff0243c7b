"""Text to standard output or to a file, whole or not at all."""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from dealrun.cli.errors import UsageError
from dealrun.diagnostics.render import safe


def write(text: str, path: str | None) -> None:
    """Write a text; to a file by way of a temporary one beside it, renamed. UsageError where that fails."""
    if path is None or path == "-":
        sys.stdout.write(text)
        return
    write_bytes(text.encode("utf-8", "backslashreplace"), path)


def write_bytes(data: bytes, path: str) -> None:
    """Write bytes to a file by way of a temporary one beside it, renamed. UsageError where that fails.

    What is no regular file (a device, a pipe) is written to, never replaced.
    """
    target = Path(os.path.realpath(path))
    name = ""
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                stream.write(data)
            return
        handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode)
        Path(name).replace(target)
    except (OSError, ValueError) as error:
        if name:
            with suppress(OSError):
                Path(name).unlink()
        reason = (getattr(error, "strerror", None) or "not a path").lower()
        raise UsageError(f"`{safe(path)}` cannot be written: {reason}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
