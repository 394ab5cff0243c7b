"""Every code that a diagnostic can have: its severity and its headline.

A code is never reused. Each has a failing file with a rendered snapshot under tests/diagnostics/, and a page under
docs/diagnostics/ that `dealrun explain CODE` prints; a test fails where one is missing.
"""

from typing import Final, NamedTuple


class CatalogEntry(NamedTuple):
    """`severity` is error, warning or note."""

    severity: str
    title: str


def _errors(**titles: str) -> dict[str, CatalogEntry]:
    return {code: CatalogEntry("error", title) for code, title in titles.items()}


CATALOG: Final[dict[str, CatalogEntry]] = {
    **_errors(
        DR101="what stands here does not fit",
        DR102="a quote or a bracket is not closed",
        DR103="a character that means nothing",
        DR104="a tab in the indentation",
        DR105="an indentation that fits nothing",
        DR106="an unknown verb",
        DR107="a statement in the wrong place",
        DR201="a name that is not declared",
        DR202="a name that is declared twice",
        DR203="a name of the wrong kind",
        DR204="two clauses of one label",
        DR205="a label that no clause has",
        DR206="a deal that is not loaded",
        DR207="a name that stands for two things",
        DR208="clauses that hang on one another",
        DR209="a source that is not declared",
        DR301="a value that does not fit its term",
        DR302="a term that the word does not have",
        DR303="a term given twice",
        DR304="two ends",
        DR305="a date or a number that does not exist",
        DR306="a date outside the horizon",
        DR307="a number without a unit",
        DR308="an unknown unit or currency",
        DR309="units that do not combine",
        DR310="a name or a party is missing",
        DR313="a start before the amendment takes effect",
        DR314="a schedule that does not hang together",
        DR315="tiers that do not fit together",
        DR316="shares that do not add up",
        DR317="a party on both sides, or named twice",
        DR318="a termination that nothing brings about",
        DR320="a quantity of the wrong kind",
        DR321="a window that is lost",
        DR402="an effective day before the signing day",
        DR403="two instruments without an order",
        DR404="a change of what is not there",
        DR405="a change of what has ended",
        DR406="dropping what others refer to",
        DR407="adding what is there",
        DR410="two instruments of one name",
        DR411="a list member that is there, or is not",
        DR412="an order of instruments that cannot be",
        DR413="unsetting a term that is not set",
        DR414="a waiver by someone who does not hold the right",
        DR415="a change of an instrument that comes too late",
        DR416="reinstating what is not waived",
        DR417="a deal that the instrument does not amend",
        DR501="a fact by someone who does not declare it",
        DR502="two records of one event",
        DR503="retracting a fact that is not there",
        DR504="recording what follows from the terms",
        DR505="a value outside its bounds",
        DR506="a record that says too little",
        DR507="a fact known before it happened",
        DR601="an expectation that does not hold",
        DR602="an expectation that cannot be read",
        DR701="a ledger that cannot be read",
        DR702="rows of a ledger that hold no value",
        DR703="rows of a stream that is not declared",
        DR704="rows with one id",
        DR705="rows in another currency",
        DR901="too many tokens",
        DR902="too deep a nesting",
        DR903="too long a number",
        DR904="too long a duration",
        DR905="too long a chain of references",
        DR906="a file that cannot be read",
        DR907="too many or too large files",
        DR908="too many amendments",
        DR909="too many facts",
        DR910="an include that leads astray",
        DR911="too many occurrences of an event",
        DR912="an evaluation that exceeds the limits",
    ),
    "DR211": CatalogEntry("note", "a sketch, and what it assumes"),
    "DR312": CatalogEntry("warning", "a clause that can never be in force"),
    "DR801": CatalogEntry("warning", "two exclusive grants"),
    "DR802": CatalogEntry("warning", "a grant that an exclusivity forbids"),
    "DR803": CatalogEntry("warning", "an act that is forbidden and allowed"),
    "DR804": CatalogEntry("warning", "a due day outside the life of its clause"),
    "DR805": CatalogEntry("warning", "a condition that can never hold"),
    "DR806": CatalogEntry("warning", "a cap below what is guaranteed"),
    "DR807": CatalogEntry("warning", "a most favoured term that is beaten"),
    "DR808": CatalogEntry("warning", "an option that closes before it opens"),
    "DR809": CatalogEntry("warning", "a notice that nobody can give in time"),
    "DR810": CatalogEntry("warning", "a clause that no course of events brings to life"),
    "DR319": CatalogEntry("warning", "a count that begins after the end"),
    "DR322": CatalogEntry("warning", "a word that has no effect here"),
    "DR323": CatalogEntry("warning", "a clause that is added after the end"),
    "DR324": CatalogEntry("warning", "a party bound by what it did not sign"),
    "DR325": CatalogEntry("note", "a calendar whose holidays differ by part"),
    "DR508": CatalogEntry("warning", "a record that has no effect"),
    "DR401": CatalogEntry("warning", "an amendment that is not signed"),
    "DR408": CatalogEntry("note", "a pending change is overwritten"),
    "DR409": CatalogEntry("note", "the day from which a cap counts"),
}
