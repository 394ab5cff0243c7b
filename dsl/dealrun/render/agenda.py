"""The agenda in words: what is behind, what falls on which day, and what hangs on something that is not known.

In: an agenda, or its items. Out: blocks.
"""

from collections.abc import Collection
from datetime import date

import attrs

from dealrun.agenda.items import BEHIND, AgendaItem
from dealrun.render.blocks import GAP, Block, Paragraph, Table
from dealrun.render.names import listed, short
from dealrun.time import iso

MANY = 5
"""So many of one clause that are behind are told one by one."""


def agenda(found: Collection[AgendaItem]) -> list[Block]:
    """A table of what is behind, one of days, and one of what has none; several deals below one another."""
    deals = list(dict.fromkeys(entry.deal for entry in found))
    if len(deals) < 2:
        return _of_deal(found) or [Paragraph("nothing")]
    blocks: list[Block] = []
    rows = [attrs.evolve(entry, label=entry.label) for entry in found]
    titles = {entry.deal: entry.deal_title for entry in found}
    for deal in deals:
        blocks += [Paragraph(f" ({titles[deal]})" if titles[deal] else "", strong=deal), GAP]
        blocks += [*short(_of_deal([entry for entry in rows if entry.deal == deal]), deal), GAP]
    return blocks[:-1]


def _of_deal(found: Collection[AgendaItem]) -> list[Block]:
    behind, rest = ([e for e in found if (e.kind in BEHIND) == there] for there in (True, False))
    parts = [_behind(behind), _dated([e for e in rest if e.day]), _hanging([e for e in rest if not e.day])]
    blocks: list[Block] = []
    for table in parts:
        if table.rows:
            blocks += [table, GAP]
    return blocks[:-1]


def _behind(found: list[AgendaItem]) -> Table:
    rows: list[tuple[str, ...]] = []
    for label, kind in dict.fromkeys((entry.label, entry.kind) for entry in found):
        some = [entry for entry in found if (entry.label, entry.kind) == (label, kind)]
        if len(some) > MANY:
            day = f"since {iso(min(entry.day or date.max for entry in some))}"
            rows.append((day, label, f"{len(some)} {kind}", some[0].party, some[0].otherwise))
        else:
            rows += [(iso(e.day or date.max), label, _kind(e), e.party, e.otherwise) for e in some]
    return Table.of(("was due", "clause", "how it stands", "who acts", "otherwise"), rows)


FOLDED = frozenset({"starts", "ends", "opens", "lapses"})
"""What several clauses do on one day, for one reason, stands in one row."""


def _dated(found: list[AgendaItem]) -> Table:
    rows: dict[tuple[str, ...], list[str]] = {}
    for entry in found:
        alike = (iso(entry.day or date.max), _kind(entry), entry.party, _follows(entry))
        alone = () if entry.kind in FOLDED else (entry.label, entry.number)
        rows.setdefault((*alike, *alone), []).append(entry.label)
    table = [(key[0], ", ".join(labels), *key[1:4]) for key, labels in rows.items()]
    return Table.of(("day", "clause", "what", "who acts", "otherwise, or by"), table)


def _follows(entry: AgendaItem) -> str:
    parts = [entry.otherwise or entry.rule]
    if entry.contingent_on:
        parts.append(f"could change with {listed(entry.contingent_on)}")
    return "; ".join(part for part in parts if part)


def _hanging(found: list[AgendaItem]) -> Table:
    rows = [(entry.label, entry.kind, entry.party, _when(entry)) for entry in found]
    return Table.of(("no day yet", "what", "who acts", "when"), rows)


def _when(entry: AgendaItem) -> str:
    """The rule, and what it hangs on, where the rule does not say so."""
    of_right = {f"{word} of {entry.label}" for word in ("notice", "exercise")}
    names = [name for name in entry.contingent_on
             if name not in of_right and name.rpartition(" of ")[2] not in entry.rule]  # fmt: skip
    return "; ".join(part for part in (entry.rule, listed(names)) if part)


def _kind(entry: AgendaItem) -> str:
    return f"{entry.kind} ({entry.number})" if entry.number and entry.kind not in {"renews", "changes"} else entry.kind
