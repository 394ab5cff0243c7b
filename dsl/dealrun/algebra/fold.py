"""The chain folded on a day: each entry's terms as they stand, and what is still to come.

In: a timeline and a day. Out: for each entry its `Folded`: the terms of that day as they were written, who gave them,
and the operations that have yet to take effect or to lapse. Guaranteed: the terms and those operations, applied in
order, say the same as the whole chain from that day on.
"""

from collections.abc import Iterator

import attrs

from dealrun.model.contract import (
    Add,
    ChangeMembers,
    Cite,
    Drop,
    Entry,
    Instrument,
    Operation,
    Reinstate,
    SetTerms,
    TermText,
    Waive,
)
from dealrun.model.keys import DeclarationKey, EntryKey, header_of
from dealrun.model.values import Names, Schedule
from dealrun.state.amend.chain import waiver
from dealrun.state.answers import Answers, Life
from dealrun.state.timeline import Timeline
from dealrun.time import NEVER, Day
from dealrun.time.moment import ALWAYS_WAS

History = list[tuple[Instrument, Operation]]


@attrs.frozen
class Given:
    """A term as it stands: its text, and the instruments and citations that gave it."""

    text: TermText
    instruments: tuple[str, ...]
    cites: tuple[Cite, ...]


@attrs.frozen
class Folded:
    """An entry on a day: `life` is its present episode, None where it is only to be added."""

    key: EntryKey
    life: Life | None
    terms: dict[str, Given]
    pending: History
    """What has yet to take effect, or to lapse, in signing order."""
    history: History
    """All of it."""

    @property
    def entry(self) -> Entry:
        """The text that added it."""
        adding = self.history[0][1]
        assert isinstance(adding, Add)
        return adding.entry


def fold(timeline: Timeline, day: Day) -> dict[EntryKey, Folded]:
    """Every visible entry on a day."""
    found: dict[EntryKey, Folded] = {}
    for key in timeline.index.histories:
        if header_of(key) is None and timeline.answers.episodes(key):
            found[key] = fold_entry(timeline, key, day)
    return found


def fold_entry(timeline: Timeline, key: EntryKey, day: Day) -> Folded:
    """One visible entry on a day."""
    ev = timeline.answers
    parts = timeline.index.episodes(key, ev.visible)
    place = _present(ev, parts, day)
    everything = [step for part in parts for step in part]
    if place is None:
        return Folded(key, None, {}, everything, everything)
    folder = _Folder(ev, day)
    for instrument, operation in parts[place]:
        folder.take(instrument, operation)
    coming = [step for part in parts[place + 1 :] for step in part]
    if isinstance(key, DeclarationKey):
        episode = ev.episodes(key)[place]
        life = Life(episode, episode.dropped)
    else:
        life = ev.lives(key)[place]
    return Folded(key, life, folder.terms, [*folder.pending(), *coming], everything)


def _present(ev: Answers, parts: list[History], day: Day) -> int | None:
    """The last episode that is certainly there on a day, for good."""
    for place in range(len(parts) - 1, -1, -1):
        adding = parts[place][0][0]
        if ev.effective(adding).hi <= day:
            return place if ev.lapse(adding).lo >= NEVER else None
    return None


@attrs.define
class _Folder:
    """Takes the operations of an episode one by one."""

    ev: Answers
    day: Day
    terms: dict[str, Given] = attrs.field(factory=dict)
    _later: dict[str, History] = attrs.field(factory=dict)
    """What is to come of each term; `` for what concerns the whole entry."""
    _order: dict[int, int] = attrs.field(factory=dict)

    def take(self, instrument: Instrument, operation: Operation) -> None:
        """One operation, in signing order."""
        at = ALWAYS_WAS if instrument.reads and not instrument.amends else self.ev.effective(instrument)
        over = self.ev.lapse(instrument)
        if over.hi <= self.day:
            return
        done = at.hi <= self.day and over.lo >= NEVER
        match operation:
            case Add(entry=entry):
                gone = {name: None for name in self._standing() if name not in entry.terms}
                self._write(instrument, operation, {**entry.terms, **gone}, done=done, cites=entry.cites)
            case SetTerms(terms=terms):
                self._write(instrument, operation, terms, done=done, cites=operation.cites)
            case ChangeMembers(term=name):
                if done and not self._later.get(name):
                    self._change(instrument, operation)
                else:
                    self._wait(name, instrument, operation)
            case Drop() if done:
                pass  # the life has ended with it
            case Waive() if done and all(
                truth.level == 0 for start, end, truth in waiver(self.ev, operation, at).pieces() if end > self.day
            ):
                pass  # over
            case Reinstate() if done:
                self._later.pop("", None)
            case Reinstate() if not self._later.get(""):
                pass  # nothing is suspended any more
            case _:
                self._wait("", instrument, operation)

    def _standing(self) -> list[str]:
        """The terms that have a value, once everything that is to come has."""
        names = dict.fromkeys([*self.terms, *(name for name in self._later if name)])
        return [name for name in names if not self._unset(name)]

    def _unset(self, name: str) -> bool:
        last = self._later[name][-1][1] if self._later.get(name) else None
        return isinstance(last, SetTerms) and last.terms[name] is None

    def _write(
        self,
        instrument: Instrument,
        operation: Operation,
        terms: "dict[str, TermText | None] | object",
        *,
        done: bool,
        cites: tuple[Cite, ...],
    ) -> None:
        assert isinstance(terms, dict)
        for name, text in terms.items():
            if not done:
                self._wait(name, instrument, SetTerms(operation.key, cites, operation.span, {name: text}))
                continue
            self._later.pop(name, None)  # it overwrites what was to come
            if text is None:
                self.terms.pop(name, None)
            else:
                self.terms[name] = Given(text, (instrument.name,), cites or instrument.cites)

    def _change(self, instrument: Instrument, operation: ChangeMembers) -> None:
        old = self.terms.get(operation.term)
        limbs = []
        for value, end in old.text.value.limbs if old else ((Names(()), None),):
            before = value.members if isinstance(value, Names) else ()
            members = operation.members.members
            after = (
                (*before, *(m for m in members if m not in before))
                if operation.adding
                else tuple(m for m in before if m not in members)
            )
            limbs.append((Names(after), end))
        if all(not names.members for names, _ in limbs):
            self.terms.pop(operation.term, None)
            return
        text = TermText(Schedule(tuple(limbs)), operation.span)
        instruments = (*(old.instruments if old else ()), instrument.name)
        cites = (*(old.cites if old else ()), *(operation.cites or instrument.cites))
        self.terms[operation.term] = Given(text, tuple(dict.fromkeys(instruments)), tuple(dict.fromkeys(cites)))

    def _wait(self, name: str, instrument: Instrument, operation: Operation) -> None:
        self._order[id(operation)] = len(self._order)
        waiting = self._later.setdefault(name, [])
        if name and isinstance(operation, SetTerms) and waiting and waiting[-1][0] is instrument:
            waiting.pop()  # of what one instrument says twice, the last counts
        waiting.append((instrument, operation))

    def pending(self) -> History:
        """What is to come, in signing order."""
        waiting = [step for steps in self._later.values() for step in steps]
        return sorted(waiting, key=lambda step: self._order[id(step[1])])


def grouped(steps: History, instruments: tuple[Instrument, ...]) -> Iterator[tuple[Instrument, list[Operation]]]:
    """Operations by instrument, in signing order; those of one entry and instrument that set terms as one."""
    by_name: dict[str, list[Operation]] = {}
    for instrument, operation in steps:
        listed = by_name.setdefault(instrument.name, [])
        last = next((op for op in reversed(listed) if op.key == operation.key), None)
        if isinstance(operation, SetTerms) and isinstance(last, SetTerms) and last.cites == operation.cites:
            listed[listed.index(last)] = attrs.evolve(last, terms={**last.terms, **operation.terms})
        else:
            listed.append(operation)
    for instrument in instruments:
        if instrument.name in by_name:
            yield instrument, by_name[instrument.name]
