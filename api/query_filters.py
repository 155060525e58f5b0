"""Filters the rows by the parameters of the address."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet, TextChoices
from rest_framework.request import Request

from config.errors import BadInput
from config.wording import either, quoted

Row = TypeVar("Row", bound=Model)


def one_of(request: Request, rows: QuerySet[Row], **fields: str | type[TextChoices]) -> QuerySet[Row]:
    """The rows whose field has the value of each parameter that is given.

    A field is given as a path of the queryset; a field of the same name with a closed set of values, as that set.
    """
    for name, field in fields.items():
        wanted = request.query_params.get(name, "")
        if not wanted:
            continue
        if isinstance(field, str):
            rows = rows.filter(**{field: wanted})
        else:
            rows = rows.filter(**{name: known(name, wanted, field)})
    return rows


def known(name: str, wanted: str, choices: type[TextChoices]) -> str:
    """A value of the set; BadInput for any other."""
    if wanted not in choices.values:
        allowed = either(quoted(value) for value in choices.values)
        raise BadInput(f"The {name} {quoted(wanted[:80])} does not exist. Send {allowed}.", field=name)
    return wanted
