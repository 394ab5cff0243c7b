"""Checks of what was recorded.

In: the context. Out: findings DR501, DR502 and DR505. Guaranteed: a refused fact is an error, so that no answer rests
on it.
"""

from dealrun.check.context import Context
from dealrun.diagnostics import Note
from dealrun.model.contract import Fact
from dealrun.model.values import Amount, Names, OnDate, Start
from dealrun.state.amounts import evaluate
from dealrun.time import iso


def declarers(context: Context) -> None:
    """A fact is declared by its event's declarer on that day."""
    for fact in context.model.facts:
        if fact.by is None:
            continue
        for kind in ("event", "condition"):
            terms = context.at(fact.known).evaluator.declaration_terms(f"{kind} {fact.subject}")
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
    once: dict[tuple[str, str, int | None], Fact] = {}
    recurring = {
        key.partition(" ")[2]
        for key in context.index.histories
        if (entry := context.index.first_entry(key)) and {"recurring", "every"} & set(entry.terms)
    }
    for fact in context.model.facts:
        if fact.retracted is not None or fact.subject in recurring or fact.kind == "holds":
            continue
        if fact.subject.partition(" ")[0] in {"performance", "breach", "notice", "exercise"}:
            continue  # of a label, these can happen more than once; the first counts where only one can
        earlier = once.setdefault((fact.subject, fact.kind, fact.known), fact)
        if earlier is not fact and (earlier.day, earlier.last, earlier.value) != (fact.day, fact.last, fact.value):
            context.report.add(
                "DR502",
                f"`{fact.subject}` is recorded twice, as known on one day",
                fact.span,
                notes=[Note("the other record", earlier.span)],
                help="a correction becomes known later (`known DATE`), or `retract` the wrong one",
            )


def bounds(context: Context) -> None:
    """A value lies within the bounds that its unknown was declared with."""
    for fact in context.model.facts:
        if fact.kind != "value":
            continue
        timeline = context.at(fact.known)
        terms = timeline.evaluator.declaration_terms(f"unknown {fact.subject}")
        for word, sign in (("at least", 1), ("at most", -1)):
            bound = terms[word].values[-1].value if word in terms else None
            if isinstance(bound, Amount) and isinstance(fact.value, Amount):
                low = evaluate(bound.expression, timeline.lookup)
                value = evaluate(fact.value.expression, timeline.lookup)
                if value.unit and low.unit and value.unit != low.unit:
                    _out(context, fact, f"is in {value.unit}; its bounds are in {low.unit}")
                elif value.least is not None and low.least is not None and sign * (value.least - low.least) < 0:
                    _out(context, fact, f"is not {word} what was declared")
        if isinstance(fact.value, Start) and isinstance(fact.value.time, OnDate):
            declared = timeline.evaluator.bounds_of(fact.subject)
            if fact.value.time.last < declared.lo or fact.value.time.first > declared.hi:
                _out(context, fact, f"lies outside {iso(declared.lo)} to {iso(declared.hi)}")


def _out(context: Context, fact: Fact, what: str) -> None:
    entry = context.index.first_entry(f"unknown {fact.subject}")
    context.report.add(
        "DR505",
        f"the value of `{fact.subject}` {what}",
        fact.span,
        notes=[Note("its declaration", entry.span)] if entry else (),
    )
