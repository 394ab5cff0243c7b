"""Detail: what is paid, allocated to the rows of the ledger.

In: ledgers, and cents for their groups. Out: a file with the rows, and what each of them earned. Guaranteed: the rows
of each allocation add up to its cents exactly, and each is within a cent of its exact share; the same inputs give the
same rows; the file is written whole or not at all.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from math import isqrt
from typing import Any, Final, Literal

import attrs

from dealrun.model.currencies import MINOR_DIGITS
from dealrun.settle.ledger import allocate, dialect
from dealrun.settle.ledger.allocate import COLUMNS, NAMED, PLACES, Target
from dealrun.settle.ledger.columns import TEXT, LedgerTerms
from dealrun.settle.ledger.database import Database, QueryError
from dealrun.settle.ledger.dialect import quoted
from dealrun.settle.ledger.given import Ledger
from dealrun.settle.ledger.query import KEYS
from dealrun.settle.ledger.read import Summed, open_books, sum_books
from dealrun.settle.ledger.sums import MAX_AMOUNT_DIGITS, Group
from dealrun.source.plain import for_file, inert
from dealrun.source.writing import WriteError, replacing, target_of
from dealrun.time.days import Day

APPENDED: Final = ("label", "payee", "period_first", "period_last", "currency", "allocated")
"""The columns behind those of the ledger; of that, columns that are called so become `ledger_label` and so on."""
WEIGHTS: Final = ("amount", "units")
INTEGERS: Final = {"bigint": 1 << 62, "hugeint": 1 << 126}
"""Whole numbers of an engine, and below what they are safe to add and multiply; the first are ten times as fast."""

IN_ORDER: Final = 1_000_000
KEPT: Final = 4_000_000
"""Remainders that may be kept in memory to find the cuts; where there are more, they are sorted, on disk if need be."""
MOST: Final = 1_000_000
"""The greatest values that an engine keeps of one group are fewer than this."""


@attrs.frozen
class RowAllocation:
    """Cents to allocate to the rows of a group, in proportion to their amounts or units."""

    group: Group
    """Of the sums of the same ledgers."""
    label: str
    period: tuple[Day, Day]
    cents: int
    """Minor units of the currency."""
    currency: str
    payee: str | None = None
    by_units: bool = False


def write_detail(
    actual: Sequence[Ledger],
    forecast: Sequence[Ledger],
    terms: LedgerTerms,
    allocations: Iterable[RowAllocation],
    path: str | os.PathLike[str],
    *,
    format: Literal["csv", "parquet"],  # noqa: A002 - as everywhere else in this package
    in_order: bool = False,
    inputs: Sequence[str] = (),
    progress: bool = False,
) -> int:
    """Write the rows of all allocations, and say how many; a row is there once for each allocation of its group.

    Of a ledger of up to `IN_ORDER` rows they stand in its order; of a larger one if that is asked for, which takes
    twice the time.

    LedgerError where the ledgers are refused; ValueError where an allocation cannot be made: of cents to a group that
    the ledgers do not have, or whose weight is zero. WriteError where the file cannot be written, or is one of the
    inputs or of the ledgers.
    """
    with Database(progress=progress) as database, replacing(path, inputs) as part:
        books = open_books(database, actual, forecast, terms, also=[part])
        if not books:
            raise ValueError("there is no ledger to allocate to")
        target_of(path, [file for book in books for file in book.relation.files])
        summed = sum_books(database, books, keep=True)
        in_order = in_order or sum(each.count for each in summed) <= IN_ORDER
        options = "format parquet" if format == "parquet" else "format csv, header true"
        options += f", use_tmp_file false, preserve_order {str(in_order).lower()}"
        try:
            plan = _plan(database, summed, list(allocations))
            for statement in (*(each.groups() for each in plan.parts), allocate.buckets(plan.parts)):
                database.execute(statement)
            database.execute(_cuts(database, plan.parts))
            columns = _columns(plan.parts, for_csv=format == "csv")
            rows = allocate.written(plan.parts, columns, plan.digits, long=plan.long)
            ((count,),) = database.rows(f"copy ({rows}) to {quoted(part)} ({options})")
        except QueryError as error:
            raise WriteError(f"`{os.fspath(path)}` cannot be written: {error}") from error
    return int(count)


@attrs.frozen
class _DetailPlan:
    """The parts of a ledger; how many decimals what is allocated has, and whether it may have many digits."""

    parts: list[Target]
    digits: int
    long: bool


def _plan(database: Database, summed: Sequence[Summed], allocations: Sequence[RowAllocation]) -> _DetailPlan:
    """Make the table of allocations, and say what to do with it."""
    names = [name for name in WEIGHTS if any(each.by_units == (name == "units") for each in allocations)]
    scales = {name: max(each.by.scale_of(name) for each in summed) for name in WEIGHTS}
    factors = [{name: 10 ** (scales[name] - each.by.scale_of(name)) for name in WEIGHTS} for each in summed]
    totals: dict[tuple[Any, ...], list[int]] = {}
    greatest, short = 0, []
    for each, factor in zip(summed, factors, strict=True):
        for row in each.rows:
            total = totals.setdefault((*row[: len(KEYS)], each.book.forecast), [0, 0, 0])
            for at, by in enumerate((factor["amount"], factor["units"], 1)):
                total[at] += row[len(KEYS) + at] * by
        extremes = {name: max(map(abs, *database.rows(allocate.extremes(each, name)))) for name in names}
        greatest = max([greatest, *(extremes[name] * factor[name] for name in names)])
        short.append(
            frozenset(
                name
                for name in names
                if not each.wide and extremes[name] * 10 ** each.by.scale_of(name) < 10**MAX_AMOUNT_DIGITS
            )
        )
    digits = max((_digits(each.currency) for each in allocations), default=2)
    rows = [_row(number, each, totals, digits) for number, each in enumerate(allocations)]
    columns = dict(zip(COLUMNS, zip(*rows, strict=True) if rows else ((),) * len(COLUMNS), strict=True))
    bound = max([greatest * abs(cents) for cents in columns["t"]] + [*columns["d"]], default=0)
    whole = next((kind for kind, limit in INTEGERS.items() if bound < limit), None)
    if whole is None:
        raise ValueError("the amounts are too large to allocate exactly")
    texts = {name: sorted({text for text in columns[name] if text is not None}) or [""] for name in NAMED}
    *types, made = allocate.tables(whole, texts)
    for statement in types:
        database.execute(statement)
    database.execute(made, [list(column) for column in columns.values()])
    parts: list[Target] = []
    before = 0
    for number, each in enumerate(summed):
        mine = {name: factors[number][name] for name in names}
        parts.append(Target(number, each, whole, mine, short[number], before))
        before += parts[-1].places
    share = max(
        (
            greatest * abs(t) // d * minor
            for t, d, minor in zip(columns["t"], columns["d"], columns["minor"], strict=True)
        ),
        default=0,
    )
    return _DetailPlan(parts, digits, long=share + 10**digits >= 10 ** (PLACES - digits))


def _cuts(database: Database, parts: Sequence[Target]) -> str:
    """The query for the cuts that suits the ledger."""
    ((divisor, most, count),) = database.rows(
        "select coalesce(max(d), 0), coalesce(max(near), 0), count(*) from buckets"
    )
    bits = (parts[-1].before + parts[-1].places).bit_length()
    packed = divisor << bits < INTEGERS["bigint"] and most < MOST and most * count <= KEPT
    return allocate.cuts(parts, bits if packed else None, max(1, int(most)))


def _digits(currency: str) -> int:
    return MINOR_DIGITS.get(currency, 2)


def _row(
    number: int, each: RowAllocation, totals: Mapping[tuple[Any, ...], Sequence[int]], digits: int
) -> tuple[Any, ...]:
    """An allocation as a row of `COLUMNS`."""
    key = (*each.group[: len(KEYS)], each.group.forecast)
    total = totals.get(key)
    if total is None:
        raise ValueError(f"the ledgers have no group {key}")
    weight, rows = total[each.by_units], total[2]
    if not weight and each.cents:
        raise ValueError(f"{each.cents} cents cannot be allocated to a group whose weight is zero: {key}")
    divisor = abs(weight) or 1
    # Of remainders that are spread evenly, half lie above the middle, and half of the rows get an extra cent: both give
    # or take what chance does, in three of a thousand cases more than this.
    spread = divisor * 9 // isqrt(100 * rows)
    middle = divisor // 2
    return (
        number, *key, each.label, each.payee, each.currency, *each.period, 10 ** (digits - _digits(each.currency)),
        each.by_units, each.cents if weight >= 0 else -each.cents, divisor, max(0, middle - spread),
        min(divisor, middle + spread),
    )  # fmt: skip


def _columns(parts: Sequence[Target], *, for_csv: bool) -> dict[str, list[str]]:
    """The columns of the ledgers under their names in the file, each with its SQL in every part.

    In CSV, what a spreadsheet would take for a formula, or a terminal obey, is text.
    """
    names: dict[str, list[str | None]] = {}
    kinds: dict[str, set[str]] = {}
    for at, part in enumerate(parts):
        seen: set[str] = set()
        for column in part.summed.book.relation.columns:
            name = _free(inert(for_file(column.name)) if for_csv else column.name, seen)
            seen.add(name.casefold())
            sql = dialect.inert(column.sql) if for_csv and column.type == TEXT else column.sql
            names.setdefault(name, [None] * len(parts))[at] = sql
            kinds.setdefault(name, set()).add(column.type)
    # Values of columns that are called alike and have different types become text; a column that is not there is empty.
    return {
        name: [
            "null" if sql is None else f"cast({sql} as {TEXT})" if len(kinds[name]) > 1 else sql for sql in expressions
        ]
        for name, expressions in names.items()
    }


def _free(name: str, taken: set[str]) -> str:
    """A name that no other column has."""
    wanted = f"ledger_{name}" if name.casefold() in APPENDED else name or "column"
    found, number = wanted, 1
    while found.casefold() in taken or found.casefold() in APPENDED:
        number += 1
        found = f"{wanted}_{number}"
    return found
