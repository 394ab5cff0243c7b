"""What holds unless something happens: the evaluation in the one course of events that the calendar brings; and what
could change it.

In: a timeline. Out: the timeline of the course in which nothing more happens after the day of knowledge, and everybody
does what falls due on its due day (docs/language.md#the-presumptive-answer); what can end a whole deal before it ends
in that course, once for all its clauses; of a clause the names that are its own. Guaranteed: where an answer is
certain, it is the same in both; what only is not disclosed stays open.
"""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Generic, Protocol, TypeAlias, TypeVar

import attrs

from dealrun.budget import spend
from dealrun.model.behaviour import LIFELINES, Behaviour
from dealrun.model.contract import Deal
from dealrun.model.keys import Label
from dealrun.model.reading import shown
from dealrun.model.vocabulary import behaviour
from dealrun.state.amend.index import Index
from dealrun.state.answers import Life
from dealrun.state.day import EarlyEnd
from dealrun.state.deal_end import ends
from dealrun.state.duties import obligations
from dealrun.state.evaluator import Evaluator
from dealrun.state.falling_due import fixed_sum, owes_money
from dealrun.state.instances import over
from dealrun.state.knowledge import World, presumed
from dealrun.state.standing import status_of
from dealrun.state.views import ClauseState
from dealrun.time import ALWAYS, NEVER, Day, Moment, add, earliest, to_date
from dealrun.time.days import LAST
from dealrun.time.moment import first


class Evaluated(Protocol):
    """A timeline, as far as another course of events is made of it."""

    index: Index
    world: World
    evaluator: Evaluator

    def clause(self, key: Label, date: Day) -> ClauseState:
        """See `Timeline.clause`."""


E = TypeVar("E", bound=Evaluated)


class Presumption(Generic[E]):
    """The presumptive answer beside a certain one."""

    def __init__(
        self, certain: E, beside: E, make: Callable[[World, E], E], awaited: Collection[Label] | None = None
    ) -> None:
        """`make` evaluates the same contract in another world, beside a timeline that shares what it can; the first is
        `beside`. The performances of `awaited` clauses are planned: by default of all for which something waits."""
        self.certain = certain
        labels = [label for label in certain.index.awaited if awaited is None or label in awaited]
        self.timeline = certain if certain.world.performing is not None else _presume(certain, beside, make, labels)
        """The timeline of the presumptive course."""
        self._hazards: dict[str, list[tuple[Label, Moment]]] = {}

    def hazards(self, deal: str) -> list[tuple[Label, Moment]]:
        """The clauses that can end a deal earlier than it ends presumptively, each with the first day after it."""
        found = self._hazards.get(deal)
        if found is None:
            stands = self.timeline.evaluator.deal_end(deal)
            every = [(key, moment) for key, _, moment in ends(self.certain.evaluator.before_deal_end, deal, LIFELINES)]
            found = [(key, moment) for key, moment in every if moment.lo < stands.lo and moment.hi > moment.lo]
            self._hazards[deal] = found
        return found

    @cached_property
    def hazard_names(self) -> frozenset[str]:
        """Everything on which it hangs whether one of the deals ends early."""
        deals = (deal.name for deal in self.certain.index.model.deals)
        return frozenset().union(*(moment.hangs_on for deal in deals for _, moment in self.hazards(deal)))

    def early_ends(self, day: Day) -> tuple[EarlyEnd, ...]:
        """What can end each deal before its presumptive end, the earliest first; nothing of one that is over."""
        found: list[tuple[Day, EarlyEnd]] = []
        for deal in self.certain.index.model.deals:
            stands = self.timeline.evaluator.deal_end(deal.name)
            if stands.hi > day:
                found += [(moment.lo, self._told(deal, key, moment, stands.lo, day))
                          for key, moment in self.hazards(deal.name) if moment.hi > day]  # fmt: skip
        found.sort(key=lambda each: (each[0], each[1].label))
        return tuple(each for _, each in found)

    def _told(self, deal: Deal, key: Label, moment: Moment, stands: Day, day: Day) -> EarlyEnd:
        state = self.certain.clause(key, min(max(moment.lo, 1), NEVER - 1))
        named = next(iter(state.parties.values()), ())
        ground = shown(state.terms, "ground")
        automatic = ground is not None and ground.text == "automatic"
        by = () if automatic else named or (deal.parties if behaviour(state.kind) is Behaviour.TERM else ())
        words = [f"{name} {view.text}" for name in ("when", "while", "unless")
                 if (view := shown(state.terms, name)) is not None]  # fmt: skip
        notice = shown(state.terms, "notice")
        last = to_date(max(moment.lo - 1, day)) if ALWAYS < moment.lo < NEVER else None
        names = frozenset().union(*(truth.hangs_on for start, truth in moment.come if start < stands))
        return EarlyEnd(deal.name, key, tuple(by), "; ".join(words), notice.text if notice else "", last,
                        tuple(sorted(names)), behaviour(state.kind) is Behaviour.TERM)  # fmt: skip

    def could_change(self, key: Label, lives: Sequence[Life], day: Day, names: frozenset[str]) -> frozenset[str]:
        """Of the names that a clause's certain status hangs on, those that are its own and not its deal's."""
        of_deal = self.hazard_names if names else frozenset()
        if not of_deal:
            return names
        if len(lives) == 1:
            episode = lives[0].episode
            end = earliest([episode.end, episode.dropped])
            names = status_of(Life(episode, earliest([end, over(self.certain.evaluator, episode, end)])), day)[1]
        return (names - of_deal) | (names & self.certain.index.mentioned(key))


def _presume(certain: E, beside: E, make: Callable[[World, E], E], labels: Sequence[Label]) -> E:
    """The timeline of the presumptive course.

    What is done by its due day can set another due day, or start or end a clause: the performances that something waits
    for are planned in rounds. Where more and more come, all are taken; where one makes another one vanish, the earliest
    stand, so that nothing undoes what came before it.
    """
    first_round = make(presumed(certain.world), beside)
    awaited = [label for label in labels if certain.evaluator.episodes(label)]
    if not awaited:
        return first_round

    def with_plan(plan: _Plan) -> E:
        spend(100)
        by_label = {label: tuple(moment for each, moment in plan if each == label) for label in awaited}
        planned = {label: moments for label, moments in by_label.items() if moments}
        return make(attrs.evolve(first_round.world, planned=planned), first_round) if planned else first_round

    plan: _Plan = ()
    found = first_round
    coming = _coming(found, awaited)
    for _ in range(MOST_ROUNDS):
        new = tuple(each for each in coming if each not in plan)
        if not new:
            break
        tried = (*plan, *new)
        found = with_plan(tried)
        coming = _coming(found, awaited)
        if any(each not in coming for each in new):
            earliest_day = min(moment.lo for _, moment in new)
            tried = (*plan, *(each for each in new if each[1].lo == earliest_day))
            found = with_plan(tried)
            coming = _coming(found, awaited)
        plan = tried
    return found


_Plan: TypeAlias = tuple[tuple[Label, Moment], ...]
"""Performances, each with its clause."""

MOST_ROUNDS = 320
"""A duty that its own performance creates anew every month comes so often within the horizon."""

HORIZON = 25
"""Years in which performances are planned: after the day of knowledge, or after the clause starts, if that is later."""


def _coming(timeline: Evaluated, labels: Sequence[Label]) -> _Plan:
    """When what falls due under some clauses is done, as far as no performance is recorded."""
    return tuple((label, moment) for label in labels for moment in _planned(timeline, label))


def _planned(timeline: Evaluated, label: Label) -> tuple[Moment, ...]:
    ev = timeline.evaluator
    subject = f"performance of {label}"
    known = ALWAYS if timeline.world.known is None else timeline.world.known
    recorded = {each.moment.lo for each in ev.world.performances(label)}
    moments = []
    for life in ev.lives(label):
        last = min(add(max(known, first(life.episode.started).lo), HORIZON, "year"), LAST)
        if owes_money(life.episode) and not fixed_sum(life.episode):
            continue  # only a ledger can tell whether anything is due
        for each in obligations(ev, label, life.episode, life.end, last):
            paid = each.told.certain and each.told.lo not in recorded and not ev.kept(label).at(each.told.lo).level
            if (each.told.hi >= NEVER or paid) and each.performed.lo <= last:
                moments.append(each.performed)
    return tuple(moment.caused(subject) for moment in moments if moment.lo < NEVER)
