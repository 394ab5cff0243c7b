"""A statement as a workbook (XLSX) that checks itself.

In: a `Settlement`. Out: the bytes of a file with the sheets Statement (a row for each payment), Lines (its lines,
their parts and tiers), Parties (the account of each), Balances, Caps (where there are any), Unclaimed and Notes.
Guaranteed: what `sheets` and `writer` guarantee, and that every figure of the statement stands there as a value; under
grey headers, live formulas compute it again from the other cells, and `RowCheck` is the difference: 0.

What is not known has its least and its most in columns of their own, and is not checked; nor is a figure that is text,
or a sum of which binary arithmetic could get the last digit wrong. There, a word in place of the check says why.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Final

from dealrun.settle.export.accounts import balances, caps, count_cell, parties, ranged_of
from dealrun.settle.export.lines import Lines, date_cell, exact, forecast_cell
from dealrun.settle.export.rows import Datum, Field, TableRows, about
from dealrun.settle.export.sheets import (
    GIVEN,
    HEAD,
    NOT_KNOWN,
    TOO_LONG,
    Cell,
    Column,
    Date,
    Formula,
    Number,
    RowCheck,
    Sheet,
    digits_of,
    heads,
    money,
    obstacle,
    printable,
)
from dealrun.settle.export.values import citations, split_of
from dealrun.settle.export.writer import SheetWriter
from dealrun.settle.statement import Payment, Settlement
from dealrun.time.days import iso

READING: Final = (
    "Under grey headers, formulas compute the figures again from the other cells; `Check` is the difference, and is 0.",
    "A part's share is its base, or its units, times its factor; tiers add up.",
    "Where a product does not say all of it (a tier that counts for everything, part of a month), it stands as given.",
    "The parts of a line add up to it. It is rounded once; `Check of rounding` is 0 within a minor unit of its shares.",
    f"`{NOT_KNOWN}`: it hangs on what nobody knows yet. The least and the most that it can be stand beside it.",
    f"`{TOO_LONG}`: a spreadsheet keeps 15 significant digits. A number with more is text, and not computed with.",
)

STATEMENT: Final = (
    Column("number", "No.", 6),
    Column("deal", "Deal", 24),
    Column("clause", "Clause", 24),
    Column("verb", "Kind"),
    Column("payer", "Payer", 24),
    Column("payees", "Payees", 30),
    Column("first", "From"),
    Column("last", "To"),
    Column("accrued", "Accrued"),
    Column("withheld", "Withheld"),
    Column("recouped", "Recouped"),
    Column("payable", "Payable"),
    Column("currency", "Currency"),
    Column("total", "Payable so far"),
    Column("due", "Due"),
    Column("due_text", "Due as agreed", 24),
    Column("forecast", "Forecast"),
    Column("hangs_on", "Hangs on", 24),
    Column("instrument", "Instrument", 24),
    Column("citations", "Citations", 30),
    Column("balance", "Balance No.", check=True),
    Column("accrued2", "Accrued recomputed", check=True),
    Column("payable2", "Payable recomputed", check=True),
    Column("total2", "Payable so far recomputed", check=True),
    Column("split2", "Parties' accounts", check=True),
    Column("check", "Check", check=True),
)

UNCLAIMED: Final = (
    Column("stream", "Stream", 24),
    Column("product", "Product", 24),
    Column("territory", "Territory", 24),
    Column("payer", "Payer", 24),
    Column("reason", "Reason", 60),
    Column("rows", "Rows"),
    Column("amount", "Amount"),
    Column("currency", "Currency"),
)

NOTES: Final = (Column("name", "What", 30), Column("text", "Text", 120))


def _payment(
    sheet: Sheet, lines: Lines, accounts: Sheet, number: int, payment: Payment, before: tuple[int, Payment] | None
) -> dict[str, Cell]:
    row, currency = sheet.following, payment.currency
    first, last = lines.blocks[number - 1]
    check = RowCheck(sheet, row, digits_of(currency))
    amounts = [line.amount for line in payment.lines]
    accrued, withheld, recouped = payment.accrued, payment.withheld, payment.recouped
    payable = exact(payment.amount)
    only = f'{lines.sheet.block("row", first, last)},"line"'
    accrued2 = check.against(
        "accrued",
        exact(accrued),
        "accrued2",
        f"SUMIFS({lines.sheet.block('amount', first, last)},{only})",
        sum(map(exact, amounts), Fraction(0)),
        obstacle([accrued, *amounts]) if amounts else GIVEN,
    )
    payable2 = check.against(
        "payable",
        payable,
        "payable2",
        f"{sheet.at('accrued', row)}-{sheet.at('withheld', row)}-{sheet.at('recouped', row)}",
        exact(accrued) - exact(withheld) - exact(recouped),
        obstacle([payment.amount, accrued, withheld, recouped]),
    )
    chain = f"{sheet.at('total', before[0])}+" if before else ""
    earlier = [before[1].total] if before else []
    total2 = check.against(
        "total",
        exact(payment.total),
        "total2",
        chain + sheet.at("payable", row),
        sum(map(exact, earlier), Fraction(0)) + payable,
        obstacle([payment.total, payment.amount, *earlier]),
    )
    shares = [amount for _, amount in split_of(payment)]
    split2 = check.against(
        "payable",
        payable,
        "split2",
        f"SUMIFS({accounts.block('pays')},{accounts.block('number')},{sheet.at('number', row)})",
        sum(map(exact, shares), Fraction(0)),
        obstacle([payment.amount, *shares]) if accounts.rows else GIVEN,
    )
    return {
        "number": count_cell(number),
        "deal": payment.deal,
        "clause": payment.label,
        "verb": payment.verb,
        "payer": payment.payer,
        "payees": "; ".join(payment.payees),
        "first": date_cell(payment.period[0]),
        "last": date_cell(payment.period[1]),
        **money("accrued", accrued),
        **money("withheld", withheld),
        **money("recouped", recouped),
        **money("payable", payment.amount),
        "currency": currency,
        **money("total", payment.total),
        "due": date_cell(payment.due),
        "due_text": payment.due_text,
        "forecast": forecast_cell(payment.forecast),
        "hangs_on": ", ".join(payment.contingent_on),
        "instrument": payment.instrument,
        "citations": citations(payment.cites),
        "accrued2": accrued2,
        "payable2": payable2,
        "total2": total2,
        "split2": split2,
        "check": check.cell,
    }


def _totals(sheet: Sheet, found: tuple[Payment, ...], currency: str, last: int) -> None:
    """The row that adds up the payments in one currency."""
    payments = [payment for payment in found if payment.currency == currency]
    row = sheet.following
    check = RowCheck(sheet, row, digits_of(currency))
    cells: dict[str, Cell] = {"clause": f"Total {currency}", "currency": currency}
    columns = {
        "accrued": [payment.accrued for payment in payments],
        "withheld": [payment.withheld for payment in payments],
        "recouped": [payment.recouped for payment in payments],
        "payable": [payment.amount for payment in payments],
    }
    for key, amounts in columns.items():
        total = reduce(add, amounts)
        cells |= money(key, total)
        only = f"{sheet.block('currency', HEAD + 1, last)},{sheet.at('currency', row)}"
        formula = f"SUMIFS({sheet.block(key, HEAD + 1, last)},{only})"
        if key in ("accrued", "payable"):
            value = exact(total)
            cells[f"{key}2"] = check.against(key, value, f"{key}2", formula, value, obstacle([total, *amounts]))
    sheet.add(cells | {"check": check.cell}, strong=True)


def _statement(settlement: Settlement, lines: Lines, accounts: Sheet) -> Sheet:
    payments = settlement.payments
    balance_of: dict[tuple[str, str], int] = {}
    for number, balance in enumerate(settlement.balances, 1):
        balance_of.setdefault((balance.label, balance.payable.currency), number)
    ranged = ranged_of(
        accrued=[payment.accrued for payment in payments],
        withheld=[payment.withheld for payment in payments],
        recouped=[payment.recouped for payment in payments],
        payable=[payment.amount for payment in payments],
        total=[payment.total for payment in payments],
    )
    sheet = Sheet("Statement", heads(STATEMENT, ranged))
    before: dict[tuple[str, str, str], tuple[int, Payment]] = {}
    for number, payment in enumerate(payments, 1):
        key = (payment.deal, payment.label, payment.currency)
        cells = _payment(sheet, lines, accounts, number, payment, before.get(key))
        if (balance_number := balance_of.get((payment.label, payment.currency))) is not None:
            cells["balance"] = count_cell(balance_number)
        before[key] = sheet.add(cells, faint=payment.forecast), payment
    last = sheet.following - 1
    for currency in dict.fromkeys(payment.currency for payment in payments):
        _totals(sheet, payments, currency, last)
    return sheet


def _unclaimed(settlement: Settlement) -> Sheet:
    sheet = Sheet("Unclaimed", UNCLAIMED)
    for found in settlement.unclaimed:
        sheet.add(
            {
                "stream": found.stream,
                "product": found.product,
                "territory": found.territory,
                "payer": found.payer,
                "reason": found.reason,
                "rows": count_cell(found.rows),
                "amount": Number(found.amount, digits_of(found.currency)),
                "currency": found.currency,
            }
        )
    return sheet


def _texts(sheet: Sheet) -> list[str]:
    """Which numbers of a sheet are text, by column."""
    found = []
    for column in sheet.columns:
        cells = ((row, cells.cells.get(column.key)) for row, cells in enumerate(sheet.rows, HEAD + 1))
        there = [sheet.at(column.key, row) for row, cell in cells if isinstance(cell, Number) and cell.decimal is None]
        if there:
            more = f" and {len(there) - 20} more" if len(there) > 20 else ""
            found.append(f"{sheet.name}, {column.header}: {', '.join(there[:20])}{more}")
    return found


def _notes(settlement: Settlement, sheets: list[Sheet]) -> Sheet:
    sheet = Sheet("Notes", NOTES)
    texts = [text for other in sheets for text in _texts(other)]
    for name, text in (
        *about(settlement),
        *((f"not settled: {found.label}", found.reason) for found in settlement.unsettled),
        *(("how to read this", text) for text in READING),
        *(("numbers written as text", text) for text in texts),
    ):
        sheet.add({"name": name, "text": text})
    return sheet


def _checks(sheets: list[Sheet]) -> Formula:
    """The sum of every check of every sheet."""
    blocks, off, digits = [], Fraction(0), 0
    for sheet in sheets:
        for column in sheet.columns:
            found = [row.cells.get(column.key) for row in sheet.rows if column.header.startswith("Check")]
            formulas = [cell for cell in found if isinstance(cell, Formula)]
            if formulas:
                blocks.append(f"SUM({sheet.block(column.key)})")
                off += sum(cell.value for cell in formulas)
                digits = max(digits, *(cell.digits for cell in formulas))
    return Formula("+".join(blocks) or "0", off, digits)


def workbook(settlement: Settlement, *, title: str = "Statement") -> bytes:
    """The statement as an XLSX file. ValueError where a sheet cannot hold it; MissingExtraError without XlsxWriter."""
    heading = printable(title, "the title")
    lines = Lines(settlement)
    accounts = parties(settlement)
    statement = _statement(settlement, lines, accounts)
    sheets = [
        statement,
        lines.sheet,
        accounts,
        balances(settlement, statement),
        *caps(settlement),
        _unclaimed(settlement),
    ]
    sheets.append(_notes(settlement, sheets))
    known = f", as known on {iso(settlement.known)}" if settlement.known is not None else ""
    writer = SheetWriter()
    for sheet in sheets:
        total = ("Sum of all checks", _checks(sheets)) if sheet is statement else None
        writer.write(sheet, heading, f"{sheet.name} through {iso(settlement.through)}{known}", total)
    return writer.finish()


def plain_workbook(tables: Iterable[TableRows], title: str, subtitle: str) -> bytes:
    """The rows of any tables as an XLSX file, a sheet each."""
    writer = SheetWriter()
    for found in tables:
        heads = [Column(each.name, each.name.replace("_", " ").capitalize(), WIDEST) for each in found.columns]
        sheet = Sheet(found.name.capitalize(), heads)
        for row in found.rows:
            sheet.add({each.name: _plain_cell(value, each) for each, value in zip(found.columns, row, strict=True)})
        writer.write(sheet, printable(title, "the title"), printable(subtitle, "the subtitle"))
    return writer.finish()


WIDEST: Final = 48
"""Characters of a column of text, at most."""


def _plain_cell(value: Datum, column: Field) -> Cell:
    match value:
        case None | str():
            return value
        case bool():
            return "yes" if value else "no"
        case int():
            return Date(value) if column.kind == "day" else Number(Fraction(value))
        case _:
            return Number(Fraction(value))
