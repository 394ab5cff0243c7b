"""An entry of the agenda: something that falls on a day, or may.

In: nothing. Out: the type.
"""

from datetime import date
from typing import Literal, TypeAlias, get_args

import attrs

from dealrun.model.contract import Cite
from dealrun.model.keys import Label

AgendaKind: TypeAlias = Literal[
    "overdue",
    "unrecorded",
    "due, not known",
    "starts",
    "opens",
    "changes",
    "due",
    "payment due",
    "last day to cure",
    "last day for notice",
    "renews",
    "ends",
    "lapses",
]

ORDER: tuple[AgendaKind, ...] = get_args(AgendaKind)
"""How entries of one day follow one another."""

BEHIND: tuple[AgendaKind, ...] = ORDER[:3]
"""What fell due before the first day that is looked at, and is not known to be done."""


@attrs.frozen
class AgendaItem:
    """Something that presumptively falls on a day; `day` is None where it has none yet.

    >>> item = deal.agenda(timeline, "2030-01-01", "2033-01-31")[1]
    >>> item.day, item.kind, item.label, item.rule
    (datetime.date(2030, 12, 31), 'ends', 'share', '2030')
    """

    day: date | None
    kind: AgendaKind
    label: Label
    deal: str
    what: str
    """What the clause is about, in the words of its text."""
    party: str
    """Who must act, or may; empty where nobody needs to."""
    otherwise: str
    """What follows if nobody acts."""
    rule: str
    """The day as the clause says it."""
    contingent_on: tuple[str, ...]
    """What could make it another day, or, where it has none, what the day hangs on."""
    number: str
    """Which one of several it is: the period or the occurrence that it belongs to; empty for the only one."""
    cites: tuple[Cite, ...]
    deal_title: str = ""
    party_title: str = ""
    """Who must act, by full names."""
