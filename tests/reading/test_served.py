"""The first request for a film at full size is stored; later requests, previews and small levels write nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.sign_in import BACKEND
from reading.models import FilmServed, Read
from reading.room.cells import timepoints_of
from tests.reading.test_change_reasons import built, fresh

pytestmark = pytest.mark.django_db
__all__ = ["built", "fresh"]


def ask(client: Client, read: Read, level: str, number: int = 0) -> list[str]:
    """Requests a band of the first film; gives the statements that write."""
    film = timepoints_of(read.steps.get())[0].films.first()
    assert film is not None
    with CaptureQueriesContext(connection) as made:
        answer = client.get(reverse("reading:band", args=[read.token, film.token, level, number]))
    assert answer.status_code == 200
    return [one["sql"] for one in made if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_one_row_a_film_at_its_first_full_band_and_no_write_after_it(fresh: Read) -> None:
    client = Client()
    client.force_login(fresh.reader, backend=BACKEND)
    ask(client, fresh, "small")
    assert not FilmServed.objects.exists()
    assert any("reading_filmserved" in sql for sql in ask(client, fresh, "full"))
    assert FilmServed.objects.count() == 1
    assert ask(client, fresh, "full", 1) == ask(client, fresh, "full") == []


def test_another_sitting_finds_what_was_sent_in_the_first(fresh: Read) -> None:
    for _ in range(2):
        client = Client()
        client.force_login(fresh.reader, backend=BACKEND)
        ask(client, fresh, "full")
    assert FilmServed.objects.count() == 1
