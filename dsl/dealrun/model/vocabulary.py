"""The words of the language: every verb and declaration, its parties, and its terms.

In: nothing. Out: `FORMS`, one table. Everything that depends on which word it is reads it from here: the resolver, the
diagnostics, the state, the table of the specification (held to it by a test). A new verb is a new row.
"""

from collections.abc import Collection
from enum import Enum
from typing import Final

import attrs


class Kind(Enum):
    """What sort of value a term has."""

    WORD = "word"
    FLAG = "flag"
    AMOUNT = "amount"
    NAMES = "names"
    TEXT = "text"
    ACT = "act"
    DURATION = "duration"
    COUNT = "count"
    START = "start"
    END = "end"
    DUE = "due"
    CONDITION = "condition"
    LABELS = "labels"
    EVENT = "event"
    PARTY = "party"
    SHARES = "shares"


@attrs.frozen
class Term:
    """A term: its name, its kind, the modifiers that introduce it, and whether its value may stand bare."""

    name: str
    kind: Kind
    modifiers: tuple[str, ...] = ()
    bare: bool = False
    words: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()
    """For NAMES: the kinds of names it may list; empty where any name or quoted text does."""


@attrs.frozen
class Form:
    """A verb or declaration word."""

    word: str
    family: str
    roles: tuple[str, ...]
    """Parties: of a lone party, of the giver, of the receiver; empty where the word takes none."""
    terms: dict[str, Term]
    about: str
    by_modifier: dict[str, Term] = attrs.field(init=False, repr=False)
    by_word: dict[str, Term] = attrs.field(init=False, repr=False)
    bare: dict[Kind, Term] = attrs.field(init=False, repr=False)

    @by_modifier.default
    def _by_modifier(self) -> dict[str, Term]:
        return {modifier: term for term in self.terms.values() for modifier in term.modifiers}

    @by_word.default
    def _by_word(self) -> dict[str, Term]:
        return {word: term for term in self.terms.values() for word in term.words}

    @bare.default
    def _bare(self) -> dict[Kind, Term]:
        return {term.kind: term for term in self.terms.values() if term.bare}


def _form(word: str, family: str, roles: str, about: str, *terms: Term) -> Form:
    names = tuple(roles.split())
    parties = tuple(Term(role, Kind.PARTY) for role in dict.fromkeys(names))
    extra = () if family == "declaration" else COMMON
    return Form(word, family, names, {term.name: term for term in (*parties, *terms, *extra)}, about)


def _flags(*words: str) -> tuple[Term, ...]:
    return tuple(Term(word, Kind.FLAG, words=(word,)) for word in words)


FROM = Term("from", Kind.START, ("from", "after"))
UNTIL = Term("until", Kind.END, ("until", "through", "before", "for"), words=("perpetual",))

COMMON: Final = (
    FROM,
    UNTIL,
    Term("when", Kind.CONDITION, ("when",)),
    Term("while", Kind.CONDITION, ("while",)),
    Term("unless", Kind.CONDITION, ("unless",)),
    Term("except", Kind.NAMES, ("except",)),
    Term("each", Kind.EVENT, ("each",)),
    Term("subject to", Kind.LABELS, ("subject to",)),
    Term("notwithstanding", Kind.LABELS, ("notwithstanding",)),
)
"""The terms that every clause can have."""

ACT = Term("act", Kind.ACT, bare=True, refers_to=("act",))
SCOPE = Term("scope", Kind.NAMES, ("to", "of"))
TERRITORY = Term("territory", Kind.NAMES, ("in",))
FIELD = Term("field", Kind.NAMES)
WITH = Term("with", Kind.NAMES, ("with",))
ON = Term("on", Kind.NAMES, ("on",))
OF_WHAT: Final = (SCOPE, TERRITORY, FIELD)
"""What a right or a duty is about, where, and for which use."""
DUE = Term("due", Kind.DUE, ("within", "by"))
AMOUNT = Term("amount", Kind.AMOUNT, bare=True)
CAP = Term("cap", Kind.AMOUNT, ("cap",))
FLOOR = Term("floor", Kind.AMOUNT, ("floor",))
BASE = Term("base", Kind.NAMES, ("of",), refers_to=("stream", "asset"))
PAID = Term(
    "paid", Kind.WORD, ("paid",),
    words=("weekly", "monthly", "quarterly", "semiannually", "annually", "fiscal-quarterly", "fiscal-annually",
           "contract-annually", "once"),
)  # fmt: skip
SPREAD = Term("over", Kind.AMOUNT, ("over",))
NET = Term("net of", Kind.NAMES, ("net of",), refers_to=("stream", "asset"))
TIERS = Term("tiers", Kind.WORD, words=("marginal", "all-units"))
ROLL = Term("roll", Kind.WORD, words=("following", "modified-following", "preceding"))
SPLIT: Final = (Term("split", Kind.SHARES), Term("remainder", Kind.NAMES, refers_to=("party", "person")))
"""How a payment is divided among its payees."""
PRORATED = Term("prorated", Kind.FLAG, words=("prorated",))
LEAST = Term("at least", Kind.AMOUNT, ("at least",))
MOST = Term("at most", Kind.AMOUNT, ("at most",))
WRITTEN = Term("written", Kind.FLAG, words=("written",))
CURE = Term("cure", Kind.DUE)
OTHERWISE = Term("otherwise", Kind.LABELS)
REMEDIES: Final = (CURE, OTHERWISE)
"""How long a breach can be made good, and which clauses come to life if it is not."""
FREQUENCY = Term(
    "frequency", Kind.WORD,
    words=("daily", "weekly", "monthly", "quarterly", "semiannually", "annually", "fiscal-quarterly", "fiscal-annually",
           "contract-annually"),
)  # fmt: skip

ACTS: Final = (
    "non-compete",
    "no-solicit-employees",
    "no-solicit-customers",
    "non-disparagement",
    "anti-assignment",
    "change-of-control",
    "confidentiality",
    "no-challenge",
    "covenant-not-to-sue",
    "third-party-beneficiary",
    "price-restriction",
    "volume-restriction",
    "post-termination",
)
"""Categories of a quoted act, as the Contract Understanding Atticus Dataset names them."""

LEDGER_ROLES: Final = (
    "date", "stream", "amount", "currency", "units", "payer", "product", "territory", "booked", "id",
)  # fmt: skip
"""What the columns of a ledger can be (docs/language.md#ledgers)."""

_MEANING = Term("meaning", Kind.TEXT, bare=True)
_NAME = Term("name", Kind.TEXT, bare=True)

_ROWS: Final = (
    # --- rights ---
    _form(
        "license",
        "right",
        "licensee licensor licensee",
        "a licence",
        Term("exclusivity", Kind.WORD, words=("exclusive", "sole", "co-exclusive", "nonexclusive")),
        *OF_WHAT,
        Term("with", Kind.NAMES, ("with",), refers_to=("party", "person")),
        Term("transfer", Kind.WORD, words=("transferable", "non-transferable")),
        Term("sublicensing", Kind.WORD, words=("sublicensable", "non-sublicensable")),
        Term("affiliates", Kind.WORD, words=("affiliates", "licensor-affiliates", "all-affiliates")),
        *_flags("irrevocable", "unlimited", "royalty-free"), LEAST, MOST,
    ),
    _form("permit", "right", "holder grantor holder", "a right to act", ACT, *OF_WHAT,
          Term("category", Kind.WORD, words=ACTS), ON, WITH, Term("worth", Kind.AMOUNT, ("worth",)), LEAST, MOST,
          Term("notice", Kind.DURATION), *_flags("unlimited"), WRITTEN),
    _form("option", "right", "holder grantor holder", "an option, or a right of first refusal, offer or negotiation",
          Term("kind", Kind.WORD,
               words=("first-refusal", "first-offer", "first-negotiation", "purchase", "renewal")),
          ACT, *OF_WHAT, Term("window", Kind.DURATION, bare=True), Term("price", Kind.AMOUNT, ("at",)), WITH, LEAST,
          MOST, WRITTEN),
    _form("own", "right", "owner assignor owner", "ownership, joint ownership, or an assignment",
          Term("share", Kind.AMOUNT, bare=True), *OF_WHAT, *_flags("joint")),
    _form("audit", "right", "auditor auditee auditor", "a right to audit", *OF_WHAT, ON, WITH, LEAST, MOST,
          Term("notice", Kind.DURATION), Term("look-back", Kind.DURATION), WRITTEN),
    # --- duties ---
    _form("require", "duty", "obligor obligor obligee", "a duty to act", ACT, DUE, FREQUENCY, ROLL, *REMEDIES,
          *OF_WHAT, ON, WITH, LEAST, MOST, WRITTEN),
    _form("forbid", "duty", "obligor obligor obligee", "a duty not to act", ACT, *REMEDIES, *OF_WHAT,
          Term("category", Kind.WORD, words=ACTS), ON, WITH, LEAST, MOST, WRITTEN),
    _form("exclusive", "duty", "obligor obligor beneficiary", "exclusive dealing", *OF_WHAT, ACT, ON, *REMEDIES),
    _form("first", "duty", "obligor obligor beneficiary", "a duty to go first with somebody", ACT, *OF_WHAT, ON,
          *REMEDIES),
    _form("mfn", "duty", "obligor obligor beneficiary", "most favoured terms", Term("on", Kind.LABELS, ("on",)),
          *OF_WHAT, WITH, *REMEDIES),
    _form("warrant", "duty", "warrantor warrantor beneficiary", "a warranty", ACT, *OF_WHAT, ON, WITH, LEAST, MOST,
          *REMEDIES),
    _form("insure", "duty", "insured insured beneficiary", "a duty to insure", ACT, LEAST, MOST, DUE, FREQUENCY,
          ROLL, *OF_WHAT, ON, WITH, *REMEDIES),
    _form("escrow", "duty", "depositor depositor beneficiary", "a deposit in escrow", *OF_WHAT, WITH, DUE, FREQUENCY,
          ROLL, Term("release", Kind.CONDITION), *REMEDIES),
    _form("liability", "duty", "obligor obligor claimant", "a limit of liability", CAP, ACT, *OF_WHAT, ON,
          *_flags("unlimited")),
    # --- money ---
    _form("revshare", "money", "payer payer payee", "a share of receipts", Term("rate", Kind.AMOUNT, bare=True),
          BASE, NET, TERRITORY, TIERS, CAP, FLOOR, PRORATED, PAID, DUE, ROLL, SPREAD, *SPLIT, *REMEDIES),
    _form("royalty", "money", "payer payer payee", "a royalty", Term("rate", Kind.AMOUNT, bare=True),
          BASE, NET, TERRITORY, TIERS, CAP, FLOOR, PRORATED, PAID, DUE, ROLL, SPREAD, *SPLIT, *REMEDIES),
    _form("fee", "money", "payer payer payee", "a fee", AMOUNT, BASE, NET, TERRITORY, TIERS,
          Term("escalation", Kind.AMOUNT), CAP, FLOOR, PRORATED, PAID, *_flags("prepaid"), DUE, ROLL, SPREAD, *SPLIT,
          ON, *REMEDIES),
    _form("damages", "money", "payer payer payee", "liquidated damages, or a fee for ending the deal", AMOUNT, BASE,
          NET, TERRITORY, CAP, FLOOR, PAID, DUE, ROLL, *SPLIT, ON),
    _form("milestone", "money", "payer payer payee", "a payment on an event", AMOUNT, Term("reaching", Kind.AMOUNT),
          BASE, NET, TERRITORY, DUE, ROLL, PAID, CAP, *SPLIT, ON, *REMEDIES),
    _form("advance", "money", "payer payer payee", "a payment on account", AMOUNT, Term("against", Kind.LABELS),
          DUE, ROLL, *SPLIT),
    _form("commit", "money", "buyer buyer seller", "a commitment to buy", AMOUNT,
          Term("of", Kind.NAMES, ("of",)), NET, TERRITORY, Term("shortfall", Kind.AMOUNT),
          Term("carry-forward", Kind.AMOUNT), Term("rollover", Kind.AMOUNT), FLOOR, CAP, PRORATED, PAID, DUE, ROLL,
          SPREAD, *REMEDIES),
    _form("invest", "money", "investor investor issuer", "an investment", AMOUNT, PAID, DUE, ROLL, SPREAD,
          Term("of", Kind.NAMES, ("of",))),
    _form("interest", "money", "payer payer payee", "interest on what is paid late",
          Term("rate", Kind.AMOUNT, bare=True), Term("on", Kind.LABELS, ("on",)),
          Term("day count", Kind.WORD, words=("actual-365", "actual-360", "thirty-360", "actual-actual"))),
    _form("stake", "money", "holder issuer holder", "a holding",
          Term("share", Kind.AMOUNT, bare=True), Term("of", Kind.NAMES, ("of",)),
          Term("worth", Kind.AMOUNT, ("worth",))),
    # --- life ---
    _form("term", "life", "party party party", "the term of the deal", Term("duration", Kind.DURATION, bare=True),
          Term("renews", Kind.DURATION), Term("renewals", Kind.COUNT), Term("notice", Kind.DURATION), WRITTEN),
    _form("terminate", "life", "holder grantor holder", "a right to terminate",
          Term("ground", Kind.WORD, words=("convenience", "cause", "automatic")),
          Term("notice", Kind.DURATION), Term("cure", Kind.DURATION), ACT, *OF_WHAT, WITH, WRITTEN),
    _form("survive", "life", "", "what outlives the deal", Term("clauses", Kind.LABELS, bare=True)),
    _form("law", "life", "", "the law that governs, and the courts that decide", Term("governing", Kind.NAMES, ("of",)),
          Term("courts", Kind.NAMES, ("in",)), ON, *_flags("exclusive", "jury-waiver")),
    # --- declarations ---
    _form("party", "declaration", "", "who signs", _NAME),
    _form("person", "declaration", "", "an outsider", _NAME),
    _form("asset", "declaration", "", "a thing that clauses are about", _NAME,
          Term("in", Kind.NAMES, ("in",), refers_to=("asset",))),
    _form("act", "declaration", "", "something that one may do, must do, or must not do", _NAME,
          Term("in", Kind.NAMES, ("in",), refers_to=("act",))),
    _form("stream", "declaration", "", "a base that money is a share of", _NAME,
          Term("in", Kind.NAMES, ("in",), refers_to=("stream",))),
    _form("unit", "declaration", "", "a unit of quantity", _NAME),
    _form("ledger", "declaration", "", "a table of sales", Term("file", Kind.TEXT, bare=True),
          *(Term(role, Kind.TEXT) for role in LEDGER_ROLES)),
    _form("rates", "declaration", "", "a table of exchange rates", Term("file", Kind.TEXT, bare=True)),
    _form("event", "declaration", "", "something that happens", _MEANING,
          Term("declared by", Kind.NAMES, ("declared by",), refers_to=("party", "person")),
          Term("=", Kind.CONDITION, ("=",)), *_flags("recurring"), Term("every", Kind.DURATION), FROM,
          Term("until", Kind.END, ("until", "through", "before"))),
    _form("condition", "declaration", "", "something that holds from a day until a day", _MEANING,
          Term("declared by", Kind.NAMES, ("declared by",), refers_to=("party", "person"))),
    _form("unknown", "declaration", "", "what nobody has disclosed", _MEANING,
          Term("kind", Kind.WORD, words=("amount", "percentage", "date", "truth")),
          Term("at least", Kind.AMOUNT, ("at least",)), Term("at most", Kind.AMOUNT, ("at most",)),
          FROM, Term("until", Kind.END, ("until", "through", "before"))),
    _form("source", "declaration", "", "where something is written", Term("title", Kind.TEXT, bare=True),
          Term("published", Kind.DUE, ("on",))),
)  # fmt: skip

FORMS: Final = {form.word: form for form in _ROWS}

INSTRUMENT: Final = Form(
    "amend",
    "instrument",
    (),
    {"effective": Term("effective", Kind.START, ("effective",)), "until": UNTIL},
    "an amendment, as later ones can change it: before it takes effect, and when it lapses",
)


def falls_due_by_period(word: str, terms: Collection[str], *, per_window: bool) -> bool:
    """Whether a delay (`within 45 days`) counts from the end of each payment period, not once from the start."""
    return word in {"revshare", "royalty", "commit"} or per_window or not _PERIODIC.isdisjoint(terms)


_PERIODIC = frozenset({"paid", "base", "reaching", "escalation", "frequency"})

CLAUSES: Final = frozenset(form.word for form in _ROWS if form.family != "declaration")
DECLARATIONS: Final = frozenset(form.word for form in _ROWS if form.family == "declaration")
OPERATIONS: Final = frozenset({"add", "drop", "set", "unset", "replace", "waive", "reinstate", "restate"})
OTHERS: Final = frozenset({"deal", "include", "amend", "record", "retract", "scenario", "reading", "expect"})
EVENT_KINDS: Final = ("start", "end", "due", "performance", "breach", "cure", "default", "notice", "exercise")
"""The events that every label supplies."""

RECORDED: Final = ("performance", "breach", "cure", "notice", "exercise")
"""Those of them that are recorded; each can happen more than once."""
