"""What clauses claim: who may, must or must not do what, with whom, where, and on which days.

In: a timeline in which everything goes on as it is known. Out: claims, one for each stretch of days on which a clause
says the same. Guaranteed: a claim stands for days on which its clause is certainly in force, with terms that are
certain.
"""

from collections.abc import Collection, Iterator

import attrs

from dealrun.check.conflicts.names import Thing, Things
from dealrun.model.behaviour import Stance
from dealrun.model.keys import Label
from dealrun.model.values import Names, Text, Value, Word
from dealrun.model.vocabulary import FORMS, stance
from dealrun.source import Span
from dealrun.state.amend.terms import TermState
from dealrun.state.answers import Life
from dealrun.state.instances import Instances
from dealrun.state.standing import days_of_change, status_of
from dealrun.state.timeline import Timeline
from dealrun.time import Day
from dealrun.time.days import FIRST, LAST

GRANTING = frozenset({Stance.LICENCE, Stance.DEALING, Stance.PURCHASE, Stance.OWNERSHIP, Stance.OPTION})
"""Clauses with which an exclusivity can clash; what one owns alone, or has an option on, nobody else does."""

ACTING = frozenset({Stance.PERMISSION, Stance.PROHIBITION, Stance.DEMAND})
"""Clauses about an act, of which one can forbid what another allows or asks for."""

EXCLUSIVE = frozenset({"exclusive", "sole", "co-exclusive"})


def excludes(stands: Stance | None, words: Collection[str]) -> bool:
    """Whether a clause, with the words that stand in it, keeps others from having the same."""
    if stands is Stance.OWNERSHIP:
        return "joint" not in words and "share" not in words
    if stands is Stance.OPTION:
        return "renewal" not in words
    return stands is Stance.DEALING or not EXCLUSIVE.isdisjoint(words)


@attrs.frozen(eq=False)
class Claim:
    """What a clause says from one day through another. An empty set says nothing: anything, anywhere, anybody."""

    contract: int
    deal: str
    label: Label
    verb: str
    stance: Stance | None
    first: Day
    last: Day
    givers: frozenset[Thing]
    """Who grants, or is bound."""
    holders: frozenset[Thing]
    """Who receives, or is entitled."""
    exclusive: bool
    acts: frozenset[Thing]
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
    ordered: frozenset[Label]
    """The clauses of which it says which prevails."""
    named: tuple[str, ...]
    """The labels that it is `on`."""
    span: Span = attrs.field(repr=False)
    supposing: str = ""
    """What is supposed to happen; empty where nothing is."""

    @property
    def name(self) -> str:
        """The label, with the deal's name before it."""
        return self.label if self.label.startswith(f"{self.deal}.") else f"{self.deal}.{self.label}"


class Reader:
    """Reads the claims of one contract. Terms are read where they lie, as most clauses say the same throughout."""

    def __init__(self, contract: int, timeline: Timeline, things: Things) -> None:
        self.contract = contract
        self.timeline = timeline
        self.things = things
        several = len(timeline.index.model.deals) > 1
        self._parties = {
            deal.name: deal.parties or tuple(
                key.name for key in timeline.index.declarations
                if key.word == "party" and (not several or key.name.startswith(f"{deal.name}."))
            )
            for deal in timeline.index.model.deals
        }  # fmt: skip

    def claims(self, verbs: Collection[str], labels: Collection[Label] | None = None) -> Iterator[Claim]:
        """The claims of the clauses of some verbs, in the order of labels and days; or of some labels only."""
        for label in self.timeline.labels if labels is None else labels:
            if labels is not None and not (self.timeline.answers.episodes(label)):
                continue
            if any(episode.word in verbs for episode in self.timeline.answers.episodes(label)):
                yield from self._of(label)

    def _of(self, label: Label) -> Iterator[Claim]:
        before: Claim | None = None
        said: tuple[object, ...] = ()
        for first, last, life in stretches(self.timeline, label):
            word, terms = life.episode.word, life.episode.terms
            says = (word, *(_certain(terms[name].at(first)) for name in _READ if _reads(word, name) and name in terms))
            if before is not None and first <= before.last + 1 and says == said:  # instances can overlap
                before = attrs.evolve(before, last=max(before.last, last))
                continue
            if before is not None:
                yield before
            before, said = self._claim(label, first, last, life), says
        if before is not None:
            yield before

    def _claim(self, label: Label, first: Day, last: Day, life: Life) -> Claim:
        episode, contract, things = life.episode, self.contract, self.things
        entry = episode.adding.entry

        def of(*names: str) -> tuple[str, ...]:
            return tuple(m for name in names if _reads(episode.word, name) and name in episode.terms
                         for m in members(_value(life, name, first)))  # fmt: skip

        def side(role: str) -> frozenset[Thing]:
            named = of(role)
            everybody = {"each", "other"} & set(named)
            return things.all_of(contract, self._parties.get(entry.deal, ()) if everybody else named)

        lone, giver, receiver = FORMS[episode.word].roles or ("", "", "")
        exceptions = of("except")
        said = {name: _value(life, name, first) for name in ("exclusivity", "kind", "joint", "share")}
        words = {value.word for value in said.values() if isinstance(value, Word)}
        words |= {"share"} if said["share"] is not None else set()
        return Claim(
            contract=contract,
            deal=entry.deal,
            label=label,
            verb=episode.word,
            stance=stance(episode.word),
            first=first,
            last=last,
            givers=side(giver) if lone != giver or giver in episode.terms else frozenset(),
            holders=side(receiver),
            exclusive=excludes(stance(episode.word), words),
            acts=things.all_of(contract, of("act")),
            scope=things.all_of(contract, of("scope", "of")),
            territory=things.all_of(contract, of("territory")),
            field=things.all_of(contract, of("field")),
            others=things.all_of(
                contract, of("with", "on") if stance(episode.word) is not Stance.PARITY else of("with")
            ),
            exceptions=things.all_of(contract, exceptions),
            opaque=any(name.startswith('"') for name in exceptions),
            measured=any(
                _reads(episode.word, name) and name in episode.terms for name in ("at least", "at most", "worth")
            ),
            ordered=frozenset(
                name for name in (*exceptions, *of("subject to", "notwithstanding")) if not name.startswith('"')
            ),
            named=of("on"),
            span=entry.span,
        )


_READ = tuple(sorted({
    "act", "scope", "of", "territory", "field", "with", "on", "except", "exclusivity", "kind", "joint", "share",
    "subject to", "notwithstanding",
    *(role for form in FORMS.values() for role in form.roles), "at least", "at most", "worth", "rate", "amount", "base",
}))  # fmt: skip
"""The terms that make a claim, or a price."""


def _reads(word: str, name: str) -> bool:
    """Whether a term of a verb makes a claim, or a price; what is carried does not."""
    return name in _READ and name not in FORMS[word].carried


def _value(life: Life, name: str, day: Day) -> Value | None:
    """The value of a term on a day, if it is certain."""
    steps = life.episode.terms.get(name)
    return None if steps is None else _certain(steps.at(day))


def _certain(state: TermState) -> Value | None:
    return state.value if state.certain else None


def members(value: Value | None) -> tuple[str, ...]:
    """The names in a value; a quoted text with its quotes."""
    match value:
        case Names(found):
            return found
        case Text(text):
            return (f'"{text}"',)
        case _:
            return ()


def _each(timeline: Timeline, label: Label) -> Iterator[tuple[Day, Day, Life]]:
    """The days of each instance of a clause that is there for each occurrence of an event."""
    for life in timeline.answers.lives(label):
        for instance in Instances.of(timeline.answers, life).on(LAST) if "each" in life.episode.terms else ():
            if instance.occurrence is not None:
                last = LAST if instance.until is None else instance.until.toordinal()
                yield instance.occurrence.toordinal(), last, life


def stretches(timeline: Timeline, label: Label) -> Iterator[tuple[Day, Day, Life]]:
    """The stretches of days on which a clause is certainly in force and nothing of it changes."""
    if any("each" in life.episode.terms for life in timeline.answers.lives(label)):
        yield from _each(timeline, label)
        return
    lives = timeline.answers.lives(label)
    days = sorted({FIRST, *(day for day in days_of_change(timeline.answers, label) if FIRST < day <= LAST)})
    for start, end in zip(days, [*days[1:], LAST + 1], strict=True):
        life = next((life for life in reversed(lives) if life.episode.born.come.at(start).level == 2), None)
        if life is not None and status_of(life, start)[0] == "in force":
            yield start, end - 1, life
