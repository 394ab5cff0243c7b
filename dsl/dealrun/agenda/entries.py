"""What falls on which day: the entries of all clauses.

In: a timeline, and the days to look at. Out: entries, what is behind first, then by day, then what has no day.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date

from dealrun.agenda.clauses import ClauseEntries
from dealrun.agenda.common import Common
from dealrun.agenda.items import BEHIND, ORDER, AgendaItem
from dealrun.answer import Listed
from dealrun.state.basis import Basis
from dealrun.state.timeline import Timeline
from dealrun.time import Day


class Agenda(Listed[AgendaItem]):
    """What is behind at `start`; the dated entries from then through `end`; last, what has no day yet.

    >>> agenda = deal.agenda(timeline, "2030-01-01", "2033-01-31")
    >>> agenda
    Agenda(2030-01-01 to 2033-01-31, 5 entries)
    >>> [(str(each.day), each.kind, each.label) for each in agenda[:2]], agenda.titles
    ([('2024-12-31', 'unrecorded', 'growth'), ('2030-12-31', 'ends', 'share')], {'MSFT': 'Microsoft'})
    >>> agenda.to_ical().splitlines()[0]
    'BEGIN:VCALENDAR'
    """

    start: date
    end: date
    known: date | None
    basis: Basis
    identities: Mapping[str, str]
    """By deal what tells it from another of its name."""

    @property
    def titles(self) -> Mapping[str, str]:
        """The full names of those who must act."""
        found = {}
        for entry in self:
            names = re.split(r", | and | or ", entry.party)
            titles = re.split(r", | and | or ", entry.party_title)
            found.update({name: title for name, title in zip(names, titles, strict=False) if name != title})
        return found

    def to_ical(self, *, alarms: Collection[int] | None = None) -> str:
        """The entries that have a day as a calendar file (iCalendar, RFC 5545). MissingExtraError without icalendar.

        `alarms` are days before an entry; without them, each kind of entry has its own.
        """
        from dealrun.agenda.ical import calendar  # noqa: PLC0415 - an extra

        return calendar(self, self.known, self.identities, alarms).decode()

    def __repr__(self) -> str:
        return f"Agenda({self.start} to {self.end}, {len(self)} entries)"


def agenda(timeline: Timeline, start: Day, end: Day, party: str | None = None) -> tuple[AgendaItem, ...]:
    """The entries from one day through another, before them what is overdue, unrecorded or not known to be done, and
    behind them those whose day is not known.

    With a party, only those of clauses that concern it.
    """
    found: list[AgendaItem] = []
    common = Common(timeline)
    for label in timeline.labels:
        clause = ClauseEntries(common, label, start, end)
        if party is None or clause.concerns(party):
            found.extend(clause.entries())
    found.extend(common.early_ends(start, end, party))
    first_, last = date.fromordinal(start), date.fromordinal(end)
    dated = [entry for entry in found if entry.day is not None
             and (entry.kind in BEHIND or first_ <= entry.day <= last)]  # fmt: skip
    dated.sort(key=lambda entry: (entry.kind not in BEHIND, entry.day or date.min, ORDER.index(entry.kind), entry.label,
                                  entry.number))  # fmt: skip
    return (*dated, *(entry for entry in found if entry.day is None))
