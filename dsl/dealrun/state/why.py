"""Why: the chain from a clause's text through each instrument to the answer of a day.

In: a timeline, a label (or `label.term`) and a day. Out: `Explanation`, steps in order, each with its place and
citations. Guaranteed: every step is read off the same evaluation as the answer; nothing is told twice; what takes
effect only after the day stands behind everything else.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from dealrun.diagnostics import did_you_mean, no_clause
from dealrun.errors import UnknownNameError
from dealrun.model import show
from dealrun.model.contract import Add, ChangeMembers, Drop, Instrument, Operation, Reinstate, SetTerms, Waive
from dealrun.model.keys import DeclarationKey, EntryKey, Label
from dealrun.model.reading import shown
from dealrun.source import Span
from dealrun.state.amend.effect import signing
from dealrun.state.amend.index import Index
from dealrun.state.basis import Basis
from dealrun.state.changes import duty_text, status_text, term_text
from dealrun.state.evaluator import Evaluator
from dealrun.state.explained import Explanation, Step
from dealrun.state.knowledge import World
from dealrun.state.views import ClauseState
from dealrun.time import ALWAYS, NEVER, Day, Moment, iso


class Explained(Protocol):
    """A timeline, as far as its answers are explained."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """See `Timeline.labels`."""

    @property
    def index(self) -> Index:
        """See `Timeline.index`."""

    @property
    def evaluator(self) -> Evaluator:
        """See `Timeline.evaluator`."""

    @property
    def world(self) -> World:
        """See `Timeline.world`."""

    @property
    def known(self) -> date | None:
        """See `Timeline.known`."""

    @property
    def basis(self) -> Basis:
        """See `Timeline.basis`."""

    def clause(self, key: Label, date: Day) -> ClauseState:
        """See `Timeline.clause`."""


def explain(timeline: Explained, key: Label, day: Day) -> Explanation:
    """The explanation of a clause on a day, or of one of its terms; KeyError if it is not visible."""
    label, term = split(timeline, key)
    state = timeline.clause(label, day)
    if term:
        steps = [*history(timeline, label, day, term), *_of_term(timeline, state, term)]
    else:
        steps = [
            *history(timeline, label, day),
            *_status(timeline, label, state),
            *_duties(timeline, label, state),
            *_terms(state),
            *_unknown(timeline, state),
        ]
    steps += sources(timeline, steps)
    ordered = sorted(steps, key=lambda step: step.later)
    return Explanation(state, date.fromordinal(day), timeline.known, tuple(ordered), timeline.basis, term)


def split(timeline: Explained, name: str) -> tuple[Label, str]:
    """The label and the term of `label.term`, as an answer prints it; without a term where it is a label."""
    if name in timeline.labels:
        return name, ""
    label, _, term = name.rpartition(".")
    if label in timeline.labels:
        terms = {each for episode in timeline.evaluator.episodes(label) for each in episode.terms}
        if term in terms:
            return label, term
        near = did_you_mean(term, terms) or f"it has: {', '.join(sorted(terms))}"
        raise UnknownNameError(f"`{label}` has no term `{term}`; {near}")
    when = "" if timeline.known is None else f" as known on {timeline.known}"
    raise no_clause(name, timeline.labels, when)


def _of_term(timeline: Explained, state: ClauseState, term: str) -> list[Step]:
    view = shown(state.terms, term)
    if view is None:
        return [Step(term, "none on this day")]
    steps = [Step(term, f"{term_text(view)} (by {view.instrument})", view.span.place, view.cites)]
    if view.day is not None:
        steps.append(Step("day", iso(view.day)))
    return [*steps, *(settle(timeline, name) for name in view.contingent_on)]


def sources(timeline: Explained, steps: Sequence[Step]) -> list[Step]:
    """The titles and the days of the sources that steps cite, each once."""
    found = []
    for name in dict.fromkeys(cite.source for step in steps for cite in step.cites):
        entry = timeline.index.first_entry(DeclarationKey("source", name))
        if entry is not None:
            title, published = (entry.terms.get(term) for term in ("title", "published"))
            text = show.schedule(title.value) if title else name
            on = f", {show.schedule(published.value).removeprefix('by ')}" if published else ""
            found.append(Step(f"source {name}", f"{text}{on}", entry.span.place))
    return found


def _quote(span: Span) -> str:
    return " ".join(line.strip() for line in span.text.splitlines() if line.strip())


def history(timeline: Explained, key: EntryKey, day: Day, term: str = "") -> list[Step]:
    """An entry's text, and what each instrument did to it, or to one of its terms."""
    evaluator = timeline.evaluator
    steps: list[Step] = []
    for instrument, operation in timeline.index.histories[key]:
        if not evaluator.visible(instrument) or (term and not _touches(operation, term)):
            continue
        steps.append(
            Step(
                instrument.name,
                f"{_verb(operation)}, {when(timeline, instrument)}",
                operation.span.place,
                operation.cites or instrument.cites,
                _quote(operation.span),
                later=evaluator.effective(instrument).lo > day,
            )
        )
    return steps


def _touches(operation: Operation, term: str) -> bool:
    """Whether an operation writes a term."""
    match operation:
        case Add(entry=entry):
            return term in entry.terms
        case SetTerms(terms=terms):
            return term in terms
        case ChangeMembers(term=name):
            return name == term
        case _:
            return False


def _verb(operation: Operation) -> str:
    match operation:
        case Add(replacing=True):
            return "writes it anew"
        case Add():
            return "writes it"
        case SetTerms(terms=terms):
            gone = [name for name, term in terms.items() if term is None]
            given = [name for name, term in terms.items() if term is not None]
            parts = [f"sets {', '.join(given)}"] if given else []
            parts += [f"unsets {', '.join(gone)}"] if gone else []
            return " and ".join(parts)
        case ChangeMembers(term=term, adding=adding, members=members):
            return f"{'adds to' if adding else 'drops from'} {term}: {', '.join(members.members)}"
        case Drop():
            return "drops it"
        case Waive():
            return "waives it"
        case Reinstate():
            return "reinstates it"
        case _:
            return "touches it"


def when(timeline: Explained, instrument: Instrument) -> str:
    """When an instrument was signed, takes effect and lapses."""
    effective = timeline.evaluator.effective(instrument)
    if instrument.signed is None:
        return "not dated" if effective.lo <= ALWAYS else f"effective {span_of_days(effective)}"
    signed = signing(instrument)
    lapse = timeline.evaluator.lapse(instrument)
    text = f", lapses {span_of_days(lapse)}" if lapse.lo < NEVER else ""
    if instrument.restated is not None:
        day, known = instrument.restated
        return f"restated as of {iso(day)}, as known on {iso(known)}, effective {span_of_days(effective)}{text}"
    if (signed.lo, signed.hi) == (effective.lo, effective.hi):
        return f"signed and effective {span_of_days(signed)}{text}"
    return f"signed {span_of_days(signed)}, effective {span_of_days(effective)}{text}"


def span_of_days(moment: Moment) -> str:
    """A moment as text: a day, or the days between which it lies."""
    if moment.certain:
        return iso(moment.lo)
    if moment.hi >= NEVER:
        return f"{iso(moment.lo)} at the earliest" if moment.lo > ALWAYS else "on a day that is not known"
    if moment.lo <= ALWAYS:
        return f"{iso(moment.hi)} at the latest"
    return f"between {iso(moment.lo)} and {iso(moment.hi)}"


def _status(timeline: Explained, key: Label, state: ClauseState) -> list[Step]:
    steps = [Step("status", status_text(state))]
    presumed = state.presumed
    if presumed.status != state.status:
        steps.append(Step("unless something happens", status_text(presumed)))
    if state.since is not None and state.status != "not yet":
        steps.append(Step("since", iso(state.since)))
    life = timeline.evaluator.lives(key)[-1]
    end = life.end
    if end.lo < NEVER and state.status != "ended":
        steps.append(Step("ends", _ending(end)))
    elif state.status == "ended" and state.until is not None:
        steps.append(Step("last day", iso(state.until)))
    until = shown(state.terms, "until")
    if until is not None and state.status != "ended":
        steps.append(Step("end as written", term_text(until), until.span.place, until.cites))
    for name in ("when", "while", "unless"):
        view = shown(state.terms, name)
        if view is not None:
            steps.append(Step(name, term_text(view), view.span.place, view.cites))
    return steps


def _duties(timeline: Explained, key: Label, state: ClauseState) -> list[Step]:
    """How each obligation stands, and the records that say so."""
    steps = [Step("duty", duty_text(duty, state.on)) for duty in state.duties]
    for word in ("performance", "breach", "cure"):
        facts = timeline.world.facts.get(f"{word} of {key}", ()) if steps else ()
        for fact in sorted(facts, key=lambda each: each.day):
            by = f" by {fact.by}" if fact.by else ""
            steps.append(Step(f"{word} of {key}", f"recorded on {iso(fact.day)}{by}", fact.span.place))
    return steps


def _ending(end: Moment) -> str:
    by = f" ({' or '.join(end.cause)})" if end.cause else ""
    if end.certain:
        return f"after {iso(end.lo - 1)}{by}"
    last = "with no latest day" if end.hi >= NEVER else f"after {iso(end.hi - 1)} at the latest"
    first = iso(end.lo - 1) if end.lo > ALWAYS else "any day"
    return f"after {first} at the earliest, {last}{by}"


def _terms(state: ClauseState) -> list[Step]:
    steps = [Step(role, ", ".join(names)) for role, names in state.parties.items()]
    for name, view in state.terms.items():
        if name not in {"until", "when", "while", "unless"}:
            steps.append(Step(name, f"{term_text(view)} (by {view.instrument})", view.span.place, view.cites))
    return steps


def _unknown(timeline: Explained, state: ClauseState) -> list[Step]:
    names = dict.fromkeys([*state.contingent_on, *(n for v in state.terms.values() for n in v.contingent_on)])
    return [settle(timeline, name) for name in names]


def settle(timeline: Explained, name: str) -> Step:
    """What is known of something that an answer hangs on."""
    known = "by any day of knowledge" if timeline.known is None else f"by {iso(timeline.known)}"
    for kind in ("event", "condition", "unknown"):
        entry = timeline.index.first_entry(DeclarationKey(kind, name))
        if entry is not None:
            meaning = entry.terms.get("meaning")
            text = f" ({show.schedule(meaning.value)})" if meaning else ""
            state = {"event": "not recorded", "condition": "not recorded for this day"}
            what = f"an unknown that nobody has disclosed {known}" if kind == "unknown" else f"{state[kind]} {known}"
            return Step(f"hangs on {name}", f"{kind}{text}: {what}", entry.span.place, entry.cites)
    if name.startswith('"'):
        return Step(f"hangs on {name}", f"a condition in quotes: not recorded {known}, open after it")
    return Step(f"hangs on {name}", f"not known {known}")
