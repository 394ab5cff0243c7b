"""An amendment on trial: what would follow if it were signed.

In: nothing. Out: `WhatIf`, which `dealrun.api.trial.what_if` makes.
"""

from datetime import date

import attrs

from dealrun.algebra.consequences import InstrumentChanges
from dealrun.answer import Answer
from dealrun.diagnostics import Diagnostic, Severity
from dealrun.state.expect import Outcome


@attrs.frozen(repr=False)
class WhatIf(Answer):
    r"""A draft against the chain: what follows from it, and what it breaks.

    >>> draft = 'amend draft "A draft"\n  set ip until 2035\n'
    >>> told = dealrun.what_if(deal, {"draft.deal": draft}, signed="2027-01-01")
    >>> told.signed, [each.name for each in told.instruments], told.breaks, len(told.failed)
    (datetime.date(2027, 1, 1), ['draft'], True, 0)
    """

    signed: date
    instruments: tuple[InstrumentChanges, ...]
    findings: tuple[Diagnostic, ...]
    """Errors and warnings that the chain has not without the draft."""
    broken: tuple[Outcome, ...]
    """Expectations that hold without the draft, and not with it, both as known on its signing day."""
    failed: tuple[Outcome, ...]
    """Expectations of the draft itself that do not hold."""
    reading: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"WhatIf(signed={self.signed}, {'breaks something' if self.breaks else 'breaks nothing'})"

    @property
    def breaks(self) -> bool:
        """Whether the draft breaks anything."""
        errors = any(finding.severity is Severity.ERROR for finding in self.findings)
        return errors or bool(self.broken) or bool(self.failed)
