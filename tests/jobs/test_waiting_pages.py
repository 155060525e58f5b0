"""A page that waits for a worker says so while none is there."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from jobs.models import Job
from jobs.presence import own_name
from jobs.pulse import beat

pytestmark = pytest.mark.django_db
SAYS = "No worker is running."


def test_the_progress_of_a_job_says_that_nobody_carries_it_out() -> None:
    shown = {"job": Job(kind="k", key="1", done=1, total=3, doing="films")}
    assert SAYS in render_to_string("includes/job_progress.html", shown)
    beat(own_name())
    assert SAYS not in render_to_string("includes/job_progress.html", shown)
