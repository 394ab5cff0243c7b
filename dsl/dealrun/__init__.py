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
    from dealrun.agenda.entries import Agenda, AgendaItem
    from dealrun.algebra.comparison import Comparison, Parting
    from dealrun.algebra.consequences import Amendments, Consequence, Done, InstrumentChanges
    from dealrun.algebra.difference import DifferenceError
    from dealrun.algebra.history import Held, History, Known
    from dealrun.algebra.same import RestateError
    from dealrun.algebra.trial import WhatIf
    from dealrun.answer import Answer
    from dealrun.api import Contract, Diagnostics, LoadError, ReadResult, load, loads, read, reads
    from dealrun.api.algebra import what_if
    from dealrun.api.portfolio import Portfolio, portfolio
    from dealrun.budget import Budget
    from dealrun.diagnostics import Diagnostic, Fix, Note, Severity
    from dealrun.errors import ArgumentError, ArgumentTypeError, BudgetError, DealError, LimitError, UnknownNameError
    from dealrun.extras import MissingExtraError
    from dealrun.model.contract import Cite
    from dealrun.settle.ledger.sums import LedgerError, Problem
    from dealrun.settle.statement import (
        Balance,
        Limit,
        Line,
        Money,
        Part,
        Payment,
        Settlement,
        TierShare,
        Total,
        Unclaimed,
        Unsettled,
    )
    from dealrun.source import Place, Span
    from dealrun.source.opening import UnreadableError
    from dealrun.source.writing import WriteError
    from dealrun.state.basis import Basis
    from dealrun.state.expect import Outcome, Outcomes
    from dealrun.state.timeline import Timeline
    from dealrun.state.views import (
        Change,
        Changes,
        ClauseState,
        DeclarationState,
        Duty,
        Explanation,
        Instance,
        Prospect,
        State,
        Step,
        TermView,
        UnknownState,
    )
    from dealrun.time import DateLike

__version__ = "0.1.0"

_HOMES = {
    "Agenda": "dealrun.agenda.entries",
    "AgendaItem": "dealrun.agenda.entries",
    "Amendments": "dealrun.algebra.consequences",
    "Answer": "dealrun.answer",
    "ArgumentError": "dealrun.errors",
    "ArgumentTypeError": "dealrun.errors",
    "Balance": "dealrun.settle.statement",
    "Basis": "dealrun.state.basis",
    "Budget": "dealrun.budget",
    "BudgetError": "dealrun.errors",
    "Change": "dealrun.state.views",
    "Changes": "dealrun.state.views",
    "Cite": "dealrun.model.contract",
    "ClauseState": "dealrun.state.views",
    "Comparison": "dealrun.algebra.comparison",
    "Consequence": "dealrun.algebra.consequences",
    "Contract": "dealrun.api",
    "DateLike": "dealrun.time",
    "DealError": "dealrun.errors",
    "DeclarationState": "dealrun.state.views",
    "Diagnostic": "dealrun.diagnostics",
    "Diagnostics": "dealrun.api",
    "DifferenceError": "dealrun.algebra.difference",
    "Done": "dealrun.algebra.consequences",
    "Duty": "dealrun.state.views",
    "Explanation": "dealrun.state.views",
    "Fix": "dealrun.diagnostics",
    "Held": "dealrun.algebra.history",
    "History": "dealrun.algebra.history",
    "Instance": "dealrun.state.views",
    "InstrumentChanges": "dealrun.algebra.consequences",
    "Known": "dealrun.algebra.history",
    "LedgerError": "dealrun.settle.ledger.sums",
    "Limit": "dealrun.settle.statement",
    "LimitError": "dealrun.errors",
    "Line": "dealrun.settle.statement",
    "LoadError": "dealrun.api",
    "MissingExtraError": "dealrun.extras",
    "Money": "dealrun.settle.statement",
    "Note": "dealrun.diagnostics",
    "Outcome": "dealrun.state.expect",
    "Outcomes": "dealrun.state.expect",
    "Part": "dealrun.settle.statement",
    "Parting": "dealrun.algebra.comparison",
    "Payment": "dealrun.settle.statement",
    "Place": "dealrun.source",
    "Portfolio": "dealrun.api.portfolio",
    "Problem": "dealrun.settle.ledger.sums",
    "Prospect": "dealrun.state.views",
    "ReadResult": "dealrun.api",
    "RestateError": "dealrun.algebra.same",
    "Settlement": "dealrun.settle.statement",
    "Severity": "dealrun.diagnostics",
    "Span": "dealrun.source",
    "State": "dealrun.state.views",
    "Step": "dealrun.state.views",
    "TermView": "dealrun.state.views",
    "TierShare": "dealrun.settle.statement",
    "Timeline": "dealrun.state.timeline",
    "Total": "dealrun.settle.statement",
    "Unclaimed": "dealrun.settle.statement",
    "UnknownNameError": "dealrun.errors",
    "UnknownState": "dealrun.state.views",
    "UnreadableError": "dealrun.source.opening",
    "Unsettled": "dealrun.settle.statement",
    "WhatIf": "dealrun.algebra.trial",
    "WriteError": "dealrun.source.writing",
    "load": "dealrun.api",
    "loads": "dealrun.api",
    "portfolio": "dealrun.api.portfolio",
    "read": "dealrun.api",
    "reads": "dealrun.api",
    "what_if": "dealrun.api.algebra",
}

__all__ = [
    "Agenda",
    "AgendaItem",
    "Amendments",
    "Answer",
    "ArgumentError",
    "ArgumentTypeError",
    "Balance",
    "Basis",
    "Budget",
    "BudgetError",
    "Change",
    "Changes",
    "Cite",
    "ClauseState",
    "Comparison",
    "Consequence",
    "Contract",
    "DateLike",
    "DealError",
    "DeclarationState",
    "Diagnostic",
    "Diagnostics",
    "DifferenceError",
    "Done",
    "Duty",
    "Explanation",
    "Fix",
    "Held",
    "History",
    "Instance",
    "InstrumentChanges",
    "Known",
    "LedgerError",
    "Limit",
    "LimitError",
    "Line",
    "LoadError",
    "MissingExtraError",
    "Money",
    "Note",
    "Outcome",
    "Outcomes",
    "Part",
    "Parting",
    "Payment",
    "Place",
    "Portfolio",
    "Problem",
    "Prospect",
    "ReadResult",
    "RestateError",
    "Settlement",
    "Severity",
    "Span",
    "State",
    "Step",
    "TermView",
    "TierShare",
    "Timeline",
    "Total",
    "Unclaimed",
    "UnknownNameError",
    "UnknownState",
    "UnreadableError",
    "Unsettled",
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


def __dir__() -> list[str]:
    """What is public."""
    return __all__


def __getattr__(name: str) -> Any:
    """Import what is asked for, so that `dealrun --help` need not import it all."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'dealrun' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
