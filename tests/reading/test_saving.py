"""What a save costs the database: few statements, however many values it has and however large the trial is."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.sign_in import BACKEND
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Batch, Campaign, Case, Read, ReadStep
from reading.room.cells import instrument_of, timepoints_of
from reading.room.sessions import open_read
from studies.models import Membership
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, serve_films
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


@pytest.fixture
def read(built_trial: BuiltTrial) -> Read:
    """A read that its reader has opened."""
    campaign = open_campaign_of(built_trial)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    read = Read.objects.get(reader=built_trial.people["reader"])
    open_read(read=read, actor=built_trial.actor("reader"))
    serve_films(read, timepoints_of(read.steps.get()))
    return read


def body_of(read: Read, first: int, count: int) -> str:
    """A request with values of cells that are still empty."""
    timepoints = timepoints_of(read.steps.get())
    cells = [(one, item) for one in timepoints for item in instrument_of(read).items][first : first + count]
    now = timezone.now().isoformat()
    recorded = {"value": 1, "reason": "", "base_revision": 0, "captured_at": now, "entry": "key", "seen_at": now}
    return json.dumps(
        {"ops": [recorded | {"op_id": new_token(), "timepoint": one.token, "item": item.key} for one, item in cells]}
    )


def test_the_first_request_of_a_person_under_a_role_may_be_a_save(
    built_trial: BuiltTrial, read: Read, client: Client
) -> None:
    own = Membership.objects.filter(user=built_trial.people["reader"])
    own.update(first_used_at=None)
    record_rows("TWO", own)
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    answer = client.post(f"/read/{read.token}/values", body_of(read, 0, 1), content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert not own.filter(first_used_at=None).exists()


def statements_of(client: Client, read: Read, body: str) -> list[str]:
    """The statements of one save, without BEGIN and COMMIT."""
    with CaptureQueriesContext(connection) as found:
        answer = client.post(f"/read/{read.token}/values", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    ends = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [one["sql"] for one in found.captured_queries if not one["sql"].startswith(ends)]


def notes_of_use(statements: list[str]) -> int:
    """The statements that note, once a minute, that a session is in use."""
    return sum(one.startswith('UPDATE "django_session"') for one in statements)


@pytest.mark.parametrize("count", [1, 20])
def test_a_save_takes_at_most_ten_statements(built_trial: BuiltTrial, read: Read, count: int) -> None:
    client = Client()
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    statements_of(client, read, body_of(read, 0, 20))
    recorded = statements_of(client, read, body_of(read, 20, count))
    assert len(recorded) <= 10, "\n".join(recorded)


def test_a_save_costs_the_same_beside_many_cases_in_many_campaigns(built_trial: BuiltTrial, read: Read) -> None:
    client = Client()
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    statements_of(client, read, body_of(read, 0, 1))
    few = statements_of(client, read, body_of(read, 1, 1))
    for number in range(5):
        add_open_campaign(read, f"M{number}", cases=200)
    many = statements_of(client, read, body_of(read, 2, 1))
    assert len(many) - notes_of_use(many) == len(few) - notes_of_use(few), "\n".join(many)


def test_a_read_is_found_by_its_token_and_no_table_is_searched_for_it(built_trial: BuiltTrial, read: Read) -> None:
    add_open_campaign(read, "MANY", cases=300)
    client = Client()
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    found = next(sql for sql in statements_of(client, read, body_of(read, 0, 1)) if "reading_readstep" in sql)
    assert [line for line in plan_of(found) if searches(line)] == []


def add_open_campaign(read: Read, code: str, cases: int) -> None:
    """An open campaign whose every case is issued to the same reader."""
    campaign = read.case.campaign
    other = Campaign.objects.create(
        trial=campaign.trial,
        charter=campaign.charter,
        code=code,
        title=code,
        status=campaign.status,
        film_cut_off=timezone.now(),
    )
    batch = Batch.objects.create(campaign=other, name="one", commitment="0" * 64)
    made = Case.objects.bulk_create(
        Case(campaign=other, charter=other.charter, token=new_token(), number=n) for n in range(cases)
    )
    reads = Read.objects.bulk_create(
        Read(case=case, batch=batch, reader=read.reader, token=new_token(), queue_position=place, queue=code)
        for place, case in enumerate(made)
    )
    ReadStep.objects.bulk_create(ReadStep(read=one, position=0) for one in reads)


def plan_of(statement: str) -> list[str]:
    """How the database finds the rows of a statement, given a choice of indexes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {statement}")
            return [line for (line,) in cursor.fetchall()]
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        return [row[3] for row in cursor.fetchall()]


def searches(line: str) -> bool:
    """Whether a line of a plan goes through a whole table."""
    return "Seq Scan" in line or (line.startswith("SCAN") and "SUBQUERY" not in line.upper())
