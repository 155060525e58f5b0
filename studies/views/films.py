"""Films as the coordinator sees them: the list, and one film with its history."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.roles import Action
from config.badges import tone_of
from config.cells import Badge, Column, Link
from config.filters import ChoiceFilter
from config.listing import Listing
from studies.access import trial_or_404
from studies.desk.designation import can_be_designated
from studies.desk.moving import can_be_moved
from studies.models import Film, Question
from studies.models.film import WITHOUT_PICTURE
from studies.plan.consent import withdrawal_of
from studies.record_history import history_of
from studies.views import film_columns as columns


def films(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every film of the trial."""
    trial, _ = trial_or_404(request, code, Action.CHECK_FILMS)
    sites = [(site.code, str(site)) for site in trial.sites.all()]
    shown = [
        Column("film", "Film", partial(film_link, code), "pk", field="pk"),
        Column("site", "Site", "site.code", "site__natural", ChoiceFilter("site__code", sites), field="site__code"),
        columns.SUBJECT,
        columns.VISIT,
        columns.SIDE,
        columns.VIEW,
        columns.DAY,
        columns.SOURCE,
        columns.STATUS,
        columns.REASON,
        columns.COUNTS,
        columns.RECEIVED,
        columns.CHANNEL,
    ]
    listing = Listing(
        request,
        Film.objects.of_trial(trial).defer("header", "findings", "deidentification"),
        columns=shown,
        name="films",
        search=["subject__code", "visit__code"],
        sort="-received",
        hidden=["source", "designated", "channel"],
        empty="No films have been received yet. Sites upload them under Upload films.",
    )
    return listing.respond("studies/films.html", {"trial": trial})


def film_link(code: str, film: Film) -> Link:
    """The number of a film with its page."""
    return Link(str(film.pk), reverse("studies:film", args=[code, film.pk]))


def film(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One film: what was declared and confirmed, what the checks found, and everything that happened to it."""
    trial, actor = trial_or_404(request, code, Action.CHECK_FILMS)
    film = get_object_or_404(Film.objects.of_trial(trial).select_related("replaces"), pk=pk)
    closed = withdrawal_of(film.subject) is not None
    context = {
        "trial": trial,
        "film": film,
        "facts": facts(film),
        "closed": closed,
        "at_the_desk": not closed and film.status not in WITHOUT_PICTURE,
        "can_be_moved": not closed and can_be_moved(film),
        "can_be_designated": not closed and can_be_designated(film),
        "replaced_by": film.replaced_by.order_by("pk"),
        "questions": Question.objects.of_trial(trial).filter(film=film).order_by("pk"),
        "history": history_of("studies.film", film.pk, actor.role),
    }
    return render(request, "studies/film.html", context)


def facts(film: Film) -> list[tuple[str, object]]:
    """The facts about a film, without its file name at the site."""
    visit = film.visit
    code = film.trial.code
    return [
        ("Status", Badge(film.status, film.get_status_display(), tone_of(film.status))),
        ("Site", film.site.code),
        ("Subject", film.subject and Link(film.subject.code, reverse("studies:subject", args=[code, film.subject.pk]))),
        ("Visit", visit and Link(visit.code, reverse("studies:visit", args=[code, visit.pk]))),
        ("Side", film.get_side_display()),
        ("View", film.get_view_display()),
        ("Film date", film.film_date),
        ("Source of the date", film.get_film_date_source_display()),
        ("Pixel spacing", f"{film.spacing_mm:g} mm" if film.spacing_mm else None),
        ("Designated for its view", film.designated),
        ("Received", film.received_at),
        ("Received by", film.get_channel_display()),
        ("Size", f"{film.size:,} bytes"),
    ]
