"""The order in which instruments apply: by signing (docs/language.md#amendments).

In: the agreements and the amendments of a load. Out: all of them in order, agreements first, drafts left out.
Guaranteed: ordered by the last signature's day, then as `after`, `notwithstanding` and (of one day) `subject to` say,
then as loaded; a cycle is reported.
"""

from collections.abc import Sequence
from itertools import pairwise

from dealrun.diagnostics import Report, did_you_mean
from dealrun.model.contract import Instrument


def signing_order(
    agreements: Sequence[Instrument], amendments: Sequence[Instrument], report: Report
) -> list[Instrument]:
    """The instruments in the order in which they apply."""
    signed = []
    for instrument in amendments:
        if instrument.signed is None and not instrument.draft:
            continue  # its signing day is wrong, and reported
        if instrument.signed is None:
            report.add(
                "DR401",
                f"`{instrument.name}` is not signed, so it changes nothing",
                instrument.span,
                help="a draft becomes an amendment with `signed DATE`",
            )
        else:
            signed.append(instrument)
    ordered = sorted(signed, key=lambda instrument: (instrument.signed or (0, 0))[::-1])
    names = {instrument.name: instrument for instrument in (*agreements, *ordered)}
    before = {instrument.name: {*instrument.after, *instrument.prevails_over} for instrument in ordered}
    for instrument in ordered:
        for name in instrument.yields_to:
            if name in before and same_days(names[name], instrument):
                before[name].add(instrument.name)
        for name in (*instrument.after, *instrument.prevails_over, *instrument.yields_to):
            if name not in names:
                report.add(
                    "DR412",
                    f"no signed instrument is named `{name}`",
                    instrument.after_span or instrument.span,
                    help=did_you_mean(name, names),
                )
    placed: list[Instrument] = []
    waiting = list(ordered)
    done = {instrument.name for instrument in agreements}
    while waiting:
        # The first whose predecessors are all placed; signing days decide before `after` does.
        ready = next(
            (i for i in waiting if all(name in done or name not in names for name in before[i.name])),
            None,
        )
        if ready is None:
            report.add(
                "DR412",
                f"the order of {' and '.join(f'`{i.name}`' for i in waiting)} runs in a circle",
                waiting[0].after_span or waiting[0].span,
            )
            return [*agreements, *placed, *waiting]
        waiting.remove(ready)
        placed.append(ready)
        done.add(ready.name)
    for earlier, later in pairwise(placed):
        if (later.signed or (0, 0))[1] < (earlier.signed or (0, 0))[0]:
            report.add(
                "DR412",
                f"`{earlier.name}` is said to come before `{later.name}`, but was signed after it",
                earlier.span,
            )
    return [*agreements, *placed]


def same_days(one: Instrument, other: Instrument) -> bool:
    """Whether it is not known which of two was signed first."""
    if one.signed is None or other.signed is None:
        return False
    return one.signed[1] >= other.signed[0] and other.signed[1] >= one.signed[0]
