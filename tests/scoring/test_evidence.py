"""A dataset is built only on records, chains and pictures that are as the audit trail recorded them."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from audit.models import Event, Head
from jobs.carrying import run_due_jobs
from jobs.models import Job
from reading.campaigns.opening import close_campaign
from reading.models import Campaign
from scoring.datasets.building import request_dataset
from scoring.models import Dataset, DatasetStatus
from studies.models import Film, ReaderImage
from tests.once_per_file import Once
from tests.protection import lifted
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import read_all


def make_built_trial() -> BuiltTrial:
    """One subject with two visits."""
    return build_reading_trial(subjects=1, visits=("W00", "W52"))


def build_closed(built_trial: BuiltTrial) -> Campaign:
    """A campaign that has been read and closed."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign, lambda timepoint, item: 1)
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    connection.check_constraints()
    return campaign


@pytest.fixture(scope="module")
def prepared(once: Once) -> tuple[BuiltTrial, Campaign]:
    def build() -> tuple[BuiltTrial, Campaign]:
        made = make_built_trial()
        return made, build_closed(made)

    return once(build)


@pytest.fixture
def built_trial(prepared: tuple[BuiltTrial, Campaign], db: None) -> BuiltTrial:
    return deepcopy(prepared[0])


@pytest.fixture
def closed(prepared: tuple[BuiltTrial, Campaign]) -> Campaign:
    return deepcopy(prepared[1])


def built(built_trial: BuiltTrial, campaign: Campaign) -> Dataset:
    """The outcome of a build."""
    campaign.refresh_from_db()
    dataset = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    dataset.refresh_from_db()
    return dataset


def forge(sql: str, *values: str | int | None) -> None:
    with lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)


FORGERIES = {
    "studies_film": "UPDATE studies_film SET film_date = '2020-02-02' WHERE id = (SELECT MIN(id) FROM studies_film)",
    "studies_visit": "UPDATE studies_visit SET code = 'W12' WHERE id = (SELECT MIN(id) FROM studies_visit)",
    "studies_rendition": "UPDATE studies_readerimage SET window_width = 7",
    "reading_read": "UPDATE reading_read SET queue_position = queue_position + 1",
    "reading_itemscore": "UPDATE reading_itemscore SET value = 3 WHERE id = (SELECT MIN(id) FROM reading_itemscore)",
    "reading_charter": "UPDATE reading_charter SET written_at = '2020-02-02T00:00:00Z'",
    "reading_filmserved": "UPDATE reading_filmserved SET served_at = '2020-02-02T00:00:00Z'",
    "reading_filmlook": "UPDATE reading_filmlook SET seen_at = '2020-02-02T00:00:00Z'",
    "reading_sealedseed": "UPDATE reading_sealedseed SET sealed = x'00'",
    "accounts_signature": "UPDATE accounts_signature SET printed_name = 'Somebody else'",
    "studies_trial": "UPDATE studies_trial SET title = 'Another'",
    "reading_sealedcase": "UPDATE reading_sealedcase SET sealed = x'00'",
}


@pytest.mark.parametrize("table", FORGERIES)
def test_a_build_refuses_an_altered_record_and_names_it(built_trial: BuiltTrial, closed: Campaign, table: str) -> None:
    sql = FORGERIES[table]
    forge(sql.replace("x'00'", "'\\x00'") if connection.vendor == "postgresql" else sql)
    dataset = built(built_trial, closed)
    assert dataset.status == DatasetStatus.FAILED
    assert table in dataset.failure
    assert "Ask an administrator to run verify_audit." in dataset.failure


def test_a_build_refuses_a_chain_with_an_altered_event(built_trial: BuiltTrial, closed: Campaign) -> None:
    event = Event.objects.filter(action="reading.campaign.opened").get()
    forge("UPDATE audit_event SET actor_label = 'Somebody else' WHERE id = %s", event.pk)
    assert f"altered event: audit_event {event.pk}" in built(built_trial, closed).failure


def test_a_build_refuses_a_chain_of_a_read_cut_together_with_its_head_and_rows(
    built_trial: BuiltTrial, closed: Campaign
) -> None:
    """No anchor is needed: the trial's chain records how far the chain of a signed read reached."""
    head = Head.objects.filter(stream__startswith="TWO/", seq__gt=1).order_by("stream")[0]
    last = Event.objects.get(stream=head.stream, seq=head.seq)
    before = Event.objects.get(stream=head.stream, seq=head.seq - 1)
    for table, key, _ in json.loads(last.body)["rows"]:
        forge(f"DELETE FROM {table} WHERE id = %s", int(key))
    forge("DELETE FROM audit_event WHERE id = %s", last.pk)
    forge("UPDATE audit_head SET seq = %s, hash = %s WHERE stream = %s", before.seq, before.hash, head.stream)
    assert f"tail cut: audit_head {head.stream}" in built(built_trial, closed).failure


def test_a_build_refuses_a_picture_that_was_replaced(built_trial: BuiltTrial, closed: Campaign) -> None:
    name = ReaderImage.objects.order_by("pk")[0].bands["full"][0]["name"]
    with storages["reading"].open(name) as file:
        picture = file.read()
    put(name, b"another picture")
    assert f"file {name} was altered" in built(built_trial, closed).failure
    put(name, picture)


def test_a_build_refuses_an_original_that_is_another_or_gone(built_trial: BuiltTrial, closed: Campaign) -> None:
    film, other = Film.objects.order_by("pk")[:2]
    originals = [storages["quarantine"].open(one.original_file).read() for one in (film, other)]
    put(film.original_file, originals[1], "quarantine")
    assert f"studies_film {film.pk}: its original cannot be decrypted" in built(built_trial, closed).failure
    storages["quarantine"].delete(film.original_file)
    assert f"studies_film {film.pk}: its original is missing" in built(built_trial, closed).failure
    put(film.original_file, originals[0], "quarantine")


def test_a_build_that_was_interrupted_continues_with_the_next_file(built_trial: BuiltTrial, closed: Campaign) -> None:
    """What was checked before the interruption is not read again; every row is."""
    first, *_, last = Film.objects.order_by("pk")
    original = storages["quarantine"].open(first.original_file).read()
    storages["quarantine"].delete(first.original_file)
    closed.refresh_from_db()
    request_dataset(campaign=closed, actor=built_trial.actor("statistician"))
    job = Job.objects.get(kind="scoring.dataset")
    Job.objects.filter(pk=job.pk).update(payload={**job.payload, "originals checked": last.pk})
    run_due_jobs()
    put(first.original_file, original, "quarantine")
    assert Dataset.objects.get().status == DatasetStatus.BUILT


def put(name: str, content: bytes, store: str = "reading") -> None:
    """Replaces a file; the other tests of the file have it too."""
    storages[store].delete(name)
    storages[store].save(name, ContentFile(content))


def test_an_altered_record_of_another_trial_does_not_stop_a_build(built_trial: BuiltTrial, closed: Campaign) -> None:
    other = build_reading_trial(subjects=1, visits=("W00", "W52"), code="OTHER")
    Film.objects.filter(trial=other.trial).update(film_date="2020-02-02")
    made = built(built_trial, closed)
    assert made.status == DatasetStatus.BUILT, made.failure
