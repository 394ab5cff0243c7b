"""The instances of `each` clauses: one per occurrence of a recurring event.

In: the evaluator, a clause's life and a day. Out: the instances that have begun by that day, each with a life of its
own. Guaranteed: a duration, and a time that names the event, belong to the instance (docs/language.md#events).
"""

from bisect import bisect_left
from datetime import date

import attrs

from dealrun.budget import spend
from dealrun.model.values import Due, Duration, End, Happened, Offset, OnEvent, Start, Time
from dealrun.state.amend.episode import mentions
from dealrun.state.answers import Answers, Episode, Life
from dealrun.state.views import Instance, Status
from dealrun.time import NEVER, Day, Moment, add, both, negate, to_date
from dealrun.time.moment import NEVER_COMES


def occurrences_of(ev: Answers, episode: Episode) -> tuple[Moment, ...]:
    """The known occurrences for each of which there is an instance of a clause."""
    each = episode.terms["each"].values[-1].value
    if not isinstance(each, Happened):
        return ()
    return ev.occurrences(each.event.event) if each.event.of_label is None else ev.occurrences_of_label(each.event)


@attrs.frozen
class _InstanceWords:
    """What the text of an `each` clause says on a day of each of its instances."""

    event: OnEvent
    since: Start | None
    until: End | None
    due: Due | None
    window: Duration | None


def occurrence_on(ev: Answers, episode: Episode, day: Day) -> Moment | None:
    """The occurrence on a day, if one that makes instances of a clause is known to be on it."""
    found = occurrences_of(ev, episode)
    for occurrence in found[bisect_left(found, day, key=lambda each: each.lo) :]:
        if occurrence.lo != day:
            return None
        if occurrence.certain:
            return occurrence
    return None


def _words(episode: Episode, day: Day) -> _InstanceWords | None:
    """None where the clause is none with `each` that day."""
    each, since, until, due, window = (
        episode.terms[name].at(day).value if name in episode.terms else None
        for name in ("each", "from", "until", "due", "window")
    )
    if not isinstance(each, Happened):
        return None
    return _InstanceWords(
        each.event,
        since if isinstance(since, Start) and mentions(since.time, each.event) else None,
        until if isinstance(until, End) else None,
        due if isinstance(due, Due) else None,
        window if isinstance(window, Duration) else None,
    )


def instances(ev: Answers, life: Life, day: Day) -> tuple[Instance, ...]:
    """The instances of an `each` clause that have begun by a day."""
    words = _words(life.episode, day)
    if words is None:
        return ()
    found: list[Instance] = []
    for happening in occurrences_of(ev, life.episode):
        instance = _instance(ev, life, words, happening, len(found) + 1, day)
        if instance is not None:
            found.append(instance)
    return tuple(found)


def due_of(ev: Answers, life: Life, occurrence: Day, day: Day) -> date | None:
    """The due day of what an `each` clause asks for on an occurrence, as it stands on a day; None for none."""
    words = _words(life.episode, day)
    happening = occurrence_on(ev, life.episode, occurrence) if words is not None else None
    if words is None or happening is None or _instance(ev, life, words, happening, 1, day) is None:
        return None
    return _day(_due(ev, words, happening))


def _instance(
    ev: Answers, life: Life, words: _InstanceWords, happening: Moment, number: int, day: Day
) -> Instance | None:
    """The instance that an occurrence makes, None where it makes none by a day."""
    spend()
    begun = happening
    if words.since is not None:
        begun = relative(ev, words.since.time, happening, words.event, included=False)
    if begun.lo > day:
        return None
    begins = life.episode.started.at(begun.lo)
    if begins.level == 0 or (life.end.certain and begun.lo >= life.end.hi):
        return None
    end = _end(ev, words, begun, happening)
    over = end.come.at(day)
    live = both(both(begun.come.at(day), negate(over)), begins)
    status: Status = "ended" if over.level == 2 else "in force" if live.level == 2 else "contingent"
    return Instance(
        number,
        _day(happening),
        status,
        to_date(end.lo - 1) if end.certain and end.lo < NEVER else None,
        _day(_due(ev, words, happening)),
        tuple(sorted(live.hangs_on)) if status == "contingent" else (),
    )


def _end(ev: Answers, words: _InstanceWords, begun: Moment, happening: Moment) -> Moment:
    """The end of an instance; never, where the end is that of the clause."""
    until, window = words.until, words.window
    if until is not None and until.time is not None:
        if isinstance(until.time, Duration):
            return begun.shift(until.time.after)
        if mentions(until.time, words.event):
            return relative(ev, until.time, happening, words.event, included=until.word != "before")
    elif window is not None:  # of an option: the last day of the window is in it
        return begun.shift(lambda day: add(window.after(day), 1, "day"))
    return NEVER_COMES


def _due(ev: Answers, words: _InstanceWords, happening: Moment) -> Moment:
    """The last day for what an instance asks for; never, where there is none."""
    if words.due is None:
        return NEVER_COMES
    if isinstance(words.due.time, Duration):
        return happening.shift(words.due.time.after)
    return relative(ev, words.due.time, happening, words.event, included=False)


def _day(moment: Moment) -> date | None:
    return to_date(moment.lo) if moment.certain else None


def relative(ev: Answers, time: Time, occurrence: Moment, event: OnEvent, included: bool) -> Moment:
    """A time with the recurring event in it standing for one occurrence."""
    if time == event:
        return occurrence
    if isinstance(time, Offset) and mentions(time, event):
        anchor = relative(ev, time.base, occurrence, event, included=False)
        times = -1 if time.before else 1
        moved = anchor.shift(lambda day: time.duration.after(day, times))
        return moved.shift(lambda day: add(day, int(included), "day"))
    return ev.end_of(time) if included else ev.deadline(time)
