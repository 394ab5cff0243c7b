"""Expectations of which one fails whatever the contract says (DR603), and those that can both hold."""

import pytest

import dealrun

HEAD = """deal d "D" signed 2024-01-01
party A "A"
party B "B"
event E "e"
l: license A->B exclusive until E
"""


def codes(lines: str) -> list[str]:
    """The findings of a contract with expectations."""
    return [found.code for found in dealrun.reads(HEAD + lines).diagnostics]


@pytest.mark.parametrize(
    "lines",
    [
        "expect on 2025-01-01: l in force\nexpect on 2025-01-01: l ended\n",
        "expect on 2025-01-01: l in force, l contingent\n",
        "expect on 2025-01-01: l exclusivity exclusive, l exclusivity nonexclusive\n",
        "expect on 2025-01-01: l ended by E, l ended by A\n".replace("by A", "by l"),
        "expect always through 2026-12-31: l in force\nexpect never through 2025-12-31: l in force\n",
        "expect always through 2026-12-31: l in force\nexpect possible through 2025-12-31: l ended\n",
        "expect possible on 2025-12-31: l ended\nexpect never through 2026-12-31: l ended\n",
        "expect always through 2026-12-31: l in force\nexpect always on 2025-01-01: l dormant\n",
    ],
)
def test_what_cannot_both_hold_is_told(lines: str) -> None:
    assert codes(lines) == ["DR603"]


@pytest.mark.parametrize(
    "lines",
    [
        "expect on 2025-01-01: l in force\nexpect on 2025-01-02: l ended\n",
        "expect on 2025-01-01: l in force\nexpect on 2025-01-01 known 2025-06-01: l ended\n",
        "expect on 2025-01-01: l contingent\nexpect presumed on 2025-01-01: l in force\n",
        "expect on 2025-01-01: l contingent\nexpect on 2025-01-01 given E on 2024-06-01: l ended\n",
        "expect on 2025-01-01: l contingent, l exclusivity exclusive, l contingent on E\n",
        "expect never through 2025-12-31: l dormant\nexpect possible through 2026-12-31: l dormant\n",
        "expect possible on 2025-12-31: l ended\nexpect possible on 2025-12-31: l in force\n",
        "expect always from 2026-01-01 through 2026-12-31: l in force\nexpect always on 2025-01-01: l dormant\n",
        'expect always through 2026-12-31: l in force\nexpect never through 2025-12-31: "l in force"\n',
    ],
)
def test_what_can_both_hold_is_left_alone(lines: str) -> None:
    assert codes(lines) == []
