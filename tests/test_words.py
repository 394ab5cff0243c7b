"""Words and settings take what they mean and nothing else; what can have no effect is told."""

import pytest

import dealrun
from either import either

HEAD = 'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\nparty C "C"\nasset x "x"\nasset y "y"\n'


def codes(text: str) -> list[str]:
    """The codes of what is found in a text."""
    found = either(text if text.startswith("deal ") else HEAD + text)
    return [each.code for each in (found if isinstance(found, dealrun.Diagnostics) else found.diagnostics)]


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("calendar 4-4-5", "DR301"),
        ("calendar weekdays", None),
        ("calendar US, NYSE", "DR325"),
        ("calendar GB", "DR325"),
        ("calendar GB-ENG", None),
        ("calendar NYSE", None),
        ("fiscal-year July", None),
        ("fiscal-year July, August", "DR301"),
        ("fiscal-year 7", "DR301"),
        ("rounding silly", "DR301"),
        ("rounding half-up, down", "DR301"),
        ("rounding down - up", "DR301"),
        ("currency USDX", "DR308"),
        ("currency USD, EUR", "DR308"),
        ("currency USD + EUR", "DR308"),
        ("parties A + B", "DR301"),
        ("parties A, Q", "DR201"),
    ],
)
def test_a_setting_takes_what_it_means(setting: str, code: str | None) -> None:
    pytest.importorskip("holidays")
    text = f'deal d "D" signed 2024-01-01 {setting}\nparty A "A"\nparty B "B"\n'
    assert codes(text) == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fee A or B->C 100 USD\n", "DR301"),
        ("fee A->B or C 100 USD\n", "DR301"),
        ("license A->B to x or y\n", "DR301"),
        ('permit A "sing" in x or y\n', "DR301"),
        ('event E "e" declared by A or B\n', None),
        ("term 2 years renews 1 year until 2025-03-31\n", "DR304"),
        ("term until 2025-03-31 2 years\n", "DR304"),
        ("fee A->B, C 100 USD split 60%, 30%, 10%\n", "DR316"),
        ("fee A->B 100 USD split 60%, 40%\n", "DR316"),
        ("fee A->B, C 100 USD split 60%, 40%\n", None),
        ("royalty A->B 10% prorated\n", "DR322"),
        ("royalty A->B 10% floor 5 USD per year prorated\n", None),
        ('unit copies "copies"\nroyalty A->B 10% floor 5 USD per copies per year prorated\n', "DR322"),
        ("commit A->B 10 USD per year prorated\n", None),
        ("fee A->B 10 USD per month prorated\n", "DR322"),
        ('event E "e" from 2015-01-01 until 2019-12-31\nrecord E on 2014-12-31\n', "DR505"),
        ('event E "e" from 2015-01-01 until 2019-12-31\nrecord E on 2015-01-01\n', None),
        ('event E "e" from 2015-01-01 until 2019-12-31\nrecord E on 2019-12-31\n', None),
        ('event E "e" from 2015-01-01 until 2019-12-31\nrecord E on 2020-01-01\n', "DR505"),
        ('event E "e" recurring until 2019-12-31\nrecord E on 2020-01-01\n', "DR505"),
    ],
)
def test_what_has_no_meaning_is_told(text: str, code: str | None) -> None:
    assert codes(text) == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("amendment", "code"),
    [
        ('signed 2026-02-01\n  add w: permit A "sing"\n', "DR323"),
        ('signed 2026-02-01\n  add w: permit A "sing" perpetual\n', None),
        ('signed 2025-02-01\n  add w: permit A "sing"\n', None),
        ('signed 2026-02-01 effective 2025-12-01 retroactive\n  add w: permit A "sing"\n', None),
    ],
)
def test_a_clause_that_is_added_after_the_end_is_told(amendment: str, code: str | None) -> None:
    text = f'term until 2025\namend one "One" {amendment}'
    assert codes(text) == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("amendment", "code"),
    [
        ('signed 2024-02-01 by A, 2024-02-01 by B\n  add w: require C "pay"\n', "DR324"),
        ('signed 2024-02-01 by A, 2024-02-01 by B\n  add w: permit C "sing"\n', None),
        ("signed 2024-02-01 by A, 2024-02-01 by B\n  add w: fee C->A 5 USD\n", "DR324"),
        ("signed 2024-02-01 by A, 2024-02-01 by B\n  add w: fee A->C 5 USD\n", None),
        ('signed 2024-02-01\n  add w: require C "pay"\n', None),
        ("signed 2024-02-01 by A\n  set rent 9 USD\n", "DR324"),
        ("signed 2024-02-01 by C\n  set rent 9 USD\n", None),
    ],
)
def test_a_party_that_did_not_sign_is_not_bound_in_silence(amendment: str, code: str | None) -> None:
    text = f'rent: fee C->B 5 USD\namend one "One" {amendment}'
    assert codes(text) == ([] if code is None else [code])


def test_an_open_event_happens_within_its_bounds() -> None:
    contract = dealrun.loads(f'{HEAD}event E "e" from 2025-01-01 until 2025-12-31\nw: permit A "sing" when E\n')

    def status(on: str, known: str) -> str:
        return contract.timeline(known=known).on(on)["w"].status

    assert status("2024-12-31", "2024-06-01") == "not yet"
    assert status("2025-01-01", "2024-06-01") == "contingent"
    assert status("2030-01-01", "2025-12-30") == "contingent"
    assert status("2030-01-01", "2025-12-31") == "not yet"
