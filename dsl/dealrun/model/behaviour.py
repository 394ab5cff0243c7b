"""What verbs do: the behaviours that a row of the vocabulary chooses from.

In: nothing. Out: `Behaviour`, `Stance`, and the groups of behaviours that other modules ask for.
"""

from enum import Enum
from typing import Final


class Behaviour(Enum):
    """What a verb does, so that no other module has to know which verb it is."""

    RIGHT = "right"
    OPTION = "option"
    """A right that opens, and lapses unless it is used in its window."""
    DUTY = "duty"
    SHARE = "share"
    """A share of receipts, in every payment period."""
    FEE = "fee"
    """An amount by its own window, by units, by receipts, or once."""
    INVESTMENT = "investment"
    """An amount by its own window, or once; never of receipts."""
    SINGLE = "single payment"
    """An amount on an event, or where a base reaches a threshold."""
    ADVANCE = "advance"
    """A single payment that is recouped from others."""
    COMMITMENT = "commitment"
    """An amount to buy in each window, with a payment for the shortfall."""
    INTEREST = "interest"
    """On payments that are late."""
    HOLDING = "holding"
    """Nothing is paid by it."""
    TERM = "term"
    """How long the deal lasts."""
    TERMINATION = "termination"
    """A right to end the deal, or its end by itself."""
    SURVIVAL = "survival"
    """What outlives the deal."""
    BOOKS = "books"
    """Of which clauses it is recorded what was performed."""
    NONE = "none"
    """It is shown, and decides nothing."""
    DECLARATION = "declaration"
    INSTRUMENT = "instrument"


class Stance(Enum):
    """As what a clause is compared with others in the search for conflicts."""

    LICENCE = "licence"
    DEALING = "exclusive dealing"
    PURCHASE = "purchase"
    OWNERSHIP = "ownership"
    OPTION = "option"
    PERMISSION = "permission"
    PROHIBITION = "prohibition"
    DEMAND = "demand"
    PARITY = "most favoured terms"
    """It promises that nobody else has better prices."""


_FAMILIES: Final = {
    "right": (Behaviour.RIGHT, Behaviour.OPTION),
    "duty": (Behaviour.DUTY,),
    "money": (
        Behaviour.SHARE, Behaviour.FEE, Behaviour.INVESTMENT, Behaviour.SINGLE, Behaviour.ADVANCE,
        Behaviour.COMMITMENT, Behaviour.INTEREST, Behaviour.HOLDING,
    ),
    "life": (Behaviour.TERM, Behaviour.TERMINATION, Behaviour.SURVIVAL, Behaviour.BOOKS, Behaviour.NONE),
    "declaration": (Behaviour.DECLARATION,),
    "instrument": (Behaviour.INSTRUMENT,),
}  # fmt: skip
FAMILY: Final = {behaviour: family for family, members in _FAMILIES.items() for behaviour in members}

LIFELINES: Final = frozenset({Behaviour.TERM, Behaviour.TERMINATION})
"""What decides when the deal ends."""

LIFE: Final = LIFELINES | {Behaviour.SURVIVAL}
"""What decides which clauses end with the deal, and when."""

RIGHTS: Final = frozenset({Behaviour.RIGHT, Behaviour.OPTION}) | LIFELINES
"""A notice or an exercise of these counts while they are in force."""

PAYMENTS: Final = frozenset(_FAMILIES["money"]) - {Behaviour.HOLDING}
"""What settlement pays."""

PRICES: Final = PAYMENTS - {Behaviour.INTEREST}
"""What a promise of most favoured terms is compared with."""
