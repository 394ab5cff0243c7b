"""Optional parts: the libraries that a plain installation lacks, each imported when it is first needed."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Final

from dealrun.errors import DealError

EXTRAS: Final = {
    "duckdb": "settle",
    "holidays": "calendars",
    "icalendar": "ical",
    "lark": "grammar",
    "matplotlib": "plot",
    "pyarrow": "settle",
    "xlsxwriter": "xlsx",
}
"""The extra of this package that brings a library."""


class MissingExtraError(DealError, ImportError):
    """A library is needed that is not installed; says how to install it.

    >>> issubclass(dealrun.MissingExtraError, ImportError)
    True
    """

    def __init__(self, library: str) -> None:
        self.library = library
        extra = EXTRAS[library]
        super().__init__(f"this needs {library}, which is not installed: pip install 'dealrun[{extra}]'", name=library)

    def __reduce__(self) -> tuple[object, ...]:
        return MissingExtraError, (self.library,)


def need(module: str) -> ModuleType:
    """An optional library's module; MissingExtraError where it cannot be imported."""
    try:
        with _uninterrupted():
            return import_module(module)
    except ImportError:
        raise MissingExtraError(module.partition(".")[0]) from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C and `kill` wait until a library is loaded: some of them end with a report of their own if they cannot."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
