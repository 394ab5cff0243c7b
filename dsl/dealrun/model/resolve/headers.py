"""Headers of deals, amendments and readings.

In: a `deal`, `amend` or `reading` statement and its scope. Out: a `Deal` and its `Instrument`, an amending
`Instrument`, or a `Reading`. Guaranteed: signing days are known or bounded; each part of a header is given once.
"""

import re
from calendar import month_name

import attrs

from dealrun.budget import watch
from dealrun.diagnostics import did_you_mean
from dealrun.model.contract import Add, Cite, Deal, Instrument, Operation, Reading
from dealrun.model.currencies import MINOR_DIGITS
from dealrun.model.resolve import entries, term_value
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.operations import OperationReader
from dealrun.model.resolve.read_statement import ReadStatement
from dealrun.model.resolve.scope import Scope
from dealrun.model.values import Condition, End, OnDate, Time
from dealrun.model.vocabulary import INSTRUMENT
from dealrun.source import Span
from dealrun.syntax import Branch, Item, Leaf, Statement
from dealrun.time.calendars import is_unknown, parts_of
from dealrun.time.days import Day, iso

ROUNDINGS = ("half-even", "half-up", "down", "up")
MONTHS = tuple(month_name[1:])
_WHAT = {
    "parties": "a list of parties", "currency": "a currency", "rounding": "a rounding", "fiscal-year": "a month",
    "calendar": "a calendar",
}  # fmt: skip
_TAKES = {
    "parties": "declared parties, with commas between them", "currency": "one code of ISO 4217: `USD`",
    "rounding": "`half-even`, `half-up`, `down` or `up`", "fiscal-year": "the month in which it begins: `July`",
    "calendar": "`weekdays`, a country or a part of one (`US`, `DE-BY`), or an exchange (`NYSE`)",
}  # fmt: skip
"""What each setting of a deal is, and takes."""
_CALENDAR = re.compile(r"weekdays|[A-Z]{2,4}(?:-[A-Z0-9]{1,3})?")
SETTINGS = ("parties", "currency", "rounding", "fiscal-year", "calendar")
OF_DEAL = (*SETTINGS, "restated")
"""Words of a deal's header that have a value behind them."""


@attrs.define
class Header:
    """What a header line says; each part once."""

    title: str = ""
    signatures: tuple[tuple[str, Day, Day], ...] = ()
    signed: tuple[Day, Day] | None = None
    effective: Time | None = None
    when: Condition | None = None
    after: tuple[str, ...] = ()
    names: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Instruments behind `subject to` and `notwithstanding`."""
    until: End | None = None
    retroactive: bool = False
    restated: Day | None = None
    """The day as of which a text is consolidated."""
    known: Day | None = None
    """What was known when it was."""
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
            case None if isinstance(first, Leaf) and first.text in (OF_DEAL if what == "deal" else ("parties",)):
                following = items[index] if index < len(items) else None
                if following is None or following.modifier is not None:
                    scope.report.add("DR301", f"`{first.text}` needs a value", item.span)
                    continue
                index += 1
                _setting(header, first.text, following, scope)
            case "signed" | "known" if item.modifier == "signed" or "restated" in seen:
                _dated(header, item, scope)
            case "effective" if first is not None:
                header.effective = ex.time(first, scope)
                header.effective_span = item.span
            case "effective":
                pass  # `effective when E`: the condition follows
            case "when" if what == "amend" and first is not None:
                header.when = ex.condition(first, scope)
            case "after" | "subject to" | "notwithstanding" if what == "amend":
                names = _instruments(item, scope)
                if item.modifier == "after":
                    header.after = names
                else:
                    header.names[item.modifier] = names
                header.after_span = item.span
            case "until" | "through" | "before" | "for" if what == "amend":
                header.until = term_value.end(ReadStatement(scope, INSTRUMENT, ""), item)
            case _:
                wanted = (
                    "signed, effective, when, until, parties, after, subject to, notwithstanding, retroactive"
                    if what == "amend"
                    else "signed, effective, restated (and behind it known), "
                ) + ("" if what == "amend" else ", ".join(SETTINGS))
                text = item.modifier or item.span.text
                near = (
                    did_you_mean(text, SETTINGS if what == "deal" else ("retroactive", "parties"))
                    if not item.modifier
                    else None
                )
                scope.report.add(
                    "DR302",
                    f"`{what}` has no `{text}`",
                    item.span,
                    help=near or f"it takes a title, {wanted}",
                )
    return header


def _instruments(item: Item, scope: Scope) -> tuple[str, ...]:
    for value in item.values:
        if not (isinstance(value, Leaf) and value.kind == "NAME"):
            scope.report.add("DR301", f"{ex.found(value)} is not an instrument", value.span)
    return tuple(scope.instrument(value) for value in item.values if isinstance(value, Leaf) and value.kind == "NAME")


def _setting(header: Header, name: str, item: Item, scope: Scope) -> None:
    if name == "restated":
        header.restated = _day(item, scope)
        return
    words = tuple(value.text for value in item.values if isinstance(value, Leaf))
    known = {"rounding": ROUNDINGS, "fiscal-year": MONTHS, "currency": tuple(MINOR_DIGITS)}.get(name)
    strange = next((value for value in item.values if not isinstance(value, Leaf)), None)
    if strange is not None or (name in {"currency", "fiscal-year"} and len(words) > 1):
        scope.report.add(
            "DR308" if name == "currency" else "DR301",
            f"`{item.span.text}` is not {_WHAT[name]}",
            strange.span if strange is not None else item.values[1].span,
            help=f"`{name}` takes {_TAKES[name]}",
        )
        return
    if name == "rounding" and words[1:] not in {(), ("running",)}:
        scope.report.add(
            "DR301", f"`{', '.join(words[1:])}` does not follow a rounding", item.span,
            help="`rounding half-up, running` rounds the running total instead of each line",
        )  # fmt: skip
        return
    if name == "calendar" and not all(_CALENDAR.fullmatch(word) and not is_unknown(word) for word in words):
        scope.report.add(
            "DR301", f"`{item.span.text}` is not a calendar", item.span,
            help="`weekdays`, a country or a part of one (`US`, `GB`, `DE-BY`), or an exchange (`NYSE`)",
        )  # fmt: skip
        return
    for word, value in zip(words, item.values, strict=True):
        parts = parts_of(word) if name == "calendar" else ()
        if parts:
            scope.report.add(
                "DR325", f"the holidays of `{word}` differ by part; `{word}` has those of the whole country alone",
                value.span, help=f"name the part: {', '.join(f'`{word}-{part}`' for part in parts[:4])}, …",
            )  # fmt: skip
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


def _day(item: Item, scope: Scope) -> Day | None:
    """The single day that an item gives."""
    at = ex.time(item.values[0], scope, "a date") if len(item.values) == 1 else None
    if isinstance(at, OnDate) and at.first == at.last:
        return at.first
    scope.report.add("DR301", f"`{item.span.text}` is not a single day", item.span, help="write YYYY-MM-DD")
    return None


def _dated(header: Header, item: Item, scope: Scope) -> None:
    """When it was signed, or, of a consolidated text, what it knows."""
    if item.modifier == "known":
        header.known = _day(item, scope)
    else:
        header.dated = True
        _signed(header, item, scope)


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
    header = read_header(() if statement.wrong else statement.items[1:], scope, what="deal")
    settings = header.settings
    return Deal(
        scope.deal,
        header.title,
        settings.get("parties", ()),
        next(iter(settings.get("currency", ())), None),
        next(iter(settings.get("rounding", ())), "half-even"),
        next(iter(settings.get("fiscal-year", ())), "January"),
        settings.get("calendar", ("weekdays",)),
        scope.sketch,
        statement.span,
        running="running" in settings.get("rounding", ()),
    )


def agreement(statement: Statement | None, body: list[Statement], scope: Scope, span_of: Statement) -> Instrument:
    """The agreement of a deal: its header and the clauses and declarations that stand outside amendments."""
    whole = statement is not None and not statement.wrong
    header = read_header(statement.items[1:], scope, what="deal") if statement and whole else Header()
    cites = entries.cites(statement.cites, scope) if statement else ()
    source = cites[0].source if cites else ""
    restated, signed, effective = None, header.signed, header.effective
    if header.restated is not None:
        known = header.restated if header.known is None else header.known
        restated, signed = (header.restated, known), (known, known)
        effective = OnDate(header.restated, header.restated, iso(header.restated)) if effective is None else effective
        if header.signed is not None and header.signed[1] > known:
            scope.report.add(
                "DR301", f"it is restated as known on {iso(known)}, and was signed later, on {iso(header.signed[1])}",
                (statement or span_of).span, help="`restated D known K` names a day on which the text was signed",
            )  # fmt: skip
    operations: list[Operation] = []
    for part in body:
        watch()
        entry = entries.entry(part, scope, source)
        if entry:
            operations.append(Add(entry.key, entry.cites, entry.span, entry))
    return Instrument(
        scope.deal, header.title, scope.deal, signed, header.signatures, effective, None, (), False,
        tuple(operations), cites, (statement or span_of).span, amends=False, restated=restated,
    )  # fmt: skip


def amendment(statement: Statement, name: str, scopes: tuple[Scope, ...]) -> Instrument:
    """An `amend` statement with its block; facts and expectations in the block are read elsewhere.

    `scopes` are the deals that it amends; what its header names is looked up in the first.
    """
    scope = scopes[0]
    items = tuple(item for item in statement.items[1:] if item.modifier != "of" and not statement.wrong)
    header = read_header(items, scope, what="amend")
    cites = entries.cites(statement.cites, scope)
    return Instrument(
        name, header.title, scope.deal, header.signed, header.signatures, header.effective, header.when,
        header.after, header.retroactive, read_block(statement, scopes, cites, name), cites, statement.span,
        draft=not header.dated and not statement.wrong,
        effective_span=header.effective_span, after_span=header.after_span,
        deals=tuple(each.deal for each in scopes), parties=header.settings.get("parties", ()), until=header.until,
        restates=any(part.head.text == "restate" for part in statement.block),
        prevails_over=header.names.get("notwithstanding", ()), yields_to=header.names.get("subject to", ()),
    )  # fmt: skip


def reading(statement: Statement, name: str, of: str, scopes: tuple[Scope, ...]) -> Reading:
    """A `reading` statement with its block: operations behind those of the instrument that it reads."""
    title = ""
    for item in statement.items[1:]:
        first = item.values[0] if item.values else None
        if item.modifier is None and isinstance(first, Leaf) and first.kind == "STRING":
            title = first.text
        elif item.modifier != "of":
            scopes[0].report.add(
                "DR302", f"`reading` has no `{item.span.text}`", item.span, help="it takes a title and `of INSTRUMENT`"
            )
    cites = entries.cites(statement.cites, scopes[0])
    return Reading(name, title, of, read_block(statement, scopes, cites, name), cites, statement.span)


def read_block(
    statement: Statement, scopes: tuple[Scope, ...], cites: tuple[Cite, ...], name: str
) -> tuple[Operation, ...]:
    """The operations of a block."""
    reader = OperationReader(scopes, cites[0].source if cites else "", name)
    for part in statement.block:
        reader.read(part)
    if reader.restating is not None:
        reader.restate(statement)
    return tuple(reader.operations)
