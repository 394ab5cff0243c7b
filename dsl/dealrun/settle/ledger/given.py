"""What a caller can give as a ledger, or as a table of rates.

In: paths, open files, contents by name, Arrow tables. Out: the types, and contents as `HeldFile`. They stand apart
so that asking for them imports no database.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import attrs

from dealrun.source.files import SupportsRead


@runtime_checkable
class ArrowStream(Protocol):
    """An Arrow table or reader: of pyarrow, or of whatever else speaks Arrow's C interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """See the Arrow PyCapsule interface."""


@attrs.frozen
class HeldFile:
    """The content of a file that lies on no disk; its name says of which kind it is."""

    name: str
    data: bytes = attrs.field(repr=False)


Contents: TypeAlias = Mapping[str, str | bytes]
"""Contents of files by their names."""

LedgerSource: TypeAlias = str | os.PathLike[str] | ArrowStream | SupportsRead | Contents
"""A path to a ledger (CSV, Parquet, `file.duckdb::table`), an open file or contents by name (CSV, Parquet), or an Arrow
table or reader."""

Ledger: TypeAlias = str | os.PathLike[str] | ArrowStream | HeldFile
"""A ledger, whose content is there."""

RatesSource: TypeAlias = str | os.PathLike[str] | SupportsRead | Contents
"""A path to a table of rates (CSV), an open file, or its content by its name."""


def held(source: SupportsRead | Contents) -> list[HeldFile]:
    """The contents of an open file, or of a mapping; an open file without a name is a CSV."""
    if isinstance(source, Mapping):
        return [HeldFile(name, _bytes(data)) for name, data in source.items()]
    name = getattr(source, "name", None)
    return [HeldFile(name if isinstance(name, str) and name else "ledger.csv", _bytes(source.read(-1)))]


def _bytes(data: str | bytes) -> bytes:
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)


def ledgers(source: LedgerSource | Sequence[LedgerSource] | None) -> tuple[Ledger, ...]:
    """One source or several, with the contents of those that lie on no disk."""
    if source is None:
        return ()
    if isinstance(source, str | os.PathLike | ArrowStream):
        return (source,)
    if isinstance(source, Mapping | SupportsRead):
        return tuple(held(source))
    return tuple(one for each in source for one in ledgers(each))
