"""Kinds of quantities and their windows: what fits no term is refused, and what fits is counted in its unit."""

import re
from fractions import Fraction

import pytest

import dealrun
from dealrun.model.kinds import FACTOR, OPEN, RECEIPTS, UNKNOWN, Kind, joined, kinds_of
from either import either

HEAD = (
    'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\nparty C "C"\n'
    'stream sales "sales"\nstream costs "costs"\nstream play "events that were played"\n'
    'unit copies "copies"\nunit events "events"\nunit seats "seats"\n'
)


def codes(text: str) -> list[str]:
    """The codes of what is wrong with a text behind the head; notes left out."""
    found = either(HEAD + text)
    return [each.code for each in found.errors] if isinstance(found, dealrun.Diagnostics) else []


def paid(text: str, *rows: str, through: str = "2024-12-31") -> list[tuple[str, str, str]]:
    """What is payable: the clause, the last day of the period, the amount."""
    ledger = "\n".join(["date,stream,amount,units,currency", *rows]) + "\n"
    found = dealrun.loads(HEAD + text).settle({"a.csv": ledger}, through=through)
    assert found.unsettled == ()
    return [(each.label, str(each.period.last), str(each.amount)) for each in found.payments]


# --- what does not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "code"),
    [
        ("royalty A->B 10 USD of sales", "DR320"),
        ("revshare A->B 10 seats of sales", "DR320"),
        ("royalty A->B 10% per copies of sales", "DR320"),
        ("royalty A->B 10% per year of sales", "DR320"),
        ("royalty A->B 10% of sales over 2 years", None),  # a time over which it is paid
        ("royalty A->B 10% counting from 2024-02-01 of sales", "DR320"),
        ("royalty A->B 10% of sales cap 5%", "DR320"),
        ("royalty A->B 10% of sales floor 5 copies", "DR320"),
        ("royalty A->B 10% of sales cap 2% * 5m USD", None),
        ("royalty A->B 10% of sales cap 5 USD per copies per year", None),
        ("royalty A->B 10% of sales cap 5 USD per sales", "DR203"),
        ("royalty A->B 10% up to 5% then 12% of sales", "DR320"),
        ("royalty A->B 10% up to 5 USD per copies then 12% of sales", "DR320"),
        ("fee A->B 500 USD per sales", "DR203"),
        ("fee A->B 10 copies", "DR320"),
        ("fee A->B 5% per year of sales", "DR320"),
        ("fee A->B 5 USD per copies per year of sales", "DR320"),
        ("fee A->B 100 USD per month escalation 5 USD per year", "DR320"),
        ("fee A->B 100 USD per month cap 5 USD per copies", "DR320"),
        ("damages A->B 5 copies", "DR320"),
        ("milestone A->B 5%", "DR320"),
        ("milestone A->B 5 USD reaching 5% of sales", "DR320"),
        ("milestone A->B 5 USD reaching 5 USD of sales cap 2 USD per copies", "DR320"),
        ("advance A->B 10%", "DR320"),
        ("advance A->B 100 USD per year", "DR320"),
        ("commit A->B 10% of sales", "DR320"),
        ("commit A->B 10 events per year of play shortfall 100%", "DR320"),
        ("commit A->B 10 USD per year of play shortfall 5 USD per events", "DR320"),
        ("commit A->B 10 USD per year of play shortfall 5 USD", "DR320"),
        ("commit A->B 10 USD per year of play shortfall 100% rollover 5 USD", "DR320"),
        ("invest A->B 10%", "DR320"),
        ("interest A->B 10%", "DR320"),
        ("interest A->B 10 USD per year", "DR320"),
        ("interest A->B 10% over 2 years", "DR320"),
        ("interest A->B 10% per copies", "DR320"),
        ("fee A->B 100 USD per month escalation 3% over 2 years", "DR320"),
        ("fee A->B 100 USD per month escalation 3% so far 2 USD", "DR320"),
        ("fee A->B 100 USD per month escalation 3%", None),
        ("commit A->B 10 copies per year of sales shortfall 5 USD per events", "DR320"),
        ("fee A->B 10 USD + paid under x per month", "DR208"),
        ("royalty A->B 10% of sales cap 2 * paid under x", "DR208"),
        ("stake A 5 USD of B", "DR320"),
        ("liability A->B cap 100%", "DR320"),
        ("liability A->B cap 5 USD per copies", "DR320"),
        ("liability A->B cap 2 * 5m USD", None),
        ("fee A->B 5 USD * 5 USD", "DR309"),
        ("fee A->B 5 USD * 3 copies", "DR309"),
        ("fee A->B 5 USD + 5%", "DR309"),
        ("fee A->B greater of 5 USD, 3 copies", "DR309"),
    ],
)
def test_each_term_takes_its_kinds(clause: str, code: str | None) -> None:
    assert codes(f"x: {clause}\n") == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("base: fee A->B 5 USD\nx: fee A->B 5 USD * paid under base\n", "DR309"),
        ("base: fee A->B 5 USD\nx: fee A->B 5 copies - paid under base\n", "DR309"),
        ("base: fee A->B 5 USD\nx: fee A->B 5% + paid under base\n", "DR309"),
        ("x: fee A->B 5 USD * sales\n", "DR309"),
        ('unknown X amount "x"\nx: fee A->B X * 5 USD\n', "DR309"),
        ('unknown X amount "x"\nx: fee A->B 5% + X\n', "DR309"),
        ('unknown X amount "x"\nx: royalty A->B X of sales\n', "DR320"),
        ('unknown X percentage "x"\nx: royalty A->B 5% of sales cap X\n', "DR320"),
        ('unknown X percentage "x" between 5 USD and 10 USD\n', "DR320"),
        ('unknown X amount "x" at most 5%\n', "DR320"),
        ('unknown X percentage "x"\nrecord X = 50 USD known 2024-02-01\n', "DR320"),
        ('unknown X amount "x"\nrecord X = 50% known 2024-02-01\n', "DR320"),
        ("x: royalty A->B *** of sales\nrecord x.rate = 5 copies known 2024-02-01\n", "DR320"),
        ("x: royalty A->B 5% of sales cap ***\nrecord x.cap = 5% known 2024-02-01\n", "DR320"),
        ("x: royalty A->B 5% of sales cap ***\nrecord x.cap = 2024-02-01 known 2024-02-01\n", "DR320"),
        ("x: license A->B until ***\nrecord x.until = 5 USD known 2024-02-01\n", "DR320"),
    ],
)
def test_what_is_not_known_has_a_kind_too(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        ('unknown X percentage "x"\nx: royalty A->B X of sales\nrecord X = 5% known 2024-02-01\n'),
        ('unknown X amount "x"\nx: royalty A->B 5% of sales cap X\nrecord X = 50 USD known 2024-02-01\n'),
        ('unknown X amount "x"\nx: commit A->B X per year of play\nrecord X = 50 events known 2024-02-01\n'),
        "x: royalty A->B *** of sales cap ***\nrecord x.rate = 5% known 2024-02-01\n",
        "x: royalty A->B *** of sales cap ***\nrecord x.cap = 5 USD known 2024-02-01\n",
        ("x: fee A->B *** USD per copies of sales\nrecord x.amount = 5 USD known 2024-02-01\n"),
    ],
)
def test_a_value_of_its_kind_is_taken(text: str) -> None:
    assert codes(text) == []


def test_a_supposed_value_has_the_kind_of_its_unknown() -> None:
    contract = dealrun.loads(HEAD + 'unknown X amount "x"\nf: fee A->B X\n')
    assert contract.timeline(bind={"X": "5 USD"}).on("2024-02-01")["f"].terms["amount"].text == "X = 5 USD"
    with pytest.raises(dealrun.ArgumentError, match="`20%` is a percentage; `X` is an unknown amount"):
        contract.timeline(bind={"X": "20%"})


def test_dimensions_join_as_kinds_do() -> None:
    every = ["USD", "EUR", "%", "copies", FACTOR, OPEN, UNKNOWN, RECEIPTS]
    for one in every:
        for other in every:
            both = joined(one, other)
            assert both == joined(other, one)
            if both is not None and {one, other} != {UNKNOWN, RECEIPTS}:
                assert kinds_of(both, per_unit=False) == kinds_of(one, per_unit=False) & kinds_of(other, per_unit=False)
    assert joined("USD", "EUR") is joined("%", "USD") is joined(RECEIPTS, "copies") is joined(UNKNOWN, "%") is None
    assert joined(UNKNOWN, RECEIPTS) == RECEIPTS
    assert joined(UNKNOWN, "copies") == "copies"
    assert kinds_of("USD", per_unit=True) == {Kind.PRICE}
    assert kinds_of("%", per_unit=True) == kinds_of("copies", per_unit=True) == set()


# --- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "change", "lost"),
    [
        ("fee A->B 1,000 USD per month", "1,100 USD", True),
        ("fee A->B 1,000 USD per month", "***", True),
        ("fee A->B 1,000 USD per month", "1,100 USD per quarter", False),
        ("fee A->B 1,000 USD per month", "1,100 USD over 2 years", False),
        ("fee A->B 1,000 USD per month", "1,100 USD once", False),
        ("fee A->B 1,000 USD per month", "1,100 USD quarterly", False),
        ("fee A->B 1,000 USD per month", "2 USD per copies", False),
        ("fee A->B 1,000 USD per month", "5%", False),
        ("fee A->B 1,000 USD over 2 years", "1,100 USD", True),
        ("fee A->B 1,000 USD", "1,100 USD", False),
        ("royalty A->B 5% of sales cap 9 USD per year", "cap 8 USD", True),
        ("royalty A->B 5% of sales cap 9 USD per year", "cap 8 USD counting from 2024-01-01", True),
        ("royalty A->B 5% of sales cap 9 USD per year", "cap 8 USD per life", False),
        ("royalty A->B 5% of sales cap 9 USD per life", "cap 8 USD", False),
        ("royalty A->B 5% of sales floor 9 USD per year", "floor 8 USD", True),
        ("royalty A->B 5% up to 9 USD per year then 6% of sales", "5% up to 8 USD then 6%", True),
        ("royalty A->B 5% up to 9 USD per year then 6% of sales", "5% up to 8 USD per life then 6%", False),
        ("royalty A->B 5% up to 9 USD per year then 6% of sales", "5%", False),
        ("commit A->B 9 events per year of play", "8 events", True),
    ],
)
def test_an_amendment_does_not_lose_a_window(clause: str, change: str, lost: bool) -> None:
    text = f'x: {clause}\namend one "One" signed 2024-07-01\n  set x {change}\n'
    assert codes(text) == (["DR321"] if lost else [])
    if not re.match(r"cap|floor|\*|.*(once|quarterly)", change):  # in a schedule too
        schedule, _, of = clause.partition(" of ")
        text = f"x: {schedule} until 2024-06-30 then {change}{' of ' + of if of else ''}\n"
        assert ("DR321" in codes(text)) == lost


def test_unset_and_set_anew_is_no_slip() -> None:
    text = 'x: fee A->B 1,000 USD per month\namend one "One" signed 2024-07-01\n  unset x amount\n  set x 1,100 USD\n'
    assert codes(text) == []


def test_a_difference_that_takes_a_window_away_is_an_amendment_that_says_so() -> None:
    old, new = (dealrun.loads(f"{HEAD}x: fee A->B {amount}\n") for amount in ("1,000 USD per month", "1,100 USD"))
    text = old.difference(new, effective="2024-07-01", signed="2024-07-01")
    assert "  unset x amount\n  set x 1,100 USD\n" in text
    changed = dealrun.loads(f"{HEAD}x: fee A->B 1,000 USD per month\n{text}")
    assert changed.timeline().on("2024-07-01")["x"].terms["amount"].text == "1,100 USD"


# --- what is counted --------------------------------------------------------------------------------------------------


def test_a_share_of_what_is_paid_is_money() -> None:
    """19% of what is payable in the period, not 19% of the sales of everything."""
    text = "r: royalty A->B 10% of sales paid quarterly\nvat: fee A->B 19% * paid under r paid quarterly\n"
    assert paid(text, "2024-02-01,sales,1000,0,USD", "2024-08-01,sales,200,0,USD") == [
        ("r", "2024-03-31", "100.00 USD"), ("r", "2024-09-30", "20.00 USD"),
        ("vat", "2024-03-31", "19.00 USD"), ("vat", "2024-09-30", "3.80 USD"),
    ]  # fmt: skip


@pytest.mark.parametrize("begin", ["2024-01-15", "2024-02-29", "2024-03-31"])
@pytest.mark.parametrize("how", ["paid quarterly", "per quarter", "per quarter paid quarterly"])
def test_a_share_of_what_is_paid_is_whole(begin: str, how: str) -> None:
    """A first quarter that is short, one that an amendment cuts, and one in which the clause ends."""
    text = (
        f"r: royalty A->B 10% of sales paid quarterly from {begin}\n"
        f"vat: fee A->B 19% * paid under r {how} from {begin} until 2024-08-15\n"
        'amend one "One" signed 2024-05-16\n  set vat 19% * paid under r paid quarterly\n'
    ).replace("set vat 19% * paid under r paid quarterly", f"set vat 19% * paid under r {how}")
    rows = [f"{day},sales,1000,0,USD" for day in ("2024-03-31", "2024-04-01", "2024-08-01")]
    found = [amount for label, _, amount in paid(text, *rows) if label == "vat"]
    assert found == ["19.00 USD", "19.00 USD", "19.00 USD"]


def test_paid_under_counts_in_the_window_of_its_amount() -> None:
    base = "base: fee A->B 30 USD per month until 2024-04-30\n"
    text = f"{base}x: fee A->B greater of 0 USD, 100 USD - paid under base per month until 2024-04-30\n"
    assert [amount for label, _, amount in paid(text) if label == "x"] == ["70.00 USD"] * 4
    text = f"{base}x: fee A->B greater of 0 USD, 100 USD - paid under base for life per month until 2024-05-31\n"
    assert [amount for label, _, amount in paid(text) if label == "x"] == ["70.00 USD", "40.00 USD", "10.00 USD"]


def test_what_is_paid_in_another_currency_is_not_counted() -> None:
    text = f"{HEAD}r: fee A->B 10 EUR per month\nq: fee A->B 5% * paid under r per month\n"
    text += "s: fee A->B greater of 0 USD, 9 USD - paid under r per month\n"
    found = dealrun.loads(text).settle(through="2024-12-31")
    reason = "it is paid in USD, and counts what is paid under r in EUR"
    assert [(each.label, each.reason) for each in found.unsettled] == [("q", reason), ("s", reason)]


def test_a_ledger_without_units_is_told_to_a_clause_that_counts_them() -> None:
    loaded = dealrun.loads(f"{HEAD}r: royalty A->B 5% of sales cap 2 USD per copies\n")
    for units, told in (("", True), (",3", False)):
        header = "date,stream,amount" + (",units" if units else "")
        found = loaded.settle({"a.csv": f"{header}\n2024-02-01,sales,1000{units}\n"}, through="2024-12-31")
        assert any("r counts units, and no row that it takes has any" in note for note in found.notes) == told


def test_for_life_is_printed_and_read_again() -> None:
    text = f"{HEAD}base: fee A->B 30 USD per month\nx: fee A->B 100 USD - paid under base for life\n"
    contract = dealrun.loads(text)
    shown = contract.timeline().on("2024-02-01")["x"].terms["amount"].text
    assert shown == "100 USD - paid under base for life"
    assert shown in contract.restate("2024-02-01")
    assert codes("x: fee A->B 10 USD for life\n") == ["DR302"]


def test_a_window_that_is_over_is_not_opened_again() -> None:
    """What the royalty earns in the second quarter raises no cap of the first."""
    text = "roy: royalty A->B 10% of sales\ncredit: revshare B->A 50% of costs cap 50% * paid under roy per quarter\n"
    rows = ("2024-02-01,sales,1000,0,USD", "2024-02-01,costs,1000,0,USD", "2024-05-01,sales,1000,0,USD")
    assert paid(text, *rows, through="2024-06-30") == [
        ("roy", "2024-03-31", "100.00 USD"), ("roy", "2024-06-30", "100.00 USD"), ("credit", "2024-03-31", "50.00 USD"),
    ]  # fmt: skip


def test_a_commitment_in_units_counts_units() -> None:
    """17 of 20 events were played: three are missing, at 5,000 USD each; what was paid for them does not matter."""
    text = "c: commit B->A 20 events per year of play shortfall 5,000 USD per events\n"
    assert paid(text, "2024-02-01,play,999999,17,USD") == [("c", "2024-12-31", "15,000.00 USD")]
    assert paid(text, "2024-02-01,play,0,20,USD") == [("c", "2024-12-31", "0.00 USD")]
    moved = f"{text.rstrip()} rollover 10% carry-forward 100%\n"
    rows = ("2024-02-01,play,0,17,USD", "2025-02-01,play,0,25,USD", "2026-02-01,play,0,16,USD")
    assert [amount for _, _, amount in paid(moved, *rows, through="2026-12-31")] == [
        "5,000.00 USD", "0.00 USD", "0.00 USD",
    ]  # fmt: skip
    found = dealrun.loads(HEAD + text).settle(
        {"a.csv": "date,stream,amount,units\n2024-02-01,play,0,17\n"}, through="2024-12-31"
    )
    assert found.balances[0].figures == (("commitment left", "3 events"),)
    assert ("missing", "3 events") in found.payments[0].lines[0].figures


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("floor 0.50 USD per copies", ["75.00 USD", "5.00 USD"]),
        ("floor 0.50 USD per copies per quarter", ["75.00 USD", "5.00 USD"]),
        ("floor 0.50 USD per copies per year", ["50.00 USD", "5.00 USD", "20.50 USD"]),
        ("cap 0.20 USD per copies", ["30.00 USD", "0.20 USD"]),
        ("cap 0.20 USD per copies per year", ["30.00 USD", "0.20 USD"]),
        ("cap 0.40 USD per copies per life", ["50.00 USD", "5.00 USD"]),
        ("cap 0.30 USD per copies per life", ["45.00 USD", "0.30 USD"]),
    ],
)
def test_a_limit_per_unit_counts_the_units_of_its_window(limit: str, expected: list[str]) -> None:
    """5% of 1,000 USD and 150 copies, then of 100 USD and one."""
    rows = ("2024-02-01,sales,1000,150,USD", "2024-08-01,sales,100,1,USD")
    assert [amount for _, _, amount in paid(f"r: royalty A->B 5% of sales {limit}\n", *rows)] == expected


def test_a_limit_per_unit_follows_returns() -> None:
    rows = ("2024-02-01,sales,1000,150,USD", "2024-03-01,sales,-500,-50,USD")
    assert paid("r: royalty A->B 5% of sales floor 0.50 USD per copies\n", *rows) == [("r", "2024-03-31", "50.00 USD")]


def test_a_limit_per_unit_of_what_sells_nothing_is_not_settled() -> None:
    text = f"{HEAD}r: fee A->B 2 USD per copies of sales cap 1 USD per copies\n"
    text += 'amend one "One" signed 2024-07-01\n  set r 9 USD per month\n'
    (left,) = dealrun.loads(text).settle(through="2024-12-31").unsettled
    assert left.reason == "its cap is a price per unit, and it takes no units from a ledger"


def test_an_unknown_limit_per_unit_has_no_bounds() -> None:
    """Returns turn a higher price into a lower limit, so that its bounds would not be those of what is paid."""
    text = f'{HEAD}unknown X amount "x" between 1 USD and 2 USD\nr: royalty A->B 50% of sales cap X per copies\n'
    ledger = {"a.csv": "date,stream,amount,units\n2024-02-01,sales,1000,10\n2024-03-01,sales,-100,-20\n"}
    (left,) = dealrun.loads(text).settle(ledger, through="2024-12-31").unsettled
    assert (left.label, "X" in left.reason) == ("r", True)
    assert dealrun.loads(text).settle(ledger, through="2024-12-31", bind={"X": "1 USD"}).unsettled == ()


def test_an_escalation_raises_prices() -> None:
    rows = ("2024-02-01,sales,0,100,USD", "2025-02-01,sales,0,100,USD")
    text = "f: fee A->B 1.005 USD per copies of sales escalation 3% per year\n"
    assert [amount for _, _, amount in paid(text, *rows, through="2025-12-31")] == ["100.50 USD", "103.52 USD"]
    text = (
        "f: fee A->B 2 USD per copies up to 60 copies per year then 1 USD per copies of sales escalation 10% per year\n"
    )
    assert [amount for _, _, amount in paid(text, *rows, through="2025-12-31")] == ["160.00 USD", "176.00 USD"]


def test_the_value_of_a_price_says_both_its_unit_and_its_window() -> None:
    contract = dealrun.loads(f"{HEAD}r: royalty A->B 5% of sales floor 0.50 USD per copies per year\n")
    value = contract.timeline().on("2024-02-01")["r"].terms["floor"].value
    assert value == dealrun.AmountValue(Fraction(1, 2), "USD", "copies per year")


# --- redacted days ----------------------------------------------------------------------------------------------------


def test_a_day_can_be_redacted() -> None:
    """It is an unknown date that is named after its term: answers depend on it, and it is supposed and recorded."""
    text = f'{HEAD}l: license A->B until ***\nq: require A->B "x" by ***\nbooks\nm: license A->C from [***]\n'
    text += "term until ***\n"
    contract = dealrun.loads(text)
    state = contract.timeline().on("2025-01-01")
    assert state["l"].contingent_on == ("l.until", "term.until")
    assert (state["l"].terms["until"].text, state["q"].terms["due"].text) == ("until ***", "by ***")
    supposed = {"l.until": "2024-12-31", "q.due": "2024-12-01", "m.from": "2025-01-01", "term.until": "2030-12-31"}
    state = contract.timeline(bind=supposed).on("2025-01-01")
    assert [state[label].status for label in ("l", "m", "term")] == ["ended", "in force", "in force"]
    assert contract.timeline(known="2025-06-01", bind=supposed).on("2025-06-01")["q"].duties[0].status == "breached"
    recorded = dealrun.loads(f"{text}record l.until = 2024-12-31 known 2025-02-01\n")
    assert recorded.timeline(known="2025-02-01", bind=supposed | {}).on("2025-02-01")["l"].status == "ended"
    assert recorded.timeline(known="2025-01-31").on("2025-02-01")["l"].status == "contingent"


@pytest.mark.parametrize(
    "text",
    [
        "l: license A->B until ***\n",
        "l: license A->B until ***\nrecord l.until = 2024-06-30 known 2024-02-01\n",
        "l: license A->B until ***\nrecord l.until = 2026-06-30 known 2024-02-01\n",
        "r: royalty A->B *** of sales until 2024-06-30\nrecord r.rate = 5% known 2024-02-01\n",
        "r: royalty A->B *** of sales\nrecord r.rate = 5% known 2024-02-01\n",
        "l: license A->B for *** years\n",
        "l: license A->B for ***\nrecord l.until = 6 months known 2024-02-01\n",
        'q: require A->B "x" within *** cure ***\n',
        'q: require A->B "x" quarterly within *** days\n',
        "t: terminate A convenience notice *** days\nrecord notice of t on 2024-03-01\n",
        "term *** renews *** notice ***\n",
        "term 6 months renews 1 year notice *** days\nrecord term.notice = 30 days known 2024-02-01\n",
        'e: license A->B until *** after x\nevent x "x"\nrecord x on 2024-03-01\n',
        "l: license A->B to *** in *** except ***\n",
    ],
)
def test_redacted_terms_are_restated(text: str) -> None:
    contract = dealrun.loads(HEAD + text)
    again = dealrun.loads(contract.restate("2025-01-01"))
    for label in again.labels:
        for day in ("2025-01-01", "2025-03-01", "2029-01-01"):
            here, there = (each.timeline(known="2025-01-01").on(day)[label] for each in (contract, again))
            assert (here.status, here.until, {view.text for view in here.terms.values()}) == (
                there.status, there.until, {view.text for view in there.terms.values()},
            ), (label, day)  # fmt: skip


@pytest.mark.parametrize(
    ("clause", "amount"),
    [
        ("royalty A->B 2 USD per copies of sales", "24.00 USD"),
        ("commit A->B 20 copies per quarter of sales shortfall 5 USD per copies", "40.00 USD"),
    ],
)
def test_units_alone_will_do_where_no_money_of_rows_counts(clause: str, amount: str) -> None:
    text = (
        'deal d "D" signed 2024-01-01 currency USD\nparty A "A"\nparty B "B"\nunit copies "copies"\n'
        f'stream sales "sales"\nc: {clause} paid quarterly\n'
    )
    rows = "date,stream,units\n2024-01-15,sales,5\n2024-03-15,sales,7\n"
    found = dealrun.loads(text).settle({"sales.csv": rows})
    assert [str(payment.amount) for payment in found.of("c")] == [amount]
