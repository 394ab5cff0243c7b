"""Opening files: the one place where a file that a user or a contract names is found and opened.

In: a name, and the folder below which it must be (None where the user named the file itself). Out: the file, open for
reading, or why not. Guaranteed: only regular files are opened, never a pipe, a device or a folder; what a contract
names lies below its root with every symbolic link resolved; a file is opened once and read from that handle; patterns
are expanded here, and each file that they match is held to the same rules (docs/security.md).
"""

import os
import stat
from collections.abc import Callable
from fnmatch import fnmatchcase
from glob import has_magic
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

import attrs

from dealrun.errors import DealError
from dealrun.limits import MAX_ENTRIES


class UnreadableError(DealError):
    """Why a file has no text, or cannot be opened; `reason` says it without naming the file.

    >>> try:
    ...     dealrun.portfolio("contracts/nowhere")
    ... except dealrun.UnreadableError as error:
    ...     print(error)
    `contracts/nowhere` cannot be read: no such file or directory
    """

    def __init__(self, message: str, reason: str | None = None) -> None:
        super().__init__(message, reason)
        self.reason = reason or message

    def __str__(self) -> str:
        return str(self.args[0])


class OutsideError(UnreadableError):
    """A file that lies outside the folder that it must be in."""


@attrs.frozen
class Below(os.PathLike[str]):
    """A file that a contract names, which must lie below a folder."""

    path: str
    root: str

    def __fspath__(self) -> str:
        return self.path

    def __str__(self) -> str:
        return self.path


def root_of(path: str | os.PathLike[str]) -> str | None:
    """The folder below which a file must be; None where the user named it."""
    return path.root if isinstance(path, Below) else None


def unreadable(path: str, reason: str) -> UnreadableError:
    """The error of a file that cannot be read."""
    return UnreadableError(f"`{path}` cannot be read: {reason}", f"it cannot be read: {reason}")


def why(error: OSError | ValueError) -> str:
    """The reason for which the system refuses a file, as a message says it."""
    return ((error.strerror if isinstance(error, OSError) else None) or "it is not a path").lower()


def is_path(path: str) -> bool:
    """Whether the system can name a file so."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:  # half of a character
        return False


def resolved(path: str, root: str | None) -> str:
    """The path without links; OutsideError where it is not below the root."""
    try:
        real = os.path.realpath(path)
        if root is not None:
            above = os.path.realpath(root)
            if real != above and not real.startswith(above.rstrip(os.sep) + os.sep):
                raise OutsideError(f"`{path}` lies outside the folder of the deal")
    except (OSError, ValueError) as error:
        raise unreadable(path, why(error)) from None
    return real


@attrs.frozen
class Opened:
    """A file that is open."""

    name: str
    """As it was named."""
    path: str
    """Without links."""
    stream: BinaryIO

    def __enter__(self) -> BinaryIO:
        return self.stream

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def still_there(self) -> bool:
        """Whether the path still leads to the file that was opened."""
        here, there = os.fstat(self.stream.fileno()), os.lstat(self.path)
        return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def open_file(path: str, root: str | None = None) -> Opened:
    """Open a regular file; UnreadableError where there is none, OutsideError where it is not below the root."""
    real = resolved(path, root)
    # Without waiting for a pipe's other end, and following no link that took the file's place since.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        if not stat.S_ISREG(Path(real).stat().st_mode):
            raise unreadable(path, "it is no regular file")
        handle = os.open(real, flags)
    except (OSError, ValueError) as error:
        raise unreadable(path, why(error)) from None
    same = False
    try:
        same = stat.S_ISREG(os.fstat(handle).st_mode) and resolved(path, root) == real
    finally:
        if not same:
            os.close(handle)
    if not same:
        raise unreadable(path, "it was replaced while it was opened")
    return Opened(path, real, os.fdopen(handle, "rb"))


def members(folder: str, wanted: Callable[[str], bool], *, deep: bool = False) -> list[str]:
    """The files of a folder whose names are wanted, in order; links are not followed into folders.

    UnreadableError where the folder cannot be read.
    """
    found: list[str] = []
    todo = [folder]
    while todo:
        inside = todo.pop()
        try:
            names = os.listdir(inside)
        except (OSError, ValueError) as error:
            raise unreadable(inside, why(error)) from None
        for name in names:
            path = Path(inside, name)
            if deep and path.is_dir():
                todo += [] if path.is_symlink() else [str(path)]
            elif wanted(name):  # whether it is a file is looked at when it is opened
                found.append(os.path.join(inside, name))
    return sorted(found)


def fixed_part(pattern: str) -> str:
    """The path before the first part of a pattern that matches several names; of what is no pattern, all of it."""
    if os.path.lexists(pattern):
        return pattern
    return _before_magic(pattern) or "."


def _before_magic(pattern: str) -> str:
    return os.path.join("", *takewhile(lambda part: not has_magic(part), Path(pattern).parts))


def matching(pattern: str, root: str | None = None) -> list[str]:
    """The files that a pattern matches, in order; the pattern itself where a file is called so.

    Folders are looked at below the root alone, and `**` follows no link. UnreadableError where there are too many.
    """
    if os.path.lexists(pattern):
        return [pattern]
    if not has_magic(pattern):
        return []
    found: set[str] = set()
    seen = 0
    first = _before_magic(pattern)
    todo = [(first, Path(pattern).parts[len(Path(first).parts) :])]
    while todo:
        folder, (part, *rest) = todo.pop()
        resolved(folder or ".", root)
        deep = part == "**"
        if deep and rest:
            todo.append((folder, tuple(rest)))
        for name in _names(folder or ".") if has_magic(part) else [part]:
            seen += 1
            if seen > MAX_ENTRIES:
                raise unreadable(pattern, f"it looks at more than {MAX_ENTRIES:,} files")
            path = os.path.join(folder, name)
            hidden = name.startswith(".") and not part.startswith(".")
            if deep and os.path.isdir(path):
                todo += [] if hidden or Path(path).is_symlink() else [(path, (part, *rest))]
            elif hidden or not (deep or name == part or fnmatchcase(name, part)):
                continue
            elif rest and os.path.isdir(path):
                todo.append((path, tuple(rest)))
            elif not rest and os.path.lexists(path):
                found.add(path)
    return sorted(path for path in found if not os.path.isdir(path))


def _names(folder: str) -> list[str]:
    """What is in a folder; nothing where it may not be looked into."""
    try:
        return os.listdir(folder)
    except (OSError, ValueError):
        return []
