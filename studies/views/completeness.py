"""Completeness and deviations: dates and states only, for the sponsor, the statistician and the coordinator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.roles import Action
from config.cells import Badge, Column
from config.filters import ChoiceFilter, DayFilter, NumberFilter
from config.listing import Listing
from studies.access import trial_or_404
from studies.models import Trial, VisitKind
from studies.plan.absences import EXPECTED, view_name
from studies.plan.completeness import VisitState
from studies.plan.consent import withdrawn_subjects
from studies.plan.tally import States, Tally

STANDS = [("complete", "Complete"), ("incomplete", "Incomplete")]


def completeness(request: HttpRequest, code: str) -> HttpResponseBase:
    """One row for each visit: what was expected, what was received, the film dates and the deviations."""
    trial, _ = trial_or_404(request, code, Action.SEE_COMPLETENESS)
    rows = States(trial, timezone.localdate())
    listing = Listing(
        request,
        rows,
        columns=columns(trial),
        name="completeness",
        search=["subject", "visit", "deviations"],
        empty="No visits are planned yet.",
        hidden=["first_day", "last_day", *(view_key(place) for place in range(len(EXPECTED)))],
    )
    context = {"trial": trial, "tiles": tiles(rows.tally()), "withdrawn": withdrawn_subjects(trial).count()}
    return listing.respond("studies/completeness.html", context)


def tiles(counts: Tally) -> list[tuple[str, int, str]]:
    """Numbers over all visits of the trial."""
    return [
        ("visits", counts.visits, ""),
        ("complete", counts.complete, ""),
        ("with a deviation", counts.deviating, "waiting"),
        ("outside their window", counts.outside_window, ""),
        ("not done", counts.not_done, ""),
        ("films overdue", counts.films_overdue, "bad"),
        ("films accepted", counts.films_accepted, ""),
        ("films not available", counts.films_absent, ""),
    ]


def columns(trial: Trial) -> list[Column]:
    """The columns of a visit; only the state of each film is shown."""
    sites = [(site.code, str(site)) for site in trial.sites.all()]
    codes = [(plan.code, plan.label) for plan in trial.visit_plans.all()]
    return [
        Column("subject", "Subject", "subject.code", "subject"),
        Column("site", "Site", "subject.site.code", "site", ChoiceFilter("site", sites)),
        Column("visit", "Visit", "visit.code", "visit", ChoiceFilter("visit", codes)),
        Column("kind", "Kind", kind, "kind", ChoiceFilter("kind", VisitKind.choices)),
        Column("stands", "Films", stands, "stands", ChoiceFilter("stands", STANDS)),
        Column("views", "Views", views, template="studies/cells/state.html", csv=False),
        *(view_column(place) for place in range(len(EXPECTED))),
        Column("first_day", "Window opens", lambda s: s.window and s.window[0], "first_day"),
        Column("last_day", "Window ends", lambda s: s.window and s.window[1], "last_day"),
        Column("film_date", "Film date", lambda s: s.days[0] if s.days else None, "film_date", DayFilter("film_date")),
        Column(
            "days_off",
            "Visit deviation, days",
            "days_off",
            "days_off",
            NumberFilter("days_off"),
            help="Days outside the window",
        ),
        Column("deviations", "Visit deviations", said, "deviations", template="studies/cells/deviations.html"),
    ]


def said(state: VisitState) -> str:
    """The deviations as one text."""
    return "; ".join(state.deviations)


def kind(state: VisitState) -> str:
    """The kind of the visit."""
    return VisitKind(state.visit.kind).label


def stands(state: VisitState) -> Badge:
    """Whether all films are here."""
    return Badge("complete", "Complete", "good") if state.complete else Badge("incomplete", "Incomplete", "waiting")


def view_column(place: int) -> Column:
    """The state of one of the four views."""
    name = view_name(*EXPECTED[place]).capitalize()

    def value(state: VisitState) -> Badge:
        view = state.views[place]
        return Badge(view.status, view.status.label)

    return Column(view_key(place), name, value, name)


def view_key(place: int) -> str:
    """The word for a view in addresses."""
    return "-".join(EXPECTED[place])


def views(state: VisitState) -> str:
    """The four views as short text, for searching."""
    return " ".join(f"{view.short} {view.status.label.lower()}" for view in state.views)
