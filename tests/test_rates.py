"""Tables of exchange rates: what is read, and what refuses a table."""

from fractions import Fraction
from pathlib import Path

import pytest

import dealrun
from dealrun.settle.exchange import table
from dealrun.source.opening import Below
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
    (HEADER + "2024-01-31,EUR,USD,1.10\n2024-01-31,EUR,USD,1.20\n", "gives another rate for a pair and a day"),
    (HEADER + "2024-01-31,EUR,USD\n", "holds no day, no pair of currencies, or no rate"),
    (HEADER + "2024-01-31\n", "holds no day"), (HEADER + "2024-01-31,,USD,1\n", "no pair of currencies"),
    (HEADER + "x,EUR,USD,1\n", "holds no day"), (HEADER + "2024-01-31,EUR,USD,0\n", "or no rate"),
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
    with pytest.raises(dealrun.LedgerError) as caught:
        table(path)
    assert str(caught.value) == f"{path}: it has more than {len(HEADER) - 1} bytes, the limit"


def test_an_error_of_the_system_is_told_in_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file that is there fails while it is read."""
    path = written(tmp_path, HEADER)

    def failing(*_: str | None) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("dealrun.settle.exchange.open_file", failing)
    with pytest.raises(dealrun.LedgerError, match=r"it cannot be read: Input/output error$"):
        table(path)


def test_a_table_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """Its bytes are never guessed at."""
    path = tmp_path / "rates.csv"
    path.write_bytes(b"date,from,to,rate\n2024-01-31,EUR,\xff,1\n")
    with pytest.raises(dealrun.LedgerError, match="cannot be read"):
        table(path)


COLUMNS = "a table of rates is a CSV file with the columns date, from, to, rate"
ROW = "write `2024-01-31,EUR,USD,1.0837`"
ONCE = "keep one rate for each pair and day"


@pytest.mark.parametrize(("text", "expected"), [
    (HEADER + "2024-01-31,EUR,USD\nx,EUR,USD,1\n2024-01-31,EUR,USD,1\n",
     [("DR702 | 2 rows hold no day, no pair of currencies, or no rate | "
       f"2: 1 2024-01-31,EUR,USD, 2 x,EUR,USD,1 | {ROW}")]),
    (HEADER + "2024-01-31,EUR,USD,1\n2024-01-31,EUR,USD,2\n2024-02-01,EUR,USD,3\n2024-01-31,EUR,USD,4\n",
     [("DR702 | 2 rows give another rate for a pair and a day that have one | "
      f"2: 2 2024-01-31,EUR,USD,2 4 2024-01-31,EUR,USD,4 | {ONCE}")]),
    (HEADER + "2024-01-31,EUR,USD,1\n2024-01-31,EUR,USD,2\n,,,\n",
     ["DR702 | a row holds no day, no pair of currencies, or no rate | 1: 3 ,,, | " + ROW,
      f"DR702 | a row gives another rate for a pair and a day that have one | 1: 2 2024-01-31,EUR,USD,2 | {ONCE}"]),
    ("date,to\n", [f"DR701 | no column `from` or `rate` | 0: | {COLUMNS}"]),
    ("date,from,to,rate,to,date\n", [f"DR701 | two columns `date` and two `to` | 0: | {COLUMNS}"]),
    (HEADER + '2024-01-31,EUR,USD,"1\n', [f"DR701 | it cannot be read: unexpected end of data | 0: | {COLUMNS}"]),
])  # fmt: skip
def test_whole_problems_of_a_table(tmp_path: Path, text: str, expected: list[str]) -> None:
    """What is wrong, how many rows of it there are, the first of them as they stand, and what to write."""
    path = written(tmp_path, text)
    with pytest.raises(dealrun.LedgerError) as caught:
        table(path)
    assert {problem.source for problem in caught.value.problems} == {path}
    assert [
        f"{each.code} | {each.message} | {' '.join([f'{each.count}:', *(f'{n} {row}' for n, row in each.rows)])} | "
        f"{each.help}"
        for each in caught.value.problems
    ] == expected


def test_ten_rows_of_a_problem_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    """Of rows without a rate, and of those that give another one."""
    rows = [*("2024-01-31,EUR,USD," for _ in range(1200)), *(f"2024-01-31,EUR,USD,{n}" for n in range(1, 1202))]
    with pytest.raises(dealrun.LedgerError) as caught:
        table(written(tmp_path, HEADER + "\n".join(rows)))
    first, second = caught.value.problems
    assert (first.message.partition(" rows")[0], first.count) == ("1,200", 1200)
    assert [row for row, _ in first.rows] == list(range(1, 11))
    assert (second.message.partition(" rows")[0], second.count) == ("1,200", 1200)
    assert [row for row, _ in second.rows] == list(range(1202, 1212))


def test_a_table_that_is_not_there_says_so(tmp_path: Path) -> None:
    """With the file, and the reason of the system in its own words."""
    path = str(tmp_path / "none.csv")
    with pytest.raises(dealrun.LedgerError) as caught:
        table(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.source) == ("DR701", path)
    assert problem.message == "it cannot be read: no such file or directory"


def test_a_table_that_a_contract_names_lies_below_its_folder(tmp_path: Path) -> None:
    """Nothing outside is read."""
    path = written(tmp_path, HEADER)
    table(Below(path, str(tmp_path)))
    with pytest.raises(dealrun.LedgerError, match="outside"):
        table(Below(path, str(tmp_path / "deal")))


def test_columns_and_cells_of_a_table_may_stand_anywhere(tmp_path: Path) -> None:
    """Behind a mark of UTF-8, in any order, with spaces, beside other columns, and in quotes over several lines."""
    text = '\ufeffnote, rate ,to,from,date\n"a\nb", 1.25 ,USD,EUR,2024-01-31\n\n,0.5,EUR,USD,2024-02-01\n'
    rate = table(written(tmp_path, text))
    assert rate("EUR", "USD", parse_day("2024-03-01")) == Fraction("1.25")
    assert rate("USD", "EUR", parse_day("2024-02-01")) == Fraction("0.5")


def test_a_rate_that_is_not_there_is_a_key_error(tmp_path: Path) -> None:
    """Of a pair that the table has not, or before its first day: who asks names the pair and the day."""
    rate = table(written(tmp_path, HEADER + "2024-01-31,EUR,USD,1.10\n2024-02-29,EUR,USD,1.20\n"))
    with pytest.raises(KeyError) as caught:
        rate("EUR", "USD", parse_day("2024-01-30"))
    assert caught.value.args == ("EUR", "USD", parse_day("2024-01-30"))
    for pair in (("USD", "EUR"), ("EUR", "GBP")):
        with pytest.raises(KeyError):
            rate(*pair, parse_day("2024-01-31"))
    assert rate("EUR", "USD", parse_day("2024-02-29")) == Fraction("1.20")


@pytest.mark.parametrize(("rate", "right"), [
    ("1", True), ("123456789012", True), ("1234567890123", False), ("0.123456789012", True), ("0.1234567890123", False),
    (".5", False), ("5.", False), ("-1", False), ("0.0", False), ("1,5", False),
])  # fmt: skip
def test_a_rate_has_at_most_twelve_digits_on_either_side(tmp_path: Path, rate: str, right: bool) -> None:
    """A positive decimal."""
    path = written(tmp_path, HEADER + f'2024-01-31,EUR,USD,"{rate}"\n')
    if right:
        assert table(path)("EUR", "USD", parse_day("2024-01-31")) == Fraction(rate)
        return
    with pytest.raises(dealrun.LedgerError):
        table(path)
