"""What each instrument did, and what follows from it for whom.

In: a model and a day of knowledge. Out: an `InstrumentChanges` per instrument: its operations in words, and beside
them the consequences: what differs, from which day, of which party's rights, duties and money, with the instrument and
without it. Guaranteed: a consequence is a difference between two timelines; in whose favour it is, is said only where
the terms alone decide it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

import attrs

from dealrun.algebra.fold import fold_entry
from dealrun.answer import Answer
from dealrun.model import show, write
from dealrun.model.contract import (
    Add,
    ChangeMembers,
    Cite,
    Drop,
    Entry,
    Instrument,
    Model,
    Operation,
    Reinstate,
    SetTerms,
    Waive,
)
from dealrun.model.keys import DeclarationKey, EntryKey, Label, header_of, name_of
from dealrun.model.values import Schedule
from dealrun.model.vocabulary import FORMS, INSTRUMENT
from dealrun.source import Span
from dealrun.state.amend.index import Index
from dealrun.state.change import Change, EndChange
from dealrun.state.favour import favoured
from dealrun.state.influence import Influence
from dealrun.state.knowledge import World, make_world
from dealrun.state.timeline import Timeline
from dealrun.state.versions import compare_entry, early_ends, with_own
from dealrun.time import ALWAYS, NEVER, Day, Moment, to_date
from dealrun.time.days import FIRST
from dealrun.time.moment import first

OperationWord: TypeAlias = Literal[
    "added", "replaced", "dropped", "set", "confirmed", "unset", "added to", "taken from", "waived", "reinstated",
    "moved", "rescinded",
]  # fmt: skip
"""What an instrument can do to a clause, a declaration or another instrument."""


@attrs.frozen
class Done:
    """An operation in words.

    >>> done = deal.changes()[2].done[0]
    >>> done.operation, done.label, done.defines
    ('added', 'primary', False)
    """

    operation: OperationWord
    label: str
    text: str
    before: str
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)
    defines: bool = False
    """Whether it is about a declaration, not a clause."""


@attrs.frozen
class Consequence:
    """A difference that an instrument makes; `favours` is empty where the terms alone do not say whom.

    >>> told = deal.changes()[2].consequences[0]
    >>> told.change.label, told.family, told.favours
    ('amazon', 'right', ('OAI',))
    """

    change: Change
    family: str
    """Right, duty, money or life; empty for a declaration."""
    parties: tuple[str, ...]
    favours: tuple[str, ...]


class DayBounds(NamedTuple):
    """The days between which a day lies, both included; None where it is open, or never comes."""

    earliest: date | None
    latest: date | None


class Signature(NamedTuple):
    """Who signed, empty for all, and the days between which that was."""

    by: str
    earliest: date
    latest: date


@attrs.frozen(repr=False, hash=False)
class InstrumentChanges(Answer):
    """What an instrument did. `effective` and `lapses` are as known.

    >>> told = deal.changes()[2]
    >>> told, told.title
    (InstrumentChanges('apr2026', 26 operations, 21 consequences), 'The next phase')
    >>> told.signatures[0].latest, told.effective.earliest, told.condition, told.lapses.earliest
    (datetime.date(2026, 4, 27), datetime.date(2026, 4, 27), '', None)
    """

    name: str
    title: str
    deals: tuple[str, ...]
    signatures: tuple[Signature, ...]
    retroactive: bool
    known: date | None
    effective: DayBounds
    lapses: DayBounds
    done: tuple[Done, ...]
    consequences: tuple[Consequence, ...]
    """What differs presumptively."""
    condition: str = ""
    """What it waits for, beside a day: `SALE`."""
    ends: tuple[EndChange, ...] = ()
    """What differs in what can end a whole deal early, said once for all clauses."""

    def __repr__(self) -> str:
        return f"InstrumentChanges({self.name!r}, {len(self.done)} operations, {len(self.consequences)} consequences)"

    def __hash__(self) -> int:
        return hash((self.name, self.known, len(self.done), len(self.consequences)))


class Amendments(tuple[InstrumentChanges, ...], Answer):  # noqa: SLOT001 - with what it rests on beside
    """The changes of each amendment, in order.

    >>> [each.name for each in deal.changes()]
    ['oracle2024', 'oct2025', 'apr2026']
    """

    deals: tuple[tuple[str, str], ...]
    reading: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Amendments({', '.join(each.name for each in self)})"


def instrument_changes(model: Model, known: Day | None = None, only: str | None = None) -> list[InstrumentChanges]:
    """The accounts of the amendments, each against the chain before it, as known on `known` or its signing day."""
    found = []
    index = Index(model)
    influence = index.influence
    for place, instrument in enumerate(model.instruments):
        if not instrument.amends or (only is not None and instrument.name != only):
            continue
        day = known if known is not None else _judged(model, instrument)
        if known is not None and instrument.signed is not None and instrument.signed[0] > known:
            continue
        found.append(one_account(index, make_world(index.recorded, day, (), {}), place, influence))
    return found


def one_account(index: Index, world: World, place: int, influence: Influence) -> InstrumentChanges:
    """The account of one of the instruments, against those before it."""
    old = Timeline(index, world, through=place)
    new = Timeline(index, world, old, through=place + 1)
    return account(old, new, index.model.instruments[place], influence)


def account(old: Timeline, new: Timeline, instrument: Instrument, influence: Influence) -> InstrumentChanges:
    """The account of an instrument that `new` has and `old` has not."""
    touched = {operation.key for operation in instrument.operations}
    names = set(touched)
    for key in touched:
        target = header_of(key)
        if target is not None:  # what the amended instrument does differs too
            names |= {op.key for i in new.index.model.instruments if i.name == target for op in i.operations}
    reached = influence.of(names)
    before, after = old.presumed, new.presumed
    consequences = [
        consequence
        for key in new.index.histories
        if key in reached and new.answers.episodes(key)
        for consequence in _consequences(before, after, key, (old, new))
    ]
    consequences.sort(key=_by_day)
    operations = sorted(instrument.operations, key=lambda operation: isinstance(operation.key, DeclarationKey))
    return InstrumentChanges(
        instrument.name,
        instrument.title,
        instrument.deals or (instrument.deal,),
        tuple(
            Signature(by, date.fromordinal(earliest), date.fromordinal(latest))
            for by, earliest, latest in instrument.signatures
        ),
        instrument.retroactive,
        new.known,
        _bounds(new.answers.effective(instrument)),
        _bounds(new.answers.lapse(instrument)),
        tuple(done for operation in operations for done in _done(old, new, instrument, operation)),
        tuple(consequences),
        "" if instrument.when is None else show.show(instrument.when),
        early_ends(old, new, FIRST),
    )


def _bounds(moment: Moment) -> DayBounds:
    return DayBounds(to_date(moment.lo), to_date(moment.hi))


def _judged(model: Model, instrument: Instrument) -> Day | None:
    """The day on which an instrument is judged: when it was signed, and a consolidated agreement that it amends is
    known."""
    if instrument.signed is None:
        return None
    deals = {instrument.deal, *instrument.deals}
    restated = [each.restated[1] for each in model.instruments if each.restated is not None and each.name in deals]
    return max([instrument.signed[1], *restated])


def _by_day(found: Consequence) -> tuple[date, bool, str, str]:
    """By day; what only is declared behind the clauses."""
    change = found.change
    return change.on or date.min, found.family == "", change.label, change.term or ""


# --- operations in words ----------------------------------------------------------------------------------------------


def _done(old: Timeline, new: Timeline, instrument: Instrument, operation: Operation) -> Iterator[Done]:
    key = operation.key
    cites = operation.cites or instrument.cites
    name = name_of(key)

    def make(word: OperationWord, text: str = "", before: str = "") -> Done:
        return Done(word, name, text, before, cites, operation.span, isinstance(key, DeclarationKey))

    match operation:
        case Add(entry=entry, replacing=replacing):
            yield make("replaced" if replacing else "added", _text(new, entry))
        case Drop() if header_of(key) is not None:
            yield make("rescinded")
        case Drop():
            yield make("dropped", "", _as_it_stood(old, new, instrument, key))
        case SetTerms(terms=terms) if header_of(key) is not None:
            text = ", ".join(write.term(INSTRUMENT, n, t.value) for n, t in terms.items() if t)
            yield make("moved", text)
        case SetTerms(terms=terms):
            word = _word(new, key)
            for term, text_ in terms.items():
                before = _before(old, new, instrument, key, term)
                after = _named(new, key, _term(word, term, text_.value)) if text_ else term
                same = text_ is not None and _named(new, key, show.schedule(text_.value)) == before
                yield make("confirmed" if same else "set" if text_ else "unset", after, before)
        case ChangeMembers(term=term, members=members, adding=adding):
            text = _named(new, key, _term(_word(new, key), term, Schedule.of(members)))
            yield make("added to" if adding else "taken from", text, _before(old, new, instrument, key, term))
        case Waive():
            text = write.operation(attrs.evolve(operation, cites=()), _word(new, key))[0]
            yield make("waived", text.removeprefix(f"waive {key}").strip())
        case Reinstate():
            yield make("reinstated")


def _term(word: str, name: str, value: Schedule) -> str:
    """A term as its clause writes it; of a clause that was never added, which is reported, in plain."""
    form = FORMS[word]
    return write.term(form, name, value) if name in form.terms else f"{name} {show.schedule(value)}"


def _text(timeline: Timeline, entry: Entry) -> str:
    """An entry as a row shows it, whose label stands beside it."""
    deal = entry.deal if len(timeline.index.model.deals) > 1 else ""
    return write.entry(attrs.evolve(entry, cites=()), deal, labelled=False)


def _named(timeline: Timeline, key: EntryKey, text: str) -> str:
    """A text with the names of the entry's deal short."""
    entry = timeline.index.first_entry(key)
    return write.unqualified(text, entry.deal) if entry and len(timeline.index.model.deals) > 1 else text


def _word(timeline: Timeline, key: EntryKey) -> str:
    entry = timeline.index.first_entry(key)
    return entry.word if entry else "event"


def _as_it_stood(old: Timeline, new: Timeline, instrument: Instrument, key: EntryKey) -> str:
    """The text of an entry as the instruments before had left it."""
    if not old.answers.episodes(key):
        return ""
    found = fold_entry(old, key, min(new.answers.effective(instrument).hi, NEVER - 1))
    terms = {name: given.text for name, given in found.terms.items()} or found.entry.terms
    return _text(old, attrs.evolve(found.entry, terms=terms))


def _before(old: Timeline, new: Timeline, instrument: Instrument, key: EntryKey, term: str) -> str:
    """What a term would have been on the effective day."""
    day = min(new.answers.effective(instrument).hi, NEVER - 1)
    episodes = old.answers.episodes(key)
    steps = episodes[-1].terms.get(term) if episodes else None
    options = steps.at(max(day, ALWAYS)).options if steps else ()
    text = " or ".join("none" if option.value is None else show.show(option.value) for option in options)
    return _named(old, key, text) or "none"


# --- consequences -----------------------------------------------------------------------------------------------------


def _consequences(
    old: Timeline, new: Timeline, key: EntryKey, certain: tuple[Timeline, Timeline]
) -> Iterator[Consequence]:
    for change in with_own(*certain, key, list(compare_entry(old, new, key))):
        if isinstance(key, DeclarationKey):
            if old.answers.episodes(key):  # what is only declared changes nobody's position
                yield Consequence(change, "", (), ())
            continue
        if not old.answers.episodes(key):
            started = to_date(first(new.answers.lives(key)[-1].episode.started).lo)
            on = change.on if started is None else started
            change = attrs.evolve(change, on=on, after=_sayable(new, key, on))  # noqa: PLW2901 - the same change, dated
        day = _first_day(change.on)
        after = new.clause(key, day)
        before = old.clause(key, day) if old.answers.episodes(key) else None
        parties = tuple(dict.fromkeys(name for names in after.parties.values() for name in names))
        yield Consequence(change, FORMS[after.kind].family, parties, favoured(change, before, after))


def _first_day(on: date | None) -> Day:
    return 1 if on is None else on.toordinal()


def _sayable(timeline: Timeline, key: Label, on: date | None) -> str:
    state = timeline.clause(key, _first_day(on))
    entry = timeline.answers.episodes(key)[-1].adding.entry
    return f"{state.status}: {_text(timeline, entry)}"
