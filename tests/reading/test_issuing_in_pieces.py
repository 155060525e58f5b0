"""Many reads are issued in pieces: a kill costs one piece, and readers see all of them or none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone

from audit.models import Event
from audit.trail import audited_atomic
from audit.verify import verify
from jobs.carrying import carry_job, run_due_jobs
from jobs.lease import Lease
from jobs.models import Job
from reading.issuing.assignments import request_batch, void_case
from reading.issuing.presentations import draw_queue, draw_repeats
from reading.issuing.repeats import was_drawn
from reading.issuing.seeds import open_seed
from reading.issuing.suspensions import suspend_reader
from reading.models import Campaign, Case, DisplayedFilm, Read, ReadStatus, VoidCause
from reading.room.worklist import waiting_for
from studies.models import ReaderImage
from tests.jobs.killed import Killed
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.scoring.three_readers import add_third_reader

pytestmark = pytest.mark.django_db(transaction=True)
SUBJECTS, PIECE = 3, 4


@pytest.fixture
def built_trial(monkeypatch: pytest.MonkeyPatch) -> BuiltTrial:
    monkeypatch.setattr("reading.issuing.reads.PIECE", PIECE)
    return build_reading_trial(subjects=SUBJECTS, visits=("W00", "W24"))


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    opened = open_campaign_of(built_trial, repeats_share=0.5)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=opened, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=SUBJECTS
    )
    return opened


@pytest.fixture
def killed_after_one_piece(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The job of a worker that died in its second piece."""
    pieces: list[int] = []
    checkpoint = Lease.checkpoint

    def dying(lease: Lease) -> None:
        if pieces:
            raise Killed
        pieces.append(1)
        checkpoint(lease)

    job = Job.objects.get(kind="reading.issue")
    with monkeypatch.context() as patch:
        patch.setattr(Lease, "checkpoint", dying)
        with pytest.raises(Killed):
            carry_job(job.pk)
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    return job


def test_a_kill_costs_one_piece_and_the_rest_is_issued_with_the_same_draws(
    built_trial: BuiltTrial, killed_after_one_piece: Job
) -> None:
    before = dict(Read.objects.values_list("token", "queue_position"))
    assert len(before) == PIECE
    run_due_jobs()
    after = dict(Read.objects.filter(status=ReadStatus.ISSUED).values_list("token", "queue_position"))
    assert len(after) == 2 * SUBJECTS
    assert before.items() <= after.items()
    for name in ("reader", "reader.two"):
        assert_drawn_from_the_seed(
            list(Read.objects.filter(reader=built_trial.people[name]).order_by("queue_position"))
        )
    assert verify().intact


def assert_drawn_from_the_seed(own: list[Read]) -> None:
    seed, tokens = open_seed(own[0].batch), [read.token for read in own]
    assert draw_queue(seed, tokens) == tokens
    assert draw_repeats(seed, tokens, 0.5) == {read.token for read in own if was_drawn(read)}


def test_readers_see_no_read_of_a_batch_before_all_are_written(
    built_trial: BuiltTrial, killed_after_one_piece: Job
) -> None:
    people = [built_trial.people["reader"].pk, built_trial.people["reader.two"].pk]
    assert [waiting_for(person) for person in people] == [[], []]
    run_due_jobs()
    assert [len(waiting_for(person)) for person in people] == [SUBJECTS, SUBJECTS]


def test_a_job_that_advanced_has_its_attempts_again(killed_after_one_piece: Job) -> None:
    Job.objects.filter(pk=killed_after_one_piece.pk).update(attempts=settings.JOB_ATTEMPTS - 1)
    run_due_jobs()
    killed_after_one_piece.refresh_from_db()
    assert killed_after_one_piece.status == Job.Status.DONE
    assert killed_after_one_piece.attempts == 1


def test_reads_of_a_case_voided_while_they_were_issued_are_never_shown(
    built_trial: BuiltTrial, killed_after_one_piece: Job
) -> None:
    written = Case.objects.filter(reads__isnull=False).distinct()
    voided = [written[0], *Case.objects.exclude(pk__in=written)]
    for case in voided:
        with audited_atomic():
            void_case(case, built_trial.actor("coordinator"), VoidCause.WRONG, "the wrong films")
    run_due_jobs()
    of_them = Read.objects.filter(case__in=voided)
    assert of_them.count() == 4, "they keep their place in the drawn queues"
    assert set(of_them.values_list("status", flat=True)) == {ReadStatus.VOIDED}
    assert Read.objects.filter(status=ReadStatus.ISSUED).count() == 2 * SUBJECTS - 4
    assert verify().intact


def test_reads_of_a_reader_suspended_before_the_last_piece_end_unseen(
    built_trial: BuiltTrial, killed_after_one_piece: Job
) -> None:
    person, signs = built_trial.people["reader"], built_trial.signs("coordinator")
    suspend_reader(trial=built_trial.trial, person=person, cause="drift", reason="Drift since May", **signs)
    run_due_jobs()
    own = Read.objects.filter(reader=person)
    assert set(own.values_list("status", flat=True)) == {ReadStatus.VOIDED}
    assert Read.objects.filter(status=ReadStatus.ISSUED).count() == SUBJECTS
    assert verify().intact


def test_every_piece_is_one_event_and_the_batch_is_issued_with_one(killed_after_one_piece: Job) -> None:
    run_due_jobs()
    drawn = Event.objects.filter(action="reading.batch.drawn").order_by("pk")
    assert [len(event.content["chains"]) for event in drawn] == [PIECE, 2 * SUBJECTS - PIECE]
    issued = Event.objects.get(action="reading.batch.issued")
    assert issued.content["details"]["reads"] == 2 * SUBJECTS


def test_two_releases_before_the_first_is_issued_give_a_case_no_more_readers(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    """The second release was requested twice, as by a double click, and once for other readers."""
    third = add_third_reader(built_trial)
    coordinator, two = (
        built_trial.actor("coordinator"),
        [built_trial.people["reader"], built_trial.people["reader.two"]],
    )
    for name, readers in (("again", two), ("others", [two[1], third])):
        request_batch(
            campaign=campaign, actor=coordinator, name=name, due_on=None, readers=readers, size=SUBJECTS, reason="late"
        )
    run_due_jobs()
    assert not Job.objects.failed().exists()
    primary = Read.objects.filter(kind="primary")
    assert [primary.filter(case=case).count() for case in campaign.cases.all()] == [2] * SUBJECTS
    assert set(primary.values_list("status", flat=True)) == {ReadStatus.ISSUED}


def test_issuing_reads_no_file(campaign: Campaign) -> None:
    storage = storages["reading"]
    for image in ReaderImage.objects.all():
        for band in [*image.bands["small"], *image.bands["full"]]:
            storage.delete(band["name"])
    run_due_jobs()
    films = DisplayedFilm.objects.exclude(reader_image=None)
    assert films.count() == 2 * SUBJECTS * 8
    assert len({str(film.digests) for film in films}) == films.count(), "each film has digests under its own token"
