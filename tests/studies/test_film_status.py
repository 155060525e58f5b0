"""What a film's status means is said once, and the pages, the checks and the desk say the same."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from config.transitions import leading_to, moved
from studies.models import Film, FilmStatus
from studies.models.film import AT_DESK, BECAME, BEFORE_DESK, FILM_TRANSITIONS, FOUND_GOOD, OUT_OF_PLAY
from studies.plan.completeness import visit_states
from studies.plan.known_visits import subjects_with_visits
from studies.plan.visits import baseline_of
from tests.studies.films import dx, file_of, picture
from tests.studies.planned import Planned, film_of
from tests.studies.sending import arrived


def test_every_status_is_in_one_set_and_has_its_words() -> None:
    parts = [BEFORE_DESK, AT_DESK, FOUND_GOOD, OUT_OF_PLAY]
    assert sorted(status for part in parts for status in part) == sorted(FilmStatus)
    assert set(BECAME) == set(FilmStatus)


def test_the_board_and_the_checks_count_from_the_same_baseline(ra1: Planned) -> None:
    film_of(ra1.visit(), film_date=date(2024, 1, 2), status="withdrawn")
    film_of(ra1.visit(), film_date=date(2024, 3, 1))
    film_of(ra1.visit(), film_date=date(2024, 2, 1), side="R")
    film_of(ra1.visit(), film_date=None, side="B")
    assert baseline_of(ra1.subjects[0].pk) == date(2024, 2, 1)
    subject = subjects_with_visits(ra1.trial).get(pk=ra1.subjects[0].pk)
    window = next(state.window for state in visit_states(subject, timezone.localdate()) if state.visit.code == "W24")
    assert window == (date(2024, 7, 4), date(2024, 8, 1))
    late = arrived(ra1, file_of(dx(picture(seed=3))), visit=ra1.visit(code="W24"), film_date=date(2024, 8, 2))
    assert "(2024-07-04 to 2024-08-01)" in next(f["text"] for f in late.findings if f["code"] == "outside-window")


def test_of_two_who_move_a_film_at_once_one_succeeds_and_the_other_sees_what_is_stored(ra1: Planned) -> None:
    first = film_of(ra1.visit(), status="deidentified")
    second = Film.objects.get(pk=first.pk)
    assert moved(first, FilmStatus.REJECTED, FILM_TRANSITIONS, status_reason="blurred")
    assert not moved(second, FilmStatus.ACCEPTED, FILM_TRANSITIONS)
    assert (second.status, second.status_reason) == ("rejected", "")
    assert Film.objects.get(pk=first.pk).status_reason == "blurred"
    assert set(leading_to(FilmStatus.WITHDRAWN, FILM_TRANSITIONS)) == {FilmStatus.READY}
