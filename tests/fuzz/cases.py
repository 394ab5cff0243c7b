"""Cases: what is run, decided by a seed and a number alone.

In: a seed and a number. Out: a `Case`, which is plain data. Guaranteed: `make` of one seed and number is the same
case on every machine; the id of a case says how it is made.
"""

import base64
import json
import re
from typing import Any, Final

import attrs

from fuzz import commands, contracts, ledgers, mutate
from fuzz.contracts import Written
from fuzz.draw import Draw, draw_for
from fuzz.terms import Scope

KINDS: Final = (
    ("text", 0.64), ("questions", 0.09), ("corpus", 0.06), ("command", 0.135), ("arguments", 0.035), ("facts", 0.02),
    ("files", 0.01), ("ledger", 0.008), ("forms", 0.002),
)  # fmt: skip
"""Kinds of cases and their shares. `facts`, `files` and `forms` hold two versions of a case against each other."""
NAMES: Final = (
    "a.deal", "a.deal", "a.deal", "a.deal", "a.deal", "ü.deal", "a b.deal", "-a.deal", "--on.deal", "a\nb.deal",
    "a\x1b[1m.deal", "a\udcff.deal", "東京.deal", "a\u202eb.deal", "a'b\".deal", "A.DEAL", "a",
    "x" * 240 + ".deal", "a::b.deal",
    "a.csv", "%s.deal", "{0}.deal", "a=b.deal", "#.deal", "~.deal", "a\x7f.deal", "\u200b.deal", "*.deal",
    "[a].deal", "$HOME.deal",
)  # fmt: skip
LONG: Final = 0.004
"""The share of cases with a large contract."""


@attrs.frozen
class File:
    """A file of a case: what it is called, what it holds, and, of a ledger, in which form."""

    name: str
    data: bytes
    form: str = ""
    typed: bool = False
    groups: int = 0
    damage: int = 0
    """A seed for changes to the bytes; nothing where it is 0."""


@attrs.frozen
class Case:
    """A case: a library case asks questions of a text, another runs a command line on files."""

    id: str
    kind: str
    files: tuple[File, ...] = ()
    argv: tuple[str, ...] = ()
    questions: tuple[tuple[str, ...], ...] = ()
    stdin: bytes = b""
    columns: int = 100
    other: tuple[File, ...] = ()
    """The files of a second version that must give the same answers."""

    def dump(self) -> str:
        """The case as JSON."""
        return json.dumps(attrs.asdict(self, value_serializer=_plain), indent=1)

    @property
    def text(self) -> str:
        """The text of a library case."""
        try:
            return self.files[0].data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # some cases have wrong bytes; as text, each is a lone surrogate
            return self.files[0].data.decode("utf-8", "surrogateescape")


def _plain(_: Any, __: Any, value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def loaded(text: str) -> Case:
    """The case that `dump` wrote."""
    raw = json.loads(text)

    def files(listed: list[dict[str, Any]]) -> tuple[File, ...]:
        return tuple(File(**{**each, "data": base64.b64decode(each["data"])}) for each in listed)

    return Case(
        raw["id"], raw["kind"], files(raw["files"]), tuple(raw["argv"]), tuple(map(tuple, raw["questions"])),
        base64.b64decode(raw["stdin"]), raw["columns"], files(raw["other"]),
    )  # fmt: skip


def kind_of(draw: Draw) -> str:
    """The kind of a case."""
    at = draw.random()
    for kind, share in KINDS:
        at -= share
        if at < 0:
            return kind
    return "text"


def make(seed: int, number: int, kind: str | None = None) -> Case:
    """The case of a seed and a number."""
    draw = draw_for(seed, number)
    chosen = kind_of(draw)
    draw.wild = draw.pick((0.0, 0.0, 0.0, 0.0, 0.01, 0.03, 0.15))
    return MAKERS[kind or chosen](draw, f"{seed}:{number}", kind or chosen)


def _size(draw: Draw) -> int:
    return draw.randint(15, 60) if draw.chance(LONG) else 1 + draw.up_to(5)


def _text_of(draw: Draw, written: Written) -> str:
    text = written.text()
    if draw.chance(0.2):
        text = mutate.text(draw, text, mutate.seed(draw) if draw.chance(0.1) else "")
    return text


def _data(draw: Draw, text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    if draw.chance(0.01):
        data = draw.pick((b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n"), mutate.data(draw, data), data[:-1]))
    return data


# --- library cases --------------------------------------------------------------------------------------------------

ASKED: Final = (
    "conflicts", "state", "timeline", "why", "restate", "changes", "history", "compare", "difference", "agenda",
    "settle", "conflicts", "test", "format", "prospects", "bind", "assume", "verb",
)  # fmt: skip


def question(draw: Draw, written: Written, name: str) -> tuple[str, ...]:
    """A question with its arguments."""
    label = commands.value(draw, draw.pick(list(written.scope.labels) or ["c0"]))
    arguments = {
        "why": (label, commands.day(draw)), "history": (label,), "verb": (label,), "agenda": (draw.day(), draw.day()),
        "restate": (commands.day(draw), draw.day()), "difference": (draw.day(), draw.day()),
        "bind": (
            draw.pick(("TOTAL", "PART", "CLOSING", "DISCLOSED", "x")),
            draw.pick((f"{draw.number()} USD", draw.percent(), draw.day(), "yes")),
        ),
        "assume": (draw.pick(("E", "AGI", "OPEN", "breach of c0", "visit", "x")), draw.day()),
        "settle": (draw.pick(("W", "M", "Q", "H", "Y", "Q", "x")), draw.day()),
        "timeline": (draw.day(), draw.day()),
    }  # fmt: skip
    return (name, *arguments.get(name, (commands.day(draw),)))


def _text(draw: Draw, id_: str, kind: str) -> Case:
    written = contracts.contract(draw, _size(draw))
    names = [draw.pick(ASKED)] if kind == "text" else draw.some(ASKED, 3, 6)
    asked = tuple(question(draw, written, name) for name in names)
    return Case(id_, kind, (File("a.deal", _data(draw, _text_of(draw, written))),), questions=asked)


def _corpus(draw: Draw, id_: str, kind: str) -> Case:
    text = mutate.text(draw, mutate.seed(draw), mutate.seed(draw) if draw.chance(0.2) else "")
    written = Written("", Scope(labels={"term": "term"}))
    asked = tuple(question(draw, written, draw.pick(ASKED)) for _ in range(draw.randint(0, 1)))
    return Case(id_, kind, (File("a.deal", _data(draw, text)),), questions=asked)


# --- command lines --------------------------------------------------------------------------------------------------


def split(written: Written, *, others: bool = True) -> list[tuple[str, str]]:
    """The contract in several files: the agreement, and each amendment, and the facts, by themselves."""
    first = [written.header, *written.declarations, *written.clauses]
    found = [("a.deal", "\n".join(part for part in first if part) + "\n")]
    found += [(f"b{n}.deal", block + "\n") for n, block in enumerate(written.blocks)]
    rest = [*written.facts, *(written.expectations if others else [])]
    return [*found, ("z.deal", "\n".join(rest) + "\n")] if rest else found


def _command(draw: Draw, id_: str, kind: str) -> Case:
    written = contracts.contract(draw, _size(draw))
    name = "check" if draw.chance(0.1) else draw.pick(commands.NAMES)
    argv = [name, *commands.WITH_FILES[name](draw, written)]
    stdin, files = b"", [File(draw.pick(NAMES), _data(draw, _text_of(draw, written)))]
    shape = draw.random()
    if shape < 0.12:
        files = [File(part, _data(draw, text)) for part, text in split(written)]
    named = [file.name for file in files]
    if 0.12 < shape < 0.15:
        outer = f'include "{draw.pick((files[0].name, "b.deal", "../case/a.deal", "main.deal"))}"\n'
        files, named = [*files, File("main.deal", _data(draw, outer))], ["main.deal"]
    if shape < 0.04:
        files = [attrs.evolve(file, name=f"deal/{file.name}") for file in files]
        named = ["deal"]
    elif 0.9 < shape < 0.93:
        stdin, files, named = files[0].data, [], ["-"]
    if name == "diff" and "--against" not in argv:
        files.append(File("new.deal", _data(draw, mutate.text(draw, written.text()))))
        named.append("new.deal")
    if name == "what-if":
        written.instruments.append("draft")
        block = contracts.amendment(draw, written, 9).partition("\n")
        head = block[0] if draw.chance(0.3) else "amend draft"
        files.append(File("draft.deal", _data(draw, f"{head}\n{block[2]}\n")))
    if name == "check" and draw.chance(0.2):
        files = [attrs.evolve(file, name=f"deals/{n}/{file.name}") for n, file in enumerate(files)]
        argv, named = [*argv, "--portfolio", "deals"], []
    words = [
        *argv,
        *(["--"] if any(n.startswith("-") and n != "-" for n in named) and draw.chance(0.8) else []),
        *named,
    ]
    if draw.chance(0.06):
        words = mutate.words(draw, words)
    columns = draw.pick((100, 100, 40, 1, 200))
    return Case(id_, kind, tuple(files), tuple(_dated(words)), stdin=stdin, columns=columns)


def _dated(words: list[str]) -> list[str]:
    """The words with a day where the clock would decide; what is beyond that (bad words) may fail as it likes."""
    needs = {"state": "--on", "restate": "--on", "calendar": "--from", "why": "--on"}.get(words[0] if words else "")
    if needs and not any(word == needs or word.startswith(f"{needs}=") for word in words):
        return [words[0], needs, "2025-06-01", *words[1:]]
    return words


def _arguments(draw: Draw, id_: str, kind: str) -> Case:
    words = commands.without_files(draw)
    if draw.chance(0.5):
        words = mutate.words(draw, list(words))
    files = (File("a.deal", b"license MSFT nonexclusive until 2032\n"),) if draw.chance(0.5) else ()
    return Case(id_, kind, files, tuple(_dated([word for word in words if "\0" not in word])))


# --- ledgers, and equalities ----------------------------------------------------------------------------------------


def money(draw: Draw) -> Written:
    """A contract with streams and a share of each."""
    written = contracts.contract(draw, 1)
    scope = written.scope
    if not scope.streams:
        scope.streams = ["sales"]
        if scope.parties and written.header:
            written.declarations.append('stream sales "sales"')
    first, second = (scope.parties or ["A", "B"])[:2]
    for number, stream in enumerate(scope.streams):
        written.clauses.append(f"s{number}: revshare {first}->{second} {draw.percent()} of {stream}")
        scope.labels[f"s{number}"] = "revshare"
    return written


def _ledger(draw: Draw, id_: str, kind: str) -> Case:
    written = money(draw)
    name = draw.pick(
        ("books.csv", "books.csv", "books.tsv", "books.csv.gz", "books.parquet", "books.duckdb", "ü\n'.csv", "a*.csv")
    )
    form = name.partition(".")[2]
    table = ledgers.rows(draw, written.scope, good=form in {"parquet", "duckdb"} or draw.chance(0.5))
    damage = draw.randint(1, 10**6) if draw.chance(0.1) else 0
    book = File(name, ledgers.delimited(table), form, draw.chance(0.5), draw.randint(0, 2), damage)
    files = [File("a.deal", written.text().encode("utf-8", "surrogatepass")), book]
    source = name if form != "duckdb" else draw.pick((name, f"{name}::t", f"{name}::v", f"{name}::x", f"{name}::"))
    argv = [
        "settle",
        "a.deal",
        draw.pick(("--ledger", "--ledger", "--forecast")),
        source,
        *commands.settle(draw, written),
    ]
    if draw.chance(0.15):
        argv += ["--detail", draw.pick(("detail.csv", "detail.parquet", "detail.txt", "no/detail.csv"))]
    if draw.chance(0.2):
        argv += ["--rates", "rates.csv"]
        files.append(File("rates.csv", ledgers.rates(draw)))
    if draw.chance(0.1):
        argv += ["--map", draw.pick(("amount=net", "date=date", "x=y", "amount=amount,date=day", "id=ID"))]
    if draw.chance(0.1):
        argv += draw.pick(
            (["--format", "parquet", "-o", "out.parquet"], ["--format", "xlsx", "-o", "out.xlsx"], ["--plot", "p.txt"])
        )
    return Case(id_, kind, tuple(files), tuple(argv))


def _forms(draw: Draw, id_: str, kind: str) -> Case:
    written = money(draw)
    table = ledgers.rows(draw, written.scope, good=True)
    agreement = File("a.deal", written.text().encode("utf-8", "surrogatepass"))
    other = list(table)
    draw.shuffle(other)
    form = draw.pick(("csv", "tsv", "csv.gz", "parquet", "duckdb", "arrow"))
    cut = draw.randint(0, len(other) - 1) if form != "duckdb" else 0
    parts = [part for part in (other[:cut], other[cut:]) if part]
    made = [
        File(f"m{n}.{form}", ledgers.delimited(part), form, draw.chance(0.6), draw.randint(0, 2))
        for n, part in enumerate(parts)
    ]
    return Case(id_, kind, (agreement, File("l.csv", ledgers.delimited(table))), other=(agreement, *made))


EQUAL: Final = ("state", "timeline", "calendar", "settle", "restate")


def _facts(draw: Draw, id_: str, kind: str) -> Case:
    written = contracts.contract(draw, 1 + draw.up_to(3))
    for number in range(draw.randint(2, 5)):
        written.facts += [found] if (found := contracts.fact(draw, written, f"g{number}")) else []
    one = written.text()
    draw.shuffle(written.facts)
    return _twice(draw, id_, kind, written, [("a.deal", one)], [("a.deal", written.text())])


SIGNED: Final = re.compile(r"^(?:amend|deal|reading)\b[^\n]* signed (\d{4}(?:-\d\d){0,2})", re.MULTILINE)


def _files(draw: Draw, id_: str, kind: str) -> Case:
    written = contracts.contract(draw, 1 + draw.up_to(3))
    written.expectations = []
    written.header = written.header or "deal d signed 2024-01-01"  # else the first file gives the deal its name
    one = split(written)
    other = list(one)
    days = [f"{day}-01-01"[:10] for _, text in one for day in SIGNED.findall(text)]
    if len(set(days)) == len(days):  # on one signing day, the order of the files is that of the instruments
        draw.shuffle(other)
    return _twice(draw, id_, kind, written, one, other)


def _twice(
    draw: Draw, id_: str, kind: str, written: Written, one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> Case:
    name = draw.pick(("state", "timeline", "calendar"))
    argv = [name, *commands.WITH_FILES[name](draw, written)]
    for at in [n for n, word in enumerate(argv) if word in {"-o", "--output"}]:
        del argv[at : at + 2]
    pair = [tuple(File(part, text.encode("utf-8", "surrogatepass")) for part, text in files) for files in (one, other)]
    return Case(id_, kind, pair[0], (*argv, "--format", "json"), other=pair[1])


MAKERS: Final = {
    "text": _text, "questions": _text, "corpus": _corpus, "command": _command, "arguments": _arguments, "facts": _facts,
    "files": _files, "ledger": _ledger, "forms": _forms,
}  # fmt: skip
