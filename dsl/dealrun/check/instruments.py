"""Checks of what instruments do to one another, and of waivers.

In: the context. Out: findings DR414, DR415 and DR416. Guaranteed: each is judged as known when it was signed.
"""

from dealrun.check.context import Context
from dealrun.diagnostics import Note
from dealrun.model.contract import Drop, Instrument, Operation, Reinstate, SetTerms, Waive
from dealrun.model.keys import EntryKey, header_of
from dealrun.model.values import Names
from dealrun.model.vocabulary import FORMS
from dealrun.state.answers import Episode
from dealrun.time import NEVER, Day, iso


def amended(context: Context) -> None:
    """An amendment can be changed while it is to come, and rescinded while it has effect."""
    instruments = {instrument.name: instrument for instrument in context.model.instruments}
    place = {name: index for index, name in enumerate(instruments)}
    for key, history in context.index.histories.items():
        name = header_of(key)
        if name is None:
            continue
        target = instruments.get(name)
        for instrument, operation in history:
            if target is None or place[target.name] >= place[instrument.name] or instrument.reads == target.name:
                context.report.add(
                    "DR415",
                    f"`{name}` is not signed when `{instrument.name}` changes it",
                    operation.span,
                    notes=[Note("the instrument", target.span)] if target else (),
                    help="an instrument can change those that come before it",
                )
            elif not context.carried(instrument):
                _amended(context, target, instrument, operation)


def _amended(context: Context, target: Instrument, instrument: Instrument, operation: Operation) -> None:
    changes = next((op for op in target.operations if header_of(op.key) is not None), None)
    if instrument.until is not None or changes is not None:
        context.report.add(
            "DR415",
            f"`{instrument.name}` holds for a time only, so it cannot change `{target.name}`"
            if instrument.until is not None
            else f"`{target.name}` changes another instrument itself, which cannot be undone by the way",
            operation.span,
            notes=[Note("that change", changes.span)] if changes and instrument.until is None else (),
            help="say what shall hold from when on in an amendment that has no end"
            if instrument.until is not None
            else "change that instrument again, with `set amend` or `drop amend`",
        )
        return
    before = context.at(instrument.signed[0] - 1 if instrument.signed else None).answers
    at = context.signing(instrument).answers.effective(instrument)
    began, over = before.effective(target), before.lapse(target)
    if over.hi <= at.lo:
        context.report.add(
            "DR415",
            f"`{target.name}` lapsed after {iso(over.hi - 1)}, before `{instrument.name}` takes effect",
            operation.span,
            notes=[Note("the instrument", target.span)],
            help="what it did holds no more; say anew what shall hold",
        )
    elif isinstance(operation, SetTerms) and "effective" in operation.terms and began.hi <= at.lo < NEVER:
        context.report.add(
            "DR415",
            f"`{target.name}` has taken effect on {iso(began.hi)}, before `{instrument.name}` does",
            operation.span,
            notes=[Note("the instrument", target.span)],
            help=f"undo it with `drop amend {target.name}`, or change the terms that it wrote",
        )


def waivers(context: Context) -> None:
    """Who waives holds the right; what is reinstated is waived."""
    for key, history in context.index.histories.items():
        for place, (instrument, operation) in enumerate(history):
            if isinstance(operation, Waive) and operation.by is not None:
                _holder(context, key, instrument, operation)
            elif (
                isinstance(operation, Reinstate)
                and not context.carried(instrument)
                and not any(isinstance(earlier, Waive | Drop) for _, earlier in history[:place])
            ):
                context.report.add(
                    "DR416",
                    f"`{context.name(key)}` is not waived when `{instrument.name}` reinstates it",
                    operation.span,
                    help="what was dropped is added again with `add`",
                )


def _holder(context: Context, key: EntryKey, instrument: Instrument, operation: Waive) -> None:
    evaluator = context.signing(instrument).answers
    episodes = evaluator.episodes(key)
    if not episodes:
        return  # not there at all, and reported
    episode = episodes[-1]
    holders, bound = holders_of(episode, evaluator.effective(instrument).lo)
    by = operation.by
    if by in holders or (not holders and by not in bound):
        return
    adding = episode.adding
    who = " and ".join(f"`{name}`" for name in holders)
    note = f"it is {'owed to' if episode.word in _OWED else 'held by'} {who}" if who else f"`{by}` owes it"
    context.report.add(
        "DR414",
        f"`{by}` waives `{context.name(key)}`, which is not `{by}`'s to waive",
        operation.span,
        notes=[Note(note, adding.entry.span)],
        help=f"write `by {holders[0]}`" if holders else "leave `by` out, or name who can insist on it",
    )


_OWED = frozenset(word for word, form in FORMS.items() if form.family in {"duty", "money"})


def holders_of(episode: Episode, day: Day) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who holds a clause on a day (can insist on it, or let it go), and who is bound by it."""
    form = FORMS[episode.word]
    if not form.roles:
        return (), ()
    lone, giver, receiver = form.roles

    def members(role: str) -> tuple[str, ...]:
        state = episode.terms[role].at(day) if role in episode.terms else None
        return tuple(
            name for option in (state.options if state else ()) if isinstance(option.value, Names)
            for name in option.value.members
        )  # fmt: skip

    if "each" in members(giver):
        return (), ()
    held = members(receiver) if receiver in episode.terms else ()
    if form.family in {"right", "life"} and not held:
        held = members(lone)
    return held, members(giver) if giver in episode.terms else ()
