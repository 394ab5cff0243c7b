"""Statements into entries: a clause or a declaration with its key, its terms and its citations.

In: a statement and its scope. Out: an `Entry`, or None after reporting. Guaranteed: an entry's key is unique in its
deal at any one time; its first party, if its verb has parties, is known.
"""

from collections import Counter
from collections.abc import Mapping

from dealrun.diagnostics import Note, Report, did_you_mean
from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import Cite, Entry, TermText
from dealrun.model.keys import DeclarationKey, shortened
from dealrun.model.reading import terms_of
from dealrun.model.resolve.scope import Scope
from dealrun.model.resolve.terms import TermReader
from dealrun.model.values import Amount, Due, Duration, Names, Shares, Word
from dealrun.model.vocabulary import CLAUSES, DECLARATIONS, FORMS, OPERATIONS, OTHERS, Form, behaviour
from dealrun.syntax import Expr, Item, Leaf, Statement

WORDS = CLAUSES | DECLARATIONS | OPERATIONS | OTHERS


def is_declaration(head: Leaf, items: tuple[Item, ...]) -> bool:
    """Whether `head items` declares something: a declaration word with a bare name or text behind it."""
    return head.text in DECLARATIONS and bool(items) and items[0].modifier is None


def bare_name(items: tuple[Item, ...], index: int = 0) -> Leaf | None:
    """The bare name at a place among the items, if there is just one there."""
    if index < len(items):
        item = items[index]
        if item.modifier is None and not item.receivers and len(item.values) == 1:
            value = item.values[0]
            if isinstance(value, Leaf) and value.kind == "NAME":
                return value
    return None


def own_label(statement: Statement) -> str:
    """The label a clause gets from its content: `license.MSFT`, `revshare.OAI.MSFT`, `term`."""
    word = statement.head.text
    if behaviour(word) is Behaviour.TERM:
        return "term"
    parts = [word]
    if statement.items and statement.items[0].modifier is None and word in FORMS:
        first = statement.items[0]
        form = FORMS[word]
        leaves: list[Expr] = [*first.values, *first.receivers]
        for leaf in leaves:
            if isinstance(leaf, Leaf) and leaf.kind == "NAME" and leaf.text not in form.by_word:
                parts.append(leaf.text)
            elif isinstance(leaf, Leaf) and leaf.kind == "BOTH_WAYS":
                parts.extend(("each", "other"))
    return shortened(parts)


def unknown_word(statement: Statement, report: Report) -> None:
    """Report a head that is no word of the language."""
    leaf = statement.head
    report.add(
        "DR106",
        f"`{leaf.text}` is not a verb or declaration word",
        leaf.span,
        help=did_you_mean(leaf.text, WORDS) or f"the verbs are: {', '.join(sorted(CLAUSES))}",
    )


def cites(leaves: tuple[Leaf, ...], scope: Scope, source: str = "") -> tuple[Cite, ...]:
    """Citations. Under an instrument's own source, a text that does not begin with a source is a locator in it."""
    found: list[Cite] = []
    for leaf in leaves:
        end = leaf.start
        for part in leaf.text[1:-1].split(";"):
            start, end = end + 1, end + 1 + len(part)
            text = " ".join(part.split())
            if not text:
                continue
            first, _, rest = text.partition(" ")
            name = first.rstrip(",")
            if cited := scope.find_source(name):
                start += len(part) - len(part.lstrip())
                scope.table.use(leaf.source, start, start + len(name), DeclarationKey("source", cited.key(name)))
                found.append(Cite(name, rest))
            elif source:
                found.append(Cite(source, text))
            else:
                if not scope.sketch:
                    scope.report.add(
                        "DR209",
                        f"no source `{first}` is declared",
                        leaf.span,
                        help=did_you_mean(first, scope.sources) or f'declare it: `source {first} "title"`',
                    )
                found.append(Cite(first, rest))
    return tuple(found)


def entry(statement: Statement, scope: Scope, source: str) -> Entry | None:
    """A clause or a declaration."""
    if is_declaration(statement.head, statement.items) and statement.label is None:
        return declaration(statement, scope, source)
    return clause(statement, scope, source)


def clause(statement: Statement, scope: Scope, source: str) -> Entry | None:
    """A clause."""
    form = FORMS[statement.head.text]
    label = statement.label.text if statement.label else own_label(statement)
    reader = TermReader(scope, form, scope.key(label))
    reader.read(statement.items, who=True)
    if (
        form.roles
        and reader.whole
        and form.behaviour is not Behaviour.TERM
        and not any(r in reader.terms for r in form.roles)
    ):
        lone, giver, receiver = form.roles
        scope.report.add(
            "DR310",
            f"`{form.word}` needs a party",
            statement.head.span,
            help=f"write the {lone} alone, or `{giver}->{receiver}`",
        )
        return None
    if not reader.whole or not _sound(statement, form, reader.terms, scope):
        return None
    return Entry(
        scope.key(label),
        form.word,
        reader.terms,
        cites(statement.cites, scope, source) if statement.cites else (),
        statement.span,
        scope.deal,
    )


def _sound(statement: Statement, form: Form, terms: Mapping[str, TermText], scope: Scope) -> bool:
    """Whether the terms of a clause go together."""
    report = scope.report
    sides = [terms[role] for role in dict.fromkeys(form.roles) if role in terms]
    named = [member for side in sides for value, _ in side.value.limbs if isinstance(value, Names)
             for member in value.members]  # fmt: skip
    if len(set(named)) < len(named):
        twice = next(name for name, count in Counter(named).items() if count > 1)
        plain = twice.removeprefix(scope.prefix)
        report.add("DR317", f"`{plain}` is named twice", sides[-1].span,
                   help="name each party once; `each->other` says both ways")  # fmt: skip
        return False
    if form.behaviour is Behaviour.TERM and {"duration", "until"} <= set(terms):
        report.add("DR304", f"a second end: `{terms['until'].span.text}`", terms["until"].span,
                   notes=[Note("the first end", terms["duration"].span)],
                   help="a term has one end; write a duration, or `until`")  # fmt: skip
        return False
    divided = terms["split"].value.limbs[0][0] if "split" in terms else None
    payees = sides[-1].value.limbs[0][0] if sides else None
    if isinstance(divided, Shares) and isinstance(payees, Names) and len(divided.parts) != len(payees.members):
        report.add("DR316", f"{len(divided.parts)} shares, and {len(payees.members)} payees", terms["split"].span,
                   notes=[Note("the payees", sides[-1].span)], help="write one share for each payee")  # fmt: skip
        return False
    if "prorated" in terms and form.behaviour is not Behaviour.COMMITMENT:
        floor = [value for value, _ in terms["floor"].value.limbs] if "floor" in terms else []
        if not any(isinstance(value, Amount) and value.per_unit is None for value in floor):
            report.add("DR322", "`prorated` has no effect: the clause has no floor that is an amount of money",
                       terms["prorated"].span,
                       help="leave it out; a fee accrues by the day, and a price counts units")  # fmt: skip
    ground, frequency, due = (terms[name].value.limbs[0][0] if name in terms else None
                              for name in ("ground", "frequency", "due"))  # fmt: skip
    if ground == Word("automatic") and not {"when", "while", "unless", "from"} & set(terms):
        report.add("DR318", "this ends the deal on its first day", statement.span,
                   help="say what brings it about: `terminate A automatic when EVENT`")  # fmt: skip
        return False
    if frequency is not None and "each" in terms:
        report.add("DR301", "this recurs twice: for each period, and for each occurrence", terms["frequency"].span,
                   help="write two clauses, or leave one of both out")  # fmt: skip
        return False
    if frequency is not None and isinstance(due, Due) and not isinstance(due.time, Duration):
        span = terms["due"].span
        report.add("DR301", f"`{span.text}` is one day, and this is due again and again", span,
                   help="write how long after each period it is due: `quarterly within 30 days`")  # fmt: skip
        return False
    return True


def missing_name(statement: Statement, report: Report, message: str) -> None:
    """Report that no name follows the word of a statement; a number, or a name that begins with one, is told."""
    first = statement.items[0].values[0] if statement.items and statement.items[0].values else None
    word = statement.head.text
    if isinstance(first, Leaf) and first.text[:1].isdigit():
        report.add("DR310", f"`{first.span.text}` is not a name: a name begins with a letter", first.span,
                   help=f'write `{word} N{first.text} "{first.text}"`, or another name')  # fmt: skip
        return
    report.add("DR310", message, statement.span, help=f'write `{word} NAME "..."`')


def declaration(statement: Statement, scope: Scope, source: str) -> Entry | None:
    """A declaration."""
    form = FORMS[statement.head.text]
    leaf = bare_name(statement.items)
    if leaf is None:
        missing_name(statement, scope.report, f"`{form.word}` needs the name that it declares")
        return None
    items = statement.items[1:]
    reader = TermReader(scope, form, leaf.text)
    reader.read(between(items, scope), who=False)
    if not reader.whole:
        return None
    return Entry(
        DeclarationKey(form.word, scope.key(leaf.text)),
        form.word,
        terms_of(form.word, reader.terms),
        cites(statement.cites, scope, source) if statement.cites else (),
        statement.span,
        scope.deal,
    )


def between(items: tuple[Item, ...], scope: Scope) -> tuple[Item, ...]:
    """`between A and B` as `at least A at most B`; for dates, as `from A until B`."""
    result: list[Item] = []
    for item in items:
        if item.modifier != "between":
            result.append(item)
            continue
        value = item.values[0] if len(item.values) == 1 else None
        parts = value.parts if value is not None and not isinstance(value, Leaf) else ()
        if value is None or isinstance(value, Leaf) or value.kind != "conjunction" or len(parts) != 2:
            scope.report.add("DR301", "`between` takes two values: `between A and B`", item.span)
            continue
        dates = isinstance(parts[0], Leaf) and parts[0].kind in {"DATE", "MONTH", "QUARTER", "YEAR"}
        words = ("from", "until") if dates else ("at least", "at most")
        result.extend(
            Item(part.source, part.start, part.end, word, (part,), ()) for word, part in zip(words, parts, strict=True)
        )
    return tuple(result)


def collide(label: str, first: Statement, second: Statement, report: Report) -> None:
    """Report two clauses of one label."""
    report.add(
        "DR204",
        f"two clauses are labelled `{label}`",
        (second.label or second.head).span,
        notes=[Note("the other one", (first.label or first.head).span)],
        help=f"give each a label of its own: `name: {second.head.text} ...`",
    )
