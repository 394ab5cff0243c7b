"""`explain` takes any word of the language, any status and any code."""

import pytest

import dealrun
from dealrun.api.words import words
from dealrun.cli.main import main
from dealrun.model.resolve.expectations import STANDINGS, STATUSES
from dealrun.model.vocabulary import FORMS


@pytest.mark.parametrize("word", sorted({*FORMS, *STATUSES, *STANDINGS, "until", "cap", "given", "under", "presumed"}))
def test_every_word_and_every_status_has_a_page_with_an_example(word: str) -> None:
    page = dealrun.explain(word)
    assert page.startswith(f"# `{word}`")
    assert "An example:" in page, page
    assert len(page.splitlines()) > 4


def test_everything_that_the_language_knows_is_explained() -> None:
    assert len(words()) > 200
    for word in words():
        assert dealrun.explain(word).startswith("# ")


def test_an_example_is_one_that_runs() -> None:
    page = dealrun.explain("liability")
    text = "\n".join(line[4:] for line in page.split("An example:")[1].splitlines())
    assert [outcome.found for outcome in dealrun.loads(text).test() if not outcome.passed] == []


def test_a_word_that_is_none_is_refused_with_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(dealrun.UnknownNameError, match="did you mean `license`"):
        dealrun.explain("licence")
    assert main(["explain", "in", "force"]) == 0
    assert capsys.readouterr().out.startswith("# `in force`")
    assert main(["explain", "frobnicate"]) == 2


def test_an_unknown_command_offers_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["stat", "x.deal"])
    assert left.value.code == 2
    assert "there is no command `stat`; did you mean `state`?" in capsys.readouterr().err
