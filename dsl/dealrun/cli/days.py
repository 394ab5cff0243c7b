"""Days as people type them on a command line: `today`, `+90d`, `-1y`, `2027`, `2027Q2`, `2027-04`.

In: parsed arguments. Out: the same, every day among them of the form YYYY-MM-DD. Guaranteed: the clock is read nowhere
but here; what is no day is left as it is, for the command to refuse.
"""

import re
from argparse import Namespace
from collections.abc import Mapping
from datetime import date
from typing import Literal

import dealrun

FIRST = "on", "start", "against", "effective", "signed"
"""Options of which a period means its first day."""
LAST = "known", "end", "through"
"""Options of which a period means its last day."""

FORMS = "YYYY-MM-DD, `today`, a day before or after today (`-1y`, `+90d`), or a period (2027, 2027Q2, 2027-04)"

_UNITS: Mapping[str, Literal["day", "week", "month", "year"]] = {"d": "day", "w": "week", "m": "month", "y": "year"}


def today() -> date:
    """The calendar day of the user's clock."""
    return date.today()  # noqa: DTZ011 - a calendar day


def resolve(arguments: Namespace) -> None:
    """Write out the days of all options; `+90d` behind `--to` counts from `--from`."""
    now = today()
    for option in (*FIRST, *LAST):
        text = getattr(arguments, option, None)
        if isinstance(text, str):
            base = _as_day(getattr(arguments, "start", None)) if option == "end" else None
            setattr(arguments, option, written(text, base or now, last=option in LAST))
    for place, text in enumerate(getattr(arguments, "assume", [])):
        name, equals, day = text.partition("=")
        if equals:
            arguments.assume[place] = f"{name}={_all_written(day, now)}"


def _all_written(text: str, now: date) -> str:
    """Several days, or a period, in the form YYYY-MM-DD."""
    parts = ([written(day.strip(), now) for day in part.split(" until ")] for part in text.split(","))
    return ", ".join(" until ".join(part) for part in parts)


def written(text: str, base: date, *, last: bool = False) -> str:
    """A day in the form YYYY-MM-DD; a text that is none as it is."""
    if text == "today":
        return base.isoformat()
    moved = re.fullmatch(r"([+-]\d{1,6})([dwmy])", text)
    if moved:
        try:
            return dealrun.day_after(base, int(moved[1]), _UNITS[moved[2]]).isoformat()
        except ValueError:
            return text
    if re.fullmatch(r"\d{4}(-?Q\d|-\d\d)?", text):
        try:
            return dealrun.days_of(text)[last].isoformat()
        except ValueError:
            return text
    return text


def _as_day(text: str | None) -> date | None:
    try:
        return None if text is None else dealrun.day(text)
    except ValueError:
        return None
