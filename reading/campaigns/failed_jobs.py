"""Failed background work of a campaign: shown to its coordinator, who can request a retry."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Action, authorise
from audit.trail import Actor
from config.errors import BadInput
from jobs.models import Job
from jobs.retrying import retry
from reading.models import Campaign

ISSUING, CONSENSUS = "reading.issue", "scoring.consensus"


@dataclass(frozen=True)
class FailedJob:
    """A failed job and its unfinished work."""

    job: int
    says: str


def failed_jobs(campaign: Campaign) -> list[FailedJob]:
    """The failed work of this campaign. No reasons are given, because reasons about results may reveal scores."""
    failed = list(Job.objects.failed().filter(kind__in=(ISSUING, CONSENSUS)).order_by("pk"))
    batches = dict(campaign.batches.filter(pk__in=numbers_in(failed, "batch")).values_list("pk", "name"))
    cases = dict(campaign.cases.filter(pk__in=numbers_in(failed, "case")).values_list("pk", "number"))
    found = []
    for job in failed:
        if name := batches.get(job.payload.get("batch", 0)):
            found.append(FailedJob(job.pk, f"The reads of batch {name} were not issued."))
        elif number := cases.get(job.payload.get("case", 0)):
            found.append(FailedJob(job.pk, f"The result of case {number} was not computed."))
    return found


def numbers_in(jobs: list[Job], name: str) -> list[int]:
    """The subjects of these jobs."""
    return [job.payload[name] for job in jobs if name in job.payload]


def try_again(*, campaign: Campaign, job: int, actor: Actor) -> None:
    """Retries failed work of the campaign; everything completed before the failure is kept."""
    authorise(actor, Action.RUN_CAMPAIGN)
    if job not in [work.job for work in failed_jobs(campaign)]:
        raise BadInput("This work has not stopped, or it does not belong to this campaign. Reload the page.")
    retry(job=Job.objects.get(pk=job), actor=actor)
