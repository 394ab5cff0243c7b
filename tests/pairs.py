"""A contract for every pair of verb and term that the language has.

In: the vocabulary. Out: for each pair a contract in which a clause of the verb has the term, among clauses that it can
refer to and clash with, with facts that bring it about, and the questions that users ask.
"""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa  # type: ignore[import-untyped]

import dealrun
from dealrun.model.vocabulary import CLAUSES, FORMS

HEAD: Final = """\
deal pairs "Every pair" signed 2023-01-15 parties A, B, C currency USD
party A "Alpha"
party B "Beta"
party C "Gamma"
asset works "the works"
asset prints "prints" in works
stream sales "receipts from sales"
stream returns "what came back"
unit copies "copies"
event LAUNCH "the launch"
event visit "a visit" recurring
condition OPEN "the shop is open"
unknown LONGER amount "a time that is not disclosed"
act selling "sell the works"
quit: terminate A convenience notice 30 days
default_fee: damages B->A 500 USD
ruled: royalty B->A 5% of sales paid quarterly within 30 days
price: fee B->A 1,200 USD per year paid quarterly within 10 days
cheaper: fee C->A 1,000 USD per year paid quarterly within 10 days
promise: mfn A->B on price
rival_licence: license A->C to works exclusive
rival_dealing: exclusive A->C of works
rival_owner: own C of works
rival_option: option B->C act selling of works 30 days
rival_buyer: commit C->A 10 USD per year of sales
ban: forbid B act selling
leave: permit B act selling
demand: require B act selling
filed: require B "file the accounts" annually within 30 days
record LAUNCH on 2023-03-01
record visit on 2023-04-01
record visit on 2023-08-01
record OPEN holds from 2023-02-01 until 2023-09-30
record notice of quit on 2025-03-01
"""
"""What the clause can refer to, and what it can clash with."""

BASES: Final = {
    "license": "A->B to works", "permit": "A->B act selling", "option": "B->A act selling", "own": "A of works",
    "audit": "A->B of works", "require": "B->A act selling", "forbid": "B->A act selling",
    "exclusive": "A->B of works", "first": "A->B of works", "mfn": "A->B on price", "warrant": "A->B of works",
    "insure": "B->A of works", "escrow": "A->C of works", "liability": "A->B of works", "revshare": "B->A 5% of sales",
    "royalty": "B->A 5% of sales", "fee": "B->A 2,400 USD per year", "damages": "B->A 700 USD",
    "milestone": "B->A 900 USD", "advance": "B->A 1,000 USD", "commit": "B->A 5,000 USD per year of sales",
    "invest": "C->A 5,000 USD", "interest": "B->A 10% per year", "stake": "C->A 12%", "term": "4 years",
    "terminate": "B cause", "survive": "price", "law": "",
    "books": "filed",
}  # fmt: skip
"""Of each verb, a clause that is whole without the term."""

SAMPLES: Final = {
    "from": "from 2023-02-01", "until": "until 2025", "when": "when LAUNCH", "while": "while OPEN",
    "unless": "unless OPEN", "except": "except C", "each": "each visit", "subject to": "subject to quit",
    "notwithstanding": "notwithstanding quit", "scope": "of prints", "territory": 'in "France"',
    "field": 'field "books"', "with": "with C", "due": "within 10 days", "cap": "cap 5,000 USD",
    "floor": "floor 1,000 USD", "base": "of sales", "paid": "paid monthly", "over": "over LONGER",
    "net of": "net of returns", "roll": "following", "split": "split 60%, 40%", "remainder": "remainder C",
    "prorated": "prorated", "at least": "at least 3 copies", "at most": "at most 9 copies", "written": "written",
    "cure": "cure 5 days", "otherwise": "otherwise default_fee", "frequency": "monthly", "worth": "worth 100 USD",
    "category": "non-compete", "notice": "notice 10 days", "look-back": "look-back 2 years", "price": "at 100 USD",
    "window": "90 days", "release": "release LAUNCH", "escalation": "escalation 3% per year", "prepaid": "prepaid",
    "reaching": "reaching 20,000 USD of sales", "against": "against ruled", "shortfall": "shortfall 50%",
    "carry-forward": "carry-forward 10%", "rollover": "rollover 20%", "day count": "actual-360",
    "renews": "renews 1 year", "renewals": "renewals 2", "ground": "convenience", "joint": "joint",
    "irrevocable": "irrevocable", "unlimited": "unlimited", "royalty-free": "royalty-free",
    "transfer": "transferable", "sublicensing": "sublicensable", "affiliates": "affiliates", "kind": "purchase",
    "exclusivity": "exclusive", "governing": 'of "New York"', "courts": 'in "New York"', "exclusive": "exclusive",
    "jury-waiver": "jury-waiver", "act": "act selling", "share": "40%", "on": 'on "the books"', "of": "of sales",
}  # fmt: skip
"""Of each term, a text that gives it."""

WHOLE: Final = {
    ("royalty", "tiers"): "B->A 5% up to 20,000 USD then 7% of sales all-units",
    ("revshare", "tiers"): "B->A 5% up to 20,000 USD then 7% of sales all-units",
    ("fee", "tiers"): "B->A 2 USD per copies up to 9 copies then 1 USD per copies of sales all-units",
    ("term", "until"): "until 2025", ("term", "while"): "until 2023 renews 1 year while OPEN",
    ("term", "unless"): "until 2023 renews 1 year unless OPEN",
    ("term", "each"): "until 2023 renews 1 year each visit",
    ("mfn", "on"): "A->B on price", ("interest", "on"): "B->A 10% per year on price", ("survive", "clauses"): "price",
    ("books", "clauses"): "filed",
    ("commit", "of"): "B->A 5,000 USD per year of sales", ("invest", "of"): "C->A 5,000 USD of works",
    ("stake", "of"): "C->A 12% of works", ("interest", "rate"): "B->A 10% per year",
    ("option", "window"): "B->A 90 days",
    ("milestone", "reaching"): "B->A 900 USD reaching 20,000 USD of sales",
    ("milestone", "base"): "B->A 900 USD reaching 20,000 USD of sales",
    ("milestone", "net of"): "B->A 900 USD reaching 20,000 USD of sales net of returns",
    ("milestone", "territory"): 'B->A 900 USD reaching 20,000 USD of sales in "France"',
    ("commit", "shortfall"): "B->A 50,000 USD per year of sales shortfall 50%",
    ("liability", "cap"): "A->B cap 5,000 USD", ("license", "scope"): "A->B to works",
    ("stake", "share"): "C->A 12%", ("terminate", "ground"): "B cause",
    ("fee", "over"): "B->A over 2 years 2,400 USD", ("invest", "over"): "C->A over 2 years 5,000 USD",
    ("fee", "net of"): "B->A 10% of sales net of returns",
    ("damages", "net of"): "B->A 10% of sales net of returns",
    ("require", "roll"): "B->A act selling within 10 days following",
    ("insure", "roll"): "B->A of works within 10 days following",
    ("escrow", "roll"): "A->C of works within 10 days following",
    ("royalty", "prorated"): "B->A 5% of sales floor 1,000 USD per year prorated",
    ("revshare", "prorated"): "B->A 5% of sales floor 1,000 USD per year prorated",
    ("fee", "prorated"): "B->A 5% of sales floor 1,000 USD per year prorated",
}  # fmt: skip
"""Clauses that a text behind the base does not give."""


def pairs() -> Iterator[tuple[str, str]]:
    """Every verb with each of its terms; parties are no terms of this kind."""
    for word in sorted(CLAUSES):
        for name in FORMS[word].terms:
            if name not in FORMS[word].roles:
                yield word, name


def contract_with(word: str, name: str) -> str:
    """A contract with a clause of a verb, `c`, that has a term; where the term is of a breach, `c` was breached."""
    breach = "record breach of c on 2023-04-01\n" if name in {"cure", "otherwise"} else ""
    return f"{HEAD}{clause(word, name)}\n{breach}"


def clause(word: str, name: str) -> str:
    """A clause of a verb that has a term."""
    form, base = FORMS[word], BASES[word]
    if (word, name) in WHOLE:
        return f"c: {word} {WHOLE[word, name]}"
    if name in {"rate", "amount", "duration"} and form.terms[name].bare:
        return f"c: {word} {base}"
    if name in {"split", "remainder"}:
        base = base.replace("B->A", "B->A, C", 1)
    text = SAMPLES[name]
    if word == "law" and name == "on":
        text = f'of "New York" {text}'
    if name == "remainder":
        text = f"split 50%, 50% {text}"
    modifier = text.partition(" ")[0]
    if modifier in {"of", "on", "act", "in"} and f" {modifier} " in f" {base} ":
        base = base.partition(f" {modifier} ")[0]
    return f"c: {word} {base} {text}"


LEDGER: Final = pa.table({
    "date": ["2023-02-01", "2023-05-02", "2024-02-03", "2024-03-01"],
    "stream": ["sales", "sales", "returns", "sales"],
    "units": [10, 5, 2, 7],
    "amount": ["9000.55", "15000.10", "120.00", "70000.00"],
    "territory": ["France", "Spain", "France", "France"],
    "product": ["works", "prints", "works", "prints"],
})  # fmt: skip


def ask(contract: dealrun.Contract, ledger: pa.Table | None = LEDGER) -> list[object]:
    """What users ask of a contract: what is in force, what falls due, what is owed, what cannot both be kept."""
    timeline = contract.timeline()
    answers: list[object] = [contract.conflicts()]
    for day in ("2023-02-20", "2023-06-01", "2024-06-01", "2027-01-01"):
        state = timeline.on(day)
        answers += [(c.status, c.until, c.instances, c.duties) for c in state.clauses.values()]
        answers.append(timeline.prospects(day))
    answers.append(contract.agenda(timeline, "2023-01-01", "2027-12-31"))
    answers.append(contract.settle(ledger, through="2026-06-30"))
    return answers


DECLARED: Final = """\
deal declared "Every declaration" signed 2023-01-15 parties A, B currency USD
party A "Alpha"
party B "Beta"
person PANEL "a panel"
asset works "the works"
asset prints "prints" in works
act trading "trade"
act selling "sell the works" in trading
stream receipts "receipts"
stream sales "receipts from sales" in receipts
unit copies "copies"
source text "the agreement" on 2023-01-20
event LAUNCH "the launch" declared by PANEL
event SALE "the company is sold"
event EXIT "an exit" = LAUNCH or SALE
event visit "a visit" recurring
event month_end "the end of a month" every 1 month from 2023-01-31 until 2023-12-31
condition OPEN "the shop is open" declared by A
unknown K amount "a sum" at least 1,000 USD at most 2,000 USD
unknown D date "a day" from 2023-03-01 until 2023-06-30
ledger books "ledger.csv" date "day" stream "channel" amount "money" currency "coin"
  units "number" payer "who" product "what" territory "where" booked "seen" id "row"
rates daily "rates.csv"
licence: license A->B to prints exclusive when OPEN
rival: license A->PANEL to works
ban: forbid B act trading
leave: permit B act selling
share: royalty B->A 5% of receipts in "France"
each_visit: fee B->A 1 USD each visit within 5 days of visit
each_month: fee B->A 1 USD each month_end within 5 days of month_end
sum: fee B->A K within 10 days of EXIT
later: require B "report" by D
record LAUNCH on 2023-04-01 by PANEL [text]
record visit on 2023-04-01
record OPEN holds from 2023-02-01 until 2023-09-30 by A
"""
"""Every declaration with each of its terms."""

FILES: Final = {
    "ledger.csv": "day,channel,money,coin,number,who,what,where,seen,row\n2023-02-01,sales,100.00,EUR,2,B,works,France,"
    "2023-02-03,1\n",
    "rates.csv": "date,from,to,rate\n2023-01-01,EUR,USD,1.1\n",
}


def without(word: str, name: str) -> str | None:
    """The contract of a pair with a clause that lacks the term; None where the term makes the clause."""
    if (word, name) in WHOLE:
        return None
    base = 'law of "Texas"' if word == "law" else f"{word} {BASES[word]}"
    return contract_with(word, name).replace(f"\n{clause(word, name)}\n", f"\nc: {base}\n")


def decided(contract: dealrun.Contract) -> list[object]:
    """What a contract decides: who may and must do what until when, what falls due and is paid, what cannot be kept;
    not how it is written."""
    timeline = contract.timeline()
    found: list[object] = [[(each.code, each.message) for each in contract.conflicts()]]
    for day in ("2023-02-20", "2023-06-01", "2024-06-01", "2027-01-01"):
        clauses = timeline.on(day).clauses.values()
        found.append([(c.label, c.status, c.since, c.until, c.instances, c.duties) for c in clauses])
    agenda = contract.agenda(timeline, "2023-01-01", "2027-12-31")
    found.append([(e.day, e.kind, e.label, e.party, e.otherwise, e.number) for e in agenda])
    statement = contract.settle(LEDGER, through="2026-06-30")
    found.append([(p.label, p.period, p.amount, p.due) for p in statement.payments])
    return [*found, statement.unsettled, statement.notes]
