"""The end of a deal: its term has run, or it is terminated; and what outlives it.

In: the evaluator. Out: the moment of the end, and for a clause whether it goes on. Guaranteed: the words of `term`,
`terminate` and `survive` are taken as they stand from day to day, like every other term
(docs/language.md#the-term-of-a-deal).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial, reduce
from typing import TypeAlias, cast

from dealrun.budget import spend
from dealrun.model.behaviour import LIFELINES, Behaviour
from dealrun.model.keys import Label
from dealrun.model.values import (
    AllOf,
    Amount,
    AnyOf,
    Condition,
    Duration,
    End,
    Happened,
    Negation,
    Quantity,
    Value,
    Word,
)
from dealrun.model.vocabulary import behaviour
from dealrun.state.amend.episode import names_label
from dealrun.state.answers import FALSE, TRUE, Answers, Episode
from dealrun.state.pieces import agree, provided, together, trigger, trigger_of_one, truth_of
from dealrun.time import (
    ALWAYS,
    MAYBE,
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
from dealrun.time.moment import NEVER_COMES, first, latch, made, next_day


def deal_end(ev: Answers, deal: str, behaviours: frozenset[Behaviour] = LIFELINES) -> Moment:
    """The first day after the deal; of fewer behaviours, after what these make of it."""
    return earliest([NEVER_COMES, *(moment for _, _, moment in ends(ev, deal, behaviours))])


def ends(ev: Answers, deal: str, behaviours: frozenset[Behaviour]) -> Iterator[tuple[Label, Episode, Moment]]:
    """Each clause that can end a deal, and the first day after the end that it brings."""
    for key in ev.lifelines(deal):
        for episode in (episode for episode in ev.episodes(key) if behaviour(episode.word) in behaviours):
            end = (
                _term_end(ev, key, episode)
                if behaviour(episode.word) is Behaviour.TERM
                else _termination(ev, key, episode)
            )
            # What is dropped before it ends the deal does not end it.
            standing = episode.dropped.come.map(negate).zip(episode.waived.map(negate), both)
            yield key, episode, made(latch(end.come.zip(standing, both)), end.cause)


# --- term -------------------------------------------------------------------------------------------------------------


def _term_end(ev: Answers, key: Label, episode: Episode) -> Moment:
    terms = (episode.terms.get(name) for name in ("until", "duration", "renews", "renewals", "notice"))
    return trigger(together(terms), partial(_runs_out, ev, key, episode)).caused(key)


def _runs_out(
    ev: Answers,
    key: Label,
    episode: Episode,
    until: Value | None,
    length: Value | None,
    renews: Value | None,
    renewals: Value | None,
    period: Value | None,
) -> Moment:
    """The end of the term as its words stand: the initial end, renewed until notice is given in time."""
    begun = first(episode.started)
    if isinstance(until, End):
        initial = ev.end_moment(until, begun)
    elif isinstance(length, Duration):
        initial = ev.shifted(begun, length)
    else:
        return NEVER_COMES
    if not isinstance(renews, Duration):
        return initial
    most: int | None = None
    if isinstance(renewals, Amount) and isinstance(renewals.expression, Quantity):
        most = int(renewals.expression.number)
    given = ev.event_of_label("notice", key)
    advance = period if isinstance(period, Duration) else Duration(0, "day")
    blanks = {each.redacted.name for each in (renews, advance) if each.redacted is not None and ev.length(each) is None}
    if blanks:
        return _renewed_so_long(ev, initial, renews, most, given, episode, blanks)
    renews, advance = ev.length(renews) or renews, ev.length(advance) or advance
    if not _CONDITIONS.isdisjoint(episode.terms):
        return _renewed(ev, initial, renews, most, given, advance, episode)

    def end_for(anchor: Day, notice: Day) -> Day:
        """The first end for which a notice on a day comes in time."""

        def in_time(count: int) -> bool:
            spend()
            total = renews.after(anchor, count)
            return notice <= advance.after(total - 1, -1) or count == most or total >= NEVER

        high = 1
        while not in_time(high) and (most is None or high < most):
            high *= 2
        high = high if most is None else min(high, most)
        # The more renewals, the later the last day for notice: the first that suffices is found by halving.
        return renews.after(anchor, bisect_left(range(high), True, key=in_time))

    if initial.hi <= ALWAYS:
        return _from_always(key, given, advance, renews) if most is None else initial
    if initial.certain and ALWAYS < initial.lo < NEVER:
        last = Moment.on(end_for(initial.lo, NEVER))
        return earliest([given.shift(lambda notice: end_for(initial.lo, notice)), last])
    # The anchor is not known: of all that it can be, the first end is the earliest and the last the latest. Ends recur
    # with the period of renewal, so that one period of anchors beside each bound stands for all.
    reach = renews.after(initial.lo) - initial.lo if ALWAYS < initial.lo < NEVER else 0
    low = range(initial.lo, min(initial.hi, initial.lo + reach) + 1)
    lo = min(end_for(anchor, given.lo) for anchor in low) if reach else initial.lo
    hi = NEVER
    if initial.hi < NEVER and (given.hi < NEVER or most is not None):  # the last renewal ends it, notice or not
        hi = max(end_for(anchor, given.hi) for anchor in range(max(initial.lo, initial.hi - reach), initial.hi + 1))
    pieces = [(ALWAYS, NO), (lo, Truth(MAYBE, initial.hangs_on | given.hangs_on)), (hi, YES)]
    return made(StepFunction(piece for piece in pieces if piece[0] < NEVER))


def _renewed_so_long(
    ev: Answers, initial: Moment, renews: Duration, most: int | None, given: Moment, episode: Episode, blanks: set[str]
) -> Moment:
    """The end of a term of which nobody knows how long it renews, or how long before its end notice has to be given:
    none before the first end, and none for a notice that has not been given."""
    last = NEVER_COMES
    if most is not None:
        last = initial
        for _ in range(most if ev.length(renews) is not None else min(most, 1)):
            last = ev.shifted(last, renews)
    names = initial.hangs_on | given.hangs_on | blanks
    if not _CONDITIONS.isdisjoint(episode.terms):
        names |= _renews(ev, cache(ev.truth), episode, ALWAYS, NEVER - 1, 1).hangs_on
        lo = initial.lo
    else:
        if given.lo >= NEVER:
            return last
        lo = max(initial.lo, given.lo + 1 if most is None else initial.lo)
    pieces = [(ALWAYS, NO), (lo, maybe(names)), (max(lo, last.hi), YES)]
    return made(StepFunction(piece for piece in pieces if piece[0] < NEVER))


TruthOf: TypeAlias = Callable[[Condition], StepFunction[Truth]]
"""Whether a condition holds, for every day."""

_CONDITIONS = frozenset({"when", "while", "unless", "each"})


def _renewed(
    ev: Answers, initial: Moment, renews: Duration, most: int | None, given: Moment, advance: Duration,
    episode: Episode,
) -> Moment:  # fmt: skip
    """The end of a term that renews under conditions: the first at which one fails, or for which notice is given."""
    truth = cache(ev.truth)  # of a condition once for all renewals

    def ends(first_end: Day) -> list[tuple[Day, Truth]]:
        pieces: list[tuple[Day, Truth]] = [(ALWAYS, NO)]
        alive, count, before, end = YES, 0, ALWAYS, first_end
        while end < NEVER and alive.level:
            spend()
            last = advance.after(end - 1, -1)
            renewed = NO if count == most else both(_renews(ev, truth, episode, before, last, count + 1),
                                                    negate(given.come.at(last)))  # fmt: skip
            alive = both(alive, renewed)
            pieces.append((end, negate(alive)))
            count, before, end = count + 1, last, renews.after(first_end, count + 1)
        return pieces

    if initial.lo >= NEVER:
        return initial
    if initial.certain and initial.lo > ALWAYS:
        return made(StepFunction(ends(initial.lo)))
    yearly = renews.after(initial.lo) - initial.lo > _SHORT if initial.lo > ALWAYS else False
    if yearly and initial.hi - initial.lo < _MOST_ANCHORS:
        return made(_any_of([ends(anchor) for anchor in range(initial.lo, initial.hi + 1)], initial.hangs_on))
    names = initial.hangs_on | given.hangs_on | _renews(ev, truth, episode, ALWAYS, NEVER - 1, 1).hangs_on
    return made(StepFunction(((ALWAYS, NO), (initial.lo, maybe(names)))))


_MOST_ANCHORS = 400
"""So many days on which a term may have begun are looked at one by one, unless it renews too often for that."""
_SHORT = 150


def _any_of(functions: Sequence[list[tuple[Day, Truth]]], names: frozenset[str]) -> StepFunction[Truth]:
    """What several truths over time have in common, of which nobody knows which it is."""
    changes = sorted((day, number, truth) for number, pieces in enumerate(functions) for day, truth in pieces)
    now = [NO] * len(functions)
    levels = Counter({NO.level: len(functions)})
    named: Counter[str] = Counter()
    found: list[tuple[Day, Truth]] = []
    for day, number, truth in changes:
        spend()
        levels[now[number].level] -= 1
        named.subtract(now[number].hangs_on)
        now[number] = truth
        levels[truth.level] += 1
        named.update(truth.hangs_on)
        same = levels[truth.level] == len(functions) and truth.level != MAYBE
        value = truth if same else maybe(names | {name for name, count in named.items() if count > 0})
        if found and found[-1][0] == day:
            found.pop()
        found.append((day, value))
    return StepFunction(found)


def _renews(ev: Answers, truth: TruthOf, episode: Episode, after: Day, last: Day, count: int) -> Truth:
    """Whether the conditions of a renewal hold on the last day for it, as their text is on that day; `after` is that
    day of the renewal before."""
    found = YES
    for name in sorted(_CONDITIONS & episode.terms.keys()):
        state = episode.terms[name].at(last)
        truths = [_renewal(ev, truth, name, option.value, after, last, count) for option in state.options]
        found = both(found, agree(truths, state.contingent_on))
    return found


def _renewal(ev: Answers, truth: TruthOf, name: str, value: Value | None, after: Day, last: Day, count: int) -> Truth:
    if value is None:
        return YES
    condition = cast("Condition", value)
    match name:
        case "when":
            return _since(ev, truth, condition, after, last)
        case "while":
            return truth(condition).at(last)
        case "unless":
            return negate(truth(condition).at(last))
        case _:
            event = cast("Happened", value).event
            return _at_least(count, [moment.come.at(last) for moment in ev.times_of(event)])


def _since(ev: Answers, truth: TruthOf, condition: Condition, after: Day, last: Day) -> Truth:
    """Whether a condition holds on a day, where an event counts only if it has happened after another day."""
    match condition:
        case Happened(event):
            parts = [both(moment.come.at(last), negate(moment.come.at(after))) for moment in ev.times_of(event)]
            return reduce(either, parts, NO)
        case Negation(part):
            return negate(_since(ev, truth, part, after, last))
        case AllOf(parts):
            return reduce(both, (_since(ev, truth, part, after, last) for part in parts), YES)
        case AnyOf(parts):
            return reduce(either, (_since(ev, truth, part, after, last) for part in parts), NO)
        case _:
            return truth(condition).at(last)


def _at_least(count: int, truths: Sequence[Truth]) -> Truth:
    """Whether so many of several things are true."""
    if sum(truth.level == YES.level for truth in truths) >= count:
        return YES
    open_ = [truth for truth in truths if truth.level]
    if len(open_) < count and not any(truth.level == MAYBE for truth in open_):
        return NO
    return maybe(frozenset().union(*(truth.hangs_on for truth in open_)))


def _from_always(key: Label, given: Moment, advance: Duration, renews: Duration) -> Moment:
    """The end of a term that renews from a day that nobody wrote down: the first for which notice comes in time lies
    within one period of renewal."""
    lo, hi = advance.after(given.lo) + 1, renews.after(advance.after(given.hi) + 1)
    pieces = [(ALWAYS, NO), (lo, Truth(MAYBE, given.hangs_on | {f"start of {key}"})), (hi, YES)]
    return made(StepFunction(piece for piece in pieces if piece[0] < NEVER))


def renewals(ev: Answers, key: Label, through: Day) -> list[tuple[Day, Day | None, Day]]:
    """Each end of a term at which it renews unless notice is given, through a day: the day after it, the last day for
    notice (None where the term states no time for one), and the end that follows. Empty where the term does not
    renew, or its first end is not known."""
    episode = ev.episodes(key)[-1]

    def last(name: str) -> Value | None:
        return episode.terms[name].values[-1].value if name in episode.terms else None

    renews, until, length = last("renews"), last("until"), last("duration")
    renews = ev.length(renews) if isinstance(renews, Duration) else None
    if renews is None:
        return []
    begun = first(episode.started)
    initial = ev.end_moment(until, begun) if isinstance(until, End) else NEVER_COMES
    if isinstance(length, Duration) and not isinstance(until, End):
        initial = ev.shifted(begun, length)
    if not initial.certain or not ALWAYS < initial.lo < NEVER:
        return []
    times, stated = last("renewals"), last("notice")
    period = ev.length(stated) if isinstance(stated, Duration) else None
    most = (
        int(times.expression.number) if isinstance(times, Amount) and isinstance(times.expression, Quantity) else None
    )
    found: list[tuple[Day, Day | None, Day]] = []
    count = 0
    while (most is None or count < most) and (end := renews.after(initial.lo, count)) < NEVER:
        spend()
        notice = None if period is None else period.after(end - 1, -1)
        if end > through and (notice is None or notice > through):
            break
        found.append((end, notice, renews.after(initial.lo, count + 1)))
        count += 1
    return found


# --- terminate --------------------------------------------------------------------------------------------------------


def _termination(ev: Answers, key: Label, episode: Episode) -> Moment:
    terms = [episode.terms.get(name) for name in ("ground", "notice", "cure")]
    return trigger(together(terms), partial(_used, ev, key, episode)).caused(key)


def _used(
    ev: Answers, key: Label, episode: Episode, ground: Value | None, period: Value | None, cure: Value | None
) -> Moment:
    """The end that a right to terminate brings, as its words stand."""
    standing = (
        episode.started.zip(episode.holds, both)
        .zip(episode.waived.map(negate), both)
        .zip(episode.end.come.map(negate), both)
    )
    if ground == Word("automatic"):
        return first(standing)
    made = ev.uses(key)
    uses = [*made.all_of("notice"), *made.all_of("exercise")]
    return earliest([_takes_effect(ev, key, use, period, cure) for use in uses]) if uses else NEVER_COMES


def _takes_effect(ev: Answers, key: Label, use: Moment, period: Value | None, cure: Value | None) -> Moment:
    """When a use of the right ends the deal: after the notice period, and if what it is for is not cured in time."""
    end = next_day(ev.shifted(use, period)) if isinstance(period, Duration) else use
    if not isinstance(cure, Duration):
        return end
    last = ev.shifted(use, cure)
    subject = f"cure of {key}"
    since = [_after(cure_, use) for cure_ in ev.world.occurrences(subject) if cure_.hi >= use.lo]
    possible = ev.unseen("cure", key)
    if possible is not None:
        since.append(first(possible.zip(use.come, both)))
    standing = earliest(since).come.map(negate) if since else StepFunction.always(YES)
    return latest([end, next_day(provided(last, standing))])


def _after(cure: Moment, use: Moment) -> Moment:
    """When a use has been cured; perhaps never, where the cure may have come before the use."""
    both_came = first(cure.come.zip(use.come, both))
    if cure.lo >= use.hi:
        return both_came
    names = cure.hangs_on | use.hangs_on
    return made(StepFunction((start, maybe(names) if truth.level else truth) for start, truth in both_came.come))


# --- survive ----------------------------------------------------------------------------------------------------------


def ends_with_deal(ev: Answers, deal: str, key: Label, life: Episode) -> Moment:
    """When a clause ends because the deal does: at its end, or when what it survives by has run out.

    What is perpetual outlives the deal; what is irrevocable outlives its termination, not its term.
    """
    end = ev.deal_end(deal)
    alive = FALSE
    if "until" in life.terms:
        alive = truth_of(life.terms["until"], lambda value: TRUE if value == End("perpetual") else FALSE)
    if "irrevocable" in life.terms:
        firm = truth_of(life.terms["irrevocable"], lambda value: FALSE if value is None else TRUE)
        expired = deal_end(ev, deal, frozenset({Behaviour.TERM})).come
        alive = alive.zip(firm.zip(expired.map(negate), both), either)
    for name in ev.survivals(deal):
        for episode in ev.episodes(name):
            if "clauses" not in episode.terms:
                continue
            named = truth_of(episode.terms["clauses"], lambda value: StepFunction.always(names_label(value, key)))
            if all(truth.level == 0 for truth in named.values):
                continue
            over = trigger_of_one(episode.terms.get("until"), partial(_survived, ev, end))
            there = episode.born.come.zip(episode.dropped.come.map(negate), both).zip(episode.waived.map(negate), both)
            alive = alive.zip(named.zip(there, both).zip(over.come.map(negate), both), either)
    if all(truth.level == 0 for truth in alive.values):
        return end
    return made(latch(end.come.zip(alive.map(negate), both)), end.cause)


def _survived(ev: Answers, end: Moment, value: Value | None) -> Moment:
    return ev.end_moment(value, end) if isinstance(value, End) else NEVER_COMES
