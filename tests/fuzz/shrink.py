"""Shrinking: the smallest case that still fails in the same way.

In: a case, and a question whether a case fails so. Out: a smaller case. Guaranteed: what is returned fails so; no more
than a number of tries are made.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import attrs

from fuzz.cases import Case, File

T = TypeVar("T")
TRIES: Final = 400
TOKENS: Final = re.compile(r'"[^"\n]*"|\w+|\s+|.', re.DOTALL)


@attrs.define
class Shrinker:
    """A case that becomes smaller, as long as `fails` says that it still fails in the same way."""

    fails: Callable[[Case], bool]
    case: Case
    tries: int = TRIES

    def _accept(self, case: Case) -> bool:
        if self.tries <= 0:
            return False
        self.tries -= 1
        if self.fails(case):
            self.case = case
            return True
        return False

    def _reduce(self, parts: Sequence[T], made: Callable[[list[T]], Case]) -> list[T]:
        """Delta debugging: fewer and fewer of the parts, in pieces that become smaller."""
        kept = list(parts)
        size = max(1, len(kept) // 2)
        while kept and self.tries > 0:
            at, shorter = 0, False
            while at < len(kept):
                rest = kept[:at] + kept[at + size :]
                if self._accept(made(rest)):
                    kept, shorter = rest, True
                else:
                    at += size
            if size == 1 and not shorter:
                break
            size = max(1, size // 2)
        return kept

    def run(self) -> Case:
        """The smallest case that was found."""
        start = self.case
        if start.other:
            return self.case  # the two versions of a case must stay alike
        if start.questions:
            self._reduce(start.questions, lambda rest: attrs.evolve(self.case, questions=tuple(rest)))
        if len(start.files) > 1:
            self._reduce(start.files, lambda rest: attrs.evolve(self.case, files=tuple(rest)))
        for number in range(len(self.case.files)):
            self._texts(number)
        if len(start.argv) > 1:
            self._reduce(start.argv, lambda rest: attrs.evolve(self.case, argv=tuple(rest)))
        if start.stdin:
            self._reduce(
                start.stdin.splitlines(keepends=True), lambda rest: attrs.evolve(self.case, stdin=b"".join(rest))
            )
        return self.case

    def _texts(self, number: int) -> None:
        def made(parts: list[str]) -> Case:
            files = list(self.case.files)
            files[number] = attrs.evolve(files[number], data="".join(parts).encode("utf-8", "surrogateescape"))
            return attrs.evolve(self.case, files=tuple(files))

        for cut in (lambda text: text.splitlines(keepends=True), TOKENS.findall):
            self._reduce(cut(_text(self.case.files[number])), made)


def _text(file: File) -> str:
    return file.data.decode("utf-8", "surrogateescape")
