"""What every check is given."""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from dealrun.diagnostics import Report
from dealrun.model.contract import Instrument, Key, Model, last_known
from dealrun.state.index import Index
from dealrun.state.timeline import Timeline
from dealrun.time import Day


@attrs.frozen
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
        """The timeline as known when an instrument was signed."""
        return self.at(instrument.signed[1] if instrument.signed else None)

    def name(self, key: Key) -> str:
        """An entry as a message names it."""
        return key.rpartition(" ")[2] if " " in key else key


Check: TypeAlias = Callable[[Context], None]
