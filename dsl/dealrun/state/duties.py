"""Duties: what has to be done, whether it was done, and what comes of it if it was not.

In: the evaluator and a clause. Out: its obligations, and the events `breach of L`, `cure of L` and `default of L`.
Guaranteed: what is not known of a due day or of a performance stays open; a duty that ends, is waived or is excused by
its due day is not breached by it (docs/language.md#duties).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

import attrs

from dealrun.budget import spend
from dealrun.model.keys import Label
from dealrun.model.values import Amount, Due, Duration, OnEvent, Value
from dealrun.state.answers import Answers, Episode, Performance
from dealrun.state.falling_due import Expected, expected, fixed_sum, has_obligations, is_duty, owes_money
from dealrun.state.matching import Open, match
from dealrun.state.pieces import agree, provided, trigger_of_one
from dealrun.state.relative import mentions, relative
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
    maybe,
    negate,
)
from dealrun.time.moment import NEVER_COMES, day_before, first, made, next_day


@attrs.frozen
class Obligation:
    """Something that has to be done once. Days are moments: each may not be known yet.

    `recorded` and `missed` are what the record says, as if it were complete; the rest leaves open what nobody wrote
    down and no books would tell.
    """

    number: str
    """Which of several it is: its period, or the day of the occurrence; empty for the only one."""
    counted: Moment
    """The day by which it is counted."""
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
    recorded: Moment = NEVER_COMES
    """When it was performed, as recorded; open after the day of knowledge."""
    missed: Moment = NEVER_COMES
    """When it is breached, if everything was recorded."""
    unrecorded: Truth = NO
    """Whether its due day has passed by the day of knowledge, nothing is recorded of it and no books were kept."""
    told: Moment = NEVER_COMES
    """The recorded performance alone; never, where there is none."""


def _owed(plan: Expected, alive: StepFunction[Truth]) -> StepFunction[Truth]:
    """Whether an obligation is owed, by its due day."""
    match_ = plan.owed
    if match_ is None:
        return alive
    if isinstance(match_, tuple):
        begin, last = match_
        found = alive.at(begin)
        for start, value in alive:
            found = either(found, value) if begin < start <= last else found
        return StepFunction.always(found)
    return StepFunction.always(_on(match_, alive))


def _on(at: Moment, truth: StepFunction[Truth]) -> Truth:
    """What a truth is on a day that may not be known."""
    return agree([truth.at(at.lo), *(value for start, value in truth if at.lo < start <= at.hi)], at.hangs_on)


# --- whether it was done ----------------------------------------------------------------------------------------------


@attrs.frozen
class _Performed:
    """When an obligation was performed: by the record alone, and with what nobody may have written down."""

    recorded: Moment
    performed: Moment
    unrecorded: Truth
    told: Moment
    by_plan: bool
    """Whether it is performed on its due day, whichever day that is, unless it is released."""


def _performances(
    ev: Answers, key: Label, episode: Episode, plans: Sequence[Expected], released: Sequence[Moment]
) -> list[_Performed]:
    """How each was performed; what was not recorded is open, where no books tell, from the day on which it opens."""
    subject = f"performance of {key}"
    more = ev.world.more(subject)
    kept = ev.kept(key)
    by_ledger = owes_money(episode) and not fixed_sum(episode)
    booked = [NO if by_ledger else _on(latest([plan.due, plan.opens]), kept) for plan in plans]
    first_open = ev.world.first_open
    standing = [moment.come.map(negate) for moment in released]
    if owes_money(episode):
        by_record = _paid(ev, key, episode, plans)
    else:
        by_record = _recorded(plans, booked, standing, ev.world.performances(key), subject)
    boxed = ev.world.boxed(subject)
    planned = ev.world.performs_from()
    timely = ev.world.in_time(key)
    broken = bool(ev.world.occurrences(f"breach of {key}"))
    found = []
    for plan, there, told, stands, free in zip(plans, booked, by_record, standing, released, strict=True):
        name = f"{subject} for {plan.number}" if plan.number else subject
        one = ev.world.single(name) if plan.number and told.hi >= NEVER else None
        said = boxed if one is None else ev.world.boxed(name)
        coming = more if one is None else one
        open_ = NEVER_COMES if coming is None else coming
        if coming is not None and plan.opens.hi > coming.lo:
            open_ = first(coming.come.zip(plan.opens.come, both), coming.cause)
        by_plan = False
        if (
            (timely or (planned is not None and not said))
            and coming is not None
            and told.hi >= NEVER
            and (plan.number or not broken)
        ):
            since = first_open if planned is None else planned
            by_plan = plan.due.lo >= since or there.level == 0
            on_due = _by_plan(plan, there, since, free)
            open_ = earliest([open_, on_due]) if timely else on_due
        wide = open_
        if planned is None and not said and there.level < 2 and told.hi >= NEVER:
            unknown = both(negate(there), maybe({subject if one is None else name}))
            wide = made(open_.come.zip(plan.opens.come.map(partial(both, unknown)), either))
        closed = plan.due.lo < first_open and told.hi >= NEVER and not by_ledger
        unrecorded = negate(there) if closed and not said else NO
        if closed and plan.due.hi >= first_open:
            unrecorded = both(unrecorded, maybe(plan.due.hangs_on))
        recorded_ = provided(_with(told, open_), stands)
        performed = recorded_ if wide is open_ else provided(_with(told, wide), stands)
        found.append(_Performed(recorded_, performed, unrecorded, told, by_plan))
    return found


def _by_plan(plan: Expected, there: Truth, planned: Day, free: Moment) -> Moment:
    """The due day, where everybody does what falls due: after the day of knowledge, and by it where no books say that
    nothing was done (`there`); never, where the obligation is released (`free`) on that day."""
    come = plan.due.come
    if plan.due.lo < planned and there.level:
        before, unkept = come.at(planned - 1), negate(there)
        pieces = [(start, both(truth, unkept)) for start, truth in come if start < planned]
        pieces.append((planned, either(both(before, unkept), both(come.at(planned), negate(before)))))
        pieces += [(start, either(both(before, unkept), both(truth, negate(before))))
                   for start, truth in come if start > planned]  # fmt: skip
        come = StepFunction(pieces)
    return first(come.zip(day_before(free).come.map(negate), both), plan.due.cause)


def _with(told: Moment, open_: Moment) -> Moment:
    """What is recorded, or else what is open; a record of a certain day leaves nothing open after it."""
    return told if told.certain and told.lo <= open_.lo and told.lo < NEVER else earliest([told, open_])


def _recorded(
    plans: Sequence[Expected], booked: Sequence[Truth], standing: Sequence[StepFunction[Truth]],
    made_: Sequence[Performance], subject: str,
) -> list[Moment]:  # fmt: skip
    """The recorded performance of each; one that may be of another obligation is open for good."""
    if len(plans) == 1 and not plans[0].number:
        timely = [each.moment for each in made_
                  if each.moment.hi >= plans[0].opens.lo and _names(each, plans[0])]  # fmt: skip
        return [earliest(timely) if timely else NEVER_COMES]
    claims = [
        Open(plan.opens.lo, plan.arises.lo, plan.due.hi, there.level == 2, stands, plan.counted.lo)
        for plan, there, stands in zip(plans, booked, standing, strict=True)
    ]
    sure = all(
        moment.certain for plan in plans for moment in (plan.opens, plan.arises, plan.due)
    ) and all(there.level != 1 for there in booked)  # fmt: skip
    taken: dict[int, Moment] = {}
    for performance, index in zip(made_, match(claims, made_), strict=True):
        if index is not None:
            moment = performance.moment
            taken[index] = moment if sure and moment.certain else Moment.between(moment.lo, NEVER, subject)
    return [taken.get(index, NEVER_COMES) for index in range(len(plans))]


def _names(performance: Performance, plan: Expected) -> bool:
    """Whether a performance can be of the only obligation: it names none, or the days in which that is counted."""
    within = performance.within
    return within is None or (within[0] <= plan.counted.lo and plan.counted.hi <= within[1])


def _paid(ev: Answers, key: Label, episode: Episode, plans: Sequence[Expected]) -> list[Moment]:
    """When each payment was made: it is recorded as performed, or the payments recorded reach its sum."""
    if not fixed_sum(episode):
        return [NEVER_COMES for _ in plans]
    subject = f"performance of {key}"
    open_ = [YES for _ in plans]
    standing = [StepFunction.always(YES) for _ in plans]
    by_record = _recorded(plans, open_, standing, ev.world.performances(key), subject)
    payments = ev.world.payments(key)
    found = []
    before = needed = Fraction(0)
    steps = episode.terms["amount"]
    total = []
    for day, amount in payments:
        whole = ev.amount(amount)
        before = before + (whole.least or 0)
        total.append((day, before, whole.unit))
    for plan, told in zip(plans, by_record, strict=True):
        value = steps.at(plan.due.lo).value
        sum_ = ev.amount(value) if isinstance(value, Amount) else None
        if told.hi < NEVER or sum_ is None or not sum_.exact or not plan.due.certain:
            found.append(told)
            continue
        needed = needed + (sum_.least or 0)
        paid = next((day for day, so_far, unit in total if so_far >= needed and unit == sum_.unit), None)
        found.append(told if paid is None else earliest([told, Moment.on(paid, subject)]))
    return found


# --- obligations ------------------------------------------------------------------------------------------------------


def obligations(ev: Answers, key: Label, episode: Episode, end: Moment, through: Day) -> tuple[Obligation, ...]:
    """The obligations of one episode of a duty that arise by a day, and the one that arises next.

    `end` is when the clause ends, as far as it matters here.
    """
    if not is_duty(episode.word) and not owes_money(episode):
        return ()
    known = max((each.moment.hi for each in ev.world.performances(key) if each.moment.hi < NEVER), default=ALWAYS)
    plans = list(expected(ev, key, episode, end, max(through, known)))
    alive = episode.begun.zip(end.come.map(negate), both)
    judged = []
    for plan in plans:
        spend(20)
        # On the day on which a payment starts, its clause has started, whichever day that is.
        owed = _owed(plan, end.come.map(negate) if owes_money(episode) else alive)
        gone = next_day(provided(plan.due, owed.map(negate)))
        waived = next_day(provided(plan.due, owed.zip(episode.waived, both)))
        stands = owed.zip(episode.waived.map(negate), both)
        excused = next_day(provided(plan.due, stands.zip(episode.conditions.map(negate), both)))
        judged.append((plan, stands.zip(episode.conditions, both), gone, waived, excused))
    released = [next_day(provided(plan.due, stands.map(negate))) for plan, stands, *_ in judged]
    performed = _performances(ev, key, episode, plans, released)
    found = []
    for (plan, stands, gone, waived, excused), done, free in zip(judged, performed, released, strict=True):
        if plan.listed > through:
            continue
        missed = next_day(provided(plan.due, stands.zip(done.recorded.come.map(negate), both)))
        same = done.performed is done.recorded
        wide = missed if same else next_day(provided(plan.due, stands.zip(done.performed.come.map(negate), both)))
        if done.by_plan:
            missed = wide = NEVER_COMES
        if not plan.number:
            over = earliest([done.recorded, free])
            missed = _sooner(ev, key, missed, over, plan.opens)
            wide = missed if same else _sooner(ev, key, wide, over, plan.opens)
        cure_by, default = _cure(ev, key, episode, wide, done.performed)
        found.append(
            Obligation(plan.number, plan.counted, plan.due, done.performed, wide, cure_by, default, waived, excused,
                       gone, done.recorded, missed, done.unrecorded, done.told)
        )  # fmt: skip
    return tuple(found)


def _sooner(ev: Answers, key: Label, missed: Moment, over: Moment, opens: Moment) -> Moment:
    """The breach of an only obligation: its missed day, or one that is recorded before it is performed or released.

    What is supposed stands in the place of both.
    """
    subject = f"breach of {key}"
    found = [*ev.world.occurrences(subject)]
    if ev.world.supposed(subject):
        return earliest(found) if found else NEVER_COMES
    more = ev.world.more(subject)
    if more is not None:
        found.append(made(more.come.zip(opens.come, both), more.cause))
    return earliest([missed, *(first(m.come.zip(over.come.map(negate), both), m.cause) for m in found)])


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
        last = ev.shifted(breached, value.time)
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
    word = "performance" if has_obligations(episode) or owes_money(episode) else "cure"
    for breached in _breaches(ev, key):
        done = _from(ev, f"{word} of {key}", breached)
        cure_by, default = _cure(ev, key, episode, breached, done)
        found.append(
            Obligation("", breached, NEVER_COMES, done, breached, cure_by, default, recorded=done, missed=breached)
        )
    return tuple(found)


def _from(ev: Answers, subject: str, since: Moment) -> Moment:
    """The first time that something is recorded from a day on, or else is open."""
    word, _, label = subject.partition(" of ")
    recorded_ = (  # without those that only are planned: nobody plans to make a breach good
        [each.moment for each in ev.world.performances(label)] if word == "performance"
        else ev.world.occurrences(subject)
    )  # fmt: skip
    found = next((moment for moment in recorded_ if moment.lo >= since.lo), None)
    if found is not None:
        return found if found.lo >= since.hi or since.hi >= NEVER else Moment.between(found.lo, NEVER, subject)
    if word in {"performance", "cure"}:
        possible = ev.unseen(word, label)
        return NEVER_COMES if possible is None else first(possible.zip(since.come, both), (subject,))
    return ev.world.more(subject) or NEVER_COMES


# --- events of a label ------------------------------------------------------------------------------------------------


def can_fail(episode: Episode) -> bool:
    """Whether a breach of a clause follows from what falls due."""
    return has_obligations(episode) or owes_money(episode)


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
