"""Boxes: many courses of events at once, as a world in which each happening lies between two days.

In: a world as known on a day, and for some happenings the days between which they lie. Out: a world that the engine
evaluates like any other. Guaranteed: what is certain in a box holds in every course that lies in it; a happening that
has no days of its own is open, as in the world that the box is made of.
"""

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from dealrun.model.keys import Label
from dealrun.model.values import OnDate, Start, Value
from dealrun.state.answers import Performance
from dealrun.state.knowledge import PERFORMANCE_OF, World
from dealrun.time import ALWAYS, NEVER, NO, Day, Moment, StepFunction, Truth, maybe, negate
from dealrun.time.moment import NEVER_COMES

DaySpan: TypeAlias = tuple[Day, Day]
"""The days between which something happens, both included; `NEVER` is never."""

Box: TypeAlias = Mapping[str, DaySpan]
"""By happening, its span. What has none is open."""

USE = "use of "
"""What begins the happening that a notice or an exercise of a right is: both are one."""

YES_NO: DaySpan = (0, 1)
"""The span of a truth: 0 is no, 1 is yes."""


def happening_of(name: str) -> str:
    """The happening behind a name that an answer hangs on."""
    word, of, label = name.partition(" of ")
    return f"{USE}{label}" if of and word in {"notice", "exercise"} else name


def label_of(name: str) -> Label:
    """The clause of which something happens: `ip` of `use of ip`, and of `performance of ip for Q1 2030`."""
    return name.partition(" of ")[2].partition(" for ")[0]


def plain(name: str) -> str:
    """What several names are one happening of: the switches of a condition, the performances of what a clause asks for
    again and again."""
    found = name.rpartition(" switch ")[0] or name
    return found.partition(" for ")[0] if found.startswith(PERFORMANCE_OF) else found


def end_of(deal: str) -> str:
    """The name of the end of a deal, whatever brings it about."""
    return f"end of deal {deal}"


def switch(condition: str, number: int) -> str:
    """The name of one of the switches of a condition: the day on which it begins, or stops, to hold."""
    return f"{condition} switch {number}"


@attrs.frozen
class BoxWorld(World):
    """A world in which happenings lie in a box."""

    box: Box = attrs.field(factory=dict, kw_only=True)
    dates: frozenset[str] = attrs.field(default=frozenset(), kw_only=True)
    truths: frozenset[str] = attrs.field(default=frozenset(), kw_only=True)
    switches: int = attrs.field(default=0, kw_only=True)
    """How often each condition may begin or stop to hold."""
    never: frozenset[str] = attrs.field(default=frozenset(), kw_only=True)
    """What is no happening of its own, because it follows from others: the breach of what falls due."""
    horizon: Day = attrs.field(default=NEVER, kw_only=True)
    """The day through which is looked at what falls due."""
    timely: frozenset[str] = attrs.field(default=frozenset(), kw_only=True)
    """The clauses that are performed in time, whatever else happens."""

    def _within(self, subject: str) -> DaySpan | None:
        if subject in self.never:
            return NEVER, NEVER
        return self.box.get(happening_of(subject)) or self.box.get(subject)

    def happened(self, subject: str) -> Moment:
        """As recorded; else within its span, else open."""
        span = None if self.is_recorded(subject) else self._within(subject)
        return super().happened(subject) if span is None else Moment.between(*span, subject)

    def more(self, subject: str) -> Moment | None:
        """When it happens once more: from the first day of its span on, else open; never, where its day is known."""
        span = None if self.supposed(subject) else self._within(subject)
        if span is None:
            return super().more(subject)
        known = span[0] >= NEVER or self._told(subject) is not None
        return NEVER_COMES if known else Moment.between(span[0], NEVER, subject)

    def _told(self, subject: str) -> Moment | None:
        """What its span says as a record would: the day; of a use, and of the only performance, the days. How anything
        else is ordered among other happenings only single days can tell."""
        span = None if self.supposed(subject) else self._within(subject)
        if span is None or span[1] >= NEVER:
            return None
        alone = happening_of(subject) != subject or (subject.startswith(PERFORMANCE_OF) and not self.has(subject))
        return Moment.between(*span, subject) if alone or span[0] == span[1] else None

    def occurrences(self, subject: str) -> tuple[Moment, ...]:
        """The recorded days, and that of its span."""
        told = self._told(subject)
        found = super().occurrences(subject)
        return found if told is None else tuple(sorted((*found, told), key=lambda each: (each.lo, each.hi)))

    def performances(self, label: str) -> tuple[Performance, ...]:
        """The recorded performances, and that of its span."""
        told = self._told(f"{PERFORMANCE_OF}{label}")
        found = super().performances(label)
        return found if told is None else tuple(sorted((*found, Performance(told)), key=lambda each: each.moment.lo))

    def in_time(self, label: str) -> bool:
        """Whether a clause is performed in time."""
        return label in self.timely

    def single(self, performance: str) -> Moment | None:
        """When one of several obligations is performed: within its span; open, unless everybody does what falls due."""
        subject = performance.partition(" for ")[0]
        if self.supposed(performance) or self.supposed(subject):
            return super().single(performance)
        span = self.box.get(performance)
        if span is None:
            return None if self.performing is not None else Moment.between(self.first_open, NEVER, performance)
        return Moment.between(*span, performance)

    def through(self, subject: str) -> Day:
        """The day through which breaches are looked for."""
        return self.horizon if subject in self.never or self._within(subject) else super().through(subject)

    def cut(self, deal: str) -> Moment | None:
        """When a deal ends, whatever ends it."""
        span = self.box.get(end_of(deal))
        return None if span is None else Moment.between(*span, end_of(deal))

    def boxed(self, subject: str) -> bool:
        """Whether something lies in the box, so that nothing else of it may have gone unrecorded."""
        return super().boxed(subject) or (not self.supposed(subject) and self._within(subject) is not None)

    def value(self, name: str) -> Value | bool | None:
        """The value of an unknown; a truth of which the box knows it."""
        found = super().value(name)
        if found is not None or name not in self.box:
            return found
        lo, hi = self.box[name]
        if name in self.truths:
            return bool(lo) if lo == hi else None
        return Start("from", OnDate(lo, hi, name)) if name in self.dates else None

    def holds(self, subject: str) -> StepFunction[Truth]:
        """Whether a condition holds: as known, then as its switches turn it."""
        if not self.switches or switch(subject, 1) not in self.box or self.supposed(subject):
            return super().holds(subject)
        steps = super().holds(subject)
        opens = ALWAYS if self.known is None else self.known + 1
        pieces = [(day, truth) for day, truth in steps if day < opens] or [(ALWAYS, NO)]
        before = steps.at(opens - 1) if opens > ALWAYS else NO
        spans = [self.box[switch(subject, number)] for number in range(1, self.switches + 1)]
        days = {opens, *(day for span in spans for day in span)}
        for day in sorted(day for day in days if max(opens, ALWAYS + 1) <= day < NEVER):
            came = sum(hi <= day for _, hi in spans)
            may = sum(lo <= day for lo, _ in spans)
            if came == may:
                pieces.append((day, before if came % 2 == 0 else negate(before)))
            else:
                open_ = {switch(subject, n) for n, (lo, hi) in enumerate(spans, 1) if lo <= day < hi}
                pieces.append((day, maybe(open_)))
        return StepFunction(pieces)
