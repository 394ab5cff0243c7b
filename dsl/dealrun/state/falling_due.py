"""When acts and payments of a clause fall due: once, for each period, or for each occurrence of an event.

In: the evaluator and an episode of a clause. Out: what is expected, each with the days on which it opens, arises and
falls due. Guaranteed: a due day that has passed stays, whatever an amendment does later (docs/language.md#duties).
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

import attrs

from dealrun.budget import spend
from dealrun.errors import LimitError
from dealrun.model.behaviour import PAYMENTS, Behaviour
from dealrun.model.values import Amount, Due, Duration, Happened, OnEvent, Quantity, Value, Word
from dealrun.model.vocabulary import FORMS, behaviour, falls_due_by_period
from dealrun.model.windows import FREQUENCIES, Window, fiscal_month, span_text
from dealrun.state.answers import Answers, Episode
from dealrun.state.instances import beginnings
from dealrun.state.pieces import together, trigger, trigger_of_one
from dealrun.state.relative import mentions, relative
from dealrun.time import ALWAYS, NEVER, Day, Moment, iso, latest
from dealrun.time.calendars import Calendar
from dealrun.time.days import LAST
from dealrun.time.moment import NEVER_COMES, day_before, first, next_day


@attrs.frozen
class Expected:
    """Something that has to be done once, before it is known whether it was."""

    number: str
    """Which of several it is: its period, or the day of the occurrence; empty for the only one."""
    counted: Moment
    """The day by which it is counted: the last of its period, the occurrence, or of the only one its due day."""
    opens: Moment
    """The first day on which it can be performed."""
    arises: Moment
    """The first day on which a performance is taken for its own before that of one that arises later."""
    due: Moment
    """The last day for it."""
    owed: "Moment | tuple[Day, Day] | None"
    """The day, or the days of which any will do, on which the clause must be in force; None for the due day itself."""
    listed: Day = ALWAYS
    """The first day on which it is listed among the obligations of its clause."""


def is_duty(word: str) -> bool:
    """Whether a clause is a duty to do something, which can fall due."""
    return behaviour(word) is Behaviour.DUTY and "due" in FORMS[word].terms


def has_obligations(episode: Episode) -> bool:
    """Whether something of a clause falls due, so that it can be missed."""
    return is_duty(episode.word) and bool({"due", "frequency"} & set(episode.terms))


def owes_money(episode: Episode) -> bool:
    """Whether a payment falls due under a clause."""
    return behaviour(episode.word) in PAYMENTS and behaviour(episode.word) is not Behaviour.INTEREST


_BY_LEDGER: Final = frozenset({"base", "reaching", "tiers", "cap", "floor", "escalation", "prorated", "over"})
"""Terms by which a ledger, or settlement, decides what is payable."""


def fixed_sum(episode: Episode) -> bool:
    """Whether an amount falls due once, or once for each occurrence, that no ledger decides."""
    if not owes_money(episode) or behaviour(episode.word) in {Behaviour.SHARE, Behaviour.COMMITMENT}:
        return False
    if _BY_LEDGER & set(episode.terms) or by_period(episode):
        return False
    values = [option.value for state in episode.terms["amount"].values for option in state.options
              ] if "amount" in episode.terms else []  # fmt: skip
    return bool(values) and all(
        isinstance(value, Amount) and isinstance(value.expression, Quantity) and value.tiers is None
        and value.expression.unit != "%"
        and value.per is None and value.over is None and value.per_unit is None
        for value in values if value is not None
    )  # fmt: skip


def lists_obligations(episode: Episode) -> bool:
    """Whether what falls due under a clause is listed with it: acts, and payments of a fixed sum by a due day."""
    return has_obligations(episode) or ("due" in episode.terms and fixed_sum(episode))


def by_period(episode: Episode) -> bool:
    """Whether a delay in a clause counts from the end of each payment period."""
    amount = last_value(episode, "amount")
    per_window = isinstance(amount, Amount) and amount.per is not None
    return falls_due_by_period(episode.word, episode.terms, per_window=per_window)


def last_value(episode: Episode, name: str) -> Value | None:
    """What a term is in the end, whatever it was before; None where the clause has it not."""
    steps = episode.terms.get(name)
    return steps.values[-1].value if steps else None


def due_once(ev: Answers, episode: Episode) -> Moment:
    """The last day for a clause's one act or payment, as its words stand from day to day; never, where it has none.

    A due day that has passed stays: an amendment that moves it later brings nothing back.
    """
    if "due" not in episode.terms:
        return NEVER_COMES
    begun = first(episode.begun, episode.born.cause)
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


def expected(ev: Answers, label: str, episode: Episode, end: Moment, through: Day) -> Iterator[Expected]:
    """What a clause asks for, through a day: once, for each period, or for each occurrence of an event, as it says."""
    if owes_money(episode):
        yield from _payments(ev, episode, end, through)
        return
    due = due_once(ev, episode)
    if due.lo < NEVER and due.hi > ALWAYS:  # what has always been in force was due on no day
        begun = _own_performance(label, episode, "due", first(episode.begun), ev)
        yield Expected("", due, begun, first(episode.begun), due, None)
    if "frequency" in episode.terms:
        yield from _periods(ev, episode, end, through)
    if "each" in episode.terms and "due" in episode.terms:
        yield from _each(ev, label, episode, end, through)


def _own_performance(label: str, episode: Episode, term: str, begun: Moment, ev: Answers) -> Moment:
    """When an obligation opens: with its clause, or after the performance by which its own due day is set."""
    due = last_value(episode, term)
    own = OnEvent("performance", label)
    if isinstance(due, Due) and not isinstance(due.time, Duration) and mentions(due.time, own):
        return next_day(ev.event(own))
    return begun


def _each(ev: Answers, label: str, episode: Episode, end: Moment, through: Day) -> Iterator[Expected]:
    roll = _word(episode, "roll")
    for happening, begun in beginnings(ev, episode, end).items():
        if min(happening.lo, begun.lo) > through:
            break
        spend(20)
        each = episode.terms["each"].at(happening.lo).value
        if not isinstance(each, Happened):
            continue

        def passed(value: Value | None, at: Moment = happening, event: OnEvent = each.event) -> Moment:
            if not isinstance(value, Due):
                return NEVER_COMES
            length = value.time
            if isinstance(length, Duration):
                due = ev.shifted(at, length)
            else:
                due = relative(ev, length, at, event, included=False)
            return next_day(due.shift(lambda day: _rolled(ev, episode, day, roll)) if roll else due)

        due = day_before(trigger_of_one(episode.terms["due"], passed))
        if due.lo < NEVER:
            ahead = due.hi <= happening.lo
            opens = begun
            if each.event == OnEvent("performance", label):
                opens = next_day(begun)  # a performance is not that of the obligation which it creates
            owed = None if ahead else happening
            yield Expected(iso(happening.lo), happening, opens, opens, due, owed, min(happening.lo, opens.lo))


def _periods(ev: Answers, episode: Episode, end: Moment, through: Day) -> Iterator[Expected]:
    begun = first(episode.begun)
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
            due = Moment.on(last)
            if isinstance(value, Due) and isinstance(value.time, Duration):
                due = ev.shifted(due, value.time)
            return next_day(due.shift(partial(_rolled, ev, episode, rule=roll)) if roll else due)

        due = (
            day_before(trigger_of_one(episode.terms["due"], passed))
            if "due" in episode.terms
            else day_before(passed(None))
        )
        opens = max(span[0], begun.lo)
        yield Expected(span_text(span), Moment.on(last), Moment.on(opens), Moment.on(last), due, (opens, last), day)
        day = last + 1
        count += 1
    if count >= ev.most_instances and ALWAYS < day <= min(through, LAST) and day < end.hi:
        raise LimitError(
            f"falls due more than {ev.most_instances:,} times by {iso(through)}, the limit",
            "ask about an earlier day, give the clause an end (`until`), or let it fall due less often",
        )


# --- money ------------------------------------------------------------------------------------------------------------


def _payments(ev: Answers, episode: Episode, end: Moment, through: Day) -> Iterator[Expected]:
    """The payments of a fixed sum; of any other money the first time that it may fall due."""
    if not fixed_sum(episode):
        due = _first_due(ev, episode)
        if due.lo < NEVER:
            yield Expected("", due, first(episode.started), first(episode.started), due, due)
        return
    if "each" in episode.terms:
        for happening, begun in beginnings(ev, episode, end).items():
            if happening.lo > through:
                break
            spend(20)
            due = latest([_due_of_payment(ev, episode, happening), happening])
            if due.lo < NEVER and begun.lo < NEVER:
                yield Expected(iso(happening.lo), happening, happening, happening, due, happening, happening.lo)
        return
    start = first(episode.started)
    due = due_once(ev, episode)
    if due.lo < NEVER:
        due = latest([due, start])  # what starts after its due day is due at once
    elif not isinstance(last_value(episode, "due"), Due):
        due = start
    if due.lo < NEVER and due.hi > ALWAYS:
        yield Expected("", due, start, start, due, start)


def _due_of_payment(ev: Answers, episode: Episode, happening: Moment) -> Moment:
    value, each = last_value(episode, "due"), last_value(episode, "each")
    if not isinstance(value, Due) or not isinstance(each, Happened):
        return happening
    if isinstance(value.time, Duration):
        return ev.shifted(happening, value.time)
    return relative(ev, value.time, happening, each.event, included=False)


def _first_due(ev: Answers, episode: Episode) -> Moment:
    """The first day on which money falls due that a ledger decides: by its first payment period, or its due day."""
    start = first(episode.started)
    if start.lo >= NEVER or start.hi <= ALWAYS:
        return start
    due = last_value(episode, "due")
    if isinstance(due, Due) and not isinstance(due.time, Duration):
        return ev.due_moment(due, start)
    amount = last_value(episode, FORMS[episode.word].main)
    word = _word(episode, "paid")
    name = FREQUENCIES[word] if word else "quarter"
    if not word and isinstance(amount, Amount) and amount.per is not None:
        name = amount.per
    if name == "life" or last_value(episode, "prepaid") is not None:
        return start
    month = fiscal_month(ev.deal(episode.adding.entry.deal).fiscal_year)
    roll = _word(episode, "roll")

    def end_of_first(day: Day) -> Day:
        if not ALWAYS < day <= LAST:
            return day
        span = Window(name, day, name.startswith("contract"), month).of(day)
        return day if span is None else span[1]

    last = start.shift(end_of_first)
    if isinstance(due, Due) and isinstance(due.time, Duration):
        last = ev.shifted(last, due.time)
    return last.shift(lambda day: _rolled(ev, episode, day, roll)) if roll else last
