"""Whole contracts: restated, compared, accounted for.

In: contracts and paths. Out: texts in canonical form, accounts, partings. Guaranteed: a text that is given back loads
without an error; nothing is written to any file.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from dealrun.agenda.entries import agenda
from dealrun.algebra.comparison import Comparison, combined, partings
from dealrun.algebra.consequences import Amendments, instrument_changes
from dealrun.algebra.difference import AmendmentHeader, DifferenceError, amendment
from dealrun.algebra.history import History, history
from dealrun.algebra.restate import restate
from dealrun.algebra.same import RestateError
from dealrun.api.bindings import opening
from dealrun.api.contract import Contract
from dealrun.diagnostics import Report, no_clause
from dealrun.errors import ArgumentError, UnknownNameError
from dealrun.model.contract import Model, last_known, under
from dealrun.model.keys import EntryKey
from dealrun.model.values import Quantity
from dealrun.source import SourceText
from dealrun.state.amend.index import Index
from dealrun.state.timeline import Timeline
from dealrun.state.versions import settings
from dealrun.state.views import ClauseState
from dealrun.syntax.format import format_source
from dealrun.syntax.lexer import tokenize
from dealrun.time import DateLike, Day, to_day
from dealrun.time.days import LAST

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["DifferenceError", "RestateError"]


def canonical(text: str) -> str:
    """A text in canonical form."""
    formatted = format_source(SourceText("<text>", text), Report())
    assert formatted is not None, text
    return formatted


def restated(
    contract: Contract,
    on: DateLike,
    *,
    known: DateLike | None = None,
    reading: "Collection[str]" = (),
    so_far: Mapping[str, str] | None = None,
) -> str:
    """The consolidated agreement of a day as a new `.deal` file.

    `so_far` gives what the cap or floor of a clause has counted before that day, by label, as it would be written.
    KeyError for a name that the contract does not have, ValueError for an amount that is none, RestateError where no
    text agrees with the chain.
    """
    timeline = contract.timeline(known=known, reading=reading)
    counted = dict(opening(timeline.labels, label, text) for label, text in (so_far or {}).items())
    for label, amount in counted.items():
        _fits(timeline.clause(label, to_day(on)), amount)
    return canonical(restate(timeline, to_day(on), counted, _calendars_differ))


AHEAD = 3 * 366
"""Days for which the calendar of a text is held against that of its chain."""


def _calendars_differ(timeline: Timeline, model: Model, day: Day) -> set[EntryKey]:
    """The clauses whose calendars differ from a day on; what a text leaves out has no entry that waits for a day."""
    restated = Timeline(Index(model), timeline.world)
    last = min(day + AHEAD, LAST)
    mine, its = (
        {(each.day, each.kind, each.label, each.number, each.party) for each in agenda(version, day, last)
         if each.day is None or each.day.toordinal() >= day}
        for version in (timeline, restated)
    )  # fmt: skip
    left_out = {label for label in timeline.labels if label not in restated.labels}
    return {label for when, _, label, *_ in mine ^ its if when is not None or label not in left_out}


def _fits(state: ClauseState, amount: Quantity) -> None:
    """ValueError where a clause counts nothing, or in another unit."""
    limits = [state.terms[name] for name in ("cap", "floor") if name in state.terms and state.status != "ended"]
    if not limits:
        raise ArgumentError(f"`{state.label}` has no cap or floor that day, so it counts nothing")
    unit = next((view.unit for view in limits if view.unit), amount.unit)
    if amount.unit != unit:
        raise ArgumentError(f"what `{state.label}` has counted is in {unit}")
    if amount.unit in {"", "%"}:
        raise ArgumentError(f"what `{state.label}` has counted is an amount with a unit")


def difference(
    old: Contract,
    new: Contract,
    *,
    effective: DateLike | None = None,
    signed: DateLike | None = None,
    name: str = "amendment",
) -> str:
    """The amendment that turns one version into another; empty where nothing differs.

    It is signed on `signed` (the last day known in either), and takes effect on `effective` (that day). ValueError
    where no day is known and none is given; DifferenceError where no amendment does it.
    """
    days = [day for contract in (old, new) if (day := last_known(contract.model)) is not None]
    if not days and signed is None and effective is None:
        raise ArgumentError("nothing is signed in either version, so the amendment needs a signing day (`--signed`)")
    known = max(days, default=None)
    day = to_day(signed) if signed is not None else max([*days, *([] if days else [to_day(effective or 0)])])
    terms = AmendmentHeader(name, day, to_day(effective) if effective is not None else day)
    if tokenize(SourceText("<name>", name)).kinds != ["NAME"]:
        raise ArgumentError(f"`{name}` is not a name, or a reserved one")
    both = max(day, known if known is not None else day)
    versions = old.timeline(known=both), new.timeline(known=both)
    apart = settings(*versions)
    if apart:
        names = " and ".join(f"`{each.term}` ({each.before} and {each.after})" for each in apart)
        raise DifferenceError(f"the deals differ in {names}, which no amendment changes")
    text = amendment(*versions, terms)
    return canonical(text) if text else ""


def changes(
    contract: Contract, *, known: DateLike | None = None, reading: "Collection[str]" = (), instrument: str | None = None
) -> Amendments:
    """What each amendment did, and what follows from it, as known on its signing day or on `known`."""
    contract.timeline(reading=reading)  # KeyError for a reading that there is not
    model = under(contract.model, frozenset(reading))
    if instrument is not None and instrument not in {i.name for i in model.instruments if i.amends}:
        names = ", ".join(i.name for i in model.instruments if i.amends) or "none"
        raise UnknownNameError(f"no amendment `{instrument}`; there are: {names}")
    found = Amendments(instrument_changes(model, None if known is None else to_day(known), instrument))
    found.deals = tuple((deal.name, deal.title) for deal in contract.model.deals)
    found.reading = tuple(reading)
    return found


def clause_history(
    contract: Contract, label: str, *, scenario: str | None = None, reading: "Collection[str]" = ()
) -> History:
    """What held when, as known when, of one clause; KeyError where no clause has the label."""
    latest = contract.timeline(scenario=scenario, reading=reading)
    if label not in contract.labels:
        raise no_clause(label, contract.labels)

    def at(day: Day | None) -> Timeline:
        return contract.timeline(known=day, scenario=scenario, reading=reading)

    found = History(history(latest.index.model, label, at))
    found.label, found.scenario, found.reading = label, scenario, tuple(reading)
    return found


def compare(
    contract: Contract,
    *,
    known: DateLike | None = None,
    scenarios: Sequence[str] = (),
    readings: Sequence[str] = (),
    all_readings: bool = False,
) -> Comparison:
    """Scenarios and readings beside the contract as it stands, over shared state.

    Each scenario and each reading is a version; with `all_readings` every reading of the files is, and, of up to four,
    every combination. KeyError for a name that there is not; ValueError where there is nothing to compare.
    """
    chosen = combined(contract.readings) if all_readings else [(), *((name,) for name in readings)]
    versions: list[tuple[str, tuple[str, ...], str | None]] = [
        (" and ".join(names) or "as it stands", names, None) for names in chosen
    ]
    versions += [(name, (), name) for name in scenarios]
    if len(versions) < 2:
        raise ArgumentError("there is nothing to compare; name scenarios or readings")
    timelines: list[Timeline] = []
    told: list[str] = []
    left_out: list[str] = []
    for name, names, scenario in versions:
        try:
            timelines.append(contract.timeline(known=known, scenario=scenario, reading=names))
            told.append(name)
        except ValueError:
            if len(names) < 2:
                raise
            left_out.append(name)  # together they run in a circle
    return Comparison(timelines[0].known, tuple(told), partings(timelines), tuple(left_out))
