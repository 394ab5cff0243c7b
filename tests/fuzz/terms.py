"""Clauses and declarations, generated from the table of the vocabulary.

In: a `Draw` and the `Scope` of names so far. Out: statements, most of which the checker accepts. Guaranteed: every verb
and every term of `FORMS` is drawn.
"""

from collections.abc import Callable
from typing import Final

import attrs

from dealrun.model.vocabulary import CLAUSES, EVENT_KINDS, FORMS, Form, Term, ValueKind
from fuzz.draw import Draw


@attrs.define
class Scope:
    """The names that a contract has declared so far, by kind."""

    parties: list[str] = attrs.field(factory=list)
    persons: list[str] = attrs.field(factory=list)
    assets: list[str] = attrs.field(factory=list)
    acts: list[str] = attrs.field(factory=list)
    streams: list[str] = attrs.field(factory=list)
    units: list[str] = attrs.field(factory=list)
    events: list[str] = attrs.field(factory=list)
    recurring: list[str] = attrs.field(factory=list)
    conditions: list[str] = attrs.field(factory=list)
    amounts: list[str] = attrs.field(factory=list)
    percentages: list[str] = attrs.field(factory=list)
    dates: list[str] = attrs.field(factory=list)
    truths: list[str] = attrs.field(factory=list)
    sources: list[str] = attrs.field(factory=list)
    labels: dict[str, str] = attrs.field(factory=dict)
    """Labels of clauses, and their verbs."""
    sides: dict[str, str] = attrs.field(factory=dict)
    """Labels, and how their parties are written."""

    def of_verbs(self, *verbs: str) -> list[str]:
        """The labels of clauses of some verbs."""
        return [label for label, verb in self.labels.items() if verb in verbs]

    @property
    def money(self) -> list[str]:
        """The labels of clauses about money."""
        return [label for label, verb in self.labels.items() if FORMS[verb].family == "money"]


def time(draw: Draw, scope: Scope, depth: int = 0) -> str:
    """A time: a date, a period, an event, an unknown, an offset, or the earlier or later of several."""
    kind = draw.random()
    if kind < 0.45:
        return draw.day()
    if kind < 0.55:
        return draw.period()
    if kind < 0.72 and scope.events:
        return draw.pick(scope.events)
    if kind < 0.76 and scope.dates:
        return draw.pick(scope.dates)
    if kind < 0.82 and scope.labels:
        return f"{draw.pick(EVENT_KINDS)} of {draw.pick(list(scope.labels))}"
    if depth < 3 and kind > 0.9:
        word = draw.pick(("earlier of", "later of"))
        return f"{word} {time(draw, scope, 3)}, {time(draw, scope, 3)}"
    if depth < 3:
        return f"{draw.length()} {draw.pick(('after', 'before'))} {time(draw, scope, depth + 1)}"
    return draw.day() if draw.chance(0.96) else "***"


def condition(draw: Draw, scope: Scope, depth: int = 0) -> str:
    """A condition: a name, a label, a quoted text, or several of them combined."""
    kind = draw.random()
    if depth < 2 and kind < 0.1:
        return f"not {condition(draw, scope, depth + 1)}"
    if depth < 2 and kind < 0.25:
        word = draw.pick(("and", "or"))
        joined = f"{condition(draw, scope, depth + 1)} {word} {condition(draw, scope, depth + 1)}"
        return f"({joined})" if depth else joined
    names = [*scope.events, *scope.conditions, *scope.truths]
    if names and kind < 0.8:
        return draw.pick(names)
    if scope.labels and kind < 0.88:
        return draw.pick(list(scope.labels))
    return draw.quoted()


def money(draw: Draw, scope: Scope, depth: int = 0) -> str:
    """An amount of money: a number, an unknown, a sum, a product, or the lower or greater of several."""
    kind = draw.random()
    if kind < 0.06 and scope.amounts:
        return draw.pick(scope.amounts)
    if kind < 0.08:
        return draw.pick(("***", "*** USD", "[***]"))
    if kind < 0.1:
        return f"about {draw.number()} USD"
    if depth < 2 and kind < 0.14:
        word = draw.pick(("lower of", "greater of"))
        return f"{word} {money(draw, scope, 2)}, {money(draw, scope, 2)}"
    if depth < 2 and kind < 0.18:
        return f"{money(draw, scope, 2)} {draw.pick(('+', '-'))} {money(draw, scope, 2)}"
    if depth < 2 and kind < 0.22:
        return f"{draw.pick((draw.percent(), '2'))} * {money(draw, scope, 2)}"
    if depth < 2 and kind < 0.24 and scope.money:
        return f"paid under {draw.pick(scope.money)}"
    if kind < 0.3:
        return f"${draw.number()}"
    return f"{draw.number()} {draw.currency()}"


def window(draw: Draw) -> str:
    """A window behind an amount."""
    text = draw.pick((
        "per year", "per month", "per quarter", "per fiscal-year", "per contract-year", "per life", "per week",
        "per day", "over 3 years", f"over {draw.duration()}", "per fiscal-quarter",
    ))  # fmt: skip
    if draw.chance(0.15):
        text += f" counting from {draw.day()}"
    if draw.chance(0.1):
        text += f" so far {draw.number()} USD"
    return text


def rate(draw: Draw, scope: Scope) -> str:
    """A share or a price, plain, in tiers or as a schedule."""
    kind = draw.random()
    if kind < 0.1:
        return f"{draw.percent()} up to 1,000 USD then {draw.percent()} up to 5,000 USD per year then {draw.percent()}"
    if kind < 0.16 and scope.units:
        return f"{draw.percent()} up to 100 {draw.pick(scope.units)} then {draw.percent()}"
    if kind < 0.22 and scope.units:
        return f"{draw.number()} USD per {draw.pick(scope.units)}"
    if kind < 0.26 and scope.percentages:
        return draw.pick(scope.percentages)
    return scheduled(draw, scope, draw.percent(), draw.percent())


def scheduled(draw: Draw, scope: Scope, first: str, second: str) -> str:
    """A value that may change at a time."""
    if draw.chance(0.1):
        return f"{first} until {time(draw, scope, 3)} then {second}"
    return first


def amount(draw: Draw, scope: Scope, term: Term, verb: str) -> str:
    """The value of a term that is an amount."""
    name = term.name
    if name == "rate":
        text = draw.percent() + draw.pick((" per year", " per month")) if verb == "interest" else rate(draw, scope)
    elif name in {"share", "shortfall", "carry-forward", "rollover"}:
        text = draw.percent()
    elif name == "escalation":
        text = f"{draw.percent()} per year"
    elif name == "over":
        text = draw.duration()
    elif name == "reaching":
        text = f"{draw.number()} USD" + draw.pick((" per year", ""))
    elif name in {"at least", "at most"} and scope.units and draw.chance(0.4):
        text = f"{draw.number()} {draw.pick(scope.units)} per year"
    elif name == "amount" and verb in {"commit", "fee"} and draw.chance(0.5):
        text = f"{money(draw, scope)} {window(draw)}"
    elif name in {"cap", "floor"}:
        text = scheduled(draw, scope, f"{money(draw, scope)} {window(draw)}".rstrip(), f"{draw.number()} USD")
        text = text if draw.chance(0.6) else money(draw, scope)
    else:
        text = scheduled(draw, scope, money(draw, scope), money(draw, scope))
    return text


def names(draw: Draw, scope: Scope, term: Term) -> str | None:
    """The value of a term that lists names; None where nothing of its kind is declared."""
    kinds = {
        "stream": scope.streams, "asset": scope.assets, "party": scope.parties, "person": scope.persons,
        "act": scope.acts,
    }  # fmt: skip
    if not term.refers_to:
        if draw.chance(0.25) or not scope.assets:
            return draw.quoted() if draw.chance(0.8) else "***"
        return ", ".join(draw.some(scope.assets, 1, 2))
    pool = [name for kind in term.refers_to for name in kinds.get(kind, ())]
    if term.name in {"base", "net of"}:
        pool = scope.streams
    return ", ".join(draw.some(pool, 1, 2)) if pool else None


Maker = Callable[[Draw, Scope, Term, str], str | None]


def _labels(draw: Draw, scope: Scope, term: Term, verb: str) -> str | None:
    if term.name == "otherwise":
        pool = scope.of_verbs("damages", "terminate", "fee", "license")
    elif term.name == "against":
        pool = scope.of_verbs("revshare", "royalty")
    elif verb == "interest":
        pool = scope.money
    else:
        pool = list(scope.labels)
    return ", ".join(draw.some(pool, 1, 2)) if pool else None


MAKERS: Final[dict[ValueKind, Maker]] = {
    ValueKind.WORD: lambda d, _s, t, _v: d.pick(t.words),
    ValueKind.FLAG: lambda _d, _s, t, _v: t.words[0],
    ValueKind.AMOUNT: amount,
    ValueKind.NAMES: lambda d, s, t, _v: names(d, s, t),
    ValueKind.TEXT: lambda d, _s, _t, _v: d.quoted(),
    ValueKind.ACT: lambda d, s, _t, _v: d.pick(s.acts) if s.acts and d.chance(0.6) else d.quoted(),
    ValueKind.DURATION: lambda d, _s, _t, _v: d.length(),
    ValueKind.COUNT: lambda d, _s, _t, _v: d.pick(("1", "2", "10", d.number())),
    ValueKind.START: lambda d, s, _t, _v: time(d, s),
    ValueKind.END: lambda d, s, _t, _v: time(d, s),
    ValueKind.DUE: lambda d, _s, _t, _v: d.length(),
    ValueKind.CONDITION: lambda d, s, _t, _v: condition(d, s),
    ValueKind.LABELS: _labels,
    ValueKind.EVENT: lambda d, s, _t, _v: d.pick(s.recurring) if s.recurring else None,
    ValueKind.PARTY: lambda d, s, _t, _v: d.pick(s.parties),
    ValueKind.SHARES: lambda d, _s, _t, _v: d.pick(("50%, 50%", "60%, 40%", "1/3, 2/3", "50%, 30%, 20%", "50%, 50.1%")),
}


def term(draw: Draw, scope: Scope, of: Term, verb: str) -> str | None:
    """A term with its value, as one of its modifiers, its name or its place introduces it."""
    if of.kind is ValueKind.END and draw.chance(0.3):
        return "perpetual" if "perpetual" in of.words and draw.chance(0.3) else f"for {draw.length()}"
    if of.name == "ground" and draw.chance(0.9):
        return draw.pick(("convenience", "cause", "convenience", f"automatic when {condition(draw, scope)}"))
    if of.kind is ValueKind.DUE and of.modifiers:
        return f"by {time(draw, scope, 3)}" if "by" in of.modifiers and draw.chance(0.4) else f"within {draw.length()}"
    value = MAKERS[of.kind](draw, scope, of, verb)
    if value is None or (of.words and of.kind in {ValueKind.WORD, ValueKind.FLAG}) or (of.bare and draw.chance(0.9)):
        return value
    word = draw.pick([m for m in of.modifiers if m != "for"] or [of.name])
    return f"{word} {value}"


NEEDED: Final = {
    "revshare": ("rate",), "royalty": ("rate",), "fee": ("amount",), "damages": ("amount",), "milestone": ("amount",),
    "advance": ("amount",), "commit": ("amount",), "invest": ("amount",), "interest": ("rate",), "stake": ("share",),
    "require": ("act",), "forbid": ("act",), "permit": ("act",), "option": ("kind", "act"), "warrant": ("act",),
    "insure": ("act",), "terminate": ("ground",), "term": ("until",), "survive": ("clauses",), "law": ("governing",),
    "own": ("scope",), "escrow": ("scope",), "liability": ("cap",), "mfn": ("on",), "first": ("act",),
}  # fmt: skip
"""The terms without which a clause says little."""
RARE: Final = frozenset(
    {"each", "subject to", "notwithstanding", "from", "while", "unless", "when", "split", "remainder"}
)
VERBS: Final = tuple(sorted(CLAUSES))
COMMON: Final = ("license", "require", "permit", "fee", "revshare", "royalty", "term", "terminate", "option", "damages")


def sides(draw: Draw, scope: Scope, form: Form) -> str:
    """The parties of a clause."""
    if not form.roles or not scope.parties:
        return ""
    kind = draw.random()
    if form.word == "term":
        return "" if kind < 0.9 else draw.pick(scope.parties)
    if len(scope.parties) > 1 and kind < 0.85:
        first, *others = draw.some(scope.parties, 2, 3 if kind < 0.1 else 2)
        return f"{first}->{', '.join(others)}"
    return "each->other" if kind > 0.97 else draw.pick(scope.parties)


def body(draw: Draw, scope: Scope, verb: str, parties: str | None = None) -> str:
    """A clause without its label."""
    form = FORMS[verb]
    left = [t for t in form.terms.values() if t.kind is not ValueKind.PARTY and t.name not in NEEDED.get(verb, ())]
    chosen = [form.terms[name] for name in NEEDED.get(verb, ()) if not draw.chance(0.02)]
    more = [t for t in draw.some(left, 0, 3) if t.name not in RARE or draw.chance(0.4)]
    if any(t.name in {"split", "remainder"} for t in more) and parties is None and len(scope.parties) < 3:
        more = [t for t in more if t.name not in {"split", "remainder"}]
    written = [sides(draw, scope, form) if parties is None else parties]
    written += [text for of in (*chosen, *more) if (text := term(draw, scope, of, verb))]
    return " ".join(part for part in (verb, *written) if part)


def clause(draw: Draw, scope: Scope, label: str) -> str:
    """A clause with its label, which the scope then has."""
    verb = draw.pick(COMMON if draw.chance(0.5) else VERBS)
    if verb == "term":
        label = "term"
    if verb in {"survive", "mfn"} and not scope.labels:
        verb = "license"
    if (verb == "term" and "term" in scope.labels) or (verb == "interest" and not scope.money):
        verb, label = "permit", label if label != "term" else f"t{len(scope.labels)}"
    text = body(draw, scope, verb)
    scope.labels[label] = verb
    scope.sides[label] = text.split(" ")[1] if FORMS[verb].roles and verb != "term" else ""
    cite = f" [{draw.pick(scope.sources)} {draw.randint(1, 9)}.{draw.randint(1, 9)}]" if (
        scope.sources and draw.chance(0.2)) else ""  # fmt: skip
    head = text if label == "term" else f"{label}: {text}"
    return head + cite
