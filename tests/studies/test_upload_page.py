"""The upload page in Chromium: many files at once, dropped or chosen, resumed, each with what became of it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from jobs.carrying import run_due_jobs
from studies.models import Film, FilmStatus, TransmittalEntry
from tests.chromium import Windows
from tests.studies.films import dx, file_of, picture
from tests.studies.planned import Planned, plan
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.usefixtures("stores")]
Open = Callable[[str], Page]
# Drops files, and a folder with one more in it, as a file manager would: entries, of which only folders are made up.
DROP = """
([files, folder]) => {
  const asFile = ([name, base64]) => new File([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], name);
  const entryOf = (file, path) => ({ isFile: true, fullPath: path, file: (give) => give(file) });
  const among = (names, path) => names.map((each) => entryOf(asFile(each), `${path}${each[0]}`));
  const inside = among(files.filter(([name]) => folder.includes(name)), "/visit/");
  const outside = among(files.filter(([name]) => !folder.includes(name)), "/");
  const reader = () => { const left = [inside, []]; return { readEntries: (give) => give(left.shift()) }; };
  const entries = [...outside, { isFile: false, createReader: reader }];
  const event = new Event("drop", { bubbles: true, cancelable: true });
  event.dataTransfer = { items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })) };
  document.querySelector("[data-drop]").dispatchEvent(event);
}
"""


@pytest.fixture
def ra1(transactional_db: None) -> Planned:
    return plan("RA-1")


@pytest.fixture
def faults() -> list[str]:
    """What the browser complains of, the refusals of the strict policy among it."""
    return []


@pytest.fixture
def open_page(ra1: Planned, windows: Windows, live_server: Any, settings: Any, faults: list[str]) -> Iterator[Open]:
    """Opens an address of the trial as somebody at site 01."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    session = ra1.client("site 01").cookies[settings.SESSION_COOKIE_NAME].value
    with windows.lend(width=1366, height=768, base_url=live_server.url) as first:
        context = first.context
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

        def open_it(path: str) -> Page:
            page = first if first.url == "about:blank" else context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
            page.goto(ra1.url(path))
            return page

        yield open_it


def film_file(folder: Path, name: str, side: str, uid: str, **values: Any) -> Path:
    """A film in a file on the disk of the site."""
    path = folder / name
    path.write_bytes(file_of(dx(ImageLaterality=side, SOPInstanceUID=uid, **values)))
    return path


def choose(page: Page, *files: Path) -> None:
    """Chooses files as by the button."""
    page.locator('[data-chooser="files"]').set_input_files(list(files))


def row(page: Page, name: str) -> Any:
    """The row with the result for a file."""
    return page.locator("[data-rows] tr", has_text=name)


def sent(page: Page, count: int) -> None:
    """Waits until so many rows have come."""
    expect(page.locator("[data-rows] tr")).to_have_count(count, timeout=20000)


def test_many_files_are_sent_at_once_and_each_shows_what_became_of_it(
    ra1: Planned, open_page: Open, tmp_path: Path, faults: list[str]
) -> None:
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    films = [film_file(tmp_path, f"{side}.dcm", side, f"1.2.{number}") for number, side in enumerate("LR", 1)]
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleague")
    choose(page, *films, letter)
    sent(page, 3)
    expect(row(page, "letter.txt")).to_contain_text("Refused")
    expect(row(page, "L.dcm")).to_contain_text("Processing")
    run_due_jobs()
    expect(row(page, "L.dcm")).to_contain_text("Received", timeout=10000)
    expect(row(page, "R.dcm")).to_contain_text("Right")
    assert Film.objects.filter(visit=ra1.visit(), status=FilmStatus.DEIDENTIFIED).count() == 2
    assert faults == []


def test_system_files_are_left_out_and_the_delivery_has_its_form_at_once(
    ra1: Planned, open_page: Open, tmp_path: Path, faults: list[str]
) -> None:
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    leftover = tmp_path / "Thumbs.db"
    leftover.write_bytes(b"x")
    choose(page, film_file(tmp_path, "a.dcm", "L", "1.2.1"), leftover)
    sent(page, 1)
    expect(page.locator("[data-note]")).to_have_text("1 system file was left out.")
    with page.expect_download() as form:
        page.locator("#deliveries").get_by_role("link", name="CSV").click()
    assert "a.dcm" in Path(form.value.path()).read_text()
    assert faults == []


def test_the_date_of_the_header_is_shown_and_confirmed_in_the_row(
    ra1: Planned, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    choose(page, film_file(tmp_path, "a.dcm", "L", "1.2.1"))
    sent(page, 1)
    run_due_jobs()
    expect(row(page, "a.dcm").locator("input[type=date]")).to_have_value("2024-01-31", timeout=10000)
    row(page, "a.dcm").get_by_role("button", name="Confirm").click()
    expect(row(page, "a.dcm").locator("input[type=date]")).to_have_count(0)
    assert Film.objects.get().header["DateConfirmed"] is True


def test_a_date_the_file_lacks_is_typed_in_the_row(ra1: Planned, open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    choose(page, film_file(tmp_path, "a.dcm", "L", "1.2.1", StudyDate=None))
    sent(page, 1)
    run_due_jobs()
    expect(row(page, "a.dcm")).to_contain_text("Held", timeout=10000)
    row(page, "a.dcm").locator("input[type=date]").fill("2024-01-30")
    row(page, "a.dcm").get_by_role("button", name="Save").click()
    expect(row(page, "a.dcm")).to_contain_text("Processing")
    run_due_jobs()
    expect(row(page, "a.dcm")).to_contain_text("Received", timeout=10000)


def test_folders_are_walked_and_files_of_the_system_left_out(ra1: Planned, open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    given = [("a.dcm", file_of(dx())), ("b.dcm", file_of(dx(SOPInstanceUID="1.2.9"))), (".DS_Store", b"junk")]
    page.evaluate(DROP, [[[name, b64encode(content).decode()] for name, content in given], ["b.dcm", ".DS_Store"]])
    sent(page, 2)
    assert sorted(TransmittalEntry.objects.values_list("name", flat=True)) == ["a.dcm", "b.dcm"]


def test_a_broken_connection_goes_on_where_it_stopped(ra1: Planned, open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    large = picture(rows=2000, columns=1600)
    path = tmp_path / "large.dcm"
    path.write_bytes(file_of(dx(large)))
    tried: list[str] = []

    def lose_the_second_piece_once(route: Route) -> None:
        tried.append(route.request.url)
        if len(tried) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(re.compile(r"/upload/files/\w+/\d+/$"), lose_the_second_piece_once)
    choose(page, path)
    sent(page, 1)
    assert [url.rstrip("/").rsplit("/", 1)[1] for url in tried] == ["0", "4194304", "4194304"]
    assert Film.objects.get().size == path.stat().st_size


def test_a_file_dropped_again_after_the_page_was_closed_goes_on(
    ra1: Planned, open_page: Open, tmp_path: Path, faults: list[str]
) -> None:
    path = tmp_path / "large.dcm"
    path.write_bytes(file_of(dx(picture(rows=2000, columns=1600))))
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    page.route("**/upload/files/*/4194304/", lambda route: route.abort("connectionreset"))
    choose(page, path)
    expect(page.locator("[data-files-being-sent]")).to_contain_text("connection lost", timeout=20000)
    page.close(run_before_unload=False)
    again = open_page(f"site/upload/?visit={ra1.visit().pk}")
    pieces: list[str] = []
    again.on("request", lambda request: pieces.append(request.url) if request.method == "PUT" else None)
    choose(again, path)
    sent(again, 1)
    assert [url.rstrip("/").rsplit("/", 1)[1] for url in pieces] == ["4194304"]


def test_coming_back_shows_what_became_of_each_file(ra1: Planned, open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    choose(page, film_file(tmp_path, "a.dcm", "L", "1.2.1"))
    sent(page, 1)
    page.close()
    run_due_jobs()
    expect(row(open_page("site/upload/"), "a.dcm")).to_contain_text("Received")


def test_without_a_subject_nothing_is_sent(ra1: Planned, open_page: Open, tmp_path: Path) -> None:
    page = open_page("site/upload/")
    choose(page, film_file(tmp_path, "a.dcm", "L", "1.2.1"))
    assert page.locator("select[name=visit]").evaluate("(field) => field.validity.valueMissing")
    assert not TransmittalEntry.objects.exists()


def test_one_film_takes_the_place_of_one_film(ra1: Planned, open_page: Open, tmp_path: Path) -> None:
    content = file_of(dx(SOPInstanceUID="1.2.5"))
    page = open_page(f"site/upload/?visit={ra1.visit().pk}")
    (tmp_path / "old.dcm").write_bytes(content)
    choose(page, tmp_path / "old.dcm")
    sent(page, 1)
    run_due_jobs()
    old = Film.objects.get()
    page = open_page(f"site/upload/?replaces={old.pk}")
    new = [film_file(tmp_path, f"new{n}.dcm", "L", f"1.2.6{n}") for n in range(2)]
    choose(page, *new)
    expect(page.locator("[data-note]")).to_contain_text("Choose a single file")
    choose(page, new[0])
    sent(page, 2)
    wait_for(lambda: Film.objects.filter(replaces=old).exists(), "the replacement")
