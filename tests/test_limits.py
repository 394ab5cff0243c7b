"""Every limit of the language at N and at N + 1, through the public face.

Limits that a real text would take too long to reach (bytes, tokens, included files, facts) are made small
where they are read: those modules import the constant by name, so that name is replaced for one test.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import dealrun
from dealrun import limits
from dealrun.diagnostics.render import render_all
from either import either, either_of

DEAL = 'deal supply "Supply agreement" signed 2024-01-15\nparty ACME "Acme Ltd"\nparty BOLT "Bolt Inc."\n'
DAY = date(2025, 6, 1).toordinal()


def codes(loaded: dealrun.Contract | dealrun.Diagnostics) -> set[str]:
    """The codes of everything that was found, the note about sketches left out."""
    found = loaded if isinstance(loaded, dealrun.Diagnostics) else loaded.diagnostics
    return {diagnostic.code for diagnostic in found} - {"DR211"}


def accepted(text: str) -> dealrun.Contract:
    """The contract of a text in which nothing is wrong."""
    loaded = either(text)
    assert isinstance(loaded, dealrun.Contract), str(loaded)
    assert not codes(loaded)
    return loaded


def refused(text: str, code: str) -> dealrun.Diagnostic:
    """The only finding of a text that is refused."""
    loaded = either(text)
    assert isinstance(loaded, dealrun.Diagnostics), f"{code} was expected"
    found = [diagnostic for diagnostic in loaded if diagnostic.code != "DR211"]
    assert [diagnostic.code for diagnostic in found] == [code]
    return found[0]


def evaluated(contract: dealrun.Contract) -> dealrun.State:
    """The state on a day, after everything else that can be asked has been asked too."""
    timeline = contract.timeline()
    timeline.prospects(DAY)
    timeline.changes(DAY - 1000, DAY + 1000)
    for label in timeline.labels:
        timeline.why(label, DAY)
    return timeline.on(DAY)


# --- files and their size -----------------------------------------------------------------------------------


def test_a_file_of_too_many_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAX_FILE_BYTES, made small in `dealrun.source.files`; bytes are counted, not characters."""
    text = 'permit ACME "é"\n'
    monkeypatch.setattr("dealrun.source.files.MAX_FILE_BYTES", len(text.encode()))
    path = tmp_path / "deal.deal"
    path.write_text(text, encoding="utf-8")
    assert not codes(either_of(path))
    path.write_text(text + "\n", encoding="utf-8")
    loaded = either_of(path)
    assert codes(loaded) == {"DR906"}
    assert f"has more than {len(text.encode()):,} bytes, the limit" in str(loaded)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """DR906 for what is missing, no text, or an empty folder; never a traceback."""
    assert codes(either_of(tmp_path / "missing.deal")) == {"DR906"}
    assert codes(either_of(tmp_path)) == {"DR906"}
    (tmp_path / "latin.deal").write_bytes(b'party ACME "Soci\xe9t\xe9"\n')
    loaded = either_of(tmp_path / "latin.deal")
    assert codes(loaded) == {"DR906"}
    assert "line 1" in str(loaded)
    (tmp_path / "top.deal").write_text('include "missing.deal"\n', encoding="utf-8")
    assert codes(either_of(tmp_path / "top.deal")) == {"DR906"}


def test_a_file_of_too_many_tokens_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """MAX_TOKENS, made small in `dealrun.syntax.parser`; the end of a line is a token."""
    statement = 'permit ACME "sing"\n'
    monkeypatch.setattr("dealrun.syntax.parser.MAX_TOKENS", 4)
    accepted(statement)
    found = refused(statement + "\n", "DR901")
    assert "more than 4 tokens in one file" in found.message


def statement_of(tokens: int) -> str:
    """A statement of an even number of tokens: a verb, a party, an act, a list of names, and `perpetual`."""
    names = ", ".join(f"region{number}" for number in range((tokens - 4) // 2))
    return f'permit ACME "sing" in {names} perpetual'


def test_a_statement_of_too_many_tokens_is_refused() -> None:
    """MAX_STATEMENT_TOKENS at its real size; the other statements are read all the same."""
    full = statement_of(limits.MAX_STATEMENT_TOKENS)
    accepted(full + "\n")
    accepted(full.replace(", ", ",\n    ") + "\n")
    found = refused(full + " [schedule 1]\nexclusive BOLT\n", "DR901")
    assert found.span is not None
    assert found.span.text == "[schedule 1]"
    assert codes(either(full + ' [schedule 1]\nBOLT "sing"\n')) == {"DR901", "DR106"}


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """MAX_FILES at its real size, of one folder."""
    for number in range(limits.MAX_FILES):
        (tmp_path / f"{number:04}.deal").write_text("", encoding="utf-8")
    assert not codes(either_of(tmp_path))
    (tmp_path / "last.deal").write_text("", encoding="utf-8")
    assert codes(either_of(tmp_path)) == {"DR907"}


def test_included_files_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAX_FILES, made small in `dealrun.api.loading`; a file that is included twice is one file."""
    monkeypatch.setattr("dealrun.api.loading.MAX_FILES", 3)
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.deal").write_text(f'{name}: permit ACME "{name}"\n', encoding="utf-8")
    top = tmp_path / "top.deal"
    top.write_text('include "one.deal"\ninclude "two.deal"\ninclude "one.deal"\n', encoding="utf-8")
    assert not codes(either_of(top))
    top.write_text('include "one.deal"\ninclude "two.deal"\ninclude "three.deal"\n', encoding="utf-8")
    assert codes(either_of(top)) == {"DR907"}


def test_includes_within_one_another_are_bounded(tmp_path: Path) -> None:
    """MAX_INCLUDE_DEPTH at its real size: the loaded file is level 0."""

    def nest(levels: int) -> dealrun.Contract | dealrun.Diagnostics:
        for level in range(levels):
            (tmp_path / f"{level}.deal").write_text(f'include "{level + 1}.deal"\n', encoding="utf-8")
        (tmp_path / f"{levels}.deal").write_text('permit ACME "sing"\n', encoding="utf-8")
        return either_of(tmp_path / "0.deal")

    assert not codes(nest(limits.MAX_INCLUDE_DEPTH))
    loaded = nest(limits.MAX_INCLUDE_DEPTH + 1)
    assert codes(loaded) == {"DR910"}
    assert f"more than {limits.MAX_INCLUDE_DEPTH} levels" in str(loaded)


# --- instruments and facts ----------------------------------------------------------------------------------


def amendments(count: int) -> str:
    """A deal with amendments that each add a clause."""
    return DEAL + "".join(
        f'amend a{number} "Amendment" signed 2025-01-01\n  add c{number}: permit ACME "sing"\n'
        for number in range(count)
    )


def test_too_many_amendments_are_refused() -> None:
    """MAX_INSTRUMENTS at its real size; drafts count, the agreement does not."""
    accepted(amendments(limits.MAX_INSTRUMENTS))
    found = refused(amendments(limits.MAX_INSTRUMENTS + 1), "DR908")
    assert "2,001 amendments; 2,000 is the limit" in found.message
    assert found.span is not None
    assert found.span.text.startswith(f"amend a{limits.MAX_INSTRUMENTS}")


def test_too_many_facts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """MAX_FACTS, made small in `dealrun.model.resolve.resolver`."""
    monkeypatch.setattr("dealrun.model.resolve.resolver.MAX_FACTS", 3)
    facts = [f"record delivery on 2025-02-0{day}\n" for day in range(1, 5)]
    head = DEAL + 'event delivery "a delivery" recurring\npermit BOLT "inspect" each delivery\n'
    accepted(head + "".join(facts[:3]))
    found = refused(head + "".join(facts), "DR909")
    assert "4 facts; 3 is the limit" in found.message
    assert found.span is not None
    assert found.span.text == "record delivery on 2025-02-04"


def instances(text: str) -> int:
    """How many instances a clause `c` has, long after the last of them."""
    return len(accepted(text).timeline().on(date(2199, 12, 31).toordinal())["c"].instances)


@pytest.mark.parametrize("extra", [-2, -1, 0])
def test_only_so_many_occurrences_are_computed(extra: int) -> None:
    """MAX_INSTANCES at its real size: an event that recurs by the calendar as often, or more often, is refused."""
    last = date.fromordinal(date(2024, 2, 1).toordinal() + limits.MAX_INSTANCES + extra)
    text = f'event day "a day" every 1 day from 2024-02-01 until {last}\nc: permit BOLT "inspect" each day\n'
    if extra < -1:
        assert instances(DEAL + text) == limits.MAX_INSTANCES + extra + 1
    else:
        refused(DEAL + text, "DR911")


@pytest.mark.parametrize("extra", [0, 1])
def test_only_so_many_occurrences_are_recorded(extra: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """MAX_INSTANCES, made small in `dealrun.check.facts`: one record of a recurring event more is refused."""
    monkeypatch.setattr("dealrun.check.facts.MAX_INSTANCES", 20)
    first = date(2024, 2, 1).toordinal()
    text = DEAL + 'event call "a call" recurring\nc: permit BOLT "inspect" each call\n'
    text += "".join(f"record call on {date.fromordinal(first + number)}\n" for number in range(20 + extra))
    if extra:
        refused(text, "DR911")
    else:
        assert instances(text) == 20


# --- expressions --------------------------------------------------------------------------------------------

NESTINGS: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: f'permit ACME "sing" while {"(" * n}dry{")" * n}\n',
    "not": lambda n: f'permit ACME "sing" while {"not " * n}dry\n',
    "earlier of": lambda n: f'permit ACME "sing" until {"earlier of (" * n}sale{")" * n}\n',
    "later of two": lambda n: f'permit ACME "sing" until {"later of 2026, (" * n}sale{")" * n}\n',
    "or": lambda n: f'permit ACME "sing" while {"dry or (" * n}sale{")" * n}\n',
    "not or": lambda n: f'permit ACME "sing" while {"not (dry or " * n}sale{")" * n}\n',
    "sum": lambda n: f"fee ACME {'1 USD + (' * n}1 USD{')' * n}\n",
    "product": lambda n: f"fee ACME {'2 * (1 USD + ' * n}1 USD{')' * n}\n",
    "lower of": lambda n: f"fee ACME {'lower of 1 USD, (' * n}1 USD{')' * n}\n",
    "after": lambda n: f'permit ACME "sing" until {"1 day after " * n}sale\n',
    "after in parentheses": lambda n: f'permit ACME "sing" until {"1 day after (" * n}sale{")" * n}\n',
}


@pytest.mark.parametrize("nesting", NESTINGS)
def test_an_expression_of_the_greatest_depth_is_evaluated(nesting: str) -> None:
    """MAX_DEPTH at its real size is accepted, and answers come."""
    evaluated(accepted(NESTINGS[nesting](limits.MAX_DEPTH)))


@pytest.mark.parametrize("nesting", NESTINGS)
def test_an_expression_of_one_level_more_is_refused(nesting: str) -> None:
    """MAX_DEPTH + 1 levels, of whatever sort, are refused."""
    found = refused(NESTINGS[nesting](limits.MAX_DEPTH + 1), "DR902")
    assert f"more than {limits.MAX_DEPTH} levels" in found.message


@pytest.mark.parametrize("nesting", NESTINGS)
@pytest.mark.parametrize("levels", [120, 300])
def test_a_far_deeper_expression_is_refused_too(nesting: str, levels: int) -> None:
    """However deep a statement goes, the answer is a diagnostic."""
    refused(NESTINGS[nesting](levels), "DR902")


def test_a_long_list_is_not_a_deep_one() -> None:
    """Operands beside one another do not nest."""
    evaluated(accepted('permit ACME "sing" while ' + "dry or " * 500 + "sale\n"))
    evaluated(accepted("fee ACME " + "1 USD + " * 500 + "1 USD\n"))


# --- numbers and durations ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape",
    ["{} USD", "${}", "{}%", "0.{} USD"],
    ids=["money", "sign", "percentage", "decimals"],
)
def test_a_number_of_too_many_digits_is_refused(shape: str) -> None:
    """MAX_DIGITS at its real size, those behind the point counted."""
    before = sum(character.isdigit() for character in shape.format(""))
    digits = "1234567890" * 4
    accepted(f"fee ACME {shape.format(digits[: limits.MAX_DIGITS - before])}\n")
    found = refused(f"fee ACME {shape.format(digits[: limits.MAX_DIGITS - before + 1])}\n", "DR903")
    assert f"{limits.MAX_DIGITS + 1} digits" in found.message


def test_separators_of_thousands_are_not_digits() -> None:
    """MAX_DIGITS counts digits alone."""
    groups = ",".join(["123"] * (limits.MAX_DIGITS // 3))
    accepted(f"fee ACME {groups} USD\n")
    refused(f"fee ACME 1,{groups} USD\n", "DR903")


def test_a_number_of_thousands_of_digits_is_refused_at_once() -> None:
    """Far more than MAX_DIGITS; what Python refuses to convert is never converted."""
    refused(f"fee ACME {'9' * 100_000} USD\n", "DR903")
    refused(f"royalty ACME 1/{'9' * 100_000}\n", "DR903")
    refused(f'permit ACME "sing" for {"9" * 100_000} days\n', "DR904")


@pytest.mark.parametrize("unit", ["days", "business days", "weeks", "months", "quarters", "years"])
def test_a_duration_of_too_many_units_is_refused(unit: str) -> None:
    """MAX_DURATION at its real size, of every unit; its end may lie beyond the horizon."""
    evaluated(accepted(f'{DEAL}permit ACME "sing" for {limits.MAX_DURATION} {unit}\n'))
    evaluated(accepted(f'{DEAL}permit ACME "sing" for {limits.MAX_DURATION:,} {unit}\n'))
    evaluated(accepted(f'{DEAL}permit ACME "sing" from {limits.MAX_DURATION} {unit} before 2024\n'))
    refused(f'{DEAL}permit ACME "sing" for {limits.MAX_DURATION + 1} {unit}\n', "DR904")


# --- the horizon --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["{}-01-01", "{}-01", "Q1 {}", "{}"])
def test_the_first_year_can_be_written(text: str) -> None:
    """FIRST_YEAR in every form of a date."""
    state = evaluated(accepted(f'permit ACME "sing" from {text.format(limits.FIRST_YEAR)}\n'))
    assert state["permit.ACME"].since == date(limits.FIRST_YEAR, 1, 1)


@pytest.mark.parametrize("text", ["{}-12-31", "{}-12", "Q4 {}", "{}"])
def test_the_last_year_can_be_written(text: str) -> None:
    """LAST_YEAR in every form of a date; on the last day of all a clause that ends with it is in force."""
    contract = accepted(f'{DEAL}permit ACME "sing" until {text.format(limits.LAST_YEAR)}\n')
    evaluated(contract)
    last = date(limits.LAST_YEAR, 12, 31).toordinal()
    assert contract.timeline().on(last)["permit.ACME"].status == "in force"


@pytest.mark.parametrize(
    "text",
    [
        f"{limits.FIRST_YEAR - 1}-12-31",
        f"{limits.FIRST_YEAR - 1}-12",
        f"Q4 {limits.FIRST_YEAR - 1}",
        f"{limits.LAST_YEAR + 1}-01-01",
        f"{limits.LAST_YEAR + 1}-01",
        f"Q1 {limits.LAST_YEAR + 1}",
        "0000-01-01",
        "9999-12-31",
    ],
)
def test_a_date_outside_the_horizon_is_refused(text: str) -> None:
    """One day before FIRST_YEAR, one day after LAST_YEAR, and far away."""
    found = refused(f'permit ACME "sing" until {text}\n', "DR306")
    assert found.span is not None
    assert found.span.text == text


@pytest.mark.parametrize("year", [limits.FIRST_YEAR - 1, limits.LAST_YEAR + 1])
def test_a_bare_number_outside_the_horizon_is_no_year(year: int) -> None:
    """A four-digit number is a year within the horizon alone."""
    refused(f'permit ACME "sing" until {year}\n', "DR301")


def test_the_days_of_a_question_lie_within_the_horizon() -> None:
    """A day of knowledge outside FIRST_YEAR to LAST_YEAR is a ValueError; the days on the edges are none."""
    contract = accepted(f'{DEAL}permit ACME "sing"\n')
    for day in (f"{limits.FIRST_YEAR}-01-01", f"{limits.LAST_YEAR}-12-31"):
        contract.timeline(known=day).on(DAY)
    for day in (f"{limits.FIRST_YEAR - 1}-12-31", f"{limits.LAST_YEAR + 1}-01-01"):
        with pytest.raises(ValueError, match="outside the horizon"):
            contract.timeline(known=day)


def test_a_computed_day_beyond_the_horizon_is_never_reached() -> None:
    """An end after LAST_YEAR does not come; a start before FIRST_YEAR was always."""
    contract = accepted(
        f'{DEAL}a: permit ACME "sing" until 1 day after {limits.LAST_YEAR}\n'
        f'b: permit ACME "sing" from 1 day before {limits.FIRST_YEAR}\n'
    )
    for day in (date(limits.FIRST_YEAR, 1, 1), date(limits.LAST_YEAR, 12, 31)):
        assert contract.timeline().on(day.toordinal())["b"].status == "in force"
    last = contract.timeline().on(date(limits.LAST_YEAR, 12, 31).toordinal())
    assert last["a"].status == "in force"


# --- chains of references -----------------------------------------------------------------------------------

NEAREST = 'c0: require ACME "sing" by 2025 until 2026\n'
CHAINS: dict[str, tuple[int, Callable[[int], str], str]] = {
    # How much one link adds to a chain (a clause's own text, and its end), the link, the end of the chain.
    "until the end of the previous": (
        2,
        lambda n: f'c{n}: permit ACME "sing" until end of c{n - 1}\n',
        NEAREST,
    ),
    "for a time after the previous": (
        2,
        lambda n: f'c{n}: permit ACME "sing" until 1 day after end of c{n - 1}\n',
        NEAREST,
    ),
    "from the end of the previous": (
        2,
        lambda n: f'c{n}: permit ACME "sing" from end of c{n - 1}\n',
        NEAREST,
    ),
    "earlier and later of": (
        2,
        lambda n: f'c{n}: permit ACME "sing" until earlier of (later of end of c{n - 1}, 2024), 2027\n',
        NEAREST,
    ),
    "while the previous": (2, lambda n: f'c{n}: permit ACME "sing" while c{n - 1}\n', NEAREST),
    "unless the previous": (2, lambda n: f'c{n}: permit ACME "sing" unless c{n - 1}\n', NEAREST),
    "when not the previous": (2, lambda n: f'c{n}: permit ACME "sing" when not c{n - 1}\n', NEAREST),
    "a schedule": (2, lambda n: f"c{n}: fee ACME 1 USD until end of c{n - 1} then 2 USD\n", NEAREST),
    "from the start of the previous": (
        1,
        lambda n: f'c{n}: permit ACME "sing" from start of c{n - 1}\n',
        NEAREST,
    ),
    "due with the previous": (
        1,
        lambda n: f'c{n}: require ACME "sing" by 1 day after due of c{n - 1}\n',
        NEAREST,
    ),
    "the first of two events": (
        1,
        lambda n: f"event c{n} = c{n - 1} or x{n}\nevent x{n}\n",
        'event x0\nevent c0 = x0\nuse: permit ACME "sing"\n',
    ),
    "the last of two events": (
        1,
        lambda n: f"event c{n} = c{n - 1} and x{n}\nevent x{n}\n",
        'event x0\nevent c0 = x0\nuse: permit ACME "sing"\n',
    ),
    "events and clauses": (
        3,
        lambda n: f'event c{n} = end of p{n}\np{n}: permit ACME "sing" until c{n - 1}\n',
        'event x0\nevent c0 = x0\nuse: permit ACME "sing"\n',
    ),
}


def length_of(text: str) -> int | None:
    """The length of the longest chain as the diagnostic counts it; None where it is within the limit."""
    loaded = either(text)
    if isinstance(loaded, dealrun.Contract):
        return None
    [found] = loaded
    assert found.code == "DR905"
    return int(found.message.split()[3])


@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "in reverse order"])
def test_the_longest_chain_is_evaluated_and_a_longer_one_refused(name: str, backwards: bool) -> None:
    """MAX_CHAIN at its real size: the most links that it leaves room for evaluate, one more is refused."""
    size, link, nearest = CHAINS[name]

    def chain(links: int) -> str:
        numbers = range(links, 0, -1) if backwards else range(1, links + 1)
        return DEAL + nearest + "".join(link(number) for number in numbers)

    links = next(count for count in range(1, limits.MAX_CHAIN + 2) if length_of(chain(count)) is not None)
    over = length_of(chain(links))
    assert over is not None
    assert limits.MAX_CHAIN < over <= limits.MAX_CHAIN + size
    assert over + size == length_of(chain(links + 1))
    evaluated(accepted(chain(links - 1)))


@pytest.mark.parametrize(
    "deep",
    [
        lambda n: f'c{n}: permit ACME "sing" until {"earlier of (" * 20}end of c{n - 1}{")" * 20}\n',
        lambda n: f'c{n}: permit ACME "sing" until {"1 day after " * 40}end of c{n - 1}\n',
        lambda n: f'c{n}: permit ACME "sing" while {"not " * 40}c{n - 1}\n',
    ],
    ids=["earlier of", "after", "not"],
)
def test_a_long_chain_of_deep_expressions_is_evaluated(deep: Callable[[int], str]) -> None:
    """MAX_CHAIN and MAX_DEPTH together: what both accept is evaluated, without a RecursionError."""
    text = DEAL + NEAREST + "".join(deep(number) for number in range(limits.MAX_CHAIN // 2 - 1, 0, -1))
    evaluated(accepted(text))


@pytest.mark.parametrize(
    "text",
    [
        "unknown u0 amount at least 1 USD\n{}fee ACME u999\n",
        'unknown u0 date from 2026\n{}permit ACME "sing" until u999\n',
    ],
    ids=["amounts", "dates"],
)
def test_a_chain_of_bounds_is_refused(text: str) -> None:
    """MAX_CHAIN, of unknowns that are each bounded by another."""
    word = "date from" if "date" in text else "amount at least"
    bounds = "".join(f"unknown u{number} {word} u{number - 1}\n" for number in range(1, 1000))
    loaded = either(DEAL + text.format(bounds))
    if isinstance(loaded, dealrun.Contract):
        evaluated(loaded)
    assert codes(loaded) == {"DR905"}


# --- what is printed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [limits.MAX_ERRORS, limits.MAX_ERRORS + 1, limits.MAX_ERRORS + 1234])
def test_only_so_many_errors_are_printed(count: int) -> None:
    """MAX_ERRORS at its real size: the rest is counted, and all of them are there for a program."""
    loaded = either("".join(f"c{number}: sing ACME\n" for number in range(count)))
    assert isinstance(loaded, dealrun.Diagnostics)
    assert len(loaded) == count
    text = str(loaded)
    assert text == render_all(loaded)
    assert text.count("error[DR106]") == min(count, limits.MAX_ERRORS)
    more = count - limits.MAX_ERRORS
    assert (f"... and {more:,} more\n" in text) == (more > 0)
    assert text.endswith(f"\n{count:,} errors\n")
