"""The work of an evaluation, counted, so that every one ends in seconds.

In: the steps that loops report, and the numbers that are computed. Out: nothing, or `LimitError`. Guaranteed: what is
counted depends on the input alone, never on the machine or the time; what the limits on input keep linear costs next
to nothing to count (docs/language.md#limits).

A step is about a microsecond: a piece of a value over time, a day, an instance, a pair that is compared.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from dealrun.errors import LimitError
from dealrun.limits import MAX_NUMBER_DIGITS, MAX_SOUGHT, MAX_STEPS

FINDING: Final = 1_000
"""The steps of a finding that grows with pairs: it is kept, sorted and printed."""
_BITS: Final = MAX_NUMBER_DIGITS * 3322 // 1000
_current: ContextVar[list[int] | None] = ContextVar("steps", default=None)
"""The steps that are left to the question under way, and those it began with; None where nothing is counted."""
_sought: ContextVar[list[int] | None] = ContextVar("sought", default=None)
"""The letters that may still be compared to find names that were meant; None where nothing is counted."""

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def counted(steps: int = MAX_STEPS, *, apart: bool = False) -> Iterator[None]:
    """Count what is done within; a question within another is counted with it, unless it is counted apart."""
    if _current.get() is not None and not apart:
        yield
        return
    token = _current.set([steps, steps])
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def seeking(letters: int = MAX_SOUGHT) -> Iterator[None]:
    """Count what is compared within to find names that were meant."""
    token = _sought.set([letters])
    try:
        yield
    finally:
        _sought.reset(token)


def seek(letters: int) -> bool:
    """Whether so many letters may still be compared: help that comes late is none."""
    left = _sought.get()
    if left is None:
        return True
    left[0] -= letters
    return left[0] >= 0


def counts(question: Callable[P, R]) -> Callable[P, R]:
    """A function whose work is counted, by itself or with the question that it is a part of."""

    @wraps(question)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is not None:
            return question(*args, **kwargs)
        with counted():
            return question(*args, **kwargs)

    return answer


def spend(steps: int = 1) -> None:
    """Count some steps; LimitError where there have been too many."""
    left = _current.get()
    if left is not None:
        left[0] -= steps
        if left[0] < 0:
            raise LimitError(
                f"takes more than {left[1]:,} steps to evaluate, the limit",
                "something repeats too often: give it an end, a longer period, or fewer amendments or occurrences",
            )


def bounded(number: Fraction) -> Fraction:
    """The number; LimitError where it has too many digits."""
    if number.numerator.bit_length() > _BITS or number.denominator.bit_length() > _BITS:
        raise LimitError(
            f"comes to a number of more than {MAX_NUMBER_DIGITS:,} digits, the limit",
            "write its factors with fewer digits, or round them",
        )
    return number
