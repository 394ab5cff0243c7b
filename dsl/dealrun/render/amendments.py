"""Accounts, histories and comparisons in words: tables for a terminal, and a page that can be sent.

In: what `dealrun.algebra` found. Out: lines, or Markdown. Guaranteed: what the JSON of the same answer says, in words;
nothing of a file's text can break out of its table cell.
"""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from dealrun.algebra.comparison import Parting
from dealrun.algebra.consequences import Consequence, Done, InstrumentChanges
from dealrun.algebra.history import Held, Known
from dealrun.api import Contract
from dealrun.api.algebra import Comparison, WhatIf
from dealrun.diagnostics.render import render_all
from dealrun.model.contract import Instrument
from dealrun.render.states import cites
from dealrun.render.tables import table, wrap
from dealrun.source.plain import safe
from dealrun.state.why import span_of_days
from dealrun.time import ALWAYS, NEVER, Day, iso

DONE = ("done", "clause", "now", "before", "source")
FOLLOWS = ("from", "clause", "what", "before", "after", "in favour of")


def _from(day: Day) -> str:
    return "always" if day <= ALWAYS else iso(day)


# --- changes ----------------------------------------------------------------------------------------------------------


def title(instrument: Instrument) -> str:
    """An instrument as a heading names it."""
    return f"{instrument.name} ({instrument.title})" if instrument.title else instrument.name


def when(account: InstrumentChanges) -> str:
    """When an instrument was signed, takes effect and lapses."""
    instrument = account.instrument
    parts = []
    if instrument.signatures:
        days = dict.fromkeys(_signature(*signature) for signature in instrument.signatures)
        parts.append(f"signed {', '.join(days)}")
    parts.append(f"effective {span_of_days(account.effective)}")
    if account.lapse.lo < NEVER:
        parts.append(f"lapses {span_of_days(account.lapse)}")
    if account.instrument.retroactive:
        parts.append("retroactive")
    return ", ".join(parts)


def _signature(by: str, lo: Day, hi: Day) -> str:
    day = iso(lo) if lo == hi else f"between {iso(lo)} and {iso(hi)}"
    return f"{day} by {by}" if by else day


def _done(done: Iterable[Done]) -> list[tuple[str, ...]]:
    return [(each.word, each.label, each.text, each.before, cites(each.cites)) for each in done]


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


def account(found: InstrumentChanges, width: int) -> list[str]:
    """What an instrument did, and what follows."""
    lines = [*wrap(f"{title(found.instrument)}: {when(found)}", width), ""]
    lines += table(DONE, _done(found.done), width) or ["it does nothing"]
    follows = _follows(found.consequences)
    known = "" if found.known is None else f", as known on {iso(found.known)}"
    return [*lines, "", *wrap(f"What follows{known}:", width), *(table(FOLLOWS, follows, width) or ["nothing"])]


def changes_page(contract: Contract, found: Sequence[InstrumentChanges]) -> str:
    """All accounts as a page in Markdown."""
    deals = ", ".join(deal.title or deal.name for deal in contract.model.deals)
    lines = [f"# Changes to {_cell(deals)}", ""]
    for each in found:
        known = "" if each.known is None else f", as known on {iso(each.known)}"
        heading = each.instrument.title or each.instrument.name
        lines += [f"## {_cell(heading)}", "", f"`{each.instrument.name}`, {_cell(when(each))}.", ""]
        lines += [*_markdown(DONE, _done(each.done)), "", f"**What follows**{known}:", ""]
        lines += [*(_markdown(FOLLOWS, _follows(each.consequences)) or ["Nothing."]), ""]
    if not found:
        lines += ["No amendment is signed.", ""]
    return "\n".join(lines[:-1]) + "\n"


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return lines + [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]


_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>|#~&"})


def _cell(text: str) -> str:
    return safe(text).translate(_SPECIAL)


# --- what if ----------------------------------------------------------------------------------------------------------


def what_if(found: WhatIf, width: int, *, quiet: bool = False, colour: bool = False) -> list[str]:
    """What a draft changes, and what it breaks."""
    lines: list[str] = []
    if not quiet:
        lines += [*wrap(f"if signed on {iso(found.signed)}", width), ""]
    for each in found.instruments:
        lines += [*account(each, width), ""]
    broken = [outcome.diagnostic() for outcome in (*found.broken, *found.failed)]
    if found.findings or broken:
        lines += ["What it breaks:" if found.breaks else "What it is warned of:", ""]
        lines += render_all([*found.findings, *broken], colour=colour).rstrip("\n").split("\n")
    else:
        lines.append("It breaks nothing.")
    return lines


# --- history ----------------------------------------------------------------------------------------------------------


def history(label: str, found: Sequence[Known], width: int) -> list[str]:
    """What held when, as known when: a row for each span, headed by the day of knowledge.

    What was known before is not told again, only that it was.
    """
    rows: list[tuple[str, ...]] = []
    before: Sequence[Held] = ()
    for known in found:
        head = ("" if known.day <= ALWAYS else iso(known.day), ", ".join(known.causes))
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
    return table(("known from", "because of", "from", f"{label} is", "terms"), rows, width) or ["nothing"]


def _told_alike(pair: tuple[Held, Held]) -> bool:
    """Whether two spans read alike, wherever they end."""
    one, two = pair
    return one is two or (one.start, one.status, one.terms) == (two.start, two.status, two.terms)


# --- compare ----------------------------------------------------------------------------------------------------------


def comparison(found: Comparison, width: int, *, quiet: bool = False) -> list[str]:
    """Where versions part, a row for each span."""
    lines: list[str] = []
    if not quiet:
        known = "" if found.known is None else f", as known on {iso(found.known)}"
        lines += [*wrap(f"where the answers part{known}", width), ""]
    if found.left_out:
        lines += [*wrap(f"left out, because clauses would hang on one another: {', '.join(found.left_out)}", width), ""]
    rows = []
    for each in found.partings:
        head = (_from(each.on), "" if each.end >= NEVER else iso(each.end - 1), each.label, each.term or "status")
        for place, (answer, versions) in enumerate(_answers(each, found.versions).items()):
            rows.append((*(("", "", "", "") if place else head), answer, ", ".join(versions)))
    return [*lines, *(table(("from", "through", "clause", "what", "answer", "under"), rows, width) or ["nowhere"])]


def _answers(parting: Parting, versions: Sequence[str]) -> dict[str, list[str]]:
    """The versions by what they answer; a combination that answers as one of its parts does is left out."""
    alone = dict(zip(versions, parting.answers, strict=True))
    found: dict[str, list[str]] = {}
    for version, answer in alone.items():
        parts = version.split(" and ")
        if len(parts) == 1 or version not in alone or all(alone.get(part) != answer for part in parts):
            found.setdefault(answer, []).append(version)
    return found
