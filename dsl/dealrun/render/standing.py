"""The state of a day in words: a summary, what can end a deal early, and the clauses by how they stand.

In: the state of a day. Out: blocks. Guaranteed: what is shown is the presumptive answer, marked where it is not
certain; what can end the whole deal is said once, and a clause's row names only what is its own.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import cast

import attrs

from dealrun.agenda.clauses import missed
from dealrun.agenda.entries import agenda
from dealrun.agenda.items import BEHIND, AgendaItem
from dealrun.limits import LAST_YEAR
from dealrun.render.blocks import GAP, Block, Heading, Paragraph, Table, spaced
from dealrun.render.names import FEW, first_of, happenings, listed, short
from dealrun.render.states import cites, parties
from dealrun.state.changes import duty_text, is_unknown, status_text, term_text
from dealrun.state.day import EarlyEnd, State
from dealrun.state.timeline import Timeline
from dealrun.state.versions import ways
from dealrun.state.views import ClauseState, Duty, Instance, TermView
from dealrun.time import iso
from dealrun.time.days import LAST

VERBS = frozenset({"starts", "opens", "changes", "ends", "lapses", "renews"})
"""Kinds of entries that are verbs."""

MARK = " ~"
"""Behind the label of a clause whose presumptive status is not certain."""

SOON = 90
"""Days in which what ends or falls due is told at the top."""

GROUPS = {"in force": "in force", "contingent": "not known", "dormant": "dormant", "waived": "waived",
          "not yet": "not yet"}  # fmt: skip
"""By presumptive status the heading of its clauses, the most important first; what has ended is told in a line."""

OWN_COLUMN = frozenset({"until", "from"})
"""Terms that have a column of their own."""

NAMELESS = frozenset({
    "act", "amount", "rate", "share", "exclusivity", "kind", "ground", "category", "transfer", "sublicensing",
    "affiliates", "frequency",
})  # fmt: skip
"""Terms whose value says what it is."""

RELEASED = frozenset({"waived", "excused", "ended"})
SETTLED = frozenset({"performed", "performed late", "unrecorded", "cured", "waived", "excused", "ended"})


def state(found: State, *, brief: bool = False) -> list[Block]:
    """The state of a day; of several deals, one below the other."""
    if not found.clauses:
        known = "" if found.known is None else f", as known on {iso(found.known)}"
        return [Paragraph(f"no clause is there{known}")]
    if found.full:
        return clauses(found.values())
    deals = list(dict.fromkeys(clause.deal for clause in found.values()))
    presumed = found.presumed
    items = _items(found)
    if len(deals) == 1:
        return _of_deal(found, presumed, items, deals[0], brief)
    titles = dict(found.basis.deals)
    blocks: list[Block] = []
    for deal in deals:
        labels = [label for label, clause in found.items() if clause.deal == deal]
        title = f"{deal} ({titles[deal]})" if titles.get(deal) else deal
        told = _of_deal(_part(found, labels), _part(presumed, labels), items, deal, brief)
        blocks += [Heading(title, 2), GAP, *short(told, deal), GAP]
    return spaced(blocks)


def _part(found: State, labels: list[str]) -> State:
    return attrs.evolve(found.only(*labels), full=False)


def _items(found: State) -> tuple[AgendaItem, ...]:
    """What the calendar says of the next days, and what is behind."""
    first = found.on.toordinal()
    return agenda(cast("Timeline", found.timeline), first, min(first + SOON, LAST))


def _of_deal(found: State, presumed: State, items: Sequence[AgendaItem], deal: str, brief: bool) -> list[Block]:
    """The state of one deal."""
    grounds = tuple(each for each in found.early_ends if each.deal == deal)
    of_deal = frozenset(name for ground in found.early_ends for name in ground.names)
    blocks: list[Block] = [
        *_restated(found),
        *_titles(found),
        *_summary(found, presumed, [each for each in items if each.label in found]),
        GAP,
        *_early(grounds),
    ]
    if brief:
        return spaced([*blocks, _lines(found, presumed)])
    behind: dict[str, list[AgendaItem]] = {}
    for item in items:
        if item.kind in BEHIND:
            behind.setdefault(item.label, []).append(item)
    for status, title in GROUPS.items():
        rows = [_row(found, clause, of_deal, behind.get(clause.label, []))
                for clause in presumed.values() if clause.status == status]  # fmt: skip
        if rows:
            blocks += [Table.of((title, "clause", "since", "until", "by"), rows, spare=(2,), names=(0, 4)), GAP]
    return spaced([*blocks, *_ended(presumed), *_unknowns(presumed)])


# --- the summary ------------------------------------------------------------------------------------------------------


def _restated(found: State) -> list[Block]:
    """Of a day before the one as of which a text is consolidated, that it says nothing of it."""
    model = cast("Timeline", found.timeline).index.model
    since = max((each.restated[0] for each in model.instruments if each.restated is not None), default=0)
    if found.on.toordinal() >= since:
        return []
    day = date.fromordinal(since)
    return [Paragraph(f"this text is restated as of {iso(day)}, and says nothing about earlier days",
                      strong="Do not use: "), GAP]  # fmt: skip


def _titles(found: State) -> list[Block]:
    """Who the parties are."""
    named = {name for clause in found.values() for names in clause.parties.values() for name in names}
    titled = {declared.name: declared.terms["name"].text.strip('"')
              for (word, _), declared in found.declarations.items()
              if word in {"party", "person"} and declared.name in named and "name" in declared.terms}  # fmt: skip
    titles = [f"{name} is {title}" for name, title in titled.items() if title != name.rpartition(".")[2]]
    return [Paragraph("; ".join(titles))] if titles else []


def _summary(found: State, presumed: State, items: Sequence[AgendaItem]) -> list[Block]:
    """How many clauses stand how, what comes next, and what is behind."""
    counted: Counter[str] = Counter(clause.status for clause in presumed.values())
    unsure = sum(found[label].status != clause.status for label, clause in presumed.items())
    told = [f"{count} {GROUPS.get(status, status)}" for status in (*GROUPS, "ended") if (count := counted[status])]
    marked = f"; {unsure} of these not certain ({MARK.strip()})" if unsure else ""
    blocks: list[Block] = [Paragraph(f"{', '.join(told)}{marked}", strong="Clauses: ")]
    if found.settled:
        blocks.append(Paragraph(", ".join(found.settled), strong="Certain by proof: "))
    if found.undecided:
        blocks.append(Paragraph(", ".join(found.undecided), strong="Not decided: "))
    index = cast("Timeline", found.timeline).index
    lives = {label for deal in index.model.deals for label in index.lifelines(deal.name)}
    soon: dict[tuple[date, str], list[str]] = {}
    over: dict[tuple[date, str], set[str]] = {}
    for item in items:
        if item.day is None or item.kind in BEHIND:
            continue
        if item.kind in {"ends", "lapses"} and item.rule in lives:
            over.setdefault((item.day, item.rule), set()).add(item.label)
        else:
            soon.setdefault((item.day, item.kind), []).append(item.label)
    texts = [f"{iso(day)} the deal ends ({by}){_with_it(labels - lives)}" for (day, by), labels in over.items()]
    texts = sorted([*texts, *_folded(soon)], key=_when)
    blocks.append(Paragraph("; ".join(texts) or "nothing starts, ends or falls due", strong=f"Next {SOON} days: "))
    for kind in BEHIND:
        behind: dict[str, list[date]] = {}
        for item in items:
            if item.kind == kind:
                behind.setdefault(item.label, []).append(item.day or date.max)
        if behind:
            text = "; ".join(_since(label, days) for label, days in behind.items())
            blocks.append(Paragraph(text, strong=f"{kind.capitalize()}: "))
    return blocks


def _when(text: str) -> tuple[str, bool]:
    """By day, the end of a deal first; what comes again and again behind."""
    return text[:10] if text[:1].isdigit() else "~", " the deal ends " not in text


def _with_it(labels: Collection[str]) -> str:
    """The clauses that end with a deal."""
    return f", and with it {len(labels)} clause{'s' if len(labels) > 1 else ''}" if labels else ""


def _folded(soon: dict[tuple[date, str], list[str]]) -> list[str]:
    """What comes, day by day; what comes again and again once, with how often."""
    days: dict[tuple[str, tuple[str, ...]], list[date]] = {}
    for (day, kind), labels in soon.items():
        days.setdefault((kind, tuple(dict.fromkeys(labels))), []).append(day)
    texts: list[tuple[date, str]] = []
    for (kind, names), found in days.items():
        if len(found) > FEW:
            texts.append((found[0], f"{first_of(names)} {_verb(kind, names)} {len(found)} times from {iso(found[0])}"))
        else:
            texts += [(day, f"{iso(day)} {first_of(names)} {_verb(kind, names)}") for day in found]
    return [text for _, text in sorted(texts)]


def _verb(kind: str, names: Collection[str]) -> str:
    """`ends`, and of several `end`."""
    return kind.removesuffix("s") if len(names) > 1 and kind in VERBS else kind


def _since(label: str, days: list[date]) -> str:
    return f"{label} ({iso(days[0])})" if len(days) == 1 else f"{len(days)} of {label} (since {iso(min(days))})"


def _early(grounds: tuple[EarlyEnd, ...]) -> list[Block]:
    """What can end a whole deal before its time, once for all its clauses."""
    rows = [(each.label, *ways(each), "" if each.earliest is None else iso(each.earliest)) for each in grounds]
    head = ("can end the deal early", "who", "how", "at the earliest")
    return [Table.of(head, rows), GAP] if rows else []


# --- the rows ---------------------------------------------------------------------------------------------------------


def _lines(found: State, presumed: State) -> Table:
    """A line for each clause."""
    rows = [(_marked(found[label], clause), parties(clause), _words(found[label], clause, _could_change(found, label)))
            for label, clause in presumed.items()]  # fmt: skip
    return Table.of(("clause", "what", "how it stands"), rows)


def _could_change(found: State, label: str) -> list[str]:
    """What could make the status of a clause another, in words; what is not done as the breach that it is."""
    broken = cast("Timeline", found.timeline).index.breaches_named(label)
    return happenings(missed(found[label].could_change, broken))


def _marked(certain: ClauseState, clause: ClauseState) -> str:
    return f"{clause.label}{MARK}" if certain.status != clause.status else clause.label


def _words(certain: ClauseState, clause: ClauseState, could_change: list[str]) -> str:
    """`in force until 2032-12-31, unless SALE`."""
    text = f"hangs on {', '.join(clause.contingent_on)}" if clause.status == "contingent" else status_text(clause)
    until = _until(clause)
    if until and clause.status == "in force":
        text += f" {until}" if until.startswith(("for ", "before ", "through ")) else f" until {until}"
    names = could_change if certain.status != clause.status else []
    names = [name for name in names if name != until]
    return f"{text}, unless {listed(names)}" if names else text


def _row(found: State, clause: ClauseState, of_deal: frozenset[str], behind: Sequence[AgendaItem]) -> tuple[str, ...]:
    certain = found[clause.label]
    since = iso(clause.since) if clause.since else ""
    by = "" if clause.instrument == clause.deal else clause.instrument
    return (_marked(certain, clause), _text(found, clause, of_deal, behind), since, _until(clause), by)


def _until(clause: ClauseState) -> str:
    """The last day, or what the text says; of a term that renews nothing, because it goes on."""
    if clause.until is not None:
        return iso(clause.until) if clause.until.year < LAST_YEAR else ""
    view = clause.terms.get("until")
    if view is None or clause.status == "ended" or "renews" in clause.terms:
        return ""
    return view.text.removeprefix("until ")


def _text(found: State, clause: ClauseState, of_deal: frozenset[str], behind: Sequence[AgendaItem]) -> str:
    """What the clause is, its terms, and how its duties stand; of a payment that is none of them, what is `behind`."""
    certain = found[clause.label]
    index = cast("Timeline", found.timeline).index
    broken = index.breaches_named(clause.label)
    head = parties(clause)
    act = clause.terms.get("act")
    parts = [f"{head} {act.text}" if act is not None else head]
    if clause.status == "contingent":
        parts.append(f"hangs on {listed(list(clause.contingent_on))}")
    said = " ".join([_until(clause), *(view.text for name, view in clause.terms.items() if name not in OWN_COLUMN)])
    if certain.status != clause.status:
        names = [name for name in _could_change(found, clause.label) if name.rpartition(" of ")[2] not in said]
        if names:
            parts.append(f"unless {listed(names)}")
    for name, view in clause.terms.items():
        if name not in OWN_COLUMN and name != "act":
            parts.append(_term(name, view, certain, of_deal, broken, index.mentioned(clause.label)))
    duties = _duties(certain, clause)
    parts += duties or _behind(behind)
    parts += _instances(clause)
    return "; ".join(parts)


def _behind(items: Sequence[AgendaItem]) -> list[str]:
    """How payments stand that are no obligations of their clause: `overdue since 2024-06-30`."""
    texts = []
    for kind in dict.fromkeys(item.kind for item in items):
        days = [item.day for item in items if item.kind == kind and item.day is not None]
        since = f"since {iso(min(days))}" if days else ""
        text = f"due {since}, not known" if kind == "due, not known" else f"{kind} {since}"
        texts.append(f"{len(days)} {text}" if len(days) > 1 else text)
    return texts


def _term(
    name: str,
    view: TermView,
    certain: ClauseState,
    of_deal: frozenset[str],
    broken: frozenset[str],
    mentioned: frozenset[str],
) -> str:
    """A term as it presumptively is, and what could change it, where its own text does not say so."""
    text = view.text if name in NAMELESS or view.text.startswith(name) else f"{name} {view.text}"
    hangs = [each for each in view.contingent_on if each not in text and each not in certain.contingent_on]
    if hangs:
        return f"{text} (hangs on {listed(hangs)})"
    other = certain.terms.get(name)
    if other is None or other.written is not None or view.written is None:
        return text
    own = (set(other.contingent_on) - of_deal) | (set(other.contingent_on) & mentioned)
    names = [each for each in missed(own, broken) if each not in text]
    return f"{text} (unless {listed(names)})" if names else text


def _instances(clause: ClauseState) -> list[str]:
    """The instances of a clause with `each`; of many, how many are over, and the last."""
    if clause.duties:
        return []
    instances = clause.instances
    over = [each for each in instances if each.status == "ended"]
    if len(instances) <= FEW or not over:
        return [_instance(each) for each in instances[-FEW:]]
    rest = [each for each in instances if each.status != "ended"]
    return [f"{len(over)} ended", *(_instance(each) for each in rest[-FEW:])]


def _instance(instance: Instance) -> str:
    due = f", due {iso(instance.due)}" if instance.due else ""
    day = iso(instance.occurrence) if instance.occurrence else "?"
    return f"#{instance.number} of {day}: {instance.status}{due}"


def _shown(certain: ClauseState, clause: ClauseState) -> list[Duty]:
    """The obligations as they stand unless something happens; what fell due after the day of knowledge is not known."""
    on, known = certain.on, certain.known
    presumed = {(duty.number, duty.of): duty for duty in clause.duties}
    found = []
    for duty in certain.duties:
        other = presumed.get((duty.number, duty.of))
        passed = duty.due is not None and known is not None and known < duty.due < on
        if duty.status != "contingent" or (passed and (other is None or other.status not in RELEASED)):
            found.append(duty)
        elif other is None:  # it only is there if something happens
            continue
        elif other.due == on and other.status == "performed":  # today is the last day for it
            found.append(attrs.evolve(other, status="due", performed=None))
        else:
            found.append(other)
    return found


def _duties(certain: ClauseState, clause: ClauseState) -> list[str]:
    """How the duty stands; of many, those that are not done with, and how many are."""
    duties = _shown(certain, clause)
    if clause.status in {"not yet", "ended"} and not any(d.status in {"breached", "unrecorded"} for d in duties):
        return []
    if len(duties) < FEW:
        return [duty_text(duty) for duty in duties]
    settled = Counter(duty.status for duty in duties if duty.status in SETTLED)
    unknown = [duty for duty in duties if is_unknown(duty)]
    told = [f"{count} {status}" for status, count in sorted(settled.items())]
    if len(unknown) > 1:
        told.append(f"{len(unknown)} due since {iso(min(duty.due for duty in unknown if duty.due))}, not known")
    rest = [duty_text(duty) for duty in duties
            if duty.status not in SETTLED and (len(unknown) < 2 or not is_unknown(duty))]  # fmt: skip
    if len(rest) > FEW:
        rest = [*rest[: FEW - 1], f"{len(rest) - FEW} more", rest[-1]]
    return [*told, *rest]


def _ended(presumed: State) -> list[Block]:
    """What has ended, and by what."""
    ended = [clause for clause in presumed.values() if clause.status == "ended"]
    if not ended:
        return []
    by: dict[str, list[str]] = {}
    for clause in ended:
        by.setdefault(clause.ended_text, []).append(clause.label)
    told = [f"{', '.join(labels)}{f' (by {what})' if what else ''}" for what, labels in by.items()]
    return [Paragraph("; ".join(told), strong="Ended: "), GAP]


def _unknowns(presumed: State) -> list[Block]:
    """What is not disclosed or settled, and which answers hang on it."""
    rows = [
        (unknown.name, f"{unknown.meaning} ({unknown.kind})" if unknown.meaning else unknown.kind,
         ", ".join(unknown.affects) or "nothing that day")
        for unknown in presumed.unknowns
    ]  # fmt: skip
    return [Table.of(("not disclosed", "what", "what hangs on it"), rows), GAP] if rows else []


# --- one clause in full -----------------------------------------------------------------------------------------------


def clause(certain: ClauseState) -> list[Block]:
    """One clause in full: how it stands, its terms with who gave each, its obligations."""
    found = certain.presumed
    blocks: list[Block] = [
        Paragraph(f": {_words(certain, found, happenings(certain.could_change))}", strong=f"{found.label}")
    ]
    days = [
        f"since {iso(found.since)}" if found.since else "",
        f"until {_until(found)}".replace("until perpetual", "perpetual") if _until(found) else "",
    ]
    sides = [f"{role} {', '.join(names)}" for role, names in found.parties.items()]
    where = f"{found.span.place}"
    told = [found.kind + (f", {'; '.join(sides)}" if sides else ""), ", ".join(filter(None, days)),
            f"in {where} {cites(found.cites)}".rstrip()]  # fmt: skip
    blocks += [Paragraph(text, 1) for text in told if text]
    if certain.status != found.status:
        blocks.append(Paragraph(f"certain: {status_text(certain)}", 1))
    of_deal = frozenset(certain.contingent_on) - frozenset(certain.could_change)
    rows = [(name, _in_full(name, view, certain, of_deal), iso(view.day) if view.day else "",
             view.instrument, cites(view.cites))
            for name, view in found.terms.items()]  # fmt: skip
    if rows:
        blocks += [GAP, Table.of(("term", "what", "day", "by", "source"), rows).without_empty()]
    duties = [(duty.number or "once", duty_text(duty).removeprefix(duty.number).strip(),
               iso(duty.due) if duty.due else "", ", ".join(duty.by)) for duty in _shown(certain, found)]  # fmt: skip
    if duties:
        blocks += [GAP, Table.of(("obligation", "how it stands", "due", "who"), duties).without_empty()]
    instances = [(str(each.number), iso(each.occurrence) if each.occurrence else "?", each.status,
                  iso(each.until) if each.until else "") for each in found.instances]  # fmt: skip
    if instances:
        blocks += [GAP, Table.of(("instance", "of", "status", "until"), instances).without_empty()]
    return blocks


def _in_full(name: str, view: TermView, certain: ClauseState, of_deal: frozenset[str]) -> str:
    """A term as it presumptively is, with what could change it."""
    if view.contingent_on:
        return term_text(view)
    other = certain.terms.get(name)
    names = set(other.contingent_on) - of_deal if other is not None and other.written is None else set()
    return f"{view.text} (unless {listed(names)})" if names and view.written is not None else view.text


def clauses(found: Collection[ClauseState]) -> list[Block]:
    """Several, one below the other."""
    return spaced([block for each in found for block in (*clause(each), GAP)])
