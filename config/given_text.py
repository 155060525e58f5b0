"""Text in requests: characters that no table can store are refused before any view runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.errors import BadInput
from config.refusals import answer_refusal

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def unstorable(text: str) -> str:
    """The code point of the first character that cannot be stored: NUL or half of a surrogate pair.

    >>> unstorable("Zoë"), unstorable("a\\x00b"), unstorable("\\ud800")
    ('', 'U+0000', 'U+D800')
    """
    found = next((sign for sign in text if sign == "\x00" or "\ud800" <= sign <= "\udfff"), None)
    return "" if found is None else f"U+{ord(found):04X}"


class StorableText:
    """Refuses an address, a query or a form that contains such a character; JSON is checked where it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        for place, text in texts_of(request, view):
            if sign := unstorable(text):
                text = f"{place} contains the character {sign}, which cannot be stored. Remove it and try again."
                return answer_refusal(request, BadInput(text))
        return None


def texts_of(request: HttpRequest, view: Any) -> Iterable[tuple[str, str]]:
    """The address, the query, and a form already read by the CSRF check; the bodies of programs are not read."""
    yield "The address", request.path
    yield from pairs(request.GET)
    if request.content_type in FORMS and request.method == "POST" and not getattr(view, "csrf_exempt", False):
        yield from pairs(request.POST)
        yield from (("The name of the file", file.name or "") for files in request.FILES.lists() for file in files[1])


def pairs(given: Any) -> Iterable[tuple[str, str]]:
    """Every name and every value, with the field that contains it."""
    for name, values in given.lists():
        yield "The name of a field", name
        yield from ((f"The field {name}", value) for value in values)
