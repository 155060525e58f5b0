"""One SOP Instance UID, one film: also when two films that carry it are read at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from jobs.carrying import carry_job
from jobs.models import Job
from studies.arrival import sop_instances
from studies.models import Film, FilmStatus
from tests.studies.films import dx, file_of, picture
from tests.studies.planned import Planned, film_of, plan
from tests.studies.sending import send

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ra1(transactional_db: None) -> Planned:
    return plan("RA-1")


def together(*works: Callable[[], Any]) -> None:
    """Does all of it at the same moment, each in a thread with a connection of its own."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        start.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def job_of(film: Film | None) -> int:
    """The job that reads a film."""
    assert film is not None
    return Job.objects.get(kind="studies.deidentify", key=f"film-{film.pk}").pk


@pytest.mark.postgresql
def test_two_films_of_one_uid_read_at_the_same_moment_are_never_both_taken(ra1: Planned, stores: object) -> None:
    for turn in range(8):
        contents = [file_of(dx(picture(seed=seed), SOPInstanceUID=f"1.2.3.{turn}")) for seed in (1, 2)]
        films = [
            send(ra1, content, visit=ra1.visit(code=code)).film
            for content, code in zip(contents, ("BL", "W24"), strict=True)
        ]
        jobs = [job_of(film) for film in films]
        together(*[lambda job=job: carry_job(job) for job in jobs])
        statuses = sorted(Film.objects.filter(sop_instance_uid=f"1.2.3.{turn}").values_list("status", flat=True))
        assert statuses == [FilmStatus.DEIDENTIFIED, FilmStatus.HELD]


@pytest.mark.postgresql
def test_of_many_claims_to_one_uid_at_the_same_moment_one_is_granted(ra1: Planned) -> None:
    for turn in range(10):
        films = [film_of(ra1.visit(), status="received") for _ in range(4)]
        granted: list[int] = []

        def claim(film: Film, turn: int = turn, granted: list[int] = granted) -> None:
            with transaction.atomic():
                twin = sop_instances.claim(film, f"1.2.4.{turn}", str(film.pk))
            if twin is None:
                granted.append(film.pk)

        together(*[lambda film=film: claim(film) for film in films])
        assert len(granted) == 1


def test_a_film_that_is_gone_leaves_its_uid_to_the_next(ra1: Planned) -> None:
    first, second = film_of(ra1.visit()), film_of(ra1.visit())
    assert sop_instances.claim(first, "1.2.3", "a") is None
    twin = sop_instances.claim(second, "1.2.3", "b")
    assert twin is not None
    assert (twin.film, twin.same) == (first, False)
    Film.objects.filter(pk=first.pk).update(status=FilmStatus.REJECTED)
    assert sop_instances.claim(second, "1.2.3", "b") is None
    assert sop_instances.claim(second, "1.2.3", "b") is None, "asking again changes nothing"


def test_a_job_that_is_delivered_again_keeps_the_uid_it_has(ra1: Planned) -> None:
    first, second = film_of(ra1.visit(), status="received"), film_of(ra1.visit(), status="received")
    assert sop_instances.claim(first, "1.2.3", "a") is None
    assert sop_instances.claim(second, "1.2.3", "b") is not None
    assert sop_instances.claim(first, "1.2.3", "a") is None
