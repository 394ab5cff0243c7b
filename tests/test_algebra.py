"""Whole contracts: restated, compared, amended on trial, accounted for; as a library and as commands.

Each test is a contract of a few lines and what must be shown of it.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

import dealrun
from conftest import ROOT
from dealrun.algebra.same import said
from dealrun.api.wire import schema
from dealrun.cli.main import main
from dealrun.state.changes import term_text
from dealrun.state.standing import days_of_change
from dealrun.time import iso, to_day

Capture = pytest.CaptureFixture[str]


@attrs.frozen
class Result:
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder, on a wide terminal, with some files in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(files: dict[str, str] | str, *arguments: str) -> Result:
        for name, text in ({"a.deal": files} if isinstance(files, str) else files).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        try:
            code = main(list(arguments))
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Result(code, printed.out, printed.err)

    return call


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of an output, formats checked."""
    return Draft202012Validator(schema.schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER)


def valid(name: str, text: str) -> Any:
    """Output as JSON, which its schema allows."""
    data = json.loads(text)
    validator(name).validate(data)
    return data


def made(text: str) -> dealrun.Contract:
    """A contract that must load."""
    loaded = dealrun.loads(text)
    assert loaded, str(loaded)
    assert isinstance(loaded, dealrun.Contract)
    return loaded


def days(*timelines: dealrun.Timeline) -> list[int]:
    """The days on which something changes, the days before them, and far ends."""
    found = {
        day
        for t in timelines
        for keys in (t.labels, t.declared)
        for key in keys
        for day in days_of_change(t.answers, key)
        if 2 < day < 10**6
    }
    return sorted({*found, *(day - 1 for day in found), to_day("1950-01-01"), to_day("2150-01-01")})


def states(timeline: dealrun.Timeline, day: int) -> dict[str, Any]:
    """What a timeline says on a day, of clauses that have not ended and of what is declared."""
    clauses = {key: said(timeline.clause(key, day)) for key in timeline.labels}
    declared = {key: timeline.declaration(key, day) for key in timeline.declared if key.word != "source"}
    found: dict[str, Any] = {key: state for key, state in clauses.items() if state != ("ended",)}
    return found | {
        str(key): {name: term_text(view) for name, view in state.terms.items()}
        for key, state in declared.items()
        if state.declared
    }


def same_from(day: str, left: dealrun.Timeline, right: dealrun.Timeline, *, declared: bool = True) -> None:
    """Two timelines say the same from a day on; of what is declared and no longer used nothing need be said."""
    start = to_day(day)
    for each in (start, *(d for d in days(left, right) if d > start)):
        mine, theirs = states(left, each), states(right, each)
        shared = {key for key in mine if " " not in key or (declared and key in theirs)}
        assert {k: mine[k] for k in shared} == {k: v for k, v in theirs.items() if " " not in k or k in shared}, iso(
            each
        )


D = 'deal d "D" signed 2024-01-01 parties A, B\nparty A "A"\nparty B "B"\n'
E = D + 'event E "the event"\n'


# --- restate ----------------------------------------------------------------------------------------------------------

CHAINS = {
    "set": D + 's: permit A "sing"\namend n signed 2025-01-01 effective 2026-01-01\n  set s "hum" until 2030\n',
    "drop and add": D + "s: fee A->B 1m USD\namend n signed 2025-01-01\n  drop s\n"
    "amend m signed 2026-01-01\n  add s: fee A->B 2m USD\n",
    "party": D + 's: permit A "sing"\namend n signed 2024-06-01 effective 2025-01-01\n  set party A "A Inc."\n',
    "declarer": D + 'person P "P"\nperson Q "Q"\nevent E "e" declared by P\ns: permit A "sing" until E\n'
    "amend n signed 2024-06-01\n  set event E declared by Q\nrecord E on 2024-03-01 by P\n",
    "redacted": D + "s: fee A->B *** USD per year\nt: revshare A->B *** cap ***\n"
    "amend n signed 2024-06-01\n  set t 1/3\n",
    "renewals": D + 'term 2 years renews 1 year renewals 3 notice 90 days\n'
    'exit: terminate A convenience notice 30 days\n'
    'w: require A->B "work"\nx: forbid B "solicit" for 2 years from end of term\nsurvive x for 1 year\n'
    "record notice of term on 2026-11-01\n",
    "terminated": D + 'exit: terminate A convenience notice 30 days\nw: require A->B "work"\nx: forbid B "solicit"\n'
    "survive x for 1 year\nrecord notice of exit on 2026-11-01\n",
    "waived": D + "s: revshare A->B 20%\namend n signed 2024-06-01\n  waive s by B from 2024-07-01 until 2024-12-31\n"
    "amend m signed 2024-08-01\n  reinstate s\n",
    "side letter": D + "ip: license A->B exclusive\ns: revshare B->A 20%\n"
    "amend side signed 2024-06-01 until 2024-12-31\n"
    "  set ip nonexclusive\n  drop s\n  add spot: fee B->A 1m USD\n"
    "amend m signed 2024-09-01\n  set ip exclusive until 2030\n",
    "side letter until an event": E + "ip: license A->B exclusive\namend side signed 2024-06-01 until E\n"
    "  set ip nonexclusive\n  drop ip\n",
    "when an event": E + 'ip: license A->B exclusive\namend n signed 2024-06-01 when E\n  set ip nonexclusive\n'
    '  add q: permit A "q" until 2026\n  drop ip\n',
    "quoted": D + 's: permit A "sing" while "it rains" unless "it | `is` <script>"\n'
    'record "it rains" holds from 2024-05-01 until 2024-06-01\n',
    "each": D + 'event del "a delivery" recurring\nevent aud "an audit" every 1 year from 2025-01-31\n'
    'c: require B "inspect" each del within 10 days of del\nb: permit B "audit" each aud for 30 days\n'
    "record del on 2024-03-01\nrecord del on 2024-05-01\n",
    "amended amendments": D + "s: revshare B->A 20%\namend n signed 2024-06-01 effective 2025-01-01\n  set s 15%\n"
    "amend m signed 2024-09-01\n  set amend n effective 2025-07-01\namend o signed 2026-03-01\n  drop amend n\n",
    "units": 'deal d "D" signed 2024-01-01 currency EUR\nparty A "A"\nparty B "B"\nunit FTE "ftes"\nunit t "tonnes"\n'
    "s: commit A->B 2,000 t\nf: fee A->B $10 per FTE\namend n signed 2025-01-01\n  set s 1/3 * 12 t\n",
    "due": D + 'f: fee A->B 1m USD quarterly within 30 days\nk: require A->B "x" by 2024-06-30\n'
    'z: permit A "z" until 30 days after due of k\nh: fee A->B 1m USD when breach of k\n'
    "record breach of k on 2024-07-01\n",
    "in a row": D + 'a: permit A "s" until 2024-06-30\nb: permit A "b" from end of a for 1 year\n'
    'c: permit A "c" from end of b for 1 year\ne: require B "x" within 30 days of end of c\n'
    "f: fee A->B 1m USD when due of e\n",
    "corrected": E + 's: permit A "s" until E\nt: permit A "t" from E for 1 year\n'
    "record E on 2024-06-01 known 2024-07-01\nrecord E on 2024-08-01 known 2024-09-01\n",
    "labels like words": D + 'unset: permit A "s"\ndrop: permit B "t"\nevent: permit A "u" while unset\n'
    'amend n signed 2025-01-01 effective 2026-01-01\n  set unset "x"\n  drop event\n',
    "odd text": 'deal döl "D ü" signed 2024-01-01\nparty Ä "Ä ☃"\ns: permit Ä "s \\\\ back # no comment | x"\n'
    'amend ö "O" signed 2025-01-01 effective 2026-01-01\n  set s "q"\n',
    "ended": D + 's: permit A "s" until 2024-12-31\nf: fee A->B 1m USD until 2025\n',
}  # fmt: skip


@pytest.mark.parametrize("name", CHAINS)
def test_a_restatement_says_the_same_from_its_day_on_also_restated_again(name: str) -> None:
    contract = made(CHAINS[name])
    chain = contract.timeline()
    for day in ("2023-06-01", "2024-01-01", "2024-09-15", "2025-07-01", "2040-01-01"):
        first = made(contract.restate(day))
        same_from(day, chain, first.timeline(known=contract.known))
        for later in (day, iso(to_day(day) + 40)):
            again = made(first.restate(later, known=contract.known))
            same_from(later, chain, again.timeline(known=contract.known))


def test_a_restatement_reads_as_one_agreement(run: Run) -> None:
    files = (
        D + 'source book "Book"\nip: license A->B exclusive until 2030\nshare: revshare B->A 20%\n'
        'amend n "Next" signed 2025-01-01\n  set ip nonexclusive [book 3]\n  drop share\n'
        "amend m signed 2025-02-01 effective 2026-01-01\n  set ip until 2032\n"
    )
    result = run(files, "restate", "a.deal", "--on", "2025-03-01")
    assert result == Result(0, (
        'deal d "D, as amended and restated" signed 2024-01-01 effective 2024-01-01 restated 2025-03-01 '
        "known 2025-02-01 parties\n  A, B\n\n"
        'source d "D" on 2024-01-01\nsource n "Next" on 2025-01-01\nparty A "A"\nparty B "B"\nsource book "Book"\n\n'
        "ip: license A->B nonexclusive until 2030 [d; n; book 3]\n\n"
        "# Signed, and still to take effect, or to lapse.\n"
        "amend m of d signed 2025-02-01 effective 2026-01-01\n  set ip until 2032\n"
    ), "")  # fmt: skip


def test_a_chain_and_its_restatement_do_not_differ(run: Run) -> None:
    chain = (
        D + 'asset unused "unused"\naudit: permit A "audit" for 5 years\nshare: revshare B->A 20% cap 5m USD\n'
        'spare: permit B "try" until 2024-06-30\nreport: require A->B "report" within 30 days\n'
        'amend n "Next" signed 2025-01-01\n  set share 15%\n'
    )
    text = run(chain, "restate", "a.deal", "--on", "2025-03-01").out
    told = run({"a.deal": chain, "b.deal": text}, "diff", "a.deal", "b.deal").out
    assert told == (
        "from a.deal to b.deal, from 2025-03-01 on, as of which one is restated, as known on 2025-01-01\n\n"
        "no difference\n"
    )
    for old, new, term in (
        ("15%", "14%", "rate"), ("cap 5m", "cap 6m", "cap"), ("until 2028-12-31", "until 2028-12-30", "until"),
        ("2024-01-31", "2024-01-30", "due"), ("audit: permit A", "audit: permit B", "holder"),
    ):  # fmt: skip
        assert old in text
        changed = run({"a.deal": chain, "b.deal": text.replace(old, new)}, "diff", "a.deal", "b.deal").out
        assert term in changed, (term, changed)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("restated 2024", "is not a single day"),
        ("restated 2024-06-01, 2024-06-02", "is not a single day"),
        ("restated", "`restated` needs a value"),
        ("restated 2024-06-01 known 2024", "is not a single day"),
        ("known 2024-06-01", "`deal` has no `known`"),
        ("restated 2024-06-01 known 2023-12-31", "was signed later, on 2024-01-01"),
    ],
)
def test_wrong_heads_of_a_consolidated_text(header: str, message: str) -> None:
    with pytest.raises(dealrun.LoadError, match=message):
        dealrun.loads(f'deal d "D" signed 2024-01-01 {header}\nparty A "A"\ns: permit A "s"\n')


def test_a_consolidated_text_is_there_from_what_it_knows_on() -> None:
    deal = dealrun.loads('deal d "D" signed 2024-01-01 restated 2024-06-01 known 2024-05-01\nparty A "A"\n'
                         's: permit A "s"\n')  # fmt: skip
    assert deal.known == date(2024, 5, 1)
    assert deal.timeline(known="2024-04-30").labels == ()
    timeline = deal.timeline()
    assert [timeline.on(day)["s"].status for day in ("2024-05-31", "2024-06-01")] == ["not yet", "in force"]
    assert "restated as of 2024-06-01, as known on 2024-05-01" in timeline.why("s", "2024-06-01").steps[0].text


def test_known_hides_what_was_signed_later(run: Run) -> None:
    files = D + 's: permit A "sing"\namend n signed 2025-01-01\n  set s "hum"\n'
    assert '"sing"' in run(files, "restate", "a.deal", "--on", "2026-01-01", "--known", "2024-06-01").out
    assert '"hum"' in run(files, "restate", "a.deal", "--on", "2026-01-01").out
    assert '"hum"' in made(files).restate(date(2026, 1, 1), known=date(2025, 6, 1))


def test_a_reading_is_read_into_the_text(run: Run) -> None:
    files = (
        D + "s: revshare A->B 20%\namend n signed 2025-01-01\n  set s cap 5m USD\n"
        'reading annual "a" of n\n  set s cap 5m USD per year\n'
    )
    assert "5m USD per year" in run(files, "restate", "a.deal", "--on", "2026-01-01", "--reading", "annual").out
    plain = run(files, "restate", "a.deal", "--on", "2026-01-01").out
    assert "per year" not in plain
    assert "counting from 2025-01-01" in plain, "a cap that an amendment adds counts from its effective day"


def test_so_far(run: Run) -> None:
    files = D + "share: revshare A->B 20% cap 5m USD until 2026 then 6m USD\n"
    text = run(files, "restate", "a.deal", "--on", "2025-01-01", "--so-far", "share=3m USD").out
    assert text.count("counting from 2025-01-01 so far 3m USD") == 2
    made(text)
    for wrong, message in {
        "shar=3m USD": "did you mean `share`?", "share=***": "is no amount", "share=TOTAL": "is no amount",
        "share=-3m USD": "is no amount", "share=": "expected NAME=VALUE", "3m USD": "expected NAME=VALUE",
        "share=3": "is no amount",
    }.items():  # fmt: skip
        result = run(files, "restate", "a.deal", "--on", "2025-01-01", "--so-far", wrong)
        assert (result.code, result.out) == (2, ""), wrong
        assert message in result.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--on", "2024-1"), "not a date"), (("--on", "2025-02-30"), "does not exist"),
        (("--on", "0001-01-01"), "horizon"),
        (("--on", "9999-12-31"), "horizon"), (("--on", "2025-01-01", "--known", "x"), "--known"),
        (("--on", "2025-01-01", "--reading", "x"), "no reading `x`"),
        (("--on", "2025-01-01", "-o", "."), "it is a folder"),
        (("--on", "2025-01-01", "-o", "none/x.deal"), "cannot be written"),
        (("--on", "2025-01-01", "--format", "json"), ""),
    ],
)  # fmt: skip
def test_usage_of_restate(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(D + 's: permit A "s"\n', "restate", "a.deal", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert os.listdir() == ["a.deal"]


def test_without_a_day_it_is_today_and_says_so(run: Run) -> None:
    assert run(D + 's: permit A "s"\n', "restate", "a.deal").err.startswith("on: today, ")
    assert run(D + 's: permit A "s"\n', "restate", "a.deal", "--quiet").err == ""


def test_the_ends_of_time(run: Run) -> None:
    for day in ("1900-01-01", "2199-12-31"):
        result = run(D + 's: permit A "s" until 2100\nt: permit A "t"\n', "restate", "a.deal", "--on", day)
        assert result.code == 0
        same_from(
            day, made(D + 's: permit A "s" until 2100\nt: permit A "t"\n').timeline(), made(result.out).timeline()
        )


def test_several_deals_are_restated_together() -> None:
    contract = made(SEVERAL)
    for day in ("2024-01-15", "2024-06-01", "2025-01-15", "2026-01-01"):
        same_from(day, contract.timeline(), made(contract.restate(day)).timeline(known=contract.known))


SEVERAL = (
    'deal p "P" signed 2024-01-01\nparty A "A"\nparty B "B"\ns: permit A->B "s"\n'
    'deal q "Q" signed 2024-02-01\nparty A "AA"\nparty B "BB"\ns: permit A->B "s2"\nt: fee A->B 1m USD while p.s\n'
    'amend both of p, q signed 2025-01-01\n  set s until 2027\n  set q.s until 2030\n  set party q.A "AAA"\n'
    "amend x of q signed 2025-02-01\n  drop s\n"
)


def test_several_deals_are_restated_twice() -> None:
    contract = made(SEVERAL)
    made(made(contract.restate("2025-01-15")).restate("2025-01-15", known=contract.known))


@pytest.mark.parametrize("day", ["2019-06-01", "2020-06-01"])
def test_an_uncertain_signing_day_is_restated_twice(day: str) -> None:
    contract = made('deal d "D" signed 2019\nparty A "A"\ns: permit A "sing" for 2 years\n')
    first = made(contract.restate(day))
    made(first.restate(day, known=contract.known))


def test_a_sketch_is_restated() -> None:
    contract = made("s: license MSFT exclusive until AGI then nonexclusive until 2032\n")
    same_from("2026-01-01", contract.timeline(), made(contract.restate("2026-01-01")).timeline())


def test_a_sketch_with_an_agreed_party_is_restated() -> None:
    contract = made('party A "A"\nevent E "e"\nevent F = E\ns: permit A "s" until F\nrecord E on 2027-03-01\n')
    made(contract.restate("2027-02-28"))


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_nothing_is_restated_as_nothing(run: Run, text: str) -> None:
    assert run(text, "restate", "a.deal", "--on", "2025-01-01").code in (0, 2)


def test_a_sketch_that_has_ended_is_restated_twice() -> None:
    made(made("license MSFT until 2032\n").restate("2040-01-01")).restate("2040-01-01")


def test_a_restatement_of_an_earlier_day_knows_what_the_chain_knows() -> None:
    contract = made(
        E + 's: permit A "s" until E\namend n signed 2026-01-01 effective 2025-01-01 retroactive\n  set s "x"\n'
    )
    restated = made(contract.restate("2025-06-01"))
    assert contract.timeline().on("2025-12-01")["s"].status == "in force"
    assert restated.timeline().on("2025-12-01")["s"].status == "in force"


@pytest.mark.parametrize("amount", ["3m EUR", "20%", "3m USD so far 2m USD"])
def test_so_far_is_an_amount_of_the_cap(run: Run, amount: str) -> None:
    result = run(D + "share: revshare A->B 20% cap 5m USD\n", "restate", "a.deal", "--on", "2025-01-01",
                 "--so-far", f"share={amount}")  # fmt: skip
    assert result.code == 2


def test_so_far_of_what_has_no_cap(run: Run) -> None:
    result = run(D + 's: permit A "s"\n', "restate", "a.deal", "--on", "2025-01-01", "--so-far", "s=3m USD")
    assert result.code == 2


# --- diff --as-amendment ----------------------------------------------------------------------------------------------

PAIRS: dict[str, tuple[str, str, str]] = {
    "a term": ('s: permit A "s"\n', 's: permit A "t"\n', '  set s "t"'),
    "an end": ('s: permit A "s"\n', 's: permit A "s" until 2030\n', "  set s until 2030"),
    "no end": ('s: permit A "s" until 2030\n', 's: permit A "s"\n', "  unset s until"),
    "two terms of one clause": ('s: fee A->B 1m USD\nt: permit A "t"\n',
                                's: fee A->B 2m USD cap 9m USD per year\nt: permit A "t"\n',
                                "  set s 2m USD cap 9m USD per year"),
    "a clause": ("", 's: permit A "s"\n', '  add s: permit A "s"'),
    "no clause": ('s: permit A "s"\n', "", "  drop s"),
    "sides": ("s: fee A->B 1m USD\n", "s: fee B->A 1m USD\n", "  set s payer B payee A"),
    "a word": ('s: permit A "s"\n', 's: require A "s"\n', '  replace s: require A "s"'),
    "an event": ('event F "f"\n', 'event F "g"\n', '  set event F "g"'),
    "bounds": ('unknown T amount "t" at least 5m USD\ns: fee A->B T\n',
               'unknown T amount "t" at least 7m USD\ns: fee A->B T\n', "  set unknown T at least 7m USD"),
    "an exception": ('asset x "x"\nasset y "y"\ns: license A->B except x\n',
                     'asset x "x"\nasset y "y"\ns: license A->B except x, y\n', "  set s except x, y"),
    "a schedule": ("s: fee A->B 1m USD\n", "s: fee A->B 1m USD until 2026 then 3m USD\n",
                   "  set s 1m USD until 2026 then 3m USD"),
    "redacted": ("s: fee A->B 5m USD\n", "s: fee A->B ***\n", "  set s ***"),
    "a condition": ('s: permit A "s" while "q"\n', 's: permit A "s" while "q" and "r"\n', '  set s while "q" and "r"'),
    "precedence": ('s: permit A "s"\nt: forbid A "t"\n', 's: permit A "s" notwithstanding t\nt: forbid A "t"\n',
                   "  set s notwithstanding t"),
    "the term": ('term 3 years\ns: permit A "s"\n', 'term 4 years\ns: permit A "s"\n', "  set term 4 years"),
    "ended, and no longer": ('s: permit A "s" until 2024-06-30\n', 's: permit A "s" until 2026\n',
                             '  add s: permit A "s" until 2026'),
    "ended now": ('s: permit A "s" until 2026\n', 's: permit A "s" until 2024-06-30\n', "  drop s"),
    "maybe ended": ('event F "f"\ns: permit A "s" until F\n', 'event F "f"\ns: permit A "s" until 2027\n',
                    '  drop s\n  add s: permit A "s" until 2027'),
    "waived": ("s: revshare A->B 20%\namend o signed 2024-01-01\n  waive s by B until 2026\n", "s: revshare A->B 20%\n",
               "  reinstate s"),
}  # fmt: skip


@pytest.mark.parametrize("backwards", [False, True], ids=["there", "back"])
@pytest.mark.parametrize("name", PAIRS)
def test_an_amendment_turns_one_version_into_the_other(name: str, backwards: bool) -> None:
    left, right, operation = PAIRS[name]
    old, new = (D + right, D + left) if backwards else (D + left, D + right)
    text = made(old).difference(made(new), effective="2025-01-01", name="n")
    assert text.startswith(("amend n of d signed 2024-01-01 effective 2025-01-01\n", "amend o of d"))
    if not backwards:
        assert text.partition("\n")[2].rstrip("\n") == operation, "what differs, and nothing else"
    amended = made(old + text)
    same_from("2025-01-01", made(new).timeline(), amended.timeline())
    same_from("2025-01-01", amended.timeline(), made(new).timeline())
    for day in (day for day in days(amended.timeline()) if day < to_day("2025-01-01")):
        before, after = states(made(old).timeline(), day), states(amended.timeline(), day)
        assert before == {key: state for key, state in after.items() if key in before or state[0] != "not yet"}, iso(
            day
        )


def test_equal_versions_have_no_difference(run: Run) -> None:
    files = {"a.deal": D + 's: permit A "s"\n', "b.deal": "# the same\n" + D + 's: permit A    "s"\n'}
    assert run(files, "diff", "a.deal", "b.deal", "--as-amendment") == Result(0, "# no difference\n", "")
    assert made(files["a.deal"]).difference(made(files["b.deal"])) == ""


TWO = {"a.deal": D + 's: permit A "s"\n', "b.deal": D + 's: permit A "t"\n'}


def test_the_days_and_the_name_of_the_amendment(run: Run) -> None:
    head = ("diff", "a.deal", "b.deal", "--as-amendment")
    assert run(TWO, *head) == Result(1, 'amend amendment of d signed 2024-01-01\n  set s "t"\n', "")
    named = run(TWO, *head, "--name", "third", "--signed", "2026-01-01", "--effective", "2025-01-01")
    assert named.out == 'amend third of d signed 2026-01-01 effective 2025-01-01 retroactive\n  set s "t"\n'
    assert run(TWO, *head, "--effective", "2199-12-31").code == 1


def test_an_amendment_is_written_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    head = ("diff", "a.deal", "b.deal", "--as-amendment", "-o")
    assert run(TWO, *head, "c.deal") == Result(1, "", "")
    assert (tmp_path / "c.deal").read_text() == 'amend amendment of d signed 2024-01-01\n  set s "t"\n'
    for target in ("none/c.deal", ".", "a.deal/c.deal"):
        result = run(TWO, *head, target)
        assert (result.code, result.out) == (2, "")
        assert f"`{target}` cannot be written" in result.err
    assert sorted(os.listdir()) == ["a.deal", "b.deal", "c.deal"]


@pytest.mark.parametrize(
    "arguments",
    [("--on", "2025-01-01"), ("--against", "2025-01-01"), ("--format", "json"), ("--name", ""), ("--name", "a b"),
     ("--name", "x\u202e"), ("--effective", "2200-01-01"), ("--signed", "soon"), ("c.deal",)],
)  # fmt: skip
def test_usage_of_the_amendment(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(TWO, "diff", "a.deal", "b.deal", "--as-amendment", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err


def test_a_sketch_needs_a_signing_day(run: Run) -> None:
    files = {"a.deal": 's: permit A "s"\n', "b.deal": 's: permit A "t"\n'}
    result = run(files, "diff", "a.deal", "b.deal", "--as-amendment", "--quiet")
    assert (result.code, result.out) == (2, "")
    assert "--signed" in result.err


def test_what_no_amendment_undoes_is_said(run: Run) -> None:
    files = {name: f'deal d "D" signed {day}\nparty A "A"\ns: permit A "s" for 2 years\n'
             for name, day in {"a.deal": "2024", "b.deal": "2024-06"}.items()}  # fmt: skip
    result = run(files, "diff", "a.deal", "b.deal", "--as-amendment", "--effective", "2025-01-01")
    assert (result.code, result.out) == (1, "")
    assert "no amendment of 2025-01-01 makes s" in result.err
    with pytest.raises(dealrun.DifferenceError):
        made(TWO["a.deal"]).difference(made(TWO["b.deal"]), effective="2020-01-01")


def test_what_is_to_come_in_the_new_version_comes_in_an_amendment_of_its_own() -> None:
    old = D + "s: revshare A->B 20%\n"
    new = old + "amend o signed 2024-06-01 effective 2026-01-01\n  set s 10%\n"
    text = made(old).difference(made(new), effective="2025-01-01")
    assert "amend o of d signed 2024-06-01 effective 2026-01-01\n  set s 10%\n" in text
    same_from("2025-01-01", made(new).timeline(), made(old + text).timeline())
    back = made(new).difference(made(old), effective="2025-01-01")
    same_from("2025-01-01", made(old).timeline(), made(new + back).timeline())


def test_a_difference_of_several_deals() -> None:
    old, new = SEVERAL, SEVERAL.replace('permit A->B "s"\n', 'permit A->B "sss"\n')
    text = made(old).difference(made(new), effective="2026-01-01")
    assert text.partition("\n")[2] == '  set p.s "sss"\n'
    same_from("2026-01-01", made(new).timeline(), made(old + text).timeline())


def test_a_term_that_only_changes_later_is_not_set() -> None:
    old = D + "s: revshare A->B 20%\n"
    new = old + "amend o signed 2024-06-01 effective 2026-01-01\n  set s 10%\n"
    assert "set s 20%" not in made(old).difference(made(new), effective="2025-01-01")


def test_what_waits_for_an_event_changes_nothing_before_the_effective_day() -> None:
    old = E + "s: revshare A->B 20%\n"
    text = made(old).difference(made(old + "amend o signed 2024-06-01 when E\n  set s 10%\n"), effective="2025-01-01")
    amended = made(old + text)
    assert amended.timeline().on("2024-12-31")["s"].terms["rate"].text == "20%"


def test_facts_that_differ_are_said_or_made_good() -> None:
    new = E + 's: permit A "s" until E\n'
    old = new + "record E on 2024-06-01\n"
    try:
        text = made(old).difference(made(new), effective="2025-01-01")
    except dealrun.DifferenceError:
        return
    same_from("2025-01-01", made(new).timeline(known="2024-06-01"), made(old + text).timeline())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('term 2 years\ns: permit A "s"\nsurvive s for 1 year\n',
                     'term 2 years\ns: permit A "s"\nt: permit A "t"\nsurvive s, t for 2 years\n', id="survive"),
        pytest.param('asset x "x"\nl: license A->B to x\n', 'stream y "y"\nl: revshare A->B 20% of y\n', id="replace"),
        pytest.param('term until 2024-06-30\ns: permit A "s"\nsurvive s\n', "term until 2024-06-30\n", id="survivor"),
    ],
)  # fmt: skip
def test_an_amendment_that_is_given_loads(old: str, new: str) -> None:
    text = made(D + old).difference(made(D + new), effective="2025-01-01")
    same_from("2025-01-01", made(D + new).timeline(), made(D + old + text).timeline())


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        pytest.param({**TWO, "a.deal": TWO["a.deal"] +
                      'amend amendment signed 2024-02-01\n  set s "q"\n'}, (), id="taken"),
        pytest.param(TWO, ("--name", "d"), id="the deal's"),
        pytest.param(TWO, ("--name", "signed"), id="reserved"),
        pytest.param(TWO, ("--name", "until"), id="reserved too"),
        pytest.param({"a.deal": 's: permit A "s"\n', "b.deal": 's: permit A "t"\n'},
                     ("--signed", "2025-01-01"), id="sketch"),
        pytest.param({**TWO, "a.deal": 's: permit A "s"\n'}, (), id="sketch to deal"),
    ],
)  # fmt: skip
def test_no_amendment_is_a_message(run: Run, files: dict[str, str], arguments: tuple[str, ...]) -> None:
    assert run(files, "diff", "a.deal", "b.deal", "--as-amendment", *arguments).code in (1, 2)


def test_an_empty_version_is_a_message(run: Run) -> None:
    files = {"a.deal": "", "b.deal": D + 's: permit A "s"\n'}
    assert run(files, "diff", "a.deal", "b.deal", "--as-amendment").code in (1, 2)


def test_a_deal_more_is_no_amendment() -> None:
    new = TWO["a.deal"] + 'deal q "Q" signed 2024-01-01\nparty A "A"\nt: permit A "t"\n'
    with pytest.raises((dealrun.DifferenceError, ValueError)):
        made(TWO["a.deal"]).difference(made(new), effective="2025-01-01")


@pytest.mark.parametrize(
    "extra", [("--reading", "x"), ("--scenario", "x"), ("--assume", "E=2024-01-01"), ("--set", "T=1")]
)
def test_options_that_an_amendment_does_not_take_are_refused(run: Run, extra: tuple[str, str]) -> None:
    assert run(TWO, "diff", "a.deal", "b.deal", "--as-amendment", *extra).code == 2


# --- changes ----------------------------------------------------------------------------------------------------------

DOES = (
    D + 'source book "B"\nasset x "x"\nasset y "y"\nip: license A->B to x exclusive until 2030\n'
    'share: revshare B->A 20%\nsing: permit A->B "sing"\nnda: forbid A->B "tell"\n'
    'amend n "Next" signed 2025-01-01 by A, 2025-01-04 by B effective 2025-02-01\n  set ip nonexclusive [book 2]\n'
    '  unset ip until\n  add ip except y\n  add audit: permit A->B "audit"\n  drop sing\n'
    "  waive nda by B until 2025\n  set share 20%\n"
)


def test_changes_in_text_in_json_and_on_a_page(run: Run) -> None:
    text = run(DOES, "changes", "a.deal")
    assert text.code == 0
    assert text.out.startswith("n (Next): signed 2025-01-01 by A, 2025-01-04 by B, effective 2025-02-01\n")
    data = valid("changes", run(DOES, "changes", "a.deal", "--format", "json").out)
    (account,) = data["instruments"]
    assert [(d["operation"], d["label"], d["text"], d["before"]) for d in account["done"]] == [
        ("set", "ip", "nonexclusive", "exclusive"), ("unset", "ip", "until", "until 2030"),
        ("added to", "ip", "except y", "none"), ("added", "audit", 'permit A->B "audit"', ""),
        ("dropped", "sing", "", 'permit A->B "sing"'), ("waived", "nda", "by B until 2025", ""),
        ("confirmed", "share", "20%", "20%"),
    ]  # fmt: skip
    assert account["done"][0]["cites"] == [{"source": "book", "locator": "2"}]
    assert (account["effective"], account["known"]) == (
        {"earliest": "2025-02-01", "latest": "2025-02-01"},
        "2025-01-04",
    )
    followed = {(c["on"], c["label"], c["term"]): c["favours"] for c in account["consequences"]}
    assert followed["2025-02-01", "ip", "exclusivity"] == ["A"]
    assert followed["2025-02-01", "ip", "until"] == ["B"]
    assert followed["2025-02-01", "ip", "except"] == ["A"]
    assert followed["2025-02-01", "audit", None] == ["B"]
    assert followed["2025-02-01", "sing", None] == ["A"]
    assert followed["2025-02-01", "nda", None] == ["A"]
    assert not any(label == "share" for _, label, _ in followed), "what is only confirmed has no consequence"
    page = run(DOES, "changes", "a.deal", "--markdown").out
    assert page.startswith(
        "# Changes to D\n\n1 amendment signed: Next.\n\n## Next\n\n"
        "Next changes 2 clauses, adds audit, ends sing and suspends nda. The first effect is on 2025-02-01.\n\n"
        "`n`, signed 2025-01-01 by A"
    )
    assert made(DOES).changes()[0].name == "n"


HOSTILE = (
    D + 'source m "M"\ns: permit A "a | b `c` <script>x</script> [x](http://e) \\\\ *b*" [m 2 | 3]\n'
    'amend n "N | `t` <b>" signed 2025-01-01\n  set s "q | w" [m `z` <i>]\n'
)


def test_no_text_breaks_out_of_its_cell(run: Run) -> None:
    page = run(HOSTILE, "changes", "a.deal", "--markdown").out
    assert not re.search(r"(?<!\\)<(?:script|b|i)", page)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert len(rows) == 6
    for row in rows:
        cells = len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) - 1
        assert cells == (5 if rows.index(row) < 3 else len(rows[3].split("|")) - 2), row
        assert not re.search(r"(?<!\\)(?:\\\\)*`", row), row
    assert "## N \\| \\`t\\` \\<b\\>\n" in page


def test_one_instrument_and_a_day_of_knowledge(run: Run) -> None:
    files = (
        E + 's: permit A->B "s" until E\namend n signed 2024-06-01\n  set s until 2030\n'
        'amend m signed 2025-01-01\n  set s "t"\nrecord E on 2026-01-01\n'
    )
    both = valid("changes", run(files, "changes", "a.deal", "--format", "json").out)["instruments"]
    assert [each["known"] for each in both] == ["2024-06-01", "2025-01-01"]
    one = valid("changes", run(files, "changes", "a.deal", "--instrument", "m", "--format", "json").out)
    assert [each["name"] for each in one["instruments"]] == ["m"]
    late = made(files).changes(known="2026-01-01", instrument="n")[0]
    assert str(late.known) == "2026-01-01"
    assert [(str(c.change.on), c.change.after) for c in late.consequences if c.change.term is None] == [
        ("2026-01-01", "in force")
    ]
    assert run(files, "changes", "a.deal", "--known", "2024-01-01").out == "no amendment is signed\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--instrument", "m"), "no amendment `m`; there are: n"), (("--instrument", "d"), "no amendment `d`"),
        (("--reading", "x"), "no reading `x`"), (("--known", "x"), "--known"), (("-o", "none/x"), "cannot be written"),
        (("--markdown", "-o", "."), "cannot be written"), (("--format", "json", "-o", "a.deal/x"), "cannot be written"),
    ],
)  # fmt: skip
def test_usage_of_changes(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(HOSTILE, "changes", "a.deal", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert os.listdir() == ["a.deal"]


@pytest.mark.parametrize("how", [(), ("--markdown",), ("--format", "json")])
def test_changes_to_a_file(run: Run, tmp_path: Path, how: tuple[str, ...]) -> None:
    printed = run(HOSTILE, "changes", "a.deal", *how)
    assert run(HOSTILE, "changes", "a.deal", *how, "-o", "page") == Result(0, "", "")
    assert (tmp_path / "page").read_text(encoding="utf-8") == printed.out


@pytest.mark.parametrize("files", [D, 's: permit A "s"\n', "# nothing\n"])
def test_contracts_without_amendments(run: Run, files: str) -> None:
    assert run(files, "changes", "a.deal", "--quiet").out == "no amendment is signed\n"
    assert "No amendment is signed." in run(files, "changes", "a.deal", "--markdown", "--quiet").out
    assert valid("changes", run(files, "changes", "a.deal", "--format", "json").out)["instruments"] == []


@pytest.mark.parametrize("signed", ["2025", "2025-06", "2025-06-30"])
def test_uncertain_days_of_an_instrument(run: Run, signed: str) -> None:
    files = D + f's: permit A->B "s"\namend n signed {signed} until 2027\n  set s "t"\n'
    (account,) = valid("changes", run(files, "changes", "a.deal", "--format", "json").out)["instruments"]
    assert account["lapses"]["latest"] == "2028-01-01"
    assert account["effective"]["latest"] in ("2025-12-31", "2025-06-30")
    assert run(files, "changes", "a.deal").code == 0


def favoured(old: str, *operations: str) -> dict[str, tuple[str, ...]]:
    """Whom each consequence of an amendment favours, by term."""
    declared = 'asset x "x"\nasset y "y" in x\nasset z "z"\nevent E "e"\n'
    block = "".join(f"  {operation}\n" for operation in operations)
    contract = made(f"{D}{declared}{old}\namend n signed 2025-01-01\n{block}")
    found: dict[str, tuple[str, ...]] = {}
    for consequence in contract.changes()[0].consequences:
        found.setdefault(consequence.change.term or "status", consequence.favours)
    return found


FAVOURS = [  # the receiver of a clause is B, the giver A
    ("s: license A->B exclusive", "set s sole", "exclusivity", "A"),
    ("s: license A->B", "set s exclusive", "exclusivity", "B"),
    ("s: license A->B royalty-free", "unset s royalty-free", "royalty-free", "A"),
    ("s: license A->B", "set s irrevocable", "irrevocable", "B"),
    ('s: permit A->B "s" until 2030', "set s until 2028", "until", "A"),
    ('s: permit A->B "s" until 2030', "set s perpetual", "until", "B"),
    ('s: require A->B "s" until 2030', "set s until 2028", "until", "A"),
    ('s: require A->B "s" until 2030', "unset s until", "until", "B"),
    ("s: fee A->B 5m USD", "set s 6m USD", "amount", "B"),
    ("s: fee A->B 5m USD", "set s 4m USD", "amount", "A"),
    ("s: revshare A->B 20%", "set s 1/3", "rate", "B"),
    ("s: fee A->B 5m USD cap 9m USD", "unset s cap", "cap", "B"),
    ("s: fee A->B 5m USD", "set s cap 9m USD", "cap", "A"),
    ("s: fee A->B 5m USD", "set s cap ***", "cap", "A"),
    ("s: fee A->B 5m USD cap 9m USD", "set s cap 8m USD", "cap", "A"),
    ("s: fee A->B 5m USD", "set s floor ***", "floor", "B"),
    ("s: fee A->B 5m USD floor 2m USD", "set s floor 1m USD", "floor", "A"),
    ("s: license A->B to x", "set s to x, z", "scope", "B"),
    ("s: license A->B to x, z", "set s to x", "scope", "A"),
    ("s: license A->B to x except y", "drop s except y", "except", "B"),
    ("s: license A->B to x", "add s except y", "except", "A"),
    ('s: require A->B "s"', "drop s", "status", "A"),
    ('s: permit A->B "s"', "drop s", "status", "A"),
    ('s: permit A->B "s"', "waive s by B", "status", "A"),
    ('t: permit A "t"', "add s: fee A->B 5m USD", "status", "B"),
    ('t: permit A "t"', 'add s: permit B "s"', "status", "B"),
    ('s: permit A->B "s"', "set s until E", "until", "A"),
    ("s: liability A->B cap 5m USD", "drop s", "status", "B"),
    ('t: permit A "t"', "add s: liability B->A cap 5m USD", "status", "B"),
    ('t: permit A "t"', "add s: liability B->A unlimited", "status", "A"),
    ("s: liability A->B cap 5m USD", "set s cap 2m USD", "cap", "A"),
    ('s: require A->B "s" by 2027-01-01 cure 10 days', "set s cure 30 days", "cure", "A"),
    ('s: require A->B "s" within 30 days', "set s within 10 days", "due", "B"),
    ("s: fee A->B 5m USD within 30 days", "set s within 60 days", "due", "A"),
    ('s: permit A->B "s" until E', "unset s until", "until", "B"),
]  # fmt: skip

UNDECIDED = [
    ("s: license A->B to x", "set s to z", "scope"),
    ("s: fee A->B 5m USD", "set s ***", "amount"),
    ("s: fee A->B ***", "set s 5m USD", "amount"),
    ('s: permit A->B "s"', 'set s "t"', "act"),
    ("s: fee A->B 5m USD", "set s payer B payee A", "payer"),
    ('s: forbid A "s"', 'set s "t"', "act"),
    ("term 3 years", "set term 4 years", "duration"),
    ("term 3 years", "set term 4 years", "status"),
    ('s: permit A "s"', "drop s", "status"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "operation", "term", "who"), FAVOURS)
def test_in_whose_favour_a_change_is(old: str, operation: str, term: str, who: str) -> None:
    assert favoured(old, operation)[term] == (who,)


@pytest.mark.parametrize(("old", "operation", "term"), UNDECIDED)
def test_where_the_terms_do_not_say_in_whose_favour(old: str, operation: str, term: str) -> None:
    assert favoured(old, operation).get(term, ()) == ()


@pytest.mark.parametrize(
    ("old", "operation", "term"),
    [
        ("s: fee A->B 5m USD", "set s 6m EUR", "amount"),
        ("s: fee A->B 10%", "set s 5m USD", "amount"),
        ("s: fee A->B 5m USD per month", "set s 6m USD per year", "amount"),
        ("s: fee A->B 5m USD over 3 years", "set s 6m USD over 10 years", "amount"),
        ("s: fee A->B 5m USD cap 9m USD", "set s cap 8m EUR", "cap"),
        ("s: fee A->B 5m USD cap 9m USD", "set s cap 8m USD per year", "cap"),
        ("s: license A->B to x", "set s to y, z", "scope"),
        ("s: license A->B", "set s to x", "scope"),
        ("s: license A->B to x", "unset s scope", "scope"),
        ("s: fee A->B 5m USD", "set s payer B payee A 3m USD", "amount"),
    ],
)
def test_nothing_is_said_where_the_terms_do_not_decide(old: str, operation: str, term: str) -> None:
    assert favoured(old, operation)[term] == ()


# --- what if ----------------------------------------------------------------------------------------------------------

CHAIN = {
    "c/a.deal": E + 's: permit A->B "sing" until E\nshare: revshare B->A 20%\nt: permit A "t" until 2024-06-30\n'
    "expect on 2030-01-01: share rate 20%\n",
    "c/b.deal": 'amend o signed 2025-01-01\n  add u: permit B "u"\n',
}


def trial(run: Run, draft: str, *arguments: str, files: dict[str, str] | None = None) -> tuple[Result, Any]:
    """A draft tried, in text and in JSON."""
    there = {**(files or CHAIN), "x.deal": draft}
    text = run(there, "what-if", "c", "--amend", "x.deal", *arguments)
    data = run(there, "what-if", "c", "--amend", "x.deal", "--format", "json", *arguments)
    assert data.code == text.code
    return text, valid("what-if", data.out)


def test_a_draft_that_breaks_nothing(run: Run) -> None:
    text, data = trial(run, 'amend n "N"\n  set s "hum"\nexpect on 2026-01-01: s "hum"\n')
    assert text.code == 0
    assert "It breaks nothing." in text.out
    assert (data["signed"], data["breaks"], data["diagnostics"]) == ("2025-01-02", False, [])
    (account,) = data["instruments"]
    assert [(c["on"], c["label"], c["before"], c["after"]) for c in account["consequences"]] == [
        ("2025-01-02", "s", '"sing"', '"hum"')
    ]
    assert sorted(os.listdir("c")) == ["a.deal", "b.deal"], "nothing is written"


BREAKS = {
    "DR402": ('amend n effective 2024-06-01\n  set s "hum"\n', None),
    "DR403": ("amend n\n  set share 10%\n", {**CHAIN, "c/b.deal": "amend o signed 2025-01-01\n  set share 30%\n"}),
    "DR404": (
        "amend n\n  set v until 2030\n",
        {**CHAIN, "c/z.deal": 'amend z signed 2030-01-01\n  add v: permit A "v"\n'},
    ),
    "DR405": ("amend n\n  set t until 2030\n", None),
    "DR406": ("amend n\n  drop event E\n", None),
    "DR414": ("amend n\n  waive share by B\n", None),
    "DR208": ("amend n\n  set s while u\n  set u while s\n", None),
}


@pytest.mark.parametrize(
    "code",
    [pytest.param(c) for c in BREAKS],
)
def test_what_a_draft_breaks(run: Run, code: str) -> None:
    draft, files = BREAKS[code]
    extra = {"DR404": ("--signed", "2025-06-01"), "DR403": ("--signed", "2025-01-01")}.get(code, ())
    text, data = trial(run, draft, *extra, files=files)
    assert text.code == 1
    assert "What it breaks:" in text.out
    found = {each["code"]: each for each in data["diagnostics"] if each["severity"] == "error"}
    assert list(found) == [code]
    assert data["breaks"]
    if code in {"DR402", "DR208"}:  # concerns one instrument alone, or a circle of clauses that stand elsewhere
        return
    places = {found[code]["span"]["file"], *(note["span"]["file"] for note in found[code]["notes"] if note["span"])}
    assert "x.deal" in places
    assert len(places) == 2, "both places are shown"


def test_an_expectation_that_no_longer_holds(run: Run) -> None:
    text, data = trial(run, "amend n\n  set share 10%\n")
    assert text.code == 1
    assert "expected `share rate 20%`; found: rate 10%" in text.out
    (broken,) = data["broken"]
    assert (broken["expected"], broken["passed"], broken["span"]["file"]) == ("share rate 20%", False, "c/a.deal")
    assert data["failed"] == []


def test_an_expectation_of_the_draft(run: Run) -> None:
    text, data = trial(run, 'amend n\n  set s "hum"\nexpect on 2026-01-01: s "moo"\n')
    assert text.code == 1
    assert [each["expected"] for each in data["failed"]] == ['s "moo"']
    assert data["broken"] == []


def test_what_never_held_is_not_broken(run: Run) -> None:
    files = {**CHAIN, "c/w.deal": "expect on 2030-01-01: share rate 99%\n"}
    assert trial(run, 'amend n\n  set s "hum"\n', files=files)[0].code == 0


def test_drafts_of_one_instrument_on_another_and_in_several_files(run: Run) -> None:
    files = {**CHAIN, "x.deal": 'amend n\n  set s "hum"\n', "y.deal": 'amend m after n\n  set s "moo"\n'}
    result = run(files, "what-if", "c", "--amend", "x.deal", "--amend", "y.deal", "--format", "json")
    names = [each["name"] for each in valid("what-if", result.out)["instruments"]]
    assert (result.code, names) == (0, ["n", "m"])
    pending = {**CHAIN, "c/b.deal": 'amend o signed 2025-01-01 effective 2026-01-01\n  set s "o"\n'}
    _, data = trial(run, "amend n\n  set amend o effective 2027-01-01\n", files=pending)
    assert [each["operation"] for each in data["instruments"][0]["done"]] == ["moved"]
    _, data = trial(run, "amend n\n  drop amend o\n", files=pending)
    assert [each["operation"] for each in data["instruments"][0]["done"]] == ["rescinded"]


def test_a_draft_that_is_signed_already_keeps_its_day(run: Run) -> None:
    _, data = trial(run, 'amend n signed 2026-02-02\n  set s "hum"\n', "--signed", "2025-05-05")
    assert data["instruments"][0]["signatures"][0]["earliest"] == "2026-02-02"
    assert data["instruments"][0]["known"] == "2026-02-02"


@pytest.mark.parametrize(
    "draft", ["# nothing\n", 'u2: permit A "x"\n', "record E on 2025-01-01\n", "expect on 2025-01-01: s in force\n"]
)
def test_a_draft_without_an_amendment(run: Run, draft: str) -> None:
    result = run({**CHAIN, "x.deal": draft}, "what-if", "c", "--amend", "x.deal")
    assert (result.code, result.out) == (2, "")
    assert "no amendment" in result.err


@pytest.mark.parametrize(
    ("draft", "code"),
    [("amend n\n  set set set (\n", "DR101"), ("amend n\n  set zz until 2030\n", "DR205"),
     ("amend o\n  drop s\n", "DR410"),
     ("amend n of nothing\n  drop s\n", "")],
)  # fmt: skip
def test_a_draft_that_cannot_be_read(run: Run, draft: str, code: str) -> None:
    files = {**CHAIN, "x.deal": draft}
    result = run(files, "what-if", "c", "--amend", "x.deal")
    assert (result.code, result.out) == (1, "")
    assert code in result.err
    assert "x.deal:" in result.err
    data = valid("check", run(files, "what-if", "c", "--amend", "x.deal", "--format", "json").out)
    assert code in str(data)


def test_usage_of_what_if(run: Run) -> None:
    files = {**CHAIN, "x.deal": 'amend n\n  set s "hum"\n', "k/a.deal": 's: permit A "s"\n'}
    assert run(files, "what-if", "c").code == 2
    assert run(files, "what-if", "c", "--amend", "none.deal").code == 2
    assert run(files, "what-if", "c", "--amend", "x.deal", "--signed", "2025-13-01").code == 2
    sketch = run(files, "what-if", "k", "--amend", "x.deal", "--quiet")
    assert sketch.code == 2
    assert "needs a signing day" in sketch.err
    assert run(files, "what-if", "k", "--amend", "x.deal", "--signed", "2025-01-01").code == 0


def test_what_if_as_a_library() -> None:
    contract = made(D + 's: permit A "s"\n')
    with pytest.raises(ValueError, match="no amendment"):
        dealrun.what_if(contract, [])


def test_a_reading_that_there_is_not(run: Run) -> None:
    files = {**CHAIN, "x.deal": 'amend n\n  set s "hum"\n'}
    assert run(files, "what-if", "c", "--amend", "x.deal", "--reading", "zz").code == 2


def test_a_draft_signed_before_the_deal(run: Run) -> None:
    files = {**CHAIN, "x.deal": 'amend n\n  set s "hum"\n'}
    result = run(files, "what-if", "c", "--amend", "x.deal", "--signed", "2020-01-01")
    assert result.err != "dealrun: act\n"


def test_other_drafts_stay_drafts(run: Run) -> None:
    _, data = trial(run, 'amend n\n  set s "hum"\n', files={**CHAIN, "c/d.deal": "amend old\n  set share 30%\n"})
    assert ([each["name"] for each in data["instruments"]], data["breaks"]) == (["n"], False)


def test_a_deal_is_no_draft(run: Run) -> None:  # and with it the other files no longer say to which deal they belong
    files = {**CHAIN, "x.deal": 'deal q "Q" signed 2025-01-01\nparty A "A"\nu: permit A "x"\n'}
    assert run(files, "what-if", "c", "--amend", "x.deal").code in {1, 2}


# --- history ----------------------------------------------------------------------------------------------------------

CORRECTED = (
    E + 's: permit A "sing" until E\nfirst: record E on 2025-06-01 known 2025-07-01\n'
    "retract first known 2025-09-01\nrecord E on 2026-02-01 known 2026-03-01\nrecord E on 2026-01-01 known 2026-05-01\n"
    'amend n signed 2025-08-01\n  add t: permit B "t" for 1 year\nscenario z "z"\n  record E on 2025-03-01\n'
    'reading r "r" of d\n  set s "hum"\n'
)


def test_corrections_keep_the_earlier_rows(run: Run) -> None:
    data = valid("history", run(CORRECTED, "history", "s", "a.deal", "--format", "json").out)
    rows = [
        (known["from"], known["causes"], known["held"][-1]["from"], known["held"][-1]["status"])
        for known in data["known"]
    ]
    assert rows == [
        ("2024-01-01", ["d signed"], "2024-01-01", "in force"),
        ("2025-07-01", ["first recorded"], "2025-06-01", "ended by E"),
        ("2025-09-01", ["first retracted"], "2024-01-01", "in force"),
        ("2026-03-01", ["E recorded"], "2026-02-01", "ended by E"),
        ("2026-05-01", ["E recorded"], "2026-01-01", "ended by E"),
    ]
    for known in data["known"]:
        for held, after in zip(known["held"], known["held"][1:], strict=False):
            assert to_day(held["through"]) + 1 == to_day(after["from"])
        assert (known["held"][0]["from"], known["held"][-1]["through"]) == (None, None)
    earlier = CORRECTED.replace("record E on 2026-01-01 known 2026-05-01\n", "")
    assert made(CORRECTED).history("s")[:4] == made(earlier).history("s")
    text = run(CORRECTED, "history", "s", "a.deal").out
    assert "2025-09-01" in text
    assert "first retracted" in text


def test_a_clause_begins_with_the_instrument_that_adds_it(run: Run) -> None:
    assert [str(known.day) for known in made(CORRECTED).history("t")] == ["2025-08-01"]
    under = valid("history", run(CORRECTED, "history", "s", "a.deal", "--scenario", "z", "--format", "json").out)
    assert (under["scenario"], len(under["known"])) == ("z", 1)
    assert under["known"][0]["held"][-1] == {"from": "2025-03-01", "through": None, "status": "ended by E", "terms": {}}
    read = valid("history", run(CORRECTED, "history", "s", "a.deal", "--reading", "r", "--format", "json").out)
    assert read["reading"] == ["r"]
    assert read["known"][0]["held"][1]["terms"]["act"] == '"hum"'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("S", "a.deal"), "no clause `S`; did you mean `s`?"), (("E", "a.deal"), "no clause `E`"),
        (("", "a.deal"), "no clause ``"), (("s\x1b[31m", "a.deal"), "no clause"),
        (("s", "a.deal", "--scenario", "y"), "no scenario `y`; there are: z"),
        (("s", "a.deal", "--reading", "y"), "no reading `y`; there are: r"), (("s", "none.deal"), "cannot be read"),
        ((), ""),
    ],
)  # fmt: skip
def test_usage_of_history(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(CORRECTED, "history", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "\x1b" not in result.err


def test_the_history_of_a_sketch_and_of_several_deals(run: Run) -> None:
    data = valid("history", run('s: permit A "s" until 2030\n', "history", "s", "a.deal", "--format", "json").out)
    assert (data["known"][0]["from"], data["known"][0]["held"][0]["through"]) == (None, "2030-12-31")
    rows = [(str(known.day), known.held[-1].status) for known in made(SEVERAL).history("q.s")]
    assert rows == [("2024-02-01", "in force"), ("2025-01-01", "ended by 2030"), ("2025-02-01", "ended by x")]


def test_a_label_of_several_deals_is_suggested(run: Run) -> None:
    assert "did you mean" in run(SEVERAL, "history", "s", "a.deal").err


# --- compare ----------------------------------------------------------------------------------------------------------

READINGS = (
    E + 's: permit A "s"\nf: fee A->B 1m USD\nu: permit B "u" until E\namend n signed 2025-01-01\n  set s "t"\n'
    'reading r "r" of n\n  set s "u"\nreading q "q" of n\n  set s until 2026\nreading v "v" of d\n  set f 2m USD\n'
    'scenario z "z"\n  record E on 2025-03-01\nscenario y "y"\n  record E on 2025-04-01\n'
)


def test_readings_in_all_combinations(run: Run) -> None:
    data = valid("compare", run(READINGS, "compare", "a.deal", "--readings", "--format", "json").out)
    found = made(READINGS).compare(all_readings=True)
    assert tuple(data["versions"]) == found.versions
    assert found.versions == ("as it stands", "r", "q", "v", "r and q", "r and v", "q and v", "r and q and v")
    rows = {(p["from"], p["through"], p["label"], p["term"]): p["answers"] for p in data["partings"]}
    assert rows[None, None, "f", "amount"] == [
        "1m USD",
        "1m USD",
        "1m USD",
        "2m USD",
        "1m USD",
        "2m USD",
        "2m USD",
        "2m USD",
    ]
    assert rows["2025-01-01", "2026-12-31", "s", "act"] == ['"t"', '"u"', '"t"', '"t"', '"u"', '"u"', '"t"', '"u"']
    assert ("2027-01-01", None, "s", None) in rows
    assert not any(label == "u" for _, _, label, _ in rows), "what all versions say alike is left out"
    assert run(READINGS, "compare", "a.deal", "--readings").code == 0


def test_scenarios_and_readings_beside_one_another(run: Run) -> None:
    data = valid("compare", run(READINGS, "compare", "a.deal", "--scenario", "z", "--scenario", "y", "--reading", "v",
                                "--format", "json").out)  # fmt: skip
    assert data["versions"] == ["as it stands", "v", "z", "y"]
    status = [p for p in data["partings"] if p["label"] == "u" and p["term"] is None]
    assert [(p["from"], p["through"]) for p in status] == [
        ("2025-03-01", "2025-03-31"), ("2025-04-01", None)
    ]  # fmt: skip
    assert [each["answers"] for each in status] == [
        ["in force", "in force", "ended by E", "in force"], ["in force", "in force", "ended by E", "ended by E"],
    ]  # fmt: skip


def test_compare_as_known(run: Run) -> None:
    data = valid(
        "compare", run(READINGS, "compare", "a.deal", "--readings", "--known", "2024-06-01", "--format", "json").out
    )
    assert {p["label"] for p in data["partings"]} == {"f"}
    assert "nowhere" in run(READINGS, "compare", "a.deal", "--readings", "--known", "1950-01-01").out


def test_more_than_four_readings_are_compared_one_by_one() -> None:
    text = D + 's: permit A "s"\n' + "".join(f'reading r{n} "r" of d\n  set s "s{n}"\n' for n in range(5))
    assert made(text).compare(all_readings=True).versions == ("as it stands", "r0", "r1", "r2", "r3", "r4")
    four = text[: text.index("reading r4")]
    assert len(made(four).compare(all_readings=True).versions) == 16


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to compare"), (("--reading", "rr"), "no reading `rr`"),
        (("--scenario", "zz"), "no scenario `zz`"),
        (("--readings", "--known", "x"), "--known"),
    ],
)  # fmt: skip
def test_usage_of_compare(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(READINGS, "compare", "a.deal", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


@pytest.mark.parametrize("files", [D, 's: permit A "s"\n', "# nothing\n"])
def test_there_is_no_reading(run: Run, files: str) -> None:
    result = run(files, "compare", "a.deal", "--readings", "--quiet")
    assert (result.code, result.out) == (2, "")
    assert "no reading" in result.err


def test_readings_that_hang_on_one_another_together(run: Run) -> None:
    files = (
        D
        + 's: permit A "s"\nt: permit A "t"\nreading r "r" of d\n  set s while t\nreading q "q" of d\n  set t while s\n'
    )
    assert run(files, "compare", "a.deal", "--reading", "r", "--reading", "q").code == 0
    result = run(files, "restate", "a.deal", "--on", "2025-01-01", "--reading", "r", "--reading", "q")
    assert result.code == 2
    assert "circle" in result.err


# --- conflicts between instruments ------------------------------------------------------------------------------------

CONFLICTS = {
    "DR403": {"a.deal": D + "s: fee A->B 1m USD\n", "b.deal": "amend n signed 2025-01-01\n  set s 2m USD\n",
              "c.deal": "amend m signed 2025-01-01\n  set s 3m USD\n"},
    "DR404": {"a.deal": D, "b.deal": "amend n signed 2025-01-01\n  set s until 2030\n",
              "c.deal": 'amend m signed 2026-01-01\n  add s: permit A "s"\n'},
    "DR405": {"a.deal": D + 's: permit A "s" until 2024-12-31\n',
              "b.deal": "amend n signed 2025-03-01\n  set s until 2026\n"},
    "DR406": {"a.deal": E + 's: permit A "s" until E\n', "b.deal": "amend n signed 2025-03-01\n  drop event E\n"},
    "DR414": {"a.deal": D + "s: fee A->B 1m USD\n", "b.deal": "amend n signed 2025-03-01\n  waive s by A\n"},
}  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [pytest.param(c) for c in CONFLICTS],
)
def test_a_conflict_shows_both_places(run: Run, code: str) -> None:
    for command in (("changes",), ("restate", "--on", "2026-01-01"), ("compare", "--readings"), ("history", "s")):
        result = run(CONFLICTS[code], *command, *CONFLICTS[code])
        assert (result.code, result.out) == (1, "")
        assert f"error[{code}]" in result.err
        assert len(set(re.findall(r"--> (\w\.deal):\d+:\d+", result.err))) == 2, "both places"


# --- all of them ------------------------------------------------------------------------------------------------------

COMMANDS = {
    "restate": ("restate", "a.deal", "--on", "2025-06-01"),
    "changes": ("changes", "a.deal", "--markdown"),
    "history": ("history", "s", "a.deal", "--format", "json"),
    "compare": ("compare", "a.deal", "--readings"),
}  # fmt: skip


def test_the_same_bytes_everywhere(tmp_path: Path) -> None:
    (tmp_path / "a.deal").write_text(READINGS.replace('"s"', '"ß ☃"').replace('"D"', '"Dé"'), encoding="utf-8")
    for name, command in COMMANDS.items():
        printed: set[bytes] = set()
        for env in (
            {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
            {"LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
        ):
            done = subprocess.run(
                [sys.executable, "-m", "dealrun", *command], capture_output=True, check=False, cwd=tmp_path,
                env={**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1", "PYTHONHASHSEED": str(len(printed)), **env},
            )  # fmt: skip
            assert done.returncode == 0, name
            printed.add(done.stdout)
        assert len(printed) == 1, name


def test_a_long_chain_is_told(run: Run) -> None:
    amendments = "".join(f"amend n{n} signed {1950 + n}-01-01\n  set s {n + 2}m USD\n" for n in range(150))
    files = D.replace("2024", "1949") + "s: fee A->B 1m USD\n" + amendments
    assert run(files, "restate", "a.deal", "--on", "2150-01-01").out.count("151m USD") == 1
    assert len(valid("changes", run(files, "changes", "a.deal", "--format", "json").out)["instruments"]) == 150
    assert len(made(files).history("s")) == 151


def test_the_restatement_of_a_sketch_loads_under_any_name(tmp_path: Path) -> None:
    text = 'd: require A->B "report"\namend a0 "x" signed 2024-03-01\n  waive d until 2026-05-31\n'
    (tmp_path / "one.deal").write_text(text, encoding="utf-8")
    loaded = dealrun.load(tmp_path / "one.deal")
    (tmp_path / "two.deal").write_text(loaded.restate("2024-06-01"), encoding="utf-8")
    assert isinstance(dealrun.load(tmp_path / "two.deal"), dealrun.Contract)


# --- what a restatement keeps, and leaves out -------------------------------------------------------------------------

RESTATED = """deal d "Supply agreement" signed 2024-01-01 currency USD
party A "Alpha Ltd"
party B "Beta Inc"
event SHIP "a shipment" recurring
"""


def restated(text: str, on: str = "2024-06-01") -> str:
    """The restatement of a text below a head."""
    return dealrun.loads(RESTATED + text).restate(on)


def test_the_start_of_each_instance_is_restated() -> None:
    text = restated('lock: forbid A->B "cancel" each SHIP from 5 days before SHIP until SHIP\n')
    assert 'lock: forbid A->B "cancel" from 5 days before SHIP until SHIP each SHIP' in text


def test_what_was_advanced_before_is_restated() -> None:
    chain = """event QUARTER "q" every 3 months from 2024-01-01
stream sales "sales"
share: royalty A->B 5% of sales
adv: advance A->B 50,000 USD until 2024-03-31 then 100,000 USD each QUARTER against share
rent: fee A->B 10 USD per month until 2024-03-31 then 20 USD per month paid monthly
"""
    text = restated(chain)
    assert "adv: advance A->B 50,000 USD until 2024-03-31 then 100,000 USD against share each QUARTER" in text
    assert "rent: fee A->B 20 USD per month monthly" in text, "what has been paid decides nothing later"
    ledger = {"sales.csv": "date,stream,amount,currency\n2024-08-01,sales,9000000,USD\n"}
    settled = [
        dealrun.loads(each).settle(ledger, through="2024-12-31").of("share")[-1].amount
        for each in (RESTATED + chain, text)
    ]
    assert settled[0] == settled[1]


def test_what_nothing_uses_any_more_is_not_declared() -> None:
    text = restated(
        """party C "Gamma GmbH"
party D "Delta SA"
asset tool "the tool"
unknown PRICE amount "the price"
source memo "The memo"
lend: license C->A to tool cap PRICE [memo]
stay: permit A->D "stay"
amend one "One" signed 2024-02-01
  drop lend
""".replace(" cap PRICE", "")
    )
    declared = [
        line.split()[1]
        for line in text.splitlines()
        if line.split()[:1] in (["party"], ["asset"], ["unknown"], ["event"])
    ]
    assert declared == ["A", "D"]
    assert "memo" not in text
    mutual = restated('nda: forbid each->other "disclose"\n')
    assert 'party B "Beta Inc"' in mutual


# --- what a draft breaks ----------------------------------------------------------------------------------------------

GRANTS = RESTATED + 'party C "Gamma"\nasset x "x"\nlic: license A->B to x exclusive until 2026\n'


def test_a_draft_that_grants_twice_is_told_before_it_is_signed() -> None:
    draft = 'amend two "Second grant" of d\n  add lic2: license A->C to x exclusive\n'
    found = dealrun.what_if(dealrun.loads(GRANTS), {"draft.deal": draft})
    assert [each.code for each in found.findings] == ["DR801"]
    harmless = dealrun.what_if(dealrun.loads(GRANTS), {"draft.deal": 'amend two of d\n  add z: permit C "sing"\n'})
    assert harmless.findings == ()


def test_a_draft_with_a_signing_day_keeps_it() -> None:
    draft = 'amend two "Second" of d signed 2024-06-01\n  set lic until 2027\n'
    for signed in (None, "2025-01-01"):
        found = dealrun.what_if(dealrun.loads(GRANTS), {"draft.deal": draft}, signed=signed)
        assert str(found.signed) == "2024-06-01"


def test_readings_part_in_what_an_event_would_bring() -> None:
    deal = dealrun.loads("""\
deal d "D" signed 2024-01-01 currency USD
party A "A"
party B "B"
event SALE "the business is sold"
price: fee A->B 100 USD per year
amend higher "Higher" signed 2024-02-01 when SALE
  set price 200 USD per year
reading more "the higher price is 300 USD" of higher
  set price 300 USD per year
""")
    (parting,) = deal.compare(all_readings=True).partings
    assert (parting.label, parting.term) == ("price", "amount")
    assert parting.answers[0] != parting.answers[1]
    assert all("contingent on SALE" in answer for answer in parting.answers)


def test_a_restatement_keeps_what_is_still_to_be_paid_of_a_clause_that_has_ended() -> None:
    deal = made(
        D + 'event SALE "the business is sold"\nprice: fee A->B 5m USD by 2025-06-30 until SALE\n'
        's: permit A "s"\nrecord SALE on 2024-12-31\n'
    )
    restated = made(deal.restate("2025-01-01"))
    (payment,) = restated.settle(through="2025-12-31").payments
    assert (payment.label, str(payment.amount), payment.due) == ("price", "5,000,000.00 USD", date(2025, 6, 30))
    assert [(each.day, each.label) for each in restated.agenda(restated.timeline(), "2025-01-01", "2025-12-31")] == [
        (date(2025, 6, 30), "price")
    ]
    assert "price" not in made(deal.restate("2025-07-01")).labels


def test_a_restatement_leaves_out_what_was_paid_under_a_clause_that_is_not_in_it() -> None:
    deal = made(D + 'price: fee A->B 5m USD by 2024-06-30 until 2024-12-31\ns: permit A "s"\nbooks\n'
                "record paid 5m USD under price on 2024-06-01\n")  # fmt: skip
    assert made(deal.restate("2026-01-01")).labels == ("s", "books")


def test_a_restatement_keeps_the_parties_where_nothing_names_them() -> None:
    deal = made(D + "term until 2024 renews 1 year\n")
    restated = made(deal.restate("2025-01-01"))
    assert not restated.model.deals[0].sketch
    assert {key.name for key in restated.timeline().declared if key.word == "party"} == {"A", "B"}


def test_a_difference_in_the_settings_of_a_deal_is_told_and_is_no_amendment() -> None:
    old = D + 'hum: permit A "hum"\n'
    new = old.replace("signed 2024-01-01", "signed 2024-01-01 rounding down calendar US", 1)
    one, other = made(old), made(new)
    told = one.timeline().against(other.timeline())
    assert [(each.label, each.term, each.before, each.after) for each in told] == [
        ("d", "calendar", "weekdays", "US"), ("d", "rounding", "half-even", "down"),
    ]  # fmt: skip
    with pytest.raises(dealrun.DifferenceError, match="which no amendment changes"):
        one.difference(other)


def test_a_restatement_says_that_it_says_nothing_of_earlier_days() -> None:
    deal = made(D + "share: revshare A->B 20%\namend n signed 2024-06-01 effective 2025-01-01\n  set share 15%\n")
    restated = made(deal.restate("2025-06-01"))
    assert "Do not use" in restated.timeline().on("2024-09-01").to_text(120)
    assert "Do not use" not in restated.timeline().on("2025-06-01").to_text(120)
    told = deal.timeline().against(restated.timeline(known=deal.known), "2024-09-01")
    assert "says nothing of earlier days" in told.to_text(120)


def test_a_restatement_keeps_whoever_can_give_notice_of_a_term() -> None:
    deal = made(D + 'term until 2024 renews 1 year notice 30 days\nhum: permit B "hum"\n')
    timeline = made(deal.restate("2024-07-01")).timeline()
    (notice,) = [each for each in deal.agenda(timeline, "2024-07-01", "2024-12-31") if "notice" in each.kind]
    assert notice.party == "A or B"


def test_an_amendment_that_a_restatement_carries_is_judged_when_the_text_is_known() -> None:
    deal = made(
        'deal d "D" signed 2024-01-01 restated 2024-06-01 known 2024-05-01\nparty A "A"\nparty B "B"\n'
        "share: revshare A->B 20%\namend one signed 2024-03-01 effective 2025-01-01\n  set share 15%\n"
    )
    (account,) = deal.changes()
    assert [(each.change.before, each.change.after) for each in account.consequences] == [("20%", "15%")]
    assert 'source d "D" on 2024-06-01' in deal.restate("2025-06-01")


def test_an_amendment_of_several_deals_is_told_deal_by_deal() -> None:
    deal = dealrun.load(ROOT / "contracts" / "cargill-bioamber")
    (account,) = deal.changes(instrument="second")
    text = account.to_text(80)
    assert "\ncommercial\n\nDONE" in text
    assert "\ndevelopment\n\nFROM" in text
    assert "notwithstandi\n" not in text
    page = deal.changes(instrument="second").to_markdown()
    assert "adds 9 clauses and 8 definitions" in page


def test_a_restatement_keeps_what_lies_in_what_is_used() -> None:
    """The sales of a product that is `in` a licensed one earn the royalty, before and after."""
    contract = dealrun.loads(
        'deal d "D" signed 2024-01-01\nparty A "A"\nparty B "B"\nasset tools "tools"\n'
        'asset spares "spare parts" in tools\nasset bolts "bolts" in spares\nasset other "other"\n'
        'asset part "part" in other\nstream s "sales"\nr: royalty A->B 12.5% of tools paid quarterly\n'
    )
    restated = dealrun.loads(contract.restate("2024-07-01"))
    ledger = {
        "sales.csv": "date,stream,amount,currency,product\n2024-08-01,s,80.00,USD,bolts\n2024-08-02,s,8.00,USD,part\n"
    }
    before, after = (each.settle(ledger, through="2024-09-30").of("r") for each in (contract, restated))
    assert [payment.amount.value for payment in before] == [payment.amount.value for payment in after]
    assert before[-1].amount.value == 10
    assert [key.name for key in restated.index.declarations if key.word == "asset"] == ["tools", "spares", "bolts"]
