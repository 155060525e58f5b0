"""The auditor's page of validation: the documents that are kept, and the requirements with what shows each."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action
from config.cells import Badge, Column, Link
from config.filters import ChoiceFilter
from config.listing import Listing, asked_for
from studies.access import trial_or_404
from studies.models import Trial
from validation.kept_documents import KeptDocument, kept_documents
from validation.requirements import RISKS, requirements

RESULTS = {True: Badge("passed", "Passed", "good"), False: Badge("failed", "Not passed", "bad")}


@require_GET
def documents(request: HttpRequest, code: str) -> HttpResponseBase:
    """The documents with their digests, and every requirement."""
    trial, _ = trial_or_404(request, code, Action.SEE_VALIDATION)
    tables = {"documents": document_table(request, trial), "requirements": requirement_table(request)}
    if (asked := asked_for(request, tables.values())) is not None:
        return asked.respond("validation/documents.html")
    return tables["documents"].respond("validation/documents.html", {"trial": trial, "tables": tables})


def document_table(request: HttpRequest, trial: Trial) -> Listing:
    """A row for each document."""

    def download(one: KeptDocument) -> Link:
        return Link(one.name, reverse("validation:document", args=[trial.code, one.sha256]))

    columns = [
        Column("name", "Document", download, "name"),
        Column("title", "Report", sort="title"),
        Column("result", "Result", lambda one: RESULTS.get(one.passed)),
        Column("deviations", "Deviations", lambda one: len(one.report.get("deviations", [])) if one.report else None),
        Column("size", "Bytes", sort="size"),
        Column("changed", "Kept since", "changed_at", "changed_at"),
        Column("sha256", "SHA-256", template="validation/cells/sha256.html"),
    ]
    return Listing(
        request,
        list(kept_documents()),
        columns=columns,
        name="validation-documents",
        caption="Documents",
        search=["name", "title"],
        empty="The owner of the installation has put no document into the folder for validation.",
    )


def requirement_table(request: HttpRequest) -> Listing:
    """A row for each requirement: where it comes from, and what the owner does if no script can show all of it."""
    columns = [
        Column("number", "Number", sort="number"),
        Column("text", "Requirement"),
        Column("source", "Source", sort="source"),
        Column("risk", "Risk", sort="risk", filter=ChoiceFilter("risk", [(one, one) for one in RISKS])),
        Column("procedure", "Procedure of the owner"),
        Column("why", "Why no script shows all of it"),
    ]
    return Listing(
        request,
        list(requirements().values()),
        columns=columns,
        name="requirements",
        prefix="requirements",
        search=["number", "text", "source"],
        hidden=["why"],
    )


@require_GET
def document(request: HttpRequest, code: str, key: str) -> HttpResponseBase:
    """One document, named by its digest."""
    trial_or_404(request, code, Action.SEE_VALIDATION)
    found = next((one for one in kept_documents() if one.sha256 == key), None)
    if found is None:
        raise Http404
    return FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name)
