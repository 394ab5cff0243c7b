"""The one timeline of a contract, and its views.

In: an index of the model and a world. Out: `Timeline`, immutable. Guaranteed: state on a day, changes between days,
prospects and why all read the same evaluation; the state of a clause on a day costs the logarithm of its changes.
"""

import datetime as dt
from copy import copy
from fractions import Fraction
from functools import cached_property

import attrs

from dealrun.arguments import checked
from dealrun.budget import counts, spend
from dealrun.diagnostics import no_clause
from dealrun.errors import LimitError
from dealrun.model import show
from dealrun.model.contract import Waive
from dealrun.model.keys import DeclarationKey, Label
from dealrun.model.reading import shown, terms_of
from dealrun.model.values import (
    Amount,
    End,
    Names,
    Quantity,
    Value,
)
from dealrun.model.vocabulary import FORMS
from dealrun.state.amend.index import Index
from dealrun.state.amend.terms import Option, Provenance, TermState, union
from dealrun.state.amounts import Range
from dealrun.state.answers import Answers, Life
from dealrun.state.basis import Basis
from dealrun.state.change import Change, Changes
from dealrun.state.changes import clause_changes, declaration_changes
from dealrun.state.day import EarlyEnd, Ends, Prospect, State
from dealrun.state.duty_status import duties
from dealrun.state.evaluator import Evaluator
from dealrun.state.explained import About, Explanation
from dealrun.state.instances import instance_due
from dealrun.state.knowledge import World
from dealrun.state.presumption import Presumption
from dealrun.state.standing import days_of_change, status_of
from dealrun.state.unknowns import unknowns
from dealrun.state.views import ClauseState, DeclarationState, Duty, Instance, TermView
from dealrun.time import ALWAYS, NEVER, DateLike, Day, Moment, iso, to_date, to_day
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

    def _possible(self, key: Label, day: Day) -> tuple[list[Life], frozenset[str]]:
        """The episodes that may be the clause's on a day, the likeliest first, and what that hangs on."""
        found: list[Life] = []
        names: frozenset[str] = frozenset()
        lives = self.evaluator.lives(key)
        for life in reversed(lives):
            come = life.episode.born.come.at(day)
            if come.level:
                found.append(life)
                if come.level == 2:
                    break
                names |= come.hangs_on
        return found or [lives[0]], names if len(found) > 1 else frozenset()

    @counts
    def clause(self, key: Label, date: DateLike) -> ClauseState:
        """The state of one clause on a day; UnknownNameError if it is not visible."""
        day = date if date.__class__ is int else to_day(date)
        try:
            return self._clause(key, day)
        except LimitError as error:
            raise error.of(key, self.index.span_of(key)) from None

    def _clause(self, key: Label, day: Day) -> ClauseState:
        spend(10)
        if not self.evaluator.episodes(key):
            raise no_clause(key, self.labels)
        lives, names = self._possible(key, day)
        life = lives[0]
        status, hangs_on = status_of(life, day)
        for other in lives[1:]:
            theirs, also = status_of(other, day)
            if theirs != status:
                status = "contingent"
            hangs_on |= also
        if len(lives) > 1 and status == "contingent":
            hangs_on |= names
        episode = life.episode
        form = FORMS[episode.word]
        views = {name: self._view(episode.word, life, name, steps.at(day)) for name, steps in episode.terms.items()}
        if len(lives) > 1:
            views = self._merged(lives, day, names)
        latest_view = max(
            (view for view in views.values()),
            key=lambda view: self._rank(view.instrument),
            default=None,
        )
        parties = {
            role: view.written.members
            for role in dict.fromkeys(form.roles)
            if (view := views.get(role)) and isinstance(view.written, Names)
        }
        roles = set(form.roles)
        start = first(episode.started)
        entry = episode.adding.entry
        return ClauseState(
            label=key,
            kind=episode.word,
            deal=entry.deal,
            parties=parties,
            status=status,
            since=to_date(start.lo) if start.certain else None,
            until=to_date(life.end.lo - 1) if life.end.certain and life.end.lo < NEVER else None,
            ended_by=life.end.cause if status == "ended" else (),
            contingent_on=tuple(sorted(hangs_on)) if status == "contingent" else (),
            terms=terms_of(episode.word, {
                name: view
                for name, view in views.items()
                if name not in roles and (view.options or view.written is not None)
            }),
            instrument=(self._waiver(key, day) if status == "waived" else "")
            or (latest_view.instrument if latest_view else episode.instrument.name),
            cites=tuple(dict.fromkeys([*(entry.cites or episode.instrument.cites),
                                       *(cite for view in views.values() for cite in view.cites)])),
            span=entry.span,
            source=_AskedOfClause(self, key, tuple(lives), day),
        )  # fmt: skip

    def _waiver(self, key: Label, day: Day) -> str:
        """The last instrument that waives a clause by a day."""
        effective = self.evaluator.effective
        found = [instrument.name for instrument, operation in self.index.histories[key]
                 if isinstance(operation, Waive) and self.evaluator.visible(instrument)
                 and effective(instrument).lo <= day]  # fmt: skip
        return found[-1] if found else ""

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

    def _rank(self, instrument: str) -> int:
        return self.index.place.get(instrument, -1)

    def _merged(self, lives: list[Life], day: Day, names: frozenset[str]) -> dict[str, TermView]:
        views: dict[str, TermView] = {}
        for name in dict.fromkeys(name for life in lives for name in life.episode.terms):
            states = [
                steps.at(day)
                if (steps := shown(life.episode.terms, name)) is not None
                else TermState((Option(None, Provenance(life.episode.instrument.name, (), life.episode.adding.span)),))
                for life in lives
            ]
            state = states[0]
            for other in states[1:]:
                state = union(other, state, names)
            views[name] = self._view(lives[0].episode.word, lives[0], name, state)
        return views

    # --- terms ------------------------------------------------------------------------------------------------------

    def _view(self, word: str, life: Life | None, name: str, state: TermState) -> TermView:
        term = FORMS[word].terms.get(name)
        option = state.options[0]
        value = option.value
        names = set(state.contingent_on)
        resolved: Moment | None = None
        found: Range | None = None
        if state.certain and life is not None and name != "cure":  # which counts from a breach, not from the start
            resolved = self.evaluator.day_of(life.episode, value)
        if state.certain and isinstance(value, Amount):
            found = self.evaluator.amount(value)
            names |= found.hangs_on
        if resolved is not None and not resolved.certain:
            names |= resolved.hangs_on
        certain = state.certain and not names
        text = " or ".join("none" if o.value is None else show.show(o.value) for o in state.options)
        if (
            found is not None
            and found.exact
            and isinstance(value, Amount)
            and not isinstance(value.expression, Quantity)
            and value.tiers is None
        ):
            text += f" = {show.expression(Quantity(found.least or Fraction(0), found.unit))}"
        return TermView(
            name=name,
            kind=term.kind if term else None,
            written=value if certain else None,
            text=text if value is not None or not state.certain else "",
            contingent_on=tuple(sorted(names)),
            options=tuple(o.value for o in state.options) if value is not None or not state.certain else (),
            instrument=option.source.instrument,
            cites=option.source.cites,
            span=option.source.span,
            day=_shown(resolved, value),
            least=found.least if found else None,
            most=found.most if found else None,
            unit=found.unit if found else "",
            about=found.about if found else False,
        )

    # --- declarations and unknowns ------------------------------------------------------------------------------------

    def declaration(self, key: DeclarationKey, date: DateLike) -> DeclarationState:
        """The state of one declaration on a day."""
        day = date if date.__class__ is int else to_day(date)
        episodes = self.evaluator.episodes(key)
        episode = next((episode for episode in reversed(episodes) if day >= episode.born.lo), episodes[0])
        entry = episode.adding.entry
        views = {name: self._view(episode.word, None, name, steps.at(day)) for name, steps in episode.terms.items()}
        given = max((v.instrument for v in views.values()), key=self._rank, default=episode.instrument.name)
        return DeclarationState(
            name=entry.name,
            kind=episode.word,
            deal=entry.deal,
            declared=day >= episode.born.hi and day < episode.dropped.lo,
            terms=terms_of(episode.word, {name: view for name, view in views.items() if view.options}),
            instrument=given,
            cites=tuple(dict.fromkeys([*(entry.cites or episode.instrument.cites),
                                       *(cite for view in views.values() for cite in view.cites)])),
            span=entry.span,
        )  # fmt: skip

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
            life = self._possible(label, day)[0][0]
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


def _shown(resolved: Moment | None, value: Value | None) -> dt.date | None:
    """The day to show: of an end, the last day in force."""
    if resolved is None or not resolved.certain or not ALWAYS < resolved.lo < NEVER:
        return None
    return to_date(resolved.lo - 1 if isinstance(value, End) else resolved.lo)


def resting_on(timeline: Timeline, basis: Basis) -> Timeline:
    """The same evaluation, whose answers say what it rests on."""
    if timeline.basis == basis and timeline.basis.reading == basis.reading:
        return timeline
    found = timeline if timeline.basis == Basis() else copy(timeline)
    found.basis = basis
    return found
