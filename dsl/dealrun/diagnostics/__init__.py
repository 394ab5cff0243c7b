"""Findings about a user's files: what they are, and how they are shown."""

from dealrun.diagnostics.diagnostic import Diagnostic, Fix, Note, Report, Severity, of_limit
from dealrun.diagnostics.suggest import did_you_mean, nearest, no_clause

__all__ = ["Diagnostic", "Fix", "Note", "Report", "Severity", "did_you_mean", "nearest", "no_clause", "of_limit"]
