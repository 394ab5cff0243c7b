"""What the shapes are made of: days, exact numbers, places, citations, and how an answer becomes one.

In: answers, whose attributes have the names of a shape's fields. Out: shapes, and plain data. Guaranteed: days are ISO
dates, numbers exact text; what an answer calls or groups in another way, its shape says in `make`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Self, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from dealrun.model.show import decimal
from dealrun.state.basis import Basis

IsoDay: TypeAlias = Annotated[date, Meta(extra_json_schema={"pattern": r"^\d{4}-\d\d-\d\d$"})]
"""A day, as an ISO date."""

NotNegative: TypeAlias = Annotated[int, Meta(ge=0)]
Ordinal: TypeAlias = Annotated[int, Meta(ge=1)]

Exact: TypeAlias = Annotated[
    str, Meta(pattern=r"^-?\d+(\.\d+|/\d+)?$", description="Exact; n/d where no decimal ends.")
]
"""An exact number, as text."""


def said(text: str) -> Meta:
    """What a schema says of a field."""
    return Meta(description=text)


class Json(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shape."""

    @classmethod
    def make(cls, answer: Any, **more: Any) -> Self:
        """The shape of an answer, by the names of its attributes; `more` says the fields that it has not."""
        plan = plan_of(cls)
        return cls(**{name: more[name] if name in more else convert(getattr(answer, name)) for name, convert in plan})


class Output(Json, tag_field="schema", frozen=True, forbid_unknown_fields=True):
    """A whole output; `schema` names its kind and its version."""


class Supposed(Output, frozen=True, forbid_unknown_fields=True):
    """An output that says under which suppositions it holds, in the fields that a `Basis` has."""

    @classmethod
    def make(cls, answer: Any, **more: Any) -> Self:
        """Of an answer that rests on a basis."""
        basis: Basis = answer.basis
        return super().make(
            answer, assume=dict(basis.assume), bind=dict(basis.bind), scenario=basis.scenario,
            reading=list(basis.reading), nothing_else=basis.nothing_else, **more,
        )  # fmt: skip


def _same(value: Any) -> Any:
    return value


def _number(value: Fraction) -> str:
    return decimal(value)


def _maybe(convert: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else convert(value)


def _each(convert: Callable[[Any], Any], values: Any) -> list[Any]:
    return [convert(value) for value in values]


def _by_name(convert: Callable[[Any], Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: convert(value) for name, value in values.items()}


def _tagged(shapes: tuple[type[Json], ...], value: Any) -> Json:
    return next(shape for shape in shapes if shape.__struct_config__.tag == value.type).make(value)


def _converter(kind: Any) -> Callable[[Any], Any]:
    """How a value becomes one of a field's type."""
    if kind is Exact:
        return _number
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _converter(inner[0])
    if origin in {UnionType, Union}:
        some = tuple(each for each in inner if each is not NoneType)
        one = partial(_tagged, some) if len(some) > 1 else _converter(some[0])
        return one if len(some) == len(inner) else _same if one is _same else partial(_maybe, one)
    if origin is list:
        return partial(_each, _converter(inner[0]))
    if origin is dict:
        return partial(_by_name, _converter(inner[1]))
    if isinstance(kind, type) and issubclass(kind, Json):
        return kind.make
    return _same


@cache
def plan_of(shape: type[Json]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """The fields of a shape, each with what makes a value of it."""
    hints = get_type_hints(shape, include_extras=True)
    return tuple((name, _converter(hints[name])) for name in shape.__struct_fields__)


def plain(shape: Json) -> dict[str, Any]:
    """A shape as dictionaries, lists, texts, numbers and None."""
    found: dict[str, Any] = msgspec.to_builtins(shape)
    return found


class SpanJson(Json, frozen=True, forbid_unknown_fields=True):
    """A place in a file; lines and columns count from 1."""

    file: str
    line: Ordinal
    column: Ordinal
    end_line: Ordinal
    end_column: Annotated[Ordinal, said("exclusive")]

    @classmethod
    def make(cls, answer: Any, **_: Any) -> Self:
        """Of a span, or of a place."""
        place = getattr(answer, "place", answer)
        return cls(place.file, place.line, place.column, place.end_line, place.end_column)


class CiteJson(Json, frozen=True, forbid_unknown_fields=True):
    """A citation."""

    source: str
    locator: str


Texts: TypeAlias = list[str]
Cites: TypeAlias = list[CiteJson]
