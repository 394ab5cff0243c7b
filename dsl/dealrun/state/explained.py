"""What a reader sees of the reasons of an answer, and of a name that an answer shows.

In: nothing. Out: the types of an explanation. Guaranteed: plain immutable values.
"""

from datetime import date
from typing import TYPE_CHECKING

import attrs

from dealrun.answer import Answer
from dealrun.model.contract import Cite
from dealrun.source import Place
from dealrun.state.basis import Basis

if TYPE_CHECKING:
    pass
from dealrun.state.views import ClauseState


@attrs.frozen
class Step:
    """One step: what it is about, what it says, where, and which source says so.

    >>> step = timeline.why("ip", "2028-01-01").steps[0]
    >>> step.about, step.text, step.place.line
    ('openai-microsoft', 'writes it, signed and effective between 2019-01-01 and 2019-12-31', 41)
    """

    about: str
    text: str
    place: Place | None = None
    cites: tuple[Cite, ...] = ()
    quote: str = ""
    later: bool = False
    """Whether it takes effect only after the day that is asked about."""


@attrs.frozen(repr=False, hash=False)
class Explanation(Answer):
    """The steps that lead to the state of a clause on a day.

    >>> told = timeline.why("ip", "2028-01-01")
    >>> told, told.known, told.state.status
    (Explanation('ip', on=2028-01-01, 18 steps), datetime.date(2026, 4, 27), 'in force')
    >>> print(told.steps[0].text)
    writes it, signed and effective between 2019-01-01 and 2019-12-31
    """

    state: ClauseState
    on: date
    known: date | None
    steps: tuple[Step, ...]
    basis: Basis = attrs.field(factory=Basis, eq=False)
    term: str = ""
    """The term that is asked about; empty for the whole clause."""

    def __repr__(self) -> str:
        return f"Explanation({self.state.label!r}, on={self.on}, {len(self.steps)} steps)"

    def __hash__(self) -> int:
        return hash((self.state.label, self.on, self.known, len(self.steps)))


@attrs.frozen(repr=False, hash=False)
class About(Answer):
    """What is known of a name on a day: how it came, what is recorded of it, and what hangs on it.

    >>> told = timeline.about("TOTAL", "2027-01-01")
    >>> told, [step.about for step in told.steps]
    (About('TOTAL', unknown, on=2027-01-01), ['apr2026', 'record', 'named in', 'source ms2026'])
    >>> told.name, told.kind, told.on, told.known
    ('TOTAL', 'unknown', datetime.date(2027, 1, 1), datetime.date(2026, 4, 27))
    """

    name: str
    kind: str
    on: date
    known: date | None
    steps: tuple[Step, ...]
    basis: Basis = attrs.field(factory=Basis, eq=False)

    def __repr__(self) -> str:
        return f"About({self.name!r}, {self.kind}, on={self.on})"

    def __hash__(self) -> int:
        return hash((self.name, self.kind, self.on, self.known, len(self.steps)))
