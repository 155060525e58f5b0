"""What was given out of a trial: locked datasets with their downloads, and transfers with their receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, QuerySet

from audit.models import Event
from scoring.models import DataTransfer, Lock
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


def transfers_of(trial: Trial) -> QuerySet[DataTransfer]:
    """Each transfer with its recipient and the time of its receipt; what it holds is not loaded."""
    rows = DataTransfer.objects.filter(campaign__trial=trial).defer("cut", "cases", "counts")
    return rows.select_related("campaign", "recipient").annotate(received=F("receipt__received_at"))
