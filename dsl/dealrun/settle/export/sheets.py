"""What a workbook is made of: cells that know their value exactly, and sheets that know where their cells stand.

In: columns, and cells row by row. Out: sheets, for `writer` to write and for formulas to refer to. Guaranteed: what a
sheet cannot hold (too many rows, a text that is too long) is refused with ValueError while it is built, before anything
is written; text holds no character that XML cannot; a formula is made only where binary arithmetic cannot get its last
digit wrong.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

import attrs

from dealrun.extras import need
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.settle.export.values import terminating
from dealrun.settle.statement import Money
from dealrun.source.plain import safe
from dealrun.time.days import Day

MAX_ROWS = 1_048_576
MAX_CHARACTERS = 32_767
SIGNIFICANT: Final = 15

HEAD: Final = 4
"""The row of the header; above it stand the title, what the statement is of, and the sum of the checks."""

NOT_KNOWN: Final = "not known"
TOO_LONG: Final = "too many digits"
GIVEN: Final = "as given"


@attrs.frozen
class Number:
    """A number, shown with at least `digits` places; text where a spreadsheet would round it."""

    value: Fraction
    digits: int = 0

    decimal: Decimal | None = attrs.field(init=False, eq=False)
    """The number, where 15 significant digits hold it."""

    @decimal.default
    def _decimal(self) -> Decimal | None:
        found = terminating(self.value)
        return found if found is not None and len(f"{found:f}".replace(".", "").strip("-0")) <= SIGNIFICANT else None

    @property
    def places(self) -> int:
        """Places shown, so that none of its digits is hidden."""
        found = self.decimal
        return self.digits if found is None else max(self.digits, -int(found.as_tuple().exponent))

    @property
    def literal(self) -> str:
        """The number as a formula says it; empty where none can."""
        if self.decimal is not None:
            return f"{self.decimal:f}"
        parts = (self.value.numerator, self.value.denominator)
        return str(self.value) if all(len(str(abs(part))) <= SIGNIFICANT for part in parts) else ""


@attrs.frozen
class Formula:
    """A formula, without its `=`, and the value that it has."""

    text: str
    value: Fraction
    digits: int


@attrs.frozen
class Date:
    """A day."""

    day: Day


Present: TypeAlias = str | Number | Formula | Date

Cell: TypeAlias = Present | None


@attrs.frozen
class Column:
    """A column."""

    key: str
    header: str
    width: int = 16
    """At most, in characters."""
    check: bool = False
    """Whether it holds what checks the others; it is not printed."""


@attrs.frozen
class Row:
    """A row, without its empty cells: `level` folds it below the one before it."""

    cells: dict[str, Present]
    level: int
    strong: bool
    faint: bool


def printable(text: str, where: str) -> str:
    """The text without characters that a cell cannot hold, its lines kept; ValueError where it is too long for one."""
    found = "\n".join(map(safe, text.splitlines()))
    # Spreadsheets count UTF-16.
    if len(found.encode("utf-16-le")) // 2 > MAX_CHARACTERS:
        raise ValueError(f"{where} has more than {MAX_CHARACTERS} characters, which no cell of a spreadsheet holds")
    return found


@attrs.define
class Sheet:
    """A sheet while it is built."""

    name: str
    columns: Sequence[Column]
    rows: list[Row] = attrs.field(factory=list)

    @property
    def following(self) -> int:
        """The number of the row that is added next."""
        return HEAD + 1 + len(self.rows)

    def add(self, cells: dict[str, Cell], level: int = 0, *, strong: bool = False, faint: bool = False) -> int:
        """Add a row; its number. ValueError where it does not fit."""
        row = self.following
        if row > MAX_ROWS:
            raise ValueError(
                f"sheet `{self.name}` would have more than {MAX_ROWS} rows; export tables as CSV or Parquet"
            )
        clean = {
            key: printable(cell, f"`{key}` in row {row} of sheet `{self.name}`") if isinstance(cell, str) else cell
            for key, cell in cells.items()
            if cell is not None and cell != ""
        }
        self.rows.append(Row(clean, level, strong, faint))
        return row

    def letter(self, key: str) -> str:
        """The letter of a column."""
        keys = [column.key for column in self.columns]
        return str(need("xlsxwriter.utility").xl_col_to_name(keys.index(key)))

    def at(self, key: str, row: int) -> str:
        """A cell, as formulas of this sheet name it."""
        return f"{self.letter(key)}{row}"

    def block(self, key: str, first: int = HEAD + 1, last: int | None = None) -> str:
        """Cells of one column, as formulas of any sheet name them; all that there are, if not said otherwise."""
        letter = self.letter(key)
        return f"{self.name}!${letter}${first}:${letter}${last or self.following - 1}"


def heads(spec: Sequence[Column], ranged: Iterable[str]) -> list[Column]:
    """The columns; behind each of those in `ranged`, its least and its most."""
    there = set(ranged)
    found = []
    for column in spec:
        found.append(column)
        if column.key in there:
            found += [Column(f"{column.key}_{end}", f"{column.header}, {end}") for end in ("least", "most")]
    return found


def digits_of(currency: str) -> int:
    """Digits of the minor unit."""
    return MINOR_DIGITS.get(currency, 2)


def units(minor: int, currency: str) -> Fraction:
    """Minor units in units of the currency."""
    return Fraction(minor, 10 ** digits_of(currency))


def bounded(key: str, bounds: tuple[Fraction | None, Fraction | None], digits: int) -> dict[str, Cell]:
    """The cells of a figure that lies between bounds."""
    least, most = bounds
    low: Cell = "no bound" if least is None else Number(least, digits)
    high: Cell = "no bound" if most is None else Number(most, digits)
    known = least is not None and least == most
    return {key: low if known else NOT_KNOWN, f"{key}_least": low, f"{key}_most": high}


def money(key: str, amount: Money) -> dict[str, Cell]:
    """The cells of an amount."""
    least, most = (
        None if bound is None else units(bound, amount.currency) for bound in (amount.minor_least, amount.minor_most)
    )
    return bounded(key, (least, most), digits_of(amount.currency))


def fits(values: Iterable[Fraction], digits: int) -> bool:
    """Whether a sum of doubles of these comes out right, rounded to `digits` places."""
    found = list(values)
    # Each of the n numbers and each step of the sum is off by at most one part in 2**53 of all that is added up; that
    # must stay below half a unit of the last place.
    return bool((len(found) + 1) * sum(map(abs, found)) * 10**digits < 2**51)


def obstacle(terms: Iterable[Money]) -> str:
    """Why a sum of amounts cannot be computed again in binary arithmetic; empty where it can."""
    found = list(terms)
    if not all(term.exact for term in found):
        return NOT_KNOWN
    values = [Number(units(term.minor_least or 0, term.currency)) for term in found]
    held = all(value.decimal is not None for value in values)
    return "" if held and fits((value.value for value in values), digits_of(found[0].currency)) else TOO_LONG


@attrs.define
class RowCheck:
    """Gathers the differences of a row: what was computed again against what stands there."""

    sheet: Sheet
    row: int
    digits: int
    terms: list[str] = attrs.field(factory=list)
    off: Fraction = Fraction(0)
    why: str = ""

    def against(self, stated: str, value: Fraction, key: str, formula: str, result: Fraction, why: str = "") -> Cell:
        """The formula for column `key`, to be set against column `stated`, which is `value`; or why there is none."""
        if why:
            self.why = self.why or why
            return why
        self.terms.append(f"ROUND(ABS({self.sheet.at(key, self.row)}-{self.sheet.at(stated, self.row)}),{self.digits})")
        self.off += abs(result - value)
        return Formula(formula, result, self.digits)

    @property
    def cell(self) -> Cell:
        """The sum of the differences; where nothing was compared, why."""
        return Formula("+".join(self.terms), self.off, self.digits) if self.terms else self.why or None
