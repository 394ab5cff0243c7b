"""The end of a deal: its term has run, or it is terminated; and what outlives it.

In: the evaluator. Out: the moment of the end, and for a clause whether it goes on. Guaranteed: the words of `term`,
`terminate` and `survive` are taken as they stand from day to day, like every other term
(docs/language.md#the-term-of-a-deal).
"""

from bisect import bisect_left
from functools import partial

from dealrun.budget import spend
from dealrun.model.behaviour import LIFELINES, Behaviour
from dealrun.model.keys import Label
from dealrun.model.values import Amount, Duration, End, Quantity, Value, Word
from dealrun.model.vocabulary import behaviour
from dealrun.state.amend.episode import names_label
from dealrun.state.answers import FALSE, TRUE, Answers, Episode
from dealrun.state.duties import provided
from dealrun.state.pieces import together, trigger, trigger_of_one, truth_of
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
    negate,
)
from dealrun.time.moment import NEVER_COMES, first, latch, made, next_day


def deal_end(ev: Answers, deal: str, behaviours: frozenset[Behaviour] = LIFELINES) -> Moment:
    """The first day after the deal; of fewer behaviours, after what these make of it."""
    moments = [NEVER_COMES]
    for key in ev.lifelines(deal):
        for episode in (episode for episode in ev.episodes(key) if behaviour(episode.word) in behaviours):
            end = (
                _term_end(ev, key, episode)
                if behaviour(episode.word) is Behaviour.TERM
                else _termination(ev, key, episode)
            )
            # What is dropped before it ends the deal does not end it.
            standing = episode.dropped.come.map(negate).zip(episode.waived.map(negate), both)
            moments.append(made(latch(end.come.zip(standing, both)), end.cause))
    return earliest(moments)


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
        span = length
        initial = begun.shift(span.after)
    else:
        return NEVER_COMES
    if not isinstance(renews, Duration):
        return initial
    most: int | None = None
    if isinstance(renewals, Amount) and isinstance(renewals.expression, Quantity):
        most = int(renewals.expression.number)
    given = ev.event_of_label("notice", key)
    advance = period if isinstance(period, Duration) else Duration(0, "day")

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
    if not isinstance(renews, Duration):
        return []
    begun = first(episode.started)
    initial = ev.end_moment(until, begun) if isinstance(until, End) else NEVER_COMES
    if isinstance(length, Duration) and not isinstance(until, End):
        initial = begun.shift(length.after)
    if not initial.certain or not ALWAYS < initial.lo < NEVER:
        return []
    times, period = last("renewals"), last("notice")
    most = (
        int(times.expression.number) if isinstance(times, Amount) and isinstance(times.expression, Quantity) else None
    )
    found: list[tuple[Day, Day | None, Day]] = []
    count = 0
    while (most is None or count < most) and (end := renews.after(initial.lo, count)) < NEVER:
        spend()
        notice = period.after(end - 1, -1) if isinstance(period, Duration) else None
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
    uses: list[Moment] = []
    for word in ("notice", "exercise"):
        uses.extend(_uses(ev, f"{word} of {key}", standing))
    return earliest([_takes_effect(ev, key, use, period, cure) for use in uses]) if uses else NEVER_COMES


def _takes_effect(ev: Answers, key: Label, use: Moment, period: Value | None, cure: Value | None) -> Moment:
    """When a use of the right ends the deal: after the notice period, and if what it is for is not cured in time."""
    end = next_day(use.shift(period.after)) if isinstance(period, Duration) else use
    if not isinstance(cure, Duration):
        return end
    last = use.shift(cure.after)
    subject = f"cure of {key}"
    cured = [*ev.world.occurrences(subject)]
    more = ev.world.more(subject)
    if more is not None:
        cured.append(more)
    since = [first(cure_.come.zip(use.come, both)) for cure_ in cured if cure_.hi >= use.lo]
    standing = earliest(since).come.map(negate) if since else StepFunction.always(YES)
    return latest([end, next_day(provided(last, standing))])


def _uses(ev: Answers, subject: str, standing: StepFunction[Truth]) -> list[Moment]:
    """The uses of a right that count: those on a day on which it stands; none yet, and it is open."""
    found: list[Moment] = []
    refused = True
    for use in ev.world.occurrences(subject):
        levels = {
            standing.at(day).level for day in (use.lo, use.hi, *(d for d in standing.starts if use.lo < d < use.hi))
        }
        if levels == {0}:
            continue
        refused = False
        if levels == {2}:
            found.append(use)
        else:
            names = use.hangs_on.union(*(truth.hangs_on for truth in standing.values))
            found.append(made(StepFunction(((ALWAYS, NO), (use.lo, Truth(MAYBE, names or frozenset({subject})))))))
    more = ev.world.more(subject) if refused else None
    if more is not None:
        found.append(first(more.come.zip(standing, both)))
    return found


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
