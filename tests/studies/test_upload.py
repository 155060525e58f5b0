"""What the upload page's addresses answer: files in pieces, zips, what became of each, and nobody else's."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs.carrying import run_due_jobs
from studies.models import Film, FilmStatus, Transmittal, TransmittalEntry
from tests.studies.films import dx, file_of
from tests.studies.planned import Planned, film_of
from tests.studies.test_consent import SAYS, stored_files, withdrawn

pytestmark = pytest.mark.usefixtures("stores")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def site(ra1: Planned) -> Client:
    """The browser of somebody at site 01."""
    return ra1.client("site 01")


def begun(ra1: Planned, client: Client) -> str:
    """A delivery, as the page opens one when files are dropped."""
    token: str = client.post(ra1.url("site/upload/start/")).json()["transmittal"]
    return token


def send(ra1: Planned, client: Client, content: bytes, name: str = "IMG_1.dcm", **said: Any) -> Any:
    """Sends one file as the page does: all its pieces, then the request that has it received."""
    base = ra1.url(f"site/upload/files/{hashlib.sha256(content).hexdigest()}/")
    half = len(content) // 2
    for begin, piece in ((0, content[:half]), (half, content[half:])):
        client.put(f"{base}{begin}/", piece, content_type="application/octet-stream")
    recorded = {"transmittal": begun(ra1, client), "visit": ra1.visit().pk, "film_date": "", "replaces": ""}
    body = json.dumps({**recorded, "name": name, "size": len(content), **said})
    return client.post(f"{base}finish/", body, content_type="application/json")


def rows(ra1: Planned, client: Client) -> str:
    """The page on which the rows stand."""
    return client.get(ra1.url("site/upload/")).content.decode()


def test_a_file_in_pieces_becomes_a_film_of_the_visit_chosen(ra1: Planned, site: Client) -> None:
    content = file_of(dx())
    answer = send(ra1, site, content)
    film = Film.objects.get()
    assert (film.visit, film.size, film.sha256) == (ra1.visit(), len(content), hashlib.sha256(content).hexdigest())
    assert "Processing" in answer.content.decode()


def test_the_row_of_a_film_asks_for_its_date_once_it_was_read(ra1: Planned, site: Client) -> None:
    send(ra1, site, file_of(dx()))
    run_due_jobs()
    row = site.get(ra1.url(f"site/upload/rows/{TransmittalEntry.objects.get().pk}/")).content.decode()
    assert 'value="2024-01-31"' in row
    assert "Confirm" in row
    assert "every 2s" not in row, "it stops asking when there is nothing more to come"


def test_a_date_confirmed_is_not_asked_for_again(ra1: Planned, site: Client) -> None:
    send(ra1, site, file_of(dx()))
    run_due_jobs()
    film = Film.objects.get()
    assert "To confirm" in site.get(ra1.url("site/")).content.decode()
    row = site.post(ra1.url(f"site/films/{film.pk}/day/"), {"film_date": "2024-01-31"}, headers=HTMX).content.decode()
    assert "Confirm" not in row
    assert "To confirm" not in site.get(ra1.url("site/")).content.decode()
    film.refresh_from_db()
    assert film.film_date_source == "header"


def test_a_date_corrected_is_the_sites(ra1: Planned, site: Client) -> None:
    send(ra1, site, file_of(dx()))
    run_due_jobs()
    film = Film.objects.get()
    site.post(ra1.url(f"site/films/{film.pk}/day/"), {"film_date": "2024-01-30"})
    film.refresh_from_db()
    assert (film.film_date, film.film_date_source) == (date(2024, 1, 30), "site")


def test_a_film_without_a_date_is_held_and_goes_on_once_it_is_typed(ra1: Planned, site: Client) -> None:
    send(ra1, site, file_of(dx(StudyDate=None)))
    run_due_jobs()
    film = Film.objects.get()
    assert film.status == FilmStatus.HELD
    row = site.post(ra1.url(f"site/films/{film.pk}/day/"), {"film_date": "2024-01-30"}, headers=HTMX).content.decode()
    assert "Processing" in row
    run_due_jobs()
    film.refresh_from_db()
    assert film.status == FilmStatus.DEIDENTIFIED


@pytest.mark.parametrize("day", ["", "yesterday", "2999-01-01"])
def test_a_day_that_is_none_is_refused_in_words(ra1: Planned, site: Client, day: str) -> None:
    film = film_of(ra1.visit())
    answer = site.post(ra1.url(f"site/films/{film.pk}/day/"), {"film_date": day})
    assert answer.status_code == 400
    assert "film date" in answer.content.decode()


def test_bad_bytes_are_refused_with_a_reason_and_listed(ra1: Planned, site: Client) -> None:
    answer = send(ra1, site, b"<html>no film</html>" * 50, "report.html")
    assert answer.status_code == 200
    assert "Refused" in answer.content.decode()
    assert not Film.objects.exists()
    assert "report.html" in rows(ra1, site)


def test_the_same_file_again_is_said_to_be_here_already(ra1: Planned, site: Client) -> None:
    content = file_of(dx())
    send(ra1, site, content)
    assert "Already received" in send(ra1, site, content).content.decode()
    assert Film.objects.count() == 1


def test_the_row_of_a_file_that_was_refused_before_says_so(ra1: Planned, site: Client) -> None:
    content = file_of(dx(Rows=65))
    send(ra1, site, content)
    run_due_jobs()
    row = send(ra1, site, content).content.decode()
    assert "Refused before" in row
    assert "The same file was received before: film" in row
    assert "The pixel data has 13,824 bytes" in row


def test_a_zip_is_received_film_by_film_and_a_bad_one_does_not_touch_the_others(ra1: Planned, site: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("visit/left.dcm", file_of(dx()))
        archive.writestr("visit/notes.txt", "no film")
        archive.writestr("visit/right.dcm", file_of(dx(ImageLaterality="R", SOPInstanceUID="1.2.3.4")))
    send(ra1, site, packed.getvalue(), "films.zip")
    outcomes = dict(TransmittalEntry.objects.values_list("name", "outcome"))
    assert outcomes == {"left.dcm": "filed", "notes.txt": "refused", "right.dcm": "filed"}


def test_a_date_typed_for_the_files_is_theirs(ra1: Planned, site: Client) -> None:
    send(ra1, site, file_of(dx()), film_date="2024-02-01")
    assert Film.objects.get().film_date == date(2024, 2, 1)


def test_a_replacement_names_the_film_it_replaces_and_keeps_it(ra1: Planned, site: Client) -> None:
    old = film_of(ra1.visit(), status="rejected")
    send(ra1, site, file_of(dx()), replaces=old.pk)
    assert Film.objects.get(replaces=old).visit == old.visit
    assert Film.objects.filter(pk=old.pk).exists()


def test_a_film_is_replaced_once(ra1: Planned, site: Client) -> None:
    old = film_of(ra1.visit(), status="rejected")
    film_of(ra1.visit(), replaces=old)
    answer = send(ra1, site, file_of(dx()), replaces=old.pk)
    assert answer.status_code == 409
    assert "Replace the newer film instead" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"visit": ""}, {"visit": 999999}, {"film_date": "2999-01-01"}, {"size": 0}, {"size": "x"}, {"replaces": "x"}],
)
def test_what_the_page_says_wrongly_is_refused(ra1: Planned, site: Client, wrong: dict[str, Any]) -> None:
    assert send(ra1, site, file_of(dx()), **wrong).status_code == 400
    assert not Film.objects.exists()


def test_a_site_sends_nothing_to_another_sites_visit_delivery_or_film(ra1: Planned, site: Client) -> None:
    other = ra1.client("site 02")
    assert send(ra1, site, file_of(dx()), visit=ra1.visit(1).pk).status_code == 400
    assert send(ra1, site, file_of(dx()), transmittal=begun(ra1, other)).status_code == 404
    assert send(ra1, site, file_of(dx()), replaces=film_of(ra1.visit(1)).pk).status_code == 404
    assert Film.objects.count() == 1


def test_nobody_goes_on_with_anothers_file(ra1: Planned, site: Client) -> None:
    fingerprint = hashlib.sha256(b"x").hexdigest()
    base = ra1.url(f"site/upload/files/{fingerprint}/")
    site.put(f"{base}0/", b"content", content_type="application/octet-stream")
    assert site.get(base).json() == {"received": 7}
    assert ra1.client("site 02").get(base).json() == {"received": 0}


def test_a_film_of_a_subject_who_withdrew_consent_is_refused_and_listed_by_a_page_opened_before(
    ra1: Planned, site: Client, stores: Path
) -> None:
    withdrawn(ra1)
    assert SAYS in send(ra1, site, file_of(dx())).content.decode()
    plain = {"visit": ra1.visit().pk, "films": [SimpleUploadedFile("b.dcm", file_of(dx(SOPInstanceUID="1.2.7")))]}
    assert SAYS in site.post(ra1.url("site/upload/"), plain, follow=True).content.decode()
    entries = TransmittalEntry.objects.values_list("name", "outcome", "reason")
    assert list(entries) == [("IMG_1.dcm", "refused", SAYS), ("b.dcm", "refused", SAYS)]
    assert not Film.objects.exists()
    assert stored_files(stores) == 0


def test_the_page_works_as_a_plain_form(ra1: Planned, site: Client) -> None:
    films = [
        SimpleUploadedFile(f"{side}.dcm", file_of(dx(ImageLaterality=side, SOPInstanceUID=f"1.2.{n}")))
        for n, side in enumerate("LR", 1)
    ]
    answer = site.post(ra1.url("site/upload/"), {"visit": ra1.visit().pk, "films": films}, follow=True)
    assert "2 files were uploaded" in answer.content.decode()
    assert Transmittal.objects.get().entries.count() == 2


def test_a_plain_form_without_a_visit_is_shown_again(ra1: Planned, site: Client) -> None:
    answer = site.post(ra1.url("site/upload/"), {"films": [SimpleUploadedFile("a.dcm", file_of(dx()))]})
    assert answer.status_code == 400
    assert not Film.objects.exists()


def test_a_script_in_a_file_name_stays_text(ra1: Planned, site: Client) -> None:
    send(ra1, site, file_of(dx()), "<img src=x onerror=alert(1)>.dcm")
    assert "<img src=x" not in rows(ra1, site)
    assert "&lt;img src=x" in rows(ra1, site)


def test_what_is_sent_instead_of_words_about_the_file_is_refused(ra1: Planned, site: Client) -> None:
    url = ra1.url(f"site/upload/files/{hashlib.sha256(b'x').hexdigest()}/finish/")
    answer = site.post(url, "[]", content_type="application/json")
    assert (answer.status_code, answer.json()["error"].partition(".")[0]) == (
        400,
        "The request “[]” is not a JSON object",
    )


def test_a_zip_does_not_replace_a_film(ra1: Planned, site: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("left.dcm", file_of(dx()))
    old = film_of(ra1.visit(), status="rejected")
    answer = send(ra1, site, packed.getvalue(), "films.zip", replaces=old.pk)
    assert answer.status_code == 400
    assert "The file “films.zip” is a zip. Choose a single film" in answer.json()["error"]
