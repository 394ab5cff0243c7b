"""The statement: what a settlement says.

In: nothing. Out: the types that `dealrun.settle.settle` builds and every format prints. Guaranteed: immutable; amounts
of money are whole minor units, everything before rounding an exact rational; never a binary float.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from typing import Any, Literal, NamedTuple, TypeAlias

import attrs

from dealrun.answer import Answer, TableAnswer
from dealrun.model.contract import Cite
from dealrun.model.currencies import MINOR_DIGITS, minor_units
from dealrun.model.show import decimal
from dealrun.state.basis import Basis
from dealrun.time import ALWAYS, NEVER, DateLike, iso, to_day
from dealrun.time.days import Day


class DayRange(NamedTuple):
    """First and last day, both included; what has no end ends after the horizon.

    >>> statement.payments[0].period
    DayRange(first=datetime.date(2023, 7, 1), last=datetime.date(2023, 12, 31))
    """

    first: date
    last: date


class Figure(NamedTuple):
    """A figure by its name: (`minimum`, `100,000.00 USD`).

    >>> dealrun.load("contracts/cloud-commitment").settle().balances[0].figures
    (Figure(name='commitment left', value='314,308.71'),)
    """

    name: str
    value: str


class Between(NamedTuple):
    """An exact number that lies between two, both included; None where there is no bound. Equal where it is known.

    >>> statement.payments[1].lines[0].parts[0].share
    Between(least=Fraction(117701, 16), most=Fraction(117701, 16))
    """

    least: Fraction | None
    most: Fraction | None


def as_date(day: Day) -> date:
    """A day as a date; what is always or never there lies outside all days that can be written."""
    return date.max if day >= NEVER else date.min if day <= ALWAYS else date.fromordinal(day)


def as_dates(span: tuple[Day, Day]) -> DayRange:
    """First and last day as dates."""
    return DayRange(as_date(span[0]), as_date(span[1]))


def as_days(span: tuple[date, date]) -> tuple[Day, Day]:
    """First and last day as numbers."""
    return span[0].toordinal(), span[1].toordinal()


LineKind: TypeAlias = Literal[
    "share", "correction", "fee", "true-up", "milestone", "advance", "shortfall", "investment", "interest"
]


@attrs.frozen(repr=False)
class Money:
    """An amount of money: known, or between `least` and `most`.

    `minor_least` and `minor_most` are whole minor units (cents), equal where it is known; None where there is no bound.

    >>> money = statement.payments[3].amount
    >>> str(money), money.value, money.currency, money.exact
    ('10,291.69 USD', Decimal('10291.69'), 'USD', True)
    >>> money.least, money.most
    (Decimal('10291.69'), Decimal('10291.69'))
    """

    minor_least: int | None
    minor_most: int | None
    currency: str
    """ISO 4217."""

    def __repr__(self) -> str:
        return f"Money({str(self)!r})"

    @staticmethod
    def of(minor: int, currency: str) -> "Money":
        """An amount that is known."""
        return Money(minor, minor, currency)

    @property
    def exact(self) -> bool:
        """Whether the amount is known."""
        return self.minor_least is not None and self.minor_least == self.minor_most

    @property
    def value(self) -> Decimal:
        """The amount in units of the currency, exactly; ValueError where it is not known."""
        if self.minor_least is None or self.minor_least != self.minor_most:
            raise ValueError(f"the amount is not known: {self}")
        return major(self.minor_least, self.currency)

    @property
    def least(self) -> Decimal | None:
        """The least that it can be, in units of the currency; None where there is no bound."""
        return None if self.minor_least is None else major(self.minor_least, self.currency)

    @property
    def most(self) -> Decimal | None:
        """The most that it can be, in units of the currency; None where there is no bound."""
        return None if self.minor_most is None else major(self.minor_most, self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(
            _plus(self.minor_least, other.minor_least), _plus(self.minor_most, other.minor_most), self.currency
        )

    def __neg__(self) -> "Money":
        least, most = self.minor_least, self.minor_most
        return Money(None if most is None else -most, None if least is None else -least, self.currency)

    def __str__(self) -> str:
        if self.exact:
            return f"{figure(self.minor_least or 0, self.currency)} {self.currency}"
        low = "unknown" if self.minor_least is None else figure(self.minor_least, self.currency)
        high = "unknown" if self.minor_most is None else figure(self.minor_most, self.currency)
        return f"{low} to {high} {self.currency}"


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def major(minor: int, currency: str) -> Decimal:
    """Minor units as an exact decimal of the currency, with all its digits."""
    digits = MINOR_DIGITS.get(currency, 2)
    # From its parts, so that no decimal context can round it.
    return Decimal((int(minor < 0), tuple(map(int, str(abs(minor)))), -digits))


def figure(minor: int, currency: str) -> str:
    """Minor units as people read them: `1,234.50`."""
    digits = MINOR_DIGITS.get(currency, 2)
    whole, rest = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:,}.{rest:0{digits}}" if digits else f"{sign}{whole:,}"


def exact_text(value: Fraction, unit: str) -> str:
    """An amount as people read it: `1,234.50 USD`; one that no decimal ends is cut after six digits, and says so."""
    if unit in MINOR_DIGITS and (value * minor_units(unit)).denominator == 1:
        return f"{figure(int(value * minor_units(unit)), unit)} {unit}"
    return f"{readable(value)} {unit}".rstrip()


def readable(value: Fraction, places: int = 0) -> str:
    """A number with separators and at least so many decimals; one that no decimal ends is cut after six, with `…`."""
    text = decimal(abs(value))
    sign = "-" if value < 0 else ""
    if "/" in text:
        cut = abs(value.numerator) * 10**6 // value.denominator
        return f"{sign}{cut // 10**6:,}.{cut % 10**6:06}…"
    whole, _, rest = text.partition(".")
    rest = rest.ljust(places, "0")
    return f"{sign}{int(whole):,}{'.' * bool(rest)}{rest}"


@attrs.frozen
class TierShare:
    """What one tier adds to a part: the base in it (units where tiers are counted in units), its rate and the share.

    >>> statement.payments[3].lines[0].parts[0].tiers
    (TierShare(over=Fraction(10000, 1), base=Fraction(274445, 4), rate='15%', share=Fraction(164667, 16)),)
    """

    over: Fraction
    """The tier begins above this."""
    base: Fraction
    rate: str
    share: Fraction


@attrs.frozen
class Part:
    """The days of a line that have the same terms and lie in the same windows.

    >>> part = statement.payments[3].lines[0].parts[0]
    >>> part.base, part.units, part.rate[-8:], str(part.amount)
    (Fraction(274445, 4), Fraction(2800, 1), 'then 15%', '10,291.69 USD')
    """

    first: date
    last: date
    base: Fraction
    """What the ledger holds for these days, deductions made, in units of the currency."""
    units: Fraction
    deducted: Fraction
    rate: str
    """As the clause says it that day; empty where no rate applies."""
    tiers: tuple[TierShare, ...]
    share: Between
    """What is earned, before rounding."""
    amount: Money
    """Its part of the line, after rounding; parts add up to their line."""
    instrument: str
    """The instrument whose words gave the rate."""
    cites: tuple[Cite, ...]
    forecast: bool
    contingent_on: tuple[str, ...] = ()


@attrs.frozen
class Line:
    """One line of a payment: what was earned or owed for a period of sales, rounded once.

    >>> line = statement.payments[3].lines[0]
    >>> line.kind, str(line.amount), len(line.parts)
    ('share', '10,291.69 USD', 1)
    """

    kind: LineKind
    period: DayRange
    """The days that it is for: of a correction, the period of the sales that it corrects."""
    parts: tuple[Part, ...]
    amount: Money
    figures: tuple[Figure, ...] = ()
    """What it was computed from beside its parts."""
    forecast: bool = False


@attrs.frozen
class Limit:
    """What a cap did to a payment, for one of its windows (docs/language.md#caps-and-floors).

    >>> limit = next(each for payment in capped.payments for each in payment.limits)
    >>> limit.window.first, limit.cap, str(limit.paid)
    (datetime.date(2026, 4, 27), 'TOTAL', '877,560,000.00 USD')
    """

    window: DayRange
    cap: str
    """As the clause says it."""
    value: Between
    """What the cap can be, in units of the currency."""
    accrued: Money
    """A(t): in the window, through the end of the period."""
    before: Money
    """P(t-1)."""
    paid: Money
    """P(t)."""
    running: str
    """P(t) as a formula while the cap is not known: `min(1,234.50 USD, TOTAL)`."""


class Share(NamedTuple):
    """What one payee gets of a payment.

    >>> statement.payments[3].split
    (Share(payee='AUTHOR', amount=Money('10,291.69 USD')),)
    """

    payee: str
    amount: Money


@attrs.frozen(repr=False)
class Payment(Answer):
    """What falls due under one clause for one payment period.

    >>> payment = statement.payments[3]
    >>> payment
    Payment('hardcover_royalty', 2025-01-01 to 2025-06-30, 10,291.69 USD)
    >>> payment.payer, payment.payees, payment.due
    ('PUBLISHER', ('AUTHOR',), datetime.date(2025, 9, 28))
    >>> str(payment.accrued), str(payment.recouped), str(payment.amount), payment.currency
    ('10,291.69 USD', '0.00 USD', '10,291.69 USD', 'USD')
    """

    label: str
    deal: str
    verb: str
    payer: str
    payees: tuple[str, ...]
    period: DayRange
    lines: tuple[Line, ...]
    accrued: Money
    """The sum of the lines."""
    limits: tuple[Limit, ...]
    withheld: Money
    """What caps keep back this period; negative where they release."""
    recouped: Money
    """What goes against advances instead of being paid."""
    amount: Money
    """What is payable: accrued, less withheld, less recouped. Negative: a credit."""
    split: tuple["Share", ...]
    """By payee; adds up to `amount`."""
    due: date | None
    due_text: str
    """The due day as the clause says it (`within 45 days`); empty where it says none."""
    total: Money
    """Payable under the clause so far, this period included."""
    forecast: bool
    contingent_on: tuple[str, ...]
    instrument: str
    cites: tuple[Cite, ...]

    def __repr__(self) -> str:
        return f"Payment({self.label!r}, {iso(self.period[0])} to {iso(self.period[1])}, {self.amount})"

    @property
    def currency(self) -> str:
        """ISO 4217."""
        return self.amount.currency


@attrs.frozen
class Balance:
    """Where a clause stands at the end.

    >>> balance = statement.balances[0]
    >>> balance.label, str(balance.payable), str(balance.paid), str(balance.outstanding)
    ('hardcover_royalty', '29,034.83 USD', '0.00 USD', '29,034.83 USD')
    """

    label: str
    payable: Money
    """Of all its payments."""
    paid: Money
    """As recorded."""
    outstanding: Money
    """Payable less paid; negative where too much was paid."""
    overdue: Money
    """Of what is outstanding, what was due by the last day of the statement, and was not paid."""
    unrecorded: Money
    """Of what is outstanding, what was due by then, of which nobody recorded whether it was paid."""
    figures: tuple[Figure, ...] = ()
    """Balances of its own: (`advance not recouped`, ...), (`commitment left`, ...)."""


@attrs.frozen
class Unclaimed:
    r"""Rows of the ledger that no clause takes.

    >>> head = 'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\n'
    >>> sold = dealrun.loads(head + 'stream s "sales"\nstream t "rent"\nr: revshare A->B 10% of s\n')
    >>> ledger = "date,stream,amount,currency\n2024-01-31,t,9.00,USD\n"
    >>> unclaimed = sold.settle({"a.csv": ledger}).unclaimed[0]
    >>> unclaimed.stream, unclaimed.rows, unclaimed.reason, str(unclaimed.amount)
    ('t', 1, 'no clause takes it', '9')
    """

    stream: str
    product: str
    territory: str
    payer: str
    reason: str
    rows: int
    amount: Fraction
    currency: str


@attrs.frozen
class Unsettled:
    r"""A money clause that the statement leaves out, and why.

    >>> head = 'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\n'
    >>> spread = dealrun.loads(head + 'unknown LONGER amount "the time"\ns: fee B->A 2,400 USD over LONGER\n')
    >>> spread.settle(through="2024-12-31").unsettled
    (Unsettled(label='s', reason='an amount of it is counted over LONGER, a time that is not known'),)
    """

    label: str
    reason: str


@attrs.frozen
class Total:
    """What a party pays and receives in one currency.

    >>> total = statement.totals[0]
    >>> total.party, str(total.receives)
    ('AUTHOR', '76,724.71 USD')
    """

    party: str
    pays: Money
    receives: Money


@attrs.frozen(repr=False)
class Settlement(TableAnswer):
    """A statement: every payment of every money clause, by clause and period.

    >>> statement, statement.rows, statement.unsettled
    (Settlement(through=2026-01-31, 12 payments), 180, ())
    >>> statement.totals[1].party, str(statement.totals[1].pays)
    ('PUBLISHER', '76,724.71 USD')
    >>> statement.to_csv().splitlines()[0][:33]
    'row,payment_number,line_number,pa'
    >>> statement.to_parquet()[:4], statement.to_xlsx()[:2], statement.to_svg()[:5]
    (b'PAR1', b'PK', '<?xml')
    >>> statement.why("hardcover_royalty", "2025-01-01", "2025-06-30")
    PaymentReasons('hardcover_royalty', 2025-01-01 to 2025-06-30, 1 payments)
    >>> statement.against({"again": book.settle()}).versions
    ('as written', 'again')
    """

    through: date
    known: date | None
    payments: tuple[Payment, ...]
    balances: tuple[Balance, ...]
    totals: tuple[Total, ...]
    unclaimed: tuple[Unclaimed, ...]
    unsettled: tuple[Unsettled, ...]
    rows: int
    """Rows of the ledger, all of them counted: claimed, unclaimed, or after the last settled day."""
    later_rows: int
    """Rows booked after the last settled day or in a period that had not ended."""
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    basis: Basis = attrs.field(factory=Basis, eq=False)
    """What the statement rests on beside its days."""
    files: tuple[str, ...] = attrs.field(default=(), eq=False)
    """The files of the ledgers and rates."""

    def __repr__(self) -> str:
        return f"Settlement(through={iso(self.through)}, {len(self.payments)} payments)"

    def of(self, label: str) -> tuple[Payment, ...]:
        """The payments of one clause, by period."""
        return tuple(payment for payment in self.payments if payment.label == label)

    def why(self, label: str, start: DateLike, end: DateLike) -> "PaymentReasons":
        """The payments of one clause that lie in some days, each from the ledger to the cent."""
        first, last = as_date(to_day(start)), as_date(to_day(end))
        found = tuple(p for p in self.of(label) if p.period.last >= first and p.period.first <= last)
        nothing = "nothing accrued" if self.sources else "nothing accrued, and no ledger is given"
        reason = next((each.reason for each in self.unsettled if each.label == label), nothing)
        return PaymentReasons(label, first, last, found, "" if found else reason, self.basis)

    def against(self, others: "Mapping[str, Settlement]", name: str = "as written") -> "StatementComparison":
        """This statement beside others, by their names: scenarios, readings, other ledgers."""
        return StatementComparison({name: self, **others}, self.basis)

    def to_csv(self, name: str | None = None) -> str:
        """One of the tables of `to_arrow` (`statement`, `splits`, `limits`, `tiers`, `balances`, `parties`,
        `unclaimed`, `unsettled`) as CSV, with a header; cells that a spreadsheet would run are inert."""
        return str(_export("tabular").csv_text(self, name or "statement"))

    def to_parquet(self, name: str = "statement") -> bytes:
        """One of the tables of `to_arrow` as the bytes of a Parquet file. MissingExtraError without pyarrow."""
        return bytes(_export("tabular").parquet(self, name))

    def to_xlsx(self, *, title: str | None = None) -> bytes:
        """The statement as the bytes of a workbook, in which every sum is a formula. `title` is the deals' by default.
        MissingExtraError without XlsxWriter."""
        return bytes(_export("xlsx").workbook(self, title=self._title if title is None else title))

    def to_svg(self, marks: Sequence[tuple[DateLike, str]] = (), *, title: str | None = None) -> str:
        """The payments over time as the text of an SVG picture; `marks` are days to point out, each with its name
        (`Contract.signings`). `title` is the deals' by default. MissingExtraError without matplotlib."""
        days = [(to_day(day), text) for day, text in marks]
        return str(_export("plot").svg(self, days, title=self._title if title is None else title))

    @property
    def _title(self) -> str:
        return "; ".join(title or name for name, title in self.basis.deals) or "Statement"


@attrs.frozen(repr=False)
class PaymentReasons(Answer):
    """The payments of a clause in some days, each from the ledger to the cent.

    >>> print(statement.why("hardcover_royalty", "2025-01-01", "2025-06-30").to_text(80).splitlines()[0])
    hardcover_royalty for H1 2025: 10,291.69 USD, due 2025-09-28
    """

    label: str
    start: date
    end: date
    payments: tuple[Payment, ...]
    nothing: str
    """Why there are none; empty where there are some."""
    basis: Basis = attrs.field(factory=Basis, eq=False)

    def __repr__(self) -> str:
        return f"PaymentReasons({self.label!r}, {self.start} to {self.end}, {len(self.payments)} payments)"


@attrs.frozen
class ComparedPayment:
    """A payment in several versions; None where a version has none.

    >>> compared = statement.against({"the same": statement}).payments[2]
    >>> compared.label, [str(each) for each in compared.amounts]
    ('ebook_royalty', ['3,891.62 USD', '3,891.62 USD'])
    """

    label: str
    payer: str
    payees: tuple[str, ...]
    period: DayRange
    amounts: tuple[Money | None, ...]


@attrs.frozen(repr=False, hash=False)
class StatementComparison(Answer):
    """Statements side by side, by their names.

    >>> compared = statement.against({"the same": statement})
    >>> compared.versions, compared.through, compared.known, len(compared.payments)
    (('as written', 'the same'), datetime.date(2026, 1, 31), datetime.date(2026, 1, 31), 12)
    """

    statements: "Mapping[str, Settlement]"
    basis: Basis = attrs.field(factory=Basis, eq=False)

    def __repr__(self) -> str:
        return f"StatementComparison({', '.join(self.statements)})"

    def __hash__(self) -> int:
        return hash(tuple(self.statements))

    @property
    def through(self) -> date:
        """The last day of the first of them."""
        return next(iter(self.statements.values())).through

    @property
    def known(self) -> date | None:
        """The day of knowledge of the first of them."""
        return next(iter(self.statements.values())).known

    @property
    def versions(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.statements)

    @property
    def payments(self) -> tuple[ComparedPayment, ...]:
        """Every payment of any of them, by clause, parties and period."""
        sides = [
            {(p.label, p.payer, p.payees, p.period): p.amount for p in found.payments}
            for found in self.statements.values()
        ]
        keys = sorted({key for side in sides for key in side})
        return tuple(ComparedPayment(*key, tuple(side.get(key) for side in sides)) for key in keys)


def _export(name: str) -> Any:
    """A module that reads these types, and mostly an extra: it is imported by its name when it is asked for."""
    return import_module(f"dealrun.settle.export.{name}")
