"""A training set from chosen cases of a closed campaign, with the consensus as the reference."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sign_in import BACKEND
from audit.verify_trial import verify_trial
from config.errors import BadInput, NotAllowed, WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.case_seals import identities
from reading.campaigns.opening import create_campaign, open_campaign, placements
from reading.campaigns.training import issue_training, make_training, reference_of
from reading.campaigns.training_cases import open_with_cases
from reading.models import Campaign, Case, DisplayedFilm, Read, SealedReference
from scoring.consensus_reference import bring_consensus
from studies.models import Visit
from tests.reading.builders import BuiltTrial, add_ready_film, build_reading_trial, scanned
from tests.scoring.test_two_reads import read_by_both

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=3, visits=("W00", "W24"))


@pytest.fixture
def source(built: BuiltTrial) -> Campaign:
    """Read by two readers, and closed."""
    campaign = read_by_both(built)
    Campaign.objects.filter(pk=campaign.pk).update(status="closed", closed_at=timezone.now())
    campaign.refresh_from_db()
    return campaign


def training_of(built: BuiltTrial, source: Campaign, code: str = "T1", training: bool = True) -> Campaign:
    """A draft training campaign under the same charter, scanned for leaks."""
    given: dict[str, Any] = {"charter": source.charter, "code": code, "title": "Hard cases"}
    made = create_campaign(trial=built.trial, actor=built.actor("coordinator"), **given)
    if training:
        make_training(campaign=made, actor=built.actor("coordinator"), least_status=0.8, least_change=None)
    scanned(made)
    return Campaign.objects.get(pk=made.pk)


def opened(built: BuiltTrial, source: Campaign, *numbers: int) -> Campaign:
    campaign = training_of(built, source)
    open_with_cases(campaign=campaign, source=source, numbers=numbers, actor=built.actor("coordinator"))
    return Campaign.objects.get(pk=campaign.pk)


def browser(built: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built.people[who], backend=BACKEND)
    return client


def test_the_coordinator_chooses_cases_and_the_lead_takes_their_consensus_by_forms_alone(
    built: BuiltTrial, source: Campaign
) -> None:
    training_of(built, source)
    coordinator, base = browser(built, "coordinator"), "/trials/TWO/campaigns/T1/"
    assert f"{base}training/cases/" in coordinator.get(base).content.decode()
    given = {"source": source.pk, "cases": "1, 3"}
    page = coordinator.post(f"{base}training/cases/", given, follow=True).content.decode()
    assert "The training campaign is open with 2 cases." in page
    assert coordinator.get(f"{base}training/cases/").status_code == 404, "open already"
    assert coordinator.get("/trials/TWO/campaigns/C1/training/cases/").status_code == 404, "not for training"
    address, lead = "/trials/TWO/results/T1/reference/", browser(built, "lead")
    assert address in lead.get(f"{base}reference/").content.decode()
    page = lead.post(address, {"source": source.pk}, follow=True).content.decode()
    assert "The reference scores of 2 cases are sealed." in page
    assert lead.get("/trials/TWO/results/C1/reference/").status_code == 404, "C1 is not for training"
    assert verify_trial("TWO", {}).intact


def test_the_reference_is_the_mean_as_a_grade_and_the_films_get_other_tokens_and_numbers(
    built: BuiltTrial, source: Campaign
) -> None:
    campaign = opened(built, source, 1, 2, 3)
    assert bring_consensus(campaign=campaign, source=source, actor=built.actor("lead")) == 3
    visits = dict(Visit.objects.values_list("pk", "code"))
    for case in campaign.cases.all():
        found = {visits[visit]: scores for visit, scores in reference_of(case).items()}
        assert found["W24"]["EL-PIP2"] == [2, ""], "0 and 3, halves up"
        assert found["W00"]["EL-PIP2"] == [0, ""]
        assert found["W00"]["ER-MCP3"] == [0, ""], "one of the two readers gave a grade"
    before, after = (identities(list(one.cases.all())).values() for one in (source, campaign))
    assert {frozenset(placements(one)) for one in before} == {frozenset(placements(one)) for one in after}
    readers = [built.people["reader"]]
    actor = built.actor("coordinator")
    issue_training(campaign=campaign, actor=actor, name="one", due_on=None, readers=readers)
    run_due_jobs()
    assert Read.objects.filter(case__campaign=campaign).count() == 3
    tokens = [
        set(DisplayedFilm.objects.filter(timepoint__step__read__case__campaign=one).values_list("token", flat=True))
        for one in (source, campaign)
    ]
    assert all(tokens)
    assert not tokens[0] & tokens[1]
    assert not set(source.cases.values_list("token")) & set(campaign.cases.values_list("token"))


def test_films_that_changed_since_have_no_consensus(built: BuiltTrial, source: Campaign) -> None:
    subject = identities([source.cases.get(number=1)])[source.cases.get(number=1).pk].subject
    campaign = training_of(built, source)
    visit = Visit.objects.get(subject=subject, code="W24")
    film = visit.films.filter(side="L", view="hand")[0]
    visit.films.filter(pk=film.pk).update(designated=False)
    add_ready_film(visit, "L", "hand", date(2025, 6, 18))
    actor = built.actor("coordinator")
    with pytest.raises(BadInput) as refused:
        open_with_cases(campaign=campaign, source=source, numbers=[1, 2, 3], actor=actor)
    assert (str(refused.value), refused.value.field) == (
        "Case 1 of campaign C1 would show other films or visits than those that were read."
        " Choose other cases, or cases with the same visits.",
        "cases",
    )
    own = [one for one in built.subjects if one.pk == subject]
    open_campaign(campaign=campaign, actor=actor, subjects=own, visits=built.visits)
    campaign = Campaign.objects.get(pk=campaign.pk)
    with pytest.raises(WrongState, match="Case 1 of T1 does not show the films of a case of C1 that has a result."):
        bring_consensus(campaign=campaign, source=source, actor=built.actor("lead"))
    assert not SealedReference.objects.exists()


def test_who_is_being_read_in_an_open_campaign_trains_nobody(built: BuiltTrial, source: Campaign) -> None:
    again = training_of(built, source, "C2", training=False)
    actor = built.actor("coordinator")
    open_campaign(campaign=again, actor=actor, subjects=built.subjects[:1], visits=built.visits)
    films = identities(list(source.cases.all()))
    busy = next(case for case in source.cases.all() if films[case.pk].subject == built.subjects[0].pk)
    with pytest.raises(WrongState) as refused:
        opened(built, source, 1, 2, 3)
    assert str(refused.value) == (
        f"Case {busy.number} of campaign C1 cannot be used for training:"
        " campaign C2 is open and shows films of the same subject."
    )


def test_a_consensus_is_not_taken_while_an_open_campaign_shows_the_same_subjects(
    built: BuiltTrial, source: Campaign
) -> None:
    actor = built.actor("coordinator")
    campaign = training_of(built, source)
    open_campaign(campaign=campaign, actor=actor, subjects=built.subjects[:2], visits=built.visits)
    again = training_of(built, source, "C2", training=False)
    open_campaign(campaign=again, actor=actor, subjects=built.subjects[:2], visits=built.visits)
    with pytest.raises(WrongState) as refused:
        bring_consensus(campaign=Campaign.objects.get(code="T1"), source=source, actor=built.actor("lead"))
    assert "cannot be used for training: campaign C2 is open and shows films of the same subjects." in str(
        refused.value
    )
    assert str(refused.value).startswith("Cases ")
    assert not SealedReference.objects.exists()


def test_what_cannot_be_chosen(built: BuiltTrial, source: Campaign) -> None:
    campaign, actor = training_of(built, source), built.actor("coordinator")
    client, address = browser(built, "coordinator"), "/trials/TWO/campaigns/T1/training/cases/"
    for text in ("1; 2", "00099999"):
        page = client.post(address, {"source": source.pk, "cases": text})
        assert page.status_code == 400
        assert f"The case numbers cannot be “{text}”." in page.content.decode()
    assert "The case numbers are missing." in client.post(address, {"source": source.pk, "cases": ","}).content.decode()
    Case.objects.filter(campaign=source, number=2).update(consent_withdrawn=True)
    with pytest.raises(
        BadInput, match="C1 has no case with the number 2 or 7 that has a result and the subject's consent."
    ):
        open_with_cases(campaign=campaign, source=source, numbers=[1, 2, 7, 7], actor=actor)
    now = timezone.now()
    Campaign.objects.filter(pk=campaign.pk).update(status="closed", film_cut_off=now, closed_at=now)
    itself = Campaign.objects.get(code="T1")
    with pytest.raises(
        BadInput, match="Cases of campaign T1 cannot be used in training campaign T1. Choose one of the same"
    ):
        open_with_cases(campaign=campaign, source=itself, numbers=[1], actor=actor)
    with pytest.raises(
        WrongState, match="Campaign C1 is not a training campaign. Its cases cannot be chosen by number."
    ):
        open_with_cases(campaign=source, source=source, numbers=[1], actor=actor)
    Campaign.objects.filter(pk=source.pk).update(status="open")
    reopened = Campaign.objects.get(code="C1")
    with pytest.raises(WrongState, match="Only cases of a closed campaign can be used for training."):
        open_with_cases(campaign=campaign, source=reopened, numbers=[1], actor=actor)


def test_the_reference_is_taken_once_and_by_the_lead_alone(built: BuiltTrial, source: Campaign) -> None:
    campaign = opened(built, source, 1)
    with pytest.raises(NotAllowed):
        bring_consensus(campaign=campaign, source=source, actor=built.actor("coordinator"))
    bring_consensus(campaign=campaign, source=source, actor=built.actor("lead"))
    with pytest.raises(WrongState, match="Campaign T1 already has its reference scores. They cannot be replaced."):
        bring_consensus(campaign=campaign, source=source, actor=built.actor("lead"))
    assert SealedReference.objects.count() == 1
