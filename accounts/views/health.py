"""The administrator's pages: the health of each component, and the jobs, with retry for failed ones."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.identity import administrator
from accounts.roles import Action
from config.cells import Badge, Column, Progress, label_of
from config.filters import ChoiceFilter, MomentFilter, TextFilter
from config.job_kinds import JOB_NAMES
from config.listing import Listing
from config.sent_forms import sent_from
from jobs.health import further, vital
from jobs.models import Job
from jobs.retrying import retry


def progress_of(job: Job) -> Progress | None:
    """The progress that the job reports; it reports before each part, so a finished job has completed all parts."""
    done = job.total if job.status == Job.Status.DONE else job.done
    return Progress(done, job.total) if job.total else None


def kind_of(job: Job) -> str:
    """The work of the job, in words."""
    return JOB_NAMES.get(job.kind, job.kind)


COLUMNS = [
    Column("kind", "Kind", kind_of, "kind", ChoiceFilter("kind", sorted(JOB_NAMES.items(), key=lambda one: one[1]))),
    Column("key", "Key", sort="key", filter=TextFilter("key")),
    Column(
        "status",
        "State",
        value=lambda job: Badge(job.status, label_of(job, "status")),
        sort="status",
        filter=ChoiceFilter("status", Job.Status.choices),
    ),
    Column("progress", "Progress", value=progress_of),
    Column("doing", "Current step"),
    Column("attempts", "Attempts", sort="attempts"),
    Column("reason", "Reason", filter=TextFilter("reason")),
    Column("added_at", "Added", sort="added_at", filter=MomentFilter("added_at")),
    Column("due_at", "Due", sort="due_at"),
    Column("finished_at", "Finished", sort="finished_at"),
    Column("retry", "", value="pk", template="jobs/retry_cell.html", csv=False),
]


def health(request: HttpRequest) -> HttpResponse:
    """The health of each component, and the number of failed jobs."""
    administrator(request, Action.SEE_HEALTH)
    context = {"answers": [*vital(), *further()], "failed": Job.objects.failed().count()}
    return render(request, "jobs/health.html", context | {"waiting": Job.objects.unfinished().count()})


def jobs(request: HttpRequest) -> HttpResponseBase:
    """Every job, the newest first."""
    administrator(request, Action.SEE_HEALTH)
    listing = Listing(
        request,
        Job.objects.all(),
        columns=COLUMNS,
        name="jobs",
        search=("kind", "key", "reason"),
        sort="-added_at",
        hidden=("due_at", "doing"),
        empty="There are no jobs yet.",
    )
    return listing.respond("jobs/jobs.html")


@sent_from("jobs")
def retry_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Queues a failed job again."""
    actor = administrator(request, Action.RETRY_JOBS)
    job = get_object_or_404(Job, pk=pk)
    retry(job=job, actor=actor)
    messages.success(request, f"{job} will be tried again.")
    return redirect("jobs")
