"""The content of a request that writes: a JSON object with the fields of its form, and no others."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from config.errors import BadInput
from config.given_json import read_json
from config.wording import both, quoted

LONGEST_SHOWN = 80


def content_of(request: Request, form: type[serializers.Serializer[object]]) -> dict[str, Any]:
    """The fields that were sent; the function that writes them checks their content."""
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise UnsupportedMediaType(kind)
    given = read_json(request._request.body)
    fields = form().fields
    if not isinstance(given, dict):
        raise BadInput(f"The request is not a JSON object. Send one with {both(fields)}.")
    if unknown := sorted(set(given) - set(fields)):
        shown = unknown[0][:LONGEST_SHOWN]
        raise BadInput(f"The field {quoted(shown)} is not known here. Send {both(fields)}.", field=shown)
    return {name: value_of(name, field, given) for name, field in fields.items() if name in given or field.required}


def value_of(name: str, field: serializers.Field[Any, Any, Any, Any], given: dict[str, Any]) -> str | int:
    """The value of a field, of the type that its form requires."""
    if name not in given:
        raise BadInput(f"The field {name} is missing. Send {kind_of(field)}.", field=name)
    value = given[name]
    kind = int if isinstance(field, serializers.IntegerField) else str
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BadInput(f"The field {name} is {quoted(value)[:LONGEST_SHOWN]}. Send {kind_of(field)}.", field=name)
    return value


def kind_of(field: serializers.Field[Any, Any, Any, Any]) -> str:
    """What a field contains, in words."""
    return "a whole number" if isinstance(field, serializers.IntegerField) else "some text"
