"""What people rely on when a film is decided at the desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.roles import Role
from audit.models import Event
from audit.trail import Actor
from config.errors import BadInput, NotAllowed, WrongState
from jobs.models import Job
from studies.desk import masks, quality
from studies.forms.desk import AcceptForm
from studies.models import Film, FilmStatus, QualityDecision, Question
from tests.studies.desk_cast import CONFIRMED, TEXT, DeskCast, film_at_desk, make_cast, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


def accept(cast: DeskCast, film: Film, **values: Any) -> QualityDecision:
    return quality.accept(film=film, actor=cast.coordinator, **(CONFIRMED | values))


def status(film: Film) -> str:
    return Film.objects.get(pk=film.pk).status


def rendition_jobs(film: Film) -> int:
    return Job.objects.filter(kind="studies.rendition", payload__film=film.pk).count()


def test_an_accepted_film_carries_what_the_person_confirmed_and_goes_on_to_its_reader_image(cast: DeskCast) -> None:
    film = film_at_desk(cast, side="", view="", film_date_source="site", spacing_mm=None)
    decision = accept(cast, film, side="R", view="foot", film_date=date(2024, 3, 2), spacing_mm=0.143)
    film.refresh_from_db()
    assert (film.status, film.side, film.view, film.film_date) == ("accepted", "R", "foot", date(2024, 3, 2))
    assert (film.spacing_mm, film.film_date_source) == (0.143, "confirmed")
    assert (decision.side, decision.view, decision.spacing_mm) == ("R", "foot", 0.143)
    assert rendition_jobs(film) == 1


def test_accepting_records_one_event_with_what_changed_and_the_pixels_approved(cast: DeskCast) -> None:
    film = film_at_desk(cast, side="R")
    accept(cast, film, note="marker covered")
    event = Event.objects.get(action="studies.film.accepted")
    assert event.content["changes"]["side"] == ["R", "L"]
    assert event.content["details"]["pixels"] == film.pixel_sha256
    assert event.content["reason"] == "marker covered"
    assert event.content["rows"][0][0] == "studies_qualitydecision"


@pytest.mark.parametrize(
    "wrong",
    [
        {"side": ""},
        {"side": "X"},
        {"view": "knee"},
        {"film_date": None},
        {"film_date": timezone.localdate() + timedelta(days=2)},
        {"film_date": date(1970, 1, 1)},
        {"spacing_mm": 0.0},
        {"spacing_mm": 1.4},
        {"spacing_mm": float("nan")},
    ],
)
def test_side_view_date_and_scale_must_be_confirmed_within_their_bounds(cast: DeskCast, wrong: dict[str, Any]) -> None:
    film = film_at_desk(cast)
    with pytest.raises(BadInput):
        accept(cast, film, **wrong)
    assert status(film) == FilmStatus.DEIDENTIFIED


def test_a_film_may_be_accepted_without_a_known_scale(cast: DeskCast) -> None:
    assert accept(cast, film_at_desk(cast), spacing_mm=None).spacing_mm is None


def test_every_finding_must_be_acknowledged(cast: DeskCast) -> None:
    findings = [{"code": "spacing", "text": "The spacing differs."}, {"code": "size", "text": "The film is small."}]
    film = film_at_desk(cast, findings=findings)
    with pytest.raises(BadInput, match="The film is small"):
        accept(cast, film, acknowledged=["spacing"])
    assert accept(cast, film, acknowledged=["spacing", "size"]).decision == "accept"


def test_a_film_without_a_visit_is_accepted_only_with_one(cast: DeskCast) -> None:
    film = film_at_desk(cast, visit=None)
    with pytest.raises(BadInput, match="visit"):
        accept(cast, film)
    accept(cast, film, visit=cast.visits[1])
    film.refresh_from_db()
    assert (film.visit, film.subject) == (cast.visits[1], cast.subjects[0])


def test_a_film_is_not_filed_under_a_subject_of_another_site(cast: DeskCast) -> None:
    with pytest.raises(BadInput, match="site 01"):
        accept(cast, film_at_desk(cast), visit=cast.visits[2])


def test_a_film_is_not_filed_under_a_visit_that_was_not_done(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    cast.visits[0].not_done_reason = "no show"
    cast.visits[0].save(update_fields=["not_done_reason"])
    with pytest.raises(WrongState, match="not done"):
        accept(cast, film)


def test_only_the_coordinator_decides_and_never_a_job(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    for actor in (cast.checker, cast.reader, Actor.system("studies.deidentify")):
        with pytest.raises(NotAllowed):
            quality.accept(film=film, actor=actor, **CONFIRMED)
    assert status(film) == FilmStatus.DEIDENTIFIED


def test_a_film_is_decided_once_whoever_is_slower(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    seen_by_another = Film.objects.get(pk=film.pk)
    quality.reject(film=film, actor=cast.coordinator, reason="motion")
    with pytest.raises(WrongState, match="rejected"):
        accept(cast, seen_by_another)


def test_suspected_text_holds_a_film_until_somebody_drew_masks_or_said_there_is_none(cast: DeskCast) -> None:
    film = film_at_desk(cast, findings=[TEXT])
    with pytest.raises(WrongState, match="The masks of film .* are missing"):
        accept(cast, film, acknowledged=["text"])
    masks.propose(film=film, actor=cast.coordinator, rectangles=[])
    accept(cast, film, acknowledged=["text"])
    assert status(film) == FilmStatus.ACCEPTED
    assert rendition_jobs(film) == 0


def test_a_film_accepted_before_its_masks_are_confirmed_goes_on_with_the_confirmation(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    mask_set = masks.propose(film=film, actor=cast.coordinator, rectangles=[[5, 5, 30, 10]])
    accept(cast, film)
    assert rendition_jobs(film) == 0
    masks.confirm(mask_set=mask_set, actor=cast.checker)
    assert (status(film), rendition_jobs(film)) == (FilmStatus.ACCEPTED, 1)


def test_a_refused_mask_set_brings_an_accepted_film_back_to_the_desk(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    mask_set = masks.propose(film=film, actor=cast.coordinator, rectangles=[[5, 5, 30, 10]])
    accept(cast, film)
    masks.refuse(mask_set=mask_set, actor=cast.checker, reason="Text is still visible")
    film.refresh_from_db()
    assert (film.status, film.status_reason) == ("deidentified", "Masks refused: Text is still visible")
    with pytest.raises(WrongState, match="refused"):
        accept(cast, film)


def test_a_film_of_both_sides_needs_its_cuts_first_and_a_cut_film_shows_both_sides(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    with pytest.raises(BadInput, match="is not cut into a left and a right part"):
        accept(cast, film, side="B")
    masks.propose(
        film=film, actor=cast.coordinator, rectangles=[], crops={"L": [0, 0, 90, 200], "R": [100, 0, 90, 200]}
    )
    with pytest.raises(BadInput, match="cut"):
        accept(cast, film, side="L")
    assert accept(cast, film, side="B").side == "B"


def test_a_rejected_film_says_why_in_words_for_the_site(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    quality.reject(film=film, actor=cast.coordinator, reason="cut-off", note="fifth toe")
    film.refresh_from_db()
    assert (film.status, film.status_reason) == ("rejected", "Joints are cut off: fifth toe")


def test_a_rejection_taken_back_brings_the_film_to_the_desk_again(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    with pytest.raises(WrongState, match="rejected"):
        quality.reopen(film=film, actor=cast.coordinator, reason="the toe is there")
    quality.reject(film=film, actor=cast.coordinator, reason="cut-off")
    film.refresh_from_db()
    with pytest.raises(BadInput, match="reason"):
        quality.reopen(film=film, actor=cast.coordinator, reason=" ")
    looked_at_before = Film.objects.get(pk=film.pk)
    quality.reopen(film=film, actor=cast.coordinator, reason="the toe is there")
    accept(cast, film)
    film.refresh_from_db()
    assert (film.status, film.designated, film.status_reason) == ("accepted", True, "")
    assert [one.decision for one in film.decisions.all()] == ["reject", "reopen", "accept"]
    with pytest.raises(WrongState, match="rejected"):
        quality.reopen(film=looked_at_before, actor=cast.coordinator, reason="from a page opened long ago")


def test_another_reason_needs_a_note_and_unknown_reasons_are_refused(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    with pytest.raises(BadInput, match="note"):
        quality.reject(film=film, actor=cast.coordinator, reason="other")
    with pytest.raises(BadInput, match="Joints are cut off"):
        quality.reject(film=film, actor=cast.coordinator, reason="ugly")


def test_a_questioned_film_stays_at_the_desk_and_can_be_accepted_after_the_answer(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    quality.question(film=film, actor=cast.coordinator, reason="side", text="Which side is it?")
    asked = Question.objects.get(film=film)
    assert status(film) == FilmStatus.QUESTIONED
    assert film in Film.objects.at_desk()
    assert asked.messages.get().text == "Which side is it?"
    accept(cast, film)
    assert status(film) == FilmStatus.ACCEPTED


def test_a_question_without_words_leaves_the_film_as_it_was(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    with pytest.raises(BadInput):
        quality.question(film=film, actor=cast.coordinator, reason="side", text="  ")
    assert status(film) == FilmStatus.DEIDENTIFIED
    assert not Question.objects.exists()


def test_only_a_ready_film_is_withdrawn_and_it_stops_counting(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    with pytest.raises(WrongState, match="ready"):
        quality.withdraw(film=film, actor=cast.coordinator, reason="identity")
    accept(cast, film)
    ready(film)
    quality.withdraw(film=film, actor=cast.coordinator, reason="identity")
    film.refresh_from_db()
    assert (film.status, film.designated) == ("withdrawn", False)
    assert film not in Film.objects.ready()


def test_a_film_accepted_anew_after_a_question_is_made_anew(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    accept(cast, film)
    quality.question(film=film, actor=cast.coordinator, reason="other", text="Are you certain?")
    accept(cast, film)
    assert rendition_jobs(film) == 2


@pytest.mark.parametrize("table", ["studies_qualitydecision"])
def test_a_decision_is_never_changed_or_deleted_by_sql(cast: DeskCast, table: str) -> None:
    decision = accept(cast, film_at_desk(cast))
    for sql in (f"UPDATE {table} SET side = 'R' WHERE id = %s", f"DELETE FROM {table} WHERE id = %s"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [decision.pk])


def test_one_role_of_each_kind_may_decide_as_the_table_of_roles_says(cast: DeskCast) -> None:
    allowed = {role for role in Role if role not in (Role.SYSTEM,)} - {Role.COORDINATOR}
    film = film_at_desk(cast)
    for role in allowed:
        with pytest.raises(NotAllowed):
            quality.reject(film=film, actor=Actor(cast.reader.user_id, "somebody", role), reason="motion")


CONTRADICTS = {"code": "polarity", "text": "MONOCHROME2 and PresentationLUTShape INVERSE contradict each other."}


def test_a_film_whose_polarity_contradicts_itself_is_accepted_once_a_person_has_chosen_it(cast: DeskCast) -> None:
    film = film_at_desk(cast, findings=[CONTRADICTS])
    with pytest.raises(BadInput, match="polarity"):
        accept(cast, film, acknowledged=["polarity"])
    assert status(film) == "deidentified"
    decision = accept(cast, film, acknowledged=["polarity"], inverted=True)
    film.refresh_from_db()
    assert (film.status, film.inverted, decision.inverted) == ("accepted", True, True)


def test_the_polarity_of_an_ordinary_film_cannot_be_changed(cast: DeskCast) -> None:
    film = film_at_desk(cast)
    with pytest.raises(BadInput, match="polarity"):
        accept(cast, film, inverted=True)


def test_the_page_asks_for_the_polarity_and_leaves_a_contradicted_date_open(cast: DeskCast) -> None:
    dates = {"code": "dates-contradict", "text": "AcquisitionDate is 2019-01-01, StudyDate is 2025-03-10."}
    plain, asked = AcceptForm(film_at_desk(cast)), AcceptForm(film_at_desk(cast, findings=[CONTRADICTS, dates]))
    assert (plain["film_date"].value(), asked["film_date"].value()) == (date(2024, 3, 1), None)
    assert asked["inverted"].value() is None
    from_site = AcceptForm(film_at_desk(cast, findings=[dates], film_date_source="site"))
    assert from_site["film_date"].value() == date(2024, 3, 1)
