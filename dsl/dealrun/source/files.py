r"""Files of a load: which there are, and what they hold.

In: paths as a user gives them. Out: names and texts, or why a file cannot be read. Guaranteed: nothing outside the
given paths is opened; sizes are bounded before anything is decoded; a byte order mark and `\r\n` are undone.
"""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol, runtime_checkable

from dealrun.limits import MAX_FILE_BYTES
from dealrun.source.opening import Below, UnreadableError, members, open_file, unreadable, why
from dealrun.source.text import SourceText

__all__ = ["SUFFIX", "UnreadableError", "decode", "expand", "normal", "read", "standard_input"]

SUFFIX = ".deal"


@runtime_checkable
class SupportsRead(Protocol):
    """An open file, of text or of bytes in UTF-8."""

    def read(self, size: int, /) -> str | bytes:
        """So much of it, or what is left."""


def expand(paths: Iterable[str | os.PathLike[str]]) -> list[str | Below]:
    """Files as given; of a folder its `.deal` files, in order of their names; UnreadableError for what is neither."""
    found: list[str | Below] = []
    for path in paths:
        text = os.fspath(path)
        if text != "-" and os.path.isdir(text):
            inside = members(text, lambda name: name.endswith(SUFFIX) and not name.startswith("."))
            if not inside:
                raise UnreadableError(f"no {SUFFIX} file in the folder `{text}`{_elsewhere(text)}")
            found.extend(Below(each, text) for each in inside)
        else:
            found.append(text)
    first: dict[str, str | Below] = {}
    for path in found:
        first.setdefault(os.fspath(path), path)
    return list(first.values())


def _elsewhere(folder: str) -> str:
    """Which folders of a folder hold files, for whoever named the folder above them."""
    inside = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    holding = [path for path in inside if os.path.isdir(path) and holds_deals(path)]
    if not holding:
        return ""
    others = f" and {len(holding) - 1} more hold" if len(holding) > 1 else " holds"
    return f"; `{holding[0]}`{others} some: name one, or check them all with `check --portfolio {folder}`"


def holds_deals(folder: str) -> bool:
    """Whether a folder holds files of contracts."""
    with suppress(OSError):
        return any(name.endswith(SUFFIX) and not name.startswith(".") for name in os.listdir(folder))
    return False


def decode(data: bytes, name: str) -> SourceText:
    """The text of a file's bytes; UnreadableError with the line of what is not UTF-8."""
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableError(f"`{name}` has more than {MAX_FILE_BYTES:,} bytes, the limit")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            f"`{name}` is not UTF-8: byte 0x{data[error.start]:02x} on line {line}; save it as UTF-8"
        ) from None
    return SourceText(name, normal(text))


def normal(text: str) -> str:
    r"""The text without a byte order mark, and with `\n` as its one line end."""
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read(path: str, root: str | None = None) -> SourceText:
    """Read one file, below a folder where one is given; UnreadableError where that fails."""
    with open_file(path, root) as stream:
        try:
            data = stream.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise unreadable(path, why(error)) from None
    return decode(data, path)


def standard_input() -> bytes:
    """What standard input holds, and a byte more than the limit where it holds more; UnreadableError if it fails."""
    if sys.stdin is None:
        raise UnreadableError("standard input is closed")
    try:
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"standard input cannot be read: {why(error)}") from None
