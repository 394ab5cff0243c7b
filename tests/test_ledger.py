"""Ledgers: what is read is summed exactly or refused with its rows; what is paid comes back to the rows to the cent.

Reading is held against a loop over the same rows with `Fraction`; allocating against a sort of all remainders.
"""

import csv
import gzip
import importlib
import os
import random
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealrun.extras import MissingExtraError
from dealrun.settle.ledger import detail as detail_module
from dealrun.settle.ledger.columns import LedgerTerms
from dealrun.settle.ledger.database import Database, QueryError
from dealrun.settle.ledger.detail import RowAllocation, write_detail
from dealrun.settle.ledger.read import open_books, read
from dealrun.settle.ledger.sums import Group, LedgerError, Problem, Sums
from dealrun.source.writing import WriteError

duckdb: Any = pytest.importorskip("duckdb")
pa: Any = pytest.importorskip("pyarrow")

STREAMS = ("audio", "ebook", "hardcover")
Row = dict[str, str]

# --- helpers ----------------------------------------------------------------------------------------------------------


def terms(**changes: Any) -> dict[str, Any]:
    """What a deal with three streams and one currency says of its ledger, but for the changes."""
    return {
        "mapping": {},
        "streams": STREAMS,
        "default_stream": None,
        "currencies": ["USD", "EUR"],
        "default_currency": "USD",
        "keys": (),
        "need_units": False,
        "need_amount": True,
        **changes,
    }


def sums(*sources: Any, forecast: Sequence[Any] = (), **changes: Any) -> Sums:
    return read(sources, forecast, **terms(**changes))


def refused(*sources: Any, forecast: Sequence[Any] = (), **changes: Any) -> tuple[Problem, ...]:
    with pytest.raises(LedgerError) as caught:
        sums(*sources, forecast=forecast, **changes)
    return caught.value.problems


def the_problem(*sources: Any, **changes: Any) -> Problem:
    (found,) = refused(*sources, **changes)
    return found


def wrote(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def ledger(path: Path, *lines: str, header: str = "date,stream,amount") -> Path:
    return wrote(path, "\n".join([header, *lines]) + "\n")


def write_rows(path: Path, rows: Sequence[Row], quoting: Literal[0, 1] = csv.QUOTE_MINIMAL, end: str = "\r\n") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, quoting=quoting, lineterminator=end)
        writer.writeheader()
        writer.writerows(rows)
    return path


COLUMNS = ("date", "stream", "amount", "currency", "units", "payer", "product", "territory", "booked", "id")
Key = tuple[str, int, int, str, str, str, str, bool]


def naive(
    rows: Sequence[Row], keys: frozenset[str], *, forecast: bool = False
) -> dict[Key, tuple[Fraction, Fraction, int]]:
    """The sums of rows that have no mistakes, row by row."""
    found: dict[Key, tuple[Fraction, Fraction, int]] = {}
    for row in rows:
        cell = {name: row.get(name, "").strip(" ") for name in COLUMNS}
        day = date.fromisoformat(cell["date"]).toordinal()
        booked = max(day, date.fromisoformat(cell["booked"]).toordinal()) if cell["booked"] else day
        payer, product, territory = (cell[key] if key in keys else "" for key in ("payer", "product", "territory"))
        key = (cell["stream"], day, booked, cell["currency"] or "USD", payer, product, territory, forecast)
        amount, units, count = found.get(key, (Fraction(0), Fraction(0), 0))
        found[key] = (amount + Fraction(cell["amount"]), units + Fraction(cell["units"] or 0), count + 1)
    return found


def plain(found: Sums) -> dict[Key, tuple[Fraction, Fraction, int]]:
    """Sums as `naive` gives them."""
    assert list(found.groups) == sorted(found.groups)
    assert found.rows == sum(group.rows for group in found.groups)
    return {
        (*group[:7], group.forecast): (
            Fraction(group.amount, 10**found.scale),
            Fraction(group.units, 10**found.unit_scale),
            group.rows,
        )
        for group in found.groups
    }


# --- what is summed ---------------------------------------------------------------------------------------------------


def test_rows_of_a_stream_and_day_are_summed(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-31,ebook,10.25", "2024-01-31,ebook,-0.75", "2024-02-29,audio,3")
    found = sums(path)
    day = date(2024, 1, 31).toordinal()
    assert found.groups == (
        Group("audio", day + 29, day + 29, "USD", "", "", "", 30, 0, 1, forecast=False),
        Group("ebook", day, day, "USD", "", "", "", 95, 0, 2, forecast=False),
    )
    assert (found.scale, found.unit_scale, found.rows, found.last_booked) == (1, 0, 3, day + 29)
    assert found.sources == (str(path),)


def test_columns_are_found_by_role_or_by_mapping(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "1.50,2024-01-01,ebook,9", header="Net USD,DATE,channel,AMOUNT")
    found = sums(path, mapping={"amount": "Net USD", "stream": "channel"})
    assert plain(found)["ebook", 738886, 738886, "USD", "", "", "", False][0] == Fraction(3, 2)


def test_a_column_that_is_mapped_has_no_other_role(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,7", header="date,stream,units")
    found = sums(path, mapping={"amount": "units"})
    assert (found.groups[0].amount, found.groups[0].units) == (7, 0)


def test_only_the_keys_that_clauses_name_are_kept_apart(tmp_path: Path) -> None:
    rows = ["2024-01-01,ebook,1,a,x,US", "2024-01-01,ebook,2,a,y,GB", "2024-01-01,ebook,4,b,y,GB"]
    path = ledger(tmp_path / "a.csv", *rows, header="date,stream,amount,payer,product,territory")
    assert [group.amount for group in sums(path).groups] == [7]
    assert [(group.payer, group.amount) for group in sums(path, keys=["payer"]).groups] == [("a", 3), ("b", 4)]
    assert len(sums(path, keys=["payer", "product", "territory"]).groups) == 3


def test_what_is_booked_early_counts_from_its_day(tmp_path: Path) -> None:
    header = "date,stream,amount,booked"
    rows = ["2024-01-05,ebook,1,2024-01-01", "2024-01-05,ebook,1,", "2024-01-05,ebook,1,2024-02-01"]
    path = ledger(tmp_path / "a.csv", *rows, header=header)
    found = sums(path)
    assert [(group.booked - group.day, group.rows) for group in found.groups] == [(0, 2), (27, 1)]
    assert found.last_booked == date(2024, 2, 1).toordinal()


def test_defaults_stand_where_a_ledger_says_nothing(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,2", header="date,amount")
    assert sums(path, default_stream="audio").groups[0][:4] == ("audio", 738886, 738886, "USD")
    empty = ledger(tmp_path / "b.csv", "2024-01-01,  ,2,", header="date,stream,amount,currency")
    assert sums(empty, default_stream="audio").groups[0][:4] == ("audio", 738886, 738886, "USD")
    assert not sums(empty, default_stream="audio", default_currency="").groups[0].currency


def test_units_alone_will_do(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1.5", "2024-01-01,ebook,", header="date,stream,units")
    found = sums(path, need_amount=False, need_units=True, default_currency=None)
    assert (found.groups[0].units, found.unit_scale, found.groups[0].amount, found.groups[0].rows) == (15, 1, 0, 2)


def test_forecasts_are_marked_and_book_nothing(tmp_path: Path) -> None:
    actual = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1")
    expected = ledger(tmp_path / "f.csv", "2024-01-01,ebook,5.5", "2025-01-01,ebook,7")
    found = sums(actual, forecast=[expected])
    assert [(group.amount, group.forecast) for group in found.groups] == [(10, False), (55, True), (70, True)]
    assert found.last_booked == date(2024, 1, 1).toordinal()
    assert sums(forecast=[expected]).last_booked is None


def test_no_sources_and_empty_sources_sum_to_nothing(tmp_path: Path) -> None:
    assert sums() == Sums((), 0, 0, 0, None, ())
    assert sums(ledger(tmp_path / "a.csv")).groups == ()


@pytest.mark.parametrize(
    ("amounts", "total", "scale"),
    [
        (["1.005", "2"], 3005, 3),
        (["0.0000000001", "12345678"], 123456780000000001, 10),
        (["999999999999999999"] * 3, 3 * 999999999999999999, 0),
        (["99999999.9999999999"] * 999, 999999999999999999 * 999, 10),  # beyond 64 bits
        (["1." + "0" * 40, "0" * 30 + "1"], 2, 0),
        (["1.10"] * 200 + ["1.12345"], 22112345, 5),  # more decimals than the first rows have
        ([".5", "5.", "+1", "-.5"], 6, 0),
        (["  7.25 ", "1"], 825, 2),
    ],
)
def test_amounts_are_exact(tmp_path: Path, amounts: list[str], total: int, scale: int) -> None:
    found = sums(ledger(tmp_path / "a.csv", *(f"2024-01-01,ebook,{amount}" for amount in amounts)))
    assert (sum(group.amount for group in found.groups), found.scale) == (total, scale)


# --- CSV --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffdate,stream,amount\r\n2024-01-01,ebook,1.50\r\n",
        'date,stream,amount\n"2024-01-01","ebook","1.50"',
        " date , stream , amount \n 2024-01-01 , ebook , 1.50 \n\n",
        'date,"a, ""b""\nc",stream,amount\n2024-01-01,"x, ""y""\nz",ebook,1.50\n',
        "date;stream;amount\n2024-01-01;ebook;1.50\n",
        "date,stream,amount,,\n2024-01-01,ebook,1.50,,\n",
        "date,stream,note,note,amount\n2024-01-01,ebook,#1,#2,1.50\n",
    ],
)
def test_ways_to_write_a_csv(tmp_path: Path, text: str) -> None:
    (group,) = sums(wrote(tmp_path / "a.csv", text)).groups
    assert (group.stream, group.amount) == ("ebook", 15)


def test_packed_and_tab_separated(tmp_path: Path) -> None:
    text = "date\tstream\tamount\n2024-01-01\tebook\t1.50\n"
    assert sums(wrote(tmp_path / "a.tsv", text)).rows == 1
    assert sums(wrote(tmp_path / "b.tsv.gz", gzip.compress(text.encode()))).rows == 1
    packed = wrote(tmp_path / "c.csv.gz", gzip.compress(b"date,stream,amount\n2024-01-01,ebook,1.50\n", mtime=0))
    assert sums(packed).groups[0].amount == 15


def test_names_of_files_are_no_patterns(tmp_path: Path) -> None:
    ledger(tmp_path / "a1.csv", "2024-01-01,ebook,100")
    assert sums(ledger(tmp_path / "a[1].csv", "2024-01-01,ebook,1")).groups[0].amount == 1
    assert sums(ledger(tmp_path / "it's.csv", "2024-01-01,ebook,2")).groups[0].amount == 2


# --- Parquet, DuckDB, Arrow -------------------------------------------------------------------------------------------


def table(types: Mapping[str, str], *rows: Sequence[Any]) -> Any:
    """An Arrow table with SQL types."""
    names = ", ".join(f"cast(x[{n}] as {kind}) as {name}" for n, (name, kind) in enumerate(types.items(), 1))
    values = [[None if cell is None else str(cell) for cell in row] for row in rows]
    with duckdb.connect() as connection:
        query = f"select {names} from (select unnest(?) as x)"  # noqa: S608 - names and types stand in this file
        return connection.sql(query, params=[values]).to_arrow_table()


def parquet(path: Path, of: Any) -> Path:
    importlib.import_module("pyarrow.parquet").write_table(of, path)
    return path


TYPED = {"date": "date", "stream": "varchar", "amount": "decimal(18, 2)"}


def test_folders_and_patterns_of_parquet(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    parquet(tmp_path / "1.parquet", table(TYPED, ["2024-01-01", "ebook", "1.25"]))
    # Other columns, and a type that the engine would round to that of the first file.
    other = {"stream": "varchar", "amount": "decimal(18, 4)", "id": "integer", "date": "date"}
    parquet(tmp_path / "in" / "2.parquet", table(other, ["ebook", "1.0001", 1, "2024-01-01"]))
    parquet(tmp_path / "in" / "3.parquet", table(other, ["ebook", "1.0001", 2, "2024-01-01"]))
    for source in (tmp_path, f"{tmp_path}/**/*.parquet"):
        found = sums(source)
        assert [(group.amount, group.rows) for group in found.groups] == [(32502, 3)]
    assert sums(f"{tmp_path}/in/?.parquet").rows == 2


def test_the_folders_of_a_partitioned_table_are_columns(tmp_path: Path) -> None:
    (tmp_path / "stream=ebook").mkdir()
    parquet(tmp_path / "stream=ebook" / "0.parquet", table({"date": "date", "amount": "integer"}, ["2024-01-01", 5]))
    assert sums(tmp_path).groups[0][:1] == ("ebook",)


def test_tables_of_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create table one as select date '2024-01-01' as date, 'ebook' as stream, 1.25 as amount")
    assert sums(path).rows == 1
    with duckdb.connect(path) as connection:
        connection.execute("create schema s; create table s.two as from one; create view three as from one")
    for name in ("one", "s.two"):
        assert sums(f"{path}::{name}").groups[0].amount == 125
    assert "`three` is a view, and only tables are read" in the_problem(f"{path}::three").message
    assert the_problem(path).message.startswith("say which table")
    assert "it has no table `four`" in the_problem(f"{path}::four").message


def test_a_view_cannot_open_files_that_are_not_named(tmp_path: Path) -> None:
    secret = ledger(tmp_path / "secret.csv", "2024-01-01,ebook,1")
    path = tmp_path / "a.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(f"create view v as from read_csv('{secret}')")
    (problem,) = refused(f"{path}::v")
    assert problem.code == "DR701"


def test_arrow_tables_and_readers() -> None:
    arrow = table(TYPED, ["2024-01-01", "ebook", "1.25"], ["2024-01-01", "ebuk", "1.25"])
    good, bad = arrow.slice(0, 1), arrow.slice(1)
    assert sums(good).groups == sums(good.to_reader()).groups
    assert sums(good, good).sources == ("Arrow table 1", "Arrow table 2")
    assert sums(good, good).rows == 2
    problem = the_problem(good, bad.to_reader())
    assert (problem.code, problem.source, problem.rows) == ("DR703", "Arrow table 2", ((1, "ebuk"),))


@pytest.mark.parametrize(
    ("kind", "value", "total", "scale"),
    [
        ("decimal(38, 20)", "1.0000000001", 10000000001, 10),
        ("decimal(38, 2)", "9999999999999999.99", 999999999999999999, 2),
        ("decimal(38, 4)", "99999999999999999.5", 999999999999999995, 1),  # too long for the fast sums
        ("decimal(9, 9)", "0.5", 5, 1),
        ("tinyint", "-5", -5, 0),
        ("ubigint", "999999999999999999", 999999999999999999, 0),
        ("hugeint", "-7", -7, 0),
        ("varchar", "1.50", 15, 1),
    ],
)
def test_types_of_amounts(kind: str, value: str, total: int, scale: int) -> None:
    found = sums(table({**TYPED, "amount": kind}, ["2024-01-01", "ebook", value]))
    assert (found.groups[0].amount, found.scale) == (total, scale)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("decimal(38, 20)", "1.00000000001"),
        ("decimal(38, 2)", "99999999999999999.99"),
        ("bigint", "1000000000000000001"),
        ("hugeint", "10000000000000000000000"),
    ],
)
def test_typed_amounts_that_are_too_long(kind: str, value: str) -> None:
    problem = the_problem(table({**TYPED, "amount": kind}, ["2024-01-01", "ebook", 1], ["2024-01-01", "ebook", value]))
    assert (problem.code, problem.count, problem.rows[0][0]) == ("DR702", 1, 2)
    assert "more than 18 digits" in problem.message


@pytest.mark.parametrize("kind", ["double", "float"])
def test_binary_floating_point_is_refused(kind: str) -> None:
    problem = the_problem(table({**TYPED, "amount": kind}, ["2024-01-01", "ebook", "0.1"]))
    assert problem.code == "DR701"
    assert "binary floating point" in problem.message
    assert "decimal(18, 2)" in problem.help


@pytest.mark.parametrize("kind", ["timestamp", "timestamp_s", "timestamp_ns", "timestamptz", "varchar"])
def test_midnight_is_a_day(kind: str) -> None:
    day = "2024-01-01" if kind == "varchar" else "2024-01-01 00:00:00"
    arrow = table({**TYPED, "date": kind}, [day, "ebook", 1])
    assert sums(arrow).groups[0].day == 738886


def test_a_time_of_day_is_no_day() -> None:
    arrow = table(
        {**TYPED, "date": "timestamp"}, ["2024-01-01 00:00:00", "ebook", 1], ["2024-01-01 12:30:00", "ebook", 1]
    )
    problem = the_problem(arrow)
    assert (problem.code, problem.message) == ("DR702", "`date` has a time of day")
    assert problem.rows == ((2, "2024-01-01 12:30:00"),)


@pytest.mark.parametrize("column", ["date", "amount", "units", "booked"])
def test_other_types_are_refused(column: str) -> None:
    types = {**TYPED, "units": "integer", "booked": "date", column: "boolean"}
    row = {"date": "2024-01-01", "stream": "ebook", "amount": "1", "units": "1", "booked": "2024-01-01", column: "true"}
    problem = the_problem(table(types, [row[name] for name in types]))
    assert (problem.code, "BOOLEAN" in problem.message) == ("DR701", True)


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.csv", None, "there is no such file"),
        ("none.parquet", None, "there is no such file"),
        ("none.duckdb", None, "there is no such file"),
        ("none-*.parquet", None, "there is no such file"),
        ("http://example.org/a.csv", None, "there is no such file"),
        ("a.xlsx", b"PK", "a ledger is a .csv"),
        ("a.csv", b"", "it is empty"),
        ("a.csv", b"\n2024-01-01,ebook,1\n", "it is empty"),
        ("a.csv", b"date,stream,amount\n2024-01-01,ebook\n", "line 2 has 2 columns, and the header 3"),
        ("a.csv", b"date,stream,amount\n2024-01-01,ebook,1\n2024-01-01,ebook,1,2\n", "line 3 has 4 columns"),
        ("a.csv", b'date,stream,amount\n2024-01-01,"ebook,1\n', "line 2 has a quote out of place"),
        ("a.csv", b"date,stream,amount\n2024-01-01,caf\xe9,1\n", "it is not UTF-8"),
        ("a.csv", b"date,stream,amount\n" + b"2024-01-01,audio,1\n" * 20000 + b"2024-01-01,\xe9,1\n", "20002 is not"),
        ("a.csv.gz", b"date,stream,amount\n", "it cannot be read"),
        ("a.csv.gz", gzip.compress(b"date,stream,amount\n" * 100, mtime=0)[:-20], "it cannot be read"),
        ("a.parquet", b"date,stream,amount\n", "it cannot be read"),
        ("a.duckdb", b"date,stream,amount\n", "it cannot be read"),
        ("a\0.csv", None, "it is not a path"),
    ],
)  # fmt: skip
def test_a_source_that_cannot_be_read(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = f"{tmp_path}/{name}" if "://" not in name else name
    if content is not None:
        wrote(Path(path), content)
    problem = the_problem(path)
    assert (problem.code, problem.source, problem.count) == ("DR701", path, 1)
    assert says in problem.message


def test_a_folder_without_parquet(tmp_path: Path) -> None:
    assert the_problem(tmp_path).message == "it has no .parquet file"


def test_roles_and_columns_that_are_not_there(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1", header="day,stream,amuont")
    problems = refused(path, mapping={"amount": "amount", "price": "x", "date": "day"})
    assert [problem.message for problem in problems] == ["a ledger has no `price`", "it has no column `amount`"]
    assert problems[1].help == "did you mean `amuont`?"
    problems = refused(path)
    assert [problem.message for problem in problems] == ["it has no column `date`", "it has no column `amount`"]
    assert problems[0].help == "say what it is called: `--map date=COLUMN`; it has `day`, `stream`, `amuont`"


def test_what_must_be_there_depends_on_the_deal(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,1", header="date,amount")
    assert the_problem(path).message == "it has no column `stream`"
    assert the_problem(path, default_stream="ebook", default_currency=None).message == "it has no column `currency`"
    assert the_problem(path, default_stream="ebook", need_units=True).message == "it has no column `units`"


def test_columns_that_are_called_alike(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1,2", header="date,stream,Amount,AMOUNT")
    assert the_problem(path).message == "it has several columns `amount`"
    assert the_problem(path, mapping={"amount": "amount"}).message == "it has several columns `amount`"
    assert sums(path, mapping={"amount": "AMOUNT"}).groups[0].amount == 2


def test_without_duckdb_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtraError, match=re.escape("pip install 'dealrun[settle]'")):
        sums(ledger(tmp_path / "a.csv"))


def test_duckdb_is_imported_only_to_read() -> None:
    code = "import sys, dealrun.settle.ledger.detail; sys.exit('duckdb' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": "dsl"}).returncode
        == 0
    )


# --- rows that are wrong ----------------------------------------------------------------------------------------------


def test_every_mistake_of_every_source_is_found_in_one_run(tmp_path: Path) -> None:
    header = "date,stream,amount,currency,units,booked,id"
    first = ledger(
        tmp_path / "a.csv",
        "2024-01-01,ebook,1.00,USD,1,,A1",
        ",ebook,1.00,USD,1,,A2",
        "2024-1-5,ebook,1.00,USD,1,,A3",
        "2024-02-30,ebook,1.00,USD,1,,A4",
        "1899-12-31,ebook,1.00,USD,1,,A5",
        "2024-01-01,ebook,,USD,1,,A6",
        '2024-01-01,ebook,"1,000.50",USD,1,,A7',
        "2024-01-01,ebook,1234567890123456789,USD,1,,A8",
        "2024-01-01,ebook,0.00000000001,USD,1,,A9",
        "2024-01-01,ebok,1.00,USD,1,,B1",
        "2024-01-01,,1.00,USD,1,,B2",
        "2024-01-01,ebook,1.00,GBP,1,,B3",
        "2024-01-01,ebook,1.00,USD,x,,B4",
        "2024-01-01,ebook,1.00,USD,1,soon,B5",
        "2024-01-01,ebook,1.00,USD,1,,A1",
        header=header,
    )
    second = ledger(
        tmp_path / "b.csv", "2024-01-01,ebook,1e3,USD,1,,C1", "2024-01-01,ebook,1.00,USD,1,,A1", header=header
    )
    problems = refused(first, forecast=[second])
    assert [(problem.code, problem.source == str(first), problem.message, problem.rows) for problem in problems] == [
        ("DR702", True, "no `date`", ((2, ""),)),
        ("DR702", True, "`date` is no date of the form YYYY-MM-DD", ((3, "2024-1-5"), (4, "2024-02-30"))),
        ("DR702", True, "`date` is outside the horizon, 1900 to 2199", ((5, "1899-12-31"),)),
        ("DR702", True, "`booked` is no date of the form YYYY-MM-DD", ((14, "soon"),)),
        ("DR702", True, "no `amount`", ((6, ""),)),
        ("DR702", True, "`amount` is no decimal number", ((7, "1,000.50"),)),
        ("DR702", True, "`amount` has more than 18 digits, or more than 10 decimals",
         ((8, "1234567890123456789"), (9, "0.00000000001"))),
        ("DR702", True, "`units` is no decimal number", ((13, "x"),)),
        ("DR703", True, "no `stream`", ((11, ""),)),
        ("DR703", True, "`stream` names no stream of the deal", ((10, "ebok"),)),
        ("DR705", True, "`currency` names no currency of the deal", ((12, "GBP"),)),
        ("DR702", False, "`amount` is no decimal number", ((1, "1e3"),)),
        ("DR704", True, "an id is given twice", ((15, f"A1 (first in row 1 of {first})"),)),
        ("DR704", False, "an id is given twice", ((2, f"A1 (first in row 1 of {first})"),)),
    ]  # fmt: skip
    help_of = {problem.message: problem.help for problem in problems[::-1]}
    assert "separators of thousands" in help_of["`amount` is no decimal number"]
    assert "exponent" in problems[11].help
    assert help_of["`stream` names no stream of the deal"] == "did you mean `ebook`?"
    assert help_of["`currency` names no currency of the deal"] == "currencies of the deal: EUR, USD"


def test_a_currency_must_be_said_where_the_deal_says_none(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1,", header="date,stream,amount,currency")
    problem = the_problem(path, default_currency=None)
    assert (problem.code, problem.message, problem.rows) == ("DR705", "no `currency`", ((1, ""),))


def test_the_first_ten_rows_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", *["2024-01-01,ebook,1.00", "2024-01-01,paper,1.00"] * 700)
    problem = the_problem(path)
    assert problem.count == 700
    assert problem.rows == tuple((2 * n, "paper") for n in range(1, 11))
    assert problem.help == "streams of the deal: `audio`, `ebook`, `hardcover`"


def test_rows_of_folders_are_counted_in_their_files(tmp_path: Path) -> None:
    good, bad = ["2024-01-01", "ebook", "1"], ["2024-01-01", "paper", "1"]
    for number, rows in enumerate(([good, bad], [good], [bad, good, bad])):
        parquet(tmp_path / f"{number}.parquet", table(TYPED, *rows))
    problems = refused(tmp_path)
    assert [(problem.source[-9:], problem.count, [row for row, _ in problem.rows]) for problem in problems] == [
        ("0.parquet", 1, [2]), ("2.parquet", 2, [1, 3]),
    ]  # fmt: skip


def test_rows_are_found_behind_values_of_many_lines(tmp_path: Path) -> None:
    lines = ['2024-01-01,ebook,1.00,"a\n\nb, ""c"""', "2024-01-01,ebook,1.00,", "2024-01-01,ebook,x,y"] * 5
    problem = the_problem(ledger(tmp_path / "a.csv", *lines, header="date,stream,amount,note"))
    assert [row for row, _ in problem.rows] == [3, 6, 9, 12, 15]


def test_empty_ids_are_no_ids(tmp_path: Path) -> None:
    path = ledger(
        tmp_path / "a.csv", *["2024-01-01,ebook,1,", "2024-01-01,ebook,1, "] * 2, header="date,stream,amount,id"
    )
    assert sums(path).rows == 4


def test_ids_are_compared_as_texts_across_kinds_of_sources(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1, 7 ", header="date,stream,amount,id")
    arrow = table({**TYPED, "id": "integer"}, ["2024-01-01", "ebook", 1, 6], ["2024-01-01", "ebook", 1, 7])
    problem = the_problem(path, arrow)
    assert (problem.code, problem.source, problem.rows) == (
        "DR704",
        "Arrow table 2",
        ((2, f"7 (first in row 1 of {path})"),),
    )


NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")


def is_amount(text: str) -> bool:
    """What an amount is, in other words than those of the reader."""
    text = text.strip(" ")
    if not NUMBER.fullmatch(text):
        return False
    value = abs(Fraction(text)) * 10**10
    return value.denominator == 1 and len(str(value.numerator).lstrip("0")) - zeros_at_end(value.numerator) <= 18


def zeros_at_end(value: int) -> int:
    """How many of the ten decimals are zeros at the end."""
    return min(10, len(str(value)) - len(str(value).rstrip("0"))) if value else 0


digits = st.text("0123456789", max_size=20)
amount_texts = st.one_of(
    st.text("0123456789.+-eE_, ", min_size=1, max_size=12),
    st.builds("{}{}.{}".format, st.sampled_from(["", "-", "+", " "]), digits, digits),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12).map(str),
    st.sampled_from(["nan", "inf", "-Infinity", "1e3", "1_000", "1_0.00", "5.e2", "5.e0", "0x10", "1 000", "१२", "1.5 ",
                     "--1", "1.2.3", "1,5", "$5", "(5)", "−5", "5-", ".", "+", "-.", "null", "NULL", "''", "0.1d", "00",
                     "-0", "+0.0", "1\t"]),
).filter(lambda text: text.strip(" "))  # fmt: skip


@settings(max_examples=80)
@given(st.lists(amount_texts, min_size=1, max_size=9), st.integers(0, 4))
def test_an_amount_is_read_exactly_or_refused(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], places: int
) -> None:
    """Whatever the rows in front of it made the reader expect."""
    path = tmp_path_factory.mktemp("amounts") / "a.csv"
    first = f"{0:.{places}f}"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["date", "stream", "amount"], *(["2024-01-01", "ebook", text] for text in [first, *texts])]
        )
    wrong = {row for row, text in enumerate(texts, 2) if not is_amount(text)}
    if not wrong:
        found = sums(path)
        assert Fraction(found.groups[0].amount, 10**found.scale) == sum(Fraction(text.strip(" ")) for text in texts)
        return
    problems = refused(path)
    assert {problem.code for problem in problems} == {"DR702"}
    assert {row for problem in problems for row, _ in problem.rows} == wrong


date_texts = st.one_of(
    st.dates().map(str),
    st.text("0123456789-/ ", min_size=1, max_size=11),
    st.sampled_from(["2024-1-5", "2024/01/05", "infinity", "epoch", "20240105", "2024-02-30", "2024-01-05 00:00:00",
                     "today", "2024-01-05T00:00:00", "2024-01-05 BC", "12024-01-05", "-2024-01-05", " 2024-01-05",
                     "２０２４-01-05", "0000-01-01"]),
).filter(lambda text: text.strip(" "))  # fmt: skip


@settings(max_examples=30)
@given(st.lists(date_texts, min_size=1, max_size=8))
def test_a_date_is_iso_or_refused(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    def is_date(text: str) -> bool:
        text = text.strip(" ")
        try:
            return (
                re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None
                and 1900 <= date.fromisoformat(text).year < 2200
            )
        except ValueError:
            return False

    path = tmp_path_factory.mktemp("dates") / "a.csv"
    ledger(path, *(f"{text},ebook,1" for text in texts))
    wrong = {row for row, text in enumerate(texts, 1) if not is_date(text)}
    if not wrong:
        assert {group.day for group in sums(path).groups} == {date.fromisoformat(t.strip()).toordinal() for t in texts}
    else:
        assert {row for problem in refused(path) for row, _ in problem.rows} == wrong


# --- the same rows, the same sums -------------------------------------------------------------------------------------

spaces = st.sampled_from(["", " "])
amounts = st.one_of(
    st.decimals(places=2, min_value=-(10**6), max_value=10**6),
    st.decimals(places=0, min_value=-(10**17), max_value=10**17),
    st.decimals(places=10, min_value=-(10**8) + 1, max_value=10**8 - 1),
).map(lambda value: f"{value:f}")
names = st.sampled_from(["", "a", "b ", "Ünï", 'q"u,o', "li\nne"])
rows_of_ledgers = st.lists(
    st.fixed_dictionaries(
        {
            "date": st.dates(date(2023, 12, 30), date(2024, 1, 2)).map(str),
            "stream": st.sampled_from([*STREAMS, " audio", "ebook "]),
            "amount": st.builds("{1}{0}{1}".format, amounts, spaces),
            "currency": st.sampled_from(["USD", "EUR", ""]),
            "units": st.one_of(st.just(""), st.decimals(places=3, min_value=-99, max_value=99).map("{:f}".format)),
            "payer": names, "product": names, "territory": names,
            "booked": st.one_of(st.just(""), st.dates(date(2023, 12, 1), date(2024, 2, 1)).map(str)),
        }
    ),
    max_size=25,
)  # fmt: skip
some_keys = st.frozensets(st.sampled_from(["payer", "product", "territory"]))


@settings(max_examples=60)
@given(
    rows_of_ledgers,
    some_keys,
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.randoms(),
)
def test_reading_is_a_loop_over_the_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], keys: frozenset[str], quoting: Literal[0, 1], end: str,
    rng: random.Random,
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("rows")
    found = sums(write_rows(folder / "a.csv", rows, quoting, end), keys=keys)
    assert plain(found) == naive(rows, keys)
    # Split in two and shuffled, nothing changes; half of it a forecast, and each half is summed by itself.
    shuffled = rng.sample(rows, len(rows))
    cut = rng.randint(0, len(rows))
    one, two = write_rows(folder / "b.csv", shuffled[:cut]), write_rows(folder / "c.csv", shuffled[cut:])
    again = sums(one, two, keys=keys)
    assert (again.groups, again.scale, again.unit_scale) == (found.groups, found.scale, found.unit_scale)
    assert plain(sums(one, forecast=[two], keys=keys)) == {
        **naive(shuffled[:cut], keys), **naive(shuffled[cut:], keys, forecast=True)
    }  # fmt: skip


@settings(max_examples=12)
@given(rows_of_ledgers, some_keys)
def test_a_ledger_says_the_same_however_it_is_kept(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], keys: frozenset[str]
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    types = {"date": "date", "stream": "varchar", "amount": "decimal(38, 10)", "currency": "varchar",
             "units": "decimal(18, 3)", "payer": "varchar", "product": "varchar", "territory": "varchar",
             "booked": "date"}  # fmt: skip
    arrow = table(types, *([row[name].strip(" ") or None for name in types] for row in rows))
    with duckdb.connect(folder / "a.duckdb") as connection:
        connection.register("arrow", arrow)
        connection.execute("create table t as from arrow")
    sources = [
        write_rows(folder / "a.csv", rows), parquet(folder / "a.parquet", arrow), folder / "a.duckdb", arrow,
        arrow.to_reader(),
    ]  # fmt: skip
    first, *others = (sums(source, keys=keys) for source in sources)
    for other in others:
        assert (other.groups, other.scale, other.unit_scale) == (first.groups, first.scale, first.unit_scale)


def test_many_rows_on_many_threads(tmp_path: Path) -> None:
    rng = random.Random(7)
    rows = [
        {"date": f"2024-01-{rng.randint(1, 28):02}", "stream": rng.choice(STREAMS),
         "product": rng.choice(["a", "b\nc", 'd"e']),
         "amount": f"{Decimal(rng.randint(-10**7, 10**7)).scaleb(-rng.randint(0, 4)):f}", "id": str(number)}
        for number in range(60000)
    ]  # fmt: skip
    whole = write_rows(tmp_path / "a.csv", rows)
    found = sums(whole, keys=["product"])
    assert plain(found) == naive(rows, frozenset({"product"}))
    parts = [write_rows(tmp_path / f"b{n}.csv", rows[n::7]) for n in range(7)]
    assert sums(*parts, keys=["product"]).groups == found.groups


def test_progress_is_shown_on_standard_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealrun.settle.ledger.database.REDRAW", 0.001)
    path = ledger(tmp_path / "a.csv", *["2024-01-01,ebook,1.00"] * 200000)
    assert sums(path, progress=True).rows == 200000
    out, err = capfd.readouterr()
    assert out == ""
    assert "reading the ledger" in err


# --- detail -----------------------------------------------------------------------------------------------------------


def details(
    path: Path, sources: Sequence[Any], allocations: Sequence[RowAllocation], *, forecast: Sequence[Any] = (),
    kind: Literal["csv", "parquet"] = "parquet", in_order: bool = False, **changes: Any,
) -> list[dict[str, Any]]:  # fmt: skip
    """The rows of a written detail."""
    count = write_detail(
        sources, forecast, LedgerTerms(**terms(**changes)), allocations, path, format=kind, in_order=in_order
    )
    with duckdb.connect() as connection:
        read_it = f"read_csv('{path}', all_varchar = true)" if kind == "csv" else f"read_parquet('{path}')"
        result = connection.execute(f"from {read_it}")
        names = [column[0] for column in result.description]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    assert len(rows) == count
    assert [entry.name for entry in path.parent.iterdir() if entry.name.endswith(".part")] == []
    return rows


def largest_remainders(cents: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Each weight's part of the cents: rounded down, then one more for the largest remainders, first among equals."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    exact = [divmod(cents * weight, total) for weight in weights]
    found = [int(share) for share, _ in exact]
    sign = 1 if total > 0 else -1
    order = sorted(range(len(weights)), key=lambda n: (-sign * exact[n][1], n))
    for n in order[: cents - sum(found)]:
        found[n] += 1
    return found


PERIOD = (date(2024, 1, 1).toordinal(), date(2024, 3, 31).toordinal())


def allocation(group: Group, cents: int, label: str = "share", **more: Any) -> RowAllocation:
    return RowAllocation(group, label, PERIOD, cents, more.pop("currency", "USD"), **more)


def test_cents_come_back_to_the_rows(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1.00,A", "2024-01-01,ebook,1.00,B", "2024-01-01,ebook,1.00,C",
                  "2024-01-02,ebook,9.00,D", header="date,stream,amount,id")  # fmt: skip
    group = sums(path).groups[0]
    rows = details(tmp_path / "d.parquet", [path], [allocation(group, 100, payee="B"), allocation(group, -50, "back")])
    first = {"date": "2024-01-01", "stream": "ebook", "amount": "1.00", "id": "A", "label": "share", "payee": "B",
             "period_first": date(2024, 1, 1), "period_last": date(2024, 3, 31), "currency": "USD",
             "allocated": Decimal("0.34")}  # fmt: skip
    assert first in rows
    assert list(rows[0]) == list(first)
    given = sorted((row["label"], row["id"], row["payee"], row["allocated"]) for row in rows)
    assert given == [
        ("back", "A", None, Decimal("-0.16")), ("back", "B", None, Decimal("-0.17")),
        ("back", "C", None, Decimal("-0.17")),
        ("share", "A", "B", Decimal("0.34")), ("share", "B", "B", Decimal("0.33")),
        ("share", "C", "B", Decimal("0.33")),
    ]  # fmt: skip


def test_detail_as_csv(tmp_path: Path) -> None:
    path = ledger(
        tmp_path / "a.csv", '2024-01-01,ebook,2.00,"x, y"', "2024-01-01,ebook,1.00,", header="date,stream,amount,note"
    )
    rows = details(tmp_path / "d.csv", [path], [allocation(sums(path).groups[0], 1000)], kind="csv")
    assert [(row["note"], row["period_last"], row["allocated"]) for row in rows] == [
        ("x, y", "2024-03-31", "6.67"), (None, "2024-03-31", "3.33"),
    ]  # fmt: skip


def test_rows_come_from_all_sources_with_all_columns(tmp_path: Path) -> None:
    one = ledger(tmp_path / "a.csv", "2024-01-01,ebook,0.1,USD,7", header="date,stream,amount,currency,label")
    two = table({**TYPED, "units": "integer"}, ["2024-01-01", "ebook", "0.2", 3], ["2024-01-02", "audio", "5", 1])
    found = sums(one, two)
    (group,) = (group for group in found.groups if group.stream == "ebook")
    rows = details(tmp_path / "d.parquet", [one, two], [allocation(group, 30)])
    assert [list(row.items())[:6] for row in rows] == [
        [("date", "2024-01-01"), ("stream", "ebook"), ("amount", "0.1"), ("ledger_currency", "USD"),
         ("ledger_label", "7"), ("units", None)],
        [("date", "2024-01-01"), ("stream", "ebook"), ("amount", "0.20"), ("ledger_currency", None),
         ("ledger_label", None), ("units", 3)],
    ]  # fmt: skip
    assert [row["allocated"] for row in rows] == [Decimal("0.10"), Decimal("0.20")]


def test_columns_of_a_ledger_that_are_called_alike_are_numbered(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1,a,b,c,d", header="date,stream,amount,note,Note,,label_2")
    (row,) = details(tmp_path / "d.parquet", [path], [allocation(sums(path).groups[0], 5)])
    assert list(row)[3:8] == ["note", "Note_2", "column", "label_2", "label"]


def test_rows_without_units_get_nothing_by_units(tmp_path: Path) -> None:
    one = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1")
    two = ledger(tmp_path / "b.csv", "2024-01-01,ebook,1,2", "2024-01-01,ebook,1,", header="date,stream,amount,units")
    group = sums(one, two).groups[0]
    rows = details(tmp_path / "d.parquet", [one, two], [allocation(group, 7, by_units=True), allocation(group, 6)])
    assert sorted(row["allocated"] for row in rows) == [Decimal(cents).scaleb(-2) for cents in (0, 0, 2, 2, 2, 7)]


def test_forecast_and_ledger_are_told_apart(tmp_path: Path) -> None:
    one = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1")
    two = ledger(tmp_path / "f.csv", "2024-01-01,ebook,2", "2024-01-01,ebook,2")
    actual, expected = sums(one, forecast=[two]).groups
    rows = details(tmp_path / "d.parquet", [one], [allocation(actual, 5), allocation(expected, 8)], forecast=[two])
    assert [row["allocated"] for row in rows] == [Decimal("0.05"), Decimal("0.04"), Decimal("0.04")]


def test_currencies_with_other_decimals(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1", "2024-01-01,ebook,2")
    group = sums(path).groups[0]
    yen = details(tmp_path / "y.parquet", [path], [allocation(group, 100, currency="JPY")])
    assert [str(row["allocated"]) for row in yen] == ["33", "67"]
    both = [allocation(group, 100, currency="JPY"), allocation(group, 1000, currency="KWD")]
    given = details(tmp_path / "b.parquet", [path], both)
    assert {(row["currency"], str(row["allocated"])) for row in given} == {
        ("JPY", "33.000"), ("JPY", "67.000"), ("KWD", "0.333"), ("KWD", "0.667"),
    }  # fmt: skip


@pytest.mark.parametrize("kept", [0, 4_000_000], ids=["on disk", "in memory"])
@pytest.mark.parametrize("in_order", [True, False])
def test_a_whole_detail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int, in_order: bool) -> None:
    """Rows of three sources and a forecast, by amounts and by units of other decimals, of sums that are negative, in
    currencies with other decimals, each with its payee and period: every cent is where the largest remainders put it.
    """
    monkeypatch.setattr(detail_module, "KEPT", kept)
    monkeypatch.setattr(detail_module, "IN_ORDER", 0)
    rng = random.Random(3)
    cells = [(rng.choice(["ebook", "audio"]), rng.randint(-400, 900), rng.choice(["", "1", "2.5"])) for _ in range(60)]
    header = "date,stream,amount,units,id"
    rows = [f"2024-01-01,{of},{Decimal(amount).scaleb(-2)},{units},{n}" for n, (of, amount, units) in enumerate(cells)]
    one = ledger(tmp_path / "a.csv", *rows[:25], header=header)
    two = ledger(tmp_path / "b.csv", *(row.replace(",1,", ",1.000,") for row in rows[25:40]), header=header)
    types = {"id": "integer", "units": "decimal(9, 1)", "amount": "decimal(38, 4)", "stream": "varchar", "date": "date"}
    three = table(types, *(row.split(",")[::-1] for row in (r.replace(",,", ",0,") for r in rows[40:50])))
    expected = ledger(tmp_path / "f.csv", *rows[50:], header=header)
    sources, forecast = [one, two, three], [expected]
    groups = {(group.stream, group.forecast): group for group in sums(*sources, forecast=forecast).groups}
    wanted = [
        ("ebook", False, 1000, "USD", False, "P"), ("ebook", False, -777, "USD", False, None),
        ("audio", False, 123457, "JPY", False, "Q"), ("audio", False, 5, "KWD", True, "P"),
        ("ebook", True, 99999, "USD", True, "Q"), ("audio", True, -(10**12), "USD", False, None),
        ("audio", True, 0, "USD", False, None),
    ]  # fmt: skip
    allocations, stated = [], {}
    for number, (of, ahead, cents, currency, by_units, payee) in enumerate(wanted):
        mine = [
            (n, units if by_units else Decimal(amount)) for n, (stream, amount, units) in enumerate(cells)
            if stream == of and (n >= 50) == ahead
        ]  # fmt: skip
        more = {"payee": payee, "by_units": by_units, "currency": currency}
        period = (PERIOD[0] + number, PERIOD[1] + number)
        allocations.append(RowAllocation(groups[of, ahead], f"n{number}", period, cents, **more))  # type: ignore[arg-type]
        shares = largest_remainders(cents, [Fraction(weight or 0) for _, weight in mine])
        digits = {"JPY": 0, "KWD": 3}.get(currency, 2)
        for (n, _), share in zip(mine, shares, strict=True):
            stated[f"n{number}", str(n)] = (
                payee,
                currency,
                *map(date.fromordinal, period),
                Decimal(share).scaleb(-digits),
            )
    found = details(tmp_path / "d.parquet", sources, allocations, forecast=forecast, in_order=in_order)
    assert {
        (row["label"], str(row["id"])): (
            row["payee"], row["currency"], row["period_first"], row["period_last"], row["allocated"]
        )
        for row in found
    } == stated  # fmt: skip
    assert len(found) == len(stated)


def test_texts_of_a_detail_are_no_formulas_in_csv_alone(tmp_path: Path) -> None:
    """What a spreadsheet would run gets an apostrophe, in names of columns too; numbers and Parquet stay the same."""
    path = ledger(
        tmp_path / "a.csv", "2024-01-01,ebook,1,=1+1,-5,+x", "2024-01-01,ebook,1,'a,2.5,\x07b",
        header="date,stream,amount,=note,number,text",
    )  # fmt: skip
    wanted = [allocation(sums(path).groups[0], 2)]
    written = details(tmp_path / "d.csv", [path], wanted, kind="csv")
    assert [(row["'=note"], row["number"], row["text"]) for row in written] == [
        ("'=1+1", "-5", "'+x"), ("''a", "2.5", "\N{REPLACEMENT CHARACTER}b"),
    ]  # fmt: skip
    kept = details(tmp_path / "d.parquet", [path], wanted)
    assert [(row["=note"], row["number"], row["text"]) for row in kept] == [
        ("=1+1", "-5", "+x"),
        ("'a", "2.5", "\x07b"),
    ]


def test_a_detail_is_written_over_nothing_that_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither over a file of the deal, which the caller names, nor in part: where the engine fails, nothing is left."""
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1")
    given = [allocation(sums(path).groups[0], 2)]
    other = wrote(tmp_path / "a.deal", "before")
    with pytest.raises(WriteError, match="is read as well"):
        write_detail([path], [], LedgerTerms(**terms()), given, other, format="csv", inputs=[str(other)])
    monkeypatch.setattr("dealrun.settle.ledger.allocate.written", lambda *_, **__: "select nothing")
    target = tmp_path / "d.csv"
    with pytest.raises(WriteError, match=f"^`{re.escape(str(target))}` cannot be written: "):
        write_detail([path], [], LedgerTerms(**terms()), given, target, format="csv")
    assert (other.read_text(), sorted(each.name for each in tmp_path.iterdir())) == ("before", ["a.csv", "a.deal"])


@pytest.mark.parametrize("kept", [0, 4_000_000], ids=["on disk", "in memory"])
def test_of_equal_remainders_the_first_rows_get_the_cents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """In the order of the sources, and of the rows in each: 1 to 9 cents, and as many less, for 10 rows that weigh the
    same; of a folder, in the order of its files."""
    monkeypatch.setattr(detail_module, "KEPT", kept)
    header = "date,stream,amount,id"
    sources: list[Any] = [
        ledger(tmp_path / f"{n}.csv", *(f"2024-01-01,ebook,1,{2 * n + m}" for m in (0, 1)), header=header)
        for n in range(3)
    ]
    (tmp_path / "in").mkdir()
    for n in (3, 4):
        parquet(
            tmp_path / "in" / f"{n}.parquet",
            table({**TYPED, "id": "varchar"}, *(["2024-01-01", "ebook", "1", str(2 * n + m)] for m in (0, 1))),
        )
    sources.append(tmp_path / "in")
    (group,) = sums(*sources).groups
    wanted = [cents for cents in range(-9, 10) if cents]
    written = details(tmp_path / "d.parquet", sources, [allocation(group, cents, str(cents)) for cents in wanted])
    written.sort(key=lambda row: int(row["id"]))
    assert {
        cents: [int(row["allocated"] * 100) for row in written if row["label"] == str(cents)] for cents in wanted
    } == {
        cents: [1] * cents + [0] * (10 - cents) if cents > 0 else [0] * (10 + cents) + [-1] * -cents for cents in wanted
    }


@pytest.mark.parametrize(
    "amounts",
    [
        ["99999999.9999999999", "0.0000000001", "-5"], ["999999999999999999", "999999999999999999", "1"],
        ["12345678.12345678", "0.5", "99999999.99"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("cents", [1, -100, 10**17 - 1])
def test_long_amounts_are_allocated_to_the_cent(tmp_path: Path, amounts: list[str], cents: int) -> None:
    """Weights of as many digits as an amount may have, and shares of as many as a column holds."""
    path = ledger(tmp_path / "a.csv", *(f"2024-01-01,ebook,{amount}" for amount in amounts))
    wanted = [allocation(sums(path).groups[0], cents)]
    weights = [Fraction(amount) for amount in amounts]
    written = details(tmp_path / "d.parquet", [path], wanted)
    stated = [Decimal(share).scaleb(-2) for share in largest_remainders(cents, weights)]
    assert [row["allocated"] for row in written] == stated


@pytest.mark.parametrize("cents", [1, -100, 12345])
def test_amounts_that_are_too_long_for_the_fast_sums_are_allocated(tmp_path: Path, cents: int) -> None:
    """Ten decimals in one row, and eighteen digits before the point in another."""
    amounts = ["99999999.9999999999", "999999999999999999", "-0.5"]
    path = ledger(tmp_path / "a.csv", *(f"2024-01-01,ebook,{amount}" for amount in amounts))
    written = details(tmp_path / "d.parquet", [path], [allocation(sums(path).groups[0], cents)])
    stated = [Decimal(share).scaleb(-2) for share in largest_remainders(cents, [Fraction(each) for each in amounts])]
    assert [row["allocated"] for row in written] == stated
    with pytest.raises(ValueError, match=r"^the amounts are too large to allocate exactly$"):
        details(tmp_path / "d.parquet", [path], [allocation(sums(path).groups[0], 10**12)])


def test_the_type_of_what_is_allocated(tmp_path: Path) -> None:
    """A decimal of 18 digits, two of them decimals, unless a currency has others; also where nothing is allocated."""
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1")
    group = sums(path).groups[0]
    for allocations, kind, value in (
        ([], "DECIMAL(18,2)", []), ([allocation(group, 5, currency="")], "DECIMAL(18,2)", [Decimal("0.05")]),
        ([allocation(group, 5, currency="KWD")], "DECIMAL(18,3)", [Decimal("0.005")]),
        ([allocation(group, 5, currency="JPY")], "DECIMAL(18,0)", [Decimal(5)]),
    ):  # fmt: skip
        written = details(tmp_path / "d.parquet", [path], allocations)
        assert [row["allocated"] for row in written] == value
        with duckdb.connect() as connection:
            types = dict(row[:2] for row in connection.execute(f"describe from '{tmp_path}/d.parquet'").fetchall())
        assert types["allocated"] == kind


@pytest.mark.parametrize(("amounts", "cents", "shares"), [
    (["-3", "1"], 10, [15, -5]), (["-3", "1", "1"], -10, [-30, 10, 10]), (["-1", "-1", "-1"], 10, [4, 3, 3]),
    (["-1", "-1", "-1"], -10, [-3, -3, -4]), (["2", "-1"], -10, [-20, 10]),
])  # fmt: skip
def test_groups_that_sum_to_less_than_nothing(
    tmp_path: Path, amounts: list[str], cents: int, shares: list[int]
) -> None:  # fmt: skip
    """Returns that outweigh sales: each row has its share of the sum all the same, a return the other sign."""
    path = ledger(tmp_path / "a.csv", *(f"2024-01-01,ebook,{amount}" for amount in amounts))
    written = details(tmp_path / "d.parquet", [path], [allocation(sums(path).groups[0], cents)])
    assert [row["allocated"] for row in written] == [Decimal(share).scaleb(-2) for share in shares]


def test_values_of_several_types_become_text_as_they_are(tmp_path: Path) -> None:
    """Of columns that are called alike, a whole number gets no decimals from the other source."""
    one = table({**TYPED, "note": "integer"}, ["2024-01-01", "ebook", "1", 7])
    two = table({**TYPED, "note": "decimal(9, 3)"}, ["2024-01-01", "ebook", "1", "1.5"])
    written = details(tmp_path / "d.parquet", [one, two], [allocation(sums(one, two).groups[0], 2)])
    assert [row["note"] for row in written] == ["7", "1.500"]


def test_detail_of_nothing_is_a_header(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,1")
    assert details(tmp_path / "d.csv", [path], [], kind="csv") == []
    assert (tmp_path / "d.csv").read_text().startswith("date,stream,amount,label,payee,period_first,")


def test_what_cannot_be_allocated(tmp_path: Path) -> None:
    path = ledger(
        tmp_path / "a.csv", "2024-01-01,ebook,1,2", "2024-01-01,ebook,-1,2", header="date,stream,amount,units"
    )
    group = sums(path).groups[0]
    target = wrote(tmp_path / "d.parquet", "before")
    with pytest.raises(ValueError, match="weight is zero"):
        details(target, [path], [allocation(group, 1)])
    with pytest.raises(ValueError, match="have no group"):
        details(target, [path], [allocation(group._replace(stream="audio"), 1)])
    with pytest.raises(WriteError, match="is read as well"):
        details(path, [path], [allocation(group, 0)])
    with pytest.raises(ValueError, match=r"^there is no ledger to allocate to$"):
        details(target, [], [])
    with pytest.raises(WriteError, match="cannot be written"):
        write_detail(
            [path], [], LedgerTerms(**terms()), [allocation(group, 0)], tmp_path / "no" / "d.csv", format="csv"
        )
    huge = ledger(tmp_path / "b.csv", "2024-01-01,ebook,999999999999999999")
    with pytest.raises(ValueError, match=r"^the amounts are too large to allocate exactly$"):
        details(target, [huge], [allocation(sums(huge).groups[0], 10**21)])
    assert target.read_text() == "before"
    assert [row["allocated"] for row in details(target, [path], [allocation(group, 0)])] == [0, 0]
    by_units = details(target, [path], [allocation(group, 3, by_units=True)])
    assert [row["allocated"] for row in by_units] == [Decimal("0.02"), Decimal("0.01")]


def test_detail_of_a_ledger_that_is_refused(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", "2024-01-01,ebook,x")
    with pytest.raises(LedgerError):
        details(tmp_path / "d.csv", [path], [], kind="csv")


@st.composite
def allocated_ledgers(draw: st.DrawFn) -> tuple[list[Row], list[tuple[int, int, bool]]]:
    """Rows, and allocations: to which group, how many cents, by units or not."""
    weights = draw(
        st.sampled_from(
            [
                st.decimals(places=2, min_value=-50, max_value=100),
                st.decimals(places=2, min_value=1, max_value=2),
                st.integers(0, 3),
                st.decimals(places=6, min_value=0, max_value=10**12 - 1),
                st.just(Decimal("9.99")),
            ]
        )
    )
    rows = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "date": st.sampled_from(["2024-01-01", "2024-01-02"]),
                    "stream": st.sampled_from(["ebook", "audio"]),
                    "product": st.sampled_from(["", "a "]),
                    "amount": weights.map(lambda value: f"{value:f}"),
                    "units": st.integers(-2, 9).map(str),
                }
            ),
            min_size=1,
            max_size=40,
        )
    )
    cents = st.one_of(st.integers(-1000, 1000), st.integers(-(10**9), 10**9), st.integers(-(10**17), 10**17))
    return rows, draw(st.lists(st.tuples(st.integers(0, 99), cents, st.booleans()), min_size=1, max_size=8))


@settings(max_examples=40)
@given(allocated_ledgers(), st.booleans(), st.integers(0, 2), st.sampled_from([0, 4_000_000]), st.integers(0, 40))
def test_rows_get_the_largest_remainders(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[list[Row], list[tuple[int, int, bool]]], as_parquet: bool,
    keyed: int, kept: int, cut: int,
) -> None:  # fmt: skip
    """By the fast way to find the cuts, and by the one for what does not fit into memory."""
    rows, wanted = drawn
    folder = tmp_path_factory.mktemp("detail")
    keys = frozenset({"product"} if keyed else ())
    rows = [{**row, "id": str(number)} for number, row in enumerate(rows)]
    sources: list[Any] = [write_rows(folder / "a.csv", rows[:cut]), write_rows(folder / "b.csv", rows[cut:])]
    if as_parquet:
        types = {"date": "date", "stream": "varchar", "product": "varchar", "amount": "decimal(18, 6)",
                 "units": "smallint", "id": "integer"}  # fmt: skip
        arrow = table(types, *([row[name] for name in types] for row in rows))
        sources = [parquet(folder / "a.parquet", arrow.slice(0, cut)), parquet(folder / "b.parquet", arrow.slice(cut))]
    found = sums(*sources, keys=keys)
    allocations, expected = [], {}
    for number, (of, cents, by_units) in enumerate(wanted):
        group = found.groups[of % len(found.groups)]
        mine = [
            row for row in rows
            if (row["stream"], date.fromisoformat(row["date"]).toordinal()) == (group.stream, group.day)
            and ("product" not in keys or row["product"].strip() == group.product)
        ]  # fmt: skip
        weights = [Fraction(row["units" if by_units else "amount"]) for row in mine]
        given_cents = cents if sum(weights) else 0
        allocations.append(allocation(group, given_cents, str(number), by_units=by_units))
        for row, share in zip(mine, largest_remainders(given_cents, weights), strict=True):
            expected[str(number), row["id"]] = Decimal(share).scaleb(-2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detail_module, "KEPT", kept)
        written = details(folder / "d.parquet", sources, allocations, keys=keys)
    assert {(row["label"], str(row["id"])): row["allocated"] for row in written} == expected
    assert len(written) == len(expected)


def test_detail_of_many_rows(tmp_path: Path) -> None:
    """A fifth of every amount, in whole cents: remainders crowd at a few fractions, and many are alike."""
    rng = random.Random(11)
    rows = [
        ["2024-01-01", rng.choice(STREAMS[:2]), Decimal(rng.randint(-500, 20000)).scaleb(-2)] for _ in range(150000)
    ]
    source = parquet(tmp_path / "a.parquet", table(TYPED, *rows))
    groups = sums(source).groups
    allocations = [allocation(group, group.amount // 5) for group in groups]
    allocations += [allocation(groups[0], groups[0].amount * 173 // 1000, "other")]
    written = details(tmp_path / "d.parquet", [source], allocations)
    for each in allocations:
        mine = [row for row in written if row["label"] == each.label and row["stream"] == each.group.stream]
        shares = largest_remainders(each.cents, [int(row["amount"].scaleb(2)) for row in mine])
        assert [row["allocated"] for row in mine] == [Decimal(share).scaleb(-2) for share in shares]
        assert [row["amount"] for row in mine] == [row[2] for row in rows if row[1] == each.group.stream]


# --- hostile ledgers --------------------------------------------------------------------------------------------------


def test_a_ledger_opens_no_other_file(tmp_path: Path) -> None:
    """Once the ledgers are opened, the engine itself refuses every other file, and every change of that."""
    mine, other = tmp_path / "mine.csv", tmp_path / "other.csv"
    for path in (mine, other):
        path.write_text("date,stream,amount\n2024-01-01,ebook,1.00\n", encoding="utf-8")
    with Database() as database:
        assert open_books(database, [str(mine)], [], LedgerTerms(**terms()))
        for query in (f"from read_csv('{other}')", f"attach '{tmp_path / 'x.duckdb'}' as x", "install httpfs",
                      f"copy (select 1) to '{tmp_path / 'out.csv'}'", "set enable_external_access = true"):  # fmt: skip
            with pytest.raises(QueryError):
                database.rows(query)
        assert database.rows(f"select count(*) from read_csv('{mine}')") == [(1,)]  # noqa: S608 - a path of ours
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "other.csv"]


@pytest.mark.parametrize("text", ["'); drop table x; --", 'a"b', "a'b", "a\\b", "$1", "?", "%s", "{0}", "x; select 1"])
def test_names_and_texts_of_a_ledger_are_no_sql(tmp_path: Path, text: str) -> None:
    """Columns, values, streams and files may be called as they like."""
    path = tmp_path / f"{text.replace('/', '')}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["date", text, "amount", f"more {text}"], ["2024-01-01", text, "1.25", text]])
    found = sums(path, mapping={"stream": text}, streams={text})
    assert [(group.stream, group.amount) for group in found.groups] == [(text, 125)]
