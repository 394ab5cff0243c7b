"""What an exclusivity and a prohibition forbid: grants, permissions and duties of others.

In: claims. Out: findings DR801 to DR803. Guaranteed: `except`, `subject to` and `notwithstanding` are honoured; what
cannot be compared (an exception in quotes) is never taken for a conflict.
"""

from collections.abc import Iterator
from itertools import product

import attrs

from dealrun.budget import FINDING, spend
from dealrun.check.conflicts.claims import ACTING, GRANTING, Claim
from dealrun.check.conflicts.names import Thing, Things
from dealrun.check.conflicts.sweep import GrantPlace, Pair, meeting
from dealrun.diagnostics import Note, Report
from dealrun.model.behaviour import Stance
from dealrun.time import iso
from dealrun.time.days import FIRST, LAST

ANYTHING: frozenset[Thing] = frozenset()

GRANT_SIDES = 0b111
ACT_SIDES = 0b1
"""The sides of the places at which grants, and acts, can meet."""


@attrs.frozen
class Judge:
    """Compares claims by the things that they are about."""

    things: Things
    report: Report
    reaches: dict[tuple[int, str], frozenset[str]] = attrs.field(factory=dict)
    """By contract and supposed event, the clauses that it can reach."""
    _told: set[tuple[object, ...]] = attrs.field(factory=set)

    def grants(self, found: list[Claim]) -> None:
        """Grants that an exclusivity forbids: a licence beside an exclusive one, dealing with somebody else."""
        granting = [claim for claim in found if claim.stance in GRANTING]
        pairs = meeting(granting, self.grant_places, GRANT_SIDES, lambda claim: claim.exclusive)
        for one, other in sorted(pairs, key=_plain_first):
            if self._clash(one, other):
                self._tell(one, other)

    def acts(self, found: list[Claim]) -> None:
        """Acts that are forbidden and allowed, or forbidden and asked for, of the same party."""
        acting = [claim for claim in found if claim.stance in ACTING and not claim.measured]
        pairs = meeting(acting, self.act_places, ACT_SIDES, lambda claim: claim.stance is Stance.PROHIBITION)
        for one, other in sorted(pairs, key=_plain_first):
            if other.stance is not Stance.PROHIBITION and self._contradict(one, other):
                verb = "allows" if other.stance is Stance.PERMISSION else "asks for"
                self._say("DR803", f"`{other.name}` {verb} what `{one.name}` forbids", one, other)

    # --- exclusivity --------------------------------------------------------------------------------------------------

    def grant_places(self, claim: Claim) -> Iterator[GrantPlace]:
        """By grantor: the things, territories and fields of a grant, and all in which they lie; nothing said is all."""
        everything = ("all of", claim.contract, claim.deal)
        givers: list[object] = [*claim.givers] or [("whoever grants in", claim.contract, claim.deal)]
        if claim.stance is Stance.OWNERSHIP:
            givers = ["whoever owns"]
        sides = (
            self._side(claim.scope, everything),
            self._side(claim.territory, "everywhere"),
            self._side(claim.field, "every field"),
        )
        for giver, scope, where, use in product(givers, *sides):
            yield (giver, scope[0], where[0], use[0]), scope[1] | where[1] << 1 | use[1] << 2

    def _side(self, said: frozenset[Thing], widest: object) -> list[tuple[object, int]]:
        """What lies at or above some things, each with whether it is one of them."""
        found = {above: int(above in said) for thing in said for above in self.things.above(thing)}
        return [*found.items(), (widest, int(not said))]

    def _clash(self, one: Claim, other: Claim) -> bool:
        """Whether an exclusive claim forbids another one."""
        if one.label == other.label and one.contract == other.contract:
            return False
        stances = {one.stance, other.stance}
        if len(stances) > 1 and (Stance.DEALING not in stances or stances & {Stance.OWNERSHIP, Stance.OPTION}):
            return False  # a licence does not keep its licensor from buying
        if one.stance is Stance.OWNERSHIP and (one.holders <= other.givers or other.holders <= one.givers):
            return False  # it was assigned
        if {one.holders, other.holders} == {ANYTHING} or not one.holders.isdisjoint(other.holders):
            return False
        if not one.others.isdisjoint(other.holders) or not other.others.isdisjoint(one.holders):
            return False  # co-exclusive with it
        if (one.acts or other.acts) and not self._meet(one.acts, other.acts):
            return False
        return self._overlap(one, other)

    def _tell(self, one: Claim, other: Claim) -> None:
        if one.stance is Stance.OWNERSHIP:
            self._say("DR801", f"`{one.name}` and `{other.name}` have different owners of the same", one, other)
        elif one.stance is Stance.OPTION:
            self._say("DR801", f"`{one.name}` and `{other.name}` give options on the same", one, other)
        elif one.exclusive and other.exclusive:
            self._say("DR801", f"`{one.name}` and `{other.name}` are both exclusive", one, other)
        elif one.stance is Stance.DEALING:
            self._say("DR802", f"`{other.name}` deals with somebody else than `{one.name}` allows", one, other)
        else:
            self._say("DR802", f"`{other.name}` grants what `{one.name}` grants exclusively", one, other)

    # --- acts ---------------------------------------------------------------------------------------------------------

    def act_places(self, claim: Claim) -> Iterator[GrantPlace]:
        """By who acts; what is forbidden only where it is: a narrower prohibition is an exception of a permission."""
        if claim.stance is Stance.PROHIBITION:
            yield from (((who, act), 1) for who, act in product(claim.givers, claim.acts))
            return
        who_acts = claim.givers if claim.stance is Stance.DEMAND else claim.holders
        acts = {above for act in claim.acts for above in self.things.above(act)}
        yield from (((who, act), 0) for who, act in product(who_acts, acts))

    def _contradict(self, one: Claim, other: Claim) -> bool:
        """Whether a prohibition and a permission, or a duty, cannot both be."""
        if other.stance is Stance.PERMISSION:
            if (one.contract, one.deal) != (other.contract, other.deal):
                return False  # what one party allows does not undo what was promised to another
            if one.holders and other.givers and one.holders.isdisjoint(other.givers):
                return False
        return self._overlap(one, other)

    # --- what they have in common ------------------------------------------------------------------------------------

    def _meet(self, left: frozenset[Thing], right: frozenset[Thing]) -> frozenset[Thing]:
        """The things that lie in both, the narrower of each pair; nothing said is anything."""
        if not left or not right:
            return left or right
        things = self.things
        inner = {a for a in left for b in right if things.within(a, b)}
        return frozenset(inner | {b for b in right for a in left if things.within(b, a)})

    def _together(self, one: Claim, other: Claim) -> bool:
        """Whether two claims stand in one course of events."""
        if one.supposing == other.supposing:
            return one.contract == other.contract or not one.supposing
        if one.supposing and other.supposing:
            return False
        supposed, plain = (one, other) if one.supposing else (other, one)
        same = supposed.contract == plain.contract
        return not (same and plain.label in self.reaches[supposed.contract, supposed.supposing])

    def _overlap(self, one: Claim, other: Claim) -> bool:
        """Whether two claims have a thing, a place and a field in common that no exception takes out."""
        if not self._together(one, other):
            return False
        if one.opaque or other.opaque or self._ordered(one, other):
            return False
        out = one.exceptions | other.exceptions
        for left, right in (
            (one.scope, other.scope), (one.territory, other.territory), (one.field, other.field),
            (one.acts, other.acts), (one.others, other.others),
        ):  # fmt: skip
            common = self._meet(left, right)
            if left and right and not common:
                return False
            if common and all(self._covered(thing, out) for thing in common):
                return False
        return not any(self._covered(thing, out) for thing in (*one.holders, *other.holders))

    def _covered(self, thing: Thing, out: frozenset[Thing]) -> bool:
        return not out.isdisjoint(self.things.above(thing))

    @staticmethod
    def _ordered(one: Claim, other: Claim) -> bool:
        """Whether one of them says which prevails, or excepts the other."""
        return one.contract == other.contract and (other.label in one.ordered or one.label in other.ordered)

    # --- what is said -------------------------------------------------------------------------------------------------

    def _say(self, code: str, text: str, one: Claim, other: Claim) -> None:
        pair = (code == "DR803", *sorted([(one.contract, one.label), (other.contract, other.label)]))
        if pair in self._told:
            return
        self._told.add(pair)
        spend(FINDING)
        first = max(one.first, other.first)
        supposing = one.supposing or other.supposing
        text += f", supposing {supposing}" if supposing else ""
        since = f", from {iso(first)}" if first > FIRST else ""
        help_ = "let one end before the other begins, or say which prevails: `except`, `subject to`, `notwithstanding`"
        self.report.add(
            code, text + since, other.span,
            notes=[
                Note(f"`{other.name}` holds {period(other)}"),
                Note(f"`{one.name}` holds {period(one)}", one.span),
            ],
            help=help_,
        )  # fmt: skip


def _plain_first(pair: Pair) -> tuple[bool, int]:
    """What is so anyhow is told before what comes only with an event; the earliest first."""
    one, other = pair
    return bool(one.supposing or other.supposing), max(one.first, other.first)


def period(claim: Claim) -> str:
    """The days for which a claim stands."""
    if claim.first <= FIRST:
        return "always" if claim.last >= LAST else f"until {iso(claim.last)}"
    return f"from {iso(claim.first)}" + (f" until {iso(claim.last)}" if claim.last < LAST else "")
