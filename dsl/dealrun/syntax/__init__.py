"""What was written: from text to the written tree, with every comment and every place kept."""

from dealrun.syntax.parser import parse
from dealrun.syntax.tree import Branch, Comment, Expr, File, Item, Leaf, Statement, WrittenAssertion, walk

__all__ = ["Branch", "Comment", "Expr", "File", "Item", "Leaf", "Statement", "WrittenAssertion", "parse", "walk"]
