"""The leak scan of a campaign in preparation: running it, viewing it, acknowledging its warning."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.identity import signed_in
from accounts.roles import Action
from config.form_refusals import refused_on
from config.sent_forms import sent_from
from jobs.models import Job
from reading.leak_scan.features import FEATURES
from reading.leak_scan.figure import leak_figure
from reading.leak_scan.scans import acknowledge_scan, job_of, newest_scan, request_scan
from reading.models import LeakScan, LeakScanStatus
from reading.views.campaigns import campaign_or_404
from studies.forms.planning import ReasonForm


def labelled(made: LeakScan | None) -> list[tuple[str, dict[str, Any]]]:
    """The findings with the labels of their features."""
    return [(FEATURES[finding["feature"]], finding) for finding in made.findings] if made else []


def leak_scan(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The findings of the newest scan; a warning is acknowledged here."""
    trial, shown, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    made, form = newest_scan(shown), ReasonForm(request.POST or None)
    if request.method == "POST" and made is not None and form.is_valid():
        with refused_on(form):
            acknowledge_scan(made=made, actor=actor, user=signed_in(request), reason=form.cleaned_data["reason"])
            messages.success(request, "The warning is acknowledged; the campaign may be opened.")
            return redirect("reading:campaign", code, slug)
    rows, job = labelled(made), job_of(made) if made else None
    context = {
        "trial": trial,
        "campaign": shown,
        "scan": made,
        "rows": rows,
        "warned": [label for label, finding in rows if finding["warns"]],
        "running": made is not None and made.status == LeakScanStatus.RUNNING,
        "job": job,
        "failed": job is not None and job.status == Job.Status.FAILED,
        "form": form,
    }
    return render(request, "reading/leak_scan.html", context, status=400 if form.errors else 200)


@sent_from("reading:leak-scan", "code", "slug")
def run(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Requests a scan of the films that are ready now."""
    _, shown, actor = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    request_scan(campaign=shown, actor=actor)
    return redirect("reading:leak-scan", code, slug)


def figure(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The newest finished scan as SVG."""
    _, shown, _ = campaign_or_404(request, code, slug, Action.RUN_CAMPAIGN)
    rows = labelled(newest_scan(shown))
    if not rows:
        raise Http404
    return HttpResponse(leak_figure(rows), content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})
