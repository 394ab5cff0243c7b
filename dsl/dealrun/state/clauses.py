"""The state of a clause or a declaration on a day, read off the evaluation.

In: an evaluation, an entry and a day. Out: its state. Guaranteed: the state of a clause on a day costs the logarithm of
its changes; what takes time and few readers want is left to whoever asks.
"""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from functools import partial

from dealrun.budget import spend
from dealrun.model import show
from dealrun.model.contract import Drop, Waive
from dealrun.model.keys import DeclarationKey, Label
from dealrun.model.reading import shown, terms_of
from dealrun.model.values import Amount, Due, Duration, End, Names, Quantity, Value
from dealrun.model.vocabulary import FORMS
from dealrun.state.amend.terms import Option, Provenance, TermState, union
from dealrun.state.amounts import Range
from dealrun.state.answers import Life
from dealrun.state.evaluator import Evaluator
from dealrun.state.standing import status_of
from dealrun.state.views import ClauseState, DeclarationState, OnDemand, TermView
from dealrun.time import ALWAYS, NEVER, Day, Moment, to_date
from dealrun.time.moment import first


def possible(ev: Evaluator, key: Label, day: Day) -> tuple[list[Life], frozenset[str]]:
    """The episodes that may be the clause's on a day, the likeliest first, and what that hangs on."""
    found: list[Life] = []
    names: frozenset[str] = frozenset()
    lives = ev.lives(key)
    for life in reversed(lives):
        come = life.episode.born.come.at(day)
        if come.level:
            found.append(life)
            if come.level == 2:
                break
            names |= come.hangs_on
    return found or [lives[0]], names if len(found) > 1 else frozenset()


def clause_state(ev: Evaluator, key: Label, day: Day, source: Callable[[tuple[Life, ...]], OnDemand]) -> ClauseState:
    """The state of a visible clause on a day; `source` answers what is asked for later."""
    spend(10)
    lives, names = possible(ev, key, day)
    life = lives[0]
    status, hangs_on = status_of(life, day)
    for other in lives[1:]:
        theirs, also = status_of(other, day)
        if theirs != status:
            status = "contingent"
        hangs_on |= also
    if len(lives) > 1 and status == "contingent":
        hangs_on |= names
    episode = life.episode
    form = FORMS[episode.word]
    views = {name: _view(ev, episode.word, life, name, steps.at(day)) for name, steps in episode.terms.items()}
    if len(lives) > 1:
        views = _merged(ev, lives, day, names)
    latest_view = max(
        (view for view in views.values()),
        key=lambda view: _rank(ev, view.instrument),
        default=None,
    )
    parties = {
        role: view.written.members
        for role in dict.fromkeys(form.roles)
        if (view := views.get(role)) and isinstance(view.written, Names)
    }
    roles = set(form.roles)
    start = first(episode.started)
    entry = episode.adding.entry
    return ClauseState(
        label=key,
        kind=episode.word,
        deal=entry.deal,
        parties=parties,
        status=status,
        since=to_date(start.lo) if start.certain else None,
        until=to_date(life.end.lo - 1) if life.end.certain and life.end.lo < NEVER else None,
        ended_by=life.end.cause if status == "ended" else (),
        contingent_on=tuple(sorted(hangs_on)) if status == "contingent" else (),
        terms=terms_of(episode.word, {
            name: view
            for name, view in views.items()
            if name not in roles and (view.options or view.written is not None)
        }),
        instrument=(_waiver(ev, key, day) if status == "waived" else "")
        or (latest_view.instrument if latest_view else episode.instrument.name),
        cites=tuple(dict.fromkeys([*(entry.cites or episode.instrument.cites),
                                   *(cite for view in views.values() for cite in view.cites)])),
        span=entry.span,
        source=source(tuple(lives)),
    )  # fmt: skip


def _waiver(ev: Evaluator, key: Label, day: Day) -> str:
    """The last instrument that waives a clause by a day."""
    effective = ev.effective
    found = [instrument.name for instrument, operation in ev.index.histories[key]
             if isinstance(operation, Waive) and ev.visible(instrument)
             and effective(instrument).lo <= day]  # fmt: skip
    return found[-1] if found else ""


def declaration_state(ev: Evaluator, key: DeclarationKey, day: Day) -> DeclarationState:
    """The state of a declaration on a day."""
    episodes = ev.episodes(key)
    episode = next((episode for episode in reversed(episodes) if day >= episode.born.lo), episodes[0])
    entry = episode.adding.entry
    views = {name: _view(ev, episode.word, None, name, steps.at(day)) for name, steps in episode.terms.items()}
    given = max((v.instrument for v in views.values()), key=partial(_rank, ev), default=episode.instrument.name)
    if day >= episode.dropped.lo:
        given = next((instrument.name for instrument, operation in reversed(ev.index.histories[key])
                      if isinstance(operation, Drop) and ev.visible(instrument)), given)  # fmt: skip
    return DeclarationState(
        name=entry.name,
        kind=episode.word,
        deal=entry.deal,
        declared=day >= episode.born.hi and day < episode.dropped.lo,
        terms=terms_of(episode.word, {name: view for name, view in views.items() if view.options}),
        instrument=given,
        cites=tuple(dict.fromkeys([*(entry.cites or episode.instrument.cites),
                                   *(cite for view in views.values() for cite in view.cites)])),
        span=entry.span,
    )  # fmt: skip


# --- terms ------------------------------------------------------------------------------------------------------------


def _merged(ev: Evaluator, lives: list[Life], day: Day, names: frozenset[str]) -> dict[str, TermView]:
    views: dict[str, TermView] = {}
    for name in dict.fromkeys(name for life in lives for name in life.episode.terms):
        states = [
            steps.at(day)
            if (steps := shown(life.episode.terms, name)) is not None
            else TermState((Option(None, Provenance(life.episode.instrument.name, (), life.episode.adding.span)),))
            for life in lives
        ]
        state = states[0]
        for other in states[1:]:
            state = union(other, state, names)
        views[name] = _view(ev, lives[0].episode.word, lives[0], name, state)
    return views


def _view(ev: Evaluator, word: str, life: Life | None, name: str, state: TermState) -> TermView:
    term = FORMS[word].terms.get(name)
    option = state.options[0]
    value = option.value
    names = set(state.contingent_on)
    resolved: Moment | None = None
    found: Range | None = None
    if state.certain and life is not None and name != "cure":  # which counts from a breach, not from the start
        resolved = ev.day_of(life.episode, value)
    if state.certain and isinstance(value, Amount):
        found = ev.amount(value)
        names |= found.hangs_on
    if resolved is not None and not resolved.certain:
        names |= resolved.hangs_on
    length = value.time if isinstance(value, End | Due) else value
    blank = length if state.certain and isinstance(length, Duration) and length.redacted is not None else None
    known = None if blank is None else ev.length(blank)
    if blank is not None and blank.redacted is not None and known is None:
        names.add(blank.redacted.name)
    certain = state.certain and not names
    text = " or ".join("none" if o.value is None else show.show(o.value) for o in state.options)
    if (
        found is not None
        and found.exact
        and isinstance(value, Amount)
        and not isinstance(value.expression, Quantity)
        and value.tiers is None
    ):
        text += f" = {show.expression(Quantity(found.least or Fraction(0), found.unit))}"
    if known is not None:
        text += f" = {show.duration(known)}"
        value = known if isinstance(value, Duration) else value
    return TermView(
        name=name,
        kind=term.kind if term else None,
        written=value if certain else None,
        text=text if value is not None or not state.certain else "",
        contingent_on=tuple(sorted(names)),
        options=tuple(o.value for o in state.options) if value is not None or not state.certain else (),
        instrument=option.source.instrument,
        cites=option.source.cites,
        span=option.source.span,
        day=_shown(resolved, value),
        least=found.least if found else None,
        most=found.most if found else None,
        unit=found.unit if found else "",
        about=found.about if found else False,
    )


def _rank(ev: Evaluator, instrument: str) -> int:
    return ev.index.place.get(instrument, -1)


def _shown(resolved: Moment | None, value: Value | None) -> dt.date | None:
    """The day to show: of an end, the last day in force."""
    if resolved is None or not resolved.certain or not ALWAYS < resolved.lo < NEVER:
        return None
    return to_date(resolved.lo - 1 if isinstance(value, End) else resolved.lo)
