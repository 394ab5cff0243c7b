"""What a caller supposes to happen: names and texts into facts of the model.

In: a name with a day, a period or `never`, from `--assume` or the library. Out: assumed facts; or the model in which an
instrument was signed on a day. Guaranteed: a name that the contract does not have is a KeyError that suggests one; a
text that is none of these, a ValueError.
"""

import re
from collections.abc import Mapping

import attrs

from dealrun.api.bindings import sort_of
from dealrun.errors import ArgumentError, UnknownNameError
from dealrun.model.contract import Add, Fact, Model
from dealrun.model.keys import DeclarationKey
from dealrun.model.vocabulary import FORMS
from dealrun.source import SourceText, Span
from dealrun.state.knowledge import PERFORMANCE_OF
from dealrun.state.reads import days_of_obligations
from dealrun.state.timeline import Timeline
from dealrun.time import DateLike, Day, add, iso, to_day
from dealrun.time.days import LAST

NEVER_SAID = "never"
"""The word for what never happens."""
SIGNED = ".signed"


@attrs.frozen
class Suppositions:
    """What is supposed, read."""

    facts: tuple[Fact, ...]
    signed: Mapping[str, Day]
    """By instrument the day of its signing."""
    said: Mapping[str, str]
    """Each as it was given, with its days written out."""


def suppositions(model: Model, given: Mapping[str, DateLike]) -> Suppositions:
    """What a caller supposes: a day, several (`2026-01-01, 2027-01-01`), of a condition a period (`2026-01-01 until
    2026-06-30`), or `never`."""
    facts: list[Fact] = []
    signed: dict[str, Day] = {}
    said: dict[str, str] = {}
    for name, at in given.items():
        days = _days(name, at)
        said[name] = ", ".join(_written(first, last) for first, last in days) if days else NEVER_SAID
        if name.endswith(SIGNED):
            signed[name.removesuffix(SIGNED)] = _signing(model, name, days)
        else:
            facts += _facts(model, name, days)
    return Suppositions(tuple(facts), signed, said)


def _days(name: str, at: DateLike) -> list[tuple[Day, Day | None]]:
    """The days of a supposition, each with the last one of a period; none for `never`."""
    if not isinstance(at, str):
        return [(to_day(at), None)]
    if at.strip() == NEVER_SAID:
        return []
    found: list[tuple[Day, Day | None]] = []
    for part in at.split(","):
        first, until, last = part.partition(" until ")
        found.append((to_day(first.strip()), to_day(last.strip()) if until else None))
        if until and found[-1][0] > (found[-1][1] or 0):
            raise ArgumentError(f"`{name}` would hold until {last.strip()}, before it begins on {first.strip()}")
    return sorted(found)


def _written(first: Day, last: Day | None) -> str:
    return iso(first) if last is None else f"{iso(first)} until {iso(last)}"


def _facts(model: Model, name: str, days: list[tuple[Day, Day | None]]) -> list[Fact]:
    """That an event happens on some days, that a condition holds in some periods, or that neither ever does."""
    span = Span(SourceText("<assumption>", name), 0, len(name))
    performance, one, period = name.partition(" for ")
    label = performance.removeprefix(PERFORMANCE_OF)
    found, sort = sort_of(model, performance if performance != label else name)
    if one and performance != label:
        found = f"{found} for {period}"
    if sort == "truth" and not days:
        raise ArgumentError(f"`{name}` is an unknown truth; give it a value with `--set {name}=no`")
    if found.startswith("cure of ") and falls_due(model, found.partition(" of ")[2]):
        raise ArgumentError(
            f"`{name}` follows: what falls due is cured by `performance of {found.partition(' of ')[2]}`"
        )
    if found.startswith("breach of ") and not days and falls_due(model, found.partition(" of ")[2]):
        raise ArgumentError(
            f"`{name}` follows: what falls due is not breached by whoever does it; suppose "
            f"`performance of {found.partition(' of ')[2]}`"
        )
    if sort not in {"event", "condition", "truth"}:
        raise ArgumentError(f"`{name}` is an unknown {sort}; give it a value with `--set {name}=...`")
    holds = sort != "event"
    if not holds and any(last is not None for _, last in days):
        raise ArgumentError(f"`{name}` is an event; it happens on a day, and a condition holds until one")
    if len(days) > 1 and _happens_once(model, found):
        raise ArgumentError(f"`{name}` happens once; give one day")
    if not days:
        return [Fact(found, "never", found, 1, 1, None, None, None, None, span)]
    return [Fact(found, "holds" if holds else "happened", found, day, day, None if last is None else last + 1,
                 None, None, None, span) for day, last in days]  # fmt: skip


def _happens_once(model: Model, name: str) -> bool:
    """Whether something is an event that is declared, and not as recurring; or one of several performances."""
    declared = [op.entry for instrument in model.instruments for op in instrument.operations
                if isinstance(op, Add) and op.key == DeclarationKey("event", name)]  # fmt: skip
    return " for " in name or any("recurring" not in entry.terms for entry in declared)


def falls_due(model: Model, label: str) -> bool:
    """Whether something of a duty falls due, as it is written."""
    return any(
        isinstance(op, Add) and op.key == label and FORMS[op.entry.word].family == "duty"
        and not {"due", "frequency"}.isdisjoint(op.entry.terms)
        for instrument in model.instruments for op in instrument.operations
    )  # fmt: skip


# --- signing ----------------------------------------------------------------------------------------------------------


def _signing(model: Model, name: str, days: list[tuple[Day, Day | None]]) -> Day:
    """The day on which an instrument was signed, of which only a period is known."""
    instrument = next((each for each in model.instruments if each.name == name.removesuffix(SIGNED)), None)
    if instrument is None or instrument.signed is None:
        there = ", ".join(f"`{each.name}{SIGNED}`" for each in model.instruments if each.signed)
        raise UnknownNameError(f"no instrument was signed of which `{name}` is the day; there are: {there or 'none'}")
    first, last = instrument.signed
    between = f"on {iso(first)}" if first == last else f"between {iso(first)} and {iso(last)}"
    if len(days) != 1 or days[0][1] is not None or not first <= days[0][0] <= last:
        raise ArgumentError(f"`{name}` is a day {between}, as the contract says")
    return days[0][0]


def signed_on(model: Model, days: Mapping[str, Day]) -> Model:
    """The model in which instruments, and their readings, were signed on the days that are supposed."""
    instruments = tuple(
        attrs.evolve(each, signed=(days[each.name], days[each.name])) if each.name in days else each
        for each in model.instruments
    )  # fmt: skip
    return attrs.evolve(model, instruments=instruments)


# --- one obligation of several ----------------------------------------------------------------------------------------


def check_obligations(timeline: Timeline, names: Mapping[str, str]) -> None:
    """ArgumentError where a performance is supposed of an obligation that there is not."""
    for name in names:
        label, one, number = name.removeprefix(PERFORMANCE_OF).partition(" for ")
        if not one or not name.startswith(PERFORMANCE_OF):
            continue
        through = min(add(timeline.world.first_open, 25, "year"), LAST)
        numbers = [each for each, _, _ in days_of_obligations(timeline, label, through)]
        if number not in numbers:
            there = ", ".join(dict.fromkeys(each for each in numbers if each)) or "none of several"
            raise ArgumentError(f"`{label}` has no obligation for {number}; it has: {_shortened(there)}")


def _shortened(text: str) -> str:
    """A list, cut behind its first members."""
    return text if len(text) <= MOST else f"{re.sub(r', [^,]*$', '', text[:MOST])}, ..."


MOST = 200
"""So many characters of a list are told."""
