"""The first pass: what there is, and what it is called.

In: the written files, in the order in which they were loaded. Out: the deals, each with the names and labels that it
declares, and every top-level statement with the deal that it is written under. Guaranteed: names do not depend on the
order of statements and files; a statement that is wrong keeps its label and the name that it declares.
"""

from collections.abc import Sequence

import attrs

from dealrun.diagnostics import Note, Report, did_you_mean
from dealrun.model.currencies import DOLLARS
from dealrun.model.keys import DeclarationKey
from dealrun.model.names import NameTable
from dealrun.model.resolve import entries, operations
from dealrun.model.resolve.scope import Declared, Scope
from dealrun.model.vocabulary import CLAUSES, FORMS, OPERATIONS, OTHERS
from dealrun.syntax import File, Leaf, Statement
from dealrun.time.calendars import is_unknown

NAMED = frozenset({"deal", "amend", "scenario", "reading"})
"""Statements that name what they are, and take no label."""

KNOWN = FORMS.keys() | OPERATIONS | OTHERS

UNLABELLED = NAMED | {"include", "expect", "retract"}


@attrs.define
class Located:
    """A top-level statement, the deal it is written under (None: whichever is the only one) and its instrument."""

    statement: Statement
    deal: str | None
    instrument: str | None


@attrs.define
class Collected:
    """The statements of a load by what they are, and the scopes of its deals."""

    report: Report
    parts: list[Located] = attrs.field(factory=list)
    deals: dict[str, Statement] = attrs.field(factory=dict)
    scopes: dict[str, Scope] = attrs.field(factory=dict)
    amends: dict[str, Statement] = attrs.field(factory=dict)
    table: NameTable = attrs.field(factory=NameTable)
    _placed: dict[str, Located] = attrs.field(factory=dict)
    """The amendments, by name."""
    _labelled: dict[str, Statement] = attrs.field(factory=dict)
    _misspelt: list[tuple[Statement, Scope]] = attrs.field(factory=list)

    def collect(self, files: Sequence[File]) -> None:
        """Sort statements by what they are and where they belong."""
        for file in files:
            deal: str | None = None
            instrument: str | None = None
            for statement in file.statements:
                word = statement.head.text
                if statement.label is not None and word in UNLABELLED:
                    self.report.add(
                        "DR107",
                        f"`{word}` takes no label",
                        statement.label.span,
                        help=f"write `{word} NAME ...`" if word != "include" else None,
                    )
                    if word not in NAMED:
                        continue
                    statement = attrs.evolve(statement, label=None)  # noqa: PLW2901 - what it names stays there
                if word == "deal":
                    name = name_of(statement, self.report)
                    if name is None:
                        continue
                    if name in self.deals:
                        self.report.add(
                            "DR202",
                            f"the deal `{name}` is declared twice",
                            statement.items[0].span,
                            notes=[Note("first declared here", self.deals[name].span)],
                        )
                    self.deals.setdefault(name, statement)
                    deal, instrument = name, name
                    continue
                if word == "amend":
                    instrument = self._amend(statement)
                part = Located(statement, deal, instrument)
                if word == "amend" and instrument is not None:
                    self._placed[instrument] = part
                self.parts.append(part)

    def _amend(self, statement: Statement) -> str | None:
        name = name_of(statement, self.report)
        if name is None:
            return None
        earlier = self.amends.get(name) or self.deals.get(name)
        if earlier is not None:
            self.report.add(
                "DR410",
                f"two instruments are named `{name}`",
                statement.items[0].span,
                notes=[Note("the other one", earlier.items[0].span)],
            )
            return None
        self.amends[name] = statement
        return name

    def scopes_of(self, part: Located) -> tuple[Scope, ...]:
        """The scopes of the deals that a statement belongs to: several only of an amendment `of` several deals."""
        name = part.deal
        statement = part.statement
        if statement.head.text == "amend":
            of = next((item for item in statement.items if item.modifier == "of"), None)
            leaves = [leaf for leaf in of.values if isinstance(leaf, Leaf)] if of else []
            found = [scope for leaf in leaves if (scope := self._loaded(leaf))]
            if leaves:
                return tuple(found) if len(found) == len(leaves) else ()
        elif part.instrument in self.amends and name is None:
            return self.scopes_of(self._placed[part.instrument])
        if name is None and len(self.scopes) == 1:
            name = next(iter(self.scopes))
        if name is None:
            self.report.add(
                "DR206",
                "it is not said to which of the loaded deals this belongs",
                statement.head.span,
                help="write it below the `deal` statement, or `amend NAME of DEAL`",
            )
            return ()
        return (self.scopes[name],)

    def _loaded(self, leaf: Leaf) -> Scope | None:
        if leaf.text not in self.scopes:
            self.report.add(
                "DR206",
                f"no deal `{leaf.text}` is loaded",
                leaf.span,
                help=did_you_mean(leaf.text, self.scopes) or "load its file, or its folder, too",
            )
        else:
            self.table.use(leaf.source, leaf.start, leaf.end, DeclarationKey("deal", leaf.text))
        return self.scopes.get(leaf.text)

    def scope_of(self, part: Located) -> Scope | None:
        """The scope of the deal that a statement belongs to, the first of several."""
        return next(iter(self.scopes_of(part)), None)

    def read_by(self, statement: Statement) -> tuple[str, tuple[Scope, ...]]:
        """The instrument that a reading is `of`, and the deals of that."""
        of = next((item for item in statement.items if item.modifier == "of"), None)
        leaf = of.values[0] if of and len(of.values) == 1 else None
        if not isinstance(leaf, Leaf) or leaf.kind != "NAME":
            if statement.wrong:
                return "", ()
            self.report.add(
                "DR310", "`reading` needs the instrument that it reads", statement.span,
                help="write `reading NAME of INSTRUMENT`",
            )  # fmt: skip
            return "", ()
        amended = self.amends.get(leaf.text)
        if amended is not None or leaf.text in self.scopes:
            word = "deal" if amended is None else "amend"
            self.table.use(leaf.source, leaf.start, leaf.end, DeclarationKey(word, leaf.text))
        if amended is not None:
            return leaf.text, self.scopes_of(self._placed[leaf.text])
        if leaf.text in self.scopes:
            return leaf.text, (self.scopes[leaf.text],)
        self.report.add(
            "DR412",
            f"no instrument is named `{leaf.text}`",
            leaf.span,
            help=did_you_mean(leaf.text, [*self.amends, *self.scopes]),
        )
        return "", ()

    def make_scopes(self, default: str) -> None:
        """A scope for every deal; without a `deal` statement there is one, named after what was loaded."""
        names = list(self.deals) or [default]
        named = {name: statement.items[0].span for name, statement in self.amends.items()}
        for name in names:
            self.scopes[name] = Scope(
                name,
                self.report,
                f"{name}." if len(names) > 1 else "",
                others=self.scopes,
                instruments=named,
                table=self.table,
            )
            self.scopes[name].calendar = _calendar(self.deals.get(name))
            currency = _currency(self.deals.get(name))
            if currency in DOLLARS:
                self.scopes[name].dollar = currency

    def declare(self) -> None:
        """Enter every name and label: those of the agreements first, in whatever order the files are."""
        amending = {"amend", "reading"}
        for part in sorted(self.parts, key=lambda part: part.statement.head.text in amending):
            statement = part.statement
            if statement.head.text in {"amend", "reading"} and statement.label is None:
                reading = statement.head.text == "reading"
                scopes = self.read_by(statement)[1] if reading else self.scopes_of(part)
                for child in statement.block if scopes else ():
                    word = child.operation.text if child.operation else child.head.text
                    inner = operations.inner_statement(child) if word in {"add", "replace"} else None
                    if inner:
                        target, plain = operations.placed(inner, scopes)
                        self._declare(plain, target, again=True)
            elif statement.head.text not in {"record", "retract", "scenario", "expect", "include"}:
                scope = self.scope_of(part)
                if scope:
                    self._declare(statement, scope, again=False)
        self._enter_misspelt()
        for word, statements in (("deal", self.deals), ("amend", self.amends)):
            for name, statement in statements.items():
                self.table.declare(DeclarationKey(word, name), statement.items[0].span)
        for scope in self.scopes.values():
            scope.sketch = not any(declared.kind == "party" for declared in scope.names.values())

    def _declare(self, statement: Statement, scope: Scope, *, again: bool) -> None:
        head = statement.head
        if entries.is_declaration(head, statement.items) and statement.label is None:
            leaf = entries.bare_name(statement.items)
            if leaf is None:
                return
            if head.text == "source":
                scope.sources.setdefault(leaf.text, leaf.span)
            sort = _sort(statement) if head.text == "unknown" else ""
            if not again or leaf.text not in scope.names:
                scope.declare(leaf.text, Declared(head.text, leaf.span, sort))
            self.table.declare(DeclarationKey(scope.names[leaf.text].kind, scope.key(leaf.text)), leaf.span)
        elif head.text in CLAUSES:
            label = statement.label.text if statement.label else entries.own_label(statement)
            key = scope.key(label)
            earlier = scope.labels.get(label)
            if earlier and not again:
                entries.collide(label, self._labelled[key], statement, self.report)
            span = (statement.label or head).span
            scope.labels.setdefault(label, span)
            if statement.label or not earlier:
                self.table.declare(key, span)
            if statement.label is None:
                self.table.derived.add(key)
            if not earlier or again:
                scope.verbs[key] = head.text
            self._labelled.setdefault(key, statement)
        elif head.text not in KNOWN:
            self._misspelt.append((statement, scope))

    def _enter_misspelt(self) -> None:
        """A statement whose first word is misspelt, which is reported there, keeps its label, or the name behind it."""
        for statement, scope in self._misspelt:
            leaf = entries.bare_name(statement.items)
            if statement.label is not None:
                scope.labels.setdefault(statement.label.text, statement.label.span)
            elif leaf is not None and leaf.text not in scope.names:
                scope.names[leaf.text] = Declared("", leaf.span)


def _currency(statement: Statement | None) -> str:
    for item, following in zip(statement.items, statement.items[1:], strict=False) if statement else ():
        if item.modifier is None and item.span.text == "currency":
            return following.span.text
    return ""


def _calendar(statement: Statement | None) -> tuple[str, ...]:
    for item, following in zip(statement.items, statement.items[1:], strict=False) if statement else ():
        if item.modifier is None and item.span.text == "calendar":
            names = tuple(value.text for value in following.values if isinstance(value, Leaf))
            return tuple(name for name in names if name != "weekdays" and not is_unknown(name))
    return ()


def _sort(statement: Statement) -> str:
    words = FORMS["unknown"].terms["kind"].words
    for index in range(1, len(statement.items)):
        leaf = entries.bare_name(statement.items, index)
        if leaf and leaf.text in words:
            return leaf.text
    return "amount"


def name_of(statement: Statement, report: Report) -> str | None:
    """The name behind the first word of a statement; None after reporting that there is none."""
    leaf = entries.bare_name(statement.items)
    if leaf is None and not statement.wrong:
        entries.missing_name(statement, report, f"`{statement.head.text}` needs a name")
    return leaf.text if leaf is not None else None


def collect(files: Sequence[File], report: Report, default: str) -> Collected:
    """Everything that the files of a load declare; `default` names the deal where no `deal` statement does."""
    found = Collected(report)
    found.collect(files)
    found.make_scopes(default)
    found.declare()
    return found
