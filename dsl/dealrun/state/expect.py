"""Expectations: the tests that stand in a contract.

In: an expectation and the timeline it is evaluated on. Out: for each assertion, what was found instead, or nothing.
Guaranteed: an assertion about what is not there fails and says so.
"""

from collections.abc import Sequence
from datetime import date

import attrs

from dealrun.answer import Answer
from dealrun.diagnostics import Diagnostic
from dealrun.model import show
from dealrun.model.contract import Assertion, DutyAssertion, Expectation, PaidAssertion, PaidExpectation
from dealrun.model.keys import DeclarationKey
from dealrun.model.values import Amount, Due, End, Names, OnDate, Quantity, Start, Value
from dealrun.state.changes import duty_text, status_text, term_text
from dealrun.state.duty_status import most_pressing
from dealrun.state.timeline import Timeline
from dealrun.state.views import ClauseState, Duty, TermView
from dealrun.time import Day, iso, to_date

ABSENT = "not there"
"""The status of a clause that nothing adds, as known."""


def _place(part: Expectation | PaidExpectation | Assertion | PaidAssertion) -> tuple[str, str]:
    """Where it stands, and what it says: as much of it as two loads of one text share."""
    return str(part.span.place), part.span.text


@attrs.frozen
class Outcome:
    """One assertion, and what was found (None where it holds).

    >>> outcome = deal.test()[0]
    >>> outcome.passed, outcome.on, outcome.known, outcome.expected, outcome.found
    (True, datetime.date(2020, 1, 1), datetime.date(2024, 6, 30), 'azure in force', None)
    """

    expectation: Expectation | PaidExpectation = attrs.field(eq=_place)
    assertion: Assertion | PaidAssertion = attrs.field(eq=_place)
    found: str | None

    @property
    def passed(self) -> bool:
        """Whether the assertion holds."""
        return self.found is None

    @property
    def on(self) -> date:
        """The day that the assertion is about; of payments, the last."""
        asked = self.expectation.on if isinstance(self.expectation, Expectation) else self.expectation.last
        return date.fromordinal(asked)

    @property
    def known(self) -> date | None:
        """The day of knowledge; None where nothing was ever signed or recorded."""
        return to_date(self.expectation.known) if self.expectation.known is not None else None

    @property
    def expected(self) -> str:
        """The assertion, as it is written."""
        return self.assertion.text

    def diagnostic(self) -> Diagnostic:
        """The finding of an assertion that does not hold."""
        assertion, expectation = self.assertion, self.expectation
        help_ = None
        if isinstance(assertion, PaidAssertion) or isinstance(expectation, PaidExpectation):
            what = f"paid through {iso(self.on)}"
            help_ = f"`dealrun why {assertion.key} --period {iso(self.on)}` says why"
        else:
            what = f"on {iso(self.on)}"
            if expectation.course:
                since = "" if expectation.first is None else f" from {iso(expectation.first)}"
                what = f"{expectation.course}{since} through {iso(self.on)}"
            if assertion.status and not expectation.course and not isinstance(assertion.key, DeclarationKey):
                known = f" --known {iso(self.known)}" if self.known is not None else ""
                help_ = f"`dealrun why {assertion.key} --on {iso(self.on)}{known}` says why"
        return Diagnostic(
            "DR601", f"{what}, expected `{assertion.text}`; found: {self.found}", assertion.span, help=help_
        )


class Outcomes(tuple[Outcome, ...], Answer):  # noqa: SLOT001 - with what it rests on beside
    """The outcome of every expectation.

    >>> outcomes = deal.test()
    >>> outcomes, len(outcomes.failed)
    (Outcomes(74 of 74 hold), 0)
    """

    @property
    def failed(self) -> "Outcomes":
        """Those that do not hold."""
        return Outcomes(each for each in self if not each.passed)

    def __repr__(self) -> str:
        return f"Outcomes({len(self) - len(self.failed)} of {len(self)} hold)"


def evaluate(expectation: Expectation, timeline: Timeline) -> list[Outcome]:
    """The outcome of every assertion."""
    if expectation.presumed:
        timeline = timeline.presumed
    return [Outcome(expectation, each, _found(each, expectation, timeline)) for each in expectation.assertions]


def _found(assertion: Assertion, expectation: Expectation, timeline: Timeline) -> str | None:
    day = expectation.on
    if not timeline.evaluator.episodes(assertion.key):
        if assertion.status == ABSENT:
            return None
        known = "nothing signed" if expectation.known is None else iso(expectation.known)
        return f"{assertion.key} is not there, as known on {known}"
    if isinstance(assertion.key, DeclarationKey):
        declaration = timeline.declaration(assertion.key, day)
        if assertion.status is not None:
            return f"{assertion.key} has no status"
        return _term(assertion, declaration.terms.get(assertion.term or ""))
    state = timeline.clause(assertion.key, day)
    if assertion.duty is not None:
        return duty_as_expected(assertion.duty, state)
    if assertion.status is not None:
        return status_as_expected(assertion, state)
    return term_as_expected(assertion, state)


def term_as_expected(assertion: Assertion, state: ClauseState) -> str | None:
    """How a term of a clause stands, if not as is expected."""
    if assertion.term is not None and assertion.term in state.parties:
        members = assertion.value.members if isinstance(assertion.value, Names) else ()
        return (
            None
            if members == state.parties[assertion.term]
            else f"{assertion.term} {', '.join(state.parties[assertion.term])}"
        )
    return _term(assertion, state.terms.get(assertion.term or ""))


def duty_as_expected(expected: DutyAssertion, state: ClauseState) -> str | None:
    """How a duty stands, if not as is expected: of several, those that fall into the period; without one, the one that
    tells most."""
    found: Sequence[Duty | None] = [most_pressing(state.duties)]
    if expected.within is not None:
        first, last = expected.within
        found = [duty for duty in state.duties if duty.of is not None and first <= duty.of.toordinal() <= last]
    if not found or found[0] is None:
        return f"nothing of {state.label} falls due" + (" then" if expected.within else "")
    for duty in found:
        assert duty is not None
        if duty.status != expected.status:
            return f"{state.label} {duty_text(duty)}"
        if expected.by and set(expected.by) != set(duty.by):
            return f"{state.label} {duty_text(duty)}"
        if expected.contingent_on and set(expected.contingent_on) != set(duty.contingent_on):
            return f"{state.label} {duty_text(duty)}"
    return None


def _instance(assertion: Assertion, state: ClauseState) -> str | None:
    """How the instances stand whose occurrences lie in a period."""
    assert assertion.within is not None
    first, last = assertion.within
    found = [each for each in state.instances
             if each.occurrence is not None and first <= each.occurrence.toordinal() <= last]  # fmt: skip
    if not found:
        return f"{state.label} has no instance of an occurrence then"
    for each in found:
        if each.status != assertion.status:
            return f"the instance of {each.occurrence} {each.status}"
        if assertion.contingent_on and set(assertion.contingent_on) != set(each.contingent_on):
            return f"the instance of {each.occurrence} contingent on {', '.join(each.contingent_on)}"
    return None


def status_as_expected(assertion: Assertion, state: ClauseState) -> str | None:
    """How a clause stands, if not as is expected."""
    if assertion.within is not None:
        return _instance(assertion, state)
    if state.status != assertion.status:
        return f"{state.label} {status_text(state)}"
    if assertion.ended_by is not None and assertion.ended_by != state.ended_text:
        return f"{state.label} {status_text(state)}"
    if assertion.contingent_on and set(assertion.contingent_on) != set(state.contingent_on):
        return f"{state.label} {status_text(state)}"
    return None


def _term(assertion: Assertion, view: TermView | None) -> str | None:
    found = f"{assertion.term} {term_text(view)}"
    if assertion.absent:
        return None if view is None else found
    if view is None:
        return found
    if assertion.contingent_on is not None:
        if not view.contingent_on:
            return found
        if assertion.contingent_on and set(assertion.contingent_on) != set(view.contingent_on):
            return found
        return None
    if view.day is not None and view.day.toordinal() == _day(assertion.value):
        return None
    if _comes_to(assertion.value, view):
        return None
    if len(view.options) != 1 or not _same(assertion.value, view.options[0]):
        return found
    return None


def _comes_to(expected: Value | None, view: TermView) -> bool:
    """Whether an expected amount is what an amount that is written in another way comes to."""
    if not isinstance(expected, Amount) or not isinstance(expected.expression, Quantity) or view.least is None:
        return False
    found = view.written
    if not isinstance(found, Amount) or found.tiers is not None or view.least != view.most:
        return False
    windows = expected.per_unit, expected.per, expected.over
    if windows not in {(None, None, None), (found.per_unit, found.per, found.over)}:
        return False
    return (expected.expression.number, expected.expression.unit) == (view.least, view.unit)


def _day(expected: Value | None) -> Day | None:
    """The day that an expected start, end or due day states."""
    if not isinstance(expected, Start | End | Due) or not isinstance(expected.time, OnDate):
        return None
    return expected.time.first if isinstance(expected, Start) else expected.time.last


def _same(expected: Value | None, found: Value | None) -> bool:
    """Equal, leaving aside the window of an amount where none is expected."""
    if isinstance(expected, Amount) and isinstance(found, Amount):
        if not (expected.per_unit or expected.per or expected.over):
            return expected.expression == found.expression
        if expected.counting_from is None:
            found = attrs.evolve(found, counting_from=None)
    if expected is None or found is None:
        return expected is found
    return expected == found or show.show(expected) == show.show(found)
