"""Pairs of contracts that differ in one term alone, for every verb and every term of it that is not carried.

In: the vocabulary, and the contracts of `pairs`. Out: for each pair of verb and term the pairs of contracts of which
one at least has to give two answers; and what an answer is: who may and must do what until when, what falls due and is
paid, what cannot be kept. How a term is shown is no answer.
"""

import re
from collections.abc import Iterator
from typing import Final

import dealrun
from dealrun.model.vocabulary import FORMS
from pairs import BASES, HEAD, LEDGER, clause

CONTEXT: Final = HEAD.replace("record notice of quit on 2025-03-01\n", "").replace(
    'asset prints "prints" in works\n',
    'asset prints "prints" in works\nasset covers "covers" in works\nasset songs "songs"\nact renting "rent"\n',
)
"""As `HEAD`, in a deal that goes on; with things and acts apart from those of the clause."""

RIVALS: Final = r"(rival_licence|rival_dealing|rival_owner|rival_option|ban|leave|demand): "
RIVAL_LABELS: Final = (
    "rival_licence", "rival_dealing", "rival_owner", "rival_option", "rival_buyer", "ban", "leave", "demand", "promise",
    "cheaper",
)  # fmt: skip
MONEY: Final = {
    "fee": "C->A 500 USD per year paid quarterly within 10 days", "damages": "C->A 500 USD",
    "royalty": "C->A 2% of sales", "revshare": "C->A 2% of sales", "advance": "C->A 500 USD",
    "milestone": "C->A 500 USD when LAUNCH", "invest": "C->A 500 USD",
    "commit": "C->A 500 USD per year of sales shortfall 100%",
}  # fmt: skip
BUYS: Final = "commit B->A 30,000 USD per year of sales shortfall 100%"
PRICES: Final = 'pa: royalty B->A 5% of sales\npb: royalty C->A 2% of sales in "Spain"\n'
DEALING: Final = "dealing: exclusive B->C of sales\n"
LATE: Final = "record paid 300 USD under price on 2023-06-30\n"

DAYS: Final = "2023-01-20", "2023-02-20", "2023-04-03", "2023-06-01", "2024-06-01", "2027-01-01"

Pair = tuple[str, str, str]
"""What stands around the clause, and the clause in two ways."""


def rivals(suffix: str = "", thing: str = "") -> str:
    """The context with rivals that say something more, or are about another thing."""
    found = []
    for line in CONTEXT.splitlines():
        told = line
        if re.match(RIVALS, line):
            form = FORMS[line.split(": ")[1].split()[0]]
            if thing:
                told = line.replace(" works", f" {thing}") if " works" in line else f"{line} of {thing}"
            word = suffix.split(maxsplit=1)[0] if suffix else ""
            if word and (word in form.by_modifier or word in form.terms):
                told += suffix
        found.append(told)
    return "\n".join(found) + "\n"


_ONE: Final[dict[tuple[str, str], Pair]] = {
    ("commit", "amount"): (CONTEXT, BUYS, BUYS.replace("30,000", "40,000")),
    ("commit", "of"): (CONTEXT, BUYS, BUYS.replace("sales", "returns")),
    ("commit", "net of"): (CONTEXT, BUYS.replace("30", "70").replace("sales", "sales net of returns"),
                           BUYS.replace("30", "70")),
    ("commit", "territory"): (CONTEXT, f'{BUYS} in "France"', BUYS),
    ("commit", "shortfall"): (CONTEXT, BUYS, BUYS.replace("100%", "50%")),
    ("commit", "carry-forward"): (CONTEXT, f"{BUYS} carry-forward 100%", BUYS),
    ("commit", "rollover"): (CONTEXT, f"{BUYS} rollover 50%", BUYS),
    ("commit", "prorated"): (CONTEXT, f"{BUYS} prorated", BUYS),
    ("commit", "paid"): (CONTEXT, f"{BUYS} paid monthly", BUYS),
    ("commit", "roll"): (CONTEXT, f"{BUYS} within 2 days following", f"{BUYS} within 2 days"),
    ("commit", "over"): (CONTEXT, BUYS.replace("shortfall", "over LONGER shortfall"), BUYS),
    ("commit", "except"): (CONTEXT, f"{BUYS} except prints", BUYS),
    ("commit", "subject to"): (CONTEXT + DEALING, f"{BUYS} subject to dealing", BUYS),
    ("commit", "notwithstanding"): (CONTEXT + DEALING, f"{BUYS} notwithstanding dealing", BUYS),
    ("exclusive", "act"): (CONTEXT.replace("rival_dealing: exclusive A->C of works",
                                           "rival_dealing: exclusive A->C of works act renting"),
                           "exclusive A->B of works act selling", "exclusive A->B of works"),
    ("interest", "rate"): (CONTEXT + LATE, "interest B->A 10% per year on price",
                           "interest B->A 20% per year on price"),
    ("interest", "on"): (CONTEXT + LATE, "interest B->A 10% per year on price", "interest B->A 10% per year on ruled"),
    ("interest", "day count"): (CONTEXT + LATE, "interest B->A 10% per year on price actual-360",
                                "interest B->A 10% per year on price"),
    ("license", "scope"): (CONTEXT, "license A->B to works", "license A->B to songs"),
    ("mfn", "on"): (CONTEXT + PRICES, "mfn A->B on pa", "mfn A->B on default_fee"),
    ("mfn", "scope"): (CONTEXT + PRICES, "mfn A->B on pa of returns", "mfn A->B on pa"),
    ("mfn", "territory"): (CONTEXT + PRICES, 'mfn A->B on pa in "France"', "mfn A->B on pa"),
    ("option", "kind"): (CONTEXT.replace("of works 30 days", "of works 30 days renewal"),
                         "option B->A act selling of works renewal", "option B->A act selling of works"),
    ("option", "window"): (CONTEXT, "option B->A act selling 90 days when LAUNCH",
                           "option B->A act selling 30 days when LAUNCH"),
    ("own", "share"): (CONTEXT.replace("own C of works", "own C of works 60%"), "own A of works 40%", "own A of works"),
    ("own", "joint"): (CONTEXT.replace("own C of works", "own C of works joint"), "own A of works joint",
                       "own A of works"),
    ("terminate", "ground"): (CONTEXT, "terminate B automatic when LAUNCH", "terminate B cause when LAUNCH"),
    ("terminate", "notice"): (f"{CONTEXT}record notice of c on 2024-01-05\n", "terminate B cause notice 9 months",
                              "terminate B cause"),
    ("terminate", "cure"): (f"{CONTEXT}books\nrecord notice of c on 2024-01-05\n", "terminate B cause cure 9 months",
                            "terminate B cause"),
    ("term", "duration"): (CONTEXT, "term 2 years", "term 4 years"),
    ("term", "renewals"): (CONTEXT, "term 1 year renews 1 year renewals 1", "term 1 year renews 1 year"),
    ("term", "notice"): (f"{CONTEXT}record notice of c on 2024-01-05\n", "term 1 year renews 1 year notice 30 days",
                         "term 1 year renews 1 year"),
    ("term", "renews"): (CONTEXT, "term 1 year renews 1 year", "term 1 year"),
    ("term", "until"): (CONTEXT, "term until 2023", "term until 2025"),
    ("survive", "clauses"): (HEAD, "survive price", "survive ruled"),
    ("books", "clauses"): (HEAD, "books filed", "books demand"),
    ("invest", "of"): (CONTEXT + "pa: invest B->A 900 USD of works\npm: mfn A->B on pa\n",
                       "invest C->A 500 USD of works", "invest C->A 500 USD of songs"),
    ("invest", "over"): (CONTEXT, "invest C->A over 2 years 5,000 USD", "invest C->A 5,000 USD"),
    ("fee", "over"): (CONTEXT, "fee B->A over 2 years 2,400 USD", "fee B->A 2,400 USD"),
    ("fee", "tiers"): (CONTEXT, "fee B->A 2 USD per copies up to 9 copies then 1 USD per copies of sales all-units",
                       "fee B->A 2 USD per copies up to 9 copies then 1 USD per copies of sales"),
    ("milestone", "except"): (CONTEXT, "milestone B->A 900 USD reaching 20,000 USD of sales except works",
                              "milestone B->A 900 USD reaching 20,000 USD of sales"),
    ("milestone", "paid"): (CONTEXT, "milestone B->A 900 USD reaching 20,000 USD of sales paid annually",
                            "milestone B->A 900 USD reaching 20,000 USD of sales"),
    ("milestone", "reaching"): (CONTEXT, "milestone B->A 900 USD reaching 20,000 USD of sales",
                                "milestone B->A 900 USD reaching 90,000,000 USD of sales"),
    ("milestone", "base"): (CONTEXT, "milestone B->A 900 USD reaching 20,000 USD of sales",
                            "milestone B->A 900 USD reaching 20,000 USD of returns"),
    ("milestone", "net of"): (CONTEXT, "milestone B->A 900 USD reaching 24,000 USD of sales net of returns",
                              "milestone B->A 900 USD reaching 93,950 USD of sales"),
    ("milestone", "territory"): (CONTEXT, 'milestone B->A 900 USD reaching 20,000 USD of sales in "France"',
                                 "milestone B->A 900 USD reaching 20,000 USD of sales"),
}  # fmt: skip
"""Of pairs that need a clause of their own, the contracts."""


def candidates(word: str, name: str) -> Iterator[Pair]:  # noqa: C901, PLR0912, PLR0915 - a case for each kind of term
    """Pairs of contracts that differ in one term of a clause of a verb."""
    if (word, name) in _ONE:
        yield _ONE[word, name]
        return
    base = 'law of "Texas"' if word == "law" else f"{word} {BASES[word]}"
    several = base.replace("B->A", "B->A, C", 1)
    if name == "cure":
        breach = f"{CONTEXT}record breach of c on 2023-04-01\n"
        yield breach, f"{base} cure 5 days otherwise default_fee", f"{base} otherwise default_fee"
        return
    yield CONTEXT, clause(word, name).removeprefix("c: "), base
    match name:
        case "until":
            yield CONTEXT, f"{base} until 2024-03", base
        case "field":
            yield rivals(' field "films"'), f'{base} field "books"', base
        case "territory":
            yield rivals(' in "Spain"'), f'{base} in "France"', base
            yield CONTEXT, f'{word} B->A 3% of sales in "France"', f"{word} B->A 3% of sales"
        case "scope":
            for thing in ("covers", "songs"):
                yield rivals(thing=thing), clause(word, name).removeprefix("c: "), base
        case "with":
            for party in ("B", "A"):
                yield rivals(f" with {party}"), f"{base} with C", base
        case "on":
            yield rivals(' on "the films"'), f'{base} on "the books"', base
        case "act":
            yield CONTEXT, base.replace("selling", "renting"), base
        case "except":
            for what in ("C", "B", "A", "works", "sales", "prints"):
                yield CONTEXT, f"{base} except {what}", base
            yield CONTEXT, f"{word} B->A 3% of sales except prints", f"{word} B->A 3% of sales"
        case "subject to" | "notwithstanding":
            for label in RIVAL_LABELS:
                yield CONTEXT, f"{base} {name} {label}", base
                if word in MONEY:
                    yield CONTEXT, f"{word} {MONEY[word]} {name} {label}", f"{word} {MONEY[word]}"
        case "amount" | "rate":
            yield CONTEXT, re.sub(r"([\d,]+)( USD|%)", r"9\1\2", base, count=1), base
        case "base":
            yield CONTEXT, base.replace(" of sales", " of returns"), base
            yield CONTEXT, f"{word} B->A 3% of sales", f"{word} B->A 3% of returns"
        case "cap":
            yield CONTEXT, f"{base} cap 100 USD", base
        case "floor":
            yield CONTEXT, f"{word} B->A 5% of sales floor 9,000 USD per year", f"{word} B->A 5% of sales"
        case "roll":
            yield CONTEXT, f"{base} within 4 days following", f"{base} within 4 days"
            yield CONTEXT, f"{base} paid monthly within 0 days following", f"{base} paid monthly within 0 days"
        case "split":
            yield CONTEXT, f"{several} split 60%, 40%", several
        case "remainder":
            odd = re.sub(r"([\d,]+) USD", r"\1.01 USD", several, count=1).replace("5% of", "5.0001% of")
            yield CONTEXT, f"{odd} remainder C", odd
        case "prorated":
            floor = f"{word} B->A 5% of sales floor 9,000 USD per year"
            yield CONTEXT, f"{floor} prorated", floor
        case "tiers":
            tiers = f"{word} B->A 5% up to 20,000 USD then 7% of sales"
            yield CONTEXT, f"{tiers} all-units", tiers
        case "net of":
            yield CONTEXT, f"{word} B->A 10% of sales net of returns", f"{word} B->A 10% of sales"
        case "while" | "unless":
            yield CONTEXT, f"{base} {name} OPEN", base
        case _:
            pass


def answers(contract: dealrun.Contract) -> list[object]:
    """What a contract decides, without the words in which it says so."""
    timeline = contract.timeline()
    found: list[object] = [sorted(each.code for each in contract.conflicts())]
    found.extend(
        (c.label, c.status, c.since, c.until, [(i.occurrence, i.status, i.until) for i in c.instances],
         [(d.number, d.status, d.due, d.cure_by) for d in c.duties])
        for day in DAYS for c in timeline.on(day).clauses.values()
    )  # fmt: skip
    agenda = contract.agenda(timeline, "2023-01-01", "2027-12-31")
    found.append([(e.day, e.kind, e.label, e.party, e.otherwise, e.number) for e in agenda])
    statement = contract.settle(LEDGER, through="2026-06-30")
    found.append([(p.label, p.period, p.amount, p.due, p.split) for p in statement.payments])
    return [*found, [each.label for each in statement.unsettled], statement.notes]
