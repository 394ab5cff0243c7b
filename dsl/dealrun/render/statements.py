"""Statements in words: a table for each clause, balances, totals by party, and what is left over.

In: a settlement. Out: blocks. Guaranteed: what the JSON of the same statement says; a payment that is not known shows
its bounds and what it hangs on.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.windows import span_text
from dealrun.render.blocks import GAP, Block, Heading, Paragraph, Table, spaced
from dealrun.render.states import cites
from dealrun.settle.ledger.sums import LedgerError
from dealrun.settle.statement import (
    Balance,
    Limit,
    Line,
    Money,
    Part,
    Payment,
    PaymentReasons,
    Settlement,
    figure,
    readable,
)
from dealrun.source.plain import safe
from dealrun.time import iso

HEADER = ("period", "what", "base", "rate", "amount", "withheld", "recouped", "payable", "due", "total")


def _bare(money: Money) -> str:
    if money.exact:
        return figure(money.minor_least or 0, money.currency)
    if money.minor_least == 0 and money.minor_most is not None:
        return f"up to {figure(money.minor_most, money.currency)}"
    low = "?" if money.minor_least is None else figure(money.minor_least, money.currency)
    high = "?" if money.minor_most is None else figure(money.minor_most, money.currency)
    return f"{low} to {high}"


def _money(money: Money) -> str:
    return f"{_bare(money)} {money.currency}"


def _quiet(money: Money) -> str:
    return "" if money.exact and not money.minor_least else _bare(money)


def digits(currency: str) -> int:
    """The digits of a currency's minor unit."""
    return MINOR_DIGITS.get(currency, 2)


def _due(payment: Payment) -> str:
    return iso(payment.due) if payment.due is not None else payment.due_text


def _base(line: Line) -> str:
    base = sum((part.base - part.deducted for part in line.parts), Fraction(0))
    units = sum((part.units for part in line.parts), Fraction(0))
    if units and (not base or all(" per " in part.rate for part in line.parts)):
        return f"{readable(units)} units"
    return readable(base, digits(line.amount.currency)) if base else ""


def _rates(line: Line) -> str:
    said = dict.fromkeys("in tiers" if " up to " in part.rate else part.rate for part in line.parts if part.rate)
    return ", then ".join(said)


def _what(line: Line) -> str:
    text = line.kind if line.kind != "correction" else f"correction of {span_text(line.period)}"
    return text + (" (forecast)" if line.forecast else "")


def _rows(payment: Payment) -> list[list[str]]:
    """A row for each line; the last one holds what is payable."""
    rows = []
    for index, line in enumerate(payment.lines):
        last = index == len(payment.lines) - 1
        rows.append([
            span_text(payment.period) if not index else "",
            _what(line), _base(line), _rates(line), _bare(line.amount),
            _quiet(payment.withheld) if last else "", _quiet(payment.recouped) if last else "",
            _bare(payment.amount) if last else "", _due(payment) if last else "", _bare(payment.total) if last else "",
        ])  # fmt: skip
    if not payment.lines:
        rows.append([span_text(payment.period), "cap", "", "", "", _quiet(payment.withheld), _quiet(payment.recouped),
                     _bare(payment.amount), _due(payment), _bare(payment.total)])  # fmt: skip
    return rows


FIGURES = frozenset({"base", "amount", "withheld", "recouped", "payable", "total", "paid", "outstanding", "overdue",
                     "unrecorded"})  # fmt: skip


def _table(header: tuple[str, ...], rows: list[list[str]]) -> Table:
    """A table without the columns that hold nothing."""
    figures = [index for index, name in enumerate(header) if name in FIGURES]
    return Table.of(header, rows, figures).without_empty()


def _clause(payments: tuple[Payment, ...], *, quiet: bool) -> list[Block]:
    first = payments[0]
    payees = ", ".join(first.payees)
    arrow = f"{first.payer}->{payees}" if payees else first.payer
    text = f"{first.label}  {first.verb} {arrow}, in {first.currency}  {cites(first.cites)}".rstrip()
    blocks: list[Block] = [Heading(text, 2)]
    rows = [row for payment in payments for row in _rows(payment)]
    if any(not payment.withheld.exact for payment in payments):  # what a cap that is not known does has its own table
        rows = [[*row[:5], "", *row[6:9], ""] for row in rows]
    blocks.append(_table(HEADER, rows))
    if len(first.payees) > 1:
        blocks += [GAP, Table.of(["period", *first.payees], [
            [span_text(payment.period), *(_bare(money) for _, money in payment.split)] for payment in payments
        ], range(1, len(first.payees) + 1))]  # fmt: skip
    unknown = [(payment, limit) for payment in payments for limit in payment.limits if _unknown(limit)]
    if unknown:
        blocks += [GAP, Table.of(["period", "window", "paid in the window so far", "affected where the cap is below"], [
            [span_text(payment.period), span_text(limit.window), limit.running, _bare(limit.accrued)]
            for payment, limit in unknown
        ], (3,))]  # fmt: skip
    hangs = sorted({name for payment in payments for name in payment.contingent_on})
    if hangs and not quiet:
        blocks.append(Paragraph(f"hangs on {', '.join(hangs)}"))
    return [*blocks, GAP]


def _unknown(limit: Limit) -> bool:
    return limit.value[0] is None or limit.value[0] != limit.value[1]


def statement(found: Settlement, *, quiet: bool = False) -> list[Block]:
    """The whole statement."""
    blocks: list[Block] = []
    for label, payer, payees in dict.fromkeys((p.label, p.payer, p.payees) for p in found.payments):
        mine = tuple(p for p in found.of(label) if (p.payer, p.payees) == (payer, payees))
        blocks += _clause(mine, quiet=quiet)
    if not found.payments:
        blocks += [Paragraph("nothing is settled" if found.unsettled else "nothing is payable"), GAP]
    if found.balances:
        blocks += [_balances(found.balances), GAP]
    if found.totals:
        totals = [[t.party, _money(t.pays), _money(t.receives)] for t in found.totals]
        blocks += [Table.of(["party", "owes", "is owed"], totals, (1, 2)), GAP]
    if found.unclaimed:
        blocks += [Table.of(["rows of no clause", "rows", "amount", "why"], [
            [" ".join(part for part in (u.stream, u.product, u.territory, u.payer) if part), f"{u.rows:,}",
             f"{readable(u.amount, 2)} {u.currency}".rstrip(), u.reason] for u in found.unclaimed
        ]), GAP]  # fmt: skip
    blocks += [Paragraph(f"not settled: {unsettled.label}: {unsettled.reason}") for unsettled in found.unsettled]
    return spaced([*blocks, *(() if quiet else _notes(found))])


def _balances(balances: Sequence[Balance]) -> Block:
    """What was due and not paid is overdue where books are kept, and unrecorded elsewhere; no column is empty."""
    late = [name for name in ("overdue", "unrecorded")
            if any(_quiet(getattr(balance, name)) for balance in balances)] or ["overdue"]  # fmt: skip
    rows = [
        [b.label, _money(b.payable), _quiet(b.paid), _bare(b.outstanding), *(_quiet(getattr(b, name)) for name in late),
         "; ".join(f"{name} {text}" for name, text in b.figures)]
        for b in balances
    ]  # fmt: skip
    return _table(("balance", "payable", "paid", "outstanding", *late, "beside"), rows)


def _notes(found: Settlement) -> list[Block]:
    blocks: list[Block] = []
    if found.sources:
        text = f"ledger: {', '.join(found.sources)}: {found.rows:,} rows"
        if found.later_rows:
            text += f", {found.later_rows:,} of them in periods that are not settled"
        blocks.append(Paragraph(text))
    return [*blocks, *(Paragraph(note) for note in found.notes)]


def against(versions: Mapping[str, Settlement]) -> list[Block]:
    """The payments of several versions side by side, and in all."""
    blocks: list[Block] = []
    names = list(versions)
    for label in dict.fromkeys(p.label for found in versions.values() for p in found.payments):
        sides = {name: {p.period: p for p in found.of(label)} for name, found in versions.items()}
        currency = next(p.currency for side in sides.values() for p in side.values())
        rows = []
        for period in sorted({period for side in sides.values() for period in side}):
            cells = [_bare(side[period].amount) if period in side else "" for side in sides.values()]
            rows.append([span_text(period), *cells, "" if len(set(cells)) == 1 else "*"])
        totals = [_bare(list(side.values())[-1].total) if side else "" for side in sides.values()]
        rows.append(["in all", *totals, "" if len(set(totals)) == 1 else "*"])
        columns = range(1, len(names) + 1)
        blocks += [Heading(f"{label}, in {currency}", 2), Table.of(["period", *names, "apart"], rows, columns), GAP]
    return blocks[:-1]


def reasons(found: PaymentReasons) -> list[Block]:
    """The payments of a clause in some days, or why there are none."""
    if not found.payments:
        days = span_text((found.start, found.end))
        return [Paragraph(f"nothing is payable under {found.label} for {days}: {found.nothing}")]
    return spaced([block for payment in found.payments for block in (*why(payment), GAP)])


def refused(error: LedgerError) -> list[Block]:
    """Why a ledger is refused: one kind of mistake after another, with the first rows of each."""
    blocks: list[Block] = []
    for problem in error.problems:
        blocks.append(Paragraph(f"error[{problem.code}]: {safe(problem.source)}: {safe(problem.message)}"))
        blocks += [Paragraph(f"row {row:,}: {safe(text)}", 1) for row, text in problem.rows]
        if problem.count > len(problem.rows) and problem.rows:
            blocks.append(Paragraph(f"and {problem.count - len(problem.rows):,} more", 1))
        if problem.help:
            blocks.append(Paragraph(f"help: {safe(problem.help)}", 1))
    return [*blocks, Paragraph("the ledger is refused as a whole")]


# --- why --------------------------------------------------------------------------------------------------------------


def why(payment: Payment) -> list[Block]:
    """A payment from the ledger to the cent."""
    due = f", due {_due(payment)}" if _due(payment) else ""
    blocks: list[Block] = [Heading(f"{payment.label} for {span_text(payment.period)}: {payment.amount}{due}", 2)]
    for line in payment.lines:
        blocks += [GAP, Paragraph(f"{_what(line)}, {span_text(line.period)}: {line.amount}")]
        blocks += [Paragraph(f"{name}: {text}", 1) for name, text in line.figures]
        for part in line.parts if line.kind not in {"true-up", "shortfall"} else ():
            blocks += _part(part, line.amount.currency)
        if line.parts and len(line.parts) > 1:
            blocks.append(Paragraph(f"rounded once: {line.amount}", 1))
    for limit in payment.limits:
        blocks += [
            GAP, Paragraph(f"cap {limit.cap}, {span_text(limit.window)}"),
            Paragraph(f"accrued in the window: {limit.accrued}", 1),
            Paragraph(f"paid before: {limit.before}; paid now in all: {limit.running}", 1),
        ]  # fmt: skip
    blocks.append(GAP)
    for name, money in (("accrued", payment.accrued), ("withheld", payment.withheld), ("recouped", payment.recouped)):
        if not money.exact or money.minor_least:
            blocks.append(Paragraph(f"{name}: {money}"))
    blocks.append(Paragraph(f"payable: {payment.amount}"))
    if len(payment.split) > 1:
        blocks += [Paragraph(f"to {payee}: {money}", 1) for payee, money in payment.split]
    if payment.due_text:
        day = f": {iso(payment.due)}" if payment.due is not None else ""
        blocks.append(Paragraph(f"due {payment.due_text}{day}"))
    if payment.contingent_on:
        blocks.append(Paragraph(f"hangs on {', '.join(payment.contingent_on)}"))
    return [*blocks, Paragraph(f"by {payment.instrument} {cites(payment.cites)}".rstrip())]


def _part(part: Part, currency: str) -> list[Block]:
    days = span_text((part.first, part.last))
    if not part.rate:
        return []
    places = digits(currency)
    base = f"{readable(part.base, places)} {currency}"
    if part.deducted:
        base += f" less {readable(part.deducted, places)}"
    if part.units:
        base += f", {readable(part.units)} units"
    share = readable(part.share.least or Fraction(0), places)
    if part.share[1] != part.share[0]:
        share += " or more" if part.share[1] is None else f" to {readable(part.share[1], places)}"
    by = f"by {part.instrument} {cites(part.cites)}".rstrip()
    text = f"{days}: {base} at {part.rate} is {share} ({part.amount}), {by}"
    return [Paragraph(text, 1), *(
        Paragraph(f"{readable(tier.base)} above {readable(tier.over)} at {tier.rate}: {readable(tier.share)}", 2)
        for tier in part.tiers
    )]  # fmt: skip
