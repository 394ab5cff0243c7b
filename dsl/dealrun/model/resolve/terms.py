"""Items into terms: what each item of a statement says of its clause or declaration.

In: a form of the vocabulary and the items behind it. Out: its terms by name. Guaranteed: each term is given once and
has a value of its kind; whatever fits no term is reported with what would have fitted.
"""

from itertools import pairwise

import attrs

from dealrun.diagnostics import Note
from dealrun.model.contract import TermText
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.kinds import lost_window
from dealrun.model.resolve import amounts, term_value
from dealrun.model.resolve.misfit import Misfit, misplaced, unplaced
from dealrun.model.resolve.read_statement import ReadStatement
from dealrun.model.show import show
from dealrun.model.values import (
    Amount,
    End,
    Names,
    Quantity,
    Schedule,
    Value,
)
from dealrun.model.vocabulary import THRESHOLD, Term, ValueKind
from dealrun.source import Span
from dealrun.syntax import Expr, Item, Leaf

ENDS = frozenset({"until", "through", "before"})
WINDOWS = frozenset({"per", "over", "counting from", "so far"})
FOLLOWS = ENDS | WINDOWS | {"up to", "for"}
"""Modifiers that may belong to the value before them."""

_PRICED = frozenset({"cap", "floor", "shortfall", "escalation"})
"""The terms whose kind depends on that of the amount."""

NUMERIC = frozenset({"PERCENT", "FRACTION", "QUANTITY", "MONEY", "NUMBER", "REDACTED"})
AMOUNT_BRANCHES = frozenset({"about", "sum", "product", "limb", "paid_under"})


@attrs.define
class TermReader(ReadStatement):
    """Reads the items of one statement."""

    terms: dict[str, TermText] = attrs.field(factory=dict)

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
            if first.kind in {"DURATION", "REDACTED_DURATION"}:
                return bare.get(ValueKind.DURATION)
            if first.kind == "REDACTED" and ValueKind.AMOUNT not in bare:
                bare_kinds = (ValueKind.DURATION, ValueKind.ACT, ValueKind.TEXT, ValueKind.LABELS)
                return next((bare[kind] for kind in bare_kinds if kind in bare), None)
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
            end = term_value.end(self, items[index])
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

    def _typed(
        self, term: Term, values: tuple[Expr, ...], item: Item | None, windows: tuple[Item, ...]
    ) -> Value | None:
        kind, first = term.kind, values[0]
        if type(first) is Leaf and first.kind == "REDACTED" and kind not in term_value.CAN_BE_REDACTED:
            term_value.cannot_be_redacted(self, term, first)
            return None
        if kind is ValueKind.AMOUNT and len(values) == 1:
            return amounts.amount(self, term, first, windows)
        if len(values) > 1 and kind not in term_value.SEVERAL:
            self.fail("DR301", f"`{term.name}` takes one value, not {len(values)}", values[1].span)
            return None
        return term_value.READERS[kind](self, term, values, item)

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
            names = term_value.names(self, term, values)
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

    def _misfit(self, found: Misfit | None) -> None:
        self.whole = False
        if found is not None:
            self.fail(found.code, found.message, found.span, help_=found.help)
