"""The same file again: it answers with what became of the first copy, and can be filed again once that one is gone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from audit.models import Event
from config.errors import WrongState
from imaging.decoder import client
from jobs.carrying import carry_job, run_due_jobs
from jobs.models import Job
from studies.arrival import held
from studies.arrival.content import content_of
from studies.arrival.sop_instances import claim
from studies.arrival.work_folder import opened_original
from studies.desk import quality
from studies.models import Film, FilmStatus, TransmittalEntry, Visit
from studies.plan.subjects import enrol
from tests.studies.films import (
    JPEG_2000_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    RLE,
    compressed,
    dx,
    file_of,
    picture,
)
from tests.studies.planned import SETTING_UP, Planned, film_of
from tests.studies.sending import arrived, blind_object, send

CUT = file_of(dx(Rows=65))


def findings(film: Film) -> dict[str, str]:
    """The findings of the film as it is now, by code."""
    film.refresh_from_db()
    return {finding["code"]: finding["text"] for finding in film.findings}


@pytest.mark.parametrize("became", ["refused", "rejected", "withdrawn"])
def test_a_file_whose_film_is_gone_is_filed_again_for_the_right_subject(ra1: Planned, became: str) -> None:
    first = arrived(ra1, file_of(dx()), visit=ra1.visit())
    Film.objects.filter(pk=first.pk).update(status=became)
    again = arrived(ra1, file_of(dx()), visit=ra1.visit(code="W24"), film_date=date(2024, 7, 17))
    assert (again.status, again.visit) == (FilmStatus.DEIDENTIFIED, ra1.visit(code="W24"))
    assert findings(again)["same-pixels"] == f"The same image was also received as {first} ({became})."
    assert blind_object(again).SOPInstanceUID != blind_object(first).SOPInstanceUID


@pytest.mark.parametrize("became", ["rejected", "withdrawn"])
def test_a_file_first_sent_for_the_wrong_subject_is_filed_for_the_right_one(ra1: Planned, became: str) -> None:
    wrong = arrived(ra1, file_of(dx()), visit=ra1.visit())
    Film.objects.filter(pk=wrong.pk).update(status=became)
    right = visit_of_another(ra1)
    again = arrived(ra1, file_of(dx()), visit=right)
    assert (again.status, again.subject, again.visit) == (FilmStatus.DEIDENTIFIED, right.subject, right)
    assert findings(again)["same-pixels"] == f"The same image was also received as {wrong} ({became})."


def visit_of_another(ra1: Planned) -> Visit:
    """The baseline of a second subject of site 01."""
    ra1.subjects.append(enrol(trial=ra1.trial, site=ra1.sites[0], code="01-002", actor=SETTING_UP))
    return ra1.visit(len(ra1.subjects) - 1)


def test_a_film_its_site_took_back_can_be_sent_again(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(StudyDate=None)), visit=ra1.visit())
    held.discard(film=film, reason="of another visit", actor=ra1.actor("site 01"))
    again = arrived(ra1, file_of(dx(StudyDate=None)), visit=ra1.visit(), film_date=date(2024, 1, 31))
    assert again.pk != film.pk
    assert again.status == FilmStatus.DEIDENTIFIED


def test_a_duplicate_says_what_became_of_the_first_copy(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    receipt = send(ra1, file_of(dx()), visit=ra1.visit())
    assert (receipt.outcome, receipt.failed) == ("duplicate", False)
    assert receipt.reason == f"The same file was received before: {film} is at the desk."


def test_a_file_refused_by_this_version_fails_again_and_the_next_reads_it_again(ra1: Planned, settings: Any) -> None:
    first = arrived(ra1, CUT, visit=ra1.visit())
    again = send(ra1, CUT, visit=ra1.visit())
    assert (again.outcome, again.film, again.failed) == ("duplicate", first, True)
    assert again.reason.startswith(
        f"The same file was received before: {first} was refused: The pixel data has 13,824 bytes"
    )
    settings.SPECTACULAR_SETTINGS = {**settings.SPECTACULAR_SETTINGS, "VERSION": "99"}
    assert send(ra1, CUT, visit=ra1.visit()).outcome == "filed"


def test_a_refused_film_is_read_again_from_the_bytes_that_were_kept(ra1: Planned) -> None:
    film = arrived(ra1, CUT, visit=ra1.visit())
    held.read_again(film=film, actor=ra1.actor("site 01"))
    film.refresh_from_db()
    assert film.status == FilmStatus.RECEIVED
    run_due_jobs()
    film.refresh_from_db()
    assert film.status == FilmStatus.REFUSED
    assert Event.objects.filter(action="studies.film.read-again").count() == 1


def test_what_a_site_took_back_is_not_read_again(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(StudyDate=None)), visit=ra1.visit())
    held.discard(film=film, reason="by mistake", actor=ra1.actor("site 01"))
    with pytest.raises(WrongState, match="Only a film that was refused as unreadable can be read again."):
        held.read_again(film=film, actor=ra1.actor("site 01"))
    with pytest.raises(WrongState, match="held"):
        held.complete(film=film, film_date=date(2024, 1, 31), actor=ra1.actor("site 01"))


def test_the_copy_of_another_site_is_filed_with_a_finding(ra1: Planned) -> None:
    first = arrived(ra1, file_of(dx()), visit=ra1.visit())
    other = arrived(ra1, file_of(dx()), site=1, visit=ra1.visit(1))
    assert (other.site, other.status) == (ra1.sites[1], FilmStatus.DEIDENTIFIED)
    assert findings(other)["other-site"] == f"The same film was also sent by site 01 ({first})."
    assert blind_object(other).SOPInstanceUID != blind_object(first).SOPInstanceUID


def test_the_rejected_copy_of_another_site_can_come_back(ra1: Planned) -> None:
    arrived(ra1, file_of(dx()), visit=ra1.visit())
    other = arrived(ra1, file_of(dx()), site=1, visit=ra1.visit(1))
    quality.reject(film=other, reason="exposure", actor=ra1.actor("coordinator"))
    quality.reopen(film=other, reason="it can be read", actor=ra1.actor("coordinator"))
    other.refresh_from_db()
    assert other.status == FilmStatus.DEIDENTIFIED


@pytest.mark.parametrize("read", [True, False])
def test_the_same_file_for_another_subject_or_visit_is_a_finding(ra1: Planned, read: bool) -> None:
    first = send(ra1, file_of(dx()), visit=ra1.visit()).film
    assert first is not None
    if read:
        run_due_jobs()
    again = send(ra1, file_of(dx()), visit=ra1.visit(code="W24"))
    run_due_jobs()
    assert findings(first)["sent-again"] == "The same file was sent again, declared for visit W24."
    assert "This time it was declared for visit W24. The people at the desk see both declarations." in again.reason
    entry = TransmittalEntry.objects.get(outcome="duplicate")
    assert (entry.visit, entry.subject) == (ra1.visit(code="W24"), ra1.subjects[0])
    assert Event.objects.get(action="studies.film.received-again").content["details"]["says"] == entry.reason


def test_the_same_file_for_another_subject_is_a_finding_at_the_first(ra1: Planned) -> None:
    first = arrived(ra1, file_of(dx()), visit=ra1.visit())
    again = send(ra1, file_of(dx()), visit=visit_of_another(ra1))
    assert "subject 01-002" in findings(first)["sent-again"]
    assert "subject 01-002" in again.reason
    assert first.subject == ra1.subjects[0]


def test_a_contradiction_is_reported_once(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    for _ in range(2):
        send(ra1, file_of(dx()), visit=ra1.visit(code="W24"))
    film.refresh_from_db()
    assert [finding["code"] for finding in film.findings] == ["sent-again"]


def test_a_held_film_is_completed_by_the_same_file_sent_with_what_it_lacked(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(StudyDate=None)))
    assert film.status == FilmStatus.HELD
    receipt = send(ra1, file_of(dx(StudyDate=None)), visit=ra1.visit(), film_date=date(2024, 1, 31))
    assert receipt.reason.endswith("Missing information was added: visit BL, subject 01-001, film date 2024-01-31.")
    run_due_jobs()
    film.refresh_from_db()
    assert (film.status, film.visit, film.film_date) == (FilmStatus.DEIDENTIFIED, ra1.visit(), date(2024, 1, 31))


def test_a_rejection_is_not_taken_back_when_the_same_file_was_filed_again(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    quality.reject(film=film, reason="wrong-subject", actor=ra1.actor("coordinator"))
    again = arrived(ra1, file_of(dx()), visit=ra1.visit())
    with pytest.raises(WrongState, match=f"received in the meantime .{again}.. Reject or withdraw that film first"):
        quality.reopen(film=film, reason="it was right", actor=ra1.actor("coordinator"))


def test_the_same_image_with_other_headers_bytes_is_filed_again_too_once_the_first_is_gone(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    wrapped = dx()
    wrapped.file_meta.SourceApplicationEntityTitle = "OTHERPACS"
    content = file_of(wrapped)
    assert arrived(ra1, content, visit=ra1.visit()).status == FilmStatus.REFUSED
    assert send(ra1, content, visit=ra1.visit()).film == film, "it stands for the film that has the image"
    Film.objects.filter(pk=film.pk).update(status=FilmStatus.WITHDRAWN)
    assert arrived(ra1, content, visit=ra1.visit()).status == FilmStatus.DEIDENTIFIED


def test_a_date_confirmed_while_the_film_is_read_is_kept(ra1: Planned) -> None:
    film = film_of(ra1.visit(), status="received")
    held.confirm_date(film=film, film_date=date(2024, 1, 30), actor=ra1.actor("site 01"))
    film.refresh_from_db()
    assert film.film_date == date(2024, 1, 30)


@pytest.mark.parametrize("back", [False, True])
def test_the_same_image_compressed_without_loss_or_expanded_again_is_one_film(ra1: Planned, back: bool) -> None:
    packed = [compressed(picture(), syntax) for syntax in (JPEG_LOSSLESS_SV1, JPEG_LS, JPEG_2000_LOSSLESS, RLE)]
    said = [compressed(picture(), JPEG_LS, DerivationDescription="Lossless JPEG-LS", LossyImageCompression="00")]
    first, *others = [*packed, *said, file_of(dx())][:: -1 if back else 1]
    film = arrived(ra1, first, visit=ra1.visit())
    for content in others:
        again = arrived(ra1, content, visit=ra1.visit())
        assert again.status_reason == f"The same image was received before ({film})."
        assert send(ra1, content, visit=ra1.visit()).film == film, "it stands for the film that has the image"


def test_two_encodings_on_their_way_at_once_are_one_film(ra1: Planned) -> None:
    first = send(ra1, file_of(dx()), visit=ra1.visit()).film
    assert first is not None
    with opened_original(first) as original:
        content = content_of(client.run("inspect", film=original))
    claim(first, str(dx().SOPInstanceUID), content)  # as far as its worker has got
    second = send(ra1, compressed(picture(), JPEG_LS), visit=ra1.visit()).film
    assert second is not None
    carry_job(Job.objects.get(kind="studies.deidentify", payload__film=second.pk).pk)
    second.refresh_from_db()
    assert second.status_reason == f"The same image was received before ({first})."


def test_a_compressed_copy_with_other_pixels_or_another_patient_is_held(ra1: Planned) -> None:
    arrived(ra1, file_of(dx()), visit=ra1.visit())
    for content in (compressed(picture(seed=2), JPEG_LS), compressed(picture(), JPEG_LS, PatientID="ZZ-0002")):
        assert arrived(ra1, content, visit=ra1.visit()).status == FilmStatus.HELD


def test_the_compressed_copy_of_another_site_is_filed_and_can_come_back(ra1: Planned) -> None:
    first = arrived(ra1, file_of(dx()), visit=ra1.visit())
    other = arrived(ra1, compressed(picture(), RLE), site=1, visit=ra1.visit(1))
    assert findings(other)["other-site"] == f"The same film was also sent by site 01 ({first})."
    quality.reject(film=other, reason="exposure", actor=ra1.actor("coordinator"))
    quality.reopen(film=other, reason="it can be read", actor=ra1.actor("coordinator"))
    other.refresh_from_db()
    assert other.status == FilmStatus.DEIDENTIFIED


def test_the_same_image_in_implicit_and_explicit_encoding_is_one_film(ra1: Planned) -> None:
    first = arrived(ra1, file_of(dx(picture())), visit=ra1.visit())
    again = arrived(ra1, file_of(dx(picture()), implicit=True), visit=ra1.visit())
    assert (again.status, again.status_reason) == (FilmStatus.REFUSED, f"The same image was received before ({first}).")
