"""A site's page of one film: its status, completing it, confirming its date."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.roles import Action
from config.badges import tone_of
from config.cells import Badge
from config.errors import BadInput
from config.form_refusals import refused_on
from config.sent_forms import sent_from
from config.whole import whole_from
from config.wording import counted, quoted
from studies.access import site_or_404
from studies.arrival.held import date_films, discard, keep_apart
from studies.arrival.intake import complete, confirm_date
from studies.forms.upload import CompleteForm, DayForm, SettleForm
from studies.models import Film, FilmStatus, Site, TransmittalEntry, Trial
from studies.models.film import AT_DESK, DATE_CONFIRMED, SAME_UID
from studies.plan.consent import withdrawal_of


def own_film_or_404(site: Site, pk: int) -> Film:
    """A film of this site."""
    return get_object_or_404(Film.objects.of_trial(site.trial).filter(site=site), pk=pk)


def site_film(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The film; a held one with the form that completes it."""
    trial, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    film = own_film_or_404(site, pk)
    form = CompleteForm(site, request.POST or None, initial={"visit": film.visit_id, "film_date": film.film_date})
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            visit, day = form.cleaned_data["visit"], form.cleaned_data["film_date"]
            complete(film=film, subject=visit.subject, visit=visit, film_date=day, actor=actor)
            messages.success(request, f"Film {film.pk} is being processed.")
            return redirect(request.path)
    return film_page(request, trial, site, film, form)


def film_page(request: HttpRequest, trial: Trial, site: Site, film: Film, form: Form) -> HttpResponse:
    """The status of the film, and the forms for what its site can still do."""
    closed = withdrawal_of(film.subject) is not None
    held = film.status == FilmStatus.HELD and not closed
    context = {
        "trial": trial,
        "site": site,
        "film": film,
        "facts": facts(film),
        "form": form if held or form.errors else None,
        "settle_form": SettleForm() if held else None,
        "twin": Film.objects.filter(site=site, pk=film.header.get(SAME_UID)).first() if held else None,
        "closed": closed,
        "day_form": DayForm(initial={"film_date": film.film_date}) if asks_for_day(film) and not closed else None,
        "replaced_by": film.replaced_by.order_by("pk"),
        "questions": film.questions.order_by("pk"),
    }
    return render(request, "studies/site/film.html", context, status=400 if form.errors else 200)


def asks_for_day(film: Film) -> bool:
    """Whether the date was read from the header and the site has not confirmed it yet."""
    waiting = film.status in AT_DESK
    return waiting and film.film_date_source == "header" and DATE_CONFIRMED not in film.header


def facts(film: Film) -> list[tuple[str, object]]:
    """The facts that the site may know about its film."""
    return [
        ("Status", Badge(film.status, film.get_status_display(), tone_of(film.status))),
        ("File", film.original_name),
        ("Subject", film.subject and film.subject.code),
        ("Visit", film.visit and film.visit.code),
        ("Side", film.get_side_display()),
        ("View", film.get_view_display()),
        ("Film date", film.film_date),
        ("Source of the date", film.get_film_date_source_display()),
        ("Received", film.received_at),
        ("Size", f"{film.size:,} bytes"),
    ]


@sent_from("studies:site_film", "code", "pk")
def settle(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Withdraws a held film, or keeps it in addition to the one with the same identifier."""
    _, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    film = own_film_or_404(site, pk)
    reason = request.POST.get("reason", "")
    if "apart" in request.POST:
        keep_apart(film=film, reason=reason, actor=actor)
        messages.success(request, f"Film {film.pk} is being processed with its own identifier.")
    else:
        discard(film=film, reason=reason, actor=actor)
        messages.success(request, f"Film {film.pk} was taken back.")
    return redirect("studies:site_film", code, pk)


def given_day(request: HttpRequest) -> date:
    """The date as entered."""
    form = DayForm(request.POST)
    if not form.is_valid():
        given = f" {quoted(text)}" if (text := request.POST.get("film_date", "")) else ""
        raise BadInput(f"The film date{given} was not saved. {' '.join(map(str, form.errors['film_date']))}")
    day: date = form.cleaned_data["film_date"]
    return day


@sent_from("studies:site_upload", "code")
def confirm_days(request: HttpRequest, code: str) -> HttpResponse:
    """One date for all selected films of the site that have none."""
    trial, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    day = given_day(request)
    chosen = [whole_from(pk) for pk in request.POST.getlist("film")]
    films = list(Film.objects.of_trial(trial).filter(site=site, pk__in=[pk for pk in chosen if pk is not None]))
    date_films(films=films, film_date=day, actor=actor)
    messages.success(request, f"The film date of {counted(len(films), 'file')} is {day}.")
    return redirect("studies:site_upload", code)


@sent_from("studies:site_film", "code", "pk")
def confirm_day(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The date of a film, as read from its header or as corrected by the site; answers with its row or its page."""
    trial, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    film = own_film_or_404(site, pk)
    day = given_day(request)
    if film.status == FilmStatus.HELD:
        complete(film=film, film_date=day, actor=actor)
    else:
        confirm_date(film=film, film_date=day, actor=actor)
    if not request.headers.get("HX-Request"):
        messages.success(request, f"The film date of film {film.pk} is {day}.")
        return redirect("studies:site_film", code, pk)
    entries = TransmittalEntry.objects.filter(film=film).exclude(outcome="duplicate")
    shown = entries.select_related("film__visit__plan", "film__subject").order_by("pk")[:1]
    return render(request, "studies/site/rows.html", {"trial": trial, "entries": shown})
