"""Values of a statement as every format says them.

In: values of a statement. Out: exact decimals, texts, days that have a date. Guaranteed: no binary float.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from dealrun.model.contract import Cite
from dealrun.settle.statement import Money, Payment
from dealrun.time.days import FIRST, LAST, Day


def terminating(value: Fraction) -> Decimal | None:
    """The value as an exact decimal; None where none terminates."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1:
        return None
    # From a text, so that no decimal context can round it.
    return Decimal(f"{value.numerator * 10**places // value.denominator}E-{places}")


def exact_text(value: Fraction) -> str:
    """The value as a decimal, or as `n/d` where none terminates."""
    decimal = terminating(value)
    return str(value) if decimal is None else f"{decimal:f}"


def citations(cites: Iterable[Cite]) -> str:
    """Citations as one text."""
    return "; ".join(map(str, cites))


def figures(pairs: Iterable[tuple[str, str]]) -> str:
    """Named figures as one text."""
    return "; ".join(f"{name}: {value}" for name, value in pairs)


def dated(date_: date | None) -> Day | None:
    """The day, where it is one that can be written."""
    day = None if date_ is None else date_.toordinal()
    return day if day is not None and FIRST <= day <= LAST else None


def split_of(payment: Payment) -> tuple[tuple[str, Money], ...]:
    """Who gets what of a payment; a single payee gets it all."""
    if payment.split or len(payment.payees) != 1:
        return payment.split
    return ((payment.payees[0], payment.amount),)
