"""Ledgers and tables of rates, in every form that a settlement reads.

In: a `Draw` and the names of a contract. Out: rows, and files of them. Guaranteed: the forms of one ledger hold the
same rows, so that one settlement must come of them.
"""

import csv
import gzip
import io
import tempfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from fuzz import mutate
from fuzz.draw import Draw
from fuzz.terms import Scope

ROLES: Final = ("date", "stream", "amount", "currency", "units", "payer", "product", "territory", "booked", "id")
FORMS: Final = ("csv", "tsv", "csv.gz", "parquet", "duckdb", "arrow")
Row = dict[str, str]


def rows(draw: Draw, scope: Scope, *, good: bool) -> list[Row]:
    """The rows of a ledger; most of them are good ones."""
    columns = [
        "date",
        "stream",
        "amount",
        *draw.some(("currency", "units", "payer", "product", "territory", "booked", "id"), 0, 4),
    ]
    found = []
    for number in range(draw.randint(1, 8)):
        day = date.fromordinal(draw.randint(date(2024, 1, 1).toordinal(), date(2025, 12, 31).toordinal())).isoformat()
        row = {
            "date": day, "stream": draw.pick(scope.streams or ["sales"]),
            "amount": f"{draw.randint(-500, 20_000)}.{draw.randint(0, 99):02}", "currency": "USD",
            "units": str(draw.randint(0, 50)), "payer": draw.pick(scope.parties or ["A"]),
            "product": draw.pick(scope.assets or ["x"]), "territory": draw.pick(scope.assets or ["eu"]),
            "booked": draw.day_after(day, 90), "id": f"r{number if good or draw.chance(0.9) else 0}",
        }  # fmt: skip
        if not good and draw.chance(0.3):
            row[draw.pick(columns)] = draw.pick((
                "", " ", "1e5", "9" * 19, "0." + "1" * 11, "1,000.00", "NaN", "-", draw.day(), draw.strange("sales"),
                "refunds", "EUR", "r0", "'; drop table x;--", "x" * 2000, "٣", "1900-01-01", "2199-12-31", "-0",
                "+5", ".5", "5.",
            ))  # fmt: skip
        found.append({name: row[name] for name in columns})
    return found


def delimited(table: Sequence[Row], delimiter: str = ",") -> bytes:
    """The rows as CSV."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(table[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return stream.getvalue().encode("utf-8", "replace")


def arrow(table: Sequence[Row], *, typed: bool) -> Any:
    """The rows as an Arrow table: of text, or of dates and decimals."""
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to import, and few need it

    columns: dict[str, Any] = {}
    for name in table[0]:
        values = [row[name] for row in table]
        if typed and name in {"date", "booked"}:
            columns[name] = pa.array([date.fromisoformat(value) for value in values])
        elif typed and name == "amount":
            columns[name] = pa.array([Decimal(value) for value in values], pa.decimal128(18, 2))
        elif typed and name == "units":
            columns[name] = pa.array([int(value) for value in values], pa.int64())
        else:
            columns[name] = pa.array(values, pa.string())
    return pa.table(columns)


def encoded(table: Sequence[Row], form: str, *, typed: bool = False, groups: int = 0) -> bytes:
    """The rows as the bytes of a file of a form; a DuckDB file has them in a table `t` and a view `v`."""
    if form == "tsv":
        return delimited(table, "\t")
    if form == "csv.gz":
        return gzip.compress(delimited(table), mtime=0)
    if form == "parquet":
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

        buffer = io.BytesIO()
        pq.write_table(arrow(table, typed=typed), buffer, row_group_size=groups or None)
        return buffer.getvalue()
    if form == "duckdb":
        return database(table, typed=typed)
    return delimited(table)


def database(table: Sequence[Row], *, typed: bool) -> bytes:
    """The bytes of a DuckDB file that holds the rows."""
    import duckdb  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.duckdb"
        connection = duckdb.connect(str(path))
        connection.register("rows", arrow(table, typed=typed))
        connection.execute("create table t as select * from rows")
        connection.execute("create view v as select * from t")
        connection.close()
        return path.read_bytes()


def damaged(draw: Draw, content: bytes) -> bytes:
    """The bytes of a file, some of them changed, in a share of cases."""
    return mutate.data(draw, content) if draw.chance(0.2) else content


def rates(draw: Draw) -> bytes:
    """A table of exchange rates, most often a good one."""
    lines = ["date,from,to,rate"]
    for _ in range(draw.randint(0, 4)):
        good = draw.chance(0.8)
        rate = (
            f"{draw.randint(1, 3)}.{draw.randint(0, 9999):04}" if good else draw.pick(("0", "-1", "", "1e3", "9" * 30))
        )
        lines.append(f"{draw.day() if good else ''},{draw.pick(('EUR', 'JPY', 'KWD'))},USD,{rate}")
    if draw.chance(0.1):
        lines.append(draw.pick(("2024-01-01,EUR,USD,1.1,extra", ",,,", '"', "a,b,c,d")))
    return ("\n".join(lines) + "\n").encode()
