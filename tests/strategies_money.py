"""Generated money deals: a text, the same resolved by hand for `naive_money`, and a ledger.

In: nothing; `cases(without={...})` leaves features out. Out: `MoneyCase`. Guaranteed: text and description come from
the same draw, each by its own way; every amount is known; rates, prices and sales are such that lines fall half way
between two minor units. A case carries what it holds (`features`), and `Tally` counts that, so that tests can assert
that the hard ones are there.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

import attrs
from hypothesis import strategies as st

from naive_money import (
    FOREVER,
    ZERO,
    Bound,
    Clause,
    Count,
    Day,
    Deal,
    Due,
    Fee,
    NaiveSettlement,
    Over,
    Rate,
    Row,
    Spell,
    at,
    day_of,
    period_of,
    plus,
    settle,
)

T = TypeVar("T")

FEATURES: Final = frozenset({
    "added by an amendment", "advance", "all-units", "amendment", "amount schedule", "cap", "cap change",
    "cap counts anew", "cap recounted", "cap schedule", "commit", "committed units", "counting from", "currency",
    "date schedule", "drop", "due change", "duration windows", "effective later", "end change", "escalated price",
    "escalation", "event schedule", "except", "fee", "fee by frequency", "fiscal", "floor", "floor change",
    "frequency change", "late booking", "milestone", "net of", "once", "payers", "prepaid", "price of a limit",
    "product", "prorated", "rate change", "recoupment order", "refund", "retroactive", "roll", "running",
    "several payees", "so far", "split", "spread", "territory", "tiers", "unaligned", "unit price",
    "units thresholds", "unset cap", "weekly",
})  # fmt: skip
"""What `cases(without=...)` can leave out. `unaligned`: amendments that take effect within a month."""


# --- a case ---------------------------------------------------------------------------------------------------------


@attrs.frozen
class MoneyCase:
    """A deal as text, the same by hand, a ledger, the last day of the statement, and what is in it."""

    text: str
    deal: Deal
    currency: str
    rows: tuple[Row, ...]
    through: Day
    features: frozenset[str]
    effective: tuple[tuple[str, Day], ...] = ()
    """Which clause was changed from which day on."""

    def settled(self) -> NaiveSettlement:
        """What the naive settlement says."""
        return settle(self.deal, self.rows, self.through)

    def csv(self) -> str:
        """The ledger as a table."""
        return csv_text(self.rows)


def decimal_text(number: Fraction) -> str:
    """An exact decimal, as short as it can be."""
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
        assert digits <= 18, number
    whole = str(abs(number.numerator * 10**digits // number.denominator)).rjust(digits + 1, "0")
    text = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
    return f"-{text}" if number < 0 else text


def csv_text(rows: Iterable[Row]) -> str:
    """A ledger as a table; columns that no row fills are left out, a booking day where it is the day of the sale."""
    listed = [
        {
            "date": date.fromordinal(row["date"]).isoformat(),
            "stream": row["stream"],
            "amount": decimal_text(row["amount"]),
            "currency": row["currency"],
            "units": decimal_text(row["units"]) if row["units"] else "",
            "booked": "" if row["booked"] == row["date"] else date.fromordinal(row["booked"]).isoformat(),
            "payer": row["payer"],
            "product": row["product"],
            "territory": row["territory"],
        }
        for row in rows
    ]
    columns = ["date", "stream", "amount"]
    columns += [name for name in (listed[0] if listed else {}) if name not in columns and any(r[name] for r in listed)]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue()


def write_csv(rows: Iterable[Row], path: Path) -> None:
    """Write a ledger to a file."""
    path.write_text(csv_text(rows), encoding="utf-8")


# --- drawing --------------------------------------------------------------------------------------------------------


@attrs.define
class Pen:
    """Draws, and remembers which features were drawn."""

    draw: st.DrawFn
    without: frozenset[str]
    currency: str = "USD"
    digits: int = 2
    loe: Day = 0
    """The day of the event that ends some rates."""
    used: set[str] = attrs.field(factory=set)

    def pick(self, *options: T) -> T:
        """One of several."""
        return self.draw(st.sampled_from(options))

    def number(self, least: int, most: int) -> int:
        """A whole number."""
        return self.draw(st.integers(least, most))

    def some(self, feature: str, one_in: int) -> bool:
        """Whether a feature is there: once in so many cases, never where it is left out."""
        assert feature in FEATURES, feature
        if feature in self.without or self.number(1, one_in) < one_in:
            return False
        self.used.add(feature)
        return True

    def money(self, amount: Fraction) -> str:
        """An amount as it is written."""
        text = decimal_text(amount)
        whole, dot, rest = text.partition(".")
        return f"{int(whole):,}{dot}{rest} {self.currency}"

    def limit(self) -> Fraction:
        """A whole number of minor units: a cap, a floor, a threshold."""
        scale = {0: 100, 2: 1, 3: 1}[self.digits]
        odd = Fraction(self.number(0, 99), 10**self.digits) if self.digits and self.number(0, 2) == 2 else ZERO
        return (self.pick(3, 5, 8, 12, 20, 35, 60, 100) + odd) * scale

    def next_limit(self, before: Fraction) -> Fraction:
        """Another limit: raised or lowered more often than drawn anew."""
        minor = 10**self.digits
        half = Fraction(int(before * minor / 2) or 1, minor)
        return self.pick(half, before * 2, half, before * 3, self.limit())

    def amount(self) -> Fraction:
        """The amount of a fee: now and then half a minor unit more."""
        scale = {0: 100, 2: 1, 3: 1}[self.digits]
        odd = self.pick(ZERO, Fraction(5, 10 ** (self.digits + 1)), Fraction(1, 10**self.digits))
        return (self.pick(10, 25, 31, 100, 365, 1000, 1250) + odd) * scale


def iso(day: Day) -> str:
    """A day as it is written."""
    return date.fromordinal(day).isoformat()


def until(pen: Pen, day: Day) -> tuple[str, Day]:
    """An end as it is written, and its last day: the day itself, or the end of its month, quarter or year."""
    shape = pen.number(0, 5)
    found = date.fromordinal(day)
    if shape < 3:
        return iso(day), day
    if shape == 3:
        return f"{found.year}", day_of(found.year, 12, 31)
    if shape == 4:
        quarter = (found.month - 1) // 3 + 1
        return f"Q{quarter} {found.year}", plus(day_of(found.year, 3 * quarter - 2, 1), "3 months") - 1
    return f"{found.year}-{found.month:02}", plus(day_of(found.year, found.month, 1), "1 month") - 1


# --- terms over time ------------------------------------------------------------------------------------------------

Written: TypeAlias = tuple[str, Over[T]]
"""A value as it is written, and what holds when."""


def over(first: Day, limbs: Sequence[tuple[T, Day]]) -> Over[T]:
    """Values one after another from a day on, each until its last day."""
    found: list[Spell[T]] = []
    for value, last in limbs:
        if last >= first:
            if found and found[-1].value == value:  # no change of terms
                first = found.pop().first
            found.append(Spell(first, last, value))
            first = last + 1
    return tuple(found)


def overwritten(old: Over[T], first: Day, new: Over[T]) -> Over[T]:
    """A term that an amendment gives a new value from a day on: whatever was to come is gone."""
    kept = tuple(Spell(spell.first, min(spell.last, first - 1), spell.value) for spell in old if spell.first < first)
    return (*kept, *new)


def always(first: Day, value: T) -> Over[T]:
    """One value from a day on."""
    return (Spell(first, FOREVER, value),)


def scheduled(
    pen: Pen, first: Day, date_feature: str, make: Callable[[], tuple[str, T]], *, event: bool = False
) -> Written[T]:
    """A value, or one that changes at a date or with an event."""
    text, value = make()
    if event and pen.some("event schedule", 8):
        then_text, then = make()
        return f"{text} until LOE then {then_text}", over(first, [(value, pen.loe - 1), (then, FOREVER)])
    limbs: list[tuple[T, Day]] = []
    day = first
    while len(limbs) < 2 and pen.some(date_feature, 6):
        written, day = until(pen, day + pen.number(20, 300))
        limbs.append((value, day))
        then_text, value = make()
        text += f" until {written} then {then_text}"
    return text, over(first, [*limbs, (value, FOREVER)])


PERIODS = ("year", "quarter", "month", "contract-year", "week", "day")


def counts(
    pen: Pen, first: Day, *, of: str = "", so_far: bool = True, amended: bool = False, life: bool = True
) -> tuple[str, Count]:
    """A window as it is written; `of` is the unit of what is counted, where it is not money."""
    per, text = "life", " per life" if amended else ""  # which a window that was there before must not lose
    shape = pen.number(0 if life else 3, 9)
    if shape >= 3:
        per = pen.pick("year", "year", *PERIODS)
        text = f" per {per}"
    if pen.some("duration windows", 6):
        per = pen.pick("3 months", "45 days", "18 months", "2 years", "6 weeks")
        text = f" over {per}"
    elif pen.some("fiscal", 6):
        per = pen.pick("fiscal-year", "fiscal-quarter")
        text = f" per {per}"
    counting: Day | None = None
    if per in {"life", "year", "quarter", "month", "week"} and pen.some("counting from", 6):
        # What an amendment gives could count from before; `recounted` makes the cases in which that is the same window.
        counting = first + pen.number(0 if amended else -200, 120)
        text += f" counting from {iso(counting)}"
    before = ZERO
    if so_far and counting is None and pen.some("so far", 6):
        before = Fraction(pen.number(1, 40)) * (100 if pen.digits == 0 and not of else 1)
        text += f" so far {decimal_text(before)} {of}" if of else f" so far {pen.money(before)}"
    return text, Count(per, first, counting, before)


# --- clauses --------------------------------------------------------------------------------------------------------

PERCENTS = ("12.5%", "12.5%", "7.5%", "2.5%", "0.5%", "10%", "1/3", "1/7", "33.333%")
STREAMS = ("s1", "sub", "s2", "ret")
FREQUENCIES = {
    "month": "monthly", "quarter": "quarterly", "year": "annually", "week": "weekly",
    "fiscal-quarter": "fiscal-quarterly", "fiscal-year": "fiscal-annually", "contract-year": "contract-annually",
}  # fmt: skip


@attrs.define
class Sketch:
    """A clause that is being written: its words, and what they mean."""

    clause: Clause
    words: list[str]
    tiers: bool = False
    """Whether its words say `tiers all-units`."""
    may: frozenset[str] = frozenset()
    """What amendments may change."""
    dropped: bool = False

    def text(self) -> str:
        """The clause as it is written."""
        clause = self.clause
        return " ".join([f"{clause.label}: {clause.verb} {clause.payer}->{', '.join(clause.payees)}", *self.words])


def percentage(text: str) -> Fraction:
    """A percentage as it is written."""
    return Fraction(text.removesuffix("%")) / 100 if text.endswith("%") else Fraction(text)


def rate(pen: Pen, first: Day, *, price: bool, all_units: bool, amended: bool) -> tuple[str, Rate]:
    """A share or a price, in tiers or not."""

    def one() -> tuple[str, Fraction]:
        if price:
            value = Fraction(pen.pick("0.125", "1.005", "2.25", "0.5", "3"))
            return f"{pen.money(value)} per copies", value
        text = pen.pick(*PERCENTS)
        return text, percentage(text)

    text, value = one()
    if not pen.some("tiers", 3):
        return text, Rate.flat(value, price=price)
    in_units = price or pen.some("units thresholds", 2)
    steps: list[tuple[Fraction, Fraction | None]] = []
    of = "copies" if in_units else ""
    # Choice avoided: with tiers of units, nobody says how much money the units so far were.
    written, count = counts(pen, first, of=of, so_far=price or not in_units or not all_units, amended=amended)
    upper = ZERO
    for _ in range(pen.number(1, 2)):
        upper += Fraction(pen.number(1, 40)) if in_units else pen.limit()
        steps.append((value, upper))
        threshold = f"{decimal_text(upper)} {of}" if in_units else pen.money(upper)
        then_text, value = one()
        text += f" up to {threshold}{written} then {then_text.removesuffix(' per copies')}"
        written = ""
    return text, Rate((*steps, (value, None)), price, in_units, all_units, count)


def rates(pen: Pen, sketch: Sketch, first: Day, *, price: bool, amended: bool) -> Written[Rate]:
    """A rate, in tiers or by date or event."""
    drawn = rate(pen, first, price=price, all_units=sketch.tiers, amended=amended)
    if drawn[1].count is not None:
        return drawn[0], always(first, drawn[1])

    def flat() -> tuple[str, Rate]:
        if price:
            value = Fraction(pen.pick("0.125", "1.005", "2.25", "0.5", "3"))
            return f"{pen.money(value)} per copies", Rate.flat(value, price=True)
        text = pen.pick(*PERCENTS)
        return text, Rate.flat(percentage(text))

    return scheduled(pen, first, "date schedule", flat, event=True)


def limits(pen: Pen, first: Day, feature: str, *, amended: bool, sales: bool = False) -> Written[Bound | None]:
    """A cap or a floor, in one sort of window, that may change at dates; of `sales`, perhaps a price per unit."""
    price = sales and pen.some("price of a limit", 4)
    written, count = counts(pen, first, amended=amended, life=not price, so_far=not price)
    each = " per copies" if price else ""
    before: list[Fraction] = []

    def bound() -> tuple[str, Bound | None]:
        amount = pen.next_limit(before[-1]) if before else pen.limit()
        before.append(amount)
        return f"{pen.money(amount)}{each}{written}", Bound(amount, count, price)

    return scheduled(pen, first, feature, bound)


def recounted(pen: Pen, clause: Clause, bound: Bound, first: Day) -> Written[Bound | None] | None:
    """A new cap or floor that counts from where the old one counts, in the same windows; None where words lack."""
    count = bound.count
    stepped = count.per == "life" or count.per[0].isdigit()
    same_year = count.per == "contract-year" and count.begin == clause.first
    if count.counting_from is None and not stepped and not same_year:
        return None
    amount = pen.next_limit(bound.amount)
    text = pen.money(amount) + (" per copies" if bound.per_unit else "")
    if count.per != "life":
        text += f" over {count.per}" if count.per[0].isdigit() else f" per {count.per}"
    text += f" counting from {iso(count.begin)}"
    if count.so_far:
        text += f" so far {pen.money(count.so_far)}"
    return text, always(first, Bound(amount, attrs.evolve(count, counting_from=count.begin), bound.per_unit))


def paid(pen: Pen, first: Day, default: str) -> Written[str]:
    """A frequency; nothing where the default will do."""
    frequency = pen.pick("", "quarterly", "monthly", "quarterly", "monthly", "semiannually", "annually")
    if pen.some("weekly", 12):
        frequency = "weekly"
    elif pen.some("fiscal", 8):
        frequency = pen.pick("fiscal-quarterly", "fiscal-annually")
    elif pen.number(1, 8) == 8:
        frequency = "contract-annually"
    text = f"paid {frequency}" if frequency and pen.number(0, 2) == 2 else frequency
    return text, always(first, frequency or default)


WITHIN = ("45 days", "30 days", "10 business days", "1 month", "2 weeks")


def due(pen: Pen, first: Day) -> Written[Due | None]:
    """A due day, counted from the end of each period."""
    within = pen.pick("", *WITHIN)
    return (f"within {within}", always(first, Due(within))) if within else ("", always(first, None))


def finish(pen: Pen, sketch: Sketch, *, dues: bool = True, ends: bool = True, roll: bool = True) -> None:
    """What every clause can say: when it is due, how it is divided, how long it runs."""
    sketch.words = [word for word in sketch.words if word]
    clause = sketch.clause
    if dues:
        text, value = due(pen, clause.first)
        clause = attrs.evolve(clause, due=value)
        sketch.words += [text] if text else []
        if text and roll and pen.some("roll", 3):
            clause = attrs.evolve(clause, roll=pen.pick("following", "modified-following", "preceding"))
            sketch.words.append(f"roll {clause.roll}")
    if len(clause.payees) > 1 and pen.some("split", 2):
        two = ("60% 40%", "1/3 2/3", "12.5% 87.5%")
        three = ("50% 30% 20%", "1/3 1/3 1/3", "0.5% 33.5% 66%")
        shares = pen.pick(*(two if len(clause.payees) == 2 else three)).split()
        clause = attrs.evolve(clause, split=tuple(percentage(share) for share in shares))
        sketch.words.append(f"split {', '.join(shares)}")
    if len(clause.payees) > 1 and pen.number(0, 2) == 2:
        clause = attrs.evolve(clause, remainder=clause.payees[-1])
        sketch.words.append(f"remainder {clause.remainder}")
    if ends:
        shape = pen.number(0, 4)
        if shape in {2, 3}:
            text, last = until(pen, clause.first + pen.number(60, 900))
            # `within 1 month before D` would be another due day.
            duration = bool(sketch.words) and sketch.words[-1].endswith(("days", "weeks", "months", "month", "years"))
            sketch.words.append(f"until {text}" if shape == 2 or duration else f"before {iso(last + 1)}")
            clause = attrs.evolve(clause, last=last)
        elif shape == 4:
            length = pen.pick("18 months", "1 year", "2 years", "400 days")
            sketch.words.append(f"for {length}")
            clause = attrs.evolve(clause, last=plus(clause.first, length) - 1)
    sketch.clause = clause


def base(pen: Pen, sketch: Sketch, *, named: bool = False) -> None:
    """Which sales a clause takes."""
    clause, words = sketch.clause, sketch.words
    shape = pen.number(1 if named else 0, 4)
    names = {1: ("s1",), 2: ("s1", "s2"), 3: ("s2",), 4: ("sub",)}.get(shape, ())
    products: tuple[str, ...] = ()
    streams = tuple(stream for stream in STREAMS if stream in names or (stream == "sub" and "s1" in names)) or STREAMS
    if names:
        words.append(f"of {', '.join(names)}")
        if pen.some("net of", 4):
            words.append("net of ret")
            clause = attrs.evolve(clause, net=("ret",))
    elif pen.some("product", 3):
        name = pen.pick("tools", "spares")
        products = ("tools", "spares") if name == "tools" else ("spares",)
        words.append(f"of {name}")
    territories: tuple[str, ...] = ()
    if pen.some("territory", 12):
        territories = ("Germany",)
        words.append('in "Germany"')
    excepted: tuple[str, ...] = ()
    if pen.some("except", 8):
        excepted = ("sub",) if "s1" in names else ("spares",)
        words.append(f"except {excepted[0]}")
    sketch.clause = attrs.evolve(
        clause, streams=streams, products=products, territories=territories, excepted=excepted
    )  # fmt: skip


def bounded(pen: Pen, sketch: Sketch, *, floors: bool = True) -> None:
    """A cap, a floor, both or neither."""
    clause, words = sketch.clause, sketch.words
    if pen.some("cap", 2):
        text, value = limits(pen, clause.first, "cap schedule", amended=False, sales=bool(clause.rate))
        clause = attrs.evolve(clause, cap=value)
        words.append(f"cap {text}")
    if floors and pen.some("floor", 4):
        text, value = limits(pen, clause.first, "amount schedule", amended=False, sales=bool(clause.rate))
        clause = attrs.evolve(clause, floor=value)
        words.append(f"floor {text}")
        # A part of a life is not a part of a known whole.
        known = all(s.value is None or (s.value.count.per != "life" and not s.value.per_unit) for s in value)
        if known and pen.some("prorated", 3):
            clause = attrs.evolve(clause, prorated=True)
            words.append("prorated")
    sketch.clause = clause


def share_clause(pen: Pen, blank: Clause) -> Sketch:
    """A share of money, or a price per unit."""
    price = pen.some("unit price", 5)
    verb = "fee" if price else pen.pick("royalty", "revshare")
    may = {"rate", "cap", "floor", "paid", "due", "until", "drop", "price" if price else "share"}
    sketch = Sketch(attrs.evolve(blank, verb=verb), [], may=frozenset(may))
    if pen.some("all-units", 4):
        sketch.tiers = True
    text, value = rates(pen, sketch, blank.first, price=price, amended=False)
    sketch.clause = attrs.evolve(sketch.clause, rate=value)
    sketch.words.append(text)
    base(pen, sketch)
    if sketch.tiers:
        if value[0].value.count is None:
            sketch.tiers = False
            pen.used.discard("all-units")
        else:
            sketch.words.append("tiers all-units")
    if price and pen.some("escalated price", 2):
        sketch.clause = attrs.evolve(sketch.clause, escalation=Fraction(pen.pick(3, 10, 25), 100))
        sketch.words.append(f"escalation {decimal_text(sketch.clause.escalation * 100)}% per year")
    bounded(pen, sketch)
    text, frequency = paid(pen, blank.first, "quarterly")
    sketch.clause = attrs.evolve(sketch.clause, paid=frequency)
    sketch.words.append(text)
    finish(pen, sketch)
    return sketch


def fee_clause(pen: Pen, blank: Clause) -> Sketch:
    """A fee that accrues over time."""
    first = blank.first
    sketch = Sketch(attrs.evolve(blank, verb="fee"), [], may=frozenset({"fee", "cap", "paid", "due", "until", "drop"}))
    clause = sketch.clause
    if pen.some("spread", 4):
        length = pen.pick("2 years", "18 months", "1 year", "90 days")
        amount = pen.amount()
        text, frequency = f"{pen.money(amount)} over {length}", pen.pick("quarterly", "monthly", "annually")
        value = always(first, Fee(amount, Count(length, first), once=True))
        clause = attrs.evolve(clause, fee=value, paid=always(first, frequency))
        sketch.words += [text, frequency]
        sketch.may -= {"fee"}
    elif pen.some("fee by frequency", 4):
        per = pen.pick("month", "quarter", "year")
        amount = pen.amount()
        value = always(first, Fee(amount, Count(per, first)))
        clause = attrs.evolve(clause, fee=value, paid=always(first, FREQUENCIES[per]))
        sketch.words += [pen.money(amount), f"paid {FREQUENCIES[per]}"]
        sketch.may -= {"fee", "paid"}
    else:
        per = pen.pick("month", "month", "quarter", "year", "contract-year", "week")
        if pen.some("fiscal", 5):
            per = pen.pick("fiscal-quarter", "fiscal-year")

        def fee() -> tuple[str, Fee]:
            amount = pen.amount()
            return f"{pen.money(amount)} per {per}", Fee(amount, Count(per, first))

        if pen.some("escalation", 4):
            text, drawn = fee()
            value = always(first, drawn)
            clause = attrs.evolve(clause, escalation=Fraction(pen.pick(3, 10), 100))
            sketch.words += [text, f"escalation {decimal_text(clause.escalation * 100)}% per year"]
            sketch.may -= {"fee"}
        else:
            text, value = scheduled(pen, first, "amount schedule", fee)
            sketch.words.append(text)
        text, frequency_over = paid(pen, first, FREQUENCIES[per])
        sketch.words.append(text)
        clause = attrs.evolve(clause, fee=value, paid=frequency_over)
    if pen.some("prepaid", 4):
        clause = attrs.evolve(clause, prepaid=True)
        sketch.words.append("prepaid")
    sketch.clause = clause
    bounded(pen, sketch, floors=False)
    finish(pen, sketch)
    return sketch


def once_clause(pen: Pen, blank: Clause) -> Sketch:
    """A fee or an investment that is due on its start."""
    verb = pen.pick("fee", "fee", "invest")
    amount = pen.amount()
    clause = attrs.evolve(blank, verb=verb, once=always(blank.first, amount))
    if verb == "invest":
        clause = attrs.evolve(clause, payees=clause.payees[:1])
    sketch = Sketch(clause, [pen.money(amount)])
    if pen.number(0, 3) == 3:
        day = clause.first + pen.number(1, 90)
        sketch.clause = attrs.evolve(clause, due=always(clause.first, Due(by=day)))
        sketch.words.append(f"by {iso(day)}")
        finish(pen, sketch, dues=False, ends=False)
    else:
        finish(pen, sketch, ends=False)
        if at(sketch.clause.due, clause.first) is None:
            sketch.clause = attrs.evolve(sketch.clause, due=())
    return sketch


def milestone_clause(pen: Pen, blank: Clause) -> Sketch:
    """A payment when sales come up to a threshold."""
    amount = pen.amount()
    in_units = pen.some("units thresholds", 3)
    written, count = counts(pen, blank.first, of="copies" if in_units else "")
    threshold = Fraction(pen.number(5, 80)) if in_units else pen.limit() * 4
    sketch = Sketch(
        attrs.evolve(
            blank, verb="milestone", once=always(blank.first, amount), reaching=Bound(threshold, count),
            reaching_units=in_units,
        ),
        [pen.money(amount)],
        may=frozenset({"until", "due"}),
    )  # fmt: skip
    # The base stands first: `over 6 weeks of s1` would be a time, as `2 years of E` is.
    base(pen, sketch)
    sketch.words.append(f"reaching {f'{threshold} copies' if in_units else pen.money(threshold)}{written}")
    text, frequency = paid(pen, blank.first, "quarterly")
    sketch.clause = attrs.evolve(sketch.clause, paid=frequency)
    sketch.words.append(text)
    finish(pen, sketch)
    return sketch


def commit_clause(pen: Pen, blank: Clause) -> Sketch:
    """A promise of purchases."""
    first = blank.first
    per = pen.pick("year", "year", "quarter", "contract-year")

    units = pen.some("committed units", 2)

    def bound() -> tuple[str, Bound]:
        amount = Fraction(pen.number(1, 40)) if units else pen.limit() * 4
        return f"{f'{amount} copies' if units else pen.money(amount)} per {per}", Bound(amount, Count(per, first))

    text, value = scheduled(pen, first, "amount schedule", bound)
    sketch = Sketch(
        attrs.evolve(blank, verb="commit", commitment=value, committed_units=units, payees=blank.payees[:1]),
        [text],
        may=frozenset({"until", "due"}),
    )
    base(pen, sketch, named=True)
    clause, words = sketch.clause, sketch.words
    if units:
        clause = attrs.evolve(clause, shortfall=pen.amount())
        words.append(f"shortfall {pen.money(clause.shortfall)} per copies")
    elif pen.number(0, 5):
        clause = attrs.evolve(clause, shortfall=Fraction(pen.pick(100, 50, 12), 100))
        words.append(f"shortfall {decimal_text(clause.shortfall * 100)}%")
    if pen.number(0, 1):
        clause = attrs.evolve(clause, carry_forward=Fraction(pen.pick(100, 50), 100))
        words.append(f"carry-forward {decimal_text(clause.carry_forward * 100)}%")
    if pen.number(0, 1):
        clause = attrs.evolve(clause, rollover=Fraction(pen.pick(25, 10), 100))
        words.append(f"rollover {decimal_text(clause.rollover * 100)}%")
    if pen.some("prorated", 3):
        clause = attrs.evolve(clause, prorated=True)
        words.append("prorated")
    text, frequency = paid(pen, first, "quarterly")
    words.append(text or "quarterly")
    sketch.clause = attrs.evolve(clause, paid=frequency)
    finish(pen, sketch)
    return sketch


def advance_clause(pen: Pen, blank: Clause, against: Sequence[str]) -> Sketch:
    """A payment on account of other clauses."""
    amount = pen.limit() * pen.pick(1, 3)
    sketch = Sketch(
        attrs.evolve(blank, verb="advance", once=always(blank.first, amount), against=tuple(against)),
        [pen.money(amount), f"against {', '.join(against)}"],
    )
    finish(pen, sketch, dues=False, ends=False)
    return sketch


def clauses(pen: Pen, label: str, first: Day, earlier: Sequence[Sketch]) -> Sketch:
    """A clause of any sort, that starts on a day."""
    payees: tuple[str, ...] = ("B",)
    if pen.some("several payees", 3):
        payees = pen.pick(("B", "C"), ("B", "C", "E"))
    blank = Clause(label, "", pen.pick("A", "A", "A", "F"), payees, first)
    against = [s.clause.label for s in earlier if (s.clause.rate or s.clause.fee) and not s.dropped]
    if against and pen.some("advance", 3):
        blank = attrs.evolve(blank, payer="A")
        count = len(against) if pen.some("recoupment order", 2) else 1
        return advance_clause(pen, blank, against[:count])
    if pen.some("fee", 5):
        return fee_clause(pen, blank)
    if pen.some("commit", 7):
        return commit_clause(pen, blank)
    if pen.some("milestone", 8):
        return milestone_clause(pen, blank)
    if pen.some("once", 10):
        return once_clause(pen, blank)
    return share_clause(pen, blank)


# --- amendments -----------------------------------------------------------------------------------------------------


def change(pen: Pen, sketch: Sketch, first: Day, *, named: bool) -> list[str]:
    """What an amendment says of a clause from a day on; the clause then says it as well.

    What another clause names cannot be dropped.
    """
    clause = sketch.clause
    label = clause.label
    found: list[str] = []
    if "rate" in sketch.may and pen.some("rate change", 2):
        text, rate_ = rates(pen, sketch, first, price="price" in sketch.may, amended=True)
        clause = attrs.evolve(clause, rate=overwritten(clause.rate, first, rate_))
        found.append(text)
    if "fee" in sketch.may and pen.some("rate change", 2):
        fee = at(clause.fee, first)
        assert fee is not None
        amount = pen.amount()
        new = always(first, Fee(amount, attrs.evolve(fee.count, origin=first)))
        clause = attrs.evolve(clause, fee=overwritten(clause.fee, first, new))
        found.append(f"{pen.money(amount)} per {fee.count.per}")
    if "cap" in sketch.may and pen.some("cap change", 2):
        text, cap = renewed(pen, clause, at(clause.cap, first), first, "cap schedule")
        if text:
            clause = attrs.evolve(clause, cap=overwritten(clause.cap, first, cap))
            found.append(f"cap {text}")
    elif "cap" in sketch.may and at(clause.cap, first) is not None and pen.some("unset cap", 8):
        clause = attrs.evolve(clause, cap=overwritten(clause.cap, first, always(first, None)))
        found.append("\n")
    if "floor" in sketch.may and not clause.prorated and pen.some("floor change", 5):
        text, floor = renewed(pen, clause, at(clause.floor, first), first, "amount schedule")
        if text:
            clause = attrs.evolve(clause, floor=overwritten(clause.floor, first, floor))
            found.append(f"floor {text}")
    if "paid" in sketch.may and pen.some("frequency change", 5):
        old = at(clause.paid, first)
        others = [each for each in ("monthly", "quarterly", "semiannually", "annually") if each != old]
        new_frequency = pen.pick(*others)
        clause = attrs.evolve(clause, paid=overwritten(clause.paid, first, always(first, new_frequency)))
        found.append(new_frequency)
    if "due" in sketch.may and pen.some("due change", 6):
        within = pen.pick(*WITHIN)
        clause = attrs.evolve(clause, due=overwritten(clause.due, first, always(first, Due(within))))
        found.append(f"within {within}")
    if "until" in sketch.may and pen.some("end change", 5):
        text, last = until(pen, first + pen.number(0, 500))
        clause = attrs.evolve(clause, last=last, until=overwritten(clause.until, first, always(first, last)))
        found.append(f"until {text}")
    operations = []
    if "\n" in found:
        operations.append(f"unset {label} cap")
        found.remove("\n")
    if found:
        operations.append(f"set {label} {' '.join(found)}")
    may_drop = "drop" in sketch.may and first > clause.first and not named and not operations
    if may_drop and pen.some("drop", 4):
        clause = attrs.evolve(clause, last=first - 1)
        sketch.dropped = True
        operations.append(f"drop {label}")
    sketch.clause = clause
    return operations


def renewed(pen: Pen, clause: Clause, old: Bound | None, first: Day, feature: str) -> Written[Bound | None]:
    """A new cap or floor: it counts anew from the effective day, or from where the old one counts."""
    if old is not None and pen.some("cap recounted", 2):
        again = recounted(pen, clause, old, first)
        if again is not None:
            return again
    if not pen.some("cap counts anew", 1):
        return "", ()
    return limits(pen, first, feature, amended=True)


def aligned(pen: Pen, day: Day) -> Day:
    """A day, moved to the first of its month (or later, of a quarter) more often than not."""
    if pen.some("unaligned", 2):
        return day
    found = date.fromordinal(day)
    month = found.month if pen.number(0, 1) else (found.month - 1) // 3 * 3 + 1
    return day_of(found.year, month, 1)


def amend(
    pen: Pen, number: int, signed: Day, start: Day, sketches: list[Sketch], effective: list[tuple[str, Day]]
) -> str:
    """An amendment: its text; the clauses are changed as it says."""
    first = signed
    header = ""
    if pen.some("retroactive", 4):
        first = max(start, aligned(pen, signed - pen.number(1, 250)))
    elif pen.some("effective later", 2):
        first = max(signed, aligned(pen, signed + pen.number(1, 200)))
    if first != signed:
        header = f" effective {iso(first)}" + (" retroactive" if first < signed else "")
    lines = [f'amend a{number} "Amendment {number}" of d signed {iso(signed)}{header}']
    for sketch in sketches:
        if sketch.clause.first <= first <= sketch.clause.last and not sketch.dropped:
            named = any(sketch.clause.label in other.clause.against for other in sketches)
            operations = change(pen, sketch, first, named=named)
            if operations:
                effective.append((sketch.clause.label, first))
            lines += [f"  {operation}" for operation in operations]
    if len(sketches) < 3 and pen.some("added by an amendment", 8):
        sketch = clauses(pen, f"c{len(sketches)}", first, sketches)
        sketches.append(sketch)
        lines.append(f"  add {sketch.text()}")
    return "\n".join(lines)


# --- ledgers --------------------------------------------------------------------------------------------------------

SALES = {0: ("4", "20", "1", "100"), 2: ("0.04", "0.2", "0.2", "1", "0.01"), 3: ("0.004", "0.02", "0.02", "0.1")}
"""Steps of amounts: an odd number of most of them, times most rates, is half a minor unit."""


def ledger(pen: Pen, start: Day, length: int) -> tuple[Row, ...]:
    """Rows over some years, from before the deal on."""
    rows: list[Row] = []
    for _ in range(pen.number(8, 40) if pen.number(0, 7) else pen.number(0, 7)):
        day = start + pen.number(-60 if pen.number(0, 9) == 9 else 0, length)
        sign = -1 if pen.some("refund", 7) else 1
        amount = Fraction(pen.pick(*SALES[pen.digits])) * pen.number(1, 400)
        booked = day + pen.number(1, 400) if pen.some("late booking", 5) else day
        rows.append(
            Row(
                date=day,
                stream=pen.pick("s1", "s1", "s2", "sub", "ret"),
                amount=sign * amount,
                units=sign * Fraction(pen.number(0, 30)),
                booked=booked,
                payer=pen.pick("A", "F") if pen.some("payers", 12) else "",
                product=pen.pick("", "tools", "tools", "spares"),
                territory=pen.pick("", "Germany", "Germany", "France"),
                currency=pen.currency,
            )
        )
    return tuple(rows)


# --- cases ----------------------------------------------------------------------------------------------------------

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn, *, without: Iterable[str] = ()) -> MoneyCase:
    """A deal of up to three clauses and three amendments, and its ledger. `without` names features to leave out."""
    left_out = frozenset(without)
    assert left_out <= FEATURES, left_out - FEATURES
    pen = Pen(draw, left_out)
    if pen.some("currency", 8):
        pen.currency, pen.digits = pen.pick(("JPY", 0), ("KWD", 3))
    signed = day_of(2024, 1, 1) + (0 if pen.number(0, 1) else pen.number(0, 150))
    pen.loe = signed + pen.number(30, 600)
    header = f'deal d "Generated" signed {iso(signed)} currency {pen.currency}'
    mode = pen.pick("half-even", "half-even", "half-up", "down", "up")
    running = pen.some("running", 6)
    if running or mode != "half-even":
        header += f" rounding {mode}{', running' if running else ''}"
    fiscal = 1
    if "fiscal" not in left_out and pen.number(0, 2) == 2:
        fiscal = pen.pick(2, 4, 7, 10)
        header += f" fiscal-year {MONTHS[fiscal - 1]}"

    sketches: list[Sketch] = []
    texts: list[str] = []
    for number in range(pen.pick(1, 1, 2, 3)):
        first = signed if pen.number(0, 2) else signed + pen.number(1, 120)
        sketch = clauses(pen, f"c{number}", first, sketches)
        sketches.append(sketch)
        texts.append(sketch.text() + (f" from {iso(first)}" if first != signed else ""))

    effective: list[tuple[str, Day]] = []
    day = signed
    blocks: list[str] = []
    for number in range(pen.pick(0, 1, 1, 2, 3) if "amendment" not in left_out else 0):
        day = max(day + 1, aligned(pen, day + pen.number(20, 300)))
        blocks.append(amend(pen, number, day, signed, sketches, effective))
        pen.used.add("amendment")

    length = pen.pick(365, 700, 1000)
    rows = ledger(pen, signed, length)
    through = signed + length + pen.number(-100, 300)
    lines = [
        header,
        *(f'party {name} "{name}"' for name in "ABCEF"),
        'unit copies "copies"',
        'stream s1 "the first"',
        'stream sub "a part of the first" in s1',
        'stream s2 "the second"',
        'stream ret "returns"',
        'asset tools "tools"',
        'asset spares "spare parts" in tools',
        'event LOE "loss of exclusivity"',
        f"record LOE on {iso(pen.loe)}",
        *texts,
        *blocks,
    ]
    deal = Deal(tuple(sketch.clause for sketch in sketches), mode, running, fiscal, pen.digits)
    return MoneyCase("\n".join(lines) + "\n", deal, pen.currency, rows, through, frozenset(pen.used), tuple(effective))


# --- shares ---------------------------------------------------------------------------------------------------------


def features(case: MoneyCase, settled: NaiveSettlement) -> frozenset[str]:
    """What a case holds, and what happened when it was settled."""
    found = {f"drawn: {feature}" for feature in case.features} | set(settled.met)
    lines = [line for payment in settled.payments for line in payment.lines]
    by_label = {clause.label: clause for clause in case.deal.clauses}

    def cuts(label: str, day: Day) -> bool:
        clause = by_label[label]
        if not clause.paid or not clause.first < day <= clause.last:
            return False
        same = period_of(case.deal, clause, day - 1) == period_of(case.deal, clause, day)
        return same or at(clause.paid, day) != at(clause.paid, day - 1)

    held = {
        "refund": any(row["amount"] < 0 for row in case.rows),
        "late booking": any(line.kind == "correction" for line in lines),
        "cap binds": any(payment.withheld for payment in settled.payments),
        "cap releases": any(payment.withheld < 0 for payment in settled.payments),
        "floor true-up": any(line.kind == "true-up" for line in lines),
        "true-up taken back": any(line.kind == "true-up" and line.cents < 0 for line in lines),
        "amendment cuts a period": any(cuts(label, day) for label, day in case.effective),
        "recoupment": any(payment.recouped for payment in settled.payments),
        "several payees": any(len(payment.split) > 1 and payment.amount for payment in settled.payments),
        "retroactive": " retroactive" in case.text and bool(case.effective),
        "shortfall": any(line.kind == "shortfall" for line in lines),
        "milestone": any(line.kind == "milestone" for line in lines),
        "fee": any(line.kind == "fee" for line in lines),
        "credit": any(payment.amount < 0 for payment in settled.payments),
        "outside the life": any(
            clause.rate and not clause.first <= row["date"] <= clause.last
            for row in case.rows
            for clause in case.deal.clauses
        ),
        "line in several parts": any(len(line.parts) > 1 for line in lines),
        "nothing booked": not case.rows,
        "something payable": any(payment.amount for payment in settled.payments),
    }
    return frozenset(found | {name for name, there in held.items() if there})


@attrs.define
class Tally:
    """Counts the hard cases among those generated."""

    counts: Counter[str] = attrs.field(factory=Counter)
    total: int = 0

    def count(self, case: MoneyCase, settled: NaiveSettlement) -> None:
        """Count one case."""
        self.total += 1
        self.counts.update(features(case, settled))

    def share(self, feature: str) -> float:
        """The share of cases that hold a feature."""
        return self.counts[feature] / max(1, self.total)

    def table(self) -> str:
        """The shares, a line each."""
        width = max((len(name) for name in self.counts), default=0)
        return "\n".join(f"{name:>{width}} {self.share(name):6.1%}" for name in sorted(self.counts))
