"""Events and conditions: when each happens, and whether each holds.

In: the world, and the entries as they stand over time. Out: a moment for each event, a truth over time for each
condition. Guaranteed: what is not recorded, and does not follow from anything, is open after the day of knowledge.
"""

from abc import abstractmethod
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from dealrun.budget import spend
from dealrun.model import show
from dealrun.model.contract import Instrument
from dealrun.model.keys import DeclarationKey, EntryKey
from dealrun.model.values import (
    AllOf,
    AnyOf,
    Condition,
    Duration,
    End,
    Happened,
    Holds,
    InForce,
    Negation,
    OnEvent,
    Start,
    Value,
)
from dealrun.state.amend.terms import Applied, TermState
from dealrun.state.answers import FALSE, TRUE, Episode, Life
from dealrun.state.duties import events, has_obligations
from dealrun.state.pieces import trigger_of_one, truth_from
from dealrun.state.times import Times
from dealrun.time import ALWAYS, NEVER, Moment, StepFunction, Truth, both, earliest, latest, maybe, negate
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES, first, made

BREACHES = frozenset({"breach", "default", "cure"})
"""Events of a label that follow from what falls due, and from what is recorded."""


class Events(Times):
    """An evaluation's events and conditions."""

    EVENT: ClassVar[str] = "event"
    HAPPENINGS: ClassVar[str] = "happenings"
    """The kinds of questions about an event, and about all the times that it happens."""

    @abstractmethod
    def effective(self, instrument: Instrument) -> Moment:
        """The day from which an instrument has effect."""

    @abstractmethod
    def lapse(self, instrument: Instrument) -> Moment:
        """The day from which what an instrument does holds no more."""

    @abstractmethod
    def deal_end(self, deal: str) -> Moment:
        """The first day after the deal."""

    @abstractmethod
    def episode(self, history: list[Applied]) -> Episode:
        """One episode, from the operation that adds it through the last of its history."""

    @abstractmethod
    def episodes(self, key: EntryKey) -> tuple[Episode, ...]:
        """The episodes of an entry."""

    @abstractmethod
    def lives(self, label: str) -> tuple[Life, ...]:
        """The episodes of a clause with the day on which each ends."""

    @abstractmethod
    def due(self, label: str) -> Moment:
        """The day on which a clause's act or payment is due, once."""

    @abstractmethod
    def in_force(self, label: str) -> StepFunction[Truth]:
        """Whether a clause is in force, for every day."""

    @property
    @abstractmethod
    def before_deal_end(self) -> "Events":
        """The same evaluation as the end of the deal sees it."""

    def event(self, event: OnEvent) -> Moment:
        """The day of an event that happens once, or of one that a label supplies."""
        node = (self.EVENT, event)
        if self.seen(node) is None:
            self._prepare_event(event)
        return self.remembered(node, lambda: self._event(event, show.time(event)))

    def _prepare_event(self, event: OnEvent) -> None:
        if event.of_label is None:
            self.prepare("event", DeclarationKey("event", event.event))
        else:
            kind = "life" if event.event in BREACHES else {"end": "life", "due": "due"}.get(event.event, "own")
            self.prepare(kind, event.of_label)

    def _event(self, event: OnEvent, key: str) -> Moment:
        label = event.of_label
        if label is None:
            return self._declared_event(key)
        if event.event == "start":
            starts = [first(episode.started, (key,)) for episode in self.episodes(label)]
            return earliest(starts) if starts else NEVER_COMES
        if event.event == "end":
            lives = self.lives(label)
            ended = FALSE
            for life in lives:
                ended = truth_from(ended, life.end.come, life.episode.born) if len(lives) > 1 else life.end.come
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
            return self.remembered((self.HAPPENINGS, event), lambda: self._happenings(event.event, label))
        return self.world.occurrences(show.time(event))

    def _happenings(self, word: str, label: str) -> tuple[Moment, ...]:
        found = events(self, word, label, self._ends_for_breaches(label))
        return tuple(moment for moment in found if moment.hi < NEVER)

    def _computes(self, word: str, label: str) -> bool:
        """Whether a breach follows from what falls due, or a default or a cure from the breach."""
        return word != "breach" or any(has_obligations(episode) for episode in self.episodes(label))

    def _ends_for_breaches(self, label: str) -> tuple[Moment, ...]:
        """The ends that decide whether something still fell due; of no matter where nothing ever does."""
        if any(has_obligations(episode) for episode in self.episodes(label)):
            return self.ends_of(label)
        return (NEVER_COMES,) * len(self.episodes(label))

    def ends_of(self, label: str) -> tuple[Moment, ...]:
        """The end of each episode of a clause."""
        return tuple(life.end for life in self.lives(label))

    def _declared_event(self, name: str) -> Moment:
        """An event by its definition (`A or B`), as it stands from time to time; otherwise as recorded."""
        terms = self.declaration_terms(DeclarationKey("event", name))
        if "recurring" in terms or "every" in terms:
            found = self.occurrences(name)
            return found[0] if found else self.world.happened(name)
        steps = terms.get("=")
        if steps is None and terms.keys() & {"from", "until"} and not self.world.is_recorded(name):
            return self._within_bounds(self.world.happened(name), terms)
        if steps is None or self.world.is_recorded(name):
            return self.world.happened(name)
        return trigger_of_one(steps, partial(self._defined, name))

    def _within_bounds(self, found: Moment, terms: dict[str, StepFunction[TermState]]) -> Moment:
        """An event that is open, between the days between which it was declared to happen."""
        start = terms["from"].values[-1].value if "from" in terms else None
        end = terms["until"].values[-1].value if "until" in terms else None
        begins = self.start_of(start.time) if isinstance(start, Start) else ALWAYS_WAS
        if isinstance(start, Start):
            found = made(found.come.zip(begins.come, both), found.cause)
        if isinstance(end, End) and found.lo >= self.end_moment(end, begins).hi:
            return NEVER_COMES
        return found

    def _defined(self, name: str, value: Value | None) -> Moment:
        match value:
            case Happened(event):
                # What is defined by a breach can decide the deal's end, so it is seen as that sees it.
                return (self.before_deal_end if event.event in BREACHES else self).event(event)
            case AnyOf(parts):
                return earliest([self._defined(name, part) for part in parts])
            case AllOf(parts):
                return latest([self._defined(name, part) for part in parts])
            case _:
                return self.world.happened(name)

    def occurrences(self, name: str) -> tuple[Moment, ...]:
        """The known days of a recurring event: recorded, or computed from its period."""
        terms = self.declaration_terms(DeclarationKey("event", name))
        every = terms["every"].values[-1].value if "every" in terms else None
        if not isinstance(every, Duration):
            return self.world.occurrences(name)
        return self.remembered(("recurring", name), lambda: tuple(self._computed(name, terms, every)))

    def _computed(self, name: str, terms: dict[str, StepFunction[TermState]], every: Duration) -> Iterator[Moment]:
        """The days of an event that comes by a period."""
        start = terms["from"].values[-1].value if "from" in terms else None
        end = terms["until"].values[-1].value if "until" in terms else None
        anchor = self.start_of(start.time) if isinstance(start, Start) else ALWAYS_WAS
        last = self.end_moment(end, anchor) if isinstance(end, End) else NEVER_COMES
        for count in range(self.most_instances):
            day = anchor.shift(lambda day, n=count: every.after(day, n))  # type: ignore[misc]
            spend()
            if day.lo >= last.hi or day.lo >= NEVER or day.lo <= ALWAYS:
                break
            yield day.caused(name)

    # --- conditions -------------------------------------------------------------------------------------------------

    def truth(self, condition: Condition) -> StepFunction[Truth]:
        """Whether a condition holds, for every day."""
        match condition:
            case Happened(event):
                return self.event(event).come
            case Holds(name, "unknown"):
                value = self.world.value(name)
                if isinstance(value, bool):
                    return TRUE if value else FALSE
                if self.world.has(name):
                    return self.world.holds(name)
                return StepFunction.always(maybe({name}))
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
