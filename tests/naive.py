"""A second evaluator, written from docs/language.md alone: naive, day by day, slow. The engine is held to it.

In: a resolved model, a day of knowledge, what is supposed. Out: the status of a clause and the values that its
terms may have on a day. Guaranteed: shares nothing with `dealrun.time`, `dealrun.state` and `dealrun.check`; what
depends on earlier days (`when`, an end, `end of L`) walks through them one by one.

What cannot be known is a `Truth` without an answer, or a `Moment` of more than one day; both carry the names of
what they hang on. Names are as few as the days allow: what has certainly come, or cannot have come yet, is not
named.
"""

import bisect
import copy
import itertools
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
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

OF_THE_DEAL = frozenset({"term", "terminate", "survive"})
"""Words that say when the deal ends, and what outlives it."""
OWN_END = "until", "window", "when", "each"
"""Terms that a clause ends by."""
FALL_DUE = frozenset({"require", "insure", "escrow"})
REPEATED = frozenset({"performance", "breach", "cure", "notice", "exercise"})
"""Events of a label of which a second record is no correction."""
MONTHS = {"monthly": 1, "quarterly": 3, "fiscal-quarterly": 3, "semiannually": 6, "annually": 12, "fiscal-annually": 12,
          "contract-annually": 12}  # fmt: skip

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


def _on_occurrence(time: Time, event: OnEvent, day: int) -> Time:
    """A time in which an event means one occurrence of it."""
    match time:
        case OnEvent() if time == event:
            return OnDate(day, day, str(date.fromordinal(day)))
        case Offset(length, before, base):
            return Offset(length, before, _on_occurrence(base, event, day))
        case Limb(earlier, parts):
            return Limb(earlier, tuple(_on_occurrence(part, event, day) for part in parts))
        case _:
            return time


def _turn(course: Course, day: int) -> int | None:
    """Whether something can be performed on a day in time (0), late (1), or before it arises (2); None: not at all."""
    if course.arises == NEVER:
        return None
    if course.arises > day:
        return 2
    if day <= course.due:
        return 0
    return 1 if course.behind == "breached" else None


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
    """

    def __init__(
        self,
        model: Model,
        known: int | None,
        assumed: Iterable[Fact] = (),
        values: Mapping[str, Value | bool] | None = None,
        horizon: tuple[int, int] | None = None,
    ) -> None:
        self.model = model
        self.known = known
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
        self._apart = self._twin()

    def _forget(self) -> None:
        self._moments: dict[object, Moment] = {}
        self._walked: dict[object, list[Truth]] = {}
        self._said: dict[object, dict[object, Truth]] = {}
        self._events: dict[OnEvent, Moment] = {}
        self._going: set[object] = set()
        self._written: dict[tuple[Life, str], list[list[Change]]] = {}
        self._stood: dict[tuple[Life, str, int], Options] = {}
        self._falling: dict[Life, list[Obligation]] = {}
        self._lapsing: dict[tuple[Life, int], Moment] = {}

    def _twin(self) -> "Naive":
        """Who is asked for what ends the deal and what outlives it: there a breach never asks for the deal's end."""
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
        return moment(ALWAYS if self.known is None else next_day(self.known), NEVER, {name})

    def _open_from(self, name: str) -> int:
        """The first day on which something can happen that is not recorded; what is supposed leaves no more open."""
        if any(fact.subject == name for fact in self.assumed):
            return NEVER
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
        if label is None:
            return self._declared_event(event.event)
        if event.event == "start":
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
            return self._failing(event.event, label)
        return self._recorded(f"{event.event} of {label}", recurring=event.event in REPEATED)

    def _deal_of(self, label: str) -> str:
        named = label.rpartition(".")[0]
        return named if any(deal.name == named for deal in self.model.deals) else self.model.deals[0].name

    def _declared_event(self, name: str) -> Moment:
        terms = self._declarations.get(f"event {name}", {})
        supposed = any(fact.subject == name for fact in self.assumed)
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
        base = NO if self.known is not None and day <= self.known else maybe({subject})
        return self._overlaid(base, subject, self._records(subject, "holds"), day)

    def _overlaid(self, truth: Truth, subject: str, records: Iterable[Fact], day: int) -> Truth:
        for fact in sorted(records, key=lambda fact: (fact.known or 0, fact.end is not None)):
            if day < fact.day or (fact.end is not None and day >= fact.end):
                continue
            if fact.end is not None or fact.known is None:
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
        when = self._options(life, "when", day)
        come = [self._come(value, day) if isinstance(value, Condition) else YES for value in when.values]
        return both(*parts, one_of(come, when.names), self._brought_about(life, day))

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
        standing = self._standing(life, "from", "when")
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
        if life.word != "survive":
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

    def _parts(self, life: Life, day: int) -> tuple[Truth, Truth, Truth, Truth, Truth]:
        """Whether it has started, not ended, is not waived, may by its `while`, and may by its `unless`."""
        if self._for(life) is not self:
            return self._apart._parts(life, day)
        return (
            self._started(life, day),
            opposite(self._ended(life, day)),
            opposite(self._waived(life, day)),
            self._circumstances(life, "while", day, YES),
            opposite(self._circumstances(life, "unless", day, NO)),
        )

    def _status(self, life: Life, day: int) -> tuple[str, frozenset[str]]:
        parts = started, alive, unwaived, while_, unless = self._parts(life, day)
        if alive.answer is False:
            return "ended", NOBODY
        if started.answer is False:
            return "not yet", NOBODY
        if started.answer and unwaived.answer is False:
            return "waived", NOBODY
        if started.answer and False in {while_.answer, unless.answer}:
            return "dormant", NOBODY
        if all(part.answer for part in parts):
            return "in force", NOBODY
        return "contingent", _open_names(parts)

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
            until, duration, renews, renewals, notice = values
            base = Moment(NEVER, NEVER, NOBODY)
            if isinstance(until, End):
                start = self._start_moment(life) if isinstance(until.time, Duration) else self._at(life)
                base = self._end(until, start)
            elif isinstance(duration, Duration):
                base = moved(self._start_moment(life), duration)
            self._moments[key] = base
            if isinstance(renews, Duration):
                most = None
                if isinstance(renewals, Amount) and isinstance(renewals.expression, Quantity):
                    most = int(renewals.expression.number)
                period = notice if isinstance(notice, Duration) else Duration(0, "day")
                self._moments[key] = self._renewed(life.label, base, renews, most, period)
        return self._moments[key]

    def _renewed(self, label: str, base: Moment, renews: Duration, most: int | None, notice: Duration) -> Moment:
        given = self._recorded(f"notice of {label}", recurring=True)

        def end(first: int, at: int) -> int:
            if first in {ALWAYS, NEVER} or (at == NEVER and most is None):
                return first if first == ALWAYS else NEVER
            for times in itertools.count():
                out = shifted(first, renews, times=times)
                if out == NEVER or times == most or at <= shifted(out - 1, notice, back=True):
                    return out
            raise AssertionError

        firsts = {*range(max(base.lo, self.first), min(base.hi, self.last + 1)), base.lo, base.hi}
        hangs = base.names
        if any(end(first, given.lo) != end(first, given.hi) for first in firsts):
            hangs |= given.names
        lo, hi = min(end(f, given.lo) for f in firsts), max(end(f, given.hi) for f in firsts)
        return moment(lo, hi, hangs)

    def _terminated(self, life: Life, day: int) -> Truth:
        """Whether a right was used while it was in force, its notice period ago, and the time to cure is over.

        `automatic` uses itself.
        """
        combinations, names = self._combinations(life, ("ground", "notice", "cure"), day)
        truths: list[Truth] = []
        for ground, notice, cure in combinations:
            if ground == Word("automatic"):
                truths.append(reached(self._start_moment(life), day))
                continue
            used: list[Truth] = []
            for at in self._uses(life):
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
        last = moved(notice, cure)
        return self._follows(f"cure of {life.label}", notice, last)

    def _follows(self, subject: str, since: Moment, last: Moment) -> Truth:
        """Whether something is recorded from one moment through another, both included, or can be."""
        truths = [NO]
        for fact in self._records(subject, "happened"):
            if fact.last >= since.lo and fact.day <= last.hi:
                sure = fact.day >= since.hi and fact.last <= last.lo
                truths.append(YES if sure else maybe({subject, *since.names, *last.names}))
        if self._open_from(subject) <= min(last.hi, NEVER - 1):
            truths.append(maybe({subject}))
        return either(*truths)

    def _uses(self, life: Life) -> list[Moment]:
        """When a right was, or can still be used: on a day that is recorded, where it is in force on that day."""
        found: list[Moment] = []
        for subject in (f"{kind} of {life.label}" for kind in ("notice", "exercise")):
            recorded = [moment(fact.day, fact.last, {subject}) for fact in self._records(subject, "happened")]
            recorded.append(moment(self._open_from(subject), NEVER, {subject}))
            found += [self._used(life, at) for at in recorded]
        return [at for at in found if at.lo < NEVER]

    def _used(self, life: Life, at: Moment) -> Moment:
        """When a right is used that somebody uses at a moment."""
        key = ("used", id(life), at.lo, at.hi, at.names)
        if key not in self._moments:
            days = range(max(at.lo, self.first), min(at.hi, self.last) + 1)
            usable = [self._usable(life, day) for day in days] or [NO]
            lo = next((day for day, truth in zip(days, usable, strict=False) if truth.answer is not False), NEVER)
            hi = at.hi if all(truth.answer for truth in usable) else NEVER
            lo = at.lo if lo == self.first else lo
            self._moments[key] = moment(lo, hi, at.names | _open_names(usable))
        return self._moments[key]

    def _usable(self, life: Life, day: int) -> Truth:
        """Whether a right is in force, whatever becomes of the deal."""
        return both(
            self._active(life, day),
            opposite(
                self._by(
                    ("own end", id(life)), lambda at: self._end_reached(life, at), day, self._standing(life, *OWN_END)
                )
            ),
            opposite(self._waived(life, day)),
            self._circumstances(life, "while", day, YES),
            opposite(self._circumstances(life, "unless", day, NO)),
        )

    # --- what falls due -------------------------------------------------------------------------------------

    def _obligations(self, life: Life) -> list[Obligation]:
        """All that ever falls due under a clause, in the order in which it arises, and when it is done."""
        if life not in self._falling:
            if ("falling", life) in self._going:
                raise RecursionError(f"{life.label} falls due when it falls due")
            self._going.add(("falling", life))
            found: list[Obligation] = []
            if life.word in FALL_DUE:
                if "each" in life.term_names:
                    found = list(self._of_occurrences(life))
                else:
                    found = [*self._once(life), *self._of_periods(life)]
            for obligation, days in zip(found, self._done(life.label, found), strict=True):
                obligation.done = days
                if len(days) > 1:
                    obligation.names |= {f"performance of {life.label}"}
            self._falling[life] = found
            self._going.discard(("falling", life))
        return self._falling[life]

    def _once(self, life: Life) -> Iterator[Obligation]:
        """What falls due once. It is there from always: who performs early performs it."""

        def last_day(value: Value | None, frequency: Value | None) -> Moment:
            if not isinstance(value, Due) or frequency is not None:
                return Moment(NEVER, NEVER, NOBODY)
            if isinstance(value.time, Duration):
                return moved(self._start_moment(life), value.time)
            return self._deadline(value.time)

        courses: list[Course] = []
        days, names = self._due_days(life, self.first, last_day)
        for due, late in days:
            fates, open_names = self._behind(life, due, arisen=False)
            courses += [Course(ALWAYS, due, fate, late) for fate in fates]
            names |= open_names
        if any(course.due < NEVER for course in courses):
            yield Obligation("", ALWAYS, tuple(courses), names)

    def _of_periods(self, life: Life) -> Iterator[Obligation]:
        """What falls due for each period: it arises on the last day of it."""
        texts = tuple(change.terms.get("frequency") for change in life.changes)
        words = {value.word for value in _mentions(texts, (Word,)) if isinstance(value, Word)}
        begins = self._start_moment(life)
        deal = next(deal for deal in self.model.deals if deal.name in {life.deal, ""} or len(self.model.deals) == 1)
        month = 1 + _MONTH_NAMES.index(deal.fiscal_year[:3].lower()) if deal.fiscal_year else 1
        first = max(begins.lo, self.first)
        found = [(period, word) for word in words for period in periods(word, first, self.last, month, first)]
        for period, word in sorted(found, key=lambda pair: (pair[0].last, pair[0].first)):
            frequency = self._options(life, "frequency", min(period.last, self.last))
            asked = one_of([YES if value == Word(word) else NO for value in frequency.values], frequency.names)
            if asked.answer is False or self._gone(life, max(period.first, first)).answer or period.last > self.last:
                continue
            yield self._arising(life, period.name, max(period.first, first), period.last, asked)

    def _of_occurrences(self, life: Life) -> Iterator[Obligation]:
        """What falls due for each occurrence of an event: it arises that day."""
        each = next(_mentions(tuple(change.terms.get("each") for change in life.changes), (OnEvent,)))
        assert isinstance(each, OnEvent)
        for day in sorted(self._occurrences(each.event)):
            yield self._arising(life, str(date.fromordinal(day)), day, day, YES, each)

    def _occurrences(self, event: str) -> set[int]:
        """The days on which a recurring event is known to occur."""
        terms = self._declarations.get(f"event {event}", {})
        if "every" not in terms or "from" not in terms:
            return {fact.day for fact in self._records(event, "happened")}
        length, begins = terms["every"].limbs[0][0], terms["from"].limbs[0][0]
        assert isinstance(length, Duration)
        assert isinstance(begins, Start)
        first = self._start(begins)
        until = terms["until"].limbs[0][0] if "until" in terms else End("perpetual")
        assert isinstance(until, End)
        out = self._end(until, first)
        days = (shifted(first.lo, length, times=times) for times in itertools.count())
        return set(itertools.takewhile(lambda day: day < out.lo and day <= self.last, days))

    def _arising(
        self, life: Life, number: str, first: int, arises: int, asked: Truth, each: OnEvent | None = None
    ) -> Obligation:
        """What arises on a day, if the clause has started then and not ended."""

        def last_day(value: Value | None, _: Value | None) -> Moment:
            if not isinstance(value, Due) or (each is None and value.word == "by"):
                return Moment(arises, arises, NOBODY) if each is None else Moment(NEVER, NEVER, NOBODY)
            if isinstance(value.time, Duration):
                return moved(Moment(arises, arises, NOBODY), value.time)
            return self._deadline(value.time if each is None else _on_occurrence(value.time, each, arises))

        # Of a period, on any day of it: the first of them on which the clause can have started is one.
        begins = self._start_moment(life)
        tried = {day for day in (first, begins.lo, begins.hi, arises) if first <= day <= arises}
        there = both(asked, either(*(both(self._started(life, day), opposite(self._gone(life, day))) for day in tried)))
        days, names = self._due_days(life, arises, last_day)
        names |= there.names
        courses: list[Course] = []
        for due, late in days:
            if there.answer is not True:
                courses.append(Course(NEVER, due, "ended", late))
            if there.answer is not False:
                fates, open_names = self._behind(life, due, arisen=True)
                courses += [Course(arises, due, fate, late) for fate in fates]
                names |= open_names
        return Obligation(number, first, tuple(courses), names)

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

    def _behind(self, life: Life, due: int, *, arisen: bool) -> tuple[list[str], frozenset[str]]:
        """How something can stand behind its last day if it is not done; what has arisen is owed after an end, too."""
        day = max(self.first, min(due, self.last))
        there = YES if arisen else both(self._started(life, day), opposite(self._gone(life, day)))
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
        day = max(self.first, min(day, self.last))
        lives = self._lives[life.label]
        later = [self._turned(other, day) for other in lives[lives.index(life) + 1 :]]
        return either(self._ended_alone(life, day) if self._apart is self else self._ended(life, day), *later)

    def _done(self, label: str, obligations: list[Obligation]) -> list[tuple[int | None, ...]]:
        """On which of the recorded days each obligation can have been performed; None: on none of them."""
        facts = self._records(f"performance of {label}", "happened")
        found: list[set[int | None]] = [set() for _ in obligations]
        for days in itertools.product(*(range(fact.day, fact.last + 1) for fact in facts)):
            courses: set[frozenset[tuple[int, int]]] = {frozenset()}
            for day in sorted(days):
                courses = {
                    course if taker is None else course | {(taker, day)}
                    for course in courses
                    for taker in self._takers(obligations, day, {place for place, _ in course})
                }
            for course in courses:
                performed = dict(course)
                for place, on in enumerate(found):
                    on.add(performed.get(place))
        return [tuple(on) for on in found]

    def _takers(self, obligations: list[Obligation], day: int, done: set[int]) -> Iterator[int | None]:
        """To which obligations a performance can belong: in time first, then overdue, then the next to arise."""
        for turn, order in enumerate((0, 1, 0)):
            places = [place for place in range(len(obligations)) if place not in done]
            for place in sorted(places, key=lambda at: min(course[order] for course in obligations[at].courses)):
                answers = {_turn(course, day) == turn for course in obligations[place].courses}
                if True in answers:
                    yield place
                if answers == {True}:
                    return
        yield None

    def _performed(self, label: str, on: int | None, day: int) -> Truth:
        """Whether what was performed on a recorded day, or on none of them, was performed by a day."""
        subject = f"performance of {label}"
        opens = self._open_from(subject)
        if on is not None and on <= day:
            return YES
        can = opens <= day and opens < NEVER and (on is None or opens <= on)
        return maybe({subject}) if can else NO

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
        los, his, names = [NEVER], [ALWAYS], obligation.names
        for course, on in itertools.product(obligation.courses, obligation.done):
            done = self._performed(life.label, on, course.due)
            names |= done.names
            fails = course.behind == "breached" and course.due < NEVER
            los.append(course.due + 1 if fails and not done.answer else NEVER)
            his.append(course.due + 1 if fails and done.answer is False else NEVER)
        return moment(min(los), max(his), names)

    def _defaults(self, life: Life, obligation: Obligation) -> Moment:
        """When the time to cure the breach of an obligation is over, and it is not done."""
        los, his, names = [NEVER], [ALWAYS], obligation.names
        for course, on in itertools.product(obligation.courses, obligation.done):
            if course.behind != "breached" or course.due == NEVER:
                his.append(NEVER)
                continue
            over = self._lapses(life, course.due + 1)
            early, late = (self._performed(life.label, on, day - 1) for day in (over.lo, over.hi))
            names = names.union(over.names, early.names, late.names)
            los.append(over.lo if not early.answer else NEVER)
            his.append(over.hi if late.answer is False else NEVER)
        return moment(min(los), max(his), names)

    def _failing(self, event: str, label: str) -> Moment:
        """The first breach of a clause, or the first default: of what falls due, or of a breach that is recorded."""
        lives = self._lives.get(label, [])
        of_duties = self._breaks if event == "breach" else self._defaults
        found = [of_duties(life, obligation) for life in lives for obligation in self._obligations(life)]
        subject = f"breach of {label}"
        over = self._nothing_left(label)
        facts = [fact for fact in self._records(subject, "happened") if fact.day < over]
        opens = self._open_from(subject)
        if event == "breach":
            found += [moment(fact.day, fact.last, {subject}) for fact in facts]
            found.append(moment(opens, NEVER, {subject}) if opens < over else Moment(NEVER, NEVER, NOBODY))
        elif lives:
            found += [self._recorded_default(label, fact.day, fact.last) for fact in facts]
            if opens < over:
                found.append(moment(self._lapses(self._life_on(label, opens), opens).lo, NEVER, {subject}))
        return earliest([*found, Moment(NEVER, NEVER, NOBODY)])

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
        subjects = [f"cure of {label}"]
        if self._life_on(label, first).word in FALL_DUE:
            subjects.append(f"performance of {label}")
        since = moment(first, last, {f"breach of {label}"})
        lo, hi = (self._lapses(self._life_on(label, day), day) for day in (first, last))
        over = moment(lo.lo, hi.hi, since.names | lo.names | hi.names)
        healed = either(*(self._follows(subject, since, each_day(over, lambda day: day - 1)) for subject in subjects))
        if healed.answer:
            return Moment(NEVER, NEVER, NOBODY)
        return over if healed.answer is False else moment(over.lo, NEVER, over.names | healed.names)

    def duties(self, label: str, day: int) -> list[NaiveDuty]:
        """What falls due under a clause: all that has arisen by a day, and the period that runs."""
        result: list[NaiveDuty] = []
        if not self._lives.get(label):
            return result
        life = self._life_on(label, max(self.first, min(day, self.last)))
        for obligation in self._obligations(life):
            if obligation.first <= day:
                standings, names = self._standings(life, obligation, day)
                certain = len(standings) == 1
                status = next(iter(standings)) if certain else "contingent"
                result.append(NaiveDuty(obligation.number, status, NOBODY if certain else names))
        return result

    def _standings(self, life: Life, obligation: Obligation, day: int) -> tuple[set[str], frozenset[str]]:
        """How an obligation can stand on a day, in all the courses that are open."""
        found: set[str] = set()
        names = obligation.names
        opens = self._open_from(f"performance of {life.label}")
        for course, on in itertools.product(obligation.courses, obligation.done):
            over = Moment(NEVER, NEVER, NOBODY)
            if course.behind == "breached" and course.due < NEVER:
                over = self._lapses(life, course.due + 1)
            done = self._performed(life.label, on, day)
            names = names.union(over.names, done.names)
            if not done.answer:
                found.add(_undone(course, day))
            # Done on the recorded day; or before it, on a day that is open: all that matters is on which side.
            days = {on} if done.answer and on is not None else set()
            if opens <= day and (on is None or opens <= on):
                end = day if on is None else min(day, on)
                sides = {opens, end, course.due, course.due + 1, over.lo - 1, over.lo, over.hi - 1, over.hi}
                days |= {side for side in sides if opens <= side <= end}
            for performed in days:
                found |= _done_on(course, performed, over, day)
        return found, names

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

    def _started_of(self, label: str, day: int) -> Truth:
        return self._merged(label, day, self._started)

    def _ended_of(self, label: str, day: int) -> Truth:
        return self._merged(label, day, self._ended)

    def _in_force_of(self, label: str, day: int) -> Truth:
        return self._merged(label, day, lambda life, at: both(*self._parts(life, at)))

    def _due_of(self, label: str, day: int) -> Truth:
        return self._merged(label, day, self._due)

    def _due(self, life: Life, day: int) -> Truth:
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
