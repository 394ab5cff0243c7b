"""A term over time: what instruments wrote, laid over one another.

In: writes of a term in signing order, each with the moment from which it holds. Out: `StepFunction[TermState]`.
Guaranteed: before a write's effective day nothing changes; from it on everything is overwritten, changes already
pending included; where the effective day is not known, both values stay possible (docs/language.md#amendments).
"""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from dealrun.budget import spend
from dealrun.model.contract import Cite, Instrument, Operation
from dealrun.model.values import Names, Schedule, Value
from dealrun.source import Span
from dealrun.time import ALWAYS, Day, Moment, StepFunction, Truth
from dealrun.time.step_function import FEW

Applied: TypeAlias = tuple[Instrument, Operation]
"""An operation, with the instrument that it belongs to."""


@attrs.frozen
class Provenance:
    """Which instrument gave a value, what it cites, and where it stands."""

    instrument: str
    cites: tuple[Cite, ...]
    span: Span = attrs.field(eq=False, repr=False)


@attrs.frozen
class Option:
    """A value that a term may have that day (None: the term is absent), and who gave it."""

    value: Value | None
    source: Provenance


@attrs.frozen
class TermState:
    """What a term may be on a day: one option, or several and what they are contingent on."""

    options: tuple[Option, ...]
    contingent_on: frozenset[str] = frozenset()

    @property
    def value(self) -> Value | None:
        """The value if it is certain; of several possible ones, the first."""
        return self.options[0].value

    @property
    def certain(self) -> bool:
        """Whether there is one value."""
        return len(self.options) == 1


def union(old: TermState, new: TermState, hangs_on: frozenset[str]) -> TermState:
    """Either of two; certain where both say the same."""
    if len(old.options) + len(new.options) > FEW:
        spend(len(old.options) * len(new.options))
    said = [option.value for option in new.options]
    options = [*(option for option in old.options if option.value not in said), *new.options]
    if len(options) == 1:
        return TermState((options[0],))
    return TermState(tuple(options), old.contingent_on | new.contingent_on | hangs_on)


def overwrite(old: StepFunction[TermState], new: StepFunction[TermState], at: Moment) -> StepFunction[TermState]:
    """`old` before the moment, `new` from it on, either where it is not known whether it has come."""
    if at.hi <= ALWAYS:
        return new
    if at.lo == at.hi and at.lo > old.starts[-1] and len(new.starts) == 1:  # most amendments: one new value, later
        return old.then(at.lo, new.values[0])
    days = sorted(
        {
            ALWAYS,
            *(d for d in old.starts if d < at.hi),
            *(d for d in new.starts if d > at.lo),
            *at.come.starts,
        }
    )

    if len(days) > FEW:
        spend(len(days))

    def value(day: Day) -> TermState:
        come = at.come.at(day)
        if come.level == 0:
            return old.at(day)
        return new.at(day) if come.level == 2 else union(old.at(day), new.at(day), come.hangs_on)

    return StepFunction((day, value(day)) for day in days)


def lay_out(schedule: Schedule, source: Provenance, ends: Callable[[Schedule, int], Moment]) -> StepFunction[TermState]:
    """A schedule as a function of the day; `ends` gives the moment at which a limb gives way to the next."""
    value, _ = schedule.limbs[-1]
    steps = StepFunction.always(TermState((Option(value, source),)))
    for index in range(len(schedule.limbs) - 2, -1, -1):
        value, _ = schedule.limbs[index]
        held = StepFunction.always(TermState((Option(value, source),)))
        steps = overwrite(held, steps, ends(schedule, index))
    return steps


def change_members(
    old: StepFunction[TermState], members: Names, *, adding: bool, source: Provenance, at: Moment
) -> StepFunction[TermState]:
    """The list with members added or taken away, from the moment on."""

    def changed(state: TermState) -> TermState:
        options = []
        for option in state.options:
            before = option.value.members if isinstance(option.value, Names) else ()
            if adding:
                after = (*before, *(m for m in members.members if m not in before))
            else:
                after = tuple(m for m in before if m not in members.members)
            options.append(Option(Names(after) if after else None, source))
        said = {option.value: option for option in options}
        return TermState(tuple(said.values()), state.contingent_on if len(said) > 1 else frozenset())

    return overwrite(old, old.map(changed), at)


@attrs.frozen
class FoldedTerms:
    """What the operations on an entry make of it, through one of them."""

    terms: dict[str, StepFunction[TermState]]
    """Never changed once it is made."""
    dropped: Moment
    waived: StepFunction[Truth]


@attrs.frozen
class Prefix:
    """The first operations of an episode that come to the same in every world, as far as they have been folded.

    It only ever grows, by equal values, so that evaluations of any day of knowledge share it, in any thread.
    """

    steps: list[Applied] = attrs.field(factory=list)
    folded: list[FoldedTerms] = attrs.field(factory=list)
    """After each of them."""

    def common(self, history: list[Applied]) -> int:
        """How many of the first operations of a history have been folded."""
        length = min(len(self.folded), len(history))
        while length and self.steps[:length] != history[:length]:
            length //= 2
        return length

    def extend(self, history: list[Applied], count: int, folded: FoldedTerms) -> None:
        """Enter what the first operations of a history come to, if it is the next entry."""
        if count == len(self.folded) + 1 and self.steps[: count - 1] == history[: count - 1]:
            self.steps[count - 1 :] = [history[count - 1]]
            self.folded[count - 1 :] = [folded]
