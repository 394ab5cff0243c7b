"""The one timeline of a contract, and its views.

In: an index of the model and a world. Out: `Timeline`, immutable. Guaranteed: state on a day, changes between days,
prospects and why all read the same evaluation; the state of a clause on a day costs the logarithm of its changes.
"""

import datetime as dt
from copy import copy
from functools import cached_property, partial

import attrs

from dealrun.arguments import checked
from dealrun.budget import counts
from dealrun.diagnostics import no_clause
from dealrun.errors import LimitError
from dealrun.model.keys import DeclarationKey, Label
from dealrun.model.values import (
    Names,
)
from dealrun.model.vocabulary import FORMS
from dealrun.state.amend.index import Index
from dealrun.state.answers import Answers, Life
from dealrun.state.basis import Basis
from dealrun.state.change import Change, Changes
from dealrun.state.changes import clause_changes, declaration_changes
from dealrun.state.clauses import clause_state, declaration_state, possible
from dealrun.state.day import EarlyEnd, Ends, Prospect, State
from dealrun.state.duty_status import duties
from dealrun.state.evaluator import Evaluator
from dealrun.state.explained import About, Explanation
from dealrun.state.instances import instance_due
from dealrun.state.knowledge import World
from dealrun.state.presumption import Presumption
from dealrun.state.standing import days_of_change
from dealrun.state.unknowns import unknowns
from dealrun.state.views import ClauseState, DeclarationState, Duty, Instance
from dealrun.time import ALWAYS, NEVER, DateLike, Day, iso, to_date, to_day
from dealrun.time.days import FIRST
from dealrun.time.moment import first


@attrs.frozen(eq=False)
class _AskedOfClause:
    """The answers about a clause on a day that are computed when they are asked for; see `views.Source`."""

    timeline: "Timeline"
    key: Label
    lives: tuple[Life, ...]
    day: Day

    @property
    def life(self) -> Life:
        return self.lives[0]

    @property
    def known(self) -> dt.date | None:
        return self.timeline.known

    @counts
    def instances(self) -> tuple[Instance, ...]:
        return self.timeline.evaluator.instances_of(self.life).on(self.day)

    def instance_due(self, occurrence: DateLike) -> dt.date | None:
        return instance_due(self.timeline.evaluator, self.life, to_day(occurrence), self.day)

    @counts
    def duties(self, by: tuple[str, ...]) -> tuple[Duty, ...]:
        try:
            found = duties(self.timeline.evaluator, self.key, self.life, self.day, by)
        except LimitError as error:
            raise error.of(self.key, self.timeline.index.span_of(self.key)) from None
        return found if by != ("each",) else tuple(map(self._whose, found))

    def _whose(self, duty: Duty) -> Duty:
        """An obligation of each party, with the party whose breach is recorded."""
        told = self.timeline.world.facts.get(f"breach of {self.key}", ())
        days = {to_date(fact.day): fact.by for fact in told if fact.by is not None}
        by = days.get(duty.breached) if duty.status == "breached" else None
        return duty if by is None else attrs.evolve(duty, by=(by,))

    def why(self) -> "Explanation":
        return self.timeline.why(self.key, self.day)

    @counts
    def presumed(self) -> ClauseState:
        return self.timeline.presumed.clause(self.key, self.day)

    @counts
    def could_change(self, names: tuple[str, ...]) -> tuple[str, ...]:
        presumption = self.timeline._presumption  # noqa: SLF001 - the timeline's own answer
        return tuple(sorted(presumption.could_change(self.key, self.lives, self.day, frozenset(names))))


class Timeline:
    """What holds when, for one day of knowledge and one set of assumptions and bindings.

    >>> timeline, timeline.known, timeline.parties
    (Timeline(known=2026-04-27, 25 clauses), datetime.date(2026, 4, 27), ('MSFT', 'OAI'))
    >>> timeline.on("2027-01-01")["ip"].until, timeline.clause("ip", "2033-01-01").status
    (datetime.date(2032, 12, 31), 'ended')
    >>> timeline.changes("2026-01-01", "2026-12-31"), timeline.between("2025-01-01", "2027-01-01")
    (Changes(25 changes), Changes(49 changes))
    >>> timeline.against(supposed, "2029-01-01", names=("as it is", "AGI in 2028"))
    Changes(0 changes)
    >>> timeline.prospects("2027-01-01")[3].ends.latest, timeline.why("ip", "2028-01-01")
    (datetime.date(2032, 12, 31), Explanation('ip', on=2028-01-01, 18 steps))
    >>> timeline.presumed.clause("ship", "2027-01-01").status, timeline.early_ends("2027-01-01")
    ('in force', ())
    >>> timeline.about("TOTAL", "2027-01-01").kind, timeline.why("share.cap", "2027-01-01").term
    ('unknown', 'cap')
    >>> timeline.declaration(next(iter(state.declarations)), "2027-01-01").kind
    'source'
    """

    def __init__(
        self, index: Index, world: World, base: "Timeline | None" = None, *, through: int | None = None
    ) -> None:
        """Evaluate a world; `base` is the same contract in another world, or with more or fewer of its instruments.

        What the difference between the two cannot reach is shared with it, never copied. With `through`, only so many
        of the instruments count, in their order.
        """
        self.index = index
        self.world = world
        self.base = base
        self.basis = Basis()
        """What its answers rest on beside their days."""
        self.evaluator: Evaluator = Evaluator(index, world, base.evaluator if base is not None else None, through)

    @cached_property
    def presumed(self) -> "Timeline":
        """The same contract in the course of events in which, after the day of knowledge, nothing more happens than the
        calendar brings (docs/language.md#the-presumptive-answer)."""
        return self._presumption.timeline

    @cached_property
    def _presumption(self) -> "Presumption[Timeline]":
        through = self.evaluator.through
        # What differs between two versions differs little in the same course of events: what one has found, the other
        # takes over, if it was asked.
        beside = self.base.presumed if self.base is not None and "_presumption" in vars(self.base) else self
        return Presumption(self, beside, lambda world, base: Timeline(self.index, world, base, through=through))

    @property
    def answers(self) -> Answers:
        """The evaluation, for whoever asks more than the state of a day."""
        return self.evaluator

    @property
    def known(self) -> dt.date | None:
        """The day of knowledge; None where nothing was ever signed or recorded."""
        return to_date(self.world.known)

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The clauses that are visible, in the order in which they were first added."""
        if self.base is not None and self.evaluator.same_chain(self.base.evaluator):
            return self.base.labels
        return tuple(label for label in self.index.labels if self.evaluator.episodes(label))

    @cached_property
    def declared(self) -> tuple[DeclarationKey, ...]:
        """The declarations that are visible."""
        if self.base is not None and self.evaluator.same_chain(self.base.evaluator):
            return self.base.declared
        return tuple(key for key in self.index.declarations if self.evaluator.episodes(key))

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Whoever is a party of a clause, on any day, by name."""
        found: set[str] = set()
        for label in self.labels:
            for episode in self.evaluator.episodes(label):
                for role in FORMS[episode.word].roles:
                    for state in episode.terms[role].values if role in episode.terms else ():
                        found.update(
                            name for option in state.options if isinstance(option.value, Names)
                            for name in option.value.members
                        )  # fmt: skip
        return tuple(sorted(found))

    def __repr__(self) -> str:
        supposed = "".join(f", {name}={day}" for name, day in sorted(self.basis.assume.items()))
        bound = "".join(f", {name}={value}" for name, value in sorted(self.basis.bind.items()))
        return f"Timeline(known={self.known}, {len(self.labels)} clauses{supposed}{bound})"

    # --- the state of a day -----------------------------------------------------------------------------------------

    @checked
    @counts
    def on(self, date: DateLike) -> State:
        """The state of every clause on a day; ValueError where it is none within the horizon."""
        day = to_day(date)
        clauses = {label: self.clause(label, day) for label in self.labels}
        declarations: dict[tuple[str, str], DeclarationState] = {k: self.declaration(k, day) for k in self.declared}
        open_ = unknowns(self.evaluator, self.index, clauses, declarations)
        return State(dt.date.fromordinal(day), self.known, clauses, declarations, open_, self)

    @counts
    def clause(self, key: Label, date: DateLike) -> ClauseState:
        """The state of one clause on a day; UnknownNameError if it is not visible."""
        day = date if date.__class__ is int else to_day(date)
        try:
            if not self.evaluator.episodes(key):
                raise no_clause(key, self.labels)
            return clause_state(self.evaluator, key, day, partial(_AskedOfClause, self, key, day=day))
        except LimitError as error:
            raise error.of(key, self.index.span_of(key)) from None

    @checked
    @counts
    def why(self, key: Label, date: DateLike) -> "Explanation":
        """The chain from a clause's text to its state on a day, or of one of its terms (`ip.cap`); UnknownNameError
        if it is not visible."""
        from dealrun.state.why import explain  # noqa: PLC0415 - why reads the timeline, so it is imported when asked

        return explain(self, key, to_day(date))

    @checked
    @counts
    def about(self, name: str, date: DateLike) -> "About":
        """What is known of a name that an answer shows: an event, an unknown, a condition, a party, an instrument, a
        source, `notice of exit`; UnknownNameError where there is no such thing."""
        from dealrun.state.about import about  # noqa: PLC0415 - it reads the timeline, so it is imported when asked

        return about(self, name, to_day(date))

    # --- declarations and unknowns ------------------------------------------------------------------------------------

    def declaration(self, key: DeclarationKey, date: DateLike) -> DeclarationState:
        """The state of one declaration on a day."""
        day = date if date.__class__ is int else to_day(date)
        return declaration_state(self.evaluator, key, day)

    # --- differences ------------------------------------------------------------------------------------------------

    @checked
    @counts
    def between(self, on: DateLike, against: DateLike) -> Changes:
        """What differs between two days, presumptively."""
        from dealrun.state import versions  # noqa: PLC0415 - few questions need it

        one, other = to_day(on), to_day(against)
        head = (("on", to_date(one)), ("against", to_date(other)))
        title = f"from {iso(one)} to {iso(other)}"
        found = versions.between(self.presumed, one, other)
        return Changes.of(found, "diff", head, self.known, self.basis, title)

    @checked
    @counts
    def against(
        self, other: "Timeline", on: DateLike | None = None, *, names: tuple[str, str] = ("this", "the other")
    ) -> Changes:
        """What differs in another version presumptively, from which day, or on one, and what else could end it early;
        `names` are what the two are called."""
        from dealrun.state import versions  # noqa: PLC0415 - few questions need it

        day = None if on is None else to_day(on)
        one, two = self.presumed, other.presumed
        found = versions.compare(one, two, (self, other)) if day is None else versions.compare_on(one, two, day)
        since = versions.restated_as_of(self, other)
        head = (("on", None if day is None else to_date(day)), ("against", None))
        title = f"from {names[0]} to {names[1]}" + ("" if day is None else f" on {iso(day)}")
        if day is None and since > ALWAYS:
            title += f", from {iso(since)} on, as of which one is restated"
        elif day is not None and day < since:
            title += f"; one is restated as of {iso(since)} and says nothing of earlier days"
        ends = versions.early_ends(self, other, max(since, FIRST) if day is None else day)
        return Changes.of(found, "diff", head, self.known, self.basis, title, ends)

    @checked
    @counts
    def early_ends(self, date: DateLike) -> tuple[EarlyEnd, ...]:
        """What can end each deal before its presumptive end, as known; nothing of a deal that has ended by a day."""
        return self._presumption.early_ends(to_day(date))

    # --- prospects and changes ----------------------------------------------------------------------------------------

    @checked
    @counts
    def prospects(self, date: DateLike) -> tuple[Prospect, ...]:
        """What is coming for every clause that has not ended on a day, as known."""
        day = to_day(date)
        found = []
        for label in self.labels:
            state = self.clause(label, day)
            if state.status == "ended":
                continue
            life = possible(self.evaluator, label, day)[0][0]
            start = first(life.episode.started)
            due = self.evaluator.due(label)
            following = min((d for d in days_of_change(self.presumed.evaluator, label) if d > day), default=NEVER)
            may = {name for view in state.terms.values() for name in view.contingent_on} | set(state.contingent_on)
            if not life.end.certain:
                may |= life.end.hangs_on
            found.append(
                Prospect(
                    label,
                    Ends(
                        to_date(life.end.lo - 1 if life.end.lo < NEVER else NEVER),
                        to_date(life.end.hi - 1 if life.end.hi < NEVER else NEVER),
                        life.end.cause if life.end.lo < NEVER else (),
                    ),
                    to_date(start.hi) if state.status == "not yet" else None,
                    to_date(following),
                    to_date(due.lo) if due.certain and due.lo >= day else None,
                    tuple(sorted(may)),
                )
            )
        return tuple(found)

    @checked
    @counts
    def changes(self, after: DateLike | None = None, through: DateLike | None = None) -> Changes:
        """What changes presumptively after a day, through another, by day and label; None for no bound."""
        course = self.presumed
        start = ALWAYS if after is None else to_day(after)
        end = NEVER if through is None else to_day(through)
        found: list[Change] = []
        for label in course.labels:
            for day in sorted(day for day in days_of_change(course.evaluator, label) if start < day <= end):
                found.extend(clause_changes(course.clause(label, day - 1), course.clause(label, day), day))
        for key in course.declared:
            for day in sorted(day for day in days_of_change(course.evaluator, key) if start < day <= end):
                found.extend(declaration_changes(course.declaration(key, day - 1), course.declaration(key, day), day))
        found.sort(key=lambda each: (each.on or dt.date.min, each.label, each.term or ""))
        head = (
            ("from", None if after is None else to_date(start + 1)),
            ("to", None if through is None else to_date(end)),
        )
        return Changes.of(found, "timeline", head, self.known, self.basis)


def resting_on(timeline: Timeline, basis: Basis) -> Timeline:
    """The same evaluation, whose answers say what it rests on."""
    if timeline.basis == basis and timeline.basis.reading == basis.reading:
        return timeline
    found = timeline if timeline.basis == Basis() else copy(timeline)
    found.basis = basis
    return found
