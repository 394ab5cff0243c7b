"""A clause's terms over time, as settlement reads them.

In: a timeline and a label. Out: stretches of days on which nothing changes, and amounts as one side of what they can
be. Guaranteed: what is not known is the least on one side and the greatest on the other, and says what it hangs on.
"""

from collections.abc import Callable
from fractions import Fraction

import attrs

from dealrun.budget import spend
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.values import Amount, Expression, Names, PaidUnder, Symbol, Word
from dealrun.state.amounts import Range, evaluate
from dealrun.state.standing import days_of_change
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState, TermView
from dealrun.time.days import ALWAYS, NEVER, Day
from dealrun.time.moment import first
from dealrun.time.step_function import FEW


class CannotSettleError(Exception):
    """A clause that cannot be settled, and why."""


IRRELEVANT = frozenset({"subject to", "notwithstanding", "due", "roll", "worth"})
"""Terms whose change does not cut a period."""


@attrs.frozen
class Stretch:
    """Days from `first` through `last` on which a clause's state is the same."""

    first: Day
    last: Day
    state: ClauseState
    others: bool = False
    """Whether it is between other parties than those who are settled."""

    @property
    def level(self) -> int:
        """2 in force, 1 perhaps, 0 not."""
        if self.others:
            return 0
        return 2 if self.state.status == "in force" else 1 if self.state.status == "contingent" else 0

    def view(self, name: str) -> TermView | None:
        """A term, None where the clause has it not."""
        return self.state.terms.get(name)

    def amounts(self, name: str) -> tuple[Amount, ...]:
        """The values that an amount may have; empty where there is none."""
        view = self.view(name)
        return () if view is None else tuple(value for value in view.options if isinstance(value, Amount))

    def amount(self, name: str) -> Amount | None:
        """The amount, the first of several possible ones."""
        return next(iter(self.amounts(name)), None)

    def word(self, name: str) -> str:
        """A word, empty where there is none."""
        view = self.view(name)
        value = view.options[0] if view is not None and view.options else None
        return value.word if isinstance(value, Word) else ""

    def names(self, name: str) -> tuple[str, ...]:
        """A list of names."""
        view = self.view(name)
        value = view.options[0] if view is not None and view.options else None
        return value.members if isinstance(value, Names) else ()


def _alike(one: ClauseState, other: ClauseState) -> bool:
    if one.status != other.status or one.parties != other.parties or one.contingent_on != other.contingent_on:
        return False
    mine = {name: (v.options, v.instrument) for name, v in one.terms.items() if name not in IRRELEVANT}
    return mine == {name: (v.options, v.instrument) for name, v in other.terms.items() if name not in IRRELEVANT}


def stretches(timeline: Timeline, label: str, first: Day, last: Day) -> tuple[Stretch, ...]:
    """The stretches of a clause from one day through another."""
    days = [first, *sorted(day for day in days_of_change(timeline.answers, label) if first < day <= last)]
    found: list[Stretch] = []
    for begin, end in zip(days, [*(day - 1 for day in days[1:]), last], strict=True):
        spend(20)
        state = timeline.clause(label, begin)
        if found and _alike(found[-1].state, state):
            found[-1] = attrs.evolve(found[-1], last=end)
        else:
            found.append(Stretch(begin, end, state))
    return tuple(found)


def start_of(timeline: Timeline, label: str, state: ClauseState, day: Day) -> Day | None:
    """The day on which a clause starts; of one with `each`, the clause itself and not its first instance."""
    lives = [life for life in timeline.answers.lives(label) if life.episode.born.lo <= day]
    if lives and "each" in lives[-1].episode.terms:
        own = first(lives[-1].episode.begun)
        return own.lo if own.certain and ALWAYS < own.lo < NEVER else None
    return None if state.since is None else state.since.toordinal()


def given_since(timeline: Timeline, label: str, name: str, stretch: Stretch) -> Day:
    """The day from which the instrument that gave a term has governed it: the clause's start, or its effective day."""
    view = stretch.view(name)
    begun = start_of(timeline, label, stretch.state, stretch.first)
    if view is None:
        return stretch.first
    lives = [life for life in timeline.answers.lives(label) if life.episode.born.lo <= stretch.first]
    steps = lives[-1].episode.terms.get(name) if lives else None
    since: Day = ALWAYS
    if steps is not None:
        spend(len(steps.starts) // FEW)
        for start, end, state in steps.pieces():
            if start > stretch.first:
                break
            if state.options[0].source.instrument != view.instrument:
                since = end
    if begun is not None:
        return max(since, begun)
    return since if since > ALWAYS else stretch.first


@attrs.define
class Side:
    """One side of what amounts can be: all at their least (`high` false), or all at their greatest.

    An amount without a bound is at least nothing, and at most None. `open` collects what is not known.
    """

    timeline: Timeline
    high: bool
    paid_under: Callable[[str, Day, Day | None], Range]
    currency: str = ""
    """What its amounts of money are in; empty where that does not matter."""
    open: set[str] = attrs.field(factory=set)
    about: bool = False
    """Whether an amount said as `about` was computed with."""

    def figure(self, expression: Expression, day: Day, begin: Day | None = None) -> Fraction | None:
        """An amount on this side; None where nothing bounds it from above. What is paid under a clause counts from
        `begin`, or from its beginning."""

        def lookup(symbol: Symbol | PaidUnder) -> Range:
            if isinstance(symbol, PaidUnder):
                paid = self.paid_under(symbol.label, day, None if symbol.for_life else begin)
                if self.currency and paid.unit not in {"", self.currency}:
                    raise CannotSettleError(
                        f"it is paid in {self.currency}, and counts what is paid under {symbol.label} in {paid.unit}"
                    )
                return paid
            return self.timeline.answers.range_of(symbol.name)

        found = evaluate(expression, lookup)
        self.about |= found.about
        if self.currency and found.unit in MINOR_DIGITS and found.unit != self.currency:
            raise CannotSettleError(f"an amount of it is in {found.unit}, the others in {self.currency}")
        if found.exact:
            return found.least
        self.open |= found.hangs_on
        if self.high:
            return found.most
        return Fraction(0) if found.least is None else found.least

    def best(
        self, stretch: Stretch, name: str, day: Day, begin: Day | None = None
    ) -> tuple[Amount, Fraction | None] | None:
        """Of the values that a term may have, the one that this side takes, and its figure."""
        amounts = stretch.amounts(name)
        if not amounts:
            return None
        view = stretch.view(name)
        if len(amounts) > 1 or (view is not None and len(view.options) > 1):
            self.open |= set(view.contingent_on if view is not None else ())
        figures = [(amount, self.figure(amount.expression, day, begin)) for amount in amounts]
        if self.high:
            return next((pair for pair in figures if pair[1] is None), None) or max(figures, key=_figure)
        return min(figures, key=lambda pair: NEVER if pair[1] is None else pair[1])


def _figure(pair: tuple[Amount, Fraction | None]) -> Fraction:
    return pair[1] or Fraction(0)
