"""What does not fit behind a word: which items it takes, and what the writer may have meant.

In: an item that a word does not take. Out: what is wrong with it.
"""

from typing import NamedTuple

from dealrun.diagnostics import did_you_mean
from dealrun.model.resolve import expressions as ex
from dealrun.model.resolve.scope import Scope
from dealrun.model.vocabulary import Form, ValueKind
from dealrun.source import Span
from dealrun.syntax import Item, Leaf


class Misfit(NamedTuple):
    """What is wrong with an item, and what to do."""

    code: str
    message: str
    span: Span
    help: str | None


def misplaced(form: Form, item: Item) -> Misfit:
    """A modifier that a word does not have."""
    if item.modifier == "then":
        help_ = (
            "a value that changes is written `20% until 2028 then 15%`: `until` and `then` come "
            "directly after the value"
        )
        return Misfit("DR314", "`then` follows no `until`", item.span, help_)
    takes = ", ".join(sorted(form.by_modifier))
    bare = ", ".join(term.name for term in form.terms.values() if term.bare)
    help_ = f"its modifiers are: {takes}" if takes else f"it takes no modifier, only its {bare}"
    return Misfit("DR302", f"`{form.word}` has no `{item.modifier}`", item.span, help_)


def unplaced(form: Form, scope: Scope, item: Item) -> Misfit | None:
    """What does not stand on its own behind a word; None where its own declaration is what is wrong."""
    first = item.values[0]
    if isinstance(first, Leaf) and first.text in form.terms and len(item.values) == 1:
        words = form.terms[first.text].words
        help_ = f"one of: {', '.join(words)}" if words else None
        return Misfit("DR301", f"`{first.text}` needs a value", item.span, help_)
    found = scope.find(first.text) if isinstance(first, Leaf) else None
    if found and not found[2].kind:
        return None
    if isinstance(first, Leaf) and first.kind == "NAME":
        usable = [word for word in (*form.by_word, *form.terms) if " " not in word]
        help_ = (
            did_you_mean(first.text, usable)
            or _relation(form, scope, first.text)
            or f"its words are: {', '.join(sorted({*usable} - {*form.roles}))}"
        )
        return Misfit("DR302", f"`{form.word}` has no word `{first.text}`", first.span, help_)
    elsewhere = [term.name for term in form.terms.values() if term.bare]
    help_ = f"use a modifier, except for: {', '.join(elsewhere)}" if elsewhere else "use a modifier"
    return Misfit("DR302", f"`{form.word}` does not take {ex.found(first)} on its own", item.span, help_)


def _relation(form: Form, scope: Scope, name: str) -> str | None:
    """How a declared name could be said to relate to a clause."""
    if scope.find(name):
        modifiers = [m for term in form.terms.values() if term.kind is ValueKind.NAMES for m in term.modifiers]
        return f"say how it relates: {', '.join(f'`{m} {name}`' for m in modifiers[:3])}" if modifiers else None
    return None
