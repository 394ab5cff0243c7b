"""States, changes and chains in words.

In: views. Out: blocks. Guaranteed: what the JSON of the same answer says, in words; statuses and kinds spelt as in the
language.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from dealrun.model.contract import Cite
from dealrun.model.vocabulary import FORMS
from dealrun.render.blocks import GAP, Block, Heading, Paragraph, Table, spaced
from dealrun.state.basis import Basis
from dealrun.state.changes import duty_text, is_unknown, status_text, term_text
from dealrun.state.views import Change, ClauseState, Explanation, Prospect, State
from dealrun.time import iso

GROUPS = ("in force", "contingent", "waived", "dormant", "not yet", "ended")
HIDDEN = frozenset({"until", "from"})
"""Terms that have a column of their own."""

NAMELESS = frozenset({
    "act", "exclusivity", "kind", "ground", "category", "transfer", "sublicensing", "affiliates", "frequency",
})  # fmt: skip
"""Terms whose value says what it is."""


def suppositions(known: date | None, basis: Basis) -> str:
    """What an answer rests on beside its day."""
    text = ", nothing closed by knowledge" if known is None else f", as known on {iso(known)}"
    if basis.scenario:
        text += f", under {basis.scenario}"
    if basis.reading:
        text += f", as {' and '.join(basis.reading)} reads it"
    for name, day in basis.assume.items():
        text += f", assuming {name} on {iso(day)}"
    for name, value in basis.bind.items():
        text += f", with {name} = {value}"
    return text


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


def _terms(clause: ClauseState) -> str:
    parts = [status_text(clause)] if clause.status in {"ended", "contingent"} else []
    for name, view in clause.terms.items():
        if name in HIDDEN:
            continue
        text = view.text if set(view.contingent_on) <= set(clause.contingent_on) else term_text(view)
        parts.append(text if name in NAMELESS or text.startswith(name) else f"{name} {text}")
    parts.extend(_duties(clause))
    for instance in clause.instances if not clause.duties else ():
        due = f", due {iso(instance.due)}" if instance.due else ""
        day = iso(instance.occurrence) if instance.occurrence else "?"
        parts.append(f"#{instance.number} of {day}: {instance.status}{due}")
    return "; ".join(parts)


def _duties(clause: ClauseState) -> list[str]:
    """How the duty stands; of many, those that are not done with, and how many are."""
    if clause.status in {"not yet", "ended"} and not any(d.status in {"breached", "unrecorded"} for d in clause.duties):
        return []
    if len(clause.duties) < MANY:
        return [duty_text(duty) for duty in clause.duties]
    settled = Counter(duty.status for duty in clause.duties if duty.status in SETTLED)
    unknown = [duty for duty in clause.duties if is_unknown(duty)]
    told = [f"{count} {status}" for status, count in sorted(settled.items())]
    if len(unknown) > 1:
        told.append(f"{len(unknown)} due since {iso(min(duty.due for duty in unknown if duty.due))}, not known")
    rest = [duty_text(duty) for duty in clause.duties
            if duty.status not in SETTLED and (len(unknown) < 2 or not is_unknown(duty))]  # fmt: skip
    return [*told, *rest[:MANY], *([f"and {len(rest) - MANY} more"] if len(rest) > MANY else [])]


MANY = 4
"""So many duties of a clause are told one by one."""

SETTLED = frozenset({"performed", "performed late", "unrecorded", "cured", "waived", "excused", "ended"})


def _until(clause: ClauseState) -> str:
    if clause.until is not None:
        return iso(clause.until)
    view = clause.terms.get("until")
    return view.text if view is not None and clause.status != "ended" else ""


def clause(found: ClauseState) -> list[Block]:
    """One clause, as it stands."""
    since = (iso(found.since) if found.since else "", _until(found))
    row = (found.label, parties(found), *since, found.instrument, _terms(found))
    return [Table.of((found.status, "clause", "since", "until", "by", "terms"), [row])]


def state(found: State, prospects: tuple[Prospect, ...]) -> list[Block]:
    """The state of a day: clauses by status, what is coming, what is not known."""
    blocks: list[Block] = []
    for status in GROUPS:
        clauses = [clause for clause in found.clauses.values() if clause.status == status]
        rows = [
            (
                clause.label,
                parties(clause),
                iso(clause.since) if clause.since else "",
                _until(clause),
                clause.instrument,
                _terms(clause),
            )
            for clause in clauses
        ]
        if rows:
            head = (status, "clause", "since", "until", "by", "terms")
            blocks += [Table.of(head, rows), GAP]
    if not found.clauses:
        known = "" if found.known is None else f", as known on {iso(found.known)}"
        blocks += [Paragraph(f"no clause is there{known}"), GAP]
    return spaced([*blocks, *_coming(prospects), *_unknowns(found)])


def _coming(prospects: tuple[Prospect, ...]) -> list[Block]:
    rows = []
    for prospect in prospects:
        text = []
        if prospect.due is not None:
            text.append(f"due {iso(prospect.due)}")
        if prospect.next_change is not None:
            text.append(f"next change {iso(prospect.next_change)}")
        if prospect.may_change:
            text.append(f"may change with {', '.join(prospect.may_change)}")
        if text:
            rows.append((prospect.label, "; ".join(text)))
    return [Table.of(("coming", "as known"), rows), GAP] if rows else []


def _unknowns(found: State) -> list[Block]:
    rows = [
        (unknown.name, unknown.kind, unknown.meaning, ", ".join(unknown.affects) or "nothing that day")
        for unknown in found.unknowns
    ]
    return [Table.of(("not known", "kind", "what", "what hangs on it"), rows), GAP] if rows else []


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
    blocks: list[Block] = [Paragraph(f"{explanation.state.label}: {status_text(explanation.state)}"), GAP]
    for step in explanation.steps:
        where = " ".join(part for part in (str(step.place) if step.place else "", cites(step.cites)) if part)
        blocks.append(Paragraph(f"{step.about}: {step.text}", 1))
        blocks += [Paragraph(text, 3) for text in (step.quote, where) if text]
    return blocks
