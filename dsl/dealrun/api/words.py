"""The words of the language, explained: what each means, how it is written, an example that runs.

In: a word, a status or the code of a diagnostic. Out: a page in Markdown. Guaranteed: what it says of a word is read
off the vocabulary and the specification, so that it cannot part from them; its example is one of the specification's.
"""

import re
from functools import cache
from typing import Final

from dealrun.arguments import checked
from dealrun.diagnostics import did_you_mean
from dealrun.diagnostics.pages import CODES, page, specification
from dealrun.errors import UnknownNameError
from dealrun.model.carried import CARRIED
from dealrun.model.vocabulary import FORMS, Form, Term

STATEMENTS: Final = frozenset({
    "deal", "amend", "add", "set", "unset", "drop", "replace", "waive", "reinstate", "record", "retract",
    "expect", "reading", "scenario", "include", "retroactive", "presumed", "credit", "accrued", "signed", "effective",
    "restated", "known", "parties", "currency", "rounding", "fiscal-year", "calendar",
})  # fmt: skip
"""Words that begin statements, or belong to their heads."""

_CODE: Final = re.compile(r"DR\d+", re.IGNORECASE)


@checked
def explain(word: str) -> str:
    """A page, in Markdown, about a word of the language (`license`, `until`), a status (`contingent`, `in force`), or
    the code of a diagnostic: what it means, and an example or what to do. UnknownNameError for anything else.

    >>> print(dealrun.explain("DR301").splitlines()[0])
    # DR301: a value that does not fit its term
    >>> print(dealrun.explain("license").splitlines()[0])
    # `license`: a licence
    """
    if _CODE.fullmatch(word):
        return page(word)
    wanted = " ".join(word.casefold().split())
    parts = [*_verb(wanted), *_term(wanted), *_row(wanted), *_mentioned(wanted)]
    if not parts:
        hint = did_you_mean(wanted, [*words(), *CODES])
        raise UnknownNameError(f"`{word}` is no word of the language and no code" + (f"; {hint}" if hint else ""))
    if not parts[0].startswith("# "):
        parts.insert(0, f"# `{wanted}`")
    example = _example(wanted)
    return "\n\n".join([*parts, *([f"An example:\n\n{example}"] if example else [])]) + "\n"


@cache
def words() -> tuple[str, ...]:
    """Everything that `explain` takes beside codes, in alphabetical order.

    >>> "license" in dealrun.words(), "in force" in dealrun.words()
    (True, True)
    """
    terms = {term.name for form in FORMS.values() for term in form.terms.values()}
    written = {
        word for form in FORMS.values() for term in form.terms.values() for word in (*term.words, *term.modifiers)
    }
    return tuple(sorted({*FORMS, *terms, *written, *_rows(), *_reserved(), *STATEMENTS}))


def _verb(wanted: str) -> list[str]:
    form = FORMS.get(wanted)
    if form is None:
        return []
    kind = "a word that declares" if form.family == "declaration" else f"a verb, of the family {form.family}"
    parts = [f"# `{wanted}`: {form.about}", f"It is {kind}."]
    if form.roles:
        lone, giver, receiver = form.roles
        parts.append(f"Its parties: `{wanted} A` names the {lone}, `{wanted} A->B` the {giver} and the {receiver}.")
    rows = [f"- {name}: {_written(term)}{_kept(form, name)}" for name, term in form.terms.items()
            if name not in form.roles]  # fmt: skip
    return [*parts, "Its terms:\n\n" + "\n".join(rows)] if rows else parts


def _written(term: Term) -> str:
    ways = [f"`{word}`" for word in (*term.modifiers, *term.words)]
    return ", ".join([*(["bare"] if term.bare else []), *ways]) or f"`{term.name} ...`"


def _kept(form: Form, name: str) -> str:
    return f" (carried: {CARRIED[name]})" if name in form.carried and name in CARRIED else ""


def _term(wanted: str) -> list[str]:
    """A term, or what introduces one, or a word that is the value of one."""
    by: dict[str, list[str]] = {}
    for word, form in FORMS.items():
        for term in form.terms.values():
            if wanted == term.name:
                by.setdefault(f"A term, written {_written(term)}", []).append(word)
            elif wanted in term.modifiers:
                by.setdefault(f"It introduces the term {term.name}", []).append(word)
            elif wanted in term.words:
                by.setdefault(f"A value of the term {term.name}", []).append(word)
    return [f"{what}, of {', '.join(f'`{word}`' for word in verbs)}." for what, verbs in by.items()]


_ROW: Final = re.compile(r"^\| ((?:`[a-z][a-z ,-]*`(?:, )?)+) \| (.+?) \|$", re.MULTILINE)


@cache
def _rows() -> dict[str, list[str]]:
    """The rows of the specification's tables whose first cell is a word: what which section says of it."""
    found: dict[str, list[str]] = {}
    for title, body in _sections():
        for cells in _ROW.findall(body):
            for word in re.findall(r"`([a-z][a-z ,-]*)`", cells[0]):
                found.setdefault(word, []).append(f"{title}: {cells[1].replace(' | ', '; ')}.")
    return found


def _sections() -> list[tuple[str, str]]:
    """The titles and the texts of the specification's sections."""
    parts = re.split(r"^## ", specification(), flags=re.MULTILINE)[1:]
    return [(title, body) for title, _, body in (part.partition("\n") for part in parts)]


def _row(wanted: str) -> list[str]:
    return [] if wanted in FORMS else _rows().get(wanted, [])


@cache
def _reserved() -> frozenset[str]:
    """The reserved words, and the statuses of expectations."""
    section = specification().split("## Reserved words")[1].split("```")[0]
    statuses = specification().split("## Expectations")[1].split("```")[0]
    return frozenset(re.findall(r"`([a-z][a-z ]*)`", section + statuses))


def _mentioned(wanted: str) -> list[str]:
    """The sections of the specification that are about a word."""
    if wanted not in words():
        return []
    quoted = re.compile(rf"`(?:[^`\n]*[^`\n\w-])?{re.escape(wanted)}(?:[^`\n\w-][^`\n]*)?`")
    found = [title for title, body in _sections()
             if quoted.search(re.sub(r"```.*?```", "", body, flags=re.DOTALL))]  # fmt: skip
    listed = "; ".join(found[:6]) + (f"; and {len(found) - 6} more" if len(found) > 6 else "")
    return [f"In the specification: {listed}."] if found else []


def _example(wanted: str) -> str:
    """The shortest example of the specification in which a word stands outside of texts and comments."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(wanted)}(?![\w.-])")
    blocks = re.findall(r"^```deal\n(.*?)^```$", specification(), flags=re.MULTILINE | re.DOTALL)
    fitting = [block for block in blocks if pattern.search(re.sub(r'"[^"\n]*"|#.*', "", block))]
    if not fitting:
        return ""
    shortest = min(fitting, key=lambda block: (block.count("\n"), len(block)))
    return "".join(f"    {line}\n" for line in shortest.splitlines()).rstrip("\n")
