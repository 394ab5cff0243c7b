"""An index of a model: which operations touch which entry, in signing order.

In: a model. Out: `Index`. Guaranteed: built once in time proportional to the operations, and never changed; shared by
all evaluations of the contract.
"""

from collections.abc import Callable
from functools import cached_property

import attrs

from dealrun.limits import MAX_INSTANCES
from dealrun.model.contract import Add, Entry, Instrument, Model, Operation
from dealrun.state.references import Edges, graph


@attrs.frozen(slots=False)
class Index:
    """Operations by key, each with its instrument."""

    model: Model
    histories: dict[str, list[tuple[Instrument, Operation]]] = attrs.field(init=False)
    _lifelines: dict[str, list[str]] = attrs.field(init=False, factory=dict)
    _survivals: dict[str, list[str]] = attrs.field(init=False, factory=dict)
    max_instances: int = MAX_INSTANCES

    @histories.default
    def _histories(self) -> dict[str, list[tuple[Instrument, Operation]]]:
        found: dict[str, list[tuple[Instrument, Operation]]] = {}
        for instrument in self.model.instruments:
            for operation in instrument.operations:
                found.setdefault(operation.key, []).append((instrument, operation))
        return found

    def __attrs_post_init__(self) -> None:
        for key, history in self.histories.items():
            words = {op.entry.word: op.entry.deal for _, op in history if isinstance(op, Add)}
            for word, deal in words.items():
                if word in {"term", "terminate"} and key not in self._lifelines.setdefault(deal, []):
                    self._lifelines[deal].append(key)
                if word == "survive" and key not in self._survivals.setdefault(deal, []):
                    self._survivals[deal].append(key)

    @cached_property
    def edges(self) -> Edges:
        """What has to be evaluated before what."""
        return graph(self)

    def lifelines(self, deal: str) -> list[str]:
        """The clauses that can end a deal."""
        return self._lifelines.get(deal, [])

    def survivals(self, deal: str) -> list[str]:
        """The clauses that say what outlives a deal."""
        return self._survivals.get(deal, [])

    def first_entry(self, key: str) -> Entry | None:
        """The text with which an entry was first added."""
        return next((op.entry for _, op in self.histories.get(key, ()) if isinstance(op, Add)), None)

    def incarnations(self, key: str, visible: Callable[[Instrument], bool]) -> list[list[tuple[Instrument, Operation]]]:
        """The operations on an entry, from each time it is added; replacing a text with one of the same verb goes on.

        What touches an entry that was never added is left out; the checker reports it.
        """
        parts: list[list[tuple[Instrument, Operation]]] = []
        for instrument, operation in self.histories.get(key, ()):
            if not visible(instrument):
                continue
            if isinstance(operation, Add) and not (
                parts and operation.replacing and _word(parts[-1]) == operation.entry.word
            ):
                parts.append([(instrument, operation)])
            elif parts:
                parts[-1].append((instrument, operation))
        return parts


def _word(history: list[tuple[Instrument, Operation]]) -> str:
    adding = history[0][1]
    assert isinstance(adding, Add)
    return adding.entry.word
