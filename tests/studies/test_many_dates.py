"""Files that hold no date, such as pictures: one date is set for many of them at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from studies.arrival.held import date_films
from studies.models import Film
from tests.studies.films import picture, plain
from tests.studies.planned import Planned
from tests.studies.sending import send


def undated(ra1: Planned, name: str, shade: int, site: int = 0) -> Film:
    """A plain picture: no file header holds its date."""
    film = send(ra1, plain("PNG", picture(bits=8, seed=shade)), name, site=site, visit=ra1.visit(site)).film
    assert film is not None
    run_due_jobs()
    film.refresh_from_db()
    assert (film.status, film.film_date) == ("held", None)
    return film


def test_one_date_is_set_for_all_selected_files_that_have_none(ra1: Planned, stores: Path) -> None:
    films = [undated(ra1, f"{number}.png", number) for number in range(3)]
    client = ra1.client("site 01")
    shown = client.get(ra1.url("site/upload/")).content.decode()
    assert shown.count('form="many-dates" name="film"') == 3
    given = {"film": [films[0].pk, films[2].pk], "film_date": "2024-03-02"}
    said = client.post(ra1.url("site/films/day/"), given, follow=True).content.decode()
    assert "The film date of 2 files is 2024-03-02." in said
    run_due_jobs()
    now = [Film.objects.get(pk=film.pk) for film in films]
    assert [film.film_date and film.film_date.isoformat() for film in now] == ["2024-03-02", None, "2024-03-02"]
    assert [film.status for film in now] == ["deidentified", "held", "deidentified"]


def test_one_date_for_many_files_goes_to_all_of_them_or_to_none(ra1: Planned, stores: Path) -> None:
    mine, other = undated(ra1, "1.png", 1), undated(ra1, "2.png", 2, site=1)
    actor, day = ra1.actor("site 01"), date(2024, 3, 2)
    with pytest.raises(BadInput, match="No file is selected"):
        date_films(films=[], film_date=day, actor=actor)
    dated = undated(ra1, "3.png", 3)
    dated.film_date = day
    with pytest.raises(WrongState, match="already has the date 2024-03-02"):
        date_films(films=[mine, dated], film_date=day, actor=actor)
    with pytest.raises(BadInput, match="The film date cannot be 1889-01-01"):
        date_films(films=[mine], film_date=date(1889, 1, 1), actor=actor)
    assert Film.objects.get(pk=mine.pk).status == "held"
    answer = ra1.client("site 01").post(ra1.url("site/films/day/"), {"film": [other.pk], "film_date": "2024-03-02"})
    assert answer.status_code == 400
    assert Film.objects.get(pk=other.pk).film_date is None
    answer = ra1.client("site 01").post(ra1.url("site/films/day/"), {"film": [mine.pk], "film_date": "soon"})
    assert "The film date “soon” was not saved." in answer.content.decode()
