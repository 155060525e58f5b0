"""The queue of the desk: the waiting films, their filters, and the next film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse

from config.cells import Badge, Column, Link, label_of
from config.filters import ChoiceFilter, MomentFilter, TextFilter
from config.listing import Listing
from studies.models import Film, FilmStatus, Question, Trial
from studies.models.film import AT_DESK, SIDES, VIEWS, FilmQuerySet

STATUSES = [(status.value, status.label) for status in FilmStatus if status in AT_DESK]


class FindingFilter(ChoiceFilter):
    """Films with a finding of one code; the JSON is searched as text."""

    def query(self, label: str, values: Mapping[str, str]) -> Q:
        """The code is among the findings."""
        return Q(findings_text__contains=f'"code": "{self._known(label, values[""])}"')


def waiting(trial: Trial) -> FilmQuerySet:
    """Films of the trial that await a decision, oldest first; questioned ones return once the site has answered."""
    films = Film.objects.of_trial(trial).at_desk().filter(~waits_for_site())
    return films.annotate(findings_text=Cast("findings", TextField())).order_by("received_at", "pk")


def waits_for_site() -> Q:
    """A film about which the site was asked and has not answered."""
    return Q(Exists(Question.objects.open().filter(film=OuterRef("pk"))), status=FilmStatus.QUESTIONED)


def finding_codes(trial: Trial) -> list[tuple[str, str]]:
    """The findings that occur in the queue, by code."""
    found = Film.objects.filter(trial=trial).at_desk().values_list("findings", flat=True)
    codes = sorted({finding["code"] for findings in found for finding in findings})
    return [(code, code.replace("-", " ")) for code in codes]


def queue(request: HttpRequest, trial: Trial) -> Listing:
    """The list as the address filters and sorts it; the film pages keep these filters and this order."""
    columns = [
        Column("film", "Film", lambda film: look_at(request, trial, film), "received_at"),
        Column("subject", "Subject", "subject.code", "subject__natural", TextFilter("subject__code")),
        Column("visit", "Visit", "visit.code", ("visit__plan__target_day", "visit__natural")),
        Column("site", "Site", "site.code", "site__natural", ChoiceFilter("site__code", lambda: sites_of(trial))),
        Column("side", "Side declared", "get_side_display", "side", ChoiceFilter("side", SIDES)),
        Column("view", "View declared", "get_view_display", "view", ChoiceFilter("view", VIEWS)),
        Column("film_date", "Film date", sort="film_date"),
        Column("finding", "Findings", findings_in_words, filter=FindingFilter("", lambda: finding_codes(trial))),
        Column("status", "Status", status_of, "status", ChoiceFilter("status", STATUSES)),
        Column("received", "Waiting since", "received_at", "received_at", MomentFilter("received_at")),
    ]
    return Listing(
        request,
        waiting(trial),
        columns=columns,
        name="desk",
        search=["subject__code", "visit__code"],
        empty="No films are waiting for a decision.",
    )


def sites_of(trial: Trial) -> list[tuple[str, str]]:
    """The sites as choices."""
    return [(code, code) for code in trial.sites.values_list("code", flat=True)]


def look_at(request: HttpRequest, trial: Trial, film: Film) -> Link:
    """The link to the film's page, which keeps the filters of the list."""
    return Link(f"Film {film.pk}", address(request, trial, film.pk))


def address(request: HttpRequest, trial: Trial, pk: int | None, route: str = "studies:desk_film") -> str:
    """A page of the desk that keeps the filters of the list; the list itself if there is no film."""
    path = reverse(route, args=[trial.code, pk]) if pk else reverse("studies:desk", args=[trial.code])
    query = request.GET.urlencode()
    return f"{path}?{query}" if query else path


def findings_in_words(film: Film) -> str:
    """The codes of the findings, as the list shows them."""
    return ", ".join(finding["code"].replace("-", " ") for finding in film.findings)


def status_of(film: Film) -> Badge:
    """The status as a badge."""
    return Badge(film.status, label_of(film, "status"))


@dataclass(frozen=True)
class QueuePosition:
    """The position of a film in the queue: its number, how many there are, and its neighbours."""

    number: int
    total: int
    before: int | None
    after: int | None


def place_of(listing: Listing, pk: int) -> QueuePosition:
    """The position of a film; a film that is not waiting is followed by the first one that is."""
    found: Any = listing.found
    pks = list(found.values_list("pk", flat=True))
    if pk not in pks:
        return QueuePosition(0, len(pks), None, pks[0] if pks else None)
    at = pks.index(pk)
    after = pks[at + 1] if at + 1 < len(pks) else next((other for other in pks if other != pk), None)
    return QueuePosition(at + 1, len(pks), pks[at - 1] if at else None, after)
