"""Every planted leak, switched on alone, is found; the table of docs/blinding.md is what these runs found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accounts.models import User
from reading.issuing.assignments import void_and_reissue
from reading.models import Read, ReadKind
from reading.room import films
from tests.blinding.asking import ask, browser
from tests.blinding.finding import PLANTED_IN, found_by, row_of, table
from tests.blinding.planted import LEAKS, Leak
from tests.blinding.playing import world_of
from tests.blinding.reading import build_campaign, carry_jobs, issue
from tests.blinding.scripts import ScriptPart, look_at, page
from tests.blinding.secrets_of import FIRST
from tests.blinding.worlds import PASSWORD

pytestmark = pytest.mark.django_db
DOC = Path(__file__).resolve().parent.parent.parent / "docs" / "blinding.md"
# One of each way out: a page, a dialog, a header, a cookie, the bytes of a film, an order, an error.
WAYS = (
    "page title with the first pane's visit",
    "dialog for a changed value that names the visit",
    "ETag from the stored file's size",
    "cookie with the site",
    "band padding that depends on the scanner's name",
    "order of JSON keys by visit date",
    "error text with the visit",
)
PIXELS = re.compile(rb"data:image/[^\"']*")
LONG = re.compile(rb"[A-Za-z0-9_-]{16,}")


def check(found: dict[str, list[str]]) -> None:
    """Each is found, and the page says by what."""
    text = DOC.read_text(encoding="utf-8")
    assert [title for title, ways in found.items() if not ways] == []
    assert [title for title, ways in found.items() if row_of(leak_of(title), ways) not in text] == []


def leak_of(title: str) -> Leak:
    """The leak of that title."""
    return next(planted for planted in LEAKS if planted.title == title)


def test_at_least_thirty_leaks_are_planted_each_under_a_title_of_its_own() -> None:
    assert len(LEAKS) >= 30
    assert len({planted.title for planted in LEAKS}) == len(LEAKS)
    assert {planted.install.__module__ for planted in LEAKS} == {module.__name__ for module in PLANTED_IN}


def test_a_leak_in_each_way_out_of_the_reading_room_is_found() -> None:
    check(found_by([leak_of(title) for title in WAYS]))


@pytest.mark.full
@pytest.mark.parametrize("who", sorted({planted.who for planted in LEAKS}))
def test_each_leak_is_found(who: str) -> None:
    found = found_by([planted for planted in LEAKS if planted.who == who])
    print("\n" + table(found))
    check(found)


def strings_of(reads: list[Read], person: User) -> set[bytes]:
    """Every long string in the answers about these reads, without the pixels."""
    client, recorded = browser(person), set()
    for part in [ScriptPart(read, step) for read in reads for step in read.steps.all()]:
        for step in [*look_at(part)[:2], page(part, "review"), page(part, "decline")]:
            recorded |= set(LONG.findall(PIXELS.sub(b"", ask(client, step).body)))
    return recorded


def recurring() -> set[bytes]:
    """What a reader is told alike of a case and of the same case issued again, and of no other case."""
    with world_of(FIRST, stage="planned", ids_by_content=False) as (world, held):
        build_campaign(world, world.subjects[0].trial, held)
        reads, person = issue(world, held, "reader"), world.people["reader"]
        before, other = strings_of(reads[:1], person), strings_of(reads[1:2], person)
        void_and_reissue(
            case=reads[0].case,
            actor=world.actors["coordinator"],
            user=world.people["coordinator"],
            password=PASSWORD,
            reason="a film was replaced",
        )
        carry_jobs(held)
        again = Read.objects.exclude(pk__in=[read.pk for read in reads]).filter(reader=person, kind=ReadKind.PRIMARY)
        return (before & strings_of(list(again), person)) - other


def test_nothing_but_the_pixels_recurs_when_the_same_films_are_read_again() -> None:
    assert recurring() == set()


def test_a_digest_without_the_films_token_would_recur(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "shown_digest", lambda token, digest: digest)
    assert recurring() != set()
