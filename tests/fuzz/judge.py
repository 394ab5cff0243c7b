"""What must hold of every case, whatever it is.

In: a case, and what came of it. Out: faults, each a line that begins with a signature. Guaranteed: a fault's signature
is the same for the same cause, so that a thousand cases of one defect are counted as one.
"""

import functools
import hashlib
import json
import os
import re
from typing import Any, Final

from dealrun.api.wire import schema
from fuzz import asking, play
from fuzz.cases import Case
from fuzz.commands import NAMES
from fuzz.play import Played

CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters and those that reorder text; a line feed and a tab are none of them."""
CODE: Final = re.compile(r"\bDR\d{3}\b")
EXIT_CODES: Final = frozenset({0, 1, 2, 130, play.RAISED})
COMMANDS: Final = (*NAMES, "explain", "schema", "completion")
CHECKED: Final = 8
"""One JSON output in so many is validated against its schema, because that takes longer than most cases."""


@functools.cache
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import

    return Draft202012Validator(schema.schema(name))


def _json(text: str, number: int) -> list[str]:
    try:
        data = json.loads(text)
    except ValueError as error:
        return [f"JSON does not parse: {error}"]
    name = str(data.get("schema", "")).rpartition("/")[2].rpartition(".")[0] or str(data.get("schema", ""))
    known = next((n for n, s in schema.OUTPUTS.items() if schema.schema_id(s) == data.get("schema")), None)
    if known is None:
        return [] if "$schema" in data else [f"JSON has no schema: {name}"]
    if number % CHECKED:
        return []
    wrong = next(iter(_validator(known).iter_errors(data)), None)
    return [] if wrong is None else [f"JSON does not fit schema {known}: {wrong.message[:300]}"]


def _controls(what: str, text: str) -> list[str]:
    if text.isascii() and text.isprintable():
        return []
    found = CONTROLS.search(text)
    if found is None:
        return []
    near = text[max(0, found.start() - 60) : found.end() + 20]
    return [f"control character in {what}: U+{ord(found[0]):04X} in {near!r}"]


def _option(case: Case, *names: str) -> list[str]:
    """The values of options, as far as they can be told."""
    found = []
    for at, word in enumerate(case.argv):
        name, equals, value = word.partition("=")
        if word in names and at + 1 < len(case.argv):
            found.append(case.argv[at + 1])
        elif equals and name in names:
            found.append(value)
        elif word.startswith("-o") and "-o" in names and len(word) > 2:
            found.append(word[2:].removeprefix("="))
    return found


def command(case: Case, found: Played, number: int) -> list[str]:
    """The faults of a command line."""
    faults = list(found.faults)
    name = case.argv[0] if case.argv and case.argv[0] in COMMANDS else "no command"
    if found.code not in EXIT_CODES:
        faults.append(f"exit code of {name}: {found.code}")
    if found.code in {1, 2} and not found.out.strip() and not found.err.strip() and "--quiet" not in case.argv:
        written = any(found.after.get(file, b"").strip() for file in found.after.keys() - found.before.keys())
        if not written and os.devnull not in _option(case, "-o", "--output", "--detail"):
            faults.append(f"exit code {found.code} of {name} without a message: {case.argv}")
    if found.code == 2 and not found.err.strip() and case.argv:
        faults.append(f"usage error of {name} without a message: {case.argv}")
    if "Traceback (most recent call last)" in found.err + found.out:
        faults.append(f"traceback printed by {name}: {found.err[-500:]}")
    asked = {os.path.normpath(o) for o in _option(case, "--output", "-o", "--detail", "--plot")}
    forms = _option(case, "--format")
    outputs = {file for file in found.after if file in asked and found.after[file] != found.before.get(file)}
    texts = {f"standard output of {name}": found.out, f"standard error of {name}": found.err}
    texts |= {f"the file of {name}": found.after[file].decode("utf-8", "replace") for file in outputs
              if not file.endswith((".parquet", ".xlsx"))}  # fmt: skip
    source = name == "fmt" and (case.stdin or "--diff" in case.argv)
    if name == "fmt":  # a file's own texts stay as they are
        texts.pop("the file of fmt", None)
    for what, text in texts.items():
        if not source:
            faults += _controls(what, text.replace("\r\n", "\n") if {"ics", "csv"} & {*forms} else text)
    if forms[-1:] == ["json"] and found.out.lstrip().startswith("{") and found.code in {0, 1}:
        faults += _json(found.out, number)
    faults += _folder(case, found, name, asked)
    found.codes |= set(CODE.findall(found.err)) | (set() if case.kind == "arguments" else set(CODE.findall(found.out)))
    return faults


def _folder(case: Case, found: Played, name: str, asked: set[str]) -> list[str]:
    """What is wrong with the folder: files that nobody asked for, or inputs that have changed."""
    faults = []
    options = case.argv[: case.argv.index("--")] if "--" in case.argv else case.argv  # behind `--` there are files
    rewrites = name == "fmt" and "--check" not in options and "--diff" not in options
    for file, data in found.after.items():
        if file in found.before:
            only_written = file in asked and sum(os.path.normpath(word) == file for word in case.argv) == 1
            if data != found.before[file] and not rewrites and not only_written:
                faults.append(f"input changed by {name}: {file!r} {case.argv}")
        elif file not in asked:
            faults.append(f"file left by {name}: {file!r} {case.argv}")
    faults += [f"input removed by {name}: {file!r} {case.argv}" for file in found.before if file not in found.after]
    return faults


def library(found: Played) -> list[str]:
    """The faults of a library case."""
    return found.faults + (_controls("diagnostics or text", found.out) if found.code else [])


def _comparable(found: Played) -> str:
    """What two versions of a case must have in common: everything, or of errors their codes, as places may differ."""
    if found.code == 2:
        return "2"
    if "--> " in found.err or '"diagnostics"' in found.out[:200]:
        errors = set(re.findall(r"error\[(DR\d+)", found.err)) | set(re.findall(r'"code": "(DR\d+)"', found.out))
        if "DR403" in errors:  # which of two comes first is not said, and what follows from it may differ
            return f"{found.code} DR403"
        return f"{found.code} {sorted(errors)} {'' if found.code else found.out}"
    return f"{found.code} {found.out}"


def pair(case: Case) -> tuple[Played, list[str]]:
    """A case in two versions, which must give the same answers."""
    if case.kind == "forms":
        first, second = asking.settled(case.files), asking.settled(case.other)
        ours, theirs = f"{first.code} {first.out}", f"{second.code} {second.out}"
    else:
        first, second = play.command(case, case.files), play.command(case, case.other)
        ours, theirs = _comparable(first), _comparable(second)
    faults = first.faults + second.faults
    if ours != theirs and not faults:
        at = next(
            (n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
        )
        faults.append(
            f"answers of {case.kind} differ: {ours[max(0, at - 200) : at + 200]!r}\n"
            f"and\n{theirs[max(0, at - 200) : at + 200]!r}"
        )
    first.codes |= set(CODE.findall(first.err)) | set(CODE.findall(first.out))
    return first, faults


def judge(case: Case, number: int) -> tuple[Played, list[str]]:
    """A case, played and judged."""
    if case.other:
        return pair(case)
    if case.argv or case.kind in {"arguments", "command", "ledger"}:
        found = play.command(case, case.files)
        return found, command(case, found, number)
    found = asking.library(case)
    return found, library(found)


def digest(found: Played) -> str:
    """A short name for everything that came of a case, to compare it between environments."""
    parts = [
        str(found.code),
        found.out,
        found.err,
        *(f"{n}{d!r}" for n, d in sorted(found.after.items()) if not n.endswith(BINARY)),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


BINARY: Final = (".xlsx", ".parquet", ".duckdb")


def sort_of(fault: str) -> str:
    """The signature of a fault."""
    return fault.partition(": ")[0]
