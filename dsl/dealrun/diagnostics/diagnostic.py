"""What is said about a user's file: a code, a severity, a headline, places, and a way out.

In: whatever a step finds wrong. Out: immutable `Diagnostic` values, and `Report`, which collects them in one run.
Guaranteed: what a user got wrong is returned as diagnostics, all of it; what we got wrong is raised.
"""

from collections.abc import Iterable
from enum import Enum

import attrs

from dealrun.diagnostics.catalog import CATALOG
from dealrun.errors import LimitError
from dealrun.source import Span


class Severity(Enum):
    """How much a finding weighs; only errors make a file unusable.

    >>> [each.value for each in dealrun.Severity]
    ['error', 'warning', 'note']
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@attrs.frozen
class Note:
    """A further place that belongs to a finding, with what it shows.

    >>> notes = [note for each in dealrun.portfolio("contracts/tutorial/portfolio").diagnostics for note in each.notes]
    >>> notes[0].message
    '`lake.sell` holds from 2026-07-01 until 2027-12-31'
    """

    message: str
    span: Span | None = None


@attrs.frozen
class Fix:
    r"""A replacement that a machine can apply: `text` in the place of `span`.

    >>> finding = dealrun.reads('party A "A"\ndeal d "D"\n\tsigned 2024-01-01\n').diagnostics[0]
    >>> finding.message, finding.fix
    ('a tab in the indentation', Fix(span=Span('<text>:3:1'), text='    '))
    """

    span: Span
    text: str


@attrs.frozen
class Diagnostic:
    r"""One finding. `code` is stable and has a page (`dealrun explain CODE`).

    >>> finding = dealrun.reads('party A "A"\nparty B "B"\ns: revshare A->B 10% until\n').diagnostics[0]
    >>> finding.code, finding.severity, finding.message, str(finding.span.place)
    ('DR301', <Severity.ERROR: 'error'>, '`until` needs a value', '<text>:3:22')
    """

    code: str
    message: str
    span: Span | None = None
    notes: tuple[Note, ...] = ()
    help: str | None = None
    fix: Fix | None = None

    @property
    def severity(self) -> Severity:
        """The severity that the catalog gives the code."""
        return Severity(CATALOG[self.code].severity)

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """File, place, code and message: the order in which findings are shown."""
        if self.span is None:
            return ("", 0, 0, self.code, self.message)
        return (self.span.source.name, self.span.start, self.span.end, self.code, self.message)


def of_limit(error: LimitError) -> Diagnostic:
    """What an evaluation that exceeded a limit says of the text."""
    span = error.span if isinstance(error.span, Span) else None
    return Diagnostic(error.code, str(error), span, help=error.help)


@attrs.define
class Report:
    """Collects the findings of one run; at one place only the first error counts, so that none cascades."""

    found: list[Diagnostic] = attrs.field(factory=list)

    def add(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        *,
        notes: Iterable[Note] = (),
        help: str | None = None,  # noqa: A002 - the field's word in every compiler
        fix: Fix | None = None,
    ) -> None:
        """Append one finding."""
        self.found.append(Diagnostic(code, message, span, tuple(notes), help, fix))

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(d.severity is Severity.ERROR for d in self.found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """The findings by place, each said once."""
        unique: dict[tuple[object, ...], Diagnostic] = {}
        for diagnostic in sorted(self.found, key=Diagnostic.sort_key):
            unique.setdefault(diagnostic.sort_key(), diagnostic)
        return tuple(unique.values())
