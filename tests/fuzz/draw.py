"""Random choices, and the awkward values among which they choose.

In: a seed and a number. Out: `Draw`. Guaranteed: the same seed and number make the same choices on every machine.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

T = TypeVar("T")

FIRST: Final = date(2023, 1, 1).toordinal()
LAST: Final = date(2028, 12, 31).toordinal()

DAYS: Final = (
    "2024-01-01", "2024-01-31", "2024-02-29", "2024-03-31", "2024-06-30", "2024-12-31", "2025-01-01", "2025-02-28",
    "2025-06-01", "2025-12-31", "2026-01-01", "2026-07-01", "2027-03-15",
)  # fmt: skip
"""Few days, month ends and neighbours among them, so that ties and edges are frequent."""
EXTREME_DAYS: Final = (
    "1900-01-01", "1900-02-28", "2199-12-31", "2199-12-30", "1899-12-31", "2200-01-01", "0001-01-01", "9999-12-31",
    "2026-02-30", "2024-2-9", "2100-02-29", "2000-02-29", "2024-13-01", "2024-00-00", "0000-00-00", "2026-04-31",
    "２０２４-01-01", "2024-01-01T00:00", "20240101", "-2024-01-01", "2024-W01-1", "99999-01-01", "",
)  # fmt: skip
PERIODS: Final = ("2024", "2025", "2026", "2025-06", "2024-02", "Q1 2025", "Q4 2024")
EXTREME_PERIODS: Final = ("1900", "2199", "1899", "2200", "Q0 2025", "Q5 2025", "2025-13", "2025-00", "Q1 1900")
DURATIONS: Final = (
    "1 day", "10 days", "30 days", "45 days", "5 business days", "2 weeks", "1 month", "3 months", "2 quarters",
    "1 year", "2 years",
)  # fmt: skip
EXTREME_DURATIONS: Final = (
    "0 days", "10000 years", "10,001 days", "10000 business days", "9999 months", "1 days", "0 years",
    "99999999999999999999 days", "1,0 days", "10000 quarters", "٣ days",
)  # fmt: skip
NUMBERS: Final = ("1", "2", "10", "100", "500", "1,000", "2,500", "12.5", "0.01", "1m", "5m", "250k", "1bn")
EXTREME_NUMBERS: Final = (
    "0", "00", "0.0", "1" * 30, "9" * 30, "9" * 31, "0." + "3" * 30, "0." + "0" * 28 + "1", "999,999,999tn",
    "1,00", "1,0000", "1.", "1e9", "1_000", "1mm", "²", "½", "١٢٣", "0x10", "-1", "+1", "1.000.000", "nan", "inf",
)  # fmt: skip
PERCENTS: Final = ("20%", "10%", "12.5%", "1/3", "100%", "5%", "0.01%", "2.25%")
EXTREME_PERCENTS: Final = ("0%", "101%", "1/0", "0/1", "3/2", "9" * 29 + "%", "0." + "1" * 29 + "%", "1000000%", "%")
CURRENCIES: Final = ("USD", "USD", "USD", "EUR", "JPY", "KWD")
EXTREME_UNITS: Final = ("XXX", "usd", "Quatloos", "ÜSD", "US", "USDT", "BTC")

STRANGE: Final = (
    "\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1b[31m", "\x1b]0;t\x07", "\x7f", "\x85", "\x9b2J", "\xa0", "\xad",
    "\u061c", "\u180e", "\u200b", "\u200d", "\u200e", "\u202e", "\u2028", "\u2029", "\u2066", "\u2069", "\ufeff",
    "\ufffe", "\U000e0041", "\t", "\r", "\r\n", "\n\n", "\\", '"', "'", "[", "]", "{", "}", "(", ")", "#", "%", "$",
    "|", "`", "~", "—", "“", "”", "‘", "´", "e" + "\u0301" * 40, "ｆｅｅ", "İ", "ß", "ﬃ", "א", "ع", "東京", "💩",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "--", "->", "-->", "...", "***", "[***]", "::", "://", "%s",
    "{0}", "${HOME}", "=1+1", "@SUM(A1)", "+1", "</svg>", "<b>", "&amp;", ";", ",",
)  # fmt: skip
WORDS: Final = (
    "sing", "deliver the goods", "the software", "a third party offers", "Acme Ltd", "closing", "its books",
    "the works", "10 days", "USD", "until 2030",
)  # fmt: skip


class Draw(random.Random):
    """A random source with the few choices that generators need; `wild` is how often a leaf is extreme."""

    wild: float = 0.0

    def chance(self, share: float) -> bool:
        """Truth, in a share of all draws."""
        return self.random() < share

    def pick(self, choices: Sequence[T]) -> T:
        """One of several."""
        return choices[int(self.random() * len(choices))]

    def some(self, choices: Sequence[T], least: int, most: int) -> list[T]:
        """Several different ones, in random order."""
        count = min(len(choices), least + int(self.random() * (most - least + 1)))
        return self.sample(choices, count)

    def up_to(self, most: int) -> int:
        """A number from nothing to the most, small ones more often."""
        return int(self.random() * self.random() * (most + 1))

    def _leaf(self, plain: Sequence[str], extreme: Sequence[str]) -> str:
        return self.pick(extreme if self.wild and self.random() < self.wild else plain)

    def day(self) -> str:
        """A written date."""
        if self.random() < 0.3:
            return (date.fromordinal(self.randint(FIRST, LAST))).isoformat()
        return self._leaf(DAYS, EXTREME_DAYS)

    def day_after(self, text: str, most: int) -> str:
        """A date some days after another; the other, where that is no date."""
        try:
            return (date.fromisoformat(text) + timedelta(days=self.randint(0, most))).isoformat()
        except (ValueError, OverflowError):
            return text

    def period(self) -> str:
        """A year, a quarter or a month."""
        return self._leaf(PERIODS, EXTREME_PERIODS)

    def duration(self) -> str:
        """A duration."""
        return self._leaf(DURATIONS, EXTREME_DURATIONS)

    def length(self) -> str:
        """A duration; now and then one that is blacked out."""
        return self.pick(("***", "*** days", "[***] months")) if self.chance(0.06) else self.duration()

    def number(self) -> str:
        """A number as written."""
        return self._leaf(NUMBERS, EXTREME_NUMBERS)

    def percent(self) -> str:
        """A percentage or a fraction."""
        return self._leaf(PERCENTS, EXTREME_PERCENTS)

    def currency(self) -> str:
        """A unit of money; USD more often, because units must agree."""
        return "USD" if self.random() < 0.85 else self._leaf(CURRENCIES, EXTREME_UNITS)

    def words(self) -> str:
        """Some text, as it appears between quotes."""
        text = self.pick(WORDS)
        return text if not self.wild or self.random() > self.wild * 2 else self.strange(text)

    def strange(self, text: str) -> str:
        """The text with strange characters in it."""
        for _ in range(self.randint(1, 3)):
            at = self.randint(0, len(text))
            text = text[:at] + self.pick(STRANGE) + text[at:]
        return text

    def quoted(self) -> str:
        """Some text between quotes."""
        return f'"{self.words()}"'


def draw_for(seed: int, number: int, purpose: str = "") -> Draw:
    """The random source of a case."""
    return Draw(f"{seed}:{number}:{purpose}")
