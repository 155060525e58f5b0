"""Maps refusals to responses: bad input 400, not allowed 403, wrong state 409."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from config.errors import BadInput, NotAllowed, Refusal, WrongState
from config.problems import answer_problem, is_for_program

STATUS: dict[type[Refusal], int] = {BadInput: 400, NotAllowed: 403, WrongState: 409}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, status in STATUS.items() if isinstance(refusal, kind))


class RefusalMiddleware:
    """Answers a refusal raised by a view in the format of the request: JSON, an htmx fragment or a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return answer_refusal(request, exception)


def answer_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal in the format of the request."""
    status, text = status_of(refusal), str(refusal)
    if is_for_program(request):
        return answer_problem(status, text)
    if request.content_type == "application/json" or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": text}, status=status)
    template = "refusal_fragment.html" if request.headers.get("HX-Request") else "refusal.html"
    return render(request, template, {"text": text, "status": status}, status=status)
