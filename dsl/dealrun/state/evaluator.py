"""The evaluation: contract x instruments x facts x bindings, entry by entry, each when first asked for.

In: an index of the model and a world. Out: for every entry its `Life`, for every event its moment. Guaranteed: every
answer follows from the spec's intervals and three values alone, so that it does not depend on the order of questions;
every evaluation ends, because references run in no circle and their chains are bounded (checked before).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property, partial

import attrs

from dealrun.budget import spend
from dealrun.errors import LimitError
from dealrun.model import show
from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import Instrument, Operation
from dealrun.model.values import (
    AllOf,
    Amount,
    AnyOf,
    Condition,
    Due,
    Duration,
    End,
    Happened,
    Holds,
    InForce,
    Limb,
    Negation,
    Offset,
    OnDate,
    OnEvent,
    OnUnknown,
    Schedule,
    Start,
    Time,
    Value,
)
from dealrun.model.vocabulary import behaviour, falls_due_by_period
from dealrun.state.amend import effect
from dealrun.state.amend.incarnation import FALSE, TRUE, Own, incarnate
from dealrun.state.amend.index import Index
from dealrun.state.amend.terms import Applied, TermState
from dealrun.state.deal_end import deal_end, ends_with_deal
from dealrun.state.duties import due_once, events, has_obligations
from dealrun.state.knowledge import World
from dealrun.state.pieces import fires_alone, truth_from
from dealrun.state.references import Reference, before, node_kind
from dealrun.time import (
    ALWAYS,
    NEVER,
    Day,
    Moment,
    Steps,
    Truth,
    add,
    both,
    earliest,
    latest,
    maybe,
    negate,
)
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES, first

BREACHES = frozenset({"breach", "default", "cure"})
"""Events of a label that follow from what falls due, and from what is recorded."""


@attrs.frozen
class Life:
    """A clause over time, the deal's end included."""

    own: Own
    end: Moment


class Evaluator:
    """Memoises every answer; the memo only ever gains equal values, so that threads can share it."""

    def __init__(
        self,
        index: Index,
        world: World,
        base: "Evaluator | None" = None,
        affected: frozenset[str] = frozenset(),
        through: int | None = None,
    ) -> None:
        self.index = index
        self.world = world
        self.base = base
        """An evaluation under other suppositions, from which everything that is not `affected` is taken."""
        self.affected = affected
        self.through = through
        """How many of the instruments count, in their order; None for all."""
        self._owns: dict[str, tuple[Own, ...]] = {}
        self._lives: dict[str, tuple[Life, ...]] = {}
        self._effective: dict[str, Moment] = {}
        self._lapses: dict[str, Moment] = {}
        self._events: dict[str, Moment] = {}
        self._recurring: dict[str, tuple[Moment, ...]] = {}
        self._ends: dict[str, Moment] = {}
        self._bounds: dict[str, Moment] = {}
        self._prepared: set[Reference] = set()

    @cached_property
    def early(self) -> "Evaluator":
        """The same evaluation as the end of the deal sees it, for what decides that end.

        A breach can end the deal, and with the deal the duty ends; so that the two run in no circle, what ends the deal
        looks at a breach without asking whether the deal still was there. That changes no end: what would be a breach
        only because the deal's end is left aside comes after it.
        """
        return _Early(self)

    # --- order ---

    def _prepare(self, kind: str, key: str) -> None:
        """Evaluate what a node hangs on, nearest to the ground first, so that chains need no recursion."""
        node = Reference(kind, key)
        if node not in self.index.edges or node in self._prepared or (self.base and key not in self.affected):
            return
        self._prepared.add(node)
        for needed in before(self.index.edges, node, self._prepared.__contains__):
            self._prepared.add(needed)
            match needed.kind:
                case "own":
                    self.owns(needed.key)
                case "due":
                    self.event(OnEvent("due", needed.key))
                case "life":
                    self.lives(needed.key)
                case "deal":
                    self.deal_end(needed.key)
                case "event":
                    self.event(OnEvent(needed.key.partition(" ")[2]))
                case _:
                    self.bounds_of(needed.key.partition(" ")[2])

    # --- times ------------------------------------------------------------------------------------------------------

    def start_of(self, time: Time) -> Moment:
        """The first day of a time: after `from`, `effective`."""
        return self._moment(time, lambda date: date.first, 0)

    def end_of(self, time: Time) -> Moment:
        """The first day after a time: a date is included, an event's day is not."""
        return self._moment(time, lambda date: date.last + 1, 1)

    def last_of(self, time: Time) -> Moment:
        """The last day of a time: after `by`, `within`."""
        return self._moment(time, lambda date: date.last, 0)

    def _moment(self, time: Time, of_date: Callable[[OnDate], Day], included: int) -> Moment:
        match time:
            case OnDate():
                return Moment.on(of_date(time), time.text)
            case OnEvent():
                return self.event(time)
            case OnUnknown(name):
                return self._unknown_date(name).shift(lambda day: add(day, included, "day"))
            case Offset(length, before, base):
                anchor = self.start_of(base) if before else self.last_of(base)
                times = -1 if before else 1
                moved = anchor.shift(lambda day: add(length.after(day, times), included, "day"))
                return moved.caused(show.time(time))
            case Limb(sooner, parts):
                limbs = [self._moment(part, of_date, included) for part in parts]
                return earliest(limbs) if sooner else latest(limbs)

    def _unknown_date(self, name: str) -> Moment:
        value = self.world.values.get(name)
        if isinstance(value, Start) and isinstance(value.time, OnDate):
            return Moment.between(value.time.first, value.time.last, name)
        return self.bounds_of(name)

    def bounds_of(self, name: str) -> Moment:
        """The interval in which an unknown date was declared to lie."""
        found = self._bounds.get(name)
        if found is None:
            self._prepare("bounds", f"unknown {name}")
            found = self._find_bounds(name)
            self._bounds[name] = found
        return found

    def _find_bounds(self, name: str) -> Moment:
        lo, hi = ALWAYS, NEVER
        entry = self.index.first_entry(f"unknown {name}")
        for term in entry.terms.values() if entry else ():
            bound = term.value.limbs[0][0]
            if isinstance(bound, Start):
                lo = self.start_of(bound.time).lo
            elif isinstance(bound, End) and bound.time is not None and not isinstance(bound.time, Duration):
                hi = (self.end_of if bound.word == "until" else self.start_of)(bound.time).hi - 1
        return Moment.between(lo, max(lo, hi), name)

    def event(self, event: OnEvent) -> Moment:
        """The day of an event that happens once, or of one that a label supplies."""
        key = show.time(event)
        found = self._events.get(key)
        if found is None:
            if event.of_label is None:
                self._prepare("event", f"event {key}")
            else:
                kind = "life" if event.event in BREACHES else {"end": "life", "due": "due"}.get(event.event, "own")
                self._prepare(kind, event.of_label)
            found = self._event(event, key)
            self._events[key] = found
        return found

    def _event(self, event: OnEvent, key: str) -> Moment:
        label = event.of_label
        if label is None:
            return self._declared_event(key)
        if event.event == "start":
            starts = [first(own.started, (key,)) for own in self.owns(label)]
            return earliest(starts) if starts else NEVER_COMES
        if event.event == "end":
            lives = self.lives(label)
            ended = FALSE
            for life in lives:
                ended = truth_from(ended, life.end.come, life.own.born) if len(lives) > 1 else life.end.come
            return first(ended, (key,))
        if event.event == "due":
            return self.due(label).caused(key)
        return self.event_of_label(event.event, label)

    def event_of_label(self, word: str, label: str) -> Moment:
        """The first performance, breach, notice or exercise of a clause; open while there is none."""
        key = f"{word} of {label}"
        if word in BREACHES and self._computes(word, label):
            moments = events(self, word, label, self._ends_for_breaches(label))
            return earliest(moments).caused(key) if moments else NEVER_COMES
        found = self.world.occurrences(key)
        return found[0] if found else self.world.happened(key)

    def occurrences_of_label(self, event: OnEvent) -> tuple[Moment, ...]:
        """The known performances, breaches, notices or exercises of a clause."""
        label = event.of_label or ""
        if event.event in BREACHES and self._computes(event.event, label):
            known = self._recurring.get(show.time(event))
            if known is None:
                found = events(self, event.event, label, self._ends_for_breaches(label))
                known = tuple(moment for moment in found if moment.hi < NEVER)
                self._recurring[show.time(event)] = known
            return known
        return self.world.occurrences(show.time(event))

    def _computes(self, word: str, label: str) -> bool:
        """Whether a breach follows from what falls due, or a default or a cure from the breach."""
        return word != "breach" or any(has_obligations(own) for own in self.owns(label))

    def _ends_for_breaches(self, label: str) -> tuple[Moment, ...]:
        """The ends that decide whether something still fell due; of no matter where nothing ever does."""
        if any(has_obligations(own) for own in self.owns(label)):
            return self.ends_of(label)
        return (NEVER_COMES,) * len(self.owns(label))

    def ends_of(self, label: str) -> tuple[Moment, ...]:
        """The end of each incarnation of a clause."""
        return tuple(life.end for life in self.lives(label))

    def _declared_event(self, key: str) -> Moment:
        """An event by its definition (`A or B`), as it stands from time to time; otherwise as recorded."""
        terms = self.declaration_terms(f"event {key}")
        if "recurring" in terms or "every" in terms:
            found = self.occurrences(key)
            return found[0] if found else self.world.happened(key)
        steps = terms.get("=")
        if steps is None or self.world.recorded(key) is not None:
            return self.world.happened(key)
        return fires_alone(steps, partial(self._defined, key))

    def _defined(self, key: str, value: Value | None) -> Moment:
        match value:
            case Happened(event):
                # What is defined by a breach can decide the deal's end, so it is seen as that sees it.
                return (self.early if event.event in BREACHES else self).event(event)
            case AnyOf(parts):
                return earliest([self._defined(key, part) for part in parts])
            case AllOf(parts):
                return latest([self._defined(key, part) for part in parts])
            case _:
                return self.world.happened(key)

    def occurrences(self, key: str) -> tuple[Moment, ...]:
        """The known days of a recurring event: recorded, or computed from its period."""
        terms = self.declaration_terms(f"event {key}")
        every = terms["every"].values[-1].value if "every" in terms else None
        if not isinstance(every, Duration):
            return self.world.occurrences(key)
        known = self._recurring.get(key)
        if known is None:
            known = tuple(self._computed(key, terms, every))
            self._recurring[key] = known
        return known

    def _computed(self, key: str, terms: dict[str, Steps[TermState]], every: Duration) -> Iterator[Moment]:
        """The days of an event that comes by a period."""
        start = terms["from"].values[-1].value if "from" in terms else None
        end = terms["until"].values[-1].value if "until" in terms else None
        anchor = self.start_of(start.time) if isinstance(start, Start) else ALWAYS_WAS
        last = self.end_moment(end, anchor) if isinstance(end, End) else NEVER_COMES
        for count in range(self.index.max_instances):
            day = anchor.shift(lambda day, n=count: every.after(day, n))  # type: ignore[misc]
            spend()
            if day.lo >= last.hi or day.lo >= NEVER or day.lo <= ALWAYS:
                break
            yield day.caused(key)

    # --- conditions -------------------------------------------------------------------------------------------------

    def truth(self, condition: Condition) -> Steps[Truth]:
        """Whether a condition holds, for every day."""
        match condition:
            case Happened(event):
                return self.event(event).come
            case Holds(name, "unknown"):
                value = self.world.values.get(name)
                if isinstance(value, bool):
                    return TRUE if value else FALSE
                if name in self.world.facts:
                    return self.world.holds(name)
                return Steps.always(maybe({name}))
            case Holds(name, "quoted"):
                return self.world.holds(f'"{name}"')
            case Holds(name, _):
                return self.world.holds(name)
            case InForce(label):
                return self.in_force(label)
            case Negation(part):
                return self.truth(part).map(negate)
            case AllOf(parts):
                result = self.truth(parts[0])
                for part in parts[1:]:
                    result = result.zip(self.truth(part), both)
                return result
            case AnyOf(parts):
                return self.truth(Negation(AllOf(tuple(Negation(part) for part in parts))))

    def in_force(self, label: str) -> Steps[Truth]:
        """Whether a clause is in force, for every day."""
        result = FALSE
        for life in self.lives(label):
            own = life.own
            here = own.started.zip(life.end.come.map(negate), both)
            here = here.zip(own.waived.map(negate), both).zip(own.holds, both)
            result = truth_from(result, here, own.born)
        return result

    # --- instruments ------------------------------------------------------------------------------------------------

    def effective(self, instrument: Instrument) -> Moment:
        """The day from which an instrument has effect: stated, or its signing day, or always."""
        found = self._effective.get(instrument.name)
        if found is None:
            found = effect.effective(self, instrument)
            self._effective[instrument.name] = found
        return found

    def lapse(self, instrument: Instrument) -> Moment:
        """The day from which what an instrument does holds no more; it never comes for most."""
        if instrument.until is None and not self.index.header_changes(instrument):
            return NEVER_COMES
        found = self._lapses.get(instrument.name)
        if found is None:
            found = effect.lapse(self, instrument)
            self._lapses[instrument.name] = found
        return found

    def declaration_terms(self, key: str) -> dict[str, Steps[TermState]]:
        """The terms of a declaration over time; empty where a sketch never declared it."""
        owns = self.owns(key)
        return owns[-1].terms if owns else {}

    # --- clauses ----------------------------------------------------------------------------------------------------

    def owns(self, key: str) -> tuple[Own, ...]:
        """The incarnations of an entry, in the order of the instruments that added them."""
        found = self._owns.get(key)
        if found is None and self.base is not None and key not in self.affected:
            return self.base.owns(key)
        if found is None:
            self._prepare(node_kind(key), key)
            found = tuple(self.own(part) for part in self._incarnations(key))
            self._owns[key] = found
        return found

    def _incarnations(self, key: str) -> list[list[Applied]]:
        if self._count is None:
            return self.index.incarnations(key, self.visible)
        return self.index.first_incarnations(key, self._count)

    @cached_property
    def _count(self) -> int | None:
        """How many of the first instruments are visible; None where others are too."""
        days = self.index.signing_days
        if days is None:
            return None
        known = ALWAYS if self.world.known is None else self.world.known
        signed = bisect_right(days, known)
        return signed if self.through is None else min(signed, self.through)

    def visible(self, instrument: Instrument) -> bool:
        """Whether an instrument counts, and was signed by the day of knowledge, as far as is known."""
        if self.through is not None and self.index.place[instrument.name] >= self.through:
            return False
        return instrument.signed is None or (self.world.known is not None and instrument.signed[0] <= self.world.known)

    def own(self, history: list[tuple[Instrument, Operation]]) -> Own:
        """One incarnation, from the operation that adds it through the last of its history."""
        key = history[0][1].key
        try:
            return incarnate(self.early if key in self.index.upstream else self, history)
        except LimitError as error:
            raise error.of(key, self.index.span_of(key)) from None

    def limb_end(self, schedule: Schedule, index: int) -> Moment:
        """The moment at which a limb of a schedule gives way to the next."""
        end = schedule.limbs[index][1]
        assert end is not None
        return self.end_moment(end, ALWAYS_WAS)

    def end_moment(self, end: End, begun: Moment) -> Moment:
        """The first day after an end as written; a duration is counted from `begun`."""
        if end.time is None:
            return NEVER_COMES
        if isinstance(end.time, Duration):
            length = end.time
            moved = begun.shift(length.after)
            return moved.caused(show.end(end))
        return self.start_of(end.time) if end.word == "before" else self.end_of(end.time)

    def deal_end(self, deal: str) -> Moment:
        """The first day after the deal: its term has run, or it is terminated."""
        found = self._ends.get(deal)
        if found is None:
            self._prepare("deal", deal)
            found = deal_end(self.early, deal)
            self._ends[deal] = found
        return found

    def lives(self, key: str) -> tuple[Life, ...]:
        """The incarnations of a clause with the day on which each ends."""
        found = self._lives.get(key)
        if found is None and self.base is not None and key not in self.affected:
            return self.base.lives(key)
        if found is None:
            try:
                self._prepare("life", key)
                found = tuple(self._life(key, own) for own in self.owns(key))
            except LimitError as error:
                raise error.of(key, self.index.span_of(key)) from None
            self._lives[key] = found
        return found

    def _life(self, key: str, own: Own) -> Life:
        deal = own.adding.entry.deal
        does = behaviour(own.word)
        if does is Behaviour.TERM:  # what it says `until` is the deal's first end, at which it may renew
            return Life(own, earliest([self.deal_end(deal), own.dropped]))
        if does is Behaviour.TERMINATION:
            return Life(own, earliest([self.deal_end(deal), own.dropped, own.end]))
        if does is Behaviour.SURVIVAL:
            return Life(own, own.dropped)
        return Life(own, earliest([own.end, own.dropped, ends_with_deal(self.early, deal, key, own)]))

    def due(self, key: str) -> Moment:
        """The day on which a clause's act or payment is due, once."""
        owns = self.owns(key)
        if not owns:
            return NEVER_COMES
        own = owns[-1]
        due = _last_value(own, "due")
        if isinstance(due, Due) and isinstance(due.time, Duration) and by_period(own):
            return NEVER_COMES  # a delay that counts from each period's end gives no one day
        return due_once(self, own)

    def due_moment(self, due: Due, begun: Moment) -> Moment:
        """The last day for what a clause requires."""
        if isinstance(due.time, Duration):
            length = due.time
            moved = begun.shift(length.after)
            return moved.caused(show.show(due))
        return self.last_of(due.time)


class _Early(Evaluator):
    """An evaluation in which a breach does not ask whether the deal still is there; it shares everything else."""

    def __init__(self, whole: Evaluator) -> None:
        super().__init__(whole.index, whole.world)
        self._whole = whole

    @property
    def early(self) -> Evaluator:
        return self

    def owns(self, key: str) -> tuple[Own, ...]:
        return self._whole.owns(key)

    def lives(self, key: str) -> tuple[Life, ...]:
        return self._whole.lives(key)

    def deal_end(self, deal: str) -> Moment:
        return self._whole.deal_end(deal)

    def effective(self, instrument: Instrument) -> Moment:
        return self._whole.effective(instrument)

    def lapse(self, instrument: Instrument) -> Moment:
        return self._whole.lapse(instrument)

    def bounds_of(self, name: str) -> Moment:
        return self._whole.bounds_of(name)

    def event(self, event: OnEvent) -> Moment:
        if event.of_label is None or event.event not in BREACHES:
            return self._whole.event(event)
        return super().event(event)

    def ends_of(self, label: str) -> tuple[Moment, ...]:
        return tuple(earliest([own.end, own.dropped]) for own in self.owns(label))

    def _prepare(self, kind: str, key: str) -> None:
        """The whole evaluation has prepared what the deal's end needs."""


def by_period(own: Own) -> bool:
    """Whether a delay in a clause counts from the end of each payment period."""
    amount = _last_value(own, "amount")
    per_window = isinstance(amount, Amount) and amount.per is not None
    return falls_due_by_period(own.word, own.terms, per_window=per_window)


def _last_value(own: Own, name: str) -> Value | None:
    steps = own.terms.get(name)
    return steps.values[-1].value if steps else None
