"""Differences between two states: of a clause or a declaration, status by status and term by term.

In: the states of one entry at two times, or in two versions. Out: `Change` values. Guaranteed: nothing is said twice,
and equal states give nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from dealrun.state.change import Change
from dealrun.state.views import ClauseState, DeclarationState, Duty, TermView
from dealrun.time import Day, iso, to_date


def duty_text(duty: Duty, on: date | None = None) -> str:
    """How a duty stands: `Q1 2027 breached by A since 2027-05-16, to be cured by 2027-06-15`; what is still to fall
    due on a day is not yet due."""
    text = f"{duty.number} {duty.status}".strip()
    match duty.status:
        case "breached":
            text += f" by {' and '.join(duty.by)}"
            text += f" since {iso(duty.breached)}" if duty.breached else ""
            if duty.cure_by is not None:
                text += f", to be cured by {iso(duty.cure_by)}"
        case "contingent" if is_unknown(duty) and on is not None and duty.due is not None and on <= duty.due:
            text = f"{duty.number} {'due' if on == duty.due else 'not yet due'}: {iso(duty.due)}".strip()
        case "contingent" if is_unknown(duty):
            text = f"{duty.number} due since {iso(duty.due or date.min)}, not known".strip()
        case "contingent":
            text += f" on {', '.join(duty.contingent_on)}"
        case "performed" | "performed late" | "cured":
            text += f" on {iso(duty.performed)}" if duty.performed else ""
        case "not yet due" | "due":
            text += f": {iso(duty.due)}" if duty.due else ""
        case _:
            pass
    return text


def is_unknown(duty: Duty) -> bool:
    """Whether its due day is known and has passed, and it is only not known whether it was performed."""
    named = any(name.startswith("performance of ") for name in duty.contingent_on)
    return duty.status == "contingent" and duty.due is not None and duty.breached is None and named and duty.may_be_done


def clause_changes(before: ClauseState, after: ClauseState, day: Day) -> list[Change]:
    """The differences between two states of a clause."""
    found: list[Change] = []
    if (before.status, before.contingent_on) != (after.status, after.contingent_on):
        cause = after.ended_text if after.status == "ended" else after.instrument
        found.append(
            Change(
                to_date(day),
                after.label,
                after.kind,
                None,
                status_text(before),
                status_text(after),
                cause,
                after.cites,
            )
        )
    for role in dict.fromkeys([*before.parties, *after.parties]):
        old, new = ", ".join(before.parties.get(role, ())), ", ".join(after.parties.get(role, ()))
        if old != new:
            found.append(Change(to_date(day), after.label, after.kind, role, old, new, after.instrument, after.cites))
    found.extend(_term_changes(after.label, after.kind, before.terms, after.terms, day, after.instrument))
    return found


def declaration_changes(before: DeclarationState, after: DeclarationState, day: Day) -> list[Change]:
    """The differences between two states of a declaration."""
    found: list[Change] = []
    if before.declared != after.declared:
        words = ["not defined", "defined"]
        found.append(
            Change(to_date(day), after.name, after.kind, None, words[before.declared], words[after.declared],
                   after.instrument, after.cites)
        )  # fmt: skip
    found.extend(_term_changes(after.name, after.kind, before.terms, after.terms, day, after.instrument))
    return found


def _term_changes(
    label: str,
    kind: str,
    before: Mapping[str, TermView],
    after: Mapping[str, TermView],
    day: Day,
    instrument: str,
) -> Iterable[Change]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if _said(old) != _said(new):
            source = new or old
            yield Change(
                to_date(day),
                label,
                kind,
                name,
                term_text(old),
                term_text(new),
                new.instrument if new else instrument,
                source.cites if source else (),
            )


def _said(view: TermView | None) -> tuple[object, ...]:
    return () if view is None else (view.written, view.options, view.contingent_on)


def term_text(view: TermView | None) -> str:
    """A term as a table shows it, with what it hangs on."""
    if view is None:
        return "none"
    return view.text + (f" (contingent on {', '.join(view.contingent_on)})" if view.contingent_on else "")


def status_text(state: ClauseState) -> str:
    """A status with what ended it, or what it hangs on."""
    if state.status == "ended" and state.ended_by:
        after = state.ended_text.removeprefix("for ")
        return f"ended by {after}" if after == state.ended_text else f"ended after {after}"
    if state.status == "contingent":
        return f"contingent on {', '.join(state.contingent_on)}"
    return state.status
