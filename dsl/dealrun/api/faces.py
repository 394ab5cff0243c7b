"""How each type of answer is told: as JSON, as text, as Markdown and as HTML.

In: nothing. Out: a `Face` for each, entered into `dealrun.answer.FACES` when this module is imported. JSON and text are
imported when they are asked for.
"""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from dealrun.answer import FACES, Face

if TYPE_CHECKING:
    from dealrun.agenda.entries import Agenda
    from dealrun.api.contract import Diagnostics
    from dealrun.render.blocks import Block
    from dealrun.settle.statement import Settlement
    from dealrun.state.expect import Outcomes
    from dealrun.state.views import Changes, ClauseState, Explanation, State

Blocks: TypeAlias = "Callable[[Any], Iterable[Block]]"


def _late(module: str, name: str) -> Callable[[Any], dict[str, Any]]:
    """A function of a module that is imported when it is called."""

    def call(answer: Any) -> dict[str, Any]:
        told: dict[str, Any] = getattr(import_module(f"dealrun.api.{module}"), name)(answer)
        return told

    return call


def enter(
    of: str,
    to_dict: Callable[[Any], dict[str, Any]],
    blocks: Blocks,
    table: Callable[[Any, str | None], Any] | None = None,
) -> None:
    """Enter the face of a type of answer, which is named by its module and its name."""

    def lines(answer: Any, width: int) -> Sequence[str]:
        from dealrun.render.text import lines as text  # noqa: PLC0415 - JSON needs none of it

        return text(blocks(answer), width)

    def markdown(answer: Any) -> str:
        from dealrun.render import markup  # noqa: PLC0415 - text needs none of it

        return markup.markdown(blocks(answer))

    def html(answer: Any) -> str:
        from dealrun.render import markup  # noqa: PLC0415 - text needs none of it

        return markup.html(blocks(answer))

    FACES[f"dealrun.{of}"] = Face(to_dict, lines, markdown, html, table)


def _table(name: str) -> Callable[[Any, str | None], Any]:
    def made(answer: Any, of: str | None) -> Any:
        return getattr(import_module("dealrun.api.tables"), name)(answer, of)

    return made


def _statement_table(found: "Settlement", name: str | None) -> Any:
    return import_module("dealrun.settle.export.tabular").to_arrow(found, name or "statement")


def _states() -> Any:
    return import_module("dealrun.render.states")


def _amendments() -> Any:
    return import_module("dealrun.render.amendments")


def _statements() -> Any:
    return import_module("dealrun.render.statements")


def state(found: "State") -> "list[Block]":
    """The state of a day, with its heading."""
    head = _states().heading(found.basis, _states().on_day(found.on), found.known)
    return [*head, *_states().state(found, found.prospects)]


def _why(found: "Explanation") -> "list[Block]":
    return [*_states().heading(found.basis, _states().on_day(found.on), found.known), *_states().why(found)]


def _changes(found: "Changes") -> "list[Block]":
    if found.kind == "timeline":
        return [*_states().heading(found.basis, "", found.known), *_states().changes(found)]
    from dealrun.render.blocks import Paragraph  # noqa: PLC0415 - JSON needs none of it

    return _states().changes(found) or [Paragraph("no difference")]


def _agenda(found: "Agenda") -> "list[Block]":
    span = f" from {found.start} to {found.end}"
    shown = import_module("dealrun.render.agenda").agenda(found)
    return [*_states().heading(found.basis, span, found.known), *shown]


def _settlement(found: "Settlement") -> "list[Block]":
    from dealrun.time import iso  # noqa: PLC0415 - JSON needs none of it

    head = _states().heading(found.basis, f" through {iso(found.through)}", found.known)
    return [*head, *_statements().statement(found)]


def _outcomes(found: "Outcomes") -> "list[Block]":
    from dealrun.render.blocks import Findings, Paragraph  # noqa: PLC0415 - JSON needs none of it

    failed = tuple(each.diagnostic() for each in found.failed)
    held = Paragraph(f"{len(found) - len(failed)} of {len(found)} expectations hold")
    return [Findings(failed), held] if failed else [held]


def _check(found: "Diagnostics") -> dict[str, Any]:
    from dealrun.api.jsonio import check_json  # noqa: PLC0415 - text needs none of it
    from dealrun.limits import MAX_ERRORS  # noqa: PLC0415 - likewise

    return check_json(found.items, MAX_ERRORS)


def _findings(found: "Diagnostics") -> "list[Block]":
    from dealrun.render.blocks import Findings, Paragraph  # noqa: PLC0415 - JSON needs none of it

    return [Findings(found.items)] if found.items else [Paragraph("no findings")]


def _clause(found: "ClauseState") -> "list[Block]":
    blocks: list[Block] = _states().clause(found)
    return blocks


enter("state.views.State", _late("jsonio", "state_json"), state, _table("of_state"))
enter("state.views.ClauseState", _late("jsonio", "clause_json"), _clause)
enter("state.views.Explanation", _late("jsonio", "why_json"), _why)
enter("state.views.Changes", _late("jsonio", "changes_json"), _changes, _table("of_changes"))
enter("agenda.entries.Agenda", _late("jsonio", "calendar_json"), _agenda, _table("of_agenda"))
enter("state.expect.Outcomes", _late("jsonio", "test_json"), _outcomes)
enter(
    "algebra.consequences.Amendments", _late("algebra_json", "changes_json"), lambda found: _amendments().changes(found)
)
enter(
    "algebra.consequences.InstrumentChanges",
    _late("algebra_json", "account_json"),
    lambda found: _amendments().account(found),
)
enter(
    "algebra.history.History",
    _late("algebra_json", "history_json"),
    lambda found: _amendments().history(found.label, found),
)
enter(
    "algebra.comparison.Comparison",
    _late("algebra_json", "compare_json"),
    lambda found: _amendments().comparison(found),
)
enter(
    "algebra.trial.WhatIf",
    _late("algebra_json", "what_if_json"),
    lambda found: _amendments().what_if(found),
)
enter("api.contract.Diagnostics", _check, _findings)
enter("settle.statement.Settlement", _late("settle_json", "settle_json"), _settlement, _statement_table)
enter(
    "settle.statement.Payment",
    _late("settle_json", "payment_json"),
    lambda found: _statements().why(found),
)
