"""The tables of a statement as CSV, as Arrow and as Parquet.

In: a `Settlement` and the name of one of its tables (`rows.TABLES`). Out: text, a `pyarrow.Table`, or bytes.
Guaranteed: values are exact; the same statement gives the same bytes (of Parquet: with the same version of pyarrow).

CSV is RFC 4180 in UTF-8 without a mark: commas, CRLF, quotes where needed, a header. Days are ISO dates, numbers exact
decimals with a point and nothing else (`n/d` where a share has no decimal), flags `true` and `false`; no value is an
empty cell. Spreadsheets run what begins like a formula, so a cell *of text* whose first character, spaces aside, is
one of `= + - @`, a tab, a line break or a full-width form of these gets an apostrophe before it, and so does one that
begins with an apostrophe: who takes one leading apostrophe off text cells has the text back. Numbers are never
touched.

In Arrow and Parquet, days are date32 and money is DECIMAL(38, 4), which every currency fits. A figure before rounding
(`base`, `share`) is two columns: the number as DECIMAL(38, 18), empty where that does not hold it exactly, and
`X_exact` with the same text as in CSV.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any, Final

from dealrun.extras import need
from dealrun.settle.export.rows import Datum, Field, TableRows, table
from dealrun.settle.export.values import exact_text, terminating
from dealrun.settle.statement import Settlement
from dealrun.source.plain import inert
from dealrun.time.days import iso

DIGITS: Final = 38
MONEY_SCALE: Final = 4
EXACT_SCALE: Final = 18
EPOCH: Final = date(1970, 1, 1).toordinal()


def _csv_cell(value: Datum, column: Field) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return iso(value) if column.kind == "day" else str(value)
        case str():
            return inert(value)
        case Fraction():
            return exact_text(value)
        case Decimal():
            return f"{value:f}"


def csv_text(settlement: Settlement, name: str = "statement") -> str:
    """A table as CSV; ValueError where there is no such table. To be written as UTF-8, its line ends kept."""
    return csv_of(table(settlement, name))


def csv_of(found: TableRows) -> str:
    """The rows of any table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in found.columns])
    for row in found.rows:
        writer.writerow([_csv_cell(cell, column) for cell, column in zip(row, found.columns, strict=True)])
    return out.getvalue()


def _held(value: Decimal | None, scale: int) -> Decimal | None:
    """The value with `scale` places; None where DECIMAL(38, scale) does not hold it."""
    if value is None:
        return None
    with localcontext(Context(prec=len(value.as_tuple().digits) + abs(int(value.as_tuple().exponent)) + scale + 1)):
        fitted = value.quantize(Decimal((0, (1,), -scale)))
        return fitted if fitted == value and len(fitted.as_tuple().digits) <= DIGITS else None


def _money(value: Decimal | None, column: Field) -> Decimal | None:
    held = _held(value, MONEY_SCALE)
    if value is not None and held is None:
        raise ValueError(f"`{value:f}` in column `{column.name}` has more digits than DECIMAL({DIGITS}, {MONEY_SCALE})")
    return held


def _arrays(column: Field, cells: Iterable[Any]) -> list[tuple[str, Any]]:
    """A column's arrays, each with its name."""
    arrow = need("pyarrow")
    match column.kind:
        case "money":
            money = [_money(cell, column) for cell in cells]
            return [(column.name, arrow.array(money, arrow.decimal128(DIGITS, MONEY_SCALE)))]
        case "exact":
            found = list(cells)
            numbers = [None if cell is None else _held(terminating(cell), EXACT_SCALE) for cell in found]
            texts = [None if cell is None else exact_text(cell) for cell in found]
            return [
                (column.name, arrow.array(numbers, arrow.decimal128(DIGITS, EXACT_SCALE))),
                (f"{column.name}_exact", arrow.array(texts, arrow.string())),
            ]
        case "day":
            # date32 counts from 1970-01-01.
            days = [None if cell is None else cell - EPOCH for cell in cells]
            return [(column.name, arrow.array(days, arrow.int32()).cast(arrow.date32()))]
        case "count":
            return [(column.name, arrow.array(cells, arrow.int64()))]
        case "flag":
            return [(column.name, arrow.array(cells, arrow.bool_()))]
        case "text":
            return [(column.name, arrow.array(cells, arrow.string()))]


def arrow(found: TableRows) -> Any:
    """A table as a `pyarrow.Table`. ValueError where money has more than 34 whole digits."""
    arrow_ = need("pyarrow")
    cells = list(zip(*found.rows, strict=True)) or [()] * len(found.columns)
    arrays = [named for column, values in zip(found.columns, cells, strict=True) for named in _arrays(column, values)]
    return arrow_.table(dict(arrays))


def to_arrow(settlement: Settlement, name: str = "statement") -> Any:
    """A table as a `pyarrow.Table`. ValueError where there is no such table or money has more than 34 whole digits."""
    return arrow(table(settlement, name))


def parquet(settlement: Settlement, name: str = "statement") -> bytes:
    """A table as a Parquet file; ValueError as in `to_arrow`."""
    found = to_arrow(settlement, name)
    out = io.BytesIO()
    need("pyarrow.parquet").write_table(found, out, compression="zstd", version="2.6")
    return out.getvalue()
