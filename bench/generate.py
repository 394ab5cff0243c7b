"""Generated input for the benches: the same bytes for the same size."""

import random
from datetime import date, timedelta
from pathlib import Path


def agreement(lines: int) -> str:
    """A master agreement of so many lines: a comment, a clause on two lines and an empty line, over and over."""
    rng = random.Random(7)
    out = ['deal master "Master agreement" signed 2019-12-01 currency USD', 'source msa "Master agreement"']
    out += [f'party P{i} "Party {i}"' for i in range(20)]
    out += [f'stream S{i} "Sales of line {i}"' for i in range(40)]
    out += [f'asset A{i} "Asset {i}"' for i in range(40)]
    number = 0
    while len(out) < lines:
        number += 1
        giver, taker = rng.sample(range(20), 2)
        day = f"{rng.randint(2020, 2024)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        year = rng.randint(2025, 2060)
        kind = number % 4
        out.append(f"# Section {number // 100}.{number % 100} of the master agreement")
        if kind == 0:
            out.append(f"c{number}: revshare P{giver}->P{taker} {rng.randint(1, 400) / 10}% of S{rng.randrange(40)}")
            out.append(
                f"    from {day} until {year} cap {rng.randint(1, 999) * 1000:,} USD paid quarterly within 45 days"
            )
        elif kind == 1:
            one, other = rng.sample(range(40), 2)
            out.append(f"c{number}: license P{giver}->P{taker} to A{one}, A{other} exclusive")
            out.append(f'    until {year - 3} then nonexclusive in "area {number}" until {year} [msa {number}]')
        elif kind == 2:
            out.append(f'c{number}: require P{giver}->P{taker} "deliver the goods of schedule {number}"')
            out.append(f"    within {rng.randint(5, 90)} days until {year} [msa {number}]")
        else:
            out.append(f"c{number}: fee P{giver}->P{taker} {rng.randint(1, 999)}m USD per year")
            out.append(f"    from {day} for {rng.randint(2, 20)} years [msa {number}]")
        out.append("")
    return "\n".join(out[:lines]) + "\n"


def portfolio(size: int) -> list[str]:
    """So many contracts of one company, each with ten grants: of twenty things in twenty territories, one after the
    other, most of them exclusive; and in every hundredth contract a clash."""
    shared = ['party US "The company"', 'asset world "The world"']
    for i in range(20):
        shared += [f'asset thing{i} "Thing {i}"', f'asset part{i} "Part of {i}" in thing{i}']
        shared += [f'asset land{i} "Country {i}" in world']
    texts = []
    for number in range(size):
        out = [f'deal k{number} "Contract {number}" signed 2019-01-01', f'party P "Partner {number}"', *shared]
        for i in range(10):
            cell = number * 10 + i
            thing, land, turn = cell % 20, cell // 20 % 20, cell // 400
            start = date(2020, 1, 1) + timedelta(days=30 * turn)
            days = f"from {start} until {start + timedelta(days=29)}"
            if i % 3 == 2:
                out.append(
                    f"c{i}: license US->P to part{thing} nonexclusive in land{(land + 1) % 20} {days} except world"
                )
            else:
                out.append(f"c{i}: license US->P to thing{thing} exclusive in land{land} {days}")
        if number % 100 == 99:
            out.append("clash: license US->P to part3 nonexclusive in land3 from 2020 until 2020-01")
        texts.append("\n".join(out) + "\n")
    return texts


def ledger(lines: int) -> str:
    """A beancount ledger of as many lines: transactions of two postings, each with an empty line."""
    rng = random.Random(7)
    out = ['option "operating_currency" "USD"']
    out += [f"2010-01-01 open Assets:Bank:A{i} USD" for i in range(20)]
    out += [f"2010-01-01 open Expenses:Line:E{i} USD" for i in range(40)]
    number = 0
    while len(out) < lines:
        number += 1
        amount = f"{rng.randint(100, 99_999) / 100:.2f}"
        day = f"{2012 + number // 2000}-{number // 170 % 12 + 1:02d}-{number // 6 % 28 + 1:02d}"
        out.append(f'{day} * "Payee {number % 97}" "Section {number} of the master agreement"')
        out.append(f"  Assets:Bank:A{rng.randrange(20)}  -{amount} USD")
        out.append(f"  Expenses:Line:E{rng.randrange(40)}  {amount} USD")
        out.append("")
    return "\n".join(out[:lines]) + "\n"


def chain(clauses: int, instruments: int) -> str:
    """An agreement of so many clauses and amendments, each amendment touching forty of them."""
    rng = random.Random(11)
    out = ['deal chain "A chain" signed 2020-01-01', 'party A "A"', 'party B "B"', 'event E "an event"']
    for number in range(clauses):
        end = "until E" if number % 10 == 0 else f"until {rng.randint(2040, 2080)}"
        out.append(f"c{number}: fee A->B {rng.randint(1, 99)}m USD {end}")
    for number in range(instruments):
        month, day = number // 28 % 12 + 1, number % 28 + 1
        out.append(f'amend a{number} "Amendment {number}" of chain signed {2021 + number // 336}-{month:02d}-{day:02d}')
        out.extend(
            f"  set c{clause} {rng.randint(1, 99)}m USD until {rng.randint(2040, 2080)}"
            for clause in rng.sample(range(clauses), 40)
        )
    return "\n".join(out) + "\n"


def grounds_by_event(events: int) -> str:
    """An agreement that each of so many events gives a ground to terminate, with time for notice and to cure."""
    out = ['deal supply "Supply" signed 2024-01-15', 'party A "A"', 'party B "B"', "books", "term 5 years"]
    for number in range(events):
        out.append(f'event E{number} "event {number}"')
        cure = " cure 20 days" if number % 3 == 0 else ""
        out.append(f"x{number}: terminate A cause when E{number} notice {10 + number} days{cure}")
    out += ["l: license A->B exclusive until 2028-12-31", "k: license A->B until 2028-12-31"]
    return "\n".join(out) + "\n"


def write(path: Path, text: str) -> Path:
    """Write a generated file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
