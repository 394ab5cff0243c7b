"""Words of contracts in prose, and what they are in the language.

In: findings. Out: findings in which an error at such words says what to write instead, once. Guaranteed: a text without
an error is never touched.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

import attrs

from dealrun.diagnostics.diagnostic import Diagnostic

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_FREQUENCIES = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "annually",
                "6 months": "semiannually", "three months": "quarterly", "3 months": "quarterly"}  # fmt: skip


_NUMBERS = {"ten": 10, "fifteen": 15, "thirty": 30, "sixty": 60, "ninety": 90}


def _date(year: str, month: str, day: str) -> str:
    number = month if month.isdigit() else str(next(n for n, name in enumerate(_MONTHS, 1) if name[:3] == month[:3]))
    if not 1 <= int(number) <= 12 or not 1 <= int(day) <= 31:
        return "write a day as YYYY-MM-DD"
    return f"write the day as `{year}-{int(number):02d}-{int(day):02d}`"


def _slashed(match: re.Match[str]) -> str:
    first, second = int(match[1]), int(match[2])
    if first > 12 >= second:
        return _date(match[3], match[2], match[1])
    return _date(match[3], match[1], match[2]) if second > 12 >= first else "write the day as YYYY-MM-DD"


IDIOMS: Final[tuple[tuple[str, Callable[[re.Match[str]], str]], ...]] = (
    (rf"\b(\d\d?)(?:st|nd|rd|th)? ({_MONTH})\.?,? (\d{{4}})\b", lambda m: _date(m[3], m[2].lower(), m[1])),
    (rf"\b({_MONTH})\.? (\d\d?)(?:st|nd|rd|th)?, (\d{{4}})\b", lambda m: _date(m[3], m[1].lower(), m[2])),
    (r"\b(\d\d?)/(\d\d?)/(\d{4})\b", _slashed),
    (r"\b(\d\d?)\.(\d\d?)\.(\d{4})\b", lambda m: _date(m[3], m[2], m[1])),
    (r"\b(?:within )?net (\d+)(?: days)?\b", lambda m: f"`net {m[1]}` is `within {m[1]} days`"),
    (r"\bauto(?:matically)?[- ]?renew(?:s|al|ed)?\b",
     lambda _: "a term that renews says for how long: `term 2 years renews 1 year notice 60 days`"),
    (r"\blaw (?:of )?(\"[^\"]+\")", lambda m: f"write `law governing {m[1]}`"),
    (r"\b(\w+) shall not\b", lambda m: f'what {m[1]} must not do is `forbid {m[1]} "..."`'),
    (r"\b(\w+) (?:shall|must|will)\b", lambda m: f'a duty of {m[1]} is `require {m[1]} "..."`; what it pays, `fee`'),
    (r"\b(\w+) may not\b", lambda m: f'what {m[1]} must not do is `forbid {m[1]} "..."`'),
    (r"\b(\w+) may\b", lambda m: f'a right of {m[1]} is `permit {m[1]} "..."`'),
    (r"\bevent\b.*\bevery (day|week|month|quarter|year)\b",
     lambda m: f"write `every {'3 months' if m[1] == 'quarter' else f'1 {m[1]}'}`"),
    (r"\b(?:every|each|per) (day|week|month|quarter|year|6 months|3 months|three months)\b",
     lambda m: f"how often is one word: `{_FREQUENCIES[m[1]]}`"),
    (r"\b(?:by|until|through|before) (?:the )?end of (\d{4}(?:-\d\d)?|Q\d \d{4})\b",
     lambda m: f"behind `by` and `until`, `{m[1]}` is its last day: leave out `end of`"),
    (r"\b(?:of|net of|in) (?:the )?(net|gross|total|aggregate) (sales|revenues?|receipts)\b",
     lambda m: f"name the stream: `of {m[2]}`; what is deducted from it, `net of RETURNS`"),
    (r"\b(?:after|of) (?:the end of )?(?:each |the )?(month|quarter|year)\b",
     lambda m: f"a delay counts from the end of each period by itself: `{_FREQUENCIES[m[1]]} within 30 days`"),
    (r"\bin arrears\b", lambda _: "leave it out: what accrues by period is due after it"),
    (r"\bfor (cause|convenience)\b", lambda m: f"leave out `for`: `terminate A {m[1]}`"),
    (r"\b(?:on|upon|with|by) (\d+ (?:business )?(?:days|weeks|months))(?:'|’)? (?:prior )?(?:written )?notice\b",
     lambda m: f"write `notice {m[1]}`"),
    (r"\bworldwide\b", lambda _: "what names no territory (`in`) is worldwide: leave it out"),
    (r"\b(?:as of|as from|starting|commencing|beginning|effective)(?: on| from)? (\d{4}-\d\d-\d\d)\b",
     lambda m: f"write `from {m[1]}`"),
    (r"\bfor the (?:whole )?term\b", lambda _: "leave it out: a clause ends with its deal"),
    (r"(?<![\d,])(\d+),(\d{1,2})(?= [A-Z]{3}\b|%)", lambda m: f"write `{m[1]}.{m[2]}`: a comma groups thousands"),
    (r"\b(?:upon|if) (\w+)\b", lambda m: f"write `when {m[1]}`"),
    (r"\bno later than (\S+)", lambda m: f"write `by {m[1]}`"),
    (r"\bwithin (ten|fifteen|thirty|sixty|ninety) (days|months|years)\b",
     lambda m: f"write the number: `within {_NUMBERS[m[1].lower()]} {m[2]}`"),
    (r"\b(breach|default|performance|notice|exercise|cure|start|end|due)\b(?! of\b|[-\w.]| \d)",
     lambda m: f"name the clause: `{m[1]} of LABEL`"),
    (r"\b(?:including|such as|without limitation)\b",
     lambda _: "a list names its members, with commas: `of models, products`"),
)  # fmt: skip
"""Patterns of prose, and what is to be written."""

READING: Final = frozenset({"DR101", "DR103", "DR106", "DR201", "DR205", "DR301", "DR302", "DR303", "DR307"})
"""Codes of errors that say that a word or a value cannot be read here."""

_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), hint) for pattern, hint in IDIOMS)


def with_idioms(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings; of several errors at one such place the first, with what to write."""
    told: set[tuple[str, int, int]] = set()
    kept = []
    for each in sorted(found, key=Diagnostic.sort_key):
        at = _at(each) if each.code in READING and each.span is not None else None
        if at is None:
            kept.append(each)
            continue
        place, hint = at
        if place not in told:
            told.add(place)
            kept.append(attrs.evolve(each, help=hint, fix=None))
    return kept


def _at(found: Diagnostic) -> tuple[tuple[str, int, int], str] | None:
    """The place of an idiom that an error lies in, and what to write."""
    span = found.span
    assert span is not None
    text = span.source.text
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.start)
    line = text[start : end if end >= 0 else len(text)]
    quoted = [match.span() for match in re.finditer(r'"[^"]*"', line)]
    for pattern, hint in _PATTERNS:
        for match in pattern.finditer(line):
            inside = any(a < match.start() and match.end() < b for a, b in quoted)
            if not inside and start + match.start() <= span.start < start + match.end():
                return (span.source.name, start + match.start(), start + match.end()), hint(match)
    return None
