"""The home page: every role the person holds, with the open tasks of each; and help."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.navigation import pending_of, places_of
from accounts.views.own import own
from accounts.waiting import note_first_page, waiting_at


def home(request: HttpRequest) -> HttpResponse:
    """The first page after signing in."""
    user = own(request)
    note_first_page(user.pk)
    places = [(place, waiting_at(user.pk, place)) for place in places_of(user.pk)]
    context = {
        "places": places,
        "pending": pending_of(user.pk),
        "is_administrator": user.is_administrator,
    }
    return render(request, "accounts/home.html", context)


def help_page(request: HttpRequest) -> HttpResponse:
    """How the pages work: lists, keyboard shortcuts, colours, signatures, time-out."""
    return render(request, "accounts/help.html")
