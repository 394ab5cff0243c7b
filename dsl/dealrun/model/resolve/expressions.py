"""Written expressions into times, conditions and amounts.

In: an expression of the written tree, the scope, and what the term is called. Out: a value of the model, or None after
reporting what was expected instead. Guaranteed: a value is of the sort its term asks for; units add up.
"""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from dealrun.diagnostics import Report, did_you_mean
from dealrun.model import kinds
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.keys import DeclarationKey
from dealrun.model.resolve import literals
from dealrun.model.resolve.literals import Wrong
from dealrun.model.resolve.scope import Scope
from dealrun.model.values import (
    REDACTED,
    AllOf,
    AnyOf,
    Condition,
    Duration,
    Expression,
    Extreme,
    Happened,
    Holds,
    InForce,
    Limb,
    Negation,
    Offset,
    OnDate,
    OnEvent,
    OnUnknown,
    PaidUnder,
    Product,
    Quantity,
    Redacted,
    Sum,
    Symbol,
    Time,
)
from dealrun.source import Span
from dealrun.syntax import Branch, Expr, Leaf

DATES = frozenset({"DATE", "MONTH", "QUARTER", "YEAR"})
NUMBERS = frozenset({"QUANTITY", "MONEY", "PERCENT", "FRACTION", "NUMBER"})


def found(expr: Expr) -> str:
    """An expression as a message names it."""
    return f"`{expr.span.text}`"


def wrong(report: Report, what: Wrong, span: Span) -> None:
    """Report a literal that has no value."""
    report.add(what.code, what.message, span, help=what.help)


Naming: TypeAlias = Callable[[], str]
"""Gives what is blacked out in a term its name."""


def _is_blank(expr: Leaf, *, length: bool) -> bool:
    """Whether a leaf is a redacted day (`***`), or a redacted duration (`***`, `*** days`)."""
    return expr.text in {"***", "[***]"} or (length and expr.kind == "REDACTED_DURATION")


def time(expr: Expr, scope: Scope, wanted: str = "a day or an event", naming: Naming | None = None) -> Time | None:
    """A time. Without a `naming` nothing can be blacked out in it."""
    if isinstance(expr, Leaf):
        if naming is not None and _is_blank(expr, length=False):
            return OnUnknown(naming(), redacted=True)
        if expr.kind in DATES:
            return _checked(literals.calendar_date(expr.kind, expr.text), expr, scope)
        if expr.kind == "NAME":
            return _named_time(expr, scope)
        if expr.kind == "NUMBER":
            scope.report.add("DR301", f"{found(expr)} is not {wanted}", expr.span, help="write dates as YYYY-MM-DD")
            return None
    elif expr.kind == "event_of":
        return event_of(expr, scope)
    elif expr.kind == "offset":
        length = duration(expr.parts[0], scope, naming)
        base = time(expr.parts[1], scope, naming=naming)
        return Offset(length, expr.words[0] == "before", base) if length and base else None
    elif expr.kind == "limb" and expr.words[0] in {"earlier of", "later of"}:
        parts = [time(part, scope, naming=naming) for part in expr.parts]
        whole = tuple(part for part in parts if part is not None)
        return Limb(expr.words[0] == "earlier of", whole) if len(whole) == len(parts) else None
    scope.report.add("DR301", f"{found(expr)} is not {wanted}", expr.span, help=_time_help(expr))
    return None


ABOUT = "`about` is said of an amount; write the day or the duration as it is meant, or declare an `unknown ... date`"


def _time_help(expr: Expr) -> str | None:
    if isinstance(expr, Branch) and expr.kind == "about":
        return ABOUT
    if isinstance(expr, Leaf) and expr.kind == "REDACTED":
        return "a day that is blacked out is `***` alone, in a term of a clause"
    if isinstance(expr, Leaf) and expr.kind in {"DURATION", "REDACTED_DURATION"}:
        return "a duration needs an anchor (`45 days after X`), or write `for 45 days`"
    if isinstance(expr, Branch) and expr.kind in {"disjunction", "conjunction"}:
        return "`or` and `and` join conditions; write `earlier of A, B` or `later of A, B`"
    return None


def _checked(value: OnDate | Wrong, expr: Leaf, scope: Scope) -> OnDate | None:
    if isinstance(value, Wrong):
        wrong(scope.report, value, expr.span)
        return None
    return value


def _named_time(leaf: Leaf, scope: Scope) -> OnEvent | OnUnknown | None:
    if leaf.text in scope.labels and scope.find(leaf.text) is None:
        scope.report.add(
            "DR203",
            f"`{leaf.text}` is a clause; a day or an event is needed here",
            leaf.span,
            help=f"write which of its events: `start of {leaf.text}`, `end of {leaf.text}`",
        )
        return None
    resolved = scope.name(leaf, ("event", "unknown date"), "event")
    if resolved is None:
        return None
    key, kind = resolved
    return OnEvent(key) if kind == "event" else OnUnknown(key)


def event_of(expr: Branch, scope: Scope) -> OnEvent | None:
    """An event that a label supplies."""
    leaf = expr.parts[0]
    assert isinstance(leaf, Leaf)
    word = expr.words[0].partition(" ")[0]
    key = scope.label(leaf)
    return OnEvent(word, key) if key else None


def duration(expr: Expr, scope: Scope, naming: Naming | None = None) -> Duration | None:
    """A duration. Without a `naming` it cannot be blacked out."""
    if isinstance(expr, Leaf) and naming is not None and _is_blank(expr, length=True):
        return Duration(0, "day", redacted=Redacted(naming(), " ".join(expr.text.replace("[***]", "***").split())))
    if isinstance(expr, Leaf) and expr.kind == "DURATION":
        value = literals.duration(expr.text)
        if isinstance(value, Wrong):
            wrong(scope.report, value, expr.span)
            return None
        return attrs.evolve(value, calendar=scope.calendar) if value.unit == "business day" else value
    help_ = None
    if isinstance(expr, Leaf) and expr.kind in {"QUANTITY", "NUMBER"}:
        help_ = "write a duration: `45 days`, `10 business days`, `3 months`, `2 years`"
    elif isinstance(expr, Branch) and expr.kind == "about":
        help_ = ABOUT
    elif isinstance(expr, Leaf) and expr.kind == "REDACTED":
        help_ = "a duration that is blacked out is `***` or `*** days`"
    elif isinstance(expr, Branch) and expr.kind == "offset":
        help_ = "`for` takes a duration alone; say where it starts with `from`"
    elif isinstance(expr, Leaf) and expr.kind == "NAME":
        help_ = (
            "write a duration: `45 days`; name a party with an arrow, a thing with `to` or `of`, "
            "clauses directly (`books report`)"
        )
    scope.report.add("DR301", f"{found(expr)} is not a duration", expr.span, help=help_)
    return None


def condition(expr: Expr, scope: Scope) -> Condition | None:
    """A condition."""
    if isinstance(expr, Leaf):
        if expr.kind == "STRING":
            return Holds(expr.text, "quoted")
        if expr.kind == "NAME":
            return _named_condition(expr, scope)
    elif expr.kind == "event_of":
        event = event_of(expr, scope)
        return Happened(event) if event else None
    elif expr.kind == "negation":
        part = condition(expr.parts[0], scope)
        return Negation(part) if part else None
    elif expr.kind in {"conjunction", "disjunction"}:
        parts = [condition(part, scope) for part in expr.parts]
        whole = tuple(part for part in parts if part is not None)
        if len(whole) < len(parts):
            return None
        return AllOf(whole) if expr.kind == "conjunction" else AnyOf(whole)
    scope.report.add(
        "DR301",
        f"{found(expr)} is not a condition",
        expr.span,
        help="a condition is an event, a condition, a label, a quoted text, or these with `and`, `or`, `not`",
    )
    return None


def _named_condition(leaf: Leaf, scope: Scope) -> Condition | None:
    label = scope.find_label(leaf.text)
    declared = scope.find(leaf.text)
    if label and declared:
        scope.report.add(
            "DR207",
            f"`{leaf.text}` is both a label and {declared[2].kind} `{leaf.text}`",
            leaf.span,
            help="rename one of them, or write which event of the clause: `start of`, `end of`",
        )
        return None
    if label:
        scope.use(leaf, label)
        return InForce(label)
    resolved = scope.name(leaf, ("event", "condition", "unknown truth"), "event")
    if resolved is None:
        return None
    key, kind = resolved
    if kind == "event":
        return Happened(OnEvent(key))
    return Holds(key, "condition" if kind == "condition" else "unknown")


# --- amounts ------------------------------------------------------------------------------------------------------


@attrs.frozen
class Amounts:
    """Resolves amounts of one term; `symbol` names what is redacted in it."""

    scope: Scope
    symbol: str

    def resolve(self, expr: Expr, *, factor: bool = False) -> tuple[Expression, kinds.Dimension] | None:
        """An amount and its dimension. `factor` allows a bare number."""
        if isinstance(expr, Leaf):
            return self._leaf(expr, factor=factor)
        match expr.kind:
            case "about":
                inner = self.resolve(expr.parts[0], factor=factor)
                if inner is None or not isinstance(inner[0], Quantity):
                    if inner is not None:
                        self._refuse(expr, "`about` stands before a number")
                    return None
                return attrs.evolve(inner[0], about=True), inner[1]
            case "sum":
                return self._sum(expr)
            case "product":
                return self._product(expr)
            case "limb" if expr.words[0] in {"lower of", "greater of"}:
                parts = self._same(expr, [self.resolve(part) for part in expr.parts])
                if parts is None:
                    return None
                return Extreme(expr.words[0] == "lower of", tuple(part for part, _ in parts[0])), parts[1]
            case "paid_under":
                leaf = expr.parts[0]
                assert isinstance(leaf, Leaf)
                key = self.scope.label(leaf)
                if key is not None and self.symbol.startswith(f"{key}."):
                    self.scope.report.add(
                        "DR208", f"circular dependency: `{leaf.text}` depends on what is paid under itself", leaf.span,
                        help="name another clause, or state the amount",
                    )  # fmt: skip
                    return None
                return (PaidUnder(key), kinds.RECEIPTS) if key else None
        self._refuse(expr, None)
        return None

    def _refuse(self, expr: Expr, help_: str | None) -> None:
        self.scope.report.add("DR301", f"{found(expr)} is not an amount", expr.span, help=help_)

    def _leaf(self, leaf: Leaf, *, factor: bool) -> tuple[Expression, kinds.Dimension] | None:
        report = self.scope.report
        if leaf.kind in NUMBERS:
            value = literals.quantity(leaf.kind, leaf.text)
            if not isinstance(value, Wrong):
                value = literals.unit_of(value, self.scope.dollar, self.scope.units)
            if isinstance(value, Wrong):
                wrong(report, value, leaf.span)
                return None
            if not value.unit and not factor:
                report.add(
                    "DR307",
                    f"`{leaf.text}` has no unit",
                    leaf.span,
                    help="a unit is never implied: write `38bn USD`, `20%`, or a declared unit",
                )
                return None
            if value.unit in self.scope.units:
                start = leaf.end - len(value.unit)
                self.scope.table.use(leaf.source, start, leaf.end, DeclarationKey("unit", self.scope.key(value.unit)))
            return value, value.unit or kinds.FACTOR
        if leaf.kind == "REDACTED":
            unit = leaf.text.replace("[***]", "***").removeprefix("***").strip()
            return Symbol(self.symbol, "redacted"), unit or kinds.OPEN
        if leaf.kind == "NAME":
            resolved = self.scope.name(leaf, ("unknown amount", "unknown percentage", "stream"), "unknown amount")
            if resolved is None:
                return None
            key, kind = resolved
            if kind == "stream":
                return Symbol(key, "stream"), kinds.RECEIPTS
            return Symbol(key, "unknown"), "%" if kind.endswith("percentage") else kinds.UNKNOWN
        if leaf.kind == "YEAR":
            self._refuse(leaf, f"a bare {leaf.text} is a year; write a number with its unit: `{leaf.text[0]},"
                               f"{leaf.text[1:]} UNIT`")  # fmt: skip
            return None
        self._refuse(leaf, None)
        return None

    def _same(
        self, expr: Branch, parts: list[tuple[Expression, kinds.Dimension] | None]
    ) -> tuple[list[tuple[Expression, kinds.Dimension]], kinds.Dimension] | None:
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            return None
        dimension = whole[0][1]
        for index, (_, other) in enumerate(whole):
            both = kinds.joined(dimension, other)
            if both is None:
                self.scope.report.add(
                    "DR309",
                    f"{kinds.described(other)} and {kinds.described(dimension)} do not combine",
                    expr.parts[index].span,
                    help="two currencies never add; give both in one"
                    if {dimension, other} <= MINOR_DIGITS.keys()
                    else "add and compare amounts of one kind and one unit",
                )
                return None
            dimension = both
        return whole, dimension

    def _sum(self, expr: Branch) -> tuple[Expression, kinds.Dimension] | None:
        parts = self._same(expr, [self.resolve(part) for part in expr.parts])
        if parts is None:
            return None
        signs = (1, *(1 if word == "+" else -1 for word in expr.words))
        return Sum(tuple((sign, part) for sign, (part, _) in zip(signs, parts[0], strict=True))), parts[1]

    def _product(self, expr: Branch) -> tuple[Expression, kinds.Dimension] | None:
        parts = [self.resolve(part, factor=True) for part in expr.parts]
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            return None
        dimensions = [dimension for _, dimension in whole if dimension not in {kinds.FACTOR, "%"}]
        closed = [dimension for dimension in dimensions if dimension != kinds.OPEN]
        if len(closed) > 1:
            self.scope.report.add(
                "DR309",
                f"{' times '.join(kinds.described(each) for each in closed)} is not an amount",
                expr.span,
                help="multiply an amount by numbers or percentages: `20% * paid under LABEL`",
            )
            return None
        scalar = "%" if any(dimension == "%" for _, dimension in whole) else kinds.FACTOR
        return Product(tuple(part for part, _ in whole)), next(iter([*closed, *dimensions]), scalar)


def names(expr: Expr, scope: Scope, kinds: tuple[str, ...], assume: str) -> list[str] | None:
    """The members that one element of a list stands for; names joined by `or` or `and` are several."""
    if isinstance(expr, Leaf):
        if expr.kind in {"STRING", "REDACTED"} and not kinds:
            return [f'"{expr.text}"' if expr.kind == "STRING" else REDACTED]
        if expr.kind == "NAME":
            if not kinds and scope.find(expr.text) is None and scope.find_label(expr.text):
                label = scope.label(expr)
                return [label] if label else None
            resolved = scope.name(expr, kinds, assume)
            return [resolved[0]] if resolved else None
    elif expr.kind in {"conjunction", "disjunction"}:
        parts = [names(part, scope, kinds, assume) for part in expr.parts]
        return None if None in parts else [member for part in parts if part for member in part]
    scope.report.add(
        "DR301",
        f"{found(expr)} is not {'a name' if kinds else 'a name or a quoted text'}",
        expr.span,
        help=None,
    )
    return None


def word(expr: Expr, words: tuple[str, ...], what: str, scope: Scope) -> str | None:
    """One of a closed set of words."""
    if isinstance(expr, Leaf) and expr.kind == "NAME":
        if expr.text in words:
            return expr.text
        help_ = did_you_mean(expr.text, words) or f"one of: {', '.join(words)}"
        scope.report.add("DR301", f"`{expr.text}` is not a word for {what}", expr.span, help=help_)
        return None
    scope.report.add("DR301", f"{found(expr)} is not a word for {what}", expr.span, help=f"one of: {', '.join(words)}")
    return None
