"""The laws of docs/language.md#the-laws, each a property of generated contracts, named after its law.

For fixed day, knowledge and bindings; about state, not prospects. Every test counts the shares of hard cases among
those it saw; the last test prints them and asserts that none was dodged.
"""

import random
import re
from collections import Counter
from datetime import date, timedelta

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

import dealrun
from conftest import ROOT
from dealrun.agenda.entries import agenda
from dealrun.algebra.same import said as restating
from dealrun.api.algebra import canonical
from dealrun.model import write
from dealrun.model.contract import Add, Drop, Model, Operation
from dealrun.model.keys import DeclarationKey, EntryKey, header_of
from dealrun.model.values import Names
from dealrun.state.references import of_instrument, of_operation
from dealrun.time import NEVER, iso
from either import either
from renaming import renamed
from strategies import (
    FIRST,
    LABELS,
    LAST,
    Amendment,
    Case,
    Shares,
    amendments,
    cases,
    days,
    facts,
    probes,
    repaired,
    said,
    standing,
)

SHARES = Shares()
EXAMPLES = settings(max_examples=150)


def counted(case: Case) -> dealrun.Contract:
    """Load a case and count what it is."""
    contract = case.load()
    SHARES.count(case, contract)
    return contract


def shorter(case: Case, count: int) -> Case:
    """The case with its first amendments only, and the readings of what is left."""
    left = case.amendments[:count]
    names = {"d", *(amendment.name for amendment in left)}
    readings = tuple(reading for reading in case.readings if reading.of in names)
    return attrs.evolve(case, amendments=left, readings=readings)


def agree(left: dealrun.Timeline, right: dealrun.Timeline, labels: set[str], until: int = NEVER) -> None:
    """Both timelines say the same of the labels on every day before `until`."""
    for day in probes(left, right):
        if day >= until:
            break
        for label in labels:
            one, other = left.clause(label, day), right.clause(label, day)
            assert said(one) == said(other), (label, date.fromordinal(day))
            assert standing(one) == standing(other), (label, date.fromordinal(day))


def shared(left: dealrun.Timeline, right: dealrun.Timeline) -> set[str]:
    """The labels that both have."""
    return set(left.labels) & set(right.labels)


@EXAMPLES
@given(cases())
def test_law_1_past_is_past(case: Case) -> None:
    """A prospective instrument changes no state before its effective day."""
    counted(case)
    if not case.amendments or "retroactive" in case.amendments[-1].header:
        case = attrs.evolve(
            case,
            amendments=(
                *case.amendments,
                Amendment("z", date(2025, 6, 1), "", ("set c0 until 2026", "drop c1")),
            ),
        )
        case = repaired(case)
    if not case.amendments or "retroactive" in case.amendments[-1].header:
        return  # the checker refused all of what was added
    last = case.amendments[-1]
    with_it = case.load().timeline(known=LAST)
    without = shorter(case, len(case.amendments) - 1).load().timeline(known=LAST)
    instrument = next(i for i in with_it.index.model.instruments if i.name == last.name)
    effective = with_it.evaluator.effective(instrument)
    agree(with_it, without, shared(with_it, without), until=effective.lo)
    for label in set(with_it.labels) - set(without.labels):
        for day in probes(with_it):
            assert day >= effective.lo or with_it.clause(label, day).status in {"not yet", "ended"}


def _consequences(operation: Operation) -> set[str]:
    """The clauses that an operation makes what follows from a breach: they hang on the duty that names them."""
    terms = operation.entry.terms if isinstance(operation, Add) else getattr(operation, "terms", {})
    written = terms.get("otherwise")
    values = [value for value, _ in written.value.limbs] if written else []
    return {member for value in values if isinstance(value, Names) for member in value.members}


def _closure(contract: dealrun.Contract, named: set[EntryKey]) -> set[EntryKey]:
    """What is named, and what refers to it through any number of steps."""
    model = contract.model
    grown = True
    while grown:
        grown = False
        for instrument in model.instruments:
            effects = {reference.key for reference in of_instrument(instrument)}
            for operation in instrument.operations:
                reached = {reference.key for reference in of_operation(operation)} | effects
                if operation.key not in named and reached & named:
                    named.add(operation.key)
                    grown = True
                if operation.key in named and (followers := _consequences(operation) - named):
                    named |= followers
                    grown = True
    return named


@EXAMPLES
@given(cases())
def test_law_2_frame(case: Case) -> None:
    """An instrument changes only what it names and what refers, through any number of steps, to what it names."""
    contract = counted(case)
    if not case.amendments:
        return
    last = case.amendments[-1]
    before = either(shorter(case, len(case.amendments) - 1).text())
    if not isinstance(before, dealrun.Contract):
        return  # an earlier one is only right with the last, which it prevails over
    without = before.timeline(known=LAST)
    with_it = contract.timeline(known=LAST)
    instrument = next(i for i in contract.model.instruments if i.name == last.name)
    keys = {operation.key for operation in instrument.operations}
    changed = {header_of(key) for key in keys}
    keys |= {op.key for other in contract.model.instruments if other.name in changed for op in other.operations}
    named = _closure(contract, keys)
    agree(with_it, without, shared(with_it, without) - named)


@EXAMPLES
@given(cases(most=1), st.data())
def test_law_3_independence(case: Case, data: st.DataObject) -> None:
    """Instruments with disjoint footprints give one timeline in either signing order."""
    counted(case)
    days = [date(2024, 3, 1), date(2024, 3, 9)]
    effective = data.draw(
        st.sampled_from(["effective 2024-06-01", "effective 2024-06-01 when E1", "effective 2023-01-01 retroactive"])
    )
    one = ("set c0 exclusive until 2024 then sole", "add c0 to spares", "set c0 until later of E1, 2025")
    two = ("set c1 2m USD until E2 then 3m USD", "waive c1 until 2025", "unset c1 until")
    first = Amendment("x", days[0], effective, (data.draw(st.sampled_from(one)),))
    second = Amendment("y", days[1], effective, (data.draw(st.sampled_from(two)),))
    forward = repaired(attrs.evolve(case, amendments=(*case.amendments, first, second)))
    names = {amendment.name: amendment for amendment in forward.amendments}
    swapped = tuple(
        attrs.evolve(amendment, signed={"x": days[1], "y": days[0]}.get(amendment.name, amendment.signed))
        for amendment in forward.amendments
    )
    assert "x" in names
    backward = repaired(attrs.evolve(forward, amendments=swapped))
    left, right = forward.load().timeline(known=LAST), backward.load().timeline(known=LAST)
    if [len(a.operations) for a in forward.amendments] == [len(a.operations) for a in backward.amendments]:
        agree(left, right, shared(left, right))


@EXAMPLES
@given(cases())
def test_law_4_identity(case: Case) -> None:
    """The empty instrument changes nothing; setting a term to its whole present and future value changes provenance
    only."""
    contract = counted(case)
    before = contract.timeline(known=LAST)
    empty = attrs.evolve(case, amendments=(*case.amendments, Amendment("z", date(2024, 5, 5), "", ())))
    agree(before, empty.load().timeline(known=LAST), set(before.labels))
    touched = {op.key for i in contract.model.instruments if i.amends for op in i.operations}
    agreement = contract.model.instruments[0]
    same: list[str] = []
    for operation in agreement.operations:
        if isinstance(operation, Add) and operation.key in LABELS and operation.key not in touched:
            for name in ("exclusivity", "amount", "until", "while", "unless", "from"):
                text = operation.entry.terms.get(name)
                if text is not None:
                    same.append(f"set {operation.key} {text.span.text}")
    again = attrs.evolve(case, amendments=(*case.amendments, Amendment("z", date(2021, 1, 1), "", tuple(same))))
    again = repaired(again)
    after = again.load().timeline(known=LAST)
    agree(before, after, set(before.labels))


FEWER = settings(max_examples=60)
"""For laws that evaluate each case several times over."""


def written(case: Case, more: str = "") -> dealrun.Contract:
    """The case with more text behind it, which has to load."""
    text = f"{case.text()}\n{more}"
    return dealrun.loads(text)


COUNTED_BACK = re.compile(r"\d (?:days?|months?|years?|business days?) before ")


@FEWER
@given(cases(), st.data())
def test_law_5_inverse(case: Case, data: st.DataObject) -> None:
    """`diff A B` printed as an amendment and applied to A agrees with B from its effective day, and with A before."""
    old = counted(case)
    kept = data.draw(st.integers(0, len(case.amendments)))
    count = sum(1 for line in case.clauses if line[:2] in LABELS)
    others = [data.draw(amendments(n + 5, LABELS[:count], LABELS[count:])) for n in range(data.draw(st.integers(0, 3)))]
    plain = data.draw(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=3, unique=True))
    others.append(Amendment("y", date(2021, 3, 1), "", tuple(plain)))
    other = repaired(attrs.evolve(case, amendments=(*case.amendments[:kept], *others), readings=()))
    new = other.load()
    effective = data.draw(days.filter(lambda day: day.year > 2020))  # the agreement has certainly taken effect
    DIFFERENCES["all"] += 1
    try:
        text = old.difference(new, effective=effective, signed=LAST, name="z")
    except dealrun.DifferenceError:
        DIFFERENCES["no amendment does it"] += 1
        return
    DIFFERENCES["nothing differs"] += not text
    applied = dealrun.loads(f"{write.document(attrs.evolve(old.model, readings=()))}\n{text}")
    before, there, after = (contract.timeline(known=LAST) for contract in (old, applied, new))
    since = effective.toordinal()
    for day in (day for day in probes(after, there) if day >= since):
        for label in after.labels:
            if label in there.labels:
                assert mattering(there, label, day) == mattering(after, label, day), (label, date.fromordinal(day))
            else:
                assert after.clause(label, day).status == "ended"
        for label in set(there.labels) - set(after.labels):
            assert there.clause(label, day).status == "ended"
    if not any(COUNTED_BACK.search(each) for each in (text, case.text(), other.text())):
        agree(before, there, set(before.labels), until=since)


DIFFERENCES: Counter[str] = Counter()
PLAIN = (
    "set c0 sole until 2024 then nonexclusive", "set c0 until 2027", "set c1 3m USD", "drop c1", "add c0 to works",
    "set c1 2m USD until E2 then 1m USD", "set c1 until earlier of E1, 2028", "waive c0 until 2025", "unset c1 until",
    'add c2: require A->B "act" until 2027',
)  # fmt: skip


def mattering(timeline: dealrun.Timeline, label: str, day: int) -> tuple[object, ...]:
    """What a state says, leaving aside how an anchor is written."""
    return restating(timeline.clause(label, day))


@FEWER
@given(cases(most=8), days, st.data())
def test_law_6_restatement(case: Case, day: date, data: st.DataObject) -> None:
    """The consolidated text of a day agrees with the chain on that day and later, also under instruments that take
    effect after it."""
    contract = counted(case)
    known = max(case.known, date(2020, 12, 31))
    text = contract.restate(day, known=known)
    restated = dealrun.loads(text)
    chain, consolidated = contract.timeline(known=known), restated.timeline(known=known)
    same_from(chain, consolidated, day.toordinal())
    assert [*chain.against(consolidated)] == []
    mine, its = (calendar(each, day.toordinal()) for each in (chain, consolidated))
    gone = {label for label in chain.labels if label not in consolidated.labels}
    assert {each for each in mine if each[0] is not None or each[2] not in gone} == its
    if known < LAST and not any(i.signed and i.signed[1] > known.toordinal() for i in contract.model.instruments):
        count = sum(1 for line in case.clauses if line[:2] in LABELS)
        later = data.draw(amendments(20, LABELS[:count], LABELS[count:]))
        later = attrs.evolve(later, signed=LAST - timedelta(days=30), header=f"effective {LAST}")
        one, other = either(f"{case.text()}\n{later.text()}\n"), either(f"{text}\n{later.text()}\n")
        if isinstance(one, dealrun.Contract) and isinstance(other, dealrun.Contract):
            same_from(one.timeline(known=LAST), other.timeline(known=LAST), LAST.toordinal(), fallback=True)


def calendar(timeline: dealrun.Timeline, since: int) -> set[tuple[object, ...]]:
    """What falls on the days of the next four years, and what has no day yet."""
    listed = agenda(timeline, since, since + 4 * 366)
    return {(each.day, each.kind, each.label, each.number, each.party) for each in listed
            if each.day is None or each.day.toordinal() >= since}  # fmt: skip


def same_from(chain: dealrun.Timeline, consolidated: dealrun.Timeline, since: int, *, fallback: bool = False) -> None:
    """Both say the same from a day on; a clause that only the chain has, has ended."""
    for day in (day for day in probes(chain, consolidated) if day >= since):
        for label in chain.labels:
            where = (label, date.fromordinal(day))
            if label in consolidated.labels:
                assert mattering(chain, label, day) == mattering(consolidated, label, day), where
            else:
                assert chain.clause(label, day).status == "ended" or fallback, where


@EXAMPLES
@given(cases(most=8))
def test_law_11_print_and_parse(case: Case) -> None:
    """Reading what was printed gives the same model, and printing that the same text; formatting twice is formatting
    once."""
    contract = counted(case)
    text = write.document(contract.model)
    again = dealrun.loads(text, "again")
    assert essence(contract.model) == essence(again.model)
    assert write.document(again.model) == text
    formatted = canonical(text)
    assert canonical(formatted) == formatted
    parsed = dealrun.loads(formatted)
    assert essence(parsed.model) == essence(contract.model)


def test_law_11_holds_for_the_real_contracts() -> None:
    """What the project ships, printed and read again, is the same; expectations, which are not printed, aside."""
    for name in ("openai-microsoft", "cargill-bioamber", "tutorial/supply"):
        contract = dealrun.load(ROOT / "contracts" / name)
        again = dealrun.loads(write.document(contract.model))
        assert essence(again.model) == essence(contract.model)


def essence(model: Model) -> tuple[object, ...]:
    """Everything that a model says, places and expectations left out."""

    def fields(instance: attrs.AttrsInstance) -> tuple[object, ...]:
        return tuple(
            getattr(instance, field.name)
            for field in attrs.fields(type(instance))
            if not field.name.endswith("span") and field.name != "expectations"
        )

    return (
        [fields(deal) for deal in model.deals],
        [fields(instrument) for instrument in (*model.instruments, *model.drafts)],
        model.facts,
        [fields(scenario) for scenario in model.scenarios],
        [fields(reading) for reading in model.readings],
    )


@EXAMPLES
@given(cases(), st.integers(0, 10**6))
def test_law_7_set_of_facts(case: Case, seed: int) -> None:
    """Answers depend on the set of facts, not on their order; some and then the rest equals all."""
    contract = counted(case)
    shuffled = list(case.facts)
    random.Random(seed).shuffle(shuffled)
    other = attrs.evolve(case, facts=tuple(shuffled)).load()
    for known in (case.known, LAST):
        left, right = contract.timeline(known=known), other.timeline(known=known)
        agree(left, right, set(left.labels))


@EXAMPLES
@given(cases(), st.lists(facts(90), max_size=3))
def test_law_8_knowledge(case: Case, more: list[str]) -> None:
    """Adding what was signed or became known after K changes no answer at K."""
    counted(case)
    late = tuple(
        f"g{number}{line[3:].partition(' known ')[0]} known {LAST + timedelta(days=number)}"
        for number, line in enumerate(more)
    )
    known = min(case.known, date(2026, 1, 1))
    grown = attrs.evolve(
        case,
        facts=(*case.facts, *late),
        amendments=(*case.amendments, Amendment("z", date(2027, 1, 1), "effective 2020-06-01 retroactive",
                                                ("set c0 until 2022", "drop c1"))),
    )  # fmt: skip
    grown = repaired(grown)
    left, right = case.load().timeline(known=known), grown.load().timeline(known=known)
    assert left.labels == right.labels
    agree(left, right, set(left.labels))


@EXAMPLES
@given(cases(), st.sampled_from(["E1", "E2"]), st.sampled_from([date(2023, 5, 5), date(2024, 3, 1)]))
def test_law_12_horizon(case: Case, event: str, day: date) -> None:
    """With the instruments fixed, a fact on a later day changes no earlier status or term, except what is counted back
    from it."""
    contract = counted(case)
    lines = tuple(line for line in case.facts if f"record {event} " not in line)
    without = repaired(attrs.evolve(case, facts=lines))
    with_it = repaired(attrs.evolve(without, facts=(*lines, f"z: record {event} on {day}")))
    if len(with_it.facts) != len(lines) + 1 or with_it.amendments != without.amendments:
        return  # an amendment of what the fact has ended was refused, so the instruments are not fixed
    left, right = without.load().timeline(known=LAST), with_it.load().timeline(known=LAST)
    instruments = contract.model.instruments
    counting = {op.key for i in instruments for op in i.operations if _counts_back(op)}
    # What lapses so many days before an event lapses back from it, with all that it did.
    lapsing = {
        i.name
        for i in instruments
        if _says_before(i.span.text.splitlines()[0]) or DeclarationKey("amend", i.name) in counting
    }
    counting |= {op.key for i in instruments if i.name in lapsing for op in i.operations}
    back = _closure(contract, counting)
    agree(left, right, shared(left, right) - back, until=day.toordinal())


def _counts_back(operation: object) -> bool:
    span = getattr(operation, "span", None)
    return _says_before(span.text if span is not None and not isinstance(operation, Drop) else "")


def _says_before(text: str) -> bool:
    return any(f"{unit} before" in text for unit in ("days", "month", "months", "year", "years"))


@EXAMPLES
@given(cases(), st.dictionaries(st.sampled_from(["E1", "E2"]), st.integers(1, 900), min_size=1))
def test_law_refinement(case: Case, later: dict[str, int]) -> None:
    """What is certainly in force, or certainly not, stays so under every course of events that knowledge leaves open;
    so does every term that is certain."""
    contract = counted(case)
    known = case.known
    open_ = {
        event: known + timedelta(days=count)
        for event, count in later.items()
        if contract.timeline(known=known).world.is_recorded(event) is None
    }
    if not open_:
        return
    before, after = contract.timeline(known=known), contract.timeline(known=known, assume=open_)
    for day in probes(before, after):
        for label in before.labels:
            old, new = before.clause(label, day), after.clause(label, day)
            if old.status != "contingent":
                assert new.status != "contingent", (label, date.fromordinal(day))
                assert new.in_force == old.in_force, (label, date.fromordinal(day))
            for name, view in old.terms.items():
                if len(view.options) == 1 and name in new.terms:
                    assert new.terms[name].options == view.options, (label, name, date.fromordinal(day))


def test_the_hard_cases_are_there() -> None:
    """At least a fifth of the cases each are retroactive, contingent, conditional, with references between clauses, and
    with two instruments on one clause; waivers and drops are among them."""
    assert SHARES.total > 100, "run the whole file"
    for name in ("retroactive", "contingent", "conditional", "references", "two on one clause"):
        assert SHARES.counts[name] >= SHARES.total / 5, name
    for name in ("waived", "readings", "lapsing", "amended amendments", "retracted"):
        assert SHARES.counts[name] >= SHARES.total / 20, name
    assert SHARES.counts["eight instruments"] > SHARES.total / 100
    assert DIFFERENCES["no amendment does it"] <= DIFFERENCES["all"] * 2 / 5
    assert DIFFERENCES["nothing differs"] <= DIFFERENCES["all"] / 2
    assert FIRST < LAST


# --- several deals ----------------------------------------------------------------------------------------------------


def unqualified(what: object, deal: str) -> list[str]:
    """The parts of an answer without the deal's name before its names, which decides their order."""
    return sorted(re.split(r"[(),]\s*", re.sub(rf"\b{deal}\.(?!signed)", "", repr(what))))


@settings(max_examples=60)
@given(cases(), cases())
def test_a_deal_beside_another_says_what_it_says_alone(one: Case, two: Case) -> None:
    """Two deals in one load, the second with other names for everything: neither changes an answer of the other."""
    left = one.load()
    texts, new = renamed({"<text>": two.text()}, two.load().model)
    right = dealrun.loads(texts["<text>"])
    both = dealrun.loads(one.text() + texts["<text>"])
    assert isinstance(right, dealrun.Contract)
    assert isinstance(both, dealrun.Contract), both
    together = both.timeline(known=LAST)
    for deal, contract in (("d", left), (new[DeclarationKey("deal", "d")], right)):
        alone = contract.timeline(known=LAST)
        assert [f"{deal}.{label}" for label in alone.labels] == [
            label for label in together.labels if label.startswith(f"{deal}.")
        ]
        for label in alone.labels:
            for day in probes(alone):
                mine, theirs = alone.clause(label, day), together.clause(f"{deal}.{label}", day)
                assert unqualified(said(theirs), deal) == unqualified(said(mine), deal), (label, iso(day))
                assert unqualified(standing(theirs), deal) == unqualified(standing(mine), deal), (label, iso(day))
