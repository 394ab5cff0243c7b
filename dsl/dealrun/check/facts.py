"""Checks of what was recorded.

In: the context. Out: findings DR501, DR502 and DR505. Guaranteed: a refused fact is an error, so that no answer rests
on it.
"""

from collections import Counter

from dealrun.check.context import Context
from dealrun.diagnostics import Note, did_you_mean
from dealrun.limits import MAX_INSTANCES
from dealrun.model.contract import Entry, Fact
from dealrun.model.keys import DeclarationKey, name_of
from dealrun.model.values import Amount, Duration, End, Names, OnDate, Start
from dealrun.model.vocabulary import RECORDED
from dealrun.state.amounts import evaluate
from dealrun.state.duties import has_obligations
from dealrun.state.references import of_operation
from dealrun.time import iso


def declarers(context: Context) -> None:
    """A fact is declared by its event's declarer on that day."""
    for fact in context.model.facts:
        if fact.by is None:
            continue
        for kind in ("event", "condition"):
            terms = context.at(fact.known).answers.declaration_terms(DeclarationKey(kind, fact.subject))
            steps = terms.get("declared by")
            if steps is None:
                continue
            state = steps.at(fact.day)
            allowed = {m for o in state.options if isinstance(o.value, Names) for m in o.value.members}
            if allowed and fact.by not in allowed:
                context.report.add(
                    "DR501",
                    f"`{fact.by}` does not declare `{fact.subject}` on {iso(fact.day)}; "
                    f"{' or '.join(sorted(allowed))} does",
                    fact.span,
                    notes=[Note("as declared here", state.options[0].source.span)],
                )


def contradictions(context: Context) -> None:
    """An event that happens once is not recorded twice as known on one day; a correction becomes known later."""
    if not context.model.facts:
        return
    once: dict[tuple[str, str, int | None], Fact] = {}
    payments: dict[tuple[str, str, int, object], Fact] = {}
    recurring = {
        name_of(key)
        for key in context.index.histories
        if (entry := context.index.first_entry(key)) and {"recurring", "every"} & set(entry.terms)
    }
    for fact in context.model.facts:
        if fact.retracted is not None or fact.subject in recurring or fact.kind == "holds":
            continue
        if fact.kind == "paid":
            same = payments.setdefault((fact.id, fact.subject, fact.day, fact.value), fact)
            if same is not fact:
                context.report.add(
                    "DR502",
                    f"the same payment is recorded twice: `{fact.span.text}`",
                    fact.span,
                    notes=[Note("the other record", same.span)],
                    help="where there were two, label them: `first: record paid ...`",
                )
            continue
        if fact.subject.partition(" ")[0] in RECORDED:
            continue  # of a label, these can happen more than once; the first counts where only one can
        earlier = once.setdefault((fact.subject, fact.kind, fact.known), fact)
        if earlier is not fact and (earlier.day, earlier.last, earlier.value) != (
            fact.day,
            fact.last,
            fact.value,
        ):
            context.report.add(
                "DR502",
                f"`{fact.subject}` is recorded twice, as known on one day",
                fact.span,
                notes=[Note("the other record", earlier.span)],
                help="a correction becomes known later (`known DATE`), or `retract` the wrong one",
            )


def cures(context: Context) -> None:
    """What falls due is cured by being done, so that its cure follows and is not recorded."""
    supposed = [fact for each in context.model.expectations for fact in each.given]
    supposed += [fact for each in context.model.payments for fact in each.given]
    supposed += [fact for each in context.model.scenarios for fact in each.facts]
    for fact in (*context.model.facts, *supposed):
        word, _, label = fact.subject.partition(" of ")
        if fact.kind == "happened" and word == "cure" and label in context.index.histories:
            episodes = context.now.answers.episodes(label)
            if episodes and has_obligations(episodes[-1]):
                context.report.add(
                    "DR504",
                    f"`{fact.subject}` follows from the terms: what falls due is cured by being done",
                    fact.span,
                    help=f"write `record performance of {label} on {iso(fact.day)}`",
                )


def bounds(context: Context) -> None:
    """A value lies within the bounds that its unknown was declared with, and the bounds hold one."""
    for key in context.index.declarations:
        entry = context.index.first_entry(key) if key.word == "unknown" else None
        if entry is not None:
            _sound(context, entry)
    for fact in context.model.facts:
        if fact.kind != "value":
            continue
        timeline = context.at(fact.known)
        terms = timeline.answers.declaration_terms(DeclarationKey("unknown", fact.subject))
        for word, sign in (("at least", 1), ("at most", -1)):
            bound = terms[word].values[-1].value if word in terms else None
            if isinstance(bound, Amount) and isinstance(fact.value, Amount):
                low = evaluate(bound.expression, timeline.answers.lookup)
                value = evaluate(fact.value.expression, timeline.answers.lookup)
                if value.unit and low.unit and value.unit != low.unit:
                    _out(context, fact, f"is in {value.unit}; its bounds are in {low.unit}")
                elif value.least is not None and low.least is not None and sign * (value.least - low.least) < 0:
                    _out(context, fact, f"is {'below' if sign > 0 else 'above'} the bound that was declared")
        if isinstance(fact.value, Start) and isinstance(fact.value.time, OnDate):
            declared = timeline.answers.bounds_of(fact.subject)
            if fact.value.time.last < declared.lo or fact.value.time.first > declared.hi:
                _out(context, fact, f"lies outside {iso(declared.lo)} to {iso(declared.hi)}")


def _sound(context: Context, entry: Entry) -> None:
    """The lower bound of an unknown is not above its upper one."""
    timeline = context.now
    amounts = [entry.terms[w].value.limbs[0][0] for w in ("at least", "at most") if w in entry.terms]
    if len(amounts) == 2 and isinstance(amounts[0], Amount) and isinstance(amounts[1], Amount):
        low, high = (evaluate(a.expression, timeline.answers.lookup) for a in amounts if isinstance(a, Amount))
        if low.unit != high.unit and low.unit and high.unit:
            context.report.add("DR309", f"a bound in {low.unit} and one in {high.unit}", entry.terms["at most"].span)
        elif low.least is not None and high.most is not None and low.least > high.most:
            context.report.add("DR505", "the lower bound is above the upper one", entry.terms["at most"].span)
    start = entry.terms["from"].value.limbs[0][0] if "from" in entry.terms else None
    end = entry.terms["until"].value.limbs[0][0] if "until" in entry.terms else None
    if not isinstance(start, Start) or not isinstance(end, End) or end.time is None or isinstance(end.time, Duration):
        return
    if timeline.answers.end_of(end.time).hi <= timeline.answers.start_of(start.time).lo:
        context.report.add("DR505", "the first day is after the last one", entry.terms["until"].span)


def subjects(context: Context) -> None:
    """A value is recorded of an unknown, or of a term that is redacted."""
    if not any(fact.kind == "value" for fact in context.model.facts):
        return
    redacted = {
        name_of(reference.key)
        for history in context.index.histories.values()
        for _, operation in history
        for reference in of_operation(operation)
        if reference.kind == "redacted"
    }
    assumed = {name.name for name in context.model.assumed}
    for fact in context.model.facts:
        if fact.kind != "value" or fact.subject in redacted or fact.subject in assumed:
            continue
        if context.index.first_entry(DeclarationKey("unknown", fact.subject)) is None:
            context.report.add(
                "DR201",
                f"no term `{fact.subject}` is redacted",
                fact.span,
                help=did_you_mean(fact.subject, redacted) or "what is recorded of a clause is a term written `***`",
            )


def occurrences(context: Context) -> None:
    """No event recurs more often than the limit, recorded or computed."""
    counts = Counter(fact.subject for fact in context.model.facts if fact.kind == "happened")
    for subject, count in counts.items():
        if count > MAX_INSTANCES:
            fact = [fact for fact in context.model.facts if fact.subject == subject][MAX_INSTANCES]
            context.report.add(
                "DR911", f"`{subject}` occurs {count:,} times; {MAX_INSTANCES:,} is the limit", fact.span
            )
    evaluator = context.now.answers
    for key in context.index.declarations:
        entry = context.index.first_entry(key) if key.word == "event" else None
        if entry and "every" in entry.terms and len(evaluator.occurrences(entry.name)) >= MAX_INSTANCES:
            context.report.add(
                "DR911",
                f"`{entry.name}` occurs more than {MAX_INSTANCES:,} times, the limit",
                entry.terms["every"].span,
                help="give it an end (`until`), or a longer period",
            )


def _out(context: Context, fact: Fact, what: str) -> None:
    entry = context.index.first_entry(DeclarationKey("unknown", fact.subject))
    context.report.add(
        "DR505",
        f"the value of `{fact.subject}` {what}",
        fact.span,
        notes=[Note("its declaration", entry.span)] if entry else (),
    )
