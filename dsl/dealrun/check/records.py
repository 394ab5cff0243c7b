"""Checks of what records bring about: a use, a performance or a second record that has no effect.

In: the context. Out: findings DR508. Guaranteed: a record that a finding names has no effect, neither as known on the
day on which it became known, so that nothing that is recorded later makes a finding of it, nor by all that is known.
"""

from collections.abc import Iterator

from dealrun.check.context import Context
from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import Fact
from dealrun.model.keys import DeclarationKey, Label
from dealrun.model.vocabulary import behaviour
from dealrun.state.answers import Answers, Life
from dealrun.state.deal_end import renewals
from dealrun.state.duties import obligations
from dealrun.state.falling_due import has_obligations, is_duty, owes_money
from dealrun.state.references import of_operation
from dealrun.state.uses import USES
from dealrun.time import ALWAYS, NEVER, Day, StepFunction, Truth, iso

_SHOWN = 3
"""So many periods are named in a message."""


def without_effect(context: Context) -> None:
    """A use of a right on a day on which it is not in force, and a performance of no obligation."""
    for fact in context.model.facts:
        word, _, label = fact.subject.partition(" of ")
        if fact.kind != "happened" or fact.retracted is not None or label not in context.index.histories:
            continue
        if word in USES and context.index.is_right(label):
            _use(context, fact, word, label)
        elif word in USES and not _is_event(context, label, "use"):
            _tell(context, fact, f"`{label}` is no right, and nothing waits for it",
                  "name the right, or the duty whose time to cure counts from a notice")  # fmt: skip
        elif word == "performance":
            _performance(context, fact, label)


def twice(context: Context) -> None:
    """What can happen more than once is recorded again for a day on which it counts once."""
    seen: dict[tuple[object, ...], Fact] = {}
    for fact in context.model.facts:
        word, _, label = fact.subject.partition(" of ")
        entry = None if label else context.index.first_entry(DeclarationKey("event", fact.subject))
        recurs = label or (entry is not None and "recurring" in entry.terms)
        if fact.kind != "happened" or fact.retracted is not None or not recurs:
            continue
        performed = (fact.id, fact.within) if word == "performance" else ()
        if seen.setdefault((fact.subject, fact.day, fact.last, *performed), fact) is not fact:
            _tell(
                context, fact, "it is recorded already",
                "where there were two, label them: `first: record performance of ...`" if performed else
                "it counts once on one day; where there were two, give the second an event of its own",
            )  # fmt: skip


def _tell(context: Context, fact: Fact, why: str, help_: str) -> None:
    context.report.add("DR508", f"`{fact.subject}` on {_day(fact)} has no effect: {why}", fact.span, help=help_)


def _day(fact: Fact) -> str:
    return iso(fact.day) if fact.day == fact.last else f"a day from {iso(fact.day)} to {iso(fact.last)}"


def _use(context: Context, fact: Fact, word: str, label: Label) -> None:
    answers = context.knowing(fact).answers
    if not answers.episodes(label):
        _tell(context, fact, f"`{label}` did not exist", "correct the day, or sign what adds the right before it")
        return
    if not any(fact.day <= at.lo <= fact.last for each in _views(context, fact) for at in each.uses(label).of(word)):
        spans = [*_spans(answers.in_force(label), fact.last)]
        when = " and ".join(spans[-_SHOWN:])
        _tell(
            context, fact, f"`{label}` was not in force",
            f"it counts {when}" if spans else "the right was in force on no day through then",
        )  # fmt: skip
    elif word == "notice" and behaviour(answers.episodes(label)[-1].word) is Behaviour.TERM:
        _in_time(context, fact, label, answers)


def _views(context: Context, fact: Fact) -> tuple[Answers, Answers]:
    """What a record brings about as known on the day on which it became known, and by all that is known."""
    return context.knowing(fact).answers, context.now.answers


def _spans(in_force: StepFunction[Truth], through: Day) -> Iterator[str]:
    """The days on which a right is certainly in force, as text, as far as they begin by a day."""
    for start, end, truth in in_force.pieces():
        if truth.level == 2 and start <= through:
            until = f" through {iso(end - 1)}" if end < NEVER else ""
            yield f"from {iso(start)}{until}" if start > ALWAYS else f"on every day{until}"


def _in_time(context: Context, fact: Fact, label: Label, answers: Answers) -> None:
    """A notice of a term comes too late for the next end, or the term does not renew."""
    if "renews" not in answers.episodes(label)[-1].terms:
        _tell(context, fact, f"`{label}` does not renew", "a notice says that a term which `renews` does not")
        return
    missed = [(end, last) for end, last, _ in renewals(answers, label, fact.day)
              if last is not None and last < fact.day < end]  # fmt: skip
    if missed:
        end, last = missed[0]
        context.report.add(
            "DR508",
            f"`{fact.subject}` on {_day(fact)} comes too late for {iso(end - 1)}, the end of the term",
            fact.span,
            help=f"the last day for it was {iso(last or 0)}; it counts for the end after that",
        )


def _performance(context: Context, fact: Fact, label: Label) -> None:
    if _is_event(context, label, "done"):
        return  # something else follows from it
    views = _views(context, fact)
    lives = [(each, life) for each in views for life in each.lives(label) if is_duty(life.episode.word)]
    named = max((_named(each, fact, label, life) for each, life in lives), default=0)
    if named > 1:
        context.report.add(
            "DR508",
            f"`{fact.subject}` on {_day(fact)} names {named} obligations of `{label}`, and counts for one of them",
            fact.span, help="write a record for each: the period of one obligation, or the day of its occurrence",
        )  # fmt: skip
        return
    if not lives and not any(owes_money(life.episode) for each in views for life in each.lives(label)):
        _tell(context, fact, f"`{label}` is no duty",
              f"name the duty that was performed; a breach is made good by `record cure of {label}`")  # fmt: skip
        return
    if not lives or any(_is_of(each, fact, label, life) for each, life in lives):
        return
    if not any(has_obligations(life.episode) for _, life in lives):
        _tell(context, fact, f"nothing of `{label}` falls due",
              "say when it does: `by DATE`, `within 30 days of E`, `quarterly`")  # fmt: skip
        return
    if fact.within is not None:
        _tell(context, fact, f"nothing of `{label}` that it names can be performed then",
              "name the period, or the day of the occurrence, of an obligation that is open")  # fmt: skip
        return
    _tell(context, fact, f"nothing of `{label}` is open then",
          "correct the day, or name the obligation: `record performance of L for PERIOD on DATE`")  # fmt: skip


def _named(answers: Answers, fact: Fact, label: Label, life: Life) -> int:
    """How many obligations a performance names that says of which it is."""
    if fact.within is None:
        return 0
    found = obligations(answers, label, life.episode, life.end, fact.within[1])
    return sum(fact.within[0] <= each.counted.lo and each.counted.hi <= fact.within[1] for each in found)


def _is_event(context: Context, label: Label, kind: str) -> bool:
    """Whether something depends on the performance of a clause (`done`), or on a notice under it (`use`)."""
    return any(
        reference.kind == kind and reference.key == label
        for history in context.index.histories.values()
        for _, operation in history
        for reference in of_operation(operation)
    )


def _is_of(answers: Answers, fact: Fact, label: Label, life: Life) -> bool:
    """Whether a performance is of an obligation, for all that is known."""
    found = obligations(answers, label, life.episode, life.end, fact.last)
    return any(fact.day <= each.recorded.lo <= fact.last for each in found)
