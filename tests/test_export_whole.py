"""Everything that a file says, in one text: each cell of a workbook with its looks, each piece of a picture.

The texts under `goldens/export/` are read by people when they change; that their figures are right is what
`test_export.py` shows, with libraries that are not ours.
"""

import io
import warnings
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest

import statements
from conftest import ROOT, golden
from dealrun.extras import need
from dealrun.model.contract import Cite
from dealrun.settle.export import plot, rows
from dealrun.settle.export.curves import MOST_SERIES, panels, ticks
from dealrun.settle.export.panel import plain
from dealrun.settle.export.rows import TABLES
from dealrun.settle.export.sheets import Number, fits
from dealrun.settle.export.tabular import csv_text, parquet, to_arrow
from dealrun.settle.export.values import dated, exact_text, split_of
from dealrun.settle.export.xlsx import workbook
from dealrun.settle.statement import (
    Between,
    Figure,
    Limit,
    Money,
    Settlement,
    Share,
    Unclaimed,
    Unsettled,
    as_date,
    as_dates,
)
from dealrun.time import ALWAYS, NEVER
from dealrun.time.days import FIRST, LAST, iso
from statements import Clause, flat, line, part, quarter, settlement

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("pyarrow")
pytest.importorskip("xlsxwriter")
pytest.importorskip("matplotlib")

GOLDENS = ROOT / "tests" / "goldens" / "export"


def known() -> Settlement:
    """Tiers, a credit, three payees, an advance, a cap, a price, three currencies, a forecast: every figure known."""
    book, capped = statements.royalty(), statements.capped()
    book.payments = book.payments[:3]
    yen = statements.units_price("JPY", "123457", "3")
    yen.payments = yen.payments[:1]
    minimum = Clause("minimum", "EUR", verb="fee", deal="")
    minimum.pay(quarter(2025, 1), [flat("true-up", quarter(2025, 1), Money.of(1, "EUR"), floor="0.01 EUR", of="A")])
    sold = attrs.evolve(
        part(quarter(2025, 2), "12.5", "8%", "EUR"), deducted=Fraction(5, 2), instrument="first",
        contingent_on=("E", "F"), cites=(Cite("first", "s 2"), Cite("first", "s 3")),
    )  # fmt: skip
    hoped = part(quarter(2025, 2), "7.5", "8%", "EUR", tiers=[("0", "7.5", "8%")], forecast=True)
    both = line("share", quarter(2025, 2), "EUR", [sold, hoped])
    minimum.pay(
        quarter(2025, 2), [attrs.evolve(both, figures=(Figure("so far", "12.50 EUR"), Figure("then", "20.00 EUR")))]
    )
    return settlement(
        [book, capped, yen, minimum],
        paid=(5_000_00, 200_000_00),
        notes=("Two readings agree.", "=1+1 is a note"),
        unclaimed=[
            *statements.UNCLAIMED,
            Unclaimed("films", "", "", "", "no clause", 2, Fraction(10**20, 3), "USD"),
        ],
        unsettled=(Unsettled("equity", "an asset, not money"),),
    )


def open_() -> Settlement:
    """A cap that nobody knows, shares between bounds and without one, and sums that a spreadsheet would round."""
    capped = statements.capped(None)
    capped.payments = capped.payments[:4]
    odd = Clause("odd", "USD", payees=("AUTHOR", "HEIR"), percents=(60, 40), hangs_on=("X", "Y"))
    period = quarter(2025, 1)
    between = attrs.evolve(
        part(period, "1000", "1%", "USD"), rate="X", share=Between(Fraction(1), Fraction(3)),
        amount=Money(100, 300, "USD"), contingent_on=("X", "Y"),
    )  # fmt: skip
    ranged = attrs.evolve(flat("share", period, Money(100, 300, "USD")), parts=(between,))
    odd.pay(period, [ranged], withheld=Money(0, 50, "USD"), amount=Money(50, 300, "USD"))
    unbound = attrs.evolve(between, share=Between(Fraction(0), None), amount=Money(None, None, "USD"))
    odd.pay(
        quarter(2025, 2), [attrs.evolve(flat("fee", period, Money(None, None, "USD")), parts=(unbound,))],
        limits=[Limit(as_dates(period), "X", Between(None, Fraction(4)), Money(0, 300, "USD"), Money.of(0, "USD"),
                      Money(None, 100, "USD"), "min(3.00 USD, X)")],
        amount=Money(None, 100, "USD"),
    )  # fmt: skip
    long = Clause("long", "KWD")
    wide = part(quarter(2025, 1), Fraction(10**17, 3), "1%", "KWD", tiers=[("0", f"{10**17}/3", "1%")])
    third = part(quarter(2025, 1), Fraction(100, 3), "1/7", "KWD", tiers=[("0", "100/3", "3%")])
    long.pay(quarter(2025, 1), [line("share", quarter(2025, 1), "KWD", [wide, third])])
    found = settlement([capped, odd, long], paid=(10_000_00,))
    return attrs.evolve(found, known=None, rows=0, later_rows=0, sources=())


def bounds_() -> Settlement:
    """For pictures: amounts with every kind of bound over one another, a cap of every kind in one window."""
    clauses = []
    for label, amounts in (
        ("up", (Money(200, None, "USD"), Money(None, None, "USD"), Money(-300, -100, "USD"), Money(100, 400, "USD"))),
        ("down", (Money(-500, -200, "USD"), Money(300, 500, "USD"), Money(None, -200, "USD"), Money(None, 30, "USD"))),
        ("sure", tuple(Money.of(100 * amount, "USD") for amount in (1, -2, -3, 4))),
    ):
        clause = Clause(label, "USD", hangs_on=("X",))
        for number, amount in enumerate(amounts, 1):
            zero = flat("fee", quarter(2025, number), Money.of(0, "USD"))
            clause.pay(quarter(2025, number), [zero], amount=amount)
        clauses.append(clause)
    capped = Clause("of a name that is rather long, cut behind its 39th letter", "EUR", hangs_on=("X",))
    caps: tuple[tuple[int | None, int | None], ...] = (
        (1000, 1000), (800, 800), (400, 600), (None, 500), (300, None), (None, None), (200, 200),
    )  # fmt: skip
    total = 0
    for number, cap in enumerate(caps):
        month = statements.span(f"2025-{number + 3:02}-02", f"2025-{number + 4:02}-01")
        total += 10000
        low, high = (None if bound is None else Fraction(bound) for bound in cap)
        paid = Money(None if number == 4 else total, None if number in (3, 4) else total + 5000 * (number == 2), "EUR")
        limit = Limit(
            as_dates(statements.span("2025-01-01", "2025-12-31")), "X", Between(low, high),
            Money(total, total + 100 * number, "EUR"),
            Money.of(0, "EUR"), paid, "",
        )  # fmt: skip
        sold = part(month, "10000", "1%", "EUR", forecast=number == 6)
        capped.pay(month, [line("share", month, "EUR", [sold])], limits=[limit], amount=Money(0, 100_000, "EUR"))
    unknown = Clause("unknown", "KWD", hangs_on=("X",))
    amount = Money(None, None, "KWD")
    unknown.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(0, "KWD"))], amount=amount)
    return settlement([*clauses, capped, unknown])


WHOLE = pytest.mark.parametrize(("name", "found"), [("known", known()), ("open", open_())], ids=["known", "open"])


@WHOLE
def test_every_cell_of_every_table(name: str, found: Settlement, rewrite: bool) -> None:
    """As CSV; what Arrow holds has the same names, and its types."""
    text = "\n".join(f"{of}\n{csv_text(found, of)}" for of in TABLES).replace("\r\n", "\n")
    types = "\n".join(f"{of}\n{to_arrow(found, of).schema}\n" for of in TABLES)
    golden(GOLDENS / f"{name}.csv.txt", f"{text}\n{types}", rewrite=rewrite)


@WHOLE
def test_every_value_of_arrow_is_that_of_csv(name: str, found: Settlement) -> None:
    """Row by row, whatever the type."""
    for of in TABLES:
        shown = csv_text(found, of).splitlines()[1:]
        table = to_arrow(found, of)
        assert table.num_rows == len(shown), (name, of)


def test_columns_are_written_with_their_kinds() -> None:
    """A name alone is text; with a star, a figure has its least and its most beside it."""
    assert rows.columns("a b:day c:money*") == (
        rows.Field("a", "text"), rows.Field("b", "day"),
        *(rows.Field(name, "money") for name in ("c", "c_least", "c_most")),
    )  # fmt: skip
    assert rows.columns("") == ()


def test_a_table_has_its_name_and_others_are_named() -> None:
    """Who asks for what is no table is told which there are."""
    assert [rows.table(known(), name).name for name in TABLES] == list(TABLES)
    with pytest.raises(ValueError, match="`x` is no table") as caught:
        rows.table(known(), "x")
    assert str(caught.value) == (
        "`x` is no table of a statement; there are statement, splits, limits, tiers, balances, parties, unclaimed, "
        "unsettled, about"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 5**40), f"0.{2**40:0>40}"), (Fraction(-7, 2**70), f"-0.{7 * 5**70:0>70}"),
        (Fraction(1, 3 * 5**30), f"1/{3 * 5**30}"), (Fraction(10**40), "1" + "0" * 40), (Fraction(3, 8), "0.375"),
    ],
)  # fmt: skip
def test_long_figures_are_said_to_the_last_digit(value: Fraction, text: str) -> None:
    """However long; where no decimal ends, as a fraction."""
    assert exact_text(value) == text


def test_a_parquet_is_packed_and_of_one_version() -> None:
    """So that the same statement gives the same bytes on every machine, and few."""
    file = need("pyarrow.parquet").ParquetFile(io.BytesIO(parquet(known())))
    assert file.metadata.format_version == "2.6"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def _look(cell: Any) -> str:
    """How a cell looks, in words."""
    font, fill, align = cell.font, cell.fill, cell.alignment
    words = [
        cell.number_format if cell.number_format != "General" else "",
        "bold" if font.b else "",
        "italic" if font.i else "",
        f"size {font.sz:g}" if font.sz != 11 else "",
        f"#{font.color.rgb}" if font.color is not None and font.color.type == "rgb" else "",
        f"on #{fill.fgColor.rgb}" if fill.fill_type else "",
        f"line {cell.border.bottom.style}" if cell.border.bottom.style else "",
        str(align.horizontal or ""),
        str(align.vertical or ""),
        f"indent {align.indent:g}" if align.indent else "",
        "wrap" if align.wrap_text else "",
        "quoted" if cell.quotePrefix else "",
    ]
    return ", ".join(word for word in words if word)


def _cells(data: bytes) -> Iterator[str]:
    """A workbook as lines of text."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    yield f"created {book.properties.created}"
    for sheet in book:
        yield f"\n{sheet.title}"
        page, margins = sheet.page_setup, sheet.page_margins
        yield f"frozen {sheet.freeze_panes}, filter {sheet.auto_filter.ref}, printed {sheet.print_area}"
        yield f"paper {page.paperSize} {page.orientation}, {page.fitToWidth} by {page.fitToHeight} pages"
        yield f"margins {margins.left} {margins.right} {margins.top}, rows {sheet.print_title_rows}"
        yield f"footer {sheet.oddFooter.left.text} | {sheet.oddFooter.center.text} | {sheet.oddFooter.right.text}"
        yield f"folds below {sheet.sheet_properties.outlinePr.summaryBelow}"
        for rules in sheet.conditional_formatting:
            for rule in rules.rules:
                look = f"#{rule.dxf.font.color.rgb} on #{rule.dxf.fill.bgColor.rgb}"
                yield f"alarm {rules.sqref}: {rule.type} {rule.formula} {look}"
        widths = (f"{letter} {size.width:g}" for letter, size in sorted(sheet.column_dimensions.items()))
        yield f"widths {', '.join(widths)}"
        heights = sorted(sheet.row_dimensions.items())
        sizes = (f"{row} {size.height or ''} {size.outlineLevel or ''}".strip() for row, size in heights)
        yield f"rows {', '.join(size for size in sizes if ' ' in size)}"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                value = cell.value.date() if isinstance(cell.value, datetime) else cell.value
                computed = f" -> {values[sheet.title][cell.coordinate].value!r}" if cell.data_type == "f" else ""
                yield f"{cell.coordinate} {value!s}{computed} ({_look(cell)})".replace("\n", "\\n")


@WHOLE
def test_every_cell_of_a_workbook(name: str, found: Settlement, rewrite: bool) -> None:
    """Its value or its formula with what it comes to, and how it looks; widths, folds, alarms, and how it prints."""
    golden(GOLDENS / f"{name}.xlsx.txt", "\n".join(_cells(workbook(found, title="Royalties"))) + "\n", rewrite=rewrite)


def _number(value: Any) -> str:
    """A place, to the tenth of a thousandth."""
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def _numbers(values: Any) -> str:
    return " ".join(map(_number, values))


def _colours(*colours: Any) -> str:
    """Colours, with how much each of them covers where that is not all."""
    to_hex = need("matplotlib.colors").to_hex
    return " ".join(to_hex(each, keep_alpha=True).removesuffix("ff") for each in colours)


def _dashes(piece: Any) -> str:
    """How the line of a piece is interrupted: lengths of dashes and gaps, and where it begins."""
    start, lengths = piece._unscaled_dash_pattern
    return "solid" if lengths is None else f"dashes {_numbers(lengths)} from {_number(start)}"


def _look_of_bar(bar: Any) -> str:
    look = f"{_colours(bar.get_facecolor(), bar.get_edgecolor())} {bar.get_hatch()}"
    return f"{look} {_number(bar.get_linewidth())} {_dashes(bar)} {_number(bar.get_zorder())}"


def _look_of_line(curve: Any) -> str:
    look = f"{_colours(curve.get_color())} {_dashes(curve)} {_number(curve.get_linewidth())}"
    ends = f"{curve.get_solid_capstyle()} {curve.get_solid_joinstyle()}"
    mark = f"{curve.get_marker()} {_number(curve.get_markersize())} {curve.get_drawstyle()}"
    return f"{look} {ends} {mark} {_number(curve.get_zorder())}{'' if curve.get_clip_on() else ' over the edge'}"


def _pieces_of_axes(axes: Any) -> Iterator[str]:
    """What stands in one of the boxes of a picture."""
    yield f"\n{axes.get_label()}: {axes.get_ylabel()!r} at {_numbers(axes.get_position().bounds)}"
    yield f"from {_numbers(axes.get_xlim())}, from {_numbers(axes.get_ylim())}"
    at = axes.get_xticks()
    ticks = zip(at, axes.xaxis.get_major_formatter().format_ticks(at), strict=True)
    words = "" if all(tick.label1.get_visible() for tick in axes.xaxis.get_major_ticks()) else ", not said"
    yield f"ticks {', '.join(f'{_number(at)} {label}' for at, label in ticks)}{words}"
    yield f"heights {', '.join(axes.yaxis.get_major_formatter()(value, 0) for value in axes.get_yticks())}"
    for axis in (axes.xaxis, axes.yaxis):
        lines = {_look_of_line(each) for each in axis.get_gridlines() if each.get_visible()}
        yield from (f"grid {axis.axis_name} {each}" for each in sorted(lines))
    for bar in axes.patches:
        yield f"bar {_numbers([*bar.get_xy(), bar.get_width(), bar.get_height()])} {_look_of_bar(bar)}"
    for curve in axes.lines:
        yield f"line {_numbers(curve.get_xdata())} / {_numbers(curve.get_ydata())} {_look_of_line(curve)}"
    for band in axes.collections:
        look = f"{_colours(*band.get_facecolor(), *band.get_edgecolor())} {band.get_hatch()}"
        outline = "; ".join(_numbers(path.vertices.flatten()) for path in band.get_paths())
        yield f"band {outline} {look} {_numbers(band.get_linewidth())} {_number(band.get_zorder())}"
    for text in axes.texts:
        places = _numbers([*text.xy, *text.get_position()])
        yield f"mark {text.get_text()!r} {places} {text.get_horizontalalignment()} {text.get_fontsize()}"
        frame = text.get_bbox_patch()
        around = f"{_colours(frame.get_facecolor(), frame.get_edgecolor())} {frame.get_boxstyle().pad}" if frame else ""
        yield f"    {text.xycoords} {text.anncoords} {text.get_annotation_clip()} {text.arrowprops or ''}{around}"


def _pieces(found: Settlement, *marks: tuple[int, str], title: str) -> Iterator[str]:
    """A picture as lines of text, from what matplotlib holds of it before it is drawn."""
    matplotlib = need("matplotlib")
    with matplotlib.rc_context(plot.SETTINGS):
        figure = plot._figure(found, marks, title)
        yield f"{_numbers(figure.get_size_inches())}: {figure.get_suptitle()}"
        for text in figure.texts:
            sides = f"{text.get_horizontalalignment()} {text.get_verticalalignment()}"
            yield f"{text.get_text()} at {_numbers(text.get_position())} {sides}"
        for axes in figure.axes:
            yield from _pieces_of_axes(axes)
        for legend in figure.legends:
            place = f"{_numbers(legend.get_bbox_to_anchor()._bbox.bounds)} from {legend._loc}"
            room = f"room {_numbers([legend.borderaxespad, legend.borderpad])}"
            frame = "frame" if legend.get_frame_on() else "no frame"
            yield f"\nlegend at {place}, {legend._ncols} columns, {room}, {frame}"
            for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True):
                look = _look_of_line(handle) if hasattr(handle, "get_marker") else _look_of_bar(handle)
                yield f"{text.get_text()} ({_number(text.get_fontsize())}): {look}"


@pytest.mark.parametrize(
    ("name", "found"), [("known", known()), ("open", open_()), ("bounds", bounds_())], ids=["known", "open", "bounds"]
)
def test_every_piece_of_a_picture(name: str, found: Settlement, rewrite: bool) -> None:
    """Bars, curves, bands, ticks, marks and legends: where they stand and how they look."""
    day = quarter(2025, 2)[0]
    marks = ((day, "first amendment"), (day + 5, "second amendment\nwith a name that is longer than any other"),
             (day + 100, "third"), (quarter(2025, 4)[1] + 50, "on the left"), (day + 10**5, "far away"))  # fmt: skip
    pieces = _pieces(found, *(marks if name != "bounds" else ()), title="Paid")
    golden(GOLDENS / f"{name}.svg.txt", "\n".join(pieces) + "\n", rewrite=rewrite)


def test_a_name_that_fits_is_not_cut() -> None:
    """Of at most forty characters; a longer one keeps 39, and what is no line of print is one."""
    assert plain("x" * 40) == "x" * 40
    assert plain("x" * 41) == "x" * 39 + "…"
    assert plain(" two\n  lines\x07 ") == "two lines�"
    assert plain("x" * 41, 100) == "x" * 41


@pytest.mark.parametrize(
    ("most", "name"),
    [
        (0, ""), (999_99, ""), (1000_00, "thousand "), (-1000_00, "thousand "), (999_999_99, "thousand "),
        (10**8, "million "), (10**11, "billion "), (10**14 - 1, "billion "), (10**14, "trillion "), (None, ""),
    ],
)  # fmt: skip
def test_the_scale_is_that_of_the_largest_amount(most: int | None, name: str) -> None:
    """From one thousand on in thousands, and so on; nothing and what has no bound in the currency itself."""
    clause = Clause("c", "USD")
    zero = flat("fee", quarter(2025, 1), Money.of(0, "USD"))
    clause.pay(quarter(2025, 1), [zero], amount=Money(most, most, "USD"))
    clause.pay(quarter(2025, 2), [zero], amount=Money.of(0, "USD"))
    with need("matplotlib").rc_context(plot.SETTINGS):
        above, below = plot._figure(settlement([clause]), (), "").axes
    assert above.get_ylabel() == f"payable per period,\n{name}USD"
    assert below.get_ylabel() == f"running total,\n{name}USD"


def test_a_total_that_is_not_known_is_in_the_legend() -> None:
    """Also where every payment is known."""
    clause = Clause("c", "USD", hangs_on=("X",))
    zero, period = Money.of(0, "USD"), quarter(2025, 1)
    limit = Limit(as_dates(period), "X", Between(Fraction(9), Fraction(9)), zero, zero, Money(100, 200, "USD"), "")
    clause.pay(period, [flat("fee", period, Money.of(100, "USD"))], limits=[limit])
    pieces = list(_pieces(settlement([clause]), title=""))
    assert [piece for piece in pieces if piece.startswith("not known")] == [
        "not known: from the least to the most (8): #00000000 #1b3a57 ++ 0.4 solid 1"
    ]


def test_every_clause_is_in_the_legend() -> None:
    """Also one whose name is a word of the picture, and two whose names differ behind what is drawn of them."""
    period = quarter(2025, 1)
    names = ["expected", "not known: from the least to the most", "x" * 50 + "1", "x" * 50 + "2"]
    clauses = []
    for name in names:
        clause = Clause(name, "USD", hangs_on=("X",))
        zero = Money.of(0, "USD")
        limit = Limit(as_dates(period), "X", Between(Fraction(1), Fraction(1)), zero, zero, zero, "")
        sold = part(period, "100", "1%", "USD", forecast=True)
        clause.pay(period, [line("share", period, "USD", [sold])], limits=[limit], amount=Money(0, 100, "USD"))
        clauses.append(clause)
    texts = [piece.rpartition(" (8): ")[0] for piece in _pieces(settlement(clauses), title="")]
    for name in names:
        short = plain(name)
        count = sum(plain(other) == short for other in names)
        assert texts.count(f"{short}: cap") == texts.count(f"{short}: accrued in the window") == count
        assert texts.count(short) == count + (name in names[:2])


def test_the_names_of_marks_do_not_cross_their_lines() -> None:
    """On the right of its line, or on the left where it would not fit; above the later ones that it reaches."""
    year = statements.span("2025-01-01", "2025-12-31")
    first, last = year
    marks = [(first, "a"), (first + 5, "b"), (first + 200, "c"), (last, "d"), (last, "long long name")]
    assert plot._rows(marks, year) == [
        (last, "long long name", 0, False), (last, "d", 1, False), (first + 200, "c", 0, True),
        (first + 5, "b", 0, True), (first, "a", 1, True),
    ]  # fmt: skip
    # A character takes 0.066 inches and the space beside it 0.1, of 8.75: on the 330th day of 365 eleven of them end
    # before the right edge, and twelve do not, nor on the day before. Wide characters count for two.
    for day, text, right in (
        (first + 329, "x" * 11, True), (first + 329, "x" * 12, False), (first + 328, "x" * 12, False),
        (first + 327, "x" * 12, True), (first + 329, "東" * 5, True), (first + 329, "東" * 6, False),
    ):  # fmt: skip
        assert plot._rows([(day, text)], year) == [(day, text, 0, right)], text
    # One that ends on the edge fits.
    assert plot._rows([(first + 240, "x" * 25)], (first, first + 299)) == [(first + 240, "x" * 25, 0, True)]
    # Two names of one day, on either side of their line, touch; and a name may reach those on the left of their lines.
    assert plot._rows([(first + 329, "x" * 12), (first + 329, "x")], year) == [
        (first + 329, "x" * 12, 0, False), (first + 329, "x", 1, True),
    ]  # fmt: skip
    assert plot._rows([(first + 329, "x" * 12), (first + 329, "z")], year) == [
        (first + 329, "z", 0, True), (first + 329, "x" * 12, 1, False),
    ]  # fmt: skip
    assert plot._rows([(last, "x" * 20), (first + 290, "x" * 9)], year) == [
        (last, "x" * 20, 0, False), (first + 290, "x" * 9, 1, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("quarters", "reach"), [(1, 15), (2, 30), (4, 60)])
def test_marks_near_the_periods_widen_the_picture(quarters: int, reach: int) -> None:
    """Within a sixth of what the periods span (90, 181, 365 days), before and after; further ones are left out."""
    clause = Clause("c", "USD")
    for number in range(1, quarters + 1):
        clause.pay(quarter(2025, number), [flat("fee", quarter(2025, number), Money.of(100, "USD"))])
    first, last = quarter(2025, 1)[0], quarter(2025, quarters)[1]
    found = settlement([clause])
    assert plot._near(found, [(first + 1, "x" * 50)]) == ([(first + 1, "x" * 39 + "…")], (first, last))
    ends = [(first - reach, "a"), (last + reach, "b")]
    assert plot._near(found, ends) == (ends, (first - reach, last + reach))
    assert plot._near(found, [(first - reach - 1, "a"), (last + reach + 1, "b")]) == ([], (first, last))


@pytest.mark.parametrize(("length", "columns"), [(22, 3), (23, 2), (24, 2), (40, 2)])
def test_a_legend_has_as_many_columns_as_fit(length: int, columns: int) -> None:
    """Its longest entry, here the name and `: payable so far`, takes 0.066 inches a character and 0.7, of 9.8."""
    clause = Clause("x" * length, "USD")
    clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(100, "USD"))])
    (legend,) = (piece for piece in _pieces(settlement([clause]), title="") if "legend" in piece)
    assert f", {columns} columns, " in legend


def test_a_picture_says_what_it_is() -> None:
    """Its title, what made it, and no time; a title is cut behind a hundred characters, in the picture, too."""
    root = ET.fromstring(plot.svg(known(), title="x" * 101))  # noqa: S314 - our own output
    every = [(each.tag.rpartition("}")[2], "".join(each.itertext()).strip()) for each in root.iter()]
    said = [text for tag, text in every if tag in ("title", "creator", "date")]
    assert said == [*2 * ["x" * 99 + "…"], *2 * ["dealrun"]]
    assert ("text", "x" * 99 + "…") in every
    assert b"Creator" not in plot.image(known(), (), "", "png")
    nothing = settlement([])
    assert ">Statement</dc:title>" in plot.svg(nothing)
    with need("matplotlib").rc_context(plot.SETTINGS):
        pieces = list(_pieces(nothing, title="x" * 101))
    assert pieces == [
        f"10 1: {'x' * 99}…", "nothing is payable at 0.5 0.3 center baseline", f"{'x' * 99}… at 0.5 0.98 center top"
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_picture_is_drawn_without_the_settings_of_others(form: Any) -> None:
    """Which stay as they were; and of a name in a script that the font lacks nothing is said."""
    matplotlib = need("matplotlib")
    expected = plot.image(known(), (), "東京", form)
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "svg.fonttype": "path"}), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert plot.image(known(), (), "東京", form) == expected
        assert (matplotlib.rcParams["font.size"], matplotlib.rcParams["svg.fonttype"]) == (30, "path")
        with pytest.raises(UserWarning, match="other"):
            warnings.warn("other", stacklevel=1)


def test_what_else_matplotlib_warns_of_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only letters that a font lacks are nothing to warn of."""
    figure = plot._figure

    def warned(*given: Any) -> Any:
        warnings.warn("something else", stacklevel=1)
        return figure(*given)

    monkeypatch.setattr(plot, "_figure", warned)
    with pytest.warns(UserWarning, match="something else"):
        plot.svg(known())


def plain_clauses(count: int) -> list[Clause]:
    """Clauses without caps: each pays a dollar more than the one before it, in the first quarter."""
    found = []
    for number in range(1, count + 1):
        clause = Clause(f"c{number}", "USD")
        clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(100 * number, "USD"))])
        found.append(clause)
    return found


def test_clauses_without_caps_have_one_running_total() -> None:
    """Of one clause it has the clause's name; the last of several payments of a day counts."""
    (panel,) = panels(settlement(plain_clauses(2)))
    (curve,) = panel.curves
    assert (curve.name, curve.series, curve.capped) == ("all clauses", MOST_SERIES, False)
    assert [[point.total for point in run] for run in curve.runs] == [[(Fraction(3), Fraction(3))]]
    (panel,) = panels(settlement(plain_clauses(1)))
    assert [(curve.name, curve.series) for curve in panel.curves] == [("c1", 0)]


def test_the_smaller_of_more_than_six_clauses_are_one() -> None:
    """Six are told apart; of seven, the five that move most, of which no bound is as little as nothing."""
    (panel,) = panels(settlement(plain_clauses(6)))
    assert panel.names == ("c1", "c2", "c3", "c4", "c5", "c6")
    (panel,) = panels(settlement(plain_clauses(7)))
    assert panel.names == ("c3", "c4", "c5", "c6", "c7", "2 other clauses")
    assert [(bar.series, str(bar.value[0])) for bar in panel.bars] == [*enumerate("345673")]
    clauses = plain_clauses(7)
    for clause, amount in zip(
        clauses, (Money(None, 450, "USD"), Money(-550, None, "USD"), Money(None, None, "USD")), strict=False
    ):
        clause.payments = [attrs.evolve(clause.payments[0], amount=amount)]
    (panel,) = panels(settlement(clauses))
    assert panel.names == ("c1", "c2", "c5", "c6", "c7", "2 other clauses")
    # A cent is more than nothing, and than what has no bound.
    clauses = plain_clauses(7)
    for clause, amount in zip(
        clauses, (Money.of(0, "USD"), Money(None, 0, "USD"), Money.of(1, "USD"), Money(0, None, "USD")), strict=False
    ):
        clause.payments = [attrs.evolve(clause.payments[0], amount=amount)]
    clauses.append(Clause("c8", "USD"))
    clauses[-1].pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(900, "USD"))])
    (panel,) = panels(settlement(clauses))
    assert panel.names == ("c3", "c5", "c6", "c7", "c8", "3 other clauses")


def test_no_bar_begins_before_the_one_before_it_ends() -> None:
    """A year that ends with the fourth quarter stands on the days of that quarter alone."""
    quarters, year = Clause("quarters", "USD"), Clause("year", "USD")
    for number in (1, 3):
        quarters.pay(quarter(2025, number), [flat("fee", quarter(2025, number), Money.of(100, "USD"))])
    year.pay(statements.span("2025-01-01", "2025-12-31"), [flat("fee", quarter(2025, 1), Money.of(100, "USD"))])
    (panel,) = panels(settlement([quarters, year]))
    assert [(iso(bar.first), iso(bar.last)) for bar in panel.bars] == [
        ("2025-01-01", "2025-03-31"), ("2025-07-01", "2025-09-30"), ("2025-10-01", "2025-12-31"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hoped", "start"), [((), None), ((2,), "2025-04-01"), ((1, 2), "2025-01-01"), ((1,), None)]
)  # fmt: skip
def test_what_is_expected_begins_behind_what_is_settled(hoped: tuple[int, ...], start: str | None) -> None:
    """The first day from which only what is expected is shown; a forecast of a quarter that is settled as well shows
    nothing."""
    clause = Clause("c", "USD")
    for number in (1, 2):
        sold = part(quarter(2025, number), "100", "1%", "USD", forecast=number in hoped)
        clause.pay(quarter(2025, number), [line("share", quarter(2025, number), "USD", [sold])])
    (panel,) = panels(settlement([clause]))
    assert panel.forecast == (None if start is None else statements.span(start, start)[0])


@pytest.mark.parametrize(
    ("last", "start"), [("2025-03-31", None), ("2025-04-30", "2025-04-01"), ("2025-12-31", "2025-04-01")]
)
def test_what_is_expected_beside_what_is_settled_begins_behind_it(last: str, start: str | None) -> None:
    """A quarter is settled, of a clause; of another a forecast begins with it."""
    settled, hoped = Clause("settled", "USD"), Clause("hoped", "USD")
    settled.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(100, "USD"))])
    period = statements.span("2025-01-01", last)
    hoped.pay(period, [line("share", period, "USD", [part(period, "100", "1%", "USD", forecast=True)])])
    (panel,) = panels(settlement([settled, hoped]))
    assert panel.forecast == (None if start is None else statements.span(start, start)[0])


def test_ticks_are_days_of_two_months_and_months_of_more() -> None:
    """62 days have eight steps of a week or so; of 63, and of centuries, months and years that are few enough."""
    first = statements.span("2025-01-15", "2025-01-15")[0]
    assert [text for _, text in ticks(first, first + 61)] == [
        "2025-01-15", "2025-01-22", "2025-01-29", "2025-02-05", "2025-02-12", "2025-02-19", "2025-02-26", "2025-03-05",
        "2025-03-12",
    ]  # fmt: skip
    assert [text for _, text in ticks(first, first + 62)] == ["2025-02", "2025-03"]
    assert [text for _, text in ticks(first, first + 3)] == ["2025-01-15", "2025-01-16", "2025-01-17", "2025-01-18"]
    assert [text for _, text in ticks(first, first + 400)] == ["2025-04", "2025-07", "2025-10", "2026-01"]
    assert [text for _, text in ticks(first, first + 4000)] == [str(year) for year in range(2026, 2036)]
    assert [text for _, text in ticks(first, first + 40000)] == [str(year) for year in range(2030, 2135, 10)]


@pytest.mark.parametrize(
    ("last", "texts"),
    [
        ("2025-04-01", ["2025-02", "2025-03", "2025-04"]),
        ("2025-03-31", ["2025-02", "2025-03"]),
        # The month of the first day counts among the twelve.
        ("2025-12-31", [f"2025-{month:02}" for month in range(2, 13)]),
        ("2026-01-01", ["2025-04", "2025-07", "2025-10", "2026-01"]),
        ("2028-12-31", ["2025-07", "2026-01", "2026-07", "2027-01", "2027-07", "2028-01", "2028-07"]),
        ("2044-12-31", [str(year) for year in range(2026, 2045, 2)]),
        ("2074-12-31", [str(year) for year in range(2030, 2075, 5)]),
        ("2199-12-31", ["2050", "2100", "2150"]),
    ],
)
def test_ticks_are_at_most_twelve(last: str, texts: list[str]) -> None:
    """Of months, quarters, half years, years, and 2, 5, 10 or 50 of those."""
    assert [text for _, text in ticks(*statements.span("2025-01-15", last))] == texts


def test_days_without_a_date_are_empty() -> None:
    """From the first day of the calendar through the last."""
    days = (None, *map(as_date, (ALWAYS, FIRST, LAST, NEVER)))
    assert [dated(day) for day in days] == [None, None, FIRST, LAST, None]


def test_who_gets_what_of_a_payment() -> None:
    """As its split says; without one a single payee gets it all, and of several nobody knows."""
    clause = Clause("c", "USD")
    clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(100, "USD"))])
    (payment,) = clause.payments
    alone = attrs.evolve(payment, split=())
    assert split_of(alone) == (("AUTHOR", payment.amount),)
    assert split_of(attrs.evolve(alone, payees=("A", "B"))) == ()
    divided = (Share("A", Money.of(60, "USD")), Share("B", Money.of(40, "USD")))
    assert split_of(attrs.evolve(payment, payees=("A", "B"), split=divided)) == divided
    assert split_of(attrs.evolve(payment, split=(Share("A", payment.amount),))) == (("A", payment.amount),)


@pytest.mark.parametrize(
    ("share", "held"),
    [
        (Fraction(1, 10**18), True), (Fraction(1, 10**19), False), (Fraction(1, 10**40), False),
        (Fraction(10**38 - 1, 10**18), True), (Fraction(10**38, 10**18), False), (Fraction(-(10**20) + 1), True),
        (Fraction(10**30), False), (Fraction(0), True),
    ],
)  # fmt: skip
def test_a_number_is_held_in_38_digits_or_as_text(share: Fraction, held: bool) -> None:
    """18 of them decimals; the text is there in either case."""
    sold = attrs.evolve(part(quarter(2025, 1), "1", "1%", "USD"), base=share)
    clause = Clause("c", "USD")
    clause.pay(quarter(2025, 1), [line("share", quarter(2025, 1), "USD", [sold])])
    row = to_arrow(settlement([clause])).to_pylist()[2]
    assert (None if row["base"] is None else Fraction(row["base"])) == (share if held else None)
    assert Fraction(row["base_exact"]) == share


@pytest.mark.parametrize("digits", [0, 2, 3])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_sums_fit_below_half_a_unit_of_their_last_place(digits: int, count: int) -> None:
    """Of n numbers: their sum, times n and one more, stays below 2**51 of the last place."""
    most = Fraction(2**51, (count + 1) * 10**digits)
    for total, right in ((most, False), (most * Fraction(10**15 - 1, 10**15), True)):
        assert fits([total / count] * count, digits) is right
        assert fits([-total / count] * count, digits) is right


def test_a_share_in_a_formula_is_a_short_number_or_fraction() -> None:
    """Of at most fifteen digits on either side; longer ones are text."""
    assert [Number(Fraction(value)).literal for value in ("0.25", "1/3", f"{10**14}/3", f"1/{10**15 - 1}")] == [
        "0.25", "1/3", f"{10**14}/3", f"1/{10**15 - 1}",
    ]  # fmt: skip
    assert [Number(Fraction(value)).literal for value in (f"{10**15}/3", f"1/{10**15 + 3}")] == ["", ""]
    assert [Number(Fraction(value), 2).places for value in ("1", "0.125", "1/3")] == [2, 3, 2]


def test_an_account_of_a_party_without_payments_is_zero() -> None:
    """Of several payees without a split nobody knows who gets what: the account of one has no rows to add up."""
    clause = Clause("c", "USD", payees=("A", "B"), percents=(50, 50))
    clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(100, "USD"))])
    found = settlement([clause])
    clause.payments = [attrs.evolve(clause.payments[0], split=())]
    left = attrs.evolve(found, payments=tuple(clause.payments))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(left)))["Parties"]
    rows_of = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[2] == "total"]
    assert {row[10:12] for row in rows_of if row[0] == "A"} == {("=0", "=0")}


@pytest.mark.parametrize("count", [20, 21, 23])
def test_numbers_that_are_text_are_named_up_to_twenty(count: int) -> None:
    """And the rest of a column is counted."""
    clause = Clause("c", "USD")
    period = quarter(2025, 1)
    clause.payments = []
    for _ in range(count):
        clause.pay(period, [flat("fee", period, Money.of(12345678901234567, "USD"))])
    found = settlement([clause])
    notes = openpyxl.load_workbook(io.BytesIO(workbook(found)))["Notes"]
    (text,) = (
        row[1] for row in notes.iter_rows(values_only=True)
        if row[0] == "numbers written as text" and str(row[1]).startswith("Lines, Amount: ")
    )  # fmt: skip
    cells = [f"O{row}" if text.startswith("Lines, Amount: O") else f"M{row}" for row in range(5, 25)]
    assert text == f"Lines, Amount: {', '.join(cells)}" + (f" and {count - 20} more" if count > 20 else "")


def test_what_a_statement_says_wrong_is_the_sum_of_all_checks() -> None:
    """A total that is a dollar too high is wrong there and in what follows it; a balance is three dollars too high."""
    clause = Clause("c", "USD")
    for number in (1, 2, 3):
        clause.pay(quarter(2025, number), [flat("fee", quarter(2025, number), Money.of(1000, "USD"))])
    right = settlement([clause])
    first = right.payments[0]
    payments = (attrs.evolve(first, total=first.total + Money.of(100, "USD")), *right.payments[1:])
    (balance,) = right.balances
    left = attrs.evolve(balance, outstanding=balance.outstanding + Money.of(300, "USD"))
    for found, wrong in ((right, 0), (attrs.evolve(right, payments=payments, balances=(left,)), 5)):
        book = openpyxl.load_workbook(io.BytesIO(workbook(found)), data_only=True)
        assert book["Statement"]["E3"].value == wrong
        assert book["Statement"]["E3"].number_format == "#,##0.00"


def test_rows_that_no_clause_takes_show_the_digits_of_their_currency() -> None:
    """7 yen, and 7.00 dollars, and 7.00 of what is no currency."""
    left = [Unclaimed("s", "", "", "", "no clause", 1, Fraction(7), currency) for currency in ("JPY", "USD", "XYZ")]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(settlement([], unclaimed=left))))["Unclaimed"]
    assert [sheet.cell(row, 7).number_format for row in (5, 6, 7)] == ["#,##0", "#,##0.00", "#,##0.00"]
