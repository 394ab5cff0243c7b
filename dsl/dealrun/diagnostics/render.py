"""Findings as text and as JSON.

In: diagnostics. Out: for people, the source with the exact span underlined; for machines, plain dictionaries.
Guaranteed: what a source line holds can neither move the cursor nor reorder the text; the same findings give the same
bytes.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from dealrun.diagnostics.catalog import CATALOG
from dealrun.diagnostics.diagnostic import Diagnostic, Severity
from dealrun.limits import MAX_ERRORS
from dealrun.source import Place, Span
from dealrun.source.plain import safe

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def width_of(text: str) -> int:
    """Columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _paint(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def _excerpt(span: Span, mark: str, gutter: int, lines: list[str], paint: str, *, colour: bool) -> None:
    place = span.place
    many = place.end_line > place.line
    text = span.source.line(place.line)
    last = len(text) + 1 if many else place.end_column
    before = width_of(safe(text[: place.column - 1]))
    length = max(1, width_of(safe(text[place.column - 1 : last - 1])))
    lines.append(f"{place.line:>{gutter}} | {safe(text)}")
    under = " " * before + mark * length + (" ..." if many else "")
    lines.append(f"{'':>{gutter}} | {_paint(under, paint, colour=colour)}")


def render(diagnostic: Diagnostic, *, colour: bool = False) -> str:
    """One finding as text."""
    severity = diagnostic.severity
    paint = _COLOURS[severity]
    head = _paint(f"{severity.value}[{diagnostic.code}]", paint, colour=colour)
    lines = [f"{head}: {safe(diagnostic.message)}"]
    spans = [diagnostic.span, *(note.span for note in diagnostic.notes)]
    gutter = max((len(str(span.place.line)) for span in spans if span), default=1)
    if diagnostic.span is not None:
        lines.append(f"{'':>{gutter}}--> {safe(str(diagnostic.span.place))}")
        _excerpt(diagnostic.span, "^", gutter, lines, paint, colour=colour)
    for note in diagnostic.notes:
        lines.append(f"{'':>{gutter}} = note: {safe(note.message)}")
        if note.span is not None:
            lines.append(f"{'':>{gutter}}--> {safe(str(note.span.place))}")
            _excerpt(note.span, "-", gutter, lines, "34", colour=colour)
    if diagnostic.help:
        lines.append(f"{'':>{gutter}} = help: {safe(diagnostic.help)}")
    return "\n".join(lines)


def render_all(diagnostics: Iterable[Diagnostic], *, colour: bool = False, limit: int = MAX_ERRORS) -> str:
    """All findings as text, up to a limit, with a count at the end."""
    found = list(diagnostics)
    if not found:
        return ""
    parts = [render(diagnostic, colour=colour) for diagnostic in found[:limit]]
    if len(found) > limit:
        parts.append(f"... and {len(found) - limit:,} more")
    counts = {s: sum(d.severity is s for d in found) for s in Severity}
    parts.append(", ".join(f"{n:,} {s.value}{'' if n == 1 else 's'}" for s, n in counts.items() if n))
    return "\n\n".join(parts) + "\n"


def place_json(place: Place) -> dict[str, Any]:
    """A place as JSON; the end column is exclusive."""
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """One finding as JSON."""
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "title": CATALOG[diagnostic.code].title,
        "message": diagnostic.message,
        "span": place_json(diagnostic.span.place) if diagnostic.span else None,
        "notes": [
            {"message": note.message, "span": place_json(note.span.place) if note.span else None}
            for note in diagnostic.notes
        ],
        "help": diagnostic.help,
        "fix": {"span": place_json(fix.span.place), "text": fix.text} if fix else None,
    }
