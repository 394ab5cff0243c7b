"""One currency of a picture: bars above, running totals below.

In: a `Panel`. Out: what is drawn into two axes, and what the legend says of it. Guaranteed: a value becomes a binary
float only as the height at which it is drawn.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from dealrun.extras import need
from dealrun.settle.export.curves import Bar, Bounds, Curve, Panel, Point, ticks
from dealrun.source.plain import safe
from dealrun.time.days import Day

FACES: Final = ("#7FA8CF", "#F4B183", "#B7D7A8", "#FFE699", "#C9B6E4", "#D9D9D9")
HATCHES: Final = ("", "////", "||||", "\\\\\\\\", "xxxx", "----")
INKS: Final = ("#1B3A57", "#B0561C", "#3E7A2E", "#7A5C00", "#5B3F8C", "#404040", "#000000")
DASHES: Final = ("-", (0, (6, 2)), (0, (4, 1, 1, 1)), (0, (2, 1)), (0, (8, 2, 2, 2)), (0, (1, 1)), "-")
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "o")

LONGEST: Final = 40
"""Characters of a name."""

KNOWN: Final = "known"
BETWEEN: Final = "from its least to its most"
NO_LEAST: Final = "of which only the most is known"
NO_MOST: Final = "of which only the least is known"
NO_BOUND: Final = "of which nothing is known"
UNKNOWN: Final = "not known: from the least to the most"

SCALES: Final = ((12, "trillion "), (9, "billion "), (6, "million "), (3, "thousand "), (0, ""))


def plain(text: str, longest: int = LONGEST) -> str:
    """A name as it is drawn: one line, nothing that cannot be printed, not too long."""
    line = safe(" ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _mix(colour: str) -> tuple[float, float, float]:
    """A pale form of a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.3 * red + 0.7, 0.3 * green + 0.7, 0.3 * blue + 0.7


class _HeightScale:
    """Values as heights: in thousands, millions, ... of the currency."""

    def __init__(self, values: Sequence[Fraction]) -> None:
        largest = max(map(abs, values), default=Fraction(0))
        self.power, self.word = next(((power, word) for power, word in SCALES if largest >= 10**power), SCALES[-1])

    def __call__(self, value: Fraction) -> float:
        return float(value / 10**self.power)


def _sort(bounds: Bounds | None) -> str:
    """What is known of a figure."""
    least, most = bounds or (None, None)
    if least is None:
        return NO_BOUND if most is None else NO_LEAST
    if most is None:
        return NO_MOST
    return KNOWN if least == most else BETWEEN


def _known(*bounds: Bounds | None) -> list[Fraction]:
    return [bound for pair in bounds if pair is not None for bound in pair if bound is not None]


class Drawn:
    """One currency, drawn into two axes over one another.

    `handles` are for its legend: each look with its text, by what it means and the clause, as texts may be the same.
    """

    def __init__(self, panel: Panel, above: Any, below: Any, ends: tuple[Day, Day]) -> None:
        self.panel, self.above, self.below = panel, above, below
        self.first, self.last = ends
        self.handles: dict[tuple[str, str], tuple[str, Any]] = {}
        self.patches = need("matplotlib.patches")
        self.lines = need("matplotlib.lines")
        self._bars()
        self._curves()
        self._ground()

    def _explain(self, what: str, name: str, text: str, look: Any) -> None:
        """Put a look into the legend, the first time that it is met."""
        self.handles.setdefault((what, name), (text, look))

    def _explain_curve(self, curve: Curve, what: str, look: Any) -> None:
        self._explain(what, curve.name, f"{plain(curve.name)}: {what}", look)

    def _axis(
        self, axes: Any, name: str, scale: _HeightScale, low: float, high: float, *, below: bool = False
    ) -> float:
        """Set up an axis of amounts, with room above and, if need be, below; the height of what is open."""
        room = 0.1 * ((high - low) or 1.0)
        axes.set_ylim(low - room * (below or low < 0), high + room)
        axes.set_ylabel(f"{name},\n{scale.word}{self.panel.currency}")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.grid(axis="y", color="#D0D0D0", linewidth=0.5)
        axes.axhline(0, color="black", linewidth=0.8)
        return 0.7 * room

    def _bars(self) -> None:
        axes, bars = self.above, self.panel.bars
        scale = _HeightScale(_known(*(bar.value for bar in bars)))
        days: dict[Day, list[Bar]] = {}
        for bar in bars:
            days.setdefault(bar.last, []).append(bar)
        # With each piece of a bar, what it is: None where it is certain, else the side to which it is open (0: none).
        drawn: list[tuple[Bar, float, float, int | None]] = []
        low = high = 0.0
        for stack in days.values():
            up = down = 0.0
            # What is certain stands below what is not.
            for bar in stack:
                sure = self._sure(bar.value)
                height = scale(sure)
                drawn.append((bar, up if height >= 0 else down, height, None))
                up, down = up + max(height, 0.0), down + min(height, 0.0)
            for bar in stack:
                least, most = bar.value
                sure = self._sure(bar.value)
                if most is None or most > sure:
                    height = 0.0 if most is None else scale(most - sure)
                    drawn.append((bar, up, height, int(most is None)))
                    up += height
                if least is None or least < sure:
                    height = 0.0 if least is None else scale(least - sure)
                    drawn.append((bar, down, height, -int(least is None)))
                    down += height
            low, high = min(low, down), max(high, up)
        below = any(side == -1 for *_, side in drawn)
        room = self._axis(axes, "payable per period", scale, low, high, below=below)
        for bar, bottom, height, side in drawn:
            self._bar(bar, bottom, height, side, room)

    @staticmethod
    def _sure(value: Bounds) -> Fraction:
        """The part of a value that is certain: what lies between zero and all that it can be."""
        least, most = value
        if least is not None and least > 0:
            return least
        return most if most is not None and most < 0 else Fraction(0)

    def _bar(self, bar: Bar, bottom: float, height: float, side: int | None, room: float) -> None:
        axes, series = self.above, bar.series
        least = 0.008 * (self.last - self.first)
        width = max((bar.last + 1 - bar.first) * 0.92, least)
        left = (bar.first + bar.last + 1 - width) / 2
        style: dict[str, Any] = {"edgecolor": "black", "linewidth": 0.7, "hatch": HATCHES[series]}
        name = self.panel.names[series]
        if bar.forecast:
            style |= {"linestyle": (0, (3, 2)), "facecolor": _mix(FACES[series])}
        else:
            style |= {"facecolor": FACES[series]}
        if side is None:
            axes.bar(left, height, width, bottom, align="edge", **style)
            style |= {"facecolor": FACES[series], "linestyle": "-"}
            self._explain("bar", name, plain(name), self.patches.Patch(**style))
            return
        style |= {"facecolor": "none", "hatch": "++", "edgecolor": INKS[series], "linestyle": (0, (1, 1.5))}
        height += side * room
        axes.bar(left, height, width, bottom, align="edge", **style)
        self._explain(UNKNOWN, "", UNKNOWN, self.patches.Patch(**style))
        if side:
            marker = "^" if side > 0 else "v"
            axes.plot(left + width / 2, bottom + height, marker, color=INKS[series], clip_on=False, markersize=5)

    def _curves(self) -> None:
        axes, curves = self.below, self.panel.curves
        points = [point for curve in curves for run in curve.runs for point in run]
        values = _known(*(bound for point in points for bound in (point.total, point.accrued, point.cap)))
        scale = _HeightScale(values)
        heights = [0.0, *map(scale, values)]
        self._axis(axes, "running total", scale, min(heights), max(heights))
        for curve in curves:
            for run in curve.runs:
                self._run(curve, run, scale)

    def _edge(self, bounds: Bounds | None, scale: _HeightScale) -> tuple[float, float]:
        """Bounds as heights; those that are open lie at the edge of the axis."""
        low, high = self.below.get_ylim()
        least, most = bounds or (None, None)
        return (low if least is None else scale(least), high if most is None else scale(most))

    def _run(self, curve: Curve, run: Sequence[Point], scale: _HeightScale) -> None:
        axes, ink, dash = self.below, INKS[curve.series], DASHES[curve.series]
        days = [run[0].first, *(point.last + 1 for point in run)]
        edges = [(0.0, 0.0), *(self._edge(point.total, scale) for point in run)]
        lows, highs = [low for low, _ in edges], [high for _, high in edges]
        line = {"color": ink, "linestyle": dash, "linewidth": 1.4, "marker": MARKERS[curve.series], "markersize": 4}
        if lows != highs:
            band = {"facecolor": "none", "edgecolor": ink, "linewidth": 0.4, "hatch": "++"}
            axes.fill_between(days, lows, highs, **band)
            self._explain(UNKNOWN, "", UNKNOWN, self.patches.Patch(**band))
            axes.plot(days, highs, **line)
        axes.plot(days, lows, **line)
        paid = "payable in the window" if curve.capped else "payable so far"
        self._explain_curve(curve, paid, self.lines.Line2D([], [], **line))
        if curve.capped:
            self._accrued(curve, days, run, scale)
            self._cap(curve, run, scale)

    def _accrued(self, curve: Curve, days: Sequence[Day], run: Sequence[Point], scale: _HeightScale) -> None:
        ink = INKS[curve.series]
        style = {"color": ink, "linestyle": (0, (1, 2)), "linewidth": 1.0, "marker": "x", "markersize": 4}
        edges = [(0.0, 0.0), *(self._edge(point.accrued, scale) for point in run)]
        for side in {tuple(low for low, _ in edges), tuple(high for _, high in edges)}:
            self.below.plot(days, side, **style)
        self._explain_curve(curve, "accrued in the window", self.lines.Line2D([], [], **style))

    def _cap(self, curve: Curve, run: Sequence[Point], scale: _HeightScale) -> None:
        style = {"color": INKS[curve.series], "linewidth": 2.4, "solid_capstyle": "butt", "solid_joinstyle": "miter"}
        band = {"facecolor": "#F4F4F4", "edgecolor": "#A0A0A0", "linewidth": 0.0, "hatch": "\\\\"}
        before = run[0].first
        for sort, group in groupby(run, key=lambda point: _sort(point.cap)):
            days: list[Day] = []
            lows: list[float] = []
            highs: list[float] = []
            for point in group:
                low, high = self._edge(point.cap, scale)
                days += [before, point.last + 1]
                lows += [low, low]
                highs += [high, high]
                before = point.last + 1
            if sort == KNOWN:
                self.below.plot(days, lows, **style)
                self._explain_curve(curve, "cap", self.lines.Line2D([], [], **style))
                continue
            self.below.fill_between(days, lows, highs, zorder=0.5, **band)
            for side, open_by in ((lows, (NO_LEAST, NO_BOUND)), (highs, (NO_MOST, NO_BOUND))):
                if sort not in open_by:
                    self.below.plot(days, side, **style | {"linewidth": 1.2})
            self._explain_curve(curve, f"cap, {sort}", self.patches.Patch(**band))

    def _ground(self) -> None:
        start = self.panel.forecast
        margin = 0.005 * (self.last + 1 - self.first)
        for axes in (self.above, self.below):
            axes.set_xlim(self.first - margin, self.last + 1 + margin)
            if start is not None:
                axes.axvspan(start, self.last + 1 + margin, facecolor="#EFEFEF", zorder=0)
        if start is not None:
            patch = self.patches.Patch(facecolor="#EFEFEF", edgecolor="black", linestyle=(0, (3, 2)))
            self._explain("expected", "", "expected", patch)
        places = ticks(self.first, self.last)
        self.below.set_xticks([day for day, _ in places], [text for _, text in places])
