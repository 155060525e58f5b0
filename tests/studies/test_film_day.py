"""A film can be made on any day that has begun somewhere on earth."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.errors import BadInput
from studies.arrival import held
from studies.desk import confirmed
from studies.forms.upload import DayForm
from tests.studies.films import dx, file_of
from tests.studies.planned import Planned
from tests.studies.sending import arrived, send

NOON_BEFORE = datetime(2024, 7, 16, 11, 0, tzinfo=UTC)  # in Auckland and on Kiritimati it is 17 July already
MORNING, TOMORROW = date(2024, 7, 17), date(2024, 7, 18)


@pytest.fixture(autouse=True)
def before_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmed, "now", lambda: NOON_BEFORE)


def test_a_film_of_this_morning_in_auckland_is_taken(ra1: Planned) -> None:
    film = arrived(ra1, file_of(dx(StudyDate="20240717")), visit=ra1.visit())
    assert film.film_date == MORNING
    held.confirm_date(film=film, film_date=MORNING, actor=ra1.actor("site 01"))
    assert DayForm({"film_date": "2024-07-17"}).is_valid()
    confirmed.Confirmed("L", "hand", MORNING, 0.1).check()


def test_a_day_that_has_begun_nowhere_is_refused_everywhere(ra1: Planned) -> None:
    assert arrived(ra1, file_of(dx(StudyDate="20240718")), visit=ra1.visit()).film_date is None
    assert not DayForm({"film_date": "2024-07-18"}).is_valid()
    with pytest.raises(BadInput, match="a date from 1990-01-01 to 2024-07-17"):
        confirmed.Confirmed("L", "hand", TOMORROW, 0.1).check()
    with pytest.raises(BadInput, match="a date from 1990-01-01 to 2024-07-17"):
        send(ra1, file_of(dx()), visit=ra1.visit(), film_date=TOMORROW)
