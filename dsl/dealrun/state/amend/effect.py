"""When an instrument has effect: from which moment, and until when.

In: the evaluator and an instrument. Out: moments. Guaranteed: a later amendment moves the effective day or the end of
an earlier one only for what is still to come; what an amendment has brought about stays (docs/language.md#amendments).
"""

from dealrun.model.contract import Drop, Instrument, SetTerms
from dealrun.model.values import End, Start
from dealrun.state.answers import Answers
from dealrun.state.pieces import truth_from
from dealrun.time import Moment, earliest, latest
from dealrun.time.moment import ALWAYS_WAS, NEVER_COMES, first, latch, made


def signing(instrument: Instrument) -> Moment:
    """The signing day; where only a month or year is known, an unknown within it."""
    assert instrument.signed is not None
    lo, hi = instrument.signed
    return Moment.between(lo, hi, f"{instrument.reads or instrument.name}.signed")


def effective(ev: Answers, instrument: Instrument) -> Moment:
    """The day from which an instrument has effect: as stated, or its signing day, or always; as amended since."""
    signed = ALWAYS_WAS if instrument.signed is None else signing(instrument)
    start = ev.start_of(instrument.effective) if instrument.effective else signed
    if instrument.when is not None:
        came = first(latch(ev.truth(instrument.when)))
        start = latest([came, start])
    for later, operation in ev.header_changes(instrument):
        term = operation.terms.get("effective") if isinstance(operation, SetTerms) else None
        value = term.value.limbs[0][0] if term else None
        if isinstance(value, Start) and ev.visible(later):
            start = _moved(start, ev.start_of(value.time), ev.effective(later))
    return start


def lapse(ev: Answers, instrument: Instrument) -> Moment:
    """The day from which what an instrument does holds no more: its own end, or its rescission; as amended since."""
    end = ev.end_moment(instrument.until, ev.effective(instrument)) if instrument.until else NEVER_COMES
    for later, operation in ev.header_changes(instrument):
        if not ev.visible(later):
            continue
        at = ev.effective(later)
        if isinstance(operation, Drop):
            end = earliest([end, at.caused(later.name)])
        elif isinstance(operation, SetTerms) and "until" in operation.terms:
            term = operation.terms["until"]
            value = term.value.limbs[0][0] if term else None
            new = ev.end_moment(value, ev.effective(instrument)) if isinstance(value, End) else NEVER_COMES
            end = _moved(end, new, at)
    return end


def _moved(old: Moment, new: Moment, at: Moment) -> Moment:
    """`old` where it came before `at`; else `new`, but not before `at` itself."""
    come = made(latch(truth_from(old.come, new.come, at)), new.cause)
    return old if come.come == old.come else come
