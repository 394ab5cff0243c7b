"""What files expect of every course of events (`expect always`, `never`, `possible`).

In: an expectation, and the timeline that it is about. Out: its outcomes. Guaranteed: what is not decided does not hold,
and says what was left open.
"""

from dealrun.model.contract import Assertion, Expectation
from dealrun.proof.claims import Atom, Not, Proposition, as_written
from dealrun.proof.proof import Proof, prove
from dealrun.proof.search import BUDGET
from dealrun.state import expect
from dealrun.state.expect import Outcome
from dealrun.state.timeline import Timeline
from dealrun.time import iso


def evaluate(expectation: Expectation, timeline: Timeline) -> list[Outcome]:
    """The outcome of every assertion, in a single course or in all of them."""
    if not expectation.course:
        return expect.evaluate(expectation, timeline)
    return [Outcome(expectation, each, _found(each, expectation, timeline)) for each in expectation.assertions]


def _found(assertion: Assertion, expectation: Expectation, timeline: Timeline) -> str | None:
    """What was found, where that is not what is expected."""
    stated = assertion.claim
    claim: Proposition = Atom(assertion.text, assertion) if stated is None else as_written(stated.written, stated.said)
    if expectation.course != "always":
        claim = Not(claim)
    first = timeline.world.first_open if expectation.first is None else expectation.first
    if first > expectation.on:
        return f"nothing, because the day of knowledge is not before {iso(expectation.on)}"
    proof = prove(timeline, assertion.text, claim, first, expectation.on, BUDGET)
    if proof.verdict == "not decided":
        return f"not decided; left open: {', '.join(proof.open) or 'nothing'}"
    if expectation.course == "possible":
        return None if proof.verdict == "does not hold" else "it is so in no course of events"
    return _counterexample(proof, expectation.course) if proof.verdict == "does not hold" else None


def _counterexample(proof: Proof, word: str) -> str:
    """A course of events in few words: `not so on 2025-01-02, if AGI happens (2025-01-02)`."""
    told = [each.what + (f" ({iso(each.on)})" if each.on is not None else "") for each in proof.course]
    on = "" if proof.fails_on is None else iso(proof.fails_on)
    return f"{'not so' if word == 'always' else 'so'} on {on}, {'if ' + ' and '.join(told) if told else 'by itself'}"
