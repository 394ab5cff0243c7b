"""Answers as tables: the clauses, terms, duties, unknowns and prospects of a state, changes, agendas.

In: an answer and the name of one of its tables. Out: a `pyarrow.Table`, its columns made from the shapes of
`dealrun.api.wire`: days are date32, flags booleans, exact numbers decimals, lists texts joined by a comma; what a shape
holds in lists of its own is a table of its own. MissingExtraError without pyarrow, ArgumentError where there is no such
table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from types import NoneType
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args, get_origin, get_type_hints

import attrs

from dealrun.agenda.entries import Agenda
from dealrun.api.wire import agendas, exposures, states
from dealrun.api.wire.base import Cites, Exact, Json, SpanJson, Texts
from dealrun.diagnostics import did_you_mean
from dealrun.errors import ArgumentError
from dealrun.proof.exposure import Exposure, ExposureComparison, Ground
from dealrun.settle.export.rows import Datum, Field, FieldKind, TableRows, columns
from dealrun.settle.export.tabular import arrow, csv_of
from dealrun.state.change import Changes
from dealrun.state.day import State

TableRow: TypeAlias = tuple[object, dict[str, object]]
"""What a row is about, whose attributes are cells, and cells beside."""

KINDS: Final[Mapping[Any, FieldKind]] = {date: "day", bool: "flag", int: "count"}


def _bare(kind: Any) -> Any:
    """A field's type without what its schema says, and without None."""
    if kind is Exact or kind is Cites:
        return kind
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    some = [each for each in get_args(kind) if each is not NoneType]
    return _bare(some[0]) if len(some) == 1 and NoneType in get_args(kind) else kind


@cache
def columns_of(shape: type[Json], prefix: str = "") -> tuple[tuple[Field, Sequence[str]], ...]:
    """The columns of a shape, each with the attributes that lead to its cells."""
    found: list[tuple[Field, Sequence[str]]] = []
    for name, hint in get_type_hints(shape, include_extras=True).items():
        kind = _bare(hint)
        if isinstance(kind, type) and issubclass(kind, Json):
            if kind is not SpanJson:
                found += [(field, (name, *path)) for field, path in columns_of(kind, f"{prefix}{name}_")]
        elif kind is Exact:
            found.append((Field(prefix + name, "exact"), (name,)))
        elif kind in {Texts, Cites} or get_origin(kind) in {None, Literal}:
            found.append((Field(prefix + name, KINDS.get(kind, "text")), (name,)))
    return tuple(found)


def _cell(value: Any) -> Datum:
    match value:
        case date():
            return value.toordinal()
        case tuple():
            return ", ".join(map(str, value))
        case _:
            datum: Datum = value
            return datum


def _follow(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        value = None if value is None else getattr(value, name)
    return value


@attrs.frozen
class TableShape:
    """A table: its rows, the shape of what they are about, and the columns that a row brings beside."""

    rows: Callable[[Any], Iterable[TableRow]]
    shape: type[Json]
    before: tuple[Field, ...] = ()
    behind: tuple[Field, ...] = ()
    without: str = ""

    def made(self, name: str, answer: object) -> TableRows:
        """The table of an answer."""
        columns: list[tuple[Field, Sequence[str]]] = [
            *((field, ()) for field in self.before),
            *(column for column in columns_of(self.shape) if column[1][0] != self.without),
            *((field, ()) for field in self.behind),
        ]
        rows = tuple(
            tuple(_cell(_follow(about, path) if path else beside[field.name]) for field, path in columns)
            for about, beside in self.rows(answer)
        )
        return TableRows(name, tuple(field for field, _ in columns), rows)


def _clauses(state: State) -> Iterator[TableRow]:
    for each in state.values():
        yield each, {"parties": "->".join(", ".join(names) for names in each.parties.values())}


def _terms(state: State) -> Iterator[TableRow]:
    for each in state.values():
        for name, view in each.terms.items():
            known = {"day": view.day, "least": view.least, "most": view.most, "unit": view.unit}
            yield view, {"label": each.label, "term": name, **known}


def _duties(state: State) -> Iterator[TableRow]:
    for each in state.values():
        for duty in each.duties:
            yield duty, {"label": each.label}


def _grounds(found: Iterable[Ground]) -> Iterator[TableRow]:
    for each in found:
        yield each, {"happenings": " and ".join(happening.what for happening in each.happenings)}


def _alone(rows: Iterable[object]) -> Iterator[TableRow]:
    return ((row, {}) for row in rows)


STATE: Final[Mapping[str, TableShape]] = {
    "clauses": TableShape(_clauses, states.ClauseJson, behind=columns("parties")),
    "terms": TableShape(
        _terms, states.TermJson, columns("label term"), columns("day:day least:exact most:exact unit"), "bounds"
    ),
    "duties": TableShape(_duties, states.DutyJson, columns("label")),
    "unknowns": TableShape(lambda state: _alone(state.unknowns), states.UnknownJson),
    "prospects": TableShape(lambda state: _alone(state.prospects), states.ProspectJson),
    "early_ends": TableShape(lambda state: _alone(state.early_ends), states.EarlyEndJson),
}
"""The tables of a state; the first is the one that other libraries get."""

CHANGES: Final = {"changes": TableShape(_alone, states.ChangeJson)}
EXPOSURE: Final = {
    "grounds": TableShape(lambda found: _grounds(found.grounds), exposures.GroundJson, behind=columns("happenings")),
    "of_deals": TableShape(lambda found: _grounds(found.of_deals), exposures.GroundJson, behind=columns("happenings")),
    "preconditions": TableShape(
        lambda found: _grounds(found.preconditions), exposures.GroundJson, behind=columns("happenings")
    ),
}
EXPOSURE_AGAINST: Final = {
    "gone": TableShape(lambda found: _grounds(found.gone), exposures.GroundJson, behind=columns("happenings")),
    "new": TableShape(lambda found: _grounds(found.new), exposures.GroundJson, behind=columns("happenings")),
    "kept": TableShape(lambda found: _grounds(found.kept), exposures.GroundJson, behind=columns("happenings")),
}
AGENDA: Final = {"entries": TableShape(_alone, agendas.EntryJson)}


def _rows(tables: Mapping[str, TableShape], answer: object, name: str | None) -> TableRows:
    chosen = next(iter(tables)) if name is None else name
    if chosen not in tables:
        hint = did_you_mean(chosen, tables) or f"there are: {', '.join(tables)}"
        raise ArgumentError(f"no table `{chosen}`; {hint}")
    return tables[chosen].made(chosen, answer)


def _made(tables: Mapping[str, TableShape], answer: object, name: str | None) -> Any:
    return arrow(_rows(tables, answer, name))


TABLES: Final[Mapping[str, Mapping[str, TableShape]]] = {
    "state": STATE, "changes": CHANGES, "agenda": AGENDA,
    "exposure": EXPOSURE, "exposure_against": EXPOSURE_AGAINST,
}  # fmt: skip


def as_csv(kind: str, answer: Any, name: str | None) -> str:
    """A table of an answer as the text of a CSV file."""
    return csv_of(_rows(TABLES[kind], answer, name))


def as_xlsx(kind: str, answer: Any, title: str | None) -> bytes:
    """The tables of an answer as the bytes of an XLSX file."""
    from dealrun.settle.export.xlsx import plain_workbook  # noqa: PLC0415 - an extra

    deals = ", ".join(f"{deal} ({text})" if text else deal for deal, text in answer.basis.deals)
    known = "" if answer.known is None else f"as known on {answer.known}"
    return plain_workbook((shape.made(name, answer) for name, shape in TABLES[kind].items()), title or deals, known)


def of_state(state: State, name: str | None) -> Any:
    """A table of a state."""
    return _made(STATE, state, name)


def of_changes(found: Changes, name: str | None) -> Any:
    """The table of changes."""
    return _made(CHANGES, found, name)


def of_agenda(found: Agenda, name: str | None) -> Any:
    """The table of an agenda."""
    return _made(AGENDA, found, name)


def of_exposure(found: Exposure, name: str | None) -> Any:
    """A table of an exposure."""
    return _made(EXPOSURE, found, name)


def of_exposure_against(found: ExposureComparison, name: str | None) -> Any:
    """A table of two exposures."""
    return _made(EXPOSURE_AGAINST, found, name)
