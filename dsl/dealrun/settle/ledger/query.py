# ruff: noqa: S608 - what is put together are expressions of this package, and names and texts that `dialect` quotes
"""The queries: sums of a ledger, rows that are wrong, ids that are given twice.

In: relations and the roles of their columns. Out: SQL. Guaranteed: one pass over a ledger sums it and tells whether
anything is wrong with it; what is wrong is asked about afterwards, by expressions that refuse the same rows. Text is
judged once for each group of rows that have the same, not once for each row. All that is not plain SQL stands in
`dialect.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from dealrun.settle.ledger import dialect
from dealrun.settle.ledger.columns import LONG, TEXT, WHOLE, LedgerTerms, SourceColumn
from dealrun.settle.ledger.dialect import MAX_SCALE, quoted
from dealrun.settle.ledger.sources import Relation
from dealrun.settle.ledger.sums import MAX_AMOUNT_DIGITS, Columns

NAMES: Final = frozenset({"stream", "payer", "product", "territory"})
"""The keys that are names of the contract, which are compared in Unicode's composed form."""
KEYS: Final = ("stream", "day", "booked", "currency", "payer", "product", "territory")
"""What rows are summed by, in the order of `Group`."""
DAYS: Final = frozenset({"day", "booked"})
_ROLES: Final = {"day": "date"}


@attrs.frozen
class Book:
    """A relation, read as a ledger."""

    relation: Relation
    columns: Columns
    terms: LedgerTerms
    forecast: bool

    def column(self, role: str) -> SourceColumn | None:
        """The column of a role, if there is one."""
        name = self.columns.names.get(role)
        return next((column for column in self.relation.columns if column.name == name), None)

    @property
    def key_columns(self) -> dict[str, SourceColumn]:
        """The columns of the keys that there are."""
        return {key: column for key in KEYS if (column := self.column(_ROLES.get(key, key)))}

    @property
    def streams(self) -> frozenset[str]:
        """What a row may have as its stream."""
        default = self.terms.default_stream
        return self.terms.streams | ({default} if default is not None else frozenset())

    @property
    def currencies(self) -> frozenset[str]:
        """What a row may have as its currency; the empty one only where nothing says which it is."""
        default = self.terms.default_currency
        if self.column("currency") is None:
            return frozenset({default or ""})
        return (self.terms.currencies - {""}) | ({default} if default is not None else frozenset())


@attrs.frozen
class NumberColumn:
    """How a column of numbers is summed."""

    value: str
    scale: int
    checked: bool
    """Whether the value is NULL where it is not allowed, which is to be counted."""


def text(column: SourceColumn, value: str | None = None) -> str:
    """A column as text, without the spaces around it."""
    value = value or column.sql
    return f"trim({value})" if column.type == TEXT else f"trim(cast({value} as varchar))"


def missing(column: SourceColumn, value: str | None = None) -> str:
    """Whether a column holds nothing."""
    value = value or column.sql
    return f"coalesce(trim({value}), '') = ''" if column.type == TEXT else f"{value} is null"


def date(column: SourceColumn, value: str | None = None) -> str:
    """A column as a date; NULL where it is none."""
    value = value or column.sql
    if column.type == "DATE":
        return value
    if column.type == TEXT:
        return dialect.date(f"trim({value})")
    # A time of day is not ours to cut off: whose midnight would it be?
    return f"case when {value} = cast(cast({value} as date) as {column.type}) then cast({value} as date) end"


def number(book: Book, column: SourceColumn, *, wide: bool) -> NumberColumn:
    """A column as decimals: fast, and NULL for numbers that are too long for that; or wide, and NULL for no others."""
    value = column.sql
    if column.type in WHOLE:
        return NumberColumn(value, 0, checked=False)
    if column.type in LONG:
        return NumberColumn(f"try_cast({value} as {dialect.exact(0)})", 0, checked=True)
    if column.decimal is None:
        if wide:
            return NumberColumn(dialect.wide(f"trim({value})"), MAX_SCALE, checked=True)
        scale = book.relation.decimals.get(column.name, 2)
        return NumberColumn(dialect.number(value, scale), scale, checked=True)
    digits, scale = column.decimal
    if digits <= MAX_AMOUNT_DIGITS and scale <= MAX_SCALE:
        return NumberColumn(value, scale, checked=False)
    if wide:
        return NumberColumn(dialect.wide(f"cast({value} as varchar)"), MAX_SCALE, checked=True)
    fast = f"try_cast({value} as {dialect.exact(min(scale, MAX_SCALE))})"
    if scale > MAX_SCALE:
        fast = f"case when {fast} = {value} then {fast} end"
    return NumberColumn(fast, min(scale, MAX_SCALE), checked=True)


@attrs.frozen
class Pass:
    """The one pass over a relation: `raw` sums rows that have the same text, `sums` tells what the texts mean."""

    raw: str
    """SQL: the keys as they stand in the source (`raw_stream` ...), sums and counts."""
    keys: tuple[str, ...]
    """The keys that the source has a column for."""
    parsed: str
    totals: str
    scale: int
    unit_scale: int

    def scale_of(self, name: str) -> int:
        """The scale of `amount` or `units`."""
        return self.unit_scale if name == "units" else self.scale

    def sums(self, raw: str | None = None) -> str:
        """SQL: `KEYS`, amount, units and rows of each group as whole numbers; last, 1 where something is wrong.

        From the raw sums, or from a table that holds them.
        """
        source = raw or f"({self.raw})"
        grouped = f"select {self.totals} from ({self.named(source)}) as parsed"
        # In order, so that there is little to sort when the sums of all relations are put together.
        return (
            "select *, case when amount is null or units is null then 1 else wrong end "
            f"from ({grouped} group by {_first(len(KEYS))}) as summed order by {_first(len(KEYS))}"
        )

    def named(self, raw: str) -> str:
        """SQL: the raw sums with the parsed keys beside them."""
        return f"select {self.parsed}, raw.* from {raw} as raw"


def one_pass(book: Book, *, wide: bool) -> Pass:
    """The sums of a relation; not wide: fast, and something is wrong where they are too long for that."""
    raw = book.key_columns
    measures: list[str] = ["count(*) as n"]
    faults: list[str] = []
    totals = {"amount": "0", "units": "0"}
    scales = {"amount": 0, "units": 0}
    for name in totals:
        column = book.column(name)
        if column is None:
            continue
        summed = number(book, column, wide=wide)
        scales[name] = summed.scale
        value = weight(book, name, wide=wide) if summed.checked else summed.value
        measures.append(f"sum({value}) as {name}")
        totals[name] = dialect.whole(f"coalesce(sum({name}), 0)", summed.scale, wide=wide)
        if name == "amount" or summed.checked:
            measures.append(f"count({value}) as {name}_n")
            faults.append(f"{name}_n <> n")
    faults += [f"{ordinal('day')} is null", f"{ordinal('booked')} is null"]
    faults += [f"not {among('stream', book.streams)}", f"not {among('currency', book.currencies)}"]
    columns = ", ".join([*(f"{column.sql} as raw_{key}" for key, column in raw.items()), *measures])
    parsed = keys(book, {key: f"raw_{key}" for key in raw})
    fields = ", ".join(ordinal(key) for key in KEYS)
    return Pass(
        f"select {columns} from {book.relation.sql} group by {_first(len(raw))}",
        tuple(raw),
        ", ".join(f"{value} as {key}" for key, value in parsed.items()),
        f"{fields}, {totals['amount']} as amount, {totals['units']} as units, cast(sum(n) as bigint) as n, "
        f"max(case when {' or '.join(faults)} then 1 else 0 end) as wrong",
        scales["amount"],
        scales["units"],
    )


def weight(book: Book, name: str, *, wide: bool) -> str:
    """The amount or the units of a row as a decimal; no units are none."""
    column = book.column(name)
    if column is None:
        return "0"
    value = number(book, column, wide=wide).value
    return f"case when {missing(column)} then 0 else {value} end" if name == "units" else value


def wrong_rows(book: Book, conditions: Sequence[str]) -> str:
    """How many rows of each file meet each condition."""
    counts = ", ".join(f"sum(case when {condition} then 1 else 0 end)" for condition in conditions)
    return f"select {book.relation.file}, {counts} from {book.relation.sql} group by 1 order by 1"


def first_rows(book: Book, condition: str, column: SourceColumn, count: int, length: int) -> str:
    """File, number and what the column holds of the first rows that meet a condition."""
    relation = book.relation
    numbered = (
        f"select {relation.file} as file, {relation.row} as row, {column.sql} as shown, {condition} as met "
        f"from {relation.sql}"
    )
    shown = f"left(coalesce(cast(shown as varchar), ''), {length})"
    return f"select file, row, {shown} from ({numbered}) as numbered where met order by file, row limit {count}"


def repeated_ids(books: Mapping[int, Book]) -> str:
    """The ids that more than one row has."""
    ids = " union all ".join(f"select {_id(book)} as id from {book.relation.sql}" for book in books.values())
    return f"select id from ({ids}) as ids where id <> '' group by id having count(*) > 1"


def repetitions(books: Mapping[int, Book]) -> str:
    """The rows that have such an id: which time it is, and where it was first."""
    rows = " union all ".join(
        f"select {number} as book, {book.relation.file} as file, {book.relation.row} as row, {_id(book)} as id "
        f"from {book.relation.sql}"
        for number, book in books.items()
    )
    order = "over (partition by id order by book, file, row)"
    return (
        f"select book, file, row, id, row_number() {order} as time, first_value(book) {order} as first_book, "
        f"first_value(file) {order} as first_file, first_value(row) {order} as first_row "
        f"from ({rows}) as ids where id in ({repeated_ids(books)})"
    )


def _id(book: Book) -> str:
    column = book.column("id")
    return text(column) if column else "''"


def keys(book: Book, names: Mapping[str, str]) -> dict[str, str]:
    """What each key is, from its column under a name; `booked` may still lie before `day`."""
    found = dict.fromkeys(KEYS, "''")
    found["stream"] = quoted(book.terms.default_stream or "")
    found["currency"] = quoted(book.terms.default_currency or "")
    for key, column in book.key_columns.items():
        value = names[key]
        if key in DAYS:
            found[key] = date(column, value)
        else:
            said = text(column, value)
            found[key] = f"coalesce(nullif({dialect.composed(said) if key in NAMES else said}, ''), {found[key]})"
    booked = book.key_columns.get("booked")
    found["booked"] = (
        f"case when {missing(booked, names['booked'])} then {found['day']} else {found['booked']} end"
        if booked
        else found["day"]
    )
    return found


def ordinal(key: str) -> str:
    """A parsed key as `Group` has it: days as ordinals, no booking before the sale."""
    if key == "booked":
        return dialect.ordinal("case when booked < day then day else booked end")
    return dialect.ordinal(key) if key in DAYS else key


def among(value: str, names: frozenset[str]) -> str:
    """Whether a value is one of several."""
    return f"{value} in ({', '.join(map(quoted, sorted(names)))})" if names else "1 = 0"


def _first(count: int) -> str:
    return ", ".join(map(str, range(1, count + 1)))
