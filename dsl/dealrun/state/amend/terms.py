"""A term over time: what instruments wrote, laid over one another.

In: writes of a term in signing order, each with the moment from which it holds. Out: `Steps[TermState]`. Guaranteed:
before a write's effective day nothing changes; from it on everything is overwritten, changes already pending included;
where the effective day is not known, both values stay possible (docs/language.md#amendments).
"""

from collections.abc import Callable

import attrs

from dealrun.model.contract import Cite
from dealrun.model.values import Names, Schedule, Value
from dealrun.source import Span
from dealrun.time import ALWAYS, Day, Moment, Steps


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
    said = [option.value for option in new.options]
    options = [*(option for option in old.options if option.value not in said), *new.options]
    if len(options) == 1:
        return TermState((options[0],))
    return TermState(tuple(options), old.contingent_on | new.contingent_on | hangs_on)


def overwrite(old: Steps[TermState], new: Steps[TermState], at: Moment) -> Steps[TermState]:
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

    def value(day: Day) -> TermState:
        come = at.come.at(day)
        if come.level == 0:
            return old.at(day)
        return new.at(day) if come.level == 2 else union(old.at(day), new.at(day), come.hangs_on)

    return Steps((day, value(day)) for day in days)


def lay_out(schedule: Schedule, source: Provenance, ends: Callable[[Schedule, int], Moment]) -> Steps[TermState]:
    """A schedule as a function of the day; `ends` gives the moment at which a limb gives way to the next."""
    value, _ = schedule.limbs[-1]
    steps = Steps.always(TermState((Option(value, source),)))
    for index in range(len(schedule.limbs) - 2, -1, -1):
        value, _ = schedule.limbs[index]
        held = Steps.always(TermState((Option(value, source),)))
        steps = overwrite(held, steps, ends(schedule, index))
    return steps


def change_members(
    old: Steps[TermState], members: Names, *, adding: bool, source: Provenance, at: Moment
) -> Steps[TermState]:
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
