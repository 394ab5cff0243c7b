"""Terms that are kept, shown and amended, and decide no other answer: which, and why.

In: nothing. Out: `COMPARED` and `CARRIED`, from which the vocabulary and the table of the specification are made
(docs/language.md#carried-terms).
"""

from typing import Final

COMPARED: Final = frozenset({
    "act", "scope", "territory", "field", "on", "with", "at least", "at most", "except", "subject to",
    "notwithstanding",
})  # fmt: skip
"""The terms that are read where clauses are compared with one another; some also where rows of a ledger are chosen."""

CARRIED: Final = {
    **dict.fromkeys(
        ("act", "scope", "territory", "field", "on", "with", "except", "subject to", "notwithstanding"),
        "clauses of these verbs are not compared with other clauses by it",
    ),
    **dict.fromkeys(("at least", "at most"), "how much was done is not recorded"),
    **dict.fromkeys(("notice", "look-back"), "the use of these rights is not computed"),
    "written": "the form of a notice is not recorded",
    "release": "the day on which a deposit is handed over is not computed",
    "category": "acts are compared by their names and texts",
    **dict.fromkeys(("governing", "courts", "exclusive", "jury-waiver"), "no answer depends on the law that governs"),
    **dict.fromkeys(("cap", "unlimited"), "liability is not computed, and uses of a right are not counted"),
    **dict.fromkeys(("transfer", "sublicensing", "affiliates", "royalty-free"), "who uses a licence is not recorded"),
    **dict.fromkeys(("meaning", "title", "published"), "they are shown with the name"),
    "price": "the price of an option is not settled",
    **dict.fromkeys(("share", "of", "worth"), "nothing is paid under a holding"),
}
"""By the name of a term, why it is carried."""
