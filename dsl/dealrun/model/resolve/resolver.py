"""The written files of one load into one `Model`.

In: files, in the order in which they were loaded. Out: the model. Guaranteed: all errors of meaning that need no
evaluation are reported; the model holds whatever was right, so that later steps can go on.

This is the second of two passes: the first (`collect.py`) enters every name and label of every deal, wherever it is
declared, so that the order of statements and files never matters to names.
"""

from collections.abc import Collection, Sequence

import attrs

from dealrun.diagnostics import Note, Report, did_you_mean
from dealrun.limits import MAX_FACTS, MAX_INSTRUMENTS
from dealrun.model.contract import Assumed, Deal, Fact, Instrument, Model, Reading, Scenario
from dealrun.model.keys import DeclarationKey
from dealrun.model.resolve import entries, expectations, facts, headers
from dealrun.model.resolve.collect import NAMED, Collected, Located, collect, name_of
from dealrun.model.resolve.order import signing_order
from dealrun.model.resolve.scope import Scope
from dealrun.model.vocabulary import FORMS, OPERATIONS
from dealrun.syntax import File, Statement
from dealrun.time.days import Day

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
    supposed: dict[str, str] = attrs.field(factory=dict)
    """Every scenario and reading, those included that are wrong, with its word."""
    unread: set[str] = attrs.field(factory=set)
    """The facts that are wrong, as `retract` would name them."""

    def take(self, statement: Statement, scope: Scope, instrument: str | None) -> bool:
        """Enter a fact or an expectation, with the instrument that it stands in; False for anything else."""
        if statement.wrong and statement.head.text in {"record", "retract", "expect"}:
            self.unread.update(_called(statement))
            return True
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


@attrs.frozen
class _Resolver:
    """Resolves what was collected."""

    collected: Collected
    report: Report

    def model(self) -> Model:
        """Resolve everything."""
        found = self._read()
        agreements, deals = self._agreements(found.bodies)
        ordered = signing_order(agreements, found.instruments, self.report)
        self._order_known(found.readings, ordered)
        signed = {instrument.name: instrument.signed for instrument in ordered}
        self._limit(len(found.instruments), MAX_INSTRUMENTS, "DR908", "amendments", found.instruments)
        recalled = self._facts(found)
        supposed = found.supposed
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
            tuple(found.readings), tuple(payments), drafts, self.collected.table,
        )  # fmt: skip

    def _read(self) -> _Found:
        """Every statement, put where it belongs."""
        found = _Found(bodies={name: [] for name in self.collected.scopes})
        for part in self.collected.parts:
            statement, word = part.statement, part.statement.head.text
            if word in BLOCKS:
                self._check_block(statement)
            if word == "include":
                continue
            if word == "reading":
                self._reading(statement, found)
                continue
            scope = self.collected.scope_of(part)
            if scope is None or found.take(statement, scope, part.instrument):
                continue
            if not statement.wrong or word in NAMED:
                self._read_other(part, scope, found)
        return found

    def _read_other(self, part: Located, scope: Scope, found: _Found) -> None:
        """A statement that is neither a fact nor an expectation."""
        statement, word = part.statement, part.statement.head.text
        if word == "scenario":
            name = name_of(statement, self.report)
            if name and any(scenario.name == scope.key(name) for scenario in found.scenarios):
                self.report.add("DR202", f"the scenario `{name}` is declared twice", statement.items[0].span)
            elif name:
                found.supposed[scope.key(name)] = word
                self.collected.table.declare(DeclarationKey(word, scope.key(name)), statement.items[0].span)
                found.scenarios.append(facts.scenario(statement, name, scope))
        elif word == "amend":
            if part.instrument is not None:
                scopes = self.collected.scopes_of(part)
                found.instruments.append(headers.amendment(statement, part.instrument, scopes))
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
        for name, scope in self.collected.scopes.items():
            statement_ = self.collected.deals.get(name)
            body = bodies[name]
            if statement_ is None and not body and not self.collected.parts:
                continue
            anchor = statement_ or (body[0] if body else self.collected.parts[0].statement)
            agreements.append(headers.agreement(statement_, body, scope, anchor))
            if statement_:
                deals.append(headers.deal(statement_, scope))
            else:
                deals.append(Deal(name, "", (), None, "half-even", "January", ("weekdays",), scope.sketch, None))
        return agreements, deals

    def _reading(self, statement: Statement, found: _Found) -> None:
        name = name_of(statement, self.report)
        if name is None:
            return
        earlier = next((reading for reading in found.readings if reading.name == name), None)
        if earlier is not None or name in self.collected.amends or name in self.collected.deals:
            self.report.add(
                "DR410",
                f"`{name}` names a reading and something else",
                statement.items[0].span,
                notes=[Note("the other one", earlier.span if earlier else self._statement(name).items[0].span)],
            )
            return
        found.supposed[name] = "reading"
        self.collected.table.declare(DeclarationKey("reading", name), statement.items[0].span)
        of, scopes = self.collected.read_by(statement)
        if scopes:
            found.readings.append(headers.reading(statement, name, of, scopes))

    def _statement(self, name: str) -> Statement:
        return self.collected.amends.get(name) or self.collected.deals[name]

    def _order_known(self, readings: list[Reading], ordered: list[Instrument]) -> None:
        """A reading of a draft reads what has no effect; the draft itself is warned about."""
        there = {instrument.name for instrument in ordered}
        readings[:] = [reading for reading in readings if reading.of in there]

    def _assumed(self) -> tuple[Assumed, ...]:
        return tuple(assumed for scope in self.collected.scopes.values() for assumed in scope.assumed.values())

    def _limit(self, count: int, limit: int, code: str, what: str, items: Sequence[Instrument | Fact]) -> None:
        if count > limit:
            self.report.add(code, f"{count:,} {what}; {limit:,} is the limit", items[limit].span)

    def _check_block(self, statement: Statement) -> None:
        allowed = BLOCKS[statement.head.text]
        for child in statement.block:
            if child.wrong:
                continue
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

    def _facts(self, found: _Found) -> list[Fact]:
        """The facts; those that were retracted say so."""
        recalled: list[Fact] = []
        for statement, scope, _ in found.recorded:
            fact = facts.FactReader(scope).record(statement)
            if fact is None:
                found.unread.update(_called(statement))
                continue
            recalled.append(fact)
            if statement.label is not None:
                self.collected.table.declare(DeclarationKey("record", fact.id), statement.label.span)
        self._limit(len(recalled), MAX_FACTS, "DR909", "facts", recalled)
        for statement, scope in found.retracted:
            self._retract(statement, scope, recalled, found.unread)
        return recalled

    def _retract(self, statement: Statement, scope: Scope, found: list[Fact], unread: Collection[str]) -> None:
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
        key = DeclarationKey("record", name)
        if first is not None and key in self.collected.table.declared:
            self.collected.table.use(first.source, first.start, first.end, key)
        if name in unread and not matching:
            return
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


def _last(signed: tuple[Day, Day] | None) -> Day | None:
    return signed[1] if signed else None


def _called(statement: Statement) -> set[str]:
    """What a fact can be called in `retract`: its label, or what it records."""
    names = {statement.label.text} if statement.label is not None else set()
    return names | {" ".join(item.span.text.split()) for item in statement.items[:1]}


def resolve(files: Sequence[File], report: Report, default: str) -> Model:
    """Resolve the files of one load; `default` names the deal where no `deal` statement does."""
    return _Resolver(collect(files, report, default), report).model()
