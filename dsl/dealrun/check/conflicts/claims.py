"""What clauses claim: who may, must or must not do what, with whom, where, and on which days.

In: a timeline in which everything goes on as it is known. Out: claims, one for each stretch of days on which a clause
says the same. Guaranteed: a claim stands for days on which its clause is certainly in force, with terms that are
certain.
"""

from collections.abc import Collection, Iterator

import attrs

from dealrun.check.conflicts.names import Thing, Things
from dealrun.model.contract import Key
from dealrun.model.values import Names, Text, Word
from dealrun.model.vocabulary import FORMS
from dealrun.source import Span
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState, TermView
from dealrun.time import Day
from dealrun.time.days import FIRST, LAST

GRANTING = frozenset({"license", "exclusive", "commit"})
"""Clauses with which an exclusivity can clash."""

ACTING = frozenset({"permit", "forbid", "require"})
"""Clauses about an act, of which one can forbid what another allows or asks for."""

EXCLUSIVE = frozenset({"exclusive", "sole", "co-exclusive"})


@attrs.frozen(eq=False)
class Claim:
    """What a clause says from one day through another. An empty set says nothing: anything, anywhere, anybody."""

    contract: int
    deal: str
    label: Key
    word: str
    first: Day
    last: Day
    givers: frozenset[Thing]
    """Who grants, or is bound."""
    holders: frozenset[Thing]
    """Who receives, or is entitled."""
    exclusive: bool
    acts: frozenset[Thing]
    category: str
    scope: frozenset[Thing]
    territory: frozenset[Thing]
    field: frozenset[Thing]
    others: frozenset[Thing]
    """With whom, and on what."""
    exceptions: frozenset[Thing]
    opaque: bool
    """Whether an exception is said in words that nothing can be compared with."""
    measured: bool
    """Whether it is about a quantity, at least or at most."""
    ordered: frozenset[Key]
    """The clauses of which it says which prevails."""
    state: ClauseState = attrs.field(repr=False)
    course: str = ""
    """What is supposed to happen; empty where nothing is."""

    @property
    def span(self) -> Span:
        """Where the clause stands."""
        return self.state.span

    @property
    def name(self) -> str:
        """The label, with the deal's name before it."""
        return self.label if self.label.startswith(f"{self.deal}.") else f"{self.deal}.{self.label}"


def claims(
    contract: int, timeline: Timeline, things: Things, words: frozenset[str], labels: Collection[Key] | None = None
) -> Iterator[Claim]:
    """The claims of a contract's clauses of some words, in the order of its labels and days; or of some labels only."""
    declared = {deal.name: _parties(timeline, deal.name, deal.parties) for deal in timeline.index.model.deals}
    for label in timeline.labels:
        if labels is not None and label not in labels:
            continue
        owns = timeline.evaluator.owns(label)
        if not any(own.word in words for own in owns):
            continue
        deal = owns[-1].adding.entry.deal
        yield from _claims(contract, timeline, things, label, declared.get(deal, ()))


def _parties(timeline: Timeline, deal: str, named: tuple[str, ...]) -> tuple[str, ...]:
    if named:
        return named
    prefix = f"party {deal}." if len(timeline.index.model.deals) > 1 else "party "
    return tuple(key.partition(" ")[2] for key in timeline.declared if key.startswith(prefix))


def stretches(timeline: Timeline, label: Key) -> Iterator[tuple[Day, Day, ClauseState]]:
    """The stretches of days on which a clause is certainly in force and says the same."""
    days = sorted({FIRST, *(day for day in timeline.days(label) if FIRST < day <= LAST)})
    for start, end in zip(days, [*days[1:], LAST + 1], strict=True):
        state = timeline.clause(label, start)
        if state.status == "in force":
            yield start, end - 1, state


def _claims(contract: int, timeline: Timeline, things: Things, label: Key, parties: tuple[str, ...]) -> Iterator[Claim]:
    before: Claim | None = None
    for first, last, state in stretches(timeline, label):
        claim = _claim(contract, first, last, state, things, parties)
        if before is not None and before.last == first - 1 and _says(before) == _says(claim):
            before = attrs.evolve(before, last=last)
            continue
        if before is not None:
            yield before
        before = claim
    if before is not None:
        yield before


def _says(claim: Claim) -> tuple[object, ...]:
    return attrs.astuple(claim, recurse=False, filter=lambda a, _: a.name not in {"first", "last", "state", "course"})


def members(view: TermView | None) -> tuple[str, ...]:
    """The names in a term; a quoted text with its quotes."""
    match view.value if view is not None else None:
        case Names(found):
            return found
        case Text(text):
            return (f'"{text}"',)
        case _:
            return ()


def _claim(contract: int, first: Day, last: Day, state: ClauseState, things: Things, parties: tuple[str, ...]) -> Claim:
    terms = state.terms
    roles = FORMS[state.kind].roles

    def side(role: str) -> frozenset[Thing]:
        named = state.parties.get(role, ())
        everybody = set(named) & {"each", "other"}
        return things.all_of(contract, parties if everybody else named)

    def of(*names: str) -> frozenset[Thing]:
        return frozenset().union(*(things.all_of(contract, members(terms.get(name))) for name in names))

    lone, giver, receiver = roles or ("", "", "")
    category = terms["category"].value if "category" in terms else None
    exclusivity = terms["exclusivity"].value if "exclusivity" in terms else None
    exceptions = members(terms.get("except"))
    both = {*members(terms.get("subject to")), *members(terms.get("notwithstanding"))}
    return Claim(
        contract=contract,
        deal=state.deal,
        label=state.label,
        word=state.kind,
        first=first,
        last=last,
        givers=side(giver) if lone != giver or giver in state.parties else frozenset(),
        holders=side(receiver),
        exclusive=state.kind == "exclusive" or (isinstance(exclusivity, Word) and exclusivity.word in EXCLUSIVE),
        acts=of("act"),
        category=category.word if isinstance(category, Word) else "",
        scope=of("scope", "of"),
        territory=of("territory"),
        field=of("field"),
        others=of("with", "on"),
        exceptions=things.all_of(contract, exceptions),
        opaque=any(name.startswith('"') for name in exceptions),
        measured=not {"at least", "at most", "worth"}.isdisjoint(terms),
        ordered=frozenset({*both, *(name for name in exceptions if not name.startswith('"'))}),
        state=state,
    )
