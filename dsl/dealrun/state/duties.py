"""Duties: what falls due when, whether it was done, and what comes of it if it was not.

In: the evaluator and a clause. Out: its obligations, and the events `breach of L`, `cure of L` and `default of L`.
Guaranteed: what is not known of a due day or of a performance stays open; a duty that ends, is waived or is excused by
its due day is not breached by it (docs/language.md#duties).
"""

from collections.abc import Callable, Iterator, Sequence

import attrs

from dealrun.budget import spend
from dealrun.errors import LimitError
from dealrun.model.behaviour import Behaviour
from dealrun.model.keys import Label
from dealrun.model.values import Amount, Due, Duration, Happened, OnEvent, Value, Word
from dealrun.model.vocabulary import FORMS, behaviour, falls_due_by_period
from dealrun.model.windows import FREQUENCIES, Window, fiscal_month, span_text
from dealrun.state.amend.episode import mentions
from dealrun.state.answers import Answers, Episode
from dealrun.state.instances import occurrences_of, relative
from dealrun.state.matching import match
from dealrun.state.pieces import agree, together, trigger, trigger_of_one
from dealrun.time import (
    ALWAYS,
    NEVER,
    NO,
    Day,
    Moment,
    StepFunction,
    Truth,
    both,
    earliest,
    either,
    iso,
    latest,
    maybe,
    negate,
)
from dealrun.time.calendars import Calendar
from dealrun.time.days import LAST
from dealrun.time.moment import NEVER_COMES, day_before, first, made, next_day


@attrs.frozen
class Obligation:
    """Something that has to be done once. Days are moments: each may not be known yet."""

    number: str
    """Which of several it is: its period, or the day of the occurrence; empty for the only one."""
    arises: Moment
    """The first day on which it can be overdue or performed as this one of several."""
    due: Moment
    """The last day for it."""
    performed: Moment
    """Or, of a breach that was recorded of what has no due day, cured."""
    breached: Moment
    """The first day after a due day that was missed; or the day of a breach that was recorded."""
    cure_by: Moment
    """The last day on which the breach can be made good."""
    default: Moment
    """The first day on which the breach can no longer be made good."""
    waived: Moment = NEVER_COMES
    excused: Moment = NEVER_COMES
    fallen: Moment = NEVER_COMES
    """The first day after a due day on which the clause was waived, dormant, or not in force."""


@attrs.frozen
class _Expected:
    """An obligation before it is known whether it was performed."""

    number: str
    arises: Moment
    due: Moment
    owed: "Moment | tuple[Day, Day] | None"
    """The day, or the days of which any will do, on which the clause must be in force; None for the due day itself."""


def is_duty(word: str) -> bool:
    """Whether a clause is a duty to do something, which can fall due."""
    return behaviour(word) is Behaviour.DUTY and "due" in FORMS[word].terms


def by_period(episode: Episode) -> bool:
    """Whether a delay in a clause counts from the end of each payment period."""
    amount = last_value(episode, "amount")
    per_window = isinstance(amount, Amount) and amount.per is not None
    return falls_due_by_period(episode.word, episode.terms, per_window=per_window)


def last_value(episode: Episode, name: str) -> Value | None:
    """What a term is in the end, whatever it was before; None where the clause has it not."""
    steps = episode.terms.get(name)
    return steps.values[-1].value if steps else None


def provided(at: Moment, truth: StepFunction[Truth]) -> Moment:
    """A moment that comes on the day of another, if something holds on that day."""
    if at.lo >= NEVER:
        return NEVER_COMES
    pieces: list[tuple[Day, Truth]] = []
    for day in sorted({ALWAYS, *at.come.starts, *(day for day in truth.starts if at.lo < day <= at.hi)}):
        come = at.come.at(day)
        if not come.level:
            pieces.append((day, NO))
            continue
        last = min(day, at.hi)
        possible = [truth.at(at.lo), *(value for start, value in truth if at.lo < start <= last)]
        here = agree(possible, at.hangs_on)
        pieces.append((day, maybe(come.hangs_on | here.hangs_on) if come.level == 1 and here.level else here))
    return made(StepFunction(pieces), at.cause)


def _owed(plan: _Expected, alive: StepFunction[Truth]) -> StepFunction[Truth]:
    """Whether an obligation is owed, by its due day."""
    match plan.owed:
        case None:
            return alive
        case (begin, last):
            found = alive.at(begin)
            for start, value in alive:
                found = either(found, value) if begin < start <= last else found
            return StepFunction.always(found)
        case moment:
            possible = [alive.at(moment.lo), *(value for start, value in alive if moment.lo < start <= moment.hi)]
            return StepFunction.always(agree(possible, moment.hangs_on))


# --- what falls due ---------------------------------------------------------------------------------------------------


def due_once(ev: Answers, episode: Episode) -> Moment:
    """The last day for a clause's one act or payment, as its words stand from day to day; never, where it has none.

    A due day that has passed stays: an amendment that moves it later brings nothing back.
    """
    if "due" not in episode.terms:
        return NEVER_COMES
    begun = first(episode.started, episode.born.cause)
    roll = _word(episode, "roll")

    def passed(value: Value | None, frequency: Value | None, each: Value | None) -> Moment:
        if not isinstance(value, Due) or frequency is not None or each is not None:
            return NEVER_COMES
        due = ev.due_moment(value, begun)
        if roll:
            due = due.shift(lambda day: _rolled(ev, episode, day, roll))
        return next_day(due)

    return day_before(trigger(together([episode.terms.get(name) for name in ("due", "frequency", "each")]), passed))


def _word(episode: Episode, name: str) -> str:
    value = last_value(episode, name)
    return value.word if isinstance(value, Word) else ""


def _rolled(ev: Answers, episode: Episode, day: Day, rule: str) -> Day:
    deal = ev.deal(episode.adding.entry.deal)
    return Calendar(deal.calendar).roll(day, rule) if ALWAYS < day < LAST else day


def _plans(ev: Answers, episode: Episode, end: Moment, through: Day) -> Iterator[_Expected]:
    """What a duty asks for, through a day: once, for each period, or for each occurrence of an event, as it says."""
    due = due_once(ev, episode)
    if due.lo < NEVER and due.hi > ALWAYS:  # what has always been in force was due on no day
        yield _Expected("", first(episode.started), due, None)
    if "frequency" in episode.terms:
        yield from _periods(ev, episode, end, through)
    if "each" in episode.terms and "due" in episode.terms:
        yield from _each(ev, episode, through)


def _each(ev: Answers, episode: Episode, through: Day) -> Iterator[_Expected]:
    roll = _word(episode, "roll")
    for happening in occurrences_of(ev, episode):
        if happening.lo > through:
            break
        each = episode.terms["each"].at(happening.lo).value
        if not isinstance(each, Happened):
            continue

        def passed(value: Value | None, at: Moment = happening, event: OnEvent = each.event) -> Moment:
            if not isinstance(value, Due):
                return NEVER_COMES
            length = value.time
            if isinstance(length, Duration):
                due = at.shift(length.after)
            else:
                due = relative(ev, length, at, event, included=False)
            return next_day(due.shift(lambda day: _rolled(ev, episode, day, roll)) if roll else due)

        due = day_before(trigger_of_one(episode.terms["due"], passed))
        if due.lo < NEVER:
            yield _Expected(iso(happening.lo), happening, due, happening)


def _periods(ev: Answers, episode: Episode, end: Moment, through: Day) -> Iterator[_Expected]:
    begun = first(episode.started)
    deal = ev.deal(episode.adding.entry.deal)
    month = fiscal_month(deal.fiscal_year)
    roll = _word(episode, "roll")
    steps = episode.terms["frequency"]
    day = begun.lo
    count = 0
    while ALWAYS < day <= min(through, LAST) and day < end.hi and count < ev.most_instances:
        word = steps.at(day).value
        if not isinstance(word, Word):
            day = next((start for start in steps.starts if start > day), NEVER)
            continue
        span = Window(FREQUENCIES[word.word], begun.lo, word.word.startswith("contract"), month).of(day)
        assert span is not None  # windows count from the start, and this is not before it
        last = span[1]
        if steps.at(last).value != word:  # it is asked for no more when the period ends
            day = next(start for start in steps.starts if start > day)
            continue

        def passed(value: Value | None, last: Day = last) -> Moment:
            due = value.time.after(last) if isinstance(value, Due) and isinstance(value.time, Duration) else last
            return next_day(Moment.on(_rolled(ev, episode, due, roll) if roll else min(due, NEVER)))

        due = (
            day_before(trigger_of_one(episode.terms["due"], passed))
            if "due" in episode.terms
            else day_before(passed(None))
        )
        yield _Expected(span_text(span), Moment.on(last), due, (max(span[0], begun.lo), last))
        day = last + 1
        count += 1
    if count >= ev.most_instances and ALWAYS < day <= min(through, LAST) and day < end.hi:
        raise LimitError(
            f"falls due more than {ev.most_instances:,} times by {iso(through)}, the limit",
            "ask about an earlier day, give the clause an end (`until`), or let it fall due less often",
        )


# --- whether it was done ----------------------------------------------------------------------------------------------


def _performances(ev: Answers, key: Label, plans: Sequence[_Expected], released: Sequence[Moment]) -> list[Moment]:
    """What each was performed by; what was not performed is open from the first day on that is."""
    subject = f"performance of {key}"
    found = ev.world.times(subject)
    open_ = ev.world.more(subject) or NEVER_COMES
    since = ev.world.performs_from()
    rest = [plan.due if since is not None and plan.due.hi >= since else open_ for plan in plans]
    standing = [moment.come.map(negate) for moment in released]
    if len(plans) == 1 and not plans[0].number:
        return [earliest([provided(moment, standing[0]) for moment in (*found, *rest)])]
    taken: dict[int, Moment] = {}
    sure = all(moment.certain for plan in plans for moment in (plan.arises, plan.due))
    arises, dues = [plan.arises.lo for plan in plans], [plan.due.hi for plan in plans]
    for moment, index in zip(found, match(arises, dues, standing, [moment.lo for moment in found]), strict=True):
        if index is not None:
            taken[index] = moment if sure and moment.certain else Moment.between(moment.lo, NEVER, subject)
    return [provided(taken.get(index, rest[index]), standing[index]) for index in range(len(plans))]


def obligations(ev: Answers, key: Label, episode: Episode, end: Moment, through: Day) -> tuple[Obligation, ...]:
    """The obligations of one episode of a duty that arise by a day, and the one that arises next.

    `end` is when the clause ends, as far as it matters here.
    """
    if not is_duty(episode.word):
        return ()
    plans = list(_plans(ev, episode, end, through))
    alive = episode.started.zip(end.come.map(negate), both)
    judged = []
    for plan in plans:
        spend(20)
        owed = _owed(plan, alive)
        gone = next_day(provided(plan.due, owed.map(negate)))
        waived = next_day(provided(plan.due, owed.zip(episode.waived, both)))
        stands = owed.zip(episode.waived.map(negate), both)
        excused = next_day(provided(plan.due, stands.zip(episode.holds.map(negate), both)))
        judged.append((plan, stands.zip(episode.holds, both), gone, waived, excused))
    released = [earliest([*rest]) for _, _, *rest in judged]
    performed = _performances(ev, key, plans, released)
    found = []
    for (plan, stands, gone, waived, excused), done, free in zip(judged, performed, released, strict=True):
        missed = next_day(provided(plan.due, stands.zip(done.come.map(negate), both)))
        breached = missed if plan.number else _sooner(ev, key, missed, earliest([done, free]))
        cure_by, default = _cure(ev, key, episode, breached, done)
        found.append(Obligation(plan.number, plan.arises, plan.due, done, breached, cure_by, default, waived, excused,
                                gone))  # fmt: skip
    return tuple(found)


def _sooner(ev: Answers, key: Label, missed: Moment, over: Moment) -> Moment:
    """The breach of an only obligation: its missed day, or one that is recorded before it is performed or released.

    What is supposed stands in the place of both.
    """
    recorded_ = _breaches(ev, key)
    if ev.world.supposed(f"breach of {key}"):
        return earliest(recorded_)
    return earliest([missed, *(first(m.come.zip(over.come.map(negate), both), m.cause) for m in recorded_)])


def _breaches(ev: Answers, key: Label) -> tuple[Moment, ...]:
    """The breaches that are recorded, and one that is open."""
    subject = f"breach of {key}"
    more = ev.world.more(subject)
    return (*ev.world.occurrences(subject), *([] if more is None else [more]))


def _cure(ev: Answers, key: Label, episode: Episode, breached: Moment, done: Moment) -> tuple[Moment, Moment]:
    """The last day for a cure, and the day of the default: that of the breach, where there is no time to cure."""
    if "cure" not in episode.terms or breached.lo >= NEVER:
        return NEVER_COMES, breached
    steps = episode.terms["cure"]
    default = trigger_of_one(steps, lambda value: _cured(ev, key, value, breached, done)[1])
    return _cured(ev, key, steps.values[-1].value, breached, done)[0], default


def _cured(ev: Answers, key: Label, value: Value | None, breached: Moment, done: Moment) -> tuple[Moment, Moment]:
    if not isinstance(value, Due):
        return NEVER_COMES, breached
    notice = OnEvent("notice", key)
    if isinstance(value.time, Duration):
        last = breached.shift(value.time.after)
    elif mentions(value.time, notice):
        given = _from(ev, f"notice of {key}", breached)
        last = latest([relative(ev, value.time, given, notice, included=False), breached])
    else:
        last = latest([ev.last_of(value.time), breached])
    late = breached.come.zip(done.come.map(negate), both)
    return last, next_day(provided(last, late))


def recorded(ev: Answers, key: Label, episode: Episode) -> tuple[Obligation, ...]:
    """Breaches that are recorded of a clause, and one that is open, each with what makes it good: what is done after it
    where things fall due, else a recorded cure."""
    found = []
    word = "performance" if has_obligations(episode) else "cure"
    for breached in _breaches(ev, key):
        done = _from(ev, f"{word} of {key}", breached)
        cure_by, default = _cure(ev, key, episode, breached, done)
        found.append(Obligation("", breached, NEVER_COMES, done, breached, cure_by, default))
    return tuple(found)


def _from(ev: Answers, subject: str, since: Moment) -> Moment:
    """The first time that something is recorded from a day on, or else is open."""
    found = next((moment for moment in ev.world.occurrences(subject) if moment.lo >= since.lo), None)
    return (ev.world.more(subject) or NEVER_COMES) if found is None else found


# --- events of a label ------------------------------------------------------------------------------------------------


def has_obligations(episode: Episode) -> bool:
    """Whether something of a clause falls due, so that it can be missed."""
    return is_duty(episode.word) and bool({"due", "frequency"} & set(episode.terms))


def events(ev: Answers, word: str, key: Label, ends: Sequence[Moment]) -> tuple[Moment, ...]:
    """The breaches, cures or defaults of a clause, as far as they decide the first; `ends` are those of its lives."""
    every: list[Obligation] = []
    for episode, end in zip(ev.episodes(key), ends, strict=True):
        each = obligations(ev, key, episode, end, ev.world.through(f"breach of {key}"))
        every.extend(each)
        if not (len(each) == 1 and not each[0].number):  # the breach of the only one is told by itself
            every.extend(recorded(ev, key, episode))
    pick: dict[str, Callable[[Obligation], Moment]] = {
        "breach": lambda ob: ob.breached, "default": lambda ob: ob.default, "cure": made_good,
    }  # fmt: skip
    found = [pick[word](ob) for ob in every]
    return tuple(sorted((m for m in found if m.lo < NEVER), key=lambda m: (m.lo, m.hi)))


def made_good(obligation: Obligation) -> Moment:
    """The day on which a breach was cured in time."""
    cured = obligation.breached.come.zip(obligation.performed.come, both)
    return first(cured.zip(obligation.default.come.map(negate), both))
