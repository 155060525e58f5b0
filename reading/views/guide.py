"""The reading guide: how to score a case, with the keys of the reader's own keyboard. It has no data of any case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reading.views.screen import unkept
from reading.views.worklist import reading_actor

# Keyboard, grades, previous side, next side, whole films: a browser does not report which keys need Shift or AltGr.
KEYBOARDS = (
    ("English", "0 to 9", "[", "]", "="),
    ("German, Swedish", "0 to 9", "AltGr+8", "AltGr+9", "Shift+0"),
    ("Spanish", "0 to 9", "AltGr+key right of P", "AltGr+second key right of P", "Shift+0"),
    ("French", "Shift+0 to Shift+9, or the same keys alone except 6", "AltGr+5", "AltGr+)", "="),
    ("Russian", "0 to 9", "Х", "Ъ", "="),
)


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """The guide; the page itself asks the browser for the keyboard."""
    reading_actor(request)
    return unkept(render(request, "reading/guide.html", {"keyboards": KEYBOARDS}))
