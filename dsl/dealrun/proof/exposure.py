"""Exposure: the happenings that end a right, a duty or a payment, suspend it or make it worse, before its time.

In: a timeline, a party or a clause, a day. Out: `Exposure`. Guaranteed: each set of happenings that is told was played,
and no part of it has the effect; what is not decided is named (docs/proof.md#exposure).
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal, TypeAlias

import attrs

from dealrun.answer import TableAnswer
from dealrun.errors import ArgumentError, LimitError
from dealrun.model.keys import Label
from dealrun.model.reading import shown
from dealrun.model.vocabulary import FORMS, ValueKind
from dealrun.proof.boxes import Box, end_of, label_of, plain
from dealrun.proof.claims import And, AsPresumed, DealGoesOn, Not, OneOf, Proposition, days, truth, worsening
from dealrun.proof.counterexample import DayPoint, Played
from dealrun.proof.happenings import Happening, happenings, in_hand_of
from dealrun.proof.search import SWITCHES, Courses, Search
from dealrun.proof.sets import FoundSets, SetFinder
from dealrun.source import Span as Place
from dealrun.state.basis import Basis
from dealrun.state.favour import gainers, is_mutual
from dealrun.state.standing import days_of_change
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState
from dealrun.time import NEVER, YES, Day, add, to_date

BUDGET = 12_000
"""So many evaluations are made for the whole answer."""
EACH = 1_500
"""So many are made for one claim about one clause."""
LATER = 100
"""So many for one try at a later day."""
SLACK = 5
"""So many days more a time for notice may take at another time of the year."""
SILENT = frozenset({ValueKind.END, ValueKind.START})
"""Kinds of terms that the status of a clause tells of."""
EFFECTS = {"ended": "ends", "dormant": "is suspended", "waived": "is waived", "not yet": "does not start"}
"""What a status that is not in force comes to."""

Effect: TypeAlias = Literal["ends", "is suspended", "is waived", "does not start", "changes", "comes to life"]
Within: TypeAlias = Literal["6 months", "12 months", "24 months", "later"]


@attrs.frozen
class Ground:
    """One smallest set of happenings, and what it does to a clause, or (`label` is empty) to a whole deal.

    >>> ground = deal.exposure(label="ip", known="2025-01-01").grounds[0]
    >>> ground.deal, ground.label, ground.effect, ground.text, [each.what for each in ground.happenings]
    ('openai-microsoft', 'ip', 'ends', 'ends', ['AGI'])
    >>> ground.earliest, ground.within, ground.by, ground.between, ground.stopped_by, ground.survivors
    (datetime.date(2025, 1, 2), '6 months', ('BOARD',), (), (), ())
    >>> ground.last_day, ground.otherwise_until, ground.term, ground.key, ground.severity
    (None, None, '', ('ip', 'ends', '', ('AGI',)), '')
    >>> ground.known, ground.is_within(1), ground.place
    (datetime.date(2025, 1, 1), True, 'contracts/openai-microsoft/2019-partnership.deal:41:1')
    """

    deal: str
    label: Label
    effect: Effect
    term: str
    """The term that changes; empty where the status does."""
    text: str
    """The effect in words."""
    happenings: tuple[Happening, ...]
    """What happens, each as early as the whole has the effect."""
    by: tuple[str, ...]
    """Who has one of the happenings in hand."""
    between: tuple[str, ...]
    """What stands between: times for notice, and times to cure."""
    stopped_by: tuple[tuple[str, tuple[str, ...]], ...]
    """What else could happen so that it has no effect, with who has that in hand."""
    earliest: date
    """The first day of the effect."""
    last_day: date | None
    """The last day to act: of what is left undone its due day; else the last day on which the last of the happenings
    has the effect, where that is no matter of how long the clause lasts."""
    otherwise_until: date | None
    """The last day in force if nothing happens; None where there is none."""
    survivors: tuple[Label, ...]
    """Of the end of a deal, the clauses that outlive it."""
    known: date
    """The day of knowledge."""
    severity: str = ""
    """What a policy says of it."""
    span: Place | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def place(self) -> str | None:
        """Where the clause is written; None of a whole deal."""
        return None if self.span is None else str(self.span.place)

    @property
    def within(self) -> Within:
        """How soon after the day of knowledge it can take effect."""
        within: tuple[tuple[int, Within], ...] = ((6, "6 months"), (12, "12 months"), (24, "24 months"))
        return next((word for months, word in within if self.is_within(months)), "later")

    def is_within(self, months: int) -> bool:
        """Whether it can take effect within so many months after the day of knowledge."""
        return self.earliest.toordinal() <= add(self.known.toordinal(), months, "month")

    @property
    def key(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What tells it from another one, whichever its days are."""
        said = sorted(each.what.partition(" for ")[0] for each in self.happenings)
        return self.label, self.effect, self.term, tuple(said)


@attrs.frozen(repr=False, hash=False)
class Exposure(TableAnswer):
    """The happenings that end rights, duties and payments, suspend them or make them worse, or bring others to life.

    >>> told = deal.exposure(party="MSFT", known="2026-01-15")
    >>> told, told.known, told.through, told.party, told.label
    (Exposure(MSFT: 4 grounds), datetime.date(2026, 1, 15), datetime.date(2036, 1, 15), 'MSFT', '')
    >>> len(told.of_deals), [each.label for each in told.grounds], told.preconditions, told.open, told.bounds
    (0, ['azure', 'ip', 'research', 'share'], (), (), ())
    >>> [each.label for each in told.against(deal.exposure(party="MSFT", known="2026-04-27")).gone]
    ['azure', 'ip', 'research', 'share']
    """

    party: str
    label: Label
    known: date
    through: date
    of_deals: tuple[Ground, ...]
    """What can end a whole deal."""
    grounds: tuple[Ground, ...]
    """What can end a clause, suspend it or make it worse, beside the end of its deal; the earliest first."""
    preconditions: tuple[Ground, ...]
    """What brings a clause to life that otherwise never is in force."""
    open: tuple[tuple[Label, tuple[str, ...]], ...]
    """The clauses of which not everything is decided, with what is left open."""
    bounds: tuple[str, ...]
    """What the answer looks at no further than."""
    evaluations: int
    basis: Basis = attrs.field(factory=Basis, eq=False)
    clauses: int = 0
    """How many clauses were looked at, of which somebody, or the party, gains."""

    def __repr__(self) -> str:
        count = len(self.of_deals) + len(self.grounds)
        return f"Exposure({self.party or self.label or 'all'}: {count} ground{'s' if count != 1 else ''})"

    def __hash__(self) -> int:
        return hash((self.party, self.label, self.known, len(self.grounds)))

    def against(self, later: "Exposure") -> "ExposureComparison":
        """What another exposure no longer has, and what it has anew."""
        mine = {each.key: each for each in (*self.of_deals, *self.grounds)}
        theirs = {each.key: each for each in (*later.of_deals, *later.grounds)}
        return ExposureComparison(
            self, later, tuple(each for key, each in mine.items() if key not in theirs),
            tuple(each for key, each in theirs.items() if key not in mine),
            tuple(each for key, each in theirs.items() if key in mine), self.basis,
        )  # fmt: skip


@attrs.frozen(repr=False, hash=False)
class ExposureComparison(TableAnswer):
    """Two exposures side by side.

    >>> told = deal.exposure(label="ip", known="2025-01-01").against(deal.exposure(label="ip", known="2026-01-15"))
    >>> told, [each.text for each in told.gone], [each.text for each in told.new], told.kept
    (ExposureComparison(1 gone, 1 new, 0 kept), ['ends'], ['exclusivity: exclusive becomes nonexclusive'], ())
    >>> told.before.known, told.after.known == told.known
    (datetime.date(2025, 1, 1), True)
    """

    before: Exposure
    after: Exposure
    gone: tuple[Ground, ...]
    new: tuple[Ground, ...]
    kept: tuple[Ground, ...]
    basis: Basis = attrs.field(factory=Basis, eq=False)

    @property
    def known(self) -> date:
        """The day of knowledge of the second."""
        return self.after.known

    def __repr__(self) -> str:
        return f"ExposureComparison({len(self.gone)} gone, {len(self.new)} new, {len(self.kept)} kept)"

    def __hash__(self) -> int:
        return hash((len(self.gone), len(self.new), len(self.kept)))


def exposure(timeline: Timeline, party: str, meant: frozenset[str], label: Label, through: Day) -> Exposure:
    """The exposure of a party, of a clause, or of everybody, through a day; `meant` are the names of the party, which
    each deal may prefix."""
    return _Exposed(timeline, party, meant, label, through).whole()


@attrs.frozen
class _Question:
    """One thing that is asked of a clause or a deal."""

    deal: str
    label: Label
    term: str
    proposition: Proposition


class _Exposed:
    """One answer under way."""

    def __init__(self, timeline: Timeline, party: str, meant: frozenset[str], label: Label, through: Day) -> None:
        self.base, self.party, self.meant, self.label = timeline, party, meant, label
        self.first, self.last = timeline.world.first_open, through
        self.evaluations = self.clauses = 0
        self.open: dict[Label, frozenset[str]] = {}
        self.bounds: dict[str, None] = {}
        self.probe = Search(timeline, And(()), self.first, self.last, courses=Courses(lambda *_: False))
        self.standing = self._standing()
        self.quiet = Timeline(timeline.index, self.probe.world(self.standing), timeline).presumed
        self.ends: Box = {
            end_of(deal.name): (end.lo, end.hi)
            for deal in timeline.index.model.deals
            if (end := self.quiet.answers.deal_end(deal.name)).certain
        }
        self.wide = Timeline(timeline.index, self.probe.world(self.ends), timeline)
        """All courses in which deals end as they stand."""

    def _standing(self) -> Box:
        """Unknown days, at the last that each can have."""
        spans = {name: self.probe.span(name) for name, kind in self.probe.kinds.items() if kind == "date"}
        return {name: (hi, hi) for name, (_, hi) in spans.items()
                if hi < NEVER and self.base.world.value(name) is None}  # fmt: skip

    def whole(self) -> Exposure:
        if self.label and self.party and (alive := self._alive(self.label)) and not self._concerns(alive):
            who = " and ".join(gainers(alive)) or "nobody"
            raise ArgumentError(f"{self.party} does not gain by `{self.label}`; {who} does")
        deals: list[Ground] = []
        for deal in self.base.index.model.deals:
            try:
                deals += self._of_deal(deal.name)
            except LimitError:
                self.open.setdefault(deal.name, frozenset())
        found: list[Ground] = []
        needed: list[Ground] = []
        for label in self._labels():
            try:
                alive = self._alive(label)
                if alive is None:
                    needed += self._preconditions(label)
                elif self._concerns(alive):
                    self.clauses += 1
                    found += self._of_clause(label, alive)
            except LimitError:  # the steps of a question are used up: what is left is not decided
                self.open.setdefault(label, frozenset())
        found.sort(key=lambda each: (each.earliest, each.label, each.key))
        known = date.fromordinal(self.first - 1)
        return Exposure(
            self.party, self.label, known, date.fromordinal(self.last), tuple(deals), tuple(found), tuple(needed),
            tuple((label, tuple(sorted(names))) for label, names in self.open.items()), tuple(self.bounds),
            self.evaluations, self.base.basis, self.clauses,
        )  # fmt: skip

    # --- which clauses ------------------------------------------------------------------------------------------------

    def _labels(self) -> list[Label]:
        return [self.label] if self.label else list(self.quiet.labels)

    def _concerns(self, state: ClauseState) -> bool:
        """Whether the party gains by a clause; without a party, whether anybody does."""
        gaining = gainers(state)
        if self.party:
            return is_mutual(state) or bool(self.meant.intersection(gaining))
        return bool(self.label or gaining or is_mutual(state))

    def _alive(self, label: Label) -> ClauseState | None:
        """The clause on the first day on which it is in force in the presumptive course.

        Where nobody knows whether it is in force, that is left open.
        """
        if not self.quiet.answers.episodes(label):
            return None
        found: ClauseState | None = None
        changing = days_of_change(self.quiet.answers, label)
        for day in sorted({self.first, *(day for day in changing if self.first < day <= self.last)}):
            state = self.quiet.clause(label, day)
            if state.status == "in force":
                found = found or state
            elif state.status == "contingent" and self._concerns(state):
                self._leave_open(label, frozenset(state.contingent_on))
        return found

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _of_deal(self, deal: str) -> Iterator[Ground]:
        if self.label and deal != self.base.clause(self.label, max(self.first, 1)).deal:
            return
        end = self.quiet.answers.deal_end(deal)
        if not end.certain and end.lo <= self.last:
            self._leave_open(deal, end.hangs_on)
        if end.come.at(self.first).level:
            return
        claim = _Question(deal, "", "", DealGoesOn(deal, self.quiet))
        yield from self._grounds(claim, {})

    def _of_clause(self, label: Label, alive: ClauseState) -> Iterator[Ground]:
        form = FORMS[alive.kind]
        names = {name for episode in self.quiet.answers.episodes(label) for name in episode.terms}
        terms = sorted(name for name in names if name in form.terms and form.terms[name].kind not in SILENT)
        claims = [_Question(alive.deal, label, "", AsPresumed(label, self.quiet))]
        claims += [_Question(alive.deal, label, term, AsPresumed(label, self.quiet, term)) for term in terms]
        for claim in claims:
            if not self._certain(claim.proposition):
                yield from self._grounds(claim, self.ends)

    def _preconditions(self, label: Label) -> Iterator[Ground]:
        if not self.wide.answers.episodes(label):
            return
        state = self.base.clause(label, max(self.first, 1))
        if not self._concerns(state):
            return
        proposition = Not(OneOf(label, frozenset({"in force"})))
        if not self._certain(proposition):
            yield from self._grounds(_Question(state.deal, label, "", proposition), self.ends)

    def _certain(self, proposition: Proposition) -> bool:
        """Whether a claim holds in every course in which deals end as they stand."""
        self.evaluations += 1
        return all(truth(proposition, self.wide, day).level == YES.level
                   for day in days(proposition, self.wide, self.first, self.last))  # fmt: skip

    # --- what is found ------------------------------------------------------------------------------------------------

    def _grounds(self, claim: _Question, ends: Box) -> Iterator[Ground]:
        if self.evaluations >= BUDGET:
            self._leave_open(claim.label or claim.deal, frozenset())
            return
        courses = Courses(lambda *_: True, given=ends, standing=self.standing)
        search = Search(self.base, claim.proposition, self.first, self.last, courses=courses, kept=self.probe.kept)
        found: FoundSets = SetFinder(search, min(EACH, BUDGET - self.evaluations)).run()
        self.evaluations += found.evaluations
        if found.open:
            self._leave_open(claim.label or claim.deal, found.open)
        for within, point in found.sets:
            yield self._ground(claim, search, within, point)

    def _leave_open(self, label: str, names: frozenset[str]) -> None:
        self.open[label] = self.open.get(label, frozenset()) | names

    def _ground(self, claim: _Question, search: Search, within: Search, point: DayPoint) -> Ground:
        played = Played(within)
        day = played.fails(point) or self.last
        self.evaluations += 2
        course = played.timeline(point)
        told = tuple(happenings(within, point))
        effect, text, until = self._effect(claim, course, day)
        last = None if effect == "comes to life" else self._last_day(within, point, day, until)
        recurring = sorted(name for name in point if search.recurs(name))
        self.bounds |= dict.fromkeys(f"once more {name}" for name in recurring)
        if any(" switch " in name for name in point):
            self.bounds[f"each condition may begin or stop to hold {SWITCHES} times"] = None
        return Ground(
            claim.deal, claim.label, effect, claim.term, text, told,
            tuple(dict.fromkeys(party for each in told for party in each.by)), self._between(told),
            self._stopping(search, point, day), date.fromordinal(day), last, until,
            self._survivors(claim, course, day), date.fromordinal(self.first - 1),
            span=self.base.index.span_of(claim.label) if claim.label else None,
        )  # fmt: skip

    def _effect(self, claim: _Question, course: Timeline, day: Day) -> tuple[Effect, str, date | None]:
        if not claim.label:
            end = self.quiet.answers.deal_end(claim.deal)
            return "ends", "ends", to_date(end.lo - 1) if end.certain and end.lo < NEVER else None
        state = course.clause(claim.label, day)
        if state.status == "in force" and not claim.term:
            return "comes to life", "comes to life", None
        stands = self.quiet.clause(claim.label, day)
        if claim.term:
            change = worsening(claim.term, stands, state)
            text = "" if change is None else f"{claim.term}: {change.before} becomes {change.after}"
            return "changes", text, stands.until
        effect: Effect = EFFECTS[state.status]  # type: ignore[assignment]
        return effect, effect, stands.until

    def _between(self, told: tuple[Happening, ...]) -> tuple[str, ...]:
        """Times for notice and to cure, of the rights that are used and the duties that are not done."""
        found = []
        for each in told:
            label = label_of(each.what.removeprefix("no "))
            if not self.base.answers.episodes(label):
                continue
            terms = self.base.clause(label, max(self.first, 1)).terms
            for term in ("notice", "cure"):
                view = shown(terms, term)
                if view is not None:
                    found.append(f"{view.text} {'for notice' if term == 'notice' else 'to cure'} ({label})")
        return tuple(dict.fromkeys(found))

    def _stopping(self, search: Search, point: DayPoint, day: Day) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What else could happen so that the claim does not fail on its day: alone, beside the happenings."""
        rest = {name: span for name, span in search.pool.items() if plain(name) not in {plain(each) for each in point}}
        if not rest:
            return ()
        given = {**self.standing, **search.courses.given, **point}
        everything = self._open_names(search, {**given, **rest}, day)
        found: dict[str, tuple[str, ...]] = {}
        for name in sorted({plain(each) for each in search.names_of(everything, rest)}):
            mine = {each: span for each, span in rest.items() if plain(each) == name}
            if self._open_names(search, {**given, **mine}, day):
                kind = "condition" if any(" switch " in each for each in mine) else search.kind_of(name)
                found[name] = in_hand_of(self.base, name, kind)
        return tuple(found.items())

    def _open_names(self, search: Search, box: Box, day: Day) -> frozenset[str]:
        """What the claim hangs on on a day, if that is not certain to fail."""
        self.evaluations += 1
        found = truth(search.claim, search.timeline(box), day)
        return found.hangs_on if found.level == 1 else frozenset()

    def _last_day(self, within: Search, point: DayPoint, effect: Day, until: date | None) -> date | None:
        """The last day to act, see `Ground.last_day`."""
        undone = [within.due[name] for name, (day, _) in point.items() if day >= NEVER and name in within.due]
        if undone:
            return to_date(min(undone))
        dated = sorted((day, name) for name, (day, _) in point.items()
                       if self.first <= day < NEVER and " switch " not in name
                       and within.kind_of(name) in {"event", "use", "breach"})  # fmt: skip
        if not dated:
            return None
        lo, name = dated[-1]
        names = {plain(each) for each in point}
        over = self.last if until is None else min(self.last, until.toordinal())
        hi = over - max(effect - lo, 0) - SLACK  # what comes later has no effect before the clause ends

        def still(day: Day) -> bool:
            search = within.within(names, LATER, spans={name: (day, NEVER)})
            verdict = search.run()
            self.evaluations += verdict.evaluations
            return verdict.holds is not True

        if hi <= lo or still(hi):
            return None
        while hi - lo > 1:
            middle = (lo + hi) // 2
            lo, hi = (middle, hi) if still(middle) else (lo, middle)
        return date.fromordinal(lo)

    def _survivors(self, claim: _Question, course: Timeline, day: Day) -> tuple[Label, ...]:
        if claim.label:
            return ()
        return tuple(
            label for label in self.quiet.labels
            if course.answers.episodes(label) and self.quiet.clause(label, day).deal == claim.deal
            and (state := course.clause(label, day)).status == "in force"
            and FORMS[state.kind].family in {"right", "duty", "money"}
        )  # fmt: skip
