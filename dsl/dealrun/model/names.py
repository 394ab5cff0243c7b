"""Names as they are used: where each stands, and what it names.

In: nothing. Out: `NameTable`, to which the one place that resolves names (`model/resolve/scope.py`) writes. Guaranteed:
a contract in which a declaration and all its uses are renamed says the same.
"""

from typing import NamedTuple

import attrs

from dealrun.model.keys import EntryKey
from dealrun.source import SourceText, Span


class Use(NamedTuple):
    """A name in a text: its place, and the key of what it names.

    Deals, amendments, readings, scenarios and facts are named too: `DeclarationKey("deal", ...)`, `"amend"`,
    `"reading"`, `"scenario"` and `"record"`.
    """

    source: SourceText
    start: int
    end: int
    key: EntryKey

    @property
    def span(self) -> Span:
        """The text of the name."""
        return Span(self.source, self.start, self.end)


@attrs.frozen(eq=False)
class NameTable:
    """What is declared, and where it is used."""

    declared: dict[EntryKey, Span] = attrs.field(factory=dict)
    """Where each was first declared: the name, or, of a clause without a label, its verb."""
    derived: set[EntryKey] = attrs.field(factory=set)
    """The clauses that have no label of their own, but one from what they say."""
    _uses: list[Use] = attrs.field(factory=list)

    def declare(self, key: EntryKey, span: Span) -> None:
        """Enter a declaration; what is declared again is used."""
        if self.declared.setdefault(key, span) is not span:
            self.use(span.source, span.start, span.end, key)

    def use(self, source: SourceText, start: int, end: int, key: EntryKey) -> None:
        """Enter a use."""
        self._uses.append(Use(source, start, end, key))

    @property
    def uses(self) -> tuple[Use, ...]:
        """Every use once, in the order of resolution."""
        return tuple(dict.fromkeys(self._uses))
