"""The sheet Lines of a workbook: the lines of each payment, their parts, and the tiers of those.

In: a `Settlement`. Out: the sheet, and where each payment stands in it. Guaranteed: a line's row stands before its
parts, and a part's before its tiers; a formula is given only for a share that its base, or units, and one rate make
exactly.
"""

import re
from datetime import date
from fractions import Fraction
from typing import Final

from dealrun.settle.export.sheets import (
    GIVEN,
    NOT_KNOWN,
    TOO_LONG,
    Cell,
    Column,
    Date,
    Formula,
    Number,
    RowCheck,
    Sheet,
    bounded,
    digits_of,
    fits,
    heads,
    money,
    obstacle,
    units,
)
from dealrun.settle.export.values import citations, dated, exact_text, figures
from dealrun.settle.statement import Line, Money, Part, Payment, Settlement, TierShare

_RATE: Final = re.compile(r"([\d,]*\.?\d+|\d+/0*[1-9]\d*)(%| [A-Z]{3}(?: per .+)?)?")


def date_cell(day: date | None) -> Cell:
    """The cell of a day."""
    found = dated(day)
    return None if found is None else Date(found)


def forecast_cell(forecast: bool) -> str:
    """The cell that marks what is expected."""
    return "forecast" if forecast else ""


def _quantity(value: Fraction) -> Cell:
    return Number(value) if value else None


def exact(amount: Money) -> Fraction:
    """The value of an amount that `obstacle` has let through."""
    return units(amount.minor_least or 0, amount.currency)


def factor(rate: str) -> Fraction | None:
    """What a rate multiplies by, where it is one percentage, fraction or price."""
    match = _RATE.fullmatch(rate)
    if not match:
        return None
    number = Fraction(match[1].replace(",", ""))
    return number / 100 if match[2] == "%" else number


LINES: Final = (
    Column("number", "No.", 6),
    Column("clause", "Clause", 24),
    Column("row", "Row"),
    Column("line", "Line"),
    Column("first", "From"),
    Column("last", "To"),
    Column("base", "Base"),
    Column("units", "Units"),
    Column("deducted", "Deducted"),
    Column("rate", "Rate", 30),
    Column("factor", "Factor"),
    Column("share", "Share"),
    Column("amount", "Amount"),
    Column("currency", "Currency"),
    Column("forecast", "Forecast"),
    Column("hangs_on", "Hangs on", 24),
    Column("instrument", "Instrument", 24),
    Column("citations", "Citations", 30),
    Column("figures", "Figures", 40),
    Column("share2", "Share recomputed", check=True),
    Column("share_check", "Check of share", check=True),
    Column("amount2", "Amount recomputed", check=True),
    Column("amount_check", "Check of amount", check=True),
    Column("rounding_check", "Check of rounding", check=True),
)


class Lines:
    """Builds the sheet Lines."""

    def __init__(self, settlement: Settlement) -> None:
        lines = [line for payment in settlement.payments for line in payment.lines]
        parts = [part for line in lines for part in line.parts]
        ranged = {"share"} if any(None in part.share or part.share[0] != part.share[1] for part in parts) else set()
        if not all(amount.exact for amount in (*(line.amount for line in lines), *(part.amount for part in parts))):
            ranged.add("amount")
        self.sheet = Sheet("Lines", heads(LINES, ranged))
        self.blocks: list[tuple[int, int]] = []
        """First and last row of each payment."""
        for number, payment in enumerate(settlement.payments, 1):
            first = self.sheet.following
            common: dict[str, Cell] = {
                "number": Number(Fraction(number)),
                "clause": payment.label,
                "currency": payment.currency,
            }
            for line in payment.lines:
                self._line(common, payment, line)
            self.blocks.append((first, self.sheet.following - 1))

    def _product(self, row: int, rate: str, share: Fraction, columns: dict[str, Fraction]) -> tuple[str, Cell]:
        """The share as a cell times a factor, and the factor; nothing where it is no such product."""
        found = factor(rate)
        by = Number(found or Fraction(0))
        for key, value in columns.items():
            if found is not None and by.value * value == share and by.literal and Number(value).decimal is not None:
                times = f"({by.literal})" if by.decimal is None else self.sheet.at("factor", row)
                return f"{self.sheet.at(key, row)}*{times}", by
        return "", None

    def _line(self, common: dict[str, Cell], payment: Payment, line: Line) -> None:
        sheet, digits = self.sheet, digits_of(payment.currency)
        row = sheet.following
        last = row + sum(1 + len(part.tiers) for part in line.parts)
        cells = common | {
            "row": "line",
            "line": line.kind,
            "first": date_cell(line.period[0]),
            "last": date_cell(line.period[1]),
            **money("amount", line.amount),
            "forecast": forecast_cell(line.forecast),
            "figures": figures(line.figures),
        }
        only = f'{sheet.block("row", row + 1, last)},"part"'
        whys = [self._obstacle(part, digits) for part in line.parts]
        why = next(filter(None, whys), "") if whys else GIVEN
        share = sum((part.share[0] or Fraction(0) for part in line.parts), Fraction(0))
        if not why and not fits((part.share[0] or Fraction(0) for part in line.parts), digits):
            why = TOO_LONG
        cells["share2"] = why or Formula(f"SUMIFS({sheet.block('share2', row + 1, last)},{only})", share, digits)

        check = RowCheck(sheet, row, digits)
        amounts = [part.amount for part in line.parts]
        cells["amount2"] = check.against(
            "amount",
            exact(line.amount),
            "amount2",
            f"SUMIFS({sheet.block('amount', row + 1, last)},{only})",
            sum(map(exact, amounts), Fraction(0)),
            obstacle([line.amount, *amounts]) if amounts else GIVEN,
        )
        cells["amount_check"] = check.cell
        why = why or obstacle([line.amount])
        if why:
            cells["rounding_check"] = why
        else:
            unit = Fraction(1, 10**digits)
            off = abs(exact(line.amount) - share)
            apart = f"ROUND(ABS({sheet.at('amount', row)}-{sheet.at('share2', row)}),{digits + 1})"
            cells["rounding_check"] = Formula(
                f"IF({apart}<={Number(unit).literal},0,{apart})", Fraction(0) if off <= unit else off, digits
            )
        sheet.add(cells, strong=True, faint=line.forecast)
        for part in line.parts:
            self._part(common | {"line": line.kind}, part, digits)

    def _obstacle(self, part: Part, digits: int) -> str:
        """Why the share of a part has no number."""
        share = part.share[0]
        if share is None or share != part.share[1]:
            return NOT_KNOWN
        return "" if Number(share).literal and fits([share], digits) else TOO_LONG

    def _part(self, common: dict[str, Cell], part: Part, digits: int) -> None:
        sheet = self.sheet
        row = sheet.following
        cells = common | {
            "row": "part",
            "first": date_cell(part.first),
            "last": date_cell(part.last),
            "base": Number(part.base),
            "units": _quantity(part.units),
            "deducted": _quantity(part.deducted),
            "rate": part.rate,
            **bounded("share", part.share, digits),
            **money("amount", part.amount),
            "forecast": forecast_cell(part.forecast),
            "hangs_on": ", ".join(part.contingent_on),
            "instrument": part.instrument,
            "citations": citations(part.cites),
        }
        share = part.share[0]
        why = self._obstacle(part, digits)
        if share is None or why:
            cells["share2"] = cells["share_check"] = why
        else:
            tiers = [tier.share for tier in part.tiers]
            if sum(tiers) == share and tiers and fits(tiers, digits) and all(Number(tier).literal for tier in tiers):
                formula = f"SUM({sheet.block('share2', row + 1, row + len(tiers))})"
            else:
                columns = {"base": part.base, "units": part.units}
                formula, cells["factor"] = self._product(row, part.rate, share, columns)
            cells |= self._shares(row, share, formula, digits)
        sheet.add(cells, 1, faint=part.forecast)
        for tier in part.tiers:
            self._tier(common, tier, digits, forecast=part.forecast)

    def _tier(self, common: dict[str, Cell], tier: TierShare, digits: int, *, forecast: bool) -> None:
        row = self.sheet.following
        cells = common | {
            "row": "tier",
            "base": Number(tier.base),
            "rate": tier.rate,
            **bounded("share", (tier.share, tier.share), digits),
            "figures": f"above {exact_text(tier.over)}",
        }
        if Number(tier.share).literal and fits([tier.share], digits):
            formula, cells["factor"] = self._product(row, tier.rate, tier.share, {"base": tier.base})
            cells |= self._shares(row, tier.share, formula, digits)
        else:
            cells["share2"] = cells["share_check"] = TOO_LONG
        self.sheet.add(cells, 2, faint=forecast)

    def _shares(self, row: int, share: Fraction, formula: str, digits: int) -> dict[str, Cell]:
        """The share computed again, and its check; without a formula it is repeated, so that sums can use it."""
        if not formula:
            return {"share2": Formula(Number(share).literal, share, digits), "share_check": GIVEN}
        # A share that is not a short decimal stands as text in its cell.
        stated = f"({Number(share).literal})" if Number(share).decimal is None else self.sheet.at("share", row)
        apart = f"ROUND({self.sheet.at('share2', row)}-{stated},{digits})"
        return {"share2": Formula(formula, share, digits), "share_check": Formula(f"ABS({apart})", Fraction(0), digits)}
