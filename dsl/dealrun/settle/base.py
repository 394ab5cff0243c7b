"""What a clause takes from a ledger.

In: the sums of a ledger, and a clause's stretches. Out: for every group of rows whether the clause takes it, as base or
as a deduction. Guaranteed: what lies in another stream, product or territory is taken with it; what no clause takes
is counted with the reason (docs/language.md#what-a-clause-takes).
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

import attrs

from dealrun.settle.ledger.sums import Group, Sums
from dealrun.settle.statement import Unclaimed
from dealrun.settle.terms import Stretch
from dealrun.state.timeline import Timeline
from dealrun.time.days import Day


@attrs.frozen
class LedgerNames:
    """The names of a contract, as rows of a ledger give them: which stream is which, and what lies in what."""

    streams: Mapping[str, str]
    """Stream as a ledger names it (`sales`, `deal.sales`) to its key."""
    deals: Mapping[str, str]
    """Stream key to deal."""
    inner: Mapping[str, frozenset[str]]
    """What lies in a stream or an asset, itself included."""

    @staticmethod
    def of(timeline: Timeline, day: Day) -> "LedgerNames":
        """The declared names of a timeline, as they lie in one another on a day."""
        streams: dict[str, str] = {}
        deals: dict[str, str] = {}
        inside: dict[str, set[str]] = {}
        for key in timeline.declared:
            kind, name = key
            if kind not in {"stream", "asset"}:
                continue
            state = timeline.declaration(key, day)
            inside.setdefault(name, set()).add(name)
            view = state.terms.get("in")
            members = getattr(view.options[0], "members", ()) if view is not None and view.options else ()
            for member in members:
                inside.setdefault(member, {member}).add(name)
            if kind == "stream":
                deals[name] = state.deal
                streams.setdefault(name, name)
                plain = name.removeprefix(f"{state.deal}.")
                streams[plain] = name if streams.get(plain, name) == name else ""  # of two deals: of neither
        for assumed in timeline.index.model.assumed:  # a sketch takes its streams as they come
            if assumed.kind == "stream":
                streams.setdefault(assumed.name, assumed.name)
                deals.setdefault(assumed.name, timeline.index.model.deals[0].name)
        return LedgerNames(streams, deals, {name: frozenset(_closure(name, inside)) for name in inside})

    def within(self, names: Iterable[str]) -> frozenset[str]:
        """Names and what lies in them; quoted texts without their quotes."""
        return frozenset().union(*(self.inner.get(name, frozenset({name.strip('"')})) for name in names))


def _closure(name: str, inside: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = [name]
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo.extend(inside.get(each, ()))
    return found


@attrs.frozen
class Filter:
    """What a stretch of a clause takes."""

    streams: frozenset[str]
    deducted: frozenset[str]
    products: frozenset[str]
    territories: frozenset[str]
    left_out: frozenset[str]
    payer: str
    """Of a clause that runs both ways: whose rows; of another: who pays."""

    @staticmethod
    def of(stretch: Stretch, names: LedgerNames, payer: str) -> "Filter":
        """The filter that the terms of a stretch make."""
        said = stretch.names("base") or stretch.names("of")
        deal = stretch.state.deal
        named = {name for name in said if name in names.deals}
        deducted = names.within(stretch.names("net of")) & names.deals.keys()
        streams = names.within(named) & names.deals.keys() if named else frozenset(
            name for name, of in names.deals.items() if of == deal and name not in deducted
        )  # fmt: skip
        return Filter(
            streams,
            deducted,
            names.within(name for name in said if name not in names.deals),
            names.within(stretch.names("territory")),
            names.within(stretch.names("except")),
            payer,
        )

    def sign(self, group: Group, stream: str) -> int:
        """1 for what is taken, -1 for a deduction, 0 for what is not this clause's."""
        if group.payer and group.payer != self.payer:
            return 0
        if self.left_out and not self.left_out.isdisjoint({stream, group.product, group.territory}):
            return 0
        if self.territories and group.territory not in self.territories:
            return 0
        if stream in self.deducted:
            return -1
        if stream not in self.streams or (self.products and group.product not in self.products):
            return 0
        return 1


@attrs.define
class Claims:
    """Which groups were taken by some clause, and why the others were not."""

    sums: Sums
    names: LedgerNames
    taken: list[bool] = attrs.field(init=False)
    outside: list[bool] = attrs.field(init=False)
    """Taken by a clause, were it in force that day."""

    def __attrs_post_init__(self) -> None:
        self.taken = [False] * len(self.sums.groups)
        self.outside = [False] * len(self.sums.groups)

    def unclaimed(self, through: Day) -> tuple[tuple[Unclaimed, ...], int]:
        """The rows that no clause takes, summed by what they are and why; and how many lie behind the last day."""
        found: dict[tuple[str, str, str, str, str, str], tuple[int, int]] = {}
        later = 0
        for group, taken, outside in zip(self.sums.groups, self.taken, self.outside, strict=True):
            if max(group.day, group.booked) > through:
                later += group.rows
                continue
            if taken:
                continue
            reason = "no clause that takes it is in force that day" if outside else "no clause takes it"
            key = (group.stream, group.product, group.territory, group.payer, reason, group.currency)
            rows, amount = found.get(key, (0, 0))
            found[key] = (rows + group.rows, amount + group.amount)
        scale = 10**self.sums.scale
        return tuple(
            Unclaimed(stream, product, territory, payer, reason, rows, Fraction(amount, scale), currency)
            for (stream, product, territory, payer, reason, currency), (rows, amount) in sorted(found.items())
        ), later
