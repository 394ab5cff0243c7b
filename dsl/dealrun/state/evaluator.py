"""The evaluation: contract x instruments x facts x bindings, entry by entry, each when first asked for.

In: an index of the model and a world. Out: for every entry its `Life`, for every event its moment. Guaranteed: every
answer follows from the spec's intervals and three values alone, so that it does not depend on the order of questions;
every evaluation ends, because references run in no circle and their chains are bounded (checked before).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, cast

from dealrun.errors import LimitError
from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import Instrument
from dealrun.model.keys import DeclarationKey, EntryKey, name_of
from dealrun.model.values import Amount, Due, Duration, End, OnEvent, Start, Value
from dealrun.model.vocabulary import behaviour
from dealrun.state.amend import effect
from dealrun.state.amend.episode import make_episode
from dealrun.state.amend.index import Index
from dealrun.state.amend.terms import Applied, TermState
from dealrun.state.amounts import Range
from dealrun.state.answers import FALSE, Episode, Knowledge, Life, Uses
from dealrun.state.books import kept
from dealrun.state.deal_end import deal_end, ends_with_deal
from dealrun.state.events import SEEN_EARLY, Events
from dealrun.state.falling_due import by_period, due_once, last_value
from dealrun.state.instances import Instances, occurrences_of, over
from dealrun.state.noted import ask
from dealrun.state.pieces import truth_from
from dealrun.state.records import AnswerKey, KeptAnswer, note
from dealrun.state.references import Reference, node_kind
from dealrun.state.relative import each_of
from dealrun.state.uses import find_uses
from dealrun.time import Moment, StepFunction, Truth, both, earliest, negate
from dealrun.time.moment import NEVER_COMES, first


def _asking(kind: str) -> Callable[[Any, Any], object]:
    """How a question to the world is asked again, without a note."""
    return lambda ev, key: ask(ev.plain, (kind, key))


class Evaluator(Events):
    """One evaluation of a contract, for one world and so many of its instruments."""

    ASK: ClassVar[Mapping[str, Callable[[Any, Any], object]]] = {
        "bounds": lambda ev, key: ev.bounds_of(key),
        "range": lambda ev, key: ev.range_of(key),
        "effective": lambda ev, key: ev.effective(ev.instrument(key)),
        "lapse": lambda ev, key: ev.lapse(ev.instrument(key)),
        "event": lambda ev, key: ev.event(key),
        "happenings": lambda ev, key: ev.occurrences_of_label(key),
        "event before the deal end": lambda ev, key: ev.before_deal_end.event(key),
        "happenings before the deal end": lambda ev, key: ev.before_deal_end.occurrences_of_label(key),
        "recurring": lambda ev, key: ev.occurrences(key),
        "own": lambda ev, key: ev.episodes(key),
        "life": lambda ev, key: ev.lives(key),
        "deal": lambda ev, key: ev.deal_end(key),
        "basis": lambda ev, key: ev.basis(key),
        "uses": lambda ev, key: ev.uses(key),
        "kept": lambda ev, key: ev.kept(key),
        "uses before the deal end": lambda ev, key: ev.before_deal_end.uses(key),
    }
    WORLD: ClassVar[Mapping[str, Callable[[Any, Any], object]]] = {
        name: _asking(name) for name in vars(Knowledge) if not name.startswith("_")
    }
    USES: ClassVar[str] = "uses"
    """The kind of the question which notices and exercises count."""
    CHAIN: ClassVar[Mapping[str, Callable[[Any, Any], object]]] = {
        "visible": lambda ev, key: ev.is_visible(ev.instrument(key)),
        "history": lambda ev, key: ev.find_history(key),
    }

    def __init__(
        self, index: Index, world: Knowledge, base: "Evaluator | None" = None, through: int | None = None
    ) -> None:
        super().__init__(index, world, base, through)
        self.granted: Mapping[str, Uses] = {}
        """By right the uses that are taken for granted."""
        self._instances: dict[int, Instances] = {}
        """By life; an evaluation keeps its lives."""

    @cached_property
    def before_deal_end(self) -> "Evaluator":
        """The same evaluation as the end of the deal sees it, for what decides that end.

        A breach can end the deal, and with the deal the duty ends; so that the two run in no circle, what ends the deal
        looks at a breach without asking whether the deal still was there. That changes no end: what would be a breach
        only because the deal's end is left aside comes after it.
        """
        return _Early(self)

    def evaluate(self, needed: Reference) -> None:
        """Evaluate a node of the order."""
        name = name_of(needed.key)
        match needed.kind:
            case "own":
                self.episodes(needed.key)
            case "due":
                self.event(OnEvent("due", name))
            case "life":
                self.lives(name)
            case "deal":
                self.deal_end(name)
            case "event":
                self.event(OnEvent(name))
            case _:
                self.bounds_of(name)

    # --- instruments ------------------------------------------------------------------------------------------------

    def instrument(self, name: str) -> Instrument:
        """An instrument by its name."""
        return self.index.model.instruments[self.index.place[name]]

    def effective(self, instrument: Instrument) -> Moment:
        """The day from which an instrument has effect: stated, or its signing day, or always."""
        node = ("effective", instrument.name)
        found = self.seen(node)
        if found is not None:
            return cast("Moment", found.value)
        return self.remembered(node, lambda: effect.effective(self, instrument))

    def lapse(self, instrument: Instrument) -> Moment:
        """The day from which what an instrument does holds no more; it never comes for most."""
        if instrument.until is None and not self.header_changes(instrument):
            return NEVER_COMES
        return self.remembered(("lapse", instrument.name), lambda: effect.lapse(self, instrument))

    def declaration_terms(self, key: DeclarationKey) -> dict[str, StepFunction[TermState]]:
        """The terms of a declaration over time; empty where a sketch never declared it."""
        episodes = self.episodes(key)
        return episodes[-1].terms if episodes else {}

    # --- entries ----------------------------------------------------------------------------------------------------

    def episodes(self, key: EntryKey) -> tuple[Episode, ...]:
        """The episodes of an entry, in the order of the instruments that added them."""
        node = ("own", key)
        found = self.seen(node)
        if found is not None:
            return cast("tuple[Episode, ...]", found.value)
        self.prepare(node_kind(key), key)
        return self.remembered(node, lambda: tuple(self.episode(part) for part in self.history(key)))

    def episode(self, history: list[Applied]) -> Episode:
        """One episode, from the operation that adds it through the last of its history."""
        key = history[0][1].key
        try:
            return make_episode(self.before_deal_end if self.is_upstream(key) else self, history)
        except LimitError as error:
            raise error.of(str(key), self.index.span_of(key)) from None

    def lives(self, label: str) -> tuple[Life, ...]:
        """The episodes of a clause with the day on which each ends."""
        node = ("life", label)
        found = self.seen(node)
        if found is not None:
            return cast("tuple[Life, ...]", found.value)
        try:
            self.prepare("life", label)
            return self.remembered(node, lambda: tuple(self._life(label, episode) for episode in self.episodes(label)))
        except LimitError as error:
            raise error.of(label, self.index.span_of(label)) from None

    def _life(self, label: str, episode: Episode) -> Life:
        deal = episode.adding.entry.deal
        does = behaviour(episode.word)
        if does is Behaviour.TERM:  # what it says `until` is the deal's first end, at which it may renew
            return Life(episode, earliest([self.deal_end(deal), episode.dropped]))
        if does is Behaviour.TERMINATION:
            return Life(episode, earliest([self.deal_end(deal), episode.dropped, episode.end]))
        if does is Behaviour.SURVIVAL:
            return Life(episode, episode.dropped)
        if does is Behaviour.BOOKS:
            return Life(episode, earliest([episode.dropped, episode.end]))
        end = earliest([episode.end, episode.dropped, ends_with_deal(self.before_deal_end, deal, label, episode)])
        return Life(episode, earliest([end, over(self, episode, end)]))

    def instances_of(self, life: Life) -> Instances:
        """The instances of a clause with `each` in one of its lives."""
        found = self._instances.get(id(life))
        if found is None or found.life is not life:
            found = self._instances[id(life)] = Instances.of(self, life)
        return found

    def uses(self, label: str) -> Uses:
        """The notices and exercises of a right that count, because it was in force."""
        made = self.granted.get(label)
        if made is not None:
            return made
        node = (self.USES, label)
        if self.seen(node) is None:
            self.prepare("life" if self.USES == "uses" else "own", label)
        return self.remembered(node, lambda: self._find_uses(label))

    def _find_uses(self, label: str) -> Uses:
        if label in self.index.entangled or (self.USES == "uses" and label in self.index.influence.of_uses(label)):
            return find_uses(self, label, lambda made: self._standing_after(label, made))
        standing = self.standing(label)
        return find_uses(self, label, lambda _: standing)

    def _standing_after(self, label: str, made: Uses) -> StepFunction[Truth]:
        """When a right is in force if it is used so and not again; what is read for it is read by the question."""
        after = _Used(self, label, made)
        found = self.quietly(lambda: after.standing(label))
        for node in after.leaves():
            note(node)
        return found

    def standing(self, label: str) -> StepFunction[Truth]:
        """Whether a right is in force, as far as its uses need to know, for every day."""
        return self._in_force(label, self.ends_of(label))

    def kept(self, label: str) -> StepFunction[Truth]:
        """Whether books are kept of a clause, for every day."""
        entry = self.index.first_entry(label)
        books = self.index.books("" if entry is None else entry.deal)
        if not books:
            return FALSE
        return self.remembered(("kept", label), lambda: kept(self, label, books))

    def deal_end(self, deal: str) -> Moment:
        """The first day after the deal: its term has run, or it is terminated."""
        node = ("deal", deal)
        found = self.seen(node)
        if found is not None:
            return cast("Moment", found.value)
        if self.world.cut(deal) is None:
            self.prepare("deal", deal)
        return self.remembered(node, lambda: self.world.cut(deal) or deal_end(self.before_deal_end, deal))

    def in_force(self, label: str) -> StepFunction[Truth]:
        """Whether a clause is in force, for every day."""
        return self._in_force(label, tuple(life.end for life in self.lives(label)))

    def _in_force(self, label: str, ends: Sequence[Moment]) -> StepFunction[Truth]:
        result = FALSE
        for episode, end in zip(self.episodes(label), ends, strict=True):
            here = episode.started.zip(end.come.map(negate), both)
            here = here.zip(episode.waived.map(negate), both).zip(episode.holds, both)
            result = truth_from(result, here, episode.born)
        return result

    def due(self, label: str) -> Moment:
        """The day on which a clause's act or payment is due, once."""
        episodes = self.episodes(label)
        if not episodes:
            return NEVER_COMES
        episode = episodes[-1]
        due = last_value(episode, "due")
        if isinstance(due, Due) and isinstance(due.time, Duration) and by_period(episode):
            return NEVER_COMES  # a delay that counts from each period's end gives no one day
        return due_once(self, episode)

    # --- what is shown of them ----------------------------------------------------------------------------------------

    def day_of(self, episode: Episode, value: Value | None) -> Moment | None:
        """The day that a term comes to; None for what is no day, or none of the clause's own."""
        match value:
            case Start():
                return self.end_of(value.time) if value.word == "after" else self.start_of(value.time)
            case End(_, None):
                return None
            case End(word, Duration() as length):
                return self.shifted(first(episode.started), length) if word == "for" else None
            case End(word, time) if time is not None and not isinstance(time, Duration):
                return self.start_of(time) if word == "before" else self.end_of(time)
            case Due(_, Duration()) if by_period(episode):
                return None
            case Due():
                return self.due_moment(value, first(episode.started))
            case _:
                return None

    def basis(self, key: EntryKey) -> tuple[Episode, ...] | tuple[Life, ...]:
        """Everything that the state of an entry is read from: its life, its instances, and what its days and amounts
        come to. Two evaluations that share it have the same states; how duties stand is left aside."""
        return self.remembered(("basis", key), lambda: self._basis(key))

    def _basis(self, key: EntryKey) -> tuple[Episode, ...] | tuple[Life, ...]:
        for episode in self.episodes(key):
            if "each" in episode.terms:
                each = each_of(episode.terms)
                if each is not None:
                    occurrences_of(self, each)
            for name, steps in episode.terms.items():
                for value in {option.value: None for state in steps.values for option in state.options}:
                    if isinstance(value, Amount):
                        self.amount(value)
                    elif name != "cure":  # which counts from a breach
                        self.day_of(episode, value)
        return self.episodes(key) if isinstance(key, DeclarationKey) else self.lives(key)


class _Early(Evaluator):
    """An evaluation in which a breach does not ask whether the deal still is there; it shares everything else."""

    EVENT: ClassVar[str] = "event before the deal end"
    HAPPENINGS: ClassVar[str] = "happenings before the deal end"
    USES: ClassVar[str] = "uses before the deal end"

    def __init__(self, whole: Evaluator) -> None:
        super().__init__(whole.index, whole.plain)
        self._whole = whole
        self.granted = whole.granted

    @property
    def before_deal_end(self) -> Evaluator:
        return self

    def seen(self, node: AnswerKey) -> KeptAnswer[Any] | None:
        return self._whole.seen(node)

    def remembered(self, node: AnswerKey, find: Callable[[], Any]) -> Any:
        """As the whole does, which keeps the answers of both."""
        return self._whole.remembered(node, find)

    def prepare(self, kind: str, key: EntryKey) -> None:
        """The whole evaluation has prepared what the deal's end needs."""

    def episodes(self, key: EntryKey) -> tuple[Episode, ...]:
        return self._whole.episodes(key)

    def lives(self, label: str) -> tuple[Life, ...]:
        return self._whole.lives(label)

    def deal_end(self, deal: str) -> Moment:
        return self._whole.deal_end(deal)

    def effective(self, instrument: Instrument) -> Moment:
        return self._whole.effective(instrument)

    def lapse(self, instrument: Instrument) -> Moment:
        return self._whole.lapse(instrument)

    def bounds_of(self, name: str) -> Moment:
        return self._whole.bounds_of(name)

    def range_of(self, name: str) -> Range:
        return self._whole.range_of(name)

    def visible(self, instrument: Instrument) -> bool:
        return self._whole.visible(instrument)

    def occurrences(self, name: str) -> tuple[Moment, ...]:
        return self._whole.occurrences(name)

    def event(self, event: OnEvent) -> Moment:
        if event.of_label is None or event.event not in SEEN_EARLY:
            return self._whole.event(event)
        return super().event(event)

    def ends_of(self, label: str) -> tuple[Moment, ...]:
        ends = [(episode, _own_end(episode)) for episode in self.episodes(label)]
        return tuple(earliest([end, over(self, episode, end)]) for episode, end in ends)

    def _standing_after(self, label: str, made: Uses) -> StepFunction[Truth]:
        after = _Used(self._whole, label, made)
        found = self.quietly(lambda: after.before_deal_end.standing(label))
        for node in after.leaves():
            note(node)
        return found


def _own_end(episode: Episode) -> Moment:
    """The end of an episode, leaving aside the deal's; what a term says `until` is the deal's first end."""
    if behaviour(episode.word) is Behaviour.TERM:
        return episode.dropped
    return earliest([episode.end, episode.dropped])


class _Used(Evaluator):
    """An evaluation in which a right is used so and not again; it shares what its uses cannot reach."""

    def __init__(self, whole: Evaluator, label: str, made: Uses) -> None:
        super().__init__(whole.index, whole.plain, None, whole.through)
        self._whole = whole
        self.granted = {**whole.granted, label: made}
        self._reached = whole.index.influence.of_uses(label)

    def remembered(self, node: AnswerKey, find: Callable[[], Any]) -> Any:
        if self._reaches(node):
            return super().remembered(node, find)
        self._answers.setdefault(node, self._whole.answer(node))
        return super().remembered(node, find)

    def _reaches(self, node: AnswerKey) -> bool:
        """Whether the uses can decide the answer to a question."""
        kind, about = node
        if kind in {"effective", "lapse", "deal"}:
            return True
        if kind in {"bounds", "range"}:
            return DeclarationKey("unknown", str(about)) in self._reached
        if isinstance(about, OnEvent):
            about = about.of_label or DeclarationKey("event", about.event)
        return about in self._reached or DeclarationKey("event", str(about)) in self._reached

    def leaves(self) -> Iterator[AnswerKey]:
        """The questions to the world and to the chain on which its answers depend."""
        seen: set[AnswerKey] = set()
        todo = [(self, node) for node in self._answers]
        while todo:
            ev, node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            if node[0] in self.WORLD or node[0] in self.CHAIN:
                yield node
                continue
            todo.extend((ev, read) for read in ev.answer(node).read)
