"""The days of times, and the ranges of amounts, as far as they are known.

In: the world, and the chain of instruments. Out: for every time a moment, for every amount a range. Guaranteed: a day
or an amount that is not known lies between the bounds that were declared for it, and hangs on its name.
"""

from abc import abstractmethod
from collections.abc import Callable

from dealrun.model import show
from dealrun.model.keys import DeclarationKey, name_of
from dealrun.model.values import (
    Amount,
    Due,
    Duration,
    End,
    Limb,
    Offset,
    OnDate,
    OnEvent,
    OnUnknown,
    PaidUnder,
    Schedule,
    Start,
    Symbol,
    Time,
)
from dealrun.state.amend.terms import TermState
from dealrun.state.amounts import Range, evaluate, whole
from dealrun.state.instruments import Instruments
from dealrun.state.references import Reference
from dealrun.time import ALWAYS, NEVER, Day, Moment, StepFunction, add, earliest, latest
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES, day_before


class Times(Instruments):
    """An evaluation's times and amounts."""

    @abstractmethod
    def event(self, event: OnEvent) -> Moment:
        """The day of an event."""

    @abstractmethod
    def declaration_terms(self, key: DeclarationKey) -> dict[str, StepFunction[TermState]]:
        """The terms of a declaration over time."""

    # --- times ------------------------------------------------------------------------------------------------------

    def start_of(self, time: Time) -> Moment:
        """The first day of a time: after `from`, `effective`."""
        return self._moment(time, lambda date: date.first, 0)

    def end_of(self, time: Time) -> Moment:
        """The first day after a time: a date is included, an event's day is not."""
        return self._moment(time, lambda date: date.last + 1, 1)

    def last_of(self, time: Time) -> Moment:
        """The last day of a time: after `by`, `within`."""
        return self._moment(time, lambda date: date.last, 0)

    def _moment(self, time: Time, of_date: Callable[[OnDate], Day], included: int) -> Moment:
        match time:
            case OnDate():
                return Moment.on(of_date(time), time.text)
            case OnEvent():
                return self.event(time)
            case OnUnknown(name):
                return self._unknown_date(name).shift(lambda day: add(day, included, "day"))
            case Offset(length, before, base):
                anchor = self.start_of(base) if before else self.last_of(base)
                moved = self.shifted(anchor, length, -1 if before else 1)
                return moved.shift(lambda day: add(day, included, "day")).caused(show.time(time))
            case Limb(sooner, parts):
                limbs = [self._moment(part, of_date, included) for part in parts]
                return earliest(limbs) if sooner else latest(limbs)

    def limb_end(self, schedule: Schedule, index: int) -> Moment:
        """The moment at which a limb of a schedule gives way to the next."""
        end = schedule.limbs[index][1]
        assert end is not None
        return self.end_moment(end, ALWAYS_WAS)

    def end_moment(self, end: End, begun: Moment) -> Moment:
        """The first day after an end as written; a duration is counted from `begun`."""
        if end.time is None:
            return NEVER_COMES
        if isinstance(end.time, Duration):
            return self.shifted(begun, end.time).caused(show.end(end))
        return self.start_of(end.time) if end.word == "before" else self.end_of(end.time)

    def due_moment(self, due: Due, begun: Moment) -> Moment:
        """The last day for what a clause requires."""
        if isinstance(due.time, Duration):
            return self.shifted(begun, due.time).caused(show.show(due))
        return self.deadline(due.time)

    def deadline(self, time: Time) -> Moment:
        """The last day for what must be done by a time; before an end, it counts back from the last day in force."""
        match time:
            case OnEvent("end", str()):
                return self._counted_from(time)
            case Offset(length, True, base):
                return self.shifted(self._counted_from(base), length, -1).caused(show.time(time))
            case Limb(sooner, parts):
                limbs = [self.deadline(part) for part in parts]
                return earliest(limbs) if sooner else latest(limbs)
            case _:
                return self.last_of(time)

    def _counted_from(self, base: Time) -> Moment:
        """The day from which a deadline before a time counts back."""
        match base:
            case OnEvent("end", str()):
                return day_before(self.event(base))
            case Limb(sooner, parts):
                limbs = [self._counted_from(part) for part in parts]
                return earliest(limbs) if sooner else latest(limbs)
            case _:
                return self.start_of(base)

    # --- durations ----------------------------------------------------------------------------------------------------

    def length(self, length: Duration) -> Duration | None:
        """A duration; one that is blacked out as it is assumed, None where nobody knows it."""
        if length.redacted is None:
            return length
        value = self.world.value(length.redacted.name)
        return value if isinstance(value, Duration) else None

    def shifted(self, moment: Moment, length: Duration, times: int = 1) -> Moment:
        """A moment so long after another; before it, where `times` is negative."""
        known = self.length(length)
        if known is not None:
            return moment.shift(lambda day: known.after(day, times))
        assert length.redacted is not None
        name = length.redacted.name
        return moment.some_time_after(name) if times > 0 else moment.some_time_before(name)

    # --- unknown dates ------------------------------------------------------------------------------------------------

    def _unknown_date(self, name: str) -> Moment:
        value = self.world.value(name)
        if isinstance(value, Start) and isinstance(value.time, OnDate):
            return Moment.between(value.time.first, value.time.last, name)
        return self.bounds_of(name)

    def bounds_of(self, name: str) -> Moment:
        """The interval in which an unknown date was declared to lie."""
        node = ("bounds", name)
        if self.seen(node) is None:
            self.prepare("bounds", DeclarationKey("unknown", name))
        return self.remembered(node, lambda: self._find_bounds(name))

    def _find_bounds(self, name: str) -> Moment:
        lo, hi = ALWAYS, NEVER
        entry = self.first_entry(DeclarationKey("unknown", name))
        for term in entry.terms.values() if entry else ():
            bound = term.value.limbs[0][0]
            if isinstance(bound, Start):
                lo = self.start_of(bound.time).lo
            elif isinstance(bound, End) and bound.time is not None and not isinstance(bound.time, Duration):
                hi = (self.end_of if bound.word == "until" else self.start_of)(bound.time).hi - 1
        return Moment.between(lo, max(lo, hi), name)

    # --- amounts ------------------------------------------------------------------------------------------------------

    def amount(self, amount: Amount) -> Range:
        """What is known of an amount."""
        return whole(amount, self.lookup)

    def lookup(self, symbol: Symbol | PaidUnder) -> Range:
        """What is known of a symbol in an amount."""
        if isinstance(symbol, PaidUnder):
            return Range(None, None, "", frozenset({f"paid under {symbol.label}"}))
        return self.range_of(symbol.name)

    def range_of(self, name: str) -> Range:
        """What is known of an unknown amount: its value, or its bounds."""
        node = ("range", name)
        if self.seen(node) is None:
            self.quietly(lambda: self._prepare_ranges(name))
        return self.remembered(node, lambda: self._range(name))

    def _prepare_ranges(self, name: str) -> None:
        for needed in self.needed_for(Reference("bounds", DeclarationKey("unknown", name))):
            if needed.kind == "bounds":
                self.range_of(name_of(needed.key))

    def _range(self, name: str) -> Range:
        value = self.world.value(name)
        if isinstance(value, Amount):
            return evaluate(value.expression, self.lookup)
        terms = self.declaration_terms(DeclarationKey("unknown", name))
        bounds: list[Range | None] = []
        for word in ("at least", "at most"):
            amount = terms[word].values[-1].value if word in terms else None
            bounds.append(evaluate(amount.expression, self.lookup) if isinstance(amount, Amount) else None)
        low, high = bounds
        least, most = low.least if low else None, high.most if high else None
        unit = (low or high or Range(None, None)).unit
        exact = least is not None and least == most
        return Range(least, most, unit, frozenset() if exact else frozenset({name}))
