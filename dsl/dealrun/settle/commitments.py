"""Commitments to buy: what is missing at the end of a window, what is carried, and what is moved on.

In: an account on one side of what is not known, and what it takes from the ledger. Out: raw payments. Guaranteed: all
windows are run again for each period, from what is booked by then, so that a late row changes what it changes, as a
line of its own (docs/language.md#commitments).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import islice

import attrs

from dealrun.budget import spend
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.windows import DayRange
from dealrun.settle.account import Account, Segment
from dealrun.settle.accrue import RawLine, RawPayment, RawSegment, Taken, UnboundedError
from dealrun.settle.rounding import Rounder, to_minor
from dealrun.settle.statement import exact_text, figure
from dealrun.settle.terms import CannotSettleError, Side, Stretch
from dealrun.settle.tiers import NOTHING


@attrs.frozen
class _WindowRun:
    """One window run: what it comes to, and what it passes on."""

    due: Fraction
    missing: Fraction
    carried: Fraction
    moved: Fraction
    figures: tuple[tuple[str, str], ...]


@attrs.define
class Commitment:
    """Runs one account on one side."""

    account: Account
    side: Side
    currency: str
    taken: Taken
    left: Fraction | None = None
    """What is left of the last window's commitment, once run."""
    left_text: str = ""
    """The same in its currency or unit."""
    _bought: dict[DayRange, Fraction] = attrs.field(factory=lambda: defaultdict(Fraction))
    _closed: list[_WindowRun] = attrs.field(factory=list)
    """The windows that have closed, in order, as they stand."""
    _rounder: Rounder = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._rounder = self.account.rounder(self.currency)

    def run(self) -> list[RawPayment]:
        """The shortfall payments, in order."""
        account = self.account
        windows: dict[DayRange, list[Segment]] = {}
        for part in account.parts(1 if self.side.high else 2):
            key = account.key(part.stretch, "amount", part.first)
            if key is not None:
                windows.setdefault((key.first, key.last), []).append(part)
        paid: dict[DayRange, Fraction] = defaultdict(Fraction)
        spans = list(windows)
        firsts = [first for first, _ in spans]
        forecast = False
        found: list[RawPayment] = []
        for period in range(account.complete()):
            for cell in self.taken.cells.get(period, ()):
                spend()
                at = bisect_right(firsts, cell.day) - 1
                if at >= 0 and cell.day <= spans[at][1] and account.stretch(cell.day).level:
                    unit = self._unit(windows[spans[at]])
                    self._bought[spans[at]] += (
                        self.taken.units(cell.sign * cell.units) if unit else self.taken.money(cell.sign * cell.amount)
                    )
                    del self._closed[at:]
                    forecast |= cell.forecast
            lines = self._lines(period, windows, paid)
            if lines:
                total = sum(line.amount for line in lines)
                found.append(RawPayment(period, tuple(lines), (), total, forecast))
        return found

    def _unit(self, parts: Sequence[Segment]) -> str:
        """The unit of a window's commitment; empty for one in money."""
        amount = parts[-1].stretch.amount("amount")
        unit = "" if amount is None else self.account.unit(amount.expression)
        return "" if unit in MINOR_DIGITS else unit

    def _lines(
        self, period: int, windows: Mapping[DayRange, Sequence[Segment]], paid: dict[DayRange, Fraction]
    ) -> list[RawLine]:
        """What each window that has closed by the end of a period comes to, less what was paid for it before."""
        account = self.account
        found: list[tuple[bool, Fraction, Sequence[Segment], _WindowRun]] = []
        # What closed before and was not touched since comes to the same.
        begin = len(self._closed)
        carried, moved = (self._closed[-1].carried, self._closed[-1].moved) if begin else (NOTHING, NOTHING)
        for index, (span, parts) in enumerate(islice(windows.items(), begin, None), begin):
            spend(100)
            last = parts[-1]
            follows = index + 1 < len(windows) or (account.over is None and last.last == span[1])
            window = self._window(span, parts, carried, moved, follows=follows)
            self.left = window.missing
            unit = self._unit(parts)
            self.left_text = exact_text(window.missing, unit) if unit else self._minor_text(window.missing)
            over = last.last == span[1] or account.over == last.last
            if not over or last.last > account.periods[period][1]:
                break
            carried, moved = window.carried, window.moved
            self._closed.append(window)
            share, paid[span] = window.due - paid[span], window.due
            own = account.period_of(last.last) == period
            if share or (own and last.stretch.view("shortfall") is not None):
                found.append((not own, share, parts, window))
        # Its own windows first, then what corrects earlier ones: in this order a running total is rounded.
        return [self._line(share, parts, window) for _, share, parts, window in sorted(found, key=lambda each: each[0])]

    def _line(self, share: Fraction, parts: Sequence[Segment], window: _WindowRun) -> RawLine:
        amount = self._rounder.line(share)
        last = parts[-1]
        raw = RawSegment(last, share, (), amount, NOTHING, NOTHING, NOTHING, last.last)
        return RawLine("shortfall", (parts[0].first, last.last), (raw,), amount, window.figures)

    def _window(
        self, span: DayRange, parts: Sequence[Segment], carried: Fraction, moved: Fraction, *, follows: bool
    ) -> _WindowRun:
        last = parts[-1].stretch
        committed = self._committed(span, parts)
        bought = self._bought[span]
        short = committed + moved - bought - carried
        missing, excess = max(short, NOTHING), max(-short, NOTHING)
        on = min(missing, self._part(last, "rollover") * committed) if follows else NOTHING
        carry = excess * self._part(last, "carry-forward") if follows else NOTHING
        entered = (
            ("commitment", committed), ("moved here", moved), ("carried here", carried), ("purchases", bought),
            ("missing", missing), ("moved on", on), ("carried on", carry),
        )  # fmt: skip
        unit = self._unit(parts)
        shown = tuple(
            (name, exact_text(value, unit or self.currency))
            for name, value in entered
            if value or name in {"commitment", "purchases", "missing"}
        )
        price = last.amount("shortfall")
        if price is not None and (price.per_unit is not None) != bool(unit):
            raise CannotSettleError(
                f"a commitment in {unit} has a shortfall price per unit" if unit else
                "a commitment in money has a percentage as its shortfall"
            )  # fmt: skip
        return _WindowRun((missing - on) * self._part(last, "shortfall"), missing, carry, on, shown)

    def _minor_text(self, amount: Fraction) -> str:
        return figure(to_minor(amount, self.currency, "half-even"), self.currency)

    def _part(self, stretch: Stretch, name: str) -> Fraction:
        """A percentage of the clause, nothing where it states none."""
        found = self.side.best(stretch, name, stretch.first)
        if found is None:
            return NOTHING
        if found[1] is None:
            raise UnboundedError
        return found[1]

    def _committed(self, span: DayRange, parts: Sequence[Segment]) -> Fraction:
        """The commitment of a window: as it stands on its last day, or, prorated, each day's part of it."""
        prorated = "prorated" in parts[-1].stretch.state.terms
        total = NOTHING
        for part in parts if prorated else parts[-1:]:
            found = self.side.best(part.stretch, "amount", part.last)
            if found is None or found[1] is None:
                raise UnboundedError
            total += found[1] * (Fraction(part.length, span[1] - span[0] + 1) if prorated else 1)
        return total
