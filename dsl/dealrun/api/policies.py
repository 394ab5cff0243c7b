"""Policies: files that say how severe a ground is, in words of their own.

In: a TOML file. Out: for each ground of an exposure the word of the first rule that fits it. Guaranteed: a rule with a
key or a value that is not known is refused, never passed over.
"""

import os
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

import attrs

from dealrun.diagnostics import did_you_mean
from dealrun.errors import ArgumentError
from dealrun.model.contract import Model
from dealrun.proof.exposure import Effect, Exposure, Ground

KEYS = {
    "severity": "the word that it gives", "label": "a clause, or a pattern (`ip*`); empty for a whole deal",
    "verb": "what the clause begins with", "effect": "what happens to it", "term": "the term that changes",
    "by": "a party that has a happening in hand; `nobody`", "months": "how soon it can take effect, at most",
}  # fmt: skip
"""What a rule can say."""
EFFECTS = get_args(Effect)


@attrs.frozen
class Rule:
    """One rule of a policy; what it does not say fits everything."""

    severity: str
    label: str | None = None
    verb: str | None = None
    effect: str | None = None
    term: str | None = None
    by: str | None = None
    months: int | None = None

    def fits(self, ground: Ground, verb: str) -> bool:
        """Whether the rule is about a ground."""
        return (
            (self.label is None or fnmatchcase(ground.label, self.label))
            and self.verb in {None, verb}
            and self.effect in {None, ground.effect}
            and self.term in {None, ground.term}
            and (self.by is None or (not ground.by if self.by == "nobody" else self.by in ground.by))
            and (self.months is None or ground.is_within(self.months))
        )


def read(path: str | os.PathLike[str]) -> tuple[Rule, ...]:
    """The rules of a policy; ArgumentError for one that cannot be read."""
    name = os.fspath(path)
    try:
        data = tomllib.loads(Path(name).read_text("utf-8"))
    except OSError as error:
        raise ArgumentError(f"the policy `{name}` cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArgumentError(f"the policy `{name}` is no TOML: {error}") from None
    rules = data.pop("rule", [])
    if data or not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise ArgumentError(f"the policy `{name}` is a list of [[rule]] and nothing else")
    return tuple(_rule(name, number, rule) for number, rule in enumerate(rules, 1))


def _rule(name: str, number: int, given: dict[str, Any]) -> Rule:
    where = f"rule {number} of the policy `{name}`"
    for key, value in given.items():
        if key not in KEYS:
            hint = did_you_mean(key, KEYS) or f"a rule says: {', '.join(KEYS)}"
            raise ArgumentError(f"{where} says `{key}`, which is not known; {hint}")
        if not isinstance(value, int if key == "months" else str) or isinstance(value, bool):
            raise ArgumentError(f"{where}: `{key}` is {KEYS[key]}: {'a number' if key == 'months' else 'a text'}")
    if not given.get("severity"):
        raise ArgumentError(f"{where} gives no `severity`")
    if given.get("effect", EFFECTS[0]) not in EFFECTS:
        raise ArgumentError(f"{where}: no effect is called `{given['effect']}`; there are: {', '.join(EFFECTS)}")
    return Rule(**given)


def applied(found: Exposure, rules: Sequence[Rule], verbs: dict[str, str]) -> Exposure:
    """An exposure with what a policy says of each of its grounds."""

    def with_severity(grounds: tuple[Ground, ...]) -> tuple[Ground, ...]:
        return tuple(
            attrs.evolve(each, severity=next(
                (rule.severity for rule in rules if rule.fits(each, verbs.get(each.label, ""))), ""))
            for each in grounds
        )  # fmt: skip

    return attrs.evolve(
        found, of_deals=with_severity(found.of_deals), grounds=with_severity(found.grounds),
        preconditions=with_severity(found.preconditions),
    )  # fmt: skip


def verbs_of(model: Model) -> dict[str, str]:
    """By label the verb of each clause."""
    return {str(op.key): op.entry.word for instrument in model.instruments for op in instrument.operations
            if hasattr(op, "entry") and isinstance(op.key, str)}  # fmt: skip
