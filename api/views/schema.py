"""The description of the API for programs, and the response for an address that does not exist."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import yaml
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from api.problems import NOT_THERE
from config.problems import answer_problem


@cache
def described() -> dict[str, Any]:
    """The OpenAPI document, made once in each process: it depends on the code alone."""
    generator: Any = SchemaGenerator
    found: dict[str, Any] = json.loads(json.dumps(generator().get_schema(request=None, public=True)))
    return found


@cache
def described_in_yaml() -> str:
    """The same as YAML, which takes a second to write."""
    return yaml.safe_dump(described(), sort_keys=False, allow_unicode=True)


@login_not_required
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The document as JSON."""
    return HttpResponse(json.dumps(described(), indent=1), content_type="application/json")


@login_not_required
@require_safe
def schema_yaml(request: HttpRequest) -> HttpResponse:
    """The document as YAML."""
    return HttpResponse(described_in_yaml(), content_type="application/yaml")


@login_not_required
@csrf_exempt
def nothing_here(request: HttpRequest, path: str) -> HttpResponse:
    """Any other address under /api/."""
    return answer_problem(404, NOT_THERE)
