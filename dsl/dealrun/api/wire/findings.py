"""The shapes of findings, of expectations, and of a ledger that is refused."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from msgspec import Meta

from dealrun.api.wire.base import IsoDay, Json, NotNegative, Ordinal, Output, SpanJson
from dealrun.diagnostics import Diagnostic
from dealrun.diagnostics.catalog import CATALOG
from dealrun.limits import MAX_ERRORS

if TYPE_CHECKING:
    from dealrun.settle.ledger.sums import LedgerError
    from dealrun.state.expect import Outcome, Outcomes


class NoteJson(Json, frozen=True, forbid_unknown_fields=True):
    """A further place that belongs to a finding."""

    message: str
    span: SpanJson | None


class FixJson(Json, frozen=True, forbid_unknown_fields=True):
    """A replacement that a machine can apply: `text` in the place of `span`."""

    span: SpanJson
    text: str


class DiagnosticJson(Json, frozen=True, forbid_unknown_fields=True):
    """A finding."""

    code: Annotated[str, Meta(pattern=r"^DR\d{3}$")]
    severity: Literal["error", "warning", "note"]
    title: str
    message: str
    span: SpanJson | None
    notes: list[NoteJson]
    help: str | None
    fix: FixJson | None

    @classmethod
    def make(cls, answer: Diagnostic, **more: Any) -> Self:
        """Of a finding, with the title of its code."""
        return super().make(answer, severity=answer.severity.value, title=CATALOG[answer.code].title, **more)


class CheckJson(Output, tag="dealrun/check/1", frozen=True, forbid_unknown_fields=True):
    """Findings, the first hundred of them."""

    count: NotNegative
    diagnostics: list[DiagnosticJson]

    @classmethod
    def make(cls, answer: Any, **_: Any) -> Self:
        """Of findings."""
        return cls(len(answer.items), [DiagnosticJson.make(each) for each in answer.items[:MAX_ERRORS]])


class OutcomeJson(Json, frozen=True, forbid_unknown_fields=True):
    """The outcome of an expectation."""

    on: IsoDay
    known: IsoDay | None
    expected: str
    found: str | None
    passed: bool
    span: SpanJson

    @classmethod
    def make(cls, answer: "Outcome", **more: Any) -> Self:
        """Of an outcome, with its place."""
        return super().make(answer, span=SpanJson.make(answer.assertion.span), **more)


class TestJson(Output, tag="dealrun/test/1", frozen=True, forbid_unknown_fields=True):
    """The outcomes of expectations."""

    passed: NotNegative
    failed: NotNegative
    outcomes: list[OutcomeJson]

    @classmethod
    def make(cls, answer: "Outcomes", **_: Any) -> Self:
        """Of outcomes, counted."""
        passed = sum(outcome.passed for outcome in answer)
        return cls(passed, len(answer) - passed, [OutcomeJson.make(outcome) for outcome in answer])


class RowJson(Json, frozen=True, forbid_unknown_fields=True):
    """A row of a ledger that is refused."""

    row: Ordinal
    text: str


class ProblemJson(Json, frozen=True, forbid_unknown_fields=True):
    """What is wrong with some rows of a ledger."""

    code: str
    source: str
    message: str
    count: NotNegative
    rows: list[RowJson]
    help: str

    @classmethod
    def make(cls, answer: Any, **more: Any) -> Self:
        """Of a problem, with its rows."""
        return super().make(answer, rows=[RowJson(row, text) for row, text in answer.rows], **more)


class LedgerJson(Output, tag="dealrun/ledger/1", frozen=True, forbid_unknown_fields=True):
    """Why a ledger is refused."""

    problems: list[ProblemJson]

    @classmethod
    def make(cls, answer: "LedgerError", **more: Any) -> Self:
        """Of a refusal."""
        return super().make(answer, **more)
