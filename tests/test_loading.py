"""Loading: from files, folders, open files, texts by name; what is wrong, and what could be understood beside it."""

import csv
import gc
import gzip
import io
import os
import pickle
from datetime import date
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv as pacsv  # type: ignore[import-untyped]
import pyarrow.parquet as papq  # type: ignore[import-untyped]
import pytest

import dealrun

DEAL = 'deal d "D" signed 2024-01-01\nparty A "A"\nparty B "B"\n'
SHARE = "share: revshare A->B 10%\n"
AMENDED = 'amend one "One" signed 2024-06-01\n  set share 12%\n'


def rate(contract: dealrun.Contract, day: str) -> str:
    """The rate of the share on a day."""
    return contract.timeline().on(day)["share"].terms["rate"].text


def test_a_contract_comes_from_anything_that_holds_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.deal").write_text(DEAL + SHARE)
    (tmp_path / "b.deal").write_text(AMENDED)
    with (tmp_path / "b.deal").open() as text, (tmp_path / "b.deal").open("rb") as data:
        found = [
            dealrun.load(tmp_path),
            dealrun.load(str(tmp_path)),
            dealrun.load([tmp_path / "a.deal", tmp_path / "b.deal"]),
            dealrun.load([tmp_path / "a.deal", text]),
            dealrun.load([tmp_path / "a.deal", data]),
            dealrun.load({"a.deal": DEAL + SHARE, "b.deal": AMENDED.encode()}),
            dealrun.load([{"a.deal": DEAL + SHARE}, io.StringIO(AMENDED)]),
            dealrun.loads(DEAL + SHARE + AMENDED),
            dealrun.loads((DEAL + SHARE + AMENDED).encode()),
        ]
    assert [(rate(each, "2024-05-31"), rate(each, "2024-06-01")) for each in found] == [("10%", "12%")] * len(found)


def test_an_include_finds_a_text_by_its_name() -> None:
    texts = {"deals/main.deal": f'{DEAL}include "../shared/terms.deal"\n', "shared/terms.deal": SHARE}
    assert rate(dealrun.load(texts), "2024-05-31") == "10%"
    for path, code in (("../shared/term.deal", "DR910"), ("main.deal", "DR910")):
        with pytest.raises(dealrun.LoadError) as caught:
            dealrun.load({**texts, "deals/main.deal": f'{DEAL}include "{path}"\n'})
        (wrong,) = caught.value.diagnostics.errors
        assert wrong.code == code
    with pytest.raises(dealrun.LoadError, match=r"did you mean `shared/terms\.deal`"):
        dealrun.load({**texts, "deals/main.deal": f'{DEAL}include "../shared/term.deal"\n'})


def test_nothing_of_the_disk_is_read_for_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An `include` in a text by name names a text, never a file, wherever the process stands."""
    (tmp_path / "terms.deal").write_text(SHARE)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(dealrun.LoadError, match=r"no text is named `terms\.deal`"):
        dealrun.load({"main.deal": f'{DEAL}include "terms.deal"\n'})


def test_what_is_wrong_is_raised_with_every_place() -> None:
    with pytest.raises(dealrun.LoadError) as caught:
        dealrun.loads(DEAL + "share: revshare A->C 10%\nfee B->A 5\n", name="x.deal")
    error = caught.value
    assert [each.code for each in error.diagnostics] == ["DR201", "DR307"]
    assert isinstance(error, dealrun.DealError)
    assert str(error) == str(error.diagnostics)
    assert "x.deal:4:20" in str(error)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert str(again) == str(error)


def test_what_could_be_understood_stands_beside_what_is_wrong() -> None:
    found = dealrun.reads(DEAL + SHARE + "fine: permit A )\nfee A->B until\n")
    assert found.contract is None
    assert found.labels == ("share", "fine", "fee.A.B")
    assert [each.code for each in found.diagnostics.errors] == ["DR101", "DR301"]
    sound = dealrun.reads(DEAL + SHARE)
    assert sound.contract is not None
    assert not sound.diagnostics.errors


def test_what_if_needs_no_disk() -> None:
    contract = dealrun.load({"a.deal": DEAL + SHARE + AMENDED})
    told = dealrun.what_if(contract, {"draft.deal": 'amend two "Two"\n  set share 15%\n'}, signed="2024-09-01")
    (done,) = told.instruments
    assert (done.name, str(told.signed), told.breaks) == ("two", "2024-09-01", False)
    with pytest.raises(dealrun.LoadError, match="DR205"):
        dealrun.what_if(contract, {"draft.deal": 'amend two "Two"\n  set shre 15%\n'})


@pytest.mark.parametrize("source", [3, None, [3], {"a": 3}, {3: "a"}, [], {}, [{}], ["a", None], b"x", object()])
def test_what_is_no_source_is_said_to_be_none(source: object) -> None:
    with pytest.raises(dealrun.DealError):
        dealrun.load(source)  # type: ignore[arg-type]


class Broken:
    """A file that cannot be read."""

    name = "broken"

    def __init__(self, what: object) -> None:
        self.what = what

    def read(self, _size: int, /) -> object:
        """What it holds, or an error."""
        if isinstance(self.what, Exception):
            raise self.what
        return self.what


@pytest.mark.parametrize("what", [OSError("gone"), ValueError("closed"), 3, b"\xff", "x" * (64 * 2**20)])
def test_an_open_file_that_cannot_be_read_is_a_diagnostic(what: object) -> None:
    found = dealrun.read(Broken(what))  # type: ignore[arg-type]
    assert [each.code for each in found.diagnostics.errors] == ["DR906"]
    assert "`broken`" in found.diagnostics.errors[0].message


def test_loading_leaves_the_collector_as_it_was() -> None:
    """It is off while a contract is loaded, and on again however that ends, unless the caller has it off."""
    dealrun.loads(DEAL + SHARE)
    assert gc.isenabled()
    with pytest.raises(dealrun.LoadError):
        dealrun.loads("x")
    assert gc.isenabled()
    gc.disable()
    try:
        dealrun.load({"a.deal": DEAL + SHARE})
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_bytes_that_are_no_text_are_a_diagnostic() -> None:
    with pytest.raises(dealrun.LoadError, match="DR906"):
        dealrun.loads(b"\xff")
    assert [each.code for each in dealrun.reads(b"\xff").diagnostics] == ["DR906"]


@pytest.mark.parametrize("path", ["a\0b", "a\ud800b"])
def test_what_the_system_cannot_name_is_no_path(path: str) -> None:
    for sources in (path, [path, "contracts"]):
        with pytest.raises(dealrun.LoadError, match="is not a path"):
            dealrun.load(sources)
    with pytest.raises(dealrun.UnreadableError):
        dealrun.portfolio(path)
    with pytest.raises(dealrun.LedgerError):
        dealrun.load("contracts/book-royalty").settle(path)


LEDGER = "date,stream,amount,currency\n2024-02-10,sales,100.00,USD\n2024-05-10,sales,50.00,EUR\n"
RATES = "date,from,to,rate\n2024-01-01,EUR,USD,1.10\n"
SETTLED = (
    DEAL.replace("2024-01-01", "2024-01-01 currency USD")
    + 'stream sales "sales"\nf: revshare A->B 10% of sales until 2026\n'
)


def arrow(text: str) -> pa.Table:
    """A CSV as an Arrow table, its amounts exact."""
    exact = pacsv.ConvertOptions(column_types={"amount": pa.decimal128(12, 2)})
    return pacsv.read_csv(io.BytesIO(text.encode()), convert_options=exact)


def parquet(text: str) -> bytes:
    """A CSV as the bytes of a Parquet file."""
    out = io.BytesIO()
    papq.write_table(arrow(text), out)
    return out.getvalue()


def ledgers(tmp_path: Path) -> dict[str, object]:
    """The same ledger, given in each way."""
    path = tmp_path / "sales.csv"
    path.write_text(LEDGER)
    head, one, two = LEDGER.splitlines(keepends=True)
    return {
        "path": str(path),
        "text": {"sales.csv": LEDGER},
        "bytes": {"sales.csv": LEDGER.encode()},
        "packed": {"sales.csv.gz": gzip.compress(LEDGER.encode())},
        "open file": io.StringIO(LEDGER),
        "open binary file": io.BytesIO(LEDGER.encode()),
        "Parquet": {"sales.parquet": parquet(LEDGER)},
        "two texts": {"a.csv": head + one, "b.csv": head + two},
        "a list": [{"a.csv": head + one}, io.BytesIO((head + two).encode())],
        "Arrow": arrow(LEDGER),
    }


def test_a_ledger_needs_no_disk(tmp_path: Path) -> None:
    contract = dealrun.loads(SETTLED)
    found = {
        name: contract.settle(ledger, rates={"rates.csv": RATES}, through="2024-06-30")  # type: ignore[arg-type]
        for name, ledger in ledgers(tmp_path).items()
    }
    said = {name: [(str(p.amount), p.period.first) for p in each.payments] for name, each in found.items()}
    assert said["text"] == [("10.00 USD", date(2024, 1, 1)), ("5.50 USD", date(2024, 4, 1))]
    assert all(each == said["text"] for each in said.values()), said
    assert found["two texts"].sources == ("a.csv", "b.csv")
    assert found["open file"].sources == ("ledger.csv",)


def test_rows_of_a_ledger_without_a_disk_are_told_what_they_earned(tmp_path: Path) -> None:
    contract = dealrun.loads(SETTLED)
    path = tmp_path / "detail.csv"
    rates = io.StringIO(RATES)
    contract.settle({"sales.csv": LEDGER}, rates=rates, through="2024-06-30", detail=path)
    header, *rows = csv.reader(path.read_text().splitlines())
    assert [dict(zip(header, row, strict=True))["allocated"] for row in rows] == ["10.00", "5.50"]


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        ({"sales.csv": "date,amount\n2024-13-01,1\n"}, "DR702"),
        ({"sales.csv": b"\xff\xfe"}, "DR701"),
        ({"sales.parquet": b"no parquet"}, "DR701"),
        ({"sales.duckdb": b"no database"}, "DR701"),
        ({"sales.txt": LEDGER}, "DR701"),
        ({"sales.csv": ""}, "DR701"),
    ],
)
def test_what_is_wrong_with_a_ledger_without_a_disk(ledger: dict[str, str | bytes], said: str) -> None:
    with pytest.raises(dealrun.LedgerError) as caught:
        dealrun.loads(SETTLED).settle(ledger, through="2024-06-30")
    assert {problem.code for problem in caught.value.problems} == {said}
    assert {problem.source for problem in caught.value.problems} == set(ledger)


def test_no_handle_stays_open() -> None:
    contract = dealrun.loads(SETTLED)
    contract.settle({"sales.csv": LEDGER}, rates={"r.csv": RATES}, through="2024-06-30")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        contract.settle({"sales.csv": LEDGER}, rates={"r.csv": RATES}, through="2024-06-30")
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("ledger", [{}, {1: "a"}, {"a.csv": 3}, 7, [None]])
def test_what_is_no_ledger_is_said_to_be_none(ledger: object) -> None:
    with pytest.raises(dealrun.ArgumentTypeError, match="`ledger` takes"):
        dealrun.loads(SETTLED).settle(ledger)  # type: ignore[arg-type]


def test_rates_are_one_table() -> None:
    with pytest.raises(dealrun.ArgumentError, match="one table, not 2"):
        dealrun.loads(SETTLED).settle({"a.csv": LEDGER}, rates={"r.csv": RATES, "s.csv": RATES})
