"""The locked datasets of a trial, and how often each was downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from audit.models import Event
from scoring.models import Lock
from studies.models import Trial


@dataclass(frozen=True)
class GivenOut:
    """A lock with the downloads of its dataset."""

    lock: Lock
    downloads: int
    last: datetime | None

    @property
    def title(self) -> str:
        """The name of the lock."""
        return f"{self.lock.campaign.code}, lock {self.lock.number}"


def given_out(trial: Trial) -> list[GivenOut]:
    """Each lock, newest first."""
    locks = (
        Lock.objects.filter(campaign__trial=trial)
        .select_related("campaign", "dataset", "unlock")
        .order_by("-locked_at")
    )
    events = Event.objects.of_home(trial.code).filter(action="scoring.dataset.downloaded").order_by()
    counted = events.values_list("subject_id").annotate(Count("pk"), Max("at"))
    found = {dataset: (number, last) for dataset, number, last in counted}
    return [GivenOut(lock, *found.get(str(lock.dataset_id), (0, None))) for lock in locks]
