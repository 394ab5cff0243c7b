"""The search: whether a claim holds in every course of events.

In: a timeline as known on a day, a claim, a period. Out: a verdict. Guaranteed: "holds" only where boxes that are
certain cover every course, up to courses that a day stands for (docs/proof.md); "fails" only with a course in which it
does; the same answer on every machine, since the budget counts evaluations.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Literal

import attrs

from dealrun.errors import LimitError
from dealrun.model.contract import Add
from dealrun.model.keys import DeclarationKey, EntryKey, Label
from dealrun.model.values import OnEvent, Word
from dealrun.proof.boxes import USE, YES_NO, Box, BoxWorld, DaySpan, end_of, happening_of, plain, switch
from dealrun.proof.claims import Proposition, days, days_compared, labels_of, truth
from dealrun.proof.days import Critical, written
from dealrun.state.knowledge import PERFORMANCE_OF
from dealrun.state.reads import days_of_obligations, entries_read, performances_read, presumed_beside
from dealrun.state.references import of_instrument, of_operation
from dealrun.state.standing import days_of_change
from dealrun.state.timeline import Timeline
from dealrun.time import ALWAYS, NEVER, Day, Truth
from dealrun.time.days import LAST

BUDGET = 5_000
"""So many evaluations are made for a claim."""
SWITCHES = 3
"""So often each condition may begin or stop to hold after the day of knowledge."""
UNKNOWN = frozenset({"date", "truth"})
"""The kinds of what nobody knows."""
Kind = Literal["event", "use", "performance", "cure", "breach", "date", "truth", "condition"]


@attrs.frozen
class Courses:
    """Which courses of events are looked at."""

    free: Callable[[str, "Kind | None"], bool] | None = None
    """By name and kind, what happens or not; everything else is as in the presumptive course. None for all that can
    happen. What nobody knows is free in any case."""
    timely: frozenset[Label] = frozenset()
    """The clauses that are performed in time, and not breached."""
    given: Box = attrs.field(factory=dict)
    """What is the same in all of them."""
    standing: Box = attrs.field(factory=dict)
    """Where what nobody knows stands in the presumptive course."""


ALL_COURSES = Courses()


@attrs.frozen
class Failure:
    """A box in which a claim is certain to fail on a day."""

    box: Box
    day: Day


@attrs.frozen
class Verdict:
    """What is known of a claim after the search."""

    holds: bool | None
    """None where it is not decided."""
    cases: int
    """How many boxes were certain."""
    evaluations: int
    found: Failure | None = None
    open: frozenset[str] = frozenset()
    """Where it is not decided, the names that were left open."""
    exhausted: bool = False
    """Whether the steps of a question are used up (docs/language.md#limits)."""


class Search:
    """One search: the root, the names that can be split, and the critical days."""

    def __init__(
        self, timeline: Timeline, claim: Proposition, first: Day, last: Day, budget: int = BUDGET, *,
        cut: bool = False, courses: Courses = ALL_COURSES, kept: dict[object, Critical] | None = None,
    ) -> None:  # fmt: skip
        """With `cut`, deals end on any day between the bounds of their ends, whatever ends them: that is more than can
        happen, so that what holds then holds. `kept` are the critical days that searches of one question share."""
        self.base = timeline
        self.claim, self.first, self.last = claim, first, last
        self.budget = budget
        self.courses = courses
        self.kept: dict[object, Critical] = {} if kept is None else kept
        self.evaluations = self.cases = 0
        self.split: set[str] = set()
        """What was split."""
        self.cuts: dict[str, DaySpan] = {}
        if cut:
            ends = {deal.name: timeline.answers.deal_end(deal.name) for deal in timeline.index.model.deals}
            self.cuts = {name: (end.lo, end.hi) for deal, end in ends.items()
                         if not end.certain and (name := end_of(deal)) not in courses.given}  # fmt: skip
        self.kinds = self._find_kinds()
        self._never = frozenset(
            f"breach of {label}" for label in timeline.index.labels
            if timeline.index.falls_due(label) or label in courses.timely
        )  # fmt: skip
        self._beside: Timeline | None = None
        """The first box that was evaluated, from which the others take over what they can."""
        self.due: dict[str, Day] = {}
        """The last day for each performance, if nothing happens."""
        self.root: Box = {**courses.given, **self.cuts}
        """The box of all courses."""
        self._open_root = self.root
        self.pool: Box = {} if courses.free is None else self._pool(courses.free)
        """What is free, each in its whole span."""
        self.root = {**courses.standing, **self.root, **self.pool}

    # --- names --------------------------------------------------------------------------------------------------------

    def _find_kinds(self) -> Mapping[str, Kind]:
        """The kind of every happening of the contract that can be split."""
        index = self.base.index
        found: dict[str, Kind] = dict.fromkeys(self.cuts, "event")
        for key, history in index.histories.items():
            if isinstance(key, DeclarationKey):
                words = [op.entry for _, op in history if isinstance(op, Add)]
                if key.word == "event" and not any({"=", "every"} & set(entry.terms) for entry in words):
                    found[key.name] = "event"
                elif key.word == "condition":
                    found[key.name] = "condition"
                elif key.word == "unknown" and words:
                    kind = words[0].terms.get("kind")
                    sort = kind.value.limbs[0][0] if kind else None
                    if isinstance(sort, Word) and sort.word in {"date", "truth"}:
                        found[key.name] = "date" if sort.word == "date" else "truth"
                continue
            if index.is_right(key):
                found[f"{USE}{key}"] = "use"
            if not index.is_repeated(key):
                found[f"performance of {key}"] = "performance"
            if not index.falls_due(key):
                found[f"cure of {key}"] = "cure"
                found[f"breach of {key}"] = "breach"
        return found

    def kind_of(self, name: str) -> Kind | None:
        """What kind of happening a name is; None for what cannot be split."""
        if name.startswith(PERFORMANCE_OF) and " for " in name:
            return "performance"
        return self.kinds.get(name)

    def _pool(self, free: "Callable[[str, Kind | None], bool]") -> Box:
        """Of all that the claim hangs on, what is free, each in its whole span."""
        timeline = Timeline(self.base.index, self.world(self.root), self.base)
        names: frozenset[str] = frozenset()
        for day in days(self.claim, timeline, self.first, self.last):
            names |= truth(self.claim, timeline, day).hangs_on
        self.evaluations += 1
        found: dict[str, DaySpan] = {}
        for name in self.names_of(names, self.root):
            plain, switched, _ = name.rpartition(" switch ")
            kind: Kind | None = "condition" if switched else self.kind_of(name)
            if name not in self.root and (kind in UNKNOWN or free(plain or name, kind)):
                found[name] = self.span(name)
        return found

    def within(
        self, names: Collection[str], budget: int, *, last: Day | None = None, spans: Box | None = None
    ) -> "Search":
        """The search in which fewer happenings are free (a condition, with all of its switches), through an earlier
        day, or between narrower days."""
        assert self.critical is not None  # found once for all of them
        found = copy(self)
        found.budget, found.evaluations, found.cases, found.split = budget, 0, 0, set()
        found._beside = None  # noqa: SLF001 - its own
        found.last = self.last if last is None else last
        found.pool = {
            name: (spans or {}).get(name, span) for name, span in self.pool.items() if plain(name) in names
        }  # fmt: skip
        found.root = {**self.courses.standing, **self.courses.given, **self.cuts, **found.pool}
        return found

    def recurs(self, name: str) -> bool:
        """Whether something happens again and again."""
        entry = self.base.index.first_entry(DeclarationKey("event", name))
        return entry is not None and "recurring" in entry.terms

    def span(self, name: str) -> DaySpan:
        """The days between which something can happen, where nothing of it was split yet."""
        if " switch " in name:
            return self.base.world.first_open, NEVER
        kind = self.kind_of(name)
        if kind == "event" and name not in self.cuts and not self.recurs(name):  # its own bounds bound it
            return max(self.base.answers.event(OnEvent(name)).lo, self.base.world.first_open), NEVER
        if kind == "truth":
            return YES_NO
        if kind == "date":
            bounds = self.base.answers.bounds_of(name)
            return bounds.lo, bounds.hi
        if kind == "performance":
            label = name.removeprefix(PERFORMANCE_OF).partition(" for ")[0]
            if any(each.level < 2 for each in self.base.answers.kept(label).values):
                return ALWAYS, NEVER
        return self.base.world.first_open, NEVER

    # --- days ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _looked_at(self) -> tuple[Timeline, list[EntryKey], frozenset[Label]]:
        """The box of all courses, evaluated; the entries that the claim reads there, and the clauses of whose
        performances it asks."""
        root = Timeline(self.base.index, self.world(self._open_root), self.base)
        labels = list(dict.fromkeys(labels_of(self.claim)))
        return root, entries_read(root, labels), frozenset(performances_read(root, labels))

    @cached_property
    def critical(self) -> Critical:
        """The critical days: from everything that is written where the claim looks, and what follows from it if nothing
        happens. A claim that is certain at once needs none."""
        index, base = self.base.index, self.base
        root, cone, _ = self._looked_at
        model = index.model
        instruments = {instrument.name: instrument for key in cone for instrument, _ in index.histories.get(key, ())}
        headers = [(each.signed, each.effective, each.when, each.until) for each in instruments.values()]
        dates, durations = written(([op for key in cone for _, op in index.histories.get(key, ())], headers))
        for fact in model.facts:
            dates.update((fact.day, fact.last, *([] if fact.end is None else [fact.end])))
        for instrument in instruments.values():
            dates.update(instrument.signed or ())
        dates.update((base.world.first_open, self.first, self.last))
        dates.update(day for span in self._open_root.values() for day in span)
        quiet = Timeline(index, attrs.evolve(base.world, open_from=NEVER), base)
        for key in cone:
            for timeline in (quiet, root):
                if timeline.answers.episodes(key):
                    dates.update(days_of_change(timeline.answers, key))
                if not isinstance(key, DeclarationKey) and index.falls_due(key):
                    for number, due, around in days_of_obligations(timeline, key, self.last + 1):
                        name = f"{PERFORMANCE_OF}{key}"
                        self.due.setdefault(f"{name} for {number}" if number else name, due)
                        if number:
                            dates.update(around)
        lengths, chain = tuple(dict.fromkeys(durations)), self._longest(cone)
        seed = frozenset(dates), lengths, self.last, chain
        if seed not in self.kept:
            self.kept[seed] = Critical(dates, lengths, self.last, chain=chain)
        return self.kept[seed]

    def _longest(self, cone: Sequence[EntryKey]) -> int:
        """How many durations follow one another at most, from a happening to what is computed from it: those of an
        entry, and those of what it refers to; and, once for each deal, those of what ends it."""
        index = self.base.index
        own: dict[EntryKey, int] = {}
        needed: dict[EntryKey, set[EntryKey]] = {}
        for key in cone:
            history = index.histories.get(key, ())
            headers = [(each.effective, each.when, each.until) for each, _ in history]
            own[key] = len(written(([operation for _, operation in history], headers))[1])
            needed[key] = {reference.key for each, operation in history
                           for reference in (*of_operation(operation), *of_instrument(each))} - {key}  # fmt: skip
        longest: dict[EntryKey, int] = {}

        def depth(key: EntryKey, above: frozenset[EntryKey] = frozenset()) -> int:
            if key not in own or key in above:
                return 0
            if key not in longest:
                inner = above | {key}
                longest[key] = own[key] + max((depth(each, inner) for each in needed[key]), default=0)
            return longest[key]

        deals = () if self.cuts else [deal for deal in index.model.deals if end_of(deal.name) not in self.root]
        ends = [max((depth(label) for label in index.lifelines(deal.name)), default=0) for deal in deals]
        return max((depth(key) for key in cone), default=0) + sum(ends)

    # --- boxes --------------------------------------------------------------------------------------------------------

    def evaluate(self, box: Box) -> tuple[Truth, Day]:
        """The truth of the claim in a box, and the first day that is no; else the first that is not certain, with all
        names that a day hangs on."""
        self.evaluations += 1
        timeline = self.timeline(box)
        open_: Truth | None = None
        at = self.first
        names: frozenset[str] = frozenset()
        for day in days(self.claim, timeline, self.first, self.last, self._fixed_days):
            found = truth(self.claim, timeline, day)
            if found.level == 0:
                return found, day
            if found.level == 1:
                names |= found.hangs_on
                if open_ is None:
                    open_, at = found, day
        return (Truth(2, frozenset()), at) if open_ is None else (Truth(1, names), at)

    def timeline(self, box: Box) -> Timeline:
        """The contract in the courses of a box."""
        found = Timeline(self.base.index, self.world(box), self.base)
        return found if self.courses.free is None else self.presumed(found)

    def presumed(self, timeline: Timeline) -> Timeline:
        """The presumptive course of a world of some courses, as far as the claim looks."""
        found = presumed_beside(timeline, self._beside or self._quiet, self._looked_at[2])
        if self._beside is None:
            self._beside = found
        return found

    @cached_property
    def _quiet(self) -> Timeline:
        """The presumptive course."""
        world = self.world({**self.courses.standing, **self.courses.given})
        return presumed_beside(Timeline(self.base.index, world, self.base), self.base.presumed, self._looked_at[2])

    @cached_property
    def _fixed_days(self) -> frozenset[Day]:
        """The days on which the truth of the claim can change in every course."""
        return frozenset(days_compared(self.claim, self.first, self.last))

    def world(self, box: Box) -> BoxWorld:
        """The world of a box."""
        world = self.base.world
        return BoxWorld(
            world.known, world.facts, world.values, world.open_from, world.performing, world.planned, world.performed,
            box=box,
            dates=frozenset(name for name, kind in self.kinds.items() if kind == "date"),
            truths=frozenset(name for name, kind in self.kinds.items() if kind == "truth"),
            switches=SWITCHES, never=self._never, horizon=min(self.last + 1, LAST), timely=self.courses.timely,
        )  # fmt: skip

    def run(self) -> Verdict:
        """Search until every course is decided, or the budget is spent."""
        left: set[str] = set()
        hangs_on: frozenset[str] = frozenset()
        todo: list[tuple[Box, frozenset[Day]]] = [({**self.root}, frozenset())]
        while todo:
            box, critical = todo.pop()
            if self.evaluations >= self.budget:
                return Verdict(None, self.cases, self.evaluations, open=frozenset(left) | hangs_on)
            try:
                found, day = self.evaluate(box)
            except LimitError:
                return Verdict(None, self.cases, self.evaluations, open=frozenset(left) | hangs_on, exhausted=True)
            if found.level == 0:
                return Verdict(False, self.cases, self.evaluations, Failure(box, day))
            if found.level == 2:
                self.cases += 1
                continue
            if not critical:
                critical = self.critical.days
            wide = [
                name for name in self.names_of(found.hangs_on, box) if self._at(box, name)[0] < self._at(box, name)[1]
            ]
            if wide:
                todo.extend(reversed([*self._parts(box, wide, critical)]))
                hangs_on = found.hangs_on
            else:
                left |= found.hangs_on
        return Verdict(None if left else True, self.cases, self.evaluations, open=frozenset(left))

    def names_of(self, hangs_on: frozenset[str], box: Box) -> list[str]:
        """What can be split of the names that an answer hangs on, in an order that depends on nothing else."""
        found: dict[str, None] = {}
        for name in sorted(hangs_on, key=lambda each: (self.due.get(each, ALWAYS), each)):
            bare = happening_of(name)
            if " switch " in bare and bare in box:
                found[bare] = None
            elif bare.startswith('"') or self.kinds.get(bare) == "condition":
                found.update(dict.fromkeys(switch(bare, number) for number in range(1, SWITCHES + 1)))
            elif self.kind_of(bare) is not None:
                found[bare] = None
        return list(found)

    def _at(self, box: Box, name: str) -> DaySpan:
        return box[name] if name in box else self.span(name)

    def _with(self, box: Box, name: str, span: DaySpan) -> Box:
        """A box with a narrower span; with one switch of a condition, its others come after it."""
        found = {**box, name: span}
        if " switch " in name:
            condition = name.rpartition(" switch ")[0]
            low = self.base.world.first_open
            for number in range(1, SWITCHES + 1):
                each = switch(condition, number)
                lo, hi = found.get(each, (low, NEVER))
                found[each] = max(lo, low), hi
                low = found[each][0]
            high = NEVER
            for number in range(SWITCHES, 0, -1):
                each = switch(condition, number)
                lo, hi = found[each]
                high = min(hi, high)
                found[each] = lo, high
        return found

    def _parts(self, box: Box, wide: list[str], critical: frozenset[Day]) -> Iterator[tuple[Box, frozenset[Day]]]:
        """Boxes that cover a box, up to what a day stands for; first along critical days."""
        self.split.update(wide)
        for name in wide:
            lo, hi = self._at(box, name)
            if self.kind_of(name) == "truth":
                yield from ((self._with(box, name, (value, value)), critical) for value in (1, 0))
                return
            cuts = sorted(day for day in critical if lo < day <= hi)
            if cuts:
                cut = cuts[len(cuts) // 2]
                # The later part first: what never happens is the simplest course.
                yield self._with(box, name, (cut, hi)), critical
                yield self._with(box, name, (lo, cut - 1)), critical
                return
        for name in wide:
            lo, hi = self._at(box, name)
            if lo > self.critical.last:  # whatever comes so late decides nothing that is asked for
                yield self._with(box, name, (NEVER, NEVER)), critical
                return
        if not self.critical.exact:
            name = max(wide, key=lambda each: (self._at(box, each)[1] - self._at(box, each)[0], each))
            lo, hi = self._at(box, name)
            middle = (lo + hi + 1) // 2
            yield self._with(box, name, (middle, hi)), critical
            yield self._with(box, name, (lo, middle - 1)), critical
            return
        for name in wide:  # one of them lies on the first day of its stretch
            lo, _ = self._at(box, name)
            yield self._with(box, name, (lo, lo)), critical | self.critical.beside(lo)
