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


def _json(module: str, shape: str) -> Callable[[Any], dict[str, Any]]:
    """An answer as plain data, by its shape in a module that is imported when it is asked for."""

    def told(answer: Any) -> dict[str, Any]:
        from dealrun.api.wire.base import plain  # noqa: PLC0415 - text needs none of it

        return plain(getattr(import_module(f"dealrun.api.wire.{module}"), shape).make(answer))

    return told


def _changes_json(found: "Changes") -> dict[str, Any]:
    return _json("states", "TimelineJson" if found.kind == "timeline" else "DiffJson")(found)


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


def _findings(found: "Diagnostics") -> "list[Block]":
    from dealrun.render.blocks import Findings, Paragraph  # noqa: PLC0415 - JSON needs none of it

    return [Findings(found.items)] if found.items else [Paragraph("no findings")]


def _clause(found: "ClauseState") -> "list[Block]":
    blocks: list[Block] = _states().clause(found)
    return blocks


enter("state.views.State", _json("states", "StateJson"), state, _table("of_state"))
enter("state.views.ClauseState", _json("states", "ClauseJson"), _clause)
enter("state.views.Explanation", _json("states", "WhyJson"), _why)
enter("state.views.Changes", _changes_json, _changes, _table("of_changes"))
enter("agenda.entries.Agenda", _json("agendas", "CalendarJson"), _agenda, _table("of_agenda"))
enter("state.expect.Outcomes", _json("findings", "TestJson"), _outcomes)
enter("algebra.consequences.Amendments", _json("amendments", "ChangesJson"), lambda found: _amendments().changes(found))
enter(
    "algebra.consequences.InstrumentChanges",
    _json("amendments", "AccountJson"),
    lambda found: _amendments().account(found),
)
enter(
    "algebra.history.History",
    _json("amendments", "HistoryJson"),
    lambda found: _amendments().history(found.label, found),
)
enter(
    "algebra.comparison.Comparison",
    _json("amendments", "CompareJson"),
    lambda found: _amendments().comparison(found),
)
enter(
    "algebra.trial.WhatIf",
    _json("amendments", "WhatIfJson"),
    lambda found: _amendments().what_if(found),
)
enter("api.contract.Diagnostics", _json("findings", "CheckJson"), _findings)
enter(
    "settle.ledger.sums.LedgerError",
    _json("findings", "LedgerJson"),
    lambda found: _statements().refused(found),
)
enter("settle.statement.Settlement", _json("statements", "SettleJson"), _settlement, _statement_table)
enter(
    "settle.statement.Payment",
    _json("statements", "PaymentJson"),
    lambda found: _statements().why(found),
)
enter(
    "settle.statement.PaymentReasons",
    _json("statements", "WhyPaymentJson"),
    lambda found: _statements().reasons(found),
)
enter(
    "settle.statement.StatementComparison",
    _json("statements", "AgainstJson"),
    lambda found: _statements().against(found.statements),
)
