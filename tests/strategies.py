"""Generated contracts: the one place that makes them, for every law and for the second evaluator.

A `Case` is a contract in pieces (declarations, clauses, facts, amendments, readings), so that a law can leave one out,
add one or swap two. Nothing is filtered out for being hard: a statement that the checker refuses is taken out and the
rest kept (`repaired`), and `Shares` counts how many cases are retroactive, contingent, conditional, and so on, so that
tests can assert that the hard ones are there.
"""

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st

import dealrun
from dealrun.diagnostics import Severity
from dealrun.model.contract import Add, Drop, Reinstate, Waive
from dealrun.model.keys import header_of
from dealrun.state.standing import days_of_change
from either import either

LABELS = ("c0", "c1", "c2", "c3", "c4")
EVENTS = ("E1", "E2")
FIRST = date(2020, 1, 1)
LAST = date(2028, 12, 31)


@attrs.frozen
class Amendment:
    """An instrument: its name, its header without the signing day, that day, and its operations."""

    name: str
    signed: date
    header: str
    operations: tuple[str, ...]

    def text(self) -> str:
        """As it is written."""
        head = f"amend {self.name} signed {self.signed} {self.header}".rstrip()
        return "\n".join([head, *(f"  {operation}" for operation in self.operations)])


@attrs.frozen
class Reading:
    """A reading: its name, the instrument that it reads, and its operations."""

    name: str
    of: str
    operations: tuple[str, ...]

    def text(self) -> str:
        """As it is written."""
        return "\n".join([f"reading {self.name} of {self.of}", *(f"  {operation}" for operation in self.operations)])


@attrs.frozen
class Case:
    """A contract in pieces, and a day of knowledge."""

    signed: str
    declarations: tuple[str, ...]
    clauses: tuple[str, ...]
    facts: tuple[str, ...]
    amendments: tuple[Amendment, ...]
    known: date
    readings: tuple[Reading, ...] = ()

    def text(self) -> str:
        """The contract as one file."""
        parts = [f'deal d "Generated" signed {self.signed}', *self.declarations, *self.clauses, *self.facts]
        blocks: list[Amendment | Reading] = [*self.amendments, *self.readings]
        return "\n".join([*parts, *(block.text() for block in blocks)]) + "\n"

    def load(self) -> dealrun.Contract:
        """The contract; what does not load is a defect of the generator, or of the checker."""
        loaded = either(self.text())
        assert isinstance(loaded, dealrun.Contract), f"{self.text()}\n{loaded}"
        return loaded


HEADER_LINES = 1


def repaired(case: Case) -> Case:
    """The case without the statements that the checker refuses."""
    for _ in range(40):
        loaded = either(case.text())
        if isinstance(loaded, dealrun.Contract):
            return case
        lines = {
            span.place.line
            for diagnostic in loaded
            if diagnostic.severity is Severity.ERROR
            for span in (diagnostic.span,)
            if span is not None
        }
        case = _without(case, lines)
    raise AssertionError(f"cannot be repaired:\n{case.text()}\n{dealrun.loads(case.text())}")


def _without(case: Case, lines: set[int]) -> Case:
    number = HEADER_LINES
    groups: list[tuple[str, ...]] = []
    for group in (case.declarations, case.clauses, case.facts):
        kept = []
        for line in group:
            number += 1
            if number not in lines:
                kept.append(line)
        groups.append(tuple(kept))
    amendments: list[Amendment] = []
    readings: list[Reading] = []
    blocks: list[Amendment | Reading] = [*case.amendments, *case.readings]
    for block in blocks:
        number += 1
        whole = number not in lines
        operations = []
        for operation in block.operations:
            number += 1
            if number not in lines:
                operations.append(operation)
        if whole and isinstance(block, Amendment):
            amendments.append(attrs.evolve(block, operations=tuple(operations)))
        elif whole and operations and isinstance(block, Reading):
            readings.append(attrs.evolve(block, operations=tuple(operations)))
    return attrs.evolve(
        case,
        declarations=groups[0],
        clauses=groups[1],
        facts=groups[2],
        amendments=tuple(amendments),
        readings=tuple(readings),
    )


# --- pieces ---------------------------------------------------------------------------------------------------------

# Few days, month ends and neighbours among them, so that ties and edges come up often.
DAYS = [
    date(2020, 2, 29), date(2021, 1, 1), date(2021, 1, 31), date(2021, 12, 31), date(2022, 1, 1), date(2022, 6, 30),
    date(2023, 3, 1), date(2023, 3, 31), date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2026, 7, 1),
]  # fmt: skip
days = st.sampled_from(DAYS)
written_days = st.one_of(days.map(str), st.sampled_from(["2021", "2022-06", "Q1 2023", "2024", "2025"]))
events = st.sampled_from([*EVENTS, "EITHER"])
durations = st.sampled_from(["10 days", "1 month", "3 months", "1 year", "2 years", "5 business days"])


def times(labels: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A time: a date, an event, an unknown, an offset, a limb, or an event that a label supplies."""
    simple: list[st.SearchStrategy[str]] = [written_days, events, st.sampled_from(["CLOSING", "visit"])]
    if labels:
        kinds = st.sampled_from(["end of", "start of", "breach of", "default of", "exercise of", "performance of"])
        simple.append(st.tuples(kinds, st.sampled_from(labels)).map(" ".join))
    base = st.one_of(*simple)
    offset = st.tuples(durations, st.sampled_from(["after", "before"]), base).map(" ".join)
    limb = st.tuples(st.sampled_from(["earlier of", "later of"]), base, base).map(lambda t: f"{t[0]} {t[1]}, {t[2]}")
    return st.one_of(base, base, offset, limb)


def conditions(labels: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A condition: an event, a declared condition, a quoted one, an unknown truth, a clause, or several."""
    simple = ["E1", "E2", "EITHER", "OPEN", '"it rains"', "DISCLOSED", *labels]
    simple += [f"exercise of {label}" for label in labels if label in {"c0", "c3"}]
    atom = st.sampled_from(simple)
    return st.one_of(
        atom,
        atom.map(lambda a: f"not {a}"),
        st.tuples(atom, st.sampled_from(["and", "or"]), atom).map(" ".join),
    )


@st.composite
def lives(draw: st.DrawFn, labels: tuple[str, ...]) -> str:
    """Start, end and conditions of a clause."""
    parts: list[str] = []
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"from {draw(times(labels))}")
    end = draw(st.integers(0, 9))
    if end < 6:
        parts.append(f"until {draw(times(labels))}")
    elif end == 6:
        parts.append(f"before {draw(written_days)}")
    elif end == 7:
        parts.append(f"for {draw(durations)}")
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"{draw(st.sampled_from(['when', 'while', 'unless']))} {draw(conditions(labels))}")
    return " ".join(parts)


@st.composite
def schedules(draw: st.DrawFn, values: tuple[str, ...]) -> str:
    """A value, or one that changes at a date or an event."""
    first, second, third = (draw(st.sampled_from(values)) for _ in range(3))
    shape = draw(st.integers(0, 5))
    if shape < 3:
        return first
    if shape < 5:
        return f"{first} until {draw(st.one_of(written_days, events))} then {second}"
    low, high = sorted((draw(days), draw(days)))
    return f"{first} until {low} then {second}" + (f" until {high} then {third}" if low < high else "")


EXCLUSIVITY = ("exclusive", "nonexclusive", "sole")
AMOUNTS = ("1m USD", "2m USD", "3m USD", "CAP", "lower of 2m USD * 2")
MONEY = ("1m USD", "2m USD", "3m USD")


@st.composite
def bodies(draw: st.DrawFn, labels: tuple[str, ...], verb: str, there: tuple[str, ...] = ()) -> str:
    """A clause of a verb, without its label; it may refer to labels, and name those that are there as what follows."""
    life = draw(lives(labels))
    each = draw(st.sampled_from(INSTANCES[verb])) if draw(st.integers(0, 5)) == 0 else ""
    if each:
        life = re.sub(r"\bfor \d+ .*|\bwithin .*", "", life).strip()
        each += (
            draw(st.sampled_from(["", " for 90 days", " for 1 year"])) if not re.search(ENDS, f"{each} {life}") else ""
        )
    if verb == "option" and not each and draw(st.integers(0, 3)) == 0 and not re.search(ENDS, life):
        life = f"{life} until earlier of exercise of c3, {draw(written_days)}".strip()
    if each and verb == "require":
        return f"require A->B {DOUBLE_QUOTED} {each} {life}".rstrip()
    if verb == "license":
        words = f"license A->B to goods {draw(schedules(EXCLUSIVITY))}"
        if draw(st.integers(0, 5)) == 0:
            words += " irrevocable"
        if draw(st.integers(0, 7)) == 0 and not re.search(r"\b(?:until|before|for) ", life):
            words += " perpetual"
    elif verb in {"fee", "damages"}:
        words = f"{verb} A->B {draw(schedules(MONEY))}"
    elif verb == "option":
        words = f'option A->B purchase "buy" {draw(durations)}'
    else:
        words = f"require A->B {draw(st.sampled_from(['work', DOUBLE_QUOTED]))} {draw(duties(labels, there))}".rstrip()
    if verb == "fee" and draw(st.integers(0, 3)) == 0:
        dated: bool = draw(st.booleans())
        if dated and not each:
            words += f" by {draw(written_days)}"
        words += draw(st.sampled_from([" cure 10 days", " cure 1 month", ""]))
        later = [label for label in there if label > "c1"]
        named: bool = draw(st.booleans())
        if later and named:
            words += f" otherwise {draw(st.sampled_from(later))}"
    return f"{words} {each} {life}".rstrip() if each else f"{words} {life}".rstrip()


ENDS = r"\b(?:until|before|for|perpetual)\b"
INSTANCES = {
    "license": ("each visit", "each stocktaking", "each visit until 10 days after visit",
                "each visit from 10 days before visit until visit"),
    "fee": ("each visit", "each stocktaking"),
    "require": ("each visit within 10 days", "each stocktaking within 10 days of stocktaking", "each visit",
                "each stocktaking by 60 days before stocktaking", "each visit by 10 days before visit"),
    "option": ("each visit", "each stocktaking"),
    "damages": ("each visit", "each default of c2", "each end of c0"),
}  # fmt: skip
"""How a clause of a verb has instances."""

BOOKS = (
    "books",
    "books when c0",
    "books",
    "books c2",
    "books c1, c2 from 2022",
    "books until 2023",
    "books while OPEN",
)

DOUBLE_QUOTED = '"act"'
PERIODS = st.sampled_from([
    "annually", "quarterly", "semiannually", "monthly", "contract-annually", "fiscal-quarterly", "weekly",
])  # fmt: skip
ROLLS = st.sampled_from(["following", "modified-following", "preceding"])


@st.composite
def duties(draw: st.DrawFn, labels: tuple[str, ...], there: tuple[str, ...]) -> str:
    """When a duty is due, how long a breach can be cured, and what follows if it is not."""
    parts: list[str] = []
    shape = draw(st.integers(0, 6))
    if shape < 2:
        parts.append(f"by {draw(times(labels))}")
    elif shape < 4:
        parts.append(f"within {draw(durations)}")
    elif shape == 4:
        parts.append(f"{draw(PERIODS)} within {draw(st.sampled_from(['10 days', '1 month', '5 business days']))}")
    if parts and draw(st.integers(0, 3)) == 0:
        parts.append(draw(ROLLS))
    curable: bool = draw(st.booleans())
    if parts and curable:
        waiting = st.sampled_from(["within 30 days of notice of c2", "within 10 days of E1"])
        cure: st.SearchStrategy[str] = st.one_of(durations, waiting)
        parts.append(f"cure {draw(cure)}")
    followers = [label for label in there if label > "c2"]
    if followers and draw(st.integers(0, 2)) == 0:
        count: int = draw(st.integers(1, 2))
        parts.append(f"otherwise {', '.join(followers[:count])}")
    return " ".join(parts)


TERMS = (
    "3 years", "until 2023", "2 years renews 1 year notice 90 days", "1 year renews 6 months renewals 3 notice 1 month",
    "18 months renews 1 year renewals 2", "until 2021 renews 1 year when exercise of c3",
    "until 2022 renews 6 months notice 1 month when E1 or exercise of c0", "until 2021 renews 1 year while OPEN",
    '2 years renews 1 year unless "it rains" notice 30 days', "until 2021 renews 1 year renewals 3 each visit",
)  # fmt: skip

VERBS = {"c0": "license", "c1": "fee", "c2": "require", "c3": "option", "c4": "damages"}
"""Fixed by label, so that amendments can name terms that there are."""


@st.composite
def operations(
    draw: st.DrawFn, present: tuple[str, ...], absent: tuple[str, ...], earlier: tuple[Amendment, ...] = ()
) -> str:
    """One operation of an amendment, or of a reading, that follows on some amendments."""
    waived = [label for label in LABELS if any(f"waive {label}" in " ".join(other.operations) for other in earlier)]
    if waived and draw(st.integers(0, 3)) == 0:
        return f"reinstate {draw(st.sampled_from(waived))}"
    if earlier and draw(st.integers(0, 5)) == 0:
        return draw(_of_amendments(earlier))
    kind = draw(st.integers(0, 14))
    if kind == 0 and absent:
        label = draw(st.sampled_from(absent))
        return f"add {label}: {draw(bodies(_before(label), VERBS[label], present))}"
    label = draw(st.sampled_from(present))
    verb = VERBS[label]
    if kind == 1:
        return f"drop {label}"
    if kind == 2:
        return f"replace {label}: {draw(bodies(_before(label), verb, present))}"
    if kind in {3, 14}:
        by = draw(st.sampled_from(["", "", " by B"]))  # B is the licensee, the payee, and the one that it is owed to
        return f"waive {label}{by}" + draw(st.sampled_from(["", " until 2024", " from 2023 until 2025", " until E2"]))
    if kind == 4:
        return f"unset {label} until"
    if kind == 5 and verb == "license":
        return f"add {label} to {draw(st.sampled_from(['spares', 'works']))}"
    if kind in {6, 7} and verb == "require":
        return (
            f"set {label} {draw(duties(_before(label), present))}".rstrip()
            if kind == 6
            else f"unset {label} {draw(_UNSET)}"
        )
    if kind in {6, 7} and verb == "option":
        return f"set {label} window {draw(durations)}"
    if kind in {6, 7}:
        value = draw(schedules(EXCLUSIVITY if verb == "license" else MONEY))
        return f"set {label} {value}"
    if kind == 8 and "c2" in present:
        return f"set {label} {draw(st.sampled_from(['while', 'unless']))} {draw(conditions(_before(label)))}"
    if kind == 9:
        return f"set {label} from {draw(times(_before(label)))}"
    return f"set {label} until {draw(times(_before(label)))}"


_UNSET = st.sampled_from(["due", "cure", "otherwise"])


@st.composite
def _of_amendments(draw: st.DrawFn, earlier: tuple[Amendment, ...]) -> str:
    """An operation on an earlier amendment: its effective day if that may be to come, its end, or all of it."""
    coming = [other for other in earlier if "effective" in other.header or "when" in other.header]
    shape = draw(st.integers(0, 3))
    if shape < 2 and coming:
        return f"set amend {draw(st.sampled_from(coming)).name} effective {draw(st.one_of(written_days, events))}"
    name = draw(st.sampled_from(earlier)).name
    return f"drop amend {name}" if shape == 3 else f"set amend {name} {draw(_ends())}"


@st.composite
def _ends(draw: st.DrawFn) -> str:
    """The end of an amendment."""
    shape = draw(st.integers(0, 4))
    if shape < 3:
        return f"until {draw(times(()))}"
    return f"before {draw(written_days)}" if shape == 3 else f"for {draw(durations)}"


def _before(label: str) -> tuple[str, ...]:
    """The labels that a clause may refer to: those before it, so that references run in no circle."""
    return LABELS[: LABELS.index(label)]


DECLARATIONS = (
    'party A "A"',
    'party B "B"',
    'asset goods "goods"',
    'asset spares "spares"',
    'asset works "works"',
    'act work "to work"',
    'event E1 "the first event"',
    'event E2 "the second event"',
    "event EITHER = E1 or E2",
    'event visit "a visit" recurring',
    'event stocktaking "the goods are counted" every 6 months from 2021-01-31 until 2024',
    'condition OPEN "the shop is open"',
    'unknown CAP amount "a cap"',
    'unknown CLOSING date "the closing" between 2021-06-01 and 2023-06-30',
    'unknown DISCLOSED truth "whether it was disclosed"',
)


@st.composite
def facts(draw: st.DrawFn, number: int, present: tuple[str, ...] = LABELS[:2]) -> str:
    """One recorded fact, labelled by its number; of clauses, only of those that the agreement has."""
    day = draw(days)
    late = day + timedelta(days=draw(st.sampled_from([0, 0, 1, 90])))
    known = f" known {late}" if late != day else ""
    kind = draw(st.integers(0, 12))
    if kind == 12:
        paid = draw(st.sampled_from(["1m", "2m", "3m"]))
        how = draw(st.sampled_from(["performance of c1", f"paid {paid} USD under c1"]))
        return f"f{number}: record {how} on {day}{known}"
    if kind < 3:
        return f"f{number}: record {draw(st.sampled_from(EVENTS))} on {day}{known}"
    if kind == 10:
        return f"f{number}: record visit on {day}{known}"
    if kind == 11 and "term" in present:
        return f"f{number}: record notice of {draw(st.sampled_from(present[present.index('term') :]))} on {day}{known}"
    if kind == 3:
        labels = [label for label in present[:3] if label in LABELS]
        return f"f{number}: record breach of {draw(st.sampled_from(labels))} on {day}{known}"
    if kind == 8 and "c2" in present:
        meant = draw(st.sampled_from(["", "", f" for {day.year}", f" for Q2 {day.year}"]))
        return f"f{number}: record performance of c2{meant} on {day}{known}"
    if kind == 7:
        used = draw(st.sampled_from([label for label in ("c0", "c3", "exit", "term") if label in present] or ["c0"]))
        return f"f{number}: record {draw(st.sampled_from(['exercise', 'notice']))} of {used} on {day}{known}"
    if kind == 9:
        subject = draw(st.sampled_from(["cure of c0", "cure of c1", *(["notice of c2"] if "c2" in present else [])]))
        return f"f{number}: record {subject} on {day}{known}"
    if kind == 4:
        return f"f{number}: record OPEN holds from {day}{known}"
    if kind == 5:
        return f'f{number}: record "it rains" holds from {day} until {day + timedelta(days=200)}{known}'
    if kind == 6:
        return f"f{number}: record CLOSING = {draw(st.sampled_from(['2021-07-01', '2022-01-31']))} known {late}"
    return f"f{number}: record DISCLOSED holds from {day}{known}"


@st.composite
def amendments(
    draw: st.DrawFn,
    number: int,
    present: tuple[str, ...],
    absent: tuple[str, ...],
    earlier: tuple[Amendment, ...] = (),
    *,
    short: bool = False,
) -> Amendment:
    """One instrument, signed in the month of its number; it may change the earlier ones, or be subject to one. A short
    one has one operation and a plain header."""
    signed = date(2021, 1, 1) + timedelta(days=170 * number + draw(st.integers(0, 20)))
    shape = draw(st.integers(0, 7))
    header: list[str] = []
    if shape in {0, 1, 2}:
        header.append(f"effective {signed - timedelta(days=draw(st.sampled_from([30, 400])))} retroactive")
    elif shape in {3, 4}:
        header.append(f"effective {signed + timedelta(days=draw(st.sampled_from([1, 200, 700])))}")
    elif shape == 5:
        header.append(f"when {draw(st.sampled_from(['E1', 'E2', 'OPEN']))}")
    if not short and draw(st.integers(0, 3)) == 0:
        header.append(draw(_ends()))
    if not short and earlier and draw(st.integers(0, 4)) == 0:
        header.append(f"subject to {draw(st.sampled_from(earlier)).name}")
    count = 1 if short else draw(st.integers(1, 3))
    written = tuple(draw(operations(present, absent, earlier)) for _ in range(count))
    return Amendment(f"a{number}", signed, " ".join(header), written)


@st.composite
def readings(
    draw: st.DrawFn, number: int, present: tuple[str, ...], absent: tuple[str, ...], written: tuple[Amendment, ...]
) -> Reading:
    """One reading, of the agreement or of one of the amendments."""
    place = draw(st.integers(-1, len(written) - 1))
    operation = operations(present, absent, written[: max(0, place)])
    count = draw(st.integers(1, 2))
    of = "d" if place < 0 else written[place].name
    return Reading(f"r{number}", of, tuple(draw(operation) for _ in range(count)))


@st.composite
def retractions(draw: st.DrawFn, fact: str) -> str:
    """The taking back of a fact, some time after it has become known."""
    last = date.fromisoformat(fact.rsplit(maxsplit=1)[-1])
    return f"retract {fact.partition(':')[0]} known {last + timedelta(days=draw(st.sampled_from([1, 100, 500])))}"


@st.composite
def cases(draw: st.DrawFn, *, most: int = 3) -> Case:
    """A contract of up to five clauses, a few facts, up to `most` amendments and up to two readings, that loads."""
    count = draw(st.integers(2, len(LABELS)))
    present, absent = LABELS[:count], LABELS[count:]
    clauses = [f"{label}: {draw(bodies(_before(label), VERBS[label], present))}" for label in present]
    others: tuple[str, ...] = ()
    if draw(st.integers(0, 3)) == 0:
        clauses.append(f"term {draw(st.sampled_from(TERMS))}")
        others = ("term",)
        if draw(st.booleans()):
            ground = draw(st.sampled_from(["convenience", "cause when breach of c2", "cause cure 30 days"]))
            clauses.append(f"exit: terminate A {ground} notice 30 days")
            others = (*others, "exit")
        if draw(st.booleans()):
            clauses.append(f"survive c0, c1 {draw(st.sampled_from(['', 'for 1 year', 'until 2026']))}".rstrip())
    if draw(st.booleans()):
        kept = draw(st.sampled_from(BOOKS))
        if all(label in present for label in re.findall(r"c\d", kept)):
            clauses.append(kept)
    written: tuple[Amendment, ...] = ()
    signed_ = draw(st.one_of(st.integers(0, most), st.integers(most // 2, most)))
    for number in range(signed_):
        written = (*written, draw(amendments(number, present, absent, written, short=signed_ > 3)))
    recorded = [draw(facts(number, (*present, *others))) for number in range(draw(st.integers(0, 4)))]
    given: bool = bool(others) and draw(st.booleans())
    if given:
        recorded.append(f"f{len(recorded)}: record notice of {draw(st.sampled_from(others))} on {draw(days)}")
    retracted = [draw(retractions(fact)) for fact in recorded if draw(st.integers(0, 5)) == 0]
    read = [draw(readings(number, present, absent, written)) for number in range(max(0, draw(st.integers(-2, 2))))]
    signed = draw(st.sampled_from(["2020-01-15", "2020-01-15", "2020-01-31", "2020", "2020-02"]))
    known = draw(days)
    case = Case(signed, DECLARATIONS, tuple(clauses), (*recorded, *retracted), written, known, tuple(read))
    return repaired(case)


# --- what is compared -----------------------------------------------------------------------------------------------


PROSPECTIVE = frozenset({"from", "until", "due"})
"""Terms whose resolved day looks ahead."""


def said(clause: dealrun.ClauseState) -> tuple[Any, ...]:
    """What a state says, provenance and prospects (the resolved day of a start, an end, a due day) left out."""
    terms = {
        name: (view.options, () if name in PROSPECTIVE and len(view.options) == 1 else view.contingent_on)
        for name, view in clause.terms.items()
    }
    return clause.status, clause.contingent_on, dict(clause.parties), terms


def standing(clause: dealrun.ClauseState) -> tuple[Any, ...]:
    """How what falls due stands, obligation by obligation.

    What is only to come of a clause that has not started is left out, as it is a prospect.
    """
    return tuple(
        (duty.number, duty.status, duty.contingent_on)
        for duty in clause.duties
        if not (clause.status == "not yet" and duty.status == "not yet due")
    )


def probes(*timelines: dealrun.Timeline) -> list[int]:
    """Every day on which something changes in one of the timelines, the days beside them, and the ends."""
    found = {FIRST.toordinal(), LAST.toordinal()}
    for timeline in timelines:
        for key in timeline.labels:
            for day in days_of_change(timeline.answers, key):
                found.update((day - 1, day))
    return sorted(found)


# --- shares ---------------------------------------------------------------------------------------------------------


@attrs.define
class Shares:
    """Counts the hard cases among those generated."""

    counts: Counter[str] = attrs.field(factory=Counter)
    total: int = 0

    def count(self, case: Case, contract: dealrun.Contract) -> None:
        """Count one case."""
        self.total += 1
        text = case.text()
        model = contract.model
        amending = [instrument for instrument in model.instruments if instrument.amends]
        operations_ = [op for instrument in amending for op in instrument.operations]
        touched = Counter(op.key for op in operations_)
        added = [op for i in model.instruments for op in i.operations if isinstance(op, Add) and op.entry.is_clause]
        of_amendments = [op for op in operations_ if header_of(op.key) is not None]
        timeline = contract.timeline(known=case.known)
        contingent = any(
            timeline.clause(label, day).status == "contingent"
            for label in timeline.labels
            for day in (case.known.toordinal() + 1, case.known.toordinal() + 400)
        )
        conditional = any(word in text for word in (" while ", " unless ", " when "))
        features = {
            "retroactive": any(i.retroactive and i.operations for i in amending),
            "contingent": contingent,
            "conditional": conditional,
            "references": any(f"{kind} of c" in line for line in text.splitlines() if not line.startswith("f")
                              for kind in ("end", "start", "breach", "default", "exercise", "performance")),
            "two on one clause": any(count > 1 for count in touched.values()),
            "waived": any(isinstance(op, Waive) for op in operations_),
            "dropped or replaced": any(isinstance(op, Add | Drop) for op in operations_),
            "readings": bool(model.readings),
            "lapsing": any(i.until is not None and i.operations for i in amending)
                       or any(isinstance(op, Drop) for op in of_amendments),
            "amended amendments": bool(of_amendments),
            "subject to another": any(i.yields_to for i in amending),
            "falling due": any({"due", "frequency"} & set(op.entry.terms) for op in added),
            "breached": any(duty.status == "breached" for label in timeline.labels
                            for day in (case.known.toordinal(), case.known.toordinal() - 400)
                            for duty in timeline.clause(label, day).duties),
            "cured or late": any(duty.status in {"cured", "performed late"} for label in timeline.labels
                                 for duty in timeline.clause(label, case.known.toordinal()).duties),
            "with a consequence": any("otherwise" in op.entry.terms for op in added),
            "with books": any(op.entry.word == "books" for op in added),
            "unrecorded": any(duty.status == "unrecorded" for label in timeline.labels
                              for duty in timeline.clause(label, case.known.toordinal()).duties),
            "with instances": any("each" in op.entry.terms for op in added),
            "renewing under conditions": bool(re.search(r"renews .*(?:when|while|unless|each) ", text)),
            "use outside": any(d.code == "DR508" and "in force" in d.message for d in contract.diagnostics),
            "named performance": bool(re.search(r"performance of c2 for ", text)),
            "rolled": any("roll" in op.entry.terms for op in added),
            "finer than a year": any(f" {word} " in text for word in ("quarterly", "monthly", "weekly")),
            "notice against renewal": "renews" in text and "notice of term" in text,
            "reinstated": any(isinstance(op, Reinstate) for op in operations_),
            "retracted": any(fact.retracted is not None for fact in model.facts),
            "eight instruments": len(amending) >= 5,
        }  # fmt: skip
        self.counts.update(name for name, there in features.items() if there)

    def table(self) -> str:
        """The shares, a line each."""
        return "\n".join(f"{name:>20} {self.counts[name] / max(1, self.total):6.1%}" for name in sorted(self.counts))
