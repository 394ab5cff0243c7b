"""Conflicts: clauses that cannot both be kept, in one contract or between several (docs/language.md#conflicts)."""

from dealrun.check.conflicts.find import conflicts

__all__ = ["conflicts"]
