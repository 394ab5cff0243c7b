"""Every row of the facts about OpenAI and Microsoft has its place in contracts/openai-microsoft, with its sources.

The table below is the promise: which row is stated where, and who says so. Rows A are the partnership of 2019 to 2025,
rows B the definitive agreement of October 2025, rows C the amendment of April 2026; rows D are what the sources leave
open, which the files say beside the terms that it is about.
"""

from datetime import date, timedelta
from functools import cache

import attrs
import pytest

import dealrun
from conftest import ROOT
from dealrun.model.contract import Add, Cite, Instrument, Operation
from dealrun.source import Span
from dealrun.state.standing import days_of_change
from strategies import said

FOLDER = ROOT / "contracts" / "openai-microsoft"
FIRST, SECOND, THIRD = "2019-partnership.deal", "2025-definitive-agreement.deal", "2026-amendment.deal"
SOURCES = ("nyt2024", "era2025", "ms2026", "ft2026", "decoder2026")


@attrs.frozen
class Place:
    """Where a row is stated: the file, what the line begins with or holds, and the sources it must cite."""

    row: str
    file: str
    text: str
    sources: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.row} {self.text[:30]}"


def _places(file: str, *rows: tuple[str, str, str]) -> list[Place]:
    return [Place(row, file, text, tuple(sources.split())) for row, text, sources in rows]


TERMS = [
    *_places(
        FIRST,
        ("A1", "seed: invest MSFT->OAI 1bn USD by 2019", "era2025 ft2026 nyt2024"),
        ("A1", "growth: invest MSFT->OAI about 12bn USD by 2024", "era2025 ft2026 nyt2024"),
        ("A2", "azure: exclusive OAI->MSFT of compute from 2019", "era2025 nyt2024"),
        ("A2", 'buy: require OAI->MSFT "buy its compute from Microsoft"', "era2025 nyt2024"),
        ("A3", "ip: license OAI->MSFT to technology exclusive until AGI", "decoder2026 ft2026"),
        ("A3", 'sell: permit OAI->MSFT "sell the technology through Azure"', "decoder2026 ft2026"),
        ("A4", 'event AGI "a highly autonomous system', "nyt2024 ft2026 decoder2026"),
        ("A4", "ip: license OAI->MSFT to technology exclusive until AGI", "nyt2024 ft2026 decoder2026"),
        ("A5", "share: revshare OAI->MSFT 20% of sales", "ft2026"),
        ("A6", "azure_share: revshare MSFT->OAI 20% of azure_sales", "decoder2026 ft2026"),
        ("A7", "add azure except ORACLE", "nyt2024"),
        ("A7", 'add oracle: permit OAI "buy compute from Oracle" with ORACLE worth about 10bn USD', "nyt2024"),
        ("A8", "holding: stake MSFT about 32.5% of OAI", "era2025"),
        ("A9", "rofr: option OAI->MSFT first-refusal of compute", "era2025"),
    ),
    *_places(
        SECOND,
        ("B1", "set holding about 27% of OAI worth about 135bn USD", "era2025"),
        ("B1", 'set party OAI "OpenAI Group PBC"', "era2025"),
        ("B2", "set ip to models, products exclusive until AGI then nonexclusive until 2032", "era2025"),
        ("B2", "set azure of api until AGI", "era2025"),
        ("B3", 'add person PANEL "independent expert panel"', "era2025"),
        ("B3", "set event AGI declared by PANEL", "era2025"),
        ("B4", "set ip to models, products exclusive until AGI then nonexclusive until 2032", "era2025"),
        ("B4", "add guardrails: require MSFT->OAI", "era2025"),
        ("B5", "set research until earlier of AGI, 2030", "era2025"),
        ("B6", "add ip except hardware", "era2025"),
        ("B6", 'add asset hardware "consumer hardware"', "era2025"),
        ("B7", 'add joint: permit OAI "develop products jointly with third parties"', "era2025"),
        ("B7", "set azure of api until AGI", "era2025"),
        ("B7", 'add joint_hosting: permit OAI "host jointly developed non-API products on any cloud"', "era2025"),
        ("B8", 'add pursue: permit MSFT "pursue AGI, alone or with third parties"', "era2025"),
        ("B8", "add thresholds: require MSFT->OAI", "era2025"),
        ("B8", "add unknown THRESHOLDS amount", "era2025"),
        ("B9", "set share until AGI over LONGER", "era2025"),
        ("B9", "add unknown LONGER amount", "era2025"),
        ("B10", "add spend: commit OAI->MSFT 250bn USD of azure_services", "era2025"),
        ("B10", "drop rofr", "era2025"),
        ("B11", 'add natsec: permit OAI "give US national-security customers API access on any cloud"', "era2025"),
        ("B12", 'add weights: permit OAI "release open-weight models', "era2025"),
    ),
    *_places(
        THIRD,
        ("C1", 'add primary: require OAI->MSFT "keep Microsoft as its primary cloud partner"', "ms2026"),
        ("C1", 'add ship: first OAI->MSFT "ship its products first"', "ms2026"),
        ("C2", "drop azure [", "ms2026"),
        ("C2", 'add any_cloud: permit OAI "serve all its products to customers on any cloud"', "ms2026"),
        ("C3", "set ip nonexclusive until 2032", "ms2026"),
        ("C4", "drop azure_share", "ms2026"),
        ("C5", "set share 20% until 2030 cap TOTAL", "ms2026 ft2026"),
        ("C5", "add unknown TOTAL amount", "ms2026"),
        ("C6", "add share of rival_sales", "ft2026"),
        ("C6", "add stream rival_sales", "ft2026"),
        ("C7", "drop event AGI", "ft2026 decoder2026"),
        ("C7", "drop thresholds", "ft2026 decoder2026"),
        ("C7", "drop guardrails", "ft2026 decoder2026"),
        ("C9", "set research until WOUND_DOWN", "ft2026"),
        ("C9", "add unknown WOUND_DOWN date", "ft2026"),
        ("C9", 'add needed: license OAI->MSFT to "frontier research IP that Microsoft needs', "ft2026"),
        ("C10", "set ip nonexclusive until 2032 royalty-free", "ft2026"),
        ("C11", "add amazon: permit OAI", "ft2026"),
    ),
]
"""Rows that clauses, declarations and operations state."""

REMARKS = [
    *_places(
        THIRD,
        ("C8", "C8", ""),  # the holding stays as it is: an expectation says so
        ("D2", "D2", ""),
        ("D6", "D6", ""),
        ("D7", "D7", ""),
    ),
    *_places(FIRST, ("D5", "D5", "")),
]
"""Rows that change nothing, and rows that no term can state: a comment says so."""

READ = {"D1": ("annual_cap", "ft2026"), "D3": ("either_excuse", "ms2026"), "D4": ("licence_remains", "ft2026")}
"""Rows on which the sources disagree: what Microsoft does not write is a reading."""

ROWS = [
    f"{part}{number}" for part, count in (("A", 9), ("B", 12), ("C", 11), ("D", 7)) for number in range(1, count + 1)
]


@cache
def contract() -> dealrun.Contract:
    """The contract as it stands in the folder."""
    return dealrun.load(FOLDER)


def squeezed(span: Span) -> str:
    """A statement on one line."""
    return " ".join(span.text.split())


def stated(place: Place) -> tuple[Instrument, Operation]:
    """The one operation that begins with the words of a place."""
    found = [
        (instrument, operation)
        for instrument in contract().model.instruments
        for operation in instrument.operations
        if operation.span.source.name.endswith(place.file) and squeezed(operation.span).startswith(place.text)
    ]
    assert len(found) == 1, f"{place.file} states {place.row} with `{place.text}` {len(found)} times"
    return found[0]


def cited(instrument: Instrument, operation: Operation) -> tuple[Cite, ...]:
    """What an operation cites: itself, the entry it adds, or else its instrument."""
    own = operation.entry.cites if isinstance(operation, Add) else ()
    return own or operation.cites or instrument.cites


def test_every_row_has_a_place() -> None:
    assert {place.row for place in (*TERMS, *REMARKS)} | set(READ) == set(ROWS)


@pytest.mark.parametrize("place", TERMS, ids=str)
def test_a_row_is_stated_and_cites_who_says_so(place: Place) -> None:
    instrument, operation = stated(place)
    cites = cited(instrument, operation)
    assert set(place.sources) <= {cite.source for cite in cites}
    if place.row[0] != "A":
        for source in place.sources:
            locators = {
                part for cite in cites if cite.source == source for part in cite.locator.replace(",", " ").split()
            }
            assert place.row in locators, f"{source} is cited without the row"


@pytest.mark.parametrize("place", TERMS, ids=str)
def test_a_row_is_stated_by_its_own_instrument(place: Place) -> None:
    instrument, _ = stated(place)
    if place.row == "A7":
        assert instrument.name == "oracle2024"
    else:
        assert instrument.name == {"A": "openai-microsoft", "B": "oct2025", "C": "apr2026"}[place.row[0]]


@pytest.mark.parametrize("place", REMARKS, ids=str)
def test_what_no_term_can_state_is_said_in_a_comment(place: Place) -> None:
    comments = [line for line in (FOLDER / place.file).read_text(encoding="utf-8").splitlines() if "#" in line]
    said = [line for line in comments if place.text in line.partition("#")[2]]
    assert said
    for source in place.sources:
        assert any(source in line for line in said)


@pytest.mark.parametrize("row", READ)
def test_where_the_sources_disagree_there_is_a_reading(row: str) -> None:
    name, source = READ[row]
    reading = next(reading for reading in contract().model.readings if reading.name == name)
    assert reading.of == "apr2026"
    assert [(cite.source, cite.locator) for cite in reading.cites] == [(source, row)]


def test_only_the_five_sources_are_cited() -> None:
    for instrument in contract().model.instruments:
        for operation in instrument.operations:
            assert {cite.source for cite in cited(instrument, operation)} <= set(SOURCES)
    declared = {key.name for key in contract().timeline().declared if key.word == "source"}
    assert declared == set(SOURCES)


def test_every_operation_of_an_amendment_cites_the_row_it_states() -> None:
    """Of October 2025 and April 2026; the exception for Oracle is one row, and cites its source as a whole."""
    for instrument in contract().model.instruments:
        for operation in instrument.operations:
            if instrument.name in {"oct2025", "apr2026"}:
                locators = " ".join(cite.locator for cite in cited(instrument, operation))
                rows = locators.replace(",", " ").split()
                assert rows, squeezed(operation.span)
                assert set(rows) <= set(ROWS)


def test_the_holding_stays_as_it_is() -> None:
    """C8, and A8 before it."""
    timeline = contract().timeline()
    shares = [timeline.on(day)["holding"].terms["share"].text for day in ("2025-10-27", "2025-10-28", "2026-04-27")]
    assert shares == ["about 32.5%", "about 27%", "about 27%"]
    worth = [timeline.on(day)["holding"].terms["worth"].text for day in ("2025-10-28", "2026-04-27")]
    assert worth == ["about 135bn USD"] * 2


def test_what_is_not_known_is_not_invented() -> None:
    """D2 (how much the cap is), D7 (when the research licence ends), B8, B9, D5."""
    state = contract().timeline().on("2026-05-01")
    unknown = {unknown.name: unknown for unknown in state.unknowns}
    assert {"TOTAL", "WOUND_DOWN", "THRESHOLDS", "LONGER"} <= set(unknown)
    assert (unknown["TOTAL"].least, unknown["TOTAL"].most) == (None, None)
    assert state["share"].terms["cap"].contingent_on == ("TOTAL",)
    assert state["share"].terms["cap"].value is None
    early = contract().timeline().on("2019-06-01")
    assert early["ip"].contingent_on == ("openai-microsoft.signed",)


def test_all_expectations_hold() -> None:
    outcomes = contract().test()
    assert len(outcomes) > 50
    assert [outcome.assertion.text for outcome in outcomes if not outcome.passed] == []


# --- what the amendment changed: a declaration of AGI on 2028-05-01 ---------------------------------------------------

AGI = {"AGI": "2028-05-01"}


def test_before_the_amendment_agi_ends_the_exclusivity_and_the_research_licence_but_not_the_licence() -> None:
    timeline = contract().timeline(known="2026-01-15", assume=AGI)
    before, after = timeline.on("2028-04-30"), timeline.on("2028-05-01")
    assert [before[label].status for label in ("ip", "research", "azure", "share")] == ["in force"] * 4
    assert before["ip"].terms["exclusivity"].text == "exclusive"
    assert after["ip"].status == "in force"
    assert after["ip"].terms["exclusivity"].text == "nonexclusive"
    assert after["ip"].until == date(2032, 12, 31)
    for label in ("research", "azure", "share"):
        assert (after[label].status, after[label].ended_by) == ("ended", ("AGI",))
    assert after["guardrails"].status == "in force"
    assert timeline.on("2033-01-01")["ip"].status == "ended"


def test_without_a_declaration_the_exclusivity_hangs_on_it() -> None:
    state = contract().timeline(known="2026-01-15").on("2028-05-01")
    assert state["ip"].status == "in force"
    assert state["ip"].terms["exclusivity"].contingent_on == ("AGI",)
    assert [state[label].contingent_on for label in ("research", "azure", "share")] == [("AGI",)] * 3


def test_under_the_first_agreement_agi_ended_the_licence() -> None:
    state = contract().timeline(known="2025-01-15", assume=AGI).on("2028-05-01")
    assert (state["ip"].status, state["ip"].ended_by) == ("ended", ("AGI",))


@pytest.mark.parametrize("declared", ["2026-04-27", "2026-04-28", "2028-05-01", "2032-12-31"])
@pytest.mark.parametrize("known", ["2026-04-27", "2026-04-28", "2030-06-01"])
def test_since_the_amendment_nothing_hangs_on_agi(declared: str, known: str) -> None:
    """On no day, and in no state of a clause."""
    plain = contract().timeline(known=known)
    supposed = contract().timeline(known=known, assume={"AGI": declared})
    assert plain.labels == supposed.labels
    days = {day + near for timeline in (plain, supposed) for label in timeline.labels
            for day in days_of_change(timeline.answers, label) for near in (-1, 0, 1)}  # fmt: skip
    days |= {date.fromisoformat(declared).toordinal(), (date(2026, 4, 27) + timedelta(days=3)).toordinal()}
    for day in sorted(days):
        for label in plain.labels:
            left, right = plain.clause(label, day), supposed.clause(label, day)
            assert said(left) == said(right), (label, date.fromordinal(day))
            if day >= date(2026, 4, 27).toordinal() and left.status != "ended":
                hangs = {*left.contingent_on, *(name for view in left.terms.values() for name in view.contingent_on)}
                assert "AGI" not in hangs


def test_nothing_on_a_day_since_the_amendment_may_change_with_agi() -> None:
    """No course of events in which Microsoft loses its licence before the end of 2032."""
    timeline = contract().timeline()
    for prospect in timeline.prospects("2026-04-27"):
        assert "AGI" not in prospect.may_change
    ip = next(prospect for prospect in timeline.prospects("2026-04-27") if prospect.label == "ip")
    assert (ip.ends.earliest, ip.ends.latest) == (date(2032, 12, 31),) * 2
