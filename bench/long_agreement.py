"""A long agreement: so many clauses, and grounds of termination, made without chance.

In: numbers. Out: the text of a contract.
"""

HEAD = """deal supply "Master Supply Agreement" signed 2024-01-15 currency USD
party BUYER "Buyer Incorporated"
party MAKER "Maker Limited"
party AGENT "Agent GmbH"
asset products "the products"
asset parts "spare parts"
stream sales "sales"
books
term 5 years renews 1 year notice 90 days
"""

WHO = "BUYER", "MAKER", "AGENT"


def grounds(number: int) -> list[str]:
    """So many rights to terminate, with and without cause."""
    found = []
    for n in range(number):
        who = WHO[n % 2]
        kinds = [
            f"convenience notice {30 + n} days",
            f"cause when E{n % 12} notice {10 + n} days",
            f"cause when default of duty{n % 5} notice 30 days cure 20 days",
        ]
        found.append(f"exit{n}: terminate {who} {kinds[n % 3]}")
    return found


def clause(n: int) -> str:
    """One of eight kinds of clauses."""
    a, b = WHO[n % 3], WHO[(n + 1) % 3]
    return [
        f'duty{n // 8}: require {a}->{b} "deliver report number {n}" quarterly within 30 days cure 10 days',
        f"lic{n}: license {a}->{b} {'exclusive' if n % 16 == 1 else 'nonexclusive'} of products, parts until E{n % 12}",
        f"fee{n}: fee {a}->{b} {1000 + n} USD per month paid quarterly within 30 days",
        f'may{n}: permit {a} "use the premises number {n} for storage" while C{n % 4}',
        f'not{n}: forbid {a}->{b} "sell to the customers of the other side, list {n}" until {2026 + n % 4}',
        f"roy{n}: royalty {a}->{b} {1 + n % 9}% of sales cap X{n % 3} per year",
        f'opt{n}: option {a}->{b} purchase "buy plant {n}" 60 days when E{n % 12}',
        f"lim{n}: liability {a}->{b} cap {n + 1}m USD unless C{n % 4}",
    ][n % 8]


def long_agreement(clauses: int = 86, terminations: int = 17) -> str:
    """A contract with so many clauses in all."""
    names = [*(f'event E{n} "event number {n}"' for n in range(12)),
             *(f'condition C{n} "condition number {n}"' for n in range(4)),
             *(f'unknown X{n} amount "unknown amount {n}"' for n in range(3))]  # fmt: skip
    rest = [clause(n) for n in range(clauses - terminations - 1)]
    return HEAD + "\n".join([*names, *grounds(terminations), *rest]) + "\n"
