"""What is expected: `expect`, of states and of payments.

In: a statement and its scope. Out: expectations of the model. Guaranteed: what is expected is something that can be:
a status, a term of the clause, a payment under a clause about money.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, Literal

import attrs

from dealrun.diagnostics import did_you_mean
from dealrun.model.contract import Assertion, DutyAssertion, Expectation, Fact, PaidAssertion, PaidExpectation
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.keys import DeclarationKey, EntryKey
from dealrun.model.resolve import claims, entries
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.facts import FactReader, exact_day, read_unknown
from dealrun.model.resolve.scope import Scope
from dealrun.model.resolve.terms import TermReader
from dealrun.model.values import Amount, OnDate, Quantity
from dealrun.model.vocabulary import FORMS
from dealrun.syntax import Branch, Expr, Item, Leaf, Statement, WrittenAssertion, walk
from dealrun.time.days import Day

STATUSES = ("in force", "not yet", "waived", "ended", "dormant", "contingent", "not there")
STANDINGS = ("not yet due", "performed", "performed late", "unrecorded", "breached", "cured", "excused")
"""How a duty can stand, apart from the words that a clause's status has too: those follow behind `duty`."""


CREDIT = "credit"
ACCRUED = "accrued"
"""The word before an amount that is owed back."""
PRESUMED = "presumed"
"""The word before the day of an expectation about the presumptive answer."""
COURSES: Final = ("always", "never", "possible")
"""The words before the days of an expectation about every course of events."""


@attrs.define
class _ExpectHeader:
    """What stands before the colon: the day or period, the day of knowledge, and what is supposed."""

    first: Day | None = None
    last: Day | None = None
    known: Day | None = None
    given: list[Fact] = attrs.field(factory=list)
    under: tuple[str, ...] = ()


def _header(statement: Statement, items: list[Item], days: Collection[str], scope: Scope,
            supposed: Mapping[str, str]) -> _ExpectHeader:  # fmt: skip
    """The items behind `expect` (or `expect paid`); `days` are the modifiers that say which days it is about."""
    header = _ExpectHeader()
    reader = FactReader(scope, assumption=True)
    index = 0
    while index < len(items):
        item = items[index]
        index += 1
        first = item.values[0] if item.values else None
        if item.modifier == "from" and item.modifier in days and first is not None and header.first is None:
            at = ex.time(first, scope, "a date")
            if isinstance(at, OnDate):
                header.first = at.first
            elif at is not None:
                scope.report.add("DR301", f"{ex.found(first)} is not a date", first.span)
        elif item.modifier in days and first is not None and header.last is None:
            if item.modifier == "on":
                header.last = exact_day(first, scope, "the day of an expectation")
                continue
            at = ex.time(first, scope, "a date")
            if isinstance(at, OnDate):
                header.first, header.last = (at.first if item.modifier == "in" else header.first), at.last
            elif at is not None:
                scope.report.add("DR301", f"{ex.found(first)} is not a date", first.span)
        elif item.modifier == "known" and first is not None:
            header.known = exact_day(first, scope, "the day of knowledge")
        elif item.modifier == "given" and first is not None:
            parts = []
            while index < len(items) and items[index].modifier in {"on", "=", "holds", "from", "until"}:
                parts.append(items[index])
                index += 1
            bare = attrs.evolve(item, modifier=None)
            fact = reader.record(attrs.evolve(statement, items=(bare, *parts), label=None, assertions=()))
            if fact:
                header.given.append(fact)
        elif item.modifier == "under" and all(isinstance(value, Leaf) for value in item.values):
            header.under = tuple(found for value in item.values if (found := _under(value, scope, supposed)))
        else:
            takes = ", ".join(f"`{word}`" for word in [*days, "known", "given", "under"])
            scope.report.add("DR302", f"`expect` has no `{item.span.text}`", item.span, help=f"it takes {takes}")
    return header


def is_paid(statement: Statement) -> bool:
    """Whether an `expect` is about payments."""
    return bool(statement.items) and statement.items[0].modifier == "paid"


def expectation(
    statement: Statement, scope: Scope, known: Day | None, supposed: Mapping[str, str]
) -> Expectation | None:
    """An `expect` statement; `known` is the signing day of its instrument, `supposed` the scenarios and readings."""
    items = list(statement.items)
    presumed = bool(items) and _is(items[0], PRESUMED)
    course = next((word for word in COURSES if items and _is(items[0], word)), "")
    days = ("on", "from", "through") if course else ("on",)
    header = _header(statement, items[presumed or bool(course) :], days, scope, supposed)
    if header.last is None:
        help_ = "write `expect on YYYY-MM-DD: LABEL ...` or `expect paid in PERIOD: LABEL AMOUNT`"
        if presumed:
            help_ = "write `expect presumed on YYYY-MM-DD: LABEL ...`"
        if course:
            help_ = (
                f"write `expect {course} through YYYY-MM-DD: LABEL ...`, and `from YYYY-MM-DD` where it begins later"
            )
        scope.report.add("DR602", "`expect` needs a day", statement.head.span, help=help_)
        return None
    assertions = [found for written in statement.assertions for found in _expected(written, scope, course)]
    one_day = any(item.modifier == "on" for item in items)
    of_course: Literal["", "always", "never", "possible"] = course  # type: ignore[assignment]
    found = Expectation(
        header.last, known if header.known is None else header.known, tuple(header.given), header.under,
        tuple(assertions), statement.span, presumed, of_course, header.last if one_day else header.first,
    )  # fmt: skip
    if course:
        _check_course(found, statement, scope)
    return found


def _expected(written: WrittenAssertion, scope: Scope, course: str) -> list[Assertion]:
    """What one assertion says; a claim in quotes says it of every course of events."""
    if written.label.kind != "STRING":
        return _assertion(written, scope)
    if not course:
        words = ", ".join(f"`expect {word} ...`" for word in COURSES)
        scope.report.add("DR602", "a claim in quotes is about every course of events", written.span,
                         help=f"write one of {words}, or a label without quotes")  # fmt: skip
        return []
    return claims.stated(written, scope, _assertion)


def _check_course(found: Expectation, statement: Statement, scope: Scope) -> None:
    """Report what cannot be said of every course of events."""
    if found.first is not None and found.first > found.on:
        scope.report.add("DR602", "the period of an expectation ends before it begins", statement.head.span)
    for each in (one for said in found.assertions for one in (said.claim.said.values() if said.claim else (said,))):
        if isinstance(each.key, DeclarationKey):
            scope.report.add(
                "DR602", f"`{each.text}` is about a declaration; `{found.course}` is about clauses", each.span
            )
        elif each.contingent_on is not None or each.status == "contingent":
            scope.report.add("DR602", "nothing is contingent in a single course of events", each.span,
                             help="say which status or term it has")  # fmt: skip
        elif (each.duty is not None or each.within is not None) and found.first != found.on:
            scope.report.add("DR602", f"`{each.text}` is expected of one day", each.span,
                             help=f"write `expect {found.course} on YYYY-MM-DD: ...`")  # fmt: skip


# --- payments ---------------------------------------------------------------------------------------------------------


def paid(statement: Statement, scope: Scope, supposed: Mapping[str, str]) -> PaidExpectation | None:
    """An `expect paid` statement; what is paid has no presumptive answer, because only a ledger can tell."""
    if statement.items[0].values:
        scope.report.add("DR602", "`expect paid` is followed by `in PERIOD` or `through DATE`", statement.items[0].span,
                         help="write `expect paid in Q1 2027: LABEL AMOUNT`")  # fmt: skip
        return None
    header = _header(statement, list(statement.items[1:]), ("in", "through"), scope, supposed)
    if header.last is None:
        scope.report.add("DR602", "`expect paid` needs a period", statement.head.span,
                         help="write `expect paid in Q1 2027: LABEL AMOUNT`")  # fmt: skip
        return None
    assertions = [found for written in statement.assertions if (found := _paid_assertion(written, scope))]
    return PaidExpectation(
        header.first, header.last, header.known, tuple(header.given), header.under, tuple(assertions), scope.deal,
        statement.span,
    )  # fmt: skip


def _paid_assertion(written: WrittenAssertion, scope: Scope) -> PaidAssertion | None:
    """`LABEL [to PARTY] [accrued] [credit] AMOUNT [due DATE]`, or `LABEL contingent [on X and Y]`."""
    if written.label.kind == "STRING":
        scope.report.add("DR602", "a payment is expected under a label, not in quotes", written.span)
        return None
    key = scope.label(written.label)
    word = scope.verb_of(key) if key is not None else ""
    if key is None or not word:
        return None
    if FORMS[word].family != "money":
        scope.report.add("DR602", f"nothing is paid under `{written.label.text}`", written.label.span)
        return None
    payee: str | None = None
    amount: Quantity | None = None
    due: Day | None = None
    hangs: tuple[str, ...] | None = None
    items = list(written.items)
    sign, accrued = 1, False
    while items:
        item = items.pop(0)
        first = item.values[0] if len(item.values) == 1 else None
        if item.modifier is None and _is(item, CREDIT) and items:
            sign = -1
        elif item.modifier is None and _is(item, ACCRUED) and items:
            accrued = True
        elif item.modifier == "to" and isinstance(first, Leaf):
            resolved = scope.name(first, ("party", "person"), "party")
            payee = resolved[0] if resolved else None
        elif item.modifier is None and _is(item, "due") and items and items[0].modifier is None:
            due = exact_day(items.pop(0).values[0], scope, "a due day")
        elif item.modifier is None and _is(item, "contingent"):
            on = items.pop(0) if items and items[0].modifier == "on" else None
            hangs = _hangs(on, scope) if on else ()
        elif item.modifier is None and first is not None:
            value = read_unknown(first, "unknown amount", written.label.text, scope)
            if isinstance(value, Amount) and isinstance(value.expression, Quantity):
                amount = attrs.evolve(value.expression, number=sign * value.expression.number)
                if amount.unit not in MINOR_DIGITS:
                    scope.report.add("DR307", f"{ex.found(first)} is not an amount of money", first.span)
        else:
            scope.report.add("DR602", f"`{item.span.text}` says nothing of a payment", item.span,
                             help="write `LABEL [accrued] [credit] AMOUNT`, `LABEL to PARTY AMOUNT` or `LABEL due DATE`"
                             )  # fmt: skip
            return None
    if amount is None and due is None and hangs is None:
        scope.report.add("DR602", f"nothing is expected of `{written.label.text}`", written.span)
        return None
    if accrued and (payee is not None or amount is None):
        scope.report.add("DR602", "`accrued` is followed by an amount, of all payees together", written.span,
                         help="write `LABEL accrued AMOUNT`, and what one payee gets apart")  # fmt: skip
        return None
    return PaidAssertion(key, payee, amount, due, hangs, written.span, written.span.text, accrued)


# --- assertions about states ------------------------------------------------------------------------------------------


def _subject(label: Leaf, scope: Scope) -> tuple[EntryKey, str] | None:
    """The key and the word of what an assertion is about; None after reporting that there is no such thing."""
    key = scope.find_label(label.text)
    if key is not None:
        scope.use(label, key)
        word = scope.verb_of(key)
        return (key, word) if word else None
    found = scope.find(label.text)
    if found is None:
        scope.report.add(
            "DR205",
            f"no clause is labelled `{label.text}`",
            label.span,
            help=did_you_mean(label.text, [*scope.labels, *scope.names]),
        )
        return None
    word = found[2].kind
    declared = DeclarationKey(word, found[0].key(found[1]))
    scope.use(label, declared)
    return (declared, word) if word else None


def _assertion(written: WrittenAssertion, scope: Scope) -> list[Assertion]:
    """What one assertion says, each part by itself."""
    label = written.label
    subject = _subject(label, scope)
    if subject is None:
        return []
    key, word = subject
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
        alone = following is None or following.modifier in {"in", "on"}
        if text in STANDINGS or (text == "duty" and following) or (text == "due" and alone):
            index, duty = _duty(items, index, scope)
            result.append(attrs.evolve(base, duty=duty))
        elif text in STATUSES:
            index, status = _status(items, index + 1, attrs.evolve(base, status=text), scope)
            result.append(status)
        elif text in form.terms and following and _is(following, "contingent"):
            index, on = _behind_on(items, index + 2, scope)
            result.append(attrs.evolve(base, term=text, contingent_on=on))
        elif item.modifier in form.by_modifier and len(item.values) == 1 and item.values[0].span.text == "contingent":
            index, on = _behind_on(items, index + 1, scope)
            result.append(attrs.evolve(base, term=form.by_modifier[item.modifier].name, contingent_on=on))
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


def _behind_on(items: Sequence[Item], index: int, scope: Scope) -> tuple[int, tuple[str, ...]]:
    """What stands behind an `on`, if one is there, and the index behind that."""
    if index < len(items) and items[index].modifier == "on":
        return index + 1, _hangs(items[index], scope)
    return index, ()


def _status(items: Sequence[Item], index: int, status: Assertion, scope: Scope) -> tuple[int, Assertion]:
    """What follows a status: `by X`, `on X and Y`, `in PERIOD`; and the index behind that."""

    def following() -> Item | None:
        return items[index] if index < len(items) else None

    item = following()
    if item and status.status == "ended" and item.modifier == "by":
        by = " ".join(item.span.text.split()[1:])
        _mention(item.values, scope)
        status = attrs.evolve(status, ended_by=_qualified(by, scope))
        index += 1
    elif item and status.status == "contingent" and item.modifier == "on":
        status = attrs.evolve(status, contingent_on=_hangs(item, scope))
        index += 1
    item = following()
    if item and item.modifier == "in" and item.values and _is_date(item.values[0]):
        at = ex.time(item.values[0], scope, "a period")
        status = attrs.evolve(status, within=(at.first, at.last) if isinstance(at, OnDate) else None)
        index += 1
    return index, status


def _duty(items: Sequence[Item], index: int, scope: Scope) -> tuple[int, DutyAssertion]:
    """`[duty] STANDING [by PARTY] [in PERIOD]`, or `duty contingent [on X]`; and the index behind it."""
    if " ".join(items[index].span.text.split()) == "duty":
        index += 1
    item = items[index]
    status = " ".join(item.span.text.split())
    words = (*STANDINGS, "due", "waived", "ended", "contingent")
    if status not in words:
        scope.report.add("DR602", f"a duty does not stand as `{status}`", item.span,
                         help=did_you_mean(status, words) or f"it is one of: {', '.join(words)}")  # fmt: skip
    index += 1
    by: tuple[str, ...] = ()
    within: tuple[Day, Day] | None = None
    hangs: tuple[str, ...] | None = None
    while index < len(items) and items[index].modifier in {"by", "in", "on"}:
        item = items[index]
        if item.modifier == "by":
            leaves = [leaf for expr in item.values for leaf in _leaves(expr)]
            resolved = [scope.name(leaf, ("party", "person"), "party") for leaf in leaves]
            by = tuple(found[0] for found in resolved if found)
        elif item.modifier == "in":
            at = ex.time(item.values[0], scope, "a period") if item.values else None
            within = (at.first, at.last) if isinstance(at, OnDate) else within
        else:
            hangs = _hangs(item, scope)
        index += 1
    return index, DutyAssertion(status, by, within, hangs)


def _is_date(expr: Expr) -> bool:
    return isinstance(expr, Leaf) and expr.kind in ex.DATES


def _leaves(expr: Expr) -> list[Leaf]:
    return [node for node in walk(expr) if isinstance(node, Leaf)]


def _mention(values: Iterable[Expr], scope: Scope) -> None:
    """Enter the uses of names in what is told as a text."""
    for value in values:
        for leaf in _leaves(value):
            if leaf.kind == "NAME":
                scope.mention(leaf)


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
        _mention(parts, scope)
        names.extend(_qualified(" ".join(part.span.text.split()), scope) for part in parts)
    return tuple(names)


def _under(expr: Expr, scope: Scope, supposed: Mapping[str, str]) -> str | None:
    """A scenario (of this deal first) or a reading."""
    name = expr.span.text
    found = next((each for each in (scope.key(name), name) if each in supposed), None)
    if found is None:
        scope.report.add(
            "DR602", f"no scenario or reading `{name}`", expr.span, help=did_you_mean(name, supposed) or None
        )
    else:
        scope.table.use(expr.source, expr.start, expr.end, DeclarationKey(supposed[found], found))
    return found
