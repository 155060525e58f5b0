"""A repeat that nobody waited for when its campaign was closed has lapsed, also if its reader can read again since."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import Event
from audit.verify_trial import verify_trial
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.campaigns.outstanding import outstanding_in
from reading.campaigns.reopening import reopen_campaign
from reading.issuing.repeats import lapsed_repeats
from reading.issuing.suspensions import lift_suspension, suspend_reader
from reading.models import Campaign, CampaignStatus, Read, ReadKind, ReadStatus
from reading.room.signing import return_read
from reading.room.worklist import waiting_for
from scoring.datasets.locking import why_not_lock
from scoring.transfers.cuts import Cut, complete_cases
from studies.models import Membership
from tests.reading.builders import BuiltTrial, build_reading_trial, read_through
from tests.reading.test_line import lock_built
from tests.reading.test_repeats import ask, days_pass, read_first
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db
Back = Callable[[], object]


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=5, visits=("W00", "W24"))


@pytest.fixture
def campaign(built: BuiltTrial) -> Campaign:
    """Everything is signed except one repeat of each reader."""
    campaign = read_first(built)
    days_pass(30)
    record_rows("TWO", Read.objects.filter(status=ReadStatus.SIGNED))
    ask(built, campaign, "two")
    for read in Read.objects.filter(kind=ReadKind.PRIMARY, status=ReadStatus.ISSUED):
        read_through(read)
    run_due_jobs()
    return campaign


def one_away(built: BuiltTrial, how: str) -> tuple[User, Back]:
    """One reader cannot read; the other signs their repeat. Gives the reader, and what brings them back."""
    person, signs = built.people["reader"], built.signs("coordinator")
    for read in Read.objects.filter(kind=ReadKind.REPEAT).exclude(reader=person):
        read_through(read)
    run_due_jobs()
    if how == "suspended":
        held = suspend_reader(trial=built.trial, person=person, cause="drift", reason="Drift since May", **signs)
        return person, lambda: lift_suspension(suspension=held, reason="Trained again", **signs)
    roles = Membership.objects.filter(user=person)
    roles.update(revoked_at=timezone.now())
    return person, lambda: roles.update(revoked_at=None)


@pytest.mark.parametrize("how", ["suspended", "without a role"])
def test_a_reader_who_comes_back_after_the_close_blocks_neither_lock_nor_transfer(
    built: BuiltTrial, campaign: Campaign, how: str
) -> None:
    person, come_back = one_away(built, how)
    close_campaign(campaign=campaign, actor=built.actor("coordinator"))
    recorded = Event.objects.get(action="reading.campaign.closed")
    lapsed = lapsed_repeats(campaign) + 1  # those that were drawn and never issued, and this one
    assert recorded.content["details"] == {"campaign": "C1", "repeats left out": lapsed}
    come_back()
    assert (outstanding_in(campaign).reads, outstanding_in(campaign).lapsed) == (0, lapsed)
    assert why_not_lock(campaign) == []
    assert len(complete_cases(campaign, "test", Cut())) == 5
    assert waiting_for(person.pk) == []
    lock_built(built, campaign)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.LOCKED
    assert verify_trial("TWO", {}).intact


def test_the_repeat_is_waited_for_again_once_the_campaign_is_reopened(built: BuiltTrial, campaign: Campaign) -> None:
    person, come_back = one_away(built, "suspended")
    close_campaign(campaign=campaign, actor=built.actor("coordinator"))
    come_back()
    reopen_campaign(campaign=campaign, reason="A repeat is missing", **built.signs("coordinator"))
    campaign.refresh_from_db()
    assert outstanding_in(campaign).reads == 1
    assert [entry.read for entry in waiting_for(person.pk)] == [Read.objects.get(status=ReadStatus.ISSUED).pk]


def test_a_first_read_that_was_returned_after_the_close_still_blocks_the_lock(
    built: BuiltTrial, campaign: Campaign
) -> None:
    one_away(built, "suspended")
    close_campaign(campaign=campaign, actor=built.actor("coordinator"))
    read = Read.objects.filter(kind=ReadKind.PRIMARY).select_related("case__campaign__trial")[0]
    return_read(read=read, reason="reader-asked", note="", **built.signs("coordinator"))
    assert why_not_lock(campaign) == ["1 read is not signed."]


def all_signed(built: BuiltTrial, returned: str) -> Read:
    """Every read is signed, also the repeats; one of these is then returned, before or after the close."""
    for read in Read.objects.filter(kind=ReadKind.REPEAT):
        read_through(read)
    run_due_jobs()
    repeat = (
        Read.objects.filter(kind=ReadKind.REPEAT).select_related("case__campaign__trial", "reader").order_by("pk")[0]
    )
    if returned == "after":
        close_campaign(campaign=repeat.case.campaign, actor=built.actor("coordinator"))
    return_read(read=repeat, reason="reader-asked", note="", **built.signs("coordinator"))
    return repeat


def test_a_repeat_that_was_returned_before_the_close_lapses_with_the_suspension_of_its_reader(
    built: BuiltTrial, campaign: Campaign
) -> None:
    repeat, signs = all_signed(built, "before"), built.signs("coordinator")
    held = suspend_reader(trial=built.trial, person=repeat.reader, cause="drift", reason="Drift since May", **signs)
    close_campaign(campaign=campaign, actor=built.actor("coordinator"))
    assert why_not_lock(campaign) == []
    lift_suspension(suspension=held, reason="Trained again", **signs)
    assert why_not_lock(campaign) == []


def test_a_repeat_that_was_returned_after_the_close_blocks_the_lock(built: BuiltTrial, campaign: Campaign) -> None:
    all_signed(built, "after")
    campaign.refresh_from_db()
    assert why_not_lock(campaign) == ["1 read is not signed."]
