"""Which terms of a clause an answer reads.

In: the terms of an entry, over time or on a day. Out: the same. Guaranteed: within `recorded`, each term that is looked
up by its name is noted, with the verb; whoever goes through all of them, to copy, to compare or to show what was
written, reads none. Elsewhere nothing is noted, and nothing costs more.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_NOTED: ContextVar[set[tuple[str, str]] | None] = ContextVar("_NOTED", default=None)


@contextmanager
def recorded() -> Iterator[set[tuple[str, str]]]:
    """The pairs of verb and term that are read within; of timelines that are made within."""
    found: set[tuple[str, str]] = set()
    token = _NOTED.set(found)
    try:
        yield found
    finally:
        _NOTED.reset(token)


def terms_of(word: str, terms: dict[str, T]) -> dict[str, T]:
    """The terms of an entry of a verb, for whoever reads them."""
    noted = _NOTED.get()
    return terms if noted is None else _NotedTerms(word, terms, noted)


def shown(terms: Mapping[str, T], name: str) -> T | None:
    """A term that is only shown, as it was written."""
    return dict.get(terms, name) if isinstance(terms, dict) else terms.get(name)


class _NotedTerms(dict[str, T]):
    """Terms that note which of them are looked up."""

    def __init__(self, word: str, terms: dict[str, T], noted: set[tuple[str, str]]) -> None:
        super().__init__(terms)
        self._word = word
        self._noted = noted

    def _note(self, name: object) -> None:
        if dict.__contains__(self, name):
            self._noted.add((self._word, str(name)))

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def __getitem__(self, name: str) -> T:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._note(name)
        return super().get(name, default)
