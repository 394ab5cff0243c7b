"""What a clause accrues, period by period, on one side of what is not known.

In: an account, and what it takes from the ledger, by booking period. Out: for each payment period its lines, what its
caps did, and what is payable, in minor units. Guaranteed: a line is rounded once; what was booked later is a line of
its own; in each counting window P(t) = min(A(t), max(C(t), P(t-1))) (docs/language.md#caps-and-floors).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

import attrs

from dealrun.budget import bounded, spend
from dealrun.model import show
from dealrun.model.behaviour import Behaviour
from dealrun.model.currencies import minor_units
from dealrun.model.values import Amount, Quantity
from dealrun.model.windows import DayRange
from dealrun.settle.account import Account, CountingWindow, Segment, is_of_paid, is_per_unit
from dealrun.settle.caps import Caps, RawLimit, counted_before
from dealrun.settle.rounding import Rounder, apportion, to_minor
from dealrun.settle.statement import LineKind, TierShare, exact_text
from dealrun.settle.terms import CannotSettleError, Side, Stretch
from dealrun.settle.tiers import NOTHING, TierScale
from dealrun.time.days import Day


class DaySum(NamedTuple):
    """Rows of one day of sale, as a clause takes them."""

    day: Day
    amount: int | Fraction
    """In the ledger's smallest step, whole unless it was converted from another currency."""
    units: int
    sign: int
    """-1 for a deduction."""
    forecast: bool


@attrs.frozen
class Taken:
    """What an account takes from the ledger, by the payment period in which it is booked."""

    cells: Mapping[int, list[DaySum]]
    scale: int
    """How many of the ledger's smallest steps make one unit of the currency."""
    unit_scale: int

    def money(self, steps: int | Fraction) -> Fraction:
        """An amount in units of the currency."""
        return Fraction(steps) / self.scale

    def units(self, steps: int) -> Fraction:
        """A number of units."""
        return Fraction(steps, self.unit_scale)


class UnboundedError(Exception):
    """On the upper side, nothing bounds an amount."""


@attrs.frozen
class RawSegment:
    """What a part adds to a line."""

    part: Segment
    share: Fraction
    tiers: tuple[TierShare, ...]
    amount: int
    base: Fraction
    units: Fraction
    deducted: Fraction
    last: Day
    """The last of its days: parts that differ in nothing here are one."""


@attrs.frozen
class RawLine:
    """A line on one side."""

    kind: LineKind
    period: DayRange
    parts: tuple[RawSegment, ...]
    amount: int
    figures: tuple[tuple[str, str], ...] = ()


@attrs.frozen
class RawPayment:
    """A payment period on one side."""

    period: int
    lines: tuple[RawLine, ...]
    limits: tuple[RawLimit, ...]
    payable: int
    forecast: bool


@attrs.define
class _Floor:
    """A counting window of a floor: its parts, and how far it was made up."""

    parts: list[Segment] = attrs.field(factory=list)
    so_far: Fraction = NOTHING
    made_up: Fraction = NOTHING
    rounded: int = 0
    """`made_up` in minor units, as its lines were rounded."""


@attrs.define
class Accrual:
    """Runs one account on one side."""

    account: Account
    side: Side
    currency: str
    taken: Taken
    parts: list[Segment] = attrs.field(init=False)
    earned: list[Fraction] = attrs.field(init=False)
    _floors: dict[CountingWindow, _Floor] = attrs.field(factory=dict)
    _tiers: dict[CountingWindow, list[Segment]] = attrs.field(factory=lambda: defaultdict(list))
    _caps: Caps = attrs.field(init=False)
    _rounder: Rounder = attrs.field(init=False)
    _touched: dict[int, Segment] = attrs.field(factory=dict)
    """The parts that accrued something in this period."""
    _closing: dict[int, list[CountingWindow]] = attrs.field(factory=lambda: defaultdict(list))
    """The windows of floors, by the payment period in which they close."""
    _late: dict[CountingWindow, None] = attrs.field(factory=dict)
    """Those of which something was booked in this period."""
    _days: dict[bool, Counter[object]] = attrs.field(factory=dict)
    """By window, its days in force, of amounts that are a share of what is paid."""
    _raised: dict[tuple[Fraction, int], Fraction] = attrs.field(factory=dict)
    """By what an escalation raises, so many times."""

    def __attrs_post_init__(self) -> None:
        self._rounder = self.account.rounder(self.currency)
        least = 1 if self.side.high else 2
        self.parts = self.account.parts(least)
        self._caps = Caps(self.account, self.side, self.currency, self.parts, self.taken.units)
        self.earned = [NOTHING] * len(self.parts)
        for part in self.parts:
            if part.floor is not None:
                if part.floor not in self._floors:
                    self._floors[part.floor] = _Floor(
                        so_far=counted_before(self.side, part.stretch, "floor", part.floor)
                    )
                self._floors[part.floor].parts.append(part)
            if part.tiers is not None:
                self._tiers[part.tiers].append(part)
        for key in self._floors:
            self._closing[self._closes(key)].append(key)

    # --- period by period ---------------------------------------------------------------------------------------------

    def run(self) -> list[RawPayment]:
        """Every payment period that has ended, in order; those in which nothing happens are left out."""
        found = []
        by_period: dict[int, list[Segment]] = defaultdict(list)
        for part in self.parts:
            by_period[part.period].append(part)
        for period in range(self.account.complete()):
            changed = self._book(self.taken.cells.get(period, ()))
            self._caps.see(period)
            lines = self._lines(period, changed, by_period.get(period, ()))
            lines += self._made_up(period)
            limits, payable, forecast = self._caps.limit(period, self._touched)
            self._touched.clear()
            if lines or payable:
                forecast |= any(raw.part.forecast for line in lines for raw in line.parts)
                found.append(RawPayment(period, tuple(lines), tuple(limits), payable, forecast))
        return found

    def _book(self, cells: Iterable[DaySum]) -> dict[int, tuple[Fraction, Fraction, Fraction]]:
        """Enter what is booked in a period; by part, what it adds: base, units, deductions."""
        before: dict[int, tuple[int | Fraction, int, int | Fraction]] = {}
        index = 0
        for cell in sorted(cells, key=lambda cell: cell.day):
            spend()
            while index + 1 < len(self.parts) and self.parts[index].last < cell.day:
                index += 1
            part = self.parts[index] if self.parts else None
            if part is None or not part.first <= cell.day <= part.last:
                continue
            if part.index not in before:
                before[part.index] = (part.amount, part.units, part.deducted)
            if cell.sign < 0:
                part.deducted += cell.amount
            else:
                part.amount += cell.amount
            part.units += cell.sign * cell.units
            if part.tiers is not None:
                units, money = part.days.get(cell.day, (0, 0))
                part.days[cell.day] = (units + cell.sign * cell.units, money + cell.sign * cell.amount)
            part.forecast = part.forecast or cell.forecast
        taken = self.taken
        return {
            index: (
                taken.money(self.parts[index].amount - amount),
                taken.units(self.parts[index].units - units),
                taken.money(self.parts[index].deducted - deducted),
            )
            for index, (amount, units, deducted) in before.items()
        }

    def _lines(
        self,
        period: int,
        changed: Mapping[int, tuple[Fraction, Fraction, Fraction]],
        own: Iterable[Segment],
    ) -> list[RawLine]:
        """The lines of a period: its own, and a correction for each earlier one of which something was booked."""
        again = dict.fromkeys([part.index for part in own if self._accrues(part)])
        for index in sorted(changed):
            part = self.parts[index]
            again.update(dict.fromkeys([index]))
            if part.tiers is not None:
                spend(len(self._tiers[part.tiers]))
                again.update(dict.fromkeys(p.index for p in self._tiers[part.tiers] if p.index > index))
        gained: dict[int, list[RawSegment]] = defaultdict(list)
        for index in sorted(again):
            spend(10)
            part = self.parts[index]
            if part.period > period:
                continue
            share, tiers = self._share(part)
            more = share - self.earned[index]
            self.earned[index] = share
            base, units, deducted = changed.get(index, (NOTHING, NOTHING, NOTHING))
            undisclosed = self.side.open and not self.side.high and self._accrues(part)
            if more or base != deducted or units or undisclosed:  # nothing at least, which is not nothing
                gained[part.period].append(RawSegment(part, more, tiers, 0, base, units, deducted, part.last))
        # Its own line first, then what corrects earlier ones: in this order a running total is rounded.
        return [self._line(each, period, gained[each]) for each in sorted(gained, key=lambda of: (of < period, of))]

    def _line(self, of: int, period: int, parts: list[RawSegment]) -> RawLine:
        """One line, rounded once; its parts add up to it."""
        exact = sum((raw.share for raw in parts), NOTHING)
        # A correction of nothing leaves to the next line what a running total still owes.
        total = 0 if of < period and not exact else self._rounder.line(exact)
        alike = [list(group) for _, group in groupby(parts, lambda raw: self._signature(raw.part))]
        units = minor_units(self.currency)
        amounts = apportion(total, [sum((raw.share for raw in group), NOTHING) * units for group in alike])
        done = []
        for group, amount in zip(alike, amounts, strict=True):
            for raw, its in zip(group, apportion(amount, [raw.share * units for raw in group]), strict=True):
                raw.part.accrued += its
                self._touched[raw.part.index] = raw.part
                if raw.part.floor is not None:
                    self._late[raw.part.floor] = None
            done.append(_merged(group, amount))
        passing = all(self._accrues(raw.part) for raw in parts)
        kind: LineKind = "correction" if of != period else "fee" if passing else "share"
        return RawLine(kind, self.account.periods[of], tuple(done), total)

    def _signature(self, part: Segment) -> object:
        """What parts of a line that are shown as one have in common."""
        return part.stretch, part.floor, part.tiers, self._caps.window_of(part), self._step(part)

    def _step(self, part: Segment) -> object:
        """How often an escalation has applied, or in which window a fee accrues."""
        escalation = part.stretch.amount("escalation")
        count = self.account.anniversaries(escalation, part.first) if escalation is not None else 0
        key = self.account.key(part.stretch, self.account.main, part.first) if self._accrues(part) else None
        return count, key

    # --- what a part earns --------------------------------------------------------------------------------------------

    def _accrues(self, part: Segment) -> bool:
        """Whether a part earns by the passing of its days."""
        return self.account.does in {Behaviour.FEE, Behaviour.INVESTMENT} and not self.account.takes_rows(part.stretch)

    def _share(self, part: Segment) -> tuple[Fraction, tuple[TierShare, ...]]:
        day, begin = self.account.counted(part)
        found = self.side.best(part.stretch, self.account.main, day, begin)
        if found is None:
            return NOTHING, ()
        amount, rate = found
        if rate is None:
            raise UnboundedError
        if self._accrues(part):
            return self._passing(part, amount, rate), ()
        per_unit = is_per_unit(amount)
        if per_unit:
            rate *= self._raise(part)
        if amount.tiers is None or part.tiers is None:  # before counting begins, the first tier
            taken = self.taken
            base = taken.units(part.units) if per_unit else taken.money(part.amount - part.deducted)
            return rate * base, ()
        return self._tiered(part, amount, rate, per_unit=per_unit)

    def _passing(self, part: Segment, amount: Amount, figure: Fraction) -> Fraction:
        """What accrues evenly over the days of a window."""
        figure *= self._raise(part)
        if is_of_paid(amount.expression):  # which was earned in the days of both clauses, however many those are
            return figure * part.length / self._alive(part)
        if amount.per is not None or amount.over is not None:
            key = self.account.key(part.stretch, self.account.main, part.first)
            if key is None:
                return NOTHING
            if amount.over is not None and part.first > self._spread_end(part.stretch):
                return NOTHING
            return figure * part.length / (key.last - key.first + 1)
        first, last = self.account.periods[part.period]
        return figure * part.length / (last - first + 1)

    def _alive(self, part: Segment) -> int:
        """The days of the window of a part's amount, or of its payment period, on which the clause is in force."""
        amount = part.stretch.amount(self.account.main)
        windowed = amount is not None and (amount.per is not None or amount.over is not None)

        def window(of: Segment) -> object:
            key = self.account.key(of.stretch, self.account.main, of.first) if windowed else None
            return of.period if key is None else (key.first, key.last)

        found = self._days.get(windowed)
        if found is None:
            found = self._days[windowed] = Counter[object]()
            for other in self.parts:
                spend(10)
                found[window(other)] += other.length
        return found[window(part)]

    def _raise(self, part: Segment) -> Fraction:
        """By what the escalation of the clause has raised its amounts of money and its prices."""
        escalation = part.stretch.amount("escalation")
        if escalation is None:
            return Fraction(1)
        more = self.side.figure(escalation.expression, part.first)
        if more is None:
            raise UnboundedError
        return self._escalated(more, self.account.anniversaries(escalation, part.first))

    def _escalated(self, more: Fraction, times: int) -> Fraction:
        """By what an amount has grown that was raised so many times; each is computed once."""
        found = self._raised.get((more, times))
        if found is None:
            found = self._raised[more, times] = bounded((1 + more) ** times)
        return found

    def _spread_end(self, stretch: Stretch) -> Day:
        """The last day of what is spread over a duration, from the start or from where it says that it counts."""
        found = self.account.window(stretch, self.account.main)
        begins = found[0].anchor if found is not None and found[0].stated else self.account.since
        first = self.account.key(stretch, self.account.main, max(self.account.since, begins))
        return first.last if first is not None else stretch.last

    def _tiered(
        self, part: Segment, amount: Amount, rate: Fraction, *, per_unit: bool
    ) -> tuple[Fraction, tuple[TierShare, ...]]:
        assert amount.tiers is not None
        assert part.tiers is not None
        steps = [(NOTHING, rate, show.expression(amount.expression))]
        in_units = False
        for threshold, above in amount.tiers.steps:
            # On the upper side the better rate is reached sooner: its threshold is at its least.
            bound = attrs.evolve(self.side, high=not self.side.high).figure(threshold, part.first)
            figure = self.side.figure(above, part.first)
            if figure is None:
                raise UnboundedError
            if per_unit:
                figure *= self._raise(part)
            in_units |= isinstance(threshold, Quantity) and threshold.unit != self.currency
            if bound is not None:
                steps.append((bound, figure, show.expression(above)))
        scale = TierScale(tuple(steps), part.stretch.word("tiers") == "all-units")
        taken = self.taken
        spend(len(self._tiers[part.tiers]))
        earlier = [other for other in self._tiers[part.tiers] if other.index < part.index]
        money = taken.money(sum(other.amount - other.deducted for other in earlier))
        units = taken.units(sum(other.units for other in earlier))
        before = units if in_units else money
        if amount.tiers.so_far is not None and part.tiers.first <= part.tiers.epoch <= part.tiers.last:
            before += self.side.figure(amount.tiers.so_far, part.first) or 0
        if in_units == per_unit:
            net = taken.money(part.amount - part.deducted)
            return scale.share(before, taken.units(part.units) if in_units else net)
        pairs = [(taken.units(u), taken.money(m)) for _, (u, m) in sorted(part.days.items())]
        days = pairs if in_units else [(m, u) for u, m in pairs]
        return scale.divided(before, units if per_unit else money, days)

    # --- floors and caps ----------------------------------------------------------------------------------------------

    def _made_up(self, period: int) -> list[RawLine]:
        """True-ups of the floors whose windows close in a period, or of which something was booked since."""
        found = []
        due = {*self._closing.pop(period, ()), *(key for key in self._late if self._closes(key) < period)}
        self._late.clear()
        for key in sorted(due, key=lambda key: (key.first, key.last, key.epoch)):
            floor = self._floors[key]
            last = floor.parts[-1]
            spend(len(floor.parts))
            minimum = self._floor(floor.parts, key)
            rounded = sum(part.accrued for part in floor.parts) - floor.rounded
            made_up = max(minimum - floor.so_far - Fraction(rounded, minor_units(self.currency)), NOTHING)
            more, floor.made_up = made_up - floor.made_up, made_up
            if more:
                # It makes up to the floor exactly, whatever a running total would round it to.
                amount = to_minor(made_up, self.currency, self._rounder.rule) - floor.rounded
                self._rounder.count(more, amount)
                raw = RawSegment(last, more, (), amount, NOTHING, NOTHING, NOTHING, last.last)
                span = (max(key.first, floor.parts[0].first), last.last)
                figures = (("minimum", exact_text(minimum, self.currency)),)
                found.append(RawLine("true-up", span, (raw,), amount, figures))
                last.accrued += amount
                floor.rounded += amount
                self._touched[last.index] = last
        return found

    def _closes(self, key: CountingWindow) -> int:
        """The payment period in which the window of a floor ends; beyond all where it never does under this floor."""
        last = self._floors[key].parts[-1]
        end = key.last if self.account.over is None else min(key.last, self.account.over)
        following = self.parts[last.index + 1] if last.index + 1 < len(self.parts) else None
        gone = following is not None and following.first <= end  # unset, or replaced by one that counts anew
        return len(self.account.periods) if gone or end > self.account.through else self.account.period_of(end)

    def _floor(self, parts: list[Segment], key: CountingWindow) -> Fraction:
        """The minimum of a window: as it stands on the last day, or, prorated, each day's part of it."""
        last = parts[-1]
        found = self.side.best(last.stretch, "floor", last.last, max(key.first, key.epoch))
        if found is not None and is_per_unit(found[0]) and any(self._accrues(part) for part in parts):
            raise CannotSettleError("its floor is a price per unit, and it takes no units from a ledger")
        if found is not None and is_per_unit(found[0]) and found[1] is not None:  # of each unit that was sold in it
            figure: Fraction | None = found[1] * self.taken.units(sum(part.units for part in parts))
        elif "prorated" not in last.stretch.state.terms:
            figure = found[1] if found is not None else NOTHING
        else:
            figure = NOTHING
            for part in parts:
                found = self.side.best(part.stretch, "floor", part.first, max(key.first, key.epoch))
                if found is None or found[1] is None:
                    raise UnboundedError
                figure += found[1] * part.length / (key.last - key.first + 1)
        if figure is None:
            raise UnboundedError
        return figure


def _merged(group: list[RawSegment], amount: int) -> RawSegment:
    """Parts that differ in nothing that a reader sees, as one."""
    tiers: dict[tuple[Fraction, str], TierShare] = {}
    for raw in group:
        for tier in raw.tiers:
            old = tiers.get((tier.over, tier.rate))
            tiers[tier.over, tier.rate] = tier if old is None else attrs.evolve(
                old, base=old.base + tier.base, share=old.share + tier.share
            )  # fmt: skip
    return attrs.evolve(
        group[0],
        share=sum((raw.share for raw in group), NOTHING),
        tiers=tuple(tiers.values()),
        amount=amount,
        base=sum((raw.base for raw in group), NOTHING),
        units=sum((raw.units for raw in group), NOTHING),
        deducted=sum((raw.deducted for raw in group), NOTHING),
        last=group[-1].last,
    )
