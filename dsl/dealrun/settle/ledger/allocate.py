# ruff: noqa: S608 - what is put together are expressions of this package, and names and texts that `dialect` quotes
"""The queries that allocate cents of groups to their rows.

In: summed relations, and what to allocate. Out: SQL. Guaranteed: whole numbers throughout. With T cents to allocate to
a group of weight W, a row of weight w has the exact share T*w/W = q + r/|W|, with a whole q and 0 <= r < |W|. It gets
q, and those with the largest r get one cent more, the first rows among equals, until T is reached.

Not all rows are sorted: it is first counted, for each allocation, how many remainders lie high, low and in the narrow
middle where the last extra cent falls, if they are spread evenly. Only rows of the one bucket in which it does fall are
ranked, and give the *cut*: the last row that gets an extra cent.
"""

from collections.abc import Sequence
from typing import Final

import attrs

from dealrun.settle.ledger import dialect
from dealrun.settle.ledger.dialect import identifier
from dealrun.settle.ledger.query import DAYS, KEYS, ordinal, weight
from dealrun.settle.ledger.read import Summed

APPENDED: Final = ("label", "payee", "period_first", "period_last", "currency", "allocated")
"""The columns behind those of the ledger."""
ALLOCATIONS: Final = (*KEYS, "forecast", "label", "payee", "first", "last", "money", "minor", "t", "d", "low", "high", "units")
"""The columns of the table of allocations beside their number, `i`."""
_ENUMS: Final = ("label", "payee", "money")


@attrs.frozen
class Part:
    """A relation to whose rows is allocated."""

    number: int
    summed: Summed
    whole: str
    """The type of whole numbers that is wide enough."""
    factors: dict[str, int]
    """What brings the amounts and units of this relation to the scale of all."""

    def rows(self, table: str, names: Sequence[str], columns: Sequence[str] = ()) -> str:
        """The rows with `q`, `r` and `seq`, their place in the ledger, and columns of a table of allocations."""
        book = self.summed.book
        keys = [f"{column.sql} as raw_{key}" for key, column in book.key_columns.items()]
        place = f"{self.number} * {1 << 52} + {book.relation.file} * {1 << 40} + {book.relation.row}"
        scanned = ", ".join([*keys, *self._weights(), f"{place} as seq", *columns])
        on = " and ".join(f"scanned.raw_{key} is not distinct from part.raw_{key}" for key in book.key_columns)
        chosen = ", ".join(f"part.{name}" for name in ("d", *names))
        kept = ", ".join(["seq", *names, *(column.rpartition(" as ")[2] for column in columns)])
        weighted = " ".join(f"when {int(name == 'units')} then {name}_w" for name in self.factors)
        return (
            f"select {kept}, case when rest < 0 then quotient - 1 else quotient end as q, "
            "case when rest < 0 then rest + d else rest end as r "
            "from (select *, n - quotient * d as rest "
            f"from (select *, {dialect.quotient('n', 'd')} as quotient "
            f"from (select scanned.*, {chosen}, (case part.units {weighted} end) * part.t as n "
            f"from (select {scanned} from {book.relation.sql}) as scanned join {table}{self.number} as part on {on}) as shared) "
            "as divided) as allocated"
        )

    def _weights(self) -> list[str]:
        """The weights as whole numbers."""
        found = []
        for name, factor in self.factors.items():
            value = weight(self.summed.book, name, wide=self.summed.wide)
            scale = self.summed.by.scale if name == "amount" else self.summed.by.unit_scale
            if self.summed.wide:
                value = dialect.whole(value, scale, wide=True)
            elif scale:
                value = f"{value} * {10**scale}"
            found.append(f"cast({value} as {self.whole}) * {factor} as {name}_w")
        return found
