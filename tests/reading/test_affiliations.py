"""Nobody reads or adjudicates a case of a site to which they belong."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.case_seals import identities
from reading.issuing.affiliations import affiliated, end_affiliation, record_affiliation
from reading.issuing.assignments import plan_batch, request_batch
from reading.issuing.eligible import may_not_adjudicate, may_not_read
from reading.models import Campaign, Read, SiteAffiliation
from studies.models import Site
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of

pytestmark = pytest.mark.django_db
ADDRESS = "/trials/TWO/affiliations/"


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=2)


def site_of(built: BuiltTrial) -> Site:
    return built.subjects[0].site


def belongs(built: BuiltTrial, name: str = "reader") -> SiteAffiliation:
    person = built.people[name]
    return record_affiliation(
        site=site_of(built), person=person, actor=built.actor("coordinator"), reason="Works in its clinic"
    )


def issue(built: BuiltTrial, campaign: Campaign, name: str) -> None:
    readers = [person for name, person in built.people.items() if name.startswith("reader")]
    request_batch(campaign=campaign, actor=built.actor("coordinator"), name=name, due_on=None, readers=readers, size=9)
    run_due_jobs()


def test_no_case_of_their_site_is_issued_to_a_reader_or_adjudicator(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    films = identities(list(campaign.cases.all()))
    own = campaign.cases.get(pk=next(case for case, one in films.items() if one.subject == built.subjects[0].pk))
    held, reader = belongs(built), built.people["reader"].pk
    assert reader in may_not_read(own) & may_not_adjudicate(own)
    issue(built, campaign, "one")
    assert not Read.objects.filter(case=own).exists()
    assert Read.objects.filter(reader=reader).exists()
    with pytest.raises(BadInput, match="No remaining case can be read by"):
        issue(built, campaign, "two")
    end_affiliation(affiliation=held, actor=built.actor("coordinator"), reason="Left the clinic")
    assert affiliated(campaign) == {}
    issue(built, campaign, "three")
    assert Read.objects.filter(reader=reader, case=own).exists()


def test_what_was_requested_before_is_not_issued_afterwards(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    readers = [built.people["reader"], built.people["reader.two"]]
    coordinator = built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    belongs(built)
    run_due_jobs()
    held = Read.objects.filter(reader=built.people["reader"]).select_related("case")
    films = identities([read.case for read in held])
    assert [films[read.case_id].subject for read in held] == [built.subjects[1].pk]


def test_a_smaller_batch_finds_the_cases_that_can_be_read(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    belongs(built)
    for _ in range(8):
        readers = [built.people["reader"], built.people["reader.two"]]
        assert {one.reader for one in plan_batch(campaign, readers, 1)} == {reader.pk for reader in readers}


def test_reads_issued_before_are_named_to_the_coordinator(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built)
    issue(built, campaign, "one")
    client = Client()
    client.force_login(built.people["coordinator"], backend=BACKEND)
    given = {
        "person": built.people["reader"].pk,
        "site": site_of(built).pk,
        "reason": "Works in its clinic",
    }
    page = client.post(ADDRESS, given, follow=True).content.decode()
    assert f"No case of site {site_of(built).code} will be issued to reader." in page
    assert "1 unsigned read of its cases is already theirs" in page
    page = client.post(ADDRESS, given).content.decode()
    assert f"It is already recorded that reader belongs to site {site_of(built).code}." in page
    held = SiteAffiliation.objects.get()
    client.post(f"{ADDRESS}{held.pk}/end/", {"reason": "Left the clinic"})
    held.refresh_from_db()
    assert held.ended_at is not None
    again = client.post(f"{ADDRESS}{held.pk}/end/", {"reason": "Left the clinic"}).content.decode()
    assert "It is already recorded that reader no longer belongs to site" in again


def test_only_readers_and_adjudicators_are_affiliated(built: BuiltTrial) -> None:
    with pytest.raises(BadInput, match="is neither"):
        belongs(built, "coordinator")
    belongs(built, "adjudicator")
    with pytest.raises(WrongState, match="already recorded"):
        belongs(built, "adjudicator")
