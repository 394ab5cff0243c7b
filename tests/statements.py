"""Statements for tests of what prints them: built from a few numbers, every sum in them right.

In: bases, rates, caps. Out: `Settlement` objects. They are built by the definitions in `settle/statement.py` and know
nothing of the engine that builds real ones.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import add
from typing import TypeAlias

import attrs

from dealrun.model.contract import Cite
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.settle.statement import (
    Balance,
    Between,
    Figure,
    Limit,
    Line,
    LineKind,
    Money,
    Part,
    Payment,
    Settlement,
    Share,
    TierShare,
    Total,
    Unclaimed,
    Unsettled,
    as_date,
    as_dates,
)

Days: TypeAlias = tuple[int, int]
"""First and last day, both included."""

HOSTILE = (
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "＝1+1",
    "'quoted",
    "*",
    ">0",
    "http://evil.example/",
    "mailto:a@b.example",
    "</svg><script>alert(1)</script>",
    "$x^2$ & <b> \\alpha",
    "bell \x07 null \x00 escape \x1b[31m",
    "_x0041_ \ufffe \u202ebidi",
    'comma, "quote"; semicolon\nnew line',
    "\N{PILE OF POO} 東京 \N{ARABIC LETTER ALEF}",
)


def span(first: str, last: str) -> Days:
    """A period from two ISO dates."""
    return date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()


def quarter(year: int, number: int) -> Days:
    """A quarter of the calendar."""
    after = (year + number // 4, number % 4 * 3 + 1)
    return date(year, number * 3 - 2, 1).toordinal(), date(*after, 1).toordinal() - 1


def part(
    period: Days,
    base: str | Fraction,
    rate: str,
    currency: str,
    *,
    tiers: Sequence[tuple[str, str, str]] = (),
    units: int = 0,
    forecast: bool = False,
) -> Part:
    """A part under one rate or under tiers, each its threshold, its base and its rate; not rounded yet."""
    exact = Fraction(base)
    found = tuple(
        TierShare(Fraction(over), Fraction(of), percent, Fraction(of) * Fraction(percent.rstrip("%")) / 100)
        for over, of, percent in tiers
    )
    if found:
        share = sum((tier.share for tier in found), Fraction(0))
    elif rate.endswith("%"):
        share = exact * Fraction(rate.rstrip("%")) / 100
    else:
        share = Fraction(rate.split(maxsplit=1)[0]) * units
    return Part(
        *as_dates(period), exact, Fraction(units), Fraction(0), rate, found, Between(share, share),
        Money.of(0, currency), "original",
        (Cite("agreement", "s 4.1"), Cite("schedule", "B")), forecast,
    )  # fmt: skip


def line(kind: LineKind, period: Days, currency: str, parts: Iterable[Part]) -> Line:
    """A line, rounded once and divided among its parts, largest remainders first."""
    found = list(parts)
    scaled = [(one.share[0] or Fraction(0)) * 10 ** MINOR_DIGITS[currency] for one in found]
    amounts = [int(value // 1) for value in scaled]
    left = round(sum(scaled)) - sum(amounts)
    for index in sorted(range(len(found)), key=lambda i: (amounts[i] - scaled[i], i))[:left]:
        amounts[index] += 1
    done = tuple(
        attrs.evolve(one, amount=Money.of(amount, currency)) for one, amount in zip(found, amounts, strict=True)
    )
    return Line(
        kind, as_dates(period), done, Money.of(sum(amounts), currency), forecast=any(one.forecast for one in found)
    )


def flat(kind: LineKind, period: Days, amount: Money, **figures: str) -> Line:
    """A line without parts."""
    return Line(kind, as_dates(period), (), amount, tuple(Figure(*each) for each in figures.items()))


def split(amount: Money, payees: Sequence[str], percents: Sequence[int]) -> tuple[Share, ...]:
    """Shares of an amount, rounded towards zero; what is left goes to the first."""
    if not amount.exact or amount.minor_least is None:
        bounds = [
            [None if bound is None else bound * percent // 100 for percent in percents]
            for bound in (amount.minor_least, amount.minor_most)
        ]
        return tuple(
            Share(payee, Money(low, high, amount.currency)) for payee, low, high in zip(payees, *bounds, strict=True)
        )
    sign = -1 if amount.minor_least < 0 else 1
    shares = [sign * (abs(amount.minor_least) * percent // 100) for percent in percents]
    shares[0] += amount.minor_least - sum(shares)
    return tuple(Share(payee, Money.of(share, amount.currency)) for payee, share in zip(payees, shares, strict=True))


@attrs.define
class Clause:
    """Gathers the payments of one clause."""

    label: str
    currency: str
    payer: str = "PUB"
    payees: tuple[str, ...] = ("AUTHOR",)
    percents: tuple[int, ...] = (100,)
    verb: str = "royalty"
    deal: str = "deal"
    hangs_on: tuple[str, ...] = ()
    payments: list[Payment] = attrs.field(factory=list)

    def pay(
        self,
        period: Days,
        lines: Sequence[Line],
        *,
        withheld: int | Money = 0,
        recouped: int = 0,
        limits: Sequence[Limit] = (),
        amount: Money | None = None,
    ) -> None:
        """Add a payment; what it comes to is computed, unless `amount` says it."""
        zero = Money.of(0, self.currency)
        accrued = reduce(add, (one.amount for one in lines), zero)
        kept = Money.of(withheld, self.currency) if isinstance(withheld, int) else withheld
        gone = Money.of(recouped, self.currency)
        payable = accrued + -kept + -gone if amount is None else amount
        before = self.payments[-1].total if self.payments else zero
        self.payments.append(
            Payment(
                self.label, self.deal, self.verb, self.payer, self.payees, as_dates(period), tuple(lines), accrued,
                tuple(limits), kept, gone, payable, split(payable, self.payees, self.percents), as_date(period[1] + 45),
                "within 45 days", before + payable, any(one.forecast for one in lines),
                () if payable.exact else self.hangs_on, "original", (Cite("agreement", "s 4.1"),),
            )
        )  # fmt: skip


def settlement(
    clauses: Iterable[Clause],
    *,
    paid: Sequence[int] = (),
    notes: Sequence[str] = (),
    unclaimed: Sequence[Unclaimed] = (),
    unsettled: Sequence[Unsettled] = (),
) -> Settlement:
    """A statement of clauses; `paid` is what each has been paid."""
    found = list(clauses)
    payments = tuple(payment for clause in found for payment in clause.payments)
    pays: dict[tuple[str, str], Money] = {}
    receives: dict[tuple[str, str], Money] = {}
    for payment in payments:
        for payee, amount in payment.split:
            zero = Money.of(0, amount.currency)
            pays[payment.payer, amount.currency] = pays.get((payment.payer, amount.currency), zero) + amount
            receives[payee, amount.currency] = receives.get((payee, amount.currency), zero) + amount
    balances = []
    for index, clause in enumerate(found):
        payable = clause.payments[-1].total
        done = Money.of(paid[index] if index < len(paid) else 0, clause.currency)
        left = payable + -done
        balances.append(
            Balance(
                clause.label,
                payable,
                done,
                left,
                left,
                Money.of(0, clause.currency),
                (Figure("payments", str(len(clause.payments))),),
            )
        )
    return Settlement(
        max((payment.period[1] for payment in payments), default=as_date(quarter(2025, 4)[1])),
        date(2026, 2, 3),
        payments,
        tuple(balances),
        tuple(
            Total(party, *(side.get((party, currency), Money.of(0, currency)) for side in (pays, receives)))
            for party, currency in sorted({*pays, *receives})
        ),
        tuple(unclaimed),
        tuple(unsettled),
        1234,
        5,
        ("books: sales.csv",),
        tuple(notes),
    )


def royalty(scale: int = 1) -> Clause:
    """Tiers, odd cents, three payees, a correction that turns a quarter into a credit, an advance recouped."""
    clause = Clause("book", "USD", payees=("AUTHOR", "HEIR", "AGENT"), percents=(50, 30, 20))
    for number, base in enumerate(("1234.56", "98765.43", "333.33", "10000.05"), 1):
        period = quarter(2025, number)
        value = Fraction(base) * scale
        rate = "10% up to 1,000 then 12.5%"
        over = value - 1000 * scale if value > 1000 * scale else Fraction(0)
        tiers = [("0", str(value - over), "10%"), (str(1000 * scale), str(over), "12.5%")]
        lines = [line("share", period, "USD", [part(period, value, rate, "USD", tiers=tiers)])]
        if number == 3:
            sold = quarter(2025, 2)
            lines.append(line("correction", sold, "USD", [part(sold, str(-7000 * scale), "12.5%", "USD")]))
        clause.pay(period, lines, recouped=100_00 * scale if number == 1 else 0)
    return clause


def capped(cap: int | None = 150_000) -> Clause:
    """A share with a cap per year: known, or (None) between 100,000 and no bound."""
    clause = Clause("share", "USD", "LAB", ("CLOUD",), verb="revshare", hangs_on=("TOTAL",))
    least = Fraction(100_000 if cap is None else cap)
    accrued, before = 0, Money.of(0, "USD")
    for number, base in enumerate(("200000.10", "250000.20", "310000.30", "405000.40", "90000"), 1):
        period = quarter(2025 + number // 5, (number - 1) % 4 + 1)
        window = span(f"{2025 + number // 5}-01-01", f"{2025 + number // 5}-12-31")
        if number == 5:
            accrued, before = 0, Money.of(0, "USD")
        middle = period[0] + 30
        parts = [
            part((period[0], middle), Fraction(base) / 3, "20%", "USD", forecast=number >= 4),
            part((middle + 1, period[1]), Fraction(base) * 2 / 3, "20%", "USD", forecast=number >= 4),
        ]
        lines = [line("share", period, "USD", parts)]
        accrued += lines[0].amount.minor_least or 0
        low = min(accrued, max(int(least * 100), before.minor_least or 0))
        high = accrued if cap is None else low
        paid = Money(low, high, "USD")
        # With a range, what is paid is from the least to the most that one cap gives, whatever it is.
        this = Money(low - (before.minor_least or 0), high - (before.minor_most or 0), "USD")
        if this.minor_least is not None and this.minor_most is not None:
            this = Money(min(this.minor_least, this.minor_most), max(this.minor_least, this.minor_most), "USD")
        kept = lines[0].amount + -this
        limit = Limit(
            as_dates(window), "TOTAL" if cap is None else "150,000 USD per year",
            Between(least, None if cap is None else least),
            Money.of(accrued, "USD"), before, paid, f"min({accrued / 100:,.2f} USD, TOTAL)" if cap is None else "",
        )  # fmt: skip
        clause.pay(period, lines, withheld=kept, limits=[limit], amount=this)
        before = paid
    return clause


def units_price(currency: str, base: str, price: str, *, label: str = "") -> Clause:
    """A price for each unit, and a share that makes more digits than the currency has."""
    clause = Clause(label or f"fee_{currency.lower()}", currency, "SHOP", ("MAKER",), verb="fee")
    for number in (1, 2, 3, 4):
        period = quarter(2025, number)
        sold = part(period, base, f"{price} {currency} per copies", currency, units=1000 * number + 7)
        share = part(period, base, "7.25%", currency)
        lines = [line("fee", period, currency, [sold]), line("share", period, currency, [share])]
        clause.pay(period, lines)
    return clause


def hostile(text: str, currency: str = "USD") -> Clause:
    """A clause whose every text is the given one."""
    clause = Clause(text, currency, text, (f"{text}2", "PLAIN"), (60, 40), deal=text, verb=text)
    period = quarter(2025, 1)
    sold = attrs.evolve(part(period, "100", "10%", currency), instrument=text, cites=(Cite(text, text),))
    with_figures = attrs.evolve(line("share", period, currency, [sold]), figures=(Figure(text, text),))
    clause.pay(period, [with_figures])
    clause.payments[0] = attrs.evolve(clause.payments[0], due_text=text, instrument=text, cites=(Cite(text, text),))
    return clause


UNCLAIMED = (
    Unclaimed("ebooks", "book", "EU", "PUB", "no clause takes stream `ebooks`", 3, Fraction("-12.345"), "USD"),
    Unclaimed("prints", "", "JP", "", "after the end of `book`", 1, Fraction(7), "JPY"),
)


def exact() -> Settlement:
    """Every amount known: tiers, credits, splits, an advance, a cap, four currencies."""
    minimum = Clause("minimum", "EUR", verb="fee")
    for number in (1, 2):
        minimum.pay(
            quarter(2025, number), [flat("true-up", quarter(2025, number), Money.of(1, "EUR"), floor="0.01 EUR")]
        )
    return settlement(
        [royalty(), capped(), units_price("JPY", "123457", "3"), units_price("KWD", "1000.001", "0.333"), minimum],
        paid=(5_000_00, 200_000_00),
        notes=("Two readings agree.", "=1+1 is a note"),
        unclaimed=UNCLAIMED,
        unsettled=(Unsettled("equity", "an asset, not money"),),
    )


def ranges() -> Settlement:
    """A cap that nobody knows, beside clauses that are known."""
    return settlement([capped(None), royalty()], paid=(10_000_00,))


def attack() -> Settlement:
    """Every text of it is hostile."""
    clauses = [hostile(text) for text in HOSTILE]
    return settlement(
        clauses,
        notes=HOSTILE,
        unclaimed=[Unclaimed(text, text, text, text, text, 1, Fraction(-5, 2), "USD") for text in HOSTILE],
        unsettled=[Unsettled(text, text) for text in HOSTILE],
    )


def empty() -> Settlement:
    """Nothing to pay."""
    return settlement([])
