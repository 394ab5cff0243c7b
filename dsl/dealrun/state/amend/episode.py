"""One episode of an entry: what its own words make of it, before the deal's end.

In: the evaluator, and the operations on an entry from the one that adds it. Out: `Episode`: its terms over time,
whether it has started, holds and is waived, and when its own words end it (docs/language.md#how-amendments-apply).
"""

from collections.abc import Collection, Sequence
from functools import partial

from dealrun.model import show
from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import Add, Entry, Instrument
from dealrun.model.reading import terms_of
from dealrun.model.values import (
    AllOf,
    AnyOf,
    Duration,
    End,
    Happened,
    Holds,
    InForce,
    Names,
    Negation,
    OnEvent,
    Start,
    Value,
)
from dealrun.model.vocabulary import behaviour
from dealrun.state.amend.chain import fold
from dealrun.state.amend.effect import signing
from dealrun.state.amend.terms import Applied, TermState
from dealrun.state.answers import FALSE, TRUE, Answers, Episode
from dealrun.state.instances import standing
from dealrun.state.pieces import together, trigger, trigger_of_one, truth_of
from dealrun.state.references import declares_at_signing
from dealrun.state.relative import each_of, mentions
from dealrun.time import NO, YES, Moment, StepFunction, Truth, both, earliest, either, negate
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES, first, latch, next_day


def make_episode(ev: Answers, history: list[Applied]) -> Episode:
    """One episode, from the operation that adds it through the last of its history."""
    instrument, adding = history[0]
    assert isinstance(adding, Add)
    entry = adding.entry
    if declares_at_signing(entry.key, instrument):
        born = ALWAYS_WAS if instrument.signed is None else signing(instrument)
    else:
        born = ev.effective(instrument)
    folded = fold(ev, history)
    terms, waived, dropped = terms_of(entry.word, folded.terms), folded.waived, folded.dropped
    started, begun = _started(ev, terms, born, instrument, entry)
    end = trigger_of_one(terms.get("until"), partial(_ending, ev, begun, terms))
    own = started
    if behaviour(entry.word) is Behaviour.OPTION and "window" in terms and "when" in terms:
        end = earliest([end, trigger(together([terms["window"], terms["when"]]), partial(_closing, ev, begun))])
    conditions = TRUE if renews_under_conditions(entry.word, terms) else _conditions(ev, terms)
    holds = conditions
    if "each" in terms and behaviour(entry.word) is not Behaviour.TERM:
        instances = standing(ev, terms, started, started.zip(end.come.map(negate), both))
        started, holds = instances.started, conditions.zip(instances.live, both)
    return Episode(entry.word, born, adding, instrument, terms, started, holds, waived, end, dropped, own, conditions)


def renews_under_conditions(word: str, terms: Collection[str]) -> bool:
    """Whether the conditions of a clause say if it renews, instead of when it holds: those of a term that renews."""
    return behaviour(word) is Behaviour.TERM and "renews" in terms


def _started(
    ev: Answers, terms: dict[str, StepFunction[TermState]], born: Moment, instrument: Instrument, entry: Entry
) -> tuple[StepFunction[Truth], Moment]:
    """Whether the clause has started, and the moment at which it does."""
    exists = born.come
    begins = terms.get("from")
    started = exists
    if begins is not None:
        each = each_of(terms)
        started = truth_of(begins, lambda value: _begins(ev, value, exists, each))
        if instrument.amends:
            # An amendment changes nothing before its effective day, whatever start it states.
            started = started.zip(exists, both)
    if "when" in terms and not renews_under_conditions(entry.word, terms):
        triggered = truth_of(terms["when"], partial(_triggered, ev))
        started = started.zip(triggered, both)
    duties = ev.consequence_of(entry.name) if entry.is_clause else ()
    if duties:
        started = started.zip(_failed(ev, entry.name, duties, instrument), both)
    return started, first(started, born.cause)


def _failed(ev: Answers, label: str, duties: Sequence[str], instrument: Instrument) -> StepFunction[Truth]:
    """For each day, whether a duty that names the clause as its `otherwise` has failed, if one names it.

    A duty of the clause's own instrument is there whenever the clause is.
    """
    named, failed = FALSE, FALSE
    for duty in duties:
        default = ev.event(OnEvent("default", duty)).come
        for episode in ev.episodes(duty):
            if "otherwise" in episode.terms:
                says = truth_of(
                    episode.terms["otherwise"], lambda value: StepFunction.always(names_label(value, label))
                )
                if episode.instrument is not instrument:
                    says = says.zip(episode.born.come, both)
                named = named.zip(says, either)
                failed = failed.zip(latch(default.zip(says, both)), either)
    return failed.zip(named.map(negate), either)


def names_label(value: Value | None, label: str) -> Truth:
    """Whether a list names a clause."""
    return YES if isinstance(value, Names) and label in value.members else NO


def _begins(ev: Answers, value: Value | None, exists: StepFunction[Truth], each: OnEvent | None) -> StepFunction[Truth]:
    if not isinstance(value, Start) or (each is not None and mentions(value.time, each)):
        return exists
    if value.word == "after" and not isinstance(value.time, OnEvent):
        return ev.end_of(value.time).come
    return ev.start_of(value.time).come


def _triggered(ev: Answers, value: Value | None) -> StepFunction[Truth]:
    if value is None or not isinstance(value, Happened | Holds | InForce | Negation | AllOf | AnyOf):
        return TRUE
    return latch(ev.truth(value))


def _conditions(ev: Answers, terms: dict[str, StepFunction[TermState]]) -> StepFunction[Truth]:
    result = TRUE
    for name in ("while", "unless"):
        if name in terms:
            result = result.zip(truth_of(terms[name], partial(_held, ev, name)), both)
    return result


def _held(ev: Answers, name: str, value: Value | None) -> StepFunction[Truth]:
    if value is None or not isinstance(value, Happened | Holds | InForce | Negation | AllOf | AnyOf):
        return TRUE
    return ev.truth(value) if name == "while" else ev.truth(value).map(negate)


def _ending(ev: Answers, begun: Moment, terms: dict[str, StepFunction[TermState]], value: Value | None) -> Moment:
    """The end that a value of `until` states. In an `each` clause a duration, and a time that names the recurring
    event, belong to the instances."""
    if not isinstance(value, End):
        return NEVER_COMES
    each = each_of(terms)
    if each is not None and (isinstance(value.time, Duration) or mentions(value.time, each)):
        return NEVER_COMES
    return ev.end_moment(value, begun)


def _closing(ev: Answers, begun: Moment, value: Value | None, when: Value | None) -> Moment:
    """When the window of an option closes that `when` has opened: the day after its last."""
    if not isinstance(value, Duration) or when is None:
        return NEVER_COMES
    return next_day(ev.shifted(begun, value)).caused(f"the window of {show.show(value)}")
