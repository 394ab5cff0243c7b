"""Answers as blocks: text, Markdown and HTML of the same answer."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dealrun
from conftest import ROOT
from dealrun.render import agenda, amendments, standing, statements, states
from dealrun.render.blocks import GAP, Block, Heading, Paragraph, Table, spaced
from dealrun.render.markup import html, markdown, plain
from dealrun.render.text import lines


def contract() -> dealrun.Contract:
    """The first contract."""
    return dealrun.load(ROOT / "contracts" / "openai-microsoft")


def answers() -> dict[str, list[Block]]:
    """An answer of each kind."""
    loaded = contract()
    timeline = loaded.timeline(known="2026-04-27")
    settled = dealrun.load(ROOT / "contracts" / "book-royalty")
    statement = settled.settle(ROOT / "contracts" / "book-royalty" / "ledger.csv", through="2025-06-30")
    return {
        "heading": states.heading(timeline.basis, " on 2027-01-01", timeline.known),
        "state": standing.state(timeline.on("2027-01-01")),
        "why": states.why(timeline.why("ip", "2027-01-01")),
        "changes": states.changes(timeline.changes()),
        "amendments": amendments.changes(loaded.changes()),
        "page": amendments.changes_page(loaded.changes().deals, loaded.changes()),
        "history": amendments.history("ip", loaded.history("ip")),
        "agenda": agenda.agenda(loaded.agenda(timeline, "2026-01-01", "2032-12-31")),
        "statement": statements.statement(statement),
        "payment": statements.why(statement.payments[0]),
    }


ANSWERS = answers()


class Reader(HTMLParser):
    """Reads HTML back: its texts in order, and whether every tag that was opened was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that opens."""
        self.open.append(tag)
        self.tags.append(tag)
        if tag == "th":
            assert dict(attrs)["scope"] in {"col", "row"}

    def handle_endtag(self, tag: str) -> None:
        """A tag that closes."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """A text."""
        if data.strip():
            self.texts.append(data.strip())


def read_back(text: str) -> Reader:
    """What a browser would find."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


def cells(blocks: list[Block]) -> list[str]:
    """Every cell of every table that holds something."""
    tables = [block for block in blocks if isinstance(block, Table)]
    return [" ".join(cell.split()) for table in tables for row in table.rows for cell in row if cell.strip()]


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_text_says_the_page_says(name: str) -> None:
    """Every cell and every paragraph stands in the text, in the Markdown and in the HTML."""
    blocks = ANSWERS[name]
    assert blocks
    said = [block.text.strip() for block in blocks if isinstance(block, Heading | Paragraph)]
    text = " ".join(" ".join(lines(blocks, 10_000)).split())
    page = " ".join(markdown(blocks).split())
    found = [" ".join(part.split()) for part in read_back(html(blocks)).texts]
    for each in (*cells(blocks), *(" ".join(part.split()) for part in said)):
        assert each in text or each.upper() in text
        assert " ".join(plain(each).split()) in page
        assert each in found or any(each in part for part in found), each


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=3, max_size=3))
def test_no_text_becomes_markup(texts: list[str]) -> None:
    """Whatever stands in a file: the HTML has the tags of its blocks and no other, the table its rows."""
    blocks: list[Block] = [Heading(texts[0]), Paragraph(texts[1], code=texts[2]), Table.of(texts, [texts], (2,))]
    tags = read_back(html(blocks)).tags
    assert tags == ["h3", "p", *(["code"] if texts[2] else []), "table", "thead", "tr", *["th"] * 3, "tbody", "tr",
                    "th", "td", "td"]  # fmt: skip
    rows = [line for line in markdown(blocks).split("\n") if line.startswith("|")]
    assert len(rows) == 3


def test_empty_columns_go_and_figures_stay_figures() -> None:
    table = Table.of(("a", "b", "c"), [("x", "", "1"), ("", "", "2")], (2,)).without_empty()
    assert table == Table(("a", "c"), (("x", "1"), ("", "2")), (1,))


def test_gaps_do_not_begin_or_end_an_answer() -> None:
    assert spaced([GAP, Paragraph("a"), GAP, Paragraph("b"), GAP, GAP]) == [Paragraph("a"), GAP, Paragraph("b")]
    assert lines([Heading("a b"), GAP, Paragraph("b c", 1)], 5) == ["a b", "", "  b c"]
