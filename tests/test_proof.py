"""Proofs (docs/proof.md): the verdicts against every course of events, and claims about real contracts."""

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator
from math import prod
from typing import Any

import pytest

import dealrun
from courses import KNOWN, Happens, Writer, agree, breaches, choices, claim_of, fails
from dealrun.proof.days import Critical
from dealrun.proof.search import Search
from dealrun.time import NEVER
from either import either

OPENAI = "contracts/openai-microsoft"


# --- against every course ---------------------------------------------------------------------------------------------

MOST = 320
"""So many courses of a claim are evaluated; where there are more, so many of them by chance."""
LONG = 60
"""So many of a claim about many days."""
CLAIMS, SEED = int(os.environ.get("CLAIMS", "500")), int(os.environ.get("SEED", "20261201"))
"""So many claims, and what they are drawn from; `make explore` draws others."""
THIN, RELATED = 0.1, 0.1
"""So many of them are to fail in few courses, and so many hang on one event in several ways."""


@pytest.mark.no_cover
def test_verdicts_agree_with_every_course(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(SEED)
    seen: Counter[str] = Counter()
    stood: list[int] = []  # the days that stood for a stretch
    beside = Critical.beside

    def noted(critical: Critical, day: int) -> frozenset[int]:
        stood.append(day)
        return beside(critical, day)

    monkeypatch.setattr(Critical, "beside", noted)
    while seen["claims"] < CLAIMS:
        writer, kind = Writer(rng), rng.random()
        text, said, names, days = (
            writer.thin() if kind < THIN else writer.related() if kind < THIN + RELATED else writer.whole()
        )
        found = either(text)
        if len(names) > 4 or not isinstance(found, dealrun.Contract):
            continue
        first = KNOWN + rng.randint(1, 3)
        last = first + (rng.randint(0, 7) if days is None else days)
        whose: dict[str, Any] = rng.choice([{}, {}, {}, {"by": ["A"]}, {"by": ["B"]}, {"keeps": ["A"]}])
        if whose == {"by": ["B"]} and any(name.startswith("performance") for name in names):
            whose = {}  # what A does of itself is no recorded fact
        stood.clear()
        proof = found.prove(said, since=first, through=last, known=KNOWN, **whose)
        claim = claim_of(found, said)
        of_each = [only(each, whose) for each in choices(names, last + 8)]
        whole = prod(map(len, of_each)) <= MOST
        most = MOST if days is None else LONG
        every = itertools.product(*of_each) if whole else ([rng.choice(each) for each in of_each] for _ in range(most))
        seen["a day stands for others"] += bool(stood)
        failing = evaluated = 0
        kept = [{each[-1][0]: each[-1][1] for each in of_each}]  # courses for the naive evaluator, too
        for course in every:
            if whose == {"keeps": ["A"]} and breaches(found, dict(course), "r"):
                continue
            evaluated += 1
            day = fails(found, claim, dict(course), range(first, last + 1))
            failing += day is not None
            if failing == 1 and day is not None:
                kept += [dict(course), neighbour(rng, dict(course))]
            assert day is None or proof.verdict in {"does not hold", "not decided"}, (text, said, dict(course), day)
        for each in kept:
            agree(found, each, (first, last, last + 3))
            seen["courses of the naive evaluator"] += 1
        if proof.verdict == "does not hold":
            # What A has missed by the day of knowledge leaves no course in which A breaches nothing.
            assert failing or not whole or not evaluated, (text, said, proof, whose, proof.course)
            replayed(found, proof)
        seen["claims"] += 1
        seen[f"claims {' '.join(whose)}".strip()] += bool(whose)
        seen["claims about periods"] += any(" for " in name for name in names)
        seen[proof.verdict] += 1
        seen["contingent at first"] += proof.evaluations > 1
        seen["contingent at first, and holds"] += proof.evaluations > 1 and proof.verdict.startswith("holds")
        seen["fails in less than 1% of its courses"] += proof.verdict == "does not hold" and failing < evaluated / 100
        seen["courses"] += evaluated
    with capsys.disabled():
        print("\nclaims:", ", ".join(f"{name} {count}" for name, count in sorted(seen.items())))
    assert seen["not decided"] <= CLAIMS / 100
    assert seen["contingent at first, and holds"] >= CLAIMS / 5
    assert seen["fails in less than 1% of its courses"] >= CLAIMS / 20
    assert seen["a day stands for others"]


def neighbour(rng: random.Random, course: dict[str, Happens]) -> dict[str, Happens]:
    """A course in which one happening comes a day later."""
    name = rng.choice(sorted(course))
    kind, day = course[name]
    return {**course, name: Happens(kind, 1 - day if kind == "truth" else min(day + 1, NEVER))}


def only(choice: list[tuple[str, Any]], whose: dict[str, list[str]]) -> list[tuple[str, Any]]:
    """What a happening can be, where only what a party has in hand happens: A has its right `x` and its duty `r`."""
    name, happens = choice[0]
    mine = name.partition(" of ")[2].partition(" for ")[0] in {"x", "r"}
    if "by" not in whose or happens.kind in {"date", "truth"} or (mine and whose["by"] == ["A"]):
        return choice
    return choice[-1:]


def replayed(contract: dealrun.Contract, proof: dealrun.Proof) -> None:
    """A counterexample is replayed under suppositions: the claim fails on the day that is told."""
    if proof.fails_on is None or not proof.course:
        return
    assert proof.replay is not None, proof.course
    from dealrun.proof.claims import truth  # noqa: PLC0415 - the truth of a claim alone

    timeline = contract.timeline(known=proof.known, assume=proof.replay.assume, bind=proof.replay.bind).presumed
    assert truth(claim_of(contract, proof.claim), timeline, proof.fails_on.toordinal()).level == 0, proof


@pytest.mark.parametrize(
    ("lines", "claim"),
    [
        ('unknown U date "u"\nx: license B->A until U\n', "x in force"),
        ("record c holds from 2023-02-01\nx: license B->A while c\n", "x in force"),
        ('r: require A->B "pay" by 2023-06-01\nx: license B->A until breach of r\n', "x in force"),
        ('r: require A->B "pay" quarterly until 2025\nx: license B->A until breach of r\n', "x in force"),
        ('x: license B->A unless "it rains" and E\n', "x in force"),
        ('o: option A->B purchase "buy" until 2026\nx: license B->A when exercise of o\n', "not x in force"),
    ],
)
def test_whatever_happens_in_a_counterexample_can_be_supposed(lines: str, claim: str) -> None:
    head = 'deal d "D" signed 2023-01-01\nparty A "A"\nparty B "B"\nevent E "e"\ncondition c "c"\n'
    contract = dealrun.loads(head + lines)
    proof = contract.prove(claim, known="2024-01-01", through="2026-12-31")
    assert proof.verdict == "does not hold"
    assert proof.course
    replayed(contract, proof)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("(" * 3000 + "l in force" + ")" * 3000, "nested more than 50 deep"),
        ("not " * 3000 + "l in force", "nested more than 50 deep"),
        ("l in force -> " * 3000 + "l in force", "nested more than 50 deep"),
        ("l in force # or not", "`#` begins a comment"),
        ("l in force\nrecord E on 2024-02-01", "one line of characters"),
    ],
)
def test_what_is_no_claim_is_told(claim: str, message: str) -> None:
    contract = dealrun.loads('deal d "D" signed 2023-12-01\nparty A "A"\nparty B "B"\nevent E "e"\nl: license A->B\n')
    with pytest.raises(ValueError, match=message):
        contract.prove(claim, through="2026-12-31")
    if claim.isprintable():
        found = dealrun.reads(f'deal d "D" signed 2023-12-01\nparty A "A"\nexpect never through 2025: "{claim}"\n')
        assert [each.code for each in found.diagnostics.errors] == ["DR602"]


def test_words_in_a_quoted_text_join_nothing() -> None:
    contract = dealrun.loads('deal d "D" signed 2023-12-01\nparty A "A"\nl: permit A "l" unless "rain and (or) snow"\n')
    assert contract.prove('not l ended by "rain and (or) snow"', through="2026-12-31").verdict == "holds"


# --- planted failures -------------------------------------------------------------------------------------------------

HEAD = 'deal d "D" signed 2023-12-01\nparty A "A"\nparty B "B"\nbooks\nevent E "e"\nevent F "f"\nevent G "g"\n'


def on(label: str, when: str) -> str:
    """A permission for one day."""
    return f'{label}: permit A "do {label}" from {when} until {when}\n'


BOTH = "not (a in force and b in force)"

PLANTED = {
    "two days at once": (on("a", "5 days after E") + on("b", "20 days after F"), "not (a in force and b in force)"),
    "three days at once": (
        on("a", "5 days after E") + on("b", "7 days after F") + on("c", "11 days after G"),
        "not (a in force and b in force and c in force)",
    ),
    "the end of a chain": (
        'a: permit A "do a" until 5 days after E\n' + on("b", "6 days after end of a")
        + on("c", "4 days after end of b") + on("f", "9 days after F"),
        "not (c in force and f in force)",
    ),
    "a day after a day": (on("a", "3 days after E") + on("b", "2 weeks after F"), "not (a in force and b ended)"),
    "a month against days": (on("a", "1 month after E") + on("b", "28 days after E"), BOTH),
    "the end of a month": (on("a", "1 month after E") + on("b", "29 days after E"), BOTH),
    "two chains": (
        'a: permit A "do a" until 5 days after E\n' + on("b", "23 days after end of a")
        + 'f: permit A "do f" until 7 days after F\n' + on("g", "41 days after end of f"),
        "not (b in force and g in force)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_thin_failures_are_found(name: str) -> None:
    text, claim = PLANTED[name]
    contract = dealrun.loads(HEAD + text)
    for since in ("2024-01-02", *(["2026-12-10"] if "month" not in name else [])):
        proof = contract.prove(claim, known="2024-01-01", since=since, through="2026-12-31")
        assert proof.verdict == "does not hold"
        replayed(contract, proof)


HOLDING = {
    "one day after another": (on("a", "5 days after E") + on("b", "7 days after E"), BOTH),
    "the end of a chain": (
        'a: permit A "do a" until 5 days after E\n' + on("b", "6 days after end of a")
        + on("c", "4 days after end of b"),
        "not (a in force and c in force)",
    ),
    "a month against days": (on("a", "1 month after E") + on("b", "32 days after E"), BOTH),
    "two events": (
        'a: permit A "do a" until earlier of E, F\nb: permit A "do b" until E\n', "a in force -> b in force",
    ),
    "a condition against itself": (
        'condition C "c"\na: permit A "do a" while C\nb: permit A "do b" unless C\n', "not (a in force and b in force)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDING)
def test_what_holds_is_proved(name: str) -> None:
    text, claim = HOLDING[name]
    assert dealrun.loads(HEAD + text).prove(claim, known="2024-01-01", through="2026-12-31").verdict == "holds"


def without_chains(dates: object, durations: object, last: int, **_: object) -> Critical:
    """Critical days that are not moved by durations."""
    return Critical(dates, durations, last, chain=0)  # type: ignore[arg-type]


def no_ends(*_: int) -> Iterator[int]:
    """Months as if they were as long as each other."""
    return iter(())


PARTS = Search._parts


def half(search: Search, *more: Any) -> Iterator[Any]:
    """The first part of every split alone."""
    return itertools.islice(PARTS(search, *more), 1)


CRIPPLED = {
    "no day is moved by durations": (
        "dealrun.proof.search.Critical", without_chains, "two days at once", "2026-12-10",
    ),
    "months are as long as each other": (
        "dealrun.proof.days._month_ends", no_ends, "a month against days", "2024-01-02",
    ),
    "one part of a split is looked at": (
        "dealrun.proof.search.Search._parts", half, "three days at once", "2024-01-02",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CRIPPLED)
def test_crippled_provers_are_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, instead, planted, since = CRIPPLED[name]
    monkeypatch.setattr(place, instead)
    text, claim = PLANTED[planted]
    proof = dealrun.loads(HEAD + text).prove(claim, known="2024-01-01", since=since, through="2026-12-31")
    assert proof.verdict != "does not hold"


# --- the budget -------------------------------------------------------------------------------------------------------


def test_a_claim_beyond_the_budget_is_not_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dealrun.api.proving.BUDGET", 20)
    text = "".join(on(name, f"{length} business days after {event}")
                   for name, length, event in (("a", 5, "E"), ("b", 7, "F"), ("c", 9, "G")))  # fmt: skip
    proof = dealrun.loads(HEAD + text).prove(
        "not (a in force and b in force and c in force)", known="2024-01-01", through="2026-12-31"
    )
    assert (proof.verdict, proof.evaluations) == ("not decided", 20)
    assert set(proof.open) <= {"E", "F", "G"}


def test_an_unknown_amount_leaves_a_claim_undecided() -> None:
    contract = dealrun.loads(HEAD + 'unknown X amount "x"\nf: fee A->B X\n')
    proof = contract.prove("f amount 5 USD", known="2024-01-01", through="2024-12-31")
    assert (proof.verdict, proof.open) == ("not decided", ("X",))


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_claim_about_a_term_says_that_its_clause_is_in_force() -> None:
    contract = dealrun.load(OPENAI)
    proof = contract.prove("ip exclusivity exclusive", known="2025-01-01", through="2032-12-31")
    assert (proof.verdict, [each.what for each in proof.course]) == ("does not hold", ["AGI"])


def test_what_is_never_so_holds_vacuously() -> None:
    contract = dealrun.loads(HEAD + 'a: permit A "do a" from 2030\nb: permit A "do b" until E\n')
    proof = contract.prove("a in force -> b in force", known="2024-01-01", through="2026-12-31")
    assert proof.verdict == "holds vacuously"


def test_a_counterexample_names_what_is_not_done() -> None:
    text = (
        'r: require A->B "pay" by 30 days after E cure 10 days\nx: terminate B cause when default of r notice 20 days\n'
    )
    contract = dealrun.loads(f"{HEAD}{text}l: license B->A\n")
    proof = contract.prove("l in force", known="2024-01-01", through="2026-12-31")
    assert [(each.what, each.by) for each in proof.course] == [
        ("no performance of r", ("A",)), ("E", ()), ("use of x", ("B",)),
    ]  # fmt: skip
    assert proof.replay is not None
    assert proof.replay.assume == {"performance of r": "never", "E": "2024-01-02", "exercise of x": "2024-02-13"}
    assert proof.differs[0].found == "ended by x"
    replayed(contract, proof)


def test_a_use_counts_on_a_day_on_which_its_right_is_in_force() -> None:
    contract = dealrun.loads(f"{HEAD}x: terminate B cause when E notice 20 days\nl: license B->A\n")
    proof = contract.prove("l in force", known="2024-01-01", through="2026-12-31")
    assert [each.what for each in proof.course] == ["E", "use of x"]
    replayed(contract, proof)


def test_conditions_switch() -> None:
    contract = dealrun.loads(HEAD + 'condition C "c"\na: permit A "do a" while C\nrecord C holds from 2023-12-10\n')
    proof = contract.prove("a in force", known="2024-01-01", through="2026-12-31")
    assert [each.what for each in proof.course] == ["C stops to hold"]
    assert proof.bounds == ("each condition may begin or stop to hold 3 times",)


def test_recurring_events_come_once_more() -> None:
    contract = dealrun.loads(HEAD + 'event visit "a visit" recurring\na: permit A "do a" until visit\n')
    proof = contract.prove("a in force", known="2024-01-01", through="2026-12-31")
    assert ([each.what for each in proof.course], proof.bounds) == (["visit"], ("once more visit",))


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("ip", "the claim `ip`"),
        ("foo in force", "no clause is labelled `foo`"),
        ("ip in force and", "says nothing at its end"),
        ("(ip in force", "not closed"),
        ("", "the claim says nothing"),
        ("ip contingent on AGI", "nothing is contingent in a single course"),
        ("seed performed", "asked of one day"),
        ("paid share 5 USD", "a claim about payments"),
        ("ip in force, azure in force", "one thing"),
    ],
)
def test_a_claim_that_cannot_be_read_is_told(claim: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        dealrun.load(OPENAI).prove(claim, through="2032-12-31")


def test_the_days_of_a_claim_are_said() -> None:
    contract = dealrun.load(OPENAI)
    day, other = "2027-01-01", "2028-01-01"
    with pytest.raises(dealrun.ArgumentError):
        contract.prove("ip in force")
    with pytest.raises(dealrun.ArgumentError):
        contract.prove("ip in force", on=day, through=other)
    with pytest.raises(dealrun.ArgumentError):
        contract.prove("ip in force", on=other, since=day)
    with pytest.raises(dealrun.ArgumentError, match="before it begins"):
        contract.prove("ip in force", since="2028-01-01", through="2027-01-01")


# --- the questions of the real contracts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "claim", "verdict", "course"),
    [
        ("2025-01-01", "ip in force", "does not hold", ["AGI"]),
        ("2025-01-01", "ip exclusivity exclusive", "does not hold", ["AGI"]),
        ("2026-01-15", "ip in force", "holds", []),
        ("2026-01-15", "ip exclusivity exclusive", "does not hold", ["AGI"]),
        ("2026-01-15", "azure in force", "does not hold", ["AGI"]),
        ("2026-01-15", "azure in force -> ip exclusivity exclusive", "holds", []),
        ("2026-01-15", "research in force", "does not hold", []),
        ("2026-01-15", "share in force", "does not hold", ["AGI"]),
        ("2026-04-27", "ip in force", "holds", []),
        ("2026-04-27", "ip exclusivity nonexclusive", "holds", []),
        ("2026-04-27", "ship in force or ship dormant", "holds", []),
        ("2026-04-27", "azure in force", "does not hold", []),
    ],
)
def test_the_seven_questions(known: str, claim: str, verdict: str, course: list[str]) -> None:
    proof = dealrun.load(OPENAI).prove(claim, known=known, through="2032-12-31")
    assert (proof.verdict, [each.what for each in proof.course]) == (verdict, course)
    replayed(dealrun.load(OPENAI), proof)


def test_an_obligation_of_many_is_split_by_itself() -> None:
    contract = dealrun.loads(
        HEAD + 'r: require A->B "report" quarterly within 30 days\nl: license A->B until breach of r\n'
    )
    timeline = contract.timeline(known="2024-01-01")
    claim = claim_of(contract, "l in force")
    found = Search(timeline, claim, KNOWN + 1, KNOWN + 700).run()
    assert found.holds is False
    assert found.evaluations < 20
    proof = contract.prove("l in force", known="2024-01-01", through="2025-12-01")
    assert [each.what for each in proof.course] == ["no performance of r for Q4 2023"]
    assert proof.fails_on == dealrun.day("2024-01-31")


PERIODS = """
r: require A->B "report" quarterly within 30 days cure 10 days
x: terminate B cause when default of r notice 30 days
l: license A->B until 2026-12-31
"""


@pytest.mark.parametrize(
    ("whose", "verdict", "course"),
    [
        ({}, "does not hold", ["no performance of r for Q4 2023", "use of x"]),
        ({"by": ["A"]}, "holds", []),
        ({"by": ["B"]}, "holds", []),
        ({"by": ["A", "B"]}, "does not hold", ["no performance of r for Q4 2023", "use of x"]),
        ({"keeps": ["A"]}, "holds", []),
        ({"keeps": ["B"]}, "does not hold", ["no performance of r for Q4 2023", "use of x"]),
    ],
)
def test_what_a_party_has_in_hand(whose: dict[str, Any], verdict: str, course: list[str]) -> None:
    proof = dealrun.loads(HEAD + PERIODS).prove("l in force", known="2024-01-01", through="2026-12-31", **whose)
    assert (proof.verdict, [each.what for each in proof.course]) == (verdict, course)
    assert (proof.by, proof.keeps) == (tuple(whose.get("by", ())), tuple(whose.get("keeps", ())))
    if verdict == "holds":
        assert ("whatever happens" in proof.to_text()) == ("by" not in whose)
        assert ("everything in time" in proof.to_text()) == ("keeps" in whose)


def test_what_ended_a_clause_is_not_known_before_its_day_is() -> None:
    """That a clause has ended can be certain where it is not by what."""
    text = HEAD + (
        "l: license A->B until earlier of E, 2024-12-31\nx: terminate B cause when breach of pay notice 30 days\n"
        'pay: require A->B "pay" by 2024-06-30\n'
    )
    contract = dealrun.loads(text)
    proof = contract.prove("not l ended by E", known="2024-01-01", on="2025-06-01")
    assert (proof.verdict, [each.what for each in proof.course]) == ("does not hold", ["E"])
    proof = contract.prove("l ended by E or l ended by x or l ended", known="2024-01-01", on="2025-06-01")
    assert proof.verdict == "holds"


def test_a_party_that_there_is_not() -> None:
    with pytest.raises(dealrun.UnknownNameError, match="by: no party `Buyer`; there are: A, B"):
        dealrun.loads(HEAD + PERIODS).prove("l in force", through="2026-12-31", by=["Buyer"])


def test_a_claim_about_one_of_several_deals_names_it() -> None:
    contract = dealrun.load("contracts/cargill-bioamber")
    assert contract.prove("commercial.grant in force", through="2030-12-31").verdict == "holds"
    with pytest.raises(ValueError, match="no clause is labelled"):
        contract.prove("commercial.nothing in force", through="2030-12-31")


# --- how far and how early --------------------------------------------------------------------------------------------


def test_an_event_long_after_the_claim_can_decide_it() -> None:
    """A term that counts back three years from an event is decided by events of three years later."""
    contract = dealrun.loads(HEAD + on("a", "3 years before E"))
    proof = contract.prove("not a in force", known="2024-01-01", since="2026-12-01", through="2026-12-31")
    assert proof.verdict == "does not hold"
    replayed(contract, proof)


def test_an_event_happens_within_its_bounds() -> None:
    text = 'event H "h" from 2025-06-01 until 2025-07-01\na: permit A "do a" until H\n'
    proof = dealrun.loads(HEAD + text).prove("a in force", known="2024-01-01", through="2026-12-31")
    assert [str(each.on) for each in proof.course] == ["2025-06-01"]


def test_happenings_are_told_as_early_as_they_can_be() -> None:
    text = 'o: option B "buy" 60 days when E\nl: license A->B until exercise of o\n'
    proof = dealrun.loads(HEAD + text).prove("l in force", known="2024-01-01", through="2026-12-31")
    assert [(each.what, str(each.on)) for each in proof.course] == [("E", "2024-01-02"), ("use of o", "2024-01-02")]


# --- in files ---------------------------------------------------------------------------------------------------------

EXPECTED = (
    HEAD
    + """
l: license A->B exclusive until earlier of E, 2026-12-31
s: require A->B "ship" by 2024-06-30
"""
)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("always through 2026-12-31: l in force", "not so on 2023-12-02, if E (2023-12-02)"),
        ("always through 2026-12-31 known 2024-01-01 given E on 2027-01-01: l in force", None),
        ("always from 2024-06-01 through 2026-12-31: l not there", "not so on 2024-06-01, by itself"),
        ("never through 2026-12-31: l dormant", None),
        ("never from 2024-01-01 through 2026-12-31: l in force", "so on 2024-01-01, by itself"),
        ("possible through 2026-12-31: l ended, l exclusivity exclusive", None),
        ('always through 2026-12-31: "l in force or l ended", "l ended by E -> not l in force"', None),
        ('never through 2026-12-31: "l ended and not (l in force or l ended)"', None),
        ('never through 2026-12-31: "not l in force"', "so on 2023-12-02, if E (2023-12-02)"),
        ('possible through 2026-12-31: "l in force and l ended"', "it is so in no course of events"),
        ("possible through 2026-12-31: l exclusivity nonexclusive", "it is so in no course of events"),
        ("possible on 2024-07-01: s breached by A", None),
        ("always on 2024-07-01: s breached by A", "not so on 2024-07-01, by itself"),
        ("always through 2023-11-01: l in force", "nothing, because the day of knowledge is not before 2023-11-01"),
    ],
)
def test_claims_in_files(line: str, found: str | None) -> None:
    outcomes = dealrun.loads(f"{EXPECTED}expect {line}\n").test()
    told = [each.found for each in outcomes]
    assert (told[0] or "").startswith(found or "") if found else told == [None] * len(told), told


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("always known 2024-01-01: l in force", "`expect` needs a day"),
        ("always through 2024-12-31: l contingent", "nothing is contingent in a single course of events"),
        ('always through 2024-12-31: "l contingent or l ended"', "nothing is contingent in a single course of events"),
        ('always through 2024-12-31: "l in force or"', "the claim says nothing at its end"),
        ('always through 2024-12-31: "(l in force"', "a parenthesis of the claim is not closed"),
        ('always through 2024-12-31: ""', "the claim says nothing"),
        ('always through 2024-12-31: "l in force" in force', "a claim ends with its quotation mark: `in force`"),
        ('always through 2024-12-31: "l in force, l ended"', "says several things"),
        ('always through 2024-12-31: "l in force and q ended"', "no clause is labelled `q`"),
        ('always through 2024-12-31: "paid l"', "expected a name or a quoted text, found `paid`"),
        ('on 2024-12-31: "l in force"', "a claim in quotes is about every course of events"),
        ('paid in 2024: "l 5 USD"', "a payment is expected under a label, not in quotes"),
        ("never through 2024-12-31: s breached by A", "is expected of one day"),
        ('never through 2024-12-31: A name "A"', "is about a declaration"),
        ("always from 2025-01-01 through 2024-12-31: l in force", "ends before it begins"),
    ],
)
def test_what_files_cannot_claim(line: str, message: str) -> None:
    found = either(f"{EXPECTED}expect {line}\n")
    assert isinstance(found, dealrun.Diagnostics)
    assert any(message in each.message for each in found.errors), found


# --- by hand ----------------------------------------------------------------------------------------------------------

CARGILL, RESELLER = "contracts/cargill-bioamber", "contracts/reseller"
HOLDS, FAILS = "holds", "does not hold"
BY_HAND = [
    # Before October 2025 the licence of models lasted until the board's declaration of AGI.
    (OPENAI, "2025-01-01", "2032-12-31", "ip in force", FAILS),
    (OPENAI, "2025-01-01", "2029-12-31", "ip in force or ip ended", HOLDS),
    (OPENAI, "2025-01-01", "2029-12-31", "research in force -> ip in force", HOLDS),
    (OPENAI, "2025-01-01", "2029-12-31", "sell in force -> ip in force", HOLDS),
    (OPENAI, "2025-01-01", "2029-12-31", "ip exclusivity exclusive or ip ended", HOLDS),
    # October 2025: until 2032 with AGI or without; what AGI ends, it ends together.
    (OPENAI, "2026-01-15", "2032-12-31", "ip in force", HOLDS),
    (OPENAI, "2026-01-15", "2033-12-31", "ip in force", FAILS),
    (OPENAI, "2026-01-15", "2032-12-31", "ip exclusivity exclusive", FAILS),
    (OPENAI, "2026-01-15", "2032-12-31", "azure in force", FAILS),
    (OPENAI, "2026-01-15", "2032-12-31", "azure in force -> ip exclusivity exclusive", HOLDS),
    (OPENAI, "2026-01-15", "2032-12-31", "ip exclusivity exclusive -> azure in force", HOLDS),
    (OPENAI, "2026-01-15", "2030-12-31", "share in force -> azure in force", HOLDS),
    (OPENAI, "2026-01-15", "2030-12-31", "azure in force -> research in force", HOLDS),
    (OPENAI, "2026-01-15", "2032-12-31", "azure in force -> research in force", FAILS),
    (OPENAI, "2026-01-15", "2030-12-31", "research in force", FAILS),
    (OPENAI, "2026-01-15", "2032-12-31", "guardrails in force -> azure ended", HOLDS),
    (OPENAI, "2026-01-15", "2032-12-31", "azure ended -> guardrails in force", HOLDS),
    (OPENAI, "2026-01-15", "2032-12-31", "not (azure in force and guardrails in force)", HOLDS),
    (OPENAI, "2026-01-15", "2032-12-31", "guardrails not yet or guardrails in force", HOLDS),
    (OPENAI, "2026-01-15", "2032-12-31", "thresholds in force -> azure in force", HOLDS),
    # April 2026: no exclusivity, and nothing that ends the licence before its date.
    (OPENAI, "2026-04-27", "2032-12-31", "ip in force", HOLDS),
    (OPENAI, "2026-04-27", "2033-01-01", "ip in force", FAILS),
    (OPENAI, "2026-04-27", "2032-12-31", "ip exclusivity nonexclusive", HOLDS),
    (OPENAI, "2026-04-27", "2032-12-31", "azure ended", HOLDS),
    (OPENAI, "2026-04-27", "2032-12-31", "ship in force", FAILS),
    (OPENAI, "2026-04-27", "2032-12-31", "ship in force or ship dormant", HOLDS),
    (OPENAI, "2026-04-27", "2030-12-31", "share in force", HOLDS),
    (OPENAI, "2026-04-27", "2032-12-31", "primary in force", HOLDS),
    # The development agreement: exclusivity lasts as long as the deal, secrets longer.
    (CARGILL, None, "2030-12-31", "commercial.grant in force", HOLDS),
    (CARGILL, None, "2013-12-31", "development.exclusivity in force", FAILS),
    (CARGILL, None, "2016-12-31", "development.secrecy in force", FAILS),
    (CARGILL, None, "2012-10-01", "development.strain_late not yet or development.strain_late ended", HOLDS),
    (CARGILL, None, "2013-12-31", "development.bri in force -> development.exclusivity in force", HOLDS),
    (CARGILL, None, "2013-12-31", "development.exclusivity in force -> development.staff in force", HOLDS),
    (CARGILL, None, "2016-12-31", "development.background in force", HOLDS),
    (CARGILL, None, "2016-12-31", "development.bioamber_owns in force", HOLDS),
    (CARGILL, None, "2016-12-31", "development.no_damages in force", FAILS),
    (CARGILL, None, "2012-12-31", "development.transfer in force", FAILS),
    (CARGILL, None, "2012-12-31", "development.outstanding not yet or development.outstanding in force", FAILS),
    (CARGILL, None, "2016-12-31", "development.no_warranties in force", HOLDS),
    (CARGILL, None, "2016-12-31", "development.staff ended or development.staff in force", HOLDS),
    (CARGILL, None, "2012-12-31", "development.cargill_exit dormant or development.cargill_exit ended", FAILS),
]


@pytest.mark.parametrize(("path", "known", "through", "claim", "verdict"), BY_HAND)
def test_claims_by_hand(path: str, known: str | None, through: str, claim: str, verdict: str | None) -> None:
    proof = dealrun.load(path).prove(claim, known=known, through=through)
    assert proof.verdict == verdict
