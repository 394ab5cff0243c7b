"""What names stand for, across contracts: which are the same thing, and which lies in which.

In: the declarations of contracts. Out: one number for each thing. Guaranteed: within a contract a name is one thing; in
two contracts it is the same where the text behind it is the same too, at whatever time.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

import attrs

from dealrun.model.contract import Add, Model, SetTerms
from dealrun.model.values import REDACTED, Names, Text
from dealrun.state.amend.index import Index

NAMED = frozenset({"party", "person", "asset", "act", "stream", "unit"})
"""Declarations of things that several contracts can share."""

Thing = int
"""A party, an asset, an act, or what a quoted text says; the same number is the same thing."""


@attrs.define(slots=False)
class Things:
    """The things that the names of several contracts stand for."""

    _numbers: dict[tuple[str, str], int] = attrs.field(factory=dict)
    _same: list[int] = attrs.field(factory=list)
    """For each number, one that is the same thing; the number itself where none was found."""
    _of: dict[tuple[int, str], int] = attrs.field(factory=dict)
    _nested: list[tuple[int, int]] = attrs.field(factory=list)
    _above: dict[Thing, tuple[Thing, ...]] = attrs.field(factory=dict)

    def read(self, contract: int, model: Model, index: Index) -> None:
        """Enter the declarations of a contract."""
        prefixes = tuple(f"{deal.name}." for deal in model.deals)
        for key in index.declarations:
            history, (word, name) = index.histories[key], key
            if word not in NAMED:
                continue
            plain = next((name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)), name)
            for _, operation in history:
                if not isinstance(operation, Add | SetTerms):
                    continue
                terms = operation.entry.terms if isinstance(operation, Add) else operation.terms
                written = terms.get("name")
                value = written.value.limbs[0][0] if written else None
                if isinstance(operation, Add) or value is not None:
                    self._enter(contract, name, plain, _plain(value.text) if isinstance(value, Text) else "")
                inside = terms.get("in")
                value = inside.value.limbs[0][0] if inside else None
                for outer in value.members if isinstance(value, Names) else ():
                    self._nested.append((self._of[contract, name], self.of(contract, outer)))

    def _enter(self, contract: int, name: str, plain: str, text: str) -> None:
        number = self._number(plain.casefold(), text)
        known = self._of.setdefault((contract, name), number)
        self._same[self._root(number)] = self._root(known)

    def _number(self, name: str, text: str) -> int:
        number = self._numbers.get((name, text))
        if number is None:
            number = self._numbers[name, text] = len(self._same)
            self._same.append(number)
        return number

    def _root(self, number: int) -> int:
        while self._same[number] != number:
            self._same[number] = self._same[self._same[number]]
            number = self._same[number]
        return number

    def of(self, contract: int, name: str) -> Thing:
        """The thing that a name, or a quoted text with its quotes, stands for in a contract."""
        if name == REDACTED:  # nobody knows what: never the same as another
            self._same.append(len(self._same))
            return len(self._same) - 1
        if name.startswith('"'):
            return self._root(self._number("", _plain(name[1:-1])))
        number = self._of.get((contract, name))
        if number is None:  # a sketch never declared it: its name is all there is
            number = self._of[contract, name] = self._number(name.casefold(), f"#{contract}")
        return self._root(number)

    def all_of(self, contract: int, names: Iterable[str]) -> frozenset[Thing]:
        """The things of several names."""
        return frozenset(self.of(contract, name) for name in names)

    @cached_property
    def _outer(self) -> dict[Thing, set[Thing]]:
        found: dict[Thing, set[Thing]] = {}
        for inner, outer in self._nested:
            if self._root(inner) != self._root(outer):
                found.setdefault(self._root(inner), set()).add(self._root(outer))
        return found

    def above(self, thing: Thing) -> tuple[Thing, ...]:
        """The thing itself, and everything in which it lies."""
        found = self._above.get(thing)
        if found is None:
            found = self._above[thing] = tuple(self._walk(thing))
        return found

    def _walk(self, thing: Thing) -> Iterator[Thing]:
        seen = {thing}
        todo = [thing]
        while todo:
            at = todo.pop()
            yield at
            for outer in self._outer.get(at, ()):
                if outer not in seen:
                    seen.add(outer)
                    todo.append(outer)

    def within(self, inner: Thing, outer: Thing) -> bool:
        """Whether a thing is another, or lies in it."""
        return outer in self.above(inner)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
