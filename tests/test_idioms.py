"""Words of contracts in prose: the error says what to write, and what it says to write can be read."""

import re

import pytest

import dealrun
from dealrun.diagnostics.idioms import IDIOMS

HEAD = """deal d "D" signed 2024-01-01 currency USD
party A "A"
party B "B"
asset state "New York"
stream sales "sales"
event SALE "the business is sold"
"""

CASES = {
    "f: fee A->B 100 USD net 30": "f: fee A->B 100 USD within 30 days",
    "f: fee A->B 100 USD within net 45 days": "f: fee A->B 100 USD within 45 days",
    "term 2 years auto-renews": "term 2 years renews 1 year notice 60 days",
    "term 2 years automatically renews 1 year": "term 2 years renews 1 year notice 60 days",
    'law "New York"': 'law governing "New York"',
    's: permit A "x" until 3 March 2025': 's: permit A "x" until 2025-03-03',
    's: permit A "x" until 3rd March, 2025': 's: permit A "x" until 2025-03-03',
    's: permit A "x" until March 3, 2025': 's: permit A "x" until 2025-03-03',
    's: permit A "x" until 03/31/2025': 's: permit A "x" until 2025-03-31',
    's: permit A "x" until 31/03/2025': 's: permit A "x" until 2025-03-31',
    's: permit A "x" until 31.12.2025': 's: permit A "x" until 2025-12-31',
    's: A shall "report"': 's: require A "report"',
    's: A shall not "sell"': 's: forbid A "sell"',
    's: A may "sing"': 's: permit A "sing"',
    's: A may not "sing"': 's: forbid A "sing"',
    'r: require A->B "report" every month': 'r: require A->B "report" monthly',
    'r: require A->B "report" per quarter': 'r: require A->B "report" quarterly',
    'r: require A "x" by end of 2024': 'r: require A "x" by 2024',
    "t: terminate A for cause": "t: terminate A cause",
    "t: terminate A convenience on 30 days notice": "t: terminate A convenience notice 30 days",
    "t: terminate A convenience upon 10 business days prior written notice":
        "t: terminate A convenience notice 10 business days",
    "x: license A->B worldwide": "x: license A->B",
    's: permit A "x" as of 2024-02-01': 's: permit A "x" from 2024-02-01',
    's: permit A "x" effective 2024-02-01': 's: permit A "x" from 2024-02-01',
    's: permit A "x" for the term': 's: permit A "x"',
    "i: fee A->B 1,5 USD": "i: fee A->B 1.5 USD",
    'event visit "a visit" every month': 'event visit "a visit" every 1 month',
    'event visit "a visit" every quarter from 2024': 'event visit "a visit" every 3 months from 2024',
    "r: royalty A->B 5% of net sales": "r: royalty A->B 5% of sales",
    "r: royalty A->B 5% of gross sales": "r: royalty A->B 5% of sales",
    "f: fee A->B 100 USD upon SALE": "f: fee A->B 100 USD when SALE",
    "f: fee A->B 100 USD if SALE": "f: fee A->B 100 USD when SALE",
    'r: require A "x" no later than 2024-03-01': 'r: require A "x" by 2024-03-01',
    'r: require A "x" within thirty days': 'r: require A "x" within 30 days',
    "f: fee A->B 5 USD per quarter in arrears": "f: fee A->B 5 USD per quarter",
    'r: require A->B "x" by end of quarter': 'r: require A->B "x" quarterly within 30 days',
    'r: require A->B "x" within 30 days after quarter': 'r: require A->B "x" quarterly within 30 days',
}  # fmt: skip


def errors(text: str) -> list[dealrun.Diagnostic]:
    """The errors of a line below the head."""
    return [each for each in dealrun.reads(HEAD + text + "\n").diagnostics if each.severity is dealrun.Severity.ERROR]


@pytest.mark.parametrize("text", CASES)
def test_an_idiom_is_told_once_with_what_to_write_and_that_can_be_read(text: str) -> None:
    found = errors(text)
    assert found, "it is an error"
    hints = [each.help or "" for each in found]
    advised = CASES[text]
    parts = [part for hint in hints for part in re.findall(r"`([^`]+)`", hint.replace(' "..."', ""))]
    assert "leave it out" in " ".join(hints) or any(part in advised for part in parts), hints
    assert errors(advised) == []


def test_every_idiom_has_a_case() -> None:
    unmet = [
        pattern for pattern, _ in IDIOMS
        if not any(re.search(pattern, text, re.IGNORECASE) for text in CASES)
        and not re.search("including|renews[|]window", pattern)  # for which nothing can be written
    ]  # fmt: skip
    assert unmet == []


def test_what_stands_in_quotes_or_is_no_error_is_left_alone() -> None:
    assert errors('s: permit A "A may sing until 3 March 2025, net 30"') == []
    (error,) = errors('s: permit A "A shall sing" frobnicate')
    assert "require" not in (error.help or "")


def test_an_ambiguous_day_is_not_guessed() -> None:
    (error,) = errors('s: permit A "x" until 03/04/2025')
    assert error.help == "write the day as YYYY-MM-DD"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("f: fee A->B 5 USD before end", "end of LABEL"),
        ("t: terminate A cause when breach", "breach of LABEL"),
        ("f: fee A->B 5 USD within 30 days after performance", "performance of LABEL"),
    ],
)
def test_an_event_of_a_clause_names_the_clause(text: str, hint: str) -> None:
    assert [f"`{hint}`" in (each.help or "") for each in errors(text)] == [True]
