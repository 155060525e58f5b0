"""The description of the API as a page for people, made from the document that programs get."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api.views.schema import described


@dataclass(frozen=True)
class OperationLine:
    """One operation."""

    group: str
    method: str
    path: str
    text: str
    scope: str
    parameters: list[tuple[str, str]]


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Every operation by group."""
    lines = sorted(lines_of(described()), key=lambda line: line.group)
    groups = [{"name": name, "lines": list(found)} for name, found in groupby(lines, lambda line: line.group)]
    return render(request, "api/guide.html", {"groups": groups, "per_minute": settings.API_REQUESTS_PER_MINUTE})


def lines_of(document: dict[str, Any]) -> Iterator[OperationLine]:
    """The operations of the document in its order."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            text, _, scope = operation["description"].partition("\n\nScope: ")
            asked = operation.get("parameters", [])
            yield OperationLine(
                group=operation["tags"][0],
                method=method.upper(),
                path=path,
                text=text,
                scope=scope.strip("`."),
                parameters=[(one["name"], one["description"]) for one in asked if one["in"] == "query"],
            )
