"""What is not known on a day, and what hangs on it.

In: the answers, and the states of a day. Out: the unknowns: declared ones without a value, and every name that an
answer of the day hangs on.
"""

from collections.abc import Mapping

from dealrun.model.reading import shown
from dealrun.state.amend.index import Index
from dealrun.state.amounts import Range
from dealrun.state.answers import Answers
from dealrun.state.day import UnknownState
from dealrun.state.views import ClauseState, DeclarationState


def unknowns(
    answers: Answers,
    index: Index,
    clauses: Mapping[str, ClauseState],
    declarations: Mapping[tuple[str, str], DeclarationState],
) -> tuple[UnknownState, ...]:
    """Everything that an answer of the day hangs on, and every declared unknown that is not settled."""
    affects: dict[str, list[str]] = {}
    for label, clause in clauses.items():
        if clause.status == "ended":
            continue
        for name in clause.contingent_on:
            affects.setdefault(name, []).append(label)
        for term in clause.terms.values():
            for name in term.contingent_on:
                affects.setdefault(name, []).append(f"{label}.{term.name}")
    for (_, name), declaration in declarations.items():
        if declaration.kind == "unknown" and answers.world.value(declaration.name) is None:
            affects.setdefault(name, [])
    kinds = {name: d for (_, name), d in declarations.items() if d.kind in {"unknown", "event", "condition"}}
    found = []
    for name in sorted(affects):
        declared = kinds.get(name)
        meaning = shown(declared.terms, "meaning") if declared else None
        kind = _kind_of(index, name, declared)
        bounds = answers.range_of(name) if kind in {"amount", "percentage"} else Range(None, None)
        found.append(
            UnknownState(
                name,
                kind,
                meaning.text.strip('"') if meaning else "",
                tuple(affects[name]),
                bounds.least,
                bounds.most,
            )
        )
    return tuple(found)


def _kind_of(index: Index, name: str, declared: DeclarationState | None) -> str:
    if declared is not None:
        if declared.kind != "unknown":
            return declared.kind
        sort = declared.terms.get("kind")
        return sort.text if sort else "amount"
    if name.startswith('"'):
        return "condition"
    if name.endswith(".signed") and name.removesuffix(".signed") in index.place:
        return "date"
    if name.startswith("paid under "):
        return "amount"
    if "." in name and name.rpartition(".")[0] in index.histories:
        return "redacted"
    assumed = next((a for a in index.model.assumed if a.name == name), None)
    return assumed.kind.removeprefix("unknown ") if assumed else "event"
