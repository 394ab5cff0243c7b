"""The library's face: load a contract, evaluate it, ask."""

from dealrun.api.contract import Contract, Diagnostics, load, loads

__all__ = ["Contract", "Diagnostics", "load", "loads"]
