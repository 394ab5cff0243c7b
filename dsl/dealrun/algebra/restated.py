"""The clauses of a restatement: what is kept, and how each reads on its day.

In: a timeline and a day. Out: entries with anchors as dates, what has been counted so far, and the sources of both.
Guaranteed: an entry that cannot be told by dates is carried with its whole history, and nothing is left out that
something else refers to.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

import attrs

from dealrun.algebra.fold import Folded, Given, fold
from dealrun.model import write
from dealrun.model.behaviour import LIFE, Behaviour
from dealrun.model.contract import Add, Cite, Entry, Instrument, SetTerms, TermText
from dealrun.model.keys import DeclarationKey, EntryKey, Label, name_of
from dealrun.model.rewrite import of_schedule
from dealrun.model.values import (
    Amount,
    Due,
    Duration,
    End,
    Expression,
    Names,
    OnEvent,
    OnUnknown,
    Schedule,
    Start,
    Time,
)
from dealrun.model.vocabulary import behaviour
from dealrun.state.amend.effect import signing
from dealrun.state.amend.episode import renews_under_conditions
from dealrun.state.falling_due import by_period
from dealrun.state.references import of_instrument, of_operation
from dealrun.state.references import of_schedule as references_of
from dealrun.state.timeline import Timeline
from dealrun.state.versions import SPARE
from dealrun.time import ALWAYS, NEVER, Day, Moment
from dealrun.time.moment import first


@attrs.define(slots=False)
class RestatedEntries:
    """The entries of one try at a restatement."""

    timeline: Timeline
    day: Day
    so_far: Mapping[Label, Expression]
    whole: set[EntryKey]
    """Entries that are carried with their whole history."""
    limbs: frozenset[EntryKey]
    """Clauses whose schedules keep the limbs that are over, because payments of the past decide later ones."""
    lean: bool
    """Whether what nothing refers to any more is left out."""
    folded: dict[EntryKey, Folded] = attrs.field(init=False)
    unknown: dict[str, tuple[Day, Day]] = attrs.field(factory=dict)
    """Signing days that nobody knows, and that something counts from."""
    sources: dict[str, Instrument] = attrs.field(factory=dict)
    """Instruments that are cited, by the name under which they are."""

    @folded.default
    def _fold(self) -> dict[EntryKey, Folded]:
        found = fold(self.timeline, self.day)
        histories = self.timeline.index.histories
        for key, each in found.items():
            redefined = (
                isinstance(key, DeclarationKey)
                and key.word == "event"
                and any(isinstance(op, SetTerms) and "=" in op.terms for _, op in histories[key])
            )
            again = next((n for n, (_, op) in enumerate(each.pending) if isinstance(op, Add)), None)
            if key in self.whole or redefined:
                found[key] = attrs.evolve(each, life=None, terms={}, pending=each.history)
            elif again is not None and each.life is not None and each.life.end.hi <= self.day:
                later = each.pending[again:]  # it has ended, and will be added again
                found[key] = attrs.evolve(each, life=None, terms={}, pending=later, history=later)
            elif again is None and each.life is not None:
                end = each.life.end.hi  # what comes later changes nothing any more
                timely = [step for step in each.pending if self.timeline.answers.effective(step[0]).lo < end]
                found[key] = attrs.evolve(each, pending=timely)
        return found

    # --- what is kept -------------------------------------------------------------------------------------------------

    def over(self, each: Folded) -> bool:
        """Whether an entry has certainly ended, for good."""
        if each.life is None:
            return False
        if behaviour(each.life.episode.word) in LIFE:
            return each.life.episode.dropped.hi <= self.day
        return each.life.end.hi <= self.day

    def kept(self) -> set[EntryKey]:
        """What goes on, and what that refers to."""
        keys = {key for key, each in self.folded.items() if not self.over(each) and not self._spare(key)}
        todo = list(keys)
        plain: dict[str, list[EntryKey]] = {}
        within: dict[str, list[EntryKey]] = {}
        for key, each in self.folded.items():
            plain.setdefault(name_of(key), []).append(key)
            if isinstance(key, DeclarationKey) and not self.over(each):
                for whole in self._wholes(each):
                    within.setdefault(name_of(whole), []).append(key)
        while todo:
            taken = todo.pop()
            # What lies in something that is kept counts with it: the sales of a product that is `in` a licensed one.
            for name in (*self._named(self.folded[taken]), *within.get(name_of(taken), ())):
                for key in (name, *plain.get(name_of(name), ())):
                    if key in self.folded and key not in keys:
                        keys.add(key)
                        todo.append(key)
        parties = {key for key in self.folded if isinstance(key, DeclarationKey) and key.word == "party"}
        return keys if parties & keys else keys | parties  # a deal without parties would be a sketch

    def _wholes(self, each: Folded) -> Iterator[EntryKey]:
        """What a declaration lies in."""
        if "in" in each.terms:
            yield from (reference.key for reference in references_of(self._dated(each.terms["in"].text.value,
                                                                                each.entry.key)))  # fmt: skip

    def _spare(self, key: EntryKey) -> bool:
        """Whether an entry is there only where something refers to it."""
        if not self.lean or not isinstance(key, DeclarationKey):
            return False
        return key.word in SPARE and (key.word != "party" or key.name not in self._signing)

    @cached_property
    def _signing(self) -> frozenset[str]:
        """The parties that a deal names, or that sign for themselves; all of them, where a clause is between `each`."""
        model = self.timeline.index.model
        named = {name for deal in model.deals for name in deal.parties}
        named |= {by for instrument in model.instruments for by, *_ in instrument.signatures}
        clauses = [each for key, each in self.folded.items() if not isinstance(key, DeclarationKey)]
        renews = any(behaviour(each.entry.word) is Behaviour.TERM and "renews" in each.terms and not self.over(each)
                     for each in clauses)  # fmt: skip
        mutual = renews or any(
            "each" in value.members
            for each in clauses for given in each.terms.values() for value, _ in given.text.value.limbs
            if isinstance(value, Names)
        )  # fmt: skip
        every = {key.name for key in self.folded if isinstance(key, DeclarationKey)} if mutual else set()
        return frozenset(named | every)

    def _named(self, each: Folded) -> Iterator[EntryKey]:
        cites = [*each.entry.cites, *(cite for given in each.terms.values() for cite in given.cites)]
        cites += [cite for instrument, operation in each.pending for cite in (*operation.cites, *instrument.cites)]
        yield from (DeclarationKey("source", cite.source) for cite in cites)
        for given in each.terms.values():
            yield from (r.key for r in references_of(self._dated(given.text.value, each.entry.key)))
        for instrument, operation in each.pending:
            yield from (r.key for r in (*of_operation(operation), *of_instrument(instrument)))
            for _, change in self.timeline.index.header_changes(instrument):
                yield from (r.key for r in of_operation(change))

    # --- anchors as dates ---------------------------------------------------------------------------------------------

    def _dated(self, value: Schedule, key: EntryKey) -> Schedule:
        """A term without the limbs that are over, and with the days of labels that have come as dates."""
        limbs = value.limbs
        while key not in self.limbs and len(limbs) > 1 and self.timeline.answers.limb_end(value, 0).hi <= self.day:
            limbs = limbs[1:]
            value = Schedule(limbs)
        return of_schedule(value, self._date)

    def _date(self, time: Time) -> Time:
        if isinstance(time, OnEvent) and time.of_label is not None:
            moment = self.timeline.answers.event(time)
            if moment.certain and ALWAYS < moment.lo <= self.day:
                return write.on_date(moment.lo)
        return time

    def _anchor(self, moment: Moment) -> Time | None:
        """A moment that has come, as a time; None where no time says it."""
        if moment.certain:
            return write.on_date(moment.lo) if ALWAYS < moment.lo < NEVER else None
        name = next(iter(moment.hangs_on)) if len(moment.hangs_on) == 1 else ""
        if DeclarationKey("unknown", name) in self.folded:
            return OnUnknown(name) if self.timeline.answers.bounds_of(name).come == moment.come else None
        for instrument in self.timeline.index.model.instruments:
            if name == f"{instrument.reads or instrument.name}.signed" and signing(instrument).come == moment.come:
                lo, hi = moment.lo, moment.hi
                self.unknown[name] = (lo, hi)
                return OnUnknown(name)
        return None

    # --- entries ------------------------------------------------------------------------------------------------------

    def entry(self, each: Folded) -> tuple[Entry, Time | None]:
        """An entry as it stands, and the time from which it is there, where that is not among its terms."""
        entry = each.entry
        given = {name: self._given(found, entry.key) for name, found in each.terms.items()}
        start: Time | None = None
        if entry.is_clause and each.life is not None:
            entry = attrs.evolve(entry, word=each.life.episode.word)
            start = self._start(each, given)
            if self.over(each) and behaviour(entry.word) not in LIFE:
                for name in ("when", "while", "unless"):
                    given.pop(name, None)
                if each.life.end.certain:
                    given["until"] = self._until(each, each.life.end)
        cites = self._cites(each, given)
        terms = {name: found.text for name, found in given.items()}
        return attrs.evolve(entry, terms=terms, cites=cites), start

    def _given(self, found: Given, key: EntryKey) -> Given:
        text = attrs.evolve(found.text, value=self._dated(found.text.value, key))
        return attrs.evolve(found, text=text)

    def _start(self, each: Folded, given: dict[str, Given]) -> Time | None:
        assert each.life is not None
        episode = each.life.episode
        began = first(episode.begun)
        if episode.begun.at(self.day).level < 2:  # also where a start was put off after it had come
            return None if "from" in given else self._anchor(episode.born)
        start = self._anchor(began)
        if start is None and "from" in given:
            return None
        if "each" not in given:  # whose instances begin by it
            given.pop("from", None)
        if not renews_under_conditions(episode.word, episode.terms):
            given.pop("when", None)
        if began.certain and "each" not in given:
            self._counted(each, given, began)
        for name in ("cap", "floor"):
            if name in given:
                given[name] = self._limit(each, name, given[name])
        return start

    def _counted(self, each: Folded, given: dict[str, Given], began: Moment) -> None:
        """Durations from the start on, as the days to which they run; one that is blacked out stays."""
        assert each.life is not None
        ev = self.timeline.answers
        end = given["until"].text.value.limbs[0][0] if "until" in given else None
        if (
            isinstance(end, End)
            and isinstance(end.time, Duration)
            and end.time.redacted is None
            and behaviour(each.life.episode.word) is not Behaviour.SURVIVAL
        ):
            given["until"] = self._until(each, ev.end_moment(end, began))
        due = given["due"].text.value.limbs[0][0] if "due" in given else None
        if (
            isinstance(due, Due)
            and isinstance(due.time, Duration)
            and due.time.redacted is None
            and not by_period(each.life.episode)
        ):
            day = ev.due_moment(due, began).lo
            if ALWAYS < day < NEVER:
                given["due"] = self._with(given["due"], Due("by", write.on_date(day)))

    def _until(self, each: Folded, end: Moment) -> Given:
        assert each.life is not None
        old = each.terms.get("until") or Given(
            TermText(Schedule(()), each.entry.span), (each.life.episode.instrument.name,), each.entry.cites
        )
        if end.lo >= NEVER:
            return self._with(old, End("perpetual"))
        return self._with(old, End("until", write.on_date(max(end.lo - 1, 1))))

    @staticmethod
    def _with(given: Given, value: End | Due | Amount) -> Given:
        return attrs.evolve(given, text=attrs.evolve(given.text, value=Schedule.of(value)))

    def _limit(self, each: Folded, name: str, given: Given) -> Given:
        """A cap or floor with the day from which it counts, and what it has counted so far."""
        assert each.life is not None
        limbs = []
        steps = each.life.episode.terms[name]
        began = first(each.life.episode.begun)
        since = next(
            (start for start, _, state in steps.pieces() if state.options[-1].source.instrument in given.instruments),
            ALWAYS,
        )
        anchor = self._anchor(began if since <= began.hi else Moment.on(since))
        opening = self.so_far.get(each.entry.name)
        for value, end in given.text.value.limbs:
            amount = value
            if isinstance(amount, Amount) and opening is not None:
                amount = attrs.evolve(amount, counting_from=write.on_date(self.day), so_far=opening)
            elif isinstance(amount, Amount) and amount.counting_from is None and amount.per is None:
                amount = attrs.evolve(amount, counting_from=anchor)
            limbs.append((amount, end))
        return attrs.evolve(given, text=attrs.evolve(given.text, value=Schedule(tuple(limbs))))

    def _cites(self, each: Folded, given: dict[str, Given]) -> tuple[Cite, ...]:
        """The instruments that gave the present terms, in their order, then what those cite."""
        instruments = {name for found in given.values() for name in found.instruments}
        if each.life is not None and not instruments:
            instruments = {each.life.episode.instrument.name}
        if each.entry.word == "source":
            return ()
        cites = [
            Cite(self._source(instrument), "")
            for instrument in self.timeline.index.model.instruments
            if instrument.name in instruments and (each.entry.is_clause or instrument.amends)
        ]
        cites += [cite for found in given.values() for cite in found.cites]
        return tuple(dict.fromkeys(cites))

    def _source(self, instrument: Instrument) -> str:
        taken = {key.name for key in self.folded if isinstance(key, DeclarationKey)}
        if len(self.timeline.index.model.deals) > 1:
            taken = {name.partition(".")[2] for name in taken}
        name = instrument.name
        while name in taken:
            name = f"{name}-instrument"
        self.sources[name] = instrument
        return name


def from_term(entry: Entry, start: Time | None) -> Entry:
    """The entry with the time from which it is there, unless it says one itself."""
    if start is None or "from" in entry.terms:
        return entry
    text = TermText(Schedule.of(Start("from", start)), entry.span)
    return attrs.evolve(entry, terms={**entry.terms, "from": text})
