"""What every answer can do: be printed, written as JSON, and shown in a notebook.

In: nothing. Out: `Answer`, which the types of answers derive from. Guaranteed: this module knows neither JSON nor how
anything is shown; `dealrun.api.faces` enters a face for each type, so that those who ask need no more than the answer.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from importlib import import_module
from typing import Any, Generic, TypeVar, overload

import attrs

from dealrun.errors import ArgumentError, ArgumentTypeError
from dealrun.source.plain import for_json


@attrs.frozen
class Telling:
    """How an answer is told."""

    heading: bool = True
    """Whether what it rests on stands above it, and notes below it."""
    today: date | None = None
    """A day that is pointed out as today where the answer is about it."""
    brief: bool = False
    """Whether a summary, and a line for each clause, is enough."""


@attrs.frozen
class Face:
    """How answers of a type are told."""

    to_dict: Callable[[Any], dict[str, Any]]
    """As plain values: the JSON that the command line prints."""
    lines: Callable[[Any, Telling, int, bool], Sequence[str]]
    """As lines of text so wide, with or without colours."""
    markdown: Callable[[Any, Telling], str]
    html: Callable[[Any, Telling], str]
    table: Callable[[Any, str | None], Any] | None = None
    """One of its tables by name, as a `pyarrow.Table`; None for the first."""
    csv: Callable[[Any, str | None], str] | None = None
    """One of its tables by name, as CSV; None for the first."""
    xlsx: Callable[[Any, str | None], bytes] | None = None
    """All of its tables as a workbook, below a title."""


FACES: dict[str, Face] = {}
"""By type of answer: its module and its name, so that entering a face imports nothing."""


def name_of(kind: type) -> str:
    """How `FACES` calls a type."""
    return f"{kind.__module__}.{kind.__qualname__}"


WIDTH = 100
"""Columns of an answer that is printed by `str`."""
NARROWEST = 20
"""Columns below which no text is of use."""


class Answer:
    """An answer of this library.

    >>> state.to_dict()["schema"], state.to_json().splitlines()[2]
    ('dealrun/state/3', '  "on": "2027-01-01",')
    >>> print(state.to_text(80).splitlines()[0])
    openai-microsoft (Partnership of Microsoft and OpenAI) on 2027-01-01, as known
    >>> print(state.to_markdown().splitlines()[0])
    # openai-microsoft (Partnership of Microsoft and OpenAI) on 2027-01-01, as known on 2026-04-27
    >>> print(state.to_html(heading=False)[:7])
    <p>MSFT
    """

    __slots__ = ()

    def _face(self) -> Face:
        if not FACES:  # it was unpickled where nothing has been asked yet
            import_module("dealrun.api.faces")
        return next(FACES[name] for name in map(name_of, type(self).__mro__) if name in FACES)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain dictionaries, lists and texts, as `dealrun schema` describes it."""
        return self._face().to_dict(self)

    def to_json(self) -> str:
        """The answer as JSON: what the command line prints with `--format json`, without its last line end."""
        return for_json(json.dumps(self.to_dict(), indent=2, ensure_ascii=False))

    def to_text(
        self, width: int = WIDTH, *, colour: bool = False, heading: bool = True, today: date | None = None,
        brief: bool = False,
    ) -> str:  # fmt: skip
        """The answer as text so many columns wide: what the command line prints, without its last line end.

        `heading` is what it rests on; `today` is a day to point out where the answer is about it; `brief` leaves a
        summary of a state, with a line for each clause. ArgumentTypeError for a width that is no whole number,
        ArgumentError for one below 20.
        """
        if isinstance(width, bool) or not isinstance(width, int):
            raise ArgumentTypeError(f"to_text: `width` takes a whole number of columns, not {type(width).__name__}")
        if width < NARROWEST:
            raise ArgumentError(f"to_text: `width` takes {NARROWEST} columns or more, not {width}")
        return "\n".join(self._face().lines(self, Telling(heading, today, brief), width, colour))

    def to_markdown(self, *, heading: bool = True, today: date | None = None) -> str:
        """The answer as Markdown: headings, sentences and tables, with its last line end."""
        return self._face().markdown(self, Telling(heading, today))

    def to_html(self, *, heading: bool = True, today: date | None = None) -> str:
        """The answer as a piece of HTML: headings, sentences and tables, without a style of its own."""
        return self._face().html(self, Telling(heading, today))

    def __str__(self) -> str:
        return self.to_text()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        return self.to_html()


class TableAnswer(Answer):
    """An answer that is a table, or holds some.

    Libraries that speak Arrow take it as it is (`polars.DataFrame(answer)`, `pyarrow.table(answer)`, DuckDB, narwhals):
    they get the first of its tables.
    """

    __slots__ = ()

    def to_arrow(self, name: str | None = None) -> Any:
        """One of its tables as a `pyarrow.Table`: days as date32, amounts as exact decimals.

        MissingExtraError without pyarrow; ArgumentError, which says which tables there are, for a name that is none.
        """
        if name is not None and not isinstance(name, str):
            raise ArgumentTypeError(f"to_arrow: `name` takes a text, not {type(name).__name__}")
        table = self._face().table
        assert table is not None
        return table(self, name)

    def to_csv(self, name: str | None = None) -> str:
        """One of its tables as CSV, the first where none is named: to be written as UTF-8, its line ends kept.

        ArgumentError, which says which tables there are, for a name that is none.
        """
        if name is not None and not isinstance(name, str):
            raise ArgumentTypeError(f"to_csv: `name` takes a text, not {type(name).__name__}")
        csv = self._face().csv
        assert csv is not None
        return csv(self, name)

    def to_xlsx(self, *, title: str | None = None) -> bytes:
        """All of its tables as an XLSX file, a sheet each. MissingExtraError without XlsxWriter."""
        if title is not None and not isinstance(title, str):
            raise ArgumentTypeError(f"to_xlsx: `title` takes a text, not {type(title).__name__}")
        xlsx = self._face().xlsx
        assert xlsx is not None
        return xlsx(self, title)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """See the Arrow PyCapsule interface."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)


T = TypeVar("T")


class Listed(TableAnswer, Generic[T]):
    """An answer that is a table row by row: iterated, counted and indexed like a tuple.

    It is none, because libraries of tables take a tuple, or any `Sequence`, apart before they ask for Arrow.
    """

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[T] = ()) -> None:
        self._rows = tuple(rows)

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, row: object) -> bool:
        return row in self._rows

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...

    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        return self._rows[place]

    def __eq__(self, other: object) -> bool:
        return tuple(other) == self._rows if isinstance(other, Listed | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._rows)
