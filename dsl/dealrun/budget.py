"""The work of an evaluation, counted, so that every one ends in seconds.

In: the steps that loops report, and the numbers that are computed. Out: nothing, or `LimitError`. Guaranteed: what is
counted depends on the input alone, never on the machine or the time (a caller's `Budget` apart); what the limits on
input keep linear costs next to nothing to count (docs/language.md#limits).

A step is about a microsecond: a piece of a value over time, a day, an instance, a pair that is compared.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from fractions import Fraction
from functools import wraps
from time import monotonic
from typing import Final, ParamSpec, Self, TypeVar

from dealrun.errors import ArgumentError, ArgumentTypeError, BudgetError, LimitError
from dealrun.limits import MAX_NUMBER_DIGITS, MAX_SOUGHT, MAX_STEPS

FINDING: Final = 1_000
"""The steps of a finding that grows with pairs: it is kept, sorted and printed."""
_BITS: Final = MAX_NUMBER_DIGITS * 3322 // 1000
LOOK: Final = 2_000
"""Steps after which a budget looks at the clock again, and whether it was cancelled."""


class Count:
    """The steps that are left to a question, and those it began with; below `due`, something has to be looked at."""

    __slots__ = ("budget", "due", "left", "whole")

    def __init__(self, steps: int, budget: "Budget | None" = None) -> None:
        self.left = self.whole = steps
        self.budget = budget
        self.due = 0 if budget is None else steps  # at first at once: it may be used up

    @property
    def used(self) -> int:
        """The steps that were taken."""
        return self.whole - self.left

    def look(self) -> None:
        """LimitError where the steps are used up, BudgetError where the caller's budget is."""
        if self.budget is not None:
            self.due = max(self.left - self.budget.look(self), 0)
        if self.left < 0:
            raise LimitError(
                f"takes more than {self.whole:,} steps to evaluate, the limit",
                "something repeats too often: give it an end, a longer period, or fewer amendments or occurrences",
            )


_current: ContextVar[Count | None] = ContextVar("steps", default=None)
"""What counts the question under way; None where nothing is counted."""
_allowed: "ContextVar[Budget | None]" = ContextVar("allowed", default=None)
"""What the caller allows; None where nothing is said."""
_sought: ContextVar[list[int] | None] = ContextVar("sought", default=None)
"""The letters that may still be compared to find names that were meant; None where nothing is counted."""

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def counted(steps: int = MAX_STEPS, *, apart: bool = False) -> Iterator[None]:
    """Count what is done within; a question within another is counted with it, unless it is counted apart."""
    outer = _current.get()
    if outer is not None and not apart:
        yield
        return
    budget = _allowed.get()
    count = Count(steps, budget)
    token = _current.set(count)
    try:
        yield
    finally:
        _current.reset(token)
        if budget is not None:
            budget.take(count.used)


@contextmanager
def one_question() -> Iterator[None]:
    """Count everything within as one question, held to the limits of one (docs/language.md#limits).

    >>> with dealrun.one_question():
    ...     ends = [timeline.on(f"{year}-01-01")["ip"].status for year in (2026, 2033)]
    >>> ends
    ['in force', 'ended']
    """
    with counted():
        yield


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
    """Count some steps; LimitError or BudgetError where there have been too many, or the caller wants no more."""
    count = _current.get()
    if count is not None:
        count.left -= steps
        if count.left < count.due:
            count.look()


def watch() -> None:
    """BudgetError where the caller's budget is used up: for loops whose steps the limits on input keep few."""
    budget = _allowed.get()
    if budget is not None:
        budget.look(_current.get())


class Budget:
    """A bound that a caller sets on a piece of work: so many steps, so many seconds, until it is cancelled.

    Everything in its `with` block is counted together, and ends in a BudgetError where the budget is used up; the
    limits of each question (docs/language.md#limits) hold beside it. A step is about a microsecond; loading takes none,
    and reading a ledger is not interrupted. A budget is used once, by one thread or task; any thread can cancel it.

    >>> with dealrun.Budget(seconds=60, steps=1_000_000) as budget:
    ...     status = deal.timeline().on("2027-01-01")["ip"].status
    >>> status
    'in force'
    >>> cancelled = dealrun.Budget()
    >>> cancelled.cancel()
    >>> try:
    ...     with cancelled:
    ...         deal.changes()
    ... except dealrun.BudgetError as error:
    ...     print(error)
    the work was cancelled
    """

    def __init__(self, *, steps: int | None = None, seconds: float | None = None) -> None:
        """No bound for what is not given; ArgumentTypeError and ArgumentError for what is no number above zero."""
        for name, value, kinds, said in (
            ("steps", steps, int, "a whole number"), ("seconds", seconds, int | float, "a number"),
        ):  # fmt: skip
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, kinds):
                raise ArgumentTypeError(f"Budget: `{name}` takes {said}, not {type(value).__name__}")
            if not value > 0:  # which is what nan is not either
                raise ArgumentError(f"Budget: `{name}` takes {said} above zero, not {value!r}")
        self.steps = steps
        self.seconds = seconds
        self.spent = 0
        """The steps of the questions that were asked."""
        self._end: float | None = None
        self._cancelled = False
        self._token: Token[Budget | None] | None = None
        self._outer: Budget | None = None
        """The budget in whose block this one is used: its bounds hold as well."""

    def cancel(self) -> None:
        """End the work under way with a BudgetError, soon; from any thread."""
        self._cancelled = True

    def __enter__(self) -> Self:
        if self._token is not None:
            raise ArgumentError("Budget: it was used before; make another one")
        self._end = None if self.seconds is None else monotonic() + self.seconds
        self._outer = _allowed.get()
        self._token = _allowed.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._token is not None
        _allowed.reset(self._token)

    def take(self, steps: int) -> None:
        """Add steps that were taken; they count for the budgets around it too."""
        self.spent += steps
        if self._outer is not None:
            self._outer.take(steps)

    def look(self, count: Count | None) -> int:
        """In how many steps to look again; BudgetError where it is used up, or one around it."""
        again = LOOK if self._outer is None else self._outer.look(count)
        if self._cancelled:
            raise BudgetError("the work was cancelled", "cancelled")
        if self._end is not None and monotonic() > self._end:
            raise BudgetError(f"the work takes longer than {self.seconds:g} seconds, its budget", "seconds")
        if self.steps is None:
            return again
        left = self.steps - self.spent - (0 if count is None else count.used)
        if left < 0:
            raise BudgetError(f"the work takes more than {self.steps:,} steps, its budget", "steps")
        return min(again, left)


def bounded(number: Fraction) -> Fraction:
    """The number; LimitError where it has too many digits."""
    if number.numerator.bit_length() > _BITS or number.denominator.bit_length() > _BITS:
        raise LimitError(
            f"comes to a number of more than {MAX_NUMBER_DIGITS:,} digits, the limit",
            "write its factors with fewer digits, or round them",
        )
    return number
