"""Faults: which rows of a ledger are wrong, and how.

In: relations of which a first pass has seen that something is wrong. Out: problems (DR702 to DR705), each with how
many rows there are and the first of them. Guaranteed: every kind of mistake of every source is found in one run; a
ledger without mistakes never comes here.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from dealrun.diagnostics import nearest
from dealrun.limits import FIRST_YEAR, LAST_YEAR
from dealrun.settle.ledger import dialect, query
from dealrun.settle.ledger.columns import TEXT, SourceColumn
from dealrun.settle.ledger.database import Database
from dealrun.settle.ledger.dialect import MAX_SCALE
from dealrun.settle.ledger.query import Book, among, date, missing, number, text
from dealrun.settle.ledger.sums import MAX_AMOUNT_DIGITS, Problem

SHOWN: Final = 10
"""Rows that a problem shows."""
MAX_TEXT: Final = 80


@attrs.frozen
class Fault:
    """A kind of mistake: SQL that tells whether a row has it, and the column that shows it."""

    code: str
    message: str
    wrong: str
    column: SourceColumn
    help: str = ""


def find(database: Database, book: Book) -> list[Problem]:
    """What is wrong with the rows of a relation."""
    faults = list(_faults(book))
    counted = database.rows(query.wrong_rows(book, [fault.wrong for fault in faults]))
    problems: list[Problem] = []
    for index, fault in enumerate(faults, 1):
        files = {int(row[0]): int(row[index]) for row in counted if row[index]}
        if not files:
            continue
        rows = database.rows(query.first_rows(book, fault.wrong, fault.column, SHOWN, MAX_TEXT))
        for file, count in files.items():
            found = tuple((int(row), value) for of, row, value in rows if of == file)
            help_ = fault.help or _help(book, fault, [value for _, _, value in rows])
            problems.append(Problem(fault.code, fault.message, book.relation.files[file], found, count, help_))
    return problems


def _faults(book: Book) -> Iterator[Fault]:
    for role in ("date", "booked"):
        if column := book.column(role):
            yield from _date_faults(column, needed=role == "date")
    for role in ("amount", "units"):
        if column := book.column(role):
            yield from _number_faults(book, column, needed=role == "amount")
    stream = book.column("stream")
    if stream is not None and book.terms.default_stream is None:
        yield Fault("DR703", f"no `{stream.name}`", missing(stream), stream, "the deal has several streams; say which")
    if stream is not None:
        wrong = f"not ({missing(stream)}) and not {among(text(stream), book.streams)}"
        yield Fault("DR703", f"`{stream.name}` names no stream of the deal", wrong, stream)
    currency = book.column("currency")
    if currency is not None:
        if book.terms.default_currency is None:
            yield Fault("DR705", f"no `{currency.name}`", missing(currency), currency, _currencies(book))
        wrong = f"not ({missing(currency)}) and not {among(text(currency), book.currencies)}"
        yield Fault("DR705", f"`{currency.name}` names no currency of the deal", wrong, currency, _currencies(book))


def _date_faults(column: SourceColumn, *, needed: bool) -> Iterator[Fault]:
    day = date(column)
    there = f"not ({missing(column)})"
    if needed:
        yield Fault("DR702", f"no `{column.name}`", missing(column), column)
    if column.type != "DATE":
        help_ = "write 2026-01-31" if column.type == TEXT else "cast it to DATE, in the time zone that you mean"
        message = "is no date of the form YYYY-MM-DD" if column.type == TEXT else "has a time of day"
        yield Fault("DR702", f"`{column.name}` {message}", f"{there} and {day} is null", column, help_)
    wrong = f"{day} is not null and {dialect.ordinal(day)} is null"
    yield Fault("DR702", f"`{column.name}` is outside the horizon, {FIRST_YEAR} to {LAST_YEAR}", wrong, column)


def _number_faults(book: Book, column: SourceColumn, *, needed: bool) -> Iterator[Fault]:
    there = f"not ({missing(column)})"
    if needed:
        yield Fault("DR702", f"no `{column.name}`", missing(column), column)
    value = number(book, column, wide=True)
    if column.type == TEXT:
        is_number = dialect.is_number(text(column))
        yield Fault("DR702", f"`{column.name}` is no decimal number", f"{there} and not {is_number}", column)
        there = f"{there} and {is_number}"
    if value.checked:
        message = f"`{column.name}` has more than {MAX_AMOUNT_DIGITS} digits, or more than {MAX_SCALE} decimals"
        yield Fault("DR702", message, f"{there} and {value.value} is null", column)


def _help(book: Book, fault: Fault, shown: Sequence[str]) -> str:
    first = shown[0].strip() if shown else ""
    if fault.code == "DR703":
        near = nearest(first, book.terms.streams)
        have = ", ".join(f"`{name}`" for name in sorted(book.terms.streams)[:SHOWN]) or "none"
        return f"did you mean `{near}`?" if near else f"streams of the deal: {have}"
    if not fault.message.endswith("decimal number"):
        return ""
    if "," in first:
        return "write 1000.50: a point before the decimals, no separators of thousands"
    if "e" in first.lower() and first[:1].isdigit():
        return "write all digits, without an exponent: spreadsheets round what they shorten"
    if first.startswith("("):
        return "write a negative amount with a minus sign"
    return "write digits, a point before the decimals, and nothing else: -1000.50"


def _currencies(book: Book) -> str:
    have = ", ".join(sorted(name for name in book.terms.currencies if name)[:SHOWN])
    return f"currencies of the deal: {have}" if have else "the deal names no currency"


def repeated(database: Database, books: Sequence[Book]) -> list[Problem]:
    """Ids that are given twice, in whatever sources."""
    having = {number: book for number, book in enumerate(books) if book.column("id")}
    if not having or not database.rows(f"{query.repeated_ids(having)} limit 1"):
        return []
    database.execute(f"create temporary table repeated as {query.repetitions(having)}")
    problems: list[Problem] = []
    for book, file, count in database.rows(
        "select book, file, count(*) from repeated where time > 1 group by 1, 2 order by 1, 2"
    ):
        first = database.rows(
            "select row, left(id, ?), first_book, first_file, first_row from repeated "
            "where time > 1 and book = ? and file = ? order by row limit ?",
            [MAX_TEXT, book, file, SHOWN],
        )
        shown = tuple(
            (row, f"{name} (first in row {at} of {books[of].relation.files[within]})")
            for row, name, of, within, at in first
        )
        source = books[book].relation.files[file]
        problems.append(Problem("DR704", "an id is given twice", source, shown, count, "each row has an id of its own"))
    return problems
