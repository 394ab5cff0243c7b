"""What differs from a day on: a change, and the changes of an answer.

In: nothing. Out: the types.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

import attrs

from dealrun.answer import Listed
from dealrun.model.contract import Cite
from dealrun.state.basis import Basis


@attrs.frozen
class Change:
    """One thing that differs from a day on: a status (`term` is None) or a term, of a clause or a declaration.

    >>> change = timeline.changes("2026-01-01", "2026-12-31")[0]
    >>> change.on, change.label, change.term, change.before, change.after
    (datetime.date(2026, 4, 27), 'AGI', None, 'defined', 'not defined')
    """

    on: date | None
    """None for always."""
    label: str
    kind: str
    term: str | None
    before: str
    after: str
    cause: str
    cites: tuple[Cite, ...] = ()


@attrs.frozen
class EndChange:
    """A difference in what can end a whole deal early: `before` or `after` is empty where it is not there.

    >>> longer = dealrun.loads(open("contracts/tutorial/services/1-agreement.deal").read())
    >>> longer.timeline().against(longer.timeline()).ends
    ()
    """

    deal: str
    label: str
    before: str
    after: str


class Changes(Listed[Change]):
    """Changes over time, or the differences of two days or versions, by day and label.

    `head` holds the days that were asked for, by their names in JSON (`from` and `to`, or `on` and `against`); `title`
    says of differences between what and what.

    >>> timeline.changes("2026-01-01", "2026-12-31")
    Changes(25 changes)
    >>> timeline.between("2025-01-01", "2027-01-01").title
    'from 2025-01-01 to 2027-01-01'
    """

    kind: Literal["timeline", "diff"]
    title: str
    head: tuple[tuple[str, date | None], ...]
    known: date | None
    basis: Basis
    ends: tuple[EndChange, ...]
    """What else differs in what can end a whole deal early."""

    @staticmethod
    def of(
        found: Iterable[Change],
        kind: Literal["timeline", "diff"],
        head: tuple[tuple[str, date | None], ...],
        known: date | None,
        basis: Basis,
        title: str = "",
        ends: tuple[EndChange, ...] = (),
    ) -> "Changes":
        """Changes with what they rest on."""
        made = Changes(found)
        made.title = title
        made.kind, made.head, made.known, made.basis = kind, head, known, basis
        made.ends = ends
        return made

    def __repr__(self) -> str:
        return f"Changes({len(self)} changes)"
