"""The response to a program when a request fails: a problem document as defined by RFC 9457."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"


def is_for_program(request: HttpRequest) -> bool:
    """Whether the address belongs to the API, which always responds to programs."""
    return request.path.startswith(PREFIX)


def problem(status: int, detail: str, *, field: str = "") -> dict[str, Any]:
    """The document: the status and its phrase, the sentence for a person, and the field that it is about.

    >>> problem(409, "Visit W24 has a film.")["title"]
    'Conflict'
    """
    found = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return found | {"field": field} if field else found


def answer_problem(status: int, detail: str, *, field: str = "") -> JsonResponse:
    """The document as a response."""
    return JsonResponse(problem(status, detail, field=field), status=status, content_type=MEDIA_TYPE)
