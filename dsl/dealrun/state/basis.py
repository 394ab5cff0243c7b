"""What an answer rests on beside its days: whose deals it is about, and what is supposed.

In: nothing. Out: `Basis`.
"""

from collections.abc import Mapping

import attrs


@attrs.frozen
class Basis:
    """The deals of an answer, each with its title, and the suppositions under which it holds.

    >>> supposed.on("2028-06-01").basis.assume
    {'AGI': '2028-05-01'}
    """

    deals: tuple[tuple[str, str], ...] = ()
    assume: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    bind: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    scenario: str | None = None
    reading: tuple[str, ...] = ()
    nothing_else: bool = False
    """Whether nothing else happens than is supposed, beside what the calendar brings."""
