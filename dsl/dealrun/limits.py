"""Every limit of the language in one place; each is tested at N and at N+1.

A file, a deal or an evaluation that passes one of them is refused with a diagnostic (DR901 to DR912) that names
the limit, never with a traceback and never with a hang. See docs/language.md#limits.
"""

from typing import Final

MAX_FILE_BYTES: Final = 8_000_000
"""Bytes of one `.deal` file."""

MAX_TOKENS: Final = 2_000_000
"""Tokens of one `.deal` file."""

MAX_STATEMENT_TOKENS: Final = 2_000
"""Tokens of one statement, its continuation lines included."""

MAX_DEPTH: Final = 40
"""Levels of nesting within one statement: `not`, `after`, `earlier of` and the like, and parentheses."""

MAX_DIGITS: Final = 30
"""Digits of one number as written, thousands separators not counted."""

MAX_DURATION: Final = 10_000
"""The greatest count of days, weeks, months, quarters or years in one duration."""

MAX_FILES: Final = 1_000
"""Files of one load, includes counted."""

MAX_INCLUDE_DEPTH: Final = 20
"""Levels of `include` within one another."""

MAX_INSTRUMENTS: Final = 2_000
"""Amending instruments of one load."""

MAX_FACTS: Final = 100_000
"""Recorded facts of one load."""

MAX_INSTANCES: Final = 10_000
"""Occurrences of one recurring event, and so instances of one `each` clause."""

MAX_ERRORS: Final = 100
"""Errors printed of one run; how many more there were is said."""

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
"""The horizon: a day outside 1900-01-01 to 2199-12-31 cannot be written, and a computed one is never reached."""

MAX_CHAIN: Final = 200
"""References one after another: a clause that ends with a clause that ends with an event that …"""

MAX_STEPS: Final = 10_000_000
"""Steps of one question, about a microsecond each: pieces of values over time, days, instances, pairs compared."""

MAX_NUMBER_DIGITS: Final = 1_000
"""Digits of a number that is computed, above and below the line of its fraction."""

MAX_ENTRIES: Final = 100_000
"""Names of files that a pattern looks at."""

MAX_SOUGHT: Final = 2_000_000
"""Letters that one load compares to suggest names; after them, an error suggests none."""

MAX_LOAD_CHARACTERS: Final = 32_000_000
"""Characters of all `.deal` files of one load."""
