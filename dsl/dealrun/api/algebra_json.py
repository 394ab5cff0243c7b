"""Accounts, histories and comparisons as JSON, whose shape `dealrun.api.schema` fixes.

In: what `dealrun.algebra` found. Out: dictionaries of strings, lists and nulls. Guaranteed: ISO dates; `through` the
last day of a span, null where it has none.
"""

from datetime import date
from typing import Any

from dealrun.algebra.comparison import Comparison
from dealrun.algebra.consequences import Amendments, Consequence, Done, InstrumentChanges
from dealrun.algebra.history import History
from dealrun.algebra.trial import WhatIf
from dealrun.api.jsonio import change_json, cites_json, outcome_json, schema_id
from dealrun.diagnostics.render import place_json
from dealrun.diagnostics.render import to_json as diagnostic_json
from dealrun.time import Moment, iso, to_date


def _day(day: date | None) -> str | None:
    return None if day is None else iso(day)


def _moment(moment: Moment) -> dict[str, Any]:
    return {"earliest": _day(to_date(moment.lo)), "latest": _day(to_date(moment.hi))}


def _done(done: Done) -> dict[str, Any]:
    return {
        "operation": done.word,
        "label": done.label,
        "text": done.text,
        "before": done.before,
        "cites": cites_json(done.cites),
        "span": place_json(done.span.place),
    }


def _consequence(found: Consequence) -> dict[str, Any]:
    return {
        **change_json(found.change),
        "family": found.family or None,
        "parties": list(found.parties),
        "favours": list(found.favours),
    }


def account_json(account: InstrumentChanges) -> dict[str, Any]:
    """What an instrument did, and what follows."""
    instrument = account.instrument
    return {
        "name": instrument.name,
        "title": instrument.title,
        "deals": list(instrument.deals or (instrument.deal,)),
        "signatures": [
            {"by": by or None, "earliest": iso(lo), "latest": iso(hi)} for by, lo, hi in instrument.signatures
        ],
        "known": _day(account.known),
        "effective": _moment(account.effective),
        "lapses": _moment(account.lapse),
        "done": [_done(done) for done in account.done],
        "consequences": [_consequence(found) for found in account.consequences],
    }


def changes_json(found: Amendments) -> dict[str, Any]:
    """The accounts of instruments."""
    return {
        "schema": schema_id("changes"),
        "reading": list(found.reading),
        "instruments": [account_json(account) for account in found],
    }


def what_if_json(found: WhatIf) -> dict[str, Any]:
    """A draft against the chain."""
    return {
        "schema": schema_id("what-if"),
        "signed": iso(found.signed),
        "reading": list(found.reading),
        "breaks": found.breaks,
        "instruments": [account_json(account) for account in found.instruments],
        "diagnostics": [diagnostic_json(finding) for finding in found.findings],
        "broken": [outcome_json(outcome) for outcome in found.broken],
        "failed": [outcome_json(outcome) for outcome in found.failed],
    }


def history_json(found: History) -> dict[str, Any]:
    """What held when, as known when."""
    return {
        "schema": schema_id("history"),
        "label": found.label,
        "scenario": found.scenario,
        "reading": list(found.reading),
        "known": [
            {
                "from": _day(known.day),
                "causes": list(known.causes),
                "held": [
                    {
                        "from": _day(held.start),
                        "through": _day(held.through),
                        "status": held.status,
                        "terms": dict(held.terms),
                    }
                    for held in known.held
                ],
            }
            for known in found
        ],
    }


def compare_json(found: Comparison) -> dict[str, Any]:
    """Versions side by side."""
    return {
        "schema": schema_id("compare"),
        "known": _day(found.known),
        "versions": list(found.versions),
        "left_out": list(found.left_out),
        "partings": [
            {
                "from": _day(each.on),
                "through": _day(each.through),
                "label": each.label,
                "term": each.term,
                "answers": list(each.answers),
            }
            for each in found.partings
        ],
    }
