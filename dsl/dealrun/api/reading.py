"""From files or texts to a contract: reading, checking, and what is wrong with them.

In: paths, open files or texts. Out: a `Contract`, or a `LoadError` with everything that is wrong; a `ReadResult` with
what could be understood beside it. Guaranteed: nothing is raised one error at a time.
"""

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import attrs

from dealrun.api.contract import Contract
from dealrun.api.loading import Loader, Source, default_name
from dealrun.arguments import checked
from dealrun.budget import counted, seeking
from dealrun.check import run_checks
from dealrun.diagnostics import Report, Severity, of_limit
from dealrun.diagnostics.found import Diagnostics, LoadError
from dealrun.errors import ArgumentError, LimitError
from dealrun.model.contract import Model, under
from dealrun.model.resolve import resolve
from dealrun.source import SourceText
from dealrun.source.files import SupportsRead, UnreadableError, decode, normal
from dealrun.state.amend.index import Index
from dealrun.state.knowledge import make_world
from dealrun.state.timeline import Timeline


@attrs.frozen
class ReadResult:
    r"""What could be understood of files, and what is wrong with them.

    >>> result = dealrun.reads('party A "A"\nshare: revshare A->B 10% until\n')
    >>> result.contract, result.labels, len(result.diagnostics)
    (None, ('share',), 2)
    >>> result.findings() == result.diagnostics  # without a contract there are no conflicts
    True
    """

    contract: Contract | None
    """The contract, where the files make one."""
    diagnostics: Diagnostics
    """Errors, warnings and notes."""
    model: Model = attrs.field(repr=False)
    """Every statement that is right; one that is wrong keeps its label, and the name that it declares."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of all clauses, those included that are wrong."""
        return tuple(key for key in self.model.names.declared if isinstance(key, str))

    def findings(self) -> Diagnostics:
        """The errors, warnings and notes and, where the files make a contract, its conflicts."""
        if self.contract is None:
            return self.diagnostics
        return Diagnostics(Report([*self.diagnostics, *self.contract.conflicts()]).sorted())


def _compile(loader: Loader, name: str) -> ReadResult:
    report = loader.report
    model = resolve(loader.files, report, name)
    index = Index(model)
    if not report.has_errors:
        try:
            with counted():
                run_all_checks(model, index, report)
        except LimitError as error:
            report.found.append(of_limit(error))
    _note_sketch(model, report)
    if report.has_errors:
        from dealrun.diagnostics.idioms import with_idioms  # noqa: PLC0415 - few files have errors

        report.found = with_idioms(report.found)
    found = report.sorted()
    contract = None
    if not any(d.severity is Severity.ERROR for d in found):
        texts = tuple(file.source for file in loader.files)
        contract = Contract(model, index, found, tuple(loader.paths), texts)
    return ReadResult(contract, Diagnostics(found), model)


def run_all_checks(model: Model, index: Index, report: Report) -> None:
    """Check a model, and again under each of its readings; what is wrong under several is said once."""
    _check(model, index, report)
    for reading in model.readings:
        read_ = under(model, {reading.name})
        _check(read_, Index(read_), report)


def _check(model: Model, index: Index, report: Report) -> None:
    run_checks(model, index, lambda known: Timeline(index, make_world(index.recorded, known, (), {})), report)


def _note_sketch(model: Model, report: Report) -> None:
    if model.assumed:
        taken = ", ".join(f"{assumed.name} ({assumed.kind})" for assumed in model.assumed)
        first = min(model.assumed, key=lambda assumed: (assumed.span.source.name, assumed.span.start))
        report.add("DR211", f"no party is declared, so this is a sketch; taken as they come: {taken}", first.span)


def listed(source: Source | Sequence[Source]) -> list[Source]:
    """One source, or several, as a list."""
    return [source] if isinstance(source, str | os.PathLike | Mapping | SupportsRead) else list(source)


@checked
def read(source: Source | Sequence[Source]) -> ReadResult:
    """Read files, and say what could be understood of them beside what is wrong.

    `source` is as in `load`, and not empty. Nothing that is wrong with a contract's text is raised.

    >>> result = dealrun.read("contracts/book-royalty")
    >>> result.contract, len(result.diagnostics)
    (Contract(book-royalty), 0)
    """
    sources = listed(source)
    if not sources or any(isinstance(each, Mapping) and not each for each in sources):
        raise ArgumentError("there is nothing to read: a list or a mapping is empty")
    loader = Loader(Report())
    with seeking(), _uncollected():
        loader.load(sources)
        return _compile(loader, default_name(sources))


@checked
def findings(source: Source | Sequence[Source]) -> Diagnostics:
    r"""The errors, warnings and notes of files and, where the files make a contract, its conflicts.

    `source` is as in `load`.

    >>> dealrun.findings({"a.deal": "share: revshare A->B 10% until\n"})
    Diagnostics(DR211, DR301)
    """
    return read(source).findings()


@checked
def reads(text: str | bytes, name: str = "<text>") -> ReadResult:
    r"""As `read`, of one text; `name` stands for the file in places.

    >>> result = dealrun.reads('party A "A"\nshare: revshare A->B 10% until\n')
    >>> result.contract is None, result.labels
    (True, ('share',))
    """
    loader = Loader(Report())
    with seeking(), _uncollected():
        try:
            loader.add_text(decode(text, name) if isinstance(text, bytes) else SourceText(name, normal(text)))
        except UnreadableError as error:
            loader.report.add("DR906", str(error))
        return _compile(loader, "sketch")


@checked
def load(source: Source | Sequence[Source]) -> Contract:
    """Load a contract; LoadError where the files make none, which says every error of the run with its place.

    `source` is the path of a file or of a folder (which is one deal: the agreement and its instruments), an open file,
    a mapping of names to texts (`{"agreement.deal": "..."}`), or a list of such. An `include` stays below the folder
    of its file, or within the mapping.

    >>> dealrun.load("contracts/book-royalty").labels[:3]
    ('term', 'grant', 'reversion')
    """
    return _sound(read(source))


@checked
def loads(text: str | bytes, name: str = "<text>") -> Contract:
    r"""Load a contract from a text, in UTF-8 where it is bytes; LoadError as in `load`. `name` stands for the file.

    >>> dealrun.loads('deal d "A deal" signed 2024-01-01\nparty A "A"\nparty B "B"\ns: revshare A->B 10%\n').labels
    ('s',)
    """
    return _sound(reads(text, name))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: loading makes much that stays and none that is a cycle, so that collecting finds
    nothing, and takes half of the time of a large file. Another thread that loads meanwhile may end it early."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _sound(found: ReadResult) -> Contract:
    if found.contract is None:
        raise LoadError(found.diagnostics)
    return found.contract
