"""What a caller allows: steps, seconds, and until it is cancelled."""

import threading
import time
from collections.abc import Callable

import pytest

import dealrun
from dealrun.budget import counted

MANY = "".join(f'c{number}: permit A "a" from 2024-01-01 until 2030\n' for number in range(400))
TEXT = 'deal d "D" signed 2024-01-01\nparty A "A"\n' + MANY


def asked() -> int:
    """Some work: what 400 clauses are on some days."""
    timeline = dealrun.loads(TEXT).timeline()
    return sum(len(timeline.on(f"2025-01-{day:02}")) for day in range(1, 20))


def refused(work: Callable[[], object], **bounds: float) -> str:
    """Why the work ended."""
    with pytest.raises(dealrun.BudgetError) as caught, dealrun.Budget(**bounds):  # type: ignore[arg-type]
        work()
    assert isinstance(caught.value, dealrun.DealError)
    return caught.value.reason


def test_work_within_its_budget_is_not_touched() -> None:
    alone = asked()
    with dealrun.Budget(steps=10_000_000, seconds=600) as budget:
        assert asked() == alone
    assert 50_000 < budget.spent < 1_000_000
    with dealrun.Budget() as free:
        asked()
    assert free.spent == budget.spent


def test_steps_count_over_all_questions_of_the_block() -> None:
    timeline = dealrun.loads(TEXT).timeline()
    with dealrun.Budget() as one:
        timeline.on("2025-01-01")
    assert refused(asked, steps=one.spent * 3) == "steps"
    with dealrun.Budget(steps=one.spent):
        timeline.on("2025-01-02")
    assert refused(lambda: timeline.on("2025-01-03"), steps=one.spent - 1) == "steps"


def test_a_deadline_ends_loading_too() -> None:
    assert refused(lambda: dealrun.loads(TEXT * 1), seconds=1e-9) == "seconds"
    before = time.monotonic()
    assert refused(lambda: [asked() for _ in range(10_000)], seconds=0.2) == "seconds"
    assert time.monotonic() - before < 20


def test_another_thread_cancels() -> None:
    budget = dealrun.Budget()
    threading.Timer(0.1, budget.cancel).start()
    with pytest.raises(dealrun.BudgetError, match="cancelled"), budget:
        [asked() for _ in range(100_000)]


def test_a_budget_ends_with_its_block() -> None:
    budget = dealrun.Budget(steps=1)
    with pytest.raises(dealrun.BudgetError), budget:
        asked()
    assert asked() > 0
    with pytest.raises(dealrun.ArgumentError, match="used before"), budget:
        pass


def test_threads_have_budgets_of_their_own() -> None:
    contract = dealrun.loads(TEXT)
    reasons: list[str] = []

    def work(steps: int) -> None:
        try:
            with dealrun.Budget(steps=steps):
                contract.timeline().on("2025-01-01")
            reasons.append("done")
        except dealrun.BudgetError as error:
            reasons.append(error.reason)

    threads = [threading.Thread(target=work, args=(1 if number % 2 else 10**9,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reasons) == ["done"] * 5 + ["steps"] * 5


def test_the_limit_of_a_question_holds_beside_a_budget() -> None:
    timeline = dealrun.loads(TEXT).timeline()
    with pytest.raises(dealrun.LimitError, match="more than 10 steps"), dealrun.Budget(steps=10**12), counted(10):
        timeline.on("2025-01-01")


@pytest.mark.parametrize("bounds", [{"steps": 0}, {"steps": -1}, {"seconds": 0}, {"seconds": float("nan")}])
def test_a_bound_is_above_zero(bounds: dict[str, float]) -> None:
    with pytest.raises(dealrun.ArgumentError, match="above zero"):
        dealrun.Budget(**bounds)  # type: ignore[arg-type]


def test_the_bounds_of_a_budget_hold_within_another() -> None:
    with dealrun.Budget() as one:
        asked()
    half = dealrun.Budget(steps=one.spent // 2)
    with pytest.raises(dealrun.BudgetError) as caught, half, dealrun.Budget(seconds=600):
        asked()
    assert caught.value.reason == "steps"
    with dealrun.Budget(steps=one.spent) as outer:
        with dealrun.Budget() as inner:
            asked()
        assert outer.spent == inner.spent == one.spent
        with pytest.raises(dealrun.BudgetError), dealrun.Budget():  # what the first took is gone
            asked()


@pytest.mark.parametrize("bounds", [{"steps": True}, {"steps": 1.5}, {"steps": "2"}, {"seconds": "1"}])
def test_a_bound_is_a_number(bounds: dict[str, float]) -> None:
    with pytest.raises(dealrun.ArgumentTypeError, match="number"):
        dealrun.Budget(**bounds)  # type: ignore[arg-type]
