"""From what was written to what is meant: names resolved, dates exact, instruments in order."""

from dealrun.model.resolve.resolver import resolve

__all__ = ["resolve"]
