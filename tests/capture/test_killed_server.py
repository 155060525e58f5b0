"""The real web server, killed by -9 between writing and answering: every value is there, once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import ItemScore, Read
from tests.capture.acting import press, sign_in, wait_ready, wait_saved
from tests.chromium import close
from tests.journey.conftest import answers, free_port
from tests.reading.builders import PASSWORD, build_reading_trial, open_campaign_of
from tests.servers import ROOT, environment_of_a_part, kill_group
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def read() -> Read:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    campaign, coordinator = open_campaign_of(built_trial), built_trial.actor("coordinator")
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    return Read.objects.get(reader=built_trial.people["reader"])


@pytest.fixture
def fate(tmp_path: Path) -> Path:
    return tmp_path / "fate"


@pytest.fixture
def address(read: Read, fate: Path, tmp_path: Path) -> Iterator[str]:
    """gunicorn, which starts a new process for one that has died."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tests.dying_wsgi", "--bind", f"127.0.0.1:{port}"]
    environment = environment_of_a_part(BROKER_URL="filesystem://", DIES_WHILE=str(fate), PYTHONPATH=str(ROOT))
    with (tmp_path / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--worker-class", "gthread", "--threads", "4", "--workers", "1"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    wait_for(lambda: answers(f"http://localhost:{port}"), "the web server answers", seconds=60)
    yield f"http://localhost:{port}"
    kill_group(process)


def test_values_whose_answers_died_with_the_server_are_there_once(
    chromium: Browser, address: str, read: Read, fate: Path
) -> None:
    context = chromium.new_context(viewport={"width": 1100, "height": 700}, base_url=address)
    page = context.new_page()
    sign_in(page, "reader@two.example", PASSWORD)
    page.goto(f"/read/{read.token}/")
    wait_ready(page)
    for keys in (("3", "4"), ("2",), ("1", "0", "5")):
        fate.touch()
        press(page, *keys)
        wait_saved(page)
        assert not fate.exists()
    scores = ItemScore.objects.filter(timepoint__step__read=read, entry="key").order_by("captured_at")
    assert list(scores.values_list("value", flat=True)) == [3, 4, 2, 1, 0, 5]
    close(context)
