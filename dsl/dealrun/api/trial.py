"""A draft amendment on trial against the chain of a contract.

In: a contract and a draft, as files or texts. Out: what the draft changes, and what it breaks. Guaranteed: the contract
is left as it is.
"""

from collections.abc import Collection, Sequence
from datetime import date

import attrs

from dealrun.algebra.consequences import one_account
from dealrun.algebra.trial import WhatIf
from dealrun.api.contract import Contract
from dealrun.api.loading import Loader, Source, name_of_deal, read_again
from dealrun.api.reading import listed, run_all_checks
from dealrun.arguments import checked
from dealrun.budget import counts
from dealrun.check.conflicts import conflicts
from dealrun.diagnostics import Report
from dealrun.diagnostics.found import Diagnostics, LoadError
from dealrun.errors import ArgumentError, UnknownNameError
from dealrun.model.contract import Instrument, Model, last_known, under
from dealrun.model.resolve import resolve
from dealrun.proof.expected import evaluate
from dealrun.state.amend.index import Index
from dealrun.state.expect import Outcome
from dealrun.state.knowledge import make_world
from dealrun.state.timeline import Timeline
from dealrun.time import DateLike, Day, to_day


@checked
@counts
def what_if(
    contract: Contract,
    draft: Source | Sequence[Source],
    *,
    signed: DateLike | None = None,
    reading: Collection[str] = (),
) -> WhatIf:
    r"""A draft amendment against the chain of a contract; `draft` is given as to `load`.

    An amendment without `signed` counts as signed on `signed`, or on the day after the last one in the files. LoadError
    where the draft cannot be read, ValueError where no day is known and none is given, or where the draft holds no
    amendment; KeyError for a reading that there is not.

    >>> draft = 'amend draft "A draft"\n  set ip until 2035\n'
    >>> told = dealrun.what_if(deal, {"draft.deal": draft}, signed="2027-01-01")
    >>> told, told.breaks, len(told.broken)
    (WhatIf(signed=2027-01-01, breaks something), True, 3)
    """
    last = last_known(contract.model)
    if signed is None and last is None:
        raise ArgumentError("nothing is signed in the files, so the draft needs a signing day")
    day = to_day(signed) if signed is not None else (last or 0) + 1
    read_, report = read_again(contract.texts, name_of_deal(contract.model), listed(draft))
    if report.has_errors:
        raise LoadError(Diagnostics(report.sorted()))
    for name in reading:
        if name not in {each.name for each in read_.readings}:
            raise UnknownNameError(
                f"no reading `{name}`; there are: {', '.join(r.name for r in read_.readings) or 'none'}"
            )
    old = {draft.name for draft in contract.model.drafts}
    new = attrs.evolve(read_, drafts=tuple(draft for draft in read_.drafts if draft.name not in old))
    model = under(_signed(new, day), frozenset(reading))
    base = under(contract.model, frozenset(reading))
    there = {instrument.name for instrument in base.instruments}
    added = [i for i in model.instruments if i.amends and not i.reads and i.name not in there]
    if not added:
        raise ArgumentError("the draft holds no amendment")
    if not new.drafts:  # each has a signing day of its own
        day = max(instrument.signed[1] for instrument in added if instrument.signed)
    index = Index(model)
    after = Report()
    run_all_checks(model, index, after)
    before = {found.sort_key() for found in contract.diagnostics}
    findings = tuple(found for found in after.sorted() if found.sort_key() not in before and found.code != "DR401")
    known = max(day, last or 0, *(instrument.signed[1] for instrument in added if instrument.signed))
    if any(found.code in {"DR208", "DR905"} for found in findings):  # what runs in a circle has no timeline
        return WhatIf(date.fromordinal(day), (), findings, (), (), tuple(reading))
    if not after.has_errors:
        told_before = {found.sort_key() for found in contract.conflicts()}
        findings += tuple(found for found in conflicts([(model, index)]) if found.sort_key() not in told_before)
    told = []
    influence = index.influence
    for place, instrument in enumerate(model.instruments):
        if instrument in added:
            told.append(one_account(index, make_world(index.recorded, known, (), {}), place, influence))
    broken, failed = _expectations(contract, model, index, known)
    return WhatIf(date.fromordinal(day), tuple(told), findings, broken, failed, tuple(reading))


@checked
@counts
def sign(contract: Contract, draft: Source | Sequence[Source], *, signed: DateLike | None = None) -> Contract:
    r"""The contract as it would be if a draft amendment were signed.

    `draft` is the name of a draft in the files of the contract, or is given as to `load`; `signed` is as in `what_if`.
    LoadError where the draft cannot be read, or where something would be wrong with the contract then.

    >>> draft = 'amend draft "A draft"\n  set ip until 2035\n'
    >>> later = dealrun.sign(deal, {"draft.deal": draft}, signed="2027-01-01")
    >>> later.known, later.timeline().on("2034-01-01")["ip"].status
    (datetime.date(2027, 1, 1), 'in force')
    """
    last = last_known(contract.model)
    if signed is None and last is None:
        raise ArgumentError("nothing is signed in the files, so the draft needs a signing day")
    day = to_day(signed) if signed is not None else (last or 0) + 1
    own = {each.name: each for each in contract.model.drafts}
    there = {each.name for each in contract.model.instruments}
    if isinstance(draft, str) and draft in there:
        raise ArgumentError(f"`{draft}` is signed already; a draft is an amendment without `signed`")
    if isinstance(draft, str) and draft in own:
        texts, report = contract.texts, Report()
        new = attrs.evolve(contract.model, drafts=(own[draft],))
    else:
        loader = Loader(Report())
        loader.again(contract.texts)
        loader.load(listed(draft))
        texts, report = tuple(file.source for file in loader.files), loader.report
        read_ = resolve(loader.files, report, name_of_deal(contract.model))
        new = attrs.evolve(read_, drafts=tuple(each for each in read_.drafts if each.name not in own))
    model = _signed(new, day)
    index = Index(model)
    if not report.has_errors:
        deals = {deal.name for deal in contract.model.deals}
        added = [each for each in model.instruments if each.amends and not each.reads and each.name not in there]
        if not any(deals.intersection(each.deals) for each in added):
            raise ArgumentError("the draft holds no amendment of this contract")
        run_all_checks(model, index, report)
    if report.has_errors:
        raise LoadError(Diagnostics(report.sorted()))
    return Contract(model, index, report.sorted(), contract.files, texts)


def _signed(model: Model, day: Day) -> Model:
    """The model with its drafts signed on a day, behind everything else that is signed by then."""
    drafts = tuple(
        attrs.evolve(draft, signed=(day, day), signatures=(("", day, day),), draft=False) for draft in model.drafts
    )
    later = [i for i in model.instruments if i.amends and i.signed is not None and i.signed[0] > day]
    earlier: list[Instrument] = [i for i in model.instruments if i not in later]
    return attrs.evolve(model, instruments=(*earlier, *drafts, *later), drafts=())


def _expectations(
    contract: Contract, model: Model, index: Index, known: Day
) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
    """Expectations that no longer hold, and those of the draft that do not."""
    places = {(e.span.source.name, e.span.start) for e in contract.model.expectations}
    broken: list[Outcome] = []
    failed: list[Outcome] = []
    for expectation in model.expectations:
        if any(name in {reading.name for reading in model.readings} for name in expectation.under):
            continue
        facts = [*expectation.given]
        for scenario in model.scenarios:
            facts.extend(scenario.facts if scenario.name in expectation.under else ())
        world = make_world(index.recorded, max(known, expectation.known or 0), facts, {})
        outcomes = evaluate(expectation, Timeline(index, world))
        if (expectation.span.source.name, expectation.span.start) not in places:
            failed += [outcome for outcome in outcomes if not outcome.passed]
        elif any(not outcome.passed for outcome in outcomes):
            plain = evaluate(expectation, Timeline(Index(contract.model), world))
            held = {outcome.assertion.span.start for outcome in plain if outcome.passed}
            broken += [o for o in outcomes if not o.passed and o.assertion.span.start in held]
    return tuple(broken), tuple(failed)
