"""Of several films of one view one counts: the first, until another is designated or takes its place."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from config.errors import WrongState
from studies.desk import designation, masks, quality
from studies.models import Film, FilmStatus
from tests.studies.desk_cast import DeskCast, film_at_desk, ready
from tests.studies.test_quality import accept, cast, status

pytestmark = pytest.mark.django_db
__all__ = ["cast"]


def test_of_two_films_of_one_view_the_first_counts_until_the_other_is_designated(cast: DeskCast) -> None:
    first, second = film_at_desk(cast), film_at_desk(cast)
    accept(cast, first)
    accept(cast, second)
    assert [film.designated for film in Film.objects.order_by("pk")] == [True, False]
    designation.designate(film=second, actor=cast.coordinator, reason="sharper")
    assert [film.designated for film in Film.objects.order_by("pk")] == [False, True]


@pytest.mark.django_db(transaction=True)
def test_two_films_of_one_view_accepted_at_the_same_moment_leave_one_that_counts(cast: DeskCast) -> None:
    films = [film_at_desk(cast) for _ in range(2)]
    start = threading.Barrier(2)

    def decide(film: Film) -> None:
        start.wait()
        accept(cast, film)
        connection.close()

    threads = [threading.Thread(target=decide, args=[film]) for film in films]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Film.objects.values_list("designated", flat=True)) == [False, True]


def test_a_retake_can_be_designated_while_it_is_accepted(cast: DeskCast) -> None:
    first, second = film_at_desk(cast), film_at_desk(cast)
    accept(cast, first)
    accept(cast, second, designate=True)
    assert [film.designated for film in Film.objects.order_by("pk")] == [False, True]


def test_a_film_with_a_reader_image_gives_way_only_to_one_that_has_an_image_too(cast: DeskCast) -> None:
    first, second, third = (film_at_desk(cast) for _ in range(3))
    accept(cast, first)
    ready(first)
    with pytest.raises(WrongState, match=f"Film {first.pk} has a reader image, and film {second.pk} has none yet"):
        accept(cast, second, designate=True)
    accept(cast, third)
    with pytest.raises(WrongState, match="designate it once its reader image is made"):
        designation.designate(film=third, actor=cast.coordinator, reason="sharper")
    ready(third)
    designation.designate(film=third, actor=cast.coordinator, reason="sharper")
    assert [film.designated for film in Film.objects.order_by("pk")] == [False, True, True]


def test_films_of_other_sides_views_or_visits_do_not_compete(cast: DeskCast) -> None:
    films = [film_at_desk(cast) for _ in range(3)] + [film_at_desk(cast, visit=cast.visits[1])]
    for film, values in zip(films, ({}, {"side": "R"}, {"view": "foot"}, {}), strict=True):
        accept(cast, film, **values)
    assert all(Film.objects.values_list("designated", flat=True))


def test_a_film_of_one_side_does_not_push_aside_the_film_that_shows_the_other_side_too(cast: DeskCast) -> None:
    both, left = film_at_desk(cast), film_at_desk(cast)
    crops = {"L": [0, 0, 90, 200], "R": [100, 0, 90, 200]}
    masks.propose(film=both, actor=cast.coordinator, rectangles=[], crops=crops)
    accept(cast, both, side="B")
    accept(cast, left)
    with pytest.raises(WrongState, match="is also designated for the right side"):
        designation.designate(film=left, actor=cast.coordinator, reason="sharper")


def test_a_replacement_takes_the_place_of_the_film_it_replaces(cast: DeskCast) -> None:
    old = film_at_desk(cast)
    accept(cast, old)
    ready(old)
    new = film_at_desk(cast, replaces=old)
    accept(cast, new)
    assert Film.objects.get(pk=new.pk).designated
    assert status(old) == FilmStatus.WITHDRAWN


def test_a_film_that_counts_or_was_not_accepted_cannot_be_designated(cast: DeskCast) -> None:
    for film, says in ((film_at_desk(cast), "is already designated for its view"), (film_at_desk(cast), "is rejected")):
        if says == "is rejected":
            quality.reject(film=film, actor=cast.coordinator, reason="motion")
        with pytest.raises(WrongState, match=f"Film {film.pk} {says}"):
            designation.designate(film=film, actor=cast.coordinator, reason="sharper")
