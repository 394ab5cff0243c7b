"""Paths into written files, with what they include.

In: paths. Out: parsed files in order, each once. Guaranteed: an `include` stays below the root folder, symbolic links
resolved, and runs in no circle; every file that cannot be read is a diagnostic.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

from dealrun.diagnostics import Report
from dealrun.limits import MAX_FILES, MAX_INCLUDE_DEPTH, MAX_LOAD_CHARACTERS
from dealrun.source import SourceText, Span
from dealrun.source.files import UnreadableError, decode, expand, read, standard_input
from dealrun.source.opening import OutsideError, root_of
from dealrun.syntax import File, Leaf, Statement, parse

INSIDE = "include files below the folder of the file that was loaded"


@attrs.define
class Loader:
    """Parses files and what they include."""

    report: Report
    files: list[File] = attrs.field(factory=list)
    paths: dict[str, None] = attrs.field(factory=dict)
    """The files that were read, links resolved."""
    _bytes: int = 0

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
        for path in names:
            name = os.fspath(path)
            if name == "-":
                self._add_stdin()
            elif "\0" in name:
                self.report.add("DR906", f"`{name!r}` is not a path")
            else:
                root = root_of(path)
                self._add(name, str(Path(os.path.realpath(name)).parent) if root is None else root, [], None,
                          named=root is None)  # fmt: skip

    def _add_stdin(self) -> None:
        try:
            self.add_text(decode(standard_input(), "<stdin>"))
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

    def _add(self, name: str, root: str, above: list[str], span: Span | None, *, named: bool = False) -> None:
        """Load a file below a root, and what it includes; one that the user named may be anywhere."""
        real = os.path.realpath(name)
        if real in above:
            self.report.add("DR910", f"`{name}` includes itself", span, help="leave one `include` out")
            return
        if real in self.paths:
            return
        if len(self.paths) >= MAX_FILES:
            self.report.add("DR907", f"more than {MAX_FILES:,} files", span)
            return
        if len(above) > MAX_INCLUDE_DEPTH:
            self.report.add("DR910", f"more than {MAX_INCLUDE_DEPTH} levels of `include`", span)
            return
        self.paths[real] = None
        try:
            source = read(name, None if named else root)
        except OutsideError as error:
            if span is None:
                self.report.add("DR906", str(error))
            else:
                said = span.text.strip('"')
                self.report.add("DR910", f"`{said}` lies outside the folder of the deal", span, help=INSIDE)
            return
        except UnreadableError as error:
            self.report.add("DR906", str(error), span)
            return
        self._bytes += len(source.text)
        if self._bytes > MAX_LOAD_CHARACTERS:
            self.report.add("DR907", f"more than {MAX_LOAD_CHARACTERS:,} characters in all files", span)
            return
        file = parse(source, self.report)
        for statement in file.statements:
            if statement.head.text == "include" and statement.label is None and not statement.wrong:
                self._include(statement, Path(name).parent, root, [*above, real])
        self.files.append(file)

    def _include(self, statement: Statement, folder: Path, root: str, above: list[str]) -> None:
        first = statement.items[0].values[0] if statement.items and statement.items[0].values else None
        if (
            not isinstance(first, Leaf)
            or first.kind != "STRING"
            or len(statement.items) > 1
            or len(statement.items[0].values) > 1
        ):
            self.report.add("DR910", "`include` takes one quoted path", statement.span, help='`include "terms.deal"`')
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
