"""What people rely on at the desk's pages: who may come in, what is shown, and each step as a plain form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from studies.desk import quality
from studies.models import Film, FilmStatus, MaskSet, Question
from studies.questions.threads import answer
from tests.studies.desk_cast import (
    CONFIRMED,
    TEXT,
    DeskCast,
    browser,
    film_at_desk,
    imaged,
    make_cast,
    person,
    ready,
)

pytestmark = pytest.mark.django_db
FACTS = {"side": "L", "view": "hand", "film_date": "2024-03-01", "spacing_mm": "0.1"}


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


def desk(path: str = "") -> str:
    return f"/trials/RA-1/desk/{path}"


def post(cast: DeskCast, path: str, **given: Any) -> Any:
    return browser(cast.coordinator).post(desk(path), given)


def test_the_queue_lists_the_films_that_wait_longest_first_and_nothing_else(cast: DeskCast) -> None:
    first, second, done = (film_at_desk(cast) for _ in range(3))
    quality.reject(film=done, actor=cast.coordinator, reason="motion")
    page = browser(cast.coordinator).get(desk()).content.decode()
    assert re.findall(r"Film (\d+)<", page) == [str(first.pk), str(second.pk)]


def test_a_questioned_film_leaves_the_queue_until_the_site_has_answered(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    quality.question(film=film, actor=cast.coordinator, reason="side", text="Which side is it?")
    client = browser(cast.coordinator)
    page = client.get(desk()).content.decode()
    assert "No films are waiting" in page
    assert "1 more</a>\n    is waiting for the site’s answer." in page
    site = person(cast.trial, Role.SITE, site=cast.sites[0])
    answer(question=Question.objects.get(), text="The left one.", actor=site)
    assert f"Film {film.pk}" in client.get(desk()).content.decode()


def test_an_empty_queue_says_so(cast: DeskCast) -> None:
    assert "No films are waiting" in browser(cast.coordinator).get(desk()).content.decode()


def test_the_queue_is_narrowed_by_finding_and_site(cast: DeskCast) -> None:
    film_at_desk(cast)
    text = film_at_desk(cast, findings=[TEXT])
    other = film_at_desk(cast, visit=cast.visits[2])
    client = browser(cast.coordinator)
    assert re.findall(r"Film (\d+)<", client.get(desk("?finding=text")).content.decode()) == [str(text.pk)]
    assert re.findall(r"Film (\d+)<", client.get(desk("?site=02")).content.decode()) == [str(other.pk)]


def test_the_way_to_the_next_film_keeps_how_the_queue_is_narrowed(cast: DeskCast) -> None:
    one, two = film_at_desk(cast, findings=[TEXT]), film_at_desk(cast, findings=[TEXT])
    film_at_desk(cast)
    page = browser(cast.coordinator).get(desk(f"{one.pk}/?finding=text")).content.decode()
    assert f'href="{desk(f"{two.pk}/?finding=text")}"' in page
    assert "1 of 2" in page


@pytest.mark.parametrize("path", ["", "{film}/", "{film}/picture/preview.jpg"])
def test_only_who_checks_films_comes_to_the_desk(cast: DeskCast, path: str) -> None:
    film = film_at_desk(cast)
    address = desk(path.format(film=film.pk))
    assert browser(cast.coordinator).get(address).status_code == 200
    assert browser(cast.checker).get(address).status_code == 403
    assert browser(cast.reader).get(address).status_code == 403
    assert browser(cast.outsider).get(address).status_code == 404
    assert Client().get(address).status_code in (302, 401, 404)


def test_a_film_of_another_trial_is_not_found(cast: DeskCast) -> None:
    other = make_cast("RA-2")
    film = film_at_desk(other)
    assert browser(cast.coordinator).get(desk(f"{film.pk}/")).status_code == 404
    assert post(cast, f"{film.pk}/reject/", reason="motion").status_code == 404


def test_a_picture_is_private_is_not_kept_and_is_nothing_but_its_parts(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    client = browser(cast.coordinator)
    answer = client.get(desk(f"{film.pk}/picture/full/0"))
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/octet-stream"
    assert not answer.has_header("ETag")
    assert not answer.has_header("Last-Modified")
    for name in ("meta.json", "../other/preview.jpg", "full/77", "full/0/../0", "small/1"):
        assert client.get(desk(f"{film.pk}/picture/{name}")).status_code == 404


def test_a_film_that_has_no_picture_yet_leads_to_its_page_among_the_films(cast: DeskCast) -> None:
    film = film_at_desk(cast, status=FilmStatus.HELD)
    Film.objects.update(desk_folder="")
    answer = browser(cast.coordinator).get(desk(f"{film.pk}/"))
    assert answer["Location"] == f"/trials/RA-1/films/{film.pk}/"


def test_side_and_view_are_not_filled_in_from_what_was_declared(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    page = browser(cast.coordinator).get(desk(f"{film.pk}/")).content.decode()
    assert not re.search(r'name="(side|view)"[^>]* checked', page)
    assert 'value="2024-03-01"' in page


def test_what_was_declared_stands_beside_what_the_file_says(cast: DeskCast) -> None:
    header = {
        "Side": "R",
        "BodyPartExamined": "FOOT",
        "FilmDate": "2024-03-04",
        "ImagerPixelSpacing": [0.1, 0.1],
    }
    film = film_at_desk(cast, header=header)
    page = browser(cast.coordinator).get(desk(f"{film.pk}/")).content.decode()
    assert page.count('<tr class="differs">') == 3
    assert "0.1 x 0.1 mm at the detector" in page


def test_accepting_leads_to_the_next_film_and_at_last_to_the_empty_queue(cast: DeskCast) -> None:
    one, two = film_at_desk(cast), film_at_desk(cast, side="R")
    assert post(cast, f"{one.pk}/accept/", **FACTS, visit=one.visit_id)["Location"] == desk(f"{two.pk}/")
    assert post(cast, f"{two.pk}/accept/", **FACTS | {"side": "R"}, visit=two.visit_id)["Location"] == desk()
    assert set(Film.objects.values_list("status", flat=True)) == {FilmStatus.ACCEPTED}


def test_films_are_accepted_one_at_a_time_and_each_is_looked_at(cast: DeskCast) -> None:
    one, two = film_at_desk(cast), film_at_desk(cast, side="R")
    both = {"film": [one.pk, two.pk], "pk": [one.pk, two.pk], **FACTS, "visit": one.visit_id}
    for path in ("", "accept/"):
        assert post(cast, path, **both).status_code in (404, 405)
    boxes = re.findall(r'type="checkbox" name="(\w+)"', browser(cast.coordinator).get(desk()).content.decode())
    assert set(boxes) == {"hide"}, "the columns alone can be ticked, no film"
    post(cast, f"{one.pk}/accept/", **both)
    assert list(Film.objects.order_by("pk").values_list("status", flat=True)) == ["accepted", "deidentified"]


def test_a_refused_decision_shows_the_film_again_with_what_was_given_and_why(cast: DeskCast) -> None:
    film = film_at_desk(cast, findings=[TEXT])
    answer = post(cast, f"{film.pk}/accept/", **FACTS, visit=film.visit_id, note="looked twice")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "There may be text in the picture." in page
    assert f"Not every finding of film {film.pk} is acknowledged." in page
    assert "looked twice" in page
    assert Film.objects.get().status == FilmStatus.DEIDENTIFIED


def test_a_scale_is_given_or_known_to_be_unknown(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    given = FACTS | {"spacing_mm": "", "visit": film.visit_id}
    assert post(cast, f"{film.pk}/accept/", **given).status_code == 400
    assert post(cast, f"{film.pk}/accept/", **given, no_scale="on").status_code == 302
    assert Film.objects.get().spacing_mm is None


def test_reject_question_and_withdraw_work_as_plain_forms(cast: DeskCast) -> None:
    one, two = film_at_desk(cast), film_at_desk(cast)
    assert post(cast, f"{one.pk}/reject/", reason="motion", note="").status_code == 302
    assert post(cast, f"{two.pk}/question/", reason="side", text="Which side?").status_code == 302
    three = imaged(cast, side="R").film
    assert post(cast, f"{three.pk}/withdraw/", reason="identity", note="")["Location"] == desk(f"{three.pk}/")
    assert list(Film.objects.order_by("pk").values_list("status", flat=True)) == ["rejected", "questioned", "withdrawn"]


def test_the_page_offers_only_what_the_films_status_permits(cast: DeskCast) -> None:
    film = imaged(cast).film
    page = browser(cast.coordinator).get(desk(f"{film.pk}/")).content.decode()
    assert "Withdraw the film" in page
    assert 'id="accept"' not in page
    assert 'id="question"' not in page


def test_a_retake_is_made_to_count_from_its_page(cast: DeskCast) -> None:
    first, second = film_at_desk(cast), film_at_desk(cast)
    for film in (first, second):
        quality.accept(film=film, actor=cast.coordinator, **CONFIRMED)
    address = f"/trials/RA-1/films/{second.pk}/designate/"
    client = browser(cast.coordinator)
    assert address in client.get(desk(f"{second.pk}/")).content.decode()
    assert client.post(address, {"reason": "sharper"})["Location"] == desk(f"{second.pk}/")
    assert [film.designated for film in Film.objects.order_by("pk")] == [False, True]


def test_a_film_is_offered_instead_of_another_at_its_acceptance_until_that_one_has_a_reader_image(
    cast: DeskCast,
) -> None:
    first, second = film_at_desk(cast), film_at_desk(cast)
    quality.accept(film=first, actor=cast.coordinator, **CONFIRMED)
    client, offered = browser(cast.coordinator), 'name="designate"'
    assert offered in client.get(desk(f"{second.pk}/")).content.decode()
    ready(first)
    page = client.get(desk(f"{second.pk}/")).content.decode()
    assert offered not in page
    assert "Designate it on this page once its reader image is made" in page


def test_suggested_masks_are_taken_with_one_button(cast: DeskCast) -> None:
    film = film_at_desk(cast, findings=[TEXT])
    assert post(cast, f"{film.pk}/masks/", take="suggested")["Location"] == desk(f"{film.pk}/")
    assert MaskSet.objects.get().rectangles == [[10, 10, 40, 12]]


def test_masks_and_cuts_can_be_typed(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    given = {"rectangles": "1, 2, 30, 40\n5 6 70 80", "crop_l": "0, 0, 90, 200", "crop_r": "100, 0, 90, 200"}
    assert post(cast, f"{film.pk}/masks/", **given).status_code == 302
    mask_set = MaskSet.objects.get()
    assert mask_set.rectangles == [[1, 2, 30, 40], [5, 6, 70, 80]]
    assert mask_set.crops == {"L": [0, 0, 90, 200], "R": [100, 0, 90, 200]}


def test_masks_that_cannot_be_read_are_named(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    answer = post(cast, f"{film.pk}/masks/", rectangles="1, 2, three, 4")
    assert answer.status_code == 400
    assert "1, 2, three, 4" in answer.content.decode()


def test_duplicates_and_differing_acquisition_are_said(cast: DeskCast) -> None:
    film = film_at_desk(cast, header={"BitsStored": 12, "Rows": 2000})
    film_at_desk(cast, header={"BitsStored": 10, "Rows": 2000}, visit=cast.visits[1])
    twin = film_at_desk(cast, pixel_sha256=film.pixel_sha256, visit=cast.visits[2])
    page = browser(cast.coordinator).get(desk(f"{film.pk}/")).content.decode()
    assert "bits 12, elsewhere 10" in page
    assert f'Same pixels as <a href="{desk(f"{twin.pk}/")}"' in page
    assert "rows 2000" not in page


def test_a_script_in_the_senders_data_stays_text(cast: DeskCast) -> None:
    header = {"BitsStored": "<script>alert(1)</script>", "BodyPartExamined": "<img src=x>"}
    film = film_at_desk(cast, header=header, findings=[{"code": "x", "text": "<b>bold</b></script><script>"}])
    film_at_desk(cast, header={"BitsStored": 10})
    page = browser(cast.coordinator).get(desk(f"{film.pk}/")).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "<b>bold" not in page


def test_the_number_of_queries_does_not_grow_with_the_films(cast: DeskCast) -> None:
    client = browser(cast.coordinator)
    counts: list[tuple[int, int]] = []
    for _ in range(2):
        films = [film_at_desk(cast, findings=[TEXT]) for _ in range(3 if not counts else 27)]
        client.get(desk(f"{films[0].pk}/"))
        with CaptureQueriesContext(connection) as on_page:
            client.get(desk(f"{films[0].pk}/"))
        with CaptureQueriesContext(connection) as on_list:
            client.get(desk())
        counts.append((len(on_page), len(on_list)))
    assert counts[0] == counts[1]


def test_the_page_of_a_film_whose_polarity_contradicts_itself_asks_for_it(cast: DeskCast) -> None:
    film = film_at_desk(cast, findings=[{"code": "polarity", "text": "The header contradicts itself."}])
    given = FACTS | {"visit": film.visit_id, "acknowledged": ["polarity"]}
    refused = post(cast, f"{film.pk}/accept/", **given)
    assert refused.status_code == 400
    assert 'name="inverted" value="1"' in refused.content.decode()
    assert post(cast, f"{film.pk}/accept/", **given, inverted="1").status_code == 302
    film.refresh_from_db()
    assert film.inverted
