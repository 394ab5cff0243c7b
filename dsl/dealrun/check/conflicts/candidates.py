"""Which clauses are worth an evaluation: those that could meet another one, whenever that may be.

In: contracts as they are written. Out: labels. Guaranteed: a clause that is left out meets none; found in time n log n,
without a timeline, so that a long agreement in which nothing meets costs little more than reading it.
"""

from collections.abc import Iterator
from itertools import product

from dealrun.check.conflicts.claims import ACTING, GRANTING, Claim, excludes, members
from dealrun.check.conflicts.grants import ACT_SIDES, ANYTHING, GRANT_SIDES, Judge
from dealrun.check.conflicts.names import Things
from dealrun.check.conflicts.sweep import groups
from dealrun.model.behaviour import Stance
from dealrun.model.contract import Add
from dealrun.model.keys import Label
from dealrun.model.values import Word
from dealrun.model.vocabulary import FORMS, stance
from dealrun.state.amend.index import Index, values_of
from dealrun.time.days import FIRST, LAST


def candidates(indexes: list[Index], things: Things, judge: Judge) -> list[list[Label]]:
    """For each contract, the clauses that could meet another, in the order of its clauses."""
    forbidding = any(
        isinstance(op, Add) and stance(op.entry.word) is Stance.PROHIBITION
        for index in indexes for history in index.histories.values() for _, op in history
    )  # fmt: skip
    compared = GRANTING | ACTING if forbidding else GRANTING
    timeless = [claim for number, index in enumerate(indexes) for claim in _timeless(number, index, things, compared)]
    found: list[dict[Label, None]] = [{} for _ in indexes]
    granting = [claim for claim in timeless if claim.stance in GRANTING]
    acting = [claim for claim in timeless if claim.stance in ACTING]
    meeting = (
        *groups(granting, judge.grant_places, GRANT_SIDES, _wanted),
        *groups(acting, judge.act_places, ACT_SIDES, _forbids),
    )  # fmt: skip
    for group in meeting:
        for claim in group:
            found[claim.contract][claim.label] = None
    return [[label for label in index.labels if label in found[number]] for number, index in enumerate(indexes)]


def _wanted(claim: Claim) -> bool:
    return claim.exclusive


def _forbids(claim: Claim) -> bool:
    return claim.stance is Stance.PROHIBITION


def _timeless(number: int, index: Index, things: Things, compared: frozenset[Stance]) -> Iterator[Claim]:
    """Everything that a clause ever says, as if it said it all at once and always."""
    parties = {deal.name: deal.parties for deal in index.model.deals}
    everybody = tuple(key.name for key in index.declarations if key.word == "party")
    for label in index.labels:
        history = index.histories[label]
        words = {op.entry.word for _, op in history if isinstance(op, Add) and stance(op.entry.word) in compared}
        entry = index.first_entry(label) if words else None
        if entry is None:
            continue
        said: dict[str, dict[str, None]] = {}
        for _, operation in history:
            for name, value in values_of(operation):
                names = (value.word,) if isinstance(value, Word) else members(value)
                said.setdefault(name, {}).update(dict.fromkeys(names))
        about = {**said.get("scope", {}), **said.get("of", {})}
        sides = [things.all_of(number, names) for names in (about, said.get("territory", ()), said.get("field", ()))]
        # What was amended may have been silent of something, at some time.
        open_ = [{side, ANYTHING} if len(history) > 1 else {side} for side in sides]
        for word, (scope, territory, field) in product(words, product(*open_)):
            lone, giver, receiver = FORMS[word].roles
            there = {role: tuple(said.get(role, ())) for role in (giver, receiver)}
            for role, named in there.items():
                if {"each", "other"} & set(named):
                    there[role] = parties.get(entry.deal) or everybody
            yield Claim(
                contract=number, deal=entry.deal, label=label, verb=word, stance=stance(word), first=FIRST, last=LAST,
                givers=things.all_of(number, there[giver] if lone != giver or said.get(giver) else ()),
                holders=things.all_of(number, there[receiver]),
                exclusive=stance(word) in {Stance.OWNERSHIP, Stance.OPTION}
                or excludes(stance(word), said.get("exclusivity", ())),
                acts=things.all_of(number, said.get("act", ())),
                scope=scope, territory=territory, field=field, others=frozenset(), exceptions=frozenset(),
                opaque=False, measured=False, ordered=frozenset(), named=(), span=entry.span,
            )  # fmt: skip
