"""Shows a refusal by a domain function on the submitted form instead of on a separate page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.forms import BaseForm

from config.errors import BadInput, WrongState


@contextmanager
def refused_on(form: BaseForm) -> Iterator[None]:
    """Shows the refusal next to its field if the form has a field of that name, otherwise above the form."""
    try:
        yield
    except BadInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    except WrongState as refusal:
        form.add_error(None, str(refusal))
