"""Scanning a campaign's films, before it opens, for features that reveal their order; acknowledging a warning."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from config.transitions import moved
from jobs.models import Job
from jobs.queue import Lease, add
from reading.leak_scan.features import FEATURES, measure
from reading.leak_scan.statistics import as_json, scan
from reading.models import Campaign, CampaignStatus, LeakScan, LeakScanStatus
from reading.models.leak_scan import LEAK_SCAN_TRANSITIONS
from reading.states import again_if_same, said_of
from studies.models import Film, QualityDecision
from studies.naming import checked_text

SCAN_IS: dict[str, str] = {
    LeakScanStatus.RUNNING: "is still running",
    LeakScanStatus.CLEAN: "has finished without a warning",
    LeakScanStatus.WARNED: "has finished with a warning",
    LeakScanStatus.ACKNOWLEDGED: "has a warning that is acknowledged",
}
SCAN_BECOMES: dict[str, str] = {
    LeakScanStatus.CLEAN: "finished",
    LeakScanStatus.WARNED: "finished",
    LeakScanStatus.ACKNOWLEDGED: "acknowledged",
}

STOPPED = "The leak scan stopped before it had finished. Run it again."


def newest_scan(campaign: Campaign) -> LeakScan | None:
    """The newest scan, which is the valid one."""
    return LeakScan.objects.filter(campaign=campaign).order_by("-number").first()


def request_scan(*, campaign: Campaign, actor: Actor) -> LeakScan:
    """Requests a scan of the films that are ready now; a job runs it."""
    authorise(actor, Action.RUN_CAMPAIGN)
    if campaign.status != CampaignStatus.DRAFT:
        raise WrongState(f"{said_of(campaign)} The leak scan can be run only while a campaign is in preparation.")
    with audited_atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        newest = newest_scan(campaign)
        if newest is not None and newest.status == LeakScanStatus.RUNNING and not given_up(newest):
            text = f"A leak scan of campaign {campaign.code} is already running. Wait until it has finished."
            raise WrongState(text)
        made = LeakScan.objects.create(campaign=campaign, number=newest.number + 1 if newest else 1)
        add(kind="reading.leak_scan", key=f"scan-{made.pk}", payload={"scan": made.pk})
        record_event("reading.leak-scan.requested", made, actor)
    return made


def job_of(made: LeakScan) -> Job | None:
    """The job that runs the scan."""
    return Job.objects.filter(kind="reading.leak_scan", key=f"scan-{made.pk}").first()


def given_up(made: LeakScan) -> bool:
    """Whether its job has failed permanently: another scan may be requested."""
    job = job_of(made)
    return job is not None and job.status == Job.Status.FAILED


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Measures the films of {"scan": id} and tests every feature."""
    made = LeakScan.objects.select_related("campaign__trial").get(pk=payload["scan"])
    measured = measure(made.campaign.trial, lambda done, total: lease.progress(done, total, "measuring films"))
    findings = scan(
        measured.films, measured.features, lambda done, total: lease.progress(done, total, "testing features")
    )
    warned = [finding.feature for finding in findings if finding.warns]
    status = LeakScanStatus.WARNED if warned else LeakScanStatus.CLEAN
    with audited_atomic():
        lease.finish()
        move_scan(
            made,
            status,
            finished_at=timezone.now(),
            films=len(measured.films.case),
            cases=measured.cases,
            cases_of=measured.of,
            findings=[as_json(finding) for finding in findings],
        )
        record_event(
            "reading.leak-scan.completed", made, Actor.system("leak scan"), warned=[FEATURES[name] for name in warned]
        )


def acknowledge_scan(*, made: LeakScan, actor: Actor, user: User, reason: str) -> None:
    """Records that the coordinator has seen the warning and why the campaign can be opened."""
    authorise(actor, Action.RUN_CAMPAIGN)
    reason = checked_text("reason", reason, longest=500)
    with audited_atomic():
        move_scan(
            made,
            LeakScanStatus.ACKNOWLEDGED,
            acknowledged_by=user,
            acknowledged_at=timezone.now(),
            acknowledgement=reason,
        )
        record_event("reading.leak-scan.acknowledged", made, actor, reason=reason)


def in_the_way(campaign: Campaign) -> str:
    """Why the scan prevents the campaign from opening; empty if it does not."""
    made = newest_scan(campaign)
    if made is None:
        return "The leak scan has not been run."
    if made.status == LeakScanStatus.RUNNING:
        return STOPPED if given_up(made) else "The leak scan is still running."
    if made.status == LeakScanStatus.WARNED:
        return "The leak scan warns that the order can be recognised. Read and acknowledge the warning."
    return ""


def films_since(campaign: Campaign) -> int:
    """Ready films that were accepted after the newest scan was requested, so not scanned."""
    made = newest_scan(campaign)
    if made is None:
        return 0
    accepted = QualityDecision.objects.filter(decision="accept", decided_at__gt=made.requested_at)
    return Film.objects.ready().filter(trial=campaign.trial, decisions__in=accepted).distinct().count()


def move_scan(made: LeakScan, to: LeakScanStatus, **changes: object) -> None:
    """The scan's next state, along LEAK_SCAN_TRANSITIONS."""
    if not moved(made, to, LEAK_SCAN_TRANSITIONS, **changes):
        state, becomes = SCAN_IS[made.status], SCAN_BECOMES[to] + again_if_same(made.status, to)
        raise WrongState(f"The leak scan of campaign {made.campaign.code} {state}, so it cannot be {becomes}.")


def record_event(action: str, made: LeakScan, actor: Actor, reason: str = "", **details: object) -> None:
    """One event about a scan."""
    record(
        action=action,
        actor=actor,
        stream=made.campaign.trial.code,
        subject=("reading.leakscan", str(made.pk)),
        reason=reason,
        details={"campaign": made.campaign.code, "number": made.number, **details},
        tracked=[made],
    )
