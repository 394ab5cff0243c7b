"""Answers as tables: the clauses, terms, duties, unknowns and prospects of a state, changes, agendas, statements.

In: an answer and the name of one of its tables. Out: a `pyarrow.Table`; days are date32, flags booleans, lists texts
joined by a comma. MissingExtraError without pyarrow, ArgumentError where there is no such table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from dealrun.agenda.entries import Agenda
from dealrun.diagnostics import did_you_mean
from dealrun.errors import ArgumentError
from dealrun.settle.export.rows import Datum, TableRows, columns
from dealrun.settle.export.tabular import arrow
from dealrun.state.changes import obligors
from dealrun.state.views import Changes, State

Rows = Iterable[Sequence[Datum]]


def _day(value: date | None) -> int | None:
    return None if value is None else value.toordinal()


def _list(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _clauses(state: State) -> Rows:
    for each in state.values():
        parties = "->".join(", ".join(names) for names in each.parties.values())
        yield (each.label, each.kind, each.deal, parties, each.status, _day(each.since), _day(each.until),
               _list(each.ended_by), _list(each.contingent_on), each.instrument, _list(each.cites))  # fmt: skip


def _terms(state: State) -> Rows:
    for each in state.values():
        for view in each.terms.values():
            yield (each.label, view.name, view.text, _day(view.day), view.least, view.most, view.unit, view.about,
                   _list(view.contingent_on), view.instrument, _list(view.cites))  # fmt: skip


def _duties(state: State) -> Rows:
    for each in state.values():
        for duty in each.duties:
            days = map(_day, (duty.due, duty.performed, duty.breached, duty.cure_by, duty.default))
            yield each.label, duty.number, _day(duty.of), duty.status, _list(obligors(each)), *days, _list(
                duty.contingent_on)  # fmt: skip


def _unknowns(state: State) -> Rows:
    return [(each.name, each.kind, each.meaning, _list(each.affects), each.least, each.most) for each in state.unknowns]


def _prospects(state: State) -> Rows:
    for each in state.prospects:
        days = (each.ends_earliest, each.ends_latest, each.starts_latest, each.next_change, each.due)
        yield each.label, *map(_day, days), _list(each.ends_by), _list(each.may_change)


def _changes(found: Changes) -> Rows:
    for each in found:
        yield (_day(each.on), each.label, each.kind, each.term, each.before, each.after, each.cause,
               _list(each.cites))  # fmt: skip


def _agenda(found: Agenda) -> Rows:
    for each in found:
        yield (_day(each.day), each.kind, each.label, each.deal, each.what, each.party, each.otherwise, each.rule,
               _list(each.contingent_on), each.number, _list(each.cites))  # fmt: skip


STATE: Final[Mapping[str, tuple[str, Callable[[State], Rows]]]] = {
    "clauses": (
        "label kind deal parties status since:day until:day ended_by contingent_on instrument citations",
        _clauses,
    ),
    "terms": (
        "label term text day:day least:exact most:exact unit about:flag contingent_on instrument citations",
        _terms,
    ),
    "duties": (
        "label number of:day status by due:day performed:day breached:day cure_by:day default:day contingent_on",
        _duties,
    ),
    "unknowns": ("name kind meaning affects least:exact most:exact", _unknowns),
    "prospects": (
        "label ends_earliest:day ends_latest:day starts_latest:day next_change:day due:day ends_by may_change",
        _prospects,
    ),
}
"""The tables of a state; the first is the one that other libraries get."""

CHANGES: Final = {"changes": ("on:day label kind term before after cause citations", _changes)}
AGENDA: Final = {
    "entries": ("day:day kind label deal what party otherwise rule contingent_on number citations", _agenda),
}  # fmt: skip


def _made(tables: Mapping[str, tuple[str, Callable[[Any], Rows]]], answer: object, name: str | None) -> Any:
    chosen = next(iter(tables)) if name is None else name
    if chosen not in tables:
        hint = did_you_mean(chosen, tables) or f"there are: {', '.join(tables)}"
        raise ArgumentError(f"no table `{chosen}`; {hint}")
    spec, rows = tables[chosen]
    return arrow(TableRows(chosen, columns(spec), tuple(tuple(row) for row in rows(answer))))


def of_state(state: State, name: str | None) -> Any:
    """A table of a state."""
    return _made(STATE, state, name)


def of_changes(found: Changes, name: str | None) -> Any:
    """The table of changes."""
    return _made(CHANGES, found, name)


def of_agenda(found: Agenda, name: str | None) -> Any:
    """The table of an agenda."""
    return _made(AGENDA, found, name)
