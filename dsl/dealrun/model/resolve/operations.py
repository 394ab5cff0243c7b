"""Operations: what an amendment or a reading does, statement by statement of its block.

In: the statements of a block, and the deals that they may touch. Out: operations of the model. Guaranteed: every
operation names an entry of a deal that its instrument amends, and terms that the entry's form has.
"""

import attrs

from dealrun.diagnostics import did_you_mean
from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import (
    Add,
    ChangeMembers,
    Drop,
    Operation,
    Reinstate,
    SetTerms,
    TermText,
    Waive,
)
from dealrun.model.keys import DeclarationKey, EntryKey, name_of
from dealrun.model.resolve import entries, term_value
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.scope import Scope
from dealrun.model.resolve.terms import TermReader
from dealrun.model.values import End, Names, Time, Value
from dealrun.model.vocabulary import CLAUSES, FORMS, INSTRUMENT, Form, ValueKind
from dealrun.syntax import Item, Leaf, Statement


@attrs.define
class OperationReader:
    """Reads the operations of one amendment or reading of the deals of `scopes`."""

    scopes: tuple[Scope, ...]
    source: str
    instrument: str
    operations: list[Operation] = attrs.field(factory=list)
    restating: Statement | None = None

    @property
    def scope(self) -> Scope:
        """The first deal, to which unqualified names belong."""
        return self.scopes[0]

    def read(self, statement: Statement) -> None:
        """One statement of the block."""
        if statement.wrong:
            return
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
            case "reinstate":
                self._reinstate(statement)
            case "restate":
                self.restating = statement

    # --- add, replace, restate --------------------------------------------------------------------------------------

    def _add(self, statement: Statement, *, replacing: bool) -> None:
        inner = inner_statement(statement)
        if inner is None or self._gains(statement, inner):
            self._members(statement, adding=True)
            return
        if inner.head.text not in FORMS:
            entries.unknown_word(inner, self.scope.report)
            return
        scope, inner = placed(inner, self.scopes)
        entry = entries.entry(inner, scope, self.source)
        if entry:
            self.operations.append(Add(entry.key, entry.cites, statement.span, entry, replacing))

    def _gains(self, statement: Statement, inner: Statement) -> bool:
        """Whether an `add` names a clause whose list has no modifier: `add survivors c`."""
        if inner.head.text in FORMS or statement.operation is not None or inner.label is not None:
            return False
        key = self.scope.find_label(inner.head.text)
        return key is not None and ValueKind.LABELS in FORMS[self.scope.verb_of(key)].bare

    def restate(self, statement: Statement) -> None:
        """`restate`: what the block adds replaces what was there; the other clauses of the deals are dropped."""
        kept = {operation.key for operation in self.operations if isinstance(operation, Add)}
        self.operations = [
            attrs.evolve(operation, replacing=True) if isinstance(operation, Add) else operation
            for operation in self.operations
        ]
        restating = self.restating
        assert restating is not None
        dropped = [
            Drop(scope.key(label), (), restating.span)
            for scope in self.scopes
            for label, span in scope.labels.items()
            if scope.key(label) not in kept and not _within(span.start, statement, span.source)
        ]
        self.operations[:0] = dropped

    # --- entries that are there ---------------------------------------------------------------------------------------

    def _subject(self, statement: Statement) -> tuple[EntryKey, Form, tuple[Item, ...], Scope] | None:
        """Key, form, remaining items and deal of `set L …`, `set party P …` or `set amend A …`."""
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
        if name and self.scope.find_label(head.text) is None:
            if head.text == "amend":
                return self._instrument(name, rest[1:])
            if entries.is_declaration(head, rest):
                scope = self._scope_of(name)
                resolved = scope.name(name, (head.text, *_SORTED.get(head.text, ()))) if scope else None
                return (
                    (DeclarationKey(head.text, resolved[0]), FORMS[head.text], rest[1:], scope)
                    if scope and resolved
                    else None
                )
        scope = self._scope_of(head)
        key = self.scope.label(head) if scope else None
        word = scope.verbs.get(key) if key is not None and scope is not None else None
        if key is None or scope is None or word is None:
            return None
        return key, FORMS[word], rest, scope

    def _scope_of(self, leaf: Leaf) -> Scope | None:
        """The deal that a name belongs to; None after reporting one that this instrument does not amend."""
        deal = leaf.text.partition(".")[0]
        if deal in self.scope.others and leaf.text not in self.scope.labels and leaf.text not in self.scope.names:
            for scope in self.scopes:
                if scope.deal == deal:
                    return scope
            self.scope.report.add(
                "DR417",
                f"`{self.instrument}` amends {' and '.join(f'`{each.deal}`' for each in self.scopes)}, not `{deal}`",
                leaf.span,
                help=f"write `amend {self.instrument} of {', '.join([*(s.deal for s in self.scopes), deal])}`",
            )
            return None
        return self.scope

    def _instrument(self, name: Leaf, rest: tuple[Item, ...]) -> tuple[EntryKey, Form, tuple[Item, ...], Scope] | None:
        if name.text not in self.scope.instruments:
            self.scope.report.add(
                "DR412",
                f"no amendment is named `{name.text}`",
                name.span,
                help=did_you_mean(name.text, self.scope.instruments),
            )
            return None
        return DeclarationKey("amend", self.scope.instrument(name)), INSTRUMENT, rest, self.scope

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
        """`add L except X`, `drop L to X`, `drop survivors L`: members of a list term."""
        subject = self._subject(statement)
        if subject is None:
            return
        key, form, items, scope = subject
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
            term = form.bare.get(ValueKind.LABELS) if item.modifier is None else form.by_modifier.get(item.modifier)
            if term is None or term.kind not in {ValueKind.NAMES, ValueKind.LABELS}:
                self.scope.report.add(
                    "DR302",
                    f"`{item.span.text}` is not a list term of `{form.word}`",
                    item.span,
                    help=f"`{word}` takes members of a list; `set {key} …` gives any term a new value",
                )
                continue
            reader = TermReader(scope, form, name_of(key))
            reader.read((item,), who=False)
            for name, text in reader.terms.items():
                members = text.value.limbs[0][0]
                assert isinstance(members, Names)
                self.operations.append(ChangeMembers(key, cites, statement.span, name, members, adding))

    def _set(self, statement: Statement, *, unset: bool) -> None:
        subject = self._subject(statement)
        if subject is None:
            return
        key, form, items, scope = subject
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
            reader = TermReader(scope, form, name_of(key))
            reader.read(entries.between(items, scope), who=False)
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

    def _clause(self, statement: Statement) -> tuple[str, tuple[Item, ...], Scope] | None:
        """Key, remaining items and deal of an operation that takes a clause only."""
        subject = self._subject(statement)
        if subject is None:
            return None
        key, _, items, scope = subject
        if isinstance(key, DeclarationKey):
            self.scope.report.add("DR107", f"`{statement.head.text}` takes the label of a clause", statement.span)
            return None
        return key, items, scope

    def _reinstate(self, statement: Statement) -> None:
        subject = self._clause(statement)
        if subject is None:
            return
        key, items, _ = subject
        for item in items:
            self.scope.report.add("DR302", f"`reinstate` has no `{item.span.text}`", item.span, help="it takes a label")
        cites = entries.cites(statement.cites, self.scope, self.source)
        self.operations.append(Reinstate(key, cites, statement.span))

    def _waive(self, statement: Statement) -> None:
        subject = self._clause(statement)
        if subject is None:
            return
        key, items, scope = subject
        parties: dict[str, str] = {}
        start: Time | None = None
        end: Value | None = None
        form = FORMS["event"]
        for item in items:
            reader = TermReader(scope, form, name_of(key))
            first = item.values[0] if len(item.values) == 1 else None
            if item.modifier in {"by", "to"} and isinstance(first, Leaf):
                resolved = scope.name(first, ("party", "person"), "party")
                if resolved:
                    parties[item.modifier] = resolved[0]
            elif item.modifier in {"from", "after"} and first is not None:
                start = ex.time(first, scope)
            elif item.modifier in {"until", "through", "before"}:
                end = term_value.end(reader, item)
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
    rest = statement.items[1:]
    if leaf.text in CLAUSES:
        # Verbs stay usable as labels: a clause begins with its parties, `add audit to books` with what the list gains.
        form = FORMS[leaf.text]
        if form.roles and form.behaviour is not Behaviour.TERM and rest and rest[0].modifier is not None:
            return None
        return attrs.evolve(statement, head=leaf, items=rest)
    if entries.is_declaration(leaf, rest) or (rest and rest[0].modifier is None):  # the word may be misspelt
        return attrs.evolve(statement, head=leaf, items=rest)
    return None


def placed(statement: Statement, scopes: tuple[Scope, ...]) -> tuple[Scope, Statement]:
    """The deal that what is added belongs to, and its text without the deal's name: `add supply.audit: …`."""
    declaring = entries.is_declaration(statement.head, statement.items) and statement.label is None
    leaf = entries.bare_name(statement.items) if declaring else statement.label
    deal, dot, rest = leaf.text.partition(".") if leaf else ("", "", "")
    scope = next((scope for scope in scopes if scope.deal == deal and scope.prefix), None) if dot else None
    if leaf is None or scope is None:
        return scopes[0], statement
    start = leaf.end - len(rest)
    scope.table.use(leaf.source, leaf.start, start - 1, DeclarationKey("deal", deal))
    plain = attrs.evolve(leaf, start=start, text=rest)
    if not declaring:
        return scope, attrs.evolve(statement, label=plain)
    first = attrs.evolve(statement.items[0], values=(plain,))
    return scope, attrs.evolve(statement, items=(first, *statement.items[1:]))
