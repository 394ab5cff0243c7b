r"""Control characters, and what becomes of them: the one place that decides it, for each kind of output.

| where | what becomes of them |
|---|---|
| a contract | outside texts and comments it is refused (DR103); within them it is kept, and `fmt` keeps it |
| a terminal | format characters too become `�`; a tab, a blank (`safe`) |
| a text file, CSV, Markdown, iCalendar | `�`; tabs and line ends stay (`for_file`) |
| JSON | an escape, `\u001b` (`for_json`) |
| XLSX, SVG | `�`, which the formats demand |

Controls are C0 but for tab and line ends, DEL, C1, the separators of lines and paragraphs, and those that reorder text.
"""

import re
import unicodedata
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
CONTROLS: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
"""As a class of characters in a regular expression."""
FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""What a text begins with that a spreadsheet may run."""
_CONTROL = re.compile(f"[{CONTROLS}]|\r(?!\n)")
_FORMATTING = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Controls and format characters that JSON may hold raw, and a terminal would obey."""


def for_file(text: str) -> str:
    """A text without control characters, for a file or another program."""
    return _CONTROL.sub(REPLACEMENT, text)


def for_json(text: str) -> str:
    """JSON in which control and format characters are escaped."""
    return _FORMATTING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def safe(text: str) -> str:
    """A text on one line without control and format characters (terminal escapes, bidi controls)."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else " " if c == "\t" else REPLACEMENT for c in text
    )


def risky(text: str) -> bool:
    """Whether a spreadsheet that reads the text as it is typed may take it for a formula."""
    return bool(text) and (text[0] in FORMULA or text.lstrip()[:1] in FORMULA)


def inert(text: str) -> str:
    """The text of a cell, with an apostrophe before it where it begins like a formula or with an apostrophe."""
    return f"'{text}" if risky(text) or text.startswith("'") else text


def printable(text: str, *, lines: bool = False) -> str:
    r"""A text that cannot steer a terminal: without control characters, on one line; with `lines`, on those it has.

    >>> dealrun.printable("a\x1b[31m")
    'a�[31m'
    """
    return for_file(text) if lines else safe(text)
