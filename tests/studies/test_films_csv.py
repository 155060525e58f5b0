"""The films as a CSV file are written from stored values, and subjects are enrolled at once: both as one by one."""

from __future__ import annotations

import csv
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from config.cells import csv_safe
from studies.models import Film, FilmStatus, Subject, Visit
from studies.plan.tables.importing import write_table
from studies.plan.tables.kinds import TABLES
from studies.views import film_columns as columns
from tests.studies.planned import Planned, film_of

SHOWN = (
    columns.SUBJECT,
    columns.VISIT,
    columns.SIDE,
    columns.VIEW,
    columns.DAY,
    columns.SOURCE,
    columns.STATUS,
    columns.REASON,
    columns.COUNTS,
    columns.RECEIVED,
    columns.CHANNEL,
)


def test_the_csv_file_of_films_says_what_the_list_says(ra1: Planned) -> None:
    for place, status in enumerate(FilmStatus):
        film_of(ra1.visit(place % 2), "LRB"[place % 3], "hand", film_date=date(2024, 3, 1 + place), status=status)
    Film.objects.filter(status=FilmStatus.HELD).update(subject=None, visit=None, film_date=None, side="")
    Film.objects.filter(status=FilmStatus.REFUSED).update(status_reason="=1+1")
    answer = ra1.client("coordinator").get(ra1.url("films/?format=csv&sort=film"))
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    films = Film.objects.select_related("subject", "visit", "site").order_by("pk")
    expected = [[str(film.pk), film.site.code, *(csv_safe(one.of(film)) for one in SHOWN)] for film in films]
    assert list(csv.reader(lines))[1:] == expected


def enrolling(ra1: Planned, first: int, count: int) -> int:
    """Queries for enrolling this many subjects by a table."""
    text = "site,subject\n" + "".join(f"01,N-{number}\n" for number in range(first, first + count))
    with CaptureQueriesContext(connection) as queries:
        write_table(trial=ra1.trial, table=TABLES["subjects"], text=text, actor=ra1.actor("coordinator"))
    return len(queries)


def test_a_table_of_subjects_takes_as_many_queries_for_three_as_for_thirty_with_an_event_each(ra1: Planned) -> None:
    assert enrolling(ra1, 0, 3) == enrolling(ra1, 100, 30)
    new = Subject.objects.filter(code__startswith="N-")
    assert Visit.objects.filter(subject__in=new).count() == 33 * 2
    assert (
        Event.objects.filter(
            action="studies.subject.enrolled", subject_id__in=map(str, new.values_list("pk", flat=True))
        ).count()
        == 33
    )
