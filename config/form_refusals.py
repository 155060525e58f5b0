"""A refusal of a domain function, shown on the form that was sent instead of on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.forms import BaseForm

from config.errors import BadInput, WrongState


@contextmanager
def refused_on(form: BaseForm) -> Iterator[None]:
    """Puts what was refused beside its field when the form has one of that name, else above the form."""
    try:
        yield
    except BadInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    except WrongState as refusal:
        form.add_error(None, str(refusal))
