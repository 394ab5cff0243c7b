"""How a duty stands on a day: not yet due, performed, late, breached and by whom, cured, waived, excused.

In: the evaluator, a clause's life and a day. Out: the standing of each of its obligations. Guaranteed: a standing is
certain only where everything it hangs on is (docs/language.md#duties).
"""

from datetime import date

import attrs

from dealrun.model.keys import Label
from dealrun.model.reading import terms_of
from dealrun.state.answers import Answers, Episode, Life
from dealrun.state.duties import Obligation, made_good, obligations, recorded
from dealrun.state.falling_due import lists_obligations
from dealrun.state.views import Duty, DutyStatus
from dealrun.time import NEVER, Day, Moment, StepFunction, to_date


def duties(ev: Answers, key: Label, life: Life, day: Day, by: tuple[str, ...]) -> tuple[Duty, ...]:
    """How what a clause requires stands on a day: each obligation that has arisen by then, and the one that comes next.

    Empty for what has no due day, as long as no breach of it is recorded.
    """
    episode = as_of(life.episode, day)
    if lists_obligations(episode):
        found = obligations(ev, key, episode, life.end, day)
        if len(found) == 1 and not found[0].number:
            return tuple(_duty(ob, day, by) for ob in found)
    else:
        found = ()
    broken = recorded(ev, key, episode) if ev.world.occurrences(f"breach of {key}") else ()
    return tuple(_duty(ob, day, by) for ob in (*found, *broken) if ob.number or ob in found or _told(ob, day))


def _told(ob: Obligation, day: Day) -> bool:
    """Whether a breach that is recorded has come by a day; one that only may come is none yet."""
    return ob.breached.lo <= day and ob.breached.hi < NEVER


def as_of(episode: Episode, day: Day) -> Episode:
    """A clause with the terms of a day for good: what an amendment changes later decides nothing yet."""
    if all(steps.starts[-1] <= day for steps in episode.terms.values()):
        return episode
    terms = {
        name: StepFunction((start, state) for start, state in steps if start <= day)
        for name, steps in episode.terms.items()
    }
    return attrs.evolve(episode, terms=terms_of(episode.word, terms))


def _duty(ob: Obligation, day: Day, by: tuple[str, ...]) -> Duty:
    status, hangs_on = status_of(ob, day)
    return Duty(
        number=ob.number,
        of=_day(ob.counted),
        status=status,
        by=by,
        due=_day(ob.due),
        performed=_day(ob.recorded),
        breached=_day(ob.breached),
        cure_by=_day(ob.cure_by),
        default=_day(ob.default),
        contingent_on=tuple(sorted(hangs_on)),
        may_be_done=ob.performed.lo < NEVER,
    )


def status_of(ob: Obligation, day: Day) -> tuple[DutyStatus, frozenset[str]]:
    """The standing of an obligation on a day, and what it is contingent on."""
    done, late = ob.recorded.come.at(day), ob.missed.come.at(day)
    if late.level == 2:
        told = ob.breached.come.at(day).level == 2  # a breach that is recorded needs no books
        if ob.unrecorded.level == 2 and not told:
            return "unrecorded", frozenset()
        if ob.unrecorded.level == 1 and not told:
            return "contingent", done.hangs_on | ob.unrecorded.hangs_on
        if done.level == 0:
            return "breached", frozenset()
        cured = made_good(ob).come.at(day)
        if done.level == 2 and cured.level == 2:
            return "cured", frozenset()
        if done.level == 2 and cured.level == 0:
            return "performed late", frozenset()
        return "contingent", done.hangs_on | cured.hangs_on
    if late.level == 0 and done.level == 2:
        return "performed", frozenset()
    gone = tuple(moment.come.at(day) for moment in (ob.fallen, ob.waived, ob.excused))
    if late.level == 0 and done.level == 0:
        for status, truth in zip(("ended", "waived", "excused"), gone, strict=True):
            if truth.level == 2:
                return status, frozenset()  # type: ignore[return-value]
        if ob.due.come.at(day).level == 0:
            return "not yet due", frozenset()
        if ob.due.come.at(day).level == 2 and not any(truth.level for truth in gone):
            return "due", frozenset()
    # Released or performed: nobody has to act any more, but which of them is not known.
    names = frozenset().union(late.hangs_on, done.hangs_on, ob.due.come.at(day).hangs_on, *(t.hangs_on for t in gone))
    return "contingent", names


def _day(moment: Moment) -> date | None:
    return to_date(moment.lo) if moment.certain else None


def most_pressing(found: tuple[Duty, ...]) -> Duty | None:
    """The one that tells most: a breach before what hangs on something, that before what is due, then the last."""
    order = ("breached", "contingent", "due")
    for status in order:
        for duty in found:
            if duty.status == status:
                return duty
    settled = [duty for duty in found if duty.status != "not yet due"]
    return (settled or list(found))[-1] if found else None
