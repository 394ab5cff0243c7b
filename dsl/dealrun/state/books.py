"""Of which clauses books are kept: what falls due under them and is not recorded was not done.

In: the evaluator, a label, and the statements that say so. Out: whether books are kept of it, for every day
(docs/language.md#books).
"""

from collections.abc import Sequence

from dealrun.model.keys import Label
from dealrun.state.amend.episode import names_label
from dealrun.state.answers import FALSE, Answers
from dealrun.state.pieces import truth_of
from dealrun.time import YES, StepFunction, Truth, both, either, negate


def kept(ev: Answers, label: Label, books: Sequence[Label]) -> StepFunction[Truth]:
    """Whether one of several statements says that books are kept of a clause."""
    found = FALSE
    for name in books:
        for episode in ev.episodes(name):
            there = episode.started.zip(episode.waived.map(negate), both).zip(episode.holds, both)
            there = there.zip(episode.end.come.map(negate), both).zip(episode.dropped.come.map(negate), both)
            clauses = episode.terms.get("clauses")
            if clauses is not None:
                named = truth_of(
                    clauses, lambda value: StepFunction.always(YES if value is None else names_label(value, label))
                )
                there = there.zip(named, both)
            found = found.zip(there, either)
    return found
