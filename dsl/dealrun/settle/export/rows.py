"""A statement as tables.

In: a `Settlement`. Out: `TableRows`: named, typed columns and rows of exact values. Guaranteed: the columns of a table
never depend on the statement; rows stand in the statement's order.

`statement` is one long table of three kinds of rows. The column `row` says which: a `payment`, then each `line` of it,
then each `part` of the line. A figure stands in the rows that it is a figure of and nowhere else: `payment`,
`accrued`, `withheld`, `recouped` and `total` in payment rows, `amount` in line rows, and divided again in the part
rows below. So the sum of `payment` is what is payable, and the sum of `amount` over `row = 'line'` is what has
accrued. `payment_number`, `line_number` and `part_number` join the rows of one payment, and the tables `splits`,
`limits` and `tiers` to them.

An amount takes three columns: `X` where it is known, empty where not; `X_least` and `X_most` always, each empty where
there is no such bound.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, TypeAlias, cast

import attrs

from dealrun.errors import ArgumentError
from dealrun.settle.export.values import citations, dated, figures, split_of
from dealrun.settle.statement import Line, Money, Part, Payment, Settlement
from dealrun.time.days import iso

FieldKind: TypeAlias = Literal["text", "day", "money", "exact", "count", "flag"]
"""What the cells of a column are: `str`, `Day`, `Decimal`, `Fraction`, `int`, `bool`; or None in each."""

Datum: TypeAlias = str | int | bool | Decimal | Fraction | None


@attrs.frozen
class Field:
    """A column."""

    name: str
    kind: FieldKind


@attrs.frozen
class TableRows:
    """A table: every row has a cell for every column."""

    name: str
    columns: tuple[Field, ...]
    rows: tuple[tuple[Datum, ...], ...]


Record: TypeAlias = dict[str, Datum]


def _money(name: str, money: Money) -> Record:
    least, most = money.least, money.most
    return {name: least if money.exact else None, f"{name}_least": least, f"{name}_most": most}


def _bounds(name: str, bounds: tuple[Fraction | None, Fraction | None]) -> Record:
    least, most = bounds
    return {name: least if least == most else None, f"{name}_least": least, f"{name}_most": most}


def columns(spec: str) -> tuple[Field, ...]:
    """Columns from `name:kind`; `name:money*` and `name:exact*` are three, with the least and the most."""
    return tuple(
        Field(name + suffix, cast("FieldKind", kind.rstrip("*") or "text"))
        for name, _, kind in (item.partition(":") for item in spec.split())
        for suffix in (("", "_least", "_most") if kind.endswith("*") else ("",))
    )


STATEMENT: Final = columns(
    "row payment_number:count line_number:count part_number:count deal label verb payer payees "
    "period_first:day period_last:day line sale_first:day sale_last:day part_first:day part_last:day "
    "base:exact units:exact deducted:exact rate share:exact* amount:money* currency "
    "accrued:money* withheld:money* recouped:money* payment:money* due:day due_text total:money* "
    "forecast:flag hangs_on instrument citations figures"
)


def _part(number: int, part: Part) -> Record:
    return {
        "row": "part",
        "part_number": number,
        "part_first": dated(part.first),
        "part_last": dated(part.last),
        "base": part.base,
        "units": part.units,
        "deducted": part.deducted,
        "rate": part.rate,
        **_bounds("share", part.share),
        **_money("amount", part.amount),
        "forecast": part.forecast,
        "hangs_on": ", ".join(part.contingent_on),
        "instrument": part.instrument,
        "citations": citations(part.cites),
    }


def _line(number: int, line: Line) -> Record:
    return {
        "row": "line",
        "line_number": number,
        "line": line.kind,
        "sale_first": dated(line.period[0]),
        "sale_last": dated(line.period[1]),
        "forecast": line.forecast,
        "figures": figures(line.figures),
    }


def _payment(payment: Payment) -> Record:
    return {
        "row": "payment",
        **_money("accrued", payment.accrued),
        **_money("withheld", payment.withheld),
        **_money("recouped", payment.recouped),
        **_money("payment", payment.amount),
        "due": dated(payment.due),
        "due_text": payment.due_text,
        **_money("total", payment.total),
        "forecast": payment.forecast,
        "hangs_on": ", ".join(payment.contingent_on),
        "instrument": payment.instrument,
        "citations": citations(payment.cites),
    }


def _statement(settlement: Settlement) -> Iterator[Record]:
    for number, payment in enumerate(settlement.payments, 1):
        common: Record = {
            "payment_number": number,
            "deal": payment.deal,
            "label": payment.label,
            "verb": payment.verb,
            "payer": payment.payer,
            "payees": "; ".join(payment.payees),
            "period_first": dated(payment.period[0]),
            "period_last": dated(payment.period[1]),
            "currency": payment.currency,
        }
        yield common | _payment(payment)
        for line_number, line in enumerate(payment.lines, 1):
            of_line = common | _line(line_number, line)
            yield of_line | _money("amount", line.amount)
            for part_number, part in enumerate(line.parts, 1):
                yield of_line | {"figures": None} | _part(part_number, part)


def _splits(settlement: Settlement) -> Iterator[Record]:
    for number, payment in enumerate(settlement.payments, 1):
        for payee, money in split_of(payment):
            yield {
                "payment_number": number,
                "label": payment.label,
                "payer": payment.payer,
                "payee": payee,
                **_money("amount", money),
                "currency": money.currency,
            }


def _limits(settlement: Settlement) -> Iterator[Record]:
    for number, payment in enumerate(settlement.payments, 1):
        for limit in payment.limits:
            yield {
                "payment_number": number,
                "label": payment.label,
                "window_first": dated(limit.window[0]),
                "window_last": dated(limit.window[1]),
                "cap_text": limit.cap,
                **_bounds("cap", limit.value),
                **_money("accrued", limit.accrued),
                **_money("before", limit.before),
                **_money("paid", limit.paid),
                "currency": limit.paid.currency,
                "running": limit.running,
            }


def _tiers(settlement: Settlement) -> Iterator[Record]:
    for number, payment in enumerate(settlement.payments, 1):
        for line_number, line in enumerate(payment.lines, 1):
            for part_number, part in enumerate(line.parts, 1):
                for tier in part.tiers:
                    yield {
                        "payment_number": number,
                        "line_number": line_number,
                        "part_number": part_number,
                        "label": payment.label,
                        "over": tier.over,
                        "base": tier.base,
                        "rate": tier.rate,
                        "share": tier.share,
                        "currency": payment.currency,
                    }


def _balances(settlement: Settlement) -> Iterator[Record]:
    for balance in settlement.balances:
        yield {
            "label": balance.label,
            "currency": balance.payable.currency,
            **_money("payable", balance.payable),
            **_money("paid", balance.paid),
            **_money("outstanding", balance.outstanding),
            **_money("overdue", balance.overdue),
            **_money("unrecorded", balance.unrecorded),
            "figures": figures(balance.figures),
        }


def _parties(settlement: Settlement) -> Iterator[Record]:
    for total in settlement.totals:
        yield {
            "party": total.party,
            "currency": total.pays.currency,
            **_money("pays", total.pays),
            **_money("receives", total.receives),
        }


def _unclaimed(settlement: Settlement) -> Iterator[Record]:
    for found in settlement.unclaimed:
        yield attrs.asdict(found)


def _unsettled(settlement: Settlement) -> Iterator[Record]:
    for found in settlement.unsettled:
        yield attrs.asdict(found)


def about(settlement: Settlement) -> list[tuple[str, str]]:
    """What a statement says of itself: name and text."""
    return [
        ("through", iso(settlement.through)),
        *([("known", iso(settlement.known))] if settlement.known is not None else []),
        ("rows of the ledger", str(settlement.rows)),
        ("rows after the last settled day", str(settlement.later_rows)),
        *(("source", source) for source in settlement.sources),
        *(("note", note) for note in settlement.notes),
    ]


def _about(settlement: Settlement) -> Iterator[Record]:
    for name, text in about(settlement):
        yield {"name": name, "text": text}


_TABLES: Final[dict[str, tuple[tuple[Field, ...], Callable[[Settlement], Iterator[Record]]]]] = {
    "statement": (STATEMENT, _statement),
    "splits": (columns("payment_number:count label payer payee amount:money* currency"), _splits),
    "limits": (
        columns(
            "payment_number:count label window_first:day window_last:day cap_text cap:exact* "
            "accrued:money* before:money* paid:money* currency running"
        ),
        _limits,
    ),
    "tiers": (
        columns(
            "payment_number:count line_number:count part_number:count label "
            "over:exact base:exact rate share:exact currency"
        ),
        _tiers,
    ),
    "balances": (
        columns(
            "label currency payable:money* paid:money* outstanding:money* overdue:money* unrecorded:money* figures"
        ),
        _balances,
    ),
    "parties": (columns("party currency pays:money* receives:money*"), _parties),
    "unclaimed": (
        columns("stream product territory payer reason rows:count amount:exact currency"),
        _unclaimed,
    ),
    "unsettled": (columns("label reason"), _unsettled),
    "about": (columns("name text"), _about),
}

TABLES: Final = tuple(_TABLES)
"""The names of the tables."""


def table(settlement: Settlement, name: str = "statement") -> TableRows:
    """One of the tables; ArgumentError where there is none of that name."""
    if name not in _TABLES:
        raise ArgumentError(f"`{name}` is no table of a statement; there are {', '.join(TABLES)}")
    columns, records = _TABLES[name]
    rows = tuple(tuple(record.get(column.name) for column in columns) for record in records(settlement))
    return TableRows(name, columns, rows)
