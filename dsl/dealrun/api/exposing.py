"""Exposure, asked of a contract.

In: a timeline, the names of a party, a clause and a policy. Out: an `Exposure`. Guaranteed: a name that the contract
does not have is refused.
"""

import os

from dealrun.api import policies
from dealrun.api.proving import parties
from dealrun.diagnostics import no_clause
from dealrun.errors import ArgumentError
from dealrun.proof.exposure import Exposure
from dealrun.proof.exposure import exposure as expose
from dealrun.state.timeline import Timeline
from dealrun.time import ALWAYS, Day, add, iso
from dealrun.time.days import LAST

YEARS = 10
"""So many years after the day of knowledge are looked at."""


def exposure(
    timeline: Timeline, party: str, label: str, through: Day | None, policy: str | os.PathLike[str] | None
) -> Exposure:
    """The exposure of a party, of a clause, or of everybody."""
    first = timeline.world.first_open
    if first <= ALWAYS:
        raise ArgumentError("nothing is signed, so there is no day of knowledge; give one")
    last = min(add(first - 1, YEARS, "year"), LAST) if through is None else through
    if last < first:
        raise ArgumentError(f"{iso(last)} is not behind the day of knowledge, {iso(first - 1)}")
    if last > LAST:
        raise ArgumentError(f"{iso(last)} is behind the last day that is looked at")
    if label and label not in timeline.labels:
        raise no_clause(label, timeline.labels)
    rules = policies.read(policy) if policy is not None else ()
    found = expose(timeline, party, parties(timeline, [party] if party else (), "party"), label, last)
    return policies.applied(found, rules, policies.verbs_of(timeline.index.model)) if rules else found
