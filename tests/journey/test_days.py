"""The day of each role in Chromium: from the start page, by clicks alone, to every page of the menu and the main task.

docs/days has a page for each role; the menus that these pages list are the ones that are walked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.roles import Role
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.issuing.assignments import request_batch
from reading.models import Campaign, ItemScore, QueryBatch, Read, ReadStatus
from scoring.models import Dataset, Lock, OpeningShare, ScoreReview
from studies.desk import masks
from studies.models import Film, FilmStatus, MaskSet, Question, Visit, VisitPlan
from studies.questions.threads import ask
from tests.capture.acting import press, wait_ready, wait_saved
from tests.cast import PASSWORD as CAST_PASSWORD
from tests.chromium import Windows
from tests.journey.day import GUIDES, Day
from tests.reading.builders import BuiltTrial, build_reading_trial, fill_read, open_campaign_of
from tests.reading.test_line import lock_it, read_all
from tests.scoring.queried import campaign_with_a_slip, read_with_slip
from tests.scoring.unsealing_cast import arms_of, make_opening
from tests.studies.desk_cast import DeskCast, film_at_desk
from tests.studies.films import dx, file_of
from tests.viewer.films import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def day(windows: Windows, live_server: LiveServer) -> Iterator[Day]:
    """A window in which people sign in; no page may complain."""
    with windows.lend(width=1366, height=768, base_url=live_server.url) as page:
        day = Day(page)
        yield day
    assert day.faults == []


def trial_of_one_subject() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def overdue_visit(built_trial: BuiltTrial) -> Visit:
    """A visit of the subject without films, whose window is over."""
    plan = VisitPlan.objects.create(trial=built_trial.trial, code="W36", label="W36", target_day=252)
    return Visit.objects.create(subject=built_trial.subjects[0], plan=plan, code="W36")


def waiting_film(built_trial: BuiltTrial) -> Film:
    """A film at the desk."""
    actors = {role: built_trial.actor(role) for role in ("coordinator", "checker", "reader")}
    visit, subject = overdue_visit(built_trial), built_trial.subjects[0]
    return film_at_desk(
        DeskCast(built_trial.trial, [subject.site], [subject], [visit], **actors, outsider=actors["reader"])
    )


def issue(built_trial: BuiltTrial) -> Campaign:
    """An open campaign whose only case is issued to both readers."""
    campaign, coordinator = open_campaign_of(built_trial, concordant_share=0.0), built_trial.actor("coordinator")
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    return campaign


def test_every_role_has_a_page_about_its_day_whose_pictures_exist() -> None:
    pages = {path.stem: path.read_text(encoding="utf-8") for path in GUIDES.glob("*.md")}
    index = pages.pop("README")
    roles = set(Role) - {Role.ADJUDICATOR, Role.ADMINISTRATOR, Role.SYSTEM}
    assert set(pages) == {role.value for role in roles}
    assert [role for role in pages if f"({role}.md)" not in index] == []
    shown = [name for page in pages.values() for name in re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)]
    assert [name for name in shown if not (GUIDES / name).is_file()] == []


def test_a_site_sends_a_film_and_answers_a_question(day: Day, tmp_path: Path) -> None:
    built_trial = trial_of_one_subject()
    visit, subject = overdue_visit(built_trial), built_trial.subjects[0]
    ask(trial=built_trial.trial, text="Which side is it?", actor=built_trial.actor("coordinator"), subject=subject)
    day.begin("site@two.example")
    day.walk("site")
    day.task("Visits with overdue films")
    day.follow("Subject S000, W36")
    film = tmp_path / "left hand.dcm"
    film.write_bytes(file_of(dx(StudyDate="20250910")))
    day.page.locator('[data-chooser="files"]').set_input_files(film)
    row = day.page.locator("[data-rows] tr", has_text="left hand.dcm")
    expect(row).to_contain_text("Processing")
    run_due_jobs()
    expect(row).to_contain_text("Received", timeout=10_000)
    assert Film.objects.get(visit=visit).status == FilmStatus.DEIDENTIFIED
    day.home()
    day.task("Questions to answer")
    day.follow(f"Question {Question.objects.get().pk}")
    day.page.get_by_role("main").get_by_role("textbox").fill("The left one.")
    day.press("Send the answer")
    day.reads("Answered")


def test_a_coordinator_accepts_a_film_and_assigns_a_batch(day: Day) -> None:
    built_trial = trial_of_one_subject()
    film = waiting_film(built_trial)
    open_campaign_of(built_trial)
    day.begin("coordinator@two.example")
    day.walk("coordinator")
    day.task("Films at the desk")
    day.follow("Start")
    expect(day.page.locator(".pane")).to_have_attribute("data-level", "full", timeout=30_000)
    day.page.get_by_label("Left", exact=True).check()
    day.page.get_by_label("Hand", exact=True).check()
    day.page.get_by_role("button", name="Accept").click()
    day.page.wait_for_url("**/desk/")
    assert Film.objects.get(pk=film.pk).status == FilmStatus.ACCEPTED
    day.choose("Campaigns")
    day.follow("C1", "Assign a batch")
    day.press("Draw and issue")
    day.reads("Its reads will appear shortly.")
    run_due_jobs()
    assert Read.objects.count() == 2


def test_a_quality_checker_confirms_masks(day: Day) -> None:
    built_trial = trial_of_one_subject()
    film = waiting_film(built_trial)
    masks.propose(film=film, actor=built_trial.actor("coordinator"), rectangles=[[5, 6, 30, 10]])
    day.begin("checker@two.example")
    day.walk("checker")
    day.task("Masks to confirm")
    day.follow("Start")
    expect(day.page.locator(".pane")).to_have_attribute("data-level", "full", timeout=30_000)
    day.page.get_by_role("button", name="Confirm", exact=True).click()
    day.page.wait_for_url("**/masks/")
    assert MaskSet.objects.get().confirmed_by == built_trial.people["checker"]


def test_a_reader_scores_and_signs_a_case(day: Day) -> None:
    built_trial = trial_of_one_subject()
    issue(built_trial)
    read = Read.objects.get(reader=built_trial.people["reader"])
    day.begin("reader@two.example")
    day.walk("reader")
    day.task("Cases to read")
    day.follow("Read the next case")
    wait_ready(day.page)
    press(day.page, "3")
    wait_saved(day.page)
    assert ItemScore.objects.get(timepoint__step__read=read).value == 3
    fill_read(read)
    day.page.reload()
    wait_ready(day.page)
    press(day.page, "Control+Enter")
    wait_until(day.page, "document.querySelector('#room').dataset.page === 'review'")
    day.sign("Sign this read")
    wait_until(day.page, "document.querySelector('#room').dataset.page === 'signed'")
    assert Read.objects.get(pk=read.pk).status == ReadStatus.SIGNED


def test_a_query_goes_from_the_imaging_lead_through_the_coordinator_to_the_reader(day: Day) -> None:
    built_trial = trial_of_one_subject()
    campaign_with_a_slip(built_trial)
    read = read_with_slip(built_trial)
    day.begin("lead@two.example")
    day.walk("lead")
    day.task("Reads for the next queries", 2)
    day.choose("Agreement and datasets")
    day.follow("Score checks", "Films and values")
    day.page.get_by_role("main").get_by_role("checkbox").first.check()
    day.press("Save the marks")
    day.follow("Score checks of C1")
    day.press("Prepare the batch")
    day.agree()
    day.reads("A batch is waiting for a coordinator to release it.")
    day.begin("coordinator@two.example")
    day.task("Queries to release")
    day.follow("C1", "Queries")
    day.sign("Release the batch")
    expect(day.page.get_by_role("button", name="Release the batch")).to_have_count(0)
    assert QueryBatch.objects.get().released_at
    run_due_jobs()
    assert Read.objects.get(pk=read.pk).status == ReadStatus.RETURNED
    day.begin("reader@two.example")
    day.task("Cases to read")
    day.reads("Please check 2 joints")


def test_a_statistician_and_a_second_signer_lock_a_dataset(day: Day) -> None:
    built_trial = trial_of_one_subject()
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign)
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    day.begin("statistician@two.example")
    day.walk("statistician")
    day.task("Campaigns to lock")
    day.follow("Datasets")
    day.press("Build a dataset")
    day.reads("Being built")
    run_due_jobs()
    assert Dataset.objects.get().failure == ""
    day.follow("1")
    day.sign("Sign and request")
    day.reads("Waiting for the second signer")
    day.begin("signer@two.example")
    day.walk("signer")
    day.task("Locks to confirm")
    day.follow("Dataset 1 of campaign C1")
    day.sign("Sign and lock")
    day.reads("In force")
    assert Lock.objects.get().root == Dataset.objects.get().root


def test_an_auditor_reviews_the_scores_and_a_sponsor_viewer_sees_the_lock(day: Day) -> None:
    built_trial = trial_of_one_subject()
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign)
    lock_it(built_trial, campaign)
    day.begin("auditor@two.example")
    day.walk("auditor")
    day.enter()
    day.choose("Audit trail")
    day.press("Verify now")
    day.reads("The verification was requested.")
    run_due_jobs()
    day.choose("Audit trail")
    day.reads("Intact")
    day.choose("Score history")
    day.follow("Sign these as reviewed")
    day.sign("Sign as reviewed")
    day.reads("Review 1: 128 revisions")
    assert ScoreReview.objects.get().signature.signer == built_trial.people["auditor"]
    day.begin("sponsor@two.example")
    day.reads("You have no open tasks here.")
    day.walk("sponsor")
    day.enter()
    day.choose("Sites by month")
    expect(day.page.get_by_role("table", name="Locks")).to_contain_text("C1")


def test_a_custodian_gives_their_share(day: Day, tmp_path: Path) -> None:
    opening = make_opening(tmp_path)
    opening.holders.seal(arms_of(opening), by=2)
    asked = opening.ask()
    share = tmp_path / "own.share.json"
    share.write_bytes(opening.share(asked, 0))
    one = opening.holders.custodians[0].user
    day.begin(one.email, CAST_PASSWORD)
    day.walk("custodian")
    day.task("Opening shares to give")
    day.follow("C1, lock 1")
    day.page.locator("input[type=file]").set_input_files(share)
    day.sign("Sign and give the share", CAST_PASSWORD)
    day.reads("You have given your share.")
    assert OpeningShare.objects.get().key.custodian == one
