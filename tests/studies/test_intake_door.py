"""The door behind every way in: who may send what for whom, and what the manifest says of it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from config.errors import BadInput, NotAllowed, WrongState
from jobs.carrying import run_due_jobs
from studies.arrival import intake
from studies.arrival.originals import open_original
from studies.arrival.quarantine import StoreFull
from studies.arrival.zipped import receive_each
from studies.models import Film, FilmStatus, TransmittalEntry
from tests.studies.films import JPEG_LS, compressed, dx, file_of, picture
from tests.studies.planned import Planned, film_of
from tests.studies.sending import arrived, blind_object, send


def test_names_are_for_people_and_lose_what_is_not(ra1: Planned) -> None:
    for given, shown in (
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\a.dcm", "a.dcm"),
        ("a\nb\x00.dcm", "a?b?.dcm"),
        ("", "unnamed"),
        ("x" * 400, "x" * 255),
    ):
        assert intake.shown_name(given) == shown


def test_a_reader_cannot_send_films(ra1: Planned) -> None:
    with pytest.raises(NotAllowed):
        intake.open_transmittal(trial=ra1.trial, site=ra1.sites[0], channel="browser", actor=ra1.actor("reader"))


def test_a_site_of_another_trial_is_a_wrong_call(ra1: Planned, ra2: Planned) -> None:
    with pytest.raises(BadInput, match="a site of trial RA-1"):
        intake.open_transmittal(trial=ra1.trial, site=ra2.sites[0], channel="browser", actor=ra1.actor("site 01"))


def test_a_subject_or_visit_of_another_site_is_a_wrong_call(ra1: Planned) -> None:
    for declared in ({"subject": ra1.subjects[1]}, {"visit": ra1.visit(1)}):
        with pytest.raises(BadInput):
            send(ra1, file_of(dx()), **declared)
    with pytest.raises(BadInput):
        send(ra1, file_of(dx()), subject=ra1.subjects[0], visit=ra1.visit(1))
    assert not Film.objects.exists()


def test_what_was_turned_away_is_in_the_manifest_and_in_the_trail(ra1: Planned, stores: Path) -> None:
    receipt = send(ra1, b"<html>Smith</html>", name="Smith.dcm")
    assert (receipt.outcome, receipt.film) == ("refused", None)
    assert receipt.reason == "The file is an HTML page. Send DICOM, JPEG, PNG, TIFF or zip."
    entry = TransmittalEntry.objects.get()
    assert (entry.outcome, entry.size, len(entry.sha256)) == ("refused", 18, 64)
    assert not [path for path in stores.rglob("*") if path.is_file()]
    event = Event.objects.get(action="studies.file.refused")
    assert event.content["details"]["code"] == "not-a-film"


def test_a_file_that_is_too_long_is_refused_while_it_comes(ra1: Planned, settings: Any, stores: Path) -> None:
    settings.MAX_FILE_BYTES = 5000
    receipt = send(ra1, file_of(dx()))
    assert (receipt.outcome, receipt.reason) == ("refused", "The file has more than 5000 bytes.")
    assert not [path for path in stores.rglob("*") if path.is_file()]


def test_a_full_disk_refuses_clearly_and_loses_nothing(ra1: Planned, settings: Any) -> None:
    first = send(ra1, file_of(dx())).film
    settings.MIN_FREE_BYTES = 1 << 60
    with pytest.raises(StoreFull):
        send(ra1, file_of(dx(SOPInstanceUID="1.2.3.2")))
    assert list(Film.objects.all()) == [first]


def test_members_of_a_zip_are_received_one_by_one(ra1: Planned) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("good.dcm", file_of(dx()))
        archive.writestr("inner.zip", b"PK\x05\x06" + b"\x00" * 18)
        archive.writestr("bomb.dcm", b"\x00" * 40_000_000, zipfile.ZIP_DEFLATED)
    outcomes = {name: receipt.outcome for name, receipt in received(ra1, "films.zip", out)}
    assert outcomes == {
        "films.zip/good.dcm": "filed",
        "films.zip/inner.zip": "refused",
        "films.zip/bomb.dcm": "refused",
    }


def test_a_zip_that_cannot_be_opened_is_a_line_of_the_manifest_to_the_byte(ra1: Planned) -> None:
    content = b"PK\x03\x04 nothing"
    ((name, receipt),) = received(ra1, "cut.zip", io.BytesIO(content))
    assert (name, receipt.outcome) == ("cut.zip", "refused")
    assert receipt.reason == "The zip has no directory. It may be cut short."
    assert (receipt.entry.size, receipt.entry.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def received(ra1: Planned, name: str, file: io.BytesIO) -> list[tuple[str, intake.IntakeReceipt]]:
    """What the door says of a file that site 01 sends."""
    actor = ra1.actor("site 01")
    file.seek(0)
    opened = intake.open_transmittal(trial=ra1.trial, site=ra1.sites[0], channel="browser", actor=actor)
    return list(receive_each(transmittal=opened, name=name, file=file, actor=actor))


def test_the_same_image_in_another_wrapping_is_not_kept_twice(ra1: Planned) -> None:
    first = arrived(ra1, file_of(dx()), visit=ra1.visit())
    ds = dx()
    ds.file_meta.SourceApplicationEntityTitle = "OTHERPACS"
    again = arrived(ra1, file_of(ds), visit=ra1.visit())
    assert (again.status, again.status_reason) == (FilmStatus.REFUSED, f"The same image was received before ({first}).")


def test_one_uid_on_two_pictures_is_held_for_the_site(ra1: Planned) -> None:
    first = arrived(ra1, file_of(dx()), visit=ra1.visit())
    again = arrived(ra1, compressed(picture(seed=9), JPEG_LS), visit=ra1.visit())
    assert again.status == FilmStatus.HELD
    assert str(first) in again.status_reason


def test_a_site_keeps_both_pictures_of_one_uid_or_takes_one_back(ra1: Planned) -> None:
    arrived(ra1, file_of(dx()), visit=ra1.visit())
    both, mistake = (arrived(ra1, compressed(picture(seed=seed), JPEG_LS), visit=ra1.visit()) for seed in (8, 9))
    site = ra1.client("site 01")
    for film, button in ((both, "apart"), (mistake, "back")):
        assert site.post(ra1.url(f"site/films/{film.pk}/settle/"), {"reason": "", button: ""}).status_code == 400
        asked = {"reason": "the detector repeats its UIDs", button: ""}
        assert site.post(ra1.url(f"site/films/{film.pk}/settle/"), asked).status_code == 302
    run_due_jobs()
    both.refresh_from_db()
    mistake.refresh_from_db()
    assert both.status == FilmStatus.DEIDENTIFIED
    assert (mistake.status, mistake.status_reason) == (
        FilmStatus.REFUSED,
        "Taken back by the site: the detector repeats its UIDs",
    )
    uids = [blind_object(film).SOPInstanceUID for film in Film.objects.filter(status=FilmStatus.DEIDENTIFIED)]
    assert len(uids) == len(set(uids)) == 2


def test_only_a_double_is_kept_apart(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(StudyDate=None)), visit=ra1.visit())
    with pytest.raises(WrongState, match="identifier"):
        intake.keep_apart(film=film, reason="because", actor=ra1.actor("site 01"))


def test_a_film_that_cannot_be_read_is_refused_with_its_reason(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(Rows=65)), visit=ra1.visit())
    assert film.status == FilmStatus.REFUSED
    assert film.status_reason == "The pixel data has 13,824 bytes. An image of 65 x 72 has 9,360."
    assert not film.blind_file


def test_only_a_held_film_is_completed(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    with pytest.raises(WrongState):
        intake.complete(film=film, actor=ra1.actor("site 01"), film_date=date(2024, 1, 1))


def test_completing_asks_for_a_day_that_can_be(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(StudyDate=None)), visit=ra1.visit())
    for day in (date(2999, 1, 1), date(1900, 1, 1)):
        with pytest.raises(BadInput, match="Enter a date from"):
            intake.complete(film=film, actor=ra1.actor("site 01"), film_date=day)


def test_the_site_confirms_or_corrects_the_day_in_the_header(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    intake.confirm_date(film=film, actor=ra1.actor("site 01"), film_date=date(2024, 1, 31))
    film.refresh_from_db()
    assert (film.film_date_source, film.header["DateConfirmed"]) == ("header", True)
    intake.confirm_date(film=film, actor=ra1.actor("site 01"), film_date=date(2024, 1, 30))
    film.refresh_from_db()
    assert (film.film_date, film.film_date_source) == (date(2024, 1, 30), "site")


def test_a_job_delivered_twice_makes_one_film_at_the_desk(ra1: Planned, stores: Path) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    before = sorted(path.name for path in (stores / "reading" / "desk").iterdir())
    assert run_due_jobs() == 0
    film.refresh_from_db()
    assert film.status == FilmStatus.DEIDENTIFIED
    assert sorted(path.name for path in (stores / "reading" / "desk").iterdir()) == before


def test_no_work_folder_outlives_its_job(ra1: Planned, settings: Any) -> None:
    for content in (file_of(dx()), file_of(dx(Rows=65, SOPInstanceUID="1.2.3.2"))):
        arrived(ra1, content, visit=ra1.visit())
    assert list(Path(settings.WORK_FOLDER).iterdir()) == []


def test_every_look_at_an_original_is_recorded(ra1: Planned, tmp_path: Path) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    call_command("original", str(film.pk), "--to", str(tmp_path / "again.dcm"), "--reason", "the site asks for it")
    assert (tmp_path / "again.dcm").read_bytes() == file_of(dx())
    assert (tmp_path / "again.dcm").stat().st_mode & 0o077 == 0
    assert Event.objects.get(action="studies.original.opened").content["reason"] == "the site asks for it"
    with pytest.raises(CommandError, match="File exists"):
        call_command("original", str(film.pk), "--to", str(tmp_path / "again.dcm"), "--reason", "once more")


def test_a_reader_never_sees_an_original(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit())
    with pytest.raises(NotAllowed):
        open_original(film=film, actor=ra1.actor("reader"), reason="curious", out=io.BytesIO())


def test_what_is_declared_belongs_to_the_site_and_the_subject(ra1: Planned) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"subject": ra1.subjects[1]}, "The subject does not belong to site 01."),
        ({"visit": ra1.visit(1)}, "Visit BL does not belong to the subject at site 01."),
    ]
    for declared, says in wrong:
        with pytest.raises(BadInput, match=says) as refusal:
            send(ra1, file_of(dx()), **declared)
        assert "02" not in str(refusal.value), "a site learns nothing about another one"


def test_a_held_film_is_completed_with_a_subject_of_its_site_and_a_visit_of_that_subject(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(StudyDate=None)), visit=ra1.visit())
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"subject": ra1.subjects[1]}, "The subject does not belong to site 01."),
        ({"subject": ra1.subjects[0], "visit": ra1.visit(1)}, "Visit BL does not belong to subject 01-001."),
    ]
    for given, says in wrong:
        with pytest.raises(BadInput, match=says):
            intake.complete(film=film, actor=ra1.actor("site 01"), **given)


def test_only_a_held_film_is_taken_back_with_a_reason_and_a_date_is_confirmed_before_the_decision(ra1: Planned) -> None:
    film, site = film_of(ra1.visit(), status="rejected", original_name="hand.dcm"), ra1.actor("site 01")
    with pytest.raises(BadInput, match="The reason is missing."):
        intake.discard(film=film, reason=" ", actor=site)
    with pytest.raises(
        WrongState, match="The film “hand.dcm” is rejected. Only a film that is held for its site can be"
    ):
        intake.discard(film=film, reason="by mistake", actor=site)
    with pytest.raises(WrongState, match="Its date can be confirmed only until the QC desk has decided on it."):
        intake.confirm_date(film=film, film_date=date(2024, 3, 1), actor=site)
