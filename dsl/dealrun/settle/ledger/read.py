"""Reading ledgers: from files to sums, or to what is wrong with their rows.

In: sources, and what the deal says of them. Out: `Sums`; LedgerError with every problem of every source. Guaranteed:
the same rows give the same sums, in whatever order, files or threads, and whether as CSV, Parquet, DuckDB or Arrow;
sums are exact, or nothing is summed.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import attrs

from dealrun.settle.ledger import faults, query
from dealrun.settle.ledger.columns import LedgerTerms, resolve, unknown_roles
from dealrun.settle.ledger.database import Database, QueryError
from dealrun.settle.ledger.given import Ledger
from dealrun.settle.ledger.query import Book
from dealrun.settle.ledger.sources import Relation, named, open_sources, unreadable
from dealrun.settle.ledger.sums import Group, LedgerError, Problem, Sums

FIELDS: Final = len(Group._fields) - 1
"""Of a row of `query.sums`, those that a group has; whether it is a forecast, the ledger says."""


def read(
    actual: Sequence[Ledger],
    forecast: Sequence[Ledger],
    *,
    mapping: Mapping[str, str],
    streams: Collection[str],
    default_stream: str | None,
    currencies: Collection[str],
    default_currency: str | None,
    keys: Collection[str],
    need_units: bool,
    need_amount: bool,
    progress: bool = False,
) -> Sums:
    """The sums of ledgers and forecasts; LedgerError where they are refused, MissingExtraError without DuckDB.

    What the arguments mean stands in `LedgerTerms`.
    """
    terms = LedgerTerms(
        mapping=mapping, streams=streams, default_stream=default_stream, currencies=currencies,
        default_currency=default_currency, keys=keys, need_units=need_units, need_amount=need_amount,
    )  # fmt: skip
    with Database(progress=progress) as database:
        summed = sum_books(database, open_books(database, actual, forecast, terms))
        return _sums(summed, tuple(named(source, number) for number, source in enumerate((*actual, *forecast))))


@attrs.frozen
class Summed:
    """A relation, summed."""

    book: Book
    by: query.Pass
    rows: Sequence[tuple[Any, ...]]
    """Of `query.Pass.sums`."""
    wide: bool

    @property
    def count(self) -> int:
        """How many rows it has."""
        return sum(row[FIELDS - 1] for row in self.rows)


def open_books(
    database: Database,
    actual: Sequence[Ledger],
    forecast: Sequence[Ledger],
    terms: LedgerTerms,
    *,
    also: Sequence[str] = (),
) -> list[Book]:
    """All relations of all sources, as ledgers; from then on no other file can be opened (but `also`)."""
    problems = list(unknown_roles(terms.mapping))
    books: list[Book] = []
    relations: list[tuple[Relation, bool]] = []
    for sources, is_forecast, prefix in ((actual, False, "actual"), (forecast, True, "forecast")):
        opened, refused = open_sources(database, sources, prefix)
        relations.extend((relation, is_forecast) for relation in opened)
        problems.extend(refused)
    for relation, is_forecast in relations:
        columns, mistakes = resolve(relation.source, relation.columns, terms)
        problems.extend(mistakes)
        books.append(Book(relation, columns, terms, is_forecast))
    if problems:
        raise LedgerError(tuple(problems))
    try:
        database.lock(also)
    except QueryError as error:
        raise LedgerError((unreadable("the ledger", error),)) from error
    return books


def sum_books(database: Database, books: Sequence[Book], *, keep: bool = False) -> list[Summed]:
    """The sums of each relation; LedgerError with everything that is wrong with any of them.

    To keep the raw sums makes tables of them: `raw0` of the first relation, and so on.
    """
    summed: list[Summed] = []
    problems: list[Problem] = []
    readable: list[Book] = []
    for number, book in enumerate(books):
        table = f"raw{number}" if keep else None
        try:
            found = _one_pass(database, book, table, wide=False) or _one_pass(database, book, table, wide=True)
            if found is None:
                problems.extend(faults.find(database, book))
            else:
                summed.append(found)
            readable.append(book)
        except QueryError as error:
            problems.append(unreadable(book.relation.source, error))
    try:
        problems.extend(faults.repeated(database, readable))
    except QueryError as error:
        problems.append(unreadable(", ".join(book.relation.source for book in readable), error))
    if problems:
        raise LedgerError(tuple(problems))
    return summed


def _one_pass(database: Database, book: Book, table: str | None, *, wide: bool) -> Summed | None:
    """The sums of a relation, or None where something is wrong; `table` keeps the raw sums."""
    found = query.one_pass(book, wide=wide)
    if table:
        database.execute(f"create or replace temporary table {table} as {found.raw}")
    rows: list[tuple[Any, ...]] = []
    for batch in database.batches(found.sums(table)):
        if any(row[-1] for row in batch):
            return None
        rows.extend(batch)
    return Summed(book, found, rows, wide)


def _sums(summed: Sequence[Summed], sources: tuple[str, ...]) -> Sums:
    scale = max((part.by.scale for part in summed), default=0)
    unit_scale = max((part.by.unit_scale for part in summed), default=0)
    groups: list[Group] = []
    for part in summed:
        forecast = (part.book.forecast,)
        found = [Group._make(row[:FIELDS] + forecast) for row in part.rows]
        by, units_by = 10 ** (scale - part.by.scale), 10 ** (unit_scale - part.by.unit_scale)
        if by > 1 or units_by > 1:
            found = [group._replace(amount=group.amount * by, units=group.units * units_by) for group in found]
        groups += found
    if len(summed) > 1:
        groups = _merged(groups)
    groups.sort()
    # The scale is what the sums need, not what the columns had room for: the same rows have one however they are kept.
    scale, by = _reduced(scale, [group.amount for group in groups])
    unit_scale, units_by = _reduced(unit_scale, [group.units for group in groups])
    if by > 1 or units_by > 1:
        groups = [group._replace(amount=group.amount // by, units=group.units // units_by) for group in groups]
    return Sums(
        tuple(groups),
        scale,
        unit_scale,
        sum(group.rows for group in groups),
        max((group.booked for group in groups if not group.forecast), default=None),
        sources,
    )


def _merged(groups: Sequence[Group]) -> list[Group]:
    """Groups that parts of a ledger share, added up."""
    found: dict[tuple[Any, ...], Group] = {}
    for group in groups:
        key = (*group[: len(query.KEYS)], group.forecast)
        other = found.get(key)
        found[key] = group if other is None else group._replace(
            amount=group.amount + other.amount, units=group.units + other.units, rows=group.rows + other.rows
        )  # fmt: skip
    return list(found.values())


def _reduced(scale: int, amounts: Sequence[int]) -> tuple[int, int]:
    """The least scale in which the amounts are whole numbers still, and what divides them for it."""
    by = 1
    while scale and all(amount % (by * 10) == 0 for amount in amounts):
        scale, by = scale - 1, by * 10
    return scale, by
