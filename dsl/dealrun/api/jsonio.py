"""Answers as JSON: plain dictionaries whose shape `dealrun.api.schema` fixes.

In: views of a timeline. Out: dictionaries of strings, lists and nulls. Guaranteed: ISO dates, exact numbers as strings,
`until` the last day in force as known, the same answer always the same bytes.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dealrun.agenda.entries import Agenda
from dealrun.diagnostics import Diagnostic
from dealrun.diagnostics.render import place_json
from dealrun.diagnostics.render import to_json as diagnostic_json
from dealrun.model import show
from dealrun.model.contract import Cite
from dealrun.model.values import Amount, Due, End, Names, Quantity, Start, Text, Value, Word
from dealrun.model.vocabulary import FORMS, ValueKind
from dealrun.state.changes import obligors
from dealrun.state.expect import Outcome
from dealrun.state.views import (
    Change,
    Changes,
    ClauseState,
    DeclarationState,
    Duty,
    Explanation,
    Instance,
    Prospect,
    State,
    TermView,
)
from dealrun.time import Day, iso

VERSION = "1"


def schema_id(name: str) -> str:
    """The `schema` of an output, which names its kind and its version."""
    return f"dealrun/{name}/{VERSION}"


def day(value: Day | date | None) -> str | None:
    """A day as an ISO date."""
    return None if value is None else iso(value)


def cites_json(cites: tuple[Cite, ...]) -> list[dict[str, str]]:
    """Citations."""
    return [{"source": cite.source, "locator": cite.locator} for cite in cites]


def _value(view: TermView, kind: ValueKind | None) -> Any:
    match view.value:
        case None:
            return None
        case Amount(tiers=None):
            exact = Quantity(view.least, view.unit) if view.least is not None else None
            return show.exact(exact) if exact else None
        case Word(word):
            return True if kind is ValueKind.FLAG else word
        case Names(members):
            return list(members)
        case Text(text):
            return text
        case Start() | End() | Due():
            return day(view.day)
        case other:
            return show.show(other)


def _bounds(view: TermView) -> dict[str, str] | None:
    """What is known of an amount that is not."""
    found = {
        word: show.exact(Quantity(bound, view.unit))
        for word, bound in (("at_least", view.least), ("at_most", view.most))
        if bound is not None
    }
    return found if found and view.value is None else None


def _text(value: Value | None) -> str:
    return "none" if value is None else show.show(value)


def term_json(view: TermView, word: str) -> dict[str, Any]:
    """A term of a clause or declaration."""
    term = FORMS[word].terms.get(view.name)
    return {
        "value": _value(view, term.kind if term else None),
        "text": view.text,
        "contingent_on": list(view.contingent_on),
        "possible": [_text(value) for value in view.possible] if len(view.possible) > 1 else [],
        "bounds": _bounds(view),
        "about": view.about,
        "instrument": view.instrument,
        "cites": cites_json(view.cites),
        "span": place_json(view.span.place),
    }


def calendar_json(found: Agenda) -> dict[str, Any]:
    """The agenda from one day through another."""
    return {
        "schema": schema_id("calendar"),
        "from": day(found.start),
        "to": day(found.end),
        "known": day(found.known),
        **found.basis.to_dict(),
        "entries": [
            {
                "day": day(entry.day),
                "kind": entry.kind,
                "label": entry.label,
                "deal": entry.deal,
                "what": entry.what,
                "party": entry.party,
                "otherwise": entry.otherwise,
                "rule": entry.rule,
                "contingent_on": list(entry.contingent_on),
                "number": entry.number,
                "cites": cites_json(entry.cites),
            }
            for entry in found
        ],
    }


def _instance(instance: Instance) -> dict[str, Any]:
    return {
        "number": instance.number,
        "occurrence": day(instance.occurrence),
        "status": instance.status,
        "until": day(instance.until),
        "due": day(instance.due),
        "contingent_on": list(instance.contingent_on),
    }


def _duty(duty: Duty, state: ClauseState) -> dict[str, Any]:
    return {
        "number": duty.number,
        "of": day(duty.of),
        "status": duty.status,
        "by": list(obligors(state)),
        "due": day(duty.due),
        "performed": day(duty.performed),
        "breached": day(duty.breached),
        "cure_by": day(duty.cure_by),
        "default": day(duty.default),
        "contingent_on": list(duty.contingent_on),
    }


def clause_json(state: ClauseState) -> dict[str, Any]:
    """A clause on a day."""
    return {
        "label": state.label,
        "kind": state.kind,
        "deal": state.deal,
        "parties": {
            role: ", ".join(names) if len(names) == 1 else list(names) for role, names in state.parties.items()
        },
        "status": state.status,
        "since": day(state.since),
        "until": day(state.until),
        "ended_by": list(state.ended_by),
        "contingent_on": list(state.contingent_on),
        "terms": {name: term_json(view, state.kind) for name, view in state.terms.items()},
        "instances": [_instance(instance) for instance in state.instances],
        "duties": [_duty(duty, state) for duty in state.duties],
        "instrument": state.instrument,
        "cites": cites_json(state.cites),
        "span": place_json(state.span.place),
    }


def _declaration(state: DeclarationState) -> dict[str, Any]:
    return {
        "name": state.name,
        "kind": state.kind,
        "deal": state.deal,
        "declared": state.declared,
        "terms": {name: term_json(view, state.kind) for name, view in state.terms.items()},
        "instrument": state.instrument,
        "cites": cites_json(state.cites),
        "span": place_json(state.span.place),
    }


def prospect_json(prospect: Prospect) -> dict[str, Any]:
    """What is coming for a clause."""
    return {
        "label": prospect.label,
        "ends": {
            "earliest": day(prospect.ends_earliest),
            "latest": day(prospect.ends_latest),
            "by": list(prospect.ends_by),
        },
        "starts_latest": day(prospect.starts_latest),
        "next_change": day(prospect.next_change),
        "due": day(prospect.due),
        "may_change": list(prospect.may_change),
    }


def state_json(state: State) -> dict[str, Any]:
    """The state of a day, with its prospects beside it."""
    return {
        "schema": schema_id("state"),
        "on": iso(state.on),
        "known": day(state.known),
        **state.basis.to_dict(),
        "clauses": [clause_json(clause) for clause in state.clauses.values()],
        "declarations": [_declaration(declaration) for declaration in state.declarations.values()],
        "unknowns": [
            {
                "name": unknown.name,
                "kind": unknown.kind,
                "meaning": unknown.meaning,
                "affects": list(unknown.affects),
            }
            for unknown in state.unknowns
        ],
        "prospects": [prospect_json(prospect) for prospect in state.prospects],
    }


def change_json(change: Change) -> dict[str, Any]:
    """One change."""
    return {
        "on": day(change.on),
        "label": change.label,
        "kind": change.kind,
        "term": change.term,
        "before": change.before,
        "after": change.after,
        "cause": change.cause,
        "cites": cites_json(change.cites),
    }


def changes_json(found: Changes) -> dict[str, Any]:
    """The changes of a timeline or a diff."""
    return {
        "schema": schema_id(found.kind),
        **{name: day(asked) for name, asked in found.head},
        "known": day(found.known),
        **found.basis.to_dict(),
        "changes": [change_json(change) for change in found],
    }


def why_json(explanation: Explanation) -> dict[str, Any]:
    """Why a clause is as it is on a day."""
    return {
        "schema": schema_id("why"),
        "on": iso(explanation.on),
        "known": day(explanation.known),
        **explanation.basis.to_dict(),
        "clause": clause_json(explanation.state),
        "steps": [
            {
                "about": step.about,
                "text": step.text,
                "quote": step.quote,
                "span": place_json(step.place) if step.place else None,
                "cites": cites_json(step.cites),
            }
            for step in explanation.steps
        ],
    }


def test_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The outcomes of expectations."""
    return {
        "schema": schema_id("test"),
        "passed": sum(outcome.passed for outcome in outcomes),
        "failed": sum(not outcome.passed for outcome in outcomes),
        "outcomes": [outcome_json(outcome) for outcome in outcomes],
    }


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """The outcome of an expectation."""
    return {
        "on": iso(outcome.on),
        "known": day(outcome.expectation.known),
        "expected": outcome.assertion.text,
        "found": outcome.found,
        "passed": outcome.passed,
        "span": place_json(outcome.assertion.span.place),
    }


def check_json(diagnostics: tuple[Diagnostic, ...], limit: int) -> dict[str, Any]:
    """Findings, up to a limit."""
    return {
        "schema": schema_id("check"),
        "count": len(diagnostics),
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in diagnostics[:limit]],
    }
