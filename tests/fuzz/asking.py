"""Playing a library case: a contract from text, and questions to it.

In: a `Case`. Out: the answers as text, and what must not happen. Guaranteed: an exception counts as documented only
where the library has a type of its own for it, or raised it on purpose.
"""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

import dealrun
from dealrun import Contract, Diagnostics
from dealrun.diagnostics import Report
from dealrun.source import SourceText
from dealrun.syntax.format import format_source
from dealrun.time import iso
from either import either
from fuzz import ledgers
from fuzz.cases import Case, File
from fuzz.play import RAISED, Played, clear, documented, signature, told, write


def _difference(contract: Contract, text: str, effective: str, signed: str) -> str:
    other = either(text.replace("exclusive", "nonexclusive").replace("2025", "2026").replace("10%", "11%"))
    if not isinstance(other, Contract):
        return ""
    return contract.difference(other, effective=effective, signed=signed) + contract.difference(contract, signed=signed)


def _restate(contract: Contract, on: str, known: str, faults: list[str]) -> str:
    text = contract.restate(on, known=known)
    again = either(text)
    if isinstance(again, Diagnostics):
        faults.append(f"restate does not load ({next(iter(again)).code}): {again}\n{text}")
    return text


def _format(text: str, faults: list[str]) -> str:
    once = format_source(SourceText("a.deal", text), Report())
    if once is None:
        return ""
    if format_source(SourceText("a.deal", once), Report()) != once:
        faults.append(f"format twice is not format once: {once}")
    if isinstance(either(once), Diagnostics):
        faults.append(f"format breaks a contract: {once}")
    return ""


UNFAILING: Final = frozenset({"conflicts", "test", "format"})
"""Questions that take no argument, so that nothing can be wrong with one."""
EXACT: Final = {"answers": False}
"""Whether answers are written in an order that does not depend on hashes, which takes longer than `repr`."""


def shown(answer: object) -> str:
    """An answer as text."""
    if isinstance(answer, str) or answer is None:
        return answer or ""
    return _exact(answer, 0) if EXACT["answers"] else repr(answer)


def _exact(value: object, depth: int) -> str:
    if isinstance(value, frozenset | set):
        return f"{{{', '.join(sorted(_exact(each, depth + 1) for each in value))}}}"
    if isinstance(value, dict | Mapping):
        return f"{{{', '.join(f'{k!r}: {_exact(v, depth + 1)}' for k, v in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_exact(each, depth + 1) for each in value)}]"
    if attrs.has(type(value)) and depth < 12:
        fields = [field.name for field in type(value).__attrs_attrs__ if field.repr]  # type: ignore[attr-defined]
        return f"{type(value).__name__}({', '.join(_exact(getattr(value, name), depth + 1) for name in fields)})"
    text = repr(value)
    return type(value).__name__ if " at 0x" in text else text


def ask(contract: Contract, text: str, asked: tuple[str, ...], faults: list[str]) -> object:
    """The answer to one question."""
    name, *rest = asked
    one, two = (*rest, "2025-01-01", "2026-01-01")[:2]
    answers: dict[str, Callable[[], object]] = {
        "state": lambda: contract.timeline(known=one).on(one),
        "timeline": lambda: contract.timeline(known=two).changes(one, two),
        "prospects": lambda: contract.timeline().prospects(one),
        "why": lambda: contract.timeline().why(one, two),
        "restate": lambda: _restate(contract, one, two, faults),
        "changes": lambda: (contract.changes(), contract.changes(known=one)),
        "history": lambda: contract.history(one),
        "compare": lambda: contract.compare(scenarios=contract.scenarios, all_readings=True),
        "difference": lambda: _difference(contract, text, one, two),
        "agenda": lambda: contract.agenda(contract.timeline(), one, two),
        "settle": lambda: contract.settle(period=one, through=two),
        "conflicts": contract.conflicts,
        "test": contract.test,
        "format": lambda: _format(text, faults),
        "bind": lambda: contract.timeline(bind={one: two}).on("2025-06-01"),
        "assume": lambda: contract.timeline(assume={one: two}).on(two),
        "verb": lambda: contract.verb(one),
    }
    return answers[name]()


def library(case: Case) -> Played:
    """The questions of a case, to the contract that its text makes."""
    text = case.text
    found = Played(0)
    try:
        contract = either(text)
        if isinstance(contract, Diagnostics):
            found.code, found.out = 1, str(contract)
            found.codes = {d.code for d in contract}
            if not contract.items:
                found.faults.append("refused without a message: no diagnostics")
            return found
        found.codes = {d.code for d in contract.diagnostics}
        for asked in case.questions:
            try:
                answer = ask(contract, text, asked, found.faults)
            except Exception as error:
                limit = isinstance(error, dealrun.LimitError)  # which any question may exceed
                if not documented(error) or (asked[0] in UNFAILING and not limit):
                    raise
                found.err += f"{type(error).__name__}: {error.args[0] if error.args else ''}\n"
                if not str(error):
                    found.faults.append(f"{signature(error)} without a message: {asked}")
            else:
                if asked[0] == "conflicts":
                    found.codes |= {d.code for d in contract.conflicts()}
                found.out += shown(answer)
    except MemoryError as error:
        found.faults.append(f"MemoryError in {signature(error)}: more memory than allowed")
    except Exception as error:  # noqa: BLE001 - the very thing that is looked for
        found.code = RAISED
        found.faults.append(f"{signature(error)}: {told(error)}")
    return found


def settled(files: tuple[File, ...]) -> Played:
    """The statement of an agreement (the first file) and its ledgers, without what names the ledgers."""
    found = Played(0)
    write(tuple(file for file in files if file.form != "arrow"))
    try:
        contract = either(files[0].data.decode("utf-8", "surrogatepass"))
        if isinstance(contract, Diagnostics):
            found.code = 1
            return found
        sources: list[Any] = []
        for file in files[1:]:
            table = list(csv.DictReader(io.StringIO(file.data.decode(), newline="")))
            name = f"{file.name}::t" if file.form == "duckdb" else file.name
            sources.append(ledgers.arrow(table, typed=file.typed) if file.form == "arrow" else name)
        result = contract.settle(sources, through=iso(739251)).to_dict()
        result["ledger"].pop("sources")
        found.out = repr(result)
    except dealrun.LedgerError as error:
        found.code = 1
        found.out = repr(sorted({problem.code for problem in error.problems}))
    except Exception as error:  # noqa: BLE001 - the very thing that is looked for
        if documented(error):
            found.code, found.out = 1, str(error)
        else:
            found.faults.append(f"{signature(error)}: {told(error)}")
    finally:
        clear()
    return found
