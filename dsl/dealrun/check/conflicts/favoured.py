"""Most favoured terms that somebody else beats.

In: the timelines of contracts. Out: findings DR807. Guaranteed: amounts are compared only of the same verb, the same
unit, of things that overlap, on days on which both clauses are in force, with amounts that are certain. Tiers are
compared by the average price of every amount that is sold.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import attrs

from dealrun.budget import FINDING, spend
from dealrun.check.conflicts.claims import Claim, Reader, members
from dealrun.check.conflicts.grants import period
from dealrun.check.conflicts.names import Thing, Things
from dealrun.diagnostics import Note, Report
from dealrun.model.behaviour import PRICES, Stance
from dealrun.model.values import Amount, Word
from dealrun.model.vocabulary import FORMS
from dealrun.state.amounts import evaluate
from dealrun.state.timeline import Timeline
from dealrun.state.views import TermView
from dealrun.time import iso

PRICED = frozenset(word for word, form in FORMS.items() if form.behaviour in PRICES)
PROMISES = frozenset(word for word, form in FORMS.items() if form.stance is Stance.PARITY)


@attrs.frozen
class _Scale:
    """A price or a share by how much is sold: each rate with the amount up to which it goes, the last without one."""

    steps: tuple[tuple[Fraction, Fraction | None], ...]
    counted: tuple[str | None, ...] = ()
    """Of tiers, the unit and the window of their thresholds."""
    all_units: bool = False

    def average(self, sold: Fraction | None) -> Fraction:
        """The average rate of so much that is sold; None for however much more."""
        if sold is None:
            return self.steps[-1][0]
        paid = begin = Fraction(0)
        for rate, upto in self.steps:
            if self.all_units and (upto is None or sold <= upto):
                return rate
            end = sold if upto is None or sold < upto else upto
            paid += rate * max(end - begin, Fraction(0))
            begin = end
        return paid / sold if sold else self.steps[0][0]

    def differences(self, other: "_Scale") -> Iterator[Fraction]:
        """By how much this is above another scale, at the amounts at which they can part. Where they count different
        things, that is known only if every rate of the one is above every rate of the other."""
        if len(self.steps) > 1 and len(other.steps) > 1 and self.counted != other.counted:
            apart = [mine - theirs for mine, _ in self.steps for theirs, _ in other.steps]
            if min(apart) > 0 or max(apart) < 0:
                yield apart[0]
            return
        bounds = {upto for scale in (self, other) for _, upto in scale.steps if upto is not None}
        for sold in (Fraction(0), *sorted(bounds), *sorted(bound + 1 for bound in bounds), None):
            yield self.average(sold) - other.average(sold)


@attrs.frozen
class _Price:
    """What one side pays the other, for what."""

    claim: Claim
    scale: _Scale
    unit: str
    window: tuple[str | None, ...]
    text: str
    of: frozenset[Thing]


def check(timelines: list[Timeline], things: Things, report: Report) -> None:
    """Every promise of most favoured terms, against what the others have."""
    promises: list[Claim] = []
    prices: dict[tuple[object, ...], list[_Price]] = {}
    by_label: dict[tuple[int, str], list[_Price]] = {}
    for number, timeline in enumerate(timelines):
        index = timeline.index
        if any(entry.word in PROMISES for key in index.histories if (entry := index.first_entry(key))):
            promises.extend(Reader(number, timeline, things).claims(PROMISES))
    if not promises:
        return
    for number, timeline in enumerate(timelines):
        for price in _prices(number, timeline, things):
            by_label.setdefault((number, price.claim.label), []).append(price)
            for side, parties in (("pays", price.claim.givers), ("gets", price.claim.holders)):
                for party in parties:
                    key = (side, party, price.claim.verb, price.unit, price.window)
                    prices.setdefault(key, []).append(price)
    for promise in promises:
        for label in promise.named:
            for mine in by_label.get((promise.contract, label), ()):
                _compare(promise, mine, prices, things, report)


def _prices(number: int, timeline: Timeline, things: Things) -> Iterator[_Price]:
    for claim in Reader(number, timeline, things).claims(PRICED):
        terms = timeline.clause(claim.label, claim.first).terms
        view = terms.get("rate") or terms.get("amount")
        value = view.written if view is not None else None
        scale = _scale(timeline, value, terms) if isinstance(value, Amount) else None
        if view is None or scale is None or not isinstance(value, Amount):
            continue
        base = members(terms["base"].written) if "base" in terms else ()
        yield _Price(claim, scale, view.unit, (value.per_unit, value.per, value.over), view.text,
                     things.all_of(number, base) or claim.scope)  # fmt: skip


def _scale(timeline: Timeline, value: Amount, terms: Mapping[str, TermView]) -> _Scale | None:
    """The scale of an amount, where every figure of it is known."""
    rates = [evaluate(value.expression, timeline.answers.lookup)]
    bounds = []
    for threshold, rate in value.tiers.steps if value.tiers is not None else ():
        bounds.append(evaluate(threshold, timeline.answers.lookup))
        rates.append(evaluate(rate, timeline.answers.lookup))
    if not all(each.exact for each in (*rates, *bounds)):
        return None
    steps = zip((rate.least or Fraction(0) for rate in rates), (*(bound.least for bound in bounds), None), strict=True)
    counted = (bounds[0].unit, value.tiers.per, value.tiers.over) if value.tiers is not None and bounds else ()
    said = terms["tiers"].written if "tiers" in terms else None
    return _Scale(tuple(steps), counted, said == Word("all-units"))


def _compare(
    promise: Claim, mine: _Price, prices: dict[tuple[object, ...], list[_Price]], things: Things, report: Report
) -> None:
    """Who promised gets the price, and somebody else pays less; or pays it, and somebody else gets more."""
    told: set[str] = set()
    for side in ("gets", "pays"):
        who = mine.claim.holders if side == "gets" else mine.claim.givers
        for party in promise.givers & who:
            key = (side, party, mine.claim.verb, mine.unit, mine.window)
            for theirs in prices.get(key, ()):
                spend(10)
                sign = 1 if side == "gets" else -1
                better = any(sign * more > 0 for more in mine.scale.differences(theirs.scale))
                if better and theirs.claim.name not in told and _comparable(promise, mine, theirs, things):
                    told.add(theirs.claim.name)
                    _tell(promise, mine, theirs, report)


def _comparable(promise: Claim, mine: _Price, theirs: _Price, things: Things) -> bool:
    other = theirs.claim
    if other.label == mine.claim.label and other.contract == mine.claim.contract:
        return False
    if not promise.holders.isdisjoint(other.givers | other.holders) or promise.opaque:
        return False
    if not promise.exceptions.isdisjoint(other.givers | other.holders) or other.label in promise.ordered:
        return False
    if max(mine.claim.first, promise.first, other.first) > min(mine.claim.last, promise.last, other.last):
        return False
    for left, right in (
        (mine.of, theirs.of), (mine.claim.territory, other.territory), (promise.scope, theirs.of),
        (promise.territory, other.territory),
    ):  # fmt: skip
        apart = left and right and not any(things.within(a, b) or things.within(b, a) for a in left for b in right)
        if apart or (bool(left) < bool(right) and left is mine.of):
            return False
    return True


def _tell(promise: Claim, mine: _Price, theirs: _Price, report: Report) -> None:
    spend(FINDING)
    first = max(mine.claim.first, promise.first, theirs.claim.first)
    report.add(
        "DR807",
        f"`{theirs.claim.name}` gives better terms than `{promise.name}` promises, from {iso(first)}: "
        f"{theirs.text} against {mine.text}",
        theirs.claim.span,
        notes=[
            Note(f"`{theirs.claim.name}` holds {period(theirs.claim)}"),
            Note(f"`{mine.claim.name}`, which may not be worse, holds {period(mine.claim)}", mine.claim.span),
            Note(f"the promise holds {period(promise)}", promise.span),
        ],
        help="match the terms, or except it: `mfn ... except PARTY`",
    )
