"""Files in canonical form.

In: paths or texts. Out: what the files hold in canonical form, never written; or why there is none.
"""

import os
from collections.abc import Iterable

import attrs

from dealrun.arguments import checked
from dealrun.diagnostics import Report
from dealrun.diagnostics.found import Diagnostics, LoadError
from dealrun.limits import MAX_FILE_BYTES
from dealrun.source import SourceText
from dealrun.source.files import decode, expand, normal, standard_input
from dealrun.source.opening import open_file, root_of, unreadable
from dealrun.syntax.format import format_source


def deal_files(paths: Iterable[str | os.PathLike[str]]) -> list[str | os.PathLike[str]]:
    """The `.deal` files among paths and in folders, in order; `-` is standard input. UnreadableError for another.

    >>> [str(each) for each in dealrun.deal_files(["contracts/book-royalty"])]
    ['contracts/book-royalty/2023-agreement.deal', 'contracts/book-royalty/2025-amendment.deal']
    """
    try:
        return [*expand(paths)]
    except OSError as error:
        raise unreadable(str(error.filename), (error.strerror or "unknown error").lower()) from None


@attrs.frozen
class Formatted:
    """A file in canonical form.

    >>> found = dealrun.format_file("contracts/book-royalty/2023-agreement.deal")
    >>> found.text.encode() == found.before
    True
    """

    name: str
    before: bytes
    """As it was read."""
    text: str | None
    """In canonical form; None where it has errors."""
    diagnostics: Diagnostics


@checked
def format_text(text: str | bytes, name: str = "<text>") -> str:
    r"""A text in canonical form: only blanks and line ends differ. LoadError where it has errors.

    >>> dealrun.format_text('party  A   "A"\n')
    'party A "A"\n'
    """
    found = _formatted(decode(text, name) if isinstance(text, bytes) else SourceText(name, normal(text)), b"")
    if found.text is None:
        raise LoadError(found.diagnostics)
    return found.text


def format_file(path: str | os.PathLike[str]) -> Formatted:
    """A file in canonical form, which is not written; `-` is standard input. UnreadableError if it cannot be read.

    >>> dealrun.format_file("contracts/book-royalty/2023-agreement.deal").diagnostics
    Diagnostics()
    """
    name = os.fspath(path)
    if name == "-":
        data, name = standard_input(), "<stdin>"
    else:
        try:
            with open_file(name, root_of(path)) as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise unreadable(name, (error.strerror or "unknown error").lower()) from None
    return _formatted(decode(data, name), data)


def _formatted(source: SourceText, data: bytes) -> Formatted:
    report = Report()
    text = format_source(source, report)
    return Formatted(source.name, data, text, Diagnostics(report.sorted()))
