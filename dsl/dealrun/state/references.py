"""Who refers to whom: the graph along which an evaluation runs.

In: values of the model. Out: the entries they name, and the graph of what has to be evaluated before what. Guaranteed:
every reference that the evaluator can follow is an edge, so that a graph without a circle evaluates and ends.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol, TypeAlias

from dealrun.model.contract import Add, ChangeMembers, Entry, Instrument, Model, Operation, SetTerms, TermText, Waive
from dealrun.model.keys import DeclarationKey, EntryKey, name_of
from dealrun.model.values import (
    AllOf,
    Amount,
    AnyOf,
    Due,
    Duration,
    End,
    Expression,
    Extreme,
    Happened,
    Holds,
    InForce,
    Limb,
    Names,
    Negation,
    Offset,
    OnDate,
    OnEvent,
    OnUnknown,
    PaidUnder,
    Product,
    Quantity,
    Schedule,
    Shares,
    Start,
    Sum,
    Symbol,
    Text,
    Time,
    Value,
    Word,
)

EVALUATED = frozenset({"own", "due", "life", "event", "bounds", "breach", "use", "done"})
MOST_ENTANGLED = 4
"""So many rights may depend on their own uses together."""


class Reference(NamedTuple):
    """A name in a value, and what it is needed for: `kind` is own, due, life (end, in force), breach, use, done
    (performance), event or bounds; or name or redacted, for which nothing is evaluated first.

    In the graph there is no breach, use or done: they are what they need, the clause's own words, mostly also its life,
    and the clauses that say of what books are kept.
    """

    kind: str
    key: EntryKey


def of_value(value: Value) -> Iterator[Reference]:  # noqa: C901, PLR0912 - a case for each kind of value
    """The references of a value; lists of names excepted, whose members are told by `Names`."""
    match value:
        case Start(_, time):
            yield from of_time(time)
        case End(_, time) | Due(_, time):
            if time is not None and not isinstance(time, Duration):
                yield from of_time(time)
        case Happened(event):
            yield from of_time(event)
        case InForce(label):
            yield Reference("life", label)
        case Holds(name, "quoted"):
            yield Reference("name", f'"{name}"')
        case Holds(name, "condition"):
            yield Reference("name", DeclarationKey("condition", name))
        case Holds(name, "unknown"):
            yield Reference("name", DeclarationKey("unknown", name))
        case Negation(part):
            yield from of_value(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from of_value(part)
        case Amount(expression=expression, counting_from=counting, tiers=tiers):
            yield from of_expression(expression)
            if counting is not None:
                yield from of_time(counting)
            if tiers is not None:
                for threshold, rate in tiers.steps:
                    yield from of_expression(threshold)
                    yield from of_expression(rate)
                if tiers.counting_from is not None:
                    yield from of_time(tiers.counting_from)
        case Shares(shares):
            for share in shares:
                yield from of_expression(share)
        case Names(members):
            for member in members:
                yield Reference("name", member)
        case _:
            pass


_OF_LABEL = {"end": "life", "start": "own", "due": "due", "breach": "breach", "default": "breach", "cure": "breach",
             "notice": "use", "exercise": "use", "performance": "done"}  # fmt: skip


def of_time(time: Time) -> Iterator[Reference]:
    """The references of a time."""
    match time:
        case OnEvent(event, None):
            yield Reference("event", DeclarationKey("event", event))
        case OnEvent(event, label) if label is not None:
            yield Reference(_OF_LABEL.get(event, "name"), label)
        case OnUnknown(name):
            yield Reference("bounds", DeclarationKey("unknown", name))
        case Offset(_, _, base):
            yield from of_time(base)
        case Limb(_, parts):
            for part in parts:
                yield from of_time(part)
        case OnDate() | OnEvent():
            pass


def of_expression(expression: Expression) -> Iterator[Reference]:
    """The references of an amount."""
    match expression:
        case Symbol(name, "unknown"):
            yield Reference("bounds", DeclarationKey("unknown", name))
        case Symbol(name, "redacted"):
            yield Reference("redacted", name)
        case Symbol(name, "stream"):
            yield Reference("name", DeclarationKey("stream", name))
        case PaidUnder(label):
            yield Reference("name", label)
        case Sum(parts):
            for _, part in parts:
                yield from of_expression(part)
        case Product(parts) | Extreme(_, parts):
            for part in parts:
                yield from of_expression(part)
        case _:
            pass


def of_schedule(schedule: Schedule) -> Iterator[Reference]:
    """The references of a term as written."""
    for value, end in schedule.limbs:
        yield from of_value(value)
        if end is not None:
            yield from of_value(end)


_PLAIN = (Word, Text, Names, Duration)


def _evaluated(operation: Operation) -> Iterator[Reference]:
    """Those references of an operation that have to be evaluated first; passes over plain values in haste."""
    if isinstance(operation, Add):
        terms: Iterable[TermText | None] = operation.entry.terms.values()
    elif isinstance(operation, SetTerms):
        terms = operation.terms.values()
    else:
        yield from (reference for reference in of_operation(operation) if reference.kind in EVALUATED)
        return
    for term in terms:
        if term is None:
            continue
        for value, end in term.value.limbs:
            for part in (value, end):
                if part is None or isinstance(part, _PLAIN):
                    continue
                if isinstance(part, Amount) and _plain(part):
                    continue
                if isinstance(part, _DATED) and isinstance(part.time, _CERTAIN):
                    continue
                yield from (reference for reference in of_value(part) if reference.kind in EVALUATED)


def _plain(amount: Amount) -> bool:
    return isinstance(amount.expression, Quantity) and amount.counting_from is None and amount.tiers is None


_DATED = (Start, End, Due)
_CERTAIN = (OnDate, Duration)


def of_operation(operation: Operation) -> Iterator[Reference]:
    """The references that an operation writes."""
    match operation:
        case Add(entry=entry):
            for term in entry.terms.values():
                yield from of_schedule(term.value)
        case SetTerms(terms=terms):
            for written in terms.values():
                if written is not None:
                    yield from of_schedule(written.value)
        case ChangeMembers(members=members, adding=True):
            yield from of_value(members)
        case Waive(start=start, end=end):
            if start is not None:
                yield from of_time(start)
            if end is not None:
                yield from of_value(end)
        case _:
            pass


def of_instrument(instrument: Instrument) -> Iterator[Reference]:
    """What an instrument's effective day refers to."""
    if instrument.effective is not None:
        yield from of_time(instrument.effective)
    if instrument.when is not None:
        yield from of_value(instrument.when)
    if instrument.until is not None:
        yield from of_value(instrument.until)


def declares_at_signing(key: EntryKey, instrument: Instrument) -> bool:
    """Whether a declaration counts from the signing of its agreement, because what the agreement waits for is among
    them."""
    waits = any(reference.kind in EVALUATED for reference in of_instrument(instrument))
    return isinstance(key, DeclarationKey) and not instrument.amends and not instrument.reads and waits


def node_kind(key: EntryKey) -> str:
    """The kind of the node that an entry is."""
    return _OF_WORD.get(key.word, "own") if isinstance(key, DeclarationKey) else "own"


_OF_WORD = {"event": "event", "unknown": "bounds"}

Edges: TypeAlias = dict[Reference, list[Reference]]
ByUse: TypeAlias = dict[tuple[Reference, Reference], str]
"""The edges that the use of a right makes, each with the right."""


class Indexed(Protocol):
    """What the graph is made from; see `amend.index.Index`."""

    @property
    def model(self) -> Model:
        """The model."""

    @property
    def histories(self) -> dict[EntryKey, list[tuple[Instrument, Operation]]]:
        """The operations on each entry."""

    @property
    def upstream(self) -> frozenset[EntryKey]:
        """The entries that decide when a deal ends."""

    def header_changes(self, instrument: Instrument) -> list[tuple[Instrument, Operation]]:
        """What later instruments do to the effective day or the end of one."""

    def consequence_of(self, label: str) -> list[str]:
        """The duties that name a clause as what follows if they are not done."""

    def first_entry(self, key: EntryKey) -> Entry | None:
        """The text with which an entry was first added."""

    def lifelines(self, deal: str) -> list[str]:
        """The clauses that can end a deal."""

    def survivals(self, deal: str) -> list[str]:
        """The clauses that say what outlives a deal."""

    def books(self, deal: str) -> list[str]:
        """The clauses that say of what books are kept."""

    def falls_due(self, label: str) -> bool:
        """Whether something of a clause may fall due."""

    def is_right(self, label: str) -> bool:
        """Whether a notice or an exercise of a clause counts only while it is in force."""


class Order(NamedTuple):
    """What has to be evaluated before what; nodes without an outgoing edge are left out.

    `entangled` are the rights that depend on their own uses; what needs such a use has no edge for it.
    """

    edges: Edges
    entangled: frozenset[str]


def graph(index: Indexed) -> Order:
    """The order in which an evaluation runs."""
    edges: Edges = {}
    by_use: ByUse = {}
    instruments: dict[str, list[Reference]] = {}
    for instrument in reversed(index.model.instruments):  # what changes an instrument comes after it
        found = [reference for reference in of_instrument(instrument) if reference.kind in EVALUATED]
        for later, operation in index.header_changes(instrument):
            found.extend((*instruments[later.name], *_evaluated(operation)))
        instruments[instrument.name] = found
    deals: dict[EntryKey, str] = {}
    for key, history in index.histories.items():
        needed: list[Reference] = []
        bounds = node_kind(key) == "bounds"  # those of an unknown hold whenever it was declared
        for instrument, operation in history:
            if instruments[instrument.name] and not bounds and not declares_at_signing(key, instrument):
                needed.extend(instruments[instrument.name])
            needed.extend(_evaluated(operation))
            if isinstance(operation, Add):
                deals[key] = operation.entry.deal
        if not isinstance(key, DeclarationKey):
            needed.extend(Reference("breach", duty) for duty in index.consequence_of(key))
        early = key in index.upstream or node_kind(key) != "own"
        node = Reference(node_kind(key), key)
        needed = _all_needed(index, node, needed, by_use, early=early)
        if needed:
            edges[node] = list(dict.fromkeys(needed))
            if not isinstance(key, DeclarationKey):
                edges[Reference("due", key)] = edges[Reference("own", key)]
    deal_edges = {
        deal: [Reference("own", key) for key in index.lifelines(deal) if Reference("own", key) in edges]
        for deal in {d.name for d in index.model.deals}
    }
    for deal, needed in deal_edges.items():
        if needed:
            edges[Reference("deal", deal)] = needed
    for key, deal in deals.items() if edges else ():
        if isinstance(key, DeclarationKey):
            continue
        needed = [r for r in (Reference("own", key), Reference("deal", deal)) if r in edges]
        needed.extend(Reference("own", name) for name in index.survivals(deal) if Reference("own", name) in edges)
        if needed:
            edges[Reference("life", key)] = needed
    return Order(edges, _untangled(edges, by_use) if by_use else frozenset())


def _all_needed(
    index: Indexed, node: Reference, references: Iterable[Reference], by_use: ByUse, *, early: bool
) -> list[Reference]:
    """What the references of a node need; what is needed otherwise too stays a circle, whatever is used."""
    each = [(ref, need) for ref in references for need in _needed(index, node, ref, by_use, early=early)]
    for ref, need in each:
        if ref.kind != "use":
            by_use.pop((node, need), None)
    return [need for _, need in each]


def _needed(
    index: Indexed, node: Reference, reference: Reference, by_use: ByUse, *, early: bool
) -> Iterator[Reference]:
    """What a reference needs. A breach of what falls due and a use of a right need the clause's whole life, unless it
    is the deal's end that asks (`early`); a notice under anything else needs nothing."""
    label = name_of(reference.key)
    if reference.kind == "breach":
        entry = index.first_entry(reference.key)
        yield Reference("own" if early or not index.falls_due(label) else "life", reference.key)
        yield from (Reference("own", name) for name in index.books("" if entry is None else entry.deal))
    elif reference.kind == "done":
        entry = index.first_entry(reference.key)
        yield from (Reference("own", name) for name in index.books("" if entry is None else entry.deal))
    elif reference.kind == "use":
        if index.is_right(label):
            needed = Reference("own" if early else "life", reference.key)
            by_use[node, needed] = label
            yield needed
    else:
        yield reference


def _untangled(edges: Edges, by_use: ByUse) -> frozenset[str]:
    """The rights that depend on their own uses, whose edges are taken out of the graph; none, of too many together."""
    part = components(edges)
    circular: dict[int, list[tuple[Reference, Reference]]] = {}
    for node, needed in by_use:
        if part.get(node) == part.get(needed) is not None:
            circular.setdefault(part[node], []).append((node, needed))
    found: set[str] = set()
    for pairs in circular.values():
        labels = {by_use[pair] for pair in pairs}
        if len(labels) <= MOST_ENTANGLED:
            found |= labels
            for node, needed in pairs:
                edges[node] = [each for each in edges[node] if each != needed]
                if not isinstance(node.key, DeclarationKey):
                    edges[Reference("due", node.key)] = edges[node]
    return frozenset(found)


def components(edges: Edges) -> dict[Reference, int]:
    """The number of the component of each node: nodes of one component reach one another. Iterative, as `walk` is."""
    number: dict[Reference, int] = {}
    low: dict[Reference, int] = {}
    part: dict[Reference, int] = {}
    pending: list[Reference] = []
    for root in edges:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        pending.append(root)
        todo = [(root, iter(edges[root]))]
        while todo:
            node, rest = todo[-1]
            for following in rest:
                if following not in number and following in edges:
                    number[following] = low[following] = len(number)
                    pending.append(following)
                    todo.append((following, iter(edges[following])))
                    break
                if following in number and following not in part:
                    low[node] = min(low[node], number[following])
            else:
                todo.pop()
                if todo:
                    low[todo[-1][0]] = min(low[todo[-1][0]], low[node])
                if low[node] == number[node]:
                    while pending:
                        member = pending.pop()
                        part[member] = number[node]
                        if member == node:
                            break
    return part


def walk(edges: Edges) -> tuple[list[Reference] | None, list[Reference]]:
    """A circle, if there is one, and a longest chain; iterative, because the input decides how long it is."""
    depth: dict[Reference, int] = {}
    best: dict[Reference, Reference | None] = {}
    path: list[Reference] = []
    on_path: set[Reference] = set()
    for root in edges:
        todo: list[tuple[Reference, bool]] = [(root, False)]
        while todo:
            node, leaving = todo.pop()
            if leaving:
                path.pop()
                on_path.discard(node)
                following = max(edges.get(node, ()), key=lambda n: depth[n], default=None)
                depth[node] = 1 + (depth[following] if following else 0)
                best[node] = following
                continue
            if node in on_path:
                return path[path.index(node) :], []
            if node in depth:
                continue
            path.append(node)
            on_path.add(node)
            todo.append((node, True))
            todo.extend((following, False) for following in edges.get(node, ()) if following not in depth)
    if not depth:
        return None, []
    chain: list[Reference] = []
    at: Reference | None = max(depth, key=lambda n: depth[n])
    while at is not None:
        chain.append(at)
        at = best[at]
    return None, chain


def before(edges: Edges, root: Reference, done: Callable[[Reference], bool]) -> list[Reference]:
    """What has to be evaluated before a node, in an order in which each comes after what it needs."""
    order: list[Reference] = []
    seen = {root}
    todo: list[tuple[Reference, bool]] = [(root, False)]
    while todo:
        node, leaving = todo.pop()
        if leaving:
            order.append(node)
            continue
        todo.append((node, True))
        for following in edges.get(node, ()):
            if following in edges and following not in seen and not done(following):
                seen.add(following)
                todo.append((following, False))
    return order[:-1]


def spell(reference: Reference) -> str:
    """A node as a message names it."""
    if reference.kind in {"life", "deal"}:
        return f"end of {reference.key}"
    return name_of(reference.key)
