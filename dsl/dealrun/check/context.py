"""What every check is given."""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from dealrun.diagnostics import Report
from dealrun.model.contract import Key, Model
from dealrun.state.index import Index
from dealrun.state.timeline import Timeline


@attrs.frozen
class Context:
    """The model, its index, the timeline with everything known, and where findings go."""

    model: Model
    index: Index
    timeline: Timeline
    report: Report

    def name(self, key: Key) -> str:
        """An entry as a message names it."""
        return key.rpartition(" ")[2] if " " in key else key


Check: TypeAlias = Callable[[Context], None]
