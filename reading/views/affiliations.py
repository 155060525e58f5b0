"""The readers affiliated with a site of the trial; none of its cases is issued to them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from accounts.roles import READING_ROLES, Action, allows
from config.cells import Column
from config.form_refusals import refused_on
from config.listing import Listing
from config.wording import counted
from reading.forms.affiliations import AffiliationForm
from reading.issuing.affiliations import end_affiliation, record_affiliation, unsigned_reads_at
from reading.models import SiteAffiliation
from studies.access import trial_or_404
from studies.forms.planning import ReasonForm
from studies.models import Membership

COLUMNS = [
    Column("person", "Reader", "person", "person__name"),
    Column("site", "Site", "site", "site__natural"),
    Column("reason", "Reason"),
    Column("since", "Since", "recorded_at", "recorded_at"),
    Column("until", "Until", "ended_at", "ended_at"),
]
END = Column("end", "", lambda row: "", template="reading/cells/end_affiliation.html", csv=False)


def affiliations(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every affiliation, including ended ones, and a form to record another."""
    posted = request.method == "POST"
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER if posted else Action.SEE_QUALIFICATIONS)
    readers = Membership.objects.current().filter(trial=trial, role__in=READING_ROLES)
    form = AffiliationForm(trial, User.objects.filter(memberships__in=readers).distinct(), request.POST or None)
    if posted and form.is_valid():
        with refused_on(form):
            made = record_affiliation(actor=actor, **form.cleaned_data)
            messages.success(request, said_of(made))
            return redirect(request.path)
    writes = allows(actor.role, Action.WRITE_CHARTER)
    listing = Listing(
        request,
        SiteAffiliation.objects.filter(site__trial=trial).select_related("person", "site__trial"),
        columns=[*COLUMNS, END] if writes else COLUMNS,
        name="site-affiliations",
        search=["person__name", "site__code", "reason"],
        sort="person",
        empty="No reader of this trial is recorded as affiliated with a site.",
    )
    context = {"trial": trial, "form": form, "writes": writes, "submit": "Record the affiliation"}
    answer = listing.respond("reading/affiliations.html", context)
    answer.status_code = 400 if form.errors else answer.status_code
    return answer


def said_of(made: SiteAffiliation) -> str:
    """The message after recording an affiliation: earlier reads stay with their reader."""
    text = f"No case of site {made.site.code} will be issued to {made.person}."
    held = unsigned_reads_at(made.site, made.person)
    if not held:
        return text
    already = counted(held, "unsigned read of its cases is", "unsigned reads of its cases are")
    return f"{text} {already} already theirs. Give each to another reader, or have them decline it if it is a repeat."


def end(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Ends one affiliation."""
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER)
    held = get_object_or_404(SiteAffiliation.objects.select_related("person", "site__trial"), site__trial=trial, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            end_affiliation(affiliation=held, actor=actor, reason=form.cleaned_data["reason"])
            return redirect("reading:affiliations", code)
    heading = f"{held.person} no longer belongs to site {held.site.code}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "End the affiliation"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)
