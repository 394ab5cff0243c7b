"""Did you mean: the nearest of the names that would have fitted."""

from collections.abc import Iterable


def distance(left: str, right: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap two neighbours) between two words, or `limit + 1` if more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before_last: list[int] = []
    last = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before_last, last = last, row
    return last[-1]


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate closest to `word`, at most a third of its letters away; ties go to the first by name."""
    limit = max(1, min(3, len(word) // 3))
    folded = word.casefold()
    best: tuple[int, str] | None = None
    letters = set(folded)
    for candidate in candidates:
        # Each edit changes at most two letters of the set; most candidates are passed over by that alone.
        if abs(len(candidate) - len(word)) > limit or len(letters ^ set(candidate.casefold())) > 2 * limit:
            continue
        found = distance(folded, candidate.casefold(), limit)
        if found <= limit and (best is None or (found, candidate) < best):
            best = (found, candidate)
    return best[1] if best else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """A help line for a misspelt word, or None where nothing is near."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else None
