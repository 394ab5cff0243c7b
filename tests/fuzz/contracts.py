"""Whole contracts: headers, declarations, facts, amendments, readings, scenarios and expectations.

In: a `Draw`. Out: `Written`, a contract in pieces. Guaranteed: pieces can be put in another order or into several files
where the language says that this changes nothing.
"""

from typing import Final

import attrs

from dealrun.model.vocabulary import CLAUSES, FORMS, RECORDED, ValueKind
from fuzz import terms
from fuzz.draw import Draw
from fuzz.terms import Scope

PARTIES: Final = ("A", "B", "C", "ACME", "Bolt_2", "Ünal")
CALENDARS: Final = ("weekdays", "US", "DE-BY", "NYSE", "GB")


@attrs.define
class Written:
    """A contract in pieces; a block is a header with indented operations."""

    header: str
    scope: Scope
    declarations: list[str] = attrs.field(factory=list)
    clauses: list[str] = attrs.field(factory=list)
    facts: list[str] = attrs.field(factory=list)
    blocks: list[str] = attrs.field(factory=list)
    expectations: list[str] = attrs.field(factory=list)
    instruments: list[str] = attrs.field(factory=list)
    readings: list[str] = attrs.field(factory=list)
    scenarios: list[str] = attrs.field(factory=list)

    def text(self) -> str:
        """The contract as one text."""
        parts = [*self.declarations, *self.clauses, *self.facts, *self.blocks, *self.expectations]
        return "\n".join([self.header, *parts] if self.header else parts) + "\n"


def header(draw: Draw) -> str:
    """The `deal` statement, or nothing for a sketch."""
    if draw.chance(0.12):
        return ""
    text = f"deal d {draw.quoted()}"
    if draw.chance(0.93):
        text += f" signed {draw.pick(('2024-01-01', '2024-01-01', '2024', '2024-02', draw.day()))}"
    if draw.chance(0.1):
        text += f" effective {draw.day()}"
    if draw.chance(0.4):
        text += " currency USD"
    if draw.chance(0.1):
        text += f" rounding {draw.pick(('half-even', 'half-up', 'down', 'up', 'half-up, running'))}"
    if draw.chance(0.1):
        text += f" fiscal-year {draw.pick(('April', 'July', 'October', 'February'))}"
    if draw.chance(0.05):
        text += f" calendar {', '.join(draw.some(CALENDARS, 1, 2))}"
    return text


def declare(draw: Draw, written: Written) -> None:
    """Declarations of every kind, which the scope then has."""
    scope, add = written.scope, written.declarations.append
    if not written.header and draw.chance(0.5):
        scope.parties = ["A", "B", "C"]  # a sketch takes names as they come
        return
    for name in PARTIES[: draw.randint(2, 3)]:
        scope.parties.append(name)
        add(f"party {name} {draw.quoted()}")
    if draw.chance(0.15):
        scope.persons.append("PANEL")
        add("person PANEL " + draw.quoted())
    for name in ("goods", "spares", "eu")[: draw.up_to(3)]:
        inside = f" in {draw.pick(scope.assets)}" if scope.assets and draw.chance(0.3) else ""
        add(f"asset {name} {draw.quoted()}{inside}")
        scope.assets.append(name)
    for name in ("sales", "refunds", "ads")[: draw.up_to(3)]:
        add(f"stream {name} {draw.quoted()}" + (" in sales" if name == "ads" and draw.chance(0.4) else ""))
        scope.streams.append(name)
    for name in ("use", "modify")[: draw.up_to(2)]:
        add(f"act {name} {draw.quoted()}" + (" in use" if name == "modify" and draw.chance(0.6) else ""))
        scope.acts.append(name)
    if draw.chance(0.25):
        scope.units.append("copies")
        add("unit copies " + draw.quoted())
    for name in ("E", "AGI", "CLOSE")[: draw.up_to(3)]:
        by = f" declared by {draw.pick([*scope.parties, *scope.persons])}" if draw.chance(0.15) else ""
        add(f"event {name} {draw.quoted()}{by}")
        scope.events.append(name)
    if len(scope.events) > 1 and draw.chance(0.2):
        add(f"event EITHER = {scope.events[0]} {draw.pick(('or', 'and'))} {scope.events[1]}")
        scope.events.append("EITHER")
    if draw.chance(0.25):
        every = f"every {draw.pick(('1 year', '1 month', '3 months', '2 quarters', draw.duration()))} from {draw.day()}"
        end = f" until {draw.day()}" if draw.chance(0.6) else ""
        add(f"event visit {draw.quoted()} " + (every + end if draw.chance(0.5) else "recurring"))
        scope.recurring.append("visit")
    if draw.chance(0.25):
        scope.conditions.append("OPEN")
        add("condition OPEN " + draw.quoted())
    if draw.chance(0.3):
        unknown(draw, written)
    if draw.chance(0.15):
        scope.sources.append("msa")
        add(f"source msa {draw.quoted()}" + (f" on {draw.day()}" if draw.chance(0.5) else ""))
    if draw.chance(0.04):
        add(ledger(draw))


def unknown(draw: Draw, written: Written) -> None:
    """An unknown of some kind, with bounds or without."""
    scope = written.scope
    kind = draw.pick(("amount", "percentage", "date", "truth"))
    pool = {"amount": scope.amounts, "percentage": scope.percentages, "date": scope.dates, "truth": scope.truths}[kind]
    name = {"amount": "TOTAL", "percentage": "PART", "date": "CLOSING", "truth": "DISCLOSED"}[kind]
    bounds = {
        "amount": f"between {draw.number()} USD and 40bn USD", "percentage": f"at most {draw.percent()}",
        "date": f"between {draw.day()} and 2027", "truth": "",
    }[kind]  # fmt: skip
    pool.append(name)
    written.declarations.append(f"unknown {name} {kind} {draw.quoted()} {bounds if draw.chance(0.5) else ''}".rstrip())


def ledger(draw: Draw) -> str:
    """A declared ledger or table of rates, whose path may be hostile."""
    path = draw.pick((
        "sales.csv", "sales.csv", "../../../../etc/passwd", "/etc/passwd", "sub/../sales.csv", "sales.duckdb::t",
        "x" * 300, "*.csv", "~/x.csv", "http://localhost/x.csv", ".", "", "sales.csv::t", "a;b'--.csv",
        "s3://b/x.parquet",
    ))  # fmt: skip
    if draw.chance(0.3):
        return f'rates fx "{path}"'
    columns = draw.some((("date", "day"), ("amount", "net"), ("stream", "kind"), ("id", "nr"), ("payer", "a'b")), 0, 3)
    return f'ledger books "{path}" ' + " ".join(f'{role} "{column}"' for role, column in columns)


def fact(draw: Draw, written: Written, label: str) -> str | None:
    """One recorded fact; None where there is nothing to record."""
    scope = written.scope
    day = draw.day()
    known = f" known {draw.day_after(day, 90)}" if draw.chance(0.25) else ""
    kind = draw.random()
    head = f"{label}: record" if draw.chance(0.7) else "record"
    if kind < 0.35 and scope.events + scope.recurring:
        return f"{head} {draw.pick([e for e in scope.events + scope.recurring if e != 'EITHER'])} on {day}{known}"
    if kind < 0.6 and scope.labels:
        return f"{head} {draw.pick(RECORDED)} of {draw.pick(list(scope.labels))} on {day}{known}"
    if kind < 0.75:
        what = draw.pick([*scope.conditions, *scope.truths, '"it rains"'])
        return (
            f"{head} {what} holds from {day}"
            + (f" until {draw.day_after(day, 400)}" if draw.chance(0.5) else "")
            + known
        )
    if kind < 0.85 and scope.amounts + scope.percentages + scope.dates:
        name = draw.pick(scope.amounts + scope.percentages + scope.dates)
        value = {"TOTAL": f"{draw.number()} USD", "PART": draw.percent()}.get(name, draw.day())
        return f"{head} {name} = {value} known {day}"
    if scope.money:
        return f"{head} paid {draw.number()} USD under {draw.pick(scope.money)} on {day}{known}"
    return None


def operation(draw: Draw, written: Written, added: str) -> str | None:
    """One operation of an amendment or a reading; None where there is nothing to change."""
    scope = written.scope
    kind = draw.random()
    if kind < 0.2 or not scope.labels:
        return f"add {terms.clause(draw, scope, added)}"
    label = draw.pick(list(scope.labels))
    verb = scope.labels[label]
    if kind < 0.28:
        return f"drop {label}"
    if kind < 0.36:
        return f"waive {label}" + draw.pick(("", f" until {draw.day()}", f" from {draw.day()}", " by A"))
    if kind < 0.39:
        return f"reinstate {label}"
    if kind < 0.46 and verb not in {"term", "survive", "law"}:
        return f"replace {label}: {terms.body(draw, scope, verb, scope.sides.get(label))}"
    if kind < 0.52 and written.instruments:
        other = draw.pick(written.instruments)
        return draw.pick((
            f"drop amend {other}", f"set amend {other} effective {draw.day()}", f"set amend {other} until {draw.day()}",
        ))  # fmt: skip
    if kind < 0.55:
        return (
            f"{draw.pick(('add', 'drop'))} {label} except {draw.pick(scope.assets) if scope.assets else draw.quoted()}"
        )
    own = [t for t in FORMS[verb].terms.values() if t.kind not in {ValueKind.PARTY, ValueKind.EVENT}]
    if kind < 0.59:
        return f"unset {label} {draw.pick(own).name}"
    if kind < 0.61 and scope.parties:
        return f"set party {draw.pick(scope.parties)} {draw.quoted()}"
    if kind < 0.63:
        return f"add event N{added} {draw.quoted()}"
    values = [text for of in draw.some(own, 1, 2) if (text := terms.term(draw, scope, of, verb))]
    return f"set {label} {' '.join(values)}" if values else None


def amendment(draw: Draw, written: Written, number: int) -> str:
    """An amendment with its operations."""
    name = f"a{number}"
    months = number + 5 if draw.chance(0.85) else 5  # now and then on the day of the first amendment
    signed = f"{2024 + months // 12}-{months % 12 + 1:02}-15" if draw.chance(0.8) else draw.day()
    text = f"amend {name} {draw.quoted()}" if draw.chance(0.9) else f"amend {name}"
    if draw.chance(0.95):
        text += f" signed {signed}"
        if draw.chance(0.1) and len(written.scope.parties) > 1:
            text += f" by A, {draw.day_after(signed, 5)} by B"
    if draw.chance(0.25):
        text += f" effective {draw.day_after(signed, 400)}"
    if draw.chance(0.07) and written.scope.events:
        text += f" when {terms.condition(draw, written.scope)}"
    if draw.chance(0.08):
        text += f" until {draw.day_after(signed, 600)}"
    if draw.chance(0.06):
        text += " retroactive"
    if written.instruments and draw.chance(0.12):
        text += f" {draw.pick(('after', 'subject to', 'notwithstanding'))} {draw.pick(written.instruments)}"
    if draw.chance(0.05) and written.scope.sources:
        text += f" [{draw.pick(written.scope.sources)} {number}]"
    lines = ["restate"] if draw.chance(0.02) else []
    lines += [line for n in range(draw.randint(1, 3)) if (line := operation(draw, written, f"n{number}{n}"))]
    if draw.chance(0.1) and (found := fact(draw, written, f"r{number}")):
        lines.append(found)
    written.instruments.append(name)
    return "\n".join([text, *(f"  {line}" for line in lines)])


def reading(draw: Draw, written: Written, number: int) -> str:
    """A reading of an instrument."""
    of = draw.pick([*written.instruments, "d"])
    lines = [line for n in range(draw.randint(1, 2)) if (line := operation(draw, written, f"m{number}{n}"))]
    written.readings.append(f"r{number}")
    return "\n".join([f"reading r{number} {draw.quoted()} of {of}", *(f"  {line}" for line in lines or ["expect"])])


def scenario(draw: Draw, written: Written, number: int) -> str:
    """A scenario with one or two facts."""
    lines = [line for n in range(draw.randint(1, 2)) if (line := fact(draw, written, f"s{number}{n}"))]
    written.scenarios.append(f"s{number}")
    return "\n".join([f"scenario s{number} {draw.quoted()}", *(f"  {line}" for line in lines)])


def expectation(draw: Draw, written: Written) -> str:
    """An expectation about a status, a standing, a value or a payment."""
    scope = written.scope
    label = draw.pick(list(scope.labels) or ["term"])
    given = f" given {draw.pick(scope.events)} on {draw.day()}" if scope.events and draw.chance(0.2) else ""
    if scope.money and draw.chance(0.25):
        when = draw.pick((f"in {draw.period()}", f"through {draw.day()}"))
        what = draw.pick((f"{draw.number()} USD", "contingent", f"due {draw.day()}", "contingent on TOTAL"))
        return f"expect paid {when}{given}: {draw.pick(scope.money)} {what}"
    known = f" known {draw.day()}" if draw.chance(0.4) else ""
    under = f" under {draw.pick(written.scenarios + written.readings)}" if (
        written.scenarios + written.readings and draw.chance(0.3)) else ""  # fmt: skip
    what = draw.pick((
        "in force", "not yet", "waived", "dormant", "ended", "contingent", "due", "not yet due", "performed late",
        "cured", "breached", "breached by A", "duty waived", f"ended by {draw.day()}", "duty ended",
        "breached in Q1 2025",
        *(f"no {t}" for t in ("cap", "until")), f"until {draw.day()}", "nonexclusive",
    ))  # fmt: skip
    return f"expect on {draw.day()}{known}{given}{under}: {label} {what}"


RIVALS: Final = {"forbid": "permit", "permit": "forbid", "require": "forbid"}


def rival(draw: Draw, written: Written) -> str:
    """A clause that may not be kept beside another one: the same, forbidden, or granted to somebody else."""
    text = draw.pick(written.clauses).partition(": ")[2] or 'permit A "sing"'
    verb, _, rest = text.partition(" ")
    written.scope.labels["rival"] = verb = RIVALS.get(verb, verb)
    if verb in {"license", "option", "own"} and len(written.scope.parties) > 2:
        rest = rest.replace("->B", "->C", 1) + (" exclusive" if verb == "license" and "exclusive" not in rest else "")
    return f"rival: {verb} {rest}"


def contract(draw: Draw, size: int) -> Written:
    """A contract of about so many clauses."""
    written = Written(header(draw), Scope())
    declare(draw, written)
    for number in range(max(1, size)):
        written.clauses.append(terms.clause(draw, written.scope, f"c{number}"))
    if draw.chance(0.12):
        written.clauses.append(rival(draw, written))
    for number in range(draw.up_to(size + 1)):
        if found := fact(draw, written, f"f{number}"):
            written.facts.append(found)
    for number in range(draw.up_to(3)):
        written.blocks.append(amendment(draw, written, number))
    if draw.chance(0.1):
        written.blocks.append(scenario(draw, written, 1))
    if draw.chance(0.08) and written.header:
        written.blocks.append(reading(draw, written, 1))
    for _ in range(draw.up_to(2)):
        written.expectations.append(expectation(draw, written))
    if draw.chance(0.03):
        written.facts.append(f"retract {draw.pick(['f0', 'f1'])} known {draw.day()}")
    if draw.chance(0.01):
        written.declarations.append(
            f'include "{draw.pick(["b.deal", "../b.deal", "/etc/passwd", ".", "", "x" * 300])}"'
        )
    return written


EVERY_WORD: Final = (*sorted(CLAUSES), *sorted(FORMS))
