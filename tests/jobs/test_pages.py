"""An administrator sees the health of each component and retries failed jobs; a load balancer gets yes or no."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.trail import Actor, audited_atomic, record
from jobs.carrying import run_due_jobs
from jobs.health import ComponentHealth, ask, further, vital
from jobs.models import Job, Pulse
from jobs.presence import own_name
from jobs.pulse import beat
from tests.cast import Cast
from tests.jobs.conftest import AddJob
from tests.protection import lift

pytestmark = pytest.mark.django_db


def answer(part: str) -> ComponentHealth:
    return next(found for found in [*vital(), *further()] if found.part == part)


def begin_work() -> None:
    """What a worker writes as soon as it listens and a message has reached it."""
    beat(own_name())
    beat("worker")


def healthz() -> tuple[int, dict[str, Any]]:
    response = Client().get("/healthz")
    return response.status_code, json.loads(response.content)


def test_health_is_good_only_when_every_vital_part_answers() -> None:
    assert healthz()[0] == 503
    begin_work()
    status, parts = healthz()
    assert status == 200, parts
    assert set(parts) == {"well", "database", "broker", "worker", "disk"}


def test_a_demo_is_not_ready_before_it_has_been_filled(settings: Any) -> None:
    settings.DEMO = True
    begin_work()
    beat("demo", well=False, says="drawing films")
    status, parts = healthz()
    assert (status, parts["demo"]) == (503, {"well": False, "says": "drawing films"})
    beat("demo", says="ready")
    assert healthz()[0] == 200


def test_a_worker_that_is_gone_is_missed_within_ten_seconds(add_job: AddJob) -> None:
    """Whatever it was busy with: the lease of its job says for a minute that somebody is at work."""
    begin_work()
    add_job("count")
    Job.objects.update(status="running", lease="a", leased_until=timezone.now() + timedelta(minutes=1))
    assert answer("worker") == ComponentHealth("worker", True, "1 worker, busy")
    Pulse.objects.update(at=timezone.now() - timedelta(seconds=10))
    assert (answer("worker").well, healthz()[0]) == (False, 503)


def test_one_of_two_workers_that_is_gone_is_named_and_the_other_suffices() -> None:
    begin_work()
    beat("worker elsewhere 7")
    Pulse.objects.filter(part="worker elsewhere 7").update(at=timezone.now() - timedelta(seconds=10))
    assert answer("worker") == ComponentHealth("worker", True, "1 worker, 1 gone, idle")


def test_a_worker_that_no_message_reaches_is_not_well() -> None:
    begin_work()
    Pulse.objects.filter(part="worker").update(at=timezone.now() - timedelta(minutes=5))
    says = "1 worker, but messages do not reach it: last seen 5\xa0minutes ago"
    assert answer("worker") == ComponentHealth("worker", False, says)


def test_a_full_disk_is_reported(settings: Any) -> None:
    settings.MIN_FREE_BYTES = 10**18
    assert "is required" in answer("disk").says
    assert not answer("disk").well


def test_the_disk_answers_however_many_ask_at_once() -> None:
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(ask, ["disk"] * 400, ["jobs.health.disk"] * 400))
    assert [answer.says for answer in answers if not answer.well] == []


def test_a_broker_that_is_away_is_reported(settings: Any) -> None:
    from tests.servers import publishing_to

    with publishing_to("redis://127.0.0.1:1/0"):
        assert not answer("broker").well


def test_lifted_protection_makes_the_database_unwell() -> None:
    lift()
    assert "audit_event" in answer("database").says


def test_a_backup_that_is_too_old_is_reported(settings: Any) -> None:
    settings.BACKUP_DAILY = True
    assert answer("backups") == ComponentHealth("backups", False, "never seen")
    beat("backup")
    assert answer("backups").well
    Pulse.objects.update(at=timezone.now() - timedelta(hours=30))
    assert not answer("backups").well


def test_a_decoder_server_that_is_away_is_reported(settings: Any) -> None:
    settings.DECODER_SOCKET = "/nowhere/socket"
    assert answer("decoders") == ComponentHealth("decoders", False, "no connection: No such file or directory")


def test_a_chore_that_failed_makes_the_sweeper_unwell() -> None:
    beat("sweeper")
    assert answer("sweeper").well
    beat("chore audit.anchors.write", well=False, says="OSError at audit/anchors.py:80")
    assert "audit.anchors.write failed: OSError" in answer("sweeper").says


def test_the_health_page_names_every_part(cast: Cast) -> None:
    text = cast.client("administrator").get("/health/").content.decode()
    for part in ("Database", "Broker", "Worker", "Disk", "Sweeper", "Decoders", "Mail", "Backups", "Audit trail"):
        assert f">{part}</th>" in text


def test_what_has_not_happened_yet_is_not_shown_as_well(cast: Cast, settings: Any) -> None:
    """No backup, no anchor outside the machine, no verification, or one that found nothing to verify."""
    settings.BACKUP_DAILY, settings.ANCHOR_TARGETS = False, []
    begin_work()
    for part in ("backups", "anchors", "audit trail"):
        assert (answer(part).well, answer(part).shown) == (True, False), part
    page = cast.client("administrator").get("/health/").content.decode()
    assert page.count("Nothing yet") == 3
    assert "automatic backups are off; never seen" in page
    verified(events=0)
    assert not answer("audit trail").shown
    verified(events=2)
    assert answer("audit trail") == ComponentHealth("audit trail", True, "intact 0\xa0minutes ago, 2 events")


def verified(events: int) -> None:
    """A verification of the audit trail that found nothing wrong."""
    with audited_atomic():
        record(
            action="audit.trail.verified",
            actor=Actor.system("test"),
            stream="system",
            subject=("audit.trail", "system"),
            details={"intact": True, "events": events, "findings": []},
        )


def test_failed_jobs_are_listed_with_their_reason_and_tried_again(cast: Cast, add_job: AddJob) -> None:
    job = add_job("refuse")
    run_due_jobs()
    client = cast.client("administrator")
    text = client.get("/health/jobs/?status=failed").content.decode()
    assert "the film shows a foot, not a hand" in text
    assert f"/health/jobs/{job.pk}/retry/" in text
    assert client.post(f"/health/jobs/{job.pk}/retry/").status_code == 302
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED


def test_a_job_that_is_done_shows_all_its_parts_as_done(cast: Cast, add_job: AddJob) -> None:
    """A job reports before each of its parts, so its last report names the part before the last."""
    job, client = add_job("count"), cast.client("administrator")
    for status, words in ((Job.Status.DONE, "8 of 8"), (Job.Status.QUEUED, "7 of 8")):
        Job.objects.filter(pk=job.pk).update(status=status, done=7, total=8)
        assert words in client.get("/health/jobs/").content.decode()


def test_a_job_that_has_not_failed_offers_no_retry(cast: Cast, add_job: AddJob) -> None:
    job = add_job("count")
    client = cast.client("administrator")
    assert "Try again" not in client.get("/health/jobs/").content.decode()
    assert client.post(f"/health/jobs/{job.pk}/retry/", headers={"accept": "text/html"}).status_code == 409
