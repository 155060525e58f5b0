"""Entries and reviews that are refused whatever the page said when it was loaded."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import timezone

from audit.trail import Actor, audited_atomic
from config.errors import BadInput, WrongState
from config.keyset import KeysetListing
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, CampaignStatus, CaseStatus, DisplayedFilm, DisplayedTimepoint, Read, ReadStep
from reading.room.writable import demand_writable, hold_writable
from scoring.history.reviews import NOTE_AT_MOST, ReviewedRows, demand_reviewable
from tests.reading.builders import build_reading_trial, open_campaign_of, read_through

AUDITOR = Actor(1, "Auditor", "auditor")


def test_a_case_that_was_voided_takes_no_entry() -> None:
    step = ReadStep(read=Read(status="opened"), opened_at=timezone.now(), position=0)
    film = DisplayedFilm(timepoint=DisplayedTimepoint(step=step))
    vars(film).update(campaign_status=CampaignStatus.OPEN, case_status=CaseStatus.VOIDED, stopped=False)
    with pytest.raises(WrongState, match="no longer valid"):
        demand_writable(film)


@pytest.mark.django_db
def test_a_signed_read_has_no_step_that_takes_entries() -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    campaign = open_campaign_of(built_trial)
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    read = Read.objects.get(reader=readers[0])
    read_through(read)
    with audited_atomic(), pytest.raises(WrongState, match="accepts no entries now"):
        hold_writable(read, None)


def test_a_review_covers_at_least_one_revision_of_a_locked_campaign_and_a_note_of_limited_length() -> None:
    locked = Campaign(status=CampaignStatus.LOCKED)
    with pytest.raises(WrongState, match="can be reviewed once it is locked"):
        demand_reviewable(Campaign(status=CampaignStatus.OPEN), AUDITOR, ReviewedRows(1, 1, 1, ""), "")
    with pytest.raises(BadInput, match="nothing to sign"):
        demand_reviewable(locked, AUDITOR, ReviewedRows(0, 0, 0, ""), "")
    with pytest.raises(BadInput, match=f"At most {NOTE_AT_MOST} are kept"):
        demand_reviewable(locked, AUDITOR, ReviewedRows(1, 1, 1, ""), "x" * (NOTE_AT_MOST + 1))


def test_a_long_list_begins_at_a_row_that_is_a_number() -> None:
    request = RequestFactory().get("/", {"older-than": "soon"})
    listing = KeysetListing(request, Read.objects.all(), columns=[], name="reads", prepare=lambda keys: [])
    with pytest.raises(BadInput, match="no row “soon” to begin at"):
        listing.key("older-than")
