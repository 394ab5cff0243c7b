"""A second settlement, written from docs/language.md alone: naive, day by day, slow. The engine is held to it.

In: clauses whose terms over time somebody resolved by hand (`Deal`, `Clause`), the rows of a ledger, a last day. Out:
the payments of every clause. Guaranteed: uses nothing of `dealrun`; every amount is known, a Fraction until its line
is rounded; each payment period recomputes everything from the rows that were booked by its end.

Where the specification leaves a choice, the comment says `Choice:` and what was chosen.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Generic, TypeAlias, TypedDict, TypeVar

import attrs

Day: TypeAlias = int
"""The ordinal of a date."""
Span: TypeAlias = tuple[Day, Day]
"""First and last day, both included."""

FOREVER: Day = date.max.toordinal()
ALWAYS: Day = date.min.toordinal()
ZERO = Fraction(0)
ONE = Fraction(1)

T = TypeVar("T")


# --- what goes in ---------------------------------------------------------------------------------------------------


class Row(TypedDict):
    """A row of a ledger. An empty text is a cell that is not there."""

    date: Day
    stream: str
    amount: Fraction
    units: Fraction
    booked: Day
    payer: str
    product: str
    territory: str
    currency: str


@attrs.frozen
class Spell(Generic[T]):
    """A value, and the days that it holds, both included."""

    first: Day
    last: Day
    value: T


Over: TypeAlias = tuple[Spell[T], ...]
"""A term over time: spells in order, with no day in two of them."""


@attrs.frozen
class Count:
    """How something is counted, window after window.

    `per` is a period (`year`, `contract-year`, `life`), or a duration (`3 months`). `origin` is the start of the
    clause, or the effective day of the amendment that gave the term.
    """

    per: str
    origin: Day
    counting_from: Day | None = None
    so_far: Fraction = ZERO

    @property
    def begin(self) -> Day:
        """The first day that is counted."""
        return self.origin if self.counting_from is None else self.counting_from


@attrs.frozen
class Bound:
    """A cap, a floor, a threshold or a commitment, and how what it bounds is counted."""

    amount: Fraction
    count: Count
    per_unit: bool = False
    """Whether it is a price for each unit that is sold in its window."""


@attrs.frozen
class Rate:
    """A share of money, or a price per unit; in tiers: each rate with the threshold up to which it goes."""

    steps: tuple[tuple[Fraction, Fraction | None], ...]
    price: bool = False
    in_units: bool = False
    """Whether the thresholds are units."""
    all_units: bool = False
    count: Count | None = None

    @staticmethod
    def flat(rate: Fraction, *, price: bool = False) -> "Rate":
        """One rate for everything."""
        return Rate(((rate, None),), price=price)


@attrs.frozen
class Fee:
    """An amount that accrues over the days of each window; with `once`, of the first window only (`over 2 years`)."""

    amount: Fraction
    count: Count
    once: bool = False


@attrs.frozen
class Due:
    """`within` a duration (`45 days`, `10 business days`, `1 month`), or `by` a day."""

    within: str = ""
    by: Day | None = None


@attrs.frozen
class Clause:
    """A money clause, its terms resolved by hand. Its kind follows from which of its terms there are."""

    label: str
    verb: str
    payer: str
    payees: tuple[str, ...]
    first: Day
    last: Day = FOREVER
    """The days on which it is in force."""
    streams: tuple[str, ...] = ()
    """Every stream that it takes, the streams in them included."""
    net: tuple[str, ...] = ()
    """The streams that are deducted."""
    products: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    """Streams, products and territories that it leaves out."""
    rate: Over[Rate] = ()
    fee: Over[Fee] = ()
    escalation: Fraction = ZERO
    once: Over[Fraction] = ()
    """The amount of a fee, advance, milestone or investment that is due once, on its start."""
    cap: Over[Bound | None] = ()
    floor: Over[Bound | None] = ()
    prorated: bool = False
    reaching: Bound | None = None
    reaching_units: bool = False
    against: tuple[str, ...] = ()
    commitment: Over[Bound] = ()
    committed_units: bool = False
    """Whether units are promised; then `shortfall` is a price for each."""
    shortfall: Fraction = ZERO
    carry_forward: Fraction = ZERO
    rollover: Fraction = ZERO
    paid: Over[str] = ()
    prepaid: bool = False
    due: Over[Due | None] = ()
    roll: str = ""
    split: tuple[Fraction, ...] = ()
    remainder: str = ""


@attrs.frozen
class Deal:
    """Clauses in the order of the file, and the settings of the deal."""

    clauses: tuple[Clause, ...]
    rounding: str = "half-even"
    running: bool = False
    fiscal_month: int = 1
    digits: int = 2


# --- what comes out -------------------------------------------------------------------------------------------------


@attrs.frozen
class NaivePart:
    """Days of a line with the same terms, in the same windows."""

    first: Day
    last: Day
    exact: Fraction
    cents: int


@attrs.frozen
class NaiveLine:
    """One line of a payment; `exact` is in units of the currency, `cents` in minor units."""

    kind: str
    period: Span
    exact: Fraction
    cents: int
    parts: tuple[NaivePart, ...] = ()


@attrs.frozen
class NaiveLimit:
    """What a cap did in one of its windows; in minor units."""

    window: Span
    cap: Fraction
    accrued: int
    before: int
    paid: int


@attrs.frozen
class NaivePayment:
    """What falls due under one clause for one payment period; in minor units."""

    label: str
    payer: str
    payees: tuple[str, ...]
    period: Span
    lines: tuple[NaiveLine, ...]
    accrued: int
    limits: tuple[NaiveLimit, ...]
    withheld: int
    recouped: int
    amount: int
    split: tuple[tuple[str, int], ...]
    due: Day | None
    total: int


@attrs.frozen
class NaiveSettlement:
    """Every payment of every clause, by clause and period, and what was met on the way."""

    payments: tuple[NaivePayment, ...]
    met: frozenset[str]
    """`tiers crossed`, `cap lowered`, ...: what only the settlement itself can tell."""

    def of(self, label: str) -> tuple[NaivePayment, ...]:
        """The payments of one clause, by period."""
        return tuple(payment for payment in self.payments if payment.label == label)


# --- days -----------------------------------------------------------------------------------------------------------


def day_of(year: int, month: int, day: int) -> Day:
    """The ordinal of a date."""
    return date(year, month, day).toordinal()


def plus_months(day: Day, months: int) -> Day:
    """Months later; a day that does not exist becomes the last of its month."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return day_of(year, month + 1, min(start.day, last))


def is_business(day: Day) -> bool:
    """Monday to Friday."""
    return date.fromordinal(day).weekday() < 5


MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
DAYS_IN = {"day": 1, "week": 7}


def plus(day: Day, duration: str, times: int = 1) -> Day:
    """A day and a duration, so many times; counted from the day, never step by step."""
    number, unit = duration.split(maxsplit=1)
    unit = unit.removesuffix("s")
    count = int(number) * times
    if unit == "business day":
        for _ in range(count):
            day += 1
            while not is_business(day):
                day += 1
        return day
    return day + count * DAYS_IN[unit] if unit in DAYS_IN else plus_months(day, count * MONTHS_IN[unit])


def rolled(day: Day, roll: str) -> Day:
    """A due day, moved to a business day as the clause says."""

    def to(step: int) -> Day:
        moved = day
        while not is_business(moved):
            moved += step
        return moved

    if roll == "following":
        return to(1)
    if roll == "preceding":
        return to(-1)
    if roll == "modified-following":
        same_month = date.fromordinal(to(1)).month == date.fromordinal(day).month
        return to(1) if same_month else to(-1)
    return day


CALENDAR = {"month": 1, "quarter": 3, "half": 6, "year": 12}
STEPS = {
    "day": "1 day", "week": "1 week", "month": "1 month", "quarter": "3 months", "year": "12 months",
    "fiscal-quarter": "3 months", "fiscal-year": "12 months", "contract-year": "12 months",
}  # fmt: skip


@cache
def calendar_span(period: str, day: Day, fiscal_month: int) -> Span:
    """The day, week, month, quarter, half or year of the calendar, or of the fiscal calendar, that holds a day."""
    if period == "day":
        return day, day
    if period == "week":
        monday = day - date.fromordinal(day).weekday()
        return monday, monday + 6
    fiscal = period.startswith("fiscal-")
    months = CALENDAR[period.removeprefix("fiscal-")]
    begin = day_of(date.fromordinal(day).year - 1, fiscal_month if fiscal else 1, 1)
    while plus_months(begin, months) <= day:
        begin = plus_months(begin, months)
    return begin, plus_months(begin, months) - 1


@cache
def stepped_span(begin: Day, step: str, day: Day) -> Span:
    """The window that holds a day, of windows of a duration that follow one another from a day on."""
    times = 0
    while plus(begin, step, times + 1) <= day:
        times += 1
    return plus(begin, step, times), plus(begin, step, times + 1) - 1


def at(over: Over[T], day: Day) -> T | None:
    """What holds on a day."""
    return next((spell.value for spell in over if spell.first <= day <= spell.last), None)


def days(span: Span) -> range:
    """Every day of a span."""
    return range(span[0], span[1] + 1)


# --- rounding -------------------------------------------------------------------------------------------------------


def rounded(exact: Fraction, mode: str) -> int:
    """A whole number. Choice: `down` is towards zero, `up` and `half-up` are away from it, for credits as well."""
    sign, size = (-1 if exact < 0 else 1), abs(exact)
    whole = int(size)
    rest = size - whole
    if mode == "half-even":
        more = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
    elif mode == "half-up":
        more = rest >= Fraction(1, 2)
    elif mode == "down":
        more = False
    else:
        assert mode == "up"
        more = rest > 0
    return sign * (whole + more)


def allotted(exact: Sequence[Fraction], total: int) -> list[int]:
    """Whole parts of a whole: rounded down (Choice: downwards), the largest remainders first, earlier ones first.

    Choice: where a running total takes more than one each, or takes away, it goes round, or from the other end.
    """
    parts = [share.numerator // share.denominator for share in exact]
    earning = [index for index, share in enumerate(exact) if share] or list(range(len(parts)))
    order = sorted(earning, key=lambda index: (parts[index] - exact[index], index))
    left = total - sum(parts)
    while left:
        for index in order if left > 0 else reversed(order):
            if left:
                step = 1 if left > 0 else -1
                parts[index] += step
                left -= step
    return parts


@attrs.define
class Rounder:
    """Rounds the lines of one clause, each once, or the running total of them."""

    deal: Deal
    total: Fraction = ZERO
    paid: int = 0

    def cents(self, exact: Fraction) -> int:
        """The next line in minor units."""
        minor = exact * 10**self.deal.digits
        if not self.deal.running:
            return rounded(minor, self.deal.rounding)
        self.total += minor
        line = rounded(self.total, self.deal.rounding) - self.paid
        self.paid += line
        return line

    def count(self, exact: Fraction, cents: int) -> None:
        """Enter a line that was rounded by itself in the running total."""
        self.total += exact * 10**self.deal.digits
        self.paid += cents


# --- one clause -----------------------------------------------------------------------------------------------------


@attrs.define
class Draft:
    """A payment before advances are recouped from it."""

    clause: Clause
    period: Span
    lines: list[NaiveLine]
    limits: list[NaiveLimit]
    payable: int
    due: Day | None
    recouped: int = 0

    @property
    def accrued(self) -> int:
        """The sum of the lines."""
        return sum(line.cents for line in self.lines)


@attrs.define
class Booked:
    """What was accrued for a day: a part of a line, by its first day, and the period in which it was paid."""

    day: Day
    cents: int
    true_up: bool


@attrs.define
class Walk:
    """Settles one clause."""

    deal: Deal
    clause: Clause
    rows: Sequence[Row]
    through: Day
    met: set[str]
    rounder: Rounder = attrs.field(init=False)
    booked: list[Booked] = attrs.field(factory=list)
    fees: dict[Day, Fraction] = attrs.field(factory=dict)
    paid: dict[Span, int] = attrs.field(factory=dict)
    """P(t-1) of every window of a cap, without what was counted before."""
    members: dict[Span, set[int]] = attrs.field(factory=dict)
    """The indices in `booked` of what each of those windows held."""
    free: set[int] = attrs.field(factory=set)
    """The indices in `booked` of what no cap limited."""
    caps: dict[Span, int] = attrs.field(factory=dict)
    seen: dict[Span, int] = attrs.field(factory=dict)
    """A(t-1) of every window of a cap."""
    governed: dict[tuple[Day, int], tuple[Span, Bound] | None] = attrs.field(factory=dict)
    """What `governing` found, by the day and the number of caps that had come."""

    def __attrs_post_init__(self) -> None:
        self.rounder = Rounder(self.deal)

    # --- windows and periods ---

    def window(self, count: Count, day: Day) -> Span | None:
        """The whole window that holds a day; none before counting begins."""
        if day < count.begin:
            return None
        if count.per == "life":
            return count.begin, FOREVER
        if count.per not in STEPS:
            return stepped_span(count.begin, count.per, day)
        if count.counting_from is not None:
            return stepped_span(count.begin, STEPS[count.per], day)
        if count.per == "contract-year":
            return stepped_span(self.clause.first, STEPS[count.per], day)
        return calendar_span(count.per, day, self.deal.fiscal_month)

    def counted(self, count: Count, day: Day) -> Span | None:
        """The days of the window that are counted: those from which counting begins."""
        window = self.window(count, day)
        return None if window is None else (max(window[0], count.begin), window[1])

    def period_of(self, day: Day) -> Span:
        """The payment period that holds a day.

        Choice: periods are those of the calendar, whatever the life of the clause; a change of the frequency cuts the
        period, and the next begins on that day. After the end the last frequency goes on, for what is booked late.
        """
        runs: list[Spell[str]] = []
        for spell in self.clause.paid:
            if runs and runs[-1].value == spell.value:
                runs[-1] = Spell(runs[-1].first, spell.last, spell.value)
            else:
                runs.append(spell)
        runs[0] = Spell(ALWAYS, runs[0].last, runs[0].value)
        runs[-1] = Spell(runs[-1].first, FOREVER, runs[-1].value)
        run = next(run for run in runs if run.first <= day <= run.last)
        if run.value == "contract-annually":
            span = stepped_span(self.clause.first, "12 months", day)
        else:
            period = {
                "weekly": "week", "monthly": "month", "quarterly": "quarter", "semiannually": "half",
                "annually": "year", "fiscal-quarterly": "fiscal-quarter", "fiscal-annually": "fiscal-year",
            }[run.value]  # fmt: skip
            span = calendar_span(period, day, self.deal.fiscal_month)
        return max(span[0], run.first), min(span[1], run.last)

    def periods(self) -> Iterator[Span]:
        """Every payment period from the start of the clause on that has ended by the last day."""
        period = self.period_of(self.clause.first)
        while period[1] <= self.through:
            yield period
            period = self.period_of(period[1] + 1)

    def alive(self, span: Span) -> range:
        """The days of a span on which the clause is in force."""
        return range(max(span[0], self.clause.first), min(span[1], self.clause.last) + 1)

    # --- the base ---

    def takes(self, row: Row) -> int:
        """1 where the clause takes a row, -1 where it deducts it, 0 where it does neither."""
        clause = self.clause
        if not clause.first <= row["date"] <= clause.last:
            return 0
        if row["payer"] and row["payer"] != clause.payer:
            return 0
        if clause.territories and row["territory"] not in clause.territories:
            return 0
        if {row["stream"], row["product"], row["territory"]} & set(clause.excepted):
            return 0
        if row["stream"] in clause.net:
            return -1
        if clause.products and row["product"] not in clause.products:
            return 0
        return 1 if row["stream"] in clause.streams else 0

    def known(self, until: Day) -> list[Row]:
        """The rows that were booked by a day. Choice: what is booked before its sale counts from the sale on."""
        return [row for row in self.rows if max(row["booked"], row["date"]) <= until]

    def bases(self, until: Day) -> dict[Day, tuple[Fraction, Fraction]]:
        """Money and units by day of sale, of the rows booked by a day. Choice: deductions deduct units as well."""
        found: dict[Day, tuple[Fraction, Fraction]] = {}
        for row in self.known(until):
            sign = self.takes(row)
            if sign:
                money, units = found.get(row["date"], (ZERO, ZERO))
                found[row["date"]] = (money + sign * row["amount"], units + sign * row["units"])
        return dict(sorted(found.items()))

    @staticmethod
    def takings(bases: dict[Day, tuple[Fraction, Fraction]], part: Span) -> tuple[Fraction, Fraction]:
        """The money and units of the days of a part."""
        found = [base for day, base in bases.items() if part[0] <= day <= part[1]]
        return sum((money for money, _ in found), ZERO), sum((units for _, units in found), ZERO)

    # --- what is earned, by day ---

    def earned(self, until: Day) -> dict[Day, Fraction]:
        """What is earned for each day until a day, by the rows booked by then."""
        if self.clause.fee:
            if not self.fees:
                self.fees = {day: self.fee_of(day) for day in self.alive((self.clause.first, self.through))}
            return {day: fee for day, fee in self.fees.items() if day <= until}
        bases = self.bases(until)
        return {day: self.share_of(day, bases) for day in bases}

    def fee_of(self, day: Day) -> Fraction:
        """One day's part of a fee."""
        fee = at(self.clause.fee, day)
        window = None if fee is None else self.window(fee.count, day)
        if fee is None or window is None or (fee.once and window[0] > fee.count.begin):
            return ZERO
        return fee.amount * (1 + self.clause.escalation) ** self.anniversaries(day) / len(days(window))

    def anniversaries(self, day: Day) -> int:
        """How many anniversaries of the clause's start have come. Choice: escalation compounds."""
        found = 0
        while plus_months(self.clause.first, 12 * (found + 1)) <= day:
            found += 1
        return found

    def share_of(self, day: Day, bases: dict[Day, tuple[Fraction, Fraction]]) -> Fraction:
        """What the sales of a day earn, at prices that an escalation has raised."""
        return self.share_before(day, bases) * (1 + self.clause.escalation) ** self.anniversaries(day)

    def share_before(self, day: Day, bases: dict[Day, tuple[Fraction, Fraction]]) -> Fraction:
        """What the sales of a day earn at the prices as they were agreed."""
        rate = at(self.clause.rate, day)
        assert rate is not None
        money, units = bases[day]
        worth = units if rate.price else money
        if rate.count is None:
            return rate.steps[0][0] * worth
        counted = self.counted(rate.count, day)
        if counted is None:
            # Choice: before `counting from` begins, nothing has been counted: the first tier.
            return rate.steps[0][0] * worth
        size = units if rate.in_units else money
        before = rate.count.so_far if counted[0] == rate.count.begin else ZERO
        worth_before = ZERO if rate.in_units != rate.price else before
        for other, (other_money, other_units) in bases.items():
            if counted[0] <= other < day:
                before += other_units if rate.in_units else other_money
                worth_before += other_units if rate.price else other_money
        after = before + size
        if rate_at(rate, after) != rate.steps[0][0]:
            self.met.add("tiers crossed")
        if rate.all_units:
            # Choice: a refund that takes the base below a threshold loses its tier again.
            return rate_at(rate, after) * (worth_before + worth) - rate_at(rate, before) * worth_before
        if rate.in_units == rate.price:
            return area(rate, after) - area(rate, before)
        if size == 0:
            # Choice: money without units goes to the tier that the last unit was in.
            return rate_at(rate, before) * worth
        return worth * (area(rate, after) - area(rate, before)) / size

    # --- parts ---

    def parts(self, span: Span, until: Day) -> list[Span]:
        """The days of a period on which the clause is in force, cut where a term or a window changes."""
        found: list[Span] = []
        last: object = None
        for day in self.alive(span):
            terms = self.terms_of(day, until)
            if found and terms == last:
                found[-1] = (found[-1][0], day)
            else:
                found.append((day, day))
            last = terms
        return found

    def terms_of(self, day: Day, until: Day) -> object:
        """What must be the same for days to be in one part."""
        clause = self.clause
        rate, fee = at(clause.rate, day), at(clause.fee, day)
        cap, floor = at(clause.cap, day), at(clause.floor, day)
        counts = [term.count for term in (rate, fee, cap, floor) if term is not None and term.count is not None]
        governing = self.governing(day, until)
        return (
            rate, fee, cap, floor, at(clause.due, day),
            [self.counted(count, day) for count in counts],
            None if governing is None else governing[0],
            self.anniversaries(day) if clause.escalation else 0,
        )  # fmt: skip

    def line(self, kind: str, period: Span, parts: list[tuple[Span, Fraction]]) -> NaiveLine:
        """A line of several parts: rounded once, its parts add up to it."""
        exact = sum((share for _, share in parts), ZERO)
        cents = self.rounder.cents(exact)
        minor = [share * 10**self.deal.digits for _, share in parts]
        if (2 * sum(minor, ZERO)).denominator == 1 and (2 * sum(minor, ZERO)) % 2:
            self.met.add("tie rounded")
        whole = allotted(minor, cents) if parts else []
        return NaiveLine(
            kind, period, exact, cents,
            tuple(NaivePart(*span, share, part) for (span, share), part in zip(parts, whole, strict=True)),
        )  # fmt: skip

    # --- caps ---

    def governing(self, day: Day, until: Day) -> tuple[Span, Bound] | None:
        """The cap, as it stands on a later day, that limits what was accrued for a day; and its counted window.

        A cap counts from its origin, or from where it says. Choice: a window that had ended before a cap came is still
        the earlier cap's; so C(t) is the cap on the last day of the window, or of the clause, if that has come.
        """
        until = min(until, self.clause.last)
        seen = tuple(spell for spell in self.clause.cap if spell.first <= until)
        if (day, len(seen)) not in self.governed:
            self.governed[day, len(seen)] = self.latest(seen, day)
        return self.governed[day, len(seen)]

    def latest(self, caps: Over[Bound | None], day: Day) -> tuple[Span, Bound] | None:
        """The last of several caps that has to do with a day."""
        for spell in reversed(caps):
            if spell.value is not None:
                window = self.counted(spell.value.count, day)
                if window is not None and window[1] >= spell.first:
                    return window, spell.value
            if day >= spell.first:
                return None
        return None

    def limit(self, period: Span) -> tuple[list[NaiveLimit], int]:
        """What caps did in a payment period (in the windows in which it changed anything), and what is paid by then."""
        free: set[int] = set()
        bounds: dict[Span, Bound] = {}
        members: dict[Span, set[int]] = {}
        for index, entry in enumerate(self.booked):
            found = self.governing(entry.day, period[1])
            if found is None:
                free.add(index)
            else:
                bounds[found[0]] = found[1]
                members.setdefault(found[0], set()).add(index)
        limits: list[NaiveLimit] = []
        paid: dict[Span, int] = {}
        sold = self.bases(period[1]) if any(bound.per_unit for bound in bounds.values()) else {}
        for window, bound in bounds.items():
            limit = bound.amount
            if bound.per_unit:
                # The units of the days that the window counts, sold and returned by now.
                counts = [day for day in sold if self.governing(day, period[1]) == (window, bound)]
                limit *= sum((sold[day][1] for day in counts), ZERO)
            cap = math.floor(limit * 10**self.deal.digits) if bound.per_unit else self.minor(limit)
            so_far = self.minor(bound.count.so_far) if window[0] == bound.count.begin else 0
            accrued = so_far + sum(self.booked[index].cents for index in members[window])
            before = so_far + self.before(members[window])
            now = min(accrued, max(cap, before))
            if now != before or accrued != self.seen.get(window, so_far):
                limits.append(NaiveLimit(window, limit, accrued, before, now))
            self.seen[window] = accrued
            paid[window] = now - so_far
            self.note_cap(window, cap, accrued, before)
        self.paid, self.members, self.free = paid, members, free
        return limits, sum(paid.values()) + sum(self.booked[index].cents for index in free)

    def minor(self, amount: Fraction) -> int:
        """A whole number of minor units."""
        minor = amount * 10**self.deal.digits
        assert minor.denominator == 1, "a cap in fractions of a minor unit"
        return int(minor)

    def note_cap(self, window: Span, cap: int, accrued: int, before: int) -> None:
        """Note what has become of a cap."""
        if accrued > cap:
            self.met.add("cap binds")
        if self.caps.get(window, cap) > cap:
            self.met.add("cap lowered")
        if self.caps.get(window, cap) < cap:
            self.met.add("cap raised")
        if accrued > cap and before > cap:
            self.met.add("nothing clawed back")
        self.caps[window] = cap

    def before(self, members: set[int]) -> int:
        """P(t-1), without what was counted before: what was paid for a window, as it was limited then."""
        total = sum(self.booked[index].cents for index in members & self.free)
        for other, paid in self.paid.items():
            if self.members[other] <= members:
                total += paid
            elif self.members[other] & members:
                raise NotImplementedError("a cap that counts a part of a window of another cap")
        return total

    # --- floors ---

    def guaranteed(self, until: Day) -> Iterator[tuple[Span, Fraction, Fraction]]:
        """Every counted window of a floor that has ended by a day, its minimum, and what was counted before.

        Choice: the floor that is in force on the last day of the window (or of the clause) counts; a floor that an
        amendment replaced within the window is gone, and the new one counts from its own beginning.
        """
        sold = self.bases(until)
        for day in self.alive((self.clause.first, until)):
            bound = at(self.clause.floor, day)
            window = None if bound is None else self.window(bound.count, day)
            if bound is None or window is None or day != min(window[1], self.clause.last):
                continue
            begin = max(window[0], bound.count.begin, self.clause.first)
            minimum = bound.amount
            if bound.per_unit:
                minimum *= total_of({other: units for other, (_, units) in sold.items()}, (begin, day))
            elif self.clause.prorated:
                minimum = ZERO
                for other in range(begin, day + 1):
                    part = at(self.clause.floor, other)
                    if part is not None and self.window(part.count, other) == window:
                        minimum += part.amount / len(days(window))
            so_far = bound.count.so_far if max(window[0], bound.count.begin) == bound.count.begin else ZERO
            yield (begin, day), minimum, so_far

    def true_ups(self, period: Span, done: dict[Span, Fraction]) -> list[NaiveLine]:
        """What makes up to the floors; a late booking changes it.

        Choice: to the amounts as rounded. What a cap withholds was accrued all the same.
        """
        found: list[NaiveLine] = []
        for span, minimum, so_far in self.guaranteed(period[1]):
            accrued = sum(e.cents for e in self.booked if not e.true_up and span[0] <= e.day <= span[1])
            wanted = max(ZERO, minimum - so_far - Fraction(accrued, 10**self.deal.digits))
            change = wanted - done.get(span, ZERO)
            if change:
                scale = 10**self.deal.digits
                cents = rounded(wanted * scale, self.deal.rounding)
                cents -= rounded(done.get(span, ZERO) * scale, self.deal.rounding)
                done[span] = wanted
                self.rounder.count(change, cents)
                part = NaivePart(span[1], span[1], change, cents)
                found.append(NaiveLine("true-up", span, change, cents, (part,)))
        return found

    def book(self, line: NaiveLine) -> None:
        """Remember for which days a line is."""
        self.booked.extend(Booked(part.first, part.cents, line.kind == "true-up") for part in line.parts)

    # --- shares and fees ---

    def accruing(self) -> list[Draft]:
        """The payments of a clause that takes sales, or accrues day by day."""
        kind = "fee" if self.clause.fee else "share"
        drafts: list[Draft] = []
        earlier: dict[Day, Fraction] = {}
        taken_before: dict[Day, tuple[Fraction, Fraction]] = {}
        past: list[Span] = []
        done: dict[Span, Fraction] = {}
        paid_before = 0
        for period in self.periods():
            earned = self.earned(period[1])
            lines: list[NaiveLine] = []
            parts = self.parts(period, period[1])
            # Choice: a line for a period of which a part takes or accrues something.
            taken = {} if self.clause.fee else self.bases(period[1])
            own = [(part, total_of(earned, part)) for part in parts]
            if any(share or self.takings(taken, part) != (ZERO, ZERO) for part, share in own):
                lines.append(self.line(kind, period, own))
            for other in past:
                # Choice: a line for each earlier period whose share or sales have changed, rounded by itself.
                changed = [
                    (part, total_of(earned, part) - total_of(earlier, part)) for part in self.parts(other, period[1])
                ]
                if any(
                    change or self.takings(taken, part) != self.takings(taken_before, part) for part, change in changed
                ):
                    lines.append(self.line("correction", other, changed))
            for line in lines:
                self.book(line)
            for line in self.true_ups(period, done):
                self.book(line)
                lines.append(line)
            limits, paid = self.limit(period)
            if parts or lines or paid != paid_before:
                drafts.append(Draft(self.clause, period, lines, limits, paid - paid_before, self.due(period)))
            paid_before = paid
            earlier, taken_before = earned, taken
            past.append(period)
        return drafts

    # --- due days ---

    def due(self, period: Span) -> Day | None:
        """The due day of a payment: counted from its period's end, or its beginning where it is prepaid."""
        due = at(self.clause.due, max(min(period[1], self.clause.last), self.clause.first))
        # Choice: a prepaid payment is due on the first day of its period that the clause is in force.
        begin = max(period[0], self.clause.first) if self.clause.prepaid else period[1]
        if due is None:
            return rolled(begin, self.clause.roll) if self.clause.prepaid else None
        if due.by is not None:
            return rolled(due.by, self.clause.roll)
        return rolled(plus(begin, due.within), self.clause.roll)

    # --- what is due once ---

    def single(self) -> list[Draft]:
        """A fee, advance, milestone or investment that is due on its start. Choice: its period is that day."""
        clause = self.clause
        amount = at(clause.once, clause.first)
        if amount is None or clause.first > self.through or clause.last < clause.first:
            return []
        kind = {"invest": "investment"}.get(clause.verb, clause.verb)
        period = (clause.first, clause.first)
        line = self.line(kind, period, [(period, amount)])
        self.book(line)
        due = at(clause.due, clause.first)
        day = clause.first if due is None else plus(clause.first, due.within) if due.by is None else due.by
        limits, paid = self.limit(period)
        return [Draft(clause, period, [line], limits, paid, rolled(day, clause.roll))]

    def milestone(self) -> list[Draft]:
        """A payment in the period in which the base first reaches a threshold within a window."""
        for period in self.periods():
            reached = self.reached(period[1])
            if reached is not None:
                amount = at(self.clause.once, min(reached, self.clause.last))
                assert amount is not None
                line = self.line("milestone", period, [((reached, reached), amount)])
                self.book(line)
                limits, paid = self.limit(period)
                return [Draft(self.clause, period, [line], limits, paid, self.due(period))]
        return []

    def reached(self, until: Day) -> Day | None:
        """The first day at whose end the base of a window has come up to the threshold, as booked by a day."""
        bound = self.clause.reaching
        assert bound is not None
        bases = self.bases(until)
        for day in bases:
            counted = self.counted(bound.count, day)
            if counted is None:
                continue
            total = bound.count.so_far if counted[0] == bound.count.begin else ZERO
            for other, (money, units) in bases.items():
                if counted[0] <= other <= day:
                    total += units if self.clause.reaching_units else money
            if total >= bound.amount:
                return day
        return None

    # --- commitments ---

    def committed(self) -> list[Draft]:
        """The shortfalls of a commitment; a late booking changes them, and those of later windows."""
        drafts: list[Draft] = []
        done: dict[Span, Fraction] = {}
        paid_before = 0
        for period in self.periods():
            lines: list[NaiveLine] = []
            # Its own windows first, then what corrects earlier ones.
            for span, wanted in sorted(self.shortfalls(period[1]), key=lambda each: each[0][1] < period[0]):
                change = wanted - done.get(span, ZERO)
                if change:
                    done[span] = wanted
                    lines.append(self.line("shortfall", span, [((span[1], span[1]), change)]))
            for line in lines:
                self.book(line)
            limits, paid = self.limit(period)
            if lines or paid != paid_before:
                drafts.append(Draft(self.clause, period, lines, limits, paid - paid_before, self.due(period)))
            paid_before = paid
        return drafts

    def shortfalls(self, until: Day) -> Iterator[tuple[Span, Fraction]]:
        """What each window of a commitment that has ended by a day costs."""
        bases = self.bases(until)
        carried = rolled_over = ZERO
        for day in self.alive((self.clause.first, until)):
            bound = at(self.clause.commitment, day)
            window = None if bound is None else self.window(bound.count, day)
            if bound is None or window is None or day != min(window[1], self.clause.last):
                continue
            begin = max(window[0], bound.count.begin, self.clause.first)
            commitment = bound.amount
            if self.clause.prorated:
                commitment = ZERO
                for other in range(begin, day + 1):
                    part = at(self.clause.commitment, other)
                    commitment += ZERO if part is None else part.amount / len(days(window))
            wanted = commitment + rolled_over
            # Choice: what was carried forward can be an excess again.
            counted = {o: units if self.clause.committed_units else money for o, (money, units) in bases.items()}
            bought = total_of(counted, (begin, day)) + carried
            missing = max(ZERO, wanted - bought)
            last = window[1] >= self.clause.last
            # Choice: of the window's own commitment, without what was moved into it.
            rolled_over = ZERO if last else min(missing, self.clause.rollover * commitment)
            carried = self.clause.carry_forward * max(ZERO, bought - wanted)
            if rolled_over:
                self.met.add("rolled over")
            if carried:
                self.met.add("carried forward")
            yield (begin, day), self.clause.shortfall * (missing - rolled_over)

    def drafts(self) -> list[Draft]:
        """The payments of the clause."""
        clause = self.clause
        if clause.last < clause.first:
            return []
        settled: Callable[[], list[Draft]] = self.accruing
        if clause.reaching is not None:
            settled = self.milestone
        elif clause.once:
            settled = self.single
        elif clause.commitment:
            settled = self.committed
        return settled()


def rate_at(rate: Rate, base: Fraction) -> Fraction:
    """The rate of the tier that a base has come to. Choice: on a threshold it is still in the tier below."""
    return next(step for step, upper in rate.steps if upper is None or base <= upper)


def area(rate: Rate, base: Fraction) -> Fraction:
    """Each rate on what lies in its tier; below zero the first one."""
    total, lower = ZERO, ZERO
    for step, upper in rate.steps:
        top = base if upper is None else min(base, upper)
        if top > lower or lower == 0:
            total += step * (top - lower)
        if upper is None or base <= upper:
            break
        lower = upper
    return total


def total_of(by_day: dict[Day, Fraction], span: Span) -> Fraction:
    """The sum of the days of a span."""
    return sum((value for day, value in by_day.items() if span[0] <= day <= span[1]), ZERO)


# --- all clauses ----------------------------------------------------------------------------------------------------


def recoup(deal: Deal, drafts: list[Draft], met: set[str]) -> None:
    """Recoup advances from what is due in each period, as far as they are not recouped.

    In the order of the periods' ends, then of the clauses; an advance is there from the day that it is for. A credit
    gives back what its clause had recouped. Several advances recoup one after another.
    """
    order = {clause.label: index for index, clause in enumerate(deal.clauses)}
    advances = [draft for draft in drafts if draft.clause.verb == "advance"]
    left: dict[str, int] = {}
    taken: dict[tuple[str, str], int] = {}
    for draft in sorted(drafts, key=lambda draft: (draft.period[1], order[draft.clause.label])):
        label = draft.clause.label
        if draft.clause.verb == "advance":
            left[label] = draft.payable
        due = draft.payable
        for advance in advances:
            name = advance.clause.label
            paid_to_others = not set(draft.clause.payees) <= set(advance.clause.payees)
            if label not in advance.clause.against or name not in left or draft.clause.verb == "advance":
                continue
            if draft.clause.payer != advance.clause.payer or paid_to_others:
                continue
            mine = taken.get((name, label), 0)
            part = min(due, left[name]) if due >= 0 else -min(-due, mine)
            if part < 0:
                met.add("recoupment given back")
            left[name] -= part
            taken[name, label] = mine + part
            draft.recouped += part
            due -= part


def divided(clause: Clause, amount: int) -> tuple[tuple[str, int], ...]:
    """An amount by payee: rounded towards zero, the rest to the first or to the one that is named."""
    count = len(clause.payees)
    shares = clause.split or (Fraction(1, count),) * count
    parts = {payee: int(amount * share) for payee, share in zip(clause.payees, shares, strict=True)}
    parts[clause.remainder or clause.payees[0]] += amount - sum(parts.values())
    return tuple(parts.items())


def settle(deal: Deal, rows: Iterable[Row], through: Day) -> NaiveSettlement:
    """Every payment of every clause for the payment periods that have ended by a day."""
    listed = list(rows)
    met: set[str] = set()
    drafts = [draft for clause in deal.clauses for draft in Walk(deal, clause, listed, through, met).drafts()]
    recoup(deal, drafts, met)
    totals: dict[str, int] = {}
    payments: list[NaivePayment] = []
    for draft in drafts:
        clause = draft.clause
        amount = draft.payable - draft.recouped
        totals[clause.label] = totals.get(clause.label, 0) + amount
        payments.append(
            NaivePayment(
                label=clause.label,
                payer=clause.payer,
                payees=clause.payees,
                period=draft.period,
                lines=tuple(draft.lines),
                accrued=draft.accrued,
                limits=tuple(draft.limits),
                withheld=draft.accrued - draft.payable,
                recouped=draft.recouped,
                amount=amount,
                split=divided(clause, amount),
                due=draft.due,
                total=totals[clause.label],
            )
        )
    return NaiveSettlement(tuple(payments), frozenset(met))


def is_over_time(over: Over[T]) -> bool:
    """Whether spells are in order and no day lies in two of them."""
    return all(one.first <= one.last for one in over) and all(one.last < two.first for one, two in pairwise(over))
