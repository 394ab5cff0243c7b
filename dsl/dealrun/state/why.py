"""Why: the chain from a clause's text through each instrument to the answer of a day.

In: a timeline, a label and a day. Out: `Explanation`, steps in order, each with its place and citations. Guaranteed:
every step is read off the same evaluation as the answer; nothing is told twice.
"""

from datetime import date

from dealrun.model import show
from dealrun.model.contract import Add, ChangeMembers, Drop, Instrument, Operation, Reinstate, SetTerms, Waive
from dealrun.model.keys import DeclarationKey, Label
from dealrun.model.reading import shown
from dealrun.source import Span
from dealrun.state.amend.effect import signing
from dealrun.state.changes import duty_text, status_text, term_text
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState, Explanation, Step
from dealrun.time import ALWAYS, NEVER, Day, Moment, iso


def explain(timeline: Timeline, key: Label, day: Day) -> Explanation:
    """The explanation of a clause on a day; KeyError if the clause is not visible."""
    state = timeline.clause(key, day)
    steps = [
        *_text(timeline, key),
        *_status(timeline, key, state),
        *_duties(timeline, key, state),
        *_terms(state),
        *_unknown(timeline, state),
    ]
    return Explanation(state, date.fromordinal(day), timeline.known, tuple(steps), timeline.basis)


def _quote(span: Span) -> str:
    return " ".join(line.strip() for line in span.text.splitlines() if line.strip())


def _text(timeline: Timeline, key: Label) -> list[Step]:
    """The clause's text, and what each instrument did to it."""
    evaluator = timeline.evaluator
    steps: list[Step] = []
    for instrument, operation in timeline.index.histories[key]:
        if not evaluator.visible(instrument):
            continue
        steps.append(
            Step(
                instrument.name,
                f"{_verb(operation)}, {_when(timeline, instrument)}",
                operation.span.place,
                operation.cites or instrument.cites,
                _quote(operation.span),
            )
        )
    return steps


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


def _when(timeline: Timeline, instrument: Instrument) -> str:
    effective = timeline.evaluator.effective(instrument)
    if instrument.signed is None:
        return "not dated" if effective.lo <= ALWAYS else f"effective {span_of_days(effective)}"
    signed = signing(instrument)
    lapse = timeline.evaluator.lapse(instrument)
    text = f", lapses {span_of_days(lapse)}" if lapse.lo < NEVER else ""
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


def _status(timeline: Timeline, key: Label, state: ClauseState) -> list[Step]:
    steps = [Step("status", status_text(state))]
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


def _duties(timeline: Timeline, key: Label, state: ClauseState) -> list[Step]:
    """How each obligation stands, and the records that say so."""
    steps = [Step("duty", duty_text(duty)) for duty in state.duties]
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
    last = "never" if end.hi >= NEVER else f"after {iso(end.hi - 1)}"
    first = iso(end.lo - 1) if end.lo > ALWAYS else "any day"
    return f"after {first} at the earliest, {last} at the latest{by}"


def _terms(state: ClauseState) -> list[Step]:
    steps = [Step(role, ", ".join(names)) for role, names in state.parties.items()]
    for name, view in state.terms.items():
        if name not in {"until", "when", "while", "unless"}:
            steps.append(Step(name, f"{term_text(view)} (by {view.instrument})", view.span.place, view.cites))
    return steps


def _unknown(timeline: Timeline, state: ClauseState) -> list[Step]:
    names = dict.fromkeys([*state.contingent_on, *(n for v in state.terms.values() for n in v.contingent_on)])
    return [_settle(timeline, name) for name in names]


def _settle(timeline: Timeline, name: str) -> Step:
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
