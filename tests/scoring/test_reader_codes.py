"""A reader's code in datasets, receipts and pages never changes once it is given out."""

from __future__ import annotations

import pytest

from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.models import Read
from scoring.reader_codes import reader_codes
from tests.reading.builders import PASSWORD, build_reading_trial, open_campaign_of, read_through

pytestmark = pytest.mark.django_db


def test_a_code_stays_when_others_sign_later_and_when_a_read_is_voided() -> None:
    built_trial = build_reading_trial(subjects=1)
    campaign = open_campaign_of(built_trial)
    readers = [person for name, person in built_trial.people.items() if name.startswith("reader")]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    earlier_account, later_account = Read.objects.order_by("reader_id")
    read_through(later_account)
    assert reader_codes(campaign) == {later_account.reader_id: "R01"}
    read_through(earlier_account)
    both = {later_account.reader_id: "R01", earlier_account.reader_id: "R02"}
    assert reader_codes(campaign) == both
    coordinator = built_trial.people["coordinator"]
    void_and_reissue(
        case=later_account.case,
        actor=built_trial.actor("coordinator"),
        user=coordinator,
        password=PASSWORD,
        reason="Films of another subject",
    )
    assert reader_codes(campaign) == both
