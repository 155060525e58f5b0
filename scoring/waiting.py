"""Open tasks of people who work with results and monitor readers, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from accounts.navigation import TrialRole
from accounts.roles import Action
from accounts.waiting import Waiting, declare_waiting
from reading.models import Campaign, CampaignStatus
from scoring.edc.lists import open_differences
from scoring.models import ArmsRequest, ArmsRequestStatus, Dataset, DatasetStatus, EdcList, ReaderAlarm, Unlock
from scoring.reading_times import count_fast


def to_build(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Campaigns that are closed but not yet locked."""
    closed = Campaign.objects.filter(trial__code=place.code, status=CampaignStatus.CLOSED).count()
    yield Waiting("Campaigns to lock", closed, reverse("scoring:results", args=[place.code]))


def to_confirm(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Locks and unlocks that another person has requested."""
    locks = Dataset.objects.filter(campaign__trial__code=place.code, status=DatasetStatus.LOCK_REQUESTED).count()
    unlocks = Unlock.objects.filter(lock__campaign__trial__code=place.code, agreed=None).count()
    page = reverse("scoring:locks", args=[place.code])
    yield Waiting("Locks to confirm", locks, page)
    yield Waiting("Unlock requests", unlocks, page)


def to_open(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Requests for the arms for which this custodian has not submitted a share."""
    asked = ArmsRequest.objects.filter(campaign__trial__code=place.code, status=ArmsRequestStatus.WAITING)
    count = asked.exclude(shares__key__custodian=user_id).count()
    yield Waiting("Opening shares to give", count, reverse("scoring:arms_requests", args=[place.code]))


def entered_fast(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Signed entries of open campaigns that took unusually little time."""
    page = reverse("scoring:results", args=[place.code])
    yield Waiting("Reads entered unusually fast", count_fast(place.code), page)


def to_handle(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Alarms about readers without a recorded action."""
    count = ReaderAlarm.objects.filter(campaign__trial__code=place.code, action="").count()
    yield Waiting("Alarms about readers", count, reverse("scoring:alarms", args=[place.code]))


def to_resolve(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Differences of the sponsor's newest list that nobody resolved or passed on."""
    newest = (
        EdcList.objects.filter(trial__code=place.code).defer("rows").select_related("trial").order_by("-number").first()
    )
    count = len(open_differences(newest)) if newest else 0
    yield Waiting("Differences from the sponsor's list", count, reverse("scoring:edc", args=[place.code]))


declare_waiting(Action.RECONCILE_EDC, to_resolve)
declare_waiting(Action.SEE_READER_SCORES, entered_fast)
declare_waiting(Action.HANDLE_ALARMS, to_handle)
declare_waiting(Action.OPEN_ARMS, to_open)
declare_waiting(Action.BUILD_DATASET, to_build)
declare_waiting(Action.CONFIRM_LOCK, to_confirm)
