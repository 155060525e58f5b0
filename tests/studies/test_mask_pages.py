"""What people rely on at the second person's pages."""

from __future__ import annotations

import pytest

from studies.desk import masks
from studies.models import MaskSet
from tests.studies.desk_cast import DeskCast, browser, film_at_desk, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


def test_the_second_person_sees_masks_before_and_after_and_confirms(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    masks.propose(film=film, actor=cast.coordinator, rectangles=[[5, 6, 30, 10]])
    client = browser(cast.checker)
    assert f"Film {film.pk}" in client.get("/trials/RA-1/masks/").content.decode()
    page = client.get(f"/trials/RA-1/masks/{film.pk}/").content.decode()
    assert '<rect class="hiding" x="5" y="6" width="30" height="10"/>' in page
    assert client.get(f"/trials/RA-1/masks/{film.pk}/picture/full/0").status_code == 200
    assert client.post(f"/trials/RA-1/masks/{film.pk}/confirm/", {"revision": 1})["Location"] == "/trials/RA-1/masks/"
    assert MaskSet.objects.get().confirmed_by_id == cast.checker.user_id


def test_the_second_person_refuses_with_a_reason(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    masks.propose(film=film, actor=cast.coordinator, rectangles=[[5, 6, 30, 10]])
    client = browser(cast.checker)
    refused = f"/trials/RA-1/masks/{film.pk}/refuse/"
    assert client.post(refused, {"revision": 1, "reason": ""}).status_code == 400
    assert client.post(refused, {"revision": 1, "reason": "A mask covers a joint"}).status_code == 302
    assert MaskSet.objects.get().refused_reason == "A mask covers a joint"


def test_masks_that_were_replaced_while_looked_at_are_not_confirmed(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    for size in (20, 30):
        masks.propose(film=film, actor=cast.coordinator, rectangles=[[0, 0, size, size]])
    answer = browser(cast.checker).post(f"/trials/RA-1/masks/{film.pk}/confirm/", {"revision": 1})
    assert answer.status_code == 409
    assert not MaskSet.objects.filter(confirmed_by__isnull=False).exists()


def test_a_film_without_open_masks_does_not_show_its_picture_to_the_second_person(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    client = browser(cast.checker)
    assert client.get(f"/trials/RA-1/masks/{film.pk}/").status_code == 404
    assert client.get(f"/trials/RA-1/masks/{film.pk}/picture/full/0").status_code == 404
