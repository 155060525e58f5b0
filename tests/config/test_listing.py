"""A list sorts, filters, searches, hides columns, turns pages and gives the same rows as a CSV file that is safe."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from accounts.models import User
from config.cells import Badge, Cell, Column, Number, csv_safe, plain
from config.errors import BadInput
from config.filters import ChoiceFilter, DayFilter, MomentFilter, NumberFilter, TextFilter
from config.listing import Listing
from jobs.models import Job
from tests.cast import make_user


@dataclass
class PlainRow:
    """A row that is no model."""

    name: str
    day: date | None
    joints: int
    state: str = "ready"


FILMS = [
    PlainRow("b", date(2026, 1, 2), 10),
    PlainRow("A", None, 9, "held"),
    PlainRow("c", date(2026, 3, 1), 100),
]
COLUMNS = [
    Column("name", "Name", sort="x", filter=TextFilter("name")),
    Column("day", "Day", sort="x", filter=DayFilter("day")),
    Column("joints", "Joints", sort="x", filter=NumberFilter("joints")),
    Column(
        "state",
        "State",
        value=lambda film: Badge(film.state, film.state.capitalize()),
        sort="x",
        filter=ChoiceFilter("state", [("ready", "Ready"), ("held", "Held")]),
    ),
]


def films(query: str = "", **options: Any) -> Listing:
    request = RequestFactory().get(f"/films/?{query}")
    return Listing(request, FILMS, columns=COLUMNS, name="films", search=("name",), **options)


def names(listing: Listing) -> list[str]:
    return [row.object.name for row in listing.rows]


def people(query: str = "") -> Listing:
    columns = [
        Column("name", "Name", sort="name", filter=TextFilter(("name", "email"))),
        Column("last_login", "Last", sort="last_login", filter=MomentFilter("last_login")),
    ]
    request = RequestFactory().get(f"/people/?{query}")
    return Listing(request, User.objects.all(), columns=columns, name="people", search=("name",))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["b", "A", "c"]),
        ("sort=name", ["A", "b", "c"]),
        ("sort=-joints", ["c", "b", "A"]),
        ("sort=joints", ["A", "b", "c"]),
        ("sort=day", ["b", "c", "A"]),
        ("sort=-day", ["c", "b", "A"]),
        ("name=B", ["b"]),
        ("q=c", ["c"]),
        ("day-from=2026-01-03", ["c"]),
        ("day-to=2026-01-02", ["b"]),
        ("joints-from=10&joints-to=99.5", ["b"]),
        ("state=held", ["A"]),
    ],
)
def test_plain_rows_are_sorted_and_narrowed(query: str, expected: list[str]) -> None:
    assert names(films(query)) == expected


def test_whole_numbers_and_numbers_with_decimals_are_sorted_as_numbers() -> None:
    rows = [PlainRow("a", None, 12), PlainRow("b", None, 7), PlainRow("c", None, 10)]
    column = Column("joints", "Joints", lambda film: Number(10.5, 1) if film.name == "c" else film.joints, "x")
    listing = Listing(RequestFactory().get("/?sort=joints"), rows, columns=[column], name="films")
    assert names(listing) == ["b", "c", "a"]


def test_rows_of_the_database_are_sorted_with_nothing_last(db: None) -> None:
    make_user("b@x.example", "Bea")
    make_user("a@x.example", "Ada")
    User.objects.filter(name="Bea").update(last_login=datetime(2026, 5, 1, 23, 30, tzinfo=UTC))
    assert names(people("sort=name")) == ["Ada", "Bea"]
    assert names(people("sort=-name")) == ["Bea", "Ada"]
    assert names(people("sort=last_login")) == names(people("sort=-last_login")) == ["Bea", "Ada"]


def test_rows_of_the_database_are_narrowed(db: None) -> None:
    make_user("b@x.example", "Bea")
    make_user("a@x.example", "Ada")
    User.objects.filter(name="Bea").update(last_login=datetime(2026, 5, 1, 23, 30, tzinfo=UTC))
    assert names(people("name=A@X")) == ["Ada"]
    assert names(people("q=be")) == ["Bea"]
    assert names(people("last_login-from=2026-05-01&last_login-to=2026-05-01")) == ["Bea"]


@pytest.mark.parametrize(
    "query",
    ["sort=secret", "sort=--name", "day-from=tomorrow", "joints-to=many", "state=unheard-of", "size=7", "size=x"],
)
def test_what_cannot_be_read_is_refused_by_name(query: str) -> None:
    with pytest.raises(BadInput):
        films(query).rows  # noqa: B018  reading it is what refuses


def test_a_column_that_is_not_sortable_is_not_sorted_by() -> None:
    request = RequestFactory().get("/?sort=name")
    with pytest.raises(BadInput):
        assert Listing(request, FILMS, columns=[Column("name", "Name")], name="films").rows


def test_pages_are_turned_and_the_last_one_stands_for_any_after_it() -> None:
    request = RequestFactory().get("/?page=9&size=25")
    listing = Listing(request, [PlainRow(str(n), None, n) for n in range(60)], columns=COLUMNS, name="films")
    assert names(listing) == [str(n) for n in range(50, 60)]
    assert (listing.page_number, listing.next_url, listing.count) == ("3", "", 60)


def test_every_address_keeps_the_filters(db: None) -> None:
    listing = films("state=ready&sort=name&page=1")
    head = next(head for head in listing.headers if head.column.key == "name")
    assert head.aria_sort == "ascending"
    assert head.url == "?state=ready&sort=-name"
    assert listing.csv_url == "?state=ready&sort=name&format=csv"
    assert listing.clear_url == "?sort=name"


def test_two_lists_on_a_page_do_not_mix() -> None:
    request = RequestFactory().get("/?b-sort=-name&state=held")
    second = Listing(request, FILMS, columns=COLUMNS, name="films", prefix="b")
    assert names(second) == ["c", "b", "A"]
    assert second.url(sort="name") == "?state=held&b-sort=name"


def test_hidden_columns_are_not_shown_and_stay_in_the_file() -> None:
    listing = films("columns=1&hide=day&hide=joints")
    assert [head.column.key for head in listing.headers] == ["name", "state"]
    assert rows_of(listing)[0] == ["Name", "Day", "Joints", "State"]


def rows_of(listing: Listing) -> list[list[str]]:
    response = listing.response_csv()
    assert isinstance(response, StreamingHttpResponse)
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_a_list_downloaded_as_csv_opens_in_excel_with_its_umlauts() -> None:
    response = films("").response_csv()
    assert isinstance(response, StreamingHttpResponse)
    content = response.getvalue()
    assert content.startswith(codecs.BOM_UTF8 + b"Name,")
    assert content.count(codecs.BOM_UTF8) == 1, "the mark begins the file and nothing else"


def test_the_file_holds_every_row_that_passes_and_only_those() -> None:
    assert rows_of(films("state=ready&size=25")) == [
        ["Name", "Day", "Joints", "State"],
        ["b", "2026-01-02", "10", "Ready"],
        ["c", "2026-03-01", "100", "Ready"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "-cmd|' /C calc'!A0"])
def test_text_a_spreadsheet_would_calculate_is_made_plain(text: str) -> None:
    assert csv_safe(text) == f"'{text}"


@pytest.mark.parametrize(("value", "expected"), [(-1.5, "-1.5"), (0, "0"), (None, ""), (True, "yes"), ("a=1", "a=1")])
def test_numbers_and_harmless_text_stay_as_they_are(value: object, expected: str) -> None:
    assert csv_safe(value) == expected


def test_times_are_written_in_utc_and_say_so() -> None:
    assert plain(datetime(2026, 5, 1, 23, 30, tzinfo=UTC)) == "2026-05-01 23:30:00 UTC"


def test_long_text_may_break_and_numbers_stand_at_the_right() -> None:
    column = Column("name", "Name")
    assert Cell(column, "x" * 41).style == "words"
    assert Cell(column, "x y").style == "wraps"
    assert Cell(column, "x").style == ""
    assert Cell(column, 4).style == "number"
    assert Cell(column, True).style == ""


def test_the_answer_to_htmx_is_the_table_alone() -> None:
    request = RequestFactory().get("/films/?state=held", headers={"HX-Target": "list-films"})
    listing = Listing(request, FILMS, columns=COLUMNS, name="films", caption="All films")
    page = listing.respond("accounts/accounts.html").content.decode()  # type: ignore[attr-defined]
    assert page.lstrip().startswith('<section class="list" id="list-films"')
    assert re.search(r'<th scope="row">\s*A\s*</th>', page)


def test_an_empty_list_says_so_and_offers_the_next_step() -> None:
    request = RequestFactory().get("/films/", headers={"HX-Target": "list-films"})
    listing = Listing(request, [], columns=COLUMNS, name="films", empty="No films.", empty_link=("Upload", "/upload/"))
    page = listing.respond("accounts/accounts.html").content.decode()  # type: ignore[attr-defined]
    assert "No films." in page
    assert '<a class="button" href="/upload/">Upload</a>' in page


def test_filters_that_leave_nothing_offer_to_be_cleared() -> None:
    request = RequestFactory().get("/films/?q=zzz", headers={"HX-Target": "list-films"})
    listing = Listing(request, FILMS, columns=COLUMNS, name="films", search=("name",))
    page = listing.respond("accounts/accounts.html").content.decode()  # type: ignore[attr-defined]
    assert "Nothing matches the filters." in page


def test_a_long_list_comes_as_csv_in_pieces_of_many_lines_and_its_rows_are_completed_together(db: None) -> None:
    User.objects.bulk_create(User(email=f"{number}@many.example", name=f"Many {number}") for number in range(450))
    seen: list[int] = []

    def load(rows: Sequence[User]) -> None:
        seen.append(len(rows))
        for row in rows:
            vars(row)["town"] = "Ulm"

    columns = [Column("email", "E-mail"), Column("town", "Town", lambda row: vars(row)["town"])]
    request = RequestFactory().get("/people/")
    every = User.objects.filter(email__endswith="@many.example")
    listing = Listing(request, every, columns=columns, name="people", load=load)
    pieces = list(listing.response_csv())
    assert [piece.count(b"\r\n") for piece in pieces] == [1, 200, 200, 50]
    assert pieces[1].startswith(b"0@many.example,Ulm\r\n")
    assert seen == [450]
    assert [row.cells[1].value for row in listing.rows] == ["Ulm"] * 50


def test_a_choice_is_called_in_a_list_what_django_calls_it() -> None:
    for status in (*Job.Status.values, "gone", ""):
        job = Job(status=status)
        assert Column("status", "Status", "get_status_display").of(job) == job.get_status_display()
