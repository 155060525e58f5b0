"""The calendar of expected films: for the whole trial, where a coordinator can remind sites, and for one site."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from accounts.roles import Action, allows
from config.cells import Badge, Column
from config.filters import ChoiceFilter, DayFilter
from config.listing import Listing
from config.sent_forms import sent_from
from config.wording import counted
from studies.access import site_or_404, trial_or_404
from studies.models import Site, Trial
from studies.plan.completeness import VisitState
from studies.plan.film_calendar import DueStatus, FilmCalendar, due_status
from studies.plan.site_reminders import remind_sites
from studies.plan.still_to_come import awaited

EMPTY = "No films are expected at the moment."


def calendar(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every visit of the trial with expected films."""
    trial, actor = trial_or_404(request, code, Action.SEE_COMPLETENESS)
    return answer(request, trial, can_remind=allows(actor.role, Action.SET_UP_TRIAL))


def site_calendar(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same for the visits of the person's site."""
    trial, site, _ = site_or_404(request, code, Action.SEE_SITE_FILMS)
    return answer(request, trial, site)


@sent_from("studies:calendar", "code")
def remind(request: HttpRequest, code: str) -> HttpResponse:
    """E-mails to every site with overdue films."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    sites = remind_sites(trial=trial, actor=actor)
    if sites:
        messages.success(request, f"Reminders requested for {counted(sites, 'site')}. A site gets at most one a day.")
    else:
        messages.info(
            request,
            "No reminder was sent. Each site with overdue films was reminded today or has nobody with an account, "
            "or no films are overdue.",
        )
    return redirect("studies:calendar", code)


def answer(
    request: HttpRequest, trial: Trial, site: Site | None = None, *, can_remind: bool = False
) -> HttpResponseBase:
    """The list and the months."""
    films = FilmCalendar(trial, timezone.localdate(), site)
    listing = Listing(
        request,
        films,
        columns=columns(trial, films, with_site=site is None),
        name="expected-films",
        search=["subject", "visit"],
        empty=EMPTY,
    )
    context = {"trial": trial, "site": site, "months": films.months(), "can_remind": can_remind}
    return listing.respond("studies/calendar.html", context)


def columns(trial: Trial, films: FilmCalendar, *, with_site: bool) -> list[Column]:
    """The columns of a visit."""
    codes = [(plan.code, plan.label) for plan in trial.visit_plans.all()]
    sites = [(site.code, str(site)) for site in trial.sites.all()] if with_site else []
    site = Column("site", "Site", "subject.site.code", "site", ChoiceFilter("site", sites))

    def status(state: VisitState) -> Badge:
        known = due_status(state.window, films.today, planned=state.visit.plan is not None)
        return Badge(known.value, known.label)

    return [
        Column("last_day", "Window ends", lambda s: s.window and s.window[1], "last_day", DayFilter("last_day")),
        Column("first_day", "Window opens", lambda s: s.window and s.window[0], "first_day"),
        Column("status", "Status", status, "status", ChoiceFilter("status", DueStatus.choices)),
        Column("subject", "Subject", "subject.code", "subject"),
        *([site] if with_site else []),
        Column("visit", "Visit", "visit.code", "visit", ChoiceFilter("visit", codes)),
        Column("films", "Films expected", films_of),
    ]


def films_of(state: VisitState) -> str:
    """The expected views, with the reason if one must be sent again."""
    return ", ".join(said(view.name, view.status.label, view.film is not None) for view in awaited(state))


def said(name: str, label: str, again: bool) -> str:
    """A view, with the status of the film that arrived."""
    return f"{name} ({label.lower()})" if again else name
