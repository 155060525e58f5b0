"""Serves pictures of the desk: private, never cached by a browser or a proxy, and only the parts of a picture."""

from __future__ import annotations

from django.http import HttpResponse

from studies.desk.pictures import part


def picture_response(folder: str, name: str) -> HttpResponse:
    """One part of a picture."""
    return bytes_response(*part(folder, name))


def bytes_response(content: bytes, media_type: str) -> HttpResponse:
    """Bytes that are never cached."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Length"] = str(len(content))
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
