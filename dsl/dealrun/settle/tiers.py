"""Rates and tiers: the share of a base.

In: the rates of a stretch on one side of what they can be, and the base before and in a part. Out: the share, and what
each tier adds. Guaranteed: exact; a base that falls gives back what its rise had earned.
"""

from collections.abc import Sequence
from fractions import Fraction

import attrs

from dealrun.settle.statement import TierShare

Step = tuple[Fraction, Fraction, str]
"""Above which base, at which rate, and the rate as the clause says it."""

NOTHING = Fraction(0)


@attrs.frozen
class TierScale:
    """Tiers in ascending order, the first above nothing; `all_units` applies the highest reached to everything."""

    steps: tuple[Step, ...]
    all_units: bool = False
    in_units: bool = False
    """Whether thresholds count units, though the rate is a share of money."""

    def _reached(self, counted: Fraction) -> Step:
        """The tier that a base reaches: one lies up to its upper threshold, that included."""
        found = self.steps[0]
        for step in self.steps[1:]:
            if counted > step[0]:
                found = step
        return found

    def share(self, before: Fraction, base: Fraction) -> tuple[Fraction, tuple[TierShare, ...]]:
        """The share of a base behind what was counted before, where both are measured alike."""
        after = before + base
        if self.all_units:
            old, new = self._reached(before), self._reached(after)
            found = [TierShare(new[0], base, new[2], new[1] * base)]
            if old[1] != new[1] and before:  # what the tier reached adds to what was earned before
                found.append(TierShare(new[0], before, f"{new[2]} instead of {old[2]}", (new[1] - old[1]) * before))
            return sum((each.share for each in found), NOTHING), tuple(found)
        found = []
        for index, (over, rate, text) in enumerate(self.steps):
            upper = self.steps[index + 1][0] if index + 1 < len(self.steps) else None
            part = _inside(after, over, upper, index == 0) - _inside(before, over, upper, index == 0)
            if part:
                found.append(TierShare(over, part, text, rate * part))
        return sum((each.share for each in found), NOTHING), tuple(found)

    def divided(
        self, before: Fraction, money_before: Fraction, days: Sequence[tuple[Fraction, Fraction]]
    ) -> tuple[Fraction, tuple[TierShare, ...]]:
        """The share of money whose tiers count units: (units, money) of each day, in order; a day's money is divided
        as its units are."""
        if self.all_units:
            after = before + sum((units for units, _ in days), NOTHING)
            money = sum((amount for _, amount in days), NOTHING)
            old, new = self._reached(before), self._reached(after)
            found = [TierShare(new[0], money, new[2], new[1] * money)]
            if old[1] != new[1] and money_before:
                gain = (new[1] - old[1]) * money_before
                found.append(TierShare(new[0], money_before, f"{new[2]} instead of {old[2]}", gain))
            return sum((each.share for each in found), NOTHING), tuple(found)
        totals = [NOTHING] * len(self.steps)
        counted = before
        for units, money in days:
            after = counted + units
            if units == 0:
                totals[self.steps.index(self._reached(counted))] += money
            for index, (over, _, _) in enumerate(self.steps if units else ()):
                upper = self.steps[index + 1][0] if index + 1 < len(self.steps) else None
                part = _inside(after, over, upper, index == 0) - _inside(counted, over, upper, index == 0)
                totals[index] += money * part / units
            counted = after
        return (
            sum((step[1] * total for step, total in zip(self.steps, totals, strict=True)), NOTHING),
            tuple(
                TierShare(step[0], total, step[2], step[1] * total)
                for step, total in zip(self.steps, totals, strict=True)
                if total
            ),
        )


def _inside(counted: Fraction, over: Fraction, upper: Fraction | None, lowest: bool) -> Fraction:
    """How much of what was counted lies in a tier; below nothing, all of it lies in the lowest."""
    if lowest and counted < 0:
        return counted
    top = counted if upper is None else min(counted, upper)
    return max(top - over, NOTHING)
