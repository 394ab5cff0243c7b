"""The library's face: load a contract, evaluate it, ask."""

from dealrun.api import faces
from dealrun.api.contract import Contract, Diagnostics, LoadError, ReadResult, load, loads, read, reads

__all__ = ["Contract", "Diagnostics", "LoadError", "ReadResult", "faces", "load", "loads", "read", "reads"]
