"""What a ledger is refused with, whole: what is wrong, in which source and rows, and what to do about it."""

import datetime as dt
import gzip
import os
import re
import shutil
import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dealrun.settle.ledger import dialect, faults
from dealrun.settle.ledger import read as read_module
from dealrun.settle.ledger.columns import resolve
from dealrun.settle.ledger.database import Database, QueryError
from dealrun.settle.ledger.read import read
from dealrun.settle.ledger.sources import files_of, unreadable
from dealrun.settle.ledger.sums import Group, LedgerError, Problem, Sums
from dealrun.source.opening import Below
from dealrun.source.plain import for_file, inert
from statements import HOSTILE

duckdb: Any = pytest.importorskip("duckdb")
pa: Any = pytest.importorskip("pyarrow")
pa_parquet: Any = pytest.importorskip("pyarrow.parquet")

HEAD = "date,stream,amount"
KINDS = "a ledger is a .csv, .tsv (also .gz), .parquet or .duckdb file, or a folder of .parquet files"
QUOTES = (
    'line 2 has a quote out of place, or one that is not closed | write quotes within quotes twice: `""`'
)  # fmt: skip
DIGITS = "write digits, a point before the decimals, and nothing else: -1000.50"
LONG = "has more than 18 digits, or more than 10 decimals"


def sums(*sources: Any, forecast: tuple[Any, ...] = (), **changes: Any) -> Sums:
    """The sums of a ledger of a deal with three streams."""
    terms: dict[str, Any] = {
        "mapping": {}, "streams": ("audio", "ebook", "hardcover"), "default_stream": None,
        "currencies": ("USD", "EUR"), "default_currency": "USD", "keys": (), "need_units": False, "need_amount": True,
    }  # fmt: skip
    return read(sources, forecast, **{**terms, **changes})


def told(problem: Problem) -> str:
    """A problem as a line: code, message, rows, help."""
    rows = ", ".join(f"{number} {value!r}" for number, value in problem.rows)
    return " | ".join([problem.code, problem.message, *([f"{problem.count}: {rows}"] if rows else []), problem.help])


def refused(*sources: Any, **changes: Any) -> list[str]:
    """What a ledger is refused with; a problem of no row counts once, and each names its source, or a wrong mapping."""
    with pytest.raises(LedgerError) as caught:
        sums(*sources, **changes)
    names = {str(source) if isinstance(source, str | Path) else "Arrow table 1" for source in sources}
    names |= {os.fspath(source) for source in sources if isinstance(source, Below)}
    names |= {f"{role}={column}" for role, column in changes.get("mapping", {}).items()}
    assert {problem.source for problem in caught.value.problems} <= names
    assert all(problem.count == 1 for problem in caught.value.problems if not problem.rows)
    assert str(caught.value) == "; ".join(f"{each.source}: {each.message}" for each in caught.value.problems)
    return [told(problem) for problem in caught.value.problems]


def csv_file(folder: Path, text: str | bytes, name: str = "a.csv") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def arrow(**columns: list[Any]) -> Any:
    """An Arrow table."""
    return pa.table(columns)


DAY = dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", "date,stream,amount\n2024-01-01,ebook\n",
         "line 2 has 2 columns, and the header 3 | quote values that hold the delimiter"),
        ("a.csv", "date,stream,amount\n2024-01-01,ebook,1,50\n",
         "line 2 has 4 columns, and the header 3 | quote values that hold the delimiter"),
        ("a.csv", 'date,stream,amount\n2024-01-01,"ebook,1\n', QUOTES),
        ("a.csv", b"date,stream,amount\n2024-01-01,caf\xe9,1\n", "it is not UTF-8 | "),
        ("a.csv", b"date,stream,amount\n" + b"2024-01-01,audio,1\n" * 20000 + b"2024-01-01,\xe9,1\n",
         "line 20002 is not UTF-8 | save the file as UTF-8"),
        ("a.csv", "", "it is empty: its first line must name its columns | "),
        ("a.csv", " , \n1,2\n", "it is empty: its first line must name its columns | "),
        ("a.csv.gz", b"date,stream,amount\n", "it cannot be read: Not a gzipped file (b'da') | "),
        ("a.csv.gz", gzip.compress(b"date,stream,amount\n" * 100, mtime=0)[:-20],
         "it cannot be read: Compressed file ended before the end-of-stream marker was reached | "),
        ("a.xlsx", "PK", f"{KINDS} | "), ("a", "date", f"{KINDS} | "), ("a.txt.gz", "date", f"{KINDS} | "),
        ("a.csv", None, "there is no such file | "), ("a.db", None, "there is no such file | "),
        ("*.csv", None, "there is no such file | "),
    ],
)  # fmt: skip
def test_whole_problems_of_sources(tmp_path: Path, name: str, content: str | bytes | None, expected: str) -> None:
    """A source that cannot be read is named with what is wrong and, where there is any, with help."""
    path = tmp_path / name if content is None else csv_file(tmp_path, content, name)
    assert refused(str(path)) == [f"DR701 | {expected}"]


def test_a_source_that_the_engine_refuses_is_named_as_the_user_did(tmp_path: Path) -> None:
    """Not by its whole path, which a link or a relative name has."""
    path = csv_file(tmp_path, "no parquet", "b.parquet")
    link = tmp_path / "a.parquet"
    link.symlink_to(path)
    (problem,) = refused(str(link))
    assert problem.startswith("DR701 | it cannot be read: ")
    assert "a.parquet" in problem
    assert "b.parquet" not in problem


def test_a_source_outside_the_folder_says_what_to_do(tmp_path: Path) -> None:
    """A contract may name files below its folder alone."""
    path = csv_file(tmp_path, f"{HEAD}\n")
    (tmp_path / "deal").mkdir()
    outside = "DR701 | it lies outside the deal's folder | keep it below the deal's folder, or name it with --ledger"
    assert refused(Below(str(path), str(tmp_path / "deal"))) == [outside]
    assert sums(Below(str(path), str(tmp_path))).rows == 0


@pytest.mark.parametrize(
    ("header", "changes", "expected"),
    [
        ("day,stream,amuont", {"mapping": {"prize": "x", "amount": "amount", "date": "day"}},
         [("a ledger has no `prize` | its columns are `date`, `stream`, `amount`, `currency`, `units`, `payer`, "
          "`product`, `territory`, `booked`, `id`"),
          "it has no column `amount` | did you mean `amuont`?"]),
        ("date,stream,amount", {"mapping": {"amont": "amount"}},
         ["a ledger has no `amont` | did you mean `amount`?"]),
        ("date,stream,amount", {"mapping": {"units": "pieces of work"}},
         ["it has no column `pieces of work` | it has `date`, `stream`, `amount`"]),
        ("stream,x", {}, ["it has no column `date` | say what it is called: `--map date=COLUMN`; it has `stream`, `x`",
                          ("it has no column `amount` | say what it is called: `--map amount=COLUMN`; "
                          "it has `stream`, `x`")]),
        ("date,x,x,amount", {"mapping": {"stream": "x"}},
         ["it has several columns `x` | give each column of a ledger a name of its own"]),
        ("date,stream,Amount,AMOUNT", {},
         ["it has several columns `amount` | say which one it is: `--map amount=COLUMN`"]),
        ("date,amount", {}, [("it has no column `stream` | say what it is called: `--map stream=COLUMN`; "
                             "it has `date`, `amount`")]),
        ("date,stream,amount", {"need_units": True},
         [("it has no column `units` | say what it is called: `--map units=COLUMN`; "
          "it has `date`, `stream`, `amount`")]),
        ("date,stream,amount", {"default_currency": None},
         [("it has no column `currency` | say what it is called: `--map currency=COLUMN`; "
          "it has `date`, `stream`, `amount`")]),
    ],
)  # fmt: skip
def test_whole_problems_of_columns(
    tmp_path: Path, header: str, changes: dict[str, Any], expected: list[str]
) -> None:  # fmt: skip
    """Which column a role has, and what to write where none or several could."""
    assert refused(csv_file(tmp_path, f"{header}\n"), **changes) == [f"DR701 | {each}" for each in expected]


@pytest.mark.parametrize(
    ("role", "values", "expected"),
    [
        ("date", [True], "`date` holds BOOLEAN, no dates | cast it to DATE"),
        ("booked", [7], "`booked` holds BIGINT, no dates | cast it to DATE"),
        ("amount", [True], "`amount` holds BOOLEAN, no decimal numbers | cast it to DECIMAL(18, 2)"),
        ("units", [DAY], "`units` holds DATE, no decimal numbers | cast it to DECIMAL(18, 2)"),
        ("amount", [0.1], ("`amount` holds binary floating point (DOUBLE), in which 0.10 is not 0.10 | "
                          'write it as a decimal, with all its digits: cast("amount" as decimal(18, 2))')),
    ],
)  # fmt: skip
def test_whole_problems_of_types(role: str, values: list[Any], expected: str) -> None:
    """A type that cannot have a role is refused, whatever its values are."""
    columns: dict[str, list[Any]] = {"date": [DAY], "stream": ["ebook"], "amount": [Decimal("1.00")]}
    assert refused(arrow(**{**columns, role: values})) == [f"DR701 | {expected}"]


def test_whole_problems_of_all_rows_at_once(tmp_path: Path) -> None:
    """Every kind of mistake of a row in one ledger: all are found in one run, by column and kind."""
    rows = [
        ",ebook,1,,1,,", "2024-1-1,ebook,1,,1,,", "1899-12-31,ebook,1,,1,,", "2024-01-01,ebook,1,soon,1,,",
        "2024-01-01,ebook,1,2200-01-01,1,,", "2024-01-01,ebook, ,,1,,", "2024-01-01,ebook,1e3,,1,,",
        "2024-01-01,ebook,0.00000000001,,1,,", "2024-01-01,ebook,1,,x,,", "2024-01-01,ebook,1,,1234567890123456789,,",
        "2024-01-01, ,1,,1,,", "2024-01-01,ebok,1,,1,,", "2024-01-01,ebook,1,,1,GBP,", "2024-01-01,ebook,1,,,,",
    ]  # fmt: skip
    path = csv_file(tmp_path, "\n".join(["date,stream,amount,booked,units,currency,id", *rows]))
    whole = [
        "DR702 | no `date` | 1: 1 '' | ",
        "DR702 | `date` is no date of the form YYYY-MM-DD | 1: 2 '2024-1-1' | write 2026-01-31",
        "DR702 | `date` is outside the horizon, 1900 to 2199 | 1: 3 '1899-12-31' | ",
        "DR702 | `booked` is no date of the form YYYY-MM-DD | 1: 4 'soon' | write 2026-01-31",
        "DR702 | `booked` is outside the horizon, 1900 to 2199 | 1: 5 '2200-01-01' | ",
        "DR702 | no `amount` | 1: 6 ' ' | ",
        (
            "DR702 | `amount` is no decimal number | 1: 7 '1e3' | "
            "write all digits, without an exponent: spreadsheets round what they shorten"
        ),
        f"DR702 | `amount` {LONG} | 1: 8 '0.00000000001' | ",
        f"DR702 | `units` is no decimal number | 1: 9 'x' | {DIGITS}",
        f"DR702 | `units` {LONG} | 1: 10 '1234567890123456789' | ",
        "DR703 | no `stream` | 1: 11 ' ' | the deal has several streams; say which",
        "DR703 | `stream` names no stream of the deal | 1: 12 'ebok' | did you mean `ebook`?",
        "DR705 | `currency` names no currency of the deal | 1: 13 'GBP' | currencies of the deal: EUR, USD",
    ]
    assert refused(path) == whole
    nameless = "DR705 | no `currency` | 13: "
    assert refused(path, default_currency=None)[12].startswith(nameless)


@pytest.mark.parametrize(
    ("row", "changes", "expected"),
    [
        (",ebook,1,,,,", {}, "DR702 | no `date` | 2: 1 '', 2 '' | "),
        ("2024-1-1,ebook,1,,,,", {},
         "DR702 | `date` is no date of the form YYYY-MM-DD | 2: 1 '2024-1-1', 2 '2024-1-1' | write 2026-01-31"),
        ("1899-12-31,ebook,1,,,,", {},
         "DR702 | `date` is outside the horizon, 1900 to 2199 | 2: 1 '1899-12-31', 2 '1899-12-31' | "),
        ("2024-01-01,ebook,1,soon,,,", {},
         "DR702 | `booked` is no date of the form YYYY-MM-DD | 2: 1 'soon', 2 'soon' | write 2026-01-31"),
        ("2024-01-01,ebook, ,,,,", {}, "DR702 | no `amount` | 2: 1 ' ', 2 ' ' | "),
        ("2024-01-01,ebook,1e3,,,,", {},
         ("DR702 | `amount` is no decimal number | 2: 1 '1e3', 2 '1e3' | "
         "write all digits, without an exponent: spreadsheets round what they shorten")),
        ("2024-01-01,ebook,1E3,,,,", {},
         ("DR702 | `amount` is no decimal number | 2: 1 '1E3', 2 '1E3' | "
         "write all digits, without an exponent: spreadsheets round what they shorten")),
        ('2024-01-01,ebook,"1,000.50",,,,', {},
         ("DR702 | `amount` is no decimal number | 2: 1 '1,000.50', 2 '1,000.50' | "
         "write 1000.50: a point before the decimals, no separators of thousands")),
        ("2024-01-01,ebook, (5),,,,", {},
         ("DR702 | `amount` is no decimal number | 2: 1 ' (5)', 2 ' (5)' | "
         "write a negative amount with a minus sign")),
        ("2024-01-01,ebook,none,,,,", {}, f"DR702 | `amount` is no decimal number | 2: 1 'none', 2 'none' | {DIGITS}"),
        ("2024-01-01,ebook,1,,x,,", {}, f"DR702 | `units` is no decimal number | 2: 1 'x', 2 'x' | {DIGITS}"),
        ("2024-01-01,ebook,0.00000000001,,,,", {},
         f"DR702 | `amount` {LONG} | 2: 1 '0.00000000001', 2 '0.00000000001' | "),
        ("2024-01-01,ebook,1234567890123456789,,,,", {},
         f"DR702 | `amount` {LONG} | 2: 1 '1234567890123456789', 2 '1234567890123456789' | "),
        ("2024-01-01, ,1,,,,", {}, "DR703 | no `stream` | 2: 1 ' ', 2 ' ' | the deal has several streams; say which"),
        ("2024-01-01, ebok ,1,,,,", {},
         "DR703 | `stream` names no stream of the deal | 2: 1 ' ebok ', 2 ' ebok ' | did you mean `ebook`?"),
        ("2024-01-01,wine,1,,,,", {},
         ("DR703 | `stream` names no stream of the deal | 2: 1 'wine', 2 'wine' | "
         "streams of the deal: `audio`, `ebook`, `hardcover`")),
        ("2024-01-01,wine,1,,,,", {"streams": (), "default_stream": "x"},
         "DR703 | `stream` names no stream of the deal | 2: 1 'wine', 2 'wine' | streams of the deal: none"),
        ("2024-01-01,wine,1,,,,", {"streams": ()},
         "DR703 | `stream` names no stream of the deal | 2: 1 'wine', 2 'wine' | streams of the deal: none"),
        ("2024-01-01,ebook,1,,,GBP,", {},
         "DR705 | `currency` names no currency of the deal | 2: 1 'GBP', 2 'GBP' | currencies of the deal: EUR, USD"),
        ("2024-01-01,ebook,1,,,GBP,", {"currencies": (), "default_currency": ""},
         "DR705 | `currency` names no currency of the deal | 2: 1 'GBP', 2 'GBP' | the deal names no currency"),
        ("2024-01-01,ebook,1,,,,", {"default_currency": None, "currencies": ("", "USD")},
         "DR705 | no `currency` | 2: 1 '', 2 '' | currencies of the deal: USD"),
        ("2024-01-01,ebook,1,,,,", {"default_currency": None},
         "DR705 | no `currency` | 2: 1 '', 2 '' | currencies of the deal: EUR, USD"),
        (f"2024-01-01,{'w' * 99},1,,,,", {},
         (f"DR703 | `stream` names no stream of the deal | 2: 1 '{'w' * 80}', 2 '{'w' * 80}' | "
         "streams of the deal: `audio`, `ebook`, `hardcover`")),
    ],
)  # fmt: skip
def test_whole_problems_of_rows(tmp_path: Path, row: str, changes: dict[str, Any], expected: str) -> None:
    """Each mistake of a row alone: its code, its column, how many rows have it, the rows, and help."""
    path = csv_file(tmp_path, f"date,stream,amount,booked,units,currency,id\n{row}\n{row}\n")
    assert refused(path, **changes) == [expected]


def test_whole_problems_of_ids(tmp_path: Path) -> None:
    """An id that is given twice is shown with the row that had it first, at its first eighty characters."""
    name = "A" * 99
    rows = f"2024-01-01,ebook,1,{name}\n" * 12
    path = csv_file(tmp_path, f"date,stream,amount,id\n{rows}")
    shown = ", ".join(f"{row} '{name[:80]} (first in row 1 of {path})'" for row in range(2, 12))
    assert refused(path) == [f"DR704 | an id is given twice | 11: {shown} | each row has an id of its own"]


def test_a_table_of_no_columns_says_so() -> None:
    """The engine takes no such table; it is a problem like any other source that cannot be read."""
    (problem,) = refused(arrow())
    assert problem.startswith("DR701 | it cannot be read: ")
    assert "at least one column" in problem


def test_a_time_of_day_is_shown_with_help() -> None:
    """Whose midnight it would be cut off at, only the user knows."""
    table = arrow(date=[dt.datetime(2024, 1, 1, 9)], stream=["ebook"], amount=[Decimal(1)])  # noqa: DTZ001
    help_ = "cast it to DATE, in the time zone that you mean"
    assert refused(table) == [f"DR702 | `date` has a time of day | 1: 1 '2024-01-01 09:00:00' | {help_}"]


def test_an_untyped_number_that_is_too_long_is_shown() -> None:
    """Whole numbers of the machine, and decimals of many digits."""
    for value in (10**18, Decimal("1234567890123456.123"), Decimal("1.12345678901")):
        table = arrow(date=[DAY], stream=["ebook"], amount=[value])
        assert refused(table) == [f"DR702 | `amount` {LONG} | 1: 1 '{value}' | "]


def test_views_and_computed_columns_are_refused_with_what_there_is(tmp_path: Path) -> None:
    """A database says which tables it has; what its own expressions compute is not read."""
    path = tmp_path / "a.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create table one(a integer, b as (a + 1), c as (a + 2))")
        connection.execute("create schema s; create table s.two(a integer); create view v as from one")
    have = f"it has `{path}::one`, `{path}::s.two`"
    assert refused(f"{path}::v") == [f"DR701 | `v` is a view, and only tables are read; {have} | "]
    assert refused(f"{path}::x") == [f"DR701 | it has no table `x`; {have} | "]
    assert refused(path) == [f"DR701 | say which table; {have} | "]
    assert refused(f"{path}::one") == [
        "DR701 | `one` computes `b`, `c`, and only values that are kept are read | "
    ]  # fmt: skip
    empty = tmp_path / "b.db"
    duckdb.connect(empty).close()
    assert refused(empty) == ["DR701 | say which table; it has no table | "]


@pytest.mark.parametrize("role", ["amount", "units"])
def test_typed_numbers_that_are_not_there_or_too_long_are_never_left_out(role: str) -> None:
    """An amount must be there; units that are not there are none; what is too long for the fast sums is read in the
    other way, and what is too long for an amount is refused."""
    columns: dict[str, Any] = {"date": [DAY, DAY], "stream": ["ebook", "ebook"], "amount": [1, 2], "units": [3, 4]}
    for kind in (pa.int32(), pa.int64(), pa.decimal128(9, 2), pa.decimal128(38, 12)):
        table = arrow(**{**columns, role: pa.array([None, 1], kind)})
        if role == "amount":
            assert refused(table) == ["DR702 | no `amount` | 1: 1 '' | "]
        else:
            (group,) = sums(table).groups
            assert (group.amount, group.units, group.rows) == (3, 1, 2)
    long = {**columns, role: pa.array([Decimal("99999999999999999.99"), Decimal(1)], pa.decimal128(38, 2))}
    assert refused(arrow(**long)) == [f"DR702 | `{role}` {LONG} | 1: 1 '99999999999999999.99' | "]
    fit = {**columns, role: pa.array([Decimal("99999999999999999.5"), Decimal(1)], pa.decimal128(38, 4))}
    found = sums(arrow(**fit))
    (group,) = found.groups
    assert Fraction(getattr(group, role), 10 ** (found.scale if role == "amount" else found.unit_scale)) == Fraction(
        "100000000000000000.5"
    )


# --- what is read -----------------------------------------------------------------------------------------------------


def test_whole_sums_of_several_sources(tmp_path: Path) -> None:
    """A CSV with every column, one with other decimals, a typed table and a forecast, summed together: days of booking,
    defaults, keys, spaces, numbers that are long, and units that are not there."""
    first = csv_file(
        tmp_path, "Day,stream,net,currency,units,payer,product,territory,booked,id\n"
        "2024-01-05, ebook ,10.25,EUR,3,a,x,US,2024-01-01,1\n"
        "2024-01-05,ebook,-0.75,EUR,-1, a ,y,US,,2\n"
        "2024-01-05,ebook,1.00,,2,,x,GB,2024-02-01,3\n"
        "2024-01-06,audio,99999999.9999999999,USD,,b,x,,2024-01-06,4\n", "a.csv",
    )  # fmt: skip
    second = csv_file(tmp_path, "date,stream,net,units,payer\n2024-01-05,ebook,0.0005,1.125,a\n", "b.csv")
    typed = pa.table({
        "Day": pa.array([DAY, DAY], pa.date32()), "stream": ["ebook", "audio"],
        "net": pa.array([Decimal("7.50"), Decimal("0.25")], pa.decimal128(38, 2)),
        "units": pa.array([4, 5], pa.int64()),
        "territory": ["US", None],
    })  # fmt: skip
    expected = csv_file(tmp_path, "date,stream,net,units\n2024-01-05,ebook,2.5,0.5\n2025-01-05,ebook,4,1\n", "f.csv")
    changes: dict[str, Any] = {"keys": ("payer", "territory"), "need_units": True}
    mapping = {"amount": "net"}
    with pytest.raises(LedgerError, match="it has no column `Day`"):
        sums(first, second, mapping={**mapping, "date": "Day"}, **changes)
    one = sums(first, typed, mapping={**mapping, "date": "Day"}, **changes)
    day, big = DAY.toordinal() + 4, 999999999999999999
    assert one == Sums(
        (
            Group("audio", day - 4, day - 4, "USD", "", "", "", 2500000000, 5, 1, forecast=False),
            Group("audio", day + 1, day + 1, "USD", "b", "", "", big, 0, 1, forecast=False),
            Group("ebook", day - 4, day - 4, "USD", "", "", "US", 75000000000, 4, 1, forecast=False),
            Group("ebook", day, day, "EUR", "a", "", "US", 95000000000, 2, 2, forecast=False),
            Group("ebook", day, day + 27, "USD", "", "", "GB", 10000000000, 2, 1, forecast=False),
        ),
        10, 0, 6, day + 27, (str(first), "Arrow table 2"),
    )  # fmt: skip
    two = sums(second, second, forecast=(expected,), mapping=mapping, **changes)
    assert two == Sums(
        (
            Group("ebook", day, day, "USD", "", "", "", 2500, 50, 1, forecast=True),
            Group("ebook", day, day, "USD", "a", "", "", 1, 225, 2, forecast=False),
            Group("ebook", day + 366, day + 366, "USD", "", "", "", 4000, 100, 1, forecast=True),
        ),
        3, 2, 4, day, (str(second), str(second), str(expected)),
    )  # fmt: skip


def test_defaults_of_a_deal_stand_where_a_source_says_nothing(tmp_path: Path) -> None:
    """A stream of the deal that has only one, and its currency; a row may say the default itself, and in a deal without
    currencies nothing."""
    path = csv_file(tmp_path, "date,stream,amount,currency\n2024-01-01,,1,\n2024-01-01,only,2,GBP\n")
    (group,) = sums(path, streams=(), default_stream="only", currencies=(), default_currency="GBP").groups
    assert (group.stream, group.currency, group.amount, group.rows) == ("only", "GBP", 3, 2)
    plain = csv_file(tmp_path, "date,amount,currency\n2024-01-01,1,\n", "b.csv")
    (group,) = sums(plain, streams=("only",), default_stream="only", currencies=("",), default_currency="").groups
    assert (group.stream, group.currency) == ("only", "")
    bare = csv_file(tmp_path, "date,stream,units\n2024-01-01,ebook,1\n", "c.csv")
    (group,) = sums(bare, default_currency=None, need_amount=False, need_units=True).groups
    assert (group.currency, group.amount, group.units) == ("", 0, 1)
    dear = csv_file(tmp_path, "date,stream,amount\n2024-01-01,ebook,1\n", "d.csv")
    assert sums(dear, currencies=("USD",), default_currency="EUR").groups[0].currency == "EUR"


def test_a_file_that_is_replaced_while_it_is_read_refuses_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its opening and the query another file took its name."""
    path = csv_file(tmp_path, f"{HEAD}\n2024-01-01,ebook,1\n")

    def replacing(*arguments: Any) -> Any:
        csv_file(tmp_path, f"{HEAD}\n2024-01-01,ebook,9\n", "other.csv").replace(path)
        return resolve(*arguments)

    monkeypatch.setattr(read_module, "resolve", replacing)
    with pytest.raises(LedgerError) as caught:
        sums(path)
    (problem,) = caught.value.problems
    assert (problem.source, told(problem)) == (
        "the ledger", f"DR701 | it cannot be read: {path} was replaced while it was read | "
    )  # fmt: skip


def test_a_ledger_that_cannot_be_searched_for_ids_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine gives up on the ids, all sources are named; what it could read before says nothing."""

    def gone(*_: Any) -> None:
        raise QueryError("Out of Memory Error: no room")

    monkeypatch.setattr(faults, "repeated", gone)
    paths = [csv_file(tmp_path, f"{HEAD}\n", name) for name in ("a.csv", "b.csv")]
    with pytest.raises(LedgerError) as caught:
        sums(*paths)
    (problem,) = caught.value.problems
    assert (problem.source, told(problem)) == (
        f"{paths[0]}, {paths[1]}", "DR701 | it cannot be read: no room | "
    )  # fmt: skip


def test_what_is_right_is_not_shown_among_what_is_wrong(tmp_path: Path) -> None:
    """Beside a row that is wrong, numbers with more decimals than the first rows have, long numbers of a type, and
    rows for which a default stands, are as right as without it."""
    rows = ["2024-01-01,ebook,1.00,,1"] * 101 + ["2024-01-01,ebook,1.12345,,1.125", "2024-01-01,,1,,", "x,ebook,1,USD,"]
    path = csv_file(tmp_path, "\n".join(["date,stream,amount,currency,units", *rows]))
    assert refused(path, default_stream="ebook") == [
        "DR702 | `date` is no date of the form YYYY-MM-DD | 1: 104 'x' | write 2026-01-31"
    ]
    long = [Decimal("99999999999999999.5"), Decimal("1.5")]
    table = arrow(date=[DAY, DAY], stream=["ebook", "wine"], amount=pa.array(long, pa.decimal128(38, 4)))
    have = "streams of the deal: `audio`, `ebook`, `hardcover`"
    assert refused(table) == [f"DR703 | `stream` names no stream of the deal | 1: 2 'wine' | {have}"]


# --- where files lie --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["link.csv", "lin*.csv", "linked/x.csv", "*/x.csv", "link.duckdb", "link.duckdb::t", "linked", "sub"]
)
def test_no_link_leads_out_of_a_folder(tmp_path: Path, name: str) -> None:
    """Whether a file, a pattern, a database or a folder is named, what lies outside is not read."""
    outside, deal = tmp_path / "outside", tmp_path / "deal"
    outside.mkdir()
    (deal / "sub").mkdir(parents=True)
    csv_file(outside, f"{HEAD}\n2024-01-01,ebook,1\n", "x.csv")
    pa_parquet.write_table(arrow(date=[DAY], stream=["ebook"], amount=[1]), outside / "x.parquet")
    with duckdb.connect(outside / "x.duckdb") as connection:
        connection.execute("create table t as select date '2024-01-01' as date, 'ebook' as stream, 1 as amount")
    for link, to in (("link.csv", "x.csv"), ("link.duckdb", "x.duckdb"), ("sub/link.parquet", "x.parquet")):
        (deal / link).symlink_to(outside / to)
    (deal / "linked").symlink_to(outside)
    found = refused(Below(str(deal / name), str(deal)))
    assert found == [
        "DR701 | it lies outside the deal's folder | keep it below the deal's folder, or name it with --ledger"
    ]
    free = {"*/x.csv": 0, "linked": 1, "sub": None}.get(name, 1)
    if free:
        assert sums(str(deal / name)).rows == free
    elif free is None:  # a folder that the user names is one: its links do not leave it
        assert refused(str(deal / name))[0].startswith("DR701 | it lies outside")


def test_the_files_of_a_source(tmp_path: Path) -> None:
    """As far as they are there: of a database, the file before its table; of a folder, its Parquet files."""
    path = csv_file(tmp_path, f"{HEAD}\n")
    (tmp_path / "in").mkdir()
    inside = csv_file(tmp_path / "in", "", "b.parquet")
    csv_file(tmp_path / "in", "", "c.csv")
    assert files_of(path) == files_of(str(path)) == files_of(f"{tmp_path}/a.*") == [str(path)]
    assert files_of(f"{tmp_path}/x.duckdb::s.t") == [f"{tmp_path}/x.duckdb"]
    assert files_of(f"{tmp_path}/x.DB") == [f"{tmp_path}/x.DB"]
    assert files_of(tmp_path / "in") == [str(inside)]
    assert files_of(tmp_path / "none.csv") == files_of(f"{tmp_path}/*.none") == files_of(arrow(a=[1])) == []


def test_problems_of_typed_files_name_the_source(tmp_path: Path) -> None:
    """A column that has no type for its role, in a file, a folder and a table."""
    wrong = arrow(date=[DAY], stream=["ebook"], amount=[0.1])
    (tmp_path / "in").mkdir()
    paths = [tmp_path / "a.parquet", tmp_path / "in" / "b.parquet"]
    for path in paths:
        pa_parquet.write_table(wrong, path)
    with duckdb.connect(tmp_path / "c.duckdb") as connection:
        connection.register("wrong", wrong)
        connection.execute("create table t as from wrong")
    for source in (str(paths[0]), str(tmp_path / "in"), f"{tmp_path}/c.duckdb::t"):
        with pytest.raises(LedgerError) as caught:
            sums(source)
        assert [problem.source for problem in caught.value.problems] == [source]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IO Error: it is gone: for good\nLINE 1: x", "it cannot be read: it is gone: for good"),
        ("gone", "it cannot be read: gone"), ("", "it cannot be read: "),
        ("Invalid Input Error: a line\nnot utf-8", "it cannot be read: a line"),
        ("Invalid Input Error: CSV Error on Line: 7\nOriginal Line: 8\nExpected Number of Columns: 3 Found: 2",
         "line 7 has 2 columns, and the header 3"),
    ],
)  # fmt: skip
def test_what_the_engine_says_in_a_line(text: str, expected: str) -> None:
    """Its first line without the kind of error; of a malformed CSV, our words."""
    assert unreadable("x", QueryError(text)).message == expected


# --- what the engine is told ------------------------------------------------------------------------------------------


def test_what_another_program_has_not_written_back_is_read(tmp_path: Path) -> None:
    """The log beside a database belongs to it; one that leads elsewhere is refused."""
    (tmp_path / "copy").mkdir()
    copies = [tmp_path / "copy" / name for name in ("a.duckdb", "a.duckdb.wal")]
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        connection.execute("create table t as select date '2024-01-01' as date, 'ebook' as stream, 1 as amount")
        connection.execute("checkpoint; insert into t values ('2024-01-02', 'audio', 2)")
        for copy in copies:
            shutil.copyfile(tmp_path / copy.name, copy)
    assert sums(copies[0]).rows == 2
    copies[1].rename(tmp_path / "elsewhere.wal")
    copies[1].symlink_to(tmp_path / "elsewhere.wal")
    assert refused(copies[0])[0].startswith("DR701 | it lies outside")


@pytest.mark.parametrize("error", ["the query was interrupted", "no room"])
def test_a_signal_during_a_query_is_a_keyboard_interrupt(error: str) -> None:
    """The engine makes another error of it; what else goes wrong stays what it is."""
    expected: type[BaseException] = KeyboardInterrupt if "interrupted" in error else RuntimeError
    for question in (Database.rows, lambda database, sql: list(database.batches(sql))):
        database = Database()
        database._connection.close()
        database._connection = Failing(RuntimeError(error))  # type: ignore[assignment]
        with pytest.raises(expected) as caught:
            question(database, "select 1")
        assert str(caught.value) == ("" if expected is KeyboardInterrupt else error)


class Failing:
    """A connection that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def execute(self, *_: Any) -> Any:
        """Fail."""
        raise self.error


def asked(expression: str, text: str) -> Any:
    """What an expression of SQL says of a text."""
    with duckdb.connect() as connection:
        return connection.execute(f"select {expression} from (select ? as x)", [text]).fetchone()[0]  # noqa: S608


@pytest.mark.parametrize(
    ("text", "scale", "expected"),
    [
        ("1.50", 2, "1.50"), ("1.5", 2, "1.50"), ("5.", 2, "5.00"), (".5", 2, "0.50"), (" +1.250 ", 2, "1.25"),
        ("-.05", 2, "-0.05"), ("1.255", 2, None), (".005", 2, None), ("1e3", 2, None), (".", 2, None), ("7", 0, "7"),
        ("7.", 0, "7"), ("7.00", 0, "7"), (" -7 ", 0, "-7"), ("7.5", 0, None), (".0", 0, None), (".5", 0, None),
        ("1_000", 0, None), ("", 0, None),
    ],
)  # fmt: skip
def test_a_number_in_text_is_read_where_its_decimals_hold_it(text: str, scale: int, expected: str | None) -> None:
    """Never rounded, and in no other form."""
    found = asked(dialect.number("x", scale), text)
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(text for text in HOSTILE if text[0] != "\r"),
        "-5",
        "+1.5",
        "1e5",
        "-",
        "'",
        "",
        " ",
        "a=b",
        "-5 x",
        "5.",
        "-.5",
        "\u200b=1",
    ],
)
def test_sql_makes_a_text_inert_as_the_program_does(text: str) -> None:
    """What a detail writes is what a statement writes, but that numbers stay numbers; a line break in front counts as
    a risk, though a sign takes its place."""
    assert asked(dialect.inert("x"), "\r=1").startswith("'")
    number = re.fullmatch(r"[+-]?[0-9]+([.][0-9]*)?", text)
    assert asked(dialect.inert("x"), text) == (text if number else inert(for_file(text)))


def test_whole_numbers_and_names_of_sql() -> None:
    """Exact, or none where 64 bits do not hold them; quotes within names are doubled."""
    for value, scale, wide, expected in (
        ("12.50", 2, True, 1250), ("-0.05", 2, False, -5), ("7", 0, False, 7), ("9" * 20, 0, True, int("9" * 20)),
        ("9" * 20, 0, False, None),
    ):  # fmt: skip
        cast = f"cast(x as decimal(38, {scale}))"
        assert asked(dialect.whole(cast, scale, wide=wide), value) == expected
    assert dialect.identifier('a "b" c') == '"a ""b"" c"'
    assert dialect.quoted("it's") == "'it''s'"


def test_groups_come_in_batches_and_all_of_them_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the rows behind the first batch, and a mistake there."""
    monkeypatch.setattr("dealrun.settle.ledger.database.BATCH", 2)
    rows = [f"2024-01-{day:02},ebook,{day}" for day in range(1, 8)]
    assert [group.amount for group in sums(csv_file(tmp_path, "\n".join([HEAD, *rows]))).groups] == list(range(1, 8))
    path = csv_file(tmp_path, "\n".join([HEAD, *rows, "2024-02-01,wine,1"]))
    assert refused(path)[0].startswith("DR703 | `stream` names no stream of the deal | 1: 8 'wine'")


def test_a_file_that_vanishes_while_it_is_read_refuses_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its opening and the query it was removed."""
    path = csv_file(tmp_path, f"{HEAD}\n2024-01-01,ebook,1\n")

    def removing(*arguments: Any) -> Any:
        path.unlink()
        return resolve(*arguments)

    monkeypatch.setattr(read_module, "resolve", removing)
    with pytest.raises(LedgerError, match="was replaced while it was read"):
        sums(path)


def test_the_sample_of_a_csv_may_end_within_a_character(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many bytes are looked at for the header is no matter of the ledger."""
    text = "date,stream,amount,note\n2024-01-01,ebook,1.5,é\n"
    monkeypatch.setattr("dealrun.settle.ledger.sources.SAMPLE_BYTES", len(text.encode()) - 2)
    assert sums(csv_file(tmp_path, text)).groups[0].amount == 15


def test_what_a_query_spills_is_removed() -> None:
    """With the connection."""
    with Database() as database:
        spill = Path(database._spill)
        spill.mkdir()
        (spill / "block").write_text("x")
        assert spill.parent == Path(tempfile.gettempdir())
    assert not spill.exists()


def test_a_schema_may_have_a_point_in_its_name(tmp_path: Path) -> None:
    """The table is what stands behind the last one."""
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        connection.execute('create schema "a.b"')
        connection.execute("create table \"a.b\".t as select date '2024-01-01' as date, 'ebook' as stream, 7 as amount")
    assert sums(f"{tmp_path}/a.duckdb::a.b.t").groups[0].amount == 7
    assert sums(f"{tmp_path}/a.duckdb").groups[0].amount == 7
