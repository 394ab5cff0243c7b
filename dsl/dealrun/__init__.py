"""dealrun: a small language for the terms of commercial agreements, and what runs it.

    import dealrun

    contract = dealrun.load("contracts/openai-microsoft")       # or LoadError: every error, with its place
    state = contract.timeline(known="2026-04-27").on("2027-01-01")
    state["ip"].status                    # 'in force'

Everything public is named here; what is not may change.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dealrun.algebra.comparison import Parting
    from dealrun.algebra.consequences import Consequence, InstrumentChanges
    from dealrun.algebra.difference import DifferenceError
    from dealrun.algebra.history import Held, Known
    from dealrun.algebra.same import RestateError
    from dealrun.api import Contract, Diagnostics, LoadError, ReadResult, load, loads, read, reads
    from dealrun.api.algebra import Comparison, WhatIf, what_if
    from dealrun.diagnostics import Diagnostic
    from dealrun.errors import ArgumentError, ArgumentTypeError, DealError, LimitError, UnknownNameError
    from dealrun.extras import MissingExtraError
    from dealrun.settle.ledger.sums import LedgerError, Problem
    from dealrun.settle.statement import Money, Payment, Settlement
    from dealrun.source.opening import UnreadableError
    from dealrun.source.writing import WriteError
    from dealrun.state.expect import Outcome
    from dealrun.state.timeline import Timeline
    from dealrun.state.views import Change, ClauseState, Explanation, Prospect, State, TermView, UnknownState

__version__ = "0.1.0"

_HOMES = {
    "WriteError": "dealrun.source.writing",
    "UnreadableError": "dealrun.source.opening",
    "UnknownNameError": "dealrun.errors",
    "LimitError": "dealrun.errors",
    "DealError": "dealrun.errors",
    "ArgumentTypeError": "dealrun.errors",
    "ArgumentError": "dealrun.errors",
    "InstrumentChanges": "dealrun.algebra.consequences",
    "Change": "dealrun.state.views",
    "ClauseState": "dealrun.state.views",
    "Comparison": "dealrun.api.algebra",
    "Consequence": "dealrun.algebra.consequences",
    "Contract": "dealrun.api",
    "reads": "dealrun.api",
    "read": "dealrun.api",
    "ReadResult": "dealrun.api",
    "LoadError": "dealrun.api",
    "Diagnostic": "dealrun.diagnostics",
    "Diagnostics": "dealrun.api",
    "DifferenceError": "dealrun.algebra.difference",
    "Explanation": "dealrun.state.views",
    "Held": "dealrun.algebra.history",
    "Known": "dealrun.algebra.history",
    "LedgerError": "dealrun.settle.ledger.sums",
    "Problem": "dealrun.settle.ledger.sums",
    "MissingExtraError": "dealrun.extras",
    "Money": "dealrun.settle.statement",
    "Outcome": "dealrun.state.expect",
    "Parting": "dealrun.algebra.comparison",
    "Payment": "dealrun.settle.statement",
    "Prospect": "dealrun.state.views",
    "RestateError": "dealrun.algebra.same",
    "Settlement": "dealrun.settle.statement",
    "State": "dealrun.state.views",
    "TermView": "dealrun.state.views",
    "Timeline": "dealrun.state.timeline",
    "UnknownState": "dealrun.state.views",
    "WhatIf": "dealrun.api.algebra",
    "Portfolio": "dealrun.api.portfolio",
    "load": "dealrun.api",
    "loads": "dealrun.api",
    "portfolio": "dealrun.api.portfolio",
    "what_if": "dealrun.api.algebra",
}

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "Change",
    "ClauseState",
    "Comparison",
    "Consequence",
    "Contract",
    "DealError",
    "Diagnostic",
    "Diagnostics",
    "DifferenceError",
    "Explanation",
    "Held",
    "InstrumentChanges",
    "Known",
    "LedgerError",
    "LimitError",
    "LoadError",
    "MissingExtraError",
    "Money",
    "Outcome",
    "Parting",
    "Payment",
    "Portfolio",
    "Problem",
    "Prospect",
    "ReadResult",
    "RestateError",
    "Settlement",
    "State",
    "TermView",
    "Timeline",
    "UnknownNameError",
    "UnknownState",
    "UnreadableError",
    "WhatIf",
    "WriteError",
    "__version__",
    "load",
    "loads",
    "portfolio",
    "read",
    "reads",
    "what_if",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, so that `dealrun --help` need not import it all."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'dealrun' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
