"""Courses of events as recorded facts in a world in which nothing else happens: the oracle of the prover.

In: a contract, and for each happening a day or never. Out: whether a claim fails, and on which day. Guaranteed: no code
of the search; a happening is a fact that was recorded, and the world is closed for good.
"""

import itertools
import random
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import attrs

import dealrun
from dealrun.api.proving import resolved
from dealrun.model.contract import Fact
from dealrun.model.values import OnDate, Start, Value
from dealrun.proof.claims import Proposition, truth
from dealrun.source import SourceText, Span
from dealrun.state.knowledge import Recorded, World, make_world
from dealrun.state.timeline import Timeline
from dealrun.time import NEVER
from dealrun.time.days import LAST
from naive import Naive

KNOWN = dealrun.day("2024-01-01").toordinal()
NOWHERE = Span(SourceText("course", "x"), 0, 1)


class Happens(NamedTuple):
    """What kind of happening a name is, and its day (of a truth 0 or 1)."""

    kind: str
    day: int


def _fact(subject: str, day: int, end: int | None = None, kind: Any = "happened") -> Fact:
    subject, of_period, period = subject.partition(" for ")
    within = None
    if of_period:  # the performance of one of several obligations names it
        first, _, last = period.partition(" to ")
        within = (dealrun.day(first).toordinal(), dealrun.day(last).toordinal())
    return Fact(f"course {subject} {day}", kind, subject, day, day, end, None, KNOWN, None, NOWHERE, within=within)


def facts_of(course: Mapping[str, Happens]) -> tuple[list[Fact], dict[str, Value | bool]]:
    """What happens in a course as facts, and the values of what nobody knows."""
    facts: list[Fact] = []
    values: dict[str, Value | bool] = {}
    switches: dict[str, list[int]] = {}
    for name, (kind, day) in course.items():
        if kind == "truth":
            values[name] = bool(day)
        elif kind == "date":
            values[name] = Start("from", OnDate(min(day, NEVER - 1), min(day, NEVER - 1), name))
        elif kind == "switch":
            switches.setdefault(name.rpartition(" switch ")[0], []).append(day)
        elif day < NEVER and kind == "use":
            facts += [_fact(f"{word} of {name.removeprefix('use of ')}", day) for word in ("notice", "exercise")]
        elif day < NEVER:
            facts.append(_fact(name, day))
    for condition, days in switches.items():
        ordered = [*sorted(days), NEVER]
        for begin, end in zip(ordered[::2], ordered[1::2], strict=False):
            if begin < min(end, NEVER):
                facts.append(_fact(condition, begin, end if end < NEVER else None, "holds"))
    return facts, values


def world(contract: dealrun.Contract, course: Mapping[str, Happens]) -> World:
    """The world of a course: what is known, what happens, and nothing else."""
    facts, values = facts_of(course)
    recorded = Recorded([*contract.model.facts, *facts])
    return attrs.evolve(make_world(recorded, KNOWN, (), values), open_from=NEVER)


def claim_of(contract: dealrun.Contract, text: str) -> Proposition:
    """A claim about a contract."""
    return resolved(contract.texts, contract.model, text, one_day=True)


def breaches(contract: dealrun.Contract, course: Mapping[str, Happens], label: str) -> bool:
    """Whether what a clause asks for is missed in a course."""
    timeline = Timeline(contract.index, world(contract, course))
    if label not in timeline.labels:
        return False
    state = timeline.clause(label, KNOWN + 60)
    return any(duty.breached is not None for duty in state.duties)


def fails(
    contract: dealrun.Contract, claim: Proposition, course: Mapping[str, Happens], days: Iterable[int]
) -> int | None:
    """The first of some days on which a claim fails in a course; every answer of a course is certain."""
    timeline = Timeline(contract.index, world(contract, course))
    for day in days:
        found = truth(claim, timeline, day)
        assert found.level != 1, ("open in a course", sorted(found.hangs_on), course, day)
        if found.level == 0:
            return day
    return None


def agree(contract: dealrun.Contract, course: Mapping[str, Happens], days: Iterable[int]) -> None:
    """The naive evaluator says of every clause in a course what the engine says."""
    timeline = Timeline(contract.index, world(contract, course))
    facts, values = facts_of(course)
    model = attrs.evolve(contract.model, facts=(*contract.model.facts, *facts))
    naive = Naive(model, LAST, values=values, horizon=(KNOWN - 60, KNOWN + 120))
    for label, day in itertools.product(timeline.labels, days):
        theirs = naive.state(label, day)
        assert theirs is not None
        assert theirs.status == timeline.clause(label, day).status, (label, day, course)


# --- generated contracts ----------------------------------------------------------------------------------------------


class Generated(NamedTuple):
    """A contract, a claim about it, its happenings with their kinds, and how many days the claim is about, where that
    matters."""

    text: str
    claim: str
    names: dict[str, str]
    days: int | None = None


@attrs.define
class Writer:
    """Writes a small contract of a few happenings, and a claim about it."""

    rng: random.Random
    lines: list[str] = attrs.field(factory=lambda: [
        'deal d "D" signed 2023-12-01', 'party A "A"', 'party B "B"', "books",
    ])  # fmt: skip
    names: dict[str, str] = attrs.field(factory=dict)
    dated: list[str] = attrs.field(factory=list)
    """Names that can be times."""
    labels: list[str] = attrs.field(factory=list)

    def whole(self) -> Generated:
        """A contract and a claim."""
        rng = self.rng
        for number in range(rng.choice([1, 2, 2, 2, 3])):
            self._name(number)
        if rng.random() < 0.35:
            self._right()
        if rng.random() < 0.3:
            self._duty()
        elif rng.random() < 0.2:
            self._periodic()
        for number in range(rng.choice([1, 2, 2, 3])):
            self._clause(number)
        return Generated("\n".join(self.lines) + "\n", self._claim(), self.names)

    def thin(self) -> Generated:
        """A contract in which three clauses, each in force on a single day, hardly ever are so together."""
        rng = self.rng
        for number in range(3):
            self.lines.append(f'event E{number} "e"')
            self.names[f"E{number}"] = "event"
            self._window(number, length := rng.randint(1, 9), length, f"E{number}")
        together = " and ".join(f"{label} in force" for label in self.labels)
        return Generated("\n".join(self.lines) + "\n", f"not ({together})", self.names, rng.randint(8, 14))

    def related(self) -> Generated:
        """A contract whose clauses hang on two events that can come anywhere, so that a day of one stands for many."""
        rng = self.rng
        for name in ("E0", "E1"):
            self.lines.append(f'event {name} "e"')
            self.names[name] = "event"
        first, second, wide = rng.randint(1, 20), rng.randint(1, 20), rng.randint(0, 6)
        self._window(0, first, first + wide, "E0")
        self._window(1, second, second + wide, "E1")
        last = wide - rng.choice([0, 0, 0, 0, 1])
        begins = f"earlier of {first} days after E0, {second} days after E1"
        ends = f"later of {first + last} days after E0, {second + last} days after E1"
        self.lines.append(f"c2: license A->B from {begins} until {ends}")
        self.labels.append("c2")
        claim = rng.choice(["c0 in force and c1 in force -> c2 in force", "c1 in force -> c2 in force or c0 ended"])
        return Generated("\n".join(self.lines) + "\n", claim, self.names, rng.randint(25, 45))

    def _window(self, number: int, begin: int, end: int, name: str) -> None:
        """A clause that is in force between two days after an event, both included."""
        self.lines.append(f"c{number}: license A->B from {begin} days after {name} until {end} days after {name}")
        self.labels.append(f"c{number}")

    def _length(self) -> str:
        return f"{self.rng.choice([1, 2, 3, 5, 7])} days"

    def _name(self, number: int) -> None:
        kind = self.rng.random()
        if kind < 0.65:
            self.lines.append(f'event E{number} "e"')
            self.names[f"E{number}"] = "event"
            self.dated.append(f"E{number}")
        elif kind < 0.8:
            first = self.rng.randint(2, 6)
            last = first + self.rng.randint(0, 6)
            self.lines.append(f'unknown U{number} date "u" between 2024-01-{first:02d} and 2024-01-{last:02d}')
            self.names[f"U{number}"] = f"date {first} {last}"
            self.dated.append(f"U{number}")
        elif kind < 0.9:
            self.lines.append(f'condition C{number} "c"')
            self.names[f"C{number}"] = "condition"
        else:
            self.lines.append(f'unknown T{number} truth "t"')
            self.names[f"T{number}"] = "truth"

    def _time(self, depth: int = 0) -> str:
        kind = self.rng.random()
        if kind < 0.3 or not self.dated:
            return f"2024-01-{self.rng.randint(1, 12):02d}"
        if kind < 0.55:
            return self.rng.choice(self.dated)
        if kind < 0.85 or depth:
            return f"{self._length()} {self.rng.choice(['after', 'before'])} {self.rng.choice(self.dated)}"
        return f"{self.rng.choice(['earlier of', 'later of'])} {self._time(1)}, {self._time(1)}"

    def _condition(self) -> str:
        names = [name for name, kind in self.names.items()
                 if not kind.startswith("date") and " of " not in name]  # fmt: skip
        if not names:
            return ""
        kind = self.rng.random()
        one, other = self.rng.choice(names), self.rng.choice(names)
        return one if kind < 0.6 else f"not {one}" if kind < 0.8 else f"{one} {self.rng.choice(['and', 'or'])} {other}"

    def _right(self) -> None:
        ground = self._condition()
        cause = f"cause when {ground}" if ground and self.rng.random() < 0.6 else "convenience"
        cure = f" cure {self._length()}" if self.rng.random() < 0.4 else ""
        self.lines.append(f"x: terminate A {cause} notice {self._length()}{cure}")
        self.names["use of x"] = "use"
        if cure:
            self.names["cure of x"] = "cure"

    def _duty(self) -> None:
        cure = self.rng.choice(["", f" cure {self._length()}"])
        self.lines.append(f'r: require A->B "do" by {self._time()}{cure}')
        self.names["performance of r"] = "performance"
        end = self.rng.choice(["breach of r", "default of r", f"{self._length()} after performance of r"])
        self.lines.append(f"c9: license A->B until {end}")
        self.labels += ["r", "c9"]

    def _periodic(self) -> None:
        """A duty by the week, of which two fall due within the days that are looked at."""
        start = self.rng.randint(2, 4)
        cure = self.rng.choice(["", f" cure {self._length()}"])
        self.lines.append(f'r: require A->B "do" weekly from 2024-01-{start:02d} until 2024-01-14 within 1 day{cure}')
        for first, last in ((1, 7), (8, 14)):
            self.names[f"performance of r for 2024-01-{first:02d} to 2024-01-{last:02d}"] = "performance"
        self.lines.append(f"c9: license A->B until {self.rng.choice(['breach of r', 'default of r'])}")
        self.labels += ["r", "c9"]

    def _clause(self, number: int) -> None:
        text = f"c{number}: license A->B"
        if self.rng.random() < 0.3:
            text += f" from {self._time()}"
        if self.rng.random() < 0.7:
            plain = [label for label in self.labels if label != "r"]
            if plain and self.rng.random() < 0.3:
                which = self.rng.choice(["end of", "start of"])
                text += f" until {self._length()} after {which} {self.rng.choice(plain)}"
            else:
                text += f" until {self._time()}"
        ground = self._condition()
        if ground and self.rng.random() < 0.4:
            text += f" {self.rng.choice(['when', 'while', 'unless'])} {ground}"
        self.lines.append(text)
        self.labels.append(f"c{number}")

    def _claim(self) -> str:
        rng = self.rng

        def atom() -> str:
            return f"{rng.choice(self.labels)} {rng.choice(['in force', 'ended', 'in force', 'not yet', 'dormant'])}"

        kind = rng.random()
        if kind < 0.25:
            return atom()
        if kind < 0.55:
            return f"{atom()} -> {atom()}"
        if kind < 0.75:
            return f"not ({atom()} and {atom()})"
        return f"({atom()} or {atom()}) and not {atom()}" if rng.random() < 0.5 else f"{atom()} or {atom()} or {atom()}"


def choices(names: Mapping[str, str], last: int) -> list[list[tuple[str, Happens]]]:
    """For each happening every day that it may have."""
    days = [*range(KNOWN + 1, last + 1), NEVER]
    found: list[list[tuple[str, Happens]]] = []
    weekly = [KNOWN + 1, KNOWN + 5, *range(KNOWN + 7, KNOWN + 20, 3), NEVER]
    for name, kind in names.items():
        word, *bounds = kind.split()
        if word == "truth":
            found.append([(name, Happens(word, value)) for value in (0, 1)])
        elif word == "date":
            begin, end = (KNOWN - 1 + int(each) for each in bounds)
            found.append([(name, Happens(word, day)) for day in range(begin, end + 1)])
        elif word == "condition":
            found += [[(f"{name} switch {n}", Happens("switch", day)) for day in days] for n in (1, 2)]
        elif " for " in name:
            found.append([(name, Happens(word, day)) for day in weekly])
        else:
            found.append([(name, Happens(word, day)) for day in days])
    return found
