"""What callers give, checked for its type before anything else sees it.

In: arguments of public functions. Out: nothing, or ArgumentTypeError, which says what the argument takes. Guaranteed: a
wrong type is told at the call, in the words of the call, and reaches neither a database nor the evaluation.
"""

import os
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from dealrun.diagnostics import did_you_mean
from dealrun.errors import ArgumentTypeError

P = ParamSpec("P")
R = TypeVar("R")


def _is_day(value: object) -> bool:
    return isinstance(value, date | str | int) and not isinstance(value, bool)


def _is_path(value: object) -> bool:
    return isinstance(value, str | os.PathLike)


def _is_contract(value: object) -> bool:
    return _is_path(value) or hasattr(value, "read") or (isinstance(value, Mapping) and all(map(_is_text, value)))


def _is_contracts(value: object) -> bool:
    return _is_contract(value) or (isinstance(value, list | tuple) and all(map(_is_contract, value)))


def _is_content(value: object) -> bool:
    return isinstance(value, str | bytes)


def _is_texts(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, Collection) and all(isinstance(each, str) for each in value))


def _is_paths(value: object) -> bool:
    return _is_path(value) or (isinstance(value, Collection) and all(map(_is_path, value)))


def _is_mapping(of: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, Mapping) and all(isinstance(k, str) and of(v) for k, v in value.items())


def _is_source(value: object) -> bool:
    return _is_file(value) or hasattr(value, "__arrow_c_stream__")


def _is_file(value: object) -> bool:
    return _is_path(value) or hasattr(value, "read") or (bool(value) and _is_mapping(_is_content)(value))


def _is_sources(value: object) -> bool:
    return _is_source(value) or (isinstance(value, list | tuple) and all(map(_is_source, value)))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _has(*names: str) -> Callable[[object], bool]:
    return lambda value: all(hasattr(value, name) for name in names)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


A_DAY: Final = (_is_day, "a date, or text of the form YYYY-MM-DD")
A_PATH: Final = (_is_path, "a path")
A_TEXT: Final = (_is_text, "a text")
TEXTS: Final = (_is_texts, "a collection of texts")
FILES: Final = (_is_contracts, "a path, an open file, a mapping of names to texts, or a list of such")
CONTENT: Final = (_is_content, "a text, or its bytes")
PATHS: Final = (_is_paths, "a path, or a collection of paths")
DAYS: Final = (_is_mapping(_is_day), "a mapping of names to dates")
WORDS: Final = (_is_mapping(_is_text), "a mapping of texts to texts")
LEDGERS: Final = (_is_sources, "a path, an open file, contents by name or an Arrow table, or a list of them")
A_FILE: Final = (_is_file, "a path, an open file, or contents by name")
A_FLAG: Final = (_is_flag, "True or False")
A_CONTRACT: Final = (_has("conflicts", "readings"), "a Contract")
A_TIMELINE: Final = (_has("evaluator", "changes"), "a Timeline")

KINDS: Final[dict[str, tuple[Callable[[object], bool], str]]] = {
    "on": A_DAY, "known": A_DAY, "date": A_DAY, "start": A_DAY, "end": A_DAY, "through": A_DAY, "effective": A_DAY,
    "signed": A_DAY, "after": A_DAY, "assume": DAYS, "bind": WORDS, "so_far": WORDS, "columns": WORDS, "scenario":
    A_TEXT, "label": A_TEXT, "key": A_TEXT, "instrument": A_TEXT, "name": A_TEXT, "text": CONTENT, "source": FILES,
    "draft": FILES, "party": A_TEXT, "period": A_TEXT, "reading": TEXTS, "scenarios": TEXTS, "readings": TEXTS,
    "folder": A_PATH, "ledger": LEDGERS, "forecast": LEDGERS, "rates": A_FILE, "detail": A_PATH, "new": A_CONTRACT,
    "contract": A_CONTRACT, "timeline": A_TIMELINE, "all_readings": A_FLAG, "progress": A_FLAG,
}  # fmt: skip
"""What the parameters of public functions take, by name; None stands for one that is not given, where that is its
default."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A public function whose arguments are held to `KINDS` by their names."""
    inner = function
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    code, defaults = inner.__code__, inner.__defaults__ or ()
    places = code.co_varnames[: code.co_argcount]
    given = {**dict(zip(places[len(places) - len(defaults) :], defaults, strict=True)), **(inner.__kwdefaults__ or {})}
    needed = {*places, *code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]}
    known = sorted(needed - {"self"})
    needed -= {name for name, default in given.items() if default is None}

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if wrong := next((name for name in kwargs if name not in known), None):
            hint = did_you_mean(wrong, known) or f"it takes {', '.join(f'`{name}`' for name in known)}"
            raise ArgumentTypeError(f"{function.__name__}: there is no argument `{wrong}`; {hint}")
        named: dict[str, Any] = {**dict(zip(places, args, strict=False)), **kwargs}
        for name, value in named.items():
            kind = KINDS.get(name)
            if kind is not None and not (value is None and name not in needed) and not kind[0](value):
                raise ArgumentTypeError(f"{function.__name__}: `{name}` takes {kind[1]}, not {type(value).__name__}")
        return function(*args, **kwargs)

    return call
