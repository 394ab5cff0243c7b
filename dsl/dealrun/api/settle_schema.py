"""The shapes of statements and of refused ledgers, for `dealrun.api.schema`.

In: nothing. Out: parts of JSON Schemas. Guaranteed: as in `dealrun.api.schema`.
"""

from typing import Any

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_FLAG: Json = {"type": "boolean"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_DATE: Json = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
_MAYBE_DATE: Json = {"anyOf": [_DATE, {"type": "null"}]}
_NUMBER: Json = {
    "type": "string",
    "pattern": r"^-?\d+(\.\d+|/\d+)?$",
    "description": "Exact; n/d where no decimal ends.",
}
_MAYBE_NUMBER: Json = {"anyOf": [_NUMBER, {"type": "null"}]}


def _object(properties: Json) -> Json:
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


def _list(item: Json) -> Json:
    return {"type": "array", "items": item}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


_BOUNDS: Json = _object({"least": _MAYBE_NUMBER, "most": _MAYBE_NUMBER})

DEFS: Json = {
    "money": _object({"value": _MAYBE_NUMBER, "least": _MAYBE_NUMBER, "most": _MAYBE_NUMBER, "currency": _TEXT}),
    "days": _object({"first": _DATE, "last": _MAYBE_DATE}),
    "figure": _object({"name": _TEXT, "value": _TEXT}),
    "part": _object(
        {
            "first": _DATE,
            "last": _DATE,
            "base": _NUMBER,
            "units": _NUMBER,
            "deducted": _NUMBER,
            "rate": _TEXT,
            "tiers": _list(_object({"over": _NUMBER, "base": _NUMBER, "rate": _TEXT, "share": _NUMBER})),
            "share": _BOUNDS,
            "amount": _ref("money"),
            "forecast": _FLAG,
            "instrument": _TEXT,
            "cites": _list(_ref("cite")),
        }
    ),
    "line": _object(
        {
            "kind": {
                "enum": [
                    "share", "correction", "fee", "true-up", "milestone", "advance", "shortfall", "investment",
                    "interest",
                ]
            },
            "period": _ref("days"),
            "amount": _ref("money"),
            "forecast": _FLAG,
            "figures": _list(_ref("figure")),
            "parts": _list(_ref("part")),
        }
    ),
    "limit": _object(
        {
            "cap": _TEXT,
            "window": _ref("days"),
            "value": _BOUNDS,
            "accrued": _ref("money"),
            "before": _ref("money"),
            "paid": _ref("money"),
            "running": _TEXT,
        }
    ),
    "payment": _object(
        {
            "label": _TEXT,
            "deal": _TEXT,
            "verb": _TEXT,
            "payer": _TEXT,
            "payees": _list(_TEXT),
            "period": _ref("days"),
            "lines": _list(_ref("line")),
            "accrued": _ref("money"),
            "limits": _list(_ref("limit")),
            "withheld": _ref("money"),
            "recouped": _ref("money"),
            "amount": _ref("money"),
            "split": _list(_object({"payee": _TEXT, "amount": _ref("money")})),
            "due": _MAYBE_DATE,
            "due_text": _TEXT,
            "total": _ref("money"),
            "forecast": _FLAG,
            "contingent_on": _list(_TEXT),
            "instrument": _TEXT,
            "cites": _list(_ref("cite")),
        }
    ),
}  # fmt: skip

SETTLE: Json = {
    "payments": _list(_ref("payment")),
    "balances": _list(
        _object(
            {
                "label": _TEXT,
                "payable": _ref("money"),
                "paid": _ref("money"),
                "outstanding": _ref("money"),
                "overdue": _ref("money"),
                "figures": _list(_ref("figure")),
            }
        )
    ),
    "totals": _list(_object({"party": _TEXT, "pays": _ref("money"), "receives": _ref("money")})),
    "unclaimed": _list(
        _object(
            {
                "stream": _TEXT,
                "product": _TEXT,
                "territory": _TEXT,
                "payer": _TEXT,
                "reason": _TEXT,
                "rows": _COUNT,
                "amount": _NUMBER,
                "currency": _TEXT,
            }
        )
    ),
    "unsettled": _list(_object({"label": _TEXT, "reason": _TEXT})),
    "ledger": _object({"sources": _list(_TEXT), "rows": _COUNT, "later_rows": _COUNT}),
    "notes": _list(_TEXT),
}

AGAINST: Json = {
    "versions": _list(_TEXT),
    "payments": _list(
        _object(
            {
                "label": _TEXT,
                "payer": _TEXT,
                "payees": _list(_TEXT),
                "period": _ref("days"),
                "amounts": _list({"anyOf": [_ref("money"), {"type": "null"}]}),
            }
        )
    ),
}

LEDGER: Json = {
    "problems": _list(
        _object(
            {
                "code": _TEXT,
                "source": _TEXT,
                "message": _TEXT,
                "count": _COUNT,
                "rows": _list(_object({"row": {"type": "integer", "minimum": 1}, "text": _TEXT})),
                "help": _TEXT,
            }
        )
    )
}
