"""Names in running text: several of them, those of uses, and those of a deal below its own heading.

In: names, or blocks. Out: text, or blocks.
"""

from collections.abc import Iterable, Iterator, Sequence

import attrs

from dealrun.model.write import unqualified
from dealrun.render.blocks import Block, Heading, Paragraph, Table

FEW = 4
"""So many names are told one by one."""


def happenings(names: Iterable[str]) -> list[str]:
    """Names in words; a notice and an exercise of one right are one use of it."""
    found = {*names}
    used = {label for word, _, label in (name.partition(" of ") for name in found)
            if word == "notice" and f"exercise of {label}" in found}  # fmt: skip
    parts = [(name, *name.partition(" of ")) for name in sorted(found)]
    told = [f"use of {label}" if word in {"notice", "exercise"} and label in used else name
            for name, word, _, label in parts]  # fmt: skip
    return list(dict.fromkeys(told))


def listed(names: Iterable[str]) -> str:
    """`A, B or C`; of many, the first, and how many there are besides."""
    found = happenings(names)
    if len(found) > FEW:
        return f"{', '.join(found[: FEW - 1])} or {len(found) - FEW + 1} others"
    return " or ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def joined(names: Iterable[str]) -> str:
    """`A, B and C`."""
    found = list(names)
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def first_of(names: Sequence[str]) -> str:
    """`A, B and C`; of many, the first, and how many there are besides."""
    return joined(names if len(names) <= FEW else [*names[: FEW - 1], f"{len(names) - FEW + 1} others"])


def short(blocks: Iterable[Block], deal: str) -> Iterator[Block]:
    """Blocks below a deal's own heading, in which its names need no prefix."""
    for block in blocks:
        match block:
            case Table(_, rows):
                yield attrs.evolve(block, rows=tuple(tuple(unqualified(cell, deal) for cell in row) for row in rows))
            case Paragraph(text) | Heading(text):
                yield attrs.evolve(block, text=unqualified(text, deal))
            case _:
                yield block
