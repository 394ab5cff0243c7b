"""The instances of `each` clauses: one per occurrence of a recurring event.

In: the evaluator and a clause. Out: its instances, each with a life of its own, and what they make of the clause: when
it starts, when one of them is in force, and when none can come any more. Guaranteed: a duration, and a time that names
the event, belong to the instance; everything else belongs to the clause (docs/language.md#clauses-with-each).
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from typing import cast

import attrs

from dealrun.budget import spend
from dealrun.model.keys import DeclarationKey
from dealrun.model.values import Due, Duration, End, Happened, Offset, OnEvent, Start, Time, Value
from dealrun.state.amend.terms import TermState
from dealrun.state.answers import FALSE, TRUE, Answers, Episode, Life
from dealrun.state.pieces import agree, provided, together, trigger, truth_of
from dealrun.state.relative import each_of, mentions, relative
from dealrun.state.views import Instance, Status
from dealrun.time import (
    ALWAYS,
    NEVER,
    NO,
    YES,
    Day,
    Moment,
    StepFunction,
    Truth,
    both,
    earliest,
    either,
    latest,
    negate,
    to_date,
)
from dealrun.time.moment import NEVER_COMES, first, latch, made, next_day


@attrs.frozen
class _Words:
    """The words of a clause that belong to its instances, as they change from day to day."""

    event: OnEvent
    terms: dict[str, StepFunction[TermState]]

    def trigger(self, names: Sequence[str], moment_of: Callable[..., Moment]) -> Moment:
        """When what some words state has come."""
        listed = [self.terms.get(name) for name in names]
        if all(steps is None or (len(steps.values) == 1 and steps.values[0].certain) for steps in listed):
            return moment_of(*(None if steps is None else steps.values[0].value for steps in listed))
        return trigger(together(listed), moment_of)

    def is_ahead(self, due: Value | None) -> bool:
        """Whether what an instance asks for is due by its occurrence, so that the instance begins before it."""
        time = due.time if isinstance(due, Due) else None
        if time is None or isinstance(time, Duration) or not mentions(time, self.event):
            return False
        return time == self.event or (isinstance(time, Offset) and time.before)

    @property
    def ahead(self) -> bool:
        """Whether its instances begin before their occurrences."""
        since = self.terms["from"].values[-1].value if "from" in self.terms else None
        if isinstance(since, Start) and mentions(since.time, self.event):
            return False
        return "due" in self.terms and self.is_ahead(self.terms["due"].values[-1].value)


@attrs.frozen
class _InstanceLife:
    """When an instance begins, and when it ends by its own words; `begun` never comes where it is not made."""

    occurrence: Moment
    begun: Moment
    end: Moment


@attrs.frozen
class Standing:
    """What instances make of their clause."""

    started: StepFunction[Truth]
    live: StepFunction[Truth]
    """Whether an instance is in force."""


def occurrences_of(ev: Answers, event: OnEvent) -> tuple[Moment, ...]:
    """The known occurrences of an event, for each of which a clause with `each` has an instance."""
    return ev.occurrences(event.event) if event.of_label is None else ev.occurrences_of_label(event)


# --- the clause -------------------------------------------------------------------------------------------------------


def standing(
    ev: Answers, terms: dict[str, StepFunction[TermState]], begun: StepFunction[Truth], alive: StepFunction[Truth]
) -> Standing:
    """What the instances make of a clause that has begun, and while it is there."""
    event = each_of(terms)
    if event is None:
        return Standing(begun, begun)
    words = _Words(event, terms)
    live = _live(ev, words, alive)
    if any(not isinstance(option.value, Happened) for state in terms["each"].values for option in state.options):
        # On days on which the clause is none with `each`, it is in force by itself.
        of_instances = live
        live = truth_of(terms["each"], lambda value: of_instances if isinstance(value, Happened) else begun)
    return Standing(latch(live), live)


def over(ev: Answers, episode: Episode, end: Moment) -> Moment:
    """When the last instance of a clause has ended and no more can come before its end."""
    event = each_of(episode.terms)
    if event is None:
        return NEVER_COMES
    stands = truth_of(episode.terms["each"], lambda value: TRUE if isinstance(value, Happened) else FALSE)
    started = episode.started.zip(stands, both)
    return _over(ev, _Words(event, episode.terms), _while_there(episode, end), started)


def _while_there(episode: Episode, end: Moment) -> StepFunction[Truth]:
    return episode.begun.zip(end.come.map(negate), both)


def _words(episode: Episode, day: Day) -> _Words | None:
    """The words that make instances, None where the clause is none with `each` on a day."""
    event = each_of(episode.terms)
    if event is None or not isinstance(episode.terms["each"].at(day).value, Happened):
        return None
    return _Words(event, episode.terms)


def _lives(
    ev: Answers, words: _Words, alive: StepFunction[Truth], occurrences: Sequence[Moment]
) -> list[_InstanceLife]:
    """An instance for each of several occurrences, in their order."""
    found: list[_InstanceLife] = []
    start = first(alive)
    before: Moment | None = None
    for occurrence in occurrences:
        spend()
        begun = _begun(ev, words, start, before, occurrence)
        before = occurrence
        if begun.lo < NEVER:
            made_ = begun if begun is start else provided(begun, alive)
            found.append(_InstanceLife(occurrence, made_, _end(ev, words, begun, occurrence)))
    return found


def _begun(ev: Answers, words: _Words, start: Moment, before: Moment | None, occurrence: Moment) -> Moment:
    """When the instance of an occurrence begins; never, where it fell due before it could begin."""

    def stated(since: Value | None, due: Value | None) -> Moment:
        if isinstance(since, Start) and mentions(since.time, words.event):
            return relative(ev, since.time, occurrence, words.event, included=False)
        if not words.is_ahead(due):
            return occurrence
        last = _due_by(ev, words, due, occurrence)
        begun = _ahead_of(ev, words, due, start, before, last)
        return NEVER_COMES if last.hi < begun.lo else begun

    return words.trigger(("from", "due"), stated)


def _due_by(ev: Answers, words: _Words, due: Value | None, occurrence: Moment) -> Moment:
    """The last day for what an instance asks for; never, where there is none."""
    if not isinstance(due, Due):
        return NEVER_COMES
    if isinstance(due.time, Duration):
        return ev.shifted(occurrence, due.time)
    return relative(ev, due.time, occurrence, words.event, included=False)


def _ahead_of(
    ev: Answers, words: _Words, due: Value | None, start: Moment, before: Moment | None, last: Moment
) -> Moment:
    """When an instance begins that is due by its occurrence: behind the one before it, and in time to be done."""
    if before is None:
        return start
    behind = next_day(before)
    if last.lo >= behind.hi:
        return latest([start, behind])
    sooner = earliest([last, next_day(_due_by(ev, words, due, before))])
    if last.hi >= behind.lo:
        open_ = last.hangs_on | before.hangs_on
        sooner = made(sooner.come.zip(behind.come, lambda one, two: agree([one, two], open_)))
    return latest([start, sooner])


def _coming(ev: Answers, words: _Words) -> tuple[Moment | None, Day]:
    """An occurrence that may still come, and the first day from which on none can."""
    event = words.event
    subject = event.event if event.of_label is None else f"{event.event} of {event.of_label}"
    if event.of_label is not None:
        return ev.more_of(event), NEVER
    terms = ev.declaration_terms(DeclarationKey("event", subject))
    if "every" in terms:
        return None, ALWAYS
    more = ev.world.more(subject)
    if more is None:
        return None, ALWAYS
    start = terms["from"].values[-1].value if "from" in terms else None
    end = terms["until"].values[-1].value if "until" in terms else None
    lo = max(more.lo, ev.start_of(start.time).lo) if isinstance(start, Start) else more.lo
    bound = ev.end_moment(end, Moment.on(lo)).hi if isinstance(end, End) else NEVER
    return (Moment.between(lo, bound if bound >= NEVER else bound - 1, subject) if lo < bound else None), bound


def _live(ev: Answers, words: _Words, alive: StepFunction[Truth]) -> StepFunction[Truth]:
    """Whether an instance is in force, for every day."""
    known = occurrences_of(ev, words.event)
    more, _ = _coming(ev, words)
    lives = _lives(ev, words, alive, known if more is None or words.ahead else (*known, more))
    if more is not None and words.ahead:  # the next occurrence may never come, though its instance would have begun
        due, before = words.terms["due"].values[-1].value, known[-1] if known else None
        begun = _ahead_of(ev, words, due, first(alive), before, _due_by(ev, words, due, more))
        lives.append(_InstanceLife(more, begun_if(begun, more), NEVER_COMES))
    sure: list[tuple[Day, Day]] = []
    found: list[StepFunction[Truth]] = []
    for life in lives:
        if life.begun.certain and life.end.certain:
            if life.begun.lo < min(life.end.lo, NEVER):
                sure.append((life.begun.lo, life.end.lo))
        else:
            found.append(life.begun.come.zip(life.end.come.map(negate), both))
    return reduce(lambda one, two: one.zip(two, either), found, _union(sure))


def begun_if(begun: Moment, comes: Moment) -> Moment:
    """A beginning that is none if something never comes."""
    return made(begun.come.map(lambda truth: Truth(1, truth.hangs_on | comes.hangs_on) if truth.level else truth))


def _union(spans: list[tuple[Day, Day]]) -> StepFunction[Truth]:
    """Whether a day lies in one of several spans, each a first day and the first day after it."""
    pieces: list[tuple[Day, Truth]] = [(ALWAYS, NO)]
    last = ALWAYS - 1
    for begin, end in sorted(spans):
        if begin > last:
            if pieces[-1][0] == begin:
                pieces.pop()
            pieces.append((begin, YES))
        elif pieces[-1][1] is NO:
            pieces.pop()
        if end > last:
            last = end
            if pieces[-1][1] is NO:
                pieces.pop()
            if end < NEVER:
                pieces.append((end, NO))
    return StepFunction(pieces)


def _over(ev: Answers, words: _Words, alive: StepFunction[Truth], started: StepFunction[Truth]) -> Moment:
    """When the last instance has ended and no more can come; never, where there is none."""
    more, bound = _coming(ev, words)
    if more is not None and not _can_be_made(ev, words, alive, more):
        more = None
    if bound >= NEVER and more is not None:
        return NEVER_COMES
    ends = [life.end for life in _lives(ev, words, alive, occurrences_of(ev, words.event)) if life.begun.lo < NEVER]
    if more is not None:
        ends += [Moment.on(bound), _end(ev, words, more, more)]
    if not ends:
        return NEVER_COMES
    last = max((end.lo for end in ends if end.certain), default=ALWAYS)
    whole = latest([Moment.on(last), *(end for end in ends if not end.certain)])
    return first(whole.come.zip(started, both), (words.event.event,) if words.event.of_label is None else ())


def _can_be_made(ev: Answers, words: _Words, alive: StepFunction[Truth], more: Moment) -> bool:
    """Whether an occurrence that may still come can have an instance."""
    if words.ahead:
        return any(truth.level for start, truth in alive if start >= more.lo) or alive.at(more.lo).level > 0
    return any(life.begun.lo < NEVER for life in _lives(ev, words, alive, (more,)))


def _end(ev: Answers, words: _Words, begun: Moment, occurrence: Moment) -> Moment:
    """The end of an instance; never, where the end is that of the clause."""

    def stated(until: Value | None, window: Value | None) -> Moment:
        ends = [NEVER_COMES]
        if isinstance(until, End) and isinstance(until.time, Duration):
            ends.append(ev.shifted(begun, until.time))
        elif isinstance(until, End) and mentions(until.time, words.event):
            time = cast("Time", until.time)
            ends.append(relative(ev, time, occurrence, words.event, included=until.word != "before"))
        if isinstance(window, Duration):  # of an option: the last day of the window is in it
            ends.append(next_day(ev.shifted(begun, window)))
        return earliest(ends)

    return words.trigger(("until", "window"), stated)


def due_of(ev: Answers, words: _Words, occurrence: Moment) -> Moment:
    """The last day for what an instance asks for; never, where there is none."""
    return words.trigger(("due",), lambda due: _due_by(ev, words, due, occurrence))


# --- the instances ----------------------------------------------------------------------------------------------------


def beginnings(ev: Answers, episode: Episode, end: Moment) -> dict[Moment, Moment]:
    """By occurrence, when its instance begins, of a clause that has an end; what is due before the occurrence can be
    done from then on."""
    event = each_of(episode.terms)
    if event is None:
        return {}
    lives = _lives(ev, _Words(event, episode.terms), _while_there(episode, end), occurrences_of(ev, event))
    return {life.occurrence: life.begun for life in lives}


@attrs.define
class Instances:
    """The instances of a clause with `each`, read once: what changes from day to day is how each of them stands."""

    life: Life
    _made: tuple["_Made", ...]

    @classmethod
    def of(cls, ev: Answers, life: Life) -> "Instances":
        """The instances of a clause in one of its lives."""
        event = each_of(life.episode.terms)
        if event is None:
            return cls(life, ())
        words = _Words(event, life.episode.terms)
        lives = _lives(ev, words, _while_there(life.episode, life.end), occurrences_of(ev, event))
        begun = [each for each in lives if each.begun.lo < life.end.hi]
        return cls(life, tuple(_Made.of(ev, life, words, each) for each in begun))

    def on(self, day: Day) -> tuple[Instance, ...]:
        """Those that have begun by a day, as they stand that day."""
        if not self._made or not isinstance(self.life.episode.terms["each"].at(day).value, Happened):
            return ()
        spend(len(self._made))
        begun = (made for made in self._made if made.begun.lo <= day)
        return tuple(made.on(number, day) for number, made in enumerate(begun, 1))


def instance_due(ev: Answers, life: Life, occurrence: Day, day: Day) -> date | None:
    """The due day of what an `each` clause asks for on an occurrence, as it stands on a day; None for none."""
    words = _words(life.episode, day)
    if words is None:
        return None
    known = occurrences_of(ev, words.event)
    at = bisect_left(known, occurrence, key=lambda each: each.lo)
    while at < len(known) and known[at].lo == occurrence and not known[at].certain:
        at += 1
    if at == len(known) or known[at].lo != occurrence:
        return None
    found = _lives(ev, words, _while_there(life.episode, life.end), known[max(at - 1, 0) : at + 1])
    if not found or found[-1].occurrence is not known[at] or found[-1].begun.lo > day:
        return None
    return _day(due_of(ev, words, known[at]))


@attrs.define
class _Made:
    """An instance, and what it looks like once it is certainly over."""

    begun: Moment
    end: Moment
    occurrence: date | None
    until: date | None
    due: date | None
    _over: Instance | None = None

    @classmethod
    def of(cls, ev: Answers, life: Life, words: _Words, each: _InstanceLife) -> "_Made":
        return cls(
            each.begun,
            each.end if each.end.lo < life.end.lo else life.end,
            _day(each.occurrence),
            to_date(each.end.lo - 1) if each.end.certain and each.end.lo < NEVER else None,
            _day(due_of(ev, words, each.occurrence)),
        )

    def on(self, number: int, day: Day) -> Instance:
        """The instance, which has begun by a day, as it stands that day."""
        over = self._over
        if over is not None and over.number == number and day >= self.end.hi:
            return over
        gone = self.end.come.at(day)
        live = both(self.begun.come.at(day), negate(gone))
        status: Status = "ended" if gone.level == 2 else "in force" if live.level == 2 else "contingent"
        hangs = tuple(sorted(live.hangs_on)) if status == "contingent" else ()
        found = Instance(number, self.occurrence, status, self.until, self.due, hangs)
        if status == "ended" and day >= self.end.hi:
            self._over = found
        return found


def boundaries(ev: Answers, life: Life, word: str) -> tuple[Moment, ...]:
    """The start or the end of each instance of a clause, ascending."""
    event = each_of(life.episode.terms)
    if event is None:
        return ()
    alive = _while_there(life.episode, life.end)
    lives = _lives(ev, _Words(event, life.episode.terms), alive, occurrences_of(ev, event))
    begun = [each for each in lives if each.begun.lo < NEVER]
    found = [each.begun if word == "start" else each.end if each.end.lo < life.end.lo else life.end for each in begun]
    return tuple(sorted((moment for moment in found if moment.lo < NEVER), key=lambda moment: (moment.lo, moment.hi)))


def _day(moment: Moment) -> date | None:
    return to_date(moment.lo) if moment.certain else None
