"""Claims in quotes, expected of every course of events: `expect never through 2032: "a ended or b in force"`.

In: an assertion that is a text, and its scope. Out: an assertion of the model that holds a claim. Guaranteed: each
saying is read and resolved as an assertion outside of quotes is, and knows its place in the file.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from dealrun.diagnostics import Report
from dealrun.errors import ArgumentError
from dealrun.model import claim
from dealrun.model.contract import Assertion, StatedClaim
from dealrun.model.resolve.scope import Scope
from dealrun.source import SourceText, Span
from dealrun.syntax import WrittenAssertion, parse
from dealrun.syntax.tree import Node

N = TypeVar("N", bound=Node)

_BEFORE = "expect on 2000-01-01: "
"""With this before it, a saying is a statement."""

Resolve = Callable[[WrittenAssertion, Scope], list[Assertion]]


def stated(written: WrittenAssertion, scope: Scope, resolve: Resolve) -> list[Assertion]:
    """A claim in quotes, whose sayings `resolve` resolves; empty after reporting what is wrong."""
    quoted = written.label.span
    text = quoted.text[1:-1]
    if written.items:
        item = written.items[0].span
        scope.report.add("DR602", f"a claim ends with its quotation mark: `{item.text}`", item)
        return []
    try:
        read = claim.read(text)
    except ArgumentError as error:
        scope.report.add("DR602", str(error), quoted)
        return []
    said: dict[str, Assertion] = {}
    for saying in claim.sayings(read):
        found = _saying(saying, quoted, scope, resolve)
        if found is None:
            return []
        said[saying.text] = found
    key = next(iter(said.values())).key
    return [Assertion(key, None, None, None, None, None, False, quoted, text, claim=StatedClaim(read, said))]


def _saying(saying: claim.WrittenClaim, quoted: Span, scope: Scope, resolve: Resolve) -> Assertion | None:
    start = quoted.start + 1 + saying.at
    place = Span(quoted.source, start, start + len(saying.text))
    report = Report()
    file = parse(SourceText("<claim>", f"{_BEFORE}{saying.text}\n"), report)
    for wrong in report.sorted():
        at = place if wrong.span is None else _moved_span(wrong.span, quoted.source, start)
        scope.report.add(wrong.code, wrong.message, at, help=wrong.help)
    assertions = file.statements[0].assertions if file.statements and not report.found else ()
    if not assertions:
        return None
    if saying.text.startswith("paid "):
        scope.report.add("DR602", "a claim about payments needs the revenue of the future, which nobody knows", place)
        return None
    found = [each for one in assertions for each in resolve(_moved(one, quoted.source, start - len(_BEFORE)), scope)]
    if len(found) == 1:
        return found[0]
    if found:
        scope.report.add("DR602", f"`{saying.text}` says several things", place, help="join them with `and`")
    return None


def _moved_span(span: Span, source: SourceText, start: int) -> Span:
    by = start - len(_BEFORE)
    end = min(span.end + by, len(source.text))
    return Span(source, max(min(span.start + by, end), start), end)


def _moved(node: N, source: SourceText, by: int) -> N:
    """A node and everything below it, as it stands in another text."""

    def each(value: Any) -> Any:
        return tuple(each(part) for part in value) if isinstance(value, tuple) else (
            _moved(value, source, by) if isinstance(value, Node) else value
        )  # fmt: skip

    fields = {field.name: each(getattr(node, field.name)) for field in attrs.fields(type(node))}
    return type(node)(**{**fields, "source": source, "start": node.start + by, "end": node.end + by})
