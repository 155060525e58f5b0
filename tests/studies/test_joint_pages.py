"""What people rely on at the pages where joints are placed: no subject or date is shown, each step is a plain form."""

from __future__ import annotations

import re
from datetime import date

import pytest

from studies.desk import joints
from studies.models import Rendition
from studies.sealed_links import image_of
from tests.studies.desk_cast import DeskCast, browser, imaged, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


@pytest.mark.parametrize("path", ["", "{key}/", "{key}/picture/full/0"])
def test_only_who_places_joints_comes_to_the_joints(cast: DeskCast, path: str) -> None:
    key = imaged(cast).index
    address = f"/trials/RA-1/joints/{path.format(key=key)}"
    assert browser(cast.coordinator).get(address).status_code == 200
    assert browser(cast.checker).get(address).status_code == 403
    assert browser(cast.reader).get(address).status_code == 403
    assert browser(cast.outsider).get(address).status_code == 404


def test_the_joint_pages_show_no_subject_visit_date_or_film_number(cast: DeskCast) -> None:
    rendition = imaged(cast, film_date=date(2019, 7, 23))
    client = browser(cast.coordinator)
    pages = [client.get("/trials/RA-1/joints/"), client.get(f"/trials/RA-1/joints/{rendition.index}/")]
    for page in pages:
        text = page.content.decode()
        recorded = rf"\b(01-001|BL|2019|07-23|[Ff]ilm[- ]{rendition.film_id})\b"
        assert not re.search(recorded, text)


def test_joints_are_placed_as_a_plain_form_after_three_clicks(cast: DeskCast) -> None:
    rendition = imaged(cast)
    key, client = rendition.index, browser(cast.coordinator)
    clicks = ["100, 40", "120, 200", "60, 205"]
    page = client.post(f"/trials/RA-1/joints/{key}/fit/", {"anchor": clicks}).content.decode()
    found = dict(re.findall(r'name="([xy]-MCP2)" value="([\d.]+)"', page))
    answer = client.post(f"/trials/RA-1/joints/{key}/place/", found | {"r-MCP2": "limited"})
    assert answer["Location"] == "/trials/RA-1/joints/"
    placement = rendition.film.placements.get()
    assert placement.joints == {"MCP2": [float(found["x-MCP2"]), float(found["y-MCP2"])]}
    assert placement.readability == {"MCP2": "limited"}


def test_joints_that_cannot_be_placed_are_shown_again_with_the_reason(cast: DeskCast) -> None:
    key = imaged(cast).index
    answer = browser(cast.coordinator).post(f"/trials/RA-1/joints/{key}/place/", {"x-MCP2": "5000", "y-MCP2": "7"})
    assert answer.status_code == 400
    assert "The joint MCP 2 cannot be placed at 5000, 7." in answer.content.decode()
    assert 'name="x-MCP2" value="5000.0"' in answer.content.decode()


def test_placing_leads_on_through_the_images_that_wait_and_round_to_the_first(cast: DeskCast) -> None:
    shown: tuple[dict[str, str], ...] = ({}, {"side": "R"}, {"view": "foot"})
    first, second, third = sorted(imaged(cast, **values).index for values in shown)
    client = browser(cast.coordinator)
    for key, following in ((second, third), (third, first)):
        joint = "MTP1" if Rendition.objects.get(index=key).view == "foot" else "MCP2"
        answer = client.post(f"/trials/RA-1/joints/{key}/place/", {f"x-{joint}": "50", f"y-{joint}": "70"})
        assert answer["Location"] == f"/trials/RA-1/joints/{following}/"
        assert image_of(Rendition.objects.get(index=key)).joints == {joint: [50.0, 70.0]}
    assert joints.waiting(cast.trial).count() == 1


def test_a_click_that_is_no_point_is_refused_in_words(cast: DeskCast) -> None:
    key = imaged(cast).index
    answer = browser(cast.coordinator).post(f"/trials/RA-1/joints/{key}/fit/", {"anchor": ["100, 40", "there"]})
    assert answer.status_code == 400
    assert "The anchor point “there” is not a point. Enter two numbers, x and y." in answer.content.decode()
