"""The endpoint by arm, for a statistician who has received the arms: requested, computed by a job, shown."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables

from accounts.roles import Action
from audit.trail import Actor
from config.form_refusals import refused_on
from jobs.models import Job
from scoring.arms.report_files import file_in
from scoring.arms.reports import arms_to_compare, ask_for_report, content_of, note_download
from scoring.endpoint.by_arm.blocks import ReportColumn, ReportTable
from scoring.endpoint.by_arm.svg import WIDTH
from scoring.forms.arms import ByArmForm
from scoring.models import ArmsReport, ArmsReportStatus, ArmsRequest
from scoring.views.agreement_choice import one_of
from scoring.views.arms import holding_or_404, request_of
from scoring.views.datasets import signer_of
from studies.models import Trial

KINDS_OF_FILES = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml"}


def opened_or_404(request: HttpRequest, code: str, token: str) -> tuple[Trial, Actor, ArmsRequest]:
    """A request for the arms, for a person whose role sees results by arm."""
    trial, actor = holding_or_404(request, code, Action.SEE_BY_ARM)
    return trial, actor, request_of(trial, token)


def report_or_404(request: HttpRequest, code: str, token: str, number: int) -> tuple[Trial, Actor, ArmsReport]:
    """A report of a request."""
    trial, actor, asked = opened_or_404(request, code, token)
    return (
        trial,
        actor,
        get_object_or_404(ArmsReport.objects.select_related("request__campaign__trial"), request=asked, number=number),
    )


@sensitive_variables()
def by_arm(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The reports of a request, and the form for a new one."""
    trial, actor, asked = opened_or_404(request, code, token)
    user = signer_of(request)
    names = arms_to_compare(asked, user)
    form = ByArmForm(names, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            report = ask_for_report(asked=asked, actor=actor, user=user, **form.cleaned_data)
            return redirect("scoring:by_arm_report", code, token, report.number)
    reports = [(report, names[report.reference]) for report in asked.reports.select_related("asked_by")]
    context = {"trial": trial, "asked": asked, "reports": reports, "form": form}
    return render(request, "scoring/by_arm/page.html", context, status=400 if form.errors else 200)


@sensitive_variables()
def by_arm_report(request: HttpRequest, code: str, token: str, number: int) -> HttpResponse:
    """A report: its progress, its failure, or its tables and figures, one score at a time."""
    trial, _, report = report_or_404(request, code, token, number)
    names = arms_to_compare(report.request, signer_of(request))
    context: dict[str, Any] = {
        "trial": trial,
        "asked": report.request,
        "report": report,
        "reference": names[report.reference],
    }
    if report.status == ArmsReportStatus.READY:
        context |= shown(json.loads(file_in(content_of(report, signer_of(request)), "results.json") or "{}"), request)
    else:
        context["job"] = Job.objects.filter(kind="scoring.by_arm", key=f"report-{report.pk}").first()
    return render(request, "scoring/by_arm/report.html", context)


def shown(results: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """The heading, the facts, and the tables and figures of the chosen score, by default the first."""
    titles = [section["title"] for section in results["sections"]]
    chosen = one_of(request.GET.get("score", titles[0]), titles, "score")
    section = results["sections"][titles.index(chosen)]
    tables = {name: table_of(name, found) for name, found in results["tables"].items()}
    return {
        "width": WIDTH,
        "heading": results["heading"],
        "facts": results["facts"].items(),
        "scores": titles,
        "chosen": chosen,
        "sentences": section["sentences"],
        "tables": [tables[name] for name in section["tables"]],
        "figures": [tables[name] for name in section["figures"]],
    }


def table_of(name: str, found: dict[str, Any]) -> ReportTable:
    """A table as in results.json."""
    columns = tuple(ReportColumn(key, label, found["kinds"][key]) for key, label in found["columns"].items())
    return ReportTable(name, found["title"], columns, found["rows"], tuple(found["notes"]))


@sensitive_variables()
def by_arm_file(request: HttpRequest, code: str, token: str, number: int, name: str, kind: str) -> HttpResponse:
    """A table as CSV, or a figure as SVG."""
    _, actor, report = report_or_404(request, code, token, number)
    content = content_of(report, signer_of(request))
    text = next((found for path in places(name, kind) if (found := file_in(content, path)) is not None), None)
    if text is None:
        raise Http404
    if kind == "csv":  # a figure is part of the page
        note_download(report=report, actor=actor, file=name)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="UNBLINDED-{name}.{kind}"',
    }
    return HttpResponse(text, content_type=KINDS_OF_FILES[kind], headers=headers)


def places(name: str, kind: str) -> Iterator[str]:
    """The possible paths of the file in the report: a separate table, or the data of a figure."""
    yield f"figures/{name}.{kind}"
    yield f"tables/{name}.{kind}"


@sensitive_variables()
def by_arm_zip(request: HttpRequest, code: str, token: str, number: int) -> HttpResponseBase:
    """The whole report as a zip: a page, its tables and figures, and results.json."""
    trial, actor, report = report_or_404(request, code, token, number)
    content = content_of(report, signer_of(request))
    note_download(report=report, actor=actor, file="zip")
    name = f"{trial.code}-{report.request.campaign.code}-by-arm-{report.number}-UNBLINDED.zip"
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=name, headers={"Cache-Control": "private, no-store"}
    )
