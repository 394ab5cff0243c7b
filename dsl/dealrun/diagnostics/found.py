"""What the checker says, as an answer and as an exception.

In: findings. Out: `Diagnostics`, `LoadError`.
"""

from collections.abc import Iterator

import attrs

from dealrun.answer import Answer
from dealrun.diagnostics.diagnostic import Diagnostic, Severity, of_limit
from dealrun.diagnostics.render import render_all
from dealrun.errors import DealError, LimitError


@attrs.frozen(repr=False)
class Diagnostics(Answer):
    """What the checker says of files, by place. Printed, a report; false in a condition where there is nothing.

    >>> found = dealrun.findings("contracts/openai-microsoft")
    >>> found, found.found, found.errors
    (Diagnostics(DR408), False, ())
    """

    items: tuple[Diagnostic, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What makes a contract impossible."""
        return tuple(each for each in self.items if each.severity is Severity.ERROR)

    @staticmethod
    def of_limit(error: LimitError) -> "Diagnostics":
        """An evaluation that needs more than the limits allow, as a finding."""
        return Diagnostics((of_limit(error),))

    @property
    def found(self) -> bool:
        """Whether there is an error or a warning."""
        return any(each.severity is not Severity.NOTE for each in self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> Diagnostic:
        return self.items[place]

    def __repr__(self) -> str:
        return f"Diagnostics({', '.join(each.code for each in self.items)})"

    def __str__(self) -> str:
        return render_all(self.items)


class LoadError(DealError, ValueError):
    r"""Files that make no contract. `diagnostics` are all findings of the run, each with its place.

    >>> try:
    ...     dealrun.loads('party A "A"\nparty B "B"\ns: revshare A->B 10% until\n')
    ... except dealrun.LoadError as error:
    ...     print(str(error).splitlines()[0], len(error.diagnostics))
    error[DR301]: `until` needs a value 1
    """

    def __init__(self, diagnostics: Diagnostics) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return str(self.diagnostics)
