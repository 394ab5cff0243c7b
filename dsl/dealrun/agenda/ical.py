"""The agenda as iCalendar (RFC 5545).

In: entries with a day, and the day of knowledge. Out: bytes. Guaranteed: no clock, the same agenda gives the same
bytes; an entry keeps its UID while its day, its text or its consequence changes, and a later day of knowledge gives it
a higher sequence, so that a client updates it; no text of a deal can leave its field.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from dealrun.agenda.items import BEHIND, AgendaItem
from dealrun.extras import need

ALARMS = {
    "due": 7, "payment due": 7, "last day to cure": 7, "last day for notice": 30, "renews": 7, "ends": 30, "lapses": 14,
}  # fmt: skip
"""How many days before an entry its alarm is; what starts, changes or is behind has none."""


def calendar(
    entries: Iterable[AgendaItem],
    known: date | None,
    identities: Mapping[str, str] | None = None,
    alarms: Collection[int] | None = None,
) -> bytes:
    """An iCalendar file; entries without a day are left out. MissingExtraError without the library.

    `identities` says by deal what tells it from others of its name, so that their entries have different UIDs. `alarms`
    are days before each entry that has an alarm, in the place of those of `ALARMS`.
    """
    ical = need("icalendar")
    day = date(1970, 1, 1) if known is None else known
    stamp = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = ical.Calendar()
    found.add("prodid", "-//dealrun//agenda//EN")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    for entry in entries:
        if entry.day is None:
            continue
        event = ical.Event()
        event.add("uid", uid(entry, (identities or {}).get(entry.deal, "")))
        event.add("dtstamp", stamp)
        event.add("sequence", 0 if known is None else known.toordinal())
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        summary = f"{entry.deal_title or entry.deal}: {entry.label}, {entry.kind}"
        event.add("summary", summary)
        event.add("description", "\n".join(description(entry)))
        event.add("transp", "TRANSPARENT")
        usual = ALARMS.get(entry.kind)
        for before in () if usual is None else (usual,) if alarms is None else sorted(set(alarms), reverse=True):
            alarm = ical.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", summary)
            alarm.add("trigger", timedelta(days=-before))
            event.add_component(alarm)
        found.add_component(event)
    return bytes(found.to_ical(sorted=True))


def uid(entry: AgendaItem, identity: str = "") -> str:
    """What stays the same while the text and the day of an entry change: which deal, clause, kind and number."""
    kind = "due" if entry.kind in {*BEHIND, "payment due"} else entry.kind  # what is overdue was due before
    text = f"{entry.deal}\0{identity}\0{entry.label}\0{kind}\0{entry.number}"
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}@dealrun"


def description(entry: AgendaItem) -> list[str]:
    """What stands behind an entry, a line each."""
    lines = [entry.what]
    if entry.number:
        lines.append(f"for {entry.number}")
    if entry.party:
        lines.append(f"to act: {entry.party_title or entry.party}")
    if entry.otherwise:
        lines.append(f"otherwise: {entry.otherwise}")
    if entry.rule:
        lines.append(f"by: {entry.rule}")
    if entry.contingent_on:
        lines.append(f"could change with: {', '.join(entry.contingent_on)}")
    if entry.cites:
        lines.append("; ".join(str(cite) for cite in entry.cites))
    return lines
