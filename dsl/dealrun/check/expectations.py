"""Expectations that cannot both hold, whatever the contract says.

In: the context. Out: findings DR603. Guaranteed: both are about the same days, the same knowledge and the same
suppositions.
"""

from collections.abc import Iterator

from dealrun.check.context import Context
from dealrun.diagnostics import Note
from dealrun.model.contract import Assertion, Expectation, Fact
from dealrun.model.show import show
from dealrun.time import ALWAYS, Day


def contradictions(context: Context) -> None:
    """Each expectation against those before it."""
    before: dict[object, list[tuple[Expectation, Assertion]]] = {}
    for expectation in context.model.expectations:
        supposed = tuple(_fact(fact) for fact in expectation.given)
        for assertion in expectation.assertions:
            if assertion.claim is not None or assertion.duty is not None or assertion.within is not None:
                continue
            about = assertion.key, expectation.known, expectation.under, supposed
            other = next((one for one in before.get(about, ()) if _exclude(one, (expectation, assertion))), None)
            before.setdefault(about, []).append((expectation, assertion))
            if other is not None:
                context.report.add(
                    "DR603", f"`{assertion.text}` and `{other[1].text}` cannot both hold", assertion.span,
                    notes=[Note("the other is expected here", other[1].span)],
                    help="correct the day, or one of the two",
                )  # fmt: skip


def _fact(fact: Fact) -> tuple[object, ...]:
    return fact.kind, fact.subject, fact.day, fact.last, fact.end, repr(fact.value), fact.within


def _days(expectation: Expectation) -> tuple[Day, Day]:
    """The days that an expectation is about."""
    if not expectation.course:
        return expectation.on, expectation.on
    if expectation.first is not None:
        return expectation.first, expectation.on
    return (ALWAYS if expectation.known is None else expectation.known + 1), expectation.on


def _exclude(one: tuple[Expectation, Assertion], two: tuple[Expectation, Assertion]) -> bool:
    """Whether two things that are expected of one clause cannot both be so."""
    return any(_kept_out(first, second) for first, second in ((one, two), (two, one)))


def _kept_out(one: tuple[Expectation, Assertion], two: tuple[Expectation, Assertion]) -> bool:
    """Whether what the first expects leaves no room for what the second expects."""
    (first, said), (second, other) = one, two
    (begin, end), (start, last) = _days(first), _days(second)
    together = begin <= last and start <= end
    match first.course, second.course:
        case ("", "") if first.presumed == second.presumed:
            return begin == start and _differs(said, other)
        case ("always", "always"):
            return together and _differs(said, other)
        case ("always", "never"):
            return together and _same(said, other)
        case ("never", "possible"):
            return begin <= start and last <= end and _same(said, other)
        case ("always", "possible"):
            return begin <= start and last <= end and _differs(said, other)
        case _:
            return False


def _parts(said: Assertion) -> Iterator[object]:
    yield from (said.status, said.term, None if said.value is None else show(said.value), said.absent, said.ended_by)
    yield said.contingent_on


def _same(said: Assertion, other: Assertion) -> bool:
    return tuple(_parts(said)) == tuple(_parts(other))


def _differs(said: Assertion, other: Assertion) -> bool:
    """Whether one expects another status than the other, or another value of one term."""
    if said.status is not None and other.status is not None:
        differs = said.status != other.status
        return differs or (None not in {said.ended_by, other.ended_by} and said.ended_by != other.ended_by)
    if said.term is None or said.term != other.term or said.value is None or other.value is None:
        return False
    return said.term in SIMPLE and show(said.value) != show(other.value)


SIMPLE = frozenset({"exclusivity", "frequency"})
"""Terms whose value is written in one way alone; an amount (`2 * 3 USD`) and a day can be written in several."""
