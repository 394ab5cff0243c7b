"""A contract over its life: signing, recording, retracting, asking and restating in any order never break a law.

A state machine of hypothesis drives one contract from day to day. What was asked as known on a day is asked again after
every step and has to stay as it was (law 8); a restatement says from its day on what the chain says (law 6), and life
goes on from it; and after every step the second evaluator agrees.
"""

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import dealrun
from dealrun.algebra.same import said as restating
from either import either
from naive import Naive
from strategies import DECLARATIONS, EVENTS, LABELS, Amendment, bodies, operations, probes, said
from test_naive import horizon

BEGIN = date(2020, 1, 15)
ASKED = (date(2020, 6, 1), date(2022, 1, 31), date(2024, 2, 29), date(2027, 7, 1))

Answers = dict[str, tuple[object, ...]]


class Life(RuleBasedStateMachine):
    """One contract; `today` is the last day of which everything is known."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.today = BEGIN
        self.count = 0
        self.records: list[str] = []
        self.asked: dict[date, Answers] = {}
        self.contract: dealrun.Contract

    @initialize(data=st.data())
    def agree(self, data: st.DataObject) -> None:
        """The agreement, of two clauses at least."""
        labels = LABELS[: data.draw(st.integers(2, 3))]
        verbs = ("license", "fee", "require")
        lines = [f"{label}: {data.draw(bodies(LABELS[:place], verbs[place]))}" for place, label in enumerate(labels)]
        head = [f'deal d "Generated" signed {BEGIN}', *DECLARATIONS]
        for left in range(len(lines), -1, -1):  # leave out what the checker refuses
            text = "\n".join([*head, *lines[:left]]) + "\n"
            loaded = either(text)
            if isinstance(loaded, dealrun.Contract):
                self.text, self.contract = text, loaded
                return
        raise AssertionError("a contract of declarations alone loads")

    def later(self, days: int) -> None:
        """Time passes."""
        self.today += timedelta(days=days)
        self.count += 1

    def add(self, more: str) -> bool:
        """Put more into the file, if the checker takes it; what was asked before may not change by it."""
        loaded = either(self.text + more)
        if not isinstance(loaded, dealrun.Contract):
            return False
        self.text, self.contract = self.text + more, loaded
        for known, answers in self.asked.items():
            assert self.answers(known) == answers, f"as known on {known}\n{self.text}"
        return True

    def answers(self, known: date) -> Answers:
        """What is said of every clause on a few days, as known on a day."""
        timeline = self.contract.timeline(known=known)
        return {f"{label} {day}": said(timeline.clause(label, day.toordinal()))
                for label in timeline.labels for day in ASKED}  # fmt: skip

    @rule(
        days=st.integers(1, 400), header=st.sampled_from(["", "", "later", "earlier", "when", "until"]), data=st.data()
    )
    def sign(self, days: int, header: str, data: st.DataObject) -> None:
        """An amendment."""
        self.later(days)
        present = tuple(label for label in LABELS if f"\n{label}: " in self.text or f"add {label}: " in self.text)
        if not present:
            return
        absent = tuple(label for label in LABELS if label not in present)
        words = {
            "later": f"effective {self.today + timedelta(days=90)}",
            "earlier": f"effective {self.today - timedelta(days=90)} retroactive",
            "when": "when E2",
            "until": f"until {self.today + timedelta(days=200)}",
        }
        done = tuple(data.draw(operations(present, absent)) for _ in range(data.draw(st.integers(1, 2))))
        self.add(Amendment(f"a{self.count}", self.today, words.get(header, ""), done).text() + "\n")

    @rule(days=st.integers(1, 200), event=st.sampled_from(EVENTS), late=st.sampled_from([0, 30]))
    def record(self, days: int, event: str, late: int) -> None:
        """An event, known at once or later."""
        self.later(days)
        name = f"r{self.count}"
        if self.add(f"{name}: record {event} on {self.today - timedelta(days=late)} known {self.today}\n"):
            self.records.append(name)

    @precondition(lambda self: self.records)
    @rule(days=st.integers(1, 200), data=st.data())
    def retract(self, days: int, data: st.DataObject) -> None:
        """A record that turns out to be wrong."""
        self.later(days)
        name = data.draw(st.sampled_from(self.records))
        if self.add(f"retract {name} known {self.today}\n"):
            self.records.remove(name)

    @rule()
    def ask(self) -> None:
        """What is known today, to be asked again."""
        self.asked[self.today] = self.answers(self.today)

    @rule(days=st.integers(0, 60))
    def restate(self, days: int) -> None:
        """The consolidated agreement of today, from which life goes on."""
        self.later(days)
        on = self.today.toordinal()
        text = self.contract.restate(self.today, known=self.today)
        restated = dealrun.loads(text)
        old, new = self.contract.timeline(known=self.today), restated.timeline(known=self.today)
        for day in (day for day in probes(old, new) if day >= on):
            for label in old.labels:
                if label in new.labels:
                    assert restating(old.clause(label, day)) == restating(new.clause(label, day)), (label, day, text)
                else:
                    assert old.clause(label, day).status == "ended", (label, day)
        self.text, self.contract = text, restated
        self.asked = {}
        self.records = [name for name in self.records if f"\n{name}: record" in text]

    @invariant()
    def the_second_evaluator_agrees(self) -> None:
        """As known today, on the day after."""
        if not self.text:
            return
        timeline = self.contract.timeline(known=self.today)
        naive = Naive(self.contract.model, self.today.toordinal(), horizon=horizon(2019, 2031))
        day = self.today.toordinal() + 1
        for label in timeline.labels:
            theirs = naive.state(label, day)
            assert theirs is not None
            assert theirs.status == timeline.clause(label, day).status, (label, self.today, self.text)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=12)
