"""A second evaluator, written from docs/language.md alone: naive, day by day, slow. The engine is held to it.

In: a resolved model, a day of knowledge, what is supposed. Out: the status of a clause and the values that its
terms may have on a day. Guaranteed: shares nothing with `dealrun.time`, `dealrun.state` and `dealrun.check`; what
depends on earlier days (`when`, an end, `end of L`) walks through them one by one.

What cannot be known is a `Truth` without an answer, or a `Moment` of more than one day; both carry the names of
what they hang on. Names are as few as the days allow: what has certainly come, or cannot have come yet, is not
named.

Whether the use of a right counts is asked of a *world*, a copy of the evaluator that leaves out of account that use and
all later ones (`_without`); what ends the deal is asked of a *twin* that knows of no end of the deal (`_apart`).

What is `presumed` is answered in the one course of events in which nothing more happens after the day of knowledge than
the calendar brings. Then nothing is open that is only to come; what is due is performed by plan (`_planned`).
"""

import bisect
import copy
import itertools
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property, partial
from typing import NamedTuple, TypeVar

import attrs

from dealrun.model.contract import (
    Add,
    ChangeMembers,
    Drop,
    Fact,
    Instrument,
    Model,
    Operation,
    Reinstate,
    SetTerms,
    Waive,
)
from dealrun.model.show import show
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
    Names,
    Negation,
    Offset,
    OnDate,
    OnEvent,
    OnUnknown,
    Quantity,
    Schedule,
    Start,
    Time,
    Value,
    Word,
)

ALWAYS = 0
FIRST = date(1900, 1, 1).toordinal()
NEVER = date(2199, 12, 31).toordinal() + 1
NOBODY: frozenset[str] = frozenset()

_MONTH_NAMES = "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"

RESCINDED = Word("rescinded")
NUMBER_ZERO = Fraction(0)

OF_THE_DEAL = frozenset({"term", "terminate", "survive"})
"""Words that say when the deal ends, and what outlives it."""
OWN_END = "until", "window", "when", "each"
"""Terms that a clause ends by."""
FALL_DUE = frozenset({"require", "insure", "escrow"})
RIGHTS = frozenset({"license", "permit", "option", "own", "audit", "terminate", "term"})
"""A notice or an exercise of these counts while they are in force."""
MONEY = frozenset({"revshare", "royalty", "fee", "damages", "milestone", "advance", "commit", "invest"})
SINGLE = frozenset({"fee", "milestone", "invest", "advance", "damages"})
"""Words of money that is due once, if its sum is fixed."""
BY_LEDGER = frozenset({"base", "tiers", "reaching", "paid", "escalation", "over", "threshold", "floor", "cap"})
"""Terms of money of which only a ledger can tell what is due."""
UNSEEN = frozenset({"performance", "cure"})
"""Events of a label that can have happened without a record where no books are kept."""
REPEATED = frozenset({"performance", "breach", "cure", "notice", "exercise"})
"""Events of a label of which a second record is no correction."""
PLANNED = Duration(25, "year")
"""How long what falls due is performed by plan, in the presumptive answer."""
MONTHS = {"monthly": 1, "quarterly": 3, "fiscal-quarterly": 3, "semiannually": 6, "annually": 12, "fiscal-annually": 12,
          "contract-annually": 12}  # fmt: skip

WINDOWS = {"week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "annually", "day": "daily",
           "fiscal-quarter": "fiscal-quarterly", "fiscal-year": "fiscal-annually",
           "contract-year": "contract-annually"}  # fmt: skip
"""Payment periods by the windows of amounts."""

Write = TypeVar("Write")


@attrs.frozen
class NaiveTerm:
    """The texts that a term may have on a day (`none` where it may be absent), and what it hangs on which."""

    values: frozenset[str]
    hangs_on: frozenset[str]


@attrs.frozen
class NaiveState:
    """A clause on a day. `terms` has every term that its text ever had; one without a value is `none`."""

    status: str
    hangs_on: frozenset[str]
    terms: dict[str, NaiveTerm]


@attrs.frozen
class NaiveDuty:
    """One obligation on a day: which of several it is, how it stands, and what that hangs on."""

    number: str
    status: str
    hangs_on: frozenset[str]


# --- truths, moments, options -------------------------------------------------------------------------------


class Truth(NamedTuple):
    """Yes, no, or (None) maybe, with the names of what it hangs on."""

    answer: bool | None
    names: frozenset[str]


YES = Truth(True, NOBODY)
NO = Truth(False, NOBODY)


def maybe(names: Iterable[str]) -> Truth:
    """Not known: it hangs on names."""
    return Truth(None, frozenset(names))


def both(*parts: Truth) -> Truth:
    """Kleene and."""
    result = YES
    for part in parts:
        if part.answer is False:
            return NO
        if part.answer is None:
            result = part if result.answer else maybe(result.names | part.names)
    return result


def either(*parts: Truth) -> Truth:
    """Kleene or."""
    result = NO
    for part in parts:
        if part.answer:
            return YES
        if part.answer is None:
            result = part if result.answer is False else maybe(result.names | part.names)
    return result


def opposite(part: Truth) -> Truth:
    """Kleene not."""
    if part.answer is None:
        return part
    return NO if part.answer else YES


def one_of(parts: Iterable[Truth], names: frozenset[str]) -> Truth:
    """The truth that is one of several, nobody knows which: what it is hangs on names."""
    listed = tuple(parts)
    answers = {part.answer for part in listed}
    if answers == {True}:
        return YES
    return NO if answers == {False} else maybe(names | _open_names(listed))


def _open_names(parts: Iterable[Truth]) -> frozenset[str]:
    return NOBODY.union(*(part.names for part in parts if part.answer is None))


class Moment(NamedTuple):
    """A day that lies between two, both included; what it hangs on where they differ.

    Where it does not hang on the same names throughout, `come` says for a day in between whether it has come.
    """

    lo: int
    hi: int
    names: frozenset[str]
    come: Callable[[int], Truth] | None = None


def moment(lo: int, hi: int, names: Iterable[str]) -> Moment:
    """A moment, which hangs on nothing where it is one day."""
    return Moment(lo, hi, frozenset(names) if lo < hi else NOBODY)


def reached(at: Moment, day: int) -> Truth:
    """Whether the moment has come by a day, that day included."""
    if day >= at.hi:
        return YES
    if day < at.lo:
        return NO
    return at.come(day) if at.come else maybe(at.names)


def earliest(parts: Iterable[Moment]) -> Moment:
    """The first of several: on a day it hangs on those that can have come by it."""
    listed = tuple(parts)
    lo, hi = min(part.lo for part in listed), min(part.hi for part in listed)
    names = NOBODY.union(*(part.names for part in listed if part.lo <= hi))
    if lo == hi:
        return Moment(lo, hi, NOBODY)
    return Moment(lo, hi, names, lambda day: either(*(reached(part, day) for part in listed)))


def latest(parts: Iterable[Moment]) -> Moment:
    """The last of several: on a day it hangs on those that need not have come by it."""
    listed = tuple(parts)
    lo, hi = max(part.lo for part in listed), max(part.hi for part in listed)
    names = NOBODY.union(*(part.names for part in listed if part.hi >= lo))
    if lo == hi:
        return Moment(lo, hi, NOBODY)
    return Moment(lo, hi, names, lambda day: both(*(reached(part, day) for part in listed)))


def each_day(at: Moment, move: Callable[[int], int]) -> Moment:
    """A moment with all its days moved, none of them past another."""
    lo, hi = move(at.lo), move(at.hi)
    if lo == hi:
        return Moment(lo, hi, NOBODY)

    def come(day: int) -> Truth:
        """Whether the last day that is moved to this one or before it has come."""
        after = bisect.bisect_right(range(FIRST, NEVER), day, key=move)
        return reached(at, FIRST + after - 1 if after else ALWAYS)

    return Moment(lo, hi, at.names, come if at.come else None)


class Options(NamedTuple):
    """The values that a term may have on a day, none of them twice, and what it depends on which."""

    values: tuple[Value | None, ...]
    names: frozenset[str]


ABSENT = Options((None,), NOBODY)


def united(first: Options, second: Options, names: frozenset[str]) -> Options:
    """One or the other, depending on names."""
    values = list(first.values)
    values += [value for value in second.values if value not in values]
    if len(values) == 1:
        return Options(tuple(values), NOBODY)
    return Options(tuple(values), names | first.names | second.names)


def chosen(truth: Truth, new: Options, old: Options) -> Options:
    """The new if something is so, and otherwise the old."""
    if truth.answer is None:
        return united(old, new, truth.names)
    return new if truth.answer else old


def from_then_on(at: Moment, day: int, old: Options, new: Options) -> Options:
    """What was there before a moment, and what is there from it on."""
    return chosen(reached(at, day), new, old)


# --- the calendar -------------------------------------------------------------------------------------------


def _within(day: int) -> int:
    if day < FIRST:
        return ALWAYS
    return min(day, NEVER)


def next_day(day: int) -> int:
    """The day after; before every day and after every day there is none."""
    return day if day in {ALWAYS, NEVER} else _within(day + 1)


def shifted(day: int, length: Duration, *, back: bool = False, times: int = 1) -> int:
    """A day that lies several durations after (or before) a day."""
    if day in {ALWAYS, NEVER}:
        return day
    count = length.count * times * (-1 if back else 1)
    if length.unit in {"day", "week"}:
        return _within(day + count * (7 if length.unit == "week" else 1))
    if length.unit == "business day":
        step = 1 if count > 0 else -1
        while count and FIRST <= day < NEVER:
            day += step
            count -= step if date.fromordinal(day).weekday() < 5 else 0
        return _within(day)
    anchor = date.fromordinal(day)
    months = anchor.year * 12 + anchor.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[length.unit]
    year, month = divmod(months, 12)
    if not 1900 <= year <= 2199:
        return ALWAYS if year < 1900 else NEVER
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1])).toordinal()


def moved(at: Moment, length: Duration, *, back: bool = False) -> Moment:
    """A moment that lies a duration after (or before) a moment."""
    return each_day(at, lambda day: shifted(day, length, back=back))


def rolled(day: int, roll: Value | None) -> int:
    """A due day that is no business day, moved as `roll` says."""
    if not isinstance(roll, Word) or not FIRST <= day < NEVER:
        return day
    step = -1 if roll.word == "preceding" else 1
    out = day
    while date.fromordinal(out).weekday() > 4:
        out += step
    if roll.word == "modified-following" and date.fromordinal(out).month != date.fromordinal(day).month:
        return rolled(day, Word("preceding"))
    return _within(out)


class Period(NamedTuple):
    """A period of a frequency: its name, its first day, its last."""

    name: str
    first: int
    last: int


def periods(frequency: str, first: int, last: int, fiscal: int, start: int) -> Iterator[Period]:
    """The periods of a frequency, from the one with the first day on; fiscal years begin with a month."""
    if frequency in {"daily", "weekly"}:
        step = 7 if frequency == "weekly" else 1
        for day in range(first - date.fromordinal(first).weekday() if step == 7 else first, last + 1, step):
            yield Period(_named(day, day + step - 1), day, day + step - 1)
        return
    if frequency == "contract-annually":
        for times in itertools.count():
            begins, ends = (shifted(start, Duration(1, "year"), times=n) for n in (times, times + 1))
            if begins in {ALWAYS, NEVER} or begins > last:
                return
            yield Period(_named(begins, ends - 1), begins, ends - 1)
    length, year = MONTHS[frequency], date.fromordinal(first).year - 1
    for months in itertools.count(fiscal - 1 if frequency.startswith("fiscal") else 0, length):
        begins = _first_of_month(year * 12 + months)
        ends = _first_of_month(year * 12 + months + length) - 1
        if begins > last:
            return
        if ends >= first:
            yield Period(_named(begins, ends), begins, ends)


def _first_of_month(months: int) -> int:
    return date(months // 12, months % 12 + 1, 1).toordinal()


def _named(first: int, last: int) -> str:
    """The name of a period: of a day, month, quarter, half or year of the calendar, or its first and last day."""
    begins, ends = date.fromordinal(first), date.fromordinal(last)
    if first == last:
        return str(begins)
    if begins.day == 1 and begins.year == ends.year and (ends + (date(2, 1, 2) - date(2, 1, 1))).day == 1:
        length, number = ends.month - begins.month + 1, begins.month - 1
        if number % length == 0 and length in {1, 3, 6, 12}:
            year = begins.year
            return {1: f"{year}-{begins.month:02}", 3: f"Q{number // 3 + 1} {year}", 6: f"H{number // 6 + 1} {year}",
                    12: f"{year}"}[length]  # fmt: skip
    return f"{begins} to {ends}"


# --- what instruments did to a clause, and to each other ----------------------------------------------------


@attrs.frozen(eq=False)
class Change:
    """What an instrument wrote into terms, and whether that is their first text, which they have from always.

    The `whole` text of a clause writes every term: those that it leaves out have no value.
    """

    instrument: Instrument
    terms: Mapping[str, Schedule | None]
    first: bool = False
    whole: bool = False
    members: ChangeMembers | None = None

    def writes(self, term: str) -> bool:
        """Whether it says anything of a term."""
        return self.whole or term in self.terms


def in_order(writes: Iterable[Write], by: Callable[[Write], Instrument]) -> list[Write]:
    """What was written into one term, as signed; but who is subject to another writes just before that one."""
    result: list[Write] = []
    for write in writes:
        above = [place for place, other in enumerate(result) if prevails(by(other), by(write))]
        result.insert(above[0] if above else len(result), write)
    return result


def prevails(one: Instrument, other: Instrument) -> bool:
    """Whether an instrument prevails over another, as either of them says; a reading is part of what it reads."""
    if named(one) == named(other):
        return False
    return named(one) in other.yields_to or named(other) in one.prevails_over


def named(instrument: Instrument) -> str:
    """The name of the instrument that something stands in."""
    return instrument.reads or instrument.name


@attrs.define(eq=False)
class Life:
    """A clause from its adding to its end; dropped and added again, or given another verb, it has a new one."""

    label: str
    word: str
    deal: str
    instrument: Instrument
    replaces: bool
    """Whether it took the place of one with another verb, which is there again when that lapses."""
    changes: list[Change] = attrs.field(factory=list)
    suspensions: list[tuple[Instrument, Drop | Waive | Reinstate]] = attrs.field(factory=list)

    @property
    def term_names(self) -> list[str]:
        """Every term that it ever had."""
        return sorted({name for change in self.changes for name in change.terms})

    def written(self, term: str) -> list[list[Change]]:
        """What was written into a term, what stands in one instrument together, in the order in which it applies."""
        writing = in_order((change for change in self.changes if change.writes(term)), lambda change: change.instrument)
        groups = itertools.groupby(writing, key=lambda change: (named(change.instrument), change.first))
        return [list(group) for _, group in groups]


class Instance(NamedTuple):
    """One occurrence of the event of an `each` clause: when it comes, the event as it, and the one before.

    What can still come, any number of times, is one that is `open`.
    """

    at: Moment
    event: OnEvent
    pinned: OnEvent
    prior: Moment | None
    open: bool = False


class Course(NamedTuple):
    """One way that an obligation can take: when it arises (NEVER: it does not), its last day, how it stands behind.

    `behind` is how it stands after its last day if it is not done. Where `moved`, the last day lay in the past when
    an amendment named it, and nobody saw it come.
    """

    arises: int
    due: int
    behind: str
    moved: bool = False


@attrs.define(eq=False)
class Obligation:
    """What falls due once: the courses that are open to it, and when it can have been done, as far as is recorded."""

    number: str
    first: int
    """The day from which there is something to say of it."""
    courses: tuple[Course, ...]
    names: frozenset[str]
    opens: Moment
    """The day from which it can be performed."""
    counted: int | None = None
    """The day by which it is counted: of a period its last, of an occurrence that; None: its due day."""
    created: bool = False
    """Whether the performance of the clause itself, on the day by which it is counted, has made it."""
    listed: bool = True
    """Whether it is known to come, so that it has a name."""
    done: tuple[int | None, ...] = (None,)


def _lists(value: object, member: str) -> bool:
    return isinstance(value, Names) and member in value.members


def _mentions(value: object, kinds: tuple[type, ...]) -> Iterator[object]:
    """Everything of some kinds that a value consists of."""
    if isinstance(value, kinds):
        yield value
    for field in getattr(value, "__attrs_attrs__", ()):
        if field.name != "span":
            yield from _mentions(getattr(value, field.name), kinds)
    if isinstance(value, Mapping):
        yield from itertools.chain.from_iterable(_mentions(part, kinds) for part in value.values())
    elif isinstance(value, tuple):
        yield from itertools.chain.from_iterable(_mentions(part, kinds) for part in value)


def found_horizon(model: Model, known: int | None, assumed: Iterable[Fact]) -> tuple[int, int]:
    """The days on which anything can change: those that are mentioned, with all durations before and after.

    What renews without limit, or recurs, changes later too; the last day is some years behind all others.
    """
    days: list[int] = [] if known is None else [known]
    facts = tuple(assumed)
    for found in _mentions((model.instruments, model.facts, facts), (OnDate, Fact, Instrument)):
        if isinstance(found, OnDate):
            days += [found.first, found.last]
        elif isinstance(found, Fact):
            days += [found.day, found.last, found.end or found.day]
        elif isinstance(found, Instrument):
            days += found.signed or ()
    days = [day for day in days if FIRST <= day < NEVER] or [date(2024, 1, 1).toordinal()]
    long = {"day": 1, "business day": 2, "week": 7, "month": 31, "quarter": 92, "year": 366}
    spans = [d for d in _mentions((model.instruments, facts), (Duration,)) if isinstance(d, Duration)]
    margin = 400 + sum(span.count * long[span.unit] for span in spans)
    return max(FIRST, min(days) - margin), min(NEVER - 1, max(days) + margin + 5 * 366)


def _of_agreement(instrument: Instrument) -> bool:
    """Whether something is read into an agreement, and so from the beginning."""
    return bool(instrument.reads) and not instrument.amends


def _lasting(condition: Condition) -> bool:
    """Whether a condition that holds once holds ever after."""
    if isinstance(condition, AllOf | AnyOf):
        return all(_lasting(part) for part in condition.parts)
    return isinstance(condition, Happened)


def _pinned(time: Time, event: OnEvent, pin: OnEvent) -> Time:
    """A time in which an event means one occurrence of it."""
    match time:
        case OnEvent() if time == event:
            return pin
        case Offset(length, before, base):
            return Offset(length, before, _pinned(base, event, pin))
        case Limb(earlier, parts):
            return Limb(earlier, tuple(_pinned(part, event, pin) for part in parts))
        case _:
            return time


def _some(moments: Iterable[Moment], names: frozenset[str]) -> Moment:
    """The moment that is one of several, nobody knows which: it hangs on names."""
    listed = list(dict.fromkeys(moments))
    if len(listed) == 1:
        return listed[0]
    names = names.union(*(at.names for at in listed))
    return moment(min(at.lo for at in listed), max(at.hi for at in listed), names)


def _provided_that(truth: Truth, at: Moment) -> Moment:
    """A moment that comes only if something is so."""
    if truth.answer:
        return at
    if truth.answer is False or at.lo == NEVER:
        return Moment(NEVER, NEVER, NOBODY)
    return Moment(at.lo, NEVER, truth.names | at.names, lambda day: both(truth, reached(at, day)))


def _is_unrecorded(obligation: Obligation, on: int | None) -> bool:
    """Whether no record says that something was performed: it was not, or by plan."""
    return on is None or on not in obligation.done


def _turn(course: Course, day: int, *, noticed: bool) -> int | None:
    """Whether something can be performed on a day in time (0), late (1), or before it arises (2); None: not at all.

    What is late and was not `noticed` (no books were kept, and no record names it) comes behind all others (3).
    """
    if course.arises == NEVER:
        return None
    if course.arises > day:
        return 2
    if day <= course.due:
        return 0
    if course.behind != "breached":
        return None
    return 1 if noticed else 3


def _undone(course: Course, day: int) -> str:
    """How something stands on a day that is not done."""
    if day > course.due:
        return course.behind
    return "due" if day == course.due and not course.moved else "not yet due"


def _done_on(course: Course, performed: int, over: Moment, day: int) -> set[str]:
    """How something can stand on a day that was done by then; the time to cure it is over on another."""
    if course.arises == NEVER:
        return {_undone(course, day)}
    if performed <= course.due:
        return {"performed"}
    if course.behind != "breached":
        return {_undone(course, day)}
    sides = {performed < over.lo, performed < over.hi}
    return {"cured" if in_time else "performed late" for in_time in sides}


class Naive:
    """What a contract means, as known on a day.

    Days are walked through within `horizon`, both ends included; by default it is found from the days and
    durations that the model mentions. What has not happened by its last day never does, what is so on its first
    day always was, and a day outside is answered as the nearest day inside. `values` are bindings of unknowns.
    `presumed` asks for the presumptive answer: what holds unless something happens after the day of knowledge.
    """

    def __init__(
        self,
        model: Model,
        known: int | None,
        assumed: Iterable[Fact] = (),
        values: Mapping[str, Value | bool] | None = None,
        horizon: tuple[int, int] | None = None,
        *,
        presumed: bool = False,
    ) -> None:
        self.model = model
        self.known = known
        self.presumed = presumed
        self.assumed = tuple(assumed)
        self.values = dict(values or {})
        self.first, self.last = horizon or found_horizon(model, known, self.assumed)
        self._forget()
        self._lives: dict[str, list[Life]] = {}
        self._amended: dict[str, list[tuple[Instrument, Operation]]] = {}
        self._moves: dict[tuple[str, str], list[tuple[Instrument, Value]]] = {}
        self._named = {instrument.name: instrument for instrument in self._visible() if not instrument.reads}
        self._declarations = self._first_declared()
        for instrument in self._visible():
            self._apply(instrument)
        self._left_out: frozenset[object] = frozenset()
        self._worlds: dict[object, Naive] = {}
        self._supposed: dict[str, list[Moment]] = {}
        self._apart = self._twin()

    def _forget(self) -> None:
        self._pins: dict[str, Moment] = {}
        self._instanced: dict[object, list[Instance]] = {}
        self._made: dict[object, tuple[Moment, Truth, Moment]] = {}
        self._found_there: dict[object, int] = {}
        self._used: dict[object, list[Moment]] = {}
        self._keeping: dict[tuple[str, int], Truth] = {}
        self._cured: dict[object, Truth] = {}
        self._moments: dict[object, Moment] = {}
        self._walked: dict[object, list[Truth]] = {}
        self._said: dict[object, dict[object, Truth]] = {}
        self._events: dict[OnEvent, Moment] = {}
        self._going: set[object] = set()
        self._written: dict[tuple[Life, str], list[list[Change]]] = {}
        self._stood: dict[tuple[Life, str, int], Options] = {}
        self._falling: dict[Life, list[Obligation]] = {}
        self._lapsing: dict[tuple[Life, int], Moment] = {}
        self._plans: dict[str, list[Moment]] = {}

    def _without(self, uses: frozenset[object]) -> "Naive":
        """The same contract, had some uses of rights not been: facts, and what can still come of a subject."""
        left_out = self._left_out | uses
        if left_out == self._left_out:
            return self
        key = (self._apart is self, left_out)
        if key not in self._worlds:
            world = copy.copy(self)
            world._forget()
            world._left_out = left_out
            world._apart = world if self._apart is self else self._apart._without(uses)
            self._worlds[key] = world
        return self._worlds[key]

    def _twin(self) -> "Naive":
        """Who is asked for what ends the deal and what outlives it.

        There a breach and the use of a right never ask for the deal's end.
        """
        twin = copy.copy(self)
        twin._forget()
        twin._apart = twin
        return twin

    def _for(self, life: Life) -> "Naive":
        """Who is asked for a clause."""
        return self._apart if life.word in OF_THE_DEAL else self

    # --- the contract as known ------------------------------------------------------------------------------

    def _visible(self) -> Iterator[Instrument]:
        for instrument in self.model.instruments:
            if instrument.signed is None:
                if not instrument.amends:  # an amendment without `signed` is a draft and changes nothing
                    yield instrument
            elif self.known is not None and instrument.signed[0] <= self.known:
                yield instrument

    def _first_declared(self) -> dict[str, Mapping[str, Schedule]]:
        found: dict[str, Mapping[str, Schedule]] = {}
        for instrument in self._visible():
            for operation in instrument.operations:
                if isinstance(operation, Add) and not operation.entry.is_clause:
                    terms = {name: text.value for name, text in operation.entry.terms.items()}
                    found.setdefault(str(operation.key), terms)
        return found

    def _apply(self, instrument: Instrument) -> None:
        for operation in instrument.operations:
            kind, _, name = str(operation.key).partition(" ")
            if kind == "amend":
                self._amended.setdefault(name, []).append((instrument, operation))
                continue
            lives = self._lives.setdefault(str(operation.key), [])
            if isinstance(operation, Add):
                self._add(instrument, operation, lives)
            elif lives:
                self._change(instrument, operation, lives[-1])

    def _add(self, instrument: Instrument, operation: Add, lives: list[Life]) -> None:
        terms: dict[str, Schedule | None] = {name: text.value for name, text in operation.entry.terms.items()}
        dropped = bool(lives) and any(isinstance(was, Drop) for _, was in lives[-1].suspensions)
        anew = instrument.restates and dropped  # a restatement brings back what was dropped
        if operation.replacing and lives and lives[-1].word == operation.entry.word and not anew:
            lives[-1].changes.append(Change(instrument, terms, _of_agreement(instrument), whole=True))
            return
        replaces = operation.replacing and bool(lives) and not anew
        life = Life(str(operation.key), operation.entry.word, operation.entry.deal, instrument, replaces)
        life.changes.append(Change(instrument, terms, first=True))
        lives.append(life)

    def _change(self, instrument: Instrument, operation: Operation, life: Life) -> None:
        first = _of_agreement(instrument)
        match operation:
            case Drop() | Waive() | Reinstate():
                life.suspensions.append((instrument, operation))
            case SetTerms(terms=texts):
                changed = {name: text.value if text else None for name, text in texts.items()}
                life.changes.append(Change(instrument, changed, first))
            case ChangeMembers(term=term):
                life.changes.append(Change(instrument, {term: None}, first, members=operation))

    # --- when instruments have effect -----------------------------------------------------------------------

    def _effective(self, instrument: Instrument) -> Moment:
        """The effective day of an instrument, as others have moved it."""
        instrument = self._read(instrument)
        if not self._moved(instrument, "effective"):
            return self._as_signed(instrument)
        return self._first_day(
            ("effective", instrument.name),
            partial(self._taken, instrument),
            partial(self._provided, instrument, "effective"),
        )

    def _read(self, instrument: Instrument) -> Instrument:
        """A reading takes effect and lapses with the instrument that it reads."""
        return self._named[named(instrument)]

    def _as_signed(self, instrument: Instrument) -> Moment:
        """The effective day that it gives itself, by default its signing; with `when E`, the later of it and E."""
        key = ("as signed", instrument.name)
        if key not in self._moments:
            if key in self._going:
                raise RecursionError(f"{instrument.name} takes effect when it takes effect")
            self._going.add(key)
            self._moments[key] = self._takes_effect(instrument)
            self._going.discard(key)
        return self._moments[key]

    def _takes_effect(self, instrument: Instrument) -> Moment:
        if instrument.effective is not None:
            at = self._start_of(instrument.effective)
        elif instrument.signed is None:
            at = Moment(ALWAYS, ALWAYS, NOBODY)
        else:
            at = moment(*instrument.signed, {f"{instrument.name}.signed"})
        if instrument.when is not None:
            at = latest((at, self._first_day_of(instrument.when)))
        return at

    def _moved(self, instrument: Instrument, term: str) -> list[tuple[Instrument, Value]]:
        """What others wrote into when an instrument takes effect, or until when it has it; to rescind it, too."""
        key = (instrument.name, term)
        if key in self._moves or instrument.name not in self._amended:
            return self._moves.get(key, [])
        writes: list[tuple[Instrument, Value]] = []
        for by, operation in self._amended[instrument.name]:
            if isinstance(operation, Drop) and term == "until":
                writes.append((by, RESCINDED))
            elif isinstance(operation, SetTerms) and term in operation.terms:
                text = operation.terms[term]
                writes.append((by, text.value.limbs[0][0] if text else End("perpetual")))
        self._moves[key] = in_order(writes, lambda write: write[0])
        return self._moves[key]

    def _provided(self, instrument: Instrument, term: str, day: int) -> Options:
        """When an instrument takes effect, or ends, as far as others provide for it by a day; None: as it says."""
        options = ABSENT
        moved = self._moved(instrument, term)
        for by, writes in itertools.groupby(moved, key=lambda write: self._read(write[0])):
            last = Options(([value for _, value in writes][-1],), NOBODY)
            options = chosen(reached(self._effective(by), day), last, options)
        return options

    def _taken(self, instrument: Instrument, day: int) -> Truth:
        """Whether it has taken effect by a day. What has taken effect is no longer moved."""

        def truth(at: int) -> Truth:
            options = self._provided(instrument, "effective", at)
            comes = [self._start(v) if isinstance(v, Start) else self._as_signed(instrument) for v in options.values]
            return one_of([reached(come, at) for come in comes], options.names)

        if not self._moved(instrument, "effective"):
            return reached(self._as_signed(instrument), day)
        return self._by(("taken", instrument.name), truth, day, partial(self._provided, instrument, "effective"))

    def _over(self, instrument: Instrument, day: int) -> Truth:
        """Whether its end has come by a day, or it has been rescinded. What has lapsed gets no new end."""
        instrument = self._read(instrument)

        def truth(at: int) -> Truth:
            options = self._provided(instrument, "until", at)
            return one_of([self._at_end(instrument, value, at) for value in options.values], options.names)

        if instrument.until is None and not self._moved(instrument, "until"):
            return NO
        return self._by(("lapsed", instrument.name), truth, day, partial(self._provided, instrument, "until"))

    def _at_end(self, instrument: Instrument, value: Value | None, day: int) -> Truth:
        if value == RESCINDED:
            return YES
        end = value if isinstance(value, End) else instrument.until
        return reached(self._end(end, self._effective(instrument)), day) if end else NO

    def _in_effect(self, instrument: Instrument, day: int) -> Truth:
        """Whether what an instrument does counts on a day; what is read into an agreement always does."""
        if _of_agreement(instrument):
            return YES
        instrument = self._read(instrument)
        return both(self._taken(instrument, day), opposite(self._over(instrument, day)))

    # --- knowledge ------------------------------------------------------------------------------------------

    def _records(self, subject: str, *kinds: str) -> list[Fact]:
        """What is known of a subject, what became known last standing last."""
        supposed = [fact for fact in self.assumed if fact.subject == subject]
        if supposed:
            return [fact for fact in supposed if fact.kind in kinds]
        recorded: list[tuple[int, Fact]] = []
        for fact in self.model.facts:
            if fact.subject != subject or fact.kind not in kinds or fact.known is None or self.known is None:
                continue
            if fact.known <= self.known and (fact.retracted is None or fact.retracted > self.known):
                recorded.append((fact.known, fact))
        return [fact for _, fact in sorted(recorded, key=lambda pair: pair[0])]

    def _not_yet_known(self, name: str) -> Moment:
        """What is not recorded by the day of knowledge has not happened by it; without that day, all is open."""
        if self.presumed:
            return Moment(NEVER, NEVER, NOBODY)
        return moment(ALWAYS if self.known is None else next_day(self.known), NEVER, {name})

    def _open_from(self, name: str) -> int:
        """The first day on which something can happen that is not recorded; what is supposed leaves no more open."""
        if self.presumed or self._is_supposed(name):
            return NEVER
        return self._after_knowledge()

    def _is_supposed(self, subject: str) -> bool:
        return any(fact.subject == subject for fact in self.assumed)

    def _after_knowledge(self) -> int:
        return ALWAYS if self.known is None else next_day(self.known)

    def _recorded(self, name: str, *, recurring: bool = False) -> Moment:
        key = ("recorded", name, recurring)
        if key not in self._moments:
            self._moments[key] = self._happens(name, recurring=recurring)
        return self._moments[key]

    def _happens(self, name: str, *, recurring: bool) -> Moment:
        records = self._records(name, "happened")
        found = [moment(fact.day, fact.last, {name}) for fact in records]
        if recurring and found:
            return earliest([*found, moment(self._open_from(name), NEVER, {name})])
        if not records:
            return self._not_yet_known(name)
        newest = max(records, key=lambda fact: fact.known or 0).known
        last_known = [at for at, fact in zip(found, records, strict=True) if fact.known == newest]
        return min(last_known)

    def _event(self, event: OnEvent) -> Moment:
        """The day on which an event happens, the first time where it happens several times."""
        if event not in self._events:
            self._events[event] = self._day_of(event)
        return self._events[event]

    def _day_of(self, event: OnEvent) -> Moment:
        label = event.of_label
        if (label or event.event) in self._pins:
            return self._pins[label or event.event]
        if label is None:
            return self._declared_event(event.event)
        if event.event == "start":
            if any("each" in life.term_names for life in self._lives.get(label, [])):
                return self._first_day(("start", label), lambda day: self._begun_of(label, day))
            return self._first_day(("start", label), lambda day: self._started_of(label, day), self._beginnings(label))
        if event.event == "end":
            lives = self._lives.get(label, [])
            if label.rpartition(".")[2] == "term" or (lives and lives[-1].word == "term"):
                deal = lives[-1].deal if lives else self._deal_of(label)
                return self._deal_end(deal)
            return self._first_day(("end", label), lambda day: self._ended_of(label, day), self._lives_with(label))
        if event.event == "due":
            return self._first_day(("due", label), lambda day: self._due_of(label, day), self._lives_with(label, "due"))
        if event.event in {"breach", "default"}:
            return earliest([*self._failings(event.event, label), Moment(NEVER, NEVER, NOBODY)])
        if event.event in {"notice", "exercise"} and self._is_right(label):
            return earliest([*self._uses(event.event, label), Moment(NEVER, NEVER, NOBODY)])
        if event.event in UNSEEN:
            return self._perhaps_unseen(event.event, label)
        return self._recorded(f"{event.event} of {label}", recurring=event.event in REPEATED)

    def _deal_of(self, label: str) -> str:
        named = label.rpartition(".")[0]
        return named if any(deal.name == named for deal in self.model.deals) else self.model.deals[0].name

    def _declared_event(self, name: str) -> Moment:
        terms = self._declarations.get(f"event {name}", {})
        supposed = self._is_supposed(name)
        if "every" in terms and "from" in terms:
            value = terms["from"].limbs[0][0]
            assert isinstance(value, Start)
            return self._start(value)
        lives = self._lives.get(f"event {name}")
        if lives and not supposed and any("=" in change.terms for change in lives[-1].changes):
            life = lives[-1]
            return self._first_day(("event", name), lambda day: self._defined(life, name, day))
        return self._recorded(name, recurring="recurring" in terms)

    def _defined(self, life: Life, name: str, day: int) -> Truth:
        """Whether an event has happened by what it is defined as on a day."""
        options = self._options(life, "=", day)
        truths = [
            self._holds(value, day) if isinstance(value, Condition) else reached(self._recorded(name), day)
            for value in options.values
        ]
        return one_of(truths, options.names)

    def _unknown_date(self, name: str) -> Moment:
        """The days on which an unknown date can lie: as supposed, as recorded, or within its bounds."""
        value = self.values.get(name)
        if value is None:
            records = self._records(name, "value")
            value = records[-1].value if records else None
        if isinstance(value, Start):
            return moment(self._start_of(value.time).lo, self._last_of(value.time).hi, {name})
        bounds = self._declarations.get(f"unknown {name}", {})
        lo, hi = ALWAYS, NEVER
        if "from" in bounds:
            start = bounds["from"].limbs[0][0]
            assert isinstance(start, Start)
            lo = self._start(start).lo
        if "until" in bounds:
            end = bounds["until"].limbs[0][0]
            assert isinstance(end, End)
            out = self._end(end, Moment(lo, lo, NOBODY)).hi
            hi = out if out in {ALWAYS, NEVER} else out - 1
        return moment(lo, hi, {name})

    # --- times ----------------------------------------------------------------------------------------------

    def _start_of(self, time: Time) -> Moment:
        """The first day of a time."""
        match time:
            case OnDate(first):
                return Moment(first, first, NOBODY)
            case Limb(earlier, parts):
                return (earliest if earlier else latest)(self._start_of(part) for part in parts)
            case _:
                return self._last_of(time)

    def _last_of(self, time: Time) -> Moment:
        """The last day of a time."""
        match time:
            case OnDate(_, last):
                return Moment(last, last, NOBODY)
            case OnEvent():
                return self._event(time)
            case OnUnknown(name):
                return self._unknown_date(name)
            case Offset(length, before, base):
                return moved(self._start_of(base) if before else self._last_of(base), length, back=before)
            case Limb(earlier, parts):
                return (earliest if earlier else latest)(self._last_of(part) for part in parts)

    def _deadline(self, time: Time) -> Moment:
        """The last day for what must be done; n days before an end are counted back from the last day in force."""
        match time:
            case OnEvent("end", label) if label is not None:
                return self._last_in_force(time)
            case Offset(length, True, base):
                return moved(self._last_in_force(base), length, back=True)
            case Limb(earlier, parts):
                return (earliest if earlier else latest)(self._deadline(part) for part in parts)
            case _:
                return self._last_of(time)

    def _last_in_force(self, base: Time) -> Moment:
        match base:
            case OnEvent("end", label) if label is not None:
                return each_day(self._event(base), lambda day: day if day in {ALWAYS, NEVER} else day - 1)
            case Limb(earlier, parts):
                return (earliest if earlier else latest)(self._last_in_force(part) for part in parts)
            case _:
                return self._start_of(base)

    def _after(self, time: Time) -> Moment:
        """The first day after a time: of a date the next day, of an event its own."""
        match time:
            case OnEvent():
                return self._event(time)
            case Limb(earlier, parts):
                return (earliest if earlier else latest)(self._after(part) for part in parts)
            case _:
                return each_day(self._last_of(time), next_day)

    def _start(self, start: Start) -> Moment:
        return self._start_of(start.time) if start.word == "from" else self._after(start.time)

    def _end(self, end: End, start: Moment) -> Moment:
        """The first day on which what started at a moment is no longer in force."""
        if end.time is None:
            return Moment(NEVER, NEVER, NOBODY)
        if isinstance(end.time, Duration):
            return moved(start, end.time)
        return self._start_of(end.time) if end.word == "before" else self._after(end.time)

    # --- conditions, and walking through the days -----------------------------------------------------------

    def _holds(self, condition: Condition, day: int) -> Truth:
        match condition:
            case Happened(event):
                return reached(self._event(event), day)
            case InForce(label):
                return self._in_force_of(label, day)
            case Negation(part):
                return opposite(self._holds(part, day))
            case AllOf(parts):
                return both(*(self._holds(part, day) for part in parts))
            case AnyOf(parts):
                return either(*(self._holds(part, day) for part in parts))
            case Holds(name, "unknown"):
                return self._unknown_truth(name, day)
            case Holds(name, kind):
                return self._condition(f'"{name}"' if kind == "quoted" else name, day)

    def _unknown_truth(self, name: str, day: int) -> Truth:
        value = self.values.get(name)
        records = self._records(name, "value", "holds")
        if value is None and records and records[-1].kind == "value":
            value = records[-1].value
        if isinstance(value, bool):
            return YES if value else NO
        # Recorded as holding, it is a condition like any other; unrecorded, it is not known on any day.
        return self._condition(name, day) if records else maybe({name})

    def _condition(self, subject: str, day: int) -> Truth:
        """Conditions do not hold through the day of knowledge and are open after it, but for the records."""
        closed = self.presumed or (self.known is not None and day <= self.known)
        base = NO if closed else maybe({subject})
        return self._overlaid(base, subject, self._records(subject, "holds"), day)

    def _overlaid(self, truth: Truth, subject: str, records: Iterable[Fact], day: int) -> Truth:
        for fact in sorted(records, key=lambda fact: (fact.known or 0, fact.end is not None)):
            if day < fact.day or (fact.end is not None and day >= fact.end):
                continue
            if fact.end is not None or fact.known is None or self.presumed:
                truth = YES
            else:
                sure = fact.day if self.known is None else max(self.known, fact.day)
                truth = YES if day <= sure else maybe({subject})
            if day < fact.last:
                truth = maybe({subject})
        return truth

    def _by(
        self, key: object, truth: Callable[[int], Truth], day: int, standing: Callable[[int], object] | None = None
    ) -> Truth:
        """Whether something has been so on any day up to a day.

        As long as what is `standing` stands, what was so on one day is so on the next; its last day then speaks for
        all of them. Without it, every day speaks for itself.
        """
        walked = self._walked.setdefault(key, [])
        said = self._said.setdefault(key, {})
        while self.first + len(walked) <= min(day, self.last):
            if walked and walked[-1].answer:
                walked.append(YES)
                continue
            if key in self._going:
                raise RecursionError(f"{key} depends on itself")
            self._going.add(key)
            today = self.first + len(walked)
            now = truth(today)
            if now.answer is not False:
                said[standing(today) if standing else now] = now
            self._going.discard(key)
            walked.append(either(NO, *said.values()))
        return walked[max(0, min(day, self.last) - self.first)] if walked else truth(self.first)

    def _first_day(
        self, key: object, truth: Callable[[int], Truth], standing: Callable[[int], object] | None = None
    ) -> Moment:
        """The first day on which something is so."""
        if key not in self._moments:
            self._by(key, truth, self.last, standing)
            walked = self._walked[key]
            lo = next((self.first + i for i, t in enumerate(walked) if t.answer is not False), NEVER)
            hi = next((self.first + i for i, t in enumerate(walked) if t.answer), NEVER)
            names = NOBODY.union(*(t.names for t in walked))
            lo, hi = (ALWAYS if day == self.first else day for day in (lo, hi))
            come = None if lo == hi else lambda day: self._by(key, truth, day, standing)
            self._moments[key] = Moment(lo, hi, names if lo < hi else NOBODY, come)
        return self._moments[key]

    def _first_day_of(self, condition: Condition) -> Moment:
        lasting = _lasting(condition)
        return self._first_day(
            ("holds", condition), lambda day: self._holds(condition, day), (lambda _: condition) if lasting else None
        )

    def _come(self, condition: Condition, day: int) -> Truth:
        """Whether a condition has held on any day up to a day."""
        return reached(self._first_day_of(condition), day)

    # --- terms ----------------------------------------------------------------------------------------------

    def _options(self, life: Life, term: str, day: int) -> Options:
        """The values that a term may have on a day: what instruments wrote, in order, each while it has effect."""
        key = (life, term, day)
        if key not in self._stood:
            asked = self._for(life)
            self._stood[key] = self._stands(life, term, day) if asked is self else asked._options(life, term, day)
        return self._stood[key]

    def _stands(self, life: Life, term: str, day: int) -> Options:
        if (life, term) not in self._written:
            self._written[life, term] = life.written(term)
        options = ABSENT
        for changes in self._written[life, term]:
            there = YES if changes[0].first else self._in_effect(changes[0].instrument, day)
            if there.answer is False:
                continue
            new = options
            for change in changes:
                if change.members is not None:
                    new = self._with_members(new, change.members)
                else:
                    new = self._scheduled(life, change.terms.get(term), day)
            options = chosen(there, new, options)
        return options

    def _with_members(self, options: Options, change: ChangeMembers) -> Options:
        result: list[Value | None] = []
        for value in options.values:
            old = value if isinstance(value, Names) else Names(())
            others = tuple(member for member in old.members if member not in change.members.members)
            members = old.members if change.adding else others
            if change.adding:
                members += tuple(member for member in change.members.members if member not in members)
            new = attrs.evolve(old, members=members) if members else None
            if new not in result:
                result.append(new)
        return Options(tuple(result), options.names if len(result) > 1 else NOBODY)

    def _scheduled(self, life: Life, schedule: Schedule | None, day: int) -> Options:
        if schedule is None:
            return ABSENT
        value, until = schedule.limbs[0]
        options = Options((value,), NOBODY)
        if until is None or len(schedule.limbs) == 1:
            return options
        start = self._start_moment(life) if isinstance(until.time, Duration) else self._at(life)
        turn = self._end(until, start)
        if day < turn.lo:
            return options
        return from_then_on(turn, day, options, self._scheduled(life, Schedule(schedule.limbs[1:]), day))

    def _at(self, life: Life) -> Moment:
        return self._effective(life.instrument)

    # --- one life of a clause -------------------------------------------------------------------------------

    def _started(self, life: Life, day: int) -> Truth:
        if self._for(life) is not self:
            return self._apart._started(life, day)
        own = self._options(life, "from", day)
        begun: list[Truth] = []
        for value in own.values:
            stated = isinstance(value, Start) and not self._of_instance(life, value, day)
            begun.append(reached(self._start(value) if stated and isinstance(value, Start) else self._at(life), day))
        parts = [one_of(begun, own.names)]
        if life.instrument.amends:
            parts.append(reached(self._at(life), day))
        combinations, names = self._combinations(life, ("when", "renews"), day)
        come = [
            self._come(when, day) if isinstance(when, Condition) and not (life.word == "term" and renews) else YES
            for when, renews in combinations
        ]
        return both(*parts, one_of(come, names), self._brought_about(life, day))

    def _brought_about(self, life: Life, day: int) -> Truth:
        """Where duties name it in `otherwise`: whether one of these has come to a default."""
        naming = [other for others in self._lives.values() for other in others if "otherwise" in other.term_names]
        found = [(other.label, self._options(other, "otherwise", day)) for other in naming]
        found = [(label, named) for label, named in found if any(_lists(value, life.label) for value in named.values)]
        truths: list[Truth] = []
        for values in itertools.product(*(named.values for _, named in found)):
            labels = [label for (label, _), value in zip(found, values, strict=True) if _lists(value, life.label)]
            defaults = [reached(self._event(OnEvent("default", label)), day) for label in labels]
            truths.append(either(*defaults) if defaults else YES)
        return one_of(truths, NOBODY.union(*(named.names for _, named in found)))

    def _beginning(self, life: Life) -> Callable[[int], object]:
        """All that decides when a clause starts, as it stands on a day."""
        standing = self._standing(life, "from", "when", "renews")
        naming = [other for others in self._lives.values() for other in others if "otherwise" in other.term_names]
        return lambda day: (standing(day), *(self._options(other, "otherwise", day) for other in naming))

    def _beginnings(self, label: str) -> Callable[[int], object]:
        found = [self._beginning(life) for life in self._lives.get(label, [])]
        return lambda day: tuple(standing(day) for standing in found)

    def _start_moment(self, life: Life) -> Moment:
        return self._first_day(("started", id(life)), lambda day: self._started(life, day), self._beginning(life))

    def _of_instance(self, life: Life, value: Start | End, day: int) -> bool:
        """In an `each` clause: a duration, and a time that names the event, belong to the instance."""
        events = [v.event for v in self._options(life, "each", day).values if isinstance(v, Happened)]
        if not events:
            return False
        return isinstance(value.time, Duration) or any(e in events for e in _mentions(value, (OnEvent,)))

    def _dropped(self, life: Life, day: int) -> Truth:
        """Whether it was dropped for good: by what has no end of its own; what was dropped then stays so."""
        return either(
            NO,
            *(
                self._by(("dropped", id(operation)), partial(self._in_effect, by), day, partial(self._in_effect, by))
                for by, operation in life.suspensions
                if isinstance(operation, Drop) and by.until is None
            ),
        )

    def _end_reached(self, life: Life, day: int) -> Truth:
        """Whether the end that stands on a day has come by it."""
        if life.word in {"term", "survive"}:
            return NO
        own = self._options(life, "until", day)
        truths: list[Truth] = []
        for value in own.values:
            if not isinstance(value, End) or self._of_instance(life, value, day):
                truths.append(NO)
            else:
                start = self._start_moment(life) if isinstance(value.time, Duration) else self._at(life)
                truths.append(reached(self._end(value, start), day))
        return either(one_of(truths, own.names), self._window_over(life, day))

    def _window_over(self, life: Life, day: int) -> Truth:
        """Whether an option that `when` opens has lapsed; the last day of its window is included."""
        if life.word != "option":
            return NO
        combinations, names = self._combinations(life, ("window", "when", "each"), day)
        truths: list[Truth] = []
        for window, when, each in combinations:
            if isinstance(window, Duration) and when is not None and each is None:
                truths.append(reached(each_day(moved(self._start_moment(life), window), next_day), day))
            else:
                truths.append(NO)
        return one_of(truths, names)

    def _ended_alone(self, life: Life, day: int) -> Truth:
        """Whether a clause has ended, whatever becomes of the deal."""
        by_time = self._by(
            ("ended alone", id(life)), lambda at: self._end_reached(life, at), day, self._standing(life, *OWN_END)
        )
        return either(by_time, self._dropped(life, day), self._taken_back(life, day))

    def _ended(self, life: Life, day: int) -> Truth:
        """What has ended stays ended."""
        if self._for(life) is not self:
            return self._apart._ended(life, day)
        survivals = [
            self._standing(other, "clauses", "until")
            for other in itertools.chain.from_iterable(self._lives.values())
            if other.word == "survive" and other.deal == life.deal
        ]
        until = self._standing(life, *OWN_END, "irrevocable")
        by_time = self._by(
            ("ended", id(life)),
            lambda at: self._ends(life, at),
            day,
            lambda at: (until(at), *(standing(at) for standing in survivals)),
        )
        return either(by_time, self._dropped(life, day), self._taken_back(life, day))

    def _taken_back(self, life: Life, day: int) -> Truth:
        """Whether the amendment that added it has lapsed."""
        return self._over(life.instrument, day) if life.instrument.amends else NO

    def _ends(self, life: Life, day: int) -> Truth:
        by_deal = NO
        if life.word not in {"survive", "books"}:
            by_deal = both(self._with_the_deal(life, day), *self._survivals(life, day))
        return either(self._end_reached(life, day), by_deal)

    def _with_the_deal(self, life: Life, day: int) -> Truth:
        """Whether the deal's end has come for a clause: not for one that is perpetual, by its term for irrevocables."""
        ended = self._deal_ended(life.deal, day)
        if life.word in OF_THE_DEAL:
            return ended
        combinations, names = self._combinations(life, ("until", "irrevocable"), day)
        truths: list[Truth] = []
        for until, irrevocable in combinations:
            if until == End("perpetual"):
                truths.append(NO)
            elif irrevocable is not None:
                truths.append(reached(self._deal_end(life.deal, "term"), day))
            else:
                truths.append(ended)
        return one_of(truths, names)

    def _survivals(self, life: Life, day: int) -> Iterator[Truth]:
        """Of every clause that lets this one outlive the deal: whether it does so no longer."""
        if self._apart is not self:
            yield from self._apart._survivals(life, day)
            return
        for other in itertools.chain.from_iterable(self._lives.values()):
            if other.word != "survive" or other.deal != life.deal:
                continue
            named = self._options(other, "clauses", day)
            truths = [
                self._outlived(other, day) if isinstance(value, Names) and life.label in value.members else YES
                for value in named.values
            ]
            yield either(one_of(truths, named.names), opposite(self._active(other, day)))

    def _outlived(self, survive: Life, day: int) -> Truth:
        until = self._options(survive, "until", day)
        truths = [
            reached(self._end(value, self._deal_end(survive.deal)), day) if isinstance(value, End) else NO
            for value in until.values
        ]
        return one_of(truths, until.names)

    def _waived(self, life: Life, day: int) -> Truth:
        """Whether a waiver lasts, or what dropped it for a time does, and nothing behind that has reinstated it."""
        waived = NO
        for place, (instrument, operation) in enumerate(life.suspensions):
            if isinstance(operation, Reinstate):
                continue
            there = [self._in_effect(instrument, day)]
            if isinstance(operation, Drop):
                there.append(NO if instrument.until is None else YES)
            else:
                at = Moment(ALWAYS, ALWAYS, NOBODY) if _of_agreement(instrument) else self._effective(instrument)
                start = at if operation.start is None else latest((at, self._start_of(operation.start)))
                there.append(reached(start, day))
                if isinstance(operation.end, End):
                    there.append(opposite(reached(self._end(operation.end, start), day)))
            for by, later in life.suspensions[place + 1 :]:
                if isinstance(later, Reinstate):
                    there.append(opposite(self._in_effect(by, day)))
            waived = either(waived, both(*there))
        return waived

    def _circumstances(self, life: Life, term: str, day: int, default: Truth) -> Truth:
        options = self._options(life, term, day)
        truths = [self._holds(value, day) if isinstance(value, Condition) else default for value in options.values]
        return one_of(truths, options.names)

    def _parts(self, life: Life, day: int, *, alone: bool = False) -> tuple[Truth, ...]:
        """Whether it has begun, not ended, is not waived, may by its `while` and `unless`, and has an instance.

        `alone`: whatever becomes of the deal.
        """
        if self._for(life) is not self:
            return self._apart._parts(life, day, alone=alone)
        ended = self._ended_alone(life, day) if alone else self._ended(life, day)
        unwaived = opposite(self._waived(life, day))
        if life.word == "term":  # its conditions decide whether it renews
            return self._started(life, day), opposite(ended), unwaived, YES, YES, YES
        while_ = self._circumstances(life, "while", day, YES)
        unless = opposite(self._circumstances(life, "unless", day, NO))
        begun, over, live = self._by_instances(life, day, alone=alone)
        return begun, opposite(either(ended, over)), unwaived, while_, unless, live

    def _status(self, life: Life, day: int) -> tuple[str, frozenset[str]]:
        return self._status_of(self._parts(life, day))

    def _status_of(self, parts: tuple[Truth, ...]) -> tuple[str, frozenset[str]]:
        started, alive, unwaived, while_, unless, live = parts
        if alive.answer is False:
            return "ended", NOBODY
        if started.answer is False:
            return "not yet", NOBODY
        if started.answer and unwaived.answer is False:
            return "waived", NOBODY
        if started.answer and False in {while_.answer, unless.answer, live.answer}:
            return "dormant", NOBODY
        if all(part.answer for part in parts):
            return "in force", NOBODY
        return "contingent", _open_names(parts)

    # --- instances of a clause with `each` ------------------------------------------------------------------

    def _by_instances(self, life: Life, day: int, *, alone: bool) -> tuple[Truth, Truth, Truth]:
        """Of a clause on a day: whether it has begun, is over with its last instance, and one is in force."""
        options = self._options(life, "each", day)
        found: list[tuple[Truth, Truth, Truth]] = []
        for value in options.values:
            if isinstance(value, Happened):
                found.append(self._of_event(life, value.event, day, alone=alone))
            else:
                found.append((self._started(life, day), NO, YES))
        begun, over, live = zip(*found, strict=True)
        return one_of(begun, options.names), one_of(over, options.names), one_of(live, options.names)

    def _of_event(self, life: Life, event: OnEvent, day: int, *, alone: bool) -> tuple[Truth, Truth, Truth]:
        begun, live, past = NO, NO, YES
        more = False
        for instance in self._instances(event):
            begins, made, ends = self._span_of(life, instance, alone=alone)
            if made.answer is False:
                continue
            come = both(made, reached(begins, day))
            if come.answer is None and self._first_there(life, begins, instance, alone=alone) > day:
                come = NO  # on the days by then on which it can begin, the clause is not there
            if instance.open:
                come = both(come, maybe(instance.at.names), self._started(life, day))
                more = True
            more = more or reached(begins, day).answer is not True
            over = reached(ends, day)
            begun = either(begun, come)
            live = either(live, both(come, opposite(over)))
            past = both(past, either(opposite(come), over))
        return begun, NO if more else both(begun, past), live

    def _instances(self, event: OnEvent) -> list[Instance]:
        """The occurrences of an event, each with the one before it; the last stands for all that can still come."""
        if event not in self._instanced:
            found: list[Instance] = []
            prior: Moment | None = None
            latest_first = sorted(self._occurring(event), key=lambda at: (at.lo, at.hi), reverse=True)
            by_day = {at.lo: at for at in latest_first if at.lo < NEVER}
            for at in sorted(by_day.values(), key=lambda at: at.lo):
                found.append(Instance(at, event, self._pin(event, at), prior))
                prior = at
            coming = self._coming(event)
            if coming.lo < NEVER:
                found.append(Instance(coming, event, self._pin(event, coming), prior, open=True))
            self._instanced[event] = found
        return self._instanced[event]

    def _pin(self, event: OnEvent, at: Moment) -> OnEvent:
        """An event that is one occurrence of another."""
        name = f"@{at.lo}-{at.hi} {show(Happened(event))}"
        self._pins[name] = at
        return OnEvent(name) if event.of_label is None else OnEvent(event.event, name)

    def _span_of(self, life: Life, instance: Instance, *, alone: bool) -> tuple[Moment, Truth, Moment]:
        """When an instance begins, whether it is made, and when it ends by itself."""
        key = (life, instance, alone)
        if key not in self._made:
            name = (id(life), instance.pinned)
            begins = self._once_for_all(
                ("begins", *name), life, ("from", "due"), lambda values: self._begins(life, instance, *values)
            )
            ends = self._once_for_all(
                ("ends", *name), life, ("until", "window"), lambda values: self._ends_by_itself(
                    life, instance, begins, *values)
            )  # fmt: skip
            self._made[key] = begins, self._is_made(life, begins, instance, alone=alone), ends
        return self._made[key]

    def _once_for_all(
        self, key: object, life: Life, terms: tuple[str, ...], at: Callable[[tuple[Value | None, ...]], Moment]
    ) -> Moment:
        """A moment by what terms say; where they change, the first day on which it has come by what they say then."""

        def on(day: int) -> Moment:
            combinations, names = self._combinations(life, terms, day)
            return _some([at(values) for values in combinations], names)

        if self._unchanging(life, *terms):
            return on(self.first)
        return self._first_day(key, lambda day: reached(on(day), day), self._standing(life, *terms))

    def _unchanging(self, life: Life, *terms: str) -> bool:
        """Whether nothing ever changes some terms."""
        texts = [life.changes[0].terms.get(term) for term in terms]
        single = all(text is None or len(text.limbs) == 1 for text in texts)
        return single and not any(change.writes(term) for change in life.changes[1:] for term in terms)

    def _begins(self, life: Life, instance: Instance, start: Value | None, due: Value | None) -> Moment:
        names_it = [instance.event in _mentions(value, (OnEvent,)) for value in (start, due)]
        if names_it[0] and isinstance(start, Start):
            return self._start(Start(start.word, _pinned(start.time, instance.event, instance.pinned)))
        if names_it[1] and isinstance(due, Due) and not isinstance(due.time, Duration):
            last = self._deadline(_pinned(due.time, instance.event, instance.pinned))
            if last.lo <= self._deadline(instance.pinned).lo:
                begins = self._start_moment(life)
                if instance.prior:
                    prior = self._deadline(_pinned(due.time, instance.event, self._pin(instance.event, instance.prior)))
                    behind = each_day(instance.prior, next_day)
                    sooner = earliest((last, each_day(prior, next_day)))
                    if last.lo >= behind.hi:
                        sooner = behind
                    elif last.hi >= behind.lo:
                        sooner = _some((sooner, behind), last.names | behind.names)
                    begins = latest((begins, sooner))
                return Moment(NEVER, NEVER, NOBODY) if last.hi < begins.lo else begins
        return instance.at

    def _ends_by_itself(
        self, life: Life, instance: Instance, begins: Moment, until: Value | None, window: Value | None
    ) -> Moment:
        ends = [Moment(NEVER, NEVER, NOBODY)]
        time = until.time if isinstance(until, End) else None
        if isinstance(time, Duration):
            ends.append(moved(begins, time))
        elif isinstance(until, End) and time is not None and instance.event in _mentions(time, (OnEvent,)):
            ends.append(self._end(End(until.word, _pinned(time, instance.event, instance.pinned)), begins))
        if life.word == "option" and isinstance(window, Duration):
            ends.append(each_day(moved(begins, window), next_day))
        return earliest(ends)

    def _is_made(self, life: Life, begins: Moment, instance: Instance, *, alone: bool) -> Truth:
        """Whether the clause has started and not ended on the day on which an instance begins.

        Of what can come on any day it is asked whether the clause can be there on any of them.
        """
        if begins.lo == NEVER:
            return NO
        first, last = (max(self.first, min(day, self.last)) for day in begins[:2])
        gone = self._gone_alone if alone else self._gone
        with_it = begins[:2] == self._start_moment(life)[:2]  # on the day on which the clause starts, it has started
        there = [both(YES if with_it else self._started(life, day), opposite(gone(life, day)))
                 for day in range(first, last + 1)]  # fmt: skip
        if instance.open:
            return NO if all(truth.answer is False for truth in there) else YES
        comes = maybe(instance.at.names) if instance.at.hi == NEVER > begins.hi else YES
        return both(one_of(there, begins.names), comes)

    def _first_there(self, life: Life, begins: Moment, instance: Instance, *, alone: bool) -> int:
        """The first day on which an instance can begin and find its clause there."""
        key = (life, instance, alone)
        if key not in self._found_there:
            gone = self._gone_alone if alone else self._gone
            first, last = (max(self.first, min(day, self.last)) for day in begins[:2])
            with_it = begins[:2] == self._start_moment(life)[:2]
            days = (day for day in range(first, last + 1)
                    if (with_it or self._started(life, day).answer is not False)
                    and gone(life, day).answer is not True)  # fmt: skip
            self._found_there[key] = next(days, NEVER)
        return self._found_there[key]

    # --- occurrences ----------------------------------------------------------------------------------------

    def _occurring(self, event: OnEvent) -> list[Moment]:
        """Every occurrence of an event that is recorded or follows from the clauses, as far as it comes at all."""
        label = event.of_label
        if label is None:
            return self._declared_occurrences(event.event)
        lives = self._lives.get(label, [])
        if event.event in {"start", "end"} and not any(life.word == "term" for life in lives):
            found = [at for life in lives if "each" in life.term_names for at in self._edges(event.event, life)]
            return found if any("each" in life.term_names for life in lives) else [self._event(event)]
        if event.event in {"breach", "default"}:
            return [at for at in self._failings(event.event, label, coming=False) if at.lo < NEVER]
        if event.event == "due":
            obligations = [obligation for life in lives for obligation in self._obligations(life)]
            return [self._due_moment(obligation) for obligation in obligations]
        if event.event in {"notice", "exercise"} and self._is_right(label):
            return [at for at in self._uses(event.event, label, coming=False) if at.lo < NEVER]
        if event.event in REPEATED:
            subject = f"{event.event} of {label}"
            found = [moment(fact.day, fact.last, {subject}) for fact in self._records(subject, "happened")]
            return [*found, *self._planned(label)] if event.event == "performance" else found
        return [self._event(event)]

    def _due_moment(self, obligation: Obligation) -> Moment:
        days = [course.due if course.arises < NEVER else NEVER for course in obligation.courses]
        return moment(min(days), max(days), obligation.names)

    def _edges(self, edge: str, life: Life) -> Iterator[Moment]:
        """When the instances of a clause start, or end."""
        event = self._each(life)
        for instance in self._instances(event) if event else ():
            begins, made, ends = self._span_of(life, instance, alone=self._apart is self)
            if edge == "end":
                begins = earliest((ends, self._clause_end(life)))
            at = _provided_that(made, begins)
            if not instance.open and at.lo < NEVER:
                yield at

    def _clause_end(self, life: Life) -> Moment:
        if self._apart is self:
            return self._first_day(("end alone", id(life)), lambda day: self._ended_alone(life, day))
        return self._first_day(("end of life", id(life)), lambda day: self._ended(life, day))

    def _each(self, life: Life) -> OnEvent | None:
        """The event of which a clause has instances."""
        texts = tuple(change.terms.get("each") for change in life.changes)
        return next((event for event in _mentions(texts, (OnEvent,)) if isinstance(event, OnEvent)), None)

    def _declared_occurrences(self, name: str) -> list[Moment]:
        terms = self._declarations.get(f"event {name}", {})
        if "every" not in terms or "from" not in terms:
            facts = self._records(name, "happened")
            if "recurring" in terms:
                return [moment(fact.day, fact.last, {name}) for fact in facts]
            return [self._event(OnEvent(name))]
        length, begins = terms["every"].limbs[0][0], terms["from"].limbs[0][0]
        assert isinstance(length, Duration)
        assert isinstance(begins, Start)
        first, out = self._start(begins), self._out(name)
        found: list[Moment] = []
        for times in itertools.count():
            at = each_day(first, partial(shifted, length=length, times=times))
            if at.lo >= NEVER or at.lo >= out.hi:
                return found
            found.append(_provided_that(opposite(reached(out, at.hi)), at))
            if at.lo > self.last or at.lo == ALWAYS:
                return found
        raise AssertionError

    def _out(self, name: str) -> Moment:
        """The first day after those between which an event can happen."""
        terms = self._declarations.get(f"event {name}", {})
        until = terms["until"].limbs[0][0] if "until" in terms else End("perpetual")
        assert isinstance(until, End)
        return self._end(until, Moment(ALWAYS, ALWAYS, NOBODY))

    def _coming(self, event: OnEvent) -> Moment:
        """From when on an event can come again, any number of times, without a record; NEVER: not at all."""
        key = ("coming", event)
        if key not in self._moments:
            self._moments[key] = self._comes_again(event)
        return self._moments[key]

    def _comes_again(self, event: OnEvent) -> Moment:
        truths = self._walk_ahead(event)
        lo = next((self.first + place for place, truth in enumerate(truths) if truth.answer is not False), NEVER)
        names = NOBODY.union(*(truth.names for truth in truths))
        if lo == NEVER:
            return Moment(NEVER, NEVER, NOBODY)

        def come(day: int) -> Truth:
            """Whether it has come by a day."""
            return truths[max(0, min(day, self.last) - self.first)]

        return Moment(ALWAYS if lo == self.first else lo, NEVER, names, come)

    def _walk_ahead(self, event: OnEvent) -> list[Truth]:
        """Of each day, whether an event can have come by it without a record."""
        key = ("ahead", event)
        if key not in self._walked:
            walked: list[Truth] = []
            so_far = NO
            for day in range(self.first, self.last + 1):
                today = self._can_come(event, day)
                if today.answer is not False:
                    so_far = maybe(so_far.names | today.names)
                walked.append(so_far)
            self._walked[key] = walked
        return self._walked[key]

    def _can_come(self, event: OnEvent, day: int) -> Truth:
        """Whether an event can come again on a day without a record: no, or perhaps."""
        label = event.of_label
        if label is None:
            terms = self._declarations.get(f"event {event.event}", {})
            if "recurring" not in terms or day < self._open_from(event.event):
                return NO
            return both(maybe({event.event}), self._between(event.event, day))
        subject = f"{event.event} of {label}"
        if event.event in {"start", "end"}:
            lives = self._lives.get(label, [])
            return either(NO, *(self._edge_can_come(event.event, life, day) for life in lives if self._each(life)))
        if event.event in {"notice", "exercise"} and self._is_right(label):
            if ("open", subject) in self._left_out or day < self._open_from(subject):
                return NO
            world = self._without(self._uses_from(label, self._open_from(subject)))
            return both(maybe({subject}), world._usable(label, day))
        if event.event in UNSEEN:
            return self._unseen(event.event, label, day)
        if event.event in REPEATED:
            return maybe({subject}) if day >= self._open_from(subject) else NO
        if event.event == "default" and self._lives.get(label):
            opens = self._open_from(f"breach of {label}")
            lapses = NEVER if opens == NEVER else self._lapses(self._life_on(label, opens), opens).lo
            return maybe({f"breach of {label}"}) if day >= lapses else NO
        return NO

    def _between(self, name: str, day: int) -> Truth:
        """Whether a day lies between those between which an event can happen."""
        terms = self._declarations.get(f"event {name}", {})
        start = terms["from"].limbs[0][0] if "from" in terms else None
        begun = reached(self._start(start), day) if isinstance(start, Start) else YES
        return both(begun, opposite(reached(self._out(name), day)))

    def _edge_can_come(self, edge: str, life: Life, day: int) -> Truth:
        event = self._each(life)
        for instance in self._instances(event) if event else ():
            if instance.open:
                begins, made, ends = self._span_of(life, instance, alone=self._apart is self)
                at = ends if edge == "end" else begins
                if made.answer is not False and reached(at, day).answer is not False:
                    return maybe(instance.at.names)
        return NO

    def _come_within(self, event: OnEvent, after: int, by: int) -> Truth:
        """Whether an event comes after one day, and by another."""
        once = [both(reached(at, by), opposite(reached(at, after))) for at in self._occurring(event)]
        days = range(max(after + 1, self.first), min(by, self.last) + 1)
        return either(NO, *once, *(self._can_come(event, day) for day in days))

    # --- books ----------------------------------------------------------------------------------------------

    def _books(self, label: str, day: int) -> Truth:
        """Whether books are kept of a clause on a day."""
        day = max(self.first, min(day, self.last))
        key = (label, day)
        if key not in self._keeping:
            deal = self._lives[label][-1].deal if self._lives.get(label) else self._deal_of(label)
            kept = NO
            for other, lives in self._lives.items():
                if any(life.word == "books" and life.deal == deal for life in lives):
                    kept = either(kept, self._merged(other, day, partial(self._kept_by, label=label)))
            self._keeping[key] = kept
        return self._keeping[key]

    def _kept_by(self, life: Life, day: int, *, label: str) -> Truth:
        if life.word != "books":
            return NO
        named = self._options(life, "clauses", day)
        listed = [YES if value is None or _lists(value, label) else NO for value in named.values]
        return both(one_of(listed, named.names), *self._parts(life, day))

    def _unseen(self, kind: str, label: str, day: int) -> Truth:
        """Whether a performance or a cure can have come on a day that nobody recorded."""
        if self.presumed:
            return NO
        subject = f"{kind} of {label}"
        if day >= self._open_from(subject):
            return maybe({subject})
        if day >= self._after_knowledge() or (self._comes_once(kind, label) and self._records(subject, "happened")):
            return NO
        if day < self._signed_from(label):
            return NO
        return both(maybe({subject}), opposite(self._books(label, day)))

    def _signed_from(self, label: str) -> int:
        """The first day on which an instrument that adds a clause can have been signed, or has effect by its date."""
        days = [ALWAYS]
        for instrument in self.model.instruments:
            if any(isinstance(op, Add) and op.key == label for op in instrument.operations):
                signed = ALWAYS if instrument.signed is None else instrument.signed[0]
                stated = instrument.effective
                days.append(min(signed, stated.first) if isinstance(stated, OnDate) else signed)
        return min(days[1:], default=ALWAYS)

    def _comes_once(self, kind: str, label: str) -> bool:
        """Whether a performance, or a cure, comes only once; recorded, it has not come on another day."""
        lives = self._lives.get(label, [])
        if any({"each", "frequency"} & set(life.term_names) for life in lives):
            return False
        return kind != "cure" or all(life.word in FALL_DUE | MONEY for life in lives)

    def _perhaps_unseen(self, kind: str, label: str) -> Moment:
        """When a performance, or a cure, first comes, with a record or without one."""
        subject = f"{kind} of {label}"
        facts = self._records(subject, "happened")
        found = [moment(fact.day, fact.last, {subject}) for fact in facts]
        found += self._planned(label) if kind == "performance" else []
        return earliest([*found, self._coming(OnEvent(kind, label))])

    def _active(self, life: Life, day: int) -> Truth:
        """Whether what it says of the deal counts on a day; a right to terminate has to have started besides."""
        there = reached(self._at(life), day) if life.instrument.amends else YES
        if life.word == "terminate":
            there = self._started(life, day)
        return both(there, self._counts(life, day))

    def _counts(self, life: Life, day: int) -> Truth:
        """Whether a text was neither dropped, if only for a time, nor taken back, nor given another verb."""
        lives = self._lives[life.label]
        gone = [self._turned(other, day) for other in lives[lives.index(life) + 1 :]]
        for place, (by, operation) in enumerate(life.suspensions):
            if isinstance(operation, Drop):
                back = [self._in_effect(other, day) for other, later in life.suspensions[place + 1 :]
                        if isinstance(later, Reinstate)]  # fmt: skip
                gone.append(both(self._in_effect(by, day), *map(opposite, back)))
        return both(YES, opposite(self._taken_back(life, day)), *map(opposite, gone))

    def _turned(self, life: Life, day: int) -> Truth:
        """Whether a life has followed on the one before it; that one is there again when what replaced it lapses."""
        turn = reached(self._at(life), day)
        return both(turn, self._in_effect(life.instrument, day)) if life.replaces else turn

    def _standing(self, life: Life, *terms: str) -> Callable[[int], object]:
        """What some terms of a life are on a day, and whether its text counts."""

        def standing(day: int) -> object:
            options = tuple(self._options(life, term, day) for term in terms)
            active = self._counts(life, day)
            return options, active

        return standing

    def _lives_with(self, label: str, *terms: str) -> Callable[[int], object]:
        found = [self._standing(life, *terms) for life in self._lives.get(label, [])]
        return lambda day: tuple(standing(day) for standing in found)

    # --- the end of the deal --------------------------------------------------------------------------------

    def _deal_ended(self, deal: str, day: int) -> Truth:
        return reached(self._deal_end(deal), day)

    def _deal_end(self, deal: str, *words: str) -> Moment:
        """The end of a deal; where words are given, by clauses of these words."""
        if self._apart is not self:
            return self._apart._deal_end(deal, *words)
        key = ("end of deal", deal, words)
        if key not in self._moments:
            found = itertools.chain.from_iterable(self._lives.values())
            ending = words or ("term", "terminate")
            ends = [self._ended_by(life) for life in found if life.deal == deal and life.word in ending]
            self._moments[key] = earliest([*ends, Moment(NEVER, NEVER, NOBODY)])
        return self._moments[key]

    def _ended_by(self, life: Life) -> Moment:
        """When a term or a right to terminate ends its deal."""
        return self._first_day(
            ("deal ended by", id(life)),
            lambda day: both(self._active(life, day), self._used_up(life, day)),
            self._standing(life, *life.term_names),
        )

    def _used_up(self, life: Life, day: int) -> Truth:
        return self._term_over(life, day) if life.word == "term" else self._terminated(life, day)

    def _combinations(
        self, life: Life, terms: tuple[str, ...], day: int
    ) -> tuple[Iterator[tuple[Value | None, ...]], frozenset[str]]:
        found = [self._options(life, term, day) for term in terms]
        names = NOBODY.union(*(options.names for options in found))
        return itertools.product(*(options.values for options in found)), names

    def _term_over(self, life: Life, day: int) -> Truth:
        terms = ("until", "duration", "renews", "renewals", "notice")
        combinations, names = self._combinations(life, terms, day)
        return one_of((reached(self._term_end(life, values), day) for values in combinations), names)

    def _term_end(self, life: Life, values: tuple[Value | None, ...]) -> Moment:
        """The end of a deal's term, as often as it is renewed until notice is given in time."""
        key = ("term", id(life), values)
        if key not in self._moments:
            until, duration, renews = values[:3]
            base = Moment(NEVER, NEVER, NOBODY)
            if isinstance(until, End):
                start = self._start_moment(life) if isinstance(until.time, Duration) else self._at(life)
                base = self._end(until, start)
            elif isinstance(duration, Duration):
                base = moved(self._start_moment(life), duration)
            if isinstance(renews, Duration):
                base = self._renewed(life, base, renews, values[3:])
            self._moments[key] = base
        return self._moments[key]

    def _renewed(self, life: Life, base: Moment, renews: Duration, values: tuple[Value | None, ...]) -> Moment:
        """The end of a term whose first end is a moment: the first end at which it does not renew."""
        firsts = {*range(max(base.lo, self.first), min(base.hi, self.last + 1)), base.lo, base.hi}
        ends = [self._renewed_from(life, first, renews, values) for first in firsts]
        return ends[0] if len(ends) == 1 else _some(ends, base.names)

    def _renewed_from(self, life: Life, first: int, renews: Duration, values: tuple[Value | None, ...]) -> Moment:
        if first in {ALWAYS, NEVER}:
            return Moment(first, first, NOBODY)
        renewals, notice = values
        most = None
        if isinstance(renewals, Amount) and isinstance(renewals.expression, Quantity):
            most = int(renewals.expression.number)
        length = notice if isinstance(notice, Duration) else Duration(0, "day")
        ends: list[int] = []
        over: list[Truth] = []
        renewed, before = YES, ALWAYS - 1
        for times in itertools.count():
            end = shifted(first, renews, times=times)
            if end > self.last:
                break
            last = shifted(end - 1, length, back=True)
            again = NO if times == most else self._renews(life, times, before, last)
            renewed, before = both(renewed, again), last
            ends.append(end)
            over.append(opposite(renewed))
            if renewed.answer is False:
                break
        lo = next((end for end, truth in zip(ends, over, strict=True) if truth.answer is not False), NEVER)
        hi = next((end for end, truth in zip(ends, over, strict=True) if truth.answer), NEVER)
        if lo == hi:
            return Moment(lo, hi, NOBODY)

        def come(day: int) -> Truth:
            """Whether it has not renewed at an end by a day."""
            place = bisect.bisect_right(ends, day)
            return over[place - 1] if place else NO

        return Moment(lo, hi, NOBODY.union(*(truth.names for truth in over)), come)

    def _renews(self, life: Life, times: int, before: int, last: int) -> Truth:
        """Whether a term renews at an end, by the last day for it: by the conditions that stand on that day.

        `before` is the last day for the end before, and `times` how often it has renewed until then.
        """
        noticed = reached(self._event(OnEvent("notice", life.label)), last)
        day = max(self.first, min(last, self.last))
        combinations, names = self._combinations(life, ("when", "while", "unless", "each"), day)
        allowed: list[Truth] = []
        for when, while_, unless, each in combinations:
            parts = [YES]
            if isinstance(when, Condition):
                parts.append(self._holds_since(when, before, last))
            if isinstance(while_, Condition):
                parts.append(self._holds(while_, last))
            if isinstance(unless, Condition):
                parts.append(opposite(self._holds(unless, last)))
            if isinstance(each, Happened):
                parts.append(self._so_often(each.event, times + 1, last))
            allowed.append(both(*parts))
        return both(opposite(noticed), one_of(allowed, names))

    def _holds_since(self, condition: Condition, after: int, day: int) -> Truth:
        """Whether a condition holds on a day, if an event counts only after another day."""
        match condition:
            case Happened(event):
                return self._come_within(event, after, day)
            case Negation(part):
                return opposite(self._holds_since(part, after, day))
            case AllOf(parts):
                return both(*(self._holds_since(part, after, day) for part in parts))
            case AnyOf(parts):
                return either(*(self._holds_since(part, after, day) for part in parts))
            case _:
                return self._holds(condition, day)

    def _so_often(self, event: OnEvent, times: int, day: int) -> Truth:
        """Whether an event has come so often by a day."""
        come = [reached(instance.at, day) for instance in self._instances(event) if not instance.open]
        if sum(truth.answer is True for truth in come) >= times:
            return YES
        coming = reached(self._coming(event), day)
        possible = [truth for truth in (*come, coming) if truth.answer is None]
        enough = sum(truth.answer is not False for truth in come) >= times or coming.answer is not False
        return maybe(_open_names(possible)) if enough else NO

    def _terminated(self, life: Life, day: int) -> Truth:
        """Whether a right was used while it was in force, its notice period ago, and the time to cure is over.

        `automatic` uses itself.
        """
        combinations, names = self._combinations(life, ("ground", "notice", "cure"), day)
        truths: list[Truth] = []
        for ground, notice, cure in combinations:
            if ground == Word("automatic"):
                started = reached(self._start_moment(life), day)
                truths.append(self._by_instances(life, day, alone=True)[0] if self._each(life) else started)
                continue
            used: list[Truth] = []
            for at in (*self._uses("notice", life.label), *self._uses("exercise", life.label)):
                over = [each_day(moved(at, notice), next_day) if isinstance(notice, Duration) else at]
                effect = YES
                if isinstance(cure, Duration):
                    over.append(each_day(moved(at, cure), next_day))
                    effect = opposite(self._taken_care_of(life, at, cure))
                used.append(both(reached(latest(over), day), effect))
            truths.append(either(*used))
        return one_of(truths, names)

    def _taken_care_of(self, life: Life, notice: Moment, cure: Duration) -> Truth:
        """Whether a cure follows on a notice in time."""
        key = (life, notice[:3], cure)
        if key not in self._cured:
            self._cured[key] = self._follows("cure", life.label, notice, moved(notice, cure))
        return self._cured[key]

    def _follows(self, kind: str, label: str, since: Moment, last: Moment) -> Truth:
        """Whether something is recorded from one moment through another, both included, or can be."""
        truths = [NO]
        subject = f"{kind} of {label}"
        for fact in self._records(subject, "happened"):
            if fact.last >= since.lo and fact.day <= last.hi:
                sure = fact.day >= since.hi and fact.last <= last.lo
                truths.append(YES if sure else maybe({subject, *since.names, *last.names}))
        days = range(max(since.lo, self.first), min(last.hi, self.last) + 1)
        truths += [self._unseen(kind, label, day) for day in days]
        if self._open_from(subject) <= min(last.hi, NEVER - 1):
            truths.append(maybe({subject}))
        return either(*truths)

    @cached_property
    def _rights(self) -> frozenset[str]:
        """The labels of rights, signed by the day of knowledge or later."""
        added = [op for i in self.model.instruments for op in i.operations if isinstance(op, Add)]
        return frozenset(str(op.key) for op in added if op.entry.word in RIGHTS)

    def _is_right(self, label: str) -> bool:
        return label in self._rights

    def _uses(self, kind: str, label: str, *, coming: bool = True) -> list[Moment]:
        """When a right is used, each time that counts: as recorded, and (`coming`) as it can still be used."""
        key = (kind, label)
        if key not in self._used:
            subject = f"{kind} of {label}"
            self._used[key] = [
                self._counted(label, fact, moment(fact.day, fact.last, {subject}))
                for fact in self._records(subject, "happened")
                if fact not in self._left_out
            ]
        return [*self._used[key], self._coming(OnEvent(kind, label))] if coming else self._used[key]

    def _uses_from(self, label: str, day: int) -> frozenset[object]:
        """Every use of a right on a day or later: what is recorded, and what can come from then on."""
        found: set[object] = set()
        for subject in (f"notice of {label}", f"exercise of {label}"):
            found |= {fact for fact in self._records(subject, "happened") if fact.day >= day}
            if self._open_from(subject) >= day:
                found.add(("open", subject))
        return frozenset(found)

    def _counted(self, label: str, fact: Fact, at: Moment) -> Moment:
        """When a recorded use counts: on those of its days on which the right is in force without it."""
        world = self._without(self._uses_from(label, fact.day) | {fact})
        first, last = (max(self.first, min(day, self.last)) for day in at[:2])
        usable = [world._usable(label, day) for day in range(first, last + 1)]
        possible = [day for day, truth in enumerate(usable, at.lo) if truth.answer is not False]
        if not possible:
            return Moment(NEVER, NEVER, NOBODY)
        if all(truth.answer for truth in usable):
            return at
        return moment(possible[0], NEVER, at.names | _open_names(usable))

    def _usable(self, label: str, day: int) -> Truth:
        """Whether a right is in force; asked apart, whatever becomes of the deal."""
        alone = self._apart is self
        day = max(self.first, min(day, self.last))
        return self._merged(label, day, lambda life, at: both(*self._parts(life, at, alone=alone)))

    # --- what falls due -------------------------------------------------------------------------------------

    def _obligations(self, life: Life) -> list[Obligation]:
        """All that ever falls due under a clause, in the order in which it arises, and when it is done."""
        if life not in self._falling:
            if ("falling", life) in self._going:
                raise RecursionError(f"{life.label} falls due when it falls due")
            self._going.add(("falling", life))
            found: list[Obligation] = []
            if life.word in FALL_DUE or self._is_fixed(life):
                if "each" in life.term_names:
                    due = life.word in MONEY or "due" in life.term_names
                    found = list(self._of_occurrences(life)) if due else []
                else:
                    found = [*self._once(life), *self._of_periods(life)]
            for obligation, days in zip(found, self._done(life, found), strict=True):
                obligation.done = days
                if len(days) > 1:
                    obligation.names |= self._doubts(life, found)
            if life.word in MONEY:
                self._pay(life, found)
            self._falling[life] = found
            self._going.discard(("falling", life))
        return self._falling[life]

    def _doubts(self, life: Life, obligations: list[Obligation]) -> frozenset[str]:
        """What it hangs on for which of several obligations a performance counts."""
        names = frozenset({f"performance of {life.label}"})
        for obligation in obligations:
            names |= obligation.opens.names
            names = names.union(*(self._kept(life, course).names for course in obligation.courses))
        return names

    def _kept(self, life: Life, course: Course) -> Truth:
        """Whether books are kept of an obligation: on its due day."""
        return self._books(life.label, course.due)

    def _once(self, life: Life) -> Iterator[Obligation]:
        """What falls due once: a duty by its due day, money by its due day or on its start."""

        def last_day(value: Value | None, frequency: Value | None) -> Moment:
            if not isinstance(value, Due) or frequency is not None:
                return self._start_moment(life) if life.word in MONEY else Moment(NEVER, NEVER, NOBODY)
            if isinstance(value.time, Duration):
                return moved(self._start_moment(life), value.time)
            last = self._deadline(value.time)
            return latest((last, self._start_moment(life))) if life.word in MONEY else last

        courses: list[Course] = []
        days, names = self._due_days(life, self.first, last_day)
        for due, late in days:
            fates, open_names = self._behind(life, due, arisen=False, owed=life.word in MONEY)
            courses += [Course(ALWAYS, due, fate, late) for fate in fates]
            names |= open_names
        if any(course.due < NEVER for course in courses):
            yield Obligation("", ALWAYS, tuple(courses), names, self._start_moment(life))

    def _of_periods(self, life: Life) -> Iterator[Obligation]:
        """What falls due for each period: it arises on the last day of it."""
        texts = tuple(change.terms.get("frequency") for change in life.changes)
        words = {value.word for value in _mentions(texts, (Word,)) if isinstance(value, Word)}
        begins = self._start_moment(life)
        first = max(begins.lo, self.first)
        month = self._fiscal_month(life)
        found = [(period, word) for word in words for period in periods(word, first, self.last, month, first)]
        for period, word in sorted(found, key=lambda pair: (pair[0].last, pair[0].first)):
            frequency = self._options(life, "frequency", min(period.last, self.last))
            asked = one_of([YES if value == Word(word) else NO for value in frequency.values], frequency.names)
            if asked.answer is False or self._gone(life, max(period.first, first)).answer or period.last > self.last:
                continue
            yield self._of_period(life, period, max(period.first, first), asked)

    def _fiscal_month(self, life: Life) -> int:
        """The month with which the fiscal year of a clause's deal begins."""
        deal = next(deal for deal in self.model.deals if deal.name in {life.deal, ""} or len(self.model.deals) == 1)
        return 1 + _MONTH_NAMES.index(deal.fiscal_year[:3].lower()) if deal.fiscal_year else 1

    def _of_period(self, life: Life, period: Period, first: int, asked: Truth) -> Obligation:
        """What arises on the last day of a period, if the clause was there on any day of it."""

        def last_day(value: Value | None, _: Value | None) -> Moment:
            if not isinstance(value, Due) or value.word == "by":
                return Moment(period.last, period.last, NOBODY)
            if isinstance(value.time, Duration):
                return moved(Moment(period.last, period.last, NOBODY), value.time)
            return self._deadline(value.time)

        # The first day of it on which the clause can have started is one of these.
        begins = self._start_moment(life)
        tried = {day for day in (first, begins.lo, begins.hi, period.last) if first <= day <= period.last}
        there = both(asked, either(*(both(self._started(life, day), opposite(self._gone(life, day))) for day in tried)))
        courses, names = self._arising(life, period.last, period.last, there, last_day)
        opens = latest((Moment(first, first, NOBODY), begins))
        return Obligation(period.name, first, courses, names, opens, period.last)

    def _of_occurrences(self, life: Life) -> Iterator[Obligation]:
        """What falls due for each occurrence of an event: it arises as its instance begins."""
        event = self._each(life)
        for instance in self._instances(event) if event else ():
            begins, made, _ = self._span_of(life, instance, alone=self._apart is self)
            if not instance.open and begins.lo < NEVER:
                yield self._of_instance_at(life, instance, begins, made)

    def _of_instance_at(self, life: Life, instance: Instance, begins: Moment, made: Truth) -> Obligation:
        at = instance.at

        def last_day(value: Value | None, _: Value | None) -> Moment:
            if not isinstance(value, Due):
                return begins if life.word in MONEY else Moment(NEVER, NEVER, NOBODY)
            if isinstance(value.time, Duration):
                return moved(at, value.time)
            return self._deadline(_pinned(value.time, instance.event, instance.pinned))

        ahead = begins.lo < at.lo and last_day(self._options(life, "due", self.last).values[0], None).hi <= at.lo
        if at.lo > begins.lo and not ahead:  # the clause has to be there when it happens, too
            happens = max(self.first, min(at.lo, self.last))
            made = both(made, opposite(self._gone(life, happens)))
        there = both(made, maybe(at.names)) if at.hi == NEVER else made
        if begins.lo == NEVER:
            courses: tuple[Course, ...] = (Course(NEVER, at.lo, "ended"),)
            names = there.names
        else:
            courses, names = self._arising(
                life, max(self.first, begins.lo), begins.lo, there, last_day, on_due_day=ahead
            )
        first = begins.lo if begins.lo < NEVER else at.lo
        number = str(date.fromordinal(at.lo)) if FIRST <= at.lo < NEVER else ""
        created = instance.event == OnEvent("performance", life.label)
        return Obligation(number, first, courses, names | at.names, begins, at.lo, created, at.hi < NEVER)

    def _arising(
        self, life: Life, since: int, arises: int, there: Truth,
        last_day: Callable[[Value | None, Value | None], Moment], *, on_due_day: bool = False,
    ) -> tuple[tuple[Course, ...], frozenset[str]]:  # fmt: skip
        """The courses of what arises on a day, if it is there; asked for its due day since another. With `on_due_day`
        the clause has to be there on its due day."""
        days, names = self._due_days(life, since, last_day)
        names |= there.names
        courses: list[Course] = []
        for due, late in days:
            if there.answer is not True:
                courses.append(Course(NEVER, due, "ended", late))
            if there.answer is not False:
                fates, open_names = self._behind(life, due, arisen=not on_due_day)
                courses += [Course(arises, due, fate, late) for fate in fates]
                names |= open_names
        return tuple(courses), names

    def _due_days(
        self, life: Life, first: int, last_day: Callable[[Value | None, Value | None], Moment]
    ) -> tuple[list[tuple[int, bool]], frozenset[str]]:
        """The days that can be the last one, by what `due` and `roll` say on them; NEVER if it need not come.

        What names a day that has passed by then moves the last day to the one before.
        """
        found: list[tuple[int, bool]] = []
        names, before = NOBODY, None
        for day in range(first, self.last + 1):
            combinations, open_names = self._combinations(life, ("due", "frequency", "roll"), day)
            stand = tuple(combinations)
            moments = [each_day(last_day(due, often), partial(rolled, roll=roll)) for due, often, roll in stand]
            names = names.union(open_names, *(at.names for at in moments))
            for values, at in zip(stand, moments, strict=True):
                new = before is not None and values not in before
                if new and at.lo < day:
                    found.append((day - 1, True))
                if at.lo <= day <= at.hi or (before is None and at.hi < day):
                    found.append((min(day, at.hi), False))
            if all(at.hi <= day for at in moments):
                return sorted(set(found)), names
            before = stand
        return [*sorted(set(found)), (NEVER, False)], names

    def _behind(self, life: Life, due: int, *, arisen: bool, owed: bool = False) -> tuple[list[str], frozenset[str]]:
        """How something can stand behind its last day if it is not done; what has arisen is owed after an end, too, and
        a payment (`owed`) if its clause was there on the day on which it starts."""
        day = max(self.first, min(due, self.last))
        there = YES if arisen else both(self._started(life, day), opposite(self._gone(life, day)))
        if owed:
            start = self._start_moment(life)
            begins = [max(self.first, min(at, self.last)) for at in start[:2]]
            there = one_of([opposite(self._gone(life, at)) for at in range(begins[0], begins[1] + 1)], start.names)
            there = NO if start.lo == NEVER else there
        unwaived = opposite(self._waived(life, day))
        fit = both(self._circumstances(life, "while", day, YES), opposite(self._circumstances(life, "unless", day, NO)))
        found: list[str] = []
        rest = YES
        for standing, fine in (("ended", there), ("waived", unwaived), ("excused", fit)):
            if rest.answer is not False and fine.answer is not True:
                found.append(standing)
            rest = both(rest, fine)
        if rest.answer is not False:
            found.append("breached")
        return found, _open_names((there, unwaived, fit))

    def _gone(self, life: Life, day: int) -> Truth:
        """Whether a clause has ended, or another life has followed on it; apart, whatever becomes of the deal."""
        if self._apart is self:
            return self._gone_alone(life, day)
        day = max(self.first, min(day, self.last))
        return either(self._ended(life, day), self._followed(life, day))

    def _gone_alone(self, life: Life, day: int) -> Truth:
        day = max(self.first, min(day, self.last))
        return either(self._ended_alone(life, day), self._followed(life, day))

    def _followed(self, life: Life, day: int) -> Truth:
        lives = self._lives[life.label]
        return either(NO, *(self._turned(other, day) for other in lives[lives.index(life) + 1 :]))

    def _done(self, life: Life, obligations: list[Obligation]) -> list[tuple[int | None, ...]]:
        """On which of the recorded days each obligation can have been performed; None: on none of them."""
        found: list[set[int | None]] = [set() for _ in obligations]
        facts = {(fact.id, fact.day, fact.last, fact.within): fact for fact in self._performances(life.label)}
        for days in itertools.product(*(range(fact.day, fact.last + 1) for fact in facts.values())):
            records = sorted(
                zip(days, (fact.within for fact in facts.values()), strict=True),
                key=lambda record: (record[0], record[1] is None, record[1] or ()),
            )
            courses: set[frozenset[tuple[int, int]]] = {frozenset()}
            for day, within in records:
                able = [self._able(life, obligation, day, min(days), within) for obligation in obligations]
                courses = {
                    course if taker is None else course | {(taker, day)}
                    for course in courses
                    for taker in self._takers(obligations, able, {place for place, _ in course}, day)
                }
            for course in courses:
                performed = dict(course)
                for place, on in enumerate(found):
                    on.add(performed.get(place))
        return [tuple(on) for on in found]

    def _performances(self, label: str) -> list[Fact]:
        return self._records(f"performance of {label}", "happened")

    def _able(
        self, life: Life, obligation: Obligation, day: int, first: int, within: tuple[int, int] | None
    ) -> set[int | None]:
        """In which turns an obligation can be performed on a day, by a record that may name it."""
        if obligation.created and obligation.counted == day:
            return {None}
        if day == first and self._sets_due_day(life):
            return {None}
        if reached(obligation.opens, day).answer is False:  # what may be before the opening counts
            return {None}
        found: set[int | None] = set()
        for course in obligation.courses:
            counted = course.due if obligation.counted is None else obligation.counted
            if within and not within[0] <= counted <= within[1]:
                found.add(None)
                continue
            kept = YES if within else self._kept(life, course)
            found |= {_turn(course, day, noticed=sure) for sure in (True, False) if kept.answer in {sure, None}}
        return found

    def _sets_due_day(self, life: Life) -> bool:
        """Whether the performance of a clause decides when it is due; not where it is what makes an instance."""
        performance = OnEvent("performance", life.label)
        texts = tuple(change.terms.get("due") for change in life.changes)
        return performance in _mentions(texts, (OnEvent,)) and self._each(life) != performance

    def _takers(
        self, obligations: list[Obligation], able: list[set[int | None]], done: set[int], day: int
    ) -> Iterator[int | None]:
        """For which obligations a performance can count.

        Those in time come first, then those that are overdue by the books, then the next to arise, then the last.
        """
        for turn in range(4):
            places = [place for place in range(len(obligations)) if place not in done]
            if turn == 3:  # the last of all that have arisen, if it is not done
                arisen = [place for place, each in enumerate(obligations)
                          if min(course.arises for course in each.courses) <= day]  # fmt: skip
                places = [place for place in places if place == max(arisen, default=-1)]
            order = 1 if turn == 1 else 0
            places.sort(key=lambda at: min(course[order] for course in obligations[at].courses))
            for place in places:
                if turn in able[place]:
                    yield place
                if able[place] == {turn}:
                    return
        yield None

    def _performed(self, life: Life, obligation: Obligation, on: int | None, day: int, *, kept: bool) -> Truth:
        """Whether what was performed on a recorded day, or on none of them, was performed by a day."""
        subject = f"performance of {life.label}"
        opens = self._unseen_from(life, obligation, kept=kept or on is not None)
        if on is not None and on <= day:
            return YES
        can = opens <= day and opens < NEVER and (on is None or opens <= on)
        return maybe({subject}) if can else NO

    def _unseen_from(self, life: Life, obligation: Obligation, *, kept: bool) -> int:
        """The first day on which an obligation can have been performed without a record, on any day from then on."""
        if self.presumed:
            return NEVER
        opens = obligation.opens.lo
        return max(opens, self._open_from(f"performance of {life.label}")) if kept else opens

    def _ways(self, life: Life, obligation: Obligation) -> Iterator[tuple[Course, int | None, bool]]:
        """All that can be so of an obligation: its course, the day on which it was done, whether books were kept."""
        for course, on in itertools.product(obligation.courses, obligation.done):
            kept = self._kept(life, course).answer
            for sure in (sure for sure in (True, False) if kept in {sure, None}):
                undone = on is None and not self._is_breached(life, obligation)
                yield course, self._planned_on(life, course, kept=sure) if undone else on, sure

    def _of_books(self, life: Life, obligation: Obligation) -> frozenset[str]:
        """What it hangs on whether books are kept, where that makes a difference."""
        if None not in obligation.done:
            return NOBODY
        return NOBODY.union(*(
            self._kept(life, course).names for course in obligation.courses if course.behind == "breached"
        ))  # fmt: skip

    # --- what is performed by plan, in the presumptive answer -----------------------------------------------

    def _planned_on(self, life: Life, course: Course, *, kept: bool) -> int | None:
        """The day on which something is performed by plan of which no performance is recorded; None: it is not."""
        known = self.known
        if not self.presumed or self._is_supposed(f"performance of {life.label}"):
            return None
        if course.behind != "breached" or course.arises == NEVER or self._is_beyond(life, course.due):
            return None
        return None if kept and known is not None and course.due <= known else course.due

    def _is_breached(self, life: Life, obligation: Obligation) -> bool:
        """Whether a breach of the only obligation is recorded: then it is not performed by plan."""
        facts = self._records(f"breach of {life.label}", "happened") if self.presumed and not obligation.number else []
        days = [fact.day for fact in facts if reached(obligation.opens, fact.day).answer]
        return bool(days)

    def _is_beyond(self, life: Life, day: int) -> bool:
        """Whether a day lies behind all of the course that is presumed: more than 25 years."""
        known = ALWAYS if self.known is None else self.known
        return day == NEVER or day > shifted(max(known, self._start_moment(life).lo), PLANNED)

    def _comes_to_nothing(self, life: Life, course: Course, on: int | None) -> bool:
        """Whether something is never breached: it is not, or in the presumptive course it is neither done nor not."""
        if course.behind != "breached" or course.due == NEVER:
            return True
        return self.presumed and on is None and self._is_beyond(life, course.due)

    def _planned(self, label: str) -> list[Moment]:
        """When a clause is performed by plan: what falls due under it, each on its due day."""
        if not self.presumed or label in self._supposed:
            return self._supposed.get(label, [])
        if label not in self._plans:
            going = set(self._going)
            try:
                self._plans[label] = self._by_plan(label)
            except RecursionError:
                self._going = going
                self._plans[label] = self._step_by_step(label)
        return self._plans[label]

    def _by_plan(self, label: str) -> list[Moment]:
        """Every performance of a clause of which there is no record, as it can come."""
        found: list[Moment] = []
        for life in self._lives.get(label, []):
            for obligation in self._obligations(life):
                days = [self._without_record(life, obligation, on) for _, on, _ in self._ways(life, obligation)]
                found.append(moment(min(days), max(days), obligation.names | self._of_books(life, obligation)))
        return [at for at in found if at.lo < NEVER]

    def _without_record(self, life: Life, obligation: Obligation, on: int | None) -> int:
        """The day of a performance of which none is recorded: by plan, or (if no books say otherwise) by payment."""
        if on is None or any(fact.day <= on <= fact.last for fact in self._performances(life.label)):
            return NEVER
        return on if _is_unrecorded(obligation, on) or not self._books(life.label, on).answer else NEVER

    def _step_by_step(self, label: str) -> list[Moment]:
        """The plan of a clause that hangs on its own performances: each is asked of a world with those before it."""
        plan: list[Moment] = []
        while True:
            world = copy.copy(self)
            world._forget()
            world._worlds = {}
            world._supposed = {**self._supposed, label: plan}
            world._apart = world if self._apart is self else self._apart
            more = [at for at in world._by_plan(label) if at not in plan]
            if not more:
                return plan
            plan = [*plan, min(more, key=lambda at: (at.lo, at.hi))]

    # --- money ----------------------------------------------------------------------------------------------

    def _is_fixed(self, life: Life) -> bool:
        """Whether a clause pays one fixed sum, whatever a ledger says."""
        if life.word not in SINGLE or BY_LEDGER & set(life.term_names):
            return False
        amounts = [value for change in life.changes for value, _ in self._limbs(change.terms.get("amount"))]
        return bool(amounts) and all(
            isinstance(value, Amount)
            and isinstance(value.expression, Quantity)
            and value.expression.unit != "%"
            and value == Amount(value.expression)
            for value in amounts
        )

    def _is_single(self, life: Life, amount: Value | None) -> bool:
        """Whether an amount is due once, though nobody knows how much it is."""
        of_receipts = {"base", "tiers", "reaching", "escalation", "over"} & set(life.term_names)
        if life.word not in SINGLE or of_receipts or not isinstance(amount, Amount):
            return False
        part = isinstance(amount.expression, Quantity) and amount.expression.unit == "%"
        return not part and amount == Amount(amount.expression)

    def _limbs(self, schedule: Schedule | None) -> tuple[tuple[Value, End | None], ...]:
        return schedule.limbs if schedule else ()

    def _pay(self, life: Life, obligations: list[Obligation]) -> None:
        """Lets recorded payments perform what is due, what fell due first."""
        payments = sorted(self._records(f"paid under {life.label}", "paid"), key=lambda fact: fact.day)
        owed = [NUMBER_ZERO, NUMBER_ZERO]  # the least and the greatest sum that the payments have to reach
        for obligation in sorted(obligations, key=lambda one: min(course.due for course in one.courses)):
            sums = self._sums(life, obligation)
            owed = [owed[0] + min(sums), owed[1] + max(sums)]
            days = {self._reach(payments, owed[0]), self._reach(payments, owed[1])}
            paid = {None if day is None else max(day, obligation.opens.lo) for day in days}
            done = {
                pay if on is None else on if pay is None else min(on, pay) for on in obligation.done for pay in paid
            }
            obligation.done = tuple(done)
            if len(done) > 1:
                obligation.names |= {f"performance of {life.label}"}

    def _sums(self, life: Life, obligation: Obligation) -> set[Fraction]:
        found: set[Fraction] = set()
        for course in obligation.courses:
            options = self._options(life, "amount", max(self.first, min(course.due, self.last)))
            for value in options.values:
                if isinstance(value, Amount) and isinstance(value.expression, Quantity):
                    found.add(value.expression.number)
        return found or {NUMBER_ZERO}

    def _reach(self, payments: list[Fact], owed: Fraction) -> int | None:
        """The day on which payments reach a sum."""
        paid = NUMBER_ZERO
        for fact in payments:
            if isinstance(fact.value, Amount) and isinstance(fact.value.expression, Quantity):
                paid += fact.value.expression.number
                if paid >= owed:
                    return fact.last
        return None

    def _by_ledger(self, life: Life) -> Iterator[Moment]:
        """Of money of which only a ledger can tell whether it was due: the day after its first due day."""
        if life.word not in MONEY or self._is_fixed(life) or self.presumed:
            return
        begins = self._start_moment(life)
        if begins.lo == NEVER:
            return
        names = frozenset({f"performance of {life.label}"})
        after = each_day(begins, lambda day: next_day(self._first_due(life, max(day, self.first))))
        if after.lo < NEVER:
            yield Moment(after.lo, NEVER, names | after.names, lambda day: both(maybe(names), reached(after, day)))

    def _first_due(self, life: Life, start: int) -> int:
        """The first day on which money by a ledger can be due, of a clause that starts on a day."""
        if start >= NEVER:
            return NEVER
        day = min(start, self.last)
        combinations, _ = self._combinations(life, ("paid", "amount", "due", "roll", "prepaid"), day)
        found: list[int] = []
        for paid, amount, due, roll, prepaid in combinations:
            period = self._payment_period(life, paid, amount, start)
            last = period.last if prepaid is None else max(period.first, start)
            if isinstance(due, Due) and isinstance(due.time, Duration):
                last = shifted(last, due.time)
            elif isinstance(due, Due) and not isinstance(due.time, Duration):
                last = self._deadline(due.time).lo
            found.append(rolled(last, roll))
        return min(found)

    def _payment_period(self, life: Life, paid: Value | None, amount: Value | None, start: int) -> Period:
        """The first payment period: as it is `paid`, else the window of the amount, else a quarter."""
        frequency = paid.word if isinstance(paid, Word) else None
        window = amount.per or amount.over if isinstance(amount, Amount) else None
        if frequency is None and life.word in {"fee", "commit", "invest", "damages"} and window:
            frequency = WINDOWS.get(window)
            if frequency is None and window != "life":
                count, _, unit = window.partition(" ")
                length = Duration(int(count), unit.removesuffix("s"))  # type: ignore[arg-type]
                return Period("", start, shifted(start, length) - 1)
            frequency = frequency or "once"
        if frequency is None and self._is_single(life, amount):
            return Period("", start, start)
        if frequency == "once":
            end = self._clause_end(life).lo
            return Period("", start, end if end in {ALWAYS, NEVER} else end - 1)
        return next(periods(frequency or "quarterly", start, self.last + 400, self._fiscal_month(life), start))

    def _lapses(self, life: Life, breach: int) -> Moment:
        """The day on which the time to cure a breach is over, by what stands until then; at once without such time."""
        key = (life, breach)
        if key not in self._lapsing:
            lo, names = NEVER, NOBODY
            text = life.changes[0].terms.get("cure")
            if not any(change.writes("cure") for change in life.changes[1:]) and (not text or len(text.limbs) == 1):
                # It stands on every day, so that none of them has to be asked.
                over = self._cure_over(life, self._options(life, "cure", self.first).values[0], breach)
                self._lapsing[key] = each_day(over, lambda day: max(day, breach))
                return self._lapsing[key]
            for day in range(max(breach, self.first), self.last + 1):
                options = self._options(life, "cure", day)
                ends = [self._cure_over(life, value, breach) for value in options.values]
                names = names.union(options.names, *(at.names for at in ends))
                if lo == NEVER and any(at.lo <= day for at in ends):
                    lo = day
                if all(at.hi <= day for at in ends):
                    self._lapsing[key] = moment(lo, day, names)
                    return self._lapsing[key]
            self._lapsing[key] = moment(lo, NEVER, names)
        return self._lapsing[key]

    def _cure_over(self, life: Life, cure: Value | None, breach: int) -> Moment:
        """The first day after the time to cure; a notice that it waits for is a notice of this breach."""
        if not isinstance(cure, Due):
            return Moment(breach, breach, NOBODY)
        if isinstance(cure.time, Duration):
            return each_day(moved(Moment(breach, breach, NOBODY), cure.time), next_day)
        time, notice = cure.time, OnEvent("notice", life.label)
        if isinstance(time, Offset) and time.base == notice:
            return each_day(moved(self._notice_since(life.label, breach), time.duration), next_day)
        return each_day(self._last_of(time), next_day)

    def _notice_since(self, label: str, breach: int) -> Moment:
        subject = f"notice of {label}"
        facts = [fact for fact in self._records(subject, "happened") if fact.last >= breach]
        given = [moment(max(fact.day, breach), fact.last if fact.day >= breach else NEVER, {subject}) for fact in facts]
        return earliest([*given, moment(max(self._open_from(subject), breach), NEVER, {subject})])

    def _breaks(self, life: Life, obligation: Obligation) -> Moment:
        """When an obligation is breached."""
        los, his, names = [NEVER], [ALWAYS], obligation.names | self._of_books(life, obligation)
        for course, on, kept in self._ways(life, obligation):
            done = self._performed(life, obligation, on, course.due, kept=kept)
            names |= done.names
            fails = not self._comes_to_nothing(life, course, on)
            los.append(course.due + 1 if fails and not done.answer else NEVER)
            his.append(course.due + 1 if fails and done.answer is False else NEVER)
        return moment(min(los), max(his), names)

    def _defaults(self, life: Life, obligation: Obligation) -> Moment:
        """When the time to cure the breach of an obligation is over, and it is not done."""
        los, his, names = [NEVER], [ALWAYS], obligation.names | self._of_books(life, obligation)
        for course, on, kept in self._ways(life, obligation):
            if self._comes_to_nothing(life, course, on):
                his.append(NEVER)
                continue
            over = self._lapses(life, course.due + 1)
            early, late = (self._performed(life, obligation, on, day - 1, kept=kept) for day in (over.lo, over.hi))
            names = names.union(over.names, early.names, late.names)
            los.append(over.lo if not early.answer else NEVER)
            his.append(over.hi if late.answer is False else NEVER)
        return moment(min(los), max(his), names)

    def _failings(self, event: str, label: str, *, coming: bool = True) -> list[Moment]:
        """Every breach of a clause, or default: of what falls due, or of a breach that is recorded.

        `coming`: with those that can still be recorded, or of what can still come, any number of times.
        """
        lives = self._lives.get(label, [])
        of_duties = self._breaks if event == "breach" else self._defaults
        found = [of_duties(life, obligation) for life in lives for obligation in self._obligations(life)]
        for life in lives:
            ahead = self._due_ahead(life) if coming else ()
            perhaps = (*self._by_ledger(life), *ahead)
            found += perhaps if event == "breach" else [self._later_by_cure(life, at) for at in perhaps]
        subject = f"breach of {label}"
        over = self._nothing_left(label)
        facts = [fact for fact in self._records(subject, "happened") if fact.day < over]
        opens = self._open_from(subject) if coming else NEVER
        if event == "breach":
            found += [moment(fact.day, fact.last, {subject}) for fact in facts]
            found.append(moment(opens, NEVER, {subject}) if opens < over else Moment(NEVER, NEVER, NOBODY))
        elif lives:
            found += [self._recorded_default(label, fact.day, fact.last) for fact in facts]
            if opens < over:
                found.append(moment(self._lapses(self._life_on(label, opens), opens).lo, NEVER, {subject}))
        return found

    def _later_by_cure(self, life: Life, breach: Moment) -> Moment:
        """When the time to cure a breach is over that may or may not come."""
        lo = self._lapses(life, breach.lo).lo
        if lo == breach.lo:
            return breach
        wait = lo - breach.lo
        return Moment(lo, NEVER, breach.names, lambda day: reached(breach, day - wait))

    def _due_ahead(self, life: Life) -> Iterator[Moment]:
        """The breach of what is due before an occurrence that can still come."""
        event = self._each(life)
        if life.word not in FALL_DUE or event is None:
            return
        for instance in self._instances(event):
            begins, made, _ = self._span_of(life, instance, alone=self._apart is self)
            if not instance.open or made.answer is False or begins == instance.at:
                continue
            obligation = self._of_instance_at(life, instance, begins, maybe(instance.at.names))
            dues = [course.due for course in obligation.courses if course.behind == "breached"]
            lo = max(min(dues, default=NEVER), begins.lo)
            if lo < NEVER:
                yield self._failed_ahead(life, instance, next_day(lo))

    def _failed_ahead(self, life: Life, instance: Instance, first: int) -> Moment:
        """When what is due before an occurrence to come is breached, on some day from a first one on."""
        names = instance.at.names
        subject = f"performance of {life.label}"

        def come(day: int) -> Truth:
            """Whether it is by a day: it hangs on the performance, too, if that can have come unrecorded."""
            if day < first:
                return NO
            unseen = day > self._open_from(subject) or not self._books(life.label, first - 1).answer
            return maybe(names | {subject} if unseen else names)

        return Moment(first, NEVER, names | {subject}, come)

    def _nothing_left(self, label: str) -> int:
        """The first day after the only obligation was certainly done or released: then no breach is recorded of it."""
        obligations = [obligation for life in self._lives.get(label, []) for obligation in self._obligations(life)]
        if len(obligations) != 1 or obligations[0].number:
            return NEVER
        done, courses = obligations[0].done, obligations[0].courses
        over = done[0] + 1 if len(done) == 1 and done[0] is not None else NEVER
        released = [course.due + 1 for course in courses if course.behind in {"ended", "waived", "excused"}]
        return min(over, max(released)) if len(released) == len(courses) else over

    def _life_on(self, label: str, day: int) -> Life:
        """The latest life of a clause on a day."""
        lives = self._lives[label]
        return next((life for life in reversed(lives[1:]) if self._turned(life, day).answer), lives[0])

    def _recorded_default(self, label: str, first: int, last: int) -> Moment:
        """When the time to cure a recorded breach is over without performance, or a cure of it that is recorded."""
        life = self._life_on(label, first)
        falls_due = life.word in MONEY or bool({"due", "frequency"} & set(life.term_names))
        kinds = [] if falls_due else ["cure"]
        if life.word in FALL_DUE | MONEY:
            kinds.append("performance")
        since = moment(first, last, {f"breach of {label}"})
        lo, hi = (self._lapses(self._life_on(label, day), day) for day in (first, last))
        over = moment(lo.lo, hi.hi, since.names | lo.names | hi.names)
        until = each_day(over, lambda day: day - 1)
        healed = either(NO, *(self._follows(kind, label, since, until) for kind in kinds))
        if healed.answer:
            return Moment(NEVER, NEVER, NOBODY)
        return over if healed.answer is False else moment(over.lo, NEVER, over.names | healed.names)

    def duties(self, label: str, day: int) -> list[NaiveDuty]:
        """What falls due under a clause: all that has arisen by a day, and the period that runs."""
        result: list[NaiveDuty] = []
        if not self._lives.get(label):
            return result
        life = self._life_on(label, max(self.first, min(day, self.last)))
        told = life.word in FALL_DUE or ("due" in life.term_names and self._is_fixed(life))
        for obligation in self._obligations(life) if told else ():
            if obligation.first <= day and obligation.listed:
                standings, names = self._standings(life, obligation, day)
                certain = len(standings) == 1
                status = next(iter(standings)) if certain else "contingent"
                result.append(NaiveDuty(obligation.number, status, NOBODY if certain else names))
        return result

    def _standings(self, life: Life, obligation: Obligation, day: int) -> tuple[set[str], frozenset[str]]:
        """How an obligation can stand on a day, in all the courses that are open."""
        found: set[str] = set()
        names = obligation.names
        for way in self._ways(life, obligation):
            course, on, kept = self._as_recorded(life, obligation, way, day)
            if _is_unrecorded(obligation, on) and not kept and (said := self._unrecorded(course, day)):
                found.add(said)
                continue
            over = Moment(NEVER, NEVER, NOBODY)
            if course.behind == "breached" and course.due < NEVER:
                over = self._lapses(life, course.due + 1)
            done = self._performed(life, obligation, on, day, kept=kept)
            names = names.union(over.names, done.names)
            if not done.answer:
                found.add(_undone(course, day))
            # Done on the recorded day; or before it, on a day that is open: all that matters is on which side.
            days = {on} if done.answer and on is not None else set()
            opens = self._unseen_from(life, obligation, kept=kept or on is not None)
            if opens <= day and (on is None or opens <= on):
                end = day if on is None else min(day, on)
                sides = {opens, end, course.due, course.due + 1, over.lo - 1, over.lo, over.hi - 1, over.hi}
                days |= {side for side in sides if opens <= side <= end}
            for performed in days:
                found |= _done_on(course, performed, over, day)
        if len(found) > 1:
            names |= self._of_books(life, obligation)
        return found, names

    def _unrecorded(self, course: Course, day: int) -> str | None:
        """How something stands, by the record alone, that nobody recorded; None: nobody can say."""
        if self.known is None:
            return None
        if day > course.due and course.behind != "breached":
            return course.behind if course.due <= self.known else None
        if day > course.due:
            return "unrecorded" if course.due <= self.known else None
        return _undone(course, day) if day <= self.known else None

    def _as_recorded(
        self, life: Life, obligation: Obligation, way: tuple[Course, int | None, bool], day: int
    ) -> tuple[Course, int | None, bool]:
        """A way, if a breach is recorded of the only obligation while it is open: from then on it is breached."""
        course, on, kept = way
        facts = self._records(f"breach of {life.label}", "happened")
        days = [fact.day for fact in facts if fact.last <= day and reached(obligation.opens, fact.day).answer]
        if obligation.number or not days or (on is not None and on < min(days)):
            return way
        if min(days) <= course.due:
            return course._replace(due=min(days) - 1, behind="breached"), on, True
        return course, on, kept or course.behind == "breached"

    # --- labels ---------------------------------------------------------------------------------------------

    def _merged(self, label: str, day: int, truth: Callable[[Life, int], Truth]) -> Truth:
        """A truth of a clause: of its latest life from that one's moment on, before it of the earlier one."""
        result = NO
        for index, life in enumerate(self._lives.get(label, [])):
            new, turn = truth(life, day), self._turned(life, day)
            if index == 0 or turn.answer:
                result = new
            elif turn.answer is None:
                result = one_of((result, new), turn.names)
        return result

    def _begun_of(self, label: str, day: int) -> Truth:
        """Whether a clause has started, or its first instance."""
        return self._merged(label, day, self._begun_life)

    def _begun_life(self, life: Life, day: int) -> Truth:
        return self._for(life)._by_instances(life, day, alone=self._apart is self)[0]

    def _started_of(self, label: str, day: int) -> Truth:
        return self._merged(label, day, self._started)

    def _ended_of(self, label: str, day: int) -> Truth:
        return self._merged(label, day, self._ended)

    def _in_force_of(self, label: str, day: int) -> Truth:
        return self._merged(label, day, lambda life, at: both(*self._parts(life, at)))

    def _due_of(self, label: str, day: int) -> Truth:
        return self._merged(label, day, self._due)

    def _due(self, life: Life, day: int) -> Truth:
        if self._each(life) and life.word in FALL_DUE:
            return either(NO, *(reached(self._due_moment(one), day) for one in self._obligations(life)))
        options = self._options(life, "due", day)
        truths: list[Truth] = []
        for value in options.values:
            if not isinstance(value, Due):
                truths.append(NO)
            elif isinstance(value.time, Duration):
                truths.append(reached(moved(self._start_moment(life), value.time), day))
            else:
                truths.append(reached(self._last_of(value.time), day))
        return one_of(truths, options.names)

    def _state(self, life: Life, day: int) -> tuple[str, frozenset[str], dict[str, Options]]:
        terms = {term: self._options(life, term, day) for term in life.term_names}
        return (*self._status(life, day), terms)

    def instances(self, label: str, day: int) -> list[NaiveDuty]:
        """How the instances of a clause with `each` stand on a day, each by the day of its occurrence."""
        day = max(self.first, min(day, self.last))
        life = self._life_on(label, day)
        event = self._each(life)
        result: list[NaiveDuty] = []
        for instance in self._for(life)._instances(event) if event else ():
            begins, made, ends = self._for(life)._span_of(life, instance, alone=False)
            if instance.open or made.answer is False:
                continue
            _, alive, unwaived, while_, unless, _ = self._parts(life, day)
            ended = self._for(life)._ended(life, day)
            alive = both(opposite(ended), opposite(both(made, reached(ends, day))))
            parts = both(made, reached(begins, day)), alive, unwaived, while_, unless, YES
            status, names = self._status_of(parts)
            number = str(date.fromordinal(instance.at.lo)) if FIRST <= instance.at.lo < NEVER else ""
            result.append(NaiveDuty(number, status, names))
        return result

    def state(self, label: str, day: int) -> NaiveState | None:
        """A clause on a day; None where no instrument that is visible ever adds it."""
        day = max(self.first, min(day, self.last))
        lives = self._lives.get(label)
        if not lives:
            return None
        status, names, terms = self._state(lives[0], day)
        for life in lives[1:]:
            turn = self._turned(life, day)
            if turn.answer is False:
                continue
            new_status, new_names, new_terms = self._state(life, day)
            if turn.answer is None:
                if status == new_status != "contingent":
                    new_names = NOBODY
                else:
                    new_status, new_names = "contingent", names | new_names | turn.names
            terms = {
                term: chosen(turn, new_terms.get(term, ABSENT), terms.get(term, ABSENT))
                for term in {*terms, *new_terms}
            }
            status, names = new_status, new_names
        shown = {
            term: NaiveTerm(frozenset("none" if v is None else show(v) for v in options.values), options.names)
            for term, options in sorted(terms.items())
        }
        return NaiveState(status, names, shown)
