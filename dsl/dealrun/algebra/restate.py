"""The consolidated agreement of a day: "amended and restated".

In: a timeline and a day. Out: the text of a new `.deal` file. Guaranteed (docs/language.md#the-laws, law 6): from that
day on it has the same states as the chain, also under instruments that take effect later. What has taken effect is
folded into the clauses, with anchors as dates; what is signed and still to come stands behind them as it was signed.

A clause whose past still decides its future, and cannot be told by a date (it may or may not have ended on a day that
nobody knows), is carried with its whole history. Which clauses these are is found by trying: the text is evaluated and
held against the chain, so that a restatement that says something else is never printed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from dealrun.algebra.fold import Folded, Given, History, fold, grouped
from dealrun.check import run_checks
from dealrun.diagnostics import Report, Severity
from dealrun.errors import DealError
from dealrun.model import write
from dealrun.model.behaviour import LIFE, Behaviour
from dealrun.model.contract import Add, Cite, Deal, Entry, Fact, Instrument, Model, Operation, SetTerms, TermText
from dealrun.model.keys import DeclarationKey, EntryKey, Label, name_of
from dealrun.model.resolve import resolve
from dealrun.model.rewrite import of_schedule
from dealrun.model.values import (
    Amount,
    Due,
    Duration,
    End,
    Expression,
    OnEvent,
    OnUnknown,
    Schedule,
    Start,
    Time,
    Value,
    Word,
)
from dealrun.model.vocabulary import behaviour
from dealrun.source import SourceText
from dealrun.state.amend.effect import signing
from dealrun.state.amend.index import Index
from dealrun.state.duties import by_period, has_obligations
from dealrun.state.knowledge import World, make_world
from dealrun.state.references import of_instrument, of_operation
from dealrun.state.references import of_schedule as references_of
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState
from dealrun.syntax import parse
from dealrun.time import ALWAYS, NEVER, Day, Moment, iso
from dealrun.time.moment import first

RESTATED = ", as amended and restated"
"""What a restated agreement is called, behind its title."""

LOOKS_BACK = frozenset({"from", "until", "due", "when"})
"""Terms that a restatement may write in another way."""


class RestateError(DealError):
    """Why a contract has no consolidated text on a day."""


def restate(timeline: Timeline, day: Day, so_far: Mapping[Label, Expression] | None = None) -> str:
    """The consolidated text; RestateError where none agrees with the chain."""
    if not timeline.index.model.deals:
        return ""
    whole = _with_a_past(timeline)
    whole |= _needed(timeline, whole)
    while True:
        text = Restater(timeline, day, so_far or {}, whole).text()
        model = read(text, timeline.index.model.deals[0].name)
        differing = disagreements(timeline, model, timeline.world, day)
        grown = whole | differing | _needed(timeline, differing)
        if not differing:
            if wrong := refused(model):
                raise RestateError(f"no text of {iso(day)} passes the checks: {wrong}")
            return text
        if grown == whole:
            names = ", ".join(sorted(map(str, differing)))
            raise RestateError(f"no text of {iso(day)} says the same as the chain of {names}")
        whole = grown


def refused(model: Model) -> str:
    """What the checker says against a text that was written here; empty where it says nothing."""
    report = Report()
    index = Index(model)
    run_checks(model, index, lambda known: Timeline(index, make_world(index.recorded, known, (), {})), report)
    return next((found.message for found in report.sorted() if found.severity is Severity.ERROR), "")


def _with_a_past(timeline: Timeline) -> set[EntryKey]:
    """The duties that were changed: what fell due under their earlier words stands as it stood."""
    return {
        key
        for key, history in timeline.index.histories.items()
        if len(history) > 1 and not isinstance(key, DeclarationKey) and timeline.index.falls_due(key)
        and any(has_obligations(episode) for episode in timeline.answers.episodes(key))
    }  # fmt: skip


def _needed(timeline: Timeline, keys: Iterable[EntryKey]) -> set[EntryKey]:
    """The entries that some entries refer to, through any number of steps."""
    found: set[EntryKey] = set()
    todo = list(keys)
    while todo:
        key = todo.pop()
        for duty in (
            () if isinstance(key, DeclarationKey) else timeline.index.consequence_of(key)
        ):  # it hangs on the duty that names it
            if duty not in found:
                found.add(duty)
                todo.append(duty)
        for _, operation in timeline.index.histories.get(key, ()):
            for reference in of_operation(operation):
                for name in (reference.key, DeclarationKey("event", name_of(reference.key))):
                    unknown = isinstance(name, DeclarationKey) and name.word == "unknown"
                    if name in timeline.index.histories and name not in found and not unknown:
                        found.add(name)
                        todo.append(name)
    return found


# --- does it say the same? --------------------------------------------------------------------------------------------


def read(text: str, name: str) -> Model:
    """The model of a text that was written here; RestateError where it has none."""
    report = Report()
    model = resolve([parse(SourceText("<text>", text), report)], report, name)
    if report.has_errors:
        raise RestateError(report.sorted()[0].message)
    return model


def disagreements(timeline: Timeline, model: Model, world: World, day: Day, *, extra: bool = False) -> set[EntryKey]:
    """The clauses of which a model says something else than a timeline, on some day from `day` on.

    What only the model has is passed over, unless `extra`: then it must have ended.
    """
    restated = Timeline(Index(model), world)
    differing: set[EntryKey] = set()
    for key in timeline.labels:
        if key not in restated.labels:
            if timeline.clause(key, day).status != "ended":
                differing.add(key)
            continue
        days = {d for each in (timeline, restated) for d in each.days(key) if d > day}
        if any(said(timeline.clause(key, d)) != said(restated.clause(key, d)) for d in (day, *days)):
            differing.add(key)
    for key in restated.labels if extra else ():
        days = {d for d in restated.days(key) if d > day}
        if key not in timeline.labels and any(restated.clause(key, d).status != "ended" for d in (day, *days)):
            differing.add(key)
    return differing


def said(state: ClauseState) -> tuple[object, ...]:
    """What a state says that a restatement has to say too."""
    if state.status == "ended":
        return ("ended",)
    terms = {
        name: tuple(attrs.evolve(v, counting_from=None, so_far=None) if isinstance(v, Amount) else v
                    for v in view.possible)
        for name, view in state.terms.items()
        if name not in LOOKS_BACK
    }  # fmt: skip
    hangs = {name: view.contingent_on for name, view in state.terms.items() if name not in LOOKS_BACK}
    return state.status, state.contingent_on, dict(state.parties), terms, hangs


# --- the text ---------------------------------------------------------------------------------------------------------


@attrs.define
class Restater:
    """One try at a restatement: what is kept, how it reads, and what stands behind it."""

    timeline: Timeline
    day: Day
    so_far: Mapping[Label, Expression]
    whole: set[EntryKey]
    """Entries that are carried with their whole history."""
    folded: dict[EntryKey, Folded] = attrs.field(init=False)
    unknown: dict[str, tuple[Day, Day]] = attrs.field(factory=dict)
    """Signing days that nobody knows, and that something counts from."""
    sources: dict[str, Instrument] = attrs.field(factory=dict)
    """Instruments that are cited, by the name under which they are."""

    @folded.default
    def _fold(self) -> dict[EntryKey, Folded]:
        found = fold(self.timeline, self.day)
        histories = self.timeline.index.histories
        for key, each in found.items():
            redefined = (
                isinstance(key, DeclarationKey)
                and key.word == "event"
                and any(isinstance(op, SetTerms) and "=" in op.terms for _, op in histories[key])
            )
            again = next((n for n, (_, op) in enumerate(each.pending) if isinstance(op, Add)), None)
            if key in self.whole or redefined:
                found[key] = attrs.evolve(each, life=None, terms={}, pending=each.history)
            elif again is not None and each.life is not None and each.life.end.hi <= self.day:
                later = each.pending[again:]  # it has ended, and will be added again
                found[key] = attrs.evolve(each, life=None, terms={}, pending=later, history=later)
            elif again is None and each.life is not None:
                end = each.life.end.hi  # what comes later changes nothing any more
                timely = [step for step in each.pending if self.timeline.answers.effective(step[0]).lo < end]
                found[key] = attrs.evolve(each, pending=timely)
        return found

    # --- what is kept -------------------------------------------------------------------------------------------------

    def over(self, each: Folded) -> bool:
        """Whether an entry has certainly ended, for good."""
        if each.life is None:
            return False
        if behaviour(each.life.episode.word) in LIFE:
            return each.life.episode.dropped.hi <= self.day
        return each.life.end.hi <= self.day

    def kept(self) -> set[EntryKey]:
        """What goes on, and what that refers to."""
        keys = {key for key, each in self.folded.items() if not self.over(each)}
        todo = list(keys)
        plain: dict[str, list[EntryKey]] = {}
        for key in self.folded:
            plain.setdefault(name_of(key), []).append(key)
        while todo:
            each = self.folded[todo.pop()]
            for name in self._named(each):
                for key in (name, *plain.get(name_of(name), ())):
                    if key in self.folded and key not in keys:
                        keys.add(key)
                        todo.append(key)
        return keys

    def _named(self, each: Folded) -> Iterator[EntryKey]:
        for given in each.terms.values():
            yield from (r.key for r in references_of(self._dated(given.text.value)))
        for instrument, operation in each.pending:
            yield from (r.key for r in (*of_operation(operation), *of_instrument(instrument)))
            for _, change in self.timeline.index.header_changes(instrument):
                yield from (r.key for r in of_operation(change))

    # --- anchors as dates ---------------------------------------------------------------------------------------------

    def _dated(self, value: Schedule) -> Schedule:
        """A term without the limbs that are over, and with the days of labels that have come as dates."""
        limbs = value.limbs
        while len(limbs) > 1 and self.timeline.answers.limb_end(value, 0).hi <= self.day:
            limbs = limbs[1:]
            value = Schedule(limbs)
        return of_schedule(value, self._date)

    def _date(self, time: Time) -> Time:
        if isinstance(time, OnEvent) and time.of_label is not None:
            moment = self.timeline.answers.event(time)
            if moment.certain and ALWAYS < moment.lo <= self.day:
                return write.on_date(moment.lo)
        return time

    def _anchor(self, moment: Moment) -> Time | None:
        """A moment that has come, as a time; None where no time says it."""
        if moment.certain:
            return write.on_date(moment.lo) if ALWAYS < moment.lo < NEVER else None
        name = next(iter(moment.hangs_on)) if len(moment.hangs_on) == 1 else ""
        if DeclarationKey("unknown", name) in self.folded:
            return OnUnknown(name) if self.timeline.answers.bounds_of(name).come == moment.come else None
        for instrument in self.timeline.index.model.instruments:
            if name == f"{instrument.reads or instrument.name}.signed" and signing(instrument).come == moment.come:
                lo, hi = moment.lo, moment.hi
                self.unknown[name] = (lo, hi)
                return OnUnknown(name)
        return None

    # --- entries ------------------------------------------------------------------------------------------------------

    def entry(self, each: Folded) -> tuple[Entry, Time | None]:
        """An entry as it stands, and the time from which it is there, where that is not among its terms."""
        entry = each.entry
        given = {name: self._given(found) for name, found in each.terms.items()}
        start: Time | None = None
        if entry.is_clause and each.life is not None:
            entry = attrs.evolve(entry, word=each.life.episode.word)
            start = self._start(each, given)
            if self.over(each) and behaviour(entry.word) not in LIFE:
                for name in ("when", "while", "unless"):
                    given.pop(name, None)
                if each.life.end.certain:
                    given["until"] = self._until(each, each.life.end)
        cites = self._cites(each, given)
        terms = {name: found.text for name, found in given.items()}
        return attrs.evolve(entry, terms=terms, cites=cites), start

    def _given(self, found: Given) -> Given:
        text = attrs.evolve(found.text, value=self._dated(found.text.value))
        return attrs.evolve(found, text=text)

    def _start(self, each: Folded, given: dict[str, Given]) -> Time | None:
        assert each.life is not None
        episode = each.life.episode
        began = first(episode.started)
        if episode.started.at(self.day).level < 2:  # also where a start was put off after it had come
            return None if "from" in given else self._anchor(episode.born)
        start = self._anchor(began)
        if start is None and "from" in given:
            return None
        given.pop("from", None)
        given.pop("when", None)
        if began.certain and "each" not in given:
            self._counted(each, given, began)
        for name in ("cap", "floor"):
            if name in given:
                given[name] = self._limit(each, name, given[name])
        return start

    def _counted(self, each: Folded, given: dict[str, Given], began: Moment) -> None:
        """Durations from the start on, as the days to which they run."""
        assert each.life is not None
        ev = self.timeline.answers
        end = given["until"].text.value.limbs[0][0] if "until" in given else None
        if (
            isinstance(end, End)
            and isinstance(end.time, Duration)
            and behaviour(each.life.episode.word) is not Behaviour.SURVIVAL
        ):
            given["until"] = self._until(each, ev.end_moment(end, began))
        due = given["due"].text.value.limbs[0][0] if "due" in given else None
        if isinstance(due, Due) and isinstance(due.time, Duration) and not by_period(each.life.episode):
            day = ev.due_moment(due, began).lo
            if ALWAYS < day < NEVER:
                given["due"] = self._with(given["due"], Due("by", write.on_date(day)))

    def _until(self, each: Folded, end: Moment) -> Given:
        assert each.life is not None
        old = each.terms.get("until") or Given(
            TermText(Schedule(()), each.entry.span), (each.life.episode.instrument.name,), each.entry.cites
        )
        if end.lo >= NEVER:
            return self._with(old, End("perpetual"))
        return self._with(old, End("until", write.on_date(max(end.lo - 1, 1))))

    @staticmethod
    def _with(given: Given, value: End | Due | Amount) -> Given:
        return attrs.evolve(given, text=attrs.evolve(given.text, value=Schedule.of(value)))

    def _limit(self, each: Folded, name: str, given: Given) -> Given:
        """A cap or floor with the day from which it counts, and what it has counted so far."""
        assert each.life is not None
        limbs = []
        steps = each.life.episode.terms[name]
        began = first(each.life.episode.started)
        since = next(
            (start for start, _, state in steps.pieces() if state.options[-1].source.instrument in given.instruments),
            ALWAYS,
        )
        anchor = self._anchor(began if since <= began.hi else Moment.on(since))
        opening = self.so_far.get(each.entry.name)
        for value, end in given.text.value.limbs:
            amount = value
            if isinstance(amount, Amount) and opening is not None:
                amount = attrs.evolve(amount, counting_from=write.on_date(self.day), so_far=opening)
            elif isinstance(amount, Amount) and amount.counting_from is None and amount.per is None:
                amount = attrs.evolve(amount, counting_from=anchor)
            limbs.append((amount, end))
        return attrs.evolve(given, text=attrs.evolve(given.text, value=Schedule(tuple(limbs))))

    def _cites(self, each: Folded, given: dict[str, Given]) -> tuple[Cite, ...]:
        """The instruments that gave the present terms, in their order, then what those cite."""
        instruments = {name for found in given.values() for name in found.instruments}
        if each.life is not None and not instruments:
            instruments = {each.life.episode.instrument.name}
        if each.entry.word == "source":
            return ()
        cites = [
            Cite(self._source(instrument), "")
            for instrument in self.timeline.index.model.instruments
            if instrument.name in instruments and (each.entry.is_clause or instrument.amends)
        ]
        cites += [cite for found in given.values() for cite in found.cites]
        return tuple(dict.fromkeys(cites))

    def _source(self, instrument: Instrument) -> str:
        taken = {key.name for key in self.folded if isinstance(key, DeclarationKey)}
        if len(self.timeline.index.model.deals) > 1:
            taken = {name.partition(".")[2] for name in taken}
        name = instrument.name
        while name in taken:
            name = f"{name}-instrument"
        self.sources[name] = instrument
        return name

    # --- the document -------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The whole text."""
        kept = self.kept()
        several = len(self.timeline.index.model.deals) > 1
        parts: list[str] = []
        for deal in self.timeline.index.model.deals:
            keys = [key for key in self.folded if key in kept and self.folded[key].entry.deal == deal.name]
            parts += self._deal(deal, keys, f"{deal.name}" if several else "")
        parts += self._facts(kept)
        parts += self._pending(kept, several=several)
        return "\n".join(parts).rstrip("\n") + "\n"

    def _deal(self, deal: Deal, keys: list[EntryKey], prefix: str) -> list[str]:
        agreement = next(i for i in self.timeline.index.model.instruments if i.name == deal.name and not i.amends)
        self.sources, entries = {}, []
        for key in keys:
            each = self.folded[key]
            if each.life is not None:
                entries.append((self.entry(each), self.over(each)))
            elif each.history[0][0].name == agreement.name or not each.history[0][0].amends:
                entries.append((self._original(each), False))
        starts = Counter(start for (entry, start), _ in entries if entry.is_clause and start is not None)
        header = starts.most_common(1)[0][0] if starts else None
        if any(self.folded[key].life is None for key in keys):  # their histories begin with the agreement itself
            header = self._anchor(self.timeline.answers.effective(agreement))
        declared = [write.entry(entry, prefix) for (entry, _), _ in entries if not entry.is_clause]
        clauses: list[str] = []
        ended: list[str] = []
        for (entry, start), over in entries:
            if entry.is_clause:
                line = write.entry(from_term(entry, None if start == header else start), prefix)
                (ended if over else clauses).append(line)
        lines: list[str] = []
        if deal.span is not None:
            known = self.timeline.known
            signed = self.day if known is None else known
            since = header or (write.on_date(self.day) if signed != self.day else None)
            named = attrs.evolve(agreement, signatures=(("", signed, signed),), effective=since, cites=())
            title = f"{(deal.title or deal.name).removesuffix(RESTATED)}{RESTATED}"
            lines += [write.deal(attrs.evolve(deal, title=title), named), ""]
        if not deal.sketch:
            lines += [_source_line(name, instrument) for name, instrument in self.sources.items()]
        lines += [write.entry(entry) for entry in self.unknowns()]
        self.unknown = {}
        lines += [*declared, "", *clauses, ""]
        if ended:
            lines += ["# Ended; what goes on refers to it.", *ended, ""]
        return lines

    def unknowns(self) -> list[Entry]:
        """The signing days that nobody knows and that something counts from, as unknowns."""
        found = []
        for name, (lo, hi) in self.unknown.items():
            span = self.timeline.index.model.instruments[0].span
            values: dict[str, Value] = {
                "kind": Word("date"),
                "from": Start("from", write.on_date(lo)),
                "until": End("until", write.on_date(hi)),
            }
            terms = {term: TermText(Schedule.of(value), span) for term, value in values.items()}
            found.append(Entry(DeclarationKey("unknown", name), "unknown", terms, (), span))
        return found

    def _original(self, each: Folded) -> tuple[Entry, Time | None]:
        """The text of an entry that is carried with its whole history."""
        entry = each.entry
        if not entry.is_clause:
            return entry, None
        return entry, None if "from" in entry.terms else self._anchor(
            self.timeline.answers.effective(each.history[0][0])
        )

    def _facts(self, kept: set[EntryKey]) -> list[str]:
        world = self.timeline.world
        counting = {fact for facts in world.facts.values() for fact in facts if fact.known is not None}
        lines = []
        for fact in self.timeline.index.model.facts:
            if fact in counting and self._subject_kept(fact, kept):
                lines += write.fact(attrs.evolve(fact, retracted=None, by=self._declarer(fact)))
        return ["# What is known of it.", *lines, ""] if lines else []

    def _declarer(self, fact: Fact) -> str | None:
        history = self.timeline.index.histories.get(DeclarationKey("event", fact.subject), [])
        changed = any(isinstance(op, SetTerms) and "declared by" in op.terms for _, op in history)
        return None if changed else fact.by

    def _subject_kept(self, fact: Fact, kept: set[EntryKey]) -> bool:
        subject = fact.subject
        if subject.startswith('"'):
            return True
        label = subject.partition(" of ")[2] if " of " in subject else subject.rpartition(".")[0]
        words = ("event", "condition", "unknown")
        return (
            any(DeclarationKey(word, subject) in kept for word in words) or label in kept or not self._declared(subject)
        )

    def _declared(self, subject: str) -> bool:
        """Whether a subject is declared at all; a sketch takes names as they come."""
        histories = self.timeline.index.histories
        return " of " in subject or any(
            DeclarationKey(word, subject) in histories for word in ("event", "condition", "unknown")
        )

    def _pending(self, kept: set[EntryKey], *, several: bool) -> list[str]:
        model = self.timeline.index.model
        agreements = {i.name for i in model.instruments if not i.amends and not i.reads}
        steps: History = [
            (instrument, operation)
            for key in self.folded
            if key in kept and not self.over(self.folded[key])
            for instrument, operation in self._to_come(self.folded[key])
            if instrument.name not in agreements
        ]
        carried = {instrument.name for instrument, _ in steps}
        while True:  # what changes the header of a carried instrument is carried too
            more = [
                (later, operation)
                for instrument in model.instruments
                if instrument.name in carried
                for later, operation in self.timeline.index.header_changes(instrument)
                if self.timeline.answers.visible(later) and (later, operation) not in steps
            ]
            if not more:
                break
            steps += more
            carried |= {instrument.name for instrument, _ in more}
        words = {key: each.entry.word for key, each in self.folded.items()}
        prefixes = {key: each.entry.deal if several else "" for key, each in self.folded.items()}
        lines = []
        for instrument, operations in grouped(steps, model.instruments):
            trimmed = attrs.evolve(
                instrument,
                operations=tuple(operations),
                restates=False,
                after=tuple(name for name in instrument.after if name in carried),
                prevails_over=tuple(name for name in instrument.prevails_over if name in carried),
                yields_to=tuple(name for name in instrument.yields_to if name in carried),
                cites=tuple(cite for cite in instrument.cites if cite.source),
            )
            if all(deal.span is None for deal in model.deals):  # a sketch is called after its file, whichever that is
                trimmed = attrs.evolve(trimmed, deal="", deals=())
            lines += [*write.block(trimmed, words, prefixes), ""]
        return ["# Signed, and still to take effect, or to lapse.", *lines] if lines else []

    def _to_come(self, each: Folded) -> Iterator[tuple[Instrument, Operation]]:
        """What is pending, without unsetting what a restatement has already left out."""
        written = set(self.entry(each)[0].terms) if each.life is not None else None
        there = each.life is not None
        for instrument, operation in each.pending:
            if isinstance(operation, Add) and not there:
                there = True
                yield instrument, attrs.evolve(operation, replacing=False)
            elif isinstance(operation, SetTerms) and written is not None:
                terms = {n: text for n, text in operation.terms.items() if text is not None or n in written}
                written |= {name for name, text in terms.items() if text is not None}
                if terms:
                    yield instrument, attrs.evolve(operation, terms=terms)
            else:
                yield instrument, operation


def from_term(entry: Entry, start: Time | None) -> Entry:
    """The entry with the time from which it is there, unless it says one itself."""
    if start is None or "from" in entry.terms:
        return entry
    text = TermText(Schedule.of(Start("from", start)), entry.span)
    return attrs.evolve(entry, terms={**entry.terms, "from": text})


def _source_line(name: str, instrument: Instrument) -> str:
    title = f'"{instrument.title or instrument.name}"'
    signed = f" on {write.period(*instrument.signed)}" if instrument.signed else ""
    try:
        return f"source {name} {title}{signed}"
    except ValueError:
        return f"source {name} {title}"
