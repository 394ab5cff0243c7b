"""Where terms are read: the statement that they stand in.

In: nothing. Out: `ReadStatement`. Guaranteed: what is wrong with a statement makes it not whole.
"""

from collections.abc import Callable
from functools import partial

import attrs

from dealrun.diagnostics import Note
from dealrun.model.resolve.scope import Scope
from dealrun.model.vocabulary import Form
from dealrun.source import Span


@attrs.define
class ReadStatement:
    """A statement whose terms are read: its names, its form, and the label that its redacted terms are named after."""

    scope: Scope
    form: Form
    symbol: str
    whole: bool = attrs.field(default=True, kw_only=True)
    """Whether every item was understood."""

    named: set[str] = attrs.field(factory=set, kw_only=True)
    """The names of its days and durations that are blacked out."""

    def naming(self, term: str) -> Callable[[], str] | None:
        """What names the days and durations that are blacked out in a term: `label.term`, then `label.term-2`; the
        header of an instrument has no names for them."""
        return partial(self._next_name, term) if self.symbol else None

    def _next_name(self, term: str) -> str:
        found = name = f"{self.symbol}.{term}"
        while found in self.named:
            found = f"{name}-{len(self.named) + 1}"
        self.named.add(found)
        return found

    def fail(
        self, code: str, message: str, span: Span, notes: list[Note] | None = None, help_: str | None = None
    ) -> None:
        """Report what is wrong with an item."""
        self.whole = False
        self.scope.report.add(code, message, span, notes=notes or (), help=help_)
