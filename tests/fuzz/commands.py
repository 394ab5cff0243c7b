"""Command lines: every command and option, with good and bad values.

In: a `Draw`, and the contract whose files the command reads. Out: arguments. Guaranteed: the day that defaults to today
is always given, so that an answer never depends on the clock.
"""

from collections.abc import Callable
from typing import Final

from dealrun.cli.arguments import SCHEMAS, SHELLS
from dealrun.diagnostics.catalog import CATALOG
from fuzz.contracts import Written
from fuzz.draw import Draw

BAD: Final = (
    "",
    " ",
    "x",
    "2026-13-01",
    "yesterday",
    "=",
    "E=",
    "=1",
    "\x1b[31m",
    "\udcff",
    "-1",
    "1" * 400,
    "é",
    "a=b=c",
    "💩",
)


def value(draw: Draw, good: str) -> str:
    """A value of an option, now and then a bad one."""
    return draw.pick(BAD) if draw.chance(0.03 + draw.wild / 2) else good


def day(draw: Draw) -> str:
    """A date as an option."""
    return value(draw, draw.day() or "2025-01-01")


def _label(draw: Draw, written: Written) -> str:
    return value(draw, draw.pick(list(written.scope.labels) or ["c0"]))


def _evaluation(draw: Draw, written: Written) -> list[str]:
    scope, found = written.scope, list[str]()
    if draw.chance(0.3):
        found += ["--known", day(draw)]
    if draw.chance(0.25):
        name = draw.pick([*scope.events, *scope.conditions, *scope.labels, '"it rains"'])
        name = f"{draw.pick(('breach', 'notice', 'performance'))} of {name}" if name in scope.labels else name
        found += ["--assume", value(draw, f"{name}={draw.day()}")]
    if draw.chance(0.2):
        given = [
            *(f"{name}={draw.number()} USD" for name in scope.amounts),
            *(f"{n}={draw.percent()}" for n in scope.percentages),
            *(f"{name}={draw.day()}" for name in scope.dates), *(f"{name}=yes" for name in scope.truths),
        ]  # fmt: skip
        found += ["--set", value(draw, draw.pick(given or ["TOTAL=5m USD"]))]
    if written.scenarios and draw.chance(0.3):
        found += ["--scenario", value(draw, written.scenarios[0])]
    return found + _reading(draw, written)


def _reading(draw: Draw, written: Written) -> list[str]:
    return ["--reading", value(draw, written.readings[0])] if written.readings and draw.chance(0.4) else []


def _output(draw: Draw, *formats: str) -> list[str]:
    found = ["--format", value(draw, draw.pick(formats or ("text", "json")))] if draw.chance(0.5) else []
    return [*found, "--quiet"] if draw.chance(0.2) else found


def _to_file(draw: Draw) -> list[str]:
    place = draw.pick(("out.txt", "out.txt", "new/out.txt", ".", "out\x01.txt", "/dev/null", "-", "x" * 300, "ü.txt"))
    return [draw.pick(("-o", "--output")), place] if draw.chance(0.15) else []


def _party(draw: Draw, written: Written) -> list[str]:
    return ["--party", value(draw, draw.pick(written.scope.parties or ["A"]))] if draw.chance(0.25) else []


def _check(draw: Draw, written: Written) -> list[str]:
    return _output(draw)


def _state(draw: Draw, written: Written) -> list[str]:
    return ["--on", day(draw), *_party(draw, written), *_evaluation(draw, written), *_output(draw)]


def _timeline(draw: Draw, written: Written) -> list[str]:
    found = ["--from", day(draw)] if draw.chance(0.3) else []
    found += ["--to", day(draw)] if draw.chance(0.3) else []
    return [*found, *_evaluation(draw, written), *_output(draw)]


def _calendar(draw: Draw, written: Written) -> list[str]:
    found = ["--from", day(draw)] + (["--to", day(draw)] if draw.chance(0.6) else [])
    form = _output(draw, "text", "json", "ics")
    return [*found, *_party(draw, written), *_evaluation(draw, written), *form, *_to_file(draw)]


def _why(draw: Draw, written: Written) -> list[str]:
    when = ["--on", day(draw)]
    if draw.chance(0.2):
        when = [
            "--period",
            value(draw, draw.pick(("2025Q1", "2025-04", "2025", "2025-04-30", "2024-Q3", "2025Q9", "1899"))),
        ]
    return [_label(draw, written), *when, *_evaluation(draw, written), *_output(draw)]


def _diff(draw: Draw, written: Written) -> list[str]:
    if draw.chance(0.55):
        return ["--on", day(draw), "--against", day(draw), *_evaluation(draw, written), *_output(draw)]
    if draw.chance(0.4):
        return ["--on", day(draw)] * draw.chance(0.5) + _evaluation(draw, written) + _output(draw)
    found = ["--as-amendment"]
    found += ["--effective", day(draw)] if draw.chance(0.4) else []
    found += ["--signed", day(draw)] if draw.chance(0.4) else []
    found += ["--name", value(draw, draw.pick(("third", "until", "a0", "x y")))] if draw.chance(0.3) else []
    return found + _to_file(draw)


def _changes(draw: Draw, written: Written) -> list[str]:
    found = ["--instrument", value(draw, draw.pick(written.instruments or ["a0"]))] if draw.chance(0.3) else []
    found += ["--known", day(draw)] if draw.chance(0.3) else []
    found += ["--markdown"] if draw.chance(0.3) else []
    return [*found, *_reading(draw, written), *_output(draw), *_to_file(draw)]


def _what_if(draw: Draw, written: Written) -> list[str]:
    found = ["--amend", value(draw, "draft.deal")] if draw.chance(0.97) else []
    found += ["--signed", day(draw)] if draw.chance(0.5) else []
    return [*found, *_reading(draw, written), *_output(draw)]


def _restate(draw: Draw, written: Written) -> list[str]:
    found = ["--on", day(draw)] + (["--known", day(draw)] if draw.chance(0.3) else [])
    if draw.chance(0.15):
        found += ["--so-far", value(draw, f"{_label(draw, written)}={draw.number()} USD")]
    return [*found, *_reading(draw, written), *_to_file(draw)]


def _history(draw: Draw, written: Written) -> list[str]:
    return [_label(draw, written), *_reading(draw, written), *_output(draw)]


def _compare(draw: Draw, written: Written) -> list[str]:
    found = ["--readings"] if draw.chance(0.4) else []
    found += ["--known", day(draw)] if draw.chance(0.3) else []
    found += ["--scenario", value(draw, written.scenarios[0])] if written.scenarios and draw.chance(0.7) else []
    return [*found, *_reading(draw, written), *_output(draw)]


def settle(draw: Draw, written: Written) -> list[str]:
    """The options of a settlement, without its ledgers."""
    found = ["--period", value(draw, draw.pick(("W", "M", "Q", "H", "Y")))] if draw.chance(0.3) else []
    found += ["--through", day(draw)] if draw.chance(0.6) else []
    if (written.readings or written.scenarios) and draw.chance(0.3):
        found += ["--against", value(draw, draw.pick(written.readings + written.scenarios))]
    form = _output(draw, "text", "text", "json", "json", "csv")
    return [*found, *_evaluation(draw, written), *form, *_to_file(draw)]


def _fmt(draw: Draw, written: Written) -> list[str]:
    return draw.pick(([], ["--check"], ["--diff"], ["--check", "--diff"]))


def _test(draw: Draw, written: Written) -> list[str]:
    return _output(draw)


WITH_FILES: Final[dict[str, Callable[[Draw, Written], list[str]]]] = {
    "check": _check, "state": _state, "timeline": _timeline, "calendar": _calendar, "why": _why, "diff": _diff,
    "changes": _changes, "what-if": _what_if, "restate": _restate, "history": _history, "compare": _compare,
    "settle": settle, "fmt": _fmt, "test": _test,
}  # fmt: skip
NAMES: Final = tuple(WITH_FILES)


def without_files(draw: Draw) -> list[str]:
    """A command that reads no contract, or a command line that makes no sense."""
    return draw.pick((
        ["explain"], ["explain", value(draw, draw.pick(list(CATALOG)))],
        ["schema", value(draw, draw.pick(SCHEMAS.split(", ")))],         ["completion", value(draw,
        draw.pick(SHELLS))], ["--version"], ["--help"], [],
        [draw.pick((*NAMES, "schema")), "--help"],
        [draw.pick(BAD)], ["state", "--on", day(draw), "missing.deal"],
        ["check", "--portfolio", draw.pick((".", "missing", ""))],
        [draw.pick(NAMES)], ["explain", "DR304", "DR305"], ["schema"], ["completion", "tcsh"], ["settle", "x.csv"],
    ))  # fmt: skip
