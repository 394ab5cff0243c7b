"""The exceptions of this library: what a caller can cause, each with a message for people.

Every one is a `DealError`; those that Python has a word for are of that kind too, so that `except KeyError` keeps its
meaning. What is wrong with a contract's text is returned as diagnostics, never raised.
"""

from typing import Self


class DealError(Exception):
    """An error that a caller of this library can cause and mend.

    >>> issubclass(dealrun.LoadError, dealrun.DealError)
    True
    """


class ArgumentError(DealError, ValueError):
    """An argument whose value has no meaning here.

    >>> try:
    ...     timeline.on("2024-02-30")
    ... except dealrun.ArgumentError as error:
    ...     print(error)
    `2024-02-30` is a date that does not exist
    """


class ArgumentTypeError(DealError, TypeError):
    """An argument of a type that the function does not take.

    >>> try:
    ...     deal.timeline(knwon="2026-04-27")
    ... except dealrun.ArgumentTypeError as error:
    ...     print(error)
    timeline: there is no argument `knwon`; did you mean `known`?
    """


class UnknownNameError(DealError, KeyError):
    """A name that the contract does not have; the message offers one that is near.

    >>> try:
    ...     state["ipp"]
    ... except dealrun.UnknownNameError as error:
    ...     print(error)
    no clause `ipp`; did you mean `ip`?
    """

    def __str__(self) -> str:
        return str(self.args[0])


class BudgetError(DealError):
    """A piece of work that needs more than its caller's `Budget` allows, or that was cancelled.

    `reason` is `steps`, `seconds` or `cancelled`.

    >>> try:
    ...     with dealrun.Budget(steps=10):
    ...         deal.changes()
    ... except dealrun.BudgetError as error:
    ...     print(error)
    the work takes more than 10 steps, its budget
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message, reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.args[0])


class LimitError(DealError):
    """An evaluation that needs more than the limits allow (DR912).

    `label` is the clause or declaration whose evaluation it was, and `span` the `Span` of its text, where they are
    known.

    >>> issubclass(dealrun.LimitError, dealrun.DealError)
    True
    """

    code = "DR912"

    def __init__(self, reason: str, help_: str, label: str | None = None, span: object = None) -> None:
        super().__init__(reason, help_, label, span)
        self.reason = reason
        self.help = help_
        self.label = label
        self.span = span

    def of(self, label: str, span: object) -> Self:
        """The same error, with the entry that is named first; the innermost evaluation knows best."""
        if self.label is None:
            self.label, self.span = label, span
        return self

    def __str__(self) -> str:
        return f"`{self.label.rpartition(' ')[2]}` {self.reason}" if self.label else f"the evaluation {self.reason}"
