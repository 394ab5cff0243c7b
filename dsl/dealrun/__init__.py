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
    from dealrun.agenda.entries import Agenda
    from dealrun.agenda.items import AgendaItem
    from dealrun.algebra.comparison import Comparison, Parting
    from dealrun.algebra.consequences import Amendments, Consequence, Done, InstrumentChanges
    from dealrun.algebra.difference import DifferenceError
    from dealrun.algebra.history import Held, History, Known
    from dealrun.algebra.same import RestateError
    from dealrun.algebra.trial import WhatIf
    from dealrun.answer import Answer
    from dealrun.api.contract import Contract
    from dealrun.api.formatting import Formatted, deal_files, format_file, format_text
    from dealrun.api.periods import day, day_after, days_of
    from dealrun.api.portfolio import Portfolio, portfolio
    from dealrun.api.reading import ReadResult, findings, load, loads, read, reads
    from dealrun.api.trial import sign, what_if
    from dealrun.api.wire.schema import SCHEMAS, schema
    from dealrun.api.words import explain, words
    from dealrun.budget import Budget, one_question
    from dealrun.diagnostics import Diagnostic, Fix, Note, Severity
    from dealrun.diagnostics.found import Diagnostics, LoadError
    from dealrun.diagnostics.pages import CODES
    from dealrun.errors import ArgumentError, ArgumentTypeError, BudgetError, DealError, LimitError, UnknownNameError
    from dealrun.extras import MissingExtraError
    from dealrun.model.contract import Cite
    from dealrun.proof.exposure import Exposure, ExposureComparison, Ground
    from dealrun.proof.happenings import Happening
    from dealrun.proof.proof import CourseState, Proof
    from dealrun.proof.replay import Replay
    from dealrun.settle.ledger.sums import LedgerError, Problem
    from dealrun.settle.statement import (
        Balance,
        Between,
        ComparedPayment,
        DayRange,
        Figure,
        Limit,
        Line,
        Money,
        Part,
        Payment,
        PaymentReasons,
        Settlement,
        Share,
        StatementComparison,
        TierShare,
        Total,
        Unclaimed,
        Unsettled,
    )
    from dealrun.source import Place, Span
    from dealrun.source.opening import UnreadableError
    from dealrun.source.plain import printable
    from dealrun.source.writing import WriteError, write_file
    from dealrun.state.basis import Basis
    from dealrun.state.change import Change, Changes
    from dealrun.state.day import EarlyEnd, Ends, Prospect, State, UnknownState
    from dealrun.state.expect import Outcome, Outcomes
    from dealrun.state.explained import About, Explanation, Step
    from dealrun.state.term_values import (
        AmountValue,
        DayValue,
        DurationValue,
        FlagValue,
        NamesValue,
        RatioValue,
        RuleValue,
        TermValue,
        TextValue,
        WordValue,
    )
    from dealrun.state.timeline import Timeline
    from dealrun.state.views import AmountBounds, ClauseState, DeclarationState, Duty, Instance, TermView
    from dealrun.time import DateLike

__version__ = "0.1.0"

_HOMES = {
    "About": "dealrun.state.explained",
    "Agenda": "dealrun.agenda.entries",
    "AgendaItem": "dealrun.agenda.items",
    "Amendments": "dealrun.algebra.consequences",
    "AmountBounds": "dealrun.state.views",
    "AmountValue": "dealrun.state.term_values",
    "Answer": "dealrun.answer",
    "ArgumentError": "dealrun.errors",
    "ArgumentTypeError": "dealrun.errors",
    "Balance": "dealrun.settle.statement",
    "Basis": "dealrun.state.basis",
    "Between": "dealrun.settle.statement",
    "Budget": "dealrun.budget",
    "BudgetError": "dealrun.errors",
    "CODES": "dealrun.diagnostics.pages",
    "Change": "dealrun.state.change",
    "Changes": "dealrun.state.change",
    "Cite": "dealrun.model.contract",
    "ClauseState": "dealrun.state.views",
    "ComparedPayment": "dealrun.settle.statement",
    "Comparison": "dealrun.algebra.comparison",
    "Consequence": "dealrun.algebra.consequences",
    "Contract": "dealrun.api.contract",
    "DateLike": "dealrun.time",
    "DayRange": "dealrun.settle.statement",
    "DayValue": "dealrun.state.term_values",
    "DealError": "dealrun.errors",
    "DeclarationState": "dealrun.state.views",
    "Diagnostic": "dealrun.diagnostics",
    "Diagnostics": "dealrun.diagnostics.found",
    "CourseState": "dealrun.proof.proof",
    "DifferenceError": "dealrun.algebra.difference",
    "Done": "dealrun.algebra.consequences",
    "DurationValue": "dealrun.state.term_values",
    "Duty": "dealrun.state.views",
    "EarlyEnd": "dealrun.state.day",
    "Ends": "dealrun.state.day",
    "Exposure": "dealrun.proof.exposure",
    "ExposureComparison": "dealrun.proof.exposure",
    "Explanation": "dealrun.state.explained",
    "Figure": "dealrun.settle.statement",
    "Fix": "dealrun.diagnostics",
    "FlagValue": "dealrun.state.term_values",
    "Formatted": "dealrun.api.formatting",
    "Ground": "dealrun.proof.exposure",
    "Happening": "dealrun.proof.happenings",
    "Held": "dealrun.algebra.history",
    "History": "dealrun.algebra.history",
    "Instance": "dealrun.state.views",
    "InstrumentChanges": "dealrun.algebra.consequences",
    "Known": "dealrun.algebra.history",
    "LedgerError": "dealrun.settle.ledger.sums",
    "Limit": "dealrun.settle.statement",
    "LimitError": "dealrun.errors",
    "Line": "dealrun.settle.statement",
    "LoadError": "dealrun.diagnostics.found",
    "MissingExtraError": "dealrun.extras",
    "Money": "dealrun.settle.statement",
    "NamesValue": "dealrun.state.term_values",
    "Note": "dealrun.diagnostics",
    "Outcome": "dealrun.state.expect",
    "Outcomes": "dealrun.state.expect",
    "Part": "dealrun.settle.statement",
    "Parting": "dealrun.algebra.comparison",
    "Payment": "dealrun.settle.statement",
    "PaymentReasons": "dealrun.settle.statement",
    "Place": "dealrun.source",
    "Portfolio": "dealrun.api.portfolio",
    "Problem": "dealrun.settle.ledger.sums",
    "Proof": "dealrun.proof.proof",
    "Prospect": "dealrun.state.day",
    "RatioValue": "dealrun.state.term_values",
    "ReadResult": "dealrun.api.reading",
    "Replay": "dealrun.proof.replay",
    "RestateError": "dealrun.algebra.same",
    "RuleValue": "dealrun.state.term_values",
    "SCHEMAS": "dealrun.api.wire.schema",
    "Settlement": "dealrun.settle.statement",
    "Severity": "dealrun.diagnostics",
    "Share": "dealrun.settle.statement",
    "Span": "dealrun.source",
    "State": "dealrun.state.day",
    "StatementComparison": "dealrun.settle.statement",
    "Step": "dealrun.state.explained",
    "TermValue": "dealrun.state.term_values",
    "TermView": "dealrun.state.views",
    "TextValue": "dealrun.state.term_values",
    "TierShare": "dealrun.settle.statement",
    "Timeline": "dealrun.state.timeline",
    "Total": "dealrun.settle.statement",
    "Unclaimed": "dealrun.settle.statement",
    "UnknownNameError": "dealrun.errors",
    "UnknownState": "dealrun.state.day",
    "UnreadableError": "dealrun.source.opening",
    "Unsettled": "dealrun.settle.statement",
    "WhatIf": "dealrun.algebra.trial",
    "WordValue": "dealrun.state.term_values",
    "WriteError": "dealrun.source.writing",
    "findings": "dealrun.api.reading",
    "day": "dealrun.api.periods",
    "day_after": "dealrun.api.periods",
    "days_of": "dealrun.api.periods",
    "deal_files": "dealrun.api.formatting",
    "explain": "dealrun.api.words",
    "format_file": "dealrun.api.formatting",
    "format_text": "dealrun.api.formatting",
    "load": "dealrun.api.reading",
    "loads": "dealrun.api.reading",
    "one_question": "dealrun.budget",
    "portfolio": "dealrun.api.portfolio",
    "printable": "dealrun.source.plain",
    "read": "dealrun.api.reading",
    "reads": "dealrun.api.reading",
    "schema": "dealrun.api.wire.schema",
    "sign": "dealrun.api.trial",
    "what_if": "dealrun.api.trial",
    "words": "dealrun.api.words",
    "write_file": "dealrun.source.writing",
}

__all__ = [
    "CODES",
    "SCHEMAS",
    "About",
    "Agenda",
    "AgendaItem",
    "Amendments",
    "AmountBounds",
    "AmountValue",
    "Answer",
    "ArgumentError",
    "ArgumentTypeError",
    "Balance",
    "Basis",
    "Between",
    "Budget",
    "BudgetError",
    "Change",
    "Changes",
    "Cite",
    "ClauseState",
    "ComparedPayment",
    "Comparison",
    "Consequence",
    "Contract",
    "CourseState",
    "DateLike",
    "DayRange",
    "DayValue",
    "DealError",
    "DeclarationState",
    "Diagnostic",
    "Diagnostics",
    "DifferenceError",
    "Done",
    "DurationValue",
    "Duty",
    "EarlyEnd",
    "Ends",
    "Explanation",
    "Exposure",
    "ExposureComparison",
    "Figure",
    "Fix",
    "FlagValue",
    "Formatted",
    "Ground",
    "Happening",
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
    "NamesValue",
    "Note",
    "Outcome",
    "Outcomes",
    "Part",
    "Parting",
    "Payment",
    "PaymentReasons",
    "Place",
    "Portfolio",
    "Problem",
    "Proof",
    "Prospect",
    "RatioValue",
    "ReadResult",
    "Replay",
    "RestateError",
    "RuleValue",
    "Settlement",
    "Severity",
    "Share",
    "Span",
    "State",
    "StatementComparison",
    "Step",
    "TermValue",
    "TermView",
    "TextValue",
    "TierShare",
    "Timeline",
    "Total",
    "Unclaimed",
    "UnknownNameError",
    "UnknownState",
    "UnreadableError",
    "Unsettled",
    "WhatIf",
    "WordValue",
    "WriteError",
    "__version__",
    "day",
    "day_after",
    "days_of",
    "deal_files",
    "explain",
    "findings",
    "format_file",
    "format_text",
    "load",
    "loads",
    "one_question",
    "portfolio",
    "printable",
    "read",
    "reads",
    "schema",
    "sign",
    "what_if",
    "words",
    "write_file",
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
