"""The shapes of states, their clauses and terms, changes, reasons and agendas."""

from typing import Annotated, Any, Self, TypeAlias

from msgspec import Meta

from dealrun.api.wire.base import Cites, Exact, IsoDay, Json, Ordinal, SpanJson, Supposed, Texts, said
from dealrun.model.vocabulary import CLAUSES, DECLARATIONS
from dealrun.state.change import Changes
from dealrun.state.day import State
from dealrun.state.views import DutyStatus, Status
from dealrun.time.days import Unit

# --- terms ------------------------------------------------------------------------------------------------------


class ValueJson(Json, tag_field="type", frozen=True, forbid_unknown_fields=True):
    """A value of a term, by its `type`."""


class AmountJson(ValueJson, tag="amount", frozen=True, forbid_unknown_fields=True):
    """An amount of money, or a number of some unit."""

    value: Exact
    unit: Annotated[str, said("A currency (ISO 4217), or a declared unit; empty for a bare number.")]
    per: Annotated[str | None, said("The window in which it counts; null where it has none.")]


class RatioJson(ValueJson, tag="ratio", frozen=True, forbid_unknown_fields=True):
    """A rate or a share: 20% is 0.2."""

    value: Exact
    per: str | None


class DayJson(ValueJson, tag="day", frozen=True, forbid_unknown_fields=True):
    """A day: of a start the first, of an end the last in force, of a due day the last for it."""

    day: IsoDay


class DurationJson(ValueJson, tag="duration", frozen=True, forbid_unknown_fields=True):
    """So many calendar units; business days are those of the calendars."""

    count: int
    unit: Unit
    calendars: Texts


class FlagJson(ValueJson, tag="flag", frozen=True, forbid_unknown_fields=True):
    """A term that is there or not."""


class WordJson(ValueJson, tag="word", frozen=True, forbid_unknown_fields=True):
    """One of the words that the term can have."""

    word: str


class NamesJson(ValueJson, tag="names", frozen=True, forbid_unknown_fields=True):
    """Names of parties, things or clauses."""

    names: Texts


class TextJson(ValueJson, tag="text", frozen=True, forbid_unknown_fields=True):
    """A quoted text."""

    text: str


class RuleJson(ValueJson, tag="rule", frozen=True, forbid_unknown_fields=True):
    """A rule, as it would be written: a condition, tiers, an amount or a day that hangs on more."""

    text: str


class BoundsJson(Json, frozen=True, forbid_unknown_fields=True):
    """What an amount lies between, both included; rates as fractions, without a unit."""

    least: Exact | None
    most: Exact | None
    unit: str


AnyValue: TypeAlias = (
    AmountJson | RatioJson | DayJson | DurationJson | FlagJson | WordJson | NamesJson | TextJson | RuleJson
)


class TermJson(Json, frozen=True, forbid_unknown_fields=True):
    """A term on a day."""

    value: Annotated[AnyValue | None, said("Null while it is contingent.")]
    text: Annotated[str, said("As it is written.")]
    contingent_on: Texts
    possible: Annotated[Texts, said("The values it may have, where there are several.")]
    bounds: BoundsJson | None
    about: bool
    instrument: str
    cites: Cites
    span: SpanJson


# --- clauses and declarations -----------------------------------------------------------------------------------


class InstanceJson(Json, frozen=True, forbid_unknown_fields=True):
    """One instance of an `each` clause."""

    number: Ordinal
    occurrence: IsoDay | None
    status: Status
    until: IsoDay | None
    due: IsoDay | None
    contingent_on: Texts


class DutyJson(Json, frozen=True, forbid_unknown_fields=True):
    """How an obligation stands on a day."""

    number: Annotated[str, said("Which of several: a period, or the day of an occurrence.")]
    of: IsoDay | None
    status: DutyStatus
    by: Annotated[Texts, said("Who has to act, and who is in breach.")]
    due: Annotated[IsoDay | None, said("The last day for it.")]
    performed: IsoDay | None
    breached: Annotated[IsoDay | None, said("The first day after the due day without it.")]
    cure_by: Annotated[IsoDay | None, said("The last day on which the breach can be made good.")]
    default: Annotated[IsoDay | None, said("The first day on which it no longer can.")]
    contingent_on: Texts
    may_be_done: Annotated[bool, said("Whether it was performed, or may be.")]


class PresumedJson(Json, frozen=True, forbid_unknown_fields=True):
    """How a clause stands in the course of events in which nothing more happens than the calendar brings."""

    status: Status
    since: IsoDay | None
    until: Annotated[IsoDay | None, said("The last day in force; null where there is none, or it hangs on something.")]
    ended_by: Texts
    contingent_on: Annotated[Texts, said("What is not disclosed, and decides it.")]


class EarlyEndJson(Json, frozen=True, forbid_unknown_fields=True):
    """A way in which a whole deal can end before its presumptive end."""

    deal: str
    label: Annotated[str, said("The right to terminate, or the term.")]
    by: Annotated[Texts, said("Who has it in hand.")]
    trigger: Annotated[str, said("What has to happen first, or besides.")]
    notice: Annotated[str, said("How long a notice runs.")]
    earliest: Annotated[IsoDay | None, said("The last day of the deal, if it came to it at once.")]
    names: Texts
    renews: Annotated[bool, said("Whether it is a term, which ends where it does not renew.")]


class ClauseJson(Json, frozen=True, forbid_unknown_fields=True):
    """A clause on a day."""

    label: str
    kind: Annotated[str, Meta(extra_json_schema={"enum": sorted(CLAUSES)})]
    deal: str
    parties: Annotated[dict[str, Texts], said("By role.")]
    status: Status
    since: Annotated[IsoDay | None, said("The first day in force; null where it hangs on something.")]
    until: Annotated[IsoDay | None, said("The last day in force, as known; null where it hangs or never is.")]
    ended_by: Texts
    contingent_on: Texts
    presumed: PresumedJson
    could_change: Annotated[Texts, said("What could make it other than presumed, apart from an early end of its deal.")]
    terms: dict[str, TermJson]
    instances: list[InstanceJson]
    duties: list[DutyJson]
    instrument: str
    cites: Cites
    span: SpanJson


class DeclarationJson(Json, frozen=True, forbid_unknown_fields=True):
    """A declaration on a day."""

    name: str
    kind: Annotated[str, Meta(extra_json_schema={"enum": sorted(DECLARATIONS)})]
    deal: str
    declared: bool
    terms: dict[str, TermJson]
    instrument: str
    cites: Cites
    span: SpanJson


class UnknownJson(Json, frozen=True, forbid_unknown_fields=True):
    """Something undisclosed or not settled, and the answers that hang on it."""

    name: str
    kind: str
    meaning: str
    affects: Texts


class EndsJson(Json, frozen=True, forbid_unknown_fields=True):
    """When a clause can end, and by what."""

    earliest: IsoDay | None
    latest: IsoDay | None
    by: Texts


class ProspectJson(Json, frozen=True, forbid_unknown_fields=True):
    """What is coming for a clause, as known."""

    label: str
    ends: EndsJson
    starts_latest: IsoDay | None
    next_change: IsoDay | None
    due: IsoDay | None
    may_change: Texts


class StateJson(Supposed, tag="dealrun/state/3", frozen=True, forbid_unknown_fields=True):
    """The state of a day, with its prospects beside it."""

    on: IsoDay
    known: IsoDay | None
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    nothing_else: Annotated[bool, said("Whether nothing else happens than is supposed.")]
    clauses: list[ClauseJson]
    declarations: list[DeclarationJson]
    unknowns: list[UnknownJson]
    prospects: list[ProspectJson]
    early_ends: Annotated[list[EarlyEndJson], said("What can end a whole deal early.")]
    settled: Annotated[Texts, said("With `--exact`: what is certain only because every course of events agrees.")]
    undecided: Annotated[Texts, said("With `--exact`: of what it was not decided whether every course agrees.")]

    @classmethod
    def make(cls, answer: State, **more: Any) -> Self:
        """Of a state, its clauses and declarations as lists."""
        return super().make(
            answer,
            clauses=[ClauseJson.make(each) for each in answer.values()],
            declarations=[DeclarationJson.make(each) for each in answer.declarations.values()],
            **more,
        )


# --- changes ----------------------------------------------------------------------------------------------------


class ChangeJson(Json, frozen=True, forbid_unknown_fields=True):
    """One thing that differs from a day on."""

    on: Annotated[IsoDay | None, said("From this day on; null for always.")]
    label: str
    kind: str
    term: Annotated[str | None, said("Null for the status.")]
    before: str
    after: str
    cause: str
    cites: Cites


class EndChangeJson(Json, frozen=True, forbid_unknown_fields=True):
    """A difference in what can end a whole deal early; empty where it is not there."""

    deal: str
    label: str
    before: str
    after: str


class TimelineJson(
    Supposed, tag="dealrun/timeline/1", rename={"start": "from", "end": "to"}, frozen=True, forbid_unknown_fields=True
):
    """What changes when."""

    start: IsoDay | None
    end: IsoDay | None
    known: IsoDay | None
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    nothing_else: Annotated[bool, said("Whether nothing else happens than is supposed.")]
    changes: list[ChangeJson]

    @classmethod
    def make(cls, answer: Changes, **more: Any) -> Self:
        """Of changes, with the days that were asked for."""
        days = dict(answer.head)
        changes = [ChangeJson.make(change) for change in answer]
        return super().make(answer, start=days["from"], end=days["to"], changes=changes, **more)


class DiffJson(Supposed, tag="dealrun/diff/2", frozen=True, forbid_unknown_fields=True):
    """The differences of two days."""

    on: IsoDay | None
    against: IsoDay | None
    known: IsoDay | None
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    changes: list[ChangeJson]
    ends: Annotated[list[EndChangeJson], said("What differs in what can end a whole deal early.")]

    @classmethod
    def make(cls, answer: Changes, **more: Any) -> Self:
        """Of differences, with the days that were asked for."""
        days = dict(answer.head)
        changes = [ChangeJson.make(change) for change in answer]
        return super().make(answer, on=days["on"], against=days["against"], changes=changes, **more)


# --- reasons ----------------------------------------------------------------------------------------------------


class StepJson(Json, frozen=True, forbid_unknown_fields=True):
    """One step: what it is about, what it says, where, and which source says so."""

    about: str
    text: str
    quote: str
    span: SpanJson | None
    cites: Cites
    later: Annotated[bool, said("Whether it takes effect only after the day.")]

    @classmethod
    def make(cls, answer: Any, **more: Any) -> Self:
        """Of a step, with its place."""
        return super().make(answer, span=None if answer.place is None else SpanJson.make(answer.place), **more)


class WhyJson(Supposed, tag="dealrun/why/3", frozen=True, forbid_unknown_fields=True):
    """Why a clause is as it is on a day."""

    on: IsoDay
    known: IsoDay | None
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    nothing_else: Annotated[bool, said("Whether nothing else happens than is supposed.")]
    term: Annotated[str, said("The term that is asked about; empty for the whole clause.")]
    clause: ClauseJson
    steps: list[StepJson]

    @classmethod
    def make(cls, answer: Any, **more: Any) -> Self:
        """Of an explanation."""
        return super().make(answer, clause=ClauseJson.make(answer.state), **more)


class AboutJson(Supposed, tag="dealrun/about/1", frozen=True, forbid_unknown_fields=True):
    """What is known of a name on a day."""

    name: str
    kind: str
    on: IsoDay
    known: IsoDay | None
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    steps: list[StepJson]
