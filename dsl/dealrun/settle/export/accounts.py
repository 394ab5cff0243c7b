"""The sheets of a workbook that keep accounts: of parties, of clauses, and of caps.

In: a `Settlement`. Out: sheets. Guaranteed: each row that says a sum has a formula for it over the rows that it sums.
"""

from collections import defaultdict
from fractions import Fraction
from typing import Final

from dealrun.settle.closing import UNNAMED
from dealrun.settle.export.lines import date_cell, exact
from dealrun.settle.export.sheets import (
    GIVEN,
    NOT_KNOWN,
    Cell,
    Column,
    Number,
    RowCheck,
    Sheet,
    bounded,
    digits_of,
    heads,
    money,
    obstacle,
)
from dealrun.settle.export.values import figures, split_of
from dealrun.settle.statement import Balance, Limit, Money, Payment, Settlement

PARTIES: Final = (
    Column("party", "Party", 30),
    Column("currency", "Currency"),
    Column("row", "Row"),
    Column("number", "No.", 6),
    Column("clause", "Clause", 24),
    Column("first", "From"),
    Column("last", "To"),
    Column("other", "With", 30),
    Column("pays", "Pays"),
    Column("receives", "Receives"),
    Column("pays2", "Pays recomputed", check=True),
    Column("receives2", "Receives recomputed", check=True),
    Column("check", "Check", check=True),
)

BALANCES: Final = (
    Column("number", "No.", 6),
    Column("clause", "Clause", 24),
    Column("currency", "Currency"),
    Column("payable", "Payable"),
    Column("paid", "Paid"),
    Column("outstanding", "Outstanding"),
    Column("overdue", "Overdue"),
    Column("unrecorded", "Unrecorded"),
    Column("figures", "Figures", 60),
    Column("payable2", "Payable recomputed", check=True),
    Column("outstanding2", "Outstanding recomputed", check=True),
    Column("check", "Check", check=True),
)

CAPS: Final = (
    Column("number", "No.", 6),
    Column("clause", "Clause", 24),
    Column("first", "Window from"),
    Column("last", "Window to"),
    Column("cap", "Cap as agreed", 40),
    Column("value", "Cap"),
    Column("accrued", "Accrued in window"),
    Column("before", "Paid before"),
    Column("paid", "Paid with this"),
    Column("currency", "Currency"),
    Column("running", "While not known", 40),
    Column("paid2", "Paid recomputed", check=True),
    Column("check", "Check", check=True),
)


def count_cell(number: int) -> Number:
    """The cell of a whole number."""
    return Number(Fraction(number))


def ranged_of(**columns: list[Money]) -> list[str]:
    """The columns that hold an amount that is not known."""
    return [key for key, amounts in columns.items() if not all(amount.exact for amount in amounts)]


def parties(settlement: Settlement) -> Sheet:
    """The account of each party: what it pays and receives, and the payments that make it up."""
    pays: dict[tuple[str, str], list[tuple[int, Payment, str, Money]]] = defaultdict(list)
    receives: dict[tuple[str, str], list[tuple[int, Payment, str, Money]]] = defaultdict(list)
    for number, payment in enumerate(settlement.payments, 1):
        for payee, amount in split_of(payment):
            pays[payment.payer, amount.currency].append((number, payment, payee, amount))
            receives[payee or UNNAMED, amount.currency].append((number, payment, payment.payer, amount))
    amounts = [amount for payment in settlement.payments for _, amount in split_of(payment)]
    ranged = ranged_of(
        pays=[*amounts, *(total.pays for total in settlement.totals)],
        receives=[*amounts, *(total.receives for total in settlement.totals)],
    )
    sheet = Sheet("Parties", heads(PARTIES, ranged))
    for total in settlement.totals:
        party: dict[str, Cell] = {"party": total.party, "currency": total.pays.currency}
        sides = {"pays": (total.pays, pays), "receives": (total.receives, receives)}
        row, digits = sheet.following, digits_of(total.pays.currency)
        found = {key: side[total.party, total.pays.currency] for key, (_, side) in sides.items()}
        last = row + sum(map(len, found.values()))
        check = RowCheck(sheet, row, digits)
        cells = party | {"row": "total"}
        for key, (stated, _) in sides.items():
            moneys = [amount for *_, amount in found[key]]
            formula = f"SUM({sheet.block(key, row + 1, last)})" if last > row else "0"
            result = sum(map(exact, moneys), Fraction(0))
            why = obstacle([stated, *moneys])
            cells |= money(key, stated)
            cells[f"{key}2"] = check.against(key, exact(stated), f"{key}2", formula, result, why)
        sheet.add(cells | {"check": check.cell}, strong=True)
        for key, rows in found.items():
            for number, payment, other, amount in rows:
                of = party | {"row": "payment", "number": count_cell(number), "clause": payment.label, "other": other}
                days: dict[str, Cell] = {"first": date_cell(payment.period[0]), "last": date_cell(payment.period[1])}
                sheet.add(of | days | money(key, amount), 1, faint=payment.forecast)
    return sheet


def _balance(settlement: Settlement, sheet: Sheet, statement: Sheet, number: int, balance: Balance) -> dict[str, Cell]:
    row, currency = sheet.following, balance.payable.currency
    check = RowCheck(sheet, row, digits_of(currency))
    amounts = [payment.amount for payment in settlement.of(balance.label) if payment.currency == currency]
    payable2 = check.against(
        "payable",
        exact(balance.payable),
        "payable2",
        f"SUMIFS({statement.block('payable')},{statement.block('balance')},{sheet.at('number', row)})",
        sum(map(exact, amounts), Fraction(0)),
        obstacle([balance.payable, *amounts]) if statement.rows else GIVEN,
    )
    outstanding2 = check.against(
        "outstanding",
        exact(balance.outstanding),
        "outstanding2",
        f"{sheet.at('payable', row)}-{sheet.at('paid', row)}",
        exact(balance.payable) - exact(balance.paid),
        obstacle([balance.outstanding, balance.payable, balance.paid]),
    )
    return {
        "number": count_cell(number),
        "clause": balance.label,
        "currency": currency,
        **money("payable", balance.payable),
        **money("paid", balance.paid),
        **money("outstanding", balance.outstanding),
        **money("overdue", balance.overdue),
        **money("unrecorded", balance.unrecorded),
        "figures": figures(balance.figures),
        "payable2": payable2,
        "outstanding2": outstanding2,
        "check": check.cell,
    }


def balances(settlement: Settlement, statement: Sheet) -> Sheet:
    """Where each clause stands, against the rows of the statement that name its number."""
    found = settlement.balances
    ranged = ranged_of(
        payable=[balance.payable for balance in found],
        paid=[balance.paid for balance in found],
        outstanding=[balance.outstanding for balance in found],
        overdue=[balance.overdue for balance in found],
        unrecorded=[balance.unrecorded for balance in found],
    )
    sheet = Sheet("Balances", heads(BALANCES, ranged))
    for number, balance in enumerate(found, 1):
        sheet.add(_balance(settlement, sheet, statement, number, balance))
    return sheet


def _limit(sheet: Sheet, number: int, payment: Payment, limit: Limit) -> dict[str, Cell]:
    row, currency = sheet.following, payment.currency
    digits = digits_of(currency)
    check = RowCheck(sheet, row, digits)
    least = limit.value[0]
    # Where a cap that is not known decides nothing yet, the least that it can be gives the same.
    value = "value_least" if least != limit.value[1] else "value"
    why = obstacle([limit.accrued, limit.before, limit.paid])
    result = Fraction(0)
    if not why and least is None:
        why = NOT_KNOWN
    elif least is not None and (least * 10**digits).denominator != 1:
        why = why or GIVEN
    elif not why and least is not None:
        result = min(exact(limit.accrued), max(least, exact(limit.before)))
    cells = ", ".join(sheet.at(key, row) for key in (value, "before"))
    return {
        "number": count_cell(number),
        "clause": payment.label,
        "first": date_cell(limit.window[0]),
        "last": date_cell(limit.window[1]),
        "cap": limit.cap,
        **bounded("value", limit.value, digits),
        **money("accrued", limit.accrued),
        **money("before", limit.before),
        **money("paid", limit.paid),
        "currency": currency,
        "running": limit.running,
        "paid2": check.against(
            "paid", exact(limit.paid), "paid2", f"MIN({sheet.at('accrued', row)},MAX({cells}))", result, why
        ),
        "check": check.cell,
    }


def caps(settlement: Settlement) -> list[Sheet]:
    """What caps did to each payment; no sheet where there are none."""
    limits = [limit for payment in settlement.payments for limit in payment.limits]
    if not limits:
        return []
    ranged = ranged_of(
        accrued=[limit.accrued for limit in limits],
        before=[limit.before for limit in limits],
        paid=[limit.paid for limit in limits],
    )
    if any(None in limit.value or limit.value[0] != limit.value[1] for limit in limits):
        ranged.append("value")
    sheet = Sheet("Caps", heads(CAPS, ranged))
    for number, payment in enumerate(settlement.payments, 1):
        for limit in payment.limits:
            sheet.add(_limit(sheet, number, payment, limit), faint=payment.forecast)
    return [sheet]
