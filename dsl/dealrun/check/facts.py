"""Checks of what was recorded.

In: the context. Out: findings DR501, DR502 and DR505. Guaranteed: a refused fact is an error, so that no answer rests
on it.
"""

import re
from collections import Counter

from dealrun.check.context import Context
from dealrun.diagnostics import Note, did_you_mean
from dealrun.limits import MAX_INSTANCES
from dealrun.model.contract import PAID_UNDER, Entry, Fact
from dealrun.model.keys import DeclarationKey, name_of
from dealrun.model.kinds import EXAMPLES, FACTOR, OPEN, Kind, described, kinds_of
from dealrun.model.values import Amount, Duration, End, Names, OnDate, Quantity, Start, Value, Word
from dealrun.model.vocabulary import FORMS, RECORDED, ValueKind
from dealrun.state.amounts import evaluate
from dealrun.state.falling_due import has_obligations
from dealrun.state.references import blanks
from dealrun.time import iso
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES


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


def doers(context: Context) -> None:
    """A use of a right is one by its holder; a performance, a breach or a payment one by whoever has to act."""
    for fact in context.model.facts:
        if fact.by is None:
            continue
        label = fact.subject.removeprefix(PAID_UNDER) if fact.kind == "paid" else fact.subject.partition(" of ")[2]
        timeline = context.knowing(fact)
        if label not in timeline.labels:
            continue
        state = timeline.clause(label, fact.day)
        word = fact.subject.partition(" ")[0]
        if word in {"notice", "exercise"}:
            if not context.index.is_right(label):
                continue  # for a duty's time to cure, by whoever is owed it
            whose, role = next(iter(state.parties.values()), ()), "it is a right of"
        else:
            whose, role = state.obligors, "who has to act is"
        if whose and not {"each", "other"} & {*whose} and fact.by not in whose:
            context.report.add(
                "DR501", f"`{fact.subject}` is not recorded of `{fact.by}`: {role} {' and '.join(whose)}", fact.span,
                help="leave `by` out, or correct it",
            )  # fmt: skip


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
        if fact.kind == "happened":
            _in_time(context, fact)
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


def _in_time(context: Context, fact: Fact) -> None:
    """An event is recorded within the days between which it can happen."""
    terms = context.now.answers.declaration_terms(DeclarationKey("event", fact.subject))
    start = terms["from"].values[-1].value if "from" in terms else None
    end = terms["until"].values[-1].value if "until" in terms else None
    if "every" in terms:
        return  # whose occurrences are computed
    answers = context.now.answers
    begins = answers.start_of(start.time).lo if isinstance(start, Start) else fact.day
    over = (
        answers.end_moment(end, answers.start_of(start.time) if isinstance(start, Start) else ALWAYS_WAS)
        if isinstance(end, End)
        else NEVER_COMES
    )
    if fact.day < begins or fact.day >= over.hi:
        span = f"from {iso(begins)}" if fact.day < begins else f"until {iso(over.hi - 1)}"
        context.report.add(
            "DR505", f"`{fact.subject}` is recorded on {iso(fact.day)}; it can happen {span}", fact.span,
            help="correct the day, or the bounds of the event",
        )  # fmt: skip


def _sound(context: Context, entry: Entry) -> None:
    """The bounds of an unknown are of its kind, and the lower one is not above the upper one."""
    timeline = context.now
    said = entry.terms["kind"].value.limbs[0][0] if "kind" in entry.terms else None
    ratio = said == Word("percentage")
    sort = "percentage" if ratio else "amount"
    for word in ("at least", "at most"):
        bound = entry.terms[word].value.limbs[0][0] if word in entry.terms else None
        unit = bound.expression.unit if isinstance(bound, Amount) and isinstance(bound.expression, Quantity) else ""
        if unit and (unit == "%") != ratio:
            context.report.add(
                "DR320",
                f"a bound of `{entry.name}`, which is an unknown {sort}, is {described(unit)}",
                entry.terms[word].span,
                help=f"write {EXAMPLES[Kind.RATIO if ratio else Kind.MONEY]}",
            )
            return
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
    redacted = blanks(operation for history in context.index.histories.values() for _, operation in history)
    assumed = {name.name for name in context.model.assumed}
    for fact in context.model.facts:
        if fact.kind == "value" and fact.subject in redacted:
            _fits_blank(context, fact, redacted[fact.subject])
        if fact.kind != "value" or fact.subject in redacted or fact.subject in assumed:
            continue
        if context.index.first_entry(DeclarationKey("unknown", fact.subject)) is None:
            context.report.add(
                "DR201",
                f"no term `{fact.subject}` is redacted",
                fact.span,
                help=did_you_mean(fact.subject, redacted) or "what is recorded of a clause is a term written `***`",
            )


_WRITE = {
    "amount": "write `5,000 USD` or `5%`", "date": "write a date: `2026-12-31`", "duration": "write `30 days`",
}  # fmt: skip


def _sort_of(value: Value | bool | None) -> str:
    return "amount" if isinstance(value, Amount) else "duration" if isinstance(value, Duration) else "date"


def _fits_blank(context: Context, fact: Fact, sort: str) -> None:
    """The value of a redacted term is of a kind that the term takes; of a price, it is the money for each unit."""
    label, _, name = fact.subject.rpartition(".")
    entry = context.index.first_entry(label)
    term = None if entry is None else FORMS[entry.word].terms.get(re.sub(r"-[0-9]+$", "", name))
    if term is None:
        return
    if _sort_of(fact.value) != sort:
        wanted = {"amount": "an amount", "date": "a day", "duration": "a duration"}[sort]
        context.report.add("DR320", f"the redacted `{fact.subject}` is {wanted}", fact.span, help=_WRITE[sort])
    if term.kind is not ValueKind.AMOUNT or not isinstance(fact.value, Amount):
        return
    value = fact.value.expression
    unit = value.unit if isinstance(value, Quantity) else OPEN
    taken = term.takes | {Kind.MONEY} if Kind.PRICE in term.takes else term.takes
    if not kinds_of(unit or FACTOR, per_unit=False) & taken:
        wanted = " or ".join(EXAMPLES[kind] for kind in Kind if kind in taken and kind is not Kind.PRICE)
        context.report.add(
            "DR320", f"the value of `{fact.subject}` is {described(unit or FACTOR)}", fact.span, help=f"write {wanted}"
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
