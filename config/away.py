"""An unavailable database: 503 with Retry-After and one line in the log, for every kind of request."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from config.problems import answer_problem, is_for_program

RETRY_SECONDS = 5
FAILED = "The server failed. Nothing was changed. Report the time of the request to the administrator."
SAYS = "The database does not answer. Nothing was stored. Try again in a few seconds."
# SQLite's primary codes: busy, locked, input or output failed, full, cannot be opened.
SQLITE_CODES = frozenset({5, 6, 10, 13, 14})
# PostgreSQL's classes: connection, resources, the server shuts down or starts.
SQLSTATES = ("08", "53", "57P")


def is_away(error: BaseException | None) -> bool:
    """Whether the error means that the database is unavailable or overloaded, rather than that the query is wrong."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    cause = error.__cause__ or error
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in SQLITE_CODES
    state = getattr(cause, "sqlstate", None)
    return state is None or str(state).startswith(SQLSTATES)


def answer_failure(request: HttpRequest) -> HttpResponse:
    """The response to an uncaught error: Django's handler500. It does not query the database."""
    if not is_away(sys.exception()):
        return answer_problem(500, FAILED) if is_for_program(request) else server_error(request)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response: HttpResponse
    if is_for_program(request):
        response = answer_problem(status, SAYS)
    elif request.content_type == "application/json" or "application/json" in request.headers.get("Accept", ""):
        response = JsonResponse({"error": SAYS}, status=status)
    else:
        response = HttpResponse(render_to_string("503.html", {"text": SAYS}), status=status)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


class OneLine(logging.Filter):
    """For an unavailable database, keeps the kind of error and drops the traceback, which is always the same."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, DatabaseError | InterfaceError) and is_away(error):
            cause = error.__cause__ or error
            record.msg, record.args = "the database does not answer: %s", (type(cause).__name__,)
            record.exc_info = record.exc_text = None
        return True
