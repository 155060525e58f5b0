"""Setting up a trial by form: sites, planned visits, subjects."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.roles import Action
from config.cells import Column, Link
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing
from studies.access import trial_or_404
from studies.forms.planning import PlanChangeForm, PlanForm, SiteForm, SubjectForm
from studies.models import Site, Subject, Trial, VisitPlan
from studies.plan.subjects import enrol
from studies.plan.trials import add_site, rename_site
from studies.plan.visits import change_plan, plan_visit
from studies.visit_window import BASELINE_DAY, window_days


def window_in_words(plan: VisitPlan) -> str:
    """The days on which the films of the visit are expected."""
    first, last = window_days(plan.target_day, plan.days_before, plan.days_after)
    return f"day {first} to {last}"


def set_up(request: HttpRequest, code: str) -> HttpResponse:
    """Sites, planned visits, subjects and people, with their numbers."""
    trial, _ = trial_or_404(request, code, Action.SET_UP_TRIAL)
    counts = {
        "sites": trial.sites.count(),
        "plans": trial.visit_plans.count(),
        "subjects": trial.subjects.count(),
        "people": trial.memberships.current().values("user").distinct().count(),
    }
    baseline = trial.visit_plans.filter(target_day=BASELINE_DAY).first()
    return render(request, "studies/set_up.html", {"trial": trial, "counts": counts, "baseline": baseline})


def sites(request: HttpRequest, code: str) -> HttpResponseBase:
    """The sites, and a form for one more."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            site = add_site(trial=trial, code=form.cleaned_data["site"], name=form.cleaned_data["name"], actor=actor)
            messages.success(request, f"Site {site.code} was added.")
            return redirect(request.path)
    people = Count("memberships__user", filter=Q(memberships__revoked_at=None), distinct=True)
    rows = trial.sites.annotate(n_subjects=Count("subjects", distinct=True), n_people=people)
    columns = [
        Column("site", "Site", lambda site: link(site, "change_site", code), "natural"),
        Column("name", "Name", sort="name"),
        Column("subjects", "Subjects", "n_subjects", "n_subjects"),
        Column("people", "People", "n_people", "n_people", help="People who can upload and answer for this site"),
    ]
    empty = "No sites yet. Add the first one here, or import a table."
    listing = Listing(request, rows, columns=columns, name="sites", search=["code", "name"], sort="site", empty=empty)
    return page(trial, "sites", listing, form, "Add the site")


def link(thing: Site | VisitPlan | Subject, route: str, code: str) -> Link:
    """The code of a record, with a link to its page."""
    return Link(thing.code, reverse(f"studies:{route}", args=[code, thing.pk]))


def page(trial: Trial, what: str, listing: Listing, form: Any, submit: str) -> HttpResponseBase:
    """A list with the form that adds to it."""
    context = {"trial": trial, "what": what, "form": form, "submit": submit}
    answer = listing.respond(f"studies/{what}.html", context)
    if form.errors:
        answer.status_code = 400
    return answer


def change_site(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Another name for a site."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    site = get_object_or_404(Site, trial=trial, pk=pk)
    form = SiteForm(request.POST or None, initial={"site": site.code, "name": site.name})
    form.fields["site"].disabled = True
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            rename_site(site=site, name=form.cleaned_data["name"], actor=actor)
            messages.success(request, f"Site {site.code} was renamed.")
            return redirect("studies:sites", code)
    context = {"trial": trial, "form": form, "heading": f"Site {site.code}", "back": "studies:sites", "parent": "Sites"}
    return render(request, "studies/change.html", context, status=400 if form.errors else 200)


def plans(request: HttpRequest, code: str) -> HttpResponseBase:
    """The visits of the protocol, and a form for one more."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            plan = plan_visit(trial=trial, code=typed.pop("visit"), actor=actor, **typed)
            messages.success(request, f"{plan.label} was added to the plan, including for subjects already enrolled.")
            return redirect(request.path)
    rows = trial.visit_plans.annotate(n_done=Count("visits", filter=Q(visits__films__isnull=False), distinct=True))
    columns = [
        Column("visit", "Visit", lambda plan: link(plan, "change_plan", code), ("target_day", "code")),
        Column("label", "Label", sort="label"),
        Column("target_day", "Target day", sort="target_day"),
        Column("window", "Window", window_in_words),
        Column("days_before", "Days before", sort="days_before"),
        Column("days_after", "Days after", sort="days_after"),
        Column("done", "Visits with films", "n_done", "n_done"),
    ]
    empty = "No visits are planned yet. Start with the baseline on day 0."
    listing = Listing(request, rows, columns=columns, name="planned-visits", sort="target_day", empty=empty)
    return page(trial, "plans", listing, form, "Plan the visit")


def amend_plan(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """An amendment: another label, target or window, with its reason."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    plan = get_object_or_404(VisitPlan, trial=trial, pk=pk)
    now = {name: getattr(plan, name) for name in ("label", "target_day", "days_before", "days_after")}
    form = PlanChangeForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            change_plan(plan=plan, actor=actor, **form.cleaned_data)
            messages.success(request, f"The plan of {plan.code} was changed.")
            return redirect("studies:plans", code)
    heading = f"Visit {plan.code}"
    context = {"trial": trial, "form": form, "heading": heading, "back": "studies:plans", "parent": "Planned visits"}
    return render(request, "studies/change.html", context, status=400 if form.errors else 200)


def subjects(request: HttpRequest, code: str) -> HttpResponseBase:
    """The subjects, and a form for one more."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    form = SubjectForm(trial, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            subject = enrol(trial=trial, site=typed["site"], code=typed["subject"], actor=actor)
            messages.success(request, f"Subject {subject.code} was enrolled with the planned visits.")
            return redirect(request.path)
    rows = Subject.objects.filter(trial=trial).select_related("site")
    rows = rows.annotate(n_visits=Count("visits", distinct=True), n_films=Count("films", distinct=True))
    choices = [(site.code, str(site)) for site in trial.sites.all()]
    columns = [
        Column("subject", "Subject", lambda subject: link(subject, "subject", code), "natural"),
        Column("site", "Site", "site.code", "site__natural", ChoiceFilter("site__code", choices)),
        Column("visits", "Visits", "n_visits", "n_visits"),
        Column("films", "Films", "n_films", "n_films"),
    ]
    empty = "No subjects yet. Enrol the first one here, or import a table."
    listing = Listing(request, rows, columns=columns, name="subjects", search=["code"], sort="subject", empty=empty)
    return page(trial, "subjects", listing, form, "Enrol the subject")
