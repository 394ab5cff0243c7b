"""The values that a caller gives to unknowns, and the names that can be supposed at all.

In: a name and a text, from `--set` or the library. Out: an unknown's value. Guaranteed: a name that the contract does
not have is a KeyError that suggests one; a text that is no value, a ValueError.
"""

from collections.abc import Collection, Iterator

from dealrun.diagnostics import Report, nearest, no_clause
from dealrun.errors import ArgumentError, UnknownNameError
from dealrun.model import show
from dealrun.model.contract import Add, Model
from dealrun.model.keys import DeclarationKey
from dealrun.model.resolve.facts import read_unknown
from dealrun.model.resolve.scope import Scope
from dealrun.model.values import Amount, End, Holds, OnDate, Quantity, Start, Value
from dealrun.model.vocabulary import RECORDED
from dealrun.source import SourceText
from dealrun.state.references import blanks
from dealrun.syntax import parse


def _declared(model: Model, word: str) -> Iterator[tuple[str, str]]:
    """(name, sort) of declarations of a word."""
    for instrument in model.instruments:
        for operation in instrument.operations:
            if isinstance(operation, Add) and operation.entry.word == word:
                kind = operation.entry.terms.get("kind")
                value = kind.value.limbs[0][0] if kind else None
                yield operation.entry.name, getattr(value, "word", "amount")


def _names(model: Model) -> dict[str, str]:
    """Every name that can be supposed, and what sort it is: event, condition or an unknown's kind."""
    found = {name: "event" for name, _ in _declared(model, "event")}
    found |= {name: "condition" for name, _ in _declared(model, "condition")}
    found |= dict(_declared(model, "unknown"))
    found |= {assumed.name: assumed.kind.removeprefix("unknown ") for assumed in model.assumed}
    for instrument in model.instruments:
        for operation in instrument.operations:
            if isinstance(operation, Add) and operation.entry.is_clause:
                for kind in RECORDED:
                    found.setdefault(f"{kind} of {operation.entry.key}", "event")
            for text in _quoted(operation):
                found.setdefault(f'"{text}"', "condition")
    return found


def _quoted(operation: object) -> Iterator[str]:
    terms = getattr(getattr(operation, "entry", None), "terms", None) or getattr(operation, "terms", None) or {}
    for term in terms.values():
        todo: list[object] = [value for value, _ in term.value.limbs] if term else []
        while todo:
            value = todo.pop()
            if isinstance(value, Holds) and value.kind == "quoted":
                yield value.name
            todo.extend(getattr(value, "parts", ()))
            if hasattr(value, "part"):
                todo.append(value.part)


def sort_of(model: Model, name: str) -> tuple[str, str]:
    """A name as the contract has it, and what sort it is: event, condition or an unknown's kind."""
    names = _names(model)
    for candidate in (name, f'"{name}"'):
        if candidate in names:
            return candidate, names[candidate]
    near = nearest(name, names)
    raise UnknownNameError(f"the contract has no `{name}`" + (f"; did you mean `{near}`?" if near else ""))


def binding(model: Model, name: str, text: str) -> tuple[str, Value | bool]:
    """An unknown and its value, as it would be written in a file."""
    names = _names(model)
    redacted = blanks(operation for instrument in model.instruments for operation in instrument.operations)
    found, sort = (name, redacted[name]) if name in redacted and name not in names else sort_of(model, name)
    if sort in {"event", "condition"}:
        raise ArgumentError(
            f"`{name}` is {'an' if sort == 'event' else 'a'} {sort}; suppose it with `--assume {name}=DATE`"
        )
    if not text.isprintable():
        raise ArgumentError(f"`{text!r}` is no value for `{name}`")
    report = Report()
    file = parse(SourceText("<value>", f"record x = {text}\n"), report)
    scope = Scope("", report)
    value = None
    if not report.found and file.statements:
        item = file.statements[0].items[-1]
        if item.modifier == "=" and len(item.values) == 1:
            value = read_unknown(item.values[0], sort, found, scope)
    if value is None:
        why = report.found[0].message if report.found else "not a value"
        raise ArgumentError(f"`{text}` is no value for `{name}`, an unknown {sort}: {why}")
    wrong = _outside(model, found, sort, value)
    if wrong:
        raise ArgumentError(f"`{text}` is no value for `{name}`, which {wrong}")
    return found, value


def opening(labels: Collection[str], label: str, text: str) -> tuple[str, Quantity]:
    """What the cap or floor of a clause has counted so far, by its label."""
    if label not in labels:
        raise no_clause(label, labels)
    report = Report()
    file = parse(SourceText("<value>", f"record x = {text}\n" if text.isprintable() else ""), report)
    items = file.statements[0].items if file.statements and not report.found else ()
    item = items[1] if len(items) == 2 else None
    value = read_unknown(item.values[0], "amount", label, Scope("", report)) if item and len(item.values) == 1 else None
    if not isinstance(value, Amount) or not isinstance(value.expression, Quantity) or report.found:
        raise ArgumentError(f"`{text}` is no amount for `{label}`; write the number and its unit: `60m USD`")
    return label, value.expression


def _outside(model: Model, name: str, sort: str, value: Value | bool) -> str | None:
    """Why a value cannot be that of an unknown: its unit, or the bounds it was declared with."""
    entry = next(
        (
            operation.entry
            for instrument in model.instruments
            for operation in instrument.operations
            if isinstance(operation, Add) and operation.key == DeclarationKey("unknown", name)
        ),
        None,
    )
    quantity = value.expression if isinstance(value, Amount) else None
    if isinstance(quantity, Quantity) and sort == "percentage" and quantity.unit != "%":
        return "is a percentage"
    for word, term in entry.terms.items() if entry else ():
        bound = term.value.limbs[0][0]
        limit = bound.expression if isinstance(bound, Amount) else None
        if isinstance(quantity, Quantity) and isinstance(limit, Quantity):
            if limit.unit != quantity.unit:
                return f"is in {limit.unit}"
            if (word == "at least") == (quantity.number < limit.number) and quantity.number != limit.number:
                return f"is {show.show(bound)} {'or more' if word == 'at least' else 'or less'}"
        if isinstance(value, Start) and isinstance(value.time, OnDate):
            if isinstance(bound, Start) and isinstance(bound.time, OnDate) and value.time.last < bound.time.first:
                return f"is {show.show(bound)}"
            if isinstance(bound, End) and isinstance(bound.time, OnDate):
                last = bound.time.last if bound.word == "until" else bound.time.first - 1
                if value.time.first > last:
                    return f"is {show.show(bound)}"
    return None
