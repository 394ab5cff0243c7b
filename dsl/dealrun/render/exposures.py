"""An exposure as blocks: the grounds that end a whole deal, those that end or change clauses by how soon they can, and
those that bring clauses to life.

In: an `Exposure`, an `ExposureComparison`. Out: blocks. Guaranteed: each ground is a row; what is cut or not decided is
said.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from dealrun.proof.exposure import Exposure, ExposureComparison, Ground, Within
from dealrun.proof.sets import TOGETHER
from dealrun.render.blocks import GAP, Block, Heading, Paragraph, Table
from dealrun.render.names import first_of, joined, short

WITHINS: Sequence[Within] = get_args(Within)


def exposure(found: Exposure) -> list[Block]:
    """The grounds of an exposure, below a summary."""
    deals = sorted({each.deal for each in (*found.of_deals, *found.grounds, *found.preconditions)})
    blocks: list[Block] = [Paragraph(_summary(found), strong="")]
    for deal in deals:
        several = len(deals) > 1
        of_deal = _of_deal(found, deal, 3 if several else 2)
        blocks += [GAP, Heading(deal, 2), *short(of_deal, deal)] if several else of_deal
    return [*blocks, GAP, *_not_decided(found), Paragraph(_aside(found))]


def _of_deal(found: Exposure, deal: str, level: int) -> list[Block]:
    ends = [each for each in found.of_deals if each.deal == deal]
    blocks: list[Block] = []
    if ends:
        blocks += [GAP, Heading("Ends the whole deal", level), GAP, _table(ends, effects=False)]
        blocks += [Paragraph(text) for text in dict.fromkeys(_survivors(each) for each in ends) if text]
    for within in WITHINS:
        rows = [each for each in found.grounds if each.within == within and each.deal == deal]
        if rows:
            when = f"Within {within}" if within != "later" else "Later"
            blocks += [GAP, Heading(when, level), GAP, _table(rows)]
    needed = [each for each in found.preconditions if each.deal == deal]
    if needed:
        blocks += [GAP, Heading("Comes to life only if", level), GAP, _table(needed, effects=False)]
    return blocks


def comparison(found: ExposureComparison) -> list[Block]:
    """The grounds that one of two exposures has and the other has not."""
    before, after = found.before.known, found.after.known
    blocks: list[Block] = []
    titles = f"Gone since {before}", f"New by {after}"
    if after <= before:
        titles = f"Only as known on {before}", f"Only as known on {after}"
    for title, grounds in zip(titles, (found.gone, found.new), strict=True):
        if grounds:
            blocks += [Heading(title, 2), GAP, _table(grounds), GAP]
    if not blocks:
        blocks = [Paragraph("Nothing is gone, and nothing is new."), GAP]
    if found.kept:
        labels = list(dict.fromkeys(each.label or each.deal for each in found.kept))
        blocks += [Paragraph(f"Unchanged: {_count(found.kept)} of {first_of(labels)}."), GAP]
    return [*blocks, *_not_decided(found.before), *_not_decided(found.after), Paragraph(_aside(found.after))]


def _summary(found: Exposure) -> str:
    if not found.of_deals and not found.grounds and not found.clauses:
        return "No clause by which " + (f"{found.party} gains" if found.party else "anybody gains") + " is in force."
    if not found.of_deals and not found.grounds and found.open:
        return "Nothing was found, but not everything is decided."
    if not found.of_deals and not found.grounds:
        return "Nothing ends a clause before it ends by itself, suspends it, or makes it worse."
    told = [f"{sum(each.within == within for each in found.grounds)} "
            + (f"within {within}" if within != "later" else "later")
            for within in WITHINS if any(each.within == within for each in found.grounds)]  # fmt: skip
    clauses = len({each.label for each in found.grounds})
    of_clauses = f"{_count(found.grounds)} of {clauses} clause{'s' if clauses != 1 else ''}: {', '.join(told)}"
    of_deals = f"{_count(found.of_deals)} to end a whole deal"
    return "; ".join([*([of_deals] if found.of_deals else []), *([of_clauses] if found.grounds else [])]) + "."


def _count(grounds: Sequence[Ground]) -> str:
    return f"{len(grounds)} ground{'s' if len(grounds) != 1 else ''}"


def _table(grounds: Iterable[Ground], *, effects: bool = True) -> Table:
    header = ("severity", "earliest", "clause", "what happens to it", "if", "in whose hand", "last day to act",
              "between", "stopped by")  # fmt: skip
    rows = []
    for each in grounds:
        stops = joined(f"{what} ({' or '.join(by)})" if by else what for what, by in each.stopped_by)
        rows.append((
            each.severity, each.earliest.isoformat(), each.label or ("" if not effects else each.deal),
            each.text if effects else "", " and ".join(happening.what for happening in each.happenings),
            " and ".join(each.by), "" if each.last_day is None else each.last_day.isoformat(),
            "; ".join(each.between), stops,
        ))  # fmt: skip
    return Table.of(header, rows, spare=(8, 7), names=(2,)).without_empty()


def _survivors(ground: Ground) -> str:
    return f"It is outlived by {first_of(ground.survivors)}." if ground.survivors else ""


def _not_decided(found: Exposure) -> Iterator[Block]:
    for label, names in found.open:
        yield Paragraph(f"Not decided: {label}" + (f", left open: {first_of(names)}." if names else "."))


def _aside(found: Exposure) -> str:
    looked = [f"Sets of at most {TOGETHER} happenings, through {found.through}"]
    return "; ".join([*looked, "amendments that nobody has signed are left aside", *found.bounds]) + "."
