"""Contracts written below a head that a module of tests shares, and their expectations."""

from collections.abc import Callable
from textwrap import dedent

import dealrun


def below(head: str) -> tuple[Callable[[str], dealrun.Contract], Callable[[str], None]]:
    """What loads a text below a head, and what asserts that every expectation of such a text holds."""

    def load(text: str) -> dealrun.Contract:
        return dealrun.loads(head + dedent(text))

    def holds(text: str) -> None:
        outcomes = load(text).test()
        assert outcomes
        assert [outcome.diagnostic().message for outcome in outcomes if not outcome.passed] == []

    return load, holds
