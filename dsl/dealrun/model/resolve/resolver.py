"""The written files of one load into one `Model`.

In: files, in the order in which they were loaded. Out: the model. Guaranteed: all errors of meaning that need no
evaluation are reported; the model holds whatever was right, so that later steps can go on.

Two passes: the first enters every name and label of every deal, wherever it is declared, the second resolves what
refers to them. So the order of statements and files never matters to names.
"""

from collections.abc import Sequence

import attrs

from dealrun.diagnostics import Note, Report, did_you_mean
from dealrun.limits import MAX_FACTS, MAX_INSTRUMENTS
from dealrun.model.contract import Assumed, Deal, Fact, Instrument, Model, Reading, Scenario
from dealrun.model.currencies import DOLLARS
from dealrun.model.resolve import entries, expectations, facts, headers, operations
from dealrun.model.resolve.order import signing_order
from dealrun.model.resolve.scope import Declared, Scope
from dealrun.model.vocabulary import CLAUSES, FORMS, OPERATIONS
from dealrun.syntax import File, Leaf, Statement
from dealrun.time.calendars import is_unknown
from dealrun.time.days import Day

UNLABELLED = frozenset({"deal", "amend", "scenario", "reading", "include", "expect", "retract"})

BLOCKS = {
    "amend": OPERATIONS | {"record", "retract", "expect"},
    "reading": OPERATIONS,
    "scenario": frozenset({"record"}),
}


@attrs.frozen
class _Found:
    """The statements of all files, by what they are."""

    bodies: dict[str, list[Statement]]
    """By deal, its clauses and declarations."""
    instruments: list[Instrument] = attrs.field(factory=list)
    recorded: list[tuple[Statement, Scope, str | None]] = attrs.field(factory=list)
    retracted: list[tuple[Statement, Scope]] = attrs.field(factory=list)
    expected: list[tuple[Statement, Scope, str | None]] = attrs.field(factory=list)
    scenarios: list[Scenario] = attrs.field(factory=list)
    readings: list[Reading] = attrs.field(factory=list)

    def take(self, statement: Statement, scope: Scope, instrument: str | None) -> bool:
        """Enter a fact or an expectation, with the instrument that it stands in; False for anything else."""
        match statement.head.text:
            case "record":
                self.recorded.append((statement, scope, instrument))
            case "retract":
                self.retracted.append((statement, scope))
            case "expect":
                self.expected.append((statement, scope, instrument))
            case _:
                return False
        return True


@attrs.define
class _Located:
    """A top-level statement, the deal it is written under (None: whichever is the only one) and its instrument."""

    statement: Statement
    deal: str | None
    instrument: str | None


@attrs.define
class _Resolver:
    report: Report
    parts: list[_Located] = attrs.field(factory=list)
    deals: dict[str, Statement] = attrs.field(factory=dict)
    scopes: dict[str, Scope] = attrs.field(factory=dict)
    amends: dict[str, Statement] = attrs.field(factory=dict)

    # --- first pass: what there is ----------------------------------------------------------------------------------

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
                    continue
                if word == "deal" and statement.label is None:
                    name = self._name(statement)
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
                if word == "amend" and statement.label is None:
                    instrument = self._amend(statement)
                self.parts.append(_Located(statement, deal, instrument))

    def _name(self, statement: Statement) -> str | None:
        leaf = entries.bare_name(statement.items)
        if leaf is None:
            self.report.add(
                "DR310",
                f"`{statement.head.text}` needs a name",
                statement.span,
                help=f'write `{statement.head.text} NAME "title"`',
            )
            return None
        return leaf.text

    def _amend(self, statement: Statement) -> str | None:
        name = self._name(statement)
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

    def scopes_of(self, part: _Located) -> tuple[Scope, ...]:
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
            return self.scopes_of(_Located(self.amends[part.instrument], None, None))
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
        return self.scopes.get(leaf.text)

    def scope_of(self, part: _Located) -> Scope | None:
        """The scope of the deal that a statement belongs to, the first of several."""
        return next(iter(self.scopes_of(part)), None)

    def _read_by(self, statement: Statement) -> tuple[str, tuple[Scope, ...]]:
        """The instrument that a reading is `of`, and the deals of that."""
        of = next((item for item in statement.items if item.modifier == "of"), None)
        leaf = of.values[0] if of and len(of.values) == 1 else None
        if not isinstance(leaf, Leaf) or leaf.kind != "NAME":
            self.report.add(
                "DR310", "`reading` needs the instrument that it reads", statement.span,
                help="write `reading NAME of INSTRUMENT`",
            )  # fmt: skip
            return "", ()
        amended = self.amends.get(leaf.text)
        if amended is not None:
            return leaf.text, self.scopes_of(_Located(amended, None, None))
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
                name, self.report, f"{name}." if len(names) > 1 else "", others=self.scopes, instruments=named
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
                scopes = self._read_by(statement)[1] if reading else self.scopes_of(part)
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
            if again and leaf.text in scope.names:
                return
            scope.declare(leaf.text, Declared(head.text, leaf.span, sort))
        elif head.text in CLAUSES:
            label = statement.label.text if statement.label else entries.own_label(statement)
            key = scope.key(label)
            earlier = scope.labels.get(label)
            if earlier and not again:
                entries.collide(label, self._labelled[key], statement, self.report)
            scope.labels.setdefault(label, (statement.label or head).span)
            if not earlier or again:
                scope.verbs[key] = head.text
            self._labelled.setdefault(key, statement)

    _labelled: dict[str, Statement] = attrs.field(factory=dict)

    # --- second pass: what it means -----------------------------------------------------------------------------------

    def model(self) -> Model:
        """Resolve everything."""
        found = self._read()
        agreements, deals = self._agreements(found.bodies)
        ordered = signing_order(agreements, found.instruments, self.report)
        self._order_known(found.readings, ordered)
        signed = {instrument.name: instrument.signed for instrument in ordered}
        self._limit(len(found.instruments), MAX_INSTRUMENTS, "DR908", "amendments", found.instruments)
        recalled = self._facts(found.recorded, found.retracted)
        supposed = [*(scenario.name for scenario in found.scenarios), *(reading.name for reading in found.readings)]
        stated = [
            each
            for statement, scope, instrument in found.expected
            if not expectations.is_paid(statement)
            if (each := expectations.expectation(
                statement, scope, _last(signed.get(instrument or scope.deal)), supposed
            ))
        ]  # fmt: skip
        payments = [
            paid
            for statement, scope, _ in found.expected
            if expectations.is_paid(statement) and (paid := expectations.paid(statement, scope, supposed))
        ]
        drafts = tuple(instrument for instrument in found.instruments if instrument.draft)
        return Model(
            tuple(deals), tuple(ordered), tuple(recalled), tuple(found.scenarios), tuple(stated), self._assumed(),
            tuple(found.readings), tuple(payments), drafts,
        )  # fmt: skip

    def _read(self) -> _Found:
        """Every statement, put where it belongs."""
        found = _Found(bodies={name: [] for name in self.scopes})
        for part in self.parts:
            statement, word = part.statement, part.statement.head.text
            if word in BLOCKS and statement.label is None:
                self._check_block(statement)
            if word == "include":
                continue
            if word == "reading" and statement.label is None:
                self._reading(statement, found.readings)
                continue
            scope = self.scope_of(part)
            if scope is not None and not found.take(statement, scope, part.instrument):
                self._read_other(part, scope, found)
        return found

    def _read_other(self, part: _Located, scope: Scope, found: _Found) -> None:
        """A statement that is neither a fact nor an expectation."""
        statement, word = part.statement, part.statement.head.text
        if word == "scenario" and statement.label is None:
            name = self._name(statement)
            if name and any(scenario.name == scope.key(name) for scenario in found.scenarios):
                self.report.add("DR202", f"the scenario `{name}` is declared twice", statement.items[0].span)
            elif name:
                found.scenarios.append(facts.scenario(statement, name, scope))
        elif word == "amend" and statement.label is None:
            if part.instrument is not None:
                found.instruments.append(headers.amendment(statement, part.instrument, self.scopes_of(part)))
                for child in statement.block:
                    found.take(child, scope, part.instrument)
        elif word in FORMS:
            found.bodies[scope.deal].append(statement)
        elif word in OPERATIONS:
            self.report.add(
                "DR107",
                f"`{word}` stands outside an amendment",
                statement.head.span,
                help="put it, indented, below an `amend` statement",
            )
        else:
            entries.unknown_word(statement, self.report)

    def _agreements(self, bodies: dict[str, list[Statement]]) -> tuple[list[Instrument], list[Deal]]:
        """The agreement of each deal, and the deals that are declared, or taken as they come."""
        agreements: list[Instrument] = []
        deals: list[Deal] = []
        for name, scope in self.scopes.items():
            statement_ = self.deals.get(name)
            body = bodies[name]
            if statement_ is None and not body and not self.parts:
                continue
            anchor = statement_ or (body[0] if body else self.parts[0].statement)
            agreements.append(headers.agreement(statement_, body, scope, anchor))
            if statement_:
                deals.append(headers.deal(statement_, scope))
            else:
                deals.append(Deal(name, "", (), None, "half-even", "January", ("weekdays",), scope.sketch, None))
        return agreements, deals

    def _reading(self, statement: Statement, readings: list[Reading]) -> None:
        name = self._name(statement)
        if name is None:
            return
        earlier = next((reading for reading in readings if reading.name == name), None)
        if earlier is not None or name in self.amends or name in self.deals:
            self.report.add(
                "DR410",
                f"`{name}` names a reading and something else",
                statement.items[0].span,
                notes=[Note("the other one", earlier.span if earlier else self._statement(name).items[0].span)],
            )
            return
        of, scopes = self._read_by(statement)
        if scopes:
            readings.append(headers.reading(statement, name, of, scopes))

    def _statement(self, name: str) -> Statement:
        return self.amends.get(name) or self.deals[name]

    def _order_known(self, readings: list[Reading], ordered: list[Instrument]) -> None:
        """A reading of a draft reads what has no effect; the draft itself is warned about."""
        there = {instrument.name for instrument in ordered}
        readings[:] = [reading for reading in readings if reading.of in there]

    def _assumed(self) -> tuple[Assumed, ...]:
        return tuple(assumed for scope in self.scopes.values() for assumed in scope.assumed.values())

    def _limit(self, count: int, limit: int, code: str, what: str, items: Sequence[Instrument | Fact]) -> None:
        if count > limit:
            self.report.add(code, f"{count:,} {what}; {limit:,} is the limit", items[limit].span)

    def _check_block(self, statement: Statement) -> None:
        allowed = BLOCKS[statement.head.text]
        for child in statement.block:
            word = (child.operation or child.head).text
            if word not in allowed:
                self.report.add(
                    "DR107",
                    f"`{word}` does not stand in the block of `{statement.head.text}`",
                    child.span,
                    help=f"write `add {word} …`"
                    if word in FORMS and "add" in allowed
                    else did_you_mean(word, allowed) or f"its statements are: {', '.join(sorted(allowed))}",
                )

    def _facts(
        self, recorded: list[tuple[Statement, Scope, str | None]], retracted: list[tuple[Statement, Scope]]
    ) -> list[Fact]:
        found: list[Fact] = []
        for statement, scope, _ in recorded:
            fact = facts.FactReader(scope).record(statement)
            if fact:
                found.append(fact)
        self._limit(len(found), MAX_FACTS, "DR909", "facts", found)
        for statement, scope in retracted:
            self._retract(statement, scope, found)
        return found

    def _retract(self, statement: Statement, scope: Scope, found: list[Fact]) -> None:
        first = statement.items[0].values[0] if statement.items and statement.items[0].values else None
        known: Day | None = None
        for item in statement.items[1:]:
            if item.modifier in {"known", "on"} and item.values:
                known = facts.exact_day(item.values[0], scope, "the day from which it is known to be wrong")
            else:
                text = f"`retract` has no `{item.span.text}`"
                self.report.add("DR302", text, item.span, help="it takes `known DATE`")
                return
        name = " ".join(first.span.text.split()) if first is not None else ""
        matching = [index for index, fact in enumerate(found) if fact.id == name]
        if not matching or first is None:
            ids = [fact.id for fact in found]
            self.report.add(
                "DR503",
                f"no fact `{name}` is recorded" if name else "`retract` needs the fact",
                first.span if first is not None else statement.span,
                help=(did_you_mean(name, ids) if name else None) or "name the fact by its label, or by what it records",
            )
        elif len(matching) > 1:
            self.report.add(
                "DR503",
                f"{len(matching)} facts are called `{name}`",
                first.span,
                notes=[Note("one of them", found[index].span) for index in matching[:3]],
                help="label the facts (`name: record ...`) and retract one by its label",
            )
        elif known is None:
            self.report.add(
                "DR506", "`retract` needs the day from which the fact is known to be wrong", statement.span,
                help=f"write `retract {name} known YYYY-MM-DD`",
            )  # fmt: skip
        else:
            found[matching[0]] = attrs.evolve(found[matching[0]], retracted=known)


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


def _last(signed: tuple[Day, Day] | None) -> Day | None:
    return signed[1] if signed else None


def resolve(files: Sequence[File], report: Report, default: str) -> Model:
    """Resolve the files of one load; `default` names the deal where no `deal` statement does."""
    resolver = _Resolver(report)
    resolver.collect(files)
    resolver.make_scopes(default)
    resolver.declare()
    return resolver.model()
