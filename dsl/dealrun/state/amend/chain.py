"""A chain of operations, folded: what they make of one entry, one after the other.

In: the evaluator, and the operations on an entry from the one that adds it. Out: `FoldedTerms`: the entry's terms over
time, when it is dropped and when it is waived. Guaranteed: operations apply in signing order, each from its effective
day on (docs/language.md#how-amendments-apply); what comes to the same in every world is folded once for all of them, so
that a chain that is looked at after each of its amendments costs no more than its length.
"""

from dealrun.budget import spend
from dealrun.model.contract import Add, ChangeMembers, Drop, Entry, Instrument, Operation, Reinstate, SetTerms, Waive
from dealrun.model.values import End, Schedule
from dealrun.state.amend.terms import (
    Applied,
    FoldedTerms,
    Option,
    Provenance,
    TermState,
    change_members,
    lay_out,
    overwrite,
)
from dealrun.state.answers import FALSE, Answers
from dealrun.state.pieces import truth_from
from dealrun.time import NEVER, Moment, StepFunction, Truth, both, earliest, either, latest, negate
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES, latch, made


def fold(ev: Answers, history: list[Applied]) -> FoldedTerms:
    """What the operations of an episode make of it, one after the other."""
    prefix = ev.prefix(history)
    place = prefix.common(history)
    folded = prefix.folded[place - 1] if place else _added(ev, *history[0])
    shared = place or ev.is_fixed(history[0])
    if not place:
        place = 1
        if shared:
            prefix.extend(history, 1, folded)
    for count in range(place, len(history)):
        spend()
        folded = _folded(ev, folded, history[0][0], history[0][1], *history[count])
        shared = shared and ev.is_fixed(history[count])
        if shared:
            prefix.extend(history, count + 1, folded)
    return folded


def _added(ev: Answers, instrument: Instrument, adding: Operation) -> FoldedTerms:
    """What the operation that adds an entry makes of it."""
    assert isinstance(adding, Add)
    terms: dict[str, StepFunction[TermState]] = {}
    _write_entry(ev, terms, adding.entry, instrument, adding, None)
    lapsed = ev.lapse(instrument)
    dropped = lapsed.caused(*(lapsed.cause or (instrument.name,))) if lapsed.lo < NEVER else NEVER_COMES
    return FoldedTerms(terms, dropped, FALSE)


def _folded(
    ev: Answers, old: FoldedTerms, instrument: Instrument, adding: Operation, later: Instrument, operation: Operation
) -> FoldedTerms:
    """What one more operation makes of an entry that `instrument` added."""
    assert isinstance(adding, Add)
    entry = adding.entry
    terms, dropped, waived = dict(old.terms), old.dropped, old.waived
    at = ALWAYS_WAS if later.reads and not later.amends else ev.effective(later)
    over = ev.lapse(later)
    source = Provenance(later.name, operation.cites or later.cites, operation.span)
    match operation:
        case Add(entry=text):
            _write_entry(ev, terms, text, later, operation, at)
        case SetTerms(terms=written):
            for name, term in written.items():
                _write(ev, terms, name, term.value if term else None, source, at, instrument)
        case ChangeMembers(term=name, members=members, adding=adding_members):
            before = terms.get(name) or _absent(Provenance(instrument.name, entry.cites, entry.span))
            terms[name] = change_members(before, members, adding=adding_members, source=source, at=at)
        case Drop() if later.until is None:  # what was dropped before the rescission stays so
            came = at if over.lo >= NEVER else made(latch(at.come.zip(over.come.map(negate), both)))
            dropped = earliest([dropped, came.caused(later.name)])
        case Drop():  # for a time only
            waived = waived.zip(at.come.zip(over.come.map(negate), both), either)
        case Waive():
            waived = waived.zip(waiver(ev, operation, at).zip(over.come.map(negate), both), either)
        case Reinstate():
            waived = truth_from(truth_from(waived, FALSE, at), waived, over)
    if over.lo < NEVER:
        _revert(terms, old.terms, over, Provenance(instrument.name, entry.cites, entry.span))
    return FoldedTerms(terms, dropped, waived)


def _revert(
    terms: dict[str, StepFunction[TermState]],
    before: dict[str, StepFunction[TermState]],
    over: Moment,
    origin: Provenance,
) -> None:
    """Undo what an instrument wrote from the moment on at which it lapses."""
    for name, steps in terms.items():
        old = before.get(name) or _absent(origin)
        if old != steps:
            terms[name] = overwrite(steps, old, over)


def _write_entry(
    ev: Answers,
    terms: dict[str, StepFunction[TermState]],
    entry: Entry,
    by: Instrument,
    operation: Add,
    at: Moment | None,
) -> None:
    """An entry's whole text; from a moment on, also what it leaves out."""
    cites = entry.cites or by.cites
    for name, term in entry.terms.items():
        source = Provenance(by.name, cites, term.span)
        _write(ev, terms, name, term.value, source, at, by)
    if at is not None:
        source = Provenance(by.name, cites, operation.span)
        for name in terms:
            if name not in entry.terms:
                _write(ev, terms, name, None, source, at, by)


def _write(
    ev: Answers,
    terms: dict[str, StepFunction[TermState]],
    name: str,
    value: Schedule | None,
    source: Provenance,
    at: Moment | None,
    origin: Instrument,
) -> None:
    if value is None:
        new: StepFunction[TermState] = _absent(source)
    elif len(value.limbs) == 1:
        new = StepFunction.always(TermState((Option(value.limbs[0][0], source),)))
    else:
        new = lay_out(value, source, ev.limb_end)
    if at is None:
        terms[name] = new
        return
    old = terms.get(name)
    if old is None:
        old = _absent(Provenance(origin.name, origin.cites, origin.span))
    terms[name] = overwrite(old, new, at)


def waiver(ev: Answers, waive: Waive, at: Moment) -> StepFunction[Truth]:
    """For each day, whether a waiver that takes effect at a moment suspends the clause."""
    start = latest([at, ev.start_of(waive.start)]) if waive.start else at
    result = start.come
    if isinstance(waive.end, End):
        result = result.zip(ev.end_moment(waive.end, start).come.map(negate), both)
    return result


def _absent(source: Provenance) -> StepFunction[TermState]:
    return StepFunction.always(TermState((Option(None, source),)))
