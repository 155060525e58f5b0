"""Nobody waits for ever: what a job worked for is marked as failed when the job gives up, and there is a way on."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts.sign_in import BACKEND
from audit.models import Event
from audit.trail import audited_atomic
from audit.verify import verify
from config.errors import BadInput
from config.job_kinds import GIVEN_UP, KINDS
from jobs.carrying import run_due_jobs
from jobs.giving_up import DISK_FULL, NO_MEMORY, UNEXPECTED, WORKERS_DIED, in_words
from jobs.models import Job
from jobs.queue import add
from reading.campaigns.failed_jobs import CONSENSUS, ISSUING, failed_jobs, try_again
from reading.campaigns.opening import create_campaign
from reading.issuing.assignments import request_batch
from reading.leak_scan.scans import in_the_way, request_scan
from reading.models import Campaign, Read
from scoring.models import Dataset, DatasetStatus
from studies.arrival.intake import complete
from studies.film_states import order_rendition
from studies.models import Film, FilmStatus, QualityDecision
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.scoring.unsealing_cast import arms_of, make_opening
from tests.tracking import record_new_rows, record_rows

pytestmark = pytest.mark.django_db
# Nobody waits at a page for these: a mail that was not sent, a backup or a verification shows on the health page;
# and the page of the agreement looks at its job itself.
WITHOUT_A_STATE = {
    "accounts.alert",
    "accounts.mail_link",
    "jobs.backup",
    "jobs.verify_audit",
    "reading.mail_query",
    "reading.remind",
    "scoring.agreement",
    "scoring.alarms",
    "scoring.mail_alarm",
    "scoring.mail_custodians",
    "studies.joint_proposal",
    "studies.mail_membership",
    "studies.mail_question",
    "studies.remind_site",
}


def use_up(kind: str) -> None:
    """Every worker that started this work has died."""
    Job.objects.filter(kind=kind).update(attempts=settings.JOB_ATTEMPTS)
    run_due_jobs(kinds=frozenset({kind}))
    assert set(Job.objects.filter(kind=kind).values_list("status", flat=True)) == {Job.Status.FAILED}


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    return open_campaign_of(built_trial)


def browser(built_trial: BuiltTrial, name: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[name], backend=BACKEND)
    return client


def test_every_kind_that_people_wait_for_is_marked_or_shown() -> None:
    assert GIVEN_UP.keys() | WITHOUT_A_STATE | {ISSUING, CONSENSUS, "reading.leak_scan"} == KINDS.keys()


def test_a_dataset_is_not_being_built_for_ever(built_trial: BuiltTrial, campaign: Campaign) -> None:
    dataset = Dataset.objects.create(campaign=campaign, number=1)
    record_rows("TWO", [dataset])
    with audited_atomic():
        add(kind="scoring.dataset", key="dataset-1", payload={"dataset": dataset.pk})
    use_up("scoring.dataset")
    dataset.refresh_from_db()
    assert dataset.status == DatasetStatus.FAILED
    assert dataset.failure == f"{WORKERS_DIED} Nothing was lost. Build another dataset once this is resolved."
    assert Event.objects.filter(action="scoring.dataset.failed").count() == 1
    page = browser(built_trial, "statistician").get("/trials/TWO/results/C1/datasets/1/").content.decode()
    assert WORKERS_DIED in page
    Job.objects.update(status="queued", attempts=0)
    run_due_jobs()
    dataset.refresh_from_db()
    assert dataset.status == DatasetStatus.FAILED, "trying the job again leaves a failed dataset as it is"


def test_a_film_that_could_not_be_processed_is_held_and_goes_on_when_its_site_saves_it(built_trial: BuiltTrial) -> None:
    film = Film.objects.order_by("pk")[0]
    Film.objects.filter(pk=film.pk).update(status=FilmStatus.RECEIVED)
    record_rows("TWO", [film])
    with audited_atomic():
        add(kind="studies.deidentify", key="film", payload={"film": film.pk})
    use_up("studies.deidentify")
    film.refresh_from_db()
    assert (film.status, WORKERS_DIED in film.status_reason) == (FilmStatus.HELD, True)
    page = browser(built_trial, "site").get(f"/trials/TWO/site/films/{film.pk}/").content.decode()
    assert WORKERS_DIED in page
    assert "Save and continue" in page
    complete(film=film, actor=built_trial.actor("site"), visit=film.visit, film_date=film.film_date)
    assert Job.objects.filter(kind="studies.deidentify", status=Job.Status.QUEUED).count() == 1


def test_a_film_whose_reader_image_could_not_be_made_returns_to_the_desk(built_trial: BuiltTrial) -> None:
    film = Film.objects.order_by("pk")[0]
    Film.objects.filter(pk=film.pk).update(status=FilmStatus.ACCEPTED)
    QualityDecision.objects.create(film=film, decision="accept", decided_by=built_trial.people["coordinator"])
    record_new_rows("TWO")
    record_rows("TWO", [film])
    with audited_atomic():
        order_rendition(film)
    use_up("studies.rendition")
    film.refresh_from_db()
    assert film.status == FilmStatus.DEIDENTIFIED
    assert film.status_reason.startswith("The reader image was not made. Every worker")
    assert Event.objects.filter(action="studies.rendition.failed").count() == 1


def test_arms_that_could_not_be_opened_are_requested_again(tmp_path: Path) -> None:
    opening = make_opening(tmp_path)
    opening.holders.seal(arms_of(opening))
    asked = opening.ask()
    opening.give(asked, 0)
    opening.give(asked, 1)
    use_up("scoring.unseal")
    asked.refresh_from_db()
    assert asked.status == "failed"
    assert asked.failure.startswith(WORKERS_DIED)
    assert not asked.shares.exclude(content=None).exists()
    assert opening.ask().status == "waiting"


def test_a_batch_that_was_not_issued_is_shown_to_its_coordinator_and_issued_after_all(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    use_up(ISSUING)
    (stopped,) = failed_jobs(campaign)
    assert stopped.says == "The reads of batch one were not issued."
    client = browser(built_trial, "coordinator")
    assert stopped.says in client.get("/trials/TWO/campaigns/C1/").content.decode()
    client.post(f"/trials/TWO/campaigns/C1/stopped/{stopped.job}/")
    run_due_jobs()
    assert Read.objects.filter(status="issued").count() == 2
    assert failed_jobs(campaign) == []
    with pytest.raises(BadInput, match="has not stopped"):
        try_again(campaign=campaign, job=stopped.job, actor=coordinator)
    assert verify().intact


def test_a_case_whose_result_was_not_computed_is_shown_to_its_coordinator(campaign: Campaign) -> None:
    case = campaign.cases.get()
    with audited_atomic():
        add(kind=CONSENSUS, key="case", payload={"case": case.pk})
    use_up(CONSENSUS)
    assert [work.says for work in failed_jobs(campaign)] == ["The result of case 1 was not computed."]


def test_a_leak_scan_that_stopped_can_be_run_again(built_trial: BuiltTrial, campaign: Campaign) -> None:
    draft = create_campaign(
        trial=built_trial.trial,
        actor=built_trial.actor("coordinator"),
        charter=campaign.charter,
        code="C2",
        title="Second",
    )
    request_scan(campaign=draft, actor=built_trial.actor("coordinator"))
    use_up("reading.leak_scan")
    assert in_the_way(draft) == "The leak scan stopped before it had finished. Run it again."
    assert request_scan(campaign=draft, actor=built_trial.actor("coordinator")).number == 2


def test_the_reason_says_what_to_resolve_and_never_repeats_the_error() -> None:
    assert in_words(OSError(errno.ENOSPC, "films/Mrs Smith.dcm")) == DISK_FULL
    assert in_words(MemoryError()) == NO_MEMORY
    assert in_words(ValueError("Mrs Smith")) == UNEXPECTED
