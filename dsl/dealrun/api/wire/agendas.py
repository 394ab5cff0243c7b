"""The shape of an agenda."""

from typing import Annotated, Any, Self

from dealrun.agenda.entries import Agenda
from dealrun.agenda.items import AgendaKind
from dealrun.api.wire.base import Cites, IsoDay, Json, Supposed, Texts, said


class EntryJson(Json, frozen=True, forbid_unknown_fields=True):
    """Something that falls on a day."""

    day: Annotated[IsoDay | None, said("The presumptive day; null where it hangs on what is not known.")]
    kind: AgendaKind
    label: str
    deal: str
    what: str
    party: Annotated[str, said("Who must act, or may.")]
    otherwise: Annotated[str, said("What follows if nobody acts.")]
    rule: Annotated[str, said("The day as the clause says it.")]
    contingent_on: Annotated[Texts, said("What could make it another day, or gives it one.")]
    number: Annotated[str, said("The period or occurrence that it is for.")]
    cites: Cites
    deal_title: str
    party_title: Annotated[str, said("Who must act, by full names.")]


class CalendarJson(
    Supposed, tag="dealrun/calendar/2", rename={"start": "from", "end": "to"}, frozen=True, forbid_unknown_fields=True
):
    """What falls on which day, from one day through another."""

    start: IsoDay
    end: IsoDay
    known: IsoDay | None
    assume: dict[str, str]
    bind: dict[str, str]
    scenario: str | None
    reading: Texts
    entries: list[EntryJson]

    @classmethod
    def make(cls, answer: Agenda, **more: Any) -> Self:
        """Of an agenda."""
        return super().make(answer, entries=[EntryJson.make(each) for each in answer], **more)
