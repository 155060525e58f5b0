"""A history of 100,000 revisions opens, filters and turns its pages within a second."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.sign_in import BACKEND
from reading.models import ItemScore, Read
from reading.room.cells import timepoints_of
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import read_all

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.full]
ROWS, WITHIN = 100_000, 1.0
PAGE = "/trials/TWO/audit/scores/"


@pytest.fixture
def built_trial() -> BuiltTrial:
    """Two subjects read by two readers, and revision after revision of every cell."""
    built_trial = build_reading_trial(subjects=2, visits=("W00", "W24"))
    read_all(built_trial, open_campaign_of(built_trial, concordant_share=0.0))
    now = timezone.now()
    timepoints = [one for read in Read.objects.all() for one in timepoints_of(read.steps.get())]
    items = sorted(set(ItemScore.objects.values_list("item", flat=True)))
    cells = [(timepoint, item) for timepoint in timepoints for item in items]
    missing = ROWS - ItemScore.objects.count()
    ItemScore.objects.bulk_create(
        [
            ItemScore(
                timepoint=cells[place % len(cells)][0],
                item=cells[place % len(cells)][1],
                revision=2 + place // len(cells),
                value=place % 4,
                entry="key",
                op_id=f"long-{place}",
                captured_at=now,
                saved_at=now + timedelta(seconds=place),
                after_signature=place % 50 == 0,
            )
            for place in range(missing)
        ],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return built_trial


def test_every_page_and_every_filter_takes_less_than_a_second(built_trial: BuiltTrial) -> None:
    client = Client()
    client.force_login(built_trial.people["lead"], backend=BACKEND)
    client.get(PAGE)
    oldest = ItemScore.objects.order_by("pk")[100].pk
    reader = built_trial.people["reader"].pk
    day = timezone.localdate()
    period = f"saved-from={day:%Y-%m-%d}&saved-to={day:%Y-%m-%d}"
    queries = (
        "",
        period,
        f"{period}&older-than={oldest}",
        "saved-to=2020-01-31",
        f"older-than={oldest}",
        f"newer-than={oldest}",
        "joint=PIP2",
        "after=True",
        f"reader={reader}",
    )
    slow = {}
    for query in (*queries, "case-from=2&case-to=2", "method=click", "joint=PIP2&after=True&method=key"):
        began = time.perf_counter()
        assert client.get(f"{PAGE}?{query}").status_code == 200
        slow[query] = time.perf_counter() - began
    print({query: round(seconds, 3) for query, seconds in slow.items()})
    assert max(slow.values()) < WITHIN, slow
