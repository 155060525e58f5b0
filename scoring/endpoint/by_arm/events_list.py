"""Intercurrent events from a file (subject, kind, day or date), applied to the analysis rows by a strategy per kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from config.errors import BadInput
from config.wording import counted, either, quoted
from instruments.extrapolation import DatedScore, Filled, value_at
from instruments.intercurrent_events import EventRule
from reading.charter.terms import Terms
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow
from scoring.endpoint.by_arm.film_changes import OBSERVED, FilmChange, Films, FilmSeries, series_of
from scoring.endpoint.by_arm.named_files import calendar_date, day, in_file, lines_of
from scoring.endpoint.by_arm.windows import VisitWindows
from scoring.plain_files.lines import FileLine

CHARTER_WITHOUT_TERMS = Terms()
NO_FURTHER_FILMS: Films = MappingProxyType({})
NO_WINDOWS = VisitWindows()
LATER = (float("inf"), True)
MISSING, INTERPOLATED = "missing", "interpolated"
STRATEGIES = ("linear-extrapolation", "locf", MISSING, OBSERVED)
AFTER = "after the event: missing by the strategy"


@dataclass(frozen=True)
class ListedEvent:
    """An event of a subject: its kind and its day on the scale of ADY."""

    subject: str
    kind: str
    day: int


@dataclass(frozen=True)
class Applied:
    """The rows after the events, and how many values each kind replaced."""

    rows: list[AnalysisRow]
    replaced: Mapping[str, int]


def strategies_of(given: Iterable[str]) -> dict[str, str]:
    """The strategy of each kind from KIND=RULE.

    >>> strategies_of(["rescue=linear-extrapolation", "death=missing"])
    {'rescue': 'linear-extrapolation', 'death': 'missing'}
    """
    found = {}
    for text in given:
        kind, _, rule = text.partition("=")
        if not kind.strip() or rule.strip() not in STRATEGIES:
            rules = either(STRATEGIES)
            raise BadInput(f"The strategy cannot be {quoted(text)}. Give a kind of event, = and one of {rules}.")
        found[kind.strip()] = rule.strip()
    return found


def read_events(
    path: Path, origins: Mapping[str, date], subjects: Iterable[str], strategies: Mapping[str, str]
) -> list[ListedEvent]:
    """Every event; `origins` is the date of day 0 by subject, for files that give dates."""
    known = set(subjects)
    with in_file(path):
        columns, lines = lines_of(path, ("subject", "kind"))
        if "day" not in columns and "date" not in columns:
            raise BadInput("Line 1 has neither a column day nor a column date. Write one of these.")
        return [read_event(line, "day" in columns, origins, known, strategies) for line in lines]


def read_event(
    line: FileLine, with_day: bool, origins: Mapping[str, date], known: set[str], strategies: Mapping[str, str]
) -> ListedEvent:
    subject, kind = line.text("subject"), line.text("kind")
    if subject not in known:
        raise line.refusal("subject", "The dataset has no such subject. Write a subject of the dataset.")
    if kind not in strategies:
        raise line.refusal("kind", f"Give --strategy with {kind}= and {either(STRATEGIES)}.")
    found = day(line, "day") if with_day else days_to(line, origins.get(subject))
    if found is None:
        raise line.refusal("day", "Write the day of the event, counted from the baseline film.")
    return ListedEvent(subject, kind, found)


def days_to(line: FileLine, origin: date | None) -> int:
    if origin is None:
        raise line.refusal("subject", "The dataset has no dated film of this subject. Write the day in a column day.")
    given = calendar_date(line, "date")
    if given is None:
        raise line.refusal("date", "Write the date of the event as YYYY-MM-DD.")
    return (given - origin).days


def baseline_dates(rows: Iterable[AnalysisRow]) -> dict[str, date]:
    """The date of day 0 of every subject who has a dated film."""
    return {
        row.subject: row.film_date - timedelta(days=row.ady)
        for row in rows
        if row.film_date is not None and row.ady is not None
    }


def apply_events(
    rows: Sequence[AnalysisRow],
    events: Iterable[ListedEvent],
    strategies: Mapping[str, str],
    terms: Terms = CHARTER_WITHOUT_TERMS,
    films: Films = NO_FURTHER_FILMS,
    windows: VisitWindows = NO_WINDOWS,
) -> Applied:
    """The rows with values after a subject's earliest event replaced by the strategy of its kind.

    Of one day, the event that leaves values missing counts. Grace days and the least interval to extrapolate from are
    the charter's. An event that the dataset has applied counts in the same way, and then nothing is replaced. Changes
    are extrapolated, so that value and baseline keep to one pair; a kind whose strategy is `observed` replaces nothing.
    `films` are those of the dataset that serve no analysis visit; by the `windows`, a visit whose film was taken after
    the event gets another film that was taken before it.
    """
    rules = {kind: rule_of(strategy, terms) for kind, strategy in strategies.items()}
    counts = dict.fromkeys(sorted(strategies), 0)
    deciding, by_series, found = deciding_events(rows, events, strategies, terms), series_of(rows, films), []
    for row in rows:
        event = deciding.get(row.subject)
        kept = (
            row if event is None else after(row, by_series[row.subject, row.param], event, rules[event.kind], windows)
        )
        if event is not None and kept is not row:
            counts[event.kind] += 1
        found.append(kept)
    return Applied(found, counts)


def deciding_events(
    rows: Iterable[AnalysisRow], events: Iterable[ListedEvent], strategies: Mapping[str, str], terms: Terms
) -> dict[str, ListedEvent]:
    """The event of each subject that replaces values; none where the dataset has applied one that is as early."""
    first: dict[str, ListedEvent] = {}
    for event in sorted(events, key=lambda one: (one.day, strategies[one.kind] != MISSING, one.kind)):
        if strategies[event.kind] != OBSERVED:
            first.setdefault(event.subject, event)
    applied = applied_events(rows, terms)
    return {
        subject: event
        for subject, event in first.items()
        if (event.day, strategies[event.kind] != MISSING) < applied.get(subject, LATER)
    }


def rule_of(strategy: str, terms: Terms) -> EventRule:
    """The rule of a strategy, with the charter's days."""
    return EventRule(strategy, minimum_interval=terms.minimum_interval, grace_days=terms.grace_days)


def applied_events(rows: Iterable[AnalysisRow], terms: Terms) -> dict[str, tuple[float, bool]]:
    """The day of the event that the dataset applied, and whether it leaves values, by subject.

    An event after which the charter uses values as observed is none.
    """
    found: dict[str, tuple[float, bool]] = {}
    for row in rows:
        strategy = getattr(terms, f"{row.event_kind}_strategy", MISSING)
        if row.event_day is not None and strategy != OBSERVED:
            found[row.subject] = row.event_day, strategy != MISSING
    return found


def after(
    row: AnalysisRow, series: FilmSeries, event: ListedEvent, rule: EventRule, windows: VisitWindows
) -> AnalysisRow:
    """The row as the event leaves it: the same where nothing of it comes from after the event.

    The baseline stays, and so does a subject without a baseline film, who has no change.
    """
    if row.avisitn == series.baseline.avisitn or series.baseline.ady is None:
        return row
    if is_after(row, series, event, rule, windows):
        if film := windows.film_for(row.avisit, series.by_visit, event.day, rule):
            return served_by(row, film)
        return without_value(row, AFTER) if rule.name == MISSING else remade(row, series, event, rule)
    if row.origin == INTERPOLATED:
        found = made_at(row, series, event, rule, lost=False)
        return row if found.value is not None else without_value(row, found.reason)
    return row


def is_after(row: AnalysisRow, series: FilmSeries, event: ListedEvent, rule: EventRule, windows: VisitWindows) -> bool:
    """Whether the film of a row is after the event; without one, whether its target day or a film of its visit is."""
    last = event.day + rule.grace_days
    if row.origin == OBSERVED and row.ady is not None:
        return row.ady > last
    lost = any(film.day > last for film in windows.films_of(row.avisit, series.by_visit))
    return lost or (row.target_day is not None and row.target_day >= event.day)


def made_at(row: AnalysisRow, series: FilmSeries, event: ListedEvent, rule: EventRule, *, lost: bool) -> Filled:
    """The change at a visit by the rule of the event if it lost its film to it, otherwise between its neighbours."""
    target = row.target_day if row.target_day is not None else row.ady
    return value_at(
        baseline=DatedScore(series.baseline.ady or 0, 0),
        later=[DatedScore(film.day, film.change or 0) for film in series.sources.values()],
        target_day=target or 0,
        observed=DatedScore(event.day + rule.grace_days + 1, 0) if lost else None,
        event_day=event.day,
        rule=rule,
        maximum=0,
        gap=INTERPOLATED,
    )


def served_by(row: AnalysisRow, film: FilmChange) -> AnalysisRow:
    """The row with the value of another film."""
    if film.change is None:
        return replace(without_value(row, film.reason), ady=film.day)
    return replace(with_change(row, float(film.change), film.base), ady=film.day, origin=OBSERVED)


def with_change(row: AnalysisRow, change: float, base: float | None) -> AnalysisRow:
    """The row with another change and its baseline."""
    value = None if base is None else base + change
    flags = {criterion: criterion.met(change) for criterion in row.flags}
    return replace(row, aval=value, base=base, chg=change, reason="", flags=flags)


def remade(row: AnalysisRow, series: FilmSeries, event: ListedEvent, rule: EventRule) -> AnalysisRow:
    """The row with the value that the rule makes from films before the event."""
    made = made_at(row, series, event, rule, lost=True)
    if made.value is None:
        return without_value(row, made.reason)
    base = series.sources[made.films[-1].day].base
    return replace(with_change(row, float(made.value), base), origin=made.origin)


def without_value(row: AnalysisRow, reason: str) -> AnalysisRow:
    """The row without a value, for this reason."""
    return replace(row, aval=None, chg=None, origin=OBSERVED, reason=reason, flags=dict.fromkeys(row.flags, ""))


def says(applied: Applied, strategies: Mapping[str, str]) -> list[str]:
    """What became of each kind of event, in words."""
    return [
        f"{kind}: {strategies[kind]}, {counted(number, 'value', 'values')} replaced"
        for kind, number in applied.replaced.items()
    ]
