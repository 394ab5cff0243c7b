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
from dealrun.model.vocabulary import RECORDED
from dealrun.state.amend.terms import Applied, TermState
from dealrun.state.answers import FALSE, TRUE, Episode, Life, Uses
from dealrun.state.duties import can_fail, events
from dealrun.state.instances import boundaries
from dealrun.state.pieces import trigger_of_one, truth_from
from dealrun.state.relative import each_of
from dealrun.state.times import Times
from dealrun.state.uses import USES
from dealrun.time import ALWAYS, NEVER, Moment, StepFunction, Truth, both, earliest, either, latest, maybe, negate
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES, first, made

REPEATED = frozenset(RECORDED)
BREACHES = frozenset({"breach", "default", "cure"})
"""Events of a label that follow from what falls due, and from what is recorded."""
UNSEEN = frozenset({"performance", "cure"})
"""Events of a label that are known only where books are kept."""
SEEN_EARLY = BREACHES | {*USES}
"""Events of a label that can decide the deal's end, and that end with it."""


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

    @abstractmethod
    def uses(self, label: str) -> Uses:
        """The notices and exercises of a right that count."""

    @abstractmethod
    def kept(self, label: str) -> StepFunction[Truth]:
        """Whether books are kept of a clause, for every day."""

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
            kind = "life" if event.event in SEEN_EARLY else {"end": "life", "due": "due"}.get(event.event, "own")
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
        if self._is_use(word, label):
            uses = self.uses(label).all_of(word)
            return earliest(uses).caused(key) if uses else NEVER_COMES
        found = self.world.occurrences(key)
        if found and (word not in UNSEEN or not self.index.is_repeated(label)):  # else another may have gone unrecorded
            return found[0]
        if word not in UNSEEN:
            return self.world.happened(key)
        possible = self.unseen(word, label)
        coming = [NEVER_COMES if possible is None else first(possible, (key,))]
        return earliest([*found[:1], *coming])

    def unseen(self, word: str, label: str) -> StepFunction[Truth] | None:
        """On which days a performance or a cure may have happened that nobody recorded: after the day of knowledge, and
        from the signing on where no books are kept. None for no day, because what happens is supposed."""
        subject = f"{word} of {label}"
        more = self.world.more(subject)
        if self.world.performs_from() is not None or self.world.boxed(subject):
            return None if more is None else more.come
        kept = self.kept(label)
        if all(truth.level == 2 for truth in kept.values):
            return None if more is None else more.come
        signed = Moment.on(self.index.signed_from(label)).come
        possible = kept.map(negate).zip(signed, both).map(partial(both, maybe({subject})))
        return possible if more is None else possible.zip(more.come, either)

    def occurrences_of_label(self, event: OnEvent) -> tuple[Moment, ...]:
        """The known performances, breaches, notices or exercises of a clause."""
        label = event.of_label or ""
        if event.event in BREACHES and self._computes(event.event, label):
            return self.remembered((self.HAPPENINGS, event), lambda: self._happenings(event.event, label))
        if self._is_use(event.event, label):
            return self.uses(label).of(event.event)
        if event.event in {"start", "end"}:
            return self.remembered((self.HAPPENINGS, event), lambda: self._boundaries(event.event, label))
        return self.world.occurrences(show.time(event))

    def _boundaries(self, word: str, label: str) -> tuple[Moment, ...]:
        """The start or the end of each instance of a clause with `each`; of another clause, its own."""
        lives = self.lives(label)
        if not any("each" in life.episode.terms for life in lives):
            moment = self.event(OnEvent(word, label))
            return (moment,) if moment.hi < NEVER else ()
        return tuple(moment for life in lives for moment in boundaries(self, life, word))

    def more_of(self, event: OnEvent) -> Moment | None:
        """When an event of a label happens again, beside the times that are known; None where it cannot."""
        label = event.of_label or ""
        key = show.time(event)
        if event.event in {"start", "end"}:
            known = {moment.lo for moment in self.occurrences_of_label(event)}
            each = [each_of(episode.terms) for episode in self.episodes(label)]
            more = [more for one in each if one is not None and (more := self.more_of(one)) is not None]
            if more:
                return earliest(more)
            own = self.event(event)
            return own if own.lo < NEVER and own.lo not in known and not own.certain else None
        if event.of_label is None:
            return self.world.more(event.event)
        if self._is_use(event.event, label):
            more = [*self.uses(label).all_of(event.event)[len(self.uses(label).of(event.event)) :]]
            return more[0] if more else None
        if event.event in BREACHES and self._computes(event.event, label):
            open_ = self.event(event)
            return open_ if not open_.certain and open_.lo < NEVER else None
        if event.event in UNSEEN:
            possible = self.unseen(event.event, label)
            return None if possible is None else first(possible, (key,))
        return self.world.more(key)

    def _is_use(self, word: str, label: str) -> bool:
        """Whether an event of a label is the use of a right."""
        return word in USES and self.index.is_right(label)

    def times_of(self, event: OnEvent) -> tuple[Moment, ...]:
        """All the times that an event is known to happen, and one that may still come."""
        label = event.of_label
        if label is None:
            terms = self.declaration_terms(DeclarationKey("event", event.event))
            if "every" in terms:
                return self.occurrences(event.event)
            if "recurring" not in terms:
                return (self.event(event),)
            return (*self.occurrences(event.event), *self._more(event.event))
        if self._is_use(event.event, label):
            return self.uses(label).all_of(event.event)
        if event.event not in REPEATED or (event.event in BREACHES and self._computes(event.event, label)):
            return (self.event(event),)
        more = self.more_of(event)
        return (*self.occurrences_of_label(event), *([] if more is None else [more]))

    def _more(self, subject: str) -> tuple[Moment, ...]:
        more = self.world.more(subject)
        return () if more is None else (more,)

    def _happenings(self, word: str, label: str) -> tuple[Moment, ...]:
        found = events(self, word, label, self._ends_for_breaches(label))
        return tuple(moment for moment in found if moment.hi < NEVER)

    def _computes(self, word: str, label: str) -> bool:
        """Whether a breach follows from what falls due, or a default or a cure from the breach."""
        return word != "breach" or any(can_fail(episode) for episode in self.episodes(label))

    def _ends_for_breaches(self, label: str) -> tuple[Moment, ...]:
        """The ends that decide whether something still fell due; of no matter where nothing ever does."""
        if any(can_fail(episode) for episode in self.episodes(label)):
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
                # What is defined by a breach or a use can decide the deal's end, so it is seen as that sees it.
                return (self.before_deal_end if event.event in SEEN_EARLY else self).event(event)
            case AnyOf(parts):
                return earliest([self._defined(name, part) for part in parts])
            case AllOf(parts):
                return latest([self._defined(name, part) for part in parts])
            case _:
                return self.world.happened(name)

    def occurrences(self, name: str) -> tuple[Moment, ...]:
        """The known days of a recurring event: recorded, or computed from its period."""
        return self.remembered(("recurring", name), lambda: self._occurrences(name))

    def _occurrences(self, name: str) -> tuple[Moment, ...]:
        terms = self.declaration_terms(DeclarationKey("event", name))
        every = terms["every"].values[-1].value if "every" in terms else None
        if not isinstance(every, Duration):
            return self.world.occurrences(name)
        return tuple(self._computed(name, terms, every))

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
