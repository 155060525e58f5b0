"""A running campaign gets a later charter version, as long as the version changes nothing that its results rest on."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import Signature
from accounts.sign_in import BACKEND
from audit.models import Event
from audit.redaction import shown
from audit.verify_trial import verify_trial
from jobs.carrying import run_due_jobs
from reading.campaigns.amending import amend_campaign
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.opening import create_campaign, open_campaign
from reading.charter.amendments import FIXED_AT_OPENING, MAY_CHANGE
from reading.charter.terms import Terms
from reading.charter.versions import draft_charter, sign_charter
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.issuing.consent import correct_consent, withdraw_consent
from reading.models import Campaign, Charter, Read
from studies.models import Subject
from tests.reading.builders import (
    BuiltTrial,
    build_reading_trial,
    fill_read,
    open_campaign_of,
    read_through,
    scanned,
    sign,
)
from tests.refused import said

pytestmark = pytest.mark.django_db
REASON = "Readers asked for a limit"


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=3, visits=("W00", "W24"))


@pytest.fixture
def campaign(built: BuiltTrial) -> Campaign:
    return open_campaign_of(built, concordant_share=0.0)


def version(built: BuiltTrial, **terms: object) -> Charter:
    """The next version, signed: the terms of the first with these changes."""
    given = {**Charter.objects.get(trial=built.trial, version=1).terms, **terms}
    charter = draft_charter(trial=built.trial, actor=built.actor("coordinator"), terms=given)
    return sign_charter(charter=charter, **built.signs("coordinator"))


def amend(built: BuiltTrial, campaign: Campaign, charter: Charter) -> None:
    amend_campaign(campaign=campaign, charter=charter, reason=REASON, **built.signs("coordinator"))


def refusal(built: BuiltTrial, campaign: Campaign, charter: Charter) -> str:
    return said(amend_campaign, campaign=campaign, charter=charter, reason=REASON, **built.signs("coordinator"))


def issue(built: BuiltTrial, campaign: Campaign, size: int) -> None:
    readers, coordinator = [built.people[name] for name in ("reader", "reader.two")], built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=size)
    run_due_jobs()


def versions_of(campaign: Campaign) -> dict[bool, set[int]]:
    """The charter versions of the cases, by whether they have reads."""
    rows = campaign.cases.to_read().values_list("reads", "charter__version")
    return {issued: {number for read, number in rows if (read is not None) == issued} for issued in (True, False)}


def test_a_case_keeps_the_version_under_which_it_was_issued(built: BuiltTrial, campaign: Campaign) -> None:
    issue(built, campaign, 1)
    read_through(Read.objects.all()[0])
    amend(built, campaign, version(built, cases_per_day=40))
    assert campaign.charter.version == 2
    assert versions_of(campaign) == {True: {1}, False: {2}}
    event = Event.objects.get(action="reading.campaign.amended")
    told = shown(event, "sponsor")
    assert told.says.endswith("put campaign C1 under a later charter version (2), with 2 cases")
    assert told.reason == REASON
    rows = {"reading_case": campaign.cases.values_list("pk", flat=True), "reading_campaign": [campaign.pk]}
    assert verify_trial("TWO", rows).intact


def test_before_the_first_signature_every_case_gets_the_version(built: BuiltTrial, campaign: Campaign) -> None:
    issue(built, campaign, 1)
    fill_read(Read.objects.all()[0])
    amend(built, campaign, version(built, adjudication_threshold=5.0))
    assert versions_of(campaign) == {True: {2}, False: {2}}


def test_a_case_that_is_issued_again_gets_the_version_of_that_day(built: BuiltTrial, campaign: Campaign) -> None:
    issue(built, campaign, 1)
    read = Read.objects.all()[0]
    read_through(read)
    amend(built, campaign, version(built, cases_per_day=40))
    case = campaign.cases.select_related("campaign__charter", "campaign__trial").get(pk=read.case_id)
    again = void_and_reissue(case=case, reason="A name on a film", **built.signs("coordinator"))
    assert again is not None
    assert (case.charter.version, again.charter.version) == (1, 2)


@pytest.mark.parametrize(
    ("terms", "names"),
    [
        ({"adjudication_threshold": 5.0}, "“Adjudicate above a difference of”"),
        ({"result_rule": "mean-of-all"}, "“Result after adjudication”"),
        (
            {"missing_rule": "none", "missing_limit": 0.2},
            "“Missing joints” and “Largest share of missing sites in a region”",
        ),
        ({"rescue_strategy": "observed", "cases_per_day": 9}, "“Films after rescue”"),
    ],
)
def test_trigger_rule_and_missing_data_are_frozen_by_the_first_signature(
    built: BuiltTrial, campaign: Campaign, terms: dict[str, object], names: str
) -> None:
    later = version(built, **terms)
    issue(built, campaign, 1)
    read_through(Read.objects.all()[0])
    assert refusal(built, campaign, later) == (
        f"Campaign C1 has signed reads, so it cannot be put under charter version 2, which changes {names}. Read the "
        "cases in a new campaign under that version."
    )
    campaign.refresh_from_db()
    assert campaign.charter.version == 1
    assert not Signature.objects.filter(meaning__startswith="I put this campaign").exists()


def test_an_open_campaign_keeps_the_terms_by_which_its_cases_were_made(built: BuiltTrial, campaign: Campaign) -> None:
    assert refusal(built, campaign, version(built, presentation="together-ordered", minimum_timepoints=3)) == (
        "Campaign C1 is open, so it cannot be put under charter version 2, which changes “How the films of a case are "
        "shown” and “Minimum timepoints per case”. Read the cases in a new campaign under that version."
    )
    draft = create_campaign(
        trial=built.trial, actor=built.actor("coordinator"), charter=campaign.charter, code="C2", title="Second"
    )
    amend(built, draft, Charter.objects.get(version=2))
    assert draft.charter.version == 2, "in preparation, it keeps nothing"


def test_only_a_later_signed_version_of_the_same_trial_is_taken(built: BuiltTrial, campaign: Campaign) -> None:
    draft = draft_charter(
        trial=built.trial, actor=built.actor("coordinator"), terms={"instrument": "larsen-1995", "cases_per_day": 4}
    )
    for charter in (campaign.charter, draft):
        assert refusal(built, campaign, charter) == (
            "Campaign C1 is under charter version 1. It can only get a later version of the same trial that is signed; "
            f"version {charter.version} of trial TWO is not."
        )
    later = sign_charter(charter=draft, **built.signs("coordinator"))
    Campaign.objects.filter(pk=campaign.pk).update(status="closed")
    assert refusal(built, campaign, later) == (
        "Campaign C1 is closed. Only a campaign in preparation or open can be put under another charter version."
    )


def test_a_signature_that_was_on_its_way_is_asked_for_again(built: BuiltTrial, campaign: Campaign) -> None:
    issue(built, campaign, 1)
    read = Read.objects.select_related("case__campaign__charter").all()[0]
    fill_read(read)
    on_its_way = Read.objects.select_related("case__campaign__charter", "case__campaign__trial", "reader").get(
        pk=read.pk
    )
    amend(built, campaign, version(built, adjudication_threshold=5.0))
    assert said(sign, on_its_way) == (
        "The charter of this campaign has a new version. Load the page again before you sign."
    )
    sign(Read.objects.get(pk=read.pk))


def test_a_campaign_that_was_amended_meanwhile_is_not_opened_by_the_terms_read_before(
    built: BuiltTrial, campaign: Campaign
) -> None:
    coordinator = built.actor("coordinator")
    draft = create_campaign(trial=built.trial, actor=coordinator, charter=campaign.charter, code="C2", title="Second")
    scanned(draft)
    on_its_way = Campaign.objects.select_related("trial", "charter").get(pk=draft.pk)
    amend(built, draft, version(built, minimum_timepoints=3))
    given: dict[str, Any] = {"actor": coordinator, "subjects": built.subjects, "visits": built.visits}
    assert said(open_campaign, campaign=on_its_way, **given) == (
        "The charter of this campaign has a new version. Load the page again before you open it."
    )
    draft.refresh_from_db()
    assert (draft.status, draft.cases.count()) == ("draft", 0)


def test_a_case_issued_again_has_the_stored_version_although_the_page_was_loaded_before(
    built: BuiltTrial, campaign: Campaign
) -> None:
    case = campaign.cases.select_related("campaign__charter", "campaign__trial").earliest("pk")
    amend(built, campaign, version(built, cases_per_day=40))
    again = void_and_reissue(case=case, reason="A name on a film", **built.signs("coordinator"))
    assert again is not None
    assert again.charter.version == 2


@pytest.mark.parametrize("signed", [False, True])
def test_a_stopped_case_gets_the_version_for_the_day_on_which_it_resumes(
    built: BuiltTrial, campaign: Campaign, signed: bool
) -> None:
    if signed:
        issue(built, campaign, 1)
        read_through(Read.objects.all()[0])
    stopped = campaign.cases.filter(reads=None).earliest("pk")
    subject = Subject.objects.get(pk=open_case_seal(stopped).subject)
    about: dict[str, Any] = {"withdrawn_on": date(2026, 1, 31), "statement": "All use of films", "instruction": ""}
    held = withdraw_consent(subject=subject, **about, **built.signs("coordinator"))
    amend(built, campaign, version(built, cases_per_day=40))
    correct_consent(withdrawal=held, reason="Another subject was meant", **built.signs("coordinator"))
    stopped.refresh_from_db()
    assert (stopped.consent_withdrawn, stopped.charter.version) == (False, 2)


def test_every_term_is_fixed_frozen_or_may_change() -> None:
    known = {one.name for one in fields(Terms)}
    assert known >= FIXED_AT_OPENING | MAY_CHANGE
    assert set() == FIXED_AT_OPENING & MAY_CHANGE
    result = {name for name in known if name.startswith(("adjudication", "result", "missing", "partial", "rescue"))}
    assert result & MAY_CHANGE == set()


def test_the_coordinator_changes_the_version_on_the_page_of_the_campaign(built: BuiltTrial, campaign: Campaign) -> None:
    client = Client()
    client.force_login(built.people["coordinator"], backend=BACKEND)
    page, form = "/trials/TWO/campaigns/C1/", "/trials/TWO/campaigns/C1/amend/"
    assert "Change the charter version" not in client.get(page).content.decode()
    later = version(built, presentation="together-ordered")
    assert "Change the charter version" in client.get(page).content.decode()
    typed = {"charter": later.pk, "reason": REASON, "password": built.signs("coordinator")["password"]}
    refused = client.post(form, typed)
    assert refused.status_code == 400
    assert "which changes “How the films of a case are shown”." in refused.content.decode()
    typed["charter"] = version(built, cases_per_day=40).pk
    assert client.post(form, typed).status_code == 302
    assert "charter version 3" in client.get(page).content.decode()
    csv = b"".join(client.get(f"{page}cases/?format=csv")).decode()
    assert "Charter version" in csv
