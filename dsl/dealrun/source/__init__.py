"""Text as it was given: files, their text, and exact places in it."""

from dealrun.source.text import Place, SourceText, Span

__all__ = ["Place", "SourceText", "Span"]
