"""Most favoured terms that somebody else beats.

In: the timelines of contracts. Out: findings DR807. Guaranteed: amounts are compared only of the same verb, the same
unit, of things that overlap, on days on which both clauses are in force, with amounts that are certain.
"""

from collections.abc import Iterator
from fractions import Fraction

import attrs

from dealrun.budget import FINDING, spend
from dealrun.check.conflicts.claims import Claim, Reader, members
from dealrun.check.conflicts.grants import period
from dealrun.check.conflicts.names import Thing, Things
from dealrun.diagnostics import Note, Report
from dealrun.model.behaviour import PRICES, Stance
from dealrun.model.values import Amount
from dealrun.model.vocabulary import FORMS
from dealrun.state.timeline import Timeline
from dealrun.time import iso

PRICED = frozenset(word for word, form in FORMS.items() if form.behaviour in PRICES)
PROMISES = frozenset(word for word, form in FORMS.items() if form.stance is Stance.PARITY)


@attrs.frozen
class _Price:
    """What one side pays the other, for what."""

    claim: Claim
    amount: Fraction
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
        if view is None or not isinstance(value, Amount) or view.least is None or view.least != view.most:
            continue
        base = members(terms["base"].written) if "base" in terms else ()
        yield _Price(claim, view.least, view.unit, (value.per_unit, value.per, value.over), view.text,
                     things.all_of(number, base) or claim.scope)  # fmt: skip


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
                better = theirs.amount < mine.amount if side == "gets" else theirs.amount > mine.amount
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
