"""What every check is given."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

import attrs

from dealrun.diagnostics import Report
from dealrun.model.contract import Fact, Instrument, Model, last_known
from dealrun.model.keys import EntryKey, name_of
from dealrun.state.amend.index import Index
from dealrun.state.timeline import Timeline
from dealrun.time import Day


@attrs.frozen(slots=False)
class Context:
    """The model, its index, the timeline as known on any day, and where findings go.

    What was right when it was signed or recorded stays right, whatever becomes known later; so an instrument is judged
    as known on its signing day, a fact as known on its own.
    """

    model: Model
    index: Index
    at: Callable[[Day | None], Timeline]
    report: Report

    @property
    def now(self) -> Timeline:
        """The timeline with everything known."""
        return self.at(last_known(self.model))

    def signing(self, instrument: Instrument) -> Timeline:
        """The timeline as known when an instrument was signed, and the agreement that it amends was."""
        if instrument.signed is None:
            return self.at(None)
        agreement = self.agreements.get(instrument.deal)
        return self.at(max(instrument.signed[1], agreement or 0))

    def knowing(self, fact: Fact) -> Timeline:
        """The timeline as known when a fact became known; of a consolidated text, at the earliest when it was made."""
        restated = [each.restated[1] for each in self.model.instruments if each.restated is not None]
        return self.at(fact.known if fact.known is None else max([fact.known, *restated]))

    def carried(self, instrument: Instrument) -> bool:
        """Whether an instrument was signed before the agreement it amends, a restatement: it was judged long ago."""
        return instrument.signed is not None and instrument.signed[1] < self.agreements.get(instrument.deal, 0)

    @cached_property
    def agreements(self) -> dict[str, Day]:
        """When each agreement was signed; a restated one after the amendments that it carries."""
        return {i.name: i.signed[1] for i in self.model.instruments if not i.amends and not i.reads and i.signed}

    def name(self, key: EntryKey) -> str:
        """An entry as a message names it."""
        return name_of(key)


Check: TypeAlias = Callable[[Context], None]
