"""Which documents the readers of a trial have signed: who lacks what, every entry, and a form for another entry."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.roles import Action, allows
from config.cells import Badge, Column
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing, asked_for
from reading.charter.documents import PersonDocuments, documents_of, record_document, withdraw_document
from reading.charter.versions import current_charter
from reading.forms.documents import DocumentForm
from reading.models import DocumentKind, ReaderDocument
from studies.access import trial_or_404
from studies.forms.planning import ReasonForm
from studies.models import Trial

LABELS = {"signed": "Signed", "missing": "Missing", "expired": "Expired", "outdated": "Older than the charter"}
WITHDRAW = Column("withdraw", "", lambda row: "", template="reading/cells/withdraw_document.html", csv=False)


def documents(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who lacks which document, and every entry, including withdrawn ones; the coordinator records another."""
    posted = request.method == "POST"
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER if posted else Action.SEE_READER_DOCUMENTS)
    form = DocumentForm(trial, request.POST or None)
    if posted and form.is_valid():
        with refused_on(form):
            made = record_document(trial=trial, actor=actor, **form.cleaned_data)
            messages.success(request, f"Recorded for {made.person}: {made.get_kind_display()}.")
            return redirect(request.path)
    writes = allows(actor.role, Action.WRITE_CHARTER)
    tables = {"people": people_table(request, trial), "entries": entries_table(request, trial, writes)}
    if (asked := asked_for(request, tables.values())) is not None:
        return asked.respond("reading/documents.html")
    context = {"trial": trial, "form": form, "writes": writes, "tables": tables, "submit": "Record the document"}
    return render(request, "reading/documents.html", context, status=400 if form.errors else 200)


def people_table(request: HttpRequest, trial: Trial) -> Listing:
    """A row per reader and adjudicator, a column per document."""
    rows = documents_of(trial, current_charter(trial))
    columns = [
        Column("reader", "Reader", "person", "reader"),
        Column("lacks", "Lacking", lambda row: len(row.lacks), "lacks"),
        *(column for kind in DocumentKind for column in columns_of(kind)),
    ]
    return Listing(
        request,
        rows,
        columns=columns,
        name="readers-and-documents",
        caption="Readers and their documents",
        prefix="people",
        search=["reader"],
        sort="-lacks",
        empty="Nobody reads or adjudicates in this trial yet.",
        hidden=[f"{kind}{part}" for kind in DocumentKind for part in ("_signed", "_until")],
    )


def columns_of(kind: DocumentKind) -> list[Column]:
    """Where a document stands, the day of its signature and its last day."""
    states = ChoiceFilter(f"{kind}", list(LABELS.items()))
    return [
        Column(f"{kind}", kind.label, lambda row: standing_badge(row, kind), f"{kind}", states),
        Column(f"{kind}_signed", f"{kind.label}: signed on", lambda row: row.standings[kind].signed_on),
        Column(f"{kind}_until", f"{kind.label}: valid until", lambda row: row.standings[kind].expires_on),
    ]


def standing_badge(row: PersonDocuments, kind: DocumentKind) -> Badge:
    """Whether the person has signed the document."""
    state = row.standings[kind].state
    return Badge(state, LABELS[state], "good" if state == "signed" else "waiting")


def entries_table(request: HttpRequest, trial: Trial, writes: bool) -> Listing:
    """Every entry, with the person who signed the document."""
    columns = [
        Column("person", "Reader", "person", "person__name"),
        Column("kind", "Document", "get_kind_display", "kind", ChoiceFilter("kind", DocumentKind.choices)),
        Column("signed", "Signed on", "signed_on", "signed_on"),
        Column("until", "Valid until", "expires_on", "expires_on", help="The last day; empty if there is none"),
        Column("note", "Note"),
        Column("recorded", "Recorded", "recorded_at", "recorded_at"),
        Column("withdrawn", "Withdrawn", "withdrawn_at", "withdrawn_at"),
        *([WITHDRAW] if writes else []),
    ]
    return Listing(
        request,
        ReaderDocument.objects.filter(trial=trial).select_related("person", "trial"),
        columns=columns,
        name="reader-documents",
        caption="Entries",
        search=["person__name", "note"],
        sort="-recorded",
        empty="No document has been recorded yet.",
    )


def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Withdraws an entry."""
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER)
    held = get_object_or_404(ReaderDocument.objects.select_related("person", "trial"), trial=trial, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            withdraw_document(document=held, actor=actor, reason=form.cleaned_data["reason"])
            return redirect("reading:documents", code)
    heading = f"Withdraw the entry “{held.get_kind_display()}” of {held.person}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Withdraw the entry"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)
