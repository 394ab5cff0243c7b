"""What differs: between two days of a timeline, or between two versions of a contract.

In: one timeline, or two. Out: what differs, clause by clause and term by term, and from which day. Guaranteed: equal
timelines give nothing; a difference is told once, from its first day, and again only when it becomes another one.
"""

from collections.abc import Iterator
from datetime import date

import attrs

from dealrun.model.keys import DeclarationKey, EntryKey
from dealrun.state.change import Change, EndChange
from dealrun.state.changes import clause_changes, declaration_changes
from dealrun.state.standing import Version, days_of_change, parts_from
from dealrun.state.views import EarlyEnd
from dealrun.time import ALWAYS, Day, to_date


def between(timeline: Version, on: Day, against: Day) -> tuple[Change, ...]:
    """What differs between two days."""
    found: list[Change] = []
    for label in timeline.labels:
        found.extend(clause_changes(timeline.clause(label, on), timeline.clause(label, against), against))
    for key in timeline.declared:
        found.extend(declaration_changes(timeline.declaration(key, on), timeline.declaration(key, against), against))
    return tuple(found)


def compare_on(old: Version, new: Version, day: Day) -> tuple[Change, ...]:
    """What differs between two versions on one day."""
    found: list[Change] = []
    for key in _keys(old, new):
        if not old.answers.episodes(key) or not new.answers.episodes(key):
            there = new if new.answers.episodes(key) else old
            over = not isinstance(key, DeclarationKey) and there.clause(key, day).status == "ended"
            if not over:  # what has ended is in neither on that day
                found.append(attrs.evolve(_missing(key, old, new), on=to_date(day)))
        else:
            found.extend(_differences(old, new, key, day))
    return tuple(found)


def with_own(old: Version, new: Version, key: EntryKey, found: list[Change]) -> list[Change]:
    """The presumptive differences of an entry, and those of what could change one of its terms: two versions can differ
    in what an event would bring."""
    told = {change.term for change in found}
    more = [change for change in compare_entry(old, new, key) if change.term is not None and change.term not in told]
    once: dict[str | None, Change] = {}
    for change in more:
        once.setdefault(change.term, change)
    return [*found, *once.values()]


def early_ends(old: Version, new: Version, day: Day) -> tuple[EndChange, ...]:
    """What differs in what can end each deal early, as it stands after a day."""
    sides = [{(end.deal, end.label): end_text(end) for end in each.early_ends(day)} for each in (old, new)]
    keys = dict.fromkeys([*sides[0], *sides[1]])
    texts = [(key, sides[0].get(key, ""), sides[1].get(key, "")) for key in keys]
    return tuple(EndChange(*key, before, after) for key, before, after in texts if before != after)


def end_text(end: EarlyEnd) -> str:
    """A way in which a deal can end early: `A, when SALE; 30 days notice`."""
    who, how = ways(end)
    return f"{who}, {how}" if who else how


def ways(end: EarlyEnd) -> tuple[str, str]:
    """Who can end a deal early, and how; a term ends where it does not renew."""
    who = " or ".join(end.by) or ("a party" if any(name.startswith("notice of ") for name in end.names) else "")
    parts = [f"it renews {end.trigger}" if end.renews and end.trigger else end.trigger]
    parts.append(f"{end.notice} notice" if end.notice else "notice by its end" if end.renews and who else "")
    parts.append("" if who or end.renews else "by itself")
    return who, "; ".join(part for part in parts if part) or "at once"


def _keys(old: Version, new: Version) -> list[EntryKey]:
    return list(dict.fromkeys([*old.labels, *old.declared, *new.labels, *new.declared]))


def compare(old: Version, new: Version, certain: tuple[Version, Version]) -> tuple[Change, ...]:
    """The differences of two versions in the presumptive course, and of what could change their terms; `on` is the day
    from which each holds (None where from the beginning)."""
    found = [change for key in _keys(old, new)
             for change in with_own(*certain, key, list(compare_entry(old, new, key)))]  # fmt: skip
    return tuple(sorted(found, key=lambda change: (change.label, change.on or date.min, change.term or "")))


def compare_entry(old: Version, new: Version, key: EntryKey) -> Iterator[Change]:
    """The differences of one entry, each told from its first day, and again when it becomes another one."""
    if not old.answers.episodes(key) or not new.answers.episodes(key):
        yield _missing(key, old, new)
        return
    said: dict[str | None, tuple[str, str]] = {}
    since = parts_from(old, new, key)
    for day in sorted(
        day for day in {ALWAYS, *days_of_change(old.answers, key), *days_of_change(new.answers, key)} if day >= since
    ):
        differing: set[str | None] = set()
        for change in _differences(old, new, key, day):
            differing.add(change.term)
            if said.get(change.term) != (change.before, change.after):
                said[change.term] = (change.before, change.after)
                yield change
        for term in set(said) - differing:
            del said[term]


def _differences(old: Version, new: Version, key: EntryKey, day: Day) -> list[Change]:
    if isinstance(key, DeclarationKey):
        return declaration_changes(old.declaration(key, day), new.declaration(key, day), day)
    return clause_changes(old.clause(key, day), new.clause(key, day), day)


def _missing(key: EntryKey, old: Version, new: Version) -> Change:
    adding = bool(new.answers.episodes(key))
    episode = (new if adding else old).answers.episodes(key)[-1]
    entry = episode.adding.entry
    text = " ".join(line.strip() for line in entry.span.text.splitlines())
    return Change(
        None,
        entry.name,
        episode.word,
        None,
        "not there" if adding else text,
        text if adding else "not there",
        episode.instrument.name,
        entry.cites or episode.instrument.cites,
    )
