"""What differs: between two days of a timeline, or between two versions of a contract.

In: one timeline, or two. Out: what differs, clause by clause and term by term, and from which day. Guaranteed: equal
timelines give nothing; a difference is told once, from its first day, and again only when it becomes another one.
"""

from collections.abc import Iterator
from datetime import date

import attrs

from dealrun.model.keys import DeclarationKey, EntryKey
from dealrun.model.values import Amount
from dealrun.state.change import Change, EndChange
from dealrun.state.changes import clause_changes, declaration_changes
from dealrun.state.day import EarlyEnd
from dealrun.state.standing import Version, days_of_change, parts_from
from dealrun.state.views import ClauseState, TermView
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
    found: list[Change] = settings(old, new)
    restated = restated_as_of(old, new) > ALWAYS
    for key in _keys(old, new):
        if not old.answers.episodes(key) or not new.answers.episodes(key):
            if not _is_left_out(key, old, new, day, restated=restated):
                found.append(attrs.evolve(_missing(key, old, new), on=to_date(day)))
        else:
            found.extend(_differences(old, new, key, day, restated=restated))
    return tuple(found)


SETTINGS = ("parties", "currency", "rounding", "running", "fiscal_year", "calendar")
"""What a deal says of itself beside its dates."""


def settings(old: Version, new: Version) -> list[Change]:
    """What differs in the settings of deals that both versions have."""
    later = {deal.name: deal for deal in new.index.model.deals}
    found = []
    for deal in old.index.model.deals:
        other = later.get(deal.name)
        for name in SETTINGS if other is not None else ():
            before, after = (getattr(each, name) for each in (deal, other))
            if before != after:
                found.append(Change(None, deal.name, "deal", name.replace("_", "-"), _setting(before), _setting(after),
                                    deal.name, ()))  # fmt: skip
    return found


def _setting(value: object) -> str:
    """A setting as a text."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def restated_as_of(old: Version, new: Version) -> Day:
    """The day as of which a version is a consolidated text, which says nothing of the days before; else `ALWAYS`."""
    models = (old.index.model, new.index.model)
    return max((each.restated[0] for model in models for each in model.instruments if each.restated), default=ALWAYS)


SPARE = frozenset({"asset", "person", "party", "event", "condition", "unknown", "source", "act"})
"""Words of declarations that say nothing by themselves: a consolidated text leaves out those that nothing uses."""


def _is_left_out(key: EntryKey, old: Version, new: Version, day: Day, *, restated: bool) -> bool:
    """Whether an entry that one version does not have is no difference: it has ended by then, or, of a consolidated
    text, is a declaration that nothing uses."""
    if isinstance(key, DeclarationKey):
        return restated and key.word in SPARE
    there = new if new.answers.episodes(key) else old
    return there.clause(key, day).status == "ended"


def with_own(old: Version, new: Version, key: EntryKey, found: list[Change], since: Day = ALWAYS) -> list[Change]:
    """The presumptive differences of an entry, and those of what could change one of its terms: two versions can differ
    in what an event would bring."""
    told = {change.term for change in found}
    once: dict[str | None, Change] = {}
    for change in compare_entry(old, new, key, since):
        if change.term is not None and change.term not in told:
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
    from which each holds (None where from the beginning). Of a consolidated text, from the day as of which it is."""
    since = restated_as_of(old, new)
    found = settings(old, new)
    found += [change for key in _keys(old, new)
             for change in with_own(*certain, key, list(compare_entry(old, new, key, since)), since)]  # fmt: skip
    return tuple(sorted(found, key=lambda change: (change.label, change.on or date.min, change.term or "")))


def compare_entry(old: Version, new: Version, key: EntryKey, since: Day = ALWAYS) -> Iterator[Change]:
    """The differences of one entry, each told from its first day, and again when it becomes another one; with `since`,
    of a consolidated text as of that day."""
    restated = since > ALWAYS
    if not old.answers.episodes(key) or not new.answers.episodes(key):
        if not restated or not _is_left_out(key, old, new, since, restated=True):
            yield _missing(key, old, new)
        return
    said: dict[str | None, tuple[str, str]] = {}
    first = max(since, parts_from(old, new, key))
    for day in sorted(
        day for day in {since, *days_of_change(old.answers, key), *days_of_change(new.answers, key)} if day >= first
    ):
        differing: set[str | None] = set()
        for change in _differences(old, new, key, day, restated=restated):
            differing.add(change.term)
            if said.get(change.term) != (change.before, change.after):
                said[change.term] = (change.before, change.after)
                yield change
        for term in set(said) - differing:
            del said[term]


def _differences(old: Version, new: Version, key: EntryKey, day: Day, *, restated: bool = False) -> list[Change]:
    if isinstance(key, DeclarationKey):
        told = declaration_changes(old.declaration(key, day), new.declaration(key, day), day)
        return [change for change in told if not restated or change.term is not None]
    before, after = old.clause(key, day), new.clause(key, day)
    found = clause_changes(before, after, day)
    if not restated:
        return found
    if before.status == after.status == "ended":
        return []
    return [change for change in found if not _is_told_otherwise(change.term, before, after)]


def _is_told_otherwise(term: str | None, before: ClauseState, after: ClauseState) -> bool:
    """Whether a term comes to the same, though a consolidated text tells it in another way: as a day, as what has come,
    or with the day from which it counts."""
    one, other = before.terms.get(term or ""), after.terms.get(term or "")
    match term:
        case "from" | "when":
            begun = before.status != "not yet" or ("each" in after.terms and (one is None or other is None))
            return begun and before.status == after.status
        case "until":
            return before.until is not None and before.until == after.until
        case "due":
            return one is not None and other is not None and one.day is not None and one.day == other.day
        case _:
            return one is not None and other is not None and uncounted(one) == uncounted(other)


def uncounted(view: TermView) -> tuple[object, ...]:
    """The values of a term, without the day from which they count."""
    return tuple(attrs.evolve(value, counting_from=None, so_far=None) if isinstance(value, Amount) else value
                 for value in view.options)  # fmt: skip


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
