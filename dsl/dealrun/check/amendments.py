"""Checks of instruments: order, what their operations touch, and what they leave behind.

In: the context. Out: findings DR402 to DR413. Guaranteed: each operation is judged by what the instruments before it
left, on its effective day, as the law of amendments says (docs/language.md#amendments).
"""

from dealrun.check.context import Context
from dealrun.diagnostics import Note
from dealrun.model import show
from dealrun.model.behaviour import LIFE, Behaviour
from dealrun.model.contract import Add, ChangeMembers, Drop, Instrument, Operation, SetTerms
from dealrun.model.keys import DeclarationKey, EntryKey, header_of, name_of
from dealrun.model.kinds import lost_window
from dealrun.model.reading import shown
from dealrun.model.resolve.order import same_days
from dealrun.model.values import Amount, Names, Start, Tiers
from dealrun.model.vocabulary import FORMS, behaviour
from dealrun.state.amend.index import touch
from dealrun.state.amend.terms import Applied, TermState
from dealrun.state.answers import Answers, Episode
from dealrun.state.deal_end import ends_with_deal
from dealrun.state.references import of_operation, of_value
from dealrun.time import NEVER, Moment, iso
from dealrun.time.moment import first


def effective_days(context: Context) -> None:
    """An effective day before the signing day needs `retroactive`; a start before the effective day needs it too."""
    for instrument in context.model.instruments:
        if not instrument.amends or instrument.signed is None or context.carried(instrument):
            continue
        evaluator = context.signing(instrument).answers
        at = evaluator.effective(instrument)
        if at.hi < instrument.signed[0] and not instrument.retroactive:
            context.report.add(
                "DR402",
                f"`{instrument.name}` takes effect on {iso(at.hi)}, before it is signed on {iso(instrument.signed[0])}",
                instrument.effective_span or instrument.span,
                help="write `retroactive` if that is meant",
            )
        for operation in instrument.operations:
            if isinstance(operation, Add) and operation.entry.is_clause:
                begins = operation.entry.terms.get("from")
                start = begins.value.limbs[0][0] if begins else None
                if begins and isinstance(start, Start) and evaluator.start_of(start.time).hi < at.lo:
                    context.report.add(
                        "DR313",
                        f"`{operation.key}` starts before `{instrument.name}` takes effect on {iso(at.lo)}",
                        begins.span,
                        help="an amendment changes nothing before its effective day; "
                        "give it an earlier one: `effective DATE retroactive`",
                    )


def signing_conflicts(context: Context) -> None:
    """Two instruments of one signing day that touch one term, with nothing to say which comes first."""
    reach = _reach(context.model.instruments)
    for key, history in context.index.histories.items():
        amending = [(i, op) for i, op in history if i.amends]
        for index, (later, operation) in enumerate(amending):
            for earlier, other in reversed(amending[:index]):
                if not same_days(earlier, later):
                    break
                if (
                    earlier.name != later.name
                    and earlier.span.source is not later.span.source
                    and earlier.name != later.reads
                    and earlier.name not in reach.get(later.name, set())
                    and touch(operation, other)
                ):
                    context.report.add(
                        "DR403",
                        f"`{earlier.name}` and `{later.name}` were signed on one day and both change "
                        f"`{context.name(key)}`; which comes first?",
                        operation.span,
                        notes=[Note("the other change", other.span)],
                        help=f"write `after {earlier.name}` in `{later.name}`, or `subject to {earlier.name}` if "
                        f"`{earlier.name}` prevails",
                    )


def _reach(instruments: tuple[Instrument, ...]) -> dict[str, set[str]]:
    """The instruments that each comes after, by any number of steps."""
    yielding: dict[str, set[str]] = {}
    for other in instruments:
        for name in other.yields_to:
            yielding.setdefault(name, set()).add(other.name)
    found: dict[str, set[str]] = {}
    for instrument in instruments:  # in order, so that predecessors are complete
        behind = {*instrument.after, *instrument.prevails_over, *yielding.get(instrument.name, ())}
        found[instrument.name] = behind.union(*(found.get(name, set()) for name in behind))
    return found


def operations(context: Context) -> None:
    """Each operation finds what it changes there, and in force or coming."""
    for key, history in context.index.histories.items():
        if len(history) == 1 and isinstance(history[0][1], Add) and not history[0][1].replacing:
            continue
        if header_of(key) is not None:
            continue  # an instrument, not an entry
        before: list[Applied] = []
        for applied in history:
            instrument, operation = applied
            _operation(context, key, before, instrument, operation)
            if isinstance(operation, Add) and not operation.replacing:
                before = []
            if before or isinstance(operation, Add):
                before.append(applied)


def _operation(
    context: Context,
    key: EntryKey,
    before: list[Applied],
    instrument: Instrument,
    operation: Operation,
) -> None:
    evaluator = context.signing(instrument).answers
    at = evaluator.effective(instrument)
    report, name = context.report, context.name(key)
    episode = evaluator.episode(before) if before else None
    over = _over(evaluator, episode, at) if episode else None
    if context.carried(instrument) and episode is not None:
        return
    if isinstance(operation, Add):
        if episode is not None and over is None and not operation.replacing:
            report.add(
                "DR407",
                f"`{name}` is there already",
                operation.span,
                notes=[Note(f"added by `{episode.instrument.name}`", episode.adding.span)],
                help=f"change its terms with `set {key} …`, or write it anew with `replace`",
            )
        if operation.replacing and episode is None and not instrument.restates:
            report.add("DR404", f"`{name}` is not there to be replaced", operation.span, help="write `add`")
        if not operation.replacing or episode is None or instrument.restates:
            return
    if episode is None:
        later = [(i.name, op.span) for i, op in context.index.histories[key] if isinstance(op, Add)]
        report.add(
            "DR404",
            f"`{name}` is not there when `{instrument.name}` changes it",
            operation.span,
            notes=[Note("it is added here", later[0][1])] if later else (),
            help=f"it is added by `{later[0][0]}`, which comes later" if later else None,
        )
        return
    if over is not None:
        report.add(
            "DR405",
            f"`{name}` has ended before `{instrument.name}` takes effect on {iso(at.lo)}",
            operation.span,
            notes=[over],
            help="add it again, or make the amendment `retroactive` to a day before the end",
        )
        return
    if isinstance(operation, ChangeMembers):
        _members(context, episode, at, operation)
    if isinstance(operation, SetTerms):
        _terms_set(context, episode, at, instrument, operation)
    if isinstance(operation, Add) and operation.entry.word == episode.word:
        _windows_kept(context, episode, at, instrument, operation)


def _over(evaluator: Answers, episode: Episode, at: Moment) -> Note | None:
    """Why an entry has certainly ended before a moment."""
    # What survives counts its `for` from the deal's end, and goes on until it is dropped.
    does = behaviour(episode.word)
    ends = [episode.dropped] if does is Behaviour.SURVIVAL else [episode.end, episode.dropped]
    if does is Behaviour.TERM:  # what it says `until` is only the first end, at which it may renew
        ends = [evaluator.deal_end(episode.adding.entry.deal), episode.dropped]
    end = min(ends, key=lambda moment: moment.hi)
    if episode.adding.entry.is_clause and behaviour(episode.word) not in LIFE:
        deal = ends_with_deal(evaluator, episode.adding.entry.deal, episode.adding.entry.name, episode)
        end = min((end, deal), key=lambda moment: moment.hi)
    if end.come == at.come and end is episode.dropped:
        return Note("it is dropped by the same instrument", episode.adding.span)
    if end.hi <= at.lo and end.hi < NEVER:
        last = iso(end.hi - 1)
        return Note(f"it was last in force on {last} (ended by {' and '.join(end.cause)})", episode.adding.span)
    return None


def _members(context: Context, episode: Episode, at: Moment, operation: ChangeMembers) -> None:
    steps = episode.terms.get(operation.term)
    state = steps.at(at.hi) if steps else None
    value = state.options[-1].value if state else None
    present = set(value.members) if isinstance(value, Names) else set()
    for member in operation.members.members:
        if operation.adding == (member in present):
            word = "already in" if operation.adding else "not in"
            context.report.add(
                "DR411", f"`{member}` is {word} the `{operation.term}` of `{operation.key}`", operation.span
            )
    bare = FORMS[episode.word].terms[operation.term].bare
    if bare and not operation.adding and present and not present - set(operation.members.members):
        whole = ", and `books` without one are of the whole deal" if behaviour(episode.word) is Behaviour.BOOKS else ""
        context.report.add(
            "DR411", f"this leaves `{operation.key}` without a clause{whole}", operation.span,
            help=f"end it: `drop {operation.key}`; or add another member first",
        )  # fmt: skip


def _windows_kept(context: Context, episode: Episode, at: Moment, instrument: Instrument, operation: Add) -> None:
    """A clause that is written anew keeps the windows of its amounts, as far as it has them."""
    written = SetTerms(operation.key, operation.cites, operation.span, operation.entry.terms)
    for name in operation.entry.terms:
        steps = shown(episode.terms, name)
        if steps is not None:
            _window_kept(context, episode, name, steps.at(at.hi), instrument, written)


def _window_kept(
    context: Context, episode: Episode, name: str, state: TermState, instrument: Instrument, operation: SetTerms
) -> None:
    """An amount is not set without a window over one that had one, unless the operation says that it is meant."""
    text = operation.terms[name]
    new = text.value.limbs[0][0] if text is not None else None
    main = name == FORMS[episode.word].main
    if text is None or not isinstance(new, Amount) or (main and operation.terms.get("paid")):
        return
    if any(
        isinstance(other, SetTerms) and other.key == operation.key and other.terms.get(name, text) is None
        for other in instrument.operations
    ):
        return  # which it has unset before
    for option in state.options:
        old = option.value
        lost = lost_window(old, new) if isinstance(old, Amount) else None
        if lost is not None:
            once = " (or `once`)" if main else ""
            context.report.add(
                "DR321",
                f"`{instrument.name}` sets the `{name}` of `{context.name(operation.key)}` without the window "
                f"`{lost[0]}`",
                text.span,
                notes=[Note("it had one here", option.source.span)],
                help=f"write `{show.show(lost[1])}`, or `per life`{once} if that is meant",
            )
            return


def _terms_set(context: Context, episode: Episode, at: Moment, instrument: Instrument, operation: SetTerms) -> None:
    for name, text in operation.terms.items():
        steps = shown(episode.terms, name)
        if text is not None and steps is not None:
            _window_kept(context, episode, name, steps.at(at.hi), instrument, operation)
        if text is None:
            if steps is None or all(option.value is None for option in steps.at(at.hi).options):
                context.report.add(
                    "DR413",
                    f"`{operation.key}` has no `{name}` to unset",
                    operation.span,
                    help="leave it out",
                )
            continue
        if steps is not None and steps.next_change(at.lo) < NEVER:
            day = steps.next_change(at.lo)
            coming = _shown(episode, name, day)
            would = "would have become" if len(coming) == 1 else "could have become"
            context.report.add(
                "DR408",
                f"this overwrites what was still to come: `{name}` of `{operation.key}` {would} {coming[-1]} "
                f"from {iso(day)} on",
                operation.span,
                notes=[Note("the pending change", steps.at(day).options[-1].source.span)],
            )
        value = text.value.limbs[0][0]
        counted: Amount | Tiers | None = None
        if isinstance(value, Amount):
            counted = value if name in {"cap", "floor"} else value.tiers
        if counted is not None and counted.counting_from is None and first(episode.started).lo < at.lo:
            what = "the tiers of this" if isinstance(counted, Tiers) else "this"
            context.report.add(
                "DR409",
                f"{what} `{name}` count{'' if isinstance(counted, Tiers) else 's'} from {iso(at.lo)}, when "
                f"`{instrument.name}` takes effect, not from the start of `{operation.key}`",
                text.span,
                help=f"say so (`counting from {iso(at.lo)}`), or give another day",
            )


def _shown(episode: Episode, name: str, day: int) -> list[str]:
    return ["none" if o.value is None else show.show(o.value) for o in episode.terms[name].at(day).options]


def dropped(context: Context) -> None:
    """Nothing may be dropped while something that goes on refers to it."""
    drops = [
        (instrument, operation)
        for instrument in context.model.instruments
        for operation in instrument.operations
        if isinstance(operation, Drop)
    ]
    if not drops:
        return
    referrers: dict[EntryKey, set[EntryKey]] = {}
    for key, history in context.index.histories.items():
        for _, operation in history:
            for reference in of_operation(operation):
                referrers.setdefault(reference.key, set()).add(key)
    for instrument, operation in drops:
        target = operation.key
        if any(isinstance(other, Add) and other.key == target for other in instrument.operations):
            continue  # added anew
        names: set[EntryKey] = {target, name_of(target)}
        at = context.signing(instrument).answers.effective(instrument)
        referring: set[EntryKey] = set().union(*(referrers.get(name, set()) for name in names))
        for key in sorted(referring - {target}, key=str):
            _still_refers(context, key, names, at, instrument, operation)


def _still_refers(
    context: Context, key: EntryKey, names: set[EntryKey], at: Moment, instrument: Instrument, operation: Operation
) -> None:
    if at.hi >= NEVER:
        return
    answers = context.signing(instrument).answers
    lives = () if isinstance(key, DeclarationKey) else answers.lives(key)
    for place, life in enumerate(lives):
        episode = life.episode
        ended = min(life.end.hi, episode.dropped.hi, *(later.episode.born.hi for later in lives[place + 1 :]))
        for name, steps in episode.terms.items():
            for start, end, state in steps.pieces():
                day = max(start, at.hi)
                if day >= end or day >= ended:
                    continue
                for option in state.options:
                    if option.value is not None and any(r.key in names for r in of_value(option.value)):
                        context.report.add(
                            "DR406",
                            f"`{instrument.name}` drops `{context.name(operation.key)}`, which `{name}` of "
                            f"`{context.name(key)}` still refers to",
                            operation.span,
                            notes=[Note("it is named here", option.source.span)],
                            help=f"change that term too: `set {key} {name} …`, `unset {key} {name}`",
                        )
                        return
