"""Visits: the table of subjects by visits, one subject, one visit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.roles import Action
from config.cells import Column
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing
from studies.access import trial_or_404
from studies.forms.planning import AbsenceForm, ReasonForm, VisitForm
from studies.models import AbsentFilm, Question, Subject, Trial, Visit
from studies.plan.absences import record_absence, withdraw_absence
from studies.plan.completeness import VisitState, visit_states
from studies.plan.consent import withdrawal_of
from studies.plan.known_visits import load_visits, subjects_with_visits
from studies.plan.visits import add_visit, mark_not_done, reopen_visit
from studies.record_history import history_of


def visits(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every subject with every visit, showing the state of the four views of each."""
    trial, _ = trial_or_404(request, code, Action.SET_UP_TRIAL)
    sites = [(site.code, str(site)) for site in trial.sites.all()]
    listing = Listing(
        request,
        subjects_with_visits(trial),
        load=load_visits,
        columns=[
            Column("subject", "Subject", "code", "natural", template="studies/cells/subject.html"),
            Column("site", "Site", "site.code", "site__natural", ChoiceFilter("site__code", sites)),
            *board_columns(trial),
        ],
        name="visits",
        search=["code"],
        sort="subject",
        empty="No subjects yet. Enrol them under Set-up.",
        per_page=25,
    )
    return listing.respond("studies/visits.html", {"trial": trial})


def board_columns(trial: Trial) -> list[Column]:
    """A column for each planned visit in their order, and one for those outside the plan."""
    template = "studies/cells/views.html"
    places = [*((plan.pk, plan.label) for plan in trial.visit_plans.all()), (None, "Outside the plan")]
    return [Column(f"visit-{pk or 'others'}", label, board_cell(pk), template=template) for pk, label in places]


def board_cell(plan: int | None) -> Callable[[Subject], Board]:
    """Reads the visits of one plan (None: outside the plan) from a subject."""

    def cell(subject: Subject) -> Board:
        return Board([state for state in states_of(subject) if state.visit.plan_id == plan])

    return cell


class Board(list[VisitState]):
    """The visits in one cell; as text for the CSV file."""

    def __str__(self) -> str:
        return "; ".join(f"{v.visit.code} {w.short} {w.status.label.lower()}" for v in self for w in v.views)


def states_of(subject: Subject) -> list[VisitState]:
    """The visits of a subject, computed once for all columns of its row."""
    if not hasattr(subject, "states"):
        subject.states = visit_states(subject, timezone.localdate())  # type: ignore[attr-defined]
    found: list[VisitState] = subject.states  # type: ignore[attr-defined]
    return found


def subject(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One subject with its visits, its questions, and a form for a visit outside the plan."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    subject = get_object_or_404(subjects_with_visits(trial), pk=pk)
    form = VisitForm(request.POST or None, initial={"visit": f"UNS-{unplanned(subject) + 1}"})
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            visit = add_visit(subject=subject, code=typed["visit"], kind=typed["kind_of_visit"], actor=actor)
            messages.success(request, f"Visit {visit.code} was added.")
            return redirect(request.path)
    context = {
        "trial": trial,
        "subject": subject,
        "states": states_of(subject),
        "withdrawal": withdrawal_of(subject),
        "questions": Question.objects.of_trial(trial).filter(subject=subject).order_by("pk"),
        "history": history_of("studies.subject", subject.pk, actor.role),
        "form": form,
    }
    return render(request, "studies/subject.html", context, status=400 if form.errors else 200)


def unplanned(subject: Subject) -> int:
    """The number of a subject's visits outside the plan."""
    return sum(state.visit.plan_id is None for state in states_of(subject))


def visit_or_404(trial: Trial, pk: int) -> VisitState:
    """One visit of the trial with its current state."""
    owner = get_object_or_404(subjects_with_visits(trial).filter(visits=pk))
    return next(state for state in visit_states(owner, timezone.localdate()) if state.visit.pk == pk)


def visit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One visit: its four views, every film received for it, its deviations from the plan."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    return visit_page(request, trial, visit_or_404(trial, pk), actor.role, {})


def visit_page(request: HttpRequest, trial: Trial, state: VisitState, role: str, forms: dict[str, Any]) -> HttpResponse:
    """The page of a visit; `forms` holds one that was refused."""
    context = {
        "trial": trial,
        "state": state,
        "films": state.visit.films.order_by("view", "side", "received_at"),
        "absent": state.visit.absent_films.filter(withdrawn_at=None),
        "questions": Question.objects.of_trial(trial).filter(visit=state.visit).order_by("pk"),
        "history": history_of("studies.visit", state.visit.pk, role),
        "not_done_form": ReasonForm(auto_id="not-done-%s"),
        "absence_form": AbsenceForm(auto_id="absence-%s"),
        **forms,
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "studies/visit.html", context, status=400 if refused else 200)


def not_done(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Records that a visit was not done, or expects it again."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    visit = get_object_or_404(Visit.objects.select_related("subject__trial", "plan"), subject__trial=trial, pk=pk)
    form = ReasonForm(request.POST or None, auto_id="not-done-%s")
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            change = reopen_visit if visit.not_done_reason else mark_not_done
            change(visit=visit, reason=form.cleaned_data["reason"], actor=actor)
            done = "was reopened" if visit.not_done_reason else "was recorded as not done"
            messages.success(request, f"Visit {visit.code} of {visit.subject.code} {done}.")
            return redirect("studies:visit", code, pk)
    return visit_page(request, trial, visit_or_404(trial, pk), actor.role, {"not_done_form": form})


def absence(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Records that one film of a visit is not available."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    visit = get_object_or_404(Visit.objects.select_related("subject__trial"), subject__trial=trial, pk=pk)
    form = AbsenceForm(request.POST or None, auto_id="absence-%s")
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            side, view = form.cleaned_data["film"].split("-")
            absent = record_absence(visit=visit, side=side, view=view, reason=form.cleaned_data["reason"], actor=actor)
            messages.success(request, f"{absent} was recorded as not available.")
            return redirect("studies:visit", code, pk)
    return visit_page(request, trial, visit_or_404(trial, pk), actor.role, {"absence_form": form})


def expect(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Expects a film again that was recorded as not available."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    absent = get_object_or_404(
        AbsentFilm.objects.select_related("visit__subject__trial"), visit__subject__trial=trial, pk=pk
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            withdraw_absence(absent=absent, reason=form.cleaned_data["reason"], actor=actor)
            messages.success(request, f"{absent} is expected again.")
            return redirect("studies:visit", code, absent.visit_id)
    context = {"trial": trial, "absent": absent, "form": form}
    return render(request, "studies/expect_film.html", context, status=400 if form.errors else 200)
