"""The transmittal form of a delivery, for the site that sent it: as pages to print and as a table."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.roles import Action
from config.cells import EXCEL_MARK
from studies.access import site_or_404
from studies.arrival.transmittal_form import as_csv, as_pdf
from studies.models import Transmittal


def own_transmittal_or_404(request: HttpRequest, code: str, token: str) -> Transmittal:
    """A delivery of the person's site, by any channel."""
    _, site, _ = site_or_404(request, code, Action.UPLOAD_FILMS)
    return get_object_or_404(Transmittal.objects.select_related("trial", "site", "sent_by"), site=site, token=token)


@require_GET
def form_pdf(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Pages to print."""
    return file(as_pdf(own_transmittal_or_404(request, code, token)), "application/pdf", "pdf")


@require_GET
def form_csv(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """A table for a spreadsheet."""
    lines = EXCEL_MARK + as_csv(own_transmittal_or_404(request, code, token))
    return file(lines.encode(), "text/csv; charset=utf-8", "csv")


def file(content: bytes, kind: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="transmittal-form.{ending}"'
    return response
