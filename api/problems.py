"""Every exception of an API view becomes a problem document with one sentence for the person who reads it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from rest_framework.exceptions import APIException, MethodNotAllowed, Throttled, UnsupportedMediaType
from rest_framework.response import Response

from config.errors import BadInput, Refusal
from config.problems import MEDIA_TYPE, problem
from config.refusals import status_of
from config.wording import counted

NOT_THERE = "There is nothing at this address that the token may see."
UNKNOWN_SENDER = (
    "The request has no valid access token. Send the header “Authorization: Bearer” with a token that has not expired"
    " and was not revoked."
)


def answer(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The problem of an exception; None for a fault of the server, which config.away answers."""
    if isinstance(exception, Refusal):
        field = exception.field if isinstance(exception, BadInput) else ""
        return respond(status_of(exception), str(exception), field=field)
    if isinstance(exception, RequestDataTooBig):
        return respond(413, f"The request is too long. Send at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.")
    if isinstance(exception, Http404):
        return respond(404, NOT_THERE)
    if isinstance(exception, APIException):
        return respond(exception.status_code, said_of(exception, context), headers=headers_of(exception))
    return None


def respond(status: int, detail: str, *, field: str = "", headers: dict[str, str] | None = None) -> Response:
    """A problem document as DRF renders it."""
    return Response(problem(status, detail, field=field), status=status, content_type=MEDIA_TYPE, headers=headers)


def said_of(exception: APIException, context: dict[str, Any]) -> str:
    """The sentence for a DRF exception."""
    if isinstance(exception, MethodNotAllowed):
        allowed = ", ".join(context["view"].allowed_methods)
        return f"The method {context['request'].method} is not allowed at this address. Use {allowed}."
    if isinstance(exception, Throttled):
        return f"The token has sent too many requests. Wait {counted(seconds_of(exception), 'second')}."
    if isinstance(exception, UnsupportedMediaType):
        return "The content of the request is not JSON. Send it as application/json."
    return str(exception.detail)


def seconds_of(exception: Throttled) -> int:
    """How long to wait."""
    return int(getattr(exception, "wait", None) or 1)


def headers_of(exception: APIException) -> dict[str, str]:
    """How to sign in, or how long to wait."""
    found = {}
    if scheme := getattr(exception, "auth_header", None):
        found["WWW-Authenticate"] = scheme
    if isinstance(exception, Throttled):
        found["Retry-After"] = str(seconds_of(exception))
    return found
