"""Settlement case by case: what a tester broke once, exchange rates, parties that change, and every form of output."""

import csv
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import dealrun
from conftest import ROOT
from dealrun.cli.main import main
from dealrun.settle.settle import settle
from dealrun.settle.statement import Settlement
from dealrun.time import iso, parse_day
from naive_money import Row
from test_settle import sums

HEAD = """deal d "D" signed 2024-01-01 parties A, B currency USD
party A "A"
party B "B"
party C "C"
stream s1 "sales"
"""
SPLIT = ROOT / "contracts" / "three-way-split"


def row(day: str, amount: str, **more: str) -> Row:
    """A row of the stream s1."""
    at = parse_day(day)
    return {"date": at, "stream": "s1", "amount": Fraction(amount), "units": Fraction(0), "booked": at, "product": "",
            "territory": "", "payer": more.get("payer", ""), "currency": more.get("currency", "")}  # fmt: skip


def statement(text: str, *rows: Row, through: str = "2024-12-31") -> Settlement:
    """What a deal comes to."""
    loaded = dealrun.loads(HEAD + text)
    return settle(loaded.timeline(known=through), sums(rows), parse_day(through))


def paid(found: Settlement, label: str) -> list[tuple[str, str, str]]:
    """The payments of a clause: the end of the period, the payees, the amount."""
    return [(iso(p.period[1]), ", ".join(p.payees), str(p.amount)) for p in found.of(label)]


LATE = """g: fee A->B 1,000 USD by 2024-02-01
f: interest A->B 1% per month on g
record paid 1,000 USD under g on 2024-03-02
"""

CASES = {
    "once, for the whole life, and it ends": (
        "f: royalty A->B 10% of s1 paid once until 2024-06-30\n",
        [row("2024-03-01", "100")],
        [("2024-06-30", "B", "10.00 USD")],
    ),
    "a commitment of one window that has ended": (
        "f: commit A->B 100 USD of s1 shortfall 100% until 2024-06-30\n",
        [row("2024-03-01", "40")],
        [("2024-06-30", "B", "60.00 USD")],
    ),
    "another payee from an amendment on": (
        'f: royalty A->B 10% of s1\namend a "a" signed 2024-02-10\n  replace f: royalty A->C 10% of s1\n',
        [row("2024-01-05", "100"), row("2024-05-01", "1000")],
        [("2024-03-31", "B", "10.00 USD"), ("2024-06-30", "C", "100.00 USD")],
    ),
    "interest per month": (
        LATE,
        [],
        [("2024-03-02", "B", "9.86 USD")],
    ),
    "a cap on what falls due once": (
        "f: fee A->B 3 USD cap 1 USD\n",
        [],
        [("2024-01-01", "B", "1.00 USD")],
    ),
    "an unknown percentage is a share": (
        'unknown RATE percentage "r" between 5% and 5%\nf: fee A->B RATE of s1 paid quarterly\n',
        [row("2024-01-05", "100")],
        [("2024-03-31", "B", "5.00 USD")],
    ),
    "an advance to another is not recouped": (
        "f: royalty A->B 10% of s1\nadv: advance A->C 50 USD against f\n",
        [row("2024-01-05", "1000")],
        [("2024-03-31", "B", "100.00 USD")],
    ),
    "what was paid under another clause, on the due day": (
        "a: royalty A->B 10% of s1\nf: fee A->B 500 USD - paid under a by 2024-12-31\n",
        [row("2024-01-05", "1000")],
        [("2024-01-01", "B", "400.00 USD")],
    ),
    "both ways, by who sold": (
        "f: royalty each->other 10% of s1\n",
        [row("2024-01-05", "1000", payer="A"), row("2024-01-06", "500", payer="B")],
        [("2024-03-31", "B", "100.00 USD"), ("2024-03-31", "A", "50.00 USD")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_case_settles_as_it_should(name: str) -> None:
    text, rows, expected = CASES[name]
    found = statement(text, *rows)
    assert found.unsettled == ()
    assert paid(found, "f") == expected


UNSETTLED = {
    "f: fee A->B 10 EUR per month cap 5 USD\n": "EUR and USD",
    'unknown X amount "x"\nf: commit A->B X per year of s1 shortfall 100%\n': "hangs on X",
    'unknown X amount "x"\nf: royalty A->B 10% of s1 floor X per year\n': "hangs on X",
    'unknown T truth "t"\nf: fee A->B 500 USD while T until 2024-09-30\n': "hangs on T",
    "f: fee A->B 5 USD + paid under g\ng: fee A->B 5 USD + paid under f\n": "hang on each other",
}


@pytest.mark.parametrize("text", UNSETTLED)
def test_what_cannot_be_settled_is_named_with_the_reason(text: str) -> None:
    found = statement(text, row("2024-02-01", "1000"))
    assert any(UNSETTLED[text] in each.reason for each in found.unsettled), found.unsettled


def test_a_long_life_is_no_long_wait() -> None:
    found = statement("f: fee A->B 1 USD per day cap 20 USD per month paid quarterly\n", through="2060-12-31")
    assert str(found.of("f")[-1].total) == f"{37 * 12 * 20:,}.00 USD"


# --- exchange rates ---------------------------------------------------------------------------------------------------

EURO = HEAD + 'ledger l "sales.csv"\nf: royalty A->B 10% of s1 cap 1m USD\n'


def folder(tmp_path: Path, rates: str | None) -> dealrun.Contract:
    """A deal whose ledger has a row in euros, and perhaps a table of rates."""
    (tmp_path / "sales.csv").write_text("date,stream,amount,currency\n2024-02-03,s1,100.00,EUR\n", encoding="utf-8")
    text = EURO
    if rates is not None:
        (tmp_path / "rates.csv").write_text(rates, encoding="utf-8")
        text += 'rates ecb "rates.csv"\n'
    (tmp_path / "d.deal").write_text(text, encoding="utf-8")
    return dealrun.load(tmp_path)


def test_a_row_converts_at_the_last_rate_before_it(tmp_path: Path) -> None:
    rates = "date,from,to,rate\n2024-02-01,EUR,USD,1.25\n2024-02-04,EUR,USD,2\n2024-01-01,EUR,USD,3\n"
    assert str(folder(tmp_path, rates).settle(through="2024-03-31").of("f")[0].amount) == "12.50 USD"


@pytest.mark.parametrize(
    ("rates", "code"),
    [
        (None, "DR705"),
        ("date,from,to,rate\n2024-02-04,EUR,USD,2\n", "DR705"),
        ("date,from,to,rate\nsoon,EUR,USD,2\n", "DR702"),
        ("day,from,to,rate\n", "DR701"),
    ],
)
def test_a_row_without_a_rate_is_refused(tmp_path: Path, rates: str | None, code: str) -> None:
    with pytest.raises(dealrun.LedgerError) as refused:
        folder(tmp_path, rates).settle(through="2024-03-31")
    assert {problem.code for problem in refused.value.problems} == {code}


# --- outputs ----------------------------------------------------------------------------------------------------------


def test_every_form_of_a_statement_is_written(tmp_path: Path) -> None:
    for form in ("text", "json", "csv", "parquet", "xlsx"):
        assert main(["settle", str(SPLIT), "--format", form, "-o", str(tmp_path / f"s.{form}")]) == 0
    assert main(["settle", str(SPLIT), "--quiet", "--plot", str(tmp_path / "s.svg")]) == 0
    openpyxl = pytest.importorskip("openpyxl")
    assert openpyxl.load_workbook(tmp_path / "s.xlsx").sheetnames[0] == "Statement"
    assert (tmp_path / "s.parquet").read_bytes().startswith(b"PAR1")
    assert (tmp_path / "s.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize("name", ["three-way-split", "book-royalty", "reseller", "franchise", "pharma-royalty"])
def test_detail_and_what_it_leaves_out_add_up_to_the_statement(name: str, tmp_path: Path) -> None:
    loaded = dealrun.load(ROOT / "contracts" / name)
    path = tmp_path / "rows.csv"
    found = loaded.settle(detail=path)
    allocated: dict[str, Decimal] = defaultdict(Decimal)
    with path.open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            allocated[line["label"]] += Decimal(line["allocated"])
    for note in found.notes:
        if " leaves out " in note:
            amount, _, rest = note.partition(" leaves out ")[2].partition(" ")
            allocated[rest.rpartition(" ")[2]] += Decimal(amount.replace(",", ""))
    payable: dict[str, Decimal] = defaultdict(Decimal)
    for payment in found.payments:
        payable[payment.label] += payment.amount.value
    assert {k: v for k, v in allocated.items() if v} == {k: v for k, v in payable.items() if v}


def test_a_statement_without_a_ledger_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    deal = str(ROOT / "contracts" / "openai-microsoft")
    main(["settle", deal])
    assert "no ledger is given: share, azure_share, spend would take its rows" in capsys.readouterr().out
    assert main(["why", "share", deal, "--period", "2026"]) == 1
    said = capsys.readouterr()
    assert "nothing accrued, and no ledger is given" in said.out
    assert "give a ledger with --ledger" in said.err


def test_a_ledger_among_the_files_is_sent_to_its_option(capsys: pytest.CaptureFixture[str]) -> None:
    deal, ledger = str(SPLIT), str(SPLIT / "ledger.csv")
    assert main(["settle", deal, ledger]) == 2
    assert f"give it with --ledger {ledger}" in capsys.readouterr().err


def test_an_amount_said_as_about_is_flagged() -> None:
    text = "x: fee A->B about 100 USD paid annually\ny: fee A->B 100 USD paid annually\n"
    assert statement(text).notes == ("x has an amount said as `about`; it is computed as if it were exact",)
