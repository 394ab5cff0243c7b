"""The instances of `each` clauses: one per occurrence of a recurring event.

In: the evaluator, a clause's life and a day. Out: the instances that have begun by that day, each with a life of its
own. Guaranteed: a duration, and a time that names the event, belong to the instance (docs/language.md#events).
"""

from typing import TYPE_CHECKING

from dealrun.model.values import Due, Duration, End, Happened, Offset, OnEvent, Start, Time
from dealrun.state.amend.incarnation import mentions
from dealrun.state.views import Instance, Status
from dealrun.time import NEVER, Day, Moment, add, both, negate

if TYPE_CHECKING:
    from dealrun.state.amend.incarnation import Own
    from dealrun.state.evaluator import Evaluator, Life


def occurrences_of(ev: "Evaluator", own: "Own") -> tuple[Moment, ...]:
    """The known occurrences for each of which there is an instance of a clause."""
    each = own.terms["each"].values[-1].value
    if not isinstance(each, Happened):
        return ()
    return ev.occurrences(each.event.event) if each.event.of_label is None else ev.occurrences_of_label(each.event)


def instances(ev: "Evaluator", life: "Life", day: Day) -> tuple[Instance, ...]:
    """The instances of an `each` clause that have begun by a day."""
    own = life.own
    each = own.terms["each"].at(day).value if "each" in own.terms else None
    if not isinstance(each, Happened):
        return ()
    event = each.event
    occurrences = occurrences_of(ev, own)
    until = own.terms["until"].at(day).value if "until" in own.terms else None
    due = own.terms["due"].at(day).value if "due" in own.terms else None
    window = own.terms["window"].at(day).value if "window" in own.terms else None
    since = own.terms["from"].at(day).value if "from" in own.terms else None
    found: list[Instance] = []
    for happening in occurrences:
        occurrence = happening
        if isinstance(since, Start) and mentions(since.time, event):
            occurrence = relative(ev, since.time, happening, event, included=False)
        if occurrence.lo > day:
            continue
        begins = own.started.at(occurrence.lo)
        if begins.level == 0 or (life.end.certain and occurrence.lo >= life.end.hi):
            continue
        number = len(found) + 1
        end = Moment.on(NEVER)
        if isinstance(until, End) and until.time is not None:
            at = until.time
            if isinstance(at, Duration):
                length = at
                end = occurrence.shift(length.after)
            elif mentions(at, event):
                end = relative(ev, at, happening, event, included=until.word != "before")
        elif isinstance(window, Duration):  # of an option: the last day of the window is in it
            length = window
            end = occurrence.shift(lambda day, n=length: add(n.after(day), 1, "day"))  # type: ignore[misc]
        due_day: Moment | None = None
        if isinstance(due, Due):
            at_ = due.time
            if isinstance(at_, Duration):
                length = at_
                due_day = happening.shift(length.after)
            else:
                due_day = relative(ev, at_, happening, event, included=False)
        reached = occurrence.come.at(day)
        over = end.come.at(day)
        live = both(both(reached, negate(over)), begins)
        status: Status = "ended" if over.level == 2 else "in force" if live.level == 2 else "contingent"
        found.append(
            Instance(
                number,
                happening.lo if happening.certain else None,
                status,
                end.lo - 1 if end.certain and end.lo < NEVER else None,
                due_day.lo if due_day is not None and due_day.certain and due_day.lo < NEVER else None,
                tuple(sorted(live.hangs_on)) if status == "contingent" else (),
            )
        )
    return tuple(found)


def relative(ev: "Evaluator", time: Time, occurrence: Moment, event: OnEvent, included: bool) -> Moment:
    """A time with the recurring event in it standing for one occurrence."""
    if time == event:
        return occurrence
    if isinstance(time, Offset) and mentions(time, event):
        anchor = relative(ev, time.base, occurrence, event, included=False)
        times = -1 if time.before else 1
        moved = anchor.shift(lambda day: time.duration.after(day, times))
        return moved.shift(lambda day: add(day, int(included), "day"))
    return ev.end_of(time) if included else ev.last_of(time)
