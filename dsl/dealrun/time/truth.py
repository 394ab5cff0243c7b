"""Three-valued truth (strong Kleene) that knows what it hangs on.

A `Truth` is certainly no, certainly yes, or maybe; a maybe names the unknowns on which it is contingent.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple


class Truth(NamedTuple):
    """0 is no, 1 is maybe, 2 is yes; `hangs_on` is empty unless maybe."""

    level: int
    hangs_on: frozenset[str] = frozenset()


NO: Final = Truth(0)
MAYBE: Final = 1
YES: Final = Truth(2)


def maybe(names: Iterable[str]) -> Truth:
    """A truth that hangs on the names."""
    return Truth(MAYBE, frozenset(names))


def both(left: Truth, right: Truth) -> Truth:
    """And."""
    if left.level == 0 or right.level == 2:
        return left
    if right.level == 0 or left.level == 2:
        return right
    return Truth(MAYBE, left.hangs_on | right.hangs_on)


def either(left: Truth, right: Truth) -> Truth:
    """Or."""
    if left.level == 2 or right.level == 0:
        return left
    if right.level == 2 or left.level == 0:
        return right
    return Truth(MAYBE, left.hangs_on | right.hangs_on)


def negate(truth: Truth) -> Truth:
    """Not."""
    return YES if truth.level == 0 else NO if truth.level == 2 else truth
