"""Deals as text, ledgers as rows, and payments as people write them: what the settlement tests share.

In: the clauses of a deal, rows, and the last day. Out: a `Settlement`, and views of it made of texts alone. Guaranteed:
the sums of a ledger are made here from the rows, without the reader of files.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import attrs

import dealrun
from dealrun.settle.ledger.sums import Group, Sums
from dealrun.settle.settle import Convert, settle
from dealrun.settle.statement import Payment, Settlement
from dealrun.time import iso, parse_day

HEAD = """deal d "D" signed 2024-01-01 parties A, B currency USD
party A "A"
party B "B"
party C "C"
stream s1 "sales"
stream s2 "more sales"
unit copies "copies"
books
"""
SCALE = 6


@attrs.frozen
class Row:
    """A row of a ledger: the day of the sale, the amount, and whatever else it says."""

    day: str
    amount: str
    stream: str = "s1"
    units: str = "0"
    booked: str = ""
    currency: str = ""
    payer: str = ""
    product: str = ""
    territory: str = ""
    forecast: bool = False


def sums(*rows: Row) -> Sums:
    """The sums of rows, as the reader of a ledger makes them."""
    found: dict[tuple[str, int, int, str, str, str, str, bool], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
    for row in rows:
        day = parse_day(row.day)
        booked = max(day, parse_day(row.booked or row.day))
        key = (row.stream, day, booked, row.currency, row.payer, row.product, row.territory, row.forecast)
        amount, units, count = found[key]
        found[key] = [amount + Fraction(row.amount), units + Fraction(row.units), count + 1]
    groups = tuple(sorted(
        Group(*key[:7], int(amount * 10**SCALE), int(units * 10**SCALE), int(count), key[7])
        for key, (amount, units, count) in found.items()
    ))  # fmt: skip
    last = max((group.booked for group in groups if not group.forecast), default=None)
    return Sums(groups, SCALE, SCALE, len(rows), last, ("rows",) if rows else ())


def statement(
    text: str,
    *rows: Row,
    through: str = "2024-12-31",
    head: str = HEAD,
    default: str = "quarter",
    known: str | None = None,
    bind: Mapping[str, str] | None = None,
    convert: Convert | None = None,
) -> Settlement:
    """What the clauses of a deal come to by a day."""
    loaded = dealrun.loads(head + text)
    timeline = loaded.timeline(known=known or through, bind=dict(bind or {}))
    return settle(timeline, sums(*rows), parse_day(through), default=default, convert=convert)


def shown(*values: object) -> tuple[object, ...]:
    """Values of several types, to be compared as they are."""
    return values


def span(days: tuple[date, date]) -> str:
    """A period: `2024-01-01 2024-03-31`."""
    return f"{iso(days[0])} {iso(days[1])}"


def paid(found: Settlement, label: str) -> list[tuple[str, str]]:
    """The payments of a clause: the end of the period, and the amount."""
    return [(iso(payment.period[1]), str(payment.amount)) for payment in found.of(label)]


def lines(found: Settlement, label: str) -> list[tuple[str, str, str, str]]:
    """The lines of a clause: the end of the payment period, the kind of line, the days that it is for, the amount."""
    return [
        (iso(payment.period[1]), line.kind, span(line.period), str(line.amount))
        for payment in found.of(label)
        for line in payment.lines
    ]


def limits(payment: Payment) -> list[tuple[str, str, str, str]]:
    """What caps did to a payment: the window, and A(t), P(t-1) and P(t)."""
    return [(span(each.window), str(each.accrued), str(each.before), str(each.paid)) for each in payment.limits]


def balance(found: Settlement, label: str) -> tuple[str, str, str, str]:
    """Where a clause stands: payable, paid, outstanding, overdue."""
    (it,) = (each for each in found.balances if each.label == label)
    return str(it.payable), str(it.paid), str(it.outstanding), str(it.overdue)


def figures(found: Settlement, label: str) -> dict[str, str]:
    """The balances of its own that a clause has."""
    (it,) = (each for each in found.balances if each.label == label)
    return dict(it.figures)


def totals(found: Settlement) -> dict[str, tuple[str, str]]:
    """What each party pays and receives; of a statement in one currency."""
    assert len({total.pays.currency for total in found.totals}) <= 1
    return {total.party: (str(total.pays), str(total.receives)) for total in found.totals}


def unsettled(found: Settlement) -> dict[str, str]:
    """The clauses that are left out, and why."""
    return {each.label: each.reason for each in found.unsettled}
