"""In whose favour a change is.

In: a change of a clause, and the clause before and after it. Out: the parties whom it favours. Guaranteed: nobody,
where the terms alone do not decide it.
"""

from fractions import Fraction

from dealrun.model.behaviour import Behaviour
from dealrun.model.values import Amount, Due, Duration, Names
from dealrun.model.vocabulary import FORMS, ValueKind
from dealrun.state.change import Change
from dealrun.state.views import ClauseState, TermView
from dealrun.time import NEVER

_STANDING = {"in force": 2, "contingent": 1}
_EXCLUSIVITY = {"exclusive": 3, "sole": 2, "co-exclusive": 1, "nonexclusive": 0}
_LISTS = frozenset({"scope", "territory", "field", "with", "on", "base", "of"})


def favoured(change: Change, before: ClauseState | None, after: ClauseState) -> tuple[str, ...]:
    """Whom a change favours, where the terms alone decide it; empty elsewhere."""
    if before is not None and before.parties != after.parties:
        return ()  # other people's right or duty
    gain = _gain(change, before, after)
    if not gain:
        return ()
    holding, bound = sides(after)
    return holding if gain > 0 else bound


def gainers(state: ClauseState) -> tuple[str, ...]:
    """Who gains by a clause: whoever is bound, where the clause protects them; nobody by name, where it is mutual."""
    holding, bound = sides(state)
    return bound if FORMS[state.kind].shield in state.terms else holding


def is_mutual(state: ClauseState) -> bool:
    """Whether each party gains by a clause, and is bound by it."""
    return any("each" in names for names in state.parties.values())


def sides(state: ClauseState) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who gains by a clause, and who is bound by it."""
    form = FORMS[state.kind]
    if not form.roles or form.behaviour is Behaviour.TERM:
        return (), ()
    lone, giver, receiver = form.roles
    held, bound = state.parties.get(receiver, ()), state.parties.get(giver, ())
    if "each" in bound:
        return (), ()
    if giver == lone:
        return held, bound
    return held or state.parties.get(lone, ()), bound


def _gain(change: Change, before: ClauseState | None, after: ClauseState) -> int:
    """1 where whoever holds the clause gains, -1 where whoever is bound by it does, 0 where that is not plain."""
    if change.term is None:
        was = _STANDING.get(before.status, 0) if before is not None else 0
        now = _STANDING.get(after.status, 0)
        gain = (now > was) - (now < was)
        shields = FORMS[after.kind].shield in (after if now else before or after).terms
        return -gain if shields else gain
    old = before.terms.get(change.term) if before is not None else None
    new = after.terms.get(change.term)
    term = FORMS[after.kind].terms.get(change.term)
    if term is None:
        return 0
    if change.term in {"cap", "floor"} and (old is None) != (new is None):
        return 1 if (change.term == "floor") == (old is None) else -1  # whatever the amount is
    if term.kind is ValueKind.DUE and change.term in {"due", "cure"} and old is not None and new is not None:
        return -_later(old, new)
    if any(view is not None and view.written is None for view in (old, new)):
        return 0
    match term.kind:
        case ValueKind.FLAG:
            return (new is not None) - (old is not None)
        case ValueKind.AMOUNT if change.term in {"rate", "amount", "floor", "share", "cap"}:
            return _more(old, new)
        case ValueKind.NAMES if change.term == "except":
            return -_wider(old, new, nothing=True)
        case ValueKind.NAMES if change.term in _LISTS:
            return _wider(old, new, nothing=False)
        case ValueKind.END:
            return _longer(_last_day(old), _last_day(new))
        case ValueKind.WORD if change.term == "exclusivity":
            was_, now_ = (_EXCLUSIVITY.get(view.text) if view else 0 for view in (old, new))
            return _sign(was_, now_)
        case _:
            return 0


def _later(old: TermView, new: TermView) -> int:
    """Whether a time for acting is longer; 0 where two do not compare."""
    if old.day is not None and new.day is not None:
        return _sign(old.day.toordinal(), new.day.toordinal())
    was, now = (view.written.time if isinstance(view.written, Due) else None for view in (old, new))
    if isinstance(was, Duration) and isinstance(now, Duration) and (was.unit, was.redacted) == (now.unit, now.redacted):
        return _sign(was.count, now.count)
    return 0


def _sign(old: Fraction | int | None, new: Fraction | int | None) -> int:
    return 0 if old is None or new is None else (new > old) - (new < old)


def _longer(old: int | None, new: int | None) -> int:
    """Whether a clause lasts longer; None is a day that is not known, which still is one."""
    if old is None or new is None:
        return (new == NEVER) - (old == NEVER)
    return _sign(old, new)


def _more(old: TermView | None, new: TermView | None) -> int:
    """Whether an amount has grown; 0 where two do not compare: another unit, another window."""
    if old is None or new is None or old.unit != new.unit:
        return 0
    if not isinstance(old.written, Amount) or not isinstance(new.written, Amount):
        return 0
    mine, theirs = old.written, new.written
    if (mine.per_unit, mine.per, mine.over) != (theirs.per_unit, theirs.per, theirs.over):
        return 0
    return _sign(old.least, new.least)


def _wider(old: TermView | None, new: TermView | None, *, nothing: bool) -> int:
    """Whether a list has grown or shrunk; 0 where it has done both. No list is an empty one only if `nothing`."""
    if not nothing and (old is None or new is None):
        return 0
    left, right = (set(v.written.members) if v and isinstance(v.written, Names) else set() for v in (old, new))
    return (right > left) - (right < left)


def _last_day(view: TermView | None) -> int | None:
    if view is None or view.text == "perpetual":
        return NEVER
    return None if view.day is None else view.day.toordinal()
