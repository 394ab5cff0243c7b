"""The shapes of statements: amounts are exact decimals in text; what is not known has `least` and `most`."""

from typing import Any, Self

from dealrun.api.wire.base import Cites, Exact, IsoDay, Json, NotNegative, Supposed, Texts
from dealrun.settle.statement import DayRange, LineKind, Money, Settlement
from dealrun.time.days import LAST


class MoneyJson(Json, frozen=True, forbid_unknown_fields=True):
    """An amount: `value` where it is known, and what it lies between."""

    value: Exact | None
    least: Exact | None
    most: Exact | None
    currency: str

    @classmethod
    def make(cls, answer: Money, **_: Any) -> Self:
        """Of an amount of money, with all digits of its currency."""
        least = None if answer.least is None else str(answer.least)
        most = None if answer.most is None else str(answer.most)
        return cls(least if answer.exact else None, least, most, answer.currency)


class DaysJson(Json, frozen=True, forbid_unknown_fields=True):
    """First and last day, both included; null where there is no end."""

    first: IsoDay
    last: IsoDay | None

    @classmethod
    def make(cls, answer: DayRange, **_: Any) -> Self:
        """Of days."""
        return cls(answer.first, None if answer.last.toordinal() >= LAST else answer.last)


class FigureJson(Json, frozen=True, forbid_unknown_fields=True):
    """A figure by its name."""

    name: str
    value: str


class BetweenJson(Json, frozen=True, forbid_unknown_fields=True):
    """What a number lies between; null where there is no bound."""

    least: Exact | None
    most: Exact | None


class TierJson(Json, frozen=True, forbid_unknown_fields=True):
    """What one tier adds to a part."""

    over: Exact
    base: Exact
    rate: str
    share: Exact


class PartJson(Json, frozen=True, forbid_unknown_fields=True):
    """The days of a line that have the same terms."""

    first: IsoDay
    last: IsoDay
    base: Exact
    units: Exact
    deducted: Exact
    rate: str
    tiers: list[TierJson]
    share: BetweenJson
    amount: MoneyJson
    forecast: bool
    instrument: str
    cites: Cites


class LineJson(Json, frozen=True, forbid_unknown_fields=True):
    """One line of a payment."""

    kind: LineKind
    period: DaysJson
    amount: MoneyJson
    forecast: bool
    figures: list[FigureJson]
    parts: list[PartJson]


class LimitJson(Json, frozen=True, forbid_unknown_fields=True):
    """What a cap did to a payment, for one of its windows."""

    cap: str
    window: DaysJson
    value: BetweenJson
    accrued: MoneyJson
    before: MoneyJson
    paid: MoneyJson
    running: str


class ShareJson(Json, frozen=True, forbid_unknown_fields=True):
    """What one payee gets."""

    payee: str
    amount: MoneyJson


class PaymentJson(Json, frozen=True, forbid_unknown_fields=True):
    """What falls due under one clause for one payment period."""

    label: str
    deal: str
    verb: str
    payer: str
    payees: Texts
    period: DaysJson
    lines: list[LineJson]
    accrued: MoneyJson
    limits: list[LimitJson]
    withheld: MoneyJson
    recouped: MoneyJson
    amount: MoneyJson
    split: list[ShareJson]
    due: IsoDay | None
    due_text: str
    total: MoneyJson
    forecast: bool
    contingent_on: Texts
    instrument: str
    cites: Cites


class BalanceJson(Json, frozen=True, forbid_unknown_fields=True):
    """Where a clause stands at the end."""

    label: str
    payable: MoneyJson
    paid: MoneyJson
    outstanding: MoneyJson
    overdue: MoneyJson
    unrecorded: MoneyJson
    figures: list[FigureJson]


class TotalJson(Json, frozen=True, forbid_unknown_fields=True):
    """What a party pays and receives in one currency."""

    party: str
    pays: MoneyJson
    receives: MoneyJson


class UnclaimedJson(Json, frozen=True, forbid_unknown_fields=True):
    """Rows of the ledger that no clause takes."""

    stream: str
    product: str
    territory: str
    payer: str
    reason: str
    rows: NotNegative
    amount: Exact
    currency: str


class UnsettledJson(Json, frozen=True, forbid_unknown_fields=True):
    """A money clause that the statement leaves out, and why."""

    label: str
    reason: str


class RowsJson(Json, frozen=True, forbid_unknown_fields=True):
    """The ledger that was read."""

    sources: Texts
    rows: NotNegative
    later_rows: NotNegative


class SettleJson(Supposed, tag="dealrun/settle/1", frozen=True, forbid_unknown_fields=True):
    """A whole statement."""

    through: IsoDay
    known: IsoDay | None
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    payments: list[PaymentJson]
    balances: list[BalanceJson]
    totals: list[TotalJson]
    unclaimed: list[UnclaimedJson]
    unsettled: list[UnsettledJson]
    ledger: RowsJson
    notes: Texts

    @classmethod
    def make(cls, answer: Settlement, **more: Any) -> Self:
        """Of a statement."""
        return super().make(answer, ledger=RowsJson.make(answer), **more)


class WhyPaymentJson(Supposed, tag="dealrun/why-payment/1", frozen=True, forbid_unknown_fields=True):
    """The payments of one clause for a period."""

    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    payments: list[PaymentJson]


class SideJson(Json, frozen=True, forbid_unknown_fields=True):
    """A payment in several versions; null where a version has none."""

    label: str
    payer: str
    payees: Texts
    period: DaysJson
    amounts: list[MoneyJson | None]


class AgainstJson(Supposed, tag="dealrun/settle-against/1", frozen=True, forbid_unknown_fields=True):
    """The payments of several versions side by side."""

    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    versions: Texts
    payments: list[SideJson]
