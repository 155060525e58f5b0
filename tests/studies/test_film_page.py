"""The page of a film: its picture and what became of each attribute of its file."""

from __future__ import annotations

from pathlib import Path

from tests.studies.films import dx, file_of, plain
from tests.studies.planned import Planned, film_of
from tests.studies.sending import arrived


def page(ra1: Planned, pk: int) -> str:
    return ra1.client("coordinator").get(ra1.url(f"films/{pk}/")).content.decode()


def test_the_page_of_a_film_shows_its_picture_and_its_deidentification_report(ra1: Planned, stores: Path) -> None:
    film = arrived(ra1, file_of(dx(PatientName="MUSTERMANN^ERIKA")), visit=ra1.visit())
    shown = page(ra1, film.pk)
    picture = ra1.url(f"desk/{film.pk}/picture/preview.jpg")
    assert f'src="{picture}"' in shown
    assert ra1.client("coordinator").get(picture).status_code == 200
    report = film.deidentification
    assert f"Rules version {report['rules_version']}: {len(report['kept'])} elements kept" in shown
    for name in (*report["kept"], *report["replaced"], *report["written"], *report["removed"]):
        assert name in shown, name
    assert "PatientID" in report["removed"] or "PatientID" in report["replaced"]
    assert "MUSTERMANN" not in shown


def test_a_plain_picture_has_a_report_too(ra1: Planned, stores: Path) -> None:
    film = arrived(ra1, plain("PNG"), visit=ra1.visit(), film_date=ra1.trial.created_at.date())
    assert "everything in the PNG that is not pixels" in page(ra1, film.pk)


def test_a_film_that_was_not_read_yet_says_so(ra1: Planned) -> None:
    shown = page(ra1, film_of(ra1.visit(), status="received").pk)
    assert "has not been de-identified yet" in shown
    assert "preview.jpg" not in shown
