"""Literals: the text of one token into an exact value.

In: a token's kind and text. Out: its value, or `Wrong`, which says why there is none. Guaranteed: no binary float, no
number longer than the limit, no date outside the horizon.
"""

import re
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from dealrun.diagnostics import nearest
from dealrun.limits import FIRST_YEAR, LAST_YEAR, MAX_DIGITS, MAX_DURATION
from dealrun.model.currencies import MINOR_DIGITS, SIGNS
from dealrun.model.values import Duration, OnDate, Quantity
from dealrun.time.days import Unit, month_end

SPOKEN = {
    "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP", "yen": "JPY",
    "percent": "%",
}  # fmt: skip
"""Units as people say them."""

_SUFFIX = {"": 1, "k": 10**3, "m": 10**6, "bn": 10**9, "tn": 10**12}
_NUMBER = re.compile(r"([\d.,]+)(k|m|bn|tn)?")
_UNITS: dict[str, Unit] = {
    "day": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
}


class Wrong(NamedTuple):
    """Why a literal has no value: a diagnostic's code, message and help."""

    code: str
    message: str
    help: str | None = None


def _digits(text: str) -> Wrong | None:
    count = sum(character.isdigit() for character in text)
    if count > MAX_DIGITS:
        return Wrong("DR903", f"a number of {count} digits; {MAX_DIGITS} is the limit")
    return None


def _decimal(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


@lru_cache(maxsize=8192)
def quantity(kind: str, text: str) -> Quantity | Wrong:
    """An amount token."""
    if wrong := _digits(text):
        return wrong
    if kind == "PERCENT":
        return Quantity(_decimal(text.rstrip("% \t")) / 100, "%")
    if kind == "FRACTION":
        numerator, denominator = text.split("/")
        if not int(denominator):
            return Wrong("DR305", f"`{text}` divides by zero")
        return Quantity(Fraction(int(numerator), int(denominator)), "%")
    if kind == "MONEY":
        match = _NUMBER.fullmatch(text[1:].strip())
        assert match
        return Quantity(_decimal(match[1]) * _SCALE(match[2]), text[0])
    if kind == "QUANTITY":
        number, unit = re.split(r"[ \t]+", text, maxsplit=1)
        match = _NUMBER.fullmatch(number)
        assert match
        return Quantity(_decimal(match[1]) * _SCALE(match[2]), unit.strip())
    match = _NUMBER.fullmatch(text)
    if not match:
        return Wrong("DR307", f"`{text}` is not a number", "write a number and its unit, as in `38bn USD` or `20%`")
    try:
        return Quantity(_decimal(match[1]) * _SCALE(match[2]), "")
    except ValueError:
        return Wrong("DR307", f"`{text}` is not a number", "write thousands as in `1,000.50 EUR`")


def _SCALE(suffix: str | None) -> int:  # noqa: N802 - reads as the constant it looks up
    return _SUFFIX[suffix or ""]


@lru_cache(maxsize=8192)
def calendar_date(kind: str, text: str) -> OnDate | Wrong:
    """A date token: a day, a month, a quarter or a year."""
    if kind == "QUARTER":
        quarter, year = int(text[1]), int(text[-4:])
        if not 1 <= quarter <= 4:
            return Wrong("DR305", f"`{text}` is a quarter that does not exist", "quarters are Q1 to Q4")
        first_month, last_month = 3 * quarter - 2, 3 * quarter
        shown = f"Q{quarter} {year}"
    else:
        parts = [int(part) for part in text.split("-")]
        year = parts[0]
        first_month, last_month = (parts[1], parts[1]) if len(parts) > 1 else (1, 12)
        shown = text
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Wrong("DR306", f"`{text}` is outside the horizon, {FIRST_YEAR} to {LAST_YEAR}")
    if not 1 <= first_month <= 12:
        return Wrong("DR305", f"`{text}` has a month that does not exist", "write dates as YYYY-MM-DD")
    first = date(year, first_month, 1).toordinal()
    last = month_end(year, last_month)
    if kind != "DATE":
        return OnDate(first, last, shown)
    day = parts[2]
    if not 1 <= day <= last - first + 1:
        help_ = f"the last day of {shown[:7].rstrip('-')} is the {last - first + 1}th"
        return Wrong("DR305", f"`{text}` is a date that does not exist", help_ if day else None)
    at = first + day - 1
    return OnDate(at, at, date.fromordinal(at).isoformat())


@lru_cache(maxsize=1024)
def duration(text: str) -> Duration | Wrong:
    """A duration token."""
    number, unit = re.split(r"[ \t]+", text, maxsplit=1)
    count = int(number.replace(",", "")[: MAX_DIGITS + 1])
    if count > MAX_DURATION:
        return Wrong("DR904", f"`{text}` is longer than {MAX_DURATION:,} units, the limit")
    word = unit.rstrip("s")
    return Duration(count, "business day" if word.startswith("business") else _UNITS[word])


def unit_of(quantity_: Quantity, dollar: str, units: frozenset[str]) -> Quantity | Wrong:
    """The quantity with its unit known: a currency, a declared unit, or the currency that a sign stands for."""
    unit = quantity_.unit
    if unit in {"%", ""} or unit in MINOR_DIGITS or unit in units:
        return quantity_
    if unit in SIGNS:
        return Quantity(quantity_.number, dollar if unit == "$" else SIGNS[unit])
    near = SPOKEN.get(unit.casefold()) or nearest(unit, [*units, *(MINOR_DIGITS if unit.isupper() else ())])
    return Wrong(
        "DR308",
        f"`{unit}` is neither a currency (ISO 4217) nor a declared unit",
        f"did you mean `{near}`?" if near else f'declare it: `unit {unit} "..."`',
    )
