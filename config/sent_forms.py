"""Addresses that receive a form and have no page of their own.

The page of a refused form has the address that the form was sent to. A person who loads that page again, or keeps the
address, gets the page on which the form is, instead of an error.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

FormView = Callable[..., HttpResponse]


def sent_from(page: str, *names: str) -> Callable[[FormView], FormView]:
    """A view that only receives a form; a GET leads to that page, with these arguments of the address.

    Nothing is looked up for a GET: the page it leads to decides who may see it.
    """

    def receiving(view: FormView) -> FormView:
        only_post = require_POST(view)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD"):
                return only_post(request, *args, **kwargs)
            address = reverse(page, kwargs={name: kwargs[name] for name in names})
            query = request.GET.urlencode()
            return HttpResponseRedirect(f"{address}?{query}" if query else address)

        return answer

    return receiving
