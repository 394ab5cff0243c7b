"""Measure, and write the tables of docs/performance.md.

Every figure is a ratio against something measured in the same run: Python's own start, beancount's checker on a ledger
of as many lines, or the same work at another size. Whole processes are run several times in turn; the median counts.
"""

import compileall
import gc
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from math import log2
from pathlib import Path
from statistics import median
from typing import Any

import dealrun
from dealrun.algebra.comparison import partings
from dealrun.api.portfolio import between
from dealrun.state.standing import is_shared
from dealrun.state.timeline import Timeline
from generate import agreement, chain, grounds_by_event, ledger, portfolio, write
from long_agreement import long_agreement
from settlement import detail, sums

ROOT = Path(__file__).parent.parent
OUT = ROOT / "bench" / "out"
BIN = Path(sys.executable).parent
LINES = 50_000


def processes(commands: list[list[str]], runs: int) -> list[float]:
    """Median seconds of each command, run in turn; each has its bytecode, as it has where it is installed."""
    with_bytecode = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for command in commands:
        subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=with_bytecode)
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(runs):
        for command, found in zip(commands, times, strict=True):
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=with_bytecode)
            found.append(time.perf_counter() - start)
    return [median(found) for found in times]


def measured(function: Callable[[], object]) -> float:
    """The median seconds of three calls."""
    times = []
    for _ in range(3):
        gc.collect()
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return median(times)


def start_up() -> list[str]:
    """Start-up against Python's own."""
    deal = "contracts/openai-microsoft"
    commands = [
        [sys.executable, "-c", "pass"],
        [str(BIN / "dealrun"), "--help"],
        [str(BIN / "dealrun"), "state", deal, "--on", "2027-01-01"],
    ]
    found = processes(commands, 31)
    rows = ["| command | median | against `python -c pass` |", "|---|---|---|"]
    names = ["`python -c pass`", "`dealrun --help`", "`dealrun state` on the real contracts"]
    rows += [f"| {n} | {t * 1000:.0f} ms | {t / found[0]:.1f}x |" for n, t in zip(names, found, strict=True)]
    return rows


def checking() -> list[str]:
    """`dealrun check` against `bean-check`, on files of as many lines."""
    ours = write(OUT / "agreement.deal", agreement(LINES))
    theirs = write(OUT / "ledger.beancount", ledger(LINES))
    made = subprocess.run(
        [str(BIN / "bean-example"), "--seed", "1", "--date-begin", "1990-01-01", "--date-end", "2026-01-01",
         "--date-birth", "1970-01-01"], capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    # The ledger of beancount's own generator, as many whole lines of it as there are of ours.
    example = write(OUT / "example.beancount", "\n".join(made[:LINES]) + "\n")
    commands = [
        [str(BIN / "dealrun"), "check", str(ours)],
        [str(BIN / "bean-check"), "--no-cache", str(example)],
        [str(BIN / "bean-check"), "--no-cache", str(theirs)],
    ]
    found = processes(commands, 7)
    rows = [f"| command, {LINES:,} lines | median | dealrun against it |", "|---|---|---|"]
    names = [
        "`dealrun check`, a master agreement",
        f"`bean-check`, the ledger of `bean-example` ({len(made[:LINES]):,} lines)",
        "`bean-check`, plain transactions of two postings",
    ]
    rows += [f"| {n} | {t:.2f} s | {found[0] / t:.2f}x |" for n, t in zip(names, found, strict=True)]
    return rows


def evaluate(contract: dealrun.Contract) -> dealrun.Timeline:
    """Every clause of a contract, evaluated anew; a contract keeps its evaluations, so one is made beside it."""
    kept = contract.timeline()
    timeline = Timeline(kept.index, kept.world)
    for label in timeline.labels:
        timeline.evaluator.lives(label)
    return timeline


QUERIES = 500


def states(timeline: dealrun.Timeline, label: str) -> None:
    """The state of a clause on many days."""
    for number in range(QUERIES):
        timeline.clause(label, 731_000 + 17 * number)


def growth() -> list[str]:
    """The timeline at several sizes, and the state of a day from it."""
    rows = ["| clauses | amendments | timeline | per clause | one clause on a day |", "|---|---|---|---|---|"]
    for clauses in (1_000, 2_000, 5_000, 10_000):
        loaded = dealrun.loads(chain(clauses, 200))
        contract = loaded
        seconds = measured(lambda contract=contract: evaluate(contract))  # type: ignore[misc]
        timeline = evaluate(contract)
        query = measured(lambda timeline=timeline: states(timeline, "c1")) / QUERIES  # type: ignore[misc]
        rows.append(
            f"| {clauses:,} | 200 | {seconds:.3f} s | {seconds / clauses * 1e6:.0f} µs | {query * 1e6:.0f} µs |"
        )
    return rows


def pieces() -> list[str]:
    """The state of one clause that was amended more and more often: it grows with the logarithm."""
    rows = ["| amendments of one clause | its state on a day |", "|---|---|"]
    for count in (10, 100, 1_000):
        lines = ['deal d "D" signed 2000-01-01', 'party A "A"', 'party B "B"', "c: fee A->B 1 USD"]
        for number in range(count):
            day = f"{2001 + number // 300}-{number // 25 % 12 + 1:02d}-{number % 25 + 1:02d}"
            lines += [f"amend a{number} signed {day}", f"  set c {number + 2} USD"]
        loaded = dealrun.loads("\n".join(lines) + "\n")
        timeline = evaluate(loaded)
        query = measured(lambda timeline=timeline: states(timeline, "c")) / QUERIES  # type: ignore[misc]
        rows.append(f"| {count:,} | {query * 1e6:.0f} µs |")
    return rows


def instruments() -> list[str]:
    """Ten thousand clauses under more and more instruments: the cost follows the operations, not the product."""
    rows = ["| clauses | instruments | operations | timeline | per clause and operation |", "|---|---|---|---|---|"]
    for count in (10, 100, 300, 1_000):
        loaded = dealrun.loads(chain(10_000, count))
        contract = loaded
        seconds = measured(lambda contract=contract: evaluate(contract))  # type: ignore[misc]
        work = 10_000 + 40 * count
        rows.append(f"| 10,000 | {count:,} | {40 * count:,} | {seconds:.2f} s | {seconds / work * 1e6:.0f} µs |")
    return rows


def scenarios() -> list[str]:
    """Ten scenarios against evaluating the contract: what they cannot reach is shared."""
    told = "\n".join(f"scenario s{n}\n  record E on {2030 + n}-01-01" for n in range(10))
    loaded = dealrun.loads(f"{chain(10_000, 200)}{told}\n")
    contract = loaded
    once = measured(lambda: evaluate(contract))
    base = evaluate(contract)

    def ten(*, compare: bool) -> None:
        worlds = [contract.timeline(scenario=f"s{n}").world for n in range(10)]
        timelines = [Timeline(base.index, world, base) for world in worlds]
        for timeline in timelines:
            for label in timeline.labels:
                timeline.evaluator.lives(label)
        if compare:
            partings([base, *timelines])

    evaluated, compared = measured(lambda: ten(compare=False)), measured(lambda: ten(compare=True))
    other = contract.timeline(scenario="s0")
    reached = sum(not is_shared(other, contract.timeline(), label) for label in other.labels)
    rows = [
        "| 10,000 clauses, 200 amendments | clauses in reach | median | against one evaluation |",
        "|---|---|---|---|",
    ]
    works = (
        ("one evaluation", "", once),
        ("ten scenarios, evaluated", f"{reached:,}", evaluated),
        ("ten scenarios, evaluated and compared on every day on which one changes", f"{reached:,}", compared),
    )
    return rows + [f"| {name} | {reach} | {seconds:.2f} s | {seconds / once:.1f}x |" for name, reach, seconds in works]


def portfolios() -> list[str]:
    """Every conflict of more and more contracts, once they are loaded."""
    rows = ["| contracts | grants | findings | conflicts | per grant and log2(grants) |", "|---|---|---|---|---|"]
    for size in (125, 250, 500, 1_000, 2_000):
        loaded = []
        for text in portfolio(size):
            contract = dealrun.loads(text)
            loaded.append(contract)
        found = between(loaded)
        seconds = measured(lambda loaded=loaded: between(loaded))  # type: ignore[misc]
        grants = 10 * size
        each = seconds / (grants * log2(grants)) * 1e6
        rows.append(f"| {size:,} | {grants:,} | {len(found)} | {seconds:.2f} s | {each:.2f} µs |")
    return rows


DAY = "2025-03-01"


def presumptions() -> list[str]:
    """The state of a day with its presumptive answer, and the calendar of a year, against the certain state alone."""
    rows = [
        "| clauses | certain state | with the presumptive answer | calendar against that |",
        "|---|---|---|---|",
    ]
    for clauses, grounds in ((86, 17), (1_000, 40)):
        contract = dealrun.loads(long_agreement(clauses, grounds))
        kept = contract.timeline()

        def fresh(kept: Timeline = kept) -> Timeline:
            timeline = Timeline(kept.index, kept.world)
            timeline.basis = kept.basis
            return timeline

        certain = measured(lambda fresh=fresh: told(fresh().on(DAY)))  # type: ignore[misc]

        def both(fresh: Callable[[], Timeline] = fresh) -> None:
            state = fresh().on(DAY)
            told(state)
            told(state.presumed)
            assert state.early_ends

        with_it = measured(both)
        calendar = measured(lambda c=contract, fresh=fresh: c.agenda(fresh(), DAY, "2026-02-28"))  # type: ignore[misc]
        ratios = f"{with_it / certain:.2f}x | {calendar / with_it:.2f}x"
        rows.append(f"| {clauses:,}, {grounds} grounds of termination | {certain * 1000:.0f} ms | {ratios} |")
    return rows


CLAIMS = (
    ("contracts/openai-microsoft", "2025-01-01", "ip in force", "2032-12-31"),
    ("contracts/openai-microsoft", "2026-04-27", "ip in force", "2032-12-31"),
    ("contracts/openai-microsoft", "2026-01-15", "azure in force -> ip exclusivity exclusive", "2032-12-31"),
    ("contracts/cargill-bioamber", None, "development.background in force", "2016-12-31"),
)


def proofs() -> list[str]:
    """Claims, exposures, and a claim about more and more events, against one evaluation of the contract."""
    rows = ["| what | verdict | evaluations | median | against one evaluation |", "|---|---|---|---|---|"]

    def row(what: str, contract: dealrun.Contract, known: str | None, ask: Callable[[], Any]) -> None:
        kept = contract.timeline(known=known)
        once = measured(lambda: told(Timeline(kept.index, kept.world).on("2027-01-01")))
        found = ask()
        took = measured(ask)
        verdict = getattr(found, "verdict", "") or f"{len(found.of_deals) + len(found.grounds)} grounds"
        rows.append(f"| {what} | {verdict} | {found.evaluations:,} | {took * 1000:,.0f} ms | {took / once:.1f}x |")

    def claim(contract: dealrun.Contract, known: str | None, text: str, through: str) -> Callable[[], dealrun.Proof]:
        return lambda: contract.prove(text, known=known, through=through)

    def exposed(contract: dealrun.Contract, party: str, through: str | None = None) -> Callable[[], dealrun.Exposure]:
        return lambda: contract.exposure(party=party, through=through)

    for path, known, text, through in CLAIMS:
        contract = dealrun.load(ROOT / path)
        row(f"`{text}`, {known or contract.known}", contract, known, claim(contract, known, text, through))
    for path, party in (("contracts/openai-microsoft", "MSFT"), ("contracts/cargill-bioamber", "BIOAMBER")):
        contract = dealrun.load(ROOT / path)
        row(f"exposure of {party}, {len(contract.labels)} clauses", contract, None, exposed(contract, party))
    for events in (5, 10):
        contract = dealrun.loads(grounds_by_event(events))
        for text in ("l in force or l ended", "l in force -> k in force", "l in force"):
            row(f"{events} grounds: `{text}`", contract, None, claim(contract, None, text, "2028-12-31"))
        row(f"{events} grounds: exposure", contract, None, exposed(contract, "B", "2028-12-31"))
    return rows


def told(state: dealrun.State) -> int:
    """Everything that a state computes when it is asked for."""
    return sum(len(clause.duties) + len(clause.instances) for clause in state.values())


def main() -> None:
    """Run all, and write the page."""
    compileall.compile_dir(ROOT / "dsl", quiet=1)  # as an installed package is
    page = ROOT / "docs" / "performance.md"
    text = page.read_text(encoding="utf-8")
    for name, table in (("start-up", start_up), ("check", checking), ("growth", growth), ("pieces", pieces),
                        ("instruments", instruments), ("scenarios", scenarios), ("settle", sums),
                        ("detail", detail), ("portfolio", portfolios), ("presumptive", presumptions),
                        ("proofs", proofs)):  # fmt: skip
        rows = "\n".join(table())
        print(f"{name}\n{rows}\n")
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
            lambda match, rows=rows: f"{match[1]}{rows}\n{match[2]}",  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
