"""One clause as settlement sees it: its payment periods, and the parts into which terms and windows cut them.

In: a timeline, a label, and the last day. Out: `Account`. Guaranteed: parts follow one another, each with one set of
terms, in one payment period and in one window of each kind (docs/language.md#payment-periods-due-days-and-parts).
"""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

import attrs

from dealrun.budget import spend
from dealrun.model.behaviour import PAYMENTS, Behaviour
from dealrun.model.contract import Deal
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.keys import DeclarationKey
from dealrun.model.values import (
    Amount,
    Expression,
    Extreme,
    PaidUnder,
    Product,
    Quantity,
    Shares,
    Sum,
    Symbol,
    Tiers,
    Time,
    Word,
)
from dealrun.model.vocabulary import FORMS, behaviour
from dealrun.model.windows import FREQUENCIES, DayRange, Window, fiscal_month, is_window
from dealrun.settle.rounding import Rounder
from dealrun.settle.terms import CannotSettleError, Stretch, given_since, start_of, stretches
from dealrun.state.timeline import Timeline
from dealrun.time.days import ALWAYS, LAST, NEVER, Day, Unit, add

_BY_DAYS = frozenset({Behaviour.FEE, Behaviour.COMMITMENT, Behaviour.INVESTMENT})
"""What may have an amount of a window of its own."""


@attrs.frozen
class CountingWindow:
    """A counting window: where its counting begins, and its days."""

    epoch: Day
    first: Day
    last: Day


@attrs.define(eq=False)
class Segment:
    """Days with one set of terms, in one payment period and one window of each kind; sums as they are booked."""

    index: int
    first: Day
    last: Day
    stretch: Stretch
    period: int
    floor: CountingWindow | None
    tiers: CountingWindow | None
    amount: Fraction | int = 0
    """In the ledger's smallest steps, as the next three."""
    units: int = 0
    deducted: Fraction | int = 0
    days: dict[Day, tuple[int, Fraction | int]] = attrs.field(factory=dict)
    """(units, money) by day, kept where there are tiers."""
    forecast: bool = False
    accrued: int = 0
    """In minor units, as its lines were rounded."""
    paid: int = 0
    """What caps have let through of it."""

    @property
    def length(self) -> int:
        """Its number of days."""
        return self.last - self.first + 1


@attrs.frozen(eq=False, slots=False)
class Account:
    """A clause, for one payer."""

    timeline: Timeline
    label: str
    verb: str
    deal: Deal
    payer: str
    payees: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    periods: tuple[DayRange, ...]
    since: Day
    through: Day
    over: Day | None
    """The last day on which the clause may be in force, where that is not behind the last day."""
    default: str = "quarter"
    """The payment period where the clause says none."""
    _anniversaries: dict[str, list[Day]] = attrs.field(init=False, factory=dict)
    """By how often an escalation applies, the start and the days on which it has, as far as they were asked for."""

    @property
    def does(self) -> Behaviour:
        """What the verb does."""
        return FORMS[self.verb].behaviour

    @property
    def main(self) -> str:
        """The term that holds the amount."""
        return FORMS[self.verb].main

    def stretch(self, day: Day) -> Stretch:
        """The stretch of a day; of days before the first or behind the last, that."""
        return self.stretches[max(bisect_right(self._firsts, day) - 1, 0)]

    @cached_property
    def _firsts(self) -> list[Day]:
        return [stretch.first for stretch in self.stretches]

    @cached_property
    def _begins(self) -> list[Day]:
        return [first for first, _ in self.periods]

    def period_of(self, day: Day) -> int:
        """The number of the payment period in which a day lies."""
        return min(bisect_right(self._begins, day) - 1, len(self.periods) - 1)

    def complete(self) -> int:
        """How many payment periods have ended by the last day."""
        return sum(last <= self.through for _, last in self.periods)

    def window(self, stretch: Stretch, name: str) -> tuple[Window, Day] | None:
        """The windows of a cap, a floor, tiers or an amount, and the day from which they are counted."""
        amount = stretch.amount(self.main if name == "tiers" else name)
        found: Amount | Tiers | None = amount.tiers if amount is not None and name == "tiers" else amount
        if found is None:
            return None
        said = found.per or found.over or "life"
        if found.per is None and found.over is not None and not is_window(found.over):
            raise CannotSettleError(f"an amount of it is counted over {found.over}, a time that is not known")
        if not is_window(said):
            said = "life"
        month = fiscal_month(self.deal.fiscal_year)
        if found.counting_from is not None:
            begins = self.day_of(found.counting_from)
            return Window(said, begins, True, month), begins
        epoch = given_since(self.timeline, self.label, self.main if name == "tiers" else name, stretch)
        price = isinstance(found, Amount) and found.per_unit is not None and name in {"cap", "floor"}
        if price and not self.takes_rows(stretch):
            raise CannotSettleError(f"its {name} is a price per unit, and it takes no units from a ledger")
        if price and found.per is None and found.over is None:
            return self.frequency(stretch, self.default), epoch  # of each unit that is sold in a payment period
        return Window(said, self.since if said == "contract-year" else epoch, False, month), epoch

    def takes_rows(self, stretch: Stretch) -> bool:
        """Whether a clause takes rows of the ledger, as it stands: a share, a price, purchases, a threshold."""
        match self.does:
            case Behaviour.SHARE | Behaviour.COMMITMENT:
                return True
            case Behaviour.SINGLE:
                return stretch.view("reaching") is not None
            case Behaviour.FEE:
                amount = stretch.amount("amount")
                return amount is not None and (is_per_unit(amount) or self.is_rate(amount))
            case _:
                return False

    def is_rate(self, amount: Amount) -> bool:
        """Whether an amount is a share of money: a percentage, be it known or not."""
        return self.unit(amount.expression) == "%"

    def unit(self, expression: Expression) -> str:
        """The unit of an amount, as far as its text and what is known say one; of what is paid, the deal's currency."""
        match expression:
            case Quantity(_, unit):
                return unit
            case Symbol(name, "unknown"):
                found = self.timeline.answers.range_of(name).unit
                sort = self.timeline.answers.declaration_terms(DeclarationKey("unknown", name)).get("kind")
                said = sort.values[-1].value if sort is not None else None
                return found or ("%" if said == Word("percentage") else "")
            case PaidUnder():
                return self.deal.currency or "USD"
            case Sum(parts):
                return next((unit for _, part in parts if (unit := self.unit(part))), "")
            case Extreme(_, parts):
                return next((unit for part in parts if (unit := self.unit(part))), "")
            case Product(parts):
                units = [self.unit(part) for part in parts]
                return next((unit for unit in units if unit not in {"", "%"}), "%" if "%" in units else "")
            case _:
                return ""

    def rounder(self, currency: str) -> Rounder:
        """What rounds the lines of the clause."""
        return Rounder(currency, self.deal.rounding, self.deal.running)

    def frequency(self, stretch: Stretch, default: str) -> Window:
        """The payment periods: as `paid` says, or the own window of a fee or a commitment, or the default."""
        month = fiscal_month(self.deal.fiscal_year)
        paid = FREQUENCIES.get(stretch.word("paid"))
        if paid is None and self.does in {Behaviour.FEE, Behaviour.COMMITMENT}:
            amount = stretch.amount("amount")
            said = (
                None if amount is None else amount.per or (amount.over if self.does is Behaviour.COMMITMENT else None)
            )
            found = self.window(stretch, "amount")
            if said is not None and is_window(said) and found is not None:
                return found[0] if found[0].stated or said[:1].isdigit() else Window(said, self.since, False, month)
            paid = "life" if self.does is Behaviour.COMMITMENT else None
        return Window(paid or default, self.since, False, month)

    def day_of(self, time: Time) -> Day:
        """A day that must be known."""
        moment = self.timeline.answers.start_of(time)
        if not moment.certain or not ALWAYS < moment.lo < NEVER:
            raise CannotSettleError(f"it counts from a day that is not known: {', '.join(sorted(moment.hangs_on))}")
        return moment.lo

    def key(self, stretch: Stretch, name: str, day: Day) -> CountingWindow | None:
        """The counting window of a day."""
        found = self.window(stretch, name)
        if found is None:
            return None
        span = found[0].of(day)
        return None if span is None else CountingWindow(found[1], *span)

    def counted(self, part: Segment) -> tuple[Day, Day | None]:
        """Of what is paid under other clauses, a part's amount counts what falls due through the one day, and from the
        other on: within the window of the amount or the payment period; None where it has neither."""
        amount = part.stretch.amount(self.main)
        first, last = self.periods[part.period]
        if amount is None or self.does not in _BY_DAYS:
            return part.last, None
        if amount.per is not None or amount.over is not None:
            key = self.key(part.stretch, self.main, part.first)
            return (part.last, None) if key is None else (min(key.last, last), key.first)
        return (last, first) if part.stretch.word("paid") not in {"", "once"} else (part.last, None)

    def parts(self, least: int) -> list[Segment]:
        """The parts of the stretches in which the clause is in force (or, with `least` 1, perhaps)."""
        found: list[Segment] = []
        caps = self.caps(least)
        for stretch in self.stretches:
            day = stretch.first
            while stretch.level >= least and day <= stretch.last:
                spend(100 + len(caps))
                period = self.period_of(day)
                floor, tiers = (self.key(stretch, name, day) for name in ("floor", "tiers"))
                ends = [stretch.last, self.periods[period][1]]
                ends += [key.last for key in (floor, tiers) if key is not None]
                ends += [self._uncounted(stretch, name, day) for name in ("floor", "tiers")]
                # A cap that comes later may count these days too, in windows of its own.
                ends += [end for cap in caps for end in self._cap_ends(cap, day)]
                ends.append(self._own_end(stretch, day))
                part = Segment(len(found), day, min(ends), stretch, period, floor, tiers)
                found.append(part)
                day = part.last + 1
        return found

    def caps(self, least: int) -> tuple[Stretch, ...]:
        """The stretches with which the cap changes, in order; those without a cap among them."""
        found: list[Stretch] = []
        for stretch in self.stretches:
            if stretch.level >= least and (not found or _cap(found[-1]) != _cap(stretch)):
                found.append(stretch)
        return tuple(found) if any(stretch.view("cap") for stretch in found) else ()

    def governing(self, caps: Sequence[Stretch], day: Day) -> tuple[CountingWindow, Stretch] | None:
        """The last of the caps seen so far that counts a day, and its window; a window that had ended before a cap
        came stays with the earlier one."""
        for stretch in reversed(caps):
            key = self.key(stretch, "cap", day)
            if key is not None and max(key.first, key.epoch) <= day and key.last >= stretch.first:
                return key, stretch
            if day >= stretch.first:
                return None
        return None

    def _cap_ends(self, cap: Stretch, day: Day) -> list[Day]:
        found = self.window(cap, "cap")
        if found is None:
            return []
        span = found[0].of(day)
        return [end for end in (found[1] - 1, cap.first - 1, span[1] if span else LAST) if end >= day]

    def _uncounted(self, stretch: Stretch, name: str, day: Day) -> Day:
        """The last day before a window begins to count."""
        found = self.window(stretch, name)
        return found[0].anchor - 1 if found is not None and found[0].stated and day < found[0].anchor else LAST

    def _own_end(self, stretch: Stretch, day: Day) -> Day:
        """The last day before the amount itself changes: its own window, or an anniversary."""
        end = LAST
        amount = stretch.amount(self.main)
        if amount is not None and self.does in _BY_DAYS:
            if amount.over is not None or amount.per is not None:
                key = self.key(stretch, self.main, day)
                end = key.last if key is not None else end
            elif stretch.word("paid"):
                end = self.periods[self.period_of(day)][1]
        escalation = stretch.amount("escalation")
        if escalation is not None:
            end = min(end, add(self.since, *_every(escalation, self.anniversaries(escalation, day) + 1)) - 1)
        return end

    def anniversaries(self, escalation: Amount, day: Day) -> int:
        """How many times an escalation has applied by a day."""
        every = escalation.per or "year"
        days = self._anniversaries.setdefault(every, [self.since])
        while days[-1] <= day:
            spend()
            days.append(add(self.since, *_every(escalation, len(days))))
        return bisect_right(days, day) - 1


def is_per_unit(amount: Amount) -> bool:
    """Whether an amount is a price of one unit."""
    return amount.per_unit is not None


def is_of_paid(expression: Expression) -> bool:
    """Whether an amount is a share of what is paid under other clauses, and of nothing else."""
    match expression:
        case PaidUnder():
            return True
        case Sum(parts):
            return all(is_of_paid(part) for _, part in parts)
        case Product(parts):
            return any(is_of_paid(part) for part in parts)
        case Extreme(_, parts):
            shares = [is_of_paid(part) for part in parts]
            return any(shares) and all(share or _is_nothing(part) for share, part in zip(shares, parts, strict=True))
        case _:
            return False


def _is_nothing(expression: Expression) -> bool:
    return isinstance(expression, Quantity) and expression.number == 0


def _every(escalation: Amount, times: int) -> tuple[int, Unit]:
    name = escalation.per or "year"
    if name[:1].isdigit():
        count, _, unit = name.partition(" ")
        return int(count) * times, unit.removesuffix("s")  # type: ignore[return-value]
    return times, name if name in {"month", "quarter"} else "year"  # type: ignore[return-value]


def make(timeline: Timeline, label: str, deal: Deal, through: Day, default: str, begins: Day) -> Account | None:
    """The account of a clause, None where it is not in force by the last day.

    `begins` stands for the start of one that has been in force from always.
    """
    lives = timeline.answers.lives(label)
    first = max(min((life.episode.born.lo for life in lives), default=begins), ALWAYS)
    if first <= ALWAYS:  # a sketch: from its own start, or from the first row on
        stated = timeline.clause(label, through).since
        first = min(begins, through) if stated is None else stated.toordinal()
    all_ = stretches(timeline, label, first, through) if first <= through else ()
    live = [stretch for stretch in all_ if stretch.level and behaviour(stretch.state.kind) in PAYMENTS]
    if not live:
        return None
    all_ = tuple(stretch for stretch in all_ if not stretch.level or stretch in live)  # before, it was no payment
    state = live[0].state
    own = start_of(timeline, label, state, live[0].first)
    since = live[0].first if own is None or own < first else own
    over = live[-1].last
    if over >= through and timeline.clause(label, min(through + 1, LAST)).status in {
        "in force",
        "contingent",
        "waived",
        "dormant",
    }:
        over = LAST
    account = Account(
        timeline, label, state.kind, deal, "", (), all_, (), since, through, None if over >= LAST else over, default
    )
    periods: list[DayRange] = []
    day = since
    while day <= through:
        spend(10 + len(live))
        stretch = next((s for s in reversed(live) if s.first <= day), live[0])
        window = account.frequency(stretch, default)
        span = window.of(day) or (day, window.anchor - 1)
        if window.name == "life":  # and behind it, what is booked late, whose period never ends
            span = (since, over) if day <= over else (day, LAST)
        changes = [s.first for s in live if day < s.first <= span[1] and account.frequency(s, default) != window]
        last = min([span[1], *(change - 1 for change in changes)])
        begin = span[0] if not periods else max(span[0], periods[-1][1] + 1)
        periods.append((begin, last))
        day = last + 1
    for stretch in live:
        divided = stretch.view("split")
        shares = divided.options[0] if divided is not None and divided.options else None
        payees = list(stretch.state.parties.values())[-1]
        if isinstance(shares, Shares) and len(shares.parts) != len(payees):
            raise CannotSettleError(f"it is split in {len(shares.parts)} shares, and has {len(payees)} payees")
    payer, payees = _pair(live[0])
    return attrs.evolve(account, payer=" and ".join(payer), payees=payees, periods=tuple(periods))


def _cap(stretch: Stretch) -> object:
    view = stretch.view("cap")
    return None if view is None else (view.options, view.instrument)


def by_parties(account: Account) -> list[Account]:
    """An account for each pair of payer and payees that a clause has had: each with the days on which it was theirs."""
    pairs = dict.fromkeys(_pair(stretch) for stretch in account.stretches if stretch.level)
    if len(pairs) <= 1:
        return [account]
    return [
        attrs.evolve(
            account,
            payer=" and ".join(payer),
            payees=payees,
            stretches=tuple(attrs.evolve(s, others=_pair(s) != (payer, payees)) for s in account.stretches),
        )
        for payer, payees in pairs
    ]


def _pair(stretch: Stretch) -> tuple[tuple[str, ...], tuple[str, ...]]:
    sides = [stretch.state.parties[role] for role in stretch.state.parties]
    return sides[0], sides[1] if len(sides) > 1 else ()


def currency_of(expression: Expression) -> str | None:
    """The currency of an amount, where its text says one."""
    match expression:
        case Quantity(_, unit):
            return unit if unit in MINOR_DIGITS else None
        case Sum(parts):
            return next((found for _, part in parts if (found := currency_of(part))), None)
        case Product(parts) | Extreme(_, parts):
            return next((found for part in parts if (found := currency_of(part))), None)
        case _:
            return None
