"""How each type of answer is told: as JSON, as text, as Markdown and as HTML.

In: nothing. Out: a `Face` for each, entered into `dealrun.answer.FACES` when this module is imported. JSON and text are
imported when they are asked for.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from dealrun.answer import FACES, Face, Telling

if TYPE_CHECKING:
    from dealrun.agenda.entries import Agenda
    from dealrun.diagnostics.found import Diagnostics
    from dealrun.proof.exposure import Exposure, ExposureComparison
    from dealrun.proof.proof import Proof
    from dealrun.render.blocks import Block
    from dealrun.settle.statement import Settlement, StatementComparison
    from dealrun.state.change import Changes
    from dealrun.state.day import State
    from dealrun.state.expect import Outcomes
    from dealrun.state.explained import About, Explanation

Blocks: TypeAlias = "Callable[[Any, Telling], Iterable[Block]]"


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
    page: "Blocks | None" = None,
    tables: str = "",
) -> None:
    """Enter the face of a type of answer, which is named by its module and its name.

    `page` is what Markdown shows, `tables` how `dealrun.api.tables` calls its tables.
    """

    def lines(answer: Any, how: Telling, width: int, colour: bool) -> Sequence[str]:
        from dealrun.render.text import lines as text  # noqa: PLC0415 - JSON needs none of it

        return text(blocks(answer, how), width, colour=colour)

    def markdown(answer: Any, how: Telling) -> str:
        from dealrun.render import markup  # noqa: PLC0415 - text needs none of it

        return markup.markdown((page or blocks)(answer, how))

    def html(answer: Any, how: Telling) -> str:
        from dealrun.render import markup  # noqa: PLC0415 - text needs none of it

        return markup.html((page or blocks)(answer, how))

    def csv(answer: Any, name: str | None) -> str:
        return str(import_module("dealrun.api.tables").as_csv(tables, answer, name))

    def xlsx(answer: Any, title: str | None) -> bytes:
        return bytes(import_module("dealrun.api.tables").as_xlsx(tables, answer, title))

    files = (csv, xlsx) if tables else (None, None)
    FACES[f"dealrun.{of}"] = Face(to_dict, lines, markdown, html, table, *files)


def _table(name: str) -> Callable[[Any, str | None], Any]:
    def made(answer: Any, of: str | None) -> Any:
        return getattr(import_module("dealrun.api.tables"), name)(answer, of)

    return made


def _statement_table(found: "Settlement", name: str | None) -> Any:
    return import_module("dealrun.settle.export.tabular").to_arrow(found, name or "statement")


def _states() -> Any:
    return import_module("dealrun.render.states")


def _standing() -> Any:
    return import_module("dealrun.render.standing")


def _amendments() -> Any:
    return import_module("dealrun.render.amendments")


def _statements() -> Any:
    return import_module("dealrun.render.statements")


def _dated(on: date, how: Telling) -> str:
    return f" on {on}" + (" (today)" if on == how.today else "")


def _above(found: Any, when: str, how: Telling) -> "list[Block]":
    """The line above an answer: of which deals, when, as known and supposed."""
    return _states().heading(found.basis, when, found.known) if how.heading else []


def _proof(found: "Proof", how: Telling) -> "list[Block]":
    head = _states().heading(found.basis, f": {found.claim}", found.known) if how.heading else []
    return [*head, *import_module("dealrun.render.proofs").proof(found)]


def _whose(found: "Exposure") -> str:
    if found.party and found.label:
        return f" of {found.party} in {found.label}"
    return f" of {found.party or found.label}" if found.party or found.label else ""


def _exposure(found: "Exposure", how: Telling) -> "list[Block]":
    of = f": exposure{_whose(found)}"
    head = _states().heading(found.basis, of, found.known) if how.heading else []
    return [*head, *import_module("dealrun.render.exposures").exposure(found)]


def _exposures(found: "ExposureComparison", how: Telling) -> "list[Block]":
    of = f": exposure{_whose(found.after)} against that of {found.before.known}"
    head = _states().heading(found.basis, of, found.known) if how.heading else []
    return [*head, *import_module("dealrun.render.exposures").comparison(found)]


def _state(found: "State", how: Telling) -> "list[Block]":
    return [*_above(found, _dated(found.on, how), how), *_standing().state(found, brief=how.brief)]


def _why(found: "Explanation", how: Telling) -> "list[Block]":
    return [*_above(found, _dated(found.on, how), how), *_states().why(found)]


def _about(found: "About", how: Telling) -> "list[Block]":
    return [*_above(found, _dated(found.on, how), how), *_states().about(found)]


def _changes(found: "Changes", how: Telling) -> "list[Block]":
    if found.kind == "timeline":
        return [*_above(found, "", how), *_states().changes(found)]
    from dealrun.render.blocks import GAP, Heading, Paragraph  # noqa: PLC0415 - JSON needs none of it

    title = found.title + _states().suppositions(found.known, found.basis)
    above = [Heading(title), GAP] if how.heading else []
    told = [*_states().changes(found), *_amendments().ends(found.ends)]
    return [*above, *(told or [Paragraph("no difference")])]


def _changes_page(found: "Changes", how: Telling) -> "list[Block]":
    """Of differences, a page that opens with a sentence."""
    if found.kind == "timeline":
        return _changes(found, how)
    from dealrun.render.blocks import Heading, Paragraph  # noqa: PLC0415 - JSON needs none of it

    title = found.title + _states().suppositions(found.known, found.basis)
    labels = {each.label for each in found}
    count = f"{len(labels)} clauses or declarations differ" if len(labels) != 1 else f"{labels.pop()} alone differs"
    opening = f"{count}, unless something else happens." if found or found.ends else "Nothing differs."
    return [
        Heading(f"What differs {title}"),
        Paragraph(opening),
        *_states().changes(found),
        *_amendments().ends(found.ends),
    ]


def _agenda(found: "Agenda", how: Telling) -> "list[Block]":
    span = f" from {found.start}{' (today)' * (found.start == how.today)} to {found.end}"
    return [*_above(found, span, how), *import_module("dealrun.render.agenda").agenda(found)]


def _settlement(found: "Settlement", how: Telling) -> "list[Block]":
    told = _statements().statement(found, quiet=not how.heading)
    return [*_above(found, f" through {found.through}", how), *told]


def _against(found: "StatementComparison", how: Telling) -> "list[Block]":
    return [*_above(found, f" through {found.through}", how), *_statements().against(found.statements)]


def _outcomes(found: "Outcomes", how: Telling) -> "list[Block]":
    from dealrun.render.blocks import Findings, Paragraph  # noqa: PLC0415 - JSON needs none of it

    failed = tuple(each.diagnostic() for each in found.failed)
    held = [Paragraph(f"{len(found) - len(failed)} of {len(found)} expectations hold")] if how.heading else []
    return [Findings(failed), *held] if failed else [*held]


def _findings(found: "Diagnostics", how: Telling) -> "list[Block]":
    from dealrun.render.blocks import Findings, Paragraph  # noqa: PLC0415 - JSON needs none of it

    if found.items:
        return [Findings(found.items)]
    return [Paragraph("no findings")] if how.heading else []


enter("state.day.State", _json("states", "StateJson"), _state, _table("of_state"), tables="state")
enter("state.views.ClauseState", _json("states", "ClauseJson"), lambda found, _: _standing().clause(found))
enter("state.explained.Explanation", _json("states", "WhyJson"), _why)
enter("state.explained.About", _json("states", "AboutJson"), _about)
enter("state.change.Changes", _changes_json, _changes, _table("of_changes"), _changes_page, tables="changes")
enter("agenda.entries.Agenda", _json("agendas", "CalendarJson"), _agenda, _table("of_agenda"), tables="agenda")
enter("state.expect.Outcomes", _json("findings", "TestJson"), _outcomes)
enter(
    "algebra.consequences.Amendments",
    _json("amendments", "ChangesJson"),
    lambda found, _: _amendments().changes(found),
    page=lambda found, _: _amendments().changes_page(found.deals, found),
)
enter(
    "algebra.consequences.InstrumentChanges",
    _json("amendments", "AccountJson"),
    lambda found, _: _amendments().account(found),
)
enter(
    "algebra.history.History",
    _json("amendments", "HistoryJson"),
    lambda found, _: _amendments().history(found.label, found),
)
enter(
    "algebra.comparison.Comparison",
    _json("amendments", "CompareJson"),
    lambda found, how: _amendments().comparison(found, quiet=not how.heading),
)
enter(
    "algebra.trial.WhatIf",
    _json("amendments", "WhatIfJson"),
    lambda found, how: _amendments().what_if(found, quiet=not how.heading),
    page=lambda found, _: _amendments().what_if_page(found),
)
enter(
    "proof.proof.Proof",
    _json("proofs", "ProveJson"),
    _proof,
)
enter(
    "proof.exposure.Exposure",
    _json("exposures", "ExposureJson"),
    _exposure,
    _table("of_exposure"),
    tables="exposure",
)
enter(
    "proof.exposure.ExposureComparison",
    _json("exposures", "ExposureAgainstJson"),
    _exposures,
    _table("of_exposure_against"),
    tables="exposure_against",
)
enter("diagnostics.found.Diagnostics", _json("findings", "CheckJson"), _findings)
enter(
    "settle.ledger.sums.LedgerError",
    _json("findings", "LedgerJson"),
    lambda found, _: _statements().refused(found),
)
enter("settle.statement.Settlement", _json("statements", "SettleJson"), _settlement, _statement_table)
enter(
    "settle.statement.Payment",
    _json("statements", "PaymentJson"),
    lambda found, _: _statements().why(found),
)
enter(
    "settle.statement.PaymentReasons",
    _json("statements", "WhyPaymentJson"),
    lambda found, _: _statements().reasons(found),
)
enter(
    "settle.statement.StatementComparison",
    _json("statements", "AgainstJson"),
    _against,
)
