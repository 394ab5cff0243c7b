"""The chain of instruments, as an evaluation sees it: which of them count.

In: an index of the model, and a world. Out: the operations that were signed by the day of knowledge. Guaranteed: every
question that instruments decide is noted, so that an evaluation of more or fewer of them shares what the difference
between the two cannot reach.
"""

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from dealrun.model.contract import Deal, Entry, Instrument
from dealrun.model.keys import EntryKey
from dealrun.state.amend.index import Index
from dealrun.state.amend.terms import Applied, Prefix
from dealrun.state.answers import Knowledge
from dealrun.state.noted import Noted
from dealrun.state.order import before
from dealrun.state.records import Records, note
from dealrun.state.references import Reference
from dealrun.time import ALWAYS


class Instruments(Records):
    """An evaluation's chain of instruments."""

    def __init__(self, index: Index, world: Knowledge, base: "Instruments | None", through: int | None) -> None:
        super().__init__(base)
        assert base is None or base.index is index, "evaluations share what they have read from one index"
        self.index: Index = index
        self.plain = world
        """The world, of which no question is noted."""
        self.world: Knowledge = Noted(world)
        self.through = through
        """How many of the instruments count, in their order; None for all."""
        self._prepared: set[Reference] = set()

    # --- which count ------------------------------------------------------------------------------------------------

    @cached_property
    def _count(self) -> int | None:
        """How many of the first instruments are visible; None where others are too."""
        days = self.index.signing_days
        if days is None:
            return None
        known = ALWAYS if self.plain.known is None else self.plain.known
        signed = bisect_right(days, known)
        return signed if self.through is None else min(signed, self.through)

    def visible(self, instrument: Instrument) -> bool:
        """Whether an instrument counts, and was signed by the day of knowledge, as far as is known."""
        note(("visible", instrument.name))
        return self.is_visible(instrument)

    def is_visible(self, instrument: Instrument) -> bool:
        """`visible`, without a note."""
        if self.through is not None and self.index.place[instrument.name] >= self.through:
            return False
        known = self.plain.known
        return instrument.signed is None or (known is not None and instrument.signed[0] <= known)

    def history(self, key: EntryKey) -> list[list[Applied]]:
        """The visible operations on an entry, from each time it is added."""
        note(("history", key))
        return self.find_history(key)

    def find_history(self, key: EntryKey) -> list[list[Applied]]:
        """`history`, without a note."""
        if self._count is None:
            return self.index.episodes(key, self.is_visible)
        return self.index.first_episodes(key, self._count)

    def same_chain(self, other: "Instruments") -> bool:
        """Whether the same instruments count in two evaluations."""
        return self.through == other.through and self.plain.known == other.plain.known

    # --- what the index says ------------------------------------------------------------------------------------------

    @property
    def most_instances(self) -> int:
        """So many occurrences and periods are looked at."""
        return self.index.max_instances

    def header_changes(self, instrument: Instrument) -> Sequence[Applied]:
        """What later instruments do to the effective day or the end of one."""
        return self.index.header_changes(instrument)

    def lifelines(self, deal: str) -> Sequence[str]:
        """The clauses that can end a deal."""
        return self.index.lifelines(deal)

    def survivals(self, deal: str) -> Sequence[str]:
        """The clauses that say what outlives a deal."""
        return self.index.survivals(deal)

    def consequence_of(self, label: str) -> Sequence[str]:
        """The duties that name a clause as what follows if they are not done."""
        return self.index.consequence_of(label)

    def first_entry(self, key: EntryKey) -> Entry | None:
        """The text with which an entry was first added."""
        return self.index.first_entry(key)

    def is_upstream(self, key: EntryKey) -> bool:
        """Whether an entry decides when a deal ends, or what outlives it."""
        return key in self.index.upstream

    def deal(self, name: str) -> Deal:
        """A deal by its name."""
        return next(deal for deal in self.index.model.deals if deal.name == name)

    def prefix(self, history: list[Applied]) -> Prefix:
        """What is known of the first operations of an episode in every world."""
        return self.index.prefix(history)

    def is_fixed(self, step: Applied) -> bool:
        """Whether an operation comes to the same in every world."""
        return self.index.is_fixed(step)

    # --- order --------------------------------------------------------------------------------------------------------

    def needed_for(self, node: Reference) -> list[Reference]:
        """What has to be evaluated before a node, the nearest to the ground first."""
        return before(self.index.edges, node, lambda _: False)

    def prepare(self, kind: str, key: EntryKey) -> None:
        """Evaluate what a node hangs on, nearest to the ground first, so that chains need no recursion."""
        if (kind, key) in self.index.edges and (kind, key) not in self._prepared:
            self.quietly(lambda: self._prepare(Reference(kind, key)))

    def _prepare(self, node: Reference) -> None:
        self._prepared.add(node)
        for needed in before(self.index.edges, node, self._prepared.__contains__):
            self._prepared.add(needed)
            self.evaluate(needed)

    @abstractmethod
    def evaluate(self, needed: Reference) -> None:
        """Evaluate a node of the order."""
