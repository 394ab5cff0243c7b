"""Every conflict of some contracts, each by itself and between them.

In: contracts, each a model with its index. Out: findings DR312 and DR801 to DR810. Guaranteed: what is found is so in
the course of events in which nothing else happens, everybody does what falls due, and no one gives notice; in time
n log n in the grants. Findings DR801 to DR803 are also sought in the courses in which one more event happens.
"""

from collections.abc import Sequence

from dealrun.budget import counted
from dealrun.check.conflicts import favoured, never_alive
from dealrun.check.conflicts.candidates import candidates
from dealrun.check.conflicts.claims import ACTING, GRANTING, Claim, Reader
from dealrun.check.conflicts.grants import Judge
from dealrun.check.conflicts.names import Things
from dealrun.check.conflicts.single_clause import SingleClauseCheck
from dealrun.check.conflicts.suppositions import suppositions
from dealrun.diagnostics import Diagnostic, Report, of_limit
from dealrun.errors import LimitError
from dealrun.limits import MAX_STEPS
from dealrun.model.contract import Model, last_known
from dealrun.model.vocabulary import FORMS
from dealrun.state.amend.index import Index
from dealrun.state.knowledge import as_planned, unwritten
from dealrun.state.timeline import Timeline
from dealrun.time.days import FIRST

COMPARED = frozenset(word for word, form in FORMS.items() if form.stance in GRANTING | ACTING)
"""The verbs that are compared with one another."""


def conflicts(contracts: Sequence[tuple[Model, Index]]) -> tuple[Diagnostic, ...]:
    """The conflicts of contracts, by place; where there are more than the limits allow, the first that were found.

    Each contract adds as many steps as a question may take.
    """
    report = Report()
    try:
        with counted(MAX_STEPS * len(contracts), apart=len(contracts) > 1):
            _find(contracts, report)
    except LimitError as error:
        report.found.append(of_limit(error))
    return report.sorted()


def _find(contracts: Sequence[tuple[Model, Index]], report: Report) -> None:
    things = Things()
    for number, (model, index) in enumerate(contracts):
        things.read(number, model, index)
    timelines = [Timeline(index, as_planned(index.recorded, last_known(model))) for model, index in contracts]
    for timeline, (model, _) in zip(timelines, contracts, strict=True):
        single = SingleClauseCheck(timeline, Timeline(timeline.index, unwritten()), report)
        single.check()
        never_alive.check(timeline, last_known(model), single.never, report)
    judge = Judge(things, report)
    found: list[Claim] = []
    for number, labels in enumerate(candidates([index for _, index in contracts], things, judge)):
        if not labels:
            continue
        timeline = timelines[number]
        found.extend(Reader(number, timeline, things).claims(COMPARED, labels))
        known = last_known(contracts[number][0])
        after = FIRST if known is None else known + 1
        for supposing, supposed in suppositions(number, timeline, things, COMPARED, labels, after):
            judge.reaches[number, supposing.name] = supposing.reaches
            found.extend(supposed)
    judge.grants(found)
    judge.acts(found)
    favoured.check(timelines, things, report)
