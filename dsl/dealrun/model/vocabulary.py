"""The words of the language: every verb and declaration, what it does, its parties, and its terms.

In: nothing. Out: `FORMS`, one table. Everything that depends on which word it is reads it from here: the resolver, the
diagnostics, the state, settlement, the search for conflicts, the table of the specification. No other module names a
verb (tests/test_vocabulary.py), so that a new verb is a new row.
"""

from collections.abc import Collection
from enum import Enum
from typing import Final

import attrs

from dealrun.model.behaviour import FAMILY, PRICES, Behaviour, Stance
from dealrun.model.carried import COMPARED
from dealrun.model.kinds import ANY, MONEY_LIKE, Kind, Windowed


class ValueKind(Enum):
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
    """A term: its name, its kind, the modifiers that introduce it (first the usual one), whether it may stand bare."""

    name: str
    kind: ValueKind
    modifiers: tuple[str, ...] = ()
    bare: bool = False
    words: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()
    """For NAMES: the kinds of names it may list; empty where any name or quoted text does."""
    takes: frozenset[Kind] = ANY
    """For AMOUNT: the kinds of quantities it may be."""
    window: Windowed = Windowed.MAY
    """For AMOUNT: whether it has a window."""
    window_of_money: bool = False
    """Whether only an amount of money has one."""
    instead: str | None = None
    """What to write instead of a window."""


@attrs.frozen
class Form:
    """A verb or declaration word."""

    word: str
    behaviour: Behaviour
    roles: tuple[str, ...]
    """Parties: of a lone party, of the giver, of the receiver; empty where the word takes none."""
    terms: dict[str, Term]
    about: str
    stance: Stance | None = None
    carried: frozenset[str] = frozenset()
    """The terms that are kept, shown and amended, and decide no other answer; `carried.py` says why."""
    shield: str = ""
    """The term with which a clause protects whoever it binds, so that they gain by the clause; empty for most."""
    family: str = attrs.field(init=False)
    """The heading in the table of the specification: right, duty, money, life, declaration."""
    main: str = attrs.field(init=False)
    """The term that holds the amount: `rate` or `share` of what has one, else `amount`."""
    by_modifier: dict[str, Term] = attrs.field(init=False, repr=False)
    by_word: dict[str, Term] = attrs.field(init=False, repr=False)
    bare: dict[ValueKind, Term] = attrs.field(init=False, repr=False)

    @family.default
    def _family(self) -> str:
        return FAMILY[self.behaviour]

    @main.default
    def _main(self) -> str:
        return next((t.name for t in self.terms.values() if t.bare and t.kind is ValueKind.AMOUNT), "amount")

    @by_modifier.default
    def _by_modifier(self) -> dict[str, Term]:
        return {modifier: term for term in self.terms.values() for modifier in term.modifiers}

    @by_word.default
    def _by_word(self) -> dict[str, Term]:
        return {word: term for term in self.terms.values() for word in term.words}

    @bare.default
    def _bare(self) -> dict[ValueKind, Term]:
        return {term.kind: term for term in self.terms.values() if term.bare}


def _form(
    word: str, behaviour: Behaviour, roles: str, about: str, *terms: Term, stance: Stance | None = None,
    carried: tuple[str, ...] = (), shield: str = "",
) -> Form:  # fmt: skip
    """A row. What is compared with no other clause carries the terms that only such a comparison reads."""
    names = tuple(roles.split())
    parties = tuple(Term(role, ValueKind.PARTY) for role in dict.fromkeys(names))
    extra = () if behaviour is Behaviour.DECLARATION else COMMON
    given = {term.name: term for term in (*parties, *terms, *extra)}
    kept = set(carried)
    if extra and stance is None and behaviour not in PRICES:
        kept |= COMPARED & given.keys()
    if stance is None and behaviour in PRICES:  # a price is compared by what it is of and where
        kept |= {"on", "subject to", "notwithstanding"} & given.keys()
        kept |= set() if "base" in given else {"except"}
    if behaviour is Behaviour.INTEREST:
        kept.discard("on")  # the clauses on whose payments it runs
    return Form(word, behaviour, names, given, about, stance, frozenset(kept), shield)


def _declaration(word: str, about: str, *terms: Term, carried: tuple[str, ...] = ()) -> Form:
    return _form(word, Behaviour.DECLARATION, "", about, *terms, carried=carried)


def _flags(*words: str) -> tuple[Term, ...]:
    return tuple(Term(word, ValueKind.FLAG, words=(word,)) for word in words)


FROM = Term("from", ValueKind.START, ("from", "after"))
UNTIL = Term("until", ValueKind.END, ("until", "through", "before", "for"), words=("perpetual",))

COMMON: Final = (
    FROM,
    UNTIL,
    Term("when", ValueKind.CONDITION, ("when",)),
    Term("while", ValueKind.CONDITION, ("while",)),
    Term("unless", ValueKind.CONDITION, ("unless",)),
    Term("except", ValueKind.NAMES, ("except",)),
    Term("each", ValueKind.EVENT, ("each",)),
    Term("subject to", ValueKind.LABELS, ("subject to",)),
    Term("notwithstanding", ValueKind.LABELS, ("notwithstanding",)),
)
"""The terms that every clause can have."""

ACT = Term("act", ValueKind.ACT, bare=True, refers_to=("act",))
SCOPE = Term("scope", ValueKind.NAMES, ("of", "to"))
TERRITORY = Term("territory", ValueKind.NAMES, ("in",))
FIELD = Term("field", ValueKind.NAMES)
WITH = Term("with", ValueKind.NAMES, ("with",))
ON = Term("on", ValueKind.NAMES, ("on",))
OF_WHAT: Final = (SCOPE, TERRITORY, FIELD)
"""What a right or a duty is about, where, and for which use."""
TO_WHAT: Final = (attrs.evolve(SCOPE, modifiers=("to", "of")), TERRITORY, FIELD)
"""The same where one says `to` of it: a licence to a thing."""
MONEY: Final = frozenset({Kind.MONEY})
RATIO: Final = frozenset({Kind.RATIO})
PART: Final = frozenset({Kind.RATIO, Kind.NUMBER})
"""A part of a whole: a percentage, or so many of its units."""
TARGET: Final = frozenset({Kind.MONEY, Kind.NUMBER})
"""What is sold or bought: its money, or its units."""
DUE = Term("due", ValueKind.DUE, ("within", "by"))
SUM = Term("amount", ValueKind.AMOUNT, bare=True, takes=MONEY, window=Windowed.NEVER,
           instead="`each` makes one payment for each occurrence of an event")  # fmt: skip
"""An amount that is due once."""
AMOUNT = Term(
    "amount", ValueKind.AMOUNT, bare=True, takes=frozenset({Kind.MONEY, Kind.PRICE, Kind.RATIO}), window_of_money=True,
    instead="a price or a percentage is earned by what is sold; say `paid quarterly` when it is payable",
)  # fmt: skip
RATE = Term(
    "rate", ValueKind.AMOUNT, bare=True, takes=frozenset({Kind.PRICE, Kind.RATIO}), window=Windowed.NEVER,
    instead="a window stands behind a threshold: `10% up to 1m USD per year then 12%`",
)  # fmt: skip
THRESHOLD = Term("threshold", ValueKind.AMOUNT, takes=TARGET)
"""Up to where a rate of tiers applies."""
CAP = Term("cap", ValueKind.AMOUNT, ("cap",), takes=MONEY_LIKE)
CAP_OF_MONEY = attrs.evolve(CAP, takes=MONEY)
FLOOR = Term("floor", ValueKind.AMOUNT, ("floor",), takes=MONEY_LIKE)
SHARE = Term("share", ValueKind.AMOUNT, bare=True, takes=PART, window=Windowed.NEVER)
WORTH = Term("worth", ValueKind.AMOUNT, ("worth",), takes=MONEY, window=Windowed.NEVER)
BASE = Term("base", ValueKind.NAMES, ("of",), refers_to=("stream", "asset"))
PAID = Term(
    "paid", ValueKind.WORD, ("paid",),
    words=("weekly", "monthly", "quarterly", "semiannually", "annually", "fiscal-quarterly", "fiscal-annually",
           "contract-annually", "once"),
)  # fmt: skip
SPREAD = Term("over", ValueKind.AMOUNT, ("over",), takes=frozenset({Kind.NUMBER}), window=Windowed.NEVER)
NET = Term("net of", ValueKind.NAMES, ("net of",), refers_to=("stream", "asset"))
TIERS = Term("tiers", ValueKind.WORD, words=("marginal", "all-units"))
ROLL = Term("roll", ValueKind.WORD, words=("following", "modified-following", "preceding"))
SPLIT: Final = (Term("split", ValueKind.SHARES), Term("remainder", ValueKind.NAMES, refers_to=("party", "person")))
"""How a payment is divided among its payees."""
PRORATED = Term("prorated", ValueKind.FLAG, words=("prorated",))
LEAST = Term("at least", ValueKind.AMOUNT, ("at least",))
MOST = Term("at most", ValueKind.AMOUNT, ("at most",))
WRITTEN = Term("written", ValueKind.FLAG, words=("written",))
CURE = Term("cure", ValueKind.DUE)
OTHERWISE = Term("otherwise", ValueKind.LABELS)
REMEDIES: Final = (CURE, OTHERWISE)
"""How long a breach can be made good, and which clauses come to life if it is not."""
FREQUENCY = Term(
    "frequency", ValueKind.WORD,
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

_MEANING = Term("meaning", ValueKind.TEXT, bare=True)
_NAME = Term("name", ValueKind.TEXT, bare=True)

_B = Behaviour

_ROWS: Final = (
    # --- rights ---
    _form("license", _B.RIGHT, "licensee licensor licensee", "a licence",
          Term("exclusivity", ValueKind.WORD, words=("exclusive", "sole", "co-exclusive", "nonexclusive")), *TO_WHAT,
          Term("with", ValueKind.NAMES, ("with",), refers_to=("party", "person")),
          Term("transfer", ValueKind.WORD, words=("transferable", "non-transferable")),
          Term("sublicensing", ValueKind.WORD, words=("sublicensable", "non-sublicensable")),
          Term("affiliates", ValueKind.WORD, words=("affiliates", "licensor-affiliates", "all-affiliates")),
          *_flags("irrevocable", "unlimited", "royalty-free"), LEAST, MOST, stance=Stance.LICENCE,
          carried=("unlimited", "transfer", "sublicensing", "affiliates", "royalty-free", "at least", "at most")),
    _form("permit", _B.RIGHT, "holder grantor holder", "a right to act",
          ACT, *TO_WHAT, Term("category", ValueKind.WORD, words=ACTS), ON, WITH,
          WORTH,
          LEAST, MOST, Term("notice", ValueKind.DURATION), *_flags("unlimited"), WRITTEN, stance=Stance.PERMISSION,
          carried=("category", "notice", "unlimited", "written")),
    _form("option", _B.OPTION, "holder grantor holder", "an option, or a right of first refusal, offer or negotiation",
          Term("kind", ValueKind.WORD,
               words=("first-refusal", "first-offer", "first-negotiation", "purchase", "renewal")),
          ACT, *OF_WHAT, Term("window", ValueKind.DURATION, bare=True), Term("price", ValueKind.AMOUNT, ("at",)), WITH,
          LEAST,
          MOST, WRITTEN, stance=Stance.OPTION,
          carried=("price", "written", "at least", "at most")),
    _form("own", _B.RIGHT, "owner assignor owner", "ownership, joint ownership, or an assignment",
          SHARE, *OF_WHAT, *_flags("joint"), stance=Stance.OWNERSHIP),
    _form("audit", _B.RIGHT, "auditor auditee auditor", "a right to audit",
          *OF_WHAT, ON, WITH, LEAST, MOST, Term("notice", ValueKind.DURATION), Term("look-back", ValueKind.DURATION),
          WRITTEN,
          carried=("notice", "look-back", "written")),
    # --- duties ---
    _form("require", _B.DUTY, "obligor obligor obligee", "a duty to act",
          ACT, DUE, FREQUENCY, ROLL, *REMEDIES, *OF_WHAT, ON, WITH, LEAST, MOST, WRITTEN, stance=Stance.DEMAND,
          carried=("written",)),
    _form("forbid", _B.DUTY, "obligor obligor obligee", "a duty not to act",
          ACT, *REMEDIES, *OF_WHAT, Term("category", ValueKind.WORD, words=ACTS), ON, WITH, LEAST, MOST, WRITTEN,
          stance=Stance.PROHIBITION,
          carried=("category", "written")),
    _form("exclusive", _B.DUTY, "obligor obligor beneficiary", "exclusive dealing",
          *OF_WHAT, ACT, ON, *REMEDIES, stance=Stance.DEALING),
    _form("first", _B.DUTY, "obligor obligor beneficiary", "a duty to go first with somebody",
          ACT, *OF_WHAT, ON, *REMEDIES),
    _form("mfn", _B.DUTY, "obligor obligor beneficiary", "most favoured terms",
          Term("on", ValueKind.LABELS, ("on",)), *OF_WHAT, WITH, *REMEDIES, stance=Stance.PARITY,
          carried=("field", "with")),
    _form("warrant", _B.DUTY, "warrantor warrantor beneficiary", "a warranty",
          ACT, *OF_WHAT, ON, WITH, LEAST, MOST, *REMEDIES),
    _form("insure", _B.DUTY, "insured insured beneficiary", "a duty to insure",
          ACT, LEAST, MOST, DUE, FREQUENCY, ROLL, *OF_WHAT, ON, WITH, *REMEDIES),
    _form("escrow", _B.DUTY, "depositor depositor beneficiary", "a deposit in escrow",
          *OF_WHAT, WITH, DUE, FREQUENCY, ROLL, Term("release", ValueKind.CONDITION), *REMEDIES,
          carried=("release",)),
    _form("liability", _B.DUTY, "obligor obligor claimant", "a limit of liability",
          CAP_OF_MONEY, ACT, *OF_WHAT, ON, *_flags("unlimited"),
          carried=("cap", "unlimited"), shield="cap"),
    # --- money ---
    _form("revshare", _B.SHARE, "payer payer payee", "a share of receipts",
          RATE, BASE, NET, TERRITORY, TIERS, CAP, FLOOR, PRORATED, PAID, DUE, ROLL, SPREAD, *SPLIT, *REMEDIES),
    _form("royalty", _B.SHARE, "payer payer payee", "a royalty",
          RATE, BASE, NET, TERRITORY, TIERS, CAP, FLOOR, PRORATED, PAID, DUE, ROLL, SPREAD, *SPLIT, *REMEDIES),
    _form("fee", _B.FEE, "payer payer payee", "a fee",
          AMOUNT, BASE, NET, TERRITORY, TIERS,
          Term("escalation", ValueKind.AMOUNT, takes=RATIO, window=Windowed.RATE), CAP, FLOOR, PRORATED,
          PAID,
          *_flags("prepaid"), DUE, ROLL, SPREAD, *SPLIT, ON, *REMEDIES),
    _form("damages", _B.FEE, "payer payer payee", "liquidated damages, or a fee for ending the deal",
          AMOUNT, BASE, NET, TERRITORY, CAP, FLOOR, PAID, DUE, ROLL, *SPLIT, ON),
    _form("milestone", _B.SINGLE, "payer payer payee", "a payment on an event",
          SUM, Term("reaching", ValueKind.AMOUNT, takes=TARGET), BASE, NET, TERRITORY, DUE, ROLL, PAID,
          CAP_OF_MONEY, *SPLIT, ON,
          *REMEDIES),
    _form("advance", _B.ADVANCE, "payer payer payee", "a payment on account",
          SUM, Term("against", ValueKind.LABELS), DUE, ROLL, *SPLIT),
    _form("commit", _B.COMMITMENT, "buyer buyer seller", "a commitment to buy",
          attrs.evolve(AMOUNT, takes=TARGET), Term("of", ValueKind.NAMES, ("of",)), NET, TERRITORY,
          Term("shortfall", ValueKind.AMOUNT, takes=frozenset({Kind.RATIO, Kind.PRICE}), window=Windowed.NEVER),
          Term("carry-forward", ValueKind.AMOUNT, takes=RATIO, window=Windowed.NEVER),
          Term("rollover", ValueKind.AMOUNT, takes=RATIO, window=Windowed.NEVER), PRORATED, PAID, DUE, ROLL,
          SPREAD, *REMEDIES, stance=Stance.PURCHASE),
    _form("invest", _B.INVESTMENT, "investor investor issuer", "an investment",
          attrs.evolve(AMOUNT, takes=TARGET), PAID, DUE, ROLL, SPREAD, Term("of", ValueKind.NAMES, ("of",))),
    _form("interest", _B.INTEREST, "payer payer payee", "interest on what is paid late",
          attrs.evolve(RATE, takes=RATIO, window=Windowed.MUST), Term("on", ValueKind.LABELS, ("on",)),
          Term("day count", ValueKind.WORD, words=("actual-365", "actual-360", "thirty-360", "actual-actual"))),
    _form("stake", _B.HOLDING, "holder issuer holder", "a holding",
          SHARE, Term("of", ValueKind.NAMES, ("of",)),
          WORTH,
          carried=("share", "of", "worth")),
    # --- life ---
    _form("term", _B.TERM, "party party party", "the term of the deal",
          Term("duration", ValueKind.DURATION, bare=True), Term("renews", ValueKind.DURATION),
          Term("renewals", ValueKind.COUNT),
          Term("notice", ValueKind.DURATION), WRITTEN,
          carried=("written",)),
    _form("terminate", _B.TERMINATION, "holder grantor holder", "a right to terminate",
          Term("ground", ValueKind.WORD, words=("convenience", "cause", "automatic")),
          Term("notice", ValueKind.DURATION),
          Term("cure", ValueKind.DURATION), ACT, *OF_WHAT, WITH, WRITTEN,
          carried=("written",)),
    _form("survive", _B.SURVIVAL, "", "what outlives the deal", Term("clauses", ValueKind.LABELS, bare=True)),
    _form("books", _B.BOOKS, "", "the clauses of which books are kept", Term("clauses", ValueKind.LABELS, bare=True)),
    _form("law", _B.NONE, "", "the law that governs, and the courts that decide",
          Term("governing", ValueKind.NAMES, ("of",)), Term("courts", ValueKind.NAMES, ("in",)), ON,
          *_flags("exclusive", "jury-waiver"),
          carried=("governing", "courts", "exclusive", "jury-waiver")),
    # --- declarations ---
    _declaration("party", "who signs", _NAME),
    _declaration("person", "an outsider", _NAME),
    _declaration("asset", "a thing that clauses are about", _NAME,
          Term("in", ValueKind.NAMES, ("in",), refers_to=("asset",))),
    _declaration("act", "something that one may do, must do, or must not do", _NAME,
          Term("in", ValueKind.NAMES, ("in",), refers_to=("act",))),
    _declaration("stream", "a base that money is a share of", _NAME,
          Term("in", ValueKind.NAMES, ("in",), refers_to=("stream",))),
    _declaration("unit", "a unit of quantity", _NAME),
    _declaration("ledger", "a table of sales", Term("file", ValueKind.TEXT, bare=True),
          *(Term(role, ValueKind.TEXT) for role in LEDGER_ROLES)),
    _declaration("rates", "a table of exchange rates", Term("file", ValueKind.TEXT, bare=True)),
    _declaration("event", "something that happens", _MEANING,
          Term("declared by", ValueKind.NAMES, ("declared by",), refers_to=("party", "person")),
          Term("=", ValueKind.CONDITION, ("=",)), *_flags("recurring"), Term("every", ValueKind.DURATION), FROM,
          Term("until", ValueKind.END, ("until", "through", "before")),
                 carried=("meaning",)),
    _declaration("condition", "something that holds from a day until a day", _MEANING,
          Term("declared by", ValueKind.NAMES, ("declared by",), refers_to=("party", "person")),
                 carried=("meaning",)),
    _declaration("unknown", "what nobody has disclosed", _MEANING,
          Term("kind", ValueKind.WORD, words=("amount", "percentage", "date", "truth")),
          attrs.evolve(LEAST, window=Windowed.NEVER), attrs.evolve(MOST, window=Windowed.NEVER),
          FROM, Term("until", ValueKind.END, ("until", "through", "before")),
                 carried=("meaning",)),
    _declaration("source", "where something is written", Term("title", ValueKind.TEXT, bare=True),
          Term("published", ValueKind.DUE, ("on",)),
                 carried=("title", "published")),
)  # fmt: skip

FORMS: Final = {form.word: form for form in _ROWS}

INSTRUMENT: Final = Form(
    "amend",
    Behaviour.INSTRUMENT,
    (),
    {"effective": Term("effective", ValueKind.START, ("effective",)), "until": UNTIL},
    "an amendment, as later ones can change it: before it takes effect, and when it lapses",
)


def behaviour(word: str) -> Behaviour:
    """What a word does; nothing, where it is none of the vocabulary."""
    form = FORMS.get(word)
    return Behaviour.NONE if form is None else form.behaviour


def stance(word: str) -> Stance | None:
    """As what a clause of a verb is compared with others."""
    form = FORMS.get(word)
    return None if form is None else form.stance


def falls_due_by_period(word: str, terms: Collection[str], *, per_window: bool) -> bool:
    """Whether a delay (`within 45 days`) counts from the end of each payment period, not once from the start."""
    return behaviour(word) in {Behaviour.SHARE, Behaviour.COMMITMENT} or per_window or not _PERIODIC.isdisjoint(terms)


_PERIODIC = frozenset({"paid", "base", "reaching", "escalation", "frequency"})

CLAUSES: Final = frozenset(form.word for form in _ROWS if form.behaviour is not Behaviour.DECLARATION)
DECLARATIONS: Final = frozenset(form.word for form in _ROWS if form.behaviour is Behaviour.DECLARATION)
OPERATIONS: Final = frozenset({"add", "drop", "set", "unset", "replace", "waive", "reinstate", "restate"})
OTHERS: Final = frozenset({"deal", "include", "amend", "record", "retract", "scenario", "reading", "expect"})
EVENT_KINDS: Final = ("start", "end", "due", "performance", "breach", "cure", "default", "notice", "exercise")
"""The events that every label supplies."""

RECORDED: Final = ("performance", "breach", "cure", "notice", "exercise")
"""Those of them that are recorded; each can happen more than once."""
