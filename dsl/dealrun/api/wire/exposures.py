"""The shapes of an exposure, and of two side by side.

In: an `Exposure`, an `ExposureComparison`. Out: their shapes. Guaranteed: as `api/wire/base.py`.
"""

from typing import Annotated, Any, Self

from dealrun.api.wire.base import IsoDay, Json, NotNegative, Supposed, Texts, said
from dealrun.api.wire.proofs import HappeningJson
from dealrun.proof.exposure import Effect, Exposure, ExposureComparison, Ground, Within


class StopJson(Json, frozen=True, forbid_unknown_fields=True):
    """Something that could happen so that a ground has no effect, and who has it in hand."""

    what: str
    by: Texts


class OpenJson(Json, frozen=True, forbid_unknown_fields=True):
    """A clause of which not everything is decided, with what is left open."""

    label: str
    open: Texts


class GroundJson(Json, frozen=True, forbid_unknown_fields=True):
    """A smallest set of happenings, and what it does; without a label, to a whole deal."""

    deal: str
    label: str
    effect: Effect
    term: Annotated[str, said("The term that changes; empty where the status does.")]
    text: str
    happenings: list[HappeningJson]
    by: Texts
    between: Annotated[Texts, said("Times for notice, and times to cure.")]
    stopped_by: list[StopJson]
    earliest: Annotated[IsoDay, said("The first day of the effect.")]
    within: Within
    last_day: Annotated[IsoDay | None, said("The last day to act; null where none is told.")]
    otherwise_until: IsoDay | None
    survivors: Texts
    severity: str
    place: str | None

    @classmethod
    def make(cls, answer: Ground, **more: Any) -> Self:
        """Of a ground."""
        return super().make(answer, stopped_by=[StopJson(what, list(by)) for what, by in answer.stopped_by], **more)


class ExposureJson(Supposed, tag="dealrun/exposure/1", frozen=True, forbid_unknown_fields=True):
    """The happenings that end rights, duties and payments, suspend them or make them worse, or bring others to life."""

    party: str
    label: str
    known: IsoDay
    through: IsoDay
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    of_deals: list[GroundJson]
    grounds: list[GroundJson]
    preconditions: list[GroundJson]
    open: list[OpenJson]
    bounds: Annotated[Texts, said("What the answer looks at no further than.")]
    evaluations: NotNegative
    clauses: Annotated[NotNegative, said("How many clauses were looked at that are in force.")]

    @classmethod
    def make(cls, answer: Exposure, **more: Any) -> Self:
        """Of an exposure."""
        grounds = {name: [GroundJson.make(each) for each in getattr(answer, name)]
                   for name in ("of_deals", "grounds", "preconditions")}  # fmt: skip
        open_ = [OpenJson(label, list(names)) for label, names in answer.open]
        return super().make(answer, open=open_, **grounds, **more)


class ExposureAgainstJson(Supposed, tag="dealrun/exposure-against/1", frozen=True, forbid_unknown_fields=True):
    """Two exposures: what the second no longer has, what it has anew, and what both have."""

    known: Annotated[list[IsoDay], said("The days of knowledge of both.")]
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    gone: list[GroundJson]
    new: list[GroundJson]
    kept: list[GroundJson]

    @classmethod
    def make(cls, answer: ExposureComparison, **more: Any) -> Self:
        """Of two exposures."""
        grounds = {name: [GroundJson.make(each) for each in getattr(answer, name)] for name in ("gone", "new", "kept")}
        return super().make(answer, known=[answer.before.known, answer.after.known], **grounds, **more)
