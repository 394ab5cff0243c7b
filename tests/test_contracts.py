"""Every contract of the project loads without an error, and all that it expects holds, payments included."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

import dealrun
from conftest import ROOT
from dealrun.diagnostics import Severity

CONTRACTS = ROOT / "contracts"
FOLDERS = sorted(path for path in CONTRACTS.iterdir() if path.is_dir() and path.name not in {"tutorial", "cuad"})
CLAUSES = sorted((CONTRACTS / "cuad").glob("*.deal"))
ELEMENTS = [json.loads(line) for line in (ROOT / "tests/cuad/elements.jsonl").read_text(encoding="utf-8").splitlines()]
COVERAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
HOW = ("computed", "carried", "quoted", "missing")


@pytest.mark.parametrize("path", [*FOLDERS, *CLAUSES], ids=lambda path: path.stem)
def test_what_a_contract_expects_holds(path: Path) -> None:
    loaded = dealrun.load(path)
    outcomes = loaded.test()
    assert outcomes
    assert [str(outcome.diagnostic().message) for outcome in outcomes if not outcome.passed] == []
    assert [found for found in loaded.diagnostics if found.severity is Severity.ERROR] == []


@pytest.mark.parametrize("folder", [path for path in FOLDERS if (path / "statement.md").exists()], ids=lambda p: p.name)
def test_a_deal_with_a_statement_is_settled_whole(folder: Path) -> None:
    loaded = dealrun.load(folder)
    found = loaded.settle()
    assert found.payments
    assert found.unsettled == ()
    assert sum(total.pays.value for total in found.totals) == sum(total.receives.value for total in found.totals)


def test_every_clause_of_the_set_is_written_and_cited() -> None:
    assert len(ELEMENTS) == 114
    texts = {path.stem: path.read_text(encoding="utf-8") for path in CLAUSES}
    assert all("CC BY 4.0" in text for text in texts.values())
    for clause in ELEMENTS:
        name = clause["category"].lower().replace(" ", "-")
        assert f"[cuad {clause['id']}" in texts[name], clause["id"]
        assert {element["how"] for element in clause["elements"]} <= set(HOW)


def test_the_table_of_coverage_counts_the_elements(rewrite: bool) -> None:
    rows = ["| category | computed | carried | quoted | missing |", "|---|---|---|---|---|"]
    whole: Counter[str] = Counter()
    for category in sorted({clause["category"] for clause in ELEMENTS}):
        counts = Counter(e["how"] for c in ELEMENTS if c["category"] == category for e in c["elements"])
        whole += counts
        rows.append(f"| {category} | " + " | ".join(str(counts[how]) for how in HOW) + " |")
    rows.append("| all | " + " | ".join(str(whole[how]) for how in HOW) + " |")
    assert whole["computed"] >= 0.8 * whole.total()
    table = "\n".join(rows)
    text = re.sub(
        r"(<!-- coverage -->\n).*?(<!-- /coverage -->)", lambda m: f"{m[1]}{table}\n{m[2]}", COVERAGE, flags=re.DOTALL
    )
    if rewrite:
        (ROOT / "docs" / "coverage.md").write_text(text, encoding="utf-8")
    assert rewrite or text == COVERAGE


def test_every_category_has_a_way_to_be_said() -> None:
    rows = re.findall(r"^\| ([^|]+) \| `[^|]+ \| (?:every file|\[[\w-]+\]\(\.\./contracts/cuad/([\w-]+)\.deal\)) \|$",
                      COVERAGE, re.MULTILINE)  # fmt: skip
    assert len(rows) == 41
    assert {name for _, name in rows if name} == {path.stem for path in CLAUSES}
    assert {category for category, name in rows if name} == {clause["category"] for clause in ELEMENTS}


def test_a_ledger_may_be_an_arrow_table_and_so_may_the_statement() -> None:
    folder = CONTRACTS / "three-way-split"
    loaded = dealrun.load(folder)
    arrow, text = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.csv")
    types = {"yen": arrow.decimal128(18, 0)}
    table = text.read_csv(folder / "ledger.csv", convert_options=text.ConvertOptions(column_types=types))
    by_file, by_table = loaded.settle(), loaded.settle(table)
    assert by_table.payments == by_file.payments
    out = by_table.to_arrow()
    paid = [
        amount
        for row, amount in zip(out["row"].to_pylist(), out["payment"].to_pylist(), strict=True)
        if row == "payment"
    ]
    assert sum(paid) == sum(total.pays.value for total in by_file.totals)
