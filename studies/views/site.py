"""The pages of a site: its subjects, its films with their status, its questions. Nothing from any other site."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Case, CharField, Count, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Action
from config.cells import Column, Link
from config.form_refusals import refused_on
from config.listing import Listing
from studies.access import site_or_404
from studies.forms.questions import MessageForm
from studies.models import Film, FilmStatus, Question, Site, Trial
from studies.models.film import AT_DESK, DATE_CONFIRMED
from studies.plan.known_visits import load_visits, subjects_with_visits
from studies.plan.progress import Standing, standing
from studies.plan.still_to_come import still_to_come
from studies.questions.threads import answer
from studies.views import film_columns as columns
from studies.views.film_columns import REFUSED_OR_REJECTED
from studies.views.questions import columns_of_questions, standing_of
from studies.views.visits import board_columns


def site(request: HttpRequest, code: str) -> HttpResponseBase:
    """Films expected from the site, films received, and open tasks of its people."""
    trial, site, _ = site_or_404(request, code, Action.SEE_SITE_FILMS)
    today = timezone.localdate()
    stands = standing(trial, today, site)
    listing = Listing(
        request,
        subjects_with_visits(trial, site),
        load=load_visits,
        columns=[Column("subject", "Subject", "code", "natural"), *board_columns(trial)],
        name="your-visits",
        search=["code"],
        sort="subject",
        empty="The coordinator has not enrolled a subject at your site yet.",
        per_page=25,
    )
    context = {
        "trial": trial,
        "site": site,
        "withdrawn": stands.subjects_withdrawn,
        "tiles": tiles(trial, stands),
        "to_complete": own_films(site).filter(status=FilmStatus.HELD).order_by("received_at")[:5],
        "to_date": undated(own_films(site)).order_by("received_at")[:5],
        "open_questions": own_questions(trial, site).open().order_by("due_on")[:5],
        "to_come": still_to_come(trial, today, site),
        "for_upload": True,
    }
    return listing.respond("studies/site/start.html", context)


def tiles(trial: Trial, stands: Standing) -> list[tuple[str, int, str, str]]:
    """Label, number, tone and address of each tile."""
    films, questions = (reverse(f"studies:{name}", args=[trial.code]) for name in ("site_films", "site_questions"))
    return [
        ("films expected", stands.films_expected, "", ""),
        ("films received", stands.films_come, "", films),
        ("accepted", stands.accepted, "", f"{films}?status={FilmStatus.READY}"),
        ("held, waiting for you", stands.held, "waiting", f"{films}?status={FilmStatus.HELD}"),
        ("refused or rejected", stands.refused_or_rejected, "bad", f"{films}?status={REFUSED_OR_REJECTED}"),
        ("questions to you", stands.questions_open, "waiting", f"{questions}?status=open"),
        ("questions overdue", stands.questions_overdue, "bad", f"{questions}?status=open&sort=due"),
    ]


def own_films(site: Site) -> Any:
    """The films of a site."""
    return Film.objects.of_trial(site.trial).filter(site=site).defer("findings", "deidentification")


def undated(films: Any) -> Any:
    """Films whose date was read from the header and has not been confirmed by the site yet."""
    waiting = films.accessible().filter(film_date_source="header", status__in=AT_DESK)
    return waiting.exclude(header__has_key=DATE_CONFIRMED)


def own_questions(trial: Trial, site: Site) -> Any:
    """The questions to a site."""
    return Question.objects.of_trial(trial).filter(site=site)


def site_films(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every film that the site sent, with its file name at the site."""
    trial, site, _ = site_or_404(request, code, Action.SEE_SITE_FILMS)
    shown = [
        Column("film", "Film", "pk", "pk"),
        Column("file", "File", lambda film: file_link(film, code), csv=False),
        columns.SUBJECT,
        columns.VISIT,
        columns.SIDE,
        columns.VIEW,
        columns.DAY,
        columns.STATUS,
        columns.REASON,
        columns.RECEIVED,
    ]
    listing = Listing(
        request,
        own_films(site).annotate(named=named(own_films(site), request.GET.get("q", ""))),
        columns=shown,
        name="your-films",
        search=["named", "subject__code", "visit__code"],
        sort="-received",
        empty="Your site has not sent a film yet.",
        empty_link=("Upload films", reverse("studies:site_upload", args=[code])),
    )
    return listing.respond("studies/site/films.html", {"trial": trial, "site": site})


def named(films: Any, words: str) -> Case:
    """Searches file names as well: they are encrypted, so the database cannot search them."""
    wanted = words.strip()
    names = films.values_list("pk", "original_name") if wanted else ()
    found = [pk for pk, name in names if wanted.casefold() in name.casefold()]
    return Case(When(pk__in=found, then=Value(wanted)), default=Value(""), output_field=CharField())


def file_link(film: Film, code: str) -> Link:
    """The name of the file at the site, with a link to the film's page."""
    return Link(film.original_name, reverse("studies:site_film", args=[code, film.pk]))


def site_questions(request: HttpRequest, code: str) -> HttpResponseBase:
    """The questions to the site."""
    trial, site, _ = site_or_404(request, code, Action.ANSWER_QUESTIONS)
    listing = Listing(
        request,
        own_questions(trial, site).annotate(n_messages=Count("messages")),
        columns=columns_of_questions(code, "studies:site_question"),
        name="questions",
        search=["subject__code", "visit__code"],
        sort="-opened",
        empty="There are no questions to your site.",
    )
    return listing.respond("studies/site/questions.html", {"trial": trial, "site": site})


def site_question(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One thread, and the form to answer while it is open."""
    trial, site, actor = site_or_404(request, code, Action.ANSWER_QUESTIONS)
    question = get_object_or_404(own_questions(trial, site), pk=pk)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            answer(question=question, text=form.cleaned_data["message"], actor=actor)
            messages.success(request, "Your answer was sent.")
            return redirect("studies:site_questions", code)
    context = {
        "trial": trial,
        "question": question,
        "standing": standing_of(question, timezone.localdate()),
        "thread": question.messages.select_related("author"),
        "form": form,
    }
    return render(request, "studies/site/question.html", context, status=400 if form.errors else 200)
