"""What was recorded and supposed: `record`, `retract` and `scenario`.

In: a statement and its scope. Out: facts and scenarios of the model. Guaranteed: a fact's subject can be
recorded; a fact is not known before it happened.
"""

from collections.abc import Mapping

import attrs

from dealrun.diagnostics import did_you_mean
from dealrun.model import kinds
from dealrun.model.contract import PAID_UNDER, Fact, Scenario
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.scope import Scope
from dealrun.model.values import Amount, OnDate, Quantity, Start, Value
from dealrun.model.vocabulary import EVENT_KINDS, FORMS
from dealrun.source import Span
from dealrun.syntax import Branch, Expr, Item, Leaf, Statement
from dealrun.time.days import Day

COMPUTED = ("start", "end", "due", "default")
"""Events of a label that follow from its terms and are not recorded."""

RECORDED = frozenset({"on", "known", "by", "=", "holds", "from", "until", "through", "before", "for"})
"""The modifiers of `record`."""

TAKEN = {
    "an event": frozenset({"on", "for", "known", "by"}),
    "a condition": frozenset({"holds", "from", "until", "through", "before", "known", "by"}),
    "a value": frozenset({"=", "known"}),
    "a payment": frozenset({"on", "known", "by"}),
}
"""What a record of each kind takes."""

HOW = {
    "an event": "write `record EVENT on DATE`",
    "a condition": "write `record CONDITION holds from DATE until DATE`",
    "a value": "write `record UNKNOWN = VALUE known DATE`",
    "a payment": "write `record paid AMOUNT under LABEL on DATE`",
}

INSTEAD = {"event": HOW["an event"], "condition": HOW["a condition"], "unknown": HOW["a value"]}
"""How a declared name is recorded, by what it is declared as."""

ENDS = ("until", "through", "before")
"""Words for the last day of a condition."""


def exact_day(expr: Expr, scope: Scope, what: str) -> Day | None:
    """A single day."""
    at = ex.time(expr, scope, "a date")
    if isinstance(at, OnDate) and at.first == at.last:
        return at.first
    if at is not None:
        scope.report.add(
            "DR301", f"{ex.found(expr)} is not a single day", expr.span, help=f"{what} is a day: YYYY-MM-DD"
        )
    return None


@attrs.define
class FactReader:
    """Reads `record` statements; in a scenario or behind `given`, as assumptions (known always)."""

    scope: Scope
    assumption: bool = False

    def record(self, statement: Statement) -> Fact | None:
        """One `record` statement."""
        label = statement.label.text if statement.label else ""
        items = statement.items
        if items and items[0].modifier == "paid" and len(items[0].values) == 1:
            return self._paid(label, items[0].values[0], items[1:], statement)
        if not items or items[0].modifier is not None or len(items[0].values) != 1:
            self._fail(
                "DR506",
                "`record` needs what is recorded",
                statement.span,
                "write `record EVENT on DATE`, `record CONDITION holds from DATE`, `record UNKNOWN = VALUE` or "
                "`record paid AMOUNT under LABEL on DATE`",
            )
            return None
        subject = items[0].values[0]
        parts = self._parts(items[1:])
        if parts is None:
            return None
        kind = "a value" if "=" in parts else "a condition" if "holds" in parts else "an event"
        if not self._fits(kind, parts):
            return None
        known, by = self._circumstances(parts)
        if "=" in parts:
            return self._value(label, subject, parts["="], known, by, statement)
        if "holds" in parts:
            return self._holds(label, subject, parts, known, by, statement)
        return self._happened(label, subject, parts, known, by, statement)

    def _fail(self, code: str, message: str, span: Span, help_: str | None = None) -> None:
        self.scope.report.add(code, message, span, help=help_)

    def _parts(self, items: tuple[Item, ...]) -> dict[str | None, Item] | None:
        """The items by modifier; each known, with a value, and there once."""
        parts: dict[str | None, Item] = {}
        for item in items:
            if item.modifier not in RECORDED:
                text = item.modifier or item.span.text
                help_ = did_you_mean(text, RECORDED) or f"it takes {', '.join(sorted(RECORDED))}"
                self._fail("DR302", f"`record` has no `{text}`", item.span, help_)
                return None
            if item.modifier in parts:
                self._fail("DR303", f"`{item.modifier}` again: `{item.span.text}`", item.span, "give it once")
                return None
            if not item.values and item.modifier != "holds":
                self._fail("DR301", f"`{item.modifier}` needs a value", item.span)
                return None
            parts[item.modifier] = item
        return parts

    def _fits(self, kind: str, parts: Mapping[str | None, Item]) -> bool:
        """Whether a record takes everything that is written in it; what would have no effect is an error."""
        fits = True
        for word, item in parts.items():
            if word not in TAKEN[kind]:
                self._fail("DR302", f"the record of {kind} has no `{word}`", item.span, HOW[kind])
                fits = False
            elif word == "holds" and item.values:
                self._fail("DR301", f"`holds` takes no value: `{item.span.text}`", item.span, HOW[kind])
                fits = False
            elif word not in {"holds", None} and len(item.values) > 1:
                self._fail("DR303", f"`{word}` takes one value: `{item.span.text}`", item.span, "write one record each")
                fits = False
        ends = [item for word, item in parts.items() if word in ENDS]
        if len(ends) > 1:
            self._fail("DR304", f"a second end: `{ends[1].span.text}`", ends[1].span,
                       f"keep one of {', '.join(f'`{word}`' for word in ENDS)}")  # fmt: skip
            fits = False
        return fits

    def _circumstances(self, parts: dict[str | None, Item]) -> tuple[Day | None, str | None]:
        known: Day | None = None
        by: str | None = None
        if "known" in parts and parts["known"].values:
            known = exact_day(parts["known"].values[0], self.scope, "the day it became known")
        if "by" in parts and parts["by"].values and isinstance(parts["by"].values[0], Leaf):
            by = self._party(parts["by"].values[0])
        return known, by

    def _party(self, leaf: Leaf) -> str | None:
        resolved = self.scope.name(leaf, ("party", "person"), "person")
        return resolved[0] if resolved else None

    def _subject(self, expr: Expr, kinds: tuple[str, ...], assume: str) -> tuple[str, str] | None:
        """(subject, kind) of what is recorded."""
        if isinstance(expr, Branch) and expr.kind == "event_of":
            event = ex.event_of(expr, self.scope)
            if event is None:
                return None
            if event.event in COMPUTED:
                self._fail(
                    "DR504",
                    f"`{expr.span.text}` follows from the terms and cannot be recorded",
                    expr.span,
                    f"record what brings it about; recordable are: "
                    f"{', '.join(f'{kind} of' for kind in EVENT_KINDS if kind not in COMPUTED)}",
                )
                return None
            return f"{event.event} of {event.of_label}", "event"
        if isinstance(expr, Leaf) and expr.kind == "STRING":
            return f'"{expr.text}"', "condition"
        if isinstance(expr, Leaf) and expr.kind == "NAME":
            return self.scope.name(expr, kinds, assume, INSTEAD)
        self._fail("DR301", f"{ex.found(expr)} cannot be recorded", expr.span)
        return None

    def _happened(
        self,
        label: str,
        subject: Expr,
        parts: dict[str | None, Item],
        known: Day | None,
        by: str | None,
        statement: Statement,
    ) -> Fact | None:
        if isinstance(subject, Leaf) and subject.kind == "STRING":
            self._fail("DR301", f"{ex.found(subject)} is a condition, not an event", subject.span, HOW["a condition"])
            return None
        on = parts.get("on")
        resolved = self._subject(subject, ("event",), "event")
        if on is None or not on.values:
            self._fail(
                "DR506",
                "`record` needs the day on which it happened",
                statement.span,
                "write `on YYYY-MM-DD`",
            )
            return None
        day = on.values[0]
        at = ex.time(day, self.scope, "a date")
        if resolved is None or at is None:
            return None
        if not isinstance(at, OnDate):
            self._fail("DR301", f"{ex.found(day)} is not a date", day.span, "a fact happened on a date")
            return None
        fact = self._fact(label, "happened", resolved[0], (at.first, at.last), None, None, known, by, statement)
        within = self._within(resolved[0], parts.get("for"))
        return attrs.evolve(fact, within=within) if fact is not None and within is not None else fact

    def _within(self, subject: str, item: Item | None) -> tuple[Day, Day] | None:
        """The days of the obligation that a performance names."""
        if item is None or not item.values:
            return None
        if not subject.startswith("performance of "):
            self._fail("DR302", f"`{subject}` is not recorded `for` a period", item.span,
                       "`for` says of a performance of which period it is")  # fmt: skip
            return None
        at = ex.time(item.values[0], self.scope, "a period")
        if isinstance(at, OnDate):
            return at.first, at.last
        if at is not None:
            self._fail("DR301", f"{ex.found(item.values[0])} is not a period", item.values[0].span,
                       "write the period or the day of the occurrence: `for Q2 2024`, `for 2024-03-01`")  # fmt: skip
        return None

    def _holds(
        self,
        label: str,
        subject: Expr,
        parts: dict[str | None, Item],
        known: Day | None,
        by: str | None,
        statement: Statement,
    ) -> Fact | None:
        resolved = self._subject(subject, ("condition", "unknown truth"), "condition")
        start: Day | None = None
        end: Day | None = None
        for word, item in parts.items():
            if word == "from" and item.values:
                start = exact_day(item.values[0], self.scope, "the first day on which it holds")
            elif word in ENDS and item.values:
                last = exact_day(item.values[0], self.scope, "the last day on which it holds")
                end = None if last is None else last + (word != "before")
        if resolved is None:
            return None
        if start is None:
            self._fail(
                "DR506",
                "`holds` needs the day from which it holds",
                statement.span,
                "write `holds from DATE`",
            )
            return None
        if end is not None and end <= start:
            over = next(item for word, item in parts.items() if word in ENDS)
            self._fail("DR301", f"`{resolved[0]}` ends before it begins to hold", over.span, "correct one of the days")
            return None
        return self._fact(label, "holds", resolved[0], (start, start), end, None, known, by, statement)

    def _paid(self, label: str, expr: Expr, items: tuple[Item, ...], statement: Statement) -> Fact | None:
        """`record paid 5m USD under share on DATE`."""
        under = next((item for item in items if item.modifier == "under"), None)
        leaf = under.values[0] if under is not None and len(under.values) == 1 else None
        parts = self._parts(tuple(item for item in items if item is not under))
        if parts is None:
            return None
        on = parts.get("on")
        if not isinstance(leaf, Leaf) or on is None or not on.values:
            self._fail("DR506", "a payment needs the clause under which, and the day on which it was made",
                       statement.span, "write `record paid AMOUNT under LABEL on DATE`")  # fmt: skip
            return None
        key = self.scope.label(leaf)
        word = self.scope.verb_of(key) if key is not None else ""
        if word and FORMS[word].family != "money":
            self._fail("DR203", f"nothing is paid under `{leaf.text}`", leaf.span, "name a clause about money")
            return None
        value = read_unknown(expr, "unknown amount", leaf.text, self.scope)
        day = exact_day(on.values[0], self.scope, "the day of payment")
        known, by = self._circumstances(parts)
        if not self._fits("a payment", parts):
            return None
        if key is None or day is None or not isinstance(value, Amount) or not isinstance(value.expression, Quantity):
            return None
        if value.expression.unit not in MINOR_DIGITS:
            self._fail("DR307", f"{ex.found(expr)} is not an amount of money", expr.span, "write `12.50 USD`")
            return None
        return self._fact(label, "paid", f"{PAID_UNDER}{key}", (day, day), None, value, known, by, statement)

    def _value(
        self, label: str, subject: Expr, item: Item, known: Day | None, by: str | None, statement: Statement
    ) -> Fact | None:
        kinds = ("unknown amount", "unknown percentage", "unknown date", "unknown truth")
        redacted = isinstance(subject, Leaf) and self.scope.find_label(subject.text.rpartition(".")[0])
        if redacted and isinstance(subject, Leaf) and not self.scope.find(subject.text):
            self.scope.mention_owner(subject)
            resolved: tuple[str, str] | None = (self.scope.key(subject.text), "redacted value")
        else:
            resolved = self._subject(subject, kinds, "unknown amount")
        if resolved is None or not item.values:
            return None
        value = read_unknown(item.values[0], resolved[1], resolved[0], self.scope)
        if value is None:
            return None
        if known is None and not self.assumption:
            self._fail(
                "DR506",
                "a value needs the day on which it became known",
                statement.span,
                f"write `record {resolved[0]} = ... known YYYY-MM-DD`",
            )
            return None
        day = known or 0
        return self._fact(label, "value", resolved[0], (day, day), None, value, known, by, statement)

    def _fact(
        self,
        label: str,
        kind: str,
        subject: str,
        days: tuple[Day, Day],
        end: Day | None,
        value: Value | bool | None,
        known: Day | None,
        by: str | None,
        statement: Statement,
    ) -> Fact | None:
        if known is None and not self.assumption:
            known = days[1]
        if known is not None and known < days[0]:
            self._fail(
                "DR507",
                f"`{subject}` cannot have been known before it happened",
                statement.span,
                "the day behind `known` is the day itself, or later",
            )
            return None
        return Fact(
            label or subject,
            kind,  # type: ignore[arg-type]
            subject, days[0], days[1], end, value, None if self.assumption else known, by, statement.span,
        )  # fmt: skip


def read_unknown(expr: Expr, kind: str, symbol: str, scope: Scope) -> Value | bool | None:
    """The value of an unknown: an amount, a date, or yes or no."""
    if kind.endswith("truth"):
        word = ex.word(expr, ("yes", "no"), "a truth", scope)
        return None if word is None else word == "yes"
    if kind.endswith("date"):
        at = ex.time(expr, scope, "a date")
        return Start("from", at) if isinstance(at, OnDate) else None
    if kind == "duration" or (kind == "redacted value" and isinstance(expr, Leaf) and expr.kind == "DURATION"):
        length = ex.duration(expr, scope)
        if length is not None and not length.count and symbol.endswith(".renews"):
            scope.report.add("DR305", "`renews` needs a duration longer than none", expr.span)
            return None
        return length
    if kind == "redacted value" and isinstance(expr, Leaf) and expr.kind in ex.DATES:
        day = ex.time(expr, scope, "a date")
        return Start("from", day) if isinstance(day, OnDate) else None
    resolved = ex.Amounts(scope, symbol).resolve(expr)
    if resolved is None:
        return None
    if not isinstance(resolved[0], Quantity):
        scope.report.add("DR301", f"{ex.found(expr)} is not a value", expr.span, help="write the number and its unit")
        return None
    ratio = kind.endswith("percentage")
    if (resolved[1] == "%") != ratio and "redacted" not in kind:
        scope.report.add(
            "DR320",
            f"`{expr.span.text}` is {kinds.described(resolved[1])}; `{symbol}` is an unknown "
            f"{'percentage' if ratio else 'amount'}",
            expr.span,
            help=f"write {'`5%`' if ratio else '`5,000 USD`'}, or declare `unknown {symbol} "
                 f"{'amount' if ratio else 'percentage'}`",
        )  # fmt: skip
        return None
    return Amount(resolved[0])


def scenario(statement: Statement, name: str, scope: Scope) -> Scenario:
    """A `scenario` with its block of records."""
    title = ""
    for item in statement.items[1:]:
        first = item.values[0] if item.values else None
        if item.modifier is None and isinstance(first, Leaf) and first.kind == "STRING":
            title = first.text
        else:
            scope.report.add("DR302", f"`scenario` has no `{item.span.text}`", item.span)
    reader = FactReader(scope, assumption=True)
    facts = [reader.record(part) for part in statement.block if part.head.text == "record" and not part.wrong]
    return Scenario(scope.key(name), title, tuple(fact for fact in facts if fact), statement.span)
