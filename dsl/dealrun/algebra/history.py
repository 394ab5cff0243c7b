"""The history of a clause in two times: what held when, as known when.

In: a way to evaluate as known on a day, the days on which something became known, and a label. Out: for each day of
knowledge that changed an answer, what held from when to when. Guaranteed: corrections and retractions change the rows
behind them and never the earlier ones, which stay as they were known.
"""

from collections.abc import Callable, Iterable
from datetime import date

import attrs

from dealrun.answer import Answer
from dealrun.budget import spend
from dealrun.model.contract import Model
from dealrun.model.keys import Label
from dealrun.state.changes import status_text, term_text
from dealrun.state.standing import days_of_change, parts_from
from dealrun.state.timeline import Timeline
from dealrun.time import ALWAYS, Day, to_date


@attrs.frozen
class Held:
    """What held from `start` through `through`; None where there is none.

    >>> held = deal.history("ip")[-1].held[-1]
    >>> held.start, held.through, held.status
    (datetime.date(2033, 1, 1), None, 'ended by 2032')
    """

    start: date | None
    through: date | None
    status: str
    terms: tuple[tuple[str, str], ...]
    open: bool = False
    """Whether it begins with the first day of which not everything was known."""


@attrs.frozen
class Known:
    """What was known from a day on, and what had been signed, recorded or retracted that day.

    >>> known = deal.history("ip")[0]
    >>> known.day, known.causes
    (datetime.date(2019, 12, 31), ('openai-microsoft signed', 'performance of seed recorded'))
    """

    day: date | None
    """None for before everything."""
    causes: tuple[str, ...]
    held: tuple[Held, ...]


class History(tuple[Known, ...], Answer):  # noqa: SLOT001 - with what it rests on beside
    """What held when, as known when, of one clause.

    >>> deal.history("ip")
    History('ip', 3 days of knowledge)
    """

    label: str
    scenario: str | None
    reading: tuple[str, ...]

    def __repr__(self) -> str:
        return f"History({self.label!r}, {len(self)} days of knowledge)"


def days_of_knowledge(model: Model) -> dict[Day, list[str]]:
    """The days on which something was signed, became known or was retracted, each with what."""
    found: dict[Day, list[str]] = {}
    for instrument in model.instruments:
        if instrument.signed is not None and not instrument.reads:
            found.setdefault(instrument.signed[1], []).append(
                f"{instrument.name} {'restated' if instrument.restated else 'signed'}"
            )
    for fact in model.facts:
        if fact.known is not None:
            found.setdefault(fact.known, []).append(f"{fact.id} recorded")
        if fact.retracted is not None:
            found.setdefault(fact.retracted, []).append(f"{fact.id} retracted")
    return dict(sorted(found.items()))


def history(model: Model, key: Label, at: Callable[[Day | None], Timeline]) -> tuple[Known, ...]:
    """The history of a clause; a day of knowledge that changes no answer about it is left out."""
    found: list[Known] = []
    days = days_of_knowledge(model)
    before: Timeline | None = None
    held: tuple[Held, ...] = ()
    for day, causes in days.items() if days else ((ALWAYS, ["nothing signed"]),):
        timeline = at(day if days else None).presumed
        if timeline.answers.episodes(key):
            # What stands on its own is told anew only from the first day on which it differs.
            since = parts_from(timeline, before, key) if before is not None and held else ALWAYS
            spend(len(held))
            held, before = tuple(_held(timeline, key, day, held, since)), timeline
        else:
            held = ()
        if found and _alike(found[-1].held, held):
            continue
        if held or found:
            found.append(Known(to_date(day), tuple(causes), held))
    return tuple(found)


def _held(timeline: Timeline, key: Label, known: Day, before: tuple[Held, ...], since: Day) -> Iterable[Held]:
    """What held from when to when; before `since`, as it was known before."""
    pieces = [held for held in before if held.start is None or held.start.toordinal() < since]
    if since <= ALWAYS:
        pieces = []
    if pieces:
        pieces[-1] = attrs.evolve(pieces[-1], through=None)
    for day in sorted([day for day in {ALWAYS, *days_of_change(timeline.answers, key)} if day >= since]):
        state = timeline.clause(key, max(day, 1))
        terms = tuple((name, term_text(view)) for name, view in state.terms.items())
        if state.status == "ended":
            terms = ()
        if pieces and (pieces[-1].status, pieces[-1].terms) == (status_text(state), terms):
            continue
        if pieces:
            pieces[-1] = attrs.evolve(pieces[-1], through=to_date(day - 1))
        pieces.append(Held(to_date(day), None, status_text(state), terms, open=day == known + 1))
    return pieces


def _alike(one: tuple[Held, ...], two: tuple[Held, ...]) -> bool:
    """Whether as much was known, leaving aside the day from which the future was open."""
    if len(one) != len(two):
        return False
    # What differs is mostly the last.
    return all(a is b or _essence(a) == _essence(b) for a, b in zip(reversed(one), reversed(two), strict=True))


def _essence(held: Held) -> tuple[object, ...]:
    return (None if held.open else held.start, held.status, held.terms)
