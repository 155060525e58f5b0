"""Before a campaign opens its films are scanned; a warning must be acknowledged, and the trail hears it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from accounts.sign_in import BACKEND
from audit.models import Event
from config.errors import WrongState
from imaging.bitpacking import encode
from jobs.carrying import run_due_jobs
from jobs.models import Job
from reading.campaigns.opening import create_campaign, open_campaign, why_not
from reading.charter.versions import draft_charter, sign_charter
from reading.leak_scan.scans import acknowledge_scan, newest_scan, request_scan
from reading.models import Campaign, CampaignStatus, LeakScan, LeakScanStatus
from studies.models import Film, QualityDecision, ReaderImage
from studies.sealed_links import image_of
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial

pytestmark = pytest.mark.django_db
RowsColumns = tuple[int, int]


def redraw(built_trial: BuiltTrial, shape_of: Callable[[Film], RowsColumns]) -> None:
    """Gives every film levels of its own, as films have, at that matrix."""
    for number, film in enumerate(Film.objects.filter(trial=built_trial.trial).select_related("visit__plan")):
        rows, columns = shape_of(film)
        rng = np.random.default_rng(number)
        levels = rng.integers(0, 3000 + 100 * (number % 7), (rows, columns), dtype=np.uint16)
        image = image_of(film.renditions.get())
        for place, band in enumerate(encode(levels, 4)):
            name = f"redrawn/{image.key}/{place}"
            storages["reading"].save(name, ContentFile(band))
            image.bands["full"][place] = {"name": name}
        ReaderImage.objects.filter(pk=image.pk).update(rows=rows, columns=columns, bands=image.bands)


def draft_campaign(built_trial: BuiltTrial) -> Campaign:
    coordinator, user = built_trial.actor("coordinator"), built_trial.people["coordinator"]
    charter = draft_charter(trial=built_trial.trial, actor=coordinator, terms={"instrument": "larsen-1995"})
    charter = sign_charter(charter=charter, actor=coordinator, user=user, password=PASSWORD)
    return create_campaign(trial=built_trial.trial, actor=coordinator, charter=charter, code="C1", title="First")


def scanned_by_job(built_trial: BuiltTrial, campaign: Campaign) -> LeakScan:
    made = request_scan(campaign=campaign, actor=built_trial.actor("coordinator"))
    run_due_jobs()
    made.refresh_from_db()
    return made


def by_subject(film: Film) -> RowsColumns:
    """Hospitals have different detectors; a subject's films all come from one."""
    return (32, 24) if film.subject_id % 2 else (40, 28)  # type: ignore[operator]


def by_visit(film: Film) -> RowsColumns:
    """The detectors were replaced after baseline."""
    assert film.visit is not None
    return (32, 24) if film.visit.code == "W00" else (40, 28)


def open_it(built_trial: BuiltTrial, campaign: Campaign) -> None:
    open_campaign(
        campaign=campaign,
        actor=built_trial.actor("coordinator"),
        subjects=built_trial.subjects,
        visits=built_trial.visits,
    )
    campaign.refresh_from_db()


def test_a_clean_trial_is_not_warned_and_opens() -> None:
    built_trial = build_reading_trial(subjects=10, visits=("W00", "W52"))
    redraw(built_trial, by_subject)
    campaign = draft_campaign(built_trial)
    assert [one.text for one in why_not(campaign) if one.blocking] == ["The leak scan has not been run."]
    with pytest.raises(WrongState, match="The leak scan has not been run"):
        open_it(built_trial, campaign)
    made = scanned_by_job(built_trial, campaign)
    assert (made.status, made.cases, made.films) == (LeakScanStatus.CLEAN, 10, 80)
    assert not any(finding["warns"] for finding in made.findings)
    open_it(built_trial, campaign)
    assert campaign.status == CampaignStatus.OPEN


def test_a_trial_whose_follow_up_films_have_another_matrix_is_warned_and_opens_once_that_is_acknowledged() -> None:
    built_trial = build_reading_trial(subjects=10, visits=("W00", "W52"))
    redraw(built_trial, by_visit)
    campaign = draft_campaign(built_trial)
    made = scanned_by_job(built_trial, campaign)
    assert made.status == LeakScanStatus.WARNED
    warned = {finding["feature"]: finding["auc"] for finding in made.findings if finding["warns"]}
    assert {"rows", "columns"} <= set(warned)
    assert warned["rows"] == 1.0
    with pytest.raises(WrongState, match="the order can be recognised"):
        open_it(built_trial, campaign)
    client = Client()
    client.force_login(built_trial.people["coordinator"], backend=BACKEND)
    url = reverse("reading:leak-scan", args=[built_trial.trial.code, "C1"])
    page = client.get(url).content.decode()
    assert "Readers could recognise the order of films from: Matrix: rows, Matrix: columns" in page
    figure = client.get(reverse("reading:leak-figure", args=[built_trial.trial.code, "C1"]))
    assert figure["Content-Type"] == "image/svg+xml"
    assert b"<svg" in figure.content
    assert client.post(url, {"reason": " "}).status_code == 400
    assert client.post(url, {"reason": "the detectors were replaced; the report says so"}).status_code == 302
    open_it(built_trial, campaign)
    recorded = Event.objects.get(action="reading.leak-scan.acknowledged")
    assert "the detectors were replaced" in str(recorded.content)


def test_a_clean_or_acknowledged_scan_is_not_acknowledged_again_and_an_open_campaign_is_not_scanned() -> None:
    built_trial = build_reading_trial(subjects=2, visits=("W00", "W52"))
    campaign, user = draft_campaign(built_trial), built_trial.people["coordinator"]
    made = scanned_by_job(built_trial, campaign)
    with pytest.raises(WrongState, match="The leak scan of campaign"):
        acknowledge_scan(made=made, actor=built_trial.actor("coordinator"), user=user, reason="why not")
    open_it(built_trial, campaign)
    with pytest.raises(WrongState, match="while a campaign is in preparation"):
        request_scan(campaign=campaign, actor=built_trial.actor("coordinator"))


def test_a_scan_that_runs_holds_the_campaign_and_one_that_failed_can_be_asked_for_again() -> None:
    built_trial = build_reading_trial(subjects=2, visits=("W00", "W52"))
    campaign, coordinator = draft_campaign(built_trial), built_trial.actor("coordinator")
    request_scan(campaign=campaign, actor=coordinator)
    assert [one.text for one in why_not(campaign) if one.blocking] == ["The leak scan is still running."]
    with pytest.raises(WrongState, match="already running"):
        request_scan(campaign=campaign, actor=coordinator)
    Job.objects.filter(kind="reading.leak_scan").update(status=Job.Status.FAILED)
    assert request_scan(campaign=campaign, actor=coordinator).number == 2
    run_due_jobs()
    newest = newest_scan(campaign)
    assert newest is not None
    assert newest.status == LeakScanStatus.CLEAN


def test_films_accepted_after_the_scan_are_said_to_be_unseen() -> None:
    built_trial = build_reading_trial(subjects=2, visits=("W00", "W52"))
    campaign = draft_campaign(built_trial)
    scanned_by_job(built_trial, campaign)
    assert why_not(campaign) == []
    film = Film.objects.filter(trial=built_trial.trial)[0]
    QualityDecision.objects.create(film=film, decision="accept", decided_by=built_trial.people["coordinator"])
    (note,) = why_not(campaign)
    assert (note.text, note.blocking) == ("1 film was accepted after the leak scan. Run it again.", False)
