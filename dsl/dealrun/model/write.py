"""The resolved model as text: every clause, declaration, operation, instrument and fact as a `.deal` file says it.

In: parts of a model. Out: statements, each on one line (a formatter breaks them). Guaranteed: reading the text gives
the part again (docs/language.md#the-laws, law 11); what a term hangs on never depends on the order of the file.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date

import attrs

from dealrun.model import show
from dealrun.model.behaviour import Behaviour
from dealrun.model.contract import (
    PAID_UNDER,
    Add,
    ChangeMembers,
    Cite,
    Deal,
    Drop,
    Entry,
    Fact,
    Instrument,
    Model,
    Operation,
    Reading,
    Reinstate,
    SetTerms,
    TermText,
    Waive,
)
from dealrun.model.keys import DeclarationKey, EntryKey, shortened
from dealrun.model.values import Amount, Due, Names, OnDate, Schedule, Start, Value
from dealrun.model.vocabulary import FORMS, INSTRUMENT, Form, Term, ValueKind, behaviour
from dealrun.time.days import Day, iso

_DANGLING = re.compile(r"\d[\d,]* (?:business days?|days?|weeks?|months?|quarters?|years?)$")
"""A duration at the end of an item, to which a following `after`, `before` or `of` would belong."""

_NUMBER = re.compile(r"(?:^|[ (])[\d,.]+$")
"""A bare number at the end of an amount, which the next word would take for its unit."""


def period(first: Day, last: Day) -> str:
    """The days from `first` to `last` as they are written: a day, a month, a quarter or a year."""
    begin, end = date.fromordinal(first), date.fromordinal(last)
    if first == last:
        return iso(first)
    if (begin.month, begin.day, end.month, end.day) == (1, 1, 12, 31) and begin.year == end.year:
        return str(begin.year)
    if begin.day == 1 and end.day == monthrange(end.year, end.month)[1] and begin.year == end.year:
        if begin.month == end.month:
            return f"{begin.year}-{begin.month:02}"
        if end.month - begin.month == 2 and begin.month % 3 == 1:
            return f"Q{end.month // 3} {begin.year}"
    raise ValueError(f"{iso(first)} to {iso(last)} is no month, quarter or year")


def on_date(day: Day) -> OnDate:
    """A day as a time."""
    return OnDate(day, day, iso(day))


# --- terms ------------------------------------------------------------------------------------------------------------


def _value(term: Term, value: Value) -> str:
    text = show.show(value)
    plain = isinstance(value, Amount) and text == show.expression(value.expression)
    if plain and term.kind is ValueKind.AMOUNT and _NUMBER.search(text):
        return f"({text})"
    return text


def _introduced(form: Form, term: Term, value: Value) -> str:
    """A term's first value with what introduces it."""
    text = _value(term, value)
    match value:
        case Start() | Due() if term.modifiers and value.word not in term.modifiers:
            return f"{term.modifiers[0]} {text.partition(' ')[2]}"
        case Due() if not term.modifiers:
            return f"{term.name} {text}"
        case Names() if term.kind is ValueKind.ACT and not {*value.members}.isdisjoint({*form.by_word, *form.terms}):
            return f"{term.name} {text}"  # bare, it would be taken for a word of the clause
        case _ if term.kind in {ValueKind.START, ValueKind.END, ValueKind.DUE}:
            return text
        case _ if term.kind is ValueKind.FLAG or (term.words and text in term.words):
            return text
        case _ if term.bare:
            return text
    return f"{term.modifiers[0] if term.modifiers else term.name} {text}"


def term(form: Form, name: str, value: Schedule) -> str:
    """A term as an item: its word, its value, and the values that follow it with `until ... then`."""
    found = form.terms[name]
    parts = []
    for index, (each, end) in enumerate(value.limbs):
        text = _value(found, each) if index else _introduced(form, found, each)
        parts.append(text + (f" {show.end(end)}" if end else ""))
    return " then ".join(parts)


def _items(form: Form, terms: Mapping[str, Schedule]) -> list[str]:
    """Terms in the order of the form, moved where one would swallow the next."""
    order = [name for name in form.terms if name in terms and name not in form.roles]
    order.sort(key=lambda name: name != "over")  # behind an amount it would be taken for that amount's window
    found: list[str] = []
    for text in (term(form, name, terms[name]) for name in order):
        if found and _DANGLING.search(found[-1]) and re.match(r"(?:after|before|of) ", text):
            found.insert(0, text)
        else:
            found.append(text)
    for name in terms:
        if name not in form.terms:
            raise AssertionError(name)
    return found


def _who(form: Form, terms: Mapping[str, Schedule]) -> list[str]:
    if not form.roles:
        return []
    sides = {}
    for role in form.roles:
        value = terms[role].limbs[0][0] if role in terms else None
        if isinstance(value, Names):
            sides[role] = ", ".join(value.members)
    _, giver, receiver = form.roles
    if giver != receiver and giver in sides and receiver in sides:
        return [f"{sides[giver]}->{sides[receiver]}"]
    return list(sides.values())


def cited(cites: Iterable[Cite]) -> list[str]:
    """Citations in one bracket; none where there are none."""
    text = "; ".join(str(cite) for cite in cites)
    return [f"[{text}]"] if text else []


def _joined(*parts: str | Iterable[str]) -> str:
    flat: list[str] = []
    for part in parts:
        flat.extend([part] if isinstance(part, str) else part)
    return " ".join(part for part in flat if part)


# --- entries ----------------------------------------------------------------------------------------------------------


def entry(found: Entry, deal: str = "", *, labelled: bool = True) -> str:
    """A clause or a declaration; `deal` is the name that stands before its own names where several deals are loaded."""
    form = FORMS[found.word]
    terms = {name: text.value for name, text in found.terms.items()}
    name = found.name.removeprefix(f"{deal}.") if deal else found.name
    if not found.is_clause:
        text = unqualified(_joined(_items(form, terms)), deal)
        return _joined(found.word, name, text, cited(found.cites))
    label = f"{name}:" if labelled and name != own_label(found) else ""
    text = unqualified(_joined(found.word, _who(form, terms), _items(form, terms)), deal)
    return _joined(label, text, cited(found.cites))


def unqualified(text: str, deal: str) -> str:
    """A text without the deal's name before its own names; quoted texts stay as they are."""
    if not deal:
        return text
    pattern = re.compile(rf"(?<![\w.-]){re.escape(deal)}\.(?=[^\W\d])")
    return '"'.join(pattern.sub("", part) if place % 2 == 0 else part for place, part in enumerate(text.split('"')))


def own_label(found: Entry) -> str:
    """The label that a clause gets from its content."""
    if behaviour(found.word) is Behaviour.TERM:
        return "term"
    parts = [found.word]
    for role in (
        FORMS[found.word].roles[1:]
        if len(set(FORMS[found.word].roles) & set(found.terms)) > 1
        else (FORMS[found.word].roles[:1])
    ):
        value = found.terms[role].value.limbs[0][0] if role in found.terms else None
        parts.extend(value.members if isinstance(value, Names) else ())
    return shortened(parts)


# --- operations -------------------------------------------------------------------------------------------------------


def _named(form: Form, name: str, text: TermText) -> str:
    """A term of `set`: parties by the name of their role."""
    if name in form.roles:
        return f"{name} {show.show(text.value.limbs[0][0])}"
    return term(form, name, text.value)


def operation(done: Operation, word: str, deal: str = "") -> list[str]:
    """The statements of an operation on an entry of a word (`license`, `event`, `amend`); `set` and `unset` apart."""
    form = INSTRUMENT if word == "amend" else FORMS[word]
    cites = cited(done.cites)
    match done:
        case Add(entry=added, replacing=replacing):
            own = entry(added, deal)
            qualified = f"{deal}." if deal else ""
            if added.is_clause and not own.startswith(f"{added.name.removeprefix(qualified)}:"):
                own = f"{added.name.removeprefix(qualified)}: {own}"
            text = f"{'replace' if replacing else 'add'} {own}"
            return [_requalified(text, added, deal)]
        case Drop():
            return [_joined("drop", done.key, cites)]
        case SetTerms(terms=terms):
            given = {name: text for name, text in terms.items() if text is not None}
            gone = [name for name, text in terms.items() if text is None]
            # What is unset comes first: once the rest is set, the clause may have ended.
            found = [_joined("unset", done.key, gone, cites)] if gone else []
            if given:
                roles = [_named(form, name, text) for name, text in given.items() if name in form.roles]
                plain = {name: text.value for name, text in given.items() if name not in form.roles}
                found.append(_joined("set", done.key, roles, _items(form, plain), cites))
            return found
        case ChangeMembers(term=name, members=members, adding=adding):
            text = term(form, name, Schedule.of(members))
            return [_joined("add" if adding else "drop", done.key, text, cites)]
        case Waive(start=start, end=end, by=by, to=to):
            return [
                _joined(
                    "waive", done.key, f"by {by}" if by else "", f"to {to}" if to else "",
                    f"from {show.time(start)}" if start else "", show.show(end) if end else "", cites,
                )
            ]  # fmt: skip
        case Reinstate():
            return [_joined("reinstate", done.key, cites)]
        case _:
            raise AssertionError(done)


def _requalified(text: str, added: Entry, deal: str) -> str:
    """In an amendment, what is added to a deal among several is named with the deal."""
    if not deal:
        return text
    plain = added.name.removeprefix(f"{deal}.")
    return re.sub(rf"(?<=[ ]){re.escape(plain)}", f"{deal}.{plain}", text, count=1)


# --- instruments ------------------------------------------------------------------------------------------------------


def header(found: Instrument) -> str:
    """The header of an amendment."""
    signatures = [period(lo, hi) + (f" by {by}" if by else "") for by, lo, hi in found.signatures]
    return _joined(
        "amend",
        found.name,
        f'"{found.title}"' if found.title else "",
        f"of {', '.join(found.deals or (found.deal,))}" if found.deals or found.deal else "",
        f"signed {', '.join(signatures)}" if signatures else "",
        f"parties {', '.join(found.parties)}" if found.parties else "",
        f"effective {show.time(found.effective)}" if found.effective else "",
        f"when {show.show(found.when)}" if found.when else "",
        show.end(found.until) if found.until else "",
        f"after {', '.join(found.after)}" if found.after else "",
        f"subject to {', '.join(found.yields_to)}" if found.yields_to else "",
        f"notwithstanding {', '.join(found.prevails_over)}" if found.prevails_over else "",
        "retroactive" if found.retroactive else "",
        cited(found.cites),
    )


def reading_header(found: Reading) -> str:
    """The header of a reading."""
    return _joined("reading", found.name, f'"{found.title}"' if found.title else "", f"of {found.of}",
                   cited(found.cites))  # fmt: skip


def deal(found: Deal, agreement: Instrument) -> str:
    """The `deal` statement."""
    signatures = [period(lo, hi) + (f" by {by}" if by else "") for by, lo, hi in agreement.signatures]
    return _joined(
        "deal",
        found.name,
        f'"{found.title}"' if found.title else "",
        f"signed {', '.join(signatures)}" if signatures else "",
        f"effective {show.time(agreement.effective)}" if agreement.effective else "",
        _restated(*agreement.restated) if agreement.restated is not None else "",
        unqualified(f"parties {', '.join(found.parties)}", found.name) if found.parties else "",
        f"currency {found.currency}" if found.currency else "",
        f"rounding {found.rounding}{', running' * found.running}"
        if found.rounding != "half-even" or found.running
        else "",
        f"fiscal-year {found.fiscal_year}" if found.fiscal_year != "January" else "",
        f"calendar {', '.join(found.calendar)}" if found.calendar != ("weekdays",) else "",
        cited(agreement.cites),
    )


def _restated(day: Day, known: Day) -> str:
    return f"restated {iso(day)}" + (f" known {iso(known)}" if known != day else "")


def fact(found: Fact) -> list[str]:
    """The statements of a fact: its record, and where it was retracted, that."""
    label = f"{found.id}:" if found.id != found.subject else ""
    known = f"known {iso(found.known)}" if found.known is not None and found.known != found.last else ""
    by = f"by {found.by}" if found.by else ""
    match found.kind:
        case "happened":
            meant = f" for {period(*found.within)}" if found.within is not None else ""
            what = f"{found.subject}{meant} on {period(found.day, found.last)}"
        case "paid":
            what = f"paid {given(found.value)} under {found.subject.removeprefix(PAID_UNDER)} on {iso(found.day)}"
        case "holds":
            until = f" until {iso(found.end - 1)}" if found.end is not None else ""
            what = f"{found.subject} holds from {iso(found.day)}{until}"
        case _:
            what = f"{found.subject} = {given(found.value)}"
            known = f"known {iso(found.known)}" if found.known is not None else ""
    lines = [_joined(label, "record", what, known, by)]
    if found.retracted is not None:
        lines.append(f"retract {found.id} known {iso(found.retracted)}")
    return lines


def given(value: Value | bool | None) -> str:
    """The value of an unknown, as it is recorded."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Start):
        return show.time(value.time)
    return show.show(value) if value is not None else ""


# --- documents --------------------------------------------------------------------------------------------------------


def block(found: Instrument | Reading, words: Mapping[EntryKey, str], prefixes: Mapping[EntryKey, str]) -> list[str]:
    """A header and its operations; `words` are the verbs by key, `prefixes` the deals of keys that have one."""
    lines = [header(found) if isinstance(found, Instrument) else reading_header(found)]
    operations = found.operations
    if isinstance(found, Instrument) and found.restates:  # what it drops, and that it replaces, follows
        lines.append("  restate")
        operations = tuple(
            attrs.evolve(each, replacing=False) if isinstance(each, Add) else each
            for each in operations
            if not isinstance(each, Drop)
        )
    for each in operations:
        word = each.entry.word if isinstance(each, Add) else words.get(each.key, "")
        if not word and isinstance(each.key, DeclarationKey):
            word = each.key.word
        lines += [f"  {line}" for line in operation(each, word, prefixes.get(each.key, ""))]
    return lines


def document(model: Model) -> str:
    """The whole model as a file, expectations left out."""
    several = len(model.deals) > 1
    agreements = {instrument.name: instrument for instrument in model.instruments if not instrument.amends}
    everything: list[Instrument | Reading] = [*model.instruments, *model.drafts, *model.readings]
    words: dict[EntryKey, str] = {}
    prefixes: dict[EntryKey, str] = {}
    for part in everything:
        for each in part.operations:
            if isinstance(each, Add):
                words.setdefault(each.key, each.entry.word)
                prefixes[each.key] = each.entry.deal if several else ""
    lines: list[str] = []
    for found in model.deals:
        agreement = agreements.get(found.name)
        if agreement is None:
            continue
        if found.span is not None:
            lines += [deal(found, agreement), ""]
        lines += [entry(done.entry, prefixes[done.key]) for done in agreement.operations if isinstance(done, Add)]
        lines.append("")
    for scenario in model.scenarios:
        title = f'"{scenario.title}"' if scenario.title else ""
        lines.append(_joined("scenario", scenario.name, title))
        lines += [f"  {line}" for supposed in scenario.facts for line in fact(supposed)]
        lines.append("")
    lines += [line for recorded in model.facts for line in fact(recorded)]
    for part in everything:
        if isinstance(part, Reading) or part.amends:
            lines += ["", *block(part, words, prefixes)]
    return "\n".join(lines).strip("\n") + "\n"
