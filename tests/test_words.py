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


TIERS = "100 USD per pc up to 10 pc then 90 USD per pc"


@pytest.mark.parametrize(
    ("promised", "given", "beaten"),
    [
        ("100 USD per pc", "90 USD per pc", True),
        (TIERS, "50 USD per pc up to 10 pc then 40 USD per pc", True),
        (TIERS, "100 USD per pc up to 10 pc then 80 USD per pc", True),
        (TIERS, "100 USD per pc up to 5 pc then 90 USD per pc", True),
        (TIERS, "100 USD per pc up to 20 pc then 90 USD per pc", False),
        (TIERS, "100 USD per pc up to 10 pc then 95 USD per pc", False),
        (TIERS, TIERS, False),
        (TIERS, "95 USD per pc", True),
        (TIERS, "100 USD per pc", False),
        ("100 USD per pc", "99 USD per pc up to 10 pc then 120 USD per pc", True),
        ("100 USD per pc", "101 USD per pc up to 10 pc then 120 USD per pc", False),
        ("100 USD per pc", "101 USD per pc up to 10 pc then 50 USD per pc", True),
        (TIERS, "100 USD per pc up to 10 pc then 90 USD per pc all-units", True),
        # Thresholds of different windows: only where every rate is better than every other.
        (TIERS, "50 USD per pc up to 10 pc per year then 40 USD per pc", True),
        (TIERS, "100 USD per pc up to 10 pc per year then 80 USD per pc", False),
    ],
)
def test_most_favoured_terms_compare_tiers(promised: str, given: str, beaten: bool) -> None:
    text = f"price: fee A->B {promised}\nother: fee C->B {given}\nbest: mfn B->A on price\n"
    contract = dealrun.loads(f'{HEAD}unit pc "pieces"\nstream goods "goods"\n{text}')
    assert ("DR807" in [each.code for each in contract.conflicts()]) == beaten


def test_the_limit_on_what_falls_due_is_an_error() -> None:
    """Ten thousand days of a daily duty are looked at; a day later, the answer would leave something out."""
    contract = dealrun.loads('deal d "D" signed 1995-01-01\nparty A "A"\nq: require A "report" daily\n')
    last = contract.timeline(known="2022-05-18").on("2022-05-18")["q"]
    assert len(last.duties) == 10_000
    with pytest.raises(dealrun.LimitError, match=r"`q` falls due more than 10,000 times by 2022-05-19, the limit"):
        print(contract.timeline(known="2022-05-19").on("2022-05-19")["q"].duties)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("exit: terminate A convenience\npay: damages A->B 9 USD when notice of exit\n", "DR312"),
        ("exit: terminate A convenience\npay: damages A->B 9 USD when exercise of exit\n", "DR312"),
        ("exit: terminate A convenience\npay: damages A->B 9 USD when notice of exit\nsurvive pay\n", None),
        ("exit: terminate A convenience\npay: license A->B when notice of exit perpetual\n", None),
        ("exit: terminate A convenience notice 30 days\npay: damages A->B 9 USD when notice of exit\n", None),
        ("exit: option A->B purchase\npay: damages A->B 9 USD when exercise of exit\n", None),
        ('event OVER "over"\nexit: terminate A automatic when OVER\nrecord OVER on 2024-05-01\n', None),
    ],
)
def test_what_ends_with_its_start_is_told(text: str, code: str | None) -> None:
    assert codes(text) == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('party A\u00a0"A"\n', "U+00A0, a no-break space, is not a blank"),
        ('party A "A"\u2003\n', "U+2003, an em space, is not a blank"),
        ('par\u200bty A "A"\n', "U+200B, a zero width space, cannot be seen"),
        ('party A\x07 "A"\n', "U+0007, a control character, cannot be seen"),
    ],
)
def test_a_character_that_nobody_sees_is_named(text: str, said: str) -> None:
    (found,) = dealrun.reads(text).diagnostics
    assert (found.code, found.message) == ("DR103", said)
    assert found.help == ("write a blank instead" if "blank" in said else "delete it")


@pytest.mark.parametrize(
    "term",
    [
        "until 2026 renews 1 year notice 3 months",
        "until 2026 notice 3 months",
        "2 years renews 1 year",
        "renews 1 year until 2026",
    ],
)
def test_a_term_with_several_words_is_restated(term: str) -> None:
    contract = dealrun.loads(f"{HEAD}term {term}\n")
    again = dealrun.loads(contract.restate("2025-06-01"))
    for day in ("2025-06-01", "2027-01-01"):
        assert again.timeline().on(day)["term"].terms.keys() == contract.timeline().on(day)["term"].terms.keys()


def test_names_that_look_the_same_are_the_same() -> None:
    """Fault 45: composed and decomposed letters are one, in files and in ledgers."""
    text = (
        'deal d "D" signed 2024-01-01 currency EUR\nparty A "A"\nparty B "B"\nstream Ko\u0308ln "Köln"\n'
        'share: royalty A->B 10% of K\u00f6ln in "Ko\u0308ln" paid quarterly\n'
    )
    contract = dealrun.loads(text)
    rows = "date,stream,amount,territory\n2024-01-15,Ko\u0308ln,1000,K\u00f6ln\n2024-03-15,K\u00f6ln,1000,Ko\u0308ln\n"
    found = contract.settle({"sales.csv": rows})
    assert [str(payment.amount) for payment in found.of("share")] == ["200.00 EUR"]
    assert not found.unclaimed


@pytest.mark.parametrize(
    ("line", "code", "message", "help_"),
    [
        ('party AT&T "AT&T"', "DR103", "`&` means nothing in the language", "letters, digits"),
        ('party 3M "3M"', "DR310", "`3M` is not a name: a name begins with a letter", 'party N3M "3M"'),
        ("reading 1st of d", "DR310", "`1st` is not a name: a name begins with a letter", "reading N1st"),
        ('party A "the ""Company"" Inc"', "DR102", "a text in quotes holds a quotation mark", "inside a text"),
    ],
)
def test_a_name_that_is_none_is_told_with_the_way_out(line: str, code: str, message: str, help_: str) -> None:
    found = either(f'deal d "D" signed 2024-01-01\n{line}\n')
    assert isinstance(found, dealrun.Diagnostics)
    assert [(d.code, d.message) for d in found] == [(code, message)]
    assert help_ in (found[0].help or "")


@pytest.mark.parametrize("words", ["until about 2030", "for about 3 months", "from about 2030"])
def test_about_is_said_of_an_amount(words: str) -> None:
    found = either(f'deal d "D" signed 2024-01-01\nparty A "A"\np: permit A "x" {words}\n')
    assert isinstance(found, dealrun.Diagnostics)
    assert [d.code for d in found] == ["DR301"]
    assert "`about` is said of an amount" in (found[0].help or "")


def test_a_word_without_modifiers_says_so() -> None:
    found = either('deal d "D" signed 2024-01-01\nparty A "A" within 3 days\n')
    assert isinstance(found, dealrun.Diagnostics)
    assert found[0].help == "it takes no modifier, only its name"


FACTS = (
    HEAD
    + """event E "e"
condition RAIN "c"
unknown X amount "x"
f: fee A->B X by 2024-05-01
g: fee A->B 2 USD by 2024-05-01 when RAIN
h: fee A->B 2 USD when "it rains"
i: fee A->B 2 USD when E
"""
)


@pytest.mark.parametrize(
    ("record", "help_"),
    [
        ("E on 2024-02-01 from 2024-01-01", "record EVENT on DATE"),
        ("E on 2024-02-01 until 2024-03-01", "record EVENT on DATE"),
        ("E on 2024-02-01 for 2024", "of a performance of which period"),
        ("E on 2024-02-01, 2024-03-01", "one record each"),
        ("E holds from 2024-02-01", "record EVENT on DATE"),
        ("RAIN holds from 2024-01-01 on 2024-02-01", "record CONDITION holds from DATE"),
        ("RAIN holds yes from 2024-01-01", "record CONDITION holds from DATE"),
        ("RAIN holds from 2024-01-01 until 2024-02-01 before 2024-02-02", "keep one of"),
        ("RAIN holds from 2024-03-01 until 2024-02-01", "correct one of the days"),
        ("RAIN on 2024-02-01", "record CONDITION holds from DATE"),
        ("RAIN = yes known 2024-02-01", "record CONDITION holds from DATE"),
        ('"it rains" on 2024-02-01', "record CONDITION holds from DATE"),
        ("X on 2024-02-01", "record UNKNOWN = VALUE known DATE"),
        ("X = 5 USD known 2024-02-01 on 2024-02-01", "record UNKNOWN = VALUE known DATE"),
        ("paid 5 USD under f on 2024-02-01 for 2024", "record paid AMOUNT under LABEL on DATE"),
        ("paid 5 USD under f on 2024-02-01 from 2024-01-01", "record paid AMOUNT under LABEL on DATE"),
        ("performance of f on 2024-02-01 for 2024", None),
        ("E on 2024-02-01 known 2024-03-01 by A", None),
        ("RAIN holds from 2024-01-01 before 2024-02-01", None),
        ("X = 5 USD known 2024-02-01", None),
        ("paid 5 USD under f on 2024-02-01 by A", None),
    ],
)
def test_a_record_takes_only_what_has_an_effect(record: str, help_: str | None) -> None:
    found = either(f"{FACTS}record {record}\n")
    errors = [
        each for each in (found if isinstance(found, dealrun.Diagnostics) else ()) if each.severity.value == "error"
    ]
    assert [(help_ or "none") in (each.help or "") for each in errors] == ([] if help_ is None else [True])


def test_a_duty_of_a_sketch_by_period_needs_a_start() -> None:
    report = 'report: require A->B "report" quarterly{} within 30 days\n'
    assert "DR322" in codes_of(report.format(""))
    assert "DR322" not in codes_of(report.format(" from 2024"))
    assert "DR322" not in codes_of("deal d signed 2024-01-01\n" + report.format(""))


def codes_of(text: str) -> list[str]:
    """The codes of what is found in a text, as it stands."""
    found = either(text)
    return [each.code for each in (found if isinstance(found, dealrun.Diagnostics) else found.diagnostics)]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ("notice of exit on 2024-05-01 by A", "DR501"), ("notice of exit on 2024-05-01 by B", None),
        ("performance of dep on 2024-02-01 by B", "DR501"), ("performance of dep on 2024-02-01 by A", None),
        ("breach of dep on 2024-02-01 by B", "DR501"), ("paid 5 USD under fee on 2024-02-01 by A", "DR501"),
        ("X = 5 USD known 2024-02-01 by A", "DR302"),
        ("performance of rep for Q1 2024 on 2024-04-05", "DR508"),
        ("performance of rep for 2024-02 on 2024-03-05", None),
    ],
)  # fmt: skip
def test_a_record_is_of_whoever_acts_and_of_one_obligation(record: str, code: str | None) -> None:
    found = codes(
        HEAD + 'unknown X amount "x"\nbooks\nexit: terminate B convenience notice 30 days\n'
        'dep: require A->B "do" by 2024-03-01\nfee: fee B->A 5 USD by 2024-03-01\nf2: fee B->A X by 2024-03-01\n'
        f'rep: require A->B "report" monthly within 10 days\nrecord {record}\n'
    )
    assert found == ([] if code is None else [code])
