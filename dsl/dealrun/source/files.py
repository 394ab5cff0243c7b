r"""Files of a load: which there are, and what they hold.

In: paths as a user gives them. Out: names and texts, or why a file cannot be read. Guaranteed: nothing outside the
given paths is opened; sizes are bounded before anything is decoded; a byte order mark and `\r\n` are undone.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from dealrun.limits import MAX_FILE_BYTES
from dealrun.source.text import SourceText

SUFFIX = ".deal"


class UnreadableError(Exception):
    """Why a file has no text."""


def expand(paths: Iterable[str | os.PathLike[str]]) -> list[str]:
    """Files as given; of a folder its `.deal` files, in order of their names; UnreadableError for what is neither."""
    found: list[str] = []
    for path in paths:
        text = os.fspath(path)
        if text != "-" and os.path.isdir(text):
            try:
                names = os.listdir(text)
            except OSError as error:
                reason = (error.strerror or "unknown error").lower()
                raise UnreadableError(f"`{text}` cannot be read: {reason}") from None
            inside = sorted(name for name in names if name.endswith(SUFFIX) and not name.startswith("."))
            if not inside:
                raise UnreadableError(f"no {SUFFIX} file in the folder `{text}`")
            found.extend(os.path.join(text, name) for name in inside)
        else:
            found.append(text)
    return list(dict.fromkeys(found))


def decode(data: bytes, name: str) -> SourceText:
    """The text of a file's bytes; UnreadableError with the line of what is not UTF-8."""
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableError(f"`{name}` has {len(data):,} bytes; {MAX_FILE_BYTES:,} is the limit")
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


def read(path: str) -> SourceText:
    """Read one file; UnreadableError where that fails."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"`{path}` cannot be read: {(error.strerror or 'unknown error').lower()}") from None
    except ValueError:
        raise UnreadableError(f"`{path!r}` is not a path") from None
    return decode(data, path)
