"""Columns: which column of a source has which role, and whether its type can have it.

In: the columns of a source with their SQL types, and what the user calls them. Out: `Columns`, and what is wrong as
problems (DR701). Guaranteed: no column of binary floating point is taken for money or units; nothing is guessed but the
name of a role, in whatever case.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import attrs

from dealrun.diagnostics import nearest
from dealrun.settle.ledger.sums import ROLES, Columns, Problem

WHOLE: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"})
"""Whole numbers that have few enough digits."""
LONG: Final = frozenset({"BIGINT", "HUGEINT", "UBIGINT", "UHUGEINT"})
BINARY: Final = frozenset({"DOUBLE", "FLOAT", "REAL"})
TIMES: Final = ("TIMESTAMP",)
TEXT: Final = "VARCHAR"
_DECIMAL: Final = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")


@attrs.frozen
class SourceColumn:
    """A column: its name in the source, what SQL calls it, and its SQL type."""

    name: str
    sql: str
    type: str

    @property
    def decimal(self) -> tuple[int, int] | None:
        """Digits and decimals of a decimal type."""
        match = _DECIMAL.fullmatch(self.type)
        return (int(match[1]), int(match[2])) if match else None


def _names(names: Collection[str]) -> frozenset[str]:
    return frozenset(names)


@attrs.frozen(kw_only=True)
class LedgerTerms:
    """What the deal says of its ledgers."""

    mapping: Mapping[str, str]
    """Which column has a role; a role that it leaves out is the column of its name."""
    streams: frozenset[str] = attrs.field(converter=_names)
    default_stream: str | None
    """Stands where the ledger names none; where this is None too, the ledger is refused. Likewise of currencies."""
    currencies: frozenset[str] = attrs.field(converter=_names)
    default_currency: str | None
    keys: frozenset[str] = attrs.field(converter=_names)
    """Those of payer, product and territory that clauses tell apart."""
    need_units: bool
    need_amount: bool


def unknown_roles(mapping: Mapping[str, str]) -> tuple[Problem, ...]:
    """Roles that no column can have: a mistake of the mapping, in whatever source."""
    return tuple(
        Problem(
            "DR701",
            f"a ledger has no `{role}`",
            f"{role}={mapping[role]}",
            (),
            1,
            _nearest(role, ROLES, "its columns are"),
        )
        for role in sorted(mapping)
        if role not in ROLES
    )


def resolve(source: str, columns: Sequence[SourceColumn], terms: LedgerTerms) -> tuple[Columns, list[Problem]]:
    """The roles of a source's columns, and what is wrong with them."""
    names: dict[str, str] = {}
    problems: list[Problem] = []

    def problem(message: str, help_: str) -> None:
        problems.append(Problem("DR701", message, source, (), 1, help_))

    have = [column.name for column in columns]
    for role in (role for role in ROLES if role in terms.mapping):
        wanted = terms.mapping[role]
        found = _named(wanted, have)
        if len(found) == 1:
            names[role] = found[0]
        elif found:
            problem(f"it has several columns `{wanted}`", "give each column of a ledger a name of its own")
        else:
            problem(f"it has no column `{wanted}`", _nearest(wanted, have, "it has"))
    taken = set(names.values())
    for role in (role for role in ROLES if role not in terms.mapping):
        found = [name for name in _named(role, have) if name not in taken]
        if len(found) == 1:
            names[role] = found[0]
        elif found:
            problem(f"it has several columns `{role}`", f"say which one it is: `--map {role}=COLUMN`")
        elif _needed(role, names, terms):
            problem(f"it has no column `{role}`", f"say what it is called: `--map {role}=COLUMN`; it has {_list(have)}")
    by_name = {column.name: column for column in columns}
    for role in ("payer", "product", "territory"):
        if role not in terms.keys:
            names.pop(role, None)
    for role, name in names.items():
        problems.extend(_mistyped(source, role, by_name[name]))
    return Columns(names), problems


def _named(wanted: str, have: Sequence[str]) -> list[str]:
    exactly = [name for name in have if name == wanted]
    return exactly or [name for name in have if name.casefold() == wanted.casefold()]


def _needed(role: str, names: Mapping[str, str], terms: LedgerTerms) -> bool:
    match role:
        case "date":
            return True
        case "stream":
            return terms.default_stream is None
        case "amount":
            return terms.need_amount
        case "units":
            return terms.need_units
        case "currency":  # comes behind `amount`; what has no money needs none
            return "amount" in names and terms.default_currency is None
        case _:
            return False


def _mistyped(source: str, role: str, column: SourceColumn) -> list[Problem]:
    """What is wrong with the type of a column for its role."""
    message = help_ = ""
    if role in {"date", "booked"}:
        if column.type not in {"DATE", TEXT} and not column.type.startswith(TIMES):
            message, help_ = f"`{column.name}` holds {column.type}, no dates", "cast it to DATE"
    elif role in {"amount", "units"}:
        if column.type in BINARY:
            message = f"`{column.name}` holds binary floating point ({column.type}), in which 0.10 is not 0.10"
            help_ = f'write it as a decimal, with all its digits: cast("{column.name}" as decimal(18, 2))'
        elif column.type not in WHOLE | LONG | {TEXT} and not column.decimal:
            message, help_ = f"`{column.name}` holds {column.type}, no decimal numbers", "cast it to DECIMAL(18, 2)"
    return [Problem("DR701", message, source, (), 1, help_)] if message else []


def _list(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "no columns"


def _nearest(word: str, candidates: Collection[str], introduction: str) -> str:
    near = nearest(word, candidates)
    return f"did you mean `{near}`?" if near else f"{introduction} {_list(candidates)}"
