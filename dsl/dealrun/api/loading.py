"""Paths into written files, with what they include.

In: paths. Out: parsed files in order, each once. Guaranteed: an `include` stays below the root folder, symbolic links
resolved, and runs in no circle; every file that cannot be read is a diagnostic.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from dealrun.diagnostics import Report
from dealrun.limits import MAX_FILES, MAX_INCLUDE_DEPTH
from dealrun.source import SourceText, Span
from dealrun.source.files import UnreadableError, decode, expand, read
from dealrun.syntax import File, Leaf, Statement, parse


@attrs.define
class Loader:
    """Parses files and what they include."""

    report: Report
    files: list[File] = attrs.field(factory=list)
    _seen: set[str] = attrs.field(factory=set)

    def load(self, paths: Iterable[str | os.PathLike[str]]) -> None:
        """Load files, folders, and `-` for standard input."""
        try:
            names = expand(paths)
        except UnreadableError as error:
            self.report.add("DR906", str(error))
            return
        if len(names) > MAX_FILES:
            self.report.add("DR907", f"{len(names):,} files; {MAX_FILES:,} is the limit")
            return
        for name in names:
            if name == "-":
                self._add_stdin()
            elif "\0" in name:
                self.report.add("DR906", f"`{name!r}` is not a path")
            else:
                self._add(name, Path(name).resolve().parent, [], None)

    def _add_stdin(self) -> None:
        try:
            self.add_text(decode(sys.stdin.buffer.read(), "<stdin>"))
        except UnreadableError as error:
            self.report.add("DR906", str(error))

    def add_text(self, source: SourceText) -> None:
        """Parse one text; an `include` in it is refused, as it lies in no folder."""
        file = parse(source, self.report)
        self.files.append(file)
        for statement in file.statements:
            if statement.head.text == "include":
                self.report.add(
                    "DR910", "a text that lies in no folder cannot include", statement.span, help="load files"
                )

    def _add(self, name: str, root: Path, above: list[str], span: Span | None) -> None:
        real = os.path.realpath(name)
        if real in above:
            self.report.add("DR910", f"`{name}` includes itself", span, help="leave one `include` out")
            return
        if real in self._seen:
            return
        if len(self._seen) >= MAX_FILES:
            self.report.add("DR907", f"more than {MAX_FILES:,} files", span)
            return
        if len(above) > MAX_INCLUDE_DEPTH:
            self.report.add("DR910", f"more than {MAX_INCLUDE_DEPTH} levels of `include`", span)
            return
        self._seen.add(real)
        try:
            source = read(name)
        except UnreadableError as error:
            self.report.add("DR906", str(error), span)
            return
        file = parse(source, self.report)
        for statement in file.statements:
            if statement.head.text == "include" and statement.label is None:
                self._include(statement, Path(name).parent, root, [*above, real])
        self.files.append(file)

    def _include(self, statement: Statement, folder: Path, root: Path, above: list[str]) -> None:
        first = statement.items[0].values[0] if statement.items and statement.items[0].values else None
        if (
            not isinstance(first, Leaf)
            or first.kind != "STRING"
            or len(statement.items) > 1
            or len(statement.items[0].values) > 1
        ):
            self.report.add("DR910", "`include` takes one quoted path", statement.span, help='`include "terms.deal"`')
            return
        path = folder / first.text
        try:
            inside = Path(os.path.realpath(path)).is_relative_to(root)
        except ValueError:
            inside = False
        if not inside:
            self.report.add(
                "DR910",
                f"`{first.text}` lies outside the folder of the deal",
                first.span,
                help="include files below the folder of the file that was loaded",
            )
            return
        self._add(os.path.join(folder, first.text) if str(folder) != "." else first.text, root, above, first.span)


def default_name(paths: Sequence[str | os.PathLike[str]]) -> str:
    """What a deal without a `deal` statement is called: its folder or its file, or `sketch`."""
    for path in paths:
        text = os.fspath(path)
        if text != "-":
            stem = Path(text).stem if not os.path.isdir(text) else Path(text).resolve().name
            cleaned = "".join(c if c.isalnum() or c in "-_" else "-" for c in stem).strip("-")
            if cleaned and not cleaned[0].isdigit():
                return cleaned
    return "sketch"
