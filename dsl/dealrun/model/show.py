"""Values as text, as a reader would write them in a `.deal` file.

In: values of the model. Out: canonical text. Guaranteed: exact; the same value always gives the same text.
"""

from fractions import Fraction

from dealrun.model.values import (
    AllOf,
    Amount,
    AnyOf,
    Condition,
    Due,
    Duration,
    End,
    Expression,
    Extreme,
    Happened,
    Holds,
    InForce,
    Limb,
    Names,
    Negation,
    Offset,
    OnDate,
    OnEvent,
    OnUnknown,
    PaidUnder,
    Product,
    Quantity,
    Schedule,
    Shares,
    Start,
    Sum,
    Symbol,
    Text,
    Tiers,
    Time,
    Value,
    Word,
)

CALENDAR_UNITS = frozenset({"day", "business day", "week", "month", "quarter", "year"})
"""Units of what is spread `over` a duration."""

MOST_TEXTS = 4096
_texts: dict[int, tuple[Value, str]] = {}
"""By a value's identity, the value (which keeps the identity its own) and its text."""

_SCALES = ((10**12, "tn"), (10**9, "bn"), (10**6, "m"))


def decimal(number: Fraction) -> str:
    """An exact decimal, or `n/d` where none terminates."""
    if number.denominator == 1:
        return str(number.numerator)
    places, rest = 0, number.denominator
    for factor in (2, 5):
        count = 0
        while rest % factor == 0:
            rest //= factor
            count += 1
        places = max(places, count)
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def exact(quantity: Quantity) -> str:
    """A quantity in full: `20%`, `250000000000 USD`."""
    if quantity.unit == "%":
        text = decimal(quantity.number * 100)
        return decimal(quantity.number) if "/" in text else f"{text}%"
    return f"{decimal(quantity.number)} {quantity.unit}".rstrip()


def _quantity(quantity: Quantity) -> str:
    about = "about " if quantity.about else ""
    if quantity.unit == "%":
        return about + exact(quantity)
    if quantity.unit in CALENDAR_UNITS and quantity.number.denominator == 1:
        return about + duration(Duration(int(quantity.number), quantity.unit))  # type: ignore[arg-type]
    for scale, suffix in _SCALES:
        scaled = decimal(quantity.number / scale)
        if quantity.unit and abs(quantity.number) >= scale and "/" not in scaled and len(scaled.partition(".")[2]) <= 3:
            return f"{about}{scaled}{suffix} {quantity.unit}"
    whole, point, fraction = decimal(quantity.number).partition(".")
    if "/" not in whole:
        whole = f"{int(whole):,}" if whole != "-0" else whole
    return f"{about}{whole}{point}{fraction} {quantity.unit}".rstrip()


def duration(value: Duration) -> str:
    """`45 days`."""
    if value.redacted is not None:
        return value.redacted.text
    return f"{value.count} {value.unit}{'' if value.count == 1 else 's'}"


def time(value: Time) -> str:
    """A time, as after `until`."""
    match value:
        case OnDate():
            return value.text
        case OnEvent(event, None):
            return event
        case OnEvent(event, label):
            return f"{event} of {label}"
        case OnUnknown(name, redacted):
            return "***" if redacted else name
        case Offset(length, before, base):
            return f"{duration(length)} {'before' if before else 'after'} {time(base)}"
        case Limb(earlier, parts):
            return f"{'earlier' if earlier else 'later'} of {', '.join(time(part) for part in parts)}"


def condition(value: Condition, level: int = 0) -> str:
    """A condition, with parentheses where it stands inside a tighter one."""
    match value:
        case Happened(event):
            return time(event)
        case Holds(name, "quoted"):
            return f'"{name}"'
        case Holds(name, _):
            return name
        case InForce(label):
            return f"{label}"
        case Negation(part):
            return f"not {condition(part, 2)}"
        case AllOf(parts):
            text = " and ".join(condition(part, 1) for part in parts)
            return f"({text})" if level > 1 else text
        case AnyOf(parts):
            text = " or ".join(condition(part, 1) for part in parts)
            return f"({text})" if level > 0 else text


def expression(value: Expression, level: int = 0) -> str:
    """An amount, with parentheses where it stands inside a tighter one."""
    match value:
        case Quantity():
            return _quantity(value)
        case Symbol(_, "redacted"):
            return "***"
        case Symbol(name, _):
            return name
        case PaidUnder(label, _):
            return f"paid under {label}"
        case Sum(parts):
            text = "".join(
                (" + " if sign > 0 else " - ") * bool(index) + expression(part, 1)
                for index, (sign, part) in enumerate(parts)
            )
            return f"({text})" if level else text
        case Product(parts):
            return " * ".join(expression(part, 1) for part in parts)
        case Extreme(lower, parts):
            text = f"{'lower' if lower else 'greater'} of {', '.join(expression(part) for part in parts)}"
            return f"({text})" if level else text


def _window(value: Amount | Tiers) -> str:
    text = ""
    if value.per:
        text += f" per {value.per}"
    if value.over:
        text += f" over {value.over}"
    if value.counting_from:
        text += f" counting from {time(value.counting_from)}"
    if value.so_far:
        text += f" so far {expression(value.so_far)}"
    return text


def _counts_for_life(value: Expression) -> bool:
    """Whether `paid under` in an amount counts from the beginning."""
    match value:
        case PaidUnder(_, for_life):
            return for_life
        case Sum(parts):
            return any(_counts_for_life(part) for _, part in parts)
        case Product(parts) | Extreme(_, parts):
            return any(_counts_for_life(part) for part in parts)
        case _:
            return False


def _amount(value: Amount) -> str:
    per = f" per {value.per_unit}" if value.per_unit else ""
    text = expression(value.expression) + (" for life" if _counts_for_life(value.expression) else "") + per
    if value.tiers is None:
        return text + _window(value)
    for index, (threshold, rate) in enumerate(value.tiers.steps):
        window = "" if index else _window(value.tiers)
        text += f" up to {expression(threshold)}{window} then {expression(rate)}{per}"
    return text


def end(value: End) -> str:
    """`until 2032`, `for 2 years`, `perpetual`."""
    if value.time is None:
        return value.word
    text = duration(value.time) if isinstance(value.time, Duration) else time(value.time)
    return f"{value.word} {text}"


def show(value: Value) -> str:
    """A value as text; of a start, an end and a due day, its word included."""
    # Values that are equal may be written differently (lists in another order, a year and its last day), so that what
    # was shown is kept by identity.
    kept = _texts.get(id(value))
    if kept is not None and kept[0] is value:
        return kept[1]
    text = _shown(value)
    if len(_texts) >= MOST_TEXTS:
        _texts.clear()
    _texts[id(value)] = (value, text)
    return text


def _shown(value: Value) -> str:
    match value:
        case Start(word, at):
            return f"{word} {time(at)}"
        case End():
            return end(value)
        case Due(word, at):
            return f"{word} {duration(at) if isinstance(at, Duration) else time(at)}"
        case Duration():
            return duration(value)
        case Amount():
            return _amount(value)
        case Word(word):
            return word
        case Names(members, joined_by):
            return (", " if joined_by == "," else f" {joined_by} ").join(members)
        case Text(text):
            return f'"{text}"'
        case Shares(parts):
            return ", ".join(expression(part) for part in parts)
        case Happened() | Holds() | InForce() | Negation() | AllOf() | AnyOf():
            return condition(value)


def schedule(value: Schedule) -> str:
    """A term as written, `exclusive until AGI then nonexclusive`."""
    parts = []
    for limb, until in value.limbs:
        parts.append(show(limb) + (f" {end(until)}" if until else ""))
    return " then ".join(parts)
