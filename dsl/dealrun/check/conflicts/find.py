"""Every conflict of some contracts, each by itself and between them.

In: contracts, each a model with its index. Out: findings DR312 and DR801 to DR809. Guaranteed: what is found is so in
the course of events in which nothing else happens, everybody does what falls due, and no one gives notice; in time
n log n in the grants. Findings DR801 to DR803 are also sought in the courses in which one more event happens.
"""

from collections.abc import Sequence

from dealrun.check.conflicts import favoured
from dealrun.check.conflicts.alone import Alone
from dealrun.check.conflicts.claims import ACTING, GRANTING, Claim, Reader
from dealrun.check.conflicts.courses import courses
from dealrun.check.conflicts.grants import Judge
from dealrun.check.conflicts.names import Things
from dealrun.diagnostics import Diagnostic, Report
from dealrun.model.contract import Model, last_known
from dealrun.state.amend.index import Index
from dealrun.state.knowledge import onward, unwritten
from dealrun.state.timeline import Timeline
from dealrun.time.days import FIRST


def conflicts(contracts: Sequence[tuple[Model, Index]]) -> tuple[Diagnostic, ...]:
    """The conflicts of contracts, by place."""
    report = Report()
    things = Things()
    for number, (model, index) in enumerate(contracts):
        things.read(number, model, index)
    timelines = []
    for model, index in contracts:
        timeline = Timeline(index, onward(model.facts, last_known(model)))
        timelines.append(timeline)
        Alone(timeline, Timeline(index, unwritten()), report).check()
    found: list[Claim] = []
    reaches: dict[tuple[int, str], frozenset[str]] = {}
    for number, timeline in enumerate(timelines):
        found.extend(Reader(number, timeline, things).claims(GRANTING | ACTING))
        known = last_known(contracts[number][0])
        after = FIRST if known is None else known + 1
        for course, supposed in courses(number, timeline, things, GRANTING | ACTING, after):
            reaches[number, course.name] = course.reaches
            found.extend(supposed)
    judge = Judge(things, report, reaches)
    judge.grants(found)
    judge.acts(found)
    favoured.check(timelines, things, report)
    return report.sorted()
