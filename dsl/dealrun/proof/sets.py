"""Smallest sets of happenings that make a claim fail.

In: a search in which every happening is free. Out: the sets of at most three happenings that make the claim fail, each
with a course. Guaranteed: no part of a set makes it fail; unless something is told as left open, there is no other set
(docs/proof.md#exposure).
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

import attrs

from dealrun.proof.boxes import plain
from dealrun.proof.counterexample import DayPoint, Played, shortest
from dealrun.proof.search import Search, Verdict

TOGETHER = 3
"""So many happenings are in a set at most."""
EACH = 150
"""So many evaluations are made for one set."""


@attrs.define
class FoundSets:
    """The sets that were found, each with the search in which only they are free, and their course."""

    sets: list[tuple[Search, DayPoint]] = attrs.field(factory=list)
    open: frozenset[str] = frozenset()
    """What was left open, where not everything is decided."""
    evaluations: int = 0


class SetFinder:
    """Finds the sets by size: one that is found answers for all that contain it, one without effect for its parts."""

    def __init__(self, search: Search, budget: int) -> None:
        self.search = search
        self.budget = budget
        self.names = sorted({plain(name) for name in search.pool})
        self.found = FoundSets()
        self._bits = {name: 1 << number for number, name in enumerate(self.names)}
        self._sets: list[int] = []
        self._without: list[int] = []
        """Sets that have no effect, as large as they were found."""
        self._open: set[int] = set()
        self._covered = dict.fromkeys(self.names, 0)

    def run(self) -> FoundSets:
        """The sets; what is left open where the budget is spent."""
        for size in range(1, TOGETHER + 1):
            for names in combinations(self.names, size):
                chosen = self._mask(names)
                while not self._known(chosen):
                    if self.found.evaluations >= self.budget:
                        self.found.open |= frozenset(self.names)
                        return self.found
                    self._settle(chosen)
        return self.found

    def _mask(self, names: Iterable[str]) -> int:
        return sum(self._bits[name] for name in names)

    def _of(self, mask: int) -> list[str]:
        return [name for name, bit in self._bits.items() if mask & bit]

    def _known(self, chosen: int) -> bool:
        return (
            any(each & chosen == each for each in self._sets)
            or any(chosen & each == chosen for each in self._without)
            or chosen in self._open
        )

    def _settle(self, chosen: int) -> None:
        """Look at a set within one that is as large as it can be without any that was found; else at it alone."""
        for large in dict.fromkeys((self._grown(chosen), chosen)):
            search, verdict = self._searched(large)
            if verdict.holds:
                self._without.append(large)
                for name in self._of(large):
                    self._covered[name] += 1
                return
            if verdict.holds is False and self._enter(search, verdict):
                return
        self._open.add(chosen)
        self.found.open |= verdict.open

    def _grown(self, chosen: int) -> int:
        for name in sorted(self.names, key=lambda each: (self._covered[each], each)):
            larger = chosen | self._bits[name]
            if not any(each & larger == each for each in self._sets):
                chosen = larger
        return chosen

    def _searched(self, chosen: int) -> tuple[Search, Verdict]:
        search = self.search.within(self._of(chosen), EACH)
        verdict = search.run()
        self.found.evaluations += verdict.evaluations
        return search, verdict

    def _enter(self, search: Search, verdict: Verdict) -> bool:
        """Take a failure for the smallest set that is in it; False where no course of it can be told."""
        point = None if verdict.found is None else shortest(Played(search), verdict.found)
        if not point:
            return False
        names = {plain(name) for name in point}
        for fewer in self._fewer(names):
            inner, theirs = self._searched(self._mask(fewer))
            if theirs.holds is False and self._enter(inner, theirs):
                return True
        within = self.search.within(names, EACH)
        self._sets.append(self._mask(names))
        if len(names) <= TOGETHER:
            self.found.sets.append((within, point))
        return True

    def _fewer(self, names: set[str]) -> Iterator[set[str]]:
        """The parts of a set of which it is not known that they have no effect."""
        for name in sorted(names):
            rest = names - {name}
            if rest and not any(self._mask(rest) & each == self._mask(rest) for each in self._without):
                yield rest
