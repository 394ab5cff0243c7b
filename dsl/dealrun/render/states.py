"""States, changes and chains in words.

In: views. Out: blocks. Guaranteed: what the JSON of the same answer says, in words; statuses and kinds spelt as in the
language.
"""

from collections.abc import Iterable
from datetime import date

from dealrun.model.contract import Cite
from dealrun.model.vocabulary import FORMS
from dealrun.render.blocks import GAP, Block, Heading, Paragraph, Table
from dealrun.state.basis import Basis
from dealrun.state.change import Change
from dealrun.state.changes import status_text
from dealrun.state.explained import About, Explanation, Step
from dealrun.state.views import ClauseState
from dealrun.time import iso


def suppositions(known: date | None, basis: Basis) -> str:
    """What an answer rests on beside its day."""
    text = ", nothing closed by knowledge" if known is None else f", as known on {iso(known)}"
    if basis.scenario:
        text += f", under {basis.scenario}"
    if basis.reading:
        text += f", as {' and '.join(basis.reading)} reads it"
    for name, days in basis.assume.items():
        text += f", assuming {_supposed(name, days)}"
    for name, value in basis.bind.items():
        text += f", with {name} = {value}"
    return f"{text}, if nothing else happens" if basis.nothing_else else text


def _supposed(name: str, days: str) -> str:
    """What is supposed of a name: that it comes on its days, or that it never does."""
    if days == "never":
        return f"no {name}"
    return f"{name} {'from' if ' until ' in days else 'on'} {days}"


def heading(basis: Basis, when: str, known: date | None) -> list[Block]:
    """The line above an answer: of which deals, when (` on 2026-01-01`, or nothing), as known and supposed."""
    deals = ", ".join(f"{name} ({title})" if title else name for name, title in basis.deals)
    return [Heading(deals + when + suppositions(known, basis)), GAP]


def cites(found: Iterable[Cite]) -> str:
    """Citations, as in a file."""
    text = "; ".join(str(cite) for cite in found)
    return f"[{text}]" if text else ""


def parties(clause: ClauseState) -> str:
    """`license OAI->MSFT`."""
    sides = [", ".join(names) for names in clause.parties.values()]
    return f"{clause.kind} {_arrow(clause, sides)}".strip()


def _arrow(clause: ClauseState, sides: list[str]) -> str:
    roles = FORMS[clause.kind].roles
    if len(sides) == 2 and roles:
        return f"{', '.join(clause.parties[roles[1]])}->{', '.join(clause.parties[roles[2]])}"
    return ", ".join(sides)


def changes(found: Iterable[Change]) -> list[Block]:
    """Changes, a row each."""
    rows = [
        (
            "always" if change.on is None else iso(change.on),
            change.label,
            change.term or "status",
            change.before,
            change.after,
            f"{change.cause} {cites(change.cites) if change.term else ''}".strip(),
        )
        for change in found
    ]
    return [Table.of(("from", "clause", "what", "before", "after", "by"), rows)] if rows else []


def why(explanation: Explanation) -> list[Block]:
    """The chain of an answer."""
    state = explanation.state
    head = f"{state.label}.{explanation.term}" if explanation.term else f"{state.label}: {status_text(state)}"
    return [Paragraph(head), GAP, *_steps(explanation.steps)]


def about(found: About) -> list[Block]:
    """What is known of a name."""
    return [Paragraph(f"{found.name}: {found.kind}"), GAP, *_steps(found.steps)]


def _steps(steps: Iterable[Step]) -> list[Block]:
    blocks: list[Block] = []
    told_later = False
    for step in steps:
        if step.later and not told_later:
            blocks += [GAP, Paragraph("What came later:")]
            told_later = True
        where = " ".join(part for part in (str(step.place) if step.place else "", cites(step.cites)) if part)
        blocks.append(Paragraph(f"{step.about}: {step.text}", 1))
        blocks += [Paragraph(text, 3) for text in (step.quote, where) if text]
    return blocks
