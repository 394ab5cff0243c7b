"""Values into what they say: one reader for each kind of term.

In: the written values of one item, and the term that they are of. Out: the value, or None. Guaranteed: what has no
value is reported, with what could stand there.
"""

from collections import Counter
from collections.abc import Callable

from dealrun.model.keys import DeclarationKey
from dealrun.model.resolve import amounts
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.read_statement import ReadStatement
from dealrun.model.values import (
    REDACTED,
    Amount,
    Condition,
    Due,
    Duration,
    End,
    Happened,
    Names,
    OnEvent,
    Start,
    Text,
    Value,
    Word,
)
from dealrun.model.vocabulary import Term, ValueKind
from dealrun.syntax import Branch, Expr, Item, Leaf

CAN_BE_REDACTED = frozenset({
    ValueKind.AMOUNT, ValueKind.START, ValueKind.END, ValueKind.DUE, ValueKind.DURATION, ValueKind.NAMES,
    ValueKind.ACT, ValueKind.TEXT,
})  # fmt: skip
INSTEAD = {
    ValueKind.PARTY: 'declare who it is, by any name: `party X "[redacted]"`',
    ValueKind.LABELS: "name the clauses that it is likely to be, or leave it out",
    ValueKind.CONDITION: 'write it in quotes: `"[redacted]"` is a condition that is unknown',
    ValueKind.EVENT: 'declare it, by any name: `event X "[redacted]"`',
}
"""What to write in the place of `***`, by kind of term."""
SEVERAL = frozenset({
    ValueKind.NAMES, ValueKind.LABELS, ValueKind.PARTY, ValueKind.ACT, ValueKind.TEXT, ValueKind.SHARES, ValueKind.END,
})  # fmt: skip
"""The kinds of terms that take several values, or say themselves what is wrong with them."""


def _is_redacted(expr: Expr) -> bool:
    return isinstance(expr, Leaf) and expr.kind in {"REDACTED", "REDACTED_DURATION"}


def _joined(expr: Expr) -> tuple[Expr, ...]:
    """The members of a list that `and` joins, as an expectation writes it."""
    return expr.parts if isinstance(expr, Branch) and expr.kind == "conjunction" else (expr,)


def cannot_be_redacted(reader: ReadStatement, term: Term, expr: Expr) -> None:
    """Report that something is blacked out which cannot be, with what to write."""
    reader.fail(
        "DR301", f"`{expr.span.text}` cannot stand for the `{term.name}` of `{reader.form.word}`", expr.span,
        help_=INSTEAD.get(term.kind) or (
            f'declare it, by any name: `{term.refers_to[0]} x "[redacted]"`' if term.refers_to
            else "leave it out, or write what is likely"
        ),
    )  # fmt: skip


def _word(reader: ReadStatement, term: Term, values: tuple[Expr, ...], _: Item | None) -> Word | None:
    expr = values[0]
    if type(expr) is Leaf and expr.text in term.words:
        return Word(expr.text)
    text = ex.word(expr, term.words or (term.name,), f"`{term.name}`", reader.scope)
    return Word(text) if text else None


def _text(reader: ReadStatement, term: Term, values: tuple[Expr, ...], _: Item | None) -> Text | None:
    expr = values[0]
    if isinstance(expr, Leaf) and expr.kind in {"STRING", "REDACTED"} and len(values) == 1:
        return Text(REDACTED[1:-1] if expr.kind == "REDACTED" else expr.text)
    reader.fail("DR301", f"`{term.name}` takes one quoted text", expr.span)
    return None


def _act(reader: ReadStatement, term: Term, values: tuple[Expr, ...], item: Item | None) -> Text | Names | None:
    if isinstance(values[0], Leaf) and values[0].kind in {"STRING", "REDACTED"}:
        return _text(reader, term, values, item)
    return names(reader, term, values, item)


def _shares(reader: ReadStatement, term: Term, values: tuple[Expr, ...], _: Item | None) -> Value | None:
    return amounts.shares(reader, term, values)


def _end(reader: ReadStatement, _: Term, values: tuple[Expr, ...], item: Item | None) -> End | None:
    if isinstance(values[0], Leaf) and values[0].text == "perpetual":
        return End("perpetual")
    return end(reader, item) if item else None


def _start(reader: ReadStatement, term: Term, values: tuple[Expr, ...], item: Item | None) -> Start | None:
    at = ex.time(values[0], reader.scope, naming=reader.naming(term.name))
    return Start("after" if item and item.modifier == "after" else "from", at) if at else None


def _length(reader: ReadStatement, term: Term, values: tuple[Expr, ...], _: Item | None) -> Duration | None:
    if _is_redacted(values[0]) and term.name == "every":
        reader.fail("DR301", f"`{values[0].span.text}` is no period by which an event comes", values[0].span,
                    help_="leave `every` out, and record each time that it happened")  # fmt: skip
        return None
    length = ex.duration(values[0], reader.scope, reader.naming(term.name))
    if length and not length.count and not length.redacted and term.name in {"renews", "every"}:
        reader.fail("DR305", f"`{term.name}` needs a duration longer than none", values[0].span)
        return None
    return length


def _count(reader: ReadStatement, term: Term, values: tuple[Expr, ...], _: Item | None) -> Amount | None:
    expr = values[0]
    if isinstance(expr, Leaf) and expr.kind == "NUMBER" and expr.text.isdigit():
        resolved = ex.Amounts(reader.scope, reader.symbol).resolve(expr, factor=True)
        return Amount(resolved[0]) if resolved else None
    reader.fail("DR301", f"`{term.name}` takes a whole number", expr.span)
    return None


def _condition(reader: ReadStatement, _: Term, values: tuple[Expr, ...], __: Item | None) -> Condition | None:
    return ex.condition(values[0], reader.scope)


def end(reader: ReadStatement, item: Item) -> End | None:
    """The end that `until`, `through`, `before` or `for` states."""
    if not item.values:
        reader.fail("DR301", f"`{item.modifier}` needs a day, an event or a duration", item.span)
        return None
    expr = item.values[0]
    if len(item.values) > 1:
        reader.fail("DR301", f"`{item.modifier}` takes one end, not {len(item.values)}", item.values[1].span,
                   help_="write `earlier of A, B` or `later of A, B`")  # fmt: skip
        return None
    if item.modifier == "for":
        length = ex.duration(expr, reader.scope, reader.naming("until"))
        return End("for", length) if length else None
    at = ex.time(expr, reader.scope, naming=reader.naming("until"))
    if at is None:
        return None
    return End("before" if item.modifier == "before" else "until", at)


def _due(reader: ReadStatement, term: Term, values: tuple[Expr, ...], item: Item | None) -> Due | None:
    expr = values[0]
    within = item is not None and item.modifier == "within"
    if isinstance(expr, Leaf) and (expr.kind == "DURATION" or (_is_redacted(expr) and (within or term.name == "cure"))):
        length = ex.duration(expr, reader.scope, reader.naming(term.name))
        return Due("within", length) if length else None
    at = ex.time(expr, reader.scope, naming=reader.naming(term.name))
    if at is None:
        return None
    return Due("within" if within else "by", at)


def _event(reader: ReadStatement, _: Term, values: tuple[Expr, ...], __: Item | None) -> Happened | None:
    expr = values[0]
    if isinstance(expr, Branch) and expr.kind == "event_of":
        event = ex.event_of(expr, reader.scope)
        return Happened(event) if event else None
    if isinstance(expr, Leaf) and expr.kind == "NAME":
        resolved = reader.scope.name(expr, ("event",), "event")
        return Happened(OnEvent(resolved[0])) if resolved else None
    reader.fail("DR301", f"{ex.found(expr)} is not an event", expr.span)
    return None


def names(reader: ReadStatement, term: Term, values: tuple[Expr, ...], _: Item | None = None) -> Names | None:
    """The names that a list stands for."""
    if len(values) == 1 and type(only := values[0]) is Leaf and only.kind == "NAME":
        declared = reader.scope.names.get(only.text)
        kinds = ("party", "person") if term.kind is ValueKind.PARTY else term.refers_to
        if declared and term.kind is not ValueKind.LABELS and (not kinds or declared.kind in kinds):
            name = reader.scope.key(only.text)
            reader.scope.table.use(only.source, only.start, only.end, DeclarationKey(declared.kind, name))
            return Names((name,))
    members: list[str] = []
    good = True
    several = [part for expr in values for part in _joined(expr)] if term.kind is ValueKind.LABELS else values
    for expr in several:
        if _is_redacted(expr) and (term.kind in INSTEAD or term.refers_to):
            cannot_be_redacted(reader, term, expr)
            found = None
        elif term.kind is ValueKind.LABELS:
            key = reader.scope.label(expr) if isinstance(expr, Leaf) and expr.kind == "NAME" else None
            if key is None and not (isinstance(expr, Leaf) and expr.kind == "NAME"):
                reader.fail("DR301", f"{ex.found(expr)} is not a label", expr.span)
            found = [key] if key else None
        else:
            kinds = ("party", "person") if term.kind is ValueKind.PARTY else term.refers_to
            found = ex.names(expr, reader.scope, kinds, (kinds or ("asset",))[0])
        if found is None:
            good = False
        else:
            members.extend(found)
    if not good:
        return None
    joined = "or" if isinstance(values[0], Branch) and values[0].kind == "disjunction" else ","
    if joined == "or" and term.name != "declared by":
        reader.fail(
            "DR301", f"`or` does not join {'parties' if term.kind is ValueKind.PARTY else 'names'}: "
            f"`{values[0].span.text}`", values[0].span,
            help_="write a clause for each party, or name all that are bound with commas: `A, B`"
            if term.kind is ValueKind.PARTY else "write them with commas: `a, b`",
        )  # fmt: skip
        return None
    if len(set(members)) < len(members) and term.kind is not ValueKind.PARTY:  # those are told with both sides
        twice = next(name for name, count in Counter(members).items() if count > 1)
        reader.fail("DR303", f"`{twice.removeprefix(reader.scope.prefix)}` is named twice", values[-1].span,
                   help_="give it once")  # fmt: skip
        return None
    return Names(tuple(members), joined)


READERS: dict[ValueKind, Callable[[ReadStatement, Term, tuple[Expr, ...], Item | None], Value | None]] = {
    ValueKind.WORD: _word,
    ValueKind.FLAG: _word,
    ValueKind.NAMES: names,
    ValueKind.LABELS: names,
    ValueKind.PARTY: names,
    ValueKind.TEXT: _text,
    ValueKind.ACT: _act,
    ValueKind.DURATION: _length,
    ValueKind.COUNT: _count,
    ValueKind.START: _start,
    ValueKind.END: _end,
    ValueKind.DUE: _due,
    ValueKind.CONDITION: _condition,
    ValueKind.EVENT: _event,
    ValueKind.SHARES: _shares,
}
"""How the value of a term of each kind is read; amounts have windows and are read by `amounts`."""
