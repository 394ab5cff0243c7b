"""Headers of deals and amendments, and the operations in an amendment's block.

In: a `deal` or `amend` statement and its scope. Out: a `Deal` and its `Instrument`, or an amending `Instrument`.
Guaranteed: signing days are known or bounded; every operation names an entry and terms that its form has.
"""

import attrs

from dealrun.diagnostics import did_you_mean
from dealrun.model.contract import (
    Add,
    ChangeMembers,
    Deal,
    Drop,
    Entry,
    Instrument,
    Operation,
    SetTerms,
    TermText,
    Waive,
)
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.resolve import entries
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.scope import Scope
from dealrun.model.resolve.terms import TermReader
from dealrun.model.values import Condition, End, Names, OnDate, Time, Value
from dealrun.model.vocabulary import CLAUSES, FORMS, Form, Kind
from dealrun.source import Span
from dealrun.syntax import Branch, Item, Leaf, Statement
from dealrun.time.days import Day

ROUNDINGS = ("half-even", "half-up", "down", "up")
CALENDARS = ("weekdays",)
SETTINGS = ("parties", "currency", "rounding", "fiscal-year", "calendar")


@attrs.define
class Header:
    """What a header line says; each part once."""

    title: str = ""
    signatures: tuple[tuple[str, Day, Day], ...] = ()
    signed: tuple[Day, Day] | None = None
    effective: Time | None = None
    when: Condition | None = None
    after: tuple[str, ...] = ()
    retroactive: bool = False
    dated: bool = False
    """Whether a signing day stands there, be it right or wrong."""
    effective_span: Span | None = None
    after_span: Span | None = None
    settings: dict[str, tuple[str, ...]] = attrs.field(factory=dict)


def read_header(items: tuple[Item, ...], scope: Scope, *, what: str) -> Header:
    """The items behind the name of a deal or an amendment."""
    header = Header()
    index = 0
    seen: set[str] = set()
    while index < len(items):
        item = items[index]
        index += 1
        first = item.values[0] if item.values else None
        bare = first.text if isinstance(first, Leaf) and first.kind == "NAME" else "title"
        part = item.modifier or bare
        if part in seen:
            scope.report.add("DR303", f"`{part}` again: `{item.span.text}`", item.span, help="give it once")
            continue
        seen.add(part)
        match item.modifier:
            case None if isinstance(first, Leaf) and first.kind == "STRING":
                header.title = first.text
            case None if isinstance(first, Leaf) and first.text == "retroactive" and what == "amend":
                header.retroactive = True
            case None if isinstance(first, Leaf) and first.text in SETTINGS and what == "deal":
                following = items[index] if index < len(items) else None
                if following is None or following.modifier is not None:
                    scope.report.add("DR301", f"`{first.text}` needs a value", item.span)
                    continue
                index += 1
                _setting(header, first.text, following, scope)
            case "signed":
                header.dated = True
                _signed(header, item, scope)
            case "effective" if first is not None:
                header.effective = ex.time(first, scope)
                header.effective_span = item.span
            case "effective":
                pass  # `effective when E`: the condition follows
            case "when" if what == "amend" and first is not None:
                header.when = ex.condition(first, scope)
            case "after" if what == "amend":
                header.after = tuple(v.text for v in item.values if isinstance(v, Leaf) and v.kind == "NAME")
                header.after_span = item.span
                for value in item.values:
                    if not (isinstance(value, Leaf) and value.kind == "NAME"):
                        scope.report.add("DR301", f"{ex.found(value)} is not an instrument", value.span)
            case _:
                wanted = (
                    "signed, effective, when, after, retroactive" if what == "amend" else "signed, effective, "
                ) + ("" if what == "amend" else ", ".join(SETTINGS))
                text = item.modifier or item.span.text
                near = did_you_mean(text, (*SETTINGS, "retroactive")) if item.modifier is None else None
                scope.report.add(
                    "DR302",
                    f"`{what}` has no `{text}`",
                    item.span,
                    help=near or f"it takes a title, {wanted}",
                )
    return header


def _setting(header: Header, name: str, item: Item, scope: Scope) -> None:
    words = tuple(value.text for value in item.values if isinstance(value, Leaf))
    known = {"rounding": ROUNDINGS, "calendar": CALENDARS, "currency": tuple(MINOR_DIGITS)}.get(name)
    if known and words[:1] and words[0] not in known:
        scope.report.add(
            "DR308" if name == "currency" else "DR301",
            f"`{words[0]}` is not a {name}",
            item.span,
            help=did_you_mean(words[0], known) or (f"one of: {', '.join(known)}" if name != "currency" else None),
        )
        return
    if name == "parties":
        words = tuple(
            resolved[0]
            for value in item.values
            if isinstance(value, Leaf) and (resolved := scope.name(value, ("party",), "party"))
        )
    header.settings[name] = words


def _signed(header: Header, item: Item, scope: Scope) -> None:
    signatures: list[tuple[str, Day, Day]] = []
    for expr in item.values:
        day, by = expr, ""
        if isinstance(expr, Branch) and expr.kind == "signature":
            day = expr.parts[0]
            leaf = expr.parts[1]
            assert isinstance(leaf, Leaf)
            resolved = scope.name(leaf, ("party", "person"), "party")
            by = resolved[0] if resolved else ""
        at = ex.time(day, scope, "a date")
        if at is None:
            continue
        if not isinstance(at, OnDate):
            scope.report.add("DR301", f"{ex.found(day)} is not a date", day.span, help="a signing day is a date")
            continue
        signatures.append((by, at.first, at.last))
    if signatures:
        header.signatures = tuple(signatures)
        header.signed = (max(lo for _, lo, _ in signatures), max(hi for _, _, hi in signatures))


def deal(statement: Statement, scope: Scope) -> Deal:
    """The `deal` statement itself."""
    header = read_header(statement.items[1:], scope, what="deal")
    settings = header.settings
    return Deal(
        scope.deal,
        header.title,
        settings.get("parties", ()),
        next(iter(settings.get("currency", ())), None),
        next(iter(settings.get("rounding", ())), "half-even"),
        next(iter(settings.get("fiscal-year", ())), "January"),
        next(iter(settings.get("calendar", ())), "weekdays"),
        scope.sketch,
        statement.span,
    )


def agreement(statement: Statement | None, body: list[Statement], scope: Scope, span_of: Statement) -> Instrument:
    """The agreement of a deal: its header and the clauses and declarations that stand outside amendments."""
    header = read_header(statement.items[1:], scope, what="deal") if statement else Header()
    cites = entries.cites(statement.cites, scope) if statement else ()
    source = cites[0].source if cites else ""
    operations: list[Operation] = []
    for part in body:
        entry = read_entry(part, scope, source)
        if entry:
            operations.append(Add(entry.key, entry.cites, entry.span, entry))
    return Instrument(
        scope.deal, header.title, scope.deal, header.signed, header.signatures, header.effective, None, (), False,
        tuple(operations), cites, (statement or span_of).span, amends=False,
    )  # fmt: skip


def read_entry(statement: Statement, scope: Scope, source: str) -> Entry | None:
    """A clause or a declaration."""
    if entries.is_declaration(statement.head, statement.items) and statement.label is None:
        return entries.declaration(statement, scope, source)
    return entries.clause(statement, scope, source)


def amendment(statement: Statement, name: str, scope: Scope) -> Instrument:
    """An `amend` statement with its block; facts and expectations in the block are read elsewhere."""
    items = tuple(item for item in statement.items[1:] if item.modifier != "of")
    header = read_header(items, scope, what="amend")
    cites = entries.cites(statement.cites, scope)
    reader = OperationReader(scope, cites[0].source if cites else "", name)
    for part in statement.block:
        reader.read(part)
    if reader.restating is not None:
        reader.restate(statement)
    return Instrument(
        name, header.title, scope.deal, header.signed, header.signatures, header.effective, header.when,
        header.after, header.retroactive, tuple(reader.operations), cites, statement.span,
        draft=not header.dated, effective_span=header.effective_span, after_span=header.after_span,
    )  # fmt: skip


@attrs.define
class OperationReader:
    """Reads the operations of one amendment. `words` is what every label of the deal is, over its whole history."""

    scope: Scope
    source: str
    instrument: str
    operations: list[Operation] = attrs.field(factory=list)
    restating: Statement | None = None

    def read(self, statement: Statement) -> None:
        """One statement of the block."""
        operation = statement.operation.text if statement.operation else statement.head.text
        if statement.operation and operation not in {"add", "replace"}:
            self.scope.report.add(
                "DR107",
                f"`{operation}` takes no new label",
                statement.span,
                help="`add label: …` and `replace label: …` do",
            )
            return
        match operation:
            case "add" | "replace":
                self._add(statement, replacing=operation == "replace")
            case "drop":
                self._drop(statement)
            case "set" | "unset":
                self._set(statement, unset=operation == "unset")
            case "waive":
                self._waive(statement)
            case "restate":
                self.restating = statement

    # --- add, replace, restate --------------------------------------------------------------------------------------

    def _add(self, statement: Statement, *, replacing: bool) -> None:
        inner = inner_statement(statement)
        if inner is None:
            self._members(statement, adding=True)
            return
        if inner.head.text not in FORMS:
            entries.unknown_word(inner, self.scope.report)
            return
        entry = read_entry(inner, self.scope, self.source)
        if entry:
            self.operations.append(Add(entry.key, entry.cites, statement.span, entry, replacing))

    def restate(self, statement: Statement) -> None:
        """`restate`: what the block adds replaces what was there; the other clauses of the deal are dropped."""
        kept = {operation.key for operation in self.operations if isinstance(operation, Add)}
        self.operations = [
            attrs.evolve(operation, replacing=True) if isinstance(operation, Add) else operation
            for operation in self.operations
        ]
        restating = self.restating
        assert restating is not None
        dropped = [
            Drop(self.scope.key(label), (), restating.span)
            for label, span in self.scope.labels.items()
            if self.scope.key(label) not in kept and not _within(span.start, statement, span.source)
        ]
        self.operations[:0] = dropped

    # --- entries that are there ---------------------------------------------------------------------------------------

    def _subject(self, statement: Statement) -> tuple[str, Form, tuple[Item, ...]] | None:
        """Key, form and remaining items of `set L …` or `set party P …`."""
        head = entries.bare_name(statement.items)
        if head is None:
            self.scope.report.add(
                "DR107",
                f"`{statement.head.text}` needs a label",
                statement.span,
                help="write `set LABEL TERM VALUE`",
            )
            return None
        rest = statement.items[1:]
        name = entries.bare_name(rest)
        if entries.is_declaration(head, rest) and name and self.scope.find_label(head.text) is None:
            resolved = self.scope.name(name, (head.text, *_SORTED.get(head.text, ())))
            return (f"{head.text} {resolved[0]}", FORMS[head.text], rest[1:]) if resolved else None
        key = self.scope.label(head)
        if key is None:
            return None
        return key, self.form_of(key), rest

    def form_of(self, key: str) -> Form:
        """The form of a clause by its key."""
        return FORMS[self.scope.verbs[key]]

    def _drop(self, statement: Statement) -> None:
        subject = self._subject(statement)
        if subject is None:
            return
        if subject[2]:
            self._members(statement, adding=False)
            return
        self.operations.append(
            Drop(subject[0], entries.cites(statement.cites, self.scope, self.source), statement.span)
        )

    def _members(self, statement: Statement, *, adding: bool) -> None:
        """`add L except X`, `drop L to X`: members of a list term."""
        subject = self._subject(statement)
        if subject is None:
            return
        key, form, items = subject
        word = "add" if adding else "drop"
        cites = entries.cites(statement.cites, self.scope, self.source)
        if not items:
            self.scope.report.add(
                "DR407",
                f"`add {key}` adds nothing",
                statement.span,
                help=f"write the clause (`add {key}: VERB …`) or a member of a list (`add {key} except X`)",
            )
        for item in items:
            term = form.by_modifier.get(item.modifier or "")
            if term is None or term.kind not in {Kind.NAMES, Kind.LABELS}:
                self.scope.report.add(
                    "DR302",
                    f"`{item.span.text}` is not a list term of `{form.word}`",
                    item.span,
                    help=f"`{word}` takes members of a list; `set {key} …` gives any term a new value",
                )
                continue
            reader = TermReader(self.scope, form, key)
            reader.read((item,), who=False)
            for name, text in reader.terms.items():
                members = text.value.limbs[0][0]
                assert isinstance(members, Names)
                self.operations.append(ChangeMembers(key, cites, statement.span, name, members, adding))

    def _set(self, statement: Statement, *, unset: bool) -> None:
        subject = self._subject(statement)
        if subject is None:
            return
        key, form, items = subject
        cites = entries.cites(statement.cites, self.scope, self.source)
        terms: dict[str, TermText | None] = {}
        if unset:
            for item in items:
                name = item.modifier if item.modifier and not item.values else None
                leaf = item.values[0] if item.modifier is None and len(item.values) == 1 else None
                text = name or (leaf.text if isinstance(leaf, Leaf) else "")
                term = form.terms.get(text) or form.by_modifier.get(text) or form.by_word.get(text)
                if term is None:
                    self.scope.report.add(
                        "DR302",
                        f"`{form.word}` has no term `{item.span.text}`",
                        item.span,
                        help=did_you_mean(item.span.text, form.terms) or f"its terms are: {', '.join(form.terms)}",
                    )
                else:
                    terms[term.name] = None
        else:
            reader = TermReader(self.scope, form, key)
            reader.read(entries.between(items, self.scope), who=False)
            if not reader.whole:
                return
            terms.update(reader.terms)
        if not items:
            self.scope.report.add(
                "DR302",
                f"`{statement.head.text} {key}` names no term",
                statement.span,
                help=f"its terms are: {', '.join(form.terms)}",
            )
        if terms:
            self.operations.append(SetTerms(key, cites, statement.span, terms))

    def _waive(self, statement: Statement) -> None:
        subject = self._subject(statement)
        if subject is None:
            return
        key, _, items = subject
        if " " in key:
            self.scope.report.add("DR107", "`waive` suspends a clause, not a declaration", statement.span)
            return
        parties: dict[str, str] = {}
        start: Time | None = None
        end: Value | None = None
        form = FORMS["event"]
        for item in items:
            reader = TermReader(self.scope, form, key)
            first = item.values[0] if len(item.values) == 1 else None
            if item.modifier in {"by", "to"} and isinstance(first, Leaf):
                resolved = self.scope.name(first, ("party", "person"), "party")
                if resolved:
                    parties[item.modifier] = resolved[0]
            elif item.modifier in {"from", "after"} and first is not None:
                start = ex.time(first, self.scope)
            elif item.modifier in {"until", "through", "before"}:
                end = reader.end(item)
            else:
                help_ = (
                    "`for` is a duration; the one who is released stands behind `to`"
                    if (item.modifier == "for")
                    else "it takes `by`, `to`, `from` and `until`"
                )
                self.scope.report.add("DR302", f"`waive` has no `{item.span.text}`", item.span, help=help_)
        cites = entries.cites(statement.cites, self.scope, self.source)
        assert end is None or isinstance(end, End)
        self.operations.append(Waive(key, cites, statement.span, start, end, parties.get("by"), parties.get("to")))


_SORTED = {"unknown": ("unknown amount", "unknown percentage", "unknown date", "unknown truth")}


def _within(offset: int, statement: Statement, source: object) -> bool:
    if statement.span.source is not source:
        return False
    last = statement.block[-1].span.end if statement.block else statement.span.end
    return statement.span.start <= offset <= last


def inner_statement(statement: Statement) -> Statement | None:
    """The clause or declaration that an `add` or `replace` holds; None where it changes the members of a list."""
    if statement.operation is not None:
        return attrs.evolve(statement, operation=None)
    leaf = entries.bare_name(statement.items)
    if leaf is None:
        return None
    if leaf.text in CLAUSES or entries.is_declaration(leaf, statement.items[1:]):
        return attrs.evolve(statement, head=leaf, items=statement.items[1:])
    return None
