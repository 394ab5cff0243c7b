"""What was written: from text to the written tree, with every comment and every place kept."""

from dealrun.syntax.parser import parse
from dealrun.syntax.tree import Assertion, Branch, Comment, Expr, File, Item, Leaf, Statement

__all__ = ["Assertion", "Branch", "Comment", "Expr", "File", "Item", "Leaf", "Statement", "parse"]
