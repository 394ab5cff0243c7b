"""What instruments did, histories and comparisons in words.

In: what `dealrun.algebra` found. Out: blocks. Guaranteed: what the JSON of the same answer says, in words.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import takewhile

from dealrun.algebra.comparison import Comparison, Parting
from dealrun.algebra.consequences import Consequence, DayBounds, Done, InstrumentChanges, Signature
from dealrun.algebra.history import Held, Known
from dealrun.algebra.trial import WhatIf
from dealrun.render.blocks import GAP, Block, Findings, Heading, Paragraph, Table, spaced
from dealrun.render.states import cites
from dealrun.time import iso

DONE = ("done", "clause", "now", "before", "source")
FOLLOWS = ("from", "clause", "what", "before", "after", "in favour of")


def _from(day: date | None) -> str:
    return "always" if day is None else iso(day)


# --- changes ----------------------------------------------------------------------------------------------------------


def title(account: InstrumentChanges) -> str:
    """An instrument as a heading names it."""
    return f"{account.name} ({account.title})" if account.title else account.name


def when(account: InstrumentChanges) -> str:
    """When an instrument was signed, takes effect and lapses."""
    parts = []
    if account.signatures:
        days = dict.fromkeys(_signature(each) for each in account.signatures)
        parts.append(f"signed {', '.join(days)}")
    parts.append(f"effective {_days(account.effective)}")
    if account.lapses.earliest is not None:
        parts.append(f"lapses {_days(account.lapses)}")
    if account.retroactive:
        parts.append("retroactive")
    return ", ".join(parts)


def _days(bounds: DayBounds) -> str:
    earliest, latest = bounds
    if earliest is None or latest is None:
        if earliest is not None:
            return f"{iso(earliest)} at the earliest"
        return "on a day that is not known" if latest is None else f"{iso(latest)} at the latest"
    return iso(earliest) if earliest == latest else f"between {iso(earliest)} and {iso(latest)}"


def _signature(signature: Signature) -> str:
    by, earliest, latest = signature
    day = _days(DayBounds(earliest, latest))
    return f"{day} by {by}" if by else day


def _done(done: Iterable[Done]) -> list[tuple[str, ...]]:
    return [(each.operation, each.label, each.text, each.before, cites(each.cites)) for each in done]


def _follows(consequences: Iterable[Consequence]) -> list[tuple[str, ...]]:
    return [
        (
            _from(each.change.on),
            f"{each.change.kind} {each.change.label}" if not each.family else each.change.label,
            each.change.term or "status",
            each.change.before,
            each.change.after,
            ", ".join(each.favours),
        )
        for each in consequences
    ]


def account(found: InstrumentChanges) -> list[Block]:
    """What an instrument did, and what follows."""
    follows = _follows(found.consequences)
    known = "" if found.known is None else f", as known on {iso(found.known)}"
    return [
        Heading(f"{title(found)}: {when(found)}", 2), GAP,
        Table.of(DONE, _done(found.done)) if found.done else Paragraph("it does nothing"), GAP,
        Paragraph(f"What follows{known}:"),
        Table.of(FOLLOWS, follows) if follows else Paragraph("nothing"),
    ]  # fmt: skip


def changes(found: Sequence[InstrumentChanges]) -> list[Block]:
    """What all instruments did, one after the other."""
    if not found:
        return [Paragraph("no amendment is signed")]
    return spaced([block for each in found for block in (*account(each), GAP)])


def changes_page(deals: Iterable[tuple[str, str]], found: Sequence[InstrumentChanges]) -> list[Block]:
    """What all instruments did, as a page that can be sent."""
    named = ", ".join(title or name for name, title in deals)
    blocks: list[Block] = [Heading(f"Changes to {named}")]
    for each in found:
        known = "" if each.known is None else f", as known on {iso(each.known)}"
        blocks += [
            Heading(each.title or each.name, 2),
            Paragraph(f", {when(each)}.", code=each.name),
            Table.of(DONE, _done(each.done)),
            Paragraph(f"{known}:", strong="What follows"),
            Table.of(FOLLOWS, _follows(each.consequences)) if each.consequences else Paragraph("Nothing."),
        ]
    return blocks if found else [*blocks, Paragraph("No amendment is signed.")]


# --- what if ----------------------------------------------------------------------------------------------------------


def what_if(found: WhatIf, *, quiet: bool = False) -> list[Block]:
    """What a draft changes, and what it breaks."""
    blocks: list[Block] = [] if quiet else [Heading(f"if signed on {iso(found.signed)}"), GAP]
    for each in found.instruments:
        blocks += [*account(each), GAP]
    broken = [outcome.diagnostic() for outcome in (*found.broken, *found.failed)]
    if not found.findings and not broken:
        return [*blocks, Paragraph("It breaks nothing.")]
    said = "What it breaks:" if found.breaks else "What it is warned of:"
    return [*blocks, Paragraph(said), GAP, Findings((*found.findings, *broken))]


# --- history ----------------------------------------------------------------------------------------------------------


def history(label: str, found: Sequence[Known]) -> list[Block]:
    """What held when, as known when: a row for each span, headed by the day of knowledge.

    What was known before is not told again, only that it was.
    """
    rows: list[tuple[str, ...]] = []
    before: Sequence[Held] = ()
    for known in found:
        head = ("" if known.day is None else iso(known.day), ", ".join(known.causes))
        told = len(list(takewhile(_told_alike, zip(known.held, before, strict=False))))
        before = known.held
        if not known.held:
            rows.append((*head, "", "not there", ""))
        if told > 1:
            rows.append((*head, _from(known.held[0].start), "as known before", ""))
        for place in range(told if told > 1 else 0, len(known.held)):
            held = known.held[place]
            terms = "; ".join(text if text.startswith(name) else f"{name} {text}" for name, text in held.terms)
            if place and place != told and terms and held.terms == known.held[place - 1].terms:
                terms = "as above"
            rows.append((*(head if not place else ("", "")), _from(held.start), held.status, terms))
    header = ("known from", "because of", "from", f"{label} is", "terms")
    return [Table.of(header, rows) if rows else Paragraph("nothing")]


def _told_alike(pair: tuple[Held, Held]) -> bool:
    """Whether two spans read alike, wherever they end."""
    one, two = pair
    return one is two or (one.start, one.status, one.terms) == (two.start, two.status, two.terms)


# --- compare ----------------------------------------------------------------------------------------------------------


def comparison(found: Comparison, *, quiet: bool = False) -> list[Block]:
    """Where versions part, a row for each span."""
    blocks: list[Block] = []
    if not quiet:
        known = "" if found.known is None else f", as known on {iso(found.known)}"
        blocks += [Heading(f"where the answers part{known}"), GAP]
    if found.left_out:
        names = ", ".join(found.left_out)
        blocks += [Paragraph(f"left out, because clauses would hang on one another: {names}"), GAP]
    rows: list[tuple[str, ...]] = []
    for each in found.partings:
        head = (_from(each.on), "" if each.through is None else iso(each.through), each.label, each.term or "status")
        for place, (answer, versions) in enumerate(_answers(each, found.versions).items()):
            rows.append((*(("", "", "", "") if place else head), answer, ", ".join(versions)))
    header = ("from", "through", "clause", "what", "answer", "under")
    return [*blocks, Table.of(header, rows) if rows else Paragraph("nowhere")]


def _answers(parting: Parting, versions: Sequence[str]) -> dict[str, list[str]]:
    """The versions by what they answer; a combination that answers as one of its parts does is left out."""
    alone = dict(zip(versions, parting.answers, strict=True))
    found: dict[str, list[str]] = {}
    for version, answer in alone.items():
        parts = version.split(" and ")
        if len(parts) == 1 or version not in alone or all(alone.get(part) != answer for part in parts):
            found.setdefault(answer, []).append(version)
    return found
