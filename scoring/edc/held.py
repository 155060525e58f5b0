"""What Blindread holds, for the comparison with the sponsor's list: visits, film dates and events, and no scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reading.charter.versions import current_charter, terms_of
from reading.models import Campaign, CampaignStatus
from scoring.edc.files import RESCUE
from scoring.endpoint.event_lists import newest_events
from studies.models import Film, Subject, Trial, Visit, VisitKind

NEEDS_CHARTER = (
    f"The column {RESCUE} is refused: the trial has no signed charter that declares rescue independent of the arm, so"
    " the dates could show the arm. Remove the column."
)
NOT_INDEPENDENT = (
    f"The column {RESCUE} is refused: not every charter in use declares rescue independent of the arm, so the dates"
    " could show the arm. Remove the column."
)


@dataclass(frozen=True)
class HeldVisit:
    """A visit: its live films, the dates of those that have one, and why it was not done."""

    films: int = 0
    dates: tuple[date, ...] = ()
    not_done: str = ""


@dataclass(frozen=True)
class Held:
    """Subjects with their sites, visits by subject and code, rescue visits and rescue dates by subject.

    `rescue_dates` has, for each subject, the dates in the event lists; `has_events` says whether there is any list.
    """

    sites: Mapping[str, str]
    visits: Mapping[tuple[str, str], HeldVisit]
    rescue_visits: Mapping[str, list[str]] = field(default_factory=dict)
    rescue_dates: Mapping[str, set[str]] = field(default_factory=dict)
    has_events: bool = False


def no_rescue_because(trial: Trial) -> str:
    """Why rescue dates may not be known before the arms are; empty when the charters declare rescue independent.

    The newest signed charter counts, and that of every campaign that was opened: each may have an event list.
    """
    newest = current_charter(trial)
    if newest is None:
        return NEEDS_CHARTER
    opened = Campaign.objects.filter(trial=trial).exclude(status=CampaignStatus.DRAFT).select_related("charter")
    charters = [newest, *(campaign.charter for campaign in opened)]
    return "" if all(terms_of(charter).rescue_independent for charter in charters) else NOT_INDEPENDENT


def held_by(trial: Trial, *, with_rescue: bool) -> Held:
    """The trial as it is now; rescue only where it may be known."""
    sites = dict(Subject.objects.filter(trial=trial).values_list("code", "site__code"))
    visits = visits_of(trial)
    if not with_rescue:
        return Held(sites, visits)
    rescue_visits: dict[str, list[str]] = defaultdict(list)
    rescued = Visit.objects.filter(subject__trial=trial, kind=VisitKind.RESCUE)
    for subject, code in rescued.values_list("subject__code", "code"):
        rescue_visits[subject].append(code)
    lists = [found for campaign in trial.campaigns.all() if (found := newest_events(campaign))]
    dates: dict[str, set[str]] = defaultdict(set)
    for event in (event for found in lists for event in found.events if event["kind"] == "rescue"):
        dates[event["subject"]].add(event["date"])
    return Held(sites, visits, rescue_visits, dates, has_events=bool(lists))


def visits_of(trial: Trial) -> dict[tuple[str, str], HeldVisit]:
    """Every visit of the trial with its live films."""
    counts: dict[int, int] = defaultdict(int)
    dates: dict[int, set[date]] = defaultdict(set)
    films = Film.objects.live().filter(trial=trial, visit__isnull=False)
    for visit, day in films.order_by().values_list("visit", "film_date"):
        counts[visit] += 1
        dates[visit] |= {day} if day else set()
    found = Visit.objects.filter(subject__trial=trial).order_by("subject__natural", "natural")
    return {
        (subject, code): HeldVisit(counts[pk], tuple(sorted(dates[pk])), not_done)
        for pk, subject, code, not_done in found.values_list("pk", "subject__code", "code", "not_done_reason")
    }
