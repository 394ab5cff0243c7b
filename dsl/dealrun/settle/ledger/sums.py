"""Sums of a ledger: all that travels from the database.

In: nothing. Out: the types that `dealrun.settle.ledger.read` fills. Guaranteed: amounts are whole numbers of
`10**-scale`, so that no sum is ever rounded.
"""

from typing import Final, NamedTuple

import attrs

from dealrun.answer import Answer
from dealrun.errors import DealError
from dealrun.model.vocabulary import LEDGER_ROLES as ROLES
from dealrun.time.days import Day

__all__ = ["MAX_AMOUNT_DIGITS", "ROLES", "Columns", "Group", "LedgerError", "Problem", "Sums"]

MAX_AMOUNT_DIGITS: Final = 18
"""Digits of one amount, before and after the point together."""


class Group(NamedTuple):
    """Rows of one stream, day of sale, booking day and, where clauses name them, payer, product and territory."""

    stream: str
    day: Day
    booked: Day
    """Never before `day`: what is booked early counts from the day of the sale."""
    currency: str
    """Empty where the ledger has no such column (or no value in it); likewise the next three."""
    payer: str
    product: str
    territory: str
    amount: int
    """In units of 10**-scale of the currency."""
    units: int
    """In units of 10**-unit_scale."""
    rows: int
    forecast: bool


@attrs.frozen
class Columns:
    """Which column of a source has which role: role to column name; roles that are not there are left out."""

    names: dict[str, str]


@attrs.frozen
class Sums:
    """A whole ledger, summed; groups in ascending order of their fields."""

    groups: tuple[Group, ...]
    scale: int
    unit_scale: int
    rows: int
    last_booked: Day | None
    """The last booking day of what is no forecast; None where there is no such row."""
    sources: tuple[str, ...]


@attrs.frozen
class Problem:
    r"""What is wrong with rows of a ledger: one kind of mistake.

    >>> try:
    ...     book.settle({"a.csv": "sold_on,channel,copies,net_usd\n2024-13-01,hardcover,1,9.00\n"})
    ... except dealrun.LedgerError as error:
    ...     problem = error.problems[0]
    >>> problem.code, problem.message, problem.count
    ('DR702', '`sold_on` is no date of the form YYYY-MM-DD', 1)
    """

    code: str
    """A diagnostic code: DR701 to DR705."""
    message: str
    source: str
    rows: tuple[tuple[int, str], ...]
    """The first of them, up to a limit: the row's number (the first row behind the header is 1) and what it holds."""
    count: int
    help: str = ""


class LedgerError(DealError, Answer):
    r"""A ledger that is refused as a whole.

    >>> try:
    ...     book.settle({"a.csv": "sold_on,channel,copies\n2024-01-01,hardcover,1\n"})
    ... except dealrun.LedgerError as error:
    ...     print(error)
    a.csv: it has no column `net_usd`
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.source}: {problem.message}" for problem in problems))
        self.problems = problems

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[object, ...]:
        return LedgerError, (self.problems,)
