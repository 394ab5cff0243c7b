"""Answers: printed, written as JSON and shown as the command line does it; equal, hashed, pickled."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import narwhals
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import dealrun
from conftest import ROOT
from dealrun.answer import FACES, Answer, Listed, TableAnswer, name_of
from dealrun.cli.main import main

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
    assert "license OAI->MSFT" in str(clause)
    assert repr(clause) == "ClauseState('ip', 'in force', until=2032-12-31)"
    payment = settled().payments[0]
    assert payment.to_dict()["label"] == payment.label
    assert "payable:" in str(payment)
    (first, *_) = dealrun.load(DEAL).changes()
    assert first.to_dict()["name"] == first.instrument.name


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
    "agenda": (lambda: dealrun.load(DEAL).agenda(deal(), "2026-01-01", "2032-12-31"), 14),
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
