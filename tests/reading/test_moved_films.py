"""A film on the wrong subject or visit is moved in one step; cases that showed it are voided and issued again."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Signature
from audit.models import Event
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.opening import cases_with_other_films, close_campaign
from reading.issuing.affected_cases import Moved
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.issuing.moved_films import move_and_reissue
from reading.models import Campaign, Case, CaseStatus, Read, VoidCause
from studies.models import Film, Visit
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, open_campaign_of, read_through
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=4, visits=("W00", "W24"))


def film_of(built_trial: BuiltTrial, subject: int, code: str, side: str = "L", view: str = "hand") -> Film:
    return Film.objects.select_related("trial", "site", "subject", "visit").get(
        subject=built_trial.subjects[subject], visit__code=code, side=side, view=view
    )


def visit_of(built_trial: BuiltTrial, subject: int, code: str) -> Visit:
    return Visit.objects.select_related("subject").get(subject=built_trial.subjects[subject], code=code)


def move(built_trial: BuiltTrial, film: Film, visit: Visit, scope: str = "film", **given: Any) -> Moved:
    return move_and_reissue(
        film=film, visit=visit, scope=scope, **{"reason": "filed wrongly", **built_trial.signs("coordinator"), **given}
    )


def issued(built_trial: BuiltTrial) -> Campaign:
    """An open campaign in which every case is issued to two readers."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    request_batch(
        campaign=campaign,
        actor=built_trial.actor("coordinator"),
        name="one",
        due_on=None,
        readers=[built_trial.people["reader"], built_trial.people["reader.two"]],
        size=99,
    )
    run_due_jobs()
    return campaign


def case_of(built_trial: BuiltTrial, campaign: Campaign, subject: int) -> Case:
    live = campaign.cases.live().select_related("campaign")
    return next(case for case in live if open_case_seal(case).subject == built_trial.subjects[subject].pk)


def shown_at(case: Case, built_trial: BuiltTrial, subject: int) -> dict[str, set[str]]:
    """The reader images of a case by visit."""
    codes = {visit.pk: visit.code for visit in built_trial.subjects[subject].visits.all()}
    return {codes[one.visit]: set(one.images.values()) for one in open_case_seal(case).timepoints}


def test_before_any_read_a_film_is_moved_without_a_password_and_keeps_its_history(built_trial: BuiltTrial) -> None:
    film, target = film_of(built_trial, 0, "W00"), visit_of(built_trial, 2, "W24")
    moved = move(built_trial, film, target, password="")
    now = Film.objects.get(pk=film.pk)
    assert (now.subject, now.visit, now.film_date) == (built_trial.subjects[2], target, film.film_date)
    assert (moved.cases, Signature.objects.count()) == ((), 0)
    recorded = Event.objects.filter(action="studies.film.moved").get()
    assert recorded.subject_id == str(film.pk)
    assert recorded.content["reason"] == "filed wrongly"
    assert recorded.content["changes"]["visit"] == ["S000 W00", "S002 W24"]


def test_a_film_that_meets_one_of_its_view_does_not_count_until_the_desk_chooses_it(built_trial: BuiltTrial) -> None:
    film, target = film_of(built_trial, 0, "W00"), visit_of(built_trial, 0, "W24")
    move(built_trial, film, target)
    assert not Film.objects.get(pk=film.pk).designated
    assert film_of(built_trial, 2, "W24").designated


def test_two_visits_exchanged_void_the_case_and_issue_it_again_with_each_film_at_its_visit(
    built_trial: BuiltTrial,
) -> None:
    campaign = issued(built_trial)
    old, untouched = case_of(built_trial, campaign, 0), case_of(built_trial, campaign, 1)
    before, readers = shown_at(old, built_trial, 0), {read.reader_id for read in old.reads.all()}
    moved = move(built_trial, film_of(built_trial, 0, "W00"), visit_of(built_trial, 0, "W24"), "exchange")
    run_due_jobs()
    old.refresh_from_db()
    untouched.refresh_from_db()
    assert (old.status, old.void_reason, untouched.status) == (CaseStatus.VOIDED, "filed wrongly", CaseStatus.OPEN)
    assert old.void_cause == VoidCause.FILMS
    assert len(moved.films) == 8
    new = case_of(built_trial, campaign, 0)
    assert moved.cases == ((old, new),)
    assert shown_at(new, built_trial, 0) == {"W00": before["W24"], "W24": before["W00"]}
    assert {read.reader_id for read in new.reads.all()} == readers
    assert cases_with_other_films(campaign) == []


def test_a_case_voided_before_its_reads_are_issued_is_issued_again_to_the_same_people(built_trial: BuiltTrial) -> None:
    campaign = issued(built_trial)
    readers = {read.reader_id for read in case_of(built_trial, campaign, 0).reads.all()}
    film = film_of(built_trial, 0, "W00")
    for code in ("W24", "W00"):
        move(built_trial, film, visit_of(built_trial, 0, code), "exchange", reason=f"belongs to {code}")
        film.refresh_from_db()
    run_due_jobs()
    assert {read.reader_id for read in case_of(built_trial, campaign, 0).reads.all()} == readers
    assert len(readers) == 2


def test_a_film_of_another_subject_changes_the_cases_of_both_and_one_signature_covers_it(
    built_trial: BuiltTrial,
) -> None:
    campaign = issued(built_trial)
    old = {case_of(built_trial, campaign, number).pk for number in (0, 2)}
    Film.objects.filter(pk=film_of(built_trial, 2, "W24").pk).update(status="withdrawn", designated=False)
    record_rows("TWO", [film_of(built_trial, 2, "W24")])
    before = Signature.objects.count()
    moved = move(built_trial, film_of(built_trial, 0, "W24"), visit_of(built_trial, 2, "W24"))
    assert {case.pk for case, _ in moved.cases} == old
    new = Signature.objects.order_by("pk")[before:]
    assert [one.meaning.split()[1] for one in new] == ["move", "void", "issue", "void", "issue"]
    assert Film.objects.get(pk=film_of(built_trial, 2, "W24", "R").pk).visit == visit_of(built_trial, 2, "W24")


def test_the_same_form_sent_twice_moves_once_and_a_wrong_password_moves_nothing(built_trial: BuiltTrial) -> None:
    issued(built_trial)
    film, target = film_of(built_trial, 0, "W00"), visit_of(built_trial, 0, "W24")
    with pytest.raises(BadInput, match="The password is wrong"):
        move(built_trial, film, target, "exchange", password="another")
    assert Film.objects.get(pk=film.pk).visit == film.visit
    assert len(move(built_trial, film, target, "exchange").films) == 8
    again = Film.objects.select_related("trial", "site", "subject", "visit").get(pk=film.pk)
    assert move(built_trial, again, target, "exchange") == Moved()
    with pytest.raises(WrongState, match=r"is already filed under visit W24 of subject S000"):
        move(built_trial, again, target, "exchange", reason="another reason")


def test_a_case_left_with_too_few_timepoints_is_voided_and_not_issued(built_trial: BuiltTrial) -> None:
    campaign = issued(built_trial)
    old = case_of(built_trial, campaign, 0)
    moved = move(built_trial, film_of(built_trial, 0, "W24"), visit_of(built_trial, 0, "W00"), "visit")
    assert moved.cases == ((old, None),)


def test_a_closed_campaign_is_reopened_before_a_film_of_it_is_moved(built_trial: BuiltTrial) -> None:
    campaign = issued(built_trial)
    for read in Read.objects.filter(case__campaign=campaign):
        read_through(read)
    run_due_jobs()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    film, target = film_of(built_trial, 0, "W00"), visit_of(built_trial, 0, "W24")
    with pytest.raises(WrongState, match="Reopen the campaign first"):
        move(built_trial, film, target, "exchange")
    assert Film.objects.get(pk=film.pk).visit == film.visit
    campaign.batches.update(seed_revealed_at=campaign.film_cut_off)
    record_rows("TWO", campaign.batches.all())
    moved = move(built_trial, film, target, "exchange")
    assert (moved.cases, [one.code for one in moved.kept]) == ((), ["C1"])


def test_a_late_film_of_a_visit_that_its_case_lacked_is_in_the_case_issued_again() -> None:
    """The list of cases with other films would otherwise never become empty."""
    built_trial = build_reading_trial(subjects=2)
    late = Film.objects.filter(subject=built_trial.subjects[0], visit__code="W52")
    late.update(status="deidentified")
    record_rows("TWO", late)
    campaign = issued(built_trial)
    assert set(shown_at(case_of(built_trial, campaign, 0), built_trial, 0)) == {"W00", "W24"}
    late.update(status="ready")
    record_rows("TWO", late)
    ((case, says),) = cases_with_other_films(campaign)
    assert says == "4 new films, 0 no longer valid"
    void_and_reissue(case=case, reason="late films", **built_trial.signs("coordinator"))
    assert set(shown_at(case_of(built_trial, campaign, 0), built_trial, 0)) == {"W00", "W24", "W52"}
    assert cases_with_other_films(campaign) == []


def test_only_films_of_the_site_that_count_and_reached_the_desk_are_moved(built_trial: BuiltTrial) -> None:
    film = film_of(built_trial, 0, "W00")
    with pytest.raises(BadInput, match="belongs to another site"):
        move(built_trial, film, visit_of(built_trial, 1, "W00"))
    visit = visit_of(built_trial, 2, "W00")
    Visit.objects.filter(pk=visit.pk).update(not_done_reason="moved away")
    record_rows("TWO", [visit])
    with pytest.raises(WrongState, match="is recorded as not done. Choose another visit"):
        move(built_trial, film, visit)
    with pytest.raises(BadInput, match="A reason is needed"):
        move(built_trial, film, visit, reason=" ")
    Film.objects.filter(pk=film.pk).update(status="withdrawn", designated=False)
    record_rows("TWO", [film])
    with pytest.raises(WrongState, match="Only a film that has a visit, has reached the desk and was not rejected"):
        move(built_trial, film, visit_of(built_trial, 2, "W24"))


def test_the_page_moves_the_film_and_says_what_followed(built_trial: BuiltTrial, client: Any) -> None:
    issued(built_trial)
    film, target = film_of(built_trial, 0, "W00"), visit_of(built_trial, 0, "W24")
    client.force_login(built_trial.people["coordinator"], backend="django.contrib.auth.backends.ModelBackend")
    assert f"/trials/TWO/films/{film.pk}/move/" in client.get(f"/trials/TWO/films/{film.pk}/").content.decode()
    page = client.get(f"/trials/TWO/films/{film.pk}/move/").content.decode()
    assert "Filed under visit W00 of subject S000" in page
    assert "I move these films for the reason given. For every case whose films this changes, if any:" in page
    given = {"visit": target.pk, "scope": "exchange", "reason": "exchanged", "password": PASSWORD}
    shown = client.post(f"/trials/TWO/films/{film.pk}/move/", given, follow=True).content.decode()
    assert "8 films were moved." in shown
    assert "No case is affected" not in shown
    assert "is voided; it is issued again as case 5." in shown
    assert "Film moved" in shown or "moved film" in shown


def test_a_move_that_affects_no_case_says_so(built_trial: BuiltTrial, client: Any) -> None:
    film, target = film_of(built_trial, 0, "W00"), visit_of(built_trial, 2, "W24")
    client.force_login(built_trial.people["coordinator"], backend="django.contrib.auth.backends.ModelBackend")
    address = f"/trials/TWO/films/{film.pk}/move/"
    assert "I void this case" not in client.get(address).content.decode()
    given = {"visit": target.pk, "scope": "film", "reason": "filed wrongly"}
    shown = client.post(address, given, follow=True).content.decode()
    assert "1 film was moved. No case is affected." in shown
