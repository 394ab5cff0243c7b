"""Did you mean: the nearest of the names that would have fitted."""

from collections.abc import Iterable

from dealrun.budget import seek
from dealrun.errors import UnknownNameError

LONGEST = 100
"""Letters of a name for which another is sought."""


def distance(left: str, right: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap two neighbours) between two words, or `limit + 1` if more.

    Only the cells near the diagonal are computed, so that it takes time in proportion to the letters.
    """
    over = limit + 1
    if abs(len(left) - len(right)) > limit:
        return over
    before_last: dict[int, int] = {}
    last = {j: j for j in range(min(len(right), limit) + 1)}
    for i, a in enumerate(left, 1):
        row = {0: i} if i <= limit else {}
        for j in range(max(1, i - limit), min(len(right), i + limit) + 1):
            b = right[j - 1]
            cost = min(last.get(j, over) + 1, row.get(j - 1, over) + 1, last.get(j - 1, over) + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before_last.get(j - 2, over) + 1)
            row[j] = cost
        if min(row.values(), default=over) > limit:
            return over
        before_last, last = last, row
    return min(last.get(len(right), over), over)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate closest to `word`, at most a third of its letters away; ties go to the first by name.

    None for a long name, and where many have been sought for one answer.
    """
    if len(word) > LONGEST:
        return None
    limit = max(1, min(3, len(word) // 3))
    folded = word.casefold()
    best: tuple[int, str] | None = None
    letters = set(folded)
    for candidate in candidates:
        if not seek(1):
            return None
        # Each edit changes at most two letters of the set; most candidates are passed over by that alone.
        if abs(len(candidate) - len(word)) > limit or len(letters ^ set(candidate.casefold())) > 2 * limit:
            continue
        if not seek(len(word)):
            return None
        found = distance(folded, candidate.casefold(), limit)
        if found <= limit and (best is None or (found, candidate) < best):
            best = (found, candidate)
    return best[1] if best else None


def no_clause(label: object, labels: Iterable[str], when: str = "") -> UnknownNameError:
    """The error for a label that no clause has; it names the clauses of that name in a deal, else what is near."""
    if not isinstance(label, str):
        return UnknownNameError(f"no clause {label!r}{when}; a label is a text")
    known = list(labels)
    meant = [each for each in known if each.endswith(f".{label}")] or [each for each in [nearest(label, known)] if each]
    hint = f"; did you mean {' or '.join(f'`{each}`' for each in meant)}?" if meant else ""
    return UnknownNameError(f"no clause `{label}`{when}{hint}")


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """A help line for a misspelt word, or None where nothing is near."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else None
