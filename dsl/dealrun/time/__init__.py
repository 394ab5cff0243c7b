"""Time and truth as the language knows them: days, intervals of days, three values, and functions of the day."""

from dealrun.time.days import ALWAYS, NEVER, DateLike, Day, add, iso, parse_day, to_date, to_day
from dealrun.time.moment import Moment, earliest, latest
from dealrun.time.step_function import StepFunction
from dealrun.time.truth import MAYBE, NO, YES, Truth, both, either, maybe, negate

__all__ = [
    "ALWAYS",
    "MAYBE",
    "NEVER",
    "NO",
    "YES",
    "DateLike",
    "Day",
    "Moment",
    "StepFunction",
    "Truth",
    "add",
    "both",
    "earliest",
    "either",
    "iso",
    "latest",
    "maybe",
    "negate",
    "parse_day",
    "to_date",
    "to_day",
]
