"""The whole line as each person in turn, in a browser, on PostgreSQL, Redis and a real worker."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import instruments
from reading.models import Case, CaseStatus, Read
from scoring.models import Dataset, Lock
from studies.models import Film, FilmStatus, MaskSet
from tests.cast import PASSWORD, make_cast
from tests.journey.films import REAL, SUBJECTS, VISITS, JourneyFilms, real, synthetic
from tests.journey.people import People
from tests.servers import ROOT
from tests.tracking import record_new_rows
from tests.waiting import wait_for

pytestmark = [pytest.mark.postgresql, pytest.mark.browser, pytest.mark.long]
PASSED = (FilmStatus.ACCEPTED, FilmStatus.READY)
ITEMS = instruments.get("larsen-1995").items
Typed = dict[tuple[str, str], dict[str, int]]  # (read token, letter) -> item -> grade


@pytest.fixture
def people(product: str, chromium: Browser) -> Iterator[People]:
    make_cast()
    record_new_rows("RA-1")
    people = People(chromium, product)
    yield people
    people.close()


def plan_the_trial(people: People) -> None:
    for code, day in (("W00", "0"), ("W24", "168")):
        page = people.go("coordinator", "set-up/visits/")
        page.fill("input[name=visit]", code)
        page.fill("input[name=label]", f"Visit {code}")
        page.fill("input[name=target_day]", day)
        page.click("main form[method=post] button.primary")
    for subject in SUBJECTS:
        page = people.go("coordinator", "set-up/subjects/")
        page.select_option("form[method=post] select[name=site]", "01")
        page.fill("input[name=subject]", subject)
        page.click("main form[method=post] button.primary")
        page.wait_for_selector(f"text={subject}")


def upload(people: People, films: JourneyFilms) -> None:
    rows = 0
    for subject in SUBJECTS:
        for visit, day in VISITS.items():
            page = people.go("site", "site/upload/")
            option = page.locator("form[method=post] select[name=visit] option", has_text=visit).filter(
                has_text=subject
            )
            value = option.first.get_attribute("value") if option.count() else visit_in_group(page, subject, visit)
            page.select_option("form[method=post] select[name=visit]", value)
            page.fill("input[name=film_date]", day.isoformat())
            drop_files(page, films.of_visit(subject, visit))
            expect(page.locator("tbody[data-rows] tr")).to_have_count(rows := rows + 4, timeout=60_000)
    wait_for(
        lambda: Film.objects.filter(status=FilmStatus.DEIDENTIFIED).count() == 16, "films at the desk", seconds=180
    )


def visit_in_group(page: Page, subject: str, visit: str) -> str | None:
    """The visit's value where the list is grouped by subject."""
    option = page.locator(f"form[method=post] select[name=visit] optgroup[label*='{subject}'] option", has_text=visit)
    return option.first.get_attribute("value")


def drop_files(page: Page, paths: list[Path]) -> None:
    """Drags files from the desktop over the box and drops them there, as the browser's own drag and drop."""
    box = page.locator("[data-drop]").bounding_box()
    assert box is not None
    devtools = page.context.new_cdp_session(page)
    where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for step in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": step, **where, "data": data})


def pass_the_desk(people: People, films: JourneyFilms) -> None:
    """With the keyboard: what the coordinator sees, text or none, accept; then the checker confirms the masks."""
    for film in Film.objects.filter(status=FilmStatus.DEIDENTIFIED).order_by("pk"):
        page = people.go("coordinator", f"desk/{film.pk}/")
        if page.locator(".quick-masks").count():
            page.keyboard.press("t")
            wait_for(MaskSet.objects.filter(film=film).exists, "a mask set")
            page = people.go("coordinator", f"desk/{film.pk}/")
        expect(page.locator(".pane")).to_have_attribute("data-level", "full", timeout=60_000)
        seen = films.seen(film)
        unscaled = "u" if film.spacing_mm is None else ""
        for key in (seen.side.lower(), seen.view[0], *unscaled, *("k" if film.findings else "")):
            page.keyboard.press(key)
        if page.locator("#side-witnesses").is_visible():
            page.keyboard.press("o")
        page.keyboard.press("a")
        wait_for(Film.objects.filter(pk=film.pk, status__in=PASSED).exists, f"film {film.pk} is accepted")
    for mask_set in MaskSet.objects.filter(confirmed_by=None):
        page = people.go("checker", f"masks/{mask_set.film_id}/")
        expect(page.locator(".pane")).to_have_attribute("data-level", "full", timeout=60_000)
        page.click("#confirm button")
        confirmed = MaskSet.objects.filter(pk=mask_set.pk, confirmed_by__isnull=False)
        wait_for(confirmed.exists, "the masks are confirmed")
    wait_for(lambda: Film.objects.filter(status=FilmStatus.READY).count() == 16, "films ready", seconds=180)


def write_the_charter(people: People) -> None:
    page = people.go("coordinator", "charter/write/")
    page.select_option("form[method=post] select[name=instrument]", "larsen-1977")
    expect(page.locator("input[name=unverified_acknowledged]")).to_be_visible()
    page.select_option("form[method=post] select[name=instrument]", "larsen-1995")
    expect(page.locator("input[name=unverified_acknowledged]")).to_be_hidden()
    page.fill("input[name=adjudication_threshold]", "5")
    page.fill("input[name=concordant_share]", "0")
    page.click("main form[method=post] button.primary")
    page = people.go("coordinator", "charter/1/")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form[method=post] button.primary")
    page.wait_for_selector("text=Charter version 1 is signed")
    for who in ("reader", "reader.two", "adjudicator"):
        page = people.go("coordinator", "qualifications/")
        page.select_option("form[method=post] select[name=reader]", label=f"{who} of RA-1")
        page.select_option("form[method=post] select[name=instrument]", "larsen-1995")
        page.fill("input[name=evidence]", "Agreement with reference scores, 2025-01-05")
        page.fill("input[name=password]", PASSWORD)
        page.click("main form[method=post] button.primary")


def open_the_campaign(people: People) -> None:
    page = people.go("coordinator", "campaigns/")
    page.fill("input[name=campaign_code]", "C1")
    page.fill("input[name=title]", "First reading")
    page.click("main .card form[method=post] button.primary")
    page.wait_for_selector("text=Open the campaign")
    page = people.go("coordinator", "campaigns/C1/leak-scan/")
    page.click("main form[method=post] button.primary")
    page.wait_for_selector("text=No measured feature predicts the order")
    page = people.go("coordinator", "campaigns/C1/")
    page.wait_for_selector("text=Open the campaign")
    page.click("main form[method=post] button.primary")
    page.click("[data-confirm-yes]")
    page.wait_for_selector("text=The campaign is open with 2 cases")
    page = people.go("coordinator", "campaigns/C1/assign/")
    page.click("button[name=preview]")
    page.wait_for_selector("text=What this batch would add")
    page.click("button[name=release]")
    wait_for(lambda: Read.objects.count() == 4, "reads issued", seconds=60)


def read_a_case(people: People, who: str, read: Read, grade: dict[str, int]) -> Typed:
    """Opens the case, types a grade by letter in every cell, reviews and signs; gives what was typed."""
    page = people.page(who)
    page.goto(f"{people.address}/read/{read.token}/")
    ready = "document.querySelector('.status')?.dataset.state !== undefined && document.querySelector('td.current')"
    wait_for(lambda: page.evaluate(f"() => !!({ready})"), "the desk is open", seconds=60)
    typed: Typed = defaultdict(dict)
    for _ in range(len(ITEMS) * len(VISITS)):
        item, letter = page.evaluate(
            "() => { const c = document.querySelector('td.current'); const e = c.dataset.timepoint;"
            " return [c.dataset.item, document.querySelector(`.pane[data-timepoint='${e}']`).dataset.letter]; }"
        )
        enter(page, item, letter, grade[letter])
        typed[read.token, letter][item] = grade[letter]
    wait_for(lambda: page.evaluate("document.querySelector('.status').dataset.waiting === '0'"), "saved")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("form.sign [name=password]")
    page.fill("form.sign [name=password]", PASSWORD)
    page.click("[data-sign]")
    wait_for(lambda: Read.objects.get(pk=read.pk).status == "signed", "signed")
    return typed


def enter(page: Page, item: str, letter: str, grade: int) -> None:
    """Presses the digit once: the screen holds it until the film of the side has been shown in full."""
    page.keyboard.press(str(grade))
    wait_for(lambda: entered(page, item, letter), f"{item} of {letter} is entered", seconds=60)


def entered(page: Page, item: str, letter: str) -> bool:
    """Whether the grid shows a value in a cell."""
    text = page.evaluate(
        "([item, letter]) => { const e = document.querySelector(`.pane[data-letter='${letter}']`).dataset.timepoint;"
        " return document.querySelector(`td[data-item='${item}'][data-timepoint='${e}']`).textContent; }",
        [item, letter],
    )
    return bool(text)


def read_everything(people: People) -> Typed:
    typed: Typed = {}
    cases = list(Case.objects.order_by("pk"))
    for who in ("reader", "reader.two"):
        for read in Read.objects.filter(reader__name=f"{who} of RA-1").order_by("queue_position"):
            differs = who == "reader.two" and read.case_id == cases[0].pk
            typed |= read_a_case(people, who, read, {"A": 1, "B": 3 if differs else 1})
    wait_for(
        lambda: sorted(Case.objects.values_list("status", flat=True)) == [CaseStatus.CONSENSUS, CaseStatus.DISCORDANT],
        "one case agreed on, one discordant",
        seconds=60,
    )
    adjudication = Read.objects.filter(kind="adjudication")
    wait_for(adjudication.exists, "the adjudicator's read", seconds=60)
    typed |= read_a_case(people, "adjudicator", adjudication.get(), {"A": 1, "B": 1})
    wait_for(lambda: not Case.objects.filter(status=CaseStatus.DISCORDANT).exists(), "adjudicated", seconds=60)
    return typed


def lock_the_dataset(people: People, folder: Path) -> tuple[Path, str]:
    page = people.go("coordinator", "campaigns/C1/")
    page.click("form[action$='/close/'] button")
    page.click("[data-confirm-yes]")
    page.wait_for_selector("text=a dataset can be built")
    page = people.go("statistician", "results/C1/datasets/")
    page.click("text=Build a dataset")
    wait_for(lambda: Dataset.objects.exclude(status="building").exists(), "the dataset", seconds=60)
    assert Dataset.objects.get().failure == ""
    for who in ("statistician", "signer"):
        page = people.go(who, "results/C1/datasets/1/")
        page.fill("input[name=password]", PASSWORD)
        page.click("main .card form[method=post] button.primary")
    wait_for(Lock.objects.exists, "the lock")
    root = Lock.objects.get().root
    page = people.go("statistician", "results/C1/datasets/1/")
    with page.expect_download() as download:
        page.click("text=Download")
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    archive.extractall(folder / "dataset")
    return next((folder / "dataset").iterdir()), root


def independent_totals(folder: Path, typed: Typed) -> Counter[tuple[str, str, str]]:
    """(subject, visit, reader code) -> the plain sum of what was typed; letters become visits by reads.csv alone."""
    sums: Counter[tuple[str, str, str]] = Counter()
    seen = set()
    for row in csv.DictReader((folder / "reads.csv").open(newline="")):
        key = (row["READID"], row["LETTER"])
        if key not in seen:
            seen.add(key)
            sums[row["USUBJID"], row["VISIT"], row["READERID"]] += sum(typed[key].values())
    return sums


def test_from_drag_and_drop_to_a_verified_dataset(people: People, tmp_path: Path) -> None:
    walk_the_line(people, tmp_path, JourneyFilms(tmp_path, synthetic))


@pytest.mark.full
@pytest.mark.skipif(not REAL.is_dir(), reason=f"the folder of real radiographs is not there: {REAL}")
def test_the_same_with_real_films_as_dicom_and_as_plain_jpeg(people: People, tmp_path: Path) -> None:
    walk_the_line(people, tmp_path, JourneyFilms(tmp_path, real))


def walk_the_line(people: People, tmp_path: Path, films: JourneyFilms) -> None:
    """Each person in turn, from the plan of the trial to the copy that proves itself."""
    plan_the_trial(people)
    upload(people, films)
    pass_the_desk(people, films)
    write_the_charter(people)
    open_the_campaign(people)
    typed = read_everything(people)
    folder, root = lock_the_dataset(people, tmp_path)
    compare_with_what_was_typed(folder, typed)
    prove_intact(folder, root)
    look_at_the_other_pages(people)
    assert people.faults == []


def compare_with_what_was_typed(folder: Path, typed: Typed) -> None:
    """The dataset's totals are the sums of what was typed, read by read."""
    totals = [row for row in csv.DictReader((folder / "totals.csv").open(newline="")) if row["GROUP"] == "total"]
    by_reader = {(r["USUBJID"], r["VISIT"], r["READERID"]): int(r["EXACT"]) for r in totals if r["READERID"]}
    assert by_reader == dict(independent_totals(folder, typed))
    assert len(by_reader) == 2 * 2 * 2 + 2
    results = [r for r in totals if r["SOURCE"] == "RESULT"]
    assert {r["EXACT"] for r in results} == {"32"}  # every reader that decides typed 1 in each of 32 areas


def prove_intact(folder: Path, root: str) -> None:
    """The command for unpacked copies, which needs no database."""
    command = [sys.executable, "manage.py", "verify_dataset", str(folder), "--root", root]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "intact" in found.stdout


def look_at_the_other_pages(people: People) -> None:
    """Imaging lead, sponsor, auditor, checker and administrator find their first pages."""
    for who in ("lead", "sponsor", "auditor", "checker"):
        page = people.go(who, "")
        assert page.locator("h1").inner_text()
    people.go("lead", "results/C1/agreement/").wait_for_selector("figure img")
    page = people.page("administrator")
    page.goto(f"{people.address}/")
    assert page.locator("h1").inner_text()
