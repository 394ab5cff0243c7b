"""The values of terms as a reader takes them: each kind a type of its own, with exact numbers and days.

In: values of the model, and what was found about them. Out: `TermValue`. Guaranteed: `type` names the kind, as in JSON;
what is a rule rather than a value (a condition, tiers, a day that hangs on an event) is its text.
"""

from datetime import date
from fractions import Fraction
from typing import ClassVar, Literal, TypeAlias

import attrs

from dealrun.model import show
from dealrun.model.values import Amount, Due, Duration, End, Names, Start, Text, Value, Word
from dealrun.model.vocabulary import ValueKind
from dealrun.time.days import Unit

CountedPer: TypeAlias = str | None
"""The window in which an amount counts (`year`, `quarter`, `life`); None where it has none."""


@attrs.frozen
class AmountValue:
    """An amount of money, or a number of some unit.

    >>> state["seed"].terms["amount"].value
    AmountValue(value=Fraction(1000000000, 1), unit='USD', per=None)
    """

    type: ClassVar[Literal["amount"]] = "amount"
    value: Fraction
    unit: str
    """A currency (ISO 4217), or a declared unit; empty for a bare number."""
    per: CountedPer = None


@attrs.frozen
class RatioValue:
    """A rate or a share: 20% is 1/5.

    >>> state["share"].terms["rate"].value
    RatioValue(value=Fraction(1, 5), per=None)
    """

    type: ClassVar[Literal["ratio"]] = "ratio"
    value: Fraction
    per: CountedPer = None


@attrs.frozen
class DayValue:
    """A day: of a start the first, of an end the last in force, of a due day the last for it.

    >>> state["ip"].terms["until"].value
    DayValue(day=datetime.date(2032, 12, 31))
    """

    type: ClassVar[Literal["day"]] = "day"
    day: date


@attrs.frozen
class DurationValue:
    """So many calendar units; business days are those of the calendars.

    >>> services["exit"].terms["notice"].value
    DurationValue(count=30, unit='day', calendars=())
    """

    type: ClassVar[Literal["duration"]] = "duration"
    count: int
    unit: Unit
    calendars: tuple[str, ...] = ()


@attrs.frozen
class FlagValue:
    """A term that is there or not (`retroactive`).

    >>> state["ip"].terms["royalty-free"].value
    FlagValue()
    """

    type: ClassVar[Literal["flag"]] = "flag"


@attrs.frozen
class WordValue:
    """One of the words that the term can have (`nonexclusive`).

    >>> state["ip"].terms["exclusivity"].value
    WordValue(word='nonexclusive')
    """

    type: ClassVar[Literal["word"]] = "word"
    word: str


@attrs.frozen
class NamesValue:
    """Names of parties, things or clauses, in their order.

    >>> state["ip"].terms["scope"].value
    NamesValue(names=('models', 'products'))
    """

    type: ClassVar[Literal["names"]] = "names"
    names: tuple[str, ...]


@attrs.frozen
class TextValue:
    """A quoted text.

    >>> state["sell"].terms["act"].value
    TextValue(text='sell the technology through Azure')
    """

    type: ClassVar[Literal["text"]] = "text"
    text: str


@attrs.frozen
class RuleValue:
    """What is no value but a rule, as it would be written: a condition, tiers, what hangs on more.

    >>> book.timeline().on("2024-01-01")["hardcover_royalty"].terms["due"].value
    RuleValue(text='within 90 days')
    """

    type: ClassVar[Literal["rule"]] = "rule"
    text: str


TermValue: TypeAlias = (
    AmountValue | RatioValue | DayValue | DurationValue | FlagValue | WordValue | NamesValue | TextValue | RuleValue
)


def term_value(
    written: Value | None, kind: ValueKind | None, day: date | None, found: tuple[Fraction | None, str]
) -> TermValue | None:
    """What a term's value is; `day` is the resolved day, `found` the number and unit that an amount comes to."""
    number, unit = found
    match written:
        case None:
            return None
        case Amount(tiers=None) if number is not None:
            window = " per ".join(filter(None, (written.per_unit, written.per or written.over))) or None
            return RatioValue(number, window) if unit == "%" else AmountValue(number, unit, window)
        case Word(word):
            return FlagValue() if kind is ValueKind.FLAG else WordValue(word)
        case Names(members):
            return NamesValue(members)
        case Text(text):
            return TextValue(text)
        case Duration(count, unit_, calendars, None):
            return DurationValue(count, unit_, calendars)
        case Start() | End() | Due() if day is not None:
            return DayValue(day)
        case other:
            return RuleValue(show.show(other))
