"""Intercurrent events from a file (subject, kind, day or date), applied to the analysis rows by a strategy per kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from config.errors import BadInput
from config.wording import counted, either, quoted
from instruments.intercurrent_events import DatedScore, EventRule, value_at
from reading.charter.terms import Terms
from scoring.endpoint.by_arm.analysis_rows import AnalysisRow
from scoring.endpoint.by_arm.named_files import calendar_date, day, in_file, lines_of
from scoring.plain_files.lines import FileLine

CHARTER_WITHOUT_TERMS = Terms()
LATER = (float("inf"), True)
OBSERVED, MISSING = "observed", "missing"
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
) -> Applied:
    """The rows with values after a subject's earliest event replaced by the strategy of its kind.

    Of one day, the event that leaves values missing counts. Grace days and the least interval to extrapolate from are
    the charter's. An event that the dataset has applied counts in the same way, and then nothing is replaced. Changes
    are extrapolated, so that value and baseline keep to one pair; a kind whose strategy is `observed` replaces nothing.
    """
    first: dict[str, ListedEvent] = {}
    for event in sorted(events, key=lambda one: (one.day, strategies[one.kind] != MISSING, one.kind)):
        if strategies[event.kind] != OBSERVED:
            first.setdefault(event.subject, event)
    rules = {kind: rule_of(strategy, terms) for kind, strategy in strategies.items()}
    counts = dict.fromkeys(sorted(strategies), 0)
    applied = applied_events(rows, terms)
    deciding = {
        subject: event
        for subject, event in first.items()
        if (event.day, strategies[event.kind] != MISSING) < applied.get(subject, LATER)
    }
    found, by_series = [], series_of(rows)
    for row in rows:
        event_of = deciding.get(row.subject)
        if event_of is None or not is_after(row, event_of.day, rules[event_of.kind].grace_days):
            found.append(row)
            continue
        counts[event_of.kind] += 1
        found.append(replace_value(row, by_series[row.subject, row.param], event_of, rules[event_of.kind]))
    return Applied(found, counts)


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


def series_of(rows: Iterable[AnalysisRow]) -> dict[tuple[str, str], list[AnalysisRow]]:
    found: dict[tuple[str, str], list[AnalysisRow]] = {}
    for row in rows:
        found.setdefault((row.subject, row.param), []).append(row)
    return found


def is_after(row: AnalysisRow, event_day: int, grace_days: int) -> bool:
    """Whether the film of a row, or its target day without a film, is after the event; the baseline never is."""
    if row.origin == OBSERVED and row.ady is not None:
        return row.ady > max(event_day + grace_days, 0)
    return row.target_day is not None and row.target_day > 0 and row.target_day >= event_day


def replace_value(row: AnalysisRow, series: Sequence[AnalysisRow], event: ListedEvent, rule: EventRule) -> AnalysisRow:
    if rule.name == MISSING:
        return replace(row, aval=None, chg=None, origin=OBSERVED, reason=AFTER, flags=dict.fromkeys(row.flags, ""))
    target = row.target_day if row.target_day is not None else row.ady
    last = event.day + rule.grace_days
    films = {
        one.ady: one
        for one in series
        if one.origin == OBSERVED and one.exact is not None and one.ady is not None and 0 < one.ady <= last
    }
    later = [DatedScore(at, one.exact) for at, one in films.items() if one.exact is not None]
    made = value_at(
        baseline=DatedScore(0, 0),
        later=later,
        target_day=target or 0,
        observed=DatedScore(last + 1, 0),
        event_day=event.day,
        rule=rule,
        maximum=0,
    )
    if made.value is None:
        return replace(
            row, aval=None, chg=None, origin=OBSERVED, reason=made.reason, flags=dict.fromkeys(row.flags, "")
        )
    base, change = films[made.films[-1].day].base, float(made.value)
    value = None if base is None else base + change
    flags = {criterion: criterion.met(change) for criterion in row.flags}
    return replace(row, aval=value, base=base, chg=change, origin=made.origin, reason="", flags=flags)


def says(applied: Applied, strategies: Mapping[str, str]) -> list[str]:
    """What became of each kind of event, in words."""
    return [
        f"{kind}: {strategies[kind]}, {counted(number, 'value', 'values')} replaced"
        for kind, number in applied.replaced.items()
    ]
