"""Times that name a recurring event, counted from one of its occurrences.

In: a time, and an event. Out: whether the time names it, and the day that it makes of one occurrence.
"""

from dealrun.model.values import Duration, Happened, Limb, Offset, OnEvent, Time
from dealrun.state.amend.terms import TermState
from dealrun.state.answers import Answers
from dealrun.time import Moment, StepFunction, add


def each_of(terms: dict[str, StepFunction[TermState]]) -> OnEvent | None:
    """The recurring event of an `each` clause; None where it never was one."""
    for state in reversed(terms["each"].values) if "each" in terms else ():
        for option in state.options:
            if isinstance(option.value, Happened):
                return option.value.event
    return None


def mentions(time: Time | Duration | None, event: OnEvent) -> bool:
    """Whether a time names an event."""
    match time:
        case OnEvent():
            return time == event
        case Offset(_, _, base):
            return mentions(base, event)
        case Limb(_, parts):
            return any(mentions(part, event) for part in parts)
        case _:
            return False


def relative(ev: Answers, time: Time, occurrence: Moment, event: OnEvent, included: bool) -> Moment:
    """A time with the recurring event in it standing for one occurrence."""
    if time == event:
        return occurrence
    if isinstance(time, Offset) and mentions(time, event):
        anchor = relative(ev, time.base, occurrence, event, included=False)
        moved = ev.shifted(anchor, time.duration, -1 if time.before else 1)
        return moved.shift(lambda day: add(day, int(included), "day"))
    return ev.end_of(time) if included else ev.deadline(time)
