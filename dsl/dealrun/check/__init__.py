"""The one checker: an ordered list of checks over the model and its timeline."""

from dealrun.check.checks import CHECKS, run_checks

__all__ = ["CHECKS", "run_checks"]
