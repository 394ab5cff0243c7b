"""What one SQL dialect spells unlike another: DuckDB's spelling.

In: SQL expressions. Out: SQL expressions. Guaranteed: an expression that reads text is NULL where the text is not of
the form, and exact where it is. Everything else that `query.py` writes is SQL that PostgreSQL and Spark read too; a
dialect of theirs has these functions.

A *number* is a sign or none, and digits with at most one point among, before or behind them: no exponent, no
separators. The engine's own cast takes more (`1e3`, `1_000`, ` 5`) and rounds what has more decimals than its type, so
its answer alone is not enough.
"""

from typing import Final

from dealrun.limits import FIRST_YEAR, LAST_YEAR
from dealrun.settle.ledger.sums import MAX_AMOUNT_DIGITS
from dealrun.source.plain import CONTROLS, FORMULA, REPLACEMENT

MAX_SCALE: Final = 10
"""Decimals of an amount, zeros at the end not counted."""
WIDE: Final = f"decimal(38, {MAX_SCALE})"
"""Holds every amount, and the sum of ten billion of them."""


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name."""
    return '"' + name.replace('"', '""') + '"'


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula and no terminal obeys; numbers stay as they are."""
    control, apostrophe = quoted(f"[{CONTROLS}]|\r"), quoted("'")
    plain = f"regexp_replace({text}, {control}, {quoted(REPLACEMENT)}, 'g')"
    clean = f"case when regexp_matches({text}, {control}) then {plain} else {text} end"
    risks = ", ".join(quoted(character) for character in sorted({*FORMULA, "'"}))
    number = f"regexp_full_match({text}, '[+-]?[0-9]+([.][0-9]*)?')"
    risky = f"(left({text}, 1) in ({risks}) or left(ltrim({text}), 1) in ({risks})) and not {number}"
    return f"case when {risky} then {apostrophe} || {clean} else {clean} end"


def composed(text: str) -> str:
    """A text in Unicode's composed form (NFC)."""
    return f"nfc_normalize({text})"


def exact(scale: int) -> str:
    """The type of amounts with so many decimals that an engine adds fast."""
    return f"decimal({MAX_AMOUNT_DIGITS}, {scale})"


def date(text: str) -> str:
    """The date that trimmed text of the form YYYY-MM-DD is."""
    return f"case when regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') then try_cast({text} as date) end"


def ordinal(day: str) -> str:
    """The proleptic ordinal of a date within the horizon."""
    horizon = f"date '{FIRST_YEAR}-01-01' and date '{LAST_YEAR}-12-31'"
    return f"case when {day} between {horizon} then {day} - date '0001-01-01' + 1 end"


def day(ordinal: str) -> str:
    """The date of a proleptic ordinal."""
    return f"date '0001-01-01' + cast({ordinal} - 1 as integer)"


def quotient(dividend: str, divisor: str) -> str:
    """A division of whole numbers, rounded towards zero."""
    return f"{dividend} // {divisor}"


def greatest(value: str, most: int, place: str) -> str:
    """An aggregate: the value in a place, from 1, among the greatest; there are as many as `most` to choose from."""
    return f"(max({value}, {most}))[cast({place} as bigint)]"


def number(text: str, scale: int) -> str:
    """The number in text, where `scale` decimals hold it and most rows write exactly so many (2.50 for a scale of 2).

    To print the number again and compare is the fastest test that what was read is all there was; a pattern is asked
    only about the rest.
    """
    value = f"try_cast({text} as {exact(scale)})"
    pattern = rf" *[+-]?([0-9]+\.?[0-9]{{0,{scale}}}|\.[0-9]{{1,{scale or 1}}})0* *"
    if not scale:
        pattern = r" *[+-]?[0-9]+(\.0*)? *"
    return (
        f"case when cast({value} as varchar) = {text} then {value} "
        f"when regexp_full_match({text}, '{pattern}') then {value} end"
    )


def wide(text: str) -> str:
    """The number in trimmed text, as `WIDE`, where an amount may have so many digits."""
    return f"case when {is_number(text)} and {fits(text)} then try_cast({text} as {WIDE}) end"


def is_number(text: str) -> str:
    """Whether trimmed text is a number, of whatever length."""
    return rf"regexp_full_match({text}, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)')"


def fits(text: str) -> str:
    """Whether a number has few enough digits, zeros in front and at the end not counted."""
    whole = f"length(ltrim(split_part(ltrim({text}, '+-'), '.', 1), '0'))"
    decimals = f"length(rtrim(split_part({text}, '.', 2), '0'))"
    return f"{decimals} <= {MAX_SCALE} and {whole} + {decimals} <= {MAX_AMOUNT_DIGITS}"


def whole(value: str, scale: int, *, wide: bool) -> str:
    """A decimal with so many decimals as a whole number: without its point. Unless wide, NULL where it has 64 bits not
    enough: whole numbers of the machine travel fastest.
    """
    digits = f"replace(cast({value} as varchar), '.', '')" if scale else value
    return f"cast({digits} as hugeint)" if wide else f"try_cast({digits} as bigint)"
