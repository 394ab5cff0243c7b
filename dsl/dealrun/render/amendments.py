"""What instruments did, histories and comparisons in words.

In: what `dealrun.algebra` found. Out: blocks. Guaranteed: what the JSON of the same answer says, in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import takewhile

import attrs

from dealrun.algebra.comparison import Comparison, Parting
from dealrun.algebra.consequences import Consequence, DayBounds, Done, InstrumentChanges, Signature
from dealrun.algebra.history import Held, Known
from dealrun.algebra.trial import WhatIf
from dealrun.diagnostics import Diagnostic
from dealrun.render.blocks import GAP, Block, Findings, Heading, Paragraph, Table, spaced
from dealrun.render.names import joined, short
from dealrun.render.states import cites
from dealrun.state.change import EndChange
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
    waits = f"when {account.condition}, " if account.condition else ""
    parts.append(f"effective {waits}{_days(account.effective)}")
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


def _follows(consequences: Iterable[Consequence], done: Iterable[Done]) -> list[tuple[str, ...]]:
    """A row each; the text of a clause that is added stands among what is done."""
    added = {each.label for each in done if each.operation == "added"}
    return [
        (
            _from(each.change.on),
            f"{each.change.kind} {each.change.label}" if not each.family else each.change.label,
            each.change.term or "status",
            each.change.before,
            each.change.after.partition(":")[0]
            if each.change.label in added and not each.change.term
            else each.change.after,
            ", ".join(each.favours),
        )
        for each in consequences
    ]


def account(found: InstrumentChanges) -> list[Block]:
    """What an instrument did, and what follows."""
    known = "" if found.known is None else f", as known on {iso(found.known)}"
    return _in_its_deal(found, [
        Heading(f"{title(found)}: {when(found)}", 2), GAP,
        *(_tables(found, DONE, _done(found.done)) or [Paragraph("it does nothing")]), GAP,
        Paragraph(f"Effects{known}, unless something else happens:"), *([GAP] if len(found.deals) > 1 else []),
        *(_tables(found, FOLLOWS, _follows(found.consequences, found.done)) or [Paragraph("nothing")]),
        *ends(found.ends),
    ])  # fmt: skip


def _tables(found: InstrumentChanges, header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Block]:
    """A table of rows whose second cell ends in the name of a clause; of several deals one each, without prefixes."""
    blocks: list[Block] = []
    left = [*rows]
    for deal in found.deals if len(found.deals) > 1 else ():
        mine = [row for row in left if row[1].rpartition(" ")[2].startswith(f"{deal}.")]
        left = [row for row in left if row not in mine]
        if mine:
            table = Table.of(header, mine, names=(1,)).without_empty()
            blocks += [*([GAP] if blocks else []), Paragraph("", strong=deal), GAP, *short([table], deal)]
    if left:
        blocks += [*([GAP] if blocks else []), Table.of(header, left, names=(1,)).without_empty()]
    return blocks


def _in_its_deal(found: InstrumentChanges, blocks: list[Block]) -> list[Block]:
    """What is told of one of several deals needs no prefix."""
    return [*short(blocks, found.deals[0])] if len(found.deals) == 1 else blocks


def ends(found: Iterable[EndChange]) -> list[Block]:
    """What differs in what can end a whole deal early."""
    rows = [(each.label, each.before or "not there", each.after or "not there") for each in found]
    return [GAP, Table.of(("can end the deal early", "before", "after"), rows)] if rows else []


def changes(found: Sequence[InstrumentChanges]) -> list[Block]:
    """What all instruments did, one after the other."""
    if not found:
        return [Paragraph("no amendment is signed")]
    return spaced([block for each in found for block in (*account(each), GAP)])


def changes_page(deals: Iterable[tuple[str, str]], found: Sequence[InstrumentChanges]) -> list[Block]:
    """What all instruments did, as a page that can be sent."""
    named = ", ".join(title or name for name, title in deals)
    names = [each.title or each.name for each in found]
    opening = f"{_number(len(names), 'amendment')} signed: {joined(names)}." if names else "No amendment is signed."
    return [Heading(f"Changes to {named}"), Paragraph(opening), *(block for each in found for block in _page(each))]


def _page(each: InstrumentChanges) -> list[Block]:
    known = "" if each.known is None else f", as known on {iso(each.known)}, unless something else happens"
    follows = _tables(each, FOLLOWS, _follows(each.consequences, each.done))
    return _in_its_deal(each, [
        Heading(each.title or each.name, 2),
        Paragraph(in_a_sentence(each)),
        Paragraph(f", {when(each)}.", code=each.name),
        *_tables(each, DONE, _done(each.done)),
        Paragraph(f"{known}:", strong="Effects"),
        *(follows or [Paragraph("Nothing.")]),
        *ends(each.ends),
    ])  # fmt: skip


WORDS = {"added": "adds {}", "replaced": "replaces {}", "dropped": "ends {}", "waived": "suspends {}",
         "reinstated": "brings {} back", "rescinded": "rescinds {}", "moved": "moves {}"}  # fmt: skip


def in_a_sentence(found: InstrumentChanges) -> str:
    """What an instrument does, as one would tell it."""
    by: dict[str, dict[str, bool]] = {}
    for each in found.done:
        by.setdefault(WORDS.get(each.operation, "changes {}"), {})[each.label] = each.defines
    parts = [word.format(_clauses(labels)) for word, labels in by.items()]
    what = joined(parts) or "changes nothing"
    early = (
        f"; {_number(len(found.ends), 'way')} to end the deal early {'differ' if len(found.ends) > 1 else 'differs'}"
    )
    days = sorted({each.change.on for each in found.consequences if each.change.on is not None})
    first = f" The first effect is on {iso(days[0])}." if days else ""
    return f"{found.title or found.name} {what}{early if found.ends else ''}.{first}"


def _clauses(labels: Mapping[str, bool]) -> str:
    """One by name, several by their number, definitions apart from clauses."""
    if len(labels) == 1:
        return next(iter(labels))
    definitions = sum(labels.values())
    counts = ((len(labels) - definitions, "clause"), (definitions, "definition"))
    return joined(_number(count, noun) for count, noun in counts if count)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


# --- what if ----------------------------------------------------------------------------------------------------------


def what_if(found: WhatIf, *, quiet: bool = False) -> list[Block]:
    """What a draft changes, and what it breaks."""
    blocks: list[Block] = [] if quiet else [Heading(f"if signed on {iso(found.signed)}"), GAP]
    for each in found.instruments:
        blocks += [*account(each), GAP]
    broken = _outcomes(found)
    if not found.findings and not broken:
        return [*blocks, Paragraph("It breaks nothing.")]
    said = "What it breaks:" if found.breaks else "What it is warned of:"
    return [*blocks, Paragraph(said), GAP, Findings((*found.findings, *broken))]


def _outcomes(found: WhatIf) -> list[Diagnostic]:
    """Expectations that fail, without a command that says why: it would not know the draft."""
    return [attrs.evolve(outcome.diagnostic(), help=None) for outcome in (*found.broken, *found.failed)]


def what_if_page(found: WhatIf) -> list[Block]:
    """What a draft changes, as a page that can be sent."""
    broken = _outcomes(found)
    told = [each.title or each.name for each in found.instruments]
    what = " and ".join(told) or "The draft"
    breaks = "it breaks nothing" if not broken and not found.breaks else "it breaks what is listed at the end"
    blocks: list[Block] = [Heading(f"If {what} is signed"), Paragraph(f"Signed on {iso(found.signed)}, {breaks}.")]
    for each in found.instruments:
        blocks += _page(each)
    if found.findings or broken:
        said = "What it breaks" if found.breaks else "What it is warned of"
        blocks += [Heading(said, 2), Findings((*found.findings, *broken))]
    return blocks


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
