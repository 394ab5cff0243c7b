"""What the entries of all clauses share: the two courses, what can end a deal early, titles, and what follows what.

In: a timeline. Out: the presumptive course beside it, and what is looked up in both once for all clauses.
"""

import re
from collections.abc import Iterator
from functools import cached_property

import attrs

from dealrun.agenda.items import AgendaItem
from dealrun.model.keys import Label
from dealrun.model.values import (
    AllOf,
    AnyOf,
    Duration,
    End,
    Happened,
    Limb,
    Offset,
    OnEvent,
    Start,
    Time,
    Value,
)  # fmt: skip
from dealrun.state.timeline import Timeline
from dealrun.state.versions import ways
from dealrun.time import Day
from dealrun.time.days import FIRST, LAST

STARTING = frozenset({"when", "while", "from", "each"})
"""Terms whose events bring a clause about; what ends or suspends it is no consequence that anybody waits for."""


@attrs.frozen(slots=False)
class Common:
    """What the entries of all clauses share."""

    certain: Timeline

    @cached_property
    def presumed(self) -> Timeline:
        """The presumptive course."""
        return self.certain.presumed

    @cached_property
    def of_deals(self) -> frozenset[str]:
        """What can end a deal early: it is told with the deal, and with no clause."""
        return frozenset(name for end in self.certain.early_ends(FIRST) for name in end.names)

    @cached_property
    def followers(self) -> dict[OnEvent, dict[Label, None]]:
        """By event the clauses that it starts, or that are in force while it has come."""
        found: dict[OnEvent, dict[Label, None]] = {}
        for label in self.presumed.labels:
            for episode in self.presumed.answers.episodes(label):
                for name, text in episode.adding.entry.terms.items():
                    for value, _ in text.value.limbs if name in STARTING else ():
                        for event in _events(value):
                            found.setdefault(event, {})[label] = None
        return found

    @cached_property
    def places(self) -> dict[Label, int]:
        """The place of each clause among all."""
        return {label: place for place, label in enumerate(self.presumed.labels)}

    def early_ends(self, start: Day, end: Day, party: str | None) -> Iterator[AgendaItem]:
        """What can end a whole deal early, from one day through another."""
        for ground in self.certain.early_ends(start):
            if ground.earliest is not None and ground.earliest.toordinal() > end:
                continue
            if party is not None and not {party, f"{ground.deal}.{party}"} & {*ground.by, *self.parties(ground.deal)}:
                continue
            by, rule = ways(ground)
            state = self.certain.clause(ground.label, max(start, 1))
            yield AgendaItem(
                None, "ends", ground.label, ground.deal, f"{state.kind}: it ends the whole deal", by, "", rule,
                ground.names, "", state.cites, dict(self.certain.basis.deals).get(ground.deal, ""), self.title(by),
            )  # fmt: skip

    @cached_property
    def titles(self) -> dict[str, str]:
        """The titles of parties and persons."""
        found = {}
        for key in self.certain.declared:
            if key.word in {"party", "person"}:
                view = self.certain.declaration(key, LAST).terms.get("name")
                found[key.name] = view.text.strip('"') if view is not None else key.name
        return found

    def parties(self, deal: str) -> tuple[str, ...]:
        """The parties of a deal: those that it names, else all that it declares."""
        model = self.certain.index.model
        named = next((each.parties for each in model.deals if each.name == deal), ())
        if named:
            return tuple(named)
        own = [name for name in self.titles if len(model.deals) == 1 or name.startswith(f"{deal}.")]
        return tuple(own)

    def title(self, names: str) -> str:
        """The full names behind `A and B`."""
        return re.sub(r"[^\s,]+", lambda match: self.titles.get(match[0], match[0]), names)


def _events(value: Value) -> Iterator[OnEvent]:
    """The events that a condition, a start or an end hangs on."""
    match value:
        case Happened(event):
            yield event
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _events(part)
        case Start(_, time) | End(_, time):
            yield from _in_time(time)
        case _:
            pass


def _in_time(time: Time | Duration | None) -> Iterator[OnEvent]:
    match time:
        case OnEvent():
            yield time
        case Offset(_, _, base):
            yield from _in_time(base)
        case Limb(_, parts):
            for part in parts:
                yield from _in_time(part)
        case _:
            pass
