"""Rates of exchange, as a table gives them.

In: a CSV file with the columns `date`, `from`, `to`, `rate`. Out: the rate of a day, or of the last day before it that
has one. Guaranteed: exact decimals; every row that is wrong is named.
"""

import csv
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from dealrun.settle.ledger.sums import LedgerError, Problem
from dealrun.time.days import Day, parse_day

COLUMNS = ("date", "from", "to", "rate")
_RATE = re.compile(r"\d{1,12}(?:\.\d{1,12})?")
_SHOWN = 10


def table(path: str) -> Callable[[str, str, Day], Fraction]:
    """The table of a file; LedgerError where it cannot be read. Asked for a rate that it has not: KeyError."""
    found: dict[tuple[str, str], list[tuple[Day, Fraction]]] = defaultdict(list)
    wrong: list[tuple[int, str]] = []
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise _refused(path, f"no column {' or '.join(f'`{name}`' for name in missing)}")
            for number, row in enumerate(reader, 1):
                try:
                    day = parse_day((row["date"] or "").strip())
                except ValueError:
                    day = 0
                text = (row["rate"] or "").strip()
                if not day or not _RATE.fullmatch(text) or not Fraction(text):
                    wrong.append((number, ",".join(str(row[name]) for name in COLUMNS)))
                else:
                    found[row["from"].strip(), row["to"].strip()].append((day, Fraction(text)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _refused(path, f"it cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if wrong:
        help_ = "write `2024-01-31,EUR,USD,1.0837`"
        message = f"{len(wrong):,} rows hold no day, or no rate"
        raise LedgerError((Problem("DR702", message, path, tuple(wrong[:_SHOWN]), len(wrong), help_),))
    rates = {pair: sorted(days) for pair, days in found.items()}

    def rate(booked: str, currency: str, day: Day) -> Fraction:
        days = rates[booked, currency]
        index = bisect_right(days, day, key=lambda each: each[0])
        if not index:
            raise KeyError(booked, currency, day)
        return days[index - 1][1]

    return rate


def _refused(path: str, message: str) -> LedgerError:
    return LedgerError((Problem("DR701", message, path, (), 0, "a table of rates is a CSV file with the columns "
                                f"{', '.join(COLUMNS)}"),))  # fmt: skip
