"""What falls on which day: starts, ends, due days, renewals, notices, and what hangs on something.

In: a timeline, and the days to look at. Out: entries, by day. Guaranteed: everything comes from the one timeline, so
that an entry is on the day on which the state changes; what hangs on an event is listed with its rule, never guessed.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import attrs

from dealrun.answer import Listed
from dealrun.model.behaviour import PAYMENTS, Behaviour
from dealrun.model.contract import Cite
from dealrun.model.contract import Entry as Written
from dealrun.model.keys import Label
from dealrun.model.reading import shown
from dealrun.model.values import AllOf, AnyOf, Condition, End, Happened, Names, Negation, OnEvent, Start, Text, Value
from dealrun.model.vocabulary import FORMS, behaviour
from dealrun.model.windows import span_text
from dealrun.settle.account import make
from dealrun.settle.payments import Payments
from dealrun.settle.single import is_single
from dealrun.settle.terms import CannotSettleError
from dealrun.state.basis import Basis
from dealrun.state.deal_end import renewals
from dealrun.state.duties import Obligation, obligations
from dealrun.state.duty_status import status_of
from dealrun.state.falling_due import is_duty, lists_obligations
from dealrun.state.relative import mentions
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState
from dealrun.time import ALWAYS, NEVER, Day, Moment, iso, to_date
from dealrun.time.calendars import Calendar
from dealrun.time.moment import first

AgendaKind: TypeAlias = Literal[
    "due, not known",
    "starts",
    "opens",
    "due",
    "payment due",
    "last day to cure",
    "last day for notice",
    "renews",
    "ends",
    "lapses",
]

ORDER: tuple[AgendaKind, ...] = get_args(AgendaKind)
"""How entries of one day follow one another."""


@attrs.frozen
class AgendaItem:
    """Something that falls on a day; `day` is None where it hangs on something that is not known.

    >>> item = deal.agenda(timeline, "2030-01-01", "2033-01-31")[0]
    >>> item.day, item.kind, item.label, item.rule
    (datetime.date(2030, 12, 31), 'ends', 'share', '2030')
    """

    day: date | None
    kind: AgendaKind
    label: Label
    deal: str
    what: str
    """What the clause is about, in the words of its text."""
    party: str
    """Who must act, or may; empty where nobody needs to."""
    otherwise: str
    """What follows if nobody acts."""
    rule: str
    """The day as the clause says it."""
    contingent_on: tuple[str, ...]
    number: str
    """Which one of several it is: the period or the occurrence that it belongs to; empty for the only one."""
    cites: tuple[Cite, ...]


class Agenda(Listed[AgendaItem]):
    """The dated entries from `start` through `end`; entries whose day depends on an unknown come last.

    >>> agenda = deal.agenda(timeline, "2030-01-01", "2033-01-31")
    >>> agenda
    Agenda(2030-01-01 to 2033-01-31, 4 entries)
    >>> [(str(each.day), each.label) for each in agenda[:2]]
    [('2030-12-31', 'share'), ('2032-12-31', 'ip')]
    >>> agenda.to_ical().splitlines()[0]
    'BEGIN:VCALENDAR'
    """

    start: date
    end: date
    known: date | None
    basis: Basis
    identities: Mapping[str, str]
    """By deal what tells it from another of its name."""

    def to_ical(self) -> str:
        """The entries that have a day as a calendar file (iCalendar, RFC 5545). MissingExtraError without icalendar."""
        from dealrun.agenda.ical import calendar  # noqa: PLC0415 - an extra

        return calendar(self, self.known, self.identities).decode()

    def __repr__(self) -> str:
        return f"Agenda({self.start} to {self.end}, {len(self)} entries)"


def agenda(timeline: Timeline, start: Day, end: Day, party: str | None = None) -> tuple[AgendaItem, ...]:
    """The entries from one day through another, and behind them those whose day is not known.

    With a party, only those of clauses to which it is party.
    """
    found: list[AgendaItem] = []
    for label in timeline.labels:
        state = timeline.clause(label, start)
        if party is not None and not any(party in members for members in state.parties.values()):
            continue
        found.extend(_Clause(timeline, label, start, end).entries())
    first_, last = date.fromordinal(start), date.fromordinal(end)
    dated = [entry for entry in found if entry.day is not None
             and (entry.kind == "due, not known" or first_ <= entry.day) and entry.day <= last]  # fmt: skip
    dated.sort(key=lambda entry: (entry.day or date.min, ORDER.index(entry.kind), entry.label, entry.number))
    return (*dated, *(entry for entry in found if entry.day is None))


@attrs.frozen(slots=False)
class _Clause:
    """The entries of one clause."""

    timeline: Timeline
    label: Label
    start: Day
    end: Day
    _follows_from: dict[str, str] = attrs.field(factory=dict)
    """What follows from a breach or a default, once it was looked for."""

    @cached_property
    def last(self) -> ClauseState:
        """The clause on the last of the days."""
        return self.timeline.clause(self.label, self.end)

    def entries(self) -> Iterator[AgendaItem]:
        """All of them, in no order."""
        word = self._written.word
        does = behaviour(word)
        if does is Behaviour.SURVIVAL:
            return
        for index, life in enumerate(self.timeline.answers.lives(self.label)):
            if not (life.end.certain and life.end.lo <= self.start):
                number = f"life {index + 1}" if index else ""
                yield from self._moment(self._kind("starts"), first(life.episode.started), 0, number)
                yield from self._moment(self._kind("ends"), life.end, 1, number)
        if does is Behaviour.TERM:
            yield from self._renewals()
        if does in PAYMENTS:
            yield from self._payments()
        yield from self._due()

    @property
    def _written(self) -> Written:
        return self.timeline.answers.episodes(self.label)[-1].adding.entry

    def _kind(self, kind: AgendaKind) -> AgendaKind:
        """An option opens and lapses; everything else starts and ends."""
        if behaviour(self._written.word) is not Behaviour.OPTION:
            return kind
        return "opens" if kind == "starts" else "lapses"

    def _entry(
        self, day: Day | None, kind: AgendaKind, *, party: str = "", otherwise: str = "", rule: str = "",
        hangs: tuple[str, ...] = (), number: str = "",
    ) -> AgendaItem:  # fmt: skip
        state = self.timeline.clause(self.label, self.end if day is None else day)
        act = shown(state.terms, "act")
        _, giver, receiver = FORMS[state.kind].roles or ("", "", "")
        sides = [state.parties[role] for role in (giver, receiver) if role in state.parties]
        parties = "->".join(", ".join(members) for members in (sides if len(sides) > 1 else state.parties.values()))
        value = act.options[0] if act is not None and act.options else None
        act_text = f' "{value.text}"' if isinstance(value, Text) else f" {act.text}" if act is not None else ""
        what = f"{state.kind} {parties}".rstrip() + act_text
        return AgendaItem(
            _date(day), kind, self.label, state.deal, what, party, otherwise, rule, hangs, number, state.cites
        )

    def _moment(self, kind: AgendaKind, moment: Moment, back: int, number: str) -> Iterator[AgendaItem]:
        """A start or an end: a day, or the rule by which it comes."""
        if moment.certain:
            if ALWAYS < moment.lo < NEVER:
                yield self._entry(moment.lo - back, kind, rule=", ".join(moment.cause), number=number)
        elif moment.lo < NEVER and moment.lo <= self.end and moment.hi > self.start and not self._follows(moment):
            terms = self.last.terms
            view = shown(terms, "until") if kind in {"ends", "lapses"} else shown(terms, "when") or shown(terms, "from")
            rule = " or ".join(moment.cause) or (view.text if view is not None else "")
            yield self._entry(None, kind, rule=rule, hangs=tuple(sorted(moment.hangs_on)), number=number)

    def _follows(self, moment: Moment) -> bool:
        """Whether a clause only ends with its deal, whose own end is listed once."""
        lifelines = self.timeline.index.lifelines(self._written.deal)
        return self.label not in lifelines and bool(moment.cause) and set(moment.cause) <= set(lifelines)

    # --- what must be done --------------------------------------------------------------------------------------------

    def _obligor(self) -> str:
        state = self.last
        roles = FORMS[state.kind].roles
        return " and ".join(next((state.parties[role] for role in (*roles[1:2], *roles) if role in state.parties), ()))

    def _otherwise(self, word: str = "breach") -> str:
        """What follows from a breach: what the duty names itself, and the clauses that hang on it."""
        found = self._follows_from.get(word)
        if found is None:
            found = self._follows_from[word] = self._consequence(word)
        return found

    def _consequence(self, word: str) -> str:
        events = [OnEvent(each, self.label) for each in ("breach", "default") if each in {word, "default"}]
        named = self.last.terms.get("otherwise")
        value = named.options[0] if named is not None and named.options else None
        found = [*value.members] if isinstance(value, Names) else []
        for label in self.timeline.labels:
            for episode in self.timeline.answers.episodes(label):
                values = [v for t in episode.adding.entry.terms.values() for v, _ in t.value.limbs]
                if any(_names(value, event) for value in values for event in events):
                    found.append(label)
        return f"{word}; then {', '.join(dict.fromkeys(found))}" if found else word

    def _due(self) -> Iterator[AgendaItem]:
        """What falls due, and by when a breach can be made good; what is done is not listed."""
        ev = self.timeline.answers
        for life in ev.lives(self.label):
            if lists_obligations(life.episode):
                for obligation in obligations(ev, self.label, life.episode, life.end, self.end):
                    if self._is_unknown(obligation):
                        yield self._entry(obligation.due.lo, "due, not known", party=self._obligor(),
                                          otherwise=self._otherwise(), number=obligation.number)  # fmt: skip
                    elif min(obligation.due.hi, NEVER) >= self.start or obligation.cure_by.hi >= self.start:
                        yield from self._obligation(obligation)
        state = self.last
        duty = is_duty(state.kind) or lists_obligations(ev.lives(self.label)[-1].episode)
        if not duty and "each" not in state.terms:  # each occurrence has a due day of its own
            yield from self._due_day(ev.due(self.label), "")
        for instance in state.instances:
            number = iso(instance.occurrence) if instance.occurrence is not None else f"{instance.number}"
            if instance.due is not None and not duty:
                yield from self._due_day(Moment.on(instance.due.toordinal()), number)
            if instance.until is not None:
                yield self._entry(instance.until.toordinal(), self._kind("ends"), number=number)

    def _is_unknown(self, obligation: Obligation) -> bool:
        """Whether something fell due after the day of knowledge, and before the days that are looked at."""
        known = self.timeline.world.known
        return (
            known is not None and obligation.due.certain and known < obligation.due.lo < self.start
            and status_of(obligation, self.start)[0] == "contingent"
        )  # fmt: skip

    def _due_day(self, due: Moment, number: str) -> Iterator[AgendaItem]:
        view = shown(self.last.terms, "due")
        rule = view.text if view is not None else ""
        if due.certain and ALWAYS < due.lo < NEVER:
            yield self._entry(due.lo, "due", party=self._obligor(), otherwise=self._otherwise(), rule=rule,
                              number=number)  # fmt: skip
        elif not due.certain and due.lo < NEVER:
            yield self._entry(None, "due", party=self._obligor(), otherwise=self._otherwise(), rule=rule,
                              hangs=tuple(sorted(due.hangs_on)), number=number)  # fmt: skip

    def _obligation(self, obligation: Obligation) -> Iterator[AgendaItem]:
        status, _ = status_of(obligation, self.end)
        if status in {"performed", "performed late", "cured", "waived", "excused", "ended"}:
            return
        yield from self._due_day(obligation.due, obligation.number)
        cure = obligation.cure_by
        if obligation.breached.certain and cure.certain and ALWAYS < cure.lo < NEVER:
            yield self._entry(cure.lo, "last day to cure", party=self._obligor(), otherwise=self._otherwise("default"),
                              number=obligation.number)  # fmt: skip

    def _payments(self) -> Iterator[AgendaItem]:
        """The due days of payments that fall due by period."""
        model = self.timeline.index.model
        deal = next(deal for deal in model.deals if deal.name == self._written.deal)
        try:
            account = make(self.timeline, self.label, deal, self.end, "quarter", self.start)
        except CannotSettleError:
            return
        if account is None or is_single(account) or account.does is Behaviour.INTEREST:
            return
        maker = Payments({deal.name: Calendar(deal.calendar)})
        for span in account.periods:
            day, rule = maker.due(account, span, span[1])
            if day is not None and self.start <= day <= self.end and span[0] <= (account.over or NEVER):
                yield self._entry(day, "payment due", party=account.payer, otherwise="late", rule=rule,
                                  number=span_text(span))  # fmt: skip

    # --- renewal ------------------------------------------------------------------------------------------------------

    def _renewals(self) -> Iterator[AgendaItem]:
        """Each end at which the term renews unless notice is given in time."""
        ev = self.timeline.answers
        model = self.timeline.index.model
        named = self.last.parties.get("party", ())
        parties = named or next((deal.parties for deal in model.deals if deal.name == self._written.deal), ())
        over = min((life.end.lo for life in ev.lives(self.label) if life.end.certain), default=NEVER)
        for end, notice, following in renewals(ev, self.label, self.end):
            if end >= over:
                return
            until = f"it goes on until {iso(following - 1)}" if following < NEVER else "it goes on"
            who = " or ".join(parties) or "a party"
            if notice is not None:
                yield self._entry(notice, "last day for notice", party=who, otherwise=until, number=iso(end - 1))
            yield self._entry(end, "renews", rule=until, number=iso(end - 1))


def _names(value: Value, event: OnEvent) -> bool:
    """Whether a value hangs on an event."""
    match value:
        case Happened() | Negation() | AllOf() | AnyOf():
            return _conditional(value, event)
        case Start(_, time):
            return mentions(time, event)
        case End(_, time):
            return mentions(time, event)
        case _:
            return False


def _conditional(condition: Condition, event: OnEvent) -> bool:
    match condition:
        case Happened(found):
            return found == event
        case Negation(part):
            return _conditional(part, event)
        case AllOf(parts) | AnyOf(parts):
            return any(_conditional(part, event) for part in parts)
        case _:
            return False


def _date(day: Day | None) -> date | None:
    """A day as a date; what is always or never there lies outside all days that are asked for."""
    return date.max if day is not None and day >= NEVER else date.min if day == ALWAYS else to_date(day)
