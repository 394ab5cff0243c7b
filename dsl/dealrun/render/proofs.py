"""A proof as blocks: the verdict first, then the course of events that is its counterexample.

In: a `Proof`. Out: blocks. Guaranteed: what the answer leaves aside is said.
"""

from datetime import date

from dealrun.proof.proof import Proof
from dealrun.render.blocks import GAP, Block, Paragraph, Table


def proof(found: Proof) -> list[Block]:
    """A verdict, and what it rests on."""
    blocks: list[Block] = [Paragraph(_verdict(found), strong="")]
    if found.course:
        rows = [(_day(each.on), each.what, " or ".join(each.by)) for each in found.course]
        blocks += [GAP, Table.of(("when", "what happens", "who brings it about"), rows).without_empty()]
    if found.differs:
        stand = [(each.label, each.found, each.otherwise, "" if each.span is None else str(each.span.place))
                for each in found.differs]  # fmt: skip
        header = ("clause", f"on {found.fails_on}", "otherwise", "where")
        blocks += [GAP, Table.of(header, stand, spare=(3,))]
    return [*blocks, GAP, Paragraph(_aside(found))]


def _verdict(found: Proof) -> str:
    days = f"on {found.since}" if found.since == found.through else f"from {found.since} through {found.through}"
    whatever = f"whatever {' or '.join(found.by)} does" if found.by else "whatever happens"
    if found.keeps:
        do = "do" if len(found.keeps) > 1 else "does"
        whatever += f", as long as {' and '.join(found.keeps)} {do} everything in time"
    cases = f"{found.cases:,} case{'s' if found.cases != 1 else ''}"
    match found.verdict:
        case "holds":
            return f"Holds {days}, {whatever} ({cases} distinguished)."
        case "holds vacuously":
            return f"Holds {days}, but only because what stands before `->` is never so ({cases} distinguished)."
        case "does not hold" if not found.course:
            return f"Does not hold: it fails on {found.fails_on}, and nothing need happen for it."
        case "does not hold":
            return f"Does not hold: it fails on {found.fails_on}, if this happens and nothing else."
        case _:
            open_ = ", ".join(found.open[:6]) + (f" and {len(found.open) - 6} others" if len(found.open) > 6 else "")
            return f"Not decided after {found.evaluations:,} evaluations; left open: {open_}."


def _aside(found: Proof) -> str:
    looked = ["Amendments that nobody has signed are left aside"]
    if found.by:
        looked.append(f"beside the calendar, only what {' or '.join(found.by)} has in hand happens")
    looked += found.bounds
    return "; ".join(looked) + "."


def _day(on: date | None) -> str:
    return "" if on is None else on.isoformat()
