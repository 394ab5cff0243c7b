"""Claims about every course of events, asked of a contract.

In: the texts of a contract and a timeline, the text of a claim, days. Out: a `Proof`. Guaranteed: what a claim says is
resolved where expectations are, with their messages.
"""

from collections.abc import Collection, Sequence

from dealrun.api.loading import name_of_deal, read_again
from dealrun.diagnostics import Severity, did_you_mean
from dealrun.errors import ArgumentError, UnknownNameError
from dealrun.model import claim
from dealrun.model.contract import Assertion, Model
from dealrun.model.keys import DeclarationKey
from dealrun.proof.claims import Proposition, as_written
from dealrun.proof.proof import Proof, Supposing
from dealrun.proof.proof import prove as decide
from dealrun.proof.search import BUDGET
from dealrun.source import SourceText
from dealrun.state.timeline import Timeline
from dealrun.time import Day, iso
from dealrun.time.days import LAST


def prove(
    texts: Sequence[SourceText], timeline: Timeline, text: str, first: Day | None, last: Day, *, one_day: bool,
    by: Collection[str] = (), keeps: Collection[str] = (), supposing: Supposing | None = None,
) -> Proof:  # fmt: skip
    """Whether a claim holds on every day of a period in every course of events, as known in a timeline.

    ArgumentError for a claim that cannot be read, or that only a ledger could decide.
    """
    begin = timeline.world.first_open if first is None else first
    if begin > last:
        raise ArgumentError(f"the period of the claim ends on {iso(last)}, before it begins on {iso(begin)}")
    if last > LAST:
        raise ArgumentError(f"{iso(last)} is behind the last day that is looked at")
    proposition = resolved(texts, timeline.index.model, text, one_day=one_day)
    alone, keepers = parties(timeline, by, "by"), parties(timeline, keeps, "keeps")
    return decide(timeline, text, proposition, begin, last, BUDGET, by=alone, keeps=keepers, supposing=supposing)


def parties(timeline: Timeline, names: Collection[str], option: str) -> frozenset[str]:
    """Parties by their names, which each deal may prefix; UnknownNameError for one that the contract does not have."""
    given = [names] if isinstance(names, str) else list(names)
    index = timeline.index
    known = [key.name for key in index.declarations if key.word in {"party", "person"}]
    found: set[str] = set()
    for name in given:
        meant = [each for each in known if each == name or each.endswith(f".{name}")]
        if not meant:
            there = f"there are: {', '.join(known) or 'none'}"
            raise UnknownNameError(f"{option}: no party `{name}`; {did_you_mean(name, known) or there}")
        found.update(meant)
    return frozenset(found)


def resolved(texts: Sequence[SourceText], model: Model, text: str, *, one_day: bool) -> Proposition:
    """A claim whose parts are resolved as expectations are."""
    written = claim.read(text)
    said = list(dict.fromkeys(each.text for each in claim.sayings(written)))
    return as_written(written, _assertions_of(texts, model, text, said, one_day=one_day))


def _assertions_of(
    texts: Sequence[SourceText], model: Model, text: str, said: Sequence[str], *, one_day: bool
) -> dict[str, Assertion]:
    if any(each.startswith("paid ") or " paid " in f" {each} " for each in said):
        raise ArgumentError("a claim about payments needs the revenue of the future, which nobody knows")
    lines = "".join(f"expect on 2000-01-01: {each}\n" for each in said)
    deals = [deal.name for deal in model.deals]
    if len(deals) > 1:  # what is expected stands in an instrument of all of them
        lines = f"amend {_unused(model)} of {', '.join(deals)}\n  " + lines.rstrip().replace("\n", "\n  ") + "\n"
    read, report = read_again(texts, name_of_deal(model), [{"<claim>": lines}])
    wrong = [found for found in report.sorted() if found.severity is Severity.ERROR
             and found.span is not None and found.span.source.name == "<claim>"]  # fmt: skip
    if wrong:
        help_ = f"; {wrong[0].help}" if wrong[0].help else ""
        raise ArgumentError(f"the claim `{text}`: {wrong[0].message}{help_}")
    expected = [each for each in read.expectations if each.span.source.name == "<claim>"]
    found = dict(zip(said, _assertions([each.assertions for each in expected]), strict=True))
    for each, assertion in found.items():
        if isinstance(assertion.key, DeclarationKey):
            raise ArgumentError(f"`{each}` is about a declaration; a claim is about clauses")
        if assertion.contingent_on is not None or assertion.status == "contingent":
            raise ArgumentError(f"`{each}`: nothing is contingent in a single course of events")
        if (assertion.duty is not None or assertion.within is not None) and not one_day:
            raise ArgumentError(f"`{each}` is asked of one day: say which (`on`)")
    return found


def _unused(model: Model) -> str:
    """A name that no instrument has."""
    taken = {instrument.name for instrument in (*model.instruments, *model.drafts)}
    return next(name for number in range(len(taken) + 1) if (name := f"claim{number}") not in taken)


def _assertions(found: Sequence[tuple[Assertion, ...]]) -> list[Assertion]:
    for each in found:
        if len(each) != 1:
            raise ArgumentError("a part of a claim says one thing; join several with `and`")
    return [each[0] for each in found]
