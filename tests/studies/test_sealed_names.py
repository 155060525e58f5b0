"""The name a file had at its site may be a patient's: its site and the desk see it; no table, event or list does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.test import Client

from studies import sealed_names
from studies.models import Film, FilmStatus
from studies.sealed_names import SealedName, opened, seal
from tests.studies.films import dx, file_of
from tests.studies.planned import Planned, film_of
from tests.studies.sending import arrived, send

NAME = "Mustermann_Erika_1950-03-14.dcm"


def tables_with(words: str) -> list[str]:
    """The tables in which any value of any row has the words, looked at below Django."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if words in str(cursor.fetchall()):
                found.append(table)
    return found


def test_no_table_and_no_event_holds_the_name_of_a_file(ra1: Planned, stores: Path) -> None:
    content = file_of(dx())
    film = arrived(ra1, content, name=NAME, visit=ra1.visit())
    assert send(ra1, content, name=NAME).outcome == "duplicate"
    assert send(ra1, b"<html>", name=NAME).outcome == "refused"
    held = arrived(ra1, file_of(dx(SOPInstanceUID="1.2.3.9", Rows=97)), name=NAME)
    assert (film.status, held.status) == (FilmStatus.DEIDENTIFIED, FilmStatus.REFUSED)
    assert tables_with("Mustermann") == []
    assert set(Film.objects.values_list("original_name", flat=True)) == {NAME}


def test_its_site_sees_and_finds_the_name_and_takes_it_away_in_no_file(ra1: Planned) -> None:
    film_of(ra1.visit(), original_name=NAME, status="held", status_reason="The file has no date.")
    film_of(ra1.visit(), "R", original_name="other.dcm")
    site, films = ra1.client("site 01"), ra1.url("site/films/")
    found = site.get(f"{films}?q=mustermann").content.decode()
    assert NAME in found
    assert "other.dcm" not in found
    lines = b"".join(site.get(f"{films}?format=csv")).decode()
    assert "The file has no date." in lines
    assert "Mustermann" not in lines


def test_the_desk_shows_the_name_and_no_list_of_the_coordinator_does(ra1: Planned, stores: Path) -> None:
    film = arrived(ra1, file_of(dx()), name=NAME, visit=ra1.visit())
    coordinator = ra1.client("coordinator")
    assert NAME in coordinator.get(ra1.url(f"desk/{film.pk}/")).content.decode()
    for path in ("films/", f"films/{film.pk}/", "desk/", "audit/"):
        assert "Mustermann" not in coordinator.get(ra1.url(path)).content.decode(), path
    lines = b"".join(coordinator.get(ra1.url("films/?format=csv"))).decode()
    assert "Mustermann" not in lines


def test_no_cookie_and_no_title_of_a_page_keeps_the_name(ra1: Planned) -> None:
    """The browser of a site remembers titles, and messages may travel in a cookie."""
    film = film_of(ra1.visit(), original_name=NAME, status="held")
    site: Client = ra1.client("site 01")
    page = site.get(ra1.url(f"site/films/{film.pk}/")).content.decode()
    assert NAME in page
    assert NAME not in page.partition("</title>")[0]
    site.post(ra1.url(f"site/films/{film.pk}/settle/"), {"reason": "sent twice"})
    film.refresh_from_db()
    assert film.status == FilmStatus.REFUSED
    assert "Mustermann" not in str(site.cookies)


def test_a_refusal_of_the_upload_page_does_not_repeat_the_name(ra1: Planned) -> None:
    said = json.dumps({"name": NAME, "visit": "", "size": 3})
    finish = ra1.url(f"site/upload/files/{'0' * 64}/finish/")
    answer = ra1.client("site 01").post(finish, said, content_type="application/json")
    assert answer.status_code == 400
    assert "Mustermann" not in answer.content.decode()


def test_equal_names_are_sealed_differently_and_show_little_of_their_length() -> None:
    assert seal(NAME) != seal(NAME)
    assert len(seal("a.dcm")) == len(seal(NAME))
    for name in ("", "Ünïcode 手.dcm", "x" * 255, "\udcff.dcm"):
        assert opened(seal(name)) == name.encode(errors="replace").decode()


def test_films_are_still_listed_when_the_key_is_lost(ra1: Planned, settings: Any) -> None:
    film_of(ra1.visit(), original_name=NAME)
    settings.QUARANTINE_KEY = "another key"
    assert Film.objects.get().original_name == sealed_names.UNREADABLE


def test_a_comparison_in_the_database_is_refused(ra1: Planned) -> None:
    assert SealedName().get_lookup("exact") is None
    with pytest.raises(FieldError):
        Film.objects.filter(original_name=NAME).exists()
