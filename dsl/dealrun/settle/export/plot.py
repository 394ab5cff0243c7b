"""A statement as a picture (SVG).

In: a `Settlement`, and days to mark (amendments). Out: the text of an SVG file. For each currency, above: what is
payable, by the end of the payment period, stacked by clause; below: the running totals, of a clause with a cap those
of each of its windows, with what has accrued and the cap. Guaranteed: text is text, never mathematics or markup;
clauses differ by hatch as well as by colour; the same statement gives the same bytes with the same version of
matplotlib, whatever its settings.

What is not known is drawn from its least to its most, hatched and without a bar's face; without a bound it is open
towards that side. What is expected has a pale face, a dashed edge and a grey ground. A mark that lies further from the
periods than a sixth of what they span is left out.
"""

import io
import warnings
from collections.abc import Sequence
from typing import Any, Final, Literal

from dealrun.diagnostics.render import width_of
from dealrun.extras import need
from dealrun.settle.export.curves import panels
from dealrun.settle.export.panel import Drawn, plain
from dealrun.settle.statement import Settlement, as_days
from dealrun.time.days import Day

SETTINGS: Final = {
    "svg.fonttype": "none",
    "svg.hashsalt": "dealrun",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9.0,
    "hatch.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
}

WIDTH: Final = 10.0
LEFT: Final = 1.0
RIGHT: Final = 0.25
TITLE: Final = 0.5
ABOVE: Final = 2.7
GAP: Final = 0.2
BELOW: Final = 1.8
DAYS: Final = 0.35
ENTRY: Final = 0.18
END: Final = 0.3
"""Inches: of the whole, of its margins, and from top to bottom of what it is made of."""

LETTER: Final = 0.066
"""Inches that a character takes in the legend and in names, about."""

ROW: Final = 13
"""Points, of a row of names."""


def _rows(marks: Sequence[tuple[Day, str]], ends: tuple[Day, Day]) -> list[tuple[Day, str, int, bool]]:
    """The marks, each with the row of its name and whether the name stands on the right of its line.

    A name stands above those of the later marks that it reaches over, so that their lines do not cross it.
    """
    first, last = ends
    found: list[tuple[Day, str, int, bool]] = []
    spans: list[tuple[float, float]] = []
    for day, text in sorted(marks, reverse=True):
        place = (day - first) / (last + 1 - first)
        width = (LETTER * width_of(text) + 0.1) / (WIDTH - LEFT - RIGHT)
        right = place + width <= 1
        left, end = (place, place + width) if right else (place - width, place)
        over = [row for (_, _, row, _), (low, high) in zip(found, spans, strict=True) if low <= end and left <= high]
        found.append((day, text, max(over, default=-1) + 1, right))
        spans.append((left, end))
    return found


def _mark(axes: Sequence[Any], marks: Sequence[tuple[Day, str, int, bool]]) -> None:
    """Vertical lines through all axes, named above the first."""
    for day, text, row, right in marks:
        for each in axes:
            each.axvline(day, color="#202020", linewidth=0.9, linestyle=(0, (5, 2, 1, 2)), zorder=3)
        above: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        line = {"arrowstyle": "-", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
        axes[0].annotate("", (day, 1), (0, 4 + ROW * row), arrowprops=line, annotation_clip=False, **above)
        axes[0].annotate(
            text,
            (day, 1),
            (3 if right else -3, 4 + ROW * row),
            horizontalalignment="left" if right else "right",
            fontsize=8,
            annotation_clip=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            **above,
        )


def _near(settlement: Settlement, marks: Sequence[tuple[Day, str]]) -> tuple[list[tuple[Day, str]], tuple[Day, Day]]:
    """The marks that are drawn, and the first and the last day of the picture."""
    periods = [as_days(payment.period) for payment in settlement.payments]
    first, last = min(period[0] for period in periods), max(period[1] for period in periods)
    reach = (last + 1 - first) // 6
    near = [(day, plain(text)) for day, text in marks if first - reach <= day <= last + reach]
    return near, (min([first, *(day for day, _ in near)]), max([last, *(day for day, _ in near)]))


def _figure(settlement: Settlement, marks: Sequence[tuple[Day, str]], title: str) -> Any:
    """The picture, laid out from its top; matplotlib's own layouts differ in the last bits from run to run."""
    figure = need("matplotlib.figure").Figure(figsize=(WIDTH, 2 * TITLE))
    if not settlement.payments:
        figure.text(0.5, 0.3, "nothing is payable", horizontalalignment="center")
        figure.suptitle(plain(title, 100))
        return figure
    near, ends = _near(settlement, marks)
    named = _rows(near, ends)
    names = ROW / 72 * (max((row for _, _, row, _ in named), default=-1) + 1)
    top = TITLE
    # Inches below the top, and where they are to be.
    boxes: list[tuple[Any, float, float]] = []
    legends: list[tuple[Drawn, float, int]] = []
    for panel in panels(settlement):
        above = figure.add_axes((0, 0, 1, 1), label=f"{panel.currency} payments")
        below = figure.add_axes((0, 0, 1, 1), label=f"{panel.currency} running total", sharex=above)
        above.tick_params(labelbottom=False)
        drawn = Drawn(panel, above, below, ends)
        _mark((above, below), named)
        boxes.append((above, top + names, ABOVE))
        boxes.append((below, top + names + ABOVE + GAP, BELOW))
        top += names + ABOVE + GAP + BELOW + DAYS
        longest = max(width_of(text) for text, _ in drawn.handles.values())
        columns = max(1, min(3, int((WIDTH - 0.2) / (LETTER * longest + 0.7))))
        legends.append((drawn, top, columns))
        top += ENTRY * -(-len(drawn.handles) // columns) + END
    figure.set_size_inches(WIDTH, top)
    figure.suptitle(plain(title, 100), y=1 - 0.15 / top, verticalalignment="top")
    for axes, start, height in boxes:
        axes.set_position((LEFT / WIDTH, 1 - (start + height) / top, 1 - (LEFT + RIGHT) / WIDTH, height / top))
    for drawn, start, columns in legends:
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, 1 - start / top), "borderaxespad": 0.0}
        texts, looks = zip(*drawn.handles.values(), strict=True)
        figure.legend(looks, texts, **place, ncols=columns, frameon=False, fontsize=8, borderpad=0.0)
    return figure


def image(settlement: Settlement, marks: Sequence[tuple[Day, str]], title: str, form: Literal["svg", "png"]) -> bytes:
    """The picture in a format of matplotlib."""
    matplotlib = need("matplotlib")
    out = io.BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        # A name in a script that the measuring font lacks is drawn by the viewer's font.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        metadata = {"Date": None, "Creator": "dealrun", "Title": plain(title, 100)} if form == "svg" else None
        _figure(settlement, marks, title).savefig(out, format=form, metadata=metadata)
    return out.getvalue()


def svg(settlement: Settlement, marks: Sequence[tuple[Day, str]] = (), *, title: str = "Statement") -> str:
    """The picture as SVG; `marks` are days with names. MissingExtraError without matplotlib."""
    return image(settlement, marks, title, "svg").decode()
