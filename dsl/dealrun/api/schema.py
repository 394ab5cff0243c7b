"""The JSON Schemas of the outputs (`dealrun schema NAME`).

In: the name of an output. Out: its schema, draft 2020-12. Guaranteed: every output is validated against its schema by
a test; a change that an old reader would not survive gets a new version in `schema`.
"""

from typing import Any, get_args

from dealrun.agenda.entries import AgendaKind
from dealrun.api import settle_schema
from dealrun.api.jsonio import schema_id
from dealrun.model.vocabulary import CLAUSES, DECLARATIONS
from dealrun.state.views import DutyStatus

Json = dict[str, Any]

_DATE: Json = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
_MAYBE_DATE: Json = {"anyOf": [_DATE, {"type": "null"}]}
_TEXT: Json = {"type": "string"}
_TEXTS: Json = {"type": "array", "items": _TEXT}
_STATUS: Json = {"enum": ["not yet", "in force", "waived", "dormant", "ended", "contingent"]}


def _object(properties: Json, description: str = "") -> Json:
    found: Json = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"description": description, **found} if description else found


def _list(item: Json) -> Json:
    return {"type": "array", "items": item}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _or_null(item: Json) -> Json:
    return {"anyOf": [item, {"type": "null"}]}


DONE = (
    "added", "replaced", "dropped", "set", "confirmed", "unset", "added to", "taken from", "waived", "reinstated",
    "moved", "rescinded",
)  # fmt: skip
"""What an instrument can do to a clause, a declaration or another instrument."""

_CHANGE: Json = {
    "on": {**_MAYBE_DATE, "description": "From this day on; null for always."},
    "label": _TEXT,
    "kind": _TEXT,
    "term": _or_null(_TEXT),
    "before": _TEXT,
    "after": _TEXT,
    "cause": _TEXT,
    "cites": _list(_ref("cite")),
}

_DEFS: Json = {
    **settle_schema.DEFS,
    "span": _object(
        {
            "file": _TEXT,
            "line": {"type": "integer", "minimum": 1},
            "column": {"type": "integer", "minimum": 1},
            "end_line": {"type": "integer", "minimum": 1},
            "end_column": {"type": "integer", "minimum": 1, "description": "exclusive"},
        },
        "A place in a file; lines and columns count from 1.",
    ),
    "cite": _object({"source": _TEXT, "locator": _TEXT}),
    "term": _object(
        {
            "value": {
                "anyOf": [{"type": ["string", "boolean", "null"]}, _TEXTS],
                "description": "Exact; null while it is contingent. Amounts with their unit, days as ISO dates.",
            },
            "text": _TEXT,
            "contingent_on": _TEXTS,
            "possible": {**_TEXTS, "description": "The values it may have, where there are several."},
            "bounds": _or_null(
                {
                    "type": "object",
                    "properties": {"at_least": _TEXT, "at_most": _TEXT},
                    "additionalProperties": False,
                }
            ),
            "about": {"type": "boolean"},
            "instrument": _TEXT,
            "cites": _list(_ref("cite")),
            "span": _ref("span"),
        }
    ),
    "instance": _object(
        {
            "number": {"type": "integer", "minimum": 1},
            "occurrence": _MAYBE_DATE,
            "status": _STATUS,
            "until": _MAYBE_DATE,
            "due": _MAYBE_DATE,
            "contingent_on": _TEXTS,
        }
    ),
    "duty": _object(
        {
            "number": {**_TEXT, "description": "Which of several: a period, or the day of an occurrence."},
            "of": _MAYBE_DATE,
            "status": {"enum": list(get_args(DutyStatus))},
            "by": {**_TEXTS, "description": "Who has to act, and who is in breach."},
            "due": {**_MAYBE_DATE, "description": "The last day for it."},
            "performed": _MAYBE_DATE,
            "breached": {**_MAYBE_DATE, "description": "The first day after the due day without it."},
            "cure_by": {**_MAYBE_DATE, "description": "The last day on which the breach can be made good."},
            "default": {**_MAYBE_DATE, "description": "The first day on which it no longer can."},
            "contingent_on": _TEXTS,
        }
    ),
    "clause": _object(
        {
            "label": _TEXT,
            "kind": {"enum": sorted(CLAUSES)},
            "deal": _TEXT,
            "parties": {"type": "object", "additionalProperties": {"anyOf": [_TEXT, _TEXTS]}},
            "status": _STATUS,
            "since": {
                **_MAYBE_DATE,
                "description": "The first day in force; null where it hangs on something.",
            },
            "until": {
                **_MAYBE_DATE,
                "description": "The last day in force, as known; null where it hangs or never is.",
            },
            "ended_by": _TEXTS,
            "contingent_on": _TEXTS,
            "terms": {"type": "object", "additionalProperties": _ref("term")},
            "instances": _list(_ref("instance")),
            "duties": _list(_ref("duty")),
            "instrument": _TEXT,
            "cites": _list(_ref("cite")),
            "span": _ref("span"),
        }
    ),
    "declaration": _object(
        {
            "name": _TEXT,
            "kind": {"enum": sorted(DECLARATIONS)},
            "deal": _TEXT,
            "declared": {"type": "boolean"},
            "terms": {"type": "object", "additionalProperties": _ref("term")},
            "instrument": _TEXT,
            "cites": _list(_ref("cite")),
            "span": _ref("span"),
        }
    ),
    "unknown": _object({"name": _TEXT, "kind": _TEXT, "meaning": _TEXT, "affects": _TEXTS}),
    "prospect": _object(
        {
            "label": _TEXT,
            "ends": _object({"earliest": _MAYBE_DATE, "latest": _MAYBE_DATE, "by": _TEXTS}),
            "starts_latest": _MAYBE_DATE,
            "next_change": _MAYBE_DATE,
            "due": _MAYBE_DATE,
            "may_change": _TEXTS,
        }
    ),
    "change": _object(_CHANGE),
    "outcome": _object(
        {
            "on": _DATE,
            "known": _MAYBE_DATE,
            "expected": _TEXT,
            "found": _or_null(_TEXT),
            "passed": {"type": "boolean"},
            "span": _ref("span"),
        }
    ),
    "account": _object(
        {
            "name": _TEXT,
            "title": _TEXT,
            "deals": _TEXTS,
            "signatures": _list(_object({"by": _or_null(_TEXT), "earliest": _DATE, "latest": _DATE})),
            "known": _MAYBE_DATE,
            "effective": _ref("moment"),
            "lapses": _ref("moment"),
            "done": _list(
                _object(
                    {
                        "operation": {"enum": list(DONE)},
                        "label": _TEXT,
                        "text": _TEXT,
                        "before": _TEXT,
                        "cites": _list(_ref("cite")),
                        "span": _ref("span"),
                    }
                )
            ),
            "consequences": _list(
                _object(
                    {
                        **_CHANGE,
                        "family": _or_null({"enum": ["right", "duty", "money", "life"]}),
                        "parties": _TEXTS,
                        "favours": {**_TEXTS, "description": "Empty where the terms alone do not say whom."},
                    }
                )
            ),
        },
        "What an instrument did, and what differs because of it.",
    ),
    "moment": _object(
        {"earliest": _MAYBE_DATE, "latest": _MAYBE_DATE}, "A day; null where it is open, or never comes."
    ),
    "diagnostic": _object(
        {
            "code": {"type": "string", "pattern": r"^DR\d{3}$"},
            "severity": {"enum": ["error", "warning", "note"]},
            "title": _TEXT,
            "message": _TEXT,
            "span": _or_null(_ref("span")),
            "notes": _list(_object({"message": _TEXT, "span": _or_null(_ref("span"))})),
            "help": _or_null(_TEXT),
            "fix": _or_null(_object({"span": _ref("span"), "text": _TEXT})),
        }
    ),
}

_SUPPOSED: Json = {
    "assume": {"type": "object", "additionalProperties": _DATE},
    "bind": {"type": "object", "additionalProperties": _TEXT},
    "scenario": _or_null(_TEXT),
    "reading": _list(_TEXT),
}
_TIMES: Json = {"on": _DATE, "known": _MAYBE_DATE, **_SUPPOSED}

_OUTPUTS: Json = {
    "state": {
        **_TIMES,
        "clauses": _list(_ref("clause")),
        "declarations": _list(_ref("declaration")),
        "unknowns": _list(_ref("unknown")),
        "prospects": _list(_ref("prospect")),
    },
    "timeline": {
        "from": _MAYBE_DATE,
        "to": _MAYBE_DATE,
        "known": _MAYBE_DATE,
        **_SUPPOSED,
        "changes": _list(_ref("change")),
    },
    "why": {
        **_TIMES,
        "clause": _ref("clause"),
        "steps": _list(
            _object(
                {
                    "about": _TEXT,
                    "text": _TEXT,
                    "quote": _TEXT,
                    "span": _or_null(_ref("span")),
                    "cites": _list(_ref("cite")),
                }
            )
        ),
    },
    "diff": {
        "on": _MAYBE_DATE,
        "against": _MAYBE_DATE,
        "known": _MAYBE_DATE,
        **_SUPPOSED,
        "changes": _list(_ref("change")),
    },
    "test": {
        "passed": {"type": "integer", "minimum": 0},
        "failed": {"type": "integer", "minimum": 0},
        "outcomes": _list(_ref("outcome")),
    },
    "changes": {"reading": _TEXTS, "instruments": _list(_ref("account"))},
    "what-if": {
        "signed": _DATE,
        "reading": _TEXTS,
        "breaks": {"type": "boolean"},
        "instruments": _list(_ref("account")),
        "diagnostics": _list(_ref("diagnostic")),
        "broken": {**_list(_ref("outcome")), "description": "Expectations that hold without the draft."},
        "failed": {**_list(_ref("outcome")), "description": "Expectations of the draft itself."},
    },
    "history": {
        "label": _TEXT,
        "scenario": _or_null(_TEXT),
        "reading": _TEXTS,
        "known": _list(
            _object(
                {
                    "from": _MAYBE_DATE,
                    "causes": _TEXTS,
                    "held": _list(
                        _object(
                            {
                                "from": _MAYBE_DATE,
                                "through": _MAYBE_DATE,
                                "status": _TEXT,
                                "terms": {"type": "object", "additionalProperties": _TEXT},
                            }
                        )
                    ),
                }
            )
        ),
    },
    "compare": {
        "known": _MAYBE_DATE,
        "versions": _TEXTS,
        "left_out": {**_TEXTS, "description": "Combinations of readings that run in a circle."},
        "partings": _list(
            _object(
                {
                    "from": _MAYBE_DATE,
                    "through": _MAYBE_DATE,
                    "label": _TEXT,
                    "term": _or_null(_TEXT),
                    "answers": _TEXTS,
                }
            )
        ),
    },
    "calendar": {
        "from": _DATE,
        "to": _DATE,
        "known": _MAYBE_DATE,
        **_SUPPOSED,
        "entries": _list(
            _object(
                {
                    "day": {**_MAYBE_DATE, "description": "Null where it hangs on what is not known."},
                    "kind": {"enum": list(get_args(AgendaKind))},
                    "label": _TEXT,
                    "deal": _TEXT,
                    "what": _TEXT,
                    "party": {**_TEXT, "description": "Who must act, or may."},
                    "otherwise": {**_TEXT, "description": "What follows if nobody acts."},
                    "rule": _TEXT,
                    "contingent_on": _TEXTS,
                    "number": {**_TEXT, "description": "The period or occurrence that it is for."},
                    "cites": _list(_ref("cite")),
                }
            )
        ),
    },
    "settle": {"through": _DATE, "known": _MAYBE_DATE, **_SUPPOSED, **settle_schema.SETTLE},
    "why-payment": {**_SUPPOSED, "payments": _list(_ref("payment"))},
    "settle-against": {**_SUPPOSED, **settle_schema.AGAINST},
    "ledger": settle_schema.LEDGER,
    "check": {"count": {"type": "integer", "minimum": 0}, "diagnostics": _list(_ref("diagnostic"))},
}

NAMES: tuple[str, ...] = tuple(_OUTPUTS)
"""The outputs that have a schema."""


def schema(name: str) -> Json:
    """The JSON Schema of an output; KeyError for a name that is none of `NAMES`."""
    body = _object({"schema": {"const": schema_id(name)}, **_OUTPUTS[name]})
    used: Json = {}
    todo = [body]
    while todo:
        node = todo.pop()
        for key, value in node.items():
            if key == "$ref":
                part = value.rpartition("/")[2]
                if part not in used:
                    used[part] = _DEFS[part]
                    todo.append(_DEFS[part])
            elif isinstance(value, dict):
                todo.append(value)
            elif isinstance(value, list):
                todo.extend(each for each in value if isinstance(each, dict))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"dealrun {name}",
        **body,
        "$defs": dict(sorted(used.items())),
    }
