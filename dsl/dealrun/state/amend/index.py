"""An index of a model: which operations touch which entry, in signing order.

In: a model. Out: `Index`. Guaranteed: built once in time proportional to the operations, and never changed; shared by
all evaluations of the contract.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise

import attrs

from dealrun.limits import MAX_INSTANCES
from dealrun.model.behaviour import LIFELINES, PAYMENTS, RIGHTS, Behaviour
from dealrun.model.contract import (
    Add,
    ChangeMembers,
    Drop,
    Entry,
    Instrument,
    Model,
    Operation,
    SetTerms,
    TermText,
    Waive,
)
from dealrun.model.keys import DeclarationKey, EntryKey, Label, name_of
from dealrun.model.values import Names, OnDate, Value
from dealrun.model.vocabulary import behaviour
from dealrun.source import Span
from dealrun.state.amend.terms import Applied, Prefix
from dealrun.state.influence import Influence
from dealrun.state.knowledge import Recorded
from dealrun.state.order import Edges, Order, graph
from dealrun.state.references import EVALUATED, Reference, of_instrument, of_operation
from dealrun.time import ALWAYS, Day


@attrs.frozen(slots=False)
class Index:
    """Operations by key, each with its instrument."""

    model: Model
    histories: dict[EntryKey, list[Applied]] = attrs.field(init=False)
    _lifelines: dict[str, list[str]] = attrs.field(init=False, factory=dict)
    _survivals: dict[str, list[str]] = attrs.field(init=False, factory=dict)
    _books: dict[str, list[str]] = attrs.field(init=False, factory=dict)
    _consequences: dict[str, list[str]] = attrs.field(init=False, factory=dict)
    _falling_due: set[str] = attrs.field(init=False, factory=set)
    _repeated: set[str] = attrs.field(init=False, factory=set)
    _rights: set[str] = attrs.field(init=False, factory=set)
    _prefixes: dict[int, Prefix] = attrs.field(init=False, factory=dict, repr=False)
    """By the identity of the step that begins an episode."""
    _alone: dict[EntryKey, bool] = attrs.field(init=False, factory=dict, repr=False)
    _splits: dict[EntryKey, tuple[list[int], list[int]] | None] = attrs.field(init=False, factory=dict, repr=False)
    _fixed: dict[int, bool] = attrs.field(init=False, factory=dict, repr=False)
    max_instances: int = MAX_INSTANCES
    _mentioned: dict[str, frozenset[str]] = attrs.field(init=False, factory=dict)

    def __reduce__(self) -> tuple[object, ...]:
        """What is kept by identity is made anew."""
        return Index, (self.model, self.max_instances)

    @histories.default
    def _histories(self) -> dict[EntryKey, list[Applied]]:
        found: dict[EntryKey, list[Applied]] = {}
        for instrument in self.model.instruments:
            for operation in instrument.operations:
                history = found.setdefault(operation.key, [])
                if history and history[-1][0] is instrument:
                    _supersede(history, operation)
                history.append((instrument, operation))
        yielding = {i.name: {*i.yields_to} for i in self.model.instruments if i.yields_to}
        if yielding:
            for key, history in found.items():
                if any(instrument.name in yielding for instrument, _ in history):
                    found[key] = _yielded(history, yielding)
        return found

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The clauses, in the order in which operations name them."""
        return tuple(key for key in self.histories if not isinstance(key, DeclarationKey))

    @cached_property
    def declarations(self) -> tuple[DeclarationKey, ...]:
        """The declarations, and the instruments that later ones change, likewise."""
        return tuple(key for key in self.histories if isinstance(key, DeclarationKey))

    def __attrs_post_init__(self) -> None:
        for key in self.labels:
            history = self.histories[key]
            words = {op.entry.word: op.entry.deal for _, op in history if isinstance(op, Add)}
            if any(behaviour(word) in RIGHTS for word in words):
                self._rights.add(key)
            for word, deal in words.items():
                if behaviour(word) in LIFELINES and key not in self._lifelines.setdefault(deal, []):
                    self._lifelines[deal].append(key)
                if behaviour(word) is Behaviour.SURVIVAL and key not in self._survivals.setdefault(deal, []):
                    self._survivals[deal].append(key)
                if behaviour(word) is Behaviour.BOOKS and key not in self._books.setdefault(deal, []):
                    self._books[deal].append(key)
            paying = any(behaviour(word) in PAYMENTS for word in words)
            for _, operation in history:
                written = texts_of(operation)
                if "frequency" in written or "each" in written:
                    self._repeated.add(key)
                if "due" in written or "frequency" in written or paying:
                    self._falling_due.add(key)
                if "otherwise" in written or isinstance(operation, ChangeMembers):
                    self._follow(key, operation)

    def _follow(self, key: str, operation: Operation) -> None:
        """Enter the clauses that an operation on a duty makes what follows from its breach."""
        for name, value in values_of(operation):
            for label in value.members if name == "otherwise" and isinstance(value, Names) else ():
                if key not in self._consequences.setdefault(label, []):
                    self._consequences[label].append(key)

    @cached_property
    def recorded(self) -> Recorded:
        """The facts of the model."""
        return Recorded(self.model.facts)

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each instrument in their order."""
        return {instrument.name: number for number, instrument in enumerate(self.model.instruments)}

    @cached_property
    def _order(self) -> Order:
        return graph(self)

    @property
    def edges(self) -> Edges:
        """What has to be evaluated before what."""
        return self._order.edges

    @property
    def entangled(self) -> frozenset[Label]:
        """The rights that depend on their own uses, leaving aside the deal's end."""
        return self._order.entangled

    @cached_property
    def influence(self) -> Influence:
        """Who refers to a name, through any number of steps."""
        return Influence(self)

    def lifelines(self, deal: str) -> list[str]:
        """The clauses that can end a deal."""
        return self._lifelines.get(deal, [])

    def survivals(self, deal: str) -> list[str]:
        """The clauses that say what outlives a deal."""
        return self._survivals.get(deal, [])

    def books(self, deal: str) -> list[str]:
        """The clauses that say of what books are kept."""
        return self._books.get(deal, [])

    @cached_property
    def upstream(self) -> frozenset[EntryKey]:
        """The entries that decide when a deal ends, or what outlives it, through any number of steps."""
        todo: list[EntryKey] = [
            key for found in (self._lifelines, self._survivals, self._books) for keys in found.values() for key in keys
        ]
        found: set[EntryKey] = set()
        while todo:
            key = todo.pop()
            if key not in found and key in self.histories:
                found.add(key)
                if not isinstance(key, DeclarationKey):
                    todo.extend(self.consequence_of(key))
                todo.extend(ref.key for _, operation in self.histories[key] for ref in of_operation(operation)
                            if ref.kind in EVALUATED)  # fmt: skip
        return frozenset(found)

    @cached_property
    def awaited(self) -> tuple[Label, ...]:
        """The clauses whose performance something waits for."""
        operations = (operation for history in self.histories.values() for _, operation in history)
        found = [*(ref for operation in operations for ref in of_operation(operation)),
                 *(ref for instrument in self.model.instruments for ref in of_instrument(instrument))]  # fmt: skip
        return tuple(dict.fromkeys(str(ref.key) for ref in found if ref.kind == "done"))

    def consequence_of(self, label: str) -> list[str]:
        """The duties that name a clause as what follows if they are not done."""
        return self._consequences.get(label, [])

    def mentioned(self, label: str) -> frozenset[str]:
        """The names, of events, uses and conditions, that the texts of a clause refer to themselves, and those for
        which their amendments wait."""
        found = self._mentioned.get(label)
        if found is None:
            history = self.histories[label]
            named = [*(each for _, operation in history for each in of_operation(operation)),
                     *(each for instrument, _ in history if instrument.when is not None
                       for each in of_instrument(instrument))]  # fmt: skip
            found = self._mentioned[label] = frozenset(name for each in named for name in _names(each))
        return found

    def breaches_named(self, label: str) -> frozenset[str]:
        """The duties whose breach a clause's texts name, and not their performance: it hangs on what is not done."""
        named = [reference for _, operation in self.histories[label] for reference in of_operation(operation)]
        done = {reference.key for reference in named if reference.kind == "done"}
        return frozenset(name_of(each.key) for each in named if each.kind == "breach" and each.key not in done)

    def falls_due(self, label: str) -> bool:
        """Whether something of a clause may fall due."""
        return label in self._falling_due

    def is_repeated(self, label: str) -> bool:
        """Whether something of a clause may fall due more than once."""
        return label in self._repeated

    def signed_from(self, label: str) -> Day:
        """The first day on which an instrument that adds a clause may have been signed, or has effect."""
        days = [ALWAYS if instrument.signed is None else _from_day(instrument)
                for instrument, operation in self.histories.get(label, ()) if isinstance(operation, Add)]  # fmt: skip
        return min(days, default=ALWAYS)

    def is_right(self, label: str) -> bool:
        """Whether a notice or an exercise of a clause counts only while it is in force."""
        return label in self._rights

    @cached_property
    def _header_changes(self) -> dict[str, list[Applied]]:
        place = self.place
        found: dict[str, list[Applied]] = {}
        for key, history in self.histories.items():
            if isinstance(key, DeclarationKey) and key.word == "amend":
                name = key.name
                # Only what comes later can change an instrument, so that effective days run in no circle.
                later = [
                    (i, op) for i, op in history if place.get(name, len(place)) < place[i.name] and i.reads != name
                ]
                if later:
                    found[name] = later
        return found

    def header_changes(self, instrument: Instrument) -> list[Applied]:
        """What later instruments do to the effective day or the end of one."""
        return self._header_changes.get(instrument.reads or instrument.name, [])

    def first_entry(self, key: EntryKey) -> Entry | None:
        """The text with which an entry was first added."""
        return self._first.get(key)

    @cached_property
    def _first(self) -> dict[EntryKey, Entry]:
        found: dict[EntryKey, Entry] = {}
        for key, history in self.histories.items():
            for _, operation in history:
                if isinstance(operation, Add):
                    found[key] = operation.entry
                    break
        return found

    def span_of(self, key: EntryKey) -> Span | None:
        """The text of an entry, as it was first added."""
        entry = self.first_entry(key)
        return entry.span if entry is not None else None

    def episodes(self, key: EntryKey, visible: Callable[[Instrument], bool]) -> list[list[Applied]]:
        """The operations on an entry, from each time it is added; replacing a text with one of the same verb goes on.

        What touches an entry that was never added is left out; the checker reports it.
        """
        return self._split([step for step in self.histories.get(key, ()) if visible(step[0])])

    def first_episodes(self, key: EntryKey, count: int) -> list[list[Applied]]:
        """As `episodes`, where the first so many instruments count: slices of what all of them make."""
        history = self.histories.get(key, [])
        if key not in self._splits:
            self._splits[key] = self._in_order(history)
        split = self._splits[key]
        if split is None:
            return self._split([step for step in history if self.place[step[0].name] < count])
        length = bisect_left(split[0], count)
        return [history[begin : min(end, length)] for begin, end in pairwise(split[1]) if begin < length]

    def _in_order(self, history: list[Applied]) -> tuple[list[int], list[int]] | None:
        """The places of the instruments in a history, and where its episodes begin and end; None where a part of it
        is not split as the whole is."""
        places = [self.place[instrument.name] for instrument, _ in history]
        ends = [0]
        for part in self._split(history):
            ends.append(ends[-1] + len(part))
        whole = ends[-1] == len(history)  # nothing changes the entry before it is added
        return (places, ends) if whole and all(one <= two for one, two in pairwise(places)) else None

    @cached_property
    def signing_days(self) -> list[Day] | None:
        """The first day on which each instrument may have been signed, in their order; None if they do not ascend."""
        days = [ALWAYS if instrument.signed is None else instrument.signed[0] for instrument in self.model.instruments]
        return days if all(one <= two for one, two in pairwise(days)) else None

    def _split(self, history: list[Applied]) -> list[list[Applied]]:
        parts: list[list[Applied]] = []
        for step in history:
            instrument, operation = step
            if isinstance(operation, Add) and not (
                parts and operation.replacing and _goes_on(parts[-1], instrument, operation)
            ):
                parts.append([step])
            elif parts:
                parts[-1].append(step)
        return parts

    def stands_alone(self, key: EntryKey) -> bool:
        """Whether an entry names nothing that the evaluation of another entry, or what happens, decides."""
        found = self._alone.get(key)
        if found is None:
            found = self._alone[key] = not any(
                reference.kind != "name" or reference.key in self.histories or _is_open(reference.key)
                for _, operation in self.histories.get(key, ())
                for reference in of_operation(operation)
            )
        return found

    def prefix(self, history: list[Applied]) -> Prefix:
        """What is known of the first operations of an episode in every world."""
        found = self._prefixes.get(id(history[0]))
        return self._prefixes.setdefault(id(history[0]), Prefix()) if found is None else found

    def is_fixed(self, step: Applied) -> bool:
        """Whether an operation comes to the same in every world: nothing that it says, and no day from which it holds,
        is open to what happens or becomes known."""
        found = self._fixed.get(id(step))
        if found is None:
            found = self._fixed[id(step)] = self._takes_effect_on_a_date(step[0]) and _says_no_time(step[1])
        return found

    def _takes_effect_on_a_date(self, instrument: Instrument) -> bool:
        dated = instrument.effective is None or isinstance(instrument.effective, OnDate)
        signed = instrument.signed is None or instrument.signed[0] == instrument.signed[1]
        plain = instrument.when is None and instrument.until is None and not instrument.reads
        return dated and signed and plain and not self.header_changes(instrument)


def texts_of(operation: Operation) -> Mapping[str, TermText | None]:
    """The terms to which an operation gives a text, each with it; None for what it unsets."""
    match operation:
        case Add(entry=entry):
            return entry.terms
        case SetTerms(terms=terms):
            return terms
        case _:
            return {}


def values_of(operation: Operation) -> Iterator[tuple[str, Value]]:
    """The values that an operation writes, with their terms; of a list that it changes, the members."""
    if isinstance(operation, ChangeMembers):
        yield operation.term, operation.members
    for name, text in texts_of(operation).items():
        for value, _ in text.value.limbs if text is not None else ():
            yield name, value


def _supersede(history: list[Applied], operation: Operation) -> None:
    """Of two values that one instrument sets a term to, only the last counts."""
    replacing = isinstance(operation, Add) and operation.replacing
    if not replacing and not isinstance(operation, SetTerms):
        return
    instrument = history[-1][0]
    first = next(n for n in range(len(history), 0, -1) if n == 1 or history[n - 2][0] is not instrument) - 1
    kept: list[Applied] = []
    for _, earlier in history[first:]:
        terms = operation.terms if isinstance(operation, SetTerms) else None
        if isinstance(earlier, ChangeMembers) and (terms is None or earlier.term in terms):
            continue
        if isinstance(earlier, SetTerms):
            apart = {name: term for name, term in earlier.terms.items() if terms is not None and name not in terms}
            if apart:
                kept.append((instrument, attrs.evolve(earlier, terms=apart)))
            continue
        kept.append((instrument, earlier))
    history[first:] = kept


def touch(one: Operation, other: Operation) -> bool:
    """Whether two operations on an entry write a term in common."""
    left, right = terms_of(one), terms_of(other)
    return left is None or right is None or bool(left & right)


def terms_of(operation: Operation) -> set[str] | None:
    """The terms that an operation writes; None for all of them."""
    match operation:
        case SetTerms(terms=terms):
            return set(terms)
        case ChangeMembers(term=term):
            return {term}
        case _:
            return None


def _says_no_time(operation: Operation) -> bool:
    """Whether an operation gives each term one value for good."""
    if isinstance(operation, Waive):
        return False
    return all(text is None or len(text.value.limbs) == 1 for text in texts_of(operation).values())


def _is_open(key: EntryKey) -> bool:
    """Whether what happens decides what a name stands for."""
    return key.word in {"condition", "unknown"} if isinstance(key, DeclarationKey) else key.startswith('"')


def _from_day(instrument: Instrument) -> Day:
    assert instrument.signed is not None
    stated = instrument.effective
    return min(instrument.signed[0], stated.first) if isinstance(stated, OnDate) else instrument.signed[0]


def _adds(operation: Operation) -> bool:
    return isinstance(operation, Add) and not operation.replacing


def _yielded(history: list[Applied], yielding: dict[str, set[str]]) -> list[Applied]:
    """The history of an entry with what is `subject to` another instrument before what that one writes."""
    result: list[Applied] = []
    for instrument, operation in history:
        prevailing = yielding.get(instrument.name, set())
        rest: Operation | None = operation
        index = 0
        while rest is not None and index < len(result):
            other, theirs = result[index]
            if other.name in prevailing and touch(rest, theirs) and not _adds(theirs):
                written = terms_of(theirs)
                before, rest = rest, None
                if isinstance(before, SetTerms) and written is not None:
                    common = {name: term for name, term in before.terms.items() if name in written}
                    apart = {name: term for name, term in before.terms.items() if name not in written}
                    rest = attrs.evolve(before, terms=apart) if apart else None
                    before = attrs.evolve(before, terms=common)
                result.insert(index, (instrument, before))
                index += 1
            index += 1
        if rest is not None:
            result.append((instrument, rest))
    return result


def _goes_on(history: list[Applied], instrument: Instrument, operation: Add) -> bool:
    """Whether a new text goes on with what was there: one of the same verb, and not dropped before a restatement."""
    dropped = any(isinstance(op, Drop) and by is not instrument for by, op in history)
    return _word(history) == operation.entry.word and not (instrument.restates and dropped)


def _word(history: list[Applied]) -> str:
    adding = history[0][1]
    assert isinstance(adding, Add)
    return adding.entry.word


_WORDS = {"use": ("notice", "exercise"), "done": ("performance",), "breach": ("breach", "performance", "cure")}


def _names(reference: Reference) -> list[str]:
    """The names under which a reference stands in an answer."""
    words = _WORDS.get(reference.kind)
    if words is not None:
        return [f"{word} of {reference.key}" for word in words]
    return [name_of(reference.key)]
