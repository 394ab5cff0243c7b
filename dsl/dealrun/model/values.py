"""What terms mean: values with names resolved and days exact.

In: nothing. Out: the value types of the resolved model. Guaranteed: immutable, hashable, compared by meaning; numbers
are exact rationals; days are ordinals (`dealrun.time.days`). How a value is printed is `dealrun.model.show`'s.
"""

from fractions import Fraction
from typing import Final, Literal, TypeAlias

import attrs

from dealrun.time.calendars import Calendar
from dealrun.time.days import FIRST, LAST, Day, Unit, add

# --- times: a day, known or not ---------------------------------------------------------------------------------


@attrs.frozen
class OnDate:
    """A date as written: a day, or the first and last day of a month, quarter or year."""

    first: Day
    last: Day
    text: str = attrs.field(eq=False)


@attrs.frozen
class OnEvent:
    """The day of a declared event, or of an event that a label supplies (`end of term`)."""

    event: str
    of_label: str | None = None


@attrs.frozen
class OnUnknown:
    """An unknown date; `redacted` where the text is blacked out."""

    name: str
    redacted: bool = False


REDACTED: Final = '"***"'
"""What stands in the place of a name or a text that is blacked out."""


@attrs.frozen
class Redacted:
    """The name of an unknown whose text is blacked out, and that text."""

    name: str
    text: str


@attrs.frozen
class Duration:
    """A count of calendar units; business days are those of the calendars, `weekdays` where none is named.

    Of a redacted duration the count says nothing; it may be any, from none on.
    """

    count: int
    unit: Unit
    calendar: tuple[str, ...] = ()
    redacted: Redacted | None = None

    def after(self, day: Day, times: int = 1) -> Day:
        """The day so long after another; before it, where `times` is negative. Nobody knows it of a redacted one."""
        assert self.redacted is None
        if self.calendar and FIRST <= day <= LAST:
            return Calendar(self.calendar).add(day, times * self.count, self.unit)
        return add(day, times * self.count, self.unit)


@attrs.frozen
class Offset:
    """`45 days after X`; a negative count is `before`."""

    duration: Duration
    before: bool
    base: "Time"


@attrs.frozen
class Limb:
    """`earlier of` or `later of` several times."""

    earlier: bool
    parts: "tuple[Time, ...]"


Time: TypeAlias = OnDate | OnEvent | OnUnknown | Offset | Limb


@attrs.frozen
class Start:
    """When a clause starts: `from` a time, or `after` a period has ended."""

    word: Literal["from", "after"]
    time: Time


@attrs.frozen
class End:
    """When a clause ends: `until` (through) or `before` a time, `for` a duration, or `perpetual`."""

    word: Literal["until", "before", "for", "perpetual"]
    time: Time | Duration | None = None


@attrs.frozen
class Due:
    """When something is due: `by` a time, or `within` a duration of what brings it about."""

    word: Literal["by", "within"]
    time: Time | Duration


# --- conditions -------------------------------------------------------------------------------------------------


@attrs.frozen
class Happened:
    """An event has happened."""

    event: OnEvent


@attrs.frozen
class Holds:
    """A condition holds: a declared one, a quoted one, or an unknown truth."""

    name: str
    kind: Literal["condition", "quoted", "unknown"]


@attrs.frozen
class InForce:
    """A clause is in force."""

    label: str


@attrs.frozen
class Negation:
    """Not."""

    part: "Condition"


@attrs.frozen
class AllOf:
    """And."""

    parts: "tuple[Condition, ...]"


@attrs.frozen
class AnyOf:
    """Or."""

    parts: "tuple[Condition, ...]"


Condition: TypeAlias = Happened | Holds | InForce | Negation | AllOf | AnyOf

# --- amounts ----------------------------------------------------------------------------------------------------


@attrs.frozen
class Quantity:
    """An exact number with its unit: a currency code, `%`, a declared unit, or empty for a bare factor.

    A percentage's number is the fraction it stands for: 20% is 1/5.
    """

    number: Fraction
    unit: str
    about: bool = False


@attrs.frozen
class Symbol:
    """An amount by name: an unknown (`redacted` where the text is blacked out) or a stream's receipts."""

    name: str
    kind: Literal["unknown", "redacted", "stream"]


@attrs.frozen
class PaidUnder:
    """What is payable under a clause, in the window of the amount in which it stands, or with `for_life` from the
    beginning: known only from a ledger."""

    label: str
    for_life: bool = False


@attrs.frozen
class Sum:
    """Terms added, each with its sign (1 or -1)."""

    parts: "tuple[tuple[int, Expression], ...]"


@attrs.frozen
class Product:
    """Factors multiplied."""

    parts: "tuple[Expression, ...]"


@attrs.frozen
class Extreme:
    """The lower or the greater of several."""

    lower: bool
    parts: "tuple[Expression, ...]"


Expression: TypeAlias = Quantity | Symbol | PaidUnder | Sum | Product | Extreme


@attrs.frozen
class Tiers:
    """The tiers above the first: each threshold with the rate above it, and the window in which the base is counted."""

    steps: tuple[tuple[Expression, Expression], ...]
    per: str | None = None
    over: str | None = None
    counting_from: Time | None = None
    so_far: Expression | None = None


@attrs.frozen
class Amount:
    """An amount as a term: the expression, the unit it is the price of, the window it is `per` or `over`, and the day
    from which it counts.

    With tiers, the expression holds up to the first threshold.
    """

    expression: Expression
    per_unit: str | None = None
    per: str | None = None
    over: str | None = None
    counting_from: Time | None = None
    so_far: Expression | None = None
    tiers: Tiers | None = None


# --- the rest ---------------------------------------------------------------------------------------------------


@attrs.frozen
class Word:
    """One of the words a term can have (`nonexclusive`, `cause`), or a flag, or a frequency."""

    word: str


@attrs.frozen
class Names:
    """Names, or quoted texts with their quotes, in the order written; equality looks at the members only."""

    members: tuple[str, ...] = attrs.field(eq=lambda members: tuple(sorted(members)))
    joined_by: str = attrs.field(default=",", eq=False)


@attrs.frozen
class Text:
    """A quoted text."""

    text: str


@attrs.frozen
class Shares:
    """How something is divided, in the order of those among whom it is."""

    parts: tuple[Expression, ...]


Value: TypeAlias = (
    Start
    | End
    | Due
    | Duration
    | Happened
    | Holds
    | InForce
    | Negation
    | AllOf
    | AnyOf
    | Amount
    | Word
    | Names
    | Text
    | Shares
)


@attrs.frozen
class Schedule:
    """A term as written: values one after another, each but the last until a time."""

    limbs: tuple[tuple[Value, End | None], ...]

    @staticmethod
    def of(value: Value) -> "Schedule":
        """The same value throughout."""
        return Schedule(((value, None),))
