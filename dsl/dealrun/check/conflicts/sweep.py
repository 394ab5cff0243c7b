"""Which of many claims meet: at one place, on one day.

In: claims, each with the places at or within which it lies. Out: pairs that share a place, and a day. Guaranteed: in
time n log n in the claims, and in what is found.

A place has several sides (a grantor's thing, a territory, a field). Two claims meet where on each side one of them lies
within the other: so at the place made of the wider of both on each side, where for each side one of them lies exactly.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from heapq import heappop, heappush
from typing import TypeAlias

from dealrun.budget import spend
from dealrun.check.conflicts.claims import Claim

GrantPlace: TypeAlias = tuple[Hashable, int]
"""Where a claim lies, or within what; and on which of its sides it lies exactly, a bit for each."""

Pair: TypeAlias = tuple[Claim, Claim]


def meeting(
    found: Iterable[Claim], places: Callable[[Claim], Iterable[GrantPlace]], whole: int, wants: Callable[[Claim], bool]
) -> Iterator[Pair]:
    """Pairs of claims that meet, the first of which is wanted (exclusive, a prohibition), each once.

    `whole` has the bits of all sides.
    """
    seen: set[tuple[int, int]] = set()
    for group in _lying(found, places):
        if len(group) > 1 and any(wants(claim) for claim, _ in group):
            for one, other in _at_once(group, whole, wants):
                pair = (id(one), id(other))
                if one is not other and pair not in seen:
                    seen.add(pair)
                    yield one, other


def groups(
    found: Iterable[Claim], places: Callable[[Claim], Iterable[GrantPlace]], whole: int, wants: Callable[[Claim], bool]
) -> Iterator[list[Claim]]:
    """The claims at or within each place at which several lie, one of them wanted; whatever their days."""
    for group in _lying(found, places):
        if len(group) > 1 and any(wants(claim) for claim, _ in group):
            sides = {bits for _, bits in group}
            if any(one | other == whole for one in sides for other in sides):
                yield [claim for claim, _ in group]


def _lying(
    found: Iterable[Claim], places: Callable[[Claim], Iterable[GrantPlace]]
) -> Iterable[list[tuple[Claim, int]]]:
    """By place, the claims that lie at or within it."""
    lying: dict[Hashable, list[tuple[Claim, int]]] = {}
    for claim in found:
        for place, sides in set(places(claim)):
            lying.setdefault(place, []).append((claim, sides))
    return lying.values()


def _at_once(group: list[tuple[Claim, int]], whole: int, wants: Callable[[Claim], bool]) -> Iterator[Pair]:
    """The pairs of a place that share a day and of which, on each side, one lies exactly there."""
    running: list[tuple[int, int, bool, int]] = []
    current: dict[tuple[bool, int], dict[int, Claim]] = {}
    for number, (claim, sides) in enumerate(sorted(group, key=lambda each: each[0].first)):
        while running and running[0][0] < claim.first:
            _, gone, wanted, theirs = heappop(running)
            del current[wanted, theirs][gone]
        mine = wants(claim)
        for (wanted, theirs), others in current.items():
            if (mine or wanted) and sides | theirs == whole:
                for other in others.values():
                    spend(4)
                    yield (claim, other) if mine and not wanted else (other, claim)
        current.setdefault((mine, sides), {})[number] = claim
        heappush(running, (claim.last, number, mine, sides))
