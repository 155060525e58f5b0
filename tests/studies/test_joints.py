"""What people rely on when joints are placed on a film."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from audit.trail import Actor
from config.errors import BadInput, NotAllowed, WrongState
from instruments import KEYS, get
from studies.desk import joint_template, joints, masks, placements, quality
from studies.models import Film, JointPlacement, ReaderImage
from studies.sealed_links import image_of
from tests.studies.desk_cast import CONFIRMED, DeskCast, film_at_desk, make_cast, ready


@pytest.fixture
def cast(db: None) -> DeskCast:
    return make_cast()


def accepted(cast: DeskCast, **values: Any) -> Film:
    film = film_at_desk(cast)
    quality.accept(film=film, actor=cast.coordinator, **(CONFIRMED | values))
    film.refresh_from_db()
    return film


def place(cast: DeskCast, film: Film, places: dict[str, list[float]], side: str = "L", **values: Any) -> JointPlacement:
    return joints.place(film=film, side=side, actor=cast.coordinator, joints=places, **values)


@pytest.mark.parametrize("view", ["hand", "foot"])
def test_the_template_has_every_joint_that_any_instrument_scores(view: str) -> None:
    scored = {item.joint for key in KEYS for item in get(key).items_of(region=view)}
    assert set(joint_template.TEMPLATES[view].joints) == scored


@pytest.mark.parametrize("view", ["hand", "foot"])
def test_clicks_on_the_anchors_give_the_template_itself(view: str) -> None:
    template = joint_template.TEMPLATES[view]
    fitted = joint_template.fit(view, list(template.anchors.values()))
    assert fitted == {joint: list(place) for joint, place in template.joints.items()}


def test_a_turned_and_mirrored_hand_is_fitted_from_its_three_clicks() -> None:
    def onto_film(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        return 1500 - 8 * x + 0.5 * y, 40 + 0.5 * x + 9 * y

    template = joint_template.HAND
    fitted = joint_template.fit("hand", [onto_film(anchor) for anchor in template.anchors.values()])
    for joint, place in template.joints.items():
        assert fitted[joint] == pytest.approx(onto_film(place), abs=0.06)


@pytest.mark.parametrize("clicks", [[], [(0, 0), (10, 10)], [(0, 0), (50, 50), (100, 101)], [(5, 5)] * 3])
def test_clicks_that_lie_on_a_line_are_refused(clicks: list[tuple[float, float]]) -> None:
    with pytest.raises(BadInput, match="Click three points that are not on one line"):
        joint_template.fit("hand", clicks)


def test_placements_are_revisions_and_the_newest_counts(cast: DeskCast) -> None:
    film = accepted(cast)
    place(cast, film, {"MCP2": [50, 60]})
    place(cast, film, {"MCP2": [51.26, 60]})
    assert [one.revision for one in film.placements.all()] == [1, 2]
    assert placements.for_image(film=film, side="L", crop=None) == {"MCP2": [51.3, 60.0]}


def test_a_reader_image_that_is_there_already_follows_the_placement(cast: DeskCast) -> None:
    film = accepted(cast)
    rendition = ready(film)
    place(cast, film, {"MCP2": [50, 60]}, readability={"MCP2": "limited"})
    image = image_of(rendition)
    assert image.joints == {"MCP2": [50.0, 60.0]}


def test_readability_stays_with_the_placement_and_never_reaches_a_reader_image(cast: DeskCast) -> None:
    film = accepted(cast)
    ready(film)
    placement = place(cast, film, {"MCP2": [50, 60]}, readability={"MCP2": "unreadable"})
    assert placement.readability == {"MCP2": "unreadable"}
    assert "unreadable" not in json.dumps(list(ReaderImage.objects.values()))


def test_joints_of_a_cut_film_are_moved_into_the_cut_and_kept_to_its_side(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    crops = {"L": [10, 20, 90, 200], "R": [100, 0, 90, 200]}
    mask_set = masks.propose(film=film, actor=cast.coordinator, rectangles=[], crops=crops)
    quality.accept(film=film, actor=cast.coordinator, **(CONFIRMED | {"side": "B"}))
    masks.confirm(mask_set=mask_set, actor=cast.checker)
    film.refresh_from_db()
    images = {side: ready(film, side) for side in "LR"}
    place(cast, film, {"MCP2": [50, 60], "PIP2": [150, 60]}, side="L")
    assert image_of(images["L"]).joints == {"MCP2": [40.0, 40.0]}
    assert image_of(images["R"]).joints == {}


@pytest.mark.parametrize(
    "places",
    [
        {},
        {"KNEE": [1, 1]},
        {"MTP1": [1, 1]},
        {"MCP2": [-1, 5]},
        {"MCP2": [200, 5]},
        {"MCP2": [1]},
        {"MCP2": [1, 1e400]},
    ],
)
def test_only_joints_of_the_view_are_placed_and_within_the_picture(
    cast: DeskCast, places: dict[str, list[float]]
) -> None:
    with pytest.raises(BadInput):
        place(cast, accepted(cast), places)


@pytest.mark.parametrize("readability", [{"MCP2": "lovely"}, {"MCP3": "limited"}])
def test_readability_has_fixed_words_for_joints_that_are_placed(cast: DeskCast, readability: dict[str, str]) -> None:
    with pytest.raises(BadInput, match="readability"):
        place(cast, accepted(cast), {"MCP2": [50, 60]}, readability=readability)


def test_the_side_placed_is_one_that_the_film_shows(cast: DeskCast) -> None:
    with pytest.raises(BadInput, match="side"):
        place(cast, accepted(cast), {"MCP2": [50, 60]}, side="R")


def test_joints_are_not_placed_on_a_rejected_film(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    quality.reject(film=film, actor=cast.coordinator, reason="motion")
    with pytest.raises(WrongState, match="rejected"):
        place(cast, film, {"MCP2": [50, 60]})


def test_only_a_coordinator_places_joints(cast: DeskCast) -> None:
    film = accepted(cast)
    for actor in (cast.checker, cast.reader, Actor.system("studies.rendition")):
        with pytest.raises(NotAllowed):
            joints.place(film=film, side="L", actor=actor, joints={"MCP2": [50, 60]})


def test_the_queue_has_only_films_that_count_and_is_in_random_order(cast: DeskCast) -> None:
    films = [accepted(cast, side=side, view=view) for side in "LR" for view in ("hand", "foot")]
    made = [ready(film) for film in films]
    accepted(cast, film_date=date(2024, 3, 2))
    order = list(joints.images(cast.trial).values_list("index", flat=True))
    assert order == sorted(rendition.index for rendition in made)


def test_a_placed_image_leaves_the_queue(cast: DeskCast) -> None:
    film = accepted(cast)
    ready(film)
    assert joints.waiting(cast.trial).count() == 1
    place(cast, film, {"MCP2": [50, 60]})
    assert joints.waiting(cast.trial).count() == 0
    assert joints.images(cast.trial).count() == 1


def test_a_placement_is_never_changed_by_sql(cast: DeskCast) -> None:
    placement = place(cast, accepted(cast), {"MCP2": [50, 60]})
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE studies_jointplacement SET side = 'R' WHERE id = %s", [placement.pk])


def test_a_film_without_a_side_or_view_asks_for_them_first(cast: DeskCast) -> None:
    for values, says in (({"view": ""}, "Confirm the view"), ({"side": ""}, "Confirm the side")):
        with pytest.raises(BadInput, match=f"{says} of the film first"):
            place(cast, film_at_desk(cast, **values), {"MCP2": [50, 60]})
