"""Happenings in words: what happens in a course of events, when, and who brings it about.

In: the names of a search, and a box of single days. Out: `Happening`s, by day. Guaranteed: who has a happening in hand
is read off the contract, never guessed.
"""

from datetime import date

import attrs

from dealrun.model.keys import DeclarationKey
from dealrun.model.reading import shown
from dealrun.proof.boxes import Box, label_of
from dealrun.proof.search import Search
from dealrun.state.timeline import Timeline
from dealrun.time import ALWAYS, NEVER, YES, Day, to_date


@attrs.frozen
class Happening:
    """Something that happens in a course of events, or that does not although it falls due.

    >>> happening = deal.prove("ip in force", known="2025-01-01", through="2032-12-31").course[0]
    >>> happening.name, happening.what, happening.on, happening.by
    ('AGI', 'AGI', datetime.date(2025, 1, 2), ('BOARD',))
    """

    name: str
    """What `assume` calls it."""
    what: str
    """What happens, in words."""
    on: date | None
    """None for never, and for an unknown that is no day."""
    by: tuple[str, ...]
    """Who brings it about; nobody where it is not said."""


def happenings(search: Search, point: Box) -> list[Happening]:
    """What happens in a course, by day; what falls due and is not done first."""
    found: list[tuple[Day, Happening]] = []
    for name, (day, _) in sorted(point.items()):
        told = _switch(search, name, day) if " switch " in name else _happening(search, name, day)
        if told is not None:
            found.append((day if day < NEVER else ALWAYS, told))
    return [happening for _, happening in sorted(found, key=lambda each: (each[0], each[1].name))]


def _switch(search: Search, name: str, day: Day) -> Happening | None:
    condition, _, number = name.rpartition(" switch ")
    if day >= NEVER:
        return None
    held = search.base.world.holds(condition).at(search.base.world.first_open - 1).level == YES.level
    word = "begins" if (int(number) % 2 == 1) != held else "stops"
    by = in_hand_of(search.base, condition, "condition")
    return Happening(condition, f"{condition} {word} to hold", to_date(day), by)


def _happening(search: Search, name: str, day: Day) -> Happening | None:
    kind = search.kind_of(name)
    on = to_date(day) if ALWAYS < day < NEVER else None
    by = in_hand_of(search.base, name, kind)
    if kind == "truth":
        return Happening(name, f"{name} is {'yes' if day else 'no'}", None, by)
    if kind == "date":
        return Happening(name, f"{name} comes", on, by)
    if on is None:
        return Happening(name, f"no {name}", None, by) if kind == "performance" else None
    return Happening(f"exercise of {label_of(name)}" if kind == "use" else name, name, on, by)


def in_hand_of(timeline: Timeline, name: str, kind: str | None) -> tuple[str, ...]:
    """Whoever brings something about: the holder of a right, whoever has to act, whoever declares an event or a
    condition; nobody where it is not said."""
    if kind in {"event", "condition"}:
        return _declarers(timeline, DeclarationKey(kind, name))
    label = label_of(name)
    if kind in {"date", "truth"} or not timeline.answers.episodes(label):
        return ()
    parties = timeline.clause(label, max(timeline.world.first_open, 1)).parties
    return next(iter(parties.values()), ())


def _declarers(timeline: Timeline, key: DeclarationKey) -> tuple[str, ...]:
    if not timeline.answers.episodes(key):
        return ()
    view = shown(timeline.declaration(key, max(timeline.world.first_open, 1)).terms, "declared by")
    return () if view is None else tuple(part.strip() for part in view.text.replace(" or ", ", ").split(","))
