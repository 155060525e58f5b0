"""A retake is designated in one step; cases that showed the other film are voided and issued again."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Signature
from accounts.sign_in import BACKEND
from accounts.signed_acts import Act, meaning_of
from audit.models import Event
from config.errors import BadInput, WrongState
from reading.campaigns.opening import cases_with_other_films
from reading.issuing.affected_cases import Moved
from reading.issuing.retakes import designate_and_reissue
from reading.models import CaseStatus
from studies.models import Film
from studies.sealed_links import image_of
from tests.reading.builders import PASSWORD, BuiltTrial
from tests.reading.test_moved_films import built_trial, case_of, film_of, issued, move, shown_at, visit_of

pytestmark = pytest.mark.django_db
__all__ = ["built_trial"]


@pytest.fixture
def retake(built_trial: BuiltTrial) -> Film:
    """A second left hand of the first subject at W24, which does not count."""
    film = film_of(built_trial, 0, "W00")
    move(built_trial, film, visit_of(built_trial, 0, "W24"))
    film.refresh_from_db()
    return film


def designate(built_trial: BuiltTrial, film: Film, **given: Any) -> Moved:
    return designate_and_reissue(film=film, **{"reason": "sharper", **built_trial.signs("coordinator"), **given})


def test_a_retake_designated_after_reads_exist_is_signed_and_its_cases_are_issued_again(
    built_trial: BuiltTrial, retake: Film, client: Any
) -> None:
    campaign = issued(built_trial)
    old, untouched = case_of(built_trial, campaign, 0), case_of(built_trial, campaign, 1)
    counted = Film.objects.get(visit=retake.visit, side="L", view="hand", designated=True)
    client.force_login(built_trial.people["coordinator"], backend=BACKEND)
    address = f"/trials/TWO/films/{retake.pk}/designate/"
    assert address in client.get(f"/trials/TWO/films/{retake.pk}/").content.decode()
    assert meaning_of(Act.RETAKE) in client.get(address).content.decode()
    shown = client.post(address, {"reason": "sharper", "password": PASSWORD}, follow=True).content.decode()
    assert f"Film {retake.pk} is designated for its view." in shown
    assert f"Case {old.number} of campaign C1 is voided; it is issued again as case 5." in shown
    old.refresh_from_db()
    untouched.refresh_from_db()
    assert (old.status, old.void_reason, untouched.status) == (CaseStatus.VOIDED, "sharper", CaseStatus.OPEN)
    images = shown_at(case_of(built_trial, campaign, 0), built_trial, 0)["W24"]
    assert image_of(retake.renditions.get()).key in images
    counted.refresh_from_db()
    assert (counted.status, counted.designated) == ("ready", False)
    assert image_of(counted.renditions.get()).key not in images
    meanings = list(Signature.objects.order_by("-pk").values_list("meaning", flat=True)[:3])
    assert meanings == [meaning_of(Act.REISSUE), meaning_of(Act.VOID), meaning_of(Act.RETAKE)]
    assert Event.objects.get(action="studies.film.designated").content["details"]["instead_of"] == [counted.pk]
    assert cases_with_other_films(campaign) == []


def test_before_any_read_a_retake_is_designated_without_a_password(built_trial: BuiltTrial, retake: Film) -> None:
    assert designate(built_trial, retake, password="").cases == ()
    retake.refresh_from_db()
    assert (retake.designated, Signature.objects.count()) == (True, 0)
    with pytest.raises(BadInput, match="A reason is needed"):
        designate(built_trial, retake, reason=" ")


def test_the_same_form_sent_twice_designates_once_and_a_wrong_password_nothing(
    built_trial: BuiltTrial, retake: Film
) -> None:
    issued(built_trial)
    with pytest.raises(BadInput, match="The password is wrong"):
        designate(built_trial, retake, password="another")
    retake.refresh_from_db()
    assert not retake.designated
    assert len(designate(built_trial, retake).cases) == 1
    assert designate(built_trial, retake) == Moved()


def test_a_film_that_was_moved_after_its_page_was_opened_is_neither_designated_nor_moved(
    built_trial: BuiltTrial, retake: Film
) -> None:
    issued(built_trial)
    move(built_trial, Film.objects.get(pk=retake.pk), visit_of(built_trial, 2, "W24"))
    with pytest.raises(WrongState, match="was moved to another visit in the meantime"):
        designate(built_trial, retake)
    with pytest.raises(WrongState, match="was moved to another visit in the meantime"):
        move(built_trial, retake, visit_of(built_trial, 0, "W00"))
    now = Film.objects.get(pk=retake.pk)
    assert (now.visit, now.designated) == (visit_of(built_trial, 2, "W24"), False)
    assert not Signature.objects.filter(meaning=meaning_of(Act.RETAKE)).exists()


def test_a_page_that_shows_another_visit_than_the_film_has_now_is_refused(
    built_trial: BuiltTrial, retake: Film, client: Any
) -> None:
    client.force_login(built_trial.people["coordinator"], backend=BACKEND)
    for address, given in (
        ("designate", {}),
        ("move", {"visit": visit_of(built_trial, 0, "W00").pk, "scope": "visit"}),
    ):
        page = client.get(f"/trials/TWO/films/{retake.pk}/{address}/").content.decode()
        assert f'name="shown_visit" value="{retake.visit_id}"' in page
        stale = {"reason": "sharper", "shown_visit": visit_of(built_trial, 2, "W24").pk, **given}
        answer = client.post(f"/trials/TWO/films/{retake.pk}/{address}/", stale)
        assert answer.status_code == 400
        assert "was moved to another visit in the meantime" in answer.content.decode()
    assert not Film.objects.get(pk=retake.pk).designated
