"""Storing over the web: bound to a site by its token, answered as PS3.18 says, the same twice without harm."""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from jobs.carrying import run_due_jobs
from studies.arrival.senders import issue_token, revoke
from studies.models import Film, FilmStatus, TransmittalEntry
from tests.studies.films import BIG_ENDIAN, JPEG_LS, compressed, dx, file_of, picture, plain
from tests.studies.planned import SETTING_UP, Planned

EDGE = "edge-of-parts"
REFERENCED, FAILED, OTHERS, REASON = "00081199", "00081198", "0008119A", "00081197"
INSTANCE = "00081155"


@pytest.fixture
def token(ra1: Planned) -> str:
    return issue_token(trial=ra1.trial, site=ra1.sites[0], label="PACS of 01", actor=SETTING_UP)[1]


def body_of(*films: bytes) -> bytes:
    parts = b"".join(f"--{EDGE}\r\nContent-Type: application/dicom\r\n\r\n".encode() + film + b"\r\n" for film in films)
    return parts + f"--{EDGE}--\r\n".encode()


def stow(token: str, *films: bytes, study: str = "", accept: str = "", kind: str = "") -> Any:
    return Client().post(
        f"/dicomweb/studies{study and '/' + study}",
        data=body_of(*films),
        content_type=kind or f'multipart/related; type="application/dicom"; boundary={EDGE}',
        headers={"authorization": f"Bearer {token}", **({"accept": accept} if accept else {})},
    )


def uids(answer: Any, sequence: str) -> list[str]:
    return [item[INSTANCE]["Value"][0] for item in answer.json().get(sequence, {}).get("Value", [])]


def reasons(answer: Any, sequence: str = FAILED) -> list[int]:
    return [item[REASON]["Value"][0] for item in answer.json().get(sequence, {}).get("Value", [])]


def film(number: int, **values: Any) -> bytes:
    return file_of(dx(SOPInstanceUID=f"1.2.3.{number}", PatientID="01-001", ClinicalTrialTimePointID="BL", **values))


def test_films_are_stored_for_the_site_of_the_token(ra1: Planned, token: str) -> None:
    answer = stow(token, film(1), film(2))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/dicom+json"
    assert uids(answer, REFERENCED) == ["1.2.3.1", "1.2.3.2"]
    run_due_jobs()
    assert {(one.site, one.status) for one in Film.objects.all()} == {(ra1.sites[0], FilmStatus.DEIDENTIFIED)}


def test_some_stored_is_202_and_each_failure_has_its_reason(ra1: Planned, token: str) -> None:
    other_class = film(2, SOPClassUID="1.2.840.10008.5.1.4.1.1.2")
    other_syntax = film(3).replace(b"1.2.840.10008.1.2.1\x00", BIG_ENDIAN.encode() + b"\x00")
    answer = stow(token, film(1), other_class, other_syntax, film(4)[:-1000], b"<html>", plain("JPEG"))
    assert answer.status_code == 202
    assert uids(answer, REFERENCED) == ["1.2.3.1"]
    assert uids(answer, FAILED) == ["1.2.3.2", "1.2.3.4"]
    assert reasons(answer) == [0x0122, 0xC000]
    assert reasons(answer, OTHERS) == [0xC122, 0xC000, 0xC000], "no UID can be read from these"
    assert TransmittalEntry.objects.count() == 6, "the manifest has every part"


def test_nothing_stored_is_409(ra1: Planned, token: str) -> None:
    assert stow(token, b"<html>").status_code == 409


def test_the_same_bytes_again_are_a_success_and_change_nothing(ra1: Planned, token: str) -> None:
    for _ in range(2):
        assert stow(token, film(1)).status_code == 200
    assert Film.objects.count() == 1


def test_what_was_refused_fails_again_when_it_is_sent_again(ra1: Planned, token: str) -> None:
    """An archive drops its copy after a success."""
    cut = film(1)[:-1000]
    for carried in (False, True, True):
        answer = stow(token, cut)
        assert (answer.status_code, reasons(answer)) == (409, [0xC000])
        if carried:
            run_due_jobs()
    assert Film.objects.get().status == FilmStatus.REFUSED


def test_a_good_film_after_a_cut_one_of_its_uid_is_taken(ra1: Planned, token: str) -> None:
    assert stow(token, film(1)[:-1000]).status_code == 409
    assert stow(token, film(1)).status_code == 200
    run_due_jobs()
    assert set(Film.objects.values_list("status", flat=True)) == {FilmStatus.REFUSED, FilmStatus.DEIDENTIFIED}


@pytest.mark.parametrize("carried", [True, False])
def test_another_image_under_a_uid_fails_again_when_it_is_sent_again(ra1: Planned, token: str, carried: bool) -> None:
    stow(token, film(1))
    for _ in range(2):
        answer = stow(token, film(1, PatientComments="another"))
        assert (answer.status_code, reasons(answer)) == (409, [0x0111])
        if carried:
            run_due_jobs()


def test_the_same_image_in_another_encoding_is_a_success(ra1: Planned, token: str) -> None:
    again = file_of(dx(SOPInstanceUID="1.2.3.1", PatientID="01-001", ClinicalTrialTimePointID="BL"), implicit=True)
    packed = compressed(picture(), JPEG_LS, SOPInstanceUID="1.2.3.1", PatientID="01-001", ClinicalTrialTimePointID="BL")
    for content in (film(1), again, packed, again, packed):
        assert stow(token, content).status_code == 200
    run_due_jobs()
    assert Film.objects.live().count() == 1
    for content in (again, packed):
        assert stow(token, content).status_code == 200


def test_a_film_is_named_so_that_its_site_finds_it_in_the_archive(ra1: Planned, token: str) -> None:
    stow(token, film(1), b"<html>", film(2)[:-1000])
    assert list(TransmittalEntry.objects.order_by("pk").values_list("name", flat=True)) == [
        "2024-01-31, UID 1.2.3.1",
        "object 2, UID unreadable",
        "2024-01-31, UID 1.2.3.2",
    ]


def test_the_same_uid_with_other_bytes_is_held_and_reported(ra1: Planned, token: str) -> None:
    stow(token, film(1))
    answer = stow(token, film(1, PatientComments="another"))
    assert (answer.status_code, reasons(answer)) == (409, [0x0111])
    run_due_jobs()
    first, second = Film.objects.order_by("pk")
    assert (first.status, second.status) == (FilmStatus.DEIDENTIFIED, FilmStatus.HELD)
    other = f"The file has the same identifier (SOP Instance UID) as {first}, but different content."
    assert second.status_reason == other


def test_an_object_of_another_study_is_not_stored(ra1: Planned, token: str) -> None:
    answer = stow(token, film(1), study="1.2.3.4.5")
    assert (answer.status_code, reasons(answer)) == (409, [0xA900])
    assert not Film.objects.exists()
    assert stow(token, film(1), study="1.2.826.0.1.3680043.8.498.2").status_code == 200


def test_the_answer_is_xml_when_asked(ra1: Planned, token: str) -> None:
    answer = stow(token, film(1), accept="application/dicom+xml")
    assert answer["Content-Type"] == "application/dicom+xml"
    assert "1.2.3.1" in ElementTree.tostring(ElementTree.fromstring(answer.content), encoding="unicode")


@pytest.mark.parametrize(
    "kind", ["application/dicom", 'multipart/related; type="image/jpeg"; boundary=x', "text/plain"]
)
def test_another_media_type_is_415(kind: str, ra1: Planned, token: str) -> None:
    assert stow(token, film(1), kind=kind).status_code == 415


def test_a_body_that_is_cut_is_400_and_what_came_whole_is_kept(ra1: Planned, token: str) -> None:
    answer = Client().post(
        "/dicomweb/studies",
        data=body_of(film(1), film(2))[:-2000],
        content_type=f"multipart/related; boundary={EDGE}",
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 400
    assert Film.objects.count() == 1


def test_a_body_that_is_too_long_is_413(ra1: Planned, token: str, settings: Any) -> None:
    settings.MAX_REQUEST_BYTES = 20_000
    assert stow(token, film(1), film(2)).status_code == 413


def test_a_file_that_is_too_long_fails_alone(ra1: Planned, token: str, settings: Any) -> None:
    settings.MAX_FILE_BYTES = len(film(1))
    answer = stow(token, film(1), film(2, PatientComments="longer than the other"))
    assert (answer.status_code, reasons(answer, OTHERS)) == (202, [0xA700])


def test_a_store_without_room_is_503_and_says_when_to_come_back(ra1: Planned, token: str, settings: Any) -> None:
    settings.MIN_FREE_BYTES = 1 << 60
    answer = stow(token, film(1))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert not Film.objects.exists()


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer "}, {"authorization": "Bearer nonsense"}])
def test_without_a_token_nothing_is_read(header: dict[str, str], ra1: Planned) -> None:
    answer = Client().post("/dicomweb/studies", data=b"x", content_type="multipart/related", headers=header)
    assert (answer.status_code, answer["WWW-Authenticate"][:6]) == (401, "Bearer")


def test_a_revoked_token_opens_nothing(ra1: Planned) -> None:
    sender, text = issue_token(trial=ra1.trial, site=ra1.sites[0], label="old", actor=SETTING_UP)
    revoke(sender=sender, actor=SETTING_UP)
    assert stow(text, film(1)).status_code == 401


def test_a_chunked_body_is_read_to_its_end(ra1: Planned, token: str) -> None:
    """As gunicorn hands it on: no length, an input that ends by itself."""
    extra: Any = {"wsgi.input": io.BytesIO(body_of(film(1))), "wsgi.input_terminated": True}
    answer = Client(**extra).generic(
        "POST",
        "/dicomweb/studies",
        headers={"authorization": f"Bearer {token}", "transfer-encoding": "chunked"},
        CONTENT_TYPE=f"multipart/related; boundary={EDGE}",
    )
    assert answer.status_code == 200
