"""Answers: printed, written as JSON and shown as the command line does it; equal, hashed, pickled."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import duckdb
import narwhals
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import dealrun
from conftest import ROOT
from dealrun.answer import FACES, Answer, Listed, TableAnswer, name_of
from dealrun.cli.main import main
from dealrun.state.term_values import (
    AmountValue,
    DayValue,
    DurationValue,
    FlagValue,
    NamesValue,
    RatioValue,
    RuleValue,
    TextValue,
    WordValue,
)

DEAL = str(ROOT / "contracts" / "openai-microsoft")
BOOK = str(ROOT / "contracts" / "book-royalty")
LEDGER = str(ROOT / "contracts" / "book-royalty" / "ledger.csv")
DRAFT = str(ROOT / "contracts" / "tutorial" / "draft.deal")

Ask = Callable[[], Any]


def deal(**given: Any) -> dealrun.Timeline:
    """An evaluation of the first contract."""
    return dealrun.load(DEAL).timeline(**given)


def settled(**given: Any) -> dealrun.Settlement:
    """A statement."""
    return dealrun.load(BOOK).settle(LEDGER, through="2025-06-30", **given)


SUPPOSED = ("--known", "2026-04-27", "--assume", "AGI=2028-05-01", "--set", "TOTAL=38bn USD")
GIVEN = {"known": "2026-04-27", "assume": {"AGI": "2028-05-01"}, "bind": {"TOTAL": "38bn USD"}}

PAIRS: dict[str, tuple[Ask, tuple[str, ...]]] = {
    "state": (lambda: deal(**GIVEN).on("2027-01-01"), ("state", DEAL, "--on", "2027-01-01", *SUPPOSED)),
    "state of a reading": (
        lambda: deal(reading=["annual_cap"]).on(date(2027, 1, 1)),
        ("state", DEAL, "--on", "2027-01-01", "--reading", "annual_cap"),
    ),
    "why": (lambda: deal(**GIVEN).why("ip", "2027-01-01"), ("why", "ip", DEAL, "--on", "2027-01-01", *SUPPOSED)),
    "why of a clause": (deal().on("2027-01-01")["ip"].why, ("why", "ip", DEAL, "--on", "2027-01-01")),
    "timeline": (lambda: deal(**GIVEN).changes(), ("timeline", DEAL, *SUPPOSED)),
    "timeline of days": (
        lambda: deal().changes("2025-12-31", "2026-12-31"),
        ("timeline", DEAL, "--from", "2026-01-01", "--to", "2026-12-31"),
    ),
    "calendar": (
        lambda: dealrun.load(DEAL).agenda(deal(), "2026-01-01", "2032-12-31"),
        ("calendar", DEAL, "--from", "2026-01-01", "--to", "2032-12-31"),
    ),
    "test": (lambda: dealrun.load(DEAL).test(), ("test", DEAL)),
    "changes": (lambda: dealrun.load(DEAL).changes(), ("changes", DEAL)),
    "history": (lambda: dealrun.load(DEAL).history("ip"), ("history", "ip", DEAL)),
    "compare": (lambda: dealrun.load(DEAL).compare(all_readings=True), ("compare", DEAL, "--readings")),
    "settle": (settled, ("settle", BOOK, "--ledger", LEDGER, "--through", "2025-06-30")),
}


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many columns as `str` has."""
    monkeypatch.setenv("COLUMNS", "100")


@pytest.mark.parametrize("name", PAIRS)
def test_an_answer_is_what_the_command_line_prints(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    ask, command = PAIRS[name]
    answer = ask()
    assert isinstance(answer, Answer)
    main(list(command))
    assert capsys.readouterr().out == f"{answer}\n"
    main([*command, "--format", "json"])
    printed = capsys.readouterr().out
    assert printed == f"{answer.to_json()}\n"
    assert json.loads(printed) == json.loads(json.dumps(answer.to_dict()))


@pytest.mark.parametrize("name", PAIRS)
def test_an_answer_is_equal_to_itself_asked_again_hashed_and_pickled(name: str) -> None:
    ask = PAIRS[name][0]
    one, two = ask(), ask()
    assert one == two
    assert hash(one) == hash(two)
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 - our own
    assert again == one
    assert again.to_dict() == one.to_dict()
    assert "\n" not in repr(one)
    assert len(repr(one)) < 120


def test_an_answer_can_be_sent_to_another_process(tmp_path: Path) -> None:
    state = deal().on("2027-01-01")
    (tmp_path / "state").write_bytes(pickle.dumps(state))
    code = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).to_json())"
    path = os.pathsep.join([str(ROOT / "dsl"), os.environ.get("PYTHONPATH", "")])
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "state")], env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == f"{state.to_json()}\n"


@pytest.mark.parametrize("name", PAIRS)
def test_a_notebook_shows_every_answer(name: str) -> None:
    answer = PAIRS[name][0]()
    page, text = answer._repr_html_(), answer._repr_markdown_()
    assert "<table>" in page or name in {"why", "why of a clause", "test"}
    assert "<script" not in page
    assert text.strip()


def test_every_answer_has_a_face() -> None:
    def below(of: type) -> set[type]:
        found = {of}
        inner: type
        for inner in of.__subclasses__():
            found |= below(inner)
        return found

    types = below(Answer) - {Answer, TableAnswer, Listed}
    assert len(types) > 10
    assert [found for found in types if not any(name_of(each) in FACES for each in found.__mro__)] == []


def test_an_answer_about_one_clause_or_payment_is_an_answer_too() -> None:
    clause = deal().on("2027-01-01")["ip"]
    assert clause.to_dict()["label"] == "ip"
    assert "license, licensee MSFT; licensor OAI" in str(clause)
    assert repr(clause) == "ClauseState('ip', 'in force', until=2032-12-31)"
    payment = settled().payments[0]
    assert payment.to_dict()["label"] == payment.label
    assert "payable:" in str(payment)
    (first, *_) = dealrun.load(DEAL).changes()
    assert first.to_dict()["name"] == first.name


def test_diagnostics_are_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.deal"
    path.write_text('party A "A"\npermit B "s"\nfee A->A 5\n', encoding="utf-8")
    found = dealrun.read(path).diagnostics
    assert main(["check", str(path)]) == 1
    assert capsys.readouterr().out == str(found) == f"{found.to_text()}\n"
    main(["check", str(path), "--format", "json"])
    assert capsys.readouterr().out == f"{found.to_json()}\n"


def test_what_if_is_an_answer() -> None:
    contract = dealrun.load({"a.deal": 'deal d "D" signed 2024-01-01\nparty A "A"\ns: permit A "s" until 2030\n'})
    told = dealrun.what_if(contract, {"b.deal": 'amend one "One"\n  set s until 2031\n'}, signed="2024-06-01")
    assert told.to_dict()["signed"] == "2024-06-01"
    assert "It breaks nothing." in str(told)


# --- tables -----------------------------------------------------------------------------------------------------------

TABLES: dict[str, tuple[Ask, int]] = {
    "state": (lambda: deal().on("2027-01-01"), 25),
    "changes": (lambda: deal().changes(), len(deal().changes())),
    "agenda": (lambda: dealrun.load(DEAL).agenda(deal(), "2026-01-01", "2032-12-31"), 20),
    "statement": (settled, len(settled().to_csv().splitlines()) - 1),
}


@pytest.mark.parametrize("name", TABLES)
def test_other_libraries_take_an_answer_as_a_table(name: str) -> None:
    ask, rows = TABLES[name]
    answer = ask()
    arrow = pa.table(answer)
    assert arrow.num_rows == rows
    assert pl.DataFrame(answer).shape == (rows, arrow.num_columns)
    counted = duckdb.sql("SELECT count(*) FROM answer")
    assert counted is not None
    assert counted.fetchall() == [(rows,)]
    assert narwhals.from_arrow(answer, backend="pyarrow").shape == (rows, arrow.num_columns)
    assert answer.to_arrow() == arrow


def test_the_tables_of_a_state_say_what_it_says() -> None:
    state = deal(bind={"TOTAL": "38bn USD"}).on("2027-01-01")
    found = {name: state.to_arrow(name).to_pylist() for name in ("clauses", "terms", "duties", "unknowns", "prospects")}
    ip = next(row for row in found["clauses"] if row["label"] == "ip")
    assert (ip["status"], ip["until"]) == ("in force", date(2032, 12, 31))
    cap = next(row for row in found["terms"] if (row["label"], row["term"]) == ("share", "cap"))
    assert cap["least"] == cap["most"] == 38_000_000_000
    assert cap["unit"] == "USD"
    assert [row["name"] for row in found["unknowns"]] == [each.name for each in state.unknowns]
    assert [row["label"] for row in found["prospects"]] == [each.label for each in state.prospects]
    assert len(found["duties"]) == sum(len(clause.duties) for clause in state.values())
    with pytest.raises(dealrun.ArgumentError, match="did you mean `clauses`"):
        state.to_arrow("clause")


def test_amounts_are_exact_in_a_table() -> None:
    """What a third comes to has no decimal: the number is empty, and the text says it."""
    payments = settled().to_arrow()
    assert str(payments.schema.field("payment").type) == "decimal128(38, 4)"
    assert sum(row["payment"] or 0 for row in payments.to_pylist() if row["row"] == "payment") == sum(
        payment.amount.value for payment in settled().payments
    )


@pytest.mark.parametrize("width", [-1, 0, 1, 19])
def test_a_width_has_a_least(width: int) -> None:
    with pytest.raises(dealrun.ArgumentError, match="20 columns or more"):
        deal().on("2027-01-01").to_text(width)


def test_what_is_asked_is_held_to_its_type() -> None:
    timeline = deal()
    state = timeline.on("2027-01-01")
    with pytest.raises(dealrun.UnknownNameError, match="did you mean `ip`"):
        state["ipp"]
    wrong: list[Callable[[], object]] = [
        lambda: state.to_text(80.5),  # type: ignore[arg-type]
        lambda: state.to_arrow([]),  # type: ignore[arg-type]
        lambda: timeline.why(None, "2027-01-01"),  # type: ignore[arg-type]
        lambda: timeline.on(on="2027-01-01"),  # type: ignore[call-arg]
    ]
    for ask in wrong:
        with pytest.raises(dealrun.ArgumentTypeError):
            ask()
    assert [*reversed(state)] == [*state][::-1]


def test_an_agenda_is_of_a_party_and_of_days_in_their_order() -> None:
    contract = dealrun.load("contracts/openai-microsoft")
    with pytest.raises(dealrun.UnknownNameError, match="did you mean `MSFT`"):
        contract.agenda(contract.timeline(), "2027-01-01", "2028-01-01", party="MSF")
    with pytest.raises(dealrun.ArgumentError, match="before the first"):
        contract.agenda(contract.timeline(), "2028-01-01", "2027-01-01")


def value(text: str, term: str, on: str = "2025-06-01", **given: Any) -> object:
    """The value of a term of the first clause."""
    contract = dealrun.loads('deal d "D" signed 2024-01-01\nparty A "A"\nparty B "B"\n' + text)
    return next(iter(contract.timeline(**given).on(on).values())).terms[term].value


VALUES: list[tuple[str, str, object, object]] = [
    ("f: fee A->B 5m USD per year until 2026\n", "amount", AmountValue(Fraction(5_000_000), "USD", "year"),
     {"type": "amount", "value": "5000000", "unit": "USD", "per": "year"}),
    ("f: revshare A->B 20% until 2026\n", "rate", RatioValue(Fraction(1, 5)),
     {"type": "ratio", "value": "0.2", "per": None}),
    ("f: revshare A->B 20% until 2026\n", "until", DayValue(date(2026, 12, 31)),
     {"type": "day", "day": "2026-12-31"}),
    ('condition C "c"\nf: permit A "x" while C until 2026\n', "while", RuleValue("C"), {"type": "rule", "text": "C"}),
    ('f: permit A "x" until 2026\n', "act", TextValue("x"), {"type": "text", "text": "x"}),
    ("f: license A exclusive until 2026\n", "exclusivity", WordValue("exclusive"),
     {"type": "word", "word": "exclusive"}),
    ("f: license A royalty-free until 2026\n", "royalty-free", FlagValue(), {"type": "flag"}),
    ('asset M "m"\nf: license A of M until 2026\n', "scope", NamesValue(("M",)), {"type": "names", "names": ["M"]}),
    ("f: terminate A notice 30 days\n", "notice", DurationValue(30, "day"),
     {"type": "duration", "count": 30, "unit": "day", "calendars": []}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term", "expected", "told"), VALUES, ids=[f"{each[1]}" for each in VALUES])
def test_a_value_has_the_type_of_its_kind(text: str, term: str, expected: object, told: object) -> None:
    assert value(text, term) == expected
    contract = dealrun.loads('deal d "D" signed 2024-01-01\nparty A "A"\nparty B "B"\n' + text)
    (clause,) = contract.timeline().on("2025-06-01").to_dict()["clauses"]
    assert clause["terms"][term]["value"] == told


def test_an_amount_that_is_not_known_has_bounds() -> None:
    text = 'deal d "D" signed 2024-01-01\nparty A "A"\nparty B "B"\n'
    text += 'unknown R percentage "r" between 10% and 20%\nf: revshare A->B R until 2026\n'
    term = dealrun.loads(text).timeline().on("2025-06-01")["f"].terms["rate"]
    assert term.value is None
    assert term.bounds is not None
    assert (term.bounds.least, term.bounds.most, term.bounds.unit) == (Fraction(1, 10), Fraction(1, 5), "")


def test_a_payment_is_explained_and_statements_compared_in_the_library() -> None:
    found = settled()
    label = found.payments[0].label
    told = found.why(label, "2024-01-01", "2024-12-31")
    assert told.payments == tuple(p for p in found.of(label) if p.period.first.year == 2024)
    assert told.to_dict()["schema"] == "dealrun/why-payment/1"
    assert str(told.payments[0].amount) in str(told)
    nothing = found.why(label, "1999-01-01", "1999-12-31")
    assert str(nothing) == f"nothing is payable under {label} for 1999: nothing accrued"
    beside = found.against({"again": settled(), "less": attrs.evolve(found, payments=found.payments[1:])})
    assert beside.versions == ("as written", "again", "less")
    (missing,) = [each for each in beside.payments if None in each.amounts]
    assert (missing.period, missing.amounts) == (found.payments[0].period, (found.payments[0].amount,) * 2 + (None,))
    assert beside.to_dict()["versions"] == list(beside.versions)
    for answer in (told, nothing, beside):
        again = pickle.loads(pickle.dumps(answer))  # noqa: S301 - made here
        assert (again, hash(again)) == (answer, hash(answer))
        assert "\n" not in repr(answer)
        assert "<" in answer._repr_html_()


def test_money_is_decimal() -> None:
    known, open_ = dealrun.Money.of(123450, "USD"), dealrun.Money(None, 500, "JPY")
    assert (known.value, known.least, known.most) == (Decimal("1234.50"),) * 3
    assert (open_.least, open_.most, open_.minor_most) == (None, Decimal(500), 500)
    with pytest.raises(ValueError, match="is not known"):
        _ = open_.value
