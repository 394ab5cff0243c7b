"""Settlement of ten million rows, against DuckDB doing the least that could be done with the same file.

In: nothing. Out: rows of the tables of docs/performance.md. Whole processes are measured in turn, time and peak memory;
the time that each needs for a ledger of a few rows, its start-up, is shown and taken off.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import duckdb

ROOT = Path(__file__).parent.parent
OUT = ROOT / "bench" / "out"
BIN = Path(sys.executable).parent
ROWS = 10_000_000
FEW = 1_000
DEAL = "contracts/openai-microsoft"
TYPES = "{'date': 'DATE', 'stream': 'VARCHAR', 'amount': 'DECIMAL(18,2)'}"

SUM = 'import duckdb; duckdb.sql("select stream, date, sum(amount), count(*) from {table} group by all").fetchall()'
COPY = "import duckdb; duckdb.sql(\"copy (from '{0}') to '{1}' (format parquet)\")"


def ledgers(rows: int) -> tuple[Path, Path, Path]:
    """A ledger of so many rows from April 2026 through 2030, as Parquet, as CSV, and as Parquet with ids; made once."""
    parquet, text, named = OUT / f"ledger-{rows}.parquet", OUT / f"ledger-{rows}.csv", OUT / f"ids-{rows}.parquet"
    made = (  # every row is a function of its number
        "select date '2026-04-27' + cast(hash(i) % 1710 as integer) as date, "
        "case when hash(i + 1) % 3 = 0 then 'rival_sales' else 'sales' end as stream, "
        "cast(cast(hash(i + 2) % 2000000 as bigint) - 100000 as decimal(18, 0)) * 0.01::decimal(3, 2) as amount "
        f"from range({rows}) as t(i)"
    )
    with_ids = made.replace("select ", "select i as id, ", 1)
    for path, query, options in (
        (parquet, made, "format parquet"),
        (text, made, "format csv, header true"),
        (named, with_ids, "format parquet"),
    ):
        if not path.exists():
            duckdb.sql(f"copy ({query}) to '{path}' ({options})")
    return parquet, text, named


def run(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    assert status == 0, (command, process.stderr.read() if process.stderr else b"")
    return seconds, usage.ru_maxrss / 1024


def in_turn(commands: list[list[str]], runs: int) -> list[tuple[float, float]]:
    """Median seconds and greatest peak of each command."""
    found: list[list[tuple[float, float]]] = [[] for _ in commands]
    for _ in range(runs):
        for command, times in zip(commands, found, strict=True):
            times.append(run(command))
    return [(median(seconds for seconds, _ in times), max(peak for _, peak in times)) for times in found]


def settle(path: Path, *more: str) -> list[str]:
    """The command that settles a ledger under the amended agreement."""
    return [str(BIN / "dealrun"), "settle", DEAL, "--ledger", str(path), "--set", "TOTAL=38bn USD",
            "--through", "2030-12-31", "--quiet", *more]  # fmt: skip


def by_hand(table: str) -> list[str]:
    """The same sums, by a query written by hand."""
    return [sys.executable, "-c", SUM.format(table=table)]


def sums() -> list[str]:
    """Statements from Parquet and CSV, against the bare sums of the same files."""
    small, many = ledgers(FEW), ledgers(ROWS)
    commands: list[list[str]] = []
    names = ("Parquet", "CSV", "Parquet with a column of ids, each checked to be the only one")
    for index in range(len(names)):
        for files in (small, many):
            path = files[index]
            table = f"read_csv('{path}', columns={TYPES})" if path.suffix == ".csv" else f"'{path}'"
            commands += [settle(path), by_hand(table)]
    found = in_turn(commands, 5)
    rows = [
        f"| {ROWS:,} rows | `dealrun settle` | start-up | by hand | start-up | the rest against it | memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for index, name in enumerate(names):
        (few, _), (hand_few, _), (all_, peak), (hand, _) = found[4 * index : 4 * index + 4]
        rows.append(
            f"| {name} | {all_:.2f} s | {few:.2f} s | {hand:.2f} s | {hand_few:.2f} s | "
            f"{(all_ - few) / (hand - hand_few):.2f}x | {peak:.0f} MB |"
        )
    return rows


def detail() -> list[str]:
    """Every payment allocated to rows, against a bare copy of the file."""
    parquet, _, _ = ledgers(ROWS)
    out, copied = OUT / "detail.parquet", OUT / "copied.parquet"
    commands = [settle(parquet, "--detail", str(out)), [sys.executable, "-c", COPY.format(parquet, copied)]]
    (seconds, peak), (copy, _) = in_turn(commands, 3)
    return [
        f"| {ROWS:,} rows, Parquet to Parquet | `dealrun settle --detail` | bare copy | against it | peak memory |",
        "|---|---|---|---|---|",
        f"| the revenue share, row by row | {seconds:.2f} s | {copy:.2f} s | {seconds / copy:.2f}x | {peak:.0f} MB |",
    ]
