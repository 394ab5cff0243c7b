"""What is known of a name that an answer shows: a declaration, an instrument, a source, an event of a clause.

In: a timeline, a name and a day. Out: `About`. Guaranteed: every name that an answer prints, as printed, is one of
these, or a label, or `label.term`.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from dealrun.diagnostics import did_you_mean
from dealrun.errors import UnknownNameError
from dealrun.model import show
from dealrun.model.contract import Add, Drop, Fact, Instrument, Operation, SetTerms
from dealrun.model.keys import DeclarationKey, EntryKey, name_of
from dealrun.model.values import OnEvent
from dealrun.state.explained import About, Step
from dealrun.state.references import Reference, of_operation, of_schedule
from dealrun.state.why import Explained, history, settle, sources, span_of_days, when
from dealrun.time import NEVER, Day, iso

USE = "use of "
FOLLOWS = frozenset({"breach", "default", "start", "end", "due"})
"""Events of a label that follow from its clause."""
OF_LABEL = {"use": ("notice", "exercise"), "done": ("performance",), "breach": ("breach", "default", "cure"),
            "life": ("end",), "own": ("start",), "due": ("due",)}  # fmt: skip


def about(timeline: Explained, name: str, day: Day) -> About:
    """What is known of a name on a day."""
    kind, steps = _found(timeline, name, day)
    steps += sources(timeline, steps)
    ordered = sorted(steps, key=lambda step: step.later)
    return About(name, kind, date.fromordinal(day), timeline.known, tuple(ordered), timeline.basis)


def _found(timeline: Explained, name: str, day: Day) -> tuple[str, list[Step]]:
    index = timeline.index
    if name.startswith(USE):  # as answers print a notice or an exercise
        steps = [
            step
            for word in ("notice of ", "exercise of ")
            for step in _found(timeline, word + name[len(USE) :], day)[1]
        ]
        return "event", list(dict.fromkeys(steps))
    if len(index.model.deals) > 1:
        name = _in_its_deal(timeline, name)
    if name in index.place:
        return "instrument", _instrument(timeline, index.model.instruments[index.place[name]], day)
    key = next((key for key in index.declarations if key.name == name and key.word != "amend"), None)
    if key is not None:
        steps = [*history(timeline, key, day), *_recorded(timeline, name, key), *_waits(timeline, name, day)]
        return key.word, [*steps, *(_cited(timeline, name) if key.word == "source" else ())]
    word, _, label = name.partition(" of ")
    if label in timeline.labels and word in {each for words in OF_LABEL.values() for each in words}:
        follows = _comes(timeline, word, label) if word in FOLLOWS else _recorded(timeline, name, None)
        return "event", [*follows, *_waits(timeline, name, day)]
    quoted = name if name.startswith('"') else f'"{name}"'
    if _waits(timeline, quoted, day):
        return "condition", [*_recorded(timeline, quoted, None), *_waits(timeline, quoted, day)]
    names = [*index.place, *(each.name for each in index.declarations), *timeline.labels]
    hint = did_you_mean(name, names)
    raise UnknownNameError(f"no answer shows a name `{name}`" + (f"; {hint}" if hint else ""))


def _in_its_deal(timeline: Explained, name: str) -> str:
    """A name that an answer shows below its deal's heading, with the deal's name before it, where only one has it."""
    word, of, bare = name.rpartition(" of ")
    known = {*timeline.labels, *(each.name for each in timeline.index.declarations)}
    fitting = [full for deal in timeline.index.model.deals if (full := f"{deal.name}.{bare}") in known]
    if bare in known or not fitting:
        return name
    if len(fitting) > 1:
        raise UnknownNameError(
            f"`{name}` is a name of several deals; write {' or '.join(f'`{each}`' for each in fitting)}"
        )
    return f"{word}{of}{fitting[0]}"


def _comes(timeline: Explained, word: str, label: str) -> list[Step]:
    """When an event comes that follows from its clause."""
    moment = timeline.evaluator.event(OnEvent(word, label))
    told = "never" if moment.lo >= NEVER else span_of_days(moment)
    hangs = f"; it hangs on {', '.join(sorted(moment.hangs_on))}" if not moment.certain else ""
    return [Step("comes", f"{told}{hangs}; it follows from `{label}`")]


def _instrument(timeline: Explained, found: Instrument, day: Day) -> list[Step]:
    """When it was signed and takes effect, and what it touches."""
    title = f'"{found.title}", ' if found.title else ""
    later = timeline.evaluator.effective(found).lo > day
    steps = [Step(found.name, f"{title}{when(timeline, found)}", None, found.cites, later=later)]
    by: dict[str, list[str]] = {}
    for operation in found.operations:
        by.setdefault(type(operation).__name__, []).append(name_of(operation.key))
    words = {"Add": "adds", "SetTerms": "sets", "ChangeMembers": "adds to or takes from", "Drop": "drops",
             "Waive": "waives", "Reinstate": "reinstates"}  # fmt: skip
    return steps + [Step(words[kind], ", ".join(dict.fromkeys(names)), later=later) for kind, names in by.items()]


def _recorded(timeline: Explained, name: str, key: DeclarationKey | None) -> list[Step]:
    """What is recorded of a name, or that nothing is; of an unknown its value, or what is known of it."""
    facts = sorted(timeline.world.facts.get(name, ()), key=lambda fact: fact.day)
    steps = [Step("recorded" if fact.known is not None else "supposed", _fact(fact), fact.span.place) for fact in facts]
    if key is None or key.word in {"event", "condition", "unknown"}:
        value = timeline.world.value(name)
        if value is not None and not facts:
            steps.append(Step("value", show.show(value) if not isinstance(value, bool) else str(value).lower()))
        elif not facts:
            told = settle(timeline, name)
            steps.append(Step("record", told.text))
    return steps


def _fact(fact: Fact) -> str:
    known = f", known since {iso(fact.known)}" if fact.known is not None and fact.known != fact.day else ""
    if fact.value is not None:
        return f"{show.show(fact.value) if not isinstance(fact.value, bool) else str(fact.value).lower()}{known}"
    word = "holds from" if fact.kind == "holds" else "on"
    end = f" until {iso(fact.end - 1)}" if fact.end is not None else ""
    span = iso(fact.day) if fact.day == fact.last else f"a day from {iso(fact.day)} to {iso(fact.last)}"
    return f"{word} {span}{end}{known}"


def _waits(timeline: Explained, name: str, day: Day) -> list[Step]:
    """The clauses and declarations whose text refers to a name: as it stands on a day, and as it was or will be."""
    keys = dict.fromkeys(key for key, operation in _operations(timeline)
                         if any(name in _names(reference) for reference in of_operation(operation)))  # fmt: skip
    now = [key for key in keys if _stands_in(timeline, key, name, day)]
    told = (("named in", now), ("named in at another time", [key for key in keys if key not in now]))
    return [Step(word, ", ".join(dict.fromkeys(map(name_of, each)))) for word, each in told if each]


def _stands_in(timeline: Explained, key: EntryKey, name: str, day: Day) -> bool:
    """Whether the text of an entry, as it stands on a day, refers to a name."""
    terms: dict[str, frozenset[str]] = {}
    for instrument, operation in timeline.index.histories[key]:
        if not timeline.evaluator.visible(instrument) or timeline.evaluator.effective(instrument).lo > day:
            continue
        match operation:
            case Add(entry=entry):
                terms = {term: _named(of_schedule(text.value)) for term, text in entry.terms.items()}
            case SetTerms(terms=stated):
                terms |= {term: _named(of_schedule(text.value) if text else ()) for term, text in stated.items()}
            case Drop():
                terms = {}
            case _:
                terms[type(operation).__name__] = _named(of_operation(operation))
    return any(name in named for named in terms.values())


def _named(references: Iterable[Reference]) -> frozenset[str]:
    return frozenset(name for reference in references for name in _names(reference))


def _cited(timeline: Explained, source: str) -> list[Step]:
    """The clauses and declarations that rest on a source."""
    labels = dict.fromkeys(
        name_of(key) for key, operation in _operations(timeline) if any(c.source == source for c in operation.cites)
    )
    return [Step("cited by", ", ".join(labels))] if labels else []


def _operations(timeline: Explained) -> Iterator[tuple[EntryKey, Operation]]:
    for key, entries in timeline.index.histories.items():
        for instrument, operation in entries:
            if timeline.evaluator.visible(instrument):
                yield key, operation


def _names(reference: Reference) -> tuple[str, ...]:
    label = name_of(reference.key)
    return (label, *(f"{word} of {label}" for word in OF_LABEL.get(reference.kind, ())))
