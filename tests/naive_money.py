"""A second settlement, written from docs/language.md alone: naive, day by day, slow. The engine is held to it.

In: clauses whose terms over time somebody resolved by hand (`Deal`, `Clause`), the rows of a ledger, a last day. Out:
the payments of every clause. Guaranteed: uses nothing of `dealrun`; every amount is known, a Fraction until its line
is rounded; each payment period recomputes everything from the rows that were booked by its end.

Where the specification leaves a choice, the comment says `Choice:` and what was chosen.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
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
    until: Over[Day] = ()
    """Each last day that an amendment gave it, from the effective day on; only the parts of a period show it."""
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


def at(over: Over[T], day: Day) -> T | None:
    """The value of a term on a day; None where it has none."""
    return next((spell.value for spell in over if spell.first <= day <= spell.last), None)


def spell_at(over: Over[T], day: Day) -> Spell[T] | None:
    """The spell of a term that a day lies in."""
    return next((spell for spell in over if spell.first <= day <= spell.last), None)


def month_later(day: Day, months: int) -> Day:
    """The same day of a later month, or the last day of that month if it has no such day."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(1)).day
    return day_of(year, month + 1, min(start.day, last))


def is_business(day: Day) -> bool:
    """A business day is a day from Monday to Friday: the deals of this module name no calendar."""
    return date.fromordinal(day).weekday() < 5


def plus(day: Day, duration: str, times: int = 1) -> Day:
    """The day that lies one or several durations (`45 days`, `2 months`, `10 business days`) after another."""
    first, *rest = duration.split()
    number = int(first) * times
    unit = rest[-1].removesuffix("s")
    if rest[0] == "business":
        for _ in range(number):
            day += 1
            while not is_business(day):
                day += 1
        return day
    if unit in {"day", "week"}:
        return day + number * (7 if unit == "week" else 1)
    return month_later(day, number * {"month": 1, "quarter": 3, "year": 12}[unit])


def rolled(day: Day, roll: str) -> Day:
    """The due day; `roll` moves one that is not a business day."""
    if not roll:
        return day
    later = earlier = day
    while not is_business(later):
        later += 1
    while not is_business(earlier):
        earlier -= 1
    if roll == "preceding":
        return earlier
    if roll == "modified-following" and date.fromordinal(later).month != date.fromordinal(day).month:
        return earlier
    return later


# --- windows and payment periods ------------------------------------------------------------------------------------

MONTHS = {
    "month": 1, "quarter": 3, "half-year": 6, "year": 12, "fiscal-quarter": 3, "fiscal-year": 12, "contract-year": 12,
}  # fmt: skip
FREQUENCIES = {
    "weekly": "week", "monthly": "month", "quarterly": "quarter", "semiannually": "half-year", "annually": "year",
    "fiscal-quarterly": "fiscal-quarter", "fiscal-annually": "fiscal-year", "contract-annually": "contract-year",
    "once": "life",
}  # fmt: skip


@cache
def calendar_span(per: str, day: Day, fiscal_month: int) -> Span:
    """The day, week, month, quarter or year of the calendar, or of the fiscal calendar, that a day lies in."""
    if per == "day":
        return day, day
    if per == "week":
        monday = day - date.fromordinal(day).weekday()
        return monday, monday + 6
    length = MONTHS[per]
    offset = fiscal_month - 1 if per.startswith("fiscal") else 0
    found = date.fromordinal(day)
    number = found.year * 12 + found.month - 1 - offset
    year, month = divmod(number - number % length + offset, 12)
    first = day_of(year, month + 1, 1)
    return first, month_later(first, length) - 1


@cache
def stepped_span(anchor: Day, duration: str, day: Day) -> Span:
    """The window that a day lies in; windows of one duration follow one another, all counted from the anchor."""
    number = 0
    while plus(anchor, duration, number + 1) <= day:
        number += 1
    return plus(anchor, duration, number), plus(anchor, duration, number + 1) - 1


def window_of(deal: Deal, clause: Clause, count: Count, day: Day) -> Span | None:
    """The window that a day lies in; None before counting begins."""
    if day < count.begin:
        return None
    if count.per == "life":
        return count.begin, FOREVER
    if count.per[0].isdigit():
        return stepped_span(count.begin, count.per, day)
    if count.counting_from is not None:
        # Choice: `counting from D` begins the windows of every period on D, not only those of a `year`.
        duration = {"day": "1 day", "week": "1 week"}.get(count.per) or f"{MONTHS[count.per]} months"
        return stepped_span(count.counting_from, duration, day)
    if count.per == "contract-year":
        # Choice: under a term that an amendment gave, too, from the start of the clause.
        return stepped_span(clause.first, "1 year", day)
    return calendar_span(count.per, day, deal.fiscal_month)


def counted_before(count: Count, window: Span) -> Fraction:
    """The amount that had been counted before; it belongs to the window in which counting begins."""
    return count.so_far if window[0] <= count.begin <= window[1] else ZERO


def period_of(deal: Deal, clause: Clause, day: Day) -> Span:
    """The payment period that a day lies in is a whole period of the calendar, unless a change of frequency cuts it."""
    # Choice: after its end a clause is paid as often as on its last day; a later change does not cut a period.
    frequency = at(clause.paid, min(day, clause.last))
    assert frequency is not None
    per = FREQUENCIES[frequency]
    if per == "life":
        # Choice: `once` makes one payment by the end of the clause, and none for what is booked after it.
        first, last = (clause.first, clause.last) if day <= clause.last else (clause.last + 1, FOREVER)
    elif per == "contract-year":
        first, last = stepped_span(clause.first, "1 year", day)
    else:
        first, last = calendar_span(per, day, deal.fiscal_month)
    for spell in clause.paid:
        if spell.value != frequency and spell.first <= clause.last:
            first = max(first, spell.last + 1) if spell.last < day else first
            last = min(last, spell.first - 1) if spell.first > day else last
    return first, last


def periods_of(deal: Deal, clause: Clause, through: Day) -> list[Span]:
    """The payment periods that have ended by a day; they go on after the clause, for what is booked later."""
    found: list[Span] = []
    day = clause.first
    while day <= through:
        period = period_of(deal, clause, day)
        if period[1] > through:
            break
        found.append(period)
        day = period[1] + 1
    return found


def due_day(clause: Clause, period: Span) -> Day | None:
    """The day on which the payment of a period falls due; None where the clause names none."""
    due = at(clause.due, min(period[1], clause.last))
    # Choice: `within` counts from the day on which a prepaid fee would fall due otherwise.
    anchor = max(period[0], clause.first) if clause.prepaid else period[1]
    if due is None:
        itself = clause.prepaid or (clause.once and not clause.reaching)
        return rolled(anchor, clause.roll) if itself else None
    return rolled(plus(anchor, due.within) if due.by is None else due.by, clause.roll)


# --- what a clause takes, and what that earns -----------------------------------------------------------------------

Sold: TypeAlias = dict[Day, tuple[Fraction, Fraction]]
"""The money and the units that a clause takes, by the day of the sale."""


def sign_of(clause: Clause, row: Row) -> int:
    """The sign with which a clause counts a row: it takes it (1), deducts it (-1), or leaves it alone (0)."""
    if not clause.first <= row["date"] <= clause.last:
        return 0
    # Choice: the payer, `in`, an asset in `of` and `except` choose among deductions as they do among sales.
    if row["payer"] not in {"", clause.payer}:
        return 0
    if clause.products and row["product"] not in clause.products:
        return 0
    if clause.territories and row["territory"] not in clause.territories:
        return 0
    if {row["stream"], row["product"], row["territory"]} & set(clause.excepted):
        return 0
    return (row["stream"] in clause.streams) - (row["stream"] in clause.net)


def booked_on(row: Row) -> Day:
    """A row is booked on its booking day, or on the day of the sale if that is later."""
    return max(row["date"], row["booked"])


def sold_by(clause: Clause, rows: Iterable[Row], end: Day) -> Sold:
    """The sales that a clause takes, of the rows that are booked by a day."""
    found: Sold = {}
    for row in rows:
        sign = sign_of(clause, row)
        if sign and booked_on(row) <= end:
            amount, units = found.get(row["date"], (ZERO, ZERO))
            found[row["date"]] = amount + sign * row["amount"], units + sign * row["units"]
    return found


def escalated(clause: Clause, day: Day) -> Fraction:
    """The factor that has raised an amount by a day: each anniversary of the clause's start raises it once."""
    years = 0
    while clause.escalation and plus(clause.first, "1 year", years + 1) <= day:
        years += 1
    return (ONE + clause.escalation) ** years


def tier_rate(rate: Rate, counted: Fraction) -> Fraction:
    """The rate of the tier that a count has reached; a threshold belongs to the tier below it."""
    return next(value for value, upper in rate.steps if upper is None or counted <= upper)


def mean_rate(rate: Rate, before: Fraction, after: Fraction) -> Fraction:
    """The average rate of the sales that move a count to another number; each tier gives its rate to its part."""
    least, most = min(before, after), max(before, after)
    if least == most:
        return tier_rate(rate, before)
    earned, lower = ZERO, least
    for value, upper in rate.steps:
        top = most if upper is None else min(most, upper)
        if top > lower:
            earned += value * (top - lower)
            lower = top
    return earned / (most - least)


def earned(deal: Deal, clause: Clause, sold: Sold, met: set[str]) -> dict[Day, Fraction]:
    """The sales of each day earn this much."""
    found: dict[Day, Fraction] = {}
    for day, (amount, units) in sorted(sold.items()):
        rate = at(clause.rate, day)
        if rate is None:
            continue
        base, raised = units if rate.price else amount, escalated(clause, day)
        count = rate.count
        window = window_of(deal, clause, count, day) if count is not None else None
        if count is None or window is None:
            # Choice: what is sold before counting begins is in the first tier, and leaves the count alone.
            found[day] = base * rate.steps[0][0] * raised
            continue
        days = [other for other in sold if max(window[0], count.begin) <= other < day]
        so_far = counted_before(count, window)
        before = so_far + sum(sold[other][rate.in_units] for other in days)
        after = before + sold[day][rate.in_units]
        if tier_rate(rate, before) != tier_rate(rate, after):
            met.add("tiers crossed")
        if rate.all_units:
            # Choice: what a new rate adds to earlier sales, it adds at prices as escalated on the day that reaches it.
            earlier = sum((sold[other][rate.price] for other in days), ZERO)
            earlier += so_far if rate.in_units == rate.price else ZERO
            change = tier_rate(rate, after) * (earlier + base) - tier_rate(rate, before) * earlier
            found[day] = change * raised
        else:
            found[day] = mean_rate(rate, before, after) * base * raised
    return found


def accruing(deal: Deal, clause: Clause, day: Day) -> Fraction:
    """A fee accrues this much on a day."""
    fee = at(clause.fee, day)
    window = None if fee is None else window_of(deal, clause, fee.count, day)
    if fee is None or window is None:
        return ZERO
    if fee.once and window != window_of(deal, clause, fee.count, max(clause.first, fee.count.begin)):
        return ZERO
    return fee.amount * escalated(clause, day) / (window[1] - window[0] + 1)


# --- rounding -------------------------------------------------------------------------------------------------------


def rounded(deal: Deal, exact: Fraction) -> int:
    """The deal's rounding gives minor units; negative amounts are the mirror image of positive ones."""
    if exact < 0:
        return -rounded(deal, -exact)
    minor: Fraction = exact * 10**deal.digits
    if deal.rounding == "down":
        return math.floor(minor)
    if deal.rounding == "up":
        return math.ceil(minor)
    if deal.rounding == "half-up":
        return math.floor(minor + Fraction(1, 2))
    return round(minor)


def divided(deal: Deal, cents: int, shares: Sequence[Fraction]) -> list[int]:
    """The parts share the minor units of a line: each is rounded down, and the largest remainders get the rest."""
    minor = [share * 10**deal.digits for share in shares]
    found = [math.floor(share) for share in minor]
    order = sorted(range(len(minor)), key=lambda number: (found[number] - minor[number], number))
    left = cents - sum(found)
    # Choice: what a running total lacks is taken from the smallest remainders, the later part first.
    for number in range(abs(left)):
        found[order[number % len(order)] if left > 0 else order[-1 - number % len(order)]] += 1 if left > 0 else -1
    return found


@attrs.define
class Account:
    """The running total of a clause, line after line: exactly, and as it was rounded."""

    deal: Deal
    exact: Fraction = ZERO
    cents: int = 0

    def line(
        self, kind: str, period: Span, parts: Sequence[tuple[Span, Fraction]], *, by_itself: bool = False
    ) -> NaiveLine:
        """The next line is rounded, and added to the total."""
        exact = sum((share for _, share in parts), ZERO)
        if self.deal.running and not by_itself:
            cents = rounded(self.deal, self.exact + exact) - self.cents
        else:
            cents = rounded(self.deal, exact)
        self.exact += exact
        self.cents += cents
        shares = divided(self.deal, cents, [share for _, share in parts])
        listed = tuple(
            NaivePart(days[0], days[1], share, part) for (days, share), part in zip(parts, shares, strict=True)
        )
        return NaiveLine(kind, period, exact, cents, listed)


# --- shares and fees, period by period ------------------------------------------------------------------------------


@attrs.frozen
class Draft:
    """A payment before anything is recouped from it."""

    clause: Clause
    period: Span
    lines: tuple[NaiveLine, ...]
    limits: tuple[NaiveLimit, ...] = ()
    withheld: int = 0

    @property
    def accrued(self) -> int:
        """The sum of the lines."""
        return sum(line.cents for line in self.lines)

    @property
    def payable(self) -> int:
        """The caps leave this much."""
        return self.accrued - self.withheld


@attrs.define
class Walk:
    """A walk through the payment periods of a share or a fee."""

    deal: Deal
    clause: Clause
    rows: Sequence[Row]
    through: Day
    met: set[str]
    account: Account = attrs.field(init=False)
    accrued: dict[Day, int] = attrs.field(factory=dict)
    """The parts that begin on a day have accrued this much, as rounded."""
    trued_up: dict[Span, Fraction] = attrs.field(factory=dict)
    """Each window of a floor lacked this much, as of the period before."""
    topped: dict[Day, int] = attrs.field(factory=dict)
    """True-ups, by the day on which their window ends."""
    paid: dict[Day, int] = attrs.field(factory=dict)
    """The payments so far, by the same days as `accrued` and `topped`."""
    held: dict[Day, tuple[Bound, Span]] = attrs.field(factory=dict)
    """The cap that limited each of those days, and its window, as of the period before."""
    known: dict[Day, int] = attrs.field(factory=dict)
    """The sum of `accrued` and `topped` on each of those days, as of the period before."""
    earlier: dict[Span, Fraction] = attrs.field(factory=dict)
    """Each part had earned this much, as of the period before."""

    def __attrs_post_init__(self) -> None:
        self.account = Account(self.deal)

    def drafts(self) -> list[Draft]:
        """The payments of every period."""
        found = []
        ended: list[tuple[Span, list[Span]]] = []
        for period in periods_of(self.deal, self.clause, self.through):
            sold = sold_by(self.clause, self.rows, period[1])
            ended.append((period, self.parts_of(period)))
            lines = [*self.earned_lines(ended, sold), *self.true_ups(period[1], sold)]
            limits, withheld = self.limited(period[1], lines, sold)
            found.append(Draft(self.clause, period, tuple(lines), limits, withheld))
        return found

    # Parts.

    def windows(self, bounds: Over[Bound | None], day: Day) -> tuple[Span | None, ...]:
        """The windows in which the caps or floors of the clause count a day, one after another."""
        found = (self.limit_of(bounds, day, max(day, spell.first)) for spell in bounds)
        return tuple(None if held is None else held[1] for held in found)

    def window(self, bound: Bound, day: Day) -> Span | None:
        """The window of a cap or a floor that a day lies in."""
        if bound.per_unit and bound.count.per == "life" and bound.count.counting_from is None:
            return period_of(self.deal, self.clause, day)
        return window_of(self.deal, self.clause, bound.count, day)

    def terms(self, day: Day) -> tuple[object, ...]:
        """The terms and the windows of a day; days that differ in them are in different parts."""
        clause = self.clause
        rate, fee = at(clause.rate, day), at(clause.fee, day)
        counts = [term.count for term in (rate, fee) if term is not None and term.count is not None]
        return (
            # Choice: an amendment cuts a period even if it gives a term the value that it had, or moves the end alone;
            # one that changes only the due day, which is the whole payment's, does not.
            [spell_at(term, day) for term in (clause.rate, clause.fee, clause.cap, clause.floor, clause.until)],
            escalated(clause, day),
            tuple(window_of(self.deal, clause, count, day) for count in counts),
            self.windows(clause.cap, day),
            self.windows(clause.floor, day),
        )

    def parts_of(self, period: Span) -> list[Span]:
        """The days of a period on which the clause is in force, in parts with the same terms and windows."""
        found: list[Span] = []
        last = None
        for day in range(max(period[0], self.clause.first), min(period[1], self.clause.last) + 1):
            terms = self.terms(day)
            if found and terms == last:
                found[-1] = found[-1][0], day
            else:
                found.append((day, day))
            last = terms
        return found

    # Lines.

    def earned_lines(self, ended: Sequence[tuple[Span, list[Span]]], sold: Sold) -> list[NaiveLine]:
        """The line of the last of the periods that have ended, and the corrections of those before."""
        by_day = earned(self.deal, self.clause, sold, self.met)
        kind = "fee" if self.clause.fee else "share"
        lines = []
        *before, own = ended
        for period, parts in (own, *before):
            corrects = period != own[0]
            shares = []
            for part in parts:
                if self.clause.fee:
                    whole = self.earlier.get(part) if corrects else self.fee_of(part)
                    assert whole is not None
                else:
                    whole = sum((by_day[day] for day in by_day if part[0] <= day <= part[1]), ZERO)
                share = whole - self.earlier.get(part, ZERO)
                self.earlier[part] = whole
                # Choice: where nothing is sold and nothing accrues is no part of the line.
                if share or (not corrects and net_of(sold, part) != (ZERO, ZERO)):
                    shares.append((part, share))
            if shares:
                lines.append(self.account.line("correction" if corrects else kind, period, shares))
                for each in lines[-1].parts:
                    self.accrued[each.first] = self.accrued.get(each.first, 0) + each.cents
        return lines

    def fee_of(self, part: Span) -> Fraction:
        """A fee accrues this much on the days of a part."""
        return sum((accruing(self.deal, self.clause, day) for day in range(part[0], part[1] + 1)), ZERO)

    # Floors.

    def true_ups(self, end: Day, sold: Sold) -> list[NaiveLine]:
        """A true-up pays a window of a floor that has ended what it lacks, less what it lacked before."""
        ended = []
        for day in range(self.clause.first, min(end, self.clause.last) + 1):
            bound = at(self.clause.floor, day)
            window = None if bound is None else self.window(bound, day)
            if bound is not None and window is not None and day in {window[1], self.clause.last}:
                ended.append((window, day, bound))
        lines = []
        # Choice: true-ups stand in the order in which their windows begin, whatever cuts these short.
        for window, day, bound in sorted(ended, key=lambda each: each[:2]):
            counted = max(window[0], bound.count.begin, self.clause.first), day
            accrued = sum(cents for each, cents in self.accrued.items() if counted[0] <= each <= counted[1])
            whole = Fraction(accrued, 10**self.deal.digits) + counted_before(bound.count, window)
            missing = max(ZERO, self.floor_of(bound, window, counted, sold) - whole)
            change = missing - self.trued_up.get(counted, ZERO)
            self.trued_up[counted] = missing
            if change:
                lines.append(self.account.line("true-up", counted, [(counted, change)], by_itself=True))
                # Choice: under a cap, a true-up counts on the last day of the window of its floor.
                self.topped[day] = self.topped.get(day, 0) + lines[-1].cents
        return lines

    def floor_of(self, bound: Bound, window: Span, counted: Span, sold: Sold) -> Fraction:
        """The floor of a window; under `prorated`, the days that count bear their parts of it."""
        if bound.per_unit:
            return bound.amount * net_of(sold, counted)[1]
        if not self.clause.prorated:
            return bound.amount
        length = window[1] - window[0] + 1
        daily = (at(self.clause.floor, day) for day in range(counted[0], counted[1] + 1))
        return sum((each.amount / length for each in daily if each is not None), ZERO)

    # Caps.

    def limit_of(self, bounds: Over[Bound | None], day: Day, end: Day) -> tuple[Bound, Span] | None:
        """The last cap that counts a day, of those that have come by another day, and its window there.

        A window that had ended before a cap came stays with the earlier cap.
        """
        held: tuple[Bound, Span] | None = None
        for spell in bounds:
            if spell.first > min(end, self.clause.last):
                break
            if spell.value is None:
                # Choice: a cap that is unset stays for the days before, with the amount that it had.
                held = None if day >= spell.first else held
                continue
            window = self.window(spell.value, day)
            if window is None:
                # Choice: a cap that another has replaced no longer counts; the days until that other counts have none.
                held = None if day >= spell.first else held
            elif held is None or held[1][1] >= spell.first:
                held = spell.value, window
        return held

    def cap_of(self, day: Day, end: Day) -> tuple[Bound, Span] | None:
        """The cap that limits a day, and its window there, as of the end of a period."""
        return self.limit_of(self.clause.cap, day, end)

    def limited(self, end: Day, lines: Sequence[NaiveLine], sold: Sold) -> tuple[tuple[NaiveLimit, ...], int]:
        """The caps act on each window at the end of a period, and withhold an amount from its lines."""
        accrued = {
            day: self.accrued.get(day, 0) + self.topped.get(day, 0) for day in sorted({*self.accrued, *self.topped})
        }
        before = sum(self.paid.values())
        groups: dict[tuple[Bound, Span] | None, list[Day]] = {}
        for day in accrued:
            groups.setdefault(self.cap_of(day, end), []).append(day)
        limits = []
        for held, days in groups.items():
            if held is None:
                self.paid |= {day: accrued[day] for day in days}
                continue
            bound, window = held
            scale = 10**self.deal.digits
            cap = bound.amount * scale
            if bound.per_unit:
                cap *= sum((units for day, (_, units) in sold.items() if self.cap_of(day, end) == held), ZERO)
            so_far = int(counted_before(bound.count, window) * scale)
            whole = so_far + sum(accrued[day] for day in days)
            paid_before = so_far + sum(self.paid.get(day, 0) for day in days)
            # Choice: a price per unit may give a cap that is no whole number of minor units; it is rounded down.
            paid = min(whole, max(math.floor(cap), paid_before))
            if math.floor(cap) < paid_before:
                self.met.add("cap lowered")
            if any(self.held.get(day, held) != held for day in days):
                self.met.add("cap takes over days")
            self.held |= dict.fromkeys(days, held)
            # Choice: what is paid for a window is paid for its earliest days first.
            running = given = so_far
            for day in days:
                running += accrued[day]
                self.paid[day] = min(running, paid) - given
                given = min(running, paid)
            if paid == paid_before and sum(accrued[day] - self.known.get(day, 0) for day in days) == 0:
                continue
            # The window is shown from the day on which counting begins, where anything in it has changed.
            limits.append(
                NaiveLimit((max(window[0], bound.count.begin), window[1]), cap / scale, whole, paid_before, paid)
            )
        self.known = accrued
        payable = sum(self.paid.values()) - before
        return tuple(limits), sum(line.cents for line in lines) - payable


def net_of(sold: Sold, days: Span) -> tuple[Fraction, Fraction]:
    """The money and the units of the sales of some days."""
    each = [value for day, value in sold.items() if days[0] <= day <= days[1]]
    return sum((amount for amount, _ in each), ZERO), sum((units for _, units in each), ZERO)


# --- what is due once, milestones, commitments ----------------------------------------------------------------------


def due_once(deal: Deal, clause: Clause, through: Day) -> list[Draft]:
    """An amount that is due once has the day of its start as its payment period."""
    amount = at(clause.once, clause.first)
    if amount is None or not clause.first <= min(through, clause.last):
        return []
    period = clause.first, clause.first
    kind = "investment" if clause.verb == "invest" else clause.verb
    return [Draft(clause, period, (Account(deal).line(kind, period, [(period, amount)]),))]


def milestone(deal: Deal, clause: Clause, rows: Sequence[Row], through: Day) -> list[Draft]:
    """A payment in the first period by whose end the booked sales of a window have reached the threshold on a day."""
    reaching = clause.reaching
    assert reaching is not None
    for period in periods_of(deal, clause, through):
        sold = sold_by(clause, rows, period[1])
        for day in sold:
            window = window_of(deal, clause, reaching.count, day)
            if window is None:
                continue
            so_far = counted_before(reaching.count, window)
            counted = so_far + net_of(sold, (max(window[0], reaching.count.begin), day))[clause.reaching_units]
            amount = at(clause.once, day)
            if counted >= reaching.amount and amount is not None:
                line = Account(deal).line("milestone", period, [(period, amount)])
                return [Draft(clause, period, (line,))]
    return []


def commitment_windows(deal: Deal, clause: Clause, end: Day) -> list[tuple[Span, Fraction]]:
    """The windows of a commitment that have ended by a day, or with the clause, and what each promises."""
    found = []
    for day in range(clause.first, min(end, clause.last) + 1):
        bound = at(clause.commitment, day)
        window = None if bound is None else window_of(deal, clause, bound.count, day)
        if bound is None or window is None or (day != window[1] and day != clause.last):
            continue
        counted = max(window[0], bound.count.begin, clause.first), day
        promised = bound.amount
        if clause.prorated:
            daily = (at(clause.commitment, each) for each in range(counted[0], counted[1] + 1))
            promised = sum((each.amount for each in daily if each is not None), ZERO) / (window[1] - window[0] + 1)
        found.append((counted, promised))
    return found


def shortfalls(deal: Deal, clause: Clause, sold: Sold, end: Day, met: set[str]) -> dict[Span, Fraction]:
    """The payment for the purchases that each window lacks when it has ended."""
    found = {}
    moved = carried = ZERO
    for window, promised in commitment_windows(deal, clause, end):
        missing = promised + moved - carried - net_of(sold, window)[clause.committed_units]
        moved = ZERO if window[1] == clause.last else min(max(ZERO, missing), clause.rollover * promised)
        carried = clause.carry_forward * max(ZERO, -missing)
        met |= {name for name, there in (("missing moves", moved), ("excess is carried", carried)) if there}
        found[window] = (max(ZERO, missing) - moved) * clause.shortfall
    return found


def commitment(deal: Deal, clause: Clause, rows: Sequence[Row], through: Day, met: set[str]) -> list[Draft]:
    """A promise of purchases, period by period."""
    account = Account(deal)
    known: dict[Span, Fraction] = {}
    found = []
    for period in periods_of(deal, clause, through):
        now = shortfalls(deal, clause, sold_by(clause, rows, period[1]), period[1], met)
        changes = {window: amount - known.get(window, ZERO) for window, amount in now.items()}
        # The windows that end in the period stand before what changes of earlier ones.
        order = [window for window in now if window not in known] + list(known)
        known = now
        lines = [account.line("shortfall", each, [(each, changes[each])]) for each in order if changes[each]]
        found.append(Draft(clause, period, tuple(lines)))
    return found


# --- advances, and the payments -------------------------------------------------------------------------------------


@attrs.define
class Advance:
    """The balance of an advance, which the named clauses recoup."""

    clause: Clause
    amount: int
    recouped: dict[str, int] = attrs.field(factory=dict)

    def recoup(self, draft: Draft, rest: int) -> int:
        """The advance keeps this much back of the rest of a payment; a credit restores, and gives a negative number."""
        clause, own = draft.clause, self.clause
        # Choice: the parties are the same if the advance went to every payee of the clause; to others as well, perhaps.
        same = clause.payer == own.payer and set(clause.payees) <= set(own.payees)
        if clause.label not in own.against or not same:
            return 0
        by_clause = self.recouped.get(clause.label, 0)
        kept = min(rest, self.amount - sum(self.recouped.values())) if rest > 0 else -min(-rest, by_clause)
        self.recouped[clause.label] = by_clause + kept
        return kept


def split_of(clause: Clause, amount: int) -> tuple[tuple[str, int], ...]:
    """The payees share a payment: shares are rounded towards zero, and one payee gets the rest."""
    shares = clause.split or (Fraction(1, len(clause.payees)),) * len(clause.payees)
    found = {payee: int(amount * share) for payee, share in zip(clause.payees, shares, strict=True)}
    found[clause.remainder or clause.payees[0]] += amount - sum(found.values())
    return tuple(found.items())


def drafts_of(deal: Deal, clause: Clause, rows: Sequence[Row], through: Day, met: set[str]) -> list[Draft]:
    """The payments of a clause before anything is recouped."""
    if clause.reaching is not None:
        return milestone(deal, clause, rows, through)
    if clause.once:
        return due_once(deal, clause, through)
    if clause.commitment:
        return commitment(deal, clause, rows, through, met)
    return Walk(deal, clause, rows, through, met).drafts()


def settle(deal: Deal, rows: Iterable[Row], through: Day) -> NaiveSettlement:
    """Every payment of every clause for the payment periods that have ended by the last day of the statement."""
    met: set[str] = set()
    listed = tuple(rows)
    drafts = [draft for clause in deal.clauses for draft in drafts_of(deal, clause, listed, through, met)]
    advances: list[Advance] = []
    kept = dict.fromkeys(range(len(drafts)), 0)
    for number in sorted(kept, key=lambda each: (drafts[each].period[1], each)):
        draft = drafts[number]
        for advance in advances:
            recouped = advance.recoup(draft, draft.payable - kept[number])
            kept[number] += recouped
            if recouped < 0:
                met.add("credit restores")
        if draft.clause.verb == "advance":
            # Choice: an advance counts from its own place in the order, behind what stands before it in the file.
            advances.append(Advance(draft.clause, draft.payable))
    totals: dict[str, int] = {}
    payments = []
    for number, draft in enumerate(drafts):
        clause = draft.clause
        amount = draft.payable - kept[number]
        totals[clause.label] = totals.get(clause.label, 0) + amount
        payments.append(
            NaivePayment(
                label=clause.label,
                payer=clause.payer,
                payees=clause.payees,
                period=draft.period,
                lines=draft.lines,
                accrued=draft.accrued,
                limits=draft.limits,
                withheld=draft.withheld,
                recouped=kept[number],
                amount=amount,
                split=split_of(clause, amount),
                due=due_day(clause, draft.period),
                total=totals[clause.label],
            )
        )
    return NaiveSettlement(tuple(payments), frozenset(met))
