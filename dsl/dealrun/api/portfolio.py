"""The contracts of one party, held against one another.

In: a folder. Out: what is wrong with each contract in it, and what two of them cannot both keep. Guaranteed: each
contract is loaded by itself, so that an error in one hides nothing in the others.
"""

import os
from collections.abc import Sequence

import attrs

from dealrun.api.contract import Contract
from dealrun.api.reading import ReadResult
from dealrun.api.reading import read as read_contract
from dealrun.arguments import checked
from dealrun.budget import counted
from dealrun.check.conflicts import conflicts
from dealrun.diagnostics import Diagnostic, Report
from dealrun.diagnostics.found import Diagnostics
from dealrun.source.files import SUFFIX, UnreadableError, holds_deals, read
from dealrun.source.opening import unreadable, why
from dealrun.syntax import Leaf, parse


@attrs.frozen(repr=False)
class Portfolio:
    """The contracts that could be loaded, and every finding.

    >>> portfolio = dealrun.portfolio("contracts/tutorial/portfolio")
    >>> portfolio, portfolio.contracts[0], portfolio.diagnostics
    (Portfolio(3 contracts, 2 findings), Contract(alps), Diagnostics(DR802, DR807))
    """

    contracts: tuple[Contract, ...]
    diagnostics: Diagnostics

    def __repr__(self) -> str:
        return f"Portfolio({len(self.contracts)} contracts, {len(self.diagnostics)} findings)"


def contracts_in(folder: str | os.PathLike[str], report: Report) -> list[list[str]]:
    """The contracts of a folder, by name, each as the paths to load together; UnreadableError where there are none.

    Each folder in it that holds `.deal` files is one (an agreement with its amendments); so is each file, with the
    files beside it that only amend its deal.
    """
    text = os.fspath(folder)
    try:
        names = sorted(name for name in os.listdir(text) if not name.startswith("."))
        # By way of links, a folder may hold itself, and a contract be there twice.
        real = {os.path.realpath(os.path.join(text, name)): os.path.join(text, name) for name in reversed(names)}
        above = os.path.realpath(text)
        paths = sorted(path for target, path in real.items() if target.startswith(above.rstrip(os.sep) + os.sep))
        found = {path: [path] for path in paths if os.path.isdir(path) and holds_deals(path)}
    except (OSError, ValueError) as error:
        raise unreadable(text, why(error)) from None
    amending: dict[str, list[str]] = {}
    declaring: dict[str, list[str]] = {}
    for path in (path for path in paths if path.endswith(SUFFIX) and not os.path.isdir(path)):
        declared, amended = _deals(path)
        if amended and not declared:
            amending[path] = amended
        else:
            found[path] = [path]
        for deal in declared:
            declaring.setdefault(deal, []).append(path)
    for path, deals in amending.items():
        owners = sorted({owner for deal in deals for owner in declaring.get(deal, ())})
        if len(owners) > 1:
            report.add("DR206", f"`{path}` amends {', '.join(deals)}, which several files declare: {', '.join(owners)}",
                       help="put an agreement and its amendments into a folder of their own")  # fmt: skip
            continue
        found.setdefault(owners[0] if owners else path, []).append(path)
    if not found:
        raise UnreadableError(f"no contract in the folder `{text}`: it needs {SUFFIX} files, or folders that hold some")
    return [group for _, group in sorted(found.items())]


def _deals(path: str) -> tuple[list[str], list[str]]:
    """The deals that a file declares, and those that it amends; none where it cannot be read, which loading tells."""
    declared: list[str] = []
    amended: list[str] = []
    try:
        statements = parse(read(path), Report()).statements
    except UnreadableError:
        return [], []
    for statement in statements:
        for number, item in enumerate(statement.items):
            names = [leaf.text for leaf in item.values if isinstance(leaf, Leaf)]
            if statement.head.text == "deal" and not number:
                declared.extend(names)
            elif statement.head.text in {"amend", "reading"} and item.modifier == "of":
                amended.extend(names)
    return declared, amended


def _read(paths: list[str]) -> ReadResult:
    """A contract, whose work is not counted with that of another."""
    with counted(apart=True):
        return read_contract([*paths])


@checked
def portfolio(folder: str | os.PathLike[str]) -> Portfolio:
    """Load and check every contract of a folder; UnreadableError where there is none.

    A name stands for the same thing in two contracts where the text behind it is the same too.

    >>> dealrun.portfolio("contracts/tutorial/portfolio")
    Portfolio(3 contracts, 2 findings)
    """
    report = Report()
    found = [_read(paths) for paths in contracts_in(folder, report)]
    sound = [each.contract for each in found if each.contract is not None]
    for each in found:
        report.found.extend(each.diagnostics)
    report.found.extend(between(sound))
    return Portfolio(tuple(sound), Diagnostics(report.sorted()))


def between(contracts: Sequence[Contract]) -> tuple[Diagnostic, ...]:
    """The conflicts of contracts, in each and between them."""
    return conflicts([(contract.model, contract.index) for contract in contracts])
