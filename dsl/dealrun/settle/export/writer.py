"""Sheets as the bytes of an XLSX file.

In: sheets. Out: a file. Guaranteed: a number is written as a number only where 15 significant digits hold it, as a
spreadsheet keeps no more, and as its exact text otherwise; text is never a formula or a link, nor becomes one when
someone edits the cell; the same sheets give the same bytes.
"""

import io
from datetime import date, datetime
from typing import Any, Final

from dealrun.diagnostics.render import width_of
from dealrun.extras import need
from dealrun.settle.export.sheets import HEAD, Date, Formula, Number, Present, Sheet
from dealrun.settle.export.values import exact_text
from dealrun.source.plain import risky
from dealrun.time.days import LAST, iso

PLAIN: Final = date(1900, 3, 1).toordinal()
"""Spreadsheets disagree about the days before this one."""

TOTAL: Final = 4
"""The column of the figure above the header."""


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def _width(cell: Present) -> int:
    match cell:
        case str():
            return max(map(width_of, cell.split("\n")))
        case Date():
            return 10
        case Number():
            return len(f"{cell.decimal:,.{cell.places}f}" if cell.decimal is not None else exact_text(cell.value))
        case Formula(value=value, digits=digits):
            return len(f"{int(value):,}") + digits + 1


class SheetWriter:
    """Writes sheets into one workbook."""

    def __init__(self) -> None:
        self._out = io.BytesIO()
        # In memory, the parts of the archive have a fixed time.
        self._book = need("xlsxwriter").Workbook(self._out, {"in_memory": True})
        self._book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - XlsxWriter takes it for UTC
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def _format(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", **properties})
        return self._formats[key]

    def _cell(self, out: Any, row: int, column: int, cell: Present, **look: object) -> None:
        """Write a cell; `look` is what its row and its column give it."""
        match cell:
            case Number() if cell.decimal is not None:
                # The only place where a figure becomes a double: one that gives its 15 digits back.
                form = self._format(**look | {"num_format": _pattern(cell.places)})
                out.write_number(row, column, float(cell.decimal), form)
            case Number(value):
                out.write_string(row, column, exact_text(value), self._format(**look))
            case Formula(text, value, digits):
                form = self._format(**look | {"num_format": _pattern(digits)})
                out.write_formula(row, column, f"={text}", form, float(value))
            case Date(day) if PLAIN <= day <= LAST:
                form = self._format(**look | {"num_format": "yyyy-mm-dd"})
                out.write_datetime(row, column, datetime.fromordinal(day), form)
            case Date(day):
                out.write_string(row, column, iso(day), self._format(**look))
            case str():
                prefix = {"quote_prefix": True} if risky(cell) else {}
                out.write_string(row, column, cell, self._format(**look | {"text_wrap": True} | prefix))

    def write(self, sheet: Sheet, title: str, subtitle: str, total: tuple[str, Formula] | None = None) -> None:
        """Write a sheet; `total` is a figure to stand above its header, with its name."""
        out = self._book.add_worksheet(sheet.name)
        out.set_row(0, 20)
        out.write_string(0, 0, title, self._format(bold=True, font_size=14))
        out.write_string(1, 0, subtitle, self._format())
        if total:
            out.write_string(2, 0, total[0], self._format())
            self._cell(out, 2, TOTAL, total[1], bold=True)
        sides: list[dict[str, object]] = []
        lines = 1
        for index, column in enumerate(sheet.columns):
            cells = [cell for row in sheet.rows if (cell := row.cells.get(column.key)) is not None]
            numeric = any(isinstance(cell, Number | Formula) for cell in cells)
            # Text keeps its distance from the number on its left.
            sides.append({"align": "right"} if numeric else {"align": "left", "indent": 1})
            widest = max((_width(cell) for cell in cells), default=0)
            least = max(len(word) for word in column.header.split())
            width = max(min(column.width, widest), least) + 2
            lines = max(lines, -(-(len(column.header) + 2) // width))
            out.set_column(index, index, width)
            fill = "#D9D9D9" if column.check else "#DDEBF7"
            head = self._format(bold=True, text_wrap=True, bottom=1, bg_color=fill, **sides[-1])
            out.write_string(HEAD - 1, index, column.header, head)
        out.set_row(HEAD - 1, 16 * lines)
        for number, row in enumerate(sheet.rows, HEAD):
            look: dict[str, object] = {"bold": True} if row.strong else {}
            if row.faint:
                look |= {"italic": True, "font_color": "#595959"}
            if row.level:
                out.set_row(number, None, None, {"level": row.level})
            for index, (column, side) in enumerate(zip(sheet.columns, sides, strict=True)):
                if (cell := row.cells.get(column.key)) is not None:
                    self._cell(out, number, index, cell, **look, **side)
        self._set_up(out, sheet)

    def _set_up(self, out: Any, sheet: Sheet) -> None:
        last = max(sheet.following - 2, HEAD)
        out.freeze_panes(HEAD, min(3, len(sheet.columns) - 1))
        out.autofilter(HEAD - 1, 0, last, len(sheet.columns) - 1)
        out.outline_settings(symbols_below=False)
        out.set_landscape()
        out.set_paper(9)
        out.fit_to_pages(1, 0)
        out.repeat_rows(HEAD - 1)
        out.set_margins(left=0.4, right=0.4)
        out.print_area(0, 0, last, sum(not column.check for column in sheet.columns) - 1)
        out.set_footer(f"&L{sheet.name}&RPage &P of &N")
        alarm = self._format(bg_color="#FFC7CE", font_color="#9C0006")
        for index, column in enumerate(sheet.columns):
            if column.check and column.header.startswith("Check"):
                cell = sheet.at(column.key, HEAD + 1)
                wrong = {"type": "formula", "criteria": f"=AND(ISNUMBER({cell}),{cell}<>0)", "format": alarm}
                out.conditional_format(HEAD, index, last, index, wrong)

    def finish(self) -> bytes:
        """The file."""
        self._book.close()
        return self._out.getvalue()
