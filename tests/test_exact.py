"""Exact answers: what is certain only because every course of events agrees; held against all courses."""

import dealrun

HEAD = """deal d "D" signed 2023-12-01
party A "A"
party B "B"
event E "e"
event F "f"
condition rain "rain"
m: permit A "m" until E
n: permit A "n" from E
"""


def exact(clauses: str, day: str = "2025-01-01") -> dealrun.State:
    """The exact state of a contract."""
    contract = dealrun.loads(HEAD + clauses)
    return contract.exact(contract.timeline().on(day))


def test_what_is_so_either_way_is_certain() -> None:
    found = exact('a: permit A "a" while rain or not rain\nb: permit A "b" while m or n\nc: permit A "c" until F\n')
    assert (found["a"].status, found["b"].status, found["c"].status) == ("in force", "in force", "contingent")
    assert found.settled == ("a", "b")
    assert found["a"].contingent_on == ()
    assert "Certain by proof: a, b" in found.to_text()


def test_what_is_never_so_is_certain() -> None:
    found = exact('a: permit A "a" while m and n\n')
    assert (found["a"].status, found.settled) == ("dormant", ("a",))


def test_what_fails_in_one_course_stays_contingent() -> None:
    found = exact('a: permit A "a" while m or rain\nb: permit A "b" until earlier of E, F\n')
    assert (found["a"].status, found["b"].status, found.settled, found.undecided) == (
        "contingent", "contingent", (), (),
    )  # fmt: skip


def test_a_term_is_certain() -> None:
    text = """l: license B->A exclusive
amend one "One" signed 2023-12-10 effective earlier of E, F
  set l nonexclusive
amend two "Two" signed 2023-12-10 effective E
  set l exclusive
"""
    contract = dealrun.loads(HEAD + text)
    before = contract.timeline().on("2025-01-01")
    found = contract.exact(before)
    assert before["l"].terms["exclusivity"].contingent_on
    assert found["l"].terms["exclusivity"].contingent_on  # F alone makes it nonexclusive
    text = text.replace("earlier of E, F", "E")
    contract = dealrun.loads(HEAD + text)
    found = contract.exact(contract.timeline().on("2025-01-01"))
    assert found["l"].terms["exclusivity"].text == "exclusive"
    assert not found["l"].terms["exclusivity"].contingent_on


def test_an_unknown_length_is_not_decided() -> None:
    found = exact('a: permit A "a" for *** months\n', "2024-06-01")
    assert found["a"].status == "contingent"
    assert found.undecided == ("a",)
    assert "Not decided: a" in found.to_text()
