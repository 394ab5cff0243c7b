"""The amendment that turns one version of a contract into another.

In: two timelines as known on one day, and the day from which the difference shall hold. Out: the text of an amendment.
Guaranteed (docs/language.md#the-laws, law 5): applied to the old version it says what the new one says from that day
on, and what the old one says before; it sets terms where terms differ, and replaces nothing that only changed.

The text is tried before it is given: where setting terms does not suffice (a clause may or may not have ended on a day
that nobody knows), the clause is dropped and added anew, and what no amendment can say is an error.
"""

from collections.abc import Iterator

import attrs

from dealrun.algebra.fold import Folded, History, grouped
from dealrun.algebra.restate import Restater
from dealrun.algebra.same import RestateError, disagreements, read, refused
from dealrun.errors import DealError
from dealrun.model import write
from dealrun.model.behaviour import LIFE
from dealrun.model.contract import Add, Drop, Entry, Instrument, Operation, Reinstate, SetTerms, TermText, Waive
from dealrun.model.keys import DeclarationKey, EntryKey
from dealrun.model.kinds import lost_window
from dealrun.model.values import Amount, Duration, End, Limb, Schedule, Start, Time
from dealrun.model.vocabulary import behaviour
from dealrun.state.amend.effect import signing
from dealrun.state.references import of_operation
from dealrun.state.timeline import Timeline
from dealrun.time import NEVER, Day, iso


class DifferenceError(DealError):
    """Why no amendment turns the one into the other.

    >>> try:
    ...     book.difference(deal)
    ... except dealrun.DifferenceError as error:
    ...     print(error)
    no amendment found: `sales` is a ledger; a stream or asset is needed here
    """


@attrs.frozen
class AmendmentHeader:
    """What an amendment is called, and its days."""

    name: str
    signed: Day
    effective: Day


def amendment(old: Timeline, new: Timeline, terms: AmendmentHeader) -> str:
    """The text of the amendment; empty where nothing differs; DifferenceError where none does it."""
    deals = [tuple(deal.name for deal in timeline.index.model.deals) for timeline in (old, new)]
    if not all(deals) or (deals[0] != deals[1] and max(map(len, deals)) > 1):
        raise DifferenceError("the two versions do not hold the same deals")
    if terms.name in {instrument.name for instrument in (*old.index.model.instruments, *old.index.model.drafts)}:
        raise DifferenceError(f"the old version has an instrument `{terms.name}`; give the amendment another name")
    for timeline in (old, new):
        for instrument in timeline.index.model.instruments:
            if not instrument.amends and timeline.answers.effective(instrument).hi > terms.effective:
                raise DifferenceError(f"`{instrument.name}` may not have taken effect by {iso(terms.effective)}")
    anew: set[EntryKey] = set()
    ending: set[EntryKey] = set()
    while True:
        text = _Differ(old, new, terms, anew, ending).text()
        try:
            whole = read(f"{write.document(old.index.model)}\n{text}", old.index.model.deals[0].name)
        except RestateError as error:
            raise DifferenceError(f"no amendment found: {error}") from None
        differing = disagreements(new, whole, old.world, terms.effective, extra=True)
        if not differing:
            wrong = refused(whole)
            if not wrong:
                return text
            raise DifferenceError(f"no amendment found: {wrong}")
        if differing <= ending:
            if differing <= anew:
                names = ", ".join(sorted(map(str, differing)))
                raise DifferenceError(
                    f"no amendment of {iso(terms.effective)} makes {names} what the new version says: what is not "
                    "known of the days before cannot be undone"
                )
            anew = anew | differing
        ending = ending | differing


@attrs.define
class _Differ:
    old: Timeline
    new: Timeline
    terms: AmendmentHeader
    anew: set[EntryKey]
    """Clauses that are dropped and added anew."""
    ending: set[EntryKey]
    """Clauses that do not end, or go on, with another one that they refer to, and have to be made to."""
    before: Restater = attrs.field(init=False)
    after: Restater = attrs.field(init=False)
    operations: list[Operation] = attrs.field(factory=list)
    carried: History = attrs.field(factory=list)

    @before.default
    def _before(self) -> Restater:
        return Restater(self.old, self.terms.effective, {}, set(), frozenset(), lean=False)

    @after.default
    def _after(self) -> Restater:
        return Restater(self.new, self.terms.effective, {}, set(), frozenset(), lean=False)

    def text(self) -> str:
        """The amendment, and behind it those of the new version that have yet to take effect."""
        keys = dict.fromkeys([*self.after.folded, *self.before.folded])
        # Declarations first: what is added may name them. What is dropped comes last, when nothing refers to it.
        for key in sorted(keys, key=lambda key: not isinstance(key, DeclarationKey)):
            self._entry(key, self.before.folded.get(key), self.after.folded.get(key))
        dropped = [op for op in self.operations if isinstance(op, Drop)]
        added = {op.key for op in self.operations if isinstance(op, Add)}
        first_ = [op for op in dropped if op.key in added]
        last = [op for op in dropped if op.key not in added]
        rest = [op for op in self.operations if not isinstance(op, Drop)]
        named = {reference.key for op in rest for reference in of_operation(op) if reference.kind == "bounds"}
        unknown = [entry for entry in self.after.unknowns() if entry.key in named]
        rest[:0] = [Add(entry.key, (), entry.span, entry) for entry in unknown if entry.key not in self.before.folded]
        if not self.operations and not self.carried:
            return ""
        effective = write.on_date(self.terms.effective)
        instrument = Instrument(
            self.terms.name, "", "", (self.terms.signed,) * 2, (("", self.terms.signed, self.terms.signed),),
            effective if self.terms.effective != self.terms.signed else None, None, (),
            self.terms.effective < self.terms.signed, (*first_, *rest, *last), (),
            self.old.index.model.instruments[0].span, deals=self._deals(),
        )  # fmt: skip
        blocks = [instrument] if self.operations else []
        for later, operations in grouped(self.carried, self.new.index.model.instruments):
            blocks.append(self._again(later, operations))
        texts = ["\n".join(write.block(each, self._words(), self._prefixes())) for each in blocks]
        return "\n\n".join(texts) + "\n"

    def _words(self) -> dict[EntryKey, str]:
        words = {key: each.entry.word for key, each in self.before.folded.items()}
        return words | {key: each.entry.word for key, each in self.after.folded.items()}

    def _prefixes(self) -> dict[EntryKey, str]:
        if len(self.old.index.model.deals) < 2:
            return {}
        deals = {key: each.entry.deal for key, each in self.before.folded.items()}
        return deals | {key: each.entry.deal for key, each in self.after.folded.items()}

    def _again(self, instrument: Instrument, operations: list[Operation]) -> Instrument:
        """An instrument of the new version that has yet to take effect, as signed with the amendment, behind it."""
        ev = self.new.answers
        names = {each.name for each in self.old.index.model.instruments} | {self.terms.name}
        name = instrument.name
        while name in names:
            name = f"{name}-again"
        at, over = ev.effective(instrument), ev.lapse(instrument)
        stated = ev.start_of(instrument.effective) if instrument.effective is not None else signing(instrument)
        since = write.on_date(self.terms.effective)
        effective: Time = (
            since if stated.hi <= self.terms.effective else Limb(False, (instrument.effective or since, since))
        )
        if stated.certain:
            effective = write.on_date(max(stated.lo, self.terms.effective))
        if at.certain and instrument.when is None:
            effective = write.on_date(max(at.lo, self.terms.effective))
        until = instrument.until
        if until is not None and isinstance(until.time, Duration) and over.certain:
            until = End("until", write.on_date(over.lo - 1))
        signed = self.terms.signed
        early = ev.start_of(effective).lo < signed
        return attrs.evolve(
            instrument, name=name, signed=(signed, signed), signatures=(("", signed, signed),), effective=effective,
            deal="", deals=self._deals(), until=until, after=(), yields_to=(), prevails_over=(), restates=False,
            retroactive=early,
            operations=tuple(self._begun(operation, at.lo) for operation in operations), cites=(),
        )  # fmt: skip

    def _begun(self, operation: Operation, day: Day) -> Operation:
        """What is added without a start that is over when it is added."""
        begins = operation.entry.terms.get("from") if isinstance(operation, Add) else None
        start = begins.value.limbs[0][0] if begins else None
        if not isinstance(operation, Add) or not isinstance(start, Start):
            return operation
        if self.new.answers.start_of(start.time).hi > day:
            return operation
        terms = {name: text for name, text in operation.entry.terms.items() if name != "from"}
        return attrs.evolve(operation, entry=attrs.evolve(operation.entry, terms=terms))

    def _deals(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.old.index.model.deals if each.span is not None)

    # --- entries ------------------------------------------------------------------------------------------------------

    def _entry(self, key: EntryKey, old: Folded | None, new: Folded | None) -> None:
        there = old is not None and not self._gone(self.before, old)
        if new is None or self._gone(self.after, new):
            if there and old is not None:
                self._end(key, old)
            return
        if new.life is None:
            if old is None or not self._same_steps(old.pending, new.pending) or old.life is not None:
                if there and old is not None:
                    self.operations.append(Drop(key, (), old.entry.span))
                self._carry(new.pending)
            return
        if old is not None and not there and self._follows(key, old):
            return
        if not there or old is None or old.life is None or key in self.anew:
            if there and old is not None:
                self.operations.append(Drop(key, (), old.entry.span))
            self._add(new)
            return
        if old.life.episode.word != new.life.episode.word:
            entry = self._text(new)
            self.operations.append(Add(key, (), entry.span, entry, replacing=True))
            self._carry(new.pending)
            return
        self._changed(key, old, new)

    def _gone(self, side: Restater, each: Folded) -> bool:
        """Whether an entry has certainly ended by the effective day, those lives included that were to come."""
        if side.over(each):
            return True
        lives = () if isinstance(each.key, DeclarationKey) else side.timeline.answers.lives(each.key)
        return bool(lives) and all(life.end.hi <= self.terms.effective for life in lives)

    def _follows(self, key: EntryKey, old: Folded) -> bool:
        """Whether a clause may end, or go on, with another one that it refers to; not once that was tried in vain."""
        if key in self.ending or isinstance(key, DeclarationKey) or behaviour(old.entry.word) in LIFE:
            return False
        index = self.old.index
        if index.lifelines(old.entry.deal) or index.survivals(old.entry.deal):
            return True
        return any(
            reference.key in self.before.folded and reference.kind in {"life", "own", "due"}
            for _, operation in old.history
            for reference in of_operation(operation)
        )

    def _end(self, key: EntryKey, old: Folded) -> None:
        """Drop an entry, or end it where something of the new version that goes on still names it."""
        if self._follows(key, old):
            return
        if " " in key or key not in self.after.kept():
            self.operations.append(Drop(key, (), old.entry.span))
            return
        last = End("until", write.on_date(self.terms.effective - 1))
        text = TermText(Schedule.of(last), old.entry.span)
        self.operations.append(SetTerms(key, (), old.entry.span, {"until": text}))

    def _text(self, each: Folded) -> Entry:
        """An entry as it is added on the effective day: what has started by then starts with it."""
        entry, _ = self.after.entry(each)
        entry = attrs.evolve(entry, cites=tuple(c for c in entry.cites if c.source not in self.after.sources))
        if not entry.is_clause or not self._started(each):
            return entry
        return attrs.evolve(entry, terms={name: t for name, t in entry.terms.items() if name != "from"})

    def _add(self, new: Folded) -> None:
        entry = self._text(new)
        self.operations.append(self._begun(Add(new.key, (), entry.span, entry), self.terms.effective))
        self._carry(new.pending)

    def _started(self, each: Folded) -> bool:
        assert each.life is not None
        return each.life.episode.started.at(self.terms.effective).level == 2

    def _changed(self, key: EntryKey, old: Folded, new: Folded) -> None:
        """Set what differs, unset what is gone, and carry what is still to come of it."""
        was, _ = self.before.entry(old)
        now, _ = self.after.entry(new)
        left, right = dict(was.terms), dict(now.terms)
        if was.is_clause:
            self._starts(old, new, left, right)
        changed: dict[str, TermText | None] = {}
        for name in dict.fromkeys([*left, *right]):
            before = left[name].value if name in left else None
            after = right[name].value if name in right else None
            mine, theirs = _of_term(old.pending, name), _of_term(new.pending, name)
            if before == after and self._same_steps(mine, theirs):
                continue
            if before != after or mine:  # setting a term also undoes what was to come of it
                changed[name] = right.get(name)
            self._carry(theirs)
        for name in {n for _, op in (*old.pending, *new.pending) for n in _terms(op)} - {*left, *right}:
            mine, theirs = _of_term(old.pending, name), _of_term(new.pending, name)
            if not self._same_steps(mine, theirs):
                if mine:
                    self.anew.add(key)  # only a new life undoes what is to come of a term that is not there
                    self._entry(key, old, new)
                    return
                self._carry(theirs)
        # An amount that loses its window is taken away first, so that nobody takes the loss for a slip.
        lost = [
            name for name, text in changed.items() if name in left and text is not None and _loses(left[name], text)
        ]
        if lost:
            self.operations.append(SetTerms(key, (), was.span, dict.fromkeys(lost)))
        if changed:
            self.operations.append(SetTerms(key, (), was.span, changed))
        self._suspended(key, old, new)

    def _starts(self, old: Folded, new: Folded, left: dict[str, TermText], right: dict[str, TermText]) -> None:
        """Starts that are over do not differ; one that is still to come is set."""
        if not self._started(new):
            return
        right.pop("from", None)
        if self._started(old):
            left.pop("from", None)
        else:
            effective = Start("from", write.on_date(self.terms.effective))
            right["from"] = TermText(Schedule.of(effective), new.entry.span)

    def _suspended(self, key: EntryKey, old: Folded, new: Folded) -> None:
        mine, theirs = _of_entry(old.pending), _of_entry(new.pending)
        if self._same_steps(mine, theirs):
            return
        if any(isinstance(op, Drop | Reinstate) for _, op in mine):
            self.anew.add(key)
            self.operations = [op for op in self.operations if op.key != key]
            self._entry(key, old, new)
            return
        if any(isinstance(op, Waive) for _, op in mine):
            self.operations.append(Reinstate(key, (), old.entry.span))
        self._carry(theirs)

    # --- what is still to come ----------------------------------------------------------------------------------------

    def _carry(self, steps: History) -> None:
        there = {id(operation) for _, operation in self.carried}
        self.carried += [step for step in steps if id(step[1]) not in there]

    def _same_steps(self, left: History, right: History) -> bool:
        return [self._step(self.old, s) for s in left] == [self._step(self.new, s) for s in right]

    @staticmethod
    def _step(timeline: Timeline, step: tuple[Instrument, Operation]) -> tuple[object, ...]:
        instrument, operation = step
        ev = timeline.answers
        at, over = ev.effective(instrument), ev.lapse(instrument)
        return operation, at.come, over.come if over.lo < NEVER else None


def _terms(operation: Operation) -> Iterator[str]:
    if isinstance(operation, SetTerms):
        yield from operation.terms
    elif hasattr(operation, "term"):
        yield operation.term


def _loses(old: TermText, new: TermText) -> bool:
    """Whether some amount of a term has a window that what is set in its place has not."""
    first = new.value.limbs[0][0]
    return isinstance(first, Amount) and any(
        lost_window(value, first) is not None for value, _ in old.value.limbs if isinstance(value, Amount)
    )


def _of_term(steps: History, name: str) -> History:
    return [(i, op) for i, op in steps if name in _terms(op)]


def _of_entry(steps: History) -> History:
    return [(i, op) for i, op in steps if not any(_terms(op))]
