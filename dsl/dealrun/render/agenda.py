"""The agenda in words: what falls on which day, and what hangs on something that is not known.

In: the items of an agenda. Out: blocks.
"""

from collections.abc import Collection

from dealrun.agenda.entries import AgendaItem
from dealrun.render.blocks import GAP, Block, Paragraph, Table
from dealrun.render.states import cites
from dealrun.time import iso


def agenda(found: Collection[AgendaItem]) -> list[Block]:
    """A table of days, and one of what has none."""
    dated = [[iso(e.day), e.label, _kind(e), e.party, e.otherwise or e.rule, cites(e.cites)] for e in found if e.day]
    hanging = [[e.label, e.kind, e.party, e.rule, " and ".join(e.contingent_on)] for e in found if not e.day]
    blocks: list[Block] = []
    if dated:
        blocks.append(Table.of(["day", "clause", "what", "who acts", "otherwise, or by", "source"], dated))
    if hanging:
        blocks += [GAP] if blocks else []
        blocks.append(Table.of(["clause", "what", "who acts", "when", "hangs on"], hanging))
    return blocks or [Paragraph("nothing")]


def _kind(entry: AgendaItem) -> str:
    return f"{entry.kind} ({entry.number})" if entry.number and entry.kind != "renews" else entry.kind
