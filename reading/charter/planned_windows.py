"""The planned visits with their windows as they were when a charter was signed; the analysis uses these.

The plan itself may change by an amendment of the protocol. What it was is in the audit trail, from which every later
change is taken back here.
"""

from __future__ import annotations

from typing import NamedTuple

from audit.models import Event
from reading.campaigns.case_seals import identities
from reading.models import Campaign, Charter, SignedValues
from studies.models import Visit, VisitPlan
from studies.visit_window import baseline_among


class PlannedWindow(NamedTuple):
    """A planned visit: code, target day, and the days before and after it that belong to its window."""

    code: str
    target_day: int
    days_before: int
    days_after: int


def windows_of_analysis(campaign: Campaign) -> list[PlannedWindow]:
    """The windows of the version under which the first read was signed; a later version leaves them as they are.

    A visit that was planned after that signature is among them only if a case of the campaign shows it.
    """
    signed = SignedValues.objects.filter(step__read__case__campaign=campaign)
    first = signed.order_by("step__read__case__charter__version").select_related("step__read__case__charter").first()
    charter = first.step.read.case.charter if first else campaign.charter
    later = {int(event.subject_id) for event in since_signed(charter, "studies.planned-visit.added")}
    unseen = later - plans_shown(campaign) if later else later
    left_out = set(VisitPlan.objects.filter(pk__in=unseen).values_list("code", flat=True))
    return [window for window in windows_when_signed(charter) if window.code not in left_out]


def baseline_of(campaign: Campaign) -> str | None:
    """The code of the visit from which the analysis counts changes; None if the trial plans no visits."""
    return baseline_among((window.code, window.target_day) for window in windows_of_analysis(campaign))


def plans_shown(campaign: Campaign) -> set[int | None]:
    """The planned visits that the cases of a campaign show."""
    frozen = identities(list(campaign.cases.all()))
    visits = {timepoint.visit for films in frozen.values() for timepoint in films.timepoints}
    return set(Visit.objects.filter(pk__in=visits).values_list("plan", flat=True))


def windows_when_signed(charter: Charter) -> list[PlannedWindow]:
    """The visits by target day. One that was planned after the signature has the window with which it was planned."""
    columns = ("pk", *PlannedWindow._fields)
    plans = {row["pk"]: row for row in VisitPlan.objects.filter(trial=charter.trial_id).values(*columns)}
    for event in reversed(since_signed(charter, "studies.planned-visit.changed")):
        plan = plans[int(event.subject_id)]
        plan |= {name: old for name, (old, _) in event.content["changes"].items() if name in plan}
    windows = [PlannedWindow(*(plan[name] for name in PlannedWindow._fields)) for plan in plans.values()]
    return sorted(windows, key=lambda window: (window.target_day, window.code))


def since_signed(charter: Charter, action: str) -> list[Event]:
    """What was done to planned visits after the charter was signed, oldest first; nothing for a draft."""
    signed = Event.objects.of_record("reading.charter", str(charter.pk)).filter(action="reading.charter.signed").first()
    if signed is None:
        return []
    return list(Event.objects.filter(stream=signed.stream, seq__gt=signed.seq, action=action).order_by("seq"))
