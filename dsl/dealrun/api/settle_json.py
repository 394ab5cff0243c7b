"""A statement as JSON, and the ledger that is refused.

In: a settlement. Out: plain data. Guaranteed: amounts are exact decimals in text, days ISO dates; what is not known has
`least` and `most`, null where nothing bounds it (`dealrun schema settle`).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from dealrun.api.jsonio import cites_json, day, schema_id
from dealrun.model.show import decimal
from dealrun.settle.ledger.sums import LedgerError
from dealrun.settle.statement import Balance, DayRange, Limit, Line, Money, Part, Payment, Settlement, as_days, major
from dealrun.time.days import LAST


def money_json(money: Money) -> dict[str, Any]:
    """An amount: `value` where it is known, and what it lies between."""
    least = None if money.least is None else str(major(money.least, money.currency))
    most = None if money.most is None else str(major(money.most, money.currency))
    return {"value": least if money.exact else None, "least": least, "most": most, "currency": money.currency}


def _span(span: DayRange) -> dict[str, Any]:
    first, last = as_days(span)
    return {"first": day(first), "last": None if last >= LAST else day(last)}


def _number(value: Fraction | None) -> str | None:
    return None if value is None else decimal(value)


def _part(part: Part) -> dict[str, Any]:
    return {
        "first": day(part.first),
        "last": day(part.last),
        "base": decimal(part.base),
        "units": decimal(part.units),
        "deducted": decimal(part.deducted),
        "rate": part.rate,
        "tiers": [
            {"over": decimal(t.over), "base": decimal(t.base), "rate": t.rate, "share": decimal(t.share)}
            for t in part.tiers
        ],
        "share": {"least": _number(part.share[0]), "most": _number(part.share[1])},
        "amount": money_json(part.amount),
        "forecast": part.forecast,
        "instrument": part.instrument,
        "cites": cites_json(part.cites),
    }


def _figures(figures: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in figures]


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "period": _span(line.period),
        "amount": money_json(line.amount),
        "forecast": line.forecast,
        "figures": _figures(line.figures),
        "parts": [_part(part) for part in line.parts],
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "cap": limit.cap,
        "window": _span(limit.window),
        "value": {"least": _number(limit.value[0]), "most": _number(limit.value[1])},
        "accrued": money_json(limit.accrued),
        "before": money_json(limit.before),
        "paid": money_json(limit.paid),
        "running": limit.running,
    }


def payment_json(payment: Payment) -> dict[str, Any]:
    """A payment."""
    return {
        "label": payment.label,
        "deal": payment.deal,
        "verb": payment.verb,
        "payer": payment.payer,
        "payees": list(payment.payees),
        "period": _span(payment.period),
        "lines": [_line(line) for line in payment.lines],
        "accrued": money_json(payment.accrued),
        "limits": [_limit(limit) for limit in payment.limits],
        "withheld": money_json(payment.withheld),
        "recouped": money_json(payment.recouped),
        "amount": money_json(payment.amount),
        "split": [{"payee": payee, "amount": money_json(money)} for payee, money in payment.split],
        "due": day(payment.due),
        "due_text": payment.due_text,
        "total": money_json(payment.total),
        "forecast": payment.forecast,
        "contingent_on": list(payment.hangs_on),
        "instrument": payment.instrument,
        "cites": cites_json(payment.cites),
    }


def _balance(balance: Balance) -> dict[str, Any]:
    return {
        "label": balance.label,
        "payable": money_json(balance.payable),
        "paid": money_json(balance.paid),
        "outstanding": money_json(balance.outstanding),
        "overdue": money_json(balance.overdue),
        "figures": _figures(balance.figures),
    }


def settle_json(found: Settlement) -> dict[str, Any]:
    """A whole statement."""
    return {
        "schema": schema_id("settle"),
        "through": day(found.through),
        "known": day(found.known),
        **found.basis.to_dict(),
        "payments": [payment_json(payment) for payment in found.payments],
        "balances": [_balance(balance) for balance in found.balances],
        "totals": [
            {"party": t.party, "pays": money_json(t.pays), "receives": money_json(t.receives)} for t in found.totals
        ],
        "unclaimed": [
            {
                "stream": u.stream,
                "product": u.product,
                "territory": u.territory,
                "payer": u.payer,
                "reason": u.reason,
                "rows": u.rows,
                "amount": decimal(u.amount),
                "currency": u.currency,
            }
            for u in found.unclaimed
        ],
        "unsettled": [{"label": u.label, "reason": u.reason} for u in found.unsettled],
        "ledger": {"sources": list(found.sources), "rows": found.rows, "later_rows": found.later_rows},
        "notes": list(found.notes),
    }


def against_json(versions: Mapping[str, Settlement], supposed: dict[str, Any]) -> dict[str, Any]:
    """The payments of several versions side by side; null where a version has none."""
    keys = sorted({(p.label, p.payer, p.payees, p.period) for found in versions.values() for p in found.payments})
    sides = [{(p.label, p.payer, p.payees, p.period): p for p in found.payments} for found in versions.values()]
    return {
        "schema": schema_id("settle-against"),
        **supposed,
        "versions": list(versions),
        "payments": [
            {
                "label": label,
                "payer": payer,
                "payees": list(payees),
                "period": _span(period),
                "amounts": [
                    money_json(p.amount) if (p := side.get((label, payer, payees, period))) else None for side in sides
                ],
            }
            for label, payer, payees, period in keys
        ],
    }


def why_payment_json(payments: Sequence[Payment], supposed: dict[str, Any]) -> dict[str, Any]:
    """The payments of one clause for a period."""
    return {"schema": schema_id("why-payment"), **supposed, "payments": [payment_json(each) for each in payments]}


def refused_json(error: LedgerError) -> dict[str, Any]:
    """Why a ledger is refused."""
    return {
        "schema": schema_id("ledger"),
        "problems": [
            {
                "code": problem.code,
                "source": problem.source,
                "message": problem.message,
                "count": problem.count,
                "rows": [{"row": row, "text": text} for row, text in problem.rows],
                "help": problem.help,
            }
            for problem in error.problems
        ],
    }
