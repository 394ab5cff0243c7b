"""Tables of exchange rates: what is read, and what refuses a table."""

from fractions import Fraction
from pathlib import Path

import pytest

import dealrun
from dealrun.settle.exchange import table
from dealrun.time.days import parse_day

HEADER = "date,from,to,rate\n"


def written(folder: Path, text: str) -> str:
    """The path of a table with this text."""
    path = folder / "rates.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("rows", "day", "rate"), [
    ("2024-01-31,EUR,USD,1.10\n", "2024-01-31", "1.10"), ("2024-01-31,EUR,USD,1.10\n", "2024-12-31", "1.10"),
    ("2024-02-29,EUR,USD,1.20\n2024-01-31,EUR,USD,1.10\n", "2024-02-28", "1.10"),
    ("2024-01-31,EUR,USD,1.10\n2024-01-31,EUR,USD,1.100\n", "2024-01-31", "1.10"),  # said twice, and the same
    (" 2024-01-31 , EUR , USD , 1.10 \n\n", "2024-01-31", "1.10"),
])  # fmt: skip
def test_the_rate_of_a_day_is_the_last_one_given(tmp_path: Path, rows: str, day: str, rate: str) -> None:
    """A day without a rate has that of the last day before it."""
    assert table(written(tmp_path, HEADER + rows))("EUR", "USD", parse_day(day)) == Fraction(rate)


@pytest.mark.parametrize(("text", "message"), [
    (HEADER + "2024-01-31,EUR,USD,1.10\n2024-01-31,EUR,USD,1.20\n", "give another rate for a pair and a day"),
    (HEADER + "2024-01-31,EUR,USD\n", "hold no day, no pair of currencies, or no rate"),
    (HEADER + "2024-01-31\n", "hold no day"), (HEADER + "2024-01-31,,USD,1\n", "no pair of currencies"),
    (HEADER + "x,EUR,USD,1\n", "hold no day"), (HEADER + "2024-01-31,EUR,USD,0\n", "or no rate"),
    (HEADER + "2024-01-31,EUR,USD,1e3\n", "or no rate"), ("date,from,to\n", "no column `rate`"),
    ("date,from,to,rate,rate\n2024-01-31,EUR,USD,1,2\n", "two columns `rate`"), ("", "no column `date`"),
    (HEADER + '2024-01-31,EUR,USD,"1\n', "cannot be read"),
])  # fmt: skip
def test_a_table_that_leaves_a_rate_open_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Nothing is chosen in silence: neither the greater of two rates, nor the last of two columns."""
    with pytest.raises(dealrun.LedgerError, match=message):
        table(written(tmp_path, text))


def test_a_table_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAX_FILE_BYTES holds for it too."""
    path = written(tmp_path, HEADER)
    monkeypatch.setattr("dealrun.settle.exchange.MAX_FILE_BYTES", len(HEADER))
    table(path)
    monkeypatch.setattr("dealrun.settle.exchange.MAX_FILE_BYTES", len(HEADER) - 1)
    with pytest.raises(dealrun.LedgerError, match="the limit"):
        table(path)


def test_a_table_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """Its bytes are never guessed at."""
    path = tmp_path / "rates.csv"
    path.write_bytes(b"date,from,to,rate\n2024-01-31,EUR,\xff,1\n")
    with pytest.raises(dealrun.LedgerError, match="cannot be read"):
        table(path)
