"""A replaced film is set aside, never lost: it says which film took its place."""

from __future__ import annotations

import pytest

from audit.models import Event
from config.errors import NotAllowed, WrongState
from studies.arrival.replacement import checked_replaceable, set_aside
from studies.models import Film
from tests.studies.planned import Planned, film_of


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("held", "refused"),
        ("deidentified", "rejected"),
        ("questioned", "rejected"),
        ("accepted", "rejected"),
        ("ready", "withdrawn"),
    ],
)
def test_the_replaced_film_no_longer_counts_and_says_why(ra1: Planned, before: str, after: str) -> None:
    old = film_of(ra1.visit(), status=before)
    new = film_of(ra1.visit(), replaces=old)
    set_aside(film=new, actor=ra1.actor("coordinator"))
    old.refresh_from_db()
    assert (old.status, old.designated, old.status_reason) == (after, False, f"replaced by film {new.pk}")
    recorded = Event.objects.newest_first()[0]
    assert (recorded.action, recorded.subject_id, recorded.content["details"]) == (
        "studies.film.replaced",
        str(old.pk),
        {"replacement": new.pk},
    )


@pytest.mark.parametrize("status", ["rejected", "refused", "withdrawn"])
def test_a_film_refused_or_rejected_before_keeps_its_own_reason(ra1: Planned, status: str) -> None:
    old = film_of(ra1.visit(), status=status, status_reason="cut off")
    set_aside(film=film_of(ra1.visit(), replaces=old), actor=ra1.actor("coordinator"))
    old.refresh_from_db()
    assert (old.status, old.status_reason) == (status, "cut off")


def test_a_film_that_replaces_none_sets_none_aside(ra1: Planned) -> None:
    other = film_of(ra1.visit(), status="ready")
    assert set_aside(film=film_of(ra1.visit()), actor=ra1.actor("coordinator")) is None
    assert Film.objects.get(pk=other.pk).designated


def test_only_the_desk_sets_a_film_aside(ra1: Planned) -> None:
    new = film_of(ra1.visit(), replaces=film_of(ra1.visit()))
    with pytest.raises(NotAllowed):
        set_aside(film=new, actor=ra1.actor("site 01"))


def test_the_newest_film_of_a_line_is_the_one_to_replace(ra1: Planned) -> None:
    old = film_of(ra1.visit(), status="rejected")
    new = film_of(ra1.visit(), replaces=old)
    with pytest.raises(WrongState, match="Replace the newer film instead"):
        checked_replaceable(old)
    assert checked_replaceable(new) == new


@pytest.mark.parametrize("became", ["refused", "rejected", "withdrawn"])
def test_a_replacement_that_is_out_of_play_leaves_room_for_another(ra1: Planned, became: str) -> None:
    old = film_of(ra1.visit(), status="rejected")
    film_of(ra1.visit(), replaces=old, status=became)
    assert checked_replaceable(old) == old


def test_a_withdrawn_film_is_not_replaced(ra1: Planned) -> None:
    with pytest.raises(WrongState, match="was withdrawn and cannot be replaced"):
        checked_replaceable(film_of(ra1.visit(), status="withdrawn"))
