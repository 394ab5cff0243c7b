"""Caps: what they let through, window by window.

In: the parts of an account and what has accrued in them. Out: what is payable at the end of a payment period, and what
each cap did. Guaranteed: in each counting window P(t) = min(A(t), max(C(t), P(t-1))), on amounts as they were rounded
(docs/language.md#caps-and-floors).
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import attrs

from dealrun.budget import spend
from dealrun.model import show
from dealrun.settle.account import Account, CountingWindow, Segment, is_per_unit
from dealrun.settle.rounding import floor_minor, to_minor
from dealrun.settle.terms import CannotSettleError, Side, Stretch
from dealrun.time.days import Day


@attrs.frozen
class RawLimit:
    """What a cap did on one side; `value` is None where nothing bounds it."""

    key: CountingWindow
    text: str
    value: Fraction | None
    accrued: int
    before: int
    paid: int


def counted_before(side: Side, stretch: Stretch, name: str, key: CountingWindow) -> Fraction:
    """What a window had counted before (`so far`): only the one in which counting begins."""
    amount = stretch.amount(name)
    if amount is None or amount.so_far is None or not key.first <= key.epoch <= key.last:
        return Fraction(0)
    return side.figure(amount.so_far, stretch.first) or Fraction(0)


@attrs.define
class Caps:
    """The caps of one account, on one side of what is not known."""

    account: Account
    side: Side
    currency: str
    parts: Sequence[Segment]
    units: Callable[[int], Fraction]
    """A number of the ledger's steps as units."""
    _every: tuple[Stretch, ...] = attrs.field(init=False)
    _seen: int = -1
    """How many caps had come when the parts were put in their windows."""
    _anew: bool = True
    _windows: dict[CountingWindow, tuple[Stretch, list[Segment]]] = attrs.field(factory=dict)
    _window_of: dict[int, CountingWindow] = attrs.field(factory=dict)
    _open: dict[CountingWindow, None] = attrs.field(factory=dict)
    """The windows in which something is withheld."""
    _accrued: dict[CountingWindow, int] = attrs.field(factory=dict)
    """What had accrued in each window at the end of the period before."""

    def __attrs_post_init__(self) -> None:
        self._every = self.account.caps(1 if self.side.high else 2)

    def window_of(self, part: Segment) -> CountingWindow | None:
        """The window of the cap that governs a part, as far as caps have come."""
        return self._window_of.get(part.index)

    def see(self, period: int) -> None:
        """Put each part in the window of the last cap that counts it, of those that have come by a period's end."""
        end = self.account.periods[period][1]
        seen = tuple(stretch for stretch in self._every if stretch.first <= end)
        self._anew = len(seen) != self._seen
        if not self._anew:
            return
        self._seen = len(seen)
        self._windows, self._window_of, self._open = {}, {}, {}
        for part in self.parts if seen else ():
            spend(len(seen))
            found = self.account.governing(seen, part.first)
            if found is not None:
                self._windows.setdefault(found[0], (found[1], []))[1].append(part)
                self._window_of[part.index] = found[0]

    def limit(self, period: int, accruing: Mapping[int, Segment]) -> tuple[list[RawLimit], int, bool]:
        """What is payable at the end of a period, of which `accruing` are the parts that accrued something: all that no
        cap governs, and P(t) - P(t-1) of each window; what each cap did; and whether that depends on a forecast."""
        touched = self.parts if self._anew else [accruing[index] for index in sorted(accruing)]
        keys = dict.fromkeys(self._windows if self._anew else self._open)
        payable = 0
        for part in touched:
            key = self._window_of.get(part.index)
            if key is None:
                payable += part.accrued - part.paid
                part.paid = part.accrued
            else:
                keys[key] = None
        limits = []
        forecast = False
        for key in sorted(keys, key=lambda key: (max(key.first, key.epoch), key.last)):
            stretch, parts = self._windows[key]
            limit = self._one(key, stretch, parts, self.account.periods[period][1])
            begun = limit.accrued - sum(part.accrued for part in parts)
            if limit.paid != limit.before or limit.accrued != self._accrued.get(key, begun):
                limits.append(limit)
                forecast |= any(part.forecast for part in parts)
            self._accrued[key] = limit.accrued
            payable += limit.paid - limit.before
            self._let_through(parts, limit.paid - (limit.before - sum(part.paid for part in parts)))
            if limit.paid == limit.accrued:
                self._open.pop(key, None)
            else:
                self._open[key] = None
        return limits, payable, forecast

    def _one(self, key: CountingWindow, stretch: Stretch, parts: list[Segment], end: Day) -> RawLimit:
        """P(t) = min(A(t), max(C(t), P(t-1))) of one window."""
        spend(10 + len(parts))
        counted = to_minor(counted_before(self.side, stretch, "cap", key), self.currency, "half-even")
        accrued = counted + sum(part.accrued for part in parts)
        before = counted + sum(part.paid for part in parts)
        view = stretch.view("cap")
        chosen = self.side.best(stretch, "cap", min(end, stretch.last, key.last), max(key.first, key.epoch))
        if chosen is None or view is None:
            raise CannotSettleError("its cap is no amount")
        cap = chosen[1]
        if is_per_unit(chosen[0]) and not all(self.account.takes_rows(part.stretch) for part in parts):
            raise CannotSettleError("its cap is a price per unit, and it takes no units from a ledger")
        if cap is not None and is_per_unit(chosen[0]):  # of each unit that was sold in the window so far
            cap *= self.units(sum(part.units for part in parts))
        if None in view.options:  # it may have no cap at all
            self.side.open |= set(view.contingent_on)
            cap = None if self.side.high else cap
        room = accrued if cap is None else max(floor_minor(cap, self.currency), before)
        text = show.expression(chosen[0].expression)
        if chosen[0].per_unit is not None:
            text += f" per {chosen[0].per_unit}"
        return RawLimit(key, text, cap, accrued, before, min(accrued, room))

    @staticmethod
    def _let_through(parts: list[Segment], paid: int) -> None:
        """Divide what was paid for a window among its parts, the earliest first."""
        accrued = before = 0
        for index, part in enumerate(parts):
            accrued += part.accrued
            upto = paid if index == len(parts) - 1 else min(accrued, paid)
            part.paid, before = upto - before, upto
