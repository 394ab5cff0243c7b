"""Rates of exchange, as a table gives them.

In: a CSV file with the columns `date`, `from`, `to`, `rate`. Out: the rate of a day, or of the last day before it that
has one. Guaranteed: exact decimals; every row that is wrong is named.
"""

import csv
import io
import os
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction

from dealrun.limits import MAX_FILE_BYTES
from dealrun.settle.ledger.given import HeldFile
from dealrun.settle.ledger.sums import LedgerError, Problem
from dealrun.source.opening import UnreadableError, open_file, root_of
from dealrun.time.days import Day, parse_day

COLUMNS = ("date", "from", "to", "rate")
_RATE = re.compile(r"\d{1,12}(?:\.\d{1,12})?")
_SHOWN = 10


def table(file: str | os.PathLike[str] | HeldFile) -> Callable[[str, str, Day], Fraction]:
    """The table of a file; LedgerError where it cannot be read. Asked for a rate that it has not: KeyError."""
    path = file.name if isinstance(file, HeldFile) else os.fspath(file)
    found: dict[tuple[str, str], dict[Day, Fraction]] = defaultdict(dict)
    wrong: list[tuple[int, str]] = []
    twice: list[tuple[int, str]] = []
    for number, row in enumerate(_rows(path, file), 1):
        try:
            day = parse_day(row["date"])
        except ValueError:
            day = 0
        pair = row["from"], row["to"]
        if not day or not all(pair) or not _RATE.fullmatch(row["rate"]) or not Fraction(row["rate"]):
            wrong.append((number, ",".join(row[name] for name in COLUMNS)))
        elif found[pair].setdefault(day, Fraction(row["rate"])) != Fraction(row["rate"]):
            twice.append((number, ",".join(row[name] for name in COLUMNS)))
    problems = []
    if wrong:
        held = "a row holds" if len(wrong) == 1 else f"{len(wrong):,} rows hold"
        message = f"{held} no day, no pair of currencies, or no rate"
        help_ = "write `2024-01-31,EUR,USD,1.0837`"
        problems.append(Problem("DR702", message, path, tuple(wrong[:_SHOWN]), len(wrong), help_))
    if twice:
        given = "a row gives" if len(twice) == 1 else f"{len(twice):,} rows give"
        message = f"{given} another rate for a pair and a day that have one"
        help_ = "keep one rate for each pair and day"
        problems.append(Problem("DR702", message, path, tuple(twice[:_SHOWN]), len(twice), help_))
    if problems:
        raise LedgerError(tuple(problems))
    rates = {pair: sorted(days.items()) for pair, days in found.items()}

    def rate(booked: str, currency: str, day: Day) -> Fraction:
        days = rates[booked, currency]
        index = bisect_right(days, day, key=lambda each: each[0])
        if not index:
            raise KeyError(booked, currency, day)
        return days[index - 1][1]

    return rate


def _data(file: str | os.PathLike[str] | HeldFile) -> bytes:
    if isinstance(file, HeldFile):
        return file.data
    with open_file(os.fspath(file), root_of(file)) as stream:
        return stream.read(MAX_FILE_BYTES + 1)


def _rows(path: str, file: str | os.PathLike[str] | HeldFile) -> Iterator[dict[str, str]]:
    """The rows of a table by their columns; of a short row, what is missing is empty."""
    try:
        data = _data(file)
        if len(data) > MAX_FILE_BYTES:
            raise _refused(path, f"it has more than {MAX_FILE_BYTES:,} bytes, the limit")
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in next(lines, [])]
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            raise _refused(path, f"no column {' or '.join(f'`{name}`' for name in missing)}")
        again = [name for name in COLUMNS if header.count(name) > 1]
        if again:
            raise _refused(path, f"two columns {' and two '.join(f'`{name}`' for name in again)}")
        places = {name: header.index(name) for name in COLUMNS}
        for line in lines:
            if line:
                yield {name: line[at].strip() if at < len(line) else "" for name, at in places.items()}
    except UnreadableError as error:
        raise _refused(path, error.reason) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _refused(path, f"it cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _refused(path: str, message: str) -> LedgerError:
    return LedgerError((Problem("DR701", message, path, (), 0, "a table of rates is a CSV file with the columns "
                                f"{', '.join(COLUMNS)}"),))  # fmt: skip
