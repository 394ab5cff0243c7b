"""The LALR(1) driver: a statement's token kinds into a derivation.

In: the kinds of one statement's tokens. Out: its derivation, nodes of (rule name, children) whose leaves are token
indices; or the index of the first token that fits nothing, with the kinds that would have fitted. A derivation
depends on the kinds alone, so each distinct sequence is parsed once and the result kept: real files repeat a few
hundred shapes. Guaranteed: linear in the tokens, no recursion.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from dealrun.syntax.table import ParseTable

END = "$END"


class Derived(NamedTuple):
    """A node of a derivation."""

    name: str
    children: "tuple[Derivation, ...]"


Derivation: TypeAlias = Derived | int


class Refused(NamedTuple):
    """Where a derivation broke off (`at` is the number of tokens at the end), and the kinds that would have gone on."""

    at: int
    accepts: frozenset[str]


def derive(table: ParseTable, kinds: Sequence[str]) -> Derived | Refused:
    """Parse a sequence of token kinds."""
    states, rules = table.states, table.rules
    stack = [table.start]
    values: list[Derivation | list[Derivation]] = []
    index, size = 0, len(kinds)
    while True:
        kind = kinds[index] if index < size else END
        action = states[stack[-1]].get(kind)
        if action is None:
            return Refused(index, _accepts(table, stack))
        if action >= 0:
            stack.append(action)
            values.append(index)
            index += 1
            continue
        rule = rules[-1 - action]
        children: list[Derivation] = []
        if rule.size:
            for value in values[-rule.size :]:
                if isinstance(value, list):
                    children.extend(value)
                else:
                    children.append(value)
            del stack[-rule.size :], values[-rule.size :]
        if rule.inline:
            values.append(children)
        elif rule.expand and len(children) == 1:
            values.append(children[0])
        else:
            values.append(Derived(rule.name, tuple(children)))
        stack.append(states[stack[-1]][rule.origin])
        if kind == END and stack[-1] == table.end:
            result = values[-1]
            assert isinstance(result, Derived)
            return result


def _accepts(table: ParseTable, stack: list[int]) -> frozenset[str]:
    """The kinds that some sequence of reductions would let through from here."""
    found = set()
    for kind in table.states[stack[-1]]:
        if kind.isupper() or kind == END:
            trial = list(stack)
            action = table.states[trial[-1]].get(kind)
            while action is not None and action < 0:
                rule = table.rules[-1 - action]
                if rule.size:
                    del trial[-rule.size :]
                trial.append(table.states[trial[-1]][rule.origin])
                if kind == END and trial[-1] == table.end:
                    break
                action = table.states[trial[-1]].get(kind)
            if action is not None:
                found.add(kind)
    return frozenset(found)
