"""The written tree: what stands in a file, as it stands there.

In: nothing. Out: the node types of the first of the two trees. Guaranteed: every node has a span; equality looks at
what is said, not where; nothing here knows what a word means. The second tree, what it means, is `dealrun.model`.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import attrs

from dealrun.source import SourceText, Span


@attrs.frozen
class Node:
    """Where a node stands: offsets into its source, outside equality. Its span is made when asked for."""

    source: SourceText = attrs.field(eq=False, repr=False)
    start: int = attrs.field(eq=False, repr=False)
    end: int = attrs.field(eq=False, repr=False)

    @property
    def span(self) -> Span:
        """The text that the node covers."""
        return Span(self.source, self.start, self.end)


@attrs.frozen
class Leaf(Node):
    """One token: `kind` is its terminal in the grammar, `text` is as written (a string without its quotes)."""

    kind: str
    text: str


@attrs.frozen
class Branch(Node):
    """An expression over parts.

    `kind` is the grammar's name of it: sum, product, conjunction, disjunction, negation, about, offset, signature,
    event_of, limb, paid_under or group. `words` are its operators in order (`+`, `after`, `earlier of`, ...).
    """

    kind: str
    words: tuple[str, ...]
    parts: "tuple[Expr, ...]"


Expr: TypeAlias = Leaf | Branch


@attrs.frozen
class Item(Node):
    """A modifier (None where bare) with its values; `receivers` stand right of an arrow."""

    modifier: str | None
    values: tuple[Expr, ...]
    receivers: tuple[Expr, ...]


@attrs.frozen
class WrittenAssertion(Node):
    """One thing that an `expect` expects: a label and what is to be seen of it; or a claim, a text by itself."""

    label: Leaf
    items: tuple[Item, ...]


@attrs.frozen
class Statement(Node):
    """`[operation] [label:] head items [citation]`, with the block of statements below it."""

    operation: Leaf | None
    label: Leaf | None
    head: Leaf
    items: tuple[Item, ...]
    assertions: tuple[WrittenAssertion, ...]
    cites: tuple[Leaf, ...]
    block: "tuple[Statement, ...]" = ()
    wrong: bool = False
    """Whether it could not be read: then its operation, label and head, names behind it, `of`, citations are here."""


@attrs.frozen
class Comment(Node):
    """A comment from its `#` to the end of its line."""

    text: str


@attrs.frozen
class File:
    """A whole file: its statements in order, and its comments in order."""

    source: SourceText = attrs.field(eq=False)
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]


def walk(node: File | Node) -> Iterator[Node]:
    """A node and everything below it, in the order in which it stands in the text; of a file, its statements."""
    if not isinstance(node, File):
        yield node
    for child in _below(node):
        yield from walk(child)


def _below(node: File | Node) -> Sequence[Node]:
    match node:
        case File():
            return node.statements
        case Branch():
            return node.parts
        case Item():
            return (*node.values, *node.receivers)
        case WrittenAssertion():
            return (node.label, *node.items)
        case Statement():
            head = [leaf for leaf in (node.operation, node.label, node.head) if leaf is not None]
            return (*head, *node.items, *node.assertions, *node.cites, *node.block)
        case _:
            return ()
