"""The uses of a right: which notices and exercises count.

In: an evaluation and the label of a right. Out: its `Uses`. Guaranteed: a use counts on a day on which the right is in
force, where everything that the use itself brings about is left aside; an earlier use that counts can end the right for
a later one (docs/language.md#rights-and-their-use).
"""

from collections.abc import Callable

from dealrun.budget import spend
from dealrun.model.keys import Label
from dealrun.state.answers import Answers, Uses
from dealrun.state.pieces import provided
from dealrun.time import NEVER, Moment, StepFunction, Truth, both
from dealrun.time.moment import first

USES = "notice", "exercise"


def find_uses(ev: Answers, label: Label, standing: Callable[[Uses], StepFunction[Truth]]) -> Uses:
    """The uses that count; `standing` says when the right is in force if none but the given uses are made."""
    made = [(word, moment) for word in USES for moment in ev.world.occurrences(f"{word} of {label}")]
    made.sort(key=lambda each: (each[1].lo, each[1].hi, each[0]))
    known: list[tuple[str, Moment]] = []
    last = standing(Uses())
    for word, moment in made:
        spend()
        counted = provided(moment, last)
        if counted.lo < NEVER:
            known.append((word, counted))
            last = standing(Uses(tuple(known)))
    more: list[tuple[str, Moment]] = []
    for word in USES:
        open_ = ev.world.more(f"{word} of {label}")
        if open_ is not None:
            coming = first(open_.come.zip(last, both))
            if coming.lo < NEVER:
                more.append((word, coming))
    return Uses(tuple(known), tuple(more))
