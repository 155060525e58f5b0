"""The sweeper does each chore in its turn, and one that fails keeps none of the others from being done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu import Queue

from audit import anchors
from config.celery import app
from config.chores import CHORES
from config.vital import FURTHER, VITAL
from jobs.models import Job, Pulse
from jobs.sweeping import hint_again, probe
from tests.jobs.conftest import AddJob
from tests.protection import lift

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [*CHORES, *VITAL.values(), *FURTHER.values()])
def test_every_chore_and_every_check_is_a_function(name: str) -> None:
    assert callable(import_string(name))


def test_each_chore_is_done_and_noted() -> None:
    call_command("sweep", "--once")
    assert set(Pulse.objects.values_list("part", flat=True)) == {"sweeper", *(f"chore {name}" for name in CHORES)}
    assert not Pulse.objects.filter(well=False).exists()


def test_anchors_are_written_by_the_sweeper(add_job: AddJob) -> None:
    call_command("verify_audit", stdout=open("/dev/null", "w"))  # noqa: SIM115
    call_command("sweep", "--once")
    assert len(anchors.files()) == 1


def test_a_chore_that_fails_is_noted_and_the_others_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.chores.CHORES", {"tests.jobs.test_sweeping.fail": 1, "jobs.sweeping.alive": 1})
    monkeypatch.setattr("jobs.sweeping.CHORES", {"tests.jobs.test_sweeping.fail": 1, "jobs.sweeping.alive": 1})
    call_command("sweep", "--once")
    failed = Pulse.objects.get(part="chore tests.jobs.test_sweeping.fail")
    assert (failed.well, failed.says.partition(" at ")[0]) == (False, "ZeroDivisionError")
    assert Pulse.objects.get(part="sweeper").well


def fail() -> None:
    raise ZeroDivisionError


def test_the_sweeper_does_not_start_without_protection() -> None:
    lift()
    with pytest.raises(CommandError, match="without protection"):
        call_command("sweep", "--once")


@pytest.fixture
def waiting() -> Callable[[], int]:
    """How many messages the broker holds; none at first."""

    def count() -> int:
        with app.connection_for_write() as link:
            channel: Any = link.default_channel
            return int(channel.queue_declare("celery").message_count)

    with app.connection_for_write() as link:
        Queue("celery", channel=link.default_channel).purge()
    return count


def test_messages_do_not_pile_up_while_no_worker_listens(add_job: AddJob, waiting: Callable[[], int]) -> None:
    jobs = [add_job("count", f"{number}") for number in range(5)]
    for _ in range(20):
        Job.objects.update(hinted_at=timezone.now() - timedelta(minutes=5))
        hint_again()
        probe()
    assert waiting() == len(jobs)


def test_only_work_that_nobody_has_heard_of_is_hinted_at_again(
    add_job: AddJob, settings: Any, waiting: Callable[[], int]
) -> None:
    settings.JOB_LEASE_SECONDS = 60
    now = timezone.now()
    fresh, old, later, dead = (add_job("count", key) for key in ("fresh", "old", "later", "dead"))
    Job.objects.filter(pk=fresh.pk).update(hinted_at=now)
    Job.objects.filter(pk=old.pk).update(hinted_at=now - timedelta(minutes=1))
    Job.objects.filter(pk=later.pk).update(due_at=now + timedelta(hours=1))
    left_behind = {"status": "running", "lease": "a", "leased_until": now - timedelta(seconds=1)}
    Job.objects.filter(pk=dead.pk).update(hinted_at=now - timedelta(minutes=1), **left_behind)
    hint_again()
    heard = Job.objects.filter(hinted_at__gt=now)
    assert {job.key for job in heard} == {"old", "dead"}
