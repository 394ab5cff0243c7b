"""Conflicts: each kind is found, with both places and the first day; what is none is not reported."""

import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dealrun
from conftest import ROOT
from dealrun.source import Span
from strategies_portfolio import Planted, generate

BASE = """
deal d "D" signed 2024-01-01 parties A, B currency USD
party A "A"
party B "B"
party C "C"
asset world "the world"
asset europe "Europe" in world
asset france "France" in europe
asset japan "Japan" in world
asset tools "tools"
asset drills "drills" in tools
asset farming "farming"
asset mining "mining"
act use "use"
act copy "copy" in use
act resell "resell"
event SALE "A is sold"
event AGI "AGI"
condition open "the shop is open"
unit piece "pieces"
unknown RATE percentage "a rate"
"""

FOUND: Counter[str] = Counter()
"""What the generated portfolios held, and what was found of it."""


def found(text: str, base: str = BASE) -> list[tuple[str, str]]:
    """The codes and messages of a text's conflicts."""
    loaded = dealrun.loads(base + dedent(text))
    return [(diagnostic.code, diagnostic.message) for diagnostic in loaded.conflicts()]


def codes(text: str) -> list[str]:
    """The codes of a text's conflicts."""
    return [code for code, _ in found(text)]


CLASHES = {
    "the same thing": ("a: license A->B to tools exclusive\nb: license A->C to tools exclusive", "DR801"),
    "sole": ("a: license A->B to tools sole\nb: license A->C to tools exclusive", "DR801"),
    "what lies in it": ("a: license A->B to tools exclusive\nb: license A->C to drills exclusive", "DR801"),
    "crosswise": (
        "a: license A->B to tools exclusive in france\nb: license A->C to drills exclusive in europe",
        "DR801",
    ),
    "anywhere": ("a: license A->B to tools exclusive in france\nb: license A->C to tools exclusive", "DR801"),
    "any field": ("a: license A->B to tools exclusive field farming\nb: license A->C to tools exclusive", "DR801"),
    "nothing said": ("a: license A->B exclusive\nb: license A->C to tools exclusive", "DR801"),
    "the same words": (
        'a: license A->B to "all of it" exclusive\nb: license A->C to "All of  it" exclusive',
        "DR801",
    ),
    "not exclusive": ("a: license A->B to tools exclusive\nb: license A->C to drills nonexclusive", "DR802"),
    "nothing said of it": ("a: license A->B to tools exclusive\nb: license A->C to drills", "DR802"),
    "exclusive from some day on": (
        "a: license A->B to tools nonexclusive until 2025 then exclusive\nb: license A->C to tools nonexclusive",
        "DR802",
    ),
    "an exception that is too small": (
        "a: license A->B to tools exclusive in europe except france\nb: license A->C to tools nonexclusive in europe",
        "DR802",
    ),
    "dealing": ("a: exclusive A->B of tools\nb: commit A->C 1m USD of drills", "DR802"),
    "dealing by a licence": ("a: exclusive A->B of tools\nb: license A->C to drills nonexclusive", "DR802"),
    "two exclusive dealings": ("a: exclusive A->B of tools\nb: exclusive A->C of tools", "DR801"),
    "two owners": ("a: own B of tools\nb: own C of drills", "DR801"),
    "an owner beside joint ones": ("a: own B, C joint of tools\nb: own A of tools", "DR801"),
    "two first refusals": (
        'a: option A->B first-refusal "buy" of tools\nb: option A->C first-refusal "buy" of tools',
        "DR801",
    ),
    "an act": ("a: forbid B->A copy of tools\nb: permit A->B copy of drills", "DR803"),
    "an act that lies in it": ("a: forbid B->A use of tools\nb: permit A->B copy of tools", "DR803"),
    "an act in the same words": ('a: forbid B->A "sing"\nb: permit A->B "Sing"', "DR803"),
    "an act that is asked for": ("a: forbid B->A copy\nb: require B->C copy of tools", "DR803"),
    "an act of each": ("a: forbid each->other copy of tools\nb: permit A->B copy of tools", "DR803"),
    "due after the end": ('a: require A "act" by 2026 until 2025', "DR804"),
    "due after the deal": ('term until 2025\na: require A "act" by 2026', "DR804"),
    "due before the start": ('a: require A "act" by 2025 from 2026', "DR804"),
    "a contradiction": ('a: permit A "act" while open unless open', "DR805"),
    "a contradiction in one": ("a: permit A resell when SALE and not SALE", "DR805"),
    "what is over": ("o: permit A use until 2025\na: permit A resell from 2026 while o", "DR805"),
    "a cap below the floor": ("a: royalty A->B 5% cap 1m USD per year floor 2m USD per year", "DR806"),
    "a cap below an advance": ("a: royalty A->B 5% cap 1m USD\nb: advance A->B 2m USD against a", "DR806"),
    "a better price": (
        "p: fee B->A 10 USD per piece of tools\nm: mfn A->B on p\nq: fee C->A 9 USD per piece of tools",
        "DR807",
    ),
    "a higher share": ('p: royalty A->B 10% of s\nm: mfn A->B on p\nq: royalty A->C 11% of s\nstream s "s"', "DR807"),
    "an option": ('a: option A->B purchase "buy" from 2026 until 2025', "DR808"),
    "an option after the deal": ('term until 2025\na: option A->B purchase "buy" from 2026', "DR808"),
    "a notice": ("term until 2024-06-30 renews 1 year notice 1 year", "DR809"),
    "after the deal": ('term until 2025\na: forbid A "talk" for 2 years from end of term', "DR312"),
    "together never": (
        "o: permit A use until SALE\nn: permit A resell from SALE\na: permit B use while o and n",
        "DR810",
    ),
    "what starts it ends it": ("a: permit A resell from SALE until SALE", "DR810"),
    "what ends it has to be": (
        'p: require A->B "pay" by 2025-01-01\na: permit B resell from breach of p unless breach of p',
        "DR810",
    ),
    "only with an event": (
        "a: license A->B to tools exclusive\nb: license A->C to tools nonexclusive when SALE",
        "DR802",
    ),
}


@pytest.mark.parametrize("name", CLASHES)
def test_a_clash_is_found(name: str) -> None:
    text, code = CLASHES[name]
    assert codes(text) == [code]


PEACE = {
    "together for a while": (
        "o: permit A use until 20 days after SALE\nn: permit A resell from SALE\na: permit B use while o and n"
    ),
    "either of two": "o: permit A use until SALE\nn: permit A resell from SALE\na: permit B use while o or n",
    "begun and dormant": "a: permit A resell when open unless open and SALE",
    "one after the other": (
        "a: license A->B to tools exclusive until 2025\nb: license A->C to tools exclusive from 2026"
    ),
    "of different grantors": "a: license A->B to tools exclusive\nb: license C->B to tools exclusive",
    "to the same grantee": "a: license A->B to tools exclusive\nb: license A->B to drills exclusive in france",
    "of different things": "a: license A->B to drills exclusive\nb: license A->C to farming exclusive",
    "in different places": "a: license A->B to tools exclusive in france\nb: license A->C to tools exclusive in japan",
    "in different fields": (
        "a: license A->B to tools exclusive field farming\nb: license A->C to tools exclusive field mining"
    ),
    "except the place": (
        "a: license A->B to tools exclusive in world except europe\nb: license A->C to tools exclusive in france"
    ),
    "except the thing": "a: license A->B to tools exclusive except drills\nb: license A->C to drills nonexclusive",
    "except the grantee": "a: license A->B to tools exclusive except C\nb: license A->C to drills nonexclusive",
    "except in words": 'a: license A->B to tools exclusive except "old ones"\nb: license A->C to drills nonexclusive',
    "co-exclusive with it": "a: license A->B to tools co-exclusive with C\nb: license A->C to tools exclusive",
    "subject to": "a: license A->B to tools exclusive\nb: license A->C to drills nonexclusive subject to a",
    "notwithstanding": "a: license A->B to tools exclusive\nb: license A->C to drills nonexclusive notwithstanding a",
    "from the event on that ends it": (
        "a: license A->B to tools exclusive until AGI\nb: license A->C to tools exclusive from AGI"
    ),
    "while the other is not": (
        "a: license A->B to tools exclusive while open\nb: license A->C to tools exclusive unless open"
    ),
    "waived": """
        a: license A->B to tools exclusive
        amend one "One" signed 2024-06-01
          waive a by B
          add b: license A->C to tools nonexclusive
        """,
    "dropped": """
        a: license A->B to tools exclusive
        amend one "One" signed 2024-06-01
          drop a
          add b: license A->C to tools exclusive
        """,
    "nonexclusive by then": """
        a: license A->B to tools exclusive
        amend one "One" signed 2024-06-01
          set a nonexclusive
          add b: license A->C to tools nonexclusive
        """,
    "a licence and a purchase": "a: license A->B to tools exclusive\nb: commit A->C 1m USD of tools",
    "owners of shares": "a: own B 40% of tools\nb: own C 60% of tools",
    "joint owners": "a: own B, C joint of tools\nb: own C, B joint of drills",
    "an assignment": "a: own B of tools\nb: own B->C of tools from 2026",
    "options of different grantors": 'a: option A->B purchase "buy" of tools\nb: option C->B purchase "buy" of tools',
    "options to renew": "a: option A->B renewal of tools\nb: option A->C renewal of tools",
    "an owner and a licensee": "a: own A of tools\nb: license A->B to tools exclusive",
    "another act": "a: forbid B->A copy of tools\nb: permit A->B resell of tools",
    "a wider permission": "a: forbid B->A copy of tools\nb: permit A->B use of tools",
    "of somebody else": "a: forbid B->A copy of tools\nb: permit A->C copy of tools",
    "unless it is allowed": 'a: forbid B->A copy unless "A agrees"\nb: permit A->B copy when "A agrees"',
    "another quantity": "a: forbid B->A copy at least 3 piece\nb: permit A->B copy at most 2 piece",
    "with other people": 'a: forbid B->A copy with "rivals"\nb: permit A->B copy with "friends"',
    "due in time": 'term until 2025\na: require A "act" by 2025-12-31',
    "due when it survives": 'term until 2025\na: require A "act" by 2026\nsurvive a',
    "money due later": "term until 2025\na: fee A->B 1m USD by 2026",
    "a condition that may hold": 'a: permit A "act" while open unless "it rains"',
    "a cap of another window": "a: royalty A->B 5% cap 1m USD per month floor 2m USD per year",
    "a cap that is not known": 'unknown TOP amount "top"\na: royalty A->B 5% cap TOP floor 2m USD',
    "a worse price": "p: fee B->A 10 USD per piece of tools\nm: mfn A->B on p\nq: fee C->A 11 USD per piece of tools",
    "an excepted price": (
        "p: fee B->A 10 USD per piece of tools\nm: mfn A->B on p except C\nq: fee C->A 9 USD per piece of tools"
    ),
    "a price of other things": (
        "p: fee B->A 10 USD per piece of tools\nm: mfn A->B on p\nq: fee C->A 9 USD per piece of farming"
    ),
    "a price by then": (
        "p: fee B->A 10 USD per piece of tools until 2025\nm: mfn A->B on p\n"
        "q: fee C->A 9 USD per piece of tools from 2026"
    ),
    "a share that is not known": "p: royalty A->B 10% of tools\nm: mfn A->B on p\nq: royalty A->C RATE of tools",
    "a notice in time": "term until 2024-06-30 renews 1 year notice 3 months",
    "after the deal, surviving": ('term until 2025\na: forbid A "talk" for 2 years from end of term\nsurvive a'),
    "after the deal, perpetual": 'term until 2025\na: forbid A "talk" from end of term perpetual',
}


@pytest.mark.parametrize("name", PEACE)
def test_what_is_no_clash_is_not_reported(name: str) -> None:
    assert found(PEACE[name]) == []


def test_a_clash_tells_both_places_both_periods_and_the_first_day() -> None:
    text = BASE + "a: license A->B to tools exclusive until 2026\nb: license A->C to drills exclusive from 2025-07-01\n"
    loaded = dealrun.loads(text)
    (clash,) = loaded.conflicts()
    assert clash.message == "`d.a` and `d.b` are both exclusive, from 2025-07-01"
    assert clash.span is not None
    assert clash.span.text.startswith("b: license")
    notes = {note.message: note.span for note in clash.notes}
    assert notes["`d.b` holds from 2025-07-01"] is None
    place = notes["`d.a` holds from 2024-01-01 until 2026-12-31"]
    assert isinstance(place, Span)
    assert place.text.startswith("a: license")


def test_what_comes_with_an_event_says_so() -> None:
    text = "a: license A->B to tools exclusive\nb: license A->C to tools nonexclusive when SALE"
    assert found(text) == [("DR802", "`d.b` grants what `d.a` grants exclusively, supposing SALE, from 2024-01-02")]


def test_no_contract_of_ours_has_a_conflict() -> None:
    folders = [
        path for path in (ROOT / "contracts").iterdir() if path.is_dir() and path.name not in {"cuad", "tutorial"}
    ]
    contracts = [*folders, ROOT / "contracts/tutorial/supply", *(ROOT / "contracts/cuad").glob("*.deal")]
    for path in contracts:
        loaded = dealrun.load(path)
        assert loaded.conflicts().items == (), path


@pytest.mark.parametrize("folder", ["contracts/cuad", "contracts"])
def test_no_conflict_between_contracts_of_ours(folder: str) -> None:
    codes_ = {diagnostic.code for diagnostic in dealrun.portfolio(ROOT / folder).diagnostics}
    assert not {code for code in codes_ if code.startswith("DR8") or code == "DR312"}


# --- portfolios -------------------------------------------------------------------------------------------------------


def told(diagnostics: Iterable[dealrun.Diagnostic]) -> set[Planted]:
    """What was found, by code and labels."""
    return {Planted(d.code, frozenset(re.findall(r"`(?:k\d+\.)?([ab]\d+)`", d.message))) for d in diagnostics}


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(0, 80))
def test_every_planted_clash_is_found_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, seed: int, size: int, clashes: int
) -> None:
    case = generate(seed, size, clashes)
    folder = tmp_path_factory.mktemp("portfolio")
    case.write(folder)
    checked = dealrun.portfolio(folder)
    assert len(checked.contracts) == size
    answer = told(checked.diagnostics)
    FOUND.update(planted=len(case.planted), found=len(answer), right=len(answer & case.planted))
    assert answer == case.planted, (answer ^ case.planted, seed, size, clashes)


def recall_and_precision() -> str:
    """Over all generated portfolios."""
    right, planted, answered = FOUND["right"], FOUND["planted"], FOUND["found"]
    return (
        f"{planted} clashes planted, {answered} found: "
        f"recall {right / max(1, planted):.1%}, precision {right / max(1, answered):.1%}"
    )


def test_a_portfolio_holds_contracts_apart(tmp_path: Path) -> None:
    (tmp_path / "one.deal").write_text(
        BASE.replace("deal d", "deal one") + "a: license A->B to tools exclusive\n", encoding="utf-8"
    )
    (tmp_path / "one-more.deal").write_text(
        'amend more "More" of one signed 2024-06-01\n  set a nonexclusive\n', encoding="utf-8"
    )
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "1.deal").write_text(
        BASE.replace("deal d", "deal two") + "b: license A->C to tools exclusive from 2024-03\n", encoding="utf-8"
    )
    (tmp_path / "broken.deal").write_text("license A->B untl 2030\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no contract", encoding="utf-8")
    checked = dealrun.portfolio(tmp_path)
    assert len(checked.contracts) == 2
    messages = [diagnostic.message for diagnostic in checked.diagnostics if diagnostic.code.startswith("DR8")]
    assert messages == ["`one.a` and `two.b` are both exclusive, from 2024-03-01"]
    assert any(diagnostic.code == "DR302" for diagnostic in checked.diagnostics)


def test_a_name_is_the_same_thing_where_its_text_is(tmp_path: Path) -> None:
    one = BASE.replace("deal d", "deal one") + "a: license A->B to tools exclusive\n"
    two = BASE.replace("deal d", "deal two") + "b: license A->C to tools exclusive\n"
    (tmp_path / "one.deal").write_text(one, encoding="utf-8")
    (tmp_path / "two.deal").write_text(two.replace('tools "tools"', 'tools "other tools"'), encoding="utf-8")
    assert [d.code for d in dealrun.portfolio(tmp_path).diagnostics] == []
    (tmp_path / "two.deal").write_text(two.replace('party A "A"', 'party A "A Inc."'), encoding="utf-8")
    assert [d.code for d in dealrun.portfolio(tmp_path).diagnostics] == []
    renamed = two + 'amend name "Name" signed 2024-02-01\n  set party A "A Inc."\n'
    (tmp_path / "two.deal").write_text(renamed, encoding="utf-8")
    assert [d.code for d in dealrun.portfolio(tmp_path).diagnostics] == ["DR801"]


# --- what a tester broke ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "supposed"),
    [
        ("when SALE", "SALE"),
        ("when again", "again"),
        ("when exercise of buy", "exercise of buy"),
        ("when breach of pay", "breach of pay"),
        ("when default of pay", "breach of pay"),
        ("while open", "open"),
        ("while DISCLOSED", "DISCLOSED"),
        ('when "A agrees"', '"A agrees"'),
    ],
)
def test_what_brings_a_grant_about_is_supposed(words: str, supposed: str) -> None:
    text = f"""
        event again "again" recurring
        unknown DISCLOSED truth "whether it was disclosed"
        buy: option C->A purchase "a car"
        pay: require C "pay" by 2030
        a: license A->B to tools exclusive
        b: license A->C to tools nonexclusive {words}
    """
    ((code, message),) = found(text)
    assert code == "DR802"
    assert f"supposing {supposed}, from" in message


def test_what_follows_from_a_failed_duty_is_supposed() -> None:
    text = """
        pay: require C->A "pay" by 2030 otherwise b
        a: license A->B to tools exclusive
        b: license A->C to tools nonexclusive
    """
    assert found(text) == [
        ("DR802", "`d.b` grants what `d.a` grants exclusively, supposing breach of pay, from 2024-01-02")
    ]


def test_a_grant_for_each_occurrence_is_one_for_its_days() -> None:
    text = """
        event again "again" recurring
        a: license A->B to tools exclusive until 2024
        b: license A->C to tools nonexclusive each again for 3 days
        record again on {day}
    """
    assert found(text.format(day="2025-03-01")) == []
    assert found(text.format(day="2024-03-01")) == [
        ("DR802", "`d.b` grants what `d.a` grants exclusively, from 2024-03-01")
    ]


def test_a_folder_with_links_and_pipes(tmp_path: Path) -> None:
    one = BASE.replace("deal d", "deal one") + "a: license A->B to tools exclusive\n"
    two = BASE.replace("deal d", "deal two") + "b: license A->C to tools exclusive\n"
    (tmp_path / "one.deal").write_text(one, encoding="utf-8")
    (tmp_path / "two.deal").write_text(two, encoding="utf-8")
    (tmp_path / "again.deal").symlink_to(tmp_path / "one.deal")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.deal")
    checked = dealrun.portfolio(tmp_path)
    assert len(checked.contracts) == 2
    assert [diagnostic.code for diagnostic in checked.diagnostics] == ["DR906", "DR801"]
    assert checked.diagnostics[0].message.endswith("pipe.deal` cannot be read: it is no regular file")


def test_an_amendment_of_one_of_two_deals_of_a_name_is_told(tmp_path: Path) -> None:
    one = BASE.replace("deal d", "deal one") + "a: license A->B to tools exclusive\n"
    (tmp_path / "one.deal").write_text(one, encoding="utf-8")
    (tmp_path / "two.deal").write_text(one.replace("tools exclusive", "farming exclusive"), encoding="utf-8")
    (tmp_path / "more.deal").write_text('amend more "More" of one signed 2024-06-01\n  drop a\n', encoding="utf-8")
    (told_,) = dealrun.portfolio(tmp_path).diagnostics
    assert told_.code == "DR206"
    assert "which several files declare" in told_.message


@pytest.mark.parametrize("silent", ["license A->B exclusive", "license A->B to tools exclusive"])
def test_what_an_amendment_narrowed_was_wider_before(silent: str) -> None:
    text = f"""
        a: {silent}
        b: license A->C to tools nonexclusive in japan until 2024-05-31
        amend one "One" signed 2024-06-01
          set a to farming in france field mining
    """
    assert codes(text) == ["DR802"]
