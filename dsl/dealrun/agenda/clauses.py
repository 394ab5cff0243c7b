"""The entries of one clause: when it starts and ends, what changes, what falls due, what renews.

In: a timeline, a clause, and the days to look at. Out: its entries, in no order. Guaranteed: every day is one of the
presumptive course (docs/language.md#the-presumptive-answer), so that the calendar and the state of a day say the same;
what could make it another day is named; what hangs on an event is listed with its rule, never guessed.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator
from datetime import date
from functools import cached_property
from itertools import pairwise

import attrs

from dealrun.agenda.common import Common
from dealrun.agenda.items import AgendaItem, AgendaKind
from dealrun.model.behaviour import LIFELINES, PAYMENTS, Behaviour
from dealrun.model.contract import Entry as Written
from dealrun.model.keys import Label
from dealrun.model.reading import shown
from dealrun.model.show import show
from dealrun.model.values import (
    Duration,
    Names,
    OnEvent,
    Text,
    Value,
)  # fmt: skip
from dealrun.model.vocabulary import FORMS, behaviour
from dealrun.model.windows import span_text
from dealrun.settle.account import make
from dealrun.settle.payments import Payments
from dealrun.settle.single import is_single
from dealrun.settle.terms import CannotSettleError
from dealrun.state.amend.terms import Option
from dealrun.state.answers import Life
from dealrun.state.deal_end import renewals
from dealrun.state.duties import Obligation, obligations, recorded
from dealrun.state.duty_status import status_of
from dealrun.state.falling_due import fixed_sum, is_duty, lists_obligations
from dealrun.state.standing import days_of_change
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState
from dealrun.time import ALWAYS, NEVER, NO, Day, Moment, StepFunction, Truth, iso, to_date
from dealrun.time.calendars import Calendar
from dealrun.time.moment import first


@attrs.frozen(slots=False)
class ClauseEntries:
    """The entries of one clause."""

    common: Common
    label: Label
    start: Day
    end: Day
    _follows_from: dict[str, str] = attrs.field(factory=dict)
    """What follows from a breach or a default, once it was looked for."""
    _states: dict[int, ClauseState] = attrs.field(factory=dict)
    """The clause between its changes, once it was asked for."""

    @property
    def timeline(self) -> Timeline:
        """The presumptive course."""
        return self.common.presumed

    @cached_property
    def last(self) -> ClauseState:
        """The clause on the last of the days."""
        return self.timeline.clause(self.label, self.end)

    def concerns(self, party: str) -> bool:
        """Whether a clause is about a party: it names it, or each of the parties, or it is the life of their deal."""
        members = {name for names in self.timeline.clause(self.label, self.start).parties.values() for name in names}
        deal = self._written.deal
        party = party if party in members or len(self.common.certain.index.model.deals) == 1 else f"{deal}.{party}"
        own = party in self.common.parties(deal)
        life = behaviour(self._written.word) in LIFELINES
        return party in members or (own and (life or not members.isdisjoint({"each", "other"})))

    def entries(self) -> Iterator[AgendaItem]:
        """All of them, in no order."""
        word = self._written.word
        does = behaviour(word)
        if does in {Behaviour.SURVIVAL, Behaviour.BOOKS}:
            return
        ours, certain = (each.answers.lives(self.label) for each in (self.timeline, self.common.certain))
        for index, (life, sure) in enumerate(zip(ours, certain, strict=True)):
            if life.episode.dropped.hi <= self.start:
                continue
            number = f"life {index + 1}" if index else ""
            if life.end.hi > self.start:
                started = self._comes(life.episode.started), self._comes(sure.episode.started)
                yield from self._moment(self._kind("starts"), *started, 0, number)
                if started[0].lo < life.end.hi:  # else it is over before it begins
                    if not self._ends_with_an_instance(life):
                        yield from self._moment(self._kind("ends"), life.end, sure.end, 1, number)
                    yield from self._changes(life, number)
                    yield from self._may_change(life, sure, number)
                    yield from self._waivers(life, number)
            yield from self._due(life)
        if ours and ours[-1].end.lo > self.start:
            yield from self._once()
            if does is Behaviour.TERM:
                yield from self._renewals()
            if does is Behaviour.TERMINATION:
                yield from self._noticed(ours[-1])
            if does in PAYMENTS:
                yield from self._payments()

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
        state = self._state(self.end if day is None else day)
        act = shown(state.terms, "act")
        _, giver, receiver = FORMS[state.kind].roles or ("", "", "")
        sides = [state.parties[role] for role in (giver, receiver) if role in state.parties]
        parties = "->".join(", ".join(members) for members in (sides if len(sides) > 1 else state.parties.values()))
        value = act.options[0] if act is not None and act.options else None
        act_text = f' "{value.text}"' if isinstance(value, Text) else f" {act.text}" if act is not None else ""
        what = f"{state.kind} {parties}".rstrip() + act_text
        return AgendaItem(
            _date(day),
            kind,
            self.label,
            state.deal,
            what,
            party,
            otherwise,
            rule,
            hangs,
            number,
            state.cites,
            dict(self.common.certain.basis.deals).get(state.deal, ""),
            self.common.title(party),
        )

    def _state(self, day: Day) -> ClauseState:
        """The clause on a day, as far as an entry tells of it: it changes only with the clause."""
        place = bisect_right(self._changed, day)
        found = self._states.get(place)
        if found is None:
            found = self._states[place] = self.timeline.clause(self.label, day)
        return found

    @cached_property
    def _changed(self) -> list[Day]:
        return sorted(days_of_change(self.timeline.answers, self.label))

    def _moment(
        self, kind: AgendaKind, moment: Moment, certain: Moment, back: int, number: str
    ) -> Iterator[AgendaItem]:
        """A start or an end: its presumptive day, with what could make it another; or the rule by which it may come."""
        own = self._own(certain.hangs_on)
        if moment.certain and ALWAYS < moment.lo < NEVER:
            hangs = () if certain.certain else tuple(sorted(own))
            yield self._entry(moment.lo - back, kind, rule=", ".join(moment.cause), number=number, hangs=hangs)
            return
        open_ = moment if not moment.certain else certain
        if open_.certain or open_.lo >= NEVER or open_.lo > self.end or open_.hi <= self.start:
            return
        if self._follows(open_) or not own or open_.lo >= self._over:
            return
        terms = self.last.terms
        view = shown(terms, "until") if kind in {"ends", "lapses"} else shown(terms, "when") or shown(terms, "from")
        rule = " or ".join(open_.cause) or (view.text if view is not None else "")
        yield self._entry(None, kind, rule=rule, hangs=tuple(sorted(own)), number=number)

    def _own(self, names: frozenset[str]) -> frozenset[str]:
        """What the clause hangs on itself, beside its deal."""
        index = self.timeline.index
        life = behaviour(self._written.word) in LIFELINES
        kept = names - self.common.of_deals | (names & index.mentioned(self.label) if not life else frozenset())
        return _decisive(missed(kept, index.breaches_named(self.label)))

    def _comes(self, started: StepFunction[Truth]) -> Moment:
        """When a clause starts; again, where an amendment let it wait for something else."""
        if started.at(self.start).level == 2 or first(started).lo >= self.start:
            return first(started)
        later = [(max(day, self.start), truth) for day, end, truth in started.pieces() if end > self.start]
        return first(StepFunction([(ALWAYS, NO), *later]))

    def _ends_with_an_instance(self, life: Life) -> bool:
        """Whether a clause with `each` ends with one of its instances, whose end is listed."""
        if "each" not in life.episode.terms or not life.end.certain:
            return False
        return any(each.until is not None and each.until.toordinal() == life.end.lo - 1 for each in self.last.instances)

    @cached_property
    def _over(self) -> Day:
        """The first day on which the clause is presumptively over for good."""
        return self.timeline.answers.lives(self.label)[-1].end.hi

    def _follows(self, moment: Moment) -> bool:
        """Whether a clause only ends with its deal, whose own end is listed once."""
        lifelines = self.timeline.index.lifelines(self._written.deal)
        return bool(moment.cause) and set(moment.cause) <= set(lifelines)

    def _changes(self, life: Life, number: str) -> Iterator[AgendaItem]:
        """The days on which a term becomes another while the clause is there."""
        begun = max(first(life.episode.started).lo, self.start)
        for name, steps in life.episode.terms.items():
            if name in _DATED:
                continue
            for (_, old), (day, new) in pairwise(steps):
                if begun < day <= self.end and day < life.end.lo and old.certain and new.certain:
                    rule = self._change(name, old.value, new.options[0])
                    if rule:
                        yield self._entry(day, "changes", rule=rule, number=f"{name} {number}".strip())

    def _may_change(self, life: Life, sure: Life, number: str) -> Iterator[AgendaItem]:
        """What becomes of a term if something happens that is the clause's own, once for each value."""
        begun = max(first(life.episode.started).lo, self.start)
        stated = dict(life.episode.terms.items())  # they only are told: nothing is decided by them
        for name, steps in sure.episode.terms.items():
            presumed = stated.get(name)
            if name in _DATED or presumed is None:
                continue
            told: set[Value | None] = set()
            for day, end, state in steps.pieces():
                stands = presumed.at(max(day, begun))
                if state.certain or not stands.certain or end <= begun or day > min(self.end, self._over - 1):
                    continue
                own = self._own(state.contingent_on)
                for option in state.options:
                    if option.value == stands.value or option.value in told or not own:
                        continue
                    told.add(option.value)
                    rule = self._change(name, stands.value, option)
                    if rule:
                        yield self._entry(None, "changes", rule=rule, number=f"{name} {number}".strip(),
                                          hangs=tuple(sorted(own)))  # fmt: skip

    def _change(self, name: str, old: Value | None, new: Option) -> str:
        """What becomes of a term, and by which amendment; empty where it reads the same."""
        rule, by = _change(name, old, new.value), new.source.instrument
        return f"{rule} ({by})" if rule and by != self._written.deal else rule

    def _waivers(self, life: Life, number: str) -> Iterator[AgendaItem]:
        """The days on which the clause is suspended, and on which that is over."""
        begun = max(first(life.episode.started).lo, self.start)
        for (_, old), (day, new) in pairwise(life.episode.waived):
            if begun < day <= self.end and day < life.end.lo and {old.level, new.level} == {0, 2}:
                by = self.timeline.clause(self.label, day).instrument
                rule = f"waived ({by})" if new.level else "the waiver ends"
                yield self._entry(day, "changes", rule=rule, number=f"waiver {number}".strip())

    # --- what must be done --------------------------------------------------------------------------------------------

    def _obligor(self) -> str:
        state = self.last
        roles = FORMS[state.kind].roles
        members = next((state.parties[role] for role in (*roles[1:2], *roles) if role in state.parties), ())
        return " and ".join(self.common.parties(state.deal) if members == ("each",) else members)

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
        found += sorted(
            (label for event in events for label in self.common.followers.get(event, ())),
            key=self.common.places.__getitem__,
        )
        return f"{word}; then {', '.join(dict.fromkeys(found))}" if found else word

    def _due(self, life: Life) -> Iterator[AgendaItem]:
        """What falls due, and by when a breach can be made good; what is done is not listed."""
        for breach in recorded(self.timeline.answers, self.label, life.episode):
            if breach.breached.certain and breach.performed.hi >= NEVER:
                yield from self._cure(breach)
        if not (lists_obligations(life.episode) or fixed_sum(life.episode)):
            return
        for obligation in obligations(self.timeline.answers, self.label, life.episode, life.end, self.end):
            kind = self._behind(obligation)
            if kind is not None:
                yield self._entry(obligation.due.lo, kind, party=self._obligor(), otherwise=self._otherwise(),
                                  number=obligation.number)  # fmt: skip
            if min(obligation.due.hi, NEVER) >= self.start or obligation.cure_by.hi >= self.start:
                yield from self._obligation(obligation, kind)

    def _once(self) -> Iterator[AgendaItem]:
        """The due day of what is no duty, and the instances of a clause with `each`."""
        ev = self.timeline.answers
        episode = ev.lives(self.label)[-1].episode
        duty = is_duty(episode.word) or lists_obligations(episode) or fixed_sum(episode)
        if "each" not in episode.terms:  # each occurrence has a due day of its own
            if "due" in episode.terms and not duty:
                due = ev.due(self.label)
                behind = self._undisclosed(due)
                if behind is not None:
                    yield self._entry(due.lo, behind, party=self._obligor(), otherwise=self._otherwise())
                elif due.lo >= self.start or not due.certain:
                    yield from self._due_day(due, "")
            elif "due" in episode.terms and ev.due(self.label).lo >= NEVER:  # presumptively it does not fall due
                yield from self._due_day(self.common.certain.answers.due(self.label), "", dated=False)
            return
        for instance in self.last.instances:
            number = iso(instance.occurrence) if instance.occurrence is not None else f"{instance.number}"
            if instance.due is not None and not duty:
                yield from self._due_day(Moment.on(instance.due.toordinal()), number)
            if instance.until is not None:
                yield self._entry(instance.until.toordinal(), self._kind("ends"), number=number)

    def _undisclosed(self, due: Moment) -> AgendaKind | None:
        """How a payment stands that fell due before the days that are looked at, whose amount nobody has disclosed;
        None for what is no such payment, and where something was paid."""
        known, ev = self.timeline.world.known, self.timeline.answers
        if behaviour(self._written.word) not in PAYMENTS or not due.certain or due.lo >= self.start or known is None:
            return None
        if ev.world.payments(self.label) or ev.world.performances(self.label):
            return None
        if self._state(due.lo).status in {"not yet", "dormant", "waived"}:
            return None
        if due.lo > known:
            return "due, not known"
        return "overdue" if ev.kept(self.label).at(due.lo).level == 2 else "unrecorded"

    def _behind(self, obligation: Obligation) -> AgendaKind | None:
        """How an obligation stands that fell due before the days that are looked at; None where it is done, or nobody
        has to act any more."""
        if not obligation.due.certain or obligation.due.lo >= self.start or obligation.told.hi < NEVER:
            return None
        status, _ = status_of(obligation, self.start)
        if status == "breached":
            return "overdue"
        known = self.timeline.world.known
        if status != "performed" or known is None:
            return None
        return "unrecorded" if obligation.due.lo <= known else "due, not known"

    def _due_day(self, due: Moment, number: str, *, dated: bool = True) -> Iterator[AgendaItem]:
        view = shown(self.last.terms, "due")
        rule = view.text if view is not None else ""
        kind: AgendaKind = "payment due" if behaviour(self._written.word) in PAYMENTS else "due"
        if due.certain and ALWAYS < due.lo < NEVER and dated:
            yield self._entry(due.lo, kind, party=self._obligor(), otherwise=self._otherwise(), rule=rule,
                              number=number)  # fmt: skip
        elif not due.certain and due.lo <= self.end and due.hi >= self.start:
            yield self._entry(None, kind, party=self._obligor(), otherwise=self._otherwise(), rule=rule,
                              hangs=tuple(sorted(due.hangs_on)), number=number)  # fmt: skip

    def _obligation(self, obligation: Obligation, behind: AgendaKind | None) -> Iterator[AgendaItem]:
        status, _ = status_of(obligation, self.end)
        done = status == "performed" and obligation.told.hi < NEVER
        if done or status in {"performed late", "cured", "waived", "excused", "ended"}:
            return
        if behind is None:
            yield from self._due_day(obligation.due, obligation.number)
        yield from self._cure(obligation)

    def _cure(self, obligation: Obligation) -> Iterator[AgendaItem]:
        """The last day on which a breach can be made good."""
        cure = obligation.cure_by
        if obligation.breached.certain and cure.certain and ALWAYS < cure.lo < NEVER:
            yield self._entry(cure.lo, "last day to cure", party=self._obligor(), otherwise=self._otherwise("default"),
                              number=obligation.number)  # fmt: skip

    def _noticed(self, life: Life) -> Iterator[AgendaItem]:
        """The last day on which what a notice was given for can be cured, so that the deal goes on."""
        ev = self.timeline.answers
        steps = life.episode.terms.get("cure")
        made = ev.uses(self.label)
        cured = ev.world.occurrences(f"cure of {self.label}")
        for use in (*made.of("notice"), *made.of("exercise")):
            time = steps.at(use.lo).value if steps is not None and use.certain else None
            if not isinstance(time, Duration) or any(each.hi >= use.lo for each in cured):
                continue
            cured_by = ev.shifted(use, time)
            last = cured_by.lo
            if cured_by.certain and self.start <= last <= self.end:
                holders = {name for names in self._state(use.lo).parties.values() for name in names}
                others = [name for name in self.common.parties(self._written.deal) if name not in holders]
                yield self._entry(last, "last day to cure", party=" or ".join(others), otherwise="it ends the deal",
                                  number=f"notice of {iso(use.lo)}")  # fmt: skip

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
            if span[0] > self.end + YEAR:
                break  # what is earned later falls due later, even where it is paid in advance
            if self._is_waived(*span):
                continue
            day, rule = maker.due(account, span, span[1])
            if day is not None and self.start <= day <= self.end and span[0] <= (account.over or NEVER):
                yield self._entry(day, "payment due", party=account.payer, otherwise="late payment", rule=rule,
                                  number=span_text(span))  # fmt: skip

    def _is_waived(self, first_day: Day, last: Day) -> bool:
        """Whether the clause is suspended on every day of a period, so that nothing is paid for it."""
        days = [first_day, *(day for day in self._changed if first_day < day <= last)]
        return all(self._state(day).status == "waived" for day in days)

    # --- renewal ------------------------------------------------------------------------------------------------------

    def _renewals(self) -> Iterator[AgendaItem]:
        """Each end at which the term renews unless notice is given in time."""
        ev = self.timeline.answers
        parties = self.last.parties.get("party", ()) or self.common.parties(self._written.deal)
        over = min((life.end.lo for life in ev.lives(self.label) if life.end.certain), default=NEVER)
        for end, notice, following in renewals(ev, self.label, self.end):
            if end >= over:
                return
            until = f"it goes on until {iso(following - 1)}" if following < NEVER else "it goes on"
            who = " or ".join(parties) or "a party"
            if notice is not None:
                yield self._entry(notice, "last day for notice", party=who, otherwise=until, number=iso(end - 1))
            yield self._entry(end, "renews", rule=until, number=iso(end - 1))


def missed(names: Collection[str], broken: Collection[str]) -> frozenset[str]:
    """Names in which what is not done stands as the breach that it is."""
    parts = [(name, *name.partition(" of ")) for name in names]
    return frozenset(f"breach of {label}" if word in {"performance", "cure"} and label in broken else name
                     for name, word, _, label in parts)  # fmt: skip


def _decisive(names: frozenset[str]) -> frozenset[str]:
    """The names without the performances and cures that only would prevent a breach among them."""
    broken = {name.removeprefix("breach of ") for name in names if name.startswith("breach of ")}
    return names - {f"{word} of {label}" for label in broken for word in ("performance", "cure")}


def _change(name: str, old: Value | None, new: Value | None) -> str:
    """What becomes of a term; empty where that reads the same."""
    was, now = ("" if value is None else show(value) for value in (old, new))
    if was == now:
        return ""
    if was and now:
        return f"{name}: {was} becomes {now}"
    text = was or now
    text = text if text.startswith(name) else f"{name} {text}"
    return f"adds {text}" if now else f"drops {text}"


YEAR = 366
"""Days."""

_DATED = frozenset({"from", "until", "when", "while", "unless", "due"})
"""Terms whose days are entries of their own, or that have none."""


def _date(day: Day | None) -> date | None:
    """A day as a date; what is always or never there lies outside all days that are asked for."""
    return date.max if day is not None and day >= NEVER else date.min if day == ALWAYS else to_date(day)
