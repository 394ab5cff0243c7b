"""What leaves the program as CSV, Parquet, XLSX and SVG, each opened again with a library that is not ours.

Every amount is held to the cent against the statement, and every formula of a workbook is computed by two engines that
did not write it.
"""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import statements
from conftest import ROOT
from dealrun.extras import MissingExtraError, need
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.settle.export import plot, sheets
from dealrun.settle.export.lines import factor
from dealrun.settle.export.panel import plain
from dealrun.settle.export.rows import TABLES, table
from dealrun.settle.export.sheets import HEAD, fits
from dealrun.settle.export.tabular import csv_text, parquet, to_arrow
from dealrun.settle.export.values import exact_text, terminating
from dealrun.settle.export.xlsx import workbook
from dealrun.settle.statement import Balance, Between, Limit, Money, Payment, Settlement, TierShare, as_dates
from dealrun.source.plain import inert, risky, safe
from dealrun.time import ALWAYS, NEVER
from dealrun.time.days import LAST, iso
from statements import HOSTILE, Clause, flat, line, part, quarter, settlement

openpyxl = pytest.importorskip("openpyxl")
duckdb = pytest.importorskip("duckdb")
formulas = pytest.importorskip("formulas")
arrow_parquet = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("xlsxwriter")
pytest.importorskip("matplotlib")

EXACT, RANGES, ATTACK, EMPTY = statements.exact(), statements.ranges(), statements.attack(), statements.empty()
ALL = pytest.mark.parametrize("found", [EXACT, RANGES, ATTACK, EMPTY], ids=["exact", "ranges", "attack", "empty"])
SVG = "{http://www.w3.org/2000/svg}"


def by_currency(payments: tuple[Payment, ...]) -> dict[str, Decimal]:
    """What is payable."""
    sums: dict[str, Decimal] = {}
    for payment in payments:
        sums[payment.currency] = sums.get(payment.currency, Decimal(0)) + payment.amount.value
    return sums


# Tables


def read(text: str) -> list[dict[str, str]]:
    """A CSV, read back."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_holds_every_amount() -> None:
    rows = read(csv_text(EXACT))
    payments = [row for row in rows if row["row"] == "payment"]
    for row, payment in zip(payments, EXACT.payments, strict=True):
        assert row["payment"] == row["payment_least"] == row["payment_most"] == f"{payment.amount.value:f}"
        assert [row[key] for key in ("accrued", "withheld", "recouped", "total")] == [
            f"{amount.value:f}" for amount in (payment.accrued, payment.withheld, payment.recouped, payment.total)
        ]
        assert (row["label"], row["period_last"]) == (payment.label, iso(payment.period[1]))
    found: dict[str, Decimal] = {}
    for row in rows:
        # Without a filter: what is payable stands in payment rows only.
        found[row["currency"]] = found.get(row["currency"], Decimal(0)) + Decimal(row["payment"] or 0)
    assert found == by_currency(EXACT.payments)


def test_amounts_add_up_by_kind_of_row() -> None:
    rows = read(csv_text(EXACT))
    for number, payment in enumerate(EXACT.payments, 1):
        mine = [row for row in rows if row["payment_number"] == str(number)]
        assert sum(Decimal(row["amount"]) for row in mine if row["row"] == "line") == payment.accrued.value
        for index, of_payment in enumerate(payment.lines, 1):
            parts = [row for row in mine if row["row"] == "part" and row["line_number"] == str(index)]
            assert len(parts) == len(of_payment.parts)
            assert not parts or sum(Decimal(row["amount"]) for row in parts) == of_payment.amount.value
            for row, one in zip(parts, of_payment.parts, strict=True):
                assert (Fraction(row["base"]), Fraction(row["share"])) == (one.base, one.share[0])


def test_csv_is_rfc_4180() -> None:
    text = csv_text(ATTACK)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert text.endswith("\r\n")
    assert {len(row) for row in rows} == {len(table(ATTACK).columns)}
    assert rows[0][:2] == ["row", "payment_number"]
    assert not re.search(r"(?<!\r)\n", csv_text(EXACT))


@pytest.mark.parametrize("name", TABLES)
def test_text_of_a_csv_is_no_formula(name: str) -> None:
    of = table(ATTACK, name)
    rows = list(csv.reader(io.StringIO(csv_text(ATTACK, name), newline="")))[1:]
    for row, cells in zip(rows, of.rows, strict=True):
        for shown, cell, column in zip(row, cells, of.columns, strict=True):
            if column.kind != "text":
                assert not shown.startswith("'")
                continue
            assert not risky(shown)
            assert shown.removeprefix("'") == (cell or "")


def test_numbers_stay_numbers() -> None:
    text = csv_text(ATTACK, "unclaimed")
    assert {row["amount"] for row in read(text)} == {"-2.5"}
    assert inert("-2") == "'-2"
    assert inert("2 - 1") == "2 - 1"


@ALL
@pytest.mark.parametrize("name", TABLES)
def test_parquet_is_what_arrow_says(found: Settlement, name: str) -> None:
    read_back = arrow_parquet.read_table(io.BytesIO(parquet(found, name)))
    assert read_back.equals(to_arrow(found, name))
    assert read_back.schema.equals(to_arrow(EMPTY, name).schema)


def test_duckdb_reads_parquet_exactly(tmp_path: Path) -> None:
    path = tmp_path / "statement.parquet"
    path.write_bytes(parquet(EXACT))
    with duckdb.connect() as base:
        sums = dict(
            base.execute("SELECT currency, sum(payment) FROM read_parquet(?) GROUP BY 1", [str(path)]).fetchall()
        )
        rows = base.execute(
            "SELECT period_first, due, payment, typeof(payment), typeof(base), typeof(due), typeof(forecast) "
            "FROM read_parquet(?) WHERE row = 'payment'",
            [str(path)],
        ).fetchall()
    assert sums == by_currency(EXACT.payments)
    for (first, due, amount, *types), payment in zip(rows, EXACT.payments, strict=True):
        assert (first, due) == (payment.period[0], payment.due)
        assert amount == payment.amount.value
        assert types == ["DECIMAL(38,4)", "DECIMAL(38,18)", "DATE", "BOOLEAN"]


def test_duckdb_reads_csv_exactly(tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(csv_text(EXACT), encoding="utf-8", newline="")
    query = "SELECT currency, sum(payment::DECIMAL(38, 4)) FROM read_csv(?, all_varchar = true) GROUP BY 1"
    with duckdb.connect() as base:
        assert dict(base.execute(query, [str(path)]).fetchall()) == by_currency(EXACT.payments)


def test_what_is_not_known_has_bounds() -> None:
    rows = [row for row in to_arrow(RANGES).to_pylist() if row["row"] == "payment"]
    for row, payment in zip(rows, RANGES.payments, strict=True):
        if payment.amount.exact:
            assert row["payment"] == row["payment_least"] == row["payment_most"] == payment.amount.value
        else:
            assert row["payment"] is None
            assert (row["payment_least"] * 100, row["payment_most"] * 100) == (
                payment.amount.minor_least,
                payment.amount.minor_most,
            )
            assert row["hangs_on"] == "TOTAL"
    caps = to_arrow(RANGES, "limits").to_pylist()
    assert {(row["cap"], row["cap_least"], row["cap_most"]) for row in caps} == {(None, Decimal(100_000), None)}


def test_a_share_that_no_decimal_says() -> None:
    third = part(quarter(2025, 1), Fraction(1, 3), "20%", "USD")
    clause = Clause("c", "USD")
    clause.pay(quarter(2025, 1), [line("share", quarter(2025, 1), "USD", [third])])
    found = settlement([clause])
    row = to_arrow(found).to_pylist()[2]
    assert (row["base"], row["base_exact"], row["share"], row["share_exact"]) == (None, "1/3", None, "1/15")
    assert read(csv_text(found))[2]["share"] == "1/15"


@given(st.fractions())
def test_exact_text_loses_nothing(value: Fraction) -> None:
    assert Fraction(exact_text(value)) == value
    decimal = terminating(value)
    assert decimal is None or Fraction(decimal) == value


def test_money_that_no_column_holds() -> None:
    clause = Clause("c", "USD")
    clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(10**36, "USD"))])
    with pytest.raises(ValueError, match="more digits"):
        to_arrow(settlement([clause]))
    assert f"{10**34}.00" in csv_text(settlement([clause]))


def test_no_such_table() -> None:
    with pytest.raises(ValueError, match="`payments` is no table"):
        csv_text(EXACT, "payments")


# Workbooks


def opened(data: bytes, *, values: bool = False) -> Any:
    """A workbook, read back: its formulas, or the values that were written beside them."""
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def records(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by header."""
    rows = list(sheet.iter_rows(min_row=HEAD, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def to_the_cent(value: Any, currency: str) -> Decimal:
    """A number of a cell as an amount."""
    assert isinstance(value, int | float)
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-MINOR_DIGITS[currency]))


def formula_cells(data: bytes) -> Iterator[tuple[str, str, str, float]]:
    """Sheet, cell, header and written value of every formula."""
    values = opened(data, values=True)
    for sheet in opened(data):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    header = sheet.cell(HEAD, cell.column).value if cell.row > HEAD else "Check of all"
                    yield sheet.title, cell.coordinate, header, values[sheet.title][cell.coordinate].value


def by_formulas(path: Path) -> dict[tuple[str, str], Any]:
    """Every cell, computed by the library `formulas`."""
    solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    found = {}
    for name, cell in solution.items():
        match = re.fullmatch(r"'\[.*\](\w+)'!([A-Z]+\d+)", str(name))
        if match:
            found[match[1].title(), match[2]] = cell.value[0, 0]
    return found


def by_soffice(path: Path) -> dict[tuple[str, str], Any]:
    """Every cell, computed by LibreOffice."""
    profile = path.parent / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
        '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>'
    )
    out = path.parent / f"out-{path.stem}"
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", form]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=60)
    found = {}
    for file in out.iterdir():
        with file.open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.reader(stream), 1):
                for index, text in enumerate(row, 1):
                    key = (file.stem.rpartition("-")[2], f"{openpyxl.utils.get_column_letter(index)}{number}")
                    found[key] = float(text) if re.fullmatch(r"-?\d+(\.\d+)?(E[-+]\d+)?", text) else text
    return found


ENGINES = pytest.mark.parametrize(
    "engine",
    [
        by_formulas,
        pytest.param(
            by_soffice, marks=pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
        ),
    ],
)


@ENGINES
@ALL
def test_formulas_compute_the_statement_again(engine: Any, found: Settlement, tmp_path: Path) -> None:
    data = workbook(found)
    path = tmp_path / "statement.xlsx"
    path.write_bytes(data)
    computed = engine(path)
    checks = 0
    for sheet, cell, header, written in formula_cells(data):
        value = float(computed[sheet, cell])
        assert value == pytest.approx(written, rel=1e-12, abs=1e-9), (sheet, cell)
        if header.startswith("Check"):
            checks += 1
            assert value == 0, (sheet, cell)
    assert checks >= len(found.payments)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("20%", Fraction(1, 5)),
        ("0.125 USD", Fraction(1, 8)),
        ("1,250.5 USD per copies", Fraction(2501, 2)),
        ("1/7", Fraction(1, 7)),
        ("1/0", None),
        ("1% up to 5 then 2%", None),
        ("5 sales", None),
        ("", None),
    ],
)
def test_the_factor_of_a_rate(rate: str, expected: Fraction | None) -> None:
    assert factor(rate) == expected


def test_shares_are_products_where_a_rate_makes_them() -> None:
    seventh = attrs.evolve(
        part(quarter(2025, 1), "28.5", "1%", "USD"), rate="1/7", share=Between(Fraction(57, 14), Fraction(57, 14))
    )
    tiered = part(quarter(2025, 1), "28", "2% up to 7 then 10%", "USD", tiers=[("0", "7", "2%"), ("7", "21", "10%")])
    free = attrs.evolve(part(quarter(2025, 1), "5", "0%", "USD"), rate="0% until E")
    clause = Clause("c", "USD")
    nothing = part(quarter(2025, 1), "5", "0%", "USD")
    clause.pay(quarter(2025, 1), [line("share", quarter(2025, 1), "USD", [seventh, tiered, free, nothing])])
    data = workbook(settlement([clause]))
    whole, *rows = records(opened(data)["Lines"])
    made = [(row["Row"], row["Factor"], row["Share recomputed"], row["Check of share"]) for row in rows]
    assert made == [
        ("part", "1/7", "=G6*(1/7)", "=ABS(ROUND(T6-(57/14),2))"),
        ("part", None, "=SUM(Lines!$T$8:$T$9)", "=ABS(ROUND(T7-L7,2))"),
        ("tier", 0.02, "=G8*K8", "=ABS(ROUND(T8-L8,2))"),
        ("tier", 0.1, "=G9*K9", "=ABS(ROUND(T9-L9,2))"),
        ("part", None, "=0", "as given"),
        ("part", 0, "=G11*K11", "=ABS(ROUND(T11-L11,2))"),
    ]
    assert whole["Check of rounding"].startswith("=IF(")
    assert records(opened(data, values=True)["Lines"])[0]["Share recomputed"] == pytest.approx(57 / 14 + 2.24)


@pytest.mark.parametrize(("cents", "off"), [(99, 0), (100, 0), (101, 0), (102, 0.02), (98, 0.02), (300, 2)])
def test_a_line_may_be_a_minor_unit_off_its_shares(cents: int, off: float) -> None:
    """A line of a dollar's share."""
    period = quarter(2025, 1)
    of = line("share", period, "USD", [part(period, "10", "10%", "USD")])
    clause = Clause("c", "USD")
    clause.pay(period, [attrs.evolve(of, amount=Money.of(cents, "USD"))])
    row = records(opened(workbook(settlement([clause])), values=True)["Lines"])[0]
    assert (row["Amount"], row["Share recomputed"], row["Check of rounding"]) == (cents / 100, 1, off)


@pytest.mark.parametrize(
    ("share", "zeros", "said"),
    [
        # A double holds one digit, but not its cents; and cents, but not all the digits of a part of them.
        (Fraction(10**17), 0, ("too many digits", "too many digits")),
        (Fraction(1, 3 * 10**15), 0, ("too many digits", "too many digits")),
        # Of two numbers, the sum times three stays below 2**51 cents, to which a share of nothing adds nothing.
        (Fraction("7505999378950.5"), 1, ("=SUMIFS(", "=")),
        (Fraction("7505999378951"), 1, ("too many digits", "=")),
    ],
)
def test_shares_of_many_digits_are_not_computed_with(share: Fraction, zeros: int, said: tuple[str, str]) -> None:
    """Neither that of a part, nor that of a tier, nor the sum of those of a line."""
    period = quarter(2025, 1)
    parts = [part(period, share, "100%", "USD"), *zeros * [part(period, "0", "100%", "USD")]]
    parts[0] = attrs.evolve(parts[0], tiers=(TierShare(Fraction(0), share, "100%", share),))
    clause = Clause("c", "USD")
    clause.pay(period, [attrs.evolve(flat("share", period, Money.of(100, "USD")), parts=tuple(parts))])
    of_line, of_part, of_tier, *_ = records(opened(workbook(settlement([clause])))["Lines"])
    for row, begin in ((of_line, said[0]), (of_part, said[1]), (of_tier, said[1])):
        assert row["Share recomputed"].startswith(begin), row["Row"]
    assert str(of_tier["Check of share"]).startswith("=" if said[1] == "=" else said[1])


def test_bounds_stand_beside_what_lies_between_two_figures() -> None:
    """Where both are known, too: of a share, a cap, and what is paid."""
    period = quarter(2025, 1)
    between = Between(Fraction(1), Fraction(3))
    of_range = attrs.evolve(part(period, "1000", "1%", "USD"), rate="X", share=between)
    zero = Money.of(0, "USD")
    clause = Clause("c", "USD")
    known = attrs.evolve(flat("share", period, Money.of(200, "USD")), parts=(of_range,))
    clause.pay(period, [known], limits=[Limit(as_dates(period), "X", between, zero, zero, zero, "")])
    found = settlement([clause])
    (balance,) = found.balances
    data = workbook(attrs.evolve(found, balances=(attrs.evolve(balance, paid=Money(100, 300, "USD")),)))
    for sheet, header, row in (("Lines", "Share", 1), ("Caps", "Cap", 0), ("Balances", "Paid", 0)):
        said = records(opened(data)[sheet])[row]
        assert [said[header], said[f"{header}, least"], said[f"{header}, most"]] == ["not known", 1, 3], sheet


def test_days_that_are_not_there_are_empty() -> None:
    """No day at all, and days before and after those that have a date."""
    period = quarter(2025, 1)
    zero = Money.of(0, "USD")
    clause = Clause("c", "USD")
    limit = Limit(as_dates((ALWAYS, NEVER)), "X", Between(Fraction(1), Fraction(1)), zero, zero, zero, "")
    clause.pay(period, [flat("fee", period, zero)], limits=[limit])
    clause.payments = [attrs.evolve(clause.payments[0], due=None)]
    data = workbook(settlement([clause]))
    assert records(opened(data)["Statement"])[0]["Due"] is None
    (cap,) = records(opened(data)["Caps"])
    assert (cap["Window from"], cap["Window to"]) == (None, None)


def test_a_balance_without_payments_stands_as_given() -> None:
    """There are no rows that make it up."""
    zero = Money.of(0, "USD")
    found = attrs.evolve(EMPTY, balances=(Balance("c", zero, zero, zero, zero, zero, ()),))
    (row,) = records(opened(workbook(found))["Balances"])
    assert (row["Payable recomputed"], row["Outstanding recomputed"]) == ("as given", "=D5-E5")
    assert row["Check"] == "=ROUND(ABS(K5-F5),2)"


def test_a_payment_without_lines_or_accounts_stands_as_given() -> None:
    """And so does one of several payees of which nobody knows who gets what, where no account has a row."""
    clause = Clause("c", "USD", payees=("A", "B"), percents=(50, 50))
    clause.pay(quarter(2025, 1), [], amount=Money.of(100, "USD"))
    found = settlement([clause])
    payment = attrs.evolve(found.payments[0], split=(), accrued=Money.of(100, "USD"))
    row = records(opened(workbook(attrs.evolve(found, payments=(payment,), totals=())))["Statement"])[0]
    assert [row[header] for header in ("Accrued recomputed", "Parties' accounts")] == ["as given", "as given"]
    assert row["Check"] == "=ROUND(ABS(W5-L5),2)+ROUND(ABS(X5-N5),2)"


def test_an_advance_of_which_bounds_are_known_is_not_checked() -> None:
    """What is recouped of it has its least and its most beside it."""
    clause = Clause("c", "USD")
    period = quarter(2025, 1)
    clause.pay(period, [flat("fee", period, Money.of(300, "USD"))], amount=Money.of(100, "USD"))
    clause.payments = [attrs.evolve(clause.payments[0], recouped=Money(100, 200, "USD"))]
    row = records(opened(workbook(settlement([clause])))["Statement"])[0]
    assert [row[header] for header in ("Recouped", "Recouped, least", "Recouped, most")] == ["not known", 1, 2]
    assert row["Payable recomputed"] == "not known"


def test_the_sum_of_all_checks_shows_the_digits_of_what_it_sums() -> None:
    """Of yen none; of what has no check, none either. The title is `Statement` if nobody says another."""
    clause = Clause("c", "JPY")
    clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(100, "JPY"))])
    for found, formula in ((settlement([clause]), "=SUM(Statement!$Z$5:$Z$6)+"), (EMPTY, "=0")):
        sheet = opened(workbook(found))["Statement"]
        assert sheet["A1"].value == "Statement"
        assert sheet["E3"].value.startswith(formula)
        assert sheet["E3"].number_format == "#,##0"


@pytest.mark.parametrize(
    ("currency", "cap", "shown", "checked"),
    [
        ("USD", "0.01", "#,##0.00", True), ("USD", "0.05", "#,##0.00", True), ("USD", "50", "#,##0.00", True),
        ("USD", "0.125", "#,##0.000", False), ("KWD", "0.125", "#,##0.000", True), ("JPY", "50", "#,##0", True),
        ("JPY", "0.5", "#,##0.0", False),
    ],
)  # fmt: skip
def test_a_cap_is_checked_to_the_minor_unit(currency: str, cap: str, shown: str, checked: bool) -> None:
    """One with more digits than its currency stands as given: how it is rounded, the sheet does not say."""
    period, zero = quarter(2025, 1), Money.of(0, currency)
    clause = Clause("c", currency)
    limit = Limit(as_dates(period), cap, Between(Fraction(cap), Fraction(cap)), zero, zero, zero, "")
    clause.pay(period, [flat("fee", period, zero)], limits=[limit])
    sheet = opened(workbook(settlement([clause])))["Caps"]
    (row,) = records(sheet)
    assert str(row["Check"]).startswith("=ROUND(ABS(") if checked else row["Check"] == "as given"
    assert (sheet["F5"].value, sheet["F5"].number_format) == (float(cap), shown)


@ENGINES
def test_formulas_are_live(engine: Any, tmp_path: Path) -> None:
    """A figure that someone changes shows in the checks of what is computed from it, and in no other."""
    data = workbook(EXACT)
    columns = {
        sheet.title: {cell.value: cell.column_letter for cell in sheet[HEAD] if cell.value} for sheet in opened(data)
    }
    changes = {
        ("Lines", "Amount", 5): [
            ("Lines", "Check of amount", 5),
            ("Lines", "Check of rounding", 5),
            ("Statement", "Check", 5),
        ],
        ("Lines", "Amount", 10): [("Lines", "Check of amount", 9)],
        ("Lines", "Base", 15): [("Lines", "Check of share", 15), ("Lines", "Check of share", 14)],
        ("Statement", "Payable", 10): [("Statement", "Check", 10), ("Balances", "Check", 6)],
        ("Parties", "Receives", 6): [("Parties", "Check", 5)],
        ("Caps", "Cap", 7): [("Caps", "Check", 7)],
        ("Balances", "Paid", 5): [("Balances", "Check", 5)],
    }
    book = opened(data)
    for index, (sheet, header, row) in enumerate(changes, 1):
        cell = book[sheet][f"{columns[sheet][header]}{row}"]
        assert isinstance(cell.value, int | float), (sheet, header, row)
        cell.value += index * 1000
    path = tmp_path / "changed.xlsx"
    book.save(path)
    computed = engine(path)
    for alarms in changes.values():
        for sheet, header, row in alarms:
            assert computed[sheet, f"{columns[sheet][header]}{row}"] >= 300, (sheet, header, row)
    assert computed["Statement", "E3"] >= 9000
    for sheet, header, row in (
        ("Statement", "Check", 7),
        ("Balances", "Check", 8),
        ("Lines", "Check of amount", 19),
    ):
        assert computed[sheet, f"{columns[sheet][header]}{row}"] in (0, "")


def test_a_workbook_says_what_the_statement_says() -> None:
    book = opened(workbook(EXACT, title="Royalties"))
    assert book.sheetnames == ["Statement", "Lines", "Parties", "Balances", "Caps", "Unclaimed", "Notes"]
    rows = records(book["Statement"])
    for row, payment in zip(rows, EXACT.payments, strict=False):
        for header, amount in (
            ("Accrued", payment.accrued),
            ("Withheld", payment.withheld),
            ("Recouped", payment.recouped),
            ("Payable", payment.amount),
            ("Payable so far", payment.total),
        ):
            assert to_the_cent(row[header], payment.currency) == amount.value
        assert (row["Clause"], row["From"].date()) == (payment.label, payment.period[0])
        assert row["Due"].date() == payment.due
    totals = {row["Currency"]: to_the_cent(row["Payable"], row["Currency"]) for row in rows[len(EXACT.payments) :]}
    assert totals == by_currency(EXACT.payments)
    parties = {(row["Party"], row["Currency"]): row for row in records(book["Parties"]) if row["Row"] == "total"}
    for total in EXACT.totals:
        row = parties[total.party, total.pays.currency]
        assert to_the_cent(row["Pays"], total.pays.currency) == total.pays.value
        assert to_the_cent(row["Receives"], total.pays.currency) == total.receives.value
    for row, balance in zip(records(book["Balances"]), EXACT.balances, strict=True):
        assert to_the_cent(row["Outstanding"], row["Currency"]) == balance.outstanding.value
    lines = [row for row in records(book["Lines"]) if row["Row"] == "line"]
    stated = [(each.amount.value, each.amount.currency) for payment in EXACT.payments for each in payment.lines]
    assert [(to_the_cent(row["Amount"], row["Currency"]), row["Currency"]) for row in lines] == stated
    notes = {(row["What"], row["Text"]) for row in records(book["Notes"])}
    assert {("note", "=1+1 is a note"), ("not settled: equity", "an asset, not money")} <= notes
    assert [row["Amount"] for row in records(book["Unclaimed"])] == [-12.345, 7]


def test_every_known_figure_is_checked() -> None:
    data = workbook(EXACT)
    for sheet, header in (("Statement", "Check"), ("Parties", "Check"), ("Balances", "Check"), ("Caps", "Check")):
        checks = [row[header] for row in records(opened(data)[sheet]) if row.get("Row") != "payment"]
        assert checks
        assert all(str(check).startswith("=ROUND(") for check in checks), sheet
    for row in records(opened(data)["Lines"]):
        if row["Row"] == "line" and row["Line"] != "true-up":
            assert row["Check of amount"].startswith("=")
            assert row["Check of rounding"].startswith("=")
    shares = [row["Check of share"] for row in records(opened(data)["Lines"]) if row["Row"] in ("part", "tier")]
    # Shares that base and rate make: all but those of a base that no decimal says.
    assert sum(str(share).startswith("=") for share in shares) == len(shares) - shares.count("as given")
    assert shares.count("as given") == 4


def test_a_payee_that_has_no_name_has_an_account() -> None:
    clause = Clause("c", "USD", payees=("",))
    clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(500, "USD"))])
    found = settlement([clause])
    totals = tuple(attrs.evolve(total, party=total.party or "(not named)") for total in found.totals)
    rows = records(opened(workbook(attrs.evolve(found, totals=totals)))["Parties"])
    accounts = [(row["Party"], row["Row"], row["Receives"]) for row in rows if row["Party"] == "(not named)"]
    assert accounts == [("(not named)", "total", 5), ("(not named)", "payment", 5)]


def test_currencies_show_their_digits() -> None:
    sheet = opened(workbook(EXACT))["Statement"]
    column = next(cell.column for cell in sheet[HEAD] if cell.value == "Payable")
    for row, payment in enumerate(EXACT.payments, HEAD + 1):
        digits = MINOR_DIGITS[payment.currency]
        assert sheet.cell(row, column).number_format == "#,##0" + ("." + "0" * digits if digits else "")
    assert sheet.cell(HEAD + 1, 7).is_date


def test_a_workbook_prints() -> None:
    for sheet in opened(workbook(EXACT)):
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        assert sheet.freeze_panes.endswith(str(HEAD + 1))
        assert all(sheet.column_dimensions[letter].width >= 5 for letter in "ABC"[: sheet.max_column])


def test_ranges_stand_beside_what_is_not_known() -> None:
    rows = records(opened(workbook(RANGES), values=True)["Statement"])
    for row, payment in zip(rows, RANGES.payments, strict=False):
        low, high = (to_the_cent(row[f"Payable, {end}"], "USD") for end in ("least", "most"))
        assert [low * 100, high * 100] == [payment.amount.minor_least, payment.amount.minor_most]
        assert (row["Payable"] == "not known") == (not payment.amount.exact)
        assert (row["Payable recomputed"] == "not known") == (not payment.amount.exact)
    caps = records(opened(workbook(RANGES), values=True)["Caps"])
    assert {(row["Cap"], row["Cap, least"], row["Cap, most"]) for row in caps} == {("not known", 100_000, "no bound")}
    # A cap of at least 100,000 decides nothing below it, and can be checked there.
    assert [row["Paid recomputed"] for row in caps] == [40000.02, 90000.06, "not known", "not known", 18000]


def test_hostile_text_in_a_workbook_is_text() -> None:
    data = workbook(ATTACK, title="=1+1")
    seen = set()
    for sheet in opened(data):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                if cell.data_type == "f":
                    assert not any(text in cell.value for text in HOSTILE if len(text) > 2)
                elif isinstance(cell.value, str):
                    seen.add(cell.value)
                    assert cell.data_type == "s"
                    assert not risky(cell.value) or cell.quotePrefix or cell.row < HEAD
    for text in HOSTILE:
        assert "\n".join(map(safe, text.splitlines())) in seen
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert b"hyperlink" not in content.replace(b"HYPERLINK", b"") or name == "[Content_Types].xml"
            ET.fromstring(content)  # noqa: S314 - our own output


def test_what_cannot_be_checked_says_why(tmp_path: Path) -> None:
    """Shares and caps of which little is known, and a statement that leaves out what others repeat."""
    clause = Clause("c", "USD", hangs_on=("X",))
    of_range = part(quarter(2025, 1), "1000", "1%", "USD")
    of_range = attrs.evolve(of_range, rate="X", share=Between(Fraction(1), None), amount=Money(100, None, "USD"))
    open_line = attrs.evolve(flat("share", quarter(2025, 1), Money(100, None, "USD")), parts=(of_range,))
    clause.pay(quarter(2025, 1), [open_line], amount=Money(100, None, "USD"))
    long = part(quarter(2025, 2), Fraction(10**17, 3), "1%", "USD", tiers=[("0", f"{10**17}/3", "1%")])
    many = [part(quarter(2025, 2), "70000000000", "100%", "USD") for _ in range(40)]
    clause.pay(
        quarter(2025, 2), [line("share", quarter(2025, 2), "USD", [long]), line("fee", quarter(2025, 2), "USD", many)]
    )
    window, zero = statements.span("2025-01-01", "2025-12-31"), Money.of(0, "USD")
    caps = [
        Limit(as_dates(window), "X", Between(None, Fraction(9)), zero, zero, zero, "min(0.00 USD, X)"),
        Limit(as_dates(window), "a third", Between(Fraction(1, 3), Fraction(1, 3)), zero, zero, zero, ""),
    ]
    third = part(quarter(2025, 3), "100", "1%", "USD")
    odd = attrs.evolve(third, share=Between(Fraction(100, 365), Fraction(100, 365)))
    clause.pay(quarter(2025, 3), [line("share", quarter(2025, 3), "USD", [odd])], limits=caps)
    clause.payments = [attrs.evolve(payment, split=()) for payment in clause.payments]
    found = attrs.evolve(settlement([clause]), balances=())
    data = workbook(found)
    lines = records(opened(data)["Lines"])
    assert [row["Check of rounding"] for row in lines[:3:2]] == ["not known", "too many digits"]
    assert [row["Check of share"] for row in lines if row["Row"] == "tier"] == ["too many digits"]
    assert next(row for row in lines if row["Line"] == "fee")["Share recomputed"] == "too many digits"
    assert (lines[-1]["Share"], lines[-1]["Share recomputed"], lines[-1]["Check of share"]) == (
        "20/73",
        "=20/73",
        "as given",
    )
    assert [row["Check"] for row in records(opened(data)["Caps"])] == ["not known", "as given"]
    path = tmp_path / "statement.xlsx"
    path.write_bytes(data)
    computed = by_formulas(path)
    assert all(
        computed[sheet, cell] == 0 for sheet, cell, header, _ in formula_cells(data) if header.startswith("Check")
    )
    # A single payee gets everything.
    assert [row["payee"] for row in read(csv_text(found, "splits"))] == ["AUTHOR"] * 3


def test_a_number_that_a_double_does_not_hold_is_text() -> None:
    clause = Clause("c", "USD")
    for number, amount in enumerate((12345678901234567, 123456789012345), 1):
        clause.pay(quarter(2025, number), [flat("fee", quarter(2025, number), Money.of(amount, "USD"))])
    data = workbook(settlement([clause]))
    rows = records(opened(data)["Statement"])
    assert [row["Payable"] for row in rows] == ["123456789012345.67", 1234567890123.45, "124691356902469.12"]
    assert rows[0]["Check"] == rows[0]["Payable recomputed"] == "too many digits"
    notes = [row["Text"] for row in records(opened(data)["Notes"]) if row["What"] == "numbers written as text"]
    assert "Statement, Payable: L5, L7" in notes


@pytest.mark.parametrize(
    ("currency", "minor", "said"),
    [
        # Of accrued, withheld, recouped and payable, the sum times five stays below 2**51 minor units, and nothing
        # adds nothing; a number may have fifteen digits.
        ("USD", 225_179_981_368_524, "=I5-J5-K5"), ("USD", 225_179_981_368_525, "too many digits"),
        ("USD", 10**17, "too many digits"), ("JPY", 225_179_981_368_524, "=I5-J5-K5"),
        ("JPY", 4 * 10**14, "too many digits"), ("KWD", 225_179_981_368_524, "=I5-J5-K5"),
        ("KWD", 225_179_981_368_525, "too many digits"),
    ],
)  # fmt: skip
def test_amounts_are_computed_with_while_doubles_add_them_up(currency: str, minor: int, said: str) -> None:
    """In minor units of their currency."""
    clause = Clause("c", currency)
    clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(minor, currency))])
    row = records(opened(workbook(settlement([clause])))["Statement"])[0]
    assert row["Payable recomputed"] == said


def test_a_line_of_sixteen_digits_is_not_rounded_again() -> None:
    """Though a double would hold it."""
    period = quarter(2025, 1)
    clause = Clause("c", "USD")
    of = line("share", period, "USD", [part(period, "11000000000000", "100%", "USD")])
    clause.pay(period, [of])
    clause.pay(period, [attrs.evolve(of, amount=Money.of(1_100_000_000_000_001, "USD"))])
    rows = [row for row in records(opened(workbook(settlement([clause])))["Lines"]) if row["Row"] == "line"]
    assert [str(row["Check of rounding"])[:15] for row in rows] == ["=IF(ROUND(ABS(M", "too many digits"]


@given(st.lists(st.integers(-(10**15), 10**15), max_size=12), st.sampled_from([0, 2, 3]))
def test_what_fits_adds_up_in_doubles(minors: list[int], digits: int) -> None:
    values = [Fraction(minor, 10**digits) for minor in minors]
    if fits([*values, sum(values, Fraction(0))], digits):
        assert round((sum(map(float, values)) - float(sum(values))) * 10**digits) == 0


def test_a_workbook_refuses_what_it_cannot_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    long = attrs.evolve(EXACT, notes=("x" * 32_767,))
    assert workbook(long)
    for text in ("x" * 32_768, "\N{PILE OF POO}" * 16_384):
        with pytest.raises(ValueError, match="32767 characters") as raised:
            workbook(attrs.evolve(EXACT, notes=(text,)))
        assert str(raised.value).startswith("`text` in row 10 of sheet `Notes` has more than 32767 characters, which")
    with pytest.raises(ValueError, match="the title has more than 32767 characters"):
        workbook(EXACT, title="x" * 32_768)
    most = max(sheet.max_row for sheet in opened(workbook(EXACT)))
    monkeypatch.setattr(sheets, "MAX_ROWS", most)
    assert workbook(EXACT)
    monkeypatch.setattr(sheets, "MAX_ROWS", most - 1)
    with pytest.raises(ValueError, match=f"sheet `Lines` would have more than {most - 1} rows"):
        workbook(EXACT)


def test_days_before_1900_march_are_text() -> None:
    """They look like those that are not; the last day of the calendar is a date."""
    clause = Clause("c", "USD")
    for first, last in (("1900-01-01", "1900-03-31"), ("1900-02-28", "1900-03-01"), ("1900-03-01", iso(LAST))):
        clause.pay(statements.span(first, last), [flat("fee", quarter(1900, 1), Money.of(1, "USD"))])
    sheet = opened(workbook(settlement([clause])))["Statement"]
    rows = records(sheet)
    assert [row["From"] for row in rows[:2]] == ["1900-01-01", "1900-02-28"]
    assert [rows[2]["From"].date(), *(row["To"].date() for row in rows[:3])] == [
        date(1900, 3, 1), date(1900, 3, 31), date(1900, 3, 1), date.fromordinal(LAST),
    ]  # fmt: skip
    looks = [(cell.alignment.horizontal, cell.alignment.vertical, cell.alignment.indent) for cell in sheet["G"][4:7]]
    assert looks == [("left", "top", 1)] * 3


def test_a_column_is_as_wide_as_the_longest_line() -> None:
    """Not as wide as all the lines of a text together."""

    def width(text: str) -> float:
        clause = Clause("c", "USD")
        clause.pay(quarter(2025, 1), [flat("fee", quarter(2025, 1), Money.of(1, "USD"))])
        clause.payments = [attrs.evolve(clause.payments[0], due_text=text)]
        sheet = opened(workbook(settlement([clause])))["Statement"]
        column = next(cell.column_letter for cell in sheet[HEAD] if cell.value == "Due as agreed")
        return float(sheet.column_dimensions[column].width)

    assert width("x" * 12) < width("x" * 10 + "\n" + "x" * 13) == width("x" * 13) < width("x" * 14)


def test_a_workbook_is_made_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No figure of it lies in a temporary file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert workbook(EXACT).startswith(b"PK")


# Pictures


def drawn(found: Settlement, *marks: tuple[int, str], title: str = "Statement") -> tuple[ET.Element, list[str]]:
    """A picture, read back, and the texts in it."""
    root = ET.fromstring(plot.svg(found, marks, title=title))  # noqa: S314 - our own output
    return root, ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def axes_of(found: Settlement, *marks: tuple[int, str]) -> list[Any]:
    """The axes, as matplotlib holds them."""
    matplotlib = need("matplotlib")
    with matplotlib.rc_context(plot.SETTINGS):
        return list(plot._figure(found, marks, "Statement").axes)


def test_a_picture_names_what_it_shows() -> None:
    day = quarter(2025, 2)[0]
    _, texts = drawn(EXACT, (day, "first amendment"), title="What was paid")
    for text in ("What was paid", "first amendment", "book", "share: cap", "share: accrued in the window", "expected"):
        assert text in texts
    for currency in ("USD", "JPY", "KWD", "EUR"):
        assert any(currency in text for text in texts)
    assert "2025-07" in texts


def test_bars_are_as_high_as_payments() -> None:
    above, below, *_ = axes_of(EXACT)
    heights: dict[int, float] = {}
    for bar in above.patches:
        if bar.get_zorder() > 0:
            middle = round(bar.get_x() + bar.get_width() / 2)
            heights[middle] = heights.get(middle, 0) + bar.get_height()
    stated: dict[date, Decimal] = {}
    for payment in EXACT.payments:
        if payment.currency == "USD":
            stated[payment.period[1]] = stated.get(payment.period[1], Decimal(0)) + payment.amount.value
    assert list(heights.values()) == pytest.approx([float(value) / 1000 for value in stated.values()])
    paid = [limit.paid.value for payment in EXACT.of("share") for limit in payment.limits]
    curves = [tuple(curve.get_ydata()) for curve in below.lines]
    assert any(curve == pytest.approx([0, *(float(value) / 1000 for value in paid[:4])]) for curve in curves)
    assert any(curve == pytest.approx([150.0] * 8) for curve in curves)


def test_an_unknown_cap_is_a_band() -> None:
    _, texts = drawn(RANGES)
    assert "share: cap, of which only the least is known" in texts
    assert "not known: from the least to the most" in texts
    above, below = axes_of(RANGES)
    bands = [tuple(band.get_datalim(below.transData).intervaly) for band in below.collections]
    assert (100.0, below.get_ylim()[1]) in bands
    assert [bar for bar in above.patches if bar.get_hatch() == "++"]


def test_every_kind_of_bound_is_drawn() -> None:
    clause = Clause("odd", "USD", hangs_on=("X",))
    kinds = (
        ((Fraction(3), Fraction(4)), Money(-100, 200, "USD"), "from its least to its most"),
        ((None, Fraction(4)), Money(None, -100, "USD"), "of which only the most is known"),
        ((Fraction(3), None), Money(100, None, "USD"), "of which only the least is known"),
        ((None, None), Money(None, None, "USD"), "of which nothing is known"),
    )
    for number, (cap, amount, _) in enumerate(kinds, 1):
        period = quarter(2025, number)
        limit = Limit(
            as_dates(statements.span("1900-01-01", "2199-12-31")),
            "X",
            Between(*cap),
            amount,
            Money.of(0, "USD"),
            amount,
            "",
        )
        clause.pay(period, [flat("fee", period, Money.of(100, "USD"))], limits=[limit], amount=amount)
    _, texts = drawn(settlement([clause]))
    for *_, text in kinds:
        assert f"odd: cap, {text}" in texts
    above, _ = axes_of(settlement([clause]))
    assert [mark.get_marker() for mark in above.lines if mark.get_marker() in ("^", "v")] == ["v", "^", "^", "v"]
    assert above.get_ylim()[0] < -1


def test_many_clauses_are_told_apart_or_drawn_as_one() -> None:
    clauses = [statements.units_price("USD", str(100 * index), "1", label=f"clause {index}") for index in range(9)]
    _, texts = drawn(settlement([*clauses, statements.capped()]))
    assert "5 other clauses" in texts
    assert "share" in texts
    assert "clause 8" in texts
    assert "clause 0" not in texts


def test_hostile_text_in_a_picture_is_text() -> None:
    day = quarter(2025, 1)[0] + 9
    for text in HOSTILE:
        root, texts = drawn(settlement([statements.hostile(text)]), (day, text), title=text)
        name = plain(text)
        assert texts.count(name) >= 2
        assert not list(root.iter(f"{SVG}script"))
        assert not list(root.iter(f"{SVG}a"))
    drawn(ATTACK, *((day, text) for text in HOSTILE))


def test_a_picture_in_dots() -> None:
    png = plot.image(RANGES, (), "Statement", "png")
    assert png.startswith(b"\x89PNG")
    assert png == plot.image(RANGES, (), "Statement", "png")


def test_marks_far_away_are_left_out() -> None:
    _, texts = drawn(EXACT, (statements.span("2010-01-01", "2010-01-01")[0], "long ago"))
    assert "long ago" not in texts


def test_nothing_to_draw() -> None:
    assert "nothing is payable" in drawn(EMPTY)[1]
    clause = Clause("zero", "USD")
    clause.pay(statements.span("2025-01-01", "2025-01-01"), [flat("fee", quarter(2025, 1), Money.of(0, "USD"))])
    assert "2025-01-01" in drawn(settlement([clause]))[1]


# Of all formats

HASHES = """
import hashlib, json, locale, sys
for name in ("de_DE.UTF-8", "tr_TR.UTF-8", ""):
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        pass
import test_export
print(json.dumps(test_export.hashes()))
"""


def hashes() -> dict[str, str]:
    """A hash of everything that is exported."""
    found: dict[str, str] = {}
    for name, each in (("exact", EXACT), ("ranges", RANGES), ("attack", ATTACK)):
        outputs = {"xlsx": workbook(each), "svg": plot.svg(each, [(quarter(2025, 2)[0], "amendment")]).encode()}
        for of in TABLES:
            outputs |= {f"{of}.csv": csv_text(each, of).encode(), f"{of}.parquet": parquet(each, of)}
        found |= {f"{name} {form}": hashlib.sha256(data).hexdigest() for form, data in outputs.items()}
    return found


def test_the_same_statement_gives_the_same_bytes(tmp_path: Path) -> None:
    """Twice here, and in processes with other hashes, time zones, languages and settings of matplotlib."""
    expected = hashes()
    assert hashes() == expected
    (tmp_path / "matplotlibrc").write_text(
        "font.size: 30\naxes.grid: True\nsvg.fonttype: path\ntext.parse_math: True\n"
    )
    for seed, zone, language in (("1", "Asia/Tokyo", "C"), ("77", "America/New_York", "de_DE.UTF-8")):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": language,
            "PYTHONUTF8": "0",
            "MATPLOTLIBRC": str(tmp_path),
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(ROOT / "dsl")]),
        }
        environment.pop("COVERAGE_PROCESS_START", None)
        done = subprocess.run(
            [sys.executable, "-c", HASHES], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == expected


@pytest.mark.parametrize(
    ("library", "extra", "export"),
    [("xlsxwriter", "xlsx", workbook), ("pyarrow", "settle", parquet), ("matplotlib", "plot", plot.svg)],
)
def test_a_missing_library_is_named(library: str, extra: str, export: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=re.escape(f"pip install 'dealrun[{extra}]'")) as raised:
        export(EXACT)
    assert raised.value.name == library
    assert isinstance(raised.value, ImportError)


def test_a_settlement_gives_every_form_of_itself() -> None:
    """What the command line writes, the library gives."""
    assert EXACT.to_csv() == csv_text(EXACT)
    assert EXACT.to_csv("balances") == csv_text(EXACT, "balances")
    assert EXACT.to_parquet() == parquet(EXACT)
    assert EXACT.to_xlsx(title="T").startswith(b"PK")
    assert "</svg>" in EXACT.to_svg()
