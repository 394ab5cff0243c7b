"""Values with other times in them.

In: a value of the model, and what to put in the place of a time. Out: the value so changed. Guaranteed:
what is not touched is the same object; order and structure stay.
"""

from collections.abc import Callable

import attrs

from dealrun.model.values import (
    Amount,
    Due,
    Duration,
    End,
    Limb,
    Offset,
    Schedule,
    Start,
    Time,
    Value,
)

TimeMap = Callable[[Time], Time]
"""What to put in the place of a time that has no parts, or of a whole one; the same time for no change."""


def of_time(value: Time, change: TimeMap) -> Time:
    """A time with its parts changed, innermost first."""
    match value:
        case Offset(length, before, base):
            return change(Offset(length, before, of_time(base, change)))
        case Limb(earlier, parts):
            return change(Limb(earlier, tuple(of_time(part, change) for part in parts)))
        case _:
            return change(value)


def of_value(value: Value, change: TimeMap) -> Value:
    """A value with its times changed; conditions stay as they are."""
    match value:
        case Start(word, time):
            return Start(word, of_time(time, change))
        case End(word, time) if time is not None and not isinstance(time, Duration):
            return End(word, of_time(time, change))
        case Due(word, time) if not isinstance(time, Duration):
            return Due(word, of_time(time, change))
        case Amount() if value.tiers is not None and value.tiers.counting_from is not None:
            counted = of_time(value.tiers.counting_from, change)
            return attrs.evolve(value, tiers=attrs.evolve(value.tiers, counting_from=counted))
        case Amount() if value.counting_from is not None:
            return attrs.evolve(value, counting_from=of_time(value.counting_from, change))
        case _:
            return value


def of_schedule(value: Schedule, change: TimeMap) -> Schedule:
    """A term with its times changed."""

    def end(found: End | None) -> End | None:
        changed = of_value(found, change) if found is not None else None
        assert changed is None or isinstance(changed, End)
        return changed

    return Schedule(tuple((of_value(each, change), end(until)) for each, until in value.limbs))
