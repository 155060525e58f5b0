"""The demo's training campaign: the first reader has passed it, the second reader's cases are unread."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from reading.campaigns.reference_table import HEAD
from reading.campaigns.training import LEAST_CHANGE, LEAST_STATUS, bring_references, issue_training, make_training
from reading.models import Campaign, SealedReference
from reading.room.cells import instrument_of_campaign
from rehearsal.demo.campaigns import READERS, drafted, opened, read_cases
from rehearsal.demo.filling import Filling, settle
from rehearsal.demo.films import truths_by_visit
from rehearsal.truth import true_value
from studies.models import Subject


def train(run: Filling, subjects: Sequence[Subject]) -> None:
    """A training campaign on these subjects, whose reference is the damage that was drawn."""
    found = drafted(run, "TRAIN-1", "Training on two cases")
    if not found.trains:
        make_training(campaign=found, actor=run.coordinator, least_status=LEAST_STATUS, least_change=LEAST_CHANGE)
        found = Campaign.objects.get(pk=found.pk)
    opened(run, found, subjects)
    if not SealedReference.objects.filter(case__campaign=found).exists():
        bring_references(campaign=found, actor=run.actor("lead"), content=reference(found, subjects))
    if not found.batches.exists():
        readers = [run.user(name) for name in READERS]
        issue_training(campaign=found, actor=run.coordinator, name="First batch", due_on=None, readers=readers)
    settle(run)
    read_cases(run, found, subjects, readers=READERS[:1])


def reference(found: Campaign, subjects: Sequence[Subject]) -> bytes:
    """The true score of every item of every timepoint, as the imaging lead uploads it."""
    items, out = instrument_of_campaign(found).items, io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for subject in subjects:
        for visit, truth in truths_by_visit(subject).items():
            writer.writerows([subject.code, visit.code, item.key, true_value(truth, item), ""] for item in items)
    return out.getvalue().encode()
