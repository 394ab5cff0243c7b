"""Checks of clauses and references.

In: the context. Out: findings DR203, DR208, DR312, DR315, DR319 and DR905. Guaranteed: `circles` runs before anything
is evaluated, so that every evaluation ends.
"""

from collections.abc import Iterator
from itertools import pairwise

from dealrun.check.context import Context
from dealrun.diagnostics import Note, Report
from dealrun.limits import MAX_CHAIN
from dealrun.model import show
from dealrun.model.behaviour import LIFE, Behaviour
from dealrun.model.contract import Add, Entry, Operation, SetTerms
from dealrun.model.keys import DeclarationKey
from dealrun.model.values import AllOf, Amount, AnyOf, Duration, End, Happened, Names, OnDate, Schedule, Start, Value
from dealrun.model.vocabulary import FORMS, behaviour
from dealrun.source import Span
from dealrun.state.amend.index import Index, texts_of, values_of
from dealrun.state.falling_due import has_obligations
from dealrun.state.order import Edges, spell, walk
from dealrun.state.references import Reference
from dealrun.time import ALWAYS, NEVER, Moment, iso
from dealrun.time.moment import first


def circles(index: Index, edges: Edges, report: Report) -> None:
    """No clause may hang on itself, and no chain of references may be longer than the limit."""
    circle, chain = walk(edges)
    if circle:
        places = dict.fromkeys(_span(index, reference) for reference in circle)
        spans = [span for span in places if span is not None]  # a deal has no one place
        whole = " hangs on ".join(f"`{spell(reference)}`" for reference in (*circle, circle[0]))
        report.add(
            "DR208",
            f"these hang on one another: {whole}",
            next(iter(spans), None),
            notes=[Note("by way of this", span) for span in spans[1:4]],
            help="give one of them a day of its own",
        )
    elif len(chain) > MAX_CHAIN:
        report.add(
            "DR905",
            f"a chain of {len(chain)} references, from `{spell(chain[0])}` to `{spell(chain[-1])}`; "
            f"{MAX_CHAIN} is the limit",
            _span(index, chain[0]),
        )


def _span(index: Index, reference: Reference) -> Span | None:
    history = index.histories.get(reference.key, ())  # of what was never added, the first change
    return index.span_of(reference.key) or next((operation.span for _, operation in history), None)


def _entries(context: Context) -> Iterator[Entry]:
    for history in context.index.histories.values():
        for _, operation in history:
            if isinstance(operation, Add):
                yield operation.entry


def recurring(context: Context) -> None:
    """`each` takes an event that recurs; `every` makes one recur."""
    if not any("each" in entry.terms for entry in _entries(context)):
        return
    flags = {
        entry.key: "recurring" in entry.terms or "every" in entry.terms
        for entry in _entries(context)
        if entry.word == "event"
    }
    for entry in _entries(context):
        each = entry.terms.get("each")
        value = each.value.limbs[0][0] if each else None
        if not each or not isinstance(value, Happened):
            continue
        event, label = value.event.event, value.event.of_label
        if label is not None and (event == "due" or (event in {"start", "end"} and not _is_each(context, label))):
            context.report.add(
                "DR203",
                f"`{show.time(value.event)}` happens once; `each` needs an event that recurs",
                each.span,
                help="write `when` instead of `each`",
            )
        elif label is None and flags.get(DeclarationKey("event", event)) is False:
            declared = context.index.first_entry(DeclarationKey("event", value.event.event))
            context.report.add(
                "DR203",
                f"`{value.event.event}` happens once; `each` needs an event that is `recurring`",
                each.span,
                notes=[Note("declared here", declared.span)] if declared else (),
                help="write `recurring` in its declaration, or `when` instead of `each`",
            )


def _is_each(context: Context, label: str) -> bool:
    """Whether a clause has instances, each with a start and an end."""
    return any("each" in texts_of(operation) for _, operation in context.index.histories.get(label, ()))


def renewals(context: Context) -> None:
    """A condition of a term says whether the term renews."""
    for key, history in context.index.histories.items():
        entry = context.index.first_entry(key)
        if entry is None or behaviour(entry.word) is not Behaviour.TERM:
            continue
        written = [(name, text) for _, operation in history for name, text in texts_of(operation).items() if text]
        if any(name == "renews" for name, _ in written):
            continue
        for name, text in written:
            if name in {"while", "unless", "each"}:
                context.report.add(
                    "DR302",
                    f"`{name}` of a term says whether it renews; this one does not renew",
                    text.span,
                    help="say for how long it `renews`, or end the deal by `terminate ... automatic when` or `while`",
                )


def definitions(context: Context) -> None:
    """An event is defined by other events alone."""
    for entry in _entries(context):
        defined = entry.terms.get("=") if entry.word == "event" else None
        if defined is not None and not _of_events(defined.value.limbs[0][0]):
            context.report.add(
                "DR301",
                f"`{defined.span.text}` does not make an event",
                defined.span,
                help="an event is `= A or B` or `= A and B` of events; a condition is declared with `condition`",
            )


def _of_events(value: Value) -> bool:
    if isinstance(value, AllOf | AnyOf):
        return all(_of_events(part) for part in value.parts)
    return isinstance(value, Happened)


def lives(context: Context) -> None:
    """A clause that can never be in force, as it was known when it was signed."""
    for key, history in context.index.histories.items():
        if isinstance(key, DeclarationKey) or not any(_timed(op.entry) for _, op in history if isinstance(op, Add)):
            continue
        evaluator = context.signing(history[-1][0]).answers
        if len(history) == 1 and _ascends(history[0][1], evaluator.effective(history[0][0])):
            continue
        for episode in evaluator.episodes(key):
            start = first(episode.started)
            if behaviour(episode.word) is Behaviour.OPTION:
                continue  # of which a conflict tells, with its window
            if episode.end.hi <= start.lo and episode.end.hi < NEVER:
                until = episode.adding.entry.terms.get("until")
                starts = f"before it starts on {iso(start.lo)}" if start.lo < NEVER else "and never starts"
                context.report.add(
                    "DR312",
                    f"`{key}` ends on {iso(episode.end.hi - 1)}, {starts}",
                    until.span if until else episode.adding.span,
                    notes=[Note("the clause", episode.adding.span)],
                )


def survivals(context: Context) -> None:
    """What decides how long a deal lasts is not among what outlives it."""
    for key, history in context.index.histories.items():
        entry = None if isinstance(key, DeclarationKey) else context.index.first_entry(key)
        if entry is None or behaviour(entry.word) is not Behaviour.SURVIVAL:
            continue
        for _, operation in history:
            for _, value in values_of(operation):
                for label in value.members if isinstance(value, Names) else ():
                    named = context.index.first_entry(label)
                    if named is not None and behaviour(named.word) in LIFE:
                        context.report.add(
                            "DR322",
                            f"naming `{context.name(label)}` has no effect: a `{named.word}` is about the deal's end",
                            operation.span, help="leave it out: `survive` names clauses that go on after the deal",
                        )  # fmt: skip


def always_there(context: Context) -> None:
    """A duty of a sketch that falls due for each period, and has no start from which the periods count."""
    if not any(deal.sketch for deal in context.model.deals):
        return
    for key in context.now.labels:
        for episode in context.now.answers.episodes(key):
            frequency = episode.adding.entry.terms.get("frequency")
            if frequency is not None and has_obligations(episode) and first(episode.begun).lo <= ALWAYS:
                context.report.add(
                    "DR322",
                    f"`{frequency.span.text}` has no effect: `{key}` was always there, so no period is the first",
                    frequency.span, help="write from when it holds (`from 2024`), or when the deal was signed",
                )  # fmt: skip


def ended_by_their_start(context: Context) -> None:
    """A clause that the use of a right to terminate starts, and with which the deal ends on the same day."""
    model = context.index
    if not any("when" in entry.terms for entry in _entries(context)):
        return
    surviving = {
        name
        for entry in _entries(context) if behaviour(entry.word) is Behaviour.SURVIVAL and "clauses" in entry.terms
        for value, _ in entry.terms["clauses"].value.limbs if isinstance(value, Names)
        for name in value.members
    }  # fmt: skip
    for entry in _entries(context):
        started = entry.terms.get("when")
        value = started.value.limbs[0][0] if started is not None else None
        if (
            started is None
            or not isinstance(value, Happened)
            or entry.name in surviving
            or behaviour(entry.word) in LIFE
        ):
            continue
        right = model.first_entry(value.event.of_label) if value.event.of_label is not None else None
        if right is None or value.event.event not in {"notice", "exercise"} or right.deal != entry.deal:
            continue
        if behaviour(right.word) is not Behaviour.TERMINATION or {"notice", "cure"} & right.terms.keys():
            continue
        until = entry.terms.get("until")
        if until is not None and any(end == End("perpetual") for end, _ in until.value.limbs):
            continue
        if len(model.histories[entry.name]) > 1 or len(model.histories[right.name]) > 1:
            continue  # which an amendment may have changed
        context.report.add(
            "DR312",
            f"`{context.name(entry.name)}` can never be in force: `{value.event.event} of {context.name(right.name)}` "
            "starts it, and ends the deal on that day",
            started.span,
            notes=[Note("the right to terminate", right.span)],
            help=f"let it outlive the deal: `survive {context.name(entry.name)}`",
        )


def windows(context: Context) -> None:
    """What counts from a day after the end of its clause counts nothing."""
    for key, history in context.index.histories.items():
        counting = [(text, day) for _, operation in history for text in texts_of(operation).values()
                    if text is not None and (day := _counts_from(text.value)) is not None]  # fmt: skip
        if isinstance(key, DeclarationKey) or not counting:
            continue
        ends = [life.end.hi for life in context.signing(history[-1][0]).answers.lives(key)]
        for text, day in counting:
            if ends and max(ends) <= day.first:
                context.report.add(
                    "DR319",
                    f"this counts from {iso(day.first)}, and `{key}` ends on {iso(max(ends) - 1)}, so it has no effect",
                    text.span,
                    help="give another day, or leave the term out",
                )


def _counts_from(schedule: Schedule) -> OnDate | None:
    """The first date from which an amount, a rate or tiers of a schedule count."""
    found: OnDate | None = None
    for limb, _ in schedule.limbs:  # of every term of every clause, so nothing is made on the way
        if not isinstance(limb, Amount):
            continue
        for each in (limb, limb.tiers):
            time = None if each is None else each.counting_from
            if isinstance(time, OnDate) and (found is None or time.first < found.first):
                found = time
    return found


def _ascends(operation: Operation, effective: Moment) -> bool:
    """Whether a clause that nothing amends plainly starts before it ends: two dates in order, or a duration."""
    if not isinstance(operation, Add):
        return False
    until, start = operation.entry.terms["until"].value.limbs[0][0], operation.entry.terms.get("from")
    if not isinstance(until, End) or not isinstance(until.time, OnDate):
        return isinstance(until, End) and isinstance(until.time, Duration)
    if start is None:
        return effective.hi < until.time.first
    since = start.value.limbs[0][0]
    return isinstance(since, Start) and isinstance(since.time, OnDate) and since.time.last < until.time.first


def _timed(entry: Entry) -> bool:
    return "until" in entry.terms


def schedules(context: Context) -> None:
    """The days at which a value changes follow one another."""
    for entry in _entries(context):
        for term in entry.terms.values():
            if len(term.value.limbs) > 2:
                _ascending(context, term.value, term.span)


def _ascending(context: Context, schedule: Schedule, span: Span) -> None:
    evaluator = context.now.answers
    ends = [evaluator.limb_end(schedule, index) for index in range(len(schedule.limbs) - 1)]
    for earlier, later in pairwise(ends):
        if later.hi <= earlier.lo:
            context.report.add(
                "DR314",
                f"the value until {iso(later.hi - 1)} follows one that already holds until {iso(earlier.lo - 1)}",
                span,
                help="give the days of a schedule in ascending order",
            )


def added_late(context: Context) -> None:
    """A clause that an amendment adds to a deal that has ended is dead from its first day, unless it survives."""
    for instrument in context.model.instruments:
        added = [operation for operation in instrument.operations if isinstance(operation, Add)]
        if not instrument.amends or instrument.signed is None or context.carried(instrument):
            continue
        for operation in added:
            entry = operation.entry
            if not entry.is_clause or behaviour(entry.word) in LIFE:
                continue
            answers = context.signing(instrument).answers
            end = answers.deal_end(entry.deal)
            if end.hi > answers.effective(instrument).lo:
                break
            if any(life.end.hi <= first(life.episode.started).lo for life in answers.lives(entry.name)):
                context.report.add(
                    "DR323",
                    f"`{context.name(operation.key)}` is added by `{instrument.name}`, and the deal ended on "
                    f"{iso(end.hi - 1)}",
                    operation.span,
                    help="let it outlive the deal (`survive`), or renew the deal first",
                )


def unsigned(context: Context) -> None:
    """An amendment binds those who signed it: where it says who did, nobody else gets a duty or has to pay."""
    for instrument in context.model.instruments:
        signers = {by for by, _, _ in instrument.signatures}
        if not instrument.amends or not signers or "" in signers:
            continue
        for operation in instrument.operations:
            entry = operation.entry if isinstance(operation, Add) else context.index.first_entry(operation.key)
            if entry is None or not entry.is_clause or not isinstance(operation, Add | SetTerms):
                continue
            form = FORMS[entry.word]
            if form.family not in {"duty", "money"} or not form.roles:
                continue
            if isinstance(operation, SetTerms) and not operation.terms.keys() - {"subject to", "notwithstanding"}:
                continue
            terms = {**entry.terms, **(operation.terms if isinstance(operation, SetTerms) else {})}
            bound = next((terms[role] for role in dict.fromkeys(form.roles) if terms.get(role)), None)
            value = bound.value.limbs[0][0] if bound is not None else None
            plain = {name.rpartition(".")[2]: name for name in value.members} if isinstance(value, Names) else {}
            outside = sorted(plain.keys() - {name.rpartition(".")[2] for name in signers} - {"each", "other"})
            if outside:
                context.report.add(
                    "DR324",
                    f"`{instrument.name}` binds {' and '.join(f'`{name}`' for name in outside)}, who did not sign it",
                    operation.span,
                    help="name every signature: `signed DATE by A, DATE by B`; or leave out who signed",
                )
