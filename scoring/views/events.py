"""Intercurrent events of a campaign: its versions, and the import of the next one."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.identity import signed_in
from accounts.roles import Action
from audit.trail import Actor
from config.cells import EXCEL_MARK, csv_safe
from config.form_refusals import refused_on
from config.wording import counted
from reading.charter.terms import EVENT_KINDS, STRATEGIES, Terms
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus
from scoring.consensus.rules import event_rule_of, independent_kinds
from scoring.endpoint.event_files import COLUMNS, EXAMPLE, FaultyList
from scoring.endpoint.event_lists import import_events
from scoring.models import EventList
from studies.access import trial_or_404
from studies.forms.tables import TableForm
from studies.plan.tables.reading import Fault


def campaign_of(request: HttpRequest, code: str, slug: str) -> tuple[Campaign, Actor]:
    """A campaign for its statistician."""
    trial, actor = trial_or_404(request, code, Action.IMPORT_EVENTS)
    found = Campaign.objects.select_related("trial", "charter")
    return get_object_or_404(found, trial=trial, code=slug), actor


def events(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Every version of the list, the charter's strategy for each kind, and the form for the next version."""
    campaign, actor = campaign_of(request, code, slug)
    form = TableForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"trial": campaign.trial, "campaign": campaign, "form": form}
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            made, context["faults"] = imported(request, campaign, actor, form)
            if made is not None:
                said = counted(len(made.events), "event")
                messages.success(request, f"Event list {made.number} has {said}. The next dataset applies it.")
                return redirect("scoring:events", code, slug)
    lists = EventList.objects.filter(campaign=campaign).select_related("imported_by")
    context |= {"lists": lists, "kinds": kinds_in_words(terms_of(campaign.charter)), "example": EXAMPLE}
    context["can_import"] = campaign.status == CampaignStatus.CLOSED
    return render(request, "scoring/events.html", context, status=400 if form.errors else 200)


def imported(
    request: HttpRequest, campaign: Campaign, actor: Actor, form: TableForm
) -> tuple[EventList | None, tuple[Fault, ...]]:
    """The list that was imported, or the faults of its lines."""
    try:
        text = form.cleaned_data["text"]
        return import_events(campaign=campaign, actor=actor, user=signed_in(request), text=text), ()
    except FaultyList as refusal:
        form.add_error(None, str(refusal))
        return None, refusal.faults


def kinds_in_words(terms: Terms) -> list[tuple[str, str, str, bool]]:
    """Each kind: its code, its words, the charter's strategy, and whether its events can be imported."""
    applied = independent_kinds(terms)
    return [
        (kind, words, STRATEGIES[event_rule_of(terms, kind).name], kind in applied)
        for kind, words in EVENT_KINDS.items()
    ]


def event_list(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    """One version as CSV, as it was imported."""
    campaign, _ = campaign_of(request, code, slug)
    shown = get_object_or_404(EventList, campaign=campaign, number=number)
    answer = as_csv(f"{campaign.trial.code}-{slug}-events-{number}.csv")
    writer = csv.writer(answer)
    writer.writerow(COLUMNS)
    writer.writerows([csv_safe(event[name]) for name in COLUMNS] for event in shown.events)
    return answer


def example(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """An example file."""
    campaign_of(request, code, slug)
    answer = as_csv("events.csv")
    answer.write(EXAMPLE)
    return answer


def as_csv(name: str) -> HttpResponse:
    """A CSV file to download, without lines yet."""
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(EXCEL_MARK, content_type="text/csv; charset=utf-8", headers=headers)
