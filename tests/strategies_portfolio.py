"""Generated portfolios: contracts of one party that do not clash, and clashes planted among them.

Every pair of clauses has a cell of its own: a thing, a territory and two years that no other pair has, so that
whatever is found beyond what was planted is a false report.
"""

import random
from pathlib import Path

import attrs

THINGS = 6
PLACES = 5
YEARS = tuple(range(2025, 2041, 2))

Cell = tuple[int, int, int]
"""A thing, a place, and the first of two years."""


@attrs.frozen
class Planted:
    """A clash that was planted: its code, and the labels of the two clauses (or of the one)."""

    code: str
    labels: frozenset[str]


@attrs.define
class Portfolio:
    """Contracts by name, each a list of lines, and what was planted in them."""

    texts: dict[str, list[str]] = attrs.field(factory=dict)
    planted: set[Planted] = attrs.field(factory=set)

    def write(self, folder: Path) -> None:
        """Each contract as a file."""
        for name, lines in self.texts.items():
            (folder / f"{name}.deal").write_text("\n".join(lines) + "\n", encoding="utf-8")


def header(name: str, number: int) -> list[str]:
    """The declarations of a contract: those that all share, and the other party's own."""
    lines = [
        f'deal {name} "Contract {number}" signed 2024-01-01 currency USD',
        'party US "The company"',
        f'party P{number} "Partner {number}"',
        'asset world "The world"',
        'asset everything "Everything"',
        'unit piece "pieces"',
        'act resell "resell"',
        'act use "use"',
        'act copy "copy" in use',
    ]
    for thing in range(THINGS):
        lines.append(f'asset thing{thing} "Thing {thing}" in everything')
        lines.append(f'asset part{thing} "A part of thing {thing}" in thing{thing}')
    for place in range(PLACES):
        lines.append(f'asset place{place} "Place {place}" in world')
        lines.append(f'asset town{place} "A town in place {place}" in place{place}')
    return lines


def _two(found: Portfolio, rng: random.Random) -> tuple[int, int]:
    one, other = rng.sample(range(len(found.texts)), 2)
    return one, other


def _add(found: Portfolio, contract: int, label: str, text: str) -> str:
    found.texts[f"k{contract}"].append(f"{label}: {text}")
    return label


def _declare(found: Portfolio, contract: int, line: str) -> None:
    lines = found.texts[f"k{contract}"]
    if line not in lines:
        lines.append(line)


def _years(rng: random.Random, cell: Cell) -> str:
    """Some of the days of a cell."""
    year = cell[2]
    shapes = (f"{year} until {year + 1}", f"{year}-03-01 until {year + 1}-06-30", f"{year} until {year}")
    return f"from {rng.choice(shapes)}"


def _whole(cell: Cell) -> tuple[str, str]:
    """The thing and the place of a cell, and its days."""
    thing, place, year = cell
    return f"thing{thing} in place{place}", f"from {year} until {year + 1}"


def _part(rng: random.Random, cell: Cell) -> str:
    """A thing and a place at or within those of a cell."""
    thing, place, _ = cell
    return f"{rng.choice(['thing', 'thing', 'part'])}{thing} in {rng.choice(['place', 'place', 'town'])}{place}"


# --- what looks like a clash and is none ------------------------------------------------------------------------------


def harmless(found: Portfolio, rng: random.Random, cell: Cell, index: int) -> None:
    """Two clauses that go together."""
    one, other = _two(found, rng)
    thing, place, year = cell
    whole, years = _whole(cell)
    first, second, grant = f"a{index}", f"b{index}", f"license US->P{other}"
    match rng.randrange(9):
        case 0:  # one after the other
            _add(found, one, first, f"license US->P{one} to {whole} exclusive from {year} until {year}")
            _add(found, other, second, f"{grant} to {whole} exclusive from {year + 1} until {year + 1}")
        case 1:  # nobody has it exclusively
            _add(found, one, first, f"license US->P{one} to {whole} nonexclusive {years}")
            _add(found, other, second, f"{grant} to {whole} nonexclusive {years}")
        case 2:  # an exception takes out the place, the thing, or the grantee
            out = rng.choice([f"town{place}", f"part{thing}", f"P{other}"])
            _declare(found, one, f'party P{other} "Partner {other}"')
            _add(found, one, first, f"license US->P{one} to {whole} exclusive except {out} {years}")
            _add(found, other, second, f"{grant} to part{thing} in town{place} nonexclusive {years}")
        case 3:  # it says which prevails
            word = rng.choice(["notwithstanding", "subject to"])
            _add(found, one, first, f"forbid P{one}->US resell of {whole} {years}")
            _add(found, one, second, f"permit US->P{one} resell of {whole} {word} {first} {years}")
        case 4:  # another act
            _add(found, one, first, f"forbid P{one}->US copy of {whole} {years}")
            _add(found, one, second, f"permit US->P{one} resell of {whole} {years}")
        case 5:  # there and back
            _add(found, one, first, f"license US->P{one} to {whole} exclusive {years}")
            _add(found, one, second, f"license P{one}->US to {whole} exclusive {years}")
        case 6:  # another field
            _declare(found, one, f'asset field_a{index} "Field A of {index}"')
            _declare(found, other, f'asset field_b{index} "Field B of {index}"')
            _add(found, one, first, f"license US->P{one} to {whole} exclusive field field_a{index} {years}")
            _add(found, other, second, f"{grant} to {whole} exclusive field field_b{index} {years}")
        case 7:  # a narrower prohibition of a wider permission
            _add(found, one, first, f"permit US->P{one} use of {whole} {years}")
            _add(found, one, second, f"forbid P{one}->US copy of {whole} {years}")
        case _:  # one begins with the event that ends the other
            _declare(found, one, f'party P{other} "Partner {other}"')
            _declare(found, one, f'event E{index} "event {index}"')
            end = f"until earlier of E{index}, {year + 1}"
            _add(found, one, first, f"license US->P{one} to {whole} exclusive from {year} {end}")
            begin = f"from later of E{index}, {year}-01-01"
            _add(found, one, second, f"{grant} to {whole} exclusive {begin} until {year + 1}")


# --- clashes ----------------------------------------------------------------------------------------------------------


def exclusives(found: Portfolio, rng: random.Random, cell: Cell, index: int) -> Planted:
    """DR801: two exclusive licences, each wider than the other in something."""
    one, other = _two(found, rng)
    thing, place, _ = cell
    whole, years = _whole(cell)
    wide, deep = f"thing{thing} in town{place}", f"part{thing} in place{place}"
    left, right = rng.choice([(whole, whole), (whole, _part(rng, cell)), (wide, deep), (deep, whole)])
    return Planted("DR801", frozenset({
        _add(found, one, f"a{index}", f"license US->P{one} to {left} exclusive {years}"),
        _add(found, other, f"b{index}",
             f"license US->P{other} to {right} {rng.choice(['exclusive', 'sole'])} {_years(rng, cell)}"),
    }))  # fmt: skip


def forbidden(found: Portfolio, rng: random.Random, cell: Cell, index: int) -> Planted:
    """DR802: a licence of what another has exclusively."""
    one, other = _two(found, rng)
    whole, years = _whole(cell)
    return Planted("DR802", frozenset({
        _add(found, one, f"a{index}", f"license US->P{one} to {whole} exclusive {years}"),
        _add(found, other, f"b{index}", f"license US->P{other} to {_part(rng, cell)} nonexclusive {_years(rng, cell)}"),
    }))  # fmt: skip


def dealing(found: Portfolio, rng: random.Random, cell: Cell, index: int) -> Planted:
    """DR802: dealing with somebody else."""
    one, other = _two(found, rng)
    whole, years = _whole(cell)
    _declare(found, other, f'party P{one} "Partner {one}"')
    return Planted("DR802", frozenset({
        _add(found, one, f"a{index}", f"exclusive P{one}->US of {whole} {years}"),
        _add(found, other, f"b{index}",
             f"license P{one}->P{other} to {_part(rng, cell)} nonexclusive {_years(rng, cell)}"),
    }))  # fmt: skip


def allowed(found: Portfolio, rng: random.Random, cell: Cell, index: int) -> Planted:
    """DR803: a permission of what is forbidden, in one contract."""
    one = rng.randrange(len(found.texts))
    whole, years = _whole(cell)
    forbids = rng.choice(["copy", "use"])  # to copy is to use
    return Planted("DR803", frozenset({
        _add(found, one, f"a{index}", f"forbid P{one}->US {forbids} of {whole} {years}"),
        _add(found, one, f"b{index}", f"permit US->P{one} copy of {_part(rng, cell)} {_years(rng, cell)}"),
    }))  # fmt: skip


def asked(found: Portfolio, rng: random.Random, cell: Cell, index: int) -> Planted:
    """DR803: a duty to do what another contract forbids."""
    one, other = _two(found, rng)
    whole, years = _whole(cell)
    return Planted("DR803", frozenset({
        _add(found, one, f"a{index}", f"forbid US->P{one} copy of {whole} {years}"),
        _add(found, other, f"b{index}", f"require US->P{other} copy of {_part(rng, cell)} {_years(rng, cell)}"),
    }))  # fmt: skip


def impossible(found: Portfolio, rng: random.Random, cell: Cell, index: int) -> Planted:
    """DR804, DR805, DR806, DR808: a clause that cannot be."""
    one = rng.randrange(len(found.texts))
    year = cell[2]
    code, text = rng.choice([
        ("DR804", f'require P{one}->US "hand over {index}" by {year + 2}-03-01 from {year} until {year + 1}'),
        ("DR805", f'permit US->P{one} resell while "x{index}" unless "x{index}" or "y"'),
        ("DR806", f"royalty P{one}->US 10% cap 1m USD per year floor {rng.randrange(2, 9)}m USD per year"),
        ("DR808", f'option US->P{one} purchase "buy {index}" from {year + 1} until {year}'),
    ])  # fmt: skip
    return Planted(code, frozenset({_add(found, one, f"a{index}", text)}))


def favoured(found: Portfolio, rng: random.Random, cell: Cell, index: int) -> Planted:
    """DR807: a better price for somebody else."""
    one, other = _two(found, rng)
    _, years = _whole(cell)
    for contract in (one, other):
        _declare(found, contract, f'asset only{index} "Only {index}" in thing{cell[0]}')
    _add(found, one, f"p{index}", f"fee P{one}->US 10 USD per piece of only{index} {years}")
    price = f"{rng.randrange(1, 10)} USD per piece"
    return Planted("DR807", frozenset({
        _add(found, one, f"a{index}", f"mfn US->P{one} on p{index} {years}"),
        _add(found, other, f"b{index}", f"fee P{other}->US {price} of only{index} {_years(rng, cell)}"),
    }))  # fmt: skip


KINDS = (exclusives, forbidden, dealing, allowed, asked, impossible, favoured)


def generate(seed: int, size: int, clashes: int) -> Portfolio:
    """A portfolio of so many contracts, with so many clashes among what goes together."""
    rng = random.Random(seed)
    found = Portfolio({f"k{number}": header(f"k{number}", number) for number in range(size)})
    cells = [(thing, place, year) for thing in range(THINGS) for place in range(PLACES) for year in YEARS]
    rng.shuffle(cells)
    for index, cell in enumerate(cells):
        if index < clashes:
            found.planted.add(KINDS[index % len(KINDS)](found, rng, cell, index))
        else:
            harmless(found, rng, cell, index)
    return found
