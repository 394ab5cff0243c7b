"""Items into terms: what each item of a statement says of its clause or declaration.

In: a form of the vocabulary and the items behind it. Out: its terms by name. Guaranteed: each term is given once and
has a value of its kind; whatever fits no term is reported with what would have fitted.
"""

from collections import Counter
from itertools import pairwise

import attrs

from dealrun.diagnostics import Note
from dealrun.model.contract import TermText
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.keys import DeclarationKey
from dealrun.model.kinds import lost_window
from dealrun.model.resolve import amounts
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.misfit import Misfit, misplaced, unplaced
from dealrun.model.resolve.scope import Scope
from dealrun.model.show import show
from dealrun.model.values import (
    Amount,
    Due,
    End,
    Happened,
    Names,
    OnEvent,
    OnUnknown,
    Quantity,
    Schedule,
    Start,
    Text,
    Value,
    Word,
)
from dealrun.model.vocabulary import THRESHOLD, Form, Term, ValueKind
from dealrun.source import Span
from dealrun.syntax import Branch, Expr, Item, Leaf

ENDS = frozenset({"until", "through", "before"})
WINDOWS = frozenset({"per", "over", "counting from", "so far"})
FOLLOWS = ENDS | WINDOWS | {"up to", "for"}
"""Modifiers that may belong to the value before them."""

_CAN_BE_REDACTED = frozenset({ValueKind.AMOUNT, ValueKind.START, ValueKind.END, ValueKind.DUE})
_PRICED = frozenset({"cap", "floor", "shortfall", "escalation"})
"""The terms whose kind depends on that of the amount."""

NUMERIC = frozenset({"PERCENT", "FRACTION", "QUANTITY", "MONEY", "NUMBER", "REDACTED"})
AMOUNT_BRANCHES = frozenset({"about", "sum", "product", "limb", "paid_under"})


def _joined(expr: Expr) -> tuple[Expr, ...]:
    """The members of a list that `and` joins, as an expectation writes it."""
    return expr.parts if isinstance(expr, Branch) and expr.kind == "conjunction" else (expr,)


@attrs.define
class TermReader:
    """Reads the items of one statement. `symbol` is the label that redacted terms are named after."""

    scope: Scope
    form: Form
    symbol: str
    terms: dict[str, TermText] = attrs.field(factory=dict)
    whole: bool = True
    """Whether every item was understood."""

    def read(self, items: tuple[Item, ...], *, who: bool) -> None:
        """Read items into `terms`; with `who`, a first bare name is the party."""
        index = 0
        while index < len(items):
            index = self._item(items, index, who=who and index == 0)
        for name, text in self.terms.items():
            if len(text.value.limbs) > 1 and not (name == self.form.main and "paid" in self.terms):
                self._windows_kept(text)
        if not _PRICED.isdisjoint(self.terms):
            self._prices_fit()

    # --- one item -------------------------------------------------------------------------------------------------

    def _item(self, items: tuple[Item, ...], index: int, *, who: bool) -> int:
        """Read the item at `index` and what belongs to it; the index of the next."""
        item = items[index]
        if item.receivers:
            self._parties(item)
            return index + 1
        if item.modifier is not None:
            term = self.form.by_modifier.get(item.modifier)
            if term is None:
                self._misfit(misplaced(self.form, item))
                return index + 1
            if not item.values:
                self.fail("DR301", f"`{item.modifier}` needs a value", item.span)
                return index + 1
            return self._scheduled(term, items, index, item.values)
        first = item.values[0]
        if isinstance(first, Leaf):
            if first.kind == "BOTH_WAYS":
                self._both_ways(item)
                return index + 1
            if first.kind == "NAME" and first.text in self.form.by_word:
                return self._words(items, index)
            if first.kind == "NAME" and who and self.form.roles and not self._begins_term(first, item):
                self._parties(item)
                return index + 1
            if first.kind == "NAME" and first.text in self.form.terms and len(item.values) == 1:
                following = items[index + 1] if index + 1 < len(items) else None
                term = self.form.terms[first.text]
                due = term.kind is ValueKind.DUE and following is not None and following.modifier in {"within", "by"}
                if following is not None and (following.modifier is None or due) and not following.receivers:
                    return self._scheduled(term, items, index + 1, following.values)
        term = self._bare_term(first)
        if term is None:
            self._misfit(unplaced(self.form, self.scope, item))
            return index + 1
        return self._scheduled(term, items, index, item.values)

    def _begins_term(self, first: Leaf, item: Item) -> bool:
        """Whether a first name is the name of a term, and of nothing that is declared: `term renews 1 year`."""
        return first.text in self.form.terms and len(item.values) == 1 and self.scope.find(first.text) is None

    def _bare_term(self, first: Expr) -> Term | None:
        bare = self.form.bare
        if isinstance(first, Leaf):
            if first.kind == "STRING":
                return bare.get(ValueKind.TEXT) or bare.get(ValueKind.ACT)
            if first.kind == "DURATION":
                return bare.get(ValueKind.DURATION)
            if first.kind in NUMERIC:
                return bare.get(ValueKind.AMOUNT)
            if first.kind == "NAME":
                if ValueKind.LABELS in bare:
                    return bare[ValueKind.LABELS]
                amount, act = bare.get(ValueKind.AMOUNT), bare.get(ValueKind.ACT)
                found = self.scope.find(first.text)
                if act and act.name not in self.terms and (
                    (found and found[2].kind == "act") or (self.scope.sketch and not found)
                ):  # fmt: skip
                    return act
                if amount and amount.name not in self.terms and (
                    (found and found[2].kind in {"unknown", "stream", ""}) or (self.scope.sketch and not found)
                ):  # fmt: skip
                    return amount
            return None
        return bare.get(ValueKind.AMOUNT) if first.kind in AMOUNT_BRANCHES else None

    def _words(self, items: tuple[Item, ...], index: int) -> int:
        """Bare words: flags, or the words of a term; several with commas."""
        item = items[index]
        if len(item.values) == 1:
            first = item.values[0]
            assert isinstance(first, Leaf)
            return self._scheduled(self.form.by_word[first.text], items, index, item.values)
        for expr in item.values:
            term = self.form.by_word.get(expr.text) if isinstance(expr, Leaf) else None
            if term is None:
                self._misfit(
                    unplaced(self.form, self.scope, attrs.evolve(item, values=(expr,), start=expr.start, end=expr.end))
                )
            else:
                value = self._value(term, (expr,), None)
                if value is not None:
                    self._put(term, Schedule.of(value), expr.span)
        return index + 1

    def _scheduled(self, term: Term, items: tuple[Item, ...], index: int, values: tuple[Expr, ...]) -> int:
        """A value, the values that follow it with `until … then …`, and the windows of an amount."""
        following = items[index + 1].modifier if index + 1 < len(items) else None
        if following not in FOLLOWS:  # most items: one value, with nothing that belongs to it behind
            item = items[index]
            value = self._value(term, values, item)
            if value is not None:
                self._put(term, Schedule(((value, None),)), item.span)
            return index + 1
        start = items[index].span
        limbs: list[tuple[Value, End | None]] = []
        complete = True
        while True:
            item = items[index]
            index += 1
            if term.kind is ValueKind.AMOUNT:
                value, index = self._tiered(term, values, items, index)
            else:
                value = self._value(term, values, item)
            more = index + 1 < len(items) and items[index].modifier in ENDS and items[index + 1].modifier == "then"
            if not more:
                complete = complete and value is not None
                if value is not None:
                    limbs.append((value, None))
                break
            end = self.end(items[index])
            complete = complete and value is not None and end is not None
            if value is not None and end is not None:
                limbs.append((value, end))
            index += 1
            values = items[index].values
            if not values:
                self.fail("DR314", "`then` needs the value that follows", items[index].span)
                return index + 1
            if term.kind is ValueKind.NAMES and isinstance(values[0], Leaf) and values[0].kind in NUMERIC:
                self.fail(
                    "DR314",
                    f"`then {values[0].text}` follows the value of `{term.name}`, which is a list of names",
                    items[index].span,
                    help_="`until … then` comes directly after what changes: `12% until 2025 then 14% of sales`",
                )
                return index + 1
        if len(limbs) > 1 and term.kind in {ValueKind.END, ValueKind.START, ValueKind.EVENT, ValueKind.PARTY}:
            self.fail("DR314", f"`{term.name}` cannot change over time; amend it instead", start)
        elif complete:
            last = items[index - 1].span
            self._put(term, Schedule(tuple(limbs)), Span(start.source, start.start, last.end))
        return index

    def _tiered(
        self, term: Term, values: tuple[Expr, ...], items: tuple[Item, ...], index: int
    ) -> tuple[Value | None, int]:
        """An amount with its windows and tiers, `A up to X then B`; and the index of the next item."""
        index, windows = self._windows(items, index)
        value = self._value(term, values, items[index - 1], windows)
        steps: list[tuple[Amount, Amount]] = []
        spans: list[Span] = []
        while index < len(items) and items[index].modifier == "up to":
            upper = items[index]
            index, windows = self._windows(items, index + 1)
            number = f"-{len(steps) + 1}" if steps else ""
            named = attrs.evolve(THRESHOLD, name=f"threshold{number}")
            threshold = self._bound(named, upper, windows)
            following = items[index] if index < len(items) else None
            if following is None or following.modifier != "then" or not following.values:
                self.fail("DR315", "`up to` needs what applies above it", upper.span,
                           help_="write `10% up to 1m USD then 12%`")  # fmt: skip
                return None, index
            index, windows = self._windows(items, index + 1)
            named = attrs.evolve(term, name=f"{term.name}-{len(steps) + 2}")
            rate = self._value(named, following.values, following, windows)
            spans.append(upper.span)
            if isinstance(rate, Amount) and threshold is not None:
                steps.append((threshold, rate))
        if len(steps) < len(spans):
            return None, index
        if steps and isinstance(value, Amount):
            return amounts.tiers(self, value, steps, spans), index
        return value, index

    @staticmethod
    def _windows(items: tuple[Item, ...], index: int) -> tuple[int, tuple[Item, ...]]:
        """The windows that stand from an index on, and the index behind them."""
        begin = index
        while index < len(items) and (items[index].modifier in WINDOWS or amounts.is_for_life(items[index])):
            index += 1
        return index, items[begin:index]

    def _bound(self, term: Term, item: Item, windows: tuple[Item, ...]) -> Amount | None:
        if len(item.values) != 1:
            self.fail("DR301", "`up to` takes one amount", item.span)
            return None
        found = self._value(term, item.values, item, windows)
        return found if isinstance(found, Amount) else None

    def _amounts(self, name: str) -> list[Amount]:
        text = self.terms.get(name)
        return [] if text is None else [value for value, _ in text.value.limbs if isinstance(value, Amount)]

    def _prices_fit(self) -> None:
        """A price per unit limits what is earned by units or by sales, and makes good what is missing in units."""
        main = [a.expression.unit for a in self._amounts(self.form.main) if isinstance(a.expression, Quantity)]
        earned = any(amount.per_unit for amount in self._amounts(self.form.main)) or "%" in main
        for name in ("cap", "floor"):
            if main and not earned and any(amount.per_unit for amount in self._amounts(name)):
                self.fail("DR320", f"the `{name}` is a price per unit, and the amount is not earned by units",
                           self.terms[name].span, help_="write an amount of money")  # fmt: skip
        if "%" in main and "escalation" in self.terms and not any(unit != "%" for unit in main):
            self.fail("DR320", "an escalation raises amounts of money and prices, and the amount is a percentage",
                       self.terms["escalation"].span,
                       help_="write a schedule: `5% until 2025 then 6%`")  # fmt: skip
        in_units = any(unit not in MINOR_DIGITS for unit in main)
        for amount in self._amounts("shortfall") if main else ():
            unit = main[0]
            if in_units and amount.per_unit not in {None, unit}:
                self.fail("DR320", f"the commitment is a number of {unit}, and its `shortfall` is a price per "
                          f"{amount.per_unit}", self.terms["shortfall"].span,
                          help_=f"write a price per {unit}")  # fmt: skip
            if in_units != (amount.per_unit is not None):
                self.fail(
                    "DR320",
                    f"the commitment is {'a number of ' + unit if in_units else 'money'}, and its `shortfall` is "
                    f"{'a percentage' if in_units else 'a price per unit'}",
                    self.terms["shortfall"].span,
                    help_=f"write a price per unit: `shortfall 5,000 USD per {unit}`" if in_units
                    else "write a percentage: `shortfall 100%`",
                )  # fmt: skip

    def _windows_kept(self, text: TermText) -> None:
        """Where an amount follows one that has a window, it has one too."""
        for (old, _), (new, _) in pairwise(text.value.limbs):
            lost = lost_window(old, new) if isinstance(old, Amount) and isinstance(new, Amount) else None
            if lost is not None:
                self.fail("DR321", f"`{show(new)}` follows an amount `{lost[0]}`, and has no window", text.span,
                           help_=f"write `{show(lost[1])}`, or `per life` if that is meant")  # fmt: skip

    def _put(self, term: Term, value: Schedule, span: Span) -> None:
        earlier = self.terms.get(term.name)
        if earlier:
            code, what = ("DR304", "a second end") if term.kind is ValueKind.END else ("DR303", f"`{term.name}` again")
            self.fail(
                code,
                f"{what}: `{span.text}`",
                span,
                [Note("first given here", earlier.span)],
                "a clause has one end; write `earlier of A, B`, or `X until A then Y` for a value that changes"
                if term.kind is ValueKind.END
                else "give it once, with commas between several"
                if term.kind in {ValueKind.NAMES, ValueKind.LABELS, ValueKind.PARTY}
                else "give it once",
            )
            return
        self.terms[term.name] = TermText(value, span)

    # --- values ---------------------------------------------------------------------------------------------------

    def _value(
        self, term: Term, values: tuple[Expr, ...], item: Item | None, windows: tuple[Item, ...] = ()
    ) -> Value | None:
        """The value of a term; None (and `whole` false) where it has none."""
        value = self._typed(term, values, item, windows)
        if value is None:
            self.whole = False
        return value

    def _typed(  # noqa: C901, PLR0912 - a case for each kind of term
        self, term: Term, values: tuple[Expr, ...], item: Item | None, windows: tuple[Item, ...]
    ) -> Value | None:
        scope = self.scope
        kind = term.kind
        if kind not in _CAN_BE_REDACTED and isinstance(values[0], Leaf) and values[0].kind == "REDACTED":
            whose = f"the `{term.name}` of `{self.form.word}`"
            quotable = kind in {ValueKind.NAMES, ValueKind.ACT, ValueKind.TEXT}
            self.fail(
                "DR301", f"`{values[0].text}` stands for an amount or a day, and {whose} is neither", values[0].span,
                help_='write what the text says of it in quotes: `"[redacted]"`' if quotable
                else "leave it out, or write a likely value",
            )  # fmt: skip
            return None
        if kind is ValueKind.NAMES or kind is ValueKind.LABELS or kind is ValueKind.PARTY:
            return self._names(term, values)
        if kind is ValueKind.ACT and not (isinstance(values[0], Leaf) and values[0].kind == "STRING"):
            return self._names(term, values)
        if kind is ValueKind.SHARES:
            return amounts.shares(self, term, values)
        if len(values) > 1 and kind not in {ValueKind.TEXT, ValueKind.ACT} and kind is not ValueKind.END:
            self.fail("DR301", f"`{term.name}` takes one value, not {len(values)}", values[1].span)
            return None
        expr = values[0]
        match kind:
            case ValueKind.AMOUNT:
                return amounts.amount(self, term, expr, windows)
            case ValueKind.WORD | ValueKind.FLAG:
                if type(expr) is Leaf and expr.text in term.words:
                    return Word(expr.text)
                text = ex.word(expr, term.words or (term.name,), f"`{term.name}`", scope)
                return Word(text) if text else None
            case ValueKind.TEXT | ValueKind.ACT:
                if isinstance(expr, Leaf) and expr.kind == "STRING" and len(values) == 1:
                    return Text(expr.text)
                self.fail("DR301", f"`{term.name}` takes one quoted text", expr.span)
                return None
            case ValueKind.END:
                if isinstance(expr, Leaf) and expr.text == "perpetual":
                    return End("perpetual")
                return self.end(item) if item else None
            case ValueKind.START if self._is_redacted(expr):
                return Start("after" if item and item.modifier == "after" else "from", self._redacted_day(term.name))
            case ValueKind.DUE if self._is_redacted(expr) and term.name == "due":
                return Due("by", self._redacted_day(term.name))
            case ValueKind.START:
                at = ex.time(expr, scope)
                return Start("after" if item and item.modifier == "after" else "from", at) if at else None
            case ValueKind.DUE:
                return self._due(expr, item)
            case ValueKind.DURATION:
                length = ex.duration(expr, scope)
                if length and not length.count and term.name in {"renews", "every"}:
                    self.fail("DR305", f"`{term.name}` needs a duration longer than none", expr.span)
                    return None
                return length
            case ValueKind.COUNT:
                if isinstance(expr, Leaf) and expr.kind == "NUMBER" and expr.text.isdigit():
                    resolved = ex.Amounts(scope, self.symbol).resolve(expr, factor=True)
                    return Amount(resolved[0]) if resolved else None
                self.fail("DR301", f"`{term.name}` takes a whole number", expr.span)
                return None
            case ValueKind.CONDITION:
                return ex.condition(expr, scope)
            case _:
                return self._event(expr)

    def _is_redacted(self, expr: Expr) -> bool:
        """Whether a value is blacked out; the header of an instrument has no name for it."""
        return (
            bool(self.symbol) and isinstance(expr, Leaf) and expr.kind == "REDACTED" and expr.text.strip("[]") == "***"
        )

    def _redacted_day(self, name: str) -> OnUnknown:
        return OnUnknown(f"{self.symbol}.{name}", redacted=True)

    def end(self, item: Item) -> End | None:
        """The end that `until`, `through`, `before` or `for` states."""
        if not item.values:
            self.fail("DR301", f"`{item.modifier}` needs a day, an event or a duration", item.span)
            return None
        expr = item.values[0]
        if self._is_redacted(expr):
            return End("before" if item.modifier == "before" else "until", self._redacted_day("until"))
        if len(item.values) > 1:
            self.fail("DR301", f"`{item.modifier}` takes one end, not {len(item.values)}", item.values[1].span,
                       help_="write `earlier of A, B` or `later of A, B`")  # fmt: skip
            return None
        if item.modifier == "for":
            length = ex.duration(expr, self.scope)
            return End("for", length) if length else None
        at = ex.time(expr, self.scope)
        if at is None:
            return None
        return End("before" if item.modifier == "before" else "until", at)

    def _due(self, expr: Expr, item: Item | None) -> Due | None:
        if isinstance(expr, Leaf) and expr.kind == "DURATION":
            length = ex.duration(expr, self.scope)
            return Due("within", length) if length else None
        at = ex.time(expr, self.scope)
        if at is None:
            return None
        return Due("by" if item is None or item.modifier != "within" else "within", at)

    def _event(self, expr: Expr) -> Happened | None:
        if isinstance(expr, Branch) and expr.kind == "event_of":
            event = ex.event_of(expr, self.scope)
            return Happened(event) if event else None
        if isinstance(expr, Leaf) and expr.kind == "NAME":
            resolved = self.scope.name(expr, ("event",), "event")
            return Happened(OnEvent(resolved[0])) if resolved else None
        self.fail("DR301", f"{ex.found(expr)} is not an event", expr.span)
        return None

    def _names(self, term: Term, values: tuple[Expr, ...]) -> Names | None:
        if len(values) == 1 and type(only := values[0]) is Leaf and only.kind == "NAME":
            declared = self.scope.names.get(only.text)
            kinds = ("party", "person") if term.kind is ValueKind.PARTY else term.refers_to
            if declared and term.kind is not ValueKind.LABELS and (not kinds or declared.kind in kinds):
                name = self.scope.key(only.text)
                self.scope.table.use(only.source, only.start, only.end, DeclarationKey(declared.kind, name))
                return Names((name,))
        members: list[str] = []
        good = True
        several = [part for expr in values for part in _joined(expr)] if term.kind is ValueKind.LABELS else values
        for expr in several:
            if term.kind is ValueKind.LABELS:
                key = self.scope.label(expr) if isinstance(expr, Leaf) and expr.kind == "NAME" else None
                if key is None and not (isinstance(expr, Leaf) and expr.kind == "NAME"):
                    self.fail("DR301", f"{ex.found(expr)} is not a label", expr.span)
                found = [key] if key else None
            else:
                kinds = ("party", "person") if term.kind is ValueKind.PARTY else term.refers_to
                found = ex.names(expr, self.scope, kinds, (kinds or ("asset",))[0])
            if found is None:
                good = False
            else:
                members.extend(found)
        if not good:
            return None
        joined = "or" if isinstance(values[0], Branch) and values[0].kind == "disjunction" else ","
        if joined == "or" and term.name != "declared by":
            self.fail(
                "DR301", f"`or` does not join {'parties' if term.kind is ValueKind.PARTY else 'names'}: "
                f"`{values[0].span.text}`", values[0].span,
                help_="write a clause for each party, or name all that are bound with commas: `A, B`"
                if term.kind is ValueKind.PARTY else "write them with commas: `a, b`",
            )  # fmt: skip
            return None
        twice = next((name for name, count in Counter(members).items() if count > 1), None)
        if twice is not None and term.kind is not ValueKind.PARTY:  # of parties it is told with both sides
            self.fail("DR303", f"`{twice.removeprefix(self.scope.prefix)}` is named twice", values[-1].span,
                       help_="give it once")  # fmt: skip
            return None
        return Names(tuple(members), joined)

    # --- parties --------------------------------------------------------------------------------------------------

    def _parties(self, item: Item) -> None:
        roles = self.form.roles
        if not roles:
            self.fail("DR310", f"`{self.form.word}` names no parties", item.span)
            return
        lone, giver, receiver = roles
        sides = ((giver, item.values), (receiver, item.receivers)) if item.receivers else ((lone, item.values),)
        for role, values in sides:
            term = self.form.terms[role]
            names = self._names(term, values)
            if names is None:
                self.whole = False
            else:
                self._put(term, Schedule(((names, None),)), item.span)

    def _both_ways(self, item: Item) -> None:
        if len(set(self.form.roles)) < 2:
            self.fail("DR310", f"`{self.form.word}` does not run between two parties", item.span)
            return
        _, giver, receiver = self.form.roles
        self._put(Term(giver, ValueKind.PARTY), Schedule.of(Names(("each",))), item.span)
        self._put(Term(receiver, ValueKind.PARTY), Schedule.of(Names(("other",))), item.span)

    # --- what does not fit ----------------------------------------------------------------------------------------

    def fail(
        self, code: str, message: str, span: Span, notes: list[Note] | None = None, help_: str | None = None
    ) -> None:
        """Report what is wrong with an item."""
        self.whole = False
        self.scope.report.add(code, message, span, notes=notes or (), help=help_)

    def _misfit(self, found: Misfit | None) -> None:
        self.whole = False
        if found is not None:
            self.fail(found.code, found.message, found.span, help_=found.help)
