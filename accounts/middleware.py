"""Without signing in, only views marked as public can be opened; after the idle time a person is signed out.

A view is public only when marked with django.contrib.auth.decorators.login_not_required.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from accounts.idle_time import keep_or_end
from accounts.second_factor import needs_second_factor
from accounts.sign_in import MUST_ENROL
from config.serving import serving_a_request

# The routes open to a person who still has to set up the second factor that their role requires.
ENROLMENT = {"second_factor", "sign_out", "sign_in_over", "help"}


class IdleMiddleware:
    """Ends sessions, refuses requests without one, and keeps answers out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with serving_a_request():
            if request.user.is_authenticated:
                keep_or_end(request)
            response = self.get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return signed_out(request)
        name = request.resolver_match.url_name if request.resolver_match else ""
        if request.session.get(MUST_ENROL) and name not in ENROLMENT:
            if needs_second_factor(request.user):
                return HttpResponseRedirect(reverse("second_factor"))
            request.session[MUST_ENROL] = False
        return None


def signed_out(request: HttpRequest) -> HttpResponse:
    """A page redirects to the sign-in page and back; any other request gets 401, and the caller decides what to do."""
    if not wants_page(request):
        return JsonResponse({"error": "signed out"}, status=401)
    here = request.get_full_path() if request.method == "GET" else "/"
    query = f"?{urlencode({'next': here})}" if here != "/" else ""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}{query}")


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser is opening a page, as opposed to a script, an image or a program."""
    accept = request.headers.get("Accept", "text/html")
    return "text/html" in accept and "HX-Request" not in request.headers and request.content_type != "application/json"
