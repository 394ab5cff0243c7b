"""What was recorded, supposed and expected: `record`, `retract`, `scenario` and `expect`.

In: a statement and its scope. Out: facts, scenarios and expectations of the model. Guaranteed: a fact's subject can be
recorded; a fact is not known before it happened.
"""

import re
from collections.abc import Collection

import attrs

from dealrun.diagnostics import did_you_mean
from dealrun.model.contract import Assertion, Expectation, Fact, Scenario
from dealrun.model.resolve import entries
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.scope import Scope
from dealrun.model.resolve.terms import TermReader
from dealrun.model.values import Amount, OnDate, Quantity, Start, Value
from dealrun.model.vocabulary import EVENT_KINDS, FORMS
from dealrun.source import Span
from dealrun.syntax import Assertion as WrittenAssertion
from dealrun.syntax import Branch, Expr, Item, Leaf, Statement
from dealrun.time.days import Day

COMPUTED = ("start", "end", "due")
"""Events of a label that follow from its terms and are not recorded."""

RECORDED = frozenset({"on", "known", "by", "=", "holds", "from", "until", "through", "before"})
"""The modifiers of `record`."""

STATUSES = ("in force", "not yet", "waived", "ended", "dormant", "contingent")


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
        if not items or items[0].modifier is not None or len(items[0].values) != 1:
            self._fail(
                "DR506",
                "`record` needs what is recorded",
                statement.span,
                "write `record EVENT on DATE`, `record CONDITION holds from DATE` or `record UNKNOWN = VALUE`",
            )
            return None
        subject = items[0].values[0]
        parts = self._parts(items[1:])
        if parts is None:
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
            return self.scope.name(expr, kinds, assume)
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
        return self._fact(label, "happened", resolved[0], (at.first, at.last), None, None, known, by, statement)

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
            elif word in {"until", "through", "before"} and item.values:
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
        return self._fact(label, "holds", resolved[0], (start, start), end, None, known, by, statement)

    def _value(
        self, label: str, subject: Expr, item: Item, known: Day | None, by: str | None, statement: Statement
    ) -> Fact | None:
        kinds = ("unknown amount", "unknown percentage", "unknown date", "unknown truth")
        redacted = isinstance(subject, Leaf) and self.scope.find_label(subject.text.rpartition(".")[0])
        if redacted and isinstance(subject, Leaf) and not self.scope.find(subject.text):
            resolved: tuple[str, str] | None = (self.scope.key(subject.text), "unknown amount")
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
    resolved = ex.Amounts(scope, symbol).resolve(expr)
    if resolved is not None and not isinstance(resolved[0], Quantity):
        scope.report.add("DR301", f"{ex.found(expr)} is not a value", expr.span, help="write the number and its unit")
        return None
    return Amount(resolved[0]) if resolved else None


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
    facts = [reader.record(part) for part in statement.block if part.head.text == "record"]
    return Scenario(scope.key(name), title, tuple(fact for fact in facts if fact), statement.span)


# --- expectations -------------------------------------------------------------------------------------------------


def expectation(statement: Statement, scope: Scope, known: Day | None, supposed: Collection[str]) -> Expectation | None:
    """An `expect` statement; `known` is the signing day of its instrument, `supposed` the scenarios and readings."""
    on: Day | None = None
    given: list[Fact] = []
    under: tuple[str, ...] = ()
    items = list(statement.items)
    index = 0
    reader = FactReader(scope, assumption=True)
    dated = False
    while index < len(items):
        item = items[index]
        index += 1
        first = item.values[0] if item.values else None
        if item.modifier == "on" and first is not None and not dated:
            dated = True
            on = exact_day(first, scope, "the day of an expectation")
        elif item.modifier == "known" and first is not None:
            known = exact_day(first, scope, "the day of knowledge")
        elif item.modifier == "given" and first is not None:
            parts = []
            while index < len(items) and items[index].modifier in {"on", "=", "holds", "from", "until"}:
                parts.append(items[index])
                index += 1
            bare = attrs.evolve(item, modifier=None)
            fact = reader.record(attrs.evolve(statement, items=(bare, *parts), label=None, assertions=()))
            if fact:
                given.append(fact)
        elif item.modifier == "under" and all(isinstance(value, Leaf) for value in item.values):
            under = tuple(found for value in item.values if (found := _under(value, scope, supposed)))
        else:
            scope.report.add(
                "DR302",
                f"`expect` has no `{item.span.text}`",
                item.span,
                help="it takes `on`, `known`, `given`, `under`",
            )
    if on is None:
        scope.report.add(
            "DR602",
            "`expect` needs a day",
            statement.head.span,
            help="write `expect on YYYY-MM-DD: LABEL ...`",
        )
        return None
    assertions = [found for written in statement.assertions for found in _assertion(written, scope)]
    return Expectation(on, known, tuple(given), under, tuple(assertions), statement.span)


def _under(expr: Expr, scope: Scope, supposed: Collection[str]) -> str | None:
    """A scenario (of this deal first) or a reading."""
    name = expr.span.text
    found = next((each for each in (scope.key(name), name) if each in supposed), None)
    if found is None:
        scope.report.add(
            "DR602", f"no scenario or reading `{name}`", expr.span, help=did_you_mean(name, supposed) or None
        )
    return found


def _assertion(written: WrittenAssertion, scope: Scope) -> list[Assertion]:
    """What one assertion says, each part by itself."""
    label = written.label
    key = scope.find_label(label.text)
    word = scope.verb_of(key) if key else ""
    if key is None:
        found = scope.find(label.text)
        if found is None:
            scope.report.add(
                "DR205",
                f"no clause is labelled `{label.text}`",
                label.span,
                help=did_you_mean(label.text, [*scope.labels, *scope.names]),
            )
            return []
        word = found[2].kind
        key = f"{word} {found[0].key(found[1])}"
    form = FORMS[word]
    base = Assertion(key, None, None, None, None, None, False, written.span, written.span.text)
    result: list[Assertion] = []
    items = written.items
    index = 0
    rest: list[Item] = []
    while index < len(items):
        item = items[index]
        leaf = item.values[0] if item.modifier is None and len(item.values) == 1 else None
        text = leaf.text if isinstance(leaf, Leaf) and leaf.kind in {"NAME", "STATUS"} else ""
        text = " ".join(text.split())
        following = items[index + 1] if index + 1 < len(items) else None
        if text in STATUSES:
            index += 1
            status = attrs.evolve(base, status=text)
            if following and text == "ended" and following.modifier == "by":
                by = " ".join(following.span.text.split()[1:])
                status = attrs.evolve(status, ended_by=_qualified(by, scope))
                index += 1
            elif following and text == "contingent" and following.modifier == "on":
                status = attrs.evolve(status, contingent_on=_hangs(following, scope))
                index += 1
            result.append(status)
        elif text in form.terms and following and _is(following, "contingent"):
            index += 2
            on = items[index] if index < len(items) and items[index].modifier == "on" else None
            index += on is not None
            result.append(attrs.evolve(base, term=text, contingent_on=_hangs(on, scope) if on else ()))
        elif item.modifier in form.by_modifier and len(item.values) == 1 and item.values[0].span.text == "contingent":
            index += 1
            on = items[index] if index < len(items) and items[index].modifier == "on" else None
            index += on is not None
            term_name = form.by_modifier[item.modifier].name
            result.append(attrs.evolve(base, term=term_name, contingent_on=_hangs(on, scope) if on else ()))
        elif text == "no" and following:
            name = following.modifier or following.span.text
            term = form.terms.get(name) or form.by_modifier.get(name) or form.by_word.get(name)
            if term is None:
                scope.report.add("DR602", f"`{word}` has no term `{name}`", following.span)
            else:
                result.append(attrs.evolve(base, term=term.name, absent=True))
            index += 2
        else:
            rest.append(item)
            index += 1
    if rest:
        reader = TermReader(scope, form, label.text)
        reader.read(tuple(rest), who=False)
        result.extend(
            attrs.evolve(base, term=name, value=text_.value.limbs[0][0]) for name, text_ in reader.terms.items()
        )
    if not items:
        scope.report.add("DR602", f"nothing is expected of `{label.text}`", written.span)
    return result


def _is(item: Item, word: str) -> bool:
    return entries.bare_name((item,)) is not None and item.span.text == word


def _qualified(text: str, scope: Scope) -> str:
    """A text with the deal's name before the deal's own names, where several deals are loaded."""
    if not scope.prefix or text.startswith('"'):
        return text
    own = scope.names.keys() | scope.labels.keys()

    def key(match: re.Match[str]) -> str:
        mine = match[0] in own or match[0].rpartition(".")[0] in scope.labels  # `label.term`: what is redacted
        return scope.key(match[0]) if mine else match[0]

    return re.sub(r"[^\W\d][\w.-]*", key, text)


def _hangs(item: Item, scope: Scope) -> tuple[str, ...]:
    """The names behind `contingent on`, joined by `and`."""
    names: list[str] = []
    for expr in item.values:
        parts = expr.parts if isinstance(expr, Branch) and expr.kind == "conjunction" else (expr,)
        names.extend(_qualified(" ".join(part.span.text.split()), scope) for part in parts)
    return tuple(names)
