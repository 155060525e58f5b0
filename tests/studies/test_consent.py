"""After a subject withdrew consent, no film of theirs comes in by any way, and none that came is opened or changed."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from studies.arrival import intake
from studies.arrival.replacement import set_aside
from studies.arrival.senders import issue_token
from studies.desk import masks
from studies.desk.moving import move_films
from studies.desk.queue import waiting
from studies.models import ConsentWithdrawal, Film, FilmStatus, TransmittalEntry
from studies.plan.consent import correct_withdrawal, record_instruction, record_withdrawal
from studies.plan.still_to_come import still_to_come
from studies.plan.subjects import enrol
from tests.studies.dicomweb.test_stow import reasons, stow
from tests.studies.films import dx, file_of
from tests.studies.planned import SETTING_UP, Planned, film_of
from tests.studies.sending import arrived, send

SAYS = "Subject 01-001 withdrew consent. No film of the subject is accepted, and this file is not kept."
OF_SUBJECT: dict[str, Any] = {"PatientID": "01-001", "ClinicalTrialTimePointID": "BL"}


def withdrawn(planned: Planned, subject: int = 0) -> ConsentWithdrawal:
    return record_withdrawal(
        subject=planned.subjects[subject],
        withdrawn_on=date(2026, 1, 31),
        statement="All further use of films",
        instruction="",
        actor=planned.actor("coordinator"),
    )


def stored_files(stores: Path) -> int:
    return sum(path.is_file() for path in stores.rglob("*"))


def test_no_new_film_of_the_subject_is_kept_by_any_way_in(ra1: Planned, stores: Path) -> None:
    held = withdrawn(ra1)
    receipt = send(ra1, file_of(dx()), visit=ra1.visit())
    assert (receipt.outcome, receipt.reason, receipt.film) == ("refused", SAYS, None)
    _, token = issue_token(trial=ra1.trial, site=ra1.sites[0], label="PACS of 01", actor=SETTING_UP)
    answer = stow(token, file_of(dx(SOPInstanceUID="1.2.3.9", **OF_SUBJECT)))
    assert (answer.status_code, reasons(answer)) == (409, [0x0124])
    assert not Film.objects.exists()
    # Nobody said whose film it is: the job finds the subject in the header.
    film = arrived(ra1, file_of(dx(**OF_SUBJECT)))
    assert (film.status, film.status_reason, film.original_file, film.subject) == (FilmStatus.REFUSED, SAYS, "", None)
    assert stored_files(stores) == 0
    assert [entry.reason for entry in TransmittalEntry.objects.filter(outcome="refused")] == [SAYS, SAYS]
    other = send(ra1, file_of(dx()), site=1, visit=ra1.visit(1))
    assert other.outcome == "filed"
    correct_withdrawal(withdrawal=held, reason="Another subject was meant", actor=ra1.actor("coordinator"))
    assert arrived(ra1, file_of(dx()), visit=ra1.visit()).status == FilmStatus.DEIDENTIFIED


def test_one_who_withdrew_is_enough_if_sender_and_header_name_two_subjects(ra1: Planned, stores: Path) -> None:
    other = enrol(trial=ra1.trial, site=ra1.sites[0], code="01-002", actor=SETTING_UP)
    withdrawn(ra1)
    one: dict[str, Any] = {"PatientID": "01-001"}
    two: dict[str, Any] = {**one, "ClinicalTrialSubjectID": "01-002"}
    for number, header in enumerate((one, two)):
        content = file_of(dx(SOPInstanceUID=f"1.2.8.{number}", **header))
        film = arrived(ra1, content, visit=other.visits.select_related("subject").get(code="BL"))
        assert (film.status, film.status_reason, film.original_file) == (FilmStatus.REFUSED, SAYS, "")
    _, token = issue_token(trial=ra1.trial, site=ra1.sites[0], label="PACS of 01", actor=SETTING_UP)
    assert reasons(stow(token, file_of(dx(SOPInstanceUID="1.2.9", **two)))) == [0x0124]
    assert stored_files(stores) == 0


def test_films_that_came_before_leave_the_desk_and_are_opened_and_changed_by_nobody(ra1: Planned, stores: Path) -> None:
    coordinator = ra1.actor("coordinator")
    film, waits = arrived(ra1, file_of(dx()), visit=ra1.visit()), send(ra1, file_of(dx(SOPInstanceUID="1.2.7"))).film
    other = film_of(ra1.visit(0, "W24"))
    drawn = masks.propose(film=film, actor=coordinator, rectangles=[[10, 20, 30, 40]])
    held = withdrawn(ra1)
    before = stored_files(stores)
    assert not waiting(ra1.trial).exists()
    assert not masks.waiting(ra1.trial).exists()
    page, picture = f"desk/{film.pk}/", f"desk/{film.pk}/picture/preview.jpg"
    client = ra1.client("coordinator")
    assert client.get(ra1.url(page))["Location"] == ra1.url(f"films/{film.pk}/")
    assert client.get(ra1.url(picture)).status_code == 404
    shown = client.get(ra1.url(f"films/{film.pk}/")).content.decode()
    assert "Subject 01-001 withdrew consent." in shown
    assert "preview.jpg" not in shown
    assert client.post(ra1.url(f"{page}reject/"), {"reason": "motion"}).status_code == 409
    of_site = ra1.client("site 01").get(ra1.url(f"site/films/{film.pk}/")).content.decode()
    assert "Subject 01-001 withdrew consent." in of_site
    assert "01-001 · Baseline" not in ra1.client("site 01").get(ra1.url("site/upload/")).content.decode()
    with pytest.raises(WrongState, match=f"Film {film.pk} is closed, because its subject withdrew consent"):
        masks.confirm(mask_set=drawn, actor=ra1.actor("checker"))
    assert waits is not None
    run_due_jobs()
    waits.refresh_from_db()
    assert waits.status == FilmStatus.HELD
    with pytest.raises(BadInput, match="so no film can be filed under the subject"):
        intake.complete(film=waits, visit=ra1.visit(), actor=ra1.actor("site 01"))
    assert still_to_come(ra1.trial, date(2026, 3, 1), ra1.sites[0]).all == 0
    assert (film.status, stored_files(stores)) == (FilmStatus.DEIDENTIFIED, before)
    correct_withdrawal(withdrawal=held, reason="Another subject was meant", actor=coordinator)
    assert set(waiting(ra1.trial)) == {film, other}
    assert client.get(ra1.url(picture)).status_code == 200


def test_a_film_is_neither_moved_to_a_subject_who_withdrew_consent_nor_away_from_them(ra1: Planned) -> None:
    coordinator = ra1.actor("coordinator")
    other = enrol(trial=ra1.trial, site=ra1.sites[0], code="01-002", actor=SETTING_UP)
    theirs = other.visits.get(code="BL")
    film, closed = film_of(theirs), film_of(ra1.visit())
    withdrawn(ra1)
    with pytest.raises(BadInput, match="no film can be filed under the subject"):
        move_films(film=film, visit=ra1.visit(), scope="film", reason="filed wrongly", actor=coordinator)
    with pytest.raises(WrongState, match="is closed"):
        move_films(film=closed, visit=theirs, scope="film", reason="filed wrongly", actor=coordinator)


def test_their_films_are_replaced_and_sent_again_without_being_opened(ra1: Planned) -> None:
    content = file_of(dx(StudyDate=None))
    known: dict[str, Any] = {"status": FilmStatus.HELD, "film_date": None, "sha256": sha256(content).hexdigest()}
    old, held = film_of(ra1.visit()), film_of(ra1.visit(0, "W24"), **known)
    new = film_of(ra1.visit(1), replaces=old)
    withdrawn(ra1)
    set_aside(film=new, actor=ra1.actor("coordinator"))
    old.refresh_from_db()
    assert (old.status, old.designated) == (FilmStatus.REJECTED, False)
    receipt = send(ra1, content, film_date=date(2026, 1, 2))
    assert (receipt.outcome, receipt.film) == ("duplicate", held)
    assert SAYS in receipt.reason
    held.refresh_from_db()
    assert (held.status, held.film_date) == (FilmStatus.HELD, None)


def test_a_withdrawal_is_recorded_once_completed_and_corrected_once(ra1: Planned) -> None:
    coordinator, held = ra1.actor("coordinator"), withdrawn(ra1)
    with pytest.raises(WrongState, match="already recorded that subject 01-001 withdrew consent"):
        withdrawn(ra1)
    with pytest.raises(BadInput, match="The date cannot be"):
        record_withdrawal(
            subject=ra1.subjects[1],
            withdrawn_on=timezone.localdate() + timedelta(days=9),
            statement="All",
            instruction="",
            actor=coordinator,
        )
    record_instruction(withdrawal=held, instruction="Letter of 3 May: delete nothing", actor=coordinator)
    held.refresh_from_db()
    assert held.instruction == "Letter of 3 May: delete nothing"
    correct_withdrawal(withdrawal=held, reason="Another subject was meant", actor=coordinator)
    with pytest.raises(WrongState, match="was not withdrawn"):
        correct_withdrawal(withdrawal=held, reason="Another subject was meant", actor=coordinator)
    assert withdrawn(ra1).pk != held.pk
