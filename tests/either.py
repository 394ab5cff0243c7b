"""A contract, or what is wrong with its text: for tests that want the one or the other."""

from typing import Any

import dealrun


def either(text: str, name: str = "<text>") -> dealrun.Contract | dealrun.Diagnostics:
    """What a text makes."""
    found = dealrun.reads(text, name)
    return found.diagnostics if found.contract is None else found.contract


def either_of(source: Any) -> dealrun.Contract | dealrun.Diagnostics:
    """What a file or a folder makes."""
    found = dealrun.read(source)
    return found.diagnostics if found.contract is None else found.contract
