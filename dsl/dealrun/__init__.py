"""dealrun: a small language for the terms of commercial agreements, and what runs it.

    import dealrun

    contract = dealrun.load("contracts/openai-microsoft")
    if not contract:                      # Diagnostics: every error, with its place
        raise SystemExit(str(contract))
    state = contract.timeline(known="2026-04-27").on("2027-01-01")
    state["ip"].status                    # 'in force'

Everything public is named here; what is not may change.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dealrun.api import Contract, Diagnostics, load, loads
    from dealrun.diagnostics import Diagnostic
    from dealrun.state.expect import Outcome
    from dealrun.state.timeline import Timeline
    from dealrun.state.views import Change, ClauseState, Prospect, State, TermView, UnknownState
    from dealrun.state.why import Explanation

__version__ = "0.1.0"

_HOMES = {
    "Change": "dealrun.state.views",
    "ClauseState": "dealrun.state.views",
    "Contract": "dealrun.api",
    "Diagnostic": "dealrun.diagnostics",
    "Diagnostics": "dealrun.api",
    "Explanation": "dealrun.state.why",
    "Outcome": "dealrun.state.expect",
    "Prospect": "dealrun.state.views",
    "State": "dealrun.state.views",
    "TermView": "dealrun.state.views",
    "Timeline": "dealrun.state.timeline",
    "UnknownState": "dealrun.state.views",
    "load": "dealrun.api",
    "loads": "dealrun.api",
}

__all__ = [
    "Change",
    "ClauseState",
    "Contract",
    "Diagnostic",
    "Diagnostics",
    "Explanation",
    "Outcome",
    "Prospect",
    "State",
    "TermView",
    "Timeline",
    "UnknownState",
    "__version__",
    "load",
    "loads",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, so that `dealrun --help` need not import it all."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'dealrun' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value
