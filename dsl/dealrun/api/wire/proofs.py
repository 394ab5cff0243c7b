"""The shape of a proof.

In: a `Proof`. Out: its shape. Guaranteed: as `api/wire/base.py`.
"""

from typing import Annotated, Any, Self

from dealrun.api.wire.base import IsoDay, Json, NotNegative, Supposed, Texts, said
from dealrun.proof.proof import CourseState, Proof, VerdictWord


class HappeningJson(Json, frozen=True, forbid_unknown_fields=True):
    """Something that happens in a course of events; on null: never, or no day."""

    name: str
    what: str
    on: IsoDay | None
    by: Texts


class CourseStateJson(Json, frozen=True, forbid_unknown_fields=True):
    """How a clause of the claim stands in the course, and how it would otherwise."""

    label: str
    found: str
    otherwise: str
    place: str | None

    @classmethod
    def make(cls, answer: CourseState, **more: Any) -> Self:
        """Of a clause."""
        return super().make(answer, place=None if answer.span is None else str(answer.span.place), **more)


class ReplayJson(Json, frozen=True, forbid_unknown_fields=True):
    """A course of events as `--assume` and `--set` take it."""

    assume: dict[str, str]
    bind: dict[str, str]


class ProveJson(Supposed, tag="dealrun/prove/1", frozen=True, forbid_unknown_fields=True):
    """Whether a claim holds in every course of events, and if not, a course in which it fails."""

    claim: str
    verdict: VerdictWord
    since: IsoDay
    through: IsoDay
    known: IsoDay | None
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    by: Annotated[Texts, said("Beside the calendar, only what these have in hand happens.")]
    keeps: Annotated[Texts, said("These do everything in time.")]
    cases: NotNegative
    evaluations: NotNegative
    course: list[HappeningJson]
    fails_on: IsoDay | None
    differs: list[CourseStateJson]
    open: Annotated[Texts, said("What was left open where the claim is not decided.")]
    replay: Annotated[ReplayJson | None, said("The course as suppositions; null where there is nothing to suppose.")]
    bounds: Annotated[Texts, said("What the answer looks at no further than.")]

    @classmethod
    def make(cls, answer: Proof, **more: Any) -> Self:
        """Of a proof."""
        return super().make(answer, differs=[CourseStateJson.make(each) for each in answer.differs], **more)
