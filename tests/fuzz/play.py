"""Playing a case: in this process, as the command line or the library would.

In: a `Case` and an empty folder. Out: what was printed, the exit code, what was raised. Guaranteed: the folder is the
working folder, standard streams are captured, and nothing outside the folder is written.
"""

import csv
import functools
import io
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs

import dealrun
from dealrun.cli import arguments
from dealrun.cli import main as command_line
from dealrun.cli.errors import UsageError
from fuzz import ledgers, mutate
from fuzz.cases import Case, File
from fuzz.draw import draw_for

DOCUMENTED: Final[tuple[type[Exception], ...]] = tuple(
    getattr(dealrun, name)
    for name in ("DealError", "LedgerError", "MissingExtraError", "DifferenceError", "RestateError")
    if hasattr(dealrun, name)
)
"""The library's own exceptions."""
BUILT_IN: Final = (KeyError, ValueError)
"""Exceptions of Python that the library documents; they count only where a `raise` of the library raised them."""
RAISED: Final = -1
"""The exit code of what ends with an exception."""
PACKAGE: Final = str(Path(dealrun.__file__).parent)


@attrs.define
class Played:
    """What came of a case."""

    code: int
    out: str = ""
    err: str = ""
    faults: list[str] = attrs.field(factory=list)
    """What must not happen, each a line that begins with its signature and a colon."""
    codes: set[str] = attrs.field(factory=set)
    """Codes of the diagnostics that were seen."""
    after: dict[str, bytes] = attrs.field(factory=dict)
    """The files of the folder afterwards."""
    before: dict[str, bytes] = attrs.field(factory=dict)


# --- what is raised -------------------------------------------------------------------------------------------------


def signature(error: BaseException) -> str:
    """The exception's type, and the innermost function of the library in which it was raised."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(PACKAGE)]
    where = f"{frames[-1].filename[len(PACKAGE) + 1 :]}:{frames[-1].name}" if frames else "outside"
    return f"{type(error).__name__} in {where}"


def deliberate(error: BaseException) -> bool:
    """Whether a `raise` statement of the library raised an exception, and not an accident within it."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames or not frames[-1].filename.startswith(PACKAGE):
        return False
    line = linecache.getline(frames[-1].filename, frames[-1].lineno or 0).strip()
    return line.startswith(("raise", '"', 'f"', ")", "f'")) or " raise" in line


def documented(error: BaseException) -> bool:
    """Whether the library says that it raises this."""
    return isinstance(error, DOCUMENTED) or (isinstance(error, BUILT_IN) and deliberate(error))


def told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-3000:]


MASKED: list[BaseException] = []
"""Accidents that a command showed as a usage error."""


def watch_usage_errors() -> Callable[[], None]:
    """A trap for accidents: a `KeyError` that no `raise` of the library raised is none of the user's mistakes.

    What is returned removes it.
    """
    plain = UsageError.__init__

    def init(self: UsageError, *given: object) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, (*BUILT_IN, TypeError, AttributeError)) and not deliberate(error):
            MASKED.append(error)
        plain(self, *given)

    setattr(UsageError, "__init__", init)  # noqa: B010 - its type is another one
    return lambda: setattr(UsageError, "__init__", plain)


@functools.cache
def _parser() -> Any:
    return BUILD()


BUILD: Final = arguments.build


def quick_parser(*, quick: bool) -> None:
    """One parser for all command lines, because making one takes longer than most cases."""
    setattr(command_line, "build", _parser if quick else BUILD)  # noqa: B010 - it is no name that the module exports


# --- the command line -----------------------------------------------------------------------------------------------


@contextmanager
def streams(stdin: bytes) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Standard streams in memory, as `entry` sets them up."""
    out, err = io.BytesIO(), io.BytesIO()
    old = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
    try:
        yield out, err
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            stream.detach()
        sys.stdin, sys.stdout, sys.stderr = old


def run(argv: tuple[str, ...], stdin: bytes = b"") -> Played:
    """A command line, with its exceptions treated as `entry` treats them."""
    found = Played(0)
    MASKED.clear()
    with streams(stdin) as (out, err):
        try:
            found.code = command_line.main(list(argv))
        except SystemExit as leaving:
            found.code = leaving.code if isinstance(leaving.code, int) else 1
        except OSError as error:
            sys.stderr.write(f"dealrun: cannot write: {error.strerror}\n")
            found.code = 2
            found.faults.append(f"{signature(error)} reached entry: {told(error)}")
        except MemoryError as error:
            found.faults.append(f"MemoryError in {signature(error)}: more memory than allowed")
        except Exception as error:  # noqa: BLE001 - the very thing that is looked for
            found.code = RAISED
            found.faults.append(f"{signature(error)}: {told(error)}")
    found.faults += [f"{signature(e)} shown as a usage error: {told(e)}" for e in MASKED]
    found.out, found.err = (each.getvalue().decode("utf-8", "replace") for each in (out, err))
    return found


def content(file: File) -> bytes:
    """The bytes of a file of a case."""
    made = file.data
    if file.form and file.form not in {"csv", "arrow"}:
        table = list(csv.DictReader(io.StringIO(file.data.decode("utf-8", "surrogatepass"), newline="")))
        if table:
            try:
                made = ledgers.encoded(table, file.form, typed=file.typed, groups=file.groups)
            except (ValueError, ArithmeticError):  # a value that the type cannot hold
                made = ledgers.encoded(table, file.form, groups=file.groups)
    return mutate.data(draw_for(file.damage, 0), made) if file.damage else made


def write(files: tuple[File, ...]) -> dict[str, bytes]:
    """The files of a case, in the working folder; a name that cannot be is left out."""
    written: dict[str, bytes] = {}
    for file in files:
        data = content(file)
        try:
            if "/" in file.name:
                Path(file.name).parent.mkdir(parents=True, exist_ok=True)
            with open(file.name, "wb") as stream:  # noqa: PTH123 - the fastest, and names are hostile
                stream.write(data)
        except (OSError, ValueError):
            continue
        written[file.name] = data
    return written


def listing() -> list[str]:
    """The files below the working folder."""
    found: list[str] = []
    todo = [""]
    while todo:
        folder = todo.pop()
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                name = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    todo.append(f"{name}/")
                else:
                    found.append(name)
    return sorted(found)


def clear() -> None:
    """Nothing is left in the working folder."""
    for folder, folders, names in os.walk(".", topdown=False):
        for name in names:
            Path(folder, name).unlink()
        for name in folders:
            Path(folder, name).rmdir()


def command(case: Case, files: tuple[File, ...]) -> Played:
    """The command line of a case, on files."""
    before = write(files)
    os.environ["COLUMNS"] = str(case.columns)
    argv = case.argv
    if case.kind in {"files", "facts"}:
        argv = (*argv, *(file.name for file in files))
    found = run(argv, case.stdin)
    found.before = before
    found.after = {name: Path(name).read_bytes() for name in listing()}
    clear()
    return found
