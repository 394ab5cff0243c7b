"""What has to be evaluated before what: the graph along which an evaluation runs.

In: the index. Out: the graph, and what is found in it: circles, chains, an order, and the rights that depend on their
own uses. Guaranteed: every reference that the evaluator can follow is an edge, so that a graph without a circle
evaluates and ends.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol, TypeAlias

from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import Add, Entry, Instrument, Model, Operation, SetTerms, TermText
from dealrun.model.keys import DeclarationKey, EntryKey, name_of
from dealrun.model.values import Amount, Due, Duration, End, Names, OnDate, Quantity, Start, Text, Word
from dealrun.model.vocabulary import behaviour
from dealrun.state.references import (
    EVALUATED,
    Reference,
    declares_at_signing,
    node_kind,
    of_instrument,
    of_operation,
    of_value,
)

MOST_ENTANGLED = 4
"""So many rights may depend on their own uses together."""

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


_PLAIN = frozenset({Word, Text, Names, Duration})


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
                kind = type(part)
                if part is None or kind in _PLAIN or (kind in _DATED and type(part.time) in _CERTAIN):  # type: ignore[union-attr]
                    continue
                if isinstance(part, Amount) and _plain(part):
                    continue
                yield from (reference for reference in of_value(part) if reference.kind in EVALUATED)


def _plain(amount: Amount) -> bool:
    return isinstance(amount.expression, Quantity) and amount.counting_from is None and amount.tiers is None


_DATED = frozenset({Start, End, Due})
_CERTAIN = frozenset({OnDate, Duration})


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
            needed.extend(_unwritten(index, key, history))
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


def _unwritten(index: Indexed, label: str, history: Iterable[tuple[Instrument, Operation]]) -> Iterator[Reference]:
    """What a clause reads that its own words do not name: the duties that it follows from; of a right to terminate
    with a time to cure also whether a cure may have gone unrecorded."""
    yield from (Reference("breach", duty) for duty in index.consequence_of(label))
    entry = index.first_entry(label)
    if entry is not None and behaviour(entry.word) is Behaviour.TERMINATION:
        stated = (op.entry.terms if isinstance(op, Add) else op.terms
                  for _, op in history if isinstance(op, Add | SetTerms))  # fmt: skip
        if any("cure" in terms for terms in stated):
            yield Reference("done", label)


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
