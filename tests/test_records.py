"""What an answer reads: everything on which it depends, and what another world can take over.

In: generated contracts, and the real ones. Guaranteed: an evaluation that shares answers is the same as one that shares
none; what is read includes every name and every operation on which an answer was seen to depend; and what is read is
among what the order of evaluation, and the reach of an amendment, were made from.
"""

import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dealrun
from conftest import ROOT
from dealrun.model.contract import last_known
from dealrun.model.keys import DeclarationKey, EntryKey
from dealrun.state.evaluator import Evaluator
from dealrun.state.influence import Influence
from dealrun.state.knowledge import World, as_planned, make_world, unwritten
from dealrun.state.records import AnswerKey
from dealrun.state.references import Reference, node_kind
from dealrun.state.standing import is_shared
from dealrun.state.timeline import Timeline
from dealrun.time import to_day
from strategies import FIRST, LAST, Case, cases, days, probes, said, standing

EXAMPLES = settings(max_examples=100)
REAL = sorted(path for path in (ROOT / "contracts").iterdir() if path.is_dir() and path.name != "tutorial")


def everything(timeline: Timeline) -> list[tuple[EntryKey, object]]:
    """The whole evaluation, entry by entry."""
    return [(key, timeline.evaluator.basis(key)) for key in timeline.index.histories]


def worlds(contract: dealrun.Contract, assumed: dict[str, str] | None = None) -> Iterator[World]:
    """The world as known on a few days, under suppositions, and in other courses of events."""
    recorded = contract.timeline().index.recorded
    for known in (FIRST, LAST, None):
        yield make_world(recorded, None if known is None else to_day(known), (), {})
    for name, day in (assumed or {}).items():
        yield contract.timeline(known=LAST, assume={name: day}).world
    yield as_planned(recorded, last_known(contract.model))
    yield unwritten()


# --- sharing ----------------------------------------------------------------------------------------------------------


@EXAMPLES
@given(cases(), days, st.data())
def test_what_is_shared_is_what_is_evaluated_anew(case: Case, day: str, data: st.DataObject) -> None:
    """Whatever evaluation an evaluation is based on, and in whatever order it is asked, its answers are the same."""
    contract = case.load()
    index = contract.timeline().index
    supposed = {name: day for name in ("E1", "E2", "breach of c0", "notice of c1") if known_name(contract, name, day)}
    there = list(worlds(contract, supposed))
    count = len(contract.model.instruments)
    base = Timeline(index, data.draw(st.sampled_from(there)), through=data.draw(st.integers(1, count)))
    if data.draw(st.booleans()):
        everything(base)
    for world in there:
        through = data.draw(st.sampled_from([None, count]))
        shared, fresh = Timeline(index, world, base, through=through), Timeline(index, world, through=through)
        assert everything(shared) == everything(fresh)
        assert shared.labels == fresh.labels
        for each in probes(fresh)[:6]:
            for label in fresh.labels:
                one, other = shared.clause(label, each), fresh.clause(label, each)
                assert said(one) == said(other)
                assert standing(one) == standing(other)
        base = shared


def known_name(contract: dealrun.Contract, name: str, day: str) -> bool:
    """Whether a contract knows a name."""
    try:
        contract.timeline(known=LAST, assume={name: day})
    except dealrun.DealError:
        return False
    return True


@EXAMPLES
@given(cases(), days)
def test_every_name_on_which_an_answer_depends_is_read(case: Case, day: str) -> None:
    """An answer that another fact changes has read the name of that fact."""
    contract = case.load()
    before = contract.timeline(known=LAST)
    for name in ("E1", "E2", "breach of c0", "notice of c1", "performance of c0"):
        if not known_name(contract, name, day):
            continue
        world = contract.timeline(known=LAST, assume={name: day}).world
        after = Timeline(before.index, world)
        for key in before.index.histories:
            if before.evaluator.basis(key) != after.evaluator.basis(key):
                assert name in {subject for _, subject in before.evaluator.names_read(("basis", key))}, (key, name)


@EXAMPLES
@given(cases())
def test_every_operation_on_which_an_answer_depends_is_read(case: Case) -> None:
    """An answer that one instrument more changes has read the history of something that the instrument touches, or
    whether the instrument is there."""
    contract = case.load()
    index = contract.timeline().index
    world = make_world(index.recorded, to_day(LAST), (), {})
    for place, instrument in enumerate(contract.model.instruments):
        before, after = Timeline(index, world, through=place), Timeline(index, world, through=place + 1)
        touched = {("history", operation.key) for operation in instrument.operations} | {("visible", instrument.name)}
        for key in index.histories:
            if before.evaluator.basis(key) != after.evaluator.basis(key):
                assert touched & read_through(before.evaluator, ("basis", key)), (key, instrument.name)


def read_through(evaluator: Evaluator, node: AnswerKey) -> set[AnswerKey]:
    """Everything that is read for an answer, through any number of steps."""
    found: set[AnswerKey] = set()
    todo = [node]
    while todo:
        at = todo.pop()
        if at in found:
            continue
        found.add(at)
        if at[0] in evaluator.ASK:
            todo.extend(evaluator.answer(at).read)
    return found


# --- the graph --------------------------------------------------------------------------------------------------------

GRAPH = {"own", "life", "deal"}


def place(node: AnswerKey) -> Reference | None:
    """The node of the order of evaluation that answers a question; None for what is part of another one."""
    kind, key = node
    if kind in GRAPH:
        return Reference(node_kind(str(key)) if kind == "own" else kind, str(key))
    if kind in {"bounds", "range"}:
        return Reference("bounds", f"unknown {key}")
    return None


def parts(evaluator: Evaluator, node: AnswerKey) -> Iterator[Reference]:
    """The nodes of the order that an answer reads, by itself or through what is none of them."""
    seen: set[AnswerKey] = set()
    todo = list(evaluator.answer(node).read)
    while todo:
        at = todo.pop()
        if at in seen or at[0] not in evaluator.ASK:
            continue
        seen.add(at)
        found = place(at)
        if found is None:
            todo.extend(evaluator.answer(at).read)
        else:
            yield found


def check_graph(timeline: Timeline) -> int:
    """Whether everything that is read is among what the order, and the reach of names, were made from."""
    index, evaluator = timeline.index, timeline.evaluator
    influence = Influence(index)
    reach: dict[EntryKey, set[EntryKey]] = {}
    count = 0
    for key in index.histories:
        evaluator.basis(key)
        for kind in ("own",) if isinstance(key, DeclarationKey) else ("own", "life"):
            node = place((kind, key))
            assert node is not None
            for needed in parts(evaluator, (kind, key)):
                count += 1
                if needed.key != key and needed in index.edges:
                    assert needed in index.edges.get(node, ()) or needed in reached(index.edges, node), (node, needed)
        for asked, name in evaluator.names_read(("basis", key)):
            if asked == "cut":  # the end of a deal, of which only the worlds of a proof say anything
                continue
            subject = name if isinstance(name, DeclarationKey) else str(name)
            if asked == "single":  # of several performances of a clause, which only these worlds tell apart
                subject = str(name).partition(" for ")[0]
            if subject:
                if subject not in reach:
                    reach[subject] = influence.of([subject])
                assert key in reach[subject], (key, subject)
    return count


def reached(edges: dict[Reference, list[Reference]], node: Reference) -> set[Reference]:
    """Everything behind a node of the order."""
    found: set[Reference] = set()
    todo = [node]
    while todo:
        for following in edges.get(todo.pop(), ()):
            if following not in found:
                found.add(following)
                todo.append(following)
    return found


@EXAMPLES
@given(cases())
def test_what_is_read_is_an_edge(case: Case) -> None:
    contract = case.load()
    for known in (FIRST, LAST):
        check_graph(contract.timeline(known=known))


@pytest.mark.parametrize("folder", REAL, ids=lambda path: path.name)
def test_what_is_read_of_a_real_contract_is_an_edge(folder: Path) -> None:
    contract = dealrun.load(folder)
    assert check_graph(contract.timeline()) > 0


# --- values -----------------------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(cases())
def test_equal_inputs_give_equal_timelines(case: Case) -> None:
    """Loaded twice, in two threads, and through pickle, a contract has the same answers."""
    first = case.load().timeline(known=LAST)
    asked = probes(first)[:6]

    def states(timeline: Timeline) -> list[dealrun.State]:
        return [timeline.on(day) for day in asked]

    wanted = states(first)
    assert states(case.load().timeline(known=LAST)) == wanted
    again: Any = pickle.loads(pickle.dumps(case.load()))  # noqa: S301 - it was written here
    assert states(again.timeline(known=LAST)) == wanted
    third = case.load().timeline(known=LAST)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(states, [third, third])) == [wanted, wanted]


@pytest.mark.no_cover
@pytest.mark.parametrize("folder", REAL, ids=lambda path: path.name)
def test_a_real_contract_in_another_world_is_the_same_as_alone(folder: Path) -> None:
    """Each event of a contract supposed in turn: what is shared is what is evaluated anew."""
    contract = dealrun.load(folder)
    base = contract.timeline()
    everything(base)
    names = [key.name for key in base.index.declarations if key.word == "event"]
    for name in [*names[:8], *(f"notice of {label}" for label in base.labels[:4])]:
        if known_name(contract, name, "2025-05-05"):
            world = contract.timeline(assume={name: "2025-05-05"}).world
            shared, fresh = Timeline(base.index, world, base), Timeline(base.index, world)
            assert everything(shared) == everything(fresh), name
            state, other = shared.on("2026-06-01"), fresh.on("2026-06-01")
            assert {k: said(c) for k, c in state.clauses.items()} == {k: said(c) for k, c in other.clauses.items()}
            assert attrs.evolve(state, clauses={}) == attrs.evolve(other, clauses={})


def test_a_long_chain_is_shared_without_recursion() -> None:
    """A chain of as many clauses as may hang on one another, in a world that reaches all of it, and in the same one."""
    count = 66
    links = "".join(f"c{n}: license A->B from end of c{n - 1} for 1 month\n" for n in range(1, count))
    head = 'deal d "D" signed 2000-01-01\nparty A "A"\nparty B "B"\nevent E "e"\nc0: license A->B until E\n'
    contract = dealrun.loads(head + links)
    last, plain = f"c{count - 1}", contract.timeline()
    base = Timeline(plain.index, plain.world)
    assert is_shared(Timeline(plain.index, plain.world, base), base, last)
    world = contract.timeline(assume={"E": "2001-01-01"}).world
    other = Timeline(plain.index, world, Timeline(plain.index, plain.world))
    assert other.clause(last, to_day("2010-01-01")).status == "ended"
    assert other.evaluator.names_read(("basis", last)) == {("happened", "E"), ("cut", "d")}
