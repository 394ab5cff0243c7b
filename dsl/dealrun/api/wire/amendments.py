"""The shapes of what amendments did, of drafts, histories and comparisons."""

from typing import Annotated, Any, Literal, Self

from dealrun.algebra.comparison import Comparison
from dealrun.algebra.consequences import Amendments, Consequence, InstrumentChanges, OperationWord
from dealrun.algebra.history import Held, History, Known
from dealrun.algebra.trial import WhatIf
from dealrun.api.wire.base import Cites, IsoDay, Json, Output, SpanJson, Texts, said
from dealrun.api.wire.findings import DiagnosticJson, OutcomeJson
from dealrun.api.wire.states import ChangeJson, EndChangeJson


class MomentJson(Json, frozen=True, forbid_unknown_fields=True):
    """A day; null where it is open, or never comes."""

    earliest: IsoDay | None
    latest: IsoDay | None


class SignatureJson(Json, frozen=True, forbid_unknown_fields=True):
    """Who signed, and from when to when that may have been."""

    by: str | None
    earliest: IsoDay
    latest: IsoDay


class DoneJson(Json, frozen=True, forbid_unknown_fields=True):
    """An operation of an instrument."""

    operation: OperationWord
    label: str
    text: str
    before: str
    cites: Cites
    span: SpanJson


class ConsequenceJson(ChangeJson, frozen=True, forbid_unknown_fields=True):
    """A difference that an instrument makes, and for whom."""

    family: Literal["right", "duty", "money", "life"] | None
    parties: Texts
    favours: Annotated[Texts, said("Empty where the terms alone do not say whom.")]

    @classmethod
    def make(cls, answer: Consequence, **more: Any) -> Self:
        """Of a consequence, with its change."""
        return super().make(
            answer.change, family=answer.family or None, parties=list(answer.parties), favours=list(answer.favours),
            **more,
        )  # fmt: skip


class AccountJson(Json, frozen=True, forbid_unknown_fields=True):
    """What an instrument did, and what differs because of it."""

    name: str
    title: str
    deals: Texts
    signatures: list[SignatureJson]
    known: IsoDay | None
    effective: MomentJson
    condition: Annotated[str, said("What it waits for, beside a day; empty for nothing.")]
    lapses: MomentJson
    done: list[DoneJson]
    consequences: Annotated[list[ConsequenceJson], said("What differs, unless something else happens.")]
    ends: Annotated[list[EndChangeJson], said("What differs in what can end a whole deal early.")]

    @classmethod
    def make(cls, answer: InstrumentChanges, **more: Any) -> Self:
        """Of an instrument's changes, with what the instrument is."""
        signed = [SignatureJson(each.by or None, each.earliest, each.latest) for each in answer.signatures]
        return super().make(answer, signatures=signed, **more)


class ChangesJson(Output, tag="dealrun/changes/2", frozen=True, forbid_unknown_fields=True):
    """What each instrument did."""

    reading: Texts
    instruments: list[AccountJson]

    @classmethod
    def make(cls, answer: Amendments, **more: Any) -> Self:
        """Of what amendments did."""
        return super().make(answer, instruments=[AccountJson.make(each) for each in answer], **more)


class WhatIfJson(Output, tag="dealrun/what-if/2", frozen=True, forbid_unknown_fields=True):
    """A draft against the chain."""

    signed: IsoDay
    reading: Texts
    breaks: bool
    instruments: list[AccountJson]
    diagnostics: list[DiagnosticJson]
    broken: Annotated[list[OutcomeJson], said("Expectations that hold without the draft.")]
    failed: Annotated[list[OutcomeJson], said("Expectations of the draft itself.")]

    @classmethod
    def make(cls, answer: WhatIf, **more: Any) -> Self:
        """Of a trial."""
        return super().make(answer, diagnostics=[DiagnosticJson.make(each) for each in answer.findings], **more)


class HeldJson(Json, rename={"start": "from"}, frozen=True, forbid_unknown_fields=True):
    """What held from a day through another; null where there is none."""

    start: IsoDay | None
    through: IsoDay | None
    status: str
    terms: dict[str, str]

    @classmethod
    def make(cls, answer: Held, **more: Any) -> Self:
        """Of what held, its terms by name."""
        return super().make(answer, terms=dict(answer.terms), **more)


class KnownJson(Json, rename={"day": "from"}, frozen=True, forbid_unknown_fields=True):
    """What was known from a day on; null for before everything."""

    day: IsoDay | None
    causes: Texts
    held: list[HeldJson]


class HistoryJson(Output, tag="dealrun/history/1", frozen=True, forbid_unknown_fields=True):
    """What held when, as known when, of one clause."""

    label: str
    scenario: str | None
    reading: Texts
    known: list[KnownJson]

    @classmethod
    def make(cls, answer: History, **more: Any) -> Self:
        """Of a history."""
        known: list[Known] = list(answer)
        return super().make(answer, known=[KnownJson.make(each) for each in known], **more)


class PartingJson(Json, rename={"on": "from"}, frozen=True, forbid_unknown_fields=True):
    """What several versions answer from a day through another; null where there is no bound."""

    on: IsoDay | None
    through: IsoDay | None
    label: str
    term: str | None
    answers: Texts


class CompareJson(Output, tag="dealrun/compare/1", frozen=True, forbid_unknown_fields=True):
    """Versions side by side."""

    known: IsoDay | None
    versions: Texts
    left_out: Annotated[Texts, said("Combinations of readings that run in a circle.")]
    partings: list[PartingJson]

    @classmethod
    def make(cls, answer: Comparison, **more: Any) -> Self:
        """Of a comparison."""
        return super().make(answer, **more)
