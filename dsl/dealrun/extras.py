"""Optional parts: the libraries that a plain installation lacks, each imported when it is first needed."""

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
        return import_module(module)
    except ImportError:
        raise MissingExtraError(module.partition(".")[0]) from None
