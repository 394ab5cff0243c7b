"""The consolidated agreement of a day: "amended and restated".

In: a timeline and a day. Out: the text of a new `.deal` file. Guaranteed (docs/language.md#the-laws, law 6): from that
day on it has the same states as the chain, also under instruments that take effect later. What has taken effect is
folded into the clauses, with anchors as dates; what is signed and still to come stands behind them as it was signed.

A clause whose past still decides its future, and cannot be told by a date (it may or may not have ended on a day that
nobody knows), is carried with its whole history. Which clauses these are is found by trying: the text is evaluated and
held against the chain, so that a restatement that says something else is never printed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

import attrs

from dealrun.algebra.fold import Folded, History, grouped
from dealrun.algebra.restated import RestatedEntries, from_term
from dealrun.algebra.same import RestateError, disagreements, payments_differ, read, refused
from dealrun.model import write
from dealrun.model.contract import (
    PAID_UNDER,
    Add,
    Deal,
    Entry,
    Fact,
    Instrument,
    Model,
    Operation,
    SetTerms,
    TermText,
)
from dealrun.model.keys import DeclarationKey, EntryKey, Label, name_of
from dealrun.model.values import (
    End,
    Expression,
    Schedule,
    Start,
    Time,
    Value,
    Word,
)
from dealrun.state.falling_due import has_obligations
from dealrun.state.references import of_operation
from dealrun.state.timeline import Timeline
from dealrun.time import Day, iso

RESTATED = ", as amended and restated"
"""What a restated agreement is called, behind its title."""


Disagreeing: TypeAlias = Callable[[Timeline, Model, Day], set[EntryKey]]
"""Of which clauses a text says something else than a chain, from a day on, in what is computed from their states."""


def restate(
    timeline: Timeline, day: Day, so_far: Mapping[Label, Expression] | None = None, held: Disagreeing | None = None
) -> str:
    """The consolidated text; RestateError where none agrees with the chain. With `held`, it agrees in that too."""
    if not timeline.index.model.deals:
        return ""
    whole = _with_a_past(timeline)
    whole |= _needed(timeline, whole)
    limbs: set[EntryKey] = set()
    while True:
        text = Restater(timeline, day, so_far or {}, whole, frozenset(limbs), lean=False).text()
        model = read(text, timeline.index.model.deals[0].name)
        differing = disagreements(timeline, model, timeline.world, day)
        if not differing:
            paid = payments_differ(timeline, model, day, so_far or {})
            if fresh := {key for key in paid if key not in limbs and key not in whole}:
                limbs |= fresh
                continue
            differing = paid or (held(timeline, model, day) if held is not None else set())
        grown = whole | differing | _needed(timeline, differing)
        if not differing:
            if wrong := refused(model):
                raise RestateError(f"no text of {iso(day)} passes the checks: {wrong}")
            lean = Restater(timeline, day, so_far or {}, whole, frozenset(limbs), lean=True).text()
            return lean if lean == text or _holds(lean, timeline, day) else text
        if grown == whole:
            names = ", ".join(sorted(map(str, differing)))
            raise RestateError(f"no text of {iso(day)} says the same as the chain of {names}")
        whole = grown


def _holds(text: str, timeline: Timeline, day: Day) -> bool:
    """Whether a text without what nothing refers to can be read, and says the same."""
    try:
        model = read(text, timeline.index.model.deals[0].name)
    except RestateError:
        return False
    return not disagreements(timeline, model, timeline.world, day) and not refused(model)


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


@attrs.define(slots=False)
class Restater(RestatedEntries):
    """One try at a restatement: how it reads, and what stands behind it."""

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
            known = self.timeline.world.known
            restated = (self.day, self.day if known is None else known)
            since = None if header == write.on_date(self.day) else header
            named = attrs.evolve(agreement, effective=since, restated=restated, cites=())
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
        if fact.kind == "paid":
            return subject.removeprefix(PAID_UNDER) in kept
        owner = subject.rpartition(".")[0]
        if fact.kind == "value" and owner in self.timeline.index.histories:
            return owner in kept  # a redacted term of a clause
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


def _source_line(name: str, instrument: Instrument) -> str:
    title = f'"{instrument.title or instrument.name}"'
    days = (instrument.restated[0],) * 2 if instrument.restated is not None else instrument.signed
    signed = f" on {write.period(*days)}" if days else ""
    try:
        return f"source {name} {title}{signed}"
    except ValueError:
        return f"source {name} {title}"
