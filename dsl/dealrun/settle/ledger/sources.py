"""Sources: files and tables, as relations that SQL can ask.

In: a path, or an Arrow table or reader. Out: `Relation`s: what stands behind FROM, the columns and their types, and how
a row is found again. Guaranteed: everything that DuckDB alone can do (open files) is done here; a CSV is read as text,
so that no value is changed; a source that cannot be opened is a problem (DR701), never an exception; what a contract
names lies below its folder (`dealrun.source.opening`).
"""

import codecs
import csv
import gzip
import io
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from glob import escape
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from dealrun.extras import need
from dealrun.settle.ledger.columns import TEXT, SourceColumn
from dealrun.settle.ledger.database import Database, QueryError
from dealrun.settle.ledger.dialect import MAX_SCALE, identifier, quoted
from dealrun.settle.ledger.given import ArrowStream, HeldFile, Ledger
from dealrun.settle.ledger.sums import Problem
from dealrun.source.opening import (
    OutsideError,
    UnreadableError,
    fixed_part,
    matching,
    members,
    open_file,
    resolved,
    root_of,
)

DATABASES: Final = (".duckdb", ".db")
PARQUET: Final = (".parquet", ".pq")
DELIMITERS: Final = {".csv": ",", ".tsv": "\t"}
OTHER_DELIMITERS: Final = (";", "\t", "|")
KINDS: Final = "a ledger is a .csv, .tsv (also .gz), .parquet or .duckdb file, or a folder of .parquet files"
SAMPLE_BYTES: Final = 1 << 18
SAMPLE_ROWS: Final = 100
"""How much of a CSV is looked at for its header, and for how many decimals its numbers have."""


@attrs.frozen
class Relation:
    """A part of a source whose rows all have the same columns."""

    source: str
    """As problems call it."""
    sql: str
    columns: tuple[SourceColumn, ...]
    files: tuple[str, ...]
    """What problems call the files of it."""
    file: str = "0"
    """SQL: in which of the files a row is."""
    row: str = "row_number() over ()"
    """SQL: the number of a row in its file, from 1. It stands beside the columns, in no other clause than SELECT."""
    decimals: Mapping[str, int] = attrs.field(factory=dict)
    """How many decimals the first values of a column of text have; a hint."""


def files_of(source: Ledger) -> list[str]:
    """The files of a source, as far as they are there."""
    if not isinstance(source, str | os.PathLike):
        return []
    file, _ = _split(os.fspath(source))
    try:
        return [file] if _is_database(file) else _files(file)
    except (UnreadableError, ValueError):
        return []


def open_sources(database: Database, sources: Sequence[Ledger], prefix: str) -> tuple[list[Relation], list[Problem]]:
    """The relations of all sources, in order; names in SQL begin with the prefix."""
    relations: list[Relation] = []
    problems: list[Problem] = []
    for number, source in enumerate(sources):
        name = f"{prefix}{number}"
        path = named(source, number)
        try:
            if isinstance(source, str | os.PathLike):
                relations.extend(_opened(database, path, root_of(source), name))
            elif isinstance(source, HeldFile):
                relations.append(_held(database, source, name))
            else:
                relations.append(_arrow(database, source, path, name))
        except (QueryError, UnreadableError, OSError, ValueError) as error:
            problems.append(unreadable(path, error))
    return relations, problems


def named(source: Ledger, number: int) -> str:
    """What a source is called."""
    if isinstance(source, HeldFile):
        return source.name
    return os.fspath(source) if isinstance(source, str | os.PathLike) else f"Arrow table {number + 1}"


def unreadable(source: str, error: Exception) -> Problem:
    """The problem of a source that cannot be read."""
    help_ = ""
    if isinstance(error, QueryError):
        # The engine names files by their whole paths, which a message has no need to show.
        message, help_ = _explained(str(error).replace(os.path.realpath(_split(source)[0]), _split(source)[0]))
    elif isinstance(error, OutsideError):
        message, help_ = (
            "it lies outside the deal's folder",
            "keep it below the deal's folder, or name it with --ledger",
        )
    elif isinstance(error, UnreadableError):
        message = error.reason
    elif isinstance(error, OSError):
        message = f"it cannot be read: {error.strerror or error}"
    else:
        message = str(error)
    return Problem("DR701", message, source, (), 1, help_)


def _explained(text: str) -> tuple[str, str]:
    """DuckDB's words in ours, where a CSV is malformed; else the first line of them."""
    lines = [line.strip() for line in text.splitlines()] or [""]
    place = lines[0].rpartition("Line: ")[2] if "CSV Error on Line: " in lines[0] else ""
    for line in lines if place else ():
        expected, found, count = line.removeprefix("Expected Number of Columns: ").partition(" Found: ")
        if found:
            return (
                f"line {place} has {count} columns, and the header {expected}",
                "quote values that hold the delimiter",
            )
        if "not utf-8" in line:
            return f"line {place} is not UTF-8", "save the file as UTF-8"
        if "unterminated quote" in line:
            return (
                f"line {place} has a quote out of place, or one that is not closed",
                'write quotes within quotes twice: `""`',
            )
    first = lines[0].partition(": ")[2] or lines[0]
    return f"it cannot be read: {first}", ""


def _split(path: str) -> tuple[str, str]:
    """The file of a source, and the table that it names: `file.duckdb::table`."""
    for suffix in DATABASES:
        at = path.lower().rfind(f"{suffix}::")
        if at >= 0:
            return path[: at + len(suffix)], path[at + len(suffix) + 2 :]
    return path, ""


def _held(database: Database, source: HeldFile, name: str) -> Relation:
    """A CSV or Parquet file whose content is given."""
    if source.name.lower().endswith(PARQUET):
        arrow = need("pyarrow")
        try:
            found = need("pyarrow.parquet").read_table(arrow.BufferReader(source.data))
        except (arrow.ArrowException, OSError) as error:
            raise ValueError(f"it cannot be read: {str(error).splitlines()[0]}") from None
        return _arrow(database, found, source.name, name)
    if _is_database(_split(source.name)[0]):
        raise ValueError("a database is read from a file: give its path")
    return _csv(source.name, database.hold(source.data), io.BytesIO(source.data))


def _is_database(file: str) -> bool:
    return file.lower().endswith(DATABASES)


def _opened(database: Database, path: str, root: str | None, name: str) -> Iterator[Relation]:
    file, table = _split(path)
    resolved(fixed_part(file), root)  # before anything is looked at there
    if _is_database(file):
        if not os.path.lexists(file):
            raise ValueError("there is no such file")
        yield _table(database, path, database.allow(open_file(file, root)), table, name)
        return
    parquet: list[str] = []
    if root is None and os.path.isdir(path):
        root = path
    for found in _files(path, root):
        opened = open_file(found, root)
        if found.lower().endswith(PARQUET):
            parquet.append(database.allow(opened))
        else:
            yield _csv(found, database.allow(opened), opened.stream)
    yield from _parquet(database, path, parquet)


def _files(path: str, root: str | None = None) -> list[str]:
    """The files of a folder, or that a pattern matches."""
    if os.path.isdir(path):
        found = members(path, lambda name: name.lower().endswith(PARQUET), deep=True)
        if not found:
            raise ValueError("it has no .parquet file")
        return found
    found = matching(path, root)
    if not found:
        raise ValueError("there is no such file")
    return found


def _parquet(database: Database, source: str, paths: Sequence[str]) -> Iterator[Relation]:
    """Parquet files, those with the same columns together: of others the engine would change the types."""
    alike: dict[tuple[SourceColumn, ...], list[str]] = {}
    for path in paths:
        alike.setdefault(_described(database, _read_parquet([path])), []).append(path)
    for columns, files in alike.items():
        names = tuple(files)
        file, row = "cast(file_index as bigint)", "file_row_number + 1"
        yield Relation(source, _read_parquet(files), columns, names, file, row)


def _read_parquet(paths: Sequence[str]) -> str:
    names = ", ".join(quoted(escape(path)) for path in paths)
    return f"read_parquet([{names}], hive_partitioning = true, hive_types_autocast = false)"


def _table(database: Database, source: str, path: str, table: str, name: str) -> Relation:
    """A table of a database; a view could read other files, or never end, so that only tables are read."""
    database.attach(path, name)
    rows = database.rows(
        "select case when table_schema = 'main' then table_name else table_schema || '.' || table_name end, table_type "
        "from information_schema.tables where table_catalog = ? order by 1",
        [name],
    )
    tables = [found for found, kind in rows if kind == "BASE TABLE"]
    if not table and len(tables) == 1:
        (table,) = tables
    if table not in tables:
        have = ", ".join(f"`{source.partition('::')[0]}::{found}`" for found in tables) or "no table"
        if any(found == table for found, _ in rows):
            raise ValueError(f"`{table}` is a view, and only tables are read; it has {have}")
        raise ValueError((f"it has no table `{table}`" if table else "say which table") + f"; it has {have}")
    schema, _, short = table.rpartition(".") if "." in table else ("main", "", table)
    computed = database.rows(
        "select column_name from information_schema.columns where table_catalog = ? and table_schema = ? "
        "and table_name = ? and is_generated = 'ALWAYS' order by 1",
        [name, schema, short],
    )
    if computed:  # by an expression of the file's own, which may take any time and any memory
        columns = ", ".join(f"`{column}`" for (column,) in computed)
        raise ValueError(f"`{table}` computes {columns}, and only values that are kept are read")
    sql = f"{name}.{identifier(schema)}.{identifier(short)}"
    return Relation(source, sql, _described(database, sql), (source,))


def _arrow(database: Database, table: ArrowStream, source: str, name: str) -> Relation:
    # A reader gives its rows once; a ledger that is refused is read again to find the rows.
    read_all = getattr(table, "read_all", None)
    database.register(name, read_all() if read_all else table)
    return Relation(source, name, _described(database, name), (source,))


def _described(database: Database, sql: str) -> tuple[SourceColumn, ...]:
    described = database.rows(f"describe from {sql}")
    return tuple(SourceColumn(name, identifier(name), kind) for name, kind, *_ in described)


def _csv(path: str, real: str, stream: BinaryIO) -> Relation:
    """A CSV: its header is ours to read, so that every value stays the text that it is."""
    stem, packed = (path[:-3], True) if path.lower().endswith(".gz") else (path, False)
    suffix = Path(stem).suffix.lower()
    if suffix not in DELIMITERS:
        raise ValueError(KINDS)
    rows, delimiter = _first_rows(stream, packed=packed, delimiter=DELIMITERS[suffix])
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise ValueError("it is empty: its first line must name its columns")
    columns = tuple(SourceColumn(cell.strip(), f"c{number}", TEXT) for number, cell in enumerate(rows[0]))
    types = ", ".join(f"{quoted(column.sql)}: {quoted(TEXT)}" for column in columns)
    options = (
        f"columns = {{{types}}}, auto_detect = false, header = true, delim = {quoted(delimiter)}, quote = '\"', "
        f"escape = '\"', nullstr = '', comment = '', compression = {quoted('gzip' if packed else 'none')}"
    )
    decimals = {
        column.name: max((_decimals(row[number]) for row in rows[1:] if number < len(row)), default=0)
        for number, column in enumerate(columns)
    }
    return Relation(path, f"read_csv({quoted(escape(real))}, {options})", columns, (path,), decimals=decimals)


def _first_rows(stream: BinaryIO, *, packed: bool, delimiter: str) -> tuple[list[list[str]], str]:
    """The header and the rows behind it, as far as the sample goes (it may cut the last), and what delimits values."""
    try:
        start = (gzip.GzipFile(fileobj=stream) if packed else stream).read(SAMPLE_BYTES)
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(start, final=False)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except (EOFError, zlib.error) as error:
        raise ValueError(f"it cannot be read: {error}") from error
    rows = _parsed(text, delimiter)
    if rows and len(rows[0]) == 1 and delimiter == ",":
        delimiter = next((each for each in OTHER_DELIMITERS if each in rows[0][0]), delimiter)
        rows = _parsed(text, delimiter)
    return rows, delimiter


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    # What this reader cannot read (a value of more than 128 kB) the engine may.
    with suppress(csv.Error):
        found.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), SAMPLE_ROWS))
    return found


def _decimals(text: str) -> int:
    """How many decimals a number has, if it is one."""
    return min(len(text.strip().partition(".")[2]), MAX_SCALE)
