"""Blocks as Markdown, and as HTML that stands in a page of somebody else's.

In: blocks. Out: text. Guaranteed: nothing of a file's text is taken for markup; tables have a header row that readers
of screens know.
"""

from collections.abc import Iterable, Sequence
from html import escape

from dealrun.diagnostics import Diagnostic
from dealrun.render.blocks import Block, Findings, Heading, Paragraph, Table
from dealrun.source.plain import safe

_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>|#~&"})


def plain(text: str) -> str:
    """A text in which Markdown finds nothing of its own."""
    return safe(text).translate(_SPECIAL)


def markdown(blocks: Iterable[Block]) -> str:
    """Markdown, with a line end behind the last line."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Heading(text, level):
                parts.append(f"{'#' * level} {plain(text)}")
            case Paragraph(text, indent, code, strong):
                lead = f"`{safe(code)}`" * bool(code) + f"**{plain(strong)}**" * bool(strong)
                parts.append("> " * indent + lead + plain(text))
            case Table(header, rows, figures) if rows:
                parts.append("\n".join(_markdown(header, rows, figures)))
            case Findings(found):
                parts += [plain(_finding(each)) for each in found]
            case _:
                pass
    return "\n\n".join(parts) + "\n"


def _finding(found: Diagnostic) -> str:
    """A finding in a sentence: where, how grave, what, and what to do."""
    where = f"{found.span.place}: " if found.span is not None else ""
    return f"{where}{found.severity.value} {found.code}: {found.message}" + (f" ({found.help})" if found.help else "")


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]], figures: Sequence[int]) -> list[str]:
    rules = ("---:|" if column in figures else "---|" for column in range(len(header)))
    lines = [f"| {' | '.join(plain(name) for name in header)} |", f"|{''.join(rules)}"]
    return lines + [f"| {' | '.join(plain(cell) for cell in row)} |" for row in rows]


def html(blocks: Iterable[Block]) -> str:
    """HTML without a page around it: headings, paragraphs and tables, with no style but what is flush right."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Heading(text, level):
                parts.append(f"<h{level + 2}>{_html(text)}</h{level + 2}>")
            case Paragraph(text, indent, code, strong):
                style = f' style="margin-left: {indent}em"' if indent else ""
                lead = f"<code>{_html(code)}</code>" * bool(code) + f"<strong>{_html(strong)}</strong>" * bool(strong)
                parts.append(f"<p{style}>{lead}{_html(text)}</p>")
            case Table(header, rows, figures) if rows:
                parts.append(_table(header, rows, figures))
            case Findings(found):
                parts += [f"<p>{_html(_finding(each))}</p>" for each in found]
            case _:
                pass
    return "\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], figures: Sequence[int]) -> str:
    def cell(column: int, text: str) -> str:
        right = ' style="text-align: right"' if column in figures else ' style="text-align: left"'
        tag, scope = ("td", "") if column else ("th", ' scope="row"')
        return f"<{tag}{scope}{right}>{_html(text)}</{tag}>"

    head = "".join(f'<th scope="col">{_html(name)}</th>' for name in header)
    body = (f"<tr>{''.join(cell(column, text) for column, text in enumerate(row))}</tr>" for row in rows)
    return "\n".join(["<table>", f"<thead><tr>{head}</tr></thead>", "<tbody>", *body, "</tbody>", "</table>"])


def _html(text: str) -> str:
    return escape(safe(text))
