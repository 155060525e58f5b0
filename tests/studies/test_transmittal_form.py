"""The form that a site keeps of each delivery: every file, what became of it, where its film belongs."""

from __future__ import annotations

import csv
import io
import zlib

from studies.arrival.transmittal_form import as_pdf
from studies.models import Transmittal
from tests.studies.films import dx, file_of
from tests.studies.planned import Planned
from tests.studies.sending import arrived, send


def urls(ra1: Planned, transmittal: Transmittal) -> dict[str, str]:
    """The addresses of the form, by ending."""
    return {ending: ra1.url(f"site/deliveries/{transmittal.token}/form.{ending}") for ending in ("pdf", "csv")}


def test_the_table_has_every_file_with_what_became_of_it(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx()), visit=ra1.visit(), name="=left.dcm")
    answer = ra1.client("site 01").get(urls(ra1, film.entries.get().transmittal)["csv"])
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert line == {
        "file": "'=left.dcm",
        "outcome": "Filed",
        "status": "At the desk",
        "reason": "",
        "subject": "01-001",
        "visit": "BL",
        "side": "Left",
        "view": "Hand PA",
        "film_date": "2024-01-31",
        "bytes": str(film.size),
        "sha256": film.sha256,
    }


def test_a_file_that_was_refused_is_on_the_form_with_its_reason(ra1: Planned) -> None:
    transmittal = send(ra1, b"<html>", name="letter.html").entry.transmittal
    answer = ra1.client("site 01").get(urls(ra1, transmittal)["csv"])
    (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (line["outcome"], line["status"], line["film_date"]) == ("Refused", "", "")
    assert line["reason"].startswith("The file is an HTML page")
    assert len(line["sha256"]) == 64


def test_the_form_to_print_takes_as_many_pages_as_it_needs_and_any_file_name(ra1: Planned) -> None:
    opened = send(ra1, b"<html>", name="$x^2$ \u624b.dcm").entry.transmittal
    assert pages(as_pdf(opened)) == 1
    opened.entries.bulk_create(
        [type(opened.entries.get())(transmittal=opened, name=f"{n}.dcm", size=n, outcome="refused") for n in range(60)]
    )
    answer = ra1.client("site 01").get(urls(ra1, opened)["pdf"])
    assert answer["Content-Type"] == "application/pdf"
    assert pages(answer.content) > 1


def pages(content: bytes) -> int:
    """The pages of a PDF, some objects of which may be packed."""
    assert content.startswith(b"%PDF")
    packed = content.split(b"stream")
    unpacked = b"".join(unpack(part) for part in packed)
    return (content + unpacked).count(b"/Type /Page") - (content + unpacked).count(b"/Type /Pages")


def unpack(part: bytes) -> bytes:
    try:
        return zlib.decompress(part.strip(b"\r\n"))
    except zlib.error:
        return b""


def test_another_site_has_no_form_of_it(ra1: Planned) -> None:
    opened = send(ra1, file_of(dx()), visit=ra1.visit()).entry.transmittal
    for url in urls(ra1, opened).values():
        assert ra1.client("site 02").get(url).status_code == 404


def test_the_upload_page_leads_to_the_form_of_each_delivery(ra1: Planned) -> None:
    opened = send(ra1, file_of(dx()), visit=ra1.visit()).entry.transmittal
    page = ra1.client("site 01").get(ra1.url("site/upload/")).content.decode()
    assert all(url in page for url in urls(ra1, opened).values())
