"""What cannot be in one clause by itself: a due day outside its life, a condition that cannot hold, a cap too low.

In: a contract's timelines: one in which everything goes on as it is known, one in which anything may happen. Out:
findings DR312, DR804 to DR806, DR808 and DR809. Guaranteed: only what is certain is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product as choices

import attrs

from dealrun.check.conflicts.claims import stretches
from dealrun.diagnostics import Note, Report
from dealrun.model.behaviour import LIFELINES, Behaviour
from dealrun.model.contract import Entry, Instrument, Operation
from dealrun.model.keys import Label
from dealrun.model.values import (
    AllOf,
    Amount,
    AnyOf,
    Condition,
    Due,
    Duration,
    End,
    Happened,
    Holds,
    InForce,
    Names,
    Negation,
    OnDate,
    OnEvent,
    Start,
)
from dealrun.model.vocabulary import behaviour
from dealrun.source import Span
from dealrun.state.amend.index import texts_of
from dealrun.state.amend.terms import TermState
from dealrun.state.answers import Episode, Life
from dealrun.state.deal_end import renewals
from dealrun.state.falling_due import due_once, has_obligations, is_duty
from dealrun.state.timeline import Timeline
from dealrun.state.views import TermView
from dealrun.time import ALWAYS, NEVER, Day, StepFunction, Truth, iso
from dealrun.time.days import FIRST, LAST
from dealrun.time.moment import first

_CONDITIONS = frozenset({"when", "while", "unless"})

MOST_ATOMS = 12
"""Conditions of more parts than this are not searched for a contradiction."""


@attrs.frozen
class SingleClauseCheck:
    """Looks at each clause of a contract by itself."""

    as_planned: Timeline
    """As everything goes on: nothing else happens, and what falls due is done."""
    open: Timeline
    """With everything open, whatever has been recorded: what cannot be there is wrong as it is written."""
    report: Report
    never: set[Label] = attrs.field(factory=set)
    """The clauses that can never be in force, of those that were checked."""

    def check(self) -> None:
        """Every clause."""
        advances = self._advances()
        for label in self.as_planned.index.labels:
            history = self.as_planned.index.histories[label]
            if not self._worth(label, history, advances) or not self.as_planned.answers.episodes(label):
                continue
            for life in self.as_planned.answers.lives(label):
                episode = life.episode
                if behaviour(episode.word) in {Behaviour.SURVIVAL, Behaviour.NONE}:
                    continue
                if self._never(label, life) or self._idle(label, episode):
                    self.never.add(label)
                    continue
                self._due(label, life)
                if behaviour(episode.word) is Behaviour.TERM:
                    self._notice(label, episode)
            self._caps(label, advances.get(label, ()))

    def _worth(
        self,
        label: Label,
        history: list[tuple[Instrument, Operation]],
        advances: Mapping[Label, Sequence[Label]],
    ) -> bool:
        """Whether a clause says anything that can be wrong by itself; found without an evaluation."""
        written = {name for _, operation in history for name in texts_of(operation)}
        if not _CONDITIONS.isdisjoint(written) or ("cap" in written and ("floor" in written or label in advances)):
            return True
        entry = self.as_planned.index.first_entry(label)
        if entry is None:
            return False
        if "due" in written and is_duty(entry.word) and not self._plainly_in_time(entry, history):
            return True
        starts = "from" in written and (
            behaviour(entry.word) is Behaviour.OPTION or bool(self.as_planned.index.lifelines(entry.deal))
        )
        return behaviour(entry.word) is Behaviour.TERM or starts

    def _plainly_in_time(self, entry: Entry, history: list[tuple[Instrument, Operation]]) -> bool:
        """Whether what nothing amends is due some days after its start, and ends on a date behind that, or never."""
        if len(history) > 1 or "from" in entry.terms or self.as_planned.index.lifelines(entry.deal):
            return False
        due, until = entry.terms["due"].value.limbs[0][0], entry.terms.get("until")
        if not isinstance(due, Due) or not isinstance(due.time, Duration) or due.time.redacted is not None:
            return False
        end = until.value.limbs[0][0] if until is not None else None
        begins = self.as_planned.answers.effective(history[0][0]).hi
        last = end.time.first if isinstance(end, End) and isinstance(end.time, OnDate) else None
        return until is None or (last is not None and begins < NEVER and due.time.after(begins) < last)

    # --- never --------------------------------------------------------------------------------------------------------

    def _never(self, label: Label, life: Life) -> bool:
        """A clause that ends, itself or with its deal, before it starts; an option that closes before it opens."""
        episode = life.episode
        start = first(episode.started)
        if self._after_deal(label, episode):
            return True
        if not start.certain or not ALWAYS < start.lo < NEVER or life.end.hi > start.lo:
            return False
        if episode.end.hi <= start.lo and behaviour(episode.word) is not Behaviour.OPTION:
            return True  # told when the contract was loaded
        if behaviour(episode.word) is Behaviour.TERMINATION and label in life.end.cause:
            return True  # it has ended the deal, and ends with it: that is what it is for
        since = episode.adding.entry.terms.get("from") or episode.adding.entry.terms.get("when")
        ends = f"ends on {iso(life.end.hi - 1)}" + (f" with {' and '.join(life.end.cause)}" if life.end.cause else "")
        if behaviour(episode.word) is Behaviour.OPTION:
            text = f"`{label}` opens on {iso(start.lo)}, when it is closed: it {ends}"
            self._add("DR808", text, episode, since.span if since else None, "let it open before it closes")
        else:
            text = f"`{label}` would start on {iso(start.lo)}, and {ends}"
            self._add("DR312", text, episode, since.span if since else None,
                      "what is to hold after the deal is named by a `survive`, or `perpetual`")  # fmt: skip
        return True

    def _after_deal(self, label: Label, episode: Episode) -> bool:
        """A clause that starts when its deal ends, and does not survive it."""
        index, written = self.as_planned.index, episode.adding.entry
        since = written.terms.get("from") or written.terms.get("when")
        value = since.value.limbs[0][0] if since else None
        time = value.time if isinstance(value, Start) else value.event if isinstance(value, Happened) else None
        ends = isinstance(time, OnEvent) and time.event == "end" and time.of_label in index.lifelines(written.deal)
        if since is None or not ends or behaviour(episode.word) in LIFELINES:
            return False
        until = written.terms.get("until")
        if until is not None and until.value.limbs[0][0] == End("perpetual"):
            return False
        survivors = (other for key in index.survivals(written.deal) for other in self.as_planned.answers.episodes(key))
        if any(label in names.members for each in survivors for names in _named(each)):
            return False
        self._add("DR312", f"`{label}` would start when the deal ends, and ends with it", episode, since.span,
                  "what is to hold after the deal is named by a `survive`, or `perpetual`")  # fmt: skip
        return True

    def _idle(self, label: Label, episode: Episode) -> bool:
        """A condition that cannot hold, whatever happens: of the start, or of what keeps the clause going."""
        terms = episode.adding.entry.terms
        when, held, barred = (self._condition(episode, name) for name in ("when", "while", "unless"))
        going = [part for part in (held, Negation(barred) if barred is not None else None) if part is not None]
        parts = [("when", when, ALWAYS)] if when is not None else []
        if going:
            condition = going[0] if len(going) == 1 else AllOf(tuple(going))
            parts.append(("while" if held is not None else "unless", condition, first(episode.started).lo))
        for name, condition, since in parts:
            if self._outcomes(condition, since) == {False}:
                span = terms[name].span
                said = " ".join(terms[n].span.text for n in ("while", "unless") if n in terms) if going else span.text
                said = span.text if name == "when" else said
                self._add("DR805", f"`{said}` can never hold, so `{label}` is never in force", episode, span,
                          "its parts contradict one another")  # fmt: skip
                return True
        return False

    @staticmethod
    def _condition(episode: Episode, name: str) -> Condition | None:
        """A condition that a clause has had throughout."""
        steps = episode.terms.get(name)
        value = steps.values[-1].value if steps is not None and _certain(steps) else None
        return value if isinstance(value, Happened | Holds | InForce | Negation | AllOf | AnyOf) else None

    def _outcomes(self, condition: Condition, since: Day) -> set[bool]:
        """What a condition can be from a day on; both, where it is not worth a search."""
        atoms = list(dict.fromkeys(_atoms(condition)))
        if len(atoms) > MOST_ATOMS:
            return {True, False}
        truths = [_possible(self.open.answers.truth(atom), since) for atom in atoms]
        return {_value(condition, dict(zip(atoms, each, strict=True))) for each in choices(*truths)}

    # --- days ---------------------------------------------------------------------------------------------------------

    def _due(self, label: Label, life: Life) -> None:
        """A due day on which the clause is not in force, so that nothing can be owed."""
        episode = life.episode
        if (
            "due" not in episode.terms
            or not has_obligations(episode)
            or "each" in episode.terms
            or "frequency" in episode.terms
        ):
            return
        due, start = due_once(self.as_planned.answers, episode), first(episode.started)
        if not due.certain or not ALWAYS < due.lo < NEVER or not start.certain:
            return
        written = episode.adding.entry.terms.get("due")
        span = written.span if written else None
        if life.end.certain and due.lo >= life.end.lo:
            by = f" with {' and '.join(life.end.cause)}" if life.end.cause else ""
            text = f"`{label}` is due on {iso(due.lo)}, after it ends on {iso(life.end.lo - 1)}{by}"
            self._add("DR804", text, episode, span, "let it survive, or be due before the end")
        elif ALWAYS < start.lo < NEVER and due.lo < start.lo:
            text = f"`{label}` is due on {iso(due.lo)}, before it starts on {iso(start.lo)}"
            self._add("DR804", text, episode, span, "let it start before it is due")

    def _notice(self, label: Label, episode: Episode) -> None:
        """A last day for a notice not to renew that lies before the term begins."""
        start = first(episode.started)
        if not start.certain or not ALWAYS < start.lo < NEVER:
            return
        for end, notice, following in renewals(self.as_planned.answers, label, start.lo)[:1]:
            if notice is not None and notice < start.lo:
                until = f"until {iso(following - 1)}" if following < NEVER else "for good"
                text = (
                    f"the notice that keeps `{label}` from renewing on {iso(end)} is due by {iso(notice)}, "
                    f"before it begins on {iso(start.lo)}: it renews {until}, whatever anybody does"
                )
                written = episode.adding.entry.terms.get("notice")
                self._add("DR809", text, episode, written.span if written else None, "give a shorter notice period")

    # --- amounts ------------------------------------------------------------------------------------------------------

    def _caps(self, label: Label, advances: Sequence[Label]) -> None:
        """A cap below what is guaranteed: a floor of the same window, or an advance that counts against it."""
        written = {name for episode in self.as_planned.answers.episodes(label) for name in episode.terms}
        if "cap" not in written or ("floor" not in written and not advances):
            return
        for start, last, _ in stretches(self.as_planned, label):
            terms = self.as_planned.clause(label, start).terms
            cap = terms.get("cap")
            if cap is None or cap.most is None:
                continue
            for name, least in self._guaranteed(label, terms, advances, start):
                if _same_window(cap, least) and least.least is not None and cap.most < least.least:
                    since = f"from {iso(start)}" if start > FIRST else "always"
                    days = since + (f" until {iso(last)}" if last < LAST else "")
                    self.report.add(
                        "DR806", f"the cap of `{label}`, {cap.text}, is below {name}, {least.text}, {days}", cap.span,
                        notes=[Note("what is guaranteed", least.span)],
                        help="raise the cap, or lower what is guaranteed",
                    )  # fmt: skip
                    return

    def _advances(self) -> dict[Label, list[Label]]:
        """By clause, the advances that count against it alone."""
        found: dict[Label, list[Label]] = {}
        for label in self.as_planned.index.labels:
            entry = self.as_planned.index.first_entry(label)
            if entry is None or behaviour(entry.word) is not Behaviour.ADVANCE or "against" not in entry.terms:
                continue
            against = entry.terms["against"].value.limbs[-1][0]
            if isinstance(against, Names) and len(against.members) == 1:
                found.setdefault(against.members[0], []).append(label)
        return found

    def _guaranteed(
        self, label: Label, terms: Mapping[str, TermView], advances: Sequence[Label], day: Day
    ) -> Iterator[tuple[str, TermView]]:
        if "floor" in terms:
            yield "its floor", terms["floor"]
        for other in advances:
            theirs = self.as_planned.clause(other, day).terms
            against = theirs["against"].written if "against" in theirs else None
            if isinstance(against, Names) and against.members == (label,) and "amount" in theirs:
                yield f"the advance `{other}`", theirs["amount"]

    def _add(self, code: str, text: str, episode: Episode, span: Span | None, help_: str) -> None:
        clause = episode.adding.entry.span
        notes = [Note("the clause", clause)] if span is not None and span != clause else []
        self.report.add(code, text, span or clause, notes=notes, help=help_)


def _named(survive: Episode) -> Iterator[Names]:
    """The clauses that a `survive` has ever named."""
    steps = survive.terms.get("clauses")
    for state in steps.values if steps is not None else ():
        for option in state.options:
            if isinstance(option.value, Names):
                yield option.value


def _certain(steps: StepFunction[TermState]) -> bool:
    """Whether a term has been the same throughout."""
    return len(steps.starts) == 1 and steps.values[0].certain


def _same_window(cap: TermView, other: TermView) -> bool:
    left, right = cap.written, other.written
    if not isinstance(left, Amount) or not isinstance(right, Amount) or cap.unit != other.unit:
        return False
    return (left.per_unit, left.per, left.over) == (right.per_unit, right.per, right.over)


def _atoms(condition: Condition) -> Iterator[Condition]:
    match condition:
        case Negation(part):
            yield from _atoms(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _atoms(part)
        case _:
            yield condition


def _value(condition: Condition, values: dict[Condition, bool]) -> bool:
    match condition:
        case Negation(part):
            return not _value(part, values)
        case AllOf(parts):
            return all(_value(part, values) for part in parts)
        case AnyOf(parts):
            return any(_value(part, values) for part in parts)
        case _:
            return values[condition]


def _possible(truth: StepFunction[Truth], since: Day) -> set[bool]:
    """What a truth is, or may be, on some day from another on."""
    levels = {truth.at(max(since, FIRST)).level, *(value.level for start, value in truth if start > since)}
    return {answer for answer, sure in ((True, 0), (False, 2)) if levels - {sure}}
