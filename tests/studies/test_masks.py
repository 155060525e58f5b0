"""What people rely on when burned-in text is hidden and a film of both sides is cut."""

from __future__ import annotations

from typing import Any

import pytest

from audit.models import Event
from audit.trail import Actor
from config.errors import BadInput, NotAllowed, WrongState
from studies.desk import masks, quality
from studies.desk.masks import MaskState
from studies.models import Film, FilmStatus, MaskSet
from tests.studies.desk_cast import COLUMNS, CONFIRMED, ROWS, TEXT, DeskCast, film_at_desk, make_cast, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


def propose(cast: DeskCast, film: Film, *rectangles: list[int], **values: Any) -> MaskSet:
    return masks.propose(film=film, actor=cast.coordinator, rectangles=rectangles, **values)


def state(film: Film) -> MaskState:
    return masks.state_of(film, masks.newest(film))


def test_the_boxes_of_suspected_text_are_offered_as_masks(cast: DeskCast) -> None:
    film = film_at_desk(cast, findings=[TEXT, {"code": "size", "text": "small"}])
    assert masks.proposed_boxes(film) == [[10, 10, 40, 12]]
    assert state(film) == MaskState.MISSING


def test_each_proposal_is_a_revision_and_the_newest_counts(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    propose(cast, film, [0, 0, 20, 20])
    propose(cast, film, [0, 0, 30, 30])
    assert [(one.revision, one.rectangles) for one in film.mask_sets.all()] == [
        (1, [[0, 0, 20, 20]]),
        (2, [[0, 0, 30, 30]]),
    ]


def test_masks_count_only_after_a_second_person_has_confirmed_them(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    mask_set = propose(cast, film, [0, 0, 20, 20])
    with pytest.raises(WrongState, match="waiting"):
        masks.settled(film)
    masks.confirm(mask_set=mask_set, actor=cast.checker)
    assert masks.settled(film) == mask_set


def test_nobody_confirms_his_own_masks_even_when_he_holds_both_roles(cast: DeskCast) -> None:
    mask_set = propose(cast, film_at_desk(cast), [0, 0, 20, 20])
    both = Actor(cast.coordinator.user_id, cast.coordinator.label, "checker")
    with pytest.raises(NotAllowed, match="yourself"):
        masks.confirm(mask_set=mask_set, actor=both)
    with pytest.raises(NotAllowed, match="yourself"):
        masks.refuse(mask_set=mask_set, actor=both, reason="no")


def test_the_coordinator_proposes_and_the_checker_confirms_and_not_the_other_way_round(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    with pytest.raises(NotAllowed):
        masks.propose(film=film, actor=cast.checker, rectangles=[[0, 0, 20, 20]])
    mask_set = propose(cast, film, [0, 0, 20, 20])
    for actor in (cast.coordinator, cast.reader):
        with pytest.raises(NotAllowed):
            masks.confirm(mask_set=mask_set, actor=actor)


def test_a_set_is_decided_once(cast: DeskCast) -> None:
    mask_set = propose(cast, film_at_desk(cast), [0, 0, 20, 20])
    masks.confirm(mask_set=mask_set, actor=cast.checker)
    with pytest.raises(WrongState, match="confirmed"):
        masks.refuse(mask_set=mask_set, actor=cast.checker, reason="no")


def test_a_set_that_was_replaced_meanwhile_cannot_be_confirmed(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    first = propose(cast, film, [0, 0, 20, 20])
    propose(cast, film, [0, 0, 30, 30])
    with pytest.raises(WrongState, match="newer"):
        masks.confirm(mask_set=first, actor=cast.checker)


def test_a_refusal_says_why(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    mask_set = propose(cast, film, [0, 0, 20, 20])
    with pytest.raises(BadInput, match="reason"):
        masks.refuse(mask_set=mask_set, actor=cast.checker, reason=" ")
    masks.refuse(mask_set=mask_set, actor=cast.checker, reason="A mask covers a joint")
    mask_set.refresh_from_db()
    assert mask_set.refused_reason == "A mask covers a joint"
    assert Event.objects.get(action="studies.masks.refused").content["reason"] == "A mask covers a joint"


def test_masks_once_drawn_are_not_taken_away_without_the_second_person(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    propose(cast, film, [0, 0, 20, 20])
    propose(cast, film)
    assert state(film) == MaskState.WAITING


@pytest.mark.parametrize(
    "box",
    [
        [-1, 0, 20, 20],
        [0, 0, COLUMNS + 1, 20],
        [0, ROWS - 10, 20, 20],
        [0, 0, 3, 20],
        [0, 0, 20, 0],
        [0, 0, 20],
        [0, 0, 20, 2.5],
    ],
)
def test_rectangles_lie_within_the_picture_in_whole_pixels(cast: DeskCast, box: list[int]) -> None:
    with pytest.raises(BadInput):
        propose(cast, film_at_desk(cast), box)


def test_the_number_of_rectangles_is_bounded(cast: DeskCast) -> None:
    with pytest.raises(BadInput, match="At most 60 are allowed"):
        propose(cast, film_at_desk(cast), *[[0, 0, 20, 20]] * 61)


@pytest.mark.parametrize("crops", [{"L": [0, 0, 90, 90]}, {"L": [0, 0, 90, 90], "R": [0, 0, 20, 90]}])
def test_a_cut_has_a_left_and_a_right_part_large_enough_to_show_one(
    cast: DeskCast, crops: dict[str, list[int]]
) -> None:
    with pytest.raises(BadInput):
        propose(cast, film_at_desk(cast), crops=crops)


def test_nothing_to_hide_is_proposed_only_where_text_was_suspected(cast: DeskCast) -> None:
    with pytest.raises(BadInput):
        propose(cast, film_at_desk(cast))
    assert propose(cast, film_at_desk(cast, findings=[TEXT])).rectangles == []


def test_the_masks_of_an_approved_picture_stay_as_they_are(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    quality.accept(film=film, actor=cast.coordinator, **CONFIRMED)
    with pytest.raises(WrongState, match="its masks are confirmed"):
        propose(cast, film, [0, 0, 20, 20])
    ready(film)
    with pytest.raises(WrongState, match="ready"):
        propose(cast, film, [0, 0, 20, 20])


def test_a_rejected_films_masks_wait_for_nobody(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    mask_set = propose(cast, film, [0, 0, 20, 20])
    quality.reject(film=film, actor=cast.coordinator, reason="motion")
    with pytest.raises(WrongState, match="rejected"):
        masks.confirm(mask_set=mask_set, actor=cast.checker)
    assert Film.objects.get(pk=film.pk).status == FilmStatus.REJECTED


def test_a_film_without_a_picture_gets_no_masks(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    film.desk_folder = ""
    with pytest.raises(WrongState, match="has no image"):
        propose(cast, film, [0, 0, 20, 20])
