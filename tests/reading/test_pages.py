"""The pages of those who write charters and run campaigns, of readers, statisticians and second signers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.html import escape

import instruments
from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign, create_campaign
from reading.charter.versions import draft_charter, sign_charter
from reading.forms.charter import CharterForm
from reading.issuing.assignments import request_batch
from reading.models import Campaign, Read, ReadStatus, VoidCause
from scoring.models import Dataset
from studies.models import Film
from tests.reading.builders import PASSWORD, BuiltTrial, begun, build_reading_trial, fill_read, open_campaign_of, sign
from tests.scoring.agreement_figures import with_figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def issued(built_trial: BuiltTrial) -> Campaign:
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    return campaign


def test_a_coordinator_writes_signs_and_opens_by_forms_alone(built_trial: BuiltTrial) -> None:
    client, base = browser(built_trial, "coordinator"), "/trials/TWO/"
    form = client.get(f"{base}charter/write/").context["form"]
    typed = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
    chosen = {name: field.choices[0][0] for name, field in form.fields.items() if hasattr(field, "choices")}
    client.post(f"{base}charter/write/", {**chosen, **typed, "instrument": "larsen-1995"})
    assert client.get(f"{base}charter/").status_code == 200
    assert client.post(f"{base}charter/1/", {"password": "wrong"}).status_code == 400
    assert client.post(f"{base}charter/1/", {"password": PASSWORD}).status_code == 302
    client.post(
        f"{base}campaigns/", {"campaign_code": "C1", "title": "First", "charter": built_trial.trial.charters.get().pk}
    )
    assert "The leak scan has not been run." in client.get(f"{base}campaigns/C1/").content.decode()
    client.post(f"{base}campaigns/C1/leak-scan/run/")
    run_due_jobs()
    page = client.get(f"{base}campaigns/C1/")
    assert "Nothing prevents this campaign from opening" in page.content.decode()
    assert client.post(f"{base}campaigns/C1/", {"visits": ["W00", "W24"]}).status_code == 302
    people = [built_trial.people[name].pk for name in ("reader", "reader.two")]
    preview = client.post(f"{base}campaigns/C1/assign/", {"name": "B", "size": 2, "readers": people, "preview": 1})
    assert "What this batch would add" in preview.content.decode()
    client.post(f"{base}campaigns/C1/assign/", {"name": "B", "size": 2, "readers": people, "release": 1})
    run_due_jobs()
    assert Read.objects.count() == 4


@pytest.mark.parametrize("path", ["campaigns/", "campaigns/C1/", "campaigns/C1/cases/", "campaigns/C1/reads/"])
def test_the_coordinators_pages_of_an_open_campaign(built_trial: BuiltTrial, path: str) -> None:
    issued(built_trial)
    assert browser(built_trial, "coordinator").get(f"/trials/TWO/{path}").status_code == 200


def test_a_campaign_without_readers_says_why_it_cannot_start(built_trial: BuiltTrial) -> None:
    built_trial.trial.qualifications.all().delete()
    client = browser(built_trial, "coordinator")
    actor = built_trial.actor("coordinator")
    charter = draft_charter(trial=built_trial.trial, actor=actor, terms={"instrument": "svdh"})
    sign_charter(charter=charter, actor=actor, user=built_trial.people["coordinator"], password=PASSWORD)
    create_campaign(trial=built_trial.trial, actor=actor, charter=charter, code="C1", title="First")
    page = client.get("/trials/TWO/campaigns/C1/").content.decode()
    assert "The trial has 0 qualified readers. The charter requires 2 for each case." in page
    assert 'href="/trials/TWO/qualifications/">Qualifications</a>' in page
    assert 'href="/trials/TWO/campaigns/C1/leak-scan/">Leak scan</a>' in page


def test_a_campaign_names_the_subjects_with_too_few_timepoints_and_where_to_look(built_trial: BuiltTrial) -> None:
    Film.objects.filter(subject=built_trial.subjects[1], visit__code="W24").update(status="deidentified")
    charter = draft_charter(
        trial=built_trial.trial, actor=built_trial.actor("coordinator"), terms={"instrument": "svdh"}
    )
    charter = sign_charter(charter=charter, **built_trial.signs("coordinator"))
    create_campaign(
        trial=built_trial.trial, actor=built_trial.actor("coordinator"), charter=charter, code="C1", title="First"
    )
    for path in ("campaigns/C1/", ""):
        page = browser(built_trial, "coordinator").get(f"/trials/TWO/{path}").content.decode()
        assert "1 subject has ready films at fewer than 2 timepoints and would not be read: S001 (1)." in page
        assert 'href="/trials/TWO/completeness/">Completeness</a>' in page
        assert 'href="/trials/TWO/desk/">QC desk</a>' in page


def test_a_get_never_opens_a_read(built_trial: BuiltTrial) -> None:
    """Only the request that says so begins a case: not a link that is followed, fetched ahead or shown as a preview."""
    issued(built_trial)
    client, own = browser(built_trial, "reader"), Read.objects.filter(reader=built_trial.people["reader"])[0]
    path = f"/read/{own.token}/"
    for headers in ({}, {"X-Requested-With": "fetch"}, {"Sec-Purpose": "prefetch"}):
        page = client.get(path, headers=headers)
        assert (page.status_code, b"data-begin" in page.content, b'id="room"' in page.content) == (200, True, False)
        client.head(path)
    own.refresh_from_db()
    assert (own.status, own.steps.exclude(opened_at=None).count()) == (ReadStatus.ISSUED, 0)
    assert b'id="room"' in client.post(path, headers={"X-Requested-With": "fetch"}).content
    own.refresh_from_db()
    assert own.status == ReadStatus.OPENED
    assert b'id="room"' in client.get(path).content


def test_a_reader_finds_his_cases_and_the_screen_and_nobody_elses(built_trial: BuiltTrial) -> None:
    issued(built_trial)
    client = browser(built_trial, "reader")
    assert client.get("/read/").status_code == 200
    own, foreign = (Read.objects.filter(reader=built_trial.people[name]).first() for name in ("reader", "reader.two"))
    assert own is not None
    assert foreign is not None
    assert begun(client, f"/read/{own.token}/").status_code == 200
    assert client.get(f"/read/{own.token}/review").status_code == 200
    assert client.get(f"/read/{own.token}/decline").status_code == 200
    assert client.get(f"/read/{foreign.token}/").status_code == 404
    assert client.get("/read/no-such-read/").status_code == 404
    assert client.get("/read/display/").status_code == 200
    assert client.get("/read/past/").status_code == 200


def test_previews_come_with_a_page_that_is_opened_and_not_with_one_that_is_turned_to(built_trial: BuiltTrial) -> None:
    issued(built_trial)
    client = browser(built_trial, "reader")
    path = f"/read/{Read.objects.filter(reader=built_trial.people['reader']).order_by('queue_position')[0].token}/"
    assert begun(client, path).text.count("data:image/jpeg") == len(built_trial.visits)
    assert "data:image" not in client.get(path, headers={"X-Requested-With": "fetch"}).text


def test_statistician_and_signer_go_from_agreement_to_the_lock_by_pages(built_trial: BuiltTrial) -> None:
    campaign = issued(built_trial)
    for read in Read.objects.all():
        fill_read(read)
        sign(read)
    run_due_jobs()
    own = f"/read/{Read.objects.filter(reader=built_trial.people['reader'])[0].token}/"
    assert browser(built_trial, "reader").get(own).status_code == 200
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    assert browser(built_trial, "reader").get(own).status_code == 404, (
        "from now on readers do not see even their own scores"
    )
    statistician, signer, base = (
        browser(built_trial, "statistician"),
        browser(built_trial, "signer"),
        "/trials/TWO/results/",
    )
    assert statistician.get(base).status_code == 200
    assert "Main statistics" in with_figures(statistician, f"{base}C1/agreement/", group="total").content.decode()
    figure = statistician.get(f"{base}C1/figures/bland-altman.svg")
    assert figure.content.startswith(b"<?xml")
    assert statistician.post(f"{base}C1/datasets/build/").status_code == 302
    run_due_jobs()
    assert "scores.csv" not in signer.get(f"{base}C1/datasets/1/").content.decode(), "no lock was asked for yet"
    assert statistician.post(f"{base}C1/datasets/1/", {"password": PASSWORD}).status_code == 302
    assert "scores.csv" in signer.get(f"{base}C1/datasets/1/").content.decode()
    assert "Dataset 1" in signer.get("/trials/TWO/locks/").content.decode()
    assert signer.post(f"{base}C1/datasets/1/", {"password": PASSWORD}).status_code == 302
    assert Dataset.objects.get().status == "locked"
    answer = statistician.get(f"{base}C1/datasets/1/zip/")
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert statistician.get(f"{base}C1/datasets/").status_code == 200
    assert signer.get(f"{base}C1/datasets/1/").status_code == 200


def test_who_sees_no_scores_gets_no_results(built_trial: BuiltTrial) -> None:
    issued(built_trial)
    for who in ("coordinator", "reader", "sponsor", "site"):
        assert browser(built_trial, who).get("/trials/TWO/results/C1/agreement/").status_code == 403


def test_a_charter_reads_in_the_words_of_the_form_that_wrote_it(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial)
    page = browser(built_trial, "coordinator").get("/trials/TWO/charter/1/").content.decode()
    form = CharterForm(built_trial.trial)
    for name in form.fields:
        assert f"<dt>{escape(str(form[name].label))}</dt>" in page
    for code in ("Looking", "Bulk zero", "Unverified acknowledged", "<dd>svdh"):
        assert code not in page, f"{code} is a name of the code, not of the page"
    assert escape(instruments.get(campaign.charter.terms["instrument"]).title) in page


def test_a_case_is_voided_for_a_cause_that_is_chosen_from_a_list_and_a_reason_in_words(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial)
    case, coordinator = campaign.cases.order_by("number")[0], browser(built_trial, "coordinator")
    cases = "/trials/TWO/campaigns/C1/cases/"
    form = coordinator.get(f"{cases}{case.pk}/void/").content.decode()
    assert "A film showed who the subject is, or when it was taken" in form
    assert "The subject withdrew consent" not in form, "the product records that by itself"
    given = {"reason": "a name on a film", "password": PASSWORD}
    for cause in ("", "consent"):
        assert coordinator.post(f"{cases}{case.pk}/void/", {**given, "cause": cause}).status_code == 400
    assert coordinator.post(f"{cases}{case.pk}/void/", {**given, "cause": "identity"}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.void_cause, case.void_reason) == ("voided", VoidCause.IDENTITY, "a name on a film")
    table = b"".join(coordinator.get(f"{cases}?format=csv&void_cause=identity")).decode()
    (line,) = table.splitlines()[1:]
    assert '"A film showed who the subject is, or when it was taken",a name on a film' in line


def test_a_campaign_whose_cases_all_have_readers_does_not_count_zero_of_them(built_trial: BuiltTrial) -> None:
    campaign = issued(built_trial)
    page = browser(built_trial, "coordinator").get(f"/trials/TWO/campaigns/{campaign.code}/assign/").content.decode()
    assert "No case needs readers at the moment." in page
    assert "0 cases" not in page
