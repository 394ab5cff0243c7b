"""Writing files: the one place where an output reaches a disk.

In: a path, what it must not overwrite, and bytes (or a writer of its own, which is given a path). Out: the file, whole,
or `WriteError` and the old file as it was. Guaranteed: a symbolic link stays one and its target keeps its mode; several
writers of one file do not disturb one another, and the last wins; nothing is left behind where the system lets a file
have no name while it is written, and elsewhere not unless the program is killed by force (docs/security.md).
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from dealrun.errors import DealError
from dealrun.source.opening import why
from dealrun.source.plain import for_file

NAMELESS: Final = getattr(os, "O_TMPFILE", 0)
NEW: Final = 0o666
"""The mode of a new file, of which the system takes what the user's mask forbids."""


class WriteError(DealError):
    """Why a file cannot be written.

    >>> try:
    ...     dealrun.write_file("/", "x")
    ... except dealrun.WriteError as error:
    ...     print(error)
    `/` cannot be written: it is a folder
    """


def target_of(path: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]] = ()) -> Path:
    """The file that a path leads to, links resolved; WriteError where that is one of the inputs, or no file."""
    name = os.fspath(path)
    try:
        path_ = Path(name)
        # `/dev/stdout` may lead to what has no path.
        target = path_ if path_.exists() and not path_.is_file() else Path(os.path.realpath(name))
        if target.is_symlink() and not target.exists():
            raise WriteError(f"`{name}` cannot be written: {os.strerror(errno.ELOOP).lower()}")
        if target.is_dir():
            raise WriteError(f"`{name}` cannot be written: it is a folder")
        if target.exists():
            for given in inputs:
                with suppress(OSError, ValueError):
                    if target.samefile(given):
                        raise WriteError(f"`{name}` cannot be written: it is read as well; name another file")
    except (OSError, ValueError) as error:
        raise WriteError(f"`{name}` cannot be written: {why(error)}") from None
    return target


def write_file(path: str | os.PathLike[str], data: str | bytes, inputs: Iterable[str | os.PathLike[str]] = ()) -> None:
    """Write a file, whole or not at all; a text in UTF-8, without control characters.

    A symbolic link stays one, a file keeps its mode; a device or a pipe is written to, never replaced. WriteError where
    it cannot be written, or is one of `inputs`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     dealrun.write_file(f"{folder}/restated.deal", deal.restate("2026-05-01"))
    ...     same = dealrun.load(f"{folder}/restated.deal").labels
    >>> len(same)
    20
    """
    if isinstance(data, str):
        data = for_file(data).encode("utf-8", "backslashreplace")
    target = target_of(path, inputs)
    special = target.exists() and not target.is_file()
    with refused(path):
        if special:
            with target.open("wb") as stream:
                stream.write(data)
            return
        with replacing(path) as temporary, Path(temporary).open("wb") as stream:
            stream.write(data)


@contextmanager
def refused(path: str | os.PathLike[str]) -> Iterator[None]:
    """The system's refusals as WriteError."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise WriteError(f"`{os.fspath(path)}` cannot be written: {why(error)}") from None


@contextmanager
def replacing(path: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]] = ()) -> Iterator[str]:
    """A path to write to; what was written takes the place of the file if the block ends without an error."""
    target = target_of(path, inputs)
    temporary = target.with_name(f".{os.urandom(8).hex()}.tmp")
    with refused(path):
        if target.exists() and not target.is_file():
            raise WriteError(f"`{os.fspath(path)}` cannot be written: it is no regular file")
        if target.exists() and not os.access(target, os.W_OK):  # a file that is read-only is meant to stay as it is
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        handle = _nameless(target.parent)
        if handle is None:
            handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, NEW)
    named = temporary.exists()
    try:
        yield str(temporary) if named else f"/proc/self/fd/{handle}"
        with refused(path):
            if mode is not None:
                os.fchmod(handle, mode)
            if not named:  # with a folder's handle, the link is followed to the file that is open
                os.link(f"/proc/self/fd/{handle}", temporary, src_dir_fd=handle, follow_symlinks=True)
            temporary.replace(target)
    finally:
        os.close(handle)
        with suppress(OSError):
            temporary.unlink()


def _nameless(folder: Path) -> int | None:
    """A new file without a name, which vanishes with its handle; None where the system has none."""
    if NAMELESS and os.path.isdir("/proc/self/fd"):
        with suppress(OSError):
            return os.open(folder, NAMELESS | os.O_RDWR, NEW)
    return None
