# ruff: noqa: S608 - what is put together are expressions of this package, and names and texts that `dialect` quotes
"""The queries that allocate cents of groups to their rows.

In: summed relations, and a table of what to allocate. Out: SQL. Guaranteed: whole numbers throughout. With T cents to
allocate to a group of weight W, a row of weight w has the exact share T*w/W = q + r/|W|, with a whole q and r from 0 to
below |W|. It gets q, and those with the largest r get one cent more, the first rows among equals, until T is reached.

Not all rows are sorted. It is first counted, for each allocation, how many remainders lie high, low and in the narrow
middle where the last extra cent falls if they are spread evenly. Only rows of the one bucket in which it does fall are
ranked, and give the *cut*: the last row that gets an extra cent.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from dealrun.settle.ledger import dialect
from dealrun.settle.ledger.dialect import identifier, quoted
from dealrun.settle.ledger.query import KEYS, ordinal, weight
from dealrun.settle.ledger.read import Summed

NAMED: Final = ("label", "payee", "currency_paid")
"""Columns of few texts, kept as enumerations: a file of ten million rows is written twice as fast."""
COLUMNS: Final = {
    "i": "integer", **dict.fromkeys(KEYS, "varchar"), "day": "bigint", "booked": "bigint", "forecast": "boolean",
    **dict.fromkeys(NAMED, "varchar"), "period_first": "bigint", "period_last": "bigint",
    "minor": "bigint", "by_units": "boolean", "t": "", "d": "", "low": "", "high": "",
}  # fmt: skip
"""Of the table of allocations: their number, the group, what is written beside its rows, how many units of the last
digit a minor unit is, then T and |W| (T has the sign of both) and the bounds of the middle. No type stands for whole
numbers as wide as is needed.
"""
PLACES: Final = 18
"""Digits of what is allocated to a row."""


@attrs.frozen
class Target:
    """A relation to whose rows is allocated."""

    number: int
    summed: Summed
    whole: str
    """The type of whole numbers that is wide enough."""
    factors: Mapping[str, int]
    """The weights that are asked for (amount, units), and what brings those of this relation to the scale of all."""
    short: frozenset[str]
    """The weights that have few enough digits for an engine to make whole numbers of them fast."""
    before: int
    """The places of rows that are taken by the relations before this one."""

    @property
    def places(self) -> int:
        """How many places there are for its rows: in each of its files for as many as it has in all."""
        return len(self.summed.book.relation.files) * (self.summed.count + 1)

    def groups(self) -> str:
        """The table of the relation's groups, as they stand in the source, with the numbers of their allocations."""
        by = self.summed.by
        raw = ", ".join(f"raw_{key}" for key in by.keys)
        parsed = ", ".join([raw, *(f"{ordinal(key)} as {key}" for key in KEYS)])
        same = " and ".join(f"grouped.{key} = allocations.{key}" for key in KEYS)
        forecast = "" if self.summed.book.forecast else "not "
        return (
            f"create temporary table part{self.number} as select {raw}, i "
            f"from (select {parsed} from ({by.named(f'raw{self.number}')}) as parsed) as grouped "
            f"join allocations on {same} and {forecast}allocations.forecast"
        )

    def rows(self, allocations: str, names: Sequence[str], columns: Sequence[str] = ()) -> str:
        """The rows that have allocations, with `q`, `r`, and `seq`, their place among all rows; with columns of the
        allocations, and columns of their own.
        """
        book = self.summed.book
        keys = [f"{column.sql} as raw_{key}" for key, column in book.key_columns.items()]
        place = f"{self.before} + {book.relation.file} * {self.summed.count + 1} + {book.relation.row} as seq"
        scanned = ", ".join([*keys, *self._weights(), place, *columns])
        same = " and ".join(f"scanned.raw_{key} is not distinct from part.raw_{key}" for key in book.key_columns)
        weights = {name: f"scanned.weight_{name}" for name in self.factors}
        chosen = next(iter(weights.values()), "0")
        if len(weights) > 1:
            chosen = f"case when part.by_units then {weights['units']} else {weights['amount']} end"
        mine = [column.rpartition(" as ")[2] for column in columns]
        carried = ", ".join(
            [*(f"scanned.{name}" for name in ("seq", *mine)), *(f"part.{name}" for name in ("d", *names))]
        )
        raw = ", ".join(f"part.raw_{key}" for key in book.key_columns)
        shared = (
            f"select {carried}, {chosen} * part.t as n from (select {scanned} from {book.relation.sql}) as scanned "
            f"join (select {raw}, allocations.* from part{self.number} as part "
            f"join ({allocations}) as allocations on part.i = allocations.i) as part on {same}"
        )
        divided = f"select *, {dialect.quotient('n', 'd')} as quotient from ({shared}) as shared"
        kept = ", ".join(["seq", *names, *mine])
        # The quotient is rounded towards zero, and what rests has the sign of what was divided.
        return (
            f"select {kept}, quotient - case when rest < 0 then 1 else 0 end as q, "
            "rest + case when rest < 0 then d else 0 end as r "
            f"from (select *, n - quotient * d as rest from ({divided}) as divided) as rest"
        )

    def _weights(self) -> list[str]:
        found = []
        for name, factor in self.factors.items():
            value = weight(self.summed.book, name, wide=self.summed.wide)
            scale = self.summed.by.scale_of(name)
            value = f"{value} * {10**scale}" if name in self.short else dialect.whole(value, scale, wide=True)
            found.append(f"cast({value} as {self.whole}) * {factor} as weight_{name}")
        return found


def extremes(summed: Summed, name: str) -> str:
    """The least and the greatest weight of a relation's rows, as whole numbers of its scale."""
    value = weight(summed.book, name, wide=summed.wide)
    scale = summed.by.scale_of(name)
    ends = (dialect.whole(f"coalesce({end}({value}), 0)", scale, wide=True) for end in ("min", "max"))
    return f"select {', '.join(ends)} from {summed.book.relation.sql}"


def tables(whole: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """The statements that make the table of allocations; the last takes its columns as lists, in order."""
    types = {name: f"create type {name}_text as enum ({', '.join(map(quoted, names[name]))})" for name in NAMED}
    columns = []
    for number, (name, kind) in enumerate(COLUMNS.items(), 1):
        value = f"unnest(cast(${number} as {kind or whole}[]))"
        columns.append(f"{value} as {name}")
    days = ("period_first", "period_last")
    kept = ", ".join(name for name in COLUMNS if name not in {*NAMED, *days})
    named = ", ".join(
        [*(f"cast({name} as {name}_text) as {name}" for name in NAMED), *(f"{dialect.day(d)} as {d}" for d in days)]
    )
    made = f"create temporary table allocations as select {kept}, {named} from (select {', '.join(columns)}) as given"
    return [*types.values(), made]


def buckets(parts: Sequence[Target]) -> str:
    """The table of allocations with extra cents: the bucket in which the last falls, and to which of its rows."""
    weighed = "select i, t, d, by_units, low, high from allocations"
    rows = " union all ".join(part.rows(weighed, ("i", "low", "high")) for part in parts)
    counted = (
        "select i, sum(r) as total, count(*) as n, sum(case when r >= high then 1 else 0 end) as in_high, "
        f"sum(case when r >= low then 1 else 0 end) as above_low from ({rows}) as rows group by i"
    )
    extra = (
        f"select allocations.*, n, in_high, above_low, {dialect.quotient('total', 'd')} as extra "
        f"from ({counted}) as counted join ({weighed}) as allocations on counted.i = allocations.i"
    )

    def pick(high: str, middle: str, low: str) -> str:
        return f"case when extra <= in_high then {high} when extra <= above_low then {middle} else {low} end"

    picked = (
        f"select i, t, d, by_units, {pick('high', 'low', '0')} as least, {pick('d', 'high', 'low')} as below, "
        f"extra - {pick('0', 'in_high', 'above_low')} as needed, "
        f"{pick('in_high', 'above_low - in_high', 'n - above_low')} as n from ({extra}) as extra where extra > 0"
    )
    last = "n - needed + 1"
    return (
        f"create temporary table buckets as select *, case when needed <= {last} then 1 else -1 end as direction, "
        f"case when needed <= {last} then needed else {last} end as near from ({picked}) as picked"
    )


def cuts(parts: Sequence[Target], bits: int | None, most: int) -> str:
    """The table of cuts: remainder and place of the last row that gets an extra cent.

    Where remainder and place fit into one number (the place has so many bits), the cut is one of the greatest in its
    bucket, or of the least, and at most so many must be kept. Else all rows of the buckets are sorted.
    """
    names = ("i", "least", "below", "needed", "near", "direction")
    rows = " union all ".join(part.rows("select * from buckets", names) for part in parts)
    rows = f"select * from ({rows}) as rows where r >= least and r < below"
    if bits is None:
        placed = f"select *, row_number() over (partition by i order by r desc, seq) as place from ({rows}) as rows"
        cut = f"select i, r, seq from ({placed}) as placed where place = needed"
    else:
        size = 1 << bits
        key = f"(r * {size} - seq) * direction"
        found = f"min(direction) * {dialect.greatest(key, most, 'min(near)')} as found"
        whole = dialect.quotient(f"(found + {size - 1})", str(size))
        cut = (
            f"select i, r, r * {size} - found as seq from (select i, found, {whole} as r "
            f"from (select i, {found} from ({rows}) as rows group by i) as found) as found"
        )
    return f"create temporary table cuts as select i, r as cut_r, seq as cut_seq from ({cut}) as cut"


def written(parts: Sequence[Target], columns: Mapping[str, Sequence[str]], digits: int, *, long: bool) -> str:
    """The rows with what is allocated to them. `columns` are those of the ledger: of each its SQL in every part.

    Long: a row may get more cents than can be multiplied fast.
    """
    # Without a cut no row gets an extra cent: no remainder is as large as the divisor.
    allocations = (
        "select allocations.*, coalesce(cut_r, d) as cut_r, coalesce(cut_seq, 0) as cut_seq "
        "from allocations left join cuts on allocations.i = cuts.i"
    )
    names = (*NAMED, "period_first", "period_last", "minor", "cut_r", "cut_seq")
    rows = " union all ".join(
        part.rows(allocations, names, [f"{sql[part.number]} as c{at}" for at, sql in enumerate(columns.values())])
        for part in parts
    )
    own = ", ".join(f"c{at} as {identifier(name)}" for at, name in enumerate(columns))
    cents = "(q + case when r > cut_r or (r = cut_r and seq <= cut_seq) then 1 else 0 end) * minor"
    value = f"cast({cents} as decimal({(2 * PLACES if long else PLACES) - digits}, 0))"
    if digits:  # a factor of few digits, so that the product needs no more than it is to have
        unit = f"cast('{10**-digits:.{digits}f}' as decimal({digits}, {digits}))"
        value = f"{value} * {unit}"
    return (
        f"select {own}, label, payee, period_first, period_last, currency_paid as currency, "
        f"cast({value} as decimal({PLACES}, {digits})) as allocated from ({rows}) as rows"
    )
