"""A campaign in which three people read every case, with the totals that each of them gives at each visit."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils import timezone

import instruments
from accounts.models import User
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedTimepoint, Qualification, Read, ReadStatus
from scoring.consensus.signed_series import visits_of
from studies.models import Membership, Visit
from tests.reading.builders import BuiltTrial, GradeOf, read_through
from tests.tracking import record_new_rows

INSTRUMENT = "larsen-1995"
# By subject and visit: what each reader, in the order of their account ids, gives; None where no site is assessable.
ReaderTotals = Mapping[tuple[str, str], tuple[int | None, ...]]
# Single sites that are not assessable: subject, visit, place of the reader, item.
MissingCells = Collection[tuple[str, str, int, str]]


def add_third_reader(built_trial: BuiltTrial) -> User:
    """A third qualified reader in the trial."""
    user = User.objects.create(email="reader.three@two.example", name="reader.three")
    user.password = built_trial.people["reader"].password
    user.save()
    Membership.objects.create(
        trial=built_trial.trial, user=user, role="reader", reason="test", first_used_at=timezone.now()
    )
    Qualification.objects.create(trial=built_trial.trial, reader=user, instrument=INSTRUMENT, evidence="test set")
    record_new_rows(built_trial.trial.code)
    built_trial.people["reader.three"] = user
    return user


def read_by_all(
    built_trial: BuiltTrial, campaign: Campaign, totals: ReaderTotals, missing: MissingCells = frozenset()
) -> None:
    """Every case read by all readers of the trial, who give these totals, and adjudicated where that is asked."""
    readers = [person for name, person in built_trial.people.items() if name.startswith("reader")]
    actor = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=actor, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    places = {person.pk: place for place, person in enumerate(sorted(readers, key=lambda one: one.pk))}
    for _ in range(2):
        for read in Read.objects.filter(status=ReadStatus.ISSUED).order_by("pk"):
            read_through(read, grades(read, totals, missing, places.get(read.reader_id, len(places))))
        run_due_jobs()


def grades(read: Read, totals: ReaderTotals, missing: MissingCells, place: int) -> GradeOf:
    """Grades in the left hand that add up to the reader's total, 5 at most in each site."""
    visits = {visit.pk: visit for visit in Visit.objects.select_related("subject")}
    shown = {token: (visits[pk].subject.code, visits[pk].code) for token, pk in visits_of(read).items()}

    def grade(timepoint: DisplayedTimepoint, item: Item) -> int | None:
        total = totals[shown[timepoint.token]][place]
        if total is None or (*shown[timepoint.token], place, item.key) in missing:
            return None
        return min(5, max(0, total - 5 * left_hand.index(item.key))) if item.key in left_hand else 0

    left_hand = [item.key for item in instruments.get(INSTRUMENT).items if (item.side, item.region) == ("L", "hand")]
    return grade
