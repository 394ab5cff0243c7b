"""What the parts of an evaluation ask one another.

In: nothing. Out: the protocols `Knowledge`, what is known of names, and `Answers`, what follows from it; `Episode` and
`Life`, the entries as they stand over time. The functions of this folder take the protocols, so that no module of it
needs the one that holds them together, and a proof can answer for a name in its own way.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import attrs

from dealrun.model.contract import Add, Deal, Instrument
from dealrun.model.keys import DeclarationKey, EntryKey
from dealrun.model.values import (
    Amount,
    Condition,
    Due,
    Duration,
    End,
    OnEvent,
    PaidUnder,
    Schedule,
    Symbol,
    Time,
    Value,
)
from dealrun.state.amend.terms import Applied, Prefix, TermState
from dealrun.state.amounts import Range
from dealrun.state.records import AnswerKey
from dealrun.time import NO, YES, Day, Moment, StepFunction, Truth

TRUE: StepFunction[Truth] = StepFunction.always(YES)
FALSE: StepFunction[Truth] = StepFunction.always(NO)


@attrs.frozen
class Episode:
    """What a clause's own words make of it, before the deal's end: one episode, from an `add` to a `drop`."""

    word: str
    born: Moment
    adding: Add
    instrument: Instrument
    terms: dict[str, StepFunction[TermState]]
    started: StepFunction[Truth]
    holds: StepFunction[Truth]
    waived: StepFunction[Truth]
    end: Moment
    dropped: Moment
    begun: StepFunction[Truth]
    """Whether the clause itself has started; of one with `each`, `started` is that of its first instance."""
    conditions: StepFunction[Truth]
    """Whether its own conditions hold; of one with `each`, `holds` is also that one of its instances is in force."""


@attrs.frozen
class Life:
    """A clause over time, the deal's end included."""

    episode: Episode
    end: Moment


@attrs.frozen
class Performance:
    """A performance that is recorded: its day, and the days of the obligation that it names."""

    moment: Moment
    within: tuple[Day, Day] | None = None


@attrs.frozen
class Uses:
    """The uses of a right that count, ascending, by word; `more` are those that may still come."""

    known: tuple[tuple[str, Moment], ...] = ()
    more: tuple[tuple[str, Moment], ...] = ()

    def of(self, word: str) -> tuple[Moment, ...]:
        """Those that are recorded."""
        return tuple(moment for each, moment in self.known if each == word)

    def all_of(self, word: str) -> tuple[Moment, ...]:
        """Those that are recorded, and one that may still come."""
        return (*self.of(word), *(moment for each, moment in self.more if each == word))


class Knowledge(Protocol):
    """What is known of each name: that it happened, that it never does, or from which day on that is open."""

    @property
    def known(self) -> Day | None:
        """The day of knowledge; None where nothing was ever signed or recorded."""

    @property
    def first_open(self) -> Day:
        """The first day of which not everything is known."""

    def happened(self, subject: str) -> Moment:
        """The day of an event that happens once: recorded, or open from the first open day to never."""

    def is_recorded(self, subject: str) -> bool:
        """Whether an event that happens once is recorded."""

    def occurrences(self, subject: str) -> tuple[Moment, ...]:
        """The recorded days of an event that happens more than once, ascending, each once."""

    def performances(self, label: str) -> tuple[Performance, ...]:
        """The recorded performances of a clause, by day."""

    def payments(self, label: str) -> tuple[tuple[Day, Amount], ...]:
        """The recorded payments under a clause, by day."""

    def more(self, subject: str) -> Moment | None:
        """When more of it happens than is recorded: open from the first open day; None where all of it is supposed."""

    def through(self, subject: str) -> Day:
        """The day through which it is decided by what is recorded and falls due whether something happened."""

    def holds(self, subject: str) -> StepFunction[Truth]:
        """Whether a condition holds, for every day."""

    def has(self, subject: str) -> bool:
        """Whether anything is recorded of a name."""

    def value(self, name: str) -> Value | bool | None:
        """The value of an unknown, None where it is not known."""

    def boxed(self, subject: str) -> bool:
        """Whether it is said of something when it happens once more, if at all, so that nothing of it is unrecorded."""

    def in_time(self, label: str) -> bool:
        """Whether whoever has to do what a clause asks for does it in time, whatever else happens."""

    def single(self, performance: str) -> Moment | None:
        """When one of several obligations is performed, where each of them has a day of its own."""

    def cut(self, deal: str) -> Moment | None:
        """When a deal ends, where that is said of it whatever ends it."""

    def supposed(self, subject: str) -> bool:
        """Whether an event is supposed rather than recorded."""

    def performs_from(self) -> Day | None:
        """From which day on everybody does what falls due, on the last day for it; None where that is open."""


class Answers(Protocol):
    """What an evaluation answers."""

    @property
    def world(self) -> Knowledge:
        """What is known."""

    @property
    def before_deal_end(self) -> "Answers":
        """The same evaluation as the end of the deal sees it, for what decides that end."""

    @property
    def most_instances(self) -> int:
        """So many occurrences and periods are looked at."""

    def shares(self, other: Any, node: AnswerKey) -> bool:
        """Whether another evaluation has the same answer to a question, because one of them took it over."""

    # --- the chain of instruments ---

    def header_changes(self, instrument: Instrument) -> Sequence[Applied]:
        """What later instruments do to the effective day or the end of one."""

    def lifelines(self, deal: str) -> Sequence[str]:
        """The clauses that can end a deal."""

    def survivals(self, deal: str) -> Sequence[str]:
        """The clauses that say what outlives a deal."""

    def consequence_of(self, label: str) -> Sequence[str]:
        """The duties that name a clause as what follows if they are not done."""

    def deal(self, name: str) -> Deal:
        """A deal by its name."""

    def visible(self, instrument: Instrument) -> bool:
        """Whether an instrument counts."""

    def prefix(self, history: list[Applied]) -> Prefix:
        """What is known of the first operations of an episode in every world."""

    def is_fixed(self, step: Applied) -> bool:
        """Whether an operation comes to the same in every world."""

    def effective(self, instrument: Instrument) -> Moment:
        """The day from which an instrument has effect."""

    def lapse(self, instrument: Instrument) -> Moment:
        """The day from which what an instrument does holds no more."""

    # --- times ---

    def start_of(self, time: Time) -> Moment:
        """The first day of a time."""

    def end_of(self, time: Time) -> Moment:
        """The first day after a time."""

    def deadline(self, time: Time) -> Moment:
        """The last day for what must be done by a time."""

    def last_of(self, time: Time) -> Moment:
        """The last day of a time."""

    def end_moment(self, end: End, begun: Moment) -> Moment:
        """The first day after an end as written; a duration is counted from `begun`."""

    def due_moment(self, due: Due, begun: Moment) -> Moment:
        """The last day for what a clause requires."""

    def length(self, length: Duration) -> Duration | None:
        """A duration; one that is blacked out as it is assumed, None where nobody knows it."""

    def shifted(self, moment: Moment, length: Duration, times: int = 1) -> Moment:
        """A moment so long after another; before it, where `times` is negative."""

    def limb_end(self, schedule: Schedule, index: int) -> Moment:
        """The moment at which a limb of a schedule gives way to the next."""

    def bounds_of(self, name: str) -> Moment:
        """The interval in which an unknown date was declared to lie."""

    # --- events and conditions ---

    def event(self, event: OnEvent) -> Moment:
        """The day of an event that happens once, or of one that a label supplies."""

    def event_of_label(self, word: str, label: str) -> Moment:
        """The first performance, breach, notice or exercise of a clause."""

    def occurrences(self, name: str) -> tuple[Moment, ...]:
        """The known days of a recurring event."""

    def occurrences_of_label(self, event: OnEvent) -> tuple[Moment, ...]:
        """The known performances, breaches, notices or exercises of a clause."""

    def unseen(self, word: str, label: str) -> StepFunction[Truth] | None:
        """On which days a performance or a cure may have happened that nobody recorded; None for no day."""

    def more_of(self, event: OnEvent) -> Moment | None:
        """When an event of a label happens again, beside the times that are known; None where it cannot."""

    def times_of(self, event: OnEvent) -> tuple[Moment, ...]:
        """All the times that an event is known to happen, and one that may still come."""

    def kept(self, label: str) -> StepFunction[Truth]:
        """Whether books are kept of a clause, for every day."""

    def truth(self, condition: Condition) -> StepFunction[Truth]:
        """Whether a condition holds, for every day."""

    # --- entries ---

    def episode(self, history: list[Applied]) -> Episode:
        """One episode, from the operation that adds it through the last of its history."""

    def declaration_terms(self, key: DeclarationKey) -> dict[str, StepFunction[TermState]]:
        """The terms of a declaration over time; empty where a sketch never declared it."""

    def due(self, label: str) -> Moment:
        """The day on which a clause's act or payment is due, once."""

    def episodes(self, key: EntryKey) -> tuple[Episode, ...]:
        """The episodes of an entry, in the order of the instruments that added them."""

    def lives(self, label: str) -> tuple[Life, ...]:
        """The episodes of a clause with the day on which each ends."""

    def uses(self, label: str) -> Uses:
        """The notices and exercises of a right that count."""

    def in_force(self, label: str) -> StepFunction[Truth]:
        """Whether a clause is in force, for every day."""

    def deal_end(self, deal: str) -> Moment:
        """The first day after the deal."""

    # --- amounts ---

    def range_of(self, name: str) -> Range:
        """What is known of an unknown amount."""

    def lookup(self, symbol: Symbol | PaidUnder) -> Range:
        """What is known of a symbol in an amount."""

    def amount(self, amount: Amount) -> Range:
        """What is known of an amount."""
