"""Keys: how the model knows what can be amended.

In: nothing. Out: `EntryKey`: a clause is known by its label, a declaration by its word and its name. Guaranteed: no key
has to be taken apart as a text; where several deals are loaded, labels and names begin with the deal's name and a dot.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias


class DeclarationKey(NamedTuple):
    """A declaration, or the header of an amendment: `event AGI`, `unknown TOTAL`, `amend april`."""

    word: str
    name: str

    def __str__(self) -> str:
        return f"{self.word} {self.name}"


Label: TypeAlias = str
"""A clause, as other clauses name it."""

EntryKey: TypeAlias = Label | DeclarationKey


def name_of(key: EntryKey) -> str:
    """The label, or the declared name."""
    return key.name if isinstance(key, DeclarationKey) else key


def as_written(key: EntryKey) -> tuple[bool, str]:
    """The order in which keys are shown: clauses by their labels, then declarations by word and name."""
    return isinstance(key, DeclarationKey), str(key)


def header_of(key: EntryKey) -> str | None:
    """The instrument whose header a key is; None for clauses and declarations."""
    return key.name if isinstance(key, DeclarationKey) and key.word == "amend" else None


MOST_PARTS: Final = 4
"""Of so many names a label is made that a clause gets from its content."""


def shortened(parts: Sequence[str]) -> str:
    """The label that names make: the first of them, and `etc` where there are many."""
    return ".".join(parts if len(parts) <= MOST_PARTS + 1 else [*parts[:MOST_PARTS], "etc"])
