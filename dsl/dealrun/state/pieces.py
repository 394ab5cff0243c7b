"""Truths and moments that a term states, as the term itself changes from day to day.

In: a term over time, and what each of its values states. Out: one truth or moment. Guaranteed: where several values
are possible, the result is certain only where they agree.
"""

from collections.abc import Callable, Iterable
from itertools import product

import attrs

from dealrun.budget import spend
from dealrun.model.values import Value
from dealrun.state.amend.terms import TermState
from dealrun.time import ALWAYS, MAYBE, NEVER, NO, Day, Moment, StepFunction, Truth, either, maybe
from dealrun.time.moment import NEVER_COMES, made
from dealrun.time.step_function import FEW


def agree(values: list[Truth], hangs_on: frozenset[str]) -> Truth:
    """What several possible truths have in common."""
    if all(value.level == values[0].level != MAYBE for value in values):
        return values[0]
    names = frozenset().union(*(value.hangs_on for value in values))
    return Truth(MAYBE, names | hangs_on if len(values) > 1 else names)


def provided(at: Moment, truth: StepFunction[Truth]) -> Moment:
    """A moment that comes on the day of another, if something holds on that day."""
    if at.lo >= NEVER:
        return NEVER_COMES
    if at.certain:
        here = truth.at(at.lo)
        if here.level == MAYBE:
            return made(StepFunction(((ALWAYS, NO), (at.lo, here)) if at.lo > ALWAYS else ((ALWAYS, here),)), at.cause)
        return at if here.level else Moment.on(NEVER, *at.cause)
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


def truth_of(
    steps: StepFunction[TermState], states: Callable[[Value | None], StepFunction[Truth]]
) -> StepFunction[Truth]:
    """The truth that a term's value states, as the term stands from time to time."""
    pieces: list[tuple[Day, Truth]] = []
    for start, end, state in steps.pieces():
        truths = [states(option.value) for option in state.options]
        inner = {day for truth in truths for day in truth.starts if start < day < end}
        if len(inner) > FEW:
            spend(len(inner))
        pieces.extend(
            (day, agree([truth.at(day) for truth in truths], state.contingent_on)) for day in (start, *sorted(inner))
        )
    return StepFunction(pieces)


def truth_from(old: StepFunction[Truth], new: StepFunction[Truth], at: Moment) -> StepFunction[Truth]:
    """`old` before a moment, `new` from it on, what they have in common in between."""
    days = sorted({*old.starts, *new.starts, *at.come.starts})
    if len(days) > FEW:
        spend(len(days))

    def value(day: Day) -> Truth:
        come = at.come.at(day)
        if come.level == 0:
            return old.at(day)
        return new.at(day) if come.level == 2 else agree([old.at(day), new.at(day)], come.hangs_on)

    return StepFunction((day, value(day)) for day in days)


@attrs.frozen
class Possible:
    """The values that several terms may have together on a day, and what that hangs on."""

    options: tuple[tuple[Value | None, ...], ...]
    contingent_on: frozenset[str]


def together(terms: Iterable[StepFunction[TermState] | None]) -> StepFunction[Possible]:
    """Several terms as one; None for a term that is never there."""
    listed = list(terms)
    days = sorted({0, *(day for steps in listed if steps is not None for day in steps.starts)})

    def value(day: Day) -> Possible:
        states = [None if steps is None else steps.at(day) for steps in listed]
        count = 1
        for state in states:
            count *= 1 if state is None else len(state.options)
        if count > 1:
            spend(count)
        options = product(*([None] if s is None else [o.value for o in s.options] for s in states))
        names: frozenset[str] = frozenset().union(*(s.contingent_on for s in states if s is not None))
        return Possible(tuple(options), names)

    return StepFunction((day, value(day)) for day in days)


def trigger(steps: StepFunction[Possible], moment_of: Callable[..., Moment]) -> Moment:
    """The first day on which the moment that the terms state has come, as they stand from time to time."""
    if len(steps.starts) == 1 and len(steps.values[0].options) == 1:
        return moment_of(*steps.values[0].options[0])
    so_far = NO
    pieces: list[tuple[Day, Truth]] = []
    causes: dict[str, None] = {}
    for start, end, state in steps.pieces():
        if len(state.options) > 1:
            spend(10 * len(state.options))
        moments: list[Moment] = [moment_of(*values) for values in state.options]
        days = sorted({d for m in moments for d in m.come.starts if start < d < end})
        if len(days) > FEW:
            spend(len(days))
        for day in (start, *days):
            here = agree([m.come.at(day) for m in moments], state.contingent_on)
            so_far = either(so_far, here)
            pieces.append((day, so_far))
            if here.level:
                causes.update(dict.fromkeys(c for m in moments if m.come.at(day).level for c in m.cause))
            if so_far.level == 2:
                return made(StepFunction(pieces), tuple(causes))
    return made(StepFunction(pieces), tuple(causes))


def trigger_of_one(steps: StepFunction[TermState] | None, moment_of: Callable[[Value | None], Moment]) -> Moment:
    """`fires` of one term."""
    if steps is None:
        return NEVER_COMES
    if len(steps.starts) == 1 and steps.values[0].certain:
        return moment_of(steps.values[0].value)
    return trigger(together([steps]), moment_of)
