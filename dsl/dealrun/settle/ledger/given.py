"""What a caller can give as a ledger.

In: nothing. Out: the types. They stand apart so that asking for them imports no database.
"""

import os
from typing import Protocol, TypeAlias, runtime_checkable


@runtime_checkable
class ArrowStream(Protocol):
    """An Arrow table or reader: of pyarrow, or of whatever else speaks Arrow's C interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """See the Arrow PyCapsule interface."""


LedgerSource: TypeAlias = str | os.PathLike[str] | ArrowStream
"""A path to a ledger (CSV, Parquet, `file.duckdb::table`), or an Arrow table or reader."""
