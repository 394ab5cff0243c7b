"""Exposure (docs/proof.md#exposure): sets of happenings against all courses, and what real contracts expose to."""

import itertools
import random
from collections import Counter
from datetime import date
from math import prod
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

import dealrun
from courses import KNOWN, Happens, Writer, choices, world
from dealrun.proof.boxes import plain
from dealrun.state.timeline import Timeline
from dealrun.time import to_date
from either import either

OPENAI = "contracts/openai-microsoft"
CLAUSES = 80
"""So many clauses of generated contracts are held against all sets of courses."""


# --- against every set ------------------------------------------------------------------------------------------------


def in_force(contract: dealrun.Contract, course: dict[str, Happens], label: str, days: range) -> list[bool]:
    timeline = Timeline(contract.index, world(contract, course))
    return [timeline.clause(label, day).status == "in force" for day in days]


def quiet_course(names: dict[str, str], last: int) -> dict[str, Happens] | None:
    """The course in which nothing happens; None where something falls due, or has no day that it stands at."""
    found: dict[str, Happens] = {}
    for each in choices(names, last):
        name, happens = each[-1]
        if happens.kind == "truth" or name.startswith("performance"):
            return None
        found[name] = happens
    return found


def joint(rng: random.Random) -> tuple[str, dict[str, str]]:
    """A contract in which several happenings end or suspend a clause only together."""
    lines = ['deal d "D" signed 2023-12-01', 'party A "A"', 'party B "B"', "books"]
    names = {f"E{number}": "event" for number in range(3)}
    lines += [f'event {name} "e"' for name in names]
    e, f, g = rng.sample(sorted(names), 3)
    length = f"{rng.choice([1, 2, 3])} days"
    for number in range(2):
        end = rng.choice([
            f"unless {e} and {f}", f"until later of {e}, {f}", f"until {length} after {f} unless {e} and {g}",
            f"while not {e} or not {f} or not {g}", f"unless {e} and not {f}",
            f"until later of {length} after {e}, {g}",
            f"until earlier of {e}, {length} before {f}", f"unless {e} or {f} and {g}",
        ])  # fmt: skip
        lines.append(f"c{number}: license A->B {end}")
    return "\n".join(lines) + "\n", names


@pytest.mark.no_cover
def test_sets_agree_with_every_course(capsys: pytest.CaptureFixture[str]) -> None:
    """For each set of at most three happenings, whether some course of them ends or suspends a clause."""
    rng = random.Random(20261130)
    seen: Counter[str] = Counter()
    while seen["clauses"] < CLAUSES:
        text, names = joint(rng) if seen["clauses"] % 2 else itemgetter(0, 2)(Writer(rng).whole())
        contract = either(text)
        last = KNOWN + rng.randint(2, 4)
        quiet = quiet_course(names, last + 4)
        if quiet is None or len(names) > 3 or not isinstance(contract, dealrun.Contract):
            continue
        told = contract.exposure(known=KNOWN, through=last)
        days = range(KNOWN + 1, last + 1)
        ends = end_of_deal(contract, quiet)
        for label in [each for each in contract.labels if contract.verb(each) == "license"]:
            stands = in_force(contract, quiet, label, days)
            mine = {frozenset(of_name(happening.name) for happening in each.happenings)
                    for each in told.grounds if each.label == label and not each.term}  # fmt: skip
            if not any(stands) or label in dict(told.open):
                continue
            expected, whole = smallest(contract, names, quiet, label, days, stands, ends)
            assert mine == expected if whole else all(any(each <= one for each in mine) for one in expected), text
            seen["clauses"] += 1
            seen["sets"] += len(expected)
            seen["pairs"] += sum(len(each) == 2 for each in expected)
            seen["threes"] += sum(len(each) == 3 for each in expected)
    with capsys.disabled():
        print("\nexposure:", ", ".join(f"{name} {count}" for name, count in sorted(seen.items())))
    assert seen["sets"] > CLAUSES / 3
    assert seen["pairs"] > CLAUSES / 20
    assert seen["threes"] > 0


def of_name(name: str) -> str:
    """What the courses call a happening."""
    word, of, label = name.partition(" of ")
    return f"use of {label}" if of and word in {"exercise", "notice"} else name


def end_of_deal(contract: dealrun.Contract, course: dict[str, Happens]) -> Any:
    return Timeline(contract.index, world(contract, course)).answers.deal_end("d")


MOST = 500
"""So many courses of a set are tried; where there are more, so many of them by chance."""


def smallest(
    contract: dealrun.Contract, names: dict[str, str], quiet: dict[str, Happens], label: str, days: range,
    stands: list[bool], ends: Any,
) -> tuple[set[frozenset[str]], bool]:  # fmt: skip
    """By trying the courses of every set, and whether that were all of them; the deal ends as if nothing happens."""
    rng = random.Random(1)
    found: set[frozenset[str]] = set()
    every = choices(names, days[-1] + 4)
    whole = True
    plain_names = sorted({plain(each[0][0]) for each in every})
    for size in (1, 2, 3):
        for chosen in map(frozenset, itertools.combinations(plain_names, size)):
            if any(each <= chosen for each in found):
                continue
            free = [each for each in every if plain(each[0][0]) in chosen]
            few = prod(map(len, free)) <= MOST
            whole = whole and few
            courses = itertools.product(*free) if few else ([rng.choice(e) for e in free] for _ in range(MOST))
            for course in courses:
                changed = {**quiet, **dict(course)}
                if end_of_deal(contract, changed) != ends:
                    continue
                now = in_force(contract, changed, label, days)
                if any(was and not there for was, there in zip(stands, now, strict=True)):
                    found.add(chosen)
                    break
    return found, whole


# --- by hand ----------------------------------------------------------------------------------------------------------

HEAD = 'deal d "D" signed 2023-12-01\nparty A "A"\nparty B "B"\nbooks\nevent E "e" declared by B\nevent F "f"\n'


def told(text: str, **how: Any) -> list[tuple[str, str, list[str]]]:
    found = dealrun.loads(HEAD + text).exposure(known="2024-01-01", through="2026-12-31", **how)
    assert found.open == ()
    return [(each.label or each.deal, each.text, [happening.what for happening in each.happenings])
            for each in (*found.of_deals, *found.grounds)]  # fmt: skip


BREACHED = """
r: require A->B "report" quarterly within 30 days cure 10 days
x: terminate B cause when default of r notice 30 days
l: license B->A until 2026-06-30
k: license B->A until 2026-06-30
survive k
"""


def test_the_end_of_a_deal_is_told_once() -> None:
    found = dealrun.loads(HEAD + BREACHED).exposure(known="2024-01-01", through="2026-12-31")
    (ground,) = found.of_deals
    assert [each.what for each in ground.happenings] == ["no performance of r for Q4 2023", "use of x"]
    assert (ground.by, ground.between) == (("A", "B"), ("within 10 days to cure (r)", "30 days for notice (x)"))
    assert (ground.earliest, ground.last_day) == (to_date(dealrun.day("2024-03-13").toordinal()),
                                                  dealrun.day("2024-01-30"))  # fmt: skip
    assert "k" in ground.survivors
    assert "l" not in ground.survivors
    assert found.grounds == ()
    assert [(each.label, each.by) for each in found.preconditions] == [("x", ("A",))]


def test_a_term_that_gets_worse_and_one_that_gets_better() -> None:
    text = (
        "l: license B->A exclusive until 2026-06-30\n"
        "fee: fee B->A 10 USD monthly\nm: fee B->A 10 USD monthly\n"
        "amend one signed 2023-12-15 effective E\n  set l nonexclusive\n  set m 5 USD monthly\n"
        "amend two signed 2023-12-15 effective F\n  set fee 20 USD monthly\n"
    )
    assert told(text) == [
        ("l", "exclusivity: exclusive becomes nonexclusive", ["E"]), ("m", "amount: 10 USD becomes 5 USD", ["E"]),
    ]  # fmt: skip


def test_pairs_and_what_can_stop_them() -> None:
    text = "l: license B->A until 2026-06-30 unless E and F\n"
    found = dealrun.loads(HEAD + text).exposure(known="2024-01-01", through="2026-12-31")
    (ground,) = found.grounds
    assert (ground.effect, sorted(each.what for each in ground.happenings)) == ("is suspended", ["E", "F"])
    assert ground.by == ("B",)
    cured = "x: terminate B cause when E notice 5 days cure 20 days\nl: license B->A until 2026-06-30\n"
    found = dealrun.loads(HEAD + cured).exposure(known="2024-01-01", through="2026-12-31")
    (ground,) = found.of_deals
    assert sorted(each.what for each in ground.happenings) == ["E", "use of x"]
    assert [what for what, _ in ground.stopped_by] == ["cure of x"]
    assert ground.between == ("5 days for notice (x)", "20 days to cure (x)")


def test_an_unknown_day_stands_at_its_last() -> None:
    text = 'unknown U date "u" between 2025-01-01 and 2025-06-30\nl: license B->A until U\n'
    found = dealrun.loads(HEAD + text).exposure(known="2024-01-01", through="2026-12-31")
    (ground,) = found.grounds
    assert (ground.earliest, [each.what for each in ground.happenings]) == (dealrun.day("2025-01-02"), ["U comes"])
    assert ground.otherwise_until == dealrun.day("2025-06-30")


def test_a_day_that_can_be_any_is_named() -> None:
    """What hangs on a day without a last one is not passed over."""
    text = 'unknown U date "u"\nl: license B->A until U\nk: license B->A\n'
    found = dealrun.loads(HEAD + text).exposure(known="2024-01-01", through="2026-12-31")
    assert (found.grounds, found.open) == ((), (("l", ("U",)),))
    assert "not everything is decided" in found.to_text()
    deal = dealrun.loads(HEAD + 'unknown T truth "t"\nx: terminate A automatic when T\nl: license B->A\n')
    assert dict(deal.exposure(known="2024-01-01", through="2026-12-31").open)["d"] == ("T",)


def test_who_gains_by_a_clause() -> None:
    """By a mutual clause everybody, by a limit of liability whoever is liable."""
    text = (
        'm: require each->other "keep secrets" until E\n'
        "c: liability A->B cap 5m USD unless E\nl: license B->A until E\n"
    )
    deal = dealrun.loads(HEAD + text)
    of = {party: {each.label for each in deal.exposure(party=party, known="2024-01-01").grounds} for party in "AB"}
    assert of == {"A": {"m", "c", "l"}, "B": {"m"}}
    with pytest.raises(dealrun.ArgumentError, match="B does not gain by `l`; A does"):
        deal.exposure(party="B", label="l", known="2024-01-01")
    assert [each.label for each in deal.exposure(party="A", label="l", known="2024-01-01").grounds] == ["l"]


def test_before_anything_is_signed_nothing_is_exposed() -> None:
    found = dealrun.load(OPENAI).exposure(known="2000-01-01")
    assert "No clause by which anybody gains is in force." in found.to_text()


def test_two_days_in_either_order() -> None:
    deal = dealrun.load(OPENAI)
    early, late = deal.exposure(label="ip", known="2025-01-01"), deal.exposure(label="ip")
    assert "Gone since 2025-01-01" in early.against(late).to_text()
    assert "Only as known on 2025-01-01" in late.against(early).to_text()


def test_what_a_clause_needs_to_come_to_life() -> None:
    text = "l: license B->A when E and F until 2026-06-30\n"
    found = dealrun.loads(HEAD + text).exposure(known="2024-01-01", through="2026-12-31")
    assert found.grounds == ()
    (need,) = found.preconditions
    assert (need.label, need.effect, sorted(each.what for each in need.happenings)) == (
        "l",
        "comes to life",
        ["E", "F"],
    )


def test_the_last_day_of_a_window() -> None:
    """A right that can be used only in a window has a last day to act."""
    text = (
        "x: terminate B convenience notice 10 days from 2024-02-01 until 2024-05-31\nl: license B->A until 2026-06-30\n"
    )
    found = dealrun.loads(HEAD + text).exposure(known="2024-01-01", through="2026-12-31")
    (ground,) = found.of_deals
    assert (str(ground.earliest), str(ground.last_day)) == ("2024-02-12", "2024-05-31")


# --- the story of the seeds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "grounds"),
    [
        ("2024-12-31", {("ip", "ends"), ("research", "ends"), ("sell", "ends")}),
        ("2026-01-15", {("ip", "exclusivity: exclusive becomes nonexclusive"), ("azure", "ends"), ("share", "ends"),
                        ("research", "ends"), ("thresholds", "ends")}),
        ("2026-04-27", set()),
    ],
)  # fmt: skip
def test_agi_takes_less_and_less(known: str, grounds: set[tuple[str, str]]) -> None:
    found = dealrun.load(OPENAI).exposure(known=known)
    of_agi = [each for each in found.grounds if [happening.name for happening in each.happenings] == ["AGI"]]
    assert {(each.label, each.text) for each in of_agi} == grounds
    assert {each.by for each in of_agi} <= {("BOARD",), ("PANEL",)}
    assert found.of_deals == ()
    assert found.open == ()


def test_since_april_nothing_ends_the_licence() -> None:
    deal = dealrun.load(OPENAI)
    assert deal.exposure(label="ip").grounds == ()
    told_ = deal.exposure(label="ip", known="2026-01-15").against(deal.exposure(label="ip"))
    assert ([each.text for each in told_.gone], told_.new) == (["exclusivity: exclusive becomes nonexclusive"], ())


def test_a_long_agreement_is_decided_whole() -> None:
    found = dealrun.load("contracts/cargill-bioamber").exposure()
    assert found.open == ()
    assert {each.label for each in found.grounds if each.by == ("development.CARGILL",)} >= {"development.no_damages"}
    assert all(each.survivors for each in found.of_deals)
    only = dealrun.load("contracts/cargill-bioamber").exposure(party="BIOAMBER")
    assert {each.key for each in only.grounds} < {each.key for each in found.grounds}


# --- every ground does what it says -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [OPENAI, "contracts/cargill-bioamber", "contracts/reseller"])
def test_every_ground_has_its_effect(path: str) -> None:
    """Supposed alone, what a ground says happens on its day; with one happening less, it does not."""
    contract = dealrun.load(path)
    known = {"2026-01-15", None} if path == OPENAI else {None}
    played = 0
    for day in known:
        for ground in contract.exposure(known=day).grounds:
            course = {each.name: each.on for each in ground.happenings}
            if ground.term or None in course.values() or any(" to hold" in each.what for each in ground.happenings):
                continue
            try:
                for left_out in (None, *course):
                    assume = {name: on for name, on in course.items() if name != left_out and on is not None}
                    quiet = contract.timeline(known=day, assume=assume).presumed
                    status = quiet.clause(ground.label, ground.earliest).status
                    assert (status != "in force") == (left_out is None), (ground, left_out, status)
                    played += 1
            except dealrun.ArgumentError:
                continue  # an unknown day is no event
    assert played > 0 or path == "contracts/reseller"


# --- policies, tables, messages ---------------------------------------------------------------------------------------


def test_a_policy_says_how_severe(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[[rule]]\nlabel = "ip"\nseverity = "high"\n[[rule]]\nby = "PANEL"\nmonths = 6\nverb = "revshare"\n'
        'severity = "middle"\n[[rule]]\neffect = "ends"\nseverity = "low"\n'
    )
    found = dealrun.load(OPENAI).exposure(known="2026-01-15", policy=policy)
    assert {each.label: each.severity for each in found.grounds} == {
        "ip": "high", "share": "middle", "azure": "low", "research": "low", "thresholds": "low",
    }  # fmt: skip
    assert "SEVERITY" in found.to_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rule]]\nlable = 1\n", "says `lable`, which is not known; did you mean `label`?"),
        ("[[rule]]\nlabel = 1\nseverity = 'x'\n", "`label` is a clause, or a pattern"),
        ("[[rule]]\nlabel = 'ip'\n", "gives no `severity`"),
        ("[[rule]]\nseverity = 'x'\neffect = 'vanishes'\n", "no effect is called `vanishes`"),
        ("rule = 3\n", r"a list of \[\[rule\]\]"),
        ("[[rule\n", "is no TOML"),
        (None, "cannot be read"),
    ],
)
def test_a_policy_that_is_wrong(tmp_path: Path, text: str | None, message: str) -> None:
    policy = tmp_path / "policy.toml"
    if text is not None:
        policy.write_text(text)
    with pytest.raises(dealrun.ArgumentError, match=message):
        dealrun.load(OPENAI).exposure(policy=policy)


def test_tables_and_names() -> None:
    deal = dealrun.load(OPENAI)
    found = deal.exposure(known="2026-01-15")
    rows = found.to_csv().splitlines()
    assert len(rows) == 1 + len(found.grounds)
    assert "happenings" in rows[0]
    assert found.to_arrow("preconditions").num_rows == 1
    against = found.against(deal.exposure())
    assert against.to_arrow("gone").num_rows == len(against.gone) > 0
    assert found.to_xlsx().startswith(b"PK")
    with pytest.raises(dealrun.UnknownNameError, match="party: no party `MFST`; did you mean `MSFT`"):
        deal.exposure(party="MFST")
    with pytest.raises(dealrun.UnknownNameError, match="iq"):
        deal.exposure(label="iq")
    with pytest.raises(dealrun.ArgumentError, match="is not behind the day of knowledge"):
        deal.exposure(through="2020-01-01")


# --- a draft ----------------------------------------------------------------------------------------------------------

DRAFTED = """deal d "D" signed 2024-01-01
party A "A"
party B "B"
event E "e"
l: license A->B exclusive
"""


def test_what_a_draft_would_take_away_and_add() -> None:
    contract = dealrun.loads(DRAFTED)
    later = dealrun.sign(contract, {"draft.deal": 'amend one "One"\n  set l until E\n'}, signed="2025-01-01")
    told = contract.exposure(party="B").against(later.exposure(party="B"))
    assert [(each.label, each.text) for each in told.new] == [("l", "ends")]
    assert not told.gone
    assert later.known == date(2025, 1, 1)
    assert later.prove("l in force", through="2026-12-31").verdict == "does not hold"
    assert contract.prove("l in force", through="2026-12-31").verdict == "holds"


def test_a_draft_of_the_files_is_named() -> None:
    contract = dealrun.loads(f'{DRAFTED}amend one "One"\n  set l until E\namend two "Two"\n  set l nonexclusive\n')
    later = dealrun.sign(contract, "two")
    assert later.timeline().on("2025-01-01")["l"].terms["exclusivity"].text == "nonexclusive"
    assert later.timeline().on("2025-01-01")["l"].status == "in force"  # the other draft stays one
    assert later.known == date(2024, 1, 2)


def test_what_is_signed_is_no_draft() -> None:
    contract = dealrun.loads(f'{DRAFTED}amend one "One" signed 2024-02-01\n  set l until E\n')
    with pytest.raises(ValueError, match="`one` is signed already"):
        dealrun.sign(contract, "one")


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        ('m: permit A "m"\n', "the draft holds no amendment of this contract"),
        ('deal other "Other" signed 2024-01-01\nparty C "C"\nm: permit C "m"\n', "no amendment of this contract"),
        ('amend one "One"\n  set q until E\n', "no clause is labelled `q`"),
        ('amend one "One"\n  add l: permit A "m"\n', "l"),
    ],
)
def test_a_draft_that_cannot_be_signed_is_told(draft: str, message: str) -> None:
    with pytest.raises((ValueError, dealrun.LoadError), match=message):
        dealrun.sign(dealrun.loads(DRAFTED), {"draft.deal": draft})
