"""Paths and texts into written files, with what they include.

In: paths, open files, texts by name. Out: parsed files in order, each once. Guaranteed: an `include` stays below the
root folder, symbolic links resolved, and runs in no circle; every file that cannot be read is a diagnostic.
"""

import os
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

import attrs

from dealrun.diagnostics import Report, did_you_mean
from dealrun.limits import MAX_FILE_BYTES, MAX_FILES, MAX_INCLUDE_DEPTH, MAX_LOAD_CHARACTERS
from dealrun.model.contract import Model
from dealrun.model.resolve import resolve
from dealrun.source import SourceText, Span
from dealrun.source.files import SupportsRead, UnreadableError, decode, expand, normal, read, standard_input
from dealrun.source.opening import OutsideError, is_path, root_of
from dealrun.syntax import File, Leaf, Statement, parse

Named: TypeAlias = Mapping[str, str | bytes]
"""Texts by the names that stand for their files; `include` finds them by these."""

Source: TypeAlias = str | os.PathLike[str] | SupportsRead | Named
"""Where a contract is: a path of a file or folder, `-` for standard input, an open file, or texts by name."""

INSIDE = "include files below the folder of the file that was loaded"


@attrs.define
class Loader:
    """Parses files and what they include."""

    report: Report
    files: list[File] = attrs.field(factory=list)
    paths: dict[str, None] = attrs.field(factory=dict)
    """The files that were read, links resolved."""
    _bytes: int = 0

    def load(self, sources: Iterable[Source]) -> None:
        """Load what is given, in its order; paths that follow one another together."""
        for are_paths, group in groupby(sources, lambda source: isinstance(source, str | os.PathLike)):
            if are_paths:
                self._paths([source for source in group if isinstance(source, str | os.PathLike)])
                continue
            for source in group:
                if isinstance(source, Mapping):
                    self.add_texts(source)
                elif isinstance(source, SupportsRead):
                    self._add_open(source)

    def again(self, sources: Iterable[SourceText]) -> None:
        """Parse texts that were read before."""
        self.files.extend(parse(source, self.report) for source in sources)

    def _paths(self, paths: Sequence[str | os.PathLike[str]]) -> None:
        """Load files, folders, and `-` for standard input."""
        for path in paths:
            if not is_path(os.fspath(path)):
                self.report.add("DR906", f"{os.fspath(path)!a} is not a path")
                return
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
            else:
                root = root_of(path)
                self._add(name, str(Path(os.path.realpath(name)).parent) if root is None else root, [], None,
                          named=root is None)  # fmt: skip

    def _add_stdin(self) -> None:
        try:
            self.add_text(decode(standard_input(), "<stdin>"))
        except UnreadableError as error:
            self.report.add("DR906", str(error))

    def _add_open(self, file: SupportsRead) -> None:
        name = getattr(file, "name", "")
        name = name if isinstance(name, str) and name else "<file>"
        try:
            data = file.read(MAX_FILE_BYTES + 1)
            self.add_text(_text(data, name))
        except UnreadableError as error:
            self.report.add("DR906", str(error))
        except (OSError, ValueError) as error:
            self.report.add("DR906", f"`{name}` cannot be read: {error}")

    def add_texts(self, texts: Named) -> None:
        """Parse texts by name; an `include` in one names another of them."""
        if len(texts) > MAX_FILES:
            self.report.add("DR907", f"{len(texts):,} files; {MAX_FILES:,} is the limit")
            return
        done: set[str] = set()
        for name in texts:
            self._add_named(name, texts, [], None, done)

    def _add_named(self, name: str, texts: Named, above: list[str], span: Span | None, done: set[str]) -> None:
        if name in above:
            self.report.add("DR910", f"`{name}` includes itself", span, help="leave one `include` out")
            return
        if name in done:
            return
        done.add(name)
        if len(above) > MAX_INCLUDE_DEPTH:
            self.report.add("DR910", f"more than {MAX_INCLUDE_DEPTH} levels of `include`", span)
            return
        try:
            source = _text(texts[name], name)
        except UnreadableError as error:
            self.report.add("DR906", str(error), span)
            return
        self._bytes += len(source.text)
        if self._bytes > MAX_LOAD_CHARACTERS:
            self.report.add("DR907", f"more than {MAX_LOAD_CHARACTERS:,} characters in all files", span)
            return
        file = parse(source, self.report)
        for path in filter(None, map(self._included, file.statements)):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(name), path.text))
            if other in texts:
                self._add_named(other, texts, [*above, name], path.span, done)
            else:
                self.report.add("DR910", f"no text is named `{other}`", path.span, help=did_you_mean(other, texts))
        self.files.append(file)

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
        folder = Path(name).parent
        for path in filter(None, map(self._included, file.statements)):
            inner = os.path.join(folder, path.text) if str(folder) != "." else path.text
            self._add(inner, root, [*above, real], path.span)
        self.files.append(file)

    def _included(self, statement: Statement) -> Leaf | None:
        """The path of an `include`; None for another statement, and after reporting one that is wrong."""
        if statement.head.text != "include" or statement.label is not None or statement.wrong:
            return None
        first = statement.items[0].values[0] if statement.items and statement.items[0].values else None
        if (
            not isinstance(first, Leaf)
            or first.kind != "STRING"
            or len(statement.items) > 1
            or len(statement.items[0].values) > 1
        ):
            self.report.add("DR910", "`include` takes one quoted path", statement.span, help='`include "terms.deal"`')
            return None
        return first


def _text(data: object, name: str) -> SourceText:
    """The text of what was read or given; UnreadableError where it is none, or too long."""
    if isinstance(data, bytes | bytearray | memoryview):
        return decode(bytes(data), name)
    if not isinstance(data, str):
        raise UnreadableError(f"`{name}` holds no text: it is {type(data).__name__}")
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableError(f"`{name}` has more than {MAX_FILE_BYTES:,} characters, the limit")
    return SourceText(name, normal(data))


def default_name(sources: Sequence[Source]) -> str:
    """What a deal without a `deal` statement is called: its folder or its file, or `sketch`."""
    for path in sources:
        if not isinstance(path, str | os.PathLike):
            continue
        text = os.fspath(path)
        if text != "-":
            stem = Path(text).stem if not os.path.isdir(text) else Path(text).resolve().name
            cleaned = "".join(c if c.isalnum() or c in "-_" else "-" for c in stem).strip("-")
            if cleaned and not cleaned[0].isdigit():
                return cleaned
    return "sketch"


def read_again(texts: Sequence[SourceText], name: str, sources: Sequence[Source]) -> tuple[Model, Report]:
    """The model of a contract's texts with others behind them, unchecked, and what was wrong with reading them; `name`
    is that of its deal."""
    loader = Loader(Report())
    loader.again(texts)
    loader.load(sources)
    return resolve(loader.files, loader.report, name), loader.report


def name_of_deal(model: Model) -> str:
    """What a text is called that names no deal: as the first deal of a model."""
    return model.instruments[0].deal if model.instruments else "sketch"
